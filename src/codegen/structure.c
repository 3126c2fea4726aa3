/*
 * structure.c - which entries of a transform are zero or one, which rows or columns mirror each
 * other, and the program that uses it.
 *
 * Input and filter maps: two rows that agree up to sign in every column are
 *   row_a, row_b = E + O, E - O
 * where E collects the columns that agree and O those that are opposite. O is divided by its last
 * coefficient, so that the two rows cost one multiply-add each on top of E and O.
 * Output maps: two columns that agree up to sign in every row are replaced by x_a + x_b and
 * x_a - x_b.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "codegen/program.h"

/** One summand of a row: coefficient times an earlier value. */
typedef struct term {
    int value;
    nova_coef_source source;
} term;

typedef struct terms {
    int count;
    term items[NOVA_MAX_PRODUCTS];
} terms;

/** How two entries compare in all instances. */
typedef enum { DIFFERENT, BOTH_ZERO, SAME, OPPOSITE } relation;

static const fmpq *entry(const nova_program *program, int t, int row, int col) {
    return fmpq_mat_entry(program->matrix[t], row, col);
}

static relation relate(const nova_program *program, int row_a, int col_a, int row_b, int col_b) {
    int zero = 1, same = 1, opposite = 1;
    fmpq_t sum;
    fmpq_init(sum);
    for (int t = 0; t < NOVA_INSTANCES; t++) {
        const fmpq *a = entry(program, t, row_a, col_a), *b = entry(program, t, row_b, col_b);
        fmpq_add(sum, a, b);
        zero = zero && fmpq_is_zero(a) && fmpq_is_zero(b);
        same = same && fmpq_equal(a, b);
        opposite = opposite && fmpq_is_zero(sum);
    }
    fmpq_clear(sum);
    return zero ? BOTH_ZERO : same ? SAME : opposite ? OPPOSITE : DIFFERENT;
}

static int is_zero(const nova_program *program, int row, int col) {
    return relate(program, row, col, row, col) == BOTH_ZERO;
}

/** 1 or -1 if the coefficient is that in all instances, else 0. */
static int unit_sign(const nova_program *program, nova_coef_source source) {
    int plus = 1, minus = 1;
    fmpq_t one;
    fmpq_init(one);
    for (int t = 0; t < NOVA_INSTANCES; t++) {
        const fmpq *value = entry(program, t, source.row, source.col);
        const fmpq *divisor =
            source.div_row < 0 ? NULL : entry(program, t, source.div_row, source.div_col);
        if (divisor) {
            fmpq_div(one, value, divisor);
        } else {
            fmpq_set(one, value);
        }
        plus = plus && fmpq_is_one(one);
        fmpq_neg(one, one);
        minus = minus && fmpq_is_one(one);
    }
    fmpq_clear(one);
    return plus - minus;
}

static void add_term(terms *list, int value, int row, int col) {
    list->items[list->count++] = (term){value, {(int16_t)row, (int16_t)col, -1, -1}};
}

/** Adds coefficient * value to acc (-1: nothing yet). */
static int accumulate(nova_program *program, int acc, const term *item) {
    int sign = unit_sign(program, item->source);
    if (acc < 0) {
        return sign == 1 ? item->value
                         : nova_program_emit(program, NOVA_OP_MUL, item->value, 0,
                                             nova_program_coef(program, item->source, NULL));
    }
    if (sign) {
        return nova_program_emit(program, sign > 0 ? NOVA_OP_ADD : NOVA_OP_SUB, acc, item->value,
                                 0);
    }
    int negated;
    int coef = nova_program_coef(program, item->source, &negated);
    return nova_program_emit(program, negated ? NOVA_OP_FNMA : NOVA_OP_FMA, item->value, acc, coef);
}

/** The value of a sum: ones first, then minus ones, then multiply-adds. */
static int sum_terms(nova_program *program, const terms *list) {
    static const int order[3] = {1, -1, 0};
    int acc = -1;
    /* a sum without a one starts with a product, so that no negation is needed */
    int start = -1;
    int has_one = 0;
    for (int i = 0; i < list->count; i++) {
        int sign = unit_sign(program, list->items[i].source);
        has_one = has_one || sign == 1;
        start = sign == 0 && start < 0 ? i : start;
    }
    if (!has_one && start >= 0) {
        acc = accumulate(program, -1, &list->items[start]);
    } else {
        start = -1;
    }
    for (int pass = 0; pass < 3; pass++) {
        for (int i = 0; i < list->count; i++) {
            if (i != start && unit_sign(program, list->items[i].source) == order[pass]) {
                acc = accumulate(program, acc, &list->items[i]);
            }
        }
    }
    return acc;
}

/* ---------------------------------------------------------------- rows that mirror each other */

