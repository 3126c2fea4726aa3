/*
 * passes.c - what the passes of a Winograd execution do: which part of which stage comes when, and
 * in which buffer its result lies, by schedule.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/stages.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- ranges and views */

static nova_range tiles_of(const nova_engine *engine, int64_t block) {
    const int64_t first = block * engine->block_tiles;
    return (nova_range){first, NOVA_MIN(first + engine->block_tiles, engine->tiles)};
}

static nova_range part_of(int64_t count, int64_t part, int64_t parts) {
    return (nova_range){count * part / parts, count * (part + 1) / parts};
}

static nova_range vectors_of(const nova_engine *engine, int64_t part, int64_t parts) {
    nova_range range;
    nova_engine_k_range(engine, part, parts, &range.first, &range.last);
    return range;
}

static nova_v_view v_view(const nova_engine *engine, float *data) {
    return (nova_v_view){.data = data,
                         .position = engine->v_position,
                         .group = engine->v_group,
                         .part = engine->v_part,
                         .tile = engine->v_tile};
}

static nova_m_view m_view(const nova_engine *engine, float *data) {
    return (nova_m_view){data, engine->m_position, engine->m_vector, engine->m_tile};
}

/* Groups of V (pair groups, where there are parts) before channel group `group`. */
static int64_t v_groups(const nova_engine *engine, int64_t group) {
    return engine->parts > 0 ? group / 2 : group;
}

/* V of a block, all channels. */
static nova_v_view block_v(const nova_job *job, const nova_buffers *buffers, int64_t block) {
    const nova_engine *engine = job->engine;
    const bool stored = engine->schedule.xhat == NOVA_PLACE_STORED;
    return v_view(engine, stored ? job->v + (size_t)block * engine->v_floats : buffers->v);
}

/* M of a block, stored as a whole, from output vector `k` on. */
static nova_m_view stored_m(const nova_job *job, int64_t block, int64_t k) {
    const nova_engine *engine = job->engine;
    return m_view(engine, job->m + (size_t)block * engine->m_floats + k * engine->m_vector);
}

/* The packed filter, from output vector `k` on. */
static nova_u_view packed_u(const nova_job *job, int64_t k) {
    const nova_engine *engine = job->engine;
    const int64_t lanes = engine->kernels->lanes, channels = nova_engine_packed_channels(engine);
    const size_t at = (size_t)(k * lanes * channels) * nova_dtype_size(engine->uv_type);
    return (nova_u_view){.data = (char *)job->packed->data + at,
                         .type = engine->uv_type,
                         .position = (size_t)(engine->out_vectors * lanes * channels),
                         .channels = channels};
}

static nova_u_view own_u(const nova_job *job, const nova_buffers *buffers, int64_t channels) {
    return (nova_u_view){.data = buffers->u,
                         .type = NOVA_F32,
                         .position = (size_t)job->engine->u_position,
                         .channels = channels};
}

/* ---------------------------------------------------------------- the stages, counted */

static int64_t length(nova_range range) {
    return range.last - range.first;
}

/* Bytes of one vector of U or M at every position. */
static int64_t position_bytes(const nova_engine *engine) {
    return (int64_t)engine->positions * engine->kernels->lanes * (int64_t)sizeof(float);
}

/* Channels that exist among those of whole vectors. */
static int64_t real_channels(const nova_engine *engine, nova_range vectors, int64_t channels) {
    const int64_t lanes = engine->kernels->lanes;
    return NOVA_MIN(vectors.last * lanes, channels) - vectors.first * lanes;
}

static void input_stage(const nova_job *job, nova_buffers *buffers, nova_range tiles,
                        nova_range groups, const nova_v_view *v) {
    const nova_engine *engine = job->engine;
    nova_stage_input(engine, job->tensors, tiles, groups, &buffers->scratch, v);
    if (!buffers->work)
        return;
    const int64_t vectors = length(tiles) * length(groups);
    const int64_t size = (int64_t)nova_dtype_size(engine->shape.dtype);
    buffers->work->input_tiles += vectors * engine->kernels->lanes;
    buffers->work->x.read += nova_engine_tile_pixels(engine, tiles.first, tiles.last) *
                             real_channels(engine, groups, engine->shape.c) * size;
    buffers->work->xhat.written +=
        vectors * engine->positions * engine->kernels->lanes * nova_engine_v_bytes(engine);
}

