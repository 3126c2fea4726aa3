/*
 * rows_fragments.h - V of rows_sm90.cu, made in registers from pixels in shared memory
 * (gpu/rows.h), in the fragments that its products take.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_ROWS_FRAGMENTS_H
#define NOVA_CUDA_ROWS_FRAGMENTS_H

#include "cuda/strip.h"
#include "gpu/rows.h"

enum {
    POSITIONS = NOVA_GPU_ROWS_POSITIONS,
    PAIRS = 3 /* of pixels that a thread's two tiles are made of */
};

/* Two channels; in assembly, and volatile, so that they stay between the products where they are.
 */
template <typename T> static __device__ __forceinline__ uint32_t add_pairs(uint32_t a, uint32_t b) {
    uint32_t sum;
    if constexpr (__is_same(T, __half))
        asm volatile("add.rn.f16x2 %0, %1, %2;" : "=r"(sum) : "r"(a), "r"(b));
    else
        asm volatile("add.rn.bf16x2 %0, %1, %2;" : "=r"(sum) : "r"(a), "r"(b));
    return sum;
}
template <typename T>
static __device__ __forceinline__ uint32_t subtract_pairs(uint32_t a, uint32_t b) {
    uint32_t rest;
    if constexpr (__is_same(T, __half))
        asm volatile("sub.rn.f16x2 %0, %1, %2;" : "=r"(rest) : "r"(a), "r"(b));
    else
        asm volatile("sub.rn.bf16x2 %0, %1, %2;" : "=r"(rest) : "r"(a), "r"(b));
    return rest;
}

/** Pixels of a step, a row of the filter and 16 channels: those of two tiles, in halves. */
typedef struct pixels {
    uint32_t half[2 * PAIRS][2];
} pixels;

/** V of a step, a fragment for each position. */
typedef struct fragments {
    uint32_t position[POSITIONS][4];
} fragments;

/* Where a lane's pixels of a row of the filter lie, the first 16 channels. */
static __device__ __forceinline__ void find_pixels(uint32_t box, int in_h, int row, uint32_t *at) {
    const int warp = threadIdx.x % GROUP_THREADS / 32, lane = threadIdx.x % 32;
#pragma unroll
    for (int pair = 0; pair < PAIRS; pair++)
        at[pair] = box + nova_gpu_rows_piece(nova_gpu_rows_pixel(in_h, warp, lane, pair) + row,
                                             nova_gpu_rows_half(lane));
}

/* Pieces are swizzled by exclusive or: so other channels are found. */
static __device__ __forceinline__ void load_pixels(const uint32_t *at, int step, pixels *d) {
#pragma unroll
    for (int pair = 0; pair < PAIRS; pair++)
        load_matrices(d->half[2 * pair], at[pair] ^ (2 * step << 4));
}

/* Half of the channels of V. */
template <typename T>
static __device__ __forceinline__ void make_half(const pixels &d, int half, fragments *v) {
#pragma unroll
    for (int tile = 0; tile < 2; tile++) {
        const int first = NOVA_GPU_ROWS_TILE * tile, to = 2 * half + tile;
        const uint32_t d0 = d.half[first][half], d1 = d.half[first + 1][half],
                       d2 = d.half[first + 2][half], d3 = d.half[first + 3][half];
        v->position[0][to] = subtract_pairs<T>(d2, d0);
        v->position[1][to] = add_pairs<T>(d1, d2);
        v->position[2][to] = subtract_pairs<T>(d2, d1);
        v->position[3][to] = subtract_pairs<T>(d3, d1);
    }
}

#endif
