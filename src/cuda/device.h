/*
 * device.h - what all CUDA kernels share: element types, dependent launch, and the epilogue.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_DEVICE_H
#define NOVA_CUDA_DEVICE_H

#include "cuda/instructions.h"
#include "gpu/kernels.h"

/* ---- two neighbouring channels */

typedef float2 V;

#define V_ADD(a, b) make_float2((a).x + (b).x, (a).y + (b).y)

/* ---- element types */

static __device__ __forceinline__ float to_float(__half v) {
    return __half2float(v);
}
static __device__ __forceinline__ float to_float(__nv_bfloat16 v) {
    return __bfloat162float(v);
}
static __device__ __forceinline__ float to_float(float v) {
    return v;
}
static __device__ __forceinline__ void from_float(__half *to, float v) {
    *to = __float2half_rn(v);
}
static __device__ __forceinline__ void from_float(__nv_bfloat16 *to, float v) {
    *to = __float2bfloat16_rn(v);
}

/** Two elements that lie together, aligned to their common size. */
static __device__ __forceinline__ V load_pair(const __half *p) {
    return __half22float2(*(const __half2 *)p);
}
static __device__ __forceinline__ V load_pair(const __nv_bfloat16 *p) {
    return __bfloat1622float2(*(const __nv_bfloat162 *)p);
}
static __device__ __forceinline__ V load_pair(const float *p) {
    return *(const float2 *)p;
}
static __device__ __forceinline__ void store_pair(__half *p, V v) {
    *(__half2 *)p = __float22half2_rn(v);
}
static __device__ __forceinline__ void store_pair(__nv_bfloat16 *p, V v) {
    *(__nv_bfloat162 *)p = __float22bfloat162_rn(v);
}
static __device__ __forceinline__ void store_pair(float *p, V v) {
    *(float2 *)p = v;
}

/* ---- dependent launch: a kernel may start before its predecessor has finished; it must wait
   before it reads or writes anything that the predecessor touches */

static __device__ __forceinline__ void wait_for_predecessor(void) {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
static __device__ __forceinline__ void let_successor_start(void) {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/* ---- epilogue */

static __device__ __forceinline__ float activate(float v, nova_activation activation) {
    if (activation == NOVA_ACTIVATION_RELU)
        return v < 0 ? 0.0f : v; /* NaN stays NaN */
    if (activation == NOVA_ACTIVATION_SILU)
        return __fdividef(v, 1.0f + __expf(-v)); /* 0 where the quotient is that small */
    return v;
}

/** Index of element (n, channel, i, j) of y. */
static __device__ __forceinline__ int64_t output_index(const nova_gpu_epilogue *e, int64_t n,
                                                       int64_t channel, int64_t i, int64_t j) {
    return ((n * e->out_h + i) * e->out_w + j) * e->k + channel;
}

/** Stores one element; `at` is its index, `channel` its output channel. */
template <typename T>
static __device__ __forceinline__ void store_output(const nova_gpu_epilogue *e, int64_t at,
                                                    int64_t channel, float v) {
    if (e->bias)
        v += e->bias[channel];
    if (e->residual)
        v += to_float(((const T *)e->residual)[at]);
    from_float((T *)e->y + at, activate(v, e->activation));
}

/** The bias of two neighbouring channels; `channel` is even and below k. */
static __device__ __forceinline__ V bias_pair(const nova_gpu_epilogue *e, int64_t channel) {
    if (!e->bias)
        return make_float2(0, 0);
    return make_float2(e->bias[channel], channel + 1 < e->k ? e->bias[channel + 1] : 0.0f);
}

/** Stores two neighbouring channels of a channel-last y, their bias already added. */
template <typename T>
static __device__ __forceinline__ void store_biased_pair(const nova_gpu_epilogue *e, int64_t at,
                                                         int64_t channel, V v) {
    if (e->k % 2 != 0) { /* pairs are not aligned, the last is not complete */
        const bool both = channel + 1 < e->k;
        if (e->residual) {
            v.x += to_float(((const T *)e->residual)[at]);
            v.y += both ? to_float(((const T *)e->residual)[at + 1]) : 0.0f;
        }
        from_float((T *)e->y + at, activate(v.x, e->activation));
        if (both)
            from_float((T *)e->y + at + 1, activate(v.y, e->activation));
        return;
    }
    if (e->residual) {
        const V r = load_pair((const T *)e->residual + at);
        v.x += r.x, v.y += r.y;
    }
    v.x = activate(v.x, e->activation);
    v.y = activate(v.y, e->activation);
    store_pair((T *)e->y + at, v);
}

/** Two neighbouring elements of type T in a word. */
template <typename T> static __device__ __forceinline__ uint32_t pack(float low, float high) {
    if constexpr (__is_same(T, __half)) {
        const __half2 pair = __floats2half2_rn(low, high);
        return *(const uint32_t *)&pair;
    } else {
        const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
        return *(const uint32_t *)&pair;
    }
}

/** And back; the first argument only says which type they have. */
static __device__ __forceinline__ V unpack(__half, uint32_t pair) {
    return __half22float2(*(const __half2 *)&pair);
}
static __device__ __forceinline__ V unpack(__nv_bfloat16, uint32_t pair) {
    return __bfloat1622float2(*(const __nv_bfloat162 *)&pair);
}

#endif
