/*
 * search.h - the search for the real points that minimise an objective.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_SEARCH_H
#define NOVA_SEARCH_H

#include <signal.h>
#include <stdbool.h>

#include "discover/objective.h"

/** Points are searched up to this magnitude, and those of a pair down to its inverse. */
#define NOVA_MAX_MAGNITUDE 16.0

/**
 * How points follow from coordinates. Symmetric: pairs +p, -p, and 0 if the number of points is
 * odd; a coordinate is a pair (a single
 * point is 0, without coordinates). Free: a coordinate is a point.
 */
typedef struct nova_pattern {
    bool symmetric;
    int points, coordinates;
} nova_pattern;

nova_pattern nova_pattern_make(int points, bool symmetric);

/** Points from the values at the coordinates: 0, then p, -p, ..; or as they are. */
void nova_pattern_points(const nova_pattern *pattern, const double *values, double *points);

typedef struct nova_search_progress {
    int finished, restarts;
    double seconds;
    double value; /* the best so far */
    int points;
    const double *best; /* [points] */
} nova_search_progress;

typedef struct nova_search_options {
    bool symmetric;
    uint64_t seed;
    int restarts; /* at least 1 */
    int threads;  /* at least 1 */
    double
        seconds; /* then no further restart is begun and those that run are cut off; 0: no limit */
    int stage_evaluations; /* of the evolution strategy, per restart; 0: 100 for every coordinate
                              and 100 more; negative: none, only the descent */
    const volatile sig_atomic_t *stop; /* becomes nonzero to end the search; may be null */
    /* after every restart, from whichever thread it ran on, one call at a time; may be null */
    void (*progress)(void *context, const nova_search_progress *progress);
    void *progress_context;
} nova_search_options;

typedef struct nova_search_result {
    nova_pattern pattern; /* symmetric if the points are, whether that was asked for or not */
    double values[NOVA_MAX_FINITE]; /* at the coordinates, ascending; positive if symmetric */
    double points[NOVA_MAX_FINITE];
    double value; /* of the objective */
    int64_t evaluations;
    int finished; /* restarts that ran to their end */
    bool cut_off; /* by `stop` or `seconds` */
} nova_search_result;

/**
 * Restarts from random points: an evolution strategy (cma.h), then a descent with gradients to the
 * real optimum. Restart i depends on the seed and i alone, and of equal results the first counts,
 * so that the answer does not depend on `threads`; only a search that is cut off depends on time.
 * Errors: NOVA_OUT_OF_MEMORY.
 */
nova_status nova_search(const nova_objective *objective, const nova_search_options *options,
                        nova_search_result *result);

#endif
