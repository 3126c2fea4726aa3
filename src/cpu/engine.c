/*
 * engine.c - what blocked Winograd and blocked direct convolution share: packed layout, work
 * splitting, workspace and the parallel loop.
 *
 * Packed filters: panels of panel_vectors * lanes output channels (the last one may be one vector
 * narrower), each [segment][element][channel of the panel], so that the product kernel reads them
 * from front to back.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/engine.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "runtime/runtime.h"

size_t nova_cache_bytes(void) {
    const size_t usual = (size_t)1 << 20;
#if defined(_SC_LEVEL2_CACHE_SIZE)
    const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (bytes >= 1 << 17)
        return (size_t)bytes;
#endif
    return usual;
}

/* What is reported may be the sum of several caches, of which a core fills one. */
size_t nova_last_cache_bytes(void) {
    const size_t usual = (size_t)32 << 20;
#if defined(_SC_LEVEL3_CACHE_SIZE)
    const long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (bytes >= 1 << 20)
        return NOVA_MIN((size_t)bytes, usual);
#endif
    return usual;
}

bool nova_engine_raw_filter(const nova_engine *engine) {
    return engine->algorithm == NOVA_ALGORITHM_WINOGRAD &&
           engine->schedule.ghat != NOVA_PLACE_STORED;
}

int nova_engine_parts(const nova_cpu_kernels *kernels, nova_arith arith) {
    const int parts = nova_arith_parts(arith);
    const bool one = nova_arith_uv_type(arith) == NOVA_BF16 && kernels->pairs->rate > 0;
    return parts > 1 || one ? parts : 0;
}

/* Output channels of the panel that channel k is in, padding included. */
static int64_t panel_width(const nova_engine *engine, int64_t k) {
    const int64_t lanes = engine->kernels->lanes;
    const int64_t panel = engine->kernels->panel_vectors * lanes;
    return NOVA_MIN(panel, engine->out_vectors * lanes - k / panel * panel);
}

size_t nova_engine_packed_part(const nova_engine *engine, int64_t k) {
    return (size_t)(2 * engine->kernels->lanes * panel_width(engine, k));
}

size_t nova_engine_packed_vector(const nova_engine *engine) {
    const size_t lanes = (size_t)engine->kernels->lanes;
    return engine->kernels->pairs->unit > 0 ? 2 * lanes * lanes : 2 * lanes;
}

/* Index of a weight in a part of a pair group, [word][channel of the panel][even, odd]; a matrix
   unit has its tiles one after the other, [vector][word][lane][even, odd]. */
static int64_t index_in_part(const nova_engine *engine, int64_t c, int64_t k, int64_t width) {
    const int64_t lanes = engine->kernels->lanes, vector = k / lanes;
    const int64_t row = engine->kernels->pairs->unit > 0 ? lanes : width;
    return vector * (int64_t)nova_engine_packed_vector(engine) + c / 2 * row * 2 + k % lanes * 2 +
           c % 2;
}

/* [position][panel][pair group][part].. ; direct: [panel][pair group][tap][part].., or the same of
   one tap with the channels of all. */
static size_t packed_pair_index(const nova_engine *engine, int position, int64_t c, int64_t k) {
    if (engine->folded) {
        c += position * engine->shape.c;
        position = 0;
    }
    const int64_t lanes = engine->kernels->lanes, group = 2 * lanes;
    const int64_t first =
        k / (engine->kernels->panel_vectors * lanes) * (engine->kernels->panel_vectors * lanes);
    const int64_t width = panel_width(engine, k);
    const int64_t channels = nova_engine_packed_channels(engine);
    if (engine->algorithm == NOVA_ALGORITHM_DIRECT) {
        const int64_t taps = engine->folded ? 1 : engine->shape.r * engine->shape.s;
        return (size_t)(first * channels * taps +
                        (c / group * taps + position) * group * engine->parts * width +
                        index_in_part(engine, c % group, k - first, width));
    }
    return (size_t)((position * engine->out_vectors * lanes + first) * channels +
                    c / group * group * engine->parts * width +
                    index_in_part(engine, c % group, k - first, width));
}

size_t nova_engine_packed_index(const nova_engine *engine, int position, int64_t c, int64_t k) {
    if (engine->rows)
        return nova_rows_packed_index(engine, position, c, k);
    if (engine->parts > 0)
        return packed_pair_index(engine, position, c, k);
    const int64_t lanes = engine->kernels->lanes;
    const int64_t panel = engine->kernels->panel_vectors * lanes;
    const int64_t first = k / panel * panel, width = panel_width(engine, k);
    const int64_t channels = engine->shape.c, in_panel = k - first;
    const int64_t taps = engine->shape.r * engine->shape.s;
    if (nova_engine_raw_filter(engine))
        return (size_t)(first * channels * taps + (c * taps + position) * width + in_panel);
    if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD)
        return (size_t)((position * engine->out_vectors * lanes + first) * channels + c * width +
                        in_panel);
    const int64_t group = c / lanes * lanes, length = NOVA_MIN(lanes, channels - group);
    return (size_t)(first * channels * taps +
                    (group * taps + position * length + c - group) * width + in_panel);
}

