/*
 * linear.h - the one bit of linear algebra that the rooms' small matrices need.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_LINEAR_H
#define NOVA_LINEAR_H

/** sum_i a[i stride] b[i stride], i < count: of two rows (stride 1) or two columns. */
static inline double nova_dot(const double *a, const double *b, int count, int stride) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += a[i * stride] * b[i * stride];
    return sum;
}

#endif
