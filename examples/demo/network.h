/*
 * network.h - the denoiser run through nova: one plan and one packed filter per layer.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_NETWORK_H
#define NOVA_DEMO_NETWORK_H

#include "image.h"
#include "model.h"

/** One way to compute every convolution of the network. */
typedef struct {
    const char *name; /**< "F(6,3) nova" */
    nova_dtype dtype; /**< of the tensors between the layers */
    nova_algorithm algorithm;
    int tile; /**< outputs per tile and dimension; Winograd only */
    const char *set;
    nova_arith arith;
    unsigned flags; /**< NOVA_PLAN_... */
} method;

typedef struct {
    nova_plan *plan;
    nova_filter *filter;
    nova_plan_info info;
} network_layer;

/** A network ready to run on images of one size. */
typedef struct {
    const model *weights;
    nova_dtype dtype;
    int width, height;
    network_layer layers[MODEL_MAX_LAYERS];
    void *tensors[2]; /**< activations, NHWC; layer i reads [i % 2] and writes the other */
    void *workspace;  /**< one for all layers */
    size_t workspace_bytes;
    size_t packed_bytes; /**< of all filters together */
} network;

/** What is seen of the tensors of one run. */
typedef struct {
    double input_rms[MODEL_MAX_LAYERS]; /**< of what each layer reads */
    size_t nonfinite;                   /**< Inf or NaN in the outputs of all layers together */
} network_inspection;

/** Called after each layer. */
typedef struct {
    void (*layer_done)(void *context);
    void *context;
} network_listener;

/**
 * Plans every layer by `how` and packs its filter. `input_rms` tells the planner the rms of each
 * layer's input; null: not known. `weights` must outlive the network.
 */
nova_status network_create(const model *weights, const method *how, int width, int height,
                           int threads, const double *input_rms, network *out);
void network_free(network *net); /**< a zeroed structure is allowed */

/**
 * Predicts the noise in `noisy`, which is first rounded to the network's type. *seconds is the time
 * spent in nova_execute(). `inspection` may be null; if not, all tensors are looked through.
 */
nova_status network_run(network *net, const image *noisy, network_listener listener, image *noise,
                        double *seconds, network_inspection *inspection);

/** The largest predicted error of any layer, relative rms. */
double network_predicted_error(const network *net);

#endif
