/*
 * timing.h - checks and graphs of calls for the programs here that measure a device without nova.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BENCH_TIMING_H
#define NOVA_BENCH_TIMING_H

#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 20, REPLAYS = 30 };

static void check(cudaError_t error, const char *what) {
    if (error == cudaSuccess)
        return;
    fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(error));
    exit(1);
}
#define CHECK(call) check(call, #call)

/* ---------------------------------------------------------------- timing */

typedef void (*enqueue_fn)(void *context, int call, cudaStream_t stream);

static int by_value(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Microseconds of one call. */
static inline double time_calls(enqueue_fn enqueue, void *context) {
    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    cudaEvent_t start, stop;
    CHECK(cudaStreamCreate(&stream));
    CHECK(cudaEventCreate(&start));
    CHECK(cudaEventCreate(&stop));
    enqueue(context, 0, stream); /* modules load outside the capture */
    CHECK(cudaStreamSynchronize(stream));
    CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    for (int call = 0; call < CALLS; call++)
        enqueue(context, call, stream);
    CHECK(cudaStreamEndCapture(stream, &graph));
    CHECK(cudaGraphInstantiate(&exec, graph, 0));
    float times[REPLAYS];
    for (int i = -3; i < REPLAYS; i++) {
        CHECK(cudaEventRecord(start, stream));
        CHECK(cudaGraphLaunch(exec, stream));
        CHECK(cudaEventRecord(stop, stream));
        CHECK(cudaEventSynchronize(stop));
        if (i >= 0)
            CHECK(cudaEventElapsedTime(&times[i], start, stop));
    }
    CHECK(cudaGetLastError());
    CHECK(cudaGraphExecDestroy(exec));
    CHECK(cudaGraphDestroy(graph));
    CHECK(cudaEventDestroy(start));
    CHECK(cudaEventDestroy(stop));
    CHECK(cudaStreamDestroy(stream));
    qsort(times, REPLAYS, sizeof *times, by_value);
    return 1e3 * times[REPLAYS / 2] / CALLS;
}

#endif
