/*
 * predict.c - the predicted error of a plan. Every formula is derived in docs/numerics-model.md.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "numerics/compensate.h"
#include "numerics/linear.h"
#include "numerics/program.h"
#include "numerics/rounding.h"
#include "runtime/runtime.h"

/* ---- one dimension */

/** What the model needs of one transform; products s and t index all matrices. */
typedef struct dimension {
    const nova_transform *transform;
    int products;
    double signal;                                       /* m r */
    double filter_rms[NOVA_MAX_PRODUCTS];                /* of U's taps, scaled, for unit weights */
    double input_rms[NOVA_MAX_PRODUCTS];                 /* of V's taps, scaled, for unit input */
    double error[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS]; /* (A A^T) .* (G G^T), of errors in V */
    double weight[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS]; /* the same .* (B B^T), of relative ones */
    double product[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS]; /* (G G^T) .* (B B^T), covariance of M */
} dimension;

static void dimension_init(dimension *dim, const nova_transform *t, const nova_scaling *scaling) {
    const int products = t->products;
    dim->transform = t;
    dim->products = products;
    dim->signal = (double)t->m * t->r;
    for (int i = 0; i < products; i++) {
        for (int j = 0; j < products; j++) {
            const double output = nova_dot(t->AT + i, t->AT + j, t->m, products);
            const double filter = nova_dot(t->G + i * t->r, t->G + j * t->r, t->r, 1);
            const double input =
                nova_dot(t->BT + i * t->inputs, t->BT + j * t->inputs, t->inputs, 1);
            dim->error[i * products + j] = output * filter;
            dim->weight[i][j] = output * filter * input;
            dim->product[i * products + j] = filter * input;
        }
        dim->filter_rms[i] =
            ldexp(sqrt(nova_dot(t->G + i * t->r, t->G + i * t->r, t->r, 1)), scaling->filter[i]);
        dim->input_rms[i] =
            ldexp(sqrt(nova_dot(t->BT + i * t->inputs, t->BT + i * t->inputs, t->inputs, 1)),
                  scaling->input[i]);
    }
}

/* Noise gain m r alpha_1D^2 of relative errors that are independent from product to product. */
static double independent_gain(const dimension *dim) {
    double sum = 0;
    for (int i = 0; i < dim->products; i++)
        sum += dim->weight[i][i];
    return sum / dim->signal;
}

/* ---- storage of U, V and M */

typedef double tap_matrix[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS];

/* What of a tap of U compensated rounding keeps: its mean square over that of the exact one, and
   the probability that it is not zero. */
typedef struct compensated_tap {
    double power, nonzero;
} compensated_tap;

typedef struct model_context {
    const nova_error_model *model;
    dimension h, w;
    double compensated_error; /* relative variance that compensated rounding of U leaves */
    compensated_tap compensated[NOVA_MAX_PRODUCTS][NOVA_MAX_PRODUCTS]; /* its taps */
} model_context;

/* Relative errors of one tap of U, V and M, and the mean square of the rounded U. */
typedef struct tap_rounding {
    nova_rounding u, v, m;
    double power_u;
} tap_rounding;

/* V and M in binary32 are what arithmetic left behind: storing them rounds nothing. */
static nova_rounding storage(nova_dtype dtype, double rms, bool rounded_already) {
    nova_rounding rounding = nova_rounding_of(dtype, rms);
    if (dtype == NOVA_F32 && rounded_already && isfinite(rounding.noise))
        rounding = (nova_rounding){1, 0, 1};
    return rounding;
}

static double power(nova_rounding rounding) {
    return rounding.gain * rounding.gain + rounding.noise;
}

/* What compensation adds to a tap that sinks among the denormals is unrelated to that tap, so that
   its loss in M is noise. */
static nova_rounding uncorrelated(nova_rounding rounding) {
    const double loss = 1 - rounding.gain;
    return (nova_rounding){1, rounding.noise + loss * loss, rounding.nonzero};
}

static double filter_tap_rms(const model_context *context, int i, int j) {
    const nova_error_model *model = context->model;
    return model->filter_rms * model->filter_scale * context->h.filter_rms[i] *
           context->w.filter_rms[j];
}

