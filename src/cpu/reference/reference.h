/*
 * reference.h - slow, simple engines that everything else is measured against: direct convolution
 * in double, and Winograd straight from the matrices, exactly or with every rounding of the fast
 * engine emulated.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_REFERENCE_H
#define NOVA_REFERENCE_H

#include <stdbool.h>

#include "numerics/numerics.h"

/** Operands of one convolution, in the descriptor's type and layout where not said otherwise. */
typedef struct nova_reference_operands {
    const void *x;
    const void *weights; /* [k][c][r][s] */
    nova_dtype weights_dtype;
    const float *bias;    /* [k], or null */
    const void *residual; /* like y, or null */
} nova_reference_operands;

/** Output height and width, at least 1 for an eligible descriptor. */
int64_t nova_reference_out_h(const nova_conv_desc *desc);
int64_t nova_reference_out_w(const nova_conv_desc *desc);

/**
 * Output [n][k][i][j] of direct convolution in double, bias and residual added, not rounded to the
 * tensors' type. `activate`: with the descriptor's activation. The descriptor is eligible (stride,
 * dilation and groups 1) and the indices are in range.
 */
double nova_reference_direct_sample(const nova_conv_desc *desc,
                                    const nova_reference_operands *operands, bool activate,
                                    int64_t n, int64_t k, int64_t i, int64_t j);

/**
 * All outputs of direct convolution in double, y[n][k][out_h][out_w] whatever the layout.
 * Errors: NOVA_OUT_OF_MEMORY, NOVA_SIZE_OVERFLOW.
 */
nova_status nova_reference_direct(const nova_conv_desc *desc,
                                  const nova_reference_operands *operands, bool activate,
                                  double *y);

/**
 * Winograd's algorithm with the matrices of `h` (height, taps desc->r) and `w` (width, taps
 * desc->s), everything in double; any pair of transforms. y as of nova_reference_direct().
 * Errors: NOVA_INVALID_ARGUMENT (taps differ from the filter), NOVA_OUT_OF_MEMORY,
 * NOVA_SIZE_OVERFLOW.
 */
nova_status nova_reference_winograd(const nova_conv_desc *desc, const nova_transform *h,
                                    const nova_transform *w,
                                    const nova_reference_operands *operands, bool activate,
                                    double *y);

/**
 * The same with every rounding that the engine makes: binary32 transforms operation by operation
 * (by the codelet, or by the matrix where the model's codelet is null), U, V and M rounded as
 * model->arith says (split ones into parts, summed order by order), tap scaling, compensated
 * filters, sums over the channels in binary32 in chunks of model->chunk, y rounded to desc->dtype.
 * desc->dtype and desc->c are used, not the model's dtype, channels and rms.
 */
nova_status nova_reference_emulate(const nova_conv_desc *desc, const nova_error_model *model,
                                   const nova_reference_operands *operands, bool activate,
                                   double *y);

/** Relative rms error |y - exact|_2 / |exact|_2; NaN if y has an element that is not finite. */
double nova_reference_error(const double *y, const double *exact, size_t count);

#endif
