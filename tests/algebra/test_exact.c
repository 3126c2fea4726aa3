/*
 * test_exact.c - modulus sets are read, refused and proven; the published figures come out.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <string.h>

#include "algebra/exact.h"
#include "runtime/runtime.h"

static nova_exact *create(int m, int r, const char *points) {
    nova_exact *exact;
    if (nova_exact_create(m, r, points, &exact)) {
        fail_msg("F(%d,%d) %s: %s", m, r, points, nova_last_error());
    }
    return exact;
}

static double alpha2_of(const nova_exact *exact) {
    nova_transform *transform = nova_exact_to_transform(exact, "test", "test");
    assert_non_null(transform);
    double alpha2 = nova_transform_alpha2(transform);
    nova_exact_transform_free(transform);
    return alpha2;
}

static void assert_close(double found, double expected, double tolerance) {
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("%.10g is not %.10g to within %g", found, expected, tolerance);
    }
}

/* ---------------------------------------------------------------- named sets */

static void assert_same_values(const double *found, const double *expected, int count) {
    for (int i = 0; i < count; i++) {
        assert_true(found[i] == expected[i]);
    }
}

/** Creation proves the set; the table's doubles must be those of the proven matrices. */
static void named_sets_are_proven(void **state) {
    (void)state;
    assert_true(nova_transform_count > 50);
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        nova_exact *exact = create(t->m, t->r, t->points);
        int j, k, l;
        assert_true(nova_exact_prove(exact, &j, &k, &l));
        assert_string_equal(nova_exact_points(exact), t->points);
        assert_int_equal(exact->rational, t->exact);
        nova_transform *made = nova_exact_to_transform(exact, t->set, t->provenance);
        assert_non_null(made);
        assert_int_equal(made->products, t->products);
        assert_same_values(made->AT, t->AT, t->m * t->products);
        assert_same_values(made->G, t->G, t->products * t->r);
        assert_same_values(made->BT, t->BT, t->products * t->inputs);
        assert_true(nova_transform_defect(t) < 1e-15);
        nova_exact_transform_free(made);
        nova_exact_destroy(exact);
    }
}

static void every_wanted_set_is_there(void **state) {
    (void)state;
    static const char *const everywhere[] = {"integer", "best", "dyadic"};
    static const int shapes[][2] = {{2, 3}, {3, 3}, {4, 3}, {5, 3}, {6, 3},
                                    {7, 3}, {8, 3}, {2, 5}, {4, 5}, {2, 7}};
    static const int largest[] = {[3] = 16, [5] = 8, [7] = 6};
    for (int r = 3; r <= 7; r += 2) {
        for (int m = 2; m <= largest[r]; m++) {
            assert_non_null(nova_transform_find("best", m, r));
            assert_non_null(nova_transform_find("dyadic", m, r));
        }
    }
    for (int m = 6; m <= 12; m += 2) {
        assert_non_null(nova_transform_find("best+x2+1", m, 3));
        assert_non_null(nova_transform_find("best+x2+x+1", m, 3));
    }
    assert_non_null(nova_transform_find("best+x2+1+x2+x+1", 12, 3));
    for (int i = 0; i < NOVA_COUNT(shapes); i++) {
        for (int s = 0; s < NOVA_COUNT(everywhere); s++) {
            assert_non_null(nova_transform_find(everywhere[s], shapes[i][0], shapes[i][1]));
        }
    }
    static const char *const names[] = {"integer", "classic",  "nova", "onednn",
                                        "ncnn",    "barabasz", "best", "dyadic"};
    for (int i = 0; i < NOVA_COUNT(names); i++) {
        assert_true(nova_set_exists(names[i]));
    }
    assert_false(nova_set_exists("nowhere"));
    assert_null(nova_transform_find("best", 17, 3));
    assert_null(nova_transform_find("best", 9, 5));
    assert_string_equal(nova_transform_find("best", 1, 3)->set, "direct");
}

/** One line of the table of condition numbers and noise gains; 0: not given there. */
typedef struct figure {
    const char *set;
    int m;
    double kappa, kappa_tolerance, alpha2, alpha2_tolerance;
} figure;

