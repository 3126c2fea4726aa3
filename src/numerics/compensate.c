/*
 * compensate.c - error-compensated rounding of transformed filters.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/compensate.h"

#include <math.h>

#include "numerics/linear.h"
#include "numerics/moments.h"
#include "runtime/runtime.h"

/* ---- the factor of one dimension */

/* b_s^T S b_t of two rows of B^T. */
static double input_moment(const nova_transform *transform, int s, int t, const double *moments) {
    const int inputs = transform->inputs;
    const double *a = transform->BT + s * inputs, *b = transform->BT + t * inputs;
    double sum = nova_dot(a, b, inputs, 1) * (moments ? moments[0] : 1);
    for (int lag = 1; moments && lag < inputs; lag++)
        sum += moments[lag] *
               (nova_dot(a, b + lag, inputs - lag, 1) + nova_dot(a + lag, b, inputs - lag, 1));
    return sum;
}

/* H with the scaled matrices; scaling V by 2^a and M by 2^-(a+b) leaves 2^-b per tap. */
static void noise_weight(const nova_transform *transform, const nova_scaling *scaling,
                         const double *moments, double weight[][NOVA_MAX_PRODUCTS]) {
    const int products = transform->products;
    for (int s = 0; s < products; s++)
        for (int t = 0; t < products; t++) {
            const double output =
                nova_dot(transform->AT + s, transform->AT + t, transform->m, products);
            const double input = input_moment(transform, s, t, moments);
            weight[s][t] = ldexp(output * input, -scaling->filter[s] - scaling->filter[t]);
        }
}

/* Mean square of tap t of U for weights of unit variance, tap scaling applied. */
static double filter_gain(const nova_transform *transform, const nova_scaling *scaling, int t) {
    const double *row = transform->G + t * transform->r;
    return ldexp(nova_dot(row, row, transform->r, 1), 2 * scaling->filter[t]);
}

/* One step of the factorisation: writes row `position` of R for tap `pivot` and takes it off H. */
static void eliminate(nova_noise_factor *factor, double weight[][NOVA_MAX_PRODUCTS],
                      double rows[][NOVA_MAX_PRODUCTS], int position, int pivot) {
    const double root = sqrt(weight[pivot][pivot]);
    factor->order[position] = pivot;
    factor->diagonal[position] = root;
    for (int t = 0; t < factor->products; t++)
        rows[position][t] = root > 0 ? weight[pivot][t] / root : 0;
    for (int s = 0; s < factor->products; s++)
        for (int t = 0; t < factor->products; t++)
            weight[s][t] -= rows[position][s] * rows[position][t];
}

static void set_ratios(nova_noise_factor *factor, double rows[][NOVA_MAX_PRODUCTS]) {
    for (int p = 0; p < factor->products; p++)
        for (int q = 0; q < factor->products; q++) {
            const double value = rows[p][factor->order[q]];
            factor->ratio[p][q] =
                q < p || factor->diagonal[p] <= 0 ? 0 : value / factor->diagonal[p];
        }
}

void nova_noise_factor_init(nova_noise_factor *factor, const nova_transform *transform,
                            const nova_scaling *scaling, const double *moments) {
    double weight[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS];
    double rows[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS];
    double floor[NOVA_MAX_PRODUCTS];
    bool taken[NOVA_MAX_PRODUCTS] = {false};
    double definite[NOVA_MAX_INPUTS];
    if (moments) {
        /* An indefinite H has no factor: what rounding would follow from it is without bounds. */
        memcpy(definite, moments, sizeof *moments * (size_t)transform->inputs);
        nova_moments_make_definite(definite, transform->inputs);
        moments = definite;
    }
    noise_weight(transform, scaling, moments, weight);
    factor->products = transform->products;
    /* With quadratic moduli H may be singular to rounding; a pivot below the floor is noise. */
    for (int t = 0; t < factor->products; t++)
        floor[t] = 1e-13 * weight[t][t];
    for (int position = 0; position < factor->products; position++) {
        int best = -1;
        double best_cost = INFINITY;
        for (int t = 0; t < factor->products; t++) {
            if (taken[t])
                continue;
            weight[t][t] = NOVA_MAX(weight[t][t], floor[t]);
            const double cost = weight[t][t] * filter_gain(transform, scaling, t);
            if (best < 0 || cost < best_cost) {
                best = t;
                best_cost = cost;
            }
        }
        taken[best] = true;
        eliminate(factor, weight, rows, position, best);
    }
    set_ratios(factor, rows);
}

