/*
 * products.c - M = V U: for every position and panel of output channels, a product of the tiles'
 * channels with the packed filter.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/stages.h"
#include "runtime/runtime.h"

/* What stays the same over positions and panels. */
typedef struct product {
    const nova_engine *engine;
    const nova_v_view *v;
    const nova_m_view *m;
    nova_dtype type; /* of the filter */
    size_t element;  /* bytes */
    int64_t channels;
    int rows, step;
    bool accumulate;
    ptrdiff_t segments[NOVA_CHUNK_CHANNELS]; /* channel groups of a chunk within V */
} product;

/* Register blocks of rows ask for the filters of the next chunk together, each for a part: one of
   2^shift, at most four. */
static int ahead_shift(int blocks) {
    return blocks >= 4 ? 2 : blocks / 2;
}

/* Lines of M that are going to be written, where they have left the cache since the last time. */
static void ask_for_m(const product *p, int vectors, const float *m) {
    const int lanes = p->engine->kernels->lanes;
    for (int v = 0; v < vectors && p->engine->far_operands; v++)
        for (int row = 0; row < p->rows; row++)
            __builtin_prefetch(m + v * p->m->vector + row * lanes, 1, 2);
}

/* One position, one panel: all channels in chunks, all rows. `v` and `m` are of this position and
   panel, `panel` is of its first channel. */
static void multiply_panel(const product *p, const float *v, const char *panel, int vectors,
                           float *m) {
    const nova_cpu_kernels *kernels = p->engine->kernels;
    const nova_gemm_fn gemm = kernels->gemm[p->type];
    const int lanes = kernels->lanes;
    const size_t width = (size_t)(vectors * lanes) * p->element;
    const int blocks = (p->rows + p->step - 1) / p->step;
    nova_gemm_args args = {.a_row = lanes,
                           .segments = p->segments,
                           .c_vector = p->m->vector,
                           .ahead_shift = ahead_shift(blocks)};
    ask_for_m(p, vectors, m);
    for (int64_t c = 0; c < p->channels;) {
        const int64_t left = NOVA_MIN(p->channels - c, (int64_t)NOVA_CHUNK_CHANNELS);
        args.length = (int)NOVA_MIN(left, (int64_t)lanes);
        args.segment_count = (int)(left / args.length);
        args.b = panel + (size_t)c * width;
        args.accumulate = p->accumulate || c > 0;
        const ptrdiff_t bytes = (ptrdiff_t)(left * (int64_t)width);
        const ptrdiff_t part = bytes >> args.ahead_shift;
        args.ahead = bytes;
        for (int row = 0; row < p->rows; row += p->step) {
            args.a = v + c / lanes * p->v->group + row * lanes;
            args.c = m + row * lanes;
            gemm(NOVA_MIN(p->step, p->rows - row), vectors, &args);
            args.ahead = NOVA_MIN(args.ahead + part, 2 * bytes - part);
        }
        c += (int64_t)args.length * args.segment_count;
    }
}

void nova_stage_products(const nova_engine *engine, const nova_v_view *v, const nova_u_view *u,
                         int rows, int64_t channels, int64_t vectors, bool accumulate,
                         const nova_m_view *m) {
    if (engine->parts > 0) {
        nova_stage_pair_products(engine, v, u, rows, channels, vectors, accumulate, m);
        return;
    }
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    product p = {.engine = engine,
                 .v = v,
                 .m = m,
                 .type = u->type,
                 .element = nova_dtype_size(u->type),
                 .channels = channels,
                 .rows = rows,
                 .step = nova_engine_row_step(engine, rows),
                 .accumulate = accumulate};
    for (int q = 0; q < NOVA_COUNT(p.segments); q++)
        p.segments[q] = q * v->group;
    for (int position = 0; position < engine->positions; position++)
        for (int64_t k = 0; k < vectors; k += panel) {
            const int width = (int)NOVA_MIN(panel, vectors - k);
            const size_t at = (size_t)position * u->position +
                              (size_t)((k * u->channels + u->channel * width) * lanes);
            multiply_panel(&p, v->data + position * v->position,
                           (const char *)u->data + at * p.element, width,
                           m->data + position * m->position + k * m->vector);
        }
}
