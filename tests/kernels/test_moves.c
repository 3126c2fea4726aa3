/*
 * test_moves.c - gather and scatter of every record that this machine can run, against index
 * arithmetic: all layouts and types, windows that stick out, guarded memory around, streamed and
 * ordinary stores at any address, every 16-bit pattern, and activations of extremes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "kernels_test.h"
#include "numerics/half.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gather_reads_windows),
        cmocka_unit_test(every_half_is_loaded_and_stored),
        cmocka_unit_test(scatter_writes_windows),
        cmocka_unit_test(activations_keep_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
