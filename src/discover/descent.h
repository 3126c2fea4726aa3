/*
 * descent.h - one minimisation by NLopt over the coordinates of a pattern. For src/discover only.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DESCENT_H
#define NOVA_DESCENT_H

#include "discover/search.h"

/** A minimisation under way. Coordinates are angles: a point is the tangent of its angle. */
typedef struct nova_descent {
    const nova_objective *objective;
    nova_pattern pattern;
    const volatile sig_atomic_t *stop; /* may be null */
    double deadline;                   /* by nova_now(); INFINITY: none */
    double angles[NOVA_MAX_FINITE];    /* the best so far, by the objective itself */
    double best;                       /* its logarithm there */
    int64_t evaluations;
    bool cut_off;
} nova_descent;

/** Lowest and highest angle. */
void nova_descent_bounds(const nova_pattern *pattern, double *low, double *high);

/** Sets `best` for the angles, which the caller has filled in. */
void nova_descent_begin(nova_descent *descent);

/** The evolution strategy, from descent->angles; `seed` makes it repeatable. */
nova_status nova_descent_explore(nova_descent *descent, int evaluations, uint64_t seed);

/** Descends to the optimum whose basin descent->angles is in. */
nova_status nova_descent_polish(nova_descent *descent);

#endif
