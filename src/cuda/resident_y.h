/*
 * resident_y.h - what a block for small maps (resident_sm90.cu) computes, and how its sums become
 * y: straight from registers, or through the shared memory of a cluster's blocks.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_RESIDENT_Y_H
#define NOVA_CUDA_RESIDENT_Y_H

#include "cuda/device.h"
#include "cuda/hopper.h"

enum {
    GROUP_THREADS = 128,
    HALVES = 2, /* a thread has sums of two pixels (wgmma.h) */
    QUAD = 4,   /* channels */
    PIECE = 8
};

/* What a block computes, and its barriers. */
typedef struct block {
    nova_gpu_resident_at at;
    int rank, owned;           /* in the cluster; pixels whose sums are added here */
    int channel;               /* of input: its first */
    uint64_t *u_full, *x_full; /* [chunk] */
    uint64_t *received;        /* the others' partial sums of the owned pixels */
} block;

template <int GROUPS, bool EXCHANGE>
static __device__ __forceinline__ block this_block(const nova_gpu_resident_args &args,
                                                   unsigned char *memory) {
    const nova_gpu_resident &all = args.grid;
    block b;
    b.rank = EXCHANGE ? (int)cluster_rank() : 0;
    b.at = nova_gpu_resident_unit(&all, EXCHANGE ? cluster_number() : blockIdx.x, blockIdx.y,
                                  blockIdx.z);
    b.owned = min(args.share, GROUPS * NOVA_GPU_RESIDENT_PIXELS - b.rank * args.share);
    b.channel = b.rank * all.chunks * NOVA_GPU_RESIDENT_CHUNK;
    b.u_full = (uint64_t *)(memory + args.barriers_at);
    b.x_full = b.u_full + all.chunks;
    b.received = b.x_full + all.chunks;
    return b;
}

/* ---------------------------------------------------------------- y */

/* Index of the first channel of a block's pixel in y, which has fewer than 2^31 elements where
   blocks are so few (gpu/resident.c); -1 if it is none of y's. */
static __device__ __forceinline__ int index_of(const nova_gpu_resident_args &args, const block &b,
                                               int pixel) {
    const nova_gpu_epilogue &e = args.epilogue;
    int w, h;
    nova_gpu_resident_pixel(pixel, args.row, args.inverse, &w, &h);
    const bool inside = w < args.grid.box_w && h < args.grid.box_h;
    w += b.at.w, h += b.at.h;
    return inside && w < (int)e.out_w && h < (int)e.out_h
               ? ((b.at.n * (int)e.out_h + h) * (int)e.out_w + w) * (int)e.k + b.at.channel
               : -1;
}

/* A bias may have any alignment that floats have. */
static __device__ __forceinline__ V load_floats(const float *from) {
    return make_float2(from[0], from[1]);
}

/* Where y has whole pieces and sums are a group's own: in registers from the products to y. A
   thread has two channels of every eight of its two pixels. */
