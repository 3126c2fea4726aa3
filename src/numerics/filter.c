/*
 * filter.c - transformed filters in double.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "numerics/numerics.h"
#include "runtime/runtime.h"

enum { BLOCK = 64 }; /* filters transformed side by side, so that their taps stay in cache */

/* out[count] = sum_t row[t] in[t * step][count]: one product of all filters of a block. */
static void combine(const double *row, int taps, const double *in, size_t step, int count,
                    double *out) {
    for (int f = 0; f < count; f++)
        out[f] = row[0] * in[f];
    for (int t = 1; t < taps; t++)
        for (int f = 0; f < count; f++)
            out[f] += row[t] * in[(size_t)t * step + (size_t)f];
}

/* The rows of G, times the power of two of each. */
static void scaled_rows(const nova_transform *transform, const nova_scaling *scaling, double scale,
                        double rows[][NOVA_MAX_TAPS]) {
    for (int i = 0; i < transform->products; i++)
        for (int t = 0; t < transform->r; t++)
            rows[i][t] = scale * ldexp(transform->G[i * transform->r + t], scaling->filter[i]);
}

void nova_transform_filters(const nova_transform *h, const nova_transform *w,
                            const nova_scaling *scaling_h, const nova_scaling *scaling_w,
                            double scale, const double *filters, int count, double *u) {
    double rows_h[NOVA_MAX_PRODUCTS][NOVA_MAX_TAPS], rows_w[NOVA_MAX_PRODUCTS][NOVA_MAX_TAPS];
    double half[NOVA_MAX_TAPS][BLOCK];
    const size_t step = (size_t)count;
    scaled_rows(h, scaling_h, scale, rows_h);
    scaled_rows(w, scaling_w, 1, rows_w);
    for (int first = 0; first < count; first += BLOCK) {
        const int width = NOVA_MIN(BLOCK, count - first);
        for (int i = 0; i < h->products; i++) {
            for (int v = 0; v < w->r; v++)
                combine(rows_h[i], h->r, filters + (size_t)v * step + first, (size_t)w->r * step,
                        width, half[v]);
            for (int j = 0; j < w->products; j++)
                combine(rows_w[j], w->r, half[0], BLOCK, width,
                        u + (size_t)(i * w->products + j) * step + first);
        }
    }
}
