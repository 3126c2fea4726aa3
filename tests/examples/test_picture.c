/*
 * Images, noise and measures of the demo, and the picture that it draws.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "picture.h"

static const char picture_name[] = "test_picture.tmp.png";

/** A grey image, darker to the left. */
static image ramp(int width, int height) {
    image out;
    assert_int_equal(image_create(width, height, &out), NOVA_OK);
    for (size_t i = 0; i < image_values(&out); ++i) {
        out.pixels[i] = (float)(i / IMAGE_CHANNELS % (size_t)width) / (float)width;
    }
    return out;
}

static void test_noise_is_normal_and_repeatable(void **state) {
    (void)state;
    image original = ramp(200, 200), first = ramp(200, 200), second = ramp(200, 200);
    double count = (double)image_values(&original), mean = 0, square = 0, fourth = 0;
    image_add_noise(&original, 0.1, 7, &first);
    image_add_noise(&original, 0.1, 7, &second);
    assert_memory_equal(first.pixels, second.pixels, image_values(&first) * sizeof(float));
    image_add_noise(&original, 0.1, 8, &second);
    assert_memory_not_equal(first.pixels, second.pixels, image_values(&first) * sizeof(float));
    for (size_t i = 0; i < image_values(&original); ++i) {
        double noise = ((double)first.pixels[i] - original.pixels[i]) / 0.1;
        mean += noise / count;
        square += noise * noise / count;
        fourth += noise * noise * noise * noise / count;
    }
    /* Five standard deviations of each moment's own estimate. */
    assert_true(fabs(mean) < 5 * sqrt(1 / count));
    assert_true(fabs(square - 1) < 5 * sqrt(2 / count));
    assert_true(fabs(fourth - 3) < 5 * sqrt(96 / count));
    image_free(&original);
    image_free(&first);
    image_free(&second);
}

static void test_psnr(void **state) {
    (void)state;
    image original = ramp(10, 10), estimate = ramp(10, 10);
    for (size_t i = 0; i < image_values(&original); ++i) {
        original.pixels[i] = 0.5f;
        estimate.pixels[i] = 0.6f;
    }
    assert_true(fabs(image_psnr(&estimate, &original) - 20) < 1e-4);
    for (size_t i = 0; i < image_values(&original); ++i) {
        original.pixels[i] = 0.9f;
        estimate.pixels[i] = 100.0f; /* shown as 1 */
    }
    assert_true(fabs(image_psnr(&estimate, &original) - 20) < 1e-4);
    estimate.pixels[0] = NAN; /* counts as 1 in 300, the others as 0.01 each */
    assert_true(fabs(image_psnr(&estimate, &original) + 10 * log10((1 + 299 * 0.01) / 300)) < 1e-4);
    assert_int_equal(image_nonfinite(&estimate), 1);
    estimate.pixels[1] = INFINITY;
    assert_int_equal(image_nonfinite(&estimate), 2);
    image_free(&original);
    image_free(&estimate);
}

static void test_relative_rms(void **state) {
    (void)state;
    const float reference[] = {3, 4}, values[] = {3, 4.5f}, bad[] = {3, NAN},
                over[] = {3, INFINITY};
    assert_true(fabs(relative_rms(values, reference, 2) - 0.1) < 1e-7);
    assert_true(relative_rms(reference, reference, 2) == 0);
    assert_true(isnan(relative_rms(bad, reference, 2)));
    assert_true(isnan(relative_rms(over, reference, 2)));
}

static void test_format_error(void **state) {
    (void)state;
    char text[32];
    report_format_error(0.00897, text);
    assert_string_equal(text, "0.897 %");
    report_format_error(1.94, text);
    assert_string_equal(text, "194 %");
    report_format_error(NAN, text);
    assert_string_equal(text, "not finite");
}

/* ---------------------------------------------------------------- the picture */

/** Draws a picture of one healthy result and one with `bad` in its middle. */
static nova_status draw(int width, int height, float bad, const char *path) {
    const method direct = {.name = "direct"}, broken = {.name = "broken"};
    image original = ramp(width, height), damaged = ramp(width, height);
    result results[2] = {{.how = &direct, .restored = original, .psnr = 30},
                         {.how = &broken, .restored = damaged, .psnr = 30}};
    for (int i = height / 4; i < height - height / 4; ++i) {
        for (int j = width / 4 * 3; j < (width - width / 4) * 3; ++j) {
            damaged.pixels[i * width * 3 + j] = bad;
        }
    }
    results[1].nonfinite = image_nonfinite(&damaged);
    report facts = {
        .photo = "", .credit = "", .out = path, .kernels = "", .count = 2, .results = results};
    nova_status status = picture_write(&facts, &original, &original, path);
    image_free(&original);
    image_free(&damaged);
    return status;
}

