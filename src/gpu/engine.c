/*
 * engine.c - layouts, workspace and predicted time of a convolution on a GPU.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/engine.h"

#include <math.h>

#include "gpu/fused.h"
#include "gpu/transpose.h"
#include "numerics/half.h"
#include "runtime/runtime.h"

enum { MOST_CHUNKS = 16 };

void nova_gpu_machine_init(nova_gpu_machine *machine, int processors, bool hopper,
                           size_t cache_bytes) {
    /* The floors say 6.6 TB/s for reads out of the cache; blocks that run side by side read the
       same operands, and their steps fit 11.2. Rates of the transforms are fitted too. */
    const double part = processors / 132.0; /* of an H200 */
    *machine = (nova_gpu_machine){.processors = processors,
                                  .shared_bytes = hopper ? 227 << 10 : 99 << 10,
                                  .hopper = hopper,
                                  .flops = (hopper ? 775e12 : 250e12) * part,
                                  .cache_size = (double)cache_bytes,
                                  .cache_bytes = 0.6 * (double)cache_bytes,
                                  .cache_read = 11.2e12 * part,
                                  .cache_write = 4.1e12 * part,
                                  .memory = 4.2e12 * part,
                                  .transform = 4.7e12 * part,
                                  .transform_memory = 3.9e12 * part,
                                  .copy = 5.9e12 * part,
                                  .copy_memory = 3.9e12 * part,
                                  .launch_seconds = 1.0e-6,
                                  .few = true};
    machine->clusters[1] = processors;
    machine->clusters[2] = processors / 2;
    for (int size = 4; size <= NOVA_GPU_MOST_CLUSTERED; size *= 2) /* some are left over */
        machine->clusters[size] = NOVA_MAX(processors * 15 / (16 * size), 1);
}

/* ---------------------------------------------------------------- sizes */

