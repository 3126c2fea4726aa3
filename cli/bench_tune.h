/*
 * bench_tune.h - `nova bench --device cuda --tune`: the likely plans of each layer timed on a CUDA
 * device, in several kinds of blocks each, and the fastest kept as wisdom.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_TUNE_H
#define NOVA_CLI_BENCH_TUNE_H

#include <stdbool.h>

#include "gpu/plan.h"
#include "options.h"
#include "request.h"
#include "shapes.h"

/** Times one layer's plans on device 0: nova_cuda_tune(). Errors also: NOVA_NOT_ELIGIBLE if nova
   was built without the engine. */
nova_status bench_tune_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                             nova_gpu_trials *trials);

/**
 * Tunes all layers, those of the same sizes once, and prints of each the model's choice and the
 * fastest plan, with how far the one is from the other; or all that was timed as one JSON document.
 * `common` is the first layer's descriptor; of the others only the sizes differ. The wisdom file of
 * the request is written after every layer. Returns the command's exit code.
 */
int bench_tune_run(const cli_command *command, const cli_shapes *shapes,
                   const nova_conv_desc *common, const nova_plan_options *options,
                   const cli_request *request, bool json);

#endif
