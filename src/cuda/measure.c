/*
 * measure.c - how long plans take on a device: graphs of calls in turns, whose inputs and outputs
 * rotate through more memory than the second-level cache holds. No time depends on values: weights,
 * inputs and what the workspace holds are random, and all plans share them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "cuda/cuda.h"
#include "cuda/replay.h"
#include "runtime/runtime.h"

enum { MOST_SETS = 10, FEWEST_CALLS = 4, MOST_CALLS = 20, FIRST_ROUNDS = 2, ROUNDS = 9 };

static const size_t rotated_bytes = 150000000; /* more than the cache of any device yet */
static const double graph_seconds = 1e-3;      /* of a graph of fewer calls than the most */
static const double left_behind = 1.25;        /* times the fastest: out of the race */

/** What all plans of a convolution compute with: device memory. */
typedef struct operands {
    void *x[MOST_SETS], *y[MOST_SETS];
    int sets;
    void *packed, *workspace; /* as large as the largest */
    size_t workspace_bytes;
} operands;

/** A plan in the race. */
typedef struct runner {
    const operands *data;
    nova_cuda_plan plan; /* the trial's, which keeps what it owns */
    nova_cuda_filter filter;
    replay graph;
    double times[ROUNDS];
    int rounds;
    double seconds; /* median; infinity: it cannot run */
} runner;

/* ---- operands */

/* Device memory of random values from -1 to 1: one block of them, again and again. */
static nova_status random_memory(nova_dtype dtype, size_t bytes, void **made) {
    enum { BLOCK = 1 << 19 };
    const size_t block = NOVA_MIN(bytes, (size_t)BLOCK * sizeof(uint16_t));
    nova_status status = replay_check(cudaMalloc(made, NOVA_MAX(bytes, 1)), "allocating operands");
    if (status != NOVA_OK || block == 0)
        return status;
    float *values = malloc(BLOCK * sizeof *values);
    uint16_t *halves = malloc(BLOCK * sizeof *halves);
    if (!values || !halves)
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory to time plans");
    if (status == NOVA_OK) {
        uint32_t state = 1;
        for (int i = 0; i < BLOCK; i++) {
            state = state * 1664525U + 1013904223U;
            values[i] = (float)(state >> 8) / 8388608.0F - 1.0F;
        }
        nova_convert_from_float(halves, values, dtype, BLOCK);
        status = replay_check(cudaMemcpy(*made, halves, block, cudaMemcpyHostToDevice), "copying");
    }
    for (size_t done = block; done < bytes && status == NOVA_OK;) {
        const size_t more = NOVA_MIN(done, bytes - done);
        status = replay_check(
            cudaMemcpy((char *)*made + done, *made, more, cudaMemcpyDeviceToDevice), "copying");
        done += more;
    }
    free(values);
    free(halves);
    return status;
}

static nova_status open_operands(operands *it, const nova_gpu_trials *trials) {
    const nova_shape *shape = &trials->items[0].plan.engine.shape;
    const size_t element = nova_dtype_size(shape->dtype);
    const size_t x = (size_t)(shape->n * shape->c * shape->h * shape->w) * element;
    const size_t y = (size_t)(shape->n * shape->k * shape->out_h * shape->out_w) * element;
    size_t packed = 0;
    *it = (operands){.sets = (int)NOVA_MIN((size_t)MOST_SETS, 1 + rotated_bytes / (x + y))};
    for (int i = 0; i < trials->count; i++) {
        const nova_gpu_engine *engine = &trials->items[i].plan.engine;
        packed = NOVA_MAX(packed, engine->filter_bytes);
        it->workspace_bytes = NOVA_MAX(it->workspace_bytes, engine->workspace_bytes);
    }
    nova_status status = random_memory(shape->dtype, packed, &it->packed);
    if (status == NOVA_OK)
        status = random_memory(shape->dtype, it->workspace_bytes, &it->workspace);
    for (int i = 0; i < it->sets && status == NOVA_OK; i++) {
        status = random_memory(shape->dtype, x, &it->x[i]);
        if (status == NOVA_OK)
            status = replay_check(cudaMalloc(&it->y[i], y), "allocating operands");
    }
    return status;
}

