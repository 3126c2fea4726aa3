/*
 * owned.c - an exact transform as the doubles and texts of a nova_transform.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/exact.h"

/** Everything a transform refers to, in one block's worth of owned arrays. */
typedef struct owned_transform {
    nova_transform view; /* first, so that a pointer to it is a pointer to the whole */
    char *set, *points, *provenance;
    double *values[3];
    char **texts[3];
    int counts[3];
} owned_transform;

double nova_rational_to_double(const fmpq_t value) {
    mpfr_t rounded;
    mpfr_init2(rounded, 53);
    fmpq_get_mpfr(rounded, value, MPFR_RNDN);
    double result = mpfr_get_d(rounded, MPFR_RNDN);
    mpfr_clear(rounded);
    return result;
}

/** "p/q", or 17 decimal digits for an approximation of an irrational number. */
static char *entry_text(const fmpq_t value, int rational) {
    if (rational || fmpz_is_one(fmpq_denref(value))) {
        char *flint = fmpq_get_str(NULL, 10, value);
        char *copy = strdup(flint);
        flint_free(flint);
        return copy;
    }
    char buffer[40];
    snprintf(buffer, sizeof buffer, "%.17g", nova_rational_to_double(value));
    return strdup(buffer);
}

/** Copies a matrix; false if memory runs out (what was made is freed with the owner). */
static int copy_matrix(owned_transform *owned, int which, const fmpq_mat_t matrix, int rational) {
    slong rows = fmpq_mat_nrows(matrix), columns = fmpq_mat_ncols(matrix);
    int count = (int)(rows * columns);
    owned->values[which] = calloc((size_t)count, sizeof(double));
    owned->texts[which] = calloc((size_t)count, sizeof(char *));
    owned->counts[which] = count;
    if (!owned->values[which] || !owned->texts[which]) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        const fmpq *entry = fmpq_mat_entry(matrix, i / columns, i % columns);
        owned->values[which][i] = nova_rational_to_double(entry);
        owned->texts[which][i] = entry_text(entry, rational);
        if (!owned->texts[which][i]) {
            return 0;
        }
    }
    return 1;
}

static void fill_view(owned_transform *owned, const nova_exact *exact) {
    owned->view = (nova_transform){
        .set = owned->set,
        .points = owned->points,
        .provenance = owned->provenance,
        .m = exact->m,
        .r = exact->r,
        .inputs = exact->inputs,
        .products = exact->products,
        .exact = exact->rational,
        .kappa_vandermonde = nova_exact_kappa(exact),
        .AT = owned->values[0],
        .G = owned->values[1],
        .BT = owned->values[2],
        .AT_text = (const char *const *)owned->texts[0],
        .G_text = (const char *const *)owned->texts[1],
        .BT_text = (const char *const *)owned->texts[2],
    };
}

nova_transform *nova_exact_to_transform(const nova_exact *exact, const char *set,
                                        const char *provenance) {
    owned_transform *owned = calloc(1, sizeof *owned);
    if (!owned) {
        return NULL;
    }
    owned->set = strdup(set);
    owned->points = strdup(exact->points);
    owned->provenance = strdup(provenance);
    if (!owned->set || !owned->points || !owned->provenance ||
        !copy_matrix(owned, 0, exact->AT, exact->rational) ||
        !copy_matrix(owned, 1, exact->G, exact->rational) ||
        !copy_matrix(owned, 2, exact->BT, exact->rational)) {
        nova_exact_transform_free(&owned->view);
        return NULL;
    }
    fill_view(owned, exact);
    return &owned->view;
}

void nova_exact_transform_free(nova_transform *transform) {
    if (!transform) {
        return;
    }
    owned_transform *owned = (owned_transform *)transform;
    for (int which = 0; which < 3; which++) {
        for (int i = 0; owned->texts[which] && i < owned->counts[which]; i++) {
            free(owned->texts[which][i]);
        }
        free(owned->texts[which]);
        free(owned->values[which]);
    }
    free(owned->set);
    free(owned->points);
    free(owned->provenance);
    free(owned);
}
