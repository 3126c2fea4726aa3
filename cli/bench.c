/*
 * bench.c - `nova bench`: the layers of a network, timed.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_layer.h"
#include "commands.h"
#include "request.h"
#include "runtime/runtime.h"
#include "shapes.h"

typedef struct bench_args {
    const char *shapes, *peers;
    int dtype, layout;
    double seconds;
    cli_request request;
    bool json;
} bench_args;

/** A peer as it is reported: one contestant, or the better of two. */
typedef struct bench_peer {
    const char *name;
    bench_contestant first, last;
} bench_peer;

static const bench_peer peers[] = {
    {"nova_direct", BENCH_NOVA_DIRECT, BENCH_NOVA_DIRECT},
    {"onednn", BENCH_ONEDNN_DIRECT, BENCH_ONEDNN_WINOGRAD},
    {"onednn_direct", BENCH_ONEDNN_DIRECT, BENCH_ONEDNN_DIRECT},
    {"onednn_winograd", BENCH_ONEDNN_WINOGRAD, BENCH_ONEDNN_WINOGRAD},
};

/** The whole run. */
typedef struct bench_run {
    const bench_args *args;
    cli_shapes shapes;
    bench_result *results; /* one for each shape */
    nova_plan_options options;
    peer_onednn *onednn; /* null: not asked for */
} bench_run;

/** The peer's time in this layer; null if it did not run. */
static const bench_time *peer_time(const bench_result *result, const bench_peer *peer) {
    const bench_time *best = NULL;
    for (int i = (int)peer->first; i <= (int)peer->last; ++i) {
        const bench_time *time = &result->times[i];
        if (time->ran && (best == NULL || time->ms < best->ms)) {
            best = time;
        }
    }
    return best;
}

static double ratio(const bench_result *result, const bench_time *time) {
    return time->ms / result->times[BENCH_NOVA].ms;
}

/** Geometric mean of the ratios, each layer weighted by its count; NaN if the peer never ran. */
static double geomean(const bench_run *run, const bench_peer *peer) {
    double sum = 0, weight = 0;
    for (int i = 0; i < run->shapes.count; ++i) {
        const bench_time *time = peer_time(&run->results[i], peer);
        if (time != NULL) {
            double count = (double)run->shapes.items[i].count;
            sum += count * log(ratio(&run->results[i], time));
            weight += count;
        }
    }
    return exp(sum / weight);
}

/* ---- output */

static void json_peers(cli_json *json, const bench_result *result) {
    cli_json_object(json, "peers");
    for (int i = 0; i < NOVA_COUNT(peers); ++i) {
        const bench_time *time = peer_time(result, &peers[i]);
        if (time == NULL) {
            continue;
        }
        cli_json_object(json, peers[i].name);
        cli_json_number(json, "ms", time->ms);
        cli_json_number(json, "ratio", ratio(result, time));
        cli_json_number(json, "error", time->error);
        cli_json_string(json, "dtype", nova_dtype_name(time->dtype));
        if (time->kernel[0] != '\0') {
            cli_json_string(json, "kernel", time->kernel);
        }
        cli_json_end_object(json);
    }
    cli_json_end_object(json);
}

static void json_layer(cli_json *json, const cli_shape *shape, const bench_result *result) {
    char tile[32];
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
    cli_json_number(json, "ms", result->times[BENCH_NOVA].ms);
    cli_json_number(json, "gflops", result->gflops);
    cli_json_number(json, "error", result->times[BENCH_NOVA].error);
    cli_json_number(json, "predicted_error", result->info.predicted_error);
    cli_json_integer(json, "rounds", result->rounds);
    json_peers(json, result);
    cli_json_end_object(json);
}

static void print_json(const bench_run *run) {
    const bench_result *first = &run->results[0];
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_string(&json, "shapes", run->args->shapes);
    cli_json_string(&json, "dtype", cli_dtype_names[run->args->dtype]);
    cli_json_string(&json, "layout", cli_layout_names[run->args->layout]);
    cli_json_integer(&json, "threads", first->info.threads);
    cli_json_string(&json, "kernels", first->info.kernels);
    cli_json_string(&json, "onednn_version",
                    run->onednn != NULL ? peer_onednn_version(run->onednn) : NULL);
    cli_json_array(&json, "layers");
    for (int i = 0; i < run->shapes.count; ++i) {
        json_layer(&json, &run->shapes.items[i], &run->results[i]);
    }
    cli_json_end_array(&json);
    cli_json_object(&json, "geomean");
    for (int i = 0; i < NOVA_COUNT(peers); ++i) {
        double mean = geomean(run, &peers[i]);
        if (isfinite(mean)) {
            cli_json_number(&json, peers[i].name, mean);
        }
    }
    cli_json_end_object(&json);
    cli_json_end_object(&json);
}

static void print_heading(const bench_run *run) {
    printf("%-24s %5s %5s %5s %9s  %-22s %9s %8s %9s", "layer", "count", "c", "k", "map", "plan",
           "ms", "GFLOP/s", "error");
    for (int i = 0; i < NOVA_COUNT(peers); ++i) {
        if (run->onednn != NULL || peers[i].first == BENCH_NOVA_DIRECT) {
            printf("  %18s", peers[i].name);
        }
    }
    putchar('\n');
}

