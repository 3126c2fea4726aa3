/*
 * moments.c - models and estimates of correlated data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/moments.h"

#include <math.h>

#include "runtime/runtime.h"

nova_status nova_moments_ar1(double rho, int count, double *moments) {
    if (!(rho > -1 && rho < 1)) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "a correlation of %g: must be between -1 and 1",
                         rho);
    }
    moments[0] = 1;
    for (int lag = 1; lag < count; lag++) {
        moments[lag] = moments[lag - 1] * rho;
    }
    return NOVA_OK;
}

/** Mean of x[i] x[i+lag] over all rows. */
static double moment(const float *data, size_t rows, size_t length, size_t lag) {
    double sum = 0;
    for (size_t row = 0; row < rows; row++) {
        const float *x = data + row * length;
        for (size_t i = 0; i + lag < length; i++) {
            sum += (double)x[i] * x[i + lag];
        }
    }
    return sum / ((double)rows * (double)(length - lag));
}

nova_status nova_moments_estimate(const float *data, size_t rows, size_t length, int count,
                                  double *moments) {
    if (rows == 0 || length < (size_t)count) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "rows of %zu samples: at least %d in a row are needed", length, count);
    }
    double square = moment(data, rows, length, 0);
    if (!isfinite(square) || square <= 0) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         square == 0 ? "the data are all zero" : "the data are not all finite");
    }
    for (int lag = 0; lag < count; lag++) {
        moments[lag] = moment(data, rows, length, (size_t)lag) / square;
    }
    nova_moments_make_definite(moments, count);
    return NOVA_OK;
}
