/*
 * pairs.h - products of pairs of bfloat16 numbers: the part of a kernel record that serves the
 * arithmetics whose U and V are stored as one, two or three bfloat16 parts.
 *
 * The unit of storage is a word of 32 bits, two neighbouring channels in bfloat16, the even one in
 * the lower half. A pair group is 2 * lanes channels, `lanes` words: for 16 lanes a row of 64
 * bytes, which is a row of a matrix unit's tile as well as something to broadcast words from.
 *
 * One product step is c += a0 b0 + a1 b1 per lane with products that are exact in binary32. Vector
 * units add the odd channel's product first, then the even one's, each addition rounded to nearest
 * even. A matrix unit sums the 16 even and the 16 odd ones of a pair group apart, from zero, and
 * adds both to c. Hardware takes denormals for zero.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CPU_PAIRS_H
#define NOVA_CPU_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "cpu/rows.h"

/** Operands of the product of a block of rows with a panel of packed filters, in words. */
typedef struct nova_pair_args {
    const void *a; /**< word (row, segment q, e): a[row * a_row + a_segments[q] + e] */
    ptrdiff_t a_row;
    const void *b; /**< word (segment q, e, channel k): b[b_segments[q] + e * vectors * lanes + k];
                      a matrix unit's: [.. + k / lanes * lanes * lanes + e * lanes + k % lanes] */
    const ptrdiff_t *a_segments, *b_segments;
    int segment_count;
    int length; /**< words per segment, at most a pair group */
    int groups; /**< a matrix unit goes through all segments this often, a_group and b_group words
                     further on each time; other kernels once */
    ptrdiff_t a_group, b_group;
    float *c; /**< vector v of row i: c[v * c_vector + i * c_row]; c_row is `lanes` unless the
                 kernel is a matrix unit's */
    ptrdiff_t c_vector, c_row;
    int accumulate; /**< add to c instead of writing it */
    /** Filters that are read later: of the `lanes` words each that a segment of b consists of,
       those from number ahead_first to ahead_last are asked for `ahead` words further on (a hint)
     */
    ptrdiff_t ahead;
    int ahead_first, ahead_last;
    int ahead_soon; /**< they are read so soon that they are fetched into the first-level cache */
    /** The same of a: rows from number a_ahead_first to a_ahead_last of every segment are asked for
        a_ahead words further on. Both are of a matrix unit only, as is the next. */
    ptrdiff_t a_ahead;
    int a_ahead_first, a_ahead_last;
    int c_far; /**< c is in no near cache: it is asked for while the sums are computed */
} nova_pair_args;

/** c (+)= a b for `rows` rows (1..max_rows; of a single vector 1..single_rows) and `vectors`
   vectors (1..panel_vectors). */
typedef void (*nova_pair_gemm_fn)(int rows, int vectors, const nova_pair_args *args);

/**
 * Splits `count` vectors of binary32 into `parts` bfloat16 parts (nova_split_bf16()), half a pair
 * group each: part q of vector i goes to the first lanes / 2 words at out + i * out_stride +
 * q * out_part. `pad`: the lanes / 2 words after them become zero. Strides count words.
 */
typedef void (*nova_split_fn)(const float *in, ptrdiff_t in_stride, void *out, ptrdiff_t out_stride,
                              ptrdiff_t out_part, int parts, int count, int pad);

/**
 * Splits `pixels` pixels of a channel-last image into `parts` parts, all channels: word e of part q
 * of pair group g of pixel j goes to words[j * pixel + g * group + q * part + e] (strides count
 * words). What the last group lacks of channels is zero.
 */
typedef void (*nova_pack_fn)(const void *image, int64_t channels, int pixels, int parts,
                             void *words, ptrdiff_t pixel, ptrdiff_t group, ptrdiff_t part);

typedef struct nova_pair_kernels {
    double rate;      /**< words times vectors that are multiplied in the time of two vector
                           multiply-adds; 0: not in hardware */
    int max_rows;     /**< rows of the register block */
    int single_rows;  /**< of that with a single vector; not fewer */
    int row_multiple; /**< a and c must have room for whole multiples of these; what the rows beyond
                           `rows` hold does not matter, and is written over in c */
    int unit; /**< channels that a matrix unit sums by itself: segments are computed in whole pair
                   groups, pair group by pair group, into one running sum. 0: segments may end
                   anywhere, and a chunk is summed part by part, smallest products first */
    nova_pair_gemm_fn gemm;
    const nova_row_kernel *rows; /**< of words of one part, by index of the output codelet; null:
                                      there are none */
    /** Around all calls of gemm that a thread makes on end; null: nothing to do. */
    void (*enter)(void), (*leave)(void);
} nova_pair_kernels;

#endif
