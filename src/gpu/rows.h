/*
 * rows.h - Winograd along the rows in one kernel: F(1x2, r x 3) with few enough input channels that
 * U stays in shared memory. Included by host and device code, so that the index arithmetic is
 * tested without a GPU.
 *
 * A block is 8 rows by 16 columns of y and 64 output channels: 64 tiles, which a group of 128
 * threads multiplies. The four positions of a tile are four sets of sums in its registers, to which
 * all rows of the filter and all channels add. V is made in registers, too, in the fragments that
 * the products want their first operand in: of 16 tiles of a warp eight are rows of y, and the
 * other half their neighbours to the right, so that a thread reads six pixels for the eight of its
 * two tiles. Pixels lie in shared memory column by column: eight that follow each other are rows of
 * x, whose pieces of 16 bytes, swizzled by their address, are in banks of their own.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_ROWS_H
#define NOVA_GPU_ROWS_H

#include "gpu/grid.h"

enum {
    NOVA_GPU_ROWS_TILE = 2,      /* outputs of a tile, along the width */
    NOVA_GPU_ROWS_TAPS = 3,      /* of the filter, likewise */
    NOVA_GPU_ROWS_POSITIONS = 4, /* products of a tile */
    NOVA_GPU_ROWS_HIGH = 8,      /* y of a block: rows */
    NOVA_GPU_ROWS_WIDE = 16,     /* and columns, of which each of four warps has */
    NOVA_GPU_ROWS_WARP = 4,      /* two tiles */
    NOVA_GPU_ROWS_STEP = 16,     /* input channels of a product */
    NOVA_GPU_ROWS_GROUPS = 2,    /* groups of threads that take blocks in turn */
    NOVA_GPU_ROWS_REST = 1024,   /* bytes of shared memory for bias and barriers */
    NOVA_GPU_ROWS_MOST_BOXES = 4
};

/** What a block has in shared memory. */
typedef struct nova_gpu_rows {
    int in_h, in_w;    /* pixels of a box of x, 64 channels of it */
    int box_bytes;     /* of shared memory for it, */
    int filter_bytes;  /* for U, */
    int staging_bytes; /* and for y on its way to memory, of each group; multiples of 1024 */
    int boxes;         /* of x that there is room for; less than two: the layer is none for this */
} nova_gpu_rows;

/** `grid`: one with taps and channel steps set. */
NOVA_GPU_INLINE nova_gpu_rows nova_gpu_rows_of(const nova_gpu_grid *grid) {
    const int pixel = 2 * NOVA_GPU_STEP_CHANNELS, most_steps = 64;
    const int slices = grid->taps_h * NOVA_GPU_ROWS_POSITIONS;
    nova_gpu_rows rows = {0, 0, 0, 0, 0, 0};
    if (grid->taps_h > most_steps || grid->channel_steps > most_steps)
        return rows; /* and nothing overflows */
    rows.in_h = NOVA_GPU_ROWS_HIGH + grid->taps_h - 1;
    rows.in_w = NOVA_GPU_ROWS_WIDE + NOVA_GPU_ROWS_TAPS - 1;
    rows.box_bytes = (rows.in_h * rows.in_w * pixel + 1023) / 1024 * 1024;
    rows.staging_bytes = NOVA_GPU_ROWS_HIGH * NOVA_GPU_ROWS_WIDE * pixel;
    rows.filter_bytes = grid->channel_steps * slices * NOVA_GPU_SLAB_CHANNELS * pixel;
    const int room = NOVA_GPU_HOPPER_SHARED - NOVA_GPU_ROWS_REST -
                     NOVA_GPU_ROWS_GROUPS * rows.staging_bytes - rows.filter_bytes;
    rows.boxes = room < 0 ? 0 : room / rows.box_bytes;
    if (rows.boxes > NOVA_GPU_ROWS_MOST_BOXES)
        rows.boxes = NOVA_GPU_ROWS_MOST_BOXES;
    return rows;
}

/** Bytes of shared memory that a block wants. */
NOVA_GPU_INLINE int nova_gpu_rows_shared(const nova_gpu_rows *rows) {
    return rows->filter_bytes + rows->boxes * rows->box_bytes +
           NOVA_GPU_ROWS_GROUPS * rows->staging_bytes + NOVA_GPU_ROWS_REST;
}

/** Byte of piece `piece` (of 8 channels) of a pixel of a box that begins at a multiple of 1024: the
    copy engine swizzles pieces so. */
NOVA_GPU_INLINE int nova_gpu_rows_piece(int pixel, int piece) {
    const int row = (int)((unsigned)pixel % 8);
    return pixel * 2 * NOVA_GPU_STEP_CHANNELS + ((piece ^ row) << 4);
}

/**
 * What a lane's address is of when eight rows are loaded at a time, four matrices of eight rows by
 * eight channels at once: for pixels 2 `pair` and 2 `pair` + 1 of the six of a warp's two tiles,
 * both halves of 16 channels each. The pixel of the box, for the first row of the filter (for row u
 * it is u further on), and the piece in channels 0 to 15.
 */
NOVA_GPU_INLINE int nova_gpu_rows_pixel(int in_h, int warp, int lane, int pair) {
    return (warp * NOVA_GPU_ROWS_WARP + 2 * pair + lane / 16) * in_h + lane % 8;
}
NOVA_GPU_INLINE int nova_gpu_rows_half(int lane) {
    return lane / 8 % 2;
}

/** The same where y is stored, one output of two tiles a matrix, 8 channels at a time: the pixel of
   the box of y. */
NOVA_GPU_INLINE int nova_gpu_rows_output(int warp, int lane) {
    return (warp * NOVA_GPU_ROWS_WARP + lane / 8) * NOVA_GPU_ROWS_HIGH + lane % 8;
}

/** First output channel of a block of threads. */
NOVA_GPU_INLINE int nova_gpu_rows_channel(const nova_gpu_grid *grid, int block) {
    return block % grid->channel_blocks * NOVA_GPU_SLAB_CHANNELS;
}

/** Where a unit is, in units: what nova_gpu_block_at() says, without its divisions for each. */
typedef struct nova_gpu_rows_place {
    int w, h, n;
} nova_gpu_rows_place;

NOVA_GPU_INLINE nova_gpu_rows_place nova_gpu_rows_place_of(const nova_gpu_grid *grid, int unit) {
    const int number = unit / grid->channel_blocks, row = number / grid->blocks_w;
    nova_gpu_rows_place place;
    place.w = number - row * grid->blocks_w;
    place.n = row / grid->blocks_h;
    place.h = row - place.n * grid->blocks_h;
    return place;
}

/** Of the unit that is as many units further on as `step` is from the first; a multiple of the
    blocks of channels. */
NOVA_GPU_INLINE nova_gpu_rows_place nova_gpu_rows_next(const nova_gpu_grid *grid,
                                                       nova_gpu_rows_place place,
                                                       nova_gpu_rows_place step) {
    const int w = place.w + step.w, more_w = w >= grid->blocks_w;
    const int h = place.h + step.h + more_w, more_h = h >= grid->blocks_h;
    place.w = more_w ? w - grid->blocks_w : w;
    place.h = more_h ? h - grid->blocks_h : h;
    place.n += step.n + more_h;
    return place;
}

/** Blocks of threads that work on a grid: each keeps U of its output channels, which it meets again
    only if their number divides that of the blocks. */
NOVA_GPU_INLINE int nova_gpu_rows_slots(const nova_gpu_grid *grid, int processors) {
    return processors / grid->channel_blocks * grid->channel_blocks;
}

#endif
