/*
 * test_gpu_rows.c - Winograd along the rows in one kernel (gpu/rows.h) without a device: where its
 * lanes find pixels and put outputs, which transforms and layers it is for, and that U as it is
 * packed gives the convolution in the kernel's order of things.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/plan.h"
#include "gpu/rows.h"
#include "numerics/half.h"
#include "plan/plan.h"
#include "planning.h"
#include "random.h"

enum { WARPS = 4, LANES = 32, MATRIX = 8, PAIRS = 3 };

/* ---------------------------------------------------------------- lanes */

/* The eight pixels of row `row` of a warp's matrices of a pair, and that they are in banks of their
   own; every one must lie in the box. */
static void check_matrix(const nova_gpu_rows *rows, int warp, int pair, int matrix, int row) {
    int banks = 0;
    for (int i = 0; i < MATRIX; i++) {
        const int lane = matrix * MATRIX + i;
        const int pixel = nova_gpu_rows_pixel(rows->in_h, warp, lane, pair) + row;
        const int column = 4 * warp + 2 * pair + matrix / 2;
        assert_int_equal(pixel, column * rows->in_h + i + row);
        assert_true(i + row < rows->in_h && column < rows->in_w);
        assert_int_equal(nova_gpu_rows_half(lane), matrix % 2);
        for (int step = 0; step < 4; step++) { /* other channels by exclusive or */
            const int at = nova_gpu_rows_piece(pixel, matrix % 2) ^ (2 * step << 4);
            assert_int_equal(at, nova_gpu_rows_piece(pixel, 2 * step + matrix % 2));
            assert_true(at + 16 <= rows->box_bytes);
        }
        banks |= 1 << nova_gpu_rows_piece(pixel, matrix % 2) / 16 % 8;
    }
    assert_int_equal(banks, 0xff);
}

static void test_pixels(void **state) {
    (void)state;
    for (int taps = 1; taps <= 5; taps++) {
        const nova_gpu_grid grid = {.taps_h = taps, .taps_w = 3, .channel_steps = 1};
        const nova_gpu_rows rows = nova_gpu_rows_of(&grid);
        for (int i = 0; i < WARPS * PAIRS * 4 * taps; i++)
            check_matrix(&rows, i / (PAIRS * 4 * taps), i / (4 * taps) % PAIRS, i / taps % 4,
                         i % taps);
    }
}

/* Outputs of a block are each stored once, a warp's behind one another and in the order of its box,
   and the eight of a matrix in banks of their own. */
static void test_outputs(void **state) {
    (void)state;
    int seen[NOVA_GPU_ROWS_HIGH * NOVA_GPU_ROWS_WIDE] = {0};
    for (int warp = 0; warp < WARPS; warp++)
        for (int matrix = 0; matrix < 4; matrix++) {
            int banks = 0;
            for (int i = 0; i < MATRIX; i++) {
                const int pixel = nova_gpu_rows_output(warp, matrix * MATRIX + i);
                assert_int_equal(pixel, (4 * warp + matrix) * NOVA_GPU_ROWS_HIGH + i);
                seen[pixel]++;
                banks |= 1 << nova_gpu_rows_piece(pixel, 3) / 16 % 8;
            }
            assert_int_equal(banks, 0xff);
        }
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        assert_int_equal(seen[i], 1);
}

/* The units of a group of threads, one after another. */
static void check_places(const nova_gpu_grid *grid, int unit, int ahead) {
    const nova_gpu_rows_place step = nova_gpu_rows_place_of(grid, ahead);
    nova_gpu_rows_place place = nova_gpu_rows_place_of(grid, unit);
    for (; unit < nova_gpu_units(grid); unit += ahead) {
        const nova_gpu_block block = nova_gpu_block_at(grid, unit, 0);
        assert_int_equal(place.w * NOVA_GPU_ROWS_WIDE, block.w);
        assert_int_equal(place.h * NOVA_GPU_ROWS_HIGH, block.h);
        assert_int_equal(place.n, block.n);
        place = nova_gpu_rows_next(grid, place, step);
    }
}

/* A block of threads meets its own output channels only, and finds its units. */
static void test_channels(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    for (int64_t k = 8; k <= 1000; k += 8) {
        nova_shape shape = {.n = 7, .c = 64, .h = 60, .w = 90, .k = k, .r = 3, .s = 3};
        nova_gpu_grid grid = {.channels = (int)k, .channel_steps = 1, .splits = 1};
        shape.out_h = 60 + k % 31, shape.out_w = 90 + k % 17;
        assert_false(isinf(nova_gpu_rows_choose(&grid, &machine, &shape)));
        const int slots = nova_gpu_rows_slots(&grid, machine.processors);
        assert_true(slots > 0 && slots <= machine.processors);
        const int ahead = NOVA_GPU_ROWS_GROUPS * slots, units = nova_gpu_units(&grid);
        for (int unit = 0; unit < ahead && unit < units; unit++)
            check_places(&grid, unit, ahead);
        for (int unit = 0; unit < units; unit++)
            assert_int_equal(nova_gpu_block_at(&grid, unit, 0).channel,
                             nova_gpu_rows_channel(&grid, unit % slots));
    }
}

