/*
 * report.h - the tables of `nova report`, the sections that fill them, and what they share.
 *
 * A report is a list of tables. Every table is written twice from the same cells: to report.json,
 * for programs and the figures, and to report.md, for people.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_REPORT_H
#define NOVA_CLI_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "transforms/transform.h"

/* ---------------------------------------------------------------- tables */

/** How a column is printed in report.md; report.json has the plain values. */
typedef enum {
    REPORT_TEXT,
    REPORT_INTEGER,
    REPORT_NUMBER,  /**< five significant digits */
    REPORT_PERCENT, /**< a relative error, times 100 */
    REPORT_TIMES    /**< a ratio, "4.00x" */
} report_kind;

typedef struct report_column {
    const char *key, *heading;
    report_kind kind;
} report_column;

/** A cell of a text column has text, the others a number; NaN where there is none. */
typedef struct report_cell {
    char *text;
    double number;
} report_cell;

/** What a table is; the strings and columns are static. */
typedef struct report_head {
    const char *key, *title;
    const char *text;    /**< paragraph for people: what the numbers are */
    const char *command; /**< a command that gives one of its rows alone, or null */
    const report_column *columns;
    int column_count;
    bool data_only; /**< too long for people: report.json only */
} report_head;

typedef struct report_table {
    report_head head;
    report_cell *cells; /* row by row */
    size_t count, capacity;
} report_table;

enum { REPORT_MAX_TABLES = 16 };

typedef struct report {
    bool quick;
    int threads;
    report_table tables[REPORT_MAX_TABLES];
    int count;
    bool out_of_memory; /**< a cell was lost */
} report;

/** Adds an empty table. */
report_table *report_add(report *all, const report_head *head);

/** Appends a cell to the row that is being filled. */
void report_text(report *all, report_table *table, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void report_number(report *all, report_table *table, double value);

/** A cell's number by row and column key; NaN if there is no such column. */
double report_value(const report_table *table, size_t row, const char *key);
size_t report_rows(const report_table *table);

void report_free(report *all);

/** Writes all tables. `figures` (names of files beside the report, ended by null) go to the
    Markdown. */
void report_write_json(const report *all, FILE *stream);
void report_write_markdown(const report *all, const char *const *figures, FILE *stream);

/* ---------------------------------------------------------------- sections */

/* Each adds its tables. Errors: those of the library, NOVA_OUT_OF_MEMORY. */
nova_status report_conditioning(report *all);
nova_status report_errors(report *all);
nova_status report_pareto(report *all);
nova_status report_scatter(report *all);
nova_status report_int8(report *all);

/* ---------------------------------------------------------------- linear algebra */

/** 2-norm condition number of a row-major rows x columns matrix with rows >= columns (at most
    NOVA_MAX_PRODUCTS each): the ratio of its extreme singular values, by one-sided Jacobi
    rotations (Hestenes 1958). Infinity if a singular value is zero. */
double report_condition(const double *matrix, int rows, int columns);

/** kappa of the Vandermonde of the finite points; `with_infinity`: of all n points, the infinity
    row being e_n. NaN if the set has quadratic moduli. */
double report_kappa(const nova_transform *transform, bool with_infinity);

/** kappa of the same Vandermonde with every row scaled to norm 1. */
double report_kappa_scaled(const nova_transform *transform);

/** kappa of B^T; NaN if it is not square. */
double report_kappa_input(const nova_transform *transform);

/* ---------------------------------------------------------------- measurement */

/** Normal data (x of rms 1, w of rms 1/sqrt(C r r)) and their exact convolution, no padding. */
typedef struct report_problem {
    nova_conv_desc desc;
    float *x, *weights, *y;
    double *exact;
    size_t outputs;
} report_problem;

/** Errors: NOVA_SIZE_OVERFLOW, NOVA_OUT_OF_MEMORY. Release with report_problem_free(), also after
    a failure. */
nova_status report_problem_init(report_problem *problem, int64_t channels, int64_t filters,
                                int64_t size, int taps, uint64_t seed);
void report_problem_free(report_problem *problem);

/** One plan tried in the engine. */
typedef struct report_trial {
    double predicted, measured; /**< relative rms errors; NaN: not finite, or no such plan */
} report_trial;

/**
 * Runs the engine on the problem with a tile (1x1 is direct), set, arithmetic and flags
 * (NOVA_PLAN_...). A tile
 * that the engine does not have (NOVA_NOT_ELIGIBLE, NOVA_UNKNOWN_NAME) leaves NaN in *trial and is
 * no error.
 */
nova_status report_measure(report_problem *problem, int tile_h, int tile_w, const char *set,
                           nova_arith arith, unsigned flags, int threads, report_trial *trial);

/** Direct products over Winograd products of one dimension, whole tiles. */
double report_saving(const nova_transform *transform);

/* ---------------------------------------------------------------- simulation */

/** What U and V are stored as in arithmetics that the engine does not have. */
typedef enum {
    REPORT_F16,        /**< binary16, products summed in binary32 */
    REPORT_INT8_TAP,   /**< 8 bits, one scale per tap and operand, exact sums */
    REPORT_INT8_TENSOR /**< 8 bits, one scale per operand, exact sums */
} report_format;

const char *report_format_name(report_format format);
/**
 * Relative rms error of the square tile of a transform on normal data, with every rounding
 * emulated: binary32 transforms and sums, U rounded once from double. No compensated rounding.
 * Errors: NOVA_OUT_OF_MEMORY.
 */
nova_status report_simulate(const nova_transform *transform, report_format format, int channels,
                            int filters, int tiles, double *error);

#endif
