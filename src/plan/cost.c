/*
 * cost.c - an estimate of the time of one execution, from operations and bytes.
 *
 * Products: one step per row, vector and channel, but never faster than the latency of a chain
 * allows, nor than the filter can be streamed from the cache level that holds it. Transforms: the
 * codelets' operations plus their loads and stores. What is stored as a whole is written and read
 * at the rate of the level that can hold it. Work is shared out in tasks; passes follow each other.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

static const double latency_slots = 8;   /* operations in flight that hide the latency */
static const double operand_rows = 1.25; /* rows in whose time the filter is loaded and asked for */
static const double block_setup = 4;     /* reduction steps that starting a register block costs */
static const double tile_setup = 24;     /* the same of a matrix unit's, in words */
static const double tile_latency = 52;   /* words times vectors that hide a matrix unit's latency */

static const double fold_steps = 10; /* to put the taps of a pixel together, for each part */

/* What a matrix unit's operands cost beside its products, in products, for each part of them, on
   their way from the second-level cache. What comes from beyond it is counted apart. */
static const double unit_operands = 0.2;

static const double pass_start = 3e-6; /* seconds until all threads are at work, and are done */

/* Part of the time that each pass after the first adds by itself: threads do not end together, and
   find in another's cache what they read. Seen with two threads: 2 to 6 %. */
static const double pass_loss = 0.04;

typedef struct model {
    const nova_engine *engine;
    const nova_rates *rates;
    nova_work work;
} model;

/* ---------------------------------------------------------------- rates */

/* Seconds that one thread of the workers takes to read or write `bytes` of a buffer of `size`. */
static double stream(const model *m, double bytes, double size) {
    return bytes / nova_rates_stream(m->rates, size, m->engine->workers);
}

/* Seconds of a pass whose work would take one thread `seconds`. */
static double shared_out(const model *m, double seconds, int64_t tasks) {
    const int64_t workers = NOVA_MIN((int64_t)m->engine->workers, tasks);
    const int64_t waves = (tasks + workers - 1) / workers;
    return seconds * (double)waves / (double)tasks + (workers > 1 ? pass_start : 0);
}

static bool by_unit(const nova_engine *engine) {
    return engine->parts > 0 && engine->kernels->pairs->unit > 0;
}

/* ---------------------------------------------------------------- transforms, in steps */

/* A vector operation takes half a step where two are issued together, a store a whole one. */
static double line_steps(const nova_engine *engine, const nova_stage *stage, int lines) {
    const double op = engine->kernels->fused ? 0.5 : 2;
    return lines * (stage->ops * op + stage->columns / 2.0 + stage->rows);
}

static double map_steps(const nova_engine *engine, const nova_stage *h, const nova_stage *w) {
    double steps = engine->positions; /* scattered stores */
    if (!w->identity)
        steps += line_steps(engine, w, h->columns);
    if (!h->identity)
        steps += line_steps(engine, h, w->rows);
    return steps;
}

double nova_engine_input_steps(const nova_engine *engine) {
    const double gathered = (double)engine->inputs_h * engine->inputs_w;
    double steps = map_steps(engine, &engine->input_h, &engine->input_w);
    steps += gathered * (engine->shape.layout == NOVA_NCHW ? 3 : 1.5);
    if (by_unit(engine)) /* as seen: lines one after the other, parts by vcvtneps2bf16 */
        steps += 0.5 * (1.0 + engine->parts) * engine->positions;
    else if (engine->parts > 0)
        steps += (1.0 + 2.0 * engine->parts) * engine->positions;
    else if (engine->uv_type != NOVA_F32)
        steps += 3.0 * engine->positions;
    return steps;
}

static double input_seconds(const model *m) {
    const int64_t vectors = m->work.input_tiles / m->engine->kernels->lanes;
    return nova_engine_input_steps(m->engine) * (double)vectors / m->rates->input;
}

