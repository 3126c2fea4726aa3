/*
 * test_quadratic.c - sets with quadratic moduli in the engine and in the planner: results against
 * direct convolution, element by element; the errors they are there for; when they are chosen.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "problem.h"
#include "runtime/runtime.h"

enum { QUADRATIC_SETS = 10 };

static nova_conv_desc make_desc(int channels, int filters, int height, int width,
                                nova_dtype dtype) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1;
    desc.c = channels;
    desc.k = filters;
    desc.h = height;
    desc.w = width;
    desc.dtype = dtype;
    return desc;
}

static nova_plan_options make_options(const char *set, int tile_h, int tile_w, nova_arith arith) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.set = set;
    options.tile_h = tile_h;
    options.tile_w = tile_w;
    options.arith = arith;
    return options;
}

static nova_plan *make_plan(const nova_conv_desc *desc, const nova_plan_options *options,
                            nova_plan_info *info) {
    nova_plan *plan;
    if (nova_plan_create(desc, options, &plan) != NOVA_OK)
        fail_msg("%s", nova_last_error());
    *info = (nova_plan_info){.struct_size = sizeof *info};
    assert_int_equal(nova_plan_get_info(plan, info), NOVA_OK);
    return plan;
}

/* What would be planned; info->set outlives the plan. */
static void look_at_plan(const nova_conv_desc *desc, const nova_plan_options *options,
                         nova_plan_info *info) {
    nova_plan *plan = make_plan(desc, options, info);
    for (int i = 0; i < nova_set_count(); i++) {
        nova_set_info set = {.struct_size = sizeof set};
        assert_int_equal(nova_set_info_at(i, &set), NOVA_OK);
        if (strcmp(set.name, info->set) == 0) {
            info->set = set.name;
            nova_plan_destroy(plan);
            return;
        }
    }
    fail_msg("the plan's set '%s' is none of the built-in ones", info->set);
}

/* All built-in sets with quadratic moduli, by number of the set. */
static int next_quadratic(int index, nova_set_info *set) {
    for (; index < nova_set_count(); index++) {
        *set = (nova_set_info){.struct_size = sizeof *set};
        assert_int_equal(nova_set_info_at(index, set), NOVA_OK);
        if (set->products > set->m + set->r - 1)
            return index;
    }
    return -1;
}

/* ---------------------------------------------------------------- results */

static void check_elements(const nova_conv_desc *desc, const nova_plan_options *options,
                           uint64_t seed) {
    test_random random = {seed};
    problem p;
    problem_create(&p, desc, true, true, &random);
    nova_plan_info info;
    nova_plan *plan = make_plan(desc, options, &info);
    assert_string_equal(info.set, options->set);
    assert_int_equal(info.tile_h, options->tile_h);
    assert_int_equal(info.tile_w, options->tile_w);
    problem_run(&p, plan);
    const char *difference = problem_compare(&p, &info);
    if (difference)
        fail_msg("F(%dx%d) %s %s: %s", info.tile_h, info.tile_w, info.set,
                 nova_arith_name(info.arith), difference);
    nova_plan_destroy(plan);
    problem_destroy(&p);
}

/* Odd sizes, ragged tiles, padding, both layouts, all tensor types and arithmetics. */
static void every_set_is_right_element_by_element(void **state) {
    (void)state;
    nova_set_info set;
    int checked = 0;
    for (int i = next_quadratic(0, &set); i >= 0; i = next_quadratic(i + 1, &set), checked++)
        for (int arith = NOVA_ARITH_F32; arith <= NOVA_ARITH_BF16X6; arith++) {
            nova_conv_desc desc = make_desc(19, 21, 41 + i % 5, 37, (nova_dtype)(arith % 3));
            desc.layout = arith % 2 ? NOVA_NHWC : NOVA_NCHW;
            desc.pad_top = desc.pad_left = 1;
            desc.pad_bottom = 2;
            const nova_plan_options square =
                make_options(set.name, set.m, set.m, (nova_arith)arith);
            check_elements(&desc, &square, (uint64_t)(10 * i + arith));
            const nova_plan_options row = make_options(set.name, 1, set.m, (nova_arith)arith);
            check_elements(&desc, &row, (uint64_t)(10 * i + arith));
        }
    assert_int_equal(checked, QUADRATIC_SETS);
}

static void tiles_may_differ(void **state) {
    (void)state;
    static const int tiles[][2] = {{4, 8}, {12, 6}, {10, 4}};
    const nova_conv_desc desc = make_desc(16, 16, 50, 50, NOVA_F32);
    for (int i = 0; i < NOVA_COUNT(tiles); i++) {
        const nova_plan_options options =
            make_options("best+x2+1", tiles[i][0], tiles[i][1], NOVA_ARITH_F16);
        check_elements(&desc, &options, (uint64_t)i + 1);
    }
}

/* ---------------------------------------------------------------- errors */

static double measure(const char *set, int m, nova_arith arith, nova_plan_info *info) {
    test_random random = {(uint64_t)m};
    const nova_conv_desc desc = make_desc(64, 16, 98, 98, NOVA_F32);
    const nova_plan_options options = make_options(set, m, m, arith);
    problem p;
    problem_create(&p, &desc, false, false, &random);
    nova_plan *plan = make_plan(&desc, &options, info);
    problem_run(&p, plan);
    const double error = problem_error(&p);
    nova_plan_destroy(plan);
    problem_destroy(&p);
    return error;
}

