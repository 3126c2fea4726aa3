/*
 * calibrate.c - measuring what the cost model needs to know of a machine: the product kernel on
 * data in the first-level cache and on filters of several sizes, the two transforms of a tile of
 * ordinary size.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "cpu/stages.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

static const double measure_seconds = 0.004; /* each figure is the best of runs that fill this */
static const double loop_bytes = 8e6;        /* read at least by a parallel loop */
static const double shared_well = 1.5;       /* times one thread's rate: all are at work */
enum { LEAST_RUNS = 3, MOST_TRIES = 10 };

/* Something to time, once. */
typedef void (*timed_fn)(void *argument);

static double best_time(timed_fn run, void *argument) {
    double best = INFINITY;
    const double start = nova_now();
    run(argument); /* to warm up */
    for (int i = 0; i < LEAST_RUNS || nova_now() - start < measure_seconds; i++) {
        const double before = nova_now();
        run(argument);
        best = fmin(best, nova_now() - before);
    }
    return best;
}

/* ---------------------------------------------------------------- products */

/* A product of `rows` rows of V with panels of filters, read from front to back. */
typedef struct product {
    const nova_cpu_kernels *kernels;
    int rows;
    int64_t panels; /* of NOVA_CHUNK_CHANNELS channels */
    const float *b;
    int threads, repeats;
} product;

static size_t panel_floats(const nova_cpu_kernels *kernels) {
    return (size_t)(NOVA_CHUNK_CHANNELS * kernels->panel_vectors * kernels->lanes);
}

/* Part `index` of the panels; a part for each thread. */
static void run_products(void *argument, int index) {
    const product *p = argument;
    const nova_cpu_kernels *kernels = p->kernels;
    float a[NOVA_CHUNK_CHANNELS * 16], c[16 * 4 * NOVA_MAX_LANES];
    ptrdiff_t segments[NOVA_CHUNK_CHANNELS];
    memset(a, 0, sizeof a);
    nova_gemm_args args = {.a = a,
                           .a_row = NOVA_CHUNK_CHANNELS,
                           .segments = segments,
                           .segment_count = NOVA_CHUNK_CHANNELS / kernels->lanes,
                           .length = kernels->lanes,
                           .c = c,
                           .c_vector = (ptrdiff_t)p->rows * kernels->lanes,
                           .ahead = NOVA_AHEAD_BYTES};
    for (int q = 0; q < args.segment_count; q++)
        segments[q] = (ptrdiff_t)q * kernels->lanes;
    const int64_t first = p->panels * index / p->threads,
                  last = p->panels * (index + 1) / p->threads;
    for (int repeat = 0; repeat < p->repeats; repeat++)
        for (int64_t i = first; i < last; i++) {
            args.b = p->b + (size_t)i * panel_floats(kernels);
            kernels->gemm[NOVA_F32](p->rows, kernels->panel_vectors, &args);
        }
}

static void products_by_one(void *argument) {
    run_products(argument, 0);
}

static void products_by_all(void *argument) {
    product *p = argument;
    nova_parallel_for(p->threads, run_products, p, p->threads);
}

static nova_status measure_products(const nova_cpu_kernels *kernels, nova_rates *rates) {
    const size_t panel = panel_floats(kernels) * sizeof(float);
    const size_t most = (size_t)nova_rates_size(NOVA_RATE_SIZES - 1) / panel * panel;
    float *filters = nova_alloc(most);
    if (!filters)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to calibrate the cost model");
    memset(filters, 0, most);
    /* rows that a register block has room for; as few as possible where reading is the point */
    product p = {
        .kernels = kernels, .rows = kernels->max_rows, .b = filters, .threads = 1, .repeats = 1};
    p.panels = (int64_t)nova_rates_size(0) / (int64_t)panel;
    rates->product = (double)(p.panels * p.rows * kernels->panel_vectors * NOVA_CHUNK_CHANNELS) /
                     best_time(products_by_one, &p);
    p.rows = 1;
    for (int i = 0; i < NOVA_RATE_SIZES; i++) {
        p.panels = (int64_t)nova_rates_size(i) / (int64_t)panel;
        /* long enough for all threads to be there */
        p.repeats = (int)fmax(1, loop_bytes / nova_rates_size(i));
        const double bytes = (double)p.panels * (double)panel * p.repeats;
        p.threads = 1;
        rates->one[i] = bytes / best_time(products_by_one, &p);
        p.threads = nova_processor_count();
        /* a busy machine has no second thread to offer now and then: a few tries more */
        rates->all[i] = rates->one[i];
        for (int j = 0; j < MOST_TRIES && rates->all[i] < shared_well * rates->one[i]; j++)
            rates->all[i] = fmax(rates->all[i], bytes / best_time(products_by_all, &p));
    }
    nova_free(filters);
    return NOVA_OK;
}

