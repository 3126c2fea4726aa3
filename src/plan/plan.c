/*
 * plan.c - making a plan: the cheapest candidate whose predicted error fits the budget.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"

/* FNV-1a over everything that the contents or the layout of a packed filter depend on. */
static void mix(uint64_t *key, const void *data, size_t size) {
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        *key = (*key ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static void mix_int(uint64_t *key, int64_t value) {
    mix(key, &value, sizeof value);
}

static void mix_transform(uint64_t *key, const nova_transform *transform,
                          const nova_scaling *scaling) {
    mix_int(key, transform->m);
    mix_int(key, transform->products);
    mix(key, transform->AT, sizeof(double) * (size_t)(transform->m * transform->products));
    mix(key, transform->G, sizeof(double) * (size_t)(transform->products * transform->r));
    mix(key, transform->BT, sizeof(double) * (size_t)(transform->products * transform->inputs));
    mix(key, scaling->input, sizeof *scaling->input * (size_t)transform->products);
    mix(key, scaling->filter, sizeof *scaling->filter * (size_t)transform->products);
}

static uint64_t filter_key(const nova_plan *plan) {
    uint64_t key = UINT64_C(0xcbf29ce484222325);
    const nova_engine *engine = &plan->engine;
    const int64_t facts[] = {plan->choice.algorithm,
                             plan->choice.arith,
                             nova_engine_raw_filter(engine),
                             plan->desc.c,
                             plan->desc.k,
                             plan->desc.r,
                             plan->desc.s,
                             plan->compensation,
                             engine->kernels->lanes,
                             engine->uv_type,
                             engine->parts,
                             engine->kernels->panel_vectors,
                             engine->rows ? nova_rows_vectors(engine) : 0};
    for (int i = 0; i < NOVA_COUNT(facts); i++)
        mix_int(&key, facts[i]);
    if (plan->compensation)
        mix(&key, plan->moments, sizeof plan->moments);
    if (plan->choice.algorithm == NOVA_ALGORITHM_WINOGRAD) {
        mix_transform(&key, &plan->h.transform, &plan->scaling_h);
        mix_transform(&key, &plan->w.transform, &plan->scaling_w);
    }
    return key;
}

static bool within_budget(const nova_request *request, const nova_plan *plan) {
    return plan->predicted_error <= request->budget || request->budget == INFINITY;
}

/* Realises candidates, cheapest first, until one is predicted to keep the budget. */
static nova_status choose(const nova_request *request, const nova_candidate *candidates, int count,
                          nova_plan *plan) {
    double best = INFINITY;
    for (int i = 0; i < count; i++) {
        const nova_status status = nova_candidate_realise(request, &candidates[i], plan);
        if (status != NOVA_OK)
            return status;
        plan->predicted_error = nova_candidate_predict(plan);
        if (within_budget(request, plan))
            return NOVA_OK;
        best = fmin(best, plan->predicted_error);
    }
    return nova_fail(NOVA_BUDGET_UNREACHABLE,
                     "max_error %.3g cannot be kept: the most accurate of the plans allowed is "
                     "predicted to reach %.3g",
                     request->budget, best);
}

enum { MEASURED_CANDIDATES = 12 };
static const double hopeless = 2.5; /* times the cheapest: not worth timing */

/* Times the candidates that keep the budget, cheapest by the model first; leaves the fastest in
 *plan. The cheapest direct convolution is timed whatever the model thinks of it, so that a measured
 plan is not slower than doing without Winograd. `scratch` has room for one more plan. */
static nova_status measure(const nova_request *request, const nova_candidate *candidates, int count,
                           nova_plan *plan, nova_plan *scratch, double *seconds) {
    nova_status status = choose(request, candidates, count, plan); /* at least one fits */
    if (status != NOVA_OK)
        return status;
    int measured = 0;
    bool direct_known = false;
    *seconds = INFINITY;
    const double limit = hopeless * plan->choice.cost;
    for (int i = 0; i < count; i++) {
        const bool likely = measured < MEASURED_CANDIDATES && candidates[i].cost <= limit;
        const bool direct = candidates[i].algorithm == NOVA_ALGORITHM_DIRECT;
        if (!likely && (!direct || direct_known))
            continue;
        status = nova_candidate_realise(request, &candidates[i], scratch);
        if (status != NOVA_OK)
            return status;
        scratch->predicted_error = nova_candidate_predict(scratch);
        if (!within_budget(request, scratch))
            continue;
        double time;
        scratch->key = filter_key(scratch);
        status = nova_plan_measure(scratch, &time);
        if (status != NOVA_OK)
            return status;
        measured++;
        direct_known = direct_known || direct;
        if (time < *seconds) {
            *seconds = time;
            status = nova_candidate_realise(request, &candidates[i], plan);
            if (status != NOVA_OK)
                return status;
            plan->predicted_error = scratch->predicted_error;
        }
    }
    return NOVA_OK;
}

static nova_status remember(const char *key, const nova_plan *plan) {
    const nova_candidate *choice = &plan->choice;
    nova_wisdom_plan known = {.algorithm = choice->algorithm,
                              .tile_h = choice->tile_h,
                              .tile_w = choice->tile_w,
                              .arith = choice->arith,
                              .blocking = choice->blocking,
                              .seconds = plan->measured_seconds};
    snprintf(known.set, sizeof known.set, "%s", nova_plan_set_name(plan));
    return nova_wisdom_add(key, &known);
}

static nova_status choose_measured(const nova_request *request, const nova_candidate *candidates,
                                   int count, const char *key, nova_plan *plan) {
    nova_plan *scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a plan");
    double seconds;
    nova_status status = measure(request, candidates, count, plan, scratch, &seconds);
    free(scratch);
    if (status != NOVA_OK)
        return status;
    plan->measured_seconds = seconds;
    return key ? remember(key, plan) : NOVA_OK;
}

/* Makes *plan from all candidates of a request. */
static nova_status plan_request(const nova_request *request, const char *key, nova_plan *plan) {
    nova_candidate *candidates = NULL;
    int count = 0;
    nova_status status = nova_candidates_create(request, &candidates, &count);
    if (status != NOVA_OK)
        return status;
    if (request->options.effort == NOVA_EFFORT_MEASURE && count > 1)
        status = choose_measured(request, candidates, count, key, plan);
    else
        status = choose(request, candidates, count, plan);
    free(candidates);
    return status;
}

/* What is remembered is checked like what is asked for: it may come from a file. */
static bool recall(const nova_request *request, const char *key, nova_plan *plan) {
    nova_request known = *request;
    nova_wisdom_plan found;
    if ((request->options.flags & NOVA_PLAN_NO_WISDOM) || !nova_wisdom_find(key, &found))
        return false;
    const bool winograd = found.algorithm == NOVA_ALGORITHM_WINOGRAD;
    nova_plan_options *options = &known.options;
    options->effort = NOVA_EFFORT_ESTIMATE;
    options->algorithm = found.algorithm;
    options->tile_h = winograd ? found.tile_h : 0;
    options->tile_w = winograd ? found.tile_w : 0;
    options->arith = winograd ? found.arith : NOVA_ARITH_F32;
    options->schedule = found.blocking.schedule;
    options->block_tiles = found.blocking.block_tiles;
    options->block_filters = found.blocking.block_filters;
    if (winograd)
        options->set = found.set;
    const nova_status status = plan_request(&known, NULL, plan);
    plan->measured_seconds = status == NOVA_OK ? found.seconds : 0;
    return status == NOVA_OK;
}

nova_status nova_plan_create(const nova_conv_desc *desc, const nova_plan_options *options,
                             nova_plan **plan) {
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    *plan = NULL;
    if (!desc)
        return nova_fail(NOVA_INVALID_ARGUMENT, "desc is null");
    nova_request request;
    nova_binding_cache bindings = {NULL, 0, 0};
    char reason[NOVA_REASON_BYTES];
    nova_reason_keep(reason);
    nova_status status = nova_request_init(&request, desc, options);
    if (status == NOVA_OK && request.options.effort == NOVA_EFFORT_MEASURE &&
        !nova_rates_are_known(request.kernels))
        status = nova_calibrate();
    if (status != NOVA_OK)
        return status;
    request.rates = nova_rates_known(request.kernels);
    request.bindings = &bindings;
    nova_plan *made = calloc(1, sizeof *made);
    if (!made)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a plan");
    char key[NOVA_WISDOM_KEY];
    const bool knowable = nova_wisdom_key(&request, key);
    if (!(knowable && recall(&request, key, made)))
        status = plan_request(&request, knowable ? key : NULL, made);
    nova_binding_cache_clear(&bindings);
    if (status != NOVA_OK) {
        free(made);
        return status;
    }
    made->key = filter_key(made);
    *plan = made;
    nova_reason_bring_back(reason); /* candidates and wisdom may have been passed over */
    return NOVA_OK;
}

void nova_plan_destroy(nova_plan *plan) {
    free(plan);
}

/* Direct products over Winograd products, ragged tiles counted. */
static double saving(const nova_plan *plan) {
    const nova_engine *engine = &plan->engine;
    if (plan->choice.algorithm == NOVA_ALGORITHM_DIRECT)
        return 1.0;
    const nova_shape *shape = &engine->shape;
    return (double)(shape->n * shape->out_h * shape->out_w * shape->r * shape->s) /
           ((double)engine->tiles * engine->positions);
}

/* The set's name: the one of a dimension that is really transformed. */
const char *nova_plan_set_name(const nova_plan *plan) {
    if (plan->choice.algorithm == NOVA_ALGORITHM_DIRECT)
        return "";
    return plan->choice.tile_h > 1 ? plan->h.set : plan->w.set;
}

static void describe_schedule(const nova_engine *engine, nova_plan_info *info) {
    info->schedule = engine->schedule;
    info->passes = engine->pass_count;
    info->buffers = (engine->schedule.xhat == NOVA_PLACE_STORED) +
                    (engine->schedule.ghat == NOVA_PLACE_STORED) +
                    (engine->schedule.mhat == NOVA_PLACE_STORED) + 1;
    info->block_tiles = engine->block_tiles;
    info->block_filters = engine->k_block * engine->kernels->lanes;
    info->split_tiles = engine->tile_splits;
    info->split_filters = engine->k_splits;
}

nova_status nova_plan_get_info(const nova_plan *plan, nova_plan_info *info) {
    if (!plan || !info)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", plan ? "info" : "plan");
    const size_t size = info->struct_size;
    if (size <= sizeof(size_t))
        return nova_fail(NOVA_INVALID_ARGUMENT, "info->struct_size is not set");
    const nova_engine *engine = &plan->engine;
    const nova_shape *shape = &engine->shape;
    const bool winograd = plan->choice.algorithm == NOVA_ALGORITHM_WINOGRAD;
    const nova_work work = nova_engine_work(engine);
    nova_plan_info full = {.struct_size = size,
                           .algorithm = plan->choice.algorithm,
                           .tile_h = plan->choice.tile_h,
                           .tile_w = plan->choice.tile_w,
                           .set = nova_plan_set_name(plan),
                           .arith = plan->choice.arith,
                           .tap_scaling = plan->tap_scaling,
                           .compensation = plan->compensation,
                           .predicted_error = plan->predicted_error,
                           .alpha = winograd ? sqrt(nova_transform_alpha2(&plan->h.transform) *
                                                    nova_transform_alpha2(&plan->w.transform))
                                             : 1.0,
                           .saving = saving(plan),
                           .out_h = shape->out_h,
                           .out_w = shape->out_w,
                           .workspace_bytes = nova_engine_workspace_bytes(engine),
                           .packed_bytes = engine->packed_bytes,
                           .threads = engine->threads,
                           .kernels = engine->kernels->name,
                           .flops_direct = 2.0 * (double)shape->n * (double)shape->k *
                                           (double)shape->c * (double)(shape->r * shape->s) *
                                           (double)shape->out_h * (double)shape->out_w,
                           .cost_seconds = plan->choice.cost,
                           .measured_seconds = plan->measured_seconds,
                           .blocks = "",
                           .work = work,
                           .flops = nova_engine_flops(engine, &work)};
    if (winograd)
        describe_schedule(engine, &full);
    memcpy(info, &full, NOVA_MIN(size, sizeof full));
    return NOVA_OK;
}
