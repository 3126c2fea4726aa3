/*
 * test_json.c - the JSON reader accepts what the grammar allows and refuses everything else.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"

/* The linker sends the allocations of this program here, see CMakeLists.txt. */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);

/** Allocations that still succeed; negative: all of them. */
static int allocations_left = -1;

static bool allocation_fails(void) {
    if (allocations_left > 0) {
        --allocations_left;
        return false;
    }
    return allocations_left == 0;
}

void *__wrap_malloc(size_t bytes) {
    return allocation_fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes) {
    return allocation_fails() ? NULL : __real_calloc(count, bytes);
}

/** Parses a copy that has no byte after it, so that a sanitizer sees any read beyond the end. */
static nova_status parse(const char *text, size_t size, nova_json **root) {
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    nova_status status = nova_json_parse(copy, size, root);
    free(copy);
    return status;
}

static nova_json *parse_good(const char *text) {
    nova_json *root;
    if (parse(text, strlen(text), &root) != NOVA_OK) {
        fail_msg("%s: %s", text, nova_last_error());
    }
    return root;
}

static void numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0},           {"-0", -0.0},
        {"7", 7},           {"-12", -12},
        {"0.5", 0.5},       {"1e3", 1000},
        {"1E+3", 1000},     {"25e-1", 2.5},
        {"-0.0e0", -0.0},   {"1.7976931348623157e308", 1.7976931348623157e308},
        {"5e-324", 5e-324}, {"1e-999", 0},
        {" \t\r\n3 \n", 3}, {"9007199254740993", 9007199254740992.0},
    };
    for (int i = 0; i < NOVA_COUNT(cases); ++i) {
        nova_json *root = parse_good(cases[i].text);
        assert_int_equal(root->type, NOVA_JSON_NUMBER);
        assert_memory_equal(&root->number, &cases[i].value, sizeof(double));
        nova_json_free(root);
    }
}

static void numbers_do_not_depend_on_the_locale(void **state) {
    (void)state;
    /* Any installed locale with a decimal comma will do. */
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "es_ES.UTF-8"};
    for (int i = 0; i < NOVA_COUNT(names); ++i) {
        if (setlocale(LC_ALL, names[i])) {
            nova_json *root = parse_good("1.5");
            setlocale(LC_ALL, "C");
            assert_true(root->number == 1.5);
            nova_json_free(root);
            return;
        }
    }
    skip();
}

static void words(void **state) {
    (void)state;
    nova_json *root = parse_good("[null,true,false]");
    assert_int_equal(root->child->type, NOVA_JSON_NULL);
    assert_int_equal(root->child->next->type, NOVA_JSON_BOOL);
    assert_true(root->child->next->boolean);
    assert_int_equal(root->child->next->next->type, NOVA_JSON_BOOL);
    assert_false(root->child->next->next->boolean);
    nova_json_free(root);
}

