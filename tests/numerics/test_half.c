/*
 * test_half.c - conversions to and from binary16 and bfloat16, against the definition of rounding:
 * the nearest of all values that the type has, and of two equally near ones that with an even
 * encoding.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <stdbool.h>

#include "numerics/half.h"
#include "random.h"

enum { HALVES = 65536 };

/** A 16-bit type: its conversions, and its fields for the oracle. */
typedef struct half_type {
    nova_dtype dtype;
    uint16_t (*from_float)(float);
    float (*to_float)(uint16_t);
    int fraction_bits, bias;
    uint16_t infinity;
} half_type;

static const half_type types[] = {
    {NOVA_F16, nova_f16_from_float, nova_f16_to_float, 10, 15, 0x7c00},
    {NOVA_BF16, nova_bf16_from_float, nova_bf16_to_float, 7, 127, 0x7f80},
};

/* The value of a non-negative finite encoding; of Inf, what the next binade would begin with. */
static double value_of(const half_type *type, uint16_t magnitude) {
    const int exponent = magnitude >> type->fraction_bits;
    const int fraction = magnitude & ((1 << type->fraction_bits) - 1);
    if (exponent == 0)
        return ldexp(fraction, 1 - type->bias - type->fraction_bits);
    return ldexp((1 << type->fraction_bits) + fraction,
                 exponent - type->bias - type->fraction_bits);
}

/* Nearest encoding of a value that is not NaN, by bisection over all encodings. */
static uint16_t nearest(const half_type *type, double value) {
    const uint16_t sign = signbit(value) ? 0x8000 : 0;
    const double magnitude = fabs(value);
    uint16_t low = 0, high = type->infinity;
    if (magnitude >= value_of(type, high))
        return sign | high;
    while (high - low > 1) {
        const uint16_t middle = (uint16_t)((low + high) / 2);
        if (value_of(type, middle) <= magnitude)
            low = middle;
        else
            high = middle;
    }
    /* neighbours differ by so little that both differences are exact */
    const double below = magnitude - value_of(type, low), above = value_of(type, high) - magnitude;
    const bool up = above < below || (above == below && (low & 1));
    return sign | (up ? high : low);
}

static void every_half_has_its_value(void **state) {
    (void)state;
    for (int t = 0; t < 2; t++)
        for (int half = 0; half < HALVES; half++) {
            const uint16_t magnitude = (uint16_t)(half & 0x7fff);
            const float value = types[t].to_float((uint16_t)half);
            assert_int_equal(signbit(value) != 0, half >> 15);
            if (magnitude > types[t].infinity)
                assert_true(isnan(value));
            else if (magnitude == types[t].infinity)
                assert_true(isinf(value));
            else
                assert_true(fabsf(value) == value_of(&types[t], magnitude));
        }
}

static void every_half_comes_back(void **state) {
    (void)state;
    for (int t = 0; t < 2; t++)
        for (int half = 0; half < HALVES; half++) {
            const uint16_t back = types[t].from_float(types[t].to_float((uint16_t)half));
            if ((half & 0x7fff) > types[t].infinity)
                assert_true((back & 0x7fff) > types[t].infinity);
            else
                assert_int_equal(back, half);
        }
}

static void check_float(const half_type *type, float value) {
    const uint16_t expected = nearest(type, value);
    assert_int_equal(type->from_float(value), expected);
    assert_int_equal(type->from_float(-value), expected ^ 0x8000);
    const float rounded = type->to_float(expected);
    assert_true(nova_round_to(type->dtype, value) == rounded);
    assert_true(nova_round_double_to(type->dtype, value) == rounded);
    assert_int_equal(signbit(nova_round_double_to(type->dtype, -value)) != 0, !signbit(value));
}

/* Every half, every midpoint between two of them, and the floats next to both. */
static void ties_and_their_neighbours(void **state) {
    (void)state;
    for (int t = 0; t < 2; t++)
        for (uint16_t half = 0; half < types[t].infinity; half++) {
            const double value = value_of(&types[t], half);
            const double next = value_of(&types[t], (uint16_t)(half + 1));
            const float points[] = {(float)value, (float)(value + (next - value) / 2)};
            for (int i = 0; i < 2; i++) {
                check_float(&types[t], points[i]);
                check_float(&types[t], nextafterf(points[i], INFINITY));
                check_float(&types[t], fabsf(nextafterf(points[i], -INFINITY)));
            }
        }
}

