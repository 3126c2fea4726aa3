/*
 * output.cu - y = A^T M A with the epilogue: a warp takes 64 channels of one tile, as in input.cu:
 * products are copied to shared memory, the passes follow. The outputs are left in shared memory. A
 * lane stores its own channels of a channel-last y; the lanes of a channel-first y take columns
 * instead, of all tiles of the block.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"
#include "transforms/generated/codelet_list.h"
#include "transforms/generated/codelets.h"

/* PITCH: of a row of 64 channels, so that columns can be read along the pixels too. */
enum { CHANNELS = 64, PITCH = CHANNELS / 2 + 1 };

/* Bytes of a warp's part of shared memory: rows of the pass along the width, with the products at
   the end, where row i of the pass must not reach row i + 1 of the products. */
static __host__ __device__ __forceinline__ int warp_bytes(const nova_gpu_output_args &args) {
    const int rows = args.pass_h.columns, row = args.pass_w.rows * PITCH * (int)sizeof(V);
    const int products = args.pass_w.columns * CHANNELS * (args.m_is_float ? 4 : 2);
    const int bytes = row > products ? rows * row : row + (rows - 1) * products;
    const int least = rows * products;
    return ((bytes > least ? bytes : least) + 15) / 16 * 16;
}

/* The tile's products, [position][64 channels]. */
template <typename M>
static __device__ __forceinline__ void gather(const nova_gpu_output_args &args, int tile,
                                              int64_t k0, M *raw) {
    enum { PIECE = 16 / sizeof(M), PIECES = CHANNELS / PIECE, POSITIONS = 32 / PIECES };
    const int lane = threadIdx.x % 32, count = args.pass_h.columns * args.pass_w.columns;
    const int64_t k = k0 + lane % PIECES * PIECE, step = POSITIONS * args.position;
    const bool inside = k < args.pitch;
    const M *m = (const M *)args.m + lane / PIECES * args.position + tile * args.pitch + k;
    for (int i = lane / PIECES; i < count; i += POSITIONS, m += step)
        copy_piece(raw + i * CHANNELS + lane % PIECES * PIECE, inside ? m : args.m, inside);
    wait_for_pieces();
}

template <typename M, int ROWS, int COLUMNS, typename Codelet>
static __device__ __forceinline__ void pass_w(const nova_gpu_output_args &args, const M *raw,
                                              V *middle, Codelet codelet) {
#pragma unroll 1
    for (int i = 0; i < args.pass_h.columns; i++) {
        V in[COLUMNS], out[ROWS];
        const float row = args.row[i];
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) {
            const float scale = row * args.col[j];
            const V v = load_pair(raw + (i * COLUMNS + j) * CHANNELS);
            in[j] = make_float2(v.x * scale, v.y * scale);
        }
        codelet(in, out, args.pass_w.coefs);
        __syncwarp();
#pragma unroll
        for (int j = 0; j < ROWS; j++)
            middle[(i * ROWS + j) * PITCH] = out[j];
    }
}

/* In place: the outputs take the first rows. */
template <int ROWS, int COLUMNS, typename Codelet>
static __device__ __forceinline__ void pass_h(const nova_gpu_output_args &args, V *middle,
                                              Codelet codelet) {
    const int tile_w = args.pass_w.rows;
#pragma unroll 1
    for (int j = 0; j < tile_w; j++) {
        V *column = middle + j * PITCH;
        V in[COLUMNS], out[ROWS];
#pragma unroll
        for (int i = 0; i < COLUMNS; i++)
            in[i] = column[i * tile_w * PITCH];
        codelet(in, out, args.pass_h.coefs);
#pragma unroll
        for (int i = 0; i < ROWS; i++)
            column[i * tile_w * PITCH] = out[i];
    }
}

/* Where the first output of a tile lies. */
typedef struct origin {
    int n, y, x;
} origin;
static __device__ __forceinline__ origin origin_of(const nova_gpu_tiles &tiles, int tile) {
    const int at = (int)tiles.first + tile, row = at / tiles.across, n = row / tiles.down;
    const origin o = {n, (row - n * tiles.down) * tiles.tile_h,
                      (at - row * tiles.across) * tiles.tile_w};
    return o;
}

template <typename T>
static __device__ __forceinline__ void store_channels(const nova_gpu_output_args &args, int tile,
                                                      int64_t k, const V *middle) {
    const nova_gpu_epilogue *e = &args.epilogue;
    const origin o = origin_of(args.tiles, tile);
    const int tile_w = args.pass_w.rows;
    const int rows = min(args.pass_h.rows, (int)e->out_h - o.y);
    const int columns = min(tile_w, (int)e->out_w - o.x);
    const V bias = bias_pair(e, k);
    int64_t row = output_index(e, o.n, k, o.y, o.x);
    for (int i = 0; i < rows; i++, row += e->out_w * e->k) {
        int64_t at = row;
#pragma unroll 4
        for (int j = 0; j < columns; j++, at += e->k)
            store_biased_pair<T>(e, at, k, V_ADD(middle[(i * tile_w + j) * PITCH], bias));
    }
}

