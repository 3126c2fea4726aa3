/*
 * test_cuda.c - the CUDA engine on a device: every algorithm, type, layout and epilogue against
 * direct convolution in double, with the predicted error as tolerance. Without a device it checks
 * what can be checked without one, and says so. Compiled with NOVA_EMULATED the device is one that
 * runs portable kernels on the CPU (emulation/), and problems are smaller.
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
#include <cuda_runtime_api.h>

#include "conv/problem.h"
#include "cuda/cuda.h"
#include "cuda_device.h"
#include "nova_winograd_gpu.h"
#include "numerics/half.h"
#include "sample.h"

#ifdef NOVA_EMULATED
enum { SHRINK = 3, FIXED_CHANNELS = 40, STREAMS = 2, REPLAYS = 1 };
#else
enum { SHRINK = 1, FIXED_CHANNELS = 128, STREAMS = 3, REPLAYS = 4 };
#endif

/* ---------------------------------------------------------------- running */

/* A problem's operands on the device. */
typedef struct device_problem {
    void *x, *y, *residual, *workspace;
    float *bias;
    nova_execute_args args;
} device_problem;

static void *to_device(const void *data, size_t bytes) {
    void *copy = NULL;
    if (!data)
        return NULL;
    CUDA(cudaMalloc(&copy, bytes));
    CUDA(cudaMemcpy(copy, data, bytes, cudaMemcpyHostToDevice));
    return copy;
}

static void device_create(device_problem *d, const problem *p, size_t workspace_bytes) {
    const size_t element = nova_dtype_size(p->desc.dtype);
    memset(d, 0, sizeof *d);
    d->x = to_device(p->x, p->x_count * element);
    d->residual = to_device(p->residual, p->y_count * element);
    d->bias = to_device(p->bias, (size_t)p->desc.k * sizeof(float));
    CUDA(cudaMalloc(&d->y, p->y_count * element));
    CUDA(cudaMemset(d->y, 0xff, p->y_count * element)); /* NaN */
    if (workspace_bytes > 0) {
        CUDA(cudaMalloc(&d->workspace, workspace_bytes));
        CUDA(cudaMemset(d->workspace, 0xff, workspace_bytes));
    }
    nova_execute_args_init(&d->args);
    d->args.x = d->x;
    d->args.y = d->y;
    d->args.bias = d->bias;
    d->args.residual = d->residual;
    d->args.workspace = d->workspace;
    d->args.workspace_bytes = workspace_bytes;
}

static void device_destroy(device_problem *d) {
    CUDA(cudaFree(d->x));
    CUDA(cudaFree(d->y));
    CUDA(cudaFree(d->residual));
    CUDA(cudaFree(d->bias));
    CUDA(cudaFree(d->workspace));
}

static void read_back(problem *p, const device_problem *d) {
    CUDA(cudaMemcpy(p->y, d->y, p->y_count * nova_dtype_size(p->desc.dtype),
                    cudaMemcpyDeviceToHost));
}

static void describe(const problem *p, const nova_plan_info *info, const char *wrong) {
    const nova_conv_desc *c = &p->desc;
    print_error("%lldx%lldx%lldx%lld to %lld, %lldx%lld, pad %lld %lld %lld %lld, %s %s %s; "
                "%s F(%dx%d) %s %s %s: %s\n",
                (long long)c->n, (long long)c->c, (long long)c->h, (long long)c->w, (long long)c->k,
                (long long)c->r, (long long)c->s, (long long)c->pad_top, (long long)c->pad_bottom,
                (long long)c->pad_left, (long long)c->pad_right, nova_dtype_name(c->dtype),
                nova_layout_name(c->layout), nova_activation_name(c->activation),
                nova_algorithm_name(info->algorithm), info->tile_h, info->tile_w, info->set,
                nova_arith_name(info->arith), info->kernels, wrong);
}

