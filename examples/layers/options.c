/*
 * options.c - the command line of nova-layers.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers.h"

static const char help[] =
    "Usage: nova-layers [options]\n\n"
    "Runs the demo's denoiser in f32 on a noisy photograph, and computes every layer again from\n"
    "its real input and weights with each tile and point set: measured error against f32 direct,\n"
    "the error predicted for normal and independent data, and that prediction corrected for the\n"
    "second moments of the layer's input and weights.\n\n"
    "  --set FILE          also measure a set that `nova discover` or `nova emit` wrote; may be\n"
    "                      given up to 16 times\n"
    "  --arith A           f16 (default), f16m32, bf16, bf16m32, bf16x3, bf16x6 or f32\n"
    "  --no-scaling        no power-of-two tap scaling\n"
    "  --no-compensation   round each transformed weight to nearest\n"
    "  --input-moments     compensated rounding for the second moments of each layer's input\n"
    "                      instead of white data\n"
    "  --photo FILE        PNG; default: the demo's\n"
    "  --model FILE        safetensors; default: the demo's\n"
    "  --sigma S           noise, of 255; default: 25\n"
    "  --threads N         0, the default: one per processor\n"
    "  --layer N           which layer's input --save writes; default: 1\n"
    "  --save FILE         write that input, [1][c][h][w], as .npy, for `nova discover\n"
    "                      --covariance FILE`\n"
    "  --json              one JSON document with every layer; else a table over all layers\n"
    "  --help              this text\n\n"
    "Exit codes: 0 success, 2 failure with the reason on standard error.\n";

static bool refuse(const char *name, const char *value, int *exit_code) {
    fprintf(stderr, "nova-layers: '%s' is no value of --%s\n", value, name);
    *exit_code = 2;
    return false;
}

static bool read_number(const char *text, double min, double max, double *value) {
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && errno == 0 && *value >= min && *value <= max;
}

static bool read_integer(const char *text, int max, int *value) {
    double number;
    if (!read_number(text, 0, max, &number) || number != floor(number)) {
        return false;
    }
    *value = (int)number;
    return true;
}

static bool read_arith(const char *text, nova_arith *arith) {
    for (int i = NOVA_ARITH_F32; i <= NOVA_ARITH_BF16X6; ++i) {
        if (strcmp(text, nova_arith_name((nova_arith)i)) == 0) {
            *arith = (nova_arith)i;
            return true;
        }
    }
    return false;
}

static bool read_set(const char *text, layers_options *options) {
    if (options->set_count == LAYERS_MAX_SETS) {
        return false;
    }
    options->sets[options->set_count++] = text;
    return true;
}

enum { SET = 's', ARITH = 'a', PHOTO = 'p', MODEL = 'm', SIGMA = 'g', THREADS = 't', LAYER = 'l' };
enum { SAVE = 'o', JSON = 'j', HELP = 'h', NO_SCALING = 'n', NO_COMPENSATION = 'c', MOMENTS = 'i' };

static const struct option rows[] = {
    {"set", required_argument, NULL, SET},
    {"arith", required_argument, NULL, ARITH},
    {"photo", required_argument, NULL, PHOTO},
    {"model", required_argument, NULL, MODEL},
    {"sigma", required_argument, NULL, SIGMA},
    {"threads", required_argument, NULL, THREADS},
    {"layer", required_argument, NULL, LAYER},
    {"save", required_argument, NULL, SAVE},
    {"json", no_argument, NULL, JSON},
    {"no-scaling", no_argument, NULL, NO_SCALING},
    {"input-moments", no_argument, NULL, MOMENTS},
    {"help", no_argument, NULL, HELP},
    {"no-compensation", no_argument, NULL, NO_COMPENSATION},
    {NULL, 0, NULL, 0},
};

/** False if the value cannot be read. */
static bool take(int option, layers_options *options) {
    switch (option) {
    case SET:
        return read_set(optarg, options);
    case ARITH:
        return read_arith(optarg, &options->arith);
    case SIGMA:
        return read_number(optarg, 0, 255, &options->sigma);
    case THREADS:
        return read_integer(optarg, 1024, &options->threads);
    case LAYER:
        return read_integer(optarg, MODEL_MAX_LAYERS - 1, &options->save_layer);
    case PHOTO:
        options->photo = optarg;
        return true;
    case MODEL:
        options->model = optarg;
        return true;
    case SAVE:
        options->save = optarg;
        return true;
    case NO_SCALING:
        options->flags |= NOVA_PLAN_NO_TAP_SCALING;
        return true;
    case NO_COMPENSATION:
        options->flags |= NOVA_PLAN_NO_COMPENSATION;
        return true;
    case MOMENTS:
        options->own_moments = true;
        return true;
    default:
        options->json = true;
        return true;
    }
}

bool layers_parse(int argc, char **argv, layers_options *options, int *exit_code) {
    int option, row = 0;
    *options = (layers_options){.arith = NOVA_ARITH_F16, .sigma = 25, .save_layer = 1};
    while ((option = getopt_long(argc, argv, "", rows, &row)) != -1) {
        if (option == HELP) {
            fputs(help, stdout);
            *exit_code = fflush(stdout) == 0 ? 0 : 2;
            return false;
        }
        if (option == '?') {
            *exit_code = 2;
            return false;
        }
        if (!take(option, options)) {
            return refuse(rows[row].name, optarg, exit_code);
        }
    }
    if (optind < argc) {
        return refuse("help", argv[optind], exit_code);
    }
    return true;
}
