/*
 * test_pairs.c - products of pairs of bfloat16 numbers, of every record that this machine can run
 * and of the matrix unit's kernels over an emulation: splitting into parts bit for bit, products
 * against double sums and, in the order of additions that pairs.h promises, bit for bit.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "amx_emulated.h"
#include "cpu/kernels.h"
#include "numerics/half.h"
#include "random.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- splitting */

enum { PARTS = NOVA_MAX_PARTS, SPLIT_VECTORS = 3 };

/* Normal values, some of them from far apart binades; each part of them is a normal number. */
static float split_sample(test_random *random) {
    return (float)ldexp(random_normal(random), random_int(random, 0, 3) ? 0 : 30);
}

static void check_split(const nova_cpu_kernels *kernels, int parts, int pad, test_random *random) {
    enum { WORD = 0x7fc07fc0 };
    const int lanes = kernels->lanes, part = 3 * NOVA_MAX_LANES, stride = PARTS * part;
    float in[SPLIT_VECTORS * NOVA_MAX_LANES];
    uint32_t out[SPLIT_VECTORS * PARTS * 3 * NOVA_MAX_LANES];
    for (int i = 0; i < SPLIT_VECTORS * lanes; i++)
        in[i] = split_sample(random);
    for (int i = 0; i < NOVA_COUNT(out); i++)
        out[i] = WORD;
    kernels->split(in, lanes, out, stride, part, parts, SPLIT_VECTORS, pad);
    for (int i = 0; i < NOVA_COUNT(out); i++) {
        const int vector = i / stride, q = i % stride / part, word = i % part;
        if (q >= parts || word >= (pad ? lanes : lanes / 2)) {
            assert_int_equal(out[i], WORD); /* not touched */
            continue;
        }
        uint32_t expected = 0;
        for (int half = 0; half < 2 && word < lanes / 2; half++) {
            float exact[PARTS];
            nova_split_bf16(in[vector * lanes + 2 * word + half], parts, exact);
            expected |= (uint32_t)nova_bf16_from_float(exact[q]) << (16 * half);
        }
        assert_int_equal(out[i], expected);
    }
}

/* Channel-last pixels of every type, with a pair group that is not full; what a group lacks is zero
   and what lies between the strides is not touched. */
static void check_pack(const nova_cpu_kernels *kernels, nova_dtype dtype, int parts,
                       test_random *random) {
    enum { WORD = 0x7fc07fc0, PIXELS = 3, CHANNELS = 5 * NOVA_MAX_LANES };
    const int lanes = kernels->lanes, channels = random_int(random, 1, 5 * lanes);
    const int groups = (channels + 2 * lanes - 1) / (2 * lanes);
    const int group = PIXELS * lanes + 1, part = groups * group + 2;
    float image[PIXELS * CHANNELS];
    uint16_t narrow[PIXELS * CHANNELS];
    uint32_t out[PARTS * (3 * (PIXELS * NOVA_MAX_LANES + 1) + 2)];
    assert_true(3 * group >= groups * group);
    for (int i = 0; i < PIXELS * channels; i++)
        image[i] = nova_round_to(dtype, (float)random_normal(random));
    nova_convert_from_float(narrow, image, dtype == NOVA_F32 ? NOVA_BF16 : dtype,
                            (size_t)(PIXELS * channels));
    for (int i = 0; i < NOVA_COUNT(out); i++)
        out[i] = WORD;
    kernels->pack[dtype](dtype == NOVA_F32 ? (const void *)image : narrow, channels, PIXELS, parts,
                         out, lanes, group, part);
    for (int i = 0; i < NOVA_COUNT(out); i++) {
        const int q = i / part, g = i % part / group, word = i % part % group;
        if (q >= parts || g >= groups || word >= PIXELS * lanes) {
            assert_int_equal(out[i], WORD);
            continue;
        }
        uint32_t expected = 0;
        for (int half = 0; half < 2; half++) {
            const int c = g * 2 * lanes + word % lanes * 2 + half;
            float exact[PARTS];
            nova_split_bf16(c < channels ? image[word / lanes * channels + c] : 0, parts, exact);
            expected |= (uint32_t)nova_bf16_from_float(exact[q]) << (16 * half);
        }
        assert_int_equal(out[i], expected);
    }
}

