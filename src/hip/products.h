/*
 * products.h - products of a grid (gpu/grid.h) with the matrix instruction: 128 output channels by
 * 128 pixels a block, of which each of four waves has 64 by 64; 32 input channels at a time are in
 * shared memory, the next ones are on their way to registers meanwhile. Rows there are 72 bytes
 * apart, so that sixteen of them are read without bank conflicts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_PRODUCTS_H
#define NOVA_HIP_PRODUCTS_H

#include "hip/args.h"
#include "hip/types.h"

enum {
    SIDE = 16,      /* of a product */
    WAVE_SIDE = 64, /* channels and pixels of a wave */
    TILES = WAVE_SIDE / SIDE,
    DEPTH = 32, /* input channels of a stage: half a step of the grid */
    HALVES = NOVA_GPU_STEP_CHANNELS / DEPTH,
    ROW = DEPTH + 4, /* elements from one row to the next */
    PIECE = 8,       /* elements of 16 bytes */
    PIECES = DEPTH / PIECE,
    ROWS_AT_ONCE = NOVA_HIP_THREADS / PIECES,
    ROWS_PER_THREAD = NOVA_HIP_BLOCK / ROWS_AT_ONCE
};

/* What a thread carries from global to shared memory. */
struct carried {
    u32x4 u[ROWS_PER_THREAD], p[ROWS_PER_THREAD];
};
struct carried_pixels {
    int w[ROWS_PER_THREAD], h[ROWS_PER_THREAD], n[ROWS_PER_THREAD];
    bool exists[ROWS_PER_THREAD];
};

NOVA_DEVICE void fetch(const nova_gpu_products_args &args, const nova_gpu_block &block,
                       const carried_pixels &mine, int half_step, carried *to) {
    const nova_gpu_step at = nova_gpu_step_at(&args.grid, &block, half_step / HALVES);
    const int64_t c = at.c + half_step % HALVES * DEPTH + thread_number() % PIECES * PIECE;
    const bool in_channels = c < args.c_pitch;
#pragma unroll
    for (int i = 0; i < ROWS_PER_THREAD; i++) {
        const int64_t channel = block.channel + thread_number() / PIECES + i * ROWS_AT_ONCE;
        const int64_t w = at.w - block.w + mine.w[i], h = at.h - block.h + mine.h[i];
        to->u[i] = to->p[i] = u32x4{0, 0, 0, 0};
        if (in_channels && channel < args.k_pitch)
            to->u[i] = load<u32x4>((const uint16_t *)args.u +
                                   (at.slice * args.k_pitch + channel) * args.c_pitch + c);
        if (in_channels && mine.exists[i] && w >= 0 && w < args.p_w && h >= 0 && h < args.p_h)
            to->p[i] =
                load<u32x4>((const uint16_t *)args.p +
                            ((mine.n[i] * args.p_h + h) * args.p_row + w) * args.c_pitch + c);
    }
}

NOVA_DEVICE void put(uint16_t *rows, const u32x4 *pieces) {
#pragma unroll
    for (int i = 0; i < ROWS_PER_THREAD; i++) {
        uint16_t *to = rows + (thread_number() / PIECES + i * ROWS_AT_ONCE) * ROW +
                       thread_number() % PIECES * PIECE;
        store(to, u32x2{pieces[i][0], pieces[i][1]});
        store(to + PIECE / 2, u32x2{pieces[i][2], pieces[i][3]});
    }
}

/* One stage: `u`, `p`: the wave's first rows. */
template <typename T>
NOVA_DEVICE void multiply_stage(f32x4 (*sums)[TILES], const uint16_t *u, const uint16_t *p) {
    const int lane = thread_number() % NOVA_HIP_WAVE, own = lane % SIDE * ROW + lane / SIDE * 4;
#pragma unroll
    for (int k = 0; k < DEPTH; k += SIDE) {
        u32x2 a[TILES], b[TILES];
#pragma unroll
        for (int i = 0; i < TILES; i++) {
            a[i] = load<u32x2>(u + own + i * SIDE * ROW + k);
            b[i] = load<u32x2>(p + own + i * SIDE * ROW + k);
        }
#pragma unroll
        for (int i = 0; i < TILES; i++)
#pragma unroll
            for (int j = 0; j < TILES; j++)
                multiply((const T *)nullptr, &sums[i][j], a[i], b[j]);
    }
}

/* Four channels of a pixel to where they go; `row`: of sums. */
template <typename T>
NOVA_DEVICE void store_sums(const nova_gpu_products_args &args, int64_t row, int w, int h, int n,
                            int64_t channel, f32x4 sums) {
    const float v[] = {sums[0], sums[1], sums[2], sums[3]};
    if (args.target == NOVA_GPU_TO_OUTPUT)
        store_outputs<T, 4>(args.epilogue, output_index(args.epilogue, n, channel, h, w), channel,
                            v);
    else if (channel >= args.k_pitch)
        return;
    else if (args.target == NOVA_GPU_TO_FLOAT)
        store((float *)args.sums + row * args.k_pitch + channel, sums);
    else
        store((uint16_t *)args.sums + row * args.k_pitch + channel,
              u32x2{pack<T>(v[0], v[1]), pack<T>(v[2], v[3])});
}

template <typename T>
NOVA_DEVICE void products_block(const nova_gpu_products_args &args, uint16_t *u, uint16_t *p) {
    const int wave = thread_number() / NOVA_HIP_WAVE, lane = thread_number() % NOVA_HIP_WAVE;
    const int channel = wave % 2 * WAVE_SIDE, pixel = wave / 2 * WAVE_SIDE;
    const nova_gpu_block block = nova_gpu_block_at(&args.grid, block_number_x(), 0);
    carried_pixels mine;
#pragma unroll
    for (int i = 0; i < ROWS_PER_THREAD; i++)
        mine.exists[i] =
            nova_gpu_pixel_at(&args.grid, &block, thread_number() / PIECES + i * ROWS_AT_ONCE,
                              &mine.w[i], &mine.h[i], &mine.n[i]);
    f32x4 sums[TILES][TILES];
#pragma unroll
    for (int i = 0; i < TILES; i++)
#pragma unroll
        for (int j = 0; j < TILES; j++)
            sums[i][j] = f32x4{0, 0, 0, 0};
    const int first = block.first * HALVES, end = block.end * HALVES;
    carried next;
    if (first < end)
        fetch(args, block, mine, first, &next);
    for (int step = first; step < end; step++) {
        meet_block(); /* nobody reads the stage before any more */
        put(u, next.u);
        put(p, next.p);
        meet_block();
        if (step + 1 < end)
            fetch(args, block, mine, step + 1, &next);
        multiply_stage<T>(sums, u + channel * ROW, p + pixel * ROW);
    }
#pragma unroll
    for (int j = 0; j < TILES; j++) {
        int w, h, n;
        if (!nova_gpu_pixel_at(&args.grid, &block, pixel + j * SIDE + lane % SIDE, &w, &h, &n))
            continue;
        const int64_t row = block.split * args.sums_split +
                            ((int64_t)n * args.grid.extent_h + h) * args.sums_row + w;
#pragma unroll
        for (int i = 0; i < TILES; i++)
            store_sums<T>(args, row, w, h, n, block.channel + channel + i * SIDE + lane / SIDE * 4,
                          sums[i][j]);
    }
}

#endif