/* ---- the compensator */

enum { BLOCK = 64 }; /* filters rounded together, so that a whole tile of them stays in cache */

struct nova_compensator {
    nova_noise_factor h, w;
};

nova_status nova_compensator_create(const nova_transform *h, const nova_transform *w,
                                    const nova_scaling *scaling_h, const nova_scaling *scaling_w,
                                    const double *moments, nova_compensator **compensator) {
    *compensator = nova_alloc(sizeof **compensator);
    if (!*compensator)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the filter compensator");
    nova_noise_factor_init(&(*compensator)->h, h, scaling_h, moments);
    nova_noise_factor_init(&(*compensator)->w, w, scaling_w, moments);
    return NOVA_OK;
}

void nova_compensator_destroy(nova_compensator *compensator) {
    nova_free(compensator);
}

static void add_scaled(double *sum, double factor, const double *values, int count) {
    if (factor != 0)
        for (int i = 0; i < count; i++)
            sum[i] += factor * values[i];
}

/* Rounds u + carried and says how far u has moved; Inf and NaN do not spread to other taps. */
static void round_tap(nova_dtype dtype, double *u, const double *carried, double *error,
                      int count) {
    for (int i = 0; i < count; i++) {
        const double rounded = nova_round_double_to(dtype, u[i] + carried[i]);
        const double moved = u[i] - rounded;
        error[i] = isfinite(moved) ? moved : 0;
        u[i] = rounded;
    }
}

/*
 * Rounds the taps of one row of positions, from the last to the first. With e = u - rounded, row
 * (p_h, p_w) of R e divided by its diagonal is
 *   e[p_h][p_w] + sum_{q_w > p_w} r_w e[p_h][q_w] + sum_{q_h > p_h} r_h sum_{q_w >= p_w} r_w e
 * and all but the first term is known when the tap is rounded, so that it can be cancelled.
 * `combined` keeps the inner sums, [p_h][p_w][count].
 */
static void round_row(const nova_compensator *compensator, nova_dtype dtype, int row, double *u,
                      size_t stride, int count, double *combined) {
    const nova_noise_factor *h = &compensator->h, *w = &compensator->w;
    double errors[NOVA_MAX_PRODUCTS][BLOCK];
    for (int p = w->products - 1; p >= 0; p--) {
        double *along_row = combined + (size_t)(row * w->products + p) * (size_t)count;
        double carried[BLOCK];
        memset(along_row, 0, (size_t)count * sizeof *along_row);
        for (int q = p + 1; q < w->products; q++)
            add_scaled(along_row, w->ratio[p][q], errors[q], count);
        memcpy(carried, along_row, (size_t)count * sizeof *carried);
        for (int q = row + 1; q < h->products; q++)
            add_scaled(carried, h->ratio[row][q],
                       combined + (size_t)(q * w->products + p) * (size_t)count, count);
        const int tap = h->order[row] * w->products + w->order[p];
        round_tap(dtype, u + (size_t)tap * stride, carried, errors[p], count);
        add_scaled(along_row, 1, errors[p], count);
    }
}

void nova_compensator_round(const nova_compensator *compensator, nova_dtype dtype, double *u,
                            int count, double *scratch) {
    for (int first = 0; first < count; first += BLOCK) {
        const int width = NOVA_MIN(BLOCK, count - first);
        for (int row = compensator->h.products - 1; row >= 0; row--)
            round_row(compensator, dtype, row, u + first, (size_t)count, width, scratch);
    }
}