static int64_t panels_of(const nova_engine *engine) {
    const int64_t panel = engine->kernels->panel_vectors;
    return (engine->out_vectors + panel - 1) / panel;
}

int64_t nova_engine_k_parts(const nova_engine *engine, int64_t wanted) {
    return NOVA_MAX(NOVA_MIN(wanted, panels_of(engine)), (int64_t)1);
}

void nova_engine_k_range(const nova_engine *engine, int64_t part, int64_t parts, int64_t *first,
                         int64_t *last) {
    const int64_t panel = engine->kernels->panel_vectors, panels = panels_of(engine);
    *first = panels * part / parts * panel;
    *last = NOVA_MIN(panels * (part + 1) / parts * panel, engine->out_vectors);
}

int nova_engine_max_rows(const nova_engine *engine) {
    return engine->parts > 0 ? engine->kernels->pairs->max_rows : engine->kernels->max_rows;
}

int64_t nova_engine_room(const nova_engine *engine, int64_t tiles) {
    if (engine->parts == 0)
        return tiles;
    return (int64_t)nova_round_up((size_t)tiles, (size_t)engine->kernels->pairs->row_multiple);
}

int64_t nova_engine_v_bytes(const nova_engine *engine) {
    return engine->parts > 0 ? engine->parts * (int64_t)sizeof(uint16_t) : (int64_t)sizeof(float);
}

int64_t nova_engine_weight_bytes(const nova_engine *engine) {
    return NOVA_MAX(engine->parts, 1) * (int64_t)nova_dtype_size(engine->uv_type);
}

int64_t nova_engine_packed_channels(const nova_engine *engine) {
    if (engine->parts == 0)
        return engine->shape.c;
    return engine->parts * engine->pair_groups * 2 * engine->kernels->lanes;
}

int nova_engine_row_step(const nova_engine *engine, int rows) {
    const int most = nova_engine_max_rows(engine), steps = (rows + most - 1) / most;
    const int even = (rows + steps - 1) / steps;
    return (int)nova_engine_room(engine, even);
}

int nova_engine_area_tiles(const nova_engine *engine) {
    return engine->schedule.mhat == NOVA_PLACE_INLINED
               ? nova_engine_row_step(engine, engine->block_tiles)
               : engine->block_tiles;
}

/* What is larger than twice the second-level cache is not there when it is read next. */
static bool is_far(const nova_shape *shape, int64_t channels, int64_t height, int64_t width) {
    const double bytes = (double)nova_dtype_size(shape->dtype) * (double)shape->n *
                         (double)channels * (double)height * (double)width;
    return bytes > 2.0 * (double)nova_cache_bytes();
}

/* A far y is written past the caches, which spares reading every line of it first. That needs whole
   lines: channel-last, the strip must hold all channels of one. A far x is asked for ahead, if it
   is channel-last: the planes of the other layout are what the hardware's own prefetch is made for.
 */
void nova_engine_choose_moves(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const bool last = shape->layout == NOVA_NHWC;
    const int vector = engine->kernels->lanes * (int)nova_dtype_size(shape->dtype);
    engine->preview = last && is_far(shape, shape->c, shape->h, shape->w);
    engine->stream = is_far(shape, shape->k, shape->out_h, shape->out_w);
    engine->strip_vectors = engine->stream && last ? NOVA_MAX(1, NOVA_LINE_BYTES / vector) : 1;
}

/* Adds the bytes of a buffer, aligned. */
static bool add_buffer(size_t floats, size_t *total) {
    size_t bytes;
    return nova_size_mul(floats, sizeof(float), &bytes) && bytes <= SIZE_MAX - NOVA_ALIGNMENT &&
           nova_size_add(*total, nova_round_up(bytes, NOVA_ALIGNMENT), total);
}