static int64_t round_up(int64_t value, int64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

/* Adds room for a product of counts to *bytes; false if that does not fit. */
static bool add_array(size_t *bytes, size_t *at, const int64_t *counts, int count, size_t element) {
    size_t size = element;
    for (int i = 0; i < count; i++)
        if (!nova_size_mul(size, (size_t)counts[i], &size))
            return false;
    *at = *bytes;
    size_t end;
    if (!nova_size_add(*bytes, size, &end) || end > (size_t)INT64_MAX / 4)
        return false;
    *bytes = nova_round_up(end, NOVA_GPU_WORKSPACE_ALIGNMENT);
    return true;
}

static void set_pitches(nova_gpu_engine *engine, const nova_shape *shape) {
    engine->shape = *shape;
    const int unit =
        engine->algorithm == NOVA_ALGORITHM_DIRECT ? NOVA_GPU_PITCH : NOVA_GPU_RUN_CHANNELS;
    const int64_t channels = shape->c * (engine->taps_are_channels ? shape->r * shape->s : 1);
    engine->x_pitch = round_up(channels, NOVA_GPU_PITCH);
    engine->c_pitch = round_up(channels, unit);
    engine->k_pitch = round_up(shape->k, unit);
    if (engine->taps_are_outputs)
        engine->k_pitch = round_up(shape->k * shape->r * shape->s, NOVA_GPU_FEW_ROUND);
    engine->arranged = shape->layout == NOVA_NCHW;
    if (engine->grid.kind == NOVA_GPU_FEW_INPUTS)
        engine->staging = NOVA_GPU_AS_IT_IS;
    else if (engine->taps_are_channels ||
             (shape->layout == NOVA_NHWC && shape->c != engine->x_pitch))
        engine->staging = NOVA_GPU_GATHERED;
    else
        engine->staging = shape->layout == NOVA_NCHW ? NOVA_GPU_TRANSPOSED : NOVA_GPU_AS_IT_IS;
}

/* U, and the tile's matrices behind it. */
static nova_status lay_out_filter(nova_gpu_engine *engine) {
    enum { ELEMENT = sizeof(uint16_t) };
    const int64_t u[] = {engine->slices, engine->k_pitch, engine->c_pitch};
    nova_gpu_matrix *matrices[] = {&engine->tile.input, &engine->tile.output};
    size_t bytes = 0, u_at;
    bool fits = add_array(&bytes, &u_at, u, NOVA_COUNT(u), ELEMENT);
    for (int i = 0; i < NOVA_COUNT(matrices) && engine->algorithm == NOVA_ALGORITHM_WINOGRAD; i++) {
        const int64_t elements[] = {(int64_t)nova_gpu_matrix_elements(matrices[i])};
        fits = fits && add_array(&bytes, &matrices[i]->at, elements, 1, ELEMENT);
    }
    if (!fits)
        return nova_fail(NOVA_SIZE_OVERFLOW, "the filter does not fit in memory");
    engine->filter_bytes = bytes;
    return NOVA_OK;
}

int64_t nova_gpu_staged_h(const nova_gpu_engine *engine) {
    return engine->taps_are_channels ? engine->shape.out_h : engine->shape.h;
}

int64_t nova_gpu_staged_w(const nova_gpu_engine *engine) {
    return engine->taps_are_channels ? engine->shape.out_w : engine->shape.w;
}

nova_shape nova_gpu_staged_shape(const nova_gpu_engine *engine) {
    nova_shape staged = engine->shape;
    staged.c = engine->x_pitch;
    if (engine->taps_are_channels)
        staged.r = staged.s = 1;
    return staged;
}

/* x as staged at the workspace's begin, V and M or partial sums (or null) and y behind it. */
static nova_status lay_out_workspace(nova_gpu_engine *engine, const int64_t *v, const int64_t *m,
                                     size_t m_element) {
    const nova_shape *shape = &engine->shape;
    const int64_t x[] = {shape->n, nova_gpu_staged_h(engine), nova_gpu_staged_w(engine),
                         engine->x_pitch};
    const int64_t y[] = {shape->n, shape->out_h, shape->out_w, shape->k};
    const size_t element = sizeof(uint16_t);
    size_t bytes = 0;
    bool fits = true;
    if (engine->staging != NOVA_GPU_AS_IT_IS)
        fits = add_array(&bytes, &engine->x_at, x, 4, element);
    if (v)
        fits = fits && add_array(&bytes, &engine->v_at, v, 3, element);
    if (m)
        fits = fits && add_array(&bytes, &engine->m_at, m, 3, m_element);
    if (engine->arranged)
        fits = fits && add_array(&bytes, &engine->y_at, y, 4, element);
    if (engine->arranged) /* and x is transposed, or smaller */
        fits = fits && shape->n * nova_gpu_squares(
                                      NOVA_MAX(engine->x_pitch, shape->k),
                                      NOVA_MAX(shape->h * shape->w, shape->out_h * shape->out_w)) <=
                           INT32_MAX;
    if (!fits)
        return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace does not fit in memory");
    engine->workspace_bytes = bytes > 0 ? bytes + NOVA_GPU_WORKSPACE_ALIGNMENT : 0;
    return NOVA_OK;
}

int nova_gpu_positions(const nova_gpu_engine *engine) {
    return engine->taps_are_channels || engine->taps_are_outputs
               ? (int)(engine->shape.r * engine->shape.s)
               : engine->slices;
}

size_t nova_gpu_filter_index(const nova_gpu_engine *engine, int position, int64_t k, int64_t c) {
    int slice = position;
    if (engine->fused) {
        const nova_gpu_fused_place at =
            nova_gpu_fused_at((int)(k % NOVA_GPU_FUSED_SIDE), (int)(c % NOVA_GPU_FUSED_CHUNK));
        const int64_t u =
            nova_gpu_fused_u((int)(k / NOVA_GPU_FUSED_SIDE), (int)(c / NOVA_GPU_FUSED_CHUNK),
                             (int)(engine->c_pitch / NOVA_GPU_FUSED_CHUNK), engine->slices);
        return (size_t)(u + (int64_t)position * NOVA_GPU_FUSED_U + at.lane * NOVA_GPU_FUSED_OWN +
                        at.element);
    }
    if (engine->taps_are_channels) {
        c += position * engine->shape.c;
        slice = 0;
    } else if (engine->taps_are_outputs) {
        k += position * engine->shape.k;
        slice = 0;
    } else if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD) {
        k = nova_gpu_stored_channel(k);
        c = nova_gpu_stored_channel(c);
    }
    return ((size_t)slice * (size_t)engine->k_pitch + (size_t)k) * (size_t)engine->c_pitch +
           (size_t)c;
}

