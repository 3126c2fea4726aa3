/*
 * test_hip.c - the HIP engine on an emulated device (emulation/): every tile, type, layout and
 * epilogue against direct convolution in double with the predicted error as tolerance, the input
 * transform bit for bit against the core's codelets, overflow, Inf and NaN.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conv/problem.h"
#include "hip/hip.h"
#include "numerics/half.h"
#include "numerics/program.h"
#include "plan/plan.h"
#include "sample.h"

/* Prints the library's reason before the assertion fails. */
static void check_ok(nova_status status, const char *what) {
    if (status != NOVA_OK)
        print_error("%s: %s\n", what, nova_last_error());
    assert_int_equal(status, NOVA_OK);
}

static void *aligned(const void *data, size_t bytes) {
    enum { ALIGNMENT = 256 };
    void *made = NULL;
    assert_int_equal(posix_memalign(&made, ALIGNMENT, bytes > 0 ? bytes : 1), 0);
    if (data)
        memcpy(made, data, bytes);
    else
        memset(made, 0xff, bytes); /* NaN */
    return made;
}

/* ---------------------------------------------------------------- running */

/* A plan with its filter and a problem's operands as a device wants them. */
typedef struct execution {
    nova_hip_plan *plan;
    nova_hip_filter *filter;
    nova_plan_info info;
    nova_execute_args args;
    void *x, *y, *residual, *workspace;
    size_t y_bytes;
} execution;

static void prepare(execution *e, const problem *p, const nova_plan_options *options) {
    const size_t element = nova_dtype_size(p->desc.dtype);
    e->info = (nova_plan_info){.struct_size = sizeof e->info};
    check_ok(nova_hip_plan_create(&p->desc, options, 0, &e->plan), "plan");
    check_ok(nova_hip_plan_get_info(e->plan, &e->info), "info");
    check_ok(nova_hip_filter_create(e->plan, p->weights, NOVA_F32, &e->filter), "filter");
    e->y_bytes = p->y_count * element;
    e->x = aligned(p->x, p->x_count * element);
    e->y = aligned(NULL, e->y_bytes);
    e->residual = p->residual ? aligned(p->residual, e->y_bytes) : NULL;
    e->workspace = aligned(NULL, e->info.workspace_bytes);
    nova_execute_args_init(&e->args);
    e->args.x = e->x;
    e->args.y = e->y;
    e->args.bias = p->bias;
    e->args.residual = e->residual;
    e->args.workspace = e->workspace;
    e->args.workspace_bytes = e->info.workspace_bytes;
}

static void finish(execution *e) {
    free(e->x);
    free(e->y);
    free(e->residual);
    free(e->workspace);
    nova_hip_filter_destroy(e->filter);
    nova_hip_plan_destroy(e->plan);
}

/* Plans, packs, runs and compares; returns the number of failures, described. */
static int try_problem(problem *p, const nova_plan_options *options) {
    execution e;
    prepare(&e, p, options);
    check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
    memcpy(p->y, e.y, e.y_bytes);
    const char *wrong = problem_compare(p, &e.info);
    if (wrong)
        print_error("%lldx%lldx%lldx%lld to %lld, %s %s; %s F(%dx%d) %s %s: %s\n",
                    (long long)p->desc.n, (long long)p->desc.c, (long long)p->desc.h,
                    (long long)p->desc.w, (long long)p->desc.k, nova_dtype_name(p->desc.dtype),
                    nova_layout_name(p->desc.layout), nova_algorithm_name(e.info.algorithm),
                    e.info.tile_h, e.info.tile_w, e.info.set, nova_arith_name(e.info.arith), wrong);
    finish(&e);
    return wrong != NULL;
}

static nova_conv_desc random_desc(test_random *random) {
    static const int channels[] = {1, 3, 8, 17, 32, 48, 64, 72, 130};
    static const int count = sizeof channels / sizeof *channels;
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = random_int(random, 1, 2);
    desc.c = channels[random_int(random, 0, count - 1)];
    desc.k = channels[random_int(random, 0, count - 1)];
    desc.h = random_int(random, 3, 22);
    desc.w = random_int(random, 3, 26);
    desc.pad_top = random_int(random, 0, 2);
    desc.pad_bottom = random_int(random, 0, 2);
    desc.pad_left = random_int(random, 0, 2);
    desc.pad_right = random_int(random, 0, 2);
    desc.dtype = random_int(random, 0, 1) ? NOVA_F16 : NOVA_BF16;
    desc.layout = random_int(random, 0, 1) ? NOVA_NHWC : NOVA_NCHW;
    desc.activation = (nova_activation)random_int(random, 0, 2);
    return desc;
}

