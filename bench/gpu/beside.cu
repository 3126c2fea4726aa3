/*
 * beside.cu - what else a multiprocessor does while its tensor cores multiply: how many other
 * instructions its schedulers issue, what shared memory's bandwidth is left for ldmatrix, and what
 * a fence before every product costs. Kernels that make an operand in registers live on that.
 *
 *   nova-gpu-beside                 prints a table in Markdown
 *
 * Of a block's three groups of 128 threads one or two multiply, 64 by 64 by 16, sums of four
 * positions in turn; the third, one warp for each scheduler, does what is being measured until they
 * are done. Times are cycles of the first block's multiprocessor; all run at once.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

#include "cuda/device.h"
#include "cuda/hopper.h"
#include "cuda/wgmma.h"
#include "timing.h"

enum {
    GROUP = 128,
    ROUNDS = 600,
    PRODUCTS = 12, /* of a round */
    SETS = 4,      /* of sums */
    BATCH = 512,   /* instructions between two looks at the flag */
    LOADS = 6,     /* of ldmatrix at a time */
    OPERANDS = 96 * 1024,
    SHARED = 128 * 1024 + 1024 /* zeros behind the operands, then the flag */
};

enum operand { IN_REGISTERS, IN_SHARED, FENCED }; /* the first operand; FENCED: in registers */
enum other { NOTHING, ADD, ADD_PAIRS, LOGIC, LOAD, LATENCY };

/* out[0]: cycles of all products; out[1], out[2]: of how many units of the other, and its cycles.
 */
template <int OPERAND> static __device__ void multiply_all(unsigned long long *out, int *done) {
    float sums[SETS][32] = {};
    uint32_t a[3][4];
#pragma unroll
    for (int i = 0; i < 12; i++)
        a[i / 4][i % 4] = 0x38003800 ^ ((threadIdx.x * 977 + i * 31) & 0x3ff);
    const uint32_t b = same_in_warp((int)(uint32_t)wgmma_operand(0));
    const unsigned long long begin = clock64();
#pragma unroll 1
    for (int round = 0; round < ROUNDS; round++) {
        wgmma_arrive();
#pragma unroll
        for (int i = 0; i < PRODUCTS; i++) {
            const uint64_t high = (uint64_t)0x40000040 << 32, own = high | (b + i * 512);
            if (OPERAND == FENCED && i > 0)
                wgmma_arrive();
            if constexpr (OPERAND == IN_SHARED)
                multiply<__half, 64>(sums[i % SETS], high | (b + PRODUCTS * 512), own, 1);
            else
                multiply_fragment<__half>(sums[i % SETS], a[i % 3], own, 1);
            if (OPERAND == FENCED) {
                wgmma_commit();
                wgmma_wait_one();
            }
        }
        wgmma_commit();
        wgmma_wait_one();
    }
    wgmma_wait_all();
    const unsigned long long end = clock64();
    float total = 0;
#pragma unroll
    for (int i = 0; i < SETS * 32; i++)
        total += sums[i / 32][i % 32];
    if (total == 1.25f)
        out[3] = 1; /* so that nothing is left out */
    if (threadIdx.x % GROUP == 0) {
        if (blockIdx.x == 0 && threadIdx.x == 0)
            out[0] = end - begin;
        atomicAdd(done, 1);
    }
}

/* One instruction of `CHAINS` independent chains after the other, or loads. */
template <int OTHER, int CHAINS>
static __device__ __forceinline__ void do_batch(float *f, uint32_t *u, uint32_t *at) {
    if constexpr (OTHER == LOAD || OTHER == LATENCY) {
        constexpr int count = OTHER == LOAD ? LOADS : 1;
        uint32_t loaded[count][4];
#pragma unroll
        for (int i = 0; i < count; i++)
            load_matrices(loaded[i], *at + i * 512);
#pragma unroll
        for (int i = 0; i < count; i++)
            *at += loaded[i][0] + loaded[i][3]; /* zeros, which the compiler does not know */
    } else {
#pragma unroll
        for (int i = 0; i < BATCH; i++) {
            const int own = i % CHAINS;
            if (OTHER == ADD)
                asm volatile("add.f32 %0, %0, %1;" : "+f"(f[own]) : "f"(f[15]));
            if (OTHER == ADD_PAIRS)
                asm volatile("add.rn.f16x2 %0, %0, %1;" : "+r"(u[own]) : "r"(u[15]));
            if (OTHER == LOGIC)
                asm volatile("lop3.b32 %0, %0, %1, %2, 0x96;"
                             : "+r"(u[own])
                             : "r"(u[15]), "r"(u[14]));
        }
    }
}

