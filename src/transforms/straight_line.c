/*
 * straight_line.c - orders a codelet's operations and gives them registers.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "transforms/straight_line.h"

#include <math.h>
#include <string.h>

#include "runtime/runtime.h"

enum {
    MAX_VALUES = NOVA_MAX_PRODUCTS + NOVA_MAX_OPS,
    MAX_STEPS = NOVA_MAX_OPS + NOVA_MAX_PRODUCTS,
    MAX_REGISTERS = NOVA_MAX_PRODUCTS + MAX_STEPS,
    PREFERRED_TEMPORARIES = 8, /* then registers of dead data are taken before new temporaries */
    TRIALS = 400,
    NONE = -1
};

/** An operation whose order is still open. Its result is value `columns + index`. */
typedef struct step {
    nova_line_kind kind;
    int a, b; /* values; b is NONE where there is no second operand */
    float c;
    int home; /* the row that the result is, or NONE */
} step;

typedef struct problem {
    int rows, columns, count;
    step steps[MAX_STEPS];
    int value_of[MAX_STEPS]; /* result of a step */
    int uses[MAX_VALUES + NOVA_MAX_PRODUCTS];
    bool stays[NOVA_MAX_PRODUCTS]; /* inputs that are a row's result as they are */
} problem;

/* ---- operations without trivial factors */

/** The operation with its coefficient in binary32; where it is a value that is there already that
    value is returned, else NONE. */
static int simplify(const nova_op *op, const int *alias, const double *coefs, step *simple) {
    const bool factor = op->opcode != NOVA_OP_ADD && op->opcode != NOVA_OP_SUB;
    const int a = alias[op->a], b = op->opcode == NOVA_OP_MUL ? NONE : alias[op->b];
    float c = factor ? (float)coefs[op->coef] : 1;
    if (op->opcode == NOVA_OP_FNMA) {
        c = -c;
    }
    *simple = (step){.a = a, .b = b, .c = c, .home = NONE};
    if (op->opcode == NOVA_OP_MUL) {
        simple->kind = NOVA_LINE_MUL;
        return c == 1 ? a : NONE;
    }
    if (factor && c == 0) {
        return b;
    }
    if (factor && c == -1) { /* b - a */
        simple->kind = NOVA_LINE_SUB;
        simple->a = b;
        simple->b = a;
    } else if (c != 1) {
        simple->kind = NOVA_LINE_FMA;
    } else {
        simple->kind = op->opcode == NOVA_OP_SUB ? NOVA_LINE_SUB : NOVA_LINE_ADD;
    }
    return NONE;
}

/** Drops steps whose results nobody needs, as aliases can leave behind. */
static void drop_unused(problem *p) {
    int kept = p->count;
    for (int i = p->count - 1; i >= 0; i--) {
        const step *s = &p->steps[i];
        if (s->home == NONE && p->uses[p->value_of[i]] == 0) {
            p->uses[s->a]--;
            if (s->b != NONE) {
                p->uses[s->b]--;
            }
            kept--;
            memmove(&p->steps[i], &p->steps[i + 1], (size_t)(p->count - 1 - i) * sizeof *s);
            memmove(&p->value_of[i], &p->value_of[i + 1],
                    (size_t)(p->count - 1 - i) * sizeof *p->value_of);
            p->count = kept;
        }
    }
}

static void add_step(problem *p, step s, int value) {
    p->uses[s.a]++;
    if (s.b != NONE) {
        p->uses[s.b]++;
    }
    p->value_of[p->count] = value;
    p->steps[p->count++] = s;
}

/** Says which step is which row, and adds copies for rows that are an input or another row. */
static void place_rows(problem *p, const uint16_t *outputs, const int *alias, int values) {
    for (int row = 0; row < p->rows; row++) {
        const int value = alias[outputs[row]];
        if (value == row && row < p->columns) {
            p->stays[row] = true;
            continue;
        }
        int maker = NONE;
        for (int i = 0; i < p->count && value >= p->columns; i++) {
            if (p->value_of[i] == value && p->steps[i].home == NONE) {
                maker = i;
            }
        }
        if (maker != NONE) {
            p->steps[maker].home = row;
        } else {
            add_step(p, (step){.kind = NOVA_LINE_MOV, .a = value, .b = NONE, .home = row},
                     values++);
        }
    }
}

static nova_status set_up(problem *p, const nova_bound_codelet *bound) {
    const nova_codelet *codelet = bound->codelet;
    int alias[MAX_VALUES];
    memset(p, 0, sizeof *p);
    p->rows = codelet->rows;
    p->columns = codelet->columns;
    for (int i = 0; i < p->columns; i++) {
        alias[i] = i;
    }
    for (int i = 0; i < codelet->op_count; i++) {
        step simple;
        const int value = p->columns + i;
        const int same = simplify(&codelet->ops[i], alias, bound->coefs, &simple);
        alias[value] = same == NONE ? value : same;
        if (!isfinite(simple.c)) {
            return nova_fail(NOVA_NOT_ELIGIBLE, "a coefficient exceeds binary32");
        }
        if (same == NONE) {
            add_step(p, simple, value);
        }
    }
    place_rows(p, codelet->outputs, alias, p->columns + codelet->op_count);
    drop_unused(p);
    return NOVA_OK;
}

/* ---- one order */

typedef struct machine {
    int register_of[MAX_VALUES + NOVA_MAX_PRODUCTS]; /* of a value, NONE if it is not there */
    int holds[MAX_REGISTERS];                        /* value of a register, NONE if it is free */
    int uses[MAX_VALUES + NOVA_MAX_PRODUCTS];
    bool pinned[MAX_VALUES + NOVA_MAX_PRODUCTS];
    bool done[MAX_STEPS];
    uint32_t random;
} machine;

