/*
 * cost.c - an estimate of the time of one execution, from operations and bytes.
 *
 * The unit is a cycle of one core that issues `fma_rate` vector operations, two loads and one
 * store. Products: one operation per row, vector and channel, but never faster than the latency of
 * a chain allows, nor than the packed filter can be streamed from the cache level that holds it.
 * Transforms: the codelets' operations plus their loads and stores.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

static const double clock_rate = 3.6e9;  /* cycles per second */
static const double latency_slots = 8;   /* operations in flight that hide the latency */
static const double block_setup = 4;     /* reduction steps that starting a register block costs */
static const double shared_cache = 16e6; /* bytes of the last-level cache per core */

static double fma_rate(const nova_engine *engine) {
    return engine->kernels->fused ? 2.0 : 0.5;
}

/* Bytes per cycle at which a thread can read a buffer of this size over and over. */
static double stream_rate(double bytes) {
    if (bytes < (double)nova_cache_bytes() / 2)
        return 64;
    return bytes < shared_cache ? 32 : 14;
}

/* `rows` rows, `elements` reduction steps in `chunks` register blocks, all output vectors. */
static double product_cycles(const nova_engine *engine, int rows, double elements, double chunks,
                             double vectors) {
    const int step = nova_engine_row_step(engine, rows);
    const int panel = engine->kernels->panel_vectors;
    double cycles = 0;
    for (int row = 0; row < rows; row += step) {
        const double slots = (double)NOVA_MIN(step, rows - row) * panel;
        cycles += NOVA_MAX(slots, latency_slots) / panel / fma_rate(engine);
    }
    if (engine->uv_type != NOVA_F32)
        cycles += 1.0 * ((rows + step - 1) / step);
    return cycles * (elements + block_setup * chunks) * vectors;
}

static double pass_cycles(const nova_engine *engine, const nova_stage *stage, int lines) {
    const double moves = stage->columns / 2.0 + stage->rows;
    return lines * (stage->ops / fma_rate(engine) + moves);
}

static double input_cycles(const nova_engine *engine) {
    const double gathered = (double)engine->inputs_h * engine->inputs_w;
    double cycles = gathered * (engine->shape.layout == NOVA_NCHW ? 3 : 1.5);
    if (!engine->input_w.identity)
        cycles += pass_cycles(engine, &engine->input_w, engine->inputs_h);
    if (!engine->input_h.identity)
        cycles += pass_cycles(engine, &engine->input_h, engine->products_w);
    cycles += engine->positions; /* scattered stores */
    if (engine->uv_type != NOVA_F32)
        cycles += 3.0 * engine->positions;
    return cycles * (double)engine->groups;
}

static double output_cycles(const nova_engine *engine, double vectors) {
    const double written = (double)engine->tile_h * engine->tile_w;
    double cycles = written * (engine->shape.layout == NOVA_NCHW ? 3 : 2);
    cycles += pass_cycles(engine, &engine->output_w, engine->products_h);
    cycles += pass_cycles(engine, &engine->output_h, engine->tile_w);
    if (engine->m_type != NOVA_F32 || engine->scaled)
        cycles += 3.0 * engine->positions;
    return cycles * vectors;
}

/* One task: a block of tiles and its range of output channels. */
static double winograd_task_cycles(const nova_engine *engine) {
    const double vectors = (double)engine->out_vectors / (double)engine->k_splits;
    const double weights = (double)engine->packed_bytes / (double)engine->k_splits;
    const double compute =
        engine->positions * product_cycles(engine, engine->block_tiles, (double)engine->shape.c,
                                           ceil((double)engine->shape.c / NOVA_CHUNK_CHANNELS),
                                           vectors);
    const double stream = weights / stream_rate((double)engine->packed_bytes);
    return NOVA_MAX(compute, stream) +
           engine->block_tiles * (input_cycles(engine) + output_cycles(engine, vectors));
}

static double direct_task_cycles(const nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const double vectors = (double)engine->out_vectors / (double)engine->k_splits;
    const double taps = (double)(shape->r * shape->s);
    const double weights = (double)engine->packed_bytes / (double)engine->k_splits;
    const double pixels = (double)(engine->block_rows * engine->block_cols);
    const double compute = (double)engine->block_rows *
                           product_cycles(engine, (int)engine->block_cols, taps * (double)shape->c,
                                          (double)engine->groups, vectors);
    const double stream = weights / stream_rate((double)engine->packed_bytes);
    const double moves = shape->layout == NOVA_NCHW ? 3 : 2;
    return NOVA_MAX(compute, stream) + pixels * moves * ((double)engine->groups + vectors);
}

double nova_engine_cost(const nova_engine *engine) {
    const int64_t waves = (engine->tasks + engine->workers - 1) / engine->workers;
    const double last = (double)engine->blocks * engine->block_tiles;
    double cycles;
    if (engine->algorithm == NOVA_ALGORITHM_DIRECT)
        cycles = (double)waves * direct_task_cycles(engine);
    else /* the last block may be partly empty */
        cycles = (double)waves * winograd_task_cycles(engine) * ((double)engine->tiles / last);
    const double traffic = (double)(engine->shape.c * engine->shape.h * engine->shape.w +
                                    engine->shape.k * engine->shape.out_h * engine->shape.out_w) *
                           (double)engine->shape.n * (double)nova_dtype_size(engine->shape.dtype);
    cycles += traffic / stream_rate(traffic) / engine->workers;
    return cycles / clock_rate;
}
