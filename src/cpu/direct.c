/*
 * direct.c - blocked direct convolution: a zero-padded block of the input is gathered once (all
 * channels), then every tap of the filter is one segment of the product kernel, whose rows are
 * neighbouring output pixels. Nothing is copied per tap. Where the channels are at most one vector,
 * the pixels of the patch follow each other without a gap, and a whole row of the filter is one
 * segment.
 *
 * Patch: [channel group][row][column][lane, or channel]; products: [vector of the panel][row]
 * [column][lane].
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cpu/direct.h"
#include "runtime/runtime.h"

enum { FIRST_CACHE = 1 << 15 }; /* bytes of a first-level cache */

static bool is_narrow(const nova_engine *engine) {
    return engine->groups == 1;
}

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* Columns of a block: whole rows if the patch of one keeps to half of the cache. With few channels
   a product costs little more than moving it does, so that the products of a row are to stay in
   half of the first-level cache until they are written, in whole vectors of pixels. */
static int64_t choose_cols(const nova_engine *engine, int64_t budget) {
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes;
    int64_t widest = NOVA_MIN(budget / shape->r - (shape->s - 1), (int64_t)1 << 20);
    if (is_narrow(engine)) {
        const int64_t most = FIRST_CACHE / 2 / (int64_t)sizeof(float) / (engine->k_block * lanes);
        const int64_t even = divide_up(shape->out_w, divide_up(shape->out_w, most));
        widest = NOVA_MIN(widest, divide_up(even, lanes) * lanes);
    }
    return NOVA_MIN(shape->out_w, NOVA_MAX(widest, (int64_t)engine->kernels->max_rows));
}

/* The largest block of output pixels whose patch keeps to half of the cache and whose products to a
   quarter; at least one register block. */
static void choose_block(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t cache = (int64_t)(nova_cache_bytes() / sizeof(float));
    const int64_t budget = cache / 2 / (engine->groups * engine->pitch);
    engine->block_cols = choose_cols(engine, budget);
    int64_t rows = budget / (engine->block_cols + shape->s - 1) - (shape->r - 1);
    if (!is_narrow(engine))
        rows = NOVA_MIN(rows, cache / 4 / (engine->k_block * engine->kernels->lanes) /
                                  engine->block_cols);
    const int64_t share = divide_up(shape->out_h * shape->n, engine->threads);
    engine->block_rows =
        NOVA_MIN(NOVA_MIN(NOVA_MAX(rows, (int64_t)1), shape->out_h), NOVA_MIN(share, (int64_t)64));
    engine->product_rows = is_narrow(engine) ? 1 : engine->block_rows;
}

/* Where the segments of the reduction start in the patch: taps, or rows of the filter. */
static void set_segments(nova_engine *engine) {
    const int64_t row = (engine->block_cols + engine->shape.s - 1) * engine->pitch;
    const int columns = is_narrow(engine) ? 1 : (int)engine->shape.s;
    for (int u = 0; u < (int)engine->shape.r; u++)
        for (int v = 0; v < columns; v++)
            engine->segments[u * columns + v] = (ptrdiff_t)(u * row + v * engine->pitch);
}

