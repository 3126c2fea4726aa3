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

/* ---------------------------------------------------------------- what is eligible */

static nova_status check_types(const nova_request *request) {
    const nova_dtype dtype = request->desc.dtype;
    const nova_arith arith = request->options.arith;
    if (dtype == NOVA_F32)
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "f32 tensors: the engines for GPUs compute f16 and bf16");
    if (arith != NOVA_ARITH_AUTO && arith != nova_gpu_narrow_arith(dtype) &&
        arith != nova_gpu_wide_arith(dtype))
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "arithmetic %s on %s tensors: the engines for GPUs have %s "
                         "and %s",
                         nova_arith_name(arith), nova_dtype_name(dtype),
                         nova_arith_name(nova_gpu_narrow_arith(dtype)),
                         nova_arith_name(nova_gpu_wide_arith(dtype)));
    return NOVA_OK;
}

static nova_status check_schedule(const nova_plan_options *options) {
    nova_plan_options automatic;
    nova_plan_options_init(&automatic);
    if (memcmp(&options->schedule, &automatic.schedule, sizeof automatic.schedule) != 0 ||
        options->block_tiles != 0 || options->block_filters != 0)
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "schedule and block sizes: the engines for GPUs choose their own");
    return NOVA_OK;
}

/* ---------------------------------------------------------------- realising */

static nova_status realise_winograd(nova_gpu_plan *plan, const nova_gpu_machine *machine,
                                    const nova_shape *shape) {
    const nova_plan *base = plan->base;
    const nova_engine *stages = &base->engine;
    if (machine->has_tile && !machine->has_tile(stages->input_h.index, stages->input_w.index,
                                                stages->output_h.index, stages->output_w.index))
        return nova_fail(NOVA_NOT_ELIGIBLE, "there are no kernels for F(%dx%d) with this set",
                         base->choice.tile_h, base->choice.tile_w);
    const nova_gpu_tile tile = nova_gpu_tile_of(&base->h.transform, &base->w.transform,
                                                shape->dtype, nova_arith_m_type(plan->arith));
    const nova_status status = nova_gpu_engine_init_winograd(&plan->engine, machine, shape, &tile);
    if (plan->engine.fused) /* U has the same size in either order */
        plan->key = ~plan->key;
    if (plan->engine.grid.kind == NOVA_GPU_NESTED)
        plan->predicted_error = nova_gpu_nested_error(plan->predicted_error, shape->c);
    return status;
}

/* Direct convolution of the core multiplies weights as they are; here they are rounded to the
   tensors' type first. */
static double direct_error(const nova_conv_desc *desc, double base_error) {
    const double rms = desc->filter_rms > 0
                           ? desc->filter_rms
                           : 1.0 / sqrt((double)desc->c * (double)desc->r * (double)desc->s);
    return hypot(base_error, sqrt(nova_rounding_of(desc->dtype, rms).noise));
}

static nova_status make_base(nova_gpu_plan *plan, const nova_request *request,
                             const nova_gpu_candidate *candidate) {
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
    return nova_plan_create(&request->desc, &options, &plan->base);
}

static nova_status realise_direct(nova_gpu_plan *plan, const nova_request *request,
                                  const nova_gpu_machine *machine) {
    plan->predicted_error = direct_error(&request->desc, plan->predicted_error);
    const nova_status status = nova_gpu_engine_init_direct(&plan->engine, machine, &request->shape);
    /* U may have the same size in any of its orders */
    if (plan->engine.taps_are_channels)
        plan->key = ~plan->key;
    if (plan->engine.taps_are_outputs)
        plan->key ^= UINT64_MAX / 3;
    return status;
}

static nova_status realise(nova_gpu_plan *plan, const nova_request *request,
                           const nova_gpu_machine *machine, const nova_gpu_candidate *candidate) {
    nova_status status = make_base(plan, request, candidate);
    if (status != NOVA_OK)
        return status;
    plan->arith = candidate->arith;
    plan->predicted_error = plan->base->predicted_error;
    plan->key = plan->base->key;
    status = candidate->algorithm == NOVA_ALGORITHM_WINOGRAD
                 ? realise_winograd(plan, machine, &request->shape)
                 : realise_direct(plan, request, machine);
    if (status != NOVA_OK)
        return status;
    if (isinf(plan->engine.seconds))
        return nova_fail(NOVA_NOT_ELIGIBLE, "there are no blocks '%s'", machine->only_blocks);
    if (plan->predicted_error > request->budget)
        return nova_fail(NOVA_BUDGET_UNREACHABLE,
                         "max_error %.3g cannot be kept: direct convolution is predicted to "
                         "reach %.3g",
                         request->budget, plan->predicted_error);
    nova_gpu_engine_blocks(&plan->engine, plan->blocks);
    plan->floor_seconds = nova_gpu_engine_floor(&plan->engine, machine, false);
    return NOVA_OK;
}

