/*
 * driver.h - the part of the HIP runtime that the engine uses, as a table of functions (and what
 * `nova bench` times it with). It is looked up when it is first asked for, so that the library is
 * built and loads where there is no ROCm; the tests put an emulated device in its place.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_DRIVER_H
#define NOVA_HIP_DRIVER_H

#include <stddef.h>

#include "nova_winograd.h"

/** HIP's functions, under their names without "hip"; they return 0 or an error. */
typedef struct nova_hip_driver {
    int (*GetDeviceCount)(int *count);
    int (*GetDevice)(int *device);
    int (*SetDevice)(int device);
    const char *(*GetErrorString)(int error);
    int (*DeviceGetAttribute)(int *value, int attribute, int device);
    int (*DeviceGetName)(char *name, int bytes, int device);
    int (*Malloc)(void **memory, size_t bytes);
    int (*Free)(void *memory);
    int (*Memcpy)(void *to, const void *from, size_t bytes, int kind);
    int (*ModuleLoadData)(void **module, const void *image);
    int (*ModuleGetFunction)(void **function, void *module, const char *name);
    int (*ModuleLaunchKernel)(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                              unsigned block_x, unsigned block_y, unsigned block_z,
                              unsigned shared_bytes, void *stream, void **arguments, void **extra);
    int (*EventCreate)(void **event);
    int (*EventDestroy)(void *event);
    int (*EventRecord)(void *event, void *stream);
    int (*EventSynchronize)(void *event);
    int (*EventElapsedTime)(float *milliseconds, void *start, void *stop);
} nova_hip_driver;

/** Numbers that HIP's headers give: hipDeviceAttributeMultiprocessorCount, hipMemcpyHostToDevice,
    hipMemcpyDeviceToHost, hipErrorOutOfMemory. */
enum {
    NOVA_HIP_PROCESSORS = 63,
    NOVA_HIP_TO_DEVICE = 1,
    NOVA_HIP_TO_HOST = 2,
    NOVA_HIP_OUT_OF_MEMORY = 2
};

/** The driver. Errors: NOVA_NOT_ELIGIBLE if there is none. */
nova_status nova_hip_driver_find(const nova_hip_driver **driver);

/** The kernels for tensors of a type: a bundle of one code object for each processor. */
const void *nova_hip_image(nova_dtype dtype);

#endif
