/*
 * covariance.c - second moments of data as the command line spells them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "covariance.h"

#include <stdlib.h>
#include <string.h>

#include "npy.h"
#include "numerics/moments.h"
#include "runtime/runtime.h"

static void set_white(int count, double *moments) {
    memset(moments, 0, sizeof *moments * (size_t)count);
    moments[0] = 1;
}

/** From the rows, along the last axis, of an array of f32. */
static nova_status estimate(const cli_array *array, int least, int count, double *moments) {
    size_t length = (size_t)array->shape[array->rank - 1];
    int known = (int)NOVA_MIN(NOVA_MAX((size_t)least, length), (size_t)count);
    set_white(count, moments);
    return nova_moments_estimate(array->data, array->count / length, length, known, moments);
}

static nova_status moments_of_file(const char *path, int least, int count, double *moments) {
    cli_array array;
    nova_status status = cli_npy_read(path, &array);
    if (status != NOVA_OK) {
        return status;
    }
    if (array.rank == 0 || array.count == 0) {
        status = nova_fail(NOVA_INVALID_ARGUMENT, "%s holds no rows of samples", path);
    } else if ((status = cli_array_convert(&array, NOVA_F32)) == NOVA_OK) {
        status = estimate(&array, least, count, moments);
    }
    cli_array_free(&array);
    return status;
}

nova_status cli_read_covariance(const char *text, int least, int count, double *moments) {
    char *end;
    if (text == NULL || strcmp(text, "white") == 0) {
        set_white(count, moments);
        return NOVA_OK;
    }
    if (strncmp(text, "ar1:", 4) != 0) {
        return moments_of_file(text, least, count, moments);
    }
    double rho = strtod(text + 4, &end);
    if (end == text + 4 || *end != '\0') {
        return nova_fail(NOVA_INVALID_ARGUMENT, "'%s': ar1: is followed by a number", text);
    }
    return nova_moments_ar1(rho, count, moments);
}
