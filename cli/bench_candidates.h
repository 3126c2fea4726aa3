/*
 * bench_candidates.h - how good the planner's choice is: the plans that the cost model puts first,
 * timed against each other.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_CANDIDATES_H
#define NOVA_CLI_BENCH_CANDIDATES_H

#include "bench_plans.h"
#include "json_out.h"
#include "shapes.h"

/**
 * Runs the `count` plans (2 to BENCH_MOST_PLANS; fewer, if there are no more) that the options
 * allow, that keep the budget and that the model expects to be fastest, in that order: the first is
 * what nova_plan_create() chooses without measuring. `plans` have just been opened. Errors: those
 * of bench_plans_add() and bench_plans_time().
 */
nova_status bench_candidates(const nova_plan_options *options, int count, double seconds,
                             bench_plans *plans);

/** What the choices came to, over all layers so far; start with zeros. */
typedef struct bench_choices {
    int layers, good;  /**< good: at most 5 % slower than the fastest */
    double sum_of_log; /**< of the choice's time over the fastest */
    double worst;
    char worst_layer[64];
} bench_choices;

/** Adds a layer. */
void bench_count_choice(bench_choices *choices, const cli_shape *shape, const bench_plans *plans);

/** For people: a table of one layer's candidates, and what the choices came to. */
void bench_print_candidates(const cli_shape *shape, const bench_plans *plans);
void bench_print_choices(const bench_choices *choices);

/** The same as an element of the open array, and as members of the open object. */
void bench_json_candidates(cli_json *json, const cli_shape *shape, const bench_plans *plans);
void bench_json_choices(cli_json *json, const bench_choices *choices);

#endif
