/*
 * halo_sm90.cu - products of a direct convolution whose blocks copy x once for all taps: a box with
 * its halo stays in shared memory, and every tap reads it from another pixel on (gpu/halo.h).
 *
 * A block of threads stays on its multiprocessor and takes unit after unit, 64 output channels by
 * up to 256 pixels. A thread copies boxes of x, and another one U, tap by tap, into rings; where U
 * of all steps fits it is copied once. Two groups multiply in turn: one stores while the other
 * multiplies.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/copy_sm90.h"
#include "cuda/launch.h"
#include "cuda/store_sm90.h"
#include "gpu/halo.h"

enum { THREADS = (1 + GROUPS) * GROUP_THREADS /* the first group copies */ };
static_assert((int)GROUPS == (int)NOVA_GPU_HALO_GROUPS, "staging of each");
static_assert((2 * NOVA_GPU_HALO_MOST_BOXES + 2 * NOVA_GPU_HALO_MOST_FILTERS + GROUPS) * 8 <=
                  NOVA_GPU_HALO_BARRIERS,
              "room for the barriers");

/* Maps of U, x, the residual and y. */
typedef struct maps {
    CUtensorMap u, x, residual, out;
} maps;

/* What lies where in shared memory. */
typedef struct memory {
    unsigned char *filters, *boxes, *staging; /* aligned to 1024 bytes */
    uint64_t *filter_full, *filter_empty, *box_full, *box_empty, *residual;
} memory;

static __device__ __forceinline__ memory lay_out(unsigned char *from, const nova_gpu_halo &halo) {
    memory m;
    m.filters = from;
    m.boxes = m.filters + halo.filters * halo.filter_bytes;
    m.staging = m.boxes + halo.boxes * halo.box_bytes;
    m.filter_full = (uint64_t *)(m.staging + GROUPS * halo.staging_bytes);
    m.filter_empty = m.filter_full + NOVA_GPU_HALO_MOST_FILTERS;
    m.box_full = m.filter_empty + NOVA_GPU_HALO_MOST_FILTERS;
    m.box_empty = m.box_full + NOVA_GPU_HALO_MOST_BOXES;
    m.residual = m.box_empty + NOVA_GPU_HALO_MOST_BOXES;
    return m;
}

/* To the next of `stages`. */
static __device__ __forceinline__ void step_on(turn *t, int stages) {
    if (++t->stage == stages) {
        t->stage = 0;
        t->parity ^= 1;
    }
}

/* Over `steps` of them. */
static __device__ __forceinline__ void skip(turn *t, int steps, int stages) {
    const int stage = t->stage + steps, rounds = stage / stages;
    t->stage = stage - rounds * stages;
    t->parity ^= rounds & 1;
}

/* ---------------------------------------------------------------- copying */

/* U of every step, or of one block's if all others use it, too. */
static __device__ void copy_filters(const CUtensorMap *u, const nova_gpu_grid &grid,
                                    const nova_gpu_halo &halo, const memory &m) {
    const int units = nova_gpu_units(&grid), taps = grid.taps_h * grid.taps_w;
    turn t = {0, 1};
    for (int unit = blockIdx.x; unit < units; unit += gridDim.x) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, 0);
        for (int c = 0; c < grid.channel_steps; c++)
            for (int tap = 0; tap < taps; tap++) {
                uint64_t *full = &m.filter_full[t.stage];
                barrier_wait(&m.filter_empty[t.stage], t.parity);
                barrier_expect(full, NOVA_GPU_SLAB_CHANNELS * ROW_BYTES);
                copy_box_3(m.filters + t.stage * halo.filter_bytes, u, c * NOVA_GPU_STEP_CHANNELS,
                           block.channel, tap, full, 0);
                step_on(&t, halo.filters);
            }
        if (halo.resident)
            return;
    }
}

static __device__ void copy_boxes(const CUtensorMap *x, const nova_gpu_grid &grid,
                                  const nova_gpu_halo &halo, const memory &m) {
    const int units = nova_gpu_units(&grid);
    const int bytes = halo.in_w * halo.in_h * halo.in_n * ROW_BYTES;
    turn t = {0, 1};
    wait_for_predecessor();
    for (int unit = blockIdx.x; unit < units; unit += gridDim.x) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, 0);
        for (int c = 0; c < grid.channel_steps; c++) {
            uint64_t *full = &m.box_full[t.stage];
            barrier_wait(&m.box_empty[t.stage], t.parity);
            barrier_expect(full, bytes);
            copy_box_4(m.boxes + t.stage * halo.box_bytes, x, c * NOVA_GPU_STEP_CHANNELS,
                       block.w + grid.origin_w, block.h + grid.origin_h, block.n, full, 0);
            step_on(&t, halo.boxes);
        }
    }
}

