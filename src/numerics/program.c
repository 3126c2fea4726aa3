/*
 * program.c - transforms as lists of operations. The error model is derived in
 * docs/numerics-model.md.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/program.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "numerics/rounding.h"

enum { MAX_VALUES = NOVA_MAX_PRODUCTS + NOVA_MAX_OPS };

/* ---- construction */

static void append(nova_program *program, nova_opcode opcode, int a, int b, double coef) {
    const int index = program->op_count++;
    program->own_ops[index] =
        (nova_op){(uint16_t)opcode, (uint16_t)a, (uint16_t)b, (uint16_t)index};
    program->own_coefs[index] = coef;
}

static void append_row(nova_program *program, const double *row, int index) {
    int sum = -1;
    for (int column = 0; column < program->columns; column++) {
        const double coef = (float)row[column];
        if (coef == 0)
            continue;
        append(program, sum < 0 ? NOVA_OP_MUL : NOVA_OP_FMA, column, sum < 0 ? 0 : sum, coef);
        sum = program->columns + program->op_count - 1;
    }
    if (sum < 0) { /* a row of zeros, which no transform has, is still a product by zero */
        append(program, NOVA_OP_MUL, 0, 0, 0);
        sum = program->columns + program->op_count - 1;
    }
    program->own_outputs[index] = (uint16_t)sum;
}

void nova_program_init(nova_program *program, const nova_transform *transform, nova_map map,
                       const nova_bound_codelet *bound) {
    const double *matrix = nova_transform_matrix(transform, map, &program->rows, &program->columns);
    if (bound) {
        program->op_count = bound->codelet->op_count;
        program->ops = bound->codelet->ops;
        program->outputs = bound->codelet->outputs;
        program->coefs = bound->coefs;
        return;
    }
    program->op_count = 0;
    program->ops = program->own_ops;
    program->outputs = program->own_outputs;
    program->coefs = program->own_coefs;
    for (int i = 0; i < program->rows; i++)
        append_row(program, matrix + i * program->columns, i);
}

/* ---- execution */

static float multiply_add(int fused, float c, float a, float b) {
    return fused ? fmaf(c, a, b) : c * a + b;
}

static float run_op(nova_op op, int fused, const float *values, float coef) {
    const float a = values[op.a];
    switch (op.opcode) {
    case NOVA_OP_ADD:
        return a + values[op.b];
    case NOVA_OP_SUB:
        return a - values[op.b];
    case NOVA_OP_MUL:
        return coef * a;
    case NOVA_OP_FMA:
        return multiply_add(fused, coef, a, values[op.b]);
    default:
        return multiply_add(fused, -coef, a, values[op.b]);
    }
}

static bool has_coef(nova_op op) {
    return op.opcode != NOVA_OP_ADD && op.opcode != NOVA_OP_SUB;
}

/* Coefficients count as the binary32 numbers that an engine multiplies by. */
static double op_coef(const nova_program *program, nova_op op) {
    return has_coef(op) ? (float)program->coefs[op.coef] : 1;
}

void nova_program_run(const nova_program *program, int fused, const float *x, float *y) {
    float values[MAX_VALUES];
    memcpy(values, x, (size_t)program->columns * sizeof *values);
    for (int i = 0; i < program->op_count; i++)
        values[program->columns + i] =
            run_op(program->ops[i], fused, values, (float)op_coef(program, program->ops[i]));
    for (int i = 0; i < program->rows; i++)
        y[i] = values[program->outputs[i]];
}

/* ---- linear forms and their errors */

/* Weights of an operation's two operands. */
static void op_weights(const nova_program *program, nova_op op, double *a, double *b) {
    const double coef = op_coef(program, op);
    switch (op.opcode) {
    case NOVA_OP_ADD:
        *a = *b = 1;
        break;
    case NOVA_OP_SUB:
        *a = 1;
        *b = -1;
        break;
    case NOVA_OP_MUL:
        *a = coef;
        *b = 0;
        break;
    case NOVA_OP_FMA:
        *a = coef;
        *b = 1;
        break;
    default:
        *a = -coef;
        *b = 1;
        break;
    }
}

