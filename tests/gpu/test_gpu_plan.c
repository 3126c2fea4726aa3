/*
 * test_gpu_plan.c - planning for a GPU without one: what is chosen, what is refused, how large the
 * workspace is, and where the weights go.
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

#include "gpu/execute.h"
#include "numerics/half.h"
#include "plan/plan.h"
#include "planning.h"
#include "random.h"

/* Wide layers with many pixels are worth a large tile; a few pixels are not. */
static void test_choice(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    const nova_conv_desc wide = layer(1, 512, 512, 128), small = layer(1, 64, 64, 8);
    nova_gpu_plan plan;
    check_ok(nova_gpu_plan_init(&plan, &wide, NULL, &machine));
    assert_int_equal(plan.engine.algorithm, NOVA_ALGORITHM_WINOGRAD);
    assert_true(plan.engine.tile.tile_h * plan.engine.tile.tile_w >= 16);
    assert_true(plan.predicted_error <= 0.01);
    nova_plan_options direct;
    nova_plan_options_init(&direct);
    direct.algorithm = NOVA_ALGORITHM_DIRECT;
    nova_gpu_plan other;
    check_ok(nova_gpu_plan_init(&other, &wide, &direct, &machine));
    assert_true(other.engine.seconds > 1.2 * plan.engine.seconds);
    nova_gpu_plan_clear(&plan);
    nova_gpu_plan_clear(&other);
    check_ok(nova_gpu_plan_init(&plan, &small, NULL, &machine));
    assert_int_equal(plan.engine.algorithm, NOVA_ALGORITHM_DIRECT);
    nova_gpu_plan_clear(&plan);
    /* where power limits the clocks, what moves least is fastest: measured 435 us and 482 */
    const nova_conv_desc large = layer(2, 256, 128, 512);
    check_ok(nova_gpu_plan_init(&plan, &large, &direct, &machine));
    assert_true(plan.engine.grid.halo > 0);
    nova_gpu_plan_clear(&plan);
}

/* A smaller budget gives a smaller error, down to what nothing reaches. */
static void test_budget(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    const nova_conv_desc desc = layer(1, 512, 512, 128);
    nova_plan_options options;
    nova_plan_options_init(&options);
    nova_gpu_plan plan;
    options.max_error = 1e-3;
    check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
    assert_true(plan.predicted_error <= 1e-3 && plan.predicted_error > 1e-4);
    nova_plan_info info = {.struct_size = sizeof info};
    check_ok(nova_gpu_plan_info(&plan, "", &info));
    assert_true(info.predicted_error == plan.predicted_error &&
                info.workspace_bytes == plan.engine.workspace_bytes);
    nova_gpu_plan_clear(&plan);
    options.max_error = 1e-7;
    assert_int_equal(nova_gpu_plan_init(&plan, &desc, &options, &machine), NOVA_BUDGET_UNREACHABLE);
    assert_null(plan.base);
}

static void test_refusals(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    nova_conv_desc desc = layer(1, 64, 64, 32);
    nova_plan_options options;
    nova_plan_options_init(&options);
    nova_gpu_plan plan;
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = options.tile_w = 12; /* 14 inputs */
    assert_int_equal(nova_gpu_plan_init(&plan, &desc, &options, &machine), NOVA_NOT_ELIGIBLE);
    options.tile_h = options.tile_w = 4;
    options.arith = NOVA_ARITH_F32;
    assert_int_equal(nova_gpu_plan_init(&plan, &desc, &options, &machine), NOVA_NOT_ELIGIBLE);
    desc.dtype = NOVA_F32;
    assert_int_equal(nova_gpu_plan_init(&plan, &desc, NULL, &machine), NOVA_NOT_ELIGIBLE);
    desc.stride_h = 2;
    assert_int_equal(nova_gpu_plan_init(&plan, &desc, NULL, &machine), NOVA_NOT_ELIGIBLE);
    assert_int_equal(nova_gpu_plan_init(&plan, NULL, NULL, &machine), NOVA_INVALID_ARGUMENT);
}

