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
    nova_range channels;
    int rows, step;
    bool accumulate;
    ptrdiff_t segments[NOVA_CHUNK_CHANNELS]; /* channel groups of a chunk within V */
} product;

static size_t weight_bytes(const nova_engine *engine) {
    return engine->uv_type == NOVA_F32 ? 4 : 2;
}

/* One position, one panel: all channels in chunks, all rows. `v` and `m` are of this position and
   panel, `panel` is of its first channel. */
static void multiply_panel(const product *p, const float *v, const char *panel, int vectors,
                           float *m) {
    const nova_cpu_kernels *kernels = p->engine->kernels;
    const nova_gemm_fn gemm = kernels->gemm[p->engine->uv_type];
    const int lanes = kernels->lanes;
    const size_t width = (size_t)(vectors * lanes) * weight_bytes(p->engine);
    const int64_t channels = p->channels.last - p->channels.first;
    nova_gemm_args args = {.a_row = lanes, .segments = p->segments, .c_vector = p->m->vector};
    for (int64_t c = 0; c < channels;) {
        const int64_t left = NOVA_MIN(channels - c, (int64_t)NOVA_CHUNK_CHANNELS);
        args.length = (int)NOVA_MIN(left, (int64_t)lanes);
        args.segment_count = (int)(left / args.length);
        args.b = panel + (size_t)c * width;
        args.accumulate = p->accumulate || c > 0;
        for (int row = 0; row < p->rows; row += p->step) {
            args.a = v + c / lanes * p->v->group + row * lanes;
            args.c = m + row * lanes;
            gemm(NOVA_MIN(p->step, p->rows - row), vectors, &args);
        }
        c += (int64_t)args.length * args.segment_count;
    }
}

void nova_stage_products(const nova_engine *engine, const nova_packed *packed, const nova_v_view *v,
                         int rows, nova_range channels, nova_range vectors, bool accumulate,
                         const nova_m_view *m) {
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    product p = {.engine = engine,
                 .v = v,
                 .m = m,
                 .channels = channels,
                 .rows = rows,
                 .step = nova_engine_row_step(engine, rows),
                 .accumulate = accumulate};
    for (int q = 0; q < NOVA_COUNT(p.segments); q++)
        p.segments[q] = q * v->group;
    for (int position = 0; position < engine->positions; position++)
        for (int64_t k = vectors.first; k < vectors.last; k += panel) {
            const size_t at = nova_engine_packed_index(engine, position, channels.first, k * lanes);
            multiply_panel(&p, v->data + position * v->position,
                           (const char *)packed->data + at * weight_bytes(engine),
                           (int)NOVA_MIN(panel, engine->out_vectors - k),
                           m->data + position * m->position + (k - vectors.first) * m->vector);
        }
}
