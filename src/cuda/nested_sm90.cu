/*
 * nested_sm90.cu - Winograd in both directions in one kernel (gpu/nested.h): x in, y out.
 *
 * A block of threads stays on its multiprocessor, keeps U and takes unit after unit. It has two
 * groups, each with units and planes of its own, the second half a unit behind the first, so that
 * one makes and stores outputs while the other multiplies. Whatever else they issue takes turns
 * with the products (docs/gpu-studies.md): the steps are unrolled, addresses and U's descriptor
 * are stepped on in place, with one instruction each, and nothing branches while products are under
 * way, because the compiler would wait for each of them. It has 255 registers for 128 of sums, 32
 * of V and 36 of pixels; what is hidden from it below would not fit beside them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/hopper.h"
#include "cuda/launch.h"
#include "cuda/nested_fragments.h"
#include "cuda/tile_sm90.h"
#include "cuda/wgmma.h"
#include "gpu/nested.h"

enum {
    THREADS = NOVA_GPU_NESTED_GROUPS * GROUP_THREADS,
    PLANES = NOVA_GPU_NESTED_PLANES,
    PLANE_BYTES = NOVA_GPU_NESTED_PLANE_BYTES,
    SLICE_BYTES = NOVA_GPU_SLAB_CHANNELS * ROW_BYTES, /* U of a position */
    WORDS = NOVA_GPU_SLAB_CHANNELS / 4,               /* a thread's sums of a position, in pairs */
    HALF = STEPS / 2,
    ADDRESS = 16 /* bytes that operands' descriptors count in */
};
static_assert((int)GROUPS == (int)NOVA_GPU_NESTED_GROUPS, "barriers of turns");

/** What outputs are made of sums by. */
enum finish {
    ADDED,     /* sums with their bias */
    RECTIFIED, /* likewise, and ReLU, which is part of the last addition */
    IN_FULL    /* factor, bias, residual and activation in binary32 */
};

typedef struct maps {
    CUtensorMap u, plane[PLANES];
} maps;

/** Where a unit is, in units: the column and, in the upper half of the word, the row; the image. */
typedef struct spot {
    int at, n;
} spot;

/* What lies where in shared memory. */
typedef struct memory {
    unsigned char *filters, *planes; /* aligned to 1024 bytes; the planes are of the group */
    float *bias;                     /* of the output channels */
    uint32_t *pairs;                 /* the same in binary16, two to a word */
    uint64_t *filter_full, *full;    /* the latter of the group's planes */
} memory;

static __device__ __forceinline__ memory lay_out(unsigned char *from, int group) {
    memory m;
    m.filters = from;
    m.planes = from + NOVA_GPU_NESTED_FILTER_BYTES;
    unsigned char *rest = m.planes + GROUPS * PLANES * NOVA_GPU_NESTED_PLANE_ROOM;
    m.bias = (float *)rest;
    m.pairs = (uint32_t *)(m.bias + NOVA_GPU_SLAB_CHANNELS);
    m.filter_full = (uint64_t *)(m.pairs + NOVA_GPU_SLAB_CHANNELS / 2);
    m.full = m.filter_full + 1 + group * PLANES;
    m.planes += group * PLANES * NOVA_GPU_NESTED_PLANE_ROOM;
    return m;
}
static_assert(NOVA_GPU_SLAB_CHANNELS * 6 + (1 + GROUPS * PLANES) * 8 <= NOVA_GPU_NESTED_REST,
              "room for what is small");

/* ---------------------------------------------------------------- where units are */

static __device__ __forceinline__ spot spot_of(const nova_gpu_grid &grid, int unit) {
    const nova_gpu_rows_place place = nova_gpu_rows_place_of(&grid, unit);
    const spot s = {place.w | place.h << 16, place.n};
    return s;
}

static __device__ __forceinline__ spot next_spot(const nova_gpu_grid &grid, spot s,
                                                 nova_gpu_rows_place step) {
    const nova_gpu_rows_place place = {s.at & 0xffff, s.at >> 16, s.n};
    const nova_gpu_rows_place next = nova_gpu_rows_next(&grid, place, step);
    const spot there = {next.w | next.h << 16, next.n};
    return there;
}

/* The same, but the compiler does not know: what follows from it is worked out where it is wanted,
   not kept through the products. */
