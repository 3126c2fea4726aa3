/*
 * blocking.c - the blocks of a grid of products and the time they take.
 *
 * A step of a block multiplies its channels by its pixels by 64 input channels. The matrix units
 * and the second-level cache, which the operands come from, share its time: with both busy neither
 * reaches its own rate. Processors take whole blocks, so that the last wave counts in full; blocks
 * of half the channels come last and are waves of their own. Where two groups of threads take
 * blocks in turn, one stores while the other multiplies.
 *
 * The rates are fitted to the times of all kinds of blocks on the layers of bench/gpu/layers.txt
 * (nova-gpu-products; docs/gpu.md).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

static const double overlap = 3.2;          /* exponent that adds computing and reading */
static const double boost = 0.25;           /* of clocks, with one processor at work */
static const double step_least = 0.18e-6;   /* of a step, however small */
static const double step_shared = 0.03e-6;  /* more where a pair reads an operand together */
static const double block_seconds = 1.2e-6; /* that a block takes beside steps and stores */
static const double store_seconds = 4.1e-9; /* per pixel of 128 channels, in 16 bits */
static const double strip_seconds = 45e-9;  /* the same in binary32, through a strip */
static const double turn_seconds = 0.3e-6;  /* from one group's block to the other's, and: */
static const double turn_sum_seconds = 0.94e-6 / NOVA_GPU_MOST_SUMS;
static const double fill_seconds = 0.55e-6;   /* until the first operands have arrived */
static const double pair_seconds = 0.3e-6;    /* more until a cluster has started */
static const double sum_seconds = 3.0e-6;     /* of the kernel that adds partial sums, at least */
static const double cluster_seconds = 2.4e-6; /* of adding them in a cluster, and for each: */
static const double cluster_sum_seconds = 1.7e-6 / NOVA_GPU_MOST_SUMS;
enum { LEAST_STEPS_PER_SPLIT = 4, MOST_SPLITS = 32 };

/* Seconds of a step of `slabs` times 64 output channels with `busy` processors at work. */
static double step_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine, int slabs,
                           int64_t busy) {
    const double part = (double)busy / machine->processors;
    const int pixels = nova_gpu_block_pixels(grid);
    const double channels = slabs * NOVA_GPU_SLAB_CHANNELS, row = 2.0 * NOVA_GPU_STEP_CHANNELS;
    const double flops = channels * pixels * row;
    const double filters = channels / (grid->sharing == NOVA_GPU_SHARE_FILTER ? 2 : 1);
    const double inputs = (double)pixels / (grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1);
    const double rate = machine->flops / machine->processors * (1 + boost * (1 - part));
    const double compute = flops / rate;
    const double read = (filters + inputs) * row * (double)busy / machine->cache_read;
    const double both = pow(pow(compute, overlap) + pow(read, overlap), 1 / overlap);
    return NOVA_MAX(both, step_least) + (grid->sharing ? step_shared : 0);
}

/* Seconds that storing a block of `slabs` takes. */
static double tail_seconds(const nova_gpu_grid *grid, int slabs, bool binary32) {
    const double part = (double)slabs * NOVA_GPU_SLAB_CHANNELS / NOVA_GPU_MOST_CHANNELS;
    const bool through_strip = binary32 || (grid->splits > 1 && !grid->clustered);
    return block_seconds +
           nova_gpu_block_pixels(grid) * part * (through_strip ? strip_seconds : store_seconds);
}

static bool takes_turns(const nova_gpu_grid *grid, const nova_gpu_machine *machine) {
    return machine->hopper &&
           grid->block_channels * nova_gpu_block_pixels(grid) <= NOVA_GPU_MOST_SUMS;
}

/* Seconds of `waves` blocks behind one another on a processor. */
static double waves_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine, int slabs,
                            int64_t waves, int64_t busy, bool binary32) {
    const double steps = (double)nova_gpu_steps(grid) / grid->splits;
    const double multiply = steps * step_seconds(grid, machine, slabs, busy);
    const double tail = tail_seconds(grid, slabs, binary32);
    const double turn = turn_seconds + turn_sum_seconds * slabs * NOVA_GPU_SLAB_CHANNELS *
                                           nova_gpu_block_pixels(grid);
    return (double)waves * (takes_turns(grid, machine)
                                ? NOVA_MAX(multiply + turn, (multiply + tail) / 2)
                                : multiply + tail);
}

