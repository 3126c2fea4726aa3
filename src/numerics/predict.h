/*
 * predict.h - parts of the error model, see docs/numerics-model.md. Variances are relative to the
 * output's.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_PREDICT_H
#define NOVA_PREDICT_H

#include <stdbool.h>

#include "numerics/numerics.h"
#include "numerics/rounding.h"

/** What the model needs of one transform; products s and t index all matrices. */
typedef struct nova_dimension {
    const nova_transform *transform;
    int products;
    double signal;                                       /* m r */
    double shares[NOVA_MAX_TILE];                        /* of the outputs of a tile, mean 1 */
    double filter_rms[NOVA_MAX_PRODUCTS];                /* of U's taps, scaled, for unit weights */
    double input_rms[NOVA_MAX_PRODUCTS];                 /* of V's taps, scaled, for unit input */
    double error[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS]; /* (A A^T) .* (G G^T), of errors in V */
    double filter[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS]; /* (A A^T) .* (B B^T), of errors in U */
    double weight[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS]; /* the same .* (B B^T), of relative ones */
    double product[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS]; /* (G G^T) .* (B B^T), covariance of M */
} nova_dimension;

/** A value per tap of the two-dimensional tile. */
typedef double nova_tap_matrix[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS];

/** What of a tap of U compensated rounding keeps: its mean square over that of the exact one, and
    the probability that it is not zero. */
typedef struct nova_compensated_tap {
    double power, nonzero;
} nova_compensated_tap;

typedef struct nova_model_context {
    const nova_error_model *model;
    nova_dimension h, w;
    double compensated_error; /* relative variance that compensated rounding of U leaves */
    nova_compensated_tap compensated[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS]; /* its taps */
} nova_model_context;

/* ---- predict.c */

/** alpha_1D^2: the gain of relative errors that are independent from product to product. */
double nova_dimension_gain(const nova_dimension *dimension);

/* ---- predict_storage.c */

/** Rounding to a storage type; `rounded_already`: values in binary32 are what arithmetic left
    behind, so that storing them in binary32 rounds nothing. */
nova_rounding nova_storage_rounding(nova_dtype dtype, double rms, bool rounded_already);

/** Variances of the output's error from storing U (where it is not compensated), V and M. */
typedef struct nova_storage_error {
    double u, v, m;
} nova_storage_error;
nova_storage_error nova_storage_errors(const nova_model_context *context);

/** Variance of the output's error from the products of parts that are left out. */
double nova_dropped_error(const nova_model_context *context);

/** Fills the context's members on compensated rounding of U. */
void nova_predict_compensation(nova_model_context *context);

/* ---- predict_transforms.c */

/** Variances of the output's error from the operations and coefficients of the transforms. */
double nova_input_error(const nova_model_context *context);
double nova_filter_error(const nova_model_context *context); /* 0 if it is computed in double */
double nova_output_error(const nova_model_context *context);

#endif
