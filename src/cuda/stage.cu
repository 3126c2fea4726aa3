/*
 * stage.cu - tensors in the order in which the other kernels read and write them: x to channel-last
 * with a pitch of eight channels, few channels gathered with their taps, and a channel-last y or
 * residual to and from channel-first. Sums of split products to y.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"

/* ---------------------------------------------------------------- moving */

enum { TRANSPOSE_RESIDENT = 5 /* blocks of a multiprocessor */, GATHER_THREADS = 128 };

#define MOVE_DEVICE static __device__ __forceinline__
typedef uint4 move_piece;
#define MOVE_PIECE(x, y, z, w) make_uint4(x, y, z, w)
#define MOVE_LOW(a, b) __byte_perm(a, b, 0x5410)
#define MOVE_HIGH(a, b) __byte_perm(a, b, 0x7632)
#define MOVE_WAIT() wait_for_predecessor()
#define MOVE_MEET() __syncthreads()
#define MOVE_INDEX() ((int64_t)blockIdx.x * GATHER_THREADS + threadIdx.x)
#define MOVE_LINE() blockIdx.y
#define MOVE_LINES(args) gridDim.y
#include "gpu/move.h"

static __global__ void __launch_bounds__(NOVA_GPU_TRANSPOSE_THREADS, TRANSPOSE_RESIDENT)
    transpose_kernel(const __grid_constant__ nova_gpu_transpose_args args) {
    __shared__ __align__(16) uint32_t squares[2][MOVE_SQUARE];
    let_successor_start();
    transpose_squares(args, threadIdx.x, blockIdx.x, gridDim.x, squares);
}

/* Block: pixels of a row of the result, eight elements of one a thread. */
static __global__ void __launch_bounds__(GATHER_THREADS)
    gather_kernel(const __grid_constant__ nova_gpu_gather_args args) {
    let_successor_start();
    wait_for_predecessor();
    gather_piece(args);
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
    const dim3 grid(blocks_of((int64_t)args->out_w * (args->pitch / MOVE_ELEMENTS), GATHER_THREADS),
                    at_most(args->lines, MOST_IN_DIMENSION));
    return nova_cuda_start(launch, gather_kernel, args, grid, GATHER_THREADS, 0);
}

cudaError_t nova_cuda_finish(const nova_cuda_launch *launch, const nova_gpu_finish_args *args) {
    const dim3 grid(blocks_of(args->pixels, LANES), blocks_of(args->epilogue.k, 2 * LANES));
    return launch->type == NOVA_F16
               ? nova_cuda_start(launch, finish_kernel<__half>, args, grid, LANES * ROWS, 0)
               : nova_cuda_start(launch, finish_kernel<__nv_bfloat16>, args, grid, LANES * ROWS, 0);
}