static int try_random(test_random *random, const nova_conv_desc *desc,
                      const nova_plan_options *options) {
    problem p;
    problem_create(&p, desc, random_int(random, 0, 1) == 1, random_int(random, 0, 1) == 1, random);
    const int failures = try_problem(&p, options);
    problem_destroy(&p);
    return failures;
}

static nova_plan_options options_for(const nova_conv_desc *desc, const char *set, int h, int w,
                                     bool wide) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.set = set;
    options.tile_h = h;
    options.tile_w = w;
    options.arith = desc->dtype == NOVA_F16 ? (wide ? NOVA_ARITH_F16_M32 : NOVA_ARITH_F16)
                                            : (wide ? NOVA_ARITH_BF16_M32 : NOVA_ARITH_BF16);
    return options;
}

/* ---------------------------------------------------------------- results */

static void test_direct(void **state) {
    (void)state;
    test_random random = {1};
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    int failures = 0;
    for (int i = 0; i < 18; i++) {
        nova_conv_desc desc = random_desc(&random);
        if (i % 6 == 5)
            desc.r = 5, desc.s = 1 + 2 * random_int(&random, 0, 3), desc.w += 6, desc.h += 4;
        if (is_sampled(i))
            failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

static const struct {
    const char *set;
    int h, w;
} tiles[] = {{"best", 2, 2}, {"best", 3, 3}, {"best", 4, 4}, {"best", 5, 5},
             {"best", 6, 6}, {"nova", 6, 6}, {"best", 7, 7}, {"best", 8, 8},
             {"best", 1, 2}, {"best", 1, 4}, {"nova", 1, 6}, {"best", 1, 6},
             {"best", 2, 1}, {"best", 4, 1}, {"nova", 6, 1}, {"best", 6, 1}};
enum { TILES = sizeof tiles / sizeof *tiles };

static void test_winograd(void **state) {
    (void)state;
    test_random random = {2};
    int failures = 0;
    for (int i = 0; i < 2 * TILES; i++) {
        nova_conv_desc desc = random_desc(&random);
        const nova_plan_options options = options_for(
            &desc, tiles[i % TILES].set, tiles[i % TILES].h, tiles[i % TILES].w, i >= TILES);
        if (is_sampled(i))
            failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

/* The planner's choice, also where it splits the steps of direct convolution. */
static void test_planned(void **state) {
    (void)state;
    static const int shapes[][4] = {{1, 64, 64, 14}, {1, 512, 40, 4}, {2, 96, 200, 12}};
    test_random random = {4};
    int failures = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int layout = 0; layout < 2; layout++) {
            nova_conv_desc desc;
            nova_conv_desc_init(&desc);
            desc.n = shapes[i][0], desc.c = shapes[i][1], desc.k = shapes[i][2];
            desc.h = desc.w = shapes[i][3];
            desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
            desc.dtype = NOVA_F16;
            desc.layout = (nova_layout)layout;
            failures += try_random(&random, &desc, NULL);
        }
    assert_int_equal(failures, 0);
}

/* ---------------------------------------------------------------- bits */

/* V of a tile of one channel: both passes of the core's programs, width first, scaled and rounded;
   `patch` and `v` are packed. */
static void expected_v(const execution *e, const float *patch, uint16_t *v) {
    const nova_plan *base = e->plan->plan.base;
    const nova_transform *h = &base->h.transform, *w = &base->w.transform;
    nova_bound_codelet bound_h, bound_w;
    nova_program program;
    float rows[NOVA_GPU_MAX_INPUTS][NOVA_GPU_MAX_PRODUCTS];
    float column[NOVA_GPU_MAX_INPUTS], result[NOVA_GPU_MAX_PRODUCTS];
    assert_true(nova_codelet_bind(h, NOVA_MAP_INPUT, &bound_h));
    assert_true(nova_codelet_bind(w, NOVA_MAP_INPUT, &bound_w));
    nova_program_init(&program, w, NOVA_MAP_INPUT, &bound_w);
    for (int i = 0; i < h->inputs; i++)
        nova_program_run(&program, 1, patch + i * w->inputs, rows[i]);
    nova_program_init(&program, h, NOVA_MAP_INPUT, &bound_h);
    for (int j = 0; j < w->products; j++) {
        for (int i = 0; i < h->inputs; i++)
            column[i] = rows[i][j];
        nova_program_run(&program, 1, column, result);
        for (int i = 0; i < h->products; i++)
            v[i * w->products + j] = nova_f16_from_float(
                ldexpf(result[i], base->scaling_h.input[i] + base->scaling_w.input[j]));
    }
}

/* All of V that an execution leaves in its workspace. */
static void check_v(const problem *p, const execution *e) {
    const nova_gpu_engine *engine = &e->plan->plan.engine;
    const nova_gpu_tile *tile = &engine->tile;
    const uint16_t *x = p->x;
    const size_t past = (uintptr_t)e->workspace % 256;
    const uint16_t *v =
        (const uint16_t *)((const char *)e->workspace + (past ? 256 - past : 0) + engine->v_at);
    uint16_t expected[NOVA_GPU_MAX_PRODUCTS * NOVA_GPU_MAX_PRODUCTS];
    float patch[NOVA_GPU_MAX_INPUTS * NOVA_GPU_MAX_INPUTS];
    const nova_conv_desc *d = &p->desc;
    for (int64_t t = 0; t < engine->tiles; t++)
        for (int64_t c = 0; c < d->c; c++) {
            const int64_t line = t / engine->tiles_w, n = line / engine->tiles_h;
            const int64_t h0 = line % engine->tiles_h * tile->tile_h - d->pad_top;
            const int64_t w0 = t % engine->tiles_w * tile->tile_w - d->pad_left;
            for (int i = 0; i < tile->inputs_h; i++)
                for (int j = 0; j < tile->inputs_w; j++) {
                    const int64_t h = h0 + i, w = w0 + j;
                    const bool inside = h >= 0 && h < d->h && w >= 0 && w < d->w;
                    patch[i * tile->inputs_w + j] =
                        inside ? nova_f16_to_float(x[((n * d->h + h) * d->w + w) * d->c + c]) : 0;
                }
            expected_v(e, patch, expected);
            for (int i = 0; i < engine->slices; i++)
                assert_int_equal(
                    v[(i * engine->chunk_tiles + t) * engine->c_pitch + nova_gpu_stored_channel(c)],
                    expected[i]);
        }
}

static void test_input_transform_is_exact(void **state) {
    (void)state;
    test_random random = {5};
    for (int i = 0; i < TILES; i++) {
        nova_conv_desc desc;
        nova_conv_desc_init(&desc);
        desc.n = 2, desc.c = 40, desc.k = 8, desc.h = 11, desc.w = 13;
        desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
        desc.dtype = NOVA_F16;
        desc.layout = NOVA_NHWC;
        const nova_plan_options options =
            options_for(&desc, tiles[i].set, tiles[i].h, tiles[i].w, false);
        problem p;
        execution e;
        problem_create(&p, &desc, false, false, &random);
        prepare(&e, &p, &options);
        assert_int_equal(e.plan->plan.engine.chunks, 1);
        check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
        check_v(&p, &e);
        finish(&e);
        problem_destroy(&p);
    }
}

/* An infinite or missing input spoils the outputs that its tile has, and no others; values whose V
   exceeds binary16 become infinite or NaN, and are not hidden. */
static void test_overflow_infinity_and_nan(void **state) {
    (void)state;
    static const uint16_t values[] = {0x7c00, 0x7e00, 0x7bff}; /* Inf, NaN, 65504 */
    for (int i = 0; i < 3; i++) {
        nova_conv_desc desc;
        nova_conv_desc_init(&desc);
        desc.n = 1, desc.c = 8, desc.k = 8, desc.h = desc.w = 18; /* 4 x 4 tiles of 4 x 4 */
        desc.dtype = NOVA_F16;
        desc.layout = NOVA_NHWC;
        test_random random = {6};
        const nova_plan_options options = options_for(&desc, "best", 4, 4, true);
        problem p;
        execution e;
        problem_create(&p, &desc, false, false, &random);
        uint16_t *x = p.x;
        for (int row = 6; row < 10 && i == 2; row++) /* alternating, so that V grows */
            for (int column = 6; column < 10; column++)
                x[(row * 18 + column) * 8] = (uint16_t)(values[i] | (row + column) % 2 << 15);
        x[(7 * 18 + 7) * 8] = values[i];
        prepare(&e, &p, &options);
        check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
        int spoilt = 0;
        for (int row = 0; row < 16; row++)
            for (int column = 0; column < 16; column++) {
                const uint16_t y = ((const uint16_t *)e.y)[(row * 16 + column) * 8];
                const bool finite = isfinite(nova_f16_to_float(y));
                const bool near = row >= 4 && row < 12 && column >= 4 && column < 12;
                assert_true(finite || near || (i == 2 && row < 12 && column < 12));
                spoilt += !finite;
            }
        assert_true(spoilt > 0);
        finish(&e);
        problem_destroy(&p);
    }
}

/* ---------------------------------------------------------------- promises */

/* Tiles in chunks, the last of them short, give the bits of all tiles at once. */
static void test_chunks(void **state) {
    (void)state;
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 2, desc.c = 24, desc.k = 40, desc.h = desc.w = 30;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    desc.dtype = NOVA_F16;
    desc.layout = NOVA_NHWC;
    test_random random = {7};
    const nova_plan_options options = options_for(&desc, "best", 4, 4, false);
    problem p;
    execution e;
    problem_create(&p, &desc, true, false, &random);
    prepare(&e, &p, &options);
    uint16_t *whole = malloc(e.y_bytes);
    assert_non_null(whole);
    check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
    memcpy(whole, e.y, e.y_bytes);
    nova_gpu_engine *engine = &e.plan->plan.engine;
    assert_true(engine->chunks == 1 && engine->tiles == 128);
    for (int64_t count = 64; count >= 9; count = count / 2 - 1) {
        engine->chunk_tiles = count; /* smaller than what the workspace is made for */
        engine->chunks = (engine->tiles + count - 1) / count;
        memset(e.y, 0xff, e.y_bytes);
        check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
        assert_memory_equal(whole, e.y, e.y_bytes);
    }
    free(whole);
    finish(&e);
    problem_destroy(&p);
}

static void test_refused(void **state) {
    (void)state;
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1, desc.c = desc.k = 8, desc.h = desc.w = 8;
    desc.dtype = NOVA_F16;
    nova_hip_plan *plan;
    assert_int_equal(nova_hip_plan_create(&desc, NULL, 0, NULL), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_hip_plan_create(NULL, NULL, 0, &plan), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_hip_plan_create(&desc, NULL, 4711, &plan), NOVA_NOT_ELIGIBLE);
    assert_null(plan);
    nova_plan_options options = options_for(&desc, "barabasz", 8, 8, true); /* no kernels for it */
    assert_int_equal(nova_hip_plan_create(&desc, &options, 0, &plan), NOVA_NOT_ELIGIBLE);
    assert_non_null(strstr(nova_last_error(), "no kernels"));
    nova_hip_plan_destroy(NULL);
    nova_hip_filter_destroy(NULL);
    test_random random = {8};
    problem p;
    execution e, other;
    problem_create(&p, &desc, false, false, &random);
    options = options_for(&desc, "best", 4, 4, true);
    prepare(&e, &p, &options);
    options = options_for(&desc, "best", 6, 6, true);
    prepare(&other, &p, &options);
    assert_int_equal(nova_hip_execute(other.plan, e.filter, &other.args, NULL), NOVA_STALE);
    assert_int_equal(nova_hip_execute(e.plan, NULL, &e.args, NULL), NOVA_INVALID_ARGUMENT);
    nova_execute_args args = e.args;
    args.workspace_bytes = 16;
    assert_int_equal(nova_hip_execute(e.plan, e.filter, &args, NULL), NOVA_INVALID_ARGUMENT);
    args = e.args;
    args.x = (const char *)e.x + 2;
    assert_int_equal(nova_hip_execute(e.plan, e.filter, &args, NULL), NOVA_INVALID_ARGUMENT);
    finish(&e);
    finish(&other);
    problem_destroy(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused), cmocka_unit_test(test_input_transform_is_exact),
        cmocka_unit_test(test_direct),  cmocka_unit_test(test_winograd),
        cmocka_unit_test(test_planned), cmocka_unit_test(test_overflow_infinity_and_nan),
        cmocka_unit_test(test_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
