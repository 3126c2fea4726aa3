/*
 * test_reference.c - the reference engines against the definition of convolution and each other.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "problem.h"
#include "runtime/runtime.h"

/* The definition in nova_winograd.h, word for word, for NCHW. */
static double by_definition(const conv_problem *p, int64_t n, int64_t k, int64_t i, int64_t j) {
    const nova_conv_desc *d = &p->desc;
    float x, residual;
    double sum = p->bias ? p->bias[k] : 0;
    for (int64_t c = 0; c < d->c; c++)
        for (int64_t u = 0; u < d->r; u++)
            for (int64_t v = 0; v < d->s; v++) {
                const int64_t row = i + u - d->pad_top, column = j + v - d->pad_left;
                if (row < 0 || row >= d->h || column < 0 || column >= d->w)
                    continue;
                const int64_t index = ((n * d->c + c) * d->h + row) * d->w + column;
                nova_convert_to_float(
                    &x, (const char *)p->x + index * (int64_t)nova_dtype_size(d->dtype), d->dtype,
                    1);
                sum += (double)x * p->weights[((k * d->c + c) * d->r + u) * d->s + v];
            }
    if (p->residual) {
        const int64_t index =
            ((n * d->k + k) * nova_reference_out_h(d) + i) * nova_reference_out_w(d) + j;
        nova_convert_to_float(
            &residual, (const char *)p->residual + index * (int64_t)nova_dtype_size(d->dtype),
            d->dtype, 1);
        sum += residual;
    }
    return sum;
}

static double activated(nova_activation activation, double value) {
    if (activation == NOVA_ACTIVATION_RELU)
        return fmax(value, 0);
    return activation == NOVA_ACTIVATION_SILU ? value / (1 + exp(-value)) : value;
}

static nova_conv_desc random_desc(test_random *random) {
    nova_conv_desc desc =
        problem_desc(random_int(random, 1, 2), random_int(random, 1, 5), random_int(random, 1, 17),
                     random_int(random, 1, 17), random_int(random, 1, 4), 3, 3);
    desc.pad_top = random_int(random, 0, 3);
    desc.pad_bottom = random_int(random, 0, 3);
    desc.pad_left = random_int(random, 0, 3);
    desc.pad_right = random_int(random, 0, 3);
    if (nova_reference_out_h(&desc) < 1)
        desc.pad_bottom += 2;
    if (nova_reference_out_w(&desc) < 1)
        desc.pad_left += 2;
    desc.dtype = (nova_dtype)random_int(random, 0, 2);
    desc.activation = (nova_activation)random_int(random, 0, 2);
    return desc;
}

static void direct_is_the_definition(void **state) {
    (void)state;
    test_random random = {11};
    for (int trial = 0; trial < 60; trial++) {
        const nova_conv_desc desc = random_desc(&random);
        const int64_t out_h = nova_reference_out_h(&desc), out_w = nova_reference_out_w(&desc);
        conv_problem problem;
        problem_init(&problem, &desc, trial % 2, random_bits(&random));
        size_t index = 0;
        for (int64_t n = 0; n < desc.n; n++)
            for (int64_t k = 0; k < desc.k; k++)
                for (int64_t i = 0; i < out_h; i++)
                    for (int64_t j = 0; j < out_w; j++, index++) {
                        const double y = by_definition(&problem, n, k, i, j);
                        assert_true(fabs(problem.exact[index] - y) < 1e-12);
                        const double active = nova_reference_direct_sample(&desc, &problem.operands,
                                                                           true, n, k, i, j);
                        assert_true(fabs(active - activated(desc.activation, y)) < 1e-12);
                    }
        assert_int_equal(index, problem.outputs);
        problem_free(&problem);
    }
}

/* The same tensors in the other layout must give the same bits. */
static void *to_nhwc(const void *tensor, nova_dtype dtype, int64_t n, int64_t c, int64_t hw) {
    const size_t size = nova_dtype_size(dtype);
    char *out = malloc((size_t)(n * c * hw) * size);
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < c; b++)
            for (int64_t i = 0; i < hw; i++)
                memcpy(out + (size_t)((a * hw + i) * c + b) * size,
                       (const char *)tensor + (size_t)((a * c + b) * hw + i) * size, size);
    return out;
}

static void layouts_agree(void **state) {
    (void)state;
    test_random random = {12};
    for (int trial = 0; trial < 20; trial++) {
        nova_conv_desc desc = random_desc(&random);
        conv_problem problem;
        problem_init(&problem, &desc, 1, random_bits(&random));
        void *x = to_nhwc(problem.x, desc.dtype, desc.n, desc.c, desc.h * desc.w);
        void *residual = to_nhwc(problem.residual, desc.dtype, desc.n, desc.k,
                                 nova_reference_out_h(&desc) * nova_reference_out_w(&desc));
        nova_reference_operands operands = problem.operands;
        operands.x = x;
        operands.residual = residual;
        desc.layout = NOVA_NHWC;
        double *y = malloc(problem.outputs * sizeof *y);
        assert_int_equal(nova_reference_direct(&desc, &operands, false, y), NOVA_OK);
        assert_memory_equal(y, problem.exact, problem.outputs * sizeof *y);
        free(x);
        free(residual);
        free(y);
        problem_free(&problem);
    }
}

