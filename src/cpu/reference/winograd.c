/*
 * winograd.c - Winograd's algorithm from the matrices, in double or with the fast engine's
 * roundings. Both go the same way: values are held in double, and the emulation narrows them
 * wherever the engine rounds.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "cpu/reference/tensor.h"
#include "numerics/program.h"
#include "runtime/runtime.h"

enum { MAX_SIDE = NOVA_MAX_PRODUCTS, MAX_TAPS_2D = MAX_SIDE * MAX_SIDE };

/** One dimension: its transform, and the programs that the emulation runs. */
typedef struct winograd_axis {
    const nova_transform *transform;
    nova_scaling scaling;
    nova_program input, output;
} winograd_axis;

typedef struct winograd_engine {
    const nova_conv_desc *desc;
    const nova_reference_operands *operands;
    const nova_error_model *model; /* null: everything in double */
    winograd_axis h, w;
    int products;        /* of the two-dimensional tile */
    double filter_scale; /* U's, beside the taps' */
    double *u;           /* [k][products][c] */
    double *v;           /* [products][c] of one tile */
} winograd_engine;

/* ---- one-dimensional and two-dimensional transforms */

static const nova_program *program_of(const winograd_axis *axis, nova_map map) {
    return map == NOVA_MAP_INPUT ? &axis->input : &axis->output;
}

/* y = W x with both strided; x and y must not overlap. */
static void transform_line(const winograd_engine *engine, const winograd_axis *axis, nova_map map,
                           const double *x, int x_stride, double *y, int y_stride) {
    int rows, columns;
    const double *matrix = nova_transform_matrix(axis->transform, map, &rows, &columns);
    if (!engine->model) {
        for (int i = 0; i < rows; i++) {
            double sum = 0;
            for (int j = 0; j < columns; j++)
                sum += matrix[i * columns + j] * x[j * x_stride];
            y[i * y_stride] = sum;
        }
        return;
    }
    float in[MAX_SIDE], out[MAX_SIDE];
    for (int j = 0; j < columns; j++)
        in[j] = (float)x[j * x_stride];
    nova_program_run(program_of(axis, map), engine->model->fused, in, out);
    for (int i = 0; i < rows; i++)
        y[i * y_stride] = out[i];
}

/* Along the width first, then along the height, for both maps, as the engine does. */
static void transform_tile(const winograd_engine *engine, nova_map map, const double *in,
                           double *out) {
    double half[MAX_TAPS_2D];
    const nova_program *h = program_of(&engine->h, map), *w = program_of(&engine->w, map);
    for (int i = 0; i < h->columns; i++)
        transform_line(engine, &engine->w, map, in + i * w->columns, 1, half + i * w->rows, 1);
    for (int j = 0; j < w->rows; j++)
        transform_line(engine, &engine->h, map, half + j, w->rows, out + j, w->rows);
}

/* ---- filters */

static void load_filter(const winograd_engine *engine, int64_t k, int64_t c, double *filter) {
    const nova_conv_desc *desc = engine->desc;
    for (int64_t u = 0; u < desc->r; u++)
        for (int64_t v = 0; v < desc->s; v++)
            filter[u * desc->s + v] = nova_reference_weight(desc, engine->operands, k, c, u, v);
}

/* u[products][c] of one output channel, not rounded. */
static void transform_filters(const winograd_engine *engine, int64_t k, double *u) {
    double filter[NOVA_MAX_TAPS * NOVA_MAX_TAPS], taps[MAX_TAPS_2D];
    const int64_t channels = engine->desc->c;
    for (int64_t c = 0; c < channels; c++) {
        load_filter(engine, k, c, filter);
        nova_transform_filters(engine->h.transform, engine->w.transform, &engine->h.scaling,
                               &engine->w.scaling, engine->filter_scale, filter, 1, taps);
        for (int t = 0; t < engine->products; t++)
            u[t * channels + c] = taps[t];
    }
}

/* A value of U or V as stored, which is a sum of parts in a split arithmetic. */
static double round_uv(nova_arith arith, double value) {
    const int count = nova_arith_parts(arith);
    if (count == 1)
        return nova_round_double_to(nova_arith_uv_type(arith), value);
    float parts[NOVA_MAX_PARTS];
    double sum = 0;
    nova_split_bf16(value, count, parts);
    for (int i = 0; i < count; i++)
        sum += parts[i];
    return sum;
}

static void round_plainly(nova_arith arith, double *u, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        u[i] = round_uv(arith, u[i]);
}

static nova_status make_filters(winograd_engine *engine) {
    const nova_error_model *model = engine->model;
    const int64_t channels = engine->desc->c, size = engine->products * channels;
    nova_compensator *compensator = NULL;
    if (model && model->compensation) {
        const nova_status status =
            nova_compensator_create(engine->h.transform, engine->w.transform, &engine->h.scaling,
                                    &engine->w.scaling, NULL, &compensator);
        if (status != NOVA_OK)
            return status;
    }
    for (int64_t k = 0; k < engine->desc->k; k++) {
        double *u = engine->u + k * size;
        transform_filters(engine, k, u);
        if (compensator) /* V is free until the first tile, and as large as the scratch */
            nova_compensator_round(compensator, nova_arith_uv_type(model->arith), u, (int)channels,
                                   engine->v);
        else if (model)
            round_plainly(model->arith, u, size);
    }
    nova_compensator_destroy(compensator);
    return NOVA_OK;
}

