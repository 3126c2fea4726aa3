/*
 * report_table.c - the tables of a report, as JSON and as Markdown.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "report.h"
#include "runtime/runtime.h"

report_table *report_add(report *all, const report_head *head) {
    report_table *table = &all->tables[all->count++];
    *table = (report_table){.head = *head};
    return table;
}

static report_cell *next_cell(report *all, report_table *table) {
    static report_cell lost;
    if (table->count == table->capacity) {
        size_t capacity = NOVA_MAX(2 * table->capacity, (size_t)64);
        report_cell *cells = realloc(table->cells, capacity * sizeof *cells);
        if (cells == NULL) {
            all->out_of_memory = true;
            return &lost;
        }
        table->cells = cells;
        table->capacity = capacity;
    }
    report_cell *cell = &table->cells[table->count++];
    *cell = (report_cell){.number = NAN};
    return cell;
}

void report_text(report *all, report_table *table, const char *format, ...) {
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        text = NULL;
        all->out_of_memory = true;
    }
    va_end(arguments);
    report_cell *cell = next_cell(all, table);
    if (all->out_of_memory) {
        free(text);
    } else {
        cell->text = text;
    }
}

void report_number(report *all, report_table *table, double value) {
    next_cell(all, table)->number = value;
}

size_t report_rows(const report_table *table) {
    return table->count / (size_t)table->head.column_count;
}

static int find_column(const report_table *table, const char *key) {
    for (int i = 0; i < table->head.column_count; ++i) {
        if (strcmp(table->head.columns[i].key, key) == 0) {
            return i;
        }
    }
    return -1;
}

static const report_cell *cell_at(const report_table *table, size_t row, int column) {
    return &table->cells[row * (size_t)table->head.column_count + (size_t)column];
}

double report_value(const report_table *table, size_t row, const char *key) {
    int column = find_column(table, key);
    return column < 0 ? NAN : cell_at(table, row, column)->number;
}

void report_free(report *all) {
    for (int i = 0; i < all->count; ++i) {
        for (size_t j = 0; j < all->tables[i].count; ++j) {
            free(all->tables[i].cells[j].text);
        }
        free(all->tables[i].cells);
    }
    *all = (report){.count = 0};
}

/* ---- JSON */

static void json_cell(cli_json *json, const char *key, const report_column *column,
                      const report_cell *cell) {
    if (column->kind == REPORT_TEXT) {
        cli_json_string(json, key, cell->text);
    } else if (column->kind == REPORT_INTEGER && isfinite(cell->number)) {
        cli_json_integer(json, key, (int64_t)cell->number);
    } else {
        cli_json_number(json, key, cell->number);
    }
}

static void json_rows(cli_json *json, const report_table *table) {
    cli_json_array(json, "rows");
    for (size_t row = 0; row < report_rows(table); ++row) {
        cli_json_object(json, NULL);
        for (int i = 0; i < table->head.column_count; ++i) {
            const report_column *column = &table->head.columns[i];
            json_cell(json, column->key, column, cell_at(table, row, i));
        }
        cli_json_end_object(json);
    }
    cli_json_end_array(json);
}

/** Long tables go column by column, so that the keys are not repeated in every row. */
static void json_columns(cli_json *json, const report_table *table) {
    cli_json_object(json, "columns");
    for (int i = 0; i < table->head.column_count; ++i) {
        const report_column *column = &table->head.columns[i];
        cli_json_array(json, column->key);
        for (size_t row = 0; row < report_rows(table); ++row) {
            json_cell(json, NULL, column, cell_at(table, row, i));
        }
        cli_json_end_array(json);
    }
    cli_json_end_object(json);
}

