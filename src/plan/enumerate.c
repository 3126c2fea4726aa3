/*
 * enumerate.c - the ways to compute a convolution that a request leaves open, and their cost.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

typedef struct candidate_list {
    nova_candidate *items;
    int count, capacity;
    nova_plan *scratch;
    nova_status first_failure;
    char reason[256];
} candidate_list;

static void note_failure(candidate_list *list, nova_status status) {
    if (list->first_failure != NOVA_OK)
        return;
    list->first_failure = status;
    snprintf(list->reason, sizeof list->reason, "%s", nova_last_error());
}

static nova_status add(candidate_list *list, const nova_request *request,
                       nova_candidate candidate) {
    const nova_status status = nova_candidate_realise(request, &candidate, list->scratch);
    if (status != NOVA_OK) {
        note_failure(list, status);
        return NOVA_OK;
    }
    if (list->count == list->capacity) {
        const int capacity = 2 * list->capacity + 16;
        void *grown = realloc(list->items, (size_t)capacity * sizeof *list->items);
        if (!grown)
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the planner");
        list->items = grown;
        list->capacity = capacity;
    }
    const nova_engine *engine = &list->scratch->engine;
    if (candidate.algorithm == NOVA_ALGORITHM_WINOGRAD) {
        candidate.blocking.block_tiles = engine->block_tiles;
        candidate.blocking.block_filters = engine->k_block * engine->kernels->lanes;
    }
    candidate.cost = nova_engine_cost(engine, &request->rates);
    list->items[list->count++] = candidate;
    return NOVA_OK;
}

/* What the planner chooses from by itself. Transforming filters during the execution has gained
   little where it gained anything, and loses much if a machine's memory is taken for slower than it
   is: only what is going to be timed may do so. */
static bool is_usual(const nova_request *request, const nova_candidate *candidate) {
    const nova_schedule *schedule = &candidate->blocking.schedule;
    static const nova_schedule usual[] = {
        {NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED},
        {NOVA_PLACE_STORED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED},
        {NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED, NOVA_PLACE_BLOCKED},
        {NOVA_PLACE_BLOCKED, NOVA_PLACE_INLINED, NOVA_PLACE_BLOCKED}};
    static const nova_schedule in_registers = {NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED,
                                               NOVA_PLACE_INLINED}; /* cpu/rows.h */
    enum { ESTIMATED = 2 };
    const int count =
        request->options.effort == NOVA_EFFORT_MEASURE ? NOVA_COUNT(usual) : ESTIMATED;
    for (int i = 0; i < count; i++)
        if (nova_schedule_matches(schedule, &usual[i]))
            return true;
    return candidate->tile_h == 1 && request->shape.c <= request->kernels->lanes &&
           nova_schedule_matches(schedule, &in_registers);
}

/* Bytes of V and M of a block together, for which a candidate may ask: half a MiB less than a
   thread's workspace may have. */
static const size_t block_room = (size_t)15 << 19;

/* Output channels of a k_block for which V of a block is read less often than once for each quarter
   of a cache of M: as many as the workspace has room for. 0 if V stays in the cache anyway. */
static int64_t wide_filters(const nova_engine *engine) {
    const size_t v = engine->v_floats * sizeof(float);
    const size_t m = engine->m_floats * sizeof(float);
    const int64_t panel = engine->kernels->panel_vectors;
    if (engine->schedule.mhat != NOVA_PLACE_BLOCKED || v <= nova_cache_bytes() / 2 ||
        v >= block_room)
        return 0;
    const int64_t vectors =
        (int64_t)((block_room - v) / (m / (size_t)engine->k_block)) / panel * panel;
    return NOVA_MIN(vectors, engine->out_vectors) * engine->kernels->lanes;
}

