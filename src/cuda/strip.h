/*
 * strip.h - from the fragments of a group of 128 threads (64 output channels) to global memory, 32
 * pixels at a time, through a strip of shared memory; gpu/grid.h has the layout. Where each pixel
 * of the block goes is worked out once, in a table.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_STRIP_H
#define NOVA_CUDA_STRIP_H

#include "cuda/device.h"

enum {
    STRIP_FLOATS = NOVA_GPU_STRIP_PIXELS * NOVA_GPU_STRIP_PITCH,
    STRIP_TABLE = 256, /* pixels of the largest block */
    GROUP_THREADS = 128,
    GROUP_WARPS = GROUP_THREADS / 32
};

/** A group's part of shared memory. */
typedef struct strip_memory {
    int64_t table[STRIP_TABLE]; /* element that channel 0 of the pixel goes to, or -1 */
    float strip[STRIP_FLOATS];
} strip_memory;

/** A barrier of the group's threads; groups are numbered from 0. */
static __device__ __forceinline__ void group_sync(int group) {
    meet_threads(group + 1, GROUP_THREADS);
}

/** Fills the table for `pixels` of a block from number `first` on; the group's threads meet before
    it is used. */
static __device__ __forceinline__ void strip_prepare(const nova_gpu_products_args &args,
                                                     const nova_gpu_block &block, int first,
                                                     int pixels, int64_t *table) {
    for (int i = threadIdx.x % GROUP_THREADS; i < pixels; i += GROUP_THREADS) {
        int w, h, n;
        int64_t at = -1;
        if (nova_gpu_pixel_at(&args.grid, &block, first + i, &w, &h, &n)) {
            if (args.target == NOVA_GPU_TO_OUTPUT)
                at = output_index(&args.epilogue, n, 0, h, w);
            else
                at = args.k_pitch * (block.split * args.sums_split +
                                     ((int64_t)n * args.grid.extent_h + h) * args.sums_row + w);
        }
        table[i] = at;
    }
}

/** Fragments of 16 channels by 32 pixels, from channel `first` of the group, into the strip. */
static __device__ __forceinline__ void strip_write(float *strip, int pitch, int first,
                                                   const float *fragments) {
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int j = 0; j < NOVA_GPU_STRIP_PIXELS / 8; j++)
#pragma unroll
        for (int e = 0; e < 4; e++)
            strip[nova_gpu_strip_at(pitch, nova_gpu_fragment_pixel(lane, j, e),
                                    first + nova_gpu_fragment_channel(lane, e))] =
                fragments[4 * j + e];
}

/** A row per pixel in the workspace, or channel-last y: a warp takes a pixel, two channels a lane.
    `table` starts at the strip's first pixel; the strip holds `pixels`. */
template <typename T, bool OUTPUT>
static __device__ __forceinline__ void strip_store_rows(const nova_gpu_products_args &args,
                                                        const int64_t *table, int64_t channel0,
                                                        const float *strip, int pixels) {
    const int lane = threadIdx.x % 32, warp = threadIdx.x % GROUP_THREADS / 32;
    const int64_t channel = channel0 + 2 * lane;
    if (channel >= (OUTPUT ? args.epilogue.k : args.k_pitch))
        return;
    const V bias = OUTPUT ? bias_pair(&args.epilogue, channel) : make_float2(0, 0);
#pragma unroll 4
    for (int i = warp; i < pixels; i += GROUP_WARPS) {
        const int64_t at = table[i];
        const V v = *(const V *)(strip + nova_gpu_strip_at(NOVA_GPU_STRIP_PITCH, i, 2 * lane));
        if (at < 0)
            continue;
        if constexpr (OUTPUT)
            store_biased_pair<T>(&args.epilogue, at + channel, channel, V_ADD(v, bias));
        else
            store_pair((T *)args.sums + at + channel, v);
    }
}

/** The strip to where the sums go. */
template <typename T>
static __device__ __forceinline__ void strip_store(const nova_gpu_products_args &args,
                                                   const int64_t *table, int64_t channel0,
                                                   const float *strip, int pixels) {
    if (args.target == NOVA_GPU_TO_HALF)
        strip_store_rows<T, false>(args, table, channel0, strip, pixels);
    else if (args.target == NOVA_GPU_TO_FLOAT)
        strip_store_rows<float, false>(args, table, channel0, strip, pixels);
    else
        strip_store_rows<T, true>(args, table, channel0, strip, pixels);
}

#endif
