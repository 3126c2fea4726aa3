/*
 * bench_output.c - tables of `nova bench`, for people and as JSON.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_output.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "request.h"
#include "runtime/runtime.h"

/** A column: one contestant, or the fastest of several. */
typedef struct bench_column {
    const char *name;
    bench_contestant first, last;
    bool within_budget; /* only those whose error is what nova is held to */
} bench_column;

static const char *const contestants[BENCH_CONTESTANTS] = {
    "nova",        "nova_direct", "onednn_direct", "onednn_winograd", "torch", "ncnn",
    "onnxruntime", "openvino",    "numpy"};

static const bench_column columns[] = {
    {"nova_direct", BENCH_NOVA_DIRECT, BENCH_NOVA_DIRECT, false},
    {"onednn", BENCH_ONEDNN_DIRECT, BENCH_ONEDNN_WINOGRAD, false},
    {"onednn_direct", BENCH_ONEDNN_DIRECT, BENCH_ONEDNN_DIRECT, false},
    {"onednn_winograd", BENCH_ONEDNN_WINOGRAD, BENCH_ONEDNN_WINOGRAD, false},
    {"torch", BENCH_WHEELS, BENCH_WHEELS, false},
    {"ncnn", BENCH_WHEELS + 1, BENCH_WHEELS + 1, false},
    {"onnxruntime", BENCH_WHEELS + 2, BENCH_WHEELS + 2, false},
    {"openvino", BENCH_WHEELS + 3, BENCH_WHEELS + 3, false},
    {"numpy", BENCH_WHEELS + 4, BENCH_WHEELS + 4, false},
    {"best_peer", BENCH_ONEDNN_DIRECT, BENCH_CONTESTANTS - 1, true},
};

/** The contestant that stands in a column; -1 if none did. */
static int find(const bench_result *result, const bench_column *column) {
    int best = -1;
    for (int i = (int)column->first; i <= (int)column->last; ++i) {
        const bench_time *time = &result->times[i];
        const bool fits = !column->within_budget || time->error <= result->budget;
        if (time->entry.runs && fits &&
            (best < 0 || time->timing.ms < result->times[best].timing.ms)) {
            best = i;
        }
    }
    return best;
}

static double ratio(const bench_result *result, int contestant) {
    return result->times[contestant].timing.ms / result->times[BENCH_NOVA].timing.ms;
}

/** Geometric mean of the ratios, each layer weighted by its count; NaN if nobody ever ran. */
static double geomean(const bench_run *run, const bench_column *column) {
    double sum = 0, weight = 0;
    for (int i = 0; i < run->shapes.count; ++i) {
        const int who = find(&run->results[i], column);
        if (who >= 0) {
            double count = (double)run->shapes.items[i].count;
            sum += count * log(ratio(&run->results[i], who));
            weight += count;
        }
    }
    return exp(sum / weight);
}

/* ---- JSON */

static void json_time(cli_json *json, const char *key, const bench_result *result, int who) {
    const bench_time *time = &result->times[who];
    cli_json_object(json, key);
    cli_json_string(json, "contestant", contestants[who]);
    cli_json_number(json, "ms", time->timing.ms);
    cli_json_number(json, "median_ms", time->timing.median_ms);
    cli_json_number(json, "ratio", ratio(result, who));
    cli_json_number(json, "error", time->error);
    cli_json_string(json, "dtype", nova_dtype_name(time->entry.dtype));
    cli_json_string(json, "kernel", time->entry.kernel[0] != '\0' ? time->entry.kernel : NULL);
    cli_json_end_object(json);
}

static void json_peers(cli_json *json, const bench_result *result) {
    cli_json_object(json, "peers");
    for (int i = 0; i < NOVA_COUNT(columns); ++i) {
        const int who = find(result, &columns[i]);
        if (who >= 0) {
            json_time(json, columns[i].name, result, who);
        }
    }
    cli_json_end_object(json);
    cli_json_object(json, "skipped");
    for (int i = 0; i < BENCH_CONTESTANTS; ++i) {
        const bench_entry *entry = &result->times[i].entry;
        if (!entry->runs && entry->reason[0] != '\0') {
            cli_json_string(json, contestants[i], entry->reason);
        }
    }
    cli_json_end_object(json);
}

static void json_layer(cli_json *json, const cli_shape *shape, const bench_result *result) {
    char tile[32];
    const bench_time *nova = &result->times[BENCH_NOVA];
    cli_json_object(json, NULL);
    cli_json_string(json, "layer", shape->name);
    cli_json_integer(json, "count", shape->count);
    cli_json_integer(json, "c", shape->c);
    cli_json_integer(json, "k", shape->k);
    cli_json_integer(json, "h", shape->h);
    cli_json_integer(json, "w", shape->w);
    cli_json_string(json, "algorithm", nova_algorithm_name(result->info.algorithm));
    cli_json_string(json, "tile", cli_tile_text(&result->info, tile));
    cli_json_string(json, "set", result->info.set);
    cli_json_string(json, "arith", nova_arith_name(result->info.arith));
    cli_json_number(json, "ms", nova->timing.ms);
    cli_json_number(json, "median_ms", nova->timing.median_ms);
    cli_json_number(json, "gflops", result->gflops);
    cli_json_number(json, "error", nova->error);
    cli_json_number(json, "predicted_error", result->info.predicted_error);
    cli_json_number(json, "max_error", result->budget);
    cli_json_integer(json, "workspace_bytes", (int64_t)result->info.workspace_bytes);
    cli_json_integer(json, "packed_bytes", (int64_t)result->info.packed_bytes);
    cli_json_integer(json, "rounds", result->rounds);
    json_peers(json, result);
    cli_json_end_object(json);
}

