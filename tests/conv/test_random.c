/*
 * test_random.c - random descriptors against direct convolution in double, with the predicted
 * error as tolerance.
 *
 *   test_random [COUNT [SEED]]     default 2000 descriptors, seed 1
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

static int case_count = 2000;
static uint64_t first_seed = 1;

/* A filter shape: mostly 3x3. */
static void random_filter(nova_conv_desc *desc, test_random *random) {
    static const int shapes[][2] = {{3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {1, 3},
                                    {3, 1}, {5, 5}, {7, 7}, {1, 5}, {7, 1}, {3, 5}};
    const int i = random_int(random, 0, NOVA_COUNT(shapes) - 1);
    desc->r = shapes[i][0];
    desc->s = shapes[i][1];
}

/* Sizes from 1 to 70, shrunk until direct convolution in double is quick. */
static void random_sizes(nova_conv_desc *desc, test_random *random) {
    const double most = 6e5;
    int64_t *sizes[] = {&desc->c, &desc->k, &desc->h, &desc->w};
    desc->n = random_int(random, 1, 3);
    for (int i = 0; i < NOVA_COUNT(sizes); i++)
        *sizes[i] = random_int(random, 1, 70);
    while ((double)(desc->n * desc->c * desc->k * desc->h * desc->w * desc->r * desc->s) > most) {
        int64_t *size = sizes[random_int(random, 0, 3)];
        *size = NOVA_MAX(*size * 2 / 3, (int64_t)1);
        desc->n = NOVA_MAX(desc->n - 1, (int64_t)1);
    }
}

static void random_pads(nova_conv_desc *desc, test_random *random) {
    desc->pad_top = random_int(random, 0, (int)desc->r);
    desc->pad_bottom = random_int(random, 0, (int)desc->r);
    desc->pad_left = random_int(random, 0, (int)desc->s + 2);
    desc->pad_right = random_int(random, 0, (int)desc->s + 2);
    desc->h = NOVA_MAX(desc->h, desc->r - desc->pad_top - desc->pad_bottom);
    desc->w = NOVA_MAX(desc->w, desc->s - desc->pad_left - desc->pad_right);
}

static void random_descriptor(nova_conv_desc *desc, test_random *random) {
    nova_conv_desc_init(desc);
    random_filter(desc, random);
    random_sizes(desc, random);
    random_pads(desc, random);
    desc->dtype = (nova_dtype)random_int(random, 0, 2);
    desc->layout = (nova_layout)random_int(random, 0, 1);
    desc->activation = (nova_activation)random_int(random, 0, 2);
}

/* A tile that some set has for these taps, 1 being direct. */
static const nova_set_info *random_set(int taps, test_random *random) {
    static nova_set_info info;
    do {
        info.struct_size = sizeof info;
        assert_int_equal(nova_set_info_at(random_int(random, 0, nova_set_count() - 1), &info),
                         NOVA_OK);
    } while (info.r != taps || info.m == 1);
    return &info;
}

static void random_options(nova_plan_options *options, const nova_conv_desc *desc,
                           test_random *random) {
    nova_plan_options_init(options);
    options->threads = random_int(random, 1, 3);
    const int kind = random_int(random, 0, 9);
    if (kind == 0) {
        static const nova_arith ariths[] = {NOVA_ARITH_AUTO, NOVA_ARITH_F32, NOVA_ARITH_BF16_M32,
                                            NOVA_ARITH_BF16X3, NOVA_ARITH_BF16X6};
        options->algorithm = NOVA_ALGORITHM_DIRECT;
        options->arith = ariths[random_int(random, 0, NOVA_COUNT(ariths) - 1)];
        options->tile_h = options->tile_w = options->arith == NOVA_ARITH_AUTO ? 0 : 1;
    }
    if (kind <= 1)
        return;
    const nova_set_info *set = random_set((int)(desc->r > 1 ? desc->r : desc->s), random);
    options->set = set->name;
    options->tile_h = options->tile_w = set->m;
    if (desc->r != desc->s || kind == 2) { /* two different tiles: a set that has many */
        options->set = "best";
        options->tile_h = desc->r > 1 ? random_set((int)desc->r, random)->m : 1;
        options->tile_w = desc->s > 1 ? random_set((int)desc->s, random)->m : 1;
    }
    if (kind == 3 && desc->r > 1 && desc->s > 1)
        *(random_int(random, 0, 1) ? &options->tile_h : &options->tile_w) = 1;
    options->algorithm = NOVA_ALGORITHM_WINOGRAD;
    options->arith = (nova_arith)random_int(random, NOVA_ARITH_F32, NOVA_ARITH_BF16X6);
}

static void describe(const nova_conv_desc *d, const nova_plan_options *o, uint64_t seed) {
    print_error("seed %llu: n%lld c%lld h%lld w%lld k%lld %lldx%lld pad %lld,%lld,%lld,%lld %s %s "
                "%s, tile %dx%d %s %s %d threads, kernels %s: ",
                (unsigned long long)seed, (long long)d->n, (long long)d->c, (long long)d->h,
                (long long)d->w, (long long)d->k, (long long)d->r, (long long)d->s,
                (long long)d->pad_top, (long long)d->pad_bottom, (long long)d->pad_left,
                (long long)d->pad_right, nova_dtype_name(d->dtype), nova_layout_name(d->layout),
                nova_activation_name(d->activation), o->tile_h, o->tile_w, o->set ? o->set : "",
                nova_arith_name(o->arith), o->threads, getenv("NOVA_KERNELS"));
}

/* Which paths were really taken, so that the test can show that it covered them. */
static struct { int ran, winograd, direct, overflow, kernels[8]; } covered;

static void choose_kernels(test_random *random) {
    int index;
    do
        index = random_int(random, 0, nova_cpu_kernels_count() - 1);
    while (!nova_cpu_kernels_supported(nova_cpu_kernels_at(index)));
    setenv("NOVA_KERNELS", nova_cpu_kernels_at(index)->name, 1);
    covered.kernels[index]++;
}

static void run_case(uint64_t seed) {
    test_random random = {seed};
    nova_conv_desc desc;
    nova_plan_options options;
    random_descriptor(&desc, &random);
    random_options(&options, &desc, &random);
    choose_kernels(&random);
    nova_plan *plan;
    if (nova_plan_create(&desc, &options, &plan) != NOVA_OK) {
        describe(&desc, &options, seed);
        fail_msg("%s", nova_last_error());
    }
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    problem p;
    problem_create(&p, &desc, random_int(&random, 0, 1), random_int(&random, 0, 2) == 0, &random);
    problem_run(&p, plan);
    covered.ran++;
    covered.direct += info.algorithm == NOVA_ALGORITHM_DIRECT;
    covered.winograd += info.algorithm == NOVA_ALGORITHM_WINOGRAD;
    covered.overflow += isinf(info.predicted_error);
    const char *wrong = isinf(info.predicted_error) ? NULL : problem_compare(&p, &info);
    if (wrong) {
        describe(&desc, &options, seed);
        fail_msg("%s", wrong);
    }
    problem_destroy(&p);
    nova_plan_destroy(plan);
}

/* An output that no second-level cache holds, and that is written past it. Channels that are whole
   cache lines (64) and some that are not; few input channels keep the exact result quick. */
static void run_large(nova_dtype dtype, nova_layout layout, int tile, int channels) {
    test_random random = {(uint64_t)(dtype + 3 * layout + 10 * tile + channels)};
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1, desc.c = 1, desc.k = channels, desc.w = 113, desc.dtype = dtype,
    desc.layout = layout;
    desc.h = 2 * (int64_t)nova_cache_bytes() / (channels * desc.w) / (dtype ? 2 : 4) + 4;
    desc.pad_top = desc.pad_left = desc.pad_right = 1;
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = tile > 1 ? NOVA_ALGORITHM_WINOGRAD : NOVA_ALGORITHM_DIRECT;
    options.tile_h = options.tile_w = tile > 1 ? tile : 0;
    options.max_error = 1;
    options.threads = 2;
    choose_kernels(&random);
    nova_plan *plan;
    if (nova_plan_create(&desc, &options, &plan) != NOVA_OK)
        fail_msg("%s", nova_last_error());
    assert_true(plan->engine.stream || layout == NOVA_NCHW);
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    problem p;
    problem_create(&p, &desc, true, layout == NOVA_NHWC, &random);
    problem_run(&p, plan);
    const char *wrong = problem_compare(&p, &info);
    if (wrong) {
        describe(&desc, &options, 0);
        fail_msg("%s", wrong);
    }
    problem_destroy(&p);
    nova_plan_destroy(plan);
}

static void outputs_beyond_the_cache_are_right(void **state) {
    (void)state;
    for (int dtype = NOVA_F32; dtype <= NOVA_BF16; dtype++)
        for (int layout = NOVA_NCHW; layout <= NOVA_NHWC; layout++)
            for (int tile = 1; tile <= 4; tile += 3)
                for (int channels = 64; channels <= 70; channels += 6)
                    run_large((nova_dtype)dtype, (nova_layout)layout, tile, channels);
}

static void random_descriptors_are_right(void **state) {
    (void)state;
    for (int i = 0; i < case_count; i++)
        run_case(first_seed + (uint64_t)i);
    print_message("%d descriptors: %d winograd, %d direct, %d of them expected to overflow;",
                  covered.ran, covered.winograd, covered.direct, covered.overflow);
    for (int i = 0; i < nova_cpu_kernels_count(); i++)
        print_message(" %s %s%d", nova_cpu_kernels_at(i)->name,
                      nova_cpu_kernels_supported(nova_cpu_kernels_at(i)) ? "" : "skipped ",
                      covered.kernels[i]);
    print_message("\n");
    if (case_count >= 1000) {
        assert_true(covered.winograd > case_count / 2);
        assert_true(covered.direct > case_count / 50);
        assert_true(covered.overflow < case_count / 50);
    }
}

int main(int argc, char **argv) {
    if (argc > 1)
        case_count = atoi(argv[1]);
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_descriptors_are_right),
                                       cmocka_unit_test(outputs_beyond_the_cache_are_right)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
