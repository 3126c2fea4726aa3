/*
 * test_schedules.c - every schedule computes what is predicted of it, counts what the formulas
 * say, and (with filters transformed beforehand) gives the same bits as every other.
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

/* Shapes with few and many tiles and channels, ragged in every way. */
static const struct {
    problem_sizes sizes;
    int tile_h, tile_w;
} shapes[] = {
    {{1, 16, 32, 32, 16, 3, 3}, 4, 4}, /* a published experiment's */
    {{2, 150, 7, 9, 40, 3, 3}, 4, 2},  /* several chunks, panels and images */
    {{1, 5, 40, 3, 130, 3, 3}, 6, 1},  /* direct along the width */
    {{1, 65, 6, 61, 33, 1, 5}, 1, 4},  /* a row of taps */
    {{1, 200, 5, 7, 100, 3, 3}, 3, 5}, /* less than a register block of tiles */
    {{3, 24, 18, 14, 20, 5, 5}, 4, 2},
};

static const struct {
    nova_arith arith;
    nova_dtype dtype;
    nova_layout layout;
} kinds[] = {{NOVA_ARITH_F32, NOVA_F32, NOVA_NHWC},
             {NOVA_ARITH_F16, NOVA_F16, NOVA_NCHW},
             {NOVA_ARITH_BF16_M32, NOVA_BF16, NOVA_NHWC}};

/* With a column of padding more at the right. */
static nova_conv_desc desc_of(int shape, int kind) {
    nova_conv_desc desc = problem_desc(&shapes[shape].sizes, kinds[kind].dtype, kinds[kind].layout);
    desc.pad_right++;
    return desc;
}

/* Options for schedule `index`; false if there is none. Threads and blocks vary from one to the
   next, so that all of their combinations with schedules occur. */
static bool options_for(int index, int shape, int kind, nova_plan_options *options) {
    static const int64_t blocks[][2] = {{0, 0}, {3, 0}, {17, 40}, {0, 16}, {1, 1000}};
    const int variant = index + shape + kind;
    nova_plan_options_init(options);
    options->set = "best";
    options->algorithm = NOVA_ALGORITHM_WINOGRAD;
    options->tile_h = shapes[shape].tile_h;
    options->tile_w = shapes[shape].tile_w;
    options->arith = kinds[kind].arith;
    options->threads = 1 + variant % 3;
    options->block_tiles = blocks[variant % NOVA_COUNT(blocks)][0];
    options->block_filters = blocks[variant % NOVA_COUNT(blocks)][1];
    return nova_schedule_at(index, &options->schedule);
}

static void describe(int shape, int kind, const nova_plan_info *info) {
    char text[NOVA_SCHEDULE_TEXT];
    print_error("shape %d, kind %d, %s, %d threads, %lldx%lld blocks, kernels %s: ", shape, kind,
                nova_schedule_text(&info->schedule, text), info->threads,
                (long long)info->block_tiles, (long long)info->block_filters, info->kernels);
}

static void check_work(int shape, int kind, const nova_plan_info *info, const nova_work *counted) {
    static const char *const names[] = {
        "input_tiles", "filters",      "products",    "output_tiles",   "x.read",    "x.written",
        "xhat.read",   "xhat.written", "filter.read", "filter.written", "ghat.read", "ghat.written",
        "mhat.read",   "mhat.written", "y.read",      "y.written"};
    enum { COUNTS = sizeof *counted / sizeof(int64_t) };
    int64_t found[COUNTS], expected[COUNTS];
    assert_int_equal(COUNTS, NOVA_COUNT(names));
    memcpy(found, counted, sizeof found);
    memcpy(expected, &info->work, sizeof expected);
    for (int i = 0; i < COUNTS; i++)
        if (found[i] != expected[i]) {
            describe(shape, kind, info);
            fail_msg("%s: %lld counted, %lld by the formula", names[i], (long long)found[i],
                     (long long)expected[i]);
        }
}

/* Runs one schedule on a problem; what it is compared with stays in *first. */
static void run_schedule(problem *p, const nova_plan_options *options, int shape, int kind,
                         void **first) {
    nova_plan *plan;
    assert_int_equal(nova_plan_create(&p->desc, options, &plan), NOVA_OK);
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    assert_memory_equal(&info.schedule, &options->schedule, sizeof info.schedule);
    nova_work work;
    problem_run_counted(p, plan, &work);
    const char *wrong = problem_compare(p, &info);
    if (wrong) {
        describe(shape, kind, &info);
        fail_msg("%s", wrong);
    }
    check_work(shape, kind, &info, &work);
    const size_t bytes = p->y_count * nova_dtype_size(p->desc.dtype);
    if (options->schedule.ghat == NOVA_PLACE_STORED && !*first) {
        *first = malloc(bytes);
        assert_non_null(*first);
        memcpy(*first, p->y, bytes);
    } else if (options->schedule.ghat == NOVA_PLACE_STORED && memcmp(*first, p->y, bytes) != 0) {
        describe(shape, kind, &info);
        fail_msg("other bits than with the first schedule");
    }
    nova_plan_destroy(plan);
}

