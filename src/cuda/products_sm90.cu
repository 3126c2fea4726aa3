/*
 * products_sm90.cu - products of a grid with Hopper's warpgroup products and tensor copies, in
 * blocks of 128 channels that both groups of threads multiply. turns_sm90.cu has blocks of one
 * group, and clusters that add their sums.
 *
 * A block of threads stays on its multiprocessor and takes unit after unit. One thread keeps a ring
 * of stages in shared memory filled with the operands of the steps to come; two warpgroups
 * multiply, 64 output channels each, by all pixels of the block. In a pair of blocks (a cluster of
 * two) each copies half of the operand that both read, to both.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/hopper.h"
#include "cuda/launch.h"
#include "cuda/strip.h"
#include "cuda/sums_sm90.h"

enum {
    GROUPS = 2,
    THREADS = (1 + GROUPS) * GROUP_THREADS, /* the first group copies */
    FILTER_BYTES = NOVA_GPU_MOST_CHANNELS * ROW_BYTES,
    MOST_STAGES = 8,
    /* sums in the tensors' type leave by tensor copies, from two buffers in turn */
    BUFFER_PIXELS = 64,
    BUFFER_BYTES = BUFFER_PIXELS * 2 * NOVA_GPU_SLAB_CHANNELS,
    GROUP_BYTES = 2 * BUFFER_BYTES
};
static_assert(sizeof(strip_memory) <= GROUP_BYTES, "a strip takes the place of the buffers");
static_assert(BUFFER_BYTES + STRIP_TABLE * 8 <= GROUP_BYTES, "so does a buffer and a table");

template <int PIXELS> struct ring {
    static constexpr int stage = FILTER_BYTES + PIXELS * ROW_BYTES;
    static constexpr int rest = GROUPS * GROUP_BYTES + 2 * MOST_STAGES * 8 + 1024;
    static constexpr int fit = (NOVA_GPU_HOPPER_SHARED - rest) / stage;
    static constexpr int stages = fit < MOST_STAGES ? fit : MOST_STAGES;
    static constexpr int bytes = stages * stage + rest;
};

/* What lies where in shared memory. */
typedef struct layout {
    unsigned char *stages, *groups; /* aligned to 1024 bytes */
    uint64_t *full, *empty;
} layout;

template <int PIXELS> static __device__ __forceinline__ layout lay_out(unsigned char *memory) {
    layout l;
    l.stages = memory + (1024 - shared_address(memory) % 1024) % 1024;
    l.groups = l.stages + ring<PIXELS>::stages * ring<PIXELS>::stage;
    l.full = (uint64_t *)(l.groups + GROUPS * GROUP_BYTES);
    l.empty = l.full + MOST_STAGES;
    return l;
}

/* Number of the stage and parity of its phase, counted through all units. */
typedef struct turn {
    int stage;
    uint32_t parity;
} turn;

template <int STAGES> static __device__ __forceinline__ void next(turn *t) {
    if (++t->stage == STAGES) {
        t->stage = 0;
        t->parity ^= 1;
    }
}

/* ---------------------------------------------------------------- copying */

/* The part of the pixels' box that block `rank` of a pair copies: half along the outermost
   dimension. */
typedef struct half_box {
    int w, h, n, rows;
} half_box;

static __device__ __forceinline__ half_box half_of(const nova_gpu_grid *grid, int rank) {
    half_box at = {0, 0, 0, grid->box_w * grid->box_h * grid->box_n / 2};
    if (grid->box_n > 1)
        at.n = rank * grid->box_n / 2;
    else if (grid->box_h > 1)
        at.h = rank * grid->box_h / 2;
    else
        at.w = rank * grid->box_w / 2;
    return at;
}