static void published_figures_come_out(void **state) {
    (void)state;
    static const figure figures[] = {
        {"integer", 2, 3.23, 0.005, 1.67, 0.005},  {"integer", 4, 42.47, 0.005, 10.77, 0.005},
        {"nova", 4, 14.55, 0.005, 11.24, 0.005},   {"ncnn", 4, 23.04, 0.005, 5.02, 0.005},
        {"onednn", 4, 32.69, 0.005, 4.78, 0.005},  {"best", 4, 0, 0, 4.762, 0.0005},
        {"integer", 6, 2074.5, 0.05, 964.5, 0.05}, {"nova", 6, 76.64, 0.005, 146.9, 0.05},
        {"classic", 6, 936.8, 0.05, 20.63, 0.005}, {"integer", 8, 196899.7, 0.05, 501086, 0.5},
        {"nova", 8, 474.10, 0.005, 1669, 0.5},     {"barabasz", 8, 3.8e6, 0.05e6, 320, 0.5},
        {"best", 8, 33929, 0.5, 113.07, 0.005},    {"dyadic", 8, 0, 0, 133.2, 0.05},
    };
    for (int i = 0; i < NOVA_COUNT(figures); i++) {
        const nova_transform *t = nova_transform_find(figures[i].set, figures[i].m, 3);
        assert_non_null(t);
        assert_close(nova_transform_alpha2(t), figures[i].alpha2, figures[i].alpha2_tolerance);
        if (figures[i].kappa > 0) {
            assert_close(t->kappa_vandermonde, figures[i].kappa, figures[i].kappa_tolerance);
        }
    }
    /* what `best` F(8,3) would be with denominators up to 6 */
    nova_exact *sixths = create(8, 3, "0,2/5,-2/5,4/5,-4/5,5/4,-5/4,5/2,-5/2");
    assert_close(alpha2_of(sixths), 114.6, 0.05);
    assert_close(nova_exact_kappa(sixths), 62798, 0.5);
    nova_exact_destroy(sixths);
    nova_exact *nova8 = create(8, 3, nova_transform_find("nova", 8, 3)->points);
    assert_close(nova_exact_kappa_full(nova8), 537.6, 0.05);
    nova_exact_destroy(nova8);
}

static void set_info_describes_the_tables(void **state) {
    (void)state;
    nova_set_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_set_count(), nova_transform_count);
    for (int i = 0; i < nova_set_count(); i++) {
        assert_int_equal(nova_set_info_at(i, &info), NOVA_OK);
        assert_ptr_equal(info.name, nova_transforms[i].set);
        assert_true(info.alpha2 == nova_transform_alpha2(&nova_transforms[i]));
    }
    assert_int_equal(nova_set_info_at(-1, &info), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_set_info_at(nova_set_count(), &info), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_set_info_at(0, NULL), NOVA_INVALID_ARGUMENT);
    /* a smaller, older structure is not overrun */
    nova_set_info old = {.struct_size = offsetof(nova_set_info, points), .points = "untouched"};
    assert_int_equal(nova_set_info_at(0, &old), NOVA_OK);
    assert_string_equal(old.points, "untouched");
}

/* ---------------------------------------------------------------- reading */

static void texts_have_one_canonical_form(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"2,-2, 1 ,0,-1", "0,1,-1,2,-2,inf"},
        {"inf,-1/2,0.5,0,-2/1,4/2", "0,1/2,-1/2,2,-2,inf"},
        {"0,+1,-1,0.25,-.25", "0,1/4,-1/4,1,-1,inf"},
        {"sqrt(8)/4,-sqrt(1/2),0,sqrt(4),-2.0", "0,sqrt(2)/2,-sqrt(2)/2,2,-2,inf"},
        {"0,1.5*sqrt(2)/3,-1,3,5*sqrt(3)", "0,sqrt(2)/2,-1,3,5*sqrt(3),inf"},
        {"x^2+1,3,1,-1", "1,-1,3,x2+1,inf"},
        {"x2-x+1,x2+x+1,0", "0,x2+x+1,x2-x+1,inf"},
        {"0,1,2,x2-3/2x+1", "0,1,2,x2-3/2x+1,inf"},
    };
    for (int i = 0; i < NOVA_COUNT(cases); i++) {
        nova_exact *exact = create(4, 3, cases[i][0]);
        assert_string_equal(nova_exact_points(exact), cases[i][1]);
        nova_exact_destroy(exact);
        exact = create(4, 3, cases[i][1]);
        assert_string_equal(nova_exact_points(exact), cases[i][1]);
        nova_exact_destroy(exact);
    }
}

typedef struct refusal {
    int m, r;
    const char *points, *reason; /* a part of the reason */
} refusal;

