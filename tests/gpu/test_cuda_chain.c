/*
 * test_cuda_chain.c - chains of layers on a device: the bits of the same layers one by one.
 * (test_cuda.c compares plans with direct convolution.) Compiled with NOVA_EMULATED the device runs
 * portable kernels on the CPU.
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

#include "cuda/cuda.h"
#include "cuda_device.h"
#include "nova_winograd_gpu.h"
#include "numerics/half.h"
#include "random.h"
#include "sample.h"

#ifdef NOVA_EMULATED
enum { SHRINK = 2, REPLAYS = 1 };
#else
enum { SHRINK = 1, REPLAYS = 4 };
#endif
enum { MOST = 6 };

/* ---------------------------------------------------------------- a chain with its operands */

typedef struct own_layer {
    nova_conv_desc desc;
    nova_plan_options options;
    int residual;
} own_layer;

typedef struct chain_case {
    own_layer layers[MOST];
    int count;
    nova_cuda_chain *chain;
    nova_cuda_chain_info info;
    nova_cuda_filter *filters[MOST];
    float *weights[MOST]; /* on the host */
    float *biases[MOST];
    void *x, *y, *workspace;
    void *x_inside;       /* x in the layers' layout */
    void *expected[MOST]; /* each layer's output, one by one */
    nova_cuda_chain_args args;
} chain_case;

static size_t output_bytes(const nova_conv_desc *d) {
    const int64_t h = d->h + d->pad_top + d->pad_bottom - d->r + 1;
    const int64_t w = d->w + d->pad_left + d->pad_right - d->s + 1;
    return (size_t)(d->n * d->k * h * w) * sizeof(uint16_t);
}

static uint16_t *random_halves(test_random *random, size_t count, nova_dtype dtype) {
    uint16_t *made = malloc(count * sizeof *made);
    assert_non_null(made);
    for (size_t i = 0; i < count; i++) {
        const float v = (float)random_normal(random);
        made[i] = dtype == NOVA_F16 ? nova_f16_from_float(v) : nova_bf16_from_float(v);
    }
    return made;
}

/* Of each image a matrix of `rows` rows to one of `columns` rows. */
static void transpose(const uint16_t *from, uint16_t *to, int64_t images, int64_t rows,
                      int64_t columns) {
    for (int64_t n = 0; n < images; n++)
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < columns; j++)
                to[(n * columns + j) * rows + i] = from[(n * rows + i) * columns + j];
}

/* A chain of several layers is channel-last inside: its bits are those of channel-last layers. */
static bool is_transposed(const chain_case *c) {
    return c->count > 1 && c->layers[0].desc.layout == NOVA_NCHW;
}

static void make_x(chain_case *c, test_random *random) {
    const nova_conv_desc *d = &c->layers[0].desc;
    const size_t count = (size_t)(d->n * d->c * d->h * d->w);
    uint16_t *x = random_halves(random, count, d->dtype), *last = malloc(count * sizeof *last);
    assert_non_null(last);
    memcpy(last, x, count * sizeof *x);
    if (is_transposed(c))
        transpose(x, last, d->n, d->c, d->h * d->w);
    c->x = to_device(x, count * sizeof *x);
    c->x_inside = to_device(last, count * sizeof *x);
    free(x);
    free(last);
}

static void make_weights(chain_case *c, int i, test_random *random) {
    const nova_conv_desc *d = &c->layers[i].desc;
    const size_t count = (size_t)(d->k * d->c * d->r * d->s);
    float *host = c->weights[i] = malloc((count + (size_t)d->k) * sizeof *host);
    assert_non_null(host);
    for (size_t j = 0; j < count; j++)
        host[j] = (float)(random_normal(random) / sqrt((double)(d->c * d->r * d->s)));
    check_ok(
        nova_cuda_filter_create(nova_cuda_chain_plan(c->chain, i), host, NOVA_F32, &c->filters[i]),
        "filter");
    float *bias = host + count;
    for (int64_t j = 0; j < d->k; j++)
        bias[j] = (float)random_normal(random);
    if (random_int(random, 0, 3) > 0) {
        c->biases[i] = device_memory((size_t)d->k * sizeof *bias, 0);
        CUDA(cudaMemcpy(c->biases[i], bias, (size_t)d->k * sizeof *bias, cudaMemcpyHostToDevice));
    }
}

