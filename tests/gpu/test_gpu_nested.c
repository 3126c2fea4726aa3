/*
 * test_gpu_nested.c - Winograd in both directions in one kernel (gpu/nested.h) without a device:
 * where its lanes find pixels and whose outputs they have, which rows of x its planes are, and
 * which layers it is for.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/plan.h"
#include "nested_patch.h"
#include "planning.h"

/* ---------------------------------------------------------------- lanes */

/* Rows of U and output channels are one order and its inverse, and what a lane has of all products
   of eight is two pieces. */
static void test_channels(void **state) {
    (void)state;
    for (int i = 0; i < CHANNELS; i++) {
        const int channel = nova_gpu_nested_channel(i), row = nova_gpu_nested_row(i);
        assert_in_range(channel, 0, CHANNELS - 1);
        assert_in_range(row, 0, CHANNELS - 1);
        assert_int_equal(nova_gpu_nested_row(channel), i);
        assert_int_equal(nova_gpu_nested_channel(row), i);
    }
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < 2 * CHANNELS / MATRIX; i++) {
            const int row = MATRIX * (i / 2) + 2 * (lane % 4) + i % 2;
            const int piece = (i < MATRIX ? 0 : 4) + lane % 4;
            assert_int_equal(nova_gpu_nested_channel(row), piece * MATRIX + i % MATRIX);
        }
}

/* The address of one lane, for all 64 channels: in the plane, and of the pixel and piece. */
static int check_address(int warp, int lane, int pair, int down) {
    const int matrix = lane / MATRIX, half = nova_gpu_nested_half(lane);
    const int pixel = nova_gpu_nested_pixel(warp, lane, pair, down);
    assert_int_equal(half, matrix % 2);
    assert_int_equal(pixel / PLANE_H, 4 * warp + 2 * pair + matrix / 2);
    assert_int_equal(pixel % PLANE_H, lane % MATRIX + down);
    for (int chunk = 0; chunk < CHANNELS / STEP; chunk++) { /* by exclusive or */
        const int at = nova_gpu_rows_piece(pixel, half) ^ (2 * chunk << 4);
        assert_int_equal(at, nova_gpu_rows_piece(pixel, 2 * chunk + half));
        assert_in_range(at, 0, NOVA_GPU_NESTED_PLANE_BYTES - 16);
    }
    return nova_gpu_rows_piece(pixel, half);
}

static void test_addresses(void **state) {
    (void)state;
    for (int i = 0; i < WARPS * PAIRS * 2; i++)
        for (int matrix = 0; matrix < 4; matrix++) {
            int banks = 0;
            for (int row = 0; row < MATRIX; row++) {
                const int at =
                    check_address(i / (PAIRS * 2), matrix * MATRIX + row, i / 2 % PAIRS, i % 2);
                banks |= 1 << at / 16 % 8;
            }
            assert_int_equal(banks, 0xff);
        }
    assert_int_equal(NOVA_GPU_NESTED_PLANE_ROOM % 1024, 0);
    assert_true(NOVA_GPU_NESTED_PLANE_ROOM >= NOVA_GPU_NESTED_PLANE_BYTES);
    assert_int_equal(NOVA_GPU_NESTED_FILTER_BYTES % 1024, 0);
    assert_true((int)NOVA_GPU_NESTED_SHARED <= (int)NOVA_GPU_HOPPER_SHARED);
}

