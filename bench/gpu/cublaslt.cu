/*
 * cublaslt.cu - cuBLASLt on the products of Winograd's layers, as strided batches, for comparison
 * with nova-gpu-products: the best of its first heuristics.
 *
 *   nova-gpu-cublaslt LAYERS [FAMILIES [TILES]]
 *
 * LAYERS is a file like layers.txt, FAMILIES selects from it ("vae,sdxl", or "all"), TILES are
 * square ("2,4,6"). f16 in and out, sums in binary32. Prints a table in Markdown.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <cublasLt.h>
#include <cuda_fp16.h>
#include <string.h>

#include "timing.h"

/* ---------------------------------------------------------------- cuBLASLt */

static void check_blas(cublasStatus_t status, const char *what) {
    if (status == CUBLAS_STATUS_SUCCESS)
        return;
    fprintf(stderr, "%s: status %d\n", what, (int)status);
    exit(1);
}
#define CHECK_BLAS(call) check_blas(call, #call)

enum { OPERAND_SETS = 5, HEURISTICS = 8, BLAS_WORKSPACE = 32 << 20 };

typedef struct batch {
    cublasLtHandle_t handle;
    cublasLtMatmulDesc_t matmul;
    cublasLtMatrixLayout_t u, v, m;
    const cublasLtMatmulAlgo_t *algorithm;
    __half *operands[OPERAND_SETS]; /* U, V and M behind one another */
    size_t v_at, m_at;
    int sets;
    void *workspace;
} batch;

static void enqueue_batch(void *context, int call, cudaStream_t stream) {
    const batch *b = (const batch *)context;
    const float one = 1.0f, zero = 0.0f;
    __half *set = b->operands[call % b->sets];
    CHECK_BLAS(cublasLtMatmul(b->handle, b->matmul, &one, set, b->u, set + b->v_at, b->v, &zero,
                              set + b->m_at, b->m, set + b->m_at, b->m, b->algorithm, b->workspace,
                              BLAS_WORKSPACE, stream));
}

static cublasLtMatrixLayout_t layout(uint64_t rows, uint64_t columns, int count) {
    cublasLtMatrixLayout_t made;
    const int64_t stride = (int64_t)(rows * columns);
    CHECK_BLAS(cublasLtMatrixLayoutCreate(&made, CUDA_R_16F, rows, columns, (int64_t)rows));
    CHECK_BLAS(cublasLtMatrixLayoutSetAttribute(made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count,
                                                sizeof count));
    CHECK_BLAS(cublasLtMatrixLayoutSetAttribute(made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                                                &stride, sizeof stride));
    return made;
}

static __global__ void fill_kernel(__half *to, size_t count) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < count;
         i += (size_t)gridDim.x * blockDim.x) {
        unsigned state = (unsigned)i * 2654435761u;
        state = (state ^ state >> 15) * 2246822519u;
        to[i] = __float2half((float)(int)(state >> 8) / (1 << 23) - 1.0f);
    }
}

/* M[position][tile][k] = V[position][tile][c] U[position][k][c]^T; cold: operands rotate through
   more memory than the second-level cache holds. */
