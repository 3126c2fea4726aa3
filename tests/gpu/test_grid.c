/*
 * test_grid.c - the index arithmetic of the GPU's kernels, run on the CPU: every product and every
 * output exactly once, pairs that share what they claim to, and shared memory free of bank
 * conflicts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "gpu/engine.h"
#include "gpu/transpose.h"
#include "random.h"

/* ---------------------------------------------------------------- coverage */

static nova_gpu_grid random_grid(test_random *random, const nova_gpu_machine *machine) {
    nova_gpu_grid grid = {.splits = 1};
    grid.slice_is_row = random_int(random, 0, 1);
    grid.channels = 8 * random_int(random, 1, 80);
    grid.channel_steps = random_int(random, 1, 5);
    grid.extent_w = random_int(random, 1, grid.slice_is_row ? 700 : 40);
    grid.extent_h = random_int(random, 1, 40);
    grid.extent_n = grid.slice_is_row ? 1 : random_int(random, 1, 5);
    grid.taps_h = grid.slice_is_row ? 1 : random_int(random, 1, 5);
    grid.taps_w = grid.slice_is_row ? 1 : random_int(random, 1, 5);
    grid.origin_w = grid.slice_is_row ? 0 : -random_int(random, 0, 3);
    grid.origin_h = grid.slice_is_row ? 0 : -random_int(random, 0, 3);
    draw it = {random, grid, 0};
    nova_gpu_grid_each(&grid, machine, !grid.slice_is_row, false, draw_one, &it);
    return it.grid;
}

/* Counts, for every (64 channels, pixel), the steps that its blocks take. */
static void check_coverage(const nova_gpu_grid *grid) {
    const int pixels = grid->extent_w * grid->extent_h * grid->extent_n;
    const int steps = nova_gpu_steps(grid), cluster = nova_gpu_cluster_size(grid);
    const int slabs = (grid->channels + NOVA_GPU_SLAB_CHANNELS - 1) / NOVA_GPU_SLAB_CHANNELS;
    int *taken = calloc((size_t)(pixels * slabs), sizeof *taken);
    assert_non_null(taken);
    for (int unit = 0; unit < nova_gpu_units(grid); unit++)
        for (int rank = 0; rank < cluster; rank++) {
            const nova_gpu_block block = nova_gpu_block_at(grid, unit, rank);
            assert_true(block.first < block.end);
            assert_true(block.slabs > 0 && block.slabs * 64 <= grid->block_channels);
            assert_int_equal(block.channel % grid->block_channels, 0);
            const int size = grid->box_w * grid->box_h * grid->box_n;
            assert_true(size <= nova_gpu_block_pixels(grid));
            for (int i = 0; i < size; i++) {
                int w, h, n;
                if (!nova_gpu_pixel_at(grid, &block, i, &w, &h, &n))
                    continue;
                const int pixel = (n * grid->extent_h + h) * grid->extent_w + w;
                for (int slab = 0; slab < block.slabs; slab++)
                    taken[(block.channel / 64 + slab) * pixels + pixel] += block.end - block.first;
            }
        }
    for (int i = 0; i < pixels * slabs; i++)
        assert_int_equal(taken[i], steps);
    free(taken);
}

/* The blocks of a pair read the same operand, and the box can be copied in halves. */
static void check_pairs(const nova_gpu_grid *grid) {
    if (grid->sharing == NOVA_GPU_SHARE_NOTHING)
        return;
    for (int unit = 0; unit < nova_gpu_units(grid); unit++) {
        const nova_gpu_block a = nova_gpu_block_at(grid, unit, 0);
        const nova_gpu_block b = nova_gpu_block_at(grid, unit, 1);
        assert_int_equal(a.first, b.first);
        assert_int_equal(a.end, b.end);
        const nova_gpu_step first = nova_gpu_step_at(grid, &a, a.first);
        const nova_gpu_step second = nova_gpu_step_at(grid, &b, b.first);
        assert_int_equal(first.slice, second.slice);
        assert_int_equal(first.c, second.c);
        if (grid->sharing == NOVA_GPU_SHARE_PIXELS) {
            assert_true(a.w == b.w && a.h == b.h && a.n == b.n && a.channel != b.channel);
            const int outer = grid->box_n > 1   ? grid->box_n
                              : grid->box_h > 1 ? grid->box_h
                                                : grid->box_w;
            assert_int_equal(outer % 2, 0);
        } else {
            assert_true(a.channel == b.channel && (a.w != b.w || a.h != b.h || a.n != b.n));
        }
    }
}

