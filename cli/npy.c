/*
 * npy.c - reading and writing .npy files.
 *
 * The format, as NumPy documents it (numpy.lib.format): the six bytes "\x93NUMPY", a major and a
 * minor version, the length of the header (2 bytes little endian in version 1, 4 in versions 2 and
 * 3), the header, which is the literal of a Python dictionary with the keys 'descr',
 * 'fortran_order' and 'shape', padded with spaces and ended by a line feed, and the data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "npy.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/half.h"
#include "runtime/runtime.h"

static const char magic[] = "\x93NUMPY";
enum { MAGIC_SIZE = 6, HEADER_ALIGNMENT = 64 };

/* ---- arrays */

/** Elements and bytes of a shape; NOVA_SIZE_OVERFLOW if they do not fit. */
static nova_status measure(nova_dtype dtype, int rank, const int64_t *shape, size_t *count,
                           size_t *bytes) {
    size_t product = 1;
    for (int i = 0; i < rank; ++i) {
        if (shape[i] < 0 || !nova_size_mul(product, (size_t)shape[i], &product)) {
            return nova_fail(NOVA_SIZE_OVERFLOW, "the array's size overflows");
        }
    }
    *count = product;
    if (!nova_size_mul(product, nova_dtype_size(dtype), bytes) || *bytes > PTRDIFF_MAX) {
        return nova_fail(NOVA_SIZE_OVERFLOW, "the array's size overflows");
    }
    return NOVA_OK;
}

nova_status cli_array_create(cli_array *array, nova_dtype dtype, int rank, const int64_t *shape) {
    size_t bytes;
    *array = (cli_array){.dtype = dtype, .rank = rank};
    nova_status status = measure(dtype, rank, shape, &array->count, &bytes);
    if (status != NOVA_OK) {
        return status;
    }
    memcpy(array->shape, shape, (size_t)rank * sizeof *shape);
    array->data = malloc(bytes + 1);
    if (array->data == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for an array of %zu bytes", bytes);
    }
    return NOVA_OK;
}

void cli_array_free(cli_array *array) {
    free(array->data);
    *array = (cli_array){0};
}

nova_status cli_array_convert(cli_array *array, nova_dtype dtype) {
    cli_array wide, out;
    if (dtype == array->dtype) {
        return NOVA_OK;
    }
    nova_status status = cli_array_create(&wide, NOVA_F32, array->rank, array->shape);
    if (status != NOVA_OK) {
        return status;
    }
    nova_convert_to_float(wide.data, array->data, array->dtype, array->count);
    status = cli_array_create(&out, dtype, array->rank, array->shape);
    if (status == NOVA_OK) {
        nova_convert_from_float(out.data, wide.data, dtype, array->count);
        cli_array_free(array);
        *array = out;
    }
    cli_array_free(&wide);
    return status;
}

/* ---- the header's dictionary */

/** The header's text, read from the front; `failed` stays set once something did not fit. */
typedef struct dictionary {
    const char *text, *end;
    bool failed;
} dictionary;

static void skip_space(dictionary *in) {
    while (in->text < in->end && isspace((unsigned char)*in->text)) {
        ++in->text;
    }
}

/** Takes one character if it comes next. */
static bool accept(dictionary *in, char c) {
    skip_space(in);
    if (in->text < in->end && *in->text == c) {
        ++in->text;
        return true;
    }
    return false;
}

static void expect(dictionary *in, char c) {
    if (!accept(in, c)) {
        in->failed = true;
    }
}

/** A quoted string of printable characters without escapes. */
static void read_quoted(dictionary *in, char *out, size_t size) {
    char quote = accept(in, '\'') ? '\'' : '"';
    if (quote == '"') {
        expect(in, '"');
    }
    size_t length = 0;
    while (!in->failed && in->text < in->end && *in->text != quote) {
        in->failed = length + 1 >= size || *in->text == '\\' || *in->text < ' ' || *in->text > '~';
        out[in->failed ? 0 : length++] = *in->text++;
    }
    out[in->failed ? 0 : length] = '\0';
    expect(in, quote);
}

static bool read_word(dictionary *in, const char *word) {
    size_t length = strlen(word);
    skip_space(in);
    if ((size_t)(in->end - in->text) >= length && memcmp(in->text, word, length) == 0) {
        in->text += length;
        return true;
    }
    return false;
}

