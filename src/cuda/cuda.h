/*
 * cuda.h - what plans and filters of CUDA devices are inside.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_H
#define NOVA_CUDA_H

#include <cuda.h>
#include <cuda_runtime_api.h>

#include "gpu/chain.h"
#include "gpu/execute.h"
#include "nova_winograd_gpu.h"

/** The driver's function that describes a tensor to the copy engine. */
typedef CUresult (*nova_cuda_encode_fn)(CUtensorMap *, CUtensorMapDataType, cuuint32_t, void *,
                                        const cuuint64_t *, const cuuint64_t *, const cuuint32_t *,
                                        const cuuint32_t *, CUtensorMapInterleave,
                                        CUtensorMapSwizzle, CUtensorMapL2promotion,
                                        CUtensorMapFloatOOBfill);

enum { NOVA_CUDA_ABSENT = -1 }; /* number of a device that is known by name only */

struct nova_cuda_plan {
    nova_gpu_plan plan;
    nova_gpu_machine machine;
    int device;
    nova_cuda_encode_fn encode; /* null but on Hopper */
};

struct nova_cuda_filter {
    nova_gpu_filter_kind kind;
    void *packed; /* device memory */
    float factor; /* of outputs */
};

struct nova_cuda_chain {
    nova_gpu_chain chain;
    nova_cuda_plan *plans; /* of its layers, whose nova_gpu_plan they share */
};

/** Fails with CUDA's words; `what` was being done. */
nova_status nova_cuda_fail(nova_status status, cudaError_t error, const char *what);

/** Makes `device` current until nova_cuda_leave(previous). */
nova_status nova_cuda_enter(int device, int *previous);
void nova_cuda_leave(int previous);

/** What a device is, as plans of it are made for: a plan whose `plan` is empty. Errors: those of
    nova_cuda_plan_create(). */
nova_status nova_cuda_describe(int device, nova_cuda_plan *plan);

/** Times the likely plans of a convolution on a device and remembers the fastest: nova_gpu_tune().
    The device allocates, and is synchronised with. */
nova_status nova_cuda_tune(const nova_conv_desc *desc, const nova_plan_options *options,
                           const nova_cuda_plan *device, nova_gpu_trials *trials);

/** Enqueues the products of one chunk of a Winograd plan alone, of what the workspace holds: for
    measurements. Errors: those of nova_cuda_execute(). */
nova_status nova_cuda_execute_products(const nova_cuda_plan *plan, const nova_cuda_filter *filter,
                                       const nova_execute_args *args, void *stream);

#endif