nova_status nova_gpu_plan_realise(nova_gpu_plan *plan, const nova_request *request,
                                  const nova_gpu_machine *machine,
                                  const nova_gpu_candidate *candidate) {
    *plan = (nova_gpu_plan){.base = NULL};
    const nova_status status = realise(plan, request, machine, candidate);
    if (status != NOVA_OK)
        nova_gpu_plan_clear(plan);
    return status;
}

/* ---------------------------------------------------------------- choosing */

static nova_status choose(nova_gpu_plan *plan, const nova_request *request,
                          const nova_gpu_machine *machine, const nova_gpu_candidate *candidates,
                          int count) {
    nova_status status =
        nova_fail(NOVA_NOT_ELIGIBLE,
                  "no tile of that size, set and arithmetic: this engine's tiles have "
                  "at most %d inputs and %d products in each dimension",
                  NOVA_GPU_MAX_INPUTS, NOVA_GPU_MAX_PRODUCTS);
    for (int i = 0; i < count; i++) {
        status = nova_gpu_plan_realise(plan, request, machine, &candidates[i]);
        /* a set without codelets is no candidate, like one that misses the budget */
        if (status != NOVA_BUDGET_UNREACHABLE && status != NOVA_NOT_ELIGIBLE)
            return status;
    }
    return status;
}

nova_status nova_gpu_request_init(nova_request *request, const nova_conv_desc *desc,
                                  const nova_plan_options *options) {
    if (!desc)
        return nova_fail(NOVA_INVALID_ARGUMENT, "desc is null");
    nova_status status = nova_request_init(request, desc, options);
    if (status == NOVA_OK)
        status = check_types(request);
    return status == NOVA_OK ? check_schedule(&request->options) : status;
}

nova_status nova_gpu_plan_request(nova_gpu_plan *plan, const nova_request *request,
                                  const nova_gpu_machine *machine) {
    nova_gpu_candidate *candidates = NULL;
    int count = 0;
    *plan = (nova_gpu_plan){.base = NULL};
    nova_status status = nova_gpu_candidates_create(request, machine, &candidates, &count);
    if (status == NOVA_OK)
        status = choose(plan, request, machine, candidates, count);
    free(candidates);
    return status;
}

nova_status nova_gpu_plan_init(nova_gpu_plan *plan, const nova_conv_desc *desc,
                               const nova_plan_options *options, const nova_gpu_machine *machine) {
    *plan = (nova_gpu_plan){.base = NULL};
    nova_request request;
    char reason[NOVA_REASON_BYTES];
    nova_reason_keep(reason);
    nova_status status = nova_gpu_request_init(&request, desc, options);
    if (status == NOVA_OK && !nova_gpu_wisdom_recall(plan, &request, machine))
        status = nova_gpu_plan_request(plan, &request, machine);
    if (status == NOVA_OK)
        nova_reason_bring_back(reason); /* candidates and wisdom may have been passed over */
    return status;
}

void nova_gpu_plan_clear(nova_gpu_plan *plan) {
    nova_plan_destroy(plan->base);
    plan->base = NULL;
}

nova_status nova_gpu_plan_info(const nova_gpu_plan *plan, const char *kernels,
                               nova_plan_info *info) {
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
    full.kernels = kernels;
    const size_t own = offsetof(nova_plan_info, schedule), /* the CPU's */
        after = offsetof(nova_plan_info, measured_seconds);
    memset((char *)&full + own, 0, after - own);
    full.measured_seconds = plan->measured_seconds;
    full.floor_seconds = plan->floor_seconds;
    full.blocks = plan->blocks;
    memcpy(info, &full, NOVA_MIN(size, sizeof full));
    return NOVA_OK;
}
