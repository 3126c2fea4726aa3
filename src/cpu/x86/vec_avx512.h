/*
 * vec_avx512.h - the vector vocabulary for AVX-512 (F, BW, DQ, VL): sixteen lanes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_VEC_AVX512_H
#define NOVA_VEC_AVX512_H

#include <immintrin.h>
#include <stdint.h>

enum { VL = 16 };
enum { GEMM_ROWS = 14, GEMM_VECTORS = 2, V_FUSED = 1 };

typedef __m512 V;

#define V_LOAD(p) _mm512_loadu_ps(p)
#define V_STORE(p, v) _mm512_storeu_ps(p, v)
#define V_SET1(f) _mm512_set1_ps(f)
#define V_ADD(a, b) _mm512_add_ps(a, b)
#define V_SUB(a, b) _mm512_sub_ps(a, b)
#define V_MUL(a, b) _mm512_mul_ps(a, b)
#define V_DIV(a, b) _mm512_div_ps(a, b)
#define V_FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define V_FNMA(a, b, c) _mm512_fnmadd_ps(a, b, c)

static inline __mmask16 nova_part_mask(int count) {
    return (__mmask16)((1u << count) - 1u);
}
static inline V V_LOAD_PART(const float *p, int count) {
    return _mm512_maskz_loadu_ps(nova_part_mask(count), p);
}
static inline void V_STORE_PART(float *p, V v, int count) {
    _mm512_mask_storeu_ps(p, nova_part_mask(count), v);
}
/* Loaded once, into a register: compilers like to load it again for each of a few uses. */
#define V_KEEP(v) __asm__("" : "+v"(v))
/* The larger one; v where it is NaN. */
#define V_MAX(least, v) _mm512_max_ps(least, v)
static inline V V_LOAD_F16(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}
static inline void V_STORE_F16(uint16_t *p, V v) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
/* Past the cache, to a multiple of what is written. */
#define V_STREAM(p, v) _mm512_stream_ps(p, v)
#define V_FENCE() _mm_sfence()
static inline void V_STREAM_F16(uint16_t *p, V v) {
    _mm256_stream_si256((__m256i *)p, _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
static inline V V_ROUND_F16(V v) {
    return _mm512_cvtph_ps(_mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
static inline V V_LOAD_BF16(const uint16_t *p) {
    __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}
/* Round to nearest even on the bit pattern; NaN keeps its sign and becomes quiet. */
static inline __m512i nova_bf16_bits(V v) {
    __m512i bits = _mm512_castps_si512(v);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i up = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    __mmask16 is_nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
    up = _mm512_mask_or_epi32(up, is_nan, bits, _mm512_set1_epi32(0x400000));
    return _mm512_srli_epi32(up, 16);
}
static inline void V_STORE_BF16(uint16_t *p, V v) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16(nova_bf16_bits(v)));
}
static inline void V_STREAM_BF16(uint16_t *p, V v) {
    _mm256_stream_si256((__m256i *)p, _mm512_cvtepi32_epi16(nova_bf16_bits(v)));
}
static inline V V_ROUND_BF16(V v) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(nova_bf16_bits(v), 16));
}
/* Sixteen bits apiece at the edge of an array. */
#define V_PARTS_OF_16 1
static inline V V_LOAD_PART_F16(const uint16_t *p, int count) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(nova_part_mask(count), p));
}
static inline void V_STORE_PART_F16(uint16_t *p, V v, int count) {
    _mm256_mask_storeu_epi16(p, nova_part_mask(count),
                             _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
static inline V V_LOAD_PART_BF16(const uint16_t *p, int count) {
    __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(nova_part_mask(count), p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}
static inline void V_STORE_PART_BF16(uint16_t *p, V v, int count) {
    _mm256_mask_storeu_epi16(p, nova_part_mask(count), _mm512_cvtepi32_epi16(nova_bf16_bits(v)));
}
/* The bfloat16 numbers in the lower and the upper halves of words. */
static inline V V_EVEN(V words) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(words), 16));
}
static inline V V_ODD(V words) {
    return _mm512_castsi512_ps(
        _mm512_and_si512(_mm512_castps_si512(words), _mm512_set1_epi32((int)0xffff0000)));
}
/* The integer nearest to v, and 2 to that power, for |v| < 127. */
static inline V V_NEAREST(V v) {
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
static inline V V_POWER2(V v) {
    __m512i e = _mm512_add_epi32(_mm512_cvtps_epi32(v), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(e, 23));
}
/* Clamps to [low, high]; NaN stays NaN. */
static inline V V_CLAMP(V v, float low, float high) {
    return _mm512_min_ps(_mm512_set1_ps(high), _mm512_max_ps(_mm512_set1_ps(low), v));
}

/* Transposes 4x4 blocks within 128-bit lanes, then the lanes themselves in two steps. */
static inline void V_TRANSPOSE(V *v) {
    __m512 a[16], b[16];
    for (int i = 0; i < 16; i += 2) {
        a[i] = _mm512_unpacklo_ps(v[i], v[i + 1]);
        a[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
    }
    for (int i = 0; i < 16; i += 4)
        for (int j = 0; j < 2; j++) {
            b[i + 2 * j] = _mm512_shuffle_ps(a[i + j], a[i + j + 2], 0x44);
            b[i + 2 * j + 1] = _mm512_shuffle_ps(a[i + j], a[i + j + 2], 0xee);
        }
    for (int i = 0; i < 4; i++) {
        a[i] = _mm512_shuffle_f32x4(b[i], b[i + 4], 0x88);
        a[i + 4] = _mm512_shuffle_f32x4(b[i], b[i + 4], 0xdd);
        a[i + 8] = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0x88);
        a[i + 12] = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0xdd);
    }
    for (int i = 0; i < 4; i++) {
        v[i] = _mm512_shuffle_f32x4(a[i], a[i + 8], 0x88);
        v[i + 8] = _mm512_shuffle_f32x4(a[i], a[i + 8], 0xdd);
        v[i + 4] = _mm512_shuffle_f32x4(a[i + 4], a[i + 12], 0x88);
        v[i + 12] = _mm512_shuffle_f32x4(a[i + 4], a[i + 12], 0xdd);
    }
}

#endif
