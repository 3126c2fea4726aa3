/*
 * blas.c - libraries with the functions of hipBLASLt and of rocBLAS that the engine calls, on the
 * CPU: strided-batched products, summed in binary64 and rounded once. NOVA_STANDIN_FAIL names a
 * function that is to fail; what is not as the engine must ask for it fails, too.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "hip/blas_api.h"
#include "numerics/half.h"

#define STANDIN __attribute__((visibility("default")))

enum { INVALID = 3, FAILED = 6 };

static int products; /* computed so far */

STANDIN int nova_standin_products(void);
int nova_standin_products(void) {
    return products;
}

static int outcome(const char *function) {
    const char *fails = getenv("NOVA_STANDIN_FAIL");
    return fails && strcmp(fails, function) == 0 ? FAILED : 0;
}

static double element(const void *data, nova_dtype type, int64_t at) {
    if (type == NOVA_F32)
        return (double)((const float *)data)[at];
    const uint16_t bits = ((const uint16_t *)data)[at];
    return (double)(type == NOVA_F16 ? nova_f16_to_float(bits) : nova_bf16_to_float(bits));
}

/* d[column][row] = sum over k of a[row][k] b[column][k], one matrix of a batch. */
static void multiply(const void *a, const void *b, void *d, nova_dtype type, nova_dtype d_type,
                     int64_t m, int64_t n, int64_t k, const int64_t *at, int64_t ldd) {
    for (int64_t column = 0; column < n; column++)
        for (int64_t row = 0; row < m; row++) {
            double sum = 0;
            for (int64_t i = 0; i < k; i++)
                sum += element(a, type, at[0] + row * k + i) *
                       element(b, type, at[1] + column * k + i);
            const int64_t to = at[2] + column * ldd + row;
            if (d_type == NOVA_F32)
                ((float *)d)[to] = (float)sum;
            else
                ((uint16_t *)d)[to] = d_type == NOVA_F16 ? nova_f16_from_float((float)sum)
                                                         : nova_bf16_from_float((float)sum);
        }
}

#ifdef NOVA_STANDIN_HIPBLASLT

typedef struct product {
    int compute, scale;
    int32_t transpose_a;
} product;

typedef struct matrix {
    int type;
    int64_t rows, columns, pitch, stride;
    int32_t batches;
} matrix;

static nova_dtype dtype_of(int type) {
    return type == HIP_TYPE_F32 ? NOVA_F32 : type == HIP_TYPE_F16 ? NOVA_F16 : NOVA_BF16;
}

STANDIN int hipblasLtCreate(void **handle);
int hipblasLtCreate(void **handle) {
    static char only;
    *handle = &only;
    return outcome("hipblasLtCreate");
}

STANDIN int hipblasLtMatmulDescCreate(void **made, int compute, int scale);
int hipblasLtMatmulDescCreate(void **made, int compute, int scale) {
    product *it = calloc(1, sizeof *it);
    it->compute = compute;
    it->scale = scale;
    *made = it;
    return 0;
}

STANDIN int hipblasLtMatmulDescDestroy(void *it);
int hipblasLtMatmulDescDestroy(void *it) {
    free(it);
    return 0;
}

STANDIN int hipblasLtMatmulDescSetAttribute(void *it, int attribute, const void *value,
                                            size_t bytes);
int hipblasLtMatmulDescSetAttribute(void *it, int attribute, const void *value, size_t bytes) {
    if (attribute != HIPBLASLT_TRANSPOSE_A || bytes != sizeof(int32_t))
        return INVALID;
    memcpy(&((product *)it)->transpose_a, value, bytes);
    return 0;
}

STANDIN int hipblasLtMatrixLayoutCreate(void **made, int type, uint64_t rows, uint64_t columns,
                                        int64_t pitch);
int hipblasLtMatrixLayoutCreate(void **made, int type, uint64_t rows, uint64_t columns,
                                int64_t pitch) {
    matrix *it = calloc(1, sizeof *it);
    *it = (matrix){type, (int64_t)rows, (int64_t)columns, pitch, 0, 1};
    *made = it;
    return outcome("hipblasLtMatrixLayoutCreate");
}

STANDIN int hipblasLtMatrixLayoutDestroy(void *it);
int hipblasLtMatrixLayoutDestroy(void *it) {
    free(it);
    return 0;
}

STANDIN int hipblasLtMatrixLayoutSetAttribute(void *it, int attribute, const void *value,
                                              size_t bytes);
int hipblasLtMatrixLayoutSetAttribute(void *it, int attribute, const void *value, size_t bytes) {
    if (attribute == HIPBLASLT_BATCHES && bytes == sizeof(int32_t))
        memcpy(&((matrix *)it)->batches, value, bytes);
    else if (attribute == HIPBLASLT_BATCH_STRIDE && bytes == sizeof(int64_t))
        memcpy(&((matrix *)it)->stride, value, bytes);
    else
        return INVALID;
    return 0;
}

STANDIN int hipblasLtMatmulPreferenceCreate(void **made);
int hipblasLtMatmulPreferenceCreate(void **made) {
    *made = malloc(1);
    return 0;
}

STANDIN int hipblasLtMatmulPreferenceDestroy(void *it);
int hipblasLtMatmulPreferenceDestroy(void *it) {
    free(it);
    return 0;
}

