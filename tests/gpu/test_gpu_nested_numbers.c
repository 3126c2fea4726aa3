/*
 * test_gpu_nested_numbers.c - whole layers of Winograd in both directions in one kernel
 * (gpu/nested.h) without a device: what they come to in the kernel's order of things, with all that
 * it rounds, from the patches and filters as they lie in shared memory to outputs.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/plan.h"
#include "nested_patch.h"
#include "numerics/half.h"
#include "planning.h"
#include "random.h"
#include "sample.h"

typedef struct numbers {
    nova_conv_desc desc;
    nova_gpu_plan plan;
    uint16_t *x, *packed;
    float *weights, *bias; /* [k][c][3][3] */
    float *u;              /* [position][row][64 channels]: zeros beyond what is packed */
    float *y;              /* [h][w][k] */
    float factor;
} numbers;

/* What a group of threads has of a unit. */
typedef struct unit_of_work {
    int h, w; /* its first output */
    uint16_t planes[PLANES][NOVA_GPU_NESTED_PLANE_BYTES / 2];
    float v[LINE][TILES][STEP];           /* of a step */
    float sums[2][LINE][TILES][CHANNELS]; /* binary16 */
} unit_of_work;

static float rounded(float value) {
    return nova_f16_to_float(nova_f16_from_float(value));
}

static uint16_t element_of(const numbers *it, int64_t h, int64_t w, int c) {
    const nova_conv_desc *d = &it->desc;
    if (h < 0 || w < 0 || h >= d->h || w >= d->w || c >= d->c)
        return 0;
    return it->x[(h * d->w + w) * d->c + c];
}

/* As the copy engine lays a patch out. */
static void copy_planes(const numbers *it, unit_of_work *unit) {
    const nova_gpu_grid *grid = &it->plan.engine.grid;
    for (int plane = 0; plane < PLANES; plane++)
        for (int i = 0; i < PLANE_W * PLANE_H * CHANNELS; i++) {
            const int pixel = i / CHANNELS, c = i % CHANNELS;
            const int h = row_of_x(unit->h, grid->origin_h, plane, pixel % PLANE_H);
            const int w = unit->w + grid->origin_w + pixel / PLANE_H;
            unit->planes[plane][nova_gpu_rows_piece(pixel, c / 8) / 2 + c % 8] =
                element_of(it, h, w, c);
        }
}

/* One element of the operands of a row of positions, made by a lane: the heights first, of four
   columns, then the widths; each is rounded. */
static void make_element(unit_of_work *unit, int line, int chunk, int warp, int lane, int i) {
    const int word = i / 2, e = i % 2;
    const int row = warp * 16 + lane / 4 + 8 * (word % 2), c = 2 * (lane % 4) + 8 * (word / 2) + e;
    float d[LINE];
    for (int column = 0; column < LINE; column++) {
        float rows[2];
        for (int which = 0; which < 2; which++)
            rows[which] =
                nova_f16_to_float(operand(unit->planes[nova_gpu_nested_plane(line, which)], warp,
                                          lane, column, which, chunk, word, e));
        d[column] = rounded(line == 1 ? rows[1] + rows[0] : rows[1] - rows[0]);
    }
    const float v[LINE] = {d[2] - d[0], d[1] + d[2], d[2] - d[1], d[3] - d[1]};
    for (int position = 0; position < LINE; position++)
        unit->v[position][row][c] = rounded(v[position]);
}

/* sums += V U of a row of positions and 16 channels, rounded once. */
static void multiply(const numbers *it, unit_of_work *unit, int line, int chunk, int to) {
    for (int i = 0; i < LINE * TILES * CHANNELS; i++) {
        const int position = i / (TILES * CHANNELS), tile = i / CHANNELS % TILES,
                  row = i % CHANNELS;
        const float *u =
            &it->u[((LINE * line + position) * CHANNELS + row) * CHANNELS + chunk * STEP];
        const float *v = unit->v[position][tile];
        float sum = 0;
        for (int c = 0; c < STEP; c++)
            sum += u[c] * v[c];
        float *at = &unit->sums[to][position][tile][row];
        *at = rounded(*at + sum);
    }
}

/* True if outputs are of binary16 until they are stored: nothing is multiplied or added to them but
   the bias, which a position takes that is in both columns of a tile. */
static bool is_plain(const numbers *it) {
    return it->factor == 1;
}

