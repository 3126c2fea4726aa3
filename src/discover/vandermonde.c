/*
 * vandermonde.c - the condition number of a Vandermonde matrix as a function of its points.
 *
 * The singular value s with vectors u, v of V[i,j] = p_i^j has ds/dp_i = u_i sum_j j p_i^(j-1) v_j.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <lapacke.h>
#include <math.h>

#include "discover/terms.h"

enum { MAX_WORK = 8 * NOVA_MAX_FINITE };

/** Singular values, largest first, and vectors: column k of left, row k of right. */
typedef struct decomposition {
    double values[NOVA_MAX_FINITE];
    double left[NOVA_MAX_FINITE * NOVA_MAX_FINITE];
    double right[NOVA_MAX_FINITE * NOVA_MAX_FINITE];
} decomposition;

/** The Vandermonde matrix is stored by columns, as LAPACK has them. */
static bool decompose(const double *points, int count, bool vectors, decomposition *d) {
    double matrix[NOVA_MAX_FINITE * NOVA_MAX_FINITE], work[MAX_WORK];
    char job = vectors ? 'A' : 'N';
    for (int i = 0; i < count; i++) {
        matrix[i] = 1;
        for (int j = 1; j < count; j++) {
            matrix[j * count + i] = matrix[(j - 1) * count + i] * points[i];
        }
    }
    return LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, job, job, count, count, matrix, count, d->values,
                               d->left, count, d->right, count, work, MAX_WORK) == 0;
}

/** ds_k/dp_i. */
static double value_slope(const decomposition *d, const double *points, int count, int k, int i) {
    double sum = 0, power = 1;
    for (int j = 1; j < count; j++) {
        sum += j * power * d->right[j * count + k];
        power *= points[i];
    }
    return sum * d->left[k * count + i];
}

/**
 * ln (sum_k s_k^(sign*order))^(1/order), the largest s_k or 1/s_k for infinity; adds the gradient.
 */
static double log_schatten(const decomposition *d, const double *points, int count, int sign,
                           double order, double *gradient) {
    int first = sign > 0 ? 0 : count - 1;
    double sum = 0;
    for (int k = 0; k < count; k++) {
        sum += pow(d->values[k] / d->values[first], sign * order);
    }
    for (int k = 0; gradient && k < count; k++) {
        double share =
            isinf(order) ? k == first : pow(d->values[k] / d->values[first], sign * order) / sum;
        for (int i = 0; share > 0 && i < count; i++) {
            gradient[i] += sign * share / d->values[k] * value_slope(d, points, count, k, i);
        }
    }
    return sign * log(d->values[first]) + (isinf(order) ? 0 : log(sum) / order);
}

double nova_vandermonde_log(const double *points, int count, double sharpness, double *gradient) {
    decomposition d;
    if (!decompose(points, count, gradient != NULL, &d) || d.values[count - 1] <= 0) {
        return INFINITY;
    }
    return log_schatten(&d, points, count, 1, sharpness, gradient) +
           log_schatten(&d, points, count, -1, sharpness, gradient);
}
