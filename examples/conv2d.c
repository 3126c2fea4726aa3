/*
 * conv2d.c - the C API from beginning to end: plan a convolution under an error budget, transform
 * its filter once, save and load the transformed filter, run it, and check the result.
 *
 *   cc conv2d.c $(pkg-config --cflags --libs nova_winograd) -lm -o conv2d && ./conv2d
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <nova_winograd.h>
#include <stdio.h>
#include <stdlib.h>

/* The layer: a batch of one, 64 channels of 56 x 56 to 64 channels, 3x3 filter, padding 1. */
enum { CHANNELS = 64, SIZE = 56, FILTERS = 64, TAPS = 3 };
enum {
    INPUTS = CHANNELS * SIZE * SIZE,
    OUTPUTS = FILTERS * SIZE * SIZE,
    WEIGHTS = FILTERS * CHANNELS * TAPS * TAPS
};

/** Every call of the library returns a status; the reason is kept per thread. */
static int failed(const char *call, nova_status status) {
    if (status == NOVA_OK) {
        return 0;
    }
    fprintf(stderr, "%s: %s: %s\n", call, nova_status_string(status), nova_last_error());
    return 1;
}

/** Uniform random values whose rms is `rms`. */
static void fill(float *values, int count, double rms) {
    for (int i = 0; i < count; ++i) {
        values[i] = (float)(rms * sqrt(3.0) * (2.0 * rand() / RAND_MAX - 1));
    }
}

/** What is computed, how well and on how many threads; prints what the planner made of it. */
static nova_plan *make_plan(void) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc); /* sets the defaults: 3x3, stride 1, NCHW, f32 */
    desc.n = 1;
    desc.c = CHANNELS;
    desc.h = desc.w = SIZE;
    desc.k = FILTERS;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    desc.activation = NOVA_ACTIVATION_RELU;

    nova_plan_options options;
    nova_plan_options_init(&options);
    options.max_error =
        1e-5;            /* the planner takes the fastest plan that it predicts to stay below */
    options.threads = 0; /* one per processor */

    nova_plan *plan = NULL;
    if (failed("nova_plan_create", nova_plan_create(&desc, &options, &plan))) {
        return NULL;
    }
    nova_plan_info info = {.struct_size = sizeof info};
    if (failed("nova_plan_get_info", nova_plan_get_info(plan, &info))) {
        nova_plan_destroy(plan);
        return NULL;
    }
    printf("plan: %s, tile %dx%d, points '%s', arithmetic %s, %d thread(s)\n",
           nova_algorithm_name(info.algorithm), info.tile_h, info.tile_w, info.set,
           nova_arith_name(info.arith), info.threads);
    printf("predicted error %.2g; %zu bytes of workspace\n", info.predicted_error,
           info.workspace_bytes);
    return plan;
}

/**
 * Transforming a filter takes a while; a program can do it once and load the result from then on.
 * A file that is damaged, or made for another plan or other kernels, is refused.
 */
static nova_filter *make_filter(const nova_plan *plan, const float *weights, const char *path) {
    nova_filter *made = NULL, *loaded = NULL;
    if (failed("nova_filter_create", nova_filter_create(plan, weights, NOVA_F32, &made))) {
        return NULL;
    }
    int bad = failed("nova_filter_save", nova_filter_save(made, path)) ||
              failed("nova_filter_load", nova_filter_load(plan, path, &loaded));
    nova_filter_destroy(made);
    return bad ? NULL : loaded;
}

/** Runs the plan, with a check of 1024 outputs against direct convolution in double. */
static int run(const nova_plan *plan, const nova_filter *filter, const float *x,
               const float *weights, const float *bias, float *y) {
    nova_verification check = {.struct_size = sizeof check,
                               .weights = weights,
                               .weights_dtype = NOVA_F32,
                               .samples = 1024};
    nova_execute_args args;
    nova_execute_args_init(&args); /* no residual, nova's own threads */
    args.x = x;
    args.y = y;
    args.bias = bias;
    args.verification = &check; /* leave it out in production: it costs time */
    /* A program that runs more than once also passes a workspace of its own (args.workspace). */
    if (failed("nova_execute", nova_execute(plan, filter, &args))) {
        return 1;
    }
    printf("measured error %.2g over %lld outputs, %lld of them not finite\n", check.rms_error,
           (long long)check.checked, (long long)check.nonfinite);
    return check.nonfinite > 0 || check.rms_error > 1e-5;
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "conv2d-filter.nova"; /* for the packed filter */
    float *x = malloc(INPUTS * sizeof *x), *y = malloc(OUTPUTS * sizeof *y);
    float *weights = malloc(WEIGHTS * sizeof *weights), *bias = malloc(FILTERS * sizeof *bias);
    nova_plan *plan = NULL;
    nova_filter *filter = NULL;
    int result = EXIT_FAILURE;

    if (x && y && weights && bias) {
        fill(x, INPUTS, 1);
        fill(weights, WEIGHTS, 1 / sqrt(CHANNELS * TAPS * TAPS));
        fill(bias, FILTERS, 0.1);
        plan = make_plan();
        filter = plan ? make_filter(plan, weights, path) : NULL;
        if (filter && run(plan, filter, x, weights, bias, y) == 0) {
            result = EXIT_SUCCESS;
        }
    }
    nova_filter_destroy(filter); /* all destroy functions take null */
    nova_plan_destroy(plan);
    free(x);
    free(y);
    free(weights);
    free(bias);
    return result;
}
