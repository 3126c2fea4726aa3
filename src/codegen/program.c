/*
 * program.c - value-numbered straight-line programs over exact instances.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "codegen/program.h"

#include <stdio.h>
#include <stdlib.h>

/* The generator is a build tool: a program that outgrows its tables is a fault of points.def or of
   a limit in transform.h, and ends the build with its reason. */
static void require(int fits, const char *what) {
    if (!fits) {
        fprintf(stderr, "nova-generate: too many %s in one codelet\n", what);
        exit(1);
    }
}

void nova_program_init(nova_program *program, nova_map map,
                       const fmpq_mat_struct *const matrix[NOVA_INSTANCES]) {
    program->map = map;
    program->rows = (int)fmpq_mat_nrows(matrix[0]);
    program->columns = (int)fmpq_mat_ncols(matrix[0]);
    program->op_count = program->coef_count = 0;
    program->value_count = program->columns;
    for (int t = 0; t < NOVA_INSTANCES; t++) {
        program->matrix[t] = matrix[t];
    }
    for (int i = 0; i < program->columns; i++) {
        fmpq_mat_init(program->forms[i], NOVA_INSTANCES, program->columns);
        for (int t = 0; t < NOVA_INSTANCES; t++) {
            fmpq_one(fmpq_mat_entry(program->forms[i], t, i));
        }
    }
}

void nova_program_clear(nova_program *program) {
    for (int i = 0; i < program->value_count; i++) {
        fmpq_mat_clear(program->forms[i]);
    }
    for (int i = 0; i < program->coef_count; i++) {
        fmpq_mat_clear(program->coefs[i].values);
    }
}

/** What a coefficient is in instance t. */
static void coef_value(fmpq_t value, const nova_program *program, nova_coef_source source, int t) {
    const fmpq_mat_struct *matrix = program->matrix[t];
    fmpq_set(value, fmpq_mat_entry(matrix, source.row, source.col));
    if (source.div_row >= 0) {
        fmpq_div(value, value, fmpq_mat_entry(matrix, source.div_row, source.div_col));
    }
}

static int find_coef(const nova_program *program, const fmpq_mat_t values) {
    for (int i = 0; i < program->coef_count; i++) {
        if (fmpq_mat_equal(program->coefs[i].values, values)) {
            return i;
        }
    }
    return -1;
}

int nova_program_coef(nova_program *program, nova_coef_source source, int *negated) {
    fmpq_mat_t values, opposite;
    fmpq_mat_init(values, 1, NOVA_INSTANCES);
    fmpq_mat_init(opposite, 1, NOVA_INSTANCES);
    for (int t = 0; t < NOVA_INSTANCES; t++) {
        coef_value(fmpq_mat_entry(values, 0, t), program, source, t);
    }
    fmpq_mat_neg(opposite, values);
    int found = find_coef(program, values);
    if (negated) {
        *negated = 0;
        int mirrored = found < 0 ? find_coef(program, opposite) : -1;
        if (mirrored >= 0) {
            *negated = 1;
            found = mirrored;
        }
    }
    if (found < 0) {
        require(program->coef_count < NOVA_MAX_COEFS, "coefficients");
        found = program->coef_count++;
        program->coefs[found].source = source;
        fmpq_mat_init_set(program->coefs[found].values, values);
    }
    fmpq_mat_clear(values);
    fmpq_mat_clear(opposite);
    return found;
}

/** form = what the operation computes, in each instance and for each input. */
static void operation_form(fmpq_mat_t form, const nova_program *program, nova_opcode opcode, int a,
                           int b, int coef) {
    fmpq_t product;
    fmpq_init(product);
    for (int t = 0; t < NOVA_INSTANCES; t++) {
        for (int i = 0; i < program->columns; i++) {
            fmpq *entry = fmpq_mat_entry(form, t, i);
            const fmpq *x = fmpq_mat_entry(program->forms[a], t, i);
            const fmpq *y = fmpq_mat_entry(program->forms[b], t, i);
            if (opcode >= NOVA_OP_MUL) {
                fmpq_mul(product, x, fmpq_mat_entry(program->coefs[coef].values, 0, t));
            }
            switch (opcode) {
            case NOVA_OP_ADD:
                fmpq_add(entry, x, y);
                break;
            case NOVA_OP_SUB:
                fmpq_sub(entry, x, y);
                break;
            case NOVA_OP_MUL:
                fmpq_set(entry, product);
                break;
            case NOVA_OP_FMA:
                fmpq_add(entry, y, product);
                break;
            case NOVA_OP_FNMA:
                fmpq_sub(entry, y, product);
                break;
            }
        }
    }
    fmpq_clear(product);
}

int nova_program_emit(nova_program *program, nova_opcode opcode, int a, int b, int coef) {
    fmpq_mat_t form;
    fmpq_mat_init(form, NOVA_INSTANCES, program->columns);
    operation_form(form, program, opcode, a, b, coef);
    for (int i = 0; i < program->value_count; i++) {
        if (fmpq_mat_equal(program->forms[i], form)) {
            fmpq_mat_clear(form);
            return i;
        }
    }
    require(program->op_count < NOVA_MAX_OPS, "operations");
    program->ops[program->op_count++] =
        (nova_op){(uint16_t)opcode, (uint16_t)a, (uint16_t)b, (uint16_t)coef};
    *program->forms[program->value_count] = *form;
    return program->value_count++;
}

int nova_program_is_right(const nova_program *program) {
    for (int row = 0; row < program->rows; row++) {
        const fmpq_mat_struct *form = program->forms[program->outputs[row]];
        for (int t = 0; t < NOVA_INSTANCES; t++) {
            for (int i = 0; i < program->columns; i++) {
                if (!fmpq_equal(fmpq_mat_entry(form, t, i),
                                fmpq_mat_entry(program->matrix[t], row, i))) {
                    return 0;
                }
            }
        }
    }
    return 1;
}
