/*
 * build.c - exact AT, G and BT of F(m,r) from a modulus set.
 *
 * Polynomial multiplication s(x) = g(x) a(x) (deg g < r, deg a < m, deg s < n = m+r-1) is computed
 * by the Chinese remainder theorem modulo M(x) = prod_i m_i(x) of degree n-1, and
 *   s = (s mod M) + s_{n-1} M(x)
 * accounts for the point at infinity. The transpose of that algorithm in a is the FIR filter
 * F(m,r): evaluation of a becomes AT, reconstruction of s becomes BT (S. Winograd, Arithmetic
 * Complexity of Computations, SIAM 1980; Lavin and Gray, CVPR 2016).
 *
 * Normalisation: rows of BT are monic; the factor taken out goes to G.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "algebra/exact.h"

/** modulus as a polynomial: x - p or x^2 + b x + c. */
static void modulus_poly(fmpq_poly_t poly, const nova_modulus *modulus) {
    fmpq_t negative;
    fmpq_poly_zero(poly);
    if (modulus->degree == 1) {
        fmpq_init(negative);
        fmpq_neg(negative, modulus->value);
        fmpq_poly_set_coeff_fmpq(poly, 0, negative);
        fmpq_clear(negative);
    } else {
        fmpq_poly_set_coeff_fmpq(poly, 0, modulus->c);
        fmpq_poly_set_coeff_fmpq(poly, 1, modulus->b);
    }
    fmpq_poly_set_coeff_si(poly, modulus->degree, 1);
}

/** Product of all moduli but number `skip` (-1: of all). */
static void cofactor(fmpq_poly_t product, const nova_moduli *moduli, int skip) {
    fmpq_poly_t factor;
    fmpq_poly_init(factor);
    fmpq_poly_one(product);
    for (int i = 0; i < moduli->count; i++) {
        if (i != skip) {
            modulus_poly(factor, &moduli->items[i]);
            fmpq_poly_mul(product, product, factor);
        }
    }
    fmpq_poly_clear(factor);
}

/** Row `row` of a matrix = (1, p, p^2, ...) * scale. */
static void power_row(fmpq_mat_t matrix, int row, const fmpq_t point, const fmpq_t scale) {
    fmpq_t power;
    fmpq_init(power);
    fmpq_set(power, scale);
    for (slong k = 0; k < fmpq_mat_ncols(matrix); k++) {
        fmpq_set(fmpq_mat_entry(matrix, row, k), power);
        fmpq_mul(power, power, point);
    }
    fmpq_clear(power);
}

/** Row `row` of BT = the coefficients of poly. */
static void poly_row(fmpq_mat_t BT, int row, const fmpq_poly_t poly) {
    for (slong l = 0; l < fmpq_mat_ncols(BT); l++) {
        fmpq_poly_get_coeff_fmpq(fmpq_mat_entry(BT, row, l), poly, l);
    }
}

/** One product for x - p: AT column p^j, G row p^k/f with f = M_i(p), BT row M_i = M/(x-p). */
static void build_linear(nova_exact *exact, fmpq_mat_t A, int index, int row) {
    const nova_modulus *modulus = &exact->moduli.items[index];
    fmpq_poly_t rest;
    fmpq_t one, scale;
    fmpq_poly_init(rest);
    fmpq_init(one);
    fmpq_init(scale);
    fmpq_one(one);
    cofactor(rest, &exact->moduli, index);
    fmpq_poly_evaluate_fmpq(scale, rest, modulus->value);
    fmpq_inv(scale, scale);
    power_row(A, row, modulus->value, one);
    power_row(exact->G, row, modulus->value, scale);
    poly_row(exact->BT, row, rest);
    fmpq_poly_clear(rest);
    fmpq_clear(one);
    fmpq_clear(scale);
}

/** Row `row` of a matrix = u * lower + v * upper, where x^j = lower[j] + upper[j] x mod q. */
static void residue_row(fmpq_mat_t matrix, int row, const nova_modulus *q, const fmpq_t u,
                        const fmpq_t v, const fmpq_t scale) {
    fmpq_t lower, upper, next, entry;
    fmpq_init(lower);
    fmpq_init(upper);
    fmpq_init(next);
    fmpq_init(entry);
    fmpq_one(lower);
    for (slong j = 0; j < fmpq_mat_ncols(matrix); j++) {
        fmpq_mul(entry, u, lower);
        fmpq_addmul(entry, v, upper);
        fmpq_mul(fmpq_mat_entry(matrix, row, j), entry, scale);
        /* times x: lower x + upper x^2 = -c upper + (lower - b upper) x */
        fmpq_set(next, lower);
        fmpq_submul(next, q->b, upper);
        fmpq_mul(lower, q->c, upper);
        fmpq_neg(lower, lower);
        fmpq_swap(upper, next);
    }
    fmpq_clear(lower);
    fmpq_clear(upper);
    fmpq_clear(next);
    fmpq_clear(entry);
}

/**
 * What one of the three products adds to s: rest * (inverse * (low + high x) mod q), made monic.
 * The leading coefficient that was divided out is returned in `scale`.
 */
