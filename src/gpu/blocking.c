/*
 * blocking.c - the blocks of a grid of products and the time they take.
 *
 * A step of a block multiplies its channels by its pixels by 64 input channels. Processors take
 * whole blocks, so that the last wave counts in full.
 *
 * Blocks of 128 channels that all groups of threads multiply (every device's, and all of Winograd):
 * a step takes as long as the matrix units need, or as the second-level cache needs for the
 * operands, of which a pair of blocks reads one together.
 *
 * Blocks that belong to one group of threads, which take turns (direct convolution on Hopper): with
 * the matrix units and the second-level cache both busy neither reaches its own rate; blocks of
 * half the channels come last and are waves of their own; one group stores while the other
 * multiplies. All rates are fitted to what tuning measures on the layers of the shape files
 * (nova bench --device cuda --tune; docs/gpu.md, The model).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- all groups on a block */

/* Of the machine's rate: of short work, and of Winograd's products, between which transforms leave
   the matrix units alone; and of direct convolutions that fill the device without being split. */
static const double together_flops = 940.0 / 775, together_full_flops = 820.0 / 775;
static const double together_boost = 0.051;     /* clocks, and more with one processor at work */
static const double together_shared = 0.082e-6; /* of a step, more where a pair shares an operand */
static const double block_seconds = 0.065e-6;   /* that a block takes beside its steps and stores */
static const double store_seconds = 6.5e-9;     /* per pixel of 128 channels of M, in 16 bits, */
static const double output_seconds = 13e-9;     /* of y, */
static const double strip_seconds = 32e-9;      /* of M in binary32, through a strip */
static const double fill_seconds = 1.8e-6;      /* until the first operands have arrived */
static const double sum_seconds = 3.5e-6;       /* of the kernel that adds partial sums, at least */
enum { LEAST_STEPS_PER_SPLIT = 4, MOST_SPLITS = 32 };

/* Seconds of a step with `busy` processors at work. */
static double step_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                           int64_t busy) {
    const int pixels = nova_gpu_block_pixels(grid);
    const double part = (double)busy / machine->processors;
    const double channels = NOVA_GPU_MOST_CHANNELS, row = 2.0 * NOVA_GPU_STEP_CHANNELS;
    const double flops = channels * pixels * row;
    const double filters = channels / (grid->sharing == NOVA_GPU_SHARE_FILTER ? 2 : 1);
    const double inputs = (double)pixels / (grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1);
    const bool full = !grid->slice_is_row && grid->splits == 1;
    const double rate = (full ? together_full_flops : together_flops) * machine->flops *
                        (1 + together_boost * (1 - part));
    const double compute = flops * machine->processors / rate;
    const double read = (filters + inputs) * row * (double)busy / machine->cache_read;
    return NOVA_MAX(compute, read) +
           (grid->sharing != NOVA_GPU_SHARE_NOTHING ? together_shared : 0);
}

static double together_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                               bool binary32) {
    const int cluster = nova_gpu_cluster_size(grid);
    const int64_t slots = machine->processors / cluster, units = nova_gpu_units(grid);
    const int64_t waves = (units + slots - 1) / slots;
    const int pixels = grid->box_w * grid->box_h * grid->box_n;
    const double steps = (double)nova_gpu_steps(grid) / grid->splits;
    const double store = binary32 || grid->splits > 1 ? strip_seconds
                         : grid->slice_is_row         ? store_seconds
                                                      : output_seconds;
    const double step = step_seconds(grid, machine, NOVA_MIN(units, slots) * cluster);
    double seconds = fill_seconds + (double)waves * (steps * step + block_seconds + pixels * store);
    if (grid->splits > 1) { /* partial sums are written, read and added by a kernel of their own */
        const double sums = (double)grid->splits * grid->extent_w * grid->extent_h *
                            grid->extent_n * grid->channel_blocks * NOVA_GPU_MOST_CHANNELS * 4;
        seconds += sum_seconds + sums / machine->cache_read;
    }
    return seconds;
}

