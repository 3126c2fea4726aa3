/*
 * test_hip_arith.c - the HIP engine's numbers beside the CPU engine's, with the same tile, set and
 * arithmetic: V bit for bit, M within what adding up in another order may change, y within what
 * that makes of it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/hip_run.h"
#include "numerics/half.h"
#include "numerics/program.h"
#include "plan/plan.h"
#include "sample.h"

enum { MOST_CHANNELS = 40, MOST_POSITIONS = NOVA_HIP_MAX_POSITIONS };

static const double half_ulp = 0x1p-24, f16_half_ulp = 0x1p-11, f16_least = 0x1p-25;

/* V of a tile of one channel: both passes of the core's programs, width first, scaled and rounded;
   `patch` and `v` are packed. */
static void expected_v(const execution *e, const float *patch, uint16_t *v) {
    const nova_plan *base = e->plan->plan.base;
    const nova_transform *h = &base->h.transform, *w = &base->w.transform;
    nova_bound_codelet bound_h, bound_w;
    nova_program program;
    float rows[NOVA_GPU_MAX_INPUTS][NOVA_GPU_MAX_PRODUCTS];
    float column[NOVA_GPU_MAX_INPUTS], result[NOVA_GPU_MAX_PRODUCTS];
    assert_true(nova_codelet_bind(h, NOVA_MAP_INPUT, &bound_h));
    assert_true(nova_codelet_bind(w, NOVA_MAP_INPUT, &bound_w));
    nova_program_init(&program, w, NOVA_MAP_INPUT, &bound_w);
    for (int i = 0; i < h->inputs; i++)
        nova_program_run(&program, 1, patch + i * w->inputs, rows[i]);
    nova_program_init(&program, h, NOVA_MAP_INPUT, &bound_h);
    for (int j = 0; j < w->products; j++) {
        for (int i = 0; i < h->inputs; i++)
            column[i] = rows[i][j];
        nova_program_run(&program, 1, column, result);
        for (int i = 0; i < h->products; i++)
            v[i * w->products + j] = nova_f16_from_float(
                ldexpf(result[i], base->scaling_h.input[i] + base->scaling_w.input[j]));
    }
}

/* ---------------------------------------------------------------- a tile */

/* What both engines compute of a tile and output channel: V, the exact M, the sum of the sizes of
   what is added up to it. */
typedef struct tile_values {
    uint16_t v[MOST_CHANNELS][MOST_POSITIONS]; /* binary16 */
    double m[MOST_POSITIONS], size[MOST_POSITIONS];
} tile_values;

static void tile_corner(const execution *e, int64_t tile, int64_t *n, int64_t *h, int64_t *w) {
    const nova_gpu_engine *engine = &e->plan->plan.engine;
    const int64_t line = tile / engine->tiles_w;
    *n = line / engine->tiles_h;
    *h = line % engine->tiles_h * engine->tile.tile_h;
    *w = tile % engine->tiles_w * engine->tile.tile_w;
}

static void fill_v(const problem *p, const execution *e, int64_t tile, tile_values *values) {
    const nova_gpu_tile *sizes = &e->plan->plan.engine.tile;
    const nova_conv_desc *d = &p->desc;
    const uint16_t *x = p->x;
    float patch[NOVA_GPU_MAX_INPUTS * NOVA_GPU_MAX_INPUTS];
    int64_t n, h0, w0;
    tile_corner(e, tile, &n, &h0, &w0);
    for (int64_t c = 0; c < d->c; c++) {
        for (int i = 0; i < sizes->inputs_h; i++)
            for (int j = 0; j < sizes->inputs_w; j++) {
                const int64_t h = h0 + i - d->pad_top, w = w0 + j - d->pad_left;
                const bool inside = h >= 0 && h < d->h && w >= 0 && w < d->w;
                patch[i * sizes->inputs_w + j] =
                    inside ? nova_f16_to_float(x[((n * d->h + h) * d->w + w) * d->c + c]) : 0;
            }
        expected_v(e, patch, values->v[c]);
    }
}

static void fill_m(const execution *e, int64_t k, tile_values *values) {
    const nova_gpu_engine *engine = &e->plan->plan.engine;
    const uint16_t *u = e->filter->packed;
    for (int i = 0; i < engine->slices; i++) {
        values->m[i] = values->size[i] = 0;
        for (int64_t c = 0; c < engine->shape.c; c++) {
            const double product =
                (double)nova_f16_to_float(u[nova_gpu_filter_index(engine, i, k, c)]) *
                (double)nova_f16_to_float(values->v[c][i]);
            values->m[i] += product;
            values->size[i] += fabs(product);
        }
    }
}

/* How far M may be from the exact one: `roundings` to binary32 of sums no larger than `size`, and
   one to binary16 where M is stored so. */
static double m_bound(const nova_gpu_engine *engine, double size, double roundings) {
    const double sum = roundings * half_ulp * size;
    return engine->tile.m_type == NOVA_F32 ? sum : sum + f16_half_ulp * (size + sum) + f16_least;
}

/* The matrix unit rounds once for 16 channels; the CPU for each, and once more for every 64. */
static double device_roundings(const nova_gpu_engine *engine) {
    return (double)engine->c_pitch / 16;
}
static double cpu_roundings(const nova_gpu_engine *engine) {
    return (double)engine->shape.c + ceil((double)engine->shape.c / 64);
}

/* ---------------------------------------------------------------- what an execution leaves */

