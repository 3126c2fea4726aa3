/*
 * direct.c - blocked direct convolution: a zero-padded block of the input is gathered once (all
 * channels), then every tap of the filter is one segment of the product kernel, whose rows are
 * neighbouring output pixels. Nothing is copied per tap.
 *
 * Patch: [channel group][row][column][lane]; products: [vector of the panel][row][column][lane].
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cpu/engine.h"
#include "runtime/runtime.h"

/* The largest block of output pixels whose patch keeps to half of the cache and whose products to a
   quarter: whole rows if one fits, else a part of a row; at least one register block. */
static void choose_block(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t budget = (int64_t)(nova_cache_bytes() / 2 / sizeof(float)) /
                           (engine->groups * engine->kernels->lanes);
    const int64_t widest =
        NOVA_MAX(budget / shape->r - (shape->s - 1), (int64_t)engine->kernels->max_rows);
    engine->block_cols = NOVA_MIN(shape->out_w, NOVA_MIN(widest, (int64_t)1 << 20));
    const int64_t patch_rows = budget / (engine->block_cols + shape->s - 1) - (shape->r - 1);
    const int64_t pixels = (int64_t)(nova_cache_bytes() / 4 / sizeof(float)) /
                           (engine->k_block * engine->kernels->lanes);
    const int64_t rows = NOVA_MIN(patch_rows, pixels / engine->block_cols);
    const int64_t share = (shape->out_h * shape->n + engine->threads - 1) / engine->threads;
    engine->block_rows =
        NOVA_MIN(NOVA_MIN(NOVA_MAX(rows, (int64_t)1), shape->out_h), NOVA_MIN(share, (int64_t)64));
    engine->blocks_h = (shape->out_h + engine->block_rows - 1) / engine->block_rows;
    engine->blocks_w = (shape->out_w + engine->block_cols - 1) / engine->block_cols;
    engine->blocks = shape->n * engine->blocks_h * engine->blocks_w;
}

