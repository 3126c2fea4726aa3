/*
 * emit_tables.c - generated/tables.c.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/emit.h"

FILE *nova_emit_open(const char *directory, const char *name, const char *what) {
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *stream = length < (int)sizeof path ? fopen(path, "w") : NULL;
    if (!stream) {
        perror(path);
        exit(1);
    }
    fprintf(
        stream,
        "/*\n * %s - %s.\n *\n"
        " * Written by nova-generate (src/codegen) from src/transforms/points.def; do not edit.\n"
        " *\n * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0\n */\n"
        "/* clang-format off */\n",
        name, what);
    return stream;
}

void nova_emit_close(FILE *stream, const char *name) {
    if (ferror(stream) || fclose(stream)) {
        perror(name);
        exit(1);
    }
}

static void emit_values(FILE *stream, const char *matrix, int index, const double *values,
                        const char *const *texts, int rows, int columns) {
    fprintf(stream, "static const double %s_%d[] = {\n", matrix, index);
    for (int i = 0; i < rows * columns; i++) {
        fprintf(stream, "%s%a,%s", i % columns ? " " : "    ", values[i],
                i % columns == columns - 1 ? "\n" : "");
    }
    fprintf(stream, "};\nstatic const char *const %s_text_%d[] = {\n", matrix, index);
    for (int i = 0; i < rows * columns; i++) {
        fprintf(stream, "%s\"%s\",%s", i % columns ? " " : "    ", texts[i],
                i % columns == columns - 1 ? "\n" : "");
    }
    fputs("};\n", stream);
}

static void emit_matrices(FILE *stream, const nova_transform *t, int index) {
    fprintf(stream, "\n/* F(%d,%d) %s: %s */\n", t->m, t->r, t->set, t->points);
    emit_values(stream, "AT", index, t->AT, t->AT_text, t->m, t->products);
    emit_values(stream, "G", index, t->G, t->G_text, t->products, t->r);
    emit_values(stream, "BT", index, t->BT, t->BT_text, t->products, t->inputs);
}

static void emit_record(FILE *stream, const nova_transform *t, int index) {
    /* seven digits: beyond them kappa depends on the machine's LAPACK */
    char kappa[32] = "NAN";
    if (!isnan(t->kappa_vandermonde)) {
        snprintf(kappa, sizeof kappa, "%.7g", t->kappa_vandermonde);
    }
    fprintf(stream,
            "    {\n"
            "        \"%s\", \"%s\",\n"
            "        \"%s\",\n"
            "        %d, %d, %d, %d, %d, %s,\n"
            "        AT_%d, G_%d, BT_%d,\n"
            "        AT_text_%d, G_text_%d, BT_text_%d,\n"
            "    },\n",
            t->set, t->points, t->provenance, t->m, t->r, t->inputs, t->products, t->exact, kappa,
            index, index, index, index, index, index);
}

void nova_emit_tables(const char *directory, nova_transform *const *transforms, int count) {
    FILE *stream = nova_emit_open(directory, "tables.c", "the named transforms");
    fputs("#include <math.h>\n\n#include \"transforms/transform.h\"\n", stream);
    for (int i = 0; i < count; i++) {
        emit_matrices(stream, transforms[i], i);
    }
    fputs("\nconst nova_transform nova_transforms[] = {\n", stream);
    for (int i = 0; i < count; i++) {
        emit_record(stream, transforms[i], i);
    }
    fprintf(stream, "};\nconst int nova_transform_count = %d;\n", count);
    nova_emit_close(stream, "tables.c");
}
