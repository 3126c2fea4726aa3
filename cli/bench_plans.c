/*
 * bench_plans.c - several plans of one convolution.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_plans.h"

#include <math.h>

#include "plan/plan.h"
#include "runner.h"
#include "runtime/runtime.h"

/* ---- setting up */

nova_status bench_plans_open(const nova_conv_desc *desc, bool processor_time, bench_plans *plans) {
    size_t x_count, weight_count;
    *plans = (bench_plans){.desc = desc, .processor_time = processor_time};
    nova_status status = cli_count_operands(desc, &x_count, &weight_count);
    if (status != NOVA_OK) {
        return status;
    }
    plans->weights = nova_alloc(weight_count * sizeof *plans->weights);
    plans->x = nova_alloc(x_count * nova_dtype_size(desc->dtype));
    if (plans->weights == NULL || plans->x == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the layer's tensors");
    }
    cli_fill_normal(plans->x, desc->dtype, x_count, 1, 1);
    cli_fill_normal(plans->weights, NOVA_F32, weight_count,
                    1 / sqrt((double)desc->c * (double)desc->r * (double)desc->s), 2);
    return NOVA_OK;
}

/** The filter of an earlier plan that was packed for the same kind; null if there is none. */
static nova_filter *find_filter(const bench_plans *plans, const nova_plan *plan) {
    for (int i = 0; i < plans->count; ++i) {
        if (plans->items[i].plan->key == plan->key) {
            return plans->items[i].filter;
        }
    }
    return NULL;
}

nova_status bench_plans_add(bench_plans *plans, const nova_plan_options *options) {
    bench_plan *added = &plans->items[plans->count];
    if (plans->count == BENCH_MOST_PLANS) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "more than %d plans", BENCH_MOST_PLANS);
    }
    *added = (bench_plan){.info = {.struct_size = sizeof added->info}};
    nova_status status = nova_plan_create(plans->desc, options, &added->plan);
    if (status != NOVA_OK) {
        return status;
    }
    added->filter = find_filter(plans, added->plan);
    added->owns_filter = added->filter == NULL;
    if (added->owns_filter) {
        status = nova_filter_create(added->plan, plans->weights, NOVA_F32, &added->filter);
    }
    if (status == NOVA_OK) {
        status = nova_plan_get_info(added->plan, &added->info);
    }
    plans->workspace_bytes = NOVA_MAX(plans->workspace_bytes, added->info.workspace_bytes);
    ++plans->count;
    return status;
}

static nova_status make_buffers(bench_plans *plans) {
    const nova_conv_desc *desc = plans->desc;
    const nova_plan_info *info = &plans->items[0].info;
    size_t outputs = (size_t)(desc->n * desc->k * info->out_h * info->out_w);
    plans->y = nova_alloc(outputs * nova_dtype_size(desc->dtype));
    plans->workspace = nova_alloc(plans->workspace_bytes);
    return plans->y != NULL && plans->workspace != NULL
               ? NOVA_OK
               : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for output and workspace");
}

void bench_plans_close(bench_plans *plans) {
    for (int i = 0; i < plans->count; ++i) {
        nova_plan_destroy(plans->items[i].plan);
        if (plans->items[i].owns_filter) {
            nova_filter_destroy(plans->items[i].filter);
        }
    }
    nova_free(plans->weights);
    nova_free(plans->x);
    nova_free(plans->y);
    nova_free(plans->workspace);
}

/* ---- running */

static nova_status run(const bench_plans *plans, int index, nova_verification *verification,
                       nova_work *work) {
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = plans->x;
    args.y = plans->y;
    args.workspace = plans->workspace;
    args.workspace_bytes = plans->workspace_bytes;
    args.verification = verification;
    args.work = work;
    return nova_execute(plans->items[index].plan, plans->items[index].filter, &args);
}

static nova_status turn(void *context, int who, int warming, int runs, double *seconds) {
    const bench_plans *plans = context;
    nova_status status = NOVA_OK;
    for (int i = 0; i < warming && status == NOVA_OK; ++i) {
        status = run(plans, who, NULL, NULL);
    }
    for (int i = 0; i < runs && status == NOVA_OK; ++i) {
        const double start = bench_now(plans->processor_time);
        status = run(plans, who, NULL, NULL);
        seconds[i] = bench_now(plans->processor_time) - start;
    }
    return status;
}

static nova_status check(bench_plans *plans, int index, double *first) {
    bench_plan *item = &plans->items[index];
    nova_verification verification = {
        .struct_size = sizeof verification, .weights = plans->weights, .weights_dtype = NOVA_F32};
    nova_status status = run(plans, index, &verification, &item->counted);
    item->error = verification.nonfinite > 0 ? NAN : verification.rms_error;
    return status == NOVA_OK ? turn(plans, index, 0, 1, first) : status;
}

nova_status bench_plans_time(bench_plans *plans, double seconds) {
    const bench_field field = {plans->count, plans, turn, NULL};
    double first[BENCH_MOST_PLANS];
    bench_timing timings[BENCH_MOST_PLANS];
    int rounds;
    nova_status status = make_buffers(plans);
    for (int i = 0; i < plans->count && status == NOVA_OK; ++i) {
        status = check(plans, i, &first[i]);
    }
    if (status == NOVA_OK) {
        status = bench_time_rounds(&field, first, seconds, timings, &rounds);
    }
    for (int i = 0; i < plans->count && status == NOVA_OK; ++i) {
        plans->items[i].timing = timings[i];
    }
    return status;
}
