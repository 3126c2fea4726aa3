/*
 * vec_avx2.h - the vector vocabulary for AVX2 with FMA and F16C: eight lanes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_VEC_AVX2_H
#define NOVA_VEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

enum { VL = 8 };
enum { GEMM_ROWS = 6, GEMM_VECTORS = 2, V_FUSED = 1 };

typedef __m256 V;

#define V_LOAD(p) _mm256_loadu_ps(p)
#define V_STORE(p, v) _mm256_storeu_ps(p, v)
#define V_SET1(f) _mm256_set1_ps(f)
#define V_ADD(a, b) _mm256_add_ps(a, b)
#define V_SUB(a, b) _mm256_sub_ps(a, b)
#define V_MUL(a, b) _mm256_mul_ps(a, b)
#define V_DIV(a, b) _mm256_div_ps(a, b)
#define V_FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define V_FNMA(a, b, c) _mm256_fnmadd_ps(a, b, c)

static inline __m256i nova_part_mask(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline V V_LOAD_PART(const float *p, int count) {
    return _mm256_maskload_ps(p, nova_part_mask(count));
}
static inline void V_STORE_PART(float *p, V v, int count) {
    _mm256_maskstore_ps(p, nova_part_mask(count), v);
}
/* Loaded once, into a register: compilers like to load it again for each of a few uses. */
#define V_KEEP(v) __asm__("" : "+x"(v))
/* The larger one; v where it is NaN. */
#define V_MAX(least, v) _mm256_max_ps(least, v)
static inline V V_LOAD_F16(const uint16_t *p) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}
static inline void V_STORE_F16(uint16_t *p, V v) {
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
/* Past the cache, to a multiple of what is written. */
#define V_STREAM(p, v) _mm256_stream_ps(p, v)
#define V_FENCE() _mm_sfence()
static inline void V_STREAM_F16(uint16_t *p, V v) {
    _mm_stream_si128((__m128i *)p, _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
static inline V V_ROUND_F16(V v) {
    return _mm256_cvtph_ps(_mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
static inline V V_LOAD_BF16(const uint16_t *p) {
    __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}
/* Round to nearest even on the bit pattern; NaN keeps its sign and becomes quiet. */
static inline __m256i nova_bf16_bits(V v) {
    __m256i bits = _mm256_castps_si256(v);
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    __m256i up = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    __m256 is_nan = _mm256_cmp_ps(v, v, _CMP_UNORD_Q);
    return _mm256_srli_epi32(_mm256_blendv_epi8(up, quiet, _mm256_castps_si256(is_nan)), 16);
}
static inline __m128i nova_to_bf16(V v) {
    __m256i half = nova_bf16_bits(v);
    half = _mm256_packus_epi32(half, half);
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(half, 0x8));
}
static inline void V_STORE_BF16(uint16_t *p, V v) {
    _mm_storeu_si128((__m128i *)p, nova_to_bf16(v));
}
static inline void V_STREAM_BF16(uint16_t *p, V v) {
    _mm_stream_si128((__m128i *)p, nova_to_bf16(v));
}
static inline V V_ROUND_BF16(V v) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(nova_bf16_bits(v), 16));
}
/* The bfloat16 numbers in the lower and the upper halves of words. */
static inline V V_EVEN(V words) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(words), 16));
}
static inline V V_ODD(V words) {
    return _mm256_castsi256_ps(
        _mm256_and_si256(_mm256_castps_si256(words), _mm256_set1_epi32((int)0xffff0000)));
}
/* The integer nearest to v, and 2 to that power, for |v| < 127. */
static inline V V_NEAREST(V v) {
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
static inline V V_POWER2(V v) {
    __m256i e = _mm256_add_epi32(_mm256_cvtps_epi32(v), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(e, 23));
}
/* Clamps to [low, high]; NaN stays NaN. */
static inline V V_CLAMP(V v, float low, float high) {
    return _mm256_min_ps(_mm256_set1_ps(high), _mm256_max_ps(_mm256_set1_ps(low), v));
}

static inline void V_TRANSPOSE(V *v) {
    __m256 a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
        a[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; j++) {
            b[i + 2 * j] = _mm256_shuffle_ps(a[i + j], a[i + j + 2], 0x44);
            b[i + 2 * j + 1] = _mm256_shuffle_ps(a[i + j], a[i + j + 2], 0xee);
        }
    for (int i = 0; i < 4; i++) {
        v[i] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x20);
        v[i + 4] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x31);
    }
}

#endif
