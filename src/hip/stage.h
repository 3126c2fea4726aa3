/*
 * stage.h - tensors transposed and gathered (gpu/move.h); sums of split products to y.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_STAGE_H
#define NOVA_HIP_STAGE_H

#include "hip/args.h"
#include "hip/types.h"

/* ---- moving: kernels follow each other on a stream, nothing has to be waited for */

struct alignas(16) move_piece {
    uint32_t x, y, z, w;
};
NOVA_DEVICE uint32_t rows_of_blocks(int64_t lines) {
    return (uint32_t)(lines < NOVA_HIP_MOST_ROWS ? lines : NOVA_HIP_MOST_ROWS);
}
#define MOVE_DEVICE NOVA_DEVICE
#define MOVE_PIECE(x, y, z, w) (move_piece{x, y, z, w})
#define MOVE_LOW(a, b) (((a)&0xffffu) | (b) << 16)
#define MOVE_HIGH(a, b) ((a) >> 16 | ((b)&0xffff0000u))
#define MOVE_WAIT()
#define MOVE_MEET() meet_block()
#define MOVE_INDEX() ((int64_t)block_number_x() * NOVA_HIP_THREADS + thread_number())
#define MOVE_LINE() (uint32_t) block_number_y()
#define MOVE_LINES(args) rows_of_blocks((args).lines)
#include "gpu/move.h"

/* ---- sums */

/** A thread adds all splits of two channels of a pixel, in their order. */
template <typename T> NOVA_DEVICE void finish_block(const nova_gpu_finish_args &args) {
    const nova_gpu_epilogue &e = args.epilogue;
    const int64_t pairs = (e.k + 1) / 2;
    const int64_t at = (int64_t)block_number_x() * NOVA_HIP_THREADS + thread_number();
    const int64_t pixel = at / pairs, channel = 2 * (at - pixel * pairs);
    if (pixel >= args.pixels)
        return;
    const float *from = args.sums + pixel * args.pitch + channel;
    V sum = {0, 0};
    for (int split = 0; split < args.splits; split++)
        sum += load<V>(from + split * args.pixels * args.pitch);
    const float v[] = {sum[0], sum[1]};
    const int64_t image = e.out_h * e.out_w, n = pixel / image, within = pixel - n * image;
    store_outputs<T, 2>(e, output_index(e, n, channel, within / e.out_w, within % e.out_w), channel,
                        v);
}

#endif
