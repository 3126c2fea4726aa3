/*
 * terms.h - what every product of a transform contributes, as logarithms, with gradients by the
 * real points. For src/discover only.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TERMS_H
#define NOVA_TERMS_H

#include <stdbool.h>

#include "discover/objective.h"

/**
 * Products in the order of the real points, three per quadratic, infinity. Rows of BT are monic,
 * the factor taken out is in G, as src/algebra has it.
 *   a2[i]    = column i of AT, entries squared
 *   log_g[i] = ln(G_i W G_i^T),  log_b[i] = ln(B_i S B_i^T)
 * with W and S the second moments of weights and input; d_log_*[i][k] is the derivative by point
 * k. AT depends on a product's own point only, and only for the first `points` products.
 */
typedef struct nova_terms {
    int points, products;
    double a2[NOVA_MAX_PRODUCTS][NOVA_MAX_TILE];
    double log_g[NOVA_MAX_PRODUCTS], log_b[NOVA_MAX_PRODUCTS];
    double d_log_g[NOVA_MAX_PRODUCTS][NOVA_MAX_FINITE];
    double d_log_b[NOVA_MAX_PRODUCTS][NOVA_MAX_FINITE];
} nova_terms;

/** Fills `terms`, the derivatives if `gradient`. False where points coincide. */
bool nova_terms_compute(const nova_objective *objective, const double *points, bool gradient,
                        nova_terms *terms);

/** ln kappa of the Vandermonde of the points (norms as in nova_objective_log()). vandermonde.c */
double nova_vandermonde_log(const double *points, int count, double sharpness, double *gradient);

#endif
