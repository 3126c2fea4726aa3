/*
 * terms.c - the rows of G and BT over real points, their weighted norms, and the derivatives.
 *
 * With M(x) the product of all finite moduli, BT's row of point p_i is M/(x-p_i), and infinity's
 * is M. Their derivatives need no further polynomials:
 *   d/dp_k M/(x-p_i) = -M/((x-p_i)(x-p_k)) = -(B_i - B_k)/(p_i - p_k),   d/dp_k M = -B_k,
 * so that the derivatives of B_i S B_i^T follow from the products B_i S B_k^T.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "discover/terms.h"

/** A polynomial by its coefficients, lowest first, padded with zeros. */
typedef double polynomial[NOVA_MAX_INPUTS];

/** poly *= x - p, where poly has the given degree. */
static void times_linear(double *poly, int degree, double p) {
    poly[degree + 1] = poly[degree];
    for (int j = degree; j > 0; j--) {
        poly[j] = poly[j - 1] - p * poly[j];
    }
    poly[0] *= -p;
}

/** poly *= x^2 + b x + c. */
static void times_quadratic(double *poly, int degree, nova_quadratic q) {
    poly[degree + 2] = poly[degree + 1] = 0;
    for (int j = degree + 2; j >= 0; j--) {
        poly[j] = q.c * poly[j] + (j > 0 ? q.b * poly[j - 1] : 0) + (j > 1 ? poly[j - 2] : 0);
    }
}

/** The product of all moduli but the point and the quadratic given (-1: none is left out). */
static void cofactor(const nova_objective *o, const double *points, int skip_point,
                     int skip_quadratic, double *poly) {
    int degree = 0;
    memset(poly, 0, sizeof(polynomial));
    poly[0] = 1;
    for (int i = 0; i < o->points; i++) {
        if (i != skip_point) {
            times_linear(poly, degree++, points[i]);
        }
    }
    for (int i = 0; i < o->quadratics; i++) {
        if (i != skip_quadratic) {
            times_quadratic(poly, degree, o->quadratic[i]);
            degree += 2;
        }
    }
}

/** out = T in for the symmetric Toeplitz matrix of the moments. */
static void times_toeplitz(const double *moments, const double *in, int count, double *out) {
    int band = count - 1; /* white data have none beside the diagonal: worth a shortcut */
    while (band > 0 && moments[band] == 0) {
        band--;
    }
    for (int i = 0; i < count; i++) {
        out[i] = moments[0] * in[i];
        for (int lag = 1; lag <= band; lag++) {
            double left = i >= lag ? in[i - lag] : 0, right = i + lag < count ? in[i + lag] : 0;
            out[i] += moments[lag] * (left + right);
        }
    }
}