static void measure_batch(cublasLtHandle_t handle, const char *name, int positions, int tiles,
                          int c, int k) {
    batch b;
    b.handle = handle;
    const cublasOperation_t transposed = CUBLAS_OP_T;
    CHECK_BLAS(cublasLtMatmulDescCreate(&b.matmul, CUBLAS_COMPUTE_32F, CUDA_R_32F));
    CHECK_BLAS(cublasLtMatmulDescSetAttribute(b.matmul, CUBLASLT_MATMUL_DESC_TRANSA, &transposed,
                                              sizeof transposed));
    b.u = layout(c, k, positions);
    b.v = layout(c, tiles, positions);
    b.m = layout(k, tiles, positions);
    b.v_at = (size_t)positions * k * c;
    b.m_at = b.v_at + (size_t)positions * tiles * c;
    const size_t count = b.m_at + (size_t)positions * tiles * k;
    for (int i = 0; i < OPERAND_SETS; i++) {
        CHECK(cudaMalloc(&b.operands[i], count * sizeof(__half)));
        fill_kernel<<<1024, 256>>>(b.operands[i], count);
    }
    CHECK(cudaMalloc(&b.workspace, BLAS_WORKSPACE));
    cublasLtMatmulPreference_t preference;
    const size_t limit = BLAS_WORKSPACE;
    CHECK_BLAS(cublasLtMatmulPreferenceCreate(&preference));
    CHECK_BLAS(cublasLtMatmulPreferenceSetAttribute(
        preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &limit, sizeof limit));
    cublasLtMatmulHeuristicResult_t found[HEURISTICS];
    int found_count = 0;
    CHECK_BLAS(cublasLtMatmulAlgoGetHeuristic(handle, b.matmul, b.u, b.v, b.m, b.m, preference,
                                              HEURISTICS, found, &found_count));
    double warm = 1e30, cold = 1e30;
    for (int i = 0; i < found_count; i++) {
        b.algorithm = &found[i].algo;
        b.sets = 1;
        const double w = time_calls(enqueue_batch, &b);
        b.sets = OPERAND_SETS;
        const double r = time_calls(enqueue_batch, &b);
        warm = w < warm ? w : warm;
        cold = r < cold ? r : cold;
    }
    const double flops = 2.0 * positions * tiles * (double)c * k;
    printf("| %s | %d | %d | %d | %d | %.0f | %.1f | %.0f | %.1f | %.0f |\n", name, positions,
           tiles, c, k, (double)count * sizeof(__half) * 1e-6, warm, flops / warm * 1e-6, cold,
           flops / cold * 1e-6);
    fflush(stdout);
    for (int i = 0; i < OPERAND_SETS; i++)
        CHECK(cudaFree(b.operands[i]));
    CHECK(cudaFree(b.workspace));
    CHECK_BLAS(cublasLtMatmulPreferenceDestroy(preference));
    CHECK_BLAS(cublasLtMatrixLayoutDestroy(b.u));
    CHECK_BLAS(cublasLtMatrixLayoutDestroy(b.v));
    CHECK_BLAS(cublasLtMatrixLayoutDestroy(b.m));
    CHECK_BLAS(cublasLtMatmulDescDestroy(b.matmul));
}

static bool is_in_list(const char *list, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return strcmp(list, "all") == 0;
}

int main(int argc, char **argv) {
    const char *families = argc > 2 ? argv[2] : "sdxl,vae", *tiles = argc > 3 ? argv[3] : "2,4,6";
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    char line[256], family[32], name[32], full[80];
    int n, c, k, h;
    if (!file) {
        fprintf(stderr, "usage: nova-gpu-cublaslt LAYERS [FAMILIES [TILES]]\n");
        return 2;
    }
    cublasLtHandle_t handle;
    CHECK_BLAS(cublasLtCreate(&handle));
    printf("| layer | positions | tiles | c | k | MB | us, warm | TFLOP/s | us, cold | TFLOP/s "
           "|\n|---|---|---|---|---|---:|---:|---:|---:|---:|\n");
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#' ||
            sscanf(line, "%31s %31s %d %d %d %d", family, name, &n, &c, &k, &h) != 6 ||
            !is_in_list(families, family))
            continue;
        snprintf(full, sizeof full, "%s %s", family, name);
        for (const char *at = tiles; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
            const int tile = atoi(at), across = (h + tile - 1) / tile;
            const int padded = (n * across * across + 7) / 8 * 8;
            measure_batch(handle, full, (tile + 2) * (tile + 2), padded, c, k);
        }
    }
    CHECK_BLAS(cublasLtDestroy(handle));
    fclose(file);
    return 0;
}
