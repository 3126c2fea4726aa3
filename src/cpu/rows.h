/*
 * rows.h - Winograd along the rows of a map, for few input channels: the part of a kernel record
 * that multiplies, sums over the rows of the filter, transforms and writes, all in registers.
 *
 * One position of a one-dimensional tile is a reduction over (row of the filter, channel). With few
 * channels that is short, and moving M through memory would cost more than computing it: a kernel
 * holds the products of all positions of some neighbouring tiles until they have become outputs.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CPU_ROWS_H
#define NOVA_CPU_ROWS_H

#include <stddef.h>

#include "nova_winograd.h"

/** Positions that a tile of these kernels may have. */
enum { NOVA_ROW_POSITIONS = 8 };

/** Operands of some neighbouring tiles of a row and one or two vectors of output channels. */
typedef struct nova_row_args {
    const float *v;        /**< (row u, tile t, position p, element e): v[rows[u] + t * tile +
                                p * length + e]; an element is a float, or a word (pairs.h) */
    const ptrdiff_t *rows; /**< [row_count] */
    int row_count;         /**< rows of the filter */
    int length;            /**< elements that a row of the filter adds to the reduction */
    ptrdiff_t tile;        /**< elements from one tile to the next */
    const float *u;        /**< [row][element][position][channel of the panel] */
    const float *coefs;    /**< of the output codelet */
    void *y;               /**< first pixel and channel; all pixels of the tiles are written */
    nova_dtype dtype;      /**< of y */
    ptrdiff_t pixel,
        vector;        /**< elements of y from one pixel, one vector of channels to the next */
    const float *bias; /**< one for each channel of the vectors, or null */
    int relu;          /**< 1: negative outputs become zero */
    int stream; /**< whole cache lines are written, past the cache; nova_cpu_kernels.fence must
                     follow */
} nova_row_args;

typedef struct nova_row_kernel {
    void (*run[2])(const nova_row_args *args); /**< by vectors - 1; null: no such kernel */
    int tiles;                                 /**< that one call computes */
} nova_row_kernel;

#endif