/* Products of pairs: a full register block and enough pair groups, over and over. Of a matrix unit
   it is the same pair group all the time, which it loads once: what operands cost beside the
   products the cost model knows. */
typedef struct pair_product {
    const nova_cpu_kernels *kernels;
    const void *words; /* all operands are the same zeros */
    float *c;
} pair_product;

enum { PAIR_GROUPS = 8, PAIR_CALLS = 100, PAIR_ROWS = 64 /* at least any kernel's */ };

static int pair_repeats(const nova_pair_kernels *pairs) {
    return pairs->unit > 0 ? PAIR_GROUPS : 1;
}

static void run_pairs(void *argument) {
    const pair_product *p = argument;
    const int lanes = p->kernels->lanes, panel = p->kernels->panel_vectors;
    const nova_pair_kernels *pairs = p->kernels->pairs;
    ptrdiff_t a_segments[PAIR_GROUPS], b_segments[PAIR_GROUPS];
    for (int q = 0; q < PAIR_GROUPS; q++) {
        const int group = pairs->unit > 0 ? 0 : q;
        a_segments[q] = (ptrdiff_t)group * PAIR_ROWS * lanes;
        b_segments[q] = (ptrdiff_t)group * lanes * panel * lanes;
    }
    const nova_pair_args args = {.a = p->words,
                                 .a_row = lanes,
                                 .b = p->words,
                                 .a_segments = a_segments,
                                 .b_segments = b_segments,
                                 .segment_count = PAIR_GROUPS,
                                 .length = lanes,
                                 .groups = pair_repeats(pairs),
                                 .c = p->c,
                                 .c_vector = (ptrdiff_t)PAIR_ROWS * lanes};
    if (pairs->enter)
        pairs->enter();
    for (int i = 0; i < PAIR_CALLS; i++)
        pairs->gemm(pairs->max_rows, panel, &args);
    if (pairs->leave)
        pairs->leave();
}

static nova_status measure_pairs(const nova_cpu_kernels *kernels, nova_rates *rates) {
    const int lanes = kernels->lanes, panel = kernels->panel_vectors;
    const size_t words = (size_t)(PAIR_GROUPS * lanes * NOVA_MAX(PAIR_ROWS, panel * lanes));
    const size_t sums = (size_t)(panel * PAIR_ROWS * lanes);
    float *memory = nova_alloc((words + sums) * sizeof *memory);
    if (!memory)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to calibrate the cost model");
    memset(memory, 0, (words + sums) * sizeof *memory);
    pair_product p = {.kernels = kernels, .words = memory, .c = memory + words};
    const double steps = (double)kernels->pairs->max_rows * panel * lanes * PAIR_GROUPS *
                         pair_repeats(kernels->pairs);
    rates->pairs = PAIR_CALLS * steps / best_time(run_pairs, &p);
    nova_free(memory);
    return NOVA_OK;
}

/* ---------------------------------------------------------------- transforms */

typedef struct transforms {
    const nova_engine *engine;
    nova_packed packed;
    nova_tensors tensors;
    nova_range tiles;
    nova_scratch scratch;
    nova_v_view v;
    nova_m_view m;
} transforms;