template <int PIXELS, int SHARING>
static __device__ void copy_operands(const CUtensorMap *u, const CUtensorMap *p,
                                     const nova_gpu_grid &grid, const layout &l, int rank) {
    const int pixels = grid.box_w * grid.box_h * grid.box_n;
    const int units = nova_gpu_units(&grid);
    const int cluster = SHARING ? 2 : 1;
    const half_box half = half_of(&grid, rank);
    turn t = {0, 1};
    for (int unit = blockIdx.x / cluster; unit < units; unit += gridDim.x / cluster) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, rank);
        nova_gpu_step at = nova_gpu_step_at(&grid, &block, block.first);
        for (int step = block.first; step < block.end; step++) {
            unsigned char *filters = l.stages + t.stage * ring<PIXELS>::stage;
            unsigned char *inputs = filters + FILTER_BYTES;
            uint64_t *full = &l.full[t.stage];
            barrier_wait(&l.empty[t.stage], t.parity);
            barrier_expect(full, FILTER_BYTES + pixels * ROW_BYTES);
            if (SHARING == NOVA_GPU_SHARE_FILTER)
                copy_box_3(filters + rank * FILTER_BYTES / 2, u, at.c,
                           block.channel + rank * NOVA_GPU_MOST_CHANNELS / 2, at.slice, full, 3);
            else
                copy_box_3(filters, u, at.c, block.channel, at.slice, full, 0);
            if (SHARING == NOVA_GPU_SHARE_PIXELS) {
                copy_box_4(inputs + rank * half.rows * ROW_BYTES, p, at.c, at.w + half.w,
                           at.h + half.h, block.n + half.n, full, 3);
            } else {
                copy_box_4(inputs, p, at.c, at.w, at.h, block.n, full, 0);
            }
            next<ring<PIXELS>::stages>(&t);
            nova_gpu_step_next(&grid, &block, &at);
        }
    }
}

/* ---------------------------------------------------------------- multiplying */

/* Tells those who copy into the stage that this group has read it. */
template <int SHARING> static __device__ __forceinline__ void release(const layout &l, int stage) {
    const int thread = threadIdx.x % GROUP_THREADS;
    if (thread < (SHARING ? 2 : 1))
        barrier_arrive(&l.empty[stage], SHARING ? thread : 0);
}

/* ---------------------------------------------------------------- storing */

/* Sums to M in the tensors' type, by the copy engine. `turns` counts buffers. */
template <typename T, int PIXELS>
static __device__ __forceinline__ void store_m(const CUtensorMap *m, unsigned char *buffers,
                                               const nova_gpu_block &block, int group,
                                               const float *sums, int *turns) {
    const bool first = threadIdx.x % GROUP_THREADS == 0;
#pragma unroll
    for (int q = 0; q < PIXELS / BUFFER_PIXELS; q++, ++*turns) {
        unsigned char *own = buffers + *turns % 2 * BUFFER_BYTES;
        if (first) /* the copy before the last has left this buffer */
            asm volatile("cp.async.bulk.wait_group.read 1;" ::: "memory");
        group_sync(group);
        write_slab<T, BUFFER_PIXELS>(own, sums + q * BUFFER_PIXELS / 2);
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
        group_sync(group);
        if (first) {
            store_box_3(m, block.channel + group * NOVA_GPU_SLAB_CHANNELS,
                        block.w + q * BUFFER_PIXELS, block.h, own);
            asm volatile("cp.async.bulk.commit_group;" ::: "memory");
        }
    }
}

/* True if y is rows of 16 bytes and takes nothing but bias and activation: sums are then final in
   registers. */
static __device__ __forceinline__ bool is_plain(const nova_gpu_products_args &args) {
    const nova_gpu_epilogue *e = &args.epilogue;
    return args.target == NOVA_GPU_TO_OUTPUT && !e->residual && e->k % NOVA_GPU_PITCH == 0;
}

