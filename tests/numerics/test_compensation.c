/*
 * test_compensation.c - error-compensated rounding of transformed filters: what it minimises, what
 * it gains, and that the prediction knows.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "numerics/compensate.h"
#include "problem.h"
#include "runtime/runtime.h"

enum { FILTERS = 4000, SIDE = NOVA_MAX_PRODUCTS };

/* H[s,t] = sum_j A[j,s] A[j,t] (B B^T)[s,t] with the scaled matrices, by its definition. */
static void noise_weight(const nova_transform *t, const nova_scaling *scaling, double *weight) {
    for (int a = 0; a < t->products; a++)
        for (int b = 0; b < t->products; b++) {
            double output = 0, input = 0;
            for (int j = 0; j < t->m; j++)
                output += t->AT[j * t->products + a] * t->AT[j * t->products + b];
            for (int l = 0; l < t->inputs; l++)
                input += t->BT[a * t->inputs + l] * t->BT[b * t->inputs + l];
            weight[a * t->products + b] =
                output * input * pow(2, -scaling->filter[a]) * pow(2, -scaling->filter[b]);
        }
}

static void the_factor_is_a_square_root(void **state) {
    (void)state;
    for (int t = 0; t < nova_transform_count; t++) {
        const nova_transform *transform = &nova_transforms[t];
        double weight[SIDE * SIDE];
        nova_scaling scaling;
        nova_noise_factor factor;
        nova_scaling_choose(transform, &scaling);
        noise_weight(transform, &scaling, weight);
        nova_noise_factor_init(&factor, transform, &scaling, NULL);
        for (int p = 0; p < factor.products; p++)
            for (int q = 0; q < factor.products; q++) {
                double sum = 0;
                for (int k = 0; k <= NOVA_MIN(p, q); k++)
                    sum += factor.diagonal[k] * factor.diagonal[k] * factor.ratio[k][p] *
                           factor.ratio[k][q];
                const int a = factor.order[p], b = factor.order[q];
                const double scale =
                    sqrt(weight[a * factor.products + a] * weight[b * factor.products + b]);
                assert_true(fabs(sum - weight[a * factor.products + b]) <= 1e-12 * scale);
            }
    }
}

/** Transformed filters of one tile, exact and rounded, [tap][filter]. */
typedef struct filters {
    configuration config;
    nova_conv_desc desc;
    int taps;
    double *exact, *rounded, *scratch;
} filters;

static void filters_init(filters *f, const nova_transform *h, const nova_transform *w,
                         nova_arith arith, uint64_t seed) {
    test_random random = {seed};
    double filter[NOVA_MAX_TAPS * NOVA_MAX_TAPS], u[SIDE * SIDE];
    f->desc = problem_desc(1, 64, 16, 16, 1, h->r, w->r);
    configuration_init(&f->config, h, w, &f->desc, arith, CONFIG_SCALED | CONFIG_COMPENSATED);
    f->taps = h->products * w->products;
    const size_t bytes = (size_t)f->taps * FILTERS * sizeof(double);
    f->exact = malloc(bytes);
    f->rounded = malloc(bytes);
    f->scratch = malloc(bytes);
    for (int i = 0; i < FILTERS; i++) {
        for (int j = 0; j < h->r * w->r; j++)
            filter[j] = f->config.model.filter_rms * random_normal(&random);
        nova_transform_filters(h, w, &f->config.scaling_h, &f->config.scaling_w,
                               f->config.model.filter_scale, filter, 1, u);
        for (int t = 0; t < f->taps; t++)
            f->exact[t * FILTERS + i] = u[t];
    }
}

static void filters_free(filters *f) {
    free(f->exact);
    free(f->rounded);
    free(f->scratch);
}

