/*
 * test_scaling.c - power-of-two tap scaling, filter scale and transformed filters.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "problem.h"

static double norm(const double *row, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += row[i] * row[i];
    return sqrt(sum);
}

static void every_tap_gets_gain_about_one(void **state) {
    (void)state;
    for (int t = 0; t < nova_transform_count; t++) {
        const nova_transform *transform = &nova_transforms[t];
        nova_scaling scaling;
        nova_scaling_choose(transform, &scaling);
        for (int i = 0; i < transform->products; i++) {
            const double v = norm(transform->BT + i * transform->inputs, transform->inputs);
            const double u = norm(transform->G + i * transform->r, transform->r);
            assert_true(fabs(log2(v) + scaling.input[i]) <= 0.5 + 1e-12);
            assert_true(fabs(log2(u) + scaling.filter[i]) <= 0.5 + 1e-12);
        }
    }
}

/* Rows that mirror each other (points p and -p) have equal magnitudes. */
static int mirrored(const double *a, const double *b, int count) {
    for (int i = 0; i < count; i++)
        if (fabs(fabs(a[i]) - fabs(b[i])) > 1e-12 * fabs(a[i]))
            return 0;
    return 1;
}

static void mirrored_taps_are_scaled_alike(void **state) {
    (void)state;
    int pairs = 0;
    for (int t = 0; t < nova_transform_count; t++) {
        const nova_transform *transform = &nova_transforms[t];
        nova_scaling scaling;
        nova_scaling_choose(transform, &scaling);
        for (int i = 0; i < transform->products; i++)
            for (int j = 0; j < i; j++)
                if (mirrored(transform->G + i * transform->r, transform->G + j * transform->r,
                             transform->r)) {
                    assert_int_equal(scaling.filter[i], scaling.filter[j]);
                    assert_int_equal(scaling.input[i], scaling.input[j]);
                    pairs++;
                }
    }
    assert_true(pairs > nova_transform_count);
}

/* F(8,3) needs it most: unscaled, some rows of G have gain 1/1000. */
static void known_exponents(void **state) {
    (void)state;
    nova_scaling scaling;
    nova_scaling_choose(transform_of("integer", 4, 3), &scaling);
    /* |G| of 0,1,-1,2,-2,inf: 1/4, sqrt3/6, sqrt3/6, sqrt21/24, sqrt21/24, 1;
       |B|: sqrt(16+25+1), sqrt(16+16+1+1), ..., sqrt(4+1+4+1), ..., sqrt(16+25+1) */
    const int filter[] = {2, 2, 2, 2, 2, 0}, input[] = {-3, -3, -3, -2, -2, -3};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(scaling.filter[i], filter[i]);
        assert_int_equal(scaling.input[i], input[i]);
    }
}

/* Powers of two only move exponents: in binary32 nothing may change. */
static void scaling_changes_no_bit_of_f32(void **state) {
    (void)state;
    const nova_conv_desc desc = problem_desc(1, 5, 18, 21, 3, 3, 3);
    conv_problem problem;
    problem_init(&problem, &desc, 0, 7);
    const nova_transform *h = transform_of("best", 8, 3), *w = transform_of("nova", 6, 3);
    double *plain = malloc(problem.outputs * sizeof *plain);
    double *scaled = malloc(problem.outputs * sizeof *scaled);
    configuration config;
    configuration_init(&config, h, w, &desc, NOVA_ARITH_F32, 0);
    assert_int_equal(nova_reference_emulate(&desc, &config.model, &problem.operands, false, plain),
                     NOVA_OK);
    configuration_init(&config, h, w, &desc, NOVA_ARITH_F32, CONFIG_SCALED);
    config.model.filter_scale = 0.25;
    assert_true(config.scaling_h.input[1] != 0 && config.scaling_w.filter[1] != 0);
    assert_int_equal(nova_reference_emulate(&desc, &config.model, &problem.operands, false, scaled),
                     NOVA_OK);
    assert_memory_equal(plain, scaled, problem.outputs * sizeof *plain);
    free(plain);
    free(scaled);
    problem_free(&problem);
}

static void filter_scale_centres_binary16(void **state) {
    (void)state;
    for (double rms = 1e-6; rms < 1e6; rms *= 1.7) {
        const double scale = nova_filter_scale(NOVA_F16, rms);
        int exponent;
        assert_true(frexp(scale, &exponent) == 0.5);
        assert_true(fabs(log2(scale * rms)) <= 0.5 + 1e-12);
    }
    assert_true(nova_filter_scale(NOVA_F32, 1e-3) == 1);
    assert_true(nova_filter_scale(NOVA_BF16, 1e-3) == 1);
    assert_true(nova_filter_scale(NOVA_F16, 0) == 1);
}

static void storage_types(void **state) {
    (void)state;
    const struct {
        nova_arith arith;
        nova_dtype uv, m;
    } expected[] = {
        {NOVA_ARITH_F32, NOVA_F32, NOVA_F32},       {NOVA_ARITH_F16, NOVA_F16, NOVA_F16},
        {NOVA_ARITH_F16_M32, NOVA_F16, NOVA_F32},   {NOVA_ARITH_BF16, NOVA_BF16, NOVA_BF16},
        {NOVA_ARITH_BF16_M32, NOVA_BF16, NOVA_F32}, {NOVA_ARITH_BF16X3, NOVA_BF16, NOVA_F32},
        {NOVA_ARITH_BF16X6, NOVA_BF16, NOVA_F32}};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(nova_arith_uv_type(expected[i].arith), expected[i].uv);
        assert_int_equal(nova_arith_m_type(expected[i].arith), expected[i].m);
    }
}

static void filters_are_transformed_by_definition(void **state) {
    (void)state;
    enum { COUNT = 70 }; /* more than are transformed side by side */
    const nova_transform *h = transform_of("best", 4, 3), *w = transform_of("best", 2, 5);
    test_random random = {3};
    double filters[15][COUNT], u[36][COUNT];
    nova_scaling scaling_h, scaling_w;
    nova_scaling_choose(h, &scaling_h);
    nova_scaling_choose(w, &scaling_w);
    for (int i = 0; i < 15 * COUNT; i++)
        filters[i / COUNT][i % COUNT] = random_normal(&random);
    nova_transform_filters(h, w, &scaling_h, &scaling_w, 0.5, filters[0], COUNT, u[0]);
    for (int f = 0; f < COUNT; f++)
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 6; j++) {
                double sum = 0;
                for (int a = 0; a < 3; a++)
                    for (int b = 0; b < 5; b++)
                        sum += h->G[i * 3 + a] * w->G[j * 5 + b] * filters[a * 5 + b][f];
                sum *= 0.5 * pow(2, scaling_h.filter[i]) * pow(2, scaling_w.filter[j]);
                assert_true(fabs(u[i * 6 + j][f] - sum) < 1e-14);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tap_gets_gain_about_one),
        cmocka_unit_test(mirrored_taps_are_scaled_alike),
        cmocka_unit_test(known_exponents),
        cmocka_unit_test(scaling_changes_no_bit_of_f32),
        cmocka_unit_test(filter_scale_centres_binary16),
        cmocka_unit_test(storage_types),
        cmocka_unit_test(filters_are_transformed_by_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
