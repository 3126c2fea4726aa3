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
#include "cuda/launch.h"
#include "cuda/resident_y.h"
#include "cuda/wgmma.h"

typedef struct maps {
    CUtensorMap u, x;
} maps;

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

/* ---------------------------------------------------------------- the kernel */

template <typename T, int CHANNELS, int GROUPS, int TAPS, bool EXCHANGE>
static __global__ void __launch_bounds__(GROUPS *GROUP_THREADS)
    resident_kernel(const __grid_constant__ maps map,
                    const __grid_constant__ nova_gpu_resident_args args) {
    extern __shared__ __align__(1024) unsigned char memory[];
    const int warp = same_in_warp(threadIdx.x / 32);
    const int group = GROUPS == 1 ? 0 : warp / (GROUP_THREADS / 32);
    const int pixel = threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4;
    const block b = this_block<GROUPS, EXCHANGE>(args, memory);
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
