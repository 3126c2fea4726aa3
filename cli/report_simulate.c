/*
 * report_simulate.c - arithmetics that the engine does not have, on independent tiles.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "numerics/half.h"
#include "report.h"
#include "runner.h"
#include "runtime/runtime.h"

enum { MAX_SIDE = NOVA_MAX_PRODUCTS, MAX_TAPS_2D = MAX_SIDE * MAX_SIDE };

/** One operand: values [tap][row][channel], a row being a tile or a filter. */
typedef struct operand {
    int rows;
    float *values; /* as transformed */
    float *stored; /* what is multiplied: values are about these times the scale */
    double scale[MAX_TAPS_2D];
} operand;

typedef struct simulation {
    const nova_transform *transform;
    report_format format;
    int channels, tiles, filters, products; /* products of the square tile */
    float *x, *weights;                     /* [tile][c][n][n], [filter][c][r][r] */
    operand u, v;
    double error, signal; /* sums of squares */
} simulation;

const char *report_format_name(report_format format) {
    static const char *const names[] = {"f16", "int8, per tap", "int8, per tensor"};
    return names[format];
}

/* ---- memory */

static float *floats(size_t count) {
    return nova_alloc(count * sizeof(float));
}

static bool allocate_operand(const simulation *sim, operand *side, int rows) {
    size_t count = (size_t)sim->products * (size_t)rows * (size_t)sim->channels;
    side->rows = rows;
    side->values = floats(count);
    side->stored = floats(count);
    return side->values != NULL && side->stored != NULL;
}

static void free_operand(operand *side) {
    nova_free(side->values);
    nova_free(side->stored);
}

static nova_status allocate(simulation *sim) {
    const size_t n = (size_t)sim->transform->inputs, r = (size_t)sim->transform->r;
    const size_t channels = (size_t)sim->channels;
    const size_t x_count = (size_t)sim->tiles * channels * n * n;
    const size_t weights_count = (size_t)sim->filters * channels * r * r;
    sim->x = floats(x_count);
    sim->weights = floats(weights_count);
    if (!sim->x || !sim->weights || !allocate_operand(sim, &sim->v, sim->tiles) ||
        !allocate_operand(sim, &sim->u, sim->filters)) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the report's simulation");
    }
    cli_fill_normal(sim->x, NOVA_F32, x_count, 1, 3);
    cli_fill_normal(sim->weights, NOVA_F32, weights_count, 1 / sqrt((double)channels), 4);
    return NOVA_OK;
}

static void release(simulation *sim) {
    free_operand(&sim->u);
    free_operand(&sim->v);
    nova_free(sim->x);
    nova_free(sim->weights);
}

/* ---- transforms */

/** y = W x W^T of a columns x columns array in binary32, fused, along the width first. */
static void transform_binary32(const double *matrix, int rows, int columns, const float *x,
                               float *y) {
    float half[MAX_TAPS_2D];
    for (int i = 0; i < columns; ++i) {
        for (int j = 0; j < rows; ++j) {
            float sum = 0;
            for (int k = 0; k < columns; ++k) {
                sum = fmaf((float)matrix[j * columns + k], x[i * columns + k], sum);
            }
            half[i * rows + j] = sum;
        }
    }
    for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < rows; ++j) {
            float sum = 0;
            for (int k = 0; k < columns; ++k) {
                sum = fmaf((float)matrix[i * columns + k], half[k * rows + j], sum);
            }
            y[i * rows + j] = sum;
        }
    }
}

/** U = G w G^T in double, rounded once to binary32 before it is stored. */
static void transform_filter(const nova_transform *transform, const float *filter, float *u) {
    const int rows = transform->products, r = transform->r;
    for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < rows; ++j) {
            double sum = 0;
            for (int k = 0; k < r * r; ++k) {
                sum += transform->G[i * r + k / r] * transform->G[j * r + k % r] * filter[k];
            }
            u[i * rows + j] = (float)sum;
        }
    }
}

/** Taps of one row and channel to where the products want them. */
static void scatter(const simulation *sim, operand *side, int row, int channel, const float *taps) {
    for (int tap = 0; tap < sim->products; ++tap) {
        side->values[(tap * side->rows + row) * sim->channels + channel] = taps[tap];
    }
}

