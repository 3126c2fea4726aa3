/*
 * pair_products.c - M = V U where V and U are bfloat16 parts: every product of a part of V with a
 * part of U that the arithmetic keeps is one more segment of the product kernel's reduction.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/stages.h"
#include "runtime/runtime.h"

enum { MAX_PRODUCTS = 6, MAX_SEGMENTS = MAX_PRODUCTS * NOVA_CHUNK_CHANNELS };

/* By number of parts, smallest products first: what they add up to is rounded at its own size, not
   at that of the sum. */
static const nova_part_pair by_order[][NOVA_MAX_PART_PRODUCTS] = {
    [1] = {{0, 0}},
    [2] = {{0, 1}, {1, 0}, {0, 0}},
    [3] = {{0, 2}, {1, 1}, {2, 0}, {0, 1}, {1, 0}, {0, 0}}};

/* So that each product shares an operand with the one before it. */
static const nova_part_pair by_operand[][NOVA_MAX_PART_PRODUCTS] = {
    [1] = {{0, 0}},
    [2] = {{0, 1}, {0, 0}, {1, 0}},
    [3] = {{0, 2}, {0, 1}, {1, 1}, {1, 0}, {2, 0}, {0, 0}}};

const nova_part_pair *nova_part_pairs(const nova_engine *engine) {
    return engine->kernels->pairs->unit > 0 ? by_operand[engine->parts] : by_order[engine->parts];
}

/** The reduction of one chunk. */
typedef struct reduction {
    ptrdiff_t v[MAX_SEGMENTS], u[MAX_SEGMENTS];
    int count;
} reduction;

/** What stays the same over positions and panels. */
typedef struct pair_product {
    const nova_engine *engine;
    const nova_v_view *v;
    ptrdiff_t c_vector;
    int64_t groups; /* pair groups */
    int last_words; /* words of the last one that hold channels */
    int chunk;      /* pair groups in a chunk */
    int rows, step;
    bool accumulate;
} pair_product;

static void add_segment(const pair_product *p, reduction *sum, nova_part_pair parts, int64_t group,
                        int vectors) {
    const int lanes = p->engine->kernels->lanes;
    sum->v[sum->count] = parts.v * p->v->part + group * p->v->group;
    sum->u[sum->count] = (group * p->engine->parts + parts.u) * lanes * vectors * lanes;
    sum->count++;
}

/* Segments of `groups` pair groups, counted from the first of the chunk. */
static void plan_reduction(const pair_product *p, int64_t groups, int vectors, reduction *sum) {
    const int parts = p->engine->parts, products = parts * (parts + 1) / 2;
    const nova_part_pair *pairs = nova_part_pairs(p->engine);
    sum->count = 0;
    if (p->engine->kernels->pairs->unit > 0) {
        for (int64_t group = 0; group < groups; group++)
            for (int i = 0; i < products; i++)
                add_segment(p, sum, pairs[i], group, vectors);
    } else {
        for (int i = 0; i < products; i++)
            for (int64_t group = 0; group < groups; group++)
                add_segment(p, sum, pairs[i], group, vectors);
    }
}

/* One position, one panel, all channels and rows. `v`, `u` and `m` are of its first channel. */
static void multiply_panel(const pair_product *p, const float *v, const float *u, int vectors,
                           float *m) {
    const nova_cpu_kernels *kernels = p->engine->kernels;
    const ptrdiff_t lanes = kernels->lanes;
    const ptrdiff_t u_group = p->engine->parts * lanes * vectors * lanes;
    reduction sum;
    nova_pair_args args = {
        .a_row = lanes, .a_segments = sum.v, .b_segments = sum.u, .c_vector = p->c_vector};
    int64_t planned = 0;
    for (int64_t group = 0; group < p->groups;) {
        int64_t count = NOVA_MIN(p->groups - group, (int64_t)p->chunk);
        args.length = (int)lanes;
        if (p->last_words < lanes) { /* the last group is a chunk of its own */
            if (group + 1 == p->groups)
                args.length = p->last_words;
            else
                count = NOVA_MIN(count, p->groups - 1 - group);
        }
        if (count != planned)
            plan_reduction(p, count, vectors, &sum);
        planned = count;
        args.segment_count = sum.count;
        args.b = u + group * u_group;
        args.accumulate = p->accumulate || group > 0;
        for (int row = 0; row < p->rows; row += p->step) {
            args.a = v + group * p->v->group + row * lanes;
            args.c = m + row * lanes;
            args.fresh = row == 0;
            kernels->pairs->gemm(NOVA_MIN(p->step, p->rows - row), vectors, &args);
        }
        group += count;
    }
}

/* Matrix units compute whole pair groups, in chunks of about the same size: larger ones would read
   and write M less often, but their filters would not stay in the first-level cache. */
static void choose_chunk(pair_product *p, int64_t channels) {
    const nova_engine *engine = p->engine;
    const int lanes = engine->kernels->lanes;
    const int64_t rest = channels - (p->groups - 1) * 2 * lanes;
    if (engine->kernels->pairs->unit > 0) {
        const int64_t most = NOVA_UNIT_GROUPS / engine->parts,
                      chunks = (p->groups + most - 1) / most;
        p->chunk = (int)((p->groups + chunks - 1) / chunks);
        p->last_words = lanes;
    } else {
        p->chunk = NOVA_CHUNK_CHANNELS / (2 * lanes);
        p->last_words = (int)(rest + 1) / 2;
    }
}

void nova_stage_pair_products(const nova_engine *engine, const nova_v_view *v, const nova_u_view *u,
                              int rows, int64_t channels, int64_t vectors, bool accumulate,
                              const nova_m_view *m) {
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    const int64_t before = u->channel / (2 * lanes) * 2 * lanes * engine->parts;
    pair_product p = {.engine = engine,
                      .v = v,
                      .c_vector = m->vector,
                      .groups = (channels + 2 * lanes - 1) / (2 * lanes),
                      .rows = rows,
                      .step = nova_engine_row_step(engine, rows),
                      .accumulate = accumulate};
    choose_chunk(&p, channels);
    for (int position = 0; position < engine->positions; position++)
        for (int64_t k = 0; k < vectors; k += panel) {
            const int width = (int)NOVA_MIN(panel, vectors - k);
            const size_t at = (size_t)position * u->position +
                              (size_t)((k * u->channels + before * width) * lanes);
            multiply_panel(&p, v->data + position * v->position, (const float *)u->data + at / 2,
                           width, m->data + position * m->position + k * m->vector);
        }
}
