/*
 * test_cma.c - the evolution strategy on functions whose minima are known.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>

#include "discover/cma.h"

enum { DIMENSION = 8 };

/** A function under minimisation, and what was seen of it. */
typedef struct watched {
    double (*function)(const double *x);
    double best, sum; /* the sum tells two runs apart */
    int calls, limit; /* ends after so many calls; 0: never */
} watched;

static bool watch(void *context, const double *x, double *value) {
    watched *w = context;
    *value = w->function(x);
    w->best = fmin(w->best, *value);
    w->sum += *value;
    w->calls++;
    for (int i = 0; i < DIMENSION; i++) {
        assert_true(x[i] >= -2 && x[i] <= 3);
    }
    return w->limit == 0 || w->calls < w->limit;
}

/** Axes of 1 to 1000, turned; the minimum is 0 at (1, .., 1). */
static double ellipsoid(const double *x) {
    double sum = 0;
    for (int k = 0; k < DIMENSION; k++) {
        double along = 0; /* a row of the discrete cosine transform */
        for (int i = 0; i < DIMENSION; i++) {
            along += (x[i] - 1) * cos(3.141592653589793 * k * (i + 0.5) / DIMENSION);
        }
        sum += pow(1000, 2.0 * k / (DIMENSION - 1)) * along * along;
    }
    return sum;
}

/** A bent valley; the minimum is 0 at (1, .., 1). */
static double rosenbrock(const double *x) {
    double sum = 0;
    for (int i = 0; i + 1 < DIMENSION; i++) {
        sum += 100 * pow(x[i + 1] - x[i] * x[i], 2) + pow(1 - x[i], 2);
    }
    return sum;
}

/** The minimum is 0 in a corner of the box. */
static double slope(const double *x) {
    double sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
        sum += (i + 1) * (x[i] + 2);
    }
    return sum;
}

/** Neither slope nor curvature is steady; the minimum is 0 at (1, .., 1). */
static double kink(const double *x) {
    double largest = 0;
    for (int i = 0; i < DIMENSION; i++) {
        largest = fmax(largest, (i + 1) * fabs(x[i] - 1));
    }
    return largest;
}

static watched minimise(double (*function)(const double *), int evaluations, uint64_t seed,
                        int limit) {
    static const double start[DIMENSION] = {2, -1, 0, 1.5, -1.5, 0.5, 2.5, -0.5};
    watched w = {.function = function, .best = INFINITY, .limit = limit};
    assert_int_equal(nova_cma_minimise(watch, &w, DIMENSION, -2, 3, start, evaluations, seed),
                     NOVA_OK);
    return w;
}

static void known_minima_are_found(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        assert_true(minimise(ellipsoid, 8000, seed, 0).best < 1e-8);
        assert_true(minimise(slope, 4000, seed, 0).best < 1e-2);
        assert_true(minimise(kink, 8000, seed, 0).best < 1e-4);
    }
    int hits = 0; /* it has a second minimum, near 4 */
    for (uint64_t seed = 1; seed <= 10; seed++) {
        hits += minimise(rosenbrock, 12000, seed, 0).best < 1e-8;
    }
    assert_true(hits >= 5);
}

static void the_budget_and_the_function_end_it(void **state) {
    (void)state;
    watched w = minimise(rosenbrock, 500, 1, 0);
    assert_true(w.calls >= 500 && w.calls < 520);
    assert_int_equal(minimise(rosenbrock, 500, 1, 123).calls, 123);
}

static void the_seed_decides(void **state) {
    (void)state;
    assert_true(minimise(rosenbrock, 1000, 5, 0).sum == minimise(rosenbrock, 1000, 5, 0).sum);
    assert_true(minimise(rosenbrock, 1000, 5, 0).sum != minimise(rosenbrock, 1000, 6, 0).sum);
}

static void dimensions_that_cannot_be_are_refused(void **state) {
    (void)state;
    const double start[1] = {0};
    watched w = {.function = slope};
    assert_int_equal(nova_cma_minimise(watch, &w, 0, -2, 3, start, 10, 1), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_cma_minimise(watch, &w, NOVA_CMA_MAX_DIMENSION + 1, -2, 3, start, 10, 1),
                     NOVA_INVALID_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_minima_are_found),
        cmocka_unit_test(the_budget_and_the_function_end_it),
        cmocka_unit_test(the_seed_decides),
        cmocka_unit_test(dimensions_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