/* Twice the steps: U pushes V and M, and itself, out of the nearer caches. */
static double filter_seconds(const model *m) {
    const nova_engine *engine = m->engine;
    const int64_t vectors = m->work.filters / engine->kernels->lanes;
    if (vectors == 0)
        return 0;
    double steps = 2 * map_steps(engine, &engine->filter_h, &engine->filter_w);
    if (engine->uv_type != NOVA_F32)
        steps += 3.0 * engine->positions;
    return steps * (double)vectors / m->rates->input +
           stream(m, (double)m->work.filter.read, (double)engine->packed_bytes);
}

double nova_engine_output_steps(const nova_engine *engine) {
    double steps = (double)engine->tile_h * engine->tile_w;
    steps *= engine->shape.layout == NOVA_NCHW ? 3 : 2;
    steps += line_steps(engine, &engine->output_w, engine->products_h);
    steps += line_steps(engine, &engine->output_h, engine->tile_w);
    if (by_unit(engine)) /* M comes from afar */
        steps += engine->positions;
    if (engine->m_type != NOVA_F32 || engine->scaled)
        steps += 3.0 * engine->positions;
    return steps;
}

static double output_seconds(const model *m) {
    const int64_t vectors = m->work.output_tiles / m->engine->kernels->lanes;
    return nova_engine_output_steps(m->engine) * (double)vectors / m->rates->output;
}

/* ---------------------------------------------------------------- products */

/* Steps of `rows` rows over `elements` channels in `chunks` register blocks, for one vector. */
static double product_steps(const nova_engine *engine, int rows, double elements, double chunks) {
    const int step = nova_engine_row_step(engine, rows), panel = engine->kernels->panel_vectors;
    const double most = engine->kernels->max_rows, each = most / (most + operand_rows);
    double steps = 0;
    for (int row = 0; row < rows; row += step)
        steps += NOVA_MAX(((double)NOVA_MIN(step, rows - row) + operand_rows) * each,
                          latency_slots / panel);
    if (engine->uv_type != NOVA_F32) /* the filter is converted */
        steps += 2.0 * ((rows + step - 1) / step);
    return steps * (elements + block_setup * chunks);
}

/* The same for products of pairs, in words: all channels, at `taps` taps each; vector units sum
   `chunk` words at a time, matrix units all. */
static double pair_steps(const nova_engine *engine, int rows, double taps, double chunk) {
    const nova_pair_kernels *pairs = engine->kernels->pairs;
    const bool unit = pairs->unit > 0;
    const int step = nova_engine_row_step(engine, rows), panel = engine->kernels->panel_vectors;
    const double lanes = engine->kernels->lanes, parts = engine->parts;
    const double words =
        taps * (unit ? (double)engine->pair_groups * lanes : ceil((double)engine->shape.c / 2));
    double steps = 0;
    for (int row = 0; row < rows; row += step)
        steps += NOVA_MAX((double)nova_engine_room(engine, NOVA_MIN(step, rows - row)),
                          (unit ? tile_latency : latency_slots) / panel);
    return steps * ((parts * (parts + 1) / 2 + (unit ? unit_operands * parts : 0)) * words +
                    (unit ? tile_setup : block_setup * ceil(words / chunk)));
}

/*
 * Computing and reading what comes from afar meanwhile: they overlap, but not fully. The exponents
 * are fits to plans of 6 to 14 rows (and of a matrix unit's) at which the two times are within a
 * factor of three; 1 would mean no overlap, infinity all of it.
 */
static double overlapped(const model *m, double compute, double read) {
    const double exponent = by_unit(m->engine) ? 1.5 : 2;
    return pow(pow(compute, exponent) + pow(read, exponent), 1 / exponent);
}

/* The steps of `tiles` tiles, by whichever kernel computes the products. V of a position that does
   not stay in the first-level cache is read from the next one for every panel. */
static double area_steps(const nova_engine *engine, int tiles) {
    static const double first_cache = 1 << 15, reading = 0.06; /* of the steps; seen with 256 */
    const double c = (double)engine->shape.c;
    if (tiles == 0)
        return 0;
    if (engine->parts > 0)
        return pair_steps(engine, tiles, 1, NOVA_CHUNK_CHANNELS / 2.0);
    const double again = tiles * c * sizeof(float) > first_cache / 2 ? reading : 0;
    return product_steps(engine, tiles, c, ceil(c / NOVA_CHUNK_CHANNELS)) * (1 + again);
}

