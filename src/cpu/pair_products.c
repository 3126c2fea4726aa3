/*
 * pair_products.c - M = V U where V and U are bfloat16 parts: every product of a part of V with a
 * part of U that the arithmetic keeps is one more segment of the product kernel's reduction.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/stages.h"
#include "runtime/runtime.h"

enum { MAX_SEGMENTS = NOVA_MAX_PART_PRODUCTS * NOVA_CHUNK_CHANNELS };

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

/* Rows and vectors of a call of the kernel. A panel from afar is read only once if all rows are
   multiplied with one vector of it after the other. */
static int choose_step(const nova_engine *engine, int rows, int *vectors) {
    const nova_pair_kernels *pairs = engine->kernels->pairs;
    const bool single = rows > pairs->max_rows && rows <= pairs->single_rows;
    if (single && (engine->far_filter || *vectors == 1)) {
        *vectors = 1;
        return rows;
    }
    return nova_engine_row_step(engine, rows);
}

void nova_pair_multiply(const nova_engine *engine, int rows, int vectors,
                        const nova_pair_args *args, int first, int all, ptrdiff_t next) {
    enum { NEAR = 2048 /* floats that are read in the time that a line of them takes to come */ };
    const int lanes = engine->kernels->lanes;
    int width = vectors;
    const int step = choose_step(engine, rows, &width), lines = lanes * width;
    nova_pair_args part = *args;
    part.ahead_soon = step >= all; /* all of it is read once: there is no time for the next panel */
    part.ahead = part.ahead_soon ? NEAR : next;
    for (int v = 0; v < vectors; v += width)
        for (int row = 0; row < rows; row += step) {
            const int count = NOVA_MIN(step, rows - row);
            part.a = (const float *)args->a + row * args->a_row;
            part.b = (const float *)args->b + v * (lanes * lanes);
            part.c = args->c + v * args->c_vector + row * args->c_row;
            part.ahead_first = (int)((int64_t)lines * (first + row) / all);
            part.ahead_last = (int)((int64_t)lines * (first + row + count) / all);
            engine->kernels->pairs->gemm(count, width, &part);
        }
}

/** The reduction of one chunk; of a matrix unit, of one pair group. */
typedef struct reduction {
    ptrdiff_t v[MAX_SEGMENTS], u[MAX_SEGMENTS];
    int count;
} reduction;

/** What stays the same over positions and panels. */
typedef struct pair_product {
    const nova_engine *engine;
    const nova_v_view *v;
    const nova_m_view *m;
    int64_t groups; /* pair groups */
    int last_words; /* words of the last one that hold channels */
    int chunk;      /* pair groups that are summed before they join M */
    int rows;
    bool accumulate;
} pair_product;

/** One position and panel: the operands of its first channel and row. */
typedef struct filter_panel {
    const float *v, *u;
    const float *next, *next_v; /* filters that are read after these, V of the next position */
    float *m;
    int vectors;
    int64_t index, count; /* which of the panels of the position it is */
} filter_panel;

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
    for (int i = 0; i < products; i++)
        for (int64_t group = 0; group < groups; group++)
            add_segment(p, sum, pairs[i], group, vectors);
}

static ptrdiff_t u_group(const pair_product *p, int vectors) {
    const ptrdiff_t lanes = p->engine->kernels->lanes;
    return p->engine->parts * lanes * vectors * lanes;
}

/* A share of `count` things. */
typedef struct share {
    int first, last;
} share;

static share share_of(int64_t count, int64_t part, int64_t parts) {
    return (share){(int)(count * part / parts), (int)(count * (part + 1) / parts)};
}

/* A matrix unit sums all channels before it stores M. A block of rows after the other is multiplied
   with the panel; meanwhile the next panel is fetched into the second-level cache, a share in each,
   and, where V and M are not there, V of the next position, a share in each panel. */