static void what_is_wrong_is_refused_with_its_reason(void **state) {
    (void)state;
    static const refusal cases[] = {
        {2, 3, "0,1,1", "'1' is repeated"},
        {2, 3, "0,1/2,0.5", "'0.5' is repeated"},
        {2, 3, "sqrt(2),sqrt(8)/2,0", "is repeated"},
        {2, 3, "0,1,-1,inf,inf", "'inf' is repeated"},
        {2, 3, "0,1", "needs 3 finite points"},
        {2, 3, "0,1,-1,2", "not 4"},
        {4, 3, "0,x2+1,1,-1,2", "not 6"},
        {2, 3, "x2-1,0", "reducible"},
        {3, 3, "x2-x-2,0,1", "reducible"},
        {4, 3, "x2+1,0,x2+1", "not coprime"},
        {3, 3, "x2-2,sqrt(2),0", "not coprime"},
        {3, 3, "-sqrt(3),x2-3,0", "not coprime"},
        {1, 3, "0,1", "m = 1"},
        {0, 3, "0", "m = 0"},
        {-4, 3, "0", "m = -4"},
        {17, 3, "0", "m = 17"},
        {2, 1, "0", "r = 1"},
        {2, 8, "0", "r = 8"},
        {2, 3, "direct", "'direct'"},
        {2, 3, "", "neither"},
        {2, 3, ",,", "neither"},
        {2, 3, "0,one,2", "'one'"},
        {2, 3, "0,1/0,2", "'1/0'"},
        {2, 3, "0,1/,2", "'1/'"},
        {2, 3, "0,--1,2", "'--1'"},
        {2, 3, "0,1.2.3,2", "'1.2.3'"},
        {2, 3, "0,1e3,2", "'1e3'"},
        {2, 3, "0,sqrt(2,1", "'sqrt(2'"},
        {2, 3, "0,sqrt(-2),1", "'sqrt(-2)'"},
        {2, 3, "0,nan,1", "'nan'"},
        {2, 3, "0,x3+1", "'x3+1'"},
        {2, 3, "0,x2+1+1", "'x2+1+1'"},
        {2, 3, "0,x2+x+x", "'x2+x+x'"},
        {2, 3, "0,1,9999999999999999999", "18 digits"},
        {16, 7, "0,1,-1,2,-2,3,-3,4,-4,5,-5,6,-6,7,-7,x2+1,x2+2,x2+3", "25 products"},
        {1, 8, "direct", "r = 8"},
        {1, 0, "direct", "r = 0"},
    };
    for (int i = 0; i < NOVA_COUNT(cases); i++) {
        nova_exact *exact = (nova_exact *)&cases; /* must be set to null */
        nova_status status = nova_exact_create(cases[i].m, cases[i].r, cases[i].points, &exact);
        if (status != NOVA_INVALID_ARGUMENT || exact ||
            !strstr(nova_last_error(), cases[i].reason)) {
            fail_msg("F(%d,%d) %s: status %d, reason '%s' without '%s'", cases[i].m, cases[i].r,
                     cases[i].points, status, nova_last_error(), cases[i].reason);
        }
    }
}