/** Share of a file's pixels that are magenta. */
static double magenta_share(const char *path) {
    image drawn;
    size_t found = 0;
    assert_int_equal(image_read_png(path, &drawn), NOVA_OK);
    for (size_t i = 0; i < image_values(&drawn); i += IMAGE_CHANNELS) {
        const float *pixel = drawn.pixels + i;
        found += pixel[0] > 0.98f && pixel[1] < 0.02f && pixel[2] > 0.98f;
    }
    double share = (double)found * IMAGE_CHANNELS / (double)image_values(&drawn);
    image_free(&drawn);
    return share;
}

static void test_nonfinite_pixels_are_seen(void **state) {
    (void)state;
    assert_int_equal(draw(60, 40, 0.5f, picture_name), NOVA_OK);
    double healthy = magenta_share(picture_name);
    assert_int_equal(draw(60, 40, NAN, picture_name), NOVA_OK);
    double with_nan = magenta_share(picture_name);
    assert_int_equal(draw(60, 40, INFINITY, picture_name), NOVA_OK);
    double with_infinity = magenta_share(picture_name);
    /* The legend alone holds some; a quarter of one of four photographs adds more than 1 %. */
    assert_true(healthy > 0 && healthy < 1e-3);
    assert_true(with_nan > 0.01);
    assert_true(with_infinity == with_nan);
}

static void test_odd_shapes(void **state) {
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 300}, {2000, 3}, {7, 5}, {700, 20}};
    for (int i = 0; i < NOVA_COUNT(sizes); ++i) {
        image drawn;
        assert_int_equal(draw(sizes[i][0], sizes[i][1], 2, picture_name), NOVA_OK);
        assert_int_equal(image_read_png(picture_name, &drawn), NOVA_OK);
        assert_true(drawn.width > 1900);
        image_free(&drawn);
    }
}

static void test_unwritable(void **state) {
    (void)state;
    assert_int_equal(draw(6, 4, 0, "no such folder/picture.png"), NOVA_IO);
    assert_int_not_equal(access("no such folder", F_OK), 0);
}

static void test_refuses_bad_png(void **state) {
    (void)state;
    /* A sound signature, then a size that would take 2^62 pixels. */
    static const unsigned char huge[] = {0x89, 'P', 'N', 'G', 13,  10,  26,  10,  0,   0,
                                         0,    13,  'I', 'H', 'D', 'R', 127, 255, 255, 255,
                                         127,  255, 255, 255, 8,   2,   0,   0,   0};
    char whole[1 << 16];
    image read;
    assert_int_equal(image_read_png("no such file", &read), NOVA_IO);
    FILE *out = fopen(picture_name, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(huge, 1, sizeof huge, out), sizeof huge);
    fclose(out);
    assert_int_equal(image_read_png(picture_name, &read), NOVA_SIZE_OVERFLOW);
    FILE *in = fopen(NOVA_TEST_CROP, "rb");
    assert_non_null(in);
    size_t size = fread(whole, 1, sizeof whole, in);
    fclose(in);
    assert_true(size > 1000 && size < sizeof whole);
    for (size_t length = 0; length < size - 12; length += 97) {
        out = fopen(picture_name, "wb");
        assert_non_null(out);
        assert_int_equal(fwrite(whole, 1, length, out), length);
        fclose(out);
        assert_int_equal(image_read_png(picture_name, &read), NOVA_DAMAGED);
        assert_null(read.pixels);
    }
}

static int remove_picture(void **state) {
    (void)state;
    remove(picture_name);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise_is_normal_and_repeatable),
        cmocka_unit_test(test_psnr),
        cmocka_unit_test(test_relative_rms),
        cmocka_unit_test(test_format_error),
        cmocka_unit_test(test_nonfinite_pixels_are_seen),
        cmocka_unit_test(test_odd_shapes),
        cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_refuses_bad_png),
    };
    return cmocka_run_group_tests(tests, NULL, remove_picture);
}
