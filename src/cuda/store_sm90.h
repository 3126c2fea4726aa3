/*
 * store_sm90.h - what turns_sm90.cu does with sums: by the copy engine where y is rows of 16 bytes,
 * through strips elsewhere, and adding them up in a cluster first.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_STORE_SM90_H
#define NOVA_CUDA_STORE_SM90_H

#include "cuda/sums_sm90.h"
#include "cuda/tile_sm90.h"

/* ---------------------------------------------------------------- boxes */

/* Adds a slab, which lies as write_slab() would write it. */
template <typename T, int PIXELS>
static __device__ __forceinline__ void add_slab(const unsigned char *slab, float *sums) {
    const uint32_t from = row_in_slab(slab);
#pragma unroll
    for (int j = 0; j < PIXELS / 16; j++) {
        uint32_t pairs[4];
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(pairs[0]), "=r"(pairs[1]), "=r"(pairs[2]), "=r"(pairs[3])
                     : "r"(from + j * 16 * ROW_BYTES)
                     : "memory");
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const V values = unpack(T(), pairs[i]);
            sums[8 * j + 2 * i] += values.x;
            sums[8 * j + 2 * i + 1] += values.y;
        }
    }
}

/* Bias, residual and activation. */
template <typename T, int PIXELS>
static __device__ __forceinline__ void finish_sums(const nova_gpu_epilogue *e, int channel0,
                                                   const unsigned char *residual, float *sums) {
    add_bias<PIXELS>(e, channel0, sums);
    if (e->residual)
        add_slab<T, PIXELS>(residual, sums);
    activate_sums<PIXELS>(e, sums);
}

static __device__ __forceinline__ bool has_residual(const nova_gpu_products_args &args) {
    return args.boxes && args.epilogue.residual;
}

/* Asks for a group's part of the residual, into the staging that its sums will take the place of;
   one thread of the group. */
template <int SLABS, int PIXELS>
static __device__ __forceinline__ void ask_residual(const CUtensorMap *map,
                                                    const nova_gpu_grid &grid,
                                                    unsigned char *staging, uint64_t *arrived,
                                                    const nova_gpu_block &block, int channel) {
    asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory"); /* the block before has left */
    barrier_expect(arrived, SLABS * grid.box_w * grid.box_h * grid.box_n * ROW_BYTES);
#pragma unroll
    for (int slab = 0; slab < SLABS; slab++)
        copy_box_4(staging + slab * PIXELS * ROW_BYTES, map,
                   channel + slab * NOVA_GPU_SLAB_CHANNELS, block.w, block.h, block.n, arrived, 0);
}

/* Sums to y, a box of the copy engine's for each slab. What lies outside y is not written. */
template <typename T, int PIXELS, int SLABS>
static __device__ __forceinline__ void store_boxes(const nova_gpu_products_args &args,
                                                   const CUtensorMap *map, unsigned char *staging,
                                                   const nova_gpu_block &block, int channel,
                                                   int group, float (*sums)[PIXELS / 2]) {
    enum { SLAB_BYTES = PIXELS * ROW_BYTES };
    const bool first = threadIdx.x % GROUP_THREADS == 0;
#pragma unroll
    for (int slab = 0; slab < SLABS; slab++)
        finish_sums<T, PIXELS>(&args.epilogue, channel + slab * NOVA_GPU_SLAB_CHANNELS,
                               staging + slab * SLAB_BYTES, sums[slab]);
    if (first) /* the block before has left the staging */
        asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
    group_sync(group);
#pragma unroll
    for (int slab = 0; slab < SLABS; slab++)
        write_slab<T, PIXELS>(staging + slab * SLAB_BYTES, sums[slab]);
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    group_sync(group);
    if (!first)
        return;
#pragma unroll
    for (int slab = 0; slab < SLABS; slab++)
        store_box_4(map, channel + slab * NOVA_GPU_SLAB_CHANNELS, block.w, block.h, block.n,
                    staging + slab * SLAB_BYTES);
    asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}

/* ---------------------------------------------------------------- strips */

/* All other sums. */
template <typename T, int PIXELS, int SLABS>
static __device__ __forceinline__ void store_strips(const nova_gpu_products_args &args,
                                                    strip_memory *own, const nova_gpu_block &block,
                                                    int channel, int group,
                                                    float (*sums)[PIXELS / 2]) {
    const int warp = threadIdx.x % GROUP_THREADS / 32;
    strip_prepare(args, block, 0, PIXELS, own->table);
#pragma unroll
    for (int slab = 0; slab < SLABS; slab++)
#pragma unroll
        for (int q = 0; q < PIXELS / NOVA_GPU_STRIP_PIXELS; q++) {
            strip_write(own->strip, NOVA_GPU_STRIP_PITCH, 16 * warp, sums[slab] + q * 16);
            group_sync(group);
            strip_store<T>(args, own->table + q * NOVA_GPU_STRIP_PIXELS,
                           channel + slab * NOVA_GPU_SLAB_CHANNELS, own->strip,
                           NOVA_GPU_STRIP_PIXELS);
            group_sync(group);
        }
}

/* ---------------------------------------------------------------- sums of a cluster */