nova_status nova_engine_finish(nova_engine *engine) {
    const size_t own[] = {engine->v_size,     engine->u_size,       engine->m_size,
                          engine->patch_size, engine->scratch_size, engine->strip_size};
    int64_t most = 1;
    for (int i = 0; i < engine->pass_count; i++)
        most = NOVA_MAX(most, engine->passes[i].tasks);
    engine->workers = (int)NOVA_MIN((int64_t)engine->threads, most);
    engine->far_filter = engine->packed_bytes > nova_cache_bytes();
    engine->far_operands =
        engine->far_filter && !(engine->parts > 0 && engine->kernels->pairs->unit > 0);
    engine->worker_bytes = engine->shared_bytes = 0;
    bool fits = add_buffer(engine->shared_v_size, &engine->shared_bytes) &&
                add_buffer(engine->shared_m_size, &engine->shared_bytes);
    for (int i = 0; i < NOVA_COUNT(own); i++)
        fits = fits && add_buffer(own[i], &engine->worker_bytes);
    size_t all;
    if (!fits || !nova_size_mul(engine->worker_bytes, (size_t)engine->workers, &all) ||
        !nova_size_add(all, engine->shared_bytes, &all) || all > PTRDIFF_MAX / 2)
        return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace does not fit in memory");
    return NOVA_OK;
}

size_t nova_engine_workspace_bytes(const nova_engine *engine) {
    return engine->shared_bytes + engine->worker_bytes * (size_t)engine->workers + NOVA_ALIGNMENT;
}

static float *take(char **at, size_t floats) {
    float *buffer = (float *)(void *)*at;
    *at += nova_round_up(floats * sizeof(float), NOVA_ALIGNMENT);
    return buffer;
}

/* nova_work consists of these and nothing else. */
enum { WORK_COUNTS = sizeof(nova_work) / sizeof(int64_t) };

typedef struct run {
    nova_job job;
    const nova_engine_pass *pass;
    char *workspace; /* of the workers */
    bool counting;
    _Atomic int64_t counts[WORK_COUNTS]; /* nova_work, member by member */
    _Atomic int64_t next;
} run;

static void add_counts(run *all, const nova_work *work) {
    int64_t counts[WORK_COUNTS];
    memcpy(counts, work, sizeof counts);
    for (int i = 0; i < WORK_COUNTS; i++)
        atomic_fetch_add_explicit(&all->counts[i], counts[i], memory_order_relaxed);
}

/* Worker `index` has a workspace of its own and takes tasks until none is left. */
static void run_worker(void *argument, int index) {
    run *all = argument;
    const nova_engine *engine = all->job.engine;
    char *at = all->workspace + engine->worker_bytes * (size_t)index;
    nova_buffers buffers;
    buffers.v = take(&at, engine->v_size);
    buffers.u = take(&at, engine->u_size);
    buffers.m = take(&at, engine->m_size);
    buffers.scratch.patch = take(&at, engine->patch_size);
    buffers.scratch.scratch = take(&at, engine->scratch_size);
    buffers.scratch.strip = take(&at, engine->strip_size);
    nova_work done = {0};
    buffers.work = all->counting ? &done : NULL;
    const nova_pair_kernels *pairs = engine->parts > 0 ? engine->kernels->pairs : NULL;
    if (pairs && pairs->enter)
        pairs->enter();
    for (;;) {
        const int64_t task = atomic_fetch_add_explicit(&all->next, 1, memory_order_relaxed);
        if (task >= all->pass->tasks)
            break;
        all->pass->task(&all->job, &buffers, task);
    }
    if (pairs && pairs->leave)
        pairs->leave();
    if (all->job.engine->stream)
        all->job.engine->kernels->fence();
    if (all->counting)
        add_counts(all, &done);
}

static void run_pass(run *all, const nova_threads *threads) {
    const int workers = (int)NOVA_MIN((int64_t)all->job.engine->workers, all->pass->tasks);
    atomic_store(&all->next, 0);
    if (workers == 1)
        run_worker(all, 0);
    else if (threads)
        threads->parallel_for(threads->context, run_worker, all, workers);
    else
        nova_parallel_for(workers, run_worker, all, workers);
}

void nova_engine_run(const nova_engine *engine, const nova_packed *packed,
                     const nova_tensors *tensors, void *workspace, const nova_threads *threads,
                     nova_work *work) {
    char *at = workspace;
    at += (NOVA_ALIGNMENT - (uintptr_t)workspace % NOVA_ALIGNMENT) % NOVA_ALIGNMENT;
    run all = {.job = {.engine = engine, .packed = packed, .tensors = tensors},
               .counting = work != NULL};
    all.job.v = take(&at, engine->shared_v_size);
    all.job.m = take(&at, engine->shared_m_size);
    all.workspace = at;
    for (int i = 0; i < engine->pass_count; i++) {
        all.pass = &engine->passes[i];
        run_pass(&all, threads);
    }
    if (work)
        for (int i = 0; i < WORK_COUNTS; i++)
            ((int64_t *)work)[i] = atomic_load(&all.counts[i]);
}
