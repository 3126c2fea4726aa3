/*
 * exact.h - the exact matrices behind algebra.h, for src/algebra, the code generator and tests.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EXACT_H
#define NOVA_EXACT_H

#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>
#include <flint/fmpq_poly.h>

#include "algebra/algebra.h"

enum { NOVA_MAX_MODULI = NOVA_MAX_PRODUCTS, NOVA_SQRT_BITS = 192 };

/**
 * One finite modulus. Degree 1: x - value, where value = coef * sqrt(radicand) and radicand is a
 * square-free integer (1: the point is rational). Degree 2: x^2 + b x + c.
 */
typedef struct nova_modulus {
    int degree;
    fmpq_t coef;
    fmpz_t radicand;
    fmpq_t value; /* approximates coef * sqrt(radicand); equal to coef if radicand is 1 */
    fmpq_t b, c;
} nova_modulus;

/** The finite moduli of a set; infinity is always there besides. */
typedef struct nova_moduli {
    int count;
    nova_modulus items[NOVA_MAX_MODULI];
} nova_moduli;

struct nova_exact {
    int m, r, inputs, products;
    int direct;   /* F(1,r) */
    int rational; /* no square roots */
    nova_moduli moduli;
    char *points;
    fmpq_mat_t AT, G, BT; /* m x N, N x r, N x n */
};

/* ---- parse.c */

/** Reads a modulus set and puts it in canonical order; `moduli` needs no initialisation and is
    cleared again on failure. */
nova_status nova_moduli_parse(const char *text, nova_moduli *moduli);
void nova_moduli_clear(nova_moduli *moduli);
/** The set as text with ",inf" at its end; release with free(). Null: out of memory. */
char *nova_moduli_text(const nova_moduli *moduli);
/** Sum of the degrees. */
int nova_moduli_degree(const nova_moduli *moduli);

/* ---- build.c */

/** Fills AT, G and BT (initialised here) from m, r, moduli. */
void nova_exact_build(nova_exact *exact);

/* ---- prove.c */

/** True if the bilinear identity holds for every j, k, l; else *j, *k, *l tell where it fails. */
int nova_exact_prove(const nova_exact *exact, int *j, int *k, int *l);

/** The double nearest to a rational, ties to even. */
double nova_rational_to_double(const fmpq_t value);

#endif