static tap_rounding round_tap(const model_context *context, int i, int j) {
    const nova_error_model *model = context->model;
    const nova_dtype uv_type = nova_arith_uv_type(model->arith);
    const double u_rms = filter_tap_rms(context, i, j);
    const double v_rms = model->input_rms * context->h.input_rms[i] * context->w.input_rms[j];
    tap_rounding tap;
    if (model->compensation) { /* the error is context->compensated_error */
        tap.u = (nova_rounding){1, 0, context->compensated[i][j].nonzero};
        tap.power_u = context->compensated[i][j].power;
    } else {
        tap.u = storage(uv_type, u_rms, false);
        tap.power_u = power(tap.u);
    }
    tap.v = storage(uv_type, v_rms, true);
    const double channels = (double)model->channels;
    const double m_rms = u_rms * v_rms * sqrt(channels * tap.power_u * power(tap.v));
    /* Where U and V are mostly zero so is M; what matters is how large it is otherwise. */
    const double nonzero = -expm1(channels * log1p(-tap.u.nonzero * tap.v.nonzero));
    tap.m = storage(nova_arith_m_type(model->arith), m_rms / sqrt(nonzero), true);
    if (model->compensation)
        tap.m = uncorrelated(tap.m);
    return tap;
}

/* Mean square output error where tap [s,t] of M comes out too small by the share loss[s][t]. */
static double coherent_error(const model_context *context, tap_matrix loss) {
    const dimension *h = &context->h, *w = &context->w;
    double sum = 0;
    for (int s = 0; s < h->products; s++)
        for (int t = 0; t < w->products; t++) {
            if (loss[s][t] == 0)
                continue;
            for (int i = 0; i < h->products; i++)
                for (int j = 0; j < w->products; j++)
                    sum += loss[s][t] * loss[i][j] * h->weight[s][i] * w->weight[t][j];
        }
    return sum / (h->signal * w->signal);
}

/* Variances of the output's relative error, before roots are taken. */
typedef struct storage_error {
    double u, v, m;
} storage_error;

/* Where U or V overflows its power is infinite, which does not make an error of what has none. */
static double amplified(double noise, double power_uv) {
    return noise > 0 ? noise * power_uv : 0;
}

static storage_error storage_noise(const model_context *context, tap_matrix lost_u,
                                   tap_matrix lost_v, tap_matrix lost_m, tap_matrix lost) {
    storage_error sum = {0, 0, 0};
    for (int i = 0; i < context->h.products; i++)
        for (int j = 0; j < context->w.products; j++) {
            const tap_rounding tap = round_tap(context, i, j);
            const double weight = context->h.weight[i][i] * context->w.weight[j][j] /
                                  (context->h.signal * context->w.signal);
            const double kept = tap.m.gain * tap.m.gain;
            sum.u += weight * amplified(tap.u.noise, power(tap.v)) * kept;
            sum.v += weight * tap.v.noise * tap.u.gain * tap.u.gain * kept;
            sum.m += weight * amplified(tap.m.noise, tap.power_u * power(tap.v));
            lost_u[i][j] = 1 - tap.u.gain;
            lost_v[i][j] = 1 - tap.v.gain;
            lost_m[i][j] = 1 - tap.m.gain;
            lost[i][j] = 1 - tap.u.gain * tap.v.gain * tap.m.gain;
        }
    return sum;
}

/* Adds the coherent loss, which is not additive, to the three sources in proportion to their own.
 */
static storage_error storage_errors(const model_context *context) {
    tap_matrix lost_u, lost_v, lost_m, lost;
    storage_error sum = storage_noise(context, lost_u, lost_v, lost_m, lost);
    const double u = coherent_error(context, lost_u), v = coherent_error(context, lost_v);
    const double m = coherent_error(context, lost_m);
    if (u + v + m > 0) {
        const double share = coherent_error(context, lost) / (u + v + m);
        sum.u += share * u;
        sum.v += share * v;
        sum.m += share * m;
    }
    return sum;
}

/* Inverse of the unit triangular matrix of R[p,q] / R[p,p]. */
static void invert_ratios(const nova_noise_factor *factor, tap_matrix inverse) {
    for (int q = 0; q < factor->products; q++)
        for (int p = q; p >= 0; p--) {
            double sum = p == q ? 1 : 0;
            for (int i = p + 1; i <= q; i++)
                sum -= factor->ratio[p][i] * inverse[i][q];
            inverse[p][q] = sum;
        }
}

/** Compensated rounding while it is being followed: errors[p][q] is known for later positions. */
typedef struct compensation_walk {
    nova_noise_factor h, w;
    tap_matrix inverse_h, inverse_w;
    tap_matrix errors; /* mean square rounding error at each position */
} compensation_walk;

/* Mean square of what position (p, q) of the compensator is asked to round: its tap, and what it
   takes over. With L the ratios, the errors e of U and those of the roundings, n, are tied by
   L e = n, so that e = L^-1 n, and all of e[p,q] but n[p,q] is what was taken over. */
