/*
 * cuda_fp16.h - binary16, converted by the core's functions.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EMULATED_CUDA_FP16_H
#define NOVA_EMULATED_CUDA_FP16_H

#include "cuda_runtime.h"
extern "C" {
#include "numerics/half.h"
}

struct __half {
    uint16_t bits;
};
struct __half2 {
    __half x, y;
};
inline float __half2float(__half v) {
    return nova_f16_to_float(v.bits);
}
inline __half __float2half_rn(float v) {
    return {nova_f16_from_float(v)};
}
inline float2 __half22float2(__half2 v) {
    return {__half2float(v.x), __half2float(v.y)};
}
inline __half2 __floats2half2_rn(float x, float y) {
    return {__float2half_rn(x), __float2half_rn(y)};
}
inline __half2 __float22half2_rn(float2 v) {
    return __floats2half2_rn(v.x, v.y);
}

#endif