static void random_floats(void **state) {
    (void)state;
    test_random random = {1};
    for (int i = 0; i < 1000000; i++) {
        const float value = nova_bits_float((uint32_t)random_bits(&random) & 0x7fffffff);
        if (!isnan(value))
            for (int t = 0; t < 2; t++)
                check_float(&types[t], value);
    }
}

/* A double just beside a tie would become the tie if it were rounded to float first. */
static void doubles_are_rounded_once(void **state) {
    (void)state;
    for (int t = 0; t < 2; t++)
        for (uint16_t half = 1; half < types[t].infinity; half += 7) {
            const double value = value_of(&types[t], half);
            const double next = value_of(&types[t], (uint16_t)(half + 1));
            const double tie = value + (next - value) / 2;
            const double points[] = {tie, nextafter(tie, INFINITY), nextafter(tie, 0)};
            for (int i = 0; i < 3; i++) {
                const uint16_t expected = nearest(&types[t], points[i]);
                assert_true(nova_round_double_to(types[t].dtype, points[i]) ==
                            types[t].to_float(expected));
            }
        }
}

static void infinity_begins_where_it_should(void **state) {
    (void)state;
    assert_int_equal(nova_f16_from_float(65504.0f), 0x7bff);
    assert_int_equal(nova_f16_from_float(nextafterf(65520.0f, 0)), 0x7bff);
    assert_int_equal(nova_f16_from_float(65520.0f), 0x7c00);
    assert_int_equal(nova_f16_from_float(-INFINITY), 0xfc00);
    assert_int_equal(nova_bf16_from_float(3.4028235e38f), 0x7f80);
    assert_true(nova_round_double_to(NOVA_F16, nextafter(65520.0, 0)) == 65504.0f);
    assert_true(nova_round_double_to(NOVA_F16, 1e300) == INFINITY);
    assert_true(nova_round_double_to(NOVA_BF16, -1e300) == -INFINITY);
    assert_true(nova_round_double_to(NOVA_F32, 1e300) == INFINITY);
    assert_true(nova_round_double_to(NOVA_F16, 1e-300) == 0);
}

static void nan_stays_nan(void **state) {
    (void)state;
    /* the low payload bits of a signalling NaN would leave Inf behind if they were cut off */
    const float nans[] = {NAN, -NAN, nova_bits_float(0x7f800001), nova_bits_float(0xff801000)};
    for (int i = 0; i < 4; i++)
        for (int t = 0; t < 2; t++) {
            assert_true((types[t].from_float(nans[i]) & 0x7fff) > types[t].infinity);
            assert_true(isnan(nova_round_to(types[t].dtype, nans[i])));
            assert_true(isnan(nova_round_double_to(types[t].dtype, nans[i])));
        }
}

static void arrays(void **state) {
    (void)state;
    enum { COUNT = 19 };
    float in[COUNT], out[COUNT];
    uint16_t halves[COUNT];
    for (int i = 0; i < COUNT; i++)
        in[i] = (float)(i - 9) / 3;
    for (int t = 0; t < 2; t++) {
        nova_convert_from_float(halves, in, types[t].dtype, COUNT);
        nova_convert_to_float(out, halves, types[t].dtype, COUNT);
        for (int i = 0; i < COUNT; i++) {
            assert_int_equal(halves[i], types[t].from_float(in[i]));
            assert_true(out[i] == types[t].to_float(halves[i]));
        }
    }
    float copy[COUNT];
    nova_convert_from_float(copy, in, NOVA_F32, COUNT);
    nova_convert_to_float(out, copy, NOVA_F32, COUNT);
    assert_memory_equal(out, in, sizeof in);
    assert_int_equal(nova_dtype_size(NOVA_F32), 4);
    assert_int_equal(nova_dtype_size(NOVA_F16), 2);
    assert_int_equal(nova_dtype_size(NOVA_BF16), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half_has_its_value),
        cmocka_unit_test(every_half_comes_back),
        cmocka_unit_test(ties_and_their_neighbours),
        cmocka_unit_test(random_floats),
        cmocka_unit_test(doubles_are_rounded_once),
        cmocka_unit_test(infinity_begins_where_it_should),
        cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
