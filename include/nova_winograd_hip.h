/*
 * nova_winograd_hip.h - convolution on AMD's CDNA devices (gfx90a, gfx942): nova_winograd.h with a
 * stream.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 *
 * BUILT AND RUN UNDER EMULATION, NOT YET ON HARDWARE: see docs/hip.md.
 *
 * The library is libnova_winograd_hip. It holds all of nova_winograd.h as well, so that a program
 * links it instead of libnova_winograd, not beside it. It needs no ROCm to be built or loaded: the
 * HIP runtime is looked for when the first plan is made.
 *
 * What differs from the CPU is what differs on CUDA devices (nova_winograd_gpu.h): operands are
 * device memory, tensors are NOVA_F16 or NOVA_BF16, sums and transforms are binary32, an execution
 * enqueues work on the caller's stream, allocates nothing and synchronises nothing.
 */
#ifndef NOVA_WINOGRAD_HIP_H
#define NOVA_WINOGRAD_HIP_H

#include "nova_winograd.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nova_hip_plan nova_hip_plan;
typedef struct nova_hip_filter nova_hip_filter;

/**
 * Chooses an algorithm for device number `device` (HIP's numbering), as nova_plan_create() does;
 * `options` may be null. `threads` are those that transform weights; NOVA_EFFORT_MEASURE is treated
 * as NOVA_EFFORT_ESTIMATE. Tiles: F(2,3) to F(8,3) squares, and F(2,3), F(4,3) and F(6,3) along one
 * dimension of a filter of three, with sets of pairs +-p, and 0 where their number is odd.
 * Errors: those of nova_plan_create(), and NOVA_NOT_ELIGIBLE (no HIP runtime, no such device, or
 * one that there are no kernels for).
 */
NOVA_API nova_status nova_hip_plan_create(const nova_conv_desc *desc,
                                          const nova_plan_options *options, int device,
                                          nova_hip_plan **plan);
NOVA_API void nova_hip_plan_destroy(nova_hip_plan *plan); /**< null is allowed */

/**
 * Fills *info; info->struct_size must be set. workspace_bytes and packed_bytes are device memory,
 * `kernels` is "mfma"; "mfma fused" where one kernel computes a Winograd convolution of up to 64
 * channels; "hipblaslt" or "rocblas" where that library computes its products. cost_seconds is the
 * time predicted from data sheets; `schedule` and what follows it are 0.
 */
NOVA_API nova_status nova_hip_plan_get_info(const nova_hip_plan *plan, nova_plan_info *info);

/**
 * Transforms weights, [k][c][r][s] of `dtype` in host memory, on the host and copies them to the
 * device. Deterministic; synchronises with the device. The filter does not refer to the plan.
 * Errors: those of nova_filter_create(); NOVA_OUT_OF_MEMORY if the device has none left.
 */
NOVA_API nova_status nova_hip_filter_create(const nova_hip_plan *plan, const void *weights,
                                            nova_dtype dtype, nova_hip_filter **filter);
NOVA_API void nova_hip_filter_destroy(nova_hip_filter *filter); /**< null is allowed */

/**
 * Enqueues the convolution on `stream` (a hipStream_t; null: the default stream) of the plan's
 * device, which must be current. args->workspace must be given and have workspace_bytes; x, y and
 * residual must be aligned to 16 bytes; `threads` is not used, and `verification` must be null.
 * Errors: NOVA_INVALID_ARGUMENT, NOVA_STALE (the filter belongs to another kind of plan),
 * NOVA_INTERNAL (a launch was refused; nova_last_error() has HIP's words).
 */
NOVA_API nova_status nova_hip_execute(const nova_hip_plan *plan, const nova_hip_filter *filter,
                                      const nova_execute_args *args, void *stream);

#ifdef __cplusplus
}
#endif
#endif /* NOVA_WINOGRAD_HIP_H */
