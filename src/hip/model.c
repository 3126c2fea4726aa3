/*
 * model.c - AMD devices, as the planner sees them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hip/model.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hip/tiles.h"
#include "runtime/runtime.h"

static bool is_listed(const int (*pairs)[2], int count, int h, int w) {
    for (int i = 0; i < count; i++)
        if (pairs[i][0] == h && pairs[i][1] == w)
            return true;
    return false;
}

bool nova_hip_has_tile(int input_h, int input_w, int output_h, int output_w) {
#define PAIR(h, w) {h, w},
    static const int inputs[][2] = {NOVA_FOR_EACH_HIP_INPUT(PAIR)};
    static const int outputs[][2] = {NOVA_FOR_EACH_HIP_OUTPUT(PAIR)};
#undef PAIR
    return is_listed(inputs, NOVA_COUNT(inputs), input_h, input_w) &&
           is_listed(outputs, NOVA_COUNT(outputs), output_h, output_w);
}

/* Of a size there are kernels for all sets that have kernels at all. */
bool nova_hip_fuses(const nova_gpu_tile *tile) {
    const int m = tile->tile_h, inputs = m + 2;
    return (m == 2 || m == 4 || m == 6) && tile->tile_w == m && tile->inputs_h == inputs &&
           tile->inputs_w == inputs && tile->products_h == inputs && tile->products_w == inputs;
}

/* Rates of an MI300X (304 processors) as its data sheet promises them, times what such kernels
   usually reach; none of them was measured. */
void nova_hip_machine_init(nova_gpu_machine *machine, int processors) {
    const double part = processors / 304.0;
    nova_gpu_machine_init(machine, processors, false, 256 << 20);
    machine->shared_bytes = SIZE_MAX; /* the transforms use none */
    machine->flops = 600e12 * part;
    machine->cache_read = 10e12 * part;
    machine->cache_write = machine->transform = 6e12 * part;
    machine->memory = machine->transform_memory = 4e12 * part;
    machine->launch_seconds = 3e-6;
    machine->few = false;
    machine->has_tile = nova_hip_has_tile;
    /* instructions of these kernels (docs/hip.md), four cycles each */
    machine->fused = 10e9 * processors;
    const char *kernels = getenv("NOVA_HIP_KERNELS");
    if (!kernels || strcmp(kernels, "stages") != 0)
        machine->fuses = nova_hip_fuses;
    machine->always_fuses = kernels && strcmp(kernels, "fused") == 0;
}

nova_status nova_hip_machine_find(const char *device, nova_gpu_machine *machine) {
    enum { MI300X_PROCESSORS = 304 };
    if (strcmp(device, "mi300x") != 0)
        return nova_fail(NOVA_UNKNOWN_NAME,
                         "no HIP device of the name '%s' is known; there is mi300x", device);
    nova_hip_machine_init(machine, MI300X_PROCESSORS);
    return NOVA_OK;
}

const char *nova_hip_kernels_name(const nova_gpu_engine *engine) {
    return engine->fused ? "mfma fused" : "mfma";
}
