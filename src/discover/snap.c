/*
 * snap.c - combinations of grid points: enumeration of a box, then exchanges.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "discover/snap.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"

enum {
    CHOICES = 24,         /* grid points around a coordinate; more than there are coordinates */
    PAIR_CHOICES = 16,    /* of which exchanges of two try the nearest, */
    TRIPLE_CHOICES = 8,   /* and exchanges of three */
    KEPT = 12,            /* combinations that exchanges start from */
    MANY_COORDINATES = 10 /* beyond which exchanges are narrower, and of two only */
};

/** A grid point that a coordinate may take, and how far it is from the optimum (an angle). */
typedef struct choice {
    nova_fraction fraction;
    double value, distance;
} choice;

/** A choice for every coordinate, and the logarithm of the objective there. */
typedef struct combination {
    unsigned char chosen[NOVA_MAX_FINITE];
    double value;
} combination;

typedef struct snapper {
    const nova_objective *objective;
    nova_pattern pattern;
    choice choices[NOVA_MAX_FINITE][CHOICES]; /* nearest first */
    int counts[NOVA_MAX_FINITE];
    combination kept[KEPT]; /* best first, all different */
    int kept_count;
    int64_t evaluations;
} snapper;

/* ---------------------------------------------------------------- the grid */

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/** Keeps the choices sorted by distance; the farthest falls off the end. */
static void insert_choice(choice *choices, int *count, const choice *candidate) {
    int at = *count;
    while (at > 0 && choices[at - 1].distance > candidate->distance) {
        at--;
    }
    if (at == CHOICES) {
        return;
    }
    int moved = NOVA_MIN(*count, CHOICES - 1) - at;
    memmove(choices + at + 1, choices + at, (size_t)moved * sizeof *choices);
    choices[at] = *candidate;
    *count = NOVA_MIN(*count + 1, CHOICES);
}

/** The points k/denominator around `target` that have no smaller denominator. */
static void choices_of_denominator(choice *choices, int *count, double target, int64_t denominator,
                                   bool reduced, bool positive) {
    int64_t nearest = llround(target * (double)denominator);
    for (int64_t k = nearest - CHOICES; k <= nearest + CHOICES; k++) {
        int64_t divisor = greatest_common_divisor(k, denominator);
        double value = (double)k / (double)denominator;
        if ((positive && k <= 0) || (reduced && divisor > 1) || fabs(value) > NOVA_MAX_MAGNITUDE) {
            continue;
        }
        const choice candidate = {.fraction = {k / divisor, denominator / divisor},
                                  .value = value,
                                  .distance = fabs(atan(value) - atan(target))};
        insert_choice(choices, count, &candidate);
    }
}

static void find_choices(snapper *s, const nova_search_result *real, const nova_grid *grid) {
    for (int i = 0; i < s->pattern.coordinates; i++) {
        s->counts[i] = 0;
        if (grid->dyadic) {
            choices_of_denominator(s->choices[i], &s->counts[i], real->values[i],
                                   (int64_t)1 << grid->bits, false, s->pattern.symmetric);
            continue;
        }
        for (int d = 1; d <= grid->max_denominator; d++) {
            choices_of_denominator(s->choices[i], &s->counts[i], real->values[i], d, true,
                                   s->pattern.symmetric);
        }
    }
}

/* ---------------------------------------------------------------- combinations */

/** True if two coordinates take the same point. */
static bool has_duplicate(const snapper *s, const combination *c) {
    for (int i = 0; i < s->pattern.coordinates; i++) {
        for (int j = 0; j < i; j++) {
            if (s->choices[i][c->chosen[i]].value == s->choices[j][c->chosen[j]].value) {
                return true;
            }
        }
    }
    return false;
}

static void points_of(const snapper *s, const combination *c, double *points) {
    double values[NOVA_MAX_FINITE] = {0};
    for (int i = 0; i < s->pattern.coordinates; i++) {
        values[i] = s->choices[i][c->chosen[i]].value;
    }
    nova_pattern_points(&s->pattern, values, points);
}

static void evaluate(snapper *s, combination *c) {
    double points[NOVA_MAX_FINITE];
    c->value = INFINITY;
    if (!has_duplicate(s, c)) {
        points_of(s, c, points);
        c->value = nova_objective_log(s->objective, points, INFINITY, NULL);
        s->evaluations++;
    }
}

/** Keeps the best combinations, sorted; the first of those that are alike goes first. */
static void keep(snapper *s, const combination *c) {
    int at = s->kept_count;
    while (at > 0 && s->kept[at - 1].value > c->value) {
        at--;
    }
    if (at == KEPT || !isfinite(c->value)) {
        return;
    }
    int moved = NOVA_MIN(s->kept_count, KEPT - 1) - at;
    memmove(s->kept + at + 1, s->kept + at, (size_t)moved * sizeof *s->kept);
    s->kept[at] = *c;
    s->kept_count = NOVA_MIN(s->kept_count + 1, KEPT);
}

/** Grid points per coordinate for which all combinations are affordable. */
static int box_width(const snapper *s) {
    if (s->pattern.coordinates == 0) {
        return 1;
    }
    /* a condition number takes some ten times as long as a sum over products */
    double budget = s->objective->kind == NOVA_OBJECTIVE_VANDERMONDE ? 3e4 : 2e5;
    int width = (int)pow(budget, 1.0 / s->pattern.coordinates);
    return NOVA_MAX(2, NOVA_MIN(CHOICES, width));
}

