/*
 * model.h - what the planner knows of AMD devices. No HIP in here: a plan for a device that need
 * not be there can be made everywhere.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_MODEL_H
#define NOVA_HIP_MODEL_H

#include "gpu/engine.h"

/** A device of so many processors (compute units), of the MI300X's kind. NOVA_HIP_KERNELS says
   which kernels are considered (docs/hip.md). */
void nova_hip_machine_init(nova_gpu_machine *machine, int processors);

/** One by its name ("mi300x"). Errors: NOVA_UNKNOWN_NAME. */
nova_status nova_hip_machine_find(const char *device, nova_gpu_machine *machine);

/** True if there are kernels for these codelets, by their numbers. */
bool nova_hip_has_tile(int input_h, int input_w, int output_h, int output_w);

/** True if one kernel computes a whole convolution with a tile. */
bool nova_hip_fuses(const nova_gpu_tile *tile);

/** "mfma", or "mfma fused" where one kernel computes an engine's convolution. */
const char *nova_hip_kernels_name(const nova_gpu_engine *engine);

#endif
