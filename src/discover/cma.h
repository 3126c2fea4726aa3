/*
 * cma.h - an evolution strategy with covariance matrix adaptation: N. Hansen, The CMA Evolution
 * Strategy: A Tutorial (arXiv:1604.00772), (mu/mu_w, lambda) with its default parameters and
 * positive weights. docs/discovery.md compares it with what NLopt offers.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CMA_H
#define NOVA_CMA_H

#include <stdbool.h>
#include <stdint.h>

#include "nova_winograd.h"

enum { NOVA_CMA_MAX_DIMENSION = 24 };

/** Stores the function's value at x, which is finite; false ends the search. */
typedef bool (*nova_cma_function)(void *context, const double *x, double *value);

/**
 * Minimises over the box low <= x[i] <= high, from x on (which is left alone: it is the function
 * that sees what is best), with at most about `evaluations` calls; the same seed makes the same
 * calls. Points that fall outside the box are moved onto its surface. Errors: NOVA_OUT_OF_MEMORY,
 * NOVA_INVALID_ARGUMENT (dimension outside 1..NOVA_CMA_MAX_DIMENSION).
 */
nova_status nova_cma_minimise(nova_cma_function function, void *context, int dimension, double low,
                              double high, const double *x, int evaluations, uint64_t seed);

#endif
