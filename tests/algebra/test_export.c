/*
 * test_export.c - exported transforms say what they should, and come back from their JSON.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/runtime.h"
#include "transforms/export.h"

static char *export_text(const nova_transform *transform, nova_export_format format) {
    static char *text; /* static: the stream keeps their addresses */
    static size_t size;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(nova_export(stream, transform, format), NOVA_OK);
    fclose(stream);
    return text;
}

enum { PATH_SIZE = 64 };

/** A new file in the working directory with this text; `path` has room for PATH_SIZE. */
static void write_temporary(char *path, const char *text) {
    snprintf(path, PATH_SIZE, "nova-test-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_true(write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
}

static nova_status load_text(const char *text, nova_set **set) {
    char path[PATH_SIZE];
    write_temporary(path, text);
    nova_status status = nova_set_load(path, set);
    unlink(path);
    return status;
}

/** Entries are equal, but for fractions of terms beyond 2^53: those are read to the last place. */
static void assert_same_matrix(const nova_transform *a, const nova_transform *b, nova_map map) {
    int rows, columns, rows_b, columns_b;
    const double *x = nova_transform_matrix(a, map, &rows, &columns);
    const double *y = nova_transform_matrix(b, map, &rows_b, &columns_b);
    assert_int_equal(rows, rows_b);
    assert_int_equal(columns, columns_b);
    for (int i = 0; i < rows * columns; i++) {
        double tolerance = a->m > 8 || a->r > 3 ? DBL_EPSILON * fabs(x[i]) : 0;
        assert_true(fabs(x[i] - y[i]) <= tolerance);
    }
}

static void json_comes_back(void **state) {
    (void)state;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *t = &nova_transforms[i];
        char *text = export_text(t, NOVA_EXPORT_JSON);
        nova_set *set;
        if (load_text(text, &set)) {
            fail_msg("F(%d,%d) %s: %s", t->m, t->r, t->set, nova_last_error());
        }
        const nova_transform *loaded = nova_set_transform(set);
        assert_string_equal(loaded->set, t->set);
        assert_string_equal(loaded->points, t->points);
        assert_string_equal(loaded->provenance, t->provenance);
        assert_int_equal(loaded->exact, t->exact);
        for (int map = NOVA_MAP_INPUT; map <= NOVA_MAP_OUTPUT; map++) {
            assert_same_matrix(t, loaded, (nova_map)map);
        }
        char *again = export_text(loaded, NOVA_EXPORT_JSON);
        assert_string_equal(text, again);
        free(again);
        free(text);
        nova_set_destroy(set);
    }
}

/** Replaces the first occurrence. */
static char *replace(const char *text, const char *from, const char *to) {
    const char *place = strstr(text, from);
    assert_non_null(place);
    size_t size = strlen(text) + strlen(to) + 1;
    char *changed = malloc(size);
    assert_non_null(changed);
    snprintf(changed, size, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from));
    return changed;
}

static void damaged_json_is_refused(void **state) {
    (void)state;
    static const char *const changes[][3] = {
        /* from, to, part of the reason */
        {"\"32/45\"", "\"32/46\"", "bilinear identity"},
        {"\"32/45\"", "\"32/0\"", "entry"},
        {"\"32/45\"", "\"32/-45\"", "entry"},
        {"\"32/45\"", "\"nan\"", "entry"},
        {"\"32/45\"", "\"0x20/45\"", "entry"},
        {"\"32/45\"", "\"1e999\"", "entry"},
        {"\"32/45\"", "\"\"", "entry"},
        {"\"32/45\"", "0.7111111111111111", "entry"},
        {"\"32/45\", ", "", "3 entries"},
        {"\"m\": 6", "\"m\": 5", "rows"},
        {"\"m\": 6", "\"m\": 6.5", "'m'"},
        {"\"m\": 6", "\"m\": 600", "'m'"},
        {"\"r\": 3", "\"r\": -3", "'r'"},
        {"\"products\": 8", "\"products\": 9", "entries"},
        {"\"products\": 8", "\"products\": 1000000", "'products'"},
        {"\"set\"", "\"sets\"", "'set'"},
        {"\"BT\"", "\"TB\"", "'BT'"},
        {"{", "[", ""},
    };
    char *text = export_text(nova_transform_find("classic", 6, 3), NOVA_EXPORT_JSON);
    nova_set *set;
    for (int i = 0; i < NOVA_COUNT(changes); i++) {
        char *changed = replace(text, changes[i][0], changes[i][1]);
        nova_status status = load_text(changed, &set);
        if (status != NOVA_DAMAGED || set || !strstr(nova_last_error(), changes[i][2])) {
            fail_msg("'%s' for '%s': status %d, reason '%s'", changes[i][1], changes[i][0], status,
                     nova_last_error());
        }
        free(changed);
    }
    /* every truncation of the document; what is cut off at the end is only white space */
    size_t end = strlen(text) - 1;
    for (size_t length = 0; length < end; length += 7) {
        char *cut = strndup(text, length);
        assert_int_equal(load_text(cut, &set), NOVA_DAMAGED);
        assert_null(set);
        free(cut);
    }
    free(text);
    assert_int_not_equal(nova_set_load("/nowhere/set.json", &set), NOVA_OK);
    assert_int_equal(nova_set_load(NULL, &set), NOVA_INVALID_ARGUMENT);
    nova_set_destroy(NULL);
}

