/*
 * half.h - conversions between binary32 and binary16 or bfloat16: round to nearest even, with Inf,
 * NaN and denormals as IEEE 754 has them. Portable; the vector versions must agree bit for bit
 * (but for the payload of a NaN).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HALF_H
#define NOVA_HALF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "nova_winograd.h"

static inline uint32_t nova_float_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float nova_bits_float(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint16_t nova_f16_from_float(float value);
float nova_f16_to_float(uint16_t half);
uint16_t nova_bf16_from_float(float value);
float nova_bf16_to_float(uint16_t half);

/** The value rounded to a type and back; NOVA_F32 returns it as it is. */
float nova_round_to(nova_dtype dtype, float value);
/** The same from double, rounded once. */
float nova_round_double_to(nova_dtype dtype, double value);

enum { NOVA_MAX_PARTS = 3 };

/** A value as a sum of `count` bfloat16 parts (1 to 3), largest first: each is what the ones before
    it leave of the value, rounded to nearest even. */
void nova_split_bf16(double value, int count, float *parts);

/** Bytes of one element. */
size_t nova_dtype_size(nova_dtype dtype);

/** Converts count elements between types; the arrays must not overlap. */
void nova_convert_to_float(float *out, const void *in, nova_dtype dtype, size_t count);
void nova_convert_from_float(void *out, const float *in, nova_dtype dtype, size_t count);

#endif
