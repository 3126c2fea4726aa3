/*
 * model.h - the trained denoiser: its layers' weights, read from a safetensors file.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_MODEL_H
#define NOVA_DEMO_MODEL_H

#include "runtime/runtime.h"

enum { MODEL_MAX_LAYERS = 64, MODEL_IMAGE_CHANNELS = 3 };

/** One 3x3 convolution: weights [k][c][3][3], bias [k]. */
typedef struct {
    int64_t c, k;
    float *weights, *bias;
    double weight_rms;
} model_layer;

/** Convolutions in their order, with ReLU between them; the last one gives the noise. */
typedef struct {
    int count;
    model_layer layers[MODEL_MAX_LAYERS];
    int64_t widest; /**< the most channels between two layers */
} model;

/**
 * Reads conv.<i>.weight and conv.<i>.bias for i = 0, 1, ... and checks that they fit each other
 * and an RGB image. Errors: those of safetensors_read(), NOVA_DAMAGED.
 */
nova_status model_read(const char *path, model *out);
void model_free(model *net); /**< a zeroed structure is allowed */

#endif
