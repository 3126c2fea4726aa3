/*
 * bench_gpu_machine.h - what timing layers asks of an engine for GPUs: one table for CUDA, one for
 * HIP. All is done on device 0; memory and streams are the device's.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_GPU_MACHINE_H
#define NOVA_CLI_BENCH_GPU_MACHINE_H

#include "bench_gpu.h"
#include "gpu/plan.h"

/** An engine's plan, and what it has in common with other engines'. */
typedef struct bench_gpu_plan {
    void *handle;
    const nova_gpu_plan *gpu;
    const nova_gpu_machine *machine;
} bench_gpu_plan;

/** Enqueues call number `call` on a stream (null: the default one). */
typedef nova_status (*bench_gpu_call)(void *context, int call, void *stream);

/** Functions fail with the machine's words; those that release allow null.
    `what` goes before the words. */
typedef struct bench_gpu_machine {
    nova_status (*name)(char *text, size_t bytes); /**< the device's */
    nova_status (*allocate)(void **memory, size_t bytes, const char *what);
    void (*release)(void *memory);
    nova_status (*write)(void *to, const void *from, size_t bytes);
    nova_status (*read)(void *to, const void *from, size_t bytes); /**< after what is enqueued */
    nova_status (*poison)(void *memory, size_t bytes);             /**< fills with NaN */

    nova_status (*plan_create)(const nova_conv_desc *desc, const nova_plan_options *options,
                               bench_gpu_plan *plan);
    void (*plan_destroy)(void *plan);
    nova_status (*info)(const void *plan, nova_plan_info *info);
    nova_status (*filter_create)(const void *plan, const float *weights, void **filter);
    void (*filter_destroy)(void *filter);
    nova_status (*execute)(const void *plan, const void *filter, const nova_execute_args *args,
                           void *stream);

    /** What times `calls` calls together; to be closed also after a failure. */
    nova_status (*timer_open)(void **timer, bench_gpu_call call, void *context, int calls);
    nova_status (*time)(void *timer, double *seconds); /**< of one call, once */
    void (*timer_close)(void *timer);
} bench_gpu_machine;

/** As bench_cuda_layer(), on a machine. */
nova_status bench_gpu_layer(const bench_gpu_machine *machine, const nova_conv_desc *desc,
                            const nova_plan_options *options, const bench_gpu_settings *settings,
                            bench_gpu_result *result);

#endif
