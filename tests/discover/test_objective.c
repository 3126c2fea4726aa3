/*
 * test_objective.c - the objectives against the matrices that src/algebra proves, and their
 * gradients against differences.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/algebra.h"
#include "discover/objective.h"
#include "runtime/runtime.h"

typedef struct problem {
    int m, r, quadratics;
    nova_quadratic quadratic[3];
    const char *points; /* as nova_exact_create() takes them */
    double values[NOVA_MAX_FINITE];
} problem;

/* Neither symmetric nor optimal, so that nothing cancels. */
static const problem problems[] = {
    {2, 3, 0, {{0, 0}}, "0,1,-1", {0, 1, -1}},
    {4, 3, 0, {{0, 0}}, "0.1,-0.5,0.75,1.25,-2", {0.1, -0.5, 0.75, 1.25, -2}},
    {6, 3, 0, {{0, 0}}, "0,0.5,-0.5,1,-1,2,-2", {0, 0.5, -0.5, 1, -1, 2, -2}},
    {4, 5, 0, {{0, 0}}, "0.25,0.5,-0.5,1.5,-1,2,-2", {0.25, 0.5, -0.5, 1.5, -1, 2, -2}},
    {2, 7, 0, {{0, 0}}, "0,0.5,-0.5,1,-1,2,-2", {0, 0.5, -0.5, 1, -1, 2, -2}},
    {6, 3, 1, {{0, 1}}, "0.125,0.75,-0.5,1.5,-1.25", {0.125, 0.75, -0.5, 1.5, -1.25}},
    {5, 3, 1, {{-1.5, 1}}, "0.75,-0.5,1.5,-1.25", {0.75, -0.5, 1.5, -1.25}},
    {8, 3, 2, {{1, 1}, {-1, 1}}, "0.125,0.75,-0.75,1.5,-1.25", {0.125, 0.75, -0.75, 1.5, -1.25}},
    {7, 4, 3, {{0, 1}, {1, 1}, {-1, 1}}, "0.5,-1.5,2", {0.5, -1.5, 2}},
};
static const char *const quadratic_text[][3] = {{""},
                                                {""},
                                                {""},
                                                {""},
                                                {""},
                                                {",x2+1"},
                                                {",x2-1.5x+1"},
                                                {",x2+x+1", ",x2-x+1"},
                                                {",x2+1", ",x2+x+1", ",x2-x+1"}};

static nova_transform *build(int index) {
    const problem *p = &problems[index];
    char text[256];
    nova_exact *exact;
    snprintf(text, sizeof text, "%s", p->points);
    for (int i = 0; i < p->quadratics; i++) {
        strncat(text, quadratic_text[index][i], sizeof text - strlen(text) - 1);
    }
    if (nova_exact_create(p->m, p->r, text, &exact) != NOVA_OK) {
        fail_msg("%s: %s", text, nova_last_error());
    }
    nova_transform *transform = nova_exact_to_transform(exact, "test", "test");
    assert_non_null(transform);
    nova_exact_destroy(exact);
    return transform;
}

static nova_objective objective_of(int index, nova_objective_kind kind) {
    nova_objective objective;
    const problem *p = &problems[index];
    assert_int_equal(nova_objective_init(&objective, kind, p->m, p->r, p->quadratic, p->quadratics),
                     NOVA_OK);
    return objective;
}

/** Correlated data of no particular kind. */
static void correlate(nova_objective *o) {
    for (int lag = 1; lag < o->m + o->r - 1; lag++) {
        o->input_moments[lag] = pow(0.8, lag);
    }
    for (int lag = 1; lag < o->r; lag++) {
        o->weight_moments[lag] = pow(-0.4, lag);
    }
}

static double weighted(const double *row, int count, const double *moments) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            sum += row[i] * row[j] * moments[abs(i - j)];
        }
    }
    return sum;
}

/** The objective from the matrices, in the most pedestrian way. */
static double from_matrices(const nova_transform *t, const nova_objective *o) {
    double signal = 0, sum = 0, largest = 0, only_g = 0, only_b = 0, ab = 0, ag = 0;
    for (int k = 0; k < t->r; k++) {
        for (int l = 0; l < t->r; l++) {
            signal += o->input_moments[abs(k - l)] * o->weight_moments[abs(k - l)];
        }
    }
    for (int i = 0; i < t->products; i++) {
        double g = weighted(t->G + i * t->r, t->r, o->weight_moments);
        double b = weighted(t->BT + i * t->inputs, t->inputs, o->input_moments);
        only_g = fmax(only_g, g);
        only_b = fmax(only_b, b);
        for (int j = 0; j < t->m; j++) {
            double a = t->AT[j * t->products + i] * t->AT[j * t->products + i];
            sum += a * g * b;
            ab += a * b;
            ag += a * g;
            largest = fmax(largest, a * g * b);
        }
    }
    switch (o->kind) {
    case NOVA_OBJECTIVE_VANDERMONDE:
        return t->kappa_vandermonde;
    case NOVA_OBJECTIVE_RANGE:
        return largest / signal;
    case NOVA_OBJECTIVE_INT8:
        if (o->int8_scale == NOVA_INT8_PER_TENSOR) {
            return sqrt((pow(only_g * ab, 2) + pow(only_b * ag, 2)) / 2) / (t->m * signal);
        }
        return sum / (t->m * signal);
    default:
        return sum / (t->m * signal);
    }
}

static void check_value(int index, nova_objective *objective) {
    nova_transform *transform = build(index);
    double expected = from_matrices(transform, objective);
    double found = nova_objective_value(objective, problems[index].values);
    if (!(fabs(found - expected) <= 1e-10 * expected)) {
        fail_msg("problem %d, objective %d: %.15g, from the matrices %.15g", index, objective->kind,
                 found, expected);
    }
    nova_exact_transform_free(transform);
}

