/*
 * objective.c - the objectives as sums and maxima over the products.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "discover/terms.h"
#include "runtime/runtime.h"

nova_status nova_objective_init(nova_objective *objective, nova_objective_kind kind, int m, int r,
                                const nova_quadratic *quadratics, int quadratic_count) {
    if (m < 2 || m > NOVA_MAX_TILE || r < 2 || r > NOVA_MAX_TAPS) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "F(%d,%d): m must be 2 to %d and r 2 to %d", m, r,
                         NOVA_MAX_TILE, NOVA_MAX_TAPS);
    }
    int points = m + r - 2 - 2 * quadratic_count;
    if (points < 1) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "F(%d,%d) has %d finite points; %d quadratic moduli leave none to search",
                         m, r, m + r - 2, quadratic_count);
    }
    if (points + 3 * quadratic_count + 1 > NOVA_MAX_PRODUCTS) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "%d products: at most %d are supported",
                         points + 3 * quadratic_count + 1, NOVA_MAX_PRODUCTS);
    }
    if (kind == NOVA_OBJECTIVE_VANDERMONDE && quadratic_count > 0) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "the Vandermonde matrix is one of points: none with quadratic moduli");
    }
    *objective = (nova_objective){.kind = kind, .m = m, .r = r, .points = points};
    objective->quadratics = quadratic_count;
    for (int i = 0; i < quadratic_count; i++) {
        objective->quadratic[i] = quadratics[i];
    }
    objective->input_moments[0] = objective->weight_moments[0] = 1;
    return NOVA_OK;
}

/** ln of an output's mean square: sum_kk' W[k,k'] S[k,k'], which is r for white data. */
static double log_signal(const nova_objective *o) {
    double sum = o->r;
    for (int lag = 1; lag < o->r; lag++) {
        sum += 2 * (o->r - lag) * o->input_moments[lag] * o->weight_moments[lag];
    }
    return log(sum);
}

/**
 * ln of the norm of order `order` of AT's column i, squared. *slope is its derivative by ln p for
 * the product of a point p: twice the mean power of p, each power weighted by its share.
 */
static double log_column(const nova_terms *terms, int m, int i, double order, double *slope) {
    const double *a2 = terms->a2[i];
    double largest = 0, sum = 0, moment = 0;
    for (int j = 0; j < m; j++) {
        largest = fmax(largest, a2[j]);
    }
    for (int j = 0; j < m; j++) {
        double share = isinf(order) ? a2[j] == largest : pow(a2[j] / largest, order / 2);
        sum += share;
        moment += j * share;
        if (isinf(order) && share > 0) {
            break; /* one subgradient of those where several are largest */
        }
    }
    *slope = 2 * moment / sum;
    return log(largest) + (isinf(order) ? 0 : 2 / order * log(sum));
}

/** What is summed over the products: the factors that take part, and the order of the norm. */
typedef struct factors {
    bool a, g, b;
    double column_order; /* over the outputs of one product */
    double order;        /* over the products; 2: the plain sum */
} factors;

static double product_log(const nova_terms *terms, const factors *f, int m, int i, double *slope) {
    *slope = 0;
    return (f->a ? log_column(terms, m, i, f->column_order, slope) : 0) +
           (f->g ? terms->log_g[i] : 0) + (f->b ? terms->log_b[i] : 0);
}

/** gradient += weight * d(product i). */
static void add_gradient(const nova_terms *terms, const factors *f, const double *points, int i,
                         double slope, double weight, double *gradient) {
    for (int k = 0; k < terms->points; k++) {
        gradient[k] +=
            weight * ((f->g ? terms->d_log_g[i][k] : 0) + (f->b ? terms->d_log_b[i][k] : 0));
    }
    if (f->a && i < terms->points && points[i] != 0) {
        gradient[i] += weight * slope / points[i];
    }
}

/**
 * ln (sum_i c_i^(s/2))^(2/s) with s the order and c_i the product of the factors; for infinity the
 * largest. Adds `scale` times the gradient.
 */