template <typename T>
static __device__ __forceinline__ void store_columns(const nova_gpu_output_args &args,
                                                     const char *memory) {
    const nova_gpu_epilogue *e = &args.epilogue;
    const int lane = threadIdx.x % 32, tile_w = args.pass_w.rows, tile_h = args.pass_h.rows;
    const int tile0 = (int)blockIdx.x * NOVA_GPU_BLOCK_TILES;
    const int64_t k0 = (int64_t)blockIdx.y * CHANNELS;
    for (int column = lane; column < NOVA_GPU_BLOCK_TILES * tile_w; column += 32) {
        const int tile = column / tile_w, j = column - tile * tile_w;
        if (tile0 + tile >= args.tiles.count)
            return;
        const origin o = origin_of(args.tiles, tile0 + tile);
        if (o.x + j >= e->out_w)
            continue;
        for (int line = threadIdx.x / 32; line < CHANNELS * tile_h; line += NOVA_GPU_BLOCK_TILES) {
            const int channel = line / tile_h, i = line - channel * tile_h;
            const V *row = (const V *)(memory + tile * warp_bytes(args)) + (i * tile_w + j) * PITCH;
            if (k0 + channel < e->k && o.y + i < e->out_h)
                store_output<T>(e, output_index(e, o.n, k0 + channel, o.y + i, o.x + j),
                                k0 + channel, ((const float *)row)[channel]);
        }
    }
}

#define FITS(rows, columns) ((columns) <= NOVA_GPU_MAX_PRODUCTS && (rows) < NOVA_GPU_MAX_INPUTS)
#define CASE_W(index, name, rows, columns)                                                         \
    case index:                                                                                    \
        if constexpr (FITS(rows, columns))                                                         \
            pass_w<M, rows, columns>(                                                              \
                args, raw, middle,                                                                 \
                [](const V *in, V *out, const float *coefs) { codelet_##name(in, out, coefs); });  \
        break;
#define CASE_H(index, name, rows, columns)                                                         \
    case index:                                                                                    \
        if constexpr (FITS(rows, columns))                                                         \
            pass_h<rows, columns>(args, middle, [](const V *in, V *out, const float *coefs) {      \
                codelet_##name(in, out, coefs);                                                    \
            });                                                                                    \
        break;

template <typename T, typename M>
static __global__ void __launch_bounds__(32 * NOVA_GPU_BLOCK_TILES)
    output_kernel(const __grid_constant__ nova_gpu_output_args args) {
    extern __shared__ __align__(16) char memory[];
    let_successor_start();
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int tile = (int)blockIdx.x * NOVA_GPU_BLOCK_TILES + warp;
    const int64_t k0 = (int64_t)blockIdx.y * CHANNELS, k = k0 + 2 * lane;
    const int bytes = warp_bytes(args);
    V *middle = (V *)(memory + warp * bytes) + lane;
    M *products =
        (M *)(memory + (warp + 1) * bytes) - args.pass_h.columns * args.pass_w.columns * CHANNELS;
    const M *raw = products + 2 * lane;
    wait_for_predecessor();
    if (tile < args.tiles.count) {
        gather(args, tile, k0, products);
        switch (args.pass_w.codelet) { NOVA_FOR_EACH_OUTPUT_CODELET(CASE_W) }
        switch (args.pass_h.codelet) { NOVA_FOR_EACH_OUTPUT_CODELET(CASE_H) }
        if (args.epilogue.layout == NOVA_NHWC && k < args.epilogue.k)
            store_channels<T>(args, tile, k, middle);
    }
    if (args.epilogue.layout == NOVA_NHWC)
        return;
    __syncthreads();
    store_columns<T>(args, memory);
}

cudaError_t nova_cuda_output(const nova_cuda_launch *launch, const nova_gpu_output_args *args) {
    const int tiles = NOVA_GPU_BLOCK_TILES;
    const dim3 grid((unsigned)((args->tiles.count + tiles - 1) / tiles),
                    (unsigned)((args->pitch + CHANNELS - 1) / CHANNELS));
    const size_t shared = (size_t)tiles * warp_bytes(*args);
    const bool half = launch->type == NOVA_F16;
    if (args->m_is_float)
        return half ? nova_cuda_start(launch, output_kernel<__half, float>, args, grid, 32 * tiles,
                                      shared)
                    : nova_cuda_start(launch, output_kernel<__nv_bfloat16, float>, args, grid,
                                      32 * tiles, shared);
    return half ? nova_cuda_start(launch, output_kernel<__half, __half>, args, grid, 32 * tiles,
                                  shared)
                : nova_cuda_start(launch, output_kernel<__nv_bfloat16, __nv_bfloat16>, args, grid,
                                  32 * tiles, shared);
}