static nova_status size_buffers(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const size_t lanes = (size_t)engine->kernels->lanes;
    const size_t patch =
        (size_t)(engine->block_rows + shape->r - 1) * (size_t)(engine->block_cols + shape->s - 1);
    size_t weights;
    if (!nova_size_mul(patch * (size_t)engine->pitch, (size_t)engine->groups,
                       &engine->patch_size) ||
        !nova_size_add(engine->patch_size, lanes - (size_t)engine->pitch, &engine->patch_size) ||
        !nova_size_mul((size_t)engine->out_vectors * lanes, (size_t)shape->c, &weights) ||
        !nova_size_mul(weights, (size_t)(shape->r * shape->s) * sizeof(float),
                       &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    engine->m_size = (size_t)(engine->product_rows * engine->block_cols * engine->k_block) * lanes;
    return NOVA_OK;
}

void nova_direct_share(nova_engine *engine,
                       void (*task)(const nova_job *job, nova_buffers *buffers, int64_t task)) {
    const int64_t threads = engine->threads;
    engine->blocks_h = divide_up(engine->shape.out_h, engine->block_rows);
    engine->blocks_w = divide_up(engine->shape.out_w, engine->block_cols);
    engine->blocks = engine->shape.n * engine->blocks_h * engine->blocks_w;
    engine->k_splits = 1;
    if (engine->blocks < threads) /* more blocks first, then the output channels are split */
        engine->k_splits = nova_engine_k_parts(engine, divide_up(threads, engine->blocks));
    engine->tile_splits = engine->blocks;
    engine->pass_count = 1;
    engine->passes[0] = (nova_engine_pass){task, engine->blocks * engine->k_splits};
}

static void direct_task(const nova_job *job, nova_buffers *buffers, int64_t task);

nova_status nova_engine_init_direct(nova_engine *engine, const nova_cpu_kernels *kernels,
                                    const nova_shape *shape, nova_arith arith, int threads) {
    memset(engine, 0, sizeof *engine);
    engine->algorithm = NOVA_ALGORITHM_DIRECT;
    engine->kernels = kernels;
    engine->shape = *shape;
    engine->threads = threads;
    engine->uv_type = nova_arith_uv_type(arith);
    engine->m_type = NOVA_F32;
    engine->groups = (shape->c + kernels->lanes - 1) / kernels->lanes;
    engine->out_vectors = (shape->k + kernels->lanes - 1) / kernels->lanes;
    engine->k_block = NOVA_MIN((int64_t)kernels->panel_vectors, engine->out_vectors);
    nova_engine_choose_moves(engine);
    if (arith != NOVA_ARITH_F32) {
        engine->parts = nova_arith_parts(arith);
        return nova_pair_direct_init(engine);
    }
    engine->pitch = (int)NOVA_MIN(shape->c, (int64_t)kernels->lanes);
    choose_block(engine);
    set_segments(engine);
    nova_direct_share(engine, direct_task);
    const nova_status status = size_buffers(engine);
    return status == NOVA_OK ? nova_engine_finish(engine) : status;
}

nova_pixel_block nova_direct_block(const nova_engine *engine, int64_t block) {
    const int64_t per_image = engine->blocks_h * engine->blocks_w, in_image = block % per_image;
    nova_pixel_block b = {.image = block / per_image,
                          .row = in_image / engine->blocks_w * engine->block_rows,
                          .col = in_image % engine->blocks_w * engine->block_cols};
    b.rows = (int)NOVA_MIN(engine->block_rows, engine->shape.out_h - b.row);
    b.cols = (int)NOVA_MIN(engine->block_cols, engine->shape.out_w - b.col);
    return b;
}

nova_window nova_direct_source(const nova_engine *engine, const nova_pixel_block *block) {
    const nova_shape *shape = &engine->shape;
    return (nova_window){.channels = shape->c,
                         .height = shape->h,
                         .width = shape->w,
                         .row = block->row - shape->pad_top,
                         .col = block->col - shape->pad_left,
                         .rows = block->rows + (int)shape->r - 1,
                         .cols = (int)(engine->block_cols + shape->s - 1)};
}

static void gather_block(const nova_engine *engine, const nova_tensors *tensors,
                         const nova_pixel_block *block, ptrdiff_t group_size, float *patch) {
    const nova_shape *shape = &engine->shape;
    const size_t image = (size_t)(shape->c * shape->h * shape->w) * nova_dtype_size(shape->dtype);
    nova_window window = nova_direct_source(engine, block);
    for (int64_t group = 0; group < engine->groups; group++) {
        window.channel = group * engine->kernels->lanes;
        engine->kernels->gather[shape->layout][shape->dtype](
            (const char *)tensors->x + (size_t)block->image * image, &window, engine->pitch,
            patch + group * group_size);
    }
}

/* Some rows of the block for one panel, one channel group after the other. */
static void multiply_panel(const nova_engine *engine, const float *panel, int vectors,
                           const nova_pixel_block *block, int first_row, int rows,
                           ptrdiff_t group_size, const nova_buffers *buffers) {
    const nova_cpu_kernels *kernels = engine->kernels;
    const int64_t lanes = kernels->lanes, taps = engine->shape.r * engine->shape.s;
    const ptrdiff_t pitch = engine->pitch;
    const ptrdiff_t patch_row = (ptrdiff_t)(engine->block_cols + engine->shape.s - 1) * pitch;
    const int step = nova_engine_row_step(engine, block->cols);
    nova_gemm_args args = {.a_row = pitch,
                           .segments = engine->segments,
                           .segment_count = (int)(is_narrow(engine) ? engine->shape.r : taps),
                           .c_vector =
                               (ptrdiff_t)(engine->product_rows * engine->block_cols * lanes),
                           .ahead = NOVA_AHEAD_BYTES};
    for (int64_t group = 0; group < engine->groups; group++) {
        const int64_t channels = NOVA_MIN(lanes, engine->shape.c - group * lanes);
        args.length = (int)(channels * (is_narrow(engine) ? engine->shape.s : 1));
        args.b = panel + group * lanes * taps * vectors * lanes;
        args.accumulate = group > 0;
        for (int row = 0; row < rows; row++)
            for (int col = 0; col < block->cols; col += step) {
                args.a = buffers->scratch.patch + group * group_size +
                         (first_row + row) * patch_row + col * pitch;
                args.c = buffers->m + (row * engine->block_cols + col) * lanes;
                kernels->gemm[NOVA_F32](NOVA_MIN(step, block->cols - col), vectors, &args);
            }
    }
}

nova_destination nova_direct_destination(const nova_engine *engine, const nova_tensors *tensors,
                                         const nova_pixel_block *block) {
    const nova_shape *shape = &engine->shape;
    const size_t image =
        (size_t)(shape->k * shape->out_h * shape->out_w) * nova_dtype_size(shape->dtype);
    const size_t offset = (size_t)block->image * image;
    return (nova_destination){
        .window = {.channels = shape->k,
                   .height = shape->out_h,
                   .width = shape->out_w,
                   .col = block->col,
                   .cols = block->cols},
        .epilogue = {.bias = tensors->bias,
                     .residual =
                         tensors->residual ? (const char *)tensors->residual + offset : NULL,
                     .activation = shape->activation,
                     .stream = engine->stream},
        .image = (char *)tensors->y + offset};
}

static void direct_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    const nova_pixel_block block = nova_direct_block(engine, task / engine->k_splits);
    const ptrdiff_t group_size = (ptrdiff_t)((block.rows + shape->r - 1) *
                                             (engine->block_cols + shape->s - 1) * engine->pitch);
    nova_destination to = nova_direct_destination(engine, job->tensors, &block);
    int64_t first, last;
    nova_engine_k_range(engine, task % engine->k_splits, engine->k_splits, &first, &last);
    gather_block(engine, job->tensors, &block, group_size, buffers->scratch.patch);
    for (int row = 0; row < block.rows; row += to.window.rows) {
        to.window.row = block.row + row;
        to.window.rows = (int)NOVA_MIN(engine->product_rows, (int64_t)(block.rows - row));
        for (int64_t k = first; k < last; k += panel) {
            const int vectors = (int)NOVA_MIN(panel, last - k);
            const float *weights = (const float *)job->packed->data +
                                   nova_engine_packed_index(engine, 0, 0, k * lanes);
            multiply_panel(engine, weights, vectors, &block, row, to.window.rows, group_size,
                           buffers);
            const nova_strip strip = {buffers->m, engine->block_cols * lanes,
                                      engine->product_rows * engine->block_cols * lanes, vectors};
            to.window.channel = k * lanes;
            engine->kernels->scatter[shape->layout][shape->dtype](&strip, &to.window, &to.epilogue,
                                                                  to.image);
        }
    }
}
