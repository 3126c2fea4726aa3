/*
 * nova_winograd_gpu.h - convolution on CUDA devices: nova_winograd.h with a stream.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 *
 * The library is libnova_winograd_cuda. It holds all of nova_winograd.h as well, so that a program
 * links it instead of libnova_winograd, not beside it: statuses, reasons and wisdom are the
 * process's, once.
 *
 * What differs from the CPU:
 *   - x, y, residual, bias and workspace are device memory of the plan's device.
 *   - Tensors are NOVA_F16 or NOVA_BF16; sums over channels and transforms are binary32; U and V
 *     have the tensors' type, M has it too or is binary32 (NOVA_ARITH_F16_M32, ...BF16_M32).
 *   - nova_cuda_execute() enqueues work on the caller's stream and returns: it allocates nothing,
 *     synchronises nothing, and can be captured in a CUDA graph. Concurrent executions, on any
 *     number of streams, need distinct outputs and workspaces.
 *   - The result of one plan on one kind of device is the same, bit for bit, in every run.
 */
#ifndef NOVA_WINOGRAD_GPU_H
#define NOVA_WINOGRAD_GPU_H

#include "nova_winograd.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nova_cuda_plan nova_cuda_plan;
typedef struct nova_cuda_filter nova_cuda_filter;

/**
 * Chooses an algorithm for device number `device` (CUDA's numbering), as nova_plan_create() does;
 * `options` may be null. `threads` are those that transform weights. With NOVA_EFFORT_MEASURE, and
 * where wisdom has no plan, the likely plans, in several kinds of blocks each, are timed on the
 * device, in tenths of a second, and the fastest is kept as wisdom; the device's memory is then
 * allocated, and the device synchronised with. Wisdom of the H200 comes with the library. Tiles
 * with more than 10 inputs or 12 products in one dimension are not eligible, nor are NOVA_F32
 * tensors or a schedule or block size of the caller's. Errors: those of nova_plan_create(), and
 * NOVA_NOT_ELIGIBLE (no such device, no driver, or a device older than compute capability 8.0).
 */
NOVA_API nova_status nova_cuda_plan_create(const nova_conv_desc *desc,
                                           const nova_plan_options *options, int device,
                                           nova_cuda_plan **plan);

/**
 * The plan that nova_cuda_plan_create() would make on a device that need not be there: "h200", or
 * another of those that the reason of NOVA_UNKNOWN_NAME lists. It can be asked for its info, and
 * destroyed; filters and executions are NOVA_NOT_ELIGIBLE. Measures nothing, whatever the effort.
 * Errors: those of nova_plan_create(), NOVA_UNKNOWN_NAME (the device's name, too).
 */
NOVA_API nova_status nova_cuda_plan_create_for(const nova_conv_desc *desc,
                                               const nova_plan_options *options, const char *device,
                                               nova_cuda_plan **plan);
NOVA_API void nova_cuda_plan_destroy(nova_cuda_plan *plan); /**< null is allowed */

/**
 * Fills *info; info->struct_size must be set. workspace_bytes and packed_bytes are device memory,
 * `kernels` is "sm_90a" or "sm_80", cost_seconds the predicted time of one execution, floor_seconds
 * and `blocks` are given; `schedule` and what follows it up to `flops` are 0.
 */
NOVA_API nova_status nova_cuda_plan_get_info(const nova_cuda_plan *plan, nova_plan_info *info);

/**
 * Transforms weights, [k][c][r][s] of `dtype` in host memory, on the host and copies them to the
 * device. Deterministic; synchronises with the device. The filter does not refer to the plan.
 * Errors: those of nova_filter_create(); NOVA_OUT_OF_MEMORY if the device has none left.
 */
NOVA_API nova_status nova_cuda_filter_create(const nova_cuda_plan *plan, const void *weights,
                                             nova_dtype dtype, nova_cuda_filter **filter);
NOVA_API void nova_cuda_filter_destroy(nova_cuda_filter *filter); /**< null is allowed */

/**
 * Enqueues the convolution on `stream` (a cudaStream_t; null: the default stream) of the plan's
 * device, which must be current. args->workspace must be given and have workspace_bytes; x, y and
 * residual must be aligned to 16 bytes; `threads` is not used, and `verification` must be null.
 * Errors: NOVA_INVALID_ARGUMENT, NOVA_STALE (the filter belongs to another kind of plan),
 * NOVA_INTERNAL (a launch was refused; nova_last_error() has CUDA's words).
 */
NOVA_API nova_status nova_cuda_execute(const nova_cuda_plan *plan, const nova_cuda_filter *filter,
                                       const nova_execute_args *args, void *stream);

#ifdef __cplusplus
}
#endif
#endif /* NOVA_WINOGRAD_GPU_H */
