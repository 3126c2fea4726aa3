/*
 * kernels_test.h - what the tests of kernels share: guarded buffers, and every record in turn.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_KERNELS_TEST_H
#define NOVA_KERNELS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/kernels.h"
#include "random.h"
#include "runtime/runtime.h"

enum { GUARD = 32 }; /* floats before and after every buffer */
static const float guard_value = 12345.678f;

static inline float *buffer_new(size_t count) {
    float *memory = nova_alloc((count + 2 * GUARD) * sizeof *memory);
    assert_non_null(memory);
    for (size_t i = 0; i < count + 2 * GUARD; i++)
        memory[i] = guard_value;
    return memory + GUARD;
}

static inline void buffer_free(float *buffer, size_t count) {
    for (size_t i = 0; i < GUARD; i++) {
        assert_true(buffer[-1 - (ptrdiff_t)i] == guard_value);
        assert_true(buffer[count + i] == guard_value);
    }
    nova_free(buffer - GUARD);
}

static inline void fill_normal(float *buffer, size_t count, test_random *random) {
    for (size_t i = 0; i < count; i++)
        buffer[i] = (float)random_normal(random);
}

/* Runs a check on every record; says which the machine does not have. */
static inline void for_each_kernels(void (*check)(const nova_cpu_kernels *)) {
    for (int i = 0; i < nova_cpu_kernels_count(); i++) {
        const nova_cpu_kernels *kernels = nova_cpu_kernels_at(i);
        if (nova_cpu_kernels_supported(kernels))
            check(kernels);
        else
            print_message("%s: skipped, this machine does not have it\n", kernels->name);
    }
}

#endif