static int64_t read_dimension(dictionary *in) {
    int64_t value = 0;
    skip_space(in);
    in->failed = in->failed || in->text == in->end || !isdigit((unsigned char)*in->text);
    while (!in->failed && in->text < in->end && isdigit((unsigned char)*in->text)) {
        int digit = *in->text++ - '0';
        if (value > (INT64_MAX - digit) / 10) {
            value = -1; /* measure() reports the overflow */
            while (in->text < in->end && isdigit((unsigned char)*in->text)) {
                ++in->text;
            }
            return value;
        }
        value = value * 10 + digit;
    }
    return value;
}

/** A tuple of integers; a rank beyond the limit comes out as CLI_NPY_MAX_RANK + 1. */
static void read_shape(dictionary *in, cli_array *array) {
    array->rank = 0;
    expect(in, '(');
    while (!in->failed && !accept(in, ')')) {
        int64_t dimension = read_dimension(in);
        if (array->rank < CLI_NPY_MAX_RANK) {
            array->shape[array->rank] = dimension;
        }
        array->rank = NOVA_MIN(array->rank + 1, CLI_NPY_MAX_RANK + 1);
        if (!accept(in, ',')) {
            expect(in, ')');
            return;
        }
    }
}

typedef struct header {
    char descr[16];
    bool fortran_order;
    unsigned seen; /* bits: descr, fortran_order, shape */
} header;

static void read_member(dictionary *in, header *out, cli_array *array) {
    char key[16];
    read_quoted(in, key, sizeof key);
    expect(in, ':');
    if (strcmp(key, "descr") == 0 && !in->failed) {
        skip_space(in);
        if (in->text < in->end && *in->text == '[') { /* a structured type: a list of fields */
            snprintf(out->descr, sizeof out->descr, "structured");
            in->failed = true;
            return;
        }
        read_quoted(in, out->descr, sizeof out->descr);
        out->seen |= 1;
    } else if (strcmp(key, "fortran_order") == 0) {
        out->fortran_order = read_word(in, "True");
        in->failed = in->failed || (!out->fortran_order && !read_word(in, "False"));
        out->seen |= 2;
    } else if (strcmp(key, "shape") == 0) {
        read_shape(in, array);
        out->seen |= 4;
    } else {
        in->failed = true;
    }
}

/** Parses the dictionary; false if it is not one with exactly the three keys. */
static bool read_dictionary(const char *text, size_t size, header *out, cli_array *array) {
    dictionary in = {text, text + size, false};
    expect(&in, '{');
    while (!in.failed && !accept(&in, '}')) {
        read_member(&in, out, array);
        if (!accept(&in, ',')) {
            expect(&in, '}');
            break;
        }
    }
    skip_space(&in);
    return !in.failed && in.text == in.end && out->seen == 7;
}

/* ---- reading */

/** Where the dictionary lies in the file; false if this is not the beginning of an .npy file. */
static bool find_dictionary(const char *data, size_t size, size_t *start, size_t *length) {
    const unsigned char *bytes = (const unsigned char *)data;
    if (size < MAGIC_SIZE + 4 || memcmp(data, magic, MAGIC_SIZE) != 0) {
        return false;
    }
    int version = bytes[MAGIC_SIZE];
    if (version < 1 || version > 3 || bytes[MAGIC_SIZE + 1] != 0) {
        return false;
    }
    *length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
    *start = 10;
    if (version > 1) {
        if (size < 12) {
            return false;
        }
        *length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
        *start = 12;
    }
    return *length <= size - *start;
}

static nova_status read_dtype(const header *head, nova_dtype *dtype) {
    if (strcmp(head->descr, "<f4") == 0) {
        *dtype = NOVA_F32;
        return NOVA_OK;
    }
    if (strcmp(head->descr, "<f2") == 0) {
        *dtype = NOVA_F16;
        return NOVA_OK;
    }
    return nova_fail(NOVA_NOT_ELIGIBLE,
                     "element type '%s': only little-endian '<f4' and '<f2' are read", head->descr);
}

