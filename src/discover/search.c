/*
 * search.c - restarts, in parallel and repeatable.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "discover/search.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "discover/descent.h"
#include "discover/random.h"
#include "runtime/runtime.h"

nova_pattern nova_pattern_make(int points, bool symmetric) {
    return (nova_pattern){symmetric, points, symmetric ? points / 2 : points};
}

void nova_pattern_points(const nova_pattern *pattern, const double *values, double *points) {
    if (!pattern->symmetric) {
        memcpy(points, values, (size_t)pattern->points * sizeof *points);
        return;
    }
    int first = pattern->points % 2;
    points[0] = 0;
    for (int i = 0; i < pattern->coordinates; i++) {
        points[first + 2 * i] = values[i];
        points[first + 2 * i + 1] = -values[i];
    }
}

/* ---------------------------------------------------------------- restarts */

/** What a restart found. */
typedef struct outcome {
    nova_status status;
    bool begun, finished;
    double best;
    double angles[NOVA_MAX_FINITE];
    int64_t evaluations;
} outcome;

/** A search under way; the mutex guards what the restarts report. */
typedef struct search {
    const nova_objective *objective;
    const nova_search_options *options;
    nova_pattern pattern;
    double started;
    outcome *outcomes; /* [restarts] */
    pthread_mutex_t mutex;
    int finished;
    double best;
    double best_points[NOVA_MAX_FINITE];
} search;

static nova_descent descent_of(const search *s) {
    const nova_search_options *options = s->options;
    return (nova_descent){.objective = s->objective,
                          .pattern = s->pattern,
                          .stop = options->stop,
                          .deadline =
                              options->seconds > 0 ? s->started + options->seconds : INFINITY};
}

static void points_of(const nova_pattern *pattern, const double *angles, double *points) {
    double values[NOVA_MAX_FINITE];
    for (int i = 0; i < pattern->coordinates; i++) {
        values[i] = tan(angles[i]);
    }
    nova_pattern_points(pattern, values, points);
}

static void report(search *s, const outcome *found) {
    pthread_mutex_lock(&s->mutex);
    s->finished++;
    if (found->best < s->best) {
        s->best = found->best;
        points_of(&s->pattern, found->angles, s->best_points);
    }
    if (s->options->progress) {
        nova_search_progress progress = {.finished = s->finished,
                                         .restarts = s->options->restarts,
                                         .seconds = nova_now() - s->started,
                                         .value = exp(s->best),
                                         .points = s->pattern.points,
                                         .best = s->best_points};
        s->options->progress(s->options->progress_context, &progress);
    }
    pthread_mutex_unlock(&s->mutex);
}

static bool is_over(const search *s) {
    const nova_search_options *options = s->options;
    return (options->stop && *options->stop) ||
           (options->seconds > 0 && nova_now() - s->started > options->seconds);
}

/** Restart `index`, from points of its own. The first one is begun even if time is over. */
static void restart(void *context, int index) {
    search *s = context;
    outcome *found = &s->outcomes[index];
    if (index > 0 && is_over(s)) {
        return;
    }
    uint64_t state = s->options->seed, mixed = nova_random(&state) + (uint64_t)index;
    nova_descent descent = descent_of(s);
    double low, high;
    nova_descent_bounds(&s->pattern, &low, &high);
    for (int i = 0; i < s->pattern.coordinates; i++) {
        descent.angles[i] = nova_random_uniform(&mixed, low, high);
    }
    int evaluations = s->options->stage_evaluations;
    if (evaluations == 0) {
        evaluations = 100 * (s->pattern.coordinates + 1);
    }
    nova_descent_begin(&descent);
    found->status = nova_descent_explore(&descent, evaluations, nova_random(&mixed));
    if (found->status == NOVA_OK && !descent.cut_off) {
        found->status = nova_descent_polish(&descent);
    }
    found->begun = true;
    found->finished = !descent.cut_off;
    found->best = descent.best;
    found->evaluations = descent.evaluations;
    memcpy(found->angles, descent.angles, sizeof found->angles);
    if (found->finished) {
        report(s, found);
    }
}

