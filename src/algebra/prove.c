/*
 * prove.c - the life of an exact transform and the proof of its bilinear identity.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "algebra/exact.h"
#include "runtime/runtime.h"

/** True if sum_i AT[j,i] G[i,k] BT[i,l] is one where l = j + k, and zero elsewhere. */
static int identity_holds(const nova_exact *exact, int j, int k, int l) {
    fmpq_t term, sum;
    fmpq_init(term);
    fmpq_init(sum);
    for (int i = 0; i < exact->products; i++) {
        fmpq_mul(term, fmpq_mat_entry(exact->AT, j, i), fmpq_mat_entry(exact->G, i, k));
        fmpq_addmul(sum, term, fmpq_mat_entry(exact->BT, i, l));
    }
    int holds = l == j + k ? fmpq_is_one(sum) : fmpq_is_zero(sum);
    fmpq_clear(term);
    fmpq_clear(sum);
    return holds;
}

int nova_exact_prove(const nova_exact *exact, int *j, int *k, int *l) {
    for (int row = 0; row < exact->m; row++) {
        for (int tap = 0; tap < exact->r; tap++) {
            for (int input = 0; input < exact->inputs; input++) {
                if (!identity_holds(exact, row, tap, input)) {
                    *j = row;
                    *k = tap;
                    *l = input;
                    return 0;
                }
            }
        }
    }
    return 1;
}

static nova_status check_size(int m, int r, int direct) {
    const int fewest = direct ? 1 : 2; /* one tap has nothing to transform */
    if (r < fewest || r > NOVA_MAX_TAPS) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "r = %d taps: must be %d to %d", r, fewest,
                         NOVA_MAX_TAPS);
    }
    if (direct && m != 1) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "the set 'direct' has m = 1, not %d", m);
    }
    if (!direct && (m < 2 || m > NOVA_MAX_TILE)) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "m = %d outputs: must be 2 to %d", m,
                         NOVA_MAX_TILE);
    }
    return NOVA_OK;
}

static nova_status check_count(const nova_exact *exact) {
    int degree = nova_moduli_degree(&exact->moduli);
    if (degree != exact->inputs - 1) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "F(%d,%d) needs %d finite points beside infinity (a quadratic modulus "
                         "counts as two), not %d",
                         exact->m, exact->r, exact->inputs - 1, degree);
    }
    if (exact->products > NOVA_MAX_PRODUCTS) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "%d products: at most %d are supported",
                         exact->products, NOVA_MAX_PRODUCTS);
    }
    return NOVA_OK;
}

/** Parses the set, counts products and checks that they fit F(m,r). */
static nova_status read_set(nova_exact *exact, const char *points) {
    exact->inputs = exact->m + exact->r - 1;
    exact->rational = 1;
    if (exact->direct) {
        exact->products = exact->r;
        exact->points = strdup(points);
    } else {
        nova_status status = nova_moduli_parse(points, &exact->moduli);
        if (status) {
            return status;
        }
        exact->products = 1;
        for (int i = 0; i < exact->moduli.count; i++) {
            exact->products += exact->moduli.items[i].degree == 1 ? 1 : 3;
            exact->rational = exact->rational && fmpz_is_one(exact->moduli.items[i].radicand);
        }
        status = check_count(exact);
        if (status) {
            return status;
        }
        exact->points = nova_moduli_text(&exact->moduli);
    }
    return exact->points ? NOVA_OK : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a modulus set");
}

nova_status nova_exact_create(int m, int r, const char *points, nova_exact **exact) {
    *exact = NULL;
    int direct = strcmp(points, "direct") == 0;
    nova_status status = check_size(m, r, direct);
    if (status) {
        return status;
    }
    nova_exact *made = calloc(1, sizeof *made);
    if (!made) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for an exact transform");
    }
    made->m = m;
    made->r = r;
    made->direct = direct;
    status = read_set(made, points);
    if (status) {
        nova_moduli_clear(&made->moduli);
        free(made);
        return status;
    }
    nova_exact_build(made);
    int j, k, l;
    if (!nova_exact_prove(made, &j, &k, &l)) {
        nova_exact_destroy(made);
        return nova_fail(NOVA_INTERNAL, "the bilinear identity fails at j=%d k=%d l=%d", j, k, l);
    }
    *exact = made;
    return NOVA_OK;
}

void nova_exact_destroy(nova_exact *exact) {
    if (!exact) {
        return;
    }
    fmpq_mat_clear(exact->AT);
    fmpq_mat_clear(exact->G);
    fmpq_mat_clear(exact->BT);
    nova_moduli_clear(&exact->moduli);
    free(exact->points);
    free(exact);
}

const char *nova_exact_points(const nova_exact *exact) {
    return exact->points;
}
