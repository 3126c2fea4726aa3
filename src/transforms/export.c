/*
 * export.c - a transform as C, JSON, NumPy and LaTeX; export_miopen.c writes assembly.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "transforms/export.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"
#include "transforms/export_text.h"

enum { NUMBER_TEXT = 32 };

/** One of the three matrices, with all that the writers need to know of it. */
typedef struct matrix_view {
    const char *name;
    int rows, columns;
    const double *values;
    const char *const *texts;
} matrix_view;

static void view_matrices(const nova_transform *t, matrix_view views[3]) {
    views[0] = (matrix_view){"AT", t->m, t->products, t->AT, t->AT_text};
    views[1] = (matrix_view){"G", t->products, t->r, t->G, t->G_text};
    views[2] = (matrix_view){"BT", t->products, t->inputs, t->BT, t->BT_text};
}

/** The entry as a rational if it is at hand, else with 17 digits in `buffer`. */
static const char *entry_text(const matrix_view *view, int row, int col, char *buffer) {
    int index = row * view->columns + col;
    if (view->texts) {
        return view->texts[index];
    }
    snprintf(buffer, NUMBER_TEXT, "%.17g", view->values[index]);
    return buffer;
}

/** Text inside a comment of C, Python or LaTeX: one line, and no end of a C comment. */
static void put_comment(FILE *stream, const char *text) {
    for (const char *c = text; *c; c++) {
        fputc(iscntrl((unsigned char)*c) ? ' ' : *c, stream);
        if (c[0] == '*' && c[1] == '/') {
            fputc(' ', stream);
        }
    }
}

void nova_export_heading(FILE *stream, const nova_transform *t, const char *prefix) {
    fprintf(stream, "%sWinograd transform F(%d,%d), set ", prefix, t->m, t->r);
    put_comment(stream, t->set);
    fprintf(stream, ": ");
    put_comment(stream, t->points);
    fprintf(stream, "\n%s%s\n%sProvenance: ", prefix,
            t->exact ? "Proven exact over the rationals."
                     : "Irrational points: correct to rounding.",
            prefix);
    put_comment(stream, t->provenance);
    fprintf(stream, "\n%sy = AT ((G g) .* (BT d)), alpha^2 = %.6g. Written by nova.\n", prefix,
            nova_transform_alpha2(t));
}

/* ---------------------------------------------------------------- C */

void nova_export_identifier(FILE *stream, const char *set, bool upper) {
    for (const char *c = set; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        bool plain = byte < 128 && isalnum(byte);
        fputc(!plain ? '_' : upper ? toupper(byte) : tolower(byte), stream);
    }
}

/** A floating literal: always with a point or an exponent. */
static void put_literal(FILE *stream, double value, int digits, const char *suffix) {
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%.*g", digits, value);
    fprintf(stream, "%s%s%s", text, strpbrk(text, ".e") ? "" : ".0", suffix);
}

static void put_c_matrix(FILE *stream, const nova_transform *t, const matrix_view *view,
                         bool is_float) {
    fprintf(stream, "static const %s nova_f%dx%d_", is_float ? "float" : "double", t->m, t->r);
    nova_export_identifier(stream, t->set, false);
    fprintf(stream, "_%s%s[%d][%d] = {\n", view->name, is_float ? "_f32" : "", view->rows,
            view->columns);
    for (int row = 0; row < view->rows; row++) {
        fputs("    {", stream);
        for (int col = 0; col < view->columns; col++) {
            double value = view->values[row * view->columns + col];
            fputs(col ? ", " : "", stream);
            put_literal(stream, is_float ? (float)value : value, is_float ? 9 : 17,
                        is_float ? "f" : "");
        }
        fputs("},\n", stream);
    }
    fputs("};\n", stream);
}

static void put_guard(FILE *stream, const nova_transform *t) {
    fprintf(stream, "NOVA_F%dX%d_", t->m, t->r);
    nova_export_identifier(stream, t->set, true);
    fputs("_H\n", stream);
}

static void export_c(FILE *stream, const nova_transform *t, const matrix_view *views) {
    fputs("/*\n", stream);
    nova_export_heading(stream, t, " * ");
    fputs(" */\n#ifndef ", stream);
    put_guard(stream, t);
    fputs("#define ", stream);
    put_guard(stream, t);
    for (int is_float = 0; is_float < 2; is_float++) {
        for (int i = 0; i < 3; i++) {
            fputc('\n', stream);
            put_c_matrix(stream, t, &views[i], is_float);
        }
    }
    fputs("\n#endif\n", stream);
}

/* ---------------------------------------------------------------- JSON */

static void put_json_string(FILE *stream, const char *text) {
    fputc('"', stream);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(stream, "\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            fprintf(stream, "\\u%04x", (unsigned)*c);
        } else {
            fputc(*c, stream);
        }
    }
    fputc('"', stream);
}

static void put_json_member(FILE *stream, const char *key, const char *text) {
    fprintf(stream, "  \"%s\": ", key);
    put_json_string(stream, text);
    fputs(",\n", stream);
}

/** A number, or null if it is not finite. */
static void put_json_number(FILE *stream, const char *key, double value) {
    if (isfinite(value)) {
        fprintf(stream, "  \"%s\": %.10g,\n", key, value);
    } else {
        fprintf(stream, "  \"%s\": null,\n", key);
    }
}

static void put_json_matrix(FILE *stream, const matrix_view *view) {
    char buffer[NUMBER_TEXT];
    fprintf(stream, "  \"%s\": [\n", view->name);
    for (int row = 0; row < view->rows; row++) {
        fputs("    [", stream);
        for (int col = 0; col < view->columns; col++) {
            fputs(col ? ", " : "", stream);
            put_json_string(stream, entry_text(view, row, col, buffer));
        }
        fprintf(stream, "]%s\n", row < view->rows - 1 ? "," : "");
    }
    fputs("  ]", stream);
}