/* ---------------------------------------------------------------- what it is for */

static nova_gpu_plan plan_of(const nova_conv_desc *desc, int tile_h, int tile_w, const char *set,
                             nova_arith arith) {
    const nova_gpu_machine machine = h200();
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = tile_h;
    options.tile_w = tile_w;
    options.set = set;
    options.arith = arith;
    nova_gpu_plan plan;
    check_ok(nova_gpu_plan_init(&plan, desc, &options, &machine));
    return plan;
}

static bool takes(const nova_conv_desc *desc, int tile_h, int tile_w, const char *set,
                  nova_arith arith) {
    nova_gpu_plan plan = plan_of(desc, tile_h, tile_w, set, arith);
    const nova_gpu_engine *engine = &plan.engine;
    const bool rows = engine->grid.kind == NOVA_GPU_ROWS;
    assert_int_equal(engine->fused, rows);
    if (rows) {
        const nova_gpu_rows memory = nova_gpu_rows_of(&engine->grid);
        assert_true(memory.boxes >= 2 && memory.boxes <= NOVA_GPU_ROWS_MOST_BOXES);
        assert_true(nova_gpu_rows_shared(&memory) <= NOVA_GPU_HOPPER_SHARED);
        assert_int_equal((memory.box_bytes | memory.filter_bytes | memory.staging_bytes) % 1024, 0);
        assert_string_equal(plan.blocks, "rows,64x128,box=16x8x1");
        assert_true(plan.floor_seconds < engine->seconds);
    }
    nova_gpu_plan_clear(&plan);
    return rows;
}

static void test_layers(void **state) {
    (void)state;
    const nova_arith wide = NOVA_ARITH_F16_M32;
    nova_conv_desc desc = layer(1, 64, 64, 224);
    assert_true(takes(&desc, 1, 2, "best", wide));
    assert_false(takes(&desc, 2, 1, "best", wide));
    assert_false(takes(&desc, 1, 4, "best", wide));
    assert_false(takes(&desc, 2, 2, "best", wide));
    assert_false(takes(&desc, 1, 2, "best", NOVA_ARITH_F16)); /* M is in binary32 */
    desc.k = 200;
    assert_true(takes(&desc, 1, 2, "best", wide));
    desc.k = 100; /* no whole pieces of 16 bytes */
    assert_false(takes(&desc, 1, 2, "best", wide));
    desc.k = 64, desc.c = 72; /* U does not fit */
    assert_false(takes(&desc, 1, 2, "best", wide));
    desc.r = 1, desc.c = 160;
    assert_true(takes(&desc, 1, 2, "best", wide));
    desc.r = 3, desc.c = 8, desc.layout = NOVA_NCHW;
    assert_true(takes(&desc, 1, 2, "best", wide));
}

/* Names of blocks are what wisdom asks for plans by. */
static void test_by_name(void **state) {
    (void)state;
    nova_gpu_machine machine = h200();
    const nova_conv_desc desc = layer(1, 64, 64, 224);
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = 1, options.tile_w = 2;
    options.arith = NOVA_ARITH_F16_M32;
    options.flags = NOVA_PLAN_NO_WISDOM;
    nova_gpu_plan plan;
    machine.only_blocks = "rows,64x128,box=16x8x1";
    check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
    assert_int_equal(plan.engine.grid.kind, NOVA_GPU_ROWS);
    nova_gpu_plan_clear(&plan);
    machine.only_blocks = "rows,64x128,box=16x9x1";
    assert_int_equal(nova_gpu_plan_init(&plan, &desc, &options, &machine), NOVA_NOT_ELIGIBLE);
    machine.only_blocks = NULL;
    machine.hopper = false; /* has no such kernel */
    check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
    assert_false(plan.engine.fused);
    nova_gpu_plan_clear(&plan);
}

/* ---------------------------------------------------------------- numbers */

typedef struct numbers {
    nova_conv_desc desc;
    nova_gpu_plan plan;
    uint16_t *x, *u; /* [h][w][c], packed */
    float *weights;  /* [k][c][r][s] */
    float factor;
} numbers;

static float element(nova_dtype dtype, uint16_t value) {
    return dtype == NOVA_F16 ? nova_f16_to_float(value) : nova_bf16_to_float(value);
}
static uint16_t rounded(nova_dtype dtype, float value) {
    return dtype == NOVA_F16 ? nova_f16_from_float(value) : nova_bf16_from_float(value);
}

static float pixel_of(const numbers *it, int64_t h, int64_t w, int64_t c) {
    const nova_conv_desc *d = &it->desc;
    if (h < 0 || w < 0 || h >= d->h || w >= d->w)
        return 0;
    return element(d->dtype, it->x[(h * d->w + w) * d->c + c]);
}