static void pixels_are_split(void **state) {
    (void)state;
    test_random random = {5};
    for (int i = 0; i < nova_cpu_kernels_count(); i++)
        for (int round = 0; round < 90 && nova_cpu_kernels_supported(nova_cpu_kernels_at(i));
             round++)
            check_pack(nova_cpu_kernels_at(i), (nova_dtype)(round % NOVA_DTYPES), 1 + round / 3 % 3,
                       &random);
}

static void values_are_split(void **state) {
    (void)state;
    test_random random = {1};
    for (int i = 0; i < nova_cpu_kernels_count(); i++) {
        const nova_cpu_kernels *kernels = nova_cpu_kernels_at(i);
        if (!nova_cpu_kernels_supported(kernels)) {
            print_message("%s: skipped, this machine does not have it\n", kernels->name);
            continue;
        }
        for (int round = 0; round < 100; round++)
            for (int parts = 1; parts <= PARTS; parts++)
                check_split(kernels, parts, round % 2, &random);
    }
}

static void three_parts_hold_binary32(void **state) {
    (void)state;
    test_random random = {2};
    for (int i = 0; i < 10000; i++) {
        const float value = split_sample(&random);
        float parts[PARTS];
        nova_split_bf16(value, PARTS, parts);
        assert_true((double)parts[0] + parts[1] + parts[2] == value);
        assert_true(fabsf(parts[1]) <= ldexpf(fabsf(parts[0]), -8));
    }
}

/* ---------------------------------------------------------------- products */

enum { SEGMENTS = 4, MAX_ROWS = 64, VECTORS = 2, GUARD = 16 };

/* The words of a product's operands, and its result. */
typedef struct operands {
    uint32_t *a, *b;
    float *c, *before;
    size_t a_count, b_count, c_count;
    ptrdiff_t a_segments[SEGMENTS], b_segments[SEGMENTS];
    nova_pair_args args;
} operands;

static uint32_t random_word(test_random *random) {
    const uint16_t even = nova_bf16_from_float((float)random_normal(random));
    const uint16_t odd = nova_bf16_from_float((float)random_normal(random));
    return even | (uint32_t)odd << 16;
}

static float channel(uint32_t word, int odd) {
    return nova_bf16_to_float((uint16_t)(odd ? word >> 16 : word));
}

/* Room for whole multiples of rows; segments out of order, two of them with a shared operand. A
   matrix unit's rows lie apart, and what it may ask for ahead is anywhere. */
