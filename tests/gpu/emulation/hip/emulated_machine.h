/*
 * emulated_machine.h - src/hip/machine.h on the CPU: waves of 64 coroutines (../block.h), the
 * matrix instruction's operands where AMD's instruction set manual has them, and this model of its
 * arithmetic: products are exact, a sum of 16 of them and what was there is made in binary64 and
 * rounded to binary32 once. (Hardware adds in binary32, in an order of its own.)
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EMULATED_MACHINE_H
#define NOVA_EMULATED_MACHINE_H

#include <cmath>

#include "../block.h"
extern "C" {
#include "numerics/half.h"
}

#define NOVA_DEVICE static inline
#define NOVA_DEVICE_SPECIAL inline
#define NOVA_CODELET_DEVICE
#define NOVA_KERNEL extern "C" void
#define NOVA_WAVES(count)
#define NOVA_SHARED thread_local

NOVA_DEVICE int thread_number() {
    return (int)threadIdx.x;
}
NOVA_DEVICE int wave_number() {
    return (int)threadIdx.x / NOVA_HIP_WAVE;
}
NOVA_DEVICE int lane_number() {
    return (int)threadIdx.x % NOVA_HIP_WAVE;
}
NOVA_DEVICE int block_number_x() {
    return (int)blockIdx.x;
}
NOVA_DEVICE int block_number_y() {
    return (int)blockIdx.y;
}
NOVA_DEVICE int block_number_z() {
    return (int)blockIdx.z;
}
NOVA_DEVICE void meet_block() {
    emulated::meet(0, 0);
}

NOVA_DEVICE void keep_order() {
}
NOVA_DEVICE int anew_for_all(int value) {
    return value;
}
struct readable {
    const char *memory;
    uint32_t bytes;
};
NOVA_DEVICE readable readable_from(const void *memory, uint32_t bytes) {
    return {(const char *)memory, bytes};
}
NOVA_DEVICE uint32_t load_word(const readable &from, uint32_t offset) {
    uint32_t word = 0;
    if (offset < from.bytes && from.bytes - offset >= sizeof word)
        memcpy(&word, from.memory + offset, sizeof word);
    return word;
}

struct f16 {
    static float to_float(uint16_t bits) {
        return nova_f16_to_float(bits);
    }
    static uint16_t from_float(float v) {
        return nova_f16_from_float(v);
    }
};
NOVA_DEVICE float fused(float a, float b, float c) {
    return std::fma(a, b, c);
}
NOVA_DEVICE float exponential(float v) {
    return std::exp(v);
}
NOVA_DEVICE float quotient(float a, float b) {
    return a / b;
}

/* ---- products */

struct bf16;
struct emulated_product {
    f32x4 *sums;
    u32x2 a, b;
};
inline uint16_t emulated_half(u32x2 words, int e) {
    return (uint16_t)(words[e / 2] >> 16 * (e % 2));
}
template <bool BFLOAT> void emulated_multiply(void *const *lanes, unsigned) {
    enum { LANES = 64, SIDE_ = 16 };
    double a[SIDE_][SIDE_], b[SIDE_][SIDE_], sums[SIDE_][SIDE_];
    for (int lane = 0; lane < LANES; lane++) {
        const emulated_product *own = (const emulated_product *)lanes[lane];
        for (int e = 0; e < 4; e++) {
            const uint16_t x = emulated_half(own->a, e), y = emulated_half(own->b, e);
            const int k = lane / SIDE_ * 4 + e, other = lane % SIDE_;
            a[other][k] = BFLOAT ? nova_bf16_to_float(x) : nova_f16_to_float(x);
            b[k][other] = BFLOAT ? nova_bf16_to_float(y) : nova_f16_to_float(y);
            sums[k][other] = (*own->sums)[e];
        }
    }
    emulated::multiply_add(SIDE_, SIDE_, SIDE_, a[0], b[0], sums[0]);
    for (int lane = 0; lane < LANES; lane++)
        for (int e = 0; e < 4; e++)
            (*((const emulated_product *)lanes[lane])->sums)[e] =
                (float)sums[lane / SIDE_ * 4 + e][lane % SIDE_];
}
NOVA_DEVICE void multiply(const f16 *, f32x4 *sums, u32x2 a, u32x2 b) {
    emulated_product own = {sums, a, b};
    emulated::together(emulated_multiply<false>, &own);
}
NOVA_DEVICE void multiply(const bf16 *, f32x4 *sums, u32x2 a, u32x2 b) {
    emulated_product own = {sums, a, b};
    emulated::together(emulated_multiply<true>, &own);
}

#endif
