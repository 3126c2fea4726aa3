/*
 * enumerate.c - the ways to compute a convolution on a GPU that a request leaves open, and their
 * predicted times. The core's own list (plan/enumerate.c) is of schedules and of arithmetics that a
 * GPU does not have; what both ask of tiles and sets is in plan/candidate.c.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "gpu/engine_parts.h"
#include "gpu/plan.h"
#include "gpu/transforms.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

typedef struct candidate_list {
    nova_gpu_candidate *items;
    int count, capacity;
} candidate_list;

nova_arith nova_gpu_narrow_arith(nova_dtype dtype) {
    return dtype == NOVA_F16 ? NOVA_ARITH_F16 : NOVA_ARITH_BF16;
}

nova_arith nova_gpu_wide_arith(nova_dtype dtype) {
    return dtype == NOVA_F16 ? NOVA_ARITH_F16_M32 : NOVA_ARITH_BF16_M32;
}

static bool fits(const nova_transform *transform) {
    return transform && transform->inputs <= NOVA_GPU_MAX_INPUTS &&
           transform->products <= NOVA_GPU_MAX_PRODUCTS;
}

static nova_status add(candidate_list *list, nova_gpu_candidate candidate) {
    if (list->count == list->capacity) {
        const int capacity = 2 * list->capacity + 16;
        nova_gpu_candidate *grown = realloc(list->items, (size_t)capacity * sizeof *grown);
        if (!grown)
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the planner");
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = candidate;
    return NOVA_OK;
}

nova_gpu_tile nova_gpu_tile_of(const nova_transform *h, const nova_transform *w, nova_dtype tensors,
                               nova_dtype m_type) {
    nova_gpu_tile tile = {.tile_h = h->m,
                          .tile_w = w->m,
                          .inputs_h = h->inputs,
                          .inputs_w = w->inputs,
                          .products_h = h->products,
                          .products_w = w->products,
                          .m_type = m_type,
                          .in_rows = nova_gpu_rows_computes(h, w),
                          .nested = nova_gpu_nested_computes(h, w)};
    nova_gpu_matrices_init(&tile.input, &tile.output, h, w, tensors, m_type);
    return tile;
}

static nova_status add_tile(candidate_list *list, const nova_request *request,
                            const nova_gpu_machine *machine, const char *set, int tile_h,
                            int tile_w) {
    const nova_transform *h = nova_request_transform(request, set, tile_h, request->desc.r);
    const nova_transform *w = nova_request_transform(request, set, tile_w, request->desc.s);
    if (!fits(h) || !fits(w))
        return NOVA_OK;
    const nova_dtype dtype = request->desc.dtype;
    const nova_arith ariths[] = {nova_gpu_narrow_arith(dtype), nova_gpu_wide_arith(dtype)};
    nova_status status = NOVA_OK;
    for (int i = 0; i < NOVA_COUNT(ariths) && status == NOVA_OK; i++) {
        if (request->options.arith != NOVA_ARITH_AUTO && request->options.arith != ariths[i])
            continue;
        const nova_gpu_tile tile = nova_gpu_tile_of(h, w, dtype, nova_arith_m_type(ariths[i]));
        nova_gpu_engine engine;
        status = nova_gpu_engine_init_winograd(&engine, machine, &request->shape, &tile);
        if (status == NOVA_OK)
            status = add(list, (nova_gpu_candidate){NOVA_ALGORITHM_WINOGRAD, tile_h, tile_w,
                                                    ariths[i], set, engine.seconds});
        else if (status == NOVA_NOT_ELIGIBLE)
            status = NOVA_OK; /* another may be */
    }
    return status;
}

static nova_status add_set(candidate_list *list, const nova_request *request,
                           const nova_gpu_machine *machine, const char *set) {
    const nova_plan_options *options = &request->options;
    nova_status status = NOVA_OK;
    if (options->tile_h > 0)
        return add_tile(list, request, machine, set,
                        nova_tile_for(options->tile_h, request->desc.r),
                        nova_tile_for(options->tile_w, request->desc.s));
    for (int h = 1; h <= NOVA_GPU_MAX_INPUTS && status == NOVA_OK; h++)
        for (int w = 1; w <= NOVA_GPU_MAX_INPUTS && status == NOVA_OK; w++)
            if (h * w > 1 && !(h > 1 && request->desc.r == 1) && !(w > 1 && request->desc.s == 1))
                status = add_tile(list, request, machine, set, h, w);
    return status;
}

static nova_status add_direct(candidate_list *list, const nova_request *request,
                              const nova_gpu_machine *machine) {
    const nova_arith arith = nova_gpu_wide_arith(request->desc.dtype);
    if (request->options.arith != NOVA_ARITH_AUTO && request->options.arith != arith)
        return NOVA_OK;
    nova_gpu_engine engine;
    const nova_status status = nova_gpu_engine_init_direct(&engine, machine, &request->shape);
    if (status != NOVA_OK)
        return status;
    return add(list, (nova_gpu_candidate){NOVA_ALGORITHM_DIRECT, 1, 1, arith, "", engine.seconds});
}

static nova_status add_all(candidate_list *list, const nova_request *request,
                           const nova_gpu_machine *machine) {
    static const char *const automatic[] = {"best", "best+x2+1", "best+x2+x+1", "best+x2+1+x2+x+1"};
    const nova_plan_options *options = &request->options;
    const bool trivial = options->tile_h == 1 && options->tile_w == 1;
    nova_status status = NOVA_OK;
    if (options->algorithm != NOVA_ALGORITHM_WINOGRAD && (options->tile_h == 0 || trivial))
        status = add_direct(list, request, machine);
    if (options->algorithm == NOVA_ALGORITHM_DIRECT || trivial || status != NOVA_OK)
        return status;
    if (options->set)
        return add_set(list, request, machine, options->set);
    for (int i = 0; i < NOVA_COUNT(automatic) && status == NOVA_OK; i++)
        status = add_set(list, request, machine, automatic[i]);
    return status;
}

static int by_seconds(const void *a, const void *b) {
    const double x = ((const nova_gpu_candidate *)a)->seconds,
                 y = ((const nova_gpu_candidate *)b)->seconds;
    return (x > y) - (x < y);
}

nova_status nova_gpu_candidates_create(const nova_request *request, const nova_gpu_machine *machine,
                                       nova_gpu_candidate **candidates, int *count) {
    candidate_list list = {NULL, 0, 0};
    const nova_status status = add_all(&list, request, machine);
    if (status != NOVA_OK) {
        free(list.items);
        return status;
    }
    if (list.count > 1)
        qsort(list.items, (size_t)list.count, sizeof *list.items, by_seconds);
    *candidates = list.items;
    *count = list.count;
    return NOVA_OK;
}

/* ---------------------------------------------------------------- blocks */

void nova_gpu_engine_each(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                          nova_gpu_engine_fn visit, void *context) {
    if (nova_gpu_has_units(&engine->grid)) /* one way only */
        visit(context, engine, engine->seconds);
    if (engine->fused) /* a kernel that has no such blocks */
        return;
    if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD)
        nova_gpu_winograd_each(engine, machine, visit, context);
    else
        nova_gpu_direct_each(engine, machine, visit, context);
}
