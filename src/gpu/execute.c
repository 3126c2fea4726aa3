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
    return (nova_gpu_operands){
        .u = u,
        .x = args->x,
        .input = engine->staging == NOVA_GPU_AS_IT_IS ? args->x : workspace + engine->x_at,
        .workspace = workspace,
        .epilogue = {.y = y,
                     .bias = args->bias,
                     .residual = args->residual ? residual : NULL,
                     .k = shape->k,
                     .out_h = shape->out_h,
                     .out_w = shape->out_w,
                     .layout = NOVA_NHWC,
                     .activation = shape->activation}};
}

nova_gpu_transpose_args nova_gpu_transpose_of(int64_t images, const void *from, void *to,
                                              int64_t rows, int64_t columns, int64_t pitch) {
    return (nova_gpu_transpose_args){.from = from,
                                     .to = to,
                                     .rows = rows,
                                     .columns = columns,
                                     .to_rows = pitch,
                                     .squares =
                                         (unsigned)(images * nova_gpu_squares(pitch, columns)),
                                     .squares_across = (unsigned)nova_gpu_squares(1, columns),
                                     .squares_down = (unsigned)nova_gpu_squares(pitch, 1),
                                     .from_pitch = columns,
                                     .from_image = rows * columns,
                                     .to_pitch = pitch,
                                     .to_image = columns * pitch};
}

nova_gpu_transpose_args nova_gpu_transposed_x(const nova_gpu_engine *engine,
                                              const nova_gpu_operands *operands) {
    const nova_shape *shape = &engine->shape;
    return nova_gpu_transpose_of(engine->shape.n, operands->x, operands->workspace + engine->x_at,
                                 shape->c, shape->h * shape->w, engine->x_pitch);
}

nova_gpu_gather_args nova_gpu_gathered_x(const nova_gpu_engine *engine,
                                         const nova_gpu_operands *operands) {
    const nova_shape *shape = &engine->shape;
    const bool taps = engine->taps_are_channels, last = shape->layout == NOVA_NHWC;
    const int64_t out_h = nova_gpu_staged_h(engine);
    return (nova_gpu_gather_args){.x = operands->x,
                                  .to = operands->workspace + engine->x_at,
                                  .lines = shape->n * out_h,
                                  .x_image = shape->c * shape->h * shape->w,
                                  .x_pixel = last ? shape->c : 1,
                                  .x_channel = last ? 1 : shape->h * shape->w,
                                  .c = (int)shape->c,
                                  .h = (int)shape->h,
                                  .w = (int)shape->w,
                                  .r = taps ? (int)shape->r : 1,
                                  .s = taps ? (int)shape->s : 1,
                                  .pad_top = taps ? (int)shape->pad_top : 0,
                                  .pad_left = taps ? (int)shape->pad_left : 0,
                                  .out_h = (int)out_h,
                                  .out_w = (int)nova_gpu_staged_w(engine),
                                  .pitch = (int)engine->x_pitch};
}

nova_gpu_transpose_args nova_gpu_transposed_residual(const nova_gpu_engine *engine,
                                                     const nova_gpu_operands *operands,
                                                     const void *residual) {
    const nova_shape *shape = &engine->shape;
    return nova_gpu_transpose_of(engine->shape.n, residual, operands->workspace + engine->y_at,
                                 shape->k, shape->out_h * shape->out_w, shape->k);
}

