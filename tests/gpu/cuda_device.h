/*
 * cuda_device.h - what tests on a CUDA device have in common.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_CUDA_DEVICE_H
#define NOVA_TEST_CUDA_DEVICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <cuda_runtime_api.h>

#include "nova_winograd.h"

static inline int has_device(void) {
    int count = 0;
    return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

#define NEEDS_DEVICE()                                                                             \
    do {                                                                                           \
        if (!has_device())                                                                         \
            skip();                                                                                \
    } while (0)

#define CUDA(call) assert_int_equal(call, cudaSuccess)

/* Prints the library's reason before the assertion fails. */
static inline void check_ok(nova_status status, const char *what) {
    if (status != NOVA_OK)
        print_error("%s: %s\n", what, nova_last_error());
    assert_int_equal(status, NOVA_OK);
}

/* Memory of the device, every byte of which is `value`: 0xff is NaN in all types. */
static inline void *device_memory(size_t bytes, int value) {
    void *memory = NULL;
    CUDA(cudaMalloc(&memory, bytes));
    CUDA(cudaMemset(memory, value, bytes));
    return memory;
}

/* A copy of what lies on the host; null of null. */
static inline void *to_device(const void *data, size_t bytes) {
    if (!data)
        return NULL;
    void *copy = device_memory(bytes, 0);
    CUDA(cudaMemcpy(copy, data, bytes, cudaMemcpyHostToDevice));
    return copy;
}

/* A program's argument selects tests by name. */
static inline void select_tests(int argc, char **argv) {
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
}

/* What main() returns: without a device a program has not tested what it is for. */
static inline int tests_status(int failures) {
    enum { SKIPPED = 77 };
    return failures != 0 || has_device() ? failures : SKIPPED;
}

#endif
