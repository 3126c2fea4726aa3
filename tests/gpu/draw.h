/*
 * draw.h - one of the ways to cut a grid into blocks, at random.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_DRAW_H
#define NOVA_TEST_DRAW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gpu/engine.h"
#include "random.h"

/* One of the ways to cut a grid, each as likely as the others. */
typedef struct draw {
    test_random *random;
    nova_gpu_grid grid;
    int seen;
} draw;

/* A nova_gpu_grid_fn; context: a draw. */
static inline void draw_one(void *context, const nova_gpu_grid *grid, double seconds) {
    draw *it = context;
    assert_true(seconds > 0 && seconds < 1);
    if (random_int(it->random, 0, it->seen++) == 0)
        it->grid = *grid;
}

#endif
