/*
 * bench_cuda_absent.c - what `nova bench --device cuda` says in a build without NOVA_CUDA.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_gpu.h"
#include "bench_tune.h"
#include "runtime/runtime.h"

static nova_status fail(void) {
    return nova_fail(NOVA_NOT_ELIGIBLE,
                     "this nova was built without the engine for CUDA devices (-DNOVA_CUDA=ON)");
}

nova_status bench_cuda_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                             const bench_gpu_settings *settings, bench_gpu_result *result) {
    (void)desc;
    (void)options;
    (void)settings;
    result->count = 0;
    return fail();
}

nova_status bench_tune_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                             nova_gpu_trials *trials) {
    (void)desc;
    (void)options;
    trials->count = 0;
    return fail();
}
