/*
 * shape.h - the convolution that engines compute.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_SHAPE_H
#define NOVA_SHAPE_H

#include "nova_winograd.h"

/** A checked descriptor's sizes; stride, dilation and groups are 1. */
typedef struct nova_shape {
    int64_t n, c, h, w, k, r, s;
    int64_t pad_top, pad_left;
    int64_t out_h, out_w;
    nova_dtype dtype;
    nova_layout layout;
    nova_activation activation;
} nova_shape;

#endif
