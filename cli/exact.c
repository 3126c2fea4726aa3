/*
 * exact.c - the way from the commands to the exact algebra.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "exact.h"

#include "algebra/algebra.h"
#include "runtime/runtime.h"

#ifdef NOVA_HAVE_ALGEBRA

bool cli_algebra_is_there(void) {
    return true;
}

nova_status cli_build_transform(int64_t m, int64_t r, const char *points,
                                nova_transform **transform) {
    nova_exact *exact;
    *transform = NULL;
    nova_status status = nova_exact_create((int)m, (int)r, points, &exact);
    if (status != NOVA_OK) {
        return status;
    }
    *transform = nova_exact_to_transform(exact, "custom", "given on the command line");
    nova_exact_destroy(exact);
    return *transform != NULL ? NOVA_OK
                              : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the transform");
}

void cli_free_transform(nova_transform *transform) {
    nova_exact_transform_free(transform);
}

#else

bool cli_algebra_is_there(void) {
    return false;
}

nova_status cli_build_transform(int64_t m, int64_t r, const char *points,
                                nova_transform **transform) {
    *transform = NULL;
    return nova_fail(NOVA_NOT_ELIGIBLE, "F(%d,%d) with %s: %s", (int)m, (int)r, points,
                     CLI_ALGEBRA_MISSING);
}

void cli_free_transform(nova_transform *transform) {
    (void)transform;
}

#endif
