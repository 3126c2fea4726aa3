/*
 * problem.c - Gaussian convolution problems and Winograd configurations.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "problem.h"

#include <stdlib.h>

nova_conv_desc problem_desc(int n, int c, int h, int w, int k, int r, int s) {
    return (nova_conv_desc){.struct_size = sizeof(nova_conv_desc),
                            .n = n,
                            .c = c,
                            .h = h,
                            .w = w,
                            .k = k,
                            .r = r,
                            .s = s,
                            .stride_h = 1,
                            .stride_w = 1,
                            .dilation_h = 1,
                            .dilation_w = 1,
                            .groups = 1,
                            .input_rms = 1};
}

static float *gaussian(size_t count, double rms, test_random *random) {
    float *values = malloc(count * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(rms * random_normal(random));
    return values;
}

static void *gaussian_tensor(size_t count, nova_dtype dtype, test_random *random) {
    float *values = gaussian(count, 1, random);
    void *tensor = malloc(count * nova_dtype_size(dtype));
    assert_non_null(tensor);
    nova_convert_from_float(tensor, values, dtype, count);
    free(values);
    return tensor;
}

void problem_init(conv_problem *problem, const nova_conv_desc *desc, int epilogue, uint64_t seed) {
    test_random random = {seed};
    const size_t taps = (size_t)(desc->c * desc->r * desc->s);
    problem->desc = *desc;
    problem->outputs =
        (size_t)(desc->n * desc->k * nova_reference_out_h(desc) * nova_reference_out_w(desc));
    problem->x =
        gaussian_tensor((size_t)(desc->n * desc->c * desc->h * desc->w), desc->dtype, &random);
    problem->weights = gaussian((size_t)desc->k * taps, 1 / sqrt((double)taps), &random);
    problem->bias = epilogue ? gaussian((size_t)desc->k, 1, &random) : NULL;
    problem->residual = epilogue ? gaussian_tensor(problem->outputs, desc->dtype, &random) : NULL;
    problem->operands = (nova_reference_operands){
        .x = problem->x,
        .weights = problem->weights,
        .weights_dtype = NOVA_F32,
        .bias = problem->bias,
        .residual = problem->residual,
    };
    problem->exact = malloc(problem->outputs * sizeof *problem->exact);
    assert_non_null(problem->exact);
    assert_int_equal(
        nova_reference_direct(&problem->desc, &problem->operands, false, problem->exact), NOVA_OK);
}

void problem_free(conv_problem *problem) {
    free(problem->x);
    free(problem->weights);
    free(problem->bias);
    free(problem->residual);
    free(problem->exact);
}

static double row_power(const double *row, int count, int exponent) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += row[i] * row[i];
    return ldexp(sum, 2 * exponent);
}

static double mean_gain(const nova_transform *transform, const nova_scaling *scaling) {
    double sum = 0;
    for (int i = 0; i < transform->products; i++)
        sum += row_power(transform->G + i * transform->r, transform->r, scaling->filter[i]);
    return sum / transform->products;
}

double filter_gain(const nova_transform *h, const nova_transform *w, const nova_scaling *scaling_h,
                   const nova_scaling *scaling_w) {
    return mean_gain(h, scaling_h) * mean_gain(w, scaling_w);
}

static const nova_bound_codelet *bind(const nova_transform *transform, nova_map map,
                                      nova_bound_codelet *bound) {
    assert_true(nova_codelet_bind(transform, map, bound));
    return bound;
}

static void bind_codelets(configuration *config, const nova_transform *h, const nova_transform *w) {
    config->model.input_h = bind(h, NOVA_MAP_INPUT, &config->input_h);
    config->model.input_w = bind(w, NOVA_MAP_INPUT, &config->input_w);
    config->model.output_h = bind(h, NOVA_MAP_OUTPUT, &config->output_h);
    config->model.output_w = bind(w, NOVA_MAP_OUTPUT, &config->output_w);
}

void configuration_init(configuration *config, const nova_transform *h, const nova_transform *w,
                        const nova_conv_desc *desc, nova_arith arith, int options) {
    const double filter_rms = 1 / sqrt((double)(desc->c * desc->r * desc->s));
    nova_scaling_none(&config->scaling_h);
    nova_scaling_none(&config->scaling_w);
    if (options & CONFIG_SCALED) {
        nova_scaling_choose(h, &config->scaling_h);
        nova_scaling_choose(w, &config->scaling_w);
    }
    const double u_rms =
        filter_rms * sqrt(filter_gain(h, w, &config->scaling_h, &config->scaling_w));
    config->model = (nova_error_model){
        .h = h,
        .w = w,
        .scaling_h = &config->scaling_h,
        .scaling_w = &config->scaling_w,
        .arith = arith,
        .dtype = desc->dtype,
        .channels = desc->c,
        .chunk = 128,
        .compensation = (options & CONFIG_COMPENSATED) != 0,
        .input_rms = 1,
        .filter_rms = filter_rms,
        .filter_scale =
            options & CONFIG_SCALED ? nova_filter_scale(nova_arith_uv_type(arith), u_rms) : 1,
        .fused = !(options & CONFIG_UNFUSED),
    };
    if (!(options & CONFIG_NO_CODELETS))
        bind_codelets(config, h, w);
}

const nova_transform *transform_of(const char *set, int m, int r) {
    const nova_transform *transform = nova_transform_find(set, m, r);
    assert_non_null(transform);
    return transform;
}