/* The same with more output channels at a time, if that is worth a candidate. */
static nova_status add_wide(candidate_list *list, const nova_request *request,
                            nova_candidate candidate) {
    const nova_engine *engine = &list->scratch->engine;
    const int before = list->count;
    const nova_status status = add(list, request, candidate);
    if (status != NOVA_OK || list->count == before || candidate.blocking.block_filters > 0)
        return status;
    const int64_t filters = wide_filters(engine);
    if (filters < 2 * engine->k_block * engine->kernels->lanes)
        return NOVA_OK;
    candidate.blocking.block_filters = filters;
    return add(list, request, candidate);
}

/* True if a block of that many tiles is one to consider: filters that are far away are read once
   for every block, and drive V and M of a block out of the nearer cache whatever its size. (On
   matrix units the engine's own blocks are as large as that.) */
static bool may_be_large(const nova_engine *engine, int64_t tiles) {
    const size_t v = engine->v_floats * sizeof(float) / (size_t)engine->block_tiles;
    return engine->far_operands && engine->schedule.ghat == NOVA_PLACE_STORED &&
           engine->schedule.xhat == NOVA_PLACE_BLOCKED &&
           engine->schedule.mhat == NOVA_PLACE_BLOCKED && v * (size_t)tiles < block_room;
}

/* Half as many blocks as the engine's own, a quarter, and so on. */
static nova_status add_large(candidate_list *list, const nova_request *request,
                             nova_candidate candidate) {
    const nova_engine first = list->scratch->engine;
    nova_status status = NOVA_OK;
    for (int64_t blocks = first.blocks; blocks > 1 && status == NOVA_OK;) {
        blocks = (blocks + 1) / 2;
        candidate.blocking.block_tiles = (first.tiles + blocks - 1) / blocks;
        if (!may_be_large(&first, candidate.blocking.block_tiles))
            break;
        status = add_wide(list, request, candidate);
    }
    return status;
}

/* A schedule with the engine's own blocks, with blocks that are whole register blocks, which waste
   less on every block and more on the last one, and with larger ones. */
static nova_status add_blocks(candidate_list *list, const nova_request *request,
                              nova_candidate candidate) {
    const nova_engine *engine = &list->scratch->engine;
    const int before = list->count;
    nova_status status = add_wide(list, request, candidate);
    if (status != NOVA_OK || list->count == before || candidate.blocking.block_tiles > 0 ||
        engine->rows)
        return status;
    const int rows = nova_engine_max_rows(engine), own = engine->block_tiles;
    status = add_large(list, request, candidate);
    if (status != NOVA_OK || own < rows || own % rows == 0)
        return status;
    candidate.blocking.block_tiles = own / rows * rows;
    return add_wide(list, request, candidate);
}

/* One tile, set and arithmetic with every schedule that the request allows. */
static nova_status add_schedules(candidate_list *list, const nova_request *request,
                                 nova_candidate candidate) {
    static const nova_schedule automatic = {NOVA_PLACE_AUTO, NOVA_PLACE_AUTO, NOVA_PLACE_AUTO};
    const nova_plan_options *options = &request->options;
    const bool free = nova_schedule_matches(&automatic, &options->schedule);
    nova_status status = NOVA_OK;
    candidate.blocking.block_tiles = options->block_tiles;
    candidate.blocking.block_filters = options->block_filters;
    nova_schedule *schedule = &candidate.blocking.schedule;
    for (int i = 0; status == NOVA_OK && nova_schedule_at(i, schedule); i++)
        if (free ? is_usual(request, &candidate)
                 : nova_schedule_matches(schedule, &options->schedule))
            status = add_blocks(list, request, candidate);
    return status;
}

/* Arithmetics that compete, by type of the tensors: those of the type itself, and products of
   bfloat16 parts. */