nova_gpu_transpose_args nova_gpu_arranged_y(const nova_gpu_engine *engine,
                                            const nova_gpu_operands *operands, void *y) {
    const nova_shape *shape = &engine->shape;
    const int64_t pixels = shape->out_h * shape->out_w;
    return nova_gpu_transpose_of(engine->shape.n, operands->workspace + engine->y_at, y, pixels,
                                 shape->k, pixels);
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

nova_gpu_resident_args nova_gpu_resident_products(const nova_gpu_engine *engine,
                                                  const nova_gpu_operands *operands) {
    enum { PIECE = 8 /* channels that lie together in y */ };
    const nova_gpu_resident *all = &engine->resident;
    const bool gathered = engine->taps_are_channels; /* x has no halo then */
    const int row = nova_gpu_resident_row(all);
    return (nova_gpu_resident_args){
        .grid = *all,
        .pad_top = gathered ? 0 : (int)engine->shape.pad_top,
        .pad_left = gathered ? 0 : (int)engine->shape.pad_left,
        .u_bytes = nova_gpu_resident_u_bytes(all),
        .x_bytes = nova_gpu_resident_x_bytes(all),
        .box_bytes = nova_gpu_resident_box(all) * NOVA_GPU_RESIDENT_ROW_BYTES,
        .x_at = all->chunks * nova_gpu_resident_u_bytes(all),
        .sums_at = all->splits > 1 ? nova_gpu_resident_operand_bytes(all) : 0,
        .barriers_at = nova_gpu_resident_barriers_at(all),
        .row = row,
        .inverse = nova_gpu_resident_inverse(row),
        .share = nova_gpu_resident_share(all),
        .exchange = all->splits > 1 || engine->shape.k % PIECE != 0,
        .epilogue = operands->epilogue};
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

static int round_few(int64_t count) {
    return (int)((count + NOVA_GPU_FEW_ROUND - 1) / NOVA_GPU_FEW_ROUND * NOVA_GPU_FEW_ROUND);
}

nova_gpu_few_outputs_args nova_gpu_few_outputs_of(const nova_gpu_engine *engine,
                                                  const nova_gpu_operands *operands) {
    const nova_shape *shape = &engine->shape;
    const nova_gpu_grid *grid = &engine->grid;
    return (nova_gpu_few_outputs_args){.u = operands->u,
                                       .x = operands->input,
                                       .n = shape->n,
                                       .c_pitch = engine->c_pitch,
                                       .h = (int)shape->h,
                                       .w = (int)shape->w,
                                       .r = (int)shape->r,
                                       .s = (int)shape->s,
                                       .pad_top = (int)shape->pad_top,
                                       .pad_left = (int)shape->pad_left,
                                       .columns = round_few(shape->r * shape->s * shape->k),
                                       .box_w = grid->box_w,
                                       .box_h = grid->box_h,
                                       .out_w = grid->box_w - (int)shape->s + 1,
                                       .out_h = grid->box_h - (int)shape->r + 1,
                                       .across = grid->blocks_w,
                                       .down = grid->blocks_h,
                                       .pixels = nova_gpu_patch_pixels(grid),
                                       .epilogue = operands->epilogue};
}

nova_gpu_few_inputs_args nova_gpu_few_inputs_of(const nova_gpu_engine *engine,
                                                const nova_gpu_operands *operands) {
    const nova_shape *shape = &engine->shape;
    const bool last = shape->layout == NOVA_NHWC;
    const int across = nova_gpu_gather_across(shape->out_w);
    const int64_t elements = shape->r * shape->s * shape->c;
    return (nova_gpu_few_inputs_args){.u = operands->u,
                                      .x = operands->input,
                                      .tiles = (unsigned)(shape->n * shape->out_h * across),
                                      .across = across,
                                      .x_image = shape->c * shape->h * shape->w,
                                      .x_pixel = last ? shape->c : 1,
                                      .x_channel = last ? 1 : shape->h * shape->w,
                                      .c_pitch = engine->c_pitch,
                                      .k_pitch = engine->k_pitch,
                                      .c = (int)shape->c,
                                      .h = (int)shape->h,
                                      .w = (int)shape->w,
                                      .r = (int)shape->r,
                                      .s = (int)shape->s,
                                      .pad_top = (int)shape->pad_top,
                                      .pad_left = (int)shape->pad_left,
                                      .steps = nova_gpu_gather_steps(elements),
                                      .depth = nova_gpu_gather_depth(elements),
                                      .channels = engine->grid.block_channels,
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