/* A plane whose pixels say where they are; elements are numbers of row, column and channel. */
static void test_fragments(void **state) {
    (void)state;
    static uint16_t plane[NOVA_GPU_NESTED_PLANE_BYTES / 2];
    for (int i = 0; i < PLANE_W * PLANE_H * CHANNELS; i++) {
        const int pixel = i / CHANNELS, c = i % CHANNELS;
        plane[nova_gpu_rows_piece(pixel, c / 8) / 2 + c % 8] = (uint16_t)i;
    }
    for (int i = 0; i < WARPS * LANES * 4 * 4 * 2; i++) { /* of an operand, a chunk, an element */
        const int warp = i / (LANES * 32), lane = i / 32 % LANES;
        const int word = i / 8 % 4, chunk = i / 2 % 4, e = i % 2;
        const int row = warp * 16 + lane / 4 + 8 * (word % 2);
        const int c = chunk * STEP + 2 * (lane % 4) + 8 * (word / 2) + e;
        const int tile_h = row % 8, tile_w = row / 8;
        for (int j = 0; j < LINE * 2; j++) {
            const int w = 2 * tile_w + j / 2, h = tile_h + j % 2;
            assert_int_equal(operand(plane, warp, lane, j / 2, j % 2, chunk, word, e),
                             (w * PLANE_H + h) * CHANNELS + c);
        }
    }
}

/* ---------------------------------------------------------------- planes and steps */

static void test_planes(void **state) {
    (void)state;
    assert_int_equal(PLANES * PLANE_H, NOVA_GPU_NESTED_SIDE + NOVA_GPU_NESTED_TAPS - 1);
    assert_int_equal(PLANE_W, NOVA_GPU_NESTED_SIDE + NOVA_GPU_NESTED_TAPS - 1);
    for (int padding = 0; padding <= 2; padding++)
        for (int unit = 0; unit < 300; unit++)
            for (int row = 0; row < PLANES * PLANE_H; row++) {
                const int first = unit * NOVA_GPU_NESTED_SIDE;
                assert_int_equal(row_of_x(first, -padding, row % 2, row / 2),
                                 first - padding + row);
            }
}

/* Every row of positions meets all channels once; the middle ones are done when the others begin;
   each is of the rows of a patch that B^T says. */
static void test_steps(void **state) {
    (void)state;
    static const int rows[LINE][2] = {{0, 2}, {1, 2}, {1, 2}, {1, 3}};
    int seen[LINE] = {0};
    for (int step = 0; step < NOVA_GPU_NESTED_STEPS; step++) {
        const int line = nova_gpu_nested_line(step), chunk = nova_gpu_nested_chunk(step);
        assert_in_range(line, 0, LINE - 1);
        assert_int_equal(seen[line], chunk); /* in order */
        seen[line]++;
        assert_int_equal(line == 1 || line == 2, step < NOVA_GPU_NESTED_STEPS / 2);
        assert_true(line != 3 || seen[0] == CHANNELS / STEP); /* upper outputs are stored first */
    }
    for (int line = 0; line < LINE; line++) {
        assert_int_equal(seen[line], CHANNELS / STEP);
        for (int which = 0; which < 2; which++)
            assert_int_equal(2 * which + nova_gpu_nested_plane(line, which), rows[line][which]);
    }
}

/* ---------------------------------------------------------------- what it is for */

static const char blocks_name[] = "nested,64x256,box=16x16x1";

/* What is chosen, with these options. */
static bool is_nested(const nova_conv_desc *desc, nova_plan_options options,
                      const nova_gpu_machine *machine) {
    nova_gpu_plan plan;
    options.flags |= NOVA_PLAN_NO_WISDOM;
    check_ok(nova_gpu_plan_init(&plan, desc, &options, machine));
    const nova_gpu_engine *engine = &plan.engine;
    const bool nested = engine->grid.kind == NOVA_GPU_NESTED;
    assert_int_equal(strcmp(plan.blocks, blocks_name) == 0, nested);
    if (nested) {
        assert_true(engine->fused && engine->tile.tile_h == 2 && engine->tile.tile_w == 2);
        assert_int_equal(engine->slices, NOVA_GPU_NESTED_POSITIONS);
        assert_int_equal(plan.arith, NOVA_ARITH_F16);
        assert_true(plan.floor_seconds < engine->seconds);
    }
    nova_gpu_plan_clear(&plan);
    return nested;
}

static nova_plan_options with_budget(double max_error) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.max_error = max_error;
    return options;
}