static __device__ __forceinline__ spot hidden(spot s) {
    asm volatile("" : "+r"(s.at), "+r"(s.n)::"memory");
    return s;
}
static __device__ __forceinline__ int hidden_thread(void) {
    int thread;
    asm volatile("mov.u32 %0, %%tid.x;" : "=r"(thread)::"memory");
    return thread;
}

static __device__ __forceinline__ int first_row(spot s) {
    return (s.at >> 16) * NOVA_GPU_NESTED_SIDE;
}
static __device__ __forceinline__ int first_column(spot s) {
    return (s.at & 0xffff) * NOVA_GPU_NESTED_SIDE;
}

/* ---------------------------------------------------------------- copying */

/* A plane of a unit's patch, if `wanted`. */
static __device__ __forceinline__ void copy_plane(const maps &map, const nova_gpu_grid &grid,
                                                  const memory &m, int plane, spot s, bool wanted) {
    copy_box_if(wanted, m.planes + plane * NOVA_GPU_NESTED_PLANE_ROOM, &map.plane[plane], 0,
                nova_gpu_nested_first(first_row(s), grid.origin_h, plane),
                first_column(s) + grid.origin_w, s.n, PLANE_BYTES, &m.full[plane]);
}

static __device__ __forceinline__ void prefetch_planes(const maps &map, const nova_gpu_grid &grid,
                                                       spot s) {
#pragma unroll
    for (int plane = 0; plane < PLANES; plane++)
        prefetch_box_4(&map.plane[plane], 0,
                       nova_gpu_nested_first(first_row(s), grid.origin_h, plane),
                       first_column(s) + grid.origin_w, s.n);
}

static __device__ void copy_filters(const CUtensorMap *u, const memory &m) {
    barrier_expect(m.filter_full, NOVA_GPU_NESTED_FILTER_BYTES);
    for (int i = 0; i < NOVA_GPU_NESTED_POSITIONS; i++)
        copy_box_3(m.filters + i * SLICE_BYTES, u, 0, 0, i, m.filter_full, 0);
}

/* ---------------------------------------------------------------- products */

/** Sums of a row of positions. */
typedef uint32_t line_sums[LINE][WORDS];

/* The products of a step; `own` is U's descriptor, `at` the position and channels that it is of, a
   constant. */
static __device__ __forceinline__ void multiply_step(int step, const fragments v, uint64_t *own,
                                                     int *at, line_sums sums) {
    const int line = nova_gpu_nested_line(step), chunk = nova_gpu_nested_chunk(step);
#pragma unroll
    for (int i = 0; i < LINE; i++) {
        const int to = ((line * LINE + i) * SLICE_BYTES + chunk * 32) / ADDRESS;
        if (to != *at)
            asm volatile("add.s64 %0, %0, %1;" : "+l"(*own) : "l"((int64_t)(to - *at)));
        *at = to;
        multiply_fragment_f16(sums[i], v[i], *own, step >= 2);
    }
}

/* The middle rows' sums to what the outer rows' products are added to. */
static __device__ __forceinline__ void join_lines(line_sums *sums) {
#pragma unroll
    for (int i = 0; i < LINE; i++)
#pragma unroll
        for (int n = 0; n < WORDS; n++) {
            const uint32_t sum = add(sums[0][i][n], sums[1][i][n]);
            sums[1][i][n] = subtract(sums[0][i][n], sums[1][i][n]);
            sums[0][i][n] = sum;
        }
}

/* ---------------------------------------------------------------- outputs */

template <finish FINISH>
static __device__ __forceinline__ uint32_t add_last(uint32_t a, uint32_t b) {
    if (FINISH != RECTIFIED)
        return add(a, b);
    uint32_t sum;
    asm volatile("fma.rn.relu.f16x2 %0, %1, %2, %3;"
                 : "=r"(sum)
                 : "r"(a), "r"(0x3c003c00), "r"(b)); /* times one */
    return sum;
}

static __device__ __forceinline__ void finish_piece(const nova_gpu_rows_args &args,
                                                    const float *bias, const __half *residual,
                                                    bool exists, uint32_t *words) {
    uint4 r = make_uint4(0, 0, 0, 0);
    if (args.epilogue.residual && exists)
        r = *(const uint4 *)residual;
    const uint32_t added[] = {r.x, r.y, r.z, r.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const V y = unpack(__half(), words[i]), more = unpack(__half(), added[i]);
        const float a = fmaf(y.x, args.factor, bias[2 * i]) + more.x;
        const float b = fmaf(y.y, args.factor, bias[2 * i + 1]) + more.y;
        words[i] = pack<__half>(activate(a, args.epilogue.activation),
                                activate(b, args.epilogue.activation));
    }
}

