/*
 * blas.c - the batched products of Winograd by hipBLASLt or rocBLAS.
 *
 * Both see matrices by columns: U of a position is [c_pitch x k_pitch] and taken transposed, V
 * [c_pitch x tiles], M [k_pitch x tiles]. A handle belongs to a device and is kept for the process.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hip/blas.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "hip/blas_api.h"
#include "hip/look_up.h"
#include "runtime/runtime.h"

enum { MOST_DEVICES = 64, MOST_SIZES = 2 /* whole chunks, and the last */ };

typedef enum library { HIPBLASLT, ROCBLAS, LIBRARIES } library;
static const char *const names[LIBRARIES] = {"hipblaslt", "rocblas"};

struct nova_hip_blas {
    library by;
    void *handle;
    const nova_gpu_engine *engine;
    /* hipBLASLt: */
    void *product, *u;
    struct {
        int64_t tiles;
        void *v, *m;
        hipblaslt_choice choice;
    } sizes[MOST_SIZES];
};

/* ---------------------------------------------------------------- the libraries */

static hipblaslt_api lt;
static rocblas_api roc;
static bool is_found[LIBRARIES];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of handles, and of rocBLAS's calls */
static void *handles[LIBRARIES][MOST_DEVICES];

static void look(void) {
    static const char *const lt_libraries[] = {"libhipblaslt.so.1", "libhipblaslt.so.0",
                                               "libhipblaslt.so", NULL};
    static const char *const roc_libraries[] = {"librocblas.so.5", "librocblas.so.4",
                                                "librocblas.so", NULL};
    const nova_hip_symbol lt_functions[] = {
        {"hipblasLtCreate", &lt.Create},
        {"hipblasLtMatmulDescCreate", &lt.MatmulDescCreate},
        {"hipblasLtMatmulDescDestroy", &lt.MatmulDescDestroy},
        {"hipblasLtMatmulDescSetAttribute", &lt.MatmulDescSetAttribute},
        {"hipblasLtMatrixLayoutCreate", &lt.MatrixLayoutCreate},
        {"hipblasLtMatrixLayoutDestroy", &lt.MatrixLayoutDestroy},
        {"hipblasLtMatrixLayoutSetAttribute", &lt.MatrixLayoutSetAttribute},
        {"hipblasLtMatmulPreferenceCreate", &lt.MatmulPreferenceCreate},
        {"hipblasLtMatmulPreferenceDestroy", &lt.MatmulPreferenceDestroy},
        {"hipblasLtMatmulAlgoGetHeuristic", &lt.MatmulAlgoGetHeuristic},
        {"hipblasLtMatmul", &lt.Matmul}};
    const nova_hip_symbol roc_functions[] = {
        {"rocblas_create_handle", &roc.create_handle},
        {"rocblas_set_stream", &roc.set_stream},
        {"rocblas_set_atomics_mode", &roc.set_atomics_mode},
        {"rocblas_gemm_strided_batched_ex", &roc.gemm_strided_batched_ex}};
    is_found[HIPBLASLT] = nova_hip_look_up(lt_libraries, lt_functions, NOVA_COUNT(lt_functions));
    is_found[ROCBLAS] = nova_hip_look_up(roc_libraries, roc_functions, NOVA_COUNT(roc_functions));
}

static nova_status check(int status, library by, const char *what) {
    return status == 0 ? NOVA_OK
                       : nova_fail(NOVA_NOT_ELIGIBLE, "%s: %s: status %d", names[by], what, status);
}

