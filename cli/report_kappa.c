/*
 * report_kappa.c - point sets of least kappa(V), by the search of `nova discover`.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "report_kappa.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/runtime.h"

#ifdef NOVA_HAVE_DISCOVER

#include "discover/discover.h"

bool report_kappa_is_there(void) {
    return true;
}

/** The finite points, which are row 1 of A^T. */
static void write_points(const nova_transform *transform, char *text, size_t size) {
    size_t used = 0;
    for (int i = 0; i < transform->inputs - 1 && used < size; ++i) {
        used += (size_t)snprintf(text + used, size - used, "%s%.4g", i > 0 ? "," : "",
                                 transform->AT[transform->products + i]);
    }
}

nova_status report_kappa_search(int m, int r, report_kappa_sets *sets) {
    nova_discovery *found = calloc(1, sizeof *found);
    nova_discover_request request = {
        .search = {.symmetric = true, .seed = 1, .restarts = 4, .threads = 1},
        .max_denominator = 6,
        .dyadic_bits = 2,
        .provenance = "nova report: least kappa of the Vandermonde"};
    *sets = (report_kappa_sets){.search = found};
    if (found == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a search");
    }
    nova_status status =
        nova_objective_init(&request.objective, NOVA_OBJECTIVE_VANDERMONDE, m, r, NULL, 0);
    if (status == NOVA_OK) {
        status = nova_discover(&request, found);
    }
    if (status == NOVA_OK) {
        sets->real = found->real.transform;
        sets->rational = found->rational.transform;
        write_points(sets->real, sets->real_points, sizeof sets->real_points);
    }
    return status;
}

void report_kappa_clear(report_kappa_sets *sets) {
    if (sets->search != NULL) {
        nova_discovery_clear(sets->search);
        free(sets->search);
    }
    *sets = (report_kappa_sets){.search = NULL};
}

#else

bool report_kappa_is_there(void) {
    return false;
}

nova_status report_kappa_search(int m, int r, report_kappa_sets *sets) {
    (void)m;
    (void)r;
    *sets = (report_kappa_sets){.search = NULL};
    return NOVA_OK;
}

void report_kappa_clear(report_kappa_sets *sets) {
    (void)sets;
}

#endif
