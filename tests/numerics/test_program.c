/*
 * test_program.c - transforms as lists of operations: what they compute, and the covariance that
 * their rounding errors are predicted to have, against simulation.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <string.h>

#include "numerics/program.h"
#include "problem.h"
#include "runtime/runtime.h"

enum { SIDE = NOVA_MAX_PRODUCTS, SAMPLES = 4000 };

static const nova_map maps[] = {NOVA_MAP_INPUT, NOVA_MAP_OUTPUT};

/* The program of a transform's map by its codelet, or by its matrix. */
static void make_program(nova_program *program, const nova_transform *transform, nova_map map,
                         nova_bound_codelet *bound, int by_matrix) {
    if (!by_matrix)
        assert_true(nova_codelet_bind(transform, map, bound));
    nova_program_init(program, transform, map, by_matrix ? NULL : bound);
}

static void programs_compute_the_matrix(void **state) {
    (void)state;
    for (int t = 0; t < nova_transform_count; t++)
        for (int k = 0; k < 4; k++) {
            nova_program program;
            nova_bound_codelet bound;
            double computed[SIDE * SIDE];
            int rows, columns;
            make_program(&program, &nova_transforms[t], maps[k % 2], &bound, k / 2);
            const double *matrix =
                nova_transform_matrix(&nova_transforms[t], maps[k % 2], &rows, &columns);
            assert_int_equal(program.rows, rows);
            assert_int_equal(program.columns, columns);
            nova_program_matrix(&program, computed);
            double largest = 0;
            for (int i = 0; i < rows * columns; i++)
                largest = fmax(largest, fabs(matrix[i]));
            for (int i = 0; i < rows * columns; i++)
                assert_true(fabs(computed[i] - matrix[i]) <= 0x1p-22 * largest);
        }
}

/* Error of one run on normal input, against the same matrix in double. */
static void run_error(const nova_program *program, const double *matrix, int fused,
                      test_random *random, double *error) {
    float x[SIDE], y[SIDE];
    for (int j = 0; j < program->columns; j++)
        x[j] = (float)random_normal(random);
    nova_program_run(program, fused, x, y);
    for (int i = 0; i < program->rows; i++) {
        error[i] = y[i];
        for (int j = 0; j < program->columns; j++)
            error[i] -= matrix[i * program->columns + j] * x[j];
    }
}

static void simulate(const nova_program *program, int fused, uint64_t seed, double *covariance) {
    test_random random = {seed};
    double matrix[SIDE * SIDE], error[SIDE];
    const int rows = program->rows;
    nova_program_matrix(program, matrix);
    memset(covariance, 0, (size_t)(rows * rows) * sizeof *covariance);
    for (int sample = 0; sample < SAMPLES; sample++) {
        run_error(program, matrix, fused, &random, error);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < rows; j++)
                covariance[i * rows + j] += error[i] * error[j] / SAMPLES;
    }
}

/*
 * Row by row, and the correlations between rows. The model takes every rounding error for uniform
 * and independent of all others; the sum of two numbers of like size is off by one of few multiples
 * of their last place, which makes its error's variance up to a quarter larger. The sum of two
 * inputs is often exact, so that rows which are no more than that have down to a third of it.
 */
static void compare(const nova_program *program, int fused, uint64_t seed, double *ratio) {
    double unit[SIDE * SIDE] = {0}, predicted[SIDE * SIDE], measured[SIDE * SIDE];
    const int rows = program->rows;
    for (int j = 0; j < program->columns; j++)
        unit[j * program->columns + j] = 1;
    nova_program_error(program, fused, unit, predicted);
    simulate(program, fused, seed, measured);
    double predicted_sum = 0, measured_sum = 0;
    for (int i = 0; i < rows; i++) {
        const double p = predicted[i * rows + i], m = measured[i * rows + i];
        predicted_sum += p;
        measured_sum += m;
        assert_true(m <= 1.6 * p && p <= 3 * m);
        for (int j = 0; j < i; j++) {
            const double scale = sqrt(p * predicted[j * rows + j]);
            assert_true(fabs(predicted[i * rows + j] - measured[i * rows + j]) <= 0.45 * scale);
        }
    }
    *ratio = predicted_sum > 0 ? predicted_sum / measured_sum : 1;
}

/* Powers of 2 and 4 are among the entries of the largest output matrices and multiply exactly,
   which a model of independent errors does not see: these run as codelets only. */
static void errors_have_the_predicted_covariance(void **state) {
    (void)state;
    for (int t = 0; t < nova_transform_count; t++)
        for (int k = 0; k < 8; k++) {
            if (k / 2 % 2 && nova_transforms[t].m > 12)
                continue;
            nova_program program;
            nova_bound_codelet bound;
            double ratio;
            make_program(&program, &nova_transforms[t], maps[k % 2], &bound, k / 2 % 2);
            compare(&program, k / 4, (uint64_t)(t * 8 + k), &ratio);
            if (!(ratio > 0.75 && ratio < 1.1))
                print_message("%s F(%d,%d) k%d ratio %g\n", nova_transforms[t].set,
                              nova_transforms[t].m, nova_transforms[t].r, k, ratio);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_compute_the_matrix),
        cmocka_unit_test(errors_have_the_predicted_covariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
