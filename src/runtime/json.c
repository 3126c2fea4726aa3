/*
 * json.c - a strict reader of JSON (RFC 8259).
 *
 * Stricter than the grammar where leniency could hide damage: text must be valid UTF-8, the keys
 * of an object must differ, numbers must fit a double, and no string may hold the character
 * U+0000, which its zero-terminated form could not show. Nesting deeper than MAX_DEPTH is refused,
 * so that no document can exhaust the stack.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 100, MAX_NUMBER_BYTES = 1000 };

typedef struct {
    const char *start, *at, *end;
    int depth;
} reader;

static nova_status refuse(const reader *in, const char *what) {
    return nova_fail(NOVA_DAMAGED, "JSON, byte %zu: %s", (size_t)(in->at - in->start), what);
}

static nova_status no_memory(void) {
    return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a JSON document");
}

/** The next byte, or -1 at the end. */
static int peek(const reader *in) {
    return in->at < in->end ? (unsigned char)*in->at : -1;
}

static bool accept(reader *in, int wanted) {
    if (peek(in) != wanted) {
        return false;
    }
    ++in->at;
    return true;
}

static void skip_space(reader *in) {
    while (peek(in) == ' ' || peek(in) == '\t' || peek(in) == '\n' || peek(in) == '\r') {
        ++in->at;
    }
}

/* ---------------------------------------------------------------- strings */

static int hex_digit(int c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/** Four hexadecimal digits, or -1. */
static int32_t read_hex4(reader *in) {
    int32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        int digit = hex_digit(peek(in));
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
        ++in->at;
    }
    return value;
}