/* Layer by layer, by plans of their own. */
static void run_layers(chain_case *c) {
    for (int i = 0; i < c->count; i++) {
        nova_cuda_plan *plan;
        nova_cuda_filter *filter;
        nova_plan_info info = {.struct_size = sizeof info};
        nova_conv_desc desc = c->layers[i].desc;
        if (is_transposed(c))
            desc.layout = NOVA_NHWC;
        check_ok(nova_cuda_plan_create(&desc, &c->layers[i].options, 0, &plan), "plan");
        check_ok(nova_cuda_plan_get_info(plan, &info), "info");
        check_ok(nova_cuda_filter_create(plan, c->weights[i], NOVA_F32, &filter), "filter");
        nova_execute_args args;
        nova_execute_args_init(&args);
        args.x = i == 0 ? c->x_inside : c->expected[i - 1];
        args.y = c->expected[i] = device_memory(output_bytes(&c->layers[i].desc), 0xff);
        args.bias = c->biases[i];
        const int residual = c->layers[i].residual;
        if (residual != NOVA_CUDA_CHAIN_NONE)
            args.residual = residual == NOVA_CUDA_CHAIN_X ? c->x_inside : c->expected[residual];
        args.workspace_bytes = info.workspace_bytes;
        if (info.workspace_bytes > 0)
            args.workspace = device_memory(info.workspace_bytes, 0xff);
        check_ok(nova_cuda_execute(plan, filter, &args, NULL), "layer");
        CUDA(cudaDeviceSynchronize());
        CUDA(cudaFree(args.workspace));
        nova_cuda_filter_destroy(filter);
        nova_cuda_plan_destroy(plan);
    }
}

static nova_status plan_case(const own_layer *own, int count, nova_cuda_chain **chain) {
    nova_cuda_chain_layer layers[MOST];
    for (int i = 0; i < count; i++) {
        nova_cuda_chain_layer_init(&layers[i]);
        layers[i].desc = &own[i].desc;
        layers[i].options = &own[i].options;
        layers[i].residual = own[i].residual;
    }
    return nova_cuda_chain_create(layers, count, 0, chain);
}

/* Plans c->layers, and runs them one by one. */
static void case_create(chain_case *c, test_random *random) {
    check_ok(plan_case(c->layers, c->count, &c->chain), "chain");
    c->info.struct_size = sizeof c->info;
    check_ok(nova_cuda_chain_get_info(c->chain, &c->info), "info");
    make_x(c, random);
    for (int i = 0; i < c->count; i++)
        make_weights(c, i, random);
    run_layers(c);
    c->y = device_memory(output_bytes(&c->layers[c->count - 1].desc), 0xff);
    c->workspace = device_memory(c->info.workspace_bytes + 16, 0xff);
    nova_cuda_chain_args_init(&c->args);
    c->args.x = c->x;
    c->args.y = c->y;
    c->args.filters = (const nova_cuda_filter *const *)c->filters;
    c->args.biases = (const float *const *)c->biases;
    c->args.workspace = (char *)c->workspace + 16; /* any alignment */
    c->args.workspace_bytes = c->info.workspace_bytes;
}

static void case_destroy(chain_case *c) {
    for (int i = 0; i < c->count; i++) {
        nova_cuda_filter_destroy(c->filters[i]);
        free(c->weights[i]);
        CUDA(cudaFree(c->biases[i]));
        CUDA(cudaFree(c->expected[i]));
    }
    CUDA(cudaFree(c->x));
    CUDA(cudaFree(c->x_inside));
    CUDA(cudaFree(c->y));
    CUDA(cudaFree(c->workspace));
    nova_cuda_chain_destroy(c->chain);
}

