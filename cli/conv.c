/*
 * conv.c - `nova conv`: a convolution of NumPy files.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "npy.h"
#include "request.h"
#include "runner.h"
#include "runtime/runtime.h"

typedef struct conv_args {
    const char *x, *weights, *bias, *residual, *output;
    cli_padding padding;
    int dtype; /* -1: that of x */
    int layout, activation;
    cli_request request;
    bool verify, json;
} conv_args;

/** Everything that one run holds. */
typedef struct conv_run {
    cli_array x, weights, bias, residual, y;
    cli_runner runner;
    nova_verification verification;
    double seconds;
} conv_run;

/** Reads a file and checks its rank. */
static nova_status read_array(const char *path, const char *what, int rank, cli_array *array) {
    nova_status status = cli_npy_read(path, array);
    if (status == NOVA_OK && array->rank != rank) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s: %s has %d dimensions, not %d", path, what,
                         rank, array->rank);
    }
    return status;
}

static nova_status read_bias(const conv_args *args, conv_run *run) {
    if (args->bias == NULL) {
        return NOVA_OK;
    }
    nova_status status = read_array(args->bias, "a bias", 1, &run->bias);
    if (status == NOVA_OK && run->bias.dtype != NOVA_F32) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s: a bias is f32", args->bias);
    }
    if (status == NOVA_OK && run->bias.shape[0] != run->weights.shape[0]) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "%s: %" PRId64 " biases for %" PRId64 " output channels", args->bias,
                         run->bias.shape[0], run->weights.shape[0]);
    }
    return status;
}

/** Reads all operands and brings those of the tensors' type to it. */
static nova_status read_operands(const conv_args *args, conv_run *run) {
    nova_status status = read_array(args->x, "x", 4, &run->x);
    if (status == NOVA_OK) {
        status = read_array(args->weights, "w (K,C,R,S)", 4, &run->weights);
    }
    if (status == NOVA_OK) {
        status = read_bias(args, run);
    }
    if (status == NOVA_OK && args->residual != NULL) {
        status = read_array(args->residual, "the residual", 4, &run->residual);
    }
    return status;
}

static nova_status convert_operands(nova_dtype dtype, conv_run *run) {
    nova_status status = cli_array_convert(&run->x, dtype);
    if (status == NOVA_OK) {
        status = cli_array_convert(&run->weights, dtype);
    }
    if (status == NOVA_OK && run->residual.data != NULL) {
        status = cli_array_convert(&run->residual, dtype);
    }
    return status;
}

static nova_status describe(const conv_args *args, const conv_run *run, nova_conv_desc *desc) {
    const int64_t *x = run->x.shape, *weights = run->weights.shape;
    const bool nhwc = args->layout == NOVA_NHWC;
    nova_conv_desc_init(desc);
    desc->n = x[0];
    desc->c = x[nhwc ? 3 : 1];
    desc->h = x[nhwc ? 1 : 2];
    desc->w = x[nhwc ? 2 : 3];
    desc->k = weights[0];
    desc->r = weights[2];
    desc->s = weights[3];
    desc->pad_top = args->padding.top;
    desc->pad_bottom = args->padding.bottom;
    desc->pad_left = args->padding.left;
    desc->pad_right = args->padding.right;
    desc->dtype = args->dtype < 0 ? run->x.dtype : (nova_dtype)args->dtype;
    desc->layout = (nova_layout)args->layout;
    desc->activation = (nova_activation)args->activation;
    if (weights[1] != desc->c) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "x has %" PRId64 " channels in layout %s, w (K,C,R,S) has %" PRId64,
                         desc->c, nova_layout_name(desc->layout), weights[1]);
    }
    return NOVA_OK;
}

static nova_status check_residual(const conv_run *run) {
    for (int i = 0; run->residual.data != NULL && i < 4; ++i) {
        if (run->residual.shape[i] != run->y.shape[i]) {
            return nova_fail(NOVA_INVALID_ARGUMENT, "the residual has not the shape of the output");
        }
    }
    return NOVA_OK;
}

static nova_status make_output(conv_run *run) {
    const nova_conv_desc *desc = &run->runner.desc;
    const nova_plan_info *info = &run->runner.info;
    const int64_t nchw[4] = {desc->n, desc->k, info->out_h, info->out_w};
    const int64_t nhwc[4] = {desc->n, info->out_h, info->out_w, desc->k};
    nova_status status =
        cli_array_create(&run->y, desc->dtype, 4, desc->layout == NOVA_NHWC ? nhwc : nchw);
    return status == NOVA_OK ? check_residual(run) : status;
}

static nova_status execute(const conv_args *args, conv_run *run) {
    nova_execute_args operands;
    nova_execute_args_init(&operands);
    operands.x = run->x.data;
    operands.y = run->y.data;
    operands.bias = run->bias.data;
    operands.residual = run->residual.data;
    double start = nova_now();
    nova_status status = cli_runner_run(&run->runner, &operands);
    run->seconds = nova_now() - start;
    if (status == NOVA_OK && args->verify) {
        run->verification = (nova_verification){.struct_size = sizeof run->verification,
                                                .weights = run->weights.data,
                                                .weights_dtype = run->weights.dtype};
        operands.verification = &run->verification;
        status = cli_runner_run(&run->runner, &operands);
    }
    return status;
}

