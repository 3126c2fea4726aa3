/*
 * rows_template.h - the kernels of rows.h, over a vector vocabulary: one for every output codelet
 * that leaves room for its products in the registers.
 *
 * The file that includes it has included its vocabulary, codelets.h and codelet_list.h, and
 * defined ROW_ELEMENT (the type of a vector of packed filters), ROW_LOAD(p), ROW_SET1(p) (of one
 * element of V) and ROW_FMA(a, b, c).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "cpu/blocks.h"
#include "cpu/rows.h"

/* Sums that fit into the registers beside operands, and how they are shared out. */
#define ROW_SUMS (GEMM_ROWS * GEMM_VECTORS)
#define ROW_VECTORS(positions) (2 * (positions) <= ROW_SUMS ? 2 : 1)
#define ROW_MOST_TILES(positions) (ROW_SUMS / (ROW_VECTORS(positions) * (positions)))
#define ROW_TILES(positions) (ROW_MOST_TILES(positions) > 0 ? ROW_MOST_TILES(positions) : 1)
#define ROW_FITS(positions) ((positions) <= NOVA_ROW_POSITIONS && (positions) <= ROW_SUMS)

/* Where position p of a tile begins: a multiple that an address can contain of one of four, so that
   no position needs a pointer of its own. */
#define ROW_AT(p, one, three, five, seven)                                                         \
    ((p) == 3   ? (three)                                                                          \
     : (p) == 5 ? (five)                                                                           \
     : (p) == 6 ? 2 * (three)                                                                      \
     : (p) == 7 ? (seven)                                                                          \
                : (p) * (one))

/* Everything that touches sums is unrolled, so that they live in registers. */
#define ROW_UNROLL _Pragma("GCC unroll 16")

#define ROW_PUTS(statement)                                                                        \
    {                                                                                              \
        ROW_UNROLL for (int i = 0; i < outputs; i++) {                                             \
            ROW_UNROLL for (int v = 0; v < vectors; v++) {                                         \
                const ptrdiff_t at = i * args->pixel + v * args->vector;                           \
                const V value = out[v * outputs + i];                                              \
                statement;                                                                         \
            }                                                                                      \
        }                                                                                          \
    }

/* One tile's outputs, [vector][pixel]; whole lines of 16 bits consist of two vectors, which follow
   each other. */
ALWAYS_INLINE void row_put(const nova_row_args *args, ptrdiff_t first, const V *out, int outputs,
                           int vectors) {
    float *y32 = (float *)args->y + first;
    uint16_t *y16 = (uint16_t *)args->y + first;
    if (args->dtype == NOVA_F32 && args->stream)
        ROW_PUTS(V_STREAM(y32 + at, value))
    else if (args->dtype == NOVA_F32)
        ROW_PUTS(V_STORE(y32 + at, value))
    else if (args->dtype == NOVA_F16 && args->stream)
        ROW_PUTS(V_STREAM_F16(y16 + at, value))
    else if (args->dtype == NOVA_F16)
        ROW_PUTS(V_STORE_F16(y16 + at, value))
    else if (args->stream)
        ROW_PUTS(V_STREAM_BF16(y16 + at, value))
    else
        ROW_PUTS(V_STORE_BF16(y16 + at, value))
}

#define DEFINE_ROW_BLOCK(name, outputs, columns, vectors)                                          \
    static void row_##name##_##vectors(const nova_row_args *args) {                                \
        enum { POSITIONS = (columns), TILES = ROW_TILES(columns) };                                \
        V sum[POSITIONS][TILES][vectors];                                                          \
        ROW_UNROLL for (int p = 0; p < POSITIONS; p++) ROW_UNROLL for (int t = 0; t < TILES; t++)  \
            ROW_UNROLL for (int v = 0; v < (vectors); v++) sum[p][t][v] = V_SET1(0.0f);            \
        const float *b = args->u;                                                                  \
        const ptrdiff_t tile = args->tile, one = args->length;                                     \
        const ptrdiff_t three = 3 * one, five = 5 * one, seven = 7 * one;                          \
        for (int q = 0; q < args->row_count; q++) {                                                \
            const float *a = args->v + args->rows[q];                                              \
            for (const float *end = a + one; a < end; a++, b += POSITIONS * (vectors)*VL)          \
                ROW_UNROLL for (int p = 0; p < POSITIONS; p++) {                                   \
                    ROW_ELEMENT f[vectors];                                                        \
                    ROW_UNROLL for (int v = 0; v < (vectors); v++) {                               \
                        f[v] = ROW_LOAD(b + (p * (vectors) + v) * VL);                             \
                        V_KEEP(f[v]);                                                              \
                    }                                                                              \
                    ROW_UNROLL for (int t = 0; t < TILES; t++) {                                   \
                        const ROW_ELEMENT x =                                                      \
                            ROW_SET1(a + t * tile + ROW_AT(p, one, three, five, seven));           \
                        ROW_UNROLL for (int v = 0; v < (vectors); v++) sum[p][t][v] =              \
                            ROW_FMA(x, f[v], sum[p][t][v]);                                        \
                    }                                                                              \
                }                                                                                  \
        }                                                                                          \
        V bias[vectors];                                                                           \
        ROW_UNROLL for (int v = 0; v < (vectors); v++) bias[v] =                                   \
            args->bias ? V_LOAD(args->bias + v * VL) : V_SET1(0.0f);                               \
        const V least = V_SET1(args->relu ? 0.0f : -INFINITY);                                     \
        ROW_UNROLL for (int t = 0; t < TILES; t++) {                                               \
            V out[(vectors) * (outputs)];                                                          \
            ROW_UNROLL for (int v = 0; v < (vectors); v++) {                                       \
                V products[POSITIONS], y[outputs];                                                 \
                ROW_UNROLL for (int p = 0; p < POSITIONS; p++) products[p] = sum[p][t][v];         \
                codelet_##name(products, y, args->coefs);                                          \
                ROW_UNROLL for (int i = 0; i < (outputs); i++) out[v * (outputs) + i] =            \
                    V_MAX(least, V_ADD(y[i], bias[v]));                                            \
            }                                                                                      \
            row_put(args, t *(outputs)*args->pixel, out, outputs, vectors);                        \
        }                                                                                          \
    }

#define DEFINE_ROWS(index, name, outputs, columns)                                                 \
    DEFINE_ROW_BLOCK(name, outputs, columns, 1)                                                    \
    DEFINE_ROW_BLOCK(name, outputs, columns, 2)
NOVA_FOR_EACH_OUTPUT_CODELET(DEFINE_ROWS)

#define ROWS_ENTRY(index, name, outputs, columns)                                                  \
    [index] = {{ROW_FITS(columns) ? row_##name##_1 : NULL,                                         \
                ROW_FITS(columns) && ROW_VECTORS(columns) == 2 ? row_##name##_2 : NULL},           \
               ROW_TILES(columns)},
static const nova_row_kernel row_kernels[NOVA_CODELET_COUNT] = {
    NOVA_FOR_EACH_OUTPUT_CODELET(ROWS_ENTRY)};
