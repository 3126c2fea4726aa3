/*
 * discover.c - `nova discover`: search for a point set, snap it, prove it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "discover/discover.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "covariance.h"
#include "request.h"
#include "runtime/runtime.h"
#include "transforms/export.h"

enum { CLI_INTERRUPTED = 130, DEFAULT_DENOMINATOR = 6, DEFAULT_BITS = 2, DEFAULT_RESTARTS = 16 };

static const char *const objective_names[] = {"error", "vandermonde", "range", "int8", NULL};
static const char *const int8_scale_names[] = {"tensor", "tap", NULL};

typedef struct discover_args {
    int64_t m, r, max_denominator, dyadic, seed, restarts, threads;
    int objective, int8_scale;
    bool symmetric, free, json;
    const char *quadratic, *covariance, *weight_covariance, *output;
    double seconds;
} discover_args;

/* ---------------------------------------------------------------- what is asked for */

/** Every distance must occur in a file: a search on guesses would be one for other data. */
static nova_status read_moments(const char *text, int64_t count, double *moments) {
    return cli_read_covariance(text, (int)count, (int)count, moments);
}

static nova_status make_objective(const discover_args *args, nova_objective *objective) {
    nova_quadratic quadratics[NOVA_MAX_QUADRATICS];
    int count;
    nova_status status = nova_quadratics_read(args->quadratic, quadratics, &count);
    if (status == NOVA_OK) {
        status = nova_objective_init(objective, (nova_objective_kind)args->objective, (int)args->m,
                                     (int)args->r, quadratics, count);
    }
    if (status == NOVA_OK) {
        objective->int8_scale = (nova_int8_scale)args->int8_scale;
        status = read_moments(args->covariance, args->m + args->r - 1, objective->input_moments);
    }
    return status == NOVA_OK
               ? read_moments(args->weight_covariance, args->r, objective->weight_moments)
               : status;
}

/* ---------------------------------------------------------------- while it runs */

static volatile sig_atomic_t stop_requested;

static void request_stop(int signal_number) {
    (void)signal_number;
    stop_requested = 1;
}

