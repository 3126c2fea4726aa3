/*
 * test_api.c - the public interface as a caller meets it: what is refused and why, what a plan
 * says about itself, packed filters in files, threads, verification, unusual numbers.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conv/problem.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- helpers */

static nova_conv_desc usual_desc(void) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1;
    desc.c = 20;
    desc.k = 24;
    desc.h = 17;
    desc.w = 19;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    return desc;
}

static nova_plan *plan_for(const nova_conv_desc *desc, const nova_plan_options *options) {
    nova_plan *plan;
    const nova_status status = nova_plan_create(desc, options, &plan);
    if (status != NOVA_OK)
        fail_msg("%s: %s", nova_status_string(status), nova_last_error());
    return plan;
}

static nova_plan_info info_of(const nova_plan *plan) {
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    return info;
}

static nova_plan_options tile_options(int tile, const char *set, nova_arith arith) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.tile_h = options.tile_w = tile;
    options.set = set;
    options.arith = arith;
    return options;
}

/* Expects a refusal with a reason that contains a word. */
static void refused(const nova_conv_desc *desc, const nova_plan_options *options,
                    nova_status expected, const char *word) {
    nova_plan *plan = (nova_plan *)&plan;
    assert_int_equal(nova_plan_create(desc, options, &plan), expected);
    assert_null(plan);
    if (!strstr(nova_last_error(), word))
        fail_msg("'%s' does not mention '%s'", nova_last_error(), word);
}

/* ---------------------------------------------------------------- refusals */

static void bad_descriptors_are_refused(void **state) {
    (void)state;
    const struct {
        size_t offset;
        int64_t value;
        nova_status status;
        const char *word;
    } cases[] = {
        {offsetof(nova_conv_desc, n), 0, NOVA_INVALID_ARGUMENT, "n is 0"},
        {offsetof(nova_conv_desc, c), -3, NOVA_INVALID_ARGUMENT, "c is -3"},
        {offsetof(nova_conv_desc, h), 0, NOVA_INVALID_ARGUMENT, "h is 0"},
        {offsetof(nova_conv_desc, k), INT64_MIN, NOVA_INVALID_ARGUMENT, "k is"},
        {offsetof(nova_conv_desc, pad_left), -1, NOVA_INVALID_ARGUMENT, "padding is -1"},
        {offsetof(nova_conv_desc, stride_w), 2, NOVA_NOT_ELIGIBLE, "stride"},
        {offsetof(nova_conv_desc, dilation_h), 2, NOVA_NOT_ELIGIBLE, "dilation"},
        {offsetof(nova_conv_desc, groups), 4, NOVA_NOT_ELIGIBLE, "groups"},
        {offsetof(nova_conv_desc, r), 2, NOVA_NOT_ELIGIBLE, "2x3"},
        {offsetof(nova_conv_desc, s), 9, NOVA_NOT_ELIGIBLE, "3x9"},
        {offsetof(nova_conv_desc, n), INT64_MAX, NOVA_SIZE_OVERFLOW, "memory"},
        {offsetof(nova_conv_desc, c), INT64_C(1) << 60, NOVA_SIZE_OVERFLOW, "memory"},
        {offsetof(nova_conv_desc, w), INT64_C(1) << 40, NOVA_SIZE_OVERFLOW, "extent"},
        {offsetof(nova_conv_desc, pad_top), INT64_MAX, NOVA_SIZE_OVERFLOW, "extent"},
    };
    for (int i = 0; i < NOVA_COUNT(cases); i++) {
        nova_conv_desc desc = usual_desc();
        memcpy((char *)&desc + cases[i].offset, &cases[i].value, sizeof cases[i].value);
        refused(&desc, NULL, cases[i].status, cases[i].word);
    }
    nova_conv_desc desc = usual_desc();
    desc.r = desc.s = 1;
    refused(&desc, NULL, NOVA_NOT_ELIGIBLE, "1x1");
    desc = usual_desc();
    desc.h = 1;
    desc.pad_top = desc.pad_bottom = 0;
    refused(&desc, NULL, NOVA_INVALID_ARGUMENT, "empty");
    desc = usual_desc();
    desc.dtype = (nova_dtype)9;
    refused(&desc, NULL, NOVA_INVALID_ARGUMENT, "type");
    desc = usual_desc();
    desc.input_rms = NAN;
    refused(&desc, NULL, NOVA_INVALID_ARGUMENT, "input_rms");
    desc = usual_desc();
    desc.struct_size = 0;
    refused(&desc, NULL, NOVA_INVALID_ARGUMENT, "struct_size");
    refused(NULL, NULL, NOVA_INVALID_ARGUMENT, "desc is null");
    desc = usual_desc();
    assert_int_equal(nova_plan_create(&desc, NULL, NULL), NOVA_INVALID_ARGUMENT);
}

