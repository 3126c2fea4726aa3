/*
 * test_moments.c - second moments of correlated data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "numerics/moments.h"
#include "runtime/runtime.h"

static void a_model_of_order_one(void **state) {
    (void)state;
    double moments[4];
    assert_int_equal(nova_moments_ar1(-0.5, 4, moments), NOVA_OK);
    assert_true(moments[0] == 1 && moments[1] == -0.5 && moments[2] == 0.25 &&
                moments[3] == -0.125);
    assert_int_equal(nova_moments_ar1(1, 4, moments), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_moments_ar1(-1.5, 4, moments), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_moments_ar1(NAN, 4, moments), NOVA_INVALID_ARGUMENT);
}

static double noise(uint32_t *state) {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        *state = *state * 1664525u + 1013904223u;
        sum += *state / 2147483648.0 - 1;
    }
    return sum;
}

static void estimates_of_known_data(void **state) {
    (void)state;
    enum { ROWS = 4000, LENGTH = 20, COUNT = 10 };
    float *data = malloc(sizeof(float) * ROWS * LENGTH);
    uint32_t seed = 1;
    double moments[COUNT];
    assert_non_null(data);
    for (int row = 0; row < ROWS; row++) {
        double x = noise(&seed); /* stationary from the start */
        for (int i = 0; i < LENGTH; i++) {
            data[row * LENGTH + i] = (float)x;
            x = 0.8 * x + 0.6 * noise(&seed);
        }
    }
    assert_int_equal(nova_moments_estimate(data, ROWS, LENGTH, COUNT, moments), NOVA_OK);
    assert_true(moments[0] == 1);
    for (int lag = 1; lag < COUNT; lag++) {
        assert_true(fabs(moments[lag] - pow(0.8, lag)) < 0.03);
    }
    free(data);
}

static void rows_are_apart(void **state) {
    (void)state;
    /* nothing is alike within a row; across the rows' ends it would be */
    const float data[] = {1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1};
    double moments[3];
    assert_int_equal(nova_moments_estimate(data, 2, 6, 3, moments), NOVA_OK);
    assert_true(moments[1] == 0 && moments[2] == 0);
}

/** x^T T x > 0 for many x. */
static void constant_data_still_have_an_inverse(void **state) {
    (void)state;
    float data[64];
    double moments[10];
    uint32_t seed = 5;
    for (int i = 0; i < 64; i++) {
        data[i] = 3;
    }
    assert_int_equal(nova_moments_estimate(data, 2, 32, 10, moments), NOVA_OK);
    assert_true(moments[0] == 1 && moments[1] < 1 && moments[1] > 0.99);
    for (int trial = 0; trial < 1000; trial++) {
        double x[10], sum = 0, mean = 0, square = 0;
        for (int i = 0; i < 10; i++) {
            x[i] = noise(&seed);
            mean += x[i] / 10;
        }
        for (int i = 0; i < 10; i++) {
            x[i] -= mean; /* the direction in which constant data have nothing */
            square += x[i] * x[i];
        }
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                sum += x[i] * x[j] * moments[abs(i - j)];
            }
        }
        assert_true(sum > 1e-5 * square);
    }
}

static void useless_data_are_refused(void **state) {
    (void)state;
    const float zeros[8] = {0}, infinite[8] = {1, INFINITY}, no_numbers[8] = {1, NAN};
    const float fine[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    double moments[8];
    assert_int_equal(nova_moments_estimate(fine, 2, 4, 4, moments), NOVA_OK);
    assert_int_equal(nova_moments_estimate(fine, 2, 4, 5, moments), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_moments_estimate(fine, 0, 8, 5, moments), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_moments_estimate(zeros, 1, 8, 4, moments), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_moments_estimate(infinite, 1, 8, 4, moments), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_moments_estimate(no_numbers, 1, 8, 4, moments), NOVA_INVALID_ARGUMENT);
}

/** What is definite stays as it is; what is not is shrunk until it is, down to white. */
static void only_what_is_indefinite_is_shrunk(void **state) {
    (void)state;
    double fine[3] = {1, 0.9, 0.81}, cut[3] = {1, 0.9, 0}, opposite[3] = {1, 1, -1};
    nova_moments_make_definite(fine, 3);
    assert_true(fine[1] == 0.9 && fine[2] == 0.81);
    nova_moments_make_definite(cut, 3);
    /* 1 - 2 a^2 > 0 for [1 a 0; a 1 a; 0 a 1] */
    assert_true(cut[0] == 1 && cut[2] == 0 && cut[1] < sqrt(0.5) && cut[1] > 0.3);
    nova_moments_make_definite(opposite, 3);
    /* 1 - 3 a^2 - 2 a^3 > 0 with the moments 1, a, -a */
    assert_true(opposite[1] == -opposite[2] && opposite[1] < 0.5 && opposite[1] > 0.1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_of_order_one),
        cmocka_unit_test(estimates_of_known_data),
        cmocka_unit_test(rows_are_apart),
        cmocka_unit_test(constant_data_still_have_an_inverse),
        cmocka_unit_test(useless_data_are_refused),
        cmocka_unit_test(only_what_is_indefinite_is_shrunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
