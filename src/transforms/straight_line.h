/*
 * straight_line.h - a transform as instructions that work in place on few registers, which is what
 * hand-written assembly kernels want of one.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_STRAIGHT_LINE_H
#define NOVA_STRAIGHT_LINE_H

#include "transforms/transform.h"

/** What one instruction computes; `c` is a constant, the others are registers. */
typedef enum {
    NOVA_LINE_ADD = 0, /* a + b */
    NOVA_LINE_SUB = 1, /* a - b */
    NOVA_LINE_MUL = 2, /* c * a */
    NOVA_LINE_FMA = 3, /* c * a + b, one rounding */
    NOVA_LINE_MOV = 4  /* a */
} nova_line_kind;

typedef struct nova_line {
    nova_line_kind kind;
    int to, a, b; /* registers */
    float c;
} nova_line;

enum { NOVA_MAX_LINES = NOVA_MAX_OPS + 2 * NOVA_MAX_PRODUCTS };

/**
 * y[rows] = W x[columns] in place: register i holds x[i] before and y[i] after. Registers from
 * `data` (the larger of rows and columns) on are temporaries.
 */
typedef struct nova_straight_line {
    int rows, columns, data;
    int temporaries; /* how many are used */
    int moves;       /* of the lines, those that only copy */
    int count;
    nova_line lines[NOVA_MAX_LINES];
} nova_straight_line;

/**
 * Turns the cheapest codelet of a map into straight-line code: factors of 0, 1 and -1 vanish, and
 * the operations are put into an order that needs few copies and few temporaries (the best of many
 * greedy orders; which one does not change from run to run). Coefficients are those of binary32.
 * Errors: NOVA_NOT_ELIGIBLE if there is no codelet for the transform (a large set without symmetry)
 * or a coefficient exceeds binary32.
 */
nova_status nova_straight_line_make(const nova_transform *transform, nova_map map,
                                    nova_straight_line *code);

#endif
