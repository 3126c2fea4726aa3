/*
 * transpose.h - index arithmetic of the kernel that transposes matrices of 16-bit elements, apart
 * from it so that it is tested on the CPU.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_TRANSPOSE_H
#define NOVA_GPU_TRANSPOSE_H

#include "gpu/grid.h"

enum {
    NOVA_GPU_TRANSPOSE_SIDE = 64, /* rows and columns of the square that a block transposes */
    NOVA_GPU_TRANSPOSE_THREADS = 256
};

/** Squares of a matrix of so many rows and columns. */
NOVA_GPU_INLINE int64_t nova_gpu_squares(int64_t rows, int64_t columns) {
    const int64_t side = NOVA_GPU_TRANSPOSE_SIDE;
    return ((rows + side - 1) / side) * ((columns + side - 1) / side);
}

/** What a thread reads of a square: eight columns, from number 8 `piece` on, of the rows
    2 `pair` and 2 `pair` + 1. */
typedef struct nova_gpu_transpose_part {
    int pair, piece;
} nova_gpu_transpose_part;

/** A warp reads 64 bytes each of 16 rows. */
NOVA_GPU_INLINE nova_gpu_transpose_part nova_gpu_transpose_part_of(int thread) {
    const int lane = thread % 32, warp = thread / 32;
    nova_gpu_transpose_part part;
    part.pair = warp % 4 * 8 + lane % 8;
    part.piece = warp / 4 * 4 + lane / 8;
    return part;
}

/**
 * Word of shared memory that holds elements 2 `pair` and 2 `pair` + 1 of a line of the transposed
 * square. Runs of four words are moved about within a line, so that neither the writes of a
 * warp's parts nor reads of eight lanes, 16 bytes each, meet in a bank.
 */
NOVA_GPU_INLINE int nova_gpu_transposed_at(int line, int pair) {
    const int run = pair / 4 ^ line / 8 % 4 * 2;
    return line * (NOVA_GPU_TRANSPOSE_SIDE / 2) + run * 4 + pair % 4;
}

#endif