/* ---------------------------------------------------------------- groups in turn */

static const double turns_flops = 1.2, turns_read = 0.84; /* of the machine's rates */
static const double overlap = 6;                    /* exponent that adds computing and reading */
static const double boost = 0.22;                   /* of clocks, with one processor at work */
static const double step_least = 0.15e-6;           /* of a step, however small */
static const double step_shared = 0.094e-6;         /* more where a pair shares an operand */
static const double turns_block_seconds = 0.012e-6; /* as above, for these blocks: */
static const double turns_store_seconds = 17e-9;    /* per pixel of 128 channels */
static const double turns_fill_seconds = 0.017e-6;
static const double turn_seconds = 0.73e-6; /* from one group's block to the other's, and: */
static const double turn_sum_seconds = 0.048e-6 / NOVA_GPU_MOST_SUMS;
static const double pair_seconds = 0.023e-6;  /* more until a cluster has started */
static const double cluster_seconds = 1.6e-6; /* of adding sums in a cluster, and for each: */
static const double cluster_sum_seconds = 3.2e-6 / NOVA_GPU_MOST_SUMS;

/* Seconds of a step of `slabs` times 64 output channels with `busy` processors at work. */
static double turns_step(const nova_gpu_grid *grid, const nova_gpu_machine *machine, int slabs,
                         int64_t busy) {
    const double part = (double)busy / machine->processors;
    const int pixels = nova_gpu_block_pixels(grid);
    const double channels = slabs * NOVA_GPU_SLAB_CHANNELS, row = 2.0 * NOVA_GPU_STEP_CHANNELS;
    const double flops = channels * pixels * row;
    const double filters = channels / (grid->sharing == NOVA_GPU_SHARE_FILTER ? 2 : 1);
    const double inputs = (double)pixels / (grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1);
    const double rate =
        turns_flops * machine->flops / machine->processors * (1 + boost * (1 - part));
    const double compute = flops / rate;
    const double read =
        (filters + inputs) * row * (double)busy / (turns_read * machine->cache_read);
    const double both = pow(pow(compute, overlap) + pow(read, overlap), 1 / overlap);
    return NOVA_MAX(both, step_least) + (grid->sharing ? step_shared : 0);
}

/* Seconds that storing a block of `slabs` takes. */
static double turns_tail(const nova_gpu_grid *grid, int slabs) {
    const double part = (double)slabs * NOVA_GPU_SLAB_CHANNELS / NOVA_GPU_MOST_CHANNELS;
    return turns_block_seconds + nova_gpu_block_pixels(grid) * part * turns_store_seconds;
}

/* Seconds of `waves` blocks behind one another on a processor. */
static double turns_waves(const nova_gpu_grid *grid, const nova_gpu_machine *machine, int slabs,
                          int64_t waves, int64_t busy) {
    const double steps = (double)nova_gpu_steps(grid) / grid->splits;
    const double multiply = steps * turns_step(grid, machine, slabs, busy);
    const double sums = (double)slabs * NOVA_GPU_SLAB_CHANNELS * nova_gpu_block_pixels(grid);
    const double turn = turn_seconds + turn_sum_seconds * sums;
    return (double)waves * NOVA_MAX(multiply + turn, (multiply + turns_tail(grid, slabs)) / 2);
}

static double turns_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine) {
    const int cluster = nova_gpu_cluster_size(grid);
    const int64_t slots = machine->clusters[cluster], units = nova_gpu_units(grid);
    const int64_t busy = NOVA_MIN(units, slots) * cluster;
    const int channel_units =
        grid->channel_blocks / (grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1);
    const int64_t shorts = nova_gpu_last_is_short(grid) ? units / channel_units : 0;
    const int64_t waves = (units + slots - 1) / slots;
    const int64_t whole_waves = (units - shorts + slots - 1) / slots;
    const int slabs = grid->block_channels / NOVA_GPU_SLAB_CHANNELS;
    double seconds = turns_fill_seconds + (cluster > 1 ? pair_seconds : 0) +
                     turns_waves(grid, machine, slabs, whole_waves, busy) +
                     turns_waves(grid, machine, 1, waves - whole_waves, busy) +
                     turns_tail(grid, slabs);
    if (grid->clustered)
        seconds += cluster_seconds +
                   cluster_sum_seconds * grid->block_channels * nova_gpu_block_pixels(grid);
    return seconds;
}