static void bad_options_are_refused(void **state) {
    (void)state;
    const nova_conv_desc desc = usual_desc();
    nova_plan_options options = tile_options(6, "nosuchset", NOVA_ARITH_F16);
    refused(&desc, &options, NOVA_UNKNOWN_NAME, "nosuchset");
    options = tile_options(5, "nova", NOVA_ARITH_F16);
    refused(&desc, &options, NOVA_UNKNOWN_NAME, "F(5,3)");
    options = tile_options(99, NULL, NOVA_ARITH_F16);
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "99");
    options = tile_options(4, NULL, NOVA_ARITH_F32);
    options.tile_w = 0;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "tile 4x0");
    options = tile_options(4, NULL, (nova_arith)77);
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "77");
    options = tile_options(4, NULL, NOVA_ARITH_F32);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    options.arith = NOVA_ARITH_F16;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "exclude");
    nova_plan_options_init(&options);
    options.max_error = -1;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "max_error");
    options.max_error = NAN;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "max_error");
    nova_plan_options_init(&options);
    options.threads = -1;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "threads");
    nova_plan_options_init(&options);
    options.flags = 1u << 30;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "flags");
}

static void bad_execution_is_refused(void **state) {
    (void)state;
    const nova_conv_desc desc = usual_desc();
    test_random random = {5};
    problem p;
    problem_create(&p, &desc, false, false, &random);
    nova_plan *plan = plan_for(&desc, NULL);
    nova_plan_options options = tile_options(2, "best", NOVA_ARITH_F16);
    nova_plan *other = plan_for(&desc, &options);
    nova_filter *filter, *none = NULL;
    assert_int_equal(nova_filter_create(plan, NULL, NOVA_F32, &none), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_filter_create(plan, p.weights, (nova_dtype)8, &none),
                     NOVA_INVALID_ARGUMENT);
    assert_null(none);
    assert_int_equal(nova_filter_create(plan, p.weights, NOVA_F32, &filter), NOVA_OK);
    nova_execute_args args, good;
    nova_execute_args_init(&good);
    good.x = p.x;
    good.y = p.y;
    assert_int_equal(nova_execute(plan, filter, &good), NOVA_OK);
    assert_int_equal(nova_execute(other, filter, &good), NOVA_STALE);
    assert_int_equal(nova_execute(plan, NULL, &good), NOVA_INVALID_ARGUMENT);
    args = good;
    args.x = NULL;
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_INVALID_ARGUMENT);
    args = good;
    args.struct_size = 3;
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_INVALID_ARGUMENT);
    args = good;
    args.workspace = p.y;
    args.workspace_bytes = info_of(plan).workspace_bytes - 1;
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_INVALID_ARGUMENT);
    assert_non_null(strstr(nova_last_error(), "workspace"));
    nova_filter_destroy(filter);
    nova_plan_destroy(plan);
    nova_plan_destroy(other);
    problem_destroy(&p);
}

/* ---------------------------------------------------------------- what a plan says */

/* Schedules that transform filters on the way are no choice for filters in parts; that there are
   others is a success, which leaves the last reason alone. */
