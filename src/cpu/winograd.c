/*
 * winograd.c - blocked Winograd: for a block of tiles the input transform, then for every k_block
 * of output channels the products of all positions and the output transform with its epilogue.
 * V and M of a block stay in the cache; packed filters are streamed.
 *
 * V: [position][channel group][tile of the block][lane]
 * M: [position][output vector of the k_block][tile of the block][lane]
 *
 * Values of V and M are binary32 in memory; an arithmetic with narrower storage rounds them
 * through that type, since this engine has no narrower multiplier to feed. Packed filters are
 * stored in the narrow type.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "cpu/stages.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- set-up */

nova_status nova_binding_init(nova_binding *binding, const nova_transform *transform) {
    binding->transform = transform;
    if (!nova_codelet_bind(transform, NOVA_MAP_INPUT, &binding->input) ||
        !nova_codelet_bind(transform, NOVA_MAP_OUTPUT, &binding->output))
        return nova_fail(NOVA_NOT_ELIGIBLE, "no codelet computes F(%d,%d) with the points %s",
                         transform->m, transform->r, transform->points);
    return NOVA_OK;
}

static void init_stage(nova_stage *stage, const nova_cpu_kernels *kernels,
                       const nova_bound_codelet *bound) {
    stage->pass = kernels->pass[bound->codelet->index];
    stage->rows = bound->codelet->rows;
    stage->columns = bound->codelet->columns;
    stage->ops = bound->codelet->op_count;
    stage->identity = stage->ops == 0 && stage->rows == stage->columns;
    for (int i = 0; i < bound->codelet->coef_count; i++)
        stage->coefs[i] = (float)bound->coefs[i];
}

/* As many tiles as keep V in half of the cache, but at least one register block of them. A third
   more is better than a small block left over; then all blocks are made equally large, and as many
   for every thread. */
static int choose_block_tiles(const nova_engine *engine) {
    const int64_t rows = engine->kernels->max_rows, threads = engine->threads;
    const size_t per_tile = (size_t)engine->positions * (size_t)engine->groups *
                            (size_t)engine->kernels->lanes * sizeof(float);
    const int64_t cached = (int64_t)(nova_cache_bytes() / 2 / per_tile) / rows * rows;
    const int64_t usual = NOVA_MAX(NOVA_MIN(cached, 8 * rows), rows), most = usual + usual / 3;
    int64_t blocks = (engine->tiles + most - 1) / most;
    if (engine->tiles >= threads * rows)
        blocks = (blocks + threads - 1) / threads * threads;
    return (int)((engine->tiles + blocks - 1) / blocks);
}

/* As many output vectors as keep M in a quarter of the cache, in whole panels. */
static int64_t choose_k_block(const nova_engine *engine) {
    const int64_t panel = engine->kernels->panel_vectors;
    const size_t per_vector = (size_t)engine->positions * (size_t)engine->block_tiles *
                              (size_t)engine->kernels->lanes * sizeof(float);
    const int64_t vectors = (int64_t)(nova_cache_bytes() / 4 / per_vector) / panel * panel;
    return NOVA_MIN(NOVA_MAX(vectors, panel), engine->out_vectors);
}

/* Vectors from one position to the next. An odd number: the transforms write and read all positions
   of a tile together, and with a power of two they would fall into the same few sets of a cache. */
static ptrdiff_t position_stride(const nova_engine *engine, int64_t vectors) {
    return (ptrdiff_t)((vectors | 1) * engine->kernels->lanes);
}

static void choose_blocking(nova_engine *engine) {
    const int64_t lanes = engine->kernels->lanes;
    engine->run_tiles = (int)NOVA_MIN((int64_t)4, engine->tiles_w);
    engine->block_tiles = choose_block_tiles(engine);
    engine->blocks = (engine->tiles + engine->block_tiles - 1) / engine->block_tiles;
    engine->k_block = choose_k_block(engine);
    engine->v_position = position_stride(engine, engine->groups * engine->block_tiles);
    engine->m_position = position_stride(engine, engine->k_block * engine->block_tiles);
    const int cols = (engine->run_tiles - 1) * engine->tile_w + engine->inputs_w;
    const int scratch =
        NOVA_MAX(engine->inputs_h * engine->products_w, engine->products_h * engine->tile_w);
    engine->patch_size = (size_t)(engine->inputs_h * cols * lanes);
    engine->scratch_size = (size_t)((scratch + engine->positions) * lanes);
    engine->strip_size = (size_t)(engine->tile_h * engine->tile_w * engine->run_tiles * lanes);
}

