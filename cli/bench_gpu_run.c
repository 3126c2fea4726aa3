/*
 * bench_gpu_run.c - `nova bench --device cuda` and `hip`: all layers, and what is printed of them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_gpu.h"
#include "request.h"
#include "runtime/runtime.h"

static double us(double seconds) {
    return 1e6 * seconds;
}

static double tflops(const bench_gpu_entry *plan) {
    return 1e-12 * plan->info.flops_direct / plan->seconds;
}

/* Number of the planner's choice by measured time, from 1. */
static int rank_of_choice(const bench_gpu_result *result) {
    int rank = 1;
    for (int i = 1; i < result->count; ++i) {
        rank += result->plans[i].seconds < result->plans[0].seconds;
    }
    return rank;
}

static const bench_gpu_entry *fastest(const bench_gpu_result *result) {
    const bench_gpu_entry *best = &result->plans[0];
    for (int i = 1; i < result->count; ++i) {
        if (result->plans[i].seconds < best->seconds) {
            best = &result->plans[i];
        }
    }
    return best;
}

static void print_heading(void) {
    printf("%-24s %5s %5s %9s  %-28s %9s %9s %9s %9s %9s %9s %9s %9s\n", "layer", "c", "k", "map",
           "plan", "us", "predicted", "floor", "TFLOP/s", "error", "predicted", "workspace",
           "filter MB");
}

static void print_layer(const cli_shape *shape, const bench_gpu_result *result) {
    char map[48], text[128];
    snprintf(map, sizeof map, "%" PRId64 "x%" PRId64, shape->h, shape->w);
    for (int i = 0; i < result->count; ++i) {
        const bench_gpu_entry *plan = &result->plans[i];
        if (i == 0) {
            printf("%-24s %5" PRId64 " %5" PRId64 " %9s", shape->name, shape->c, shape->k, map);
        } else {
            printf("%-46s", "");
        }
        printf("  %-28s %9.1f %9.1f %9.1f %9.1f %9.2e %9.2e %9.1f %9.1f\n",
               cli_plan_text(&plan->info, text), us(plan->seconds), us(plan->info.cost_seconds),
               us(plan->floor), tflops(plan), plan->error, plan->info.predicted_error,
               1e-6 * (double)plan->info.workspace_bytes, 1e-6 * (double)plan->info.packed_bytes);
    }
    if (result->count > 2) {
        printf("%-46s  the planner's choice is number %d of %d; the fastest takes %.2f of its "
               "time\n",
               "", rank_of_choice(result), result->count,
               fastest(result)->seconds / result->plans[0].seconds);
    }
    fflush(stdout);
}

static void json_plan(cli_json *json, const bench_gpu_entry *plan) {
    cli_json_object(json, NULL);
    cli_json_plan(json, &plan->info);
    cli_json_number(json, "us", us(plan->seconds));
    cli_json_number(json, "predicted_us", us(plan->info.cost_seconds));
    cli_json_number(json, "floor_us", us(plan->floor));
    cli_json_number(json, "tflops", tflops(plan));
    cli_json_number(json, "error", plan->error);
    cli_json_integer(json, "launches", plan->launches);
    cli_json_end_object(json);
}

static void print_json(const cli_shapes *shapes, const bench_gpu_result *results) {
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_string(&json, "device", results[0].device);
    cli_json_array(&json, "layers");
    for (int i = 0; i < shapes->count; ++i) {
        const cli_shape *shape = &shapes->items[i];
        cli_json_object(&json, NULL);
        cli_json_string(&json, "layer", shape->name);
        cli_json_integer(&json, "count", shape->count);
        cli_json_integer(&json, "c", shape->c);
        cli_json_integer(&json, "k", shape->k);
        cli_json_integer(&json, "h", shape->h);
        cli_json_integer(&json, "w", shape->w);
        cli_json_integer(&json, "rounds", results[i].rounds);
        cli_json_integer(&json, "rank_of_choice", rank_of_choice(&results[i]));
        cli_json_array(&json, "plans");
        for (int j = 0; j < results[i].count; ++j) {
            json_plan(&json, &results[i].plans[j]);
        }
        cli_json_end_array(&json);
        cli_json_end_object(&json);
    }
    cli_json_end_array(&json);
    cli_json_end_object(&json);
}

/* An earlier layer of the same sizes; -1 if there is none. */
static int find_same(const cli_shapes *shapes, int index) {
    const cli_shape *shape = &shapes->items[index];
    for (int i = 0; i < index; ++i) {
        const cli_shape *other = &shapes->items[i];
        if (other->c == shape->c && other->k == shape->k && other->h == shape->h &&
            other->w == shape->w) {
            return i;
        }
    }
    return -1;
}

static nova_status run_layer(const cli_shapes *shapes, int index, const nova_conv_desc *common,
                             const nova_plan_options *options, const bench_gpu_settings *settings,
                             bench_gpu_result *results) {
    const cli_shape *shape = &shapes->items[index];
    const int same = find_same(shapes, index);
    if (same >= 0) {
        results[index] = results[same];
        return NOVA_OK;
    }
    nova_conv_desc desc = *common;
    desc.c = shape->c;
    desc.k = shape->k;
    desc.h = shape->h;
    desc.w = shape->w;
    return settings->hip ? bench_hip_layer(&desc, options, settings, &results[index])
                         : bench_cuda_layer(&desc, options, settings, &results[index]);
}

int bench_gpu_run(const cli_command *command, const cli_shapes *shapes,
                  const nova_conv_desc *common, const nova_plan_options *options,
                  const bench_gpu_settings *settings, bool json) {
    bench_gpu_result *results = calloc((size_t)shapes->count, sizeof *results);
    if (results == NULL) {
        return cli_error(command, "no memory for the results");
    }
    for (int i = 0; i < shapes->count; ++i) {
        if (run_layer(shapes, i, common, options, settings, results) != NOVA_OK) {
            free(results);
            return cli_error(command, "%s: %s", shapes->items[i].name, nova_last_error());
        }
        if (!json && i == 0) {
            print_heading();
        }
        if (!json) {
            print_layer(&shapes->items[i], &results[i]);
        }
    }
    if (json) {
        print_json(shapes, results);
    }
    free(results);
    return cli_finish_output(command);
}