/* ---------------------------------------------------------------- the result */

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/**
 * The magnitudes of the pairs of a set of points (ascending) that is symmetric but for the
 * precision of the search; false if it is not.
 */
static bool find_pairs(const double *points, int count, double *magnitudes) {
    for (int i = 0; i < count / 2; i++) {
        double low = points[i], high = points[count - 1 - i];
        magnitudes[count / 2 - 1 - i] = (high - low) / 2;
        if (fabs(high + low) > 1e-4 * (high - low)) {
            return false;
        }
    }
    return count % 2 == 0 || fabs(points[count / 2]) < 1e-4;
}

/** If the points are pairs, and making them so to the last digit costs nothing, they become so. */
static void make_symmetric(const nova_objective *objective, nova_search_result *result) {
    double magnitudes[NOVA_MAX_FINITE], points[NOVA_MAX_FINITE];
    nova_pattern pattern = nova_pattern_make(result->pattern.points, true);
    if (result->pattern.symmetric || !find_pairs(result->values, pattern.points, magnitudes)) {
        return;
    }
    nova_pattern_points(&pattern, magnitudes, points);
    double value = nova_objective_value(objective, points);
    if (value <= result->value * (1 + 1e-6)) {
        result->pattern = pattern;
        result->value = value;
        memcpy(result->values, magnitudes, sizeof magnitudes);
    }
}

static void fill_result(const search *s, const double *angles, nova_search_result *result) {
    result->pattern = s->pattern;
    for (int i = 0; i < s->pattern.coordinates; i++) {
        result->values[i] = tan(angles[i]);
    }
    qsort(result->values, (size_t)s->pattern.coordinates, sizeof(double), compare_doubles);
    nova_pattern_points(&result->pattern, result->values, result->points);
    result->value = nova_objective_value(s->objective, result->points);
    make_symmetric(s->objective, result);
    nova_pattern_points(&result->pattern, result->values, result->points);
}

/** The best outcome; of those that differ by rounding only the first. */
static nova_status choose(search *s, nova_search_result *result) {
    const outcome *best = &s->outcomes[0]; /* which has begun whatever happened */
    for (int i = 0; i < s->options->restarts; i++) {
        const outcome *candidate = &s->outcomes[i];
        if (candidate->status != NOVA_OK) {
            return nova_fail(candidate->status, "no memory for the search");
        }
        if (!candidate->begun) {
            continue;
        }
        result->evaluations += candidate->evaluations;
        result->finished += candidate->finished;
        if (candidate->best < best->best - 1e-9) {
            best = candidate;
        }
    }
    result->cut_off = result->finished < s->options->restarts;
    /* Once more, whatever the time is: what was cut off is not at its optimum yet. */
    nova_descent descent = descent_of(s);
    descent.stop = NULL;
    descent.deadline = INFINITY;
    memcpy(descent.angles, best->angles, sizeof descent.angles);
    nova_descent_begin(&descent);
    nova_status status = nova_descent_polish(&descent);
    result->evaluations += descent.evaluations;
    fill_result(s, descent.angles, result);
    return status;
}

nova_status nova_search(const nova_objective *objective, const nova_search_options *options,
                        nova_search_result *result) {
    search s = {.objective = objective,
                .options = options,
                .pattern = nova_pattern_make(objective->points, options->symmetric),
                .started = nova_now(),
                .best = INFINITY};
    *result = (nova_search_result){0};
    s.outcomes = calloc((size_t)options->restarts, sizeof *s.outcomes);
    if (!s.outcomes) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the search");
    }
    pthread_mutex_init(&s.mutex, NULL);
    nova_parallel_for(options->threads, restart, &s, options->restarts);
    nova_status status = choose(&s, result);
    pthread_mutex_destroy(&s.mutex);
    free(s.outcomes);
    return status;
}
