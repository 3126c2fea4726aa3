/*
 * blocking.c - the blocks of a grid of products and the time they take.
 *
 * A step of a block multiplies 128 channels by its pixels by 64 input channels. It takes as long as
 * the matrix units need, or as the second-level cache needs for the operands, of which a pair of
 * blocks reads one together. Processors take whole blocks, so that the last wave counts in full.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

static const double block_seconds = 0.8e-6; /* that a block takes beside its steps and stores */
static const double store_seconds = 7e-9;   /* per pixel of 128 channels, in 16 bits */
static const double strip_seconds = 45e-9;  /* the same in binary32, through a strip */
static const double fill_seconds = 3.0e-6;  /* until the first operands have arrived */
static const double sum_seconds = 3.0e-6;   /* of the kernel that adds partial sums, at least */
enum { LEAST_STEPS_PER_SPLIT = 4, MOST_SPLITS = 32 };

/* Columns of the matrix units' instruction that hold a block's pixels. */
static int padded_pixels(int pixels) {
    return pixels <= 64 ? 64 : pixels <= 128 ? 128 : 256;
}

static double step_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine) {
    const int pixels = padded_pixels(grid->box_w * grid->box_h * grid->box_n);
    const double channels = NOVA_GPU_BLOCK_CHANNELS, row = 2.0 * NOVA_GPU_STEP_CHANNELS;
    const double flops = channels * pixels * row;
    const double filters = channels / (grid->sharing == NOVA_GPU_SHARE_FILTER ? 2 : 1);
    const double inputs = (double)pixels / (grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1);
    const double compute = flops * machine->processors / machine->flops;
    const double read = (filters + inputs) * row * machine->processors / machine->cache_read;
    return NOVA_MAX(compute, read);
}

double nova_gpu_grid_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                             bool binary32) {
    const int slots = machine->processors / nova_gpu_cluster_size(grid);
    const int64_t waves = (nova_gpu_units(grid) + slots - 1) / slots;
    const int pixels = grid->box_w * grid->box_h * grid->box_n;
    const double steps = (double)nova_gpu_steps(grid) / grid->splits;
    const double store = binary32 || grid->splits > 1 ? strip_seconds : store_seconds;
    double seconds = fill_seconds + (double)waves * (steps * step_seconds(grid, machine) +
                                                     block_seconds + pixels * store);
    if (grid->splits > 1) { /* partial sums are written, read and added by a kernel of their own */
        const double sums = (double)grid->splits * grid->extent_w * grid->extent_h *
                            grid->extent_n * grid->channel_blocks * NOVA_GPU_BLOCK_CHANNELS * 4;
        seconds += sum_seconds + sums / machine->cache_read;
    }
    return seconds;
}

static int blocks_of(int extent, int box) {
    return (extent + box - 1) / box;
}

/* True if the pair of blocks can read its common operand in halves: the box is cut along its
   outermost dimension of more than one. */
static bool halves(const nova_gpu_grid *grid) {
    const int outer = grid->box_n > 1 ? grid->box_n : grid->box_h > 1 ? grid->box_h : grid->box_w;
    return outer % 2 == 0;
}

static bool can_share(const nova_gpu_grid *grid, int sharing) {
    if (sharing == NOVA_GPU_SHARE_PIXELS)
        return grid->channel_blocks % 2 == 0 && halves(grid);
    if (sharing == NOVA_GPU_SHARE_FILTER)
        return grid->slice_is_row ? grid->blocks_w % 2 == 0 : nova_gpu_pixel_blocks(grid) % 2 == 0;
    return true;
}

typedef struct grid_search {
    const nova_gpu_machine *machine;
    bool splittable, binary32;
    nova_gpu_grid best;
    double seconds; /* of the best */
} grid_search;

/* Tries every way to share and to split a grid whose box is set. */
static void try_box(grid_search *search, nova_gpu_grid *trial) {
    const nova_gpu_machine *machine = search->machine;
    const int steps = nova_gpu_steps(trial);
    const int most = search->splittable ? NOVA_MIN(steps / LEAST_STEPS_PER_SPLIT, MOST_SPLITS) : 1;
    for (int sharing = 0; sharing <= (machine->hopper ? NOVA_GPU_SHARE_FILTER : 0); sharing++) {
        if (!can_share(trial, sharing))
            continue;
        trial->sharing = sharing;
        for (trial->splits = 1; trial->splits <= NOVA_MAX(most, 1); trial->splits++) {
            const double seconds = nova_gpu_grid_seconds(trial, machine, search->binary32);
            if (seconds < search->seconds) {
                search->seconds = seconds;
                search->best = *trial;
            }
        }
    }
}

/* Boxes of up to `pixels`, as long as the extent in w and as full as possible in h and n. */
static void try_pixels(grid_search *search, nova_gpu_grid *trial, int pixels) {
    for (int w = NOVA_MIN(pixels, trial->extent_w); w >= 1; w--) {
        const int blocks_w = blocks_of(trial->extent_w, w);
        if (w % 2 == 1 && w > 1 && blocks_of(trial->extent_w, w - 1) == blocks_w)
            continue; /* one less covers the row in as many blocks, and can be halved */
        trial->box_w = w;
        trial->blocks_w = blocks_w;
        const int most_h = trial->slice_is_row ? 1 : NOVA_MIN(pixels / w, trial->extent_h);
        trial->blocks_h = blocks_of(trial->extent_h, most_h);
        trial->box_h = blocks_of(trial->extent_h, trial->blocks_h);
        const int most_n =
            trial->slice_is_row ? 1 : NOVA_MIN(pixels / (w * trial->box_h), trial->extent_n);
        trial->blocks_n = blocks_of(trial->extent_n, most_n);
        trial->box_n = blocks_of(trial->extent_n, trial->blocks_n);
        try_box(search, trial);
        if (trial->slice_is_row)
            return; /* tiles have no shape: full blocks are best */
    }
}

double nova_gpu_grid_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine, bool splittable,
                            bool binary32) {
    nova_gpu_grid trial = *grid;
    grid_search search = {machine, splittable, binary32, *grid, INFINITY};
    const int largest = machine->hopper ? 256 : 128;
    for (int pixels = 64; pixels <= largest; pixels *= 2)
        try_pixels(&search, &trial, pixels);
    *grid = search.best;
    return search.seconds;
}
