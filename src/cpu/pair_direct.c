/*
 * pair_direct.c - direct convolution by products of pairs. As in direct.c a block of the input is
 * gathered once, and every tap of the filter is a segment of the product kernel, for each product
 * of parts that the arithmetic keeps.
 *
 * Matrix units want many rows: output pixels are numbered along the rows of the patch, and the few
 * that lie between the end of one output row and the start of the next are computed and not used.
 *
 * Patch: [part][pair group][row][column][word]; products: [vector of the panel][row][column][lane].
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/direct.h"
#include "runtime/runtime.h"

enum { MAX_SEGMENTS = NOVA_MAX_SEGMENTS * NOVA_MAX_PART_PRODUCTS };

static int64_t patch_cols(const nova_engine *engine) {
    return engine->block_cols + engine->shape.s - 1;
}

/* The largest block of output pixels whose patch keeps to half of the cache and whose products to a
   quarter: whole rows if one fits, else a part of a row. */
static void choose_block(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, cache = (int64_t)nova_cache_bytes() / 4;
    const int64_t pixels = cache / 2 / (engine->parts * engine->pair_groups * lanes);
    const int64_t widest =
        NOVA_MAX(pixels / shape->r - (shape->s - 1), (int64_t)engine->kernels->pairs->max_rows);
    engine->block_cols = NOVA_MIN(shape->out_w, NOVA_MIN(widest, (int64_t)1 << 20));
    const int64_t rows = NOVA_MIN(pixels / patch_cols(engine) - (shape->r - 1),
                                  cache / 4 / (engine->k_block * lanes) / patch_cols(engine));
    const int64_t share = (shape->out_h * shape->n + engine->threads - 1) / engine->threads;
    engine->block_rows =
        NOVA_MIN(NOVA_MIN(NOVA_MAX(rows, (int64_t)1), shape->out_h), NOVA_MIN(share, (int64_t)64));
}

