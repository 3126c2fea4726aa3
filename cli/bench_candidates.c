/*
 * bench_candidates.c - the plans that the cost model puts first, timed.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_candidates.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/plan.h"
#include "request.h"
#include "runtime/runtime.h"

/* ---- running */

/** Options that leave nothing open but the candidate. */
static nova_plan_options options_for(const nova_plan_options *options, double budget,
                                     const nova_candidate *candidate) {
    nova_plan_options own = *options;
    own.effort = NOVA_EFFORT_ESTIMATE;
    own.max_error = budget;
    own.algorithm = candidate->algorithm;
    own.arith = candidate->arith;
    if (candidate->algorithm == NOVA_ALGORITHM_DIRECT) {
        own.tile_h = own.tile_w = 0;
        return own;
    }
    own.tile_h = candidate->tile_h;
    own.tile_w = candidate->tile_w;
    own.schedule = candidate->blocking.schedule;
    own.block_tiles = candidate->blocking.block_tiles;
    own.block_filters = candidate->blocking.block_filters;
    if (own.custom_set == NULL) {
        own.set = candidate->set;
    }
    return own;
}

/** Adds the first `most` candidates that keep the budget. */
static nova_status add_first(const nova_plan_options *options, double budget,
                             const nova_candidate *candidates, int count, int most,
                             bench_plans *plans) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < count && plans->count < most; ++i) {
        const nova_plan_options own = options_for(options, budget, &candidates[i]);
        status = bench_plans_add(plans, &own);
        if (status != NOVA_OK && status != NOVA_BUDGET_UNREACHABLE) {
            return status;
        }
    }
    return plans->count > 0 ? NOVA_OK : status;
}

nova_status bench_candidates(const nova_plan_options *options, int count, double seconds,
                             bench_plans *plans) {
    nova_request request;
    nova_binding_cache bindings = {NULL, 0, 0};
    nova_candidate *candidates = NULL;
    int found = 0;
    nova_status status = nova_request_init(&request, plans->desc, options);
    if (status == NOVA_OK) {
        request.rates = nova_rates_known(request.kernels);
        request.bindings = &bindings;
        status = nova_candidates_create(&request, &candidates, &found);
    }
    if (status == NOVA_OK) {
        status = add_first(options, request.budget, candidates, found, count, plans);
    }
    nova_binding_cache_clear(&bindings);
    free(candidates);
    return status == NOVA_OK ? bench_plans_time(plans, seconds) : status;
}

/* ---- what they came to */

static double best_ms(const bench_plans *plans) {
    double best = INFINITY;
    for (int i = 0; i < plans->count; ++i) {
        best = fmin(best, plans->items[i].timing.ms);
    }
    return best;
}

/** 1: the model's choice is the fastest. */
static int rank_of_choice(const bench_plans *plans) {
    int rank = 1;
    for (int i = 1; i < plans->count; ++i) {
        rank += plans->items[i].timing.ms < plans->items[0].timing.ms;
    }
    return rank;
}

static double over_best(const bench_plans *plans, int index) {
    return plans->items[index].timing.ms / best_ms(plans);
}

void bench_count_choice(bench_choices *choices, const cli_shape *shape, const bench_plans *plans) {
    const double over = over_best(plans, 0);
    choices->layers++;
    choices->good += over <= 1.05;
    choices->sum_of_log += log(over);
    if (over > choices->worst) {
        choices->worst = over;
        snprintf(choices->worst_layer, sizeof choices->worst_layer, "%s", shape->name);
    }
}

static double mean_of(const bench_choices *choices) {
    return exp(choices->sum_of_log / choices->layers);
}

/* ---- printing */

void bench_print_candidates(const cli_shape *shape, const bench_plans *plans) {
    const nova_plan_info *info = &plans->items[0].info;
    char plan[128];
    printf("\n%s: %" PRId64 " to %" PRId64 " channels, %" PRId64 "x%" PRId64 ", %d thread%s, %s\n",
           shape->name, shape->c, shape->k, shape->h, shape->w, info->threads,
           info->threads == 1 ? "" : "s", info->kernels);
    printf("%5s  %-34s %6s %7s %10s %10s %9s %9s\n", "model", "plan", "tiles", "filters",
           "model ms", "ms", "of best", "error");
    for (int i = 0; i < plans->count; ++i) {
        const bench_plan *item = &plans->items[i];
        printf("%5d  %-34s %6" PRId64 " %7" PRId64 " %10.3f %10.3f %8.2fx %9.2e\n", i + 1,
               cli_plan_text(&item->info, plan), item->info.block_tiles, item->info.block_filters,
               1e3 * item->info.cost_seconds, item->timing.ms, over_best(plans, i), item->error);
    }
    printf("The model's choice is number %d of %d, %.2f times the fastest.\n",
           rank_of_choice(plans), plans->count, over_best(plans, 0));
    fflush(stdout);
}

void bench_print_choices(const bench_choices *choices) {
    printf(
        "\nThe model's choice is within 5 %% of the fastest in %d of %d layers; worst %.2f (%s), "
        "geometric mean %.3f.\n",
        choices->good, choices->layers, choices->worst, choices->worst_layer, mean_of(choices));
}

void bench_json_candidates(cli_json *json, const cli_shape *shape, const bench_plans *plans) {
    cli_json_object(json, NULL);
    cli_json_string(json, "layer", shape->name);
    cli_json_integer(json, "rank", rank_of_choice(plans));
    cli_json_number(json, "over_best", over_best(plans, 0));
    cli_json_array(json, "candidates");
    for (int i = 0; i < plans->count; ++i) {
        const bench_plan *item = &plans->items[i];
        cli_json_object(json, NULL);
        cli_json_plan(json, &item->info);
        cli_json_number(json, "ms", item->timing.ms);
        cli_json_number(json, "median_ms", item->timing.median_ms);
        cli_json_number(json, "error", item->error);
        cli_json_end_object(json);
    }
    cli_json_end_array(json);
    cli_json_end_object(json);
}

void bench_json_choices(cli_json *json, const bench_choices *choices) {
    cli_json_integer(json, "within_5_percent", choices->good);
    cli_json_number(json, "worst", choices->worst);
    cli_json_string(json, "worst_layer", choices->worst_layer);
    cli_json_number(json, "geomean", mean_of(choices));
}