static nova_status convolve(conv_args *args, conv_run *run) {
    nova_conv_desc desc;
    nova_plan_options options;
    nova_status status = read_operands(args, run);
    if (status == NOVA_OK) {
        status = describe(args, run, &desc);
    }
    if (status == NOVA_OK) {
        status = cli_request_options(&args->request, desc.r, desc.s, &options);
    }
    if (status == NOVA_OK) {
        status = convert_operands(desc.dtype, run);
    }
    if (status == NOVA_OK) {
        status =
            cli_runner_create(&desc, &options, run->weights.data, run->weights.dtype, &run->runner);
    }
    if (status == NOVA_OK) {
        status = cli_request_remember(&args->request);
    }
    if (status == NOVA_OK) {
        status = make_output(run);
    }
    if (status == NOVA_OK) {
        status = execute(args, run);
    }
    return status == NOVA_OK ? cli_npy_write(args->output, &run->y) : status;
}

static void print_json(const conv_args *args, const conv_run *run) {
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_string(&json, "output", args->output);
    cli_json_array(&json, "shape");
    for (int i = 0; i < run->y.rank; ++i) {
        cli_json_integer(&json, NULL, run->y.shape[i]);
    }
    cli_json_end_array(&json);
    cli_json_string(&json, "dtype", nova_dtype_name(run->runner.desc.dtype));
    cli_json_string(&json, "layout", nova_layout_name(run->runner.desc.layout));
    cli_json_number(&json, "ms", 1e3 * run->seconds);
    cli_json_plan(&json, &run->runner.info);
    if (args->verify) {
        cli_json_object(&json, "verification");
        cli_json_integer(&json, "checked", run->verification.checked);
        cli_json_integer(&json, "nonfinite", run->verification.nonfinite);
        cli_json_number(&json, "rms_error", run->verification.rms_error);
        cli_json_number(&json, "max_error", run->verification.max_error);
        cli_json_end_object(&json);
    }
    cli_json_end_object(&json);
}

static void print_text(const conv_args *args, const conv_run *run) {
    char plan[128];
    const int64_t *shape = run->y.shape;
    printf("%s: %" PRId64 "x%" PRId64 "x%" PRId64 "x%" PRId64 " %s, %s, predicted error %.3g, "
           "%.3f ms\n",
           args->output, shape[0], shape[1], shape[2], shape[3],
           nova_dtype_name(run->runner.desc.dtype), cli_plan_text(&run->runner.info, plan),
           run->runner.info.predicted_error, 1e3 * run->seconds);
    if (args->verify) {
        printf("%" PRId64 " outputs checked: relative rms error %.3g, largest %.3g, %" PRId64
               " not finite\n",
               run->verification.checked, run->verification.rms_error, run->verification.max_error,
               run->verification.nonfinite);
    }
}

static int run_conv(const cli_command *command, conv_args *args) {
    conv_run run = {.seconds = 0};
    int exit_code;
    if (convolve(args, &run) != NOVA_OK) {
        exit_code = cli_library_error(command);
    } else {
        if (args->json) {
            print_json(args, &run);
        } else {
            print_text(args, &run);
        }
        exit_code = cli_finish_output(command);
    }
    cli_array *arrays[] = {&run.x, &run.weights, &run.bias, &run.residual, &run.y};
    for (int i = 0; i < NOVA_COUNT(arrays); ++i) {
        cli_array_free(arrays[i]);
    }
    cli_runner_destroy(&run.runner);
    cli_request_free(&args->request);
    return exit_code;
}

int cli_conv(const cli_command *command, int argc, char **argv) {
    conv_args args = {.dtype = -1, .request = CLI_REQUEST_DEFAULT};
    const cli_option options[] = {
        {.name = "X",
         .read = cli_text,
         .target = &args.x,
         .required = true,
         .help = "Input, an .npy file."},
        {.name = "W",
         .read = cli_text,
         .target = &args.weights,
         .required = true,
         .help = "Weights, an .npy file of shape K,C,R,S."},
        {.name = "-o",
         .metavar = "Y",
         .read = cli_text,
         .target = &args.output,
         .required = true,
         .help = "Output; the file appears when it is complete."},
        {.name = "--bias",
         .metavar = "FILE",
         .read = cli_text,
         .target = &args.bias,
         .help = "Bias, an f32 .npy file of shape K."},
        {.name = "--residual",
         .metavar = "FILE",
         .read = cli_text,
         .target = &args.residual,
         .help = "Added before the activation: an .npy file of the output's shape."},
        {.name = "--activation",
         .metavar = "F",
         .read = cli_choice,
         .target = &args.activation,
         .choices = cli_activation_names,
         .help = "none (default), relu or silu."},
        {.name = "--pad",
         .metavar = "P",
         .read = cli_read_padding,
         .target = &args.padding,
         .help = "Zeros around the input: P, HxW, or TOP,BOTTOM,LEFT,RIGHT. Default: 0."},
        {.name = "--layout",
         .metavar = "L",
         .read = cli_choice,
         .target = &args.layout,
         .choices = cli_layout_names,
         .help = "Of x, y and the residual: nchw (default) or nhwc."},
        CLI_DTYPE_ROW(args.dtype, "that of x"),
        CLI_TILE_ROW(args.request, false),
        CLI_SET_ROWS(args.request),
        CLI_COVARIANCE_ROW(args.request),
        CLI_ARITH_ROW(args.request),
        CLI_MAX_ERROR_ROW(args.request),
        CLI_THREADS_ROW(args.request),
        CLI_SCHEDULE_ROWS(args.request),
        CLI_EFFORT_ROWS(args.request),
        {.name = "--verify",
         .target = &args.verify,
         .help = "Check a sample of the outputs against direct convolution in double."},
        CLI_JSON_ROW(args.json),
    };
    int exit_code;
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    return run_conv(command, &args);
}
