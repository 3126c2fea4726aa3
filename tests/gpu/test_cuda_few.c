/*
 * test_cuda_few.c - the CUDA engine's kernels for few output and few input channels on a device,
 * whatever the planner chooses. (test_cuda.c says what outputs are compared with.)
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "cuda_device.h"
#include "cuda_problem.h"
#include "sample.h"

/* Of the ways to cut a layer with few channels: patches of either size, strips of many rows and of
   few. */
typedef struct few_kinds {
    nova_gpu_grid grids[4];
    bool has[4];
} few_kinds;

static void keep_few(void *context, const nova_gpu_grid *grid, double seconds) {
    few_kinds *list = context;
    (void)seconds;
    const bool outputs = grid->kind == NOVA_GPU_FEW_OUTPUTS;
    const int kind = outputs && nova_gpu_is_strip(grid)
                         ? 2 + (grid->blocks_h > 1)
                         : outputs && nova_gpu_patch_pixels(grid) > 128;
    list->grids[kind] = *grid;
    list->has[kind] = true;
}

/* Runs a layer by the kernels for few channels, whatever the model says. */
static int try_few(problem *p, nova_gpu_kind kind) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    device_layer layer;
    layer_plan(&layer, p, &options);
    const nova_gpu_machine *machine = &layer.plan->machine;
    nova_gpu_engine *engine = &layer.plan->plan.engine;
    const nova_shape shape = engine->shape;
    check_ok(nova_gpu_engine_init_few(engine, machine, &shape, kind), "engine");
    layer_pack(&layer, p);
    const nova_gpu_grid own = engine->grid;
    few_kinds list = {.has = {false}};
    nova_gpu_few_each(&own, machine, &shape, keep_few, &list);
    int failures = 0;
    for (int i = 0; i < 4; i++) {
        if (!list.has[i])
            continue;
        char text[NOVA_GPU_BLOCKS_TEXT];
        engine->grid = list.grids[i];
        if (layer_try(&layer, p)) {
            print_error("  by %s\n", nova_gpu_blocks_text(&engine->grid, text));
            failures++;
        }
    }
    if (kind == NOVA_GPU_FEW_OUTPUTS && shape.r == NOVA_GPU_STRIP_TAPS && shape.c <= 128)
        assert_true(list.has[2] && list.has[3]);
    layer_destroy(&layer);
    return failures;
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

/* Plans a layer by the kernel for few inputs, so many output channels a block, on so many
   multiprocessors: blocks take several tiles each where there are not many. */
static void plan_few_inputs(device_layer *layer, const problem *p, int channels, int processors) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    layer_plan(layer, p, &options);
    nova_gpu_machine *machine = &layer->plan->machine;
    nova_gpu_engine *engine = &layer->plan->plan.engine;
    const nova_shape shape = engine->shape;
    check_ok(nova_gpu_engine_init_few(engine, machine, &shape, NOVA_GPU_FEW_INPUTS), "engine");
    engine->grid.block_channels = channels;
    machine->processors = processors;
    layer_pack(layer, p);
}

static nova_conv_desc few_inputs_desc(test_random *random, int r, int s, int c) {
    static const int outputs[] = {8, 40, 64, 100, 131, 200};
    nova_conv_desc desc = problem_half_desc(random, 2, 1, 5, 130);
    desc.r = r, desc.s = s, desc.c = c;
    desc.h += 4, desc.w += 4;
    desc.k = outputs[random_int(random, 0, 5)];
    return desc;
}

/* Rows wide enough that some tiles lie inside x: every number of channels, of elements that lie
   together and of steps, rounds of steps, and blocks that take several tiles. */