static nova_status size_buffers(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, rows = engine->block_rows;
    const int64_t pixels = (rows + shape->r - 1) * patch_cols(engine);
    const int64_t outputs = nova_engine_room(engine, rows * patch_cols(engine));
    const int64_t spare = engine->kernels->pairs->row_multiple; /* read, and not used */
    const int64_t taps = shape->r * shape->s;
    size_t weights;
    engine->v_position = (ptrdiff_t)((pixels + spare) * lanes); /* from group to group */
    engine->v_part = engine->v_position * (ptrdiff_t)engine->pair_groups;
    engine->m_position = (ptrdiff_t)(outputs * lanes); /* from vector to vector */
    engine->patch_size = (size_t)(pixels * lanes);
    if (!nova_size_mul((size_t)engine->v_part, (size_t)engine->parts, &engine->v_size) ||
        !nova_size_mul((size_t)engine->m_position, (size_t)engine->k_block, &engine->m_size) ||
        !nova_size_mul((size_t)(engine->out_vectors * lanes),
                       (size_t)nova_engine_packed_channels(engine), &weights) ||
        !nova_size_mul(weights, (size_t)taps * sizeof(uint16_t), &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    return NOVA_OK;
}

/* Gathers the block's input and splits it, one group of channels after the other. */
static void split_block(const nova_job *job, nova_buffers *buffers, const nova_pixel_block *block) {
    const nova_engine *engine = job->engine;
    const nova_cpu_kernels *kernels = engine->kernels;
    const nova_shape *shape = &engine->shape;
    const size_t image = (size_t)(shape->c * shape->h * shape->w) * nova_dtype_size(shape->dtype);
    nova_window window = nova_direct_source(engine, block);
    for (int64_t group = 0; group < engine->groups; group++) {
        window.channel = group * kernels->lanes;
        kernels->gather[shape->layout][shape->dtype](
            (const char *)job->tensors->x + (size_t)block->image * image, &window, kernels->lanes,
            buffers->scratch.patch);
        float *words = buffers->v + group / 2 * engine->v_position + group % 2 * kernels->lanes / 2;
        kernels->split(buffers->scratch.patch, kernels->lanes, words, kernels->lanes,
                       engine->v_part, engine->parts, window.rows * window.cols,
                       group % 2 == 0 && group + 1 == engine->groups);
    }
}

/** The reduction over the taps and parts of one pair group. */
typedef struct reduction {
    ptrdiff_t a[MAX_SEGMENTS], b[MAX_SEGMENTS];
    int count;
} reduction;

static void plan_reduction(const nova_engine *engine, int vectors, reduction *sum) {
    const int lanes = engine->kernels->lanes, s = (int)engine->shape.s;
    const int taps = (int)engine->shape.r * s, parts = engine->parts;
    const nova_part_pair *pairs = nova_part_pairs(engine);
    sum->count = 0;
    for (int i = 0; i < parts * (parts + 1) / 2; i++)
        for (int t = 0; t < taps; t++, sum->count++) {
            const ptrdiff_t pixel = t / s * (ptrdiff_t)patch_cols(engine) + t % s;
            sum->a[sum->count] = pairs[i].v * engine->v_part + pixel * lanes;
            sum->b[sum->count] = ((ptrdiff_t)t * parts + pairs[i].u) * lanes * vectors * lanes;
        }
}

/* All pixels of the block for one panel, one pair group after the other. */
static void multiply_panel(const nova_engine *engine, const float *panel, int vectors,
                           const nova_pixel_block *block, const nova_buffers *buffers) {
    const nova_cpu_kernels *kernels = engine->kernels;
    const int lanes = kernels->lanes;
    const int outputs = (block->rows - 1) * (int)patch_cols(engine) + block->cols;
    const int step = nova_engine_row_step(engine, outputs);
    const ptrdiff_t group_size =
        (ptrdiff_t)(engine->shape.r * engine->shape.s * engine->parts) * lanes * vectors * lanes;
    reduction sum;
    plan_reduction(engine, vectors, &sum);
    nova_pair_args args = {.a_row = lanes,
                           .a_segments = sum.a,
                           .b_segments = sum.b,
                           .segment_count = sum.count,
                           .c_vector = engine->m_position};
    for (int64_t group = 0; group < engine->pair_groups; group++) {
        const int64_t channels = engine->shape.c - group * 2 * lanes;
        const bool whole = kernels->pairs->unit > 0 || channels >= 2 * lanes;
        args.length = whole ? lanes : (int)(channels + 1) / 2;
        args.b = panel + group * group_size;
        args.accumulate = group > 0;
        for (int row = 0; row < outputs; row += step) {
            args.a = buffers->v + group * engine->v_position + (ptrdiff_t)row * lanes;
            args.c = buffers->m + (ptrdiff_t)row * lanes;
            args.fresh = row == 0;
            kernels->pairs->gemm(NOVA_MIN(step, outputs - row), vectors, &args);
        }
    }
}

static void pair_direct_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    const nova_pixel_block block = nova_direct_block(engine, task / engine->k_splits);
    nova_destination to = nova_direct_destination(engine, job->tensors, &block);
    int64_t first, last;
    nova_engine_k_range(engine, task % engine->k_splits, engine->k_splits, &first, &last);
    to.window.row = block.row;
    to.window.rows = block.rows;
    split_block(job, buffers, &block);
    for (int64_t k = first; k < last; k += panel) {
        const int vectors = (int)NOVA_MIN(panel, last - k);
        const size_t at = nova_engine_packed_index(engine, 0, 0, k * lanes);
        multiply_panel(engine, (const float *)job->packed->data + at / 2, vectors, &block, buffers);
        const nova_strip strip = {buffers->m, patch_cols(engine) * lanes, engine->m_position,
                                  vectors};
        to.window.channel = k * lanes;
        engine->kernels->scatter[shape->layout][shape->dtype](&strip, &to.window, &to.epilogue,
                                                              to.image);
    }
}

nova_status nova_pair_direct_init(nova_engine *engine) {
    choose_block(engine);
    nova_direct_share(engine, pair_direct_task);
    const nova_status status = size_buffers(engine);
    return status == NOVA_OK ? nova_engine_finish(engine) : status;
}
