/*
 * json_out.c - the JSON writer.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "json_out.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/**
 * Length of the UTF-8 sequence at `text` (zero-terminated), or 0 if it is not a valid one:
 * overlong forms, surrogates and code points beyond U+10FFFF are not.
 */
static int utf8_length(const unsigned char *text) {
    int length = text[0] < 0x80   ? 1
                 : text[0] < 0xC2 ? 0
                 : text[0] < 0xE0 ? 2
                 : text[0] < 0xF0 ? 3
                 : text[0] < 0xF5 ? 4
                                  : 0;
    for (int i = 1; i < length; ++i) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    if ((text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xED && text[1] > 0x9F) ||
        (text[0] == 0xF0 && text[1] < 0x90) || (text[0] == 0xF4 && text[1] > 0x8F)) {
        return 0;
    }
    return length;
}

static void write_ascii(FILE *stream, unsigned char c) {
    switch (c) {
    case '"':
        fputs("\\\"", stream);
        break;
    case '\\':
        fputs("\\\\", stream);
        break;
    case '\n':
        fputs("\\n", stream);
        break;
    case '\t':
        fputs("\\t", stream);
        break;
    default:
        fprintf(stream, c < 0x20 || c == 0x7F ? "\\u%04x" : "%c", c);
    }
}

static void write_string(FILE *stream, const char *value) {
    const unsigned char *text = (const unsigned char *)value;
    fputc('"', stream);
    while (*text != '\0') {
        int length = utf8_length(text);
        if (length == 0) {
            fputs("\\ufffd", stream);
            length = 1;
        } else if (length == 1) {
            write_ascii(stream, *text);
        } else {
            fwrite(text, 1, (size_t)length, stream);
        }
        text += length;
    }
    fputc('"', stream);
}

static void new_line(const cli_json *json) {
    fprintf(json->stream, "\n%*s", 2 * json->depth, "");
}

/** Everything that stands before a value: comma, line break, key. */
static void begin_value(cli_json *json, const char *key) {
    if (json->comma) {
        fputc(',', json->stream);
    }
    if (json->depth > 0) {
        new_line(json);
    }
    if (key != NULL) {
        write_string(json->stream, key);
        fputs(": ", json->stream);
    }
    json->comma = true;
}

static void open_container(cli_json *json, const char *key, char bracket) {
    begin_value(json, key);
    fputc(bracket, json->stream);
    ++json->depth;
    json->comma = false;
}

static void close_container(cli_json *json, char bracket) {
    --json->depth;
    if (json->comma) {
        new_line(json);
    }
    fputc(bracket, json->stream);
    json->comma = true;
    if (json->depth == 0) {
        fputc('\n', json->stream);
    }
}

void cli_json_object(cli_json *json, const char *key) {
    open_container(json, key, '{');
}

void cli_json_array(cli_json *json, const char *key) {
    open_container(json, key, '[');
}

void cli_json_end_object(cli_json *json) {
    close_container(json, '}');
}

void cli_json_end_array(cli_json *json) {
    close_container(json, ']');
}

void cli_json_string(cli_json *json, const char *key, const char *value) {
    begin_value(json, key);
    if (value == NULL) {
        fputs("null", json->stream);
    } else {
        write_string(json->stream, value);
    }
}

void cli_json_number(cli_json *json, const char *key, double value) {
    char text[40];
    begin_value(json, key);
    if (!isfinite(value)) {
        fputs("null", json->stream);
        return;
    }
    for (int digits = 15; digits <= 17; ++digits) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    fputs(text, json->stream);
}

void cli_json_integer(cli_json *json, const char *key, int64_t value) {
    begin_value(json, key);
    fprintf(json->stream, "%" PRId64, value);
}

void cli_json_bool(cli_json *json, const char *key, bool value) {
    begin_value(json, key);
    fputs(value ? "true" : "false", json->stream);
}
