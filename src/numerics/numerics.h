/*
 * numerics.h - what a plan's error will be, and what is done to make it small: tap scaling and
 * error-compensated rounding of transformed filters.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_NUMERICS_H
#define NOVA_NUMERICS_H

#include "half.h"
#include "transforms/transform.h"

/** How U, V and M are stored in an arithmetic (NOVA_ARITH_AUTO is not allowed). */
nova_dtype nova_arith_uv_type(nova_arith arith); /* of each part */
nova_dtype nova_arith_m_type(nova_arith arith);
/** Parts that a value of U or V is the sum of: 2 or 3 for the split arithmetics, else 1. */
int nova_arith_parts(nova_arith arith);

/**
 * Power-of-two tap scaling of one dimension, D_A D_G D_B = I, per product i:
 * V is multiplied by 2^input[i], U by 2^filter[i], M by 2^-(input[i]+filter[i]).
 */
typedef struct nova_scaling {
    int input[NOVA_MAX_PRODUCTS], filter[NOVA_MAX_PRODUCTS];
} nova_scaling;

/** No scaling: all exponents zero. */
void nova_scaling_none(nova_scaling *scaling);
/** Exponents that bring every tap of U and V to the same rms within a factor of two (both
    rows to gain about 1); taps that mirror each other get the same. */
void nova_scaling_choose(const nova_transform *transform, nova_scaling *scaling);

/**
 * All that the error of a plan depends on. The two transforms may differ (h: along the height);
 * codelets are bound already, with coefficients as the engine uses them (binary32).
 */
typedef struct nova_error_model {
    const nova_transform *h, *w;
    const nova_bound_codelet *input_h, *input_w, *output_h, *output_w;
    /* where filters are transformed in binary32; null: in double, before they are stored */
    const nova_bound_codelet *filter_h, *filter_w;
    const nova_scaling *scaling_h, *scaling_w;
    nova_arith arith;
    nova_dtype dtype; /* of the tensors: rounding of y */
    int64_t channels;
    int sums_rows; /* h has no transform: rows of the filter are summed like channels */
    int chunk;     /* products that are summed in a register before they join the total */
    int unit; /* channels that a matrix unit sums by itself, even and odd ones apart, before they
                 join the one running sum that there is then; 0: there is no such unit */
    int compensation;             /* U by compensated rounding */
    double input_rms, filter_rms; /* rms of x and w */
    double filter_scale;          /* power of two that U is multiplied by, beside the taps' */
    int fused;                    /* multiply-add rounds once */
    /* share of each output of a tile among the outputs that are kept, of mean 1 [m]; null: all are
       kept equally often (no ragged tiles at the edge) */
    const double *shares_h, *shares_w;
} nova_error_model;

/** Contributions to the relative rms error; total is the root of the sum of squares. */
typedef struct nova_error_terms {
    double u, v, m;               /* storage of U, V and M */
    double dropped;               /* products of parts that a split arithmetic leaves out */
    double accumulation;          /* sums over the channels */
    double input, filter, output; /* the transforms' own arithmetic and coefficients */
    double store;                 /* rounding of y to the tensor's type */
    double total;                 /* infinity where overflow is expected */
} nova_error_terms;

/** Predicts the error of a Winograd plan. */
void nova_predict_error(const nova_error_model *model, nova_error_terms *terms);

/** All that the error of direct convolution depends on. */
typedef struct nova_direct_model {
    nova_arith arith; /* binary32, or operands in bfloat16 parts */
    nova_dtype dtype; /* of the tensors: x is exact in fewer bits, y is rounded */
    int64_t products; /* channels times taps */
    int chunk, unit;  /* as of nova_error_model, in products */
    double input_rms, filter_rms;
} nova_direct_model;

/** Predicts the relative rms error of direct convolution. */
double nova_predict_direct_error(const nova_direct_model *model);

/** Mean square rounding error of type `dtype` for a normal variable of the given rms. */
double nova_rounding_variance(nova_dtype dtype, double rms);

/**
 * The power of two that U is multiplied by so that it sits in the middle of binary16's range;
 * 1 for other types. `rms` is the rms of the scaled, transformed weights.
 */
double nova_filter_scale(nova_dtype uv_type, double rms);

/**
 * Error-compensated rounding (successive interference cancellation, as in Babai rounding): rounds
 * U of one tile (products_h x products_w, tap scaling applied) so that the error of the output,
 * not of U, is small. Source of H: docs/numerics-model.md. `moments`: second moments of x at
 * distance 0, 1, .. along a row or column, as many as the larger tile has inputs; null: white.
 */
typedef struct nova_compensator nova_compensator;
nova_status nova_compensator_create(const nova_transform *h, const nova_transform *w,
                                    const nova_scaling *scaling_h, const nova_scaling *scaling_w,
                                    const double *moments, nova_compensator **compensator);
void nova_compensator_destroy(nova_compensator *compensator);
/** Rounds `count` filters; u[tap][filter] holds exact values on entry (leading dimension
    `count`), rounded ones on return. Thread-safe. `scratch` has products_h*products_w*count
    doubles. */
void nova_compensator_round(const nova_compensator *compensator, nova_dtype dtype, double *u,
                            int count, double *scratch);

/**
 * U = G_h w G_w^T in double for `count` filters side by side: filters[r * s][count] to
 * u[products_h * products_w][count]. The tap scaling is applied, `scale` multiplies all.
 */
void nova_transform_filters(const nova_transform *h, const nova_transform *w,
                            const nova_scaling *scaling_h, const nova_scaling *scaling_w,
                            double scale, const double *filters, int count, double *u);

#endif
