/*
 * direct.h - what direct convolution in binary32 (direct.c) and by products of pairs
 * (pair_direct.c, pair_patch.c) share.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CPU_DIRECT_H
#define NOVA_CPU_DIRECT_H

#include "cpu/engine.h"

/** A block of output pixels; `cols` and `rows` are clipped to the image. */
typedef struct nova_pixel_block {
    int64_t image, row, col;
    int rows, cols;
} nova_pixel_block;

nova_pixel_block nova_direct_block(const nova_engine *engine, int64_t block);

/** The window of the input that a block of output pixels needs, without the channel. */
nova_window nova_direct_source(const nova_engine *engine, const nova_pixel_block *block);

/** The image that y and the residual have for a block, and how it is written; of the window the
    columns are set, rows and channel are not. */
typedef struct nova_destination {
    nova_window window;
    nova_epilogue epilogue;
    char *image;
} nova_destination;

nova_destination nova_direct_destination(const nova_engine *engine, const nova_tensors *tensors,
                                         const nova_pixel_block *block);

/** Blocks of block_rows x block_cols outputs as tasks, with the output channels split where there
    are fewer of them than threads. */
void nova_direct_share(nova_engine *engine,
                       void (*task)(const nova_job *job, nova_buffers *buffers, int64_t task));

/** Sets up direct convolution in engine->parts parts; the shape, the groups of channels and k_block
    are set. Errors: NOVA_SIZE_OVERFLOW. */
nova_status nova_pair_direct_init(nova_engine *engine);

/* ---- pair_patch.c */

/** True if the taps of the filter are to be channels of the patch: there are so few channels that
    most of a pair group would be empty. */
bool nova_pair_patch_folds(const nova_engine *engine);

/** Pixels that follow the last row of the patch: the rest of its padding at the right. */
int64_t nova_pair_patch_tail(const nova_engine *engine);

/** Strides and sizes of the patch of a block, and of what is needed to make it. Errors:
    NOVA_SIZE_OVERFLOW. */
nova_status nova_pair_patch_size(nova_engine *engine);

/** Makes the patch of a block in buffers->v. */
void nova_pair_patch(const nova_job *job, const nova_pixel_block *block, nova_buffers *buffers);

#endif
