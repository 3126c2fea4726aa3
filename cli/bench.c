/*
 * bench.c - `nova bench`: the layers of a network, timed.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "bench_candidates.h"
#include "bench_gpu.h"
#include "bench_output.h"
#include "bench_schedules.h"
#include "bench_tune.h"
#include "commands.h"
#include "request.h"
#include "runtime/runtime.h"

/* What times are. */
static const char *const clocks[] = {"wall", "cpu", NULL};

/* Where layers run. */
enum { DEVICE_CPU, DEVICE_CUDA, DEVICE_HIP };
static const char *const devices[] = {"cpu", "cuda", "hip", NULL};

typedef struct bench_args {
    const char *shapes, *peers, *python;
    int dtype, layout, clock, device, activation;
    int64_t batch;
    double seconds;
    int64_t candidates; /* 0: not asked for */
    cli_request request;
    bool schedules, tune, bias, residual, json;
} bench_args;

static void describe(const bench_args *args, const cli_shape *shape, nova_conv_desc *desc) {
    nova_conv_desc_init(desc);
    desc->n = args->batch;
    desc->c = shape->c;
    desc->k = shape->k;
    desc->h = shape->h;
    desc->w = shape->w;
    desc->pad_top = desc->pad_bottom = desc->pad_left = desc->pad_right = 1;
    desc->dtype = (nova_dtype)args->dtype;
    desc->layout = (nova_layout)args->layout;
    desc->activation = (nova_activation)args->activation;
}

/** The result of an earlier layer of the same sizes; null if there is none. */
static const bench_result *find_same(const bench_run *run, int index) {
    const cli_shape *shape = &run->shapes.items[index];
    for (int i = 0; i < index; ++i) {
        const cli_shape *other = &run->shapes.items[i];
        if (other->c == shape->c && other->k == shape->k && other->h == shape->h &&
            other->w == shape->w) {
            return &run->results[i];
        }
    }
    return NULL;
}

static nova_status run_layer(const bench_args *args, const nova_plan_options *options,
                             bench_run *run, int index) {
    const bench_result *same = find_same(run, index);
    nova_conv_desc desc;
    if (same != NULL) {
        run->results[index] = *same;
        return NOVA_OK;
    }
    describe(args, &run->shapes.items[index], &desc);
    return bench_layer(&desc, options, &run->peers, args->seconds, &run->results[index]);
}

static int run_layers(const cli_command *command, const bench_args *args,
                      const nova_plan_options *options, bench_run *run) {
    if (!args->json) {
        bench_print_heading(run);
    }
    for (int i = 0; i < run->shapes.count; ++i) {
        if (run_layer(args, options, run, i) != NOVA_OK) {
            return cli_error(command, "%s: %s", run->shapes.items[i].name, nova_last_error());
        }
        if (!args->json) {
            bench_print_layer(run, i);
        }
    }
    return CLI_SUCCESS;
}

/** Plans of each layer against each other: all schedules, or the model's first candidates. */
static bool compares_plans(const bench_args *args) {
    return args->schedules || args->candidates > 0;
}

static nova_status compare_plans(const bench_args *args, const nova_plan_options *options,
                                 const nova_conv_desc *desc, bench_plans *plans) {
    nova_status status = bench_plans_open(desc, args->clock > 0, plans);
    if (status == NOVA_OK) {
        status = args->schedules
                     ? bench_schedules(options, args->seconds, plans)
                     : bench_candidates(options, (int)args->candidates, args->seconds, plans);
    }
    return status;
}

static void print_plans(const bench_args *args, cli_json *json, const cli_shape *shape,
                        const bench_plans *plans) {
    if (args->schedules && args->json) {
        bench_json_schedules(json, shape, plans);
    } else if (args->schedules) {
        bench_print_schedules(shape, plans);
    } else if (args->json) {
        bench_json_candidates(json, shape, plans);
    } else {
        bench_print_candidates(shape, plans);
    }
}