static uint32_t draw(machine *m, uint32_t below) {
    m->random = m->random * 1664525u + 1013904223u; /* Numerical Recipes' generator */
    return (m->random >> 16) % below;
}

/** True if a step is the last to read a value. */
static bool dies(const machine *m, const step *s, int value) {
    return !m->pinned[value] && m->uses[value] == (s->a == value) + (s->b == value);
}

/** True if a step may write a register: nothing is there that is read later. */
static bool writable(const machine *m, const step *s, int reg) {
    const int value = m->holds[reg];
    return value == NONE || ((s->a == value || s->b == value) && dies(m, s, value));
}

static int find_register(const machine *m, const step *s, int data) {
    if (s->home != NONE && writable(m, s, s->home)) {
        return s->home;
    }
    for (int i = 0; i < PREFERRED_TEMPORARIES; i++) {
        if (writable(m, s, data + i)) {
            return data + i;
        }
    }
    for (int i = 0; i < data && s->home == NONE; i++) {
        if (writable(m, s, i)) {
            return i;
        }
    }
    int reg = data + PREFERRED_TEMPORARIES;
    while (!writable(m, s, reg)) {
        reg++;
    }
    return reg;
}

/** How good it is to take a step now: results where they belong, registers that become free. */
static int merit(const machine *m, const step *s, int data) {
    int sum = 0;
    if (s->home != NONE) {
        sum += writable(m, s, s->home) ? 12 : -30;
    }
    const int operands[2] = {s->a, s->b};
    for (int i = 0; i < 2; i++) {
        if (operands[i] != NONE && (i == 0 || s->b != s->a) && dies(m, s, operands[i])) {
            sum += m->register_of[operands[i]] < data ? 6 : 4;
        }
    }
    return sum;
}

static int pick(const problem *p, machine *m, int data, bool perturb) {
    int best = NONE, best_merit = 0;
    for (int i = 0; i < p->count; i++) {
        const step *s = &p->steps[i];
        if (m->done[i] || m->register_of[s->a] == NONE ||
            (s->b != NONE && m->register_of[s->b] == NONE)) {
            continue;
        }
        const int found = merit(m, s, data) + (perturb ? (int)draw(m, 12) : 0);
        if (best == NONE || found > best_merit) {
            best = i;
            best_merit = found;
        }
    }
    return best;
}

static void release(machine *m, int value) {
    if (value != NONE && --m->uses[value] == 0 && !m->pinned[value]) {
        m->holds[m->register_of[value]] = NONE;
    }
}

static void start(const problem *p, machine *m) {
    memset(m->done, 0, sizeof m->done);
    memset(m->pinned, 0, sizeof m->pinned);
    memcpy(m->uses, p->uses, sizeof m->uses);
    for (int i = 0; i < NOVA_COUNT(m->register_of); i++) {
        m->register_of[i] = NONE;
    }
    for (int i = 0; i < MAX_REGISTERS; i++) {
        m->holds[i] = NONE;
    }
    for (int i = 0; i < p->columns; i++) {
        m->pinned[i] = p->stays[i];
        m->register_of[i] = i;
        m->holds[i] = p->uses[i] > 0 || p->stays[i] ? i : NONE;
    }
}

static void append(nova_straight_line *code, nova_line line) {
    code->moves += line.kind == NOVA_LINE_MOV;
    const int temporaries = line.to - code->data + 1;
    code->temporaries = temporaries > code->temporaries ? temporaries : code->temporaries;
    code->lines[code->count++] = line;
}

static void take(const problem *p, machine *m, int index, nova_straight_line *code) {
    const step *s = &p->steps[index];
    const int to = find_register(m, s, code->data), value = p->value_of[index];
    append(code, (nova_line){s->kind, to, m->register_of[s->a],
                             s->b == NONE ? NONE : m->register_of[s->b], s->c});
    release(m, s->a);
    release(m, s->b);
    m->done[index] = true;
    m->register_of[value] = to;
    m->holds[to] = value;
    m->pinned[value] = s->home != NONE;
}

/** One order of the steps, then copies of the rows that found their place taken. */
static void arrange(const problem *p, machine *m, bool perturb, nova_straight_line *code) {
    code->rows = p->rows;
    code->columns = p->columns;
    code->data = p->rows > p->columns ? p->rows : p->columns;
    code->count = code->moves = code->temporaries = 0;
    start(p, m);
    for (int i = 0; i < p->count; i++) {
        take(p, m, pick(p, m, code->data, perturb), code);
    }
    for (int i = 0; i < p->count; i++) {
        const int home = p->steps[i].home, reg = m->register_of[p->value_of[i]];
        if (home != NONE && reg != home) {
            append(code, (nova_line){.kind = NOVA_LINE_MOV, .to = home, .a = reg, .b = NONE});
        }
    }
}

static bool better(const nova_straight_line *a, const nova_straight_line *b) {
    return a->count != b->count ? a->count < b->count : a->temporaries < b->temporaries;
}

nova_status nova_straight_line_make(const nova_transform *transform, nova_map map,
                                    nova_straight_line *code) {
    nova_bound_codelet bound;
    problem p;
    machine m = {.random = 1};
    nova_straight_line trial;
    if (!nova_codelet_bind(transform, map, &bound)) {
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "there is no straight-line code for F(%d,%d) with the points %s",
                         transform->m, transform->r, transform->points);
    }
    nova_status status = set_up(&p, &bound);
    if (status != NOVA_OK) {
        return status;
    }
    arrange(&p, &m, false, code);
    for (int i = 1; i < TRIALS; i++) {
        arrange(&p, &m, true, &trial);
        if (better(&trial, code)) {
            *code = trial;
        }
    }
    return NOVA_OK;
}
