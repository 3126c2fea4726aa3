/*
 * emit_codelets.c - generated/codelets.h, codelet_list.h and codelets.c.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "codegen/emit.h"

nova_op_counts nova_emit_count(const nova_program *program) {
    nova_op_counts counts = {0, 0, 0};
    for (int i = 0; i < program->op_count; i++) {
        switch (program->ops[i].opcode) {
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

/* ---------------------------------------------------------------- codelets.h */

/** "x3" for an input, "t7" for the result of an operation. */
static const char *value_name(const nova_program *program, int value, char *name, size_t size) {
    snprintf(name, size, "%c%d", value < program->columns ? 'x' : 't',
             value < program->columns ? value : value - program->columns);
    return name;
}

static void emit_operation(FILE *stream, const nova_program *program, int index) {
    static const char *const names[] = {"V_ADD", "V_SUB", "V_MUL", "V_FMA", "V_FNMA"};
    const nova_op *op = &program->ops[index];
    char a[16], b[16];
    value_name(program, op->a, a, sizeof a);
    value_name(program, op->b, b, sizeof b);
    fprintf(stream, "    const V t%d = %s(", index, names[op->opcode]);
    switch (op->opcode) {
    case NOVA_OP_ADD:
    case NOVA_OP_SUB:
        fprintf(stream, "%s, %s);\n", a, b);
        break;
    case NOVA_OP_MUL:
        fprintf(stream, "V_COEF_GET(c, %d), %s);\n", op->coef, a);
        break;
    default:
        fprintf(stream, "V_COEF_GET(c, %d), %s, %s);\n", op->coef, a, b);
    }
}

static void emit_function(FILE *stream, const codelet *item) {
    const nova_program *program = item->program;
    nova_op_counts counts = nova_emit_count(program);
    char name[16];
    fprintf(stream,
            "\n/* %d -> %d: %d adds, %d multiplications, %d multiply-adds, %d coefficients */\n"
            "static inline NOVA_CODELET_ATTR void NOVA_CODELET(%s)"
            "(const V *x, V *y, const V_COEF *c) {\n",
            program->columns, program->rows, counts.adds, counts.muls, counts.fmas,
            program->coef_count, item->name);
    if (program->coef_count == 0) {
        fputs("    (void)c;\n", stream);
    }
    for (int i = 0; i < program->columns; i++) {
        fprintf(stream, "    const V x%d = x[%d];\n", i, i);
    }
    for (int i = 0; i < program->op_count; i++) {
        emit_operation(stream, program, i);
    }
    for (int i = 0; i < program->rows; i++) {
        fprintf(stream, "    y[%d] = %s;\n", i,
                value_name(program, program->outputs[i], name, sizeof name));
    }
    fputs("}\n", stream);
}

static void emit_functions(const char *directory, const codelet *codelets, int count) {
    FILE *stream =
        nova_emit_open(directory, "codelets.h", "one-dimensional transforms as straight-line code");
    fputs("/*\n"
          " * To be included once per instruction set, after these are defined:\n"
          " *   V                   vector type\n"
          " *   V_COEF              type of the coefficients' array\n"
          " *   V_COEF_GET(c, k)    coefficient k in every lane\n"
          " *   V_ADD(a, b), V_SUB(a, b), V_MUL(a, b)\n"
          " *   V_FMA(a, b, c)      a*b + c\n"
          " *   V_FNMA(a, b, c)     c - a*b\n"
          " *   NOVA_CODELET(name)  the function's name\n"
          " *   NOVA_CODELET_ATTR   its attributes\n"
          " * All inputs are read before any output is written, so that y may be x.\n"
          " */\n",
          stream);
    /* straight-line code has no complexity that a limit on its length would keep down */
    fputs("/* NOLINTBEGIN(readability-function-size) */\n", stream);
    for (int i = 0; i < count; i++) {
        emit_function(stream, &codelets[i]);
    }
    fputs("/* NOLINTEND(readability-function-size) */\n", stream);
    nova_emit_close(stream, "codelets.h");
}

/* ---------------------------------------------------------------- codelet_list.h */

static void emit_list(FILE *stream, const codelet *codelets, int count, nova_map map,
                      const char *title) {
    fprintf(stream, "\n#define NOVA_FOR_EACH_%s_CODELET(X)", title);
    for (int i = 0; i < count; i++) {
        const nova_program *program = codelets[i].program;
        if (program->map == map) {
            fprintf(stream, " \\\n    X(%d, %s, %d, %d)", i, codelets[i].name, program->rows,
                    program->columns);
        }
    }
    fputs("\n", stream);
}

