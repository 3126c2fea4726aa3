/*
 * report_kappa.c - the points that minimise kappa of the Vandermonde.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "report_kappa.h"

#include <math.h>
#include <stdio.h>

#include "exact.h"
#include "report.h"

enum { MAX_PAIRS = NOVA_MAX_PRODUCTS / 2 };

/** Positive points of a set of pairs +p, -p, with 0 if the number of points is odd. */
typedef struct pairs {
    int points, count;
    double p[MAX_PAIRS];
} pairs;

bool report_kappa_is_there(void) {
    return cli_algebra_is_there();
}

static double kappa_of(const pairs *set) {
    const int size = set->points;
    double v[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    for (int i = 0; i < size; ++i) {
        double point = i / 2 < set->count ? (i % 2 ? -set->p[i / 2] : set->p[i / 2]) : 0;
        double power = 1;
        for (int j = 0; j < size; ++j) {
            v[i * size + j] = power;
            power *= point;
        }
    }
    return report_condition(v, size, size);
}

/** Tries p[i] + step and p[i] - step; true if one of them is better. */
static bool improve(pairs *set, int i, double step, double *kappa) {
    const double old = set->p[i];
    for (int sign = -1; sign <= 1; sign += 2) {
        set->p[i] = old + sign * step;
        double now = kappa_of(set);
        if (now < *kappa) {
            *kappa = now;
            return true;
        }
    }
    set->p[i] = old;
    return false;
}

/** Compass search (Hooke and Jeeves 1961, without pattern moves): for these few, well separated
    points it finds the minimum to the last digits from evenly spaced ones. */
static void minimise(pairs *set) {
    double kappa = kappa_of(set);
    for (double step = 0.1; step > 1e-8;) {
        bool better = false;
        for (int i = 0; i < set->count; ++i) {
            better |= improve(set, i, step, &kappa);
        }
        if (!better) {
            step /= 2;
        }
    }
}

static void write_points(const pairs *set, int digits, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "%s", set->points % 2 ? "0" : "");
    for (int i = 0; i < set->count && used < size; ++i) {
        used += (size_t)snprintf(text + used, size - used, "%s%.*f,-%.*f", used ? "," : "", digits,
                                 set->p[i], digits, set->p[i]);
    }
}

nova_status report_kappa_optimum(int m, int r, char *text, size_t size,
                                 nova_transform **transform) {
    pairs set = {.points = m + r - 2, .count = (m + r - 2) / 2};
    char points[32 * NOVA_MAX_PRODUCTS];
    for (int i = 0; i < set.count; ++i) {
        set.p[i] = 1.2 * (i + 1) / set.count;
    }
    minimise(&set);
    write_points(&set, 10, points, sizeof points);
    write_points(&set, 4, text, size);
    return cli_build_transform(m, r, points, transform);
}

void report_kappa_free(nova_transform *transform) {
    cli_free_transform(transform);
}
