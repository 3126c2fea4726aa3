/*
 * definite.c - the part of moments.h that the library itself needs: moments that can be.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>

#include "numerics/moments.h"
#include "transforms/transform.h"

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
