/*
 * test_best.c - the sets named `best`, `dyadic` and `best+...` are the minima of alpha^2 in the
 * classes that points.def states: every set of the class is tried; of the large classes, all that
 * differ in up to two pairs.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"
#include "transforms/transform.h"

enum {
    MAX_CANDIDATES = 128,
    MAX_POINTS = 24, /* more than the degree of all moduli */
    MAGNITUDE = 4,
    FEW_POINTS = 9 /* so many points have all sets of their class tried */
};

typedef struct search {
    int m, r;
    int candidate_count;
    double candidates[MAX_CANDIDATES]; /* positive, ascending */
    bool reciprocal;                   /* only sets closed under x -> 1/x */
    int quadratic_count;               /* quadratic moduli x^2 + b x + 1 */
    double b[3];
    int point_count; /* m + r - 2 less two for each of them */
    double points[MAX_POINTS];
    double best;
    long tried;
} search;

static double square(const double *values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += values[i] * values[i];
    }
    return sum;
}

/** poly *= x^2 + b x + 1; returns the new number of coefficients. */
static int times_quadratic(double *poly, int count, double b) {
    poly[count] = poly[count + 1] = 0;
    for (int j = count + 1; j >= 0; j--) {
        poly[j] += (j > 0 ? b * poly[j - 1] : 0) + (j > 1 ? poly[j - 2] : 0);
    }
    return count + 2;
}

/** The product of all moduli but quadratic number `skip`; returns the number of coefficients. */
static int multiply_moduli(const search *s, int skip, double *poly) {
    int count = 1;
    poly[0] = 1;
    for (int i = 0; i < s->point_count; i++, count++) {
        poly[count] = 0;
        for (int j = count; j > 0; j--) {
            poly[j] = poly[j - 1] - s->points[i] * poly[j];
        }
        poly[0] *= -s->points[i];
    }
    for (int q = 0; q < s->quadratic_count; q++) {
        if (q != skip) {
            count = times_quadratic(poly, count, s->b[q]);
        }
    }
    return count;
}

/** What the product of the point p adds to m r alpha^2. */
static double linear_term(const search *s, const double *product, int count, double p) {
    double quotient[MAX_POINTS], coef = 0, value = 0, power = 1, a = 0, g = 0;
    for (int j = count - 1; j > 0; j--) {
        coef = product[j] + p * coef; /* synthetic division by x - p */
        quotient[j - 1] = coef;
    }
    for (int j = count - 2; j >= 0; j--) {
        value = value * p + quotient[j];
    }
    for (int j = 0; j < NOVA_MAX(s->m, s->r); j++) {
        a += j < s->m ? power : 0;
        g += j < s->r ? power : 0;
        power *= p * p;
    }
    return a * g * square(quotient, count - 1) / (value * value);
}

/** |(node[0] x^j mod q at 1, node[1] x^j mod q at x)|^2 summed over j < count. */
static double residue_norm(double b, const double *node, int count) {
    double lower = 1, upper = 0, sum = 0;
    for (int j = 0; j < count; j++) {
        double entry = node[0] * lower + node[1] * upper, next = lower - b * upper;
        sum += entry * entry;
        lower = -upper;
        upper = next;
    }
    return sum;
}

/** x^j mod x^2 + b x + 1 summed with the coefficients of poly: value[0] + value[1] x. */
static void reduce(double b, const double *poly, int count, double *value) {
    value[0] = value[1] = 0;
    for (int j = count - 1; j >= 0; j--) {
        double carried = value[1];
        value[1] = value[0] - b * carried;
        value[0] = poly[j] - carried;
    }
}

/** What the three products of x^2 + b x + 1, by Karatsuba, add to m r alpha^2. */
static double quadratic_terms(const search *s, int index) {
    double rest[MAX_POINTS], value[2], b = s->b[index], t = b != 0 ? -b : 1;
    int count = multiply_moduli(s, index, rest);
    reduce(b, rest, count, value);
    double norm = value[0] * value[0] - b * value[0] * value[1] + value[1] * value[1];
    double inverse[2] = {(value[0] - b * value[1]) / norm, -value[1] / norm};
    const double nodes[3][2] = {{1, 0}, {0, 1}, {1, t}};
    const double wanted[3][2] = {{1, -1 / t}, {-1, -(t + b)}, {0, 1 / t}};
    double sum = 0;
    for (int k = 0; k < 3; k++) {
        double low = wanted[k][0] * inverse[0] - wanted[k][1] * inverse[1];
        double high = wanted[k][0] * inverse[1] + wanted[k][1] * (inverse[0] - b * inverse[1]);
        double rows = 0;
        for (int j = 0; j <= count; j++) {
            double entry = (j < count ? low * rest[j] : 0) + (j > 0 ? high * rest[j - 1] : 0);
            rows += entry * entry;
        }
        sum += rows * residue_norm(b, nodes[k], s->m) * residue_norm(b, nodes[k], s->r);
    }
    return sum;
}

