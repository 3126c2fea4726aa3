/*
 * discover.h - from an objective to proven point sets: search, snap, prove.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DISCOVER_H
#define NOVA_DISCOVER_H

#include "discover/snap.h"

/** What is looked for. */
typedef struct nova_discover_request {
    nova_objective objective;
    const char *quadratics; /* the text of its quadratic moduli, "x2+1,x2+x+1"; null: none */
    nova_search_options search;
    int max_denominator, dyadic_bits;
    const char *provenance; /* recorded in the transforms */
} nova_discover_request;

/** A set that was found. */
typedef struct nova_found {
    nova_transform *transform; /* proven; null: the objective is finite nowhere on the grid */
    char *points;              /* in order, with ",inf"; decimals of 15 places if real */
    double value;              /* of the objective */
    double alpha2;             /* for white data */
} nova_found;

typedef struct nova_discovery {
    nova_found real, rational, dyadic;
    int64_t evaluations;
    int finished; /* restarts */
    bool cut_off; /* by the time limit or the stop flag */
} nova_discovery;

/** Reads "x2+1,x2-x+1" (null: none). Errors: those of the moduli's parser; NOVA_INVALID_ARGUMENT
    for a point, and for more than NOVA_MAX_QUADRATICS. */
nova_status nova_quadratics_read(const char *text, nova_quadratic *quadratics, int *count);

/**
 * Searches, snaps to both grids and proves what was found. The real set is proven too, with its
 * points as they are printed. If the search was free, unsymmetric combinations are tried near
 * symmetric optima too. Release *discovery with nova_discovery_clear(), also after a failure.
 * Errors: NOVA_OUT_OF_MEMORY; NOVA_INTERNAL if a proof fails, which would be a defect of nova.
 */
nova_status nova_discover(const nova_discover_request *request, nova_discovery *discovery);
void nova_discovery_clear(nova_discovery *discovery);

#endif
