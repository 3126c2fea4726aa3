/*
 * test_prediction.c - the predicted error against the error of the emulated engine, and its parts
 * against simulation and published figures.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "problem.h"
#include "runtime/runtime.h"
#include "sample.h"

/* ---- rounding of one variable */

static double simulated_rounding(nova_dtype dtype, double rms, test_random *random) {
    enum { SAMPLES = 200000 };
    double sum = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const double x = rms * random_normal(random);
        const double error = nova_round_double_to(dtype, x) - x;
        sum += error * error;
    }
    return sum / SAMPLES;
}

/* From deep below the smallest denormal to the upper end of the range. */
static void rounding_variance_is_right_at_every_scale(void **state) {
    (void)state;
    test_random random = {21};
    for (double rms = 1e-9; rms < 1e4; rms *= 2.3) {
        const double expected = simulated_rounding(NOVA_F16, rms, &random);
        assert_true(fabs(nova_rounding_variance(NOVA_F16, rms) / expected - 1) < 0.03);
    }
    const nova_dtype others[] = {NOVA_BF16, NOVA_F32};
    for (int i = 0; i < 2; i++)
        for (double rms = 0.5; rms < 2; rms *= 1.3) {
            const double expected = simulated_rounding(others[i], rms, &random);
            assert_true(fabs(nova_rounding_variance(others[i], rms) / expected - 1) < 0.03);
        }
    assert_true(nova_rounding_variance(NOVA_F16, 0) == 0);
    assert_true(nova_rounding_variance(NOVA_F16, 6e4) == INFINITY);
    assert_true(nova_rounding_variance(NOVA_F16, INFINITY) == INFINITY);
}

/* ---- published figures */

/* Relative rms error in per cent of binary16 U, V and M with binary32 transforms, tap scaling, no
   compensation (docs/numerics.md). */
static void known_errors_of_binary16(void **state) {
    (void)state;
    const struct {
        int m;
        const char *set;
        double percent;
    } known[] = {
        {2, "integer", 0.064}, {4, "integer", 0.38}, {4, "nova", 0.40},     {4, "ncnn", 0.183},
        {4, "onednn", 0.173},  {4, "best", 0.172},   {6, "integer", 34.6},  {6, "nova", 5.16},
        {6, "classic", 0.752}, {8, "nova", 59},      {8, "barabasz", 11.3}, {8, "best", 4.06},
        {8, "dyadic", 4.63},
    };
    const nova_conv_desc desc = problem_desc(1, 64, 32, 32, 64, 3, 3);
    for (int i = 0; i < NOVA_COUNT(known); i++) {
        const nova_transform *transform = transform_of(known[i].set, known[i].m, 3);
        configuration config;
        nova_error_terms terms;
        configuration_init(&config, transform, transform, &desc, NOVA_ARITH_F16, CONFIG_SCALED);
        nova_predict_error(&config.model, &terms);
        /* the figures were simulated: a few per cent of their own */
        assert_true(fabs(100 * terms.total / known[i].percent - 1) < 0.08);
        /* one source's gain is alpha^2 */
        const double unit = sqrt(0.18034) * 0x1p-11;
        assert_true(fabs(terms.v / (unit * nova_transform_alpha2(transform)) - 1) < 0.02);
    }
}

/* ---- the whole model */

static const nova_arith ariths[] = {NOVA_ARITH_F32,   NOVA_ARITH_F16,      NOVA_ARITH_F16_M32,
                                    NOVA_ARITH_BF16,  NOVA_ARITH_BF16_M32, NOVA_ARITH_BF16X3,
                                    NOVA_ARITH_BF16X6};

/** Worst ratios seen of predicted to measured error. */
typedef struct ratio_range {
    double low, high;
    int cases, infinite;
} ratio_range;

static void compare(const conv_problem *problem, const configuration *config, double *y,
                    ratio_range *range) {
    const nova_error_model *model = &config->model;
    nova_error_terms terms;
    nova_predict_error(model, &terms);
    assert_int_equal(nova_reference_emulate(&problem->desc, model, &problem->operands, false, y),
                     NOVA_OK);
    const double measured = nova_reference_error(y, problem->exact, problem->outputs);
    if (!isfinite(terms.total)) {
        /* expected from a probability of 1e-7 a value on: a run may be spared */
        range->infinite += isnan(measured);
        return;
    }
    const double ratio = terms.total / measured;
    if (!(ratio > 0.9 && ratio < 1.1))
        fail_msg("F(%dx%d,%dx%d) %s/%s, arithmetic %d, %d channels, flags %d: predicted %.4g, "
                 "measured %.4g",
                 model->h->m, model->w->m, model->h->r, model->w->r, model->h->set, model->w->set,
                 (int)model->arith, (int)model->channels, model->compensation, terms.total,
                 measured);
    range->low = fmin(range->low, ratio);
    range->high = fmax(range->high, ratio);
    range->cases++;
}

