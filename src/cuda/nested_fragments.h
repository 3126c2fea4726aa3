/*
 * nested_fragments.h - V of nested_sm90.cu, made in registers from pixels in shared memory
 * (gpu/nested.h), in the fragments that its products take; and binary16 in pairs, what that and its
 * sums are added with.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_NESTED_FRAGMENTS_H
#define NOVA_CUDA_NESTED_FRAGMENTS_H

#include "cuda/instructions.h"
#include "cuda/strip.h"
#include "gpu/nested.h"

enum {
    LINE = NOVA_GPU_NESTED_LINE,
    STEPS = NOVA_GPU_NESTED_STEPS,
    PAIRS = 3 /* of columns of a warp's two tiles */
};

/* ---------------------------------------------------------------- binary16 in pairs */

static __device__ __forceinline__ uint32_t add(uint32_t a, uint32_t b) {
    uint32_t sum;
    asm volatile("add.rn.f16x2 %0, %1, %2;" : "=r"(sum) : "r"(a), "r"(b));
    return sum;
}
static __device__ __forceinline__ uint32_t subtract(uint32_t a, uint32_t b) {
    uint32_t difference;
    asm volatile("sub.rn.f16x2 %0, %1, %2;" : "=r"(difference) : "r"(a), "r"(b));
    return difference;
}

/* ---------------------------------------------------------------- V */

/** Pixels of a step: two rows of six columns, each two halves of its channels. */
typedef uint32_t pixels[2][2 * PAIRS][2];
/** Fragments of a row of positions. */
typedef uint32_t fragments[LINE][4];
/** Where a lane loads pixels from, for both rows; swizzled for the channels of chunk `chunk`, a
    constant wherever it is used. */
typedef struct source {
    uint32_t at[2][PAIRS];
    int chunk;
} source;

static __device__ __forceinline__ void find_pixels(uint32_t planes, source *from) {
    const int warp = threadIdx.x % GROUP_THREADS / 32, lane = threadIdx.x % 32;
    from->chunk = nova_gpu_nested_chunk(STEPS - 1); /* as it is behind a unit */
#pragma unroll
    for (int i = 0; i < 2 * PAIRS; i++)
        from->at[i / PAIRS][i % PAIRS] =
            (planes + nova_gpu_rows_piece(nova_gpu_nested_pixel(warp, lane, i % PAIRS, i / PAIRS),
                                          nova_gpu_nested_half(lane))) ^
            from->chunk << 5;
}

static __device__ __forceinline__ void load_pixels(int step, source *from, pixels d) {
    const int chunk = nova_gpu_nested_chunk(step), line = nova_gpu_nested_line(step);
#pragma unroll
    for (int row = 0; row < 2; row++)
#pragma unroll
        for (int pair = 0; pair < PAIRS; pair++) {
            if (chunk != from->chunk) /* in place: four chunks' addresses do not fit */
                asm volatile("xor.b32 %0, %0, %1;"
                             : "+r"(from->at[row][pair])
                             : "r"((chunk ^ from->chunk) << 5));
            load_matrices(d[row][2 * pair], from->at[row][pair] + nova_gpu_nested_plane(line, row) *
                                                                      NOVA_GPU_NESTED_PLANE_ROOM);
        }
    from->chunk = chunk;
}

/* V of a step, first along the height. */
static __device__ __forceinline__ void make_fragments(int step, const pixels d, fragments v) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
        uint32_t e[2 * PAIRS];
#pragma unroll
        for (int i = 0; i < 2 * PAIRS; i++)
            e[i] = nova_gpu_nested_line(step) == 1 ? add(d[0][i][half], d[1][i][half])
                                                   : subtract(d[1][i][half], d[0][i][half]);
#pragma unroll
        for (int tile = 0; tile < 2; tile++) {
            const uint32_t *x = e + NOVA_GPU_NESTED_TILE * tile;
            const int to = 2 * half + tile;
            v[0][to] = subtract(x[2], x[0]);
            v[1][to] = add(x[1], x[2]);
            v[2][to] = subtract(x[2], x[1]);
            v[3][to] = subtract(x[3], x[1]);
        }
    }
}

#endif
