/*
 * report_kappa.h - the points that minimise kappa of the Vandermonde, for comparison.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_REPORT_KAPPA_H
#define NOVA_CLI_REPORT_KAPPA_H

#include <stdbool.h>

#include "transforms/transform.h"

/** False in a build without the exact algebra; report_kappa_optimum() must then not be called. */
bool report_kappa_is_there(void);

/**
 * F(m,r) on the real points, symmetric about 0, of least kappa(V), built from ten-digit decimals
 * and proven exact. `text` (of `size` bytes) receives the points to four digits. Release the
 * transform with report_kappa_free(). Errors: those of nova_exact_create().
 */
nova_status report_kappa_optimum(int m, int r, char *text, size_t size, nova_transform **transform);
void report_kappa_free(nova_transform *transform);

#endif
