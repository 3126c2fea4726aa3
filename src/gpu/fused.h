/*
 * fused.h - a whole Winograd convolution of few channels in one kernel: how its blocks are cut, and
 * where its operands lie. Included by host and device code, so that the index arithmetic is tested
 * without a GPU.
 *
 * A block has 16 tiles and all output channels. Of 32 input channels at a time its threads
 * transform the input, each two channels of a tile, and lay V into shared memory, a part of the
 * positions at a time; each wave multiplies by U for 16 output channels and keeps the sums of all
 * positions in its registers. A 16 x 16 x 16 product leaves a lane with four output channels of one
 * tile, of every position the same: it transforms them where they are, and only y reaches memory.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_FUSED_H
#define NOVA_GPU_FUSED_H

#include <stddef.h>

#include "gpu/grid.h"

enum {
    NOVA_GPU_FUSED_CHANNELS = 64, /* most input and output channels */
    NOVA_GPU_FUSED_TILES = 16,    /* of a block */
    NOVA_GPU_FUSED_CHUNK = 32,    /* input channels at a time */
    NOVA_GPU_FUSED_SIDE = 16,     /* output channels of a wave; input channels of a product */
    NOVA_GPU_FUSED_LANES = 64,    /* of a wave */
    NOVA_GPU_FUSED_OWN = 8        /* elements that a lane has of an operand: two products' */
};

/** Element of V or U, both of 64 lanes by 8, that input channel `c` (of 32) of a tile or output
    channel `row` (of 16) is: which lane has it, and which of its elements it is. */
typedef struct nova_gpu_fused_place {
    int lane, element;
} nova_gpu_fused_place;

NOVA_GPU_INLINE nova_gpu_fused_place nova_gpu_fused_at(int row, int c) {
    const int within = c % NOVA_GPU_FUSED_SIDE;
    nova_gpu_fused_place place;
    place.lane = row + within / 4 * NOVA_GPU_FUSED_SIDE;
    place.element = c / NOVA_GPU_FUSED_SIDE * 4 + within % 4;
    return place;
}

/** Where, in pieces of 8 elements, V of a lane lies in shared memory. Moved about among the 16
   lanes that have the same channels: neither reads of eight lanes nor writes of words by the
   threads of two tiles meet in a bank. */
NOVA_GPU_INLINE int nova_gpu_fused_slot(int lane) {
    const int channels = lane / NOVA_GPU_FUSED_SIDE;
    return channels * NOVA_GPU_FUSED_SIDE + (lane + 2 * channels) % NOVA_GPU_FUSED_SIDE;
}

/** Elements of U of 32 input and 16 output channels of a position; and where they begin:
    [block of output channels][chunk of input channels][position][lane][8], so that a wave reads U
    from front to back. */
enum { NOVA_GPU_FUSED_U = NOVA_GPU_FUSED_LANES * NOVA_GPU_FUSED_OWN };
NOVA_GPU_INLINE int64_t nova_gpu_fused_u(int block, int chunk, int chunks, int positions) {
    return ((int64_t)block * chunks + chunk) * positions * NOVA_GPU_FUSED_U;
}

/** Outputs of a column of a tile on their way to y: floats from one tile to the next, so that eight
    lanes write their four channels to different banks. */
enum { NOVA_GPU_FUSED_PITCH = NOVA_GPU_FUSED_CHANNELS + 4 };

#endif
