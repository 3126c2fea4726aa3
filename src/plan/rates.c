/*
 * rates.c - how fast the machine does what the cost model counts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "plan/plan.h"
#include "runtime/runtime.h"

nova_rates nova_rates_usual(const nova_cpu_kernels *kernels) {
    const double clock = 3.6e9;
    return (nova_rates){.product = clock * (kernels->fused ? 2 : 0.5),
                        .transform = clock,
                        .near = 64 * clock,
                        .shared = 32 * clock,
                        .memory = 14 * clock,
                        .memory_all = 20 * clock,
                        .shared_cache = 16e6,
                        .barrier = 3e-6};
}
