/*
 * codelet.c - codelets as data: binding coefficients, running and counting.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "transforms/transform.h"

nova_op_counts nova_codelet_count_ops(const nova_codelet *codelet) {
    nova_op_counts counts = {0, 0, 0};
    for (int i = 0; i < codelet->op_count; i++) {
        switch (codelet->ops[i].opcode) {
        case NOVA_OP_ADD:
        case NOVA_OP_SUB:
            counts.adds++;
            break;
        case NOVA_OP_MUL:
            counts.muls++;
            break;
        default:
            counts.fmas++;
        }
    }
    return counts;
}

static double run_op(const nova_op *op, const double *values, const double *coefs) {
    double a = values[op->a], b = values[op->b];
    switch (op->opcode) {
    case NOVA_OP_ADD:
        return a + b;
    case NOVA_OP_SUB:
        return a - b;
    case NOVA_OP_MUL:
        return coefs[op->coef] * a;
    case NOVA_OP_FMA:
        return fma(coefs[op->coef], a, b);
    default:
        return fma(-coefs[op->coef], a, b);
    }
}

void nova_codelet_run(const nova_bound_codelet *bound, const double *x, double *y) {
    const nova_codelet *codelet = bound->codelet;
    double values[NOVA_MAX_PRODUCTS + NOVA_MAX_OPS];
    for (int i = 0; i < codelet->columns; i++) {
        values[i] = x[i];
    }
    for (int i = 0; i < codelet->op_count; i++) {
        values[codelet->columns + i] = run_op(&codelet->ops[i], values, bound->coefs);
    }
    for (int i = 0; i < codelet->rows; i++) {
        y[i] = values[codelet->outputs[i]];
    }
}

/** Reads the coefficients off the matrix; 0 if one of them is not finite. */
static int read_coefs(nova_bound_codelet *bound, const double *matrix) {
    const nova_codelet *codelet = bound->codelet;
    for (int i = 0; i < codelet->coef_count; i++) {
        const nova_coef_source *source = &codelet->sources[i];
        double value = matrix[source->row * codelet->columns + source->col];
        if (source->div_row >= 0) {
            value /= matrix[source->div_row * codelet->columns + source->div_col];
        }
        if (!isfinite(value)) {
            return 0;
        }
        bound->coefs[i] = value;
    }
    return 1;
}

/** Largest magnitude in a row. */
static double row_scale(const double *row, int count) {
    double scale = 0;
    for (int i = 0; i < count; i++) {
        scale = fmax(scale, fabs(row[i]));
    }
    return scale;
}

/** 1 if the program on every unit vector gives that column of the matrix, to rounding. */
static int computes(const nova_bound_codelet *bound, const double *matrix) {
    static const double tolerance = 1e-12; /* of the largest entry of the row */
    const nova_codelet *codelet = bound->codelet;
    double allowed[NOVA_MAX_PRODUCTS];
    for (int row = 0; row < codelet->rows; row++) {
        allowed[row] = tolerance * row_scale(matrix + row * codelet->columns, codelet->columns);
    }
    for (int col = 0; col < codelet->columns; col++) {
        double x[NOVA_MAX_PRODUCTS] = {0}, y[NOVA_MAX_PRODUCTS] = {0};
        x[col] = 1;
        nova_codelet_run(bound, x, y);
        for (int row = 0; row < codelet->rows; row++) {
            if (!(fabs(y[row] - matrix[row * codelet->columns + col]) <= allowed[row])) {
                return 0;
            }
        }
    }
    return 1;
}

int nova_codelet_bind_one(const nova_codelet *codelet, const nova_transform *transform,
                          nova_bound_codelet *bound) {
    int rows, columns;
    const double *matrix = nova_transform_matrix(transform, codelet->map, &rows, &columns);
    bound->codelet = codelet;
    return codelet->m == transform->m && codelet->r == transform->r && codelet->rows == rows &&
           codelet->columns == columns && read_coefs(bound, matrix) && computes(bound, matrix);
}

int nova_codelet_bind(const nova_transform *transform, nova_map map, nova_bound_codelet *bound) {
    const nova_codelet *best = NULL;
    for (int i = 0; i < nova_codelet_count; i++) {
        const nova_codelet *codelet = &nova_codelets[i];
        if (codelet->map == map && (!best || codelet->op_count < best->op_count) &&
            nova_codelet_bind_one(codelet, transform, bound)) {
            best = codelet;
        }
    }
    return best && nova_codelet_bind_one(best, transform, bound);
}
