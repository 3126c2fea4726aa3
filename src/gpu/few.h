/*
 * few.h - direct convolution with few output or few input channels, of which the blocks of a grid
 * (grid.h) would mostly multiply padding: how kernels of their own cut it. Included by host and
 * device code, so that the index arithmetic is tested without a GPU.
 *
 *   few outputs   Every tap's products with x are sums of their own, r s k columns of one product
 *                 that reads x once: P[pixel][tap][k] = sum over c of x[pixel][c] U[tap][k][c]. An
 *                 output is the sum of r s of them, each of the pixel its tap is at. A block takes
 *                 a patch of x whose P stays in shared memory; patches overlap by the filter's
 *                 margin. Of large pictures and three filter rows a warp takes a strip of x instead
 *                 and walks down: sums of a filter row's columns alone, s k of them, and products
 *                 of three rows of x are added where they are made.
 *   few inputs    All that an output is made of, r s c elements, are the row of one product. A warp
 *                 gathers the rows of neighbouring pixels from x right into the product's
 *                 fragments; its block keeps U in shared memory and takes pixels until there are
 *                 none left.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_FEW_H
#define NOVA_GPU_FEW_H

#include "gpu/grid.h"

enum {
    NOVA_GPU_FEW_COLUMNS = 64,    /* r s k at most, of few outputs */
    NOVA_GPU_FEW_DEPTH = 160,     /* r s c at most, of few inputs */
    NOVA_GPU_FEW_ROUND = 16,      /* both are rounded up to this */
    NOVA_GPU_GATHER_TILE = 32,    /* pixels of a row of y that a warp takes, of few inputs */
    NOVA_GPU_GATHER_PIXELS = 256, /* that the warps of a block take at a time */
    NOVA_GPU_GATHER_STEPS = 4,    /* of 16 elements, that it gathers at a time */
    NOVA_GPU_GATHER_RESIDENT = 2, /* blocks of a multiprocessor that there are registers for */
    NOVA_GPU_GATHER_CHANNELS = 64 /* output channels that it multiplies at a time */
};

/** Few outputs: a box of the grid is a patch of x with the filter's margin, of one image; blocks
   are patches. Pixels that a block multiplies, which are at least those of the box: */
NOVA_GPU_INLINE int nova_gpu_patch_pixels(const nova_gpu_grid *grid) {
    return grid->box_w * grid->box_h <= 128 ? 128 : 256;
}

/** Few outputs: pitch of P in shared memory, in floats, less the columns: it is eight or 24 more
   than a multiple of 32, so that the four pixels by eight columns that half a warp stores lie in
   banks of their own. */
enum { NOVA_GPU_SUMS_GAP = 8 };

/** Few outputs: stages of the ring in shared memory, of 64 input channels of a block's pixels and
    columns each. Three, but of the large blocks only as many as leave room for two of them. A macro
    because kernels want a constant. */
#define NOVA_GPU_PATCH_STAGES(pixels, columns) ((pixels) < 256 || (columns) <= 32 ? 3 : 2)

/** Bytes of those that `channels` of x need, or of P, which takes their place. */
NOVA_GPU_INLINE int nova_gpu_patch_bytes(int pixels, int columns, int64_t channels) {
    const int64_t steps = (channels + NOVA_GPU_STEP_CHANNELS - 1) / NOVA_GPU_STEP_CHANNELS;
    const int most = NOVA_GPU_PATCH_STAGES(pixels, columns);
    const int stages =
        (steps < most ? (int)steps : most) * (pixels + columns) * 2 * NOVA_GPU_STEP_CHANNELS;
    const int sums = pixels * (columns + NOVA_GPU_SUMS_GAP) * 4;
    return stages > sums ? stages : sums;
}

/** Blocks of a multiprocessor that there are registers for: each column of sums takes some. */
#define NOVA_GPU_PATCH_BLOCKS(pixels, columns) (((columns) <= 32 ? 3 : 2) * 256 / (pixels))

/*
 * Strips: boxes of NOVA_GPU_STRIP_WIDTH pixels across, margin included, which patches never are. A
 * warp has a ring of stages, each 64 channels of a row of the strip; the sums
 * of a row of y take the place of one that has been read, a row for each column. A block's warps
 * share U, of all steps.
 */
enum {
    NOVA_GPU_STRIP_WIDTH = 32,
    NOVA_GPU_STRIP_TAPS = 3,     /* filter rows */
    NOVA_GPU_STRIP_COLUMNS = 24, /* s k at most, to a multiple of 8 */
    NOVA_GPU_STRIP_WARPS = 4,    /* of a block */
    NOVA_GPU_STRIP_STAGES = 4,
    NOVA_GPU_STRIP_SUMS = NOVA_GPU_STRIP_WIDTH + 4 /* pitch of the sums: no bank conflicts */
};