/* Plans, packs, runs and compares; returns the number of failures, described. */
static int try_problem(problem *p, const nova_plan_options *options) {
    nova_cuda_plan *plan;
    nova_cuda_filter *filter;
    nova_plan_info info = {.struct_size = sizeof info};
    check_ok(nova_cuda_plan_create(&p->desc, options, 0, &plan), "plan");
    check_ok(nova_cuda_plan_get_info(plan, &info), "info");
    check_ok(nova_cuda_filter_create(plan, p->weights, NOVA_F32, &filter), "filter");
    device_problem d;
    device_create(&d, p, info.workspace_bytes);
    check_ok(nova_cuda_execute(plan, filter, &d.args, NULL), "execute");
    const cudaError_t error = cudaDeviceSynchronize();
    if (error != cudaSuccess)
        describe(p, &info, cudaGetErrorString(error));
    assert_int_equal(error, cudaSuccess);
    read_back(p, &d);
    const char *wrong = problem_compare(p, &info);
    if (wrong)
        describe(p, &info, wrong);
    device_destroy(&d);
    nova_cuda_filter_destroy(filter);
    nova_cuda_plan_destroy(plan);
    return wrong != NULL;
}

/* ---------------------------------------------------------------- problems */

static int try_random(test_random *random, const nova_conv_desc *desc,
                      const nova_plan_options *options) {
    problem p;
    problem_create(&p, desc, random_int(random, 0, 1) == 1, random_int(random, 0, 1) == 1, random);
    const int failures = try_problem(&p, options);
    problem_destroy(&p);
    return failures;
}