/* ---------------------------------------------------------------- time */

double nova_gpu_tensor_bytes(const nova_shape *shape, bool output) {
    const double x = (double)shape->n * (double)shape->c * (double)shape->h * (double)shape->w;
    const double y =
        (double)shape->n * (double)shape->k * (double)shape->out_h * (double)shape->out_w;
    return 2 * (output ? y : x);
}

/* Bytes of x as staged. */
double nova_gpu_staged_bytes_of(const nova_gpu_engine *engine) {
    return 2 * (double)engine->shape.n * (double)nova_gpu_staged_h(engine) *
           (double)nova_gpu_staged_w(engine) * (double)engine->x_pitch;
}

double nova_gpu_move_seconds(const nova_gpu_machine *machine, double bytes, double gathered) {
    static const double least = 2.1e-6, gather = 0.65e12; /* bytes per second, of 132 processors */
    return least + NOVA_MAX(bytes / machine->memory, gathered / gather * 132 / machine->processors);
}

static void time_moves(nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const double x = nova_gpu_tensor_bytes(&engine->shape, false),
                 y = nova_gpu_tensor_bytes(&engine->shape, true);
    const double staged = nova_gpu_staged_bytes_of(engine);
    if (engine->staging != NOVA_GPU_AS_IT_IS)
        engine->stage_seconds[0] = nova_gpu_move_seconds(
            machine, x + staged, engine->staging == NOVA_GPU_GATHERED ? staged : 0);
    if (engine->arranged)
        engine->stage_seconds[4] = nova_gpu_move_seconds(machine, 2 * y, 0);
}

static void add_seconds(nova_gpu_engine *engine) {
    engine->seconds = 0;
    for (int i = 0; i < NOVA_COUNT(engine->stage_seconds); i++)
        engine->seconds += engine->stage_seconds[i];
}

/* ---------------------------------------------------------------- direct */

static nova_gpu_grid empty_grid(const nova_gpu_engine *engine) {
    const int step = NOVA_GPU_STEP_CHANNELS;
    return (nova_gpu_grid){.channels = (int)NOVA_MIN(engine->k_pitch, (int64_t)INT32_MAX / 2),
                           .taps_h = 1,
                           .taps_w = 1,
                           .channel_steps = (int)((engine->c_pitch + step - 1) / step),
                           .splits = 1};
}

static nova_gpu_grid direct_grid(const nova_gpu_engine *engine) {
    const nova_shape *shape = &engine->shape;
    nova_gpu_grid grid = empty_grid(engine);
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
    set_pitches(engine, shape);
    engine->slices = taps_are_channels ? 1 : (int)(shape->r * shape->s);
    nova_gpu_grid grid = direct_grid(engine);
    const double products = nova_gpu_grid_choose(&grid, machine, true, false);
    engine->grid = grid;
    const nova_shape staged = nova_gpu_staged_shape(engine);
    const double small = nova_gpu_resident_choose(&engine->resident, machine, &staged);
    const int64_t sums[] = {grid.splits, shape->n * shape->out_h * shape->out_w, engine->k_pitch};
    nova_status status = lay_out_filter(engine);
    const double in_grid = direct_seconds(engine, machine, products);
    const double in_small = small_seconds(engine, machine, small);
    engine->small = in_small < in_grid;
    const bool parts = nova_gpu_has_parts(&grid) && !engine->small;
    if (status == NOVA_OK)
        status = lay_out_workspace(engine, NULL, parts ? sums : NULL, sizeof(float));
    if (status != NOVA_OK)
        return status;
    time_moves(engine, machine);
    engine->stage_seconds[2] = NOVA_MIN(in_small, in_grid);
    add_seconds(engine);
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
    set_pitches(engine, shape);
    nova_status status = lay_out_filter(engine);
    if (status == NOVA_OK)
        status = lay_out_workspace(engine, NULL, NULL, 0);
    time_moves(engine, machine);
    return status;
}

