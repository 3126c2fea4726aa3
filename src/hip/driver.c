/*
 * driver.c - looks for the HIP runtime; holds the compiled kernels.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hip/driver.h"

#include <pthread.h>
#include <stdbool.h>

#include "hip/look_up.h"
#include "runtime/runtime.h"

__asm__(".section .rodata\n"
        ".balign 4096\n"
        "nova_hip_image_f16:\n"
        ".incbin \"" NOVA_HIP_IMAGES "/kernels_f16.hipfb\"\n"
        ".balign 4096\n"
        "nova_hip_image_bf16:\n"
        ".incbin \"" NOVA_HIP_IMAGES "/kernels_bf16.hipfb\"\n"
        ".previous\n");
extern const char nova_hip_image_f16[] __attribute__((visibility("hidden")));
extern const char nova_hip_image_bf16[] __attribute__((visibility("hidden")));

const void *nova_hip_image(nova_dtype dtype) {
    return dtype == NOVA_F16 ? nova_hip_image_f16 : nova_hip_image_bf16;
}

static nova_hip_driver found;
static bool is_found;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look(void) {
    static const char *const libraries[] = {"libamdhip64.so.7", "libamdhip64.so.6",
                                            "libamdhip64.so.5", "libamdhip64.so", NULL};
    const nova_hip_symbol functions[] = {{"hipGetDeviceCount", &found.GetDeviceCount},
                                         {"hipGetDevice", &found.GetDevice},
                                         {"hipSetDevice", &found.SetDevice},
                                         {"hipGetErrorString", &found.GetErrorString},
                                         {"hipDeviceGetAttribute", &found.DeviceGetAttribute},
                                         {"hipDeviceGetName", &found.DeviceGetName},
                                         {"hipMalloc", &found.Malloc},
                                         {"hipFree", &found.Free},
                                         {"hipMemcpy", &found.Memcpy},
                                         {"hipModuleLoadData", &found.ModuleLoadData},
                                         {"hipModuleGetFunction", &found.ModuleGetFunction},
                                         {"hipModuleLaunchKernel", &found.ModuleLaunchKernel},
                                         {"hipEventCreate", &found.EventCreate},
                                         {"hipEventDestroy", &found.EventDestroy},
                                         {"hipEventRecord", &found.EventRecord},
                                         {"hipEventSynchronize", &found.EventSynchronize},
                                         {"hipEventElapsedTime", &found.EventElapsedTime}};
    is_found = nova_hip_look_up(libraries, functions, NOVA_COUNT(functions));
}

nova_status nova_hip_driver_find(const nova_hip_driver **driver) {
    pthread_once(&once, look);
    if (!is_found)
        return nova_fail(NOVA_NOT_ELIGIBLE, "the HIP runtime (libamdhip64) was not found");
    *driver = &found;
    return NOVA_OK;
}
