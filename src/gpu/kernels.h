/*
 * kernels.h - arguments of the GPU's kernels, passed by value at launch, and the functions that
 * launch them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_KERNELS_H
#define NOVA_GPU_KERNELS_H

#include "gpu/engine.h"
#include "gpu/few.h"
#include "gpu/transpose.h"

/** A run of tiles: number `first` and the `count` that follow, rows of tiles behind one another. */
typedef struct nova_gpu_tiles {
    int64_t first, count;
    int across, down; /* tiles of a row, rows of an image */
    int tile_h, tile_w;
} nova_gpu_tiles;

/** to[image][column][row] = from[image][row][column]; elements have 16 bits. */
typedef struct nova_gpu_transpose_args {
    const void *from;
    void *to;
    int64_t rows, columns;
    int64_t to_rows;                                /* of the result, zeros from number `rows` on */
    unsigned squares, squares_across, squares_down; /* all; of a matrix: along its columns, rows */
    int64_t from_pitch, from_image, to_pitch, to_image; /* elements to the next row, image */
} nova_gpu_transpose_args;

/** to[image][i][j][pitch]: the elements of x, of 16 bits, that output (i, j) is made of, in the
    order [tap][channel], zeros behind and where a tap lies outside x. */
typedef struct nova_gpu_gather_args {
    const void *x;
    void *to;
    int64_t lines;                       /* rows of outputs of all images */
    int64_t x_image, x_pixel, x_channel; /* elements of x to the next image, pixel, channel */
    int c, h, w, r, s, pad_top, pad_left;
    int out_h, out_w, pitch; /* the last a multiple of 8 */
} nova_gpu_gather_args;

/** V = B^T d B of a run of tiles; x is channel-last. */
typedef struct nova_gpu_input_args {
    const void *x;
    void *v;
    nova_gpu_tiles tiles;
    int h, w, pad_top, pad_left, inputs_h, inputs_w;
    int64_t x_pitch;         /* elements from one pixel of x to the next, a multiple of 8 */
    int64_t pitch, position; /* from one tile, one position of V to the next; the first one is a
                                multiple of NOVA_GPU_RUN_CHANNELS */
    nova_gpu_matrix matrix;
    const void *fragments; /* of the matrix */
} nova_gpu_input_args;

/** What happens to a sum before it is stored as an element of y. */
typedef struct nova_gpu_epilogue {
    void *y;
    const float *bias;    /* or null */
    const void *residual; /* or null */
    int64_t k, out_h, out_w;
    nova_layout layout; /* NOVA_NHWC, the only one that kernels store */
    nova_activation activation;
} nova_gpu_epilogue;

/** y = A^T M A of a run of tiles. */
typedef struct nova_gpu_output_args {
    const void *m;
    nova_gpu_tiles tiles;
    int64_t pitch, position; /* of M */
    int m_is_float;
    nova_gpu_matrix matrix;
    const void *fragments;
    float factor; /* of the sums */
    nova_gpu_epilogue epilogue;
} nova_gpu_output_args;

/** Where sums of products go. */
typedef enum nova_gpu_target {
    NOVA_GPU_TO_HALF = 0,  /* rows of the tensors' type: M */
    NOVA_GPU_TO_FLOAT = 1, /* rows of binary32: M, partial sums */
    NOVA_GPU_TO_OUTPUT = 2 /* y, through the epilogue */
} nova_gpu_target;

/** Products of a grid. Rows of sums: [split][n][h][w][pitch]. */
typedef struct nova_gpu_products_args {
    const void *u; /* [slices][k_pitch][c_pitch] */
    const void *p; /* [n][h][w][c_pitch] */
    int64_t p_w, p_h, p_n;
    int64_t p_row; /* pixels from one row (Winograd: position) of p to the next */
    int slices;
    int64_t c_pitch, k_pitch;
    nova_gpu_grid grid;
    nova_gpu_target target;
    void *sums;                   /* unless the target is y */
    int64_t sums_row, sums_split; /* rows of sums from one h, one split to the next */
    int boxes; /* sums leave in the tensors' type, in rows of whole 16 bytes, unsplit: as boxes */
    nova_gpu_epilogue epilogue; /* if it is */
} nova_gpu_products_args;

/** Direct convolution with few output channels: y from one pass over x. */
typedef struct nova_gpu_few_outputs_args {
    const void *u; /* [columns][c_pitch]: column tap * k + channel */
    const void *x; /* [n][h][w][c_pitch] */
    int64_t n, c_pitch;
    int h, w, r, s, pad_top, pad_left;
    int columns;      /* r s k, to a multiple of NOVA_GPU_FEW_ROUND */
    int box_w, box_h; /* of x: a patch, or a strip */
    int out_w, out_h; /* its outputs: the box less the filter's margin */
    int across, down; /* patches or strips of an image */
    int pixels;       /* that a block of patches multiplies: 128 or 256 */
    nova_gpu_epilogue epilogue;
} nova_gpu_few_outputs_args;

/** Direct convolution with few input channels: y from x as it is. */
typedef struct nova_gpu_few_inputs_args {
    const void *u; /* [k_pitch][c_pitch]: element tap * c + channel */
    const void *x;
    unsigned tiles;                      /* of NOVA_GPU_GATHER_TILE pixels of a row of y, */
    int across;                          /* of a row */
    int64_t x_image, x_pixel, x_channel; /* elements of x to the next image, pixel, channel */
    int64_t c_pitch, k_pitch;
    int c, h, w, r, s, pad_top, pad_left;
    int steps;    /* of 16 elements, that are gathered at a time */
    int depth;    /* r s c, to whole rounds of that */
    int channels; /* output channels of a block, a multiple of NOVA_GPU_GATHER_CHANNELS */
    nova_gpu_epilogue epilogue;
} nova_gpu_few_inputs_args;

/** Direct convolution of a small map, all in one kernel. What follows from the grid is worked out
    before: every instruction counts in a kernel that takes 2 us. */
typedef struct nova_gpu_resident_args {
    nova_gpu_resident grid;
    int pad_top, pad_left;
    int u_bytes, x_bytes, box_bytes; /* of a chunk in shared memory; of x's that is copied */
    int x_at, sums_at, barriers_at;  /* in shared memory, where U is first */
    int row, inverse;                /* nova_gpu_resident_row(), ..._inverse() */
    int share;                       /* nova_gpu_resident_share() */
    int exchange;                    /* sums go through shared memory, of the cluster */
    nova_gpu_epilogue epilogue;
} nova_gpu_resident_args;

/** Winograd along the rows, all in one kernel. */
typedef struct nova_gpu_rows_args {
    nova_gpu_grid grid;
    float factor; /* of the sums */
    nova_gpu_epilogue epilogue;
} nova_gpu_rows_args;

/** Adds partial sums [splits][pixels][pitch] in order and stores y. */
typedef struct nova_gpu_finish_args {
    const float *sums;
    int splits;
    int64_t pixels, pitch;
    nova_gpu_epilogue epilogue;
} nova_gpu_finish_args;

#endif
