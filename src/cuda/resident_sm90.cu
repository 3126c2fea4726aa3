/*
 * resident_sm90.cu - direct convolution of small maps in one launch (gpu/resident.h). What takes
 * time there is waiting. So U, which no kernel writes, is asked for before the kernel before this
 * one has finished, and blocks are small enough for those of two kernels to be on a multiprocessor
 * at a time; x comes in one box; a tap is an operand that begins some pixels further on in it; sums
 * leave from registers, to y or straight into the shared memory of the block of the cluster that
 * adds them. All code runs once, so that there must be little of it: an instruction that has to be
 * fetched takes longer than what it does.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/hopper.h"
#include "cuda/launch.h"
#include "cuda/wgmma.h"

enum {
    GROUP_THREADS = 128,
    HALVES = 2, /* a thread has sums of two pixels (wgmma.h) */
    QUAD = 4,   /* channels */
    PIECE = 8
};

typedef struct maps {
    CUtensorMap u, x;
} maps;

/* What a block computes, and its barriers. */
typedef struct block {
    nova_gpu_resident_at at;
    int rank, owned;           /* in the cluster; pixels whose sums are added here */
    int channel;               /* of input: its first */
    uint64_t *u_full, *x_full; /* [chunk] */
    uint64_t *received;        /* the others' partial sums of the owned pixels */
} block;

template <int CHANNELS, int GROUPS, bool EXCHANGE>
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

/* ---------------------------------------------------------------- operands */

template <int CHANNELS, bool EXCHANGE>
static __device__ __forceinline__ void prepare_barriers(const nova_gpu_resident_args &args,
                                                        const block &b) {
    const nova_gpu_resident &all = args.grid;
#pragma unroll 1
    for (int i = 0; i < 2 * all.chunks; i++)
        barrier_init(&b.u_full[i], 1);
    if (EXCHANGE)
        barrier_init(b.received, 1);
    barrier_init_fence();
    if (EXCHANGE)
        barrier_expect(b.received, (all.splits - 1) * b.owned * CHANNELS * (int)sizeof(float));
}

static __device__ __forceinline__ void ask_filters(const nova_gpu_resident_args &args,
                                                   const block &b, const CUtensorMap *u,
                                                   unsigned char *memory) {
#pragma unroll 1
    for (int i = 0; i < args.grid.chunks; i++) {
        barrier_expect(&b.u_full[i], args.u_bytes);
        copy_box_3(memory + i * args.u_bytes, u, b.channel + i * NOVA_GPU_RESIDENT_CHUNK,
                   b.at.channel, 0, &b.u_full[i], 0);
    }
}

static __device__ __forceinline__ void ask_pixels(const nova_gpu_resident_args &args,
                                                  const block &b, const CUtensorMap *x,
                                                  unsigned char *memory) {
#pragma unroll 1
    for (int i = 0; i < args.grid.chunks; i++) {
        barrier_expect(&b.x_full[i], args.box_bytes);
        copy_box_4(memory + args.x_at + i * args.x_bytes, x,
                   b.channel + i * NOVA_GPU_RESIDENT_CHUNK, b.at.w - args.pad_left,
                   b.at.h - args.pad_top, b.at.n, &b.x_full[i], 0);
    }
}

/* Barriers, U and x, by a warp each: behind a kernel that lets this one start only at its end, both
   are asked for at once. Returns when the kernel before has ended. */
template <int CHANNELS, int GROUPS, bool EXCHANGE>
static __device__ __forceinline__ void ask(const nova_gpu_resident_args &args, const block &b,
                                           const maps &map, unsigned char *memory, int warp) {
    enum { PREPARED = 1 /* number of the barrier */ };
    const bool first = threadIdx.x % 32 == 0;
    if (warp == 0) {
        if (first)
            prepare_barriers<CHANNELS, EXCHANGE>(args, b);
        __syncwarp();
        arrive_threads(PREPARED, GROUPS * GROUP_THREADS);
        if (first)
            ask_filters(args, b, &map.u, memory);
        __syncwarp();
        if (EXCHANGE)
            cluster_arrive();
        wait_for_predecessor();
    } else {
        if (warp == 1 && first)
            prefetch_map(&map.x);
        __syncwarp();
        meet_threads(PREPARED, GROUPS * GROUP_THREADS);
        if (EXCHANGE)
            cluster_arrive();
        wait_for_predecessor();
        if (warp == 1 && first)
            ask_pixels(args, b, &map.x, memory);
        __syncwarp();
    }
}

