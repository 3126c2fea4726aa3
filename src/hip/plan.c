/*
 * plan.c - plans and filters of a HIP device.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "hip/hip.h"
#include "runtime/runtime.h"

nova_status nova_hip_fail(const nova_hip_driver *driver, nova_status status, int error,
                          const char *what) {
    return nova_fail(status, "%s: %s", what, driver->GetErrorString(error));
}

nova_status nova_hip_enter(const nova_hip_driver *driver, int device, int *previous) {
    int error = driver->GetDevice(previous);
    if (error == 0 && device != *previous)
        error = driver->SetDevice(device);
    if (error != 0)
        return nova_hip_fail(driver, NOVA_INTERNAL, error, "changing the current device");
    return NOVA_OK;
}

void nova_hip_leave(const nova_hip_driver *driver, int previous) {
    (void)driver->SetDevice(previous); /* it was current before: there is nothing else to do */
}

/* ---------------------------------------------------------------- the device */

static nova_status describe_machine(const nova_hip_driver *driver, int device,
                                    nova_gpu_machine *machine) {
    int count = 0, processors = 0;
    int error = driver->GetDeviceCount(&count);
    if (error != 0)
        return nova_hip_fail(driver, NOVA_NOT_ELIGIBLE, error, "looking for HIP devices");
    if (device < 0 || device >= count)
        return nova_fail(NOVA_NOT_ELIGIBLE, "HIP device %d: there are %d", device, count);
    error = driver->DeviceGetAttribute(&processors, NOVA_HIP_PROCESSORS, device);
    if (error != 0 || processors < 1)
        return nova_hip_fail(driver, NOVA_NOT_ELIGIBLE, error,
                             "asking the device for its properties");
    nova_hip_machine_init(machine, processors);
    return NOVA_OK;
}

/* ---------------------------------------------------------------- plans */

nova_status nova_hip_plan_create(const nova_conv_desc *desc, const nova_plan_options *options,
                                 int device, nova_hip_plan **plan) {
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    *plan = NULL;
    nova_hip_plan *made = calloc(1, sizeof *made);
    if (!made)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a plan");
    made->device = device;
    nova_status status = nova_hip_driver_find(&made->driver);
    if (status == NOVA_OK)
        status = describe_machine(made->driver, device, &made->machine);
    if (status == NOVA_OK)
        status = nova_gpu_plan_init(&made->plan, desc, options, &made->machine);
    if (status == NOVA_OK)
        status = nova_hip_kernels_find(made);
    if (status != NOVA_OK) {
        nova_hip_plan_destroy(made);
        return status;
    }
    *plan = made;
    return NOVA_OK;
}

void nova_hip_plan_destroy(nova_hip_plan *plan) {
    if (!plan)
        return;
    nova_hip_blas_destroy(plan->blas);
    nova_gpu_plan_clear(&plan->plan);
    free(plan);
}

nova_status nova_hip_plan_get_info(const nova_hip_plan *plan, nova_plan_info *info) {
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    const char *kernels =
        plan->blas ? nova_hip_blas_name(plan->blas) : nova_hip_kernels_name(&plan->plan.engine);
    return nova_gpu_plan_info(&plan->plan, kernels, info);
}

/* ---------------------------------------------------------------- filters */

static nova_status upload(const nova_hip_plan *plan, const uint16_t *packed,
                          nova_hip_filter *filter) {
    const nova_hip_driver *driver = plan->driver;
    int previous;
    const nova_status status = nova_hip_enter(driver, plan->device, &previous);
    if (status != NOVA_OK)
        return status;
    int error = driver->Malloc(&filter->packed, filter->kind.bytes);
    const bool allocated = error == 0;
    if (allocated)
        error = driver->Memcpy(filter->packed, packed, filter->kind.bytes, NOVA_HIP_TO_DEVICE);
    nova_hip_leave(driver, previous);
    if (error == NOVA_HIP_OUT_OF_MEMORY)
        return nova_hip_fail(driver, NOVA_OUT_OF_MEMORY, error, "allocating a packed filter");
    if (error != 0)
        return nova_hip_fail(driver, NOVA_INTERNAL, error, "copying a packed filter");
    return NOVA_OK;
}

nova_status nova_hip_filter_create(const nova_hip_plan *plan, const void *weights, nova_dtype dtype,
                                   nova_hip_filter **filter) {
    if (!filter)
        return nova_fail(NOVA_INVALID_ARGUMENT, "filter is null");
    *filter = NULL;
    if (!plan)
        return nova_fail(NOVA_INVALID_ARGUMENT, "plan is null");
    nova_hip_filter *made = calloc(1, sizeof *made);
    const size_t bytes = plan->plan.engine.filter_bytes;
    uint16_t *packed = nova_alloc(bytes);
    nova_status status = NOVA_OK;
    if (!made || !packed)
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a packed filter of %zu bytes", bytes);
    if (status == NOVA_OK)
        status = nova_gpu_filter_pack_slices(&plan->plan, weights, dtype, packed, made->scale);
    if (status == NOVA_OK) {
        made->kind = nova_gpu_filter_kind_of(&plan->plan, plan->device);
        made->driver = plan->driver;
        status = upload(plan, packed, made);
    }
    nova_free(packed);
    if (status != NOVA_OK) {
        nova_hip_filter_destroy(made);
        return status;
    }
    *filter = made;
    return NOVA_OK;
}

void nova_hip_filter_destroy(nova_hip_filter *filter) {
    if (!filter)
        return;
    if (filter->packed)
        (void)filter->driver->Free(filter->packed); /* a failure here is an earlier call's */
    free(filter);
}
