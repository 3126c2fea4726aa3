/*
 * tile_sm90.h - the blocks that turns_sm90.cu has kernels for, and their shared memory.
 *
 * A block is CHANNELS output channels by PIXELS pixels, whose sums fit into the registers of a
 * group of 128 threads. Two groups take blocks in turn: while one stores, the other multiplies.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_TILE_SM90_H
#define NOVA_CUDA_TILE_SM90_H

#include "cuda/hopper.h"
#include "cuda/strip.h"
#include "cuda/sums_sm90.h"

enum { GROUPS = 2, MOST_STAGES = 12 };

template <int CHANNELS, int PIXELS> struct tile {
    static_assert(CHANNELS * PIXELS <= NOVA_GPU_MOST_SUMS, "registers of a group");
    static constexpr int slabs = CHANNELS / NOVA_GPU_SLAB_CHANNELS;

    /* the ring: operands of a step */
    static constexpr int filter_bytes = CHANNELS * ROW_BYTES;
    static constexpr int stage_bytes = filter_bytes + PIXELS * ROW_BYTES;
    /* of each group: where sums wait for the copy engine, or pass through a strip */
    static constexpr int slab_bytes = PIXELS * ROW_BYTES;
    static constexpr int least = ((int)sizeof(strip_memory) + 1023) / 1024 * 1024;
    static constexpr int staging = slabs * slab_bytes > least ? slabs *slab_bytes : least;

    static constexpr int barriers = (2 * MOST_STAGES + GROUPS + 1) * 8;
    static constexpr int rest = GROUPS * staging + barriers;
    static constexpr int fit = (NOVA_GPU_HOPPER_SHARED - rest) / stage_bytes;
    static constexpr int stages = fit < MOST_STAGES ? fit : MOST_STAGES;
    static constexpr int bytes = stages * stage_bytes + rest;
    static_assert(stages >= 3, "fewer stages do not hide the way from memory");
    /* sums of a cluster, sent and received, take the place of the ring */
    static constexpr int partial_bytes = PIXELS * (CHANNELS + 4) * 4;
    static_assert(2 * partial_bytes <= stages * stage_bytes, "sums of a cluster");
};

/** What lies where in shared memory. */
typedef struct layout {
    unsigned char *stages, *staging; /* aligned to 1024 bytes */
    uint64_t *full, *empty;          /* of stages */
    uint64_t *residual;              /* of groups: their part of the residual has arrived */
    uint64_t *received;              /* sums of a cluster have */
} layout;

template <typename Tile> static __device__ __forceinline__ layout lay_out(unsigned char *memory) {
    layout l;
    l.stages = memory;
    l.staging = memory + Tile::stages * Tile::stage_bytes;
    l.full = (uint64_t *)(l.staging + GROUPS * Tile::staging);
    l.empty = l.full + MOST_STAGES;
    l.residual = l.empty + MOST_STAGES;
    l.received = l.residual + GROUPS;
    return l;
}

/** The next group may look at the ring only when this one has seen its
    last stage full: a barrier tells a phase from the one before, not from the one before that. */
static __device__ __forceinline__ void hand_over(int group) {
    asm volatile("bar.arrive %0, %1;" ::"r"(5 - group), "r"(GROUPS * (int)GROUP_THREADS)
                 : "memory");
}
static __device__ __forceinline__ void wait_for_turn(int group) {
    asm volatile("bar.sync %0, %1;" ::"r"(4 + group), "r"(GROUPS * (int)GROUP_THREADS) : "memory");
}

#endif
