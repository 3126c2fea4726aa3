/*
 * few.c - direct convolution with few channels: how it is cut, and the time it takes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

static int64_t blocks_of(int64_t count, int64_t of) {
    return (count + of - 1) / of;
}

static int round_up(int64_t count) {
    return (int)(blocks_of(count, NOVA_GPU_FEW_ROUND) * NOVA_GPU_FEW_ROUND);
}

static double bytes_of(int64_t n, int64_t h, int64_t w, int64_t channels) {
    return 2 * (double)n * (double)h * (double)w * (double)channels;
}

/* ---------------------------------------------------------------- few outputs */

/* Fitted to three layers in 30 ways to cut each, and to five in two. */
static const double patch_seconds = 1.0e-6; /* of the kernel, however small */
static const double wave_seconds = 1.6e-6;  /* of blocks that run together, beside reading, and: */
static const double wave_step = 2.0e-6;     /* in all of its steps, which hide it from each other */
static const double patch_rate = 33e9;      /* bytes per second that a multiprocessor reads */

/* Blocks of a multiprocessor: as many as have shared memory, and registers. */
static int64_t residents(const nova_gpu_machine *machine, int pixels, int columns,
                         int64_t channels) {
    const int64_t bytes = nova_gpu_patch_bytes(pixels, columns, channels) + 1024;
    return NOVA_MIN((int64_t)machine->shared_bytes / bytes, NOVA_GPU_PATCH_BLOCKS(pixels, columns));
}

static double patches_seconds(const nova_shape *shape, const nova_gpu_machine *machine,
                              const nova_gpu_grid *grid, int64_t resident) {
    const double box = bytes_of(1, grid->box_h, grid->box_w, shape->c);
    const int64_t slots = resident * machine->processors;
    const int64_t blocks = shape->n * grid->blocks_w * grid->blocks_h;
    const int64_t rest = blocks % slots;
    const double wave =
        wave_seconds + wave_step / (double)blocks_of(shape->c, NOVA_GPU_STEP_CHANNELS);
    const double full = wave + (double)resident * box / patch_rate;
    const double last = wave + (double)blocks_of(rest, machine->processors) * box / patch_rate;
    const double bytes = bytes_of(shape->n, shape->h, shape->w, shape->c) +
                         bytes_of(shape->n, shape->out_h, shape->out_w, shape->k);
    return patch_seconds + NOVA_MAX((double)(blocks / slots) * full + (rest > 0 ? last : 0),
                                    bytes / machine->memory);
}

/* Patches as wide as `across` of them allow, and as high as their pixels do; false if there are
   none of that many pixels. */
static bool make_patches(const nova_shape *shape, int across, int pixels, nova_gpu_grid *grid) {
    const int margin_w = (int)shape->s - 1, margin_h = (int)shape->r - 1;
    grid->box_w = (int)blocks_of(shape->out_w, across) + margin_w;
    grid->blocks_w = (int)blocks_of(shape->out_w, grid->box_w - margin_w);
    const int most = pixels / grid->box_w - margin_h;
    if (most < 1)
        return false;
    grid->blocks_h = (int)blocks_of(shape->out_h, most);
    grid->box_h = (int)blocks_of(shape->out_h, grid->blocks_h) + margin_h;
    return grid->blocks_w == across && nova_gpu_patch_pixels(grid) == pixels &&
           !nova_gpu_is_strip(grid) && shape->n * grid->blocks_w * grid->blocks_h <= INT32_MAX;
}

static void each_patch(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                       const nova_shape *shape, nova_gpu_grid_fn visit, void *context) {
    const int columns = round_up(shape->r * shape->s * shape->k);
    for (int pixels = 128; pixels <= 256; pixels *= 2) {
        const int64_t resident = residents(machine, pixels, columns, shape->c);
        int64_t across = resident > 0 ? blocks_of(shape->out_w, pixels) : shape->out_w + 1;
        for (; across <= shape->out_w; across++) {
            nova_gpu_grid trial = *grid;
            trial.box_n = 1;
            trial.blocks_n = (int)shape->n;
            if (make_patches(shape, (int)across, pixels, &trial))
                visit(context, &trial, patches_seconds(shape, machine, &trial, resident));
        }
    }
}

