/*
 * blocks.h - what the templates of product kernels share: a kernel per shape of the register block.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CPU_BLOCKS_H
#define NOVA_CPU_BLOCKS_H

#include <stddef.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Packed filters are streamed from far away, so they are asked for PREFETCH_VECTORS ahead. */
enum { PREFETCH_VECTORS = 128 };

ALWAYS_INLINE void prefetch(const void *p, size_t offset) {
    __builtin_prefetch((const char *)p + offset);
}

/* Unrolled wherever sums are touched: an array that a loop walks through would live in memory. */
#define EACH_SUM(rows, vectors, statement)                                                         \
    _Pragma("GCC unroll 16") for (int i = 0; i < (rows); i++) {                                    \
        _Pragma("GCC unroll 4") for (int v = 0; v < (vectors); v++) {                              \
            statement;                                                                             \
        }                                                                                          \
    }

#define FOR_ROWS_4(X, type, vectors)                                                               \
    X(type, 1, vectors) X(type, 2, vectors) X(type, 3, vectors) X(type, 4, vectors)
#define FOR_ROWS_6(X, type, vectors)                                                               \
    FOR_ROWS_4(X, type, vectors) X(type, 5, vectors) X(type, 6, vectors)
#define FOR_ROWS_10(X, type, vectors)                                                              \
    FOR_ROWS_6(X, type, vectors)                                                                   \
    X(type, 7, vectors) X(type, 8, vectors) X(type, 9, vectors) X(type, 10, vectors)
#define FOR_ROWS_14(X, type, vectors)                                                              \
    FOR_ROWS_10(X, type, vectors)                                                                  \
    X(type, 11, vectors) X(type, 12, vectors) X(type, 13, vectors) X(type, 14, vectors)

#endif
