/*
 * filters.c - the filter transform of an execution, where GHAT is not stored: raw filters, which
 * are packed with the output channels of a panel side by side, are brought through two passes of
 * codelets, a vector of output channels at a time.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/stages.h"
#include "runtime/runtime.h"

/* U = G_h w G_w^T for one vector of filters; the tap (i, j) lies at raw[(i * s + j) * tap]. */
static void transform_filter(const nova_engine *engine, const float *raw, ptrdiff_t tap,
                             float *scratch, float *out, ptrdiff_t out_position) {
    const int lanes = engine->kernels->lanes;
    const nova_stage *h = &engine->filter_h, *w = &engine->filter_w;
    const ptrdiff_t raw_row = w->columns * tap, out_row = engine->products_w * out_position;
    if (h->identity) {
        w->pass(raw, tap, raw_row, out, out_position, out_row, h->columns, w->coefs);
        return;
    }
    if (w->identity) {
        h->pass(raw, raw_row, tap, out, out_row, out_position, w->columns, h->coefs);
        return;
    }
    const ptrdiff_t row = (ptrdiff_t)w->rows * lanes;
    w->pass(raw, tap, raw_row, scratch, lanes, row, h->columns, w->coefs);
    h->pass(scratch, row, lanes, out, out_row, out_position, w->rows, h->coefs);
}

static void filter_vector(const nova_engine *engine, const float *raw, ptrdiff_t tap,
                          float *scratch, float *u, ptrdiff_t u_position) {
    const nova_cpu_kernels *kernels = engine->kernels;
    if (engine->uv_type == NOVA_F32 && !engine->scaled) {
        transform_filter(engine, raw, tap, scratch, u, u_position);
        return;
    }
    float *exact =
        scratch + engine->scratch_size - (size_t)engine->positions * (size_t)kernels->lanes;
    transform_filter(engine, raw, tap, scratch, exact, kernels->lanes);
    kernels->round[engine->uv_type](exact, kernels->lanes, u, u_position, engine->positions,
                                    engine->scaled ? engine->u_scale : NULL, NULL);
}

void nova_stage_filters(const nova_engine *engine, const nova_packed *packed, nova_range channels,
                        nova_range vectors, const nova_scratch *scratch, const nova_u_view *u) {
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    for (int64_t k = vectors.first; k < vectors.last; k += panel) {
        const ptrdiff_t width = (ptrdiff_t)(NOVA_MIN(panel, vectors.last - k) * lanes);
        float *to = (float *)u->data + (k - vectors.first) * lanes * u->channels;
        for (int64_t c = channels.first; c < channels.last; c++, to += width) {
            const float *raw =
                (const float *)packed->data + nova_engine_packed_index(engine, 0, c, k * lanes);
            for (ptrdiff_t v = 0; v < width; v += lanes)
                filter_vector(engine, raw + v, width, scratch->scratch, to + v,
                              (ptrdiff_t)u->position);
        }
    }
}