/* The blocks of a cluster have all steps of one block in order, and share out its pixels. */
static void check_clusters(const nova_gpu_grid *grid) {
    if (!grid->clustered)
        return;
    assert_int_equal(grid->sharing, NOVA_GPU_SHARE_NOTHING);
    assert_true(grid->turns);
    assert_true(grid->splits <= NOVA_GPU_MOST_CLUSTERED);
    for (int unit = 0; unit < nova_gpu_units(grid); unit++) {
        const nova_gpu_block first = nova_gpu_block_at(grid, unit, 0);
        int step = 0;
        for (int rank = 0; rank < grid->splits; rank++) {
            const nova_gpu_block block = nova_gpu_block_at(grid, unit, rank);
            assert_true(block.channel == first.channel && block.slabs == first.slabs);
            assert_true(block.w == first.w && block.h == first.h && block.n == first.n);
            assert_int_equal(block.first, step);
            assert_int_equal(block.split, rank);
            step = block.end;
        }
        assert_int_equal(step, nova_gpu_steps(grid));
    }
    const int pixels = nova_gpu_block_pixels(grid);
    assert_int_equal(nova_gpu_share_at(pixels, grid->splits, 0), 0);
    assert_int_equal(nova_gpu_share_at(pixels, grid->splits, grid->splits), pixels);
    for (int rank = 0; rank < grid->splits; rank++)
        assert_true(nova_gpu_share_at(pixels, grid->splits, rank) <
                    nova_gpu_share_at(pixels, grid->splits, rank + 1));
}

/* Blocks of half the channels come last. */
static void check_order(const nova_gpu_grid *grid, int *shorts) {
    int last = grid->block_channels / 64;
    if (!nova_gpu_last_is_short(grid))
        return;
    for (int unit = 0; unit < nova_gpu_units(grid); unit++) {
        const int slabs = nova_gpu_block_at(grid, unit, 0).slabs;
        assert_true(slabs <= last);
        last = slabs;
    }
    assert_int_equal(last, 1);
    ++*shorts;
}

/* Parts of a box have its pixels in order, each as many. */
static void check_parts(const nova_gpu_grid *grid, int *parted) {
    const nova_gpu_block block = nova_gpu_block_at(grid, 0, 0);
    const int size = grid->box_w * grid->box_h * grid->box_n;
    for (int parts = 1; parts <= 2; parts++) {
        if (size < parts || !nova_gpu_can_part(grid, parts))
            continue;
        for (int i = 0; i < size; i++) {
            const nova_gpu_part part = nova_gpu_part_at(grid, parts, i / (size / parts));
            int w, h, n;
            nova_gpu_pixel_at(grid, &block, i, &w, &h, &n); /* beyond the extent too */
            assert_int_equal(part.box_w * part.box_h * part.box_n, size / parts);
            assert_in_range(w - block.w - part.w, 0, part.box_w - 1);
            assert_in_range(h - block.h - part.h, 0, part.box_h - 1);
            assert_in_range(n - block.n - part.n, 0, part.box_n - 1);
        }
        *parted += parts > 1;
    }
}