static char *put_utf8(char *out, uint32_t code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | (code >> 6));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | (code >> 12));
        *out++ = (char)(0x80 | ((code >> 6) & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | (code >> 18));
        *out++ = (char)(0x80 | ((code >> 12) & 0x3f));
        *out++ = (char)(0x80 | ((code >> 6) & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/** What follows "\u": one unit of UTF-16 or a pair of surrogates. */
static nova_status read_unicode_escape(reader *in, char **out) {
    int32_t unit = read_hex4(in);
    if (unit < 0) {
        return refuse(in, "four hexadecimal digits must follow \\u");
    }
    if (unit == 0) {
        return refuse(in, "the character U+0000 is not supported in a string");
    }
    uint32_t code = (uint32_t)unit;
    if (unit >= 0xd800 && unit <= 0xdfff) {
        int32_t low = unit < 0xdc00 && accept(in, '\\') && accept(in, 'u') ? read_hex4(in) : -1;
        if (low < 0xdc00 || low > 0xdfff) {
            return refuse(in, "a surrogate without its other half");
        }
        code = 0x10000u + (((uint32_t)unit - 0xd800u) << 10) + ((uint32_t)low - 0xdc00u);
    }
    *out = put_utf8(*out, code);
    return NOVA_OK;
}

static nova_status read_escape(reader *in, char **out) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (accept(in, 'u')) {
        return read_unicode_escape(in, out);
    }
    int c = peek(in);
    const char *found = c > 0 ? strchr(letters, c) : NULL;
    if (!found) {
        return refuse(in, "unknown escape in a string");
    }
    *(*out)++ = meanings[found - letters];
    ++in->at;
    return NOVA_OK;
}

/** Bytes of the UTF-8 sequence at in->at, 0 if it is not valid. */
static int utf8_length(const reader *in) {
    const unsigned char *s = (const unsigned char *)in->at;
    size_t left = (size_t)(in->end - in->at);
    int length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (length == 0 || s[0] > 0xf4 || (size_t)length > left) {
        return 0;
    }
    for (int i = 1; i < length; ++i) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    /* Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte. */
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) {
        return 0;
    }
    return length;
}

/** One character or escape of a string. */
static nova_status read_character(reader *in, char **out) {
    int c = peek(in);
    if (c < 0) {
        return refuse(in, "the text ends inside a string");
    }
    if (c < 0x20) {
        return refuse(in, "a control character inside a string");
    }
    if (accept(in, '\\')) {
        return read_escape(in, out);
    }
    int length = utf8_length(in);
    if (length == 0) {
        return refuse(in, "not valid UTF-8");
    }
    memcpy(*out, in->at, (size_t)length);
    *out += length;
    in->at += length;
    return NOVA_OK;
}

/** Bytes up to the closing quote: no character is longer decoded than written. */
static size_t raw_string_length(const reader *in) {
    size_t left = (size_t)(in->end - in->at);
    size_t length = 0;
    while (length < left && in->at[length] != '"') {
        length += in->at[length] == '\\' ? 2 : 1;
    }
    return NOVA_MIN(length, left);
}

static nova_status read_string(reader *in, char **string) {
    if (!accept(in, '"')) {
        return refuse(in, "a string is expected");
    }
    char *text = malloc(raw_string_length(in) + 1);
    if (!text) {
        return no_memory();
    }
    char *out = text;
    while (!accept(in, '"')) {
        nova_status status = read_character(in, &out);
        if (status != NOVA_OK) {
            free(text);
            return status;
        }
    }
    *out = '\0';
    *string = text;
    return NOVA_OK;
}

/* ---------------------------------------------------------------- numbers and words */

static bool skip_digits(reader *in) {
    const char *first = in->at;
    while (peek(in) >= '0' && peek(in) <= '9') {
        ++in->at;
    }
    return in->at > first;
}

/** Moves behind a number that follows the grammar. */
static bool skip_number(reader *in) {
    accept(in, '-');
    if (!accept(in, '0') && !skip_digits(in)) {
        return false;
    }
    if (accept(in, '.') && !skip_digits(in)) {
        return false;
    }
    if (accept(in, 'e') || accept(in, 'E')) {
        if (!accept(in, '+')) {
            accept(in, '-');
        }
        return skip_digits(in);
    }
    return true;
}

static locale_t c_locale;

static void make_c_locale(void) {
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/** strtod() with a decimal point whatever the program's locale is. */
static nova_status to_double(const char *text, double *value) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    if (!c_locale) {
        return no_memory();
    }
    *value = strtod_l(text, NULL, c_locale);
    return NOVA_OK;
}

static nova_status read_number(reader *in, double *value) {
    const char *first = in->at;
    if (!skip_number(in)) {
        return refuse(in, "not a number");
    }
    size_t length = (size_t)(in->at - first);
    char digits[MAX_NUMBER_BYTES + 1];
    if (length > MAX_NUMBER_BYTES) {
        return refuse(in, "a number of too many digits");
    }
    memcpy(digits, first, length);
    digits[length] = '\0';
    nova_status status = to_double(digits, value);
    if (status == NOVA_OK && !isfinite(*value)) {
        return refuse(in, "a number that does not fit a double");
    }
    return status;
}

static bool accept_word(reader *in, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0) {
        return false;
    }
    in->at += length;
    return true;
}

static nova_status read_word(reader *in, nova_json *value) {
    if (accept_word(in, "null")) {
        value->type = NOVA_JSON_NULL;
    } else if (accept_word(in, "true")) {
        value->type = NOVA_JSON_BOOL;
        value->boolean = true;
    } else if (accept_word(in, "false")) {
        value->type = NOVA_JSON_BOOL;
    } else {
        return refuse(in, peek(in) < 0 ? "the text ends where a value is expected"
                                       : "a value is expected");
    }
    return NOVA_OK;
}

/* ---------------------------------------------------------------- arrays and objects */

static nova_status read_value(reader *in, nova_json *value);

/** One element or member, appended at *link; what was read of it stays in the tree. */
static nova_status read_child(reader *in, nova_json_type parent, nova_json ***link) {
    nova_json *child = calloc(1, sizeof *child);
    if (!child) {
        return no_memory();
    }
    **link = child;
    *link = &child->next;
    if (parent == NOVA_JSON_OBJECT) {
        nova_status status = read_string(in, &child->key);
        if (status != NOVA_OK) {
            return status;
        }
        skip_space(in);
        if (!accept(in, ':')) {
            return refuse(in, "a colon is expected");
        }
        skip_space(in);
    }
    return read_value(in, child);
}

