/*
 * rows_sm90.cu - Winograd along the rows in one kernel (gpu/rows.h): x in, y out.
 *
 * A block of threads stays on its multiprocessor, keeps U of its output channels and takes unit
 * after unit. One thread copies boxes of x into a ring. Two groups take units in turn: while one
 * multiplies, the other stores, or makes V of its next unit's first step. Products that read an
 * operand from registers are issued one at a time, each when the one before it has begun; so V of
 * the next step is made between those of this one, from pixels that were loaded a step before.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/copy_sm90.h"
#include "cuda/launch.h"
#include "cuda/rows_fragments.h"
#include "cuda/store_sm90.h"

enum {
    THREADS = (1 + GROUPS) * GROUP_THREADS, /* the first group copies */
    WARPS = GROUP_THREADS / 32,
    SLICE_BYTES = NOVA_GPU_SLAB_CHANNELS * ROW_BYTES,    /* U of a position, 64 channels */
    STEPS = NOVA_GPU_STEP_CHANNELS / NOVA_GPU_ROWS_STEP, /* products of 64 channels */
    WARP_PIXELS = NOVA_GPU_ROWS_WARP * NOVA_GPU_ROWS_HIGH
};
static_assert((int)GROUPS == (int)NOVA_GPU_ROWS_GROUPS, "staging of each");

/* Maps of U, x, the residual and y; of the last two a box is a warp's. */
typedef struct maps {
    CUtensorMap u, x, residual, out;
} maps;

/* What lies where in shared memory. */
typedef struct memory {
    unsigned char *filters, *boxes, *staging;                /* aligned to 1024 bytes */
    float *bias;                                             /* of the output channels */
    uint64_t *filter_full, *box_full, *box_empty, *residual; /* the last of every warp */
} memory;

static_assert(NOVA_GPU_SLAB_CHANNELS * sizeof(float) +
                      (1 + 2 * NOVA_GPU_ROWS_MOST_BOXES + GROUPS * WARPS) * sizeof(uint64_t) <=
                  (int)NOVA_GPU_ROWS_REST,
              "room for what is small");

static __device__ __forceinline__ memory lay_out(unsigned char *from, const nova_gpu_rows &rows) {
    memory m;
    m.filters = from;
    m.boxes = m.filters + rows.filter_bytes;
    m.staging = m.boxes + rows.boxes * rows.box_bytes;
    m.bias = (float *)(m.staging + GROUPS * rows.staging_bytes);
    m.filter_full = (uint64_t *)(m.bias + NOVA_GPU_SLAB_CHANNELS);
    m.box_full = m.filter_full + 1;
    m.box_empty = m.box_full + NOVA_GPU_ROWS_MOST_BOXES;
    m.residual = m.box_empty + NOVA_GPU_ROWS_MOST_BOXES;
    return m;
}

/* Over `count` of the ring's boxes. */
static __device__ __forceinline__ void step_on(turn *t, int count, int boxes) {
    for (t->stage += count; t->stage >= boxes; t->stage -= boxes)
        t->parity ^= 1;
}

/* ---------------------------------------------------------------- copying */

/* U of a block's output channels, all of it. */
static __device__ void copy_filters(const CUtensorMap *u, const nova_gpu_grid &grid,
                                    const nova_gpu_rows &rows, const memory &m) {
    const int channel = nova_gpu_rows_channel(&grid, blockIdx.x);
    const int slices = grid.taps_h * POSITIONS;
    unsigned char *to = m.filters;
    barrier_expect(m.filter_full, rows.filter_bytes);
    for (int c = 0; c < grid.channel_steps; c++)
        for (int slice = 0; slice < slices; slice++, to += SLICE_BYTES)
            copy_box_3(to, u, c * NOVA_GPU_STEP_CHANNELS, channel, slice, m.filter_full, 0);
}

/* Boxes of x, column by column. */
static __device__ void copy_boxes(const CUtensorMap *x, const nova_gpu_grid &grid,
                                  const nova_gpu_rows &rows, const memory &m) {
    const int units = nova_gpu_units(&grid), bytes = rows.in_w * rows.in_h * ROW_BYTES;
    turn t = {0, 1};
    wait_for_predecessor();
    for (int unit = blockIdx.x; unit < units; unit += gridDim.x) {
        const nova_gpu_block block = nova_gpu_block_at(&grid, unit, 0);
        for (int c = 0; c < grid.channel_steps; c++) {
            uint64_t *full = &m.box_full[t.stage];
            barrier_wait(&m.box_empty[t.stage], t.parity);
            barrier_expect(full, bytes);
            copy_box_4(m.boxes + t.stage * rows.box_bytes, x, c * NOVA_GPU_STEP_CHANNELS,
                       block.h + grid.origin_h, block.w + grid.origin_w, block.n, full, 0);
            step_on(&t, 1, rows.boxes);
        }
    }
}

