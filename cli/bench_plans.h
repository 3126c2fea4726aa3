/*
 * bench_plans.h - several plans of one convolution, on the same operands, timed against each other.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_PLANS_H
#define NOVA_CLI_BENCH_PLANS_H

#include "bench_rounds.h"
#include "nova_winograd.h"

enum { BENCH_MOST_PLANS = 64 };

/** One plan, and what it came to. */
typedef struct bench_plan {
    nova_plan *plan;
    nova_filter *filter; /**< shared by the plans that can use the same */
    bool owns_filter;
    nova_plan_info info;
    nova_work counted; /**< during one execution */
    double error;      /**< relative rms over a sample of outputs; NaN if any is not finite */
    bench_timing timing;
} bench_plan;

/** Start with bench_plans_open(). */
typedef struct bench_plans {
    const nova_conv_desc *desc;
    bool processor_time;
    bench_plan items[BENCH_MOST_PLANS];
    int count;
    float *weights;
    void *x, *y, *workspace;
    size_t workspace_bytes; /**< of the plan that needs most */
} bench_plans;

/**
 * Makes normally distributed operands for a descriptor, which must outlive the plans. Errors:
 * NOVA_SIZE_OVERFLOW, NOVA_OUT_OF_MEMORY. Release with bench_plans_close(), also after a failure.
 */
nova_status bench_plans_open(const nova_conv_desc *desc, bool processor_time, bench_plans *plans);
void bench_plans_close(bench_plans *plans);

/** Adds the plan that the options ask for, at most BENCH_MOST_PLANS, and packs its filter. Errors:
    those of nova_plan_create() and nova_filter_create(). */
nova_status bench_plans_add(bench_plans *plans, const nova_plan_options *options);

/**
 * Runs every plan once, counts and checks it, then times all of them for about `seconds`
 * (bench_time_rounds()). Errors: those of nova_execute(), NOVA_OUT_OF_MEMORY.
 */
nova_status bench_plans_time(bench_plans *plans, double seconds);

#endif