/* A problem of about `tiles` x `tiles` whole tiles. */
static void tile_problem(conv_problem *problem, const nova_transform *h, const nova_transform *w,
                         int channels, int filters, int tiles, nova_dtype dtype, uint64_t seed) {
    nova_conv_desc desc = problem_desc(1, channels, tiles * h->m + h->r - 1,
                                       tiles * w->m + w->r - 1, filters, h->r, w->r);
    desc.dtype = dtype;
    problem_init(problem, &desc, 0, seed);
}

static void compare_ariths(const conv_problem *problem, const nova_transform *h,
                           const nova_transform *w, int options, unsigned which,
                           ratio_range *range) {
    double *y = malloc(problem->outputs * sizeof *y);
    for (int a = 0; a < NOVA_COUNT(ariths); a++) {
        configuration config;
        if (!(which >> a & 1))
            continue;
        configuration_init(&config, h, w, &problem->desc, ariths[a], options);
        compare(problem, &config, y, range);
    }
    free(y);
}

static void report(const char *what, const ratio_range *range) {
    print_message("%s: predicted/measured from %.3f to %.3f in %d cases, %d overflow\n", what,
                  range->low, range->high, range->cases, range->infinite);
}

enum { ALL = 127, ONE_PART = 31, F16_ONLY = 2 };

/* As many outputs of a large tile, about, as of so many tiles of F(4,3). */
static int tiles_of(const nova_transform *transform, int tiles) {
    return transform->m > 8 ? tiles / 3 : transform->m > 4 ? tiles / 2 : tiles;
}

/* Every set, every arithmetic, 64 channels, as plans are made: scaled and compensated. */
static void every_set(void **state) {
    (void)state;
    ratio_range range = {1, 1, 0, 0};
    for (int t = 0; t < nova_transform_count; t++) {
        const nova_transform *transform = &nova_transforms[t];
        conv_problem problem;
        if (transform->m == 1 || !is_sampled(t))
            continue;
        tile_problem(&problem, transform, transform, 64, 16, tiles_of(transform, 12), NOVA_F32,
                     (uint64_t)t + 1);
        /* splitting takes the emulation long; test_engine_error has all sets in the engine */
        const unsigned which = strcmp(transform->set, "best") == 0 ? ALL : ONE_PART;
        compare_ariths(&problem, transform, transform, CONFIG_SCALED | CONFIG_COMPENSATED, which,
                       &range);
        problem_free(&problem);
    }
    assert_int_equal(range.infinite, 0);
    report("every set", &range);
}

/* Channels from 16 to 512. */
static void every_channel_count(void **state) {
    (void)state;
    ratio_range range = {1, 1, 0, 0};
    for (int t = 0; t < nova_transform_count; t++) {
        const nova_transform *transform = &nova_transforms[t];
        conv_problem problem;
        if (transform->m == 1 || !is_sampled(t))
            continue;
        tile_problem(&problem, transform, transform, 16, 32, tiles_of(transform, 16), NOVA_F32,
                     (uint64_t)t + 1);
        compare_ariths(&problem, transform, transform, CONFIG_SCALED, 1u | 2u << t % 4, &range);
        problem_free(&problem);
        if (strcmp(transform->set, "best") != 0)
            continue;
        tile_problem(&problem, transform, transform, 512, 8, tiles_of(transform, 8), NOVA_F32,
                     (uint64_t)t + 1);
        compare_ariths(&problem, transform, transform, CONFIG_SCALED | CONFIG_COMPENSATED,
                       1u | 2u << t % 4, &range);
        problem_free(&problem);
    }
    report("16 and 512 channels", &range);
}

/* Without tap scaling: taps sink among the denormals, or overflow. Sets beyond F(8,3) sit at the
   edge of overflow, where it is chance whether one of so many values is beyond it. */