static void test_direct(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {1};
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    int failures = 0;
    for (int i = 0; i < 24; i++) {
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        if (!is_sampled(i))
            continue;
        if (i % 6 == 5)
            desc.r = 5, desc.s = 1 + 2 * random_int(&random, 0, 3), desc.w += 6, desc.h += 4;
        failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

static void test_winograd(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int tiles[][2] = {{2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {7, 7},
                                   {8, 8}, {4, 8}, {6, 4}, {1, 6}, {4, 1}, {2, 5}};
    test_random random = {2};
    int failures = 0;
    for (int i = 0; i < 36; i++) {
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        if (!is_sampled(i))
            continue;
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.algorithm = NOVA_ALGORITHM_WINOGRAD;
        options.tile_h = tiles[i % 12][0];
        options.tile_w = tiles[i % 12][1];
        const int wide = random_int(&random, 0, 1);
        options.arith = desc.dtype == NOVA_F16 ? (wide ? NOVA_ARITH_F16_M32 : NOVA_ARITH_F16)
                                               : (wide ? NOVA_ARITH_BF16_M32 : NOVA_ARITH_BF16);
        failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

static void test_quadratic_sets_and_larger_filters(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const struct {
        const char *set;
        int m, r;
    } cases[] = {{"best+x2+1", 8, 3}, {"best+x2+1", 6, 3}, {"best+x2+x+1", 6, 3},
                 {"classic", 6, 3},   {"best", 4, 5},      {"best", 2, 7}};
    test_random random = {3};
    int failures = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!nova_set_count())
            fail();
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        desc.r = desc.s = cases[i].r;
        desc.h += 8, desc.w += 8;
        desc.dtype = NOVA_F16;
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.algorithm = NOVA_ALGORITHM_WINOGRAD;
        options.tile_h = options.tile_w = cases[i].m;
        options.set = cases[i].set;
        options.arith = NOVA_ARITH_F16;
        failures += try_random(&random, &desc, &options);
    }
    assert_int_equal(failures, 0);
}

/* Shapes that are cut into many blocks, pairs, splits and chunks, with the planner's choice. */
static void test_planned(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int shapes[][4] = {{1, 256, 256, 14}, {2, 128, 384, 28}, {1, 512, 512, 7},
                                    {3, 64, 64, 56},   {1, 640, 640, 16}, {1, 192, 48, 28},
                                    {1, 96, 640, 33}};
    test_random random = {4};
    int failures = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int layout = 0; layout < 2; layout++) {
            if (!is_sampled((int)(2 * i) + layout))
                continue;
            nova_conv_desc desc;
            nova_conv_desc_init(&desc);
            desc.n = shapes[i][0], desc.c = shapes[i][1], desc.k = shapes[i][2];
            desc.h = desc.w = (shapes[i][3] + SHRINK - 1) / SHRINK;
            desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
            desc.dtype = NOVA_F16;
            desc.layout = (nova_layout)layout;
            failures += try_random(&random, &desc, NULL);
        }
    assert_int_equal(failures, 0);
}

/* ---------------------------------------------------------------- blocks */

/* One way to cut a layer, of every kind. */
typedef struct kinds {
    nova_gpu_grid grids[64];
    int count;
} kinds;

static void keep_kind(void *context, const nova_gpu_grid *grid, double seconds) {
    kinds *list = context;
    (void)seconds;
    for (int i = 0; i < list->count; i++) {
        const nova_gpu_grid *other = &list->grids[i];
        if (other->turns == grid->turns && other->block_channels == grid->block_channels &&
            other->splits == grid->splits && other->sharing == grid->sharing &&
            other->halo == grid->halo &&
            (grid->halo == 0 || (other->box_w == 8) == (grid->box_w == 8)) &&
            nova_gpu_block_pixels(other) == nova_gpu_block_pixels(grid))
            return;
    }
    /* partial sums in the workspace have no room in that of another plan */
    if ((grid->splits == 1 || grid->clustered) && list->count < 64)
        list->grids[list->count++] = *grid;
}

/* Runs a plan's layer with every kind of block, on some multiprocessors only unless `processors` is
   0; returns the number of failures. */
static int try_kinds(problem *p, const nova_plan_options *options, int processors) {
    nova_cuda_plan *plan;
    nova_cuda_filter *filter;
    nova_plan_info info = {.struct_size = sizeof info};
    check_ok(nova_cuda_plan_create(&p->desc, options, 0, &plan), "plan");
    check_ok(nova_cuda_plan_get_info(plan, &info), "info");
    check_ok(nova_cuda_filter_create(plan, p->weights, NOVA_F32, &filter), "filter");
    if (processors > 0)
        plan->machine.processors = processors;
    nova_gpu_engine *engine = &plan->plan.engine;
    const bool direct = engine->algorithm == NOVA_ALGORITHM_DIRECT;
    const nova_gpu_grid own = engine->grid;
    engine->small = false;
    kinds list = {.count = 0};
    nova_gpu_grid_each(&own, &plan->machine, direct, false, keep_kind, &list);
    if (direct && nova_gpu_has_parts(&own))
        engine->workspace_bytes = 0; /* of the kinds tried here none needs any */
    int failures = 0;
    for (int i = 0; i < list.count; i++) {
        const nova_gpu_grid *grid = &list.grids[i];
        engine->grid = *grid;
        device_problem d;
        device_create(&d, p, info.workspace_bytes);
        check_ok(nova_cuda_execute(plan, filter, &d.args, NULL), "execute");
        const cudaError_t error = cudaDeviceSynchronize();
        assert_int_equal(error, cudaSuccess);
        read_back(p, &d);
        const char *wrong = problem_compare(p, &info);
        if (wrong) {
            describe(p, &info, wrong);
            print_error("  in blocks of %d x %d, sharing %d, splits %d, halo %d, box %dx%dx%d\n",
                        grid->block_channels, nova_gpu_block_pixels(grid), grid->sharing,
                        grid->splits, grid->halo, grid->box_w, grid->box_h, grid->box_n);
            failures++;
        }
        device_destroy(&d);
    }
    assert_true(list.count >= (plan->machine.hopper ? 3 : 1));
    nova_cuda_filter_destroy(filter);
    nova_cuda_plan_destroy(plan);
    return failures;
}

/* Runs a layer by a kernel for few channels, whatever the model says. */
static int try_few(problem *p, nova_gpu_kind kind) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    nova_cuda_plan *plan;
    nova_cuda_filter *filter;
    nova_plan_info info = {.struct_size = sizeof info};
    check_ok(nova_cuda_plan_create(&p->desc, &options, 0, &plan), "plan");
    const nova_shape shape = plan->plan.engine.shape;
    check_ok(nova_gpu_engine_init_few(&plan->plan.engine, &plan->machine, &shape, kind), "engine");
    check_ok(nova_cuda_plan_get_info(plan, &info), "info");
    check_ok(nova_cuda_filter_create(plan, p->weights, NOVA_F32, &filter), "filter");
    device_problem d;
    device_create(&d, p, info.workspace_bytes);
    check_ok(nova_cuda_execute(plan, filter, &d.args, NULL), "execute");
    assert_int_equal(cudaDeviceSynchronize(), cudaSuccess);
    read_back(p, &d);
    const char *wrong = problem_compare(p, &info);
    if (wrong) {
        describe(p, &info, wrong);
        print_error("  by a kernel for few %s\n",
                    kind == NOVA_GPU_FEW_OUTPUTS ? "outputs" : "inputs");
    }
    device_destroy(&d);
    nova_cuda_filter_destroy(filter);
    nova_cuda_plan_destroy(plan);
    return wrong != NULL;
}

/* Few output and few input channels: filters from 1x3 to 7x7, ragged maps, every epilogue. */
static void test_few_channels(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int filters[][2] = {{3, 3}, {1, 3}, {5, 5}, {3, 3}, {3, 5}, {7, 7}};
    test_random random = {10};
    int failures = 0;
    for (int i = 0; i < 24; i++) {
        if (!is_sampled(i))
            continue;
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        const bool outputs = i % 2 == 0;
        desc.r = filters[i % 6][0], desc.s = filters[i % 6][1];
        desc.h += 6, desc.w += 6;
        const int most = outputs ? 64 / (int)(desc.r * desc.s) : 160 / (int)(desc.r * desc.s);
        const int few = random_int(&random, 1, most < 7 ? most : 7);
        if (outputs)
            desc.k = few;
        else
            desc.c = few;
        problem p;
        problem_create(&p, &desc, i % 3 != 0, i % 4 < 2, &random);
        failures += try_few(&p, outputs ? NOVA_GPU_FEW_OUTPUTS : NOVA_GPU_FEW_INPUTS);
        problem_destroy(&p);
    }
    assert_int_equal(failures, 0);
}

/* Many more blocks than multiprocessors, so that each takes several, and the last block of channels
   has fewer than half of its own. */
static void test_kinds_of_blocks(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {8};
    nova_plan_options options;
    nova_plan_options_init(&options);
    int failures = 0;
    for (int i = 0; i < 8; i++) {
        if (!is_sampled(i))
            continue;
        nova_conv_desc desc;
        nova_conv_desc_init(&desc);
        desc.n = 2, desc.c = 72, desc.k = i % 4 == 2 ? 301 : 304;
        desc.h = (77 - 8 * i) / SHRINK, desc.w = 40 + 3 * i;
        desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
        if (i == 4)
            desc.r = 5, desc.s = 7;
        desc.dtype = i % 2 ? NOVA_BF16 : NOVA_F16;
        desc.layout = i % 4 == 1 ? NOVA_NCHW : NOVA_NHWC;
        desc.activation = (nova_activation)(i % 3);
        options.algorithm = i < 6 ? NOVA_ALGORITHM_DIRECT : NOVA_ALGORITHM_WINOGRAD;
        options.tile_h = i < 6 ? 0 : 2;
        options.tile_w = i < 6 ? 0 : 4;
        options.arith = i < 6 ? NOVA_ARITH_AUTO : NOVA_ARITH_BF16_M32;
        if (i == 6)
            options.arith = NOVA_ARITH_F16;
        problem p;
        problem_create(&p, &desc, i % 2 == 0, i % 4 != 3, &random);
        failures += try_kinds(&p, &options, 0);
        problem_destroy(&p);
    }
    assert_int_equal(failures, 0);
}

/* The same on a layer so small that tools which watch every access come to an end (test_cuda
   test_small_blocks): four multiprocessors take several blocks each. */
static void test_small_blocks(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {9};
    nova_plan_options options;
    nova_plan_options_init(&options);
    int failures = 0;
    for (int i = 0; i < 3; i++) {
        if (!is_sampled(i))
            continue;
        nova_conv_desc desc;
        nova_conv_desc_init(&desc);
        desc.n = 1, desc.c = 72, desc.k = 192, desc.h = 8 + 5 * i, desc.w = 64 / SHRINK;
        desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
        desc.dtype = NOVA_F16;
        desc.layout = NOVA_NHWC;
        options.algorithm = i < 2 ? NOVA_ALGORITHM_DIRECT : NOVA_ALGORITHM_WINOGRAD;
        options.tile_h = options.tile_w = i < 2 ? 0 : 2;
        options.arith = i < 2 ? NOVA_ARITH_AUTO : NOVA_ARITH_F16;
        problem p;
        problem_create(&p, &desc, true, i == 1, &random);
        failures += try_kinds(&p, &options, 4);
        problem_destroy(&p);
    }
    assert_int_equal(failures, 0);
}

/* ---------------------------------------------------------------- small maps */

typedef struct cuts {
    nova_gpu_resident items[12];
    int count, seen;
    test_random *random;
} cuts;

/* Some of all cuts, each as likely as the others. */
static void draw_cut(void *context, const nova_gpu_resident *cut, double seconds) {
    enum { MOST = sizeof((cuts *)0)->items / sizeof *((cuts *)0)->items };
    cuts *list = context;
    (void)seconds;
    const int at = list->count < MOST ? list->count++ : random_int(list->random, 0, list->seen);
    list->seen++;
    if (at < MOST)
        list->items[at] = *cut;
}

static int try_cut(problem *p, nova_cuda_plan *plan, const nova_cuda_filter *filter,
                   const nova_plan_info *info) {
    const size_t bytes = p->y_count * sizeof(uint16_t);
    uint16_t *first = malloc(bytes);
    assert_non_null(first);
    const char *wrong = NULL;
    for (int run = 0; run < 2 && !wrong; run++) {
        device_problem d;
        device_create(&d, p, info->workspace_bytes);
        check_ok(nova_cuda_execute(plan, filter, &d.args, NULL), "execute");
        assert_int_equal(cudaDeviceSynchronize(), cudaSuccess);
        read_back(p, &d);
        device_destroy(&d);
        if (run == 0)
            memcpy(first, p->y, bytes);
        else if (memcmp(first, p->y, bytes) != 0)
            wrong = "two runs differ";
        if (!wrong)
            wrong = problem_compare(p, info);
    }
    free(first);
    if (!wrong)
        return 0;
    const nova_gpu_resident *cut = &plan->plan.engine.resident;
    describe(p, info, wrong);
    print_error("  in blocks of %d x %dx%d, %d groups, %d chunks, splits %d\n", cut->channels,
                cut->box_w, cut->box_h, cut->groups, cut->chunks, cut->splits);
    return 1;
}

/* All operands in shared memory: every way to cut random layers, the planner's or not. */
static void test_small_maps(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int filters[][2] = {{3, 3}, {3, 3}, {3, 1}, {5, 5}, {1, 3}, {3, 3}, {7, 3}};
    test_random random = {10};
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    int failures = 0, tried = 0;
    for (int i = 0; i < 28; i++) {
        nova_conv_desc desc = problem_half_desc(&random, 3, 200, 26, 40);
        desc.r = filters[i % 7][0], desc.s = filters[i % 7][1];
        if (i % 4 == 3)
            desc.n = 1, desc.c = 64 * random_int(&random, 1, 8), desc.k = 8 * (i + 1);
        desc.h += 4, desc.w += 4;
        problem p;
        nova_cuda_plan *plan;
        nova_cuda_filter *filter;
        nova_plan_info info = {.struct_size = sizeof info};
        problem_create(&p, &desc, i % 2 == 0, i % 3 == 0, &random);
        check_ok(nova_cuda_plan_create(&p.desc, &options, 0, &plan), "plan");
        check_ok(nova_cuda_plan_get_info(plan, &info), "info");
        check_ok(nova_cuda_filter_create(plan, p.weights, NOVA_F32, &filter), "filter");
        nova_gpu_engine *engine = &plan->plan.engine;
        const nova_shape staged = nova_gpu_staged_shape(engine);
        cuts list = {.random = &random};
        if (engine->grid.kind == NOVA_GPU_BLOCKS) /* else the filter is another one */
            nova_gpu_resident_each(&staged, &plan->machine, draw_cut, &list);
        engine->small = true;
        for (int cut = 0; cut < list.count; cut++, tried++) {
            engine->resident = list.items[cut];
            failures += try_cut(&p, plan, filter, &info);
        }
        const bool hopper = plan->machine.hopper;
        nova_cuda_filter_destroy(filter);
        nova_cuda_plan_destroy(plan);
        problem_destroy(&p);
        if (!hopper) /* other devices have no such kernel */
            skip();
    }
    assert_true(tried > 100);
    assert_int_equal(failures, 0);
}

/* ---------------------------------------------------------------- promises */

static void plan_fixed(nova_conv_desc *desc, nova_cuda_plan **plan, nova_plan_info *info,
                       int tile) {
    nova_conv_desc_init(desc);
    desc->n = 2, desc->c = desc->k = FIXED_CHANNELS, desc->h = desc->w = 48;
    desc->pad_top = desc->pad_bottom = desc->pad_left = desc->pad_right = 1;
    desc->dtype = NOVA_F16;
    desc->layout = NOVA_NHWC;
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = tile ? NOVA_ALGORITHM_WINOGRAD : NOVA_ALGORITHM_DIRECT;
    options.tile_h = options.tile_w = tile;
    check_ok(nova_cuda_plan_create(desc, &options, 0, plan), "plan");
    info->struct_size = sizeof *info;
    check_ok(nova_cuda_plan_get_info(*plan, info), "info");
}

/* Executions on several streams, replayed from graphs, give the bits of a single one. */
static void test_streams_and_graphs(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {5};
    for (int tile = 0; tile <= 6; tile += 6) {
        nova_conv_desc desc;
        nova_cuda_plan *plan;
        nova_cuda_filter *filter;
        nova_plan_info info;
        plan_fixed(&desc, &plan, &info, tile);
        problem p;
        problem_create(&p, &desc, true, true, &random);
        check_ok(nova_cuda_filter_create(plan, p.weights, NOVA_F32, &filter), "filter");
        const size_t bytes = p.y_count * sizeof(uint16_t);
        device_problem d[STREAMS];
        cudaStream_t streams[STREAMS];
        cudaGraphExec_t graphs[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            device_create(&d[i], &p, info.workspace_bytes);
            CUDA(cudaStreamCreateWithFlags(&streams[i], cudaStreamNonBlocking));
        }
        check_ok(nova_cuda_execute(plan, filter, &d[0].args, streams[0]), "execute");
        CUDA(cudaStreamSynchronize(streams[0]));
        uint16_t *first = malloc(bytes), *again = malloc(bytes);
        assert_non_null(first);
        assert_non_null(again);
        CUDA(cudaMemcpy(first, d[0].y, bytes, cudaMemcpyDeviceToHost));
        for (int i = 0; i < STREAMS; i++) {
            cudaGraph_t graph;
            CUDA(cudaStreamBeginCapture(streams[i], cudaStreamCaptureModeThreadLocal));
            check_ok(nova_cuda_execute(plan, filter, &d[i].args, streams[i]), "capture");
            CUDA(cudaStreamEndCapture(streams[i], &graph));
            CUDA(cudaGraphInstantiate(&graphs[i], graph, 0));
            CUDA(cudaGraphDestroy(graph));
        }
        for (int replay = 0; replay < REPLAYS; replay++)
            for (int i = 0; i < STREAMS; i++) {
                CUDA(cudaMemsetAsync(d[i].y, 0xff, bytes, streams[i]));
                CUDA(cudaGraphLaunch(graphs[i], streams[i]));
            }
        CUDA(cudaDeviceSynchronize());
        for (int i = 0; i < STREAMS; i++) {
            CUDA(cudaMemcpy(again, d[i].y, bytes, cudaMemcpyDeviceToHost));
            assert_memory_equal(first, again, bytes);
            CUDA(cudaGraphExecDestroy(graphs[i]));
            CUDA(cudaStreamDestroy(streams[i]));
            device_destroy(&d[i]);
        }
        free(first);
        free(again);
        problem_destroy(&p);
        nova_cuda_filter_destroy(filter);
        nova_cuda_plan_destroy(plan);
    }
}

static void run_to(const nova_cuda_plan *plan, const nova_cuda_filter *filter, device_problem *d,
                   uint16_t *y, size_t bytes) {
    CUDA(cudaMemset(d->y, 0xff, bytes));
    check_ok(nova_cuda_execute(plan, filter, &d->args, NULL), "execute");
    CUDA(cudaMemcpy(y, d->y, bytes, cudaMemcpyDeviceToHost));
}

/* Tiles in chunks, the last of them short, give the bits of all tiles at once. */
static void test_chunks(void **state) {
    (void)state;
    NEEDS_DEVICE();
    nova_conv_desc desc;
    nova_cuda_plan *plan;
    nova_cuda_filter *filter;
    nova_plan_info info;
    plan_fixed(&desc, &plan, &info, 4);
    test_random random = {7};
    problem p;
    problem_create(&p, &desc, true, false, &random);
    check_ok(nova_cuda_filter_create(plan, p.weights, NOVA_F32, &filter), "filter");
    device_problem d;
    device_create(&d, &p, info.workspace_bytes);
    const size_t bytes = p.y_count * sizeof(uint16_t);
    uint16_t *whole = malloc(bytes), *parts = malloc(bytes);
    assert_non_null(whole);
    assert_non_null(parts);
    run_to(plan, filter, &d, whole, bytes);
    nova_gpu_engine *engine = &plan->plan.engine;
    assert_true(engine->chunks == 1 && engine->tiles == 288);
    for (int64_t tiles = 144; tiles >= 9; tiles = tiles / 2 - 1) {
        engine->chunk_tiles = tiles; /* smaller than what the workspace is made for */
        engine->chunks = (engine->tiles + tiles - 1) / tiles;
        run_to(plan, filter, &d, parts, bytes);
        assert_memory_equal(whole, parts, bytes);
    }
    free(whole);
    free(parts);
    device_destroy(&d);
    problem_destroy(&p);
    nova_cuda_filter_destroy(filter);
    nova_cuda_plan_destroy(plan);
}

static void test_refused_arguments(void **state) {
    (void)state;
    NEEDS_DEVICE();
    nova_conv_desc desc;
    nova_cuda_plan *plan, *other;
    nova_cuda_filter *filter;
    nova_plan_info info;
    plan_fixed(&desc, &plan, &info, 4);
    plan_fixed(&desc, &other, &info, 6);
    test_random random = {6};
    problem p;
    problem_create(&p, &desc, false, false, &random);
    check_ok(nova_cuda_filter_create(plan, p.weights, NOVA_F32, &filter), "filter");
    device_problem d;
    device_create(&d, &p, info.workspace_bytes);
    assert_int_equal(nova_cuda_execute(other, filter, &d.args, NULL), NOVA_STALE);
    assert_int_equal(nova_cuda_execute(plan, NULL, &d.args, NULL), NOVA_INVALID_ARGUMENT);
    nova_execute_args args = d.args;
    args.workspace_bytes = 16;
    assert_int_equal(nova_cuda_execute(plan, filter, &args, NULL), NOVA_INVALID_ARGUMENT);
    args = d.args;
    args.x = (const char *)d.x + 2;
    assert_int_equal(nova_cuda_execute(plan, filter, &args, NULL), NOVA_INVALID_ARGUMENT);
    args = d.args;
    args.y = NULL;
    assert_int_equal(nova_cuda_execute(plan, filter, &args, NULL), NOVA_INVALID_ARGUMENT);
    device_destroy(&d);
    problem_destroy(&p);
    nova_cuda_filter_destroy(filter);
    nova_cuda_plan_destroy(plan);
    nova_cuda_plan_destroy(other);
}

static void test_refused_plans(void **state) {
    (void)state;
    nova_conv_desc desc;
    nova_cuda_plan *plan;
    nova_conv_desc_init(&desc);
    desc.n = desc.c = desc.h = desc.w = desc.k = 8;
    desc.dtype = NOVA_F16;
    assert_int_equal(nova_cuda_plan_create(&desc, NULL, 0, NULL), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_cuda_plan_create(&desc, NULL, 4711, &plan), NOVA_NOT_ELIGIBLE);
    assert_null(plan);
    assert_true(strlen(nova_last_error()) > 0);
    nova_cuda_plan_destroy(NULL);
    nova_cuda_filter_destroy(NULL);
    NEEDS_DEVICE();
    desc.dtype = NOVA_F32;
    assert_int_equal(nova_cuda_plan_create(&desc, NULL, 0, &plan), NOVA_NOT_ELIGIBLE);
    assert_int_equal(nova_cuda_plan_create(NULL, NULL, 0, &plan), NOVA_INVALID_ARGUMENT);
}

/* A measured plan is right, and what is planned afterwards is that plan. */
static void test_measured(void **state) {
    (void)state;
    NEEDS_DEVICE();
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 2, desc.c = desc.k = 40, desc.r = 1, desc.h = 5, desc.w = 7;
    desc.dtype = NOVA_BF16;
    desc.layout = NOVA_NHWC;
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT; /* one dimension less to choose from */
    options.effort = NOVA_EFFORT_MEASURE;
    nova_plan_info measured = {.struct_size = sizeof measured}, known = measured;
    nova_cuda_plan *plan, *again;
    check_ok(nova_cuda_plan_create(&desc, &options, 0, &plan), "measuring");
    check_ok(nova_cuda_plan_get_info(plan, &measured), "info");
    assert_true(measured.measured_seconds > 0 && strlen(measured.blocks) > 0);
    options.effort = NOVA_EFFORT_ESTIMATE;
    check_ok(nova_cuda_plan_create(&desc, &options, 0, &again), "plan");
    check_ok(nova_cuda_plan_get_info(again, &known), "info");
    assert_string_equal(known.blocks, measured.blocks);
    assert_true(known.measured_seconds == measured.measured_seconds);
    nova_cuda_plan_destroy(again);
    nova_cuda_plan_destroy(plan);
    test_random random = {8};
    assert_int_equal(try_random(&random, &desc, &options), 0);
    options.flags = NOVA_PLAN_NO_WISDOM;
    check_ok(nova_cuda_plan_create(&desc, &options, 0, &plan), "plan");
    check_ok(nova_cuda_plan_get_info(plan, &known), "info");
    assert_true(known.measured_seconds == 0 && known.cost_seconds > 0);
    nova_cuda_plan_destroy(plan);
    nova_wisdom_forget();
}

/* A device that is not there can be planned for, and nothing else. */
static void test_absent(void **state) {
    (void)state;
    nova_conv_desc desc;
    nova_cuda_plan *plan;
    nova_cuda_filter *filter;
    nova_plan_info info = {.struct_size = sizeof info};
    const float weights[9] = {0};
    nova_conv_desc_init(&desc);
    desc.n = desc.c = desc.k = 1;
    desc.h = desc.w = 8;
    desc.dtype = NOVA_F16;
    check_ok(nova_cuda_plan_create_for(&desc, NULL, "h200", &plan), "plan");
    check_ok(nova_cuda_plan_get_info(plan, &info), "info");
    assert_string_equal(info.kernels, "sm_90a");
    assert_int_equal(nova_cuda_filter_create(plan, weights, NOVA_F32, &filter), NOVA_NOT_ELIGIBLE);
    assert_null(filter);
    nova_cuda_plan_destroy(plan);
    assert_int_equal(nova_cuda_plan_create_for(&desc, NULL, "abacus", &plan), NOVA_UNKNOWN_NAME);
    assert_null(plan);
    assert_non_null(strstr(nova_last_error(), "h200"));
    assert_int_equal(nova_cuda_plan_create_for(&desc, NULL, NULL, &plan), NOVA_INVALID_ARGUMENT);
}

/* An argument selects tests by name. */
int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_plans),
        cmocka_unit_test(test_direct),
        cmocka_unit_test(test_winograd),
        cmocka_unit_test(test_quadratic_sets_and_larger_filters),
        cmocka_unit_test(test_planned),
        cmocka_unit_test(test_few_channels),
        cmocka_unit_test(test_kinds_of_blocks),
        cmocka_unit_test(test_small_blocks),
        cmocka_unit_test(test_small_maps),
        cmocka_unit_test(test_streams_and_graphs),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_refused_arguments),
        cmocka_unit_test(test_measured),
        cmocka_unit_test(test_absent),
    };
    enum { SKIPPED = 77 };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    return failures != 0 || has_device() ? failures : SKIPPED;
}
