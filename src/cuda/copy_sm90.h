/*
 * copy_sm90.h - the ring of stages in shared memory that holds the operands of the steps to come,
 * and the two threads that keep it filled.
 *
 * A thread copies U, and another one P: one alone would take longer to ask for a step's operands
 * than small blocks take to multiply them. The first also says how much will arrive; if bytes of
 * the second come in earlier, the barrier counts below zero. P may be what the kernel before writes
 * and is waited for; U is not, so that the first stages of it are on their way before.
 *
 * In a pair of blocks (a cluster of two) each copies half of the operand that both read, to both.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_COPY_SM90_H
#define NOVA_CUDA_COPY_SM90_H

#include "cuda/sums_sm90.h"

/** The ring's memory, and barriers of its stages. */
typedef struct ring_memory {
    unsigned char *stages; /* U, P behind it */
    uint64_t *full, *empty;
} ring_memory;

/** Number of the stage and parity of its phase, counted through all units. */
typedef struct turn {
    int stage;
    uint32_t parity;
} turn;

template <int STAGES> static __device__ __forceinline__ void advance(turn *t, int steps) {
    t->stage += steps;
    const int rounds = t->stage / STAGES;
    t->stage -= rounds * STAGES;
    t->parity ^= rounds & 1;
}

/** U of every step, or this block's half of what a pair reads; `Ring` has the number of stages,
    their bytes and those of U. Of a slab without channels nothing is copied: zeros take as long to
    write as channels. `u`, `slab`: maps of what is copied of a whole block at a time, of a slab. */
template <typename Ring>
static __device__ void copy_filters(const CUtensorMap *u, const CUtensorMap *slab,
                                    const nova_gpu_grid &grid, const ring_memory &ring, int rank) {
    const int pixels = grid.box_w * grid.box_h * grid.box_n;
    const int units = nova_gpu_units(&grid), cluster = nova_gpu_cluster_size(&grid);
    const bool shared = grid.sharing == NOVA_GPU_SHARE_FILTER;
    const int row = shared ? rank * grid.block_channels / 2 : 0;
    turn t = {0, 1};
    for (int unit = blockIdx.x / cluster; unit < units; unit += gridDim.x / cluster) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, rank);
        const int filled = block.slabs * NOVA_GPU_SLAB_CHANNELS;
        const CUtensorMap *from = shared || filled == grid.block_channels ? u : slab;
        nova_gpu_step at = nova_gpu_step_at(&grid, &block, block.first);
        for (int step = block.first; step < block.end; step++) {
            unsigned char *to = ring.stages + t.stage * Ring::stage_bytes + row * ROW_BYTES;
            uint64_t *full = &ring.full[t.stage];
            barrier_wait(&ring.empty[t.stage], t.parity);
            barrier_expect(full, (filled + pixels) * ROW_BYTES);
            if (row < filled)
                copy_box_3(to, from, at.c, block.channel + row, at.slice, full, shared ? 3 : 0);
            advance<Ring::stages>(&t, 1);
            nova_gpu_step_next(&grid, &block, &at);
        }
    }
}

/** P of every step, or this block's half of what a pair reads. */
template <typename Ring>
static __device__ void copy_pixels(const CUtensorMap *p, const nova_gpu_grid &grid,
                                   const ring_memory &ring, int rank) {
    const int units = nova_gpu_units(&grid), cluster = nova_gpu_cluster_size(&grid);
    const bool shared = grid.sharing == NOVA_GPU_SHARE_PIXELS;
    const nova_gpu_part part = nova_gpu_part_at(&grid, shared ? 2 : 1, shared ? rank : 0);
    const int row = shared ? rank * part.box_w * part.box_h * part.box_n : 0;
    turn t = {0, 1};
    wait_for_predecessor();
    for (int unit = blockIdx.x / cluster; unit < units; unit += gridDim.x / cluster) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, rank);
        nova_gpu_step at = nova_gpu_step_at(&grid, &block, block.first);
        for (int step = block.first; step < block.end; step++) {
            unsigned char *to = ring.stages + t.stage * Ring::stage_bytes + Ring::filter_bytes;
            barrier_wait(&ring.empty[t.stage], t.parity);
            copy_box_4(to + row * ROW_BYTES, p, at.c, at.w + part.w, at.h + part.h,
                       block.n + part.n, &ring.full[t.stage], shared ? 3 : 0);
            advance<Ring::stages>(&t, 1);
            nova_gpu_step_next(&grid, &block, &at);
        }
    }
}

#endif
