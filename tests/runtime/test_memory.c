/*
 * test_memory.c - checked sizes and aligned memory.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <string.h>

#include "runtime/runtime.h"

static void products_are_checked(void **state) {
    (void)state;
    size_t result = 0;
    assert_true(nova_size_mul(3, 5, &result));
    assert_int_equal(result, 15);
    assert_true(nova_size_mul(SIZE_MAX, 1, &result));
    assert_true(result == SIZE_MAX);
    assert_true(nova_size_mul(0, SIZE_MAX, &result));
    assert_int_equal(result, 0);
    assert_false(nova_size_mul(SIZE_MAX / 2 + 1, 2, &result));
    assert_false(nova_size_mul(SIZE_MAX, SIZE_MAX, &result));
}

static void sums_are_checked(void **state) {
    (void)state;
    size_t result = 0;
    assert_true(nova_size_add(SIZE_MAX - 1, 1, &result));
    assert_true(result == SIZE_MAX);
    assert_false(nova_size_add(SIZE_MAX, 1, &result));
}

static void rounding_up(void **state) {
    (void)state;
    assert_int_equal(nova_round_up(0, 16), 0);
    assert_int_equal(nova_round_up(1, 16), 16);
    assert_int_equal(nova_round_up(16, 16), 16);
    assert_int_equal(nova_round_up(17, 6), 18);
    assert_true(nova_round_up(SIZE_MAX, 1) == SIZE_MAX);
}

static void memory_is_aligned_and_usable(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 100000};
    for (int i = 0; i < NOVA_COUNT(sizes); ++i) {
        void *memory = nova_alloc(sizes[i]);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % NOVA_ALIGNMENT, 0);
        memset(memory, 0x5a, sizes[i]);
        nova_free(memory);
    }
    nova_free(NULL);
}

static void impossible_sizes_give_null(void **state) {
    (void)state;
    assert_null(nova_alloc(SIZE_MAX));
    assert_null(nova_alloc(SIZE_MAX - NOVA_ALIGNMENT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_checked),
        cmocka_unit_test(sums_are_checked),
        cmocka_unit_test(rounding_up),
        cmocka_unit_test(memory_is_aligned_and_usable),
        cmocka_unit_test(impossible_sizes_give_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
