/*
 * bench_schedules.h - one convolution with every schedule: what it does by formula and counted, its
 * time and its error.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_SCHEDULES_H
#define NOVA_CLI_BENCH_SCHEDULES_H

#include "bench_plans.h"
#include "json_out.h"
#include "shapes.h"

/**
 * Runs every schedule that options->schedule allows, with the tile, set and arithmetic that the
 * planner chooses for `options` in Winograd convolution. `plans` have just been opened. Errors:
 * those of bench_plans_add() and bench_plans_time().
 */
nova_status bench_schedules(const nova_plan_options *options, double seconds, bench_plans *plans);

/** For people: a table of one layer's schedules. */
void bench_print_schedules(const cli_shape *shape, const bench_plans *plans);

/** The same as an element of the open array. */
void bench_json_schedules(cli_json *json, const cli_shape *shape, const bench_plans *plans);

#endif
