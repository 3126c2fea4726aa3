/*
 * bench_schedules.h - one convolution with every schedule: what it does by formula and counted, its
 * time and its error.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_SCHEDULES_H
#define NOVA_CLI_BENCH_SCHEDULES_H

#include "json_out.h"
#include "nova_winograd.h"
#include "shapes.h"

enum { BENCH_MOST_SCHEDULES = 27 };

/** One schedule's result. */
typedef struct bench_schedule {
    nova_plan_info info; /**< but for its strings, which the plan owned */
    char set[64], kernels[32];
    nova_work counted;    /**< during one execution */
    double counted_flops; /**< of what was counted */
    double ms;            /**< shortest run */
    double error;         /**< relative rms over a sample of outputs */
} bench_schedule;

/**
 * Runs every schedule that options->schedule allows, with the tile, set and arithmetic that the
 * planner chooses for `options` in Winograd convolution; all schedules take turns in every round.
 * `seconds` is about how long the rounds take together; at least three are made. Errors: those of
 * nova_plan_create(), nova_filter_create() and nova_execute(), and NOVA_OUT_OF_MEMORY.
 */
nova_status bench_schedules(const nova_conv_desc *desc, const nova_plan_options *options,
                            double seconds, bench_schedule results[BENCH_MOST_SCHEDULES],
                            int *count);

/** For people: a table of one layer's schedules. */
void bench_print_schedules(const cli_shape *shape, const bench_schedule *results, int count);

/** The same as an element of the open array. */
void bench_json_schedules(cli_json *json, const cli_shape *shape, const bench_schedule *results,
                          int count);

#endif
