/*
 * report_linear.c - condition numbers.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "report.h"

enum { MAX_SIDE = NOVA_MAX_PRODUCTS };

/** Rotates two columns so that they become orthogonal; returns how far from it they were. */
static double rotate(double *a, int rows, int columns, int p, int q) {
    double pp = 0, qq = 0, pq = 0;
    for (int i = 0; i < rows; ++i) {
        double x = a[i * columns + p], y = a[i * columns + q];
        pp += x * x;
        qq += y * y;
        pq += x * y;
    }
    double off = fabs(pq) / sqrt(pp * qq);
    if (!(off > 1e-16)) {
        return 0;
    }
    double zeta = (qq - pp) / (2 * pq);
    double t = copysign(1, zeta) / (fabs(zeta) + hypot(1, zeta));
    double c = 1 / hypot(1, t), s = c * t;
    for (int i = 0; i < rows; ++i) {
        double x = a[i * columns + p], y = a[i * columns + q];
        a[i * columns + p] = c * x - s * y;
        a[i * columns + q] = s * x + c * y;
    }
    return off;
}

/** One sweep over all pairs of columns. */
static double sweep(double *a, int rows, int columns) {
    double worst = 0;
    for (int p = 0; p < columns; ++p) {
        for (int q = p + 1; q < columns; ++q) {
            worst = fmax(worst, rotate(a, rows, columns, p, q));
        }
    }
    return worst;
}

double report_condition(const double *matrix, int rows, int columns) {
    enum { MAX_SWEEPS = 60 };
    double a[MAX_SIDE * MAX_SIDE], largest = 0, smallest = INFINITY;
    for (int i = 0; i < rows * columns; ++i) {
        a[i] = matrix[i];
    }
    for (int i = 0; i < MAX_SWEEPS && sweep(a, rows, columns) > 1e-14; ++i) {
    }
    for (int j = 0; j < columns; ++j) {
        double square = 0;
        for (int i = 0; i < rows; ++i) {
            square += a[i * columns + j] * a[i * columns + j];
        }
        largest = fmax(largest, sqrt(square));
        smallest = fmin(smallest, sqrt(square));
    }
    return largest / smallest;
}

/** Rows 1, p, .., p^(size-1) of the finite points; then e_size, for infinity, if size is n. Row 0
   of A^T is ones, row 1 the points, and infinity the last column. */
static void fill_vandermonde(const nova_transform *transform, int size, double *v) {
    const int n = transform->inputs;
    for (int i = 0; i < size; ++i) {
        double point = transform->AT[n + i], power = 1;
        for (int j = 0; j < size; ++j) {
            v[i * size + j] = i == n - 1 ? j == n - 1 : power;
            power *= point;
        }
    }
}

static bool has_points_only(const nova_transform *transform) {
    return transform->products == transform->inputs && transform->m >= 2;
}

double report_kappa(const nova_transform *transform, bool with_infinity) {
    const int size = transform->inputs - !with_infinity;
    double v[MAX_SIDE * MAX_SIDE];
    if (!has_points_only(transform)) {
        return NAN;
    }
    fill_vandermonde(transform, size, v);
    return report_condition(v, size, size);
}

double report_kappa_scaled(const nova_transform *transform) {
    const int size = transform->inputs - 1;
    double v[MAX_SIDE * MAX_SIDE];
    if (!has_points_only(transform)) {
        return NAN;
    }
    fill_vandermonde(transform, size, v);
    for (int i = 0; i < size; ++i) {
        double square = 0;
        for (int j = 0; j < size; ++j) {
            square += v[i * size + j] * v[i * size + j];
        }
        for (int j = 0; j < size; ++j) {
            v[i * size + j] /= sqrt(square);
        }
    }
    return report_condition(v, size, size);
}

double report_kappa_input(const nova_transform *transform) {
    return transform->products == transform->inputs
               ? report_condition(transform->BT, transform->products, transform->inputs)
               : NAN;
}