static void test_every_product_once(void **state) {
    (void)state;
    test_random random = {11};
    nova_gpu_machine hopper, older;
    nova_gpu_machine_init(&hopper, 132, true, 60 << 20);
    nova_gpu_machine_init(&older, 108, false, 40 << 20);
    int shared = 0, split = 0, clustered = 0, shorts = 0, parted = 0;
    for (int i = 0; i < 400; i++) {
        const nova_gpu_grid grid = random_grid(&random, i % 3 ? &hopper : &older);
        check_coverage(&grid);
        check_pairs(&grid);
        check_clusters(&grid);
        check_order(&grid, &shorts);
        check_parts(&grid, &parted);
        clustered += grid.clustered;
        shared += grid.sharing != NOVA_GPU_SHARE_NOTHING;
        split += grid.splits > 1;
        assert_true(i % 3 || grid.sharing == NOVA_GPU_SHARE_NOTHING);
    }
    assert_true(shared > 20 && split > 20 && clustered > 10 && shorts > 2 && clustered < split &&
                parted > 20); /* or the checks above had nothing to check */
}

/* Steps visit every tap and block of channels once, at the pixel that the tap reads. */
static void test_steps(void **state) {
    (void)state;
    const nova_gpu_grid grid = {.channels = 128,
                                .block_channels = 128,
                                .channel_blocks = 1,
                                .extent_w = 9,
                                .extent_h = 5,
                                .extent_n = 1,
                                .blocks_w = 1,
                                .blocks_h = 1,
                                .blocks_n = 1,
                                .box_w = 9,
                                .box_h = 5,
                                .box_n = 1,
                                .origin_w = -2,
                                .origin_h = -1,
                                .taps_h = 3,
                                .taps_w = 5,
                                .channel_steps = 2,
                                .splits = 1};
    const nova_gpu_block block = nova_gpu_block_at(&grid, 0, 0);
    int seen[15][2] = {{0}};
    for (int step = block.first; step < block.end; step++) {
        const nova_gpu_step at = nova_gpu_step_at(&grid, &block, step);
        assert_true(at.slice >= 0 && at.slice < 15 && (at.c == 0 || at.c == 64));
        nova_gpu_step walked = nova_gpu_step_at(&grid, &block, block.first);
        for (int i = block.first; i < step; i++)
            nova_gpu_step_next(&grid, &block, &walked);
        assert_memory_equal(&walked, &at, sizeof at);
        assert_int_equal(at.w, at.slice % 5 - 2);
        assert_int_equal(at.h, at.slice / 5 - 1);
        seen[at.slice][at.c / 64]++;
    }
    for (int i = 0; i < 15; i++)
        assert_true(seen[i][0] == 1 && seen[i][1] == 1);
}

/* ---------------------------------------------------------------- shared memory */

enum { BANKS = 32, LANES = 32 };

/* Accesses that the worst bank gets when the 32 lanes access one word each. */
static int conflicts(const int *words) {
    int worst = 0;
    for (int bank = 0; bank < BANKS; bank++) {
        int hits = 0;
        for (int lane = 0; lane < LANES; lane++) {
            int again = 0; /* lanes that access the same word share one access */
            for (int other = 0; other < lane; other++)
                again |= words[other] == words[lane];
            hits += words[lane] % BANKS == bank && !again;
        }
        worst = hits > worst ? hits : worst;
    }
    return worst;
}

static int fragment_conflicts(int pitch) {
    int words[LANES], worst = 0;
    for (int j = 0; j < NOVA_GPU_STRIP_PIXELS / 8; j++)
        for (int e = 0; e < 4; e++) {
            for (int lane = 0; lane < LANES; lane++)
                words[lane] = nova_gpu_strip_at(pitch, nova_gpu_fragment_pixel(lane, j, e),
                                                nova_gpu_fragment_channel(lane, e));
            const int found = conflicts(words);
            worst = found > worst ? found : worst;
        }
    return worst;
}

static void test_strip_has_no_bank_conflicts(void **state) {
    (void)state;
    assert_int_equal(fragment_conflicts(NOVA_GPU_STRIP_PITCH), 1);
    assert_int_equal(NOVA_GPU_STRIP_PITCH % 2, 0); /* pairs of channels are aligned */
    assert_int_equal(fragment_conflicts(64), 4);   /* the model sees what a bad pitch does */
}

