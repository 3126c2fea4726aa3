/*
 * test_few.c - direct convolution with few channels, without a GPU: when its kernels are chosen,
 * how they cut a layer, where the weights go, and shared memory free of bank conflicts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/execute.h"
#include "gpu/few.h"
#include "numerics/half.h"
#include "planning.h"
#include "random.h"

static nova_conv_desc few_layer(int64_t n, int64_t c, int64_t k, int64_t h, int64_t side) {
    nova_conv_desc desc = layer(n, c, k, h);
    desc.r = desc.s = side;
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = side / 2;
    return desc;
}

static void make_plan(nova_gpu_plan *plan, const nova_conv_desc *desc,
                      const nova_gpu_machine *machine) {
    check_ok(nova_gpu_plan_init(plan, desc, NULL, machine));
}

static nova_gpu_kind kind_of(const nova_conv_desc *desc, const nova_gpu_machine *machine) {
    nova_gpu_plan plan;
    make_plan(&plan, desc, machine);
    const nova_gpu_kind kind = (nova_gpu_kind)plan.engine.grid.kind;
    nova_gpu_plan_clear(&plan);
    return kind;
}

/* Last layers of pictures and first ones of networks; not layers with many channels on both sides,
   nor where there are no such kernels. */
static void test_choice(void **state) {
    (void)state;
    nova_gpu_machine machine = h200();
    const nova_conv_desc last = few_layer(1, 128, 3, 512, 3), first = few_layer(1, 3, 64, 224, 3),
                         middle = few_layer(1, 128, 128, 112, 3);
    assert_int_equal(kind_of(&last, &machine), NOVA_GPU_FEW_OUTPUTS);
    assert_int_equal(kind_of(&first, &machine), NOVA_GPU_FEW_INPUTS);
    assert_int_equal(kind_of(&middle, &machine), NOVA_GPU_BLOCKS);
    machine.few = false;
    assert_int_equal(kind_of(&last, &machine), NOVA_GPU_BLOCKS);
    assert_int_equal(kind_of(&first, &machine), NOVA_GPU_BLOCKS);
}

static nova_shape shape_of(const nova_conv_desc *desc) {
    nova_request request;
    assert_int_equal(nova_request_init(&request, desc, NULL), NOVA_OK);
    return request.shape;
}

static void test_refusals(void **state) {
    (void)state;
    nova_gpu_machine machine = h200();
    const nova_conv_desc seven = few_layer(1, 17, 7, 32, 3), eight = few_layer(1, 18, 8, 32, 3);
    const nova_shape fits = shape_of(&seven), exceeds = shape_of(&eight);
    nova_gpu_engine engine;
    for (int kind = NOVA_GPU_FEW_OUTPUTS; kind <= NOVA_GPU_FEW_INPUTS; kind++) {
        assert_int_equal(nova_gpu_engine_init_few(&engine, &machine, &fits, kind), NOVA_OK);
        assert_int_equal(nova_gpu_engine_init_few(&engine, &machine, &exceeds, kind),
                         NOVA_NOT_ELIGIBLE);
    }
    machine.few = false;
    assert_int_equal(nova_gpu_engine_init_few(&engine, &machine, &fits, NOVA_GPU_FEW_OUTPUTS),
                     NOVA_NOT_ELIGIBLE);
}

/* Large pictures are walked down in strips; small maps, and filters of other than three rows, are
   cut into patches. */
static void test_strips_or_patches(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    const nova_conv_desc layers[] = {few_layer(1, 64, 3, 1024, 3), few_layer(1, 128, 3, 512, 3),
                                     few_layer(2, 320, 4, 64, 3), few_layer(1, 64, 2, 1024, 5)};
    for (int i = 0; i < 4; i++) {
        const nova_shape shape = shape_of(&layers[i]);
        nova_gpu_engine engine;
        assert_int_equal(nova_gpu_engine_init_few(&engine, &machine, &shape, NOVA_GPU_FEW_OUTPUTS),
                         NOVA_OK);
        assert_int_equal(nova_gpu_is_strip(&engine.grid), i < 2);
    }
}

/* A way to cut a layer, and how many of each kind there were. */
typedef struct cuts {
    nova_gpu_engine engine;
    int64_t side, strips, patches;
} cuts;

