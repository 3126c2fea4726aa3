/*
 * wgmma.h - warpgroup matrix products of Hopper: D[64][N] += A[64][16] B[N][16]^T, operands in
 * shared memory (rows of 128 bytes, 128-byte swizzle), sums in registers.
 *
 * A thread's part of D, N / 2 values: value 4 j + e is row (warp * 16 + lane / 4 + 8 * (e / 2)),
 * column (8 j + 2 * (lane % 4) + e % 2); PTX ISA, "wgmma.mma_async.m64nNk16".
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_WGMMA_H
#define NOVA_CUDA_WGMMA_H

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>

/* A thread's sums of 16 columns are eight operands of the instruction: their names, and themselves.
 */
/* clang-format off */
#define NOVA_NAMES_0 "%0, %1, %2, %3, %4, %5, %6, %7"
#define NOVA_NAMES_1 "%8, %9, %10, %11, %12, %13, %14, %15"
#define NOVA_NAMES_2 "%16, %17, %18, %19, %20, %21, %22, %23"
#define NOVA_NAMES_3 "%24, %25, %26, %27, %28, %29, %30, %31"
#define NOVA_NAMES_4 "%32, %33, %34, %35, %36, %37, %38, %39"
#define NOVA_NAMES_5 "%40, %41, %42, %43, %44, %45, %46, %47"
#define NOVA_NAMES_6 "%48, %49, %50, %51, %52, %53, %54, %55"
#define NOVA_NAMES_7 "%56, %57, %58, %59, %60, %61, %62, %63"
#define NOVA_NAMES_8 "%64, %65, %66, %67, %68, %69, %70, %71"
#define NOVA_NAMES_9 "%72, %73, %74, %75, %76, %77, %78, %79"
#define NOVA_NAMES_10 "%80, %81, %82, %83, %84, %85, %86, %87"
#define NOVA_NAMES_11 "%88, %89, %90, %91, %92, %93, %94, %95"
#define NOVA_NAMES_12 "%96, %97, %98, %99, %100, %101, %102, %103"
#define NOVA_NAMES_13 "%104, %105, %106, %107, %108, %109, %110, %111"
#define NOVA_NAMES_14 "%112, %113, %114, %115, %116, %117, %118, %119"
#define NOVA_NAMES_15 "%120, %121, %122, %123, %124, %125, %126, %127"
#define NOVA_SUMS(i) \
    "+f"(d[8 * (i) + 0]), "+f"(d[8 * (i) + 1]), "+f"(d[8 * (i) + 2]), "+f"(d[8 * (i) + 3]),\
    "+f"(d[8 * (i) + 4]), "+f"(d[8 * (i) + 5]), "+f"(d[8 * (i) + 6]), "+f"(d[8 * (i) + 7])
