/*
 * test_snap.c - snapping finds what trying all sets finds.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "discover/snap.h"
#include "runtime/runtime.h"

static nova_objective objective_of(nova_objective_kind kind, int m, int r) {
    nova_objective objective;
    assert_int_equal(nova_objective_init(&objective, kind, m, r, NULL, 0), NOVA_OK);
    return objective;
}

static nova_snapped snap(const nova_objective *objective, bool symmetric, nova_grid grid) {
    nova_search_result real;
    nova_snapped snapped;
    const nova_search_options options = {
        .symmetric = symmetric, .seed = 1, .restarts = 2, .threads = 1};
    assert_int_equal(nova_search(objective, &options, &real), NOVA_OK);
    assert_int_equal(nova_snap(objective, &real, &grid, &snapped), NOVA_OK);
    assert_int_equal(snapped.points, objective->points);
    assert_true(snapped.value >= real.value * (1 - 1e-6));
    return snapped;
}

/** Every point is one of the grid, and the value is that of the points. */
static void check_grid(const nova_objective *objective, const nova_snapped *snapped,
                       nova_grid grid) {
    double points[NOVA_MAX_FINITE];
    for (int i = 0; i < snapped->points; i++) {
        int64_t denominator = snapped->fractions[i].denominator;
        if (grid.dyadic) {
            assert_int_equal(((int64_t)1 << grid.bits) % denominator, 0);
        }
        assert_true(denominator >= 1 && (grid.dyadic || denominator <= grid.max_denominator));
        points[i] = (double)snapped->fractions[i].numerator / (double)denominator;
        for (int j = 0; j < i; j++) {
            assert_true(points[i] != points[j]);
        }
    }
    double value = nova_objective_value(objective, points);
    assert_true(fabs(value - snapped->value) <= 1e-12 * value);
}

static void vandermonde_finds_novas_sets(void **state) {
    (void)state;
    static const double points[3][4] = {
        {5. / 6, 7. / 6}, {3. / 5, 1, 7. / 6}, {2. / 5, 5. / 6, 1, 7. / 6}};
    static const double kappa[] = {14.55, 76.64, 474.10};
    for (int i = 0; i < 3; i++) {
        nova_objective objective = objective_of(NOVA_OBJECTIVE_VANDERMONDE, 4 + 2 * i, 3);
        for (int symmetric = 0; symmetric < 2; symmetric++) {
            nova_grid grid = {.max_denominator = 6};
            nova_snapped snapped = snap(&objective, symmetric, grid);
            check_grid(&objective, &snapped, grid);
            assert_true(fabs(snapped.value - kappa[i]) <= 0.005);
            for (int k = 0; k < 2 + i; k++) {
                int found = 0;
                for (int j = 0; j < snapped.points; j++) {
                    double value = (double)snapped.fractions[j].numerator /
                                   (double)snapped.fractions[j].denominator;
                    found += fabs(value) == points[i][k];
                }
                assert_int_equal(found, 2);
            }
        }
    }
}

/** All symmetric sets of a grid, tried one by one. */
typedef struct brute_force {
    const nova_objective *objective;
    double grid[512];
    int grid_size;
    double points[NOVA_MAX_FINITE];
    double best;
} brute_force;

