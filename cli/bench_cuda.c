/*
 * bench_cuda.c - timing layers on a CUDA device.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench_gpu_machine.h"
#include "bench_tune.h"
#include "cuda/cuda.h"
#include "cuda/replay.h"
#include "runtime/runtime.h"

static nova_status name(char *text, size_t bytes) {
    struct cudaDeviceProp properties;
    const nova_status status =
        replay_check(cudaGetDeviceProperties(&properties, 0), "asking for the device's name");
    if (status == NOVA_OK) {
        snprintf(text, bytes, "%s", properties.name);
    }
    return status;
}

/* ---- memory */

static nova_status allocate(void **memory, size_t bytes, const char *what) {
    return replay_check(cudaMalloc(memory, bytes), what);
}

static void release(void *memory) {
    (void)cudaFree(memory);
}

static nova_status write(void *to, const void *from, size_t bytes) {
    return replay_check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copying");
}

static nova_status read(void *to, const void *from, size_t bytes) {
    return replay_check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "reading an output");
}

static nova_status poison(void *memory, size_t bytes) {
    return replay_check(cudaMemset(memory, 0xff, bytes), "poisoning an output");
}

/* ---- plans */

static nova_status plan_create(const nova_conv_desc *desc, const nova_plan_options *options,
                               bench_gpu_plan *plan) {
    nova_cuda_plan *made = NULL;
    const nova_status status = nova_cuda_plan_create(desc, options, 0, &made);
    if (status == NOVA_OK) {
        *plan = (bench_gpu_plan){.handle = made, .gpu = &made->plan, .machine = &made->machine};
    }
    return status;
}

static void plan_destroy(void *plan) {
    nova_cuda_plan_destroy(plan);
}

static nova_status info(const void *plan, nova_plan_info *filled) {
    return nova_cuda_plan_get_info(plan, filled);
}

static nova_status filter_create(const void *plan, const float *weights, void **filter) {
    nova_cuda_filter *made = NULL;
    const nova_status status = nova_cuda_filter_create(plan, weights, NOVA_F32, &made);
    *filter = made;
    return status;
}

static void filter_destroy(void *filter) {
    nova_cuda_filter_destroy(filter);
}

static nova_status execute(const void *plan, const void *filter, const nova_execute_args *args,
                           void *stream) {
    return nova_cuda_execute(plan, filter, args, stream);
}

/* ---- time */

/** A graph of calls. */
typedef struct timer {
    replay graph;
    bench_gpu_call call;
    void *context;
} timer;

static nova_status enqueue(void *context, int number, cudaStream_t stream) {
    const timer *it = context;
    return it->call(it->context, number, stream);
}

static nova_status timer_open(void **opened, bench_gpu_call call, void *context, int calls) {
    timer *it = calloc(1, sizeof *it);
    *opened = it;
    if (it == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a timer");
    }
    it->call = call;
    it->context = context;
    return replay_open(&it->graph, enqueue, it, calls);
}

static nova_status time_calls(void *opened, double *seconds) {
    const timer *it = opened;
    return replay_once(&it->graph, seconds);
}

static void timer_close(void *opened) {
    timer *it = opened;
    if (it != NULL) {
        replay_close(&it->graph);
        free(it);
    }
}

static const bench_gpu_machine cuda = {.name = name,
                                       .allocate = allocate,
                                       .release = release,
                                       .write = write,
                                       .read = read,
                                       .poison = poison,
                                       .plan_create = plan_create,
                                       .plan_destroy = plan_destroy,
                                       .info = info,
                                       .filter_create = filter_create,
                                       .filter_destroy = filter_destroy,
                                       .execute = execute,
                                       .timer_open = timer_open,
                                       .time = time_calls,
                                       .timer_close = timer_close};

nova_status bench_cuda_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                             const bench_gpu_settings *settings, bench_gpu_result *result) {
    return bench_gpu_layer(&cuda, desc, options, settings, result);
}

nova_status bench_tune_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                             nova_gpu_trials *trials) {
    nova_cuda_plan device;
    trials->count = 0;
    const nova_status status = nova_cuda_describe(0, &device);
    return status == NOVA_OK ? nova_cuda_tune(desc, options, &device, trials) : status;
}
