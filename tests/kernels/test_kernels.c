/*
 * test_kernels.c - every kernel of every record that this machine can run: transforms against the
 * matrix in double, products against double sums, gather and scatter against index arithmetic with
 * guarded buffers, rounding bit for bit against the portable conversions. With --bench it times
 * them instead.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/kernels.h"
#include "numerics/half.h"
#include "random.h"
#include "runtime/runtime.h"
#include "transforms/transform.h"

enum { GUARD = 32 }; /* floats before and after every buffer */
static const float guard_value = 12345.678f;

/* ---------------------------------------------------------------- buffers */

static float *buffer_new(size_t count) {
    float *memory = nova_alloc((count + 2 * GUARD) * sizeof *memory);
    assert_non_null(memory);
    for (size_t i = 0; i < count + 2 * GUARD; i++)
        memory[i] = guard_value;
    return memory + GUARD;
}

static void buffer_free(float *buffer, size_t count) {
    for (size_t i = 0; i < GUARD; i++) {
        assert_true(buffer[-1 - (ptrdiff_t)i] == guard_value);
        assert_true(buffer[count + i] == guard_value);
    }
    nova_free(buffer - GUARD);
}

static void fill_normal(float *buffer, size_t count, test_random *random) {
    for (size_t i = 0; i < count; i++)
        buffer[i] = (float)random_normal(random);
}

/* Runs a check on every record; says which the machine does not have. */
static void for_each_kernels(void (*check)(const nova_cpu_kernels *)) {
    for (int i = 0; i < nova_cpu_kernels_count(); i++) {
        const nova_cpu_kernels *kernels = nova_cpu_kernels_at(i);
        if (nova_cpu_kernels_supported(kernels))
            check(kernels);
        else
            print_message("%s: skipped, this machine does not have it\n", kernels->name);
    }
}

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

/* ---------------------------------------------------------------- gather and scatter */

static int64_t image_index(const nova_window *w, nova_layout layout, int64_t c, int64_t i,
                           int64_t j) {
    return layout == NOVA_NCHW ? (c * w->height + i) * w->width + j
                               : (i * w->width + j) * w->channels + c;
}

static float image_value(const void *image, nova_dtype type, int64_t index) {
    float value;
    nova_convert_to_float(&value, (const char *)image + (size_t)index * nova_dtype_size(type), type,
                          1);
    return value;
}

static void random_window(nova_window *w, int lanes, test_random *random) {
    w->channels = random_int(random, 1, 3 * lanes);
    w->height = random_int(random, 1, 9);
    w->width = random_int(random, 1, 40);
    w->channel = random_int(random, 0, ((int)w->channels - 1) / lanes) * lanes;
    w->rows = random_int(random, 1, 6);
    w->cols = random_int(random, 1, 40);
}

/* An image of exactly its size on the heap: a sanitizer sees any access outside. */
static void *random_image(const nova_window *w, nova_dtype type, test_random *random) {
    const size_t count = (size_t)(w->channels * w->height * w->width);
    float *values = malloc(count * sizeof *values);
    void *image = malloc(count * nova_dtype_size(type));
    assert_non_null(values);
    assert_non_null(image);
    fill_normal(values, count, random);
    nova_convert_from_float(image, values, type, count);
    free(values);
    return image;
}

static void check_gather_once(const nova_cpu_kernels *kernels, nova_layout layout, nova_dtype type,
                              test_random *random) {
    nova_window w;
    random_window(&w, kernels->lanes, random);
    w.row = random_int(random, -7, 10);
    w.col = random_int(random, -45, 45);
    void *image = random_image(&w, type, random);
    const int lanes = kernels->lanes;
    const int narrowest = (int)NOVA_MIN((int64_t)lanes, w.channels);
    const int pitch = random_int(random, 0, 1) ? lanes : random_int(random, narrowest, lanes);
    const size_t pixels = (size_t)(w.rows * w.cols);
    const size_t count = pixels * (size_t)pitch + (size_t)(lanes - pitch);
    float *patch = buffer_new(count);
    kernels->gather[layout][type](image, &w, pitch, patch);
    for (size_t at = 0; at < pixels * (size_t)pitch; at++) {
        const int64_t lane = (int64_t)at % pitch, pixel = (int64_t)at / pitch;
        const int64_t c = w.channel + lane, j = w.col + pixel % w.cols, i = w.row + pixel / w.cols;
        const bool inside = c < w.channels && i >= 0 && i < w.height && j >= 0 && j < w.width;
        const float expected =
            inside ? image_value(image, type, image_index(&w, layout, c, i, j)) : 0.0f;
        assert_true(patch[at] == expected);
    }
    buffer_free(patch, count);
    free(image);
}

