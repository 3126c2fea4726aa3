/*
 * options.c - see options.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_THREADS = 1024, MAX_RUNS = 1000 };

static const char help[] =
    "Usage: nova-demo [OPTION]...\n"
    "Restores a noisy photograph with a trained network, once per way to compute the network's\n"
    "3x3 convolutions: direct in f32, then Winograd in f16 with different interpolation points.\n"
    "Prints what each costs and spoils, and draws all results into one picture.\n"
    "\n"
    "  --photo FILE    a PNG image (default: the demo's own, which the network was not trained "
    "on)\n"
    "  --model FILE    the network's weights, safetensors (default: the demo's own)\n"
    "  --sigma S       noise to add, standard deviation of 255 (default 25, as trained for)\n"
    "  --out FILE      the picture to write (default build/demo/denoise.png)\n"
    "  --threads N     threads; 0: one per processor (default 0)\n"
    "  --runs N        timed runs of each way, of which the median counts (default 3)\n"
    "  --json          print one JSON document instead of the table\n"
    "  -h, --help      print this and exit\n"
    "\n"
    "Columns: ms, time in the convolutions; speed-up over f32 direct; predicted, the largest "
    "error\n"
    "predicted for one layer; error, of the network's output against f32 direct, relative rms;\n"
    "non-finite, values of Inf or NaN in all layers' outputs; PSNR of the restored photograph.\n"
    "Exit code: 0, or 2 for a bad option or file, or 1 if something else went wrong.\n";

enum {
    OPTION_PHOTO = 256,
    OPTION_MODEL,
    OPTION_SIGMA,
    OPTION_OUT,
    OPTION_THREADS,
    OPTION_RUNS,
    OPTION_JSON,
    OPTION_HELP
};

static const struct option known[] = {{"photo", required_argument, NULL, OPTION_PHOTO},
                                      {"model", required_argument, NULL, OPTION_MODEL},
                                      {"sigma", required_argument, NULL, OPTION_SIGMA},
                                      {"out", required_argument, NULL, OPTION_OUT},
                                      {"threads", required_argument, NULL, OPTION_THREADS},
                                      {"runs", required_argument, NULL, OPTION_RUNS},
                                      {"json", no_argument, NULL, OPTION_JSON},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {NULL, 0, NULL, 0}};

static bool parse_int(const char *name, const char *text, int lowest, int highest, int *value) {
    char *end = NULL;
    errno = 0;
    long parsed = strtol(text, &end, 10);
    if (errno || end == text || *end || parsed < lowest || parsed > highest) {
        fprintf(stderr, "nova-demo: --%s %s: a whole number from %d to %d is expected\n", name,
                text, lowest, highest);
        return false;
    }
    *value = (int)parsed;
    return true;
}

static bool parse_sigma(const char *text, double *value) {
    char *end = NULL;
    double parsed = strtod(text, &end);
    if (end == text || *end || !(parsed > 0 && parsed <= 255)) {
        fprintf(stderr, "nova-demo: --sigma %s: a number above 0, at most 255, is expected\n",
                text);
        return false;
    }
    *value = parsed;
    return true;
}

static bool apply(int option, demo_options *options) {
    switch (option) {
    case OPTION_PHOTO:
        options->photo = optarg;
        return true;
    case OPTION_MODEL:
        options->model = optarg;
        return true;
    case OPTION_SIGMA:
        return parse_sigma(optarg, &options->sigma);
    case OPTION_OUT:
        options->out = optarg;
        return true;
    case OPTION_THREADS:
        return parse_int("threads", optarg, 0, MAX_THREADS, &options->threads);
    case OPTION_RUNS:
        return parse_int("runs", optarg, 1, MAX_RUNS, &options->runs);
    case OPTION_JSON:
        options->json = true;
        return true;
    default:
        fprintf(stderr, "Try 'nova-demo --help'.\n");
        return false;
    }
}

options_outcome options_parse(int argc, char **argv, demo_options *options) {
    *options = (demo_options){.out = "build/demo/denoise.png", .sigma = 25, .runs = 3};
    int option;
    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == OPTION_HELP || option == 'h') {
            fputs(help, stdout);
            return OPTIONS_HELP;
        }
        if (!apply(option, options)) {
            return OPTIONS_BAD;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "nova-demo: %s: no such option\n", argv[optind]);
        return OPTIONS_BAD;
    }
    return OPTIONS_RUN;
}
