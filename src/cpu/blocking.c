/*
 * blocking.c - block sizes, the split of the work over the threads and the sizes of buffers, by
 * schedule. What is said here in code is said in words in docs/design.md.
 *
 * V: [block of tiles][position][channel group][tile of the block][lane], or
 *    [block of tiles][position][part][pair group][tile of the block][word]; a matrix unit's
 *    [block of tiles][pair group][tile of the block][part][position][word]
 * M: [block of tiles][position][output vector][tile of the block][lane]; a matrix unit's
 *    [block of tiles][output vector][tile of the block][position][lane]
 *
 * A worker's buffer has one block of tiles, and of M one k_block of output vectors; where V or M is
 * inlined it has what one call of the product kernels needs.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/engine.h"
#include "runtime/runtime.h"

enum { TASKS_A_THREAD = 4 /* of a pass whose tasks cost nothing extra */ };
static const size_t most_blocked = (size_t)6 << 20; /* bytes of V of a block, even of a small one */

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* Channels that are handed to the products at a time. Whole chunks of the sums, so that a schedule
   does not change the result. */
static void choose_chunk(nova_engine *engine) {
    const bool inlined =
        engine->schedule.xhat == NOVA_PLACE_INLINED || engine->schedule.ghat == NOVA_PLACE_INLINED;
    engine->chunk =
        inlined ? NOVA_MIN((int64_t)NOVA_CHUNK_CHANNELS, engine->shape.c) : engine->shape.c;
}

/* Vectors of floats or words that V holds at a time of one position and tile. */
static int64_t v_vectors(const nova_engine *engine) {
    const int64_t lanes = engine->kernels->lanes;
    const int64_t channels =
        engine->schedule.xhat == NOVA_PLACE_INLINED ? engine->chunk : engine->shape.c;
    return engine->parts > 0 ? engine->parts * divide_up(channels, 2 * lanes)
                             : divide_up(channels, lanes);
}

/* Rows of a matrix unit's tiles are lines, which may lie anywhere: those of all positions of a tile
   follow each other, so that the transforms read and write them from front to back. */
static bool positions_together(const nova_engine *engine) {
    return engine->parts > 0 && engine->kernels->pairs->unit > 0;
}

/* Bytes of V and M that a thread may hold at a time where they need not stay in the second-level
   cache: with all else the workspace remains below input, output and 8 MiB a thread. */
static size_t far_bytes(const nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const size_t usual = (size_t)15 << 19;
    const double pixels = (double)shape->c * (double)shape->h * (double)shape->w +
                          (double)shape->k * (double)shape->out_h * (double)shape->out_w;
    const double tensors = (double)shape->n * pixels * (double)nova_dtype_size(shape->dtype);
    return usual + (size_t)NOVA_MIN(tensors / engine->threads, (double)most_blocked);
}

/* A matrix unit waits for what comes from the shared cache, most of all for U, which small blocks
   read often. Where U stays in its own cache they are as good, and V and M stay there as well. */
static bool wants_far_blocks(const nova_engine *engine) {
    const nova_schedule *schedule = &engine->schedule;
    const int64_t filter = nova_engine_packed_channels(engine) * engine->out_vectors *
                           engine->kernels->lanes * engine->positions * (int64_t)sizeof(uint16_t);
    return positions_together(engine) && schedule->xhat == NOVA_PLACE_BLOCKED &&
           schedule->mhat == NOVA_PLACE_BLOCKED && filter > (int64_t)nova_cache_bytes() / 2;
}

/* V, and M of half of the output channels, in far_bytes(): to read V twice costs less than to read
   U twice. */
static int64_t far_block_tiles(const nova_engine *engine) {
    const int64_t multiple = engine->kernels->pairs->row_multiple;
    const size_t vectors = (size_t)(v_vectors(engine) + (engine->out_vectors + 1) / 2);
    const size_t vector = (size_t)(engine->positions * engine->kernels->lanes) * sizeof(float);
    const int64_t most = (int64_t)(far_bytes(engine) / (vectors * vector)) / multiple * multiple;
    return NOVA_MAX(most, multiple);
}

/* As many tiles as keep V in half of the cache (a quarter, if only a chunk of channels is made),
   but at least one register block of them. A third more is better than a small block left over;
   then all blocks are made equally large, and as many for every thread, unless the output channels
   are split over the threads anyway. */
