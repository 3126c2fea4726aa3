/*
 * safetensors.h - a reader of the safetensors format: eight bytes of little-endian header length,
 * a JSON header that names the tensors, then their raw little-endian data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_SAFETENSORS_H
#define NOVA_DEMO_SAFETENSORS_H

#include "runtime/runtime.h"

enum { SAFETENSORS_MAX_RANK = 8 };

/** One tensor; dense, last dimension fastest. `data` has the alignment that the file gives it. */
typedef struct {
    const char *name;
    nova_dtype dtype;
    int rank;
    int64_t shape[SAFETENSORS_MAX_RANK];
    size_t elements;
    const char *data;
} safetensors_tensor;

/** A file in memory; tensors point into it. */
typedef struct {
    char *file;
    nova_json *header;
    int count;
    safetensors_tensor *tensors;
} safetensors;

/**
 * Reads and checks a file. Element types F32, F16 and BF16 are understood. Every tensor must lie
 * within the data and be exactly as long as its shape says, and together they must fill it.
 * Errors: NOVA_UNKNOWN_NAME or NOVA_IO (cannot be read), NOVA_DAMAGED, NOVA_OUT_OF_MEMORY.
 */
nova_status safetensors_read(const char *path, safetensors *out);
void safetensors_free(safetensors *file); /**< a zeroed structure is allowed */

/** The tensor of that name, or null. */
const safetensors_tensor *safetensors_find(const safetensors *file, const char *name);

/** The tensor as binary32; release with free(). Null if memory is short. */
float *safetensors_to_float(const safetensors_tensor *tensor);

#endif
