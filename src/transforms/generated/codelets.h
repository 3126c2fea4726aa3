/*
 * codelets.h - one-dimensional transforms as straight-line code.
 *
 * Written by nova-generate (src/codegen) from src/transforms/points.def; do not edit.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
/* clang-format off */
/*
 * To be included once per instruction set, after these are defined:
 *   V                   vector type
 *   V_COEF              type of the coefficients' array
 *   V_COEF_GET(c, k)    coefficient k in every lane
 *   V_ADD(a, b), V_SUB(a, b), V_MUL(a, b)
 *   V_FMA(a, b, c)      a*b + c
 *   V_FNMA(a, b, c)     c - a*b
 *   NOVA_CODELET(name)  the function's name
 *   NOVA_CODELET_ATTR   its attributes
 * All inputs are read before any output is written, so that y may be x.
 */

/* 1 -> 1: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f11_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    y[0] = x0;
}

/* 1 -> 1: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f11_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    y[0] = x0;
}

/* 1 -> 1: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f11_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    y[0] = x0;
}

/* 3 -> 3: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f13_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    y[0] = x0;
    y[1] = x1;
    y[2] = x2;
}

/* 3 -> 3: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f13_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    y[0] = x0;
    y[1] = x1;
    y[2] = x2;
}

/* 3 -> 1: 2 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f13_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    y[0] = t1;
}

/* 5 -> 5: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f15_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    y[0] = x0;
    y[1] = x1;
    y[2] = x2;
    y[3] = x3;
    y[4] = x4;
}

/* 5 -> 5: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f15_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    y[0] = x0;
    y[1] = x1;
    y[2] = x2;
    y[3] = x3;
    y[4] = x4;
}

/* 5 -> 1: 4 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f15_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    y[0] = t3;
}

/* 7 -> 7: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f17_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    y[0] = x0;
    y[1] = x1;
    y[2] = x2;
    y[3] = x3;
    y[4] = x4;
    y[5] = x5;
    y[6] = x6;
}

/* 7 -> 7: 0 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f17_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    y[0] = x0;
    y[1] = x1;
    y[2] = x2;
    y[3] = x3;
    y[4] = x4;
    y[5] = x5;
    y[6] = x6;
}

/* 7 -> 1: 6 adds, 0 multiplications, 0 multiply-adds, 0 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f17_direct)(const V *x, V *y, const V_COEF *c) {
    (void)c;
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_ADD(t4, x6);
    y[0] = t5;
}

/* 4 -> 4: 0 adds, 0 multiplications, 4 multiply-adds, 2 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f23_z1p1u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x2);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, x2);
    const V t2 = V_FNMA(V_COEF_GET(c, 1), x1, x2);
    const V t3 = V_FMA(V_COEF_GET(c, 0), x1, x3);
    y[0] = t0;
    y[1] = t1;
    y[2] = t2;
    y[3] = t3;
}

/* 3 -> 4: 0 adds, 2 multiplications, 3 multiply-adds, 4 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f23_z1p1u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x1, t2);
    const V t4 = V_FNMA(V_COEF_GET(c, 3), x1, t2);
    y[0] = t0;
    y[1] = t3;
    y[2] = t4;
    y[3] = x2;
}

/* 4 -> 2: 3 adds, 0 multiplications, 1 multiply-adds, 1 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f23_z1p1u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x0, t0);
    const V t3 = V_FMA(V_COEF_GET(c, 0), t1, x3);
    y[0] = t2;
    y[1] = t3;
}

/* 4 -> 4: 0 adds, 0 multiplications, 9 multiply-adds, 9 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f23_z0p0u3)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x2);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x0, x2);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x1, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x0, x2);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x0, x3);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    y[0] = t1;
    y[1] = t3;
    y[2] = t5;
    y[3] = t8;
}

/* 3 -> 4: 0 adds, 3 multiplications, 6 multiply-adds, 9 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f23_z0p0u3)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_MUL(V_COEF_GET(c, 3), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = x2;
}

/* 4 -> 2: 2 adds, 0 multiplications, 3 multiply-adds, 3 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f23_z0p0u3)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_FMA(V_COEF_GET(c, 0), x0, x3);
    const V t3 = V_FMA(V_COEF_GET(c, 1), x1, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 2), x2, t3);
    y[0] = t1;
    y[1] = t4;
}

/* 5 -> 5: 0 adds, 0 multiplications, 11 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f33_z1p1u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x3);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x1, x3);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x2, t3);
    const V t5 = V_FNMA(V_COEF_GET(c, 3), x1, x3);
    const V t6 = V_FMA(V_COEF_GET(c, 5), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 1), x1, x3);
    const V t8 = V_FMA(V_COEF_GET(c, 0), x1, x4);
    const V t9 = V_FMA(V_COEF_GET(c, 1), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 2), x3, t9);
    y[0] = t2;
    y[1] = t4;
    y[2] = t6;
    y[3] = t7;
    y[4] = t10;
}

/* 3 -> 5: 0 adds, 4 multiplications, 6 multiply-adds, 10 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f33_z1p1u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x1, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, t2);
    const V t4 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    y[0] = t0;
    y[1] = t3;
    y[2] = t6;
    y[3] = t9;
    y[4] = x2;
}

/* 5 -> 3: 4 adds, 1 multiplications, 3 multiply-adds, 4 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f33_z1p1u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x0, t0);
    const V t3 = V_ADD(t2, x3);
    const V t4 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t5 = V_FMA(V_COEF_GET(c, 1), x3, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 2), t0, x4);
    const V t7 = V_FMA(V_COEF_GET(c, 3), x3, t6);
    y[0] = t3;
    y[1] = t5;
    y[2] = t7;
}

/* 5 -> 5: 0 adds, 0 multiplications, 10 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f33_z0p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x1, x3);
    const V t1 = V_FMA(V_COEF_GET(c, 0), x0, x2);
    const V t2 = V_FMA(V_COEF_GET(c, 1), t1, t0);
    const V t3 = V_FNMA(V_COEF_GET(c, 1), t1, t0);
    const V t4 = V_FMA(V_COEF_GET(c, 2), x1, x3);
    const V t5 = V_FMA(V_COEF_GET(c, 2), x0, x2);
    const V t6 = V_FMA(V_COEF_GET(c, 3), t5, t4);
    const V t7 = V_FNMA(V_COEF_GET(c, 3), t5, t4);
    const V t8 = V_FMA(V_COEF_GET(c, 4), x0, x4);
    const V t9 = V_FMA(V_COEF_GET(c, 5), x2, t8);
    y[0] = t2;
    y[1] = t3;
    y[2] = t6;
    y[3] = t7;
    y[4] = t9;
}

/* 3 -> 5: 0 adds, 2 multiplications, 6 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f33_z0p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x1);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x0, x2);
    const V t2 = V_FMA(V_COEF_GET(c, 2), t1, t0);
    const V t3 = V_FNMA(V_COEF_GET(c, 2), t1, t0);
    const V t4 = V_MUL(V_COEF_GET(c, 3), x1);
    const V t5 = V_FMA(V_COEF_GET(c, 4), x0, x2);
    const V t6 = V_FMA(V_COEF_GET(c, 5), t5, t4);
    const V t7 = V_FNMA(V_COEF_GET(c, 5), t5, t4);
    y[0] = t2;
    y[1] = t3;
    y[2] = t6;
    y[3] = t7;
    y[4] = x2;
}

/* 5 -> 3: 5 adds, 1 multiplications, 3 multiply-adds, 4 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f33_z0p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_SUB(x0, x1);
    const V t2 = V_ADD(x2, x3);
    const V t3 = V_SUB(x2, x3);
    const V t4 = V_ADD(t0, t2);
    const V t5 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t6 = V_FMA(V_COEF_GET(c, 1), t3, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 2), t0, x4);
    const V t8 = V_FMA(V_COEF_GET(c, 3), t2, t7);
    y[0] = t4;
    y[1] = t6;
    y[2] = t8;
}

/* 5 -> 5: 0 adds, 0 multiplications, 16 multiply-adds, 16 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f33_z0p0u4)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x3);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x0, x3);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x0, x3);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x0, x3);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x2, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x0, x4);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x3, t14);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = t11;
    y[4] = t15;
}

/* 3 -> 5: 0 adds, 4 multiplications, 8 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f33_z0p0u4)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_MUL(V_COEF_GET(c, 3), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x2, t10);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = t11;
    y[4] = x2;
}

/* 5 -> 3: 3 adds, 1 multiplications, 7 multiply-adds, 8 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f33_z0p0u4)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 1), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 2), x2, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 3), x3, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 4), x0, x4);
    const V t8 = V_FMA(V_COEF_GET(c, 5), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 6), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 7), x3, t9);
    y[0] = t2;
    y[1] = t6;
    y[2] = t10;
}

/* 6 -> 6: 0 adds, 0 multiplications, 12 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f43_z1p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x4);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x2, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, x4);
    const V t3 = V_FMA(V_COEF_GET(c, 2), x1, x3);
    const V t4 = V_FMA(V_COEF_GET(c, 3), t3, t2);
    const V t5 = V_FNMA(V_COEF_GET(c, 3), t3, t2);
    const V t6 = V_FMA(V_COEF_GET(c, 4), x2, x4);
    const V t7 = V_FMA(V_COEF_GET(c, 4), x1, x3);
    const V t8 = V_FMA(V_COEF_GET(c, 5), t7, t6);
    const V t9 = V_FNMA(V_COEF_GET(c, 5), t7, t6);
    const V t10 = V_FMA(V_COEF_GET(c, 0), x1, x5);
    const V t11 = V_FMA(V_COEF_GET(c, 1), x3, t10);
    y[0] = t1;
    y[1] = t4;
    y[2] = t5;
    y[3] = t8;
    y[4] = t9;
    y[5] = t11;
}

/* 3 -> 6: 0 adds, 3 multiplications, 6 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f43_z1p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x1, t2);
    const V t4 = V_FNMA(V_COEF_GET(c, 3), x1, t2);
    const V t5 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t6 = V_FNMA(V_COEF_GET(c, 2), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 5), x1, t6);
    const V t8 = V_FNMA(V_COEF_GET(c, 5), x1, t6);
    y[0] = t0;
    y[1] = t3;
    y[2] = t4;
    y[3] = t7;
    y[4] = t8;
    y[5] = x2;
}

/* 6 -> 4: 6 adds, 2 multiplications, 4 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f43_z1p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x0, t0);
    const V t5 = V_ADD(t4, t2);
    const V t6 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t7 = V_FMA(V_COEF_GET(c, 1), t3, t6);
    const V t8 = V_MUL(V_COEF_GET(c, 2), t0);
    const V t9 = V_FMA(V_COEF_GET(c, 3), t2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 4), t1, x5);
    const V t11 = V_FMA(V_COEF_GET(c, 5), t3, t10);
    y[0] = t5;
    y[1] = t7;
    y[2] = t9;
    y[3] = t11;
}

/* 6 -> 6: 0 adds, 0 multiplications, 25 multiply-adds, 25 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f43_z0p0u5)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x4);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x0, x4);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x0, x4);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x1, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x0, x4);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x0, x4);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x1, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x0, x5);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    y[0] = t3;
    y[1] = t7;
    y[2] = t11;
    y[3] = t15;
    y[4] = t19;
    y[5] = t24;
}

/* 3 -> 6: 0 adds, 5 multiplications, 10 multiply-adds, 15 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f43_z0p0u5)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_MUL(V_COEF_GET(c, 3), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x2, t10);
    const V t12 = V_MUL(V_COEF_GET(c, 12), x0);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = t11;
    y[4] = t14;
    y[5] = x2;
}

/* 6 -> 4: 4 adds, 2 multiplications, 13 multiply-adds, 15 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f43_z0p0u5)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t5 = V_FMA(V_COEF_GET(c, 1), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 2), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 3), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 4), x4, t7);
    const V t9 = V_MUL(V_COEF_GET(c, 5), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 6), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 7), x2, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 8), x3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 9), x4, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 10), x0, x5);
    const V t15 = V_FMA(V_COEF_GET(c, 11), x1, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 12), x2, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 13), x3, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 14), x4, t17);
    y[0] = t3;
    y[1] = t8;
    y[2] = t13;
    y[3] = t18;
}

/* 7 -> 7: 0 adds, 0 multiplications, 28 multiply-adds, 19 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f53_z1p2u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x5);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x4, t7);
    const V t9 = V_FNMA(V_COEF_GET(c, 5), x1, x5);
    const V t10 = V_FMA(V_COEF_GET(c, 9), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 10), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 11), x4, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 12), x1, x5);
    const V t14 = V_FMA(V_COEF_GET(c, 13), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 14), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 15), x4, t15);
    const V t17 = V_FNMA(V_COEF_GET(c, 12), x1, x5);
    const V t18 = V_FMA(V_COEF_GET(c, 16), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 17), x3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 18), x4, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 1), x1, x5);
    const V t22 = V_FMA(V_COEF_GET(c, 3), x3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 0), x1, x6);
    const V t24 = V_FMA(V_COEF_GET(c, 1), x2, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 2), x3, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 3), x4, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 4), x5, t26);
    y[0] = t4;
    y[1] = t8;
    y[2] = t12;
    y[3] = t16;
    y[4] = t20;
    y[5] = t22;
    y[6] = t27;
}

/* 3 -> 7: 0 adds, 6 multiplications, 10 multiply-adds, 16 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f53_z1p2u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x1, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, t2);
    const V t4 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_MUL(V_COEF_GET(c, 13), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x1, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x2, t14);
    y[0] = t0;
    y[1] = t3;
    y[2] = t6;
    y[3] = t9;
    y[4] = t12;
    y[5] = t15;
    y[6] = x2;
}

/* 7 -> 5: 7 adds, 3 multiplications, 9 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f53_z1p2u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x0, t0);
    const V t5 = V_ADD(t4, t2);
    const V t6 = V_ADD(t5, x5);
    const V t7 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t8 = V_FMA(V_COEF_GET(c, 1), t3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 2), x5, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 3), t0);
    const V t11 = V_FMA(V_COEF_GET(c, 4), t2, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 5), x5, t11);
    const V t13 = V_MUL(V_COEF_GET(c, 6), t1);
    const V t14 = V_FMA(V_COEF_GET(c, 7), t3, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 8), x5, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 9), t0, x6);
    const V t17 = V_FMA(V_COEF_GET(c, 10), t2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 11), x5, t17);
    y[0] = t6;
    y[1] = t9;
    y[2] = t12;
    y[3] = t15;
    y[4] = t18;
}

/* 7 -> 7: 0 adds, 0 multiplications, 21 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f53_z0p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x1, x5);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x3, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 0), x0, x4);
    const V t3 = V_FMA(V_COEF_GET(c, 1), x2, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 2), t3, t1);
    const V t5 = V_FNMA(V_COEF_GET(c, 2), t3, t1);
    const V t6 = V_FMA(V_COEF_GET(c, 3), x1, x5);
    const V t7 = V_FMA(V_COEF_GET(c, 4), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 3), x0, x4);
    const V t9 = V_FMA(V_COEF_GET(c, 4), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 5), t9, t7);
    const V t11 = V_FNMA(V_COEF_GET(c, 5), t9, t7);
    const V t12 = V_FMA(V_COEF_GET(c, 6), x1, x5);
    const V t13 = V_FMA(V_COEF_GET(c, 7), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 6), x0, x4);
    const V t15 = V_FMA(V_COEF_GET(c, 7), x2, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 8), t15, t13);
    const V t17 = V_FNMA(V_COEF_GET(c, 8), t15, t13);
    const V t18 = V_FMA(V_COEF_GET(c, 9), x0, x6);
    const V t19 = V_FMA(V_COEF_GET(c, 10), x2, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 11), x4, t19);
    y[0] = t4;
    y[1] = t5;
    y[2] = t10;
    y[3] = t11;
    y[4] = t16;
    y[5] = t17;
    y[6] = t20;
}

/* 3 -> 7: 0 adds, 3 multiplications, 9 multiply-adds, 9 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f53_z0p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x1);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x0, x2);
    const V t2 = V_FMA(V_COEF_GET(c, 2), t1, t0);
    const V t3 = V_FNMA(V_COEF_GET(c, 2), t1, t0);
    const V t4 = V_MUL(V_COEF_GET(c, 3), x1);
    const V t5 = V_FMA(V_COEF_GET(c, 4), x0, x2);
    const V t6 = V_FMA(V_COEF_GET(c, 5), t5, t4);
    const V t7 = V_FNMA(V_COEF_GET(c, 5), t5, t4);
    const V t8 = V_MUL(V_COEF_GET(c, 6), x1);
    const V t9 = V_FMA(V_COEF_GET(c, 7), x0, x2);
    const V t10 = V_FMA(V_COEF_GET(c, 8), t9, t8);
    const V t11 = V_FNMA(V_COEF_GET(c, 8), t9, t8);
    y[0] = t2;
    y[1] = t3;
    y[2] = t6;
    y[3] = t7;
    y[4] = t10;
    y[5] = t11;
    y[6] = x2;
}

/* 7 -> 5: 8 adds, 3 multiplications, 9 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f53_z0p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_SUB(x0, x1);
    const V t2 = V_ADD(x2, x3);
    const V t3 = V_SUB(x2, x3);
    const V t4 = V_ADD(x4, x5);
    const V t5 = V_SUB(x4, x5);
    const V t6 = V_ADD(t0, t2);
    const V t7 = V_ADD(t6, t4);
    const V t8 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t9 = V_FMA(V_COEF_GET(c, 1), t3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 2), t5, t9);
    const V t11 = V_MUL(V_COEF_GET(c, 3), t0);
    const V t12 = V_FMA(V_COEF_GET(c, 4), t2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 5), t4, t12);
    const V t14 = V_MUL(V_COEF_GET(c, 6), t1);
    const V t15 = V_FMA(V_COEF_GET(c, 7), t3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 8), t5, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 9), t0, x6);
    const V t18 = V_FMA(V_COEF_GET(c, 10), t2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 11), t4, t18);
    y[0] = t7;
    y[1] = t10;
    y[2] = t13;
    y[3] = t16;
    y[4] = t19;
}

/* 7 -> 7: 0 adds, 0 multiplications, 36 multiply-adds, 36 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f53_z0p0u6)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x5);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x0, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x4, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x0, x5);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x4, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x0, x5);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x4, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x0, x5);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x0, x5);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x1, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x2, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x3, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x4, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x0, x6);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x1, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x5, t34);
    y[0] = t4;
    y[1] = t9;
    y[2] = t14;
    y[3] = t19;
    y[4] = t24;
    y[5] = t29;
    y[6] = t35;
}

/* 3 -> 7: 0 adds, 6 multiplications, 12 multiply-adds, 18 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f53_z0p0u6)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_MUL(V_COEF_GET(c, 3), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x2, t10);
    const V t12 = V_MUL(V_COEF_GET(c, 12), x0);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = t11;
    y[4] = t14;
    y[5] = t17;
    y[6] = x2;
}

/* 7 -> 5: 5 adds, 3 multiplications, 21 multiply-adds, 24 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f53_z0p0u6)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 1), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 2), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 3), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 4), x4, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 5), x5, t9);
    const V t11 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t12 = V_FMA(V_COEF_GET(c, 7), x1, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 8), x2, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 9), x3, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 10), x4, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 11), x5, t15);
    const V t17 = V_MUL(V_COEF_GET(c, 12), x0);
    const V t18 = V_FMA(V_COEF_GET(c, 13), x1, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 14), x2, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 15), x3, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 16), x4, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 17), x5, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 18), x0, x6);
    const V t24 = V_FMA(V_COEF_GET(c, 19), x1, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 20), x2, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 21), x3, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 22), x4, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 23), x5, t27);
    y[0] = t4;
    y[1] = t10;
    y[2] = t16;
    y[3] = t22;
    y[4] = t28;
}

/* 8 -> 8: 0 adds, 0 multiplications, 24 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f63_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x6);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x2, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x4, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, x6);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 3), x1, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 4), x3, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 5), t6, t4);
    const V t8 = V_FNMA(V_COEF_GET(c, 5), t6, t4);
    const V t9 = V_FMA(V_COEF_GET(c, 6), x2, x6);
    const V t10 = V_FMA(V_COEF_GET(c, 7), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 6), x1, x5);
    const V t12 = V_FMA(V_COEF_GET(c, 7), x3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 8), t12, t10);
    const V t14 = V_FNMA(V_COEF_GET(c, 8), t12, t10);
    const V t15 = V_FMA(V_COEF_GET(c, 9), x2, x6);
    const V t16 = V_FMA(V_COEF_GET(c, 10), x4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 9), x1, x5);
    const V t18 = V_FMA(V_COEF_GET(c, 10), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 11), t18, t16);
    const V t20 = V_FNMA(V_COEF_GET(c, 11), t18, t16);
    const V t21 = V_FMA(V_COEF_GET(c, 0), x1, x7);
    const V t22 = V_FMA(V_COEF_GET(c, 1), x3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 2), x5, t22);
    y[0] = t2;
    y[1] = t7;
    y[2] = t8;
    y[3] = t13;
    y[4] = t14;
    y[5] = t19;
    y[6] = t20;
    y[7] = t23;
}

/* 3 -> 8: 0 adds, 4 multiplications, 9 multiply-adds, 10 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f63_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x1, t2);
    const V t4 = V_FNMA(V_COEF_GET(c, 3), x1, t2);
    const V t5 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 5), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 6), x1, t6);
    const V t8 = V_FNMA(V_COEF_GET(c, 6), x1, t6);
    const V t9 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 8), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 9), x1, t10);
    const V t12 = V_FNMA(V_COEF_GET(c, 9), x1, t10);
    y[0] = t0;
    y[1] = t3;
    y[2] = t4;
    y[3] = t7;
    y[4] = t8;
    y[5] = t11;
    y[6] = t12;
    y[7] = x2;
}

/* 8 -> 6: 9 adds, 4 multiplications, 11 multiply-adds, 15 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f63_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x5, x6);
    const V t5 = V_SUB(x5, x6);
    const V t6 = V_ADD(x0, t0);
    const V t7 = V_ADD(t6, t2);
    const V t8 = V_ADD(t7, t4);
    const V t9 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t10 = V_FMA(V_COEF_GET(c, 1), t3, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 2), t5, t10);
    const V t12 = V_MUL(V_COEF_GET(c, 3), t0);
    const V t13 = V_FMA(V_COEF_GET(c, 4), t2, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 5), t4, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 6), t1);
    const V t16 = V_FMA(V_COEF_GET(c, 7), t3, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 8), t5, t16);
    const V t18 = V_MUL(V_COEF_GET(c, 9), t0);
    const V t19 = V_FMA(V_COEF_GET(c, 10), t2, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 11), t4, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 12), t1, x7);
    const V t22 = V_FMA(V_COEF_GET(c, 13), t3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 14), t5, t22);
    y[0] = t8;
    y[1] = t11;
    y[2] = t14;
    y[3] = t17;
    y[4] = t20;
    y[5] = t23;
}

/* 8 -> 8: 0 adds, 0 multiplications, 49 multiply-adds, 49 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f63_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x6);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x0, x6);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x5, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x0, x6);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x5, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x0, x6);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x1, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x2, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x3, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x4, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x5, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x0, x6);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x1, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x2, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x3, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x4, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x5, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x0, x6);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x1, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x5, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x0, x6);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x1, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x2, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x3, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 40), x4, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x5, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 42), x0, x7);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x1, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x2, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 45), x3, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 46), x4, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 47), x5, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 48), x6, t47);
    y[0] = t5;
    y[1] = t11;
    y[2] = t17;
    y[3] = t23;
    y[4] = t29;
    y[5] = t35;
    y[6] = t41;
    y[7] = t48;
}

/* 3 -> 8: 0 adds, 7 multiplications, 14 multiply-adds, 21 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f63_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_MUL(V_COEF_GET(c, 3), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x2, t10);
    const V t12 = V_MUL(V_COEF_GET(c, 12), x0);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_MUL(V_COEF_GET(c, 18), x0);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x1, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x2, t19);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = t11;
    y[4] = t14;
    y[5] = t17;
    y[6] = t20;
    y[7] = x2;
}

/* 8 -> 6: 6 adds, 4 multiplications, 31 multiply-adds, 35 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f63_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_ADD(t4, x6);
    const V t6 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 1), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 2), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 3), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 4), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 5), x5, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 6), x6, t11);
    const V t13 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 8), x1, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 9), x2, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 10), x3, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 11), x4, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 12), x5, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 13), x6, t18);
    const V t20 = V_MUL(V_COEF_GET(c, 14), x0);
    const V t21 = V_FMA(V_COEF_GET(c, 15), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 16), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 17), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 18), x4, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 19), x5, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 20), x6, t25);
    const V t27 = V_MUL(V_COEF_GET(c, 21), x0);
    const V t28 = V_FMA(V_COEF_GET(c, 22), x1, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 23), x2, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 24), x3, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 25), x4, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 26), x5, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 27), x6, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 28), x0, x7);
    const V t35 = V_FMA(V_COEF_GET(c, 29), x1, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 30), x2, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 31), x3, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 32), x4, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 33), x5, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 34), x6, t39);
    y[0] = t5;
    y[1] = t12;
    y[2] = t19;
    y[3] = t26;
    y[4] = t33;
    y[5] = t40;
}

/* 9 -> 9: 0 adds, 0 multiplications, 53 multiply-adds, 40 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f73_z1p3u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x7);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, x7);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x5, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x6, t11);
    const V t13 = V_FNMA(V_COEF_GET(c, 7), x1, x7);
    const V t14 = V_FMA(V_COEF_GET(c, 13), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 14), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 15), x4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 16), x5, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 17), x6, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 18), x1, x7);
    const V t20 = V_FMA(V_COEF_GET(c, 19), x2, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 20), x3, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 21), x4, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 22), x5, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 23), x6, t23);
    const V t25 = V_FNMA(V_COEF_GET(c, 18), x1, x7);
    const V t26 = V_FMA(V_COEF_GET(c, 24), x2, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 25), x3, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 26), x4, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 27), x5, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 28), x6, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 29), x1, x7);
    const V t32 = V_FMA(V_COEF_GET(c, 30), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 31), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 32), x4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 33), x5, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 34), x6, t35);
    const V t37 = V_FNMA(V_COEF_GET(c, 29), x1, x7);
    const V t38 = V_FMA(V_COEF_GET(c, 35), x2, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 36), x3, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 37), x4, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 38), x5, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 39), x6, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 1), x1, x7);
    const V t44 = V_FMA(V_COEF_GET(c, 3), x3, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 5), x5, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 0), x1, x8);
    const V t47 = V_FMA(V_COEF_GET(c, 1), x2, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 2), x3, t47);
    const V t49 = V_FMA(V_COEF_GET(c, 3), x4, t48);
    const V t50 = V_FMA(V_COEF_GET(c, 4), x5, t49);
    const V t51 = V_FMA(V_COEF_GET(c, 5), x6, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 6), x7, t51);
    y[0] = t6;
    y[1] = t12;
    y[2] = t18;
    y[3] = t24;
    y[4] = t30;
    y[5] = t36;
    y[6] = t42;
    y[7] = t45;
    y[8] = t52;
}

/* 3 -> 9: 0 adds, 8 multiplications, 14 multiply-adds, 22 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f73_z1p3u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x1, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, t2);
    const V t4 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_MUL(V_COEF_GET(c, 13), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x1, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x2, t14);
    const V t16 = V_MUL(V_COEF_GET(c, 16), x0);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x1, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x2, t17);
    const V t19 = V_MUL(V_COEF_GET(c, 19), x0);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x1, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x2, t20);
    y[0] = t0;
    y[1] = t3;
    y[2] = t6;
    y[3] = t9;
    y[4] = t12;
    y[5] = t15;
    y[6] = t18;
    y[7] = t21;
    y[8] = x2;
}

/* 9 -> 7: 10 adds, 5 multiplications, 19 multiply-adds, 24 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f73_z1p3u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x5, x6);
    const V t5 = V_SUB(x5, x6);
    const V t6 = V_ADD(x0, t0);
    const V t7 = V_ADD(t6, t2);
    const V t8 = V_ADD(t7, t4);
    const V t9 = V_ADD(t8, x7);
    const V t10 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t11 = V_FMA(V_COEF_GET(c, 1), t3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 2), t5, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 3), x7, t12);
    const V t14 = V_MUL(V_COEF_GET(c, 4), t0);
    const V t15 = V_FMA(V_COEF_GET(c, 5), t2, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 6), t4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 7), x7, t16);
    const V t18 = V_MUL(V_COEF_GET(c, 8), t1);
    const V t19 = V_FMA(V_COEF_GET(c, 9), t3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 10), t5, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 11), x7, t20);
    const V t22 = V_MUL(V_COEF_GET(c, 12), t0);
    const V t23 = V_FMA(V_COEF_GET(c, 13), t2, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 14), t4, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 15), x7, t24);
    const V t26 = V_MUL(V_COEF_GET(c, 16), t1);
    const V t27 = V_FMA(V_COEF_GET(c, 17), t3, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 18), t5, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 19), x7, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 20), t0, x8);
    const V t31 = V_FMA(V_COEF_GET(c, 21), t2, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 22), t4, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 23), x7, t32);
    y[0] = t9;
    y[1] = t13;
    y[2] = t17;
    y[3] = t21;
    y[4] = t25;
    y[5] = t29;
    y[6] = t33;
}

/* 9 -> 9: 0 adds, 0 multiplications, 36 multiply-adds, 20 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f73_z0p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x1, x7);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x3, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x5, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 0), x0, x6);
    const V t4 = V_FMA(V_COEF_GET(c, 1), x2, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 2), x4, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 3), t5, t2);
    const V t7 = V_FNMA(V_COEF_GET(c, 3), t5, t2);
    const V t8 = V_FMA(V_COEF_GET(c, 4), x1, x7);
    const V t9 = V_FMA(V_COEF_GET(c, 5), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 6), x5, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 4), x0, x6);
    const V t12 = V_FMA(V_COEF_GET(c, 5), x2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 6), x4, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 7), t13, t10);
    const V t15 = V_FNMA(V_COEF_GET(c, 7), t13, t10);
    const V t16 = V_FMA(V_COEF_GET(c, 8), x1, x7);
    const V t17 = V_FMA(V_COEF_GET(c, 9), x3, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 10), x5, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 8), x0, x6);
    const V t20 = V_FMA(V_COEF_GET(c, 9), x2, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 10), x4, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 11), t21, t18);
    const V t23 = V_FNMA(V_COEF_GET(c, 11), t21, t18);
    const V t24 = V_FMA(V_COEF_GET(c, 12), x1, x7);
    const V t25 = V_FMA(V_COEF_GET(c, 13), x3, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 14), x5, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 12), x0, x6);
    const V t28 = V_FMA(V_COEF_GET(c, 13), x2, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 14), x4, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 15), t29, t26);
    const V t31 = V_FNMA(V_COEF_GET(c, 15), t29, t26);
    const V t32 = V_FMA(V_COEF_GET(c, 16), x0, x8);
    const V t33 = V_FMA(V_COEF_GET(c, 17), x2, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 18), x4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 19), x6, t34);
    y[0] = t6;
    y[1] = t7;
    y[2] = t14;
    y[3] = t15;
    y[4] = t22;
    y[5] = t23;
    y[6] = t30;
    y[7] = t31;
    y[8] = t35;
}

/* 3 -> 9: 0 adds, 4 multiplications, 12 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f73_z0p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x1);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x0, x2);
    const V t2 = V_FMA(V_COEF_GET(c, 2), t1, t0);
    const V t3 = V_FNMA(V_COEF_GET(c, 2), t1, t0);
    const V t4 = V_MUL(V_COEF_GET(c, 3), x1);
    const V t5 = V_FMA(V_COEF_GET(c, 4), x0, x2);
    const V t6 = V_FMA(V_COEF_GET(c, 5), t5, t4);
    const V t7 = V_FNMA(V_COEF_GET(c, 5), t5, t4);
    const V t8 = V_MUL(V_COEF_GET(c, 6), x1);
    const V t9 = V_FMA(V_COEF_GET(c, 7), x0, x2);
    const V t10 = V_FMA(V_COEF_GET(c, 8), t9, t8);
    const V t11 = V_FNMA(V_COEF_GET(c, 8), t9, t8);
    const V t12 = V_MUL(V_COEF_GET(c, 9), x1);
    const V t13 = V_FMA(V_COEF_GET(c, 10), x0, x2);
    const V t14 = V_FMA(V_COEF_GET(c, 11), t13, t12);
    const V t15 = V_FNMA(V_COEF_GET(c, 11), t13, t12);
    y[0] = t2;
    y[1] = t3;
    y[2] = t6;
    y[3] = t7;
    y[4] = t10;
    y[5] = t11;
    y[6] = t14;
    y[7] = t15;
    y[8] = x2;
}

/* 9 -> 7: 11 adds, 5 multiplications, 19 multiply-adds, 24 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f73_z0p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_SUB(x0, x1);
    const V t2 = V_ADD(x2, x3);
    const V t3 = V_SUB(x2, x3);
    const V t4 = V_ADD(x4, x5);
    const V t5 = V_SUB(x4, x5);
    const V t6 = V_ADD(x6, x7);
    const V t7 = V_SUB(x6, x7);
    const V t8 = V_ADD(t0, t2);
    const V t9 = V_ADD(t8, t4);
    const V t10 = V_ADD(t9, t6);
    const V t11 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t12 = V_FMA(V_COEF_GET(c, 1), t3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 2), t5, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 3), t7, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 4), t0);
    const V t16 = V_FMA(V_COEF_GET(c, 5), t2, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 6), t4, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 7), t6, t17);
    const V t19 = V_MUL(V_COEF_GET(c, 8), t1);
    const V t20 = V_FMA(V_COEF_GET(c, 9), t3, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 10), t5, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 11), t7, t21);
    const V t23 = V_MUL(V_COEF_GET(c, 12), t0);
    const V t24 = V_FMA(V_COEF_GET(c, 13), t2, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 14), t4, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 15), t6, t25);
    const V t27 = V_MUL(V_COEF_GET(c, 16), t1);
    const V t28 = V_FMA(V_COEF_GET(c, 17), t3, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 18), t5, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 19), t7, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 20), t0, x8);
    const V t32 = V_FMA(V_COEF_GET(c, 21), t2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 22), t4, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 23), t6, t33);
    y[0] = t10;
    y[1] = t14;
    y[2] = t18;
    y[3] = t22;
    y[4] = t26;
    y[5] = t30;
    y[6] = t34;
}

/* 9 -> 9: 0 adds, 0 multiplications, 64 multiply-adds, 64 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f73_z0p0u8)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x7);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x0, x7);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x3, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x4, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x5, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x6, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x0, x7);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x1, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x2, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x3, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x4, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x5, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x6, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x0, x7);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x1, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x2, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x3, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x4, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x5, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x6, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x0, x7);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x1, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x2, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x3, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x4, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x5, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x6, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x0, x7);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x1, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x2, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x3, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x4, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 40), x5, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x6, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 42), x0, x7);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x1, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x2, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 45), x3, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 46), x4, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 47), x5, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 48), x6, t47);
    const V t49 = V_FMA(V_COEF_GET(c, 49), x0, x7);
    const V t50 = V_FMA(V_COEF_GET(c, 50), x1, t49);
    const V t51 = V_FMA(V_COEF_GET(c, 51), x2, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 52), x3, t51);
    const V t53 = V_FMA(V_COEF_GET(c, 53), x4, t52);
    const V t54 = V_FMA(V_COEF_GET(c, 54), x5, t53);
    const V t55 = V_FMA(V_COEF_GET(c, 55), x6, t54);
    const V t56 = V_FMA(V_COEF_GET(c, 56), x0, x8);
    const V t57 = V_FMA(V_COEF_GET(c, 57), x1, t56);
    const V t58 = V_FMA(V_COEF_GET(c, 58), x2, t57);
    const V t59 = V_FMA(V_COEF_GET(c, 59), x3, t58);
    const V t60 = V_FMA(V_COEF_GET(c, 60), x4, t59);
    const V t61 = V_FMA(V_COEF_GET(c, 61), x5, t60);
    const V t62 = V_FMA(V_COEF_GET(c, 62), x6, t61);
    const V t63 = V_FMA(V_COEF_GET(c, 63), x7, t62);
    y[0] = t6;
    y[1] = t13;
    y[2] = t20;
    y[3] = t27;
    y[4] = t34;
    y[5] = t41;
    y[6] = t48;
    y[7] = t55;
    y[8] = t63;
}

/* 3 -> 9: 0 adds, 8 multiplications, 16 multiply-adds, 24 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f73_z0p0u8)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_MUL(V_COEF_GET(c, 3), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x2, t10);
    const V t12 = V_MUL(V_COEF_GET(c, 12), x0);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_MUL(V_COEF_GET(c, 18), x0);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x1, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x2, t19);
    const V t21 = V_MUL(V_COEF_GET(c, 21), x0);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x1, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x2, t22);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = t11;
    y[4] = t14;
    y[5] = t17;
    y[6] = t20;
    y[7] = t23;
    y[8] = x2;
}

/* 9 -> 7: 7 adds, 5 multiplications, 43 multiply-adds, 48 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f73_z0p0u8)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_ADD(t4, x6);
    const V t6 = V_ADD(t5, x7);
    const V t7 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 1), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 2), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 3), x3, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 4), x4, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 5), x5, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 6), x6, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 7), x7, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 8), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 9), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 10), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 11), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 12), x4, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 13), x5, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 14), x6, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 15), x7, t21);
    const V t23 = V_MUL(V_COEF_GET(c, 16), x0);
    const V t24 = V_FMA(V_COEF_GET(c, 17), x1, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 18), x2, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 19), x3, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 20), x4, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 21), x5, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 22), x6, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 23), x7, t29);
    const V t31 = V_MUL(V_COEF_GET(c, 24), x0);
    const V t32 = V_FMA(V_COEF_GET(c, 25), x1, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 26), x2, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 27), x3, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 28), x4, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 29), x5, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 30), x6, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 31), x7, t37);
    const V t39 = V_MUL(V_COEF_GET(c, 32), x0);
    const V t40 = V_FMA(V_COEF_GET(c, 33), x1, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 34), x2, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 35), x3, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 36), x4, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 37), x5, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 38), x6, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 39), x7, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 40), x0, x8);
    const V t48 = V_FMA(V_COEF_GET(c, 41), x1, t47);
    const V t49 = V_FMA(V_COEF_GET(c, 42), x2, t48);
    const V t50 = V_FMA(V_COEF_GET(c, 43), x3, t49);
    const V t51 = V_FMA(V_COEF_GET(c, 44), x4, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 45), x5, t51);
    const V t53 = V_FMA(V_COEF_GET(c, 46), x6, t52);
    const V t54 = V_FMA(V_COEF_GET(c, 47), x7, t53);
    y[0] = t6;
    y[1] = t14;
    y[2] = t22;
    y[3] = t30;
    y[4] = t38;
    y[5] = t46;
    y[6] = t54;
}

/* 10 -> 10: 0 adds, 0 multiplications, 40 multiply-adds, 20 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f83_z1p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x8);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x2, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x4, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x6, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x2, x8);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x4, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 4), x1, x7);
    const V t8 = V_FMA(V_COEF_GET(c, 5), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 6), x5, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 7), t9, t6);
    const V t11 = V_FNMA(V_COEF_GET(c, 7), t9, t6);
    const V t12 = V_FMA(V_COEF_GET(c, 8), x2, x8);
    const V t13 = V_FMA(V_COEF_GET(c, 9), x4, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 10), x6, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 8), x1, x7);
    const V t16 = V_FMA(V_COEF_GET(c, 9), x3, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 10), x5, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 11), t17, t14);
    const V t19 = V_FNMA(V_COEF_GET(c, 11), t17, t14);
    const V t20 = V_FMA(V_COEF_GET(c, 12), x2, x8);
    const V t21 = V_FMA(V_COEF_GET(c, 13), x4, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 14), x6, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 12), x1, x7);
    const V t24 = V_FMA(V_COEF_GET(c, 13), x3, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 14), x5, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 15), t25, t22);
    const V t27 = V_FNMA(V_COEF_GET(c, 15), t25, t22);
    const V t28 = V_FMA(V_COEF_GET(c, 16), x2, x8);
    const V t29 = V_FMA(V_COEF_GET(c, 17), x4, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 18), x6, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 16), x1, x7);
    const V t32 = V_FMA(V_COEF_GET(c, 17), x3, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 18), x5, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 19), t33, t30);
    const V t35 = V_FNMA(V_COEF_GET(c, 19), t33, t30);
    const V t36 = V_FMA(V_COEF_GET(c, 0), x1, x9);
    const V t37 = V_FMA(V_COEF_GET(c, 1), x3, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 2), x5, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 3), x7, t38);
    y[0] = t3;
    y[1] = t10;
    y[2] = t11;
    y[3] = t18;
    y[4] = t19;
    y[5] = t26;
    y[6] = t27;
    y[7] = t34;
    y[8] = t35;
    y[9] = t39;
}

/* 3 -> 10: 0 adds, 5 multiplications, 12 multiply-adds, 13 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f83_z1p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x1, t2);
    const V t4 = V_FNMA(V_COEF_GET(c, 3), x1, t2);
    const V t5 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 5), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 6), x1, t6);
    const V t8 = V_FNMA(V_COEF_GET(c, 6), x1, t6);
    const V t9 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 8), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 9), x1, t10);
    const V t12 = V_FNMA(V_COEF_GET(c, 9), x1, t10);
    const V t13 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 11), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 12), x1, t14);
    const V t16 = V_FNMA(V_COEF_GET(c, 12), x1, t14);
    y[0] = t0;
    y[1] = t3;
    y[2] = t4;
    y[3] = t7;
    y[4] = t8;
    y[5] = t11;
    y[6] = t12;
    y[7] = t15;
    y[8] = t16;
    y[9] = x2;
}

/* 10 -> 8: 12 adds, 6 multiplications, 22 multiply-adds, 28 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f83_z1p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x5, x6);
    const V t5 = V_SUB(x5, x6);
    const V t6 = V_ADD(x7, x8);
    const V t7 = V_SUB(x7, x8);
    const V t8 = V_ADD(x0, t0);
    const V t9 = V_ADD(t8, t2);
    const V t10 = V_ADD(t9, t4);
    const V t11 = V_ADD(t10, t6);
    const V t12 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t13 = V_FMA(V_COEF_GET(c, 1), t3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 2), t5, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 3), t7, t14);
    const V t16 = V_MUL(V_COEF_GET(c, 4), t0);
    const V t17 = V_FMA(V_COEF_GET(c, 5), t2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 6), t4, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 7), t6, t18);
    const V t20 = V_MUL(V_COEF_GET(c, 8), t1);
    const V t21 = V_FMA(V_COEF_GET(c, 9), t3, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 10), t5, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 11), t7, t22);
    const V t24 = V_MUL(V_COEF_GET(c, 12), t0);
    const V t25 = V_FMA(V_COEF_GET(c, 13), t2, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 14), t4, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 15), t6, t26);
    const V t28 = V_MUL(V_COEF_GET(c, 16), t1);
    const V t29 = V_FMA(V_COEF_GET(c, 17), t3, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 18), t5, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 19), t7, t30);
    const V t32 = V_MUL(V_COEF_GET(c, 20), t0);
    const V t33 = V_FMA(V_COEF_GET(c, 21), t2, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 22), t4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 23), t6, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 24), t1, x9);
    const V t37 = V_FMA(V_COEF_GET(c, 25), t3, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 26), t5, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 27), t7, t38);
    y[0] = t11;
    y[1] = t15;
    y[2] = t19;
    y[3] = t23;
    y[4] = t27;
    y[5] = t31;
    y[6] = t35;
    y[7] = t39;
}

/* 10 -> 10: 0 adds, 0 multiplications, 81 multiply-adds, 81 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f83_z0p0u9)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x8);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x7, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x0, x8);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x1, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x4, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x5, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x6, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x7, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x0, x8);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x1, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x4, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x5, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x6, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x7, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x0, x8);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x1, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x2, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x3, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x4, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x5, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x6, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x7, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x0, x8);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x1, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x2, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x3, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x4, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x5, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x6, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x7, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 40), x0, x8);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x1, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 42), x2, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x3, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x4, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 45), x5, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 46), x6, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 47), x7, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 48), x0, x8);
    const V t49 = V_FMA(V_COEF_GET(c, 49), x1, t48);
    const V t50 = V_FMA(V_COEF_GET(c, 50), x2, t49);
    const V t51 = V_FMA(V_COEF_GET(c, 51), x3, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 52), x4, t51);
    const V t53 = V_FMA(V_COEF_GET(c, 53), x5, t52);
    const V t54 = V_FMA(V_COEF_GET(c, 54), x6, t53);
    const V t55 = V_FMA(V_COEF_GET(c, 55), x7, t54);
    const V t56 = V_FMA(V_COEF_GET(c, 56), x0, x8);
    const V t57 = V_FMA(V_COEF_GET(c, 57), x1, t56);
    const V t58 = V_FMA(V_COEF_GET(c, 58), x2, t57);
    const V t59 = V_FMA(V_COEF_GET(c, 59), x3, t58);
    const V t60 = V_FMA(V_COEF_GET(c, 60), x4, t59);
    const V t61 = V_FMA(V_COEF_GET(c, 61), x5, t60);
    const V t62 = V_FMA(V_COEF_GET(c, 62), x6, t61);
    const V t63 = V_FMA(V_COEF_GET(c, 63), x7, t62);
    const V t64 = V_FMA(V_COEF_GET(c, 64), x0, x8);
    const V t65 = V_FMA(V_COEF_GET(c, 65), x1, t64);
    const V t66 = V_FMA(V_COEF_GET(c, 66), x2, t65);
    const V t67 = V_FMA(V_COEF_GET(c, 67), x3, t66);
    const V t68 = V_FMA(V_COEF_GET(c, 68), x4, t67);
    const V t69 = V_FMA(V_COEF_GET(c, 69), x5, t68);
    const V t70 = V_FMA(V_COEF_GET(c, 70), x6, t69);
    const V t71 = V_FMA(V_COEF_GET(c, 71), x7, t70);
    const V t72 = V_FMA(V_COEF_GET(c, 72), x0, x9);
    const V t73 = V_FMA(V_COEF_GET(c, 73), x1, t72);
    const V t74 = V_FMA(V_COEF_GET(c, 74), x2, t73);
    const V t75 = V_FMA(V_COEF_GET(c, 75), x3, t74);
    const V t76 = V_FMA(V_COEF_GET(c, 76), x4, t75);
    const V t77 = V_FMA(V_COEF_GET(c, 77), x5, t76);
    const V t78 = V_FMA(V_COEF_GET(c, 78), x6, t77);
    const V t79 = V_FMA(V_COEF_GET(c, 79), x7, t78);
    const V t80 = V_FMA(V_COEF_GET(c, 80), x8, t79);
    y[0] = t7;
    y[1] = t15;
    y[2] = t23;
    y[3] = t31;
    y[4] = t39;
    y[5] = t47;
    y[6] = t55;
    y[7] = t63;
    y[8] = t71;
    y[9] = t80;
}

/* 3 -> 10: 0 adds, 9 multiplications, 18 multiply-adds, 27 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f83_z0p0u9)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_MUL(V_COEF_GET(c, 3), x0);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x1, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x2, t10);
    const V t12 = V_MUL(V_COEF_GET(c, 12), x0);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_MUL(V_COEF_GET(c, 18), x0);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x1, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x2, t19);
    const V t21 = V_MUL(V_COEF_GET(c, 21), x0);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x1, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x2, t22);
    const V t24 = V_MUL(V_COEF_GET(c, 24), x0);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x1, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x2, t25);
    y[0] = t2;
    y[1] = t5;
    y[2] = t8;
    y[3] = t11;
    y[4] = t14;
    y[5] = t17;
    y[6] = t20;
    y[7] = t23;
    y[8] = t26;
    y[9] = x2;
}

/* 10 -> 8: 8 adds, 6 multiplications, 57 multiply-adds, 63 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f83_z0p0u9)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_ADD(t4, x6);
    const V t6 = V_ADD(t5, x7);
    const V t7 = V_ADD(t6, x8);
    const V t8 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t9 = V_FMA(V_COEF_GET(c, 1), x1, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 2), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 3), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 4), x4, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 5), x5, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 6), x6, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 7), x7, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 8), x8, t15);
    const V t17 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t18 = V_FMA(V_COEF_GET(c, 10), x1, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 11), x2, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 12), x3, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 13), x4, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 14), x5, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 15), x6, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 16), x7, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 17), x8, t24);
    const V t26 = V_MUL(V_COEF_GET(c, 18), x0);
    const V t27 = V_FMA(V_COEF_GET(c, 19), x1, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 20), x2, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 21), x3, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 22), x4, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 23), x5, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 24), x6, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 25), x7, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 26), x8, t33);
    const V t35 = V_MUL(V_COEF_GET(c, 27), x0);
    const V t36 = V_FMA(V_COEF_GET(c, 28), x1, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 29), x2, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 30), x3, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 31), x4, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 32), x5, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 33), x6, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 34), x7, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 35), x8, t42);
    const V t44 = V_MUL(V_COEF_GET(c, 36), x0);
    const V t45 = V_FMA(V_COEF_GET(c, 37), x1, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 38), x2, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 39), x3, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 40), x4, t47);
    const V t49 = V_FMA(V_COEF_GET(c, 41), x5, t48);
    const V t50 = V_FMA(V_COEF_GET(c, 42), x6, t49);
    const V t51 = V_FMA(V_COEF_GET(c, 43), x7, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 44), x8, t51);
    const V t53 = V_MUL(V_COEF_GET(c, 45), x0);
    const V t54 = V_FMA(V_COEF_GET(c, 46), x1, t53);
    const V t55 = V_FMA(V_COEF_GET(c, 47), x2, t54);
    const V t56 = V_FMA(V_COEF_GET(c, 48), x3, t55);
    const V t57 = V_FMA(V_COEF_GET(c, 49), x4, t56);
    const V t58 = V_FMA(V_COEF_GET(c, 50), x5, t57);
    const V t59 = V_FMA(V_COEF_GET(c, 51), x6, t58);
    const V t60 = V_FMA(V_COEF_GET(c, 52), x7, t59);
    const V t61 = V_FMA(V_COEF_GET(c, 53), x8, t60);
    const V t62 = V_FMA(V_COEF_GET(c, 54), x0, x9);
    const V t63 = V_FMA(V_COEF_GET(c, 55), x1, t62);
    const V t64 = V_FMA(V_COEF_GET(c, 56), x2, t63);
    const V t65 = V_FMA(V_COEF_GET(c, 57), x3, t64);
    const V t66 = V_FMA(V_COEF_GET(c, 58), x4, t65);
    const V t67 = V_FMA(V_COEF_GET(c, 59), x5, t66);
    const V t68 = V_FMA(V_COEF_GET(c, 60), x6, t67);
    const V t69 = V_FMA(V_COEF_GET(c, 61), x7, t68);
    const V t70 = V_FMA(V_COEF_GET(c, 62), x8, t69);
    y[0] = t7;
    y[1] = t16;
    y[2] = t25;
    y[3] = t34;
    y[4] = t43;
    y[5] = t52;
    y[6] = t61;
    y[7] = t70;
}

/* 6 -> 6: 0 adds, 0 multiplications, 12 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f25_z1p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x4);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x2, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, x4);
    const V t3 = V_FMA(V_COEF_GET(c, 2), x1, x3);
    const V t4 = V_FMA(V_COEF_GET(c, 3), t3, t2);
    const V t5 = V_FNMA(V_COEF_GET(c, 3), t3, t2);
    const V t6 = V_FMA(V_COEF_GET(c, 4), x2, x4);
    const V t7 = V_FMA(V_COEF_GET(c, 4), x1, x3);
    const V t8 = V_FMA(V_COEF_GET(c, 5), t7, t6);
    const V t9 = V_FNMA(V_COEF_GET(c, 5), t7, t6);
    const V t10 = V_FMA(V_COEF_GET(c, 0), x1, x5);
    const V t11 = V_FMA(V_COEF_GET(c, 1), x3, t10);
    y[0] = t1;
    y[1] = t4;
    y[2] = t5;
    y[3] = t8;
    y[4] = t9;
    y[5] = t11;
}

/* 5 -> 6: 0 adds, 3 multiplications, 10 multiply-adds, 10 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f25_z1p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x4, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, x3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), t4, t3);
    const V t6 = V_FNMA(V_COEF_GET(c, 5), t4, t3);
    const V t7 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t8 = V_FNMA(V_COEF_GET(c, 2), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 7), x4, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 8), x1, x3);
    const V t11 = V_FMA(V_COEF_GET(c, 9), t10, t9);
    const V t12 = V_FNMA(V_COEF_GET(c, 9), t10, t9);
    y[0] = t0;
    y[1] = t5;
    y[2] = t6;
    y[3] = t11;
    y[4] = t12;
    y[5] = x4;
}

/* 6 -> 2: 6 adds, 0 multiplications, 2 multiply-adds, 2 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f25_z1p2u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x0, t0);
    const V t5 = V_ADD(t4, t2);
    const V t6 = V_FMA(V_COEF_GET(c, 0), t1, x5);
    const V t7 = V_FMA(V_COEF_GET(c, 1), t3, t6);
    y[0] = t5;
    y[1] = t7;
}

/* 6 -> 6: 0 adds, 0 multiplications, 25 multiply-adds, 25 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f25_z0p0u5)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x4);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x0, x4);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x0, x4);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x1, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x0, x4);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x0, x4);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x1, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x0, x5);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    y[0] = t3;
    y[1] = t7;
    y[2] = t11;
    y[3] = t15;
    y[4] = t19;
    y[5] = t24;
}

/* 5 -> 6: 0 adds, 5 multiplications, 20 multiply-adds, 25 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f25_z0p0u5)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_MUL(V_COEF_GET(c, 5), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x4, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x4, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x4, t18);
    const V t20 = V_MUL(V_COEF_GET(c, 20), x0);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    y[0] = t4;
    y[1] = t9;
    y[2] = t14;
    y[3] = t19;
    y[4] = t24;
    y[5] = x4;
}

/* 6 -> 2: 4 adds, 0 multiplications, 5 multiply-adds, 5 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f25_z0p0u5)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_FMA(V_COEF_GET(c, 0), x0, x5);
    const V t5 = V_FMA(V_COEF_GET(c, 1), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 2), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 3), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 4), x4, t7);
    y[0] = t3;
    y[1] = t8;
}

/* 7 -> 7: 0 adds, 0 multiplications, 28 multiply-adds, 19 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f35_z1p2u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x5);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x4, t7);
    const V t9 = V_FNMA(V_COEF_GET(c, 5), x1, x5);
    const V t10 = V_FMA(V_COEF_GET(c, 9), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 10), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 11), x4, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 12), x1, x5);
    const V t14 = V_FMA(V_COEF_GET(c, 13), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 14), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 15), x4, t15);
    const V t17 = V_FNMA(V_COEF_GET(c, 12), x1, x5);
    const V t18 = V_FMA(V_COEF_GET(c, 16), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 17), x3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 18), x4, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 1), x1, x5);
    const V t22 = V_FMA(V_COEF_GET(c, 3), x3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 0), x1, x6);
    const V t24 = V_FMA(V_COEF_GET(c, 1), x2, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 2), x3, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 3), x4, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 4), x5, t26);
    y[0] = t4;
    y[1] = t8;
    y[2] = t12;
    y[3] = t16;
    y[4] = t20;
    y[5] = t22;
    y[6] = t27;
}

/* 5 -> 7: 0 adds, 6 multiplications, 20 multiply-adds, 26 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f35_z1p2u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x1, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x3, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x4, t4);
    const V t6 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x4, t9);
    const V t11 = V_MUL(V_COEF_GET(c, 11), x0);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x1, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x2, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x3, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x4, t14);
    const V t16 = V_MUL(V_COEF_GET(c, 16), x0);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x1, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x4, t19);
    const V t21 = V_MUL(V_COEF_GET(c, 21), x0);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x1, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x2, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x3, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x4, t24);
    y[0] = t0;
    y[1] = t5;
    y[2] = t10;
    y[3] = t15;
    y[4] = t20;
    y[5] = t25;
    y[6] = x4;
}

/* 7 -> 3: 7 adds, 1 multiplications, 5 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f35_z1p2u1)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x0, t0);
    const V t5 = V_ADD(t4, t2);
    const V t6 = V_ADD(t5, x5);
    const V t7 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t8 = V_FMA(V_COEF_GET(c, 1), t3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 2), x5, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 3), t0, x6);
    const V t11 = V_FMA(V_COEF_GET(c, 4), t2, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 5), x5, t11);
    y[0] = t6;
    y[1] = t9;
    y[2] = t12;
}

/* 7 -> 7: 0 adds, 0 multiplications, 21 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f35_z0p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x1, x5);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x3, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 0), x0, x4);
    const V t3 = V_FMA(V_COEF_GET(c, 1), x2, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 2), t3, t1);
    const V t5 = V_FNMA(V_COEF_GET(c, 2), t3, t1);
    const V t6 = V_FMA(V_COEF_GET(c, 3), x1, x5);
    const V t7 = V_FMA(V_COEF_GET(c, 4), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 3), x0, x4);
    const V t9 = V_FMA(V_COEF_GET(c, 4), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 5), t9, t7);
    const V t11 = V_FNMA(V_COEF_GET(c, 5), t9, t7);
    const V t12 = V_FMA(V_COEF_GET(c, 6), x1, x5);
    const V t13 = V_FMA(V_COEF_GET(c, 7), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 6), x0, x4);
    const V t15 = V_FMA(V_COEF_GET(c, 7), x2, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 8), t15, t13);
    const V t17 = V_FNMA(V_COEF_GET(c, 8), t15, t13);
    const V t18 = V_FMA(V_COEF_GET(c, 9), x0, x6);
    const V t19 = V_FMA(V_COEF_GET(c, 10), x2, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 11), x4, t19);
    y[0] = t4;
    y[1] = t5;
    y[2] = t10;
    y[3] = t11;
    y[4] = t16;
    y[5] = t17;
    y[6] = t20;
}

/* 5 -> 7: 0 adds, 3 multiplications, 15 multiply-adds, 15 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f35_z0p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x1);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x3, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x0, x4);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), t3, t1);
    const V t5 = V_FNMA(V_COEF_GET(c, 4), t3, t1);
    const V t6 = V_MUL(V_COEF_GET(c, 5), x1);
    const V t7 = V_FMA(V_COEF_GET(c, 6), x3, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 7), x0, x4);
    const V t9 = V_FMA(V_COEF_GET(c, 8), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 9), t9, t7);
    const V t11 = V_FNMA(V_COEF_GET(c, 9), t9, t7);
    const V t12 = V_MUL(V_COEF_GET(c, 10), x1);
    const V t13 = V_FMA(V_COEF_GET(c, 11), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 12), x0, x4);
    const V t15 = V_FMA(V_COEF_GET(c, 13), x2, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 14), t15, t13);
    const V t17 = V_FNMA(V_COEF_GET(c, 14), t15, t13);
    y[0] = t4;
    y[1] = t5;
    y[2] = t10;
    y[3] = t11;
    y[4] = t16;
    y[5] = t17;
    y[6] = x4;
}

/* 7 -> 3: 8 adds, 1 multiplications, 5 multiply-adds, 6 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f35_z0p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_SUB(x0, x1);
    const V t2 = V_ADD(x2, x3);
    const V t3 = V_SUB(x2, x3);
    const V t4 = V_ADD(x4, x5);
    const V t5 = V_SUB(x4, x5);
    const V t6 = V_ADD(t0, t2);
    const V t7 = V_ADD(t6, t4);
    const V t8 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t9 = V_FMA(V_COEF_GET(c, 1), t3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 2), t5, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 3), t0, x6);
    const V t12 = V_FMA(V_COEF_GET(c, 4), t2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 5), t4, t12);
    y[0] = t7;
    y[1] = t10;
    y[2] = t13;
}

/* 7 -> 7: 0 adds, 0 multiplications, 36 multiply-adds, 36 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f35_z0p0u6)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x5);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x0, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x4, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x0, x5);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x4, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x0, x5);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x4, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x0, x5);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x0, x5);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x1, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x2, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x3, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x4, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x0, x6);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x1, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x5, t34);
    y[0] = t4;
    y[1] = t9;
    y[2] = t14;
    y[3] = t19;
    y[4] = t24;
    y[5] = t29;
    y[6] = t35;
}

/* 5 -> 7: 0 adds, 6 multiplications, 24 multiply-adds, 30 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f35_z0p0u6)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_MUL(V_COEF_GET(c, 5), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x4, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x4, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x4, t18);
    const V t20 = V_MUL(V_COEF_GET(c, 20), x0);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    const V t25 = V_MUL(V_COEF_GET(c, 25), x0);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x1, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x2, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x3, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x4, t28);
    y[0] = t4;
    y[1] = t9;
    y[2] = t14;
    y[3] = t19;
    y[4] = t24;
    y[5] = t29;
    y[6] = x4;
}

/* 7 -> 3: 5 adds, 1 multiplications, 11 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f35_z0p0u6)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 1), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 2), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 3), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 4), x4, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 5), x5, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 6), x0, x6);
    const V t12 = V_FMA(V_COEF_GET(c, 7), x1, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 8), x2, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 9), x3, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 10), x4, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 11), x5, t15);
    y[0] = t4;
    y[1] = t10;
    y[2] = t16;
}

/* 8 -> 8: 0 adds, 0 multiplications, 24 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f45_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x6);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x2, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x4, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, x6);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 3), x1, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 4), x3, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 5), t6, t4);
    const V t8 = V_FNMA(V_COEF_GET(c, 5), t6, t4);
    const V t9 = V_FMA(V_COEF_GET(c, 6), x2, x6);
    const V t10 = V_FMA(V_COEF_GET(c, 7), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 6), x1, x5);
    const V t12 = V_FMA(V_COEF_GET(c, 7), x3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 8), t12, t10);
    const V t14 = V_FNMA(V_COEF_GET(c, 8), t12, t10);
    const V t15 = V_FMA(V_COEF_GET(c, 9), x2, x6);
    const V t16 = V_FMA(V_COEF_GET(c, 10), x4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 9), x1, x5);
    const V t18 = V_FMA(V_COEF_GET(c, 10), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 11), t18, t16);
    const V t20 = V_FNMA(V_COEF_GET(c, 11), t18, t16);
    const V t21 = V_FMA(V_COEF_GET(c, 0), x1, x7);
    const V t22 = V_FMA(V_COEF_GET(c, 1), x3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 2), x5, t22);
    y[0] = t2;
    y[1] = t7;
    y[2] = t8;
    y[3] = t13;
    y[4] = t14;
    y[5] = t19;
    y[6] = t20;
    y[7] = t23;
}

/* 5 -> 8: 0 adds, 4 multiplications, 15 multiply-adds, 16 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f45_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x4, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, x3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), t4, t3);
    const V t6 = V_FNMA(V_COEF_GET(c, 5), t4, t3);
    const V t7 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 7), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 8), x4, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 9), x1, x3);
    const V t11 = V_FMA(V_COEF_GET(c, 10), t10, t9);
    const V t12 = V_FNMA(V_COEF_GET(c, 10), t10, t9);
    const V t13 = V_MUL(V_COEF_GET(c, 11), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 12), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 13), x4, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 14), x1, x3);
    const V t17 = V_FMA(V_COEF_GET(c, 15), t16, t15);
    const V t18 = V_FNMA(V_COEF_GET(c, 15), t16, t15);
    y[0] = t0;
    y[1] = t5;
    y[2] = t6;
    y[3] = t11;
    y[4] = t12;
    y[5] = t17;
    y[6] = t18;
    y[7] = x4;
}

/* 8 -> 4: 9 adds, 2 multiplications, 7 multiply-adds, 9 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f45_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x5, x6);
    const V t5 = V_SUB(x5, x6);
    const V t6 = V_ADD(x0, t0);
    const V t7 = V_ADD(t6, t2);
    const V t8 = V_ADD(t7, t4);
    const V t9 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t10 = V_FMA(V_COEF_GET(c, 1), t3, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 2), t5, t10);
    const V t12 = V_MUL(V_COEF_GET(c, 3), t0);
    const V t13 = V_FMA(V_COEF_GET(c, 4), t2, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 5), t4, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 6), t1, x7);
    const V t16 = V_FMA(V_COEF_GET(c, 7), t3, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 8), t5, t16);
    y[0] = t8;
    y[1] = t11;
    y[2] = t14;
    y[3] = t17;
}

/* 8 -> 8: 0 adds, 0 multiplications, 49 multiply-adds, 49 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f45_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x6);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x0, x6);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x5, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x0, x6);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x5, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x0, x6);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x1, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x2, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x3, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x4, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x5, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x0, x6);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x1, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x2, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x3, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x4, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x5, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x0, x6);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x1, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x5, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x0, x6);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x1, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x2, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x3, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 40), x4, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x5, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 42), x0, x7);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x1, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x2, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 45), x3, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 46), x4, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 47), x5, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 48), x6, t47);
    y[0] = t5;
    y[1] = t11;
    y[2] = t17;
    y[3] = t23;
    y[4] = t29;
    y[5] = t35;
    y[6] = t41;
    y[7] = t48;
}

/* 5 -> 8: 0 adds, 7 multiplications, 28 multiply-adds, 35 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f45_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_MUL(V_COEF_GET(c, 5), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x4, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x4, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x4, t18);
    const V t20 = V_MUL(V_COEF_GET(c, 20), x0);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    const V t25 = V_MUL(V_COEF_GET(c, 25), x0);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x1, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x2, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x3, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x4, t28);
    const V t30 = V_MUL(V_COEF_GET(c, 30), x0);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x1, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x4, t33);
    y[0] = t4;
    y[1] = t9;
    y[2] = t14;
    y[3] = t19;
    y[4] = t24;
    y[5] = t29;
    y[6] = t34;
    y[7] = x4;
}

/* 8 -> 4: 6 adds, 2 multiplications, 19 multiply-adds, 21 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f45_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_ADD(t4, x6);
    const V t6 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t7 = V_FMA(V_COEF_GET(c, 1), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 2), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 3), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 4), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 5), x5, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 6), x6, t11);
    const V t13 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 8), x1, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 9), x2, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 10), x3, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 11), x4, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 12), x5, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 13), x6, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 14), x0, x7);
    const V t21 = V_FMA(V_COEF_GET(c, 15), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 16), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 17), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 18), x4, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 19), x5, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 20), x6, t25);
    y[0] = t5;
    y[1] = t12;
    y[2] = t19;
    y[3] = t26;
}

/* 10 -> 10: 0 adds, 0 multiplications, 40 multiply-adds, 20 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f65_z1p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x8);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x2, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x4, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x6, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x2, x8);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x4, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 4), x1, x7);
    const V t8 = V_FMA(V_COEF_GET(c, 5), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 6), x5, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 7), t9, t6);
    const V t11 = V_FNMA(V_COEF_GET(c, 7), t9, t6);
    const V t12 = V_FMA(V_COEF_GET(c, 8), x2, x8);
    const V t13 = V_FMA(V_COEF_GET(c, 9), x4, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 10), x6, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 8), x1, x7);
    const V t16 = V_FMA(V_COEF_GET(c, 9), x3, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 10), x5, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 11), t17, t14);
    const V t19 = V_FNMA(V_COEF_GET(c, 11), t17, t14);
    const V t20 = V_FMA(V_COEF_GET(c, 12), x2, x8);
    const V t21 = V_FMA(V_COEF_GET(c, 13), x4, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 14), x6, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 12), x1, x7);
    const V t24 = V_FMA(V_COEF_GET(c, 13), x3, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 14), x5, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 15), t25, t22);
    const V t27 = V_FNMA(V_COEF_GET(c, 15), t25, t22);
    const V t28 = V_FMA(V_COEF_GET(c, 16), x2, x8);
    const V t29 = V_FMA(V_COEF_GET(c, 17), x4, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 18), x6, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 16), x1, x7);
    const V t32 = V_FMA(V_COEF_GET(c, 17), x3, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 18), x5, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 19), t33, t30);
    const V t35 = V_FNMA(V_COEF_GET(c, 19), t33, t30);
    const V t36 = V_FMA(V_COEF_GET(c, 0), x1, x9);
    const V t37 = V_FMA(V_COEF_GET(c, 1), x3, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 2), x5, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 3), x7, t38);
    y[0] = t3;
    y[1] = t10;
    y[2] = t11;
    y[3] = t18;
    y[4] = t19;
    y[5] = t26;
    y[6] = t27;
    y[7] = t34;
    y[8] = t35;
    y[9] = t39;
}

/* 5 -> 10: 0 adds, 5 multiplications, 20 multiply-adds, 21 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f65_z1p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x4, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, x3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), t4, t3);
    const V t6 = V_FNMA(V_COEF_GET(c, 5), t4, t3);
    const V t7 = V_MUL(V_COEF_GET(c, 6), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 7), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 8), x4, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 9), x1, x3);
    const V t11 = V_FMA(V_COEF_GET(c, 10), t10, t9);
    const V t12 = V_FNMA(V_COEF_GET(c, 10), t10, t9);
    const V t13 = V_MUL(V_COEF_GET(c, 11), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 12), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 13), x4, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 14), x1, x3);
    const V t17 = V_FMA(V_COEF_GET(c, 15), t16, t15);
    const V t18 = V_FNMA(V_COEF_GET(c, 15), t16, t15);
    const V t19 = V_MUL(V_COEF_GET(c, 16), x0);
    const V t20 = V_FMA(V_COEF_GET(c, 17), x2, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 18), x4, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 19), x1, x3);
    const V t23 = V_FMA(V_COEF_GET(c, 20), t22, t21);
    const V t24 = V_FNMA(V_COEF_GET(c, 20), t22, t21);
    y[0] = t0;
    y[1] = t5;
    y[2] = t6;
    y[3] = t11;
    y[4] = t12;
    y[5] = t17;
    y[6] = t18;
    y[7] = t23;
    y[8] = t24;
    y[9] = x4;
}

/* 10 -> 6: 12 adds, 4 multiplications, 16 multiply-adds, 20 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f65_z1p4u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x5, x6);
    const V t5 = V_SUB(x5, x6);
    const V t6 = V_ADD(x7, x8);
    const V t7 = V_SUB(x7, x8);
    const V t8 = V_ADD(x0, t0);
    const V t9 = V_ADD(t8, t2);
    const V t10 = V_ADD(t9, t4);
    const V t11 = V_ADD(t10, t6);
    const V t12 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t13 = V_FMA(V_COEF_GET(c, 1), t3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 2), t5, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 3), t7, t14);
    const V t16 = V_MUL(V_COEF_GET(c, 4), t0);
    const V t17 = V_FMA(V_COEF_GET(c, 5), t2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 6), t4, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 7), t6, t18);
    const V t20 = V_MUL(V_COEF_GET(c, 8), t1);
    const V t21 = V_FMA(V_COEF_GET(c, 9), t3, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 10), t5, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 11), t7, t22);
    const V t24 = V_MUL(V_COEF_GET(c, 12), t0);
    const V t25 = V_FMA(V_COEF_GET(c, 13), t2, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 14), t4, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 15), t6, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 16), t1, x9);
    const V t29 = V_FMA(V_COEF_GET(c, 17), t3, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 18), t5, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 19), t7, t30);
    y[0] = t11;
    y[1] = t15;
    y[2] = t19;
    y[3] = t23;
    y[4] = t27;
    y[5] = t31;
}

/* 10 -> 10: 0 adds, 0 multiplications, 81 multiply-adds, 81 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f65_z0p0u9)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x8);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x7, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x0, x8);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x1, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x4, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x5, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x6, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x7, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x0, x8);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x1, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x3, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x4, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x5, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x6, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x7, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x0, x8);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x1, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x2, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x3, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x4, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x5, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x6, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x7, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x0, x8);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x1, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x2, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x3, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x4, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x5, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x6, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x7, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 40), x0, x8);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x1, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 42), x2, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x3, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x4, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 45), x5, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 46), x6, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 47), x7, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 48), x0, x8);
    const V t49 = V_FMA(V_COEF_GET(c, 49), x1, t48);
    const V t50 = V_FMA(V_COEF_GET(c, 50), x2, t49);
    const V t51 = V_FMA(V_COEF_GET(c, 51), x3, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 52), x4, t51);
    const V t53 = V_FMA(V_COEF_GET(c, 53), x5, t52);
    const V t54 = V_FMA(V_COEF_GET(c, 54), x6, t53);
    const V t55 = V_FMA(V_COEF_GET(c, 55), x7, t54);
    const V t56 = V_FMA(V_COEF_GET(c, 56), x0, x8);
    const V t57 = V_FMA(V_COEF_GET(c, 57), x1, t56);
    const V t58 = V_FMA(V_COEF_GET(c, 58), x2, t57);
    const V t59 = V_FMA(V_COEF_GET(c, 59), x3, t58);
    const V t60 = V_FMA(V_COEF_GET(c, 60), x4, t59);
    const V t61 = V_FMA(V_COEF_GET(c, 61), x5, t60);
    const V t62 = V_FMA(V_COEF_GET(c, 62), x6, t61);
    const V t63 = V_FMA(V_COEF_GET(c, 63), x7, t62);
    const V t64 = V_FMA(V_COEF_GET(c, 64), x0, x8);
    const V t65 = V_FMA(V_COEF_GET(c, 65), x1, t64);
    const V t66 = V_FMA(V_COEF_GET(c, 66), x2, t65);
    const V t67 = V_FMA(V_COEF_GET(c, 67), x3, t66);
    const V t68 = V_FMA(V_COEF_GET(c, 68), x4, t67);
    const V t69 = V_FMA(V_COEF_GET(c, 69), x5, t68);
    const V t70 = V_FMA(V_COEF_GET(c, 70), x6, t69);
    const V t71 = V_FMA(V_COEF_GET(c, 71), x7, t70);
    const V t72 = V_FMA(V_COEF_GET(c, 72), x0, x9);
    const V t73 = V_FMA(V_COEF_GET(c, 73), x1, t72);
    const V t74 = V_FMA(V_COEF_GET(c, 74), x2, t73);
    const V t75 = V_FMA(V_COEF_GET(c, 75), x3, t74);
    const V t76 = V_FMA(V_COEF_GET(c, 76), x4, t75);
    const V t77 = V_FMA(V_COEF_GET(c, 77), x5, t76);
    const V t78 = V_FMA(V_COEF_GET(c, 78), x6, t77);
    const V t79 = V_FMA(V_COEF_GET(c, 79), x7, t78);
    const V t80 = V_FMA(V_COEF_GET(c, 80), x8, t79);
    y[0] = t7;
    y[1] = t15;
    y[2] = t23;
    y[3] = t31;
    y[4] = t39;
    y[5] = t47;
    y[6] = t55;
    y[7] = t63;
    y[8] = t71;
    y[9] = t80;
}

/* 5 -> 10: 0 adds, 9 multiplications, 36 multiply-adds, 45 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f65_z0p0u9)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_MUL(V_COEF_GET(c, 5), x0);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x1, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x2, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x3, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x4, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x3, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x4, t13);
    const V t15 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x1, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x4, t18);
    const V t20 = V_MUL(V_COEF_GET(c, 20), x0);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x1, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x2, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x3, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x4, t23);
    const V t25 = V_MUL(V_COEF_GET(c, 25), x0);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x1, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x2, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x3, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x4, t28);
    const V t30 = V_MUL(V_COEF_GET(c, 30), x0);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x1, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x4, t33);
    const V t35 = V_MUL(V_COEF_GET(c, 35), x0);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x1, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x2, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x3, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x4, t38);
    const V t40 = V_MUL(V_COEF_GET(c, 40), x0);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x1, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 42), x2, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x3, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x4, t43);
    y[0] = t4;
    y[1] = t9;
    y[2] = t14;
    y[3] = t19;
    y[4] = t24;
    y[5] = t29;
    y[6] = t34;
    y[7] = t39;
    y[8] = t44;
    y[9] = x4;
}

/* 10 -> 6: 8 adds, 4 multiplications, 41 multiply-adds, 45 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f65_z0p0u9)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_ADD(t4, x6);
    const V t6 = V_ADD(t5, x7);
    const V t7 = V_ADD(t6, x8);
    const V t8 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t9 = V_FMA(V_COEF_GET(c, 1), x1, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 2), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 3), x3, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 4), x4, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 5), x5, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 6), x6, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 7), x7, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 8), x8, t15);
    const V t17 = V_MUL(V_COEF_GET(c, 9), x0);
    const V t18 = V_FMA(V_COEF_GET(c, 10), x1, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 11), x2, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 12), x3, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 13), x4, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 14), x5, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 15), x6, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 16), x7, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 17), x8, t24);
    const V t26 = V_MUL(V_COEF_GET(c, 18), x0);
    const V t27 = V_FMA(V_COEF_GET(c, 19), x1, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 20), x2, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 21), x3, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 22), x4, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 23), x5, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 24), x6, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 25), x7, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 26), x8, t33);
    const V t35 = V_MUL(V_COEF_GET(c, 27), x0);
    const V t36 = V_FMA(V_COEF_GET(c, 28), x1, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 29), x2, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 30), x3, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 31), x4, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 32), x5, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 33), x6, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 34), x7, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 35), x8, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 36), x0, x9);
    const V t45 = V_FMA(V_COEF_GET(c, 37), x1, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 38), x2, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 39), x3, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 40), x4, t47);
    const V t49 = V_FMA(V_COEF_GET(c, 41), x5, t48);
    const V t50 = V_FMA(V_COEF_GET(c, 42), x6, t49);
    const V t51 = V_FMA(V_COEF_GET(c, 43), x7, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 44), x8, t51);
    y[0] = t7;
    y[1] = t16;
    y[2] = t25;
    y[3] = t34;
    y[4] = t43;
    y[5] = t52;
}

/* 8 -> 8: 0 adds, 0 multiplications, 24 multiply-adds, 12 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f27_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x6);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x2, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x4, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, x6);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 3), x1, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 4), x3, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 5), t6, t4);
    const V t8 = V_FNMA(V_COEF_GET(c, 5), t6, t4);
    const V t9 = V_FMA(V_COEF_GET(c, 6), x2, x6);
    const V t10 = V_FMA(V_COEF_GET(c, 7), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 6), x1, x5);
    const V t12 = V_FMA(V_COEF_GET(c, 7), x3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 8), t12, t10);
    const V t14 = V_FNMA(V_COEF_GET(c, 8), t12, t10);
    const V t15 = V_FMA(V_COEF_GET(c, 9), x2, x6);
    const V t16 = V_FMA(V_COEF_GET(c, 10), x4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 9), x1, x5);
    const V t18 = V_FMA(V_COEF_GET(c, 10), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 11), t18, t16);
    const V t20 = V_FNMA(V_COEF_GET(c, 11), t18, t16);
    const V t21 = V_FMA(V_COEF_GET(c, 0), x1, x7);
    const V t22 = V_FMA(V_COEF_GET(c, 1), x3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 2), x5, t22);
    y[0] = t2;
    y[1] = t7;
    y[2] = t8;
    y[3] = t13;
    y[4] = t14;
    y[5] = t19;
    y[6] = t20;
    y[7] = t23;
}

/* 7 -> 8: 0 adds, 4 multiplications, 21 multiply-adds, 22 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f27_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x4, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x6, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, x5);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x3, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), t6, t4);
    const V t8 = V_FNMA(V_COEF_GET(c, 7), t6, t4);
    const V t9 = V_MUL(V_COEF_GET(c, 8), x0);
    const V t10 = V_FMA(V_COEF_GET(c, 9), x2, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 10), x4, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 11), x6, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 12), x1, x5);
    const V t14 = V_FMA(V_COEF_GET(c, 13), x3, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 14), t14, t12);
    const V t16 = V_FNMA(V_COEF_GET(c, 14), t14, t12);
    const V t17 = V_MUL(V_COEF_GET(c, 15), x0);
    const V t18 = V_FMA(V_COEF_GET(c, 16), x2, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 17), x4, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 18), x6, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 19), x1, x5);
    const V t22 = V_FMA(V_COEF_GET(c, 20), x3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 21), t22, t20);
    const V t24 = V_FNMA(V_COEF_GET(c, 21), t22, t20);
    y[0] = t0;
    y[1] = t7;
    y[2] = t8;
    y[3] = t15;
    y[4] = t16;
    y[5] = t23;
    y[6] = t24;
    y[7] = x6;
}

/* 8 -> 2: 9 adds, 0 multiplications, 3 multiply-adds, 3 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f27_z1p3u0)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x5, x6);
    const V t5 = V_SUB(x5, x6);
    const V t6 = V_ADD(x0, t0);
    const V t7 = V_ADD(t6, t2);
    const V t8 = V_ADD(t7, t4);
    const V t9 = V_FMA(V_COEF_GET(c, 0), t1, x7);
    const V t10 = V_FMA(V_COEF_GET(c, 1), t3, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 2), t5, t10);
    y[0] = t8;
    y[1] = t11;
}

/* 8 -> 8: 0 adds, 0 multiplications, 49 multiply-adds, 49 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f27_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x6);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x0, x6);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x5, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x0, x6);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x1, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x4, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x5, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x0, x6);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x1, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x2, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x3, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x4, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x5, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x0, x6);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x1, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x2, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x3, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 28), x4, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x5, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x0, x6);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x1, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x2, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x3, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x4, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 35), x5, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x0, x6);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x1, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x2, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x3, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 40), x4, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x5, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 42), x0, x7);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x1, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x2, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 45), x3, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 46), x4, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 47), x5, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 48), x6, t47);
    y[0] = t5;
    y[1] = t11;
    y[2] = t17;
    y[3] = t23;
    y[4] = t29;
    y[5] = t35;
    y[6] = t41;
    y[7] = t48;
}

/* 7 -> 8: 0 adds, 7 multiplications, 42 multiply-adds, 49 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f27_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x3, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x4, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x5, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x6, t12);
    const V t14 = V_MUL(V_COEF_GET(c, 14), x0);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x1, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 16), x2, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x3, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x4, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 19), x5, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x6, t19);
    const V t21 = V_MUL(V_COEF_GET(c, 21), x0);
    const V t22 = V_FMA(V_COEF_GET(c, 22), x1, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x2, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x3, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 25), x4, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 26), x5, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 27), x6, t26);
    const V t28 = V_MUL(V_COEF_GET(c, 28), x0);
    const V t29 = V_FMA(V_COEF_GET(c, 29), x1, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 30), x2, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 31), x3, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 32), x4, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 33), x5, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 34), x6, t33);
    const V t35 = V_MUL(V_COEF_GET(c, 35), x0);
    const V t36 = V_FMA(V_COEF_GET(c, 36), x1, t35);
    const V t37 = V_FMA(V_COEF_GET(c, 37), x2, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 38), x3, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 39), x4, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 40), x5, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 41), x6, t40);
    const V t42 = V_MUL(V_COEF_GET(c, 42), x0);
    const V t43 = V_FMA(V_COEF_GET(c, 43), x1, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 44), x2, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 45), x3, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 46), x4, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 47), x5, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 48), x6, t47);
    y[0] = t6;
    y[1] = t13;
    y[2] = t20;
    y[3] = t27;
    y[4] = t34;
    y[5] = t41;
    y[6] = t48;
    y[7] = x6;
}

/* 8 -> 2: 6 adds, 0 multiplications, 7 multiply-adds, 7 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f27_z0p0u7)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V t0 = V_ADD(x0, x1);
    const V t1 = V_ADD(t0, x2);
    const V t2 = V_ADD(t1, x3);
    const V t3 = V_ADD(t2, x4);
    const V t4 = V_ADD(t3, x5);
    const V t5 = V_ADD(t4, x6);
    const V t6 = V_FMA(V_COEF_GET(c, 0), x0, x7);
    const V t7 = V_FMA(V_COEF_GET(c, 1), x1, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 2), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 3), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 4), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 5), x5, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 6), x6, t11);
    y[0] = t5;
    y[1] = t12;
}

/* 6 -> 6: 0 adds, 0 multiplications, 20 multiply-adds, 14 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f43_z1p1u2)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x4);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x1, x4);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x2, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x3, t5);
    const V t7 = V_FNMA(V_COEF_GET(c, 4), x1, x4);
    const V t8 = V_FMA(V_COEF_GET(c, 7), x2, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 8), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 9), x1, x4);
    const V t11 = V_FMA(V_COEF_GET(c, 10), x2, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 11), x3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 12), x1, x4);
    const V t14 = V_FMA(V_COEF_GET(c, 10), x2, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 13), x3, t14);
    const V t16 = V_FMA(V_COEF_GET(c, 0), x1, x5);
    const V t17 = V_FMA(V_COEF_GET(c, 1), x2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 2), x3, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 3), x4, t18);
    y[0] = t3;
    y[1] = t6;
    y[2] = t9;
    y[3] = t12;
    y[4] = t15;
    y[5] = t19;
}

/* 3 -> 6: 0 adds, 5 multiplications, 8 multiply-adds, 13 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f43_z1p1u2)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x1, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, t2);
    const V t4 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    y[0] = t0;
    y[1] = t3;
    y[2] = t6;
    y[3] = t9;
    y[4] = t12;
    y[5] = x2;
}

/* 6 -> 4: 5 adds, 2 multiplications, 7 multiply-adds, 9 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f43_z1p1u2)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x0, t0);
    const V t3 = V_ADD(t2, x3);
    const V t4 = V_ADD(t3, x4);
    const V t5 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t6 = V_FMA(V_COEF_GET(c, 1), x3, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 2), x4, t6);
    const V t8 = V_MUL(V_COEF_GET(c, 3), t0);
    const V t9 = V_FMA(V_COEF_GET(c, 4), x3, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 5), x4, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 6), t1, x5);
    const V t12 = V_FMA(V_COEF_GET(c, 7), x3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 8), x4, t12);
    y[0] = t4;
    y[1] = t7;
    y[2] = t10;
    y[3] = t13;
}

/* 10 -> 10: 0 adds, 0 multiplications, 72 multiply-adds, 58 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(input_f83_z1p3u2)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_FMA(V_COEF_GET(c, 0), x0, x8);
    const V t1 = V_FMA(V_COEF_GET(c, 1), x1, t0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x2, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x3, t2);
    const V t4 = V_FMA(V_COEF_GET(c, 4), x4, t3);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x5, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x6, t5);
    const V t7 = V_FMA(V_COEF_GET(c, 7), x7, t6);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, x8);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    const V t10 = V_FMA(V_COEF_GET(c, 10), x3, t9);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x4, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x5, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 13), x6, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x7, t13);
    const V t15 = V_FNMA(V_COEF_GET(c, 8), x1, x8);
    const V t16 = V_FMA(V_COEF_GET(c, 15), x2, t15);
    const V t17 = V_FMA(V_COEF_GET(c, 16), x3, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 17), x4, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 18), x5, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 19), x6, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 20), x7, t20);
    const V t22 = V_FMA(V_COEF_GET(c, 21), x1, x8);
    const V t23 = V_FMA(V_COEF_GET(c, 22), x2, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 23), x3, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 24), x4, t24);
    const V t26 = V_FMA(V_COEF_GET(c, 25), x5, t25);
    const V t27 = V_FMA(V_COEF_GET(c, 26), x6, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 27), x7, t27);
    const V t29 = V_FNMA(V_COEF_GET(c, 21), x1, x8);
    const V t30 = V_FMA(V_COEF_GET(c, 28), x2, t29);
    const V t31 = V_FMA(V_COEF_GET(c, 29), x3, t30);
    const V t32 = V_FMA(V_COEF_GET(c, 30), x4, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 31), x5, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 32), x6, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 33), x7, t34);
    const V t36 = V_FMA(V_COEF_GET(c, 34), x1, x8);
    const V t37 = V_FMA(V_COEF_GET(c, 35), x2, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 36), x3, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 37), x4, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 38), x5, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 39), x6, t40);
    const V t42 = V_FMA(V_COEF_GET(c, 40), x7, t41);
    const V t43 = V_FNMA(V_COEF_GET(c, 34), x1, x8);
    const V t44 = V_FMA(V_COEF_GET(c, 41), x2, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 42), x3, t44);
    const V t46 = V_FMA(V_COEF_GET(c, 43), x4, t45);
    const V t47 = V_FMA(V_COEF_GET(c, 44), x5, t46);
    const V t48 = V_FMA(V_COEF_GET(c, 45), x6, t47);
    const V t49 = V_FMA(V_COEF_GET(c, 46), x7, t48);
    const V t50 = V_FMA(V_COEF_GET(c, 47), x1, x8);
    const V t51 = V_FMA(V_COEF_GET(c, 48), x2, t50);
    const V t52 = V_FMA(V_COEF_GET(c, 49), x3, t51);
    const V t53 = V_FMA(V_COEF_GET(c, 50), x4, t52);
    const V t54 = V_FMA(V_COEF_GET(c, 51), x5, t53);
    const V t55 = V_FMA(V_COEF_GET(c, 52), x6, t54);
    const V t56 = V_FMA(V_COEF_GET(c, 53), x7, t55);
    const V t57 = V_FMA(V_COEF_GET(c, 54), x1, x8);
    const V t58 = V_FMA(V_COEF_GET(c, 48), x2, t57);
    const V t59 = V_FMA(V_COEF_GET(c, 55), x3, t58);
    const V t60 = V_FMA(V_COEF_GET(c, 50), x4, t59);
    const V t61 = V_FMA(V_COEF_GET(c, 56), x5, t60);
    const V t62 = V_FMA(V_COEF_GET(c, 52), x6, t61);
    const V t63 = V_FMA(V_COEF_GET(c, 57), x7, t62);
    const V t64 = V_FMA(V_COEF_GET(c, 0), x1, x9);
    const V t65 = V_FMA(V_COEF_GET(c, 1), x2, t64);
    const V t66 = V_FMA(V_COEF_GET(c, 2), x3, t65);
    const V t67 = V_FMA(V_COEF_GET(c, 3), x4, t66);
    const V t68 = V_FMA(V_COEF_GET(c, 4), x5, t67);
    const V t69 = V_FMA(V_COEF_GET(c, 5), x6, t68);
    const V t70 = V_FMA(V_COEF_GET(c, 6), x7, t69);
    const V t71 = V_FMA(V_COEF_GET(c, 7), x8, t70);
    y[0] = t7;
    y[1] = t14;
    y[2] = t21;
    y[3] = t28;
    y[4] = t35;
    y[5] = t42;
    y[6] = t49;
    y[7] = t56;
    y[8] = t63;
    y[9] = t71;
}

/* 3 -> 10: 0 adds, 9 multiplications, 16 multiply-adds, 25 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(filter_f83_z1p3u2)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V t0 = V_MUL(V_COEF_GET(c, 0), x0);
    const V t1 = V_MUL(V_COEF_GET(c, 1), x0);
    const V t2 = V_FMA(V_COEF_GET(c, 2), x1, t1);
    const V t3 = V_FMA(V_COEF_GET(c, 3), x2, t2);
    const V t4 = V_MUL(V_COEF_GET(c, 4), x0);
    const V t5 = V_FMA(V_COEF_GET(c, 5), x1, t4);
    const V t6 = V_FMA(V_COEF_GET(c, 6), x2, t5);
    const V t7 = V_MUL(V_COEF_GET(c, 7), x0);
    const V t8 = V_FMA(V_COEF_GET(c, 8), x1, t7);
    const V t9 = V_FMA(V_COEF_GET(c, 9), x2, t8);
    const V t10 = V_MUL(V_COEF_GET(c, 10), x0);
    const V t11 = V_FMA(V_COEF_GET(c, 11), x1, t10);
    const V t12 = V_FMA(V_COEF_GET(c, 12), x2, t11);
    const V t13 = V_MUL(V_COEF_GET(c, 13), x0);
    const V t14 = V_FMA(V_COEF_GET(c, 14), x1, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 15), x2, t14);
    const V t16 = V_MUL(V_COEF_GET(c, 16), x0);
    const V t17 = V_FMA(V_COEF_GET(c, 17), x1, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 18), x2, t17);
    const V t19 = V_MUL(V_COEF_GET(c, 19), x0);
    const V t20 = V_FMA(V_COEF_GET(c, 20), x1, t19);
    const V t21 = V_FMA(V_COEF_GET(c, 21), x2, t20);
    const V t22 = V_MUL(V_COEF_GET(c, 22), x0);
    const V t23 = V_FMA(V_COEF_GET(c, 23), x1, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 24), x2, t23);
    y[0] = t0;
    y[1] = t3;
    y[2] = t6;
    y[3] = t9;
    y[4] = t12;
    y[5] = t15;
    y[6] = t18;
    y[7] = t21;
    y[8] = t24;
    y[9] = x2;
}

/* 10 -> 8: 11 adds, 6 multiplications, 29 multiply-adds, 35 coefficients */
static inline NOVA_CODELET_ATTR void NOVA_CODELET(output_f83_z1p3u2)(const V *x, V *y, const V_COEF *c) {
    const V x0 = x[0];
    const V x1 = x[1];
    const V x2 = x[2];
    const V x3 = x[3];
    const V x4 = x[4];
    const V x5 = x[5];
    const V x6 = x[6];
    const V x7 = x[7];
    const V x8 = x[8];
    const V x9 = x[9];
    const V t0 = V_ADD(x1, x2);
    const V t1 = V_SUB(x1, x2);
    const V t2 = V_ADD(x3, x4);
    const V t3 = V_SUB(x3, x4);
    const V t4 = V_ADD(x5, x6);
    const V t5 = V_SUB(x5, x6);
    const V t6 = V_ADD(x0, t0);
    const V t7 = V_ADD(t6, t2);
    const V t8 = V_ADD(t7, t4);
    const V t9 = V_ADD(t8, x7);
    const V t10 = V_ADD(t9, x8);
    const V t11 = V_MUL(V_COEF_GET(c, 0), t1);
    const V t12 = V_FMA(V_COEF_GET(c, 1), t3, t11);
    const V t13 = V_FMA(V_COEF_GET(c, 2), t5, t12);
    const V t14 = V_FMA(V_COEF_GET(c, 3), x7, t13);
    const V t15 = V_FMA(V_COEF_GET(c, 4), x8, t14);
    const V t16 = V_MUL(V_COEF_GET(c, 5), t0);
    const V t17 = V_FMA(V_COEF_GET(c, 6), t2, t16);
    const V t18 = V_FMA(V_COEF_GET(c, 7), t4, t17);
    const V t19 = V_FMA(V_COEF_GET(c, 8), x7, t18);
    const V t20 = V_FMA(V_COEF_GET(c, 9), x8, t19);
    const V t21 = V_MUL(V_COEF_GET(c, 10), t1);
    const V t22 = V_FMA(V_COEF_GET(c, 11), t3, t21);
    const V t23 = V_FMA(V_COEF_GET(c, 12), t5, t22);
    const V t24 = V_FMA(V_COEF_GET(c, 13), x7, t23);
    const V t25 = V_FMA(V_COEF_GET(c, 14), x8, t24);
    const V t26 = V_MUL(V_COEF_GET(c, 15), t0);
    const V t27 = V_FMA(V_COEF_GET(c, 16), t2, t26);
    const V t28 = V_FMA(V_COEF_GET(c, 17), t4, t27);
    const V t29 = V_FMA(V_COEF_GET(c, 18), x7, t28);
    const V t30 = V_FMA(V_COEF_GET(c, 19), x8, t29);
    const V t31 = V_MUL(V_COEF_GET(c, 20), t1);
    const V t32 = V_FMA(V_COEF_GET(c, 21), t3, t31);
    const V t33 = V_FMA(V_COEF_GET(c, 22), t5, t32);
    const V t34 = V_FMA(V_COEF_GET(c, 23), x7, t33);
    const V t35 = V_FMA(V_COEF_GET(c, 24), x8, t34);
    const V t36 = V_MUL(V_COEF_GET(c, 25), t0);
    const V t37 = V_FMA(V_COEF_GET(c, 26), t2, t36);
    const V t38 = V_FMA(V_COEF_GET(c, 27), t4, t37);
    const V t39 = V_FMA(V_COEF_GET(c, 28), x7, t38);
    const V t40 = V_FMA(V_COEF_GET(c, 29), x8, t39);
    const V t41 = V_FMA(V_COEF_GET(c, 30), t1, x9);
    const V t42 = V_FMA(V_COEF_GET(c, 31), t3, t41);
    const V t43 = V_FMA(V_COEF_GET(c, 32), t5, t42);
    const V t44 = V_FMA(V_COEF_GET(c, 33), x7, t43);
    const V t45 = V_FMA(V_COEF_GET(c, 34), x8, t44);
    y[0] = t10;
    y[1] = t15;
    y[2] = t20;
    y[3] = t25;
    y[4] = t30;
    y[5] = t35;
    y[6] = t40;
    y[7] = t45;
}
