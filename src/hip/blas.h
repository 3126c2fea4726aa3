/*
 * blas.h - the batched products of Winograd by AMD's libraries, hipBLASLt or rocBLAS, where they
 * are: M[position] = U[position] V[position]. They are looked for when the first plan is made, so
 * that the engine is built and loads without them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_BLAS_H
#define NOVA_HIP_BLAS_H

#include "gpu/engine.h"
#include "gpu/kernels.h"

/** What a library is told of a plan's products. */
typedef struct nova_hip_blas nova_hip_blas;

/**
 * Prepares the products of an engine on `device`, which is current; *blas is null where the
 * engine's own kernel is to compute them. hipBLASLt is asked first, then rocBLAS;
 * NOVA_HIP_PRODUCTS=own, hipblaslt or rocblas asks for one of the three. Errors: NOVA_NOT_ELIGIBLE
 * if a library is asked for that is not there or cannot compute this, NOVA_INVALID_ARGUMENT if
 * NOVA_HIP_PRODUCTS is something else, NOVA_OUT_OF_MEMORY.
 */
nova_status nova_hip_blas_create(const nova_gpu_engine *engine, int device, nova_hip_blas **blas);
void nova_hip_blas_destroy(nova_hip_blas *blas); /**< null is allowed */

/** "hipblaslt" or "rocblas". */
const char *nova_hip_blas_name(const nova_hip_blas *blas);

/** Enqueues the products of a chunk of `tiles` tiles. Errors: NOVA_INTERNAL, with the library's
    status. */
nova_status nova_hip_blas_multiply(const nova_hip_blas *blas, const nova_gpu_products_args *args,
                                   int64_t tiles, void *stream);

#endif