/* The library's handle for the current device, number `device`. */
static nova_status handle_of(library by, int device, void **handle) {
    pthread_once(&once, look);
    if (!is_found[by])
        return nova_fail(NOVA_NOT_ELIGIBLE, "%s was not found", names[by]);
    if (device >= MOST_DEVICES)
        return nova_fail(NOVA_NOT_ELIGIBLE, "more than %d HIP devices", MOST_DEVICES);
    pthread_mutex_lock(&lock);
    void **kept = &handles[by][device];
    nova_status status = NOVA_OK;
    if (!*kept && by == HIPBLASLT)
        status = check(lt.Create(kept), by, "making a handle");
    if (!*kept && by == ROCBLAS) {
        status = check(roc.create_handle(kept), by, "making a handle");
        if (status == NOVA_OK) /* the same bits every time */
            status = check(roc.set_atomics_mode(*kept, ROCBLAS_NO_ATOMICS), by, "a mode");
    }
    if (status != NOVA_OK)
        *kept = NULL;
    *handle = *kept;
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---------------------------------------------------------------- hipBLASLt */

static int lt_type(nova_dtype dtype) {
    return dtype == NOVA_F32 ? HIP_TYPE_F32 : dtype == NOVA_F16 ? HIP_TYPE_F16 : HIP_TYPE_BF16;
}

/* A matrix of each position, `columns` of `rows` elements; `apart`: columns from one to the next.
 */
static nova_status make_matrix(const nova_gpu_engine *engine, nova_dtype dtype, int64_t rows,
                               int64_t columns, int64_t apart, void **matrix) {
    const int32_t batches = engine->slices;
    const int64_t stride = rows * apart;
    int status =
        lt.MatrixLayoutCreate(matrix, lt_type(dtype), (uint64_t)rows, (uint64_t)columns, rows);
    if (status == 0)
        status = lt.MatrixLayoutSetAttribute(*matrix, HIPBLASLT_BATCHES, &batches, sizeof batches);
    if (status == 0)
        status =
            lt.MatrixLayoutSetAttribute(*matrix, HIPBLASLT_BATCH_STRIDE, &stride, sizeof stride);
    return check(status, HIPBLASLT, "describing a matrix");
}

static nova_status make_product(nova_hip_blas *blas) {
    const int32_t transposed = HIP_TRANSPOSED;
    int status = lt.MatmulDescCreate(&blas->product, HIP_COMPUTE_F32, HIP_TYPE_F32);
    if (status == 0)
        status = lt.MatmulDescSetAttribute(blas->product, HIPBLASLT_TRANSPOSE_A, &transposed,
                                           sizeof transposed);
    return check(status, HIPBLASLT, "describing a product");
}

/* The algorithm that the library takes for so many tiles; one that needs no workspace, which a
   preference allows if it is not told otherwise. */
static nova_status make_size(nova_hip_blas *blas, int index, int64_t tiles) {
    const nova_gpu_engine *engine = blas->engine;
    const nova_dtype dtype = engine->shape.dtype;
    hipblaslt_choice *choice = &blas->sizes[index].choice;
    void *preference = NULL, **v = &blas->sizes[index].v, **m = &blas->sizes[index].m;
    int count = 0;
    blas->sizes[index].tiles = tiles;
    nova_status status = make_matrix(engine, dtype, engine->c_pitch, tiles, engine->chunk_tiles, v);
    if (status == NOVA_OK)
        status = make_matrix(engine, engine->tile.m_type, engine->k_pitch, tiles,
                             engine->chunk_tiles, m);
    if (status == NOVA_OK)
        status = check(lt.MatmulPreferenceCreate(&preference), HIPBLASLT, "making a preference");
    if (status == NOVA_OK)
        status = check(lt.MatmulAlgoGetHeuristic(blas->handle, blas->product, blas->u, *v, *m, *m,
                                                 preference, 1, choice, &count),
                       HIPBLASLT, "choosing an algorithm");
    if (preference)
        (void)lt.MatmulPreferenceDestroy(preference);
    if (status == NOVA_OK && (count < 1 || choice->status != 0 || choice->workspace > 0))
        status = nova_fail(NOVA_NOT_ELIGIBLE, "hipblaslt: no algorithm for these products");
    return status;
}

static nova_status prepare_lt(nova_hip_blas *blas) {
    const nova_gpu_engine *engine = blas->engine;
    nova_status status = make_product(blas);
    if (status == NOVA_OK)
        status = make_matrix(engine, engine->shape.dtype, engine->c_pitch, engine->k_pitch,
                             engine->k_pitch, &blas->u);
    const int64_t last = engine->tiles - (engine->chunks - 1) * engine->chunk_tiles;
    if (status == NOVA_OK)
        status = make_size(blas, 0, engine->chunk_tiles);
    if (status == NOVA_OK && last != engine->chunk_tiles)
        status = make_size(blas, 1, last);
    return status;
}

static int multiply_lt(const nova_hip_blas *blas, const nova_gpu_products_args *args, int64_t tiles,
                       void *stream) {
    static const float one = 1, zero = 0;
    const int i = tiles == blas->sizes[0].tiles ? 0 : 1;
    void *m = blas->sizes[i].m;
    return lt.Matmul(blas->handle, blas->product, &one, args->u, blas->u, args->p, blas->sizes[i].v,
                     &zero, args->sums, m, args->sums, m, &blas->sizes[i].choice.algorithm, NULL, 0,
                     stream);
}

/* ---------------------------------------------------------------- rocBLAS */

static int roc_type(nova_dtype dtype) {
    return dtype == NOVA_F32 ? ROCBLAS_F32 : dtype == NOVA_F16 ? ROCBLAS_F16 : ROCBLAS_BF16;
}

static int multiply_roc(const nova_hip_blas *blas, const nova_gpu_products_args *args,
                        int64_t tiles, void *stream) {
    static const float one = 1, zero = 0;
    const nova_gpu_engine *engine = blas->engine;
    const int type = roc_type(engine->shape.dtype), m_type = roc_type(engine->tile.m_type);
    const int c = (int)engine->c_pitch, k = (int)engine->k_pitch;
    const int64_t m_stride = k * engine->chunk_tiles;
    pthread_mutex_lock(&lock); /* a handle has one stream at a time */
    int status = roc.set_stream(blas->handle, stream);
    if (status == 0)
        status = roc.gemm_strided_batched_ex(
            blas->handle, ROCBLAS_TRANSPOSED, ROCBLAS_NOT_TRANSPOSED, k, (int)tiles, c, &one,
            args->u, type, c, (int64_t)c * k, args->p, type, c, c * engine->chunk_tiles, &zero,
            args->sums, m_type, k, m_stride, args->sums, m_type, k, m_stride, engine->slices,
            ROCBLAS_F32, ROCBLAS_STANDARD, 0, 0);
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---------------------------------------------------------------- either */

static nova_status create(library by, const nova_gpu_engine *engine, int device,
                          nova_hip_blas **blas) {
    nova_hip_blas *made = calloc(1, sizeof *made);
    if (!made)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a plan");
    made->by = by;
    made->engine = engine;
    nova_status status = handle_of(by, device, &made->handle);
    if (status == NOVA_OK && engine->c_pitch > INT32_MAX / 2)
        status = nova_fail(NOVA_NOT_ELIGIBLE, "%s: more channels than it can count", names[by]);
    if (status == NOVA_OK && by == HIPBLASLT)
        status = prepare_lt(made);
    if (status != NOVA_OK) {
        nova_hip_blas_destroy(made);
        return status;
    }
    *blas = made;
    return NOVA_OK;
}

nova_status nova_hip_blas_create(const nova_gpu_engine *engine, int device, nova_hip_blas **blas) {
    *blas = NULL;
    const char *wanted = getenv("NOVA_HIP_PRODUCTS");
    if (wanted && strcmp(wanted, "own") == 0)
        return NOVA_OK;
    char reason[NOVA_REASON_BYTES];
    nova_reason_keep(reason);
    for (library by = 0; by < LIBRARIES; by++) {
        if (wanted && strcmp(wanted, names[by]) == 0)
            return create(by, engine, device, blas);
        const nova_status status = wanted ? NOVA_NOT_ELIGIBLE : create(by, engine, device, blas);
        if (status != NOVA_NOT_ELIGIBLE)
            return status;
    }
    if (wanted)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "NOVA_HIP_PRODUCTS=%s: it can be own, hipblaslt or rocblas", wanted);
    nova_reason_bring_back(reason); /* libraries have been passed over */
    return NOVA_OK;
}

void nova_hip_blas_destroy(nova_hip_blas *blas) {
    if (!blas)
        return;
    for (int i = 0; i < MOST_SIZES; i++) {
        if (blas->sizes[i].v)
            (void)lt.MatrixLayoutDestroy(blas->sizes[i].v);
        if (blas->sizes[i].m)
            (void)lt.MatrixLayoutDestroy(blas->sizes[i].m);
    }
    if (blas->u)
        (void)lt.MatrixLayoutDestroy(blas->u);
    if (blas->product)
        (void)lt.MatmulDescDestroy(blas->product);
    free(blas);
}

const char *nova_hip_blas_name(const nova_hip_blas *blas) {
    return names[blas->by];
}

nova_status nova_hip_blas_multiply(const nova_hip_blas *blas, const nova_gpu_products_args *args,
                                   int64_t tiles, void *stream) {
    const int status = blas->by == HIPBLASLT ? multiply_lt(blas, args, tiles, stream)
                                             : multiply_roc(blas, args, tiles, stream);
    return status == 0
               ? NOVA_OK
               : nova_fail(NOVA_INTERNAL, "%s: products: status %d", names[blas->by], status);
}
