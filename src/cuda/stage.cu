/*
 * stage.cu - x to channel-last with a pitch of eight channels; sums of split products to y.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"

enum { SIDE = 32, ROWS = 8 };

/* Block: 32 pixels by 32 channels of an image, through shared memory so that both sides are read
   and written along their fast dimension. */
template <typename T>
static __global__ void __launch_bounds__(SIDE *ROWS)
    stage_kernel(const __grid_constant__ nova_gpu_stage_args args) {
    __shared__ T square[SIDE][SIDE + 2];
    let_successor_start();
    wait_for_predecessor();
    const int lane = threadIdx.x % SIDE, row = threadIdx.x / SIDE;
    const int64_t pixel0 = (int64_t)blockIdx.x * SIDE, c0 = (int64_t)blockIdx.y * SIDE;
    for (int64_t image = blockIdx.z; image < args.n; image += gridDim.z) {
        const T *x = (const T *)args.x + image * args.pixels * args.c;
        for (int i = row; i < SIDE; i += ROWS) {
            T value;
            from_float(&value, 0.0f);
            if (args.layout == NOVA_NCHW) {
                const int64_t c = c0 + i, pixel = pixel0 + lane;
                if (c < args.c && pixel < args.pixels)
                    value = x[c * args.pixels + pixel];
                square[lane][i] = value;
            } else {
                const int64_t c = c0 + lane, pixel = pixel0 + i;
                if (c < args.c && pixel < args.pixels)
                    value = x[pixel * args.c + c];
                square[i][lane] = value;
            }
        }
        __syncthreads();
        T *to = (T *)args.to + image * args.pixels * args.pitch;
        for (int i = row; i < SIDE; i += ROWS) {
            const int64_t c = c0 + lane, pixel = pixel0 + i;
            if (c < args.pitch && pixel < args.pixels)
                to[pixel * args.pitch + c] = square[i][lane];
        }
        __syncthreads();
    }
}

/* Block: 32 pixels by 64 channels of y, two channels a lane; all splits are added in their order. A
   channel-first y is written along its pixels, from shared memory. */
template <typename T>
static __global__ void __launch_bounds__(SIDE *ROWS)
    finish_kernel(const __grid_constant__ nova_gpu_finish_args args) {
    __shared__ float square[SIDE][2 * SIDE + 2];
    let_successor_start();
    wait_for_predecessor();
    const nova_gpu_epilogue *e = &args.epilogue;
    const int lane = threadIdx.x % SIDE, row = threadIdx.x / SIDE;
    const int64_t pixel0 = (int64_t)blockIdx.x * SIDE, c0 = (int64_t)blockIdx.y * 2 * SIDE;
    const int64_t c = c0 + 2 * lane, split_step = args.pixels * args.pitch;
    V sums[SIDE / ROWS];
#pragma unroll
    for (int i = 0; i < SIDE / ROWS; i++)
        sums[i] = make_float2(0, 0);
    if (c < args.pitch) {
        const float *from = args.sums + (pixel0 + row) * args.pitch + c;
#pragma unroll 4
        for (int split = 0; split < args.splits; split++, from += split_step)
#pragma unroll
            for (int i = 0; i < SIDE / ROWS; i++)
                if (pixel0 + row + i * ROWS < args.pixels)
                    sums[i] = V_ADD(sums[i], load_pair(from + i * ROWS * args.pitch));
    }
    if (e->layout == NOVA_NHWC) {
        if (c >= e->k)
            return;
        const V bias = bias_pair(e, c);
#pragma unroll
        for (int i = 0; i < SIDE / ROWS; i++) {
            const int64_t pixel = pixel0 + row + i * ROWS;
            if (pixel < args.pixels)
                store_biased_pair<T>(e, pixel * e->k + c, c, V_ADD(sums[i], bias));
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < SIDE / ROWS; i++)
        *(V *)&square[row + i * ROWS][2 * lane] = sums[i];
    __syncthreads();
    const int64_t image = e->out_h * e->out_w, pixel = pixel0 + lane;
    if (pixel >= args.pixels)
        return;
    const int64_t at = pixel / image * e->k * image + pixel % image;
    for (int i = row; i < 2 * SIDE && c0 + i < e->k; i += ROWS)
        store_output<T>(e, at + (c0 + i) * image, c0 + i, square[lane][i]);
}

static unsigned blocks_of(int64_t count) {
    return (unsigned)((count + SIDE - 1) / SIDE);
}

cudaError_t nova_cuda_stage(const nova_cuda_launch *launch, const nova_gpu_stage_args *args) {
    const dim3 grid(blocks_of(args->pixels), blocks_of(args->pitch),
                    (unsigned)(args->n < 65535 ? args->n : 65535));
    return launch->type == NOVA_F16
               ? nova_cuda_start(launch, stage_kernel<__half>, args, grid, SIDE * ROWS, 0)
               : nova_cuda_start(launch, stage_kernel<__nv_bfloat16>, args, grid, SIDE * ROWS, 0);
}

cudaError_t nova_cuda_finish(const nova_cuda_launch *launch, const nova_gpu_finish_args *args) {
    const dim3 grid(blocks_of(args->pixels), (blocks_of(args->epilogue.k) + 1) / 2);
    return launch->type == NOVA_F16
               ? nova_cuda_start(launch, finish_kernel<__half>, args, grid, SIDE * ROWS, 0)
               : nova_cuda_start(launch, finish_kernel<__nv_bfloat16>, args, grid, SIDE * ROWS, 0);
}