template <typename T, int CHANNELS> struct direct_output {
    enum { WORDS = CHANNELS / PIECE };
    int at[HALVES], left; /* indices; channels from the block's first on */
    V bias[WORDS];
    uint32_t residual[HALVES][WORDS];

    __device__ __forceinline__ void prepare(const nova_gpu_resident_args &args, const block &b,
                                            int pixel) {
        const nova_gpu_epilogue &e = args.epilogue;
        const int pair = threadIdx.x % 4 * 2;
        left = (int)e.k - b.at.channel;
#pragma unroll
        for (int half = 0; half < HALVES; half++)
            at[half] = index_of(args, b, pixel + 8 * half);
        if (e.bias)
#pragma unroll
            for (int j = 0; j < WORDS; j++)
                bias[j] = PIECE * j < left ? load_floats(e.bias + b.at.channel + PIECE * j + pair)
                                           : make_float2(0, 0);
        if (e.residual)
#pragma unroll
            for (int half = 0; half < HALVES; half++)
#pragma unroll
                for (int j = 0; j < WORDS; j++)
                    residual[half][j] = at[half] >= 0 && PIECE * j < left
                                            ? *(const uint32_t *)((const T *)e.residual + at[half] +
                                                                  PIECE * j + pair)
                                            : 0;
    }

    /* Eight channels for each of four lanes that have two of each eight. */
    static __device__ __forceinline__ void gather(uint32_t (&w)[4]) {
        const bool odd = threadIdx.x % 2 != 0, high = threadIdx.x / 2 % 2 != 0;
#pragma unroll
        for (int j = 0; j < 4; j += 2) {
            const uint32_t got = __shfl_xor_sync(0xffffffff, odd ? w[j] : w[j + 1], 1);
            w[j] = odd ? got : w[j];
            w[j + 1] = odd ? w[j + 1] : got;
        }
#pragma unroll
        for (int j = 0; j < 2; j++) {
            const uint32_t got = __shfl_xor_sync(0xffffffff, high ? w[j] : w[j + 2], 2);
            w[j] = high ? got : w[j];
            w[j + 2] = high ? w[j + 2] : got;
        }
    }

    __device__ __forceinline__ void store(const nova_gpu_epilogue &e, float *sums) {
        enum { LANES = 4 };
        if (e.bias)
#pragma unroll
            for (int i = 0; i < CHANNELS / 2; i += 2)
                sums[i] += bias[i / 4].x, sums[i + 1] += bias[i / 4].y;
        if (e.residual)
#pragma unroll
            for (int i = 0; i < CHANNELS / 2; i += 2) {
                const V more = unpack(T(), residual[i % 4 / 2][i / 4]);
                sums[i] += more.x, sums[i + 1] += more.y;
            }
        if (e.activation != NOVA_ACTIVATION_NONE)
#pragma unroll
            for (int i = 0; i < CHANNELS / 2; i++)
                sums[i] = activate(sums[i], e.activation);
#pragma unroll
        for (int j = 0; j < WORDS; j += LANES)
#pragma unroll
            for (int half = 0; half < HALVES; half++) {
                uint32_t words[LANES];
#pragma unroll
                for (int i = 0; i < LANES; i++) {
                    const float *pair = sums + 4 * (j + i) + 2 * half;
                    words[i] = j + i < WORDS ? pack<T>(pair[0], pair[1]) : 0;
                }
                gather(words);
                const int channel = PIECE * (j + threadIdx.x % LANES);
                if (at[half] >= 0 && channel < min(left, CHANNELS))
                    store_words((T *)e.y + at[half] + channel, words);
            }
    }
};

/* Elsewhere: each pixel's sums in the shared memory of the block that owns it, of which a thread
   adds and stores four channels, of every so many pixels. */
