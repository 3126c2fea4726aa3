/*
 * execute.c - running a plan, and checking a sample of what it computed.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "cpu/reference/reference.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

void nova_execute_args_init(nova_execute_args *args) {
    if (!args)
        return;
    memset(args, 0, sizeof *args);
    args->struct_size = sizeof *args;
}

/* ---------------------------------------------------------------- verification */

/* splitmix64: a well-mixed sequence from any seed. */
static uint64_t next_random(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static double output_at(const nova_plan *plan, const void *y, int64_t n, int64_t k, int64_t i,
                        int64_t j) {
    const nova_shape *shape = &plan->engine.shape;
    const int64_t index = shape->layout == NOVA_NCHW
                              ? ((n * shape->k + k) * shape->out_h + i) * shape->out_w + j
                              : ((n * shape->out_h + i) * shape->out_w + j) * shape->k + k;
    float value;
    const size_t size = nova_dtype_size(shape->dtype);
    nova_convert_to_float(&value, (const char *)y + (size_t)index * size, shape->dtype, 1);
    return value;
}

typedef struct tally {
    double error, exact, worst;
} tally;

static void check_output(const nova_plan *plan, const nova_reference_operands *operands,
                         const void *y, int64_t index, nova_verification *verification,
                         tally *sums) {
    const nova_shape *shape = &plan->engine.shape;
    const int64_t j = index % shape->out_w, i = index / shape->out_w % shape->out_h;
    const int64_t k = index / (shape->out_w * shape->out_h) % shape->k;
    const int64_t n = index / (shape->out_w * shape->out_h * shape->k);
    const double exact = nova_reference_direct_sample(&plan->desc, operands, true, n, k, i, j);
    const double got = output_at(plan, y, n, k, i, j);
    verification->checked++;
    if (!isfinite(exact))
        return;
    if (!isfinite(got)) {
        verification->nonfinite++;
        return;
    }
    sums->error += (got - exact) * (got - exact);
    sums->exact += exact * exact;
    sums->worst = fmax(sums->worst, fabs(got - exact));
}

static nova_status verify(const nova_plan *plan, const nova_execute_args *args) {
    nova_verification *verification = args->verification;
    const nova_shape *shape = &plan->engine.shape;
    const nova_reference_operands operands = {.x = args->x,
                                              .weights = verification->weights,
                                              .weights_dtype = verification->weights_dtype,
                                              .bias = args->bias,
                                              .residual = args->residual};
    const int64_t outputs = shape->n * shape->k * shape->out_h * shape->out_w;
    const int64_t samples = verification->samples > 0 ? verification->samples : 1024;
    uint64_t state = verification->seed;
    tally sums = {0, 0, 0};
    verification->checked = verification->nonfinite = 0;
    for (int64_t i = 0; i < NOVA_MIN(samples, outputs); i++) {
        const int64_t index =
            samples >= outputs ? i : (int64_t)(next_random(&state) % (uint64_t)outputs);
        check_output(plan, &operands, args->y, index, verification, &sums);
    }
    verification->rms_error = sums.exact > 0 ? sqrt(sums.error / sums.exact) : sqrt(sums.error);
    const double rms = sqrt(sums.exact / (double)NOVA_MAX(verification->checked, (int64_t)1));
    verification->max_error = rms > 0 ? sums.worst / rms : sums.worst;
    return NOVA_OK;
}

static nova_status check_verification(const nova_verification *verification) {
    if (!verification)
        return NOVA_OK;
    if (verification->struct_size < sizeof *verification)
        return nova_fail(NOVA_INVALID_ARGUMENT, "verification->struct_size is not set");
    if (!verification->weights)
        return nova_fail(NOVA_INVALID_ARGUMENT, "verification needs the original weights");
    if ((unsigned)verification->weights_dtype > NOVA_BF16 || verification->samples < 0)
        return nova_fail(NOVA_INVALID_ARGUMENT, "verification: bad weights_dtype or samples");
    return NOVA_OK;
}

/* ---------------------------------------------------------------- execution */

nova_status nova_check_operands(const void *plan, const void *filter,
                                const nova_execute_args *args) {
    if (!plan || !filter || !args)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null",
                         !plan     ? "plan"
                         : !filter ? "filter"
                                   : "args");
    if (args->struct_size < sizeof *args)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "args->struct_size is not set: call nova_execute_args_init() first");
    if (!args->x || !args->y)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", args->x ? "y" : "x");
    return NOVA_OK;
}

static nova_status check_args(const nova_plan *plan, const nova_filter *filter,
                              const nova_execute_args *args) {
    const nova_status status = nova_check_operands(plan, filter, args);
    if (status != NOVA_OK)
        return status;
    if (filter->key != plan->key)
        return nova_fail(NOVA_STALE, "the filter was packed for another kind of plan");
    const size_t needed = nova_engine_workspace_bytes(&plan->engine);
    if (args->workspace && args->workspace_bytes < needed)
        return nova_fail(NOVA_INVALID_ARGUMENT, "the workspace has %zu bytes, but %zu are needed",
                         args->workspace_bytes, needed);
    if (args->threads && !args->threads->parallel_for)
        return nova_fail(NOVA_INVALID_ARGUMENT, "threads->parallel_for is null");
    return check_verification(args->verification);
}

nova_status nova_execute(const nova_plan *plan, const nova_filter *filter,
                         const nova_execute_args *args) {
    const nova_status status = check_args(plan, filter, args);
    if (status != NOVA_OK)
        return status;
    void *own = NULL;
    if (!args->workspace) {
        own = nova_alloc(nova_engine_workspace_bytes(&plan->engine));
        if (!own)
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a workspace of %zu bytes",
                             nova_engine_workspace_bytes(&plan->engine));
    }
    const nova_tensors tensors = {
        .x = args->x, .y = args->y, .bias = args->bias, .residual = args->residual};
    nova_engine_run(&plan->engine, &filter->packed, &tensors, own ? own : args->workspace,
                    args->threads, args->work);
    nova_free(own);
    return args->verification ? verify(plan, args) : NOVA_OK;
}
