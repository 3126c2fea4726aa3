/*
 * bench_layer.h - times one convolution: nova's plan, nova's direct convolution and oneDNN, one
 * after the other in every round.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_LAYER_H
#define NOVA_CLI_BENCH_LAYER_H

#include "../bench/peers/onednn.h"
#include "nova_winograd.h"

/** Who is timed. */
typedef enum {
    BENCH_NOVA,            /**< the plan asked for */
    BENCH_NOVA_DIRECT,     /**< nova's direct convolution */
    BENCH_ONEDNN_DIRECT,   /**< oneDNN's direct convolution */
    BENCH_ONEDNN_WINOGRAD, /**< oneDNN's Winograd */
    BENCH_CONTESTANTS
} bench_contestant;

/** One contestant's result. */
typedef struct bench_time {
    bool ran;         /**< false: not asked for, or it has no kernel for this layer */
    double ms;        /**< median over the rounds */
    double error;     /**< relative rms over a sample of outputs; NaN if any is not finite */
    nova_dtype dtype; /**< type of its tensors */
    char kernel[64];  /**< oneDNN's name of its kernel; "" for nova */
} bench_time;

/** What one layer came to. */
typedef struct bench_result {
    nova_plan_info info; /**< of nova's plan, but for its strings, which the plan owned */
    char set[64], kernels[32];
    double gflops; /**< direct operations per nanosecond */
    int rounds;
    bench_time times[BENCH_CONTESTANTS];
} bench_result;

/**
 * Times one layer on normally distributed data. `onednn` may be null. `seconds` is about how long
 * the rounds take together; at least three are made. Errors: those of nova_plan_create(),
 * nova_filter_create() and nova_execute(), NOVA_OUT_OF_MEMORY, and oneDNN's failures other than
 * having no kernel.
 */
nova_status bench_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                        const peer_onednn *onednn, double seconds, bench_result *result);

#endif
