/*
 * report_kappa.h - point sets of least kappa(V), for comparison.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_REPORT_KAPPA_H
#define NOVA_CLI_REPORT_KAPPA_H

#include <stdbool.h>

#include "transforms/transform.h"

/** Proven transforms, owned by the search that found them. */
typedef struct report_kappa_sets {
    const nova_transform *real;     /**< the optimum; symmetric about 0 */
    const nova_transform *rational; /**< denominators up to 6 */
    char real_points[256];          /**< to four decimals */
    void *search;
} report_kappa_sets;

/** False in a build without the search; report_kappa_search() then finds nothing. */
bool report_kappa_is_there(void);

/** Searches F(m,r). Errors: those of nova_discover(). Release with report_kappa_clear(), also after
    a failure. */
nova_status report_kappa_search(int m, int r, report_kappa_sets *sets);
void report_kappa_clear(report_kappa_sets *sets);

#endif