nova_status nova_gpu_engine_init_few(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                                     const nova_shape *shape, nova_gpu_kind kind) {
    const nova_status status = prepare_few(engine, machine, shape, kind);
    if (status != NOVA_OK)
        return status;
    engine->stage_seconds[2] = nova_gpu_few_choose(&engine->grid, machine, shape);
    add_seconds(engine);
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

/* ---------------------------------------------------------------- Winograd */

nova_gpu_grid nova_gpu_chunk_grid(const nova_gpu_engine *engine, int64_t tiles) {
    nova_gpu_grid grid = engine->grid;
    grid.extent_w = (int)tiles;
    grid.blocks_w = (int)((tiles + grid.box_w - 1) / grid.box_w);
    if (grid.sharing == NOVA_GPU_SHARE_FILTER && grid.blocks_w % 2 != 0)
        grid.sharing = NOVA_GPU_SHARE_NOTHING;
    return grid;
}

static nova_gpu_grid winograd_grid(const nova_gpu_engine *engine, int64_t tiles) {
    nova_gpu_grid grid = empty_grid(engine);
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
    time_moves(engine, machine);
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
    add_seconds(engine);
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
    time_moves(engine, machine);
    engine->stage_seconds[2] =
        pass_seconds + machine->launch_seconds +
        NOVA_MAX(ceil(blocks * part) * (transforms + NOVA_MAX(products, read)),
                 bytes / machine->memory);
    add_seconds(engine);
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
    set_pitches(engine, shape);
    engine->slices = tile->products_h * tile->products_w;
    engine->tiles_h = (shape->out_h + tile->tile_h - 1) / tile->tile_h;
    engine->tiles_w = (shape->out_w + tile->tile_w - 1) / tile->tile_w;
    engine->tiles = shape->n * engine->tiles_h * engine->tiles_w;
    if (engine->tiles > INT32_MAX / 2)
        return nova_fail(NOVA_SIZE_OVERFLOW, "more than %d tiles", INT32_MAX / 2);
    if (!fits_shared(engine, machine))
        return nova_fail(NOVA_NOT_ELIGIBLE, "the tile's transforms do not fit in shared memory");
    const nova_status status = lay_out_filter(engine);
    if (status != NOVA_OK)
        return status;
    if (can_fuse(engine, machine)) {
        const nova_status laid_out = lay_out_workspace(engine, NULL, NULL, 0);
        if (laid_out != NOVA_OK)
            return laid_out;
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
    return lay_out_workspace(engine, v, m,
                             tile->m_type == NOVA_F32 ? sizeof(float) : sizeof(uint16_t));
}

/* ---------------------------------------------------------------- all blocks */

typedef struct every_block {
    nova_gpu_engine *engine; /* its blocks change */
    const nova_gpu_machine *machine;
    double seconds, products; /* predicted of the engine, beside its products and of them */
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

static void visit_winograd(void *context, const nova_gpu_grid *grid, double seconds) {
    const every_block *all = context;
    const double changed = (double)all->engine->chunks * (seconds - all->products);
    all->engine->grid = *grid;
    all->visit(all->context, all->engine, all->seconds + changed);
}

void nova_gpu_engine_each(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                          nova_gpu_engine_fn visit, void *context) {
    const bool binary32 = engine->tile.m_type == NOVA_F32;
    nova_gpu_engine variant = *engine;
    every_block all = {&variant, machine, engine->seconds, 0, visit, context};
    if (engine->fused) /* a kernel that has no such blocks */
        return;
    if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD) {
        all.products = nova_gpu_grid_seconds(&engine->grid, machine, binary32);
        nova_gpu_grid_each(&engine->grid, machine, false, binary32, visit_winograd, &all);
        return;
    }
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
        add_seconds(&variant);
        all.seconds = variant.seconds;
        const nova_gpu_grid grid = variant.grid;
        nova_gpu_few_each(&grid, machine, &engine->shape, visit_few, &all);
    }
}
