/*
 * report_pareto.c - error against arithmetic saving: what each further saving costs.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "report.h"
#include "runtime/runtime.h"

static const report_column columns[] = {
    {"tile", "tile", REPORT_TEXT},        {"set", "set", REPORT_TEXT},
    {"arith", "arithmetic", REPORT_TEXT}, {"source", "source", REPORT_TEXT},
    {"kind", "kind", REPORT_TEXT},        {"saving", "saving", REPORT_TIMES},
    {"error", "error", REPORT_PERCENT},   {"front", "on the front", REPORT_INTEGER},
};

static const report_head all_head = {
    .key = "pareto",
    .title = "Error against arithmetic saving, all plans",
    .text = "Saving is direct products over the plan's in whole tiles, divided by the 3 or 6 "
            "products that one of split operands takes.",
    .columns = columns,
    .column_count = NOVA_COUNT(columns),
    .data_only = true,
};

static const report_head front_head = {
    .key = "front",
    .title = "Error against arithmetic saving: the Pareto front",
    .text =
        "Plans that no other plan beats in both, 3x3 filters, 64 channels. `engine`: measured "
        "in the engine, tap scaling and compensated rounding on; saving is divided by the 3 or 6 "
        "products that one product of split operands takes. `simulated`: direct convolution "
        "of binary16 operands, every rounding emulated.",
    .command = "nova accuracy --tile 4x6 --set best --arith f16m32 --channels 64",
    .columns = columns,
    .column_count = NOVA_COUNT(columns) - 1, /* all of them are on the front */
};

static void add_row(report *all, report_table *table, const char *tile, const char *set,
                    const char *arith, const char *source, const char *kind, double saving,
                    double error) {
    report_text(all, table, "%s", tile);
    report_text(all, table, "%s", set);
    report_text(all, table, "%s", arith);
    report_text(all, table, "%s", source);
    report_text(all, table, "%s", kind);
    report_number(all, table, saving);
    report_number(all, table, error);
    report_number(all, table, 0);
}

/* ---- plans of the engine */

/** The transform of one dimension; m = 1 is direct there. */
static const nova_transform *dimension(const char *set, int m) {
    return nova_transform_find(m == 1 ? "direct" : set, m, 3);
}

static const char *kind_of(const char *set, int tile_h, int tile_w) {
    return tile_h == 1        ? "one-dimensional"
           : tile_h != tile_w ? "rectangular"
           : strchr(set, '+') ? "quadratic moduli"
                              : "square";
}

static nova_status try_tile(report *all, report_table *table, report_problem *problem,
                            const char *set, int tile_h, int tile_w) {
    static const nova_arith ariths[] = {NOVA_ARITH_F16, NOVA_ARITH_F16_M32};
    const nova_transform *h = dimension(set, tile_h), *w = dimension(set, tile_w);
    for (int i = 0; h != NULL && w != NULL && i < NOVA_COUNT(ariths); ++i) {
        report_trial trial;
        char tile[32];
        nova_status status =
            report_measure(problem, tile_h, tile_w, set, ariths[i], 0, all->threads, &trial);
        if (status != NOVA_OK) {
            return status;
        }
        snprintf(tile, sizeof tile, "%dx%d", tile_h, tile_w);
        if (isfinite(trial.measured)) {
            add_row(all, table, tile, set, nova_arith_name(ariths[i]), "engine",
                    kind_of(set, tile_h, tile_w), report_saving(h) * report_saving(w),
                    trial.measured);
        }
    }
    return NOVA_OK;
}

static nova_status try_set(report *all, report_table *table, report_problem *problem,
                           const char *set) {
    static const int sizes[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12};
    nova_status status = NOVA_OK;
    for (int i = 0; i < NOVA_COUNT(sizes); ++i) {
        /* 1x1 is direct; of a rectangle the two orientations err alike. */
        for (int j = NOVA_MAX(i, 1); j < NOVA_COUNT(sizes) && status == NOVA_OK; ++j) {
            status = try_tile(all, table, problem, set, sizes[i], sizes[j]);
        }
    }
    return status;
}

/** A square tile with operands in bfloat16 parts. The saving is divided by the products of parts
   that take the place of one. */
static nova_status try_parts(report *all, report_table *table, report_problem *problem,
                             const char *set, int m, nova_arith arith, int products) {
    report_trial trial;
    char tile[32];
    nova_status status = report_measure(problem, m, m, set, arith, 0, all->threads, &trial);
    if (status == NOVA_OK && isfinite(trial.measured)) {
        const double saving = report_saving(dimension(set, m));
        snprintf(tile, sizeof tile, "%dx%d", m, m);
        add_row(all, table, tile, m == 1 ? "direct" : set, nova_arith_name(arith), "engine",
                m == 1 ? "direct" : "bfloat16 parts", saving * saving / products, trial.measured);
    }
    return status;
}