/** Every coordinate takes the nearest grid point that is left: on a coarse grid, where the box
   holds no set of different points, there is this one. */
static void keep_nearest_different(snapper *s) {
    combination c = {{0}, INFINITY};
    const int coordinates = s->pattern.coordinates;
    for (int i = 0; i < coordinates; i++) {
        bool taken = true;
        for (int k = 0; taken && k < s->counts[i]; k++) {
            c.chosen[i] = (unsigned char)k;
            taken = false;
            for (int j = 0; j < i; j++) {
                taken = taken || s->choices[j][c.chosen[j]].value == s->choices[i][k].value;
            }
        }
    }
    evaluate(s, &c);
    keep(s, &c);
}

/** Tries every combination of the `width` nearest grid points. */
static void enumerate(snapper *s, int coordinate, int width, combination *c) {
    if (coordinate == s->pattern.coordinates) {
        evaluate(s, c);
        keep(s, c);
        return;
    }
    for (int i = 0; i < NOVA_MIN(width, s->counts[coordinate]); i++) {
        c->chosen[coordinate] = (unsigned char)i;
        enumerate(s, coordinate + 1, width, c);
    }
}

/** Tries all choices at the `count` coordinates listed; true if *best became better. */
static bool exchange(snapper *s, const int *coordinates, int count, int width, combination *current,
                     combination *best) {
    bool better = false;
    if (count == 0) {
        evaluate(s, current);
        if (current->value < best->value - 1e-12) {
            *best = *current;
            return true;
        }
        return false;
    }
    unsigned char before = current->chosen[*coordinates];
    for (int i = 0; i < NOVA_MIN(width, s->counts[*coordinates]); i++) {
        current->chosen[*coordinates] = (unsigned char)i;
        better = exchange(s, coordinates + 1, count - 1, width, current, best) || better;
    }
    current->chosen[*coordinates] = before;
    return better;
}

/** All exchanges of two coordinates (a single one among them); true if one helped. */
static bool exchange_pairs(snapper *s, combination *c) {
    bool better = false;
    int width = s->pattern.coordinates > MANY_COORDINATES ? PAIR_CHOICES / 2 : PAIR_CHOICES;
    for (int i = 0; i < s->pattern.coordinates; i++) {
        for (int j = 0; j < i; j++) {
            combination current = *c;
            better = exchange(s, (int[]){i, j}, 2, width, &current, c) || better;
        }
    }
    return better;
}

static bool exchange_triples(snapper *s, combination *c) {
    bool better = false;
    for (int i = 0; i < s->pattern.coordinates; i++) {
        for (int j = 0; j < i; j++) {
            for (int k = 0; k < j; k++) {
                combination current = *c;
                better = exchange(s, (int[]){i, j, k}, 3, TRIPLE_CHOICES, &current, c) || better;
            }
        }
    }
    return better;
}

/** Exchanges from every combination that was kept; the best of all is then kept[0]. */
static void improve(snapper *s) {
    combination best = s->kept[0];
    for (int i = 0; i < s->kept_count; i++) {
        combination c = s->kept[i];
        while (exchange_pairs(s, &c)) {
        }
        if (c.value < best.value - 1e-12) {
            best = c;
        }
    }
    if (s->pattern.coordinates <= MANY_COORDINATES) {
        while (exchange_triples(s, &best) && exchange_pairs(s, &best)) {
        }
    }
    s->kept[0] = best;
}

/* ---------------------------------------------------------------- results */

static void fill_result(const snapper *s, nova_snapped *snapped) {
    int first = s->pattern.symmetric ? s->pattern.points % 2 : 0;
    snapped->points = s->pattern.points;
    snapped->fractions[0] = (nova_fraction){0, 1};
    for (int i = 0; i < s->pattern.coordinates; i++) {
        nova_fraction fraction = s->choices[i][s->kept[0].chosen[i]].fraction;
        if (s->pattern.symmetric) {
            snapped->fractions[first + 2 * i] = fraction;
            fraction.numerator = -fraction.numerator;
            snapped->fractions[first + 2 * i + 1] = fraction;
        } else {
            snapped->fractions[i] = fraction;
        }
    }
    snapped->value = exp(s->kept[0].value);
    snapped->evaluations = s->evaluations;
}

nova_status nova_snap(const nova_objective *objective, const nova_search_result *real,
                      const nova_grid *grid, nova_snapped *snapped) {
    combination c = {{0}, 0};
    snapper *s = calloc(1, sizeof *s);
    if (!s) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for snapping");
    }
    s->objective = objective;
    s->pattern = real->pattern;
    find_choices(s, real, grid);
    keep_nearest_different(s);
    enumerate(s, 0, box_width(s), &c);
    if (s->kept_count > 0) {
        improve(s);
        fill_result(s, snapped);
    } else {
        *snapped = (nova_snapped){.value = INFINITY, .evaluations = s->evaluations};
    }
    free(s);
    return NOVA_OK;
}

char *nova_snapped_text(const nova_snapped *snapped) {
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) {
        return NULL;
    }
    for (int i = 0; i < snapped->points; i++) {
        nova_fraction f = snapped->fractions[i];
        fprintf(stream, i ? ",%" PRId64 : "%" PRId64, f.numerator);
        if (f.denominator != 1) {
            fprintf(stream, "/%" PRId64, f.denominator);
        }
    }
    if (fclose(stream)) {
        free(text);
        return NULL;
    }
    return text;
}