static void check_cut(void *context, const nova_gpu_grid *grid, double seconds) {
    cuts *all = context;
    const nova_gpu_machine machine = h200();
    const nova_shape *shape = &all->engine.shape;
    const nova_gpu_operands operands = {.u = NULL};
    all->engine.grid = *grid;
    const nova_gpu_few_outputs_args p = nova_gpu_few_outputs_of(&all->engine, &operands);
    assert_true(p.box_w == p.out_w + all->side - 1 && p.box_h == p.out_h + all->side - 1);
    assert_true(p.across * p.out_w >= shape->out_w && (p.across - 1) * p.out_w < shape->out_w);
    assert_true(p.down * p.out_h >= shape->out_h && (p.down - 1) * p.out_h < shape->out_h);
    assert_true(seconds > 0);
    if (nova_gpu_is_strip(grid)) {
        const int columns = nova_gpu_strip_columns(p.s, (int)shape->k);
        assert_true(p.r == 3 && p.box_w == 32 && columns >= p.s * shape->k && columns <= 24);
        assert_true((size_t)nova_gpu_strip_bytes(p.c_pitch, columns) <= machine.shared_bytes);
        all->strips++;
    } else {
        assert_true(p.pixels == 128 || p.pixels == 256);
        assert_true(p.box_w * p.box_h <= p.pixels);
        assert_true((size_t)nova_gpu_patch_bytes(p.pixels, p.columns, p.c_pitch) <=
                    machine.shared_bytes);
        all->patches++;
    }
}

/* Patches and strips cover a map without gaps, and their boxes fit into blocks. */
static void test_cuts(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    test_random random = {1};
    int64_t strips = 0;
    for (int i = 0; i < 200; i++) {
        cuts all = {.side = 3 + 2 * random_int(&random, 0, 2)};
        const int most = (int)(64 / (all.side * all.side));
        nova_conv_desc desc =
            few_layer(random_int(&random, 1, 9), random_int(&random, 1, 2000),
                      random_int(&random, 1, most), random_int(&random, 8, 300), all.side);
        desc.w = random_int(&random, 8, 300);
        const nova_shape shape = shape_of(&desc);
        assert_int_equal(
            nova_gpu_engine_init_few(&all.engine, &machine, &shape, NOVA_GPU_FEW_OUTPUTS), NOVA_OK);
        assert_true(all.engine.seconds >= nova_gpu_engine_floor(&all.engine, &machine, false));
        const nova_gpu_grid grid = all.engine.grid;
        nova_gpu_few_each(&grid, &machine, &shape, check_cut, &all);
        assert_true(all.patches > 0);
        strips += all.strips;
    }
    assert_true(strips > 200);
}

/* Blocks of few inputs fit into shared memory of either kind of device, and cover all channels. */
static void test_gathering_blocks(void **state) {
    (void)state;
    test_random random = {2};
    for (int i = 0; i < 200; i++) {
        nova_gpu_machine machine = h200();
        machine.shared_bytes = i % 2 ? machine.shared_bytes : 99 << 10;
        const int side = 3 + 2 * random_int(&random, 0, 2);
        const nova_conv_desc desc =
            few_layer(random_int(&random, 1, 3), random_int(&random, 1, 160 / (side * side)),
                      random_int(&random, 1, 900), random_int(&random, 8, 200), side);
        const nova_shape shape = shape_of(&desc);
        nova_gpu_engine engine;
        assert_int_equal(nova_gpu_engine_init_few(&engine, &machine, &shape, NOVA_GPU_FEW_INPUTS),
                         NOVA_OK);
        const nova_gpu_operands operands = {.u = NULL};
        const nova_gpu_few_inputs_args args = nova_gpu_few_inputs_of(&engine, &operands);
        assert_true(args.channels % NOVA_GPU_GATHER_CHANNELS == 0 && args.channels > 0);
        const int elements = side * side * (int)desc.c, round = 16 * args.steps;
        assert_true(args.steps >= 2 && args.steps <= NOVA_GPU_GATHER_STEPS);
        assert_true(args.depth % round == 0 && args.depth >= elements &&
                    args.depth < elements + round && args.depth >= args.c_pitch);
        assert_true((size_t)nova_gpu_gather_bytes(args.depth, args.channels) <=
                    machine.shared_bytes);
        assert_int_equal(engine.staging, NOVA_GPU_AS_IT_IS);
        assert_true(engine.seconds >= nova_gpu_engine_floor(&engine, &machine, false));
    }
}