static void round_compensated(filters *f) {
    const nova_error_model *model = &f->config.model;
    nova_compensator *compensator;
    memcpy(f->rounded, f->exact, (size_t)f->taps * FILTERS * sizeof(double));
    assert_int_equal(nova_compensator_create(model->h, model->w, model->scaling_h, model->scaling_w,
                                             NULL, &compensator),
                     NOVA_OK);
    nova_compensator_round(compensator, nova_arith_uv_type(model->arith), f->rounded, FILTERS,
                           f->scratch);
    nova_compensator_destroy(compensator);
}

static void round_plainly(filters *f) {
    for (int i = 0; i < f->taps * FILTERS; i++)
        f->rounded[i] =
            nova_round_double_to(nova_arith_uv_type(f->config.model.arith), f->exact[i]);
}

/* e^T (H_h (x) H_w) e of one filter. */
static double weighted_error(const filters *f, const double *h, const double *w, int filter) {
    const int rows = f->config.model.h->products, columns = f->config.model.w->products;
    double e[SIDE * SIDE], half[SIDE * SIDE], sum = 0;
    for (int t = 0; t < f->taps; t++)
        e[t] = f->exact[t * FILTERS + filter] - f->rounded[t * FILTERS + filter];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            half[i * columns + j] = 0;
            for (int k = 0; k < columns; k++)
                half[i * columns + j] += e[i * columns + k] * w[k * columns + j];
        }
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < rows; k++)
            for (int j = 0; j < columns; j++)
                sum += e[k * columns + j] * h[k * rows + i] * half[i * columns + j];
    return sum;
}

/* Relative rms error of the output that the rounded filters make, all else exact. */
static double output_error(const filters *f) {
    const nova_error_model *model = &f->config.model;
    double h[SIDE * SIDE], w[SIDE * SIDE], sum = 0;
    noise_weight(model->h, model->scaling_h, h);
    noise_weight(model->w, model->scaling_w, w);
    for (int i = 0; i < FILTERS; i++)
        sum += weighted_error(f, h, w, i);
    const double signal = (double)model->h->m * model->h->r * model->w->m * model->w->r;
    const double scale = model->filter_rms * model->filter_scale;
    return sqrt(sum / FILTERS / signal) / scale;
}

static void check_prediction(filters *f, int compensation, double measured) {
    nova_error_model *model = &f->config.model;
    nova_error_terms terms;
    model->compensation = compensation;
    nova_predict_error(model, &terms);
    /* With integer points the targets of compensated taps lie on a lattice not much finer than
       that of binary16, where errors are a little smaller than those of continuous values. */
    const double tolerance = compensation ? 0.1 : 0.05;
    if (!(fabs(terms.u / measured - 1) < tolerance))
        fail_msg("F(%d,%d) %s, arithmetic %d, compensation %d: predicted %.4g, measured %.4g",
                 model->h->m, model->h->r, model->h->set, (int)model->arith, compensation, terms.u,
                 measured);
}

static void never_worse_and_as_predicted(void **state) {
    (void)state;
    const nova_arith ariths[] = {NOVA_ARITH_F16, NOVA_ARITH_BF16};
    for (int t = 0; t < nova_transform_count; t++)
        for (int a = 0; a < 2; a++) {
            const nova_transform *transform = &nova_transforms[t];
            filters f;
            filters_init(&f, transform, transform, ariths[a], (uint64_t)t + 1);
            round_plainly(&f);
            const double plain = output_error(&f);
            check_prediction(&f, 0, plain);
            round_compensated(&f);
            const double compensated = output_error(&f);
            assert_true(compensated <= plain);
            check_prediction(&f, 1, compensated);
            filters_free(&f);
        }
}

/* Output error from rounding U to binary16, plain and compensated, in per cent: what visiting the
   taps in their own order gives is a bound for the better order. */
