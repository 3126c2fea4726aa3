/*
 * direct.c - direct convolution on a GPU: its blocks, with taps gathered among the channels or not,
 * the kernels for few channels, and the time they take.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "gpu/engine_parts.h"
#include "runtime/runtime.h"

static nova_gpu_grid direct_grid(const nova_gpu_engine *engine) {
    const nova_shape *shape = &engine->shape;
    nova_gpu_grid grid = nova_gpu_empty_grid(engine);
    grid.extent_w = (int)shape->out_w;
    grid.extent_h = (int)shape->out_h;
    grid.extent_n = (int)NOVA_MIN(shape->n, (int64_t)INT32_MAX);
    grid.whole_pieces = shape->k % NOVA_GPU_PITCH == 0;
    if (!engine->taps_are_channels) {
        grid.taps_h = (int)shape->r;
        grid.taps_w = (int)shape->s;
        grid.origin_w = -(int)shape->pad_left;
        grid.origin_h = -(int)shape->pad_top;
    }
    return grid;
}

static const double direct_start = 0.23e-6;
/* However little it computes: the fastest kernel of blocks with a ring that was measured. */
static const double direct_least = 4.2e-6;
static const double direct_u_exposed = 0.33; /* of the time to read U from memory, not hidden */

/* Seconds of the kernel whose products take so long: it moves x, U and y meanwhile. */
static double direct_seconds(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                             double products) {
    const double bytes = nova_gpu_staged_bytes_of(engine) +
                         nova_gpu_tensor_bytes(&engine->shape, true) + (double)engine->filter_bytes;
    const double seconds = NOVA_MAX(products, bytes / machine->memory) + direct_start +
                           direct_u_exposed * (double)engine->filter_bytes / machine->memory;
    return machine->hopper ? NOVA_MAX(seconds, direct_least) : seconds;
}

/* Of a kernel for small maps `seconds` are all that its products take in a chain. */
static double small_seconds(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                            double seconds) {
    const double bytes = nova_gpu_staged_bytes_of(engine) +
                         nova_gpu_tensor_bytes(&engine->shape, true) + (double)engine->filter_bytes;
    return NOVA_MAX(seconds, bytes / machine->memory + machine->launch_seconds);
}

static nova_status init_direct(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                               const nova_shape *shape, bool taps_are_channels) {
    *engine = (nova_gpu_engine){.algorithm = NOVA_ALGORITHM_DIRECT,
                                .taps_are_channels = taps_are_channels};
    nova_gpu_set_pitches(engine, shape);
    engine->slices = taps_are_channels ? 1 : (int)(shape->r * shape->s);
    nova_gpu_grid grid = direct_grid(engine);
    const double products = nova_gpu_grid_choose(&grid, machine, true, false);
    engine->grid = grid;
    const nova_shape staged = nova_gpu_staged_shape(engine);
    const double small = nova_gpu_resident_choose(&engine->resident, machine, &staged);
    const int64_t sums[] = {grid.splits, shape->n * shape->out_h * shape->out_w, engine->k_pitch};
    nova_status status = nova_gpu_lay_out_filter(engine);
    const double in_grid = direct_seconds(engine, machine, products);
    const double in_small = small_seconds(engine, machine, small);
    engine->small = in_small < in_grid;
    const bool parts = nova_gpu_has_parts(&grid) && !engine->small;
    if (status == NOVA_OK)
        status = nova_gpu_lay_out_workspace(engine, NULL, parts ? sums : NULL, sizeof(float));
    if (status != NOVA_OK)
        return status;
    nova_gpu_time_moves(engine, machine);
    engine->stage_seconds[2] = NOVA_MIN(in_small, in_grid);
    nova_gpu_add_seconds(engine);
    return NOVA_OK;
}

/* A step of few channels is mostly padding: all taps of them may fit in one. */
static bool may_gather(const nova_shape *shape) {
    return shape->r * shape->s > 1 && shape->c < NOVA_GPU_STEP_CHANNELS;
}

