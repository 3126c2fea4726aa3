/*
 * problem.c - see problem.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/kernels.h"
#include "cpu/reference/reference.h"
#include "numerics/half.h"

static void *allocate(size_t bytes) {
    void *memory = malloc(bytes);
    assert_non_null(memory);
    return memory;
}

static float *normal_floats(size_t count, double rms, test_random *random) {
    float *values = allocate(count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(rms * random_normal(random));
    return values;
}

/* Exactly count elements of a type, so that a sanitizer sees every step outside. */
static void *normal_tensor(size_t count, nova_dtype dtype, test_random *random) {
    float *values = normal_floats(count, 1.0, random);
    void *tensor = allocate(count * nova_dtype_size(dtype));
    nova_convert_from_float(tensor, values, dtype, count);
    free(values);
    return tensor;
}

static double rms_of(const double *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i] * values[i];
    return sqrt(sum / (double)count);
}

static void compute_exact(problem *p) {
    nova_reference_operands operands = {
        .x = p->x, .weights = p->weights, .weights_dtype = NOVA_F32};
    p->exact = allocate(p->y_count * sizeof *p->exact);
    assert_int_equal(nova_reference_direct(&p->desc, &operands, false, p->exact), NOVA_OK);
    p->linear_rms = rms_of(p->exact, p->y_count);
    operands.bias = p->bias;
    operands.residual = p->residual;
    assert_int_equal(nova_reference_direct(&p->desc, &operands, false, p->exact), NOVA_OK);
    p->total_rms = rms_of(p->exact, p->y_count);
    assert_int_equal(nova_reference_direct(&p->desc, &operands, true, p->exact), NOVA_OK);
}

nova_conv_desc problem_half_desc(test_random *random, int images, int channels, int rows,
                                 int columns) {
    static const int all[] = {1, 3, 8, 17, 32, 48, 64, 72, 100, 130, 200};
    int count = (int)(sizeof all / sizeof *all);
    while (all[count - 1] > channels)
        count--;
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = random_int(random, 1, images);
    desc.c = all[random_int(random, 0, count - 1)];
    desc.k = all[random_int(random, 0, count - 1)];
    desc.h = random_int(random, 3, rows);
    desc.w = random_int(random, 3, columns);
    desc.pad_top = random_int(random, 0, 2);
    desc.pad_bottom = random_int(random, 0, 2);
    desc.pad_left = random_int(random, 0, 2);
    desc.pad_right = random_int(random, 0, 2);
    desc.dtype = random_int(random, 0, 1) ? NOVA_F16 : NOVA_BF16;
    desc.layout = random_int(random, 0, 1) ? NOVA_NHWC : NOVA_NCHW;
    desc.activation = (nova_activation)random_int(random, 0, 2);
    return desc;
}

nova_conv_desc problem_desc(const problem_sizes *sizes, nova_dtype dtype, nova_layout layout) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = sizes->n;
    desc.c = sizes->c;
    desc.h = sizes->h;
    desc.w = sizes->w;
    desc.k = sizes->k;
    desc.r = sizes->r;
    desc.s = sizes->s;
    desc.pad_top = desc.pad_bottom = desc.r / 2;
    desc.pad_left = desc.pad_right = desc.s / 2;
    desc.dtype = dtype;
    desc.layout = layout;
    return desc;
}

void problem_create(problem *p, const nova_conv_desc *desc, bool bias, bool residual,
                    test_random *random) {
    memset(p, 0, sizeof *p);
    p->desc = *desc;
    const int64_t out_h = nova_reference_out_h(desc), out_w = nova_reference_out_w(desc);
    p->x_count = (size_t)(desc->n * desc->c * desc->h * desc->w);
    p->w_count = (size_t)(desc->k * desc->c * desc->r * desc->s);
    p->y_count = (size_t)(desc->n * desc->k * out_h * out_w);
    p->x = normal_tensor(p->x_count, desc->dtype, random);
    p->weights = normal_floats(p->w_count, 1 / sqrt((double)(desc->c * desc->r * desc->s)), random);
    if (bias)
        p->bias = normal_floats((size_t)desc->k, 0.3, random);
    if (residual)
        p->residual = normal_tensor(p->y_count, desc->dtype, random);
    /* as callers have it who care for speed: only whole cache lines are ever written past the cache
     */
    assert_int_equal(
        posix_memalign(&p->y, NOVA_LINE_BYTES, p->y_count * nova_dtype_size(desc->dtype)), 0);
    compute_exact(p);
}

void problem_destroy(problem *p) {
    free(p->x);
    free(p->y);
    free(p->weights);
    free(p->bias);
    free(p->residual);
    free(p->exact);
}

double problem_output(const problem *p, int64_t n, int64_t k, int64_t i, int64_t j) {
    const int64_t out_h = nova_reference_out_h(&p->desc), out_w = nova_reference_out_w(&p->desc);
    const int64_t index = p->desc.layout == NOVA_NCHW
                              ? ((n * p->desc.k + k) * out_h + i) * out_w + j
                              : ((n * out_h + i) * out_w + j) * p->desc.k + k;
    float value;
    nova_convert_to_float(&value,
                          (const char *)p->y + (size_t)index * nova_dtype_size(p->desc.dtype),
                          p->desc.dtype, 1);
    return value;
}

