/*
 * export_miopen.c - a transform as macros for the assembler of AMD GPUs, in the conventions of
 * MIOpen's multipass Winograd kernels (docs/miopen.md).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"
#include "transforms/export_text.h"
#include "transforms/straight_line.h"

/** The three programs, and the magnitudes that live in scalar registers for each. */
typedef struct kernel_text {
    FILE *stream;
    const nova_transform *transform;
    nova_straight_line code[3];
    float constants[3][NOVA_MAX_LINES];
    int constant_count[3];
} kernel_text;

static const char *const conditions[3] = {"xform_data", "xform_filter", "xform_output"};

/** Numbers that every instruction can hold in its own encoding. */
static bool is_inline(float c) {
    const float magnitude = fabsf(c);
    return magnitude == 0.5f || magnitude == 1 || magnitude == 2 || magnitude == 4;
}

static int find_constant(const kernel_text *text, int map, float magnitude) {
    for (int i = 0; i < text->constant_count[map]; i++) {
        if (text->constants[map][i] == magnitude) {
            return i;
        }
    }
    return -1;
}

/** Of the instructions only the multiply-add has no room for a literal on gfx9. */
static void collect_constants(kernel_text *text, int map) {
    const nova_straight_line *code = &text->code[map];
    text->constant_count[map] = 0;
    for (int i = 0; i < code->count; i++) {
        const float magnitude = fabsf(code->lines[i].c);
        if (code->lines[i].kind == NOVA_LINE_FMA && !is_inline(magnitude) &&
            find_constant(text, map, magnitude) < 0) {
            text->constants[map][text->constant_count[map]++] = magnitude;
        }
    }
}

static void put_name(const kernel_text *text, const char *suffix) {
    fprintf(text->stream, "nova_f%dx%d_", text->transform->m, text->transform->r);
    nova_export_identifier(text->stream, text->transform->set, false);
    fputs(suffix, text->stream);
}

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void put_register(const kernel_text *text, const nova_straight_line *code, int reg) {
    const bool is_data = reg < code->data;
    fprintf(text->stream, ", v[%c%d]", is_data ? 'd' : 't', is_data ? reg : reg - code->data);
}

static void put_factor(const kernel_text *text, int map, const nova_line *line) {
    const int index = find_constant(text, map, fabsf(line->c));
    if (is_inline(line->c)) {
        fprintf(text->stream, ", %.1f", line->c);
    } else if (index < 0 || (line->kind == NOVA_LINE_MUL && line->c < 0)) {
        fprintf(text->stream, ", 0x%08x", bits_of(line->c));
    } else {
        fputs(line->c < 0 ? ", neg(s[" : ", s[", text->stream);
        put_name(text, "_c");
        fprintf(text->stream, "+%d]%s", index, line->c < 0 ? ")" : "");
    }
}

static void put_line(const kernel_text *text, int map, const nova_line *line) {
    static const char *const names[] = {"v_add_f32", "v_sub_f32", "v_mul_f32", "v_fma_f32",
                                        "v_mov_b32"};
    const nova_straight_line *code = &text->code[map];
    const bool is_data = line->to < code->data,
               factor = line->kind == NOVA_LINE_MUL || line->kind == NOVA_LINE_FMA;
    fprintf(text->stream, "        %s v[%c%d]", names[line->kind], is_data ? 'd' : 't',
            is_data ? line->to : line->to - code->data);
    if (factor) {
        put_factor(text, map, line);
    }
    put_register(text, code, line->a);
    if (line->b >= 0) {
        put_register(text, code, line->b);
    }
    if (factor && !is_inline(line->c)) {
        fprintf(text->stream, " // %.9g", line->c);
    }
    fputc('\n', text->stream);
}

/** `body` of each map that has something to say, between .if and .endif. */
static void put_branches(const kernel_text *text, void (*body)(const kernel_text *, int)) {
    for (int map = 0; map < 3; map++) {
        fprintf(text->stream, "    %s %s\n", map == 0 ? ".if" : ".elseif", conditions[map]);
        body(text, map);
    }
    fputs("    .endif\n.endm\n", text->stream);
}

static void put_allocation(const kernel_text *text, int map) {
    if (text->constant_count[map] > 0) {
        fputs("        .SGPR_ALLOC ", text->stream);
        put_name(text, "_c");
        fprintf(text->stream, ", %d, 1\n", text->constant_count[map]);
    }
}

static void put_loads(const kernel_text *text, int map) {
    for (int i = 0; i < text->constant_count[map]; i++) {
        const float value = text->constants[map][i];
        fputs("        s_mov_b32 s[", text->stream);
        put_name(text, "_c");
        fprintf(text->stream, "+%d], 0x%08x // %.9g\n", i, bits_of(value), value);
    }
}

static void put_lines(const kernel_text *text, int map) {
    const nova_straight_line *code = &text->code[map];
    fprintf(text->stream, "        // %d instructions, copies among them: %d; temporaries: %d\n",
            code->count, code->moves, code->temporaries);
    for (int i = 0; i < code->count; i++) {
        put_line(text, map, &code->lines[i]);
    }
}

static void put_macro(const kernel_text *text, const char *suffix, const char *comment,
                      void (*body)(const kernel_text *, int)) {
    fprintf(text->stream, "\n// %s\n.macro ", comment);
    put_name(text, suffix);
    fputc('\n', text->stream);
    put_branches(text, body);
}

static void put_text(const kernel_text *text) {
    nova_export_heading(text->stream, text->transform, "// ");
    fputs(
        "//\n"
        "// Macros for MIOpen's multipass Winograd kernels, gfx906 to gfx942: binary32, in place,\n"
        "// v[d0], v[d1], ... are the data and v[t0], v[t1], ... temporaries; one of xform_data,\n"
        "// xform_filter and xform_output is 1. The three maps belong together.\n",
        text->stream);
    put_macro(text, "_alloc", "Between .GPR_ALLOC_BEGIN and .GPR_ALLOC_END.", put_allocation);
    put_macro(text, "_load", "Once, before the first transform.", put_loads);
    put_macro(text, "_xform", "The body of the branch for this tile.", put_lines);
}

nova_status nova_export_miopen(FILE *stream, const nova_transform *transform) {
    kernel_text *text = malloc(sizeof *text);
    if (text == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the code of a transform");
    }
    text->stream = stream;
    text->transform = transform;
    nova_status status = NOVA_OK;
    for (int map = 0; map < 3 && status == NOVA_OK; map++) {
        status = nova_straight_line_make(transform, (nova_map)map, &text->code[map]);
        if (status == NOVA_OK) {
            collect_constants(text, map);
        }
    }
    if (status == NOVA_OK) {
        put_text(text);
    }
    free(text);
    return status;
}