static void what_is_passed_over_is_no_failure(void **state) {
    (void)state;
    const nova_conv_desc desc = usual_desc();
    nova_plan_options options = tile_options(4, "nonesuch", NOVA_ARITH_BF16X3);
    refused(&desc, &options, NOVA_UNKNOWN_NAME, "nonesuch");
    options.set = "best";
    options.schedule.mhat = NOVA_PLACE_BLOCKED;
    nova_plan_destroy(plan_for(&desc, &options));
    assert_non_null(strstr(nova_last_error(), "nonesuch"));
    options.schedule.ghat = NOVA_PLACE_INLINED;
    refused(&desc, &options, NOVA_NOT_ELIGIBLE, "parts");
}

static void budgets_are_kept_or_refused(void **state) {
    (void)state;
    static const double usual[] = {[NOVA_F32] = 1e-5, [NOVA_F16] = 1e-2, [NOVA_BF16] = 5e-2};
    nova_conv_desc desc = usual_desc();
    desc.c = desc.k = 64;
    desc.h = desc.w = 56;
    for (int dtype = 0; dtype < 3; dtype++) {
        desc.dtype = (nova_dtype)dtype;
        nova_plan *plan = plan_for(&desc, NULL);
        assert_true(info_of(plan).predicted_error <= usual[dtype]);
        assert_int_equal(info_of(plan).algorithm, NOVA_ALGORITHM_WINOGRAD);
        nova_plan_destroy(plan);
    }
    desc.dtype = NOVA_F32;
    nova_plan_options options;
    nova_plan_options_init(&options);
    double last_cost = 0;
    for (double budget = 1e-2; budget > 3e-7; budget /= 3) { /* tighter is never cheaper */
        options.max_error = budget;
        nova_plan *plan = plan_for(&desc, &options);
        assert_true(info_of(plan).predicted_error <= budget);
        assert_true(info_of(plan).cost_seconds >= last_cost);
        last_cost = info_of(plan).cost_seconds;
        nova_plan_destroy(plan);
    }
    options.max_error = 1e-9;
    refused(&desc, &options, NOVA_BUDGET_UNREACHABLE, "1e-09");
    options = tile_options(6, "integer", NOVA_ARITH_F16);
    options.max_error = 1e-2;
    refused(&desc, &options, NOVA_BUDGET_UNREACHABLE, "0.01");
    options.max_error = 0; /* forced without a budget: as asked */
    nova_plan *plan = plan_for(&desc, &options);
    assert_string_equal(info_of(plan).set, "integer");
    nova_plan_destroy(plan);
}

static void plans_describe_themselves(void **state) {
    (void)state;
    nova_conv_desc desc = usual_desc();
    nova_plan_options options = tile_options(6, "classic", NOVA_ARITH_F16);
    options.tile_h = 4;
    nova_plan *plan = plan_for(&desc, &options);
    const nova_plan_info info = info_of(plan);
    assert_int_equal(info.algorithm, NOVA_ALGORITHM_WINOGRAD);
    assert_int_equal(info.tile_h, 4);
    assert_int_equal(info.tile_w, 6);
    assert_string_equal(info.set, "classic");
    assert_int_equal(info.arith, NOVA_ARITH_F16);
    assert_int_equal(info.tap_scaling, 1);
    assert_int_equal(info.compensation, 1);
    assert_int_equal(info.out_h, 17);
    assert_int_equal(info.out_w, 19);
    assert_true(fabs(info.alpha - sqrt(10.77 * 20.63)) < 0.01);
    /* 17x19 outputs of 9 products each, over 5x4 tiles of 6x8 products */
    assert_true(fabs(info.saving - 17.0 * 19 * 9 / (5 * 4 * 48)) < 1e-12);
    assert_true(info.flops_direct == 2.0 * 20 * 24 * 9 * 17 * 19);
    assert_true(info.packed_bytes >= 20u * 24 * 48 * 2);
    nova_plan_destroy(plan);
    options.flags = NOVA_PLAN_NO_COMPENSATION | NOVA_PLAN_NO_TAP_SCALING;
    plan = plan_for(&desc, &options);
    assert_int_equal(info_of(plan).tap_scaling, 0);
    assert_int_equal(info_of(plan).compensation, 0);
    assert_true(info_of(plan).predicted_error > info.predicted_error);
    nova_plan_destroy(plan);
}