/* ---------------------------------------------------------------- strips */

/* Fitted to twelve layers, walked in several ways each. Rows of a multiprocessor's warps are made
   one after the other, but one warp alone does not keep it busy. */
static const double strip_seconds = 1.5e-6;     /* of the kernel, and: */
static const double strip_wave = 1.0e-6;        /* of every wave of blocks */
static const double strip_step = 0.043e-6;      /* of a warp's row a step, and: */
static const double strip_depth = 0.6e-9;       /* each of its channels, and: */
static const double strip_reload = 0.015e-6;    /* U from shared memory, of more than one step */
static const double strip_channel = 0.017e-6;   /* an output channel of a row */
static const double strip_alone = 0.6e-6;       /* of a row in any case, and: */
static const double strip_step_alone = 0.32e-6; /* of its steps */

/* A wave of `blocks` on the busiest multiprocessor. */
static double strips_wave(const nova_shape *shape, const nova_gpu_grid *grid, double blocks) {
    const double steps = (double)blocks_of(shape->c, NOVA_GPU_STEP_CHANNELS);
    const double depth = (double)NOVA_MIN(shape->c, NOVA_GPU_STEP_CHANNELS);
    const double step = strip_step + depth * strip_depth + (steps > 1 ? strip_reload : 0);
    const double warp = steps * step + (double)shape->k * strip_channel;
    const double alone = strip_alone + steps * strip_step_alone;
    return strip_wave + grid->box_h * NOVA_MAX(blocks * NOVA_GPU_STRIP_WARPS * warp, alone);
}

static double strips_seconds(const nova_shape *shape, const nova_gpu_machine *machine,
                             const nova_gpu_grid *grid, int64_t resident) {
    const int64_t blocks =
        blocks_of(shape->n * grid->blocks_w * grid->blocks_h, NOVA_GPU_STRIP_WARPS);
    const int64_t slots = resident * machine->processors;
    const int64_t rest = blocks % slots;
    double seconds = (double)(blocks / slots) * strips_wave(shape, grid, (double)resident);
    if (rest > 0) /* they are not spread evenly where others have only just ended */
        seconds +=
            strips_wave(shape, grid, (double)(blocks_of(rest, machine->processors) + resident) / 2);
    const double bytes = bytes_of(shape->n, shape->h, shape->w, shape->c) +
                         bytes_of(shape->n, shape->out_h, shape->out_w, shape->k);
    return strip_seconds + NOVA_MAX(seconds, bytes / machine->memory);
}

static void each_strip(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                       const nova_shape *shape, nova_gpu_grid_fn visit, void *context) {
    enum { MOST_WAVES = 8 }; /* of blocks: more only add margins */
    if (shape->r != NOVA_GPU_STRIP_TAPS || shape->k > NOVA_GPU_STRIP_COLUMNS / shape->s)
        return;
    const int columns = nova_gpu_strip_columns((int)shape->s, (int)shape->k);
    const int64_t bytes = nova_gpu_strip_bytes(shape->c, columns);
    const int64_t resident =
        NOVA_MIN((int64_t)machine->shared_bytes / (bytes + 1024), NOVA_GPU_STRIP_BLOCKS(columns));
    if (resident < 1)
        return;
    nova_gpu_grid trial = *grid;
    trial.box_n = 1;
    trial.blocks_n = (int)shape->n;
    trial.box_w = NOVA_GPU_STRIP_WIDTH;
    trial.blocks_w = (int)blocks_of(shape->out_w, trial.box_w - shape->s + 1);
    const int64_t most = resident * machine->processors * NOVA_GPU_STRIP_WARPS * MOST_WAVES;
    for (int64_t down = 1; down <= NOVA_MAX(most / (shape->n * trial.blocks_w), 1); down++) {
        const int64_t rows = blocks_of(shape->out_h, down);
        trial.box_h = (int)(rows + shape->r - 1);
        trial.blocks_h = (int)down;
        if (rows * (down - 1) >= shape->out_h || shape->n * trial.blocks_w > INT32_MAX / down)
            continue; /* a number of strips that there is not */
        visit(context, &trial, strips_seconds(shape, machine, &trial, resident));
    }
}

