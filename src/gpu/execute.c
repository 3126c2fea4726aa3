/*
 * execute.c - operands checked, and the arguments of kernels.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/execute.h"

#include "runtime/runtime.h"

enum { TENSOR_ALIGNMENT = 16 };

static bool is_aligned(const void *pointer) {
    return (uintptr_t)pointer % TENSOR_ALIGNMENT == 0;
}

nova_gpu_filter_kind nova_gpu_filter_kind_of(const nova_gpu_plan *plan, int device) {
    return (nova_gpu_filter_kind){plan->key, plan->engine.filter_bytes, device};
}

nova_status nova_gpu_check(const nova_gpu_plan *plan, int device,
                           const nova_gpu_filter_kind *filter, const nova_execute_args *args) {
    if (!is_aligned(args->x) || !is_aligned(args->y) || !is_aligned(args->residual))
        return nova_fail(NOVA_INVALID_ARGUMENT, "x, y and residual must be aligned to %d bytes",
                         TENSOR_ALIGNMENT);
    if (args->verification)
        return nova_fail(NOVA_INVALID_ARGUMENT, "verification is for the CPU: it must be null");
    const size_t needed = plan->engine.workspace_bytes;
    if (needed > 0 && (!args->workspace || args->workspace_bytes < needed))
        return nova_fail(NOVA_INVALID_ARGUMENT, "a workspace of %zu bytes is needed, given are %zu",
                         needed, args->workspace ? args->workspace_bytes : 0);
    const nova_gpu_filter_kind kind = nova_gpu_filter_kind_of(plan, device);
    if (filter->key != kind.key || filter->bytes != kind.bytes || filter->device != kind.device)
        return nova_fail(NOVA_STALE, "the filter was made for another kind of plan");
    return NOVA_OK;
}

char *nova_gpu_workspace(const nova_execute_args *args) {
    if (!args->workspace)
        return NULL;
    const size_t past = (uintptr_t)args->workspace % NOVA_GPU_WORKSPACE_ALIGNMENT;
    return (char *)args->workspace + (past ? NOVA_GPU_WORKSPACE_ALIGNMENT - past : 0);
}

/* ---------------------------------------------------------------- arguments */

nova_gpu_operands nova_gpu_operands_of(const nova_gpu_engine *engine, const void *u,
                                       const nova_execute_args *args) {
    const nova_shape *shape = &engine->shape;
    char *workspace = nova_gpu_workspace(args);
    void *y = engine->arranged ? workspace + engine->y_at : args->y;
    const void *residual = engine->arranged ? y : args->residual;
    return (nova_gpu_operands){.u = u,
                               .input = args->x,
                               .workspace = workspace,
                               .epilogue = {.y = y,
                                            .bias = args->bias,
                                            .residual = args->residual ? residual : NULL,
                                            .k = shape->k,
                                            .out_h = shape->out_h,
                                            .out_w = shape->out_w,
                                            .layout = engine->arranged ? NOVA_NHWC : shape->layout,
                                            .activation = shape->activation}};
}

static nova_gpu_products_args common_products(const nova_gpu_engine *engine,
                                              const nova_gpu_operands *operands) {
    return (nova_gpu_products_args){.u = operands->u,
                                    .slices = engine->slices,
                                    .c_pitch = engine->c_pitch,
                                    .k_pitch = engine->k_pitch,
                                    .grid = engine->grid,
                                    .epilogue = operands->epilogue};
}

nova_gpu_products_args nova_gpu_direct_products(const nova_gpu_engine *engine,
                                                const nova_gpu_operands *operands) {
    const nova_shape *shape = &engine->shape;
    nova_gpu_products_args args = common_products(engine, operands);
    args.p = operands->input;
    args.p_w = args.p_row = nova_gpu_staged_w(engine);
    args.p_h = nova_gpu_staged_h(engine);
    args.p_n = shape->n;
    args.target = NOVA_GPU_TO_OUTPUT;
    if (nova_gpu_has_parts(&engine->grid)) {
        args.target = NOVA_GPU_TO_FLOAT;
        args.sums = operands->workspace + engine->m_at;
        args.sums_row = shape->out_w;
        args.sums_split = shape->n * shape->out_h * shape->out_w;
    }
    return args;
}

nova_gpu_finish_args nova_gpu_finish_of(const nova_gpu_engine *engine,
                                        const nova_gpu_operands *operands) {
    const nova_shape *shape = &engine->shape;
    return (nova_gpu_finish_args){.sums = (const float *)(operands->workspace + engine->m_at),
                                  .splits = engine->grid.splits,
                                  .pixels = shape->n * shape->out_h * shape->out_w,
                                  .pitch = engine->k_pitch,
                                  .epilogue = operands->epilogue};
}

nova_gpu_products_args nova_gpu_chunk_products(const nova_gpu_engine *engine,
                                               const nova_gpu_operands *operands,
                                               const nova_gpu_tiles *tiles) {
    nova_gpu_products_args args = common_products(engine, operands);
    args.grid = nova_gpu_chunk_grid(engine, tiles->count);
    args.p = operands->workspace + engine->v_at;
    args.p_w = tiles->count;
    args.p_row = engine->chunk_tiles;
    args.p_h = engine->slices;
    args.p_n = 1;
    args.target = engine->tile.m_type == NOVA_F32 ? NOVA_GPU_TO_FLOAT : NOVA_GPU_TO_HALF;
    args.sums = operands->workspace + engine->m_at;
    args.sums_row = engine->chunk_tiles;
    return args;
}

nova_gpu_tiles nova_gpu_first_chunk(const nova_gpu_engine *engine) {
    nova_gpu_tiles tiles = {.across = (int)engine->tiles_w,
                            .down = (int)engine->tiles_h,
                            .tile_h = engine->tile.tile_h,
                            .tile_w = engine->tile.tile_w};
    nova_gpu_next_chunk(engine, &tiles);
    return tiles;
}

void nova_gpu_next_chunk(const nova_gpu_engine *engine, nova_gpu_tiles *tiles) {
    tiles->first += tiles->count;
    tiles->count = NOVA_MIN(engine->chunk_tiles, engine->tiles - tiles->first);
}
