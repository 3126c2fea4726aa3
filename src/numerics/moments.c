/*
 * moments.c - models and estimates of correlated data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/moments.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "runtime/runtime.h"
#include "transforms/transform.h"

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

/** Levinson and Durbin's recursion: all prediction errors positive, or the matrix is not. */
static bool is_positive_definite(const double *moments, int count) {
    double filter[NOVA_MAX_INPUTS] = {0}, error = moments[0];
    for (int lag = 1; lag < count; lag++) {
        double sum = moments[lag], before[NOVA_MAX_INPUTS];
        for (int j = 1; j < lag; j++) {
            sum -= filter[j] * moments[lag - j];
            before[j] = filter[j];
        }
        double reflection = sum / error;
        for (int j = 1; j < lag; j++) {
            filter[j] = before[j] - reflection * before[lag - j];
        }
        filter[lag] = reflection;
        error *= 1 - reflection * reflection;
        if (!(error > 1e-12)) {
            return false;
        }
    }
    return true;
}

void nova_moments_make_definite(double *moments, int count) {
    double estimate[NOVA_MAX_INPUTS];
    for (int lag = 0; lag < count; lag++) {
        estimate[lag] = moments[lag];
    }
    for (double shrink = 1e-4; !is_positive_definite(moments, count); shrink *= 2) {
        for (int lag = 1; lag < count; lag++) {
            moments[lag] = estimate[lag] * fmax(0, 1 - shrink);
        }
    }
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
