/*
 * test_search.c - the search finds the known real optima from random starts, the same on any number
 * of threads, and ends when it is told to.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "discover/search.h"
#include "runtime/runtime.h"

static nova_search_result search(const nova_objective *objective, nova_search_options options) {
    nova_search_result result;
    options.threads = NOVA_MAX(options.threads, 1);
    options.restarts = NOVA_MAX(options.restarts, 1);
    if (nova_search(objective, &options, &result) != NOVA_OK) {
        fail_msg("%s", nova_last_error());
    }
    assert_true(fabs(nova_objective_value(objective, result.points) - result.value) <=
                1e-12 * result.value);
    return result;
}

static nova_objective objective_of(nova_objective_kind kind, int m, int r) {
    nova_objective objective;
    assert_int_equal(nova_objective_init(&objective, kind, m, r, NULL, 0), NOVA_OK);
    return objective;
}

/* Real optima of alpha^2 that were known before there was this search, with their digits. */
static const struct {
    int m, r;
    double alpha2;
} optima[] = {{2, 3, 5.0 / 3}, {3, 3, 2.616}, {4, 3, 4.742},  {5, 3, 9.522},
              {6, 3, 20.616},  {7, 3, 47.19}, {8, 3, 112.65}, {10, 3, 703.5},
              {2, 5, 5.324},   {4, 5, 19.07}, {6, 5, 94.6},   {2, 7, 24.6}};

static void error_reaches_the_known_optima_for_twenty_seeds(void **state) {
    (void)state;
    for (int i = 0; i < NOVA_COUNT(optima); i++) {
        nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, optima[i].m, optima[i].r);
        for (int seed = 1; seed <= 20; seed++) {
            for (int symmetric = 0; symmetric < 2; symmetric++) {
                /* a single restart each: no other one can make up for it */
                nova_search_result found =
                    search(&objective, (nova_search_options){.symmetric = symmetric, .seed = seed});
                if (!(fabs(found.value / optima[i].alpha2 - 1) <= 1e-3)) {
                    fail_msg("F(%d,%d), seed %d: alpha^2 %.8g, known is %.8g", optima[i].m,
                             optima[i].r, seed, found.value, optima[i].alpha2);
                }
            }
        }
    }
}

static void large_tiles_agree_for_twenty_seeds(void **state) {
    (void)state;
    static const double values[] = {4785.7209, 261294.72};
    for (int i = 0; i < 2; i++) {
        nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, i ? 16 : 12, 3);
        for (int seed = 1; seed <= 20; seed++) {
            for (int symmetric = 0; symmetric < 2; symmetric++) {
                nova_search_result found =
                    search(&objective, (nova_search_options){.symmetric = symmetric, .seed = seed});
                assert_true(fabs(found.value / values[i] - 1) <= 1e-6);
            }
        }
    }
}

static void points_are_the_known_ones(void **state) {
    (void)state;
    static const double known[] = {0,      .4206,   -.4206, .8091,  -.8091,
                                   1.2359, -1.2359, 2.3777, -2.3777};
    nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, 8, 3);
    for (int symmetric = 0; symmetric < 2; symmetric++) {
        nova_search_result found =
            search(&objective, (nova_search_options){.symmetric = symmetric, .seed = 7});
        assert_true(found.pattern.symmetric);
        for (int i = 0; i < NOVA_COUNT(known); i++) {
            assert_true(fabs(found.points[i] - known[i]) <= 1e-4);
        }
    }
}

static void vandermonde_reaches_the_known_optima(void **state) {
    (void)state;
    static const double limits[] = {14.53, 76.42, 418.0}, known[] = {14.520, 76.411, 417.918};
    for (int i = 0; i < 3; i++) {
        nova_objective objective = objective_of(NOVA_OBJECTIVE_VANDERMONDE, 4 + 2 * i, 3);
        for (int seed = 1; seed <= 20; seed++) {
            nova_search_result found =
                search(&objective,
                       (nova_search_options){.symmetric = seed % 2, .seed = seed, .restarts = 2});
            assert_true(found.value <= limits[i]);
            assert_true(fabs(found.value - known[i]) <= 1e-3);
        }
    }
}

/** A number in [-1, 1]. */
static double noise(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state / 2147483648.0 - 1;
}

/** Nowhere near what was found is anything better, along no direction and at no distance. */
static void check_optimum(const nova_objective *objective, const nova_search_result *found) {
    uint32_t state = 1;
    for (int i = 0; i < 3000; i++) {
        double points[NOVA_MAX_FINITE];
        double size = pow(10, -1 - 4 * fabs(noise(&state)));
        for (int k = 0; k < objective->points; k++) {
            points[k] = found->points[k] + size * noise(&state);
        }
        double value = nova_objective_value(objective, points);
        if (!(value >= found->value * (1 - 2e-5))) {
            fail_msg("F(%d,%d) objective %d: %.10g was found, but %.10g is %.1g away", objective->m,
                     objective->r, objective->kind, found->value, value, size);
        }
    }
}

static void no_neighbour_is_better(void **state) {
    (void)state;
    static const int sizes[][2] = {{2, 2}, {3, 3}, {4, 3}, {6, 3}, {8, 3}, {4, 5}};
    for (int i = 0; i < NOVA_COUNT(sizes); i++) {
        for (int kind = NOVA_OBJECTIVE_ERROR; kind <= NOVA_OBJECTIVE_INT8; kind++) {
            nova_objective objective =
                objective_of((nova_objective_kind)kind, sizes[i][0], sizes[i][1]);
            for (int symmetric = 0; symmetric < 2; symmetric++) {
                nova_search_result found =
                    search(&objective,
                           (nova_search_options){.symmetric = symmetric, .seed = 3, .restarts = 4});
                check_optimum(&objective, &found);
            }
        }
    }
}

