/*
 * test_status.c - reasons are kept per thread, and every enumerator has a name of its own.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <pthread.h>
#include <string.h>

#include "runtime/runtime.h"

/** As much as a reason can need. */
enum { REASON_ROOM = 512 };

static void reason_is_kept(void **state) {
    (void)state;
    assert_int_equal(nova_fail(NOVA_IO, "cannot read %s: %d", "a", 7), NOVA_IO);
    assert_string_equal(nova_last_error(), "cannot read a: 7");
}

static void reason_may_quote_itself(void **state) {
    (void)state;
    nova_fail(NOVA_DAMAGED, "byte %d", 3);
    nova_fail(NOVA_DAMAGED, "set.json: %s", nova_last_error());
    assert_string_equal(nova_last_error(), "set.json: byte 3");
}

static void long_reason_is_cut(void **state) {
    (void)state;
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    nova_fail(NOVA_INTERNAL, "%s", text);
    const char *reason = nova_last_error();
    size_t length = strlen(reason);
    assert_in_range(length, 100, sizeof text - 2);
    assert_string_equal(reason + length - 3, "...");
}

static void *fail_elsewhere(void *first) {
    snprintf(first, REASON_ROOM, "%s", nova_last_error());
    nova_fail(NOVA_IO, "of the other thread");
    return NULL;
}

static void reason_belongs_to_its_thread(void **state) {
    (void)state;
    nova_fail(NOVA_IO, "of this thread");
    char first_of_other[REASON_ROOM] = "not written";
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, first_of_other), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(first_of_other, "");
    assert_string_equal(nova_last_error(), "of this thread");
}

static void statuses_have_names(void **state) {
    (void)state;
    for (int a = NOVA_OK; a <= NOVA_INTERNAL; ++a) {
        assert_string_not_equal(nova_status_string((nova_status)a), "unknown");
        for (int b = NOVA_OK; b < a; ++b) {
            assert_string_not_equal(nova_status_string((nova_status)a),
                                    nova_status_string((nova_status)b));
        }
    }
    assert_string_equal(nova_status_string((nova_status)99), "unknown");
    assert_string_equal(nova_status_string((nova_status)-1), "unknown");
}

static void enumerators_have_the_names_of_the_command_line(void **state) {
    (void)state;
    assert_string_equal(nova_dtype_name(NOVA_F32), "f32");
    assert_string_equal(nova_dtype_name(NOVA_F16), "f16");
    assert_string_equal(nova_dtype_name(NOVA_BF16), "bf16");
    assert_string_equal(nova_dtype_name((nova_dtype)3), "unknown");
    assert_string_equal(nova_layout_name(NOVA_NCHW), "nchw");
    assert_string_equal(nova_layout_name(NOVA_NHWC), "nhwc");
    assert_string_equal(nova_arith_name(NOVA_ARITH_AUTO), "auto");
    assert_string_equal(nova_arith_name(NOVA_ARITH_F32), "f32");
    assert_string_equal(nova_arith_name(NOVA_ARITH_F16), "f16");
    assert_string_equal(nova_arith_name(NOVA_ARITH_F16_M32), "f16m32");
    assert_string_equal(nova_arith_name(NOVA_ARITH_BF16), "bf16");
    assert_string_equal(nova_arith_name(NOVA_ARITH_BF16_M32), "bf16m32");
    assert_string_equal(nova_arith_name(NOVA_ARITH_BF16X3), "bf16x3");
    assert_string_equal(nova_arith_name(NOVA_ARITH_BF16X6), "bf16x6");
    assert_string_equal(nova_activation_name(NOVA_ACTIVATION_NONE), "none");
    assert_string_equal(nova_activation_name(NOVA_ACTIVATION_RELU), "relu");
    assert_string_equal(nova_activation_name(NOVA_ACTIVATION_SILU), "silu");
    assert_string_equal(nova_algorithm_name(NOVA_ALGORITHM_AUTO), "auto");
    assert_string_equal(nova_algorithm_name(NOVA_ALGORITHM_DIRECT), "direct");
    assert_string_equal(nova_algorithm_name(NOVA_ALGORITHM_WINOGRAD), "winograd");
}

static void version_is_the_header_s(void **state) {
    (void)state;
    char expected[40];
    snprintf(expected, sizeof expected, "%d.%d.%d", NOVA_VERSION_MAJOR, NOVA_VERSION_MINOR,
             NOVA_VERSION_PATCH);
    assert_string_equal(nova_version(), expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reason_is_kept),
        cmocka_unit_test(reason_may_quote_itself),
        cmocka_unit_test(long_reason_is_cut),
        cmocka_unit_test(reason_belongs_to_its_thread),
        cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(enumerators_have_the_names_of_the_command_line),
        cmocka_unit_test(version_is_the_header_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
