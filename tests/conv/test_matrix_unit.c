/*
 * test_matrix_unit.c - whole convolutions with the matrix unit's kernels over an emulation of its
 * operations, on any machine with AVX-512 for the rest: odd sizes, ragged tiles, channels that do
 * not fill a pair group, all arithmetics of bfloat16 parts, against direct convolution in double
 * with the predicted error as tolerance.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/amx_emulated.h"
#include "plan/plan.h"
#include "problem.h"
#include "runtime/runtime.h"

/* The record that the unit would be part of; false if this machine cannot run its other kernels. */
static bool make_record(nova_cpu_kernels *record) {
    for (int i = 0; i < nova_cpu_kernels_count(); i++) {
        const nova_cpu_kernels *kernels = nova_cpu_kernels_at(i);
        if (strcmp(kernels->name, "avx512") == 0 && nova_cpu_kernels_supported(kernels)) {
            *record = *kernels;
            record->pairs = &amx_emulated;
            return true;
        }
    }
    return false;
}

/* A plan for these kernels: the only candidate of fully stated options, or the cheapest. */
static nova_plan *plan_with(const nova_cpu_kernels *record, const nova_conv_desc *desc,
                            const nova_plan_options *options) {
    nova_request request;
    nova_binding_cache bindings = {NULL, 0, 0};
    nova_candidate *candidates;
    int count;
    nova_plan *plan = calloc(1, sizeof *plan);
    assert_non_null(plan);
    assert_int_equal(nova_request_init(&request, desc, options), NOVA_OK);
    request.kernels = record;
    request.bindings = &bindings;
    assert_int_equal(nova_candidates_create(&request, &candidates, &count), NOVA_OK);
    assert_int_equal(nova_candidate_realise(&request, &candidates[0], plan), NOVA_OK);
    plan->predicted_error = nova_candidate_predict(plan);
    free(candidates);
    nova_binding_cache_clear(&bindings);
    return plan;
}

static nova_conv_desc make_desc(int c, int k, int size, int dtype) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 2, desc.c = c, desc.k = k, desc.h = size, desc.w = size + 3;
    desc.pad_top = desc.pad_left = desc.pad_bottom = 1;
    desc.dtype = (nova_dtype)dtype;
    desc.layout = c % 2 ? NOVA_NCHW : NOVA_NHWC;
    return desc;
}

/* Two threads, unless the options say otherwise. */
static nova_plan_options options_of(int tile, nova_arith arith) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.tile_h = options.tile_w = tile;
    options.arith = arith;
    options.set = "best";
    options.threads = 2;
    return options;
}

static void check_plan(nova_plan *plan, const nova_conv_desc *desc) {
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    test_random random = {(uint64_t)(desc->c * 100 + info.tile_h)};
    problem p;
    problem_create(&p, desc, true, false, &random);
    problem_run(&p, plan);
    const char *wrong = problem_compare(&p, &info);
    if (wrong)
        fail_msg("c %lld k %lld tile %d %s: %s", (long long)desc->c, (long long)desc->k,
                 info.tile_h, nova_arith_name(info.arith), wrong);
    problem_destroy(&p);
    nova_plan_destroy(plan);
}

static void check_case(const nova_cpu_kernels *record, const nova_conv_desc *desc, int tile,
                       nova_arith arith, const nova_schedule *schedule) {
    nova_plan_options options = options_of(tile, arith);
    if (schedule)
        options.schedule = *schedule;
    check_plan(plan_with(record, desc, &options), desc);
}

