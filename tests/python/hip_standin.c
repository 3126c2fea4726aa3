/*
 * hip_standin.c - as much of the HIP runtime as planning needs, for tests where there is none: one
 * device, whose kernels are all found.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

int hipGetDeviceCount(int *count) {
    *count = 1;
    return 0;
}
int hipGetDevice(int *device) {
    *device = 0;
    return 0;
}
int hipSetDevice(int device) {
    return device != 0;
}
const char *hipGetErrorString(int error) {
    return error ? "stand-in" : "";
}
int hipDeviceGetAttribute(int *value, int attribute, int device) {
    *value = 304;
    return attribute != 63 || device != 0;
}
int hipMalloc(void **memory, size_t bytes) {
    (void)bytes;
    *memory = NULL;
    return 2;
}
int hipFree(void *memory) {
    return memory != NULL;
}
int hipMemcpy(void *to, const void *from, size_t bytes, int kind) {
    (void)to, (void)from, (void)bytes, (void)kind;
    return 1;
}
int hipModuleLoadData(void **module, const void *image) {
    static char only;
    *module = &only;
    return image == NULL;
}
int hipModuleGetFunction(void **function, void *module, const char *name) {
    static char only;
    *function = &only;
    return !module || !name;
}
int hipModuleLaunchKernel(void) {
    return 1;
}
int hipDeviceGetName(void) {
    return 1;
}
int hipEventCreate(void) {
    return 1;
}
int hipEventDestroy(void) {
    return 1;
}
int hipEventRecord(void) {
    return 1;
}
int hipEventSynchronize(void) {
    return 1;
}
int hipEventElapsedTime(void) {
    return 1;
}
