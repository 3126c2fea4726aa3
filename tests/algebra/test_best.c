/*
 * test_best.c - the sets named `best` and `dyadic` are the minima of alpha^2 in the classes that
 * points.def states: every set of the class is tried.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "runtime/runtime.h"
#include "transforms/transform.h"

enum { MAX_CANDIDATES = 64, MAX_POINTS = 16, MAGNITUDE = 4 };

typedef struct search {
    int m, r;
    int candidate_count;
    double candidates[MAX_CANDIDATES]; /* positive, ascending */
    bool reciprocal;                   /* only sets closed under x -> 1/x */
    int point_count;                   /* m + r - 2 */
    double points[MAX_POINTS];
    double best;
    long tried;
} search;

/** alpha^2 of a point set from its polynomials; nothing here is shared with the library. */
static double alpha2(const search *s) {
    int n = s->point_count;
    double product[MAX_POINTS + 1] = {1};
    for (int i = 0; i < n; i++) {
        for (int j = i + 1; j > 0; j--) {
            product[j] = product[j - 1] - s->points[i] * product[j];
        }
        product[0] *= -s->points[i];
    }
    double sum = 0;
    for (int j = 0; j <= n; j++) {
        sum += product[j] * product[j];
    }
    for (int i = 0; i < n; i++) {
        double p = s->points[i], power = 1, coef = 0, value = 0;
        double rows = 0, a = 0, g = 0, quotient[MAX_POINTS];
        for (int j = n; j > 0; j--) {
            coef = product[j] + p * coef; /* synthetic division by x - p */
            quotient[j - 1] = coef;
            rows += coef * coef;
        }
        for (int j = n - 1; j >= 0; j--) {
            value = value * p + quotient[j];
        }
        for (int j = 0; j < NOVA_MAX(s->m, s->r); j++) {
            a += j < s->m ? power : 0;
            g += j < s->r ? power : 0;
            power *= p * p;
        }
        sum += a * g * rows / (value * value);
    }
    return sum / (s->m * s->r);
}

static bool is_reciprocal(const search *s) {
    for (int i = 0; i < s->point_count; i++) {
        bool found = s->points[i] == 0;
        for (int j = 0; j < s->point_count; j++) {
            found = found || fabs(s->points[i] * s->points[j] - 1) < 1e-12;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void try_set(search *s) {
    if (!s->reciprocal || is_reciprocal(s)) {
        s->best = fmin(s->best, alpha2(s));
        s->tried++;
    }
}

/** Fills points from `used` on with `pairs` pairs, candidates from `first` on, then one more. */
static void choose(search *s, int used, int first, int pairs, bool one_more) {
    if (pairs == 0 && !one_more) {
        try_set(s);
        return;
    }
    assert_true(used + 1 < MAX_POINTS);
    for (int i = pairs ? first : 0; i < s->candidate_count; i++) {
        s->points[used] = s->candidates[i];
        if (pairs) {
            s->points[used + 1] = -s->candidates[i];
            choose(s, used + 2, i + 1, pairs - 1, one_more);
            continue;
        }
        bool taken = false;
        for (int j = 0; j < used; j++) {
            taken = taken || s->points[j] == s->candidates[i];
        }
        if (!taken) {
            try_set(s);
        }
    }
}

/** All k/d in lowest terms up to MAGNITUDE, d one of the given denominators. */
static void set_candidates(search *s, const int *denominators, int count) {
    s->candidate_count = 0;
    for (int i = 0; i < count; i++) {
        for (int k = 1; k <= MAGNITUDE * denominators[i]; k++) {
            double value = (double)k / denominators[i];
            bool known = false;
            for (int j = 0; j < s->candidate_count; j++) {
                known = known || fabs(s->candidates[j] - value) < 1e-12;
            }
            if (!known) {
                assert_true(s->candidate_count < MAX_CANDIDATES);
                s->candidates[s->candidate_count++] = value;
            }
        }
    }
}

static void check_minimum(const nova_transform *t, search *s) {
    double shipped = nova_transform_alpha2(t);
    assert_true(s->tried > 0);
    if (!(fabs(shipped - s->best) <= 1e-9 * s->best)) {
        fail_msg("F(%d,%d) %s: alpha^2 %.10g, but %.10g was found in %ld sets", t->m, t->r, t->set,
                 shipped, s->best, s->tried);
    }
}

static void best_is_the_minimum_of_its_class(void **state) {
    (void)state;
    static const int denominators[] = {1, 2, 3, 4, 5, 6};
    int checked = 0;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        if (strcmp(t->set, "best") != 0) {
            continue;
        }
        search s = {.m = t->m, .r = t->r, .point_count = t->m + t->r - 2, .best = INFINITY};
        set_candidates(&s, denominators, NOVA_COUNT(denominators));
        assert_int_equal(s.candidate_count, 48);
        s.reciprocal = s.point_count % 2;
        s.points[0] = 0;
        if (s.point_count % 2) {
            choose(&s, 1, 0, s.point_count / 2, false);
        } else {
            choose(&s, 0, 0, s.point_count / 2, false);
            s.points[0] = 0;
            choose(&s, 1, 0, s.point_count / 2 - 1, true);
        }
        check_minimum(t, &s);
        checked++;
    }
    assert_int_equal(checked, 12);
}

static void dyadic_is_the_minimum_of_its_class(void **state) {
    (void)state;
    static const int denominators[] = {1, 2, 4};
    int checked = 0;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        if (strcmp(t->set, "dyadic") != 0) {
            continue;
        }
        search s = {.m = t->m, .r = t->r, .point_count = t->m + t->r - 2, .best = INFINITY};
        set_candidates(&s, denominators, NOVA_COUNT(denominators));
        s.points[0] = 0;
        choose(&s, s.point_count % 2, 0, s.point_count / 2, false);
        check_minimum(t, &s);
        checked++;
    }
    assert_int_equal(checked, 12);
}

/** No other named set is better than `best`. */
static void best_is_the_best_of_all_names(void **state) {
    (void)state;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        const nova_transform *best = nova_transform_find("best", t->m, t->r);
        assert_non_null(best);
        assert_true(nova_transform_alpha2(best) <= nova_transform_alpha2(t) * (1 + 1e-12));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_is_the_minimum_of_its_class),
        cmocka_unit_test(dyadic_is_the_minimum_of_its_class),
        cmocka_unit_test(best_is_the_best_of_all_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
