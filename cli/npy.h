/*
 * npy.h - tensors in NumPy's .npy files, format versions 1 to 3.
 *
 * Read and written are '<f4' (binary32) and '<f2' (binary16) in C order. NumPy has no bfloat16:
 * such tensors travel in '<f4' files.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_NPY_H
#define NOVA_CLI_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "nova_winograd.h"

enum { CLI_NPY_MAX_RANK = 8 };

/** An array in memory, last dimension fastest. */
typedef struct cli_array {
    nova_dtype dtype; /**< NOVA_F32 or NOVA_F16 after reading; any once converted */
    int rank;
    int64_t shape[CLI_NPY_MAX_RANK];
    size_t count; /**< elements, the product of the shape */
    void *data;   /**< aligned for float; owned */
} cli_array;

/**
 * Reads a file. Errors: NOVA_IO; NOVA_DAMAGED (not an .npy file, truncated, something after the
 * data); NOVA_SIZE_OVERFLOW (a shape whose size does not fit); NOVA_NOT_ELIGIBLE (another element
 * type, big endian, Fortran order, too many dimensions). Release the array with cli_array_free().
 */
nova_status cli_npy_read(const char *path, cli_array *array);

/**
 * Writes a file, complete or not at all; a bfloat16 array is written as '<f4'. Errors: NOVA_IO,
 * NOVA_OUT_OF_MEMORY.
 */
nova_status cli_npy_write(const char *path, const cli_array *array);

/** An uninitialised array. Errors: NOVA_SIZE_OVERFLOW, NOVA_OUT_OF_MEMORY. */
nova_status cli_array_create(cli_array *array, nova_dtype dtype, int rank, const int64_t *shape);

/** Rounds the array to another element type, in place. Errors: NOVA_OUT_OF_MEMORY. */
nova_status cli_array_convert(cli_array *array, nova_dtype dtype);

void cli_array_free(cli_array *array); /**< the array is then empty */

#endif
