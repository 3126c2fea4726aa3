/*
 * plan.c - the fastest way to compute a convolution on a GPU within its error budget.
 *
 * Candidates are priced by the engine. From the cheapest on, each is asked for by name of the
 * core's planner, which realises it, predicts its error, and says whether the budget holds.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/transforms.h"
#include "numerics/rounding.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

typedef struct gpu_candidate {
    nova_algorithm algorithm;
    int tile_h, tile_w;
    nova_arith arith;
    const char *set;
    double seconds;
} gpu_candidate;

typedef struct gpu_candidates {
    gpu_candidate *items;
    int count, capacity;
} gpu_candidates;

/* ---------------------------------------------------------------- what is eligible */

static nova_arith narrow_arith(nova_dtype dtype) {
    return dtype == NOVA_F16 ? NOVA_ARITH_F16 : NOVA_ARITH_BF16;
}

static nova_arith wide_arith(nova_dtype dtype) {
    return dtype == NOVA_F16 ? NOVA_ARITH_F16_M32 : NOVA_ARITH_BF16_M32;
}

static nova_status check_types(const nova_request *request) {
    const nova_dtype dtype = request->desc.dtype;
    const nova_arith arith = request->options.arith;
    if (dtype == NOVA_F32)
        return nova_fail(NOVA_NOT_ELIGIBLE, "f32 tensors: the CUDA engine computes f16 and bf16");
    if (arith != NOVA_ARITH_AUTO && arith != narrow_arith(dtype) && arith != wide_arith(dtype))
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "arithmetic %s on %s tensors: the CUDA engine has %s "
                         "and %s",
                         nova_arith_name(arith), nova_dtype_name(dtype),
                         nova_arith_name(narrow_arith(dtype)), nova_arith_name(wide_arith(dtype)));
    return NOVA_OK;
}

static nova_status check_schedule(const nova_plan_options *options) {
    nova_plan_options automatic;
    nova_plan_options_init(&automatic);
    if (memcmp(&options->schedule, &automatic.schedule, sizeof automatic.schedule) != 0 ||
        options->block_tiles != 0 || options->block_filters != 0)
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "schedule and block sizes: the CUDA engine chooses its own");
    return NOVA_OK;
}

static bool fits(const nova_transform *transform) {
    return transform && transform->inputs <= NOVA_GPU_MAX_INPUTS &&
           transform->products <= NOVA_GPU_MAX_PRODUCTS;
}

/* ---------------------------------------------------------------- candidates */