static double log_norm(const nova_terms *terms, const factors *f, int m, const double *points,
                       double scale, double *gradient) {
    double logs[NOVA_MAX_PRODUCTS], slopes[NOVA_MAX_PRODUCTS] = {0}, largest = -INFINITY, sum = 0;
    int first = 0;
    for (int i = 0; i < terms->products; i++) {
        logs[i] = product_log(terms, f, m, i, &slopes[i]);
        if (logs[i] > largest) {
            largest = logs[i];
            first = i;
        }
    }
    if (isinf(f->order)) {
        if (gradient) {
            add_gradient(terms, f, points, first, slopes[first], scale, gradient);
        }
        return largest;
    }
    for (int i = 0; i < terms->products; i++) {
        sum += exp(f->order / 2 * (logs[i] - largest));
    }
    for (int i = 0; gradient && i < terms->products; i++) {
        double weight = exp(f->order / 2 * (logs[i] - largest)) / sum;
        add_gradient(terms, f, points, i, slopes[i], scale * weight, gradient);
    }
    return largest + 2 / f->order * log(sum);
}

/** ln alpha^2 = ln( sum_i |A_i|^2 G_i W G_i^T B_i S B_i^T / (m signal) ). */
static double error_log(const nova_objective *o, const nova_terms *terms, const double *points,
                        double *gradient) {
    const factors all = {true, true, true, 2, 2};
    return log_norm(terms, &all, o->m, points, 1, gradient) - log(o->m) - log_signal(o);
}

/** ln max_ij A_ji^2 G_i W G_i^T B_i S B_i^T / signal. */
static double range_log(const nova_objective *o, const nova_terms *terms, const double *points,
                        double sharpness, double *gradient) {
    const factors largest = {true, true, true, sharpness, sharpness};
    return log_norm(terms, &largest, o->m, points, 1, gradient) - log_signal(o);
}

/**
 * One quantisation step for all of U makes an error max_i G_i^2 sum_i |A_i|^2 B_i^2 instead of
 * sum_i |A_i|^2 G_i^2 B_i^2; V likewise. In two dimensions either is squared.
 */
static double tensor_int8_log(const nova_objective *o, const nova_terms *terms,
                              const double *points, double sharpness, double *gradient) {
    const factors step_u = {false, true, false, 2, sharpness}, rest_u = {true, false, true, 2, 2};
    const factors step_v = {false, false, true, 2, sharpness}, rest_v = {true, true, false, 2, 2};
    double of_u = log_norm(terms, &step_u, o->m, points, 0, NULL) +
                  log_norm(terms, &rest_u, o->m, points, 0, NULL);
    double of_v = log_norm(terms, &step_v, o->m, points, 0, NULL) +
                  log_norm(terms, &rest_v, o->m, points, 0, NULL);
    double largest = fmax(of_u, of_v);
    double square_u = exp(2 * (of_u - largest)), square_v = exp(2 * (of_v - largest));
    double share_u = square_u / (square_u + square_v);
    if (gradient) {
        log_norm(terms, &step_u, o->m, points, share_u, gradient);
        log_norm(terms, &rest_u, o->m, points, share_u, gradient);
        log_norm(terms, &step_v, o->m, points, 1 - share_u, gradient);
        log_norm(terms, &rest_v, o->m, points, 1 - share_u, gradient);
    }
    return largest + log((square_u + square_v) / 2) / 2 - log(o->m) - log_signal(o);
}

static double products_log(const nova_objective *o, const double *points, double sharpness,
                           double *gradient) {
    nova_terms terms;
    if (!nova_terms_compute(o, points, gradient != NULL, &terms)) {
        return INFINITY;
    }
    switch (o->kind) {
    case NOVA_OBJECTIVE_RANGE:
        return range_log(o, &terms, points, sharpness, gradient);
    case NOVA_OBJECTIVE_INT8:
        return o->int8_scale == NOVA_INT8_PER_TENSOR
                   ? tensor_int8_log(o, &terms, points, sharpness, gradient)
                   : error_log(o, &terms, points, gradient);
    default:
        return error_log(o, &terms, points, gradient);
    }
}

double nova_objective_log(const nova_objective *o, const double *points, double sharpness,
                          double *gradient) {
    double value;
    if (gradient) {
        memset(gradient, 0, (size_t)o->points * sizeof *gradient);
    }
    value = o->kind == NOVA_OBJECTIVE_VANDERMONDE
                ? nova_vandermonde_log(points, o->points, sharpness, gradient)
                : products_log(o, points, sharpness, gradient);
    if (!isfinite(value) && gradient) {
        memset(gradient, 0, (size_t)o->points * sizeof *gradient);
    }
    return isfinite(value) ? value : INFINITY;
}

double nova_objective_value(const nova_objective *objective, const double *points) {
    return exp(nova_objective_log(objective, points, INFINITY, NULL));
}
