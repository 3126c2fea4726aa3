/*
 * random.h - reproducible random numbers for tests.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_RANDOM_H
#define NOVA_TEST_RANDOM_H

#include <math.h>
#include <stdint.h>

typedef struct test_random {
    uint64_t state;
} test_random;

static inline uint64_t random_bits(test_random *random) {
    uint64_t z = (random->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/** An integer in [low, high]. */
static inline int random_int(test_random *random, int low, int high) {
    return low + (int)(random_bits(random) % (uint64_t)(high - low + 1));
}

/** Uniform in (0, 1). */
static inline double random_unit(test_random *random) {
    return ((double)(random_bits(random) >> 11) + 0.5) / 9007199254740992.0;
}

/** Normal with mean 0 and variance 1 (Box and Muller). */
static inline double random_normal(test_random *random) {
    const double radius = sqrt(-2.0 * log(random_unit(random)));
    return radius * cos(6.283185307179586 * random_unit(random));
}

#endif
