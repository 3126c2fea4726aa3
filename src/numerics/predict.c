/*
 * predict.c - the predicted error of a plan. Every formula is derived in docs/numerics-model.md.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/predict.h"

#include <math.h>

#include "numerics/linear.h"
#include "runtime/runtime.h"

/* ---- one dimension */

/* sum_j shares[j] A[j,s] A[j,t]: what errors of products s and t do to the outputs that are kept.
 */
static double output_weight(const nova_dimension *dim, int s, int t) {
    const double *A = dim->transform->AT;
    double sum = 0;
    for (int j = 0; j < dim->transform->m; j++, A += dim->products)
        sum += dim->shares[j] * A[s] * A[t];
    return sum;
}

static void dimension_init(nova_dimension *dim, const nova_transform *t,
                           const nova_scaling *scaling, const double *shares) {
    const int products = t->products;
    dim->transform = t;
    dim->products = products;
    dim->signal = (double)t->m * t->r;
    for (int j = 0; j < t->m; j++)
        dim->shares[j] = shares ? shares[j] : 1;
    for (int i = 0; i < products; i++) {
        for (int j = 0; j < products; j++) {
            const double output = output_weight(dim, i, j);
            const double filter = nova_dot(t->G + i * t->r, t->G + j * t->r, t->r, 1);
            const double input =
                nova_dot(t->BT + i * t->inputs, t->BT + j * t->inputs, t->inputs, 1);
            dim->error[i * products + j] = output * filter;
            dim->filter[i * products + j] = output * input;
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

double nova_dimension_gain(const nova_dimension *dim) {
    double sum = 0;
    for (int i = 0; i < dim->products; i++)
        sum += dim->weight[i][i];
    return sum / dim->signal;
}

/* ---- sums over the channels */

/** What is summed. */
typedef struct summands {
    bool exact;     /* products of 11-bit or 8-bit numbers are exact in binary32 */
    double rounded; /* share of the additions to a running sum that round at all */
    bool split;     /* the sum starts from the small products of a split arithmetic */
} summands;

static summands summands_of(nova_arith arith) {
    const nova_dtype type = nova_arith_uv_type(arith);
    /* A product of two 8-bit numbers has 16 bits: a sum that is not 2^8 times as large takes it up
       as it is, unless it moves into the next binade. Found by simulation: 0.13 of the additions'
       variance is left, for 64 and for 128 normal terms (0.09 for 16). */
    return (summands){.exact = type != NOVA_F32,
                      .rounded = type == NOVA_BF16 ? 0.13 : 1,
                      .split = nova_arith_parts(arith) > 1};
}

/* Sum of the relative variances 1..n that a running sum of n terms has when it is rounded; the
   first large product joins small ones with all their bits, and is rounded. */
static double running_sum(double n, summands what) {
    return what.rounded * (n * (n + 1) / 2 - (what.exact ? 1 : 0)) + (what.split ? n : 0);
}

/*
 * A matrix unit sums `unit` exact products by itself, in two halves that start from zero, and adds
 * that to the running sum; a split arithmetic does so several times, with sums of which one is as
 * large as the others are not. What joins nothing is exact.
 */
static double unit_accumulation_error(int64_t terms, int size, nova_arith arith) {
    const double count = (double)terms, unit = NOVA_MIN((double)size, count);
    const double units = ceil(count / unit);
    const int parts = nova_arith_parts(arith), times = parts * (parts + 1) / 2;
    summands half = summands_of(arith);
    half.split = false;
    const double inner = 2 * running_sum(unit / 2, half) + half.rounded * unit;
    const double large = units * (units + 1) / 2 - (times > 1 ? 0 : 1);
    const double small = (times - 1) * units * (units - 1) / 2; /* before the large one */
    const double outer = unit * (large + small);
    return nova_rounding_f32() * (units * inner + outer) / count;
}

/* Relative error variance of a binary32 sum of `count` products in chunks. */
static double accumulation_error(int64_t count, int chunk, summands what, int fused) {
    const int64_t length = chunk > 0 && chunk < count ? chunk : count;
    const double full = (double)(count / length), rest = (double)(count % length);
    const double n = (double)length;
    double sum = full * running_sum(n, what);
    sum += n * (full * (full + 1) / 2 - 1); /* joining the total; the first joins nothing */
    if (rest > 0)
        sum += running_sum(rest, what) + (double)count;
    if (!fused && !what.exact)
        sum += (double)count - full - (rest > 0 ? 1 : 0); /* the first product has no sum to join */
    return nova_rounding_f32() * sum / (double)count;
}

/* ---- the whole */

/* Rounding of y; in binary32 it is the last operation of the output transform. */
static double store_error(nova_dtype dtype, double y_rms) {
    const nova_rounding rounding = nova_storage_rounding(dtype, y_rms, true);
    const double loss = 1 - rounding.gain;
    return rounding.noise + loss * loss;
}

static double total_of(const nova_error_terms *variances) {
    const double sum = variances->u + variances->v + variances->m + variances->dropped +
                       variances->accumulation + variances->input + variances->filter +
                       variances->output + variances->store;
    return isfinite(sum) ? sqrt(sum) : INFINITY;
}

void nova_predict_error(const nova_error_model *model, nova_error_terms *terms) {
    nova_model_context context;
    context.model = model;
    dimension_init(&context.h, model->h, model->scaling_h, model->shares_h);
    dimension_init(&context.w, model->w, model->scaling_w, model->shares_w);
    context.compensated_error = 0;
    if (model->compensation)
        nova_predict_compensation(&context);
    const nova_storage_error stored = nova_storage_errors(&context);
    const double taps = (double)model->h->r * model->w->r;
    const double y_rms =
        model->input_rms * model->filter_rms * sqrt((double)model->channels * taps);
    const int64_t summed = model->channels * (model->sums_rows ? model->h->r : 1);
    const nova_error_terms variances = {
        .u = stored.u + context.compensated_error,
        .v = stored.v,
        .m = stored.m,
        .dropped = nova_dropped_error(&context),
        .accumulation =
            (model->unit > 0 ? unit_accumulation_error(summed, model->unit, model->arith)
                             : accumulation_error(summed, model->chunk, summands_of(model->arith),
                                                  model->fused)) *
            nova_dimension_gain(&context.h) * nova_dimension_gain(&context.w),
        .input = nova_input_error(&context),
        .filter = nova_filter_error(&context),
        .output = nova_output_error(&context),
        .store = store_error(model->dtype, y_rms),
    };
    *terms = (nova_error_terms){.u = sqrt(variances.u),
                                .v = sqrt(variances.v),
                                .m = sqrt(variances.m),
                                .dropped = sqrt(variances.dropped),
                                .accumulation = sqrt(variances.accumulation),
                                .input = sqrt(variances.input),
                                .filter = sqrt(variances.filter),
                                .output = sqrt(variances.output),
                                .store = sqrt(variances.store),
                                .total = total_of(&variances)};
}

/* Variance of what p bfloat16 parts leave of x: nothing, where they have all its bits. */
static double input_residual(const nova_direct_model *model, int parts) {
    static const int bits[] = {[NOVA_F32] = 24, [NOVA_F16] = 11, [NOVA_BF16] = 8};
    const double residual = nova_split_residual(parts, model->input_rms);
    return 8 * parts >= bits[model->dtype] && isfinite(residual) ? 0 : residual;
}

/* Storing x and the weights in parts, and leaving products of parts out. */
static double parts_error(const nova_direct_model *model) {
    const int parts = nova_arith_parts(model->arith);
    if (model->arith == NOVA_ARITH_F32)
        return 0;
    double sum = input_residual(model, parts) + nova_split_residual(parts, model->filter_rms);
    for (int a = 1; a < parts; a++)
        sum += nova_split_residual(a, model->filter_rms) * input_residual(model, parts - a);
    return sum;
}

double nova_predict_direct_error(const nova_direct_model *model) {
    summands what = summands_of(model->arith);
    if (model->arith == NOVA_ARITH_F32)
        what.exact = model->dtype != NOVA_F32;
    const double sums = model->unit > 0
                            ? unit_accumulation_error(model->products, model->unit, model->arith)
                            : accumulation_error(model->products, model->chunk, what, 1);
    const double y_rms = model->input_rms * model->filter_rms * sqrt((double)model->products);
    const double error = parts_error(model) + sums + store_error(model->dtype, y_rms);
    return isfinite(error) ? sqrt(error) : INFINITY;
}