static float bias_of(const numbers *it, int row) {
    const int k = nova_gpu_nested_channel(row);
    return k < it->desc.k ? it->bias[k] : 0;
}

/* A^T along the height of the middle rows: what the outer rows are added to. */
static void add_middle(unit_of_work *unit) {
    float *a = &unit->sums[0][0][0][0], *b = &unit->sums[1][0][0][0];
    for (int i = 0; i < LINE * TILES * CHANNELS; i++) {
        const float sum = a[i] + b[i], rest = a[i] - b[i];
        a[i] = rounded(sum), b[i] = rounded(rest);
    }
}

static void multiply_unit(const numbers *it, unit_of_work *unit) {
    memset(unit->sums, 0, sizeof unit->sums);
    for (int step = 0; step < NOVA_GPU_NESTED_STEPS; step++) {
        const int line = nova_gpu_nested_line(step), chunk = nova_gpu_nested_chunk(step);
        if (step == NOVA_GPU_NESTED_STEPS / 2)
            add_middle(unit);
        for (int i = 0; i < WARPS * LANES * 8; i++)
            make_element(unit, line, chunk, i / (LANES * 8), i / 8 % LANES, i % 8);
        multiply(it, unit, line, chunk, line >= 2);
    }
}

/* The outputs of a unit: A^T along the width, in binary16, and the epilogue in binary32. */
static void store_unit(numbers *it, const unit_of_work *unit) {
    const nova_shape *shape = &it->plan.engine.shape;
    for (int i = 0; i < 2 * TILES * CHANNELS; i++) {
        const int upper = i % 2 == 0, tile = i / 2 % TILES, row = i / 2 / TILES;
        const int64_t h = unit->h + 2 * (tile % 8) + !upper, w = unit->w + 2 * (tile / 8);
        const int k = nova_gpu_nested_channel(row);
        float m[LINE], y[2];
        for (int j = 0; j < LINE; j++)
            m[j] = unit->sums[!upper][j][tile][row];
        if (is_plain(it))
            m[1] = rounded(m[1] + rounded(bias_of(it, row)));
        y[0] = rounded(m[0] + rounded(m[1] + m[2]));
        y[1] = rounded(m[3] + rounded(m[1] - m[2]));
        for (int j = 0; j < 2; j++)
            if (k < shape->k && h < shape->out_h && w + j < shape->out_w)
                it->y[(h * shape->out_w + w + j) * shape->k + k] =
                    is_plain(it) ? y[j] : rounded(y[j] * it->factor + it->bias[k]);
    }
}

static double exact(const numbers *it, int64_t h, int64_t w, int64_t k) {
    const nova_conv_desc *d = &it->desc;
    double sum = 0;
    for (int tap = 0; tap < 9; tap++) {
        const int64_t from_h = h - d->pad_top + tap / 3, from_w = w - d->pad_left + tap % 3;
        if (from_h < 0 || from_w < 0 || from_h >= d->h || from_w >= d->w)
            continue;
        const uint16_t *x = &it->x[(from_h * d->w + from_w) * d->c];
        for (int64_t c = 0; c < d->c; c++)
            sum += (double)it->weights[(k * d->c + c) * 9 + tap] * (double)nova_f16_to_float(x[c]);
    }
    return sum;
}

/* Weights as they are packed, the row of U that an output channel has, and its channels. */
static void unpack_filter(const numbers *it) {
    const nova_gpu_engine *e = &it->plan.engine;
    for (int position = 0; position < NOVA_GPU_NESTED_POSITIONS; position++)
        for (int row = 0; row < CHANNELS && row < e->k_pitch; row++)
            for (int c = 0; c < CHANNELS && c < e->c_pitch; c++)
                it->u[(position * CHANNELS + row) * CHANNELS + c] = nova_f16_to_float(
                    it->packed[((int64_t)position * e->k_pitch + row) * e->c_pitch + c]);
}