static void check_v(const execution *e, int64_t tile, const tile_values *values) {
    const nova_gpu_engine *engine = &e->plan->plan.engine;
    const uint16_t *v = (const uint16_t *)(nova_gpu_workspace(&e->args) + engine->v_at);
    for (int i = 0; i < engine->slices; i++)
        for (int64_t c = 0; c < engine->shape.c; c++)
            assert_int_equal(
                v[(i * engine->chunk_tiles + tile) * engine->c_pitch + nova_gpu_stored_channel(c)],
                values->v[c][i]);
}

static void check_m(const execution *e, int64_t tile, int64_t k, const tile_values *values) {
    const nova_gpu_engine *engine = &e->plan->plan.engine;
    const char *m = nova_gpu_workspace(&e->args) + engine->m_at;
    for (int i = 0; i < engine->slices; i++) {
        const int64_t at =
            (i * engine->chunk_tiles + tile) * engine->k_pitch + nova_gpu_stored_channel(k);
        const double found = engine->tile.m_type == NOVA_F32
                                 ? (double)((const float *)m)[at]
                                 : (double)nova_f16_to_float(((const uint16_t *)m)[at]);
        assert_true(fabs(found - values->m[i]) <=
                    m_bound(engine, values->size[i], device_roundings(engine)));
    }
}

/*
 * y of both engines: what their M may differ by goes through the same |A|; both round the sums of
 * the two passes, of which none is larger than those of the sizes and no output is reached by more
 * than the products and codelets' steps of a row and a column; both round y to binary16.
 */
static void check_y(const problem *p, const execution *e, int64_t tile, int64_t k,
                    const tile_values *values) {
    const nova_gpu_engine *engine = &e->plan->plan.engine;
    const nova_plan *base = e->plan->plan.base;
    const nova_transform *h = &base->h.transform, *w = &base->w.transform;
    const double steps = 2.0 * (h->products + w->products) + 2; /* and the scale */
    int64_t n, row0, column0;
    tile_corner(e, tile, &n, &row0, &column0);
    for (int64_t i = 0; i < h->m && row0 + i < engine->shape.out_h; i++)
        for (int64_t j = 0; j < w->m && column0 + j < engine->shape.out_w; j++) {
            double bound = 0, size = 0;
            for (int at = 0; at < engine->slices; at++) {
                const double a = fabs(h->AT[i * h->products + at / w->products] *
                                      w->AT[j * w->products + at % w->products]) *
                                 (double)e->filter->scale[at];
                const double both = m_bound(engine, values->size[at], device_roundings(engine)) +
                                    m_bound(engine, values->size[at], cpu_roundings(engine));
                bound += a * both;
                size += a * (values->size[at] + both);
            }
            bound += 2 * steps * half_ulp * size;
            const double expected = problem_output(p, n, k, row0 + i, column0 + j);
            bound += 2 * (f16_half_ulp * (fabs(expected) + bound) + f16_least);
            const int64_t at =
                ((n * engine->shape.out_h + row0 + i) * engine->shape.out_w + column0 + j) *
                    engine->shape.k +
                k;
            const double found = (double)nova_f16_to_float(((const uint16_t *)e->y)[at]);
            assert_true(fabs(found - expected) <= bound);
        }
}

/* ---------------------------------------------------------------- all tiles */

static const struct {
    const char *set;
    int h, w;
    bool fused; /* there is a kernel for the whole convolution */
} tiles[] = {{"best", 2, 2, true},  {"best", 3, 3, false}, {"best", 4, 4, true},
             {"best", 5, 5, false}, {"best", 6, 6, true},  {"nova", 6, 6, true},
             {"best", 7, 7, false}, {"best", 8, 8, false}, {"best", 1, 2, false},
             {"best", 1, 4, false}, {"nova", 1, 6, false}, {"best", 6, 1, false}};
enum { TILES = sizeof tiles / sizeof *tiles, WAYS = 3 };

static void compare(int number, bool wide, bool fused, test_random *random) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 2, desc.c = MOST_CHANNELS, desc.k = 9, desc.h = 11, desc.w = 13;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    desc.dtype = NOVA_F16;
    desc.layout = NOVA_NHWC;
    const nova_plan_options options =
        options_for(&desc, tiles[number].set, tiles[number].h, tiles[number].w, wide);
    problem p;
    execution e;
    problem_create(&p, &desc, false, false, random);
    use_kernels(fused ? "fused" : "stages");
    prepare(&e, &p, &options);
    use_kernels(NULL);
    check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
    const nova_gpu_engine *engine = &e.plan->plan.engine;
    assert_true(engine->chunks == 1 && engine->fused == fused);
    problem_run(&p, e.plan->plan.base); /* on the CPU */
    tile_values values;
    for (int64_t tile = 0; tile < engine->tiles; tile++) {
        fill_v(&p, &e, tile, &values);
        if (!fused)
            check_v(&e, tile, &values);
        for (int64_t k = 0; k < desc.k; k++) {
            fill_m(&e, k, &values);
            if (!fused)
                check_m(&e, tile, k, &values);
            check_y(&p, &e, tile, k, &values);
        }
    }
    finish(&e);
    problem_destroy(&p);
}

static void test_against_cpu(void **state) {
    (void)state;
    test_random random = {5};
    for (int i = 0; i < TILES * WAYS; i++) {
        const bool fused = i % WAYS == 2;
        if (is_sampled(i) && (!fused || tiles[i / WAYS].fused))
            compare(i / WAYS, i % WAYS > 0, fused, &random);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_cpu)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
