/*
 * model.c - see model.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "safetensors.h"

enum { TAPS = 3, MAX_CHANNELS = 65536 };

static const safetensors_tensor *find(const safetensors *file, int layer, const char *part) {
    char name[64];
    snprintf(name, sizeof name, "conv.%d.%s", layer, part);
    return safetensors_find(file, name);
}

static double rms(const float *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i) {
        sum += (double)values[i] * values[i];
    }
    return count ? sqrt(sum / (double)count) : 0;
}

static nova_status check_layer(int index, const safetensors_tensor *weights,
                               const safetensors_tensor *bias, int64_t channels) {
    if (!bias) {
        return nova_fail(NOVA_DAMAGED, "model: conv.%d has no bias", index);
    }
    const int64_t *shape = weights->shape;
    if (weights->rank != 4 || shape[2] != TAPS || shape[3] != TAPS) {
        return nova_fail(NOVA_DAMAGED, "model: conv.%d is not a 3x3 convolution", index);
    }
    if (shape[0] < 1 || shape[0] > MAX_CHANNELS || bias->rank != 1 || bias->shape[0] != shape[0]) {
        return nova_fail(NOVA_DAMAGED, "model: weight and bias of conv.%d disagree", index);
    }
    if (shape[1] != channels) {
        return nova_fail(NOVA_DAMAGED, "model: conv.%d takes %lld channels where %lld arrive",
                         index, (long long)shape[1], (long long)channels);
    }
    return NOVA_OK;
}

static nova_status read_layer(const safetensors *file, int index, int64_t channels,
                              model_layer *layer) {
    const safetensors_tensor *weights = find(file, index, "weight");
    const safetensors_tensor *bias = find(file, index, "bias");
    nova_status status = check_layer(index, weights, bias, channels);
    if (status != NOVA_OK) {
        return status;
    }
    layer->k = weights->shape[0];
    layer->c = weights->shape[1];
    layer->weights = safetensors_to_float(weights);
    layer->bias = safetensors_to_float(bias);
    if (!layer->weights || !layer->bias) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the weights of conv.%d", index);
    }
    layer->weight_rms = rms(layer->weights, weights->elements);
    if (!isfinite(layer->weight_rms) || !isfinite(rms(layer->bias, bias->elements))) {
        return nova_fail(NOVA_DAMAGED, "model: conv.%d has weights that are not finite", index);
    }
    return NOVA_OK;
}

static nova_status read_layers(const safetensors *file, model *out) {
    int64_t channels = MODEL_IMAGE_CHANNELS;
    while (out->count < MODEL_MAX_LAYERS && find(file, out->count, "weight")) {
        nova_status status = read_layer(file, out->count, channels, &out->layers[out->count]);
        if (status != NOVA_OK) {
            return status;
        }
        channels = out->layers[out->count++].k;
        out->widest = NOVA_MAX(out->widest, channels);
    }
    if (out->count == 0 || find(file, out->count, "weight")) {
        return nova_fail(NOVA_DAMAGED, "model: 1 to %d layers named conv.<i> are expected",
                         MODEL_MAX_LAYERS);
    }
    if (channels != MODEL_IMAGE_CHANNELS) {
        return nova_fail(NOVA_DAMAGED, "model: the last layer gives %lld channels, not %d",
                         (long long)channels, MODEL_IMAGE_CHANNELS);
    }
    return NOVA_OK;
}

nova_status model_read(const char *path, model *out) {
    safetensors file;
    memset(out, 0, sizeof *out);
    nova_status status = safetensors_read(path, &file);
    if (status != NOVA_OK) {
        return status;
    }
    status = read_layers(&file, out);
    safetensors_free(&file);
    if (status != NOVA_OK) {
        model_free(out);
    }
    return status;
}

void model_free(model *net) {
    for (int i = 0; i < MODEL_MAX_LAYERS; ++i) {
        free(net->layers[i].weights);
        free(net->layers[i].bias);
    }
    memset(net, 0, sizeof *net);
}
