/*
 * problem.h - Gaussian convolution problems for the tests of the error model and of the reference
 * engines, and a Winograd configuration as a plan would make it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_PROBLEM_H
#define NOVA_TEST_PROBLEM_H

#include "cpu/reference/reference.h"
#include "random.h"

/** A descriptor with its operands; x has rms 1, the weights (binary32) rms 1/sqrt(c r s). */
typedef struct conv_problem {
    nova_conv_desc desc;
    nova_reference_operands operands;
    void *x, *residual;
    float *weights, *bias;
    size_t outputs;
    double *exact; /* [n][k][out_h][out_w], direct convolution in double without activation */
} conv_problem;

/** A descriptor of the given sizes with all else at its default. */
nova_conv_desc problem_desc(int n, int c, int h, int w, int k, int r, int s);

/** Fills the operands for desc at random; `epilogue`: with bias and residual. */
void problem_init(conv_problem *problem, const nova_conv_desc *desc, int epilogue, uint64_t seed);
void problem_free(conv_problem *problem);

/** A Winograd configuration; `model` points into it. */
typedef struct configuration {
    nova_error_model model;
    nova_scaling scaling_h, scaling_w;
    nova_bound_codelet input_h, input_w, output_h, output_w;
} configuration;

/** Options of configuration_init(). */
enum { CONFIG_SCALED = 1, CONFIG_COMPENSATED = 2, CONFIG_NO_CODELETS = 4, CONFIG_UNFUSED = 8 };

void configuration_init(configuration *config, const nova_transform *h, const nova_transform *w,
                        const nova_conv_desc *desc, nova_arith arith, int options);

/** Mean square of the taps of U over all taps, for weights of unit variance. */
double filter_gain(const nova_transform *h, const nova_transform *w, const nova_scaling *scaling_h,
                   const nova_scaling *scaling_w);

/** The named transform, or the direct one for m = 1; fails the test if there is none. */
const nova_transform *transform_of(const char *set, int m, int r);

#endif