static void operands_create(operands *o, const nova_pair_kernels *pairs, int lanes, int rows,
                            int vectors, int length, test_random *random) {
    const size_t room = nova_round_up((size_t)rows, (size_t)pairs->row_multiple);
    const int a_row = pairs->unit > 0 ? 3 * lanes : lanes,
              c_row = pairs->unit > 0 ? 5 * lanes : lanes;
    const size_t group = room * (size_t)a_row, filters = (size_t)(lanes * vectors * lanes);
    const size_t c_vector = room * (size_t)c_row;
    *o = (operands){
        .a_count = 3 * group, .b_count = 3 * filters, .c_count = c_vector * (size_t)vectors};
    o->a = nova_alloc(o->a_count * sizeof *o->a);
    o->b = nova_alloc(o->b_count * sizeof *o->b);
    o->c = nova_alloc((o->c_count + GUARD) * sizeof *o->c);
    o->before = nova_alloc(o->c_count * sizeof *o->before);
    for (size_t i = 0; i < o->a_count; i++)
        o->a[i] = random_word(random);
    for (size_t i = 0; i < o->b_count; i++)
        o->b[i] = random_word(random);
    for (size_t i = 0; i < o->c_count; i++)
        o->c[i] = o->before[i] = (float)random_normal(random);
    for (int i = 0; i < GUARD; i++)
        o->c[o->c_count + (size_t)i] = 12345;
    static const int order[SEGMENTS][2] = {{2, 0}, {2, 1}, {0, 1}, {1, 2}};
    for (int q = 0; q < SEGMENTS; q++) {
        o->a_segments[q] = order[q][0] * (ptrdiff_t)group;
        o->b_segments[q] = order[q][1] * (ptrdiff_t)filters;
    }
    o->args = (nova_pair_args){.a = o->a,
                               .a_row = a_row,
                               .b = o->b,
                               .a_segments = o->a_segments,
                               .b_segments = o->b_segments,
                               .segment_count = SEGMENTS,
                               .length = length,
                               .groups = 1,
                               .c = o->c,
                               .c_vector = (ptrdiff_t)c_vector,
                               .c_row = c_row,
                               .ahead = lanes,
                               .ahead_last = lanes,
                               .a_ahead = a_row,
                               .a_ahead_last = rows,
                               .c_far = rows % 2};
}

static void operands_destroy(operands *o) {
    for (int i = 0; i < GUARD; i++)
        assert_true(o->c[o->c_count + (size_t)i] == 12345);
    nova_free(o->a);
    nova_free(o->b);
    nova_free(o->c);
    nova_free(o->before);
}

/** One output as pairs.h says that it is summed, and exactly. */
typedef struct expected {
    float ordered;
    double exact;
} expected;

static expected sum_of(const operands *o, const nova_pair_kernels *pairs, int lanes, int vectors,
                       int row, int k) {
    const int width = vectors * lanes;
    const float start =
        o->args.accumulate
            ? o->before[k / lanes * o->args.c_vector + row * o->args.c_row + k % lanes]
            : 0;
    expected sum = {pairs->unit > 0 ? start : 0, start};
    for (int q = 0; q < SEGMENTS; q++) {
        float halves[2] = {0, 0};
        for (int e = 0; e < o->args.length; e++) {
            const uint32_t a = o->a[o->a_segments[q] + row * o->args.a_row + e];
            const int tile = k / lanes * lanes * lanes + e * lanes + k % lanes;
            const uint32_t b = o->b[o->b_segments[q] + (pairs->unit > 0 ? tile : e * width + k)];
            for (int odd = 1; odd >= 0; odd--) {
                const float product = channel(a, odd) * channel(b, odd);
                *(pairs->unit > 0 ? &halves[odd] : &sum.ordered) += product;
                sum.exact += product;
            }
        }
        if (pairs->unit > 0)
            sum.ordered += halves[0] + halves[1];
    }
    if (pairs->unit == 0)
        sum.ordered += start;
    return sum;
}

static void check_products(const nova_pair_kernels *pairs, int lanes, int rows, int vectors,
                           int accumulate, test_random *random) {
    operands o;
    const int length = pairs->unit > 0 ? lanes : random_int(random, 1, lanes);
    operands_create(&o, pairs, lanes, rows, vectors, length, random);
    o.args.accumulate = accumulate;
    if (pairs->enter)
        pairs->enter();
    pairs->gemm(rows, vectors, &o.args);
    if (pairs->leave)
        pairs->leave();
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < vectors * lanes; k++) {
            const float got = o.c[k / lanes * o.args.c_vector + i * o.args.c_row + k % lanes];
            const expected sum = sum_of(&o, pairs, lanes, vectors, i, k);
            assert_true(fabs(got - sum.exact) < 2e-5);
            assert_int_equal(nova_float_bits(got), nova_float_bits(sum.ordered));
        }
    operands_destroy(&o);
}