/** Blocks of a multiprocessor that there are registers for: each column of sums takes some. */
#define NOVA_GPU_STRIP_BLOCKS(columns) ((columns) <= 16 ? 3 : 2)

NOVA_GPU_INLINE int nova_gpu_is_strip(const nova_gpu_grid *grid) {
    return grid->box_w == NOVA_GPU_STRIP_WIDTH;
}

/** Columns of sums: filter columns times output channels. */
NOVA_GPU_INLINE int nova_gpu_strip_columns(int s, int k) {
    return (s * k + 7) / 8 * 8;
}

/** Where the sum of a pixel and column is, in floats. */
NOVA_GPU_INLINE int nova_gpu_strip_sum_at(int pixel, int column) {
    return column * NOVA_GPU_STRIP_SUMS + pixel;
}

/** Bytes of shared memory of a block. */
NOVA_GPU_INLINE int64_t nova_gpu_strip_bytes(int64_t channels, int columns) {
    const int64_t steps = (channels + NOVA_GPU_STEP_CHANNELS - 1) / NOVA_GPU_STEP_CHANNELS;
    const int row = 2 * NOVA_GPU_STEP_CHANNELS;
    return NOVA_GPU_STRIP_WARPS * NOVA_GPU_STRIP_STAGES * NOVA_GPU_STRIP_WIDTH * row +
           steps * NOVA_GPU_STRIP_TAPS * columns * row;
}

/** Few inputs: a block has grid->block_channels output channels. Steps of 16 elements of a row of
    r s c that a warp gathers before it multiplies them: all, but at least 2; 2 if that takes more
    registers than there are. A row is padded to whole rounds. */
NOVA_GPU_INLINE int nova_gpu_gather_steps(int64_t elements) {
    const int steps = nova_gpu_blocks_of(elements, NOVA_GPU_FEW_ROUND);
    return steps == 3 || steps == NOVA_GPU_GATHER_STEPS ? steps : 2;
}

/** The row's elements with their padding. */
NOVA_GPU_INLINE int nova_gpu_gather_depth(int64_t elements) {
    const int round = NOVA_GPU_FEW_ROUND * nova_gpu_gather_steps(elements);
    return nova_gpu_blocks_of(elements, round) * round;
}

/** Pitch of U's rows in shared memory, in bytes: an odd number of 32, so that four rows have the
    same 32 bytes in banks of their own. */
NOVA_GPU_INLINE int nova_gpu_gather_pitch(int depth) {
    return 32 * (depth / 16 | 1);
}

/** Bytes of shared memory of a block: `channels` filters and their bias, and a table of 14 bytes
    for each element of a row. */
NOVA_GPU_INLINE int nova_gpu_gather_bytes(int depth, int channels) {
    return channels * (nova_gpu_gather_pitch(depth) + 4) + depth * 14;
}

/** Pieces of NOVA_GPU_GATHER_TILE pixels of a row of y. */
NOVA_GPU_INLINE int nova_gpu_gather_across(int64_t out_w) {
    return nova_gpu_blocks_of(out_w, NOVA_GPU_GATHER_TILE);
}

/** Blocks of few inputs that are all there at a time, each with as much to do: so many for the
   tiles times so many for the channels, and tiles that a warp takes one after the other. */
typedef struct nova_gpu_gathering {
    int blocks, parts, turns;
} nova_gpu_gathering;

NOVA_GPU_INLINE nova_gpu_gathering nova_gpu_gather_blocks(int64_t tiles, int64_t k, int depth,
                                                          int channels, int processors,
                                                          int64_t shared_bytes) {
    const int64_t room = shared_bytes / (nova_gpu_gather_bytes(depth, channels) + 1024);
    const int64_t most = NOVA_GPU_GATHER_RESIDENT, resident = room < most ? room : most;
    nova_gpu_gathering all;
    all.parts = nova_gpu_blocks_of(k, channels);
    all.blocks = nova_gpu_blocks_of(tiles, NOVA_GPU_GATHER_PIXELS / NOVA_GPU_GATHER_TILE);
    all.turns =
        nova_gpu_blocks_of(all.blocks, nova_gpu_blocks_of(processors * resident, all.parts));
    all.blocks = nova_gpu_blocks_of(all.blocks, all.turns);
    return all;
}

#endif