/* Final sums to y, 16 bytes a thread. */
template <typename T, int PIXELS>
static __device__ __forceinline__ void store_plain(const nova_gpu_products_args &args,
                                                   unsigned char *memory,
                                                   const nova_gpu_block &block, int group,
                                                   float *sums) {
    enum { PIECES = 8, PIXELS_AT_ONCE = GROUP_THREADS / PIECES };
    int64_t *table = (int64_t *)(memory + BUFFER_BYTES);
    const int thread = threadIdx.x % GROUP_THREADS, piece = thread % PIECES;
    const int64_t channel0 = block.channel + group * NOVA_GPU_SLAB_CHANNELS;
    const int64_t channel = channel0 + piece * NOVA_GPU_PITCH;
    strip_prepare(args, block, 0, PIXELS, table);
    add_bias<PIXELS>(&args.epilogue, channel0, sums);
    activate_sums<PIXELS>(&args.epilogue, sums);
#pragma unroll
    for (int q = 0; q < PIXELS / BUFFER_PIXELS; q++) {
        write_slab<T, BUFFER_PIXELS>(memory, sums + q * BUFFER_PIXELS / 2);
        group_sync(group);
#pragma unroll
        for (int i = thread / PIECES; i < BUFFER_PIXELS; i += PIXELS_AT_ONCE) {
            const int64_t at = table[q * BUFFER_PIXELS + i];
            const uint4 values = *(const uint4 *)(memory + i * 128 + (piece ^ i % 8) * 16);
            if (at >= 0 && channel < args.epilogue.k)
                *(uint4 *)((T *)args.epilogue.y + at + channel) = values;
        }
        group_sync(group);
    }
}

/* All other sums, through a strip. */
template <typename T, int PIXELS>
static __device__ __forceinline__ void store_strips(const nova_gpu_products_args &args,
                                                    strip_memory *own, const nova_gpu_block &block,
                                                    int group, const float *sums) {
    const int warp = threadIdx.x % GROUP_THREADS / 32;
    strip_prepare(args, block, 0, PIXELS, own->table);
#pragma unroll
    for (int q = 0; q < PIXELS / NOVA_GPU_STRIP_PIXELS; q++) {
        strip_write(own->strip, NOVA_GPU_STRIP_PITCH, 16 * warp, sums + q * 16);
        group_sync(group);
        strip_store<T>(args, own->table + q * NOVA_GPU_STRIP_PIXELS,
                       block.channel + group * NOVA_GPU_SLAB_CHANNELS, own->strip,
                       NOVA_GPU_STRIP_PIXELS);
        group_sync(group);
    }
}

template <typename T, int PIXELS, int SHARING>
static __device__ __forceinline__ void multiply_operands(const nova_gpu_products_args &args,
                                                         const CUtensorMap *m, const layout &l,
                                                         int rank) {
    const nova_gpu_grid &grid = args.grid;
    const int group = same_in_warp((int)(threadIdx.x / GROUP_THREADS) - 1);
    const int units = nova_gpu_units(&grid);
    const int cluster = SHARING ? 2 : 1;
    unsigned char *own = l.groups + group * GROUP_BYTES;
    const uint32_t stages = shared_address(l.stages);
    turn t = {0, 0};
    int turns = 0;
    for (int unit = blockIdx.x / cluster; unit < units; unit += gridDim.x / cluster) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, rank);
        float sums[PIXELS / 2];
        int last = -1;
        for (int step = block.first; step < block.end; step++) {
            barrier_wait(&l.full[t.stage], t.parity);
            const uint32_t filters = stages + t.stage * ring<PIXELS>::stage;
            const uint64_t a = wgmma_operand(filters + group * NOVA_GPU_SLAB_CHANNELS * ROW_BYTES);
            const uint64_t b = wgmma_operand(filters + FILTER_BYTES);
            wgmma_arrive();
#pragma unroll
            for (int k = 0; k < 4; k++) /* 16 channels, 32 bytes: 2 in the operands' units */
                multiply<T, PIXELS>(sums, a + 2 * k, b + 2 * k, step > block.first || k > 0);
            wgmma_commit();
            if (last >= 0) {
                wgmma_wait_one();
                release<SHARING>(l, last);
            }
            last = t.stage;
            next<ring<PIXELS>::stages>(&t);
        }
        wgmma_wait_all();
        release<SHARING>(l, last);
        if (args.target == NOVA_GPU_TO_HALF)
            store_m<T, PIXELS>(m, own, block, group, sums, &turns);
        else if (is_plain(args))
            store_plain<T, PIXELS>(args, own, block, group, sums);
        else
            store_strips<T, PIXELS>(args, (strip_memory *)own, block, group, sums);
    }
    if (threadIdx.x % GROUP_THREADS == 0) /* shared memory must outlive the copies out of it */
        asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
}