/* U of few outputs: a row for each tap and channel, zeros in the padding; its kind of filter is
   told apart from others of the same size. */
static void test_filter(void **state) {
    (void)state;
    enum { C = 20, K = 3, TAPS = 9, ROWS = 32, PITCH = 24 };
    const nova_gpu_machine machine = h200();
    const nova_conv_desc desc = few_layer(1, C, K, 512, 3);
    nova_gpu_plan plan;
    make_plan(&plan, &desc, &machine);
    const nova_gpu_engine *e = &plan.engine;
    assert_int_equal(e->grid.kind, NOVA_GPU_FEW_OUTPUTS);
    assert_int_equal(e->k_pitch, ROWS);
    assert_int_equal(e->c_pitch, PITCH);
    float weights[K * C * TAPS], factor;
    test_random random = {3};
    for (int i = 0; i < K * C * TAPS; i++)
        weights[i] = (float)random_normal(&random);
    uint16_t *u = malloc(e->filter_bytes);
    assert_non_null(u);
    assert_int_equal(nova_gpu_filter_pack(&plan, weights, NOVA_F32, u, &factor), NOVA_OK);
    for (int row = 0; row < ROWS; row++)
        for (int c = 0; c < PITCH; c++)
            assert_int_equal(u[row * PITCH + c],
                             row < K * TAPS && c < C
                                 ? nova_f16_from_float(weights[(row % K * C + c) * TAPS + row / K])
                                 : 0);
    free(u);
    const nova_gpu_filter_kind patches = nova_gpu_filter_kind_of(&plan, 0);
    nova_gpu_plan_clear(&plan);
    nova_gpu_machine other = machine;
    other.few = false;
    make_plan(&plan, &desc, &other);
    assert_true(nova_gpu_filter_kind_of(&plan, 0).key != patches.key);
    nova_gpu_plan_clear(&plan);
}

/* ---- shared memory */

enum { BANKS = 32 };

/* Words that lanes `first` to `first` + `lanes` - 1 access at once, `width` each from where[lane]
   on: how many the worst bank gets. */
static int worst_bank(const int *where, int lanes, int width) {
    int banks[BANKS] = {0}, worst = 0;
    for (int lane = 0; lane < lanes; lane++)
        for (int word = 0; word < width; word++) {
            const int hits = ++banks[(where[lane] + word) % BANKS];
            worst = hits > worst ? hits : worst;
        }
    return worst;
}

static int conflicts_of_sums(int pitch) {
    int where[16];
    for (int lane = 0; lane < 16; lane++) /* half a warp stores two words a lane */
        where[lane] = lane / 4 * pitch + lane % 4 * 2;
    return worst_bank(where, 16, 2);
}

/* A warp stores element `e` of its fragments: a word a lane. */
static int conflicts_of_strip(int e) {
    int where[32];
    for (int lane = 0; lane < 32; lane++)
        where[lane] = nova_gpu_strip_sum_at(lane / 4 + e / 2 * 8, lane % 4 * 2 + e % 2);
    return worst_bank(where, 32, 1);
}

static void test_bank_conflicts(void **state) {
    (void)state;
    for (int columns = 16; columns <= NOVA_GPU_FEW_COLUMNS; columns += 16)
        assert_int_equal(conflicts_of_sums(columns + NOVA_GPU_SUMS_GAP), 1);
    assert_int_equal(conflicts_of_sums(32), 4); /* the model sees what a bad pitch does */
    for (int e = 0; e < 4; e++)
        assert_int_equal(conflicts_of_strip(e), 1);
    for (int depth = 16; depth <= NOVA_GPU_FEW_DEPTH; depth += 16) {
        int where[16]; /* half a warp: two words of four lanes, of four rows */
        for (int lane = 0; lane < 16; lane++)
            where[lane] = lane / 4 * nova_gpu_gather_pitch(depth) / 4 + lane % 4 * 2;
        assert_int_equal(nova_gpu_gather_pitch(depth) % 16, 0);
        assert_int_equal(worst_bank(where, 16, 2), 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_strips_or_patches),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_gathering_blocks),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_bank_conflicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
