/*
 * runner.c - planning, packing and running a convolution; normal data; comparison.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "runner.h"

#include <math.h>

#include "numerics/half.h"
#include "runtime/runtime.h"

nova_status cli_runner_create(const nova_conv_desc *desc, const nova_plan_options *options,
                              const void *weights, nova_dtype dtype, cli_runner *runner) {
    *runner = (cli_runner){.desc = *desc, .info.struct_size = sizeof runner->info};
    nova_status status = nova_plan_create(desc, options, &runner->plan);
    if (status == NOVA_OK) {
        status = nova_plan_get_info(runner->plan, &runner->info);
    }
    if (status == NOVA_OK) {
        status = nova_filter_create(runner->plan, weights, dtype, &runner->filter);
    }
    if (status == NOVA_OK) {
        runner->workspace = nova_alloc(runner->info.workspace_bytes + 1);
        if (runner->workspace == NULL) {
            status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a workspace of %zu bytes",
                               runner->info.workspace_bytes);
        }
    }
    return status;
}

void cli_runner_destroy(cli_runner *runner) {
    nova_free(runner->workspace);
    nova_filter_destroy(runner->filter);
    nova_plan_destroy(runner->plan);
    *runner = (cli_runner){.plan = NULL};
}

nova_status cli_runner_run(const cli_runner *runner, nova_execute_args *args) {
    args->workspace = runner->workspace;
    args->workspace_bytes = runner->info.workspace_bytes;
    return nova_execute(runner->plan, runner->filter, args);
}

static nova_status product(const int64_t *factors, int count, size_t *result) {
    *result = 1;
    for (int i = 0; i < count; ++i) {
        if (factors[i] < 0 || !nova_size_mul(*result, (size_t)factors[i], result)) {
            return nova_fail(NOVA_SIZE_OVERFLOW, "the tensor's size overflows");
        }
    }
    /* So that no count times the size of any element type overflows. */
    if (*result > PTRDIFF_MAX / sizeof(double)) {
        return nova_fail(NOVA_SIZE_OVERFLOW, "the tensor's size overflows");
    }
    return NOVA_OK;
}

nova_status cli_count_operands(const nova_conv_desc *desc, size_t *x, size_t *weights) {
    nova_status status = product((int64_t[]){desc->n, desc->c, desc->h, desc->w}, 4, x);
    return status != NOVA_OK ? status
                             : product((int64_t[]){desc->k, desc->c, desc->r, desc->s}, 4, weights);
}

size_t cli_runner_outputs(const cli_runner *runner) {
    return (size_t)(runner->desc.n * runner->desc.k * runner->info.out_h * runner->info.out_w);
}

/** SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/** Two independent normal values (Box and Muller). */
static void next_normal_pair(uint64_t *state, double pair[2]) {
    const double pi = 3.14159265358979323846;
    double u = (double)((next_random(state) >> 11) + 1) * 0x1p-53; /* in (0, 1] */
    double angle = 2 * pi * (double)(next_random(state) >> 11) * 0x1p-53;
    double radius = sqrt(-2 * log(u));
    pair[0] = radius * cos(angle);
    pair[1] = radius * sin(angle);
}

void cli_fill_normal(void *data, nova_dtype dtype, size_t count, double rms, uint64_t seed) {
    const size_t size = nova_dtype_size(dtype);
    uint64_t state = seed;
    double pair[2];
    for (size_t i = 0; i < count; ++i) {
        if (i % 2 == 0) {
            next_normal_pair(&state, pair);
        }
        float value = (float)(rms * pair[i % 2]);
        nova_convert_from_float((char *)data + i * size, &value, dtype, 1);
    }
}

/** One recursion of order 1 along columns, then one along rows; the rms stays 1. */
static void correlate(float *plane, int64_t height, int64_t width, double rho) {
    const float keep = (float)rho, fresh = (float)sqrt(1 - rho * rho);
    for (int64_t i = width; i < height * width; ++i) {
        plane[i] = keep * plane[i - width] + fresh * plane[i];
    }
    for (int64_t i = 0; i < height * width; ++i) {
        plane[i] = i % width == 0 ? plane[i] : keep * plane[i - 1] + fresh * plane[i];
    }
}

nova_status cli_fill_correlated(void *x, const nova_conv_desc *desc, double rho, uint64_t seed) {
    const int64_t pixels = desc->h * desc->w, planes = desc->n * desc->c;
    const size_t count = (size_t)(planes * pixels);
    float *values = nova_alloc(count * sizeof *values);
    if (values == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for tensors of this size");
    }
    cli_fill_normal(values, NOVA_F32, count, 1, seed);
    for (int64_t i = 0; i < planes && rho > 0; ++i) {
        correlate(values + i * pixels, desc->h, desc->w, rho);
    }
    nova_convert_from_float(x, values, desc->dtype, count);
    nova_free(values);
    return NOVA_OK;
}

cli_comparison cli_compare(const float *values, const double *exact, size_t count) {
    cli_comparison result = {.nonfinite = 0};
    double error = 0, signal = 0, worst = 0;
    for (size_t i = 0; i < count; ++i) {
        double difference = fabs((double)values[i] - exact[i]);
        result.nonfinite += !isfinite(values[i]);
        error += difference * difference;
        signal += exact[i] * exact[i];
        worst = fmax(worst, difference);
    }
    result.rms = result.nonfinite ? NAN : sqrt(error / signal);
    result.worst = result.nonfinite ? NAN : worst / sqrt(signal / (double)count);
    return result;
}
