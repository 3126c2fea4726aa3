/*
 * sums_sm90.h - the sums that a group of 128 threads holds, 64 channels by PIXELS pixels in the
 * fragments of wgmma.h: how they come about and what becomes of them in registers.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_SUMS_SM90_H
#define NOVA_CUDA_SUMS_SM90_H

#include "cuda/hopper.h"
#include "cuda/strip.h"
#include "cuda/wgmma.h"

enum { ROW_BYTES = 2 * NOVA_GPU_STEP_CHANNELS }; /* of operands, and of a slab of sums */
static_assert(NOVA_GPU_STEP_CHANNELS == NOVA_GPU_SLAB_CHANNELS, "one width of rows");

/* Where a lane's row of the first 16 pixels lies in a slab: rows of 64 channels a pixel, whose
   pieces of 16 bytes are swizzled as the copy engine wants them. The four 8 x 8 matrices that
   stmatrix and ldmatrix transpose are 16 channels of a warp by 16 pixels. */
static __device__ __forceinline__ uint32_t row_in_slab(const unsigned char *slab) {
    const int warp = threadIdx.x % GROUP_THREADS / 32, lane = threadIdx.x % 32;
    const int piece = 2 * warp + lane / 8 % 2, row = lane / 16 * 8 + lane % 8;
    return shared_address(slab) + row * ROW_BYTES + (piece ^ row % 8) * 16;
}

/* A group's fragments of 64 channels to a slab. */
template <typename T, int PIXELS>
static __device__ __forceinline__ void write_slab(unsigned char *slab, const float *sums) {
    const uint32_t to = row_in_slab(slab);
#pragma unroll
    for (int j = 0; j < PIXELS / 16; j++) { /* 16 pixels: two fragments */
        const float *f = sums + j * 8;
        asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(
                         to + j * 16 * ROW_BYTES),
                     "r"(pack<T>(f[0], f[1])), "r"(pack<T>(f[2], f[3])), "r"(pack<T>(f[4], f[5])),
                     "r"(pack<T>(f[6], f[7]))
                     : "memory");
    }
}

/* Bias; a thread has two channels. */
template <int PIXELS>
static __device__ __forceinline__ void add_bias(const nova_gpu_epilogue *e, int64_t channel0,
                                                float *sums) {
    const int warp = threadIdx.x % GROUP_THREADS / 32, lane = threadIdx.x % 32;
    if (!e->bias)
        return;
    float bias[2];
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int64_t channel = channel0 + 16 * warp + nova_gpu_fragment_channel(lane, 2 * half);
        bias[half] = channel < e->k ? e->bias[channel] : 0.0f;
    }
#pragma unroll
    for (int i = 0; i < PIXELS / 2; i++)
        sums[i] += bias[i / 2 % 2];
}

/* What to do is asked once, not of every sum: the loops are unrolled over registers, and code that
   is only passed by would fill the instruction cache. */
template <int PIXELS>
static __device__ __forceinline__ void activate_sums(const nova_gpu_epilogue *e, float *sums) {
    if (e->activation == NOVA_ACTIVATION_RELU) {
#pragma unroll
        for (int i = 0; i < PIXELS / 2; i++)
            sums[i] = activate(sums[i], NOVA_ACTIVATION_RELU);
    } else if (e->activation == NOVA_ACTIVATION_SILU) {
#pragma unroll
        for (int i = 0; i < PIXELS / 2; i++)
            sums[i] = activate(sums[i], NOVA_ACTIVATION_SILU);
    }
}

#endif
