/*
 * accuracy.c - `nova accuracy`: the predicted error beside the engine's own.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "commands.h"
#include "cpu/reference/reference.h"
#include "numerics/half.h"
#include "request.h"
#include "runner.h"
#include "runtime/runtime.h"

typedef struct accuracy_args {
    cli_request request;
    int64_t channels, filters, seed;
    cli_extent size, kernel;
    double correlation;
    int dtype;
    bool json;
} accuracy_args;

/** The data of one measurement. */
typedef struct trial {
    cli_runner runner;
    void *x, *weights, *y;
    float *values; /* y as float */
    double *exact;
    cli_comparison result;
} trial;

/** No padding: every output sees normally distributed data only, as the prediction assumes. */
static void describe(const accuracy_args *args, nova_conv_desc *desc) {
    nova_conv_desc_init(desc);
    desc->n = 1;
    desc->c = args->channels;
    desc->k = args->filters;
    desc->r = args->kernel.h;
    desc->s = args->kernel.w;
    desc->h = args->size.h + args->kernel.h - 1;
    desc->w = args->size.w + args->kernel.w - 1;
    desc->dtype = (nova_dtype)args->dtype;
}

static nova_status no_memory(void) {
    return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for tensors of this size");
}

static nova_status make_operands(const accuracy_args *args, const nova_conv_desc *desc,
                                 trial *run) {
    size_t x_count, weights_count;
    nova_status status = cli_count_operands(desc, &x_count, &weights_count);
    if (status != NOVA_OK) {
        return status;
    }
    run->x = nova_alloc(x_count * nova_dtype_size(desc->dtype));
    run->weights = nova_alloc(weights_count * nova_dtype_size(desc->dtype));
    if (run->x == NULL || run->weights == NULL) {
        return no_memory();
    }
    double weight_rms = 1 / sqrt((double)desc->c * (double)desc->r * (double)desc->s);
    cli_fill_normal(run->weights, desc->dtype, weights_count, weight_rms, ~(uint64_t)args->seed);
    return cli_fill_correlated(run->x, desc, args->correlation, (uint64_t)args->seed);
}

static nova_status compute(trial *run) {
    const nova_conv_desc *desc = &run->runner.desc;
    const size_t outputs = cli_runner_outputs(&run->runner);
    const nova_reference_operands operands = {
        .x = run->x, .weights = run->weights, .weights_dtype = desc->dtype};
    nova_execute_args args;
    run->y = nova_alloc(outputs * nova_dtype_size(desc->dtype));
    run->values = nova_alloc(outputs * sizeof *run->values);
    run->exact = nova_alloc(outputs * sizeof *run->exact);
    if (run->y == NULL || run->values == NULL || run->exact == NULL) {
        return no_memory();
    }
    nova_execute_args_init(&args);
    args.x = run->x;
    args.y = run->y;
    nova_status status = cli_runner_run(&run->runner, &args);
    if (status == NOVA_OK) {
        status = nova_reference_direct(desc, &operands, false, run->exact);
    }
    if (status == NOVA_OK) {
        nova_convert_to_float(run->values, run->y, desc->dtype, outputs);
        run->result = cli_compare(run->values, run->exact, outputs);
    }
    return status;
}

static nova_status measure(accuracy_args *args, trial *run) {
    nova_conv_desc desc;
    nova_plan_options options;
    describe(args, &desc);
    nova_status status = cli_request_options(&args->request, desc.r, desc.s, &options);
    if (status == NOVA_OK) {
        status = make_operands(args, &desc, run);
    }
    if (status == NOVA_OK) {
        status = cli_runner_create(&desc, &options, run->weights, desc.dtype, &run->runner);
    }
    return status == NOVA_OK ? compute(run) : status;
}

static void print_json(const accuracy_args *args, const trial *run) {
    const nova_plan_info *info = &run->runner.info;
    char tile[32];
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_number(&json, "predicted_error", info->predicted_error);
    cli_json_number(&json, "measured_error", run->result.rms);
    cli_json_integer(&json, "nonfinite", run->result.nonfinite);
    cli_json_number(&json, "measured_max_error", run->result.worst);
    cli_json_integer(&json, "outputs", (int64_t)cli_runner_outputs(&run->runner));
    cli_json_string(&json, "algorithm", nova_algorithm_name(info->algorithm));
    cli_json_string(&json, "tile", cli_tile_text(info, tile));
    cli_json_string(&json, "set", info->set);
    cli_json_string(&json, "arith", nova_arith_name(info->arith));
    cli_json_string(&json, "dtype", nova_dtype_name(run->runner.desc.dtype));
    cli_json_bool(&json, "tap_scaling", info->tap_scaling != 0);
    cli_json_bool(&json, "compensation", info->compensation != 0);
    cli_json_number(&json, "alpha", info->alpha);
    cli_json_integer(&json, "channels", args->channels);
    cli_json_integer(&json, "filters", args->filters);
    cli_json_integer(&json, "seed", args->seed);
    cli_json_number(&json, "correlation", args->correlation);
    cli_json_string(&json, "covariance",
                    args->request.covariance ? args->request.covariance : "white");
    cli_json_end_object(&json);
}

