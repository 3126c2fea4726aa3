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
static deviation bilinear_deviation(const nova_dimension *dim, const double *AT, const double *BT) {
    const nova_transform *t = dim->transform;
    deviation sum = {0, 0};
    for (int j = 0; j < t->m; j++)
        for (int k = 0; k < t->r; k++)
            for (int l = 0; l < t->inputs; l++) {
                double value = l == j + k ? -1 : 0;
                for (int i = 0; i < t->products; i++)
                    value += AT[j * t->products + i] * t->G[i * t->r + k] * BT[i * t->inputs + l];
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

/* sum_st error[s,t] covariance[s,t] over the signal: output error of a covariance of V's errors. */
static double propagate(const nova_dimension *dim, const double *covariance) {
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

static pass_error input_pass(const nova_dimension *dim, const nova_bound_codelet *codelet,
                             int fused) {
    nova_program program;
    double unit[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS] = {0};
    double matrix[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    double error[NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS];
    nova_program_init(&program, dim->transform, NOVA_MAP_INPUT, codelet);
    for (int i = 0; i < program.columns; i++)
        unit[i * program.columns + i] = 1;
    nova_program_error(&program, fused, unit, error);
    nova_program_matrix(&program, matrix);
    return (pass_error){propagate(dim, error), bilinear_deviation(dim, dim->transform->AT, matrix)};
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
    return (pass_error){trace / dim->signal, bilinear_deviation(dim, matrix, dim->transform->BT)};
}

/* V = B_h^T (d B_w): errors of the first pass, along the width, are transformed exactly by the
   second; those of the second arise anew in each product of the width. */
double nova_input_error(const nova_model_context *context) {
    const nova_error_model *model = context->model;
    const pass_error h = input_pass(&context->h, model->input_h, model->fused);
    const pass_error w = input_pass(&context->w, model->input_w, model->fused);
    return w.noise + h.noise * nova_dimension_gain(&context->w) +
           combined_deviation(h.coefs, w.coefs);
}

/* Y = A_h^T (M A_w): errors of the first pass arise in each product of the height. */
double nova_output_error(const nova_model_context *context) {
    const nova_error_model *model = context->model;
    const pass_error h = output_pass(&context->h, model->output_h, model->fused);
    const pass_error w = output_pass(&context->w, model->output_w, model->fused);
    return w.noise * nova_dimension_gain(&context->h) + h.noise +
           combined_deviation(h.coefs, w.coefs);
}
