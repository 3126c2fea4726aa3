/*
 * kernels_template.h - every kernel of the CPU engine, over a vector vocabulary.
 *
 * An architecture's file includes its vocabulary (vec_*.h: V, VL, V_LOAD, V_FMA, ...), defines
 * NOVA_KERNELS (the record's name) and NOVA_KERNELS_NAME (the string), and includes this file once;
 * the compiler flags of that file decide the instruction set.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/blocks.h"
#include "cpu/kernels.h"
#include "cpu/pairs_template.h"
#include "runtime/runtime.h"
#include "transforms/generated/codelet_list.h"

/* ---------------------------------------------------------------- transforms */

#define NOVA_CODELET_ATTR __attribute__((always_inline))
#define NOVA_CODELET(name) codelet_##name
#define V_COEF float
#define V_COEF_GET(coefs, k) V_SET1((coefs)[k])
#include "transforms/generated/codelets.h"

#define DEFINE_PASS(index, name, rows, columns)                                                    \
    static void pass_##name(const float *in, ptrdiff_t in_step, ptrdiff_t in_line, float *out,     \
                            ptrdiff_t out_step, ptrdiff_t out_line, int lines,                     \
                            const float *coefs) {                                                  \
        for (int line = 0; line < lines; line++, in += in_line, out += out_line) {                 \
            V x[columns], y[rows];                                                                 \
            for (int e = 0; e < (columns); e++)                                                    \
                x[e] = V_LOAD(in + e * in_step);                                                   \
            codelet_##name(x, y, coefs);                                                           \
            for (int e = 0; e < (rows); e++)                                                       \
                V_STORE(out + e * out_step, y[e]);                                                 \
        }                                                                                          \
    }
NOVA_FOR_EACH_INPUT_CODELET(DEFINE_PASS)
NOVA_FOR_EACH_FILTER_CODELET(DEFINE_PASS)
NOVA_FOR_EACH_OUTPUT_CODELET(DEFINE_PASS)

#define PASS_ENTRY(index, name, rows, columns) [index] = pass_##name,
static const nova_pass_fn pass_table[NOVA_CODELET_COUNT] = {NOVA_FOR_EACH_INPUT_CODELET(
    PASS_ENTRY) NOVA_FOR_EACH_FILTER_CODELET(PASS_ENTRY) NOVA_FOR_EACH_OUTPUT_CODELET(PASS_ENTRY)};

/* ---------------------------------------------------------------- storage types */

typedef const void *packed;
typedef float element_f32;
typedef uint16_t element_f16, element_bf16;

ALWAYS_INLINE V load_f32(packed p, ptrdiff_t at) {
    return V_LOAD((const float *)p + at);
}
ALWAYS_INLINE V load_f16(packed p, ptrdiff_t at) {
    return V_LOAD_F16((const uint16_t *)p + at);
}
ALWAYS_INLINE V load_bf16(packed p, ptrdiff_t at) {
    return V_LOAD_BF16((const uint16_t *)p + at);
}
ALWAYS_INLINE void store_f32(void *p, ptrdiff_t at, V v) {
    V_STORE((float *)p + at, v);
}
ALWAYS_INLINE void store_f16(void *p, ptrdiff_t at, V v) {
    V_STORE_F16((uint16_t *)p + at, v);
}
ALWAYS_INLINE void store_bf16(void *p, ptrdiff_t at, V v) {
    V_STORE_BF16((uint16_t *)p + at, v);
}
/* Past the cache; the address is a multiple of what is written. */
ALWAYS_INLINE void stream_f32(void *p, ptrdiff_t at, V v) {
    V_STREAM((float *)p + at, v);
}
ALWAYS_INLINE void stream_f16(void *p, ptrdiff_t at, V v) {
    V_STREAM_F16((uint16_t *)p + at, v);
}
ALWAYS_INLINE void stream_bf16(void *p, ptrdiff_t at, V v) {
    V_STREAM_BF16((uint16_t *)p + at, v);
}
static void fence(void) {
    V_FENCE();
}

