/*
 * predict_storage.c - the part of the error model that is due to the storage of U, V and M.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "numerics/compensate.h"
#include "numerics/predict.h"

/* Relative errors of one tap of U, V and M, and the mean square of the rounded U. */
typedef struct tap_rounding {
    nova_rounding u, v, m;
    double power_u;
} tap_rounding;

nova_rounding nova_storage_rounding(nova_dtype dtype, double rms, bool rounded_already) {
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

static double filter_tap_rms(const nova_model_context *context, int i, int j) {
    const nova_error_model *model = context->model;
    return model->filter_rms * model->filter_scale * context->h.filter_rms[i] *
           context->w.filter_rms[j];
}

static double input_tap_rms(const nova_model_context *context, int i, int j) {
    return context->model->input_rms * context->h.input_rms[i] * context->w.input_rms[j];
}

/* Three parts hold all bits of a binary32 number. */
static nova_rounding split_rounding(nova_arith arith, double rms, bool rounded_already) {
    const int parts = nova_arith_parts(arith);
    if (parts == 1)
        return nova_storage_rounding(nova_arith_uv_type(arith), rms, rounded_already);
    const bool exact = rounded_already && parts == 3;
    const double residual = nova_split_residual(parts, rms);
    return (nova_rounding){1, exact && isfinite(residual) ? 0 : residual, 1};
}

static tap_rounding round_tap(const nova_model_context *context, int i, int j) {
    const nova_error_model *model = context->model;
    const double u_rms = filter_tap_rms(context, i, j);
    const double v_rms = input_tap_rms(context, i, j);
    tap_rounding tap;
    if (model->compensation) { /* the error is context->compensated_error */
        tap.u = (nova_rounding){1, 0, context->compensated[i][j].nonzero};
        tap.power_u = context->compensated[i][j].power;
    } else {
        tap.u = split_rounding(model->arith, u_rms, false);
        tap.power_u = power(tap.u);
    }
    tap.v = split_rounding(model->arith, v_rms, true);
    const double channels = (double)model->channels;
    const double m_rms = u_rms * v_rms * sqrt(channels * tap.power_u * power(tap.v));
    /* Where U and V are mostly zero so is M; what matters is how large it is otherwise. */
    const double nonzero = -expm1(channels * log1p(-tap.u.nonzero * tap.v.nonzero));
    tap.m = nova_storage_rounding(nova_arith_m_type(model->arith), m_rms / sqrt(nonzero), true);
    if (model->compensation)
        tap.m = uncorrelated(tap.m);
    return tap;
}

/* Mean square output error where tap [s,t] of M comes out too small by the share loss[s][t]. */
static double coherent_error(const nova_model_context *context, nova_tap_matrix loss) {
    const nova_dimension *h = &context->h, *w = &context->w;
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

/* Where U or V overflows its power is infinite, which does not make an error of what has none. */
static double amplified(double noise, double power_uv) {
    return noise > 0 ? noise * power_uv : 0;
}

static nova_storage_error storage_noise(const nova_model_context *context, nova_tap_matrix lost_u,
                                        nova_tap_matrix lost_v, nova_tap_matrix lost_m,
                                        nova_tap_matrix lost) {
    nova_storage_error sum = {0, 0, 0};
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
nova_storage_error nova_storage_errors(const nova_model_context *context) {
    nova_tap_matrix lost_u, lost_v, lost_m, lost;
    nova_storage_error sum = storage_noise(context, lost_u, lost_v, lost_m, lost);
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

/* With p parts the products of order p are the largest that are left out: parts a and b of U and V
   with a + b = p, where a part's mean square is that of what the ones before it leave. */
double nova_dropped_error(const nova_model_context *context) {
    const int parts = nova_arith_parts(context->model->arith);
    double sum = 0;
    for (int i = 0; parts > 1 && i < context->h.products; i++)
        for (int j = 0; j < context->w.products; j++) {
            const double u_rms = filter_tap_rms(context, i, j);
            const double v_rms = input_tap_rms(context, i, j);
            for (int a = 1; a < parts; a++)
                sum += context->h.weight[i][i] * context->w.weight[j][j] *
                       nova_split_residual(a, u_rms) * nova_split_residual(parts - a, v_rms);
        }
    return sum / (context->h.signal * context->w.signal);
}

/* ---- compensated rounding of U */

/* Inverse of the unit triangular matrix of R[p,q] / R[p,p]. */
static void invert_ratios(const nova_noise_factor *factor, nova_tap_matrix inverse) {
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
    nova_tap_matrix inverse_h, inverse_w;
    nova_tap_matrix errors; /* mean square rounding error at each position */
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
 * What a unit rounding error at each position costs: column p of L^-1 is the error of U that it
 * makes. Where all outputs are kept equally often this is R[p,p]^2.
 */
static void step_costs(const nova_dimension *dim, const nova_scaling *scaling,
                       const nova_noise_factor *factor, nova_tap_matrix inverse,
                       double cost[NOVA_MAX_PRODUCTS]) {
    for (int p = 0; p < dim->products; p++) {
        cost[p] = 0;
        for (int i = 0; i <= p; i++)
            for (int j = 0; j <= p; j++) {
                const int s = factor->order[i], t = factor->order[j];
                const double weight = dim->filter[s * dim->products + t];
                cost[p] += inverse[i][p] * inverse[j][p] *
                           ldexp(weight, -scaling->filter[s] - scaling->filter[t]);
            }
        cost[p] = fmax(cost[p], 0); /* a singular H leaves rounding errors of either sign */
    }
}

/*
 * Compensated rounding of U: the error of each position is that of the rounding of its target,
 * independent of all others.
 */
void nova_predict_compensation(nova_model_context *context) {
    const nova_error_model *model = context->model;
    const nova_dtype uv_type = nova_arith_uv_type(model->arith);
    compensation_walk walk;
    double cost_h[NOVA_MAX_PRODUCTS], cost_w[NOVA_MAX_PRODUCTS], sum = 0;
    nova_noise_factor_init(&walk.h, model->h, model->scaling_h, NULL);
    nova_noise_factor_init(&walk.w, model->w, model->scaling_w, NULL);
    invert_ratios(&walk.h, walk.inverse_h);
    invert_ratios(&walk.w, walk.inverse_w);
    step_costs(&context->h, model->scaling_h, &walk.h, walk.inverse_h, cost_h);
    step_costs(&context->w, model->scaling_w, &walk.w, walk.inverse_w, cost_w);
    for (int p = walk.h.products - 1; p >= 0; p--)
        for (int q = walk.w.products - 1; q >= 0; q--) {
            const int row = walk.h.order[p], column = walk.w.order[q];
            const double rms = filter_tap_rms(context, row, column);
            const double target = target_power(&walk, rms, p, q);
            const nova_rounding rounding = nova_rounding_of(uv_type, sqrt(target));
            walk.errors[p][q] = nova_rounding_variance(uv_type, sqrt(target));
            sum += cost_h[p] * cost_w[q] * walk.errors[p][q];
            context->compensated[row][column] =
                (nova_compensated_tap){power(rounding) * target / (rms * rms), rounding.nonzero};
        }
    const double scale = model->filter_rms * model->filter_scale;
    sum /= scale * scale * context->h.signal * context->w.signal;
    context->compensated_error = isfinite(sum) ? sum : INFINITY;
}
