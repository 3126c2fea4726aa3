/*
 * random.h - repeatable random numbers of the search.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_RANDOM_H
#define NOVA_RANDOM_H

#include <math.h>
#include <stdint.h>

/** Sebastiano Vigna's splitmix64: a counter, mixed. Any state will do to begin with. */
static inline uint64_t nova_random(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/** Uniform between low and high, neither of which it is. */
static inline double nova_random_uniform(uint64_t *state, double low, double high) {
    return low + (high - low) * ((double)(nova_random(state) >> 11) + 0.5) * 0x1p-53;
}

/** Normal, of variance 1 (Box and Muller). */
static inline double nova_random_normal(uint64_t *state) {
    double radius = sqrt(-2 * log(nova_random_uniform(state, 0, 1)));
    return radius * cos(6.283185307179586 * nova_random_uniform(state, 0, 1));
}

#endif
