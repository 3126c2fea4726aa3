/*
 * report_conditioning.c - condition numbers, and the other figures that have been taken for error.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "report.h"
#include "report_kappa.h"
#include "runtime/runtime.h"

static const char kappa_text[] =
    "kappa is the 2-norm condition number of the square Vandermonde of the finite points, that of "
    "a two-dimensional tile its square; the ratios are those of the integer points to the set's. "
    "`kappa optimum` has the real points of least kappa (symmetric about 0), `kappa rational` the "
    "best rationals near them with denominators up to 6: what `nova discover M 3 --objective "
    "vandermonde` finds.";

static const report_column kappa_columns[] = {
    {"m", "m", REPORT_INTEGER},         {"set", "set", REPORT_TEXT},
    {"points", "points", REPORT_TEXT},  {"kappa", "kappa", REPORT_NUMBER},
    {"kappa_2d", "2-D", REPORT_NUMBER}, {"ratio", "integer / set", REPORT_TIMES},
    {"ratio_2d", "2-D", REPORT_TIMES},  {"alpha2", "alpha²", REPORT_NUMBER},
};

static const report_head kappa_head = {
    .key = "conditioning",
    .title = "Condition number by tile, F(m,3)",
    .text = kappa_text,
    .command = "nova points show 8 3 --set nova",
    .columns = kappa_columns,
    .column_count = NOVA_COUNT(kappa_columns),
};

static void add_kappa_row(report *all, report_table *table, const char *set, const char *points,
                          const nova_transform *transform, double standard) {
    const double kappa = report_kappa(transform, false);
    report_number(all, table, transform->m);
    report_text(all, table, "%s", set);
    report_text(all, table, "%s", points);
    report_number(all, table, kappa);
    report_number(all, table, kappa * kappa);
    report_number(all, table, standard / kappa);
    report_number(all, table, standard / kappa * (standard / kappa));
    report_number(all, table, nova_transform_alpha2(transform));
}

static nova_status add_optimum(report *all, report_table *table, int m, double standard) {
    report_kappa_sets found;
    nova_status status = report_kappa_search(m, 3, &found);
    if (found.real != NULL) {
        add_kappa_row(all, table, "kappa optimum", found.real_points, found.real, standard);
    }
    if (found.rational != NULL) {
        add_kappa_row(all, table, "kappa rational", found.rational->points, found.rational,
                      standard);
    }
    report_kappa_clear(&found);
    return status;
}

static nova_status add_kappa_rows(report *all, report_table *table, int m) {
    static const char *const sets[] = {"integer", "nova", "best"};
    const double standard = report_kappa(nova_transform_find("integer", m, 3), false);
    for (int i = 0; i < NOVA_COUNT(sets); ++i) {
        const nova_transform *transform = nova_transform_find(sets[i], m, 3);
        if (transform != NULL) {
            add_kappa_row(all, table, sets[i], transform->points, transform, standard);
        }
    }
    return add_optimum(all, table, m, standard);
}

/* ---- the prototype's other figures */

static const char other_text[] =
    "Figures that have been given for point sets beside kappa: the largest magnitude among the "
    "entries of A^T, G and B^T, kappa of B^T, kappa of the Vandermonde of all n points with the "
    "infinity row, and kappa of the finite points' Vandermonde with its rows scaled to norm 1. "
    "alpha², and "
    "the measured errors of binary16 in the next table, rank the sets "
    "differently.";

static const report_column other_columns[] = {
    {"m", "m", REPORT_INTEGER},
    {"set", "set", REPORT_TEXT},
    {"largest_a", "largest in A", REPORT_NUMBER},
    {"largest_g", "largest in G", REPORT_NUMBER},
    {"largest_b", "largest in B", REPORT_NUMBER},
    {"kappa_b", "kappa(B)", REPORT_NUMBER},
    {"kappa_scaled", "kappa(V), rows scaled", REPORT_NUMBER},
    {"kappa_full", "kappa with infinity", REPORT_NUMBER},
    {"alpha2", "alpha²", REPORT_NUMBER},
};

static const report_head other_head = {
    .key = "prototype",
    .title = "Largest entries and the full Vandermonde, F(m,3)",
    .text = other_text,
    .command = "nova points show 8 3 --set nova",
    .columns = other_columns,
    .column_count = NOVA_COUNT(other_columns),
};

static double largest_entry(const nova_transform *transform, nova_map map) {
    int rows, columns;
    const double *matrix = nova_transform_matrix(transform, map, &rows, &columns);
    double largest = 0;
    for (int i = 0; i < rows * columns; ++i) {
        largest = fmax(largest, fabs(matrix[i]));
    }
    return largest;
}

static void add_other_row(report *all, report_table *table, const nova_transform *transform) {
    report_number(all, table, transform->m);
    report_text(all, table, "%s", transform->set);
    report_number(all, table, largest_entry(transform, NOVA_MAP_OUTPUT));
    report_number(all, table, largest_entry(transform, NOVA_MAP_FILTER));
    report_number(all, table, largest_entry(transform, NOVA_MAP_INPUT));
    report_number(all, table, report_kappa_input(transform));
    report_number(all, table, report_kappa_scaled(transform));
    report_number(all, table, report_kappa(transform, true));
    report_number(all, table, nova_transform_alpha2(transform));
}

static void add_other_rows(report *all, report_table *table) {
    static const char *const sets[] = {"integer", "nova", "classic", "barabasz", "best"};
    for (int m = 4; m <= 8; m += 2) {
        for (int i = 0; i < NOVA_COUNT(sets); ++i) {
            const nova_transform *transform = nova_transform_find(sets[i], m, 3);
            if (transform != NULL) {
                add_other_row(all, table, transform);
            }
        }
    }
}

nova_status report_conditioning(report *all) {
    report_table *table = report_add(all, &kappa_head);
    nova_status status = NOVA_OK;
    for (int m = 2; m <= 8 && status == NOVA_OK; ++m) {
        status = add_kappa_rows(all, table, m);
    }
    add_other_rows(all, report_add(all, &other_head));
    return status;
}
