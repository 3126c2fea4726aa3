/*
 * snap.h - from a real optimum to the best points of a grid of rationals near it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_SNAP_H
#define NOVA_SNAP_H

#include "discover/search.h"

enum { NOVA_MAX_DENOMINATOR = 64, NOVA_MAX_DYADIC_BITS = 12 };

/** Which points are allowed: k/d with d <= max_denominator, or k/2^bits if dyadic. */
typedef struct nova_grid {
    bool dyadic;
    int max_denominator; /* 1 to NOVA_MAX_DENOMINATOR */
    int bits;            /* 0 to NOVA_MAX_DYADIC_BITS */
} nova_grid;

/** numerator/denominator in lowest terms, the denominator positive. */
typedef struct nova_fraction {
    int64_t numerator, denominator;
} nova_fraction;

typedef struct nova_snapped {
    int points;
    nova_fraction fractions[NOVA_MAX_FINITE]; /* in the order of nova_pattern_points() */
    double value; /* of the objective; infinity: it is finite nowhere on the grid */
    int64_t evaluations;
} nova_snapped;

/**
 * The best combination of grid points near a search's result. Symmetric sets stay symmetric, with
 * pairs moved as one. First all combinations of the grid points nearest to every coordinate are
 * tried, as many as a budget allows; from the best of them on, two and then three coordinates at a
 * time are exchanged for any of a wider choice until nothing gets better. (Coordinates rounded one
 * by one, a far worse set, is one of the combinations.) Deterministic. Errors: NOVA_OUT_OF_MEMORY.
 */
nova_status nova_snap(const nova_objective *objective, const nova_search_result *real,
                      const nova_grid *grid, nova_snapped *snapped);

/** "0,1/2,-1/2": the points as src/algebra reads them. Null: out of memory. */
char *nova_snapped_text(const nova_snapped *snapped);

#endif
