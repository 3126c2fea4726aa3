/*
 * tile_product.h - a constant matrix times the rows of a tile, on the matrix units: what both
 * transforms are (gpu/fragments.h). A warp takes 64 channels of a tile, a unit. The rows lie in its
 * part of shared memory; once it has them in registers, the next unit's are copied there while it
 * multiplies. A block has its share of the units and the matrix in shared memory all along.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_TILE_PRODUCT_H
#define NOVA_CUDA_TILE_PRODUCT_H

#include "cuda/device.h"
#include "cuda/hopper.h"
#include "cuda/launch.h"

enum {
    TILE_WARPS = 8, /* of a block, at most */
    ROW_BYTES = NOVA_GPU_UNIT_CHANNELS * 2,
    FLOAT_ROW_BYTES = NOVA_GPU_FLOAT_PITCH * 4,
    ROWS_ALIGNMENT = 1024,
    MATRIX_BLOCK_BYTES = NOVA_GPU_BLOCK_ELEMENTS * 2,
    GROUPS = NOVA_GPU_UNIT_CHANNELS / 8,    /* columns of 8 channels of a product: of a unit, */
    RUN_GROUPS = NOVA_GPU_RUN_CHANNELS / 8, /* of a run */
    RUNS = NOVA_GPU_UNIT_CHANNELS / NOVA_GPU_RUN_CHANNELS
};

/* ---- units */

/** A warp's place in its block's share of all units: one tile after the other, for 64 channels
    after the other. The tile is number `column` of row `line` of an image. */
typedef struct tile_units {
    int64_t at, end;
    int tile, group, image, line, column;
} tile_units;

static __device__ __forceinline__ void find_tile(tile_units *units, const nova_gpu_tiles &tiles) {
    const int at = (int)tiles.first + units->tile, line = at / tiles.across;
    units->column = at - line * tiles.across;
    units->image = line / tiles.down;
    units->line = line - units->image * tiles.down;
}

static __device__ __forceinline__ void skip_units(tile_units *units, int count,
                                                  const nova_gpu_tiles &tiles) {
    units->at += count;
    units->tile += count;
    if (units->tile >= tiles.count) {
        do {
            units->tile -= (int)tiles.count;
            units->group++;
        } while (units->tile >= tiles.count);
        find_tile(units, tiles);
        return;
    }
    units->column += count;
    while (units->column >= tiles.across) {
        units->column -= tiles.across;
        if (++units->line == tiles.down) {
            units->line = 0;
            units->image++;
        }
    }
}

/** The first unit of a warp. */
static __device__ __forceinline__ tile_units first_unit(const nova_gpu_tiles &tiles,
                                                        int64_t pitch) {
    const int64_t groups = (pitch + NOVA_GPU_UNIT_CHANNELS - 1) / NOVA_GPU_UNIT_CHANNELS;
    const int64_t all = tiles.count * groups, first = all * blockIdx.x / gridDim.x;
    tile_units units;
    units.at = first + threadIdx.x / 32;
    units.end = all * (blockIdx.x + 1) / gridDim.x;
    units.group = (int)(units.at / tiles.count);
    units.tile = (int)(units.at - units.group * tiles.count);
    find_tile(&units, tiles);
    return units;
}

/* ---- rows and matrix in shared memory */

/** A kernel's arguments with the map of the tensor that rows are copied from. */
template <typename Args> struct mapped_args {
    Args args;
    bool mapped; /* else they are copied in pieces, by the warp */
    CUtensorMap map;
};

/** The part of shared memory of a block: rows of its warps (aligned as the copy engine wants it to
    swap pieces like nova_gpu_piece_at()), the matrix, what else there is. */
static __device__ __forceinline__ char *tile_memory(char *dynamic) {
    const uint32_t past = shared_address(dynamic) % ROWS_ALIGNMENT;
    return dynamic + (past ? ROWS_ALIGNMENT - past : 0);
}

/** Starts to copy the matrix; the whole block takes part. */
static __device__ __forceinline__ void copy_matrix(const nova_gpu_matrix &matrix,
                                                   const void *fragments, char *memory) {
    const int pieces = (int)nova_gpu_matrix_elements(&matrix) / 8;
    for (int i = threadIdx.x; i < pieces; i += blockDim.x)
        copy_piece(memory + 16 * i, (const char *)fragments + 16 * i, true);
}

/** A warp's barrier for copies of the copy engine; the block meets before it is used. */
static __device__ __forceinline__ void prepare_barrier(bool mapped, uint64_t *barrier) {
#if __CUDA_ARCH__ >= 900
    if (mapped && threadIdx.x % 32 == 0) {
        barrier_init(barrier, 1);
        barrier_init_fence();
    }
#endif
}

/** Waits for the rows of a unit, whose number of the warp has this parity. */
static __device__ __forceinline__ void wait_for_rows(bool mapped, uint64_t *barrier, int parity) {
#if __CUDA_ARCH__ >= 900
    if (mapped) {
        barrier_wait(barrier, parity);
        return;
    }
#endif
    wait_for_pieces();
}

/** Zeros in the rows that pad the last block of columns. */
static __device__ __forceinline__ void clear_padding(char *rows, int count, int padded,
                                                     int row_bytes) {
    for (int at = count * row_bytes + 16 * (threadIdx.x % 32); at < padded * row_bytes; at += 512)
        *(uint4 *)(rows + at) = make_uint4(0, 0, 0, 0);
}

/** Rows of 16 bits to registers, columns of 8 channels from `first` on: of column block b and
    column g, words 2 g, 2 g + 1. */
