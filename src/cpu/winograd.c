/*
 * winograd.c - setting a Winograd engine up: codelets, scaling, extents. blocking.c goes on from
 * there; passes.c runs it.
 *
 * Values of V and M are binary32 in memory; an arithmetic with narrower storage rounds them
 * through that type where there is no narrower multiplier to feed. Packed filters are stored in the
 * narrow type. For products of pairs V and packed filters are bfloat16 parts (pairs.h); filters
 * that are transformed during the execution are not split, so that one part is rounded as above
 * then.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "cpu/engine.h"
#include "runtime/runtime.h"

nova_status nova_binding_init(nova_binding *binding, const nova_transform *transform) {
    binding->transform = transform;
    if (!nova_codelet_bind(transform, NOVA_MAP_INPUT, &binding->input) ||
        !nova_codelet_bind(transform, NOVA_MAP_FILTER, &binding->filter) ||
        !nova_codelet_bind(transform, NOVA_MAP_OUTPUT, &binding->output))
        return nova_fail(NOVA_NOT_ELIGIBLE, "no codelet computes F(%d,%d) with the points %s",
                         transform->m, transform->r, transform->points);
    return NOVA_OK;
}

static void init_stage(nova_stage *stage, const nova_cpu_kernels *kernels,
                       const nova_bound_codelet *bound) {
    stage->pass = kernels->pass[bound->codelet->index];
    stage->index = bound->codelet->index;
    stage->rows = bound->codelet->rows;
    stage->columns = bound->codelet->columns;
    stage->ops = bound->codelet->op_count;
    const nova_op_counts ops = nova_codelet_count_ops(bound->codelet);
    stage->flops = ops.adds + ops.muls + 2 * ops.fmas;
    stage->identity = stage->ops == 0 && stage->rows == stage->columns;
    for (int i = 0; i < bound->codelet->coef_count; i++)
        stage->coefs[i] = (float)bound->coefs[i];
}

static void set_scaling(nova_engine *engine, const nova_scaling *h, const nova_scaling *w) {
    engine->scaled = h && w;
    for (int i = 0; engine->scaled && i < engine->products_h; i++)
        for (int j = 0; j < engine->products_w; j++) {
            const int position = i * engine->products_w + j;
            engine->v_scale[position] = (float)ldexp(1.0, h->input[i] + w->input[j]);
            engine->u_scale[position] = (float)ldexp(1.0, h->filter[i] + w->filter[j]);
        }
}

nova_status nova_engine_init_winograd(nova_engine *engine, const nova_cpu_kernels *kernels,
                                      const nova_shape *shape, const nova_binding *binding_h,
                                      const nova_binding *binding_w, const nova_scaling *scaling_h,
                                      const nova_scaling *scaling_w, nova_arith arith,
                                      const nova_blocking *blocking, int threads) {
    memset(engine, 0, sizeof *engine);
    engine->algorithm = NOVA_ALGORITHM_WINOGRAD;
    engine->kernels = kernels;
    engine->shape = *shape;
    engine->threads = threads;
    engine->uv_type = nova_arith_uv_type(arith);
    engine->m_type = nova_arith_m_type(arith);
    const bool stored_filter = blocking->schedule.ghat == NOVA_PLACE_STORED;
    if (!stored_filter && nova_arith_parts(arith) > 1)
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "schedule ghat=%s: filters in bfloat16 parts are stored",
                         nova_place_name(blocking->schedule.ghat));
    engine->parts = stored_filter ? nova_engine_parts(kernels, arith) : 0;
    const nova_transform *h = binding_h->transform, *w = binding_w->transform;
    init_stage(&engine->input_h, kernels, &binding_h->input);
    init_stage(&engine->input_w, kernels, &binding_w->input);
    init_stage(&engine->filter_h, kernels, &binding_h->filter);
    init_stage(&engine->filter_w, kernels, &binding_w->filter);
    init_stage(&engine->output_h, kernels, &binding_h->output);
    init_stage(&engine->output_w, kernels, &binding_w->output);
    engine->tile_h = h->m;
    engine->tile_w = w->m;
    engine->inputs_h = h->inputs;
    engine->inputs_w = w->inputs;
    engine->products_h = h->products;
    engine->products_w = w->products;
    engine->positions = h->products * w->products;
    set_scaling(engine, scaling_h, scaling_w);
    engine->groups = (shape->c + kernels->lanes - 1) / kernels->lanes;
    engine->pair_groups = engine->parts > 0 ? (engine->groups + 1) / 2 : 0;
    engine->out_vectors = (shape->k + kernels->lanes - 1) / kernels->lanes;
    engine->tiles_h = (shape->out_h + h->m - 1) / h->m;
    engine->tiles_w = (shape->out_w + w->m - 1) / w->m;
    engine->tiles = shape->n * engine->tiles_h * engine->tiles_w;
    const nova_status status = nova_winograd_block(engine, blocking);
    return status == NOVA_OK ? nova_engine_finish(engine) : status;
}
