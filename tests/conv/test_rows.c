/*
 * test_rows.c - Winograd along rows in registers: right for every kernel, type, layout and edge,
 * and for every filter and tile that it is made for; counts what the formulas say; is what the
 * planner takes for few channels.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "problem.h"
#include "runtime/runtime.h"
#include "sample.h"

static const nova_schedule in_registers = {NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED,
                                           NOVA_PLACE_INLINED};

/** Sizes; whole and ragged vectors, panels, calls of a kernel, blocks and images. */
static const struct {
    problem_sizes sizes;
    int tile, threads, block_tiles;
} shapes[] = {
    {{1, 3, 20, 32, 64, 3, 3}, 4, 1, 0}, /* everything whole */
    {{1, 3, 19, 53, 32, 3, 3}, 4, 2, 0}, /* ragged rows */
    {{2, 1, 9, 30, 35, 3, 3}, 2, 3, 4},  /* ragged channels, several blocks in a row */
    {{1, 4, 12, 41, 96, 3, 3}, 6, 1, 1}, /* more tiles in a call than in a block */
    {{3, 2, 5, 1, 16, 3, 3}, 3, 4, 0},   /* a column: one tile, most of it beyond the image */
    {{1, 4, 7, 29, 70, 1, 5}, 3, 2, 5},  /* one row of taps */
    {{1, 3, 11, 24, 48, 5, 3}, 5, 1, 0}, /* more rows of taps than columns */
    {{1, 4, 10, 33, 64, 7, 7}, 2, 2, 0},
    {{1, 16, 12, 40, 64, 3, 3}, 4, 1, 0}, /* as many channels as there may be, if a vector has 16 */
};

/* With a row of padding more at the bottom. */
static nova_conv_desc desc_of(int shape, nova_dtype dtype, nova_layout layout) {
    nova_conv_desc desc = problem_desc(&shapes[shape].sizes, dtype, layout);
    desc.pad_bottom++;
    desc.activation = (nova_activation)(shape % 3);
    return desc;
}

static nova_plan_options options_of(int shape, nova_arith arith) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.set = "best";
    options.tile_h = 1;
    options.tile_w = shapes[shape].tile;
    options.arith = arith;
    options.threads = shapes[shape].threads;
    options.block_tiles = shapes[shape].block_tiles;
    options.schedule = in_registers;
    return options;
}

static void run(int shape, nova_arith arith, nova_dtype dtype, nova_layout layout, bool residual,
                bool expected) {
    test_random random = {(uint64_t)(shape * 100 + arith * 10 + dtype * 3 + layout)};
    const nova_conv_desc desc = desc_of(shape, dtype, layout);
    const nova_plan_options options = options_of(shape, arith);
    nova_plan *plan;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    assert_int_equal(plan->engine.rows, expected);
    problem p;
    nova_work work;
    problem_create(&p, &desc, shape % 2 == 0 || residual, residual, &random);
    problem_run_counted(&p, plan, &work);
    const char *wrong = problem_compare(&p, &info);
    if (!wrong && memcmp(&work, &info.work, sizeof work) != 0)
        wrong = "other counts than by the formulas";
    if (wrong)
        fail_msg("shape %d, %s, %s, %s%s, kernels %s: %s", shape, nova_arith_name(arith),
                 nova_dtype_name(dtype), nova_layout_name(layout), residual ? ", residual" : "",
                 info.kernels, wrong);
    problem_destroy(&p);
    nova_plan_destroy(plan);
}

/* Binary32 runs in registers with all kernels, pairs where they are in hardware. */
static void run_shape(int shape, const nova_cpu_kernels *kernels) {
    static int index; /* of the case */
    const bool fits = shapes[shape].sizes.c <= kernels->lanes, pairs = fits && kernels->pairs->rows;
    for (int dtype = NOVA_F32; dtype <= NOVA_BF16; dtype++)
        for (int layout = NOVA_NCHW; layout <= NOVA_NHWC; layout++) {
            const bool residual = (shape + dtype + layout) % 3 == 0;
            if (!is_sampled(index++))
                continue;
            run(shape, NOVA_ARITH_F32, (nova_dtype)dtype, (nova_layout)layout, residual, fits);
            run(shape, NOVA_ARITH_BF16_M32, (nova_dtype)dtype, (nova_layout)layout, residual,
                pairs);
        }
}

static void every_kernel_is_right(void **state) {
    (void)state;
    for (int i = 0; i < nova_cpu_kernels_count(); i++) {
        const nova_cpu_kernels *kernels = nova_cpu_kernels_at(i);
        if (!nova_cpu_kernels_supported(kernels))
            continue;
        setenv("NOVA_KERNELS", kernels->name, 1);
        for (int shape = 0; shape < NOVA_COUNT(shapes); shape++)
            run_shape(shape, kernels);
    }
    unsetenv("NOVA_KERNELS");
}

