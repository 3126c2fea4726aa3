/*
 * transforms.c - the matrices that transform a tile, from those of its two dimensions.
 *
 * An entry is a product of one entry for the height and one for the width, and of powers of two:
 * the tap scaling, and for the output what M is multiplied by. Where all entries have few enough
 * bits they are exact in 16 bits; else a second part holds what rounding left.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/transforms.h"

#include <math.h>
#include <string.h>

#include "numerics/half.h"

enum { F16_BITS = 11, BF16_BITS = 8, DOUBLE_BITS = 53, F16_TOP = 14 };

/* Bits from the first to the last that is set, the most of all entries. */
static int significant_bits(const double *matrix, int count) {
    int most = 0;
    for (int i = 0; i < count; i++) {
        int exponent;
        uint64_t digits = (uint64_t)ldexp(fabs(frexp(matrix[i], &exponent)), DOUBLE_BITS);
        int bits = digits ? DOUBLE_BITS : 0;
        for (; digits && digits % 2 == 0; digits /= 2)
            bits--;
        most = bits > most ? bits : most;
    }
    return most;
}

static int parts_of(const double *h, int h_count, const double *w, int w_count, nova_dtype type) {
    const int bits = significant_bits(h, h_count) + significant_bits(w, w_count);
    return bits <= (type == NOVA_F16 ? F16_BITS : BF16_BITS) ? 1 : 2;
}

nova_dtype nova_gpu_output_type(nova_dtype tensors, nova_dtype m_type) {
    return m_type == NOVA_F32 ? NOVA_BF16 : tensors;
}

void nova_gpu_matrices_init(nova_gpu_matrix *input, nova_gpu_matrix *output,
                            const nova_transform *h, const nova_transform *w, nova_dtype tensors,
                            nova_dtype m_type) {
    *input = (nova_gpu_matrix){
        .rows = h->products * w->products,
        .columns = h->inputs * w->inputs,
        .parts = parts_of(h->BT, h->products * h->inputs, w->BT, w->products * w->inputs, tensors)};
    *output =
        (nova_gpu_matrix){.rows = h->m * w->m,
                          .columns = h->products * w->products,
                          .parts = parts_of(h->AT, h->m * h->products, w->AT, w->m * w->products,
                                            nova_gpu_output_type(tensors, m_type))};
}

void nova_gpu_input_entries(const nova_transform *h, const nova_transform *w,
                            const int *exponents_h, const int *exponents_w, double *entries) {
    for (int i = 0; i < h->products; i++)
        for (int j = 0; j < w->products; j++)
            for (int k = 0; k < h->inputs; k++)
                for (int l = 0; l < w->inputs; l++)
                    *entries++ = ldexp(h->BT[i * h->inputs + k] * w->BT[j * w->inputs + l],
                                       exponents_h[i] + exponents_w[j]);
}

float nova_gpu_output_entries(const nova_transform *h, const nova_transform *w,
                              const float *m_scale, double *entries) {
    const int columns = h->products * w->products, count = h->m * w->m * columns;
    double largest = 0;
    for (int i = 0; i < count; i++) {
        const int row = i / columns, column = i % columns;
        const double entry = h->AT[row / w->m * h->products + column / w->products] *
                             w->AT[row % w->m * w->products + column % w->products] *
                             (m_scale ? (double)m_scale[column] : 1.0);
        entries[i] = entry;
        largest = fmax(largest, fabs(entry));
    }
    int exponent;
    frexp(largest, &exponent);
    for (int i = 0; i < count; i++)
        entries[i] = ldexp(entries[i], F16_TOP - exponent);
    return (float)ldexp(1.0, exponent - F16_TOP);
}

void nova_gpu_matrix_fill(const nova_gpu_matrix *matrix, nova_dtype type, const double *entries,
                          uint16_t *to) {
    const int row_blocks = nova_gpu_sides(matrix->rows);
    const int column_blocks = nova_gpu_sides(matrix->columns);
    memset(to, 0, nova_gpu_matrix_elements(matrix) * sizeof *to);
    for (int block = 0; block < row_blocks * column_blocks; block++)
        for (int i = 0; i < NOVA_GPU_BLOCK_ELEMENTS; i++) {
            const int row_block = block / column_blocks, column_block = block % column_blocks;
            const int row = row_block * NOVA_GPU_SIDE + nova_gpu_matrix_row(i / 8, i % 8);
            const int column = column_block * NOVA_GPU_SIDE + nova_gpu_matrix_column(i / 8, i % 8);
            if (row >= matrix->rows || column >= matrix->columns)
                continue;
            double rest = entries[row * matrix->columns + column];
            for (int part = 0; part < matrix->parts; part++) {
                const float rounded = nova_round_double_to(type, rest);
                const int at = (row_block * matrix->parts + part) * column_blocks + column_block;
                to[at * NOVA_GPU_BLOCK_ELEMENTS + i] =
                    type == NOVA_F16 ? nova_f16_from_float(rounded) : nova_bf16_from_float(rounded);
                rest -= (double)rounded;
            }
        }
}