/** The first Ctrl-C ends the search and lets the best so far be printed; a second one kills. */
static void catch_interrupts(void) {
    struct sigaction action = {.sa_handler = request_stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

/** Where progress is shown and when it was shown last. */
typedef struct progress_line {
    bool terminal, shown;
    double last;
} progress_line;

/** On a terminal one line that is written over, five times a second; else a line every 10 s. */
static void show_progress(void *context, const nova_search_progress *progress) {
    progress_line *line = context;
    if (progress->seconds - line->last < (line->terminal ? 0.2 : 10.0)) {
        return;
    }
    line->last = progress->seconds;
    line->shown = true;
    fprintf(stderr, "%snova discover: %d of %d restarts, %.0f s, best %.8g%s",
            line->terminal ? "\r" : "", progress->finished, progress->restarts, progress->seconds,
            progress->value, line->terminal ? "  " : "\n");
}

static void end_progress(const progress_line *line) {
    if (line->shown && line->terminal) {
        fputs("\r\033[K", stderr);
    }
}

/* ---------------------------------------------------------------- what was found */

static void json_found(cli_json *json, const char *key, const nova_found *found) {
    if (found->transform == NULL) {
        cli_json_string(json, key, NULL);
        return;
    }
    cli_json_object(json, key);
    cli_json_string(json, "points", found->points);
    cli_json_number(json, "value", found->value);
    cli_json_number(json, "alpha2", found->alpha2);
    cli_json_number(json, "kappa_vandermonde", found->transform->kappa_vandermonde);
    cli_json_bool(json, "exact", found->transform->exact != 0);
    cli_json_end_object(json);
}

static void print_json(const discover_args *args, const nova_discovery *found, double seconds) {
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_integer(&json, "m", args->m);
    cli_json_integer(&json, "r", args->r);
    cli_json_string(&json, "objective", objective_names[args->objective]);
    if (args->objective == NOVA_OBJECTIVE_INT8) {
        cli_json_string(&json, "int8_scale", int8_scale_names[args->int8_scale]);
    }
    cli_json_bool(&json, "symmetric", !args->free);
    cli_json_string(&json, "quadratic", args->quadratic);
    cli_json_string(&json, "covariance", args->covariance);
    cli_json_string(&json, "weight_covariance", args->weight_covariance);
    cli_json_integer(&json, "max_denominator", args->max_denominator);
    cli_json_integer(&json, "dyadic_bits", args->dyadic);
    cli_json_integer(&json, "seed", args->seed);
    cli_json_integer(&json, "restarts", found->finished);
    cli_json_bool(&json, "cut_off", found->cut_off);
    cli_json_number(&json, "seconds", seconds);
    cli_json_integer(&json, "evaluations", found->evaluations);
    json_found(&json, "real", &found->real);
    json_found(&json, "rational", &found->rational);
    json_found(&json, "dyadic", &found->dyadic);
    if (args->output != NULL) {
        cli_json_string(&json, "output", args->output);
    }
    cli_json_end_object(&json);
}

static void print_found(const char *kind, const nova_found *found) {
    char value[32], alpha2[32], kappa[32];
    if (found->transform == NULL) {
        printf("%-9s no set of the grid has a finite value\n", kind);
        return;
    }
    printf("%-9s %10s %10s %10s  %s\n", kind, cli_number_text(found->value, value),
           cli_number_text(found->alpha2, alpha2),
           cli_number_text(found->transform->kappa_vandermonde, kappa), found->points);
}

static void print_text(const discover_args *args, const nova_discovery *found, double seconds) {
    printf("F(%d,%d) %s, seed %lld: %d restarts, %lld evaluations, %.2f s%s\n", (int)args->m,
           (int)args->r, objective_names[args->objective], (long long)args->seed, found->finished,
           (long long)found->evaluations, seconds, found->cut_off ? ", cut off" : "");
    printf("%-9s %10s %10s %10s  points, all proven exact\n", "", objective_names[args->objective],
           "alpha2", "kappa");
    print_found("real", &found->real);
    print_found("rational", &found->rational);
    print_found("dyadic", &found->dyadic);
}

/** Writes the set that was asked for as a file for --set. */
static nova_status save(const discover_args *args, bool dyadic, const nova_discovery *found) {
    const nova_found *chosen = dyadic ? &found->dyadic : &found->rational;
    nova_writer writer;
    if (chosen->transform == NULL) {
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "there is no set to save: none of the grid has a finite value");
    }
    nova_status status = nova_writer_open(&writer, args->output);
    if (status != NOVA_OK) {
        return status;
    }
    status = nova_export(writer.stream, chosen->transform, NOVA_EXPORT_JSON);
    if (status != NOVA_OK) {
        nova_writer_abort(&writer);
        return status;
    }
    return nova_writer_commit(&writer);
}

/* ---------------------------------------------------------------- the command */

static nova_status discover(const discover_args *args, nova_discovery *found) {
    char provenance[512];
    progress_line line = {.terminal = isatty(STDERR_FILENO)};
    nova_discover_request request = {.quadratics = args->quadratic,
                                     .max_denominator = (int)args->max_denominator,
                                     .dyadic_bits = (int)args->dyadic,
                                     .provenance = provenance};
    request.search = (nova_search_options){.symmetric = !args->free,
                                           .seed = (uint64_t)args->seed,
                                           .restarts = (int)args->restarts,
                                           .threads = args->threads > 0 ? (int)args->threads
                                                                        : nova_processor_count(),
                                           .seconds = args->seconds,
                                           .stop = &stop_requested,
                                           .progress = show_progress,
                                           .progress_context = &line};
    snprintf(provenance, sizeof provenance, "nova discover %d %d --objective %s%s%.160s%s%.160s",
             (int)args->m, (int)args->r, objective_names[args->objective],
             args->free ? " --free" : "", args->quadratic ? args->quadratic : "",
             args->covariance ? " --covariance " : "", args->covariance ? args->covariance : "");
    nova_status status = make_objective(args, &request.objective);
    if (status != NOVA_OK) {
        return status;
    }
    catch_interrupts();
    status = nova_discover(&request, found);
    end_progress(&line);
    return status;
}

static int run_discover(const cli_command *command, discover_args *args) {
    nova_discovery found = {0};
    bool dyadic = args->dyadic >= 0;
    double started = nova_now();
    if (!dyadic) {
        args->dyadic = DEFAULT_BITS;
    }
    if (args->max_denominator == 0) {
        args->max_denominator = DEFAULT_DENOMINATOR;
    }
    nova_status status = discover(args, &found);
    double seconds = nova_now() - started;
    if (status == NOVA_OK && args->output != NULL) {
        status = save(args, dyadic, &found);
    }
    if (status == NOVA_OK) {
        (args->json ? print_json : print_text)(args, &found, seconds);
    }
    nova_discovery_clear(&found);
    if (status != NOVA_OK) {
        return cli_library_error(command);
    }
    int exit_code = cli_finish_output(command);
    return exit_code == CLI_SUCCESS && stop_requested ? CLI_INTERRUPTED : exit_code;
}

/* Rows of the option table. */

#define INTEGER_ROW(option, value, variable, least, most, text)                                    \
    {                                                                                              \
        .name = (option), .metavar = (value), .read = cli_integer, .target = &(variable),          \
        .min = (least), .max = (most), .help = (text)                                              \
    }

#define TEXT_ROW(option, value, variable, text)                                                    \
    {                                                                                              \
        .name = (option), .metavar = (value), .read = cli_text, .target = &(variable),             \
        .help = (text)                                                                             \
    }

int cli_discover(const cli_command *command, int argc, char **argv) {
    discover_args args = {.dyadic = -1, .seed = 1, .restarts = DEFAULT_RESTARTS, .threads = 1};
    const cli_option options[] = {
        CLI_SIZE_ROWS(args.m, args.r, 2, NOVA_MAX_TILE, NOVA_MAX_TAPS),
        {.name = "--objective",
         .metavar = "O",
         .read = cli_choice,
         .target = &args.objective,
         .choices = objective_names,
         .help = "error (noise gain alpha^2), vandermonde (condition number of the finite points' "
                 "Vandermonde), range (largest term of an output) or int8 (noise gain with 8-bit U "
                 "and V). Default: error."},
        {.name = "--int8-scale",
         .metavar = "S",
         .read = cli_choice,
         .target = &args.int8_scale,
         .choices = int8_scale_names,
         .help =
             "What has a quantisation step of its own in int8: tensor or tap. Default: tensor."},
        INTEGER_ROW("--max-denominator", "Q", args.max_denominator, 1, NOVA_MAX_DENOMINATOR,
                    "Largest denominator of the rational set. Default: 6."),
        INTEGER_ROW("--dyadic", "B", args.dyadic, 0, NOVA_MAX_DYADIC_BITS,
                    "The dyadic set has points k/2^B, and is the one that -o writes. Default: 2."),
        {.name = "--symmetric",
         .target = &args.symmetric,
         .help = "Pairs +p, -p, and 0 if the number of points is odd. The default."},
        {.name = "--free", .target = &args.free, .help = "Any points."},
        TEXT_ROW("--quadratic", "LIST", args.quadratic,
                 "Irreducible quadratic moduli that the set has beside its points: x2+1,x2+x+1."),
        {.name = "--covariance",
         .metavar = "C",
         .read = cli_text,
         .target = &args.covariance,
         .help =
             "Of the input: white, ar1:RHO (RHO^distance), or a .npy file of activations, whose "
             "last axis is the one that is looked along. Default: white."},
        TEXT_ROW("--weight-covariance", "C", args.weight_covariance, "Of the filters, likewise."),
        INTEGER_ROW("--restarts", "N", args.restarts, 1, 10000000, "Random starts. Default: 16."),
        INTEGER_ROW("--seed", "S", args.seed, 0, INT64_MAX,
                    "Of the random numbers; the same seed gives the same answer. Default: 1."),
        {.name = "--time",
         .metavar = "T",
         .read = cli_real,
         .target = &args.seconds,
         .help = "Seconds after which the search is cut off. Default: 0, no limit."},
        INTEGER_ROW(
            "--threads", "N", args.threads, 0, 1024,
            "Threads; 0 means one per processor. The answer does not depend on it. Default: "
            "1."),
        TEXT_ROW("-o", "FILE", args.output,
                 "Write the rational set, or with --dyadic the dyadic one, as a file for --set."),
        CLI_JSON_ROW(args.json),
    };
    int exit_code;
    if (!cli_parse(command, options, NOVA_COUNT(options), argc, argv, &exit_code)) {
        return exit_code;
    }
    if (args.symmetric && args.free) {
        return cli_error(command, "--symmetric and --free exclude each other");
    }
    if (args.max_denominator > 0 && args.dyadic >= 0) {
        return cli_error(command, "--max-denominator and --dyadic exclude each other");
    }
    return run_discover(command, &args);
}
