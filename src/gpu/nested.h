/*
 * nested.h - Winograd in both directions in one kernel: F(2x2,3x3) of up to 64 input and output
 * channels, U in shared memory, V and sums in registers. Included by host and device code, so that
 * the index arithmetic is tested without a GPU.
 *
 * A unit is 16 by 16 pixels of y: 64 tiles, which a group of 128 threads multiplies. Sums of
 * sixteen positions of 64 tiles and 64 channels do not fit into its registers. They need not: an
 * output adds three rows of positions, so that what the two middle rows' sums and differences are
 * is where the outer rows' products begin (A^T along the height is done by adding products), and
 * the sums are of binary16: eight positions at a time, 128 registers.
 *
 * A unit's patch of x lies in two planes, of its even and of its odd rows: then the rows of eight
 * tiles above each other that a fragment takes are eight pixels that follow each other, column by
 * column. Pieces of 16 bytes are swizzled as in gpu/rows.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_NESTED_H
#define NOVA_GPU_NESTED_H

#include "gpu/rows.h"

enum {
    NOVA_GPU_NESTED_TILE = 2, /* outputs of a tile, either way */
    NOVA_GPU_NESTED_TAPS = 3, /* of the filter, likewise */
    NOVA_GPU_NESTED_LINE = 4, /* positions of a row of them */
    NOVA_GPU_NESTED_POSITIONS = 16,
    NOVA_GPU_NESTED_SIDE = 16,   /* outputs of a unit, either way */
    NOVA_GPU_NESTED_STEP = 16,   /* input channels of a product */
    NOVA_GPU_NESTED_STEPS = 16,  /* of a unit: a row of positions, 16 channels */
    NOVA_GPU_NESTED_WARP = 4,    /* columns of y of a warp, two tiles: all of the unit's rows */
    NOVA_GPU_NESTED_PLANES = 2,  /* of a patch */
    NOVA_GPU_NESTED_PLANE_H = 9, /* rows of one */
    NOVA_GPU_NESTED_PLANE_W = 18,
    NOVA_GPU_NESTED_PLANE_BYTES = NOVA_GPU_NESTED_PLANE_H * NOVA_GPU_NESTED_PLANE_W * 128,
    NOVA_GPU_NESTED_PLANE_ROOM = (NOVA_GPU_NESTED_PLANE_BYTES + 1023) / 1024 * 1024,
    NOVA_GPU_NESTED_FILTER_BYTES = NOVA_GPU_NESTED_POSITIONS * NOVA_GPU_SLAB_CHANNELS * 128,
    NOVA_GPU_NESTED_GROUPS = 2, /* of threads, each with planes of its own */
    NOVA_GPU_NESTED_REST = 1024 /* bytes of shared memory for biases and barriers */
};

/** Bytes of shared memory of a block. */
enum {
    NOVA_GPU_NESTED_SHARED =
        NOVA_GPU_NESTED_FILTER_BYTES +
        NOVA_GPU_NESTED_GROUPS * NOVA_GPU_NESTED_PLANES * NOVA_GPU_NESTED_PLANE_ROOM +
        NOVA_GPU_NESTED_REST
};

/** The order of a unit's steps: first the two middle rows of positions in turn, then rows 0 and 3,
    and of each the channels in order. The row, and which sixteen of the channels. */
NOVA_GPU_INLINE int nova_gpu_nested_line(int step) {
    return step < 8 ? 1 + step % 2 : step < 12 ? 0 : 3;
}
NOVA_GPU_INLINE int nova_gpu_nested_chunk(int step) {
    return step < 8 ? step / 2 : step % 4;
}

/** The two rows of a patch that a row of positions is made of, the second one less the first one
    (row 1: their sum): in which plane each is. The second is one row below a tile's first of it. */
NOVA_GPU_INLINE int nova_gpu_nested_plane(int line, int which) {
    return line == 0 ? 0 : line == 3 ? 1 : 1 - which;
}

/** First row of a plane of a unit's patch, counted in every other row of x: `row` is the unit's
    first row of y, which is even. It is a row of x that is even if padding and plane are so
    together. */
NOVA_GPU_INLINE int nova_gpu_nested_first(int row, int origin_h, int plane) {
    const int from = origin_h + plane;
    return row / 2 + (from - (from & 1)) / 2;
}

/** What a lane's address is of when four matrices of eight rows by eight channels are loaded: the
    pixel of a plane, for columns 2 `pair` and 2 `pair` + 1 of the six of a warp's two tiles, `down`
    rows below each tile's first, and the piece of the step's two. */
NOVA_GPU_INLINE int nova_gpu_nested_pixel(int warp, int lane, int pair, int down) {
    return (NOVA_GPU_NESTED_WARP * warp + 2 * pair + lane / 16) * NOVA_GPU_NESTED_PLANE_H +
           lane % 8 + down;
}
NOVA_GPU_INLINE int nova_gpu_nested_half(int lane) {
    return lane / 8 % 2;
}

/** Output channels of the rows of U, and the other way about: so ordered that a lane, which has
    rows 8 i + 2 (lane % 4) and the next of every product, i = 0 to 7, has two pieces of eight
    neighbouring channels, lane % 4 and 4 + lane % 4. */
NOVA_GPU_INLINE int nova_gpu_nested_channel(int row) {
    return (4 * (row / 32) + row % 8 / 2) * 8 + row / 8 % 4 * 2 + row % 2;
}
NOVA_GPU_INLINE int nova_gpu_nested_row(int channel) {
    const int piece = channel / 8, within = channel % 8;
    return piece / 4 * 32 + within / 2 * 8 + piece % 4 * 2 + within % 2;
}

#endif
