/*
 * bench_hip.c - timing layers on a HIP device.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "bench_gpu_machine.h"
#include "hip/hip.h"
#include "runtime/runtime.h"

static const nova_hip_driver *driver; /* found by bench_hip_layer() */

static nova_status check(int error, const char *what) {
    const nova_status status = error == NOVA_HIP_OUT_OF_MEMORY ? NOVA_OUT_OF_MEMORY : NOVA_INTERNAL;
    return error == 0 ? NOVA_OK : nova_hip_fail(driver, status, error, what);
}

static nova_status name(char *text, size_t bytes) {
    return check(driver->DeviceGetName(text, (int)bytes, 0), "asking for the device's name");
}

/* ---- memory */

static nova_status allocate(void **memory, size_t bytes, const char *what) {
    return check(driver->Malloc(memory, bytes), what);
}

static void release(void *memory) {
    (void)driver->Free(memory);
}

static nova_status write(void *to, const void *from, size_t bytes) {
    return check(driver->Memcpy(to, from, bytes, NOVA_HIP_TO_DEVICE), "copying");
}

static nova_status read(void *to, const void *from, size_t bytes) {
    return check(driver->Memcpy(to, from, bytes, NOVA_HIP_TO_HOST), "reading an output");
}

static nova_status poison(void *memory, size_t bytes) {
    void *data = nova_alloc(bytes);
    if (data == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for an output");
    }
    memset(data, 0xff, bytes);
    const nova_status status = write(memory, data, bytes);
    nova_free(data);
    return status;
}

/* ---- plans */

static nova_status plan_create(const nova_conv_desc *desc, const nova_plan_options *options,
                               bench_gpu_plan *plan) {
    nova_hip_plan *made = NULL;
    const nova_status status = nova_hip_plan_create(desc, options, 0, &made);
    if (status == NOVA_OK) {
        *plan = (bench_gpu_plan){.handle = made, .gpu = &made->plan, .machine = &made->machine};
    }
    return status;
}

static void plan_destroy(void *plan) {
    nova_hip_plan_destroy(plan);
}

static nova_status info(const void *plan, nova_plan_info *filled) {
    return nova_hip_plan_get_info(plan, filled);
}

static nova_status filter_create(const void *plan, const float *weights, void **filter) {
    nova_hip_filter *made = NULL;
    const nova_status status = nova_hip_filter_create(plan, weights, NOVA_F32, &made);
    *filter = made;
    return status;
}

static void filter_destroy(void *filter) {
    nova_hip_filter_destroy(filter);
}

static nova_status execute(const void *plan, const void *filter, const nova_execute_args *args,
                           void *stream) {
    return nova_hip_execute(plan, filter, args, stream);
}

/* ---- time */

/** Calls between two events. */
typedef struct timer {
    void *start, *stop;
    bench_gpu_call call;
    void *context;
    int calls;
} timer;

static nova_status timer_open(void **opened, bench_gpu_call call, void *context, int calls) {
    timer *it = calloc(1, sizeof *it);
    *opened = it;
    if (it == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a timer");
    }
    *it = (timer){.call = call, .context = context, .calls = calls};
    const nova_status status = check(driver->EventCreate(&it->start), "making an event");
    return status == NOVA_OK ? check(driver->EventCreate(&it->stop), "making an event") : status;
}

static nova_status time_calls(void *opened, double *seconds) {
    const timer *it = opened;
    float ms = 0;
    nova_status status = check(driver->EventRecord(it->start, NULL), "recording an event");
    for (int i = 0; i < it->calls && status == NOVA_OK; ++i) {
        status = it->call(it->context, i, NULL);
    }
    if (status == NOVA_OK) {
        status = check(driver->EventRecord(it->stop, NULL), "recording an event");
    }
    if (status == NOVA_OK) {
        status = check(driver->EventSynchronize(it->stop), "timing calls");
    }
    if (status == NOVA_OK) {
        status = check(driver->EventElapsedTime(&ms, it->start, it->stop), "timing calls");
    }
    *seconds = 1e-3 * (double)ms / it->calls;
    return status;
}

static void timer_close(void *opened) {
    timer *it = opened;
    if (it == NULL) {
        return;
    }
    if (it->start != NULL) {
        (void)driver->EventDestroy(it->start);
    }
    if (it->stop != NULL) {
        (void)driver->EventDestroy(it->stop);
    }
    free(it);
}

static const bench_gpu_machine hip = {.name = name,
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

nova_status bench_hip_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                            const bench_gpu_settings *settings, bench_gpu_result *result) {
    *result = (bench_gpu_result){.count = 0};
    const nova_status status = nova_hip_driver_find(&driver);
    return status == NOVA_OK ? bench_gpu_layer(&hip, desc, options, settings, result) : status;
}
