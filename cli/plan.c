/*
 * plan.c - `nova plan`: what would be done, and how well.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "cpu/engine.h"
#include "gpu/plan.h"
#include "hip/model.h"
#include "request.h"
#include "runtime/runtime.h"

typedef struct plan_args {
    int64_t input[4]; /* n, c, h, w */
    int64_t filters;
    cli_extent kernel;
    cli_padding padding;
    int dtype, layout;
    const char *machine; /* "cuda:" or "hip:" and a device's name; null: this CPU */
    cli_request request;
    bool json;
} plan_args;

/** Target int64_t[4]: "1x64x56x56". Zero is left to the planner to refuse, by name. */
static nova_status read_shape(const cli_option *option, const char *text) {
    int64_t shape[4];
    int count;
    nova_status status = cli_read_list(text, 'x', 0, INT64_MAX, shape, 4, &count);
    if (status == NOVA_OK && count != 4) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "NxCxHxW: 4 integers, not %d", count);
    }
    for (int i = 0; status == NOVA_OK && i < 4; ++i) {
        ((int64_t *)option->target)[i] = shape[i];
    }
    return status;
}

static const char cuda[] = "cuda:", hip[] = "hip:";

static bool begins_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

/** Target const char *: "cpu", "cuda:h200" or "hip:mi300x". */
static nova_status read_device(const cli_option *option, const char *text) {
    const char **machine = option->target;
    if (strcmp(text, "cpu") == 0) {
        *machine = NULL;
    } else if (begins_with(text, cuda) || begins_with(text, hip)) {
        *machine = text;
    } else {
        return nova_fail(NOVA_INVALID_ARGUMENT, "cpu, or cuda: or hip: and a device's name");
    }
    return NOVA_OK;
}

/** Without --pad: the padding that keeps the map's size. */
static void set_padding(const plan_args *args, nova_conv_desc *desc) {
    desc->pad_top = args->padding.given ? args->padding.top : (args->kernel.h - 1) / 2;
    desc->pad_bottom = args->padding.given ? args->padding.bottom : args->kernel.h / 2;
    desc->pad_left = args->padding.given ? args->padding.left : (args->kernel.w - 1) / 2;
    desc->pad_right = args->padding.given ? args->padding.right : args->kernel.w / 2;
}

static void describe(const plan_args *args, nova_conv_desc *desc) {
    nova_conv_desc_init(desc);
    desc->n = args->input[0];
    desc->c = args->input[1];
    desc->h = args->input[2];
    desc->w = args->input[3];
    desc->k = args->filters;
    desc->r = args->kernel.h;
    desc->s = args->kernel.w;
    desc->dtype = args->dtype >= 0 ? (nova_dtype)args->dtype : args->machine ? NOVA_F16 : NOVA_F32;
    desc->layout = (nova_layout)args->layout;
    set_padding(args, desc);
}

static void print_schedule(const nova_plan_info *info) {
    char text[NOVA_SCHEDULE_TEXT];
    printf("schedule         %s\n", nova_schedule_text(&info->schedule, text));
    printf("blocks           %" PRId64 " tiles, %" PRId64 " filters\n", info->block_tiles,
           info->block_filters);
    printf("thread split     %" PRId64 " x %" PRId64 " (tiles x filters)\n", info->split_tiles,
           info->split_filters);
    printf("passes, buffers  %d, %d\n", info->passes, info->buffers);
    printf("operations       %.4g, recomputation included\n", info->flops);
}

static void print_text(const nova_plan_info *info) {
    char tile[32];
    printf("algorithm        %s\n", nova_algorithm_name(info->algorithm));
    printf("tile             %s\n", cli_tile_text(info, tile));
    printf("set              %s\n", info->set[0] != '\0' ? info->set : "-");
    printf("arith            %s%s%s\n", nova_arith_name(info->arith),
           info->tap_scaling ? ", tap scaling" : "",
           info->compensation ? ", compensated filter rounding" : "");
    printf("predicted error  %.3g\n", info->predicted_error);
    printf("alpha            %.4g\n", info->alpha);
    printf("saving           %.3gx fewer products than direct\n", info->saving);
    if (info->algorithm == NOVA_ALGORITHM_WINOGRAD) {
        print_schedule(info);
    }
    printf("output           %" PRId64 " x %" PRId64 "\n", info->out_h, info->out_w);
    printf("workspace        %zu bytes\n", info->workspace_bytes);
    printf("packed filter    %zu bytes\n", info->packed_bytes);
    printf("kernels          %s, %d thread%s\n", info->kernels, info->threads,
           info->threads == 1 ? "" : "s");
    printf("chosen by        %s\n", cli_chosen_by(info));
}