static int run_plans(const cli_command *command, const bench_args *args,
                     const nova_plan_options *options, const cli_shapes *shapes) {
    cli_json json = {.stream = stdout};
    bench_choices choices = {0};
    if (args->json) {
        cli_json_object(&json, NULL);
        cli_json_array(&json, "layers");
    }
    for (int i = 0; i < shapes->count; ++i) {
        bench_plans plans;
        nova_conv_desc desc;
        describe(args, &shapes->items[i], &desc);
        nova_status status = compare_plans(args, options, &desc, &plans);
        if (status == NOVA_OK) {
            print_plans(args, &json, &shapes->items[i], &plans);
            bench_count_choice(&choices, &shapes->items[i], &plans);
        }
        bench_plans_close(&plans);
        if (status != NOVA_OK) {
            return cli_error(command, "%s: %s", shapes->items[i].name, nova_last_error());
        }
    }
    if (args->json) {
        cli_json_end_array(&json);
        if (!args->schedules) {
            bench_json_choices(&json, &choices);
        }
        cli_json_end_object(&json);
    } else if (!args->schedules) {
        bench_print_choices(&choices);
    }
    return CLI_SUCCESS;
}

static nova_status prepare(bench_args *args, nova_plan_options *options, bench_run *run) {
    nova_status status = cli_shapes_load(args->shapes, &run->shapes);
    if (status == NOVA_OK) {
        status = cli_request_options(&args->request, 3, 3, options);
    }
    if (status == NOVA_OK && args->schedules && args->candidates > 0) {
        status = nova_fail(NOVA_INVALID_ARGUMENT, "--schedules and --candidates: one at a time");
    }
    if (status == NOVA_OK && args->clock > 0 && options->threads != 1) {
        status = nova_fail(NOVA_INVALID_ARGUMENT,
                           "--clock cpu: only the time of one thread is processor time");
    }
    run->peers.processor_time = args->clock > 0;
    if (status == NOVA_OK) {
        status = bench_peers_open(args->peers, args->python,
                                  options->threads > 0 ? options->threads : nova_processor_count(),
                                  &run->peers);
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
    bench_run run = {.network = args->shapes,
                     .dtype = (nova_dtype)args->dtype,
                     .layout = (nova_layout)args->layout};
    nova_plan_options options;
    int exit_code = prepare(args, &options, &run) != NOVA_OK ? cli_library_error(command)
                    : compares_plans(args) ? run_plans(command, args, &options, &run.shapes)
                                           : run_layers(command, args, &options, &run);
    if (exit_code == CLI_SUCCESS && cli_request_remember(&args->request) != NOVA_OK) {
        exit_code = cli_library_error(command);
    }
    if (exit_code == CLI_SUCCESS && compares_plans(args)) {
        exit_code = cli_finish_output(command);
    } else if (exit_code == CLI_SUCCESS) {
        if (args->json) {
            bench_print_json(&run);
        } else {
            bench_print_summary(&run);
        }
        exit_code = cli_finish_output(command);
    }
    bench_peers_close(&run.peers);
    free(run.results);
    cli_shapes_free(&run.shapes);
    cli_request_free(&args->request);
    return exit_code;
}

/* ---- on a CUDA or HIP device */

static nova_status prepare_gpu(bench_args *args, nova_plan_options *options, cli_shapes *shapes) {
    if (args->peers != NULL || args->schedules || args->clock != 0 || args->request.calibrate) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "--peers, --schedules, --clock and --calibrate are for --device cpu");
    }
    if (args->device == DEVICE_HIP && (args->tune || args->request.measure)) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "--tune and --measure are not for --device hip");
    }
    if (args->tune && (args->candidates > 0 || args->bias || args->residual)) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "--tune times plans without --candidates, --bias and --residual");
    }
    args->request.measure = args->request.measure || args->tune;
    const nova_status status = cli_shapes_load(args->shapes, shapes);
    return status == NOVA_OK ? cli_request_options(&args->request, 3, 3, options) : status;
}

static int run_gpu(const cli_command *command, bench_args *args) {
    const bench_gpu_settings settings = {.seconds = args->seconds,
                                         .candidates = (int)args->candidates,
                                         .bias = args->bias,
                                         .residual = args->residual,
                                         .hip = args->device == DEVICE_HIP};
    cli_shapes shapes = {.count = 0};
    nova_plan_options options;
    nova_conv_desc desc;
    int exit_code;
    if (prepare_gpu(args, &options, &shapes) != NOVA_OK) {
        exit_code = cli_library_error(command);
    } else {
        describe(args, &shapes.items[0], &desc);
        exit_code =
            args->tune
                ? bench_tune_run(command, &shapes, &desc, &options, &args->request, args->json)
                : bench_gpu_run(command, &shapes, &desc, &options, &settings, args->json);
    }
    if (exit_code == CLI_SUCCESS && cli_request_remember(&args->request) != NOVA_OK) {
        exit_code = cli_library_error(command);
    }
    cli_shapes_free(&shapes);
    cli_request_free(&args->request);
    return exit_code;
}

