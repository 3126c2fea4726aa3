/*
 * resident.c - planning for direct convolution of small maps in one launch (gpu/resident.h): how
 * the work can be cut, and the time that takes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

/*
 * Seconds of a kernel in a chain of such kernels, fitted to 385 cuts of 26 layers (docs/gpu.md): of
 * what blocks of a multiprocessor multiply, one after the other, and of reading U, while the kernel
 * before runs as far as there is room for the blocks of both. Clusters come in whole waves.
 */
static const double chain_seconds = 1.46e-6; /* from one kernel to the next, and waiting for x */
static const double wave_seconds = 1.12e-6;  /* more of every further wave */
static const double slowness = 0.80; /* of products, to the slower of their bounds in long work */
static const double split_seconds = 0.22e-6; /* of a cluster, */
static const double sum_seconds = 43e-12;    /* and of each byte of sums that a block sends */
static const double hidden_read = 1.75, exposed_read = 0.92; /* of the cache's rate */
enum { MOST_BLOCKS = 4, RESERVED = 1024 /* bytes of shared memory for each block */ };

/* Seconds that 64 pixels by a block's channels by 16 input channels take: of the matrix units, or
   of shared memory for both operands. */
static double product_seconds(const nova_gpu_resident *all, const nova_gpu_machine *machine) {
    const double cycle = 4096.0 * machine->processors / machine->flops; /* at the full rate */
    const double compute = all->channels / 2.0;
    const double read = (NOVA_GPU_RESIDENT_PIXELS + all->channels) * 32 / 128.0;
    return slowness * NOVA_MAX(compute, read) * cycle;
}

/* Clusters that run at a time if a block fills a multiprocessor. The device was asked for powers of
   two; of other sizes more multiprocessors of a part of the device are left over, of 3 as few. */
static double clusters_of(int size, const nova_gpu_machine *machine) {
    if (size == 1 || size == 2 || size == 4 || size == 8)
        return machine->clusters[size];
    return floor(machine->processors * (size == 3 ? 15.0 : 13.0) / (16 * size));
}

static double resident_seconds(const nova_gpu_resident *all, const nova_gpu_machine *machine) {
    const double units = nova_gpu_resident_units(all), blocks = units * all->splits;
    const double clusters = clusters_of(all->splits, machine);
    const size_t bytes = (size_t)nova_gpu_resident_bytes(all) + RESERVED;
    const double slots = NOVA_MAX((double)(machine->shared_bytes / bytes), 1) * clusters;
    const double room = NOVA_MAX(NOVA_MIN(slots / units - 1, 1), 0);
    const double turns = ceil(units / clusters); /* blocks of a multiprocessor */
    const double products = (double)all->taps_h * all->taps_w * all->chunks * all->groups * 4;
    const double u = blocks * all->chunks * nova_gpu_resident_u_bytes(all);
    const double sums = 4.0 * all->channels * all->groups * NOVA_GPU_RESIDENT_PIXELS;
    double seconds = chain_seconds + (ceil(units / slots) - 1) * wave_seconds +
                     turns * products * product_seconds(all, machine);
    seconds += room * u / (hidden_read * machine->cache_read);
    seconds += (1 - room) * u / (exposed_read * machine->cache_read);
    if (all->splits > 1)
        seconds +=
            split_seconds + sum_seconds * sums * (1 - 1.0 / all->splits) * NOVA_MIN(turns, 4);
    return seconds;
}

/* ---------------------------------------------------------------- candidates */

typedef struct resident_search {
    const nova_shape *shape;
    const nova_gpu_machine *machine;
    nova_gpu_resident_fn visit;
    void *context;
} resident_search;

