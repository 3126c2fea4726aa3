/*
 * sample.h - long sweeps are sampled where they would take minutes: under sanitizers, which look
 * for other things than their figures.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TESTS_SAMPLE_H
#define NOVA_TESTS_SAMPLE_H

#include <stdbool.h>
#include <stdlib.h>

/** True if case `index` of a sweep is to be run: every one, or one of NOVA_TEST_SAMPLE. */
static inline bool is_sampled(int index) {
    const char *text = getenv("NOVA_TEST_SAMPLE");
    const int one_of = text ? atoi(text) : 1;
    return one_of < 2 || index % one_of == 0;
}

#endif
