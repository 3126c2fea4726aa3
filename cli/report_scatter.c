/*
 * report_scatter.c - which figure of merit ranks point sets by their error: all symmetric F(6,3)
 * sets of small rationals.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "cpu/reference/reference.h"
#include "exact.h"
#include "report.h"
#include "runtime/runtime.h"

enum {
    TILE = 6,
    TAPS = 3,
    MAX_DENOMINATOR = 6,
    MAX_MAGNITUDE = 4,
    MAX_VALUES = 64, /* there are 48 rationals in reach */
    PAIRS = 3
};

static const report_column columns[] = {
    {"points", "points", REPORT_TEXT},
    {"kappa_v", "kappa(V)", REPORT_NUMBER},
    {"kappa_scaled", "kappa(V), rows scaled", REPORT_NUMBER},
    {"kappa_b", "kappa(B)", REPORT_NUMBER},
    {"alpha2", "alpha²", REPORT_NUMBER},
    {"error", "f16 error", REPORT_PERCENT},
};

static const report_head head = {
    .key = "scatter",
    .title = "Symmetric F(6,3) sets of small rationals",
    .text = "Every set 0, +-a, +-b, +-c with denominators up to 6 and magnitudes up to 4 (with "
            "--quick a sample). `error` is that of f16 for an evenly spaced sample, else null.",
    .columns = columns,
    .column_count = NOVA_COUNT(columns),
    .data_only = true,
};

static const report_column rank_columns[] = {
    {"pair", "figures", REPORT_TEXT},
    {"spearman", "Spearman", REPORT_NUMBER},
    {"sets", "sets", REPORT_INTEGER},
};

static const report_head rank_head = {
    .key = "ranking",
    .title = "Which figure ranks sets by their error",
    .text = "Spearman's rank correlation over the symmetric F(6,3) sets 0, +-a, +-b, +-c with "
            "denominators up to 6 and magnitudes up to 4. The error is that of f16 with tap "
            "scaling and plain rounding, every rounding emulated, 16 channels, for an evenly "
            "spaced sample of the sets and for those of the table above.",
    .columns = rank_columns,
    .column_count = NOVA_COUNT(rank_columns),
};

typedef struct fraction {
    int numerator, denominator;
} fraction;

static const report_column extreme_columns[] = {
    {"figure", "lowest", REPORT_TEXT},      {"points", "points", REPORT_TEXT},
    {"kappa_v", "kappa(V)", REPORT_NUMBER}, {"kappa_b", "kappa(B)", REPORT_NUMBER},
    {"alpha2", "alpha²", REPORT_NUMBER},    {"error", "f16 error", REPORT_PERCENT},
};

static const report_head extreme_head = {
    .key = "extremes",
    .title = "The sets that each figure would choose",
    .text = "Of all symmetric F(6,3) sets 0, +-a, +-b, +-c with denominators up to 6 and "
            "magnitudes up to 4 (with --quick of a sample); the error as in the next table.",
    .columns = extreme_columns,
    .column_count = NOVA_COUNT(extreme_columns),
};

/** One set and what is known of it. */
typedef struct entry {
    int index[PAIRS]; /* into the values */
    bool sampled;
    nova_status status;
    double kappa_v, kappa_scaled, kappa_b, alpha2, error;
} entry;

typedef struct survey {
    fraction values[MAX_VALUES];
    int value_count;
    entry *entries;
    int count;
    const report_problem *problem;
} survey;

/* ---- enumeration */

static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
}

/** Positive rationals in lowest terms; their order does not matter. */
static void list_values(survey *all) {
    for (int q = 1; q <= MAX_DENOMINATOR; ++q) {
        for (int p = 1; p <= MAX_MAGNITUDE * q; ++p) {
            if (gcd(p, q) == 1) {
                all->values[all->value_count++] = (fraction){p, q};
            }
        }
    }
}

/** Sets a < b < c by position, every `stride`-th of them, and of these every `sampling`-th with
    its error. Both strides are primes that do not divide the lists' lengths. */
static nova_status list_entries(survey *all, int stride, int sampling) {
    const int n = all->value_count, total = n * (n - 1) * (n - 2) / 6;
    all->entries = nova_alloc((size_t)total * sizeof *all->entries);
    if (all->entries == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for %d point sets", total);
    }
    int seen = 0;
    for (int i = 0; i < n; ++i) {
        for (int j = i + 1; j < n; ++j) {
            for (int k = j + 1; k < n; ++k) {
                if (seen++ % stride == 0) {
                    all->entries[all->count] = (entry){
                        .index = {i, j, k}, .sampled = all->count % sampling == 0, .error = NAN};
                    ++all->count;
                }
            }
        }
    }
    return NOVA_OK;
}