/* Absolute rms error to expect: the convolution's, and the rounding of the stored total. The
   slope of an activation is at most 1.1. */
static double expected_error(const problem *p, double predicted_error) {
    static const double unit[] = {[NOVA_F32] = 6e-8, [NOVA_F16] = 4.9e-4, [NOVA_BF16] = 3.9e-3};
    return predicted_error * p->linear_rms + 0.5 * unit[p->desc.dtype] * p->total_rms;
}

/* Standard deviation of the worst output of a tile over the rms of all its outputs, in one
   dimension: output j gets sum_i AT_ji^2 |G_i|^2 |BT_i|^2 of the noise. */
static double worst_position(const char *set, int m, int64_t taps) {
    const nova_transform *t = nova_transform_find(set, m, (int)taps);
    assert_non_null(t);
    double worst = 0, mean = 0;
    for (int j = 0; j < t->m; j++) {
        double sum = 0;
        for (int i = 0; i < t->products; i++) {
            double g = 0, b = 0;
            for (int k = 0; k < t->r; k++)
                g += pow(t->G[i * t->r + k], 2);
            for (int l = 0; l < t->inputs; l++)
                b += pow(t->BT[i * t->inputs + l], 2);
            sum += pow(t->AT[j * t->products + i], 2) * g * b;
        }
        worst = fmax(worst, sum);
        mean += sum / t->m;
    }
    return sqrt(worst / mean);
}

static double worst_factor(const problem *p, const nova_plan_info *info) {
    if (info->algorithm == NOVA_ALGORITHM_DIRECT)
        return 1;
    return worst_position(info->set, info->tile_h, p->desc.r) *
           worst_position(info->set, info->tile_w, p->desc.s);
}

/* With few tiles in a dimension the outputs may sit at the worse positions of their tiles, or
   where most of the filter's window is padding: the mean over positions does not apply. */
static double uneven_factor(const problem *p, const nova_plan_info *info) {
    const bool tiny = p->desc.h < p->desc.r || p->desc.w < p->desc.s;
    double factor = tiny ? 2 : 1;
    if (info->algorithm == NOVA_ALGORITHM_DIRECT)
        return factor;
    if (info->out_h < 4 * info->tile_h || p->desc.h < 3 * p->desc.r)
        factor *= worst_position(info->set, info->tile_h, p->desc.r);
    if (info->out_w < 4 * info->tile_w || p->desc.w < 3 * p->desc.s)
        factor *= worst_position(info->set, info->tile_w, p->desc.s);
    return factor;
}

/* Sums and maxima of |y - exact|; NaN wins. */
typedef struct deviation {
    double square, worst;
} deviation;

static deviation deviation_of(const problem *p) {
    const int64_t out_h = nova_reference_out_h(&p->desc), out_w = nova_reference_out_w(&p->desc);
    deviation sum = {0, 0};
    size_t index = 0;
    for (int64_t n = 0; n < p->desc.n; n++)
        for (int64_t k = 0; k < p->desc.k; k++)
            for (int64_t i = 0; i < out_h; i++)
                for (int64_t j = 0; j < out_w; j++) {
                    const double error = fabs(problem_output(p, n, k, i, j) - p->exact[index++]);
                    sum.square += error * error;
                    sum.worst = error <= sum.worst ? sum.worst : error;
                }
    return sum;
}

double problem_error(const problem *p) {
    const double error = sqrt(deviation_of(p).square / (double)p->y_count) / p->total_rms;
    return isfinite(error) ? error : NAN;
}

const char *problem_compare(const problem *p, const nova_plan_info *info) {
    static char report[200];
    const double expected = expected_error(p, info->predicted_error);
    const double tolerance = 25 * worst_factor(p, info) * expected;
    const deviation sum = deviation_of(p);
    const double rms = sqrt(sum.square / (double)p->y_count);
    const double scatter = uneven_factor(p, info) * (1.2 + 10.0 / sqrt((double)p->y_count));
    if (rms <= scatter * expected && sum.worst <= tolerance)
        return NULL;
    snprintf(report, sizeof report,
             "rms error %.3g (%.3g expected), worst %.3g (at most %.3g), %zu outputs", rms,
             expected, sum.worst, tolerance, p->y_count);
    return report;
}

void problem_run(problem *p, const nova_plan *plan) {
    problem_run_counted(p, plan, NULL);
}

void problem_run_counted(problem *p, const nova_plan *plan, nova_work *work) {
    nova_filter *filter;
    assert_int_equal(nova_filter_create(plan, p->weights, NOVA_F32, &filter), NOVA_OK);
    nova_plan_info info = {.struct_size = sizeof info};
    assert_int_equal(nova_plan_get_info(plan, &info), NOVA_OK);
    memset(p->y, 0xff, p->y_count * nova_dtype_size(p->desc.dtype)); /* NaN in every type */
    void *workspace = allocate(info.workspace_bytes);
    memset(workspace, 0xff, info.workspace_bytes);
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = p->x;
    args.y = p->y;
    args.bias = p->bias;
    args.residual = p->residual;
    args.workspace = workspace;
    args.workspace_bytes = info.workspace_bytes;
    args.work = work;
    assert_int_equal(nova_execute(plan, filter, &args), NOVA_OK);
    free(workspace);
    nova_filter_destroy(filter);
}
