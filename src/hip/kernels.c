/*
 * kernels.c - which kernels a plan runs. A device's module is loaded once in a process and kept.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "hip/hip.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

enum { MOST_DEVICES = 64, NAME_BYTES = 40, FULL_NAME_BYTES = NAME_BYTES + 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *modules[MOST_DEVICES][2]; /* for NOVA_F16 and for NOVA_BF16 */

/* The module of the current device. */
static nova_status module_of(const nova_hip_plan *plan, void **module) {
    if (plan->device >= MOST_DEVICES)
        return nova_fail(NOVA_NOT_ELIGIBLE, "more than %d HIP devices", MOST_DEVICES);
    int error = 0;
    const nova_dtype dtype = plan->plan.engine.shape.dtype;
    pthread_mutex_lock(&lock);
    void **kept = &modules[plan->device][dtype == NOVA_BF16];
    if (!*kept)
        error = plan->driver->ModuleLoadData(kept, nova_hip_image(dtype));
    *module = *kept;
    pthread_mutex_unlock(&lock);
    if (error != 0)
        return nova_hip_fail(plan->driver, NOVA_NOT_ELIGIBLE, error,
                             "loading the kernels, which are for gfx90a and gfx942");
    return NOVA_OK;
}

static nova_status find(const nova_hip_plan *plan, void *module, const char *name,
                        void **function) {
    char full[FULL_NAME_BYTES];
    snprintf(full, sizeof full, "nova_%s_%s", name, nova_dtype_name(plan->plan.engine.shape.dtype));
    const int error = plan->driver->ModuleGetFunction(function, module, full);
    return error == 0 ? NOVA_OK : nova_hip_fail(plan->driver, NOVA_INTERNAL, error, full);
}

static void copy_coefs(nova_hip_transform *transform, const nova_stage *h, const nova_stage *w) {
    memcpy(transform->h, h->coefs, sizeof transform->h);
    memcpy(transform->w, w->coefs, sizeof transform->w);
}

static nova_status find_transforms(nova_hip_plan *plan, void *module) {
    const nova_engine *base = &plan->plan.base->engine;
    const nova_stage *in_h = &base->input_h, *in_w = &base->input_w;
    const nova_stage *out_h = &base->output_h, *out_w = &base->output_w;
    const bool wide = plan->plan.engine.tile.m_type == NOVA_F32;
    char input[NAME_BYTES], output[NAME_BYTES];
    snprintf(input, sizeof input, "input_%d_%d", in_h->index, in_w->index);
    snprintf(output, sizeof output, "output%s_%d_%d", wide ? "32" : "", out_h->index, out_w->index);
    copy_coefs(&plan->input, in_h, in_w);
    copy_coefs(&plan->output, out_h, out_w);
    const nova_scaling *h = &plan->plan.base->scaling_h, *w = &plan->plan.base->scaling_w;
    for (int i = 0; i < in_h->rows; i++)
        for (int j = 0; j < in_w->rows; j++)
            plan->input.scale[i * in_w->rows + j] = ldexpf(1, h->input[i] + w->input[j]);
    if (plan->plan.engine.fused) {
        char fused[NAME_BYTES];
        snprintf(fused, sizeof fused, "fused_%d_%d", in_h->index, out_h->index);
        return find(plan, module, fused, &plan->kernels.fused);
    }
    nova_status status = find(plan, module, input, &plan->kernels.input);
    if (status == NOVA_OK)
        status = find(plan, module, output, &plan->kernels.output);
    return status;
}

nova_status nova_hip_kernels_find(nova_hip_plan *plan) {
    int previous;
    void *module = NULL;
    nova_status status = nova_hip_enter(plan->driver, plan->device, &previous);
    if (status != NOVA_OK)
        return status;
    status = module_of(plan, &module);
    if (status == NOVA_OK)
        status = find(plan, module, "transpose", &plan->kernels.transpose);
    if (status == NOVA_OK)
        status = find(plan, module, "gather", &plan->kernels.gather);
    if (status == NOVA_OK)
        status = find(plan, module, "finish", &plan->kernels.finish);
    if (status == NOVA_OK)
        status = find(plan, module, "products", &plan->kernels.products);
    if (status == NOVA_OK && plan->plan.engine.algorithm == NOVA_ALGORITHM_WINOGRAD)
        status = find_transforms(plan, module);
    const nova_gpu_engine *engine = &plan->plan.engine;
    if (status == NOVA_OK && engine->algorithm == NOVA_ALGORITHM_WINOGRAD && !engine->fused)
        status = nova_hip_blas_create(engine, plan->device, &plan->blas);
    nova_hip_leave(plan->driver, previous);
    return status;
}