static double largest_difference(const double *a, const double *b, size_t count) {
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(a[i] - b[i]));
    return largest;
}

/* Every transform in every pair of its taps, on sizes that no tile divides, element by element. */
static void exact_winograd_is_direct(void **state) {
    (void)state;
    for (int t = 0; t < nova_transform_count; t++) {
        const nova_transform *h = &nova_transforms[t];
        const nova_transform *w = &nova_transforms[(t * 7 + 3) % nova_transform_count];
        nova_conv_desc desc = problem_desc(2, 3, 13, 19, 2, h->r, w->r);
        desc.pad_top = 1;
        desc.pad_right = 2;
        conv_problem problem;
        problem_init(&problem, &desc, 1, (uint64_t)t + 100);
        double *y = malloc(problem.outputs * sizeof *y);
        assert_int_equal(nova_reference_winograd(&desc, h, w, &problem.operands, false, y),
                         NOVA_OK);
        /* 100 units of double's roundoff times the noise gain, in units of an rms of about 1 */
        const double gain = sqrt(nova_transform_alpha2(h) * nova_transform_alpha2(w));
        assert_true(largest_difference(y, problem.exact, problem.outputs) < 2e-14 * (1 + gain));
        free(y);
        problem_free(&problem);
    }
}

/* In binary32 the emulation differs from direct convolution by no more than predicted, element by
   element up to six standard deviations, with codelets and without. */
static void emulation_in_f32(void **state) {
    (void)state;
    test_random random = {13};
    const char *names[] = {"best", "dyadic", "integer", "best"};
    const int tiles[][2] = {{2, 4}, {6, 6}, {4, 4}, {1, 6}};
    for (int trial = 0; trial < 24; trial++) {
        nova_conv_desc desc = random_desc(&random);
        desc.dtype = NOVA_F32;
        conv_problem problem;
        problem_init(&problem, &desc, 0, random_bits(&random));
        configuration config;
        const int options = (trial & 4 ? CONFIG_NO_CODELETS : 0) | (trial & 8 ? CONFIG_UNFUSED : 0);
        configuration_init(&config, transform_of(names[trial % 4], tiles[trial % 4][0], 3),
                           transform_of(names[trial % 4], tiles[trial % 4][1], 3), &desc,
                           NOVA_ARITH_F32, options);
        double *y = malloc(problem.outputs * sizeof *y);
        nova_error_terms terms;
        assert_int_equal(nova_reference_emulate(&desc, &config.model, &problem.operands, false, y),
                         NOVA_OK);
        nova_predict_error(&config.model, &terms);
        const double largest = largest_difference(y, problem.exact, problem.outputs);
        assert_true(largest < 12 * terms.total);
        assert_true(largest > 0);
        free(y);
        problem_free(&problem);
    }
}

/* y is what the tensor's type can hold, after bias, residual and activation. */
static void emulation_rounds_to_the_tensor(void **state) {
    (void)state;
    nova_conv_desc desc = problem_desc(1, 4, 9, 10, 3, 3, 3);
    desc.dtype = NOVA_F16;
    desc.activation = NOVA_ACTIVATION_SILU;
    conv_problem problem;
    problem_init(&problem, &desc, 1, 14);
    configuration config;
    configuration_init(&config, transform_of("best", 4, 3), transform_of("best", 4, 3), &desc,
                       NOVA_ARITH_F16_M32, CONFIG_SCALED | CONFIG_COMPENSATED);
    double *y = malloc(problem.outputs * sizeof *y);
    assert_int_equal(nova_reference_emulate(&desc, &config.model, &problem.operands, true, y),
                     NOVA_OK);
    for (size_t i = 0; i < problem.outputs; i++) {
        assert_true(nova_round_double_to(NOVA_F16, y[i]) == y[i]);
        assert_true(fabs(y[i] - activated(NOVA_ACTIVATION_SILU, problem.exact[i])) < 0.02);
    }
    free(y);
    problem_free(&problem);
}

static void wrong_taps_are_refused(void **state) {
    (void)state;
    const nova_conv_desc desc = problem_desc(1, 1, 8, 8, 1, 3, 3);
    conv_problem problem;
    problem_init(&problem, &desc, 0, 15);
    double y[36];
    assert_int_equal(nova_reference_winograd(&desc, transform_of("best", 4, 5),
                                             transform_of("best", 4, 3), &problem.operands, false,
                                             y),
                     NOVA_INVALID_ARGUMENT);
    assert_non_null(strstr(nova_last_error(), "5 and 3 taps"));
    problem_free(&problem);
}

static void error_of_what_is_not_finite(void **state) {
    (void)state;
    const double exact[] = {3, 4}, near[] = {3, 4.5}, broken[] = {3, INFINITY};
    assert_true(nova_reference_error(exact, exact, 2) == 0);
    assert_true(fabs(nova_reference_error(near, exact, 2) - 0.1) < 1e-15);
    assert_true(isnan(nova_reference_error(broken, exact, 2)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_is_the_definition),       cmocka_unit_test(layouts_agree),
        cmocka_unit_test(exact_winograd_is_direct),       cmocka_unit_test(emulation_in_f32),
        cmocka_unit_test(emulation_rounds_to_the_tensor), cmocka_unit_test(wrong_taps_are_refused),
        cmocka_unit_test(error_of_what_is_not_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