double nova_gpu_grid_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                             bool binary32) {
    if (grid->halo)
        return nova_gpu_halo_seconds(grid, machine);
    return grid->turns ? turns_seconds(grid, machine) : together_seconds(grid, machine, binary32);
}

/* ---------------------------------------------------------------- candidates */

static bool can_share(const nova_gpu_grid *grid, int sharing) {
    if (sharing == NOVA_GPU_SHARE_PIXELS)
        return grid->channel_blocks % 2 == 0 && nova_gpu_can_part(grid, 2);
    if (sharing == NOVA_GPU_SHARE_FILTER)
        return grid->slice_is_row ? grid->blocks_w % 2 == 0 : nova_gpu_pixel_blocks(grid) % 2 == 0;
    return true;
}

typedef struct grid_search {
    const nova_gpu_machine *machine;
    bool splittable, binary32;
    nova_gpu_grid_fn visit;
    void *context;
} grid_search;

static void visit(const grid_search *search, const nova_gpu_grid *trial) {
    search->visit(search->context, trial,
                  nova_gpu_grid_seconds(trial, search->machine, search->binary32));
}

/* Tries every way to share and to split a grid whose box is set: */
static void try_together(const grid_search *search, nova_gpu_grid *trial) {
    const int enough = NOVA_MAX(nova_gpu_steps(trial) / LEAST_STEPS_PER_SPLIT, 1);
    const int most = search->splittable ? NOVA_MIN(enough, (int)MOST_SPLITS) : 1;
    const bool pairs = search->machine->hopper && search->machine->clusters[2] > 0;
    for (int sharing = 0; sharing <= (pairs ? NOVA_GPU_SHARE_FILTER : 0); sharing++) {
        if (!can_share(trial, sharing))
            continue;
        trial->sharing = sharing;
        for (trial->splits = 1; trial->splits <= most; trial->splits++)
            visit(search, trial);
    }
    trial->splits = 1;
}

/* and the same of blocks that groups take in turn. Those of 128 channels are there for clusters
   only: alone, both groups together are faster. */
static void try_turns(const grid_search *search, nova_gpu_grid *trial) {
    const nova_gpu_machine *machine = search->machine;
    const int most =
        NOVA_MIN(nova_gpu_steps(trial) / LEAST_STEPS_PER_SPLIT, (int)NOVA_GPU_MOST_CLUSTERED);
    const bool alone = trial->block_channels == NOVA_GPU_SLAB_CHANNELS;
    const int last = machine->clusters[2] > 0 ? NOVA_GPU_SHARE_FILTER : NOVA_GPU_SHARE_NOTHING;
    for (int sharing = 0; alone && sharing <= last; sharing++)
        if (can_share(trial, sharing)) {
            trial->sharing = sharing;
            visit(search, trial);
        }
    trial->sharing = NOVA_GPU_SHARE_NOTHING;
    trial->clustered = 1;
    for (trial->splits = 2; trial->splits <= most; trial->splits *= 2)
        if (nova_gpu_units(trial) <= machine->clusters[trial->splits])
            visit(search, trial); /* clusters that wait for others to end gain nothing */
    trial->splits = 1;
    trial->clustered = 0;
}

static void try_box(const grid_search *search, nova_gpu_grid *trial) {
    if (trial->turns)
        try_turns(search, trial);
    else
        try_together(search, trial);
}

