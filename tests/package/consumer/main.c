/*
 * main.c - a program of somebody else: one convolution through the installed library, checked
 * against sums that can be done in the head. With --version it prints the library's version.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <nova_winograd.h>
#include <stdio.h>
#include <string.h>

enum { CHANNELS = 4, FILTERS = 8, SIDE = 12 };

static float x[CHANNELS * SIDE * SIDE], w[FILTERS * CHANNELS * 9], y[FILTERS * SIDE * SIDE];

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, nova_last_error());
    return 1;
}

/** How many of the three taps around `at` lie inside the map. */
static int taps_inside(int at) {
    return 3 - (at == 0) - (at == SIDE - 1);
}

/** x is one everywhere, and filter k is k+1 everywhere: each output counts its products. */
static int check(void) {
    for (int k = 0; k < FILTERS; ++k) {
        for (int i = 0; i < SIDE; ++i) {
            for (int j = 0; j < SIDE; ++j) {
                float expected = (float)((k + 1) * CHANNELS * taps_inside(i) * taps_inside(j));
                float got = y[(k * SIDE + i) * SIDE + j];
                if (!(fabsf(got - expected) <= 1e-3f * expected)) {
                    fprintf(stderr, "y[%d,%d,%d] is %g, not %g\n", k, i, j, (double)got,
                            (double)expected);
                    return 1;
                }
            }
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(nova_version());
        return 0;
    }
    for (int i = 0; i < CHANNELS * SIDE * SIDE; ++i) {
        x[i] = 1;
    }
    for (int i = 0; i < FILTERS * CHANNELS * 9; ++i) {
        w[i] = (float)(i / (CHANNELS * 9) + 1);
    }
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1;
    desc.c = CHANNELS;
    desc.h = desc.w = SIDE;
    desc.k = FILTERS;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = options.tile_w = 4;
    nova_plan *plan = NULL;
    nova_filter *filter = NULL;
    if (nova_plan_create(&desc, &options, &plan) != NOVA_OK) {
        return fail("plan");
    }
    if (nova_filter_create(plan, w, NOVA_F32, &filter) != NOVA_OK) {
        return fail("filter");
    }
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = x;
    args.y = y;
    if (nova_execute(plan, filter, &args) != NOVA_OK) {
        return fail("execute");
    }
    nova_filter_destroy(filter);
    nova_plan_destroy(plan);
    return check();
}