/* V of a tile's position, as the kernel rounds it. */
static float v_of(const numbers *it, int64_t h, int64_t w, int64_t c, int position) {
    const float d[] = {pixel_of(it, h, w, c), pixel_of(it, h, w + 1, c), pixel_of(it, h, w + 2, c),
                       pixel_of(it, h, w + 3, c)};
    const float v[] = {d[2] - d[0], d[1] + d[2], d[2] - d[1], d[3] - d[1]};
    return element(it->desc.dtype, rounded(it->desc.dtype, v[position]));
}

/* The outputs of a tile. */
static void tile_of(const numbers *it, int64_t k, int64_t h, int64_t w, double y[2]) {
    const nova_conv_desc *d = &it->desc;
    double m[4] = {0};
    for (int position = 0; position < 4 * d->r; position++)
        for (int64_t c = 0; c < d->c; c++) {
            const size_t at = nova_gpu_filter_index(&it->plan.engine, position, k, c);
            m[position % 4] +=
                (double)element(d->dtype, it->u[at]) *
                (double)v_of(it, h - d->pad_top + position / 4, w - d->pad_left, c, position % 4);
        }
    y[0] = (double)it->factor * (m[0] + m[1] + m[2]);
    y[1] = (double)it->factor * (m[1] - m[2] + m[3]);
}

static double exact(const numbers *it, int64_t k, int64_t h, int64_t w) {
    const nova_conv_desc *d = &it->desc;
    double sum = 0;
    for (int64_t c = 0; c < d->c; c++)
        for (int64_t u = 0; u < d->r; u++)
            for (int64_t v = 0; v < d->s; v++)
                sum += (double)it->weights[((k * d->c + c) * d->r + u) * d->s + v] *
                       (double)pixel_of(it, h - d->pad_top + u, w - d->pad_left + v, c);
    return sum;
}

/* One factor is that of all positions. */
static void check_factor(const numbers *it) {
    const nova_plan *base = it->plan.base;
    nova_filter *filter;
    check_ok(nova_filter_create(base, it->weights, NOVA_F32, &filter));
    for (int i = 0; i < it->plan.engine.slices; i++)
        assert_true(nova_gpu_rows_factor(&base->scaling_h, &base->scaling_w, filter->packed.m_scale,
                                         i) == it->factor);
    nova_filter_destroy(filter);
}

static void check_numbers(test_random *random, nova_dtype dtype, int64_t r, double size) {
    numbers it = {.desc = layer(1, 24, 16, 10)};
    nova_conv_desc *d = &it.desc;
    d->dtype = dtype, d->r = r, d->w = 13;
    d->filter_rms = size;
    it.plan =
        plan_of(d, 1, 2, "best", dtype == NOVA_F16 ? NOVA_ARITH_F16_M32 : NOVA_ARITH_BF16_M32);
    assert_int_equal(it.plan.engine.grid.kind, NOVA_GPU_ROWS);
    const size_t pixels = (size_t)(d->h * d->w * d->c), count = (size_t)(d->k * d->c * r * 3);
    it.x = malloc(pixels * sizeof *it.x);
    it.weights = malloc(count * sizeof *it.weights);
    it.u = malloc(it.plan.engine.filter_bytes);
    assert_true(it.x && it.weights && it.u);
    for (size_t i = 0; i < pixels; i++)
        it.x[i] = rounded(dtype, (float)random_normal(random));
    for (size_t i = 0; i < count; i++)
        it.weights[i] = (float)(size * random_normal(random));
    check_ok(nova_gpu_filter_pack(&it.plan, it.weights, NOVA_F32, it.u, &it.factor));
    check_factor(&it);
    double error = 0, norm = 0;
    const int64_t out_h = it.plan.engine.shape.out_h, out_w = it.plan.engine.shape.out_w;
    for (int64_t i = 0; i < d->k * out_h * out_w; i++) {
        double y[2];
        const int64_t w = i % out_w, h = i / out_w % out_h, k = i / out_w / out_h;
        tile_of(&it, k, h, w / 2 * 2, y);
        const double wanted = exact(&it, k, h, w);
        error += pow(y[w % 2] - wanted, 2);
        norm += wanted * wanted;
    }
    const double rms = sqrt(error / norm); /* without rounding y, which is predicted with it */
    assert_true(rms < 1.05 * it.plan.predicted_error && rms > 0.3 * it.plan.predicted_error);
    nova_gpu_plan_clear(&it.plan);
    free(it.x);
    free(it.weights);
    free(it.u);
}

static void test_numbers(void **state) {
    (void)state;
    test_random random = {31};
    for (int64_t r = 1; r <= 3; r += 2) {
        check_numbers(&random, NOVA_F16, r, 0.1);
        check_numbers(&random, NOVA_BF16, r, 0.1);
    }
    check_numbers(&random, NOVA_F16, 3, 1e-4); /* weights that only scaling saves */
    check_numbers(&random, NOVA_F16, 3, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pixels),   cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_channels), cmocka_unit_test(test_layers),
        cmocka_unit_test(test_by_name),  cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