static void known_gains(void **state) {
    (void)state;
    const struct {
        int m;
        double plain, compensated;
    } known[] = {{4, 0.0995, 0.0649}, {6, 0.433, 0.201}, {8, 2.35, 0.71}};
    for (int i = 0; i < 3; i++) {
        const nova_transform *transform = transform_of("best", known[i].m, 3);
        filters f;
        filters_init(&f, transform, transform, NOVA_ARITH_F16, 5);
        round_plainly(&f);
        const double plain = 100 * output_error(&f);
        assert_true(fabs(plain / known[i].plain - 1) < 0.05);
        round_compensated(&f);
        const double compensated = 100 * output_error(&f);
        assert_true(compensated < known[i].compensated && compensated > 0.8 * known[i].compensated);
        print_message(
            "F(%d,3) best: U rounded to binary16: %.4f %%, compensated %.4f (bound %.4f)\n",
            known[i].m, plain, compensated, known[i].compensated);
        filters_free(&f);
    }
}

static void rounded_means_representable(void **state) {
    (void)state;
    filters f;
    filters_init(&f, transform_of("best", 6, 3), transform_of("dyadic", 8, 3), NOVA_ARITH_F16, 6);
    round_compensated(&f);
    for (int i = 0; i < f.taps * FILTERS; i++)
        assert_true(nova_round_double_to(NOVA_F16, f.rounded[i]) == f.rounded[i]);
    filters_free(&f);
}

/* One filter at a time gives the same bits as many at once. */
static void filters_do_not_depend_on_each_other(void **state) {
    (void)state;
    filters f;
    filters_init(&f, transform_of("best", 4, 3), transform_of("best", 6, 3), NOVA_ARITH_BF16, 7);
    round_compensated(&f);
    nova_compensator *compensator;
    assert_int_equal(nova_compensator_create(f.config.model.h, f.config.model.w,
                                             f.config.model.scaling_h, f.config.model.scaling_w,
                                             NULL, &compensator),
                     NOVA_OK);
    for (int i = 0; i < FILTERS; i++) {
        double u[SIDE * SIDE];
        for (int t = 0; t < f.taps; t++)
            u[t] = f.exact[t * FILTERS + i];
        nova_compensator_round(compensator, NOVA_BF16, u, 1, f.scratch);
        for (int t = 0; t < f.taps; t++)
            assert_true(u[t] == f.rounded[t * FILTERS + i]);
    }
    nova_compensator_destroy(compensator);
    filters_free(&f);
}

static void direct_dimensions_round_plainly(void **state) {
    (void)state;
    filters f;
    filters_init(&f, transform_of("direct", 1, 3), transform_of("direct", 1, 5), NOVA_ARITH_F16, 8);
    round_compensated(&f);
    for (int i = 0; i < f.taps * FILTERS; i++)
        assert_true(f.rounded[i] == nova_round_double_to(NOVA_F16, f.exact[i]));
    filters_free(&f);
}

/* NaN and Inf in one tap stay there; the other taps of that filter are rounded as if it were not.
 */
static void what_is_not_finite_stays_where_it_is(void **state) {
    (void)state;
    const double bad[] = {NAN, INFINITY, 1e9};
    filters f;
    filters_init(&f, transform_of("best", 6, 3), transform_of("best", 6, 3), NOVA_ARITH_F16, 9);
    for (int i = 0; i < 3; i++)
        f.exact[17 * FILTERS + i] = bad[i];
    round_compensated(&f);
    for (int i = 0; i < f.taps * FILTERS; i++)
        assert_int_equal(isfinite(f.rounded[i]) != 0, i < 17 * FILTERS || i >= 17 * FILTERS + 3);
    filters_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_factor_is_a_square_root),
        cmocka_unit_test(never_worse_and_as_predicted),
        cmocka_unit_test(known_gains),
        cmocka_unit_test(rounded_means_representable),
        cmocka_unit_test(filters_do_not_depend_on_each_other),
        cmocka_unit_test(direct_dimensions_round_plainly),
        cmocka_unit_test(what_is_not_finite_stays_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
