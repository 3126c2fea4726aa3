/*
 * measure.c - what can be said of a transform from its matrices alone.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "transforms/transform.h"

const double *nova_transform_matrix(const nova_transform *transform, nova_map map, int *rows,
                                    int *columns) {
    switch (map) {
    case NOVA_MAP_INPUT:
        *rows = transform->products;
        *columns = transform->inputs;
        return transform->BT;
    case NOVA_MAP_FILTER:
        *rows = transform->products;
        *columns = transform->r;
        return transform->G;
    default:
        *rows = transform->m;
        *columns = transform->products;
        return transform->AT;
    }
}

/** Deviation of one (j,k,l) of the bilinear identity, relative to the sum of absolute terms. */
static double deviation(const nova_transform *transform, int j, int k, int l) {
    double sum = l == j + k ? -1 : 0, magnitude = l == j + k;
    for (int i = 0; i < transform->products; i++) {
        double term = transform->AT[j * transform->products + i] *
                      transform->G[i * transform->r + k] * transform->BT[i * transform->inputs + l];
        sum += term;
        magnitude += fabs(term);
    }
    return magnitude > 0 ? fabs(sum) / magnitude : 0;
}

double nova_transform_defect(const nova_transform *transform) {
    double worst = 0;
    for (int j = 0; j < transform->m; j++) {
        for (int k = 0; k < transform->r; k++) {
            for (int l = 0; l < transform->inputs; l++) {
                double found = deviation(transform, j, k, l);
                /* written so that a NaN is the worst of all */
                worst = found <= worst ? worst : found;
            }
        }
    }
    return worst;
}

static double square_norm(const double *row, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += row[i] * row[i];
    }
    return sum;
}

double nova_transform_alpha2(const nova_transform *transform) {
    double sum = 0;
    for (int i = 0; i < transform->products; i++) {
        double column = 0;
        for (int j = 0; j < transform->m; j++) {
            double entry = transform->AT[j * transform->products + i];
            column += entry * entry;
        }
        sum += column * square_norm(transform->G + i * transform->r, transform->r) *
               square_norm(transform->BT + i * transform->inputs, transform->inputs);
    }
    return sum / (transform->m * transform->r);
}
