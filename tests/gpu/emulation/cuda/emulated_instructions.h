/*
 * emulated_instructions.h - the instructions of src/cuda/instructions.h on the CPU: operands where
 * PTX's documentation says each lane has them, and this model of the matrix unit's arithmetic:
 * products are exact, a sum of 16 of them and what was there is made in binary64 and rounded to
 * binary32 once. (Devices add in binary32 or narrower, in an order that is not documented.)
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EMULATED_INSTRUCTIONS_H
#define NOVA_EMULATED_INSTRUCTIONS_H

#include "cuda_bf16.h"
#include "cuda_fp16.h"

/* ---- shared memory by numbers of 32 bits: the distance from its begin */

inline uint32_t shared_address(const void *pointer) {
    return (uint32_t)((const char *)pointer - dynamic);
}
inline char *emulated_pointer(uint32_t address) {
    return dynamic + (int32_t)address;
}

/* ---- copies */

inline void copy_piece(void *to, const void *from, bool valid) {
    emulated::copy_later(to, valid ? from : nullptr);
}
inline void commit_pieces() {
    emulated::commit_copies();
}
template <int GROUPS> void wait_for_groups() {
    emulated::wait_for_copies(GROUPS);
}
inline void wait_for_pieces() {
    emulated::wait_for_copies(0);
    emulated::meet_wave();
}
inline void store_words(void *to, const uint32_t (&words)[4]) {
    memcpy(__builtin_assume_aligned(to, 16), words, sizeof words);
}

inline uint32_t pack_positive(__half, float low, float high) {
    const __half2 pair = __floats2half2_rn(low < 0 ? 0.0f : low, high < 0 ? 0.0f : high);
    return (uint32_t)pair.y.bits << 16 | pair.x.bits;
}
inline uint32_t pack_positive(__nv_bfloat16, float low, float high) {
    const __nv_bfloat162 pair = __floats2bfloat162_rn(low < 0 ? 0.0f : low, high < 0 ? 0.0f : high);
    return (uint32_t)pair.y.bits << 16 | pair.x.bits;
}

/* ---- barriers */

inline void meet_threads(int barrier, int threads) {
    emulated::meet((unsigned)barrier, (unsigned)threads);
}

/* ---- fragments: lane 8 i + j points to row j of matrix i, which is 8 x 8 */

struct emulated_load {
    uint32_t *to;
    uint32_t from;
};
inline uint16_t emulated_element(void *const *lanes, int matrix, int row, int column) {
    uint16_t element;
    const emulated_load *lane = (const emulated_load *)lanes[8 * matrix + row];
    memcpy(&element, emulated_pointer(lane->from) + 2 * column, sizeof element);
    return element;
}
template <bool TRANSPOSED> void emulated_load_matrices(void *const *lanes, unsigned) {
    for (int lane = 0; lane < 32; lane++)
        for (int matrix = 0; matrix < 4; matrix++) {
            const int row = lane / 4, column = lane % 4 * 2;
            const uint32_t low = TRANSPOSED ? emulated_element(lanes, matrix, column, row)
                                            : emulated_element(lanes, matrix, row, column);
            const uint32_t high = TRANSPOSED ? emulated_element(lanes, matrix, column + 1, row)
                                             : emulated_element(lanes, matrix, row, column + 1);
            ((const emulated_load *)lanes[lane])->to[matrix] = low | high << 16;
        }
}
inline void load_matrices(uint32_t *to, uint32_t from) {
    emulated_load own = {to, from};
    emulated::together(emulated_load_matrices<false>, &own);
}
inline void load_matrices_transposed(uint32_t *to, uint32_t from) {
    emulated_load own = {to, from};
    emulated::together(emulated_load_matrices<true>, &own);
}

/* ---- products: 16 x 16 times 16 x 8 */

struct emulated_product {
    float *sums;
    const uint32_t *a, *b;
};
inline float to_emulated_float(__half v) {
    return __half2float(v);
}
inline float to_emulated_float(__nv_bfloat16 v) {
    return __bfloat162float(v);
}
/* All values of a type, by their bits. */
template <typename T> const float *emulated_values() {
    enum { COUNT = 1 << 16 };
    static const float *const values = [] {
        static float made[COUNT];
        for (unsigned bits = 0; bits < COUNT; bits++)
            made[bits] = to_emulated_float(T{(uint16_t)bits});
        return made;
    }();
    return values;
}
template <typename T> void emulated_multiply(void *const *lanes, unsigned) {
    enum { ROWS = 16, COLUMNS = 8, DEPTH = 16 };
    const float *values = emulated_values<T>();
    double a[ROWS][DEPTH], b[DEPTH][COLUMNS], sums[ROWS][COLUMNS];
    for (int lane = 0; lane < 32; lane++) {
        const emulated_product *own = (const emulated_product *)lanes[lane];
        const int group = lane / 4, pair = lane % 4 * 2;
        for (int e = 0; e < 2; e++) {
            for (int word = 0; word < 4; word++)
                a[group + word % 2 * 8][pair + e + word / 2 * 8] =
                    values[own->a[word] >> 16 * e & 0xffff];
            for (int word = 0; word < 2; word++)
                b[pair + e + word * 8][group] = values[own->b[word] >> 16 * e & 0xffff];
        }
        for (int e = 0; e < 4; e++)
            sums[group + e / 2 * 8][pair + e % 2] = own->sums[e];
    }
    emulated::multiply_add(ROWS, DEPTH, COLUMNS, a[0], b[0], sums[0]);
    for (int lane = 0; lane < 32; lane++)
        for (int e = 0; e < 4; e++)
            ((const emulated_product *)lanes[lane])->sums[e] =
                (float)sums[lane / 4 + e / 2 * 8][lane % 4 * 2 + e % 2];
}
inline void multiply(__half, float *sums, const uint32_t *a, const uint32_t *b) {
    emulated_product own = {sums, a, b};
    emulated::together(emulated_multiply<__half>, &own);
}
inline void multiply(__nv_bfloat16, float *sums, const uint32_t *a, const uint32_t *b) {
    emulated_product own = {sums, a, b};
    emulated::together(emulated_multiply<__nv_bfloat16>, &own);
}

#endif