/* ---------------------------------------------------------------- few inputs */

/* Fitted to eight layers, with every number of channels a block: a warp does its tiles one after
   the other, and part of that is not hidden behind the way to memory. */
static const double gather_seconds = 2.2e-6; /* of the kernel, beside: */
static const double gather_step = 0.2e-6;    /* a step's products with 64 channels, and: */
static const double gather_load = 0.03e-6;   /* what a thread loads at a time, 1, 2 or 4 elements */

static double gathering_seconds(const nova_shape *shape, const nova_gpu_machine *machine,
                                int channels) {
    const int64_t elements = shape->r * shape->s * shape->c;
    const int depth = nova_gpu_gather_depth(elements);
    const int steps = depth / NOVA_GPU_FEW_ROUND;
    const int unit = shape->layout != NOVA_NHWC ? 1
                     : shape->c % 4 == 0        ? 4
                     : shape->c % 2 == 0        ? 2
                                                : 1;
    const int64_t tiles = shape->n * shape->out_h * nova_gpu_gather_across(shape->out_w);
    const nova_gpu_gathering blocks = nova_gpu_gather_blocks(
        tiles, shape->k, depth, channels, machine->processors, (int64_t)machine->shared_bytes);
    const int passes = channels / NOVA_GPU_GATHER_CHANNELS;
    const int gathers = steps > nova_gpu_gather_steps(elements) ? 2 * passes : 1;
    const double turn = gather_step * steps * passes + gather_load * 4 * steps / unit * gathers;
    const double bytes = bytes_of(shape->n, shape->h, shape->w, shape->c) +
                         bytes_of(shape->n, shape->out_h, shape->out_w, shape->k);
    return gather_seconds + blocks.turns * turn + bytes / machine->memory;
}

static void each_gathering(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                           const nova_shape *shape, nova_gpu_grid_fn visit, void *context) {
    enum { MOST_PARTS = 65535 };
    const int64_t taps = shape->r * shape->s;
    if (shape->c > NOVA_GPU_FEW_DEPTH / taps ||
        shape->h + shape->r + shape->s > INT32_MAX / (shape->c * shape->w) ||
        shape->n > INT32_MAX / (shape->out_h * nova_gpu_gather_across(shape->out_w)))
        return;
    const int depth = nova_gpu_gather_depth(taps * shape->c);
    nova_gpu_grid trial = *grid;
    for (int one = NOVA_GPU_GATHER_CHANNELS; one < shape->k + NOVA_GPU_GATHER_CHANNELS;
         one += NOVA_GPU_GATHER_CHANNELS) {
        trial.block_channels = one;
        trial.channel_blocks = (int)blocks_of(shape->k, one);
        if ((size_t)nova_gpu_gather_bytes(depth, one) > machine->shared_bytes / 2)
            return;
        if (trial.channel_blocks <= MOST_PARTS)
            visit(context, &trial, gathering_seconds(shape, machine, one));
    }
}

void nova_gpu_few_each(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                       const nova_shape *shape, nova_gpu_grid_fn visit, void *context) {
    const int64_t most = INT32_MAX / 4; /* sizes that kernels add to each other */
    if (!machine->few || shape->r * shape->s == 1 || shape->h > most || shape->w > most ||
        shape->n > most || shape->k > most)
        return;
    nova_gpu_grid trial = *grid;
    trial.channels = (int)shape->k;
    trial.extent_w = (int)shape->out_w;
    trial.extent_h = (int)shape->out_h;
    trial.extent_n = (int)shape->n;
    trial.taps_w = (int)shape->s;
    trial.taps_h = (int)shape->r;
    trial.splits = 1;
    if (grid->kind == NOVA_GPU_FEW_INPUTS) {
        each_gathering(&trial, machine, shape, visit, context);
    } else if (shape->k <= NOVA_GPU_FEW_COLUMNS / (shape->r * shape->s)) {
        each_patch(&trial, machine, shape, visit, context);
        each_strip(&trial, machine, shape, visit, context);
    }
}