static void try_all(brute_force *b, int used, int first) {
    if (used == b->objective->points) {
        b->best = fmin(b->best, nova_objective_value(b->objective, b->points));
        return;
    }
    for (int i = first; i < b->grid_size; i++) {
        b->points[used] = b->grid[i];
        b->points[used + 1] = -b->grid[i];
        try_all(b, used + 2, i + 1);
    }
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** Positive points of the grid up to `limit`, each once. */
static void fill_grid(brute_force *b, nova_grid grid, double limit) {
    int last = grid.dyadic ? 1 << grid.bits : grid.max_denominator;
    b->grid_size = 0;
    for (int d = grid.dyadic ? last : 1; d <= last; d++) {
        for (int k = 1; k <= limit * d; k++) {
            assert_true(b->grid_size < NOVA_COUNT(b->grid));
            b->grid[b->grid_size++] = (double)k / d;
        }
    }
    qsort(b->grid, (size_t)b->grid_size, sizeof b->grid[0], compare_doubles);
    int kept = 0;
    for (int i = 0; i < b->grid_size; i++) {
        if (i == 0 || b->grid[i] != b->grid[i - 1]) {
            b->grid[kept++] = b->grid[i];
        }
    }
    b->grid_size = kept;
}

static void check_against_all(nova_objective_kind kind, int m, int r, nova_grid grid,
                              double limit) {
    nova_objective objective = objective_of(kind, m, r);
    brute_force b = {.objective = &objective, .best = INFINITY};
    fill_grid(&b, grid, limit);
    try_all(&b, objective.points % 2, 0);
    nova_snapped snapped = snap(&objective, true, grid);
    check_grid(&objective, &snapped, grid);
    if (!(fabs(snapped.value - b.best) <= 1e-9 * b.best)) {
        fail_msg("F(%d,%d) objective %d: %.10g, but of all sets the best has %.10g", m, r, kind,
                 snapped.value, b.best);
    }
}

static void it_is_the_best_of_all(void **state) {
    (void)state;
    const nova_grid sixths = {.max_denominator = 6}, eighths = {.dyadic = true, .bits = 3};
    const nova_grid quarters = {.dyadic = true, .bits = 2}, tenths = {.max_denominator = 10};
    static const int sizes[][2] = {{2, 2}, {2, 3}, {3, 3}, {4, 3}, {5, 3}, {6, 3},
                                   {7, 3}, {8, 3}, {3, 5}, {6, 5}, {2, 7}};
    for (int i = 0; i < NOVA_COUNT(sizes); i++) {
        check_against_all(NOVA_OBJECTIVE_ERROR, sizes[i][0], sizes[i][1], sixths, 4);
        check_against_all(NOVA_OBJECTIVE_ERROR, sizes[i][0], sizes[i][1], quarters, 4);
    }
    for (int m = 2; m <= 6; m++) {
        check_against_all(NOVA_OBJECTIVE_VANDERMONDE, m, 3, sixths, 2);
        check_against_all(NOVA_OBJECTIVE_RANGE, m, 3, sixths, 3);
        check_against_all(NOVA_OBJECTIVE_INT8, m, 3, sixths, 3);
        check_against_all(NOVA_OBJECTIVE_ERROR, m, 3, tenths, 3);
    }
    check_against_all(NOVA_OBJECTIVE_VANDERMONDE, 8, 3, sixths, 1.5);
    check_against_all(NOVA_OBJECTIVE_ERROR, 8, 3, eighths, 3);
    check_against_all(NOVA_OBJECTIVE_ERROR, 10, 3, quarters, 4);
}

/** Rounding every coordinate by itself would be worse here. */
static void combinations_count(void **state) {
    (void)state;
    nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, 8, 3);
    nova_grid grid = {.dyadic = true, .bits = 2};
    const double rounded[] = {0, .5, -.5, .75, -.75, 1.25, -1.25, 2.5, -2.5}; /* of the optimum */
    nova_snapped snapped = snap(&objective, true, grid);
    assert_true(snapped.value <= nova_objective_value(&objective, rounded) * (1 + 1e-12));
    nova_objective large = objective_of(NOVA_OBJECTIVE_ERROR, 12, 3);
    const double apart[] = {0,  1. / 3, -1. / 3, 3. / 5,  -3. / 5, 5. / 6,  -5. / 6,
                            1., -1.,    5. / 3,  -5. / 3, 19. / 6, -19. / 6};
    snapped = snap(&large, true, (nova_grid){.max_denominator = 6});
    assert_true(snapped.value < 0.99 * nova_objective_value(&large, apart));
}

/* Figures of tools/point_tables.py, which exchanges points in another way; too many sets to try
   them all, and too many points for the nearest combinations alone. */
static void large_tiles_are_as_good_as_known(void **state) {
    (void)state;
    static const struct {
        int m, denominator;
        double alpha2;
    } known[] = {{11, 8, 1888.83}, {12, 8, 4840.09}, {14, 8, 35396.3}, {16, 8, 271518}};
    for (int i = 0; i < NOVA_COUNT(known); i++) {
        nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, known[i].m, 3);
        nova_grid grid = {.max_denominator = known[i].denominator};
        nova_snapped snapped = snap(&objective, true, grid);
        check_grid(&objective, &snapped, grid);
        assert_true(snapped.value <= known[i].alpha2 * (1 + 1e-5));
    }
}

/** The nearest combinations alone end at 1369543 here. */
static void exchanges_count(void **state) {
    (void)state;
    nova_objective objective = objective_of(NOVA_OBJECTIVE_VANDERMONDE, 16, 3);
    nova_grid grid = {.max_denominator = 6};
    nova_snapped snapped = snap(&objective, true, grid);
    check_grid(&objective, &snapped, grid);
    assert_true(snapped.value <= 756591);
}

static void coarse_grids_and_many_points(void **state) {
    (void)state;
    const nova_grid integers = {.max_denominator = 1}, halves = {.dyadic = true, .bits = 1};
    nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, 12, 3);
    nova_snapped snapped = snap(&objective, true, integers);
    check_grid(&objective, &snapped, integers);
    objective = objective_of(NOVA_OBJECTIVE_ERROR, 16, 7);
    snapped = snap(&objective, true, halves);
    check_grid(&objective, &snapped, halves);
}

static void text_is_what_the_algebra_reads(void **state) {
    (void)state;
    const nova_snapped snapped = {.points = 4, .fractions = {{0, 1}, {1, 2}, {-7, 3}, {-2, 1}}};
    char *text = nova_snapped_text(&snapped);
    assert_string_equal(text, "0,1/2,-7/3,-2");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vandermonde_finds_novas_sets),
        cmocka_unit_test(it_is_the_best_of_all),
        cmocka_unit_test(combinations_count),
        cmocka_unit_test(coarse_grids_and_many_points),
        cmocka_unit_test(large_tiles_are_as_good_as_known),
        cmocka_unit_test(exchanges_count),
        cmocka_unit_test(text_is_what_the_algebra_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
