/*
 * rates.c - how fast the machine does what the cost model counts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "plan/plan.h"
#include "runtime/runtime.h"

/* Processors with a matrix unit are servers of many cores, whose shared cache is far from each of
   them: seen on one of them are 20 GB/s of one core, and 10 from memory. */
nova_rates nova_rates_usual(const nova_cpu_kernels *kernels) {
    const double clock = 3.6e9, product = clock * (kernels->fused ? 2 : 0.5);
    const bool server = kernels->pairs->unit > 0;
    const double in_software = product / 3; /* two multiply-adds, and unpacking */
    return (nova_rates){.product = product,
                        .pairs =
                            kernels->pairs->rate > 0 ? clock * kernels->pairs->rate : in_software,
                        .transform = clock,
                        .near = 64 * clock,
                        .shared = server ? 20e9 : 32 * clock,
                        .memory = server ? 10e9 : 14 * clock,
                        .memory_all = server ? 80e9 : 20 * clock,
                        .shared_cache = 16e6,
                        .barrier = 3e-6};
}
