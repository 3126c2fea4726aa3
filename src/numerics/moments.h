/*
 * moments.h - second moments of correlated data at distance 0, 1, .. along one axis, scaled so that
 * the one at distance 0 is 1. They are moments, not covariances: a mean is not subtracted, for the
 * error that it makes is not either.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_MOMENTS_H
#define NOVA_MOMENTS_H

#include <stddef.h>

#include "nova_winograd.h"

/** moments[lag] = rho^lag, lag < count. Errors: NOVA_INVALID_ARGUMENT unless -1 < rho < 1. */
nova_status nova_moments_ar1(double rho, int count, double *moments);

/**
 * Shrinks moments[1 .. count-1] by the least of the powers of two times 1e-4 that makes their
 * Toeplitz matrix positive definite; not at all if it is. moments[0] is 1, count at most
 * NOVA_MAX_INPUTS.
 */
void nova_moments_make_definite(double *moments, int count);

/**
 * moments[lag] = mean of x[i] x[i+lag] within rows, over the mean square; data[rows * length]. An
 * estimate need not be positive definite: nova_moments_make_definite() makes it so. Errors:
 * NOVA_INVALID_ARGUMENT (rows shorter than `count`, nothing but zeros, Inf or NaN).
 */
nova_status nova_moments_estimate(const float *data, size_t rows, size_t length, int count,
                                  double *moments);

#endif