enum { MAX_ARITHS = 6 };
static const nova_arith ariths_of[][MAX_ARITHS] = {
    [NOVA_F32] = {NOVA_ARITH_F32, NOVA_ARITH_BF16_M32, NOVA_ARITH_BF16X3, NOVA_ARITH_BF16X6},
    [NOVA_F16] = {NOVA_ARITH_F32, NOVA_ARITH_F16_M32, NOVA_ARITH_F16, NOVA_ARITH_BF16_M32,
                  NOVA_ARITH_BF16X3, NOVA_ARITH_BF16X6},
    [NOVA_BF16] = {NOVA_ARITH_F32, NOVA_ARITH_BF16_M32, NOVA_ARITH_BF16, NOVA_ARITH_BF16X3,
                   NOVA_ARITH_BF16X6}};

/* Parts are worth it where the machine computes their products at least as fast as binary32's, of
   which vector units do two in a cycle. */
static bool is_fast(const nova_request *request, nova_arith arith) {
    const int parts = nova_arith_parts(arith), products = parts * (parts + 1) / 2;
    return nova_arith_uv_type(arith) == NOVA_BF16 && request->kernels->pairs->rate >= products;
}

static bool competes(const nova_request *request, nova_arith arith) {
    const bool own =
        nova_arith_parts(arith) == 1 && nova_arith_uv_type(arith) == request->shape.dtype;
    return own || arith == NOVA_ARITH_F32 || is_fast(request, arith);
}

/* One tile and set with every arithmetic that the request allows. */
static nova_status add_ariths(candidate_list *list, const nova_request *request, const char *set,
                              int tile_h, int tile_w) {
    nova_candidate candidate = {.algorithm = NOVA_ALGORITHM_WINOGRAD,
                                .tile_h = tile_h,
                                .tile_w = tile_w,
                                .arith = request->options.arith,
                                .set = set};
    if (candidate.arith != NOVA_ARITH_AUTO)
        return add_schedules(list, request, candidate);
    nova_status status = NOVA_OK;
    for (int i = 0; i < MAX_ARITHS && status == NOVA_OK; i++) {
        candidate.arith = ariths_of[request->shape.dtype][i];
        if (candidate.arith != NOVA_ARITH_AUTO && competes(request, candidate.arith))
            status = add_schedules(list, request, candidate);
    }
    return status;
}

/* The transforms of larger tiles do not fit into the registers, so that they gain nothing over
   F(8,3); a caller can still ask for them. With quadratic moduli they may pay for their accuracy.
 */
static bool is_worth_trying(const nova_transform *transform) {
    enum { LARGEST_LINEAR = 10 };
    return transform &&
           (transform->products > transform->inputs || transform->inputs <= LARGEST_LINEAR);
}

/* All tiles for which the set has transforms. */
static nova_status add_tiles(candidate_list *list, const nova_request *request, const char *set) {
    const int most_h = nova_tile_for(NOVA_MAX_TILE, request->shape.r);
    const int most_w = nova_tile_for(NOVA_MAX_TILE, request->shape.s);
    nova_status status = NOVA_OK;
    for (int h = 1; h <= most_h && status == NOVA_OK; h++)
        for (int w = 1; w <= most_w && status == NOVA_OK; w++)
            if (h * w > 1 &&
                is_worth_trying(nova_request_transform(request, set, h, request->shape.r)) &&
                is_worth_trying(nova_request_transform(request, set, w, request->shape.s)))
                status = add_ariths(list, request, set, h, w);
    return status;
}

/* The tile that the caller chose. A set that nobody asked for need not have it. */
static nova_status add_tile(candidate_list *list, const nova_request *request, const char *set,
                            int tile_h, int tile_w) {
    const bool optional = !request->options.set && strcmp(set, "best") != 0;
    if (optional && (!nova_request_transform(request, set, tile_h, request->shape.r) ||
                     !nova_request_transform(request, set, tile_w, request->shape.s)))
        return NOVA_OK;
    return add_ariths(list, request, set, tile_h, tile_w);
}

