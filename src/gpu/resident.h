/*
 * resident.h - direct convolution of small maps in one launch: every block has all of its operands
 * in shared memory at once, so that nothing is waited for but the first of them. Included by host
 * and device code, so that the index arithmetic is tested without a GPU.
 *
 * A block is a rectangle of pixels of y by some output channels. It holds U of these channels for
 * all taps, and the rectangle's pixels of x with their halo, for its part of the input channels;
 * the blocks of a cluster have a part each. Pixels are counted through the rows of x with the halo:
 * number h * row + w, so that a tap reads the same pixels further on, and those beyond the
 * rectangle's end of a row are multiplied in vain. Each block of a cluster owns a share of the
 * pixels and adds what all have for it, in order.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_RESIDENT_H
#define NOVA_GPU_RESIDENT_H

#include "gpu/grid.h"

enum {
    NOVA_GPU_RESIDENT_PIXELS = 64, /* that a group of 128 threads multiplies */
    NOVA_GPU_RESIDENT_CHUNK = 64,  /* input channels: rows of 128 bytes */
    NOVA_GPU_RESIDENT_ROW_BYTES = 2 * NOVA_GPU_RESIDENT_CHUNK,
    NOVA_GPU_RESIDENT_CHUNKS = 4,   /* of a block, at most */
    NOVA_GPU_RESIDENT_LONGEST = 256 /* row or column of what one copy takes */
};

/** How the work is cut. */
typedef struct nova_gpu_resident {
    int box_w, box_h; /* pixels of a block */
    int blocks_w, blocks_h, images;
    int channels, channel_blocks; /* of a block; blocks of them */
    int taps_h, taps_w;
    int groups; /* of threads */
    int chunks; /* of input channels that a block has; what lies beyond the last is zero */
    int splits; /* blocks of a cluster */
} nova_gpu_resident;

/** Pixels of x in a row of a block's box, its rows, its pixels, and those that taps read, with what
    lies behind the box. */
NOVA_GPU_INLINE int nova_gpu_resident_row(const nova_gpu_resident *all) {
    return all->box_w + all->taps_w - 1;
}
NOVA_GPU_INLINE int nova_gpu_resident_rows(const nova_gpu_resident *all) {
    return all->box_h + all->taps_h - 1;
}
NOVA_GPU_INLINE int nova_gpu_resident_box(const nova_gpu_resident *all) {
    return nova_gpu_resident_row(all) * nova_gpu_resident_rows(all);
}
NOVA_GPU_INLINE int nova_gpu_resident_read(const nova_gpu_resident *all) {
    const int last = (all->taps_h - 1) * nova_gpu_resident_row(all) + all->taps_w - 1;
    const int read = all->groups * NOVA_GPU_RESIDENT_PIXELS + last;
    const int box = nova_gpu_resident_box(all);
    return read > box ? read : box;
}

/** Pixel `number` of a block, in rows of `row`: its row and column. `inverse` stands for a
   division: 65536 / row, rounded up, gives the exact quotient of numbers and rows of up to 256. */
NOVA_GPU_INLINE int nova_gpu_resident_inverse(int row) {
    return (65536 + row - 1) / row;
}
NOVA_GPU_INLINE void nova_gpu_resident_pixel(int number, int row, int inverse, int *w, int *h) {
    *h = number * inverse >> 16;
    *w = number - *h * row;
}

/** Pixels that a block of a cluster owns, but for the last one: pixel / share is the owner. */
NOVA_GPU_INLINE int nova_gpu_resident_share(const nova_gpu_resident *all) {
    return (all->groups * NOVA_GPU_RESIDENT_PIXELS + all->splits - 1) / all->splits;
}

/** Floats from one pixel of partial sums to the next: four pixels of eight channels, as half a warp
    writes them, are in different banks if a block's channels are a multiple of 16. */
NOVA_GPU_INLINE int nova_gpu_resident_pitch(int channels) {
    return channels + 8;
}

/** Float of the sum that split `split` has of a pixel's first channel, in its owner's memory. */
NOVA_GPU_INLINE int nova_gpu_resident_sum_at(const nova_gpu_resident *all, int split, int pixel) {
    const int share = nova_gpu_resident_share(all);
    return (split * share + pixel % share) * nova_gpu_resident_pitch(all->channels);
}

/** Bytes of shared memory: of a chunk of x, of U; of partial sums; of all operands; before the
    barriers; of all. */
NOVA_GPU_INLINE int nova_gpu_resident_x_bytes(const nova_gpu_resident *all) {
    return (nova_gpu_resident_read(all) * NOVA_GPU_RESIDENT_ROW_BYTES + 1023) / 1024 * 1024;
}
NOVA_GPU_INLINE int nova_gpu_resident_u_bytes(const nova_gpu_resident *all) {
    return all->taps_h * all->taps_w * all->channels * NOVA_GPU_RESIDENT_ROW_BYTES;
}
NOVA_GPU_INLINE int nova_gpu_resident_sum_bytes(const nova_gpu_resident *all) {
    return nova_gpu_resident_sum_at(all, all->splits, 0) * 4;
}
NOVA_GPU_INLINE int nova_gpu_resident_operand_bytes(const nova_gpu_resident *all) {
    return all->chunks * (nova_gpu_resident_x_bytes(all) + nova_gpu_resident_u_bytes(all));
}
NOVA_GPU_INLINE int nova_gpu_resident_barriers_at(const nova_gpu_resident *all) {
    const int operands = nova_gpu_resident_operand_bytes(all);
    const int sums = nova_gpu_resident_sum_bytes(all);
    if (all->splits > 1) /* sums arrive while others of the cluster still multiply */
        return operands + sums;
    return operands > sums ? operands : sums;
}
NOVA_GPU_INLINE int nova_gpu_resident_bytes(const nova_gpu_resident *all) {
    return nova_gpu_resident_barriers_at(all) + (2 * all->chunks + 1) * 8;
}

/** Blocks, or clusters of them. */
NOVA_GPU_INLINE int nova_gpu_resident_units(const nova_gpu_resident *all) {
    return all->blocks_w * all->blocks_h * all->images * all->channel_blocks;
}

/** First pixel and output channel of a unit; units are a grid of blocks of channels, of columns,
   and of rows of all images. */
typedef struct nova_gpu_resident_at {
    int w, h, n, channel;
} nova_gpu_resident_at;

NOVA_GPU_INLINE nova_gpu_resident_at nova_gpu_resident_unit(const nova_gpu_resident *all, int x,
                                                            int y, int z) {
    const int n = all->images > 1 ? z / all->blocks_h : 0;
    const nova_gpu_resident_at at = {y * all->box_w, (z - n * all->blocks_h) * all->box_h, n,
                                     x * all->channels};
    return at;
}

#endif