static double target_power(const compensation_walk *walk, double rms, int p, int q) {
    double sum = rms * rms;
    for (int i = p; i < walk->h.products; i++)
        for (int j = i == p ? q + 1 : q; j < walk->w.products; j++) {
            const double taken = walk->inverse_h[p][i] * walk->inverse_w[q][j];
            sum += taken * taken * walk->errors[i][j];
        }
    return sum;
}

/*
 * Compensated rounding of U: in the coordinates of R the error of each position is R[p,p] times
 * the rounding error of its target.
 */
static void predict_compensation(model_context *context) {
    const nova_error_model *model = context->model;
    const nova_dtype uv_type = nova_arith_uv_type(model->arith);
    compensation_walk walk;
    double sum = 0;
    nova_noise_factor_init(&walk.h, model->h, model->scaling_h);
    nova_noise_factor_init(&walk.w, model->w, model->scaling_w);
    invert_ratios(&walk.h, walk.inverse_h);
    invert_ratios(&walk.w, walk.inverse_w);
    for (int p = walk.h.products - 1; p >= 0; p--)
        for (int q = walk.w.products - 1; q >= 0; q--) {
            const int row = walk.h.order[p], column = walk.w.order[q];
            const double rms = filter_tap_rms(context, row, column);
            const double target = target_power(&walk, rms, p, q);
            const double diagonal = walk.h.diagonal[p] * walk.w.diagonal[q];
            const nova_rounding rounding = nova_rounding_of(uv_type, sqrt(target));
            walk.errors[p][q] = nova_rounding_variance(uv_type, sqrt(target));
            sum += diagonal * diagonal * walk.errors[p][q];
            context->compensated[row][column] =
                (compensated_tap){power(rounding) * target / (rms * rms), rounding.nonzero};
        }
    const double scale = model->filter_rms * model->filter_scale;
    sum /= scale * scale * context->h.signal * context->w.signal;
    context->compensated_error = isfinite(sum) ? sum : INFINITY;
}

/* ---- sums over the channels */

/* Sum of the relative variances 1..n that a running sum of n terms has when it is rounded. */
static double running_sum(double n, bool exact_products) {
    return n * (n + 1) / 2 - (exact_products ? 1 : 0);
}

/*
 * Relative error variance of a binary32 sum of `count` products in chunks. Products of 11-bit or
 * 8-bit numbers are exact.
 */
static double accumulation_error(int64_t count, int chunk, bool exact_products, int fused) {
    const int64_t length = chunk > 0 && chunk < count ? chunk : count;
    const double full = (double)(count / length), rest = (double)(count % length);
    const double n = (double)length;
    double sum = full * running_sum(n, exact_products);
    sum += n * (full * (full + 1) / 2 - 1); /* joining the total; the first joins nothing */
    if (rest > 0)
        sum += running_sum(rest, exact_products) + (double)count;
    if (!fused && !exact_products)
        sum += (double)count - full - (rest > 0 ? 1 : 0); /* the first product has no sum to join */
    return nova_rounding_f32() * sum / (double)count;
}

/* ---- the transforms' own arithmetic */

/* <D,D> and <D,I> over m r of a deviation D from the identity tensor I[j,k,l] = [l == j+k]. */
typedef struct deviation {
    double square, overlap;
} deviation;

/* How far A^T, G, B^T with rounded coefficients are from computing a convolution. */
static deviation bilinear_deviation(const nova_transform *t, const double *AT, const double *BT) {
    deviation sum = {0, 0};
    for (int j = 0; j < t->m; j++)
        for (int k = 0; k < t->r; k++)
            for (int l = 0; l < t->inputs; l++) {
                double value = l == j + k ? -1 : 0;
                for (int i = 0; i < t->products; i++)
                    value += AT[j * t->products + i] * t->G[i * t->r + k] * BT[i * t->inputs + l];
                sum.square += value * value;
                sum.overlap += l == j + k ? value : 0;
            }
    sum.square /= (double)t->m * t->r;
    sum.overlap /= (double)t->m * t->r;
    return sum;
}

static double combined_deviation(deviation h, deviation w) {
    return h.square + w.square + 2 * h.overlap * w.overlap;
}

/* sum_st error[s,t] covariance[s,t] over the signal: output error of a covariance of V's errors. */
static double propagate(const dimension *dim, const double *covariance) {
    double sum = 0;
    for (int i = 0; i < dim->products * dim->products; i++)
        sum += dim->error[i] * covariance[i];
    return sum / dim->signal;
}