static nova_status size_buffers(nova_engine *engine) {
    const size_t width = engine->uv_type == NOVA_F32 ? 4 : 2;
    size_t weights;
    if (!nova_size_mul((size_t)engine->positions, (size_t)engine->v_position, &engine->v_size) ||
        !nova_size_mul((size_t)engine->positions, (size_t)engine->m_position, &engine->m_size) ||
        !nova_size_mul((size_t)engine->out_vectors * (size_t)engine->kernels->lanes,
                       (size_t)engine->shape.c, &weights) ||
        !nova_size_mul(weights, (size_t)engine->positions * width, &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    return NOVA_OK;
}

static void set_scaling(nova_engine *engine, const nova_scaling *h, const nova_scaling *w) {
    engine->scaled = h && w;
    for (int i = 0; engine->scaled && i < engine->products_h; i++)
        for (int j = 0; j < engine->products_w; j++)
            engine->v_scale[i * engine->products_w + j] =
                (float)ldexp(1.0, h->input[i] + w->input[j]);
}

nova_status nova_engine_init_winograd(nova_engine *engine, const nova_cpu_kernels *kernels,
                                      const nova_shape *shape, const nova_binding *binding_h,
                                      const nova_binding *binding_w, const nova_scaling *scaling_h,
                                      const nova_scaling *scaling_w, nova_arith arith,
                                      int threads) {
    memset(engine, 0, sizeof *engine);
    engine->algorithm = NOVA_ALGORITHM_WINOGRAD;
    engine->kernels = kernels;
    engine->shape = *shape;
    engine->threads = threads;
    engine->uv_type = nova_arith_uv_type(arith);
    engine->m_type = nova_arith_m_type(arith);
    const nova_transform *h = binding_h->transform, *w = binding_w->transform;
    init_stage(&engine->input_h, kernels, &binding_h->input);
    init_stage(&engine->input_w, kernels, &binding_w->input);
    init_stage(&engine->output_h, kernels, &binding_h->output);
    init_stage(&engine->output_w, kernels, &binding_w->output);
    engine->tile_h = h->m;
    engine->tile_w = w->m;
    engine->inputs_h = h->inputs;
    engine->inputs_w = w->inputs;
    engine->products_h = h->products;
    engine->products_w = w->products;
    engine->positions = h->products * w->products;
    set_scaling(engine, scaling_h, scaling_w);
    engine->groups = (shape->c + kernels->lanes - 1) / kernels->lanes;
    engine->out_vectors = (shape->k + kernels->lanes - 1) / kernels->lanes;
    engine->tiles_h = (shape->out_h + h->m - 1) / h->m;
    engine->tiles_w = (shape->out_w + w->m - 1) / w->m;
    engine->tiles = shape->n * engine->tiles_h * engine->tiles_w;
    choose_blocking(engine);
    const nova_status status = size_buffers(engine);
    return status == NOVA_OK ? nova_engine_finish(engine) : status;
}

/* ---------------------------------------------------------------- one task */

void nova_winograd_task(const nova_engine *engine, const nova_packed *packed,
                        const nova_tensors *tensors, const nova_buffers *buffers, int64_t task) {
    const int64_t block = engine->block_tiles, lanes = engine->kernels->lanes;
    const int64_t tile = task / engine->k_splits * block;
    const nova_range tiles = {tile, NOVA_MIN(tile + block, engine->tiles)};
    const nova_range groups = {0, engine->groups}, channels = {0, engine->shape.c};
    const nova_v_view v = {buffers->v, engine->v_position, block * lanes};
    const nova_m_view m = {buffers->m, engine->m_position, block * lanes};
    nova_range all;
    nova_engine_k_range(engine, task % engine->k_splits, &all.first, &all.last);
    nova_stage_input(engine, tensors, tiles, groups, &buffers->scratch, &v);
    for (int64_t k = all.first; k < all.last; k += engine->k_block) {
        const nova_range vectors = {k, NOVA_MIN(k + engine->k_block, all.last)};
        nova_stage_products(engine, packed, &v, (int)(tiles.last - tiles.first), channels, vectors,
                            false, &m);
        nova_stage_output(engine, packed, tensors, tiles, vectors, &buffers->scratch, &m);
    }
}