double nova_gpu_grid_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                             bool binary32) {
    const int cluster = nova_gpu_cluster_size(grid);
    const int64_t slots = machine->clusters[cluster], units = nova_gpu_units(grid);
    const int64_t busy = NOVA_MIN(units, slots) * cluster;
    const int channel_units =
        grid->channel_blocks / (grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1);
    const int64_t shorts = nova_gpu_last_is_short(grid) ? units / channel_units : 0;
    const int64_t waves = (units + slots - 1) / slots;
    const int64_t whole_waves = (units - shorts + slots - 1) / slots;
    const int slabs = grid->block_channels / NOVA_GPU_SLAB_CHANNELS;
    double seconds = fill_seconds + (cluster > 1 ? pair_seconds : 0) +
                     waves_seconds(grid, machine, slabs, whole_waves, busy, binary32) +
                     waves_seconds(grid, machine, 1, waves - whole_waves, busy, binary32);
    if (takes_turns(grid, machine))
        seconds += tail_seconds(grid, slabs, binary32);
    if (grid->clustered)
        seconds += cluster_seconds +
                   cluster_sum_seconds * grid->block_channels * nova_gpu_block_pixels(grid);
    else if (grid->splits > 1) { /* partial sums are written, read and added by another kernel */
        const double sums = (double)grid->splits * grid->extent_w * grid->extent_h *
                            grid->extent_n * grid->channels * 4;
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
    nova_gpu_grid_fn visit;
    void *context;
} grid_search;

static void visit(const grid_search *search, const nova_gpu_grid *trial) {
    search->visit(search->context, trial,
                  nova_gpu_grid_seconds(trial, search->machine, search->binary32));
}

/* Tries every way to share and to split a grid whose box is set. */
static void try_box(const grid_search *search, nova_gpu_grid *trial) {
    const bool hopper = search->machine->hopper;
    const bool pairs = hopper && search->machine->clusters[2] > 0;
    for (int sharing = 0; sharing <= (pairs ? NOVA_GPU_SHARE_FILTER : 0); sharing++)
        if (can_share(trial, sharing)) {
            trial->sharing = sharing;
            visit(search, trial);
        }
    trial->sharing = NOVA_GPU_SHARE_NOTHING;
    trial->clustered = hopper;
    const int enough = nova_gpu_steps(trial) / LEAST_STEPS_PER_SPLIT;
    const int most = NOVA_MIN(enough, hopper ? (int)NOVA_GPU_MOST_CLUSTERED : (int)MOST_SPLITS);
    /* in a cluster, sums sent and received must fit into shared memory */
    const int sums = trial->block_channels * nova_gpu_block_pixels(trial);
    const bool can_split = search->splittable && (!hopper || sums <= NOVA_GPU_MOST_SUMS);
    for (trial->splits = 2; can_split && trial->splits <= most;
         trial->splits += hopper ? trial->splits : 1)
        if (!hopper || nova_gpu_units(trial) <= search->machine->clusters[trial->splits])
            visit(search, trial); /* clusters that wait for others to end gain nothing */
    trial->splits = 1;
    trial->clustered = 0;
}

/* Boxes of up to `pixels`, as long as the extent in w and as full as possible in h and n. */
static void try_pixels(const grid_search *search, nova_gpu_grid *trial, int pixels) {
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

void nova_gpu_grid_each(const nova_gpu_grid *grid, const nova_gpu_machine *machine, bool splittable,
                        bool binary32, nova_gpu_grid_fn visit_one, void *context) {
    const grid_search search = {machine, splittable, binary32, visit_one, context};
    nova_gpu_grid trial = *grid;
    trial.splits = 1;
    trial.clustered = 0;
    const int least_channels = machine->hopper ? NOVA_GPU_SLAB_CHANNELS : NOVA_GPU_MOST_CHANNELS;
    const int most_pixels = machine->hopper ? NOVA_GPU_MOST_PIXELS : 128;
    for (int channels = NOVA_GPU_MOST_CHANNELS; channels >= least_channels; channels /= 2) {
        if (channels > least_channels && trial.channels <= channels / 2)
            continue; /* half would be empty */
        trial.block_channels = channels;
        trial.channel_blocks = blocks_of(trial.channels, channels);
        for (int pixels = 64; pixels <= most_pixels; pixels *= 2)
            try_pixels(&search, &trial, pixels);
    }
}

typedef struct fastest {
    nova_gpu_grid grid;
    double seconds;
} fastest;

static void keep_fastest(void *context, const nova_gpu_grid *grid, double seconds) {
    fastest *best = context;
    if (seconds < best->seconds)
        *best = (fastest){*grid, seconds};
}

double nova_gpu_grid_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine, bool splittable,
                            bool binary32) {
    fastest best = {*grid, INFINITY};
    nova_gpu_grid_each(grid, machine, splittable, binary32, keep_fastest, &best);
    *grid = best.grid;
    return best.seconds;
}