/* ---- tiles */

typedef struct tile_place {
    int64_t n, row, column; /* image, and first output row and column */
} tile_place;

static double store_v(const winograd_engine *engine, double value, int i, int j) {
    if (!engine->model)
        return value;
    const int exponent = engine->h.scaling.input[i] + engine->w.scaling.input[j];
    return round_uv(engine->model->arith, (float)ldexp(value, exponent));
}

/* V of one tile, [products][c]. */
static void transform_input(const winograd_engine *engine, tile_place tile) {
    const nova_conv_desc *desc = engine->desc;
    const int rows = engine->h.input.columns, columns = engine->w.input.columns;
    double in[MAX_TAPS_2D], out[MAX_TAPS_2D];
    for (int64_t c = 0; c < desc->c; c++) {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                in[i * columns + j] = nova_reference_input(desc, engine->operands->x, tile.n, c,
                                                           tile.row + i - desc->pad_top,
                                                           tile.column + j - desc->pad_left);
        transform_tile(engine, NOVA_MAP_INPUT, in, out);
        for (int t = 0; t < engine->products; t++)
            engine->v[t * desc->c + c] =
                store_v(engine, out[t], t / engine->w.input.rows, t % engine->w.input.rows);
    }
}

static float sum_chunk(const double *u, const double *v, int64_t count, int fused) {
    float sum = (float)u[0] * (float)v[0];
    for (int64_t c = 1; c < count; c++)
        sum = fused ? fmaf((float)u[c], (float)v[c], sum) : (float)u[c] * (float)v[c] + sum;
    return sum;
}

/* The same for parts: all products of one order after those of the next higher. */
static float sum_split_chunk(const double *u, const double *v, int64_t count, int parts) {
    enum { AT_ONCE = 128 };
    float u_parts[NOVA_MAX_PARTS][AT_ONCE], v_parts[NOVA_MAX_PARTS][AT_ONCE], each[NOVA_MAX_PARTS];
    float sum = 0;
    for (int order = parts - 1; order >= 0; order--)
        for (int64_t first = 0; first < count; first += AT_ONCE) {
            const int64_t length = NOVA_MIN(count - first, (int64_t)AT_ONCE);
            for (int64_t c = 0; c < length && (order == parts - 1 || count > AT_ONCE); c++) {
                nova_split_bf16(u[first + c], parts, each);
                for (int a = 0; a < parts; a++)
                    u_parts[a][c] = each[a];
                nova_split_bf16(v[first + c], parts, each);
                for (int a = 0; a < parts; a++)
                    v_parts[a][c] = each[a];
            }
            for (int a = 0; a <= order; a++)
                for (int64_t c = 0; c < length; c++)
                    sum += u_parts[a][c] * v_parts[order - a][c];
        }
    return sum;
}

/* Sum over the channels of one product. */
static double multiply(const winograd_engine *engine, const double *u, const double *v) {
    const int64_t channels = engine->desc->c;
    if (!engine->model) {
        double sum = 0;
        for (int64_t c = 0; c < channels; c++)
            sum += u[c] * v[c];
        return sum;
    }
    const int64_t chunk = engine->model->chunk > 0 ? engine->model->chunk : channels;
    const int parts = nova_arith_parts(engine->model->arith);
    float total = 0;
    for (int64_t c = 0; c < channels; c += chunk) {
        const int64_t count = NOVA_MIN(chunk, channels - c);
        total += parts > 1 ? sum_split_chunk(u + c, v + c, count, parts)
                           : sum_chunk(u + c, v + c, count, engine->model->fused);
    }
    return nova_round_to(nova_arith_m_type(engine->model->arith), total);
}

/* Takes the scaling of U and V off M again. */
static double unscale(const winograd_engine *engine, double value, int i, int j) {
    if (!engine->model)
        return value;
    const nova_scaling *h = &engine->h.scaling, *w = &engine->w.scaling;
    const int exponent = h->input[i] + h->filter[i] + w->input[j] + w->filter[j];
    return (float)(ldexp(value, -exponent) / engine->filter_scale);
}

/* The tile's outputs [m_h][m_w] of output channel k. */
static void multiply_tile(const winograd_engine *engine, int64_t k, double *out) {
    const int64_t channels = engine->desc->c;
    const int columns = engine->w.input.rows;
    double m[MAX_TAPS_2D];
    for (int t = 0; t < engine->products; t++) {
        const double product = multiply(engine, engine->u + (k * engine->products + t) * channels,
                                        engine->v + t * channels);
        m[t] = unscale(engine, product, t / columns, t % columns);
    }
    transform_tile(engine, NOVA_MAP_OUTPUT, m, out);
}