/** Calls `check` with every problem, objective, int8 scale and covariance. */
static void for_all(void (*check)(int index, nova_objective *objective)) {
    for (int index = 0; index < NOVA_COUNT(problems); index++) {
        for (int kind = NOVA_OBJECTIVE_ERROR; kind <= NOVA_OBJECTIVE_INT8; kind++) {
            for (int variant = 0; variant < 4; variant++) {
                if (kind == NOVA_OBJECTIVE_VANDERMONDE && problems[index].quadratics) {
                    continue;
                }
                nova_objective objective = objective_of(index, kind);
                objective.int8_scale = variant & 1 ? NOVA_INT8_PER_TAP : NOVA_INT8_PER_TENSOR;
                if (variant & 2) {
                    correlate(&objective);
                }
                check(index, &objective);
            }
        }
    }
}

static void values_are_those_of_the_matrices(void **state) {
    (void)state;
    for_all(check_value);
}

static void check_gradient_at(const nova_objective *o, const double *at, double sharpness) {
    double gradient[NOVA_MAX_FINITE], points[NOVA_MAX_FINITE];
    const double step = 1e-5;
    memcpy(points, at, sizeof points);
    double value = nova_objective_log(o, points, sharpness, gradient);
    assert_true(fabs(value - nova_objective_log(o, points, sharpness, NULL)) <= 1e-12);
    for (int k = 0; k < o->points; k++) {
        points[k] = at[k] + step;
        double above = nova_objective_log(o, points, sharpness, NULL);
        points[k] = at[k] - step;
        double below = nova_objective_log(o, points, sharpness, NULL);
        points[k] = at[k];
        double slope = (above - below) / (2 * step);
        if (!(fabs(slope - gradient[k]) <= 1e-5 * (1 + fabs(slope)))) {
            fail_msg("F(%d,%d) objective %d, sharpness %g, point %d: slope %.10g, by differences "
                     "%.10g",
                     o->m, o->r, o->kind, sharpness, k, gradient[k], slope);
        }
    }
}

static void check_gradient(int index, nova_objective *objective) {
    double points[NOVA_MAX_FINITE] = {0};
    for (int i = 0; i < objective->points; i++) {
        /* off the places where maxima change hands, and where two moduli cancel */
        points[i] = problems[index].values[i] + 0.01 * (i + 1) - 0.003 * i * i;
    }
    check_gradient_at(objective, points, 2);
    check_gradient_at(objective, points, 12);
    check_gradient_at(objective, points, INFINITY);
}

static void gradients_are_the_slopes(void **state) {
    (void)state;
    for_all(check_gradient);
}

/** The smooth norms come down to the maximum. */
static void check_sharpness(int index, nova_objective *objective) {
    const double *points = problems[index].values;
    double exact = nova_objective_log(objective, points, INFINITY, NULL), last = INFINITY;
    for (double sharpness = 2; sharpness < 1e5; sharpness *= 4) {
        double smooth = nova_objective_log(objective, points, sharpness, NULL);
        assert_true(smooth >= exact - 1e-12 && smooth <= last + 1e-12);
        last = smooth;
    }
    assert_true(last - exact < 1e-3);
}

static void sharp_norms_tend_to_the_maximum(void **state) {
    (void)state;
    for_all(check_sharpness);
}

static void coincident_points_are_worth_nothing(void **state) {
    (void)state;
    const double points[] = {0, 0.5, 0.5, -1, 1}, large[] = {0, 1e300, -1e300, 1, -1};
    double gradient[NOVA_MAX_FINITE];
    for (int kind = NOVA_OBJECTIVE_ERROR; kind <= NOVA_OBJECTIVE_INT8; kind++) {
        nova_objective objective = objective_of(1, kind);
        for (int which = 0; which < 2; which++) {
            memset(gradient, 1, sizeof gradient);
            const double *at = which ? large : points;
            double value = nova_objective_log(&objective, at, INFINITY, gradient);
            if (kind == NOVA_OBJECTIVE_VANDERMONDE && !which) {
                assert_true(value > 30); /* singular to rounding */
                continue;
            }
            assert_true(value == INFINITY);
            for (int k = 0; k < objective.points; k++) {
                assert_true(gradient[k] == 0);
            }
        }
    }
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    static const nova_quadratic quadratics[3] = {{0, 1}, {1, 1}, {-1, 1}};
    nova_objective o;
    assert_int_equal(nova_objective_init(&o, NOVA_OBJECTIVE_ERROR, 1, 3, NULL, 0),
                     NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_objective_init(&o, NOVA_OBJECTIVE_ERROR, 17, 3, NULL, 0),
                     NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_objective_init(&o, NOVA_OBJECTIVE_ERROR, 4, 8, NULL, 0),
                     NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_objective_init(&o, NOVA_OBJECTIVE_ERROR, 4, 3, quadratics, 3),
                     NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_objective_init(&o, NOVA_OBJECTIVE_ERROR, 16, 7, quadratics, 3),
                     NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_objective_init(&o, NOVA_OBJECTIVE_VANDERMONDE, 6, 3, quadratics, 1),
                     NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_objective_init(&o, NOVA_OBJECTIVE_ERROR, 16, 7, NULL, 0), NOVA_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_matrices),
        cmocka_unit_test(gradients_are_the_slopes),
        cmocka_unit_test(sharp_norms_tend_to_the_maximum),
        cmocka_unit_test(coincident_points_are_worth_nothing),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
