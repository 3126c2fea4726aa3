/*
 * compare_strategies.c - which strategy reaches an optimum from random starts with how many
 * evaluations: NLopt's, and nova's covariance matrix adaptation. Not a test: it prints the table of
 * docs/discovery.md.
 *
 * A start counts as a hit if the optimum is reached to 1 % within the budget; the figure is the
 * expected number of evaluations until there is a hit, with restarts (those that fail use their
 * budget up).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <nlopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "discover/cma.h"
#include "discover/descent.h"
#include "discover/random.h"
#include "runtime/runtime.h"

enum { STARTS = 40, BUDGET_PER_COORDINATE = 1500, MAX = NOVA_MAX_FINITE };

/** One start: evaluations are counted until the target is reached. */
typedef struct trial {
    const nova_objective *objective;
    nova_pattern pattern;
    double target;
    double low, high;
    int evaluations, budget;
    int hit; /* evaluations at which the target was reached; 0: not yet */
    nlopt_opt solver;
} trial;

static double evaluate_angles(trial *t, const double *angles, double *gradient) {
    double values[MAX], points[MAX], by_point[MAX];
    for (int i = 0; i < t->pattern.coordinates; i++) {
        values[i] = tan(angles[i]);
    }
    nova_pattern_points(&t->pattern, values, points);
    double value = nova_objective_log(t->objective, points, INFINITY, gradient ? by_point : NULL);
    t->evaluations++;
    for (int i = 0; gradient && i < t->pattern.coordinates; i++) {
        gradient[i] = by_point[i] * (1 + points[i] * points[i]); /* of free sets */
    }
    if (value <= t->target && !t->hit) {
        t->hit = t->evaluations;
    }
    return fmin(value, 1e3);
}

static double evaluate_for_nlopt(unsigned count, const double *angles, double *gradient,
                                 void *context) {
    trial *t = context;
    (void)count;
    if (t->hit) {
        nlopt_force_stop(t->solver);
    }
    return evaluate_angles(t, angles, gradient);
}

static void run_nlopt(trial *t, nlopt_algorithm algorithm, double *angles, unsigned long seed) {
    double value;
    nlopt_srand(seed);
    t->solver = nlopt_create(algorithm, (unsigned)t->pattern.coordinates);
    nlopt_set_lower_bounds1(t->solver, t->low);
    nlopt_set_upper_bounds1(t->solver, t->high);
    nlopt_set_min_objective(t->solver, evaluate_for_nlopt, t);
    nlopt_set_maxeval(t->solver, t->budget);
    nlopt_optimize(t->solver, angles, &value);
    nlopt_destroy(t->solver);
}

static bool evaluate_for_cma(void *context, const double *angles, double *value) {
    trial *t = context;
    *value = evaluate_angles(t, angles, NULL);
    return !t->hit;
}

/* ---------------------------------------------------------------- the table */

typedef struct contestant {
    const char *name;
    int is_cma;
    nlopt_algorithm algorithm;
} contestant;

static const contestant contestants[] = {{"ISRES", 0, NLOPT_GN_ISRES},
                                         {"ESCH", 0, NLOPT_GN_ESCH},
                                         {"CRS2", 0, NLOPT_GN_CRS2_LM},
                                         {"CMA-ES", 1, 0},
                                         {"SLSQP", 0, NLOPT_LD_SLSQP}};

static void compare(const nova_objective *objective, const contestant *who, double optimum) {
    int hits = 0;
    double used = 0;
    for (int start = 0; start < STARTS; start++) {
        trial t = {.objective = objective,
                   .pattern = nova_pattern_make(objective->points, false),
                   .target = optimum + log(1.01),
                   .budget = BUDGET_PER_COORDINATE * objective->points};
        uint64_t state = (uint64_t)start;
        double angles[MAX];
        nova_descent_bounds(&t.pattern, &t.low, &t.high);
        for (int i = 0; i < t.pattern.coordinates; i++) {
            angles[i] = nova_random_uniform(&state, t.low, t.high);
        }
        if (who->is_cma) {
            nova_cma_minimise(evaluate_for_cma, &t, t.pattern.coordinates, t.low, t.high, angles,
                              t.budget, state);
        } else {
            run_nlopt(&t, who->algorithm, angles, (unsigned long)state);
        }
        hits += t.hit > 0;
        used += t.hit > 0 ? t.hit : t.evaluations;
    }
    printf(" | %s %d/%d, %.0f", who->name, hits, STARTS, hits ? used / hits : NAN);
    fflush(stdout);
}

int main(void) {
    static const char *const names[] = {"error", "vandermonde", "range", "int8"};
    static const int tiles[] = {4, 8, 16};
    printf("hits within 1 %% of the optimum, expected evaluations to a hit; free sets, r = 3\n");
    for (int kind = NOVA_OBJECTIVE_ERROR; kind <= NOVA_OBJECTIVE_INT8; kind++) {
        for (int tile = 0; tile < NOVA_COUNT(tiles); tile++) {
            nova_objective objective;
            nova_search_result real;
            const nova_search_options options = {.seed = 1, .restarts = 8, .threads = 1};
            if (nova_objective_init(&objective, (nova_objective_kind)kind, tiles[tile], 3, NULL,
                                    0) != NOVA_OK ||
                nova_search(&objective, &options, &real) != NOVA_OK) {
                return EXIT_FAILURE;
            }
            printf("%s F(%d,3)", names[kind], tiles[tile]);
            for (int i = 0; i < NOVA_COUNT(contestants); i++) {
                compare(&objective, &contestants[i], log(real.value));
            }
            printf("\n");
        }
    }
    return EXIT_SUCCESS;
}