void report_write_json(const report *all, FILE *stream) {
    cli_json json = {.stream = stream};
    cli_json_object(&json, NULL);
    cli_json_string(&json, "nova", nova_version());
    cli_json_bool(&json, "quick", all->quick);
    cli_json_object(&json, "tables");
    for (int i = 0; i < all->count; ++i) {
        const report_table *table = &all->tables[i];
        cli_json_object(&json, table->head.key);
        cli_json_string(&json, "title", table->head.title);
        cli_json_string(&json, "text", table->head.text);
        cli_json_string(&json, "command", table->head.command);
        if (table->head.data_only) {
            json_columns(&json, table);
        } else {
            json_rows(&json, table);
        }
        cli_json_end_object(&json);
    }
    cli_json_end_object(&json);
    cli_json_end_object(&json);
}

/* ---- Markdown */

/** Three significant digits without an exponent as far as that is readable. */
static void print_percent(FILE *stream, double value) {
    double percent = 100 * value;
    if (percent < 1e-3 || percent >= 1e5) {
        fprintf(stream, "%.2g %%", percent);
    } else {
        int decimals = 2 - (int)floor(log10(percent));
        fprintf(stream, "%.*f %%", NOVA_MAX(decimals, 0), percent);
    }
}

static void print_number(FILE *stream, double value) {
    if (fabs(value) < 1e-3 || fabs(value) >= 1e9) {
        fprintf(stream, "%.4g", value);
    } else {
        int decimals = 4 - (int)floor(log10(fabs(value)));
        fprintf(stream, "%.*f", NOVA_MAX(NOVA_MIN(decimals, 4), 0), value);
    }
}

static void print_cell(FILE *stream, report_kind kind, const report_cell *cell) {
    if (kind == REPORT_TEXT) {
        fputs(cell->text, stream);
    } else if (!isfinite(cell->number)) {
        fputs(isinf(cell->number) ? "overflow" : "-", stream);
    } else if (cell->number == 0) {
        fputs("0", stream);
    } else if (kind == REPORT_INTEGER) {
        fprintf(stream, "%" PRId64, (int64_t)cell->number);
    } else if (kind == REPORT_PERCENT) {
        print_percent(stream, cell->number);
    } else if (kind == REPORT_TIMES) {
        fprintf(stream, cell->number < 100 ? "%.2fx" : "%.0fx", cell->number);
    } else {
        print_number(stream, cell->number);
    }
}

static void print_heading(FILE *stream, const report_head *head) {
    for (int i = 0; i < head->column_count; ++i) {
        fprintf(stream, "| %s ", head->columns[i].heading);
    }
    fputs("|\n", stream);
    for (int i = 0; i < head->column_count; ++i) {
        fputs(head->columns[i].kind == REPORT_TEXT ? "|---" : "|---:", stream);
    }
    fputs("|\n", stream);
}

static void print_table(FILE *stream, const report_table *table) {
    fprintf(stream, "\n## %s\n\n%s\n\n", table->head.title, table->head.text);
    if (table->head.command != NULL) {
        fprintf(stream, "One row alone: `%s`.\n\n", table->head.command);
    }
    print_heading(stream, &table->head);
    for (size_t row = 0; row < report_rows(table); ++row) {
        for (int i = 0; i < table->head.column_count; ++i) {
            fputs("| ", stream);
            print_cell(stream, table->head.columns[i].kind, cell_at(table, row, i));
            fputc(' ', stream);
        }
        fputs("|\n", stream);
    }
}

void report_write_markdown(const report *all, const char *const *figures, FILE *stream) {
    fprintf(stream,
            "# nova report\n\nWritten by `nova report%s` (nova %s). The same numbers, and "
            "longer ones, are in report.json.\n",
            all->quick ? " --quick" : "", nova_version());
    for (int i = 0; i < all->count; ++i) {
        if (!all->tables[i].head.data_only) {
            print_table(stream, &all->tables[i]);
        }
    }
    if (*figures != NULL) {
        fputs("\n## Figures\n", stream);
    }
    for (; *figures != NULL; ++figures) {
        fprintf(stream, "\n![%s](%s)\n", *figures, *figures);
    }
}
