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

/* Only part of what wisdom knows a device by: an unknown name has wisdom of its own. */
static nova_status name_machine(int device, nova_gpu_machine *machine) {
    struct cudaDeviceProp properties;
    const cudaError_t error = cudaGetDeviceProperties(&properties, device);
    if (error != cudaSuccess)
        return nova_cuda_fail(NOVA_NOT_ELIGIBLE, error, "asking the device for its name");
    nova_gpu_machine_set_name(machine, "cuda", properties.name);
    return NOVA_OK;
}

nova_status nova_cuda_describe(int device, nova_cuda_plan *plan) {
    int previous = device;
    *plan = (nova_cuda_plan){.device = device};
    nova_status status = describe_machine(device, &plan->machine);
    if (status == NOVA_OK)
        status = name_machine(device, &plan->machine);
    if (status == NOVA_OK && plan->machine.hopper)
        status = nova_cuda_enter(device, &previous);
    if (status == NOVA_OK && plan->machine.hopper) {
        status = count_clusters(&plan->machine);
        if (status == NOVA_OK)
            status = find_encode(&plan->encode);
        nova_cuda_leave(previous);
    }
    return status;
}

/* ---------------------------------------------------------------- plans */

/* Measures, and makes the plan that was the fastest. */
static nova_status plan_measured(nova_cuda_plan *made, const nova_conv_desc *desc,
                                 const nova_plan_options *options) {
    nova_gpu_trials *trials = malloc(sizeof *trials);
    if (!trials)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the planner");
    const nova_status status = nova_cuda_tune(desc, options, made, trials);
    if (status == NOVA_OK) {
        nova_gpu_plan *chosen = &trials->items[trials->chosen].plan;
        nova_gpu_plan_clear(&made->plan);
        made->plan = *chosen;
        chosen->base = NULL; /* is the plan's now */
    }
    nova_gpu_trials_clear(trials);
    free(trials);
    return status;
}

nova_status nova_cuda_plan_create(const nova_conv_desc *desc, const nova_plan_options *options,
                                  int device, nova_cuda_plan **plan) {
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    *plan = NULL;
    nova_cuda_plan *made = calloc(1, sizeof *made);
    if (!made)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a plan");
    nova_status status = nova_cuda_describe(device, made);
    if (status == NOVA_OK)
        status = nova_gpu_plan_init(&made->plan, desc, options, &made->machine);
    if (status == NOVA_OK && options && options->effort == NOVA_EFFORT_MEASURE &&
        made->plan.measured_seconds == 0)
        status = plan_measured(made, desc, options);
    if (status != NOVA_OK) {
        nova_cuda_plan_destroy(made);
        return status;
    }
    *plan = made;
    return NOVA_OK;
}

nova_status nova_cuda_plan_create_for(const nova_conv_desc *desc, const nova_plan_options *options,
                                      const char *device, nova_cuda_plan **plan) {
    if (!plan || !device)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", plan ? "device" : "plan");
    *plan = NULL;
    nova_cuda_plan *made = calloc(1, sizeof *made);
    if (!made)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a plan");
    made->device = NOVA_CUDA_ABSENT;
    nova_status status = nova_gpu_machine_find(device, &made->machine);
    if (status == NOVA_OK)
        status = nova_gpu_plan_init(&made->plan, desc, options, &made->machine);
    if (status != NOVA_OK) {
        nova_cuda_plan_destroy(made);
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
    return nova_gpu_plan_info(&plan->plan, nova_gpu_kernels_name(&plan->machine), info);
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
    if (plan->device == NOVA_CUDA_ABSENT)
        return nova_fail(NOVA_NOT_ELIGIBLE, "the plan's device is not there");
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