/* ---------------------------------------------------------------- multiplying */

/** A thread's sums of a position: 64 channels of its two tiles' share. */
typedef float sums_of_tile[NOVA_GPU_SLAB_CHANNELS / 2];

/* One group's view of the kernel. */
typedef struct worker {
    const nova_gpu_rows_args *args;
    const nova_gpu_rows *rows;
    const maps *map;
    memory m;
    unsigned char *staging; /* of the warp */
    int group, channel;
    nova_gpu_rows_place place;
    uint32_t residual_parity;
    turn box;
} worker;

/* The products of a box, 64 channels; d[0] and d[1] are of its first two steps, v[0] of its first.
   The pixels of the step after the next one are loaded where those of this one were. */
template <typename T>
static __device__ __forceinline__ void multiply_box(const worker &w, uint32_t box, int c,
                                                    uint32_t *at, pixels *d, fragments *v,
                                                    sums_of_tile *sums) {
    const int rows = w.args->grid.taps_h;
    const uint32_t filters = shared_address(w.m.filters) + c * rows * POSITIONS * SLICE_BYTES;
    bool add = c > 0;
    for (int row = 0; row < rows; row++) {
        const uint64_t u = wgmma_operand(filters + row * POSITIONS * SLICE_BYTES);
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            const uint64_t own = u + 2 * step; /* 16 channels, 32 bytes, in the operands' units */
            const fragments &now = v[step % 2];
            fragments *next = &v[(step + 1) % 2];
            if (step == STEPS - 2) /* behind the last row they are loaded for nothing */
                find_pixels(box, w.rows->in_h, row + 1 < rows ? row + 1 : row, at);
            wgmma_arrive();
            multiply_fragment<T>(sums[0], now.position[0], own, add);
            multiply_fragment<T>(sums[1], now.position[1], own + (SLICE_BYTES >> 4), add);
            load_pixels(at, (step + 2) % STEPS, &d[step % 2]);
            wgmma_commit();
            wgmma_wait_one(); /* nothing reads the next fragments' registers any more */
            make_half<T>(d[(step + 1) % 2], 0, next);
            make_half<T>(d[(step + 1) % 2], 1, next);
            multiply_fragment<T>(sums[2], now.position[2], own + 2 * (SLICE_BYTES >> 4), add);
            multiply_fragment<T>(sums[3], now.position[3], own + 3 * (SLICE_BYTES >> 4), add);
            wgmma_commit();
            add = true;
        }
    }
}

/* The first steps of a box, which must have arrived. */
template <typename T>
static __device__ __forceinline__ void begin_box(const worker &w, uint32_t box, uint32_t *at,
                                                 pixels *d, fragments *v) {
    find_pixels(box, w.rows->in_h, 0, at);
    load_pixels(at, 0, &d[0]);
    load_pixels(at, 1, &d[1]);
    make_half<T>(d[0], 0, &v[0]);
    make_half<T>(d[0], 1, &v[0]);
}

/* All products of a unit, behind the other group's if that has one before. */
template <typename T>
static __device__ __forceinline__ void multiply_unit(worker *w, bool behind, bool more,
                                                     sums_of_tile *sums) {
    const nova_gpu_grid &grid = w->args->grid;
    const uint32_t boxes = shared_address(w->m.boxes);
    for (int c = 0; c < grid.channel_steps; c++) {
        const uint32_t box = boxes + w->box.stage * w->rows->box_bytes;
        uint32_t at[PAIRS];
        pixels d[2];
        fragments v[2];
        barrier_wait(&w->m.box_full[w->box.stage], w->box.parity);
        begin_box<T>(*w, box, at, d, v);
        if (c == 0 && behind)
            wait_for_turn(w->group);
        multiply_box<T>(*w, box, c, at, d, v, sums);
        if (c == grid.channel_steps - 1 && more)
            hand_over(w->group);
        __syncwarp();
        if (threadIdx.x % 32 == 0)
            barrier_arrive(&w->m.box_empty[w->box.stage], 0);
        wgmma_wait_all(); /* and so v is free */
        step_on(&w->box, 1, w->rows->boxes);
    }
}

/* ---------------------------------------------------------------- storing */

/* First pixel of a warp's part of a unit. */
static __device__ __forceinline__ int first_column(const worker &w) {
    const int warp = threadIdx.x % GROUP_THREADS / 32;
    return w.place.w * NOVA_GPU_ROWS_WIDE + warp * NOVA_GPU_ROWS_WARP;
}
static __device__ __forceinline__ int first_row(const worker &w) {
    return w.place.h * NOVA_GPU_ROWS_HIGH;
}