template <int BLOCKS, int WIDTH>
static __device__ __forceinline__ void load_rows(const char *rows, int first,
                                                 uint32_t (&words)[BLOCKS][2 * WIDTH]) {
    const int lane = threadIdx.x % 32, row = lane % NOVA_GPU_SIDE;
    const uint32_t base = shared_address(rows);
#pragma unroll
    for (int b = 0; b < BLOCKS; b++)
#pragma unroll
        for (int g = 0; g < WIDTH; g += 2) {
            const uint32_t from = base + b * NOVA_GPU_SIDE * ROW_BYTES +
                                  16 * nova_gpu_piece_at(row, first + g + lane / 16);
            load_matrices_transposed(&words[b][2 * g], from);
        }
}

/** Two numbers as bfloat16, and what that leaves of them, as bfloat16. */
static __device__ __forceinline__ void split_pair(float x, float y, uint32_t *high, uint32_t *low) {
    const __nv_bfloat162 rounded = __floats2bfloat162_rn(x, y);
    const float2 back = __bfloat1622float2(rounded);
    const __nv_bfloat162 rest = __floats2bfloat162_rn(x - back.x, y - back.y);
    *high = *(const uint32_t *)&rounded;
    *low = *(const uint32_t *)&rest;
}

/** Rows of binary32, one run of 32 channels, to registers in two parts. */
template <int BLOCKS>
static __device__ __forceinline__ void load_float_rows(const char *rows, int run,
                                                       uint32_t (&high)[BLOCKS][2 * RUN_GROUPS],
                                                       uint32_t (&low)[BLOCKS][2 * RUN_GROUPS]) {
    const int lane = threadIdx.x % 32;
    const float *from = (const float *)rows + lane % 4 * 2 * NOVA_GPU_FLOAT_PITCH +
                        run * NOVA_GPU_RUN_CHANNELS + lane / 4;
#pragma unroll
    for (int b = 0; b < BLOCKS; b++)
#pragma unroll
        for (int i = 0; i < 2 * RUN_GROUPS; i++) {
            const int at = (b * NOVA_GPU_SIDE + i % 2 * 8) * NOVA_GPU_FLOAT_PITCH + i / 2 * 8;
            split_pair(from[at], from[at + NOVA_GPU_FLOAT_PITCH], &high[b][i], &low[b][i]);
        }
}

/* ---- products */

template <int WIDTH> static __device__ __forceinline__ void clear_sums(float (&sums)[WIDTH][4]) {
#pragma unroll
    for (int g = 0; g < WIDTH; g++)
        sums[g][0] = sums[g][1] = sums[g][2] = sums[g][3] = 0;
}

/** sums += one part of 16 rows of the matrix times the rows in registers. */
template <typename T, int BLOCKS, int WIDTH>
static __device__ __forceinline__ void add_products(float (&sums)[WIDTH][4], const char *matrix,
                                                    const uint32_t (&words)[BLOCKS][2 * WIDTH]) {
    const char *own = matrix + threadIdx.x % 32 * 16;
#pragma unroll
    for (int b = 0; b < BLOCKS; b++) {
        const uint4 piece = *(const uint4 *)(own + b * MATRIX_BLOCK_BYTES);
        const uint32_t a[] = {piece.x, piece.y, piece.z, piece.w};
#pragma unroll
        for (int g = 0; g < WIDTH; g++)
            multiply(T(), sums[g], a, &words[b][2 * g]);
    }
}

/** sums = 16 rows of the matrix, of one or two parts, times the rows in registers. */
template <typename T, int BLOCKS, int WIDTH>
static __device__ __forceinline__ void multiply_rows(float (&sums)[WIDTH][4], const char *matrix,
                                                     int parts,
                                                     const uint32_t (&words)[BLOCKS][2 * WIDTH]) {
    clear_sums(sums);
    add_products<T, BLOCKS>(sums, matrix, words);
    if (parts > 1)
        add_products<T, BLOCKS>(sums, matrix + BLOCKS * MATRIX_BLOCK_BYTES, words);
}

/* ---- launching */

/** Launches a kernel whose warps need `warp_bytes` of shared memory each; `map`: of the rows, or
    null; `blocks`: that its registers leave room for on a multiprocessor, 1 or 2. */
template <typename Args>
static cudaError_t start_tile_product(const nova_cuda_launch *launch,
                                      void (*kernel)(mapped_args<Args>), const Args *args,
                                      const CUtensorMap *map, size_t warp_bytes, int blocks) {
    enum { RESERVED = 1024 }; /* of a multiprocessor's shared memory, by every block */
    mapped_args<Args> all = {*args, map != nullptr, {}};
    if (map)
        all.map = *map;
    const size_t fixed = nova_gpu_matrix_bytes(&args->matrix) + NOVA_GPU_OWN_BYTES;
    const size_t room = (launch->shared_bytes - fixed) / warp_bytes;
    const int warps = room < TILE_WARPS ? (int)room : TILE_WARPS;
    const size_t shared = fixed + warps * warp_bytes;
    const bool two = blocks == 2 && 2 * (shared + RESERVED) <= launch->shared_bytes + RESERVED;
    const int64_t groups = (args->pitch + NOVA_GPU_UNIT_CHANNELS - 1) / NOVA_GPU_UNIT_CHANNELS;
    const int64_t units = args->tiles.count * groups;
    const int64_t most = (int64_t)launch->processors * (two ? 2 : 1);
    const dim3 grid((unsigned)(units < most ? units : most));
    return nova_cuda_start(launch, kernel, &all, grid, 32 * warps, shared - NOVA_GPU_STATIC_BYTES);
}

#endif