/** True if the rows agree up to sign everywhere, with both signs present. */
static int rows_mirror(const nova_program *program, int a, int b) {
    int same = 0, opposite = 0;
    for (int col = 0; col < program->columns; col++) {
        relation how = relate(program, a, col, b, col);
        if (how == DIFFERENT) {
            return 0;
        }
        same += how == SAME;
        opposite += how == OPPOSITE;
    }
    return same && opposite;
}

/** Writes both rows of a mirrored pair. */
static void write_row_pair(nova_program *program, int a, int b) {
    terms even = {0}, odd = {0};
    for (int col = 0; col < program->columns; col++) {
        relation how = relate(program, a, col, b, col);
        if (how == SAME) {
            add_term(&even, col, a, col);
        } else if (how == OPPOSITE) {
            add_term(&odd, col, a, col);
        }
    }
    nova_coef_source lead = odd.items[odd.count - 1].source;
    for (int i = 0; i < odd.count; i++) {
        odd.items[i].source.div_row = lead.row;
        odd.items[i].source.div_col = lead.col;
    }
    int e = sum_terms(program, &even), o = sum_terms(program, &odd);
    int sign = unit_sign(program, lead), negated = sign < 0, coef = 0;
    nova_opcode plus = NOVA_OP_ADD, minus = NOVA_OP_SUB;
    int left = e, right = o;
    if (!sign) {
        coef = nova_program_coef(program, lead, &negated);
        plus = NOVA_OP_FMA;
        minus = NOVA_OP_FNMA;
        left = o;
        right = e;
    }
    program->outputs[a] =
        (uint16_t)nova_program_emit(program, negated ? minus : plus, left, right, coef);
    program->outputs[b] =
        (uint16_t)nova_program_emit(program, negated ? plus : minus, left, right, coef);
}

static void write_single_row(nova_program *program, int row) {
    terms list = {0};
    for (int col = 0; col < program->columns; col++) {
        if (!is_zero(program, row, col)) {
            add_term(&list, col, row, col);
        }
    }
    program->outputs[row] = (uint16_t)sum_terms(program, &list);
}

static void derive_by_rows(nova_program *program) {
    int done[NOVA_MAX_PRODUCTS] = {0};
    for (int a = 0; a < program->rows; a++) {
        for (int b = a + 1; b < program->rows && !done[a]; b++) {
            if (!done[b] && rows_mirror(program, a, b)) {
                write_row_pair(program, a, b);
                done[a] = done[b] = 1;
            }
        }
        if (!done[a]) {
            write_single_row(program, a);
        }
    }
}

/* ---------------------------------------------------------------- columns that mirror each other
 */

/** True if the columns agree up to sign in every row, with both signs present. */
static int columns_mirror(const nova_program *program, int a, int b) {
    int same = 0, opposite = 0;
    for (int row = 0; row < program->rows; row++) {
        relation how = relate(program, row, a, row, b);
        if (how == DIFFERENT) {
            return 0;
        }
        same += how == SAME;
        opposite += how == OPPOSITE;
    }
    return same && opposite;
}

/** partner[col] = the column that mirrors it, or -1. */
static void pair_columns(const nova_program *program, int *partner) {
    for (int col = 0; col < program->columns; col++) {
        partner[col] = -1;
    }
    for (int a = 0; a < program->columns; a++) {
        for (int b = a + 1; b < program->columns && partner[a] < 0; b++) {
            if (partner[b] < 0 && columns_mirror(program, a, b)) {
                partner[a] = b;
                partner[b] = a;
            }
        }
    }
}

static void write_row_of_pairs(nova_program *program, int row, const int *partner, const int *sum,
                               const int *difference) {
    terms list = {0};
    for (int col = 0; col < program->columns; col++) {
        int other = partner[col];
        if (is_zero(program, row, col) || (other >= 0 && other < col)) {
            continue;
        }
        int value = col;
        if (other >= 0) {
            value = relate(program, row, col, row, other) == SAME ? sum[col] : difference[col];
        }
        add_term(&list, value, row, col);
    }
    program->outputs[row] = (uint16_t)sum_terms(program, &list);
}

static void derive_by_columns(nova_program *program) {
    int partner[NOVA_MAX_PRODUCTS] = {0}, sum[NOVA_MAX_PRODUCTS], difference[NOVA_MAX_PRODUCTS];
    pair_columns(program, partner);
    for (int col = 0; col < program->columns; col++) {
        if (partner[col] > col) {
            sum[col] = nova_program_emit(program, NOVA_OP_ADD, col, partner[col], 0);
            difference[col] = nova_program_emit(program, NOVA_OP_SUB, col, partner[col], 0);
        }
    }
    for (int row = 0; row < program->rows; row++) {
        write_row_of_pairs(program, row, partner, sum, difference);
    }
}

int nova_program_derive(nova_program *program) {
    if (program->map == NOVA_MAP_OUTPUT) {
        derive_by_columns(program);
    } else {
        derive_by_rows(program);
    }
    return nova_program_is_right(program);
}
