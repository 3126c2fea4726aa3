/*
 * pairs_avx512bf16.c - products of pairs by vdpbf16ps, and parts by vcvtneps2bf16, which takes
 * denormals for zero.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cpu/kernels.h"
#include "transforms/generated/codelet_list.h"
#include "vec_avx512.h"

#define V_PAIR __m512bh
#define V_PAIR_LOAD(words) ((__m512bh)_mm512_loadu_si512(words))
#define V_PAIR_SET1(word) ((__m512bh)_mm512_set1_epi32(load_word(word)))
#define V_PAIR_DOT(a, b, c) _mm512_dpbf16_ps(c, a, b)
#define FOR_ROWS FOR_ROWS_14

static inline int load_word(const void *word) {
    int value;
    __builtin_memcpy(&value, word, sizeof value);
    return value;
}

static inline void store_bf16(uint16_t *p, V v) {
    _mm256_storeu_si256((__m256i *)p, (__m256i)_mm512_cvtneps_pbh(v));
}
#define V_STORE_BF16 store_bf16

static inline V round_bf16(V v) {
    const __m512i wide = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(v));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}
#define V_ROUND_BF16 round_bf16

static inline void stream_bf16(uint16_t *p, V v) {
    _mm256_stream_si256((__m256i *)p, (__m256i)_mm512_cvtneps_pbh(v));
}
#define V_STREAM_BF16 stream_bf16

#include "cpu/pairs_template.h"

#define NOVA_CODELET_ATTR __attribute__((always_inline))
#define NOVA_CODELET(name) codelet_##name
#define V_COEF float
#define V_COEF_GET(coefs, k) V_SET1((coefs)[k])
#include "transforms/generated/codelets.h"

#define ROW_ELEMENT V_PAIR
#define ROW_LOAD(words) V_PAIR_LOAD(words)
#define ROW_SET1(word) V_PAIR_SET1(word)
#define ROW_FMA(a, b, c) V_PAIR_DOT(a, b, c)
#include "cpu/rows_template.h"

const nova_split_fn nova_split_avx512bf16 = split_vectors;
const nova_pack_fn nova_pack_avx512bf16[NOVA_DTYPES] = {pack_f32, pack_f16, pack_bf16};

/* Of AMD's processors; the one of Intel's that was seen takes four times as long, but has a matrix
   unit beside it. */
const nova_pair_kernels nova_pairs_avx512bf16 = {.rate = 2.0,
                                                 .max_rows = GEMM_ROWS,
                                                 .single_rows = GEMM_ROWS,
                                                 .row_multiple = 1,
                                                 .gemm = gemm_pairs,
                                                 .rows = row_kernels};
