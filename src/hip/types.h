/*
 * types.h - element types, pairs of channels and the epilogue, for HIP kernels.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_TYPES_H
#define NOVA_HIP_TYPES_H

#include "gpu/kernels.h"
#include "hip/machine.h"

/** bfloat16, rounded to nearest even; NaN stays NaN. */
struct bf16 {
    NOVA_DEVICE float to_float(uint16_t bits) {
        return __builtin_bit_cast(float, (uint32_t)bits << 16);
    }
    NOVA_DEVICE uint16_t from_float(float v) {
        const uint32_t bits = __builtin_bit_cast(uint32_t, v);
        if (v != v)
            return (uint16_t)(bits >> 16 | 0x40);
        return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
};

/** Two neighbouring channels, which the processor adds and multiplies in one instruction. */
typedef float V __attribute__((vector_size(8)));

template <typename T> NOVA_DEVICE V unpack(uint32_t pair) {
    return V{T::to_float((uint16_t)pair), T::to_float((uint16_t)(pair >> 16))};
}
template <typename T> NOVA_DEVICE uint32_t pack(float low, float high) {
    return T::from_float(low) | (uint32_t)T::from_float(high) << 16;
}

/** Aligned values of any type. */
template <typename Value> NOVA_DEVICE Value load(const void *from) {
    Value value;
    __builtin_memcpy(&value, __builtin_assume_aligned(from, sizeof value), sizeof value);
    return value;
}
template <typename Value> NOVA_DEVICE void store(void *to, Value value) {
    __builtin_memcpy(__builtin_assume_aligned(to, sizeof value), &value, sizeof value);
}

/* ---- epilogue */

NOVA_DEVICE float activate(float v, nova_activation activation) {
    if (activation == NOVA_ACTIVATION_RELU)
        return v < 0 ? 0.0f : v; /* NaN stays NaN */
    if (activation == NOVA_ACTIVATION_SILU)
        return quotient(v, 1.0f + exponential(-v));
    return v;
}

/** Index of element (n, channel, i, j) of y, which is channel-last. */
NOVA_DEVICE int64_t output_index(const nova_gpu_epilogue &e, int64_t n, int64_t channel, int64_t i,
                                 int64_t j) {
    return ((n * e.out_h + i) * e.out_w + j) * e.k + channel;
}

/** Stores one element; `at` is its index, `channel` its output channel. */
template <typename T>
NOVA_DEVICE void store_output(const nova_gpu_epilogue &e, int64_t at, int64_t channel, float v) {
    if (e.bias)
        v += e.bias[channel];
    if (e.residual)
        v += T::to_float(((const uint16_t *)e.residual)[at]);
    ((uint16_t *)e.y)[at] = T::from_float(activate(v, e.activation));
}

/** Stores COUNT (2 or 4) neighbouring channels, of which those below k exist; `at`: of the first.
   In one piece where they are aligned. */
template <typename T, int COUNT>
NOVA_DEVICE void store_outputs(const nova_gpu_epilogue &e, int64_t at, int64_t channel,
                               const float *v) {
    if (e.k % COUNT != 0) {
#pragma unroll
        for (int i = 0; i < COUNT; i++)
            if (channel + i < e.k)
                store_output<T>(e, at + i, channel + i, v[i]);
        return;
    }
    if (channel >= e.k)
        return;
#pragma unroll
    for (int i = 0; i < COUNT; i += 2) {
        V sum = {v[i], v[i + 1]};
        if (e.bias)
            sum += V{e.bias[channel + i], e.bias[channel + i + 1]};
        if (e.residual)
            sum += unpack<T>(load<uint32_t>((const uint16_t *)e.residual + at + i));
        store((uint16_t *)e.y + at + i,
              pack<T>(activate(sum[0], e.activation), activate(sum[1], e.activation)));
    }
}

/** The bias of two neighbouring channels, of which the first exists. */
NOVA_DEVICE V bias_of(const nova_gpu_epilogue &e, int64_t channel) {
    if (!e.bias)
        return V{0, 0};
    return V{e.bias[channel], channel + 1 < e.k ? e.bias[channel + 1] : 0.0f};
}

/** Stores two neighbouring channels that have their bias; `at`: of the first, which exists. Short,
    because transforms have it many times. */
template <typename T>
NOVA_DEVICE void store_pair(const nova_gpu_epilogue &e, int64_t at, int64_t channel, V v) {
    const bool together = e.k % 2 == 0, second = channel + 1 < e.k;
    uint16_t *y = (uint16_t *)e.y + at;
    if (e.residual) {
        const uint16_t *residual = (const uint16_t *)e.residual + at;
        v += together ? unpack<T>(load<uint32_t>(residual))
                      : V{T::to_float(*residual), second ? T::to_float(residual[1]) : 0.0f};
    }
    if (e.activation != NOVA_ACTIVATION_NONE)
        v = V{activate(v[0], e.activation), activate(v[1], e.activation)};
    const uint32_t pair = pack<T>(v[0], v[1]);
    if (together) {
        store(y, pair);
        return;
    }
    *y = (uint16_t)pair;
    if (second)
        y[1] = (uint16_t)(pair >> 16);
}

#endif