/* V and M of a block. */
static double block_bytes(const nova_engine *engine) {
    return (double)(engine->v_floats + engine->m_floats) * sizeof(float);
}

/* V of a block that the second-level cache does not hold is read again for every k_block, and M
   that it does not hold is written elsewhere and read from there: from the last cache, unless U
   leaves no room there. */
static double spilled_seconds(const model *m) {
    const nova_engine *engine = m->engine;
    const double near = (double)nova_cache_bytes() / 2, far = (double)nova_last_cache_bytes() / 2;
    const double v = (double)engine->v_floats * sizeof(float);
    const double mm = (double)engine->m_size * sizeof(float);
    const double here = (v + mm) * engine->workers, all = here + (double)engine->packed_bytes;
    double bytes = 0;
    if (v > near)
        bytes += (double)m->work.xhat.read;
    if (mm > near)
        bytes += (double)(m->work.mhat.read + m->work.mhat.written);
    return stream(m, bytes, all > far ? all : here);
}

/* All products of an execution. The filter is read once for every area of tiles: in binary32 by all
   register blocks of rows, each of which asks for a part, otherwise by the first. */
static double product_seconds(const model *m) {
    const nova_engine *engine = m->engine;
    const int tiles = nova_engine_area_tiles(engine);
    const int rest = (int)(engine->tiles % tiles);
    const double areas = (double)(engine->tiles / tiles);
    const double step = engine->positions * (double)engine->out_vectors /
                        (engine->parts > 0 ? m->rates->pairs : m->rates->product);
    const double compute = (areas * area_steps(engine, tiles) + area_steps(engine, rest)) * step;
    double begin = compute;
    if (engine->parts > 0)
        begin = (areas * area_steps(engine, nova_engine_row_step(engine, tiles)) +
                 area_steps(engine, rest > 0 ? nova_engine_row_step(engine, rest) : 0)) *
                step;
    const bool raw = nova_engine_raw_filter(engine);
    const nova_traffic *filter = raw ? &m->work.ghat : &m->work.filter;
    const double size = raw ? (double)engine->u_size * sizeof(float) : (double)engine->packed_bytes;
    if (by_unit(engine)) { /* U, V and M share the caches, and pass by beside all of the products */
        const int64_t bytes = filter->read + m->work.xhat.read + m->work.mhat.written;
        return overlapped(m, compute, stream(m, (double)bytes, size + block_bytes(engine)));
    }
    const double read = stream(m, (double)filter->read, size) + spilled_seconds(m);
    return compute - begin + overlapped(m, begin, read);
}

/* ---------------------------------------------------------------- the whole */

/* Rows in registers (cpu/rows.h): a filter vector is loaded for each position and used by the tiles
   of a call, and an element of V for each tile and used by the vectors of a panel; two of either
   take the time of two multiply-adds. Outputs are transformed meanwhile in part. */
static double rows_seconds(const model *m) {
    const nova_engine *engine = m->engine;
    const double lanes = engine->kernels->lanes, pair = engine->parts > 0 ? 2 : 1;
    const double tiles = nova_rows_tiles(engine), vectors = nova_rows_vectors(engine);
    const double operands = fmax(1, (tiles + vectors) / (tiles * vectors));
    const double products = (double)m->work.products / (double)engine->shape.c / lanes *
                            (double)nova_rows_channels(engine) / pair;
    const double in = line_steps(engine, &engine->input_w, 1) + 2.0 * engine->tile_w;
    const double out = engine->output_w.ops * 0.5 + 2.0 * engine->tile_w;
    const double seconds =
        products * operands / (engine->parts > 0 ? m->rates->pairs : m->rates->product) +
        (double)m->work.input_tiles / lanes * in / m->rates->input +
        (double)m->work.output_tiles / lanes * out / m->rates->output;
    return shared_out(m, seconds, engine->blocks * engine->k_splits);
}

