/*
 * test_cuda_calls.c - what callers of the CUDA engine may rely on: the same bits on every stream,
 * from graphs and in chunks; what is refused; plans that were measured; devices that are not there.
 * What needs no device is tested without one.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "cuda_device.h"
#include "cuda_problem.h"
#include "nova_winograd_gpu.h"

#ifdef NOVA_EMULATED
enum { FIXED_CHANNELS = 40, STREAMS = 2, REPLAYS = 1 };
#else
enum { FIXED_CHANNELS = 128, STREAMS = 3, REPLAYS = 4 };
#endif

/* One problem of all these tests; tile 0: direct. */
static void create_fixed(problem *p, device_layer *layer, int tile, bool residual) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 2, desc.c = desc.k = FIXED_CHANNELS, desc.h = desc.w = 48;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
    desc.dtype = NOVA_F16;
    desc.layout = NOVA_NHWC;
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = tile ? NOVA_ALGORITHM_WINOGRAD : NOVA_ALGORITHM_DIRECT;
    options.tile_h = options.tile_w = tile;
    test_random random = {5};
    problem_create(p, &desc, true, residual, &random);
    layer_create(layer, p, &options);
}

static void destroy_fixed(problem *p, device_layer *layer) {
    layer_destroy(layer);
    problem_destroy(p);
}

/* Executions on several streams, replayed from graphs, give the bits of a single one. */
static void test_streams_and_graphs(void **state) {
    (void)state;
    NEEDS_DEVICE();
    for (int tile = 0; tile <= 6; tile += 6) {
        problem p;
        device_layer layer;
        create_fixed(&p, &layer, tile, true);
        const size_t bytes = p.y_count * sizeof(uint16_t);
        device_problem d[STREAMS];
        cudaStream_t streams[STREAMS];
        cudaGraphExec_t graphs[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            device_create(&d[i], &p, layer.info.workspace_bytes);
            CUDA(cudaStreamCreateWithFlags(&streams[i], cudaStreamNonBlocking));
        }
        check_ok(nova_cuda_execute(layer.plan, layer.filter, &d[0].args, streams[0]), "execute");
        CUDA(cudaStreamSynchronize(streams[0]));
        uint16_t *first = malloc(bytes), *again = malloc(bytes);
        assert_non_null(first);
        assert_non_null(again);
        CUDA(cudaMemcpy(first, d[0].y, bytes, cudaMemcpyDeviceToHost));
        for (int i = 0; i < STREAMS; i++) {
            cudaGraph_t graph;
            CUDA(cudaStreamBeginCapture(streams[i], cudaStreamCaptureModeThreadLocal));
            check_ok(nova_cuda_execute(layer.plan, layer.filter, &d[i].args, streams[i]),
                     "capture");
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
        destroy_fixed(&p, &layer);
    }
}

static void run_to(const device_layer *layer, device_problem *d, uint16_t *y, size_t bytes) {
    CUDA(cudaMemset(d->y, 0xff, bytes));
    check_ok(nova_cuda_execute(layer->plan, layer->filter, &d->args, NULL), "execute");
    CUDA(cudaMemcpy(y, d->y, bytes, cudaMemcpyDeviceToHost));
}

/* Tiles in chunks, the last of them short, give the bits of all tiles at once. */
static void test_chunks(void **state) {
    (void)state;
    NEEDS_DEVICE();
    problem p;
    device_layer layer;
    device_problem d;
    create_fixed(&p, &layer, 4, false);
    device_create(&d, &p, layer.info.workspace_bytes);
    const size_t bytes = p.y_count * sizeof(uint16_t);
    uint16_t *whole = malloc(bytes), *parts = malloc(bytes);
    assert_non_null(whole);
    assert_non_null(parts);
    run_to(&layer, &d, whole, bytes);
    nova_gpu_engine *engine = &layer.plan->plan.engine;
    assert_true(engine->chunks == 1 && engine->tiles == 288);
    for (int64_t tiles = 144; tiles >= 9; tiles = tiles / 2 - 1) {
        engine->chunk_tiles = tiles; /* smaller than what the workspace is made for */
        engine->chunks = (engine->tiles + tiles - 1) / tiles;
        run_to(&layer, &d, parts, bytes);
        assert_memory_equal(whole, parts, bytes);
    }
    free(whole);
    free(parts);
    device_destroy(&d);
    destroy_fixed(&p, &layer);
}

static void test_refused_arguments(void **state) {
    (void)state;
    NEEDS_DEVICE();
    problem p, same;
    device_layer layer, other;
    device_problem d;
    create_fixed(&p, &layer, 4, false);
    create_fixed(&same, &other, 6, false);
    device_create(&d, &p, layer.info.workspace_bytes);
    const nova_cuda_plan *plan = layer.plan;
    const nova_cuda_filter *filter = layer.filter;
    assert_int_equal(nova_cuda_execute(other.plan, filter, &d.args, NULL), NOVA_STALE);
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
    destroy_fixed(&p, &layer);
    destroy_fixed(&same, &other);
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

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_plans), cmocka_unit_test(test_streams_and_graphs),
        cmocka_unit_test(test_chunks),        cmocka_unit_test(test_refused_arguments),
        cmocka_unit_test(test_measured),      cmocka_unit_test(test_absent),
    };
    select_tests(argc, argv);
    return tests_status(cmocka_run_group_tests(tests, NULL, NULL));
}