static void print_layer(const bench_run *run, int index) {
    const cli_shape *shape = &run->shapes.items[index];
    const bench_result *result = &run->results[index];
    char plan[128], map[48];
    snprintf(map, sizeof map, "%" PRId64 "x%" PRId64, shape->h, shape->w);
    printf("%-24s %5" PRId64 " %5" PRId64 " %5" PRId64 " %9s  %-22s %9.3f %8.1f %9.2e", shape->name,
           shape->count, shape->c, shape->k, map, cli_plan_text(&result->info, plan),
           result->times[BENCH_NOVA].ms, result->gflops, result->times[BENCH_NOVA].error);
    for (int i = 0; i < NOVA_COUNT(peers); ++i) {
        const bench_time *time = peer_time(result, &peers[i]);
        if (time != NULL) {
            printf("  %9.3f (%5.2fx)", time->ms, ratio(result, time));
        } else if (run->onednn != NULL) {
            printf("  %18s", "-");
        }
    }
    putchar('\n');
    fflush(stdout);
}

static void print_geomean(const bench_run *run) {
    printf("\nGeometric mean of the peer's time over nova's, layers weighted by their count:");
    for (int i = 0; i < NOVA_COUNT(peers); ++i) {
        double mean = geomean(run, &peers[i]);
        if (isfinite(mean)) {
            printf(" %s %.3f", peers[i].name, mean);
        }
    }
    putchar('\n');
}

/* ---- running */

static void describe(const bench_args *args, const cli_shape *shape, nova_conv_desc *desc) {
    nova_conv_desc_init(desc);
    desc->n = 1;
    desc->c = shape->c;
    desc->k = shape->k;
    desc->h = shape->h;
    desc->w = shape->w;
    desc->pad_top = desc->pad_bottom = desc->pad_left = desc->pad_right = 1;
    desc->dtype = (nova_dtype)args->dtype;
    desc->layout = (nova_layout)args->layout;
}

static int run_layers(const cli_command *command, bench_run *run) {
    if (!run->args->json) {
        print_heading(run);
    }
    for (int i = 0; i < run->shapes.count; ++i) {
        nova_conv_desc desc;
        describe(run->args, &run->shapes.items[i], &desc);
        if (bench_layer(&desc, &run->options, run->onednn, run->args->seconds, &run->results[i]) !=
            NOVA_OK) {
            return cli_error(command, "%s: %s", run->shapes.items[i].name, nova_last_error());
        }
        if (!run->args->json) {
            print_layer(run, i);
        }
    }
    return CLI_SUCCESS;
}

static nova_status open_peers(bench_run *run) {
    const char *names = run->args->peers;
    if (names == NULL || strcmp(names, "none") == 0) {
        return NOVA_OK;
    }
    if (strcmp(names, "onednn") != 0) {
        return nova_fail(NOVA_UNKNOWN_NAME, "--peers '%s': the peers are onednn, or none", names);
    }
    int threads = run->options.threads;
    return peer_onednn_open(threads > 0 ? threads : nova_processor_count(), &run->onednn);
}

static nova_status prepare(bench_args *args, bench_run *run) {
    nova_status status = cli_shapes_load(args->shapes, &run->shapes);
    if (status == NOVA_OK) {
        status = cli_request_options(&args->request, 3, 3, &run->options);
    }
    if (status == NOVA_OK) {
        status = open_peers(run);
    }
    if (status == NOVA_OK) {
        run->results = calloc((size_t)run->shapes.count, sizeof *run->results);
        if (run->results == NULL) {
            status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the results");
        }
    }
    return status;
}

static int run_bench(const cli_command *command, bench_args *args) {
    bench_run run = {.args = args};
    int exit_code =
        prepare(args, &run) == NOVA_OK ? run_layers(command, &run) : cli_library_error(command);
    if (exit_code == CLI_SUCCESS && cli_request_remember(&args->request) != NOVA_OK) {
        exit_code = cli_library_error(command);
    }
    if (exit_code == CLI_SUCCESS) {
        if (args->json) {
            print_json(&run);
        } else {
            print_geomean(&run);
        }
        exit_code = cli_finish_output(command);
    }
    peer_onednn_close(run.onednn);
    free(run.results);
    cli_shapes_free(&run.shapes);
    cli_request_free(&args->request);
    return exit_code;
}

int cli_bench(const cli_command *command, int argc, char **argv) {
    bench_args args = {
        .shapes = "resnet50", .layout = NOVA_NHWC, .seconds = 0.3, .request = CLI_REQUEST_DEFAULT};
    const cli_option options[] = {
        {.name = "--shapes",
         .metavar = "NET|FILE",
         .read = cli_text,
         .target = &args.shapes,
         .help = "resnet50 (default), vgg16, densenet161, sd15, sdxl, vae, or a file with lines "
                 "`name count c k h w`."},
        {.name = "--peers",
         .metavar = "P",
         .read = cli_text,
         .target = &args.peers,
         .help = "onednn: time oneDNN too, the better of its direct convolution and its Winograd, "
                 "in its own layouts (f32; bf16 if --dtype is bf16 and the processor has it). "
                 "Default: none. nova's direct convolution is always timed."},
        {.name = "--time",
         .metavar = "S",
         .read = cli_real,
         .target = &args.seconds,
         .help = "About how many seconds to spend on the rounds of a layer. Default: 0.3."},
        CLI_DTYPE_ROW(args.dtype, "f32"),
        {.name = "--layout",
         .metavar = "L",
         .read = cli_choice,
         .target = &args.layout,
         .choices = cli_layout_names,
         .help = "nhwc (default) or nchw."},
        CLI_TILE_ROW(args.request, false),
        CLI_SET_ROWS(args.request),
        CLI_ARITH_ROW(args.request),
        CLI_MAX_ERROR_ROW(args.request),
        CLI_THREADS_ROW(args.request),
        CLI_SCHEDULE_ROWS(args.request),
        CLI_EFFORT_ROWS(args.request),
        CLI_JSON_ROW(args.json),
    };
    int exit_code;
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    return run_bench(command, &args);
}
