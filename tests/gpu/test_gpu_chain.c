/*
 * test_gpu_chain.c - chains of layers without a device: what is planned and refused, and where
 * tensors lie.
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

#include "gpu/chain.h"
#include "gpu/execute.h"
#include "planning.h"
#include "random.h"

enum { MOST = 20 };

/* ---------------------------------------------------------------- plans */

static nova_status plan_chain(nova_gpu_chain *chain, const nova_conv_desc *descs,
                              const nova_plan_options *options, const int *residuals, int count) {
    const nova_gpu_machine machine = h200();
    nova_gpu_link links[MOST];
    assert_true(count <= MOST);
    for (int i = 0; i < count; i++)
        links[i] =
            (nova_gpu_link){&descs[i], options, residuals ? residuals[i] : NOVA_GPU_CHAIN_NONE};
    return nova_gpu_chain_init(chain, links, count, &machine);
}

/* A chain takes the plans of its layers, and their time. */
static void test_plans(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    const nova_conv_desc descs[] = {layer(1, 64, 512, 128), layer(1, 512, 512, 128),
                                    layer(1, 512, 3, 128)};
    nova_gpu_chain chain;
    check_ok(plan_chain(&chain, descs, NULL, NULL, 3));
    assert_false(chain.transposed);
    double seconds = 0;
    for (int i = 0; i < 3; i++) {
        nova_gpu_plan alone;
        check_ok(nova_gpu_plan_init(&alone, &descs[i], NULL, &machine));
        assert_int_equal(alone.key, chain.layers[i].plan.key);
        assert_int_equal(alone.engine.algorithm, chain.layers[i].plan.engine.algorithm);
        seconds += alone.engine.seconds;
        nova_gpu_plan_clear(&alone);
    }
    assert_true(fabs(chain.seconds - seconds) < 1e-12);
    nova_gpu_chain_clear(&chain);
}

/* Channel-first tensors are transposed once, not by every layer; a layer alone does as it likes. */
static void test_channel_first(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    nova_conv_desc descs[4];
    for (int i = 0; i < 4; i++) {
        descs[i] = layer(1, 128, 128, 256);
        descs[i].layout = NOVA_NCHW;
    }
    nova_gpu_chain chain;
    nova_gpu_plan alone;
    check_ok(nova_gpu_plan_init(&alone, &descs[0], NULL, &machine));
    check_ok(plan_chain(&chain, descs, NULL, NULL, 4));
    assert_true(chain.transposed);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(chain.layers[i].plan.engine.staging, NOVA_GPU_AS_IT_IS);
        assert_false(chain.layers[i].plan.engine.arranged);
    }
    const double moves = alone.engine.stage_seconds[0] + alone.engine.stage_seconds[4];
    const double expected = 4 * (alone.engine.seconds - moves) + moves;
    assert_true(fabs(chain.seconds - expected) < 1e-9);
    nova_gpu_chain_clear(&chain);
    check_ok(plan_chain(&chain, descs, NULL, NULL, 1));
    assert_false(chain.transposed);
    assert_true(chain.layers[0].plan.engine.arranged);
    nova_gpu_chain_clear(&chain);
    nova_gpu_plan_clear(&alone);
}

/* ---------------------------------------------------------------- memory */

typedef struct range {
    size_t at, bytes;
    int first, last;
} range;

static size_t bytes_of(int64_t n, int64_t c, int64_t h, int64_t w) {
    return (size_t)(n * c * h * w) * 2;
}