/* Rows that four lanes each read 16 bytes of at a time, as a quarter of a warp does. */
static int quad_conflicts(int pitch) {
    int worst = 0;
    for (int quarter = 0; quarter < 4; quarter++) {
        int banks[BANKS] = {0};
        for (int lane = 8 * quarter; lane < 8 * quarter + 8; lane++)
            for (int word = 0; word < 4; word++) {
                const int bank = (lane / 16 * pitch + lane % 16 * 4 + word) % BANKS;
                worst = ++banks[bank] > worst ? banks[bank] : worst;
            }
    }
    return worst;
}

static void test_partial_sums_have_no_bank_conflicts(void **state) {
    (void)state;
    for (int channels = 64; channels <= 128; channels *= 2) {
        const int pitch = nova_gpu_partial_pitch(channels);
        assert_int_equal(fragment_conflicts(pitch), 1);
        assert_int_equal(quad_conflicts(pitch), 1);
        assert_int_equal(pitch % 4, 0); /* pieces of 16 bytes are aligned */
    }
}

/* A transposed square: every word once, and the eight words of a part and the 16 bytes of eight
   lanes in banks of their own. */
static void test_transposition(void **state) {
    (void)state;
    enum { SIDE = NOVA_GPU_TRANSPOSE_SIDE, PAIRS = SIDE / 2, WARPS = 8 };
    int seen[SIDE * PAIRS], written[SIDE * PAIRS], words[LANES];
    memset(seen, 0, sizeof seen);
    memset(written, 0, sizeof written);
    for (int line = 0; line < SIDE; line++)
        for (int pair = 0; pair < PAIRS; pair++) {
            const int at = nova_gpu_transposed_at(line, pair);
            assert_in_range(at, 0, SIDE * PAIRS - 1);
            seen[at]++;
            assert_int_equal(nova_gpu_transposed_at(line, pair / 4 * 4) % 4, 0); /* 16 bytes */
            assert_int_equal(nova_gpu_transposed_at(line, pair / 4 * 4) + pair % 4, at);
        }
    for (int warp = 0; warp < WARPS; warp++)
        for (int element = 0; element < 8; element++) {
            for (int lane = 0; lane < LANES; lane++) {
                const nova_gpu_transpose_part part = nova_gpu_transpose_part_of(32 * warp + lane);
                words[lane] = nova_gpu_transposed_at(8 * part.piece + element, part.pair);
                written[words[lane]]++;
            }
            assert_int_equal(conflicts(words), 1);
        }
    for (int i = 0; i < SIDE * PAIRS; i++) {
        assert_int_equal(seen[i], 1);
        assert_int_equal(written[i], 1);
    }
    for (int line = 0; line < SIDE; line++) { /* eight lanes read a line, 16 bytes each */
        for (int lane = 0; lane < LANES; lane++)
            words[lane] = nova_gpu_transposed_at(line, lane / 4 * 4) + lane % 4;
        assert_int_equal(conflicts(words), 1);
    }
}

/* A warp's fragments are 16 channels by 32 pixels, each once. */
static void test_fragments(void **state) {
    (void)state;
    int seen[32][16];
    memset(seen, 0, sizeof seen);
    for (int lane = 0; lane < LANES; lane++)
        for (int j = 0; j < 4; j++)
            for (int e = 0; e < 4; e++)
                seen[nova_gpu_fragment_pixel(lane, j, e)][nova_gpu_fragment_channel(lane, e)]++;
    for (int pixel = 0; pixel < 32; pixel++)
        for (int channel = 0; channel < 16; channel++)
            assert_int_equal(seen[pixel][channel], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_product_once),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_strip_has_no_bank_conflicts),
        cmocka_unit_test(test_transposition),
        cmocka_unit_test(test_partial_sums_have_no_bank_conflicts),
        cmocka_unit_test(test_fragments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