/* A caller compiled against a shorter structure gets what it knows and nothing more. */
static void structures_may_be_shorter(void **state) {
    (void)state;
    const nova_conv_desc desc = usual_desc();
    nova_plan *plan = plan_for(&desc, NULL);
    nova_plan_info info;
    memset(&info, 0x55, sizeof info);
    info.struct_size = offsetof(nova_plan_info, tile_h);
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    assert_int_equal(info.tile_h, 0x55555555);
    info.struct_size = 0;
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_INVALID_ARGUMENT);
    nova_plan_destroy(plan);
}

/* ---------------------------------------------------------------- wisdom */

static void scratch_path(char path[64], const char *kind) {
    snprintf(path, 64, "/tmp/nova_test_%ld.%s", (long)getpid(), kind);
}

static void measured_plans_become_wisdom(void **state) {
    (void)state;
    nova_conv_desc desc = usual_desc();
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.effort = NOVA_EFFORT_MEASURE;
    nova_plan *measured = plan_for(&desc, &options);
    const nova_plan_info first = info_of(measured);
    assert_true(first.predicted_error <= 1e-5);
    char path[64];
    scratch_path(path, "wisdom");
    assert_int_equal(nova_wisdom_export(path), NOVA_OK);
    nova_wisdom_forget();
    assert_int_equal(nova_wisdom_import(path), NOVA_OK);
    options.effort = NOVA_EFFORT_ESTIMATE;
    nova_plan *recalled = plan_for(&desc, &options);
    const nova_plan_info second = info_of(recalled);
    assert_int_equal(first.algorithm, second.algorithm);
    assert_int_equal(first.tile_h, second.tile_h);
    assert_int_equal(first.tile_w, second.tile_w);
    assert_string_equal(first.set, second.set);
    /* a filter made for the one runs in the other, and both are right */
    test_random random = {13};
    problem p;
    problem_create(&p, &desc, false, false, &random);
    problem_run(&p, measured);
    assert_null(problem_compare(&p, &first));
    problem_destroy(&p);
    nova_plan_destroy(measured);
    nova_plan_destroy(recalled);
    nova_wisdom_forget();
    remove(path);
    assert_int_equal(nova_wisdom_import(path), NOVA_IO);
    assert_int_equal(nova_wisdom_export("/nonexistent/folder/wisdom"), NOVA_IO);
    assert_int_equal(nova_wisdom_import(NULL), NOVA_INVALID_ARGUMENT);
    options.effort = (nova_effort)9;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "effort");
}

/* ---------------------------------------------------------------- correlated input */

/* x of rms 1 whose neighbours in a row and in a column have the correlation rho (AR(1)). */
static void correlate(problem *p, double rho, test_random *random) {
    const nova_conv_desc *d = &p->desc;
    float *x = p->x;
    const float fresh = (float)sqrt(1 - rho * rho);
    for (int64_t i = 0; i < (int64_t)p->x_count; i++)
        x[i] = (float)random_normal(random);
    for (int64_t i = 0; i < (int64_t)p->x_count; i++)
        if (i % d->w > 0)
            x[i] = (float)rho * x[i - 1] + fresh * x[i];
    for (int64_t i = 0; i < (int64_t)p->x_count; i++)
        if (i / d->w % d->h > 0)
            x[i] = (float)rho * x[i - d->w] + fresh * x[i];
}

/* Error of a plan for correlated input, with the moments of the data or without. */
static double correlated_error(const problem *p, const double *moments, int count) {
    nova_plan_options options = tile_options(6, "best", NOVA_ARITH_F16_M32);
    options.input_moments = moments;
    options.input_moment_count = count;
    nova_plan *plan = plan_for(&p->desc, &options);
    nova_filter *filter;
    assert_int_equal(nova_filter_create(plan, p->weights, NOVA_F32, &filter), NOVA_OK);
    nova_verification check = {
        .struct_size = sizeof check, .weights = p->weights, .samples = 20000};
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = p->x;
    args.y = p->y;
    args.verification = &check;
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_OK);
    assert_true(check.nonfinite == 0);
    nova_filter_destroy(filter);
    nova_plan_destroy(plan);
    return check.rms_error;
}

