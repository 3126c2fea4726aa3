/*
 * bench_layer.h - times one convolution by everybody, in turns (bench_rounds.h).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_LAYER_H
#define NOVA_CLI_BENCH_LAYER_H

#include "bench_contest.h"
#include "bench_rounds.h"

/** One contestant's result. */
typedef struct bench_time {
    bench_entry entry; /**< entry.runs: it ran to the end */
    bench_timing timing;
    double error; /**< relative rms over a sample of outputs; NaN if any is not finite */
} bench_time;

/** What one layer came to. */
typedef struct bench_result {
    nova_plan_info info; /**< of nova's plan, but for its strings, which the plan owned */
    char set[64], kernels[32];
    double budget; /**< relative rms error that the plan keeps; may be infinite */
    double gflops; /**< direct operations per nanosecond */
    int rounds;
    bench_time times[BENCH_CONTESTANTS];
} bench_result;

/**
 * Times one layer on normally distributed data. `seconds` is about how long the rounds take
 * together; at least three are made. Errors: those of nova_plan_create(), nova_filter_create() and
 * nova_execute(), NOVA_OUT_OF_MEMORY; another library that fails leaves its reason in its entry.
 */
nova_status bench_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                        bench_peers *peers, double seconds, bench_result *result);

#endif