static void sizes_and_arithmetics(void **state) {
    (void)state;
    static const int sizes[][3] = {{1, 1, 5},    {17, 16, 12}, {32, 33, 19}, {33, 17, 9},
                                   {65, 40, 23}, {96, 64, 7},  {330, 3, 6},  {3, 20, 31},
                                   {4, 16, 9},   {16, 35, 14}, {290, 40, 8}};
    static const nova_arith ariths[] = {NOVA_ARITH_BF16, NOVA_ARITH_BF16_M32, NOVA_ARITH_BF16X3,
                                        NOVA_ARITH_BF16X6};
    nova_cpu_kernels record;
    if (!make_record(&record)) {
        print_message("skipped: this machine has no AVX-512\n");
        return;
    }
    for (int i = 0; i < NOVA_COUNT(sizes); i++)
        for (int a = 0; a < NOVA_COUNT(ariths); a++) {
            const nova_conv_desc desc =
                make_desc(sizes[i][0], sizes[i][1], sizes[i][2], (i + a) % 3);
            check_case(&record, &desc, 2 + (i + a) % 5, ariths[a], NULL);
            if (ariths[a] != NOVA_ARITH_BF16)
                check_case(&record, &desc, 1, ariths[a], NULL);
        }
}

/* Direct convolution: padding on all sides, more of it than a row of taps, filters that are not
   square, with few channels and with some. */
static void paddings_and_filters(void **state) {
    (void)state;
    static const int cases[][6] = {/* r, s, padding at the top, left, bottom, right */
                                   {3, 3, 1, 1, 1, 1}, {3, 3, 0, 0, 2, 2}, {3, 5, 1, 4, 0, 1},
                                   {1, 3, 0, 1, 0, 0}, {5, 1, 2, 0, 2, 0}, {3, 3, 3, 3, 1, 4},
                                   {1, 5, 0, 0, 0, 0}, {7, 7, 3, 3, 3, 3}};
    nova_cpu_kernels record;
    if (!make_record(&record))
        return;
    for (int i = 0; i < NOVA_COUNT(cases); i++)
        for (int channels = 2; channels < 50; channels += 20 + 4 * i) {
            nova_conv_desc desc = make_desc(channels, 18, 7, i % 3);
            desc.layout = i % 2 ? NOVA_NCHW : NOVA_NHWC;
            desc.r = cases[i][0], desc.s = cases[i][1];
            desc.pad_top = cases[i][2], desc.pad_left = cases[i][3];
            desc.pad_bottom = cases[i][4], desc.pad_right = cases[i][5];
            check_case(&record, &desc, 1, i % 2 ? NOVA_ARITH_BF16X3 : NOVA_ARITH_BF16_M32, NULL);
        }
}

/* Direct convolution of bfloat16 pixels, which are copied as they lie, up to the last channel: by
   the unit, and by the kernels that this machine has. */
static void pixels_of_any_width(void **state) {
    (void)state;
    nova_cpu_kernels records[16];
    int count = make_record(&records[0]) ? 1 : 0;
    for (int i = 0; i < nova_cpu_kernels_count() && count < NOVA_COUNT(records); i++)
        if (nova_cpu_kernels_supported(nova_cpu_kernels_at(i)))
            records[count++] = *nova_cpu_kernels_at(i);
    for (int i = 0; i < count; i++)
        for (int channels = 1; channels < 66; channels++) {
            nova_conv_desc desc = make_desc(channels, 5, 4, NOVA_BF16);
            desc.layout = NOVA_NHWC;
            check_case(&records[i], &desc, 1, NOVA_ARITH_BF16_M32, NULL);
        }
}

/* Where V and M are chunks and parts of blocks, and tiles of rows end beyond them. */
static void schedules(void **state) {
    (void)state;
    nova_cpu_kernels record;
    if (!make_record(&record))
        return;
    const nova_conv_desc desc = make_desc(81, 40, 21, NOVA_F32);
    nova_schedule schedule;
    for (int i = 0; nova_schedule_at(i, &schedule); i++)
        if (schedule.ghat == NOVA_PLACE_STORED)
            check_case(&record, &desc, 3, NOVA_ARITH_BF16X3, &schedule);
}

static const nova_schedule blocked = {NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED};

/* Blocks whose V and M do not stay in the second-level cache: one, and two that end within a tile
   of rows, with ranges of output channels of which the last is half a panel. */