static void correlated_input_moves_the_optimum(void **state) {
    (void)state;
    nova_objective white = objective_of(NOVA_OBJECTIVE_ERROR, 6, 3), correlated = white;
    for (int lag = 1; lag < 8; lag++) {
        correlated.input_moments[lag] = pow(0.9, lag);
    }
    nova_search_options options = {.seed = 1, .restarts = 4};
    nova_search_result of_white = search(&white, options), found = search(&correlated, options);
    check_optimum(&correlated, &found);
    assert_true(found.value < nova_objective_value(&correlated, of_white.points) * (1 - 1e-6));
}

static void threads_do_not_change_the_answer(void **state) {
    (void)state;
    for (int kind = NOVA_OBJECTIVE_ERROR; kind <= NOVA_OBJECTIVE_INT8; kind++) {
        nova_objective objective = objective_of((nova_objective_kind)kind, 7, 3);
        nova_search_options options = {.seed = 42, .restarts = 7, .threads = 1};
        nova_search_result first = search(&objective, options);
        assert_int_equal(first.finished, 7);
        assert_false(first.cut_off);
        for (int threads = 1; threads <= 4; threads++) {
            options.threads = threads;
            nova_search_result again = search(&objective, options);
            assert_memory_equal(first.points, again.points, sizeof first.points);
            assert_true(first.value == again.value && first.evaluations == again.evaluations);
        }
        options.seed = 43; /* other random numbers: another path to the optimum */
        assert_true(search(&objective, options).evaluations != first.evaluations);
    }
}

/** Were two restarts alike, a third would add as many evaluations as the second. */
static void every_restart_has_a_start_of_its_own(void **state) {
    (void)state;
    nova_objective objective = objective_of(NOVA_OBJECTIVE_VANDERMONDE, 6, 3);
    nova_search_options options = {.seed = 9};
    int64_t evaluations[3];
    for (int i = 0; i < 3; i++) {
        options.restarts = i + 1;
        evaluations[i] = search(&objective, options).evaluations;
    }
    assert_true(evaluations[2] - evaluations[1] != evaluations[1] - evaluations[0]);
}

/** Progress of a search that asks for its end after the third restart. */
typedef struct witness {
    int calls;
    volatile sig_atomic_t *stop;
    double last;
} witness;

static void witness_progress(void *context, const nova_search_progress *progress) {
    witness *w = context;
    w->calls++;
    assert_int_equal(progress->finished, w->calls);
    assert_int_equal(progress->restarts, 100000);
    assert_true(progress->value <= w->last && progress->points == 9);
    w->last = progress->value;
    if (w->calls == 3 && w->stop) {
        *w->stop = 1;
    }
}

static void a_stopped_search_has_an_answer(void **state) {
    (void)state;
    nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, 8, 3);
    volatile sig_atomic_t stop = 0;
    witness w = {.stop = &stop, .last = INFINITY};
    nova_search_options options = {.seed = 1,
                                   .restarts = 100000,
                                   .stop = &stop,
                                   .progress = witness_progress,
                                   .progress_context = &w};
    nova_search_result found = search(&objective, options);
    assert_true(found.cut_off && found.finished == 3 && w.calls == 3);
    assert_true(fabs(found.value - 112.65) <= 0.1);
    found = search(&objective, options); /* the flag is still set: nothing but one start */
    assert_true(found.cut_off && found.finished == 0);
    assert_true(fabs(found.value - 112.65) <= 0.1);
}

static void time_ends_a_search(void **state) {
    (void)state;
    nova_objective objective = objective_of(NOVA_OBJECTIVE_VANDERMONDE, 8, 3);
    witness w = {.last = INFINITY};
    double started = nova_now();
    nova_search_result found =
        search(&objective, (nova_search_options){.seed = 1,
                                                 .restarts = 100000,
                                                 .threads = 2,
                                                 .seconds = 0.3,
                                                 .progress = witness_progress,
                                                 .progress_context = &w});
    assert_true(nova_now() - started < 20);
    assert_true(found.cut_off && found.finished < 100000);
    assert_true(found.value <= 418.0);
}

/* CPU seconds that docs/discovery.md promises; the search takes a hundredth of them. */
static void it_takes_seconds(void **state) {
    (void)state;
    static const struct {
        int m;
        double seconds;
    } limits[] = {{8, 10}, {10, 10}, {12, 60}, {16, 60}};
    for (int i = 0; i < NOVA_COUNT(limits); i++) {
        nova_objective objective = objective_of(NOVA_OBJECTIVE_ERROR, limits[i].m, 3);
        clock_t started = clock();
        search(&objective, (nova_search_options){.symmetric = true, .seed = 1, .restarts = 16});
        assert_true((double)(clock() - started) / CLOCKS_PER_SEC < limits[i].seconds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_reaches_the_known_optima_for_twenty_seeds),
        cmocka_unit_test(large_tiles_agree_for_twenty_seeds),
        cmocka_unit_test(points_are_the_known_ones),
        cmocka_unit_test(vandermonde_reaches_the_known_optima),
        cmocka_unit_test(no_neighbour_is_better),
        cmocka_unit_test(correlated_input_moves_the_optimum),
        cmocka_unit_test(threads_do_not_change_the_answer),
        cmocka_unit_test(every_restart_has_a_start_of_its_own),
        cmocka_unit_test(a_stopped_search_has_an_answer),
        cmocka_unit_test(time_ends_a_search),
        cmocka_unit_test(it_takes_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