/* What lives at the same time does not overlap, and all of it lies in the workspace. */
static void check_memory(const nova_gpu_chain *chain) {
    range ranges[2 * MOST + 1];
    int count = 0;
    const nova_shape *x = &chain->layers[0].plan.engine.shape;
    for (int i = -1; i < chain->count; i++) {
        int last = i < 0 ? 0 : i + 1;
        for (int j = i + 1; j < chain->count; j++)
            if (chain->layers[j].residual == i && j > last)
                last = j;
        if (i < 0) {
            if (chain->transposed)
                ranges[count++] = (range){chain->x_at, bytes_of(x->n, x->c, x->h, x->w), 0, last};
            continue;
        }
        const nova_gpu_chain_layer *l = &chain->layers[i];
        const nova_shape *s = &l->plan.engine.shape;
        ranges[count++] = (range){l->workspace_at, l->plan.engine.workspace_bytes, i, i};
        if (i < chain->count - 1 || chain->transposed)
            ranges[count++] = (range){l->y_at, bytes_of(s->n, s->k, s->out_h, s->out_w), i, last};
    }
    for (int a = 0; a < count; a++) {
        assert_true(ranges[a].at % NOVA_GPU_WORKSPACE_ALIGNMENT == 0);
        assert_true(ranges[a].bytes == 0 ||
                    ranges[a].at + ranges[a].bytes <=
                        chain->workspace_bytes - NOVA_GPU_WORKSPACE_ALIGNMENT);
        for (int b = 0; b < a; b++)
            assert_true(ranges[a].last < ranges[b].first || ranges[b].last < ranges[a].first ||
                        ranges[a].at + ranges[a].bytes <= ranges[b].at ||
                        ranges[b].at + ranges[b].bytes <= ranges[a].at);
    }
}

static void test_memory(void **state) {
    (void)state;
    test_random random = {2};
    for (int trial = 0; trial < 20; trial++) {
        const int count = random_int(&random, 1, 7);
        nova_conv_desc descs[MOST];
        int residuals[MOST];
        for (int i = 0; i < count; i++) {
            descs[i] = layer(1, 64, 64, 48);
            descs[i].layout = trial % 2 ? NOVA_NCHW : NOVA_NHWC;
            residuals[i] = random_int(&random, -2, i - 1);
        }
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.algorithm = trial % 3 ? NOVA_ALGORITHM_WINOGRAD : NOVA_ALGORITHM_DIRECT;
        nova_gpu_chain chain;
        check_ok(plan_chain(&chain, descs, &options, residuals, count));
        check_memory(&chain);
        nova_gpu_chain_clear(&chain);
    }
}

/* Tensors between layers share memory: a long chain needs that of two. */
static void test_memory_is_used_again(void **state) {
    (void)state;
    nova_conv_desc descs[12];
    for (int i = 0; i < 12; i++)
        descs[i] = layer(1, 64, 64, 256);
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    nova_gpu_chain chain;
    check_ok(plan_chain(&chain, descs, &options, NULL, 12));
    check_memory(&chain);
    assert_int_equal(chain.workspace_bytes, 2 * 64 * 256 * 256 * 2 + NOVA_GPU_WORKSPACE_ALIGNMENT);
    nova_gpu_chain_clear(&chain);
}

/* ---------------------------------------------------------------- what is refused */

static void check_refused(const nova_conv_desc *descs, const int *residuals, int count,
                          const char *reason) {
    nova_gpu_chain chain;
    assert_int_equal(plan_chain(&chain, descs, NULL, residuals, count), NOVA_INVALID_ARGUMENT);
    if (!strstr(nova_last_error(), reason))
        print_error("\"%s\" is not in \"%s\"\n", reason, nova_last_error());
    assert_non_null(strstr(nova_last_error(), reason));
    assert_null(chain.layers);
}

static void test_refused(void **state) {
    (void)state;
    nova_conv_desc descs[2] = {layer(1, 64, 64, 16), layer(1, 64, 128, 16)};
    check_refused(descs, NULL, 0, "at least one layer");
    const int late[] = {-2, 1}, unknown[] = {-3, -2}, wide[] = {-2, 0};
    check_refused(descs, late, 2, "layer 1: the residual is number 1");
    check_refused(descs, unknown, 2, "layer 0: the residual is number -3");
    check_refused(descs, wide, 2, "layer 1: the residual's shape");
    descs[1].c = 72;
    check_refused(descs, NULL, 2, "layer 1 reads 1x72x16x16");
    descs[1].c = 64;
    descs[1].layout = NOVA_NCHW;
    check_refused(descs, NULL, 2, "layer 1 is nchw, but layer 0 is nhwc");
    descs[1].layout = NOVA_NHWC;
    descs[1].dtype = NOVA_BF16;
    check_refused(descs, NULL, 2, "layer 0 writes 1x64x16x16 f16");
    descs[1].k = 0;
    check_refused(descs, NULL, 2, "layer 1: k is 0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans),   cmocka_unit_test(test_channel_first),
        cmocka_unit_test(test_memory),  cmocka_unit_test(test_memory_is_used_again),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