template <int OTHER, int CHAINS>
static __device__ void do_other(unsigned long long *out, const volatile int *done, int groups,
                                uint32_t zeros) {
    float f[16];
    uint32_t u[16], at = zeros + threadIdx.x % 32 * 16;
#pragma unroll
    for (int i = 0; i < 16; i++)
        f[i] = threadIdx.x + i, u[i] = threadIdx.x * (i + 77) ^ (uint32_t)(clock64() >> i);
    unsigned long long batches = 0;
    const unsigned long long begin = clock64();
    do {
        do_batch<OTHER, CHAINS>(f, u, &at);
        batches++;
    } while (groups > 0 ? *done < groups : batches < ROUNDS);
    const unsigned long long end = clock64();
    float total = 0;
#pragma unroll
    for (int i = 0; i < 16; i++)
        total += f[i] + (float)u[i];
    if (total == 1.25f || at == 1)
        out[3] = 1;
    if (blockIdx.x == 0 && threadIdx.x % GROUP == 0) {
        out[1] = batches;
        out[2] = end - begin;
    }
}

template <int OPERAND, int OTHER, int CHAINS>
static __global__ void __launch_bounds__(3 * GROUP, 1)
    beside_kernel(unsigned long long *out, int groups) {
    extern __shared__ __align__(1024) unsigned char shared[];
    int *done = (int *)(shared + 128 * 1024);
    for (int i = threadIdx.x; i < 128 * 1024 / 4; i += 3 * GROUP)
        ((uint32_t *)shared)[i] = i < OPERANDS / 4 ? 0x38003800 ^ (i * 40503u & 0x83ff83ff) : 0;
    if (threadIdx.x == 0)
        *done = 0;
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    const int group = same_in_warp((int)threadIdx.x / GROUP);
    if (group < groups)
        multiply_all<OPERAND>(out, done);
    else if (group == 2 && OTHER != NOTHING)
        do_other<OTHER, CHAINS>(out, done, groups, shared_address(shared) + OPERANDS);
}

template <int OPERAND, int OTHER, int CHAINS>
static void measure(const char *operand, const char *other, int groups, int processors,
                    unsigned long long *out) {
    const auto kernel = beside_kernel<OPERAND, OTHER, CHAINS>;
    CHECK(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)SHARED));
    for (int run = 0; run < 2; run++) { /* the first one finds cold caches */
        kernel<<<processors, 3 * GROUP, SHARED>>>(out, groups);
        CHECK(cudaDeviceSynchronize());
    }
    printf("| %s | %d | %s | ", operand, groups, other);
    if (groups > 0)
        printf("%.1f", (double)out[0] / (ROUNDS * PRODUCTS * groups));
    printf(" | ");
    if (OTHER == LOAD || OTHER == LATENCY)
        printf("| %.0f ", (double)out[2] / (double)out[1]);
    else if (OTHER != NOTHING)
        printf("%.2f | ", (double)out[1] * BATCH / (double)out[2]);
    else
        printf("| ");
    printf("|\n");
}

template <int OPERAND>
static void measure_all(const char *operand, int groups, int processors, unsigned long long *out) {
    if (groups > 0)
        measure<OPERAND, NOTHING, 1>(operand, "nothing", groups, processors, out);
    measure<OPERAND, ADD, 1>(operand, "FADD, 1 chain", groups, processors, out);
    measure<OPERAND, ADD, 8>(operand, "FADD, 8 chains", groups, processors, out);
    measure<OPERAND, ADD_PAIRS, 8>(operand, "HADD2, 8 chains", groups, processors, out);
    measure<OPERAND, LOGIC, 8>(operand, "LOP3, 8 chains", groups, processors, out);
    measure<OPERAND, LATENCY, 1>(operand, "1 ldmatrix", groups, processors, out);
    measure<OPERAND, LOAD, 1>(operand, "6 ldmatrix", groups, processors, out);
}

int main(void) {
    cudaDeviceProp properties;
    CHECK(cudaGetDeviceProperties(&properties, 0));
    const int processors = properties.multiProcessorCount;
    unsigned long long *out;
    CHECK(cudaMallocManaged(&out, 4 * sizeof *out));
    printf("%s\n\n| first operand | groups | beside | cycles a product | instructions a cycle and "
           "scheduler | cycles a round of loads |\n|---|---:|---|---:|---:|---:|\n",
           properties.name);
    measure_all<IN_REGISTERS>("-", 0, processors, out);
    measure_all<IN_REGISTERS>("registers", 2, processors, out);
    measure_all<IN_SHARED>("shared memory", 2, processors, out);
    for (int groups = 1; groups <= 2; groups++)
        measure<FENCED, NOTHING, 1>("registers, a fence each", "nothing", groups, processors, out);
    measure<IN_REGISTERS, NOTHING, 1>("registers", "nothing", 1, processors, out);
    CHECK(cudaFree(out));
    return 0;
}
