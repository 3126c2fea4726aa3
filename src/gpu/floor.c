/*
 * floor.c - what the kernels of a plan take at a device's rates, however well they are written.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/engine.h"
#include "runtime/runtime.h"

double nova_gpu_engine_floor(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                             bool residual) {
    const nova_shape *shape = &engine->shape;
    const bool winograd = engine->algorithm == NOVA_ALGORITHM_WINOGRAD;
    const double x = nova_gpu_tensor_bytes(shape, false);
    const double y = nova_gpu_tensor_bytes(shape, true) * (residual ? 2 : 1);
    const double pixels =
        winograd ? (double)engine->tiles : (double)(shape->n * shape->out_h * shape->out_w);
    const double vectors =
        pixels * nova_gpu_positions(engine); /* rows of V, M or of the pixels' taps */
    const double products = 2 * vectors * (double)shape->c * (double)shape->k / machine->flops;
    const double filters = (double)engine->filter_bytes / machine->memory;
    const double staged = nova_gpu_staged_bytes_of(engine);
    double seconds = 0;
    if (engine->staging != NOVA_GPU_AS_IT_IS)
        seconds += (x + staged) / machine->copy_memory + machine->launch_seconds;
    if (engine->arranged)
        seconds +=
            2 * nova_gpu_tensor_bytes(shape, true) / machine->copy_memory + machine->launch_seconds;
    if (!winograd || engine->fused)
        return seconds + NOVA_MAX(products, (x + y) / machine->memory + filters) +
               machine->launch_seconds;
    const double v = 2 * vectors * (double)engine->c_pitch;
    const double m = (engine->tile.m_type == NOVA_F32 ? 4 : 2) * vectors * (double)engine->k_pitch;
    seconds += (x + v) / (v <= machine->cache_bytes ? machine->copy : machine->copy_memory);
    seconds += NOVA_MAX(products, filters);
    seconds += (m + y) / (m <= machine->cache_bytes ? machine->copy : machine->copy_memory);
    return seconds + 3 * (double)engine->chunks * machine->launch_seconds;
}
