/*
 * fragments.h - the transforms of a tile as one product: V = (B^T x B^T) d and y = (A^T x A^T) M,
 * where x is the Kronecker product, d and M hold a row of 64 channels per pixel or position, and
 * the matrix is constant. Here is how matrix and rows lie in memory for instructions that multiply
 * 16 x 16 by 16 x 8. Included by host and device code, so that the index arithmetic is tested
 * without a GPU.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_FRAGMENTS_H
#define NOVA_GPU_FRAGMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "gpu/grid.h"

enum {
    NOVA_GPU_UNIT_CHANNELS = 64,  /* channels of a tile that a warp transforms at a time */
    NOVA_GPU_RUN_CHANNELS = 32,   /* channels that V and M reorder among themselves */
    NOVA_GPU_SIDE = 16,           /* rows and columns of a block of the matrix */
    NOVA_GPU_BLOCK_ELEMENTS = 256 /* of them */
};

/** A constant matrix in blocks of 16 x 16, [row block][part][column block][lane][8], padded with
    zeros. Two parts, a value and what its rounding left, are added up by two products. */
typedef struct nova_gpu_matrix {
    int rows, columns, parts;
    size_t at; /* in the packed filter, bytes */
} nova_gpu_matrix;

NOVA_GPU_INLINE int nova_gpu_sides(int count) {
    return (count + NOVA_GPU_SIDE - 1) / NOVA_GPU_SIDE;
}

NOVA_GPU_INLINE size_t nova_gpu_matrix_elements(const nova_gpu_matrix *matrix) {
    return (size_t)nova_gpu_sides(matrix->rows) * (size_t)nova_gpu_sides(matrix->columns) *
           (size_t)matrix->parts * NOVA_GPU_BLOCK_ELEMENTS;
}

/** Row and column, in a block, of element `e` (of 8) of a lane. */
NOVA_GPU_INLINE int nova_gpu_matrix_row(int lane, int e) {
    return lane / 4 + e / 2 % 2 * 8;
}
NOVA_GPU_INLINE int nova_gpu_matrix_column(int lane, int e) {
    return lane % 4 * 2 + e % 2 + e / 4 * 8;
}

/**
 * Where channel c is among the channels of V and M. A product leaves a lane with channels 2q, 2q+1
 * (q = lane % 4) of four groups of eight; V and M hold these eight side by side, so that fragments
 * are stored and y is written in pieces of 16 bytes. Swaps groups and pairs: its own inverse.
 */
NOVA_GPU_INLINE int64_t nova_gpu_stored_channel(int64_t c) {
    const int within = (int)(c % NOVA_GPU_RUN_CHANNELS);
    return c - within + (within / 2 % 4) * 8 + within / 8 * 2 + within % 2;
}

/** Rows of 64 channels in 16 bits, in shared memory: where 16-byte piece `piece` (of 8) of a row
    is, in pieces. Eight rows that follow each other have the same piece in different banks. */
NOVA_GPU_INLINE int nova_gpu_piece_at(int row, int piece) {
    return row * 8 + (piece ^ row % 8);
}

/** The same in binary32: floats of a row; four pairs of rows are in different banks. And of a row
    of outputs for a channel-first y. */
enum {
    NOVA_GPU_FLOAT_PITCH = NOVA_GPU_UNIT_CHANNELS + 4,
    NOVA_GPU_OUTPUT_PITCH = NOVA_GPU_UNIT_CHANNELS + 2
};

/** Bytes of shared memory: what the kernels need beside all that, part of it declared by them
    (static) and part to align the rows; the matrix, the rows that a warp multiplies by it (whole
   blocks of them), the outputs that it stages for a channel-first y. */
enum { NOVA_GPU_STATIC_BYTES = 512, NOVA_GPU_OWN_BYTES = NOVA_GPU_STATIC_BYTES + 1024 };
NOVA_GPU_INLINE size_t nova_gpu_matrix_bytes(const nova_gpu_matrix *matrix) {
    return nova_gpu_matrix_elements(matrix) * 2;
}
NOVA_GPU_INLINE size_t nova_gpu_rows_bytes(int column_blocks, bool binary32) {
    const size_t row = binary32 ? NOVA_GPU_FLOAT_PITCH * 4 : NOVA_GPU_UNIT_CHANNELS * 2;
    return (size_t)column_blocks * NOVA_GPU_SIDE * row;
}
NOVA_GPU_INLINE size_t nova_gpu_staged_bytes(const nova_gpu_matrix *matrix) {
    return (size_t)matrix->rows * NOVA_GPU_OUTPUT_PITCH * 4;
}

/** Division of numbers below 2^8 by a constant up to 2^6: number * reciprocal >> 16. */
NOVA_GPU_INLINE int nova_gpu_reciprocal(int divisor) {
    return 65535 / divisor + 1;
}
NOVA_GPU_INLINE int nova_gpu_quotient(int number, int reciprocal) {
    return number * reciprocal >> 16;
}

#endif
