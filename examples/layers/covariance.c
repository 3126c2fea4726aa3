/*
 * covariance.c - second moments of real data, and the noise gain for them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "layers.h"
#include "numerics/moments.h"

enum { ROW_STEP = 8, LANES = 8 };

/** sum of x[i] y[i]; several sums at a time, which the compiler keeps in one vector. */
static double dot(const float *x, const float *y, int64_t count) {
    double lanes[LANES] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (int lane = 0; lane < LANES; ++lane) {
            lanes[lane] += (double)x[i + lane] * y[i + lane];
        }
    }
    for (; i < count; ++i) {
        sum += (double)x[i] * y[i];
    }
    for (int lane = 0; lane < LANES; ++lane) {
        sum += lanes[lane];
    }
    return sum;
}

/** An array [rows][columns][channels]. */
typedef struct plane {
    const float *x;
    int rows, columns;
    int64_t channels;
} plane;

/** Sum over pairs of pixels (i, j), (i+dh, j+dw) for every step-th i; *pairs counts them. */
static double pair_sum(const plane *in, int dh, int dw, int step, double *pairs) {
    const int left = dw < 0 ? -dw : 0, count = in->columns - (dw < 0 ? -dw : dw);
    double sum = 0;
    for (int i = 0; i + dh < in->rows && count > 0; i += step) {
        const float *row = in->x + ((int64_t)i * in->columns + left) * in->channels;
        const float *other = row + ((int64_t)dh * in->columns + dw) * in->channels;
        sum += dot(row, other, count * in->channels);
        *pairs += (double)count * (double)in->channels;
    }
    return sum;
}

static void normalise(layers_moments *moments) {
    const double power = moments->at[0][LAYERS_LAGS - 1];
    for (int i = 0; i < LAYERS_LAGS; ++i) {
        for (int j = 0; j < 2 * LAYERS_LAGS - 1; ++j) {
            moments->at[i][j] = power > 0 ? moments->at[i][j] / power : 0;
        }
    }
}

typedef struct moments_task {
    const plane *in;
    layers_moments *moments;
} moments_task;

static void moments_of_row_lag(void *argument, int dh) {
    const moments_task *task = argument;
    for (int dw = 1 - LAYERS_LAGS; dw < LAYERS_LAGS; ++dw) {
        double pairs = 0, sum = pair_sum(task->in, dh, dw, ROW_STEP, &pairs);
        task->moments->at[dh][dw + LAYERS_LAGS - 1] = pairs > 0 ? sum / pairs : 0;
    }
}

void layers_input_moments(const float *x, int height, int width, int64_t channels, int threads,
                          layers_moments *moments) {
    const plane in = {x, height, width, channels};
    moments_task task = {&in, moments};
    nova_parallel_for(threads, moments_of_row_lag, &task, LAYERS_LAGS);
    normalise(moments);
}

void layers_line_moments(const layers_moments *moments, double line[LAYERS_LAGS]) {
    line[0] = 1; /* also of data that are all zero */
    for (int lag = 1; lag < LAYERS_LAGS; ++lag) {
        line[lag] = (moments->at[0][LAYERS_LAGS - 1 + lag] + moments->at[lag][LAYERS_LAGS - 1]) / 2;
    }
    nova_moments_make_definite(line, LAYERS_LAGS);
}

void layers_weight_moments(const float *weights, int64_t count, int r, int s,
                           layers_moments *moments) {
    *moments = (layers_moments){.at = {{0}}};
    for (int dh = 0; dh < r; ++dh) {
        for (int dw = 1 - s; dw < s; ++dw) {
            double pairs = 0, sum = 0;
            for (int64_t i = 0; i < count; ++i) {
                const plane filter = {weights + i * r * s, r, s, 1};
                sum += pair_sum(&filter, dh, dw, 1, &pairs);
            }
            moments->at[dh][dw + LAYERS_LAGS - 1] = sum / pairs;
        }
    }
    normalise(moments);
}

/** lags[d] = sum_i row[i] row[i+d]. */
static void autocorrelate(const double *row, int count, double lags[LAYERS_LAGS]) {
    for (int d = 0; d < count; ++d) {
        lags[d] = 0;
        for (int i = 0; i + d < count; ++i) {
            lags[d] += row[i] * row[i + d];
        }
    }
}

/** E[(h x w^T)^2] for x of these moments (null: white), h and w of `count` entries. */
static double tap_power(const double *h, const double *w, int count,
                        const layers_moments *moments) {
    double lags_h[LAYERS_LAGS], lags_w[LAYERS_LAGS], sum = 0;
    autocorrelate(h, count, lags_h);
    autocorrelate(w, count, lags_w);
    if (moments == NULL) {
        return lags_h[0] * lags_w[0];
    }
    for (int dh = 0; dh < count; ++dh) {
        for (int dw = 1 - count; dw < count; ++dw) {
            double weight = lags_h[dh] * lags_w[dw < 0 ? -dw : dw] * (dh > 0 ? 2 : 1);
            sum += weight * moments->at[dh][dw + LAYERS_LAGS - 1];
        }
    }
    return sum;
}

static double column_power(const nova_transform *t, int product) {
    double sum = 0;
    for (int j = 0; j < t->m; ++j) {
        sum += t->AT[j * t->products + product] * t->AT[j * t->products + product];
    }
    return sum;
}

double layers_alpha2(const nova_transform *t, const layers_moments *input,
                     const layers_moments *weights) {
    double sum = 0;
    for (int i = 0; i < t->products; ++i) {
        for (int j = 0; j < t->products; ++j) {
            double u = tap_power(t->G + i * t->r, t->G + j * t->r, t->r, weights);
            double v = tap_power(t->BT + i * t->inputs, t->BT + j * t->inputs, t->inputs, input);
            sum += column_power(t, i) * column_power(t, j) * u * v;
        }
    }
    return sqrt(sum) / ((double)t->m * t->r);
}