/** All numbers of parts with the set best, two parts with quadratic moduli. */
static nova_status try_all_parts(report *all, report_table *table, report_problem *problem) {
    static const struct {
        nova_arith arith;
        int products;
    } parts[] = {{NOVA_ARITH_BF16_M32, 1}, {NOVA_ARITH_BF16X3, 3}, {NOVA_ARITH_BF16X6, 6}};
    static const int sizes[] = {1, 2, 4, 6, 8};
    nova_status status = NOVA_OK;
    for (int i = 0; i < NOVA_COUNT(sizes); ++i) {
        for (int j = 0; j < NOVA_COUNT(parts) && status == NOVA_OK; ++j) {
            status =
                try_parts(all, table, problem, "best", sizes[i], parts[j].arith, parts[j].products);
        }
    }
    for (int i = 0; i < nova_transform_count && status == NOVA_OK; ++i) {
        const nova_transform *transform = &nova_transforms[i];
        if (transform->r == 3 && strncmp(transform->set, "best+", 5) == 0) {
            status =
                try_parts(all, table, problem, transform->set, transform->m, NOVA_ARITH_BF16X3, 3);
        }
    }
    return status;
}

/** True where the transform is the first of its set in the table of all. */
static bool first_of_set(int index) {
    for (int i = 0; i < index; ++i) {
        if (strcmp(nova_transforms[i].set, nova_transforms[index].set) == 0) {
            return false;
        }
    }
    return true;
}

static nova_status try_engine(report *all, report_table *table) {
    report_problem problem;
    nova_status status =
        report_problem_init(&problem, 64, all->quick ? 8 : 32, all->quick ? 24 : 48, 3, 2);
    for (int i = 0; i < nova_transform_count && status == NOVA_OK; ++i) {
        /* the sets that are meant to be used: best, and those with quadratic moduli */
        if (strncmp(nova_transforms[i].set, "best", 4) == 0 && first_of_set(i)) {
            status = try_set(all, table, &problem, nova_transforms[i].set);
        }
    }
    if (status == NOVA_OK) {
        status = try_all_parts(all, table, &problem);
    }
    report_problem_free(&problem);
    return status;
}

/* ---- direct convolution of 16-bit operands, emulated */

static nova_status simulate_direct(report *all, report_table *table) {
    double error;
    nova_status status = report_simulate(dimension("best", 1), REPORT_F16, 64, all->quick ? 2 : 8,
                                         all->quick ? 2 : 16, &error);
    if (status == NOVA_OK) {
        add_row(all, table, "1x1", "direct", report_format_name(REPORT_F16), "simulated", "direct",
                1, error);
    }
    return status;
}

/* ---- the front */

static bool is_beaten(const report_table *table, size_t row) {
    const double saving = report_value(table, row, "saving");
    const double error = report_value(table, row, "error");
    for (size_t i = 0; i < report_rows(table); ++i) {
        double other_saving = report_value(table, i, "saving");
        double other_error = report_value(table, i, "error");
        if (other_saving >= saving && other_error <= error &&
            (other_saving > saving || other_error < error)) {
            return true;
        }
    }
    return false;
}

/** The cells of a row for which the other table has a column. */
static void copy_row(report *all, report_table *to, const report_table *from, size_t row) {
    for (int i = 0; i < to->head.column_count; ++i) {
        const report_cell *cell = &from->cells[row * (size_t)from->head.column_count + (size_t)i];
        if (cell->text != NULL) {
            report_text(all, to, "%s", cell->text);
        } else {
            report_number(all, to, cell->number);
        }
    }
}

/** The row of the front that comes next after a saving, or -1. */
static int next_on_front(const report_table *table, double after) {
    int found = -1;
    double best = INFINITY;
    for (size_t i = 0; i < report_rows(table); ++i) {
        double saving = report_value(table, i, "saving");
        if (report_value(table, i, "front") > 0 && saving > after && saving < best) {
            best = saving;
            found = (int)i;
        }
    }
    return found;
}

static void mark_front(report_table *table) {
    const size_t width = (size_t)table->head.column_count;
    for (size_t i = 0; i < report_rows(table); ++i) {
        table->cells[(i + 1) * width - 1].number = !is_beaten(table, i);
    }
}

nova_status report_pareto(report *all) {
    report_table *table = report_add(all, &all_head);
    nova_status status = try_engine(all, table);
    if (status == NOVA_OK) {
        status = simulate_direct(all, table);
    }
    if (status != NOVA_OK || all->out_of_memory) {
        return status;
    }
    mark_front(table);
    report_table *front = report_add(all, &front_head);
    for (int row = next_on_front(table, 0); row >= 0;
         row = next_on_front(table, report_value(table, (size_t)row, "saving"))) {
        copy_row(all, front, table, (size_t)row);
    }
    return NOVA_OK;
}
