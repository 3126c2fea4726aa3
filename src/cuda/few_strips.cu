/*
 * few_strips.cu - direct convolution of large pictures with few output channels and three filter
 * rows: every warp walks down a strip of x (gpu/few.h), for compute capability 8.0 and later.
 *
 * A warp copies a row of its strip at a time, 64 input channels a step, asynchronously into a ring
 * of its own, and multiplies it by all of the filter's rows: these are parts of three rows of y,
 * whose sums stay in registers, one for each filter column and output channel. The oldest is
 * complete then. Its sums go through shared memory, where an output adds those of its filter
 * columns, each of the pixel that the column is at. Warps of a block share the filter and nothing
 * else: after it has come they never wait for each other.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"

enum {
    DEPTH = NOVA_GPU_STEP_CHANNELS,
    ROW_BYTES = 2 * DEPTH,
    PIECES = ROW_BYTES / 16,
    PIXELS = NOVA_GPU_STRIP_WIDTH,
    ROWS = NOVA_GPU_STRIP_TAPS,
    STAGES = NOVA_GPU_STRIP_STAGES,
    STAGE = PIXELS * ROW_BYTES,
    WARPS = NOVA_GPU_STRIP_WARPS,
    THREADS = 32 * WARPS,
    EACH = 32 / PIECES,   /* pixels that a warp copies at a time */
    HALVES = PIXELS / 16, /* rows of fragments */
    DEEP = 32             /* channels whose fragments of U are loaded at a time */
};
static_assert(PIXELS == 32, "a lane stores a pixel");
static_assert(NOVA_GPU_STRIP_COLUMNS * NOVA_GPU_STRIP_SUMS * (int)sizeof(float) <= STAGE,
              "the sums of a row of y take a stage's place");

static __device__ __forceinline__ int piece_at(int row, int piece) {
    return nova_gpu_piece_at(row, piece) * 16;
}

/* U to shared memory: of every step and filter row the rows of all columns, zeros beyond those that
   there are. */
static __device__ __forceinline__ void copy_filter(const nova_gpu_few_outputs_args &args, int wide,
                                                   int steps, unsigned char *filter) {
    const int columns = args.s * (int)args.epilogue.k;
    for (int at = threadIdx.x; at < steps * ROWS * wide * PIECES; at += THREADS) {
        const int piece = at % PIECES, line = at / PIECES;
        const int column = line % wide, u = line / wide % ROWS, step = line / (wide * ROWS);
        const int row = u * columns + column, c = step * DEPTH + piece * 8;
        const bool exists = row < args.columns && c < args.c_pitch;
        copy_piece(filter + piece_at(line, piece),
                   exists ? (const uint16_t *)args.u + row * args.c_pitch + c : args.u, exists);
    }
}

/* A warp's strip: its image, its first output, how many rows of y it has, and what the lane copies
   next of x. Every other strip is walked upwards, so that two neighbours begin or end with the rows
   of x that both read, at about the same time. */
typedef struct strip {
    int64_t n;
    int i, j, rows;
    int down;              /* from one row to the next: 1, or -1 */
    int h, w;              /* row of x; the lane's first pixel in all of them */
    int step, left;        /* of the row; rows that have not been asked for to their end */
    const uint16_t *pixel; /* the lane's first channels of its first pixel in the row */
} strip;

static __device__ __forceinline__ strip strip_of(const nova_gpu_few_outputs_args &args, int index,
                                                 int lane) {
    const int line = index / args.across, number = line % args.down;
    strip own;
    own.n = line / args.down;
    own.i = number * args.out_h;
    own.j = (index - line * args.across) * args.out_w;
    own.rows = min(args.out_h, (int)args.epilogue.out_h - own.i);
    own.down = number % 2 != 0 ? -1 : 1;
    own.step = 0;
    own.left = own.rows + ROWS - 1;
    own.h = own.i - args.pad_top + (own.down < 0 ? own.left - 1 : 0);
    own.w = own.j - args.pad_left + lane / PIECES;
    own.pixel = (const uint16_t *)args.x +
                ((own.n * args.h + own.h) * args.w + own.w) * args.c_pitch + lane % PIECES * 8;
    return own;
}

/* Asks for the next step of a strip, if there is one. Where x is not, nothing is read. */
static __device__ __forceinline__ void copy_step(const nova_gpu_few_outputs_args &args, int steps,
                                                 int lane, strip *own, unsigned char *stage) {
    if (own->left > 0) {
        const bool inside =
            own->h >= 0 && own->h < args.h && own->step * DEPTH + lane % PIECES * 8 < args.c_pitch;
        const unsigned end = inside ? (unsigned)args.w : 0;
        const uint16_t *from = own->pixel + own->step * DEPTH;
#pragma unroll
        for (int i = 0; i < PIXELS / EACH; i++, from += EACH * args.c_pitch)
            copy_piece(stage + piece_at(lane / PIECES + i * EACH, lane % PIECES), from,
                       (unsigned)(own->w + i * EACH) < end);
        if (++own->step == steps) {
            own->step = 0, own->h += own->down, own->left--;
            own->pixel += (int64_t)own->down * args.w * args.c_pitch;
        }
    }
    commit_pieces();
}

