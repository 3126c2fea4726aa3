/*
 * stage.cu - tensors in the order in which the other kernels read and write them: x to channel-last
 * with a pitch of eight channels, few channels gathered with their taps, and a channel-last y or
 * residual to and from channel-first. Sums of split products to y.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"

/* ---------------------------------------------------------------- transposing */

enum {
    SIDE = NOVA_GPU_TRANSPOSE_SIDE, /* rows and columns of a square */
    PIECE = 8,                      /* elements of 16 bytes */
    ROW_PIECES = SIDE / PIECE,      /* of a row of the square in shared memory */
    TRANSPOSE_RESIDENT = 5          /* blocks of a multiprocessor */
};
static_assert(SIDE / 2 * ROW_PIECES == NOVA_GPU_TRANSPOSE_THREADS, "two pieces a thread");

/* Eight elements of a row, or of what there is of them, zeros behind. */
static __device__ __forceinline__ uint4 load_piece(const uint16_t *row, int64_t column,
                                                   int64_t columns, bool aligned) {
    if (aligned && column + PIECE <= columns)
        return *(const uint4 *)(row + column);
    uint32_t word[PIECE / 2];
#pragma unroll
    for (int i = 0; i < PIECE / 2; i++) {
        const uint32_t low = column + 2 * i < columns ? row[column + 2 * i] : 0;
        const uint32_t high = column + 2 * i + 1 < columns ? row[column + 2 * i + 1] : 0;
        word[i] = low | high << 16;
    }
    return make_uint4(word[0], word[1], word[2], word[3]);
}

static __device__ __forceinline__ void store_piece(uint16_t *row, int64_t column, int64_t columns,
                                                   bool aligned, uint4 piece) {
    if (aligned && column + PIECE <= columns) {
        *(uint4 *)(row + column) = piece;
        return;
    }
    const uint32_t word[] = {piece.x, piece.y, piece.z, piece.w};
#pragma unroll
    for (int i = 0; i < PIECE; i++)
        if (column + i < columns)
            row[column + i] = (uint16_t)(word[i / 2] >> i % 2 * 16);
}

/* A square of a matrix: where it begins. */
typedef struct place {
    int64_t image, row, column;
} place;

static __device__ __forceinline__ place place_of(const nova_gpu_transpose_args &args,
                                                 unsigned square) {
    const unsigned column = square % args.squares_across, line = square / args.squares_across;
    place p;
    p.image = line / args.squares_down;
    p.row = (int64_t)(line % args.squares_down) * SIDE;
    p.column = (int64_t)column * SIDE;
    return p;
}

/* A thread's pieces of a square: eight columns of two neighbouring rows. */
static __device__ __forceinline__ void load_pieces(const nova_gpu_transpose_args &args,
                                                   const place &p, bool aligned,
                                                   uint4 (&piece)[2]) {
    const nova_gpu_transpose_part part = nova_gpu_transpose_part_of(threadIdx.x);
    const int64_t row = p.row + 2 * part.pair, column = p.column + PIECE * part.piece;
    const uint16_t *from =
        (const uint16_t *)args.from + p.image * args.from_image + row * args.from_pitch;
#pragma unroll
    for (int i = 0; i < 2; i++, from += args.from_pitch) {
        piece[i] = make_uint4(0, 0, 0, 0);
        if (row + i < args.rows)
            piece[i] = load_piece(from, column, args.columns, aligned);
    }
}

/* Elements of both rows in one column are a word of the transposed square. */
static __device__ __forceinline__ void write_words(const uint4 (&piece)[2], uint32_t *square) {
    const nova_gpu_transpose_part part = nova_gpu_transpose_part_of(threadIdx.x);
    const uint32_t upper[] = {piece[0].x, piece[0].y, piece[0].z, piece[0].w};
    const uint32_t lower[] = {piece[1].x, piece[1].y, piece[1].z, piece[1].w};
#pragma unroll
    for (int i = 0; i < PIECE; i++) /* the low or the high halves */
        square[nova_gpu_transposed_at(PIECE * part.piece + i, part.pair)] =
            __byte_perm(upper[i / 2], lower[i / 2], i % 2 ? 0x7632 : 0x5410);
}

static __device__ __forceinline__ void store_lines(const nova_gpu_transpose_args &args,
                                                   const place &p, bool aligned,
                                                   const uint32_t *square) {
    uint16_t *to = (uint16_t *)args.to + p.image * args.to_image + p.column * args.to_pitch;
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const int at = threadIdx.x + i * NOVA_GPU_TRANSPOSE_THREADS;
        const int line = at / ROW_PIECES, first = at % ROW_PIECES * PIECE;
        if (p.column + line < args.columns)
            store_piece(to + line * args.to_pitch, p.row + first, args.to_rows, aligned,
                        *(const uint4 *)&square[nova_gpu_transposed_at(line, first / 2)]);
    }
}

/* Blocks take every so-manieth square, and read the next while they write one. Words of shared
   memory lie where nova_gpu_transposed_at() says, without bank conflicts. */
static __global__ void __launch_bounds__(NOVA_GPU_TRANSPOSE_THREADS, TRANSPOSE_RESIDENT)
    transpose_kernel(const __grid_constant__ nova_gpu_transpose_args args) {
    __shared__ __align__(16) uint32_t squares[2][SIDE * SIDE / 2];
    let_successor_start();
    const bool from_aligned = args.from_pitch % PIECE == 0 && args.from_image % PIECE == 0;
    const bool to_aligned = args.to_pitch % PIECE == 0 && args.to_image % PIECE == 0;
    const unsigned count = args.squares;
    place here = place_of(args, blockIdx.x);
    uint4 piece[2];
    wait_for_predecessor();
    load_pieces(args, here, from_aligned, piece);
    int turn = 0;
    for (unsigned square = blockIdx.x; square < count; turn ^= 1) {
        write_words(piece, squares[turn]);
        __syncthreads();
        square += gridDim.x;
        const place next = place_of(args, square);
        if (square < count)
            load_pieces(args, next, from_aligned, piece);
        store_lines(args, here, to_aligned, squares[turn]);
        here = next;
    }
}

