/*
 * hip.h - what plans and filters of HIP devices are inside.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_H
#define NOVA_HIP_H

#include "gpu/execute.h"
#include "hip/args.h"
#include "hip/blas.h"
#include "hip/driver.h"
#include "hip/model.h"
#include "nova_winograd_hip.h"

/** Kernels of a plan, as the driver gives them. */
typedef struct nova_hip_kernels {
    void *transpose, *gather, *finish, *products, *input, *output, *fused;
} nova_hip_kernels;

struct nova_hip_plan {
    nova_gpu_plan plan;
    nova_gpu_machine machine;
    int device;
    const nova_hip_driver *driver;
    nova_hip_kernels kernels;
    nova_hip_blas *blas;              /* Winograd's products by a library; or null */
    nova_hip_transform input, output; /* Winograd; without the output's scales */
};

struct nova_hip_filter {
    nova_gpu_filter_kind kind;
    const nova_hip_driver *driver;
    void *packed;                        /* device memory: U */
    float scale[NOVA_HIP_MAX_POSITIONS]; /* of M */
};

/** Fails with HIP's words; `what` was being done. */
nova_status nova_hip_fail(const nova_hip_driver *driver, nova_status status, int error,
                          const char *what);

/** Makes `device` current until nova_hip_leave(). */
nova_status nova_hip_enter(const nova_hip_driver *driver, int device, int *previous);
void nova_hip_leave(const nova_hip_driver *driver, int previous);

/** Fills plan->kernels, plan->blas and both transforms. Errors: NOVA_NOT_ELIGIBLE, those of
    nova_hip_blas_create(). */
nova_status nova_hip_kernels_find(nova_hip_plan *plan);

#endif