/* Where nothing is asked for but a budget. */
static void test_choice(void **state) {
    (void)state;
    nova_gpu_machine machine;
    check_ok(nova_gpu_machine_find("h200", &machine));
    const nova_conv_desc desc = layer(1, 64, 64, 1024);
    assert_true(is_nested(&desc, with_budget(1e-2), &machine));
    assert_false(is_nested(&desc, with_budget(8e-4), &machine));
    nova_conv_desc other = desc;
    other.dtype = NOVA_BF16;
    assert_false(is_nested(&other, with_budget(1e-2), &machine));
    other = desc, other.c = 72;
    assert_false(is_nested(&other, with_budget(1e-2), &machine));
    other = desc, other.r = other.s = 5;
    assert_false(is_nested(&other, with_budget(1e-2), &machine));
    other = desc, other.k = 60;
    assert_false(is_nested(&other, with_budget(1e-2), &machine));
    other = desc, other.h = 1;
    assert_false(is_nested(&other, with_budget(1e-2), &machine));
    nova_gpu_machine_init(&machine, 108, false, 40 << 20);
    assert_false(is_nested(&desc, with_budget(1e-2), &machine));
}

/* Where the tile is: what the kernel cannot compute is left to others. */
static void test_layers(void **state) {
    (void)state;
    nova_gpu_machine machine = h200();
    const nova_plan_options own = of_tile(NOVA_ARITH_F16);
    const nova_conv_desc desc = layer(1, 64, 64, 224);
    assert_true(is_nested(&desc, own, &machine));
    assert_false(is_nested(&desc, of_tile(NOVA_ARITH_F16_M32), &machine));
    nova_conv_desc other = desc;
    other.dtype = NOVA_BF16;
    assert_false(is_nested(&other, of_tile(NOVA_ARITH_BF16), &machine));
    for (int i = 0; i < 3; i++) { /* too many, no whole pieces, another transform */
        other = desc;
        other.c = i == 0 ? 72 : 64, other.k = i == 1 ? 60 : 64, other.r = i == 2 ? 5 : 3;
        assert_false(is_nested(&other, own, &machine));
    }
    other = desc, other.k = 72;
    assert_false(is_nested(&other, own, &machine));
    other = desc, other.c = 3, other.k = 8, other.layout = NOVA_NCHW; /* staged, and arranged */
    assert_true(is_nested(&other, own, &machine));
    other = desc, other.h = 2; /* there is an odd row */
    assert_true(is_nested(&other, own, &machine));
    other.h = 1;
    assert_false(is_nested(&other, own, &machine));
    other = desc, other.h = 2; /* units are numbered in half a word */
    other.w = (int64_t)NOVA_GPU_NESTED_SIDE * INT16_MAX;
    assert_true(is_nested(&other, own, &machine));
    other.w++;
    assert_false(is_nested(&other, own, &machine));
    machine.hopper = false;
    assert_false(is_nested(&desc, own, &machine));
    nova_plan_options larger = own;
    larger.tile_w = 4;
    machine = h200();
    assert_false(is_nested(&desc, larger, &machine));
}

/* Names of blocks are what wisdom asks for plans by. */
static void test_by_name(void **state) {
    (void)state;
    nova_gpu_machine machine = h200();
    const nova_conv_desc desc = layer(1, 64, 64, 224);
    machine.only_blocks = blocks_name;
    assert_true(is_nested(&desc, of_tile(NOVA_ARITH_F16), &machine));
    machine.only_blocks = "nested,64x256,box=16x8x1";
    nova_plan_options options = of_tile(NOVA_ARITH_F16);
    nova_gpu_plan plan;
    assert_int_equal(nova_gpu_plan_init(&plan, &desc, &options, &machine), NOVA_NOT_ELIGIBLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_channels),  cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_fragments), cmocka_unit_test(test_planes),
        cmocka_unit_test(test_steps),     cmocka_unit_test(test_choice),
        cmocka_unit_test(test_layers),    cmocka_unit_test(test_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