/* Writes what of the tile lies inside the output. */
static void store_tile(const winograd_engine *engine, tile_place tile, int64_t k, const double *out,
                       bool activate, double *y) {
    const nova_conv_desc *desc = engine->desc;
    const int64_t out_h = nova_reference_out_h(desc), out_w = nova_reference_out_w(desc);
    const bool emulated = engine->model != NULL;
    const int width = engine->w.transform->m;
    double *map = y + (tile.n * desc->k + k) * out_h * out_w;
    for (int64_t i = tile.row; i < NOVA_MIN(out_h, tile.row + engine->h.transform->m); i++)
        for (int64_t j = tile.column; j < NOVA_MIN(out_w, tile.column + width); j++) {
            const double value = nova_reference_epilogue(
                desc, engine->operands, activate, emulated,
                out[(i - tile.row) * width + j - tile.column], tile.n, k, i, j);
            map[i * out_w + j] = emulated ? nova_round_to(desc->dtype, (float)value) : value;
        }
}

static void run_tile(const winograd_engine *engine, tile_place tile, bool activate, double *y) {
    double out[NOVA_MAX_TILE * NOVA_MAX_TILE];
    transform_input(engine, tile);
    for (int64_t k = 0; k < engine->desc->k; k++) {
        multiply_tile(engine, k, out);
        store_tile(engine, tile, k, out, activate, y);
    }
}

static void run_tiles(const winograd_engine *engine, bool activate, double *y) {
    const int64_t out_h = nova_reference_out_h(engine->desc);
    const int64_t out_w = nova_reference_out_w(engine->desc);
    for (int64_t n = 0; n < engine->desc->n; n++)
        for (int64_t i = 0; i < out_h; i += engine->h.transform->m)
            for (int64_t j = 0; j < out_w; j += engine->w.transform->m)
                run_tile(engine, (tile_place){n, i, j}, activate, y);
}

/* ---- set-up */

static void axis_init(winograd_axis *axis, const nova_transform *transform,
                      const nova_scaling *scaling, const nova_bound_codelet *input,
                      const nova_bound_codelet *output) {
    axis->transform = transform;
    if (scaling)
        axis->scaling = *scaling;
    else
        nova_scaling_none(&axis->scaling);
    nova_program_init(&axis->input, transform, NOVA_MAP_INPUT, input);
    nova_program_init(&axis->output, transform, NOVA_MAP_OUTPUT, output);
}

static nova_status check(const winograd_engine *engine) {
    const nova_conv_desc *desc = engine->desc;
    if (engine->h.transform->r != desc->r || engine->w.transform->r != desc->s)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "transforms of %d and %d taps do not fit a filter of %lld x %lld",
                         engine->h.transform->r, engine->w.transform->r, (long long)desc->r,
                         (long long)desc->s);
    if (desc->c > INT32_MAX)
        return nova_fail(NOVA_SIZE_OVERFLOW, "more channels than the reference engine takes");
    return NOVA_OK;
}

static nova_status allocate(winograd_engine *engine) {
    size_t v_bytes, u_bytes;
    if (!nova_size_mul((size_t)engine->products * sizeof(double), (size_t)engine->desc->c,
                       &v_bytes) ||
        !nova_size_mul(v_bytes, (size_t)engine->desc->k, &u_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "transformed filters in double do not fit in memory");
    engine->u = nova_alloc(u_bytes);
    engine->v = nova_alloc(v_bytes);
    if (!engine->u || !engine->v)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for transformed filters in double");
    return NOVA_OK;
}

static nova_status run(winograd_engine *engine, bool activate, double *y) {
    engine->products = engine->h.transform->products * engine->w.transform->products;
    nova_status status = check(engine);
    if (status == NOVA_OK)
        status = allocate(engine);
    if (status == NOVA_OK)
        status = make_filters(engine);
    if (status == NOVA_OK)
        run_tiles(engine, activate, y);
    nova_free(engine->u);
    nova_free(engine->v);
    return status;
}

nova_status nova_reference_winograd(const nova_conv_desc *desc, const nova_transform *h,
                                    const nova_transform *w,
                                    const nova_reference_operands *operands, bool activate,
                                    double *y) {
    winograd_engine engine = {.desc = desc, .operands = operands, .filter_scale = 1};
    axis_init(&engine.h, h, NULL, NULL, NULL);
    axis_init(&engine.w, w, NULL, NULL, NULL);
    return run(&engine, activate, y);
}

nova_status nova_reference_emulate(const nova_conv_desc *desc, const nova_error_model *model,
                                   const nova_reference_operands *operands, bool activate,
                                   double *y) {
    winograd_engine engine = {
        .desc = desc, .operands = operands, .model = model, .filter_scale = model->filter_scale};
    axis_init(&engine.h, model->h, model->scaling_h, model->input_h, model->output_h);
    axis_init(&engine.w, model->w, model->scaling_w, model->input_w, model->output_w);
    return run(&engine, activate, y);
}
