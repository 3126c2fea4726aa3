/*
 * export.h - a transform as source text for other programs.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EXPORT_H
#define NOVA_EXPORT_H

#include <stdio.h>

#include "transforms/transform.h"

typedef enum nova_export_format {
    NOVA_EXPORT_C = 0,     /* header with static arrays of double and float, C11 and C++ */
    NOVA_EXPORT_JSON = 1,  /* one document, which nova_set_load() reads */
    NOVA_EXPORT_NUMPY = 2, /* Python: exact fractions and float64 arrays */
    NOVA_EXPORT_LATEX = 3, /* three pmatrix displays */
    NOVA_EXPORT_MIOPEN = 4 /* assembler macros for MIOpen's multipass kernels (docs/miopen.md) */
} nova_export_format;

/**
 * Writes the transform. Exact entries are written as rationals where the format can hold them,
 * irrational ones with 17 digits. Numbers have a decimal point whatever the process's locale.
 *
 * The JSON document has the keys m, r, set, points, provenance, products, exact,
 * kappa_vandermonde (null where it does not apply), alpha2, saving (direct products over Winograd
 * products of the square tile, (m r / N)^2), and AT, G, BT as arrays of rows of strings.
 *
 * Errors: NOVA_INVALID_ARGUMENT for an unknown format, NOVA_NOT_ELIGIBLE if NOVA_EXPORT_MIOPEN has
 * no codelet to start from, NOVA_OUT_OF_MEMORY, NOVA_IO if the stream refuses the text.
 */
nova_status nova_export(FILE *stream, const nova_transform *transform, nova_export_format format);

#endif
