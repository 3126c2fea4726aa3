/*
 * request.h - the options that several subcommands share: how a convolution is to be computed.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_REQUEST_H
#define NOVA_CLI_REQUEST_H

#include "json_out.h"
#include "options.h"
#include "transforms/transform.h"

/** Names of the types for cli_choice(), in the order of nova_dtype, nova_layout, nova_arith and
    nova_activation. */
extern const char *const cli_dtype_names[];
extern const char *const cli_layout_names[];
extern const char *const cli_arith_names[];
extern const char *const cli_activation_names[];

/** Height and width of a tile; "auto" is {0, 0, false}. */
typedef struct cli_tile {
    int h, w;
    bool direct;
} cli_tile;

/** Target cli_tile: "6", "4x6" (height x width), "1x6", "auto" or "direct". */
nova_status cli_read_tile(const cli_option *option, const char *text);

/** Height and width of anything. */
typedef struct cli_extent {
    int64_t h, w;
} cli_extent;

/** Target cli_extent: "3" or "3x5", each at least 1. */
nova_status cli_read_extent(const cli_option *option, const char *text);

/** Target double: an error budget, which is larger than 0. */
nova_status cli_read_budget(const cli_option *option, const char *text);

/** Zeros around the input. */
typedef struct cli_padding {
    bool given;
    int64_t top, bottom, left, right;
} cli_padding;

/** Target cli_padding: "1", "1x2" (height x width) or "1,1,0,2" (top, bottom, left, right). */
nova_status cli_read_padding(const cli_option *option, const char *text);

/** Target nova_schedule: "xhat=stored,mhat=blocked". */
nova_status cli_read_schedule(const cli_option *option, const char *text);

/** What the user asked for. Start with CLI_REQUEST_DEFAULT. */
typedef struct cli_request {
    const char *set;        /**< a name or a path; null: not given */
    const char *covariance; /**< see covariance.h; null: white */
    cli_tile tile;
    int arith; /**< a nova_arith */
    double max_error;
    int64_t threads;
    bool no_scaling, no_compensation, no_wisdom;
    nova_schedule schedule;
    int64_t block_tiles, block_filters;
    bool measure, calibrate;
    const char *wisdom;              /**< path; null: not given */
    nova_set *custom;                /**< made by cli_request_options() if `set` is a file; owned */
    double moments[NOVA_MAX_INPUTS]; /**< what cli_request_options() read for `covariance` */
} cli_request;

#define CLI_REQUEST_DEFAULT                                                                        \
    { .threads = 1 }

/* Rows of an option table. */

/* The size of F(m,r), as the first two operands; both int64_t. */
#define CLI_SIZE_ROWS(m, r, least, most_m, most_r)                                                 \
    {.name = "M",                                                                                  \
     .read = cli_integer,                                                                          \
     .target = &(m),                                                                               \
     .required = true,                                                                             \
     .min = (least),                                                                               \
     .max = (most_m),                                                                              \
     .help = "Outputs per tile."},                                                                 \
    {                                                                                              \
        .name = "R", .read = cli_integer, .target = &(r), .required = true, .min = (least),        \
        .max = (most_r), .help = "Filter taps."                                                    \
    }

#define CLI_SET_ROWS(request)                                                                      \
    {.name = "--set",                                                                              \
     .metavar = "NAME|FILE",                                                                       \
     .read = cli_text,                                                                             \
     .target = &(request).set,                                                                     \
     .help = "Point set: a name that `nova points` lists, or a file that `nova emit --format "     \
             "json` wrote. Default: best, or a set best+... if that keeps the budget in less "     \
             "time."},                                                                             \
        {.name = "--no-scaling",                                                                   \
         .target = &(request).no_scaling,                                                          \
         .help = "No power-of-two tap scaling: reproduces published failures of f16."},            \
    {                                                                                              \
        .name = "--no-compensation", .target = &(request).no_compensation,                         \
        .help = "Round each transformed weight to nearest, without error compensation."            \
    }

#define CLI_COVARIANCE_ROW(request)                                                                \
    {                                                                                              \
        .name = "--covariance", .metavar = "C", .read = cli_text, .target = &(request).covariance, \
        .help =                                                                                    \
            "Second moments of the input that compensated rounding is to be best for: white, "     \
            "ar1:RHO (RHO^distance), or a .npy file of activations, whose last axis is the one "   \
            "that is looked along. Predicted errors stay those for white. Default: white."         \
    }

#define CLI_TILE_ROW(request, is_required)                                                         \
    {                                                                                              \
        .name = "--tile", .metavar = "TILE", .read = cli_read_tile, .target = &(request).tile,     \
        .required = (is_required),                                                                 \
        .help =                                                                                    \
            "Outputs per tile: 6, 4x6 (height x width), 1x6 (direct along the height), auto or "   \
            "direct."                                                                              \
    }

#define CLI_ARITH_ROW(request)                                                                     \
    {                                                                                              \
        .name = "--arith", .metavar = "A", .read = cli_choice, .target = &(request).arith,         \
        .choices = cli_arith_names,                                                                \
        .help = "How U, V and M are stored: f32, f16, f16m32 (M in f32), bf16, bf16m32, bf16x3, "  \
                "bf16x6 (two and three bfloat16 parts, 3 and 6 products) or auto."                 \
    }

