/*
 * condition.c - condition numbers of Vandermonde matrices.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <lapacke.h>
#include <math.h>

#include "algebra/exact.h"

/** Ratio of the extreme singular values of a square row-major matrix, which is overwritten. */
static double condition(double *matrix, int size) {
    double singular[NOVA_MAX_PRODUCTS], unused[NOVA_MAX_PRODUCTS];
    int info = LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', size, size, matrix, size, singular, NULL,
                              1, NULL, 1, unused);
    return info == 0 ? singular[0] / singular[size - 1] : NAN;
}

/** kappa of rows (1, p, .., p^(size-1)) for every finite point, then e_size if size is one more. */
static double vandermonde_condition(const nova_exact *exact, int size) {
    const nova_moduli *moduli = &exact->moduli;
    if (exact->direct || moduli->count != exact->inputs - 1) {
        return NAN;
    }
    double matrix[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS] = {0};
    for (int i = 0; i < moduli->count; i++) {
        double point = nova_rational_to_double(moduli->items[i].value);
        matrix[i * size] = 1;
        for (int j = 1; j < size; j++) {
            matrix[i * size + j] = matrix[i * size + j - 1] * point;
        }
    }
    if (size > moduli->count) {
        matrix[size * size - 1] = 1;
    }
    return condition(matrix, size);
}

double nova_exact_kappa(const nova_exact *exact) {
    return vandermonde_condition(exact, exact->inputs - 1);
}

double nova_exact_kappa_full(const nova_exact *exact) {
    return vandermonde_condition(exact, exact->inputs);
}
