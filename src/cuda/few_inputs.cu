/*
 * few_inputs.cu - direct convolution with few input channels in one kernel: a block gathers all
 * that its pixels are made of into shared memory (gpu/few.h) and multiplies it by its output
 * channels; for compute capability 8.0 and later.
 *
 * U's rows lie in shared memory in such an order that a lane's sums are eight neighbouring channels
 * of a pixel, which it stores in one piece.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"

enum {
    PIXELS = NOVA_GPU_GATHER_PIXELS,
    THREADS = 128, /* two by two warps, of 32 pixels and 32 of 64 channels */
    PIECE = 8      /* elements of 16 bytes */
};
static_assert(THREADS % PIXELS == 0, "a thread gathers for one pixel");

/* Elements of a gathered row that lie together in x, one, two or four: where they are from the
   pixel's first tap. */
typedef struct tap {
    int64_t offset; /* elements of x */
    int u, v;
} tap;
static_assert(sizeof(tap) == 16, "as nova_gpu_gather_bytes() counts");

static __device__ __forceinline__ void list_taps(const nova_gpu_few_inputs_args &args, int unit,
                                                 tap *taps) {
    for (int at = threadIdx.x; at < args.depth / unit; at += THREADS) {
        const int e = at * unit, number = e / args.c, channel = e - number * args.c;
        const int u = number / args.s, v = number - u * args.s;
        taps[at].u = number < args.r * args.s ? u : args.h + args.pad_top; /* padding: outside x */
        taps[at].v = v;
        taps[at].offset =
            ((int64_t)u * args.w + v) * args.x_pixel + (int64_t)channel * args.x_channel;
    }
}

/* A block's part of U, its rows where the fragments want them. */
static __device__ __forceinline__ void copy_filters(const nova_gpu_few_inputs_args &args,
                                                    int channel0, int pitch,
                                                    unsigned char *filters) {
    const int pieces = args.depth / PIECE, next = THREADS / pieces, more = THREADS % pieces;
    int row = threadIdx.x / pieces, piece = threadIdx.x % pieces;
    while (row < args.channels) {
        const int64_t k = channel0 + row;
        const bool exists = k < args.k_pitch && piece * PIECE < args.c_pitch;
        copy_piece(filters + (int)nova_gpu_stored_channel(row) * pitch + piece * 16,
                   exists ? (const uint16_t *)args.u + k * args.c_pitch + piece * PIECE : args.u,
                   exists);
        row += next, piece += more;
        if (piece >= pieces)
            row++, piece -= pieces;
    }
    commit_pieces();
}

/* Eight elements of a pixel whose first tap is at `first`, row `i`, column `j` of x. */
template <int UNIT>
static __device__ __forceinline__ uint4 gather_piece(const nova_gpu_few_inputs_args &args,
                                                     int64_t first, int i, int j, const tap *taps) {
    uint32_t word[PIECE / 2] = {0, 0, 0, 0};
#pragma unroll
    for (int e = 0; e < PIECE; e += UNIT) {
        const tap t = taps[e / UNIT];
        const uint16_t *from = (const uint16_t *)args.x + first + t.offset;
        if ((unsigned)(i + t.u) >= (unsigned)args.h || (unsigned)(j + t.v) >= (unsigned)args.w)
            continue;
        if constexpr (UNIT == 4) {
            const uint2 four = *(const uint2 *)from;
            word[e / 2] = four.x, word[e / 2 + 1] = four.y;
        } else if constexpr (UNIT == 2) {
            word[e / 2] = *(const uint32_t *)from;
        } else {
            word[e / 2] |= (uint32_t)*from << e % 2 * 16;
        }
    }
    return make_uint4(word[0], word[1], word[2], word[3]);
}

