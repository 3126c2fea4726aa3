/*
 * turns_sm90.cu - products of a direct convolution in blocks that one group of threads multiplies:
 * of 64 channels, and of clusters whose blocks take a part of the steps each and add their sums.
 *
 * A block of threads stays on its multiprocessor and takes unit after unit. Two threads fill a ring
 * of stages (copy_sm90.h); two groups multiply in turn (tile_sm90.h).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/copy_sm90.h"
#include "cuda/launch.h"
#include "cuda/store_sm90.h"

enum { THREADS = (1 + GROUPS) * GROUP_THREADS /* the first group copies */ };

/** Maps of U (what a thread copies of a whole block at a time, and a slab), P, the residual, and y
    or M. */
typedef struct maps {
    CUtensorMap u, slab, p, residual, out;
} maps;

/* ---------------------------------------------------------------- multiplying */

/* Blocks that copy into a stage and wait for this one to have read it: itself, or a pair. */
typedef struct copiers {
    int first, count;
} copiers;

static __device__ __forceinline__ void release(const layout &l, int stage, const copiers &to) {
    const int thread = threadIdx.x % GROUP_THREADS;
    if (thread < to.count)
        barrier_arrive(&l.empty[stage], to.first + thread);
}

/* The products of a block, SLABS times 64 channels. */
template <typename T, typename Tile, int PIXELS, int SLABS>
static __device__ __forceinline__ void multiply_steps(const layout &l, int group, int steps,
                                                      const copiers &to, bool more, turn *t,
                                                      float (*sums)[PIXELS / 2]) {
    const uint32_t stages = shared_address(l.stages);
    const uint32_t slab_bytes = NOVA_GPU_SLAB_CHANNELS * ROW_BYTES;
    int last = -1;
    for (int step = 0; step < steps; step++) {
        barrier_wait(&l.full[t->stage], t->parity);
        const uint32_t filters = stages + t->stage * Tile::stage_bytes;
        const uint64_t a = wgmma_operand(filters);
        const uint64_t b = wgmma_operand(filters + Tile::filter_bytes);
        wgmma_arrive();
#pragma unroll
        for (int k = 0; k < 4; k++) /* 16 channels, 32 bytes: 2 in the operands' units */
#pragma unroll
            for (int slab = 0; slab < SLABS; slab++)
                multiply<T, PIXELS>(sums[slab], a + slab * (slab_bytes >> 4) + 2 * k, b + 2 * k,
                                    step > 0 || k > 0);
        wgmma_commit();
        if (last >= 0) {
            wgmma_wait_one();
            release(l, last, to);
        }
        last = t->stage;
        advance<Tile::stages>(t, 1);
    }
    if (more)
        hand_over(group);
    wgmma_wait_all();
    release(l, last, to);
}

/** One group's view of the kernel. */
typedef struct worker {
    const nova_gpu_products_args *args;
    const maps *map;
    layout l;
    unsigned char *staging;
    copiers to;
    int group;
    bool residual;
    uint32_t residual_parity;
    turn t;
} worker;

/* Multiplies and stores a block of SLABS slabs. */
template <typename T, int CHANNELS, int PIXELS, int SLABS>
static __device__ __forceinline__ void take(worker *w, const nova_gpu_block &block, bool more) {
    typedef tile<CHANNELS, PIXELS> Tile;
    const nova_gpu_products_args &args = *w->args;
    float sums[SLABS][PIXELS / 2];
    if (w->residual && threadIdx.x % GROUP_THREADS == 0)
        ask_residual<SLABS, PIXELS>(&w->map->residual, args.grid, w->staging,
                                    &w->l.residual[w->group], block, block.channel);
    multiply_steps<T, Tile, PIXELS, SLABS>(w->l, w->group, block.end - block.first, w->to, more,
                                           &w->t, sums);
    if (args.grid.clustered) {
        lay_sums<CHANNELS, PIXELS, SLABS>((float *)w->l.stages, sums);
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    } else if (args.boxes) {
        if (w->residual) {
            barrier_wait(&w->l.residual[w->group], w->residual_parity);
            w->residual_parity ^= 1;
        }
        store_boxes<T, PIXELS, SLABS>(args, &w->map->out, w->staging, block, block.channel,
                                      w->group, sums);
    } else {
        store_strips<T, PIXELS, SLABS>(args, (strip_memory *)w->staging, block, block.channel,
                                       w->group, sums);
    }
}

template <typename T, int CHANNELS, int PIXELS>
static __device__ __forceinline__ void multiply_operands(const nova_gpu_products_args &args,
                                                         const maps &map, const layout &l,
                                                         int rank) {
    typedef tile<CHANNELS, PIXELS> Tile;
    const nova_gpu_grid &grid = args.grid;
    const int group = same_in_warp((int)(threadIdx.x / GROUP_THREADS) - 1);
    const int units = nova_gpu_units(&grid), cluster = nova_gpu_cluster_size(&grid);
    worker w;
    w.args = &args;
    w.map = &map;
    w.l = l;
    w.staging = l.staging + group * Tile::staging;
    w.to.first = grid.sharing ? 0 : rank;
    w.to.count = grid.sharing ? 2 : 1;
    w.group = group;
    w.residual = has_residual(args);
    w.residual_parity = 0;
    w.t.stage = 0;
    w.t.parity = 0;
    const int stride = gridDim.x / cluster, start = blockIdx.x / cluster;
    int owner = 0;
    for (int unit = start; unit < units; unit += stride, owner ^= 1) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, rank);
        const bool more = unit + stride < units;
        if (owner != group) {
            advance<Tile::stages>(&w.t, block.end - block.first);
            continue;
        }
        if (unit > start)
            wait_for_turn(group);
        if (block.slabs == Tile::slabs)
            take<T, CHANNELS, PIXELS, Tile::slabs>(&w, block, more);
        else if constexpr (Tile::slabs > 1)
            take<T, CHANNELS, PIXELS, 1>(&w, block, more);
    }
    if (threadIdx.x % GROUP_THREADS == 0) /* shared memory must outlive the copies out of it */
        asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
}

