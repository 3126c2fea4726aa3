/*
 * test_fused.c - the index arithmetic of the kernel that computes few channels as a whole
 * (gpu/fused.h), and when the planner takes it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/fused.h"
#include "gpu/plan.h"

enum { SIDE = NOVA_GPU_FUSED_SIDE, LANES = NOVA_GPU_FUSED_LANES, OWN = NOVA_GPU_FUSED_OWN };

/* Every element of an operand has a place of its own, and those of a lane are what the matrix
   instruction wants of it: four neighbouring channels of one row, for each of two products. */
static void test_places(void **state) {
    (void)state;
    int seen[LANES * OWN] = {0};
    for (int row = 0; row < SIDE; row++)
        for (int c = 0; c < NOVA_GPU_FUSED_CHUNK; c++) {
            const nova_gpu_fused_place at = nova_gpu_fused_at(row, c);
            assert_int_equal(at.lane % SIDE, row);
            assert_int_equal(c, at.element / 4 * SIDE + at.lane / SIDE * 4 + at.element % 4);
            seen[at.lane * OWN + at.element]++;
        }
    for (int i = 0; i < LANES * OWN; i++)
        assert_int_equal(seen[i], 1);
}

/* Eight lanes that read 16 bytes each, and 32 that write a word each, touch all 32 banks once. */
static void test_banks(void **state) {
    (void)state;
    enum { BANKS = 32, WORDS = OWN / 2, READERS = 8, PAIRS = NOVA_GPU_FUSED_CHUNK / 2 };
    for (int first = 0; first < LANES; first += READERS) {
        int banks[BANKS] = {0};
        for (int lane = first; lane < first + READERS; lane++)
            for (int word = 0; word < WORDS; word++)
                banks[(nova_gpu_fused_slot(lane) * WORDS + word) % BANKS]++;
        for (int i = 0; i < BANKS; i++)
            assert_int_equal(banks[i], 1);
    }
    for (int thread = 0; thread < NOVA_GPU_FUSED_TILES * PAIRS; thread += BANKS) {
        int banks[BANKS] = {0};
        for (int i = thread; i < thread + BANKS; i++) {
            const nova_gpu_fused_place at = nova_gpu_fused_at(i / PAIRS, i % PAIRS * 2);
            banks[(nova_gpu_fused_slot(at.lane) * OWN + at.element) / 2 % BANKS]++;
        }
        for (int i = 0; i < BANKS; i++)
            assert_int_equal(banks[i], 1);
    }
    int slots[LANES] = {0};
    for (int lane = 0; lane < LANES; lane++)
        slots[nova_gpu_fused_slot(lane)]++;
    for (int i = 0; i < LANES; i++)
        assert_int_equal(slots[i], 1);
}

static bool four_by_four(const nova_gpu_tile *tile) {
    return tile->tile_h == 4 && tile->tile_w == 4;
}

static nova_gpu_machine machine_with_kernel(void) {
    nova_gpu_machine machine;
    nova_gpu_machine_init(&machine, 304, false, 256 << 20);
    machine.fuses = four_by_four;
    machine.fused = 1e12 * machine.processors;
    return machine;
}

static void plan_of(nova_gpu_plan *plan, const nova_gpu_machine *machine, int64_t c, int64_t k,
                    nova_arith arith) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 1, desc.c = c, desc.k = k, desc.h = desc.w = 56;
    desc.dtype = NOVA_F16;
    desc.layout = NOVA_NHWC;
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = options.tile_w = 4;
    options.set = "best";
    options.arith = arith;
    assert_int_equal(nova_gpu_plan_init(plan, &desc, &options, machine), NOVA_OK);
}

/* Few channels with M in binary32, which never leaves the registers: nothing is needed but x and y,
   and U has every weight in a place of its own. */
static void test_choice(void **state) {
    (void)state;
    nova_gpu_machine machine = machine_with_kernel();
    const nova_gpu_engine *engine;
    nova_gpu_plan plan;
    plan_of(&plan, &machine, 64, 64, NOVA_ARITH_F16_M32);
    engine = &plan.engine;
    assert_true(engine->fused && engine->workspace_bytes == 0 && engine->chunks == 1);
    assert_true(nova_gpu_engine_floor(engine, &machine, false) < engine->seconds);
    static char seen[36 * 64 * 64];
    memset(seen, 0, sizeof seen);
    for (int position = 0; position < 36; position++)
        for (int k = 0; k < 64; k++)
            for (int c = 0; c < 64; c++) {
                const size_t at = nova_gpu_filter_index(engine, position, k, c);
                assert_true(at < sizeof seen);
                assert_int_equal(seen[at], 0);
                seen[at] = 1;
            }
    const uint64_t key = plan.key;
    nova_gpu_plan_clear(&plan);
    plan_of(&plan, &machine, 64, 64, NOVA_ARITH_F16); /* wants M in binary16 */
    assert_false(engine->fused);
    nova_gpu_plan_clear(&plan);
    plan_of(&plan, &machine, 72, 64, NOVA_ARITH_F16_M32);
    assert_false(engine->fused);
    nova_gpu_plan_clear(&plan);
    plan_of(&plan, &machine, 64, 72, NOVA_ARITH_F16_M32);
    assert_false(engine->fused);
    nova_gpu_plan_clear(&plan);
    machine.fused = 1; /* so slow that it is taken only if it must be */
    plan_of(&plan, &machine, 64, 64, NOVA_ARITH_F16_M32);
    assert_true(!engine->fused && plan.key != key);
    nova_gpu_plan_clear(&plan);
    machine.always_fuses = true;
    plan_of(&plan, &machine, 64, 64, NOVA_ARITH_F16_M32);
    assert_true(engine->fused && plan.key == key);
    nova_gpu_plan_clear(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places), cmocka_unit_test(test_banks),
                                       cmocka_unit_test(test_choice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
