/*
 * input.cu - V = B^T d B: a warp takes 64 channels of one tile. The patch is copied to shared
 * memory as it is, all of it at once; then a lane has two channels. The pass along the width leaves
 * its rows in shared memory, the pass along the height takes them from there to V. All is binary32
 * until V is stored.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"
#include "transforms/generated/codelet_list.h"
#include "transforms/generated/codelets.h"

enum { CHANNELS = 64 };

/* Where the tile's patch begins. */
typedef struct patch {
    int image, h, w;
} patch;

static __device__ __forceinline__ patch patch_of(const nova_gpu_input_args &args, int tile) {
    const int at = (int)args.tiles.first + tile, row = at / args.tiles.across;
    const int image = row / args.tiles.down;
    const patch p = {image, (row - image * args.tiles.down) * args.tiles.tile_h - args.pad_top,
                     (at - row * args.tiles.across) * args.tiles.tile_w - args.pad_left};
    return p;
}

/* The patch, [row][column][64 channels]; what lies outside x is zero. Eight lanes copy a pixel. */
template <typename T>
static __device__ __forceinline__ void gather(const nova_gpu_input_args &args, const patch &p,
                                              int64_t c0, T *raw) {
    enum { PIECE = 8, PIECES = CHANNELS / PIECE, PIXELS = 32 / PIECES };
    const int lane = threadIdx.x % 32, columns = args.pass_w.columns;
    const int count = columns * args.pass_h.columns;
    const int64_t c = c0 + lane % PIECES * PIECE;
    const T *corner =
        (const T *)args.x + (((int64_t)p.image * args.h + p.h) * args.w + p.w) * args.pitch + c;
    const int pitch = (int)args.pitch;
    int row = 0, column = lane / PIECES;
    for (int i = lane / PIECES; i < count; i += PIXELS, column += PIXELS) {
        while (column >= columns) {
            column -= columns;
            row++;
        }
        const int h = p.h + row, w = p.w + column;
        const bool inside =
            c < args.pitch && (unsigned)h < (unsigned)args.h && (unsigned)w < (unsigned)args.w;
        const T *x = corner + (int64_t)(row * args.w + column) * pitch;
        copy_piece(raw + i * CHANNELS + lane % PIECES * PIECE, inside ? x : args.x, inside);
    }
    wait_for_pieces();
}

/* The patch lies at the end of the rows that this writes: a row is written when no row behind it
   is needed any more, once all lanes have read theirs. */
template <typename T, int ROWS, int COLUMNS, typename Codelet>
static __device__ __forceinline__ void pass_w(const nova_gpu_input_args &args, const T *raw,
                                              V *middle, Codelet codelet) {
#pragma unroll 1
    for (int i = 0; i < args.pass_h.columns; i++) {
        V in[COLUMNS], out[ROWS];
#pragma unroll
        for (int j = 0; j < COLUMNS; j++)
            in[j] = load_pair(raw + (i * COLUMNS + j) * CHANNELS);
        codelet(in, out, args.pass_w.coefs);
        __syncwarp();
#pragma unroll
        for (int j = 0; j < ROWS; j++)
            middle[(i * ROWS + j) * 32] = out[j];
    }
}

template <typename T, int ROWS, int COLUMNS, typename Codelet>
static __device__ __forceinline__ void pass_h(const nova_gpu_input_args &args, T *v,
                                              const V *middle, Codelet codelet) {
    const int products_w = args.pass_w.rows;
    const int64_t step = products_w * args.position;
#pragma unroll 1
    for (int j = 0; j < products_w; j++, v += args.position) {
        V in[COLUMNS], out[ROWS];
#pragma unroll
        for (int i = 0; i < COLUMNS; i++)
            in[i] = middle[(i * products_w + j) * 32];
        codelet(in, out, args.pass_h.coefs);
        T *to = v;
        const float col = args.col[j];
#pragma unroll
        for (int i = 0; i < ROWS; i++, to += step) {
            const float scale = args.row[i] * col;
            store_pair(to, make_float2(out[i].x * scale, out[i].y * scale));
        }
    }
}

#define FITS(rows, columns) ((rows) <= NOVA_GPU_MAX_PRODUCTS && (columns) <= NOVA_GPU_MAX_INPUTS)
#define CASE_W(index, name, rows, columns)                                                         \
    case index:                                                                                    \
        if constexpr (FITS(rows, columns))                                                         \
            pass_w<T, rows, columns>(                                                              \
                args, raw, middle,                                                                 \
                [](const V *in, V *out, const float *coefs) { codelet_##name(in, out, coefs); });  \
        break;
#define CASE_H(index, name, rows, columns)                                                         \
    case index:                                                                                    \
        if constexpr (FITS(rows, columns))                                                         \
            pass_h<T, rows, columns>(                                                              \
                args, v, middle,                                                                   \
                [](const V *in, V *out, const float *coefs) { codelet_##name(in, out, coefs); });  \
        break;

template <typename T>
static __global__ void __launch_bounds__(32 * NOVA_GPU_BLOCK_TILES)
    input_kernel(const __grid_constant__ nova_gpu_input_args args) {
    extern __shared__ V memory[];
    let_successor_start();
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int tile = (int)blockIdx.x * NOVA_GPU_BLOCK_TILES + warp;
    const int64_t c0 = (int64_t)blockIdx.y * CHANNELS, c = c0 + 2 * lane;
    const int rows = args.pass_h.columns * args.pass_w.rows;
    const int pixels = args.pass_h.columns * args.pass_w.columns;
    V *own = memory + warp * rows * 32, *middle = own + lane;
    T *patches = (T *)(own + rows * 32) - pixels * CHANNELS;
    const T *raw = patches + 2 * lane;
    if (tile >= args.tiles.count)
        return;
    const patch p = patch_of(args, tile);
    wait_for_predecessor();
    gather(args, p, c0, patches);
    T *v = (T *)args.v + tile * args.pitch + c;
    switch (args.pass_w.codelet) { NOVA_FOR_EACH_INPUT_CODELET(CASE_W) }
    if (c >= args.pitch)
        return;
    switch (args.pass_h.codelet) { NOVA_FOR_EACH_INPUT_CODELET(CASE_H) }
}

cudaError_t nova_cuda_input(const nova_cuda_launch *launch, const nova_gpu_input_args *args) {
    const int tiles = NOVA_GPU_BLOCK_TILES;
    const dim3 grid((unsigned)((args->tiles.count + tiles - 1) / tiles),
                    (unsigned)((args->pitch + CHANNELS - 1) / CHANNELS));
    const size_t shared = sizeof(V) * 32 * tiles * args->pass_h.columns * args->pass_w.rows;
    return launch->type == NOVA_F16
               ? nova_cuda_start(launch, input_kernel<__half>, args, grid, 32 * tiles, shared)
               : nova_cuda_start(launch, input_kernel<__nv_bfloat16>, args, grid, 32 * tiles,
                                 shared);
}
