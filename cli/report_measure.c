/*
 * report_measure.c - plans tried in the engine on normal data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "cpu/reference/reference.h"
#include "report.h"
#include "runner.h"
#include "runtime/runtime.h"

static void describe(report_problem *problem, int64_t channels, int64_t filters, int64_t size,
                     int taps) {
    nova_conv_desc *desc = &problem->desc;
    nova_conv_desc_init(desc);
    desc->n = 1;
    desc->c = channels;
    desc->k = filters;
    desc->r = desc->s = taps;
    desc->h = desc->w = size + taps - 1;
    problem->outputs = (size_t)(filters * size * size);
}

nova_status report_problem_init(report_problem *problem, int64_t channels, int64_t filters,
                                int64_t size, int taps, uint64_t seed) {
    *problem = (report_problem){.x = NULL};
    describe(problem, channels, filters, size, taps);
    size_t x_count, weights_count;
    nova_status status = cli_count_operands(&problem->desc, &x_count, &weights_count);
    if (status != NOVA_OK) {
        return status;
    }
    problem->x = nova_alloc(x_count * sizeof(float));
    problem->weights = nova_alloc(weights_count * sizeof(float));
    problem->y = nova_alloc(problem->outputs * sizeof(float));
    problem->exact = nova_alloc(problem->outputs * sizeof(double));
    if (!problem->x || !problem->weights || !problem->y || !problem->exact) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the report's tensors");
    }
    double weight_rms = 1 / sqrt((double)(channels * taps * taps));
    cli_fill_normal(problem->x, NOVA_F32, x_count, 1, seed);
    cli_fill_normal(problem->weights, NOVA_F32, weights_count, weight_rms, ~seed);
    const nova_reference_operands operands = {
        .x = problem->x, .weights = problem->weights, .weights_dtype = NOVA_F32};
    return nova_reference_direct(&problem->desc, &operands, false, problem->exact);
}

void report_problem_free(report_problem *problem) {
    nova_free(problem->exact);
    nova_free(problem->y);
    nova_free(problem->weights);
    nova_free(problem->x);
    *problem = (report_problem){.x = NULL};
}

static nova_status run(report_problem *problem, const nova_plan_options *options,
                       cli_runner *runner, report_trial *trial) {
    nova_status status =
        cli_runner_create(&problem->desc, options, problem->weights, NOVA_F32, runner);
    if (status != NOVA_OK) {
        return status;
    }
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = problem->x;
    args.y = problem->y;
    status = cli_runner_run(runner, &args);
    trial->predicted = runner->info.predicted_error;
    trial->measured = cli_compare(problem->y, problem->exact, problem->outputs).rms;
    return status;
}

nova_status report_measure(report_problem *problem, int tile_h, int tile_w, const char *set,
                           nova_arith arith, unsigned flags, int threads, report_trial *trial) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = tile_h * tile_w == 1 ? NOVA_ALGORITHM_DIRECT : NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = tile_h;
    options.tile_w = tile_w;
    options.set = set;
    options.arith = arith;
    options.flags = flags;
    options.threads = threads;
    cli_runner runner = {.plan = NULL};
    *trial = (report_trial){NAN, NAN};
    nova_status status = run(problem, &options, &runner, trial);
    cli_runner_destroy(&runner);
    return status == NOVA_NOT_ELIGIBLE || status == NOVA_UNKNOWN_NAME ? NOVA_OK : status;
}

double report_saving(const nova_transform *transform) {
    return (double)transform->m * transform->r / transform->products;
}
