/*
 * execute.c - what is checked before the kernels of a plan are enqueued, on any device.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/plan.h"
#include "runtime/runtime.h"

enum { TENSOR_ALIGNMENT = 16 };

static bool is_aligned(const void *pointer) {
    return (uintptr_t)pointer % TENSOR_ALIGNMENT == 0;
}

nova_gpu_filter_kind nova_gpu_filter_kind_of(const nova_gpu_plan *plan, int device) {
    return (nova_gpu_filter_kind){plan->key, plan->engine.filter_bytes, device};
}

nova_status nova_gpu_check(const nova_gpu_plan *plan, int device,
                           const nova_gpu_filter_kind *filter, const nova_execute_args *args) {
    if (!is_aligned(args->x) || !is_aligned(args->y) || !is_aligned(args->residual))
        return nova_fail(NOVA_INVALID_ARGUMENT, "x, y and residual must be aligned to %d bytes",
                         TENSOR_ALIGNMENT);
    if (args->verification)
        return nova_fail(NOVA_INVALID_ARGUMENT, "verification is for the CPU: it must be null");
    const size_t needed = plan->engine.workspace_bytes;
    if (needed > 0 && (!args->workspace || args->workspace_bytes < needed))
        return nova_fail(NOVA_INVALID_ARGUMENT, "a workspace of %zu bytes is needed, given are %zu",
                         needed, args->workspace ? args->workspace_bytes : 0);
    const nova_gpu_filter_kind kind = nova_gpu_filter_kind_of(plan, device);
    if (filter->key != kind.key || filter->bytes != kind.bytes || filter->device != kind.device)
        return nova_fail(NOVA_STALE, "the filter was made for another kind of plan");
    return NOVA_OK;
}

char *nova_gpu_workspace(const nova_execute_args *args) {
    if (!args->workspace)
        return NULL;
    const size_t past = (uintptr_t)args->workspace % NOVA_GPU_WORKSPACE_ALIGNMENT;
    return (char *)args->workspace + (past ? NOVA_GPU_WORKSPACE_ALIGNMENT - past : 0);
}
