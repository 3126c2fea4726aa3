/*
 * floors.cu - what one GPU can do at best, before any kernel is designed: launch chains with and
 * without programmatic dependent launch, memory and second-level cache rates between a kernel that
 * writes and one that reads, and the rate of warpgroup products with several live accumulator sets.
 *
 *   nova-gpu-floors                 prints tables in Markdown
 *
 * Every time is that of a CUDA graph of CALLS calls, the median of REPLAYS replays, divided by
 * CALLS.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuda/wgmma.h"
#include "timing.h"

/* ---------------------------------------------------------------- kernels */

static __device__ void wait_for_predecessor(void) {
    asm volatile("griddepcontrol.wait;" ::: "memory");
}
static __device__ void let_successor_start(void) {
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
}

/* A kernel of no work: reads and writes one number per block. */
static __global__ void __launch_bounds__(256) link_kernel(float *cell) {
    let_successor_start();
    wait_for_predecessor();
    if (threadIdx.x == 0)
        cell[blockIdx.x] += 1.0f;
}

static __global__ void __launch_bounds__(512) write_kernel(uint4 *to, size_t count, unsigned seed) {
    let_successor_start();
    wait_for_predecessor();
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < count;
         i += (size_t)gridDim.x * blockDim.x)
        to[i] = make_uint4(seed, (unsigned)i, seed ^ (unsigned)i, 7u);
}

static __global__ void __launch_bounds__(512)
    read_kernel(const uint4 *from, size_t count, unsigned *sink) {
    let_successor_start();
    wait_for_predecessor();
    unsigned sum = 0;
    const size_t step = (size_t)gridDim.x * blockDim.x;
    size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;
    for (; i + 3 * step < count; i += 4 * step) {
        uint4 v[4];
#pragma unroll
        for (int j = 0; j < 4; j++)
            v[j] = __ldcg(from + i + j * step);
#pragma unroll
        for (int j = 0; j < 4; j++)
            sum += v[j].x ^ v[j].y ^ v[j].z ^ v[j].w;
    }
    for (; i < count; i += step) {
        const uint4 v = __ldcg(from + i);
        sum += v.x ^ v.y ^ v.z ^ v.w;
    }
    if (sum == 0x12345678u) /* practically never; keeps the loads */
        sink[0] = sum;
}

/* What a transform does at least: reads and writes at the same time. */
static __global__ void __launch_bounds__(512) copy_kernel(uint4 *to, size_t count) {
    let_successor_start();
    wait_for_predecessor();
    const size_t step = (size_t)gridDim.x * blockDim.x;
    size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;
    for (; i + 3 * step < count; i += 4 * step) {
        uint4 v[4];
#pragma unroll
        for (int j = 0; j < 4; j++)
            v[j] = __ldcg(to + count + i + j * step);
#pragma unroll
        for (int j = 0; j < 4; j++)
            to[i + j * step] = v[j];
    }
    for (; i < count; i += step)
        to[i] = __ldcg(to + count + i);
}

static void launch(void (*kernel)(float *), float *cell, int blocks, bool dependent,
                   cudaStream_t stream) {
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attribute.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(blocks), config.blockDim = dim3(256), config.stream = stream;
    config.attrs = &attribute, config.numAttrs = dependent ? 1 : 0;
    CHECK(cudaLaunchKernelEx(&config, kernel, cell));
}

/* ---------------------------------------------------------------- launch chains */

typedef struct chain {
    int length, blocks;
    bool dependent;
    float *cell;
} chain;

/* The first link of a chain never starts early: what comes before a layer is not ours. */
static void enqueue_chain(void *context, int call, cudaStream_t stream) {
    const chain *c = (const chain *)context;
    (void)call;
    for (int i = 0; i < c->length; i++)
        launch(link_kernel, c->cell, c->blocks, c->dependent && i > 0, stream);
}

static void measure_chains(int processors) {
    float *cell;
    CHECK(cudaMalloc(&cell, sizeof *cell * 4096));
    CHECK(cudaMemset(cell, 0, sizeof *cell * 4096));
    printf("\n| dependent kernels | blocks | us, plain | us, dependent launch "
           "|\n|---|---|---:|---:|\n");
    for (int length = 1; length <= 9; length += length < 3 ? 1 : 3)
        for (int waves = 1; waves <= 4; waves += 3) {
            chain plain = {length, processors * waves, false, cell};
            chain early = {length, processors * waves, true, cell};
            const double a = time_calls(enqueue_chain, &plain);
            const double b = time_calls(enqueue_chain, &early);
            printf("| %d | %d | %.2f | %.2f |\n", length, processors * waves, a, b);
        }
    CHECK(cudaFree(cell));
}

/* ---------------------------------------------------------------- memory */

typedef struct transfer {
    uint4 *data;
    size_t bytes;
    unsigned *sink;
    int blocks, writes, reads, copies;
} transfer;

static void enqueue_transfer(void *context, int call, cudaStream_t stream) {
    const transfer *t = (const transfer *)context;
    const size_t count = t->bytes / sizeof(uint4);
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attribute.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(t->blocks), config.blockDim = dim3(512), config.stream = stream;
    config.attrs = &attribute, config.numAttrs = 1;
    for (int i = 0; i < t->writes; i++)
        CHECK(cudaLaunchKernelEx(&config, write_kernel, t->data, count, (unsigned)call));
    for (int i = 0; i < t->reads; i++)
        CHECK(cudaLaunchKernelEx(&config, read_kernel, (const uint4 *)t->data, count, t->sink));
    for (int i = 0; i < t->copies; i++)
        CHECK(cudaLaunchKernelEx(&config, copy_kernel, t->data, count / 2));
}