static double winograd_seconds(const model *m) {
    const nova_engine *engine = m->engine;
    if (engine->rows)
        return rows_seconds(m);
    const nova_schedule *schedule = &engine->schedule;
    const double v = (double)engine->shared_v_size * sizeof(float);
    const double mm = (double)engine->shared_m_size * sizeof(float);
    double products = product_seconds(m) + filter_seconds(m), seconds = 0;
    if (schedule->xhat == NOVA_PLACE_STORED) {
        seconds += shared_out(m, input_seconds(m) + stream(m, (double)m->work.xhat.written, v),
                              engine->blocks * engine->input_splits);
        products += stream(m, (double)m->work.xhat.written, v);
    } else {
        products += input_seconds(m);
    }
    if (schedule->mhat == NOVA_PLACE_STORED) {
        seconds += shared_out(m, output_seconds(m) + stream(m, (double)m->work.mhat.read, mm),
                              engine->blocks * engine->output_splits);
        products += stream(m, (double)m->work.mhat.written, mm);
    } else {
        products += output_seconds(m);
    }
    seconds += shared_out(m, products, engine->tile_splits * engine->k_splits);
    return engine->workers > 1 ? seconds * (1 + pass_loss * (engine->pass_count - 1)) : seconds;
}

/* Products of a block for one vector. */
static double direct_block_seconds(const model *m) {
    const nova_engine *engine = m->engine;
    const nova_shape *shape = &engine->shape;
    const double taps = engine->folded ? 1 : (double)(shape->r * shape->s);
    if (engine->parts > 0) { /* the rows of the patch are one */
        const int outputs = (int)(engine->block_rows * engine->patch_cols);
        return pair_steps(engine, outputs, taps, taps * engine->kernels->lanes) / m->rates->pairs;
    }
    return (double)engine->block_rows *
           product_steps(engine, (int)engine->block_cols, taps * (double)shape->c,
                         (double)engine->groups) /
           m->rates->product;
}

/* Vectors that a pixel of the patch takes: part of one where channel-last pixels of few channels
   are copied as they lie. */
static double gathered_vectors(const nova_engine *engine) {
    const bool copied =
        engine->parts == 0 && engine->groups == 1 && engine->shape.layout == NOVA_NHWC;
    return copied ? (double)engine->pitch / engine->kernels->lanes : (double)engine->groups;
}

/* How often direct convolution reads its filter: once for every block or, if a panel of it does not
   stay in the cache, for every strip. */
static double filter_reads(const nova_engine *engine) {
    const double blocks = (double)engine->blocks;
    if (engine->parts == 0 || engine->strip_groups >= engine->pair_groups)
        return blocks;
    return blocks * ceil((double)(engine->block_rows * engine->patch_cols) / engine->strip_pixels);
}

static double direct_seconds(const model *m) {
    const nova_engine *engine = m->engine;
    const nova_shape *shape = &engine->shape;
    const double vectors = (double)engine->out_vectors, blocks = (double)engine->blocks;
    const double compute = blocks * vectors * direct_block_seconds(m);
    const double filter = (double)engine->packed_bytes;
    const double pixels = blocks * (double)(engine->block_rows * engine->block_cols);
    const double each = shape->layout == NOVA_NCHW ? 3 : 2;
    const double moves = pixels * ((each + 2.0 * engine->parts) * gathered_vectors(engine) *
                                       (double)engine->k_splits +
                                   each * vectors);
    const double folds = engine->folded ? fold_steps * pixels * engine->parts : 0;
    const double seconds =
        overlapped(m, compute, stream(m, filter * filter_reads(engine), filter)) +
        (moves + folds) / m->rates->input;
    return shared_out(m, seconds, engine->blocks * engine->k_splits);
}

double nova_engine_cost(const nova_engine *engine, const nova_rates *rates) {
    const model m = {engine, rates, nova_engine_work(engine)};
    const nova_shape *shape = &engine->shape;
    const double traffic =
        (double)(shape->c * shape->h * shape->w + shape->k * shape->out_h * shape->out_w) *
        (double)shape->n * (double)nova_dtype_size(shape->dtype);
    const double seconds =
        engine->algorithm == NOVA_ALGORITHM_DIRECT ? direct_seconds(&m) : winograd_seconds(&m);
    return seconds + stream(&m, traffic, traffic) / engine->workers;
}
