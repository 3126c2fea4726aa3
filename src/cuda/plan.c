/*
 * plan.c - plans and filters of a CUDA device.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "cuda/cuda.h"
#include "cuda/launch.h"
#include "nova_winograd_gpu.h"
#include "runtime/runtime.h"

nova_status nova_cuda_fail(nova_status status, cudaError_t error, const char *what) {
    return nova_fail(status, "%s: %s", what, cudaGetErrorString(error));
}

nova_status nova_cuda_enter(int device, int *previous) {
    cudaError_t error = cudaGetDevice(previous);
    if (error == cudaSuccess && device != *previous)
        error = cudaSetDevice(device);
    if (error != cudaSuccess)
        return nova_cuda_fail(NOVA_INTERNAL, error, "changing the current device");
    return NOVA_OK;
}

void nova_cuda_leave(int previous) {
    (void)cudaSetDevice(previous); /* it was current before: there is nothing else to do */
}

/* ---------------------------------------------------------------- the device */

enum { OLDEST = 8, HOPPER = 9 }; /* compute capabilities, major */

static nova_status read_attribute(enum cudaDeviceAttr attribute, int device, int *value) {
    const cudaError_t error = cudaDeviceGetAttribute(value, attribute, device);
    if (error != cudaSuccess)
        return nova_cuda_fail(NOVA_NOT_ELIGIBLE, error, "asking the device for its properties");
    return NOVA_OK;
}

static nova_status find_device(int device) {
    int count = 0;
    const cudaError_t error = cudaGetDeviceCount(&count);
    if (error != cudaSuccess)
        return nova_cuda_fail(NOVA_NOT_ELIGIBLE, error, "looking for CUDA devices");
    if (device < 0 || device >= count)
        return nova_fail(NOVA_NOT_ELIGIBLE, "CUDA device %d: there are %d", device, count);
    return NOVA_OK;
}

/* Kernels for compute capability 9.0 run on no other; NOVA_CUDA_KERNELS=sm_80 asks for those that
   run everywhere. */
static bool wants_hopper(int major, int minor) {
    const char *limit = getenv("NOVA_CUDA_KERNELS");
    return major == HOPPER && minor == 0 && !(limit && strcmp(limit, "sm_80") == 0);
}

static nova_status describe_machine(int device, nova_gpu_machine *machine) {
    int processors = 0, cache = 0, major = 0, minor = 0;
    nova_status status = find_device(device);
    if (status == NOVA_OK)
        status = read_attribute(cudaDevAttrMultiProcessorCount, device, &processors);
    if (status == NOVA_OK)
        status = read_attribute(cudaDevAttrL2CacheSize, device, &cache);
    if (status == NOVA_OK)
        status = read_attribute(cudaDevAttrComputeCapabilityMajor, device, &major);
    if (status == NOVA_OK)
        status = read_attribute(cudaDevAttrComputeCapabilityMinor, device, &minor);
    if (status != NOVA_OK)
        return status;
    if (major < OLDEST)
        return nova_fail(NOVA_NOT_ELIGIBLE, "device %d has compute capability %d.%d; 8.0 is needed",
                         device, major, minor);
    nova_gpu_machine_init(machine, processors, wants_hopper(major, minor), (size_t)cache);
    return NOVA_OK;
}

/* Clusters lie within one part of the device, whose multiprocessors they need not divide. A size
   that the device does not have is none. */
static nova_status count_clusters(nova_gpu_machine *machine) {
    for (int size = 2; size <= NOVA_GPU_MOST_CLUSTERED; size *= 2) {
        const cudaError_t error = nova_cuda_clusters_sm90(size, &machine->clusters[size]);
        if (error == cudaErrorInvalidClusterSize || error == cudaErrorInvalidValue)
            machine->clusters[size] = 0;
        else if (error != cudaSuccess)
            return nova_cuda_fail(NOVA_NOT_ELIGIBLE, error, "asking for the number of clusters");
    }
    (void)cudaGetLastError(); /* a size that there is not is no failure of the caller's */
    return NOVA_OK;
}