static int choose_block_tiles(const nova_engine *engine) {
    const int64_t rows = nova_engine_max_rows(engine), threads = engine->threads;
    const bool inlined = engine->schedule.xhat == NOVA_PLACE_INLINED;
    const size_t per_tile =
        (size_t)(engine->positions * v_vectors(engine) * engine->kernels->lanes) * sizeof(float);
    const size_t budget = nova_cache_bytes() / (inlined ? 4 : 2);
    const int64_t cached = (int64_t)(budget / per_tile) / rows * rows;
    const int64_t usual = NOVA_MAX(NOVA_MIN(cached, 8 * rows), rows);
    const int64_t limit = NOVA_MAX((int64_t)(most_blocked / per_tile), (int64_t)1);
    const int64_t wanted = wants_far_blocks(engine) ? far_block_tiles(engine) : usual + usual / 3;
    const int64_t most = NOVA_MIN(wanted, limit);
    int64_t blocks = divide_up(engine->tiles, most);
    if (engine->tiles >= threads * rows && engine->schedule.xhat != NOVA_PLACE_STORED)
        blocks = divide_up(blocks, threads) * threads;
    return (int)NOVA_MIN(nova_engine_room(engine, divide_up(engine->tiles, blocks)), engine->tiles);
}

/* Vectors of a buffer that holds one for each position, so that it keeps to `bytes`. */
static int64_t vectors_in(const nova_engine *engine, size_t bytes, int64_t per_position) {
    const int64_t panel = engine->kernels->panel_vectors;
    const size_t each = (size_t)engine->positions * (size_t)per_position *
                        (size_t)engine->kernels->lanes * sizeof(float);
    return NOVA_MAX((int64_t)(bytes / each) / panel * panel, panel);
}

/* Output vectors whose products are held at a time, in whole panels. */
static int64_t choose_k_block(const nova_engine *engine) {
    const nova_schedule *schedule = &engine->schedule;
    const size_t cache = nova_cache_bytes();
    int64_t vectors = engine->out_vectors;
    if (schedule->mhat == NOVA_PLACE_INLINED)
        vectors = engine->kernels->panel_vectors;
    if (wants_far_blocks(engine)) {
        const size_t v = (size_t)(engine->positions * v_vectors(engine) * engine->kernels->lanes *
                                  nova_engine_room(engine, engine->block_tiles)) *
                         sizeof(float);
        const size_t all = far_bytes(engine);
        vectors = vectors_in(engine, v < all ? all - v : 0,
                             nova_engine_room(engine, engine->block_tiles));
    } else if (schedule->mhat == NOVA_PLACE_BLOCKED) /* a wider one makes an inlined V less often */
        vectors = vectors_in(engine, cache / (schedule->xhat == NOVA_PLACE_INLINED ? 2 : 4),
                             nova_engine_room(engine, engine->block_tiles));
    if (schedule->ghat == NOVA_PLACE_BLOCKED)
        vectors = NOVA_MIN(vectors, vectors_in(engine, cache / 2, engine->shape.c));
    return NOVA_MIN(vectors, engine->out_vectors);
}

/* Parts that `blocks` must be split into to feed the threads well, if splitting costs nothing. */
static int64_t free_splits(const nova_engine *engine, int64_t blocks) {
    return engine->threads == 1 ? 1 : divide_up((int64_t)TASKS_A_THREAD * engine->threads, blocks);
}

/* A task is a range of blocks and a range of output channels. Blocks come first; output channels
   are split if there are fewer blocks than threads, and freely where that makes nothing anew. A
   transformed filter that is kept for a k_block wants the opposite. */
static void split_products(nova_engine *engine) {
    const int64_t threads = engine->threads;
    if (engine->schedule.ghat == NOVA_PLACE_BLOCKED) {
        engine->k_splits =
            nova_engine_k_parts(engine, divide_up(engine->out_vectors, engine->k_block));
        engine->tile_splits = NOVA_MIN(divide_up(threads, engine->k_splits), engine->blocks);
        return;
    }
    engine->tile_splits = engine->blocks;
    int64_t parts = 1;
    if (engine->schedule.xhat == NOVA_PLACE_STORED)
        parts = free_splits(engine, engine->blocks);
    else if (engine->blocks < threads)
        parts = divide_up(threads, engine->blocks);
    engine->k_splits = nova_engine_k_parts(engine, parts);
}