/* Every value as a linear form of the inputs. */
static void linear_forms(const nova_program *program, double forms[][NOVA_MAX_PRODUCTS]) {
    const int columns = program->columns;
    memset(forms, 0, (size_t)(columns + program->op_count) * sizeof *forms);
    for (int i = 0; i < columns; i++)
        forms[i][i] = 1;
    for (int i = 0; i < program->op_count; i++) {
        const nova_op op = program->ops[i];
        double a, b;
        op_weights(program, op, &a, &b);
        for (int k = 0; k < columns; k++)
            forms[columns + i][k] = a * forms[op.a][k] + b * forms[op.b][k];
    }
}

void nova_program_matrix(const nova_program *program, double *matrix) {
    double forms[MAX_VALUES][NOVA_MAX_PRODUCTS];
    linear_forms(program, forms);
    for (int i = 0; i < program->rows; i++)
        memcpy(matrix + i * program->columns, forms[program->outputs[i]],
               (size_t)program->columns * sizeof *matrix);
}

/* Derivative of every output by every value, by going through the operations backwards. */
static void adjoint_forms(const nova_program *program, double adjoints[][NOVA_MAX_PRODUCTS]) {
    memset(adjoints, 0, (size_t)(program->columns + program->op_count) * sizeof *adjoints);
    for (int i = 0; i < program->rows; i++)
        adjoints[program->outputs[i]][i] += 1;
    for (int i = program->op_count - 1; i >= 0; i--) {
        const nova_op op = program->ops[i];
        const double *adjoint = adjoints[program->columns + i];
        double a, b;
        op_weights(program, op, &a, &b);
        for (int k = 0; k < program->rows; k++) {
            adjoints[op.a][k] += a * adjoint[k];
            if (b != 0)
                adjoints[op.b][k] += b * adjoint[k];
        }
    }
}

static double variance(const double *form, const double *covariance, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        if (form[i] == 0)
            continue;
        for (int j = 0; j < count; j++)
            sum += form[i] * form[j] * covariance[i * count + j];
    }
    return sum;
}

static bool is_power_of_two(double value) {
    int exponent;
    return value == 0 || fabs(frexp(value, &exponent)) == 0.5;
}

/* Variance of what is rounded in an operation: its result, and its product where that is a rounding
   of its own. A product by a power of two is exact. */
static double rounded_variance(const nova_program *program, int index, int fused,
                               double forms[][NOVA_MAX_PRODUCTS], const double *covariance) {
    const nova_op op = program->ops[index];
    const int columns = program->columns;
    const double coef = op_coef(program, op);
    double rounded = 0;
    if (op.opcode != NOVA_OP_MUL)
        rounded = variance(forms[columns + index], covariance, columns);
    if (has_coef(op) && !is_power_of_two(coef) && (op.opcode == NOVA_OP_MUL || !fused))
        rounded += coef * coef * variance(forms[op.a], covariance, columns);
    return rounded;
}

void nova_program_error(const nova_program *program, int fused, const double *covariance,
                        double *error) {
    double forms[MAX_VALUES][NOVA_MAX_PRODUCTS], adjoints[MAX_VALUES][NOVA_MAX_PRODUCTS];
    const int rows = program->rows;
    linear_forms(program, forms);
    adjoint_forms(program, adjoints);
    memset(error, 0, (size_t)(rows * rows) * sizeof *error);
    for (int i = 0; i < program->op_count; i++) {
        const double *adjoint = adjoints[program->columns + i];
        const double noise =
            nova_rounding_f32() * rounded_variance(program, i, fused, forms, covariance);
        if (noise == 0)
            continue;
        for (int j = 0; j < rows; j++)
            for (int k = 0; k < rows; k++)
                error[j * rows + k] += noise * adjoint[j] * adjoint[k];
    }
}
