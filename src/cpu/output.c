/*
 * output.c - the output transform: M of a tile is brought through two passes into a strip of
 * output pixels, which the epilogue writes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/stages.h"
#include "runtime/runtime.h"

static void transform_output(const nova_engine *engine, const float *m, ptrdiff_t m_position,
                             float *scratch, float *out, ptrdiff_t out_row) {
    const int lanes = engine->kernels->lanes;
    const nova_stage *h = &engine->output_h, *w = &engine->output_w;
    const ptrdiff_t m_row = engine->products_w * m_position;
    const ptrdiff_t row = (ptrdiff_t)w->rows * lanes;
    w->pass(m, m_position, m_row, scratch, lanes, row, h->columns, w->coefs);
    h->pass(scratch, row, lanes, out, out_row, lanes, w->rows, h->coefs);
}

static void output_tile(const nova_engine *engine, const nova_packed *packed, const float *m,
                        ptrdiff_t m_position, float *scratch, float *out, ptrdiff_t out_row) {
    const nova_cpu_kernels *kernels = engine->kernels;
    if (engine->m_type == NOVA_F32 && !packed->m_scale) {
        transform_output(engine, m, m_position, scratch, out, out_row);
        return;
    }
    float *stored =
        scratch + engine->scratch_size - (size_t)engine->positions * (size_t)kernels->lanes;
    kernels->round[engine->m_type](m, m_position, stored, kernels->lanes, engine->positions, NULL,
                                   packed->m_scale);
    transform_output(engine, stored, kernels->lanes, scratch, out, out_row);
}

/* M of one tile and vector, which is transformed after the present ones. */
static void ask_for(const nova_engine *engine, const float *m, ptrdiff_t m_position) {
    for (int position = 0; position < engine->positions; position++)
        __builtin_prefetch(m + position * m_position, 0, 2);
}

/* All tiles of a run, for the strip's output vectors; `m` is of the first tile and vector, `next`
   what the next strip starts with, or null. */
static void fill_strip(const nova_engine *engine, const nova_packed *packed, const float *m,
                       const float *next, const nova_m_view *view, int tiles,
                       const nova_scratch *scratch, const nova_strip *strip) {
    const ptrdiff_t lanes = engine->kernels->lanes;
    for (int v = 0; v < strip->vectors; v++)
        for (int t = 0; t < tiles; t++) {
            if (next)
                ask_for(engine, next + v * view->vector + t * view->tile, view->position);
            output_tile(engine, packed, m + v * view->vector + t * view->tile, view->position,
                        scratch->scratch,
                        scratch->strip + v * strip->vector + t * engine->tile_w * lanes,
                        strip->row);
        }
}

void nova_stage_output(const nova_engine *engine, const nova_packed *packed,
                       const nova_tensors *tensors, nova_range tiles, nova_range vectors,
                       const nova_scratch *scratch, const nova_m_view *m) {
    const nova_shape *shape = &engine->shape;
    const ptrdiff_t lanes = engine->kernels->lanes;
    const size_t image =
        (size_t)(shape->k * shape->out_h * shape->out_w) * nova_dtype_size(shape->dtype);
    const nova_scatter_fn scatter = engine->kernels->scatter[shape->layout][shape->dtype];
    nova_epilogue epilogue = {
        .bias = tensors->bias, .activation = shape->activation, .stream = engine->stream};
    const int count = (int)(tiles.last - tiles.first);
    nova_tile_run run;
    for (int done = 0; done < count; done += run.count) {
        run = nova_next_run(engine, tiles, done);
        const size_t offset = (size_t)run.image * image;
        if (tensors->residual)
            epilogue.residual = (const char *)tensors->residual + offset;
        nova_window window = {.channels = shape->k,
                              .height = shape->out_h,
                              .width = shape->out_w,
                              .row = run.row,
                              .col = run.col,
                              .rows = engine->tile_h,
                              .cols = run.count * engine->tile_w};
        nova_strip strip = {.data = scratch->strip,
                            .row = window.cols * lanes,
                            .vector = window.rows * window.cols * lanes};
        for (int64_t k = vectors.first; k < vectors.last; k += strip.vectors) {
            strip.vectors = (int)NOVA_MIN((int64_t)engine->strip_vectors, vectors.last - k);
            const float *from = m->data + (k - vectors.first) * m->vector + run.first * m->tile;
            const float *next = NULL;
            if (engine->far_operands && k + strip.vectors < vectors.last)
                next = from + strip.vectors * m->vector;
            else if (engine->far_operands && done + run.count < count)
                next = m->data + (run.first + run.count) * m->tile;
            fill_strip(engine, packed, from, next, m, run.count, scratch, &strip);
            window.channel = k * lanes;
            scatter(&strip, &window, &epilogue, (char *)tensors->y + offset);
        }
    }
}