static void multiply_by_unit(const pair_product *p, const filter_panel *panel) {
    const nova_engine *engine = p->engine;
    const int lanes = engine->kernels->lanes, step = nova_engine_row_step(engine, p->rows);
    const int calls = (p->rows + step - 1) / step;
    reduction sum;
    plan_reduction(p, 1, panel->vectors, &sum);
    nova_pair_args args = {.a_row = p->v->tile,
                           .b = panel->u,
                           .a_segments = sum.v,
                           .b_segments = sum.u,
                           .segment_count = sum.count,
                           .length = lanes,
                           .groups = (int)p->groups,
                           .a_group = p->v->group,
                           .b_group = u_group(p, panel->vectors),
                           .c_vector = p->m->vector,
                           .c_row = p->m->tile,
                           .accumulate = p->accumulate,
                           .ahead = panel->next - panel->u,
                           .a_ahead = panel->next_v - panel->v,
                           .c_far = engine->far_block};
    for (int call = 0; call < calls; call++) {
        const int row = call * step, rows = NOVA_MIN(step, p->rows - row);
        const share filters = share_of((int64_t)panel->vectors * lanes, call, calls);
        const share tiles = share_of(engine->far_block ? rows : 0, panel->index, panel->count);
        args.a = panel->v + row * p->v->tile;
        args.c = panel->m + row * p->m->tile;
        args.ahead_first = filters.first;
        args.ahead_last = filters.last;
        args.a_ahead_first = tiles.first;
        args.a_ahead_last = tiles.last;
        engine->kernels->pairs->gemm(rows, panel->vectors, &args);
    }
}

/* All rows, the reduction that `args` holds, from pair group `group` on. */
static void multiply_rows(const pair_product *p, const filter_panel *panel, int64_t group,
                          nova_pair_args *args) {
    args->a = panel->v + group * p->v->group;
    args->b = panel->u + group * u_group(p, panel->vectors);
    args->c = panel->m;
    args->accumulate = p->accumulate || group > 0;
    nova_pair_multiply(p->engine, p->rows, panel->vectors, args, 0, p->rows,
                       panel->next - panel->u);
}

static void multiply_by_chunks(const pair_product *p, const filter_panel *panel) {
    const int lanes = p->engine->kernels->lanes;
    reduction sum;
    nova_pair_args args = {.a_row = p->v->tile,
                           .a_segments = sum.v,
                           .b_segments = sum.u,
                           .groups = 1,
                           .c_vector = p->m->vector,
                           .c_row = p->m->tile};
    int64_t planned = 0;
    for (int64_t group = 0; group < p->groups;) {
        int64_t count = NOVA_MIN(p->groups - group, (int64_t)p->chunk);
        args.length = lanes;
        if (p->last_words < lanes) { /* the last group is a chunk of its own */
            if (group + 1 == p->groups)
                args.length = p->last_words;
            else
                count = NOVA_MIN(count, p->groups - 1 - group);
        }
        if (count != planned)
            plan_reduction(p, count, panel->vectors, &sum);
        planned = count;
        args.segment_count = sum.count;
        multiply_rows(p, panel, group, &args);
        group += count;
    }
}

/* Filters of a position from output vector k on, `vectors` of them in the panel. */
static const float *filters_at(const nova_engine *engine, const nova_u_view *u, int position,
                               int64_t k, int vectors) {
    const int64_t lanes = engine->kernels->lanes;
    const int64_t before = u->channel / (2 * lanes) * 2 * lanes * engine->parts;
    const size_t at =
        (size_t)position * u->position + (size_t)((k * u->channels + before * vectors) * lanes);
    return (const float *)u->data + at / 2;
}

void nova_stage_pair_products(const nova_engine *engine, const nova_v_view *v, const nova_u_view *u,
                              int rows, int64_t channels, int64_t vectors, bool accumulate,
                              const nova_m_view *m) {
    const int64_t lanes = engine->kernels->lanes, width = engine->kernels->panel_vectors;
    const int64_t groups = (channels + 2 * lanes - 1) / (2 * lanes);
    const pair_product p = {.engine = engine,
                            .v = v,
                            .m = m,
                            .groups = groups,
                            .last_words = (int)(channels - (groups - 1) * 2 * lanes + 1) / 2,
                            .chunk = NOVA_CHUNK_CHANNELS / (2 * (int)lanes),
                            .rows = rows,
                            .accumulate = accumulate};
    for (int position = 0; position < engine->positions; position++) {
        const int following = (position + 1) % engine->positions;
        for (int64_t k = 0; k < vectors; k += width) {
            const bool last = k + width >= vectors;
            const int64_t next_k = last ? 0 : k + width;
            const int next = last ? following : position;
            filter_panel panel = {.v = v->data + position * v->position,
                                  .m = m->data + position * m->position + k * m->vector,
                                  .next_v = v->data + following * v->position,
                                  .vectors = (int)NOVA_MIN(width, vectors - k),
                                  .index = k / width,
                                  .count = (vectors + width - 1) / width};
            panel.u = filters_at(engine, u, position, k, panel.vectors);
            panel.next =
                filters_at(engine, u, next, next_k, (int)NOVA_MIN(width, vectors - next_k));
            if (engine->kernels->pairs->unit > 0)
                multiply_by_unit(&p, &panel);
            else
                multiply_by_chunks(&p, &panel);
        }
    }
}
