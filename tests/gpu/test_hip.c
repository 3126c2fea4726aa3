/*
 * test_hip.c - the HIP engine on an emulated device (emulation/): every tile, type, layout and
 * epilogue against direct convolution in double with the predicted error as tolerance, overflow,
 * Inf and NaN.
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

#include "conv/problem.h"
#include "gpu/hip_run.h"
#include "numerics/half.h"
#include "sample.h"

/* ---------------------------------------------------------------- results */

static void test_direct(void **state) {
    (void)state;
    test_random random = {1};
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    int failures = 0;
    for (int i = 0; i < 18; i++) {
        nova_conv_desc desc = problem_half_desc(&random, 2, 130, 22, 26);
        if (i % 6 == 5)
            desc.r = 5, desc.s = 1 + 2 * random_int(&random, 0, 3), desc.w += 6, desc.h += 4;
        if (is_sampled(i))
            failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

static const struct {
    const char *set;
    int h, w;
} tiles[] = {{"best", 2, 2}, {"best", 3, 3}, {"best", 4, 4}, {"best", 5, 5},
             {"best", 6, 6}, {"nova", 6, 6}, {"best", 7, 7}, {"best", 8, 8},
             {"best", 1, 2}, {"best", 1, 4}, {"nova", 1, 6}, {"best", 1, 6},
             {"best", 2, 1}, {"best", 4, 1}, {"nova", 6, 1}, {"best", 6, 1}};
enum { TILES = sizeof tiles / sizeof *tiles };

static void test_winograd(void **state) {
    (void)state;
    test_random random = {2};
    int failures = 0;
    use_kernels("stages");
    for (int i = 0; i < 2 * TILES; i++) {
        nova_conv_desc desc = problem_half_desc(&random, 2, 130, 22, 26);
        const nova_plan_options options = options_for(
            &desc, tiles[i % TILES].set, tiles[i % TILES].h, tiles[i % TILES].w, i >= TILES);
        if (is_sampled(i))
            failures += try_random(&random, &desc, &options);
    }
    use_kernels(NULL);
    assert_int_equal(failures, 0);
}

/* Up to 64 channels in one kernel: ragged numbers of tiles and channels, all epilogues. */
static void test_fused(void **state) {
    (void)state;
    static const struct {
        const char *set;
        int m;
    } fused[] = {{"best", 2}, {"best", 4}, {"nova", 4}, {"best", 6}, {"nova", 6}};
    test_random random = {3};
    int failures = 0;
    use_kernels("fused");
    for (int i = 0; i < 30; i++) {
        const nova_conv_desc desc = problem_half_desc(&random, 2, 64, 22, 26);
        const nova_plan_options options =
            options_for(&desc, fused[i % 5].set, fused[i % 5].m, fused[i % 5].m, true);
        if (!is_sampled(i))
            continue;
        nova_hip_plan *plan;
        check_ok(nova_hip_plan_create(&desc, &options, 0, &plan), "plan");
        assert_true(plan->plan.engine.fused);
        nova_hip_plan_destroy(plan);
        failures += try_random(&random, &desc, &options);
    }
    use_kernels(NULL);
    assert_int_equal(failures, 0);
}

/* The planner's choice, also where it splits the steps of direct convolution. */
static void test_planned(void **state) {
    (void)state;
    static const int shapes[][4] = {{1, 64, 64, 14}, {1, 512, 40, 4}, {2, 96, 200, 12}};
    test_random random = {4};
    int failures = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int layout = 0; layout < 2; layout++) {
            nova_conv_desc desc;
            nova_conv_desc_init(&desc);
            desc.n = shapes[i][0], desc.c = shapes[i][1], desc.k = shapes[i][2];
            desc.h = desc.w = shapes[i][3];
            desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
            desc.dtype = NOVA_F16;
            desc.layout = (nova_layout)layout;
            failures += try_random(&random, &desc, NULL);
        }
    assert_int_equal(failures, 0);
}

/* An infinite or missing input spoils the outputs that its tile has, and no others; values whose V
   exceeds binary16 become infinite or NaN, and are not hidden. */
static void test_overflow_infinity_and_nan(void **state) {
    (void)state;
    static const uint16_t values[] = {0x7c00, 0x7e00, 0x7bff}; /* Inf, NaN, 65504 */
    for (int run = 0; run < 6; run++) {
        const int i = run / 2;
        nova_conv_desc desc;
        nova_conv_desc_init(&desc);
        desc.n = 1, desc.c = 8, desc.k = 8, desc.h = desc.w = 18; /* 4 x 4 tiles of 4 x 4 */
        desc.dtype = NOVA_F16;
        desc.layout = NOVA_NHWC;
        test_random random = {6};
        const nova_plan_options options = options_for(&desc, "best", 4, 4, true);
        problem p;
        execution e;
        problem_create(&p, &desc, false, false, &random);
        uint16_t *x = p.x;
        use_kernels(run % 2 ? "fused" : "stages");
        for (int row = 6; row < 10 && i == 2; row++) /* alternating, so that V grows */
            for (int column = 6; column < 10; column++)
                x[(row * 18 + column) * 8] = (uint16_t)(values[i] | (row + column) % 2 << 15);
        x[(7 * 18 + 7) * 8] = values[i];
        prepare(&e, &p, &options);
        check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
        int spoilt = 0;
        for (int row = 0; row < 16; row++)
            for (int column = 0; column < 16; column++) {
                const uint16_t y = ((const uint16_t *)e.y)[(row * 16 + column) * 8];
                const bool finite = isfinite(nova_f16_to_float(y));
                const bool near = row >= 4 && row < 12 && column >= 4 && column < 12;
                assert_true(finite || near || (i == 2 && row < 12 && column < 12));
                spoilt += !finite;
            }
        assert_true(spoilt > 0);
        assert_int_equal(e.plan->plan.engine.fused, run % 2);
        finish(&e);
        problem_destroy(&p);
    }
    use_kernels(NULL);
}

/* ---------------------------------------------------------------- promises */

/* Tiles in chunks, the last of them short, give the bits of all tiles at once. */
static void test_chunks(void **state) {
    (void)state;
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 2, desc.c = 24, desc.k = 40, desc.h = desc.w = 30;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    desc.dtype = NOVA_F16;
    desc.layout = NOVA_NHWC;
    test_random random = {7};
    const nova_plan_options options = options_for(&desc, "best", 4, 4, false);
    problem p;
    execution e;
    problem_create(&p, &desc, true, false, &random);
    prepare(&e, &p, &options);
    uint16_t *whole = malloc(e.y_bytes);
    assert_non_null(whole);
    check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
    memcpy(whole, e.y, e.y_bytes);
    nova_gpu_engine *engine = &e.plan->plan.engine;
    assert_true(engine->chunks == 1 && engine->tiles == 128);
    for (int64_t count = 64; count >= 9; count = count / 2 - 1) {
        engine->chunk_tiles = count; /* smaller than what the workspace is made for */
        engine->chunks = (engine->tiles + count - 1) / count;
        memset(e.y, 0xff, e.y_bytes);
        check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
        assert_memory_equal(whole, e.y, e.y_bytes);
    }
    free(whole);
    finish(&e);
    problem_destroy(&p);
}

static void test_refused(void **state) {
    (void)state;
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1, desc.c = desc.k = 8, desc.h = desc.w = 8;
    desc.dtype = NOVA_F16;
    nova_hip_plan *plan;
    assert_int_equal(nova_hip_plan_create(&desc, NULL, 0, NULL), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_hip_plan_create(NULL, NULL, 0, &plan), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_hip_plan_create(&desc, NULL, 4711, &plan), NOVA_NOT_ELIGIBLE);
    assert_null(plan);
    nova_plan_options options = options_for(&desc, "barabasz", 8, 8, true); /* no kernels for it */
    assert_int_equal(nova_hip_plan_create(&desc, &options, 0, &plan), NOVA_NOT_ELIGIBLE);
    assert_non_null(strstr(nova_last_error(), "no kernels"));
    nova_hip_plan_destroy(NULL);
    nova_hip_filter_destroy(NULL);
    test_random random = {8};
    problem p;
    execution e, other;
    problem_create(&p, &desc, false, false, &random);
    use_kernels("stages");
    options = options_for(&desc, "best", 4, 4, true);
    prepare(&e, &p, &options);
    options = options_for(&desc, "best", 6, 6, true);
    prepare(&other, &p, &options);
    assert_int_equal(nova_hip_execute(other.plan, e.filter, &other.args, NULL), NOVA_STALE);
    use_kernels("fused"); /* U in another order, though of the same size */
    execution fused;
    options = options_for(&desc, "best", 4, 4, true);
    prepare(&fused, &p, &options);
    assert_int_equal(fused.info.packed_bytes, e.info.packed_bytes);
    assert_int_equal(nova_hip_execute(fused.plan, e.filter, &fused.args, NULL), NOVA_STALE);
    finish(&fused);
    use_kernels(NULL);
    assert_int_equal(nova_hip_execute(e.plan, NULL, &e.args, NULL), NOVA_INVALID_ARGUMENT);
    nova_execute_args args = e.args;
    args.workspace_bytes = 16;
    assert_int_equal(nova_hip_execute(e.plan, e.filter, &args, NULL), NOVA_INVALID_ARGUMENT);
    args = e.args;
    args.x = (const char *)e.x + 2;
    assert_int_equal(nova_hip_execute(e.plan, e.filter, &args, NULL), NOVA_INVALID_ARGUMENT);
    finish(&e);
    finish(&other);
    problem_destroy(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_direct),
        cmocka_unit_test(test_winograd), cmocka_unit_test(test_fused),
        cmocka_unit_test(test_planned),  cmocka_unit_test(test_overflow_infinity_and_nan),
        cmocka_unit_test(test_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
