/*
 * winograd.c - Winograd on a GPU: its chunks, blocks and workspace, or one kernel for all, and the
 * time they take.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "gpu/engine_parts.h"
#include "gpu/fused.h"
#include "runtime/runtime.h"

enum { MOST_CHUNKS = 16 };

nova_gpu_grid nova_gpu_chunk_grid(const nova_gpu_engine *engine, int64_t tiles) {
    nova_gpu_grid grid = engine->grid;
    grid.extent_w = (int)tiles;
    grid.blocks_w = (int)((tiles + grid.box_w - 1) / grid.box_w);
    if (grid.sharing == NOVA_GPU_SHARE_FILTER && grid.blocks_w % 2 != 0)
        grid.sharing = NOVA_GPU_SHARE_NOTHING;
    return grid;
}

static nova_gpu_grid winograd_grid(const nova_gpu_engine *engine, int64_t tiles) {
    nova_gpu_grid grid = nova_gpu_empty_grid(engine);
    grid.extent_w = (int)tiles;
    grid.extent_h = engine->slices;
    grid.extent_n = 1;
    grid.slice_is_row = 1;
    return grid;
}

static const double u_exposed =
    0.44; /* of the time to read U from memory, what products do not hide */
static const double pass_seconds = 1.9e-6; /* of a transform's kernel, however small */
static const double block_seconds =
    7.1e-9; /* of a block of the matrix times 64 channels of a tile */

/*
 * Seconds of a transform's kernel: its bytes, of V or M and of x or y, and the products of its
 * matrix, which they hide only in part. Every multiprocessor takes its share of the units, 64
 * channels of a tile.
 */
static double transform_seconds(const nova_gpu_machine *machine, const nova_gpu_matrix *matrix,
                                int64_t tiles, int64_t pitch, double bytes, double rate) {
    const double groups = ceil((double)pitch / NOVA_GPU_UNIT_CHANNELS);
    const double share = ceil((double)tiles * groups / machine->processors);
    const int blocks =
        nova_gpu_sides(matrix->rows) * nova_gpu_sides(matrix->columns) * matrix->parts;
    return pass_seconds + bytes / rate + share * blocks * block_seconds;
}

/* Bytes per second of a transform that moves so many of V or M in all chunks. Where they exceed the
   cache so does x or y, and smaller chunks were measured not to help. */
static double transform_rate(const nova_gpu_machine *machine, double bytes) {
    return bytes <= machine->cache_size ? machine->transform : machine->transform_memory;
}

/* The four stages when `chunks` chunks of `tiles` tiles share one V and M. */
static void time_chunks(nova_gpu_engine *engine, const nova_gpu_machine *machine, int64_t tiles,
                        int64_t chunks, nova_gpu_grid *grid) {
    const double positions = engine->slices, count = (double)chunks;
    const double element = engine->tile.m_type == NOVA_F32 ? 4 : 2; /* of M */
    const double v = positions * (double)tiles * (double)engine->c_pitch * 2;
    const double m = positions * (double)tiles * (double)engine->k_pitch * element;
    const double u = (double)engine->filter_bytes;
    const bool cached = v + m <= machine->cache_bytes;
    const double read = cached ? machine->cache_read : machine->memory;
    const double write = cached ? machine->cache_write : machine->memory;
    *grid = winograd_grid(engine, tiles);
    const double compute =
        nova_gpu_grid_choose(grid, machine, false, engine->tile.m_type == NOVA_F32);
    const double first_u = u / machine->memory;
    const double later_u = v + m + u <= machine->cache_bytes ? 0 : first_u;
    nova_gpu_time_moves(engine, machine);
    engine->stage_seconds[1] =
        count * transform_seconds(machine, &engine->tile.input, tiles, engine->c_pitch,
                                  v + nova_gpu_tensor_bytes(&engine->shape, false) / count,
                                  transform_rate(machine, count * v));
    engine->stage_seconds[2] =
        count * (machine->launch_seconds + NOVA_MAX(compute, v / read + m / write)) +
        u_exposed * (first_u + (count - 1) * later_u);
    engine->stage_seconds[3] =
        count * transform_seconds(machine, &engine->tile.output, tiles, engine->k_pitch,
                                  m + nova_gpu_tensor_bytes(&engine->shape, true) / count,
                                  transform_rate(machine, count * m));
    nova_gpu_add_seconds(engine);
}

