/*
 * engine.h - the CPU engine: blocked Winograd and blocked direct convolution over a kernel record.
 *
 * An engine holds all that is known before weights and tensors are: shapes, bound codelets,
 * blocking and the layouts of workspace and packed filters. It is read-only once initialised.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CPU_ENGINE_H
#define NOVA_CPU_ENGINE_H

#include <stdbool.h>

#include "cpu/kernels.h"
#include "numerics/numerics.h"
#include "transforms/transform.h"

enum {
    NOVA_CHUNK_CHANNELS = 64, /* channels summed in registers before they join the total */
    NOVA_MAX_POSITIONS = NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS,
    NOVA_MAX_SEGMENTS = NOVA_MAX_TAPS * NOVA_MAX_TAPS
};

/** The convolution itself: stride, dilation and groups are 1. */
typedef struct nova_shape {
    int64_t n, c, h, w, k, r, s;
    int64_t pad_top, pad_left;
    int64_t out_h, out_w;
    nova_dtype dtype;
    nova_layout layout;
    nova_activation activation;
} nova_shape;

/** A transform with the codelets that compute its two data maps. */
typedef struct nova_binding {
    const nova_transform *transform;
    nova_bound_codelet input, output;
} nova_binding;

/** Finds the codelets. Errors: NOVA_NOT_ELIGIBLE (there are none). */
nova_status nova_binding_init(nova_binding *binding, const nova_transform *transform);

/** One transform direction of one dimension, ready to run. */
typedef struct nova_stage {
    nova_pass_fn pass;
    bool identity; /* copies its input: the other dimension's pass can do the whole work */
    int rows, columns, ops;
    float coefs[NOVA_MAX_COEFS];
} nova_stage;

/** Tensors of one execution, checked by the caller. */
typedef struct nova_tensors {
    const void *x;
    void *y;
    const float *bias;
    const void *residual;
} nova_tensors;

/** A packed filter as the engine reads it. */
typedef struct nova_packed {
    void *data;
    float *m_scale; /* [positions]: what M is multiplied by; null: 1 */
} nova_packed;

typedef struct nova_engine nova_engine;

struct nova_engine {
    nova_algorithm algorithm;
    const nova_cpu_kernels *kernels;
    nova_shape shape;
    int threads;

    int64_t groups;      /* input channels in vectors, rounded up */
    int64_t out_vectors; /* output channels in vectors, rounded up */

    /* Winograd */
    nova_stage input_h, input_w, output_h, output_w;
    int tile_h, tile_w, inputs_h, inputs_w, products_h, products_w, positions;
    nova_dtype uv_type, m_type;
    bool scaled;
    float v_scale[NOVA_MAX_POSITIONS]; /* what V is multiplied by before it is rounded */
    int64_t tiles_h, tiles_w, tiles;
    int run_tiles;                    /* tiles of one row that are gathered together */
    ptrdiff_t v_position, m_position; /* floats from one position of V, M to the next */

    /* blocking: a task is one block of tiles (direct: of pixels) and one range of k_block */
    int block_tiles;
    int64_t block_rows, block_cols, blocks_h, blocks_w; /* direct */
    int64_t blocks;
    int64_t k_block;  /* vectors whose products are held at a time */
    int64_t k_splits; /* ranges that the output channels are split into, to feed the threads */
    int64_t tasks;
    int workers;

    /* sizes in floats of one worker's buffers, in this order in its workspace */
    size_t v_size, m_size, patch_size, scratch_size, strip_size;
    size_t worker_bytes, packed_bytes;
    ptrdiff_t segments[NOVA_MAX_SEGMENTS];
};

/**
 * Prepares Winograd with transforms `h` and `w`. `scaling_h`, `scaling_w`: tap scaling, or null.
 * Errors: NOVA_SIZE_OVERFLOW.
 */
nova_status nova_engine_init_winograd(nova_engine *engine, const nova_cpu_kernels *kernels,
                                      const nova_shape *shape, const nova_binding *h,
                                      const nova_binding *w, const nova_scaling *scaling_h,
                                      const nova_scaling *scaling_w, nova_arith arith, int threads);

/** Prepares direct convolution. Errors: NOVA_SIZE_OVERFLOW. */
nova_status nova_engine_init_direct(nova_engine *engine, const nova_cpu_kernels *kernels,
                                    const nova_shape *shape, int threads);

/** Workspace of all workers, with room to align it. */
size_t nova_engine_workspace_bytes(const nova_engine *engine);

/** Index, in elements, of one packed weight. Winograd: `position` is a tap of U; direct: u*s+v. */
size_t nova_engine_packed_index(const nova_engine *engine, int position, int64_t c, int64_t k);

/** Runs. `threads` may be null for nova's own. */
void nova_engine_run(const nova_engine *engine, const nova_packed *packed,
                     const nova_tensors *tensors, void *workspace, const nova_threads *threads);

/* ---- shared by winograd.c and direct.c */

/** Small buffers of one worker that live within a stage. */
typedef struct nova_scratch {
    float *patch, *scratch, *strip;
} nova_scratch;

/** One worker's buffers. */
typedef struct nova_buffers {
    float *v, *m;
    nova_scratch scratch;
} nova_buffers;

/** Runs task `task` of the engine; one function per algorithm. */
void nova_winograd_task(const nova_engine *engine, const nova_packed *packed,
                        const nova_tensors *tensors, const nova_buffers *buffers, int64_t task);
void nova_direct_task(const nova_engine *engine, const nova_packed *packed,
                      const nova_tensors *tensors, const nova_buffers *buffers, int64_t task);

/** Splits tasks and output channels over the threads and lays the workspace out. Needs blocks,
    k_block and the buffer sizes. */
nova_status nova_engine_finish(nova_engine *engine);

/** The range of output vectors of part `split`. */
void nova_engine_k_range(const nova_engine *engine, int64_t split, int64_t *first, int64_t *last);

/** Rows that the product kernel takes at a time so that `rows` are shared out evenly. */
int nova_engine_row_step(const nova_engine *engine, int rows);

/** Bytes of second-level cache that a thread may count on. */
size_t nova_cache_bytes(void);

#endif