static void check_all_products(const nova_pair_kernels *pairs, int lanes) {
    test_random random = {3};
    assert_true(pairs->max_rows <= pairs->single_rows && pairs->single_rows <= MAX_ROWS);
    for (int vectors = 1; vectors <= VECTORS; vectors++)
        for (int rows = 1; rows <= (vectors == 1 ? pairs->single_rows : pairs->max_rows); rows++)
            for (int accumulate = 0; accumulate < 2; accumulate++)
                check_products(pairs, lanes, rows, vectors, accumulate, &random);
}

static void products_are_summed_as_documented(void **state) {
    (void)state;
    for (int i = 0; i < nova_cpu_kernels_count(); i++) {
        const nova_cpu_kernels *kernels = nova_cpu_kernels_at(i);
        if (nova_cpu_kernels_supported(kernels))
            check_all_products(kernels->pairs, kernels->lanes);
        else
            print_message("%s: skipped, this machine does not have it\n", kernels->name);
    }
}

static void emulated_tiles_compute_products(void **state) {
    (void)state;
    check_all_products(&amx_emulated, 16);
}

/* ---------------------------------------------------------------- timing */

static double time_of(const nova_pair_kernels *pairs, const nova_pair_args *args) {
    double best = 1e9;
    for (int i = 0; i < 7; i++) {
        const double start = nova_now();
        for (int k = 0; k < 500; k++)
            pairs->gemm(pairs->max_rows, VECTORS, args);
        best = fmin(best, (nova_now() - start) / 500);
    }
    return best;
}

/* A chunk of 512 channels as one, two and three parts, operands in the first-level cache or near.
 */
static void bench(const nova_cpu_kernels *kernels) {
    enum { GROUPS = 16 };
    const nova_pair_kernels *pairs = kernels->pairs;
    const int lanes = kernels->lanes, rows = pairs->max_rows;
    const ptrdiff_t group = (ptrdiff_t)rows * lanes, filters = (ptrdiff_t)lanes * VECTORS * lanes;
    float *memory = nova_alloc(sizeof *memory << 18);
    memset(memory, 0, sizeof *memory << 18);
    if (pairs->enter)
        pairs->enter();
    for (int products = 1; products <= 3; products += 2) {
        ptrdiff_t a_segments[GROUPS * 3], b_segments[GROUPS * 3];
        const int parts = products == 1 ? 1 : 2;
        for (int q = 0; q < GROUPS / parts * products; q++) {
            const int g = q / products, last = q % products == 2, first = q % products == 0;
            a_segments[q] = (g * parts + last) * group;
            b_segments[q] = (g * parts + (parts > 1 && first)) * filters;
        }
        const nova_pair_args args = {.a = memory,
                                     .a_row = lanes,
                                     .b = memory + 65536,
                                     .a_segments = a_segments,
                                     .b_segments = b_segments,
                                     .segment_count = GROUPS / parts * products,
                                     .length = lanes,
                                     .groups = 1,
                                     .c = memory + 131072,
                                     .c_vector = group,
                                     .c_row = lanes};
        const double flops = 4.0 * args.segment_count * lanes * VECTORS * lanes * rows;
        printf("%-10s pairs, %d product(s) %8.1f GFLOP/s of bfloat16 products\n", kernels->name,
               products, flops / time_of(pairs, &args) * 1e-9);
    }
    if (pairs->leave)
        pairs->leave();
    nova_free(memory);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--bench") == 0) {
        for (int i = 0; i < nova_cpu_kernels_count(); i++)
            if (nova_cpu_kernels_supported(nova_cpu_kernels_at(i)))
                bench(nova_cpu_kernels_at(i));
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_split),
        cmocka_unit_test(pixels_are_split),
        cmocka_unit_test(three_parts_hold_binary32),
        cmocka_unit_test(products_are_summed_as_documented),
        cmocka_unit_test(emulated_tiles_compute_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