/* Vectors at the edge of an array: the first `count` lanes, 1 <= count < VL; the rest reads as
   zero and is not written. */
ALWAYS_INLINE V load_part_f32(packed p, ptrdiff_t at, int count) {
    return V_LOAD_PART((const float *)p + at, count);
}
ALWAYS_INLINE void store_part_f32(void *p, ptrdiff_t at, V v, int count) {
    V_STORE_PART((float *)p + at, v, count);
}
#if defined(V_PARTS_OF_16)
#define DEFINE_PART_16(type, TYPE)                                                                 \
    ALWAYS_INLINE V load_part_##type(packed p, ptrdiff_t at, int count) {                          \
        return V_LOAD_PART_##TYPE((const uint16_t *)p + at, count);                                \
    }                                                                                              \
    ALWAYS_INLINE void store_part_##type(void *p, ptrdiff_t at, V v, int count) {                  \
        V_STORE_PART_##TYPE((uint16_t *)p + at, v, count);                                         \
    }
#else
#define DEFINE_PART_16(type, TYPE)                                                                 \
    static V load_part_##type(packed p, ptrdiff_t at, int count) {                                 \
        uint16_t whole[VL] = {0};                                                                  \
        memcpy(whole, (const uint16_t *)p + at, (size_t)count * sizeof *whole);                    \
        return load_##type(whole, 0);                                                              \
    }                                                                                              \
    static void store_part_##type(void *p, ptrdiff_t at, V v, int count) {                         \
        uint16_t whole[VL];                                                                        \
        store_##type(whole, 0, v);                                                                 \
        memcpy((uint16_t *)p + at, whole, (size_t)count * sizeof *whole);                          \
    }
#endif
DEFINE_PART_16(f16, F16)
DEFINE_PART_16(bf16, BF16)

#define LOAD_SOME(type, p, at, count)                                                              \
    ((count) == VL ? load_##type(p, at) : load_part_##type(p, at, count))
#define STORE_SOME(type, p, at, v, count)                                                          \
    ((count) == VL ? store_##type(p, at, v) : store_part_##type(p, at, v, count))

/* ---------------------------------------------------------------- rounding through a type */

ALWAYS_INLINE V round_f32(V v) {
    return v;
}
ALWAYS_INLINE V round_f16(V v) {
    return V_ROUND_F16(v);
}
ALWAYS_INLINE V round_bf16(V v) {
    return V_ROUND_BF16(v);
}

#define DEFINE_ROUND(type)                                                                         \
    static void round_vectors_##type(const float *in, ptrdiff_t in_stride, float *out,             \
                                     ptrdiff_t out_stride, int count, const float *before,         \
                                     const float *after) {                                         \
        for (int p = 0; p < count; p++, in += in_stride, out += out_stride) {                      \
            V v = V_LOAD(in);                                                                      \
            if (before)                                                                            \
                v = V_MUL(v, V_SET1(before[p]));                                                   \
            v = round_##type(v);                                                                   \
            if (after)                                                                             \
                v = V_MUL(v, V_SET1(after[p]));                                                    \
            V_STORE(out, v);                                                                       \
        }                                                                                          \
    }
DEFINE_ROUND(f32)
DEFINE_ROUND(f16)
DEFINE_ROUND(bf16)

/* ---------------------------------------------------------------- products */

/*
 * rows x vectors accumulators live in registers over all segments; each packed vector is loaded
 * (and converted) once and used by every row, each element of a is broadcast.
 */

#define DEFINE_GEMM_BLOCK(type, rows, vectors)                                                     \
    static void gemm_##type##_##rows##x##vectors(const nova_gemm_args *args) {                     \
        V sum[rows][vectors];                                                                      \
        EACH_SUM(rows, vectors, sum[i][v] = V_SET1(0.0f))                                          \
        const element_##type *b = args->b;                                                         \
        const ptrdiff_t a_row = args->a_row;                                                       \
        const int length = args->length;                                                           \
        const char *ahead = (const char *)b + args->ahead;                                         \
        const ptrdiff_t step = (ptrdiff_t)((vectors)*VL * sizeof *b) >> args->ahead_shift;         \
        for (int q = 0; q < args->segment_count; q++) {                                            \
            const float *a = args->a + args->segments[q];                                          \
            for (int e = 0; e < length; e++, b += (vectors)*VL, ahead += step) {                   \
                V f[vectors];                                                                      \
                for (int v = 0; v < (vectors); v++) {                                              \
                    f[v] = load_##type(b, v * VL);                                                 \
                    prefetch(ahead, (size_t)v *VL * sizeof *b);                                    \
                }                                                                                  \
                EACH_SUM(rows, vectors,                                                            \
                         sum[i][v] = V_FMA(V_SET1(a[i * a_row + e]), f[v], sum[i][v]))             \
            }                                                                                      \
        }                                                                                          \
        float *c = args->c;                                                                        \
        const ptrdiff_t c_vector = args->c_vector;                                                 \
        if (args->accumulate)                                                                      \
            EACH_SUM(rows, vectors,                                                                \
                     sum[i][v] = V_ADD(V_LOAD(c + v * c_vector + i * VL), sum[i][v]))              \
        EACH_SUM(rows, vectors, V_STORE(c + v * c_vector + i * VL, sum[i][v]))                     \
    }