/* Asks for a warp's part of the residual, into the staging that its outputs take the place of; one
   thread. */
static __device__ __forceinline__ void ask_residual(const worker &w, uint64_t *arrived) {
    barrier_expect(arrived, WARP_PIXELS * ROW_BYTES);
    copy_box_4(w.staging, &w.map->residual, w.channel, first_row(w), first_column(w), w.place.n,
               arrived, 0);
}

/* Outputs of eight channels: two of each of a thread's tiles, of two channels. */
template <typename T, nova_activation ACTIVATION, bool RESIDUAL>
static __device__ __forceinline__ void finish_piece(const worker &w, int piece, uint32_t at,
                                                    const sums_of_tile *sums) {
    const V bias = *(const V *)(w.m.bias + 8 * piece + 2 * (threadIdx.x % 4));
    const float factor = w.args->factor;
    uint32_t words[4];
    if (RESIDUAL) {
        load_matrices(words, at);
        __syncwarp(); /* what is stored in its place comes from other lanes than read it */
    }
#pragma unroll
    for (int tile = 0; tile < 2; tile++) {
        const int i = 4 * piece + 2 * tile;
        const V all[] = {make_float2(sums[0][i] + sums[1][i] + sums[2][i],
                                     sums[0][i + 1] + sums[1][i + 1] + sums[2][i + 1]),
                         make_float2(sums[1][i] - sums[2][i] + sums[3][i],
                                     sums[1][i + 1] - sums[2][i + 1] + sums[3][i + 1])};
#pragma unroll
        for (int q = 0; q < NOVA_GPU_ROWS_TILE; q++) {
            V y = make_float2(fmaf(all[q].x, factor, bias.x), fmaf(all[q].y, factor, bias.y));
            if (RESIDUAL)
                y = V_ADD(y, unpack(T(), words[2 * tile + q]));
            words[2 * tile + q] = pack<T>(activate(y.x, ACTIVATION), activate(y.y, ACTIVATION));
        }
    }
    asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(at),
                 "r"(words[0]), "r"(words[1]), "r"(words[2]), "r"(words[3])
                 : "memory");
}

template <typename T, nova_activation ACTIVATION, bool RESIDUAL>
static __device__ __forceinline__ void finish_pieces(const worker &w, const sums_of_tile *sums) {
    const int warp = threadIdx.x % GROUP_THREADS / 32, lane = threadIdx.x % 32;
    const int pixel = nova_gpu_rows_output(warp, lane) - warp * WARP_PIXELS;
    const uint32_t first = shared_address(w.staging) + nova_gpu_rows_piece(pixel, 0);
#pragma unroll
    for (int piece = 0; piece < NOVA_GPU_SLAB_CHANNELS / 8; piece++)
        finish_piece<T, ACTIVATION, RESIDUAL>(w, piece, first ^ (piece << 4), sums);
}

/* What there is to do is asked once: what is only passed by would fill the instruction cache. */
template <typename T, nova_activation ACTIVATION>
static __device__ __forceinline__ void finish(const worker &w, const sums_of_tile *sums) {
    if (w.args->epilogue.residual)
        finish_pieces<T, ACTIVATION, true>(w, sums);
    else
        finish_pieces<T, ACTIVATION, false>(w, sums);
}

/* A warp stores its own part of y, without the others. */
template <typename T>
static __device__ __forceinline__ void store_unit(worker *w, const sums_of_tile *sums) {
    const nova_gpu_epilogue &e = w->args->epilogue;
    const int warp = threadIdx.x % GROUP_THREADS / 32;
    uint64_t *arrived = &w->m.residual[w->group * WARPS + warp];
    if (threadIdx.x % 32 == 0) { /* the unit before has left the staging */
        asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
        if (e.residual)
            ask_residual(*w, arrived);
    }
    __syncwarp();
    if (e.residual) {
        barrier_wait(arrived, w->residual_parity);
        w->residual_parity ^= 1;
    }
    if (e.activation == NOVA_ACTIVATION_RELU)
        finish<T, NOVA_ACTIVATION_RELU>(*w, sums);
    else if (e.activation == NOVA_ACTIVATION_SILU)
        finish<T, NOVA_ACTIVATION_SILU>(*w, sums);
    else
        finish<T, NOVA_ACTIVATION_NONE>(*w, sums);
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncwarp();
    if (threadIdx.x % 32 != 0)
        return;
    store_box_4(&w->map->out, w->channel, first_row(*w), first_column(*w), w->place.n, w->staging);
    asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}

/* ---------------------------------------------------------------- kernel */