/* ---------------------------------------------------------------- products */

/* A tap, of 64 input channels. */
template <typename T, int CHANNELS>
static __device__ __forceinline__ void multiply_tap(float *sums, uint64_t a, uint64_t b, bool add) {
#pragma unroll
    for (int k = 0; k < 4; k++) /* 16 channels, 32 bytes */
        multiply<T, CHANNELS>(sums, a + 2 * k, b + 2 * k, add || k > 0);
}

/* A group's pixels times the block's channels. The swizzle is a function of the address, so that an
   operand may begin at any pixel. TAPS: of a row, or 0 for any number of them. */
template <typename T, int CHANNELS, int TAPS>
static __device__ __forceinline__ void multiply_all(const nova_gpu_resident_args &args,
                                                    const block &block, const unsigned char *memory,
                                                    int group, float *sums) {
    enum { UNIT = 16 /* bytes, of operands' addresses */ };
    const int pixel = NOVA_GPU_RESIDENT_ROW_BYTES / UNIT, tap = CHANNELS * pixel;
    const int taps_h = args.grid.taps_h, taps_w = TAPS > 0 ? TAPS : args.grid.taps_w;
    const uint64_t form = wgmma_operand(0);
    const uint32_t x =
        (shared_address(memory) + args.x_at) / UNIT + group * NOVA_GPU_RESIDENT_PIXELS * pixel;
    uint32_t u = shared_address(memory) / UNIT;
#pragma unroll 1
    for (int i = 0; i < args.grid.chunks; i++) {
        uint32_t at = x + i * args.x_bytes / UNIT;
        barrier_wait(&block.u_full[i], 0);
        barrier_wait(&block.x_full[i], 0);
#pragma unroll 1
        for (int h = 0; h < taps_h; h++, at += args.row * pixel, u += taps_w * tap) {
            const bool add = i > 0 || h > 0;
            if constexpr (TAPS > 0) {
                wgmma_arrive();
#pragma unroll
                for (int w = 0; w < TAPS; w++)
                    multiply_tap<T, CHANNELS>(sums, form | (at + w * pixel), form | (u + w * tap),
                                              add || w > 0);
                wgmma_commit();
            } else {
#pragma unroll 1
                for (int w = 0; w < taps_w; w++) {
                    wgmma_arrive();
                    multiply_tap<T, CHANNELS>(sums, form | (at + w * pixel), form | (u + w * tap),
                                              add || w > 0);
                    wgmma_commit();
                }
            }
        }
    }
}

/* Waits for the products, and has the compiler know that they change the sums. */
template <int CHANNELS> static __device__ __forceinline__ void wait_for_sums(float *sums) {
    wgmma_wait_all();
#pragma unroll
    for (int i = 0; i < CHANNELS / 2; i++)
        asm volatile("" : "+f"(sums[i]));
}

/* ---------------------------------------------------------------- y */

static __device__ __forceinline__ V pair_of(__half, uint32_t pair) {
    return __half22float2(*(const __half2 *)&pair);
}
static __device__ __forceinline__ V pair_of(__nv_bfloat16, uint32_t pair) {
    return __bfloat1622float2(*(const __nv_bfloat162 *)&pair);
}

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
                const V more = pair_of(T(), residual[i % 4 / 2][i / 4]);
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
            const V low = pair_of(T(), residual[i].x), high = pair_of(T(), residual[i].y);
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

/* ---------------------------------------------------------------- the kernel */

