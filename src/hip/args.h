/*
 * args.h - arguments of the HIP kernels beside those of gpu/kernels.h; passed by value, so that
 * coefficients arrive in scalar registers.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_ARGS_H
#define NOVA_HIP_ARGS_H

#include "gpu/kernels.h"

enum {
    NOVA_HIP_THREADS = 256, /* of every block */
    NOVA_HIP_MAX_COEFS = 32,
    NOVA_HIP_MAX_POSITIONS = 100, /* F(8,3) has that many */
    NOVA_HIP_BLOCK = 128,         /* output channels and pixels of a block of products */
    NOVA_HIP_MOST_ROWS = 65535    /* of blocks in a grid */
};

/** A transposition, of which `blocks` blocks take turns. */
typedef struct nova_hip_transpose_args {
    nova_gpu_transpose_args matrix;
    unsigned blocks;
} nova_hip_transpose_args;

/** Codelets' coefficients, and the power of two that each position is multiplied by. */
typedef struct nova_hip_transform {
    float h[NOVA_HIP_MAX_COEFS], w[NOVA_HIP_MAX_COEFS];
    float scale[NOVA_HIP_MAX_POSITIONS];
} nova_hip_transform;

/** V = B^T d B of a run of tiles; x is channel-last. A thread takes two channels of a tile. */
typedef struct nova_hip_input_args {
    const void *x;
    void *v;
    nova_gpu_tiles tiles;
    int h, w, pad_top, pad_left;
    int x_pitch;             /* elements from one pixel of x to the next */
    int pairs;               /* of channels that V has: pitch / 2 */
    int64_t pitch, position; /* from one tile, one position of V to the next */
    nova_hip_transform transform;
} nova_hip_input_args;

/** y = A^T M A of a run of tiles. */
typedef struct nova_hip_output_args {
    const void *m;
    nova_gpu_tiles tiles;
    int pairs;
    int64_t pitch, position; /* of M */
    nova_gpu_epilogue epilogue;
    nova_hip_transform transform;
} nova_hip_output_args;

/** The whole convolution of up to NOVA_GPU_FUSED_CHANNELS channels; x is channel-last. */
typedef struct nova_hip_fused_args {
    const void *x, *u;
    nova_gpu_tiles tiles;
    int h, w, pad_top, pad_left;
    int x_pitch;
    uint32_t x_bytes;           /* of all of x; less than 2^30 */
    int chunks, channel_blocks; /* of NOVA_GPU_FUSED_CHUNK input, NOVA_GPU_FUSED_SIDE output
                                   channels */
    nova_gpu_epilogue epilogue;
    nova_hip_transform input, output;
} nova_hip_fused_args;

#endif