/* The parts of the workspace hold what the kernels put there and do not overlap. */
static void test_workspace(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    test_random random = {3};
    for (int i = 0; i < 40; i++) {
        nova_conv_desc desc = layer(random_int(&random, 1, 4), random_int(&random, 1, 300),
                                    random_int(&random, 1, 300), random_int(&random, 3, 90));
        desc.layout = i % 2 ? NOVA_NCHW : NOVA_NHWC;
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.tile_h = options.tile_w = random_int(&random, 2, 6);
        options.arith = i % 3 ? NOVA_ARITH_F16 : NOVA_ARITH_F16_M32;
        nova_gpu_plan plan;
        check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
        const nova_gpu_engine *e = &plan.engine;
        const int unit = e->algorithm == NOVA_ALGORITHM_DIRECT ? 8 : 32;
        const int64_t c = desc.c * (e->taps_are_channels ? 9 : 1);
        assert_true(e->x_pitch % 8 == 0 && e->x_pitch >= c && e->x_pitch < c + 8);
        assert_true(e->c_pitch % unit == 0 && e->c_pitch >= c && e->c_pitch < c + unit);
        assert_true(e->k_pitch % unit == 0 && e->k_pitch >= desc.k && e->k_pitch < desc.k + unit);
        const bool staged = e->staging != NOVA_GPU_AS_IT_IS;
        assert_int_equal(staged,
                         desc.layout == NOVA_NCHW || desc.c % 8 != 0 || e->taps_are_channels);
        assert_int_equal(e->staging == NOVA_GPU_TRANSPOSED,
                         desc.layout == NOVA_NCHW && !e->taps_are_channels);
        assert_int_equal(e->arranged, desc.layout == NOVA_NCHW);
        assert_true(e->chunks * e->chunk_tiles >= e->tiles &&
                    (e->chunks - 1) * e->chunk_tiles < e->tiles);
        const size_t x = (size_t)(desc.n * desc.h * desc.w * e->x_pitch) * 2; /* padding 1: as y */
        const size_t v = (size_t)(e->slices * e->chunk_tiles * e->c_pitch) * 2;
        const size_t m = (size_t)(e->slices * e->chunk_tiles * e->k_pitch) * (i % 3 ? 2 : 4);
        assert_true(!staged || (e->x_at == 0 && e->v_at >= x));
        const size_t y = (size_t)(desc.n * e->shape.out_h * e->shape.out_w * desc.k) * 2;
        const size_t past_m = e->m_at + m;
        assert_true(e->m_at >= e->v_at + v && e->workspace_bytes >= past_m + 256);
        assert_true(!e->arranged || (e->y_at % 256 == 0 && e->y_at >= past_m &&
                                     e->workspace_bytes >= e->y_at + y + 256));
        assert_true(e->v_at % 256 == 0 && e->m_at % 256 == 0);
        const double floor = nova_gpu_engine_floor(e, &machine, false);
        assert_true(floor > 1e-6 && floor < e->seconds);
        assert_true(nova_gpu_engine_floor(e, &machine, true) >= floor);
        nova_gpu_plan_clear(&plan);
    }
}

/* The floor of F(4,3) on 2 x 640 channels at 64 x 64, by hand: x and y of 10.5 MB, V and M of 23.6,
   15.1 GFLOP and U of 29.5 MB; and of direct convolution, which is bound by its 60.4 GFLOP. */
static void test_floor(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    const nova_conv_desc desc = layer(2, 640, 640, 64);
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.tile_h = options.tile_w = 4;
    options.arith = NOVA_ARITH_F16;
    nova_gpu_plan plan;
    check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
    const double launch = machine.launch_seconds;
    const double transforms = 2 * 34.08e6 / machine.copy, products = 15.1e9 / machine.flops;
    assert_true(fabs(nova_gpu_engine_floor(&plan.engine, &machine, false) /
                         (transforms + products + 3 * launch) -
                     1) < 0.01);
    nova_gpu_plan_clear(&plan);
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
    assert_true(fabs(nova_gpu_engine_floor(&plan.engine, &machine, false) /
                         (60.4e9 / machine.flops + launch) -
                     1) < 0.01);
    nova_gpu_plan_clear(&plan);
}

/* Where channel c of a run of 32 is in V and M: lane q of four holds pairs 2 q, 2 q + 1 of groups
   of eight, and its eight channels lie side by side. */
static int64_t stored(int64_t c) {
    const int64_t group = c % 32 / 8, lane = c % 8 / 2;
    return c / 32 * 32 + lane * 8 + group * 2 + c % 2;
}

/* U holds what the core packed, slice by slice, and zeros in its padding. */
static void check_filter(const nova_conv_desc *desc, const nova_plan_options *options) {
    const nova_gpu_machine machine = h200();
    nova_gpu_plan plan;
    check_ok(nova_gpu_plan_init(&plan, desc, options, &machine));
    const nova_gpu_engine *e = &plan.engine;
    const size_t count = (size_t)(desc->k * desc->c * 9);
    float *weights = malloc(count * sizeof *weights), factor;
    uint16_t *u = malloc(e->filter_bytes);
    assert_non_null(weights);
    assert_non_null(u);
    test_random random = {9};
    for (size_t i = 0; i < count; i++)
        weights[i] = (float)random_normal(&random);
    check_ok(nova_gpu_filter_pack(&plan, weights, NOVA_F32, u, &factor));
    nova_filter *filter;
    check_ok(nova_filter_create(plan.base, weights, NOVA_F32, &filter));
    const bool direct = e->algorithm == NOVA_ALGORITHM_DIRECT;
    assert_true(!direct || factor == 1);
    for (int s = 0; s < e->slices; s++)
        for (int64_t k = 0; k < e->k_pitch; k++)
            for (int64_t c = 0; c < e->c_pitch; c++) {
                const int64_t row = direct ? k : stored(k), column = direct ? c : stored(c);
                const uint16_t got = u[(s * e->k_pitch + row) * e->c_pitch + column];
                if (k >= desc->k || c >= desc->c)
                    assert_int_equal(got, 0);
                else if (direct)
                    assert_int_equal(got, nova_f16_from_float(weights[(k * desc->c + c) * 9 + s]));
                else
                    assert_int_equal(
                        got, ((const uint16_t *)filter->packed
                                  .data)[nova_engine_packed_index(&plan.base->engine, s, c, k)]);
            }
    nova_filter_destroy(filter);
    free(weights);
    free(u);
    nova_gpu_plan_clear(&plan);
}