template <typename T, int CHANNELS, int GROUPS, int TAPS, bool EXCHANGE>
static __global__ void __launch_bounds__(GROUPS *GROUP_THREADS)
    resident_kernel(const __grid_constant__ maps map,
                    const __grid_constant__ nova_gpu_resident_args args) {
    extern __shared__ __align__(1024) unsigned char memory[];
    const int warp = same_in_warp(threadIdx.x / 32);
    const int group = GROUPS == 1 ? 0 : warp / (GROUP_THREADS / 32);
    const int pixel = threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4;
    const block b = this_block<CHANNELS, GROUPS, EXCHANGE>(args, memory);
    ask<CHANNELS, GROUPS, EXCHANGE>(args, b, map, memory, warp);
    let_successor_start(); /* earlier, more than the next kernel would be in the way of this one */
    float sums[CHANNELS / 2];
    if constexpr (EXCHANGE) {
        float *const stash = (float *)(memory + args.sums_at);
        exchanged_output<T, CHANNELS, GROUPS> y;
        y.prepare(args, b, stash, pixel);
        multiply_all<T, CHANNELS, TAPS>(args, b, memory, group, sums);
        cluster_wait(); /* the others' barriers are initialised */
        wait_for_sums<CHANNELS>(sums);
        if (args.grid.splits == 1) /* operands, of all groups, are replaced */
            __syncthreads();
        y.send(sums);
        __syncthreads(); /* the own ones are there, and now the others': */
        barrier_wait(b.received, 0);
        y.store(args, b, stash);
    } else {
        direct_output<T, CHANNELS> y;
        y.prepare(args, b, pixel);
        multiply_all<T, CHANNELS, TAPS>(args, b, memory, group, sums);
        wait_for_sums<CHANNELS>(sums);
        y.store(args.epilogue, sums);
    }
}

/* ---------------------------------------------------------------- launching */

typedef void (*resident_fn)(maps, nova_gpu_resident_args);

template <typename T, int GROUPS, int TAPS, bool EXCHANGE> static resident_fn choose(int channels) {
    return channels == 16   ? resident_kernel<T, 16, GROUPS, TAPS, EXCHANGE>
           : channels == 32 ? resident_kernel<T, 32, GROUPS, TAPS, EXCHANGE>
           : channels == 48 ? resident_kernel<T, 48, GROUPS, TAPS, EXCHANGE>
                            : resident_kernel<T, 64, GROUPS, TAPS, EXCHANGE>;
}

template <typename T, int TAPS> static resident_fn choose(const nova_gpu_resident_args &args) {
    const int channels = args.grid.channels;
    if (args.exchange)
        return args.grid.groups == 1 ? choose<T, 1, TAPS, true>(channels)
                                     : choose<T, 2, TAPS, true>(channels);
    return args.grid.groups == 1 ? choose<T, 1, TAPS, false>(channels)
                                 : choose<T, 2, TAPS, false>(channels);
}

template <typename T> static resident_fn choose(const nova_gpu_resident_args &args) {
    enum { USUAL = 3 };
    return args.grid.taps_w == USUAL ? choose<T, USUAL>(args) : choose<T, 0>(args);
}

cudaError_t nova_cuda_resident_sm90(const nova_cuda_launch *launch,
                                    const nova_gpu_resident_args *args, const CUtensorMap *u,
                                    const CUtensorMap *x) {
    const nova_gpu_resident &all = args->grid;
    const resident_fn kernel =
        launch->type == NOVA_F16 ? choose<__half>(*args) : choose<__nv_bfloat16>(*args);
    const maps both = {*u, *x};
    const dim3 grid((unsigned)(all.channel_blocks * all.splits), (unsigned)all.blocks_w,
                    (unsigned)(all.blocks_h * all.images));
    return nova_cuda_start_clusters(launch, kernel, grid, all.splits,
                                    (unsigned)all.groups * GROUP_THREADS,
                                    nova_gpu_resident_bytes(&all), both, *args);
}
