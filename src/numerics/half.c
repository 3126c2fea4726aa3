/*
 * half.c - binary16 and bfloat16 conversions in integer arithmetic.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/half.h"

#include <math.h>

enum {
    FLOAT_INFINITY = 0x7f800000,
    FLOAT_MAGNITUDE = 0x7fffffff,
    F16_QUIET_NAN = 0x7e00,
    F16_INFINITY = 0x7c00,
    F16_OVERFLOW = 0x477ff000,    /* 65520, from which on binary16 is Inf */
    F16_NORMAL = 0x38800000,      /* 2^-14, the smallest normal */
    F16_UNDERFLOW = 0x33000000,   /* 2^-25, up to which binary16 is zero */
    F16_EXPONENT_GAP = 0x38000000 /* difference of the biases, in place */
};

/* Binary16 denormals are multiples of 2^-24: shift the significand there, ties to even. */
static uint16_t f16_denormal(uint32_t magnitude) {
    const int shift = 126 - (int)(magnitude >> 23);
    const uint32_t significand = (magnitude & 0x7fffff) | 0x800000;
    const uint32_t half = significand >> shift;
    const uint32_t rest = significand & ((1u << shift) - 1), tie = 1u << (shift - 1);
    return (uint16_t)(half + (rest > tie || (rest == tie && (half & 1))));
}

static uint16_t f16_magnitude(uint32_t magnitude) {
    if (magnitude > FLOAT_INFINITY)
        return (uint16_t)(F16_QUIET_NAN | ((magnitude >> 13) & 0x3ff));
    if (magnitude >= F16_OVERFLOW)
        return F16_INFINITY;
    if (magnitude >= F16_NORMAL) /* a carry out of the significand lands in the exponent */
        return (uint16_t)((magnitude - F16_EXPONENT_GAP + 0xfff + ((magnitude >> 13) & 1)) >> 13);
    return magnitude <= F16_UNDERFLOW ? 0 : f16_denormal(magnitude);
}

uint16_t nova_f16_from_float(float value) {
    const uint32_t bits = nova_float_bits(value);
    return (uint16_t)(((bits >> 16) & 0x8000) | f16_magnitude(bits & FLOAT_MAGNITUDE));
}

float nova_f16_to_float(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t magnitude = half & 0x7fff;
    uint32_t bits;
    if (magnitude > F16_INFINITY)
        bits = FLOAT_INFINITY | 0x400000 | (magnitude & 0x3ff) << 13;
    else if (magnitude == F16_INFINITY)
        bits = FLOAT_INFINITY;
    else if (magnitude >= 0x400)
        bits = (magnitude << 13) + F16_EXPONENT_GAP;
    else
        bits = nova_float_bits((float)magnitude * 0x1p-24f);
    return nova_bits_float(sign | bits);
}

uint16_t nova_bf16_from_float(float value) {
    const uint32_t bits = nova_float_bits(value);
    if ((bits & FLOAT_MAGNITUDE) > FLOAT_INFINITY)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

float nova_bf16_to_float(uint16_t half) {
    uint32_t bits = (uint32_t)half << 16;
    if ((bits & FLOAT_MAGNITUDE) > FLOAT_INFINITY)
        bits |= 0x400000;
    return nova_bits_float(bits);
}

float nova_round_to(nova_dtype dtype, float value) {
    switch (dtype) {
    case NOVA_F16:
        return nova_f16_to_float(nova_f16_from_float(value));
    case NOVA_BF16:
        return nova_bf16_to_float(nova_bf16_from_float(value));
    default:
        return value;
    }
}

/*
 * Rounds to `precision` bits, or to the multiple of the denormals' quantum, by adding a number so
 * large that the sum's last bit is that quantum: the addition itself then rounds, once, to nearest
 * even. Magnitudes from `overflow` on become Inf.
 */
static float round_to_format(double value, int precision, int min_exponent, double overflow) {
    if (!(fabs(value) < overflow))
        return (float)(isnan(value) ? value : copysign(INFINITY, value));
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)((bits >> 52) & 0x7ff) - 1023;
    if (exponent < min_exponent)
        exponent = min_exponent;
    const uint64_t anchor_bits = ((uint64_t)(exponent + 53 - precision + 1023) << 52) | 1ull << 51;
    double anchor;
    memcpy(&anchor, &anchor_bits, sizeof anchor);
    return (float)copysign((value + anchor) - anchor, value);
}

float nova_round_double_to(nova_dtype dtype, double value) {
    switch (dtype) {
    case NOVA_F16:
        return round_to_format(value, 11, -14, 65520.0);
    case NOVA_BF16:
        return round_to_format(value, 8, -126, 0x1.ffp+127);
    default:
        return (float)value;
    }
}

void nova_split_bf16(double value, int count, float *parts) {
    for (int i = 0; i < count; i++) {
        parts[i] = nova_round_double_to(NOVA_BF16, value);
        value -= parts[i]; /* exact */
    }
}

size_t nova_dtype_size(nova_dtype dtype) {
    return dtype == NOVA_F32 ? sizeof(float) : sizeof(uint16_t);
}

void nova_convert_to_float(float *out, const void *in, nova_dtype dtype, size_t count) {
    const uint16_t *halves = in;
    if (dtype == NOVA_F16) {
        for (size_t i = 0; i < count; i++)
            out[i] = nova_f16_to_float(halves[i]);
    } else if (dtype == NOVA_BF16) {
        for (size_t i = 0; i < count; i++)
            out[i] = nova_bf16_to_float(halves[i]);
    } else {
        memcpy(out, in, count * sizeof *out);
    }
}

void nova_convert_from_float(void *out, const float *in, nova_dtype dtype, size_t count) {
    uint16_t *halves = out;
    if (dtype == NOVA_F16) {
        for (size_t i = 0; i < count; i++)
            halves[i] = nova_f16_from_float(in[i]);
    } else if (dtype == NOVA_BF16) {
        for (size_t i = 0; i < count; i++)
            halves[i] = nova_bf16_from_float(in[i]);
    } else {
        memcpy(out, in, count * sizeof *in);
    }
}
