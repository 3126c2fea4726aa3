/*
 * cuda_problem.h - a random convolution on a CUDA device: planned, packed, run and compared.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_CUDA_PROBLEM_H
#define NOVA_TEST_CUDA_PROBLEM_H

#include "conv/problem.h"
#include "cuda/cuda.h"

#ifdef NOVA_EMULATED
enum { SHRINK = 3 }; /* sides of maps are divided by this: the device is a CPU */
#else
enum { SHRINK = 1 };
#endif

/* A problem's operands on the device; y and the workspace are NaN. */
typedef struct device_problem {
    void *x, *y, *residual, *workspace;
    float *bias;
    nova_execute_args args;
} device_problem;

void device_create(device_problem *d, const problem *p, size_t workspace_bytes);
void device_destroy(device_problem *d);

/* A plan of the first device, what it says of itself, and the problem's weights packed for it. */
typedef struct device_layer {
    nova_cuda_plan *plan;
    nova_cuda_filter *filter;
    nova_plan_info info;
} device_layer;

/* layer_create() is layer_plan(), after which a test may change the plan's engine, and
   layer_pack(). */
void layer_create(device_layer *layer, const problem *p, const nova_plan_options *options);
void layer_plan(device_layer *layer, const problem *p, const nova_plan_options *options);
void layer_pack(device_layer *layer, const problem *p);
void layer_destroy(device_layer *layer);

/* Runs a layer on operands of its own; y comes back into the problem. */
void layer_run(const device_layer *layer, problem *p);

/* Runs and compares: null, or what is wrong, which it prints with the layer. */
const char *layer_try(const device_layer *layer, problem *p);

/* Prints the layer and what is wrong with it. */
void layer_describe(const device_layer *layer, const problem *p, const char *wrong);

/* A problem of this descriptor, with bias and residual or without, planned, run and compared;
   the number of failures. */
int try_random(test_random *random, const nova_conv_desc *desc, const nova_plan_options *options);

#endif
