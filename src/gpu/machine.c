/*
 * machine.c - devices by their names: what wisdom calls them, and those that can be planned for
 * without being there.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gpu/engine.h"
#include "runtime/runtime.h"

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
