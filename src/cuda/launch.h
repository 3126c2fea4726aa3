/*
 * launch.h - launching the kernels, from C. On compute capability 9.0 each of them may start before
 * the kernel before it on the stream has finished, whoever's that is, and waits inside.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_LAUNCH_H
#define NOVA_CUDA_LAUNCH_H

#include <cuda.h>
#include <cuda_runtime_api.h>

#include "gpu/kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a kernel is launched. */
typedef struct nova_cuda_launch {
    cudaStream_t stream;
    nova_dtype type; /* of x, y, U and V */
    int hopper;      /* compute capability 9.0: dependent launch, clusters */
    int processors;
    size_t shared_bytes; /* that a block can have */
} nova_cuda_launch;

cudaError_t nova_cuda_transpose(const nova_cuda_launch *launch,
                                const nova_gpu_transpose_args *args);
cudaError_t nova_cuda_gather(const nova_cuda_launch *launch, const nova_gpu_gather_args *args);
/** `x`: a map with a box of a patch, 64 channels; null where there is no copy engine. */
cudaError_t nova_cuda_input(const nova_cuda_launch *launch, const nova_gpu_input_args *args,
                            const CUtensorMap *x);
/** `m`: a map with a box of a tile's positions, 64 channels; null also if M is binary32. */
cudaError_t nova_cuda_output(const nova_cuda_launch *launch, const nova_gpu_output_args *args,
                             const CUtensorMap *m);
cudaError_t nova_cuda_finish(const nova_cuda_launch *launch, const nova_gpu_finish_args *args);
cudaError_t nova_cuda_few_outputs(const nova_cuda_launch *launch,
                                  const nova_gpu_few_outputs_args *args);
/** The same in strips (gpu/few.h). */
cudaError_t nova_cuda_few_strips(const nova_cuda_launch *launch,
                                 const nova_gpu_few_outputs_args *args);
cudaError_t nova_cuda_few_inputs(const nova_cuda_launch *launch,
                                 const nova_gpu_few_inputs_args *args);
cudaError_t nova_cuda_products_sm80(const nova_cuda_launch *launch,
                                    const nova_gpu_products_args *args);
/** `u`, `p`: maps of the operands; `m`: of M, if the target is NOVA_GPU_TO_HALF. */
cudaError_t nova_cuda_products_sm90(const nova_cuda_launch *launch,
                                    const nova_gpu_products_args *args, const CUtensorMap *u,
                                    const CUtensorMap *p, const CUtensorMap *m);
/** Maps of U (a block's filters or half of them; 64), of P, of the residual (read if args->boxes is
    set and there is one), and of y (written if args->boxes is set). */
enum {
    NOVA_CUDA_MAP_U,
    NOVA_CUDA_MAP_SLAB,
    NOVA_CUDA_MAP_P,
    NOVA_CUDA_MAP_RESIDUAL,
    NOVA_CUDA_MAP_OUT,
    NOVA_CUDA_MAPS
};
/** The same for a grid whose groups take turns; the target is y. */
cudaError_t nova_cuda_turns_sm90(const nova_cuda_launch *launch, const nova_gpu_products_args *args,
                                 const CUtensorMap *map);
/** The same for a grid whose blocks keep x with its halo; the map of P has the box of gpu/halo.h.
 */
cudaError_t nova_cuda_halo_sm90(const nova_cuda_launch *launch, const nova_gpu_products_args *args,
                                const CUtensorMap *map);

/** Winograd along the rows (gpu/rows.h); maps of U (64 channels of either kind), P (a box of x,
    columns of it behind one another), the residual and y (a warp's part, likewise). */
cudaError_t nova_cuda_rows_sm90(const nova_cuda_launch *launch, const nova_gpu_rows_args *args,
                                const CUtensorMap *map);

/** Winograd in both directions in one kernel (gpu/nested.h), binary16 only; `u`: a map with a box
   of 64 channels of either kind, `planes`: of every other row of x, whose boxes are planes. */
cudaError_t nova_cuda_nested_sm90(const nova_cuda_launch *launch, const nova_gpu_rows_args *args,
                                  const CUtensorMap *u, const CUtensorMap *planes);

/** Direct convolution of small maps (gpu/resident.h); `u`: a map with a box of all taps of a
   block's channels, `x`: one with a block's box. */
cudaError_t nova_cuda_resident_sm90(const nova_cuda_launch *launch,
                                    const nova_gpu_resident_args *args, const CUtensorMap *u,
                                    const CUtensorMap *x);

/** Clusters of `size` blocks that the current device runs at a time. */
cudaError_t nova_cuda_clusters_sm90(int size, int *count);

#ifdef __cplusplus
}

/** Launches a kernel with one argument structure. */
template <typename Args>
static cudaError_t nova_cuda_start(const nova_cuda_launch *launch, void (*kernel)(Args),
                                   const Args *args, dim3 grid, unsigned threads, size_t shared) {
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attribute.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = grid, config.blockDim = dim3(threads), config.dynamicSmemBytes = shared;
    config.stream = launch->stream, config.attrs = &attribute;
    config.numAttrs = launch->hopper ? 1 : 0;
    if (shared > 48 * 1024) {
        const cudaError_t error =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared);
        if (error != cudaSuccess)
            return error;
    }
    return cudaLaunchKernelEx(&config, kernel, *args);
}

/** Launches a kernel in clusters of `size` blocks, which divides the grid's x, with `shared` bytes
   of shared memory. */
template <typename... Args>
static cudaError_t nova_cuda_start_clusters(const nova_cuda_launch *launch, void (*kernel)(Args...),
                                            dim3 grid, int size, unsigned threads, int shared,
                                            const Args &...args) {
    const cudaError_t error =
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared);
    if (error != cudaSuccess)
        return error;
    cudaLaunchAttribute attributes[2];
    attributes[0].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[0].val.programmaticStreamSerializationAllowed = 1;
    attributes[1].id = cudaLaunchAttributeClusterDimension;
    attributes[1].val.clusterDim.x = (unsigned)size;
    attributes[1].val.clusterDim.y = attributes[1].val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = grid;
    config.blockDim = dim3(threads);
    config.dynamicSmemBytes = (size_t)shared;
    config.stream = launch->stream;
    config.attrs = attributes;
    config.numAttrs = size > 1 ? 2 : 1;
    return cudaLaunchKernelEx(&config, kernel, args...);
}
#endif

#endif
