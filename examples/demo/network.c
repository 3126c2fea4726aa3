/*
 * network.c - see network.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "network.h"

#include <math.h>
#include <string.h>

#include "numerics/half.h"

/** Elements that are converted at a time when tensors are inspected. */
enum { INSPECTED_AT_ONCE = 4096 };

static size_t pixels(const network *net) {
    return (size_t)net->width * (size_t)net->height;
}

/* ---------------------------------------------------------------- plans */

static void describe_layer(const network *net, int index, double input_rms, nova_conv_desc *desc) {
    const model_layer *layer = &net->weights->layers[index];
    nova_conv_desc_init(desc);
    desc->n = 1;
    desc->c = layer->c;
    desc->k = layer->k;
    desc->h = net->height;
    desc->w = net->width;
    desc->pad_top = desc->pad_bottom = desc->pad_left = desc->pad_right = 1;
    desc->dtype = net->dtype;
    desc->layout = NOVA_NHWC;
    desc->filter_rms = layer->weight_rms;
    desc->activation =
        index < net->weights->count - 1 ? NOVA_ACTIVATION_RELU : NOVA_ACTIVATION_NONE;
    if (input_rms > 0 && isfinite(input_rms)) {
        desc->input_rms = input_rms;
    }
}

static void choose_options(const method *how, int threads, nova_plan_options *options) {
    nova_plan_options_init(options);
    options->algorithm = how->algorithm;
    options->tile_h = options->tile_w = how->tile;
    options->set = how->set;
    options->arith = how->arith;
    options->flags = how->flags;
    options->threads = threads;
}

static nova_status create_layer(network *net, int index, const method *how, int threads,
                                double input_rms) {
    network_layer *layer = &net->layers[index];
    nova_conv_desc desc;
    nova_plan_options options;
    describe_layer(net, index, input_rms, &desc);
    choose_options(how, threads, &options);
    nova_status status = nova_plan_create(&desc, &options, &layer->plan);
    if (status != NOVA_OK) {
        return status;
    }
    layer->info.struct_size = sizeof layer->info;
    status = nova_plan_get_info(layer->plan, &layer->info);
    if (status != NOVA_OK) {
        return status;
    }
    net->workspace_bytes = NOVA_MAX(net->workspace_bytes, layer->info.workspace_bytes);
    net->packed_bytes += layer->info.packed_bytes;
    return nova_filter_create(layer->plan, net->weights->layers[index].weights, NOVA_F32,
                              &layer->filter);
}

static nova_status allocate(network *net) {
    size_t bytes = 0;
    int64_t widest = NOVA_MAX(net->weights->widest, MODEL_IMAGE_CHANNELS);
    if (!nova_size_mul(pixels(net), (size_t)widest * nova_dtype_size(net->dtype), &bytes)) {
        return nova_fail(NOVA_SIZE_OVERFLOW, "the photograph is too large for this network");
    }
    net->tensors[0] = nova_alloc(bytes);
    net->tensors[1] = nova_alloc(bytes);
    net->workspace = nova_alloc(NOVA_MAX(net->workspace_bytes, (size_t)1));
    if (!net->tensors[0] || !net->tensors[1] || !net->workspace) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the network's tensors (%zu bytes each)",
                         bytes);
    }
    return NOVA_OK;
}

nova_status network_create(const model *weights, const method *how, int width, int height,
                           int threads, const double *input_rms, network *out) {
    nova_status status = NOVA_OK;
    memset(out, 0, sizeof *out);
    out->weights = weights;
    out->dtype = how->dtype;
    out->width = width;
    out->height = height;
    for (int i = 0; i < weights->count && status == NOVA_OK; ++i) {
        status = create_layer(out, i, how, threads, input_rms ? input_rms[i] : 0);
    }
    if (status == NOVA_OK) {
        status = allocate(out);
    }
    if (status != NOVA_OK) {
        network_free(out);
    }
    return status;
}

void network_free(network *net) {
    for (int i = 0; i < MODEL_MAX_LAYERS; ++i) {
        nova_filter_destroy(net->layers[i].filter);
        nova_plan_destroy(net->layers[i].plan);
    }
    nova_free(net->tensors[0]);
    nova_free(net->tensors[1]);
    nova_free(net->workspace);
    memset(net, 0, sizeof *net);
}

double network_predicted_error(const network *net) {
    double largest = 0;
    for (int i = 0; i < net->weights->count; ++i) {
        largest = fmax(largest, net->layers[i].info.predicted_error);
    }
    return largest;
}

/* ---------------------------------------------------------------- execution */

/** Rms of a tensor's finite values; those that are not are added to *nonfinite. */
static double look_through(const void *tensor, nova_dtype dtype, size_t count, size_t *nonfinite) {
    float values[INSPECTED_AT_ONCE];
    double sum = 0;
    for (size_t first = 0; first < count; first += INSPECTED_AT_ONCE) {
        size_t length = NOVA_MIN(count - first, (size_t)INSPECTED_AT_ONCE);
        nova_convert_to_float(values, (const char *)tensor + first * nova_dtype_size(dtype), dtype,
                              length);
        for (size_t i = 0; i < length; ++i) {
            if (isfinite(values[i])) {
                sum += (double)values[i] * values[i];
            } else {
                ++*nonfinite;
            }
        }
    }
    return sqrt(sum / (double)count);
}

static nova_status run_layer(network *net, int index, double *seconds) {
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = net->tensors[index % 2];
    args.y = net->tensors[(index + 1) % 2];
    args.bias = net->weights->layers[index].bias;
    args.workspace = net->workspace;
    args.workspace_bytes = net->workspace_bytes;
    double start = nova_now();
    nova_status status = nova_execute(net->layers[index].plan, net->layers[index].filter, &args);
    *seconds += nova_now() - start;
    return status;
}

static void inspect_layer(const network *net, int index, network_inspection *inspection) {
    const model_layer *layer = &net->weights->layers[index];
    size_t ignored = 0;
    inspection->input_rms[index] =
        look_through(net->tensors[index % 2], net->dtype, pixels(net) * (size_t)layer->c, &ignored);
    look_through(net->tensors[(index + 1) % 2], net->dtype, pixels(net) * (size_t)layer->k,
                 &inspection->nonfinite);
}

nova_status network_run(network *net, const image *noisy, network_listener listener, image *noise,
                        double *seconds, network_inspection *inspection) {
    *seconds = 0;
    if (inspection) {
        memset(inspection, 0, sizeof *inspection);
    }
    nova_convert_from_float(net->tensors[0], noisy->pixels, net->dtype, image_values(noisy));
    for (int i = 0; i < net->weights->count; ++i) {
        nova_status status = run_layer(net, i, seconds);
        if (status != NOVA_OK) {
            return status;
        }
        if (inspection) {
            inspect_layer(net, i, inspection);
        }
        listener.layer_done(listener.context);
    }
    nova_convert_to_float(noise->pixels, net->tensors[net->weights->count % 2], net->dtype,
                          image_values(noise));
    return NOVA_OK;
}