static void filter_stage(const nova_job *job, nova_buffers *buffers, nova_range channels,
                         nova_range vectors, const nova_u_view *u) {
    const nova_engine *engine = job->engine;
    nova_stage_filters(engine, job->packed, channels, vectors, &buffers->scratch, u);
    if (!buffers->work)
        return;
    const int64_t made = length(channels) * length(vectors);
    const int64_t filters = made * engine->kernels->lanes;
    buffers->work->filters += filters;
    buffers->work->filter.read +=
        filters * engine->shape.r * engine->shape.s * (int64_t)sizeof(float);
    buffers->work->ghat.written += made * position_bytes(engine);
}

static void product_stage(const nova_job *job, nova_buffers *buffers, const nova_v_view *v,
                          const nova_u_view *u, int64_t rows, int64_t channels, int64_t vectors,
                          bool accumulate, const nova_m_view *m) {
    const nova_engine *engine = job->engine;
    nova_stage_products(engine, v, u, (int)rows, channels, vectors, accumulate, m);
    if (!buffers->work)
        return;
    const int64_t filters = channels * vectors * engine->kernels->lanes * engine->positions;
    nova_traffic *source =
        nova_engine_raw_filter(engine) ? &buffers->work->ghat : &buffers->work->filter;
    buffers->work->products += rows * filters;
    buffers->work->xhat.read += rows * channels * engine->positions * nova_engine_v_bytes(engine);
    source->read += filters * (nova_engine_raw_filter(engine) ? (int64_t)nova_dtype_size(u->type)
                                                              : nova_engine_weight_bytes(engine));
    buffers->work->mhat.read += accumulate ? rows * vectors * position_bytes(engine) : 0;
    buffers->work->mhat.written += rows * vectors * position_bytes(engine);
}

static void output_stage(const nova_job *job, nova_buffers *buffers, nova_range tiles,
                         nova_range vectors, const nova_m_view *m) {
    const nova_engine *engine = job->engine;
    nova_stage_output(engine, job->packed, job->tensors, tiles, vectors, &buffers->scratch, m);
    if (!buffers->work)
        return;
    const int64_t made = length(tiles) * length(vectors);
    const int64_t size = (int64_t)nova_dtype_size(engine->shape.dtype);
    buffers->work->output_tiles += made * engine->kernels->lanes;
    buffers->work->mhat.read += made * position_bytes(engine);
    buffers->work->y.written += nova_engine_output_pixels(engine, tiles.first, tiles.last) *
                                real_channels(engine, vectors, engine->shape.k) * size;
}

/* ---------------------------------------------------------------- one area */

/* Tiles and output vectors whose products are complete before any is transformed, and where their
   operands lie. */
typedef struct area {
    nova_range tiles, vectors;
    nova_v_view v; /* from the first of the tiles; not if XHAT is inlined */
    nova_u_view u; /* from the first of the vectors; not if GHAT is inlined */
    nova_m_view m;
} area;

/* Filters of a chunk of channels, a panel after the other, each used at once. */
static void inlined_products(const nova_job *job, nova_buffers *buffers, const area *a,
                             nova_range channels, const nova_v_view *v) {
    const int64_t panel = job->engine->kernels->panel_vectors;
    const nova_u_view u = own_u(job, buffers, job->engine->chunk);
    for (int64_t k = a->vectors.first; k < a->vectors.last; k += panel) {
        const nova_range vectors = {k, NOVA_MIN(k + panel, a->vectors.last)};
        nova_m_view m = a->m;
        m.data += (k - a->vectors.first) * m.vector;
        filter_stage(job, buffers, channels, vectors, &u);
        product_stage(job, buffers, v, &u, length(a->tiles), length(channels), length(vectors),
                      channels.first > 0, &m);
    }
}

static void area_products(const nova_job *job, nova_buffers *buffers, const area *a) {
    const nova_engine *engine = job->engine;
    const int64_t lanes = engine->kernels->lanes;
    for (int64_t c = 0; c < engine->shape.c; c += engine->chunk) {
        const nova_range channels = {c, NOVA_MIN(c + engine->chunk, engine->shape.c)};
        nova_v_view v = a->v;
        if (engine->schedule.xhat == NOVA_PLACE_INLINED) {
            v = v_view(engine, buffers->v);
            input_stage(job, buffers, a->tiles,
                        (nova_range){c / lanes, (channels.last + lanes - 1) / lanes}, &v);
        } else {
            v.data += v_groups(engine, c / lanes) * v.group;
        }
        if (engine->schedule.ghat == NOVA_PLACE_INLINED) {
            inlined_products(job, buffers, a, channels, &v);
            continue;
        }
        nova_u_view u = a->u;
        u.channel = c;
        product_stage(job, buffers, &v, &u, length(a->tiles), length(channels), length(a->vectors),
                      c > 0, &a->m);
    }
}

