/*
 * work.c - what an execution does, in closed formulas; docs/design.md, Schedules, has them in
 * words. A test compares them with what executions count.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/engine.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- pixels */

/* Positions inside [0, extent) that `count` windows of `size`, `step` apart, cover one by one. */
static int64_t covered(int64_t first, int64_t step, int64_t count, int64_t size, int64_t extent) {
    int64_t sum = 0;
    for (int64_t i = 0, at = first; i < count; i++, at += step)
        sum += NOVA_MAX(NOVA_MIN(at + size, extent) - NOVA_MAX(at, (int64_t)0), (int64_t)0);
    return sum;
}

/* The tiles of a range, one by one, as windows of h x w on a map of height x width. */
static int64_t pixels_of(const nova_engine *engine, int64_t first, int64_t last, int64_t top,
                         int64_t left, int64_t h, int64_t w, int64_t height, int64_t width) {
    int64_t sum = 0;
    for (int64_t tile = first; tile < last; tile++) {
        const int64_t row = tile / engine->tiles_w % engine->tiles_h, col = tile % engine->tiles_w;
        sum += covered(row * engine->tile_h - top, 0, 1, h, height) *
               covered(col * engine->tile_w - left, 0, 1, w, width);
    }
    return sum;
}

int64_t nova_engine_tile_pixels(const nova_engine *engine, int64_t first, int64_t last) {
    const nova_shape *shape = &engine->shape;
    return pixels_of(engine, first, last, shape->pad_top, shape->pad_left, engine->inputs_h,
                     engine->inputs_w, shape->h, shape->w);
}

int64_t nova_engine_output_pixels(const nova_engine *engine, int64_t first, int64_t last) {
    return pixels_of(engine, first, last, 0, 0, engine->tile_h, engine->tile_w, engine->shape.out_h,
                     engine->shape.out_w);
}

/* Of all tiles: rows and columns are independent. */
static int64_t all_pixels(const nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    return shape->n *
           covered(-shape->pad_top, engine->tile_h, engine->tiles_h, engine->inputs_h, shape->h) *
           covered(-shape->pad_left, engine->tile_w, engine->tiles_w, engine->inputs_w, shape->w);
}

/* ---------------------------------------------------------------- how often */

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* Calls of the products that the output channels are split into. */
static int64_t filter_calls(const nova_engine *engine) {
    int64_t calls = 0, first, last;
    const bool panels = engine->schedule.ghat == NOVA_PLACE_INLINED;
    for (int64_t part = 0; part < engine->k_splits; part++) {
        nova_engine_k_range(engine, part, engine->k_splits, &first, &last);
        calls += divide_up(last - first, panels ? engine->kernels->panel_vectors : engine->k_block);
    }
    return calls;
}

/* The same, but of whole k_blocks: V is made once for each where it is inlined. */
static int64_t filter_blocks(const nova_engine *engine) {
    int64_t blocks = 0, first, last;
    for (int64_t part = 0; part < engine->k_splits; part++) {
        nova_engine_k_range(engine, part, engine->k_splits, &first, &last);
        blocks += divide_up(last - first, engine->k_block);
    }
    return blocks;
}

/* Areas that the tiles are split into. */
static int64_t tile_calls(const nova_engine *engine) {
    const int64_t step = nova_engine_area_tiles(engine), block = engine->block_tiles;
    const int64_t rest = engine->tiles - (engine->blocks - 1) * block;
    return (engine->blocks - 1) * divide_up(block, step) + divide_up(rest, step);
}

static int64_t times_input(const nova_engine *engine) {
    if (engine->schedule.xhat == NOVA_PLACE_INLINED)
        return filter_blocks(engine);
    return engine->schedule.xhat == NOVA_PLACE_BLOCKED ? engine->k_splits : 1;
}

static int64_t times_filter(const nova_engine *engine) {
    if (engine->schedule.ghat == NOVA_PLACE_INLINED)
        return tile_calls(engine);
    return engine->schedule.ghat == NOVA_PLACE_BLOCKED ? engine->tile_splits : 0;
}

/* ---------------------------------------------------------------- rows */

