/*
 * objective.h - what a point set is judged by: closed forms over the real finite points, with
 * gradients. docs/discovery.md derives them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_OBJECTIVE_H
#define NOVA_OBJECTIVE_H

#include "transforms/transform.h"

enum {
    NOVA_MAX_FINITE = NOVA_MAX_INPUTS - 1, /* finite points */
    NOVA_MAX_QUADRATICS = NOVA_MAX_FINITE / 2
};

typedef enum nova_objective_kind {
    NOVA_OBJECTIVE_ERROR = 0,       /* alpha^2, the noise gain of the square tile */
    NOVA_OBJECTIVE_VANDERMONDE = 1, /* 2-norm condition number of the finite points' Vandermonde */
    NOVA_OBJECTIVE_RANGE = 2,       /* largest term of an output, squared, over the output's mean
                                       square */
    NOVA_OBJECTIVE_INT8 = 3         /* noise gain with 8-bit U and V */
} nova_objective_kind;

/** What shares a quantisation step in int8. With a scale per tap the noise gain is alpha^2. */
typedef enum nova_int8_scale { NOVA_INT8_PER_TENSOR = 0, NOVA_INT8_PER_TAP = 1 } nova_int8_scale;

/** The fixed modulus x^2 + b x + c, irreducible. */
typedef struct nova_quadratic {
    double b, c;
} nova_quadratic;

/** An objective for F(m,r); make one with nova_objective_init(). */
typedef struct nova_objective {
    nova_objective_kind kind;
    nova_int8_scale int8_scale;
    int m, r;
    int points; /* real finite points: m + r - 2 - 2 quadratics */
    int quadratics;
    nova_quadratic quadratic[NOVA_MAX_QUADRATICS];
    /* Second moments at distance 0, 1, ..; 1 at distance 0. White: 1, 0, 0, .. */
    double input_moments[NOVA_MAX_INPUTS], weight_moments[NOVA_MAX_TAPS];
} nova_objective;

/**
 * Sets m, r, kind and the quadratics, with white input and weights. Errors: NOVA_INVALID_ARGUMENT
 * with the reason (m outside 2..16, r outside 2..7, no real point left, more products than
 * NOVA_MAX_PRODUCTS, `vandermonde` with quadratics, for which it is not defined).
 */
nova_status nova_objective_init(nova_objective *objective, nova_objective_kind kind, int m, int r,
                                const nova_quadratic *quadratics, int quadratic_count);

/**
 * Natural logarithm of the objective at points[objective->points], and its gradient by the points
 * unless `gradient` is null. Maxima are replaced by norms of order `sharpness` (at least 2), which
 * are smooth and tend to the maximum: INFINITY gives the objective itself, with a subgradient.
 * Infinity, with a gradient of zeros, where points coincide or numbers overflow. Thread-safe.
 */
double nova_objective_log(const nova_objective *objective, const double *points, double sharpness,
                          double *gradient);

/** The objective itself; of the square two-dimensional tile, but for `vandermonde`. */
double nova_objective_value(const nova_objective *objective, const double *points);

#endif
