/*
 * bench_gpu.h - `nova bench --device cuda` and `hip`: layers timed on a CUDA or a HIP device.
 *
 * A time is that of one call of several, the median over rounds: on CUDA devices the calls are a
 * replayed graph, on HIP devices they are launched one after the other between two events, so that
 * a call that is shorter than its launches is seen with them. Plans of a layer take turns, and the
 * calls rotate through inputs and outputs that together exceed the second-level cache.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_GPU_H
#define NOVA_CLI_BENCH_GPU_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"
#include "shapes.h"

enum { BENCH_GPU_MOST_PLANS = 64 };

/* Rows of the option table: what is added to the sums. */
#define BENCH_GPU_ROWS(bias, residual, activation)                                                 \
    {.name = "--bias", .target = &(bias), .help = "With --device cuda or hip: adds a bias."},      \
        {.name = "--residual",                                                                     \
         .target = &(residual),                                                                    \
         .help = "With --device cuda or hip: adds a residual."},                                   \
    {                                                                                              \
        .name = "--activation", .metavar = "A", .read = cli_choice, .target = &(activation),       \
        .choices = cli_activation_names,                                                           \
        .help = "With --device cuda or hip: none (default), relu or silu."                         \
    }

/** One plan of a layer, and what came of it. */
typedef struct bench_gpu_entry {
    nova_plan_info info; /**< its strings are below */
    char set[64], kernels[32];
    double seconds; /**< median */
    double floor;   /**< nova_gpu_engine_floor() */
    double error;   /**< relative rms over a sample of outputs; NaN if any is not finite */
    int launches;   /**< kernels of a call */
} bench_gpu_entry;

/** What one layer came to. */
typedef struct bench_gpu_result {
    bench_gpu_entry plans[BENCH_GPU_MOST_PLANS + 1]; /**< the planner's choice first */
    int count;
    char device[256];
    int rounds;
} bench_gpu_result;

/** What a run is asked for. */
typedef struct bench_gpu_settings {
    double seconds; /**< about how long to time a layer; at least five rounds are made */
    int candidates; /**< so many plans that the model expects to be fastest; 0: just its choice */
    bool bias, residual;
    bool hip; /**< on a HIP device, else on a CUDA one */
} bench_gpu_settings;

/**
 * Times one layer, the plans that the settings ask for and direct convolution, on normally
 * distributed data on CUDA device 0, or on HIP device 0. Errors: those of the engine's functions
 * that plan, pack and execute; NOVA_OUT_OF_MEMORY; NOVA_NOT_ELIGIBLE also if nova was built without
 * the engine.
 */
nova_status bench_cuda_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                             const bench_gpu_settings *settings, bench_gpu_result *result);
nova_status bench_hip_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                            const bench_gpu_settings *settings, bench_gpu_result *result);

/**
 * Times all layers and prints a table as they are done, or one JSON document. `common` is the first
 * layer's descriptor; of the others only the sizes differ. Returns the command's exit code.
 */
int bench_gpu_run(const cli_command *command, const cli_shapes *shapes,
                  const nova_conv_desc *common, const nova_plan_options *options,
                  const bench_gpu_settings *settings, bool json);

#endif