/* ---------------------------------------------------------------- gathering */

enum { GATHER_THREADS = 128 };

/* Block: pixels of a row of the result, eight elements of one a thread. */
static __global__ void __launch_bounds__(GATHER_THREADS)
    gather_kernel(const __grid_constant__ nova_gpu_gather_args args) {
    let_successor_start();
    wait_for_predecessor();
    const int pieces = args.pitch / PIECE;
    const int64_t at = (int64_t)blockIdx.x * GATHER_THREADS + threadIdx.x;
    const int j = (int)(at / pieces), first = (int)(at % pieces) * PIECE;
    if (j >= args.out_w)
        return;
    const int elements = args.r * args.s * args.c;
    for (int64_t line = blockIdx.y; line < args.lines; line += gridDim.y) {
        const int64_t image = line / args.out_h;
        const int i = (int)(line % args.out_h);
        const uint16_t *x = (const uint16_t *)args.x + image * args.x_image;
        int tap = first / args.c, channel = first % args.c;
        uint32_t word[PIECE / 2] = {0, 0, 0, 0};
#pragma unroll
        for (int e = 0; e < PIECE; e++) {
            const int row = i + tap / args.s - args.pad_top,
                      column = j + tap % args.s - args.pad_left;
            if (first + e < elements && row >= 0 && row < args.h && column >= 0 && column < args.w)
                word[e / 2] |= (uint32_t)x[((int64_t)row * args.w + column) * args.x_pixel +
                                           channel * args.x_channel]
                               << e % 2 * 16;
            if (++channel == args.c) {
                channel = 0;
                tap++;
            }
        }
        *(uint4 *)((uint16_t *)args.to + (line * args.out_w + j) * args.pitch + first) =
            make_uint4(word[0], word[1], word[2], word[3]);
    }
}

/* ---------------------------------------------------------------- sums of splits */

enum { LANES = 32, ROWS = 8 };

/* Block: 32 pixels by 64 channels of y, two channels a lane; all splits are added in their order.
 */
template <typename T>
static __global__ void __launch_bounds__(LANES *ROWS)
    finish_kernel(const __grid_constant__ nova_gpu_finish_args args) {
    let_successor_start();
    wait_for_predecessor();
    const nova_gpu_epilogue *e = &args.epilogue;
    const int lane = threadIdx.x % LANES, row = threadIdx.x / LANES;
    const int64_t pixel0 = (int64_t)blockIdx.x * LANES;
    const int64_t c = (int64_t)blockIdx.y * 2 * LANES + 2 * lane;
    const int64_t split_step = args.pixels * args.pitch;
    if (c >= e->k)
        return;
    V sums[LANES / ROWS];
#pragma unroll
    for (int i = 0; i < LANES / ROWS; i++)
        sums[i] = make_float2(0, 0);
    const float *from = args.sums + (pixel0 + row) * args.pitch + c;
#pragma unroll 4
    for (int split = 0; split < args.splits; split++, from += split_step)
#pragma unroll
        for (int i = 0; i < LANES / ROWS; i++)
            if (pixel0 + row + i * ROWS < args.pixels)
                sums[i] = V_ADD(sums[i], load_pair(from + i * ROWS * args.pitch));
    const V bias = bias_pair(e, c);
#pragma unroll
    for (int i = 0; i < LANES / ROWS; i++) {
        const int64_t pixel = pixel0 + row + i * ROWS;
        if (pixel < args.pixels)
            store_biased_pair<T>(e, pixel * e->k + c, c, V_ADD(sums[i], bias));
    }
}

/* ---------------------------------------------------------------- launching */

static unsigned blocks_of(int64_t count, int64_t of) {
    return (unsigned)((count + of - 1) / of);
}

static unsigned at_most(int64_t count, unsigned most) {
    return (unsigned)(count < most ? count : most);
}

enum { MOST_IN_DIMENSION = 65535 };

cudaError_t nova_cuda_transpose(const nova_cuda_launch *launch,
                                const nova_gpu_transpose_args *args) {
    const unsigned most = (unsigned)launch->processors * TRANSPOSE_RESIDENT;
    return nova_cuda_start(launch, transpose_kernel, args, dim3(at_most(args->squares, most)),
                           NOVA_GPU_TRANSPOSE_THREADS, 0);
}

cudaError_t nova_cuda_gather(const nova_cuda_launch *launch, const nova_gpu_gather_args *args) {
    const dim3 grid(blocks_of((int64_t)args->out_w * (args->pitch / PIECE), GATHER_THREADS),
                    at_most(args->lines, MOST_IN_DIMENSION));
    return nova_cuda_start(launch, gather_kernel, args, grid, GATHER_THREADS, 0);
}

cudaError_t nova_cuda_finish(const nova_cuda_launch *launch, const nova_gpu_finish_args *args) {
    const dim3 grid(blocks_of(args->pixels, LANES), blocks_of(args->epilogue.k, 2 * LANES));
    return launch->type == NOVA_F16
               ? nova_cuda_start(launch, finish_kernel<__half>, args, grid, LANES * ROWS, 0)
               : nova_cuda_start(launch, finish_kernel<__nv_bfloat16>, args, grid, LANES * ROWS, 0);
}
