/*
 * machine.c - what is known of devices: their rates, their names, which wisdom uses, and those that
 * can be planned for without being there.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

void nova_gpu_machine_init(nova_gpu_machine *machine, int processors, bool hopper,
                           size_t cache_bytes) {
    /* The floors say 6.6 TB/s for reads out of the cache; blocks that run side by side read the
       same operands, and their steps fit 11.2. Rates of the transforms are fitted too. */
    const double part = processors / 132.0; /* of an H200 */
    *machine = (nova_gpu_machine){.processors = processors,
                                  .shared_bytes = hopper ? NOVA_GPU_HOPPER_SHARED : 99 << 10,
                                  .hopper = hopper,
                                  .flops = (hopper ? 775e12 : 250e12) * part,
                                  .cache_size = (double)cache_bytes,
                                  .cache_bytes = 0.6 * (double)cache_bytes,
                                  .cache_read = 11.2e12 * part,
                                  .cache_write = 4.1e12 * part,
                                  .memory = 4.2e12 * part,
                                  .transform = 4.7e12 * part,
                                  .transform_memory = 3.9e12 * part,
                                  .copy = 5.9e12 * part,
                                  .copy_memory = 3.9e12 * part,
                                  .launch_seconds = 1.0e-6,
                                  .few = true};
    machine->clusters[1] = processors;
    machine->clusters[2] = processors / 2;
    for (int size = 4; size <= NOVA_GPU_MOST_CLUSTERED; size *= 2) /* some are left over */
        machine->clusters[size] = NOVA_MAX(processors * 15 / (16 * size), 1);
}

const char *nova_gpu_kernels_name(const nova_gpu_machine *machine) {
    return machine->hopper ? "sm_90a" : "sm_80";
}

void nova_gpu_machine_set_name(nova_gpu_machine *machine, const char *interface,
                               const char *device) {
    static const char maker[] = "NVIDIA ";
    char name[32];
    size_t length = 0;
    if (strncmp(device, maker, strlen(maker)) == 0)
        device += strlen(maker);
    for (; device[length] && length + 1 < sizeof name; length++) {
        const unsigned char c = (unsigned char)device[length];
        name[length] = (char)(isalnum(c) ? tolower(c) : '-');
    }
    name[length] = '\0';
    snprintf(machine->name, sizeof machine->name, "%s:%s/%d/%s", interface, name,
             machine->processors, nova_gpu_kernels_name(machine));
}

nova_status nova_gpu_machine_find(const char *device, nova_gpu_machine *machine) {
    static const struct {
        const char *name;
        int processors;
        bool hopper;
        size_t cache_bytes;
    } known[] = {{"h200", 132, true, (size_t)60 << 20},
                 {"h100-80gb-hbm3", 132, true, (size_t)50 << 20},
                 {"a100-sxm4-80gb", 108, false, (size_t)40 << 20},
                 {"a100-sxm4-40gb", 108, false, (size_t)40 << 20}};
    char names[128] = "";
    for (int i = 0; i < NOVA_COUNT(known); i++) {
        if (strcmp(device, known[i].name) == 0) {
            nova_gpu_machine_init(machine, known[i].processors, known[i].hopper,
                                  known[i].cache_bytes);
            nova_gpu_machine_set_name(machine, "cuda", device);
            return NOVA_OK;
        }
        const size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, "%s%s", i > 0 ? ", " : "", known[i].name);
    }
    return nova_fail(NOVA_UNKNOWN_NAME, "no CUDA device of the name '%s' is known; there are %s",
                     device, names);
}