static void export_json(FILE *stream, const nova_transform *t, const matrix_view *views) {
    double ratio = (double)t->m * t->r / t->products;
    fprintf(stream, "{\n  \"m\": %d,\n  \"r\": %d,\n", t->m, t->r);
    put_json_member(stream, "set", t->set);
    put_json_member(stream, "points", t->points);
    put_json_member(stream, "provenance", t->provenance);
    fprintf(stream, "  \"products\": %d,\n  \"exact\": %s,\n", t->products,
            t->exact ? "true" : "false");
    put_json_number(stream, "kappa_vandermonde", t->kappa_vandermonde);
    put_json_number(stream, "alpha2", nova_transform_alpha2(t));
    put_json_number(stream, "saving", ratio * ratio);
    for (int i = 0; i < 3; i++) {
        put_json_matrix(stream, &views[i]);
        fputs(i < 2 ? ",\n" : "\n", stream);
    }
    fputs("}\n", stream);
}

/* ---------------------------------------------------------------- NumPy */

static void put_numpy_matrix(FILE *stream, const matrix_view *view) {
    char buffer[NUMBER_TEXT];
    fprintf(stream, "\n%s_exact = [\n", view->name);
    for (int row = 0; row < view->rows; row++) {
        fputs("    [", stream);
        for (int col = 0; col < view->columns; col++) {
            fprintf(stream, "%sFraction(\"%s\")", col ? ", " : "",
                    entry_text(view, row, col, buffer));
        }
        fputs("],\n", stream);
    }
    fprintf(stream,
            "]\n%s = np.array([[float(entry) for entry in row] for row in %s_exact], "
            "dtype=np.float64)\n",
            view->name, view->name);
}

static void export_numpy(FILE *stream, const nova_transform *t, const matrix_view *views) {
    nova_export_heading(stream, t, "# ");
    fputs("from fractions import Fraction\n\nimport numpy as np\n", stream);
    for (int i = 0; i < 3; i++) {
        put_numpy_matrix(stream, &views[i]);
    }
}

/* ---------------------------------------------------------------- LaTeX */

/** "-21/4" as -\frac{21}{4}, "1.5e-07" as 1.5\cdot 10^{-7}. */
static void put_latex_number(FILE *stream, const char *text) {
    const char *slash = strchr(text, '/'), *exponent = strchr(text, 'e');
    const char *digits = text + (*text == '-');
    if (slash) {
        fprintf(stream, "%s\\frac{%.*s}{%s}", *text == '-' ? "-" : "", (int)(slash - digits),
                digits, slash + 1);
    } else if (exponent) {
        fprintf(stream, "%.*s\\cdot 10^{%ld}", (int)(exponent - text), text,
                strtol(exponent + 1, NULL, 10));
    } else {
        fputs(text, stream);
    }
}

static void put_latex_matrix(FILE *stream, const matrix_view *view) {
    static const char *const symbols[] = {"A^T", "G", "B^T"};
    const char *symbol = view->name[0] == 'A' ? symbols[0] : symbols[1 + (view->name[0] == 'B')];
    char buffer[NUMBER_TEXT];
    fprintf(stream, "\\[\n%s = \\begin{pmatrix}\n", symbol);
    for (int row = 0; row < view->rows; row++) {
        for (int col = 0; col < view->columns; col++) {
            fputs(col ? " & " : "  ", stream);
            put_latex_number(stream, entry_text(view, row, col, buffer));
        }
        fputs(row < view->rows - 1 ? " \\\\\n" : "\n", stream);
    }
    fputs("\\end{pmatrix}\n\\]\n", stream);
}

static void export_latex(FILE *stream, const nova_transform *t, const matrix_view *views) {
    nova_export_heading(stream, t, "% ");
    /* amsmath's matrices stop at MaxMatrixCols columns, ten unless told otherwise */
    fprintf(stream, "%% needs amsmath\n\\setcounter{MaxMatrixCols}{%d}\n", NOVA_MAX_PRODUCTS);
    for (int i = 0; i < 3; i++) {
        put_latex_matrix(stream, &views[i]);
    }
}

/* ---------------------------------------------------------------- any */

static nova_status write_format(FILE *stream, const nova_transform *transform,
                                nova_export_format format) {
    matrix_view views[3];
    view_matrices(transform, views);
    switch (format) {
    case NOVA_EXPORT_C:
        export_c(stream, transform, views);
        return NOVA_OK;
    case NOVA_EXPORT_JSON:
        export_json(stream, transform, views);
        return NOVA_OK;
    case NOVA_EXPORT_NUMPY:
        export_numpy(stream, transform, views);
        return NOVA_OK;
    case NOVA_EXPORT_LATEX:
        export_latex(stream, transform, views);
        return NOVA_OK;
    case NOVA_EXPORT_MIOPEN:
        return nova_export_miopen(stream, transform);
    }
    return nova_fail(NOVA_INVALID_ARGUMENT, "unknown export format %d", (int)format);
}

nova_status nova_export(FILE *stream, const nova_transform *transform, nova_export_format format) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a locale");
    }
    locale_t previous = uselocale(plain);
    nova_status status = write_format(stream, transform, format);
    if (!status && (fflush(stream) || ferror(stream))) {
        status = nova_fail(NOVA_IO, "cannot write the transform: %s", strerror(errno));
    }
    uselocale(previous);
    freelocale(plain);
    return status;
}
