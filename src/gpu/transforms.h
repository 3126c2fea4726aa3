/*
 * transforms.h - the matrices that transform a tile, made on the host.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_TRANSFORMS_H
#define NOVA_GPU_TRANSFORMS_H

#include "gpu/fragments.h"
#include "nova_winograd.h"
#include "transforms/transform.h"

/** The type that M's matrix is stored in: bfloat16 if M is binary32, which is then multiplied in
    two parts of bfloat16, whose range is that of binary32. */
nova_dtype nova_gpu_output_type(nova_dtype tensors, nova_dtype m_type);

/** Sizes and parts of a tile's two matrices; `at` is left 0. */
void nova_gpu_matrices_init(nova_gpu_matrix *input, nova_gpu_matrix *output,
                            const nova_transform *h, const nova_transform *w, nova_dtype tensors,
                            nova_dtype m_type);

/** Entries [position][input] of the input's matrix: row (i, j) times 2^(exponents_h[i] +
    exponents_w[j]), the tap scaling. */
void nova_gpu_input_entries(const nova_transform *h, const nova_transform *w,
                            const int *exponents_h, const int *exponents_w, double *entries);

/** Entries [output][position] of the output's matrix: column (i, j) times m_scale (null: 1), all of
    them times a power of two that uses the range of binary16. Returns its inverse, which the sums
    are to be multiplied by. */
float nova_gpu_output_entries(const nova_transform *h, const nova_transform *w,
                              const float *m_scale, double *entries);

/** The matrix in fragments; `to` has nova_gpu_matrix_elements(). */
void nova_gpu_matrix_fill(const nova_gpu_matrix *matrix, nova_dtype type, const double *entries,
                          uint16_t *to);

#endif
