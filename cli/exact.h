/*
 * exact.h - the exact algebra, where the build has it: everything that the commands need from
 * FLINT passes through here.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_EXACT_H
#define NOVA_CLI_EXACT_H

#include <stdbool.h>

#include "transforms/transform.h"

#define CLI_POINTS_HELP                                                                            \
    "Moduli, separated by commas: points (0,1/2,-1/2,0.25), irreducible quadratics (x2+1, "        \
    "x2+x+1), inf, which is implied."

#define CLI_ALGEBRA_MISSING                                                                        \
    "this nova was built without the exact algebra that points of one's own need; install FLINT "  \
    "(libflint-dev), MPFR, GMP and LAPACKE and build again"

/** False in a build without FLINT; the functions below must then not be called. */
bool cli_algebra_is_there(void);

/**
 * Builds and proves F(m,r) from points as text; the set is named "custom". Release *transform with
 * cli_free_transform(). Errors: those of nova_exact_create().
 */
nova_status cli_build_transform(int64_t m, int64_t r, const char *points,
                                nova_transform **transform);
void cli_free_transform(nova_transform *transform); /**< null is allowed */

#endif