static int fits(const product *it, const matrix *a, const matrix *b, const matrix *d) {
    return it->compute == HIP_COMPUTE_F32 && it->scale == HIP_TYPE_F32 &&
           it->transpose_a == HIP_TRANSPOSED && a->rows == b->rows && a->columns == d->rows &&
           b->columns == d->columns && a->pitch == a->rows && b->pitch == b->rows &&
           d->pitch >= d->rows && a->batches == b->batches && a->batches == d->batches &&
           a->type == b->type && (d->type == a->type || d->type == HIP_TYPE_F32);
}

STANDIN int hipblasLtMatmulAlgoGetHeuristic(void *handle, void *it, void *a, void *b, void *c,
                                            void *d, void *preference, int most,
                                            hipblaslt_choice *choices, int *count);
int hipblasLtMatmulAlgoGetHeuristic(void *handle, void *it, void *a, void *b, void *c, void *d,
                                    void *preference, int most, hipblaslt_choice *choices,
                                    int *count) {
    *count = 0;
    if (!handle || !preference || most < 1 || c != d || !fits(it, a, b, d))
        return INVALID;
    memset(choices, 0, sizeof *choices);
    choices->algorithm.data[0] = 42;
    *count = outcome("no algorithm") ? 0 : 1;
    return outcome("hipblasLtMatmulAlgoGetHeuristic");
}

STANDIN int hipblasLtMatmul(void *handle, void *it, const void *alpha, const void *a,
                            void *a_matrix, const void *b, void *b_matrix, const void *beta,
                            const void *c, void *c_matrix, void *d, void *d_matrix,
                            const hipblaslt_algorithm *algorithm, void *workspace,
                            size_t workspace_bytes, void *stream);
int hipblasLtMatmul(void *handle, void *it, const void *alpha, const void *a, void *a_matrix,
                    const void *b, void *b_matrix, const void *beta, const void *c, void *c_matrix,
                    void *d, void *d_matrix, const hipblaslt_algorithm *algorithm, void *workspace,
                    size_t workspace_bytes, void *stream) {
    const matrix *ma = a_matrix, *mb = b_matrix, *md = d_matrix;
    (void)workspace;
    (void)stream;
    if (!handle || *(const float *)alpha != 1 || *(const float *)beta != 0 || c != d ||
        c_matrix != d_matrix || algorithm->data[0] != 42 || workspace_bytes != 0 ||
        !fits(it, ma, mb, md))
        return INVALID;
    if (outcome("hipblasLtMatmul"))
        return FAILED;
    for (int64_t i = 0; i < ma->batches; i++) {
        const int64_t at[] = {i * ma->stride, i * mb->stride, i * md->stride};
        multiply(a, b, d, dtype_of(ma->type), dtype_of(md->type), ma->columns, mb->columns,
                 ma->rows, at, md->pitch);
    }
    products++;
    return 0;
}

#else

static nova_dtype dtype_of(int type) {
    return type == ROCBLAS_F32 ? NOVA_F32 : type == ROCBLAS_F16 ? NOVA_F16 : NOVA_BF16;
}

static int has_stream, may_differ = 1;

STANDIN int rocblas_create_handle(void **handle);
int rocblas_create_handle(void **handle) {
    static char only;
    *handle = &only;
    return outcome("rocblas_create_handle");
}

STANDIN int rocblas_set_atomics_mode(void *handle, int mode);
int rocblas_set_atomics_mode(void *handle, int mode) {
    may_differ = mode != ROCBLAS_NO_ATOMICS;
    return handle ? 0 : INVALID;
}

STANDIN int rocblas_set_stream(void *handle, void *stream);
int rocblas_set_stream(void *handle, void *stream) {
    (void)stream;
    has_stream = handle != NULL;
    return outcome("rocblas_set_stream");
}

STANDIN int rocblas_gemm_strided_batched_ex(void *handle, int transpose_a, int transpose_b, int m,
                                            int n, int k, const void *alpha, const void *a,
                                            int a_type, int lda, int64_t stride_a, const void *b,
                                            int b_type, int ldb, int64_t stride_b, const void *beta,
                                            const void *c, int c_type, int ldc, int64_t stride_c,
                                            void *d, int d_type, int ldd, int64_t stride_d,
                                            int batches, int compute_type, int algorithm,
                                            int32_t solution, uint32_t flags);
int rocblas_gemm_strided_batched_ex(void *handle, int transpose_a, int transpose_b, int m, int n,
                                    int k, const void *alpha, const void *a, int a_type, int lda,
                                    int64_t stride_a, const void *b, int b_type, int ldb,
                                    int64_t stride_b, const void *beta, const void *c, int c_type,
                                    int ldc, int64_t stride_c, void *d, int d_type, int ldd,
                                    int64_t stride_d, int batches, int compute_type, int algorithm,
                                    int32_t solution, uint32_t flags) {
    if (!handle || !has_stream || may_differ || transpose_a != ROCBLAS_TRANSPOSED ||
        transpose_b != ROCBLAS_NOT_TRANSPOSED || *(const float *)alpha != 1 ||
        *(const float *)beta != 0 || lda != k || ldb != k || ldd < m || c != d ||
        c_type != d_type || ldc != ldd || stride_c != stride_d || a_type != b_type ||
        (d_type != a_type && d_type != ROCBLAS_F32) || compute_type != ROCBLAS_F32 ||
        algorithm != ROCBLAS_STANDARD || solution != 0 || flags != 0)
        return INVALID;
    if (outcome("rocblas_gemm_strided_batched_ex"))
        return FAILED;
    for (int64_t i = 0; i < batches; i++) {
        const int64_t at[] = {i * stride_a, i * stride_b, i * stride_d};
        multiply(a, b, d, dtype_of(a_type), dtype_of(d_type), m, n, k, at, ldd);
    }
    products++;
    return 0;
}

#endif
