/*
 * few_outputs.cu - direct convolution with few output channels: one pass over x, with every tap's
 * sums apart (gpu/few.h), for compute capability 8.0 and later.
 *
 * A block takes a patch of x. Steps of 64 input channels of its pixels and of U are copied
 * asynchronously into a ring of stages; a warp multiplies 32 pixels by all columns, one for each
 * tap and output channel. The sums take the ring's place in shared memory, in binary32, and every
 * output adds those of its taps, in their order.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"

enum {
    DEPTH = NOVA_GPU_STEP_CHANNELS,
    ROW_BYTES = 2 * DEPTH,
    PIECES = ROW_BYTES / 16,
    WARP_PIXELS = 32,
    ROWS_PER_THREAD = PIECES /* pixels that a thread copies 16 bytes of */
};

/** Shared memory of a block of a thread for each pixel. */
template <int PIXELS, int COLUMNS> struct patch_memory {
    static constexpr int stages = NOVA_GPU_PATCH_STAGES(PIXELS, COLUMNS);
    static constexpr int stage = (PIXELS + COLUMNS) * ROW_BYTES;
    static constexpr int pitch = COLUMNS + NOVA_GPU_SUMS_GAP;
};

static __device__ __forceinline__ int piece_at(int row, int piece) {
    return nova_gpu_piece_at(row, piece) * 16;
}

/* A patch: its image, and its first output. */
typedef struct place {
    int64_t n;
    int i, j;
} place;

static __device__ __forceinline__ place place_of(const nova_gpu_few_outputs_args &args) {
    const unsigned line = blockIdx.x / (unsigned)args.across;
    place p;
    p.n = line / (unsigned)args.down;
    p.i = (int)(line % (unsigned)args.down) * args.out_h;
    p.j = (int)(blockIdx.x % (unsigned)args.across) * args.out_w;
    return p;
}

/* What a thread copies of every stage: one piece of some pixels. */
typedef struct source {
    const uint16_t *pixel[ROWS_PER_THREAD]; /* null outside x */
} source;

template <int PIXELS>
static __device__ __forceinline__ source source_of(const nova_gpu_few_outputs_args &args,
                                                   const place &p) {
    source from;
#pragma unroll
    for (int i = 0; i < ROWS_PER_THREAD; i++) {
        const int index = threadIdx.x / PIECES + i * (PIXELS / PIECES);
        const int row = index / args.box_w;
        const int h = p.i - args.pad_top + row;
        const int w = p.j - args.pad_left + index - row * args.box_w;
        const bool inside = row < args.box_h && h >= 0 && h < args.h && w >= 0 && w < args.w;
        from.pixel[i] =
            inside ? (const uint16_t *)args.x + ((p.n * args.h + h) * args.w + w) * args.c_pitch
                   : NULL;
    }
    return from;
}

template <int PIXELS>
static __device__ __forceinline__ void copy_pixels(const nova_gpu_few_outputs_args &args,
                                                   const source &from, int step,
                                                   unsigned char *stage) {
    const int piece = threadIdx.x % PIECES, c = step * DEPTH + piece * 8;
#pragma unroll
    for (int i = 0; i < ROWS_PER_THREAD; i++) {
        const int row = threadIdx.x / PIECES + i * (PIXELS / PIECES);
        const bool exists = from.pixel[i] && c < args.c_pitch;
        copy_piece(stage + piece_at(row, piece), exists ? from.pixel[i] + c : args.x, exists);
    }
}

template <int PIXELS, int COLUMNS>
static __device__ __forceinline__ void copy_filters(const nova_gpu_few_outputs_args &args, int step,
                                                    unsigned char *stage) {
#pragma unroll
    for (int at = threadIdx.x; at < COLUMNS * PIECES; at += PIXELS) {
        const int row = at / PIECES, piece = at % PIECES, c = step * DEPTH + piece * 8;
        const bool exists = c < args.c_pitch;
        copy_piece(stage + PIXELS * ROW_BYTES + piece_at(row, piece),
                   exists ? (const uint16_t *)args.u + row * args.c_pitch + c : args.u, exists);
    }
}

/* 32 pixels of this warp by all columns, from one stage. */
template <typename T, int PIXELS, int COLUMNS>
static __device__ __forceinline__ void multiply_stage(float (*sums)[COLUMNS / 8][4],
                                                      uint32_t stage) {
    const int lane = threadIdx.x % 32, pixel = threadIdx.x / 32 * WARP_PIXELS;
#pragma unroll
    for (int k = 0; k < DEPTH / 16; k++) {
        uint32_t a[2][4];
#pragma unroll
        for (int i = 0; i < 2; i++)
            load_matrices(a[i], stage + piece_at(pixel + 16 * i + lane % 16, 2 * k + lane / 16));
#pragma unroll
        for (int j = 0; j < COLUMNS / 16; j++) { /* both halves of 16 channels for 8, then 8 more */
            uint32_t b[4];
            load_matrices(b, stage + PIXELS * ROW_BYTES +
                                 piece_at(16 * j + lane % 8 + lane / 16 * 8, 2 * k + lane / 8 % 2));
#pragma unroll
            for (int i = 0; i < 2; i++) {
                multiply(T(), sums[i][2 * j], a[i], b);
                multiply(T(), sums[i][2 * j + 1], a[i], b + 2);
            }
        }
    }
}

