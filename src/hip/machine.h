/*
 * machine.h - what the kernels need of a CDNA processor (gfx90a, gfx942): waves of 64 lanes, shared
 * memory, the matrix instruction. Compiled by clang alone, without ROCm's headers and libraries;
 * for other compilers the tests put functions of the same names in its place.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_MACHINE_H
#define NOVA_HIP_MACHINE_H

#include <stdint.h>
#include <string.h>

enum { NOVA_HIP_WAVE = 64 };

typedef float f32x4 __attribute__((vector_size(16))); /* sums of a product */
typedef uint32_t u32x2 __attribute__((vector_size(8)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));

#ifndef __HIP__
#include "emulated_machine.h" /* tests/gpu/emulation */
#else

#define NOVA_DEVICE static __attribute__((device)) __attribute__((always_inline)) inline
#define NOVA_KERNEL                                                                                \
    extern "C" __attribute__((global)) __attribute__((visibility("protected")))                    \
    __attribute__((amdgpu_flat_work_group_size(256, 256))) void
/** Of a kernel: waves of a SIMD that it is to leave registers for, at least. */
#define NOVA_WAVES(count) __attribute__((amdgpu_waves_per_eu(count)))
#define NOVA_SHARED static __attribute__((shared))
#define NOVA_DEVICE_SPECIAL __attribute__((device)) __attribute__((always_inline)) inline
#define NOVA_CODELET_DEVICE __attribute__((device)) __attribute__((always_inline))

NOVA_DEVICE int thread_number(void) {
    return (int)__builtin_amdgcn_workitem_id_x();
}
/** The same for all lanes of a wave, and known to be so; and the lane. */
NOVA_DEVICE int wave_number(void) {
    return __builtin_amdgcn_readfirstlane(thread_number() / NOVA_HIP_WAVE);
}
NOVA_DEVICE int lane_number(void) {
    int lane; /* computed anew wherever it is asked for, rather than kept in a register */
    __asm__ volatile("v_mbcnt_lo_u32_b32 %0, -1, 0\n\tv_mbcnt_hi_u32_b32 %0, -1, %0" : "=&v"(lane));
    return lane;
}
NOVA_DEVICE int block_number_x(void) {
    return (int)__builtin_amdgcn_workgroup_id_x();
}
NOVA_DEVICE int block_number_y(void) {
    return (int)__builtin_amdgcn_workgroup_id_y();
}
NOVA_DEVICE int block_number_z(void) {
    return (int)__builtin_amdgcn_workgroup_id_z();
}
/** All threads of the block meet; what they wrote to shared memory is seen by all. */
NOVA_DEVICE void meet_block(void) {
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

/** Keeps the compiler from moving instructions past here, loads above all, whose results it would
    otherwise hold in more registers than there are. */
NOVA_DEVICE void keep_order(void) {
    __builtin_amdgcn_sched_barrier(0);
}

/** A value that all lanes of a wave have in common, of which the compiler knows nothing: what
    follows from it is computed where it is needed rather than once and kept in registers. */
NOVA_DEVICE int anew_for_all(int value) {
    __asm__ volatile("" : "+s"(value));
    return value;
}

/* ---- memory of so many bytes: reads beyond them are zero */

typedef __amdgpu_buffer_rsrc_t readable;
NOVA_DEVICE readable readable_from(const void *memory, uint32_t bytes) {
    enum { DATA_FORMAT_32 = 0x20000 };
    return __builtin_amdgcn_make_buffer_rsrc((void *)memory, 0, (int)bytes, DATA_FORMAT_32);
}
NOVA_DEVICE uint32_t load_word(readable from, uint32_t offset) {
    return __builtin_amdgcn_raw_buffer_load_b32(from, (int)offset, 0, 0);
}

/* ---- numbers */

struct f16 {
    NOVA_DEVICE float to_float(uint16_t bits) {
        return (float)__builtin_bit_cast(_Float16, bits);
    }
    NOVA_DEVICE uint16_t from_float(float v) {
        return __builtin_bit_cast(uint16_t, (_Float16)v);
    }
};
NOVA_DEVICE float fused(float a, float b, float c) {
    return __builtin_fmaf(a, b, c);
}
/** e^v and a / b to the last bits, as the hardware has them. */
NOVA_DEVICE float exponential(float v) {
    return __builtin_amdgcn_exp2f(v * 1.44269504f);
}
NOVA_DEVICE float quotient(float a, float b) {
    return a * __builtin_amdgcn_rcpf(b);
}

/* ---- products: 16 x 16 times 16 x 16. Lane l has elements 4 (l / 16) to 4 (l / 16) + 3 of row
   l % 16 of a and of column l % 16 of b, and sums of rows 4 (l / 16) on of column l % 16 */

typedef _Float16 machine_halves __attribute__((ext_vector_type(4)));
typedef short machine_shorts __attribute__((ext_vector_type(4)));
typedef float machine_floats __attribute__((ext_vector_type(4)));

struct bf16; /* types.h */
NOVA_DEVICE void multiply(const f16 *, f32x4 *sums, u32x2 a, u32x2 b) {
    *sums = __builtin_bit_cast(f32x4, __builtin_amdgcn_mfma_f32_16x16x16f16(
                                          __builtin_bit_cast(machine_halves, a),
                                          __builtin_bit_cast(machine_halves, b),
                                          __builtin_bit_cast(machine_floats, *sums), 0, 0, 0));
}
NOVA_DEVICE void multiply(const bf16 *, f32x4 *sums, u32x2 a, u32x2 b) {
    *sums = __builtin_bit_cast(f32x4, __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(
                                          __builtin_bit_cast(machine_shorts, a),
                                          __builtin_bit_cast(machine_shorts, b),
                                          __builtin_bit_cast(machine_floats, *sums), 0, 0, 0));
}

#endif
#endif
