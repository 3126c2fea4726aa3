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

/* ---- chains: layers of which each reads what the one before it wrote */

/** Whose output is added to a layer's sums; else the number of an earlier layer. */
enum {
    NOVA_CUDA_CHAIN_NONE = -2, /**< nobody's */
    NOVA_CUDA_CHAIN_X = -1     /**< the chain's x */
};

/** One layer. Call nova_cuda_chain_layer_init() first. */
typedef struct nova_cuda_chain_layer {
    size_t struct_size;
    const nova_conv_desc *desc;
    const nova_plan_options *options; /**< or null: defaults */
    int residual; /**< default NOVA_CUDA_CHAIN_NONE; added before the activation */
} nova_cuda_chain_layer;

/** Sets every member to its default; desc is null, and must be given. */
NOVA_API void nova_cuda_chain_layer_init(nova_cuda_chain_layer *layer);

typedef struct nova_cuda_chain nova_cuda_chain;

/**
 * Plans `count` layers for device number `device`: layer 0 reads the chain's x, layer i the output
 * of layer i-1, the last one writes the chain's y. Shapes, types and layouts must fit. Each layer
 * runs by the plan that nova_cuda_plan_create() makes of its descriptor, with its bits, but that a
 * chain of two and more layers is channel-last inside: channel-first tensors are transposed once,
 * when they come in and when they go out. Wisdom is used, NOVA_EFFORT_MEASURE treated as
 * NOVA_EFFORT_ESTIMATE. What `layers` points to need not stay.
 * Errors: those of nova_cuda_plan_create(), whose reason is preceded by the layer's number;
 * NOVA_INVALID_ARGUMENT (no layers, a residual that is not of an earlier layer, shapes that do not
 * fit), NOVA_SIZE_OVERFLOW.
 */
NOVA_API nova_status nova_cuda_chain_create(const nova_cuda_chain_layer *layers, int count,
                                            int device, nova_cuda_chain **chain);
NOVA_API void nova_cuda_chain_destroy(nova_cuda_chain *chain); /**< null is allowed */

/** What a chain is. */
typedef struct nova_cuda_chain_info {
    size_t struct_size; /**< to be set */
    int layers;
    size_t workspace_bytes; /**< device memory; the tensors between layers are in it */
    double cost_seconds;    /**< predicted time of one execution */
} nova_cuda_chain_info;

/** Fills *info. Errors: NOVA_INVALID_ARGUMENT. */
NOVA_API nova_status nova_cuda_chain_get_info(const nova_cuda_chain *chain,
                                              nova_cuda_chain_info *info);

/** The plan of a layer, which belongs to the chain: for nova_cuda_filter_create() and
    nova_cuda_plan_get_info(). Null, with a reason, if there is no such layer. */
NOVA_API const nova_cuda_plan *nova_cuda_chain_plan(const nova_cuda_chain *chain, int layer);

/** Operands of a chain; tensors, biases and workspace are device memory, the arrays are not. Call
    nova_cuda_chain_args_init() first. */
typedef struct nova_cuda_chain_args {
    size_t struct_size;
    const void *x; /**< input of layer 0; aligned to 16 bytes */
    void *y; /**< output of the last layer, aligned to 16 bytes; must not overlap other operands */
    const nova_cuda_filter *const *filters; /**< one a layer, made of that layer's plan */
    const float *const *biases;             /**< one a layer, [k] or null; or null */
    void *workspace;                        /**< workspace_bytes of any alignment */
    size_t workspace_bytes;
} nova_cuda_chain_args;

NOVA_API void nova_cuda_chain_args_init(nova_cuda_chain_args *args);

/**
 * Enqueues all layers on `stream`, with what nova_cuda_execute() promises: no allocation, no
 * synchronisation, graphs can capture it, results are the same in every run. Concurrent executions
 * need distinct outputs and workspaces.
 * Errors: those of nova_cuda_execute(), whose reason is preceded by the layer's number. Nothing has
 * been enqueued if operands are refused.
 */
NOVA_API nova_status nova_cuda_chain_execute(const nova_cuda_chain *chain,
                                             const nova_cuda_chain_args *args, void *stream);

#ifdef __cplusplus
}
#endif
#endif /* NOVA_WINOGRAD_GPU_H */