/* Direct convolution stores no M, so that of the arithmetics those with M in binary32 apply. */
static bool direct_has(nova_arith arith) {
    return arith == NOVA_ARITH_F32 || arith == NOVA_ARITH_BF16_M32 || nova_arith_parts(arith) > 1;
}

static nova_status add_direct(candidate_list *list, const nova_request *request) {
    nova_candidate candidate = {.algorithm = NOVA_ALGORITHM_DIRECT,
                                .tile_h = 1,
                                .tile_w = 1,
                                .arith = request->options.arith,
                                .set = ""};
    if (candidate.arith != NOVA_ARITH_AUTO)
        return direct_has(candidate.arith) ? add(list, request, candidate) : NOVA_OK;
    nova_status status = NOVA_OK;
    for (int i = 0; i < MAX_ARITHS && status == NOVA_OK; i++) {
        candidate.arith = ariths_of[request->shape.dtype][i];
        if (candidate.arith != NOVA_ARITH_AUTO && direct_has(candidate.arith) &&
            (candidate.arith == NOVA_ARITH_F32 || is_fast(request, candidate.arith)))
            status = add(list, request, candidate);
    }
    return status;
}

/* With the caller's set, or each of those that the planner chooses from. */
static nova_status add_sets(candidate_list *list, const nova_request *request, int tile_h,
                            int tile_w) {
    const char *const own[] = {request->options.set};
    static const char *const automatic[] = {"best", "best+x2+1", "best+x2+x+1", "best+x2+1+x2+x+1"};
    const char *const *sets = request->options.set ? own : automatic;
    const int count = request->options.set ? 1 : NOVA_COUNT(automatic);
    nova_status status = NOVA_OK;
    for (int i = 0; i < count && status == NOVA_OK; i++)
        status = tile_h > 0 ? add_tile(list, request, sets[i], tile_h, tile_w)
                            : add_tiles(list, request, sets[i]);
    return status;
}

static nova_status add_all(candidate_list *list, const nova_request *request) {
    const nova_plan_options *options = &request->options;
    const int tile_h = nova_tile_for(options->tile_h, request->shape.r);
    const int tile_w = nova_tile_for(options->tile_w, request->shape.s);
    const bool chosen = options->tile_h > 0;
    nova_status status = NOVA_OK;
    if (options->algorithm != NOVA_ALGORITHM_WINOGRAD && (!chosen || tile_h * tile_w == 1))
        status = add_direct(list, request);
    if (options->algorithm == NOVA_ALGORITHM_DIRECT || status != NOVA_OK)
        return status;
    if (!chosen)
        return add_sets(list, request, 0, 0);
    return tile_h * tile_w > 1 ? add_sets(list, request, tile_h, tile_w) : NOVA_OK;
}

static int by_cost(const void *a, const void *b) {
    const double x = ((const nova_candidate *)a)->cost, y = ((const nova_candidate *)b)->cost;
    return (x > y) - (x < y);
}

static nova_status no_candidates(const candidate_list *list) {
    if (list->first_failure != NOVA_OK)
        return nova_fail(list->first_failure, "%s", list->reason);
    return nova_fail(NOVA_INVALID_ARGUMENT,
                     "the algorithm, tile, set and arithmetic asked for exclude each other");
}

nova_status nova_candidates_create(const nova_request *request, nova_candidate **candidates,
                                   int *count) {
    candidate_list list = {.scratch = malloc(sizeof(nova_plan)), .first_failure = NOVA_OK};
    nova_status status = NOVA_OK;
    if (!list.scratch)
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the planner");
    if (status == NOVA_OK)
        status = add_all(&list, request);
    if (status == NOVA_OK && list.count == 0)
        status = no_candidates(&list);
    free(list.scratch);
    if (status != NOVA_OK) {
        free(list.items);
        return status;
    }
    qsort(list.items, (size_t)list.count, sizeof *list.items, by_cost);
    *candidates = list.items;
    *count = list.count;
    return NOVA_OK;
}