static void blocks_beyond_the_cache(void **state) {
    (void)state;
    static const int blocks[][2] = {{0, 0}, {30, 64}, {39, 32}};
    nova_cpu_kernels record;
    if (!make_record(&record))
        return;
    for (int i = 0; i < NOVA_COUNT(blocks); i++) {
        const int scale = nova_cache_bytes() > (size_t)1 << 20 ? 2 : 1;
        const nova_conv_desc desc = make_desc(178, 80, 16 * scale, i % 3);
        nova_plan_options options = options_of(4, NOVA_ARITH_BF16X3);
        options.schedule = blocked;
        options.threads = 1;
        options.block_tiles = blocks[i][0];
        options.block_filters = blocks[i][1];
        nova_plan *plan = plan_with(&record, &desc, &options);
        assert_true(plan->engine.far_block);
        check_plan(plan, &desc);
    }
}

/* Never more than input, output and 8 MiB a thread, as for all other kernels, unless V of a single
   tile of rows is too much; and few blocks where the filter does not stay in the second-level
   cache.
 */
static void blocks_keep_to_the_workspace(void **state) {
    (void)state;
    static const int sizes[][3] = {{64, 64, 56},    {512, 512, 7},    {2560, 1280, 16},
                                   {1280, 1280, 8}, {1280, 1280, 32}, {512, 512, 128},
                                   {256, 256, 56},  {4096, 16, 4},    {16, 4096, 12}};
    nova_cpu_kernels record;
    if (!make_record(&record))
        return;
    for (int i = 0; i < NOVA_COUNT(sizes); i++)
        for (int tile = 2; tile <= 8; tile += 2)
            for (int threads = 1; threads <= 4; threads += 3) {
                const nova_conv_desc desc = make_desc(sizes[i][0], sizes[i][1], sizes[i][2],
                                                      tile % 4 ? NOVA_BF16 : NOVA_F32);
                if (16 * 4 * (tile + 2) * (tile + 2) * desc.c > 6 << 20)
                    continue;
                nova_plan_options options = options_of(tile, NOVA_ARITH_BF16X3);
                options.schedule = blocked;
                options.threads = threads;
                nova_plan *plan = plan_with(&record, &desc, &options);
                nova_plan_info info = {.struct_size = sizeof info};
                assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
                const size_t values = (size_t)(desc.n * (desc.c * desc.h * desc.w +
                                                         desc.k * info.out_h * info.out_w));
                assert_true(info.workspace_bytes <=
                            values * nova_dtype_size(desc.dtype) + (size_t)threads * (8u << 20));
                if (tile == 4 && sizes[i][0] == 256)
                    assert_true(plan->engine.blocks <= 4 * threads);
                nova_plan_destroy(plan);
            }
}

/* The prediction itself, of sums in the unit's order. */
static void errors_are_predicted(void **state) {
    (void)state;
    nova_cpu_kernels record;
    if (!make_record(&record))
        return;
    for (int channels = 16; channels <= 300; channels += 257) {
        nova_conv_desc desc = make_desc(channels, 16, 40, NOVA_F32);
        desc.pad_top = desc.pad_left = desc.pad_bottom = 0;
        test_random random = {(uint64_t)channels};
        problem p;
        problem_create(&p, &desc, false, false, &random);
        for (int i = 0; i < 4; i++) {
            nova_plan_options options =
                options_of(i < 2 ? 2 : 6, i % 2 ? NOVA_ARITH_BF16X6 : NOVA_ARITH_BF16X3);
            options.threads = 1;
            nova_plan *plan = plan_with(&record, &desc, &options);
            problem_run(&p, plan);
            const double ratio = plan->predicted_error / problem_error(&p);
            print_message("F(%d) %s, %d channels: predicted over measured %.3f\n", options.tile_h,
                          nova_arith_name(options.arith), channels, ratio);
            assert_true(ratio > 0.85 && ratio < 1.15);
            nova_plan_destroy(plan);
        }
        problem_destroy(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_and_arithmetics),   cmocka_unit_test(paddings_and_filters),
        cmocka_unit_test(pixels_of_any_width),     cmocka_unit_test(schedules),
        cmocka_unit_test(blocks_beyond_the_cache), cmocka_unit_test(blocks_keep_to_the_workspace),
        cmocka_unit_test(errors_are_predicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