/* What these sets are for: normal data, 64 channels, U, V and M in binary16. */
static void errors_are_as_small_as_promised(void **state) {
    (void)state;
    static const struct {
        const char *set;
        int m;
        double most;
    } promised[] = {{"best+x2+1", 6, 0.0012},   {"best+x2+1", 8, 0.0035},
                    {"best+x2+1", 10, 0.014},   {"best+x2+x+1", 6, 0.0006},
                    {"best+x2+x+1", 8, 0.0009}, {"best+x2+1+x2+x+1", 12, 0.0015},
                    {"best", 6, 0.0065},        {"best", 8, 0.041}};
    for (int i = 0; i < NOVA_COUNT(promised); i++) {
        nova_plan_info info;
        const double error = measure(promised[i].set, promised[i].m, NOVA_ARITH_F16, &info);
        const double ratio = info.predicted_error / error;
        if (!(error <= promised[i].most && ratio > 0.9 && ratio < 1.1))
            fail_msg("F(%d,3) %s: error %.4g, at most %.4g; predicted %.4g", promised[i].m,
                     promised[i].set, error, promised[i].most, info.predicted_error);
    }
}

/* The figures of the plan are those of N products, not of n. */
static void plans_count_all_products(void **state) {
    (void)state;
    const nova_conv_desc desc = make_desc(8, 8, 2 + 24, 2 + 24, NOVA_F16);
    nova_set_info set;
    for (int i = next_quadratic(0, &set); i >= 0; i = next_quadratic(i + 1, &set)) {
        if (24 % set.m)
            continue;
        const nova_plan_options options = make_options(set.name, set.m, set.m, NOVA_ARITH_F16);
        nova_plan_info info;
        look_at_plan(&desc, &options, &info);
        const double saving = 3.0 * set.m / set.products;
        assert_true(fabs(info.saving - saving * saving) < 1e-9);
        assert_true(fabs(info.alpha - set.alpha2) < 1e-9 * set.alpha2);
    }
}

/* ---------------------------------------------------------------- planning */

static bool has_quadratics(const nova_plan_info *info) {
    return strchr(info->set, '+') != NULL;
}

/* In binary16 a budget that linear moduli keep with small tiles only is kept with larger ones. */
static void planner_takes_them_where_they_pay(void **state) {
    (void)state;
    const nova_conv_desc desc = make_desc(64, 64, 58, 58, NOVA_F16);
    nova_plan_options options = make_options(NULL, 0, 0, NOVA_ARITH_F16);
    nova_plan_info automatic, linear;
    options.max_error = 0.003;
    look_at_plan(&desc, &options, &automatic);
    assert_true(has_quadratics(&automatic));
    assert_true(automatic.predicted_error <= options.max_error);
    options.set = "best";
    look_at_plan(&desc, &options, &linear);
    assert_string_equal(linear.set, "best");
    assert_true(linear.predicted_error <= options.max_error);
    assert_true(automatic.cost_seconds < linear.cost_seconds);
}

static void a_generous_budget_is_spent_on_linear_moduli(void **state) {
    (void)state;
    const nova_conv_desc desc = make_desc(64, 64, 58, 58, NOVA_F16);
    nova_plan_options options = make_options(NULL, 0, 0, NOVA_ARITH_F16);
    nova_plan_info info;
    options.max_error = 0.05;
    look_at_plan(&desc, &options, &info);
    assert_string_equal(info.set, "best");
}

/* With a tile but no set, the budget decides between the sets of that tile. */
static void the_budget_decides_between_sets_of_a_tile(void **state) {
    (void)state;
    const nova_conv_desc desc = make_desc(64, 64, 58, 58, NOVA_F16);
    static const struct {
        double budget;
        const char *set;
    } expected[] = {{0.05, "best"}, {0.003, "best+x2+1"}, {0.001, "best+x2+x+1"}};
    for (int i = 0; i < NOVA_COUNT(expected); i++) {
        nova_plan_options options = make_options(NULL, 8, 8, NOVA_ARITH_F16);
        nova_plan_info info;
        options.max_error = expected[i].budget;
        look_at_plan(&desc, &options, &info);
        assert_string_equal(info.set, expected[i].set);
    }
    nova_plan_options options = make_options("best", 8, 8, NOVA_ARITH_F16);
    nova_plan *plan;
    options.max_error = 0.003;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_BUDGET_UNREACHABLE);
}

/* A tile that no set has is refused for what `best` lacks. */
static void a_missing_tile_has_its_reason(void **state) {
    (void)state;
    nova_conv_desc desc = make_desc(8, 8, 40, 40, NOVA_F32);
    desc.r = desc.s = 5;
    const nova_plan_options options = make_options(NULL, 9, 9, NOVA_ARITH_F32);
    nova_plan *plan;
    assert_int_equal(nova_plan_create(&desc, &options, &plan), NOVA_UNKNOWN_NAME);
    assert_non_null(strstr(nova_last_error(), "F(9,5)"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_is_right_element_by_element),
        cmocka_unit_test(tiles_may_differ),
        cmocka_unit_test(errors_are_as_small_as_promised),
        cmocka_unit_test(plans_count_all_products),
        cmocka_unit_test(planner_takes_them_where_they_pay),
        cmocka_unit_test(a_generous_budget_is_spent_on_linear_moduli),
        cmocka_unit_test(the_budget_decides_between_sets_of_a_tile),
        cmocka_unit_test(a_missing_tile_has_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
