/*
 * algebra.h - exact Winograd and Toom-Cook transforms, built from a modulus set and proven over
 * the rationals.
 *
 * A modulus set is written as text, its members separated by commas:
 *   points          0, 1/2, -1/2, 0.25, sqrt(2)/2, -3/2*sqrt(5)
 *   quadratic       x2+1, x^2+x+1, x2-3/2x+1 (irreducible over the rationals)
 *   infinity        inf (implied: always used, may be written or left out)
 * For F(m,r), n = m+r-1, the degrees of the finite moduli must add up to n-1.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_ALGEBRA_H
#define NOVA_ALGEBRA_H

#include "transforms/transform.h"

/** A proven transform with its exact matrices; the members are in exact.h. */
typedef struct nova_exact nova_exact;

/**
 * Builds F(m,r) from a modulus set and proves the bilinear identity
 *   sum_i AT[j,i] G[i,k] BT[i,l] == [l == j+k]   for all j, k, l
 * over the rationals. m = 1 with the set "direct" is direct convolution: AT = ones, G = BT = I.
 * A point with a square root is replaced by a rational that agrees with it to 192 bits; the
 * identity is then proven for that rational and the transform is marked as not exact.
 *
 * Errors, each with its reason: NOVA_INVALID_ARGUMENT (m outside 2..16, r outside 2..7 or, for
 * direct, 1..7, text that is no modulus set, a repeated point, a reducible or repeated quadratic,
 * a wrong number of points, more than NOVA_MAX_PRODUCTS products), NOVA_OUT_OF_MEMORY,
 * NOVA_INTERNAL (the proof fails, which would be a defect of nova). *exact is then null.
 */
nova_status nova_exact_create(int m, int r, const char *points, nova_exact **exact);
void nova_exact_destroy(nova_exact *exact); /* null is allowed */

/** The moduli in canonical order: 0, pairs +p,-p by magnitude, others, quadratics, inf. */
const char *nova_exact_points(const nova_exact *exact);

/**
 * 2-norm condition number of the square Vandermonde of the finite points (the objective of the
 * NOVA paper), and of the Vandermonde with the infinity row; NaN for sets with quadratic moduli.
 */
double nova_exact_kappa(const nova_exact *exact);
double nova_exact_kappa_full(const nova_exact *exact);

/**
 * The transform in doubles, each correctly rounded, with the entries as text: a rational, or a
 * decimal of 17 digits where the set is irrational. `set` and `provenance` are copied. The result
 * does not refer to `exact`; release it with nova_exact_transform_free(). Null: out of memory.
 */
nova_transform *nova_exact_to_transform(const nova_exact *exact, const char *set,
                                        const char *provenance);
void nova_exact_transform_free(nova_transform *transform); /* null is allowed */

#endif
