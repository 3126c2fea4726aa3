/*
 * run.h - one execution of a plan, and what the files that enqueue its kernels share.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_RUN_H
#define NOVA_CUDA_RUN_H

#include "cuda/cuda.h"
#include "cuda/launch.h"

/** One execution. */
typedef struct nova_cuda_run {
    const nova_cuda_plan *plan;
    const nova_gpu_engine *engine;
    const nova_cuda_filter *filter;
    const nova_execute_args *args;
    nova_gpu_operands operands;
    nova_cuda_launch launch;
} nova_cuda_run;

/* ---- execute.c */

/** What a launch has returned, as a status; `what` was being done. */
nova_status nova_cuda_launched(cudaError_t error, const char *what);

/** Describes a tensor of the plan's type to the copy engine: sizes from the fastest dimension on,
    bytes from one element of each further dimension to the next, and the box that is copied. */
nova_status nova_cuda_encode(const nova_cuda_run *run, CUtensorMap *map, int rank, const void *data,
                             const cuuint64_t *sizes, const cuuint64_t *strides,
                             const cuuint32_t *box);

/* ---- rows.c */

/** Enqueues Winograd along the rows (gpu/rows.h), or in both directions (gpu/nested.h), in one
    kernel. */
nova_status nova_cuda_rows(const nova_cuda_run *run);
nova_status nova_cuda_nested(const nova_cuda_run *run);

#endif
