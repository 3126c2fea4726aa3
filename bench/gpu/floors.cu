/*
 * floors.cu - what one GPU can do at best, before any kernel is designed: launch chains with and
 * without programmatic dependent launch, memory and second-level cache rates between a kernel that
 * writes and one that reads, the rate of warpgroup products with several live accumulator sets,
 * and, where its header is found, cuBLASLt on the products of Winograd's layers.
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

#if __has_include(<cublasLt.h>)
#include <cublasLt.h>
#define HAVE_CUBLASLT 1
#else
#define HAVE_CUBLASLT 0
#endif

#include "cuda/wgmma.h"

enum { CALLS = 20, REPLAYS = 30 };

static void check(cudaError_t error, const char *what) {
    if (error == cudaSuccess)
        return;
    fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(error));
    exit(1);
}
#define CHECK(call) check(call, #call)

/* ---------------------------------------------------------------- timing */

typedef void (*enqueue_fn)(void *context, int call, cudaStream_t stream);

static int by_value(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Microseconds of one call. */
static double time_calls(enqueue_fn enqueue, void *context) {
    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    cudaEvent_t start, stop;
    CHECK(cudaStreamCreate(&stream));
    CHECK(cudaEventCreate(&start));
    CHECK(cudaEventCreate(&stop));
    enqueue(context, 0, stream); /* modules load outside the capture */
    CHECK(cudaStreamSynchronize(stream));
    CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    for (int call = 0; call < CALLS; call++)
        enqueue(context, call, stream);
    CHECK(cudaStreamEndCapture(stream, &graph));
    CHECK(cudaGraphInstantiate(&exec, graph, 0));
    float times[REPLAYS];
    for (int i = -3; i < REPLAYS; i++) {
        CHECK(cudaEventRecord(start, stream));
        CHECK(cudaGraphLaunch(exec, stream));
        CHECK(cudaEventRecord(stop, stream));
        CHECK(cudaEventSynchronize(stop));
        if (i >= 0)
            CHECK(cudaEventElapsedTime(&times[i], start, stop));
    }
    CHECK(cudaGetLastError());
    CHECK(cudaGraphExecDestroy(exec));
    CHECK(cudaGraphDestroy(graph));
    CHECK(cudaEventDestroy(start));
    CHECK(cudaEventDestroy(stop));
    CHECK(cudaStreamDestroy(stream));
    qsort(times, REPLAYS, sizeof *times, by_value);
    return 1e3 * times[REPLAYS / 2] / CALLS;
}

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
    int blocks, writes, reads;
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
}

static void measure_memory(int processors) {
    const size_t most = (size_t)1 << 30;
    uint4 *data;
    unsigned *sink;
    CHECK(cudaMalloc(&data, most));
    CHECK(cudaMalloc(&sink, sizeof *sink));
    CHECK(cudaMemset(data, 1, most));
    printf("\n| MB | write, read: us | TB/s of both | write only: us | TB/s | read only: us | TB/s "
           "|\n|---:|---:|---:|---:|---:|---:|---:|\n");
    const int sizes[] = {8, 16, 24, 32, 40, 64, 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t bytes = (size_t)sizes[i] << 20;
        transfer both = {data, bytes, sink, 4 * processors, 1, 1};
        transfer writes = {data, bytes, sink, 4 * processors, 1, 0};
        transfer reads = {data, bytes, sink, 4 * processors, 0, 1};
        const double b = time_calls(enqueue_transfer, &both);
        const double w = time_calls(enqueue_transfer, &writes);
        const double r = time_calls(enqueue_transfer, &reads);
        const double mb = (double)bytes * 1e-6;
        printf("| %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |\n", sizes[i], b, 2 * mb / b, w,
               mb / w, r, mb / r);
    }
    CHECK(cudaFree(data));
    CHECK(cudaFree(sink));
}

/* ---------------------------------------------------------------- warpgroup products */

