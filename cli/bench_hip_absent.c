/*
 * bench_hip_absent.c - what `nova bench --device hip` says in a build without NOVA_HIP.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_gpu.h"
#include "runtime/runtime.h"

nova_status bench_hip_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                            const bench_gpu_settings *settings, bench_gpu_result *result) {
    (void)desc;
    (void)options;
    (void)settings;
    result->count = 0;
    return nova_fail(NOVA_NOT_ELIGIBLE,
                     "this nova was built without the engine for HIP devices (-DNOVA_HIP=ON)");
}