static void measure_memory(int processors) {
    const size_t most = (size_t)1 << 30;
    uint4 *data;
    unsigned *sink;
    CHECK(cudaMalloc(&data, most));
    CHECK(cudaMalloc(&sink, sizeof *sink));
    CHECK(cudaMemset(data, 1, most));
    printf("\n| MB | write, read: us | TB/s of both | write only: us | TB/s | read only: us | TB/s "
           "| one half to the other: us | TB/s of both |\n"
           "|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    const int sizes[] = {8, 16, 24, 32, 40, 64, 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t bytes = (size_t)sizes[i] << 20;
        transfer both = {data, bytes, sink, 4 * processors, 1, 1, 0};
        transfer writes = {data, bytes, sink, 4 * processors, 1, 0, 0};
        transfer reads = {data, bytes, sink, 4 * processors, 0, 1, 0};
        transfer copies = {data, bytes, sink, 4 * processors, 0, 0, 1};
        const double b = time_calls(enqueue_transfer, &both);
        const double w = time_calls(enqueue_transfer, &writes);
        const double r = time_calls(enqueue_transfer, &reads);
        const double c = time_calls(enqueue_transfer, &copies);
        const double mb = (double)bytes * 1e-6;
        printf("| %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |\n", sizes[i], b,
               2 * mb / b, w, mb / w, r, mb / r, c, mb / c);
    }
    CHECK(cudaFree(data));
    CHECK(cudaFree(sink));
}

/* ---------------------------------------------------------------- warpgroup products */

/* Every warpgroup multiplies the same operands in shared memory `rounds` times, SETS products of
   64 x N x 64 a round into accumulators of their own. */
template <int N, int SETS>
static __global__ void __launch_bounds__(256) products_kernel(float *sink, int rounds) {
    extern __shared__ __align__(1024) unsigned char shared[];
    __half *values = (__half *)shared;
    const int count = (SETS * 64 + N) * 64;
    unsigned state = threadIdx.x * 2654435761u + blockIdx.x;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        state = state * 1664525u + 1013904223u;
        values[i] = __float2half((float)(int)(state >> 8) / (1 << 24) - 0.25f);
    }
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    float sum[SETS][N / 2];
#pragma unroll
    for (int s = 0; s < SETS; s++)
#pragma unroll
        for (int i = 0; i < N / 2; i++)
            sum[s][i] = 0;
    const uint32_t base = (uint32_t)__cvta_generic_to_shared(shared);
    const uint32_t b = base + SETS * 64 * 128;
    for (int round = 0; round < rounds; round++) {
        wgmma_arrive();
#pragma unroll
        for (int s = 0; s < SETS; s++)
#pragma unroll
            for (int k = 0; k < 4; k++)
                multiply<__half, N>(sum[s], wgmma_operand(base + s * 64 * 128 + k * 32),
                                    wgmma_operand(b + k * 32), 1);
        wgmma_commit();
        wgmma_wait_one();
    }
    wgmma_wait_all();
    float total = 0;
#pragma unroll
    for (int s = 0; s < SETS; s++)
#pragma unroll
        for (int i = 0; i < N / 2; i++)
            total += sum[s][i];
    sink[blockIdx.x * blockDim.x + threadIdx.x] = total;
}

typedef struct products {
    void (*kernel)(float *, int);
    float *sink;
    int blocks, threads, rounds;
    size_t shared;
} products;

static void enqueue_products(void *context, int call, cudaStream_t stream) {
    const products *p = (const products *)context;
    (void)call;
    p->kernel<<<p->blocks, p->threads, p->shared, stream>>>(p->sink, p->rounds);
}

template <int N, int SETS>
static void measure_products_of(int processors, int groups, float *sink) {
    const size_t shared = (size_t)(SETS * 64 + N) * 128;
    products p = {products_kernel<N, SETS>, sink, processors, 128 * groups, 400, shared};
    CHECK(cudaFuncSetAttribute(products_kernel<N, SETS>,
                               cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared));
    const double us = time_calls(enqueue_products, &p);
    const double flops = 2.0 * 64 * N * 64 * SETS * p.rounds * groups * processors;
    printf("| %d | %d | %d | %.0f |\n", groups, SETS, N, flops / us * 1e-6);
}

static void measure_products(int processors) {
    float *sink;
    CHECK(cudaMalloc(&sink, sizeof *sink * 256 * processors));
    printf("\n| warpgroups per multiprocessor | accumulator sets | 64 x N, N | TFLOP/s "
           "|\n|---|---|---|---:|\n");
    for (int groups = 1; groups <= 2; groups++) {
        measure_products_of<256, 1>(processors, groups, sink);
        measure_products_of<128, 1>(processors, groups, sink);
        measure_products_of<64, 1>(processors, groups, sink);
        measure_products_of<64, 2>(processors, groups, sink);
        measure_products_of<64, 6>(processors, groups, sink);
    }
    CHECK(cudaFree(sink));
}

int main(void) {
    cudaDeviceProp properties;
    CHECK(cudaGetDeviceProperties(&properties, 0));
    printf("%s, %d multiprocessors, L2 %d MB\n", properties.name, properties.multiProcessorCount,
           properties.l2CacheSize >> 20);
    measure_chains(properties.multiProcessorCount);
    measure_memory(properties.multiProcessorCount);
    measure_products(properties.multiProcessorCount);
    return 0;
}