/** alpha^2 of a modulus set from its polynomials; nothing here is shared with the library. */
static double alpha2(const search *s) {
    double product[MAX_POINTS];
    int count = multiply_moduli(s, -1, product);
    double sum = square(product, count); /* infinity */
    for (int i = 0; i < s->point_count; i++) {
        sum += linear_term(s, product, count, s->points[i]);
    }
    for (int q = 0; q < s->quadratic_count; q++) {
        sum += quadratic_terms(s, q);
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

/** The shipped set without its quadratics: pairs follow the zero, +p before -p. */
static void read_points(const nova_transform *t, search *s) {
    const char *at = t->points;
    for (int i = 0; i < s->point_count; i++) {
        char *end;
        s->points[i] = strtod(at, &end);
        if (*end == '/') {
            s->points[i] /= strtod(end + 1, &end);
        }
        assert_int_equal(*end, ',');
        at = end + 1;
    }
}

static void set_pair(search *s, int pair, double p) {
    double *at = s->points + s->point_count % 2 + 2 * pair;
    at[0] = p;
    at[1] = -p;
}

/** Tries all sets that differ from the shipped one in two of its pairs. */
static void exchange_pairs(const nova_transform *t, search *s) {
    const int pairs = s->point_count / 2;
    read_points(t, s);
    for (int first = 0; first < pairs; first++) {
        for (int second = first + 1; second < pairs; second++) {
            for (int i = 0; i < s->candidate_count * s->candidate_count; i++) {
                set_pair(s, first, s->candidates[i / s->candidate_count]);
                set_pair(s, second, s->candidates[i % s->candidate_count]);
                try_set(s);
            }
            read_points(t, s);
        }
    }
}

static search linear_search(const nova_transform *t) {
    return (search){.m = t->m, .r = t->r, .point_count = t->m + t->r - 2, .best = INFINITY};
}

/** Tries the class of a `best` set of few points. */
static void try_small_rationals(search *s) {
    static const int denominators[] = {1, 2, 3, 4, 5, 6, 7};
    set_candidates(s, denominators, NOVA_COUNT(denominators));
    assert_int_equal(s->candidate_count, 72);
    s->reciprocal = s->point_count % 2;
    s->points[0] = 0;
    if (s->point_count % 2) {
        choose(s, 1, 0, s->point_count / 2, false);
        return;
    }
    choose(s, 0, 0, s->point_count / 2, false);
    s->points[0] = 0;
    choose(s, 1, 0, s->point_count / 2 - 1, true);
}

static void best_is_the_minimum_of_its_class(void **state) {
    (void)state;
    static const int finer[] = {1, 2, 3, 4, 5, 6, 7, 8};
    int few = 0, many = 0;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        if (strcmp(t->set, "best") != 0) {
            continue;
        }
        search s = linear_search(t);
        if (s.point_count <= FEW_POINTS) {
            try_small_rationals(&s);
            few++;
        } else {
            set_candidates(&s, finer, NOVA_COUNT(finer));
            exchange_pairs(t, &s);
            many++;
        }
        check_minimum(t, &s);
    }
    assert_int_equal(few, 15);
    assert_int_equal(many, 12);
}

static void dyadic_is_the_minimum_of_its_class(void **state) {
    (void)state;
    static const int denominators[] = {1, 2, 4, 8};
    int few = 0, many = 0;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        if (strcmp(t->set, "dyadic") != 0) {
            continue;
        }
        search s = linear_search(t);
        if (s.point_count <= FEW_POINTS) {
            set_candidates(&s, denominators, NOVA_COUNT(denominators) - 1);
            choose(&s, s.point_count % 2, 0, s.point_count / 2, false);
            few++;
        } else {
            set_candidates(&s, denominators, NOVA_COUNT(denominators));
            exchange_pairs(t, &s);
            many++;
        }
        check_minimum(t, &s);
    }
    assert_int_equal(few, 15);
    assert_int_equal(many, 12);
}

/** The quadratic moduli of a set, from its text. */
static void read_quadratics(const nova_transform *t, search *s) {
    static const struct {
        const char *text;
        double b;
    } known[] = {{",x2+1,", 0}, {",x2+x+1,", 1}, {",x2-x+1,", -1}};
    for (int i = 0; i < NOVA_COUNT(known); i++) {
        if (strstr(t->points, known[i].text)) {
            s->b[s->quadratic_count++] = known[i].b;
        }
    }
    s->point_count -= 2 * s->quadratic_count;
    assert_int_equal(t->products, t->inputs + s->quadratic_count);
}

static void best_with_quadratics_is_the_minimum_of_its_class(void **state) {
    (void)state;
    static const int denominators[] = {1, 2, 3, 4, 5, 6, 7};
    int checked = 0;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        if (strncmp(t->set, "best+", 5) != 0) {
            continue;
        }
        search s = linear_search(t);
        read_quadratics(t, &s);
        assert_true(s.quadratic_count > 0 && s.point_count % 2 == 1);
        set_candidates(&s, denominators, NOVA_COUNT(denominators));
        s.reciprocal = !(t->m == 10 && strcmp(t->set, "best+x2+1") == 0); /* see points.def */
        choose(&s, 1, 0, s.point_count / 2, false);
        check_minimum(t, &s);
        checked++;
    }
    assert_int_equal(checked, 10);
}

/** No other named set of linear moduli is better than `best`, and all with quadratics are. */
static void best_is_the_best_of_all_names(void **state) {
    (void)state;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        const nova_transform *best = nova_transform_find("best", t->m, t->r);
        assert_non_null(best);
        assert_int_equal(best->products, best->inputs);
        double least = nova_transform_alpha2(best), other = nova_transform_alpha2(t);
        assert_true(t->products > t->inputs ? other < 0.5 * least : least <= other * (1 + 1e-12));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_is_the_minimum_of_its_class),
        cmocka_unit_test(dyadic_is_the_minimum_of_its_class),
        cmocka_unit_test(best_with_quadratics_is_the_minimum_of_its_class),
        cmocka_unit_test(best_is_the_best_of_all_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