/* All schedules with one kind of kernels; what is not rounded differently has the same bits. */
static void run_schedules(problem *p, int shape, int kind) {
    nova_plan_options options;
    void *first = NULL;
    int count = 0;
    for (; options_for(count, shape, kind, &options); count++)
        run_schedule(p, &options, shape, kind, &first);
    assert_int_equal(count, 24);
    free(first);
}

static void run_kernels(int shape, int kind) {
    test_random random = {(uint64_t)(shape * 10 + kind)};
    const nova_conv_desc desc = desc_of(shape, kind);
    problem p;
    problem_create(&p, &desc, true, shape % 2 == 0, &random);
    for (int i = 0; i < nova_cpu_kernels_count(); i++) {
        if (!nova_cpu_kernels_supported(nova_cpu_kernels_at(i)))
            continue;
        setenv("NOVA_KERNELS", nova_cpu_kernels_at(i)->name, 1);
        run_schedules(&p, shape, kind);
    }
    unsetenv("NOVA_KERNELS");
    problem_destroy(&p);
}

static void every_schedule_is_right(void **state) {
    (void)state;
    for (int shape = 0; shape < NOVA_COUNT(shapes); shape++)
        for (int kind = 0; kind < NOVA_COUNT(kinds); kind++)
            run_kernels(shape, kind);
}

/* ---------------------------------------------------------------- what is refused */

static void refused(const nova_plan_options *options, const char *reason) {
    const nova_conv_desc desc = desc_of(0, 0);
    nova_plan *plan;
    assert_int_equal(nova_plan_create(&desc, options, &plan), NOVA_INVALID_ARGUMENT);
    assert_non_null(strstr(nova_last_error(), reason));
    assert_null(plan);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    nova_plan_options options;
    options_for(0, 0, 0, &options);
    options.schedule = (nova_schedule){NOVA_PLACE_BLOCKED, NOVA_PLACE_BLOCKED, NOVA_PLACE_AUTO};
    refused(&options, "xhat=blocked, ghat=blocked");
    options.schedule = (nova_schedule){(nova_place)4, NOVA_PLACE_AUTO, NOVA_PLACE_AUTO};
    refused(&options, "unknown place");
    options.schedule = (nova_schedule){NOVA_PLACE_STORED, NOVA_PLACE_AUTO, NOVA_PLACE_AUTO};
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    options.tile_h = options.tile_w = 0;
    refused(&options, "direct convolution has no schedule");
    options_for(0, 0, 0, &options);
    options.block_tiles = -1;
    refused(&options, "negative");
}

/* What an execution does is counted in 64 bits; a plan for which they do not do is refused. */
static void counts_do_not_overflow(void **state) {
    (void)state;
    nova_conv_desc desc = desc_of(0, 0);
    nova_plan_options options;
    options_for(0, 0, 0, &options);
    desc.n = desc.c = desc.k = 1 << 14; /* whose tensors would fit */
    desc.h = desc.w = 1 << 8;
    nova_plan *plan;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_SIZE_OVERFLOW);
    assert_non_null(strstr(nova_last_error(), "counted"));
    assert_null(plan);
}

/* A part of a schedule leaves the rest to the planner, and excludes direct convolution. */
static void parts_of_a_schedule_are_kept(void **state) {
    (void)state;
    const nova_conv_desc desc = desc_of(0, 0);
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.schedule.mhat = NOVA_PLACE_STORED;
    nova_plan *plan;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    assert_int_equal(info.algorithm, NOVA_ALGORITHM_WINOGRAD);
    assert_int_equal(info.schedule.mhat, NOVA_PLACE_STORED);
    assert_true(info.schedule.xhat != NOVA_PLACE_AUTO && info.schedule.ghat != NOVA_PLACE_AUTO);
    nova_plan_destroy(plan);
}

/* ---------------------------------------------------------------- predicted errors */

static nova_plan_info info_with(nova_place ghat, int kind) {
    const nova_conv_desc desc = desc_of(0, kind);
    nova_plan_options options;
    options_for(0, 0, kind, &options);
    options.tile_h = options.tile_w = 6;
    options.schedule = (nova_schedule){NOVA_PLACE_STORED, ghat, NOVA_PLACE_BLOCKED};
    nova_plan *plan;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    nova_plan_destroy(plan);
    return info;
}