static void moments_of_the_input_help_compensation(void **state) {
    (void)state;
    nova_conv_desc desc = usual_desc();
    desc.h = desc.w = 66;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 0;
    test_random random = {14};
    problem p;
    problem_create(&p, &desc, false, false, &random);
    correlate(&p, 0.9, &random);
    double moments[8];
    for (int i = 0; i < 8; i++)
        moments[i] = pow(0.9, i);
    const double white = correlated_error(&p, NULL, 0);
    assert_true(correlated_error(&p, moments, 1) == white); /* only distance 0: the same thing */
    assert_true(correlated_error(&p, moments, 8) < 0.97 * white);
    /* cut off behind distance 2 they are those of no signal, but still worth something */
    assert_true(correlated_error(&p, moments, 3) < 0.97 * white);
    problem_destroy(&p);
    nova_plan_options options = tile_options(6, "best", NOVA_ARITH_F16);
    options.input_moments = moments;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "input_moments");
    options.input_moment_count = 8;
    moments[3] = 1.5;
    refused(&desc, &options, NOVA_INVALID_ARGUMENT, "input_moments");
}

/* ---------------------------------------------------------------- files */

typedef struct saved {
    nova_conv_desc desc;
    problem p;
    nova_plan *plan;
    nova_filter *filter;
    char path[64];
} saved;

static void saved_create(saved *s, nova_arith arith) {
    s->desc = usual_desc();
    test_random random = {6};
    problem_create(&s->p, &s->desc, false, false, &random);
    const nova_plan_options options = tile_options(4, "best", arith);
    s->plan = plan_for(&s->desc, &options);
    assert_int_equal(nova_filter_create(s->plan, s->p.weights, NOVA_F32, &s->filter), NOVA_OK);
    scratch_path(s->path, "filter");
    assert_int_equal(nova_filter_save(s->filter, s->path), NOVA_OK);
}

static void saved_destroy(saved *s) {
    remove(s->path);
    nova_filter_destroy(s->filter);
    nova_plan_destroy(s->plan);
    problem_destroy(&s->p);
}

static void run_with(const saved *s, const nova_filter *filter, void *y) {
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = s->p.x;
    args.y = y;
    assert_int_equal(nova_execute(s->plan, filter, &args), NOVA_OK);
}

static void filters_survive_a_file(void **state) {
    (void)state;
    static const nova_arith ariths[] = {NOVA_ARITH_F32, NOVA_ARITH_F16, NOVA_ARITH_BF16_M32};
    for (int i = 0; i < NOVA_COUNT(ariths); i++) {
        saved s;
        saved_create(&s, ariths[i]);
        nova_filter *loaded;
        assert_int_equal(nova_filter_load(s.plan, s.path, &loaded), NOVA_OK);
        float *again = malloc(s.p.y_count * sizeof *again);
        run_with(&s, s.filter, s.p.y);
        run_with(&s, loaded, again);
        assert_memory_equal(s.p.y, again, s.p.y_count * sizeof *again);
        free(again);
        nova_filter_destroy(loaded);
        saved_destroy(&s);
    }
}