/** Text of any length and content ends in a status, never in a crash. */
static void rubbish_is_refused(void **state) {
    (void)state;
    static const char alphabet[] = "0123456789/*+-.,xsqrt()inf^ \n\x80";
    uint64_t random = 1;
    for (int round = 0; round < 20000; round++) {
        char text[64];
        int length = 1 + round % 62;
        for (int i = 0; i < length; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            text[i] = alphabet[(random >> 33) % (sizeof alphabet - 1)];
        }
        text[length] = '\0';
        nova_exact *exact;
        nova_exact_create(2, 3, text, &exact);
        nova_exact_destroy(exact);
    }
    char huge[8192];
    memset(huge, '1', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    nova_exact *exact;
    assert_int_equal(nova_exact_create(2, 3, huge, &exact), NOVA_INVALID_ARGUMENT);
}

/* ---------------------------------------------------------------- proof */

/** The proof notices a change of any single entry. */
static void proof_sees_every_entry(void **state) {
    (void)state;
    nova_exact *exact = create(4, 3, "0,1,-1,x2+1");
    fmpq_mat_struct *matrices[] = {exact->AT, exact->G, exact->BT};
    int j, k, l;
    fmpq_t tiny;
    fmpq_init(tiny);
    fmpq_set_si(tiny, 1, 1);
    fmpq_div_2exp(tiny, tiny, 300);
    for (int which = 0; which < 3; which++) {
        for (slong i = 0; i < fmpq_mat_nrows(matrices[which]); i++) {
            for (slong c = 0; c < fmpq_mat_ncols(matrices[which]); c++) {
                fmpq *entry = fmpq_mat_entry(matrices[which], i, c);
                fmpq_add(entry, entry, tiny);
                assert_false(nova_exact_prove(exact, &j, &k, &l));
                assert_in_range(l, 0, exact->inputs - 1);
                fmpq_sub(entry, entry, tiny);
            }
        }
    }
    assert_true(nova_exact_prove(exact, &j, &k, &l));
    fmpq_clear(tiny);
    nova_exact_destroy(exact);
}

typedef struct quadratic_case {
    int m, products;
    const char *points;
    double alpha2, tolerance;
} quadratic_case;

static void quadratic_moduli_are_proven(void **state) {
    (void)state;
    static const quadratic_case cases[] = {
        {6, 9, "0,3/4,-3/4,4/3,-4/3,x2+1", 2.92, 0.005},
        {8, 12, "0,379/500,-379/500,1319/1000,-1319/1000,x2+x+1,x2-x+1", 2.19, 0.005},
        {8, 11, "0,1/2,-1/2,1,-1,2,-2,x2+1", 9.06, 0.005},
        {10, 13, "0,1/2,-1/2,4/5,-4/5,5/4,-5/4,2,-2,x2+1", 39, 0.5},
        {6, 10, "0,1,-1,x2+x+1,x2-x+1", 1.44, 0.005},
    };
    for (int i = 0; i < NOVA_COUNT(cases); i++) {
        nova_exact *exact = create(cases[i].m, 3, cases[i].points);
        assert_int_equal(exact->products, cases[i].products);
        assert_close(alpha2_of(exact), cases[i].alpha2, cases[i].tolerance);
        assert_true(isnan(nova_exact_kappa(exact)));
        nova_exact_destroy(exact);
    }
    nova_exact_destroy(create(4, 3, "0,1,2,x2-3/2x+1"));
    nova_exact_destroy(create(4, 3, "0,1,2,x2+1/3x+7/5"));
}

/** A bound codelet on unit vectors is its matrix; here to the last bits. */
static void check_codelet(const nova_transform *t, nova_map map) {
    nova_bound_codelet bound;
    if (!nova_codelet_bind(t, map, &bound)) {
        fail_msg("no codelet for map %d of F(%d,%d) %s", map, t->m, t->r, t->points);
    }
    int rows, columns;
    const double *matrix = nova_transform_matrix(t, map, &rows, &columns);
    for (int col = 0; col < columns; col++) {
        double x[NOVA_MAX_PRODUCTS] = {0}, y[NOVA_MAX_PRODUCTS];
        x[col] = 1;
        nova_codelet_run(&bound, x, y);
        for (int row = 0; row < rows; row++) {
            double entry = matrix[row * columns + col];
            assert_close(y[row], entry, 1e-14 * fmax(1, fabs(entry)));
        }
    }
}

static void check_codelets(int m, int r, const char *points) {
    nova_exact *exact = create(m, r, points);
    nova_transform *t = nova_exact_to_transform(exact, "mine", "test");
    assert_non_null(t);
    for (int map = NOVA_MAP_INPUT; map <= NOVA_MAP_OUTPUT; map++) {
        check_codelet(t, (nova_map)map);
    }
    nova_exact_transform_free(t);
    nova_exact_destroy(exact);
}

/** The kinds of sets that points.def asks codelets for have them. */
static void kinds_without_a_name_have_codelets(void **state) {
    (void)state;
    static const struct {
        int m, r;
        const char *points;
    } kinds[] = {
#define SET(name, m, r, points, provenance)
#define KIND(m, r, reciprocal, points) {m, r, points},
#include "transforms/points.def"
#undef SET
#undef KIND
    };
    for (int i = 0; i < NOVA_COUNT(kinds); i++) {
        check_codelets(kinds[i].m, kinds[i].r, kinds[i].points);
    }
}

/** So have sets with the quadratics of a named one, whatever the pairs. */
static void own_sets_with_quadratics_have_codelets(void **state) {
    (void)state;
    static const struct {
        int m;
        const char *points;
    } sets[] = {{4, "0,3/5,-3/5,x2+1"},
                {6, "0,1/2,-1/2,3/2,-3/2,x2+1"},
                {8, "0,1/2,-1/2,1,-1,7/4,-7/4,x2+1"},
                {10, "0,1/2,-1/2,4/5,-4/5,5/4,-5/4,9/4,-9/4,x2+1"},
                {12, "0,3/8,-3/8,3/4,-3/4,1,-1,11/8,-11/8,5/2,-5/2,x2+1"},
                {6, "0,4/5,-4/5,x2+x+1,x2-x+1"},
                {8, "0,3/4,-3/4,5/4,-5/4,x2+x+1,x2-x+1"},
                {10, "0,1/2,-1/2,1,-1,7/4,-7/4,x2+x+1,x2-x+1"},
                {12, "0,1/2,-1/2,3/4,-3/4,5/4,-5/4,9/4,-9/4,x2+x+1,x2-x+1"},
                {12, "0,3/4,-3/4,1,-1,3/2,-3/2,x2+1,x2+x+1,x2-x+1"}};
    for (int i = 0; i < NOVA_COUNT(sets); i++) {
        check_codelets(sets[i].m, 3, sets[i].points);
    }
}

/** Any linear set of up to nine points runs, without any symmetry too. */
static void any_linear_set_has_codelets(void **state) {
    (void)state;
    static const char *const sets[] = {"1/3,1/2,3/4,1,7/5,-2/9,5/2,-3", "0,1,-1,2,3,4,5,-6",
                                       "1,-1,2,-2,3,-3,4,-4"};
    for (int i = 0; i < NOVA_COUNT(sets); i++) {
        check_codelets(7, 3, sets[i]);
    }
}

/** Beyond nine points a set without symmetry can be proven, but has no codelet. */
static void larger_sets_must_be_symmetric(void **state) {
    (void)state;
    nova_exact *exact = create(10, 3, "0,1,-1,1/2,-1/2,2,-2,3,4,5,-6/5");
    nova_transform *t = nova_exact_to_transform(exact, "mine", "test");
    assert_non_null(t);
    nova_bound_codelet bound;
    assert_false(nova_codelet_bind(t, NOVA_MAP_INPUT, &bound));
    nova_exact_transform_free(t);
    nova_exact_destroy(exact);
    check_codelets(10, 3, "0,1,-1,1/2,-1/2,2,-2,3,-3,6/5,-6/5");
}

/** Every m and r can be built, to the largest. */
static void every_size_is_proven(void **state) {
    (void)state;
    for (int m = 2; m <= NOVA_MAX_TILE; m++) {
        for (int r = 2; r <= NOVA_MAX_TAPS; r++) {
            char points[256] = "0";
            size_t used = 1;
            for (int i = 1; i < m + r - 2; i++) {
                used += (size_t)snprintf(points + used, sizeof points - used, ",%s%d/2",
                                         i % 2 ? "" : "-", (i + 1) / 2);
            }
            nova_exact_destroy(create(m, r, points));
        }
    }
}

/** Entries of ncnn's set against their closed forms. */
static void irrational_sets_are_right_to_rounding(void **state) {
    (void)state;
    const nova_transform *t = nova_transform_find("ncnn", 4, 3);
    assert_false(t->exact);
    assert_true(t->AT[1 * 6 + 1] == sqrt(2) / 2);
    assert_true(t->AT[2 * 6 + 1] == 0.5);
    assert_true(t->AT[3 * 6 + 3] == 2 * sqrt(2));
    assert_true(t->BT[0] == 1); /* (x^2 - 1/2)(x^2 - 2) */
    assert_true(t->BT[2] == -2.5);
    assert_string_equal(t->AT_text[6 + 3], "1.4142135623730951");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_sets_are_proven),
        cmocka_unit_test(every_wanted_set_is_there),
        cmocka_unit_test(published_figures_come_out),
        cmocka_unit_test(set_info_describes_the_tables),
        cmocka_unit_test(texts_have_one_canonical_form),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_reason),
        cmocka_unit_test(rubbish_is_refused),
        cmocka_unit_test(proof_sees_every_entry),
        cmocka_unit_test(quadratic_moduli_are_proven),
        cmocka_unit_test(kinds_without_a_name_have_codelets),
        cmocka_unit_test(own_sets_with_quadratics_have_codelets),
        cmocka_unit_test(any_linear_set_has_codelets),
        cmocka_unit_test(larger_sets_must_be_symmetric),
        cmocka_unit_test(every_size_is_proven),
        cmocka_unit_test(irrational_sets_are_right_to_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
