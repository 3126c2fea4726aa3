/*
 * filter.c - weights in the order in which a GPU reads them.
 *
 * The core transforms, scales and rounds them, compensated as on the CPU; what it has packed is
 * then only moved.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "gpu/plan.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

typedef struct arranging {
    const nova_gpu_plan *plan;
    const void *packed;
    uint16_t *u;
} arranging;

static uint16_t narrow(nova_dtype dtype, float value) {
    return dtype == NOVA_F16 ? nova_f16_from_float(value) : nova_bf16_from_float(value);
}

/* One slice of U. Direct convolution's weights are packed in binary32. */
static void arrange_slice(void *argument, int slice) {
    const arranging *job = argument;
    const nova_gpu_engine *engine = &job->plan->engine;
    const nova_engine *base = &job->plan->base->engine;
    const nova_dtype dtype = engine->shape.dtype;
    for (int64_t k = 0; k < engine->shape.k; k++)
        for (int64_t c = 0; c < engine->shape.c; c++) {
            const size_t from = nova_engine_packed_index(base, slice, c, k);
            job->u[nova_gpu_filter_index(engine, slice, k, c)] =
                base->uv_type == NOVA_F32 ? narrow(dtype, ((const float *)job->packed)[from])
                                          : ((const uint16_t *)job->packed)[from];
        }
}

/* The factors are powers of two and a product of one for the row and one for the column. */
static void factor_scale(const nova_gpu_engine *engine, const float *m_scale,
                         nova_gpu_m_scale *scale) {
    for (int i = 0; i < engine->tile.products_h; i++)
        scale->row[i] = m_scale ? m_scale[i * engine->tile.products_w] : 1.0f;
    for (int j = 0; j < engine->tile.products_w; j++)
        scale->col[j] = m_scale ? m_scale[j] / m_scale[0] : 1.0f;
}

nova_status nova_gpu_filter_pack(const nova_gpu_plan *plan, const void *weights, nova_dtype dtype,
                                 uint16_t *u, nova_gpu_m_scale *scale) {
    nova_filter *filter;
    const nova_status status = nova_filter_create(plan->base, weights, dtype, &filter);
    if (status != NOVA_OK)
        return status;
    memset(u, 0, plan->engine.u_bytes);
    memset(scale, 0, sizeof *scale);
    arranging job = {plan, filter->packed.data, u};
    nova_parallel_for(plan->base->engine.threads, arrange_slice, &job, plan->engine.slices);
    factor_scale(&plan->engine, filter->packed.m_scale, scale);
    nova_filter_destroy(filter);
    return NOVA_OK;
}
