/*
 * bench_schedules.c - all schedules of one convolution.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_schedules.h"

#include <math.h>
#include <stdio.h>

#include "cpu/engine.h"
#include "runtime/runtime.h"

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

nova_status bench_schedules(const nova_plan_options *options, double seconds, bench_plans *plans) {
    char set[64];
    nova_plan_options own = *options;
    nova_status status = decide(plans->desc, &own, set);
    own.max_error = INFINITY; /* it has been kept already; this is about time */
    for (int i = 0; status == NOVA_OK && nova_schedule_at(i, &own.schedule); ++i) {
        if (nova_schedule_matches(&own.schedule, &options->schedule)) {
            status = bench_plans_add(plans, &own);
        }
    }
    return status == NOVA_OK ? bench_plans_time(plans, seconds) : status;
}
