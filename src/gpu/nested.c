/*
 * nested.c - Winograd in both directions in one kernel (nested.h): which transforms it computes,
 * how a layer is cut, the time it takes, and the error of its sums.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/nested.h"

#include <math.h>

#include "gpu/engine.h"
#include "gpu/plan.h"
#include "numerics/rounding.h"
#include "runtime/runtime.h"

bool nova_gpu_nested_computes(const nova_transform *h, const nova_transform *w) {
    return nova_gpu_only_adds(h) && nova_gpu_only_adds(w);
}

/* ---------------------------------------------------------------- numbers */

/* With U of rms 2^-4, sums over 64 channels are as large as x, and outputs three times. */
int nova_gpu_nested_exponent(float factor) {
    enum { LEAST = -7, MOST = -2 };
    const int exponent = ilogbf(factor);
    return NOVA_MIN(NOVA_MAX(exponent, LEAST), MOST);
}

/* What is rounded where a column's sums are made, in shares of the mean square of a position's: the
   two middle rows after every product, their sum and difference, and the outer row's sums, which
   are added to those; then, along the width, two more additions of three columns' sums. The last of
   all is y's own rounding. */
double nova_gpu_nested_error(double stored, int64_t channels) {
    enum { COLUMNS = 3, POSITIONS = 9 }; /* of an output */
    const double steps = ceil((double)channels / NOVA_GPU_NESTED_STEP);
    const double middle = 2 * (steps + 1) / 2, outer = 2 + 2 * steps + (steps + 1) / 2;
    const double rounded = COLUMNS * (middle + outer) + 6 - POSITIONS; /* these were in `stored` */
    /* mean square of the nine positions' sums, each way (2 + 2 * 3/4 + 2 * 3/4) / 3 of y's */
    const double share = 25.0 / 9 / POSITIONS;
    return sqrt(stored * stored + rounded * share * nova_rounding_of(NOVA_F16, 1).noise);
}

/* ---------------------------------------------------------------- time */

/* Fitted to what 64 channels at 1024x1024, 224x224 and 56x56 (32 images) take. */
static const double start_seconds = 2.6e-6; /* until the first unit is multiplied, and to end */
static const double product_share = 0.555;  /* of the machine's rate, that units multiply at */

static double nested_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine) {
    const double tiles =
        (double)nova_gpu_block_pixels(grid) / (NOVA_GPU_NESTED_TILE * NOVA_GPU_NESTED_TILE);
    const double flops =
        2 * tiles * NOVA_GPU_NESTED_POSITIONS * NOVA_GPU_SLAB_CHANNELS * NOVA_GPU_STEP_CHANNELS;
    const double rate = product_share * machine->flops / machine->processors;
    const int waves = nova_gpu_blocks_of(nova_gpu_units(grid), machine->processors);
    return start_seconds + waves * flops / rate;
}

/* ---------------------------------------------------------------- blocks */

double nova_gpu_nested_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine,
                              const nova_shape *shape) {
    if (!machine->hopper || shape->dtype != NOVA_F16 || shape->k % NOVA_GPU_PITCH != 0 ||
        shape->c > NOVA_GPU_STEP_CHANNELS || shape->k > NOVA_GPU_SLAB_CHANNELS ||
        shape->h < NOVA_GPU_NESTED_PLANES || !nova_gpu_can_number(shape))
        return INFINITY;
    nova_gpu_cut_units(grid, shape, NOVA_GPU_NESTED, NOVA_GPU_NESTED_SIDE, NOVA_GPU_NESTED_SIDE);
    if (grid->blocks_w > INT16_MAX || grid->blocks_h > INT16_MAX) /* numbers of half a word */
        return INFINITY;
    return nova_gpu_units_exist(grid, machine) ? nested_seconds(grid, machine) : INFINITY;
}