#define NOVA_NAMES_OF_16 NOVA_NAMES_0
#define NOVA_SUMS_OF_16 NOVA_SUMS(0)
#define NOVA_NAMES_OF_32 NOVA_NAMES_OF_16 ", " NOVA_NAMES_1
#define NOVA_SUMS_OF_32 NOVA_SUMS_OF_16, NOVA_SUMS(1)
#define NOVA_NAMES_OF_48 NOVA_NAMES_OF_32 ", " NOVA_NAMES_2
#define NOVA_SUMS_OF_48 NOVA_SUMS_OF_32, NOVA_SUMS(2)
#define NOVA_NAMES_OF_64 NOVA_NAMES_OF_48 ", " NOVA_NAMES_3
#define NOVA_SUMS_OF_64 NOVA_SUMS_OF_48, NOVA_SUMS(3)
#define NOVA_NAMES_OF_80 NOVA_NAMES_OF_64 ", " NOVA_NAMES_4
#define NOVA_SUMS_OF_80 NOVA_SUMS_OF_64, NOVA_SUMS(4)
#define NOVA_NAMES_OF_96 NOVA_NAMES_OF_80 ", " NOVA_NAMES_5
#define NOVA_SUMS_OF_96 NOVA_SUMS_OF_80, NOVA_SUMS(5)
#define NOVA_NAMES_OF_112 NOVA_NAMES_OF_96 ", " NOVA_NAMES_6
#define NOVA_SUMS_OF_112 NOVA_SUMS_OF_96, NOVA_SUMS(6)
#define NOVA_NAMES_OF_128 NOVA_NAMES_OF_112 ", " NOVA_NAMES_7
#define NOVA_SUMS_OF_128 NOVA_SUMS_OF_112, NOVA_SUMS(7)
#define NOVA_NAMES_OF_144 NOVA_NAMES_OF_128 ", " NOVA_NAMES_8
#define NOVA_SUMS_OF_144 NOVA_SUMS_OF_128, NOVA_SUMS(8)
#define NOVA_NAMES_OF_160 NOVA_NAMES_OF_144 ", " NOVA_NAMES_9
#define NOVA_SUMS_OF_160 NOVA_SUMS_OF_144, NOVA_SUMS(9)
#define NOVA_NAMES_OF_176 NOVA_NAMES_OF_160 ", " NOVA_NAMES_10
#define NOVA_SUMS_OF_176 NOVA_SUMS_OF_160, NOVA_SUMS(10)
#define NOVA_NAMES_OF_192 NOVA_NAMES_OF_176 ", " NOVA_NAMES_11
#define NOVA_SUMS_OF_192 NOVA_SUMS_OF_176, NOVA_SUMS(11)
#define NOVA_NAMES_OF_208 NOVA_NAMES_OF_192 ", " NOVA_NAMES_12
#define NOVA_SUMS_OF_208 NOVA_SUMS_OF_192, NOVA_SUMS(12)
#define NOVA_NAMES_OF_224 NOVA_NAMES_OF_208 ", " NOVA_NAMES_13
#define NOVA_SUMS_OF_224 NOVA_SUMS_OF_208, NOVA_SUMS(13)
#define NOVA_NAMES_OF_240 NOVA_NAMES_OF_224 ", " NOVA_NAMES_14
#define NOVA_SUMS_OF_240 NOVA_SUMS_OF_224, NOVA_SUMS(14)
#define NOVA_NAMES_OF_256 NOVA_NAMES_OF_240 ", " NOVA_NAMES_15
#define NOVA_SUMS_OF_256 NOVA_SUMS_OF_240, NOVA_SUMS(15)
/* clang-format on */

template <typename T, int N> struct wgmma;

/** d (+)= a b^T with operands of type T and N columns, a multiple of 16 up to 256. */
template <typename T, int N>
static __device__ __forceinline__ void multiply(float *d, uint64_t a, uint64_t b, int add) {
    wgmma<T, N>::multiply(d, a, b, add);
}

