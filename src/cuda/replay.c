/*
 * replay.c - graphs of calls, timed with events.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/replay.h"

#include <stdlib.h>

#include "runtime/runtime.h"

nova_status replay_check(cudaError_t error, const char *what) {
    return error == cudaSuccess
               ? NOVA_OK
               : nova_fail(NOVA_INTERNAL, "%s: %s", what, cudaGetErrorString(error));
}

static nova_status capture(replay *made, replay_fn enqueue, void *context) {
    cudaGraph_t graph = NULL;
    nova_status status = replay_check(
        cudaStreamBeginCapture(made->stream, cudaStreamCaptureModeThreadLocal), "capturing");
    for (int i = 0; i < made->calls && status == NOVA_OK; ++i) {
        status = enqueue(context, i, made->stream);
    }
    const nova_status ended =
        replay_check(cudaStreamEndCapture(made->stream, &graph), "ending the capture");
    status = status == NOVA_OK ? ended : status;
    if (status == NOVA_OK) {
        status = replay_check(cudaGraphInstantiate(&made->graph, graph, 0), "making a graph");
    }
    if (graph != NULL) {
        (void)cudaGraphDestroy(graph);
    }
    return status;
}

nova_status replay_open(replay *made, replay_fn enqueue, void *context, int calls) {
    *made = (replay){.calls = calls};
    nova_status status = replay_check(
        cudaStreamCreateWithFlags(&made->stream, cudaStreamNonBlocking), "making a stream");
    if (status == NOVA_OK) {
        status = replay_check(cudaEventCreate(&made->start), "making an event");
    }
    if (status == NOVA_OK) {
        status = replay_check(cudaEventCreate(&made->stop), "making an event");
    }
    if (status == NOVA_OK) { /* kernels are loaded at their first launch: not in a capture */
        status = enqueue(context, 0, made->stream);
    }
    if (status == NOVA_OK) {
        status = replay_check(cudaStreamSynchronize(made->stream), "running once");
    }
    return status == NOVA_OK ? capture(made, enqueue, context) : status;
}

void replay_close(replay *made) {
    if (made->graph != NULL) {
        (void)cudaGraphExecDestroy(made->graph);
    }
    if (made->stop != NULL) {
        (void)cudaEventDestroy(made->stop);
    }
    if (made->start != NULL) {
        (void)cudaEventDestroy(made->start);
    }
    if (made->stream != NULL) {
        (void)cudaStreamDestroy(made->stream);
    }
    *made = (replay){.calls = 0};
}

nova_status replay_once(const replay *made, double *seconds) {
    float ms = 0;
    cudaError_t error = cudaEventRecord(made->start, made->stream);
    if (error == cudaSuccess) {
        error = cudaGraphLaunch(made->graph, made->stream);
    }
    if (error == cudaSuccess) {
        error = cudaEventRecord(made->stop, made->stream);
    }
    if (error == cudaSuccess) {
        error = cudaEventSynchronize(made->stop);
    }
    if (error == cudaSuccess) {
        error = cudaEventElapsedTime(&ms, made->start, made->stop);
    }
    *seconds = 1e-3 * (double)ms / made->calls;
    return replay_check(error, "replaying a graph");
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double replay_median_of(double *times, int count) {
    qsort(times, (size_t)count, sizeof *times, by_value);
    return (times[(count - 1) / 2] + times[count / 2]) / 2;
}
