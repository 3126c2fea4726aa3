/*
 * test_halo.c - blocks that keep x with its halo for all taps, as index arithmetic on the CPU:
 * every tap of every pixel read where the copy engine put it, every pixel stored once, what is
 * multiplied for nothing stored nowhere, and shared memory large enough and free of bank conflicts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw.h"
#include "gpu/engine.h"
#include "gpu/halo.h"
#include "random.h"

static nova_gpu_grid layer(int channels, int steps, int w, int h, int n, int taps_h, int taps_w) {
    return (nova_gpu_grid){.channels = channels,
                           .extent_w = w,
                           .extent_h = h,
                           .extent_n = n,
                           .origin_w = -(taps_w / 2),
                           .origin_h = -(taps_h / 2),
                           .taps_h = taps_h,
                           .taps_w = taps_w,
                           .channel_steps = steps,
                           .splits = 1,
                           .whole_pieces = 1};
}

static int shapes_of(nova_gpu_grid *grid, test_random *random, const nova_gpu_machine *machine) {
    draw it = {random, *grid, 0};
    nova_gpu_halo_each(grid, machine, draw_one, &it);
    *grid = it.grid;
    return it.seen;
}

static nova_gpu_grid random_layer(test_random *random) {
    const int small = random_int(random, 0, 1); /* several images to a block */
    return layer(8 * random_int(random, 1, 40), random_int(random, 1, 3),
                 random_int(random, 1, small ? 12 : 70), random_int(random, 1, small ? 9 : 40),
                 random_int(random, 1, small ? 9 : 3), random_int(random, 1, 5),
                 random_int(random, 1, 5));
}

/* ---------------------------------------------------------------- pixels */

/* Where column `column` of a block's sums is stored; false if it is beyond the box of y or y. */
static int stored_at(const nova_gpu_grid *grid, const nova_gpu_halo *halo,
                     const nova_gpu_block *block, int column, int *w, int *h, int *n) {
    const int row = column / halo->out_w, image = row / halo->out_h;
    *w = block->w + column - row * halo->out_w;
    *h = block->h + row - image * halo->out_h;
    *n = block->n + image;
    return image < halo->out_n && *w < grid->extent_w && *h < grid->extent_h && *n < grid->extent_n;
}

/* Taps of a stored pixel, in the box of x that the copy engine has filled from the block's origin.
 */
static void check_taps(const nova_gpu_grid *grid, const nova_gpu_halo *halo,
                       const nova_gpu_block *block, int column, int w, int h, int n) {
    for (int u = 0; u < grid->taps_h; u++)
        for (int v = 0; v < grid->taps_w; v++) {
            const int at = nova_gpu_halo_pixel(halo, column) + nova_gpu_halo_tap(halo, u, v);
            const int row = at / halo->in_w, image = row / halo->in_h;
            assert_int_equal(block->w + at % halo->in_w, w + v);
            assert_int_equal(block->h + row % halo->in_h, h + u);
            assert_int_equal(block->n + image, n);
            assert_true(image < halo->in_n);
        }
}

static void check_pixels(const nova_gpu_grid *grid, const nova_gpu_halo *halo) {
    const int pixels = grid->extent_w * grid->extent_h * grid->extent_n;
    const int slabs = grid->channel_blocks;
    int *stored = calloc((size_t)(pixels * slabs), sizeof *stored);
    assert_non_null(stored);
    for (int unit = 0; unit < nova_gpu_units(grid); unit++) {
        const nova_gpu_block block = nova_gpu_block_at(grid, unit, 0);
        assert_int_equal(block.slabs, 1);
        assert_true(block.first == 0 && block.end == nova_gpu_steps(grid));
        const int box = halo->out_w * halo->out_h * halo->out_n;
        for (int column = 0; column < box; column++) {
            int w, h, n;
            if (!stored_at(grid, halo, &block, column, &w, &h, &n))
                continue;
            assert_true(column < grid->halo); /* or it were stored without a sum */
            check_taps(grid, halo, &block, column, w, h, n);
            stored[block.channel / 64 * pixels + (n * grid->extent_h + h) * grid->extent_w + w]++;
        }
    }
    for (int i = 0; i < pixels * slabs; i++)
        assert_int_equal(stored[i], 1);
    free(stored);
}

/* ---------------------------------------------------------------- shared memory */

enum { PIXEL_BYTES = 128, PIECES = 8 };

