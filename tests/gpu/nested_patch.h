/*
 * nested_patch.h - what tests of gpu/nested.h have in common: a unit's patch as lanes see it, and
 * the options that ask for the kernel.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_NESTED_PATCH_H
#define NOVA_TEST_NESTED_PATCH_H

#include <stdint.h>

#include "gpu/nested.h"
#include "nova_winograd.h"

enum {
    WARPS = 4,
    LANES = 32,
    MATRIX = 8, /* rows of one that a warp loads, and channels of a piece */
    PAIRS = 3,  /* of columns of a warp's two tiles */
    TILES = 64,
    CHANNELS = NOVA_GPU_STEP_CHANNELS,
    LINE = NOVA_GPU_NESTED_LINE,
    STEP = NOVA_GPU_NESTED_STEP,
    PLANES = NOVA_GPU_NESTED_PLANES,
    PLANE_H = NOVA_GPU_NESTED_PLANE_H,
    PLANE_W = NOVA_GPU_NESTED_PLANE_W
};

/* Element `e` of word `word` that four matrices are loaded into, in a lane: what lies in row
   lane / 4 of that matrix, whose address another lane has. */
static inline uint16_t loaded(const uint16_t *plane, int warp, int lane, int pair, int down,
                              int chunk, int word, int e) {
    const int from = MATRIX * word + lane / 4;
    const int pixel = nova_gpu_nested_pixel(warp, from, pair, down);
    const int at = nova_gpu_rows_piece(pixel, nova_gpu_nested_half(from)) ^ (2 * chunk << 4);
    return plane[at / 2 + 2 * (lane % 4) + e];
}

/* The pixel that word `word` of an operand from registers needs, of column `column` of its tile:
   four words are two halves of 16 channels of two tiles. */
static inline uint16_t operand(const uint16_t *plane, int warp, int lane, int column, int down,
                               int chunk, int word, int e) {
    const int at = 2 * (word % 2) + column; /* of the warp's six columns */
    return loaded(plane, warp, lane, at / 2, down, chunk, at % 2 * 2 + word / 2, e);
}

/* Row `t` of a plane of the unit with this first row of y, in x: there are maps of its even and of
   its odd rows. */
static inline int row_of_x(int unit_row, int origin_h, int plane, int t) {
    const int odd = (origin_h + plane) & 1;
    return 2 * (nova_gpu_nested_first(unit_row, origin_h, plane) + t) + odd;
}

/* F(2x2), whatever time it is predicted to take. */
static inline nova_plan_options of_tile(nova_arith arith) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.flags = NOVA_PLAN_NO_WISDOM;
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = options.tile_w = 2;
    options.set = "best";
    options.arith = arith;
    return options;
}

#endif