static void numbers_create(numbers *it, const nova_conv_desc *desc, double size,
                           test_random *random) {
    const nova_gpu_machine machine = h200();
    const nova_plan_options options = of_tile(NOVA_ARITH_F16);
    *it = (numbers){.desc = *desc};
    it->desc.filter_rms = size;
    check_ok(nova_gpu_plan_init(&it->plan, &it->desc, &options, &machine));
    const nova_gpu_engine *engine = &it->plan.engine;
    assert_int_equal(engine->grid.kind, NOVA_GPU_NESTED);
    const size_t pixels = (size_t)(desc->h * desc->w * desc->c);
    const size_t count = (size_t)(desc->k * desc->c * 9);
    const size_t outputs = (size_t)(engine->shape.out_h * engine->shape.out_w * desc->k);
    it->x = malloc(pixels * sizeof *it->x);
    it->weights = malloc(count * sizeof *it->weights);
    it->bias = malloc((size_t)desc->k * sizeof *it->bias);
    it->packed = malloc(engine->filter_bytes);
    it->u = calloc(NOVA_GPU_NESTED_POSITIONS * CHANNELS * CHANNELS, sizeof *it->u);
    it->y = malloc(outputs * sizeof *it->y);
    assert_true(it->x && it->weights && it->bias && it->packed && it->u && it->y);
    for (size_t i = 0; i < pixels; i++)
        it->x[i] = nova_f16_from_float((float)random_normal(random));
    for (size_t i = 0; i < count; i++)
        it->weights[i] = (float)(size * random_normal(random));
    for (int64_t i = 0; i < desc->k; i++) /* small: y's own rounding is predicted without it */
        it->bias[i] = (float)(size * random_normal(random));
    memset(it->y, 0xff, outputs * sizeof *it->y); /* NaN */
    check_ok(nova_gpu_filter_pack(&it->plan, it->weights, NOVA_F32, it->packed, &it->factor));
    unpack_filter(it);
}

static void numbers_destroy(numbers *it) {
    nova_gpu_plan_clear(&it->plan);
    free(it->x);
    free(it->weights);
    free(it->bias);
    free(it->packed);
    free(it->u);
    free(it->y);
}

/* Relative rms error of a layer computed as the kernel does. */
static double error_of(numbers *it) {
    const nova_gpu_engine *engine = &it->plan.engine;
    unit_of_work *unit = malloc(sizeof *unit);
    assert_non_null(unit);
    for (int i = 0; i < nova_gpu_units(&engine->grid); i++) {
        const nova_gpu_block block = nova_gpu_block_at(&engine->grid, i, 0);
        unit->h = block.h, unit->w = block.w;
        copy_planes(it, unit);
        multiply_unit(it, unit);
        store_unit(it, unit);
    }
    free(unit);
    double error = 0, norm = 0;
    const int64_t k = it->desc.k, out_w = engine->shape.out_w;
    for (int64_t i = 0; i < engine->shape.out_h * out_w * k; i++) {
        const double wanted = exact(it, i / k / out_w, i / k % out_w, i % k);
        error += pow((double)it->y[i] - (double)it->bias[i % k] - wanted, 2);
        norm += wanted * wanted;
    }
    return sqrt(error / norm);
}

static nova_conv_desc random_desc(test_random *random, int channels) {
    nova_conv_desc desc = layer(1, channels, 8 * random_int(random, 1, 8), 1);
    desc.h = random_int(random, 5, 24), desc.w = random_int(random, 17, 38);
    desc.pad_top = random_int(random, 0, 2), desc.pad_bottom = random_int(random, 0, 2);
    desc.pad_left = random_int(random, 0, 2), desc.pad_right = random_int(random, 0, 2);
    return desc;
}

/* Ragged layers of any padding. The factor is not 1 where U's exponent
   does not reach that of the weights. */
static void test_numbers(void **state) {
    (void)state;
    static const double sizes[] = {0.05, 1e-3, 10};
    test_random random = {47};
    for (int i = 0; i < 24; i++) {
        const int channels = i < 6 ? 64 : 8 * random_int(&random, 1, 7);
        const nova_conv_desc desc = random_desc(&random, channels);
        const double size = sizes[i % 3];
        if (!is_sampled(i))
            continue;
        numbers it;
        numbers_create(&it, &desc, size, &random);
        const double share = error_of(&it) / it.plan.predicted_error;
        const bool is_in = share > 0.85 && share < (i < 6 ? 1.15 : 1.3);
        if (!is_in)
            print_error("%lldx%lldx%lld to %lld, weights of %g, factor %g: %.3f of %.3g\n",
                        (long long)desc.c, (long long)desc.h, (long long)desc.w, (long long)desc.k,
                        size, (double)it.factor, share, it.plan.predicted_error);
        assert_true(is_in);
        assert_true((it.factor == 1) == (i % 3 == 0));
        numbers_destroy(&it);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
