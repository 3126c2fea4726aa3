/*
 * test_codelets.c - every codelet, as a program and as C, against the matrix it stands for.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <string.h>

#include "transforms/generated/codelet_list.h"
#include "transforms/transform.h"

/* the generated C with one lane of double */
#define V double
#define V_COEF double
#define V_COEF_GET(c, k) ((c)[k])
#define V_ADD(a, b) ((a) + (b))
#define V_SUB(a, b) ((a) - (b))
#define V_MUL(a, b) ((a) * (b))
#define V_FMA(a, b, c) fma(a, b, c)
#define V_FNMA(a, b, c) fma(-(a), b, c)
#define NOVA_CODELET_ATTR
#define NOVA_CODELET(name) compiled_##name
#include "transforms/generated/codelets.h"

typedef void (*compiled_codelet)(const double *, double *, const double *);

#define ENTRY(index, name, rows, columns) [index] = compiled_##name,
static const compiled_codelet compiled[NOVA_CODELET_COUNT] = {NOVA_FOR_EACH_INPUT_CODELET(
    ENTRY) NOVA_FOR_EACH_FILTER_CODELET(ENTRY) NOVA_FOR_EACH_OUTPUT_CODELET(ENTRY)};

static double random_number(void) {
    static uint64_t state = 12345;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)state * 0x1p-63;
}

/** y and the sum of absolute terms, by the matrix. */
static void multiply(const double *matrix, int rows, int columns, const double *x, double *y,
                     double *scale) {
    for (int i = 0; i < rows; i++) {
        y[i] = scale[i] = 0;
        for (int j = 0; j < columns; j++) {
            y[i] += matrix[i * columns + j] * x[j];
            scale[i] += fabs(matrix[i * columns + j] * x[j]);
        }
    }
}

/** A bound codelet, run and compiled, on random vectors. */
static void check_bound(const nova_bound_codelet *bound, const nova_transform *transform) {
    const nova_codelet *codelet = bound->codelet;
    int rows, columns;
    const double *matrix = nova_transform_matrix(transform, codelet->map, &rows, &columns);
    double x[NOVA_MAX_PRODUCTS], ran[NOVA_MAX_PRODUCTS], direct[NOVA_MAX_PRODUCTS];
    double expected[NOVA_MAX_PRODUCTS], scale[NOVA_MAX_PRODUCTS];
    for (int round = 0; round < 20; round++) {
        for (int j = 0; j < columns; j++) {
            x[j] = random_number();
        }
        multiply(matrix, rows, columns, x, expected, scale);
        nova_codelet_run(bound, x, ran);
        memcpy(direct, x, sizeof direct);
        compiled[codelet->index](direct, direct, bound->coefs); /* in place */
        for (int i = 0; i < rows; i++) {
            /* mirrored rows are summed through terms that cancel: a bound on all of the row */
            double tolerance = 1e-13 * fmax(scale[i], 1);
            if (!(fabs(ran[i] - expected[i]) <= tolerance) || ran[i] != direct[i]) {
                fail_msg("%s on F(%d,%d) %s row %d: matrix %.17g, program %.17g, C %.17g",
                         codelet->name, transform->m, transform->r, transform->set, i, expected[i],
                         ran[i], direct[i]);
            }
        }
    }
}

/** The compiled C is the program, whatever the coefficients. */
static void programs_and_c_agree(void **state) {
    (void)state;
    for (int c = 0; c < nova_codelet_count; c++) {
        nova_bound_codelet bound = {.codelet = &nova_codelets[c]};
        double x[NOVA_MAX_PRODUCTS], ran[NOVA_MAX_PRODUCTS];
        for (int i = 0; i < bound.codelet->coef_count; i++) {
            bound.coefs[i] = random_number();
        }
        for (int i = 0; i < NOVA_MAX_PRODUCTS; i++) {
            x[i] = random_number();
        }
        nova_codelet_run(&bound, x, ran);
        compiled[c](x, x, bound.coefs); /* in place */
        for (int i = 0; i < bound.codelet->rows; i++) {
            if (ran[i] != x[i]) {
                fail_msg("%s row %d: program %.17g, C %.17g", bound.codelet->name, i, ran[i], x[i]);
            }
        }
    }
}

