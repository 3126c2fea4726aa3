/*
 * bench_schedules_output.c - what `nova bench --schedules` prints.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>

#include "bench_schedules.h"
#include "plan/plan.h"
#include "request.h"

static int64_t both(const nova_traffic *traffic) {
    return traffic->read + traffic->written;
}

static int64_t all_bytes(const nova_work *work) {
    return both(&work->x) + both(&work->xhat) + both(&work->filter) + both(&work->ghat) +
           both(&work->mhat) + both(&work->y);
}

static int64_t stored_bytes(const nova_work *work, const nova_schedule *schedule) {
    return both(&work->x) + both(&work->filter) + both(&work->y) +
           (schedule->xhat == NOVA_PLACE_STORED ? both(&work->xhat) : 0) +
           (schedule->mhat == NOVA_PLACE_STORED ? both(&work->mhat) : 0);
}

static const double million = 1e6;

static void print_heading(const cli_shape *shape, const bench_plan *first) {
    char plan[128];
    const nova_schedule usual = {NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED};
    nova_plan_info info = first->info;
    info.schedule = usual; /* which the plan's name does not mention */
    printf("\n%s: %" PRId64 " to %" PRId64 " channels, %" PRId64 "x%" PRId64
           ", %s, %d thread%s, %s\n",
           shape->name, shape->c, shape->k, shape->h, shape->w, cli_plan_text(&info, plan),
           info.threads, info.threads == 1 ? "" : "s", info.kernels);
    printf("%-8s %-8s %-8s %6s %7s %10s %10s %10s %9s %9s %10s %9s %9s\n", "xhat", "ghat", "mhat",
           "passes", "buffers", "stored MB", "all MB", "counted", "MFLOP", "counted", "workspace",
           "ms", "error");
}

/** Operations of what was counted. */
static double counted_flops(const bench_plan *result) {
    return nova_engine_flops(&result->plan->engine, &result->counted);
}

static void print_schedule(const bench_plan *result) {
    const nova_plan_info *info = &result->info;
    printf("%-8s %-8s %-8s %6d %7d %10.3f %10.3f %10.3f %9.2f %9.2f %10.3f %9.3f %9.2e\n",
           nova_place_name(info->schedule.xhat), nova_place_name(info->schedule.ghat),
           nova_place_name(info->schedule.mhat), info->passes, info->buffers,
           (double)stored_bytes(&info->work, &info->schedule) / million,
           (double)all_bytes(&info->work) / million, (double)all_bytes(&result->counted) / million,
           info->flops / million, counted_flops(result) / million,
           (double)info->workspace_bytes / million, result->timing.ms, result->error);
}

void bench_print_schedules(const cli_shape *shape, const bench_plans *plans) {
    print_heading(shape, &plans->items[0]);
    for (int i = 0; i < plans->count; ++i) {
        print_schedule(&plans->items[i]);
    }
    fflush(stdout);
}

void bench_json_schedules(cli_json *json, const cli_shape *shape, const bench_plans *plans) {
    cli_json_object(json, NULL);
    cli_json_string(json, "layer", shape->name);
    cli_json_array(json, "schedules");
    for (int i = 0; i < plans->count; ++i) {
        const bench_plan *item = &plans->items[i];
        cli_json_object(json, NULL);
        cli_json_plan(json, &item->info);
        cli_json_work(json, "counted", &item->counted);
        cli_json_number(json, "counted_flops", counted_flops(item));
        cli_json_integer(json, "stored_bytes",
                         stored_bytes(&item->info.work, &item->info.schedule));
        cli_json_integer(json, "all_bytes", all_bytes(&item->info.work));
        cli_json_number(json, "ms", item->timing.ms);
        cli_json_number(json, "error", item->error);
        cli_json_end_object(json);
    }
    cli_json_end_array(json);
    cli_json_end_object(json);
}