static int compare_keys(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static nova_status check_keys(const reader *in, const nova_json *object) {
    size_t count = 0;
    for (const nova_json *member = object->child; member; member = member->next) {
        ++count;
    }
    if (count < 2) {
        return NOVA_OK;
    }
    char **keys = malloc(count * sizeof *keys);
    if (!keys) {
        return no_memory();
    }
    size_t filled = 0;
    for (const nova_json *member = object->child; member; member = member->next) {
        keys[filled++] = member->key;
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    nova_status status = NOVA_OK;
    for (size_t i = 1; i < count && status == NOVA_OK; ++i) {
        if (strcmp(keys[i - 1], keys[i]) == 0) {
            status = nova_fail(NOVA_DAMAGED, "JSON, object that ends at byte %zu: key %.80s twice",
                               (size_t)(in->at - in->start), keys[i]);
        }
    }
    free(keys);
    return status;
}

/** The children of an array or object, up to and with the closing bracket. */
static nova_status read_children(reader *in, nova_json *parent, char closing) {
    nova_json **link = &parent->child;
    skip_space(in);
    if (accept(in, closing)) {
        return NOVA_OK;
    }
    for (;;) {
        skip_space(in);
        nova_status status = read_child(in, parent->type, &link);
        if (status != NOVA_OK) {
            return status;
        }
        skip_space(in);
        if (accept(in, closing)) {
            return parent->type == NOVA_JSON_OBJECT ? check_keys(in, parent) : NOVA_OK;
        }
        if (!accept(in, ',')) {
            return refuse(in, "a comma or a closing bracket is expected");
        }
    }
}

static nova_status read_nested(reader *in, nova_json *value, nova_json_type type, char closing) {
    if (in->depth == MAX_DEPTH) {
        return refuse(in, "nested too deeply");
    }
    value->type = type;
    ++in->depth;
    nova_status status = read_children(in, value, closing);
    --in->depth;
    return status;
}

static nova_status read_value(reader *in, nova_json *value) {
    int c = peek(in);
    if (c == '"') {
        value->type = NOVA_JSON_STRING;
        return read_string(in, &value->string);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        value->type = NOVA_JSON_NUMBER;
        return read_number(in, &value->number);
    }
    if (accept(in, '[')) {
        return read_nested(in, value, NOVA_JSON_ARRAY, ']');
    }
    if (accept(in, '{')) {
        return read_nested(in, value, NOVA_JSON_OBJECT, '}');
    }
    return read_word(in, value);
}

nova_status nova_json_parse(const char *text, size_t size, nova_json **root) {
    *root = NULL;
    reader in = {.start = text, .at = text, .end = text + size};
    nova_json *value = calloc(1, sizeof *value);
    if (!value) {
        return no_memory();
    }
    skip_space(&in);
    nova_status status = read_value(&in, value);
    if (status == NOVA_OK) {
        skip_space(&in);
        if (peek(&in) >= 0) {
            status = refuse(&in, "something follows the document");
        }
    }
    if (status != NOVA_OK) {
        nova_json_free(value);
        return status;
    }
    *root = value;
    return NOVA_OK;
}

void nova_json_free(nova_json *root) {
    while (root) {
        nova_json *next = root->next;
        nova_json_free(root->child);
        free(root->string);
        free(root->key);
        free(root);
        root = next;
    }
}

const nova_json *nova_json_get(const nova_json *object, const char *key) {
    if (!object || object->type != NOVA_JSON_OBJECT) {
        return NULL;
    }
    for (const nova_json *member = object->child; member; member = member->next) {
        if (strcmp(member->key, key) == 0) {
            return member;
        }
    }
    return NULL;
}

int nova_json_length(const nova_json *array) {
    int length = 0;
    for (const nova_json *item = array ? array->child : NULL; item; item = item->next) {
        ++length;
    }
    return length;
}