template <typename T, int CHANNELS, int PIXELS>
static __global__ void __launch_bounds__(THREADS, 1)
    products_kernel(const __grid_constant__ maps map,
                    const __grid_constant__ nova_gpu_products_args args) {
    typedef tile<CHANNELS, PIXELS> Tile;
    extern __shared__ __align__(1024) unsigned char memory[];
    const layout l = lay_out<Tile>(memory);
    const bool clustered = args.grid.clustered, paired = args.grid.sharing;
    const int rank = clustered || paired ? (int)cluster_rank() : 0;
    let_successor_start();
    if (threadIdx.x == 0) {
        prefetch_map(&map.u);
        prefetch_map(&map.p);
        for (int i = 0; i < Tile::stages; i++) {
            barrier_init(&l.full[i], 1);
            barrier_init(&l.empty[i], paired ? 2 : 1);
        }
        for (int i = 0; i < GROUPS; i++)
            barrier_init(&l.residual[i], 1);
        barrier_init(l.received, 1);
        barrier_init_fence();
    }
    if (paired)
        cluster_sync();
    else
        __syncthreads();
    /* The compiler gives 384 threads 168 registers each; what the copying group hands back, 128
       times 112, is what the two others take. More would never be granted. */
    const int group = threadIdx.x / GROUP_THREADS - 1;
    strip_memory *strip = (strip_memory *)(l.staging + group * Tile::staging);
    if (threadIdx.x < GROUP_THREADS) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 56;");
        const ring_memory ring = {l.stages, l.full, l.empty};
        if (threadIdx.x == 0)
            copy_filters<Tile>(&map.u, &map.slab, args.grid, ring, rank);
        else if (threadIdx.x == 32) /* of another warp */
            copy_pixels<Tile>(&map.p, args.grid, ring, rank);
        __syncwarp();
        if (clustered) {
            cluster_sync();
            if (threadIdx.x == 0)
                send_shares<CHANNELS, PIXELS>(l, args.grid.splits, rank);
            __syncwarp();
        }
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 224;");
        wait_for_predecessor(); /* y, and the residual */
        share own = {0};
        if (clustered) /* worked out while the first operands are on their way */
            own = prepare_share<PIXELS>(args, rank, strip);
        multiply_operands<T, CHANNELS, PIXELS>(args, map, l, rank);
        __syncwarp();
        if (clustered) { /* a cluster takes one unit; no ring is in use any more */
            cluster_sync();
            barrier_wait(l.received, 0);
            add_share<T, CHANNELS, PIXELS>(args, own, l, strip, rank, group);
        }
    }
    /* another block may still arrive at this one's barriers, or wait for its sums */
    if (clustered || paired)
        cluster_sync();
}

/* ---------------------------------------------------------------- launching */

typedef void (*products_fn)(maps, nova_gpu_products_args);

/** A kernel and the shared memory that it wants. */
typedef struct choice {
    products_fn kernel;
    int bytes;
} choice;

template <typename T, int CHANNELS, int PIXELS> static choice make_choice(void) {
    return {products_kernel<T, CHANNELS, PIXELS>, tile<CHANNELS, PIXELS>::bytes};
}

template <typename T> static choice choose(const nova_gpu_grid *grid) {
    const int pixels = nova_gpu_block_pixels(grid);
    if (grid->block_channels == NOVA_GPU_SLAB_CHANNELS)
        return pixels == 64    ? make_choice<T, 64, 64>()
               : pixels == 128 ? make_choice<T, 64, 128>()
                               : make_choice<T, 64, 256>();
    return pixels == 64 ? make_choice<T, 128, 64>() : make_choice<T, 128, 128>();
}

cudaError_t nova_cuda_turns_sm90(const nova_cuda_launch *launch, const nova_gpu_products_args *args,
                                 const CUtensorMap *map) {
    const nova_gpu_grid *grid = &args->grid;
    const choice chosen =
        launch->type == NOVA_F16 ? choose<__half>(grid) : choose<__nv_bfloat16>(grid);
    const int cluster = nova_gpu_cluster_size(grid), units = nova_gpu_units(grid);
    /* clusters of splits lay their sums over the ring, so that each takes one unit */
    const int most = grid->clustered ? units : launch->processors / cluster;
    const maps all = {map[NOVA_CUDA_MAP_U], map[NOVA_CUDA_MAP_SLAB], map[NOVA_CUDA_MAP_P],
                      map[NOVA_CUDA_MAP_RESIDUAL], map[NOVA_CUDA_MAP_OUT]};
    return nova_cuda_start_clusters(launch, chosen.kernel,
                                    dim3((unsigned)((units < most ? units : most) * cluster)),
                                    cluster, THREADS, chosen.bytes, all, *args);
}

cudaError_t nova_cuda_clusters_sm90(int size, int *count) {
    const choice any = make_choice<__half, 64, 64>(); /* each block fills a multiprocessor */
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = (unsigned)size;
    attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3((unsigned)size);
    config.blockDim = dim3(THREADS);
    config.dynamicSmemBytes = (size_t)any.bytes;
    config.attrs = &attribute;
    config.numAttrs = 1;
    const cudaError_t error =
        cudaFuncSetAttribute(any.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, any.bytes);
    return error != cudaSuccess ? error
                                : cudaOccupancyMaxActiveClusters(count, any.kernel, &config);
}