template <int UNIT>
static __device__ __forceinline__ void gather(const nova_gpu_few_inputs_args &args, int64_t pixel0,
                                              const tap *taps, int pitch, unsigned char *rows) {
    const int row = threadIdx.x % PIXELS;
    const unsigned pixel = (unsigned)pixel0 + row;
    const unsigned out_w = (unsigned)args.epilogue.out_w, out_h = (unsigned)args.epilogue.out_h;
    const unsigned line = pixel / out_w, image = line / out_h;
    const int j = (int)(pixel - line * out_w) - args.pad_left;
    const int i = pixel < args.pixels ? (int)(line - image * out_h) - args.pad_top
                                      : args.h; /* all of it lies outside x */
    const int64_t first = image * args.x_image + ((int64_t)i * args.w + j) * args.x_pixel;
#pragma unroll 3
    for (int piece = threadIdx.x / PIXELS; piece < args.depth / PIECE; piece += THREADS / PIXELS)
        *(uint4 *)(rows + row * pitch + piece * 16) =
            gather_piece<UNIT>(args, first, i, j, taps + piece * (PIECE / UNIT));
}

/* 32 pixels by 32 channels of this warp. */
template <typename T>
static __device__ __forceinline__ void multiply_rows(int depth, int pitch, uint32_t rows,
                                                     uint32_t filters, float (*sums)[4][4]) {
    const int lane = threadIdx.x % 32;
    const uint32_t a_from = rows + lane % 16 * pitch + lane / 16 * 16;
    const uint32_t b_from = filters + (lane % 8 + lane / 16 * 8) * pitch + lane / 8 % 2 * 16;
#pragma unroll 2
    for (int k = 0; k < depth / 16; k++) {
        uint32_t a[2][4], b[2][4];
#pragma unroll
        for (int i = 0; i < 2; i++) {
            load_matrices(a[i], a_from + 16 * i * pitch + k * 32);
            load_matrices(b[i], b_from + 16 * i * pitch + k * 32);
        }
#pragma unroll
        for (int i = 0; i < 2; i++)
#pragma unroll
            for (int j = 0; j < 4; j++)
                multiply(T(), sums[i][j], a[i], &b[j / 2][j % 2 * 2]);
    }
}

/* Eight neighbouring channels of a pixel, where pieces are not aligned or the last is not
   complete. */
template <typename T>
static __device__ __forceinline__ void store_channels(const nova_gpu_epilogue *e, int64_t pixel,
                                                      int64_t channel, const float (&v)[PIECE]) {
#pragma unroll
    for (int i = 0; i < PIECE; i++)
        if (channel + i < e->k)
            store_output<T>(e, pixel * e->k + channel + i, channel + i, v[i]);
}

template <typename T>
static __device__ __forceinline__ void add_piece(const T *residual, float (&v)[PIECE]) {
    const uint4 piece = *(const uint4 *)residual;
    const uint32_t words[] = {piece.x, piece.y, piece.z, piece.w};
#pragma unroll
    for (int i = 0; i < PIECE / 2; i++) {
        const V pair = load_pair((const T *)&words[i]);
        v[2 * i] += pair.x, v[2 * i + 1] += pair.y;
    }
}

/* The same in one piece; v has its bias. */
template <typename T, nova_activation ACTIVATION>
static __device__ __forceinline__ void store_piece(T *to, const T *residual, float (&v)[PIECE]) {
    if (residual)
        add_piece(residual, v);
    uint32_t words[PIECE / 2];
#pragma unroll
    for (int i = 0; i < PIECE / 2; i++)
        words[i] = pack<T>(activate(v[2 * i], ACTIVATION), activate(v[2 * i + 1], ACTIVATION));
    store_words(to, words);
}

/* A warp's sums: of each pixel a lane has eight channels. */
template <typename T, nova_activation ACTIVATION>
static __device__ __forceinline__ void store_sums(const nova_gpu_few_inputs_args &args,
                                                  int64_t pixel0, int64_t channel0,
                                                  const float (*sums)[4][4]) {
    const nova_gpu_epilogue *e = &args.epilogue;
    const int lane = threadIdx.x % 32;
    const int64_t channel = channel0 + lane % 4 * PIECE, first = pixel0 + lane / 4;
    if (channel >= e->k)
        return;
    const bool whole = e->k % PIECE == 0;
    float bias[PIECE];
#pragma unroll
    for (int i = 0; i < PIECE; i++)
        bias[i] = whole && e->bias ? e->bias[channel + i] : 0.0f;
    const int64_t at = first * e->k + channel, next = 8 * e->k;
    T *to = (T *)e->y + at;
    const T *residual = e->residual ? (const T *)e->residual + at : NULL;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const float(*own)[4] = sums[i / 2];
        float v[PIECE];
#pragma unroll
        for (int j = 0; j < PIECE; j++)
            v[j] = own[j / 2][2 * (i % 2) + j % 2] + bias[j];
        if (first + 8 * i < args.pixels) {
            if (whole)
                store_piece<T, ACTIVATION>(to, residual, v);
            else
                store_channels<T>(e, first + 8 * i, channel, v);
        }
        to += next;
        residual = residual ? residual + next : NULL;
    }
}

