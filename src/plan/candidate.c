/*
 * candidate.c - one way to compute a convolution: made into a plan, and its predicted error.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- transforms of a candidate */

int nova_tile_for(int tile, int64_t taps) {
    return taps == 1 ? 1 : tile;
}

const nova_transform *nova_request_transform(const nova_request *request, const char *set, int m,
                                             int64_t taps) {
    const nova_set *custom = request->options.custom_set;
    if (custom && m > 1) {
        const nova_transform *own = nova_set_transform(custom);
        if (own->m == m && own->r == (int)taps)
            return own;
    }
    return nova_transform_find(set, m, (int)taps);
}

static void copy_transform(nova_own_transform *own, const nova_transform *from) {
    own->transform = *from;
    double *at = own->matrices;
    double **const targets[] = {(double **)&own->transform.AT, (double **)&own->transform.G,
                                (double **)&own->transform.BT};
    const double *const sources[] = {from->AT, from->G, from->BT};
    const int sizes[] = {from->m * from->products, from->products * from->r,
                         from->products * from->inputs};
    for (int i = 0; i < NOVA_COUNT(sizes); i++) {
        memcpy(at, sources[i], (size_t)sizes[i] * sizeof *at);
        *targets[i] = at;
        at += sizes[i];
    }
    snprintf(own->set, sizeof own->set, "%s", from->set);
    snprintf(own->points, sizeof own->points, "%s", from->points);
    own->transform.set = own->set;
    own->transform.points = own->points;
    own->transform.provenance = "";
    own->transform.AT_text = own->transform.G_text = own->transform.BT_text = NULL;
}

/* The codelets of a transform: the same few are asked for by hundreds of candidates. */
static nova_status find_binding(nova_binding_cache *cache, const nova_transform *transform,
                                nova_binding *binding) {
    for (int i = 0; i < cache->count; i++)
        if (cache->items[i].transform == transform) {
            *binding = cache->items[i];
            return NOVA_OK;
        }
    const nova_status status = nova_binding_init(binding, transform);
    if (status != NOVA_OK)
        return status;
    if (cache->count == cache->capacity) {
        const int capacity = 2 * cache->capacity + 16;
        nova_binding *grown = realloc(cache->items, (size_t)capacity * sizeof *grown);
        if (!grown)
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the planner");
        cache->items = grown;
        cache->capacity = capacity;
    }
    cache->items[cache->count++] = *binding;
    return NOVA_OK;
}

void nova_binding_cache_clear(nova_binding_cache *cache) {
    free(cache->items);
    *cache = (nova_binding_cache){NULL, 0, 0};
}

static nova_status set_transform(const nova_request *request, const char *set, int tile,
                                 int64_t taps, nova_own_transform *own) {
    const nova_transform *found = nova_request_transform(request, set, tile, taps);
    if (!found)
        return nova_fail(NOVA_UNKNOWN_NAME, "the set '%s' has no F(%d,%d)", set, tile, (int)taps);
    const nova_status status = find_binding(request->bindings, found, &own->binding);
    copy_transform(own, found);
    own->binding.transform = &own->transform;
    return status;
}

/* ---------------------------------------------------------------- realising */

/* Only binary16 lacks the range that unscaled transforms need. */
static bool wants_scaling(const nova_request *request, nova_arith arith) {
    return nova_arith_uv_type(arith) == NOVA_F16 &&
           !(request->options.flags & NOVA_PLAN_NO_TAP_SCALING);
}

static nova_status realise_winograd(const nova_request *request, const nova_candidate *candidate,
                                    nova_plan *plan) {
    const nova_shape *shape = &request->shape;
    nova_status status =
        set_transform(request, candidate->set, candidate->tile_h, shape->r, &plan->h);
    if (status == NOVA_OK)
        status = set_transform(request, candidate->set, candidate->tile_w, shape->s, &plan->w);
    if (status != NOVA_OK)
        return status;
    nova_scaling_none(&plan->scaling_h);
    nova_scaling_none(&plan->scaling_w);
    plan->tap_scaling = wants_scaling(request, candidate->arith);
    if (plan->tap_scaling) {
        nova_scaling_choose(&plan->h.transform, &plan->scaling_h);
        nova_scaling_choose(&plan->w.transform, &plan->scaling_w);
    }
    plan->compensation = nova_arith_uv_type(candidate->arith) != NOVA_F32 &&
                         candidate->blocking.schedule.ghat == NOVA_PLACE_STORED &&
                         nova_arith_parts(candidate->arith) == 1 &&
                         !(request->options.flags & NOVA_PLAN_NO_COMPENSATION);
    return nova_engine_init_winograd(&plan->engine, request->kernels, shape, &plan->h.binding,
                                     &plan->w.binding, plan->tap_scaling ? &plan->scaling_h : NULL,
                                     plan->tap_scaling ? &plan->scaling_w : NULL, candidate->arith,
                                     &candidate->blocking, request->options.threads);
}

