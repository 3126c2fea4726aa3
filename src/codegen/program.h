/*
 * program.h - straight-line programs for y = W x with a fixed structure, found from a few generic
 * instances of W.
 *
 * Every value of a program is known as a linear form of the inputs in each instance, in exact
 * rationals. Two values with the same forms are the same value: that is all the common
 * subexpression elimination there is, and at the end it proves the program right.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_PROGRAM_H
#define NOVA_PROGRAM_H

#include "algebra/exact.h"

/* Three generic instances: that a structure found in all of them is a coincidence would take
   three independent coincidences of unrelated primes. */
enum { NOVA_INSTANCES = 3 };

/** A coefficient: where it is read from and its value in each instance. */
typedef struct program_coef {
    nova_coef_source source;
    fmpq_mat_t values; /* 1 x NOVA_INSTANCES */
} program_coef;

typedef struct nova_program {
    nova_map map;
    int rows, columns, op_count, coef_count, value_count;
    nova_op ops[NOVA_MAX_OPS];
    uint16_t outputs[NOVA_MAX_PRODUCTS];
    program_coef coefs[NOVA_MAX_COEFS];
    fmpq_mat_t forms[NOVA_MAX_PRODUCTS + NOVA_MAX_OPS]; /* NOVA_INSTANCES x columns each */
    const fmpq_mat_struct *matrix[NOVA_INSTANCES];      /* W in each instance */
} nova_program;

/** Starts a program whose values are its inputs. */
void nova_program_init(nova_program *program, nova_map map,
                       const fmpq_mat_struct *const matrix[NOVA_INSTANCES]);
void nova_program_clear(nova_program *program);

/**
 * The number of the coefficient with this source, or of an equal one that is there already. With
 * `negated` not null an existing coefficient of opposite sign will do too, and *negated is set.
 */
int nova_program_coef(nova_program *program, nova_coef_source source, int *negated);

/** The value of an operation: an existing one if it has the same form, else a new one. */
int nova_program_emit(nova_program *program, nova_opcode opcode, int a, int b, int coef);

/** True if output row i has the form of matrix row i, for all rows and instances. */
int nova_program_is_right(const nova_program *program);

/* ---- structure.c */

/** Finds the structure of the matrices and writes the program; false if it does not fit. */
int nova_program_derive(nova_program *program);

#endif
