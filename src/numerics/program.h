/*
 * program.h - a one-dimensional transform as a list of operations, from a codelet or straight from
 * a matrix: what the emulated engine runs and what the error model walks.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_PROGRAM_H
#define NOVA_PROGRAM_H

#include "transforms/transform.h"

enum { NOVA_PROGRAM_ENTRIES = NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS };

/** y[rows] = W x[columns]; values are numbered as in a codelet. Do not copy: it may point to its
    own members. */
typedef struct nova_program {
    int rows, columns, op_count;
    const nova_op *ops;
    const uint16_t *outputs;
    const double *coefs;
    nova_op own_ops[NOVA_PROGRAM_ENTRIES];
    uint16_t own_outputs[NOVA_MAX_PRODUCTS];
    double own_coefs[NOVA_PROGRAM_ENTRIES];
} nova_program;

/**
 * The codelet's operations; if `bound` is null those of a plain product with the transform's
 * matrix, each row summed from left to right over its nonzero entries rounded to binary32.
 * `bound` must outlive the program.
 */
void nova_program_init(nova_program *program, const nova_transform *transform, nova_map map,
                       const nova_bound_codelet *bound);

/** Runs in binary32, every operation rounded; unfused multiply-adds round their product too. */
void nova_program_run(const nova_program *program, int fused, const float *x, float *y);

/** The matrix that the operations compute with the coefficients as they are, [rows][columns]. */
void nova_program_matrix(const nova_program *program, double *matrix);

/**
 * Covariance [rows][rows] of the outputs' error that rounding every operation to binary32 makes,
 * for inputs of zero mean and covariance [columns][columns].
 */
void nova_program_error(const nova_program *program, int fused, const double *covariance,
                        double *error);

#endif
