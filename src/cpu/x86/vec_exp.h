/*
 * vec_exp.h - exp(v) over the x86 vector vocabularies.
 *
 * exp(v) = 2^k exp(t), k = nearest(v / ln 2), |t| <= ln(2)/2, with ln 2 split in two so that t is
 * exact to rounding; exp(t) by its Taylor polynomial of degree 7, whose remainder there is below
 * half a unit in the last place. The argument is clamped to where the result is a normal number;
 * NaN stays NaN.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_VEC_EXP_H
#define NOVA_VEC_EXP_H

static inline V V_EXP(V v) {
    v = V_CLAMP(v, -87.0f, 87.0f);
    V k = V_NEAREST(V_MUL(v, V_SET1(1.44269504f)));
    V t = V_FNMA(k, V_SET1(0.693359375f), v);
    t = V_FNMA(k, V_SET1(-2.12194440e-4f), t);
    static const float factor[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f};
    V p = V_SET1(1.0f / 5040);
    for (int i = 0; i < 7; i++)
        p = V_FMA(p, t, V_SET1(factor[i]));
    return V_MUL(p, V_POWER2(k));
}

#endif