#define GEMM_ENTRY(type, rows, vectors) gemm_##type##_##rows##x##vectors,
#define DEFINE_GEMM(type)                                                                          \
    FOR_ROWS(DEFINE_GEMM_BLOCK, type, 1)                                                           \
    FOR_ROWS(DEFINE_GEMM_BLOCK, type, 2)                                                           \
    static void gemm_##type(int rows, int vectors, const nova_gemm_args *args) {                   \
        static void (*const blocks[GEMM_VECTORS][GEMM_ROWS])(const nova_gemm_args *) = {           \
            {FOR_ROWS(GEMM_ENTRY, type, 1)}, {FOR_ROWS(GEMM_ENTRY, type, 2)}};                     \
        blocks[vectors - 1][rows - 1](args);                                                       \
    }
DEFINE_GEMM(f32)
DEFINE_GEMM(f16)
DEFINE_GEMM(bf16)

#include "cpu/move_template.h"

/* ---------------------------------------------------------------- rows */

#define ROW_ELEMENT V
#define ROW_LOAD(p) V_LOAD(p)
#define ROW_SET1(p) V_SET1(*(p))
#define ROW_FMA(a, b, c) V_FMA(a, b, c)
#include "cpu/rows_template.h"

/* ---------------------------------------------------------------- the record */

static const nova_pair_kernels pair_kernels = {
    .max_rows = GEMM_ROWS, .single_rows = GEMM_ROWS, .row_multiple = 1, .gemm = gemm_pairs};

const nova_cpu_kernels NOVA_KERNELS = {
    .name = NOVA_KERNELS_NAME,
    .lanes = VL,
    .max_rows = GEMM_ROWS,
    .panel_vectors = GEMM_VECTORS,
    .fused = V_FUSED,
    .pass = pass_table,
    .gemm = {gemm_f32, gemm_f16, gemm_bf16},
    .pairs = &pair_kernels,
    .split = split_vectors,
    .pack = {pack_f32, pack_f16, pack_bf16},
    .round = {round_vectors_f32, round_vectors_f16, round_vectors_bf16},
    .gather = {{gather_nchw_f32, gather_nchw_f16, gather_nchw_bf16},
               {gather_nhwc_f32, gather_nhwc_f16, gather_nhwc_bf16}},
    .scatter = {{scatter_nchw_f32, scatter_nchw_f16, scatter_nchw_bf16},
                {scatter_nhwc_f32, scatter_nhwc_f16, scatter_nhwc_bf16}},
    .rows = row_kernels,
    .fence = fence,
};
