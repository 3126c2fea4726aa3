/*
 * test_hip_bench.c - `nova bench --device hip` on an emulated device (emulation/): plans, times and
 * errors of a layer.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bench_gpu.h"
#include "gpu/hip_run.h"
#include "runtime/runtime.h"

static nova_conv_desc small_layer(nova_dtype dtype, nova_layout layout) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1;
    desc.c = 12;
    desc.k = 10;
    desc.h = desc.w = 9;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    desc.dtype = dtype;
    desc.layout = layout;
    return desc;
}

/* An output that is not written stays NaN, and its error is NaN. */
static void check_entry(const bench_gpu_entry *entry) {
    assert_true(entry->seconds > 0);
    assert_true(entry->floor > 0);
    assert_true(entry->error > 0 && entry->error < 2 * entry->info.predicted_error);
    assert_string_equal(entry->info.set, entry->set);
    assert_string_equal(entry->info.kernels, entry->kernels);
}

/* Winograd with a tile, or (0) with any, what the settings ask for and direct convolution: so many
   plans, the first of so many kernels. */
static void check_layer(const nova_conv_desc *desc, const bench_gpu_settings *settings, int tile,
                        int plans, int launches) {
    enum { CALLS = 20, LEAST_ROUNDS = 5 };
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = options.tile_w = tile;
    options.max_error = 1;
    bench_gpu_result *result = calloc(1, sizeof *result);
    assert_non_null(result);
    const double start = nova_now();
    check_ok(bench_hip_layer(desc, &options, settings, result), "bench");
    const double passed = nova_now() - start;
    assert_string_equal(result->device, "emulated");
    assert_true(result->rounds >= LEAST_ROUNDS);
    assert_int_equal(result->count, plans);
    assert_int_equal(result->plans[0].launches, launches);
    double seconds = 0; /* rounds that took at least the median: half of them */
    int direct = 0;
    for (int i = 0; i < result->count; i++) {
        check_entry(&result->plans[i]);
        seconds += result->plans[i].seconds * CALLS * result->rounds / 2;
        direct += result->plans[i].info.algorithm == NOVA_ALGORITHM_DIRECT;
    }
    assert_int_equal(direct, tile == 0);
    assert_true(seconds <= passed);
    assert_true(seconds >= passed / 100); /* most of the time is timed */
    free(result);
}

static void test_layers(void **state) {
    (void)state;
    const bench_gpu_settings plain = {.candidates = 3, .hip = true};
    const bench_gpu_settings full = {.bias = true, .residual = true, .hip = true};
    use_kernels("stages");
    nova_conv_desc desc = small_layer(NOVA_F16, NOVA_NHWC);
    check_layer(&desc, &plain, 0, 3, 4); /* 12 channels are gathered first */
    use_kernels("fused");
    desc = small_layer(NOVA_BF16, NOVA_NCHW);
    desc.activation = NOVA_ACTIVATION_RELU;
    check_layer(&desc, &full, 2, 1, 3); /* transposed before and after */
    use_kernels(NULL);
}

static void test_refusals(void **state) {
    (void)state;
    const bench_gpu_settings settings = {.hip = true};
    nova_plan_options options;
    nova_plan_options_init(&options);
    bench_gpu_result *result = calloc(1, sizeof *result);
    assert_non_null(result);
    nova_conv_desc desc = small_layer(NOVA_F32, NOVA_NHWC);
    assert_int_equal(bench_hip_layer(&desc, &options, &settings, result), NOVA_NOT_ELIGIBLE);
    desc = small_layer(NOVA_F16, NOVA_NHWC);
    options.max_error = 1e-9;
    assert_int_equal(bench_hip_layer(&desc, &options, &settings, result), NOVA_BUDGET_UNREACHABLE);
    assert_int_equal(result->count, 0);
    free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_layers),
                                       cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