/* Elements of y that differ from those of the layers one by one. */
static size_t count_differences(const chain_case *c) {
    const size_t bytes = output_bytes(&c->layers[c->count - 1].desc);
    uint16_t *y = malloc(bytes), *expected = malloc(bytes);
    assert_true(y && expected);
    CUDA(cudaMemcpy(y, c->y, bytes, cudaMemcpyDeviceToHost));
    CUDA(cudaMemcpy(expected, c->expected[c->count - 1], bytes, cudaMemcpyDeviceToHost));
    const nova_conv_desc *d = &c->layers[c->count - 1].desc;
    if (is_transposed(c)) {
        uint16_t *first = malloc(bytes);
        assert_non_null(first);
        transpose(expected, first, d->n, (int64_t)(bytes / sizeof *y) / (d->n * d->k), d->k);
        free(expected);
        expected = first;
    }
    size_t count = 0;
    for (size_t i = 0; i < bytes / sizeof *y; i++)
        count += y[i] != expected[i];
    free(y);
    free(expected);
    return count;
}

/* Runs the chain on poisoned memory; returns 1, described, if bits differ. */
static int try_chain(const chain_case *c) {
    CUDA(cudaMemset(c->y, 0xff, output_bytes(&c->layers[c->count - 1].desc)));
    CUDA(cudaMemset(c->workspace, 0xff, c->info.workspace_bytes + 16));
    check_ok(nova_cuda_chain_execute(c->chain, &c->args, NULL), "execute");
    const cudaError_t error = cudaDeviceSynchronize();
    if (error != cudaSuccess)
        print_error("%s\n", cudaGetErrorString(error));
    assert_int_equal(error, cudaSuccess);
    const size_t wrong = count_differences(c);
    if (wrong == 0)
        return 0;
    print_error("%zu elements differ:\n", wrong);
    for (int i = 0; i < c->count; i++) {
        const nova_conv_desc *d = &c->layers[i].desc;
        print_error(
            "  %lldx%lldx%lldx%lld to %lld, pad %lld %lld %lld %lld, %s, F(%dx%d), residual "
            "%d\n",
            (long long)d->n, (long long)d->c, (long long)d->h, (long long)d->w, (long long)d->k,
            (long long)d->pad_top, (long long)d->pad_bottom, (long long)d->pad_left,
            (long long)d->pad_right, nova_layout_name(d->layout), c->layers[i].options.tile_h,
            c->layers[i].options.tile_w, c->layers[i].residual);
    }
    return 1;
}

/* ---------------------------------------------------------------- chains */

static void set_layer(own_layer *layer, int64_t n, int64_t c, int64_t k, int64_t h, int64_t w,
                      nova_dtype dtype, nova_layout layout) {
    nova_conv_desc *d = &layer->desc;
    nova_conv_desc_init(d);
    nova_plan_options_init(&layer->options);
    layer->residual = NOVA_CUDA_CHAIN_NONE;
    d->n = n, d->c = c, d->k = k, d->h = h, d->w = w;
    d->pad_top = d->pad_bottom = d->pad_left = d->pad_right = 1;
    d->dtype = dtype;
    d->layout = layout;
}

/* F(tile x tile), or direct convolution. */
static void use_tile(own_layer *layer, int tile) {
    layer->options.algorithm = tile ? NOVA_ALGORITHM_WINOGRAD : NOVA_ALGORITHM_DIRECT;
    if (tile == 0)
        return;
    layer->options.tile_h = layer->options.tile_w = tile;
    layer->options.arith = layer->desc.dtype == NOVA_F16 ? NOVA_ARITH_F16 : NOVA_ARITH_BF16;
}

