/*
 * cuda_bf16.h - bfloat16, converted by the core's functions.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EMULATED_CUDA_BF16_H
#define NOVA_EMULATED_CUDA_BF16_H

#include "cuda_fp16.h"

struct __nv_bfloat16 {
    uint16_t bits;
};
struct __nv_bfloat162 {
    __nv_bfloat16 x, y;
};
inline float __bfloat162float(__nv_bfloat16 v) {
    return nova_bf16_to_float(v.bits);
}
inline __nv_bfloat16 __float2bfloat16_rn(float v) {
    return {nova_bf16_from_float(v)};
}
inline float2 __bfloat1622float2(__nv_bfloat162 v) {
    return {__bfloat162float(v.x), __bfloat162float(v.y)};
}
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) {
    return {__float2bfloat16_rn(x), __float2bfloat16_rn(y)};
}
inline __nv_bfloat162 __float22bfloat162_rn(float2 v) {
    return __floats2bfloat162_rn(v.x, v.y);
}

#endif
