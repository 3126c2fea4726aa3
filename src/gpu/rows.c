/*
 * rows.c - Winograd along the rows in one kernel (rows.h): which transforms it computes, how a
 * layer is cut, and the time it takes.
 *
 * Groups of threads take blocks in turn, so that one stores while the other multiplies. The rates
 * are fitted to what the layers of docs/gpu.md take.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/rows.h"

#include <math.h>
#include <string.h>

#include "gpu/engine.h"
#include "gpu/plan.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- transforms */

static bool are_equal(const double *a, const double *b, int count) {
    for (int i = 0; i < count; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Every tap is a product of its own, and all are added. */
static bool is_direct(const nova_transform *t) {
    if (t->m != 1 || t->products != t->r || t->inputs != t->r)
        return false;
    for (int i = 0; i < t->r; i++) {
        if (t->AT[i] != 1)
            return false;
        for (int j = 0; j < t->r; j++)
            if (t->BT[i * t->r + j] != (i == j))
                return false;
    }
    return true;
}

bool nova_gpu_only_adds(const nova_transform *t) {
    static const double BT[] = {-1, 0, 1, 0, 0, 1, 1, 0, 0, -1, 1, 0, 0, -1, 0, 1};
    static const double AT[] = {1, 1, 1, 0, 0, 1, -1, 1};
    return t->m == NOVA_GPU_ROWS_TILE && t->r == NOVA_GPU_ROWS_TAPS &&
           t->products == NOVA_GPU_ROWS_POSITIONS && t->inputs == NOVA_GPU_ROWS_POSITIONS &&
           are_equal(t->BT, BT, NOVA_COUNT(BT)) && are_equal(t->AT, AT, NOVA_COUNT(AT));
}

bool nova_gpu_rows_computes(const nova_transform *h, const nova_transform *w) {
    return is_direct(h) && nova_gpu_only_adds(w);
}

float nova_gpu_rows_factor(const nova_scaling *h, const nova_scaling *w, const float *m_scale,
                           int position) {
    const int row = position / NOVA_GPU_ROWS_POSITIONS, column = position % NOVA_GPU_ROWS_POSITIONS;
    return m_scale ? ldexpf(m_scale[position], h->input[row] + w->input[column]) : 1;
}

/* ---------------------------------------------------------------- time */

static const double start_seconds = 2.9e-6;  /* until the first block multiplies, and to end */
static const double turn_seconds = 0.62e-6;  /* from one group's block to the other's */
static const double row_flops = 945.0 / 775; /* of the machine's rate, that steps multiply at */

static double rows_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine) {
    const int64_t slots = nova_gpu_rows_slots(grid, machine->processors);
    const int64_t units = nova_gpu_units(grid), waves = (units + slots - 1) / slots;
    const double tiles = NOVA_GPU_ROWS_HIGH * NOVA_GPU_ROWS_WIDE / NOVA_GPU_ROWS_TILE;
    const double flops = 2 * tiles * NOVA_GPU_SLAB_CHANNELS * NOVA_GPU_ROWS_POSITIONS *
                         grid->taps_h * grid->channel_steps * NOVA_GPU_STEP_CHANNELS;
    const double rate = row_flops * machine->flops / machine->processors;
    return start_seconds + (double)waves * (flops / rate + turn_seconds);
}

/* ---------------------------------------------------------------- blocks */

void nova_gpu_cut_units(nova_gpu_grid *grid, const nova_shape *shape, int kind, int box_w,
                        int box_h) {
    grid->kind = kind;
    grid->turns = grid->whole_pieces = 1;
    grid->extent_w = (int)shape->out_w;
    grid->extent_h = (int)shape->out_h;
    grid->extent_n = (int)shape->n;
    grid->taps_h = (int)shape->r;
    grid->taps_w = (int)shape->s;
    grid->origin_w = -(int)shape->pad_left;
    grid->origin_h = -(int)shape->pad_top;
    grid->box_w = box_w;
    grid->box_h = box_h;
    grid->box_n = 1;
    grid->blocks_w = nova_gpu_blocks_of(shape->out_w, box_w);
    grid->blocks_h = nova_gpu_blocks_of(shape->out_h, box_h);
    grid->blocks_n = grid->extent_n;
    grid->block_channels = NOVA_GPU_SLAB_CHANNELS;
    grid->channel_blocks = nova_gpu_blocks_of(shape->k, grid->block_channels);
}

bool nova_gpu_units_exist(const nova_gpu_grid *grid, const nova_gpu_machine *machine) {
    char text[NOVA_GPU_BLOCKS_TEXT];
    const double units =
        (double)grid->blocks_w * grid->blocks_h * grid->blocks_n * (double)grid->channel_blocks;
    return units <= INT32_MAX / 2 &&
           (!machine->only_blocks ||
            strcmp(machine->only_blocks, nova_gpu_blocks_text(grid, text)) == 0);
}

bool nova_gpu_can_number(const nova_shape *shape) {
    return shape->r <= INT32_MAX / 8 && shape->n <= INT32_MAX / 2 &&
           shape->out_h <= INT32_MAX / 2 && shape->out_w <= INT32_MAX / 2;
}

double nova_gpu_rows_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine,
                            const nova_shape *shape) {
    if (!machine->hopper || shape->k % NOVA_GPU_PITCH != 0 || !nova_gpu_can_number(shape))
        return INFINITY;
    nova_gpu_cut_units(grid, shape, NOVA_GPU_ROWS, NOVA_GPU_ROWS_WIDE, NOVA_GPU_ROWS_HIGH);
    if (nova_gpu_rows_of(grid).boxes < 2 || grid->channel_blocks > machine->processors ||
        !nova_gpu_units_exist(grid, machine))
        return INFINITY;
    return rows_seconds(grid, machine);
}