static void check_gather(const nova_cpu_kernels *kernels) {
    test_random random = {3};
    for (int i = 0; i < 600; i++)
        check_gather_once(kernels, (nova_layout)(i % 2), (nova_dtype)(i / 2 % 3), &random);
}

static void gather_reads_windows(void **state) {
    (void)state;
    for_each_kernels(check_gather);
}

/* Every 16-bit pattern through load and store: an image one channel deep and 65536 wide. */
static void check_patterns(const nova_cpu_kernels *kernels) {
    enum { WIDTH = 65536 };
    const nova_window w = {.channels = 1, .height = 1, .width = WIDTH, .rows = 1, .cols = WIDTH};
    const nova_epilogue epilogue = {.activation = NOVA_ACTIVATION_NONE};
    uint16_t *image = malloc(WIDTH * sizeof *image), *stored = malloc(WIDTH * sizeof *stored);
    float *patch = buffer_new((size_t)(WIDTH * kernels->lanes));
    assert_non_null(image);
    assert_non_null(stored);
    for (int i = 0; i < WIDTH; i++)
        image[i] = (uint16_t)i;
    for (int type = NOVA_F16; type <= NOVA_BF16; type++) {
        kernels->gather[NOVA_NCHW][type](image, &w, kernels->lanes, patch);
        const nova_strip strip = {patch, (ptrdiff_t)WIDTH * kernels->lanes, 0, 1};
        kernels->scatter[NOVA_NCHW][type](&strip, &w, &epilogue, stored);
        for (int i = 0; i < WIDTH; i++) {
            const float expected = image_value(image, (nova_dtype)type, i);
            const float loaded = patch[(ptrdiff_t)i * kernels->lanes];
            const float back = image_value(stored, (nova_dtype)type, i);
            assert_true(isnan(expected) ? isnan(loaded) && isnan(back)
                                        : loaded == expected && back == expected);
        }
    }
    buffer_free(patch, (size_t)(WIDTH * kernels->lanes));
    free(image);
    free(stored);
}

static void every_half_is_loaded_and_stored(void **state) {
    (void)state;
    for_each_kernels(check_patterns);
}

static double activated(double value, nova_activation activation) {
    if (activation == NOVA_ACTIVATION_RELU)
        return fmax(value, 0);
    return activation == NOVA_ACTIVATION_SILU ? value / (1 + exp(-value)) : value;
}

/* Whole channel groups for every third window: of those, whole cache lines can be streamed. */
static void random_output_window(nova_window *w, int lanes, test_random *random) {
    random_window(w, lanes, random);
    if (random_int(random, 0, 2) == 0) {
        w->channels = (int64_t)random_int(random, 1, 9) * lanes;
        w->channel = random_int(random, 0, (int)(w->channels / lanes) - 1) * lanes;
        w->height = random_int(random, 1, 3);
    }
    w->row = random_int(random, 0, (int)w->height - 1);
    w->col = random_int(random, 0, (int)w->width - 1);
}

/* An image within poisoned memory, `shift` bytes from where a cache line starts. */
typedef struct placed_image {
    char *memory, *image;
    size_t bytes;
} placed_image;

enum { POISON = 0xa5, MARGIN = 2 * NOVA_LINE_BYTES };

static placed_image place_image(const void *image, size_t bytes, size_t shift) {
    placed_image placed = {.memory = nova_alloc(bytes + 2 * MARGIN), .bytes = bytes};
    assert_non_null(placed.memory);
    memset(placed.memory, POISON, bytes + 2 * MARGIN);
    placed.image = placed.memory + NOVA_LINE_BYTES + shift;
    memcpy(placed.image, image, bytes);
    return placed;
}

static void free_placed(const placed_image *placed) {
    const char *end = placed->memory + placed->bytes + 2 * MARGIN;
    for (const char *at = placed->memory; at < end; at++)
        if (at < placed->image || at >= placed->image + placed->bytes)
            assert_true(*(const unsigned char *)at == POISON);
    nova_free(placed->memory);
}