static __device__ __forceinline__ void store_piece(__half *to, bool exists, const uint32_t *words) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %5, 0;\n"
                 "@p st.global.v4.b32 [%0], {%1, %2, %3, %4};\n}" ::"l"(to),
                 "r"(words[0]), "r"(words[1]), "r"(words[2]), "r"(words[3]), "r"((int)exists)
                 : "memory");
}

/* A row of y of every tile, the upper or the lower one, from its positions' sums; pieces of eight
   channels go to memory as they are. */
template <finish FINISH>
static __device__ __forceinline__ void store_row(const nova_gpu_rows_args &args, const memory &m,
                                                 spot unit, int lower, const line_sums sums) {
    const nova_gpu_epilogue &e = args.epilogue;
    const spot s = hidden(unit);
    const int thread = hidden_thread(), k = (int)e.k;
    const int i = first_row(s) + thread % 32 / 4 * NOVA_GPU_NESTED_TILE + lower;
    const int j = first_column(s) + thread % GROUP_THREADS / 32 * NOVA_GPU_NESTED_WARP;
    const int columns = i < (int)e.out_h ? (int)e.out_w - j : 0, channel = thread % 4 * 8;
    const int64_t first = ((s.n * e.out_h + i) * e.out_w + j) * k + channel;
#pragma unroll
    for (int c = 0; c < 2; c++) {
        const uint4 four = *(const uint4 *)(m.pairs + (channel + 32 * c) / 2);
        const uint32_t bias[] = {four.x, four.y, four.z, four.w};
#pragma unroll
        for (int tile = 0; tile < 2; tile++) {
            uint32_t words[2][4];
#pragma unroll
            for (int p = 0; p < 4; p++) {
                const int n = 2 * (4 * c + p) + tile;
                /* position 1 is in both columns: it takes the bias */
                const uint32_t own = FINISH == IN_FULL ? sums[1][n] : add(sums[1][n], bias[p]);
                words[0][p] = add_last<FINISH>(sums[0][n], add(own, sums[2][n]));
                words[1][p] = add_last<FINISH>(sums[3][n], subtract(own, sums[2][n]));
            }
#pragma unroll
            for (int q = 0; q < 2; q++) {
                const int column = NOVA_GPU_NESTED_TILE * tile + q;
                const bool exists = column < columns && channel + 32 * c < k;
                const int64_t at = first + column * k + 32 * c;
                if (FINISH == IN_FULL)
                    finish_piece(args, m.bias + channel + 32 * c, (const __half *)e.residual + at,
                                 exists, words[q]);
                store_piece((__half *)e.y + at, exists, words[q]);
            }
        }
    }
}

/* ---------------------------------------------------------------- kernel */

enum {
    EVEN_USED = 10, /* step beside whose products plane 0 is read for the last time, */
    ODD_USED = 14,  /* and plane 1 */
    UPPER = 12      /* step beside whose products the upper rows are stored */
};

/* V of a step, and the pixels of the next one that has some of its own. */
static __device__ __forceinline__ void prepare_step(int step, source *from, pixels d,
                                                    fragments *v) {
    make_fragments(step, d, v[step % 2]);
    if (nova_gpu_nested_line(step) != 1 && step + 1 < STEPS)
        load_pixels(step + 1, from, d);
}