static void test_few_inputs(void **state) {
    (void)state;
    NEEDS_DEVICE();
    static const int filters[][2] = {{3, 3}, {1, 3}, {3, 5}, {5, 5}, {5, 3}};
    test_random random = {11};
    int failures = 0;
    for (int i = 0; i < 40; i++) {
        if (!is_sampled(i))
            continue;
        const int r = filters[i / 8][0], s = filters[i / 8][1], most = 160 / (r * s);
        const int c = i % 8 < most ? i % 8 + 1 : 1;
        const nova_conv_desc desc = few_inputs_desc(&random, r, s, i == 15 ? 52 : c);
        problem p;
        problem_create(&p, &desc, i % 3 != 0, i % 4 < 2, &random);
        device_layer layer;
        plan_few_inputs(&layer, &p, i % 2 ? 64 : 128, random_int(&random, 1, 3));
        failures += layer_try(&layer, &p) != NULL;
        layer_destroy(&layer);
        problem_destroy(&p);
    }
    assert_int_equal(failures, 0);
}

/* Sets an element of x to Inf: outputs that it has a part in are infinite, others are what they
   were. Returns how many are wrong. */
static int spoil(problem *p, const device_layer *layer, const uint16_t *before,
                 test_random *random) {
    const nova_conv_desc *d = &p->desc;
    const bool last = d->layout == NOVA_NHWC;
    const int64_t n = random_int(random, 0, (int)d->n - 1),
                  c = random_int(random, 0, (int)d->c - 1),
                  i = random_int(random, 0, (int)d->h - 1),
                  j = random_int(random, 0, (int)d->w - 1);
    const int64_t at =
        last ? ((n * d->h + i) * d->w + j) * d->c + c : ((n * d->c + c) * d->h + i) * d->w + j;
    uint16_t *const element = (uint16_t *)p->x + at, kept = *element;
    *element = d->dtype == NOVA_F16 ? 0x7c00 : 0x7f80;
    layer_run(layer, p);
    *element = kept;
    const int64_t out_h = d->h + d->pad_top + d->pad_bottom - d->r + 1;
    const int64_t out_w = d->w + d->pad_left + d->pad_right - d->s + 1;
    int wrong = 0;
    for (size_t y = 0; y < p->y_count; y++) {
        const int64_t number = (int64_t)y, plane = out_h * out_w;
        const int64_t pixel =
            last ? number / d->k : number / (plane * d->k) * plane + number % plane;
        const int64_t u = i + d->pad_top - pixel / out_w % out_h;
        const int64_t v = j + d->pad_left - pixel % out_w;
        const bool takes_part = pixel / plane == n && u >= 0 && u < d->r && v >= 0 && v < d->s;
        const uint16_t infinity = d->dtype == NOVA_F16 ? 0x7c00 : 0x7f80;
        const uint16_t now = ((const uint16_t *)p->y)[y];
        wrong += takes_part ? (now & 0x7fff) != infinity : now != before[y];
    }
    return wrong;
}

/* What a warp reads beside a pixel's elements, the ends of rows or padding of a step, is not
   multiplied: 0 x Inf is not 0. */
static void test_infinity_beside_few_inputs(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {12};
    for (int i = 0; i < 8; i++) {
        if (!is_sampled(i))
            continue;
        nova_conv_desc desc = few_inputs_desc(&random, 3, 3, i + 1);
        desc.n = 1, desc.h = 5, desc.w = 70 + i, desc.k = 40;
        desc.activation = NOVA_ACTIVATION_NONE;
        problem p;
        problem_create(&p, &desc, true, true, &random);
        device_layer layer;
        plan_few_inputs(&layer, &p, 64, 1);
        layer_run(&layer, &p);
        uint16_t *before = malloc(p.y_count * sizeof *before);
        assert_non_null(before);
        memcpy(before, p.y, p.y_count * sizeof *before);
        for (int times = 0; times < 12; times++)
            assert_int_equal(spoil(&p, &layer, before, &random), 0);
        free(before);
        layer_destroy(&layer);
        problem_destroy(&p);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_channels),
        cmocka_unit_test(test_few_inputs),
        cmocka_unit_test(test_infinity_beside_few_inputs),
    };
    select_tests(argc, argv);
    return tests_status(cmocka_run_group_tests(tests, NULL, NULL));
}