static nova_status check_cpu(const bench_args *args) {
    if (args->bias || args->residual || args->activation != 0 || args->tune) {
        return nova_fail(
            NOVA_INVALID_ARGUMENT,
            "--bias, --residual and --activation are for --device cuda and hip, --tune is "
            "for --device cuda");
    }
    return NOVA_OK;
}

static int run_on_device(const cli_command *command, bench_args *args) {
    const bool gpu = args->device != DEVICE_CPU;
    if (args->dtype < 0) {
        args->dtype = gpu ? NOVA_F16 : NOVA_F32;
    }
    if (gpu) {
        return run_gpu(command, args);
    }
    return check_cpu(args) == NOVA_OK ? run_bench(command, args) : cli_library_error(command);
}

int cli_bench(const cli_command *command, int argc, char **argv) {
    bench_args args = {.shapes = "resnet50",
                       .python = "python3",
                       .dtype = -1,
                       .layout = NOVA_NHWC,
                       .batch = 1,
                       .seconds = 0.3,
                       .request = CLI_REQUEST_DEFAULT};
    const cli_option options[] = {
        {.name = "--shapes",
         .metavar = "NET|FILE",
         .read = cli_text,
         .target = &args.shapes,
         .help = "resnet50 (default), vgg16, densenet161, sd15, sdxl, vae, or a file with lines "
                 "`name count c k h w`; several networks separated by commas."},
        {.name = "--peers",
         .metavar = "P",
         .read = cli_text,
         .target = &args.peers,
         .help =
             "Libraries to time beside nova, separated by commas: onednn (2.x, the better of its "
             "direct convolution and its Winograd, in its own layouts), torch, ncnn, "
             "onnxruntime, openvino, numpy, or all of them but numpy. Each computes in the type "
             "of --dtype if it can, else in f32. One that is not there is reported as "
             "skipped. Default: none. nova's direct convolution, under the same budget, is "
             "always timed."},
        {.name = "--python",
         .metavar = "FILE",
         .read = cli_text,
         .target = &args.python,
         .help = "The Python that has these libraries (all but onednn). Default: python3."},
        {.name = "--time",
         .metavar = "S",
         .read = cli_real,
         .target = &args.seconds,
         .help = "About how many seconds to spend on the rounds of a layer; layers of the same "
                 "sizes are timed once. Default: 0.3."},
        {.name = "--schedules",
         .target = &args.schedules,
         .help = "Instead: every schedule (that --schedule allows) of each layer, with bytes and "
                 "operations by formula and counted, time and error."},
        {.name = "--candidates",
         .metavar = "N",
         .read = cli_integer,
         .target = &args.candidates,
         .min = 2,
         .max = BENCH_MOST_PLANS,
         .help = "Instead: the N plans of each layer that the cost model expects to be fastest, "
                 "timed against each other, and how its first choice fares. All their filters are "
                 "in memory together."},
        {.name = "--clock",
         .metavar = "C",
         .read = cli_choice,
         .target = &args.clock,
         .choices = clocks,
         .help = "wall (default), or cpu: processor time, which on a busy machine is what one "
                 "thread would take on a quiet one."},
        {.name = "--device",
         .metavar = "D",
         .read = cli_choice,
         .target = &args.device,
         .choices = devices,
         .help = "cpu (default), or cuda or hip: the first CUDA or HIP device, where this nova was "
                 "built with the engine for them. Times are then microseconds, on CUDA devices of "
                 "replayed graphs; beside each stand the predicted time and a floor."},
        {.name = "--tune",
         .target = &args.tune,
         .help =
             "With --device cuda, instead: the plans of each layer that the model expects to be "
             "fastest, in several kinds of blocks each, timed on the device; the fastest is "
             "kept in the file of --wisdom. Says how far the model's choice is from it."},
        {.name = "--batch",
         .metavar = "N",
         .read = cli_integer,
         .target = &args.batch,
         .min = 1,
         .max = 65536,
         .help = "Images. Default: 1."},
        BENCH_GPU_ROWS(args.bias, args.residual, args.activation),
        CLI_DTYPE_ROW(args.dtype, "f32; f16 with --device cuda or hip"),
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
    return run_on_device(command, &args);
}