static void emit_lists(const char *directory, const codelet *codelets, int count) {
    FILE *stream = nova_emit_open(directory, "codelet_list.h",
                                  "what codelets.h holds: X(index, name, rows, columns)");
    fputs("#ifndef NOVA_CODELET_LIST_H\n#define NOVA_CODELET_LIST_H\n", stream);
    fprintf(stream, "\n#define NOVA_CODELET_COUNT %d\n", count);
    emit_list(stream, codelets, count, NOVA_MAP_INPUT, "INPUT");
    emit_list(stream, codelets, count, NOVA_MAP_FILTER, "FILTER");
    emit_list(stream, codelets, count, NOVA_MAP_OUTPUT, "OUTPUT");
    fputs("\n#endif\n", stream);
    nova_emit_close(stream, "codelet_list.h");
}

/* ---------------------------------------------------------------- codelets.c */

static void emit_ops(FILE *stream, const nova_program *program, int index) {
    fprintf(stream, "static const nova_op ops_%d[] = {", index);
    for (int i = 0; i < program->op_count; i++) {
        const nova_op *op = &program->ops[i];
        fprintf(stream, "%s{%d, %d, %d, %d},", i % 6 ? " " : "\n    ", op->opcode, op->a, op->b,
                op->coef);
    }
    fputs("\n};\n", stream);
}

static void emit_sources(FILE *stream, const nova_program *program, int index) {
    fprintf(stream, "static const nova_coef_source sources_%d[] = {", index);
    for (int i = 0; i < program->coef_count; i++) {
        const nova_coef_source *source = &program->coefs[i].source;
        fprintf(stream, "%s{%d, %d, %d, %d},", i % 6 ? " " : "\n    ", source->row, source->col,
                source->div_row, source->div_col);
    }
    fputs("\n};\n", stream);
}

static void emit_data(FILE *stream, const codelet *item, int index) {
    const nova_program *program = item->program;
    fprintf(stream, "\n/* %s */\n", item->name);
    if (program->op_count) {
        emit_ops(stream, program, index);
    }
    if (program->coef_count) {
        emit_sources(stream, program, index);
    }
    fprintf(stream, "static const uint16_t outputs_%d[] = {", index);
    for (int i = 0; i < program->rows; i++) {
        fprintf(stream, "%s%d", i ? ", " : "", program->outputs[i]);
    }
    fputs("};\n", stream);
}

/** "ops_3", or "0" for an array that would be empty. */
static const char *array_name(char *name, size_t size, const char *array, int count, int index) {
    if (count) {
        snprintf(name, size, "%s_%d", array, index);
    } else {
        snprintf(name, size, "0");
    }
    return name;
}

static void emit_record(FILE *stream, const codelet *item, int index) {
    static const char *const maps[] = {"NOVA_MAP_INPUT", "NOVA_MAP_FILTER", "NOVA_MAP_OUTPUT"};
    const nova_program *program = item->program;
    char ops[24], sources[24];
    fprintf(stream, "    {\"%s\", %s, %d, %d, %d, %d, %d, %d, %d, %s, outputs_%d, %s},\n",
            item->name, maps[program->map], index, item->m, item->r, program->rows,
            program->columns, program->op_count, program->coef_count,
            array_name(ops, sizeof ops, "ops", program->op_count, index), index,
            array_name(sources, sizeof sources, "sources", program->coef_count, index));
}

static void emit_programs(const char *directory, const codelet *codelets, int count) {
    FILE *stream = nova_emit_open(directory, "codelets.c", "the programs of codelets.h as data");
    fputs("#include \"transforms/transform.h\"\n", stream);
    for (int i = 0; i < count; i++) {
        emit_data(stream, &codelets[i], i);
    }
    fputs("\nconst nova_codelet nova_codelets[] = {\n", stream);
    for (int i = 0; i < count; i++) {
        emit_record(stream, &codelets[i], i);
    }
    fprintf(stream, "};\nconst int nova_codelet_count = %d;\n", count);
    nova_emit_close(stream, "codelets.c");
}

void nova_emit_codelets(const char *directory, const codelet *codelets, int count) {
    emit_functions(directory, codelets, count);
    emit_lists(directory, codelets, count);
    emit_programs(directory, codelets, count);
}

/* ---------------------------------------------------------------- report */

/** Applications of a 1-D codelet that make up the nested 2-D one: columns first, then rows. */
static int applications(const nova_program *program) {
    return program->columns + program->rows;
}

void nova_emit_report(FILE *stream, const codelet *codelets, int count) {
    fprintf(stream, "%-28s %5s %5s %5s %6s %6s %12s\n", "codelet", "adds", "muls", "fmas", "total",
            "coefs", "2-D tile");
    for (int i = 0; i < count; i++) {
        nova_op_counts counts = nova_emit_count(codelets[i].program);
        int total = counts.adds + counts.muls + counts.fmas;
        fprintf(stream, "%-28s %5d %5d %5d %6d %6d %12d\n", codelets[i].name, counts.adds,
                counts.muls, counts.fmas, total, codelets[i].program->coef_count,
                total * applications(codelets[i].program));
    }
}