static void write_file(const char *path, const char *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void expect_load(const saved *s, nova_status expected) {
    nova_filter *filter = (nova_filter *)&filter;
    assert_int_equal(nova_filter_load(s->plan, s->path, &filter), expected);
    assert_null(filter);
}

static void damaged_files_are_refused(void **state) {
    (void)state;
    saved s;
    saved_create(&s, NOVA_ARITH_F16);
    char *bytes;
    size_t size;
    assert_int_equal(nova_read_file(s.path, &bytes, &size), NOVA_OK);
    const size_t cuts[] = {0, 7, 40, 56, 100, size - 1};
    for (int i = 0; i < NOVA_COUNT(cuts); i++) {
        write_file(s.path, bytes, cuts[i]);
        expect_load(&s, NOVA_DAMAGED);
    }
    char *longer = calloc(1, size + 1);
    memcpy(longer, bytes, size);
    write_file(s.path, longer, size + 1);
    expect_load(&s, NOVA_DAMAGED);
    free(longer);
    test_random random = {7};
    for (int i = 0; i < 200; i++) { /* any flipped bit is noticed */
        const size_t at = i < 56 ? (size_t)i : (size_t)random_int(&random, 0, (int)size - 1);
        bytes[at] ^= 4;
        write_file(s.path, bytes, size);
        nova_filter *filter = (nova_filter *)&filter;
        const nova_status status = nova_filter_load(s.plan, s.path, &filter);
        assert_true(status == NOVA_DAMAGED || status == NOVA_STALE);
        assert_null(filter);
        bytes[at] ^= 4;
    }
    free(bytes);
    remove(s.path);
    expect_load(&s, NOVA_IO);
    saved_destroy(&s);
}

static void stale_files_are_refused(void **state) {
    (void)state;
    saved s;
    saved_create(&s, NOVA_ARITH_F16);
    const nova_plan_options others[] = {
        tile_options(4, "integer", NOVA_ARITH_F16), tile_options(6, "best", NOVA_ARITH_F16),
        tile_options(4, "best", NOVA_ARITH_BF16), tile_options(4, "best", NOVA_ARITH_F32)};
    for (int i = 0; i < NOVA_COUNT(others); i++) {
        nova_plan *plan = plan_for(&s.desc, &others[i]);
        nova_filter *filter;
        assert_int_equal(nova_filter_load(plan, s.path, &filter), NOVA_STALE);
        nova_plan_destroy(plan);
    }
    nova_plan_options plain = tile_options(4, "best", NOVA_ARITH_F16);
    plain.flags = NOVA_PLAN_NO_TAP_SCALING;
    nova_plan *plan = plan_for(&s.desc, &plain);
    nova_filter *filter;
    assert_int_equal(nova_filter_load(plan, s.path, &filter), NOVA_STALE);
    nova_plan_destroy(plan);
    /* another image size is the same kind of plan */
    nova_conv_desc larger = s.desc;
    larger.h = 40;
    plain.flags = 0;
    plan = plan_for(&larger, &plain);
    assert_int_equal(nova_filter_load(plan, s.path, &filter), NOVA_OK);
    nova_filter_destroy(filter);
    nova_plan_destroy(plan);
    assert_int_equal(nova_filter_save(s.filter, "/nonexistent/folder/file"), NOVA_IO);
    saved_destroy(&s);
}

/* ---------------------------------------------------------------- threads */

static int calls;

/* A caller's pool that runs everything backwards on one thread. */
static void backwards(void *context, void (*task)(void *, int), void *argument, int tasks) {
    assert_true(context == &calls);
    calls++;
    for (int i = tasks - 1; i >= 0; i--)
        task(argument, i);
}

static void results_do_not_depend_on_threads(void **state) {
    (void)state;
    static const nova_algorithm algorithms[] = {NOVA_ALGORITHM_DIRECT, NOVA_ALGORITHM_WINOGRAD};
    const nova_threads own = {sizeof own, &calls, backwards};
    for (int a = 0; a < 2; a++)
        for (int small = 0; small < 2; small++) {
            nova_conv_desc desc = usual_desc();
            desc.n = small ? 1 : 3;
            desc.h = desc.w = small ? 4 : 40;
            desc.k = 100;
            test_random random = {8};
            problem p;
            problem_create(&p, &desc, true, true, &random);
            float *first = malloc(p.y_count * sizeof *first);
            for (int threads = 1; threads <= 5; threads++) {
                nova_plan_options options = tile_options(a ? 4 : 0, "best", NOVA_ARITH_F32);
                options.algorithm = algorithms[a];
                options.threads = threads;
                nova_plan *plan = plan_for(&desc, &options);
                problem_run(&p, plan);
                if (threads == 1)
                    memcpy(first, p.y, p.y_count * sizeof *first);
                assert_memory_equal(first, p.y, p.y_count * sizeof *first);
                nova_filter *filter;
                assert_int_equal(nova_filter_create(plan, p.weights, NOVA_F32, &filter), NOVA_OK);
                nova_execute_args args;
                nova_execute_args_init(&args);
                args.x = p.x;
                args.y = p.y;
                args.bias = p.bias;
                args.residual = p.residual;
                args.threads = &own;
                memset(p.y, 0xff, p.y_count * sizeof *first);
                calls = 0;
                assert_int_equal(nova_execute(plan, filter, &args), NOVA_OK);
                assert_int_equal(calls, threads > 1 ? 1 : 0);
                assert_memory_equal(first, p.y, p.y_count * sizeof *first);
                nova_filter_destroy(filter);
                nova_plan_destroy(plan);
            }
            free(first);
            problem_destroy(&p);
        }
}

/* ---------------------------------------------------------------- verification and numbers */

static void verification_measures_the_error(void **state) {
    (void)state;
    nova_conv_desc desc = usual_desc();
    desc.dtype = NOVA_F16;
    test_random random = {9};
    problem p;
    problem_create(&p, &desc, true, false, &random);
    const nova_plan_options options = tile_options(6, "nova", NOVA_ARITH_F16);
    nova_plan *plan = plan_for(&desc, &options);
    nova_filter *filter;
    assert_int_equal(nova_filter_create(plan, p.weights, NOVA_F32, &filter), NOVA_OK);
    nova_verification check = {.struct_size = sizeof check, .weights = p.weights};
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = p.x;
    args.y = p.y;
    args.bias = p.bias;
    args.verification = &check;
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_OK);
    assert_int_equal(check.checked, 1024);
    assert_int_equal(check.nonfinite, 0);
    const double predicted = info_of(plan).predicted_error;
    assert_true(check.rms_error > predicted / 2 && check.rms_error < 2 * predicted);
    assert_true(check.max_error > check.rms_error);
    check.samples = 1 << 30; /* more than there are: all of them, each once */
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_OK);
    assert_int_equal(check.checked, (int64_t)p.y_count);
    p.weights[0] += 10; /* weights that the filter was not made of: the check must see it */
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_OK);
    assert_true(check.rms_error > 0.05);
    ((uint16_t *)p.x)[500] = 0x7c00; /* Inf spreads over its tiles, further than in direct */
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_OK);
    assert_true(check.nonfinite > 0);
    check.weights = NULL;
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_INVALID_ARGUMENT);
    nova_filter_destroy(filter);
    nova_plan_destroy(plan);
    problem_destroy(&p);
}