static void write_points(const survey *all, const entry *set, char text[128]) {
    fraction p[PAIRS];
    for (int i = 0; i < PAIRS; ++i) {
        p[i] = all->values[set->index[i]];
    }
    snprintf(text, 128, "0,%d/%d,-%d/%d,%d/%d,-%d/%d,%d/%d,-%d/%d", p[0].numerator,
             p[0].denominator, p[0].numerator, p[0].denominator, p[1].numerator, p[1].denominator,
             p[1].numerator, p[1].denominator, p[2].numerator, p[2].denominator, p[2].numerator,
             p[2].denominator);
}

/* ---- error */

/** Mean square of the taps of U for weights of unit variance, in one dimension. */
static double filter_gain(const nova_transform *transform, const nova_scaling *scaling) {
    double sum = 0;
    for (int i = 0; i < transform->products * transform->r; ++i) {
        double value = ldexp(transform->G[i], scaling->filter[i / transform->r]);
        sum += value * value;
    }
    return sum / transform->products;
}

/** Infinity where the output is not finite. */
static nova_status emulate(const report_problem *problem, const nova_transform *transform,
                           double *error) {
    const nova_conv_desc *desc = &problem->desc;
    const double filter_rms = 1 / sqrt((double)(desc->c * TAPS * TAPS));
    const nova_reference_operands operands = {
        .x = problem->x, .weights = problem->weights, .weights_dtype = NOVA_F32};
    nova_scaling scaling;
    nova_scaling_choose(transform, &scaling);
    const nova_error_model model = {
        .h = transform,
        .w = transform,
        .scaling_h = &scaling,
        .scaling_w = &scaling,
        .arith = NOVA_ARITH_F16,
        .chunk = (int)desc->c,
        .filter_scale = nova_filter_scale(NOVA_F16, filter_rms * filter_gain(transform, &scaling)),
        .fused = 1,
    };
    double *y = nova_alloc(problem->outputs * sizeof *y);
    if (y == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for an emulated convolution");
    }
    nova_status status = nova_reference_emulate(desc, &model, &operands, false, y);
    *error = nova_reference_error(y, problem->exact, problem->outputs);
    *error = isfinite(*error) ? *error : INFINITY;
    nova_free(y);
    return status;
}

static void survey_entry(void *argument, int index) {
    survey *all = argument;
    entry *set = &all->entries[index];
    char points[128];
    nova_transform *transform;
    write_points(all, set, points);
    set->status = cli_build_transform(TILE, TAPS, points, &transform);
    if (set->status != NOVA_OK) {
        return;
    }
    set->kappa_v = report_kappa(transform, false);
    set->kappa_scaled = report_kappa_scaled(transform);
    set->kappa_b = report_kappa_input(transform);
    set->alpha2 = nova_transform_alpha2(transform);
    if (set->sampled) {
        set->status = emulate(all->problem, transform, &set->error);
    }
    cli_free_transform(transform);
}

/* ---- the sets that each figure would choose */

static const struct {
    const char *name;
    size_t offset; /* of the figure, a double, in an entry */
} figures[] = {{"kappa(V)", offsetof(entry, kappa_v)},
               {"kappa(B)", offsetof(entry, kappa_b)},
               {"alpha²", offsetof(entry, alpha2)}};

static double figure(const entry *set, size_t offset) {
    return *(const double *)((const char *)set + offset);
}

/** Position of the lowest figure. */
static int lowest(const survey *all, size_t offset) {
    int best = 0;
    for (int i = 1; i < all->count; ++i) {
        if (figure(&all->entries[i], offset) < figure(&all->entries[best], offset)) {
            best = i;
        }
    }
    return best;
}

/** These sets join the sample. */
static void add_extremes(report *all, survey *sets) {
    report_table *table = report_add(all, &extreme_head);
    for (int i = 0; i < NOVA_COUNT(figures); ++i) {
        int index = lowest(sets, figures[i].offset);
        entry *set = &sets->entries[index];
        char points[128];
        if (!set->sampled) {
            set->sampled = true;
            survey_entry(sets, index);
        }
        write_points(sets, set, points);
        report_text(all, table, "%s", figures[i].name);
        report_text(all, table, "%s", points);
        report_number(all, table, set->kappa_v);
        report_number(all, table, set->kappa_b);
        report_number(all, table, set->alpha2);
        report_number(all, table, set->error);
    }
}

/* ---- ranks */

typedef struct ranked {
    double value, rank;
    int index;
} ranked;

static int by_value(const void *a, const void *b) {
    const double x = ((const ranked *)a)->value, y = ((const ranked *)b)->value;
    return (x > y) - (x < y);
}

