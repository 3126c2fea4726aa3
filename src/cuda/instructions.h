/*
 * instructions.h - the instructions that portable kernels (compute capability 8.0 and later) use
 * beside CUDA C++: asynchronous copies, fragments, products, barriers of some of a block's threads.
 * Nothing else in those kernels is assembly, so that they also run on a CPU, where the tests put
 * functions of the same names in their place.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_INSTRUCTIONS_H
#define NOVA_CUDA_INSTRUCTIONS_H

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <stdint.h>

#ifndef __CUDACC__
#include "emulated_instructions.h" /* tests/gpu/emulation */
#else

/** An address in the shared window, as instructions want it. */
static __device__ __forceinline__ uint32_t shared_address(const void *pointer) {
    return (uint32_t)__cvta_generic_to_shared(pointer);
}

/* ---- asynchronous copies of 16 bytes to shared memory */

/** 16 bytes, or zeros unless `valid`: nothing is read then, wherever `from` points. */
static __device__ __forceinline__ void copy_piece(void *to, const void *from, bool valid) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(
                     (uint32_t)__cvta_generic_to_shared(to)),
                 "l"(from), "r"(valid ? 16 : 0)
                 : "memory");
}
/** What the thread has asked for since the last call is a group. */
static __device__ __forceinline__ void commit_pieces(void) {
    asm volatile("cp.async.commit_group;" ::: "memory");
}
/** Waits for all of the thread's groups but the last so many. */
template <int GROUPS> static __device__ __forceinline__ void wait_for_groups(void) {
    asm volatile("cp.async.wait_group %0;" ::"n"(GROUPS) : "memory");
}
/** Waits for the warp's copies and makes them visible to all of its lanes. */
static __device__ __forceinline__ void wait_for_pieces(void) {
    asm volatile("cp.async.wait_all;" ::: "memory");
    __syncwarp();
}

/** Stores eight elements that lie together, aligned; in one instruction, whatever registers they
    are in. */
static __device__ __forceinline__ void store_words(void *to, const uint32_t (&words)[4]) {
    asm volatile("st.global.v4.b32 [%0], {%1, %2, %3, %4};" ::"l"(to), "r"(words[0]), "r"(words[1]),
                 "r"(words[2]), "r"(words[3])
                 : "memory");
}

/** Two values in a word, those below 0 as 0; NaN stays one. The first argument is only a type. */
static __device__ __forceinline__ uint32_t pack_positive(__half, float low, float high) {
    uint32_t pair;
    asm("cvt.rn.relu.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
static __device__ __forceinline__ uint32_t pack_positive(__nv_bfloat16, float low, float high) {
    uint32_t pair;
    asm("cvt.rn.relu.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

/* ---- barriers */

/** A barrier of `threads` threads of the block, with a number that is not 0. */
static __device__ __forceinline__ void meet_threads(int barrier, int threads) {
    asm volatile("bar.sync %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

/* ---- fragments and products */

/** Four matrices of 8 x 8 elements; lane 8 i + j gives the address of row j of matrix i. */
static __device__ __forceinline__ void load_matrices(uint32_t *to, uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address));
}
static __device__ __forceinline__ void load_matrices_transposed(uint32_t *to, uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address)
                 : "memory");
}

/** sums += a b, 16 x 16 times 16 x 8; the first argument is only a type. */
static __device__ __forceinline__ void multiply(__half, float *sums, const uint32_t *a,
                                                const uint32_t *b) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, "
                 "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
static __device__ __forceinline__ void multiply(__nv_bfloat16, float *sums, const uint32_t *a,
                                                const uint32_t *b) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, "
                 "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#endif
#endif
