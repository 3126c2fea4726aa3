/*
 * vec_portable.h - the vector vocabulary in plain C: four lanes, arrays and loops that any compiler
 * can turn into whatever vectors its target has. A multiply-add rounds twice.
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

typedef struct {
    float lane[VL];
} V;

#define NOVA_LANES(expression)                                                                     \
    V r;                                                                                           \
    for (int i = 0; i < VL; i++)                                                                   \
        r.lane[i] = (expression);                                                                  \
    return r

static inline V V_LOAD(const float *p) {
    V r;
    memcpy(&r, p, sizeof r);
    return r;
}
static inline void V_STORE(float *p, V v) {
    memcpy(p, &v, sizeof v);
}
static inline V V_LOAD_PART(const float *p, int count) {
    NOVA_LANES(i < count ? p[i] : 0.0f);
}
static inline void V_STORE_PART(float *p, V v, int count) {
    memcpy(p, &v, (size_t)count * sizeof(float));
}
static inline V V_SET1(float f) {
    NOVA_LANES(f);
}
static inline V V_ADD(V a, V b) {
    NOVA_LANES(a.lane[i] + b.lane[i]);
}
static inline V V_SUB(V a, V b) {
    NOVA_LANES(a.lane[i] - b.lane[i]);
}
static inline V V_MUL(V a, V b) {
    NOVA_LANES(a.lane[i] * b.lane[i]);
}
static inline V V_DIV(V a, V b) {
    NOVA_LANES(a.lane[i] / b.lane[i]);
}
static inline V V_FMA(V a, V b, V c) {
    NOVA_LANES(a.lane[i] * b.lane[i] + c.lane[i]);
}
static inline V V_FNMA(V a, V b, V c) {
    NOVA_LANES(c.lane[i] - a.lane[i] * b.lane[i]);
}
/* NaN in v stays NaN */
static inline V V_RELU(V v) {
    NOVA_LANES(v.lane[i] < 0.0f ? 0.0f : v.lane[i]);
}
static inline V V_EXP(V v) {
    NOVA_LANES(expf(v.lane[i]));
}
static inline V V_ROUND_F16(V v) {
    NOVA_LANES(nova_f16_to_float(nova_f16_from_float(v.lane[i])));
}
static inline V V_ROUND_BF16(V v) {
    NOVA_LANES(nova_bf16_to_float(nova_bf16_from_float(v.lane[i])));
}
static inline V V_LOAD_F16(const uint16_t *p) {
    NOVA_LANES(nova_f16_to_float(p[i]));
}
static inline V V_LOAD_BF16(const uint16_t *p) {
    NOVA_LANES(nova_bf16_to_float(p[i]));
}
static inline void V_STORE_F16(uint16_t *p, V v) {
    for (int i = 0; i < VL; i++)
        p[i] = nova_f16_from_float(v.lane[i]);
}
static inline void V_STORE_BF16(uint16_t *p, V v) {
    for (int i = 0; i < VL; i++)
        p[i] = nova_bf16_from_float(v.lane[i]);
}
static inline void V_TRANSPOSE(V *v) {
    for (int i = 0; i < VL; i++)
        for (int j = 0; j < i; j++) {
            float t = v[i].lane[j];
            v[i].lane[j] = v[j].lane[i];
            v[j].lane[i] = t;
        }
}

#undef NOVA_LANES
#endif