static void transform_operands(simulation *sim) {
    const nova_transform *t = sim->transform;
    const int n = t->inputs, r = t->r;
    float taps[MAX_TAPS_2D];
    for (int i = 0; i < sim->tiles * sim->channels; ++i) {
        transform_binary32(t->BT, t->products, n, sim->x + i * n * n, taps);
        scatter(sim, &sim->v, i / sim->channels, i % sim->channels, taps);
    }
    for (int i = 0; i < sim->filters * sim->channels; ++i) {
        transform_filter(t, sim->weights + i * r * r, taps);
        scatter(sim, &sim->u, i / sim->channels, i % sim->channels, taps);
    }
}

/* ---- storage */

static float largest_magnitude(const float *values, size_t count) {
    float largest = 0;
    for (size_t i = 0; i < count; ++i) {
        largest = fmaxf(largest, fabsf(values[i]));
    }
    return largest;
}

/** Binary16. */
static void narrow(const simulation *sim, operand *side, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        side->stored[i] = nova_round_to(NOVA_F16, side->values[i]);
    }
    for (int tap = 0; tap < sim->products; ++tap) {
        side->scale[tap] = 1;
    }
}

/** Integers from -127 to 127; the largest magnitude of the tap, or of all taps, becomes 127. */
static void quantise(const simulation *sim, operand *side, size_t count) {
    const size_t per_tap = count / (size_t)sim->products;
    const float largest_of_all = largest_magnitude(side->values, count);
    for (int tap = 0; tap < sim->products; ++tap) {
        const size_t first = (size_t)tap * per_tap;
        const float largest = sim->format == REPORT_INT8_TENSOR
                                  ? largest_of_all
                                  : largest_magnitude(side->values + first, per_tap);
        side->scale[tap] = largest / 127.0;
        for (size_t i = first; i < first + per_tap; ++i) {
            side->stored[i] = (float)nearbyint(side->values[i] / side->scale[tap]);
        }
    }
}

static void store(const simulation *sim, operand *side) {
    const size_t count = (size_t)sim->products * (size_t)side->rows * (size_t)sim->channels;
    if (sim->format == REPORT_INT8_TAP || sim->format == REPORT_INT8_TENSOR) {
        quantise(sim, side, count);
    } else {
        narrow(sim, side, count);
    }
}

/* ---- products and outputs */

/** M of one tap, tile and filter; sums of 8-bit products stay below 2^24 and are exact. */
static float product(const simulation *sim, int tap, int tile, int filter) {
    const size_t v_at = (size_t)((tap * sim->v.rows + tile) * sim->channels);
    const size_t u_at = (size_t)((tap * sim->u.rows + filter) * sim->channels);
    const float *v = sim->v.stored + v_at, *u = sim->u.stored + u_at;
    float sum = 0;
    for (int c = 0; c < sim->channels; ++c) {
        sum = fmaf(v[c], u[c], sum);
    }
    return (float)(sum * sim->v.scale[tap] * sim->u.scale[tap]);
}

static double exact_output(const simulation *sim, int tile, int filter, int row, int column) {
    const int n = sim->transform->inputs, r = sim->transform->r;
    double sum = 0;
    for (int c = 0; c < sim->channels; ++c) {
        const float *x = sim->x + (tile * sim->channels + c) * n * n + row * n + column;
        const float *w = sim->weights + (filter * sim->channels + c) * r * r;
        for (int i = 0; i < r * r; ++i) {
            sum += (double)w[i] * x[i / r * n + i % r];
        }
    }
    return sum;
}

static void compare_tile(simulation *sim, int tile, int filter) {
    const nova_transform *t = sim->transform;
    float m_values[MAX_TAPS_2D], y[MAX_TAPS_2D];
    for (int tap = 0; tap < sim->products; ++tap) {
        m_values[tap] = product(sim, tap, tile, filter);
    }
    transform_binary32(t->AT, t->m, t->products, m_values, y);
    for (int i = 0; i < t->m * t->m; ++i) {
        double exact = exact_output(sim, tile, filter, i / t->m, i % t->m);
        sim->error += (y[i] - exact) * (y[i] - exact);
        sim->signal += exact * exact;
    }
}

nova_status report_simulate(const nova_transform *transform, report_format format, int channels,
                            int filters, int tiles, double *error) {
    simulation sim = {.transform = transform,
                      .format = format,
                      .channels = channels,
                      .tiles = tiles,
                      .filters = filters,
                      .products = transform->products * transform->products};
    nova_status status = allocate(&sim);
    if (status == NOVA_OK) {
        transform_operands(&sim);
        store(&sim, &sim.v);
        store(&sim, &sim.u);
        for (int i = 0; i < tiles * filters; ++i) {
            compare_tile(&sim, i / filters, i % filters);
        }
        *error = sqrt(sim.error / sim.signal);
    }
    release(&sim);
    return status;
}
