/*
 * rounding.h - what rounding does to a normally distributed variable.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_ROUNDING_H
#define NOVA_ROUNDING_H

#include "numerics/half.h"

/**
 * Rounding of a zero-mean normal variable x to a type, as round(x) = gain x + noise with noise
 * uncorrelated with x. gain is 1 but for variables that sink among the denormals.
 */
typedef struct nova_rounding {
    double gain;
    double noise; /* variance of the noise over the variance of x; Inf where overflow is expected */
    double nonzero; /* probability that round(x) is not zero */
} nova_rounding;

nova_rounding nova_rounding_of(nova_dtype dtype, double rms);

/**
 * What remains of a normal variable beyond its first `parts` bfloat16 parts (nova_split_bf16()),
 * relative to its mean square.
 */
double nova_split_residual(int parts, double rms);

/** Mean over all scales of E[(round(x) - x)^2] / E[x^2] in binary32. */
double nova_rounding_f32(void);

#endif