/* Every tile and set whose codelets have a kernel, on a ragged map. */
static void every_codelet_is_right(void **state) {
    (void)state;
    int covered = 0;
    for (int i = 0; i < nova_set_count(); i++) {
        nova_set_info set = {.struct_size = sizeof set};
        assert_int_equal(nova_set_info_at(i, &set), NOVA_OK);
        if (set.m == 1 || !is_sampled(i))
            continue;
        nova_conv_desc desc;
        nova_conv_desc_init(&desc);
        desc.n = 1, desc.c = 2, desc.h = 5, desc.w = 40, desc.k = 40, desc.r = 1, desc.s = set.r;
        desc.layout = NOVA_NHWC;
        nova_plan_options options = options_of(0, NOVA_ARITH_F32);
        options.set = set.name;
        options.tile_w = set.m;
        nova_plan *plan;
        assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
        if (!plan->engine.rows) {
            nova_plan_destroy(plan);
            continue;
        }
        covered++;
        nova_plan_info info = {.struct_size = sizeof info};
        assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
        test_random random = {(uint64_t)i};
        problem p;
        problem_create(&p, &desc, true, false, &random);
        problem_run(&p, plan);
        const char *wrong = problem_compare(&p, &info);
        if (wrong)
            fail_msg("F(%d,%d) %s: %s", set.m, set.r, set.name, wrong);
        problem_destroy(&p);
        nova_plan_destroy(plan);
    }
    assert_true(covered > (is_sampled(1) ? 30 : 3));
}

/* A y that is written past the cache, whole lines and not. */
static void far_outputs_are_right(void **state) {
    (void)state;
    for (int dtype = NOVA_F32; dtype <= NOVA_BF16; dtype++)
        for (int64_t channels = 64; channels <= 68 && is_sampled(3 * dtype); channels += 4) {
            nova_conv_desc desc = desc_of(0, (nova_dtype)dtype, NOVA_NHWC);
            desc.c = 1, desc.k = channels, desc.w = 113, desc.activation = NOVA_ACTIVATION_RELU;
            desc.h = 2 * (int64_t)nova_cache_bytes() / (channels * desc.w) / (dtype ? 2 : 4) + 4;
            nova_plan_options options = options_of(0, NOVA_ARITH_F32);
            options.threads = 2;
            nova_plan *plan;
            assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
            assert_true(plan->engine.rows && plan->engine.stream);
            nova_plan_info info = {.struct_size = sizeof info};
            assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
            test_random random = {(uint64_t)channels};
            problem p;
            problem_create(&p, &desc, true, false, &random);
            problem_run(&p, plan);
            assert_null(problem_compare(&p, &info));
            problem_destroy(&p);
            nova_plan_destroy(plan);
        }
}

/* What the kernels have no room for runs as it did: many channels, filters made on the way. */
static void other_plans_are_left_alone(void **state) {
    (void)state;
    nova_conv_desc desc = desc_of(0, NOVA_F32, NOVA_NHWC);
    nova_plan_options options = options_of(0, NOVA_ARITH_F32);
    nova_plan *plan;
    desc.c = NOVA_MAX_LANES + 1;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
    assert_false(plan->engine.rows);
    nova_plan_destroy(plan);
    desc.c = 3;
    options.schedule.ghat = NOVA_PLACE_INLINED;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
    assert_false(plan->engine.rows);
    nova_plan_destroy(plan);
}

/* The first layers of networks, whatever is known of the machine. */
static void the_planner_takes_it(void **state) {
    (void)state;
    static const int64_t layers[][3] = {{3, 224, 64}, {4, 64, 320}};
    for (int i = 0; i < NOVA_COUNT(layers); i++) {
        nova_conv_desc desc = desc_of(0, NOVA_F32, NOVA_NHWC);
        desc.c = layers[i][0], desc.h = desc.w = layers[i][1], desc.k = layers[i][2];
        desc.pad_bottom = 1;
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.threads = 1;
        nova_plan *plan;
        assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
        assert_true(plan->engine.rows);
        /* remembered as wisdom, the plan is the same one */
        nova_plan_info info = {.struct_size = sizeof info}, again = {.struct_size = sizeof again};
        assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
        options.tile_h = info.tile_h, options.tile_w = info.tile_w, options.set = info.set;
        options.arith = info.arith, options.schedule = info.schedule;
        options.block_tiles = info.block_tiles, options.block_filters = info.block_filters;
        nova_plan *same;
        assert_int_equal(nova_plan_create(&desc, &options, &same), NOVA_OK);
        assert_int_equal(nova_plan_get_info(same, &again), NOVA_OK);
        assert_int_equal(again.block_tiles, info.block_tiles);
        assert_int_equal(again.workspace_bytes, info.workspace_bytes);
        nova_plan_destroy(same);
        nova_plan_destroy(plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_is_right), cmocka_unit_test(every_codelet_is_right),
        cmocka_unit_test(far_outputs_are_right), cmocka_unit_test(other_plans_are_left_alone),
        cmocka_unit_test(the_planner_takes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