/* What is left open is how the input channels are shared out. */
static void try_splits(const resident_search *search, nova_gpu_resident *trial) {
    const nova_gpu_machine *machine = search->machine;
    const int chunks = nova_gpu_blocks_of(search->shape->c, NOVA_GPU_RESIDENT_CHUNK);
    const int64_t units =
        (int64_t)trial->blocks_w * trial->blocks_h * trial->channel_blocks * search->shape->n;
    for (trial->chunks = 1; trial->chunks <= NOVA_GPU_RESIDENT_CHUNKS; trial->chunks++) {
        trial->splits = nova_gpu_blocks_of(chunks, trial->chunks);
        if (trial->splits > NOVA_GPU_MOST_CLUSTERED ||
            units * trial->splits > (int64_t)MOST_BLOCKS * machine->processors)
            continue;
        if (nova_gpu_resident_bytes(trial) <= (int)machine->shared_bytes)
            search->visit(search->context, trial, resident_seconds(trial, machine));
        if (trial->splits == 1)
            return;
    }
}

static void try_channels(const resident_search *search, nova_gpu_resident *trial) {
    for (trial->channels = 16; trial->channels <= 64; trial->channels += 16) {
        trial->channel_blocks = nova_gpu_blocks_of(search->shape->k, trial->channels);
        try_splits(search, trial);
    }
}

/* Rows of a map in so many parts, and as many of them as a block has pixels for. */
static void try_rows(const resident_search *search, nova_gpu_resident *trial) {
    const nova_shape *shape = search->shape;
    const int most = trial->groups * NOVA_GPU_RESIDENT_PIXELS;
    for (int parts = 1; parts <= shape->out_w; parts++) {
        const int w = nova_gpu_blocks_of(shape->out_w, parts);
        if (w > most)
            continue;
        trial->box_w = w;
        trial->blocks_w = nova_gpu_blocks_of(shape->out_w, w);
        const int h = (most - w) / nova_gpu_resident_row(trial) + 1;
        trial->blocks_h = nova_gpu_blocks_of(shape->out_h, h);
        trial->box_h = nova_gpu_blocks_of(shape->out_h, trial->blocks_h);
        if (nova_gpu_resident_row(trial) <= NOVA_GPU_RESIDENT_LONGEST &&
            nova_gpu_resident_rows(trial) <= NOVA_GPU_RESIDENT_LONGEST)
            try_channels(search, trial);
        if (h >= shape->out_h)
            return; /* narrower blocks would only be emptier */
    }
}

void nova_gpu_resident_each(const nova_shape *shape, const nova_gpu_machine *machine,
                            nova_gpu_resident_fn visit, void *context) {
    const resident_search search = {shape, machine, visit, context};
    const double blocks = (double)shape->n * (double)shape->out_h * (double)shape->out_w /
                          (2 * NOVA_GPU_RESIDENT_PIXELS);
    if (!machine->hopper || machine->clusters[NOVA_GPU_MOST_CLUSTERED] == 0 ||
        shape->r * shape->s > NOVA_GPU_RESIDENT_LONGEST || shape->k > INT32_MAX / 2 ||
        shape->c > NOVA_GPU_RESIDENT_CHUNK * NOVA_GPU_RESIDENT_CHUNKS * NOVA_GPU_MOST_CLUSTERED ||
        blocks > MOST_BLOCKS * machine->processors)
        return;
    nova_gpu_resident trial = {
        .images = (int)shape->n, .taps_h = (int)shape->r, .taps_w = (int)shape->s};
    for (trial.groups = 1; trial.groups <= 2; trial.groups++)
        try_rows(&search, &trial);
}

typedef struct fastest {
    nova_gpu_resident *best;
    double seconds;
    const char *only; /* null, or the name of the blocks wanted */
} fastest;

static void keep_fastest(void *context, const nova_gpu_resident *all, double seconds) {
    fastest *it = context;
    char text[NOVA_GPU_BLOCKS_TEXT];
    if (seconds < it->seconds &&
        (!it->only || strcmp(nova_gpu_resident_text(all, text), it->only) == 0)) {
        *it->best = *all;
        it->seconds = seconds;
    }
}

double nova_gpu_resident_choose(nova_gpu_resident *best, const nova_gpu_machine *machine,
                                const nova_shape *shape) {
    fastest it = {best, INFINITY, machine->only_blocks};
    nova_gpu_resident_each(shape, machine, keep_fastest, &it);
    return it.seconds;
}