static void strings(void **state) {
    (void)state;
    static const struct {
        const char *text, *value;
    } cases[] = {
        {"\"\"", ""},
        {"\"plain\"", "plain"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac"},
        {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
        {"\"\\uDBFF\\uDFFF\"", "\xf4\x8f\xbf\xbf"},
        {"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\"\x7f\"", "\x7f"},
    };
    for (int i = 0; i < NOVA_COUNT(cases); ++i) {
        nova_json *root = parse_good(cases[i].text);
        assert_int_equal(root->type, NOVA_JSON_STRING);
        assert_string_equal(root->string, cases[i].value);
        nova_json_free(root);
    }
}

static void trees(void **state) {
    (void)state;
    nova_json *root = parse_good("{\"a\": [1, [2], {}], \"\\u0062\": {\"c\": \"d\"}, \"\": 5}");
    assert_int_equal(root->type, NOVA_JSON_OBJECT);
    assert_int_equal(nova_json_length(root), 3);
    const nova_json *a = nova_json_get(root, "a");
    assert_int_equal(a->type, NOVA_JSON_ARRAY);
    assert_int_equal(nova_json_length(a), 3);
    assert_true(a->child->number == 1);
    assert_true(a->child->next->child->number == 2);
    assert_int_equal(a->child->next->next->type, NOVA_JSON_OBJECT);
    assert_int_equal(nova_json_length(a->child->next->next), 0);
    assert_string_equal(nova_json_get(nova_json_get(root, "b"), "c")->string, "d");
    assert_true(nova_json_get(root, "")->number == 5);
    assert_null(nova_json_get(root, "z"));
    assert_null(nova_json_get(a, "a"));
    assert_null(nova_json_get(NULL, "a"));
    assert_int_equal(nova_json_length(NULL), 0);
    nova_json_free(root);
    nova_json_free(NULL);
}

static void malformed_text_is_refused(void **state) {
    (void)state;
    static const char *const cases[] = {
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "NaN",
        "Infinity",
        "-Infinity",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1.e3",
        "1e",
        "1e+",
        "0x10",
        "1 2",
        "1e309",
        "-1e999",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{a:1}",
        "{1:2}",
        "{'a':1}",
        "{\"a\" 1}",
        "{,}",
        "{\"a\":1]",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"b\":2,\"\\u0061\":3}",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"",
        "\"a\nb\"",
        "\"\t\"",
        "\"\x01\"",
        "\"\x80\"",
        "\"\xc3\"",
        "\"\xc0\xaf\"",
        "\"\xc1\xbf\"",
        "\"\xe0\x80\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xf0\x80\x80\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xf8\x88\"",
        "\"\xff\"",
        "\"\xe2\x82\"",
        "\xef\xbb\xbf{}",
        "// x\n1",
        "[1]/**/",
        "{}{}",
        "[1],",
    };
    for (int i = 0; i < NOVA_COUNT(cases); ++i) {
        nova_json *root = (nova_json *)1;
        if (parse(cases[i], strlen(cases[i]), &root) != NOVA_DAMAGED) {
            fail_msg("accepted: %s", cases[i]);
        }
        assert_null(root);
        assert_non_null(strstr(nova_last_error(), "byte "));
    }
}

static void zero_bytes_are_refused(void **state) {
    (void)state;
    nova_json *root;
    assert_int_equal(parse("1\0", 2, &root), NOVA_DAMAGED);
    assert_int_equal(parse("\0", 1, &root), NOVA_DAMAGED);
    assert_int_equal(parse("\"a\0b\"", 5, &root), NOVA_DAMAGED);
    assert_int_equal(parse("\"\\\0\"", 4, &root), NOVA_DAMAGED);
}

static void every_prefix_is_refused(void **state) {
    (void)state;
    static const char text[] =
        "{\"a\": [1.5e-3, true, null, \"x\\ud83d\\ude00\xe2\x82\xac\"], \"b\": {\"c\": false}}";
    nova_json_free(parse_good(text));
    for (size_t size = 0; size + 1 < sizeof text; ++size) {
        nova_json *root;
        assert_int_equal(parse(text, size, &root), NOVA_DAMAGED);
    }
}

static void reasons_give_the_offset(void **state) {
    (void)state;
    nova_json *root;
    assert_int_equal(parse("[1, 2, x]", 9, &root), NOVA_DAMAGED);
    assert_non_null(strstr(nova_last_error(), "byte 7:"));
}

/** `depth` arrays, one inside the other. */
static nova_status parse_nested(size_t depth, bool closed) {
    char *text = malloc(2 * depth);
    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    nova_json *root;
    nova_status status = parse(text, closed ? 2 * depth : depth, &root);
    nova_json_free(root);
    free(text);
    return status;
}

static void depth_is_limited(void **state) {
    (void)state;
    assert_int_equal(parse_nested(100, true), NOVA_OK);
    assert_int_equal(parse_nested(101, true), NOVA_DAMAGED);
    assert_non_null(strstr(nova_last_error(), "deep"));
    assert_int_equal(parse_nested(10000000, false), NOVA_DAMAGED);
}

static void long_documents(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    char *text = malloc(COUNT * 16 + 2);
    assert_non_null(text);
    size_t at = 0;
    for (int i = 0; i < COUNT; ++i) {
        at += (size_t)sprintf(text + at, "%c\"k%d\":%d", i ? ',' : '{', i, i);
    }
    text[at++] = '}';
    nova_json *root;
    assert_int_equal(parse(text, at, &root), NOVA_OK);
    free(text);
    assert_int_equal(nova_json_length(root), COUNT);
    assert_true(nova_json_get(root, "k99999")->number == 99999);
    nova_json_free(root);
}

static void long_numbers(void **state) {
    (void)state;
    char text[1100];
    memset(text, '3', sizeof text);
    text[1] = '.';
    nova_json *root;
    assert_int_equal(parse(text, 1000, &root), NOVA_OK);
    assert_true(fabs(root->number - 10.0 / 3) < 1e-15);
    nova_json_free(root);
    assert_int_equal(parse(text, 1001, &root), NOVA_DAMAGED);
}

static void failing_allocations_are_reported(void **state) {
    (void)state;
    static const char text[] = "{\"a\": [1, {\"b\": \"c\", \"d\": null}], \"e\": true}";
    int failures = 0;
    for (;;) {
        nova_json *root;
        allocations_left = failures;
        nova_status status = nova_json_parse(text, sizeof text - 1, &root);
        allocations_left = -1;
        if (status == NOVA_OK) {
            nova_json_free(root);
            break;
        }
        assert_int_equal(status, NOVA_OUT_OF_MEMORY);
        assert_null(root);
        ++failures;
    }
    /* Seven values, four keys, one string and the key tables of two objects. */
    assert_int_equal(failures, 14);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(words),
        cmocka_unit_test(strings),
        cmocka_unit_test(trees),
        cmocka_unit_test(malformed_text_is_refused),
        cmocka_unit_test(zero_bytes_are_refused),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(reasons_give_the_offset),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(long_documents),
        cmocka_unit_test(long_numbers),
        cmocka_unit_test(failing_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