#define CLI_MAX_ERROR_ROW(request)                                                                 \
    {                                                                                              \
        .name = "--max-error", .metavar = "E", .read = cli_read_budget,                            \
        .target = &(request).max_error,                                                            \
        .help =                                                                                    \
            "Largest relative rms error that the plan may predict. Default: 1e-5 for f32, 1e-2 "   \
            "for f16, 5e-2 for bf16 tensors; no limit if both tile and arithmetic are given."      \
    }

#define CLI_THREADS_ROW(request)                                                                   \
    {                                                                                              \
        .name = "--threads", .metavar = "N", .read = cli_integer, .target = &(request).threads,    \
        .max = 1024, .help = "Threads; 0 means one per processor. Default: 1."                     \
    }

#define CLI_SCHEDULE_ROWS(request)                                                                 \
    {.name = "--schedule",                                                                         \
     .metavar = "S",                                                                               \
     .read = cli_read_schedule,                                                                    \
     .target = &(request).schedule,                                                                \
     .help =                                                                                       \
         "Where transformed input, transformed filter and products live: xhat=P,ghat=P,mhat=P, "   \
         "each P stored, blocked, inlined or auto; what is left out is auto. Excludes direct "     \
         "convolution."},                                                                          \
        {.name = "--block-tiles",                                                                  \
         .metavar = "T",                                                                           \
         .read = cli_integer,                                                                      \
         .target = &(request).block_tiles,                                                         \
         .max = INT32_MAX,                                                                         \
         .help = "Tiles of a block. Default: by the caches."},                                     \
    {                                                                                              \
        .name = "--block-filters", .metavar = "K", .read = cli_integer,                            \
        .target = &(request).block_filters, .max = INT32_MAX,                                      \
        .help = "Output channels whose products are held at a time. Default: by the caches."       \
    }

#define CLI_EFFORT_ROWS(request)                                                                   \
    {.name = "--measure",                                                                          \
     .target = &(request).measure,                                                                 \
     .help = "Time the likely plans instead of trusting the cost model."},                         \
        {.name = "--calibrate",                                                                    \
         .target = &(request).calibrate,                                                           \
         .help = "Measure this machine for the cost model first; takes less than a second."},      \
        {.name = "--no-wisdom",                                                                    \
         .target = &(request).no_wisdom,                                                           \
         .help = "Ask the cost model even where a plan has been measured."},                       \
    {                                                                                              \
        .name = "--wisdom", .metavar = "FILE", .read = cli_text, .target = &(request).wisdom,      \
        .help = "Plans and machines that were measured before: read first, and written back with " \
                "--measure or --calibrate."                                                        \
    }

#define CLI_DTYPE_ROW(variable, default_text)                                                      \
    {                                                                                              \
        .name = "--dtype", .metavar = "T", .read = cli_choice, .target = &(variable),              \
        .choices = cli_dtype_names,                                                                \
        .help = "Type of the tensors: f32, f16 or bf16. Default: " default_text "."                \
    }

#define CLI_JSON_ROW(variable)                                                                     \
    {                                                                                              \
        .name = "--json", .target = &(variable),                                                   \
        .help = "Print one JSON document on standard output."                                      \
    }

/**
 * Turns the request into options for a filter of r x s taps. A set that is a file is loaded into
 * request->custom; with no tile given, the tile is the file's where its taps match. The options
 * point into the request. Errors: NOVA_UNKNOWN_NAME, NOVA_INVALID_ARGUMENT, and those of
 * nova_set_load() and cli_read_covariance().
 */
nova_status cli_request_options(cli_request *request, int64_t r, int64_t s,
                                nova_plan_options *options);

/** Writes the wisdom file if --measure or --calibrate have something to add to it. Errors:
    NOVA_IO. */
nova_status cli_request_remember(const cli_request *request);

/** Releases what cli_request_options() loaded. */
void cli_request_free(cli_request *request);

/** True if --set names a file rather than a set that is built in. */
bool cli_set_is_file(const char *set);

/**
 * The transform F(m,r) of a set: a name, or a file, which is then loaded into *custom (null
 * otherwise; release it with nova_set_destroy()). Errors: NOVA_UNKNOWN_NAME,
 * NOVA_INVALID_ARGUMENT, and those of nova_set_load().
 */
nova_status cli_find_transform(const char *set, int64_t m, int64_t r, nova_set **custom,
                               const nova_transform **transform);

/** A number for people: six digits, or "-" if there is none. */
const char *cli_number_text(double value, char buffer[32]);

/** "6", "4x6" or "direct": the tile as --tile spells it. */
const char *cli_tile_text(const nova_plan_info *info, char buffer[32]);

/** What an execution does, as a member of the open object. */
void cli_json_work(cli_json *json, const char *name, const nova_work *work);

/** What a plan is, as members of the open object. */
void cli_json_plan(cli_json *json, const nova_plan_info *info);

/** "wisdom" or "model": why a plan was chosen. */
const char *cli_chosen_by(const nova_plan_info *info);

/** "F(6x6) classic f16", or "direct f32": a plan in a few words; its schedule too, as in "SBI" for
    xhat stored, ghat blocked, mhat inlined, unless it is the usual one ("BSB"). */
const char *cli_plan_text(const nova_plan_info *info, char buffer[128]);

#endif