static void codelets_compute_their_matrices(void **state) {
    (void)state;
    int used[NOVA_CODELET_COUNT] = {0};
    assert_int_equal(nova_codelet_count, NOVA_CODELET_COUNT);
    for (int t = 0; t < nova_transform_count; t++) {
        for (int c = 0; c < nova_codelet_count; c++) {
            nova_bound_codelet bound;
            assert_int_equal(nova_codelets[c].index, c);
            if (nova_codelet_bind_one(&nova_codelets[c], &nova_transforms[t], &bound)) {
                check_bound(&bound, &nova_transforms[t]);
                used[c]++;
            }
        }
    }
    for (int c = 0; c < nova_codelet_count; c++) {
        /* named sets with quadratic moduli are closed under x -> 1/x; test_exact binds others */
        if (!used[c] && !strstr(nova_codelets[c].name, "x2")) {
            fail_msg("%s fits no named set", nova_codelets[c].name);
        }
    }
}

static int total(const nova_codelet *codelet) {
    nova_op_counts counts = nova_codelet_count_ops(codelet);
    assert_int_equal(counts.adds + counts.muls + counts.fmas, codelet->op_count);
    return codelet->op_count;
}

/** Every set has codelets for its maps, and gets the cheapest. */
static void binding_takes_the_cheapest(void **state) {
    (void)state;
    for (int t = 0; t < nova_transform_count; t++) {
        for (int map = NOVA_MAP_INPUT; map <= NOVA_MAP_OUTPUT; map++) {
            nova_bound_codelet bound, other;
            assert_true(nova_codelet_bind(&nova_transforms[t], (nova_map)map, &bound));
            assert_int_equal(bound.codelet->map, (nova_map)map);
            check_bound(&bound, &nova_transforms[t]);
            for (int c = 0; c < nova_codelet_count; c++) {
                if (nova_codelets[c].map == (nova_map)map &&
                    nova_codelet_bind_one(&nova_codelets[c], &nova_transforms[t], &other)) {
                    assert_true(total(bound.codelet) <= total(other.codelet));
                }
            }
        }
    }
}

static const nova_codelet *find(const char *name) {
    for (int c = 0; c < nova_codelet_count; c++) {
        if (strcmp(nova_codelets[c].name, name) == 0) {
            return &nova_codelets[c];
        }
    }
    fail_msg("no codelet %s", name);
    return NULL;
}

/** Symmetry is used: the counts that the engine's speed rests on. */
static void operation_counts(void **state) {
    (void)state;
    assert_int_equal(total(find("input_f63_z1p3u0")), 24);
    assert_int_equal(total(find("output_f63_z1p3u0")), 24);
    assert_int_equal(total(find("output_f63_z1p3u0_reciprocal")), 20);
    assert_int_equal(total(find("input_f43_z1p2u0")), 12);
    assert_int_equal(total(find("output_f43_z1p2u0")), 12);
    assert_int_equal(total(find("input_f83_z1p4u0")), 40);
    assert_int_equal(total(find("output_f83_z1p4u0")), 40);
    assert_int_equal(total(find("input_f23_z1p1u0")), 4);
    assert_int_equal(total(find("input_f83_z1p3u0_x2p1_reciprocal")), 36);
    assert_int_equal(total(find("output_f83_z1p3u0_x2p1_reciprocal")), 36);
    assert_int_equal(total(find("input_f13_direct")), 0);
}

/** A matrix that no codelet computes is not bound. */
static void binding_refuses_what_does_not_fit(void **state) {
    (void)state;
    nova_transform changed = *nova_transform_find("best", 6, 3);
    double BT[8 * 8];
    memcpy(BT, changed.BT, sizeof BT);
    changed.BT = BT;
    nova_bound_codelet bound;
    assert_true(nova_codelet_bind(&changed, NOVA_MAP_INPUT, &bound));
    BT[0] *= 1 + 1e-9; /* a coefficient of its own: still a matrix of the same kind */
    assert_true(nova_codelet_bind(&changed, NOVA_MAP_INPUT, &bound));
    BT[6] = 1 + 1e-9; /* a structural one */
    assert_false(nova_codelet_bind(&changed, NOVA_MAP_INPUT, &bound));
    BT[6] = 1;
    BT[9] = NAN;
    assert_false(nova_codelet_bind(&changed, NOVA_MAP_INPUT, &bound));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_and_c_agree),
        cmocka_unit_test(codelets_compute_their_matrices),
        cmocka_unit_test(binding_takes_the_cheapest),
        cmocka_unit_test(operation_counts),
        cmocka_unit_test(binding_refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