static void close_operands(operands *it) {
    for (int i = 0; i < it->sets; i++) { /* a null pointer is allowed */
        (void)cudaFree(it->x[i]);
        (void)cudaFree(it->y[i]);
    }
    (void)cudaFree(it->packed);
    (void)cudaFree(it->workspace);
}

/* ---- the race */

static nova_status enqueue(void *context, int call, cudaStream_t stream) {
    const runner *it = context;
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = it->data->x[call % it->data->sets];
    args.y = it->data->y[call % it->data->sets];
    args.workspace = it->data->workspace;
    args.workspace_bytes = it->data->workspace_bytes;
    return nova_cuda_execute(&it->plan, &it->filter, &args, stream);
}

/* A plan that cannot run is none to choose: that is no failure while another can. */
static nova_status open_runner(runner *it, const nova_cuda_plan *device, const nova_gpu_plan *plan,
                               const operands *data) {
    const int calls = (int)ceil(graph_seconds / plan->engine.seconds);
    it->data = data;
    it->plan = *device;
    it->plan.plan = *plan;
    it->filter = (nova_cuda_filter){
        .kind = nova_gpu_filter_kind_of(plan, device->device), .packed = data->packed, .factor = 1};
    return replay_open(&it->graph, enqueue, it,
                       NOVA_MIN(NOVA_MAX(calls, FEWEST_CALLS), MOST_CALLS));
}

static nova_status run_rounds(runner *runners, int count, int rounds, double limit) {
    nova_status status = NOVA_OK;
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count && status == NOVA_OK; i++) {
            runner *it = &runners[i];
            if (it->seconds <= limit)
                status = replay_once(&it->graph, &it->times[it->rounds++]);
        }
    for (int i = 0; i < count; i++)
        if (runners[i].rounds > 0)
            runners[i].seconds = replay_median_of(runners[i].times, runners[i].rounds);
    return status;
}

static double least_seconds(const runner *runners, int count) {
    double least = INFINITY;
    for (int i = 0; i < count; i++)
        least = fmin(least, runners[i].seconds);
    return least;
}

static nova_status race(runner *runners, int count) {
    nova_status status = run_rounds(runners, count, 1, 0); /* to warm up; it does not count */
    for (int i = 0; i < count; i++)
        runners[i].rounds = 0;
    if (status == NOVA_OK)
        status = run_rounds(runners, count, FIRST_ROUNDS, DBL_MAX);
    if (status == NOVA_OK)
        status = run_rounds(runners, count, ROUNDS - FIRST_ROUNDS,
                            left_behind * least_seconds(runners, count));
    return status;
}

static nova_status time_trials(void *context, nova_gpu_trials *trials) {
    const nova_cuda_plan *device = context;
    runner *runners = calloc((size_t)trials->count, sizeof *runners);
    operands data = {.sets = 0};
    bool any = false;
    if (!runners)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to time plans");
    nova_status status = open_operands(&data, trials), last = NOVA_OK;
    for (int i = 0; i < trials->count && status == NOVA_OK; i++) {
        last = open_runner(&runners[i], device, &trials->items[i].plan, &data);
        runners[i].seconds = last == NOVA_OK ? 0 : INFINITY;
        any = any || last == NOVA_OK;
    }
    if (status == NOVA_OK)
        status = any ? race(runners, trials->count) : last;
    for (int i = 0; i < trials->count; i++) {
        trials->items[i].seconds = runners[i].seconds;
        replay_close(&runners[i].graph);
    }
    close_operands(&data);
    free(runners);
    return status;
}

nova_status nova_cuda_tune(const nova_conv_desc *desc, const nova_plan_options *options,
                           const nova_cuda_plan *device, nova_gpu_trials *trials) {
    const nova_gpu_timer timer = {time_trials, (void *)device};
    int previous;
    trials->count = 0;
    nova_status status = nova_cuda_enter(device->device, &previous);
    if (status != NOVA_OK)
        return status;
    status = nova_gpu_tune(desc, options, &device->machine, &timer, trials);
    nova_cuda_leave(previous);
    return status;
}