static void without_scaling(void **state) {
    (void)state;
    ratio_range range = {1, 1, 0, 0};
    for (int t = 0; t < nova_transform_count; t++) {
        const nova_transform *transform = &nova_transforms[t];
        conv_problem problem;
        if (transform->r != 3 || transform->m == 1 || transform->m > 8)
            continue;
        tile_problem(&problem, transform, transform, 64, 16, 10, NOVA_F32, (uint64_t)t + 50);
        compare_ariths(&problem, transform, transform, 0, F16_ONLY, &range);
        compare_ariths(&problem, transform, transform, CONFIG_COMPENSATED, F16_ONLY, &range);
        problem_free(&problem);
    }
    assert_int_equal(range.infinite, 4); /* integer F(7,3) and F(8,3), each twice */
    report("without tap scaling", &range);
}

static void rectangular_and_one_dimensional_tiles(void **state) {
    (void)state;
    const int tiles[][2] = {{1, 2}, {1, 6}, {6, 1}, {4, 6}, {8, 2}, {2, 8}, {3, 7}, {1, 8}};
    ratio_range range = {1, 1, 0, 0};
    for (int i = 0; i < NOVA_COUNT(tiles); i++) {
        const nova_transform *h = transform_of("best", tiles[i][0], 3);
        const nova_transform *w = transform_of("best", tiles[i][1], 3);
        conv_problem problem;
        tile_problem(&problem, h, w, 48, 16, 10, NOVA_F32, (uint64_t)i + 1);
        compare_ariths(&problem, h, w, CONFIG_SCALED | CONFIG_COMPENSATED, ALL, &range);
        problem_free(&problem);
    }
    report("rectangular tiles", &range);
}

/* Tensors of 16 bits: y is rounded, and x lies on a lattice. */
static void half_precision_tensors(void **state) {
    (void)state;
    ratio_range range = {1, 1, 0, 0};
    for (int m = 2; m <= 8; m += 2)
        for (int d = NOVA_F16; d <= NOVA_BF16; d++) {
            const nova_transform *transform = transform_of("best", m, 3);
            conv_problem problem;
            tile_problem(&problem, transform, transform, 64, 16, 8, (nova_dtype)d, (uint64_t)m);
            compare_ariths(&problem, transform, transform, CONFIG_SCALED, ALL, &range);
            problem_free(&problem);
        }
    report("16-bit tensors", &range);
}

/* Engines without codelets for a set, and machines without fused multiply-add. */
static void matrices_and_unfused_arithmetic(void **state) {
    (void)state;
    ratio_range range = {1, 1, 0, 0};
    for (int m = 2; m <= 8; m += 2) {
        const nova_transform *transform = transform_of("best", m, 3);
        conv_problem problem;
        tile_problem(&problem, transform, transform, 32, 16, 10, NOVA_F32, (uint64_t)m);
        compare_ariths(&problem, transform, transform, CONFIG_NO_CODELETS, 1, &range);
        compare_ariths(&problem, transform, transform, CONFIG_UNFUSED, 1, &range);
        problem_free(&problem);
    }
    report("matrices, unfused", &range);
}

/* Coefficients that binary32 cannot hold cost accuracy of their own: with a coarse coefficient
   that is all the error there is. */
static void coefficients_are_part_of_the_error(void **state) {
    (void)state;
    const nova_transform *transform = transform_of("best", 6, 3);
    conv_problem problem;
    configuration config;
    ratio_range range = {1, 1, 0, 0};
    tile_problem(&problem, transform, transform, 32, 16, 8, NOVA_F32, 31);
    configuration_init(&config, transform, transform, &problem.desc, NOVA_ARITH_F32, 0);
    config.input_w.coefs[0] *= 1.001; /* both dimensions' models have a codelet of their own */
    config.output_h.coefs[1] *= 0.998;
    double *y = malloc(problem.outputs * sizeof *y);
    nova_error_terms terms;
    nova_predict_error(&config.model, &terms);
    assert_true(terms.input > 1e-4 && terms.output > 1e-4);
    compare(&problem, &config, y, &range);
    free(y);
    problem_free(&problem);
}

/** A transform with one product more than it needs: product `twin` is done twice, with other
    factors, and each counts half. N > n, as with quadratic moduli, and H is singular. */
