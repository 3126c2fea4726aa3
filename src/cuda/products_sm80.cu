/*
 * products_sm80.cu - products of a grid with the matrix instruction of compute capability 8.0 and
 * later: 128 output channels by 128 pixels a block, steps of 32 input channels, operands copied
 * asynchronously into a ring of stages. Two groups of four warps take 64 channels each, two by two
 * warps of 32 channels by 64 pixels.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/launch.h"
#include "cuda/strip.h"

enum {
    GROUPS = 2,
    THREADS = GROUPS * GROUP_THREADS,
    PIXELS = 128,
    DEPTH = 32, /* input channels of a stage: half a step of the grid */
    HALVES = NOVA_GPU_STEP_CHANNELS / DEPTH,
    ROW_BYTES = 2 * DEPTH,
    OPERAND_BYTES = PIXELS * ROW_BYTES,
    STAGES = 4,
    STAGE_BYTES = 2 * OPERAND_BYTES,
    SHARED_BYTES = STAGES * STAGE_BYTES + GROUPS * (int)sizeof(strip_memory),
    ROWS_PER_THREAD = 2 /* rows of an operand that a thread copies 16 bytes of */
};

/* Rows of 64 bytes; the four pieces of 16 bytes change places from row to row, so that eight rows
   are read without bank conflicts. */
static __device__ __forceinline__ int piece_at(int row, int piece) {
    return row * ROW_BYTES + (piece ^ (row >> 1 & 3)) * 16;
}

/* The pixels whose rows a thread copies. */
typedef struct rows {
    int w[ROWS_PER_THREAD], h[ROWS_PER_THREAD], n[ROWS_PER_THREAD];
    bool exists[ROWS_PER_THREAD];
} rows;

template <typename T>
static __device__ __forceinline__ void copy_stage(const nova_gpu_products_args &args,
                                                  const nova_gpu_block &block, const rows &mine,
                                                  int half_step, unsigned char *stage) {
    const nova_gpu_step at = nova_gpu_step_at(&args.grid, &block, half_step / HALVES);
    const int64_t c = at.c + half_step % HALVES * DEPTH + threadIdx.x % 4 * 8;
    const bool in_channels = c < args.c_pitch;
#pragma unroll
    for (int i = 0; i < ROWS_PER_THREAD; i++) {
        const int row = threadIdx.x / 4 + i * (THREADS / 4);
        const int piece = piece_at(row, threadIdx.x % 4);
        const int64_t channel = block.channel + row;
        const bool has_filter = in_channels && channel < args.k_pitch;
        const T *u = (const T *)args.u + (at.slice * args.k_pitch + channel) * args.c_pitch + c;
        copy_piece(stage + piece, has_filter ? u : args.u, has_filter);
        const int64_t w = at.w - block.w + mine.w[i], h = at.h - block.h + mine.h[i];
        const bool has_pixel =
            in_channels && mine.exists[i] && w >= 0 && w < args.p_w && h >= 0 && h < args.p_h;
        const T *p =
            (const T *)args.p + ((mine.n[i] * args.p_h + h) * args.p_row + w) * args.c_pitch + c;
        copy_piece(stage + OPERAND_BYTES + piece, has_pixel ? p : args.p, has_pixel);
    }
    commit_pieces();
}

/* 32 channels by 64 pixels of this warp, from one stage. */
template <typename T>
static __device__ __forceinline__ void multiply_stage(float (*sums)[8][4], uint32_t stage,
                                                      int channel, int pixel) {
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int k = 0; k < DEPTH / 16; k++) {
        uint32_t a[2][4], b[4][4];
#pragma unroll
        for (int i = 0; i < 2; i++)
            load_matrices(a[i], stage + piece_at(channel + 16 * i + lane % 16, 2 * k + lane / 16));
#pragma unroll
        for (int j = 0; j < 4; j++) /* 16 pixels: both halves of 16 channels for 8, then 8 more */
            load_matrices(b[j], stage + OPERAND_BYTES +
                                    piece_at(pixel + 16 * j + lane % 8 + lane / 16 * 8,
                                             2 * k + lane / 8 % 2));
#pragma unroll
        for (int i = 0; i < 2; i++)
#pragma unroll
            for (int j = 0; j < 8; j++)
                multiply(T(), sums[i][j], a[i], &b[j / 2][j % 2 * 2]);
    }
}

template <typename T>
static __global__ void __launch_bounds__(THREADS)
    products_kernel(const __grid_constant__ nova_gpu_products_args args) {
    extern __shared__ __align__(128) unsigned char memory[];
    let_successor_start();
    wait_for_predecessor();
    const uint32_t stages = shared_address(memory);
    const int group = threadIdx.x / GROUP_THREADS, warp = threadIdx.x % GROUP_THREADS / 32;
    const int channel = 32 * (warp % 2), pixel = 64 * (warp / 2);
    strip_memory *own = (strip_memory *)(memory + STAGES * STAGE_BYTES) + group;
    const nova_gpu_block block = nova_gpu_block_at(&args.grid, (int)blockIdx.x, 0);
    rows mine;
#pragma unroll
    for (int i = 0; i < ROWS_PER_THREAD; i++)
        mine.exists[i] = nova_gpu_pixel_at(&args.grid, &block, threadIdx.x / 4 + i * (THREADS / 4),
                                           &mine.w[i], &mine.h[i], &mine.n[i]);
    const int first = block.first * HALVES, end = block.end * HALVES;
    float sums[2][8][4] = {};
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        if (first + i < end)
            copy_stage<T>(args, block, mine, first + i, memory + i * STAGE_BYTES);
        else
            commit_pieces();
    }
    for (int step = first; step < end; step++) {
        wait_for_groups<STAGES - 2>();
        __syncthreads();
        const int ahead = step + STAGES - 1;
        if (ahead < end)
            copy_stage<T>(args, block, mine, ahead,
                          memory + (ahead - first) % STAGES * STAGE_BYTES);
        else
            commit_pieces();
        multiply_stage<T>(sums, stages + (step - first) % STAGES * STAGE_BYTES,
                          group * NOVA_GPU_SLAB_CHANNELS + channel, pixel);
    }
    const int64_t channel0 = block.channel + group * NOVA_GPU_SLAB_CHANNELS;
    strip_prepare(args, block, 0, PIXELS, own->table);
#pragma unroll
    for (int q = 0; q < PIXELS / NOVA_GPU_STRIP_PIXELS; q++) {
        if (q / 2 == warp / 2) {
#pragma unroll
            for (int i = 0; i < 2; i++)
                strip_write(own->strip, NOVA_GPU_STRIP_PITCH, channel + 16 * i, sums[i][q % 2 * 4]);
        }
        group_sync(group);
        strip_store<T>(args, own->table + q * NOVA_GPU_STRIP_PIXELS, channel0, own->strip,
                       NOVA_GPU_STRIP_PIXELS);
        group_sync(group);
    }
}

cudaError_t nova_cuda_products_sm80(const nova_cuda_launch *launch,
                                    const nova_gpu_products_args *args) {
    const dim3 grid((unsigned)nova_gpu_units(&args->grid));
    return launch->type == NOVA_F16
               ? nova_cuda_start(launch, products_kernel<__half>, args, grid, THREADS, SHARED_BYTES)
               : nova_cuda_start(launch, products_kernel<__nv_bfloat16>, args, grid, THREADS,
                                 SHARED_BYTES);
}