/* Equal k_blocks within the largest range of a task. */
static void even_k_block(nova_engine *engine) {
    const int64_t panel = engine->kernels->panel_vectors;
    const int64_t panels = divide_up(engine->out_vectors, panel);
    const int64_t range = divide_up(panels, engine->k_splits);
    const int64_t count = divide_up(range * panel, NOVA_MIN(engine->k_block, range * panel));
    engine->k_block = NOVA_MIN(divide_up(range, count) * panel, engine->out_vectors);
}

static void choose_passes(nova_engine *engine) {
    int count = 0;
    if (engine->schedule.xhat == NOVA_PLACE_STORED) {
        engine->input_splits = NOVA_MIN(free_splits(engine, engine->blocks),
                                        engine->parts > 0 ? engine->pair_groups : engine->groups);
        engine->passes[count++] =
            (nova_engine_pass){nova_winograd_input_task, engine->blocks * engine->input_splits};
    }
    engine->passes[count++] =
        (nova_engine_pass){nova_winograd_product_task, engine->tile_splits * engine->k_splits};
    if (engine->schedule.mhat == NOVA_PLACE_STORED) {
        engine->output_splits = nova_engine_k_parts(engine, free_splits(engine, engine->blocks));
        engine->passes[count++] =
            (nova_engine_pass){nova_winograd_output_task, engine->blocks * engine->output_splits};
    }
    engine->pass_count = count;
}

/* An odd number of vectors apart: with a power of two what is read and written together would fall
   into the same few sets of a cache. */
static ptrdiff_t odd_stride(const nova_engine *engine, int64_t vectors) {
    return (ptrdiff_t)((vectors | 1) * engine->kernels->lanes);
}

static void choose_v_strides(nova_engine *engine) {
    const bool inlined = engine->schedule.xhat == NOVA_PLACE_INLINED;
    const int64_t lanes = engine->kernels->lanes, parts = NOVA_MAX(engine->parts, 1);
    const int64_t tiles = nova_engine_room(engine, inlined ? nova_engine_area_tiles(engine)
                                                           : (int64_t)engine->block_tiles);
    const int64_t groups = v_vectors(engine) / parts;
    if (positions_together(engine)) {
        engine->v_position = (ptrdiff_t)lanes;
        engine->v_part = (ptrdiff_t)(engine->positions * lanes);
        engine->v_tile = odd_stride(engine, parts * engine->positions);
        engine->v_group = (ptrdiff_t)tiles * engine->v_tile;
        engine->v_floats = (size_t)(groups * engine->v_group);
        return;
    }
    engine->v_tile = (ptrdiff_t)lanes;
    engine->v_group = (ptrdiff_t)(tiles * lanes);
    engine->v_part = engine->parts > 0 ? (ptrdiff_t)groups * engine->v_group : 0;
    engine->v_position = odd_stride(engine, parts * groups * tiles);
    engine->v_floats = (size_t)(engine->positions * engine->v_position);
}

static void choose_m_strides(nova_engine *engine) {
    const bool stored = engine->schedule.mhat == NOVA_PLACE_STORED;
    const int64_t lanes = engine->kernels->lanes;
    const int64_t vectors = stored ? engine->out_vectors : engine->k_block;
    const int64_t tiles = nova_engine_room(engine, stored ? (int64_t)engine->block_tiles
                                                          : nova_engine_area_tiles(engine));
    if (positions_together(engine)) {
        engine->m_position = (ptrdiff_t)lanes;
        engine->m_tile = odd_stride(engine, engine->positions);
        engine->m_vector = (ptrdiff_t)tiles * engine->m_tile;
        engine->m_floats = (size_t)(vectors * engine->m_vector);
        return;
    }
    engine->m_tile = (ptrdiff_t)lanes;
    engine->m_vector = (ptrdiff_t)(tiles * lanes);
    engine->m_position = odd_stride(engine, vectors * tiles);
    engine->m_floats = (size_t)(engine->positions * engine->m_position);
}

static void choose_strides(nova_engine *engine) {
    int64_t u = engine->k_block * engine->shape.c;
    if (engine->schedule.ghat == NOVA_PLACE_INLINED)
        u = engine->kernels->panel_vectors * engine->chunk;
    choose_v_strides(engine);
    choose_m_strides(engine);
    engine->far_block = positions_together(engine) &&
                        engine->v_floats + engine->m_floats > nova_cache_bytes() / sizeof(float);
    engine->u_position = nova_engine_raw_filter(engine) ? odd_stride(engine, u) : 0;
}

