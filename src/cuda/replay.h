/*
 * replay.h - times calls on a CUDA device: a graph of several calls, replayed.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_REPLAY_H
#define NOVA_CUDA_REPLAY_H

#include <cuda_runtime_api.h>

#include "nova_winograd.h"

/** Enqueues call number `call` on a stream. Calls that use other operands by their number keep
    these from lying in the cache. */
typedef nova_status (*replay_fn)(void *context, int call, cudaStream_t stream);

typedef struct replay {
    cudaStream_t stream;
    cudaGraphExec_t graph;
    cudaEvent_t start, stop;
    int calls;
} replay;

/** Captures `calls` calls, one of which has run before. Errors: those of `enqueue`; NOVA_INTERNAL
    with CUDA's words. Release with replay_close(), also after a failure. */
nova_status replay_open(replay *made, replay_fn enqueue, void *context, int calls);
void replay_close(replay *made);

/** Replays the graph once; *seconds is the time of one call. Errors: NOVA_INTERNAL. */
nova_status replay_once(const replay *made, double *seconds);

/** Median of `count` times, which it sorts. */
double replay_median_of(double *times, int count);

/** Turns what a CUDA call returned into a status with its words. */
nova_status replay_check(cudaError_t error, const char *what);

#endif