static nova_status find_encode(nova_cuda_encode_fn *encode) {
    void *found = NULL;
    enum cudaDriverEntryPointQueryResult result;
    enum { SINCE = 12000 };
    const cudaError_t error = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found,
                                                               SINCE, cudaEnableDefault, &result);
    if (error != cudaSuccess)
        return nova_cuda_fail(NOVA_NOT_ELIGIBLE, error, "looking for cuTensorMapEncodeTiled");
    if (result != cudaDriverEntryPointSuccess)
        return nova_fail(NOVA_NOT_ELIGIBLE, "the driver is too old for tensor maps");
    memcpy(encode, &found, sizeof found); /* no cast from an object's to a function's pointer */
    return NOVA_OK;
}

/* ---------------------------------------------------------------- plans */

nova_status nova_cuda_plan_create(const nova_conv_desc *desc, const nova_plan_options *options,
                                  int device, nova_cuda_plan **plan) {
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    *plan = NULL;
    nova_cuda_plan *made = calloc(1, sizeof *made);
    if (!made)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a plan");
    made->device = device;
    int previous = device;
    nova_status status = describe_machine(device, &made->machine);
    if (status == NOVA_OK && made->machine.hopper)
        status = nova_cuda_enter(device, &previous);
    if (status == NOVA_OK && made->machine.hopper) {
        status = count_clusters(&made->machine);
        if (status == NOVA_OK)
            status = find_encode(&made->encode);
        nova_cuda_leave(previous);
    }
    if (status == NOVA_OK)
        status = nova_gpu_plan_init(&made->plan, desc, options, &made->machine);
    if (status != NOVA_OK) {
        free(made);
        return status;
    }
    *plan = made;
    return NOVA_OK;
}

void nova_cuda_plan_destroy(nova_cuda_plan *plan) {
    if (!plan)
        return;
    nova_gpu_plan_clear(&plan->plan);
    free(plan);
}

nova_status nova_cuda_plan_get_info(const nova_cuda_plan *plan, nova_plan_info *info) {
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    return nova_gpu_plan_info(&plan->plan, plan->machine.hopper ? "sm_90a" : "sm_80", info);
}

/* ---------------------------------------------------------------- filters */

static nova_status upload(const nova_cuda_plan *plan, const uint16_t *packed,
                          nova_cuda_filter *filter) {
    int previous;
    const nova_status status = nova_cuda_enter(plan->device, &previous);
    if (status != NOVA_OK)
        return status;
    cudaError_t error = cudaMalloc(&filter->packed, filter->kind.bytes);
    if (error == cudaSuccess)
        error = cudaMemcpy(filter->packed, packed, filter->kind.bytes, cudaMemcpyHostToDevice);
    /* which may return before the bytes have arrived, and another stream may read them next */
    if (error == cudaSuccess)
        error = cudaStreamSynchronize(NULL);
    nova_cuda_leave(previous);
    if (error == cudaErrorMemoryAllocation)
        return nova_cuda_fail(NOVA_OUT_OF_MEMORY, error, "allocating a packed filter");
    if (error != cudaSuccess)
        return nova_cuda_fail(NOVA_INTERNAL, error, "copying a packed filter to the device");
    return NOVA_OK;
}

nova_status nova_cuda_filter_create(const nova_cuda_plan *plan, const void *weights,
                                    nova_dtype dtype, nova_cuda_filter **filter) {
    if (!filter)
        return nova_fail(NOVA_INVALID_ARGUMENT, "filter is null");
    *filter = NULL;
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    nova_cuda_filter *made = calloc(1, sizeof *made);
    const size_t bytes = plan->plan.engine.filter_bytes;
    uint16_t *packed = nova_alloc(bytes);
    nova_status status = NOVA_OK;
    if (!made || !packed)
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a packed filter of %zu bytes", bytes);
    if (status == NOVA_OK)
        status = nova_gpu_filter_pack(&plan->plan, weights, dtype, packed, &made->factor);
    if (status == NOVA_OK) {
        made->kind = nova_gpu_filter_kind_of(&plan->plan, plan->device);
        status = upload(plan, packed, made);
    }
    nova_free(packed);
    if (status != NOVA_OK) {
        nova_cuda_filter_destroy(made);
        return status;
    }
    *filter = made;
    return NOVA_OK;
}

void nova_cuda_filter_destroy(nova_cuda_filter *filter) {
    if (!filter)
        return;
    (void)cudaFree(filter->packed); /* null is allowed; a failure here is an earlier call's */
    free(filter);
}