/* Filters transformed on the way have the error of that, and no compensated rounding. */
static void transforms_on_the_way_cost_accuracy(void **state) {
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        const nova_plan_info before = info_with(NOVA_PLACE_STORED, kind);
        for (int place = NOVA_PLACE_BLOCKED; place <= NOVA_PLACE_INLINED; place++) {
            const nova_plan_info during = info_with((nova_place)place, kind);
            assert_true(during.predicted_error > before.predicted_error);
            assert_true(during.predicted_error < 2 * before.predicted_error);
            assert_int_equal(before.compensation, kind == 1);
            assert_int_equal(during.compensation, 0);
            assert_true(during.packed_bytes < before.packed_bytes);
        }
    }
}

/* ---------------------------------------------------------------- workspace */

/* Never more than input, output and 8 MiB a thread where nothing is stored as a whole. */
static void blocked_workspaces_are_small(void **state) {
    (void)state;
    static const int64_t sizes[][3] = {{64, 56, 64},    {512, 7, 512},    {2560, 16, 1280},
                                       {2560, 8, 1280}, {1280, 32, 1280}, {512, 128, 512},
                                       {3, 224, 64},    {4096, 4, 16},    {320, 64, 4}};
    for (int i = 0; i < NOVA_COUNT(sizes); i++)
        for (int tile = 2; tile <= 8; tile++)
            for (int threads = 1; threads <= 4; threads += 3) {
                nova_conv_desc desc = desc_of(0, 0);
                desc.c = sizes[i][0];
                desc.h = desc.w = sizes[i][1];
                desc.k = sizes[i][2];
                nova_plan_options options;
                options_for(0, 0, 0, &options);
                options.tile_h = options.tile_w = tile;
                options.threads = threads;
                options.block_tiles = options.block_filters = 0;
                options.schedule =
                    (nova_schedule){NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED};
                nova_plan *plan;
                assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_OK);
                nova_plan_info info = {.struct_size = sizeof info};
                assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
                const size_t tensors = sizeof(float) * (size_t)(desc.c * desc.h * desc.w +
                                                                desc.k * info.out_h * info.out_w);
                assert_true(info.workspace_bytes <= tensors + (size_t)threads * (8u << 20));
                nova_plan_destroy(plan);
            }
}

/* All that the planner chooses from keeps to that bound, and where filters are read from afar some
   of it has fewer and larger blocks than the engine would take by itself. */
static void large_blocks_are_considered(void **state) {
    (void)state;
    const problem_sizes sizes = {1, 640, 64, 64, 320, 3, 3};
    const nova_conv_desc desc = problem_desc(&sizes, NOVA_F32, NOVA_NHWC);
    nova_plan_options options;
    nova_request request;
    nova_binding_cache bindings = {NULL, 0, 0};
    nova_candidate *candidates;
    int count, larger = 0;
    options_for(0, 0, 0, &options);
    options.tile_h = options.tile_w = 6;
    options.threads = 2;
    options.block_tiles = options.block_filters = 0;
    options.schedule = (nova_schedule){NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED};
    assert_int_equal(nova_request_init(&request, &desc, &options), NOVA_OK);
    request.rates = nova_rates_usual(request.kernels);
    request.bindings = &bindings;
    assert_int_equal(nova_candidates_create(&request, &candidates, &count), NOVA_OK);
    nova_plan *plan = calloc(2, sizeof *plan);
    assert_non_null(plan);
    nova_candidate own = candidates[0];
    own.blocking.block_tiles = own.blocking.block_filters = 0;
    assert_int_equal(nova_candidate_realise(&request, &own, &plan[0]), NOVA_OK);
    const size_t tensors = sizeof(float) * 64 * 64 * (640 + 320);
    for (int i = 0; i < count; i++) {
        assert_int_equal(nova_candidate_realise(&request, &candidates[i], &plan[1]), NOVA_OK);
        assert_true(nova_engine_workspace_bytes(&plan[1].engine) <= tensors + 2 * (8u << 20));
        larger += plan[1].engine.blocks < plan[0].engine.blocks;
    }
    assert_true(larger > 0);
    free(plan);
    free(candidates);
    nova_binding_cache_clear(&bindings);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_schedule_is_right),
                                       cmocka_unit_test(what_makes_no_sense_is_refused),
                                       cmocka_unit_test(counts_do_not_overflow),
                                       cmocka_unit_test(parts_of_a_schedule_are_kept),
                                       cmocka_unit_test(transforms_on_the_way_cost_accuracy),
                                       cmocka_unit_test(blocked_workspaces_are_small),
                                       cmocka_unit_test(large_blocks_are_considered)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