/* ---------------------------------------------------------------- multiplying */

/* One group's view of the kernel. */
typedef struct worker {
    const nova_gpu_products_args *args;
    const nova_gpu_halo *halo;
    const maps *map;
    memory m;
    unsigned char *staging;
    int group;
    uint32_t residual_parity;
    turn filter, box;
} worker;

static __device__ __forceinline__ void release(uint64_t *empty) {
    if (threadIdx.x % GROUP_THREADS == 0)
        barrier_arrive(empty, 0);
}

/* The products of a block. */
template <typename T, int COLUMNS>
static __device__ __forceinline__ void multiply_steps(worker *w, bool more, float *sums) {
    const nova_gpu_grid &grid = w->args->grid;
    const nova_gpu_halo &halo = *w->halo;
    const uint32_t filters = shared_address(w->m.filters), boxes = shared_address(w->m.boxes);
    const uint32_t group = halo.group * ROW_BYTES;
    uint64_t *read_filter = nullptr, *read_box = nullptr; /* by products under way */
    int left = nova_gpu_steps(&grid);
    bool add = false;
    for (int c = 0; c < grid.channel_steps; c++) {
        barrier_wait(&w->m.box_full[w->box.stage], w->box.parity);
        const uint32_t box = boxes + w->box.stage * halo.box_bytes;
        for (int u = 0; u < grid.taps_h; u++)
            for (int v = 0; v < grid.taps_w; v++) {
                const uint64_t a = wgmma_operand(filters + w->filter.stage * halo.filter_bytes);
                const uint64_t b =
                    wgmma_operand(box + nova_gpu_halo_tap(&halo, u, v) * ROW_BYTES, group);
                barrier_wait(&w->m.filter_full[w->filter.stage], w->filter.parity);
                wgmma_arrive();
#pragma unroll
                for (int k = 0; k < 4; k++) /* 16 channels, 32 bytes: 2 in the operands' units */
                    multiply<T, COLUMNS>(sums, a + 2 * k, b + 2 * k, add || k > 0);
                wgmma_commit();
                if (--left == 0 && more) /* all of this block's stages were seen full */
                    hand_over(w->group);
                if (add) {
                    wgmma_wait_one();
                    if (!halo.resident)
                        release(read_filter);
                    if (read_box && v == 0 && u == 0)
                        release(read_box);
                }
                read_filter = &w->m.filter_empty[w->filter.stage];
                step_on(&w->filter, halo.filters);
                add = true;
            }
        read_box = &w->m.box_empty[w->box.stage];
        step_on(&w->box, halo.boxes);
    }
    wgmma_wait_all();
    if (!halo.resident)
        release(read_filter);
    release(read_box);
}

/* Asks for a group's residual, into the staging that its sums will take the place of; one thread.
 */
static __device__ __forceinline__ void ask_residual(const worker &w, const nova_gpu_block &block) {
    const nova_gpu_halo &halo = *w.halo;
    uint64_t *arrived = &w.m.residual[w.group];
    asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory"); /* the block before has left */
    barrier_expect(arrived, halo.out_w * halo.out_h * halo.out_n * ROW_BYTES);
    copy_box_4(w.staging, &w.map->residual, block.channel, block.w, block.h, block.n, arrived, 0);
}

/* Multiplies and stores a block, behind the other group's if that has one before. What can be done
   before the matrix units are free is done before. */
template <typename T, int COLUMNS>
static __device__ __forceinline__ void take(worker *w, const nova_gpu_block &block, bool behind,
                                            bool more) {
    float sums[1][COLUMNS / 2];
    const bool residual = w->args->epilogue.residual;
    if (residual && threadIdx.x % GROUP_THREADS == 0)
        ask_residual(*w, block);
    if (behind)
        wait_for_turn(w->group);
    multiply_steps<T, COLUMNS>(w, more, sums[0]);
    if (residual) {
        barrier_wait(&w->m.residual[w->group], w->residual_parity);
        w->residual_parity ^= 1;
    }
    store_boxes<T, COLUMNS, 1>(*w->args, &w->map->out, w->staging, block, block.channel, w->group,
                               sums);
}