/* Fragments of DEEP channels of U: four registers for every filter row, from the one on that comes
   to the newest row of x, and eight columns. */
template <int WIDE>
static __device__ __forceinline__ void load_filter(uint32_t (*b)[WIDE][4], uint32_t filter,
                                                   int down, int k, int lane) {
    const uint32_t at = filter + piece_at(lane % 8, 4 * k + lane / 8) +
                        (down < 0 ? (ROWS - 1) * WIDE * 8 * ROW_BYTES : 0);
#pragma unroll
    for (int u = 0; u < ROWS; u++)
#pragma unroll
        for (int j = 0; j < WIDE; j++)
            load_matrices(b[u][j], at + (u * down * WIDE + j) * 8 * ROW_BYTES);
}

/* DEEP channels of a stage by the filter's rows. */
template <typename T, int WIDE>
static __device__ __forceinline__ void multiply_part(float (*sums)[HALVES][WIDE][4], uint32_t stage,
                                                     const uint32_t (*b)[WIDE][4], int k,
                                                     int lane) {
    uint32_t a[DEEP / 16][HALVES][4];
#pragma unroll
    for (int e = 0; e < DEEP / 16; e++)
#pragma unroll
        for (int i = 0; i < HALVES; i++)
            load_matrices(a[e][i], stage + piece_at(16 * i + lane % 16, 4 * k + 2 * e + lane / 16));
#pragma unroll
    for (int e = 0; e < DEEP / 16; e++) /* outermost: a product does not wait for the one before */
#pragma unroll
        for (int u = ROWS - 1; u >= 0; u--)
#pragma unroll
            for (int j = 0; j < WIDE; j++)
#pragma unroll
                for (int i = 0; i < HALVES; i++)
                    multiply(T(), sums[u][i][j], a[e][i], b[u][j] + 2 * e);
}

/* The sums of the rows of y that a row of x is part of: each is one filter row further. */
template <int WIDE>
static __device__ __forceinline__ void next_row(float (*sums)[HALVES][WIDE][4]) {
#pragma unroll
    for (int i = 0; i < HALVES; i++)
#pragma unroll
        for (int j = 0; j < WIDE; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
#pragma unroll
                for (int u = ROWS - 1; u > 0; u--)
                    sums[u][i][j][e] = sums[u - 1][i][j][e];
                sums[0][i][j][e] = 0;
            }
}

/* A row's sums, every column's in a row of its own. */
template <int WIDE>
static __device__ __forceinline__ void lay_sums(const float (*sums)[WIDE][4], float *rows,
                                                int lane) {
#pragma unroll
    for (int i = 0; i < HALVES; i++)
#pragma unroll
        for (int j = 0; j < WIDE; j++)
#pragma unroll
            for (int e = 0; e < 4; e++)
                rows[nova_gpu_strip_sum_at(16 * i + lane / 4 + e / 2 * 8,
                                           8 * j + lane % 4 * 2 + e % 2)] = sums[i][j][e];
}

/* Row `i` of y, a pixel a lane; some channels at a time, whose loads do not wait for each other. */
template <typename T>
static __device__ __forceinline__ void store_row(const nova_gpu_few_outputs_args &args,
                                                 const strip &own, int i, const float *rows,
                                                 int lane) {
    enum { TOGETHER = 4 };
    const nova_gpu_epilogue &e = args.epilogue;
    const int k = (int)e.k, j = own.j + lane;
    if (lane >= args.out_w || j >= e.out_w)
        return;
    const int64_t at = output_index(&e, own.n, 0, i, j);
    for (int channel = 0; channel < k; channel += TOGETHER) {
        float sum[TOGETHER] = {};
#pragma unroll 3
        for (int v = 0; v < args.s; v++)
#pragma unroll
            for (int c = 0; c < TOGETHER; c++)
                if (channel + c < k)
                    sum[c] += rows[nova_gpu_strip_sum_at(lane + v, v * k + channel + c)];
        if (e.bias)
#pragma unroll
            for (int c = 0; c < TOGETHER; c++)
                if (channel + c < k)
                    sum[c] += e.bias[channel + c];
        if (e.residual)
#pragma unroll
            for (int c = 0; c < TOGETHER; c++)
                if (channel + c < k)
                    sum[c] += to_float(((const T *)e.residual)[at + channel + c]);
#pragma unroll
        for (int c = 0; c < TOGETHER; c++)
            if (channel + c < k)
                from_float((T *)e.y + at + channel + c, activate(sum[c], e.activation));
    }
}

