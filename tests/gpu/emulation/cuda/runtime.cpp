/*
 * runtime.cpp - the emulated device.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <chrono>
#include <cstdlib>
#include <vector>

#include "cuda_runtime.h"

#include "cuda/launch.h"

/* A stream that is being captured notes what it is given; a graph is such notes. */
struct emulated_graph {
    std::vector<std::function<void()>> launches;
};
struct emulated_stream {
    emulated_graph *capturing;
};
struct emulated_event {
    std::chrono::steady_clock::time_point time;
};

namespace {

enum {
    PROCESSORS = 4, /* few, so that blocks have many units of work each */
    CACHE_BYTES = 8 << 20,
    CAPABILITY_MAJOR = 8,
    LANES = 32
};

int current_device;

void run_or_note(cudaStream_t stream, const std::function<void()> &work) {
    if (stream && stream->capturing)
        stream->capturing->launches.push_back(work);
    else
        work();
}

} // namespace

cudaError_t emulated_launch(cudaStream_t stream, dim3 grid, dim3 threads, size_t shared,
                            const std::function<void()> &body) {
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || threads.x == 0 || threads.y != 1 ||
        threads.x > emulated::MOST_THREADS || shared > emulated::SHARED_BYTES)
        return cudaErrorInvalidValue;
    const emulated::extent blocks = {grid.x, grid.y, grid.z};
    const unsigned count = threads.x;
    run_or_note(stream, [=] { emulated::run_grid(blocks, count, LANES, body); });
    return cudaSuccess;
}

extern "C" {

const char *cudaGetErrorString(cudaError_t error) {
    switch (error) {
    case cudaSuccess:
        return "no error";
    case cudaErrorInvalidValue:
        return "invalid argument";
    case cudaErrorMemoryAllocation:
        return "out of memory";
    case cudaErrorInvalidDevice:
        return "invalid device ordinal";
    default:
        return "operation not supported by the emulated device";
    }
}
cudaError_t cudaGetLastError(void) {
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *count) {
    *count = 1;
    return cudaSuccess;
}
cudaError_t cudaGetDevice(int *device) {
    *device = current_device;
    return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
    if (device != 0)
        return cudaErrorInvalidDevice;
    current_device = device;
    return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attribute, int device) {
    if (device != 0)
        return cudaErrorInvalidDevice;
    switch (attribute) {
    case cudaDevAttrMultiProcessorCount:
        *value = PROCESSORS;
        return cudaSuccess;
    case cudaDevAttrL2CacheSize:
        *value = CACHE_BYTES;
        return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor:
        *value = CAPABILITY_MAJOR;
        return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor:
        *value = 0;
        return cudaSuccess;
    }
    return cudaErrorInvalidValue;
}
cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *properties, int device) {
    static const char name[] = "NVIDIA Emulated 1";
    if (device != 0)
        return cudaErrorInvalidDevice;
    memcpy(properties->name, name, sizeof name);
    return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize(void) {
    return cudaSuccess;
}
cudaError_t cudaGetDriverEntryPointByVersion(const char *, void **, unsigned, unsigned long long,
                                             enum cudaDriverEntryPointQueryResult *) {
    return cudaErrorNotSupported; /* the copy engine's maps */
}

cudaError_t cudaMalloc(void **memory, size_t bytes) {
    enum { ALIGNMENT = 256 };
    return posix_memalign(memory, ALIGNMENT, bytes > 0 ? bytes : 1) == 0
               ? cudaSuccess
               : cudaErrorMemoryAllocation;
}
cudaError_t cudaFree(void *memory) {
    std::free(memory);
    return cudaSuccess;
}
cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, enum cudaMemcpyKind) {
    memcpy(to, from, bytes);
    return cudaSuccess;
}
cudaError_t cudaMemset(void *to, int value, size_t bytes) {
    memset(to, value, bytes);
    return cudaSuccess;
}
cudaError_t cudaMemsetAsync(void *to, int value, size_t bytes, cudaStream_t stream) {
    run_or_note(stream, [=] { memset(to, value, bytes); });
    return cudaSuccess;
}

cudaError_t cudaStreamCreate(cudaStream_t *stream) {
    *stream = new emulated_stream{nullptr};
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned) {
    return cudaStreamCreate(stream);
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    delete stream;
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) {
    return cudaSuccess;
}
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode) {
    stream->capturing = new emulated_graph;
    return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph) {
    *graph = stream->capturing;
    stream->capturing = nullptr;
    return cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t *exec, cudaGraph_t graph, unsigned long long) {
    *exec = new emulated_graph(*graph);
    return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
    for (const auto &launch : exec->launches)
        run_or_note(stream, launch);
    return cudaSuccess;
}
/* Streams are never behind: an event is the time. */
cudaError_t cudaEventCreate(cudaEvent_t *event) {
    *event = new emulated_event{};
    return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete event;
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    event->time = std::chrono::steady_clock::now();
    return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t) {
    return cudaSuccess;
}
cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t start, cudaEvent_t stop) {
    *ms = std::chrono::duration<float, std::milli>(stop->time - start->time).count();
    return cudaSuccess;
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    delete graph;
    return cudaSuccess;
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
    delete exec;
    return cudaSuccess;
}

/* ---- kernels for compute capability 9.0, which this device does not have */

cudaError_t nova_cuda_products_sm90(const nova_cuda_launch *, const nova_gpu_products_args *,
                                    const CUtensorMap *, const CUtensorMap *, const CUtensorMap *) {
    return cudaErrorNotSupported;
}
cudaError_t nova_cuda_turns_sm90(const nova_cuda_launch *, const nova_gpu_products_args *,
                                 const CUtensorMap *) {
    return cudaErrorNotSupported;
}
cudaError_t nova_cuda_rows_sm90(const nova_cuda_launch *, const nova_gpu_rows_args *,
                                const CUtensorMap *) {
    return cudaErrorNotSupported;
}
cudaError_t nova_cuda_nested_sm90(const nova_cuda_launch *, const nova_gpu_rows_args *,
                                  const CUtensorMap *, const CUtensorMap *) {
    return cudaErrorNotSupported;
}
cudaError_t nova_cuda_halo_sm90(const nova_cuda_launch *, const nova_gpu_products_args *,
                                const CUtensorMap *) {
    return cudaErrorNotSupported;
}
cudaError_t nova_cuda_resident_sm90(const nova_cuda_launch *, const nova_gpu_resident_args *,
                                    const CUtensorMap *, const CUtensorMap *) {
    return cudaErrorNotSupported;
}
cudaError_t nova_cuda_clusters_sm90(int, int *) {
    return cudaErrorNotSupported;
}

} // extern "C"
