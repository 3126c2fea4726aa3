/*
 * stage.h - x to channel-last with a pitch of eight channels; sums of split products to y.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_STAGE_H
#define NOVA_HIP_STAGE_H

#include "hip/args.h"
#include "hip/types.h"

enum { STAGE_ROW = NOVA_HIP_SIDE + 2, MOST_IMAGES = 65535 /* blocks in the third dimension */ };

/** Block: 32 pixels by 32 channels of an image, through shared memory, so that both sides are read
    and written along their fast dimension. */
NOVA_DEVICE void stage_block(const nova_hip_stage_args &args, uint16_t *square) {
    enum { ROWS = NOVA_HIP_THREADS / NOVA_HIP_SIDE };
    const int lane = thread_number() % NOVA_HIP_SIDE, row = thread_number() / NOVA_HIP_SIDE;
    const int64_t pixel0 = (int64_t)block_number_x() * NOVA_HIP_SIDE;
    const int64_t c0 = (int64_t)block_number_y() * NOVA_HIP_SIDE;
    const bool channel_first = args.layout == NOVA_NCHW;
    for (int64_t image = block_number_z(); image < args.n; image += MOST_IMAGES) {
        const uint16_t *x = (const uint16_t *)args.x + image * args.pixels * args.c;
        for (int i = row; i < NOVA_HIP_SIDE; i += ROWS) {
            const int64_t c = c0 + (channel_first ? i : lane);
            const int64_t pixel = pixel0 + (channel_first ? lane : i);
            const int64_t at = channel_first ? c * args.pixels + pixel : pixel * args.c + c;
            square[(pixel - pixel0) * STAGE_ROW + c - c0] =
                c < args.c && pixel < args.pixels ? x[at] : (uint16_t)0;
        }
        meet_block();
        uint16_t *to = (uint16_t *)args.to + image * args.pixels * args.pitch;
        for (int i = row; i < NOVA_HIP_SIDE; i += ROWS) {
            const int64_t c = c0 + lane, pixel = pixel0 + i;
            if (c < args.pitch && pixel < args.pixels)
                to[pixel * args.pitch + c] = square[i * STAGE_ROW + lane];
        }
        meet_block();
    }
}

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
