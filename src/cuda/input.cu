/*
 * input.cu - V = B^T d B as a product with the patch's pixels (tile_product.h). The patch is copied
 * to shared memory as it is, zeros where it lies outside x.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/tile_product.h"

enum { PIECE = 8, PIECES = NOVA_GPU_UNIT_CHANNELS / PIECE, PIXELS = 32 / PIECES };

typedef mapped_args<nova_gpu_input_args> all_args;

/* Blocks that the registers leave room for on a multiprocessor. */
static constexpr int resident(int column_blocks) {
    return column_blocks <= 4 ? 2 : 1;
}

/* Starts to copy the patch, a row of 64 channels per pixel. */
template <typename T>
static __device__ __forceinline__ void copy_patch(const all_args &all, const tile_units &unit,
                                                  char *rows, uint64_t *barrier) {
    const nova_gpu_input_args &args = all.args;
    const int lane = threadIdx.x % 32, count = args.matrix.columns, columns = args.inputs_w;
    const int h0 = unit.line * args.tiles.tile_h - args.pad_top;
    const int w0 = unit.column * args.tiles.tile_w - args.pad_left;
    const int c0 = unit.group * NOVA_GPU_UNIT_CHANNELS;
#if __CUDA_ARCH__ >= 900
    if (all.mapped) {
        if (lane == 0) {
            barrier_expect(barrier, count * ROW_BYTES);
            copy_box_4(rows, &all.map, c0, w0, h0, unit.image, barrier, 0);
        }
        return;
    }
#endif
    const int piece = lane % PIECES, c = c0 + piece * PIECE, pitch = (int)args.x_pitch;
    const int reciprocal = nova_gpu_reciprocal(columns);
    const T *corner =
        (const T *)args.x + (((int64_t)unit.image * args.h + h0) * args.w + w0) * pitch + c;
#pragma unroll 4
    for (int pixel = lane / PIECES; pixel < count; pixel += PIXELS) {
        const int row = nova_gpu_quotient(pixel, reciprocal), column = pixel - row * columns;
        const bool inside = c < pitch && (unsigned)(h0 + row) < (unsigned)args.h &&
                            (unsigned)(w0 + column) < (unsigned)args.w;
        copy_piece(rows + 16 * nova_gpu_piece_at(pixel, piece),
                   inside ? corner + (int64_t)(row * args.w + column) * pitch : args.x, inside);
    }
}

/* Sums of 16 positions to V, in pieces of 8 channels; `v`: of the lane's first position, of which
   there are `left` to the last. */
template <typename T>
static __device__ __forceinline__ void store_sums(T *v, int64_t eight_positions, int left,
                                                  bool both_runs, const float (&sums)[GROUPS][4]) {
#pragma unroll
    for (int side = 0; side < 2; side++, v += eight_positions)
#pragma unroll
        for (int run = 0; run < RUNS; run++) {
            uint32_t words[RUN_GROUPS];
#pragma unroll
            for (int g = 0; g < RUN_GROUPS; g++)
                words[g] = pack<T>(sums[run * RUN_GROUPS + g][2 * side],
                                   sums[run * RUN_GROUPS + g][2 * side + 1]);
            if (left > 8 * side && (run == 0 || both_runs))
                store_words(v + run * NOVA_GPU_RUN_CHANNELS, words);
        }
}

template <typename T, int BLOCKS>
static __global__ void __launch_bounds__(32 * TILE_WARPS, resident(BLOCKS))
    input_kernel(const __grid_constant__ all_args all) {
    extern __shared__ char dynamic[];
    __shared__ uint64_t barriers[TILE_WARPS];
    let_successor_start();
    const nova_gpu_input_args &args = all.args;
    const nova_gpu_matrix &matrix = args.matrix;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    const int rows_bytes = (int)nova_gpu_rows_bytes(BLOCKS, false);
    char *memory = tile_memory(dynamic), *rows = memory + warp * rows_bytes;
    char *fragments = memory + warps * rows_bytes;
    uint64_t *barrier = &barriers[warp];
    copy_matrix(matrix, args.fragments, fragments);
    clear_padding(rows, matrix.columns, BLOCKS * NOVA_GPU_SIDE, ROW_BYTES);
    prepare_barrier(all.mapped, barrier);
    tile_units unit = first_unit(args.tiles, args.pitch);
    wait_for_pieces();
    __syncthreads();
    wait_for_predecessor();
    if (unit.at < unit.end)
        copy_patch<T>(all, unit, rows, barrier);
    const int64_t eight_positions = 8 * args.position;
    T *own = (T *)args.v + lane / 4 * args.position + lane % 4 * PIECE;
    for (int parity = 0; unit.at < unit.end; parity ^= 1) {
        const int64_t c0 = (int64_t)unit.group * NOVA_GPU_UNIT_CHANNELS;
        const bool both_runs = c0 + NOVA_GPU_RUN_CHANNELS < args.pitch;
        T *v = own + unit.tile * args.pitch + c0;
        uint32_t words[BLOCKS][2 * GROUPS];
        wait_for_rows(all.mapped, barrier, parity);
        load_rows<BLOCKS, GROUPS>(rows, 0, words);
        __syncwarp();
        skip_units(&unit, warps, args.tiles);
        if (unit.at < unit.end)
            copy_patch<T>(all, unit, rows, barrier);
        const char *from = fragments;
#pragma unroll 1
        for (int left = matrix.rows - lane / 4; left > -lane / 4; left -= NOVA_GPU_SIDE) {
            float sums[GROUPS][4];
            multiply_rows<T, BLOCKS>(sums, from, matrix.parts, words);
            store_sums<T>(v, eight_positions, left, both_runs, sums);
            from += matrix.parts * BLOCKS * MATRIX_BLOCK_BYTES;
            v += 2 * eight_positions;
        }
    }
}

template <typename T, int BLOCKS>
static cudaError_t start(const nova_cuda_launch *launch, const nova_gpu_input_args *args,
                         const CUtensorMap *x) {
    return start_tile_product(launch, input_kernel<T, BLOCKS>, args, x,
                              nova_gpu_rows_bytes(BLOCKS, false), resident(BLOCKS));
}

template <typename T>
static cudaError_t start_any(const nova_cuda_launch *launch, const nova_gpu_input_args *args,
                             const CUtensorMap *x) {
    switch (nova_gpu_sides(args->matrix.columns)) {
    case 1:
        return start<T, 1>(launch, args, x);
    case 2:
        return start<T, 2>(launch, args, x);
    case 3:
        return start<T, 3>(launch, args, x);
    case 4:
        return start<T, 4>(launch, args, x);
    case 5:
        return start<T, 5>(launch, args, x);
    case 6:
        return start<T, 6>(launch, args, x);
    default:
        return start<T, 7>(launch, args, x);
    }
}

cudaError_t nova_cuda_input(const nova_cuda_launch *launch, const nova_gpu_input_args *args,
                            const CUtensorMap *x) {
    static_assert(NOVA_GPU_MAX_INPUTS * NOVA_GPU_MAX_INPUTS <= 7 * NOVA_GPU_SIDE, "blocks");
    return launch->type == NOVA_F16 ? start_any<__half>(launch, args, x)
                                    : start_any<__nv_bfloat16>(launch, args, x);
}
