/*
 * runner.h - a planned convolution that is ready to run, and the data to try it on.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_RUNNER_H
#define NOVA_CLI_RUNNER_H

#include "nova_winograd.h"

/** Plan, packed filter and workspace of one convolution. */
typedef struct cli_runner {
    nova_conv_desc desc;
    nova_plan_info info;
    nova_plan *plan;
    nova_filter *filter;
    void *workspace;
} cli_runner;

/**
 * Plans the convolution and packs the weights, [k][c][r][s] of `dtype`. Errors: those of
 * nova_plan_create() and nova_filter_create(). Release with cli_runner_destroy(), also after a
 * failure.
 */
nova_status cli_runner_create(const nova_conv_desc *desc, const nova_plan_options *options,
                              const void *weights, nova_dtype dtype, cli_runner *runner);
void cli_runner_destroy(cli_runner *runner);

/** Runs it; `args` has everything but the workspace. Errors: those of nova_execute(). */
nova_status cli_runner_run(const cli_runner *runner, nova_execute_args *args);

/** Elements of the descriptor's input and weights, and of the runner's output; NOVA_SIZE_OVERFLOW
    if they do not fit. */
nova_status cli_count_operands(const nova_conv_desc *desc, size_t *x, size_t *weights);
size_t cli_runner_outputs(const cli_runner *runner);

/**
 * Fills an array with independent normal values of the given rms, each rounded to `dtype`. The
 * same seed gives the same values on every machine with the same libm.
 */
void cli_fill_normal(void *data, nova_dtype dtype, size_t count, double rms, uint64_t seed);

/**
 * Fills the descriptor's input, layout NCHW, with normal values of rms 1 whose correlation is
 * rho^(distance along the row + distance along the column), 0 <= rho < 1, within each plane; planes
 * are independent. With rho = 0 it is what cli_fill_normal() gives. The tensor's
 * size must have been checked with cli_count_operands(). Errors: NOVA_OUT_OF_MEMORY.
 */
nova_status cli_fill_correlated(void *x, const nova_conv_desc *desc, double rho, uint64_t seed);

/** What a result is worth beside the exact one. */
typedef struct cli_comparison {
    double rms;        /**< relative rms error; NaN if anything is not finite */
    double worst;      /**< largest absolute error over the rms of the exact values; or NaN */
    int64_t nonfinite; /**< values that are Inf or NaN */
} cli_comparison;

/** Compares `count` values with the exact ones. */
cli_comparison cli_compare(const float *values, const double *exact, size_t count);

#endif
