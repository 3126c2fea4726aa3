/*
 * measure.c - how long a plan really takes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

enum { MEASURE_RUNS = 3 };
static const double measure_seconds = 0.02; /* at least this long, if it takes more runs */

/* Any numbers of ordinary size will do: no kernel's time depends on them. */
static void fill(void *tensor, nova_dtype dtype, size_t count) {
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        const float value = (float)(state >> 8) / 8388608.0f - 1.0f;
        nova_convert_from_float((char *)tensor + i * nova_dtype_size(dtype), &value, dtype, 1);
    }
}

static double time_runs(const nova_plan *plan, const nova_packed *packed,
                        const nova_tensors *tensors, void *workspace) {
    double best = INFINITY;
    const double start = nova_now();
    nova_engine_run(&plan->engine, packed, tensors, workspace, NULL, NULL); /* to warm up */
    for (int run = 0; run < MEASURE_RUNS || nova_now() - start < measure_seconds; run++) {
        const double before = nova_now();
        nova_engine_run(&plan->engine, packed, tensors, workspace, NULL, NULL);
        best = fmin(best, nova_now() - before);
    }
    return best;
}

nova_status nova_plan_measure(const nova_plan *plan, double *seconds) {
    const nova_shape *shape = &plan->engine.shape;
    const size_t size = nova_dtype_size(shape->dtype);
    const size_t x_count = (size_t)(shape->n * shape->c * shape->h * shape->w);
    const size_t y_count = (size_t)(shape->n * shape->k * shape->out_h * shape->out_w);
    const size_t w_count = (size_t)(shape->k * shape->c * shape->r * shape->s);
    nova_filter *filter = NULL;
    void *x = nova_alloc(x_count * size), *y = nova_alloc(y_count * size);
    void *weights = nova_alloc(w_count * sizeof(float));
    void *workspace = nova_alloc(nova_engine_workspace_bytes(&plan->engine));
    nova_status status = NOVA_OK;
    if (!x || !y || !weights || !workspace)
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory to time a plan");
    if (status == NOVA_OK) {
        fill(x, shape->dtype, x_count);
        fill(weights, NOVA_F32, w_count);
        status = nova_filter_create(plan, weights, NOVA_F32, &filter);
    }
    if (status == NOVA_OK) {
        const nova_tensors tensors = {.x = x, .y = y};
        *seconds = time_runs(plan, &filter->packed, &tensors, workspace);
    }
    nova_filter_destroy(filter);
    nova_free(x);
    nova_free(y);
    nova_free(weights);
    nova_free(workspace);
    return status;
}