template <typename T, int CHANNELS, int GROUPS> struct exchanged_output {
    enum {
        QUADS = CHANNELS / QUAD,
        STRIDE = GROUPS * GROUP_THREADS / QUADS,
        PITCH = CHANNELS + 8, /* nova_gpu_resident_pitch() */
        PIECES = (GROUPS * NOVA_GPU_RESIDENT_PIXELS / 2 + STRIDE - 1) / STRIDE
    };
    float *own[HALVES]; /* where the thread's sums go if this block owns the pixel, else null */
    uint32_t to[HALVES],
        received[HALVES]; /* in the shared memory of the cluster's block that does */
    bool quads;           /* y has whole ones; else element by element */
    int at[PIECES];
    float4 bias;
    uint2 residual[PIECES];

    __device__ __forceinline__ void prepare(const nova_gpu_resident_args &args, const block &b,
                                            float *sums, int pixel) {
        const nova_gpu_epilogue &e = args.epilogue;
        const int lane = threadIdx.x % 32, first = threadIdx.x / QUADS;
        const int channel = threadIdx.x % QUADS * QUAD;
        quads = e.k % QUAD == 0 && args.grid.splits > 1;
        const bool idle = !quads || first >= STRIDE || b.at.channel + channel >= (int)e.k;
        bias = make_float4(0, 0, 0, 0);
        if (e.bias && !idle) {
            const V low = load_floats(e.bias + b.at.channel + channel);
            const V high = load_floats(e.bias + b.at.channel + channel + 2);
            bias = make_float4(low.x, low.y, high.x, high.y);
        }
#pragma unroll
        for (int i = 0; i < PIECES; i++) {
            const int own = first + i * STRIDE;
            at[i] = idle || own >= b.owned ? -1 : index_of(args, b, b.rank * args.share + own);
            at[i] += at[i] < 0 ? 0 : channel;
            residual[i] = e.residual && at[i] >= 0 ? *(const uint2 *)((const T *)e.residual + at[i])
                                                   : make_uint2(0, 0);
        }
#pragma unroll
        for (int half = 0; half < HALVES; half++) {
            const int number = pixel + 8 * half, owner = number / args.share;
            const int row = b.rank * args.share + number - owner * args.share;
            const int column = (lane % 2 ? PIECE : 0) + lane % 4 / 2 * QUAD;
            float *const there = sums + row * PITCH + column;
            own[half] = owner == b.rank ? there : nullptr;
            to[half] = cluster_address(there, owner);
            received[half] = cluster_address(b.received, owner);
        }
    }

    /* Of two times eight channels a lane of an even number takes four of the first, its neighbour
       four of the second: stores of 16 bytes take half of the time that those of eight do. */
    __device__ __forceinline__ void send(const float *sums) const {
        const bool odd = threadIdx.x % 2 != 0;
#pragma unroll
        for (int half = 0; half < HALVES; half++)
#pragma unroll
            for (int j = 0; j < CHANNELS / 8; j += 2) {
                const float *first = sums + 4 * j + 2 * half, *second = first + 4;
                const float x = __shfl_xor_sync(0xffffffff, odd ? first[0] : second[0], 1);
                const float y = __shfl_xor_sync(0xffffffff, odd ? first[1] : second[1], 1);
                const float4 four = odd ? make_float4(x, y, second[0], second[1])
                                        : make_float4(first[0], first[1], x, y);
                if (own[half])
                    *(float4 *)(own[half] + 8 * j) = four;
                else
                    store_to_cluster(to[half] + 8 * j * (uint32_t)sizeof(float), four,
                                     received[half]);
            }
    }

    /* One element after the other. */
    static __device__ __forceinline__ void store_elements(const nova_gpu_resident_args &args,
                                                          const block &b, const float *sums) {
#pragma unroll 1
        for (int i = threadIdx.x; i < b.owned * CHANNELS; i += GROUPS * GROUP_THREADS) {
            const int pixel = i / CHANNELS, channel = i % CHANNELS;
            const int at = index_of(args, b, b.rank * args.share + pixel);
            if (at < 0 || b.at.channel + channel >= (int)args.epilogue.k)
                continue;
            const float *from = sums + pixel * PITCH + channel;
            float sum = *from;
#pragma unroll 1
            for (int split = 1; split < args.grid.splits; split++)
                sum += *(from += args.share * PITCH);
            store_output<T>(&args.epilogue, at + channel, b.at.channel + channel, sum);
        }
    }

    static __device__ __forceinline__ void add(float4 *sum, const float4 &more) {
        sum->x += more.x, sum->y += more.y, sum->z += more.z, sum->w += more.w;
    }

    /* Adds the splits' sums in order. */
    __device__ __forceinline__ void store(const nova_gpu_resident_args &args, const block &b,
                                          const float *sums) {
        const nova_gpu_epilogue &e = args.epilogue;
        const float *from = sums + threadIdx.x / QUADS * PITCH + threadIdx.x % QUADS * QUAD;
        const int next = args.share * PITCH;
        if (!quads) {
            store_elements(args, b, sums);
            return;
        }
#pragma unroll
        for (int i = 0; i < PIECES; i++, from += STRIDE * PITCH) {
            if (at[i] < 0)
                continue;
            float4 sum = *(const float4 *)from;
#pragma unroll
            for (int split = 1; split < NOVA_GPU_MOST_CLUSTERED; split++)
                if (split < args.grid.splits)
                    add(&sum, *(const float4 *)(from + split * next));
            const V low = unpack(T(), residual[i].x), high = unpack(T(), residual[i].y);
            add(&sum, bias);
            add(&sum, make_float4(low.x, low.y, high.x, high.y));
            const nova_activation a = e.activation;
            if (a != NOVA_ACTIVATION_NONE)
                sum = make_float4(activate(sum.x, a), activate(sum.y, a), activate(sum.z, a),
                                  activate(sum.w, a));
            *(uint2 *)((T *)e.y + at[i]) = make_uint2(pack<T>(sum.x, sum.y), pack<T>(sum.z, sum.w));
        }
    }
};

#endif
