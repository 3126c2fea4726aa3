/*
 * cma.c - covariance matrix adaptation; names as in Hansen's tutorial.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "discover/cma.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "discover/random.h"
#include "runtime/runtime.h"

enum { MAX = NOVA_CMA_MAX_DIMENSION, MAX_CHILDREN = 16 };

/* The first step's deviation, as a share of half the box. */
static const double FIRST_STEP = 0.3;
/* Steps so small that nothing is left to find. */
static const double LAST_STEP = 1e-12;

typedef struct strategy {
    int n, lambda, mu;
    double weights[MAX_CHILDREN], mu_eff;
    double c_sigma, d_sigma, c_c, c_1, c_mu; /* rates of learning and damping */
    double chi;                              /* expected length of a normal vector */
    double mean[MAX], sigma;
    double C[MAX * MAX], B[MAX * MAX], D[MAX]; /* covariance = B diag(D^2) B^T */
    double path_sigma[MAX], path_c[MAX];
    double y[MAX_CHILDREN][MAX], values[MAX_CHILDREN]; /* children: mean + sigma y */
    int order[MAX_CHILDREN];                           /* best first */
} strategy;

static void set_weights(strategy *s) {
    double sum = 0, squares = 0;
    for (int i = 0; i < s->mu; i++) {
        s->weights[i] = log((s->lambda + 1) / 2.0) - log(i + 1);
        sum += s->weights[i];
    }
    for (int i = 0; i < s->mu; i++) {
        s->weights[i] /= sum;
        squares += s->weights[i] * s->weights[i];
    }
    s->mu_eff = 1 / squares;
}

static void begin(strategy *s, int n, double sigma, const double *x) {
    s->n = n;
    s->lambda = 4 + (int)(3 * log(n));
    s->mu = s->lambda / 2;
    set_weights(s);
    s->c_sigma = (s->mu_eff + 2) / (n + s->mu_eff + 5);
    s->d_sigma = 1 + s->c_sigma + 2 * fmax(0, sqrt((s->mu_eff - 1) / (n + 1)) - 1);
    s->c_c = (4 + s->mu_eff / n) / (n + 4 + 2 * s->mu_eff / n);
    s->c_1 = 2 / ((n + 1.3) * (n + 1.3) + s->mu_eff);
    s->c_mu =
        fmin(1 - s->c_1, 2 * (s->mu_eff - 2 + 1 / s->mu_eff) / ((n + 2.0) * (n + 2.0) + s->mu_eff));
    s->chi = sqrt(n) * (1 - 1.0 / (4 * n) + 1.0 / (21.0 * n * n));
    s->sigma = sigma;
    for (int i = 0; i < n; i++) {
        s->mean[i] = x[i];
        s->C[i * n + i] = 1;
    }
}

/** B and D from C; false if LAPACK finds no eigenvectors, which numbers beyond all bounds do. */
static bool decompose(strategy *s) {
    double work[4 * MAX];
    memcpy(s->B, s->C, sizeof s->B);
    /* C is symmetric, so that its columns are its rows: eigenvector k is B[k n ..] */
    if (LAPACKE_dsyev_work(LAPACK_COL_MAJOR, 'V', 'U', s->n, s->B, s->n, s->D, work, 4 * MAX)) {
        return false;
    }
    for (int k = 0; k < s->n; k++) {
        s->D[k] = sqrt(fmax(s->D[k], 1e-30));
    }
    return true;
}

/** out = B D^power B^T in. */
static void transform(const strategy *s, double power, const double *in, double *out) {
    memset(out, 0, (size_t)s->n * sizeof *out);
    for (int k = 0; k < s->n; k++) {
        const double *vector = s->B + k * s->n;
        double length = 0;
        for (int i = 0; i < s->n; i++) {
            length += vector[i] * in[i];
        }
        length *= pow(s->D[k], power);
        for (int i = 0; i < s->n; i++) {
            out[i] += length * vector[i];
        }
    }
}

/** Puts child c among the ones before it. */
static void rank(strategy *s, int c) {
    int at = c;
    for (; at > 0 && s->values[s->order[at - 1]] > s->values[c]; at--) {
        s->order[at] = s->order[at - 1];
    }
    s->order[at] = c;
}

/** Draws and evaluates the children; false if the function has ended the search. */
static bool sample(strategy *s, nova_cma_function function, void *context, double low, double high,
                   uint64_t *random) {
    for (int c = 0; c < s->lambda; c++) {
        double z[MAX], x[MAX];
        for (int i = 0; i < s->n; i++) {
            z[i] = nova_random_normal(random);
        }
        transform(s, 1, z, s->y[c]);
        for (int i = 0; i < s->n; i++) {
            x[i] = fmin(high, fmax(low, s->mean[i] + s->sigma * s->y[c][i]));
            s->y[c][i] = (x[i] - s->mean[i]) / s->sigma;
        }
        if (!function(context, x, &s->values[c])) {
            return false;
        }
        rank(s, c);
    }
    return true;
}

/** Moves the mean along the weighted best children and lengthens the evolution paths. */
static void move(strategy *s) {
    double step[MAX] = {0}, whitened[MAX], square = 0;
    for (int c = 0; c < s->mu; c++) {
        for (int i = 0; i < s->n; i++) {
            step[i] += s->weights[c] * s->y[s->order[c]][i];
        }
    }
    transform(s, -1, step, whitened);
    double by_sigma = sqrt(s->c_sigma * (2 - s->c_sigma) * s->mu_eff);
    double by_c = sqrt(s->c_c * (2 - s->c_c) * s->mu_eff);
    for (int i = 0; i < s->n; i++) {
        s->mean[i] += s->sigma * step[i];
        s->path_sigma[i] = (1 - s->c_sigma) * s->path_sigma[i] + by_sigma * whitened[i];
        s->path_c[i] = (1 - s->c_c) * s->path_c[i] + by_c * step[i];
        square += s->path_sigma[i] * s->path_sigma[i];
    }
    s->sigma *= exp(fmin(1, s->c_sigma / s->d_sigma * (sqrt(square) / s->chi - 1)));
}

/** C learns from the path (rank one) and from the children (rank mu). */
static void adapt(strategy *s) {
    for (int i = 0; i < s->n; i++) {
        for (int j = 0; j < s->n; j++) {
            double sum = 0;
            for (int c = 0; c < s->mu; c++) {
                sum += s->weights[c] * s->y[s->order[c]][i] * s->y[s->order[c]][j];
            }
            s->C[i * s->n + j] = (1 - s->c_1 - s->c_mu) * s->C[i * s->n + j] +
                                 s->c_1 * s->path_c[i] * s->path_c[j] + s->c_mu * sum;
        }
    }
}

nova_status nova_cma_minimise(nova_cma_function function, void *context, int dimension, double low,
                              double high, const double *x, int evaluations, uint64_t seed) {
    if (dimension < 1 || dimension > MAX) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "%d dimensions: must be 1 to %d", dimension, MAX);
    }
    strategy *s = calloc(1, sizeof *s);
    if (!s) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the search");
    }
    begin(s, dimension, FIRST_STEP * (high - low) / 2, x);
    for (int used = 0; used < evaluations && s->sigma > LAST_STEP; used += s->lambda) {
        if (!decompose(s) || !sample(s, function, context, low, high, &seed)) {
            break;
        }
        move(s);
        adapt(s);
    }
    free(s);
    return NOVA_OK;
}