/* A buffer of the worker, or `blocks` of them shared by all. */
static bool size_buffer(const nova_engine *engine, size_t floats, bool stored, size_t *own,
                        size_t *shared) {
    *own = stored ? 0 : floats;
    *shared = 0;
    return !stored || nova_size_mul(floats, (size_t)engine->blocks, shared);
}

static nova_status size_buffers(nova_engine *engine) {
    const nova_schedule *schedule = &engine->schedule;
    const int64_t lanes = engine->kernels->lanes;
    const bool raw = nova_engine_raw_filter(engine);
    const size_t width = raw ? sizeof(float) : nova_dtype_size(engine->uv_type);
    const size_t elements =
        raw ? (size_t)(engine->shape.r * engine->shape.s) : (size_t)engine->positions;
    size_t weights;
    if (!size_buffer(engine, engine->v_floats, schedule->xhat == NOVA_PLACE_STORED, &engine->v_size,
                     &engine->shared_v_size) ||
        !size_buffer(engine, engine->m_floats, schedule->mhat == NOVA_PLACE_STORED, &engine->m_size,
                     &engine->shared_m_size) ||
        !nova_size_mul((size_t)engine->positions, (size_t)engine->u_position, &engine->u_size))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace does not fit in memory");
    const size_t channels =
        raw ? (size_t)engine->shape.c : (size_t)nova_engine_packed_channels(engine);
    if (!nova_size_mul((size_t)(engine->out_vectors * lanes), channels, &weights) ||
        !nova_size_mul(weights, elements * width, &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    const int cols = (engine->run_tiles - 1) * engine->tile_w + engine->inputs_w;
    const int scratch =
        NOVA_MAX(engine->inputs_h * engine->products_w, engine->products_h * engine->tile_w);
    engine->patch_size =
        (size_t)(engine->inputs_h * cols * lanes) * (engine->parts > 0 ? 2 : 1); /* a pair group */
    engine->scratch_size = (size_t)((scratch + engine->positions) * lanes);
    engine->strip_size = (size_t)(engine->tile_h * engine->tile_w * engine->run_tiles * lanes) *
                         (size_t)engine->strip_vectors;
    return NOVA_OK;
}

/* Tiles of one row that are gathered and written together. A row of a channel-first plane is a
   stretch of its own: long runs, so that few of its cache lines are shared by two of them. They
   still begin and end anywhere in a line, and to write only the lines between past the caches is no
   gain. */
static void choose_runs(nova_engine *engine) {
    const bool planes = engine->shape.layout == NOVA_NCHW;
    nova_engine_choose_moves(engine);
    engine->run_tiles = (int)NOVA_MIN((int64_t)(planes ? 16 : 4), engine->tiles_w);
    engine->stream = engine->stream && !planes;
}

/* No count of work.c exceeds four bytes for every multiply-add, if a tile had this many positions.
 */
static bool countable(const nova_engine *engine) {
    const double positions = NOVA_MAX_POSITIONS, most = 0x1p62;
    return 4 * positions * (double)engine->tiles * (double)engine->shape.c *
               (double)engine->out_vectors * engine->kernels->lanes <
           most;
}

nova_status nova_winograd_block(nova_engine *engine, const nova_blocking *blocking) {
    const int64_t panel = engine->kernels->panel_vectors;
    if (!countable(engine))
        return nova_fail(NOVA_SIZE_OVERFLOW, "more operations than can be counted");
    engine->schedule = blocking->schedule;
    engine->rows = nova_rows_fit(engine, &engine->schedule);
    if (engine->rows)
        return nova_rows_block(engine, blocking);
    choose_runs(engine);
    choose_chunk(engine);
    engine->block_tiles = blocking->block_tiles > 0
                              ? (int)NOVA_MIN(NOVA_MIN(blocking->block_tiles, engine->tiles),
                                              (int64_t)NOVA_MAX_BLOCK_TILES)
                              : choose_block_tiles(engine);
    engine->blocks = divide_up(engine->tiles, engine->block_tiles);
    engine->k_block = choose_k_block(engine);
    if (blocking->block_filters > 0 && engine->schedule.mhat != NOVA_PLACE_INLINED) {
        const int64_t panels = divide_up(NOVA_MIN(blocking->block_filters, engine->shape.k),
                                         panel * engine->kernels->lanes);
        engine->k_block = NOVA_MIN(panels * panel, engine->out_vectors);
    }
    split_products(engine);
    even_k_block(engine);
    choose_passes(engine);
    choose_strides(engine);
    return size_buffers(engine);
}