static void check_scatter_once(const nova_cpu_kernels *kernels, nova_layout layout, nova_dtype type,
                               int variant, test_random *random) {
    static const double unit[] = {2e-6, 1e-3, 8e-3};
    const int lanes = kernels->lanes;
    const size_t size = nova_dtype_size(type), shifts[] = {0, 0, size, NOVA_LINE_BYTES / 2};
    nova_window w;
    random_output_window(&w, lanes, random);
    void *old = random_image(&w, type, random), *residual = random_image(&w, type, random);
    const size_t elements = (size_t)(w.channels * w.height * w.width);
    const placed_image y = place_image(old, elements * size, shifts[random_int(random, 0, 3)]);
    float *bias = malloc((size_t)w.channels * sizeof *bias);
    fill_normal(bias, (size_t)w.channels, random);
    const int groups = ((int)(w.channels - w.channel) + lanes - 1) / lanes;
    nova_strip strip = {.row = (w.cols + random_int(random, 0, 2)) * lanes};
    strip.vector = w.rows * strip.row + random_int(random, 0, 1) * lanes;
    strip.vectors = random_int(random, 1, groups);
    const size_t count = (size_t)(strip.vector * strip.vectors);
    float *patch = buffer_new(count);
    strip.data = patch;
    fill_normal(patch, count, random);
    const nova_epilogue epilogue = {.bias = variant & 1 ? bias : NULL,
                                    .residual = variant & 2 ? residual : NULL,
                                    .activation = (nova_activation)(variant / 4 % 3),
                                    .stream = variant / 12};
    kernels->scatter[layout][type](&strip, &w, &epilogue, y.image);
    kernels->fence();
    for (int64_t c = 0; c < w.channels; c++)
        for (int64_t i = 0; i < w.height; i++)
            for (int64_t j = 0; j < w.width; j++) {
                const int64_t index = image_index(&w, layout, c, i, j);
                const double got = image_value(y.image, type, index);
                const int64_t lane = c - w.channel, row = i - w.row, col = j - w.col;
                if (lane < 0 || lane >= (int64_t)lanes * strip.vectors || row < 0 ||
                    row >= w.rows || col < 0 || col >= w.cols) {
                    assert_true(got == image_value(old, type, index));
                    continue;
                }
                double value = patch[lane / lanes * strip.vector + row * strip.row + col * lanes +
                                     lane % lanes];
                value += epilogue.bias ? bias[c] : 0;
                value += epilogue.residual ? image_value(residual, type, index) : 0;
                value = activated(value, epilogue.activation);
                assert_true(fabs(got - value) <= unit[type] * (fabs(value) + 0.1));
            }
    buffer_free(patch, count);
    free_placed(&y);
    free(old);
    free(residual);
    free(bias);
}

static void check_scatter(const nova_cpu_kernels *kernels) {
    test_random random = {4};
    for (int i = 0; i < 1440; i++)
        check_scatter_once(kernels, (nova_layout)(i % 2), (nova_dtype)(i / 2 % 3), i / 6 % 24,
                           &random);
}

static void scatter_writes_windows(void **state) {
    (void)state;
    for_each_kernels(check_scatter);
}

/* Infinities, NaN and arguments beyond the range of exp. */
static void check_activation_extremes(const nova_cpu_kernels *kernels) {
    static const float in[] = {-INFINITY, -1e30f, -100, -88, 88, 100, 1e30f, INFINITY, NAN};
    for (int i = 0; i < NOVA_COUNT(in); i++)
        for (int activation = 0; activation < 3; activation++) {
            float patch[NOVA_MAX_LANES], out = 7;
            for (int lane = 0; lane < NOVA_MAX_LANES; lane++)
                patch[lane] = in[i];
            const nova_window w = {.channels = 1, .height = 1, .width = 1, .rows = 1, .cols = 1};
            const nova_epilogue epilogue = {.activation = (nova_activation)activation};
            const nova_strip strip = {patch, NOVA_MAX_LANES, 0, 1};
            kernels->scatter[NOVA_NHWC][NOVA_F32](&strip, &w, &epilogue, &out);
            if (isnan(in[i]))
                assert_true(isnan(out));
            else if (activation == NOVA_ACTIVATION_NONE || in[i] > 80)
                assert_true(out == in[i]);
            else if (isfinite(in[i]) || activation == NOVA_ACTIVATION_RELU)
                assert_true(fabsf(out) < 1e-6f); /* includes -1e30 * exp(-87) = -1.6e-8 */
        }
}

static void activations_keep_extremes(void **state) {
    (void)state;
    for_each_kernels(check_activation_extremes);
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
        cmocka_unit_test(gather_reads_windows),
        cmocka_unit_test(every_half_is_loaded_and_stored),
        cmocka_unit_test(scatter_writes_windows),
        cmocka_unit_test(activations_keep_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