/* Every block makes its rows of V, and those that the filter reaches beyond it; each row of outputs
   reads the filter and, for each panel, as many rows of V as the filter has. */
static nova_work rows_work(const nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, size = (int64_t)nova_dtype_size(shape->dtype);
    const int64_t k = engine->out_vectors * lanes, weights = shape->c * k * engine->positions;
    const int64_t rows = shape->n * shape->out_h, beyond = shape->r - 1;
    const int64_t lines = (rows + shape->n * engine->blocks_h * beyond) * engine->tiles_w;
    const int64_t v = shape->c * nova_engine_v_bytes(engine);
    nova_work work = {0};
    work.input_tiles = lines * lanes * engine->k_splits;
    work.products = rows * engine->tiles_w * weights;
    work.output_tiles = rows * engine->tiles_w * k;
    work.x.read = shape->n * shape->c * size * engine->k_splits *
                  covered(-shape->pad_top, engine->block_rows, engine->blocks_h,
                          engine->block_rows + beyond, shape->h) *
                  covered(-shape->pad_left, engine->block_cols, engine->blocks_w,
                          engine->block_cols + shape->s - 1, shape->w);
    work.xhat.written = lines * engine->products_w * v * engine->k_splits;
    work.xhat.read = rows * engine->tiles_w * engine->positions * v *
                     divide_up(engine->out_vectors, nova_rows_vectors(engine));
    work.filter.read =
        rows * engine->blocks_w * weights * (int64_t)nova_dtype_size(engine->uv_type);
    work.y.written = rows * shape->out_w * shape->k * size;
    return work;
}

/* ---------------------------------------------------------------- all together */

nova_work nova_engine_work(const nova_engine *engine) {
    nova_work work = {0};
    if (engine->algorithm != NOVA_ALGORITHM_WINOGRAD)
        return work;
    if (engine->rows)
        return rows_work(engine);
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, size = (int64_t)nova_dtype_size(shape->dtype);
    const int64_t float_size = (int64_t)sizeof(float), c = shape->c, t = engine->tiles;
    const int64_t k = engine->out_vectors * lanes, p = engine->positions;
    const int64_t chunks = divide_up(c, engine->chunk), areas = tile_calls(engine);
    const bool raw = nova_engine_raw_filter(engine);
    work.input_tiles = t * engine->groups * lanes * times_input(engine);
    work.filters = c * k * times_filter(engine);
    work.products = t * p * c * k;
    work.output_tiles = t * k;
    work.x.read = all_pixels(engine) * c * size * times_input(engine);
    work.xhat.written = work.input_tiles * p * nova_engine_v_bytes(engine);
    work.xhat.read = t * p * c * nova_engine_v_bytes(engine) * filter_calls(engine);
    work.filter.read = raw ? work.filters * shape->r * shape->s * float_size
                           : c * k * p * areas * nova_engine_weight_bytes(engine);
    work.ghat.written = work.filters * p * float_size;
    work.ghat.read = raw ? c * k * p * areas * float_size : 0;
    work.mhat.read = work.mhat.written = t * p * k * float_size * chunks;
    work.y.written = shape->n * shape->out_h * shape->out_w * shape->k * size;
    return work;
}

/* Two passes over a tile of columns x columns inputs; one where the other only copies. */
static double transform_flops(const nova_stage *h, const nova_stage *w) {
    if (h->identity)
        return (double)w->flops * h->columns;
    if (w->identity)
        return (double)h->flops * w->columns;
    return (double)w->flops * h->columns + (double)h->flops * w->rows;
}

double nova_engine_flops(const nova_engine *engine, const nova_work *work) {
    if (engine->algorithm != NOVA_ALGORITHM_WINOGRAD)
        return 0;
    if (engine->rows)
        return (double)work->input_tiles * engine->input_w.flops +
               (double)work->output_tiles * engine->output_w.flops + 2.0 * (double)work->products;
    return (double)work->input_tiles * transform_flops(&engine->input_h, &engine->input_w) +
           (double)work->filters * transform_flops(&engine->filter_h, &engine->filter_w) +
           (double)work->output_tiles * transform_flops(&engine->output_h, &engine->output_w) +
           2.0 * (double)work->products;
}