/* One pass of a transform: the error that its operations make, and that of its coefficients. */
typedef struct pass_error {
    double noise;
    deviation coefs;
} pass_error;

static pass_error input_pass(const dimension *dim, const nova_bound_codelet *codelet, int fused) {
    nova_program program;
    double unit[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS] = {0};
    double matrix[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    double error[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    nova_program_init(&program, dim->transform, NOVA_MAP_INPUT, codelet);
    for (int i = 0; i < program.columns; i++)
        unit[i * program.columns + i] = 1;
    nova_program_error(&program, fused, unit, error);
    nova_program_matrix(&program, matrix);
    return (pass_error){propagate(dim, error),
                        bilinear_deviation(dim->transform, dim->transform->AT, matrix)};
}

static pass_error output_pass(const dimension *dim, const nova_bound_codelet *codelet, int fused) {
    nova_program program;
    double matrix[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    double error[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    double trace = 0;
    nova_program_init(&program, dim->transform, NOVA_MAP_OUTPUT, codelet);
    nova_program_error(&program, fused, dim->product, error);
    nova_program_matrix(&program, matrix);
    for (int i = 0; i < program.rows; i++)
        trace += error[i * program.rows + i];
    return (pass_error){trace / dim->signal,
                        bilinear_deviation(dim->transform, matrix, dim->transform->BT)};
}

/* V = B_h^T (d B_w): errors of the first pass, along the width, are transformed exactly by the
   second; those of the second arise anew in each product of the width. */
static double input_error(const model_context *context) {
    const nova_error_model *model = context->model;
    const pass_error h = input_pass(&context->h, model->input_h, model->fused);
    const pass_error w = input_pass(&context->w, model->input_w, model->fused);
    return w.noise + h.noise * independent_gain(&context->w) + combined_deviation(h.coefs, w.coefs);
}

/* Y = A_h^T (M A_w): errors of the first pass arise in each product of the height. */
static double output_error(const model_context *context) {
    const nova_error_model *model = context->model;
    const pass_error h = output_pass(&context->h, model->output_h, model->fused);
    const pass_error w = output_pass(&context->w, model->output_w, model->fused);
    return w.noise * independent_gain(&context->h) + h.noise + combined_deviation(h.coefs, w.coefs);
}

/* ---- the whole */

/* Rounding of y; in binary32 it is the last operation of the output transform. */
static double store_error(nova_dtype dtype, double y_rms) {
    const nova_rounding rounding = storage(dtype, y_rms, true);
    const double loss = 1 - rounding.gain;
    return rounding.noise + loss * loss;
}

static double total_of(const nova_error_terms *variances) {
    const double sum = variances->u + variances->v + variances->m + variances->accumulation +
                       variances->input + variances->output + variances->store;
    return isfinite(sum) ? sqrt(sum) : INFINITY;
}

void nova_predict_error(const nova_error_model *model, nova_error_terms *terms) {
    model_context context;
    context.model = model;
    dimension_init(&context.h, model->h, model->scaling_h);
    dimension_init(&context.w, model->w, model->scaling_w);
    context.compensated_error = 0;
    if (model->compensation)
        predict_compensation(&context);
    const bool exact_products = nova_arith_uv_type(model->arith) != NOVA_F32;
    const storage_error stored = storage_errors(&context);
    const double taps = (double)model->h->r * model->w->r;
    const double y_rms =
        model->input_rms * model->filter_rms * sqrt((double)model->channels * taps);
    const nova_error_terms variances = {
        .u = stored.u + context.compensated_error,
        .v = stored.v,
        .m = stored.m,
        .accumulation =
            accumulation_error(model->channels, model->chunk, exact_products, model->fused) *
            independent_gain(&context.h) * independent_gain(&context.w),
        .input = input_error(&context),
        .output = output_error(&context),
        .store = store_error(model->dtype, y_rms),
    };
    *terms = (nova_error_terms){sqrt(variances.u),     sqrt(variances.v),
                                sqrt(variances.m),     sqrt(variances.accumulation),
                                sqrt(variances.input), sqrt(variances.output),
                                sqrt(variances.store), total_of(&variances)};
}

double nova_predict_direct_error(int64_t products, int chunk, nova_dtype dtype, double y_rms) {
    const double sums = accumulation_error(products, chunk, dtype != NOVA_F32, 1);
    const double error = sums + store_error(dtype, y_rms);
    return isfinite(error) ? sqrt(error) : INFINITY;
}