/* The number of chunks that takes the least time; a chunk must fit into 31 bits of tiles. */
static void choose_chunks(nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const int64_t least = engine->tiles / (1 << 24) + 1;
    double best = INFINITY;
    int64_t best_chunks = least;
    nova_gpu_grid grid;
    for (int64_t chunks = least; chunks < least + MOST_CHUNKS && chunks <= engine->tiles;
         chunks++) {
        time_chunks(engine, machine, (engine->tiles + chunks - 1) / chunks, chunks, &grid);
        if (engine->seconds < best) {
            best = engine->seconds;
            best_chunks = chunks;
        }
    }
    engine->chunk_tiles = (engine->tiles + best_chunks - 1) / best_chunks;
    engine->chunks = (engine->tiles + engine->chunk_tiles - 1) / engine->chunk_tiles;
    time_chunks(engine, machine, engine->chunk_tiles, engine->chunks, &engine->grid);
}

/* One kernel computes few channels of a tensor whose bytes it can number in 30 bits. */
static bool can_fuse(const nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const nova_shape *shape = &engine->shape;
    return machine->fuses && machine->fuses(&engine->tile) && engine->tile.m_type == NOVA_F32 &&
           shape->c <= NOVA_GPU_FUSED_CHANNELS && shape->k <= NOVA_GPU_FUSED_CHANNELS &&
           nova_gpu_staged_bytes_of(engine) < 1 << 30;
}

/* Processors take a block at a time, whose waves transform M of all output channels that there may
   be; blocks beside each other hide products and reading U from each other, but not transforms. */
static void time_fused(nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const nova_shape *shape = &engine->shape;
    const double part = 1.0 / machine->processors, tiles = NOVA_GPU_FUSED_TILES;
    const double blocks = ceil((double)engine->tiles / tiles);
    const double vectors = tiles * engine->slices; /* rows of V or M of a block */
    const double channels = NOVA_GPU_FUSED_CHANNELS, u = (double)engine->filter_bytes;
    const double transforms =
        vectors * ((double)engine->c_pitch + channels) / (machine->fused * part);
    const double products =
        2 * vectors * (double)engine->c_pitch * channels / (machine->flops * part);
    const double read = u / (machine->cache_read * part);
    const double bytes = nova_gpu_staged_bytes_of(engine) + nova_gpu_tensor_bytes(shape, true) + u;
    engine->fused = true;
    engine->chunk_tiles = engine->tiles;
    engine->chunks = 1;
    nova_gpu_time_moves(engine, machine);
    engine->stage_seconds[2] =
        pass_seconds + machine->launch_seconds +
        NOVA_MAX(ceil(blocks * part) * (transforms + NOVA_MAX(products, read)),
                 bytes / machine->memory);
    nova_gpu_add_seconds(engine);
}

/* Winograd along the rows, or in both directions, in one kernel; false if none can compute the
   layer. */
static bool time_units(nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const nova_shape *shape = &engine->shape;
    const bool binary32 = engine->tile.m_type == NOVA_F32;
    nova_gpu_grid grid = nova_gpu_empty_grid(engine);
    double seconds = INFINITY;
    if (engine->tile.in_rows && binary32)
        seconds = nova_gpu_rows_choose(&grid, machine, shape);
    else if (engine->tile.nested && !binary32)
        seconds = nova_gpu_nested_choose(&grid, machine, shape);
    if (isinf(seconds))
        return false;
    const double bytes = nova_gpu_staged_bytes_of(engine) + nova_gpu_tensor_bytes(shape, true) +
                         (double)engine->filter_bytes;
    engine->fused = true;
    engine->grid = grid;
    engine->chunk_tiles = engine->tiles;
    engine->chunks = 1;
    nova_gpu_time_moves(engine, machine);
    engine->stage_seconds[2] = NOVA_MAX(seconds, bytes / machine->memory + machine->launch_seconds);
    nova_gpu_add_seconds(engine);
    return true;
}

