/*
 * pairs_template.h - products of pairs and the splitting into parts, over a vector vocabulary.
 *
 * The file that includes it has included its vocabulary and defined FOR_ROWS. A vocabulary with
 * products of pairs in hardware defines V_PAIR (the type of a vector of words), V_PAIR_LOAD,
 * V_PAIR_SET1 and V_PAIR_DOT(a, b, c); for the others they are made of V_EVEN and V_ODD, the
 * channels of a vector of words as binary32, and two multiply-adds.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cpu/blocks.h"
#include "cpu/pairs.h"

#if !defined(V_PAIR)
typedef struct channel_pair {
    V even, odd;
} channel_pair;
#define V_PAIR channel_pair
ALWAYS_INLINE V_PAIR V_PAIR_LOAD(const void *words) {
    const V both = V_LOAD(words);
    return (V_PAIR){V_EVEN(both), V_ODD(both)};
}
ALWAYS_INLINE V_PAIR V_PAIR_SET1(const void *word) {
    float both;
    memcpy(&both, word, sizeof both);
    const V all = V_SET1(both);
    return (V_PAIR){V_EVEN(all), V_ODD(all)};
}
ALWAYS_INLINE V V_PAIR_DOT(V_PAIR a, V_PAIR b, V c) {
    return V_FMA(a.even, b.even, V_FMA(a.odd, b.odd, c));
}
#endif

#define DEFINE_PAIR_BLOCK(type, rows, vectors)                                                     \
    static void gemm_##type##_##rows##x##vectors(const nova_pair_args *args) {                     \
        V sum[rows][vectors];                                                                      \
        EACH_SUM(rows, vectors, sum[i][v] = V_SET1(0.0f))                                          \
        const ptrdiff_t a_row = args->a_row;                                                       \
        const int length = args->length;                                                           \
        for (int q = 0; q < args->segment_count; q++) {                                            \
            const float *a = (const float *)args->a + args->a_segments[q];                         \
            const float *b = (const float *)args->b + args->b_segments[q];                         \
            for (int e = 0; e < length; e++, b += (vectors)*VL) {                                  \
                V_PAIR f[vectors];                                                                 \
                for (int v = 0; v < (vectors); v++) {                                              \
                    f[v] = V_PAIR_LOAD(b + v * VL);                                                \
                    prefetch(b, (size_t)((v + PREFETCH_VECTORS) * VL) * sizeof *b);                \
                }                                                                                  \
                EACH_SUM(rows, vectors,                                                            \
                         sum[i][v] = V_PAIR_DOT(V_PAIR_SET1(a + i * a_row + e), f[v], sum[i][v]))  \
            }                                                                                      \
        }                                                                                          \
        float *c = args->c;                                                                        \
        const ptrdiff_t c_vector = args->c_vector;                                                 \
        if (args->accumulate)                                                                      \
            EACH_SUM(rows, vectors,                                                                \
                     sum[i][v] = V_ADD(V_LOAD(c + v * c_vector + i * VL), sum[i][v]))              \
        EACH_SUM(rows, vectors, V_STORE(c + v * c_vector + i * VL, sum[i][v]))                     \
    }
FOR_ROWS(DEFINE_PAIR_BLOCK, pairs, 1)
FOR_ROWS(DEFINE_PAIR_BLOCK, pairs, 2)

#define PAIR_ENTRY(type, rows, vectors) gemm_##type##_##rows##x##vectors,
static void gemm_pairs(int rows, int vectors, const nova_pair_args *args) {
    static void (*const blocks[GEMM_VECTORS][GEMM_ROWS])(const nova_pair_args *) = {
        {FOR_ROWS(PAIR_ENTRY, pairs, 1)}, {FOR_ROWS(PAIR_ENTRY, pairs, 2)}};
    blocks[vectors - 1][rows - 1](args);
}

static void split_vectors(const float *in, ptrdiff_t in_stride, void *out, ptrdiff_t out_stride,
                          ptrdiff_t out_part, int parts, int count, int pad) {
    for (int i = 0; i < count; i++, in += in_stride) {
        V rest = V_LOAD(in);
        for (int q = 0; q < parts; q++) {
            float *words = (float *)out + i * out_stride + q * out_part;
            uint16_t *channels = (uint16_t *)(void *)words;
            V_STORE_BF16(channels, rest);
            if (q + 1 < parts)
                rest = V_SUB(rest, V_ROUND_BF16(rest));
            if (pad)
                memset(words + VL / 2, 0, VL / 2 * sizeof *words);
        }
    }
}

/* `parts` is a constant where this is inlined. */
ALWAYS_INLINE void pack_group(V even, V odd, float *words, ptrdiff_t part, int parts) {
    for (int q = 0; q < parts; q++) {
        uint16_t *channels = (uint16_t *)(void *)(words + q * part);
        V_STORE_BF16(channels, even);
        V_STORE_BF16(channels + VL, odd);
        if (q + 1 < parts) {
            even = V_SUB(even, V_ROUND_BF16(even));
            odd = V_SUB(odd, V_ROUND_BF16(odd));
        }
    }
}

#define DEFINE_PACK(name, element, LOAD)                                                           \
    ALWAYS_INLINE void pack_pixels_##name(const element *image, int64_t channels, int pixels,      \
                                          int parts, float *words, ptrdiff_t pixel,                \
                                          ptrdiff_t group, ptrdiff_t part) {                       \
        const int whole = (int)(channels / (2 * VL)), rest = (int)(channels % (2 * VL));           \
        for (int j = 0; j < pixels; j++, image += channels, words += pixel) {                      \
            for (int g = 0; g < whole; g++) {                                                      \
                const element *from = image + g * 2 * VL;                                          \
                pack_group(LOAD(from), LOAD(from + VL), words + g * group, part, parts);           \
            }                                                                                      \
            if (rest > 0) {                                                                        \
                element last[2 * VL] = {0};                                                        \
                memcpy(last, image + whole * 2 * VL, (size_t)rest * sizeof *last);                 \
                pack_group(LOAD(last), LOAD(last + VL), words + whole * group, part, parts);       \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    static void pack_##name(const void *image, int64_t channels, int pixels, int parts,            \
                            void *words, ptrdiff_t pixel, ptrdiff_t group, ptrdiff_t part) {       \
        if (parts == 1)                                                                            \
            pack_pixels_##name(image, channels, pixels, 1, words, pixel, group, part);             \
        else if (parts == 2)                                                                       \
            pack_pixels_##name(image, channels, pixels, 2, words, pixel, group, part);             \
        else                                                                                       \
            pack_pixels_##name(image, channels, pixels, 3, words, pixel, group, part);             \
    }
DEFINE_PACK(f32, float, V_LOAD)
DEFINE_PACK(f16, uint16_t, V_LOAD_F16)
DEFINE_PACK(bf16, uint16_t, V_LOAD_BF16)
