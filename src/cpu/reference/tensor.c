/*
 * tensor.c - elements of tensors by their indices, and the epilogue.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/reference/tensor.h"

#include <math.h>

double nova_reference_element(const void *array, nova_dtype dtype, int64_t index) {
    switch (dtype) {
    case NOVA_F16:
        return nova_f16_to_float(((const uint16_t *)array)[index]);
    case NOVA_BF16:
        return nova_bf16_to_float(((const uint16_t *)array)[index]);
    default:
        return ((const float *)array)[index];
    }
}

int64_t nova_reference_out_h(const nova_conv_desc *desc) {
    return desc->h + desc->pad_top + desc->pad_bottom - desc->r + 1;
}

int64_t nova_reference_out_w(const nova_conv_desc *desc) {
    return desc->w + desc->pad_left + desc->pad_right - desc->s + 1;
}

/* Position of [n][c][i][j] in a tensor of c_count x h x w maps. */
static int64_t position(nova_layout layout, int64_t c_count, int64_t h, int64_t w, int64_t n,
                        int64_t c, int64_t i, int64_t j) {
    return layout == NOVA_NCHW ? ((n * c_count + c) * h + i) * w + j
                               : ((n * h + i) * w + j) * c_count + c;
}

double nova_reference_input(const nova_conv_desc *desc, const void *x, int64_t n, int64_t c,
                            int64_t i, int64_t j) {
    if (i < 0 || i >= desc->h || j < 0 || j >= desc->w)
        return 0;
    return nova_reference_element(x, desc->dtype,
                                  position(desc->layout, desc->c, desc->h, desc->w, n, c, i, j));
}

double nova_reference_weight(const nova_conv_desc *desc, const nova_reference_operands *operands,
                             int64_t k, int64_t c, int64_t u, int64_t v) {
    const int64_t index = ((k * desc->c + c) * desc->r + u) * desc->s + v;
    return nova_reference_element(operands->weights, operands->weights_dtype, index);
}

static double narrow(bool binary32, double value) {
    return binary32 ? (float)value : value;
}

double nova_reference_epilogue(const nova_conv_desc *desc, const nova_reference_operands *operands,
                               bool activate, bool binary32, double value, int64_t n, int64_t k,
                               int64_t i, int64_t j) {
    if (operands->bias)
        value = narrow(binary32, value + operands->bias[k]);
    if (operands->residual) {
        const int64_t index = position(desc->layout, desc->k, nova_reference_out_h(desc),
                                       nova_reference_out_w(desc), n, k, i, j);
        const double residual = nova_reference_element(operands->residual, desc->dtype, index);
        value = narrow(binary32, value + residual);
    }
    if (activate && desc->activation == NOVA_ACTIVATION_RELU)
        value = value < 0 ? 0 : value; /* NaN stays */
    if (activate && desc->activation == NOVA_ACTIVATION_SILU)
        value = narrow(binary32, value / (1 + exp(-value)));
    return value;
}

double nova_reference_error(const double *y, const double *exact, size_t count) {
    double error = 0, signal = 0;
    for (size_t i = 0; i < count; i++) {
        error += (y[i] - exact[i]) * (y[i] - exact[i]);
        signal += exact[i] * exact[i];
    }
    if (!isfinite(error))
        return NAN;
    return signal > 0 ? sqrt(error / signal) : (error > 0 ? INFINITY : 0);
}