/* A group's sums into the block's shared memory; `partial` is that of the group's first channel. */
template <int CHANNELS, int PIXELS, int SLABS>
static __device__ __forceinline__ void lay_sums(float *partial, float (*sums)[PIXELS / 2]) {
    const int pitch = nova_gpu_partial_pitch(CHANNELS);
    const int warp = threadIdx.x % GROUP_THREADS / 32;
#pragma unroll
    for (int slab = 0; slab < SLABS; slab++)
#pragma unroll
        for (int q = 0; q < PIXELS / NOVA_GPU_STRIP_PIXELS; q++)
            strip_write(partial + q * NOVA_GPU_STRIP_PIXELS * pitch, pitch,
                        slab * NOVA_GPU_SLAB_CHANNELS + 16 * warp, sums[slab] + q * 16);
}

/** What a block of a cluster adds and stores: pixels from `first` on. */
typedef struct share {
    nova_gpu_block block;
    int first, pixels;
} share;

template <int PIXELS>
static __device__ __forceinline__ share prepare_share(const nova_gpu_products_args &args, int rank,
                                                      strip_memory *strip) {
    const int splits = args.grid.splits;
    share own;
    own.block = nova_gpu_block_at(&args.grid, blockIdx.x / splits, rank);
    own.first = nova_gpu_share_at(PIXELS, splits, rank);
    own.pixels = nova_gpu_share_at(PIXELS, splits, rank + 1) - own.first;
    strip_prepare(args, own.block, own.first, own.pixels, strip->table);
    return own;
}

/* Sends every other block of the cluster its share of this block's sums; one thread. */
template <int CHANNELS, int PIXELS>
static __device__ __forceinline__ void send_shares(const layout &l, int splits, int rank) {
    enum { ROW = (CHANNELS + 4) * (int)sizeof(float) };
    const unsigned char *sums = l.stages, *received = sums + PIXELS * ROW;
    for (int i = 0; i < splits; i++) {
        const int first = nova_gpu_share_at(PIXELS, splits, i);
        const int bytes = (nova_gpu_share_at(PIXELS, splits, i + 1) - first) * ROW;
        if (i == rank)
            barrier_expect(l.received, (splits - 1) * bytes);
        else
            copy_to_cluster(received + rank * bytes, i, sums + first * ROW, bytes, l.received);
    }
}

/** Where the sums of this block's share lie: its own, and those of split i `distance` floats times
    i from `received`. */
typedef struct shared_sums {
    const float *own, *received;
    int distance, rank;
} shared_sums;

static __device__ __forceinline__ float4 sum_of_split(const shared_sums &from, int split, int at) {
    const float *sums = split == from.rank ? from.own : from.received + split * from.distance;
    return *(const float4 *)(sums + at);
}

/* Adds 64 channels of up to NOVA_GPU_STRIP_PIXELS pixels, `at` floats from the begin, into a strip,
   in the order of the splits. */
static __device__ __forceinline__ void add_strip(const shared_sums &from, int at, int pitch,
                                                 int splits, int pixels, float *strip) {
    enum { QUADS = NOVA_GPU_SLAB_CHANNELS / 4 };
    for (int i = threadIdx.x % GROUP_THREADS; i < pixels * QUADS; i += GROUP_THREADS) {
        const int pixel = i / QUADS, channel = i % QUADS * 4;
        const int here = at + pixel * pitch + channel;
        float4 sum = sum_of_split(from, 0, here);
#pragma unroll
        for (int split = 1; split < NOVA_GPU_MOST_CLUSTERED; split++)
            if (split < splits) {
                const float4 more = sum_of_split(from, split, here);
                sum.x += more.x, sum.y += more.y, sum.z += more.z, sum.w += more.w;
            }
        float2 *to = (float2 *)(strip + nova_gpu_strip_at(NOVA_GPU_STRIP_PITCH, pixel, channel));
        to[0] = make_float2(sum.x, sum.y);
        to[1] = make_float2(sum.z, sum.w);
    }
}

/* This block's share of the pixels: added, and stored with the epilogue. Groups take strips in
   turn. */
template <typename T, int CHANNELS, int PIXELS>
static __device__ __forceinline__ void add_share(const nova_gpu_products_args &args,
                                                 const share &own, const layout &l,
                                                 strip_memory *strip, int rank, int group) {
    const int pitch = nova_gpu_partial_pitch(CHANNELS);
    const float *sums = (const float *)l.stages;
    const shared_sums from = {sums + own.first * pitch, sums + PIXELS * pitch, own.pixels * pitch,
                              rank};
    const int most = CHANNELS > NOVA_GPU_SLAB_CHANNELS ? (int)NOVA_GPU_STRIP_PIXELS
                                                       : (int)NOVA_GPU_STRIP_PIXELS / GROUPS;
    const int strips = (own.pixels + most - 1) / most;
    for (int task = group; task < strips * own.block.slabs; task += GROUPS) {
        const int slab = task / strips, at = (task - slab * strips) * most;
        const int pixels = min(own.pixels - at, most);
        const int channel = slab * NOVA_GPU_SLAB_CHANNELS;
        add_strip(from, at * pitch + channel, pitch, args.grid.splits, pixels, strip->strip);
        group_sync(group);
        strip_store<T>(args, strip->table + at, own.block.channel + channel, strip->strip, pixels);
        group_sync(group);
    }
}

#endif