static void print_text(const trial *run) {
    char plan[128];
    printf("%s\n", cli_plan_text(&run->runner.info, plan));
    printf("predicted error  %.4g\n", run->runner.info.predicted_error);
    if (run->result.nonfinite == 0) {
        printf("measured error   %.4g (largest %.4g)\n", run->result.rms, run->result.worst);
    } else {
        printf("measured error   none\n");
    }
    printf("non-finite       %" PRId64 " of %zu outputs\n", run->result.nonfinite,
           cli_runner_outputs(&run->runner));
}

static void free_trial(trial *run) {
    nova_free(run->exact);
    nova_free(run->values);
    nova_free(run->y);
    nova_free(run->weights);
    nova_free(run->x);
    cli_runner_destroy(&run->runner);
}

static int run_accuracy(const cli_command *command, accuracy_args *args) {
    trial run = {.x = NULL};
    int exit_code;
    if (measure(args, &run) != NOVA_OK) {
        exit_code = cli_library_error(command);
    } else {
        if (args->json) {
            print_json(args, &run);
        } else {
            print_text(&run);
        }
        exit_code = cli_finish_output(command);
    }
    free_trial(&run);
    cli_request_free(&args->request);
    return exit_code;
}

/** Target double: at least 0 and below 1. */
static nova_status read_correlation(const cli_option *option, const char *text) {
    nova_status status = cli_real(option, text);
    if (status == NOVA_OK && *(double *)option->target >= 1) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "neighbours that agree entirely are no data");
    }
    return status;
}

int cli_accuracy(const cli_command *command, int argc, char **argv) {
    accuracy_args args = {.request = {.threads = 1, .set = "best", .arith = NOVA_ARITH_F32},
                          .channels = 64,
                          .filters = 64,
                          .seed = 1,
                          .size = {48, 48},
                          .kernel = {3, 3}};
    const cli_option options[] = {
        CLI_TILE_ROW(args.request, true),
        CLI_SET_ROWS(args.request),
        CLI_COVARIANCE_ROW(args.request),
        CLI_ARITH_ROW(args.request),
        CLI_MAX_ERROR_ROW(args.request),
        CLI_THREADS_ROW(args.request),
        CLI_DTYPE_ROW(args.dtype, "f32"),
        {.name = "--channels",
         .metavar = "C",
         .read = cli_integer,
         .target = &args.channels,
         .min = 1,
         .max = INT64_MAX,
         .help = "Input channels. Default: 64."},
        {.name = "--filters",
         .metavar = "K",
         .read = cli_integer,
         .target = &args.filters,
         .min = 1,
         .max = INT64_MAX,
         .help = "Output channels. Default: 64."},
        {.name = "--size",
         .metavar = "HxW",
         .read = cli_read_extent,
         .target = &args.size,
         .help = "Height and width of the output; the input is larger, without padding. Default: "
                 "48x48."},
        {.name = "--kernel",
         .metavar = "RxS",
         .read = cli_read_extent,
         .target = &args.kernel,
         .help = "Filter height and width. Default: 3x3."},
        {.name = "--correlation",
         .metavar = "RHO",
         .read = read_correlation,
         .target = &args.correlation,
         .help = "Of neighbouring inputs, along rows and columns: the data of ar1:RHO, from 0 to "
                 "below 1. The prediction stays that for 0. Default: 0."},
        {.name = "--seed",
         .metavar = "N",
         .read = cli_integer,
         .target = &args.seed,
         .max = INT64_MAX,
         .help = "Seed of the data. Default: 1."},
        CLI_JSON_ROW(args.json),
    };
    int exit_code;
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    if (args.size.h > INT64_MAX - args.kernel.h || args.size.w > INT64_MAX - args.kernel.w) {
        return cli_error(command, "the input's size overflows");
    }
    return run_accuracy(command, &args);
}
