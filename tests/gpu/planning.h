/*
 * planning.h - what tests of planning for GPUs have in common: a machine, a layer, and a status
 * with its reason.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_PLANNING_H
#define NOVA_TEST_PLANNING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gpu/engine.h"

static inline nova_gpu_machine h200(void) {
    nova_gpu_machine machine;
    nova_gpu_machine_init(&machine, 132, true, 60 << 20);
    return machine;
}

/* 3x3, padding 1, f16, channel-last. */
static inline nova_conv_desc layer(int64_t n, int64_t c, int64_t k, int64_t h) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = n, desc.c = c, desc.k = k, desc.h = desc.w = h;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    desc.dtype = NOVA_F16;
    desc.layout = NOVA_NHWC;
    return desc;
}

/* Prints the library's reason before the assertion fails. */
static inline void check_ok(nova_status status) {
    if (status != NOVA_OK)
        print_error("%s\n", nova_last_error());
    assert_int_equal(status, NOVA_OK);
}

#endif
