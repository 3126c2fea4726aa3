/*
 * compensate.h - the noise factor of one dimension, shared by the compensator and the error model.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_COMPENSATE_H
#define NOVA_COMPENSATE_H

#include "numerics/numerics.h"

/**
 * Cholesky factor R (H = R^T R) of H[s,t] = sum_j A^T[j,s] A^T[j,t] (B^T S B)[s,t], the weight of
 * an error of U in the error of the output, with taps in visiting order: the tap at position 0 is
 * rounded last. In two dimensions R is the Kronecker product of two of these.
 */
typedef struct nova_noise_factor {
    int products;
    int order[NOVA_MAX_PRODUCTS];                       /* the tap at each position */
    double diagonal[NOVA_MAX_PRODUCTS];                 /* R[p,p] */
    double ratio[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS]; /* R[p,q] / R[p,p], zero for q < p */
} nova_noise_factor;

/**
 * Factors H of a scaled transform. `moments`: S[a,b] = moments[|a-b|], second moments of the input
 * at distance 0 to inputs-1; null: white, S is the identity. Where S is not positive definite,
 * moments at distance are shrunk until it is (numerics/moments.h). The order is greedy: of the taps
 * that remain, the one whose rounding error (in proportion to its rms) costs least once the others
 * compensate for it.
 */
void nova_noise_factor_init(nova_noise_factor *factor, const nova_transform *transform,
                            const nova_scaling *scaling, const double *moments);

#endif