template <typename T, int COLUMNS>
static __device__ __forceinline__ void multiply_operands(const nova_gpu_products_args &args,
                                                         const nova_gpu_halo &halo, const maps &map,
                                                         const memory &m) {
    const nova_gpu_grid &grid = args.grid;
    const int units = nova_gpu_units(&grid), steps = nova_gpu_steps(&grid);
    worker w;
    w.args = &args;
    w.halo = &halo;
    w.map = &map;
    w.m = m;
    w.group = same_in_warp((int)(threadIdx.x / GROUP_THREADS) - 1);
    w.staging = m.staging + w.group * halo.staging_bytes;
    w.residual_parity = 0;
    w.filter.stage = w.box.stage = 0;
    w.filter.parity = w.box.parity = 0;
    int owner = 0;
    for (int unit = blockIdx.x; unit < units; unit += gridDim.x, owner ^= 1) {
        if (halo.resident) /* full once and for all */
            w.filter.stage = w.filter.parity = 0;
        if (owner != w.group) {
            skip(&w.filter, steps, halo.filters);
            skip(&w.box, grid.channel_steps, halo.boxes);
            continue;
        }
        take<T, COLUMNS>(&w, nova_gpu_block_at(&grid, unit, 0), unit > (int)blockIdx.x,
                         unit + (int)gridDim.x < units);
    }
    if (threadIdx.x % GROUP_THREADS == 0) /* shared memory must outlive the copies out of it */
        asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
}

template <typename T, int COLUMNS>
static __global__ void __launch_bounds__(THREADS, 1)
    halo_kernel(const __grid_constant__ maps map,
                const __grid_constant__ nova_gpu_products_args args,
                const __grid_constant__ nova_gpu_halo halo) {
    extern __shared__ __align__(1024) unsigned char shared[];
    const memory m = lay_out(shared, halo);
    let_successor_start();
    if (threadIdx.x == 0) {
        prefetch_map(&map.u);
        prefetch_map(&map.x);
        for (int i = 0; i < halo.filters; i++) {
            barrier_init(&m.filter_full[i], 1);
            barrier_init(&m.filter_empty[i], 1);
        }
        for (int i = 0; i < halo.boxes; i++) {
            barrier_init(&m.box_full[i], 1);
            barrier_init(&m.box_empty[i], 1);
        }
        for (int i = 0; i < GROUPS; i++)
            barrier_init(&m.residual[i], 1);
        barrier_init_fence();
    }
    __syncthreads();
    /* The compiler gives 384 threads 168 registers each; what the copying group hands back, 128
       times 112, is what the two others take. More would never be granted. */
    if (threadIdx.x < GROUP_THREADS) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 56;");
        if (threadIdx.x == 0)
            copy_filters(&map.u, args.grid, halo, m);
        else if (threadIdx.x == 32) /* of another warp */
            copy_boxes(&map.x, args.grid, halo, m);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 224;");
        wait_for_predecessor(); /* y, and the residual */
        multiply_operands<T, COLUMNS>(args, halo, map, m);
    }
}

/* ---------------------------------------------------------------- launching */

typedef void (*halo_fn)(maps, nova_gpu_products_args, nova_gpu_halo);

/* The kernel for so many columns, COLUMNS or more. */
template <typename T, int COLUMNS> static halo_fn kernel_of(int columns) {
    if constexpr (COLUMNS < NOVA_GPU_MOST_PIXELS)
        if (columns > COLUMNS)
            return kernel_of<T, COLUMNS + NOVA_GPU_HALO_COLUMNS>(columns);
    return halo_kernel<T, COLUMNS>;
}

cudaError_t nova_cuda_halo_sm90(const nova_cuda_launch *launch, const nova_gpu_products_args *args,
                                const CUtensorMap *map) {
    const nova_gpu_grid *grid = &args->grid;
    const nova_gpu_halo halo = nova_gpu_halo_of(grid, launch->processors);
    const halo_fn kernel = launch->type == NOVA_F16
                               ? kernel_of<__half, NOVA_GPU_HALO_LEAST>(grid->halo)
                               : kernel_of<__nv_bfloat16, NOVA_GPU_HALO_LEAST>(grid->halo);
    const int units = nova_gpu_units(grid);
    const int slots = nova_gpu_halo_slots(grid, &halo, launch->processors);
    const maps all = {map[NOVA_CUDA_MAP_SLAB], map[NOVA_CUDA_MAP_P], map[NOVA_CUDA_MAP_RESIDUAL],
                      map[NOVA_CUDA_MAP_OUT]};
    return nova_cuda_start_clusters(launch, kernel, dim3((unsigned)(units < slots ? units : slots)),
                                    1, THREADS, nova_gpu_halo_bytes(&halo), all, *args, halo);
}
