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

#endif
