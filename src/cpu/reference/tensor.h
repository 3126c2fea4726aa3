/*
 * tensor.h - elements of tensors by their indices, and the epilogue, for the reference engines.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_REFERENCE_TENSOR_H
#define NOVA_REFERENCE_TENSOR_H

#include "cpu/reference/reference.h"

/** Element `index` of an array of `dtype`, exactly. */
double nova_reference_element(const void *array, nova_dtype dtype, int64_t index);

/** x[n][c][i][j] of the descriptor's input; zero where i or j lies in the padding. i and j count
    from the first row and column of x, so that they may be negative. */
double nova_reference_input(const nova_conv_desc *desc, const void *x, int64_t n, int64_t c,
                            int64_t i, int64_t j);

/** w[k][c][u][v]. */
double nova_reference_weight(const nova_conv_desc *desc, const nova_reference_operands *operands,
                             int64_t k, int64_t c, int64_t u, int64_t v);

/**
 * Adds bias and residual to the convolution's result at output [n][k][i][j] and applies the
 * activation if asked. `binary32`: every step is rounded to binary32, as an engine does.
 */
double nova_reference_epilogue(const nova_conv_desc *desc, const nova_reference_operands *operands,
                               bool activate, bool binary32, double value, int64_t n, int64_t k,
                               int64_t i, int64_t j);

#endif
