/*
 * filter.c - weights and matrices in the order in which a GPU reads them.
 *
 * The core transforms, scales and rounds them, compensated as on the CPU; what it has packed is
 * then only moved.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/plan.h"
#include "gpu/transforms.h"
#include "numerics/half.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

typedef struct arranging {
    const nova_gpu_plan *plan;
    const void *packed;
    int exponent; /* of the power of two that U is multiplied by */
    uint16_t *u;
} arranging;

static uint16_t narrow(nova_dtype dtype, float value) {
    return dtype == NOVA_F16 ? nova_f16_from_float(value) : nova_bf16_from_float(value);
}

/* The weights of a position or tap. Direct convolution's are packed in binary32. */
static void arrange_position(void *argument, int position) {
    const arranging *job = argument;
    const nova_gpu_engine *engine = &job->plan->engine;
    const nova_engine *base = &job->plan->base->engine;
    const nova_dtype dtype = engine->shape.dtype;
    for (int64_t k = 0; k < engine->shape.k; k++)
        for (int64_t c = 0; c < engine->shape.c; c++) {
            const size_t from = nova_engine_packed_index(base, position, c, k);
            uint16_t *u = &job->u[nova_gpu_filter_index(engine, position, k, c)];
            *u = base->uv_type == NOVA_F32 ? narrow(dtype, ((const float *)job->packed)[from])
                                           : ((const uint16_t *)job->packed)[from];
            if (job->exponent != 0)
                *u = nova_f16_from_float(ldexpf(nova_f16_to_float(*u), job->exponent));
        }
}

/* The tile's matrices, behind U. */
static nova_status arrange_matrices(const nova_gpu_plan *plan, const float *m_scale,
                                    uint16_t *packed, float *factor) {
    const nova_gpu_tile *tile = &plan->engine.tile;
    const nova_plan *base = plan->base;
    const nova_transform *h = &base->h.transform, *w = &base->w.transform;
    const nova_dtype dtype = plan->engine.shape.dtype;
    const int rows = NOVA_MAX(tile->input.rows, tile->output.rows);
    const int columns = NOVA_MAX(tile->input.columns, tile->output.columns);
    double *entries = calloc((size_t)rows * (size_t)columns, sizeof *entries);
    if (!entries)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the matrices of a tile");
    nova_gpu_input_entries(h, w, base->scaling_h.input, base->scaling_w.input, entries);
    nova_gpu_matrix_fill(&tile->input, dtype, entries, packed + tile->input.at / sizeof *packed);
    *factor = nova_gpu_output_entries(h, w, m_scale, entries);
    nova_gpu_matrix_fill(&tile->output, nova_gpu_output_type(dtype, tile->m_type), entries,
                         packed + tile->output.at / sizeof *packed);
    free(entries);
    return NOVA_OK;
}

/* What the outputs of a kernel of all of a convolution are multiplied by; and the exponent of what
   U is, which is taken from it. */
static float unit_factor(const nova_gpu_plan *plan, const nova_filter *filter, int *exponent) {
    const float factor = nova_gpu_rows_factor(&plan->base->scaling_h, &plan->base->scaling_w,
                                              filter->packed.m_scale, 0);
    *exponent = plan->engine.grid.kind == NOVA_GPU_NESTED ? nova_gpu_nested_exponent(factor) : 0;
    return ldexpf(factor, -*exponent);
}

/* U, from weights that the core has packed. */
static nova_status arrange_slices(const nova_gpu_plan *plan, const void *weights, nova_dtype dtype,
                                  uint16_t *packed, nova_filter **filter) {
    const nova_status status = nova_filter_create(plan->base, weights, dtype, filter);
    if (status != NOVA_OK)
        return status;
    memset(packed, 0, plan->engine.filter_bytes);
    arranging job = {plan, (*filter)->packed.data, 0, packed};
    if (nova_gpu_has_units(&plan->engine.grid))
        unit_factor(plan, *filter, &job.exponent);
    nova_parallel_for(plan->base->engine.threads, arrange_position, &job,
                      nova_gpu_positions(&plan->engine));
    return NOVA_OK;
}

nova_status nova_gpu_filter_pack(const nova_gpu_plan *plan, const void *weights, nova_dtype dtype,
                                 uint16_t *packed, float *factor) {
    nova_filter *filter;
    nova_status status = arrange_slices(plan, weights, dtype, packed, &filter);
    if (status != NOVA_OK)
        return status;
    int exponent;
    *factor = 1;
    if (nova_gpu_has_units(&plan->engine.grid))
        *factor = unit_factor(plan, filter, &exponent);
    else if (plan->engine.algorithm == NOVA_ALGORITHM_WINOGRAD)
        status = arrange_matrices(plan, filter->packed.m_scale, packed, factor);
    nova_filter_destroy(filter);
    return status;
}

nova_status nova_gpu_filter_pack_slices(const nova_gpu_plan *plan, const void *weights,
                                        nova_dtype dtype, uint16_t *packed, float *scale) {
    nova_filter *filter;
    const nova_status status = arrange_slices(plan, weights, dtype, packed, &filter);
    if (status != NOVA_OK)
        return status;
    const bool winograd = plan->engine.algorithm == NOVA_ALGORITHM_WINOGRAD;
    for (int i = 0; i < plan->engine.slices && winograd; i++)
        scale[i] = filter->packed.m_scale ? filter->packed.m_scale[i] : 1;
    nova_filter_destroy(filter);
    return NOVA_OK;
}
