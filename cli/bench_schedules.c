/*
 * bench_schedules.c - timing and counting all schedules of one convolution.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_schedules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "numerics/half.h"
#include "plan/plan.h"
#include "runner.h"
#include "runtime/runtime.h"

enum { MIN_ROUNDS = 3 };

/** The convolution, its operands, and a plan for each schedule. */
typedef struct contest {
    const nova_conv_desc *desc;
    nova_plan *plans[BENCH_MOST_SCHEDULES];
    int count;
    nova_filter
        *filters[2]; /* transformed, and raw: plans that differ in nothing else share them */
    float *weights;
    void *x, *y, *workspace;
    size_t workspace_bytes;
} contest;

/* ---- setting up */

/** The options with the planner's choice of tile, set and arithmetic written in. */
static nova_status decide(const nova_conv_desc *desc, nova_plan_options *options,
                          char set[static 64]) {
    nova_plan *plan;
    nova_plan_info info = {.struct_size = sizeof info};
    options->algorithm = NOVA_ALGORITHM_WINOGRAD;
    nova_status status = nova_plan_create(desc, options, &plan);
    if (status != NOVA_OK) {
        return status;
    }
    status = nova_plan_get_info(plan, &info);
    options->tile_h = info.tile_h;
    options->tile_w = info.tile_w;
    options->arith = info.arith;
    if (options->custom_set == NULL) {
        snprintf(set, 64, "%s", info.set);
        options->set = set;
    }
    nova_plan_destroy(plan);
    return status;
}

static nova_status add_plan(contest *it, const nova_plan_options *options) {
    nova_plan_info info = {.struct_size = sizeof info};
    nova_plan **plan = &it->plans[it->count];
    nova_status status = nova_plan_create(it->desc, options, plan);
    if (status == NOVA_OK) {
        ++it->count;
        status = nova_plan_get_info(*plan, &info);
        it->workspace_bytes = NOVA_MAX(it->workspace_bytes, info.workspace_bytes);
    }
    nova_filter **filter = &it->filters[options->schedule.ghat != NOVA_PLACE_STORED];
    if (status == NOVA_OK && *filter == NULL) {
        status = nova_filter_create(*plan, it->weights, NOVA_F32, filter);
    }
    return status;
}

static nova_status make_plans(contest *it, const nova_plan_options *options) {
    char set[64];
    nova_plan_options own = *options;
    nova_status status = decide(it->desc, &own, set);
    own.max_error = INFINITY; /* it has been kept already; this is about time */
    for (int i = 0; status == NOVA_OK && nova_schedule_at(i, &own.schedule); ++i) {
        if (nova_schedule_matches(&own.schedule, &options->schedule)) {
            status = add_plan(it, &own);
        }
    }
    return status;
}

static nova_status make_data(contest *it) {
    const nova_conv_desc *desc = it->desc;
    size_t x_count, weight_count;
    nova_status status = cli_count_operands(desc, &x_count, &weight_count);
    if (status != NOVA_OK) {
        return status;
    }
    it->weights = nova_alloc(weight_count * sizeof *it->weights);
    it->x = nova_alloc(x_count * nova_dtype_size(desc->dtype));
    if (it->weights == NULL || it->x == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the layer's tensors");
    }
    cli_fill_normal(it->x, desc->dtype, x_count, 1, 1);
    cli_fill_normal(it->weights, NOVA_F32, weight_count,
                    1 / sqrt((double)desc->c * (double)desc->r * (double)desc->s), 2);
    return NOVA_OK;
}

static nova_status make_buffers(contest *it) {
    nova_plan_info info = {.struct_size = sizeof info};
    nova_status status = nova_plan_get_info(it->plans[0], &info);
    if (status != NOVA_OK) {
        return status;
    }
    const nova_conv_desc *desc = it->desc;
    size_t outputs = (size_t)(desc->n * desc->k * info.out_h * info.out_w);
    it->y = nova_alloc(outputs * nova_dtype_size(desc->dtype));
    it->workspace = nova_alloc(it->workspace_bytes);
    return it->y != NULL && it->workspace != NULL
               ? NOVA_OK
               : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for output and workspace");
}

/* ---- running */

static nova_status run(const contest *it, int index, nova_verification *verification,
                       nova_work *work) {
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = it->x;
    args.y = it->y;
    args.workspace = it->workspace;
    args.workspace_bytes = it->workspace_bytes;
    args.verification = verification;
    args.work = work;
    const nova_plan *plan = it->plans[index];
    return nova_execute(plan, it->filters[nova_engine_raw_filter(&plan->engine)], &args);
}

static nova_status check(const contest *it, int index, bench_schedule *result) {
    const nova_plan *plan = it->plans[index];
    nova_verification verification = {
        .struct_size = sizeof verification, .weights = it->weights, .weights_dtype = NOVA_F32};
    result->info.struct_size = sizeof result->info;
    nova_status status = nova_plan_get_info(plan, &result->info);
    if (status == NOVA_OK) {
        status = run(it, index, &verification, &result->counted);
    }
    snprintf(result->set, sizeof result->set, "%s", result->info.set);
    snprintf(result->kernels, sizeof result->kernels, "%s", result->info.kernels);
    result->info.set = result->set;
    result->info.kernels = result->kernels;
    result->counted_flops = nova_engine_flops(&plan->engine, &result->counted);
    result->error = verification.nonfinite > 0 ? NAN : verification.rms_error;
    return status;
}

/** All schedules in turn; each runs twice, and the second run, with its own data around, is timed.
 */
static nova_status time_round(const contest *it, bench_schedule *results) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < it->count && status == NOVA_OK; ++i) {
        status = run(it, i, NULL, NULL);
        double start = nova_now();
        if (status == NOVA_OK) {
            status = run(it, i, NULL, NULL);
        }
        results[i].ms = fmin(results[i].ms, 1e3 * (nova_now() - start));
    }
    return status;
}

static nova_status time_all(const contest *it, double seconds, bench_schedule *results) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < it->count; ++i) {
        results[i].ms = INFINITY;
    }
    const double start = nova_now();
    for (int round = 0; status == NOVA_OK; ++round) {
        if (round >= MIN_ROUNDS && nova_now() - start > seconds) {
            break;
        }
        status = time_round(it, results);
    }
    return status;
}

static void free_contest(contest *it) {
    for (int i = 0; i < it->count; ++i) {
        nova_plan_destroy(it->plans[i]);
    }
    nova_filter_destroy(it->filters[0]);
    nova_filter_destroy(it->filters[1]);
    nova_free(it->weights);
    nova_free(it->x);
    nova_free(it->y);
    nova_free(it->workspace);
    free(it);
}

nova_status bench_schedules(const nova_conv_desc *desc, const nova_plan_options *options,
                            double seconds, bench_schedule results[BENCH_MOST_SCHEDULES],
                            int *count) {
    contest *it = calloc(1, sizeof *it);
    if (it == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory");
    }
    it->desc = desc;
    nova_status status = make_data(it);
    if (status == NOVA_OK) {
        status = make_plans(it, options);
    }
    if (status == NOVA_OK) {
        status = make_buffers(it);
    }
    for (int i = 0; i < it->count && status == NOVA_OK; ++i) {
        status = check(it, i, &results[i]);
    }
    if (status == NOVA_OK) {
        status = time_all(it, seconds, results);
    }
    *count = it->count;
    free_contest(it);
    return status;
}