static void reconstruction_row(nova_exact *exact, int row, const fmpq_poly_t rest,
                               const fmpq_poly_t inverse, const fmpq_poly_t q, const fmpq_t low,
                               const fmpq_t high, fmpq_t scale) {
    fmpq_poly_t poly;
    fmpq_poly_init(poly);
    fmpq_poly_set_coeff_fmpq(poly, 0, low);
    fmpq_poly_set_coeff_fmpq(poly, 1, high);
    fmpq_poly_mul(poly, poly, inverse);
    fmpq_poly_rem(poly, poly, q);
    fmpq_poly_mul(poly, poly, rest);
    fmpq_poly_get_coeff_fmpq(scale, poly, fmpq_poly_degree(poly));
    fmpq_poly_scalar_div_fmpq(poly, poly, scale);
    poly_row(exact->BT, row, poly);
    fmpq_poly_clear(poly);
}

/**
 * Three products for q = x^2 + b x + c by Karatsuba with node t:
 *   P0 = a0 g0, P1 = a1 g1, Pt = (a0 + t a1)(g0 + t g1)
 *   s mod q = (P0 - c P1) + (Pt/t - P0/t - (t + b) P1) x
 * The node t = -b makes the last term vanish; t = 1 where b = 0.
 */
static void build_quadratic(nova_exact *exact, fmpq_mat_t A, int index, int row) {
    const nova_modulus *modulus = &exact->moduli.items[index];
    fmpq_poly_t rest, q, inverse, gcd, unused;
    fmpq_poly_init(rest);
    fmpq_poly_init(q);
    fmpq_poly_init(inverse);
    fmpq_poly_init(gcd);
    fmpq_poly_init(unused);
    cofactor(rest, &exact->moduli, index);
    modulus_poly(q, modulus);
    fmpq_poly_xgcd(gcd, inverse, unused, rest, q);

    fmpq_t one, zero, t, low, high, scale;
    fmpq_init(one);
    fmpq_init(zero);
    fmpq_init(t);
    fmpq_init(low);
    fmpq_init(high);
    fmpq_init(scale);
    fmpq_one(one);
    fmpq_neg(t, modulus->b);
    if (fmpq_is_zero(t)) {
        fmpq_one(t);
    }
    /* P0 */
    fmpq_inv(high, t);
    fmpq_neg(high, high);
    reconstruction_row(exact, row, rest, inverse, q, one, high, scale);
    residue_row(A, row, modulus, one, zero, one);
    residue_row(exact->G, row, modulus, one, zero, scale);
    /* P1 */
    fmpq_neg(low, modulus->c);
    fmpq_add(high, t, modulus->b);
    fmpq_neg(high, high);
    reconstruction_row(exact, row + 1, rest, inverse, q, low, high, scale);
    residue_row(A, row + 1, modulus, zero, one, one);
    residue_row(exact->G, row + 1, modulus, zero, one, scale);
    /* Pt */
    fmpq_inv(high, t);
    reconstruction_row(exact, row + 2, rest, inverse, q, zero, high, scale);
    residue_row(A, row + 2, modulus, one, t, one);
    residue_row(exact->G, row + 2, modulus, one, t, scale);

    fmpq_clear(one);
    fmpq_clear(zero);
    fmpq_clear(t);
    fmpq_clear(low);
    fmpq_clear(high);
    fmpq_clear(scale);
    fmpq_poly_clear(rest);
    fmpq_poly_clear(q);
    fmpq_poly_clear(inverse);
    fmpq_poly_clear(gcd);
    fmpq_poly_clear(unused);
}

/** The product of the leading coefficients: AT column e_m, G row e_r, BT row M. */
static void build_infinity(nova_exact *exact, fmpq_mat_t A) {
    int row = exact->products - 1;
    fmpq_poly_t all;
    fmpq_poly_init(all);
    cofactor(all, &exact->moduli, -1);
    poly_row(exact->BT, row, all);
    fmpq_one(fmpq_mat_entry(A, row, exact->m - 1));
    fmpq_one(fmpq_mat_entry(exact->G, row, exact->r - 1));
    fmpq_poly_clear(all);
}

/** F(1,r): one output is the sum of r products. */
static void build_direct(nova_exact *exact) {
    fmpq_mat_one(exact->G);
    fmpq_mat_one(exact->BT);
    for (int i = 0; i < exact->r; i++) {
        fmpq_one(fmpq_mat_entry(exact->AT, 0, i));
    }
}

void nova_exact_build(nova_exact *exact) {
    fmpq_mat_init(exact->AT, exact->m, exact->products);
    fmpq_mat_init(exact->G, exact->products, exact->r);
    fmpq_mat_init(exact->BT, exact->products, exact->inputs);
    if (exact->direct) {
        build_direct(exact);
        return;
    }
    fmpq_mat_t A; /* products x m: rows evaluate a polynomial of m coefficients */
    fmpq_mat_init(A, exact->products, exact->m);
    int row = 0;
    for (int i = 0; i < exact->moduli.count; i++) {
        if (exact->moduli.items[i].degree == 1) {
            build_linear(exact, A, i, row);
            row += 1;
        } else {
            build_quadratic(exact, A, i, row);
            row += 3;
        }
    }
    build_infinity(exact, A);
    fmpq_mat_transpose(exact->AT, A);
    fmpq_mat_clear(A);
}
