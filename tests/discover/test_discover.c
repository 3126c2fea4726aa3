/*
 * test_discover.c - the whole way: search, snap, prove.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <string.h>

#include "discover/discover.h"
#include "runtime/runtime.h"

/** Discovers with one restart; the caller clears the result. */
static nova_discovery discover(int m, int r, const char *quadratics, bool symmetric) {
    nova_quadratic moduli[NOVA_MAX_QUADRATICS];
    nova_discover_request request = {
        .quadratics = quadratics,
        .max_denominator = 6,
        .dyadic_bits = 2,
        .provenance = "a test",
        .search = {.symmetric = symmetric, .seed = 1, .restarts = 2, .threads = 1}};
    nova_discovery found;
    int count;
    assert_int_equal(nova_quadratics_read(quadratics, moduli, &count), NOVA_OK);
    assert_int_equal(
        nova_objective_init(&request.objective, NOVA_OBJECTIVE_ERROR, m, r, moduli, count),
        NOVA_OK);
    if (nova_discover(&request, &found) != NOVA_OK) {
        fail_msg("F(%d,%d)+%s: %s", m, r, quadratics ? quadratics : "", nova_last_error());
    }
    assert_int_equal(found.finished, 2);
    return found;
}

static void check_found(const nova_found *found, int m, int r) {
    assert_non_null(found->transform);
    assert_int_equal(found->transform->m, m);
    assert_int_equal(found->transform->r, r);
    assert_true(found->transform->exact);
    assert_true(nova_transform_defect(found->transform) < 1e-12);
    assert_string_equal(found->transform->provenance, "a test");
    assert_true(strlen(found->points) > 4 &&
                strcmp(found->points + strlen(found->points) - 4, ",inf") == 0);
    /* the white objective is what the proven matrices say */
    assert_true(fabs(found->value - found->alpha2) <= 1e-8 * found->alpha2);
}

static void check_discovery(int m, int r, const char *quadratics, bool symmetric) {
    nova_discovery found = discover(m, r, quadratics, symmetric);
    check_found(&found.real, m, r);
    check_found(&found.rational, m, r);
    check_found(&found.dyadic, m, r);
    assert_true(found.real.value <= found.rational.value * (1 + 1e-12));
    assert_true(found.real.value <= found.dyadic.value * (1 + 1e-12));
    nova_discovery_clear(&found);
}

static void all_sizes_are_proven(void **state) {
    (void)state;
    static const int sizes[][2] = {{2, 3},  {3, 3},  {4, 3}, {5, 3}, {6, 3}, {7, 3}, {8, 3},
                                   {11, 3}, {16, 3}, {3, 5}, {6, 5}, {8, 5}, {2, 7}, {6, 7}};
    for (int i = 0; i < NOVA_COUNT(sizes); i++) {
        check_discovery(sizes[i][0], sizes[i][1], NULL, true);
    }
    check_discovery(2, 2, NULL, true);
    check_discovery(5, 3, NULL, false);
    check_discovery(6, 3, NULL, false);
}

static void free_sets_are_no_worse(void **state) {
    (void)state;
    for (int m = 2; m <= 7; m++) {
        nova_discovery pairs = discover(m, 3, NULL, true), any = discover(m, 3, NULL, false);
        assert_true(any.real.value <= pairs.real.value * (1 + 1e-6));
        assert_true(any.rational.value <= pairs.rational.value * (1 + 1e-9));
        assert_true(any.dyadic.value <= pairs.dyadic.value * (1 + 1e-9));
        nova_discovery_clear(&pairs);
        nova_discovery_clear(&any);
    }
}

/* The best small rationals beside quadratic moduli: at F(6,3)+x2+1 they are 0,+-3/4,+-7/5. */
static void quadratic_moduli_reach_the_known_figures(void **state) {
    (void)state;
    static const struct {
        int m;
        const char *quadratics;
        double alpha2;
    } known[] = {{6, "x2+1", 2.899},           {8, "x2+1", 8.463},
                 {8, "x2+x+1,x2-x+1", 2.193},  {10, "x2+1", 36.915},
                 {6, "x2+x+1,x2-x+1", 1.4444}, {12, "x2+1,x2+x+1,x2-x+1", 4.214}};
    for (int i = 0; i < NOVA_COUNT(known); i++) {
        nova_discovery found = discover(known[i].m, 3, known[i].quadratics, true);
        check_found(&found.rational, known[i].m, 3);
        assert_true(fabs(found.rational.alpha2 - known[i].alpha2) <= 0.001);
        assert_true(isnan(found.rational.transform->kappa_vandermonde));
        nova_discovery_clear(&found);
    }
}

static void a_single_symmetric_point_is_zero(void **state) {
    (void)state;
    nova_discovery found = discover(2, 3, "x2+1", true);
    assert_string_equal(found.real.points, "0,x2+1,inf");
    assert_string_equal(found.rational.points, "0,x2+1,inf");
    check_found(&found.real, 2, 3);
    nova_discovery_clear(&found);
}

static void moduli_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"", "1/2", "x2-1", "x2+1,x2+1", "x2+1,0", "x3+1", "x2+1,"};
    nova_quadratic quadratics[NOVA_MAX_QUADRATICS];
    int count;
    for (int i = 0; i < NOVA_COUNT(texts); i++) {
        assert_int_not_equal(nova_quadratics_read(texts[i], quadratics, &count), NOVA_OK);
    }
    assert_int_equal(nova_quadratics_read("x2+1,x2-3/2x+1", quadratics, &count), NOVA_OK);
    assert_int_equal(count, 2);
    assert_int_equal(
        nova_quadratics_read("x2+1,x2+2,x2+3,x2+5,x2+6,x2+7,x2+8,x2+10,x2+11,x2+12,x2+13",
                             quadratics, &count),
        NOVA_INVALID_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sizes_are_proven),
        cmocka_unit_test(free_sets_are_no_worse),
        cmocka_unit_test(quadratic_moduli_reach_the_known_figures),
        cmocka_unit_test(a_single_symmetric_point_is_zero),
        cmocka_unit_test(moduli_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
