/*
 * emit.h - the generated files.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EMIT_H
#define NOVA_EMIT_H

#include <stdio.h>

#include "codegen/program.h"

/** A codelet to be written: its program and its name. */
typedef struct codelet {
    char name[128]; /* "input_f63_z1p3u0" */
    int m, r;
    nova_program *program;
} codelet;

/** Opens OUTDIR/NAME and writes the header comment; ends the program with a reason on failure. */
FILE *nova_emit_open(const char *directory, const char *name, const char *what);
void nova_emit_close(FILE *stream, const char *name);

/** tables.c: the named transforms. */
void nova_emit_tables(const char *directory, nova_transform *const *transforms, int count);

/** codelets.h (C over the vector vocabulary), codelet_list.h (X macros) and codelets.c (the
    programs as data). */
void nova_emit_codelets(const char *directory, const codelet *codelets, int count);

/** Counts of a program. */
nova_op_counts nova_emit_count(const nova_program *program);

/** The table of operation counts. */
void nova_emit_report(FILE *stream, const codelet *codelets, int count);

#endif