/* One Inf or NaN in x reaches all outputs that depend on it and none in other tiles. */
static void nonfinite_input_stays_in_its_tiles(void **state) {
    (void)state;
    static const float bad[] = {INFINITY, NAN};
    nova_conv_desc desc = usual_desc();
    desc.h = desc.w = 24;
    test_random random = {10};
    for (int i = 0; i < 2; i++) {
        problem p;
        problem_create(&p, &desc, false, false, &random);
        const int64_t row = 9, col = 14, m = 4;
        ((float *)p.x)[(5 * desc.h + row) * desc.w + col] = bad[i];
        const nova_plan_options options = tile_options((int)m, "best", NOVA_ARITH_F32);
        nova_plan *plan = plan_for(&desc, &options);
        problem_run(&p, plan);
        for (int64_t k = 0; k < desc.k; k++)
            for (int64_t y = 0; y < desc.h; y++)
                for (int64_t x = 0; x < desc.w; x++) {
                    const bool reads = llabs(y - row) <= 1 && llabs(x - col) <= 1;
                    const int64_t ty = y / m * m - 1, tx = x / m * m - 1; /* tile's first input */
                    const bool tile =
                        row >= ty && row < ty + m + 2 && col >= tx && col < tx + m + 2;
                    const bool finite = isfinite(problem_output(&p, 0, k, y, x));
                    assert_true(!reads || !finite);
                    assert_true(tile || finite);
                }
        nova_plan_destroy(plan);
        problem_destroy(&p);
    }
}

