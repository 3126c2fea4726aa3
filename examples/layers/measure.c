/*
 * measure.c - one layer at a time: every method against binary32 direct convolution.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "layers.h"
#include "npy.h"

/* ---- methods */

static const struct {
    int tile;
    const char *set;
} built_in[] = {
    {4, "integer"}, {4, "nova"},     {4, "best"},      {4, "best+x2+1"},   {6, "integer"},
    {6, "nova"},    {6, "best"},     {6, "best+x2+1"}, {6, "best+x2+x+1"}, {8, "integer"},
    {8, "nova"},    {8, "barabasz"}, {8, "best"},      {8, "best+x2+1"},   {8, "best+x2+x+1"},
};

static nova_status add_file(layers_run *run, const char *path) {
    layers_method *how = &run->methods[run->method_count];
    nova_status status = nova_set_load(path, &how->custom);
    if (status != NOVA_OK) {
        return status;
    }
    ++run->method_count;
    how->set = path;
    how->transform = nova_set_transform(how->custom);
    how->tile = how->transform->m;
    return how->transform->r == 3
               ? NOVA_OK
               : nova_fail(NOVA_INVALID_ARGUMENT, "%s is not for filters of three taps", path);
}

nova_status layers_list_methods(layers_run *run) {
    for (int i = 0; i < NOVA_COUNT(built_in); ++i) {
        const nova_transform *transform = nova_transform_find(built_in[i].set, built_in[i].tile, 3);
        if (transform != NULL) {
            run->methods[run->method_count++] = (layers_method){
                .tile = built_in[i].tile, .set = built_in[i].set, .transform = transform};
        }
    }
    nova_status status = NOVA_OK;
    for (int i = 0; i < run->options.set_count && status == NOVA_OK; ++i) {
        status = add_file(run, run->options.sets[i]);
    }
    return status;
}

void layers_free_methods(layers_run *run) {
    for (int i = 0; i < run->method_count; ++i) {
        nova_set_destroy(run->methods[i].custom);
    }
}

/* ---- one convolution */

/** A layer's convolution without bias and activation, as errors are defined. */
static void describe(const layers_run *run, int index, nova_conv_desc *desc) {
    const model_layer *weights = &run->weights.layers[index];
    nova_conv_desc_init(desc);
    desc->n = 1;
    desc->c = weights->c;
    desc->k = weights->k;
    desc->h = run->net.height;
    desc->w = run->net.width;
    desc->pad_top = desc->pad_bottom = desc->pad_left = desc->pad_right = 1;
    desc->layout = NOVA_NHWC;
    desc->input_rms = run->layers[index].input_rms;
    desc->filter_rms = run->layers[index].weight_rms;
}

static nova_status convolve(const layers_run *run, int index, const nova_plan_options *options,
                            float *y, double *predicted) {
    nova_conv_desc desc;
    nova_plan *plan = NULL;
    nova_filter *filter = NULL;
    nova_plan_info info = {.struct_size = sizeof info};
    describe(run, index, &desc);
    nova_status status = nova_plan_create(&desc, options, &plan);
    if (status == NOVA_OK) {
        status = nova_plan_get_info(plan, &info);
    }
    if (status == NOVA_OK) {
        status = nova_filter_create(plan, run->weights.layers[index].weights, NOVA_F32, &filter);
    }
    if (status == NOVA_OK) {
        nova_execute_args args;
        nova_execute_args_init(&args);
        args.x = run->net.tensors[index % 2];
        args.y = y;
        status = nova_execute(plan, filter, &args);
        *predicted = info.predicted_error;
    }
    nova_filter_destroy(filter);
    nova_plan_destroy(plan);
    return status;
}

static void choose(const layers_run *run, const layers_method *how, nova_plan_options *options) {
    nova_plan_options_init(options);
    options->threads = run->options.threads;
    if (how == NULL) {
        options->algorithm = NOVA_ALGORITHM_DIRECT;
        options->arith = NOVA_ARITH_F32;
        return;
    }
    options->algorithm = NOVA_ALGORITHM_WINOGRAD;
    options->tile_h = options->tile_w = how->tile;
    options->arith = run->options.arith;
    options->flags = run->options.flags;
    options->set = how->custom == NULL ? how->set : NULL;
    options->custom_set = how->custom;
}

/* ---- one layer */

static double mean_square(const float *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i) {
        sum += (double)values[i] * values[i];
    }
    return sum / (double)count;
}

