/*
 * blas_api.h - the part of hipBLASLt (of ROCm 6 and 7) and rocBLAS that the engine calls: types and
 * numbers as their headers have them, hipblaslt.h, hipblas-common.h, rocblas-types.h. The tests'
 * own libraries are written against it, too.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_BLAS_API_H
#define NOVA_HIP_BLAS_API_H

#include <stddef.h>
#include <stdint.h>

enum {
    HIP_TYPE_F32 = 0, /* hipDataType */
    HIP_TYPE_F16 = 2,
    HIP_TYPE_BF16 = 14,
    HIP_COMPUTE_F32 = 2, /* hipblasComputeType_t */
    HIP_TRANSPOSED = 112 /* hipblasOperation_t */
};

/* Attributes: of a product, of a matrix. */
enum { HIPBLASLT_TRANSPOSE_A = 0, HIPBLASLT_BATCHES = 0, HIPBLASLT_BATCH_STRIDE = 1 };

typedef struct hipblaslt_algorithm {
    uint8_t data[16];
    size_t most_workspace;
} hipblaslt_algorithm;

typedef struct hipblaslt_choice {
    hipblaslt_algorithm algorithm;
    size_t workspace;
    int status;
    float waves;
    int reserved[4];
} hipblaslt_choice;

/** Functions of hipBLASLt under their names without "hipblasLt"; they return 0 or a status. */
typedef struct hipblaslt_api {
    int (*Create)(void **handle);
    int (*MatmulDescCreate)(void **product, int compute, int scale);
    int (*MatmulDescDestroy)(void *product);
    int (*MatmulDescSetAttribute)(void *product, int attribute, const void *value, size_t bytes);
    int (*MatrixLayoutCreate)(void **matrix, int type, uint64_t rows, uint64_t columns,
                              int64_t pitch);
    int (*MatrixLayoutDestroy)(void *matrix);
    int (*MatrixLayoutSetAttribute)(void *matrix, int attribute, const void *value, size_t bytes);
    int (*MatmulPreferenceCreate)(void **preference);
    int (*MatmulPreferenceDestroy)(void *preference);
    int (*MatmulAlgoGetHeuristic)(void *handle, void *product, void *a, void *b, void *c, void *d,
                                  void *preference, int most, hipblaslt_choice *choices,
                                  int *count);
    int (*Matmul)(void *handle, void *product, const void *alpha, const void *a, void *a_matrix,
                  const void *b, void *b_matrix, const void *beta, const void *c, void *c_matrix,
                  void *d, void *d_matrix, const hipblaslt_algorithm *algorithm, void *workspace,
                  size_t workspace_bytes, void *stream);
} hipblaslt_api;

enum {
    ROCBLAS_NOT_TRANSPOSED = 111, /* rocblas_operation */
    ROCBLAS_TRANSPOSED = 112,
    ROCBLAS_F16 = 150, /* rocblas_datatype */
    ROCBLAS_F32 = 151,
    ROCBLAS_BF16 = 168,
    ROCBLAS_NO_ATOMICS = 0,
    ROCBLAS_STANDARD = 0
};

/** Functions of rocBLAS under their names without "rocblas_"; they return 0 or a status. */
typedef struct rocblas_api {
    int (*create_handle)(void **handle);
    int (*set_stream)(void *handle, void *stream);
    int (*set_atomics_mode)(void *handle, int mode);
    int (*gemm_strided_batched_ex)(void *handle, int transpose_a, int transpose_b, int m, int n,
                                   int k, const void *alpha, const void *a, int a_type, int lda,
                                   int64_t stride_a, const void *b, int b_type, int ldb,
                                   int64_t stride_b, const void *beta, const void *c, int c_type,
                                   int ldc, int64_t stride_c, void *d, int d_type, int ldd,
                                   int64_t stride_d, int batches, int compute_type, int algorithm,
                                   int32_t solution, uint32_t flags);
} rocblas_api;

#endif
