/*
 * filter.c - transformed filters in double.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "numerics/numerics.h"

/* G w of one dimension for the filter's rows: half[products][s] from filter[r][s]. */
static void transform_columns(const nova_transform *h, const double *filter, int s, double *half) {
    for (int i = 0; i < h->products; i++)
        for (int v = 0; v < s; v++) {
            double sum = 0;
            for (int u = 0; u < h->r; u++)
                sum += h->G[i * h->r + u] * filter[u * s + v];
            half[i * s + v] = sum;
        }
}

void nova_transform_filter(const nova_transform *h, const nova_transform *w,
                           const nova_scaling *scaling_h, const nova_scaling *scaling_w,
                           double scale, const double *filter, double *u) {
    const int s = w->r;
    double half[NOVA_MAX_PRODUCTS * NOVA_MAX_TAPS];
    transform_columns(h, filter, s, half);
    for (int i = 0; i < h->products; i++)
        for (int j = 0; j < w->products; j++) {
            double sum = 0;
            for (int v = 0; v < s; v++)
                sum += half[i * s + v] * w->G[j * s + v];
            u[i * w->products + j] =
                scale * ldexp(sum, scaling_h->filter[i] + scaling_w->filter[j]);
        }
}