/** The layer's second moments. */
typedef struct layer_moments {
    layers_moments input, weights;
    double line[LAYERS_LAGS]; /* of the input, along either axis */
} layer_moments;

static void inspect(layers_run *run, int index, layer_moments *moments) {
    layers_layer *layer = &run->layers[index];
    const model_layer *weights = &run->weights.layers[index];
    const float *x = run->net.tensors[index % 2];
    const size_t pixels = (size_t)run->net.width * (size_t)run->net.height;
    layer->c = weights->c;
    layer->k = weights->k;
    layer->weight_rms = weights->weight_rms;
    layer->input_rms = sqrt(mean_square(x, pixels * (size_t)weights->c));
    layers_input_moments(x, run->net.height, run->net.width, weights->c, run->options.threads,
                         &moments->input);
    layers_line_moments(&moments->input, moments->line);
    layers_weight_moments(weights->weights, weights->c * weights->k, 3, 3, &moments->weights);
    layer->correlation_h = moments->input.at[1][LAYERS_LAGS - 1];
    layer->correlation_w = moments->input.at[0][LAYERS_LAGS];
}

static nova_status try_method(const layers_run *run, int index, const layers_method *how,
                              const layer_moments *moments, const float *exact, float *y,
                              layers_result *result) {
    const layers_layer *layer = &run->layers[index];
    const size_t outputs = (size_t)run->net.width * (size_t)run->net.height * (size_t)layer->k;
    nova_plan_options options;
    choose(run, how, &options);
    if (run->options.own_moments) {
        options.input_moments = moments->line;
        options.input_moment_count = LAYERS_LAGS;
    }
    nova_status status = convolve(run, index, &options, y, &result->predicted);
    if (status != NOVA_OK) {
        return status;
    }
    result->measured = relative_rms(y, exact, outputs);
    result->alpha2 = layers_alpha2(how->transform, NULL, NULL);
    result->alpha2_covariance = layers_alpha2(how->transform, &moments->input, &moments->weights);
    result->covariance =
        result->predicted * result->alpha2_covariance / result->alpha2 / sqrt(layer->output_gain);
    return NOVA_OK;
}

static nova_status measure_into(layers_run *run, int index, float *exact, float *y) {
    layers_layer *layer = &run->layers[index];
    const size_t outputs =
        (size_t)run->net.width * (size_t)run->net.height * (size_t)run->weights.layers[index].k;
    layer_moments moments;
    nova_plan_options options;
    double ignored;
    inspect(run, index, &moments);
    choose(run, NULL, &options);
    nova_status status = convolve(run, index, &options, exact, &ignored);
    const double independent = 9 * (double)layer->c * layer->input_rms * layer->input_rms *
                               layer->weight_rms * layer->weight_rms;
    layer->output_gain = mean_square(exact, outputs) / independent;
    for (int i = 0; i < run->method_count && status == NOVA_OK; ++i) {
        status = try_method(run, index, &run->methods[i], &moments, exact, y, &layer->results[i]);
    }
    return status;
}

nova_status layers_measure(layers_run *run, int index) {
    size_t bytes;
    const size_t pixels = (size_t)run->net.width * (size_t)run->net.height;
    if (!nova_size_mul(pixels, (size_t)run->weights.layers[index].k * sizeof(float), &bytes)) {
        return nova_fail(NOVA_SIZE_OVERFLOW, "the photograph is too large");
    }
    float *exact = nova_alloc(bytes), *y = nova_alloc(bytes);
    nova_status status = exact != NULL && y != NULL
                             ? measure_into(run, index, exact, y)
                             : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a layer's output");
    nova_free(exact);
    nova_free(y);
    return status;
}

nova_status layers_save_input(const layers_run *run, int index, const char *path) {
    const int64_t c = run->weights.layers[index].c;
    const int64_t pixels = (int64_t)run->net.width * run->net.height;
    const float *x = run->net.tensors[index % 2];
    cli_array array;
    nova_status status =
        cli_array_create(&array, NOVA_F32, 4, (int64_t[]){1, c, run->net.height, run->net.width});
    if (status != NOVA_OK) {
        return status;
    }
    for (int64_t i = 0; i < pixels * c; ++i) {
        ((float *)array.data)[i % c * pixels + i / c] = x[i];
    }
    status = cli_npy_write(path, &array);
    cli_array_free(&array);
    return status;
}