template <int N> static __device__ __forceinline__ void product(float *d, uint64_t a, uint64_t b) {
    if constexpr (N == 64)
        wgmma_64_f16(d, a, b, 1);
    else if constexpr (N == 128)
        wgmma_128_f16(d, a, b, 1);
    else
        wgmma_256_f16(d, a, b, 1);
}

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
                product<N>(sum[s], wgmma_operand(base + s * 64 * 128 + k * 32),
                           wgmma_operand(b + k * 32));
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

/* ---------------------------------------------------------------- cuBLASLt */

#if HAVE_CUBLASLT
static void check_blas(cublasStatus_t status, const char *what) {
    if (status == CUBLAS_STATUS_SUCCESS)
        return;
    fprintf(stderr, "%s: status %d\n", what, (int)status);
    exit(1);
}
#define CHECK_BLAS(call) check_blas(call, #call)

enum { OPERAND_SETS = 5, HEURISTICS = 8, BLAS_WORKSPACE = 32 << 20 };

typedef struct batch {
    cublasLtHandle_t handle;
    cublasLtMatmulDesc_t matmul;
    cublasLtMatrixLayout_t u, v, m;
    const cublasLtMatmulAlgo_t *algorithm;
    __half *operands[OPERAND_SETS]; /* U, V and M behind one another */
    size_t v_at, m_at;
    int sets;
    void *workspace;
} batch;

static void enqueue_batch(void *context, int call, cudaStream_t stream) {
    const batch *b = (const batch *)context;
    const float one = 1.0f, zero = 0.0f;
    __half *set = b->operands[call % b->sets];
    CHECK_BLAS(cublasLtMatmul(b->handle, b->matmul, &one, set, b->u, set + b->v_at, b->v, &zero,
                              set + b->m_at, b->m, set + b->m_at, b->m, b->algorithm, b->workspace,
                              BLAS_WORKSPACE, stream));
}

static cublasLtMatrixLayout_t layout(uint64_t rows, uint64_t columns, int count) {
    cublasLtMatrixLayout_t made;
    const int64_t stride = (int64_t)(rows * columns);
    CHECK_BLAS(cublasLtMatrixLayoutCreate(&made, CUDA_R_16F, rows, columns, (int64_t)rows));
    CHECK_BLAS(cublasLtMatrixLayoutSetAttribute(made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count,
                                                sizeof count));
    CHECK_BLAS(cublasLtMatrixLayoutSetAttribute(made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                                                &stride, sizeof stride));
    return made;
}

static __global__ void fill_kernel(__half *to, size_t count) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < count;
         i += (size_t)gridDim.x * blockDim.x) {
        unsigned state = (unsigned)i * 2654435761u;
        state = (state ^ state >> 15) * 2246822519u;
        to[i] = __float2half((float)(int)(state >> 8) / (1 << 23) - 1.0f);
    }
}

/* M[position][tile][k] = V[position][tile][c] U[position][k][c]^T; cold: operands rotate through
   more memory than the second-level cache holds. */