static void json_libraries(cli_json *json, const bench_peers *peers) {
    cli_json_array(json, "libraries");
    for (int i = 0; i < BENCH_LIBRARIES; ++i) {
        if (peers->asked[i]) {
            const char *version = bench_peers_version(peers, i);
            cli_json_object(json, NULL);
            cli_json_string(json, "name", bench_libraries[i]);
            cli_json_string(json, "version", version);
            cli_json_string(json, "skipped", version == NULL ? peers->reasons[i] : NULL);
            cli_json_end_object(json);
        }
    }
    cli_json_end_array(json);
}

void bench_print_json(const bench_run *run) {
    const bench_result *first = &run->results[0];
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_string(&json, "shapes", run->network);
    cli_json_string(&json, "dtype", nova_dtype_name(run->dtype));
    cli_json_string(&json, "layout", nova_layout_name(run->layout));
    cli_json_integer(&json, "threads", first->info.threads);
    cli_json_string(&json, "clock", run->peers.processor_time ? "cpu" : "wall");
    cli_json_string(&json, "kernels", first->info.kernels);
    json_libraries(&json, &run->peers);
    cli_json_array(&json, "layers");
    for (int i = 0; i < run->shapes.count; ++i) {
        json_layer(&json, &run->shapes.items[i], &run->results[i]);
    }
    cli_json_end_array(&json);
    cli_json_object(&json, "geomean");
    for (int i = 0; i < NOVA_COUNT(columns); ++i) {
        double mean = geomean(run, &columns[i]);
        if (isfinite(mean)) {
            cli_json_number(&json, columns[i].name, mean);
        }
    }
    cli_json_end_object(&json);
    cli_json_end_object(&json);
}

/* ---- text */

/** True if somebody in the column was asked for and is there. */
static bool is_shown(const bench_run *run, const bench_column *column) {
    if (column->within_budget) {
        for (int i = 0; i < BENCH_LIBRARIES; ++i) {
            if (bench_peers_version(&run->peers, i) != NULL) {
                return true;
            }
        }
        return false;
    }
    if (column->first < BENCH_WHEELS) {
        return column->first == BENCH_NOVA_DIRECT || run->peers.onednn != NULL;
    }
    return run->peers.wheels[column->first - BENCH_WHEELS + BENCH_FIRST_WHEEL] != NULL;
}

void bench_print_heading(const bench_run *run) {
    printf("%-24s %5s %5s %5s %9s  %-22s %9s %8s %9s", "layer", "count", "c", "k", "map", "plan",
           "ms", "GFLOP/s", "error");
    for (int i = 0; i < NOVA_COUNT(columns); ++i) {
        if (is_shown(run, &columns[i])) {
            printf("  %18s", columns[i].name);
        }
    }
    putchar('\n');
}

static void print_skipped(const bench_result *result) {
    for (int i = 0; i < BENCH_CONTESTANTS; ++i) {
        const bench_entry *entry = &result->times[i].entry;
        if (!entry->runs && entry->reason[0] != '\0') {
            printf("    %s skipped: %s\n", contestants[i], entry->reason);
        }
    }
}

void bench_print_layer(const bench_run *run, int index) {
    const cli_shape *shape = &run->shapes.items[index];
    const bench_result *result = &run->results[index];
    char plan[128], map[48];
    snprintf(map, sizeof map, "%" PRId64 "x%" PRId64, shape->h, shape->w);
    printf("%-24s %5" PRId64 " %5" PRId64 " %5" PRId64 " %9s  %-22s %9.3f %8.1f %9.2e", shape->name,
           shape->count, shape->c, shape->k, map, cli_plan_text(&result->info, plan),
           result->times[BENCH_NOVA].timing.ms, result->gflops, result->times[BENCH_NOVA].error);
    for (int i = 0; i < NOVA_COUNT(columns); ++i) {
        const int who = find(result, &columns[i]);
        if (!is_shown(run, &columns[i])) {
            continue;
        }
        if (who >= 0) {
            printf("  %9.3f (%5.2fx)", result->times[who].timing.ms, ratio(result, who));
        } else {
            printf("  %18s", "-");
        }
    }
    putchar('\n');
    print_skipped(result);
    fflush(stdout);
}

void bench_print_summary(const bench_run *run) {
    printf("\nGeometric mean of the peer's time over nova's, layers weighted by their count:");
    for (int i = 0; i < NOVA_COUNT(columns); ++i) {
        double mean = geomean(run, &columns[i]);
        if (isfinite(mean)) {
            printf(" %s %.3f", columns[i].name, mean);
        }
    }
    putchar('\n');
    for (int i = 0; i < BENCH_LIBRARIES; ++i) {
        if (run->peers.asked[i] && bench_peers_version(&run->peers, i) == NULL) {
            printf("%s skipped: %s\n", bench_libraries[i], run->peers.reasons[i]);
        }
    }
}