static void scale_tensor(float *values, size_t count, float factor) {
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

/* Powers of two leave binary32 results alone, down to where denormals begin; filters of any
   magnitude are brought into binary16's range. */
static void magnitude_does_not_matter(void **state) {
    (void)state;
    const nova_conv_desc desc = usual_desc();
    test_random random = {11};
    problem p;
    problem_create(&p, &desc, false, false, &random);
    static const nova_arith ariths[] = {NOVA_ARITH_F32, NOVA_ARITH_F16_M32, NOVA_ARITH_BF16};
    for (int i = 0; i < NOVA_COUNT(ariths); i++) {
        const nova_plan_options options = tile_options(6, "best", ariths[i]);
        nova_plan *plan = plan_for(&desc, &options);
        problem_run(&p, plan);
        float *usual = malloc(p.y_count * sizeof *usual);
        memcpy(usual, p.y, p.y_count * sizeof *usual);
        static const float factors[] = {0x1p-40f, 0x1p40f};
        for (int f = 0; f < 2; f++) {
            scale_tensor(p.weights, p.w_count, factors[f]);
            problem_run(&p, plan);
            for (size_t e = 0; e < p.y_count; e++)
                assert_true(((float *)p.y)[e] == usual[e] * factors[f]);
            scale_tensor(p.weights, p.w_count, 1 / factors[f]);
        }
        free(usual);
        nova_plan_destroy(plan);
    }
    problem_destroy(&p);
}

/* All-zero weights must not divide by zero; denormal input is not flushed: 1.0 % of the result's
   rms is lost to the width of denormals (2^-149 beside values of 2^-135), in the worst of the 7752
   elements an eighth of it; flushed, everything is. */
static void zeros_and_denormals_are_fine(void **state) {
    (void)state;
    const nova_conv_desc desc = usual_desc();
    test_random random = {12};
    problem p;
    problem_create(&p, &desc, false, false, &random);
    static const nova_arith ariths[] = {NOVA_ARITH_F32, NOVA_ARITH_F16, NOVA_ARITH_BF16};
    for (int i = 0; i < NOVA_COUNT(ariths); i++) {
        const nova_plan_options options = tile_options(4, "best", ariths[i]);
        nova_plan *plan = plan_for(&desc, &options);
        float *weights = p.weights;
        p.weights = calloc(p.w_count, sizeof *weights);
        problem_run(&p, plan);
        for (size_t e = 0; e < p.y_count; e++)
            assert_true(((float *)p.y)[e] == 0.0f);
        free(p.weights);
        p.weights = weights;
        nova_plan_destroy(plan);
    }
    scale_tensor(p.x, p.x_count, 0x1p-135f);
    nova_plan *plan = plan_for(&desc, NULL);
    problem_run(&p, plan);
    double squares = 0;
    for (size_t e = 0; e < p.y_count; e++) {
        const double error = fabs((double)((float *)p.y)[e] * 0x1p135 - p.exact[e]);
        assert_true(error < 0.25);
        squares += error * error;
    }
    assert_true(sqrt(squares / (double)p.y_count) < 0.015);
    nova_plan_destroy(plan);
    problem_destroy(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_descriptors_are_refused),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(bad_execution_is_refused),
        cmocka_unit_test(what_is_passed_over_is_no_failure),
        cmocka_unit_test(budgets_are_kept_or_refused),
        cmocka_unit_test(plans_describe_themselves),
        cmocka_unit_test(structures_may_be_shorter),
        cmocka_unit_test(measured_plans_become_wisdom),
        cmocka_unit_test(moments_of_the_input_help_compensation),
        cmocka_unit_test(filters_survive_a_file),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(stale_files_are_refused),
        cmocka_unit_test(results_do_not_depend_on_threads),
        cmocka_unit_test(verification_measures_the_error),
        cmocka_unit_test(nonfinite_input_stays_in_its_tiles),
        cmocka_unit_test(magnitude_does_not_matter),
        cmocka_unit_test(zeros_and_denormals_are_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