static void measure_batch(cublasLtHandle_t handle, const char *name, int positions, int tiles,
                          int c, int k) {
    batch b;
    b.handle = handle;
    const cublasOperation_t transposed = CUBLAS_OP_T;
    CHECK_BLAS(cublasLtMatmulDescCreate(&b.matmul, CUBLAS_COMPUTE_32F, CUDA_R_32F));
    CHECK_BLAS(cublasLtMatmulDescSetAttribute(b.matmul, CUBLASLT_MATMUL_DESC_TRANSA, &transposed,
                                              sizeof transposed));
    b.u = layout(c, k, positions);
    b.v = layout(c, tiles, positions);
    b.m = layout(k, tiles, positions);
    b.v_at = (size_t)positions * k * c;
    b.m_at = b.v_at + (size_t)positions * tiles * c;
    const size_t count = b.m_at + (size_t)positions * tiles * k;
    for (int i = 0; i < OPERAND_SETS; i++) {
        CHECK(cudaMalloc(&b.operands[i], count * sizeof(__half)));
        fill_kernel<<<1024, 256>>>(b.operands[i], count);
    }
    CHECK(cudaMalloc(&b.workspace, BLAS_WORKSPACE));
    cublasLtMatmulPreference_t preference;
    const size_t limit = BLAS_WORKSPACE;
    CHECK_BLAS(cublasLtMatmulPreferenceCreate(&preference));
    CHECK_BLAS(cublasLtMatmulPreferenceSetAttribute(
        preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &limit, sizeof limit));
    cublasLtMatmulHeuristicResult_t found[HEURISTICS];
    int found_count = 0;
    CHECK_BLAS(cublasLtMatmulAlgoGetHeuristic(handle, b.matmul, b.u, b.v, b.m, b.m, preference,
                                              HEURISTICS, found, &found_count));
    double warm = 1e30, cold = 1e30;
    for (int i = 0; i < found_count; i++) {
        b.algorithm = &found[i].algo;
        b.sets = 1;
        const double w = time_calls(enqueue_batch, &b);
        b.sets = OPERAND_SETS;
        const double r = time_calls(enqueue_batch, &b);
        warm = w < warm ? w : warm;
        cold = r < cold ? r : cold;
    }
    const double flops = 2.0 * positions * tiles * (double)c * k;
    printf("| %s | %d | %d | %d | %d | %.0f | %.1f | %.0f | %.1f | %.0f |\n", name, positions,
           tiles, c, k, (double)count * sizeof(__half) * 1e-6, warm, flops / warm * 1e-6, cold,
           flops / cold * 1e-6);
    fflush(stdout);
    for (int i = 0; i < OPERAND_SETS; i++)
        CHECK(cudaFree(b.operands[i]));
    CHECK(cudaFree(b.workspace));
    CHECK_BLAS(cublasLtMatmulPreferenceDestroy(preference));
    CHECK_BLAS(cublasLtMatrixLayoutDestroy(b.u));
    CHECK_BLAS(cublasLtMatrixLayoutDestroy(b.v));
    CHECK_BLAS(cublasLtMatrixLayoutDestroy(b.m));
    CHECK_BLAS(cublasLtMatmulDescDestroy(b.matmul));
}

static void measure_cublaslt(void) {
    static const struct {
        const char *name;
        int n, c, h;
    } layers[] = {{"SDXL 320@128", 2, 320, 128}, {"SDXL 640@64", 2, 640, 64},
                  {"SDXL 1280@32", 2, 1280, 32}, {"VAE 512@64", 1, 512, 64},
                  {"VAE 512@128", 1, 512, 128},  {"VAE 512@256", 1, 512, 256},
                  {"VAE 256@512", 1, 256, 512},  {"VAE 128@512", 1, 128, 512}};
    cublasLtHandle_t handle;
    CHECK_BLAS(cublasLtCreate(&handle));
    printf("\n| layer | positions | tiles | c | k | MB | us, warm | TFLOP/s | us, cold | TFLOP/s "
           "|\n|---|---|---|---|---|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        for (int tile = 2; tile <= 6; tile += 2) {
            const int across = (layers[i].h + tile - 1) / tile;
            const int tiles = (layers[i].n * across * across + 7) / 8 * 8;
            measure_batch(handle, layers[i].name, (tile + 2) * (tile + 2), tiles, layers[i].c,
                          layers[i].c);
        }
    CHECK_BLAS(cublasLtDestroy(handle));
}
#endif

int main(void) {
    cudaDeviceProp properties;
    CHECK(cudaGetDeviceProperties(&properties, 0));
    printf("%s, %d multiprocessors, L2 %d MB\n", properties.name, properties.multiProcessorCount,
           properties.l2CacheSize >> 20);
    measure_chains(properties.multiProcessorCount);
    measure_memory(properties.multiProcessorCount);
    measure_products(properties.multiProcessorCount);
#if HAVE_CUBLASLT
    measure_cublaslt();
#else
    printf("\ncuBLASLt's header was not found when this was built: its rates are left out\n");
#endif
    return 0;
}