/* All tiles of a block and one k_block, in areas. */
static void run_cell(const nova_job *job, nova_buffers *buffers, int64_t block, nova_range vectors,
                     const nova_u_view *u) {
    const nova_engine *engine = job->engine;
    const nova_range tiles = tiles_of(engine, block);
    const int64_t step = nova_engine_area_tiles(engine);
    const nova_v_view v = block_v(job, buffers, block);
    area a = {.vectors = vectors, .v = v, .u = *u};
    for (int64_t tile = tiles.first; tile < tiles.last; tile += step) {
        a.tiles = (nova_range){tile, NOVA_MIN(tile + step, tiles.last)};
        a.v.data = v.data + (tile - tiles.first) * v.tile;
        const bool stored = engine->schedule.mhat == NOVA_PLACE_STORED;
        a.m = stored ? stored_m(job, block, vectors.first) : m_view(engine, buffers->m);
        area_products(job, buffers, &a);
        if (!stored)
            output_stage(job, buffers, a.tiles, vectors, &a.m);
    }
}

/* ---------------------------------------------------------------- tasks */

void nova_winograd_input_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const int64_t block = task / engine->input_splits;
    const int64_t part = task % engine->input_splits;
    nova_range groups = part_of(engine->groups, part, engine->input_splits);
    if (engine->parts > 0) { /* whole pair groups */
        groups = part_of(engine->pair_groups, part, engine->input_splits);
        groups = (nova_range){2 * groups.first, NOVA_MIN(2 * groups.last, engine->groups)};
    }
    nova_v_view v = block_v(job, buffers, block);
    v.data += v_groups(engine, groups.first) * v.group;
    input_stage(job, buffers, tiles_of(engine, block), groups, &v);
}

/* Blocks outside, output channels inside: V of a block is used for all of them. */
static void blocks_then_filters(const nova_job *job, nova_buffers *buffers, nova_range blocks,
                                nova_range all) {
    const nova_engine *engine = job->engine;
    for (int64_t block = blocks.first; block < blocks.last; block++) {
        if (engine->schedule.xhat == NOVA_PLACE_BLOCKED) {
            const nova_v_view v = block_v(job, buffers, block);
            input_stage(job, buffers, tiles_of(engine, block), (nova_range){0, engine->groups}, &v);
        }
        for (int64_t k = all.first; k < all.last; k += engine->k_block) {
            const nova_u_view u = packed_u(job, k);
            run_cell(job, buffers, block, (nova_range){k, NOVA_MIN(k + engine->k_block, all.last)},
                     &u);
        }
    }
}

/* Output channels outside, blocks inside: U of a k_block is used for all of them. */
static void filters_then_blocks(const nova_job *job, nova_buffers *buffers, nova_range blocks,
                                nova_range all) {
    const nova_engine *engine = job->engine;
    const nova_u_view u = own_u(job, buffers, engine->shape.c);
    for (int64_t k = all.first; k < all.last; k += engine->k_block) {
        const nova_range vectors = {k, NOVA_MIN(k + engine->k_block, all.last)};
        filter_stage(job, buffers, (nova_range){0, engine->shape.c}, vectors, &u);
        for (int64_t block = blocks.first; block < blocks.last; block++)
            run_cell(job, buffers, block, vectors, &u);
    }
}

void nova_winograd_product_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const nova_range blocks = part_of(engine->blocks, task / engine->k_splits, engine->tile_splits);
    const nova_range all = vectors_of(engine, task % engine->k_splits, engine->k_splits);
    if (engine->schedule.ghat == NOVA_PLACE_BLOCKED)
        filters_then_blocks(job, buffers, blocks, all);
    else
        blocks_then_filters(job, buffers, blocks, all);
}

void nova_winograd_output_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const int64_t block = task / engine->output_splits;
    const nova_range vectors =
        vectors_of(engine, task % engine->output_splits, engine->output_splits);
    const nova_m_view m = stored_m(job, block, vectors.first);
    output_stage(job, buffers, tiles_of(engine, block), vectors, &m);
}
