/*
 * test_cuda.c - the CUDA engine on a device, as planned: every algorithm, type, layout and epilogue
 * against direct convolution in double, with the predicted error as tolerance. Without a device it
 * says so. Compiled with NOVA_EMULATED the device is one that runs portable kernels on the CPU
 * (emulation/), and problems are smaller.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda_device.h"
#include "cuda_problem.h"
#include "sample.h"

static void test_direct(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {1};
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    int failures = 0;
    for (int i = 0; i < 24; i++) {
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        if (!is_sampled(i))
            continue;
        if (i % 6 == 5)
            desc.r = 5, desc.s = 1 + 2 * random_int(&random, 0, 3), desc.w += 6, desc.h += 4;
        failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

static void test_winograd(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int tiles[][2] = {{2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {7, 7},
                                   {8, 8}, {4, 8}, {6, 4}, {1, 6}, {4, 1}, {2, 5}};
    test_random random = {2};
    int failures = 0;
    for (int i = 0; i < 36; i++) {
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        if (!is_sampled(i))
            continue;
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.algorithm = NOVA_ALGORITHM_WINOGRAD;
        options.tile_h = tiles[i % 12][0];
        options.tile_w = tiles[i % 12][1];
        const int wide = random_int(&random, 0, 1);
        options.arith = desc.dtype == NOVA_F16 ? (wide ? NOVA_ARITH_F16_M32 : NOVA_ARITH_F16)
                                               : (wide ? NOVA_ARITH_BF16_M32 : NOVA_ARITH_BF16);
        failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

static void test_quadratic_sets_and_larger_filters(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const struct {
        const char *set;
        int m, r;
    } cases[] = {{"best+x2+1", 8, 3}, {"best+x2+1", 6, 3}, {"best+x2+x+1", 6, 3},
                 {"classic", 6, 3},   {"best", 4, 5},      {"best", 2, 7}};
    test_random random = {3};
    int failures = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!nova_set_count())
            fail();
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        desc.r = desc.s = cases[i].r;
        desc.h += 8, desc.w += 8;
        desc.dtype = NOVA_F16;
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.algorithm = NOVA_ALGORITHM_WINOGRAD;
        options.tile_h = options.tile_w = cases[i].m;
        options.set = cases[i].set;
        options.arith = NOVA_ARITH_F16;
        failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

/* Shapes that are cut into many blocks, pairs, splits and chunks, with the planner's choice. */
static void test_planned(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int shapes[][4] = {{1, 256, 256, 14}, {2, 128, 384, 28}, {1, 512, 512, 7},
                                    {3, 64, 64, 56},   {1, 640, 640, 16}, {1, 192, 48, 28},
                                    {1, 96, 640, 33}};
    test_random random = {4};
    int failures = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int layout = 0; layout < 2; layout++) {
            if (!is_sampled((int)(2 * i) + layout))
                continue;
            nova_conv_desc desc;
            nova_conv_desc_init(&desc);
            desc.n = shapes[i][0], desc.c = shapes[i][1], desc.k = shapes[i][2];
            desc.h = desc.w = (shapes[i][3] + SHRINK - 1) / SHRINK;
            desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
            desc.dtype = NOVA_F16;
            desc.layout = (nova_layout)layout;
            failures += try_random(&random, &desc, NULL);
        }
    assert_int_equal(failures, 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_direct),
        cmocka_unit_test(test_winograd),
        cmocka_unit_test(test_quadratic_sets_and_larger_filters),
        cmocka_unit_test(test_planned),
    };
    select_tests(argc, argv);
    return tests_status(cmocka_run_group_tests(tests, NULL, NULL));
}