static void print_device(const nova_plan_info *info) {
    char tile[32];
    printf("algorithm        %s\n", nova_algorithm_name(info->algorithm));
    printf("tile             %s\n", cli_tile_text(info, tile));
    printf("set              %s\n", info->set[0] != '\0' ? info->set : "-");
    printf("arith            %s\n", nova_arith_name(info->arith));
    printf("blocks           %s\n", info->blocks);
    printf("predicted error  %.3g\n", info->predicted_error);
    printf("predicted time   %.1f us\n", 1e6 * info->cost_seconds);
    if (info->measured_seconds > 0) {
        printf("measured time    %.1f us\n", 1e6 * info->measured_seconds);
    }
    printf("floor            %.1f us\n", 1e6 * info->floor_seconds);
    printf("saving           %.3gx fewer products than direct\n", info->saving);
    printf("output           %" PRId64 " x %" PRId64 "\n", info->out_h, info->out_w);
    printf("workspace        %zu bytes\n", info->workspace_bytes);
    printf("packed filter    %zu bytes\n", info->packed_bytes);
    printf("kernels          %s\n", info->kernels);
    printf("chosen by        %s\n", cli_chosen_by(info));
}

static int finish(const cli_command *command, const plan_args *args, const nova_plan_info *info,
                  nova_status status) {
    if (status != NOVA_OK) {
        return cli_library_error(command);
    }
    if (args->json) {
        cli_json json = {.stream = stdout};
        cli_json_object(&json, NULL);
        cli_json_plan(&json, info);
        cli_json_end_object(&json);
    } else if (args->machine) {
        print_device(info);
    } else {
        print_text(info);
    }
    return cli_finish_output(command);
}

/* A plan for a device that need not be there: there is nothing to measure on. */
static nova_status plan_device(plan_args *args, const nova_conv_desc *desc, nova_gpu_plan *plan,
                               nova_plan_info *info) {
    nova_plan_options options;
    nova_gpu_machine machine;
    if (args->request.measure || args->request.calibrate) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "--measure and --calibrate are for --device cpu; nova bench --device cuda "
                         "--tune measures on a device");
    }
    const bool amd = begins_with(args->machine, hip);
    nova_status status = amd ? nova_hip_machine_find(args->machine + strlen(hip), &machine)
                             : nova_gpu_machine_find(args->machine + strlen(cuda), &machine);
    if (status == NOVA_OK) {
        status = cli_request_options(&args->request, desc->r, desc->s, &options);
    }
    if (status == NOVA_OK) {
        status = nova_gpu_plan_init(plan, desc, &options, &machine);
    }
    if (status != NOVA_OK) {
        return status;
    }
    return nova_gpu_plan_info(
        plan, amd ? nova_hip_kernels_name(&plan->engine) : nova_gpu_kernels_name(&machine), info);
}

static int show_device_plan(const cli_command *command, plan_args *args) {
    nova_conv_desc desc;
    nova_gpu_plan plan = {.base = NULL};
    nova_plan_info info = {.struct_size = sizeof info};
    describe(args, &desc);
    const nova_status status = plan_device(args, &desc, &plan, &info);
    const int exit_code = finish(command, args, &info, status);
    nova_gpu_plan_clear(&plan);
    return exit_code;
}

static int show_plan(const cli_command *command, plan_args *args) {
    nova_conv_desc desc;
    nova_plan_options options;
    nova_plan *plan;
    nova_plan_info info = {.struct_size = sizeof info};
    describe(args, &desc);
    if (cli_request_options(&args->request, desc.r, desc.s, &options) != NOVA_OK ||
        nova_plan_create(&desc, &options, &plan) != NOVA_OK) {
        return cli_library_error(command);
    }
    nova_status status = nova_plan_get_info(plan, &info);
    if (status == NOVA_OK) {
        status = cli_request_remember(&args->request);
    }
    const int exit_code = finish(command, args, &info, status);
    nova_plan_destroy(plan);
    return exit_code;
}

int cli_plan(const cli_command *command, int argc, char **argv) {
    plan_args args = {.kernel = {3, 3}, .dtype = -1, .request = CLI_REQUEST_DEFAULT};
    const cli_option options[] = {
        {.name = "--input",
         .metavar = "NxCxHxW",
         .read = read_shape,
         .target = args.input,
         .required = true,
         .help = "Shape of the input, in this order whatever the layout."},
        {.name = "--filters",
         .metavar = "K",
         .read = cli_integer,
         .target = &args.filters,
         .required = true,
         .max = INT64_MAX,
         .help = "Output channels."},
        {.name = "--kernel",
         .metavar = "RxS",
         .read = cli_read_extent,
         .target = &args.kernel,
         .help = "Filter height and width. Default: 3x3."},
        {.name = "--pad",
         .metavar = "P",
         .read = cli_read_padding,
         .target = &args.padding,
         .help = "Zeros around the input: P, HxW, or TOP,BOTTOM,LEFT,RIGHT. Default: as many as "
                 "keep the map's size."},
        {.name = "--device",
         .metavar = "D",
         .read = read_device,
         .target = &args.machine,
         .help =
             "cpu (default), or cuda:h200 or hip:mi300x: a plan for that device, which need not be "
             "there; of the devices that nova knows only the H200 has been measured."},
        CLI_DTYPE_ROW(args.dtype, "f32; f16 for a device"),
        {.name = "--layout",
         .metavar = "L",
         .read = cli_choice,
         .target = &args.layout,
         .choices = cli_layout_names,
         .help = "nchw (default) or nhwc."},
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
    exit_code = args.machine ? show_device_plan(command, &args) : show_plan(command, &args);
    cli_request_free(&args.request);
    return exit_code;
}
