/*
 * vec_portable.h - the vector vocabulary for any machine: four lanes as the vector extension of
 * GCC and Clang, which they map to whatever the target has. A multiply-add rounds twice.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_VEC_PORTABLE_H
#define NOVA_VEC_PORTABLE_H

#include <math.h>
#include <string.h>

#include "numerics/half.h"

enum { VL = 4 };
enum { GEMM_ROWS = 4, GEMM_VECTORS = 2, V_FUSED = 0 };

typedef float V __attribute__((vector_size(4 * sizeof(float))));
typedef uint32_t V_BITS __attribute__((vector_size(4 * sizeof(uint32_t))));

static inline V V_LOAD(const float *p) {
    V v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline void V_STORE(float *p, V v) {
    memcpy(p, &v, sizeof v);
}
static inline V V_LOAD_PART(const float *p, int count) {
    V v = {0};
    memcpy(&v, p, (size_t)count * sizeof(float));
    return v;
}
static inline void V_STORE_PART(float *p, V v, int count) {
    memcpy(p, &v, (size_t)count * sizeof(float));
}
static inline V V_SET1(float f) {
    return (V){f, f, f, f};
}
#define V_ADD(a, b) ((a) + (b))
#define V_SUB(a, b) ((a) - (b))
#define V_MUL(a, b) ((a) * (b))
#define V_DIV(a, b) ((a) / (b))
#define V_FMA(a, b, c) ((a) * (b) + (c))
#define V_FNMA(a, b, c) ((c) - (a) * (b))

/* One lane after the other: for what the extension has no operator for. */
#define NOVA_LANES(v, expression)                                                                  \
    do {                                                                                           \
        for (int i = 0; i < VL; i++)                                                               \
            (v)[i] = (expression);                                                                 \
    } while (0)

/* Where it matters how often something is loaded. */
#define V_KEEP(v) ((void)0)
/* The larger one; v where it is NaN. */
static inline V V_MAX(V least, V v) {
    NOVA_LANES(v, v[i] < least[i] ? least[i] : v[i]);
    return v;
}
static inline V V_EXP(V v) {
    NOVA_LANES(v, expf(v[i]));
    return v;
}
static inline V V_ROUND_F16(V v) {
    NOVA_LANES(v, nova_f16_to_float(nova_f16_from_float(v[i])));
    return v;
}
static inline V V_ROUND_BF16(V v) {
    NOVA_LANES(v, nova_bf16_to_float(nova_bf16_from_float(v[i])));
    return v;
}
static inline V_BITS V_LOAD_HALVES(const uint16_t *p) {
    return (V_BITS){p[0], p[1], p[2], p[3]};
}
/* The bits of a binary16 number, moved to where binary32 has them, are that number times 2^-112;
   Inf and NaN get the larger exponent. */
static inline V V_LOAD_F16(const uint16_t *p) {
    const V_BITS half = V_LOAD_HALVES(p), magnitude = half & 0x7fff;
    const V_BITS special = (V_BITS)(magnitude >= 0x7c00) & 0x7f800000;
    const V scaled = (V)(magnitude << 13) * 0x1p112f;
    return (V)((V_BITS)scaled | special | (half & 0x8000) << 16);
}
static inline V V_LOAD_BF16(const uint16_t *p) {
    return (V)(V_LOAD_HALVES(p) << 16);
}
static inline void V_STORE_F16(uint16_t *p, V v) {
    NOVA_LANES(p, nova_f16_from_float(v[i]));
}
static inline void V_STORE_BF16(uint16_t *p, V v) {
    NOVA_LANES(p, nova_bf16_from_float(v[i]));
}
/* Stores that bypass the cache are the machine's own: ordinary ones here. */
#define V_STREAM(p, v) V_STORE(p, v)
#define V_STREAM_F16(p, v) V_STORE_F16(p, v)
#define V_STREAM_BF16(p, v) V_STORE_BF16(p, v)
#define V_FENCE() ((void)0)
/* The bfloat16 numbers in the lower and the upper halves of words. */
static inline V V_EVEN(V words) {
    return (V)((V_BITS)words << 16);
}
static inline V V_ODD(V words) {
    return (V)((V_BITS)words & 0xffff0000);
}
static inline void V_TRANSPOSE(V *v) {
    for (int i = 0; i < VL; i++)
        for (int j = 0; j < i; j++) {
            const float t = v[i][j];
            v[i][j] = v[j][i];
            v[j][i] = t;
        }
}

#undef NOVA_LANES
#endif