typedef struct redundant_transform {
    nova_transform transform;
    double AT[NOVA_MAX_TILE * NOVA_MAX_PRODUCTS];
    double G[NOVA_MAX_PRODUCTS * NOVA_MAX_TAPS];
    double BT[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
} redundant_transform;

static void make_redundant(redundant_transform *r, const nova_transform *t, int twin) {
    const int products = t->products;
    r->transform = *t;
    r->transform.products = products + 1;
    for (int j = 0; j < t->m; j++) {
        const double *row = t->AT + j * products;
        memcpy(r->AT + j * (products + 1), row, (size_t)products * sizeof *row);
        r->AT[j * (products + 1) + twin] = row[twin] / 2;
        r->AT[j * (products + 1) + products] = row[twin] / 2 / (0.6 * 0.7);
    }
    memcpy(r->G, t->G, (size_t)(products * t->r) * sizeof *t->G);
    memcpy(r->BT, t->BT, (size_t)(products * t->inputs) * sizeof *t->BT);
    for (int k = 0; k < t->r; k++)
        r->G[products * t->r + k] = 0.6 * t->G[twin * t->r + k];
    for (int l = 0; l < t->inputs; l++)
        r->BT[products * t->inputs + l] = 0.7 * t->BT[twin * t->inputs + l];
    r->transform.AT = r->AT;
    r->transform.G = r->G;
    r->transform.BT = r->BT;
}

static void more_products_than_inputs(void **state) {
    (void)state;
    ratio_range range = {1, 1, 0, 0};
    for (int m = 2; m <= 6; m += 2) {
        redundant_transform h;
        conv_problem problem;
        const nova_transform *w = transform_of("best", 4, 3);
        make_redundant(&h, transform_of("best", m, 3), 1);
        assert_true(nova_transform_defect(&h.transform) < 1e-14);
        tile_problem(&problem, &h.transform, w, 32, 16, 12, NOVA_F32, (uint64_t)m);
        compare_ariths(&problem, &h.transform, w, CONFIG_SCALED | CONFIG_NO_CODELETS, ALL, &range);
        compare_ariths(&problem, &h.transform, w,
                       CONFIG_SCALED | CONFIG_NO_CODELETS | CONFIG_COMPENSATED, ALL, &range);
        double *y = malloc(problem.outputs * sizeof *y);
        assert_int_equal(
            nova_reference_winograd(&problem.desc, &h.transform, w, &problem.operands, false, y),
            NOVA_OK);
        assert_true(nova_reference_error(y, problem.exact, problem.outputs) < 1e-13);
        free(y);
        problem_free(&problem);
    }
    report("more products than inputs", &range);
}

/* ---- direct convolution */

static float chunked_sum(const float *a, const float *b, int count, int chunk) {
    float total = 0;
    for (int first = 0; first < count; first += chunk) {
        float sum = 0;
        for (int i = first; i < NOVA_MIN(count, first + chunk); i++)
            sum = fmaf(a[i], b[i], sum);
        total += sum;
    }
    return total;
}

static double predict_direct(int64_t products, int chunk, nova_dtype dtype, double y_rms) {
    const nova_direct_model model = {.arith = NOVA_ARITH_F32,
                                     .dtype = dtype,
                                     .products = products,
                                     .chunk = chunk,
                                     .input_rms = 1,
                                     .filter_rms = y_rms / sqrt((double)products)};
    return nova_predict_direct_error(&model);
}

static void direct_sums(void **state) {
    (void)state;
    enum { COUNT = 600, TRIALS = 4000 };
    test_random random = {41};
    const int chunks[] = {1, 9, 64, 600};
    for (int i = 0; i < NOVA_COUNT(chunks); i++) {
        double error = 0, signal = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            float a[COUNT], b[COUNT];
            double exact = 0;
            for (int j = 0; j < COUNT; j++) {
                a[j] = (float)random_normal(&random);
                b[j] = (float)random_normal(&random);
                exact += (double)a[j] * b[j];
            }
            const double difference = chunked_sum(a, b, COUNT, chunks[i]) - exact;
            error += difference * difference;
            signal += exact * exact;
        }
        const double predicted = predict_direct(COUNT, chunks[i], NOVA_F32, 1);
        assert_true(fabs(predicted / sqrt(error / signal) - 1) < 0.1);
    }
    const double stored = predict_direct(9, 9, NOVA_F16, 1);
    assert_true(stored > 1.9e-4 && stored < 2.3e-4);
    assert_true(predict_direct(9, 9, NOVA_F16, 1e5) == INFINITY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounding_variance_is_right_at_every_scale),
        cmocka_unit_test(known_errors_of_binary16),
        cmocka_unit_test(every_set),
        cmocka_unit_test(every_channel_count),
        cmocka_unit_test(without_scaling),
        cmocka_unit_test(rectangular_and_one_dimensional_tiles),
        cmocka_unit_test(half_precision_tensors),
        cmocka_unit_test(matrices_and_unfused_arithmetic),
        cmocka_unit_test(coefficients_are_part_of_the_error),
        cmocka_unit_test(more_products_than_inputs),
        cmocka_unit_test(direct_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
