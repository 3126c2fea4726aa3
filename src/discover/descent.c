/*
 * descent.c - the evolution strategy and NLopt on an objective.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <nlopt.h>
#include <string.h>

#include "discover/cma.h"
#include "discover/descent.h"
#include "runtime/runtime.h"

enum { POLISH_EVALUATIONS = 1000 };

/* Stands for values beyond all bounds, which solvers could not compare. */
static const double LARGEST = 1e3;

/* In radians, what the smooth norms leave to the last descent, which needs no gradients. */
static const double FINISHING_STEP = 1e-5;

/* Orders of the norms that stand for maxima, one descent after the other; the last one is within
   24^(1/2^17) of the maximum, that is 3e-5. */
static const double sharpnesses[] = {8, 64, 512, 4096, 32768, 131072};

/** What NLopt hands back to the function that it minimises. */
typedef struct call {
    nova_descent *descent;
    nlopt_opt solver;
    double sharpness;
} call;

void nova_descent_bounds(const nova_pattern *pattern, double *low, double *high) {
    *high = atan(NOVA_MAX_MAGNITUDE);
    *low = pattern->symmetric ? atan(1 / NOVA_MAX_MAGNITUDE) : -*high;
}

static void points_at(const nova_descent *descent, const double *angles, double *points) {
    double values[NOVA_MAX_FINITE];
    for (int i = 0; i < descent->pattern.coordinates; i++) {
        values[i] = tan(angles[i]);
    }
    nova_pattern_points(&descent->pattern, values, points);
}

/** The gradient by the angles: dp/d(angle) = 1 + p^2, with both signs for a pair. */
static void chain_rule(const nova_pattern *pattern, const double *points, const double *by_point,
                       double *by_angle) {
    int first = pattern->symmetric ? pattern->points % 2 : 0;
    for (int i = 0; i < pattern->coordinates; i++) {
        int at = first + (pattern->symmetric ? 2 * i : i);
        double slope = by_point[at] - (pattern->symmetric ? by_point[at + 1] : 0);
        by_angle[i] = slope * (1 + points[at] * points[at]);
    }
}

static void keep_if_better(nova_descent *descent, const double *angles, double value) {
    if (value < descent->best) {
        descent->best = value;
        memcpy(descent->angles, angles,
               (size_t)descent->pattern.coordinates * sizeof descent->angles[0]);
    }
}

static bool is_over(nova_descent *descent) {
    descent->cut_off = descent->cut_off || (descent->stop && *descent->stop) ||
                       (isfinite(descent->deadline) && nova_now() > descent->deadline);
    return descent->cut_off;
}

static bool is_smooth(const nova_objective *o) {
    return o->kind == NOVA_OBJECTIVE_ERROR ||
           (o->kind == NOVA_OBJECTIVE_INT8 && o->int8_scale == NOVA_INT8_PER_TAP);
}

/** The function that NLopt minimises. */
static double evaluate(unsigned count, const double *angles, double *gradient, void *context) {
    call *c = context;
    nova_descent *descent = c->descent;
    double points[NOVA_MAX_FINITE], by_point[NOVA_MAX_FINITE];
    (void)count;
    if (is_over(descent)) {
        nlopt_force_stop(c->solver);
    }
    points_at(descent, angles, points);
    descent->evaluations++;
    double value =
        nova_objective_log(descent->objective, points, c->sharpness, gradient ? by_point : NULL);
    if (gradient) {
        chain_rule(&descent->pattern, points, by_point, gradient);
    }
    if (isinf(c->sharpness) || is_smooth(descent->objective)) {
        keep_if_better(descent, angles, value);
    }
    return fmin(value, LARGEST);
}

void nova_descent_begin(nova_descent *descent) {
    double points[NOVA_MAX_FINITE];
    points_at(descent, descent->angles, points);
    descent->best = nova_objective_log(descent->objective, points, INFINITY, NULL);
    descent->evaluations++;
}

/** Runs one of NLopt's algorithms; `angles` is where it starts and where it ends. */
static nova_status minimise(nova_descent *descent, nlopt_algorithm algorithm, int evaluations,
                            double sharpness, double *angles) {
    double low, high;
    if (descent->pattern.coordinates == 0) {
        return NOVA_OK; /* the set is {0} */
    }
    call c = {.descent = descent, .sharpness = sharpness};
    c.solver = nlopt_create(algorithm, (unsigned)descent->pattern.coordinates);
    if (!c.solver) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the search");
    }
    nova_descent_bounds(&descent->pattern, &low, &high);
    nlopt_set_lower_bounds1(c.solver, low);
    nlopt_set_upper_bounds1(c.solver, high);
    nlopt_set_min_objective(c.solver, evaluate, &c);
    nlopt_set_maxeval(c.solver, evaluations);
    nlopt_set_xtol_abs1(c.solver, 1e-12);
    nlopt_set_ftol_abs(c.solver, 1e-14);
    if (algorithm == NLOPT_LN_SBPLX) {
        nlopt_set_initial_step1(c.solver, FINISHING_STEP);
    }
    double value;
    nlopt_result outcome = nlopt_optimize(c.solver, angles, &value);
    nlopt_destroy(c.solver);
    /* Lost precision and exhausted budgets are the ordinary ends of a search. */
    return outcome == NLOPT_OUT_OF_MEMORY
               ? nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the search")
               : NOVA_OK;
}

/** What the evolution strategy minimises. */
static bool explore(void *context, const double *angles, double *value) {
    nova_descent *descent = context;
    double points[NOVA_MAX_FINITE];
    points_at(descent, angles, points);
    descent->evaluations++;
    *value = nova_objective_log(descent->objective, points, INFINITY, NULL);
    keep_if_better(descent, angles, *value);
    *value = fmin(*value, LARGEST);
    return !is_over(descent);
}

nova_status nova_descent_explore(nova_descent *descent, int evaluations, uint64_t seed) {
    double low, high, angles[NOVA_MAX_FINITE];
    if (descent->pattern.coordinates == 0) {
        return NOVA_OK; /* the set is {0} */
    }
    memcpy(angles, descent->angles, sizeof angles);
    nova_descent_bounds(&descent->pattern, &low, &high);
    return nova_cma_minimise(explore, descent, descent->pattern.coordinates, low, high, angles,
                             evaluations, seed);
}

nova_status nova_descent_polish(nova_descent *descent) {
    double angles[NOVA_MAX_FINITE], points[NOVA_MAX_FINITE];
    nova_status status = NOVA_OK;
    memcpy(angles, descent->angles, sizeof angles);
    if (is_smooth(descent->objective)) {
        return minimise(descent, NLOPT_LD_SLSQP, POLISH_EVALUATIONS, INFINITY, angles);
    }
    for (int i = 0; i < NOVA_COUNT(sharpnesses) && status == NOVA_OK && !descent->cut_off; i++) {
        status = minimise(descent, NLOPT_LD_SLSQP, POLISH_EVALUATIONS, sharpnesses[i], angles);
        points_at(descent, angles, points);
        keep_if_better(descent, angles,
                       nova_objective_log(descent->objective, points, INFINITY, NULL));
    }
    if (status == NOVA_OK && !descent->cut_off) {
        memcpy(angles, descent->angles, sizeof angles);
        status = minimise(descent, NLOPT_LN_SBPLX, POLISH_EVALUATIONS, INFINITY, angles);
    }
    return status;
}