/* Layers of random widths, paddings, algorithms and epilogues. */
static void random_chain(chain_case *c, test_random *random) {
    static const int tiles[] = {0, 2, 4, 6};
    static const int widths[] = {3, 8, 32, 40, 64, 72};
    const nova_dtype dtype = random_int(random, 0, 2) ? NOVA_F16 : NOVA_BF16;
    const nova_layout layout = random_int(random, 0, 1) ? NOVA_NHWC : NOVA_NCHW;
    int64_t h = random_int(random, 7, 40 / SHRINK), w = random_int(random, 7, 48 / SHRINK);
    int64_t channels = widths[random_int(random, 0, 5)];
    memset(c, 0, sizeof *c);
    c->count = random_int(random, 1, 5);
    const int64_t n = random_int(random, 1, 2);
    for (int i = 0; i < c->count; i++) {
        own_layer *l = &c->layers[i];
        const bool same = random_int(random, 0, 2) > 0;
        const int64_t next = same ? channels : widths[random_int(random, 0, 5)];
        set_layer(l, n, channels, next, h, w, dtype, layout);
        if (!same) {
            l->desc.pad_top = random_int(random, 0, 2);
            l->desc.pad_bottom = random_int(random, 0, 2);
            l->desc.pad_left = random_int(random, 0, 2);
            l->desc.pad_right = random_int(random, 0, 2);
        }
        use_tile(l, tiles[random_int(random, 0, 3)]);
        l->desc.activation = (nova_activation)random_int(random, 0, 2);
        if (same && random_int(random, 0, 1)) /* whose input has the output's shape */
            l->residual = i - 1;
        h += l->desc.pad_top + l->desc.pad_bottom - 2;
        w += l->desc.pad_left + l->desc.pad_right - 2;
        channels = next;
    }
}

static void test_random_chains(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {1};
    int failures = 0;
    for (int i = 0; i < 40 / SHRINK; i++) {
        chain_case c;
        random_chain(&c, &random);
        if (!is_sampled(i))
            continue;
        case_create(&c, &random);
        failures += try_chain(&c);
        case_destroy(&c);
    }
    assert_int_equal(failures, 0);
}

/* The planner's own choice, with residuals that live as long as the chain, and few channels at both
   ends: a denoiser in small. */
static void test_planned(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int shapes[][3] = {{1, 256, 56}, {2, 64, 32}, {1, 512, 64}};
    test_random random = {3};
    int failures = 0;
    for (int i = 0; i < 3; i++) {
        if (!is_sampled(i))
            continue;
        chain_case c;
        memset(&c, 0, sizeof c);
        c.count = 5;
        const int64_t wide = shapes[i][1] / SHRINK / SHRINK, side = shapes[i][2] / SHRINK;
        const int64_t widths[] = {3, wide, wide, wide, wide, 3};
        for (int l = 0; l < 5; l++) {
            set_layer(&c.layers[l], shapes[i][0], widths[l], widths[l + 1], side, side + 5,
                      NOVA_F16, i % 2 ? NOVA_NCHW : NOVA_NHWC);
            c.layers[l].desc.activation = l < 4 ? NOVA_ACTIVATION_RELU : NOVA_ACTIVATION_NONE;
        }
        c.layers[3].residual = 0;
        c.layers[4].residual = NOVA_CUDA_CHAIN_X;
        case_create(&c, &random);
        failures += try_chain(&c);
        case_destroy(&c);
    }
    assert_int_equal(failures, 0);
}

/* Replayed from a graph, on memory that is poisoned before, a chain gives the same bits. */
static void test_graph(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {4};
    chain_case c;
    memset(&c, 0, sizeof c);
    c.count = 3;
    for (int i = 0; i < 3; i++) {
        set_layer(&c.layers[i], 1, 64, 64, 48 / SHRINK, 48 / SHRINK, NOVA_F16, NOVA_NHWC);
        use_tile(&c.layers[i], i == 1 ? 0 : 4);
    }
    c.layers[2].residual = 0;
    case_create(&c, &random);
    assert_int_equal(c.info.layers, 3);
    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    check_ok(nova_cuda_chain_execute(c.chain, &c.args, stream), "capture");
    CUDA(cudaStreamEndCapture(stream, &graph));
    CUDA(cudaGraphInstantiate(&exec, graph, 0));
    CUDA(cudaGraphDestroy(graph));
    for (int replay = 0; replay < REPLAYS; replay++) {
        CUDA(cudaMemsetAsync(c.y, 0xff, output_bytes(&c.layers[2].desc), stream));
        CUDA(cudaMemsetAsync(c.workspace, 0xff, c.info.workspace_bytes + 16, stream));
        CUDA(cudaGraphLaunch(exec, stream));
        CUDA(cudaStreamSynchronize(stream));
        assert_int_equal(count_differences(&c), 0);
    }
    CUDA(cudaGraphExecDestroy(exec));
    CUDA(cudaStreamDestroy(stream));
    case_destroy(&c);
}