template <typename T>
static __device__ __forceinline__ void take_units(const nova_gpu_rows_args &args,
                                                  const nova_gpu_rows &rows, const maps &map,
                                                  const memory &m) {
    const int units = nova_gpu_units(&args.grid), steps = args.grid.channel_steps;
    worker w;
    w.args = &args;
    w.rows = &rows;
    w.map = &map;
    w.m = m;
    w.group = same_in_warp((int)(threadIdx.x / GROUP_THREADS) - 1);
    w.staging = m.staging + w.group * rows.staging_bytes +
                threadIdx.x % GROUP_THREADS / 32 * WARP_PIXELS * ROW_BYTES;
    w.residual_parity = 0;
    w.box.stage = w.box.parity = 0;
    step_on(&w.box, w.group * steps, rows.boxes);
    /* divisions, while U is on its way */
    const nova_gpu_rows_place step = nova_gpu_rows_place_of(&args.grid, GROUPS * gridDim.x);
    w.place = nova_gpu_rows_place_of(&args.grid, blockIdx.x + w.group * gridDim.x);
    w.channel = nova_gpu_rows_channel(&args.grid, blockIdx.x);
    barrier_wait(m.filter_full, 0);
    for (int unit = blockIdx.x + w.group * gridDim.x; unit < units; unit += GROUPS * gridDim.x) {
        sums_of_tile sums[POSITIONS];
        multiply_unit<T>(&w, unit > (int)blockIdx.x, unit + (int)gridDim.x < units, sums);
        step_on(&w.box, (GROUPS - 1) * steps, rows.boxes); /* those of the other group */
        store_unit<T>(&w, sums);
        w.place = nova_gpu_rows_next(&args.grid, w.place, step);
    }
    if (threadIdx.x % 32 == 0) /* shared memory must outlive the copies out of it */
        asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
}

static __device__ __forceinline__ void prepare(const maps &map, const memory &m, int boxes) {
    prefetch_map(&map.u);
    prefetch_map(&map.x);
    barrier_init(m.filter_full, 1);
    for (int i = 0; i < boxes; i++) {
        barrier_init(&m.box_full[i], 1);
        barrier_init(&m.box_empty[i], WARPS);
    }
    for (int i = 0; i < GROUPS * WARPS; i++)
        barrier_init(&m.residual[i], 1);
    barrier_init_fence();
}

template <typename T>
static __global__ void __launch_bounds__(THREADS, 1)
    rows_kernel(const __grid_constant__ maps map, const __grid_constant__ nova_gpu_rows_args args,
                const __grid_constant__ nova_gpu_rows rows) {
    extern __shared__ __align__(1024) unsigned char shared[];
    const memory m = lay_out(shared, rows);
    let_successor_start();
    if (threadIdx.x == 0) {
        prepare(map, m, rows.boxes);
        copy_filters(&map.u, args.grid, rows, m); /* which no kernel writes */
    } else if (threadIdx.x >= GROUP_THREADS &&
               threadIdx.x < GROUP_THREADS + NOVA_GPU_SLAB_CHANNELS) {
        const int number = threadIdx.x - GROUP_THREADS;
        const int64_t channel = nova_gpu_rows_channel(&args.grid, blockIdx.x) + number;
        const float *bias = args.epilogue.bias;
        m.bias[number] = bias && channel < args.epilogue.k ? bias[channel] : 0.0f;
    }
    __syncthreads();
    /* The compiler gives 384 threads 168 registers each; what the copying group hands back, 128
       times 128, is what the two others take. */
    if (threadIdx.x < GROUP_THREADS) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
        if (threadIdx.x == 0)
            copy_boxes(&map.x, args.grid, rows, m);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
        wait_for_predecessor(); /* y, and the residual */
        take_units<T>(args, rows, map, m);
    }
}

/* ---------------------------------------------------------------- launching */

cudaError_t nova_cuda_rows_sm90(const nova_cuda_launch *launch, const nova_gpu_rows_args *args,
                                const CUtensorMap *map) {
    const nova_gpu_grid *grid = &args->grid;
    const nova_gpu_rows rows = nova_gpu_rows_of(grid);
    const int units = nova_gpu_units(grid), slots = nova_gpu_rows_slots(grid, launch->processors);
    const auto kernel = launch->type == NOVA_F16 ? rows_kernel<__half> : rows_kernel<__nv_bfloat16>;
    const maps all = {map[NOVA_CUDA_MAP_U], map[NOVA_CUDA_MAP_P], map[NOVA_CUDA_MAP_RESIDUAL],
                      map[NOVA_CUDA_MAP_OUT]};
    return nova_cuda_start_clusters(launch, kernel, units < slots ? units : slots, 1, THREADS,
                                    nova_gpu_rows_shared(&rows), all, *args, rows);
}