/* A warp's sums to rows of all pixels' sums. */
template <int COLUMNS>
static __device__ __forceinline__ void lay_sums(const float (*sums)[COLUMNS / 8][4], int pitch,
                                                float *rows) {
    const int lane = threadIdx.x % 32, pixel = threadIdx.x / 32 * WARP_PIXELS + lane / 4;
#pragma unroll
    for (int i = 0; i < 2; i++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float *to = rows + (pixel + 16 * i + 8 * half) * pitch + 2 * (lane % 4);
#pragma unroll
            for (int j = 0; j < COLUMNS / 8; j++)
                *(float2 *)(to + 8 * j) =
                    make_float2(sums[i][j][2 * half], sums[i][j][2 * half + 1]);
        }
}

/* The sums of all taps of an output. */
static __device__ __forceinline__ float add_taps(const nova_gpu_few_outputs_args &args,
                                                 const float *first, int pitch) {
    const int k = (int)args.epilogue.k;
    const int next_row = (args.box_w - args.s) * pitch;
    float sum = 0;
    for (int u = 0; u < args.r; u++, first += next_row)
#pragma unroll 3
        for (int v = 0; v < args.s; v++, first += pitch + k)
            sum += *first;
    return sum;
}

template <typename T, int PIXELS>
static __device__ __forceinline__ void store_patch(const nova_gpu_few_outputs_args &args,
                                                   const place &p, const float *rows, int pitch) {
    const int k = (int)args.epilogue.k, outputs = args.out_w * args.out_h * k;
    for (int at = threadIdx.x; at < outputs; at += PIXELS) { /* neighbours in y are neighbours */
        const int pixel = at / k, channel = at - pixel * k;
        const int row = pixel / args.out_w, column = pixel - row * args.out_w;
        const int i = p.i + row, j = p.j + column;
        if (i >= args.epilogue.out_h || j >= args.epilogue.out_w)
            continue;
        const float sum =
            add_taps(args, rows + (row * args.box_w + column) * pitch + channel, pitch);
        store_output<T>(&args.epilogue, output_index(&args.epilogue, p.n, channel, i, j), channel,
                        sum);
    }
}

template <typename T, int PIXELS, int COLUMNS>
static __global__ void __launch_bounds__(PIXELS, NOVA_GPU_PATCH_BLOCKS(PIXELS, COLUMNS))
    few_outputs_kernel(const __grid_constant__ nova_gpu_few_outputs_args args) {
    typedef patch_memory<PIXELS, COLUMNS> Memory;
    extern __shared__ __align__(128) unsigned char memory[];
    const int steps = (int)((args.c_pitch + DEPTH - 1) / DEPTH);
    const place p = place_of(args);
    const source from = source_of<PIXELS>(args, p);
#pragma unroll
    for (int i = 0; i < Memory::stages - 1; i++) /* U is no kernel's work: before the wait */
        if (i < steps)
            copy_filters<PIXELS, COLUMNS>(args, i, memory + i * Memory::stage);
    wait_for_predecessor();
#pragma unroll
    for (int i = 0; i < Memory::stages - 1; i++) {
        if (i < steps)
            copy_pixels<PIXELS>(args, from, i, memory + i * Memory::stage);
        commit_pieces();
    }
    const uint32_t stages = shared_address(memory);
    float sums[2][COLUMNS / 8][4] = {};
    for (int step = 0; step < steps; step++) {
        wait_for_groups<Memory::stages - 2>();
        __syncthreads();
        const int ahead = step + Memory::stages - 1;
        if (ahead < steps) {
            copy_filters<PIXELS, COLUMNS>(args, ahead,
                                          memory + ahead % Memory::stages * Memory::stage);
            copy_pixels<PIXELS>(args, from, ahead, memory + ahead % Memory::stages * Memory::stage);
        }
        commit_pieces();
        multiply_stage<T, PIXELS, COLUMNS>(sums, stages + step % Memory::stages * Memory::stage);
    }
    let_successor_start(); /* not before: its blocks would take room from those that read */
    float *rows = (float *)memory;
    __syncthreads(); /* all stages have been read */
    lay_sums<COLUMNS>(sums, Memory::pitch, rows);
    __syncthreads();
    store_patch<T, PIXELS>(args, p, rows, Memory::pitch);
}

/* ---------------------------------------------------------------- launching */

template <typename T, int PIXELS, int COLUMNS>
static cudaError_t start(const nova_cuda_launch *launch, const nova_gpu_few_outputs_args *args) {
    const dim3 grid((unsigned)(args->n * args->down * args->across));
    return nova_cuda_start(launch, few_outputs_kernel<T, PIXELS, COLUMNS>, args, grid, PIXELS,
                           nova_gpu_patch_bytes(PIXELS, COLUMNS, args->c_pitch));
}

template <typename T, int PIXELS>
static cudaError_t start_columns(const nova_cuda_launch *launch,
                                 const nova_gpu_few_outputs_args *args) {
    switch (args->columns) {
    case 16:
        return start<T, PIXELS, 16>(launch, args);
    case 32:
        return start<T, PIXELS, 32>(launch, args);
    case 48:
        return start<T, PIXELS, 48>(launch, args);
    default:
        return start<T, PIXELS, 64>(launch, args);
    }
}

template <typename T>
static cudaError_t start_pixels(const nova_cuda_launch *launch,
                                const nova_gpu_few_outputs_args *args) {
    return args->pixels == 128 ? start_columns<T, 128>(launch, args)
                               : start_columns<T, 256>(launch, args);
}

cudaError_t nova_cuda_few_outputs(const nova_cuda_launch *launch,
                                  const nova_gpu_few_outputs_args *args) {
    return launch->type == NOVA_F16 ? start_pixels<__half>(launch, args)
                                    : start_pixels<__nv_bfloat16>(launch, args);
}