static double dot(const double *a, const double *b, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/** Rows of BT, and the same times S. */
typedef struct input_rows {
    polynomial b[NOVA_MAX_PRODUCTS], bs[NOVA_MAX_PRODUCTS];
} input_rows;

/* ---------------------------------------------------------------- points */

/** (1, p, p^2, ..) W (1, p, p^2, ..)^T and its derivative by p. */
static double weighted_powers(const nova_objective *o, double p, double *derivative) {
    double powers[NOVA_MAX_TAPS], slopes[NOVA_MAX_TAPS], weighted[NOVA_MAX_TAPS];
    powers[0] = 1;
    slopes[0] = 0;
    for (int k = 1; k < o->r; k++) {
        powers[k] = powers[k - 1] * p;
        slopes[k] = k * powers[k - 1];
    }
    times_toeplitz(o->weight_moments, powers, o->r, weighted);
    *derivative = 2 * dot(weighted, slopes, o->r);
    return dot(weighted, powers, o->r);
}

/** Filter and output rows of point i; false if it coincides with another. */
static bool point_terms(const nova_objective *o, const double *points, int i, bool gradient,
                        nova_terms *terms) {
    double p = points[i], log_f = 0, slope, power = 1;
    double norm = weighted_powers(o, p, &slope), own = slope / norm;
    double *d = terms->d_log_g[i];
    for (int k = 0; k < o->points; k++) {
        if (k != i) {
            double difference = p - points[k];
            if (difference == 0) {
                return false;
            }
            log_f += log(fabs(difference));
            if (gradient) {
                d[k] = 2 / difference;
                own -= 2 / difference;
            }
        }
    }
    for (int k = 0; k < o->quadratics; k++) {
        nova_quadratic q = o->quadratic[k];
        double value = (p + q.b) * p + q.c;
        log_f += log(fabs(value));
        own -= 2 * (2 * p + q.b) / value;
    }
    d[i] = own;
    terms->log_g[i] = log(norm) - 2 * log_f;
    for (int j = 0; j < o->m; j++, power *= p * p) {
        terms->a2[i][j] = power;
    }
    return true;
}

/** d ln(B_i S B_i^T) by every point. */
static void point_gradient(const nova_objective *o, const double *points, const input_rows *rows,
                           int i, nova_terms *terms) {
    int n = o->m + o->r - 1;
    double norm = dot(rows->b[i], rows->bs[i], n);
    for (int k = 0; k < o->points; k++) {
        double product = k == i ? 0 : dot(rows->b[k], rows->bs[i], n);
        terms->d_log_b[i][k] =
            k == i ? 0 : -2 * (norm - product) / ((points[i] - points[k]) * norm);
    }
}

static void infinity_terms(const nova_objective *o, const input_rows *rows, bool gradient,
                           nova_terms *terms) {
    int last = terms->products - 1, n = o->m + o->r - 1;
    double norm = dot(rows->b[last], rows->bs[last], n);
    memset(terms->a2[last], 0, sizeof terms->a2[last]);
    memset(terms->d_log_g[last], 0, sizeof terms->d_log_g[last]);
    terms->a2[last][o->m - 1] = 1;
    terms->log_g[last] = log(o->weight_moments[0]);
    for (int k = 0; gradient && k < o->points; k++) {
        terms->d_log_b[last][k] = -2 * dot(rows->b[k], rows->bs[last], n) / norm;
    }
}

/* ---------------------------------------------------------------- quadratics */

/** a0 + a1 x, taken modulo a quadratic. */
typedef struct residue {
    double a0, a1;
} residue;

static residue times_mod(residue u, residue v, nova_quadratic q) {
    double square = u.a1 * v.a1;
    return (residue){u.a0 * v.a0 - q.c * square, u.a0 * v.a1 + u.a1 * v.a0 - q.b * square};
}

/** 1/(x - p): (x - p)(x + p + b) = q(x) - q(p). */
static residue inverse_linear(double p, nova_quadratic q) {
    double value = (p + q.b) * p + q.c;
    return (residue){-(p + q.b) / value, -1 / value};
}

/** A leading coefficient that is zero but for rounding, as symmetric sets have it, becomes zero. */
static residue without_rounding(residue u) {
    return fabs(u.a1) <= 1e-12 * fabs(u.a0) ? (residue){u.a0, 0} : u;
}

/** 1/(u0 + u1 x): the conjugate over the norm. */
static residue inverse_mod(residue u, nova_quadratic q) {
    double norm = u.a0 * u.a0 - q.b * u.a0 * u.a1 + q.c * u.a1 * u.a1;
    return (residue){(u.a0 - q.b * u.a1) / norm, -u.a1 / norm};
}

/** The inverse of the product of all moduli but this one. */
static residue inverse_of_rest(const nova_objective *o, const double *points, int index) {
    nova_quadratic q = o->quadratic[index];
    residue product = {1, 0};
    for (int k = 0; k < o->points; k++) {
        product = times_mod(product, inverse_linear(points[k], q), q);
    }
    for (int k = 0; k < o->quadratics; k++) {
        if (k != index) {
            nova_quadratic other = o->quadratic[k];
            residue difference = {other.c - q.c, other.b - q.b};
            product = times_mod(product, inverse_mod(difference, q), q);
        }
    }
    return product;
}

/** Row of x^j mod q, j < count, contracted with (u, v). */
static void residue_row(nova_quadratic q, double u, double v, int count, double *row) {
    residue power = {1, 0}, x = {0, 1};
    for (int j = 0; j < count; j++) {
        row[j] = u * power.a0 + v * power.a1;
        power = times_mod(power, x, q);
    }
}

/** One of the three products of a quadratic: evaluation (u, v), reconstruction `back`. */
typedef struct quadratic_product {
    double u, v;
    residue back;
} quadratic_product;

/** The products of src/algebra/build.c: node t = -b, or 1 where b is 0. */
static void quadratic_products(nova_quadratic q, quadratic_product products[3]) {
    double t = q.b == 0 ? 1 : -q.b;
    products[0] = (quadratic_product){1, 0, {1, -1 / t}};
    products[1] = (quadratic_product){0, 1, {-q.c, -(t + q.b)}};
    products[2] = (quadratic_product){1, t, {0, 1 / t}};
}

static void scaled_sum(double *poly, double factor, const double *other, int count) {
    for (int j = 0; j < count; j++) {
        poly[j] += factor * other[j];
    }
}

/** poly = (w.a0 + w.a1 x) rest. */
static void linear_times(residue w, const double *rest, int count, double *poly) {
    for (int j = 0; j < count; j++) {
        poly[j] = w.a0 * rest[j] + (j > 0 ? w.a1 * rest[j - 1] : 0);
    }
}

/** quotient = rest/(x - p), exact. */
static void divide_linear(const double *rest, int count, double p, double *quotient) {
    memset(quotient, 0, sizeof(polynomial));
    for (int j = count - 1; j > 0; j--) {
        quotient[j - 1] = rest[j] + p * quotient[j];
    }
}

/**
 * Derivatives for BT row (w rest)/lead, w = back/rest mod q and lead its leading coefficient. By
 * p_k: w changes by w/(x-p_k) mod q and rest by -rest/(x-p_k); what is divided is w(p_k) rest, as
 * w rest/(x-p_k) = w.a1 rest + w(p_k) rest/(x-p_k).
 */
static void quadratic_gradient(const nova_objective *o, const double *points, nova_quadratic q,
                               residue w, const double *rest, const double *bs, double norm,
                               double lead, int row, nova_terms *terms) {
    int n = o->m + o->r - 1;
    for (int k = 0; k < o->points; k++) {
        residue change = times_mod(w, inverse_linear(points[k], q), q);
        polynomial derivative, quotient;
        linear_times((residue){change.a0 - w.a1, change.a1}, rest, n, derivative);
        divide_linear(rest, n, points[k], quotient);
        scaled_sum(derivative, -(w.a0 + w.a1 * points[k]), quotient, n);
        double d_lead = (w.a1 == 0 ? change.a0 : change.a1) / lead;
        terms->d_log_b[row][k] = 2 * dot(derivative, bs, n) / (lead * norm) - 2 * d_lead;
        terms->d_log_g[row][k] = 2 * d_lead;
    }
}

static void quadratic_terms(const nova_objective *o, const double *points, int index, bool gradient,
                            input_rows *rows, nova_terms *terms) {
    int n = o->m + o->r - 1, row = o->points + 3 * index;
    nova_quadratic q = o->quadratic[index];
    residue inverse = inverse_of_rest(o, points, index);
    quadratic_product products[3];
    polynomial rest;
    cofactor(o, points, -1, index, rest);
    quadratic_products(q, products);
    for (int i = 0; i < 3; i++, row++) {
        double g[NOVA_MAX_TAPS], gw[NOVA_MAX_TAPS], a[NOVA_MAX_TILE];
        residue w = without_rounding(times_mod(products[i].back, inverse, q));
        double lead = w.a1 == 0 ? w.a0 : w.a1;
        linear_times((residue){w.a0 / lead, w.a1 / lead}, rest, n, rows->b[row]);
        times_toeplitz(o->input_moments, rows->b[row], n, rows->bs[row]);
        residue_row(q, products[i].u, products[i].v, o->r, g);
        residue_row(q, products[i].u, products[i].v, o->m, a);
        times_toeplitz(o->weight_moments, g, o->r, gw);
        terms->log_g[row] = log(dot(g, gw, o->r)) + 2 * log(fabs(lead));
        for (int j = 0; j < o->m; j++) {
            terms->a2[row][j] = a[j] * a[j];
        }
        if (gradient) {
            quadratic_gradient(o, points, q, w, rest, rows->bs[row],
                               dot(rows->b[row], rows->bs[row], n), lead, row, terms);
        }
    }
}

/* ---------------------------------------------------------------- all of them */

bool nova_terms_compute(const nova_objective *o, const double *points, bool gradient,
                        nova_terms *terms) {
    input_rows rows;
    int n = o->m + o->r - 1;
    terms->points = o->points;
    terms->products = o->points + 3 * o->quadratics + 1;
    for (int i = 0; i < o->points; i++) {
        if (!point_terms(o, points, i, gradient, terms)) {
            return false;
        }
        cofactor(o, points, i, -1, rows.b[i]);
        times_toeplitz(o->input_moments, rows.b[i], n, rows.bs[i]);
    }
    for (int i = 0; i < o->quadratics; i++) {
        quadratic_terms(o, points, i, gradient, &rows, terms);
    }
    int last = terms->products - 1;
    cofactor(o, points, -1, -1, rows.b[last]);
    times_toeplitz(o->input_moments, rows.b[last], n, rows.bs[last]);
    for (int i = 0; gradient && i < o->points; i++) {
        point_gradient(o, points, &rows, i, terms);
    }
    infinity_terms(o, &rows, gradient, terms);
    for (int i = 0; i < terms->products; i++) {
        terms->log_b[i] = log(dot(rows.b[i], rows.bs[i], n));
    }
    return true;
}