/* ---------------------------------------------------------------- what is refused */

static void test_refused_arguments(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {5};
    chain_case c;
    memset(&c, 0, sizeof c);
    c.count = 2;
    for (int i = 0; i < 2; i++) {
        set_layer(&c.layers[i], 1, 32, 32, 16, 16, NOVA_F16, NOVA_NHWC);
        use_tile(&c.layers[i], 4 - 2 * i);
    }
    case_create(&c, &random);
    nova_cuda_chain_args args = c.args;
    args.workspace_bytes--;
    assert_int_equal(nova_cuda_chain_execute(c.chain, &args, NULL), NOVA_INVALID_ARGUMENT);
    args = c.args;
    args.x = (const char *)c.x + 2;
    assert_int_equal(nova_cuda_chain_execute(c.chain, &args, NULL), NOVA_INVALID_ARGUMENT);
    assert_non_null(strstr(nova_last_error(), "x and y must be aligned"));
    args = c.args;
    args.y = NULL;
    assert_int_equal(nova_cuda_chain_execute(c.chain, &args, NULL), NOVA_INVALID_ARGUMENT);
    args = c.args;
    args.filters = NULL;
    assert_int_equal(nova_cuda_chain_execute(c.chain, &args, NULL), NOVA_INVALID_ARGUMENT);
    const nova_cuda_filter *swapped[] = {c.filters[1], c.filters[0]};
    args.filters = swapped;
    assert_int_equal(nova_cuda_chain_execute(c.chain, &args, NULL), NOVA_STALE);
    const nova_cuda_filter *missing[] = {c.filters[0], NULL};
    args.filters = missing;
    assert_int_equal(nova_cuda_chain_execute(c.chain, &args, NULL), NOVA_INVALID_ARGUMENT);
    args = c.args;
    args.struct_size = 0;
    assert_int_equal(nova_cuda_chain_execute(c.chain, &args, NULL), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_cuda_chain_execute(NULL, &c.args, NULL), NOVA_INVALID_ARGUMENT);
    assert_null(nova_cuda_chain_plan(c.chain, 2));
    assert_null(nova_cuda_chain_plan(NULL, 0));
    case_destroy(&c);
}

static void test_refused_chains(void **state) {
    (void)state;
    own_layer own[2];
    nova_cuda_chain_layer layers[2];
    nova_cuda_chain *chain;
    for (int i = 0; i < 2; i++) {
        set_layer(&own[i], 1, 32, 32, 16, 16, NOVA_F16, NOVA_NHWC);
        nova_cuda_chain_layer_init(&layers[i]);
        layers[i].desc = &own[i].desc;
    }
    assert_int_equal(nova_cuda_chain_create(layers, 2, 0, NULL), NOVA_INVALID_ARGUMENT);
    assert_int_equal(nova_cuda_chain_create(layers, 0, 0, &chain), NOVA_INVALID_ARGUMENT);
    assert_null(chain);
    assert_int_equal(nova_cuda_chain_create(layers, 2, 4711, &chain), NOVA_NOT_ELIGIBLE);
    nova_cuda_chain_destroy(NULL);
    NEEDS_DEVICE();
    layers[1].struct_size = 0;
    assert_int_equal(nova_cuda_chain_create(layers, 2, 0, &chain), NOVA_INVALID_ARGUMENT);
    layers[1].struct_size = sizeof layers[1];
    layers[1].desc = NULL;
    assert_int_equal(nova_cuda_chain_create(layers, 2, 0, &chain), NOVA_INVALID_ARGUMENT);
    layers[1].desc = &own[1].desc;
    own[1].desc.dtype = NOVA_F32;
    assert_int_equal(nova_cuda_chain_create(layers, 2, 0, &chain), NOVA_NOT_ELIGIBLE);
    assert_non_null(strstr(nova_last_error(), "layer 1: "));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_chains),    cmocka_unit_test(test_random_chains),
        cmocka_unit_test(test_planned),           cmocka_unit_test(test_graph),
        cmocka_unit_test(test_refused_arguments),
    };
    select_tests(argc, argv);
    return tests_status(cmocka_run_group_tests(tests, NULL, NULL));
}