/** Runs a command of the shell; the text it prints is shown if it fails. */
static void assert_runs(const char *command) {
    if (system(command) != 0) {
        fail_msg("failed: %s", command);
    }
}

static void c_header_compiles_alone(void **state) {
    (void)state;
    static const char *const names[] = {"classic", "ncnn", "best"};
    for (int i = 0; i < NOVA_COUNT(names); i++) {
        const nova_transform *t = nova_transform_find(names[i], 4, 3);
        char *text = export_text(t, NOVA_EXPORT_C);
        char path[PATH_SIZE], command[512];
        write_temporary(path, text);
        free(text);
        snprintf(command, sizeof command, "%s -x c -std=c11 -pedantic-errors -fsyntax-only %s",
                 NOVA_TEST_CC, path);
        assert_runs(command);
        /* included twice, with a value looked at, as C++ would be by its own compiler */
        snprintf(command, sizeof command,
                 "printf '#include \"%s\"\\n#include \"%s\"\\n_Static_assert(sizeof "
                 "nova_f4x3_%s_BT_f32 == 36 * sizeof(float), \"\");\\n' | %s -x c -std=c11 "
                 "-fsyntax-only -",
                 path, path, names[i], NOVA_TEST_CC);
        assert_runs(command);
#ifdef NOVA_TEST_CXX
        snprintf(command, sizeof command, "%s -x c++ -std=c++11 -fsyntax-only %s", NOVA_TEST_CXX,
                 path);
        assert_runs(command);
#endif
        unlink(path);
    }
}

/** The literals are the doubles: every one of them is read back from the text. */
static void c_literals_are_exact(void **state) {
    (void)state;
    const nova_transform *t = nova_transform_find("best", 8, 3);
    char *text = export_text(t, NOVA_EXPORT_C);
    const char *cursor = strchr(strstr(text, "best_G[10][3]"), '{');
    for (int i = 0; i < t->products * t->r; i++) {
        cursor += strcspn(cursor, "-0123456789");
        char *end;
        assert_true(strtod(cursor, &end) == t->G[i]);
        cursor = end;
    }
    free(text);
}

static void numpy_text_says_the_same(void **state) {
    (void)state;
    if (system("python3 -c 'import numpy' 2>/dev/null") != 0) {
        print_message("numpy is not installed\n");
        skip();
    }
    for (int i = 0; i < 2; i++) {
        char *text =
            export_text(nova_transform_find(i ? "ncnn" : "onednn", 4, 3), NOVA_EXPORT_NUMPY);
        char path[PATH_SIZE], command[1024];
        write_temporary(path, text);
        free(text);
        snprintf(command, sizeof command,
                 "python3 -c 'import sys; exec(open(sys.argv[1]).read()); "
                 "n = np.arange(3); d = np.arange(6) ** 2 %% 7 - 1.5; g = np.array([3.0, -1, 2]); "
                 "y = AT @ ((G @ g) * (BT @ d)); "
                 "z = [d[j:j+3] @ g for j in range(4)]; "
                 "sys.exit(not np.allclose(y, z, rtol=0, atol=1e-12))' %s",
                 path);
        assert_runs(command);
        unlink(path);
    }
}

static void latex_has_fractions(void **state) {
    (void)state;
    char *text = export_text(nova_transform_find("classic", 6, 3), NOVA_EXPORT_LATEX);
    assert_non_null(strstr(text, "-\\frac{2}{9} & -\\frac{2}{9} & -\\frac{2}{9} \\\\"));
    assert_non_null(strstr(text, "B^T = \\begin{pmatrix}"));
    free(text);
}

/** Names that come from a file cannot break out of comments and strings. */
static void hostile_names_are_harmless(void **state) {
    (void)state;
    nova_transform t = *nova_transform_find("classic", 4, 3);
    t.set = "*/ int x = \"\\\n#error";
    t.provenance = "a\nb*/";
    char *text = export_text(&t, NOVA_EXPORT_C);
    char path[PATH_SIZE], command[256];
    write_temporary(path, text);
    free(text);
    snprintf(command, sizeof command, "%s -x c -std=c11 -fsyntax-only %s", NOVA_TEST_CC, path);
    assert_runs(command);
    unlink(path);
    text = export_text(&t, NOVA_EXPORT_JSON);
    nova_set *set;
    assert_int_equal(load_text(text, &set), NOVA_OK);
    assert_string_equal(nova_set_transform(set)->set, t.set);
    nova_set_destroy(set);
    free(text);
}

static void unwritable_streams_are_reported(void **state) {
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (!full) {
        skip();
    }
    const nova_transform *t = nova_transform_find("classic", 6, 3);
    assert_int_equal(nova_export(full, t, NOVA_EXPORT_JSON), NOVA_IO);
    fclose(full);
    assert_int_equal(nova_export(stdout, t, (nova_export_format)99), NOVA_INVALID_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_comes_back),
        cmocka_unit_test(damaged_json_is_refused),
        cmocka_unit_test(c_header_compiles_alone),
        cmocka_unit_test(c_literals_are_exact),
        cmocka_unit_test(numpy_text_says_the_same),
        cmocka_unit_test(latex_has_fractions),
        cmocka_unit_test(hostile_names_are_harmless),
        cmocka_unit_test(unwritable_streams_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