/* Boxes of up to `pixels`, as long as the extent in w and as full as possible in h and n. */
static void try_pixels(const grid_search *search, nova_gpu_grid *trial, int pixels) {
    for (int w = NOVA_MIN(pixels, trial->extent_w); w >= 1; w--) {
        const int blocks_w = nova_gpu_blocks_of(trial->extent_w, w);
        if (w % 2 == 1 && w > 1 && nova_gpu_blocks_of(trial->extent_w, w - 1) == blocks_w)
            continue; /* one less covers the row in as many blocks, and can be halved */
        trial->box_w = w;
        trial->blocks_w = blocks_w;
        const int most_h = trial->slice_is_row ? 1 : NOVA_MIN(pixels / w, trial->extent_h);
        trial->blocks_h = nova_gpu_blocks_of(trial->extent_h, most_h);
        trial->box_h = nova_gpu_blocks_of(trial->extent_h, trial->blocks_h);
        const int most_n =
            trial->slice_is_row ? 1 : NOVA_MIN(pixels / (w * trial->box_h), trial->extent_n);
        trial->blocks_n = nova_gpu_blocks_of(trial->extent_n, most_n);
        trial->box_n = nova_gpu_blocks_of(trial->extent_n, trial->blocks_n);
        try_box(search, trial);
        if (trial->slice_is_row)
            return; /* tiles have no shape: full blocks are best */
    }
}

static void try_channels(const grid_search *search, nova_gpu_grid *trial, int channels,
                         int most_pixels) {
    trial->block_channels = channels;
    trial->channel_blocks = nova_gpu_blocks_of(trial->channels, channels);
    for (int pixels = 64; pixels <= most_pixels; pixels *= 2)
        try_pixels(search, trial, pixels);
}

void nova_gpu_grid_each(const nova_gpu_grid *grid, const nova_gpu_machine *machine, bool splittable,
                        bool binary32, nova_gpu_grid_fn visit_one, void *context) {
    const grid_search search = {machine, splittable, binary32, visit_one, context};
    nova_gpu_grid trial = *grid;
    trial.splits = 1;
    trial.clustered = trial.turns = trial.halo = 0;
    try_channels(&search, &trial, NOVA_GPU_MOST_CHANNELS,
                 machine->hopper ? NOVA_GPU_MOST_PIXELS : 128);
    if (!machine->hopper || !splittable) /* Winograd's sums are not split, nor stored in turn */
        return;
    trial.turns = 1;
    try_channels(&search, &trial, NOVA_GPU_MOST_CHANNELS,
                 NOVA_GPU_MOST_SUMS / NOVA_GPU_MOST_CHANNELS);
    try_channels(&search, &trial, NOVA_GPU_SLAB_CHANNELS, NOVA_GPU_MOST_PIXELS);
    nova_gpu_halo_each(grid, machine, visit_one, context);
}

typedef struct fastest {
    nova_gpu_grid grid;
    double seconds;
    const char *only; /* null, or the name of the blocks wanted */
} fastest;

static bool is_wanted(const nova_gpu_grid *grid, const char *only) {
    char text[NOVA_GPU_BLOCKS_TEXT];
    return !only || strcmp(nova_gpu_blocks_text(grid, text), only) == 0;
}

static void keep_fastest(void *context, const nova_gpu_grid *grid, double seconds) {
    fastest *best = context;
    if (seconds < best->seconds && is_wanted(grid, best->only)) {
        best->grid = *grid;
        best->seconds = seconds;
    }
}

double nova_gpu_grid_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine, bool splittable,
                            bool binary32) {
    fastest best = {*grid, INFINITY, machine->only_blocks};
    nova_gpu_grid_each(grid, machine, splittable, binary32, keep_fastest, &best);
    *grid = best.grid;
    return best.seconds;
}

double nova_gpu_few_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine,
                           const nova_shape *shape) {
    fastest best = {*grid, INFINITY, machine->only_blocks};
    nova_gpu_few_each(grid, machine, shape, keep_fastest, &best);
    *grid = best.grid;
    return best.seconds;
}
