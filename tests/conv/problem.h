/*
 * problem.h - a random convolution with its operands, the exact result and the comparison with
 * what a plan predicts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_PROBLEM_H
#define NOVA_TEST_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "nova_winograd.h"
#include "random.h"

typedef struct problem {
    nova_conv_desc desc;
    size_t x_count, w_count, y_count;
    void *x, *y;       /* of desc.dtype and desc.layout; y has exactly y_count elements */
    float *weights;    /* [k][c][r][s] */
    float *bias;       /* or null */
    void *residual;    /* or null */
    double *exact;     /* [n][k][i][j] after the activation */
    double linear_rms; /* rms of the convolution alone */
    double total_rms;  /* rms before the activation */
} problem;

/** Sizes of a convolution, as in a descriptor. */
typedef struct problem_sizes {
    int64_t n, c, h, w, k, r, s;
} problem_sizes;

/** A descriptor of these sizes with half of the filter as padding on every side. */
nova_conv_desc problem_desc(const problem_sizes *sizes, nova_dtype dtype, nova_layout layout);

/** A 3x3 convolution in binary16 or bfloat16, random in all that a descriptor says, of up to so
   many images, channels (at most 200), rows and columns. */
nova_conv_desc problem_half_desc(test_random *random, int images, int channels, int rows,
                                 int columns);

/** Normal operands for a descriptor: x of rms 1, weights of rms 1/sqrt(c r s). */
void problem_create(problem *p, const nova_conv_desc *desc, bool bias, bool residual,
                    test_random *random);
void problem_destroy(problem *p);

/** Element (n, k, i, j) of y as double. */
double problem_output(const problem *p, int64_t n, int64_t k, int64_t i, int64_t j);

/** Relative rms error of y, for a problem without activation; NaN if y is not finite. */
double problem_error(const problem *p);

/**
 * Compares y with the exact result: the relative rms error must be what was predicted, up to the
 * scatter of a finite and uneven sample, and no single element may be further off than 25 standard
 * deviations of the worst position in a tile. Returns null if both hold, else a sentence (static
 * buffer).
 */
const char *problem_compare(const problem *p, const nova_plan_info *info);

/** Plans, packs, executes; y is poisoned first. Fails the test if a call fails. */
void problem_run(problem *p, const nova_plan *plan);

/** The same; what was done is counted in *work. */
void problem_run_counted(problem *p, const nova_plan *plan, nova_work *work);

#endif