nova_status nova_candidate_realise(const nova_request *request, const nova_candidate *candidate,
                                   nova_plan *plan) {
    plan->desc = request->desc;
    plan->choice = *candidate;
    plan->tap_scaling = plan->compensation = false;
    plan->moment_count = NOVA_MIN(request->options.input_moment_count, NOVA_MAX_INPUTS);
    memset(plan->moments, 0, sizeof plan->moments);
    for (int i = 0; i < plan->moment_count; i++)
        plan->moments[i] = request->options.input_moments[i];
    if (candidate->algorithm == NOVA_ALGORITHM_WINOGRAD)
        return realise_winograd(request, candidate, plan);
    return nova_engine_init_direct(&plan->engine, request->kernels, &request->shape,
                                   candidate->arith, request->options.threads);
}

/* ---------------------------------------------------------------- prediction */

static double filter_rms(const nova_conv_desc *desc) {
    if (desc->filter_rms > 0)
        return desc->filter_rms;
    return 1.0 / sqrt((double)desc->c * (double)desc->r * (double)desc->s);
}

static double predict_direct(const nova_plan *plan) {
    const nova_conv_desc *desc = &plan->desc;
    const nova_engine *engine = &plan->engine;
    const int taps = (int)(desc->r * desc->s), vectors = engine->parts > 0 ? 2 : 1;
    const nova_direct_model model = {.arith = plan->choice.arith,
                                     .dtype = desc->dtype,
                                     .products = desc->c * taps,
                                     .chunk = taps * vectors * engine->kernels->lanes,
                                     .unit = engine->parts > 0 ? engine->kernels->pairs->unit : 0,
                                     .input_rms = desc->input_rms,
                                     .filter_rms = filter_rms(desc)};
    return nova_predict_direct_error(&model);
}

/* Ragged tiles at the edge keep their first outputs only, and the last ones, which are the least
   accurate of a tile, are rarer than the others. */
static void set_shares(int tile, int64_t tiles, int64_t outputs, double *shares) {
    const int64_t in_last = outputs - (tiles - 1) * tile;
    for (int j = 0; j < tile; j++)
        shares[j] = (double)(tiles - (j >= in_last)) * tile / (double)outputs;
}

double nova_candidate_predict(const nova_plan *plan) {
    if (plan->choice.algorithm == NOVA_ALGORITHM_DIRECT)
        return predict_direct(plan);
    double shares_h[NOVA_MAX_TILE], shares_w[NOVA_MAX_TILE];
    const nova_engine *engine = &plan->engine;
    set_shares(engine->tile_h, engine->tiles_h, engine->shape.out_h, shares_h);
    set_shares(engine->tile_w, engine->tiles_w, engine->shape.out_w, shares_w);
    const double rms = filter_rms(&plan->desc);
    nova_error_model model = {
        .h = &plan->h.transform,
        .w = &plan->w.transform,
        .input_h = &plan->h.binding.input,
        .input_w = &plan->w.binding.input,
        .output_h = &plan->h.binding.output,
        .output_w = &plan->w.binding.output,
        .filter_h = nova_engine_raw_filter(engine) ? &plan->h.binding.filter : NULL,
        .filter_w = nova_engine_raw_filter(engine) ? &plan->w.binding.filter : NULL,
        .scaling_h = &plan->scaling_h,
        .scaling_w = &plan->scaling_w,
        .arith = plan->choice.arith,
        .dtype = plan->desc.dtype,
        .channels = plan->desc.c,
        .sums_rows = engine->rows,
        .chunk = engine->rows ? NOVA_MAX_LANES * NOVA_MAX_TAPS : NOVA_CHUNK_CHANNELS,
        .unit = engine->parts > 0 ? engine->kernels->pairs->unit : 0,
        .compensation = plan->compensation,
        .input_rms = plan->desc.input_rms,
        .filter_rms = rms,
        .filter_scale = plan->tap_scaling
                            ? nova_filter_scale(engine->uv_type, rms * nova_filter_gain(plan))
                            : 1.0,
        .fused = engine->kernels->fused,
        .shares_h = shares_h,
        .shares_w = shares_w};
    nova_error_terms terms;
    nova_predict_error(&model, &terms);
    return terms.total;
}