static nova_status add(gpu_candidates *list, gpu_candidate candidate) {
    if (list->count == list->capacity) {
        const int capacity = 2 * list->capacity + 16;
        gpu_candidate *grown = realloc(list->items, (size_t)capacity * sizeof *grown);
        if (!grown)
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the planner");
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = candidate;
    return NOVA_OK;
}

static nova_gpu_tile tile_of(const nova_transform *h, const nova_transform *w, nova_dtype tensors,
                             nova_dtype m_type) {
    nova_gpu_tile tile = {.tile_h = h->m,
                          .tile_w = w->m,
                          .inputs_h = h->inputs,
                          .inputs_w = w->inputs,
                          .products_h = h->products,
                          .products_w = w->products,
                          .m_type = m_type};
    nova_gpu_matrices_init(&tile.input, &tile.output, h, w, tensors, m_type);
    return tile;
}

static nova_status add_tile(gpu_candidates *list, const nova_request *request,
                            const nova_gpu_machine *machine, const char *set, int tile_h,
                            int tile_w) {
    const nova_transform *h = nova_request_transform(request, set, tile_h, request->desc.r);
    const nova_transform *w = nova_request_transform(request, set, tile_w, request->desc.s);
    if (!fits(h) || !fits(w))
        return NOVA_OK;
    const nova_dtype dtype = request->desc.dtype;
    const nova_arith ariths[] = {narrow_arith(dtype), wide_arith(dtype)};
    nova_status status = NOVA_OK;
    for (int i = 0; i < NOVA_COUNT(ariths) && status == NOVA_OK; i++) {
        if (request->options.arith != NOVA_ARITH_AUTO && request->options.arith != ariths[i])
            continue;
        const nova_gpu_tile tile = tile_of(h, w, dtype, nova_arith_m_type(ariths[i]));
        nova_gpu_engine engine;
        status = nova_gpu_engine_init_winograd(&engine, machine, &request->shape, &tile);
        if (status == NOVA_OK)
            status = add(list, (gpu_candidate){NOVA_ALGORITHM_WINOGRAD, tile_h, tile_w, ariths[i],
                                               set, engine.seconds});
        else if (status == NOVA_NOT_ELIGIBLE)
            status = NOVA_OK; /* another may be */
    }
    return status;
}

static nova_status add_set(gpu_candidates *list, const nova_request *request,
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

static nova_status add_direct(gpu_candidates *list, const nova_request *request,
                              const nova_gpu_machine *machine) {
    const nova_arith arith = wide_arith(request->desc.dtype);
    if (request->options.arith != NOVA_ARITH_AUTO && request->options.arith != arith)
        return NOVA_OK;
    nova_gpu_engine engine;
    const nova_status status = nova_gpu_engine_init_direct(&engine, machine, &request->shape);
    if (status != NOVA_OK)
        return status;
    return add(list, (gpu_candidate){NOVA_ALGORITHM_DIRECT, 1, 1, arith, "", engine.seconds});
}

static nova_status add_all(gpu_candidates *list, const nova_request *request,
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
    const double x = ((const gpu_candidate *)a)->seconds, y = ((const gpu_candidate *)b)->seconds;
    return (x > y) - (x < y);
}

/* ---------------------------------------------------------------- realising */

static nova_status realise_winograd(nova_gpu_plan *plan, const nova_gpu_machine *machine,
                                    const nova_shape *shape) {
    const nova_plan *base = plan->base;
    const nova_gpu_tile tile = tile_of(&base->h.transform, &base->w.transform, shape->dtype,
                                       nova_arith_m_type(plan->arith));
    return nova_gpu_engine_init_winograd(&plan->engine, machine, shape, &tile);
}

/* Direct convolution of the core multiplies weights as they are; here they are rounded to the
   tensors' type first. */
static double direct_error(const nova_conv_desc *desc, double base_error) {
    const double rms = desc->filter_rms > 0
                           ? desc->filter_rms
                           : 1.0 / sqrt((double)desc->c * (double)desc->r * (double)desc->s);
    return hypot(base_error, sqrt(nova_rounding_of(desc->dtype, rms).noise));
}

static nova_status realise(nova_gpu_plan *plan, const nova_request *request,
                           const nova_gpu_machine *machine, const gpu_candidate *candidate) {
    nova_plan_options options = request->options;
    options.algorithm = candidate->algorithm;
    options.effort = NOVA_EFFORT_ESTIMATE;
    options.max_error = request->budget == INFINITY ? 0 : request->budget;
    const bool winograd = candidate->algorithm == NOVA_ALGORITHM_WINOGRAD;
    options.tile_h = winograd ? candidate->tile_h : 0;
    options.tile_w = winograd ? candidate->tile_w : 0;
    options.set = winograd ? candidate->set : NULL;
    /* the base packs U itself, or the weights of direct convolution as they are */
    options.schedule.ghat = winograd ? NOVA_PLACE_STORED : NOVA_PLACE_AUTO;
    options.arith = winograd ? candidate->arith : NOVA_ARITH_F32;
    nova_status status = nova_plan_create(&request->desc, &options, &plan->base);
    if (status != NOVA_OK)
        return status;
    plan->arith = candidate->arith;
    plan->predicted_error = plan->base->predicted_error;
    plan->key = plan->base->key;
    if (winograd)
        return realise_winograd(plan, machine, &request->shape);
    plan->predicted_error = direct_error(&request->desc, plan->predicted_error);
    return nova_gpu_engine_init_direct(&plan->engine, machine, &request->shape);
}

static nova_status choose(nova_gpu_plan *plan, const nova_request *request,
                          const nova_gpu_machine *machine, const gpu_candidates *list) {
    nova_status status =
        nova_fail(NOVA_NOT_ELIGIBLE,
                  "no tile of that size, set and arithmetic: the CUDA engine's tiles have "
                  "at most %d inputs and %d products in each dimension",
                  NOVA_GPU_MAX_INPUTS, NOVA_GPU_MAX_PRODUCTS);
    for (int i = 0; i < list->count; i++) {
        status = realise(plan, request, machine, &list->items[i]);
        if (status == NOVA_OK && plan->predicted_error > request->budget)
            status = nova_fail(NOVA_BUDGET_UNREACHABLE,
                               "max_error %.3g cannot be kept: direct convolution is predicted to "
                               "reach %.3g",
                               request->budget, plan->predicted_error);
        if (status == NOVA_OK)
            return NOVA_OK;
        nova_gpu_plan_clear(plan);
        /* a set without codelets is no candidate, like one that misses the budget */
        if (status != NOVA_BUDGET_UNREACHABLE && status != NOVA_NOT_ELIGIBLE)
            return status;
    }
    return status;
}

nova_status nova_gpu_plan_init(nova_gpu_plan *plan, const nova_conv_desc *desc,
                               const nova_plan_options *options, const nova_gpu_machine *machine) {
    *plan = (nova_gpu_plan){.base = NULL};
    if (!desc)
        return nova_fail(NOVA_INVALID_ARGUMENT, "desc is null");
    nova_request request;
    char reason[NOVA_REASON_BYTES];
    nova_reason_keep(reason);
    nova_status status = nova_request_init(&request, desc, options);
    if (status == NOVA_OK)
        status = check_types(&request);
    if (status == NOVA_OK)
        status = check_schedule(&request.options);
    if (status != NOVA_OK)
        return status;
    gpu_candidates list = {NULL, 0, 0};
    status = add_all(&list, &request, machine);
    if (status == NOVA_OK && list.count > 1)
        qsort(list.items, (size_t)list.count, sizeof *list.items, by_seconds);
    if (status == NOVA_OK)
        status = choose(plan, &request, machine, &list);
    if (status == NOVA_OK)
        nova_reason_bring_back(reason); /* candidates may have been passed over */
    free(list.items);
    return status;
}

void nova_gpu_plan_clear(nova_gpu_plan *plan) {
    nova_plan_destroy(plan->base);
    plan->base = NULL;
}

nova_status nova_gpu_plan_info(const nova_gpu_plan *plan, nova_plan_info *info) {
    if (!info)
        return nova_fail(NOVA_INVALID_ARGUMENT, "info is null");
    const size_t size = info->struct_size;
    nova_plan_info full = {.struct_size = sizeof full};
    nova_status status = nova_plan_get_info(plan->base, &full);
    if (status != NOVA_OK)
        return status;
    if (size <= sizeof(size_t))
        return nova_fail(NOVA_INVALID_ARGUMENT, "info->struct_size is not set");
    full.struct_size = size;
    full.arith = plan->arith;
    full.predicted_error = plan->predicted_error;
    full.workspace_bytes = plan->engine.workspace_bytes;
    full.packed_bytes = plan->engine.filter_bytes;
    full.cost_seconds = plan->engine.seconds;
    full.kernels = "";
    const size_t own = offsetof(nova_plan_info, schedule); /* what follows is the CPU's */
    memset((char *)&full + own, 0, sizeof full - own);
    memcpy(info, &full, NOVA_MIN(size, sizeof full));
    return NOVA_OK;
}
