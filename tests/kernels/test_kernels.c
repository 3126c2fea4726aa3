/*
 * test_kernels.c - transforms, products and rounding of every record that this machine can run:
 * against the matrix in double, double sums, and bit for bit the portable conversions. With --bench
 * it times them instead.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "kernels_test.h"
#include "numerics/half.h"
#include "transforms/transform.h"

/* ---------------------------------------------------------------- transforms */

static void check_pass(const nova_cpu_kernels *kernels, const nova_transform *transform,
                       nova_map map, test_random *random) {
    nova_bound_codelet bound;
    assert_true(nova_codelet_bind(transform, map, &bound));
    int rows, columns;
    const double *matrix = nova_transform_matrix(transform, map, &rows, &columns);
    const int lanes = kernels->lanes, lines = 3;
    const size_t in_count = (size_t)(columns * lines * lanes);
    const size_t out_count = (size_t)(rows * lines * lanes);
    float *in = buffer_new(in_count), *out = buffer_new(out_count), coefs[NOVA_MAX_COEFS];
    fill_normal(in, in_count, random);
    for (int i = 0; i < bound.codelet->coef_count; i++)
        coefs[i] = (float)bound.coefs[i];
    assert_non_null(kernels->pass[bound.codelet->index]);
    /* elements of a line far apart, lines next to each other: the strides are told apart */
    kernels->pass[bound.codelet->index](in, lines * lanes, lanes, out, lanes, rows * lanes, lines,
                                        coefs);
    for (int line = 0; line < lines; line++)
        for (int lane = 0; lane < lanes; lane++)
            for (int row = 0; row < rows; row++) {
                double exact = 0, size = 0;
                for (int c = 0; c < columns; c++) {
                    const double term =
                        matrix[row * columns + c] * in[(c * lines + line) * lanes + lane];
                    exact += term;
                    size += fabs(term);
                }
                const double got = out[(line * rows + row) * lanes + lane];
                assert_true(fabs(got - exact) <= 2e-6 * size);
            }
    buffer_free(in, in_count);
    buffer_free(out, out_count);
}

static void check_passes(const nova_cpu_kernels *kernels) {
    test_random random = {1};
    for (int i = 0; i < nova_transform_count; i++) {
        check_pass(kernels, &nova_transforms[i], NOVA_MAP_INPUT, &random);
        check_pass(kernels, &nova_transforms[i], NOVA_MAP_OUTPUT, &random);
    }
}

static void transforms_match_their_matrices(void **state) {
    (void)state;
    for_each_kernels(check_passes);
}

/* ---------------------------------------------------------------- products */

static void store_packed(void *packed, nova_dtype type, size_t at, float value) {
    if (type == NOVA_F32)
        ((float *)packed)[at] = value;
    else
        ((uint16_t *)packed)[at] =
            type == NOVA_F16 ? nova_f16_from_float(value) : nova_bf16_from_float(value);
}

static void check_gemm_block(const nova_cpu_kernels *kernels, nova_dtype type, int rows,
                             int vectors, bool accumulate, test_random *random) {
    enum { SEGMENTS = 3, LENGTH = 5 };
    const int lanes = kernels->lanes, width = vectors * lanes;
    const ptrdiff_t a_row = LENGTH + 2, segments[SEGMENTS] = {0, 2 * rows * a_row, rows * a_row};
    const size_t a_count = (size_t)(SEGMENTS * rows * a_row);
    const size_t b_count = (size_t)(SEGMENTS * LENGTH * width);
    const ptrdiff_t c_vector = (ptrdiff_t)rows * lanes;
    const size_t c_count = (size_t)(vectors * c_vector);
    float *a = buffer_new(a_count), *b = buffer_new(b_count), *c = buffer_new(c_count);
    float *before = buffer_new(c_count), *packed = buffer_new(b_count);
    fill_normal(a, a_count, random);
    fill_normal(c, c_count, random);
    memcpy(before, c, c_count * sizeof *c);
    for (size_t i = 0; i < b_count; i++) {
        b[i] = nova_round_to(type, (float)random_normal(random));
        store_packed(packed, type, i, b[i]);
    }
    const nova_gemm_args args = {.a = a,
                                 .a_row = a_row,
                                 .segments = segments,
                                 .segment_count = SEGMENTS,
                                 .length = LENGTH,
                                 .b = packed,
                                 .c = c,
                                 .c_vector = c_vector,
                                 .accumulate = accumulate};
    kernels->gemm[type](rows, vectors, &args);
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < width; k++) {
            const ptrdiff_t at = k / lanes * c_vector + i * lanes + k % lanes;
            double sum = accumulate ? before[at] : 0;
            for (int e = 0; e < SEGMENTS * LENGTH; e++)
                sum += (double)a[i * a_row + segments[e / LENGTH] + e % LENGTH] *
                       (double)b[e * width + k];
            assert_true(fabs(c[at] - sum) < 1e-5);
        }
    buffer_free(a, a_count);
    buffer_free(b, b_count);
    buffer_free(c, c_count);
    buffer_free(before, c_count);
    buffer_free(packed, b_count);
}

