/*
 * halo.c - the blocks that keep x with its halo in shared memory for all taps (halo.h), and the
 * time they take.
 *
 * Steps are those of all blocks: 64 channels of one tap. Of x a step reads its share of the box, of
 * U nothing where that stays in shared memory. Groups of threads take blocks in turn, so that one
 * stores while the other multiplies. The rates are fitted to the times of all shapes of blocks on
 * the layers of bench/gpu/layers.txt (nova-gpu-products; docs/gpu.md, The model).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/halo.h"

#include <math.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- time */

static const double halo_flops = 860.0 / 775, halo_read = 12.6 / 11.2; /* of the machine's rates */
static const double overlap = 3.2;           /* exponent that adds computing and reading */
static const double boost = 0.28;            /* of clocks, with one processor at work */
static const double step_least = 0.145e-6;   /* of a step, however small */
static const double turn_seconds = 0.48e-6;  /* from one group's block to the other's */
static const double tail_seconds = 7.3e-9;   /* of storing a block, for each of its pixels */
static const double start_seconds = 0.65e-6; /* until the first operands have arrived, and more */

/* Seconds of a step with `busy` processors at work. */
static double step_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                           const nova_gpu_halo *halo, double busy) {
    const double row = 2.0 * NOVA_GPU_STEP_CHANNELS, part = busy / machine->processors;
    const double flops = (double)NOVA_GPU_SLAB_CHANNELS * grid->halo * row;
    const double rate =
        halo_flops * machine->flops / machine->processors * (1 + boost * (1 - part));
    const double box = (double)halo->box_bytes / (grid->taps_w * grid->taps_h);
    const double bytes = box + (halo->resident ? 0 : halo->filter_bytes);
    const double compute = flops / rate, read = bytes * busy / (halo_read * machine->cache_read);
    const double both = pow(pow(compute, overlap) + pow(read, overlap), 1 / overlap);
    return NOVA_MAX(both, step_least);
}

double nova_gpu_halo_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine) {
    const nova_gpu_halo halo = nova_gpu_halo_of(grid, machine->processors);
    const int64_t slots = nova_gpu_halo_slots(grid, &halo, machine->processors);
    const int64_t units = nova_gpu_units(grid), waves = (units + slots - 1) / slots;
    const double step = step_seconds(grid, machine, &halo, (double)NOVA_MIN(units, slots));
    const double multiply = nova_gpu_steps(grid) * step, tail = grid->halo * tail_seconds;
    return start_seconds +
           (double)waves * NOVA_MAX(multiply + turn_seconds, (multiply + tail) / 2) + tail;
}

/* ---------------------------------------------------------------- candidates */

/* Columns of sums that hold a grid's box: of 16, so that they leave registers in whole pieces. */
static int columns_of(const nova_gpu_grid *grid) {
    const int in_w = grid->box_w + grid->taps_w - 1, in_h = grid->box_h + grid->taps_h - 1;
    const bool strip = grid->box_w == NOVA_GPU_HALO_STRIP && grid->box_n == 1;
    const int columns = strip ? grid->box_w * grid->box_h
                              : ((grid->box_n - 1) * in_h + grid->box_h - 1) * in_w + grid->box_w;
    const int unit = NOVA_GPU_HALO_COLUMNS;
    return NOVA_MAX((columns + unit - 1) / unit * unit, (int)NOVA_GPU_HALO_LEAST);
}

typedef struct halo_search {
    const nova_gpu_machine *machine;
    nova_gpu_grid_fn visit;
    void *context;
} halo_search;

/* Visits a grid whose box is set; false if the box is too large. */
static bool visit(const halo_search *search, nova_gpu_grid *trial) {
    if (trial->box_w + trial->taps_w - 1 > NOVA_GPU_HALO_SIDE ||
        trial->box_h + trial->taps_h - 1 > NOVA_GPU_HALO_SIDE)
        return false;
    trial->halo = columns_of(trial);
    if (trial->halo > NOVA_GPU_MOST_PIXELS ||
        nova_gpu_halo_of(trial, search->machine->processors).filters < 2)
        return false;
    trial->blocks_w = nova_gpu_blocks_of(trial->extent_w, trial->box_w);
    trial->blocks_h = nova_gpu_blocks_of(trial->extent_h, trial->box_h);
    trial->blocks_n = nova_gpu_blocks_of(trial->extent_n, trial->box_n);
    search->visit(search->context, trial, nova_gpu_halo_seconds(trial, search->machine));
    return true;
}

/* Rows of so many columns, cut evenly, from all of them to one. */
static void try_rows(const halo_search *search, nova_gpu_grid *trial, int box_w) {
    trial->box_w = box_w;
    trial->box_n = 1;
    for (int blocks = 1; blocks <= trial->extent_h; blocks++) {
        trial->box_h = nova_gpu_blocks_of(trial->extent_h, blocks);
        if (nova_gpu_blocks_of(trial->extent_h, trial->box_h) == blocks && visit(search, trial) &&
            trial->halo == NOVA_GPU_HALO_LEAST)
            return; /* shorter ones are as long */
    }
}

/* Several images whole. */
static void try_images(const halo_search *search, nova_gpu_grid *trial) {
    trial->box_w = trial->extent_w;
    trial->box_h = trial->extent_h;
    for (int images = 2; images <= trial->extent_n; images++) {
        trial->box_n = images;
        if (!visit(search, trial))
            return;
    }
}

void nova_gpu_halo_each(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                        nova_gpu_grid_fn visit_one, void *context) {
    const halo_search search = {machine, visit_one, context};
    nova_gpu_grid trial = *grid;
    if (!machine->hopper || !grid->whole_pieces || grid->taps_w * grid->taps_h == 1)
        return;
    trial.turns = 1;
    trial.splits = 1;
    trial.sharing = NOVA_GPU_SHARE_NOTHING;
    trial.clustered = 0;
    trial.block_channels = NOVA_GPU_SLAB_CHANNELS;
    trial.channel_blocks = nova_gpu_blocks_of(trial.channels, trial.block_channels);
    try_rows(&search, &trial, NOVA_GPU_HALO_STRIP);
    if (trial.extent_w != NOVA_GPU_HALO_STRIP)
        try_rows(&search, &trial, trial.extent_w);
    try_images(&search, &trial);
}