static void test_filter(void **state) {
    (void)state;
    const nova_conv_desc desc = layer(1, 53, 41, 20);
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    check_filter(&desc, &options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = 4, options.tile_w = 6;
    options.arith = NOVA_ARITH_F16;
    check_filter(&desc, &options);
}

/* Three channels, without the kernels that test_few.c is about: nine taps of them are one step, U
   holds them side by side; 56 channels, or kernels that do not gather, keep nine steps. */
static void test_few_channels(void **state) {
    (void)state;
    enum { C = 3, K = 70, TAPS = 9, PITCH = 32 };
    nova_gpu_machine machine = h200();
    machine.few = false;
    nova_conv_desc desc = layer(1, C, K, 224);
    nova_gpu_plan plan;
    check_ok(nova_gpu_plan_init(&plan, &desc, NULL, &machine));
    const nova_gpu_engine *e = &plan.engine;
    assert_true(e->taps_are_channels && e->staging == NOVA_GPU_GATHERED && !e->arranged);
    assert_int_equal(nova_gpu_positions(e), TAPS);
    assert_int_equal(e->slices, 1);
    assert_int_equal(e->x_pitch, PITCH);
    assert_int_equal(e->c_pitch, PITCH);
    assert_int_equal(e->grid.taps_h * e->grid.taps_w * e->grid.channel_steps, 1);
    assert_true(e->grid.origin_h == 0 && e->grid.origin_w == 0);
    assert_true(e->workspace_bytes >= (size_t)224 * 224 * PITCH * 2);
    float weights[K * C * TAPS], factor;
    test_random random = {11};
    for (int i = 0; i < K * C * TAPS; i++)
        weights[i] = (float)random_normal(&random);
    uint16_t *u = malloc(e->filter_bytes);
    assert_non_null(u);
    check_ok(nova_gpu_filter_pack(&plan, weights, NOVA_F32, u, &factor));
    for (int k = 0; k < e->k_pitch; k++)
        for (int i = 0; i < PITCH; i++)
            assert_int_equal(u[k * PITCH + i],
                             k < K && i < C * TAPS
                                 ? nova_f16_from_float(weights[(k * C + i % C) * TAPS + i / C])
                                 : 0);
    free(u);
    nova_gpu_plan_clear(&plan);
    /* U of 8 channels has the same size, but not the same order; channel-last they need no staging
       if their taps stay apart */
    desc.c = 8, desc.h = desc.w = 32, desc.layout = NOVA_NHWC;
    check_ok(nova_gpu_plan_init(&plan, &desc, NULL, &machine));
    assert_true(!e->taps_are_channels && e->slices == TAPS);
    const nova_gpu_filter_kind apart = nova_gpu_filter_kind_of(&plan, 0);
    nova_gpu_plan_clear(&plan);
    desc.layout = NOVA_NCHW;
    check_ok(nova_gpu_plan_init(&plan, &desc, NULL, &machine));
    const nova_gpu_filter_kind together = nova_gpu_filter_kind_of(&plan, 0);
    assert_true(e->taps_are_channels);
    assert_int_equal(apart.bytes, together.bytes);
    float element = 0;
    const nova_execute_args args = {
        .struct_size = sizeof args, .workspace = &element, .workspace_bytes = e->workspace_bytes};
    assert_int_equal(nova_gpu_check(&plan, 0, &together, &args), NOVA_OK);
    assert_int_equal(nova_gpu_check(&plan, 1, &together, &args), NOVA_STALE);
    assert_int_equal(nova_gpu_check(&plan, 0, &apart, &args), NOVA_STALE);
    nova_gpu_plan_clear(&plan);
    desc = layer(1, 56, K, 224);
    check_ok(nova_gpu_plan_init(&plan, &desc, NULL, &machine));
    assert_false(e->taps_are_channels);
    nova_gpu_plan_clear(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),       cmocka_unit_test(test_budget),
        cmocka_unit_test(test_refusals),     cmocka_unit_test(test_workspace),
        cmocka_unit_test(test_floor),        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_few_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
