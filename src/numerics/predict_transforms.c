/*
 * predict_transforms.c - the part of the error model that is due to the transforms' own arithmetic.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/predict.h"
#include "numerics/program.h"

/* <D,D> and <D,I> over m r, weighted by the shares of the outputs, of a deviation D from the
 * identity tensor I[j,k,l] = [l == j+k]. */
typedef struct deviation {
    double square, overlap;
} deviation;

/* How far A^T, G, B^T with rounded coefficients are from computing a convolution. */
static deviation bilinear_deviation(const nova_dimension *dim, const double *AT, const double *G,
                                    const double *BT) {
    const nova_transform *t = dim->transform;
    deviation sum = {0, 0};
    for (int j = 0; j < t->m; j++)
        for (int k = 0; k < t->r; k++)
            for (int l = 0; l < t->inputs; l++) {
                double value = l == j + k ? -1 : 0;
                for (int i = 0; i < t->products; i++)
                    value += AT[j * t->products + i] * G[i * t->r + k] * BT[i * t->inputs + l];
                sum.square += dim->shares[j] * value * value;
                sum.overlap += l == j + k ? dim->shares[j] * value : 0;
            }
    sum.square /= (double)t->m * t->r;
    sum.overlap /= (double)t->m * t->r;
    return sum;
}

static double combined_deviation(deviation h, deviation w) {
    return h.square + w.square + 2 * h.overlap * w.overlap;
}

/* sum_st gain[s,t] covariance[s,t] over the signal: output error of a covariance of the errors of V
   or U, whose gains are dim->error or dim->filter. */
static double propagate(const nova_dimension *dim, const double *gain, const double *covariance) {
    double sum = 0;
    for (int i = 0; i < dim->products * dim->products; i++)
        sum += gain[i] * covariance[i];
    return sum / dim->signal;
}

/* One pass of a transform: the error that its operations make, and that of its coefficients. */
typedef struct pass_error {
    double noise;
    deviation coefs;
} pass_error;

/* A pass of the input or the filter transform, for white data. */
static pass_error data_pass(const nova_dimension *dim, nova_map map,
                            const nova_bound_codelet *codelet, int fused) {
    const nova_transform *t = dim->transform;
    const bool input = map == NOVA_MAP_INPUT;
    nova_program program;
    double unit[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS] = {0};
    double matrix[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    double error[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    nova_program_init(&program, t, map, codelet);
    for (int i = 0; i < program.columns; i++)
        unit[i * program.columns + i] = 1;
    nova_program_error(&program, fused, unit, error);
    nova_program_matrix(&program, matrix);
    return (pass_error){propagate(dim, input ? dim->error : dim->filter, error),
                        input ? bilinear_deviation(dim, t->AT, t->G, matrix)
                              : bilinear_deviation(dim, t->AT, matrix, t->BT)};
}

static pass_error output_pass(const nova_dimension *dim, const nova_bound_codelet *codelet,
                              int fused) {
    nova_program program;
    double matrix[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    double error[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    double trace = 0;
    nova_program_init(&program, dim->transform, NOVA_MAP_OUTPUT, codelet);
    nova_program_error(&program, fused, dim->product, error);
    nova_program_matrix(&program, matrix);
    for (int i = 0; i < program.rows; i++)
        trace += dim->shares[i] * error[i * program.rows + i];
    return (pass_error){trace / dim->signal,
                        bilinear_deviation(dim, matrix, dim->transform->G, dim->transform->BT)};
}

/* V = B_h^T (d B_w): errors of the first pass, along the width, are transformed exactly by the
   second; those of the second arise anew in each product of the width. U = G_h (w G_w^T) alike. */
static double data_error(const nova_model_context *context, nova_map map,
                         const nova_bound_codelet *codelet_h, const nova_bound_codelet *codelet_w) {
    const int fused = context->model->fused;
    const pass_error h = data_pass(&context->h, map, codelet_h, fused);
    const pass_error w = data_pass(&context->w, map, codelet_w, fused);
    return w.noise + h.noise * nova_dimension_gain(&context->w) +
           combined_deviation(h.coefs, w.coefs);
}

double nova_input_error(const nova_model_context *context) {
    const nova_error_model *model = context->model;
    return data_error(context, NOVA_MAP_INPUT, model->input_h, model->input_w);
}

double nova_filter_error(const nova_model_context *context) {
    const nova_error_model *model = context->model;
    if (!model->filter_h)
        return 0;
    return data_error(context, NOVA_MAP_FILTER, model->filter_h, model->filter_w);
}

/* Y = A_h^T (M A_w): errors of the first pass arise in each product of the height. */
double nova_output_error(const nova_model_context *context) {
    const nova_error_model *model = context->model;
    const pass_error h = model->sums_rows ? (pass_error){0}
                                          : output_pass(&context->h, model->output_h, model->fused);
    const pass_error w = output_pass(&context->w, model->output_w, model->fused);
    return w.noise * nova_dimension_gain(&context->h) + h.noise +
           combined_deviation(h.coefs, w.coefs);
}
