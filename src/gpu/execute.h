/*
 * execute.h - what happens before kernels are enqueued, on any device: operands are checked, and
 * the kernels' arguments follow from them and the engine. No GPU interface in here.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_EXECUTE_H
#define NOVA_GPU_EXECUTE_H

#include "gpu/kernels.h"
#include "gpu/plan.h"

/** What says whether a device's filter fits a plan. */
typedef struct nova_gpu_filter_kind {
    uint64_t key;
    size_t bytes;
    int device;
} nova_gpu_filter_kind;

nova_gpu_filter_kind nova_gpu_filter_kind_of(const nova_gpu_plan *plan, int device);

/** Checks what a device needs beyond nova_check_operands(). Errors: NOVA_INVALID_ARGUMENT
   (alignment, workspace, verification), NOVA_STALE. */
nova_status nova_gpu_check(const nova_gpu_plan *plan, int device,
                           const nova_gpu_filter_kind *filter, const nova_execute_args *args);

/** The workspace from its first aligned byte on; null if none is given. */
char *nova_gpu_workspace(const nova_execute_args *args);

/** What the kernels of an execution read and write: device memory. */
typedef struct nova_gpu_operands {
    const void *u;     /* the packed filter */
    const void *x;     /* as given */
    const void *input; /* x as staged */
    char *workspace;   /* nova_gpu_workspace() */
    nova_gpu_epilogue epilogue;
} nova_gpu_operands;

/** Operands with the epilogue that the engine's kernels apply. Where x is staged `input` is in the
    workspace, where y is arranged the epilogue's y and residual are. */
nova_gpu_operands nova_gpu_operands_of(const nova_gpu_engine *engine, const void *u,
                                       const nova_execute_args *args);

/** Of each image a matrix of `rows` rows, without gaps, to one of `columns` rows of `pitch`. */
nova_gpu_transpose_args nova_gpu_transpose_of(int64_t images, const void *from, void *to,
                                              int64_t rows, int64_t columns, int64_t pitch);

/** How x is staged: transposed from channel-first, or gathered; which of them engine.staging says.
 */
nova_gpu_transpose_args nova_gpu_transposed_x(const nova_gpu_engine *engine,
                                              const nova_gpu_operands *operands);
nova_gpu_gather_args nova_gpu_gathered_x(const nova_gpu_engine *engine,
                                         const nova_gpu_operands *operands);

/** Where y is arranged: the residual goes to where the kernels read it and replace it by y element
    by element, and that y to `y` at the end. */
nova_gpu_transpose_args nova_gpu_transposed_residual(const nova_gpu_engine *engine,
                                                     const nova_gpu_operands *operands,
                                                     const void *residual);
nova_gpu_transpose_args nova_gpu_arranged_y(const nova_gpu_engine *engine,
                                            const nova_gpu_operands *operands, void *y);

/** The products of direct convolution: to y, or partial sums that nova_gpu_finish_args adds. */
nova_gpu_products_args nova_gpu_direct_products(const nova_gpu_engine *engine,
                                                const nova_gpu_operands *operands);
/** The same of an engine for small maps. */
nova_gpu_resident_args nova_gpu_resident_products(const nova_gpu_engine *engine,
                                                  const nova_gpu_operands *operands);
nova_gpu_finish_args nova_gpu_finish_of(const nova_gpu_engine *engine,
                                        const nova_gpu_operands *operands);

/** Few output channels, from x as staged; few input channels, from x as given. */
nova_gpu_few_outputs_args nova_gpu_few_outputs_of(const nova_gpu_engine *engine,
                                                  const nova_gpu_operands *operands);
nova_gpu_few_inputs_args nova_gpu_few_inputs_of(const nova_gpu_engine *engine,
                                                const nova_gpu_operands *operands);

/** The products of a chunk of tiles, from V to M. */
nova_gpu_products_args nova_gpu_chunk_products(const nova_gpu_engine *engine,
                                               const nova_gpu_operands *operands,
                                               const nova_gpu_tiles *tiles);

/** The first chunk of tiles, and the one after; `count` is 0 when there are no more. */
nova_gpu_tiles nova_gpu_first_chunk(const nova_gpu_engine *engine);
void nova_gpu_next_chunk(const nova_gpu_engine *engine, nova_gpu_tiles *tiles);

#endif
