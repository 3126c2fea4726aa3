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

size_t nova_engine_packed_index(const nova_engine *engine, int position, int64_t c, int64_t k) {
    const int64_t lanes = engine->kernels->lanes;
    const int64_t panel = engine->kernels->panel_vectors * lanes;
    const int64_t first = k / panel * panel;
    const int64_t width = NOVA_MIN(panel, engine->out_vectors * lanes - first);
    const int64_t channels = engine->shape.c, in_panel = k - first;
    if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD)
        return (size_t)((position * engine->out_vectors * lanes + first) * channels + c * width +
                        in_panel);
    const int64_t taps = engine->shape.r * engine->shape.s;
    const int64_t group = c / lanes * lanes, length = NOVA_MIN(lanes, channels - group);
    return (size_t)(first * channels * taps +
                    (group * taps + position * length + c - group) * width + in_panel);
}

void nova_engine_k_range(const nova_engine *engine, int64_t split, int64_t *first, int64_t *last) {
    const int64_t panel = engine->kernels->panel_vectors;
    const int64_t panels = (engine->out_vectors + panel - 1) / panel;
    *first = panels * split / engine->k_splits * panel;
    *last = NOVA_MIN(panels * (split + 1) / engine->k_splits * panel, engine->out_vectors);
}

int nova_engine_row_step(const nova_engine *engine, int rows) {
    const int most = engine->kernels->max_rows, steps = (rows + most - 1) / most;
    return (rows + steps - 1) / steps;
}

/* Enough parts for every thread: more blocks first, then the output channels are split. */
static void split_work(nova_engine *engine) {
    const int64_t panel = engine->kernels->panel_vectors;
    const int64_t panels = (engine->out_vectors + panel - 1) / panel;
    engine->k_splits = 1;
    if (engine->blocks < engine->threads)
        engine->k_splits =
            NOVA_MIN(panels, (engine->threads + engine->blocks - 1) / engine->blocks);
    engine->tasks = engine->blocks * engine->k_splits;
    engine->workers = (int)NOVA_MIN((int64_t)engine->threads, engine->tasks);
}

nova_status nova_engine_finish(nova_engine *engine) {
    split_work(engine);
    const size_t parts[] = {engine->v_size, engine->m_size, engine->patch_size,
                            engine->scratch_size, engine->strip_size};
    size_t total = 0, all;
    for (int i = 0; i < NOVA_COUNT(parts); i++) {
        size_t bytes;
        if (!nova_size_mul(parts[i], sizeof(float), &bytes) ||
            !nova_size_add(bytes, 2 * NOVA_ALIGNMENT, &bytes) ||
            !nova_size_add(total, nova_round_up(bytes - NOVA_ALIGNMENT, NOVA_ALIGNMENT), &total))
            return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace does not fit in memory");
    }
    engine->worker_bytes = total;
    if (!nova_size_mul(total, (size_t)engine->workers, &all) || all > PTRDIFF_MAX / 2)
        return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace does not fit in memory");
    return NOVA_OK;
}

size_t nova_engine_workspace_bytes(const nova_engine *engine) {
    return engine->worker_bytes * (size_t)engine->workers + NOVA_ALIGNMENT;
}

static float *take(char **at, size_t floats) {
    float *buffer = (float *)(void *)*at;
    *at += nova_round_up(floats * sizeof(float), NOVA_ALIGNMENT);
    return buffer;
}

typedef struct run {
    const nova_engine *engine;
    const nova_packed *packed;
    const nova_tensors *tensors;
    char *workspace;
    _Atomic int64_t next;
} run;

/* Worker `index` has a workspace of its own and takes tasks until none is left. */
static void work(void *argument, int index) {
    run *all = argument;
    const nova_engine *engine = all->engine;
    char *at = all->workspace + engine->worker_bytes * (size_t)index;
    nova_buffers buffers;
    buffers.v = take(&at, engine->v_size);
    buffers.m = take(&at, engine->m_size);
    buffers.scratch.patch = take(&at, engine->patch_size);
    buffers.scratch.scratch = take(&at, engine->scratch_size);
    buffers.scratch.strip = take(&at, engine->strip_size);
    for (;;) {
        const int64_t task = atomic_fetch_add_explicit(&all->next, 1, memory_order_relaxed);
        if (task >= engine->tasks)
            return;
        if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD)
            nova_winograd_task(engine, all->packed, all->tensors, &buffers, task);
        else
            nova_direct_task(engine, all->packed, all->tensors, &buffers, task);
    }
}

void nova_engine_run(const nova_engine *engine, const nova_packed *packed,
                     const nova_tensors *tensors, void *workspace, const nova_threads *threads) {
    char *aligned = workspace;
    aligned += (NOVA_ALIGNMENT - (uintptr_t)workspace % NOVA_ALIGNMENT) % NOVA_ALIGNMENT;
    run all = {engine, packed, tensors, aligned, 0};
    if (engine->workers == 1)
        work(&all, 0);
    else if (threads)
        threads->parallel_for(threads->context, work, &all, engine->workers);
    else
        nova_parallel_for(engine->workers, work, &all, engine->workers);
}