static void check_gemm(const nova_cpu_kernels *kernels) {
    test_random random = {2};
    for (int type = 0; type < NOVA_DTYPES; type++)
        for (int rows = 1; rows <= kernels->max_rows; rows++)
            for (int vectors = 1; vectors <= kernels->panel_vectors; vectors++)
                for (int accumulate = 0; accumulate < 2; accumulate++)
                    check_gemm_block(kernels, (nova_dtype)type, rows, vectors, accumulate, &random);
}

static void products_match_double_sums(void **state) {
    (void)state;
    for_each_kernels(check_gemm);
}

/* ---------------------------------------------------------------- rounding */

/* Values that rounding has to get right: every half, its neighbours and midpoints, and the
   extremes of binary32. */
static size_t interesting(float *values) {
    size_t count = 0;
    for (uint32_t half = 0; half < 65536; half++) {
        const uint32_t bits = nova_float_bits(nova_f16_to_float((uint16_t)half));
        const uint32_t middle = bits + 0x1000, bf16 = half << 16;
        const uint32_t all[] = {bits, bits + 1,      middle - 1,    middle,       middle + 1,
                                bf16, bf16 + 0x7fff, bf16 + 0x8000, bf16 + 0x8001};
        for (int i = 0; i < NOVA_COUNT(all); i++)
            values[count++] = nova_bits_float(all[i]);
    }
    while (count % NOVA_MAX_LANES != 0)
        values[count++] = 1.0f;
    return count;
}

static void check_round(const nova_cpu_kernels *kernels) {
    float *values = nova_alloc(sizeof *values * 9 * 65536 + 64), rounded[NOVA_MAX_LANES];
    assert_non_null(values);
    const size_t count = interesting(values);
    for (int type = 0; type < NOVA_DTYPES; type++)
        for (size_t at = 0; at < count; at += (size_t)kernels->lanes) {
            kernels->round[type](values + at, 0, rounded, 0, 1, NULL, NULL);
            for (int i = 0; i < kernels->lanes; i++) {
                const float expected = nova_round_to((nova_dtype)type, values[at + (size_t)i]);
                if (isnan(expected))
                    assert_true(isnan(rounded[i]));
                else
                    assert_int_equal(nova_float_bits(rounded[i]), nova_float_bits(expected));
            }
        }
    nova_free(values);
}

static void check_factors(const nova_cpu_kernels *kernels) {
    const int lanes = kernels->lanes;
    float in[3 * NOVA_MAX_LANES] = {0}, out[3 * NOVA_MAX_LANES];
    const float before[] = {2, 4, 8}, after[] = {0.5f, 1, 16};
    for (int i = 0; i < 3 * lanes; i++)
        in[i] = 1.0f + 0.001f * (float)i;
    kernels->round[NOVA_F16](in, lanes, out, lanes, 3, before, after);
    for (int i = 0; i < 3 * lanes; i++)
        assert_true(out[i] ==
                    nova_round_to(NOVA_F16, in[i] * before[i / lanes]) * after[i / lanes]);
}