/* HELD: there is one step, of which a warp keeps U in registers. */
template <typename T, int WIDE, bool HELD>
static __global__ void __launch_bounds__(THREADS, NOVA_GPU_STRIP_BLOCKS(WIDE * 8))
    few_strips_kernel(const __grid_constant__ nova_gpu_few_outputs_args args) {
    enum { PARTS = DEPTH / DEEP, FILTER = ROWS * WIDE * 8 * ROW_BYTES /* of a step */ };
    extern __shared__ __align__(128) unsigned char memory[];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int steps = HELD ? 1 : (int)((args.c_pitch + DEPTH - 1) / DEPTH);
    unsigned char *stages = memory + warp * STAGES * STAGE;
    unsigned char *filter = memory + WARPS * STAGES * STAGE;

    copy_filter(args, WIDE * 8, steps, filter); /* no kernel's work: before the wait */
    commit_pieces();
    wait_for_predecessor();
    const int index = (int)blockIdx.x * WARPS + warp;
    const bool exists = index < (int)args.n * args.down * args.across;
    strip own = strip_of(args, exists ? index : 0, lane);
    if (!exists)
        own.left = 0, own.rows = 1 - ROWS;
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++)
        copy_step(args, steps, lane, &own, stages + i * STAGE);
    wait_for_groups<STAGES - 1>();
    __syncthreads(); /* U is there */

    const uint32_t filters = shared_address(filter);
    uint32_t held[PARTS][ROWS][WIDE][4];
    if (HELD)
#pragma unroll
        for (int k = 0; k < PARTS; k++)
            load_filter<WIDE>(held[k], filters, own.down, k, lane);
    float sums[ROWS][HALVES][WIDE][4] = {};
    int now = STAGES - 1; /* the stage that is multiplied */
    for (int row = 1 - ROWS; row < own.rows; row++) {
        next_row<WIDE>(sums);
        for (int step = 0; step < steps; step++) {
            unsigned char *free = stages + now * STAGE;
            now = now + 1 == STAGES ? 0 : now + 1;
            wait_for_groups<STAGES - 2>();
            __syncwarp(); /* of all lanes; and what is overwritten has been read */
            copy_step(args, steps, lane, &own, free);
            const uint32_t stage = shared_address(stages + now * STAGE);
#pragma unroll
            for (int k = 0; k < PARTS; k++) {
                if (!HELD)
                    load_filter<WIDE>(held[0], filters + step * FILTER, own.down, k, lane);
                multiply_part<T, WIDE>(sums, stage, held[HELD ? k : 0], k, lane);
            }
        }
        if (own.left == 0)
            let_successor_start(); /* not before: its blocks would take room from those that read */
        if (row >= 0) {
            float *rows = (float *)(stages + now * STAGE);
            __syncwarp(); /* the stage has been read */
            lay_sums<WIDE>(sums[ROWS - 1], rows, lane);
            __syncwarp();
            store_row<T>(args, own, own.i + (own.down < 0 ? own.rows - 1 - row : row), rows, lane);
        }
    }
}

/* ---------------------------------------------------------------- launching */

template <typename T, int WIDE>
static cudaError_t start(const nova_cuda_launch *launch, const nova_gpu_few_outputs_args *args) {
    const int64_t strips = args->n * args->down * args->across;
    const dim3 grid((unsigned)((strips + WARPS - 1) / WARPS));
    const int64_t bytes = nova_gpu_strip_bytes(args->c_pitch, 8 * WIDE);
    return nova_cuda_start(launch,
                           args->c_pitch <= DEPTH ? few_strips_kernel<T, WIDE, true>
                                                  : few_strips_kernel<T, WIDE, false>,
                           args, grid, THREADS, (size_t)bytes);
}

template <typename T>
static cudaError_t start_wide(const nova_cuda_launch *launch,
                              const nova_gpu_few_outputs_args *args) {
    switch (nova_gpu_strip_columns(args->s, (int)args->epilogue.k)) {
    case 8:
        return start<T, 1>(launch, args);
    case 16:
        return start<T, 2>(launch, args);
    default:
        return start<T, 3>(launch, args);
    }
}

cudaError_t nova_cuda_few_strips(const nova_cuda_launch *launch,
                                 const nova_gpu_few_outputs_args *args) {
    return launch->type == NOVA_F16 ? start_wide<__half>(launch, args)
                                    : start_wide<__nv_bfloat16>(launch, args);
}