template <finish FINISH>
static __device__ __forceinline__ void take_units(const maps &map, const nova_gpu_rows_args &args,
                                                  nova_gpu_rows_place stride, const memory &m,
                                                  int group) {
    const nova_gpu_grid &grid = args.grid;
    const int units = nova_gpu_units(&grid), blocks = (int)gridDim.x;
    const bool leader = threadIdx.x % GROUP_THREADS == 0;
    const int first = (int)blockIdx.x + group * blocks;
    spot at = spot_of(grid, first);
    for (int plane = 0; plane < PLANES; plane++)
        copy_plane(map, grid, m, plane, at, leader && first < units);
    source from;
    find_pixels(shared_address(m.planes), &from);
    barrier_wait(m.filter_full, 0);
    uint32_t parity = 0;
    for (int unit = first; unit < units; unit += GROUPS * blocks) {
        line_sums sums[2];
        fragments v[2];
        pixels d;
        const bool more = unit + GROUPS * blocks < units;
        for (int plane = 0; plane < PLANES; plane++)
            barrier_wait(&m.full[plane], parity);
        load_pixels(0, &from, d);
        const spot next = next_spot(grid, at, stride);
        if (leader && more)
            prefetch_planes(map, grid, next);
        const uint64_t operand = wgmma_operand(shared_address(m.filters));
        uint64_t own = operand >> 32 << 32 | (uint32_t)same_in_warp((int)(uint32_t)operand);
        int own_at = 0;
        prepare_step(0, &from, d, v);
        if (group == 1 && unit == first)
            wait_for_turn(1);
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            const int lower = step < HALF ? step % 2 : nova_gpu_nested_line(step) == 3;
            wgmma_arrive();
            multiply_step(step, v[step % 2], &own, &own_at, sums[lower]);
            wgmma_commit();
            wgmma_wait_one(); /* nothing reads the other fragments' registers any more */
            if (step + 1 < STEPS)
                prepare_step(step + 1, &from, d, v);
            if (step == EVEN_USED || step == ODD_USED) {
                group_sync(group);
                copy_plane(map, grid, m, step == ODD_USED, next, leader && more);
            }
            if (step == HALF - 1) {
                wgmma_wait_all();
                if (group == 0 && unit == first && unit + blocks < units)
                    hand_over(0); /* once: the other group begins */
                join_lines(sums);
            }
            if (step == UPPER)
                store_row<FINISH>(args, m, at, 0, sums[0]);
        }
        wgmma_wait_all();
        parity ^= 1;
        store_row<FINISH>(args, m, at, 1, sums[1]);
        at = next;
    }
}

static __device__ __forceinline__ void prepare(const maps &map, const memory &m) {
    prefetch_map(&map.u);
    for (int plane = 0; plane < PLANES; plane++)
        prefetch_map(&map.plane[plane]);
    barrier_init(m.filter_full, 1);
    for (int i = 0; i < GROUPS * PLANES; i++)
        barrier_init(&m.filter_full[1 + i], 1);
    barrier_init_fence();
}

/* Two channels' biases. */
static __device__ __forceinline__ void lay_bias(const nova_gpu_epilogue &e, int pair,
                                                const memory &m) {
    const int channel = 2 * pair;
    const V bias = e.bias && channel < e.k ? bias_pair(&e, channel) : make_float2(0, 0);
    m.bias[channel] = bias.x;
    m.bias[channel + 1] = bias.y;
    m.pairs[pair] = pack<__half>(bias.x, bias.y);
}

/* `stride`: of a group's units. */
template <finish FINISH>
static __global__ void __launch_bounds__(THREADS, 1)
    nested_kernel(const __grid_constant__ maps map, const __grid_constant__ nova_gpu_rows_args args,
                  const __grid_constant__ nova_gpu_rows_place stride) {
    extern __shared__ __align__(1024) unsigned char shared[];
    const int group = same_in_warp((int)(threadIdx.x / GROUP_THREADS));
    const memory m = lay_out(shared, group);
    let_successor_start();
    if (threadIdx.x == 0) {
        prepare(map, m);
        copy_filters(&map.u, m); /* which no kernel writes */
    } else if (threadIdx.x >= 32 && threadIdx.x < 32 + NOVA_GPU_SLAB_CHANNELS / 2) {
        lay_bias(args.epilogue, threadIdx.x - 32, m);
    }
    __syncthreads();
    wait_for_predecessor();
    take_units<FINISH>(map, args, stride, m, group);
}

/* ---------------------------------------------------------------- launching */

cudaError_t nova_cuda_nested_sm90(const nova_cuda_launch *launch, const nova_gpu_rows_args *args,
                                  const CUtensorMap *u, const CUtensorMap *planes) {
    const nova_gpu_epilogue *e = &args->epilogue;
    const int units = nova_gpu_units(&args->grid);
    const int blocks = units < launch->processors ? units : launch->processors;
    const maps all = {*u, {planes[0], planes[1]}};
    const bool plain = args->factor == 1 && !e->residual && e->activation != NOVA_ACTIVATION_SILU;
    const auto kernel = !plain                                  ? nested_kernel<IN_FULL>
                        : e->activation == NOVA_ACTIVATION_RELU ? nested_kernel<RECTIFIED>
                                                                : nested_kernel<ADDED>;
    return nova_cuda_start_clusters(launch, kernel, blocks, 1, THREADS, NOVA_GPU_NESTED_SHARED, all,
                                    *args, nova_gpu_rows_place_of(&args->grid, GROUPS * blocks));
}
