/*
 * test_cuda_blocks.c - every kind of block of the CUDA engine on a device, whatever the planner
 * chooses: layers are cut in all ways, and run by the kernels for small maps and for all of
 * Winograd. (test_cuda.c says what outputs are compared with.)
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "cuda_device.h"
#include "cuda_problem.h"
#include "sample.h"

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
    device_layer layer;
    layer_create(&layer, p, options);
    nova_gpu_machine *machine = &layer.plan->machine;
    if (processors > 0)
        machine->processors = processors;
    nova_gpu_engine *engine = &layer.plan->plan.engine;
    const bool direct = engine->algorithm == NOVA_ALGORITHM_DIRECT;
    const nova_gpu_grid own = engine->grid;
    engine->small = false;
    kinds list = {.count = 0};
    nova_gpu_grid_each(&own, machine, direct, false, keep_kind, &list);
    if (direct && nova_gpu_has_parts(&own))
        engine->workspace_bytes = 0; /* of the kinds tried here none needs any */
    int failures = 0;
    for (int i = 0; i < list.count; i++) {
        const nova_gpu_grid *grid = &list.grids[i];
        engine->grid = *grid;
        if (layer_try(&layer, p)) {
            print_error("  in blocks of %d x %d, sharing %d, splits %d, halo %d, box %dx%dx%d\n",
                        grid->block_channels, nova_gpu_block_pixels(grid), grid->sharing,
                        grid->splits, grid->halo, grid->box_w, grid->box_h, grid->box_n);
            failures++;
        }
    }
    assert_true(list.count >= (machine->hopper ? 3 : 1));
    layer_destroy(&layer);
    return failures;
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

/* The same on a layer so small that tools which watch every access come to an end (test_cuda_blocks
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

/* ---------------------------------------------------------------- along the rows */

/* Runs a layer by the kernel for all of Winograd that `kind` names, which devices other than Hopper
   do not have, on some multiprocessors only unless `processors` is 0; returns the number of
   failures. */
static int try_units(int number, const nova_conv_desc *desc, const nova_plan_options *options,
                     nova_gpu_kind kind, int processors, test_random *random) {
    problem p;
    device_layer layer;
    problem_create(&p, desc, number % 3 != 0, number % 2 == 0, random);
    layer_create(&layer, &p, options);
    const bool hopper = layer.plan->machine.hopper;
    int failures = 0;
    if (processors > 0)
        layer.plan->machine.processors = processors;
    if (hopper) {
        assert_int_equal(layer.plan->plan.engine.grid.kind, kind);
        failures = layer_try(&layer, &p) != NULL;
    }
    layer_destroy(&layer);
    problem_destroy(&p);
    if (!hopper)
        skip();
    return failures;
}

/* Winograd along the rows in one kernel: every type, layout and epilogue, ragged maps, more blocks
   than multiprocessors, output channels of several blocks. */
static void test_rows(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {12};
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = 1, options.tile_w = 2;
    options.set = "best";
    int failures = 0;
    for (int i = 0; i < 32; i++) {
        if (!is_sampled(i))
            continue;
        nova_conv_desc desc = problem_half_desc(&random, 3, 64, 40, 60);
        desc.k = 8 * random_int(&random, 1, i % 4 == 0 ? 20 : 8);
        desc.r = i % 3 == 2 ? 1 : 3;
        if (desc.r == 1 && i % 2 == 0)
            desc.c += 64; /* more than one box */
        desc.s = 3, desc.h += 3;
        options.arith = desc.dtype == NOVA_F16 ? NOVA_ARITH_F16_M32 : NOVA_ARITH_BF16_M32;
        /* on few multiprocessors each takes several units */
        const int processors = i % 2 == 0 ? 3 + i % 7 : 0;
        failures += try_units(i, &desc, &options, NOVA_GPU_ROWS, processors, &random);
    }
    assert_int_equal(failures, 0);
}

/* ---------------------------------------------------------------- in both directions */

/* Winograd in both directions in one kernel: few and uneven channels, every layout, padding and
   epilogue, maps ragged in either direction, more units than multiprocessors. */
static void test_nested(void **state) {
    (void)state;
    NEEDS_DEVICE();
    test_random random = {13};
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = options.tile_w = 2;
    options.set = "best";
    options.arith = NOVA_ARITH_F16;
    int failures = 0;
    for (int i = 0; i < 48; i++) {
        if (!is_sampled(i))
            continue;
        nova_conv_desc desc = problem_half_desc(&random, 3, 64, 70, 90);
        if (i % 3 != 2) /* else padded with zeros where that is so */
            desc.c = i % 6 == 0 ? 64 : 8 * random_int(&random, 1, 8);
        desc.k = i % 4 == 0 ? 64 : 8 * random_int(&random, 1, 8);
        desc.dtype = NOVA_F16;
        if (i % 8 == 7) /* as small as it may be */
            desc.h = 2 + i / 8 % 3, desc.w = 1 + i / 8,
            desc.pad_top = desc.pad_left = 1 + i / 8 % 2;
        if (desc.h + desc.pad_top + desc.pad_bottom < 3)
            desc.pad_bottom = 2;
        if (desc.w + desc.pad_left + desc.pad_right < 3)
            desc.pad_right = 2;
        const int processors = i % 5 < 3 ? 1 + i % 7 : 0;
        failures += try_units(i, &desc, &options, NOVA_GPU_NESTED, processors, &random);
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

static int try_cut(problem *p, const device_layer *layer) {
    const size_t bytes = p->y_count * sizeof(uint16_t);
    uint16_t *first = malloc(bytes);
    assert_non_null(first);
    const char *wrong = layer_try(layer, p);
    memcpy(first, p->y, bytes);
    if (!wrong)
        wrong = layer_try(layer, p);
    if (!wrong && memcmp(first, p->y, bytes) != 0) {
        wrong = "two runs differ";
        layer_describe(layer, p, wrong);
    }
    free(first);
    if (!wrong)
        return 0;
    const nova_gpu_resident *cut = &layer->plan->plan.engine.resident;
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
        device_layer layer;
        problem_create(&p, &desc, i % 2 == 0, i % 3 == 0, &random);
        layer_create(&layer, &p, &options);
        const nova_gpu_machine *machine = &layer.plan->machine;
        nova_gpu_engine *engine = &layer.plan->plan.engine;
        const nova_shape staged = nova_gpu_staged_shape(engine);
        cuts list = {.random = &random};
        if (engine->grid.kind == NOVA_GPU_BLOCKS) /* else the filter is another one */
            nova_gpu_resident_each(&staged, machine, draw_cut, &list);
        engine->small = true;
        for (int cut = 0; cut < list.count; cut++, tried++) {
            engine->resident = list.items[cut];
            failures += try_cut(&p, &layer);
        }
        const bool hopper = machine->hopper;
        layer_destroy(&layer);
        problem_destroy(&p);
        if (!hopper) /* other devices have no such kernel */
            skip();
    }
    assert_true(tried > 100);
    assert_int_equal(failures, 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_of_blocks),
        cmocka_unit_test(test_small_blocks),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_small_maps),
    };
    select_tests(argc, argv);
    return tests_status(cmocka_run_group_tests(tests, NULL, NULL));
}