static nova_status size_buffers(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const size_t lanes = (size_t)engine->kernels->lanes;
    const size_t patch =
        (size_t)(engine->block_rows + shape->r - 1) * (size_t)(engine->block_cols + shape->s - 1);
    size_t weights;
    if (!nova_size_mul(patch * lanes, (size_t)engine->groups, &engine->patch_size) ||
        !nova_size_mul((size_t)engine->out_vectors * lanes, (size_t)shape->c, &weights) ||
        !nova_size_mul(weights, (size_t)(shape->r * shape->s) * sizeof(float),
                       &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    engine->m_size = (size_t)(engine->block_rows * engine->block_cols * engine->k_block) * lanes;
    for (int u = 0; u < (int)shape->r; u++)
        for (int v = 0; v < (int)shape->s; v++)
            engine->segments[u * shape->s + v] =
                (ptrdiff_t)((u * (engine->block_cols + shape->s - 1) + v) * (int64_t)lanes);
    return NOVA_OK;
}

nova_status nova_engine_init_direct(nova_engine *engine, const nova_cpu_kernels *kernels,
                                    const nova_shape *shape, int threads) {
    memset(engine, 0, sizeof *engine);
    engine->algorithm = NOVA_ALGORITHM_DIRECT;
    engine->kernels = kernels;
    engine->shape = *shape;
    engine->threads = threads;
    engine->uv_type = NOVA_F32;
    engine->m_type = NOVA_F32;
    engine->groups = (shape->c + kernels->lanes - 1) / kernels->lanes;
    engine->out_vectors = (shape->k + kernels->lanes - 1) / kernels->lanes;
    engine->k_block = NOVA_MIN((int64_t)kernels->panel_vectors, engine->out_vectors);
    nova_engine_choose_store(engine);
    choose_block(engine);
    engine->k_splits = 1;
    if (engine->blocks < threads) /* more blocks first, then the output channels are split */
        engine->k_splits =
            nova_engine_k_parts(engine, (threads + engine->blocks - 1) / engine->blocks);
    engine->tile_splits = engine->blocks;
    engine->pass_count = 1;
    engine->passes[0] = (nova_engine_pass){nova_direct_task, engine->blocks * engine->k_splits};
    const nova_status status = size_buffers(engine);
    return status == NOVA_OK ? nova_engine_finish(engine) : status;
}

/* A block of output pixels; `cols` and `rows` are clipped to the image. */
typedef struct pixel_block {
    int64_t image, row, col;
    int rows, cols;
} pixel_block;

static pixel_block find_block(const nova_engine *engine, int64_t block) {
    const int64_t per_image = engine->blocks_h * engine->blocks_w, in_image = block % per_image;
    pixel_block b = {.image = block / per_image,
                     .row = in_image / engine->blocks_w * engine->block_rows,
                     .col = in_image % engine->blocks_w * engine->block_cols};
    b.rows = (int)NOVA_MIN(engine->block_rows, engine->shape.out_h - b.row);
    b.cols = (int)NOVA_MIN(engine->block_cols, engine->shape.out_w - b.col);
    return b;
}

static void gather_block(const nova_engine *engine, const nova_tensors *tensors,
                         const pixel_block *block, ptrdiff_t group_size, float *patch) {
    const nova_shape *shape = &engine->shape;
    const size_t image = (size_t)(shape->c * shape->h * shape->w) * nova_dtype_size(shape->dtype);
    nova_window window = {.channels = shape->c,
                          .height = shape->h,
                          .width = shape->w,
                          .row = block->row - shape->pad_top,
                          .col = block->col - shape->pad_left,
                          .rows = block->rows + (int)shape->r - 1,
                          .cols = (int)(engine->block_cols + shape->s - 1)};
    for (int64_t group = 0; group < engine->groups; group++) {
        window.channel = group * engine->kernels->lanes;
        engine->kernels->gather[shape->layout][shape->dtype]((const char *)tensors->x +
                                                                 (size_t)block->image * image,
                                                             &window, patch + group * group_size);
    }
}

/* All pixels of the block for one panel, one channel group after the other. */
static void multiply_panel(const nova_engine *engine, const float *panel, int vectors,
                           const pixel_block *block, ptrdiff_t group_size,
                           const nova_buffers *buffers) {
    const nova_cpu_kernels *kernels = engine->kernels;
    const int64_t lanes = kernels->lanes, taps = engine->shape.r * engine->shape.s;
    const ptrdiff_t patch_row = (ptrdiff_t)((engine->block_cols + engine->shape.s - 1) * lanes);
    const int step = nova_engine_row_step(engine, block->cols);
    nova_gemm_args args = {.a_row = lanes,
                           .segments = engine->segments,
                           .segment_count = (int)taps,
                           .c_vector = (ptrdiff_t)(block->rows * engine->block_cols * lanes)};
    for (int64_t group = 0; group < engine->groups; group++) {
        args.length = (int)NOVA_MIN(lanes, engine->shape.c - group * lanes);
        args.b = panel + group * lanes * taps * vectors * lanes;
        args.accumulate = group > 0;
        for (int row = 0; row < block->rows; row++)
            for (int col = 0; col < block->cols; col += step) {
                args.a =
                    buffers->scratch.patch + group * group_size + row * patch_row + col * lanes;
                args.c = buffers->m + (row * engine->block_cols + col) * lanes;
                kernels->gemm[NOVA_F32](NOVA_MIN(step, block->cols - col), vectors, &args);
            }
    }
}

void nova_direct_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const nova_tensors *tensors = job->tensors;
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    const pixel_block block = find_block(engine, task / engine->k_splits);
    const ptrdiff_t group_size =
        (ptrdiff_t)((block.rows + shape->r - 1) * (engine->block_cols + shape->s - 1) * lanes);
    const size_t image =
        (size_t)(shape->k * shape->out_h * shape->out_w) * nova_dtype_size(shape->dtype);
    const size_t offset = (size_t)block.image * image;
    nova_epilogue epilogue = {
        .bias = tensors->bias, .activation = shape->activation, .stream = engine->stream};
    if (tensors->residual)
        epilogue.residual = (const char *)tensors->residual + offset;
    nova_window window = {.channels = shape->k,
                          .height = shape->out_h,
                          .width = shape->out_w,
                          .row = block.row,
                          .col = block.col,
                          .rows = block.rows,
                          .cols = block.cols};
    int64_t first, last;
    nova_engine_k_range(engine, task % engine->k_splits, engine->k_splits, &first, &last);
    gather_block(engine, tensors, &block, group_size, buffers->scratch.patch);
    for (int64_t k = first; k < last; k += panel) {
        const int vectors = (int)NOVA_MIN(panel, last - k);
        const float *weights =
            (const float *)job->packed->data + nova_engine_packed_index(engine, 0, 0, k * lanes);
        multiply_panel(engine, weights, vectors, &block, group_size, buffers);
        const nova_strip strip = {buffers->m, engine->block_cols * lanes,
                                  block.rows * engine->block_cols * lanes, vectors};
        window.channel = k * lanes;
        engine->kernels->scatter[shape->layout][shape->dtype](&strip, &window, &epilogue,
                                                              (char *)tensors->y + offset);
    }
}