/* Without blocks. */
static nova_status prepare_few(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                               const nova_shape *shape, nova_gpu_kind kind) {
    *engine = (nova_gpu_engine){.algorithm = NOVA_ALGORITHM_DIRECT,
                                .taps_are_channels = kind == NOVA_GPU_FEW_INPUTS,
                                .taps_are_outputs = kind == NOVA_GPU_FEW_OUTPUTS,
                                .slices = 1,
                                .grid = {.kind = kind}};
    nova_gpu_set_pitches(engine, shape);
    nova_status status = nova_gpu_lay_out_filter(engine);
    if (status == NOVA_OK)
        status = nova_gpu_lay_out_workspace(engine, NULL, NULL, 0);
    nova_gpu_time_moves(engine, machine);
    return status;
}

nova_status nova_gpu_engine_init_few(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                                     const nova_shape *shape, nova_gpu_kind kind) {
    const nova_status status = prepare_few(engine, machine, shape, kind);
    if (status != NOVA_OK)
        return status;
    engine->stage_seconds[2] = nova_gpu_few_choose(&engine->grid, machine, shape);
    nova_gpu_add_seconds(engine);
    if (isinf(engine->seconds))
        return nova_fail(NOVA_NOT_ELIGIBLE, "no kernel for that many channels");
    return NOVA_OK;
}

/* Keeps `other` if there is one and it is faster. */
static void keep_faster(nova_gpu_engine *engine, nova_status status, const nova_gpu_engine *other) {
    if (status == NOVA_OK && other->seconds < engine->seconds)
        *engine = *other;
}

nova_status nova_gpu_engine_init_direct(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                                        const nova_shape *shape) {
    nova_gpu_engine other;
    const nova_status status = init_direct(engine, machine, shape, false);
    if (status != NOVA_OK)
        return status;
    char reason[NOVA_REASON_BYTES];
    nova_reason_keep(reason);
    if (may_gather(shape))
        keep_faster(engine, init_direct(&other, machine, shape, true), &other);
    for (int kind = NOVA_GPU_FEW_OUTPUTS; kind <= NOVA_GPU_FEW_INPUTS; kind++)
        keep_faster(engine, nova_gpu_engine_init_few(&other, machine, shape, kind), &other);
    nova_reason_bring_back(reason); /* of kinds that there are not */
    return NOVA_OK;
}

/* ---------------------------------------------------------------- all blocks */

typedef struct every_block {
    nova_gpu_engine *engine; /* its blocks change */
    const nova_gpu_machine *machine;
    double seconds; /* predicted of the engine, beside its products */
    nova_gpu_engine_fn visit;
    void *context;
} every_block;

static void visit_direct(void *context, const nova_gpu_grid *grid, double seconds) {
    const every_block *all = context;
    all->engine->small = false;
    all->engine->grid = *grid;
    all->visit(all->context, all->engine,
               all->seconds + direct_seconds(all->engine, all->machine, seconds));
}

static void visit_small(void *context, const nova_gpu_resident *resident, double seconds) {
    const every_block *all = context;
    all->engine->small = true;
    all->engine->resident = *resident;
    all->visit(all->context, all->engine,
               all->seconds + small_seconds(all->engine, all->machine, seconds));
}

static void visit_few(void *context, const nova_gpu_grid *grid, double seconds) {
    const every_block *all = context;
    all->engine->grid = *grid;
    all->visit(all->context, all->engine, all->seconds + seconds);
}

void nova_gpu_direct_each(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                          nova_gpu_engine_fn visit, void *context) {
    nova_gpu_engine variant = *engine;
    every_block all = {&variant, machine, 0, visit, context};
    for (int gather = 0; gather <= may_gather(&engine->shape); gather++) {
        if (init_direct(&variant, machine, &engine->shape, gather != 0) != NOVA_OK)
            continue; /* it is none of the machine's candidates either */
        const nova_gpu_grid grid = direct_grid(&variant);
        const nova_shape staged = nova_gpu_staged_shape(&variant);
        all.seconds = variant.seconds - variant.stage_seconds[2];
        nova_gpu_grid_each(&grid, machine, true, false, visit_direct, &all);
        nova_gpu_resident_each(&staged, machine, visit_small, &all);
    }
    for (int kind = NOVA_GPU_FEW_OUTPUTS; kind <= NOVA_GPU_FEW_INPUTS; kind++) {
        if (prepare_few(&variant, machine, &engine->shape, kind) != NOVA_OK)
            continue;
        nova_gpu_add_seconds(&variant);
        all.seconds = variant.seconds;
        const nova_gpu_grid grid = variant.grid;
        nova_gpu_few_each(&grid, machine, &engine->shape, visit_few, &all);
    }
}