static int by_index(const void *a, const void *b) {
    return ((const ranked *)a)->index - ((const ranked *)b)->index;
}

/** Ranks in the order of the index; ties share their mean rank. */
static void rank_values(ranked *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_value);
    for (int i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && values[end].value == values[i].value;) {
            ++end;
        }
        for (int j = i; j < end; ++j) {
            values[j].rank = (i + end - 1) / 2.0;
        }
    }
    qsort(values, (size_t)count, sizeof *values, by_index);
}

/** Pearson's correlation of the ranks, which is Spearman's of the values. */
static double correlation(const ranked *x, const ranked *y, int count) {
    double mean = (count - 1) / 2.0, xy = 0, xx = 0, yy = 0;
    for (int i = 0; i < count; ++i) {
        xy += (x[i].rank - mean) * (y[i].rank - mean);
        xx += (x[i].rank - mean) * (x[i].rank - mean);
        yy += (y[i].rank - mean) * (y[i].rank - mean);
    }
    return xy / sqrt(xx * yy);
}

/** The figures that are ranked, and against which. */
typedef struct comparison {
    const char *name;
    size_t x, y; /* offsets of the doubles in an entry */
    bool sampled;
} comparison;

static const comparison comparisons[] = {
    {"kappa(V) and measured error", offsetof(entry, kappa_v), offsetof(entry, error), true},
    {"kappa(V) with scaled rows and measured error", offsetof(entry, kappa_scaled),
     offsetof(entry, error), true},
    {"kappa(B) and measured error", offsetof(entry, kappa_b), offsetof(entry, error), true},
    {"alpha² and measured error", offsetof(entry, alpha2), offsetof(entry, error), true},
    {"kappa(V) and alpha²", offsetof(entry, kappa_v), offsetof(entry, alpha2), false},
    {"kappa(B) and alpha²", offsetof(entry, kappa_b), offsetof(entry, alpha2), false},
};

static void add_correlation(report *all, report_table *table, const survey *sets,
                            const comparison *what, ranked *x, ranked *y) {
    int count = 0;
    for (int i = 0; i < sets->count; ++i) {
        if (!what->sampled || sets->entries[i].sampled) {
            x[count] = (ranked){.value = figure(&sets->entries[i], what->x), .index = count};
            y[count] = (ranked){.value = figure(&sets->entries[i], what->y), .index = count};
            ++count;
        }
    }
    rank_values(x, count);
    rank_values(y, count);
    report_text(all, table, "%s", what->name);
    report_number(all, table, correlation(x, y, count));
    report_number(all, table, count);
}

static nova_status add_ranking(report *all, const survey *sets) {
    report_table *table = report_add(all, &rank_head);
    ranked *x = nova_alloc((size_t)sets->count * sizeof *x);
    ranked *y = nova_alloc((size_t)sets->count * sizeof *y);
    const bool ok = x != NULL && y != NULL;
    for (int i = 0; ok && i < NOVA_COUNT(comparisons); ++i) {
        add_correlation(all, table, sets, &comparisons[i], x, y);
    }
    nova_free(x);
    nova_free(y);
    return ok ? NOVA_OK : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for ranks");
}

/* ---- all */

static nova_status add_scatter(report *all, const survey *sets) {
    report_table *table = report_add(all, &head);
    for (int i = 0; i < sets->count; ++i) {
        const entry *set = &sets->entries[i];
        char points[128];
        if (set->status != NOVA_OK) {
            return nova_fail(set->status, "a point set of the scatter could not be built");
        }
        write_points(sets, set, points);
        report_text(all, table, "%s", points);
        report_number(all, table, set->kappa_v);
        report_number(all, table, set->kappa_scaled);
        report_number(all, table, set->kappa_b);
        report_number(all, table, set->alpha2);
        report_number(all, table, set->error);
    }
    return NOVA_OK;
}

static nova_status run_survey(report *all, survey *sets) {
    list_values(sets);
    nova_status status = list_entries(sets, all->quick ? 101 : 1, all->quick ? 3 : 13);
    if (status != NOVA_OK) {
        return status;
    }
    nova_parallel_for(all->threads, survey_entry, sets, sets->count);
    add_extremes(all, sets);
    status = add_scatter(all, sets);
    return status == NOVA_OK ? add_ranking(all, sets) : status;
}

nova_status report_scatter(report *all) {
    report_problem problem;
    survey sets = {.problem = &problem};
    if (!cli_algebra_is_there()) {
        return NOVA_OK;
    }
    nova_status status = report_problem_init(&problem, 16, 8, all->quick ? 12 : 24, TAPS, 3);
    if (status == NOVA_OK) {
        status = run_survey(all, &sets);
    }
    nova_free(sets.entries);
    report_problem_free(&problem);
    return status;
}