static void rounding_matches_the_portable_conversions(void **state) {
    (void)state;
    for_each_kernels(check_round);
    for_each_kernels(check_factors);
}

/* ---------------------------------------------------------------- timing */

static double time_of(void (*run)(void *), void *argument) {
    double best = 1e9;
    for (int i = 0; i < 7; i++) {
        const double start = nova_now();
        for (int k = 0; k < 200; k++)
            run(argument);
        best = fmin(best, (nova_now() - start) / 200);
    }
    return best;
}

typedef struct timed_gemm {
    const nova_cpu_kernels *kernels;
    nova_dtype type;
    nova_gemm_args args;
} timed_gemm;

static void run_gemm(void *argument) {
    const timed_gemm *t = argument;
    t->kernels->gemm[t->type](t->kernels->max_rows, t->kernels->panel_vectors, &t->args);
}

static void bench_gemm(const nova_cpu_kernels *kernels, float *memory) {
    enum { SEGMENTS = 8 };
    ptrdiff_t segments[SEGMENTS];
    for (int q = 0; q < SEGMENTS; q++)
        segments[q] = (ptrdiff_t)q * kernels->max_rows * kernels->lanes;
    const int width = kernels->panel_vectors * kernels->lanes;
    for (int type = 0; type < NOVA_DTYPES; type++) {
        timed_gemm t = {kernels,
                        (nova_dtype)type,
                        {.a = memory,
                         .a_row = kernels->lanes,
                         .segments = segments,
                         .segment_count = SEGMENTS,
                         .length = kernels->lanes,
                         .b = memory + 65536,
                         .c = memory + 131072,
                         .c_vector = (ptrdiff_t)kernels->max_rows * kernels->lanes}};
        const double flops = 2.0 * SEGMENTS * kernels->lanes * width * kernels->max_rows;
        printf("%-10s gemm %-5s %8.1f GFLOP/s\n", kernels->name, nova_dtype_name((nova_dtype)type),
               flops / time_of(run_gemm, &t) * 1e-9);
    }
}

typedef struct timed_pass {
    nova_pass_fn pass;
    const nova_codelet *codelet;
    int lanes;
    float *memory, coefs[NOVA_MAX_COEFS];
} timed_pass;

static void run_pass(void *argument) {
    const timed_pass *t = argument;
    const int columns = t->codelet->columns, rows = t->codelet->rows, lanes = t->lanes;
    t->pass(t->memory, lanes, columns * lanes, t->memory + 65536, lanes, rows * lanes, columns,
            t->coefs);
}

static void bench_passes(const nova_cpu_kernels *kernels, float *memory) {
    for (int m = 2; m <= 8; m++)
        for (int map = NOVA_MAP_INPUT; map <= NOVA_MAP_OUTPUT; map += 2) {
            nova_bound_codelet bound;
            if (!nova_codelet_bind(nova_transform_find("best", m, 3), (nova_map)map, &bound))
                continue;
            timed_pass t = {
                kernels->pass[bound.codelet->index], bound.codelet, kernels->lanes, memory, {0}};
            for (int i = 0; i < bound.codelet->coef_count; i++)
                t.coefs[i] = (float)bound.coefs[i];
            printf("%-10s %-20s %7.2f ns a line, %d operations\n", kernels->name,
                   bound.codelet->name, time_of(run_pass, &t) / bound.codelet->columns * 1e9,
                   bound.codelet->op_count);
        }
}

static void bench(const nova_cpu_kernels *kernels) {
    const size_t count = (size_t)1 << 18;
    float *memory = buffer_new(count);
    memset(memory, 0, count * sizeof *memory);
    bench_gemm(kernels, memory);
    bench_passes(kernels, memory);
    buffer_free(memory, count);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--bench") == 0) {
        for_each_kernels(bench);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transforms_match_their_matrices),
        cmocka_unit_test(products_match_double_sums),
        cmocka_unit_test(rounding_matches_the_portable_conversions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