static void check_memory(const nova_gpu_grid *grid, const nova_gpu_halo *halo) {
    const int last = nova_gpu_halo_pixel(halo, grid->halo - 1) +
                     nova_gpu_halo_tap(halo, grid->taps_h - 1, grid->taps_w - 1);
    assert_true(nova_gpu_halo_bytes(halo) <= 227 * 1024);
    assert_true(halo->boxes >= 2 && halo->boxes <= NOVA_GPU_HALO_MOST_BOXES);
    assert_true(halo->filters >= 2 && halo->filters <= NOVA_GPU_HALO_MOST_FILTERS);
    assert_true(halo->in_w * halo->in_h * halo->in_n * PIXEL_BYTES <= halo->box_bytes);
    assert_true(halo->out_w * halo->out_h * halo->out_n * PIXEL_BYTES <= halo->staging_bytes);
    assert_true(grid->halo * PIXEL_BYTES <= halo->staging_bytes);
    /* columns that are multiplied for nothing read on behind the last box, but not behind all */
    assert_true((last + 1) * PIXEL_BYTES <= halo->box_bytes + 2 * halo->staging_bytes);
    assert_true(halo->in_w <= 256 && halo->in_h <= 256 && halo->in_n <= 256); /* a box's sides */
    assert_int_equal(
        halo->box_bytes % 1024 + halo->filter_bytes % 1024 + halo->staging_bytes % 1024, 0);
}

/* The same 16 bytes of eight rows, which the matrix units read at once, are in banks of their own,
   wherever the rows begin: pieces are swizzled by their address. */
static void check_banks(const nova_gpu_grid *grid, const nova_gpu_halo *halo) {
    for (int column = 0; column < grid->halo; column += 8)
        for (int tap = 0; tap < grid->taps_w; tap++)
            for (int piece = 0; piece < PIECES; piece++) {
                int taken = 0;
                for (int row = 0; row < 8; row++) {
                    const int pixel = nova_gpu_halo_pixel(halo, column + row) + tap;
                    taken |= 1 << (piece ^ pixel % PIECES);
                }
                assert_int_equal(taken, 0xff);
            }
}

/* A block of threads that keeps U takes units of one block of channels. */
static void check_resident(const nova_gpu_grid *grid, const nova_gpu_halo *halo, int processors) {
    const int slots = nova_gpu_halo_slots(grid, halo, processors);
    assert_true(slots > 0 && slots <= processors);
    for (int unit = 0; halo->resident && unit + slots < nova_gpu_units(grid); unit++)
        assert_int_equal(nova_gpu_block_at(grid, unit, 0).channel,
                         nova_gpu_block_at(grid, unit + slots, 0).channel);
    assert_true(!halo->resident || halo->filters == nova_gpu_steps(grid));
}

static void test_random_layers(void **state) {
    (void)state;
    test_random random = {21};
    nova_gpu_machine machine;
    nova_gpu_machine_init(&machine, 132, true, 60 << 20);
    int strips = 0, rows = 0, images = 0, resident = 0, streamed = 0;
    for (int i = 0; i < 600; i++) {
        machine.processors = i % 3 == 2 ? 7 : 132;
        nova_gpu_grid grid = random_layer(&random);
        if (shapes_of(&grid, &random, &machine) == 0)
            continue;
        const nova_gpu_halo halo = nova_gpu_halo_of(&grid, machine.processors);
        check_pixels(&grid, &halo);
        check_memory(&grid, &halo);
        check_banks(&grid, &halo);
        check_resident(&grid, &halo, machine.processors);
        strips += grid.box_w == NOVA_GPU_HALO_STRIP && grid.blocks_w > 1;
        rows += halo.group == 8 && grid.box_n == 1 && grid.box_h > 1 && grid.blocks_h > 1;
        images += grid.box_n > 1;
        resident += halo.resident;
        streamed += !halo.resident;
    }
    assert_true(strips > 20 && rows > 20 && images > 20 && resident > 20 && streamed > 20);
}

/* ---------------------------------------------------------------- choice */

static void test_none_where_there_is_no_kernel(void **state) {
    (void)state;
    test_random random = {22};
    nova_gpu_machine hopper, older;
    nova_gpu_machine_init(&hopper, 132, true, 60 << 20);
    nova_gpu_machine_init(&older, 108, false, 40 << 20);
    nova_gpu_grid grid = layer(64, 1, 28, 28, 1, 3, 3);
    assert_true(shapes_of(&grid, &random, &hopper) > 0);
    grid = layer(64, 1, 28, 28, 1, 3, 3);
    assert_int_equal(shapes_of(&grid, &random, &older), 0);
    grid = layer(64, 1, 28, 28, 1, 1, 1); /* nothing to keep */
    assert_int_equal(shapes_of(&grid, &random, &hopper), 0);
    grid = layer(64, 1, 28, 28, 1, 3, 3);
    grid.whole_pieces = 0;
    assert_int_equal(shapes_of(&grid, &random, &hopper), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_layers),
        cmocka_unit_test(test_none_where_there_is_no_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