/* Each transform's matrix and the memory of a warp must fit in shared memory. */
static bool fits_shared(const nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const nova_gpu_matrix *input = &engine->tile.input, *output = &engine->tile.output;
    const bool staged = engine->shape.k % 8 != 0;
    const size_t input_bytes =
        nova_gpu_matrix_bytes(input) + nova_gpu_rows_bytes(nova_gpu_sides(input->columns), false);
    const size_t output_bytes =
        nova_gpu_matrix_bytes(output) +
        nova_gpu_rows_bytes(nova_gpu_sides(output->columns), engine->tile.m_type == NOVA_F32) +
        (staged ? nova_gpu_staged_bytes(output) : 0);
    return NOVA_MAX(input_bytes, output_bytes) + NOVA_GPU_OWN_BYTES <= machine->shared_bytes;
}

nova_status nova_gpu_engine_init_winograd(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                                          const nova_shape *shape, const nova_gpu_tile *tile) {
    *engine = (nova_gpu_engine){.algorithm = NOVA_ALGORITHM_WINOGRAD, .tile = *tile};
    nova_gpu_set_pitches(engine, shape);
    engine->slices = tile->products_h * tile->products_w;
    engine->tiles_h = (shape->out_h + tile->tile_h - 1) / tile->tile_h;
    engine->tiles_w = (shape->out_w + tile->tile_w - 1) / tile->tile_w;
    engine->tiles = shape->n * engine->tiles_h * engine->tiles_w;
    if (engine->tiles > INT32_MAX / 2)
        return nova_fail(NOVA_SIZE_OVERFLOW, "more than %d tiles", INT32_MAX / 2);
    if (!fits_shared(engine, machine))
        return nova_fail(NOVA_NOT_ELIGIBLE, "the tile's transforms do not fit in shared memory");
    const nova_status status = nova_gpu_lay_out_filter(engine);
    if (status != NOVA_OK)
        return status;
    if (can_fuse(engine, machine) || time_units(engine, machine)) {
        const nova_status laid_out = nova_gpu_lay_out_workspace(engine, NULL, NULL, 0);
        if (laid_out != NOVA_OK)
            return laid_out;
        if (engine->grid.kind == NOVA_GPU_BLOCKS)
            time_fused(engine, machine);
        nova_gpu_engine other = *engine;
        choose_chunks(&other, machine);
        if (machine->always_fuses || engine->seconds <= other.seconds)
            return NOVA_OK;
    }
    engine->fused = false;
    choose_chunks(engine, machine);
    const int64_t v[] = {engine->slices, engine->chunk_tiles, engine->c_pitch};
    const int64_t m[] = {engine->slices, engine->chunk_tiles, engine->k_pitch};
    return nova_gpu_lay_out_workspace(engine, v, m,
                                      tile->m_type == NOVA_F32 ? sizeof(float) : sizeof(uint16_t));
}

/* ---------------------------------------------------------------- all blocks */

typedef struct every_block {
    nova_gpu_engine *engine;  /* its blocks change */
    double seconds, products; /* predicted of the engine, and of its products */
    nova_gpu_engine_fn visit;
    void *context;
} every_block;

static void visit_winograd(void *context, const nova_gpu_grid *grid, double seconds) {
    const every_block *all = context;
    const double changed = (double)all->engine->chunks * (seconds - all->products);
    all->engine->grid = *grid;
    all->visit(all->context, all->engine, all->seconds + changed);
}

void nova_gpu_winograd_each(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                            nova_gpu_engine_fn visit, void *context) {
    const bool binary32 = engine->tile.m_type == NOVA_F32;
    nova_gpu_engine variant = *engine;
    every_block all = {&variant, engine->seconds,
                       nova_gpu_grid_seconds(&engine->grid, machine, binary32), visit, context};
    nova_gpu_grid_each(&engine->grid, machine, false, binary32, visit_winograd, &all);
}
