/*
 * emit.c - `nova emit`: a transform as source text.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "exact.h"
#include "request.h"
#include "runtime/runtime.h"
#include "transforms/export.h"

static const char *const format_names[] = {"c", "json", "numpy", "latex", "miopen", NULL};
static const nova_export_format formats[] = {NOVA_EXPORT_C, NOVA_EXPORT_JSON, NOVA_EXPORT_NUMPY,
                                             NOVA_EXPORT_LATEX, NOVA_EXPORT_MIOPEN};

typedef struct emit_args {
    int64_t m, r;
    const char *set, *points, *output;
    int format;
    bool json;
} emit_args;

static nova_status emit_to_file(const emit_args *args, const nova_transform *transform) {
    nova_writer writer;
    nova_status status = nova_writer_open(&writer, args->output);
    if (status != NOVA_OK) {
        return status;
    }
    status = nova_export(writer.stream, transform, formats[args->format]);
    if (status != NOVA_OK) {
        nova_writer_abort(&writer);
        return status;
    }
    return nova_writer_commit(&writer);
}

/** The emitted text in memory; release it with free(). */
static nova_status emit_to_memory(const emit_args *args, const nova_transform *transform,
                                  char **text) {
    size_t size;
    FILE *stream = open_memstream(text, &size);
    if (stream == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the text");
    }
    nova_status status = nova_export(stream, transform, formats[args->format]);
    if (fclose(stream) != 0 && status == NOVA_OK) {
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the text");
    }
    return status;
}

/** The document of --json: what was emitted, and where it went or what it says. */
static void print_report(const emit_args *args, const nova_transform *transform, const char *text) {
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_integer(&json, "m", transform->m);
    cli_json_integer(&json, "r", transform->r);
    cli_json_string(&json, "set", transform->set);
    cli_json_string(&json, "points", transform->points);
    cli_json_string(&json, "format", format_names[args->format]);
    if (text != NULL) {
        cli_json_string(&json, "text", text);
    } else {
        cli_json_string(&json, "output", args->output);
    }
    cli_json_end_object(&json);
}

static nova_status emit(const emit_args *args, const nova_transform *transform) {
    char *text = NULL;
    bool is_document = args->output == NULL && formats[args->format] == NOVA_EXPORT_JSON;
    if (is_document || (args->output == NULL && !args->json)) {
        return nova_export(stdout, transform, formats[args->format]);
    }
    nova_status status = args->output != NULL ? emit_to_file(args, transform)
                                              : emit_to_memory(args, transform, &text);
    if (status == NOVA_OK && args->json) {
        print_report(args, transform, text);
    }
    free(text);
    return status;
}

static int emit_points(const cli_command *command, const emit_args *args) {
    nova_transform *transform;
    if (!cli_algebra_is_there()) {
        return cli_error(command, "%s", CLI_ALGEBRA_MISSING);
    }
    nova_status status = cli_build_transform(args->m, args->r, args->points, &transform);
    if (status == NOVA_OK) {
        status = emit(args, transform);
    }
    cli_free_transform(transform);
    return status == NOVA_OK ? cli_finish_output(command) : cli_library_error(command);
}

static int emit_set(const cli_command *command, const emit_args *args) {
    nova_set *custom;
    const nova_transform *transform;
    nova_status status = cli_find_transform(args->set, args->m, args->r, &custom, &transform);
    if (status == NOVA_OK) {
        status = emit(args, transform);
    }
    nova_set_destroy(custom);
    return status == NOVA_OK ? cli_finish_output(command) : cli_library_error(command);
}

int cli_emit(const cli_command *command, int argc, char **argv) {
    emit_args args = {.format = -1};
    const cli_option options[] = {
        CLI_SIZE_ROWS(args.m, args.r, 1, INT32_MAX, INT32_MAX),
        {.name = "--set",
         .metavar = "NAME|FILE",
         .read = cli_text,
         .target = &args.set,
         .help = "Point set: a name that `nova points` lists, or a file."},
        {.name = "--points",
         .metavar = "LIST",
         .read = cli_text,
         .target = &args.points,
         .help = CLI_POINTS_HELP},
        {.name = "--format",
         .metavar = "F",
         .read = cli_choice,
         .target = &args.format,
         .choices = format_names,
         .help = "c, json, numpy, latex or miopen (assembler macros for AMD GPUs). Default: c; "
                 "json with --json."},
        {.name = "-o",
         .metavar = "FILE",
         .read = cli_text,
         .target = &args.output,
         .help = "Write to a file instead of standard output."},
        {.name = "--json",
         .target = &args.json,
         .help = "Print one JSON document on standard output: the transform itself in format json, "
                 "else a report that names the output file or holds the text."},
    };
    int exit_code;
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    if ((args.set == NULL) == (args.points == NULL)) {
        return cli_error(command, "exactly one of --set and --points is needed");
    }
    if (args.format < 0) {
        args.format = args.json ? 1 : 0;
    }
    return args.points != NULL ? emit_points(command, &args) : emit_set(command, &args);
}