/* `a`, `b`, `add`: the numbers of the operands behind the sums, N / 2 and so on. */
#define NOVA_WGMMA(T, TYPE, N, A, B, ADD)                                                          \
    template <> struct wgmma<T, N> {                                                               \
        static __device__ __forceinline__ void multiply(float *d, uint64_t a, uint64_t b,          \
                                                        int add) {                                 \
            asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %" #ADD ", 0;\n"                        \
                         "wgmma.mma_async.sync.aligned.m64n" #N "k16.f32." TYPE "." TYPE           \
                         " {" NOVA_NAMES_OF_##N "}, %" #A ", %" #B ", p, 1, 1, 0, 0;\n}\n"         \
                         : NOVA_SUMS_OF_##N                                                        \
                         : "l"(a), "l"(b), "r"(add));                                              \
        }                                                                                          \
    };
#define NOVA_WGMMAS(N, A, B, ADD)                                                                  \
    NOVA_WGMMA(__half, "f16", N, A, B, ADD)                                                        \
    NOVA_WGMMA(__nv_bfloat16, "bf16", N, A, B, ADD)
NOVA_WGMMAS(16, 8, 9, 10)
NOVA_WGMMAS(32, 16, 17, 18)
NOVA_WGMMAS(48, 24, 25, 26)
NOVA_WGMMAS(64, 32, 33, 34)
NOVA_WGMMAS(80, 40, 41, 42)
NOVA_WGMMAS(96, 48, 49, 50)
NOVA_WGMMAS(112, 56, 57, 58)
NOVA_WGMMAS(128, 64, 65, 66)
NOVA_WGMMAS(144, 72, 73, 74)
NOVA_WGMMAS(160, 80, 81, 82)
NOVA_WGMMAS(176, 88, 89, 90)
NOVA_WGMMAS(192, 96, 97, 98)
NOVA_WGMMAS(208, 104, 105, 106)
NOVA_WGMMAS(224, 112, 113, 114)
NOVA_WGMMAS(240, 120, 121, 122)
NOVA_WGMMAS(256, 128, 129, 130)

/** The same of 64 columns with the first operand in registers: of thread's words of two values word
    i is row (warp * 16 + lane / 4 + 8 * (i % 2)), columns 2 (lane % 4) + 8 (i / 2) and the next.
    They may not change before the products have been waited for. Each is issued when the one
    before it has begun, so that a thread is held up as long. */
template <typename T>
static __device__ __forceinline__ void multiply_fragment(float *d, const uint32_t *a, uint64_t b,
                                                         int add) {
#define NOVA_WGMMA_FRAGMENT(TYPE)                                                                  \
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %37, 0;\n"                                      \
                 "wgmma.mma_async.sync.aligned.m64n64k16.f32." TYPE "." TYPE " {" NOVA_NAMES_OF_64 \
                 "}, {%32, %33, %34, %35}, %36, p, 1, 1, 0;\n}\n"                                  \
                 : NOVA_SUMS_OF_64                                                                 \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(add))
    if constexpr (__is_same(T, __half))
        NOVA_WGMMA_FRAGMENT("f16");
    else
        NOVA_WGMMA_FRAGMENT("bf16");
#undef NOVA_WGMMA_FRAGMENT
}

/** The same with sums of binary16, two to a word: half of the registers. */
static __device__ __forceinline__ void multiply_fragment_f16(uint32_t *d, const uint32_t *a,
                                                             uint64_t b, int add) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %21, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n64k16.f16.f16.f16 {%0, %1, %2, %3, %4, %5, %6, "
                 "%7, %8, %9, %10, %11, %12, %13, %14, %15}, {%16, %17, %18, %19}, %20, p, 1, 1, "
                 "0;\n}\n"
                 : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3]), "+r"(d[4]), "+r"(d[5]),
                   "+r"(d[6]), "+r"(d[7]), "+r"(d[8]), "+r"(d[9]), "+r"(d[10]), "+r"(d[11]),
                   "+r"(d[12]), "+r"(d[13]), "+r"(d[14]), "+r"(d[15])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(add));
}

/** Orders register and shared-memory accesses before the products that follow. */
static __device__ __forceinline__ void wgmma_arrive(void) {
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
static __device__ __forceinline__ void wgmma_commit(void) {
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
/** Waits until at most one group of products (the last) is under way, or none. */
static __device__ __forceinline__ void wgmma_wait_one(void) {
    asm volatile("wgmma.wait_group.sync.aligned 1;" ::: "memory");
}
static __device__ __forceinline__ void wgmma_wait_all(void) {
    asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
}

/** Descriptor of an operand whose rows are 128 bytes, swizzled, in groups of eight rows that begin
    `group` bytes apart. `address` is one in the shared window, a multiple of 128: pieces of 16
   bytes are swizzled by where they lie, not by where the operand begins, so that its base offset,
   for groups that are not aligned to 1024 bytes, is 0 all the same. */
static __device__ __forceinline__ uint64_t wgmma_operand(uint32_t address, uint32_t group = 1024) {
    return (uint64_t)((address & 0x3ffff) >> 4) | (uint64_t)1 << 16 | (uint64_t)(group >> 4) << 32 |
           (uint64_t)1 << 62;
}

#endif
