/*
 * transform.h - one-dimensional transforms, the codelets that compute them and the named sets.
 *
 * A transform is three small matrices of doubles, correctly rounded from exact rationals that
 * src/algebra built and proved; nothing in the runtime library derives a matrix by itself.
 *
 * A codelet is a straight-line program for y = W x with a fixed structure (which entries are zero
 * or one, which rows or columns mirror each other) and the remaining entries as coefficients. It
 * exists twice, from one generator: as C over the vector vocabulary (generated/codelets.h) and as
 * a list of operations (below), from which coefficients are bound, operations counted, rounding
 * errors predicted and the C checked.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TRANSFORM_H
#define NOVA_TRANSFORM_H

#include "nova_winograd.h"

enum {
    NOVA_MAX_TILE = 16,                                  /* outputs per tile and dimension */
    NOVA_MAX_TAPS = 7,                                   /* filter taps per dimension */
    NOVA_MAX_INPUTS = NOVA_MAX_TILE + NOVA_MAX_TAPS - 1, /* n = m+r-1 */
    NOVA_MAX_PRODUCTS = 24, /* products per dimension, quadratic moduli included */
    NOVA_MAX_OPS = 1024,    /* operations of one codelet */
    NOVA_MAX_COEFS = 256    /* coefficients of one codelet; the generator refuses more */
};

/** The three maps of a transform; each has codelets of its own. */
typedef enum { NOVA_MAP_INPUT = 0, NOVA_MAP_FILTER = 1, NOVA_MAP_OUTPUT = 2 } nova_map;

/** F(m,r): y = AT ((G g) .* (BT d)), all row-major. */
typedef struct nova_transform {
    const char *set;    /* name */
    const char *points; /* "0,1/2,-1/2,inf"; canonical order: 0, pairs +p,-p, others, inf */
    const char *provenance;
    int m, r;
    int inputs;                 /* n = m+r-1 */
    int products;               /* N; n for linear moduli */
    int exact;                  /* proven over the rationals */
    double kappa_vandermonde;   /* NaN where it does not apply */
    const double *AT;           /* m x N */
    const double *G;            /* N x r */
    const double *BT;           /* N x n */
    const char *const *AT_text; /* the same as exact rationals ("-21/4"); null if not at hand */
    const char *const *G_text;
    const char *const *BT_text;
} nova_transform;

/** Operations of a codelet; `c` is a coefficient, a and b are earlier values. */
typedef enum {
    NOVA_OP_ADD = 0, /* a + b */
    NOVA_OP_SUB = 1, /* a - b */
    NOVA_OP_MUL = 2, /* c * a */
    NOVA_OP_FMA = 3, /* c * a + b, one rounding */
    NOVA_OP_FNMA = 4 /* b - c * a, one rounding */
} nova_opcode;

/**
 * One operation; its result is value number `columns + (its own index)`; values 0..columns-1 are
 * the inputs.
 */
typedef struct nova_op {
    uint16_t opcode, a, b, coef;
} nova_op;

/**
 * Where a coefficient comes from: entry [row][col] of the matrix, divided by entry
 * [div_row][div_col] unless div_row is negative.
 */
typedef struct nova_coef_source {
    int16_t row, col, div_row, div_col;
} nova_coef_source;

typedef struct nova_codelet {
    const char *name; /* "input_f63_z1p3" */
    nova_map map;
    int index; /* position in nova_codelets[], and in a kernel record's table */
    int m, r;
    int rows, columns;
    int op_count, coef_count;
    const nova_op *ops;
    const uint16_t *outputs;         /* [rows]: the value that is each row's result */
    const nova_coef_source *sources; /* [coef_count] */
} nova_codelet;

/* generated/tables.c */
extern const nova_transform nova_transforms[];
extern const int nova_transform_count;
/* generated/codelets.c */
extern const nova_codelet nova_codelets[];
extern const int nova_codelet_count;

/* ---- transforms.c */

/** The named transform, or null. m = 1 is "direct in this dimension" whatever the name. */
const nova_transform *nova_transform_find(const char *set, int m, int r);

/** True if any F(m,r) has a set of this name. */
int nova_set_exists(const char *set);

/** The matrix of one map, and its shape. */
const double *nova_transform_matrix(const nova_transform *transform, nova_map map, int *rows,
                                    int *columns);

/** Worst deviation from the bilinear identity sum_i AT[j,i] G[i,k] BT[i,l] == [l == j+k],
    relative to the sum of the absolute terms. */
double nova_transform_defect(const nova_transform *transform);

/** alpha_1D squared = (1/(m r)) sum_ji AT_ji^2 |G_i|^2 |BT_i|^2. */
double nova_transform_alpha2(const nova_transform *transform);

/** A codelet with its coefficients. */
typedef struct nova_bound_codelet {
    const nova_codelet *codelet;
    double coefs[NOVA_MAX_COEFS];
} nova_bound_codelet;

/**
 * The cheapest codelet that computes this map of the transform: coefficients are read off the
 * matrix, then the program is run on the unit vectors and compared with the matrix to rounding.
 * Returns 0 if there is none (the structure is unknown), else 1.
 */
int nova_codelet_bind(const nova_transform *transform, nova_map map, nova_bound_codelet *bound);

/** Binds the codelet given; returns 0 if it does not compute its map of the transform. */
int nova_codelet_bind_one(const nova_codelet *codelet, const nova_transform *transform,
                          nova_bound_codelet *bound);

/** Runs a codelet's program in double: y[rows] = W x[columns]. */
void nova_codelet_run(const nova_bound_codelet *bound, const double *x, double *y);

/** Operation counts, the way a vector unit sees them. */
typedef struct nova_op_counts {
    int adds, muls, fmas;
} nova_op_counts;
nova_op_counts nova_codelet_count_ops(const nova_codelet *codelet);

/* ---- set_file.c */

/** The transform inside a set that was read from a file. */
const nova_transform *nova_set_transform(const nova_set *set);

#endif