/** Checks the header against the bytes that follow it, and fills in what the array is. */
static nova_status check_header(const header *head, size_t data_bytes, cli_array *array) {
    size_t bytes;
    nova_status status = read_dtype(head, &array->dtype);
    if (status != NOVA_OK) {
        return status;
    }
    if (array->rank > CLI_NPY_MAX_RANK) {
        return nova_fail(NOVA_NOT_ELIGIBLE, "the array has more than %d dimensions",
                         CLI_NPY_MAX_RANK);
    }
    if (head->fortran_order) {
        return nova_fail(NOVA_NOT_ELIGIBLE, "the array is in Fortran order; only C order is read");
    }
    status = measure(array->dtype, array->rank, array->shape, &array->count, &bytes);
    if (status != NOVA_OK) {
        return status;
    }
    if (data_bytes != bytes) {
        return nova_fail(NOVA_DAMAGED, "the file is %s: %zu bytes of data, %zu expected",
                         data_bytes < bytes ? "truncated" : "too long", data_bytes, bytes);
    }
    return NOVA_OK;
}

static nova_status parse_file(char *data, size_t size, cli_array *array) {
    size_t start, length;
    header head = {.fortran_order = false};
    if (!find_dictionary(data, size, &start, &length)) {
        return nova_fail(NOVA_DAMAGED, "not an .npy file of version 1 to 3, or truncated");
    }
    if (!read_dictionary(data + start, length, &head, array)) {
        return strcmp(head.descr, "structured") == 0
                   ? read_dtype(&head, &array->dtype)
                   : nova_fail(NOVA_DAMAGED, "the .npy header is malformed");
    }
    nova_status status = check_header(&head, size - start - length, array);
    if (status == NOVA_OK) {
        /* To the front of the buffer, where it is aligned whatever the header's length. */
        memmove(data, data + start + length, size - start - length);
    }
    return status;
}

nova_status cli_npy_read(const char *path, cli_array *array) {
    char *data, reason[256];
    size_t size;
    *array = (cli_array){0};
    nova_status status = nova_read_file(path, &data, &size);
    if (status != NOVA_OK) {
        return status;
    }
    status = parse_file(data, size, array);
    if (status != NOVA_OK) {
        free(data);
        *array = (cli_array){0};
        snprintf(reason, sizeof reason, "%s", nova_last_error());
        return nova_fail(status, "%s: %s", path, reason);
    }
    array->data = data;
    return NOVA_OK;
}

/* ---- writing */

/** Version 1: the header always fits in 65535 bytes with at most CLI_NPY_MAX_RANK dimensions. */
static void write_header(FILE *stream, const cli_array *array) {
    char shape[24 * CLI_NPY_MAX_RANK + 1] = "", text[sizeof shape + 96];
    size_t used = 0;
    for (int i = 0; i < array->rank; ++i) {
        used += (size_t)snprintf(shape + used, sizeof shape - used, i ? ", %" PRId64 : "%" PRId64,
                                 array->shape[i]);
    }
    size_t length = (size_t)snprintf(
        text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }",
        array->dtype == NOVA_F16 ? "<f2" : "<f4", shape, array->rank == 1 ? "," : "");
    size_t padded = nova_round_up(MAGIC_SIZE + 4 + length + 1, HEADER_ALIGNMENT) - MAGIC_SIZE - 4;
    fwrite(magic, 1, MAGIC_SIZE, stream);
    fputc(1, stream);
    fputc(0, stream);
    fputc((int)(padded & 0xFF), stream);
    fputc((int)(padded >> 8), stream);
    fprintf(stream, "%s%*s\n", text, (int)(padded - length - 1), "");
}

nova_status cli_npy_write(const char *path, const cli_array *array) {
    nova_writer writer;
    cli_array wide;
    if (array->dtype == NOVA_BF16) {
        nova_status status = cli_array_create(&wide, NOVA_F32, array->rank, array->shape);
        if (status == NOVA_OK) {
            nova_convert_to_float(wide.data, array->data, array->dtype, array->count);
            status = cli_npy_write(path, &wide);
            cli_array_free(&wide);
        }
        return status;
    }
    nova_status status = nova_writer_open(&writer, path);
    if (status != NOVA_OK) {
        return status;
    }
    write_header(writer.stream, array);
    fwrite(array->data, nova_dtype_size(array->dtype), array->count, writer.stream);
    return nova_writer_commit(&writer);
}