template <typename T, int PIXELS, int SHARING>
static __global__ void __launch_bounds__(THREADS, 1)
    products_kernel(const __grid_constant__ CUtensorMap u, const __grid_constant__ CUtensorMap p,
                    const __grid_constant__ CUtensorMap m,
                    const __grid_constant__ nova_gpu_products_args args) {
    extern __shared__ unsigned char memory[];
    const layout l = lay_out<PIXELS>(memory);
    const int rank = SHARING ? (int)cluster_rank() : 0;
    let_successor_start();
    if (threadIdx.x == 0) {
        prefetch_map(&u);
        prefetch_map(&p);
        for (int i = 0; i < ring<PIXELS>::stages; i++) {
            barrier_init(&l.full[i], 1);
            barrier_init(&l.empty[i], GROUPS * (SHARING ? 2 : 1));
        }
        barrier_init_fence();
    }
    if (SHARING)
        cluster_sync();
    else
        __syncthreads();
    wait_for_predecessor();
    /* The compiler gives 384 threads 168 registers each; what the copying group hands back, 128
       times 112, is what the two others take. More would never be granted. */
    if (threadIdx.x < GROUP_THREADS) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 56;");
        if (threadIdx.x == 0)
            copy_operands<PIXELS, SHARING>(&u, &p, args.grid, l, rank);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 224;");
        multiply_operands<T, PIXELS, SHARING>(args, &m, l, rank);
    }
    if (SHARING) { /* the other block may still arrive at this one's barriers */
        __syncwarp();
        cluster_sync();
    }
}

/* ---------------------------------------------------------------- launching */

typedef void (*products_fn)(CUtensorMap, CUtensorMap, CUtensorMap, nova_gpu_products_args);

template <typename T, int PIXELS> static products_fn kernel_of(int sharing) {
    return sharing == NOVA_GPU_SHARE_NOTHING  ? products_kernel<T, PIXELS, NOVA_GPU_SHARE_NOTHING>
           : sharing == NOVA_GPU_SHARE_PIXELS ? products_kernel<T, PIXELS, NOVA_GPU_SHARE_PIXELS>
                                              : products_kernel<T, PIXELS, NOVA_GPU_SHARE_FILTER>;
}

template <typename T> static products_fn choose(int pixels, int sharing, int *bytes) {
    if (pixels <= 64) {
        *bytes = ring<64>::bytes;
        return kernel_of<T, 64>(sharing);
    }
    if (pixels <= 128) {
        *bytes = ring<128>::bytes;
        return kernel_of<T, 128>(sharing);
    }
    *bytes = ring<256>::bytes;
    return kernel_of<T, 256>(sharing);
}

cudaError_t nova_cuda_products_sm90(const nova_cuda_launch *launch,
                                    const nova_gpu_products_args *args, const CUtensorMap *u,
                                    const CUtensorMap *p, const CUtensorMap *m) {
    const nova_gpu_grid *grid = &args->grid;
    const int pixels = grid->box_w * grid->box_h * grid->box_n;
    int bytes;
    const products_fn kernel = launch->type == NOVA_F16
                                   ? choose<__half>(pixels, grid->sharing, &bytes)
                                   : choose<__nv_bfloat16>(pixels, grid->sharing, &bytes);
    const int cluster = nova_gpu_cluster_size(grid);
    const int units = nova_gpu_units(grid), most = launch->processors / cluster;
    return nova_cuda_start_clusters(launch, kernel,
                                    dim3((unsigned)((units < most ? units : most) * cluster)),
                                    cluster, THREADS, bytes, *u, *p, *m, *args);
}