template <typename T, nova_activation ACTIVATION>
static __device__ __forceinline__ void multiply_channels(const nova_gpu_few_inputs_args &args,
                                                         int64_t pixel0, int channel0, int pitch,
                                                         const unsigned char *rows,
                                                         const unsigned char *filters) {
    const int warp = threadIdx.x / 32, own_pixel = warp % 2 * 32, own_channel = warp / 2 * 32;
    const int channels = min(args.channels, (int)args.epilogue.k - channel0);
    for (int c = own_channel; c < channels; c += NOVA_GPU_GATHER_CHANNELS) {
        float sums[2][4][4] = {};
        multiply_rows<T>(args.depth, pitch, shared_address(rows + own_pixel * pitch),
                         shared_address(filters + c * pitch), sums);
        store_sums<T, ACTIVATION>(args, pixel0 + own_pixel, channel0 + c, sums);
    }
}

template <typename T>
static __global__ void __launch_bounds__(THREADS)
    few_inputs_kernel(const __grid_constant__ nova_gpu_few_inputs_args args) {
    extern __shared__ __align__(128) unsigned char memory[];
    const int pitch = nova_gpu_gather_pitch(args.depth);
    const int channel0 = (int)blockIdx.y * args.channels;
    const int64_t pixel0 = (int64_t)blockIdx.x * PIXELS;
    tap *taps = (tap *)memory;
    unsigned char *rows = memory + args.depth * sizeof(tap), *filters = rows + PIXELS * pitch;
    /* a pixel's channels lie together if x is channel-last */
    const int unit = args.x_channel > 1 ? 1 : args.c % 4 == 0 ? 4 : args.c % 2 == 0 ? 2 : 1;
    copy_filters(args, channel0, pitch, filters);
    list_taps(args, unit, taps);
    __syncthreads();
    wait_for_predecessor();
    if (unit == 4)
        gather<4>(args, pixel0, taps, pitch, rows);
    else if (unit == 2)
        gather<2>(args, pixel0, taps, pitch, rows);
    else
        gather<1>(args, pixel0, taps, pitch, rows);
    wait_for_groups<0>();
    __syncthreads();
    let_successor_start(); /* not before: its blocks would take room from those that gather */
    /* what to do is asked once, not of every sum */
    if (args.epilogue.activation == NOVA_ACTIVATION_RELU)
        multiply_channels<T, NOVA_ACTIVATION_RELU>(args, pixel0, channel0, pitch, rows, filters);
    else if (args.epilogue.activation == NOVA_ACTIVATION_SILU)
        multiply_channels<T, NOVA_ACTIVATION_SILU>(args, pixel0, channel0, pitch, rows, filters);
    else
        multiply_channels<T, NOVA_ACTIVATION_NONE>(args, pixel0, channel0, pitch, rows, filters);
}

cudaError_t nova_cuda_few_inputs(const nova_cuda_launch *launch,
                                 const nova_gpu_few_inputs_args *args) {
    const dim3 grid((unsigned)((args->pixels + PIXELS - 1) / PIXELS),
                    (unsigned)((args->epilogue.k + args->channels - 1) / args->channels));
    const size_t bytes = (size_t)nova_gpu_gather_bytes(args->depth, args->channels);
    return launch->type == NOVA_F16
               ? nova_cuda_start(launch, few_inputs_kernel<__half>, args, grid, THREADS, bytes)
               : nova_cuda_start(launch, few_inputs_kernel<__nv_bfloat16>, args, grid, THREADS,
                                 bytes);
}