static void run_input(void *argument) {
    transforms *t = argument;
    nova_stage_input(t->engine, &t->tensors, t->tiles, (nova_range){0, t->engine->groups},
                     &t->scratch, &t->v);
}

static void run_output(void *argument) {
    transforms *t = argument;
    nova_stage_output(t->engine, &t->packed, &t->tensors, t->tiles,
                      (nova_range){0, t->engine->k_block}, &t->scratch, &t->m);
}

/* Both transforms over all tiles of a plan with a single block; its memory in `floats`. */
static void time_transforms(const nova_engine *engine, float *floats, nova_rates *rates) {
    transforms t = {.engine = engine, .tiles = {0, engine->block_tiles}};
    const nova_shape *shape = &engine->shape;
    t.tensors.x = floats;
    floats += shape->c * shape->h * shape->w;
    t.tensors.y = floats;
    floats += shape->k * shape->out_h * shape->out_w;
    t.scratch.patch = floats;
    floats += engine->patch_size;
    t.scratch.scratch = floats;
    floats += engine->scratch_size;
    t.scratch.strip = floats;
    floats += engine->strip_size;
    t.v = (nova_v_view){.data = floats,
                        .position = engine->v_position,
                        .group = engine->v_group,
                        .tile = engine->v_tile};
    floats += engine->v_size;
    t.m = (nova_m_view){floats, engine->m_position, engine->m_vector, engine->m_tile};
    const double tiles = (double)engine->block_tiles;
    rates->input =
        tiles * (double)engine->groups * nova_engine_input_steps(engine) / best_time(run_input, &t);
    rates->output = tiles * (double)engine->k_block * nova_engine_output_steps(engine) /
                    best_time(run_output, &t);
}

static nova_status measure_transforms(const nova_cpu_kernels *kernels, nova_rates *rates) {
    enum { EXTENT = 24, CHANNELS = 64 };
    nova_binding binding;
    const nova_transform *transform = nova_transform_find("best", 6, 3);
    nova_status status = nova_binding_init(&binding, transform);
    if (status != NOVA_OK)
        return status;
    const nova_shape shape = {.n = 1,
                              .c = CHANNELS,
                              .h = EXTENT,
                              .w = EXTENT,
                              .k = CHANNELS,
                              .r = 3,
                              .s = 3,
                              .pad_top = 1,
                              .pad_left = 1,
                              .out_h = EXTENT,
                              .out_w = EXTENT,
                              .layout = NOVA_NHWC};
    const nova_blocking blocking = {
        .schedule = {NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED}, .block_tiles = 16};
    nova_engine engine;
    status = nova_engine_init_winograd(&engine, kernels, &shape, &binding, &binding, NULL, NULL,
                                       NOVA_ARITH_F32, &blocking, 1);
    if (status != NOVA_OK)
        return status;
    const size_t floats = (size_t)(2 * CHANNELS * EXTENT * EXTENT) + engine.patch_size +
                          engine.scratch_size + engine.strip_size + engine.v_size + engine.m_size;
    float *memory = nova_alloc(floats * sizeof *memory);
    if (!memory)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to calibrate the cost model");
    memset(memory, 0, floats * sizeof *memory);
    time_transforms(&engine, memory, rates);
    nova_free(memory);
    return NOVA_OK;
}

nova_status nova_rates_measure(const nova_cpu_kernels *kernels, nova_rates *rates) {
    nova_status status = measure_products(kernels, rates);
    if (status == NOVA_OK)
        status = measure_pairs(kernels, rates);
    return status == NOVA_OK ? measure_transforms(kernels, rates) : status;
}

nova_status nova_calibrate(void) {
    const nova_cpu_kernels *kernels = nova_cpu_kernels_best();
    nova_rates rates;
    const nova_status status = nova_rates_measure(kernels, &rates);
    if (status == NOVA_OK)
        nova_rates_remember(kernels, &rates);
    return status;
}
