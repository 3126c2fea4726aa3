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
#include "runtime/shape.h"
#include "transforms/transform.h"

enum {
    NOVA_MAX_BLOCK_TILES = 1 << 20,
    NOVA_CHUNK_CHANNELS = 64, /* channels summed in registers before they join the total */
    NOVA_MAX_POSITIONS = NOVA_MAX_PRODUCTS * NOVA_MAX_PRODUCTS,
    NOVA_MAX_SEGMENTS = NOVA_MAX_TAPS * NOVA_MAX_TAPS
};

/** A transform with the codelets that compute its maps. */
typedef struct nova_binding {
    const nova_transform *transform;
    nova_bound_codelet input, filter, output;
} nova_binding;

/** Finds the codelets. Errors: NOVA_NOT_ELIGIBLE (there are none). */
nova_status nova_binding_init(nova_binding *binding, const nova_transform *transform);

/** One transform direction of one dimension, ready to run. */
typedef struct nova_stage {
    nova_pass_fn pass;
    int index;     /* of the codelet */
    bool identity; /* copies its input: the other dimension's pass can do the whole work */
    int rows, columns, ops;
    int flops; /* of one line and lane; a multiply-add is two */
    float coefs[NOVA_MAX_COEFS];
} nova_stage;

/** Tensors of one execution, checked by the caller. */
typedef struct nova_tensors {
    const void *x;
    void *y;
    const float *bias;
    const void *residual;
} nova_tensors;

/** A packed filter as the engine reads it: transformed, or raw in binary32 if GHAT is not stored.
 */
typedef struct nova_packed {
    void *data;
    float *m_scale; /* [positions]: what M is multiplied by; null: 1 */
} nova_packed;

typedef struct nova_engine nova_engine;
typedef struct nova_job nova_job;
typedef struct nova_buffers nova_buffers;

/** A parallel loop over `tasks` tasks; the next one starts when all have finished. */
typedef struct nova_engine_pass {
    void (*task)(const nova_job *job, nova_buffers *buffers, int64_t task);
    int64_t tasks;
} nova_engine_pass;

/** What a caller may fix of the schedule and the blocking; zeros are the engine's to choose. */
typedef struct nova_blocking {
    nova_schedule schedule;
    int64_t block_tiles, block_filters;
} nova_blocking;

struct nova_engine {
    nova_algorithm algorithm;
    const nova_cpu_kernels *kernels;
    nova_shape shape;
    int threads;

    int64_t groups;      /* input channels in vectors, rounded up */
    int64_t out_vectors; /* output channels in vectors, rounded up */

    /* Winograd */
    nova_stage input_h, input_w, filter_h, filter_w, output_h, output_w;
    int tile_h, tile_w, inputs_h, inputs_w, products_h, products_w, positions;
    nova_dtype uv_type, m_type;
    /* bfloat16 parts that V and packed filters hold in words for products of pairs (pairs.h); 0: V
       is binary32, packed filters are of uv_type */
    int parts;
    int64_t pair_groups; /* groups of two vectors of input channels, if parts > 0 */
    ptrdiff_t v_part;    /* floats from one part of V to the next */
    bool scaled;
    float v_scale[NOVA_MAX_POSITIONS]; /* what V is multiplied by before it is rounded */
    float u_scale[NOVA_MAX_POSITIONS]; /* what U made from a raw filter is multiplied by */
    int64_t tiles_h, tiles_w, tiles;
    int run_tiles; /* tiles of one row that are gathered together */
    nova_schedule schedule;
    int64_t chunk;                    /* channels handed from XHAT and GHAT to the products */
    ptrdiff_t v_position, m_position; /* floats from one position of V, M to the next */
    ptrdiff_t v_tile, m_tile;         /* the same of tiles */
    ptrdiff_t v_group, m_vector;      /* of (pair) groups of V, of output vectors of M */
    size_t v_floats, m_floats;        /* of V and M of a block, as far as they are held at a time */
    ptrdiff_t u_position;             /* the same of U made from a raw filter */
    int64_t input_splits;             /* parts of the channels in the pass that stores XHAT */
    int64_t output_splits;            /* parts of the output channels in the pass that reads MHAT */
    bool rows;                        /* tiles of a row, from V to y in registers: rows.c */
    bool preview;                     /* x is asked for before it is read */
    bool stream;                      /* y is written past the cache */
    int strip_vectors;                /* output vectors that are written together */

    /* blocking: blocks of tiles (direct: of pixels), and vectors of output channels at a time */
    int block_tiles;
    int64_t block_rows, block_cols, blocks_h, blocks_w; /* direct and rows */
    int64_t product_rows; /* direct: rows of a block whose products are held at a time */
    int pitch;            /* direct and rows: floats from one pixel of the patch to the next */
    int64_t patch_cols;   /* direct by pairs: pixels from one row of the patch to the next */
    bool folded;          /* direct by pairs: the taps are channels of the patch (pair_patch.c) */
    int strip_pixels;     /* direct by pairs: pixels whose products are held at a time */
    int64_t strip_groups; /* direct by pairs: pair groups that they are multiplied with on end */
    int64_t blocks;
    int64_t k_block;     /* vectors whose products are held at a time */
    int64_t k_splits;    /* ranges that the output channels are split into, to feed the threads */
    int64_t tile_splits; /* ranges that the blocks are split into: a task is one of each */
    nova_engine_pass passes[3];
    int pass_count;
    int workers;
    /* sizes in floats of one worker's buffers, in this order in its workspace */
    size_t v_size, u_size, m_size, patch_size, scratch_size, strip_size;
    size_t shared_v_size, shared_m_size; /* XHAT and MHAT as a whole, before the workers' */
    size_t worker_bytes, shared_bytes, packed_bytes;
    bool far_filter;   /* packed filters do not stay in the second-level cache */
    bool far_block;    /* Winograd on a matrix unit: V and M of a block do not */
    bool far_operands; /* the same on a vector unit, where such filters drive them out */
    ptrdiff_t segments[NOVA_MAX_SEGMENTS];
};

/**
 * Prepares Winograd with transforms `h` and `w`. `scaling_h`, `scaling_w`: tap scaling, or null.
 * `blocking->schedule` must be complete and pass nova_schedule_check(). Errors: NOVA_SIZE_OVERFLOW.
 */
nova_status nova_engine_init_winograd(nova_engine *engine, const nova_cpu_kernels *kernels,
                                      const nova_shape *shape, const nova_binding *h,
                                      const nova_binding *w, const nova_scaling *scaling_h,
                                      const nova_scaling *scaling_w, nova_arith arith,
                                      const nova_blocking *blocking, int threads);

/** Prepares direct convolution in binary32 (NOVA_ARITH_F32) or with operands in bfloat16 parts
    (NOVA_ARITH_BF16_M32, and the split arithmetics). Errors: NOVA_SIZE_OVERFLOW. */
nova_status nova_engine_init_direct(nova_engine *engine, const nova_cpu_kernels *kernels,
                                    const nova_shape *shape, nova_arith arith, int threads);

/** Workspace of all workers, with room to align it. */
size_t nova_engine_workspace_bytes(const nova_engine *engine);

/** Index, in elements, of one packed weight. Winograd: `position` is a tap of U; direct, and a raw
    filter: u*s+v. With parts: of the first part of it, in bfloat16; the next part is
    nova_engine_packed_part() elements further on. */
size_t nova_engine_packed_index(const nova_engine *engine, int position, int64_t c, int64_t k);
size_t nova_engine_packed_part(const nova_engine *engine, int64_t k);

/** With parts: elements from a weight of the first output channel of a vector to that of the
    following vector of the same panel. */
size_t nova_engine_packed_vector(const nova_engine *engine);

/** How many parts an arithmetic is computed with by these kernels; 0: not by products of pairs. */
int nova_engine_parts(const nova_cpu_kernels *kernels, nova_arith arith);

/** Rows of the register block of the kernel that computes the products. */
int nova_engine_max_rows(const nova_engine *engine);

/** Tiles that a buffer of V or M needs room for where it holds `tiles`. */
int64_t nova_engine_room(const nova_engine *engine, int64_t tiles);

/** Bytes of a value of V, and of a packed weight (of one that is not raw). */
int64_t nova_engine_v_bytes(const nova_engine *engine);
int64_t nova_engine_weight_bytes(const nova_engine *engine);

/** Input channels that packed filters and V have room for, times the parts. */
int64_t nova_engine_packed_channels(const nova_engine *engine);

/** True if packed filters are kept as they are, to be transformed during the execution. */
bool nova_engine_raw_filter(const nova_engine *engine);

/** Runs. `threads` may be null for nova's own. What was done is counted in *work unless it is
    null. */
void nova_engine_run(const nova_engine *engine, const nova_packed *packed,
                     const nova_tensors *tensors, void *workspace, const nova_threads *threads,
                     nova_work *work);

/* ---- schedule.c */

/** Refuses places that exclude each other; automatic ones exclude nothing. Errors:
    NOVA_INVALID_ARGUMENT. */
nova_status nova_schedule_check(const nova_schedule *schedule);

/** True if every place that is given in `wanted` is that of `schedule`. */
bool nova_schedule_matches(const nova_schedule *schedule, const nova_schedule *wanted);

/** Schedule `index` of all that make sense; false if there are no more. */
bool nova_schedule_at(int index, nova_schedule *schedule);

enum { NOVA_SCHEDULE_TEXT = 48 };

/** "xhat=blocked,ghat=stored,mhat=blocked"; returns `text`. */
const char *nova_schedule_text(const nova_schedule *schedule, char text[NOVA_SCHEDULE_TEXT]);

/** Reads what nova_schedule_text() writes, in any order; what is left out is automatic. Errors:
    NOVA_INVALID_ARGUMENT, also for a combination that makes no sense. */
nova_status nova_schedule_parse(const char *text, nova_schedule *schedule);

/* ---- rows.c */

/** True if a Winograd engine whose stages are set runs this schedule by the kernels of rows.h:
   tiles of one row, at most a vector of input channels, in binary32 or bfloat16 pairs. */
bool nova_rows_fit(const nova_engine *engine, const nova_schedule *schedule);

/** Input channels that packed filters and V have room for; tiles of one call and output vectors of
    one panel of the kernel. */
int64_t nova_rows_channels(const nova_engine *engine);
int nova_rows_tiles(const nova_engine *engine);
int nova_rows_vectors(const nova_engine *engine);

/** nova_engine_packed_index() of such an engine. */
size_t nova_rows_packed_index(const nova_engine *engine, int position, int64_t c, int64_t k);

/** nova_winograd_block() of such an engine, whose block_tiles are those of a block's row. */
nova_status nova_rows_block(nova_engine *engine, const nova_blocking *blocking);

void nova_rows_task(const nova_job *job, nova_buffers *buffers, int64_t task);

/* ---- work.c */

/** What one execution does, by closed formulas; zero for direct convolution. */
nova_work nova_engine_work(const nova_engine *engine);

/** Floating-point operations of that work. */
double nova_engine_flops(const nova_engine *engine, const nova_work *work);

/** Pixels of the image that tiles [first, last) read, each tile its own. */
int64_t nova_engine_tile_pixels(const nova_engine *engine, int64_t first, int64_t last);

/** Pixels of the output that tiles [first, last) write. */
int64_t nova_engine_output_pixels(const nova_engine *engine, int64_t first, int64_t last);

/* ---- shared by winograd.c, passes.c and direct.c */

/** Operands of one run; `v` and `m` are XHAT and MHAT where they are stored. */
struct nova_job {
    const nova_engine *engine;
    const nova_packed *packed;
    const nova_tensors *tensors;
    float *v, *m;
};

/** Small buffers of one worker that live within a stage. */
typedef struct nova_scratch {
    float *patch, *scratch, *strip;
} nova_scratch;

/** One worker's buffers, and what it has done, if that is counted. */
struct nova_buffers {
    float *v, *u, *m;
    nova_scratch scratch;
    nova_work *work;
};

/** The tasks of the passes. */
void nova_winograd_input_task(const nova_job *job, nova_buffers *buffers, int64_t task);
void nova_winograd_product_task(const nova_job *job, nova_buffers *buffers, int64_t task);
void nova_winograd_output_task(const nova_job *job, nova_buffers *buffers, int64_t task);

/** Chooses block sizes, splits the work over the threads and sizes the buffers of a Winograd
    engine whose stages are set. */
nova_status nova_winograd_block(nova_engine *engine, const nova_blocking *blocking);

/** Tiles whose products are held at a time: a register block if MHAT is inlined, else a block. */
int nova_engine_area_tiles(const nova_engine *engine);

/** Lays the workspace out. Needs passes and buffer sizes. */
nova_status nova_engine_finish(nova_engine *engine);

/** Decides how x is read and y written: `preview`, `stream`, `strip_vectors`. Needs kernels and
    shape. */
void nova_engine_choose_moves(nova_engine *engine);

/** Parts that the output channels are split into so that there are enough tasks. */
int64_t nova_engine_k_parts(const nova_engine *engine, int64_t wanted);

/** Part `part` of `parts` of all output vectors, in whole panels. */
void nova_engine_k_range(const nova_engine *engine, int64_t part, int64_t parts, int64_t *first,
                         int64_t *last);

enum { NOVA_MAX_PART_PRODUCTS = 6 };

/** One of the products of parts that are summed. */
typedef struct nova_part_pair {
    int v, u;
} nova_part_pair;

/** All of them, p (p + 1) / 2 for p parts, in the order that the kernels want. */
const nova_part_pair *nova_part_pairs(const nova_engine *engine);

/** Rows that the product kernel takes at a time so that `rows` are shared out evenly. */
int nova_engine_row_step(const nova_engine *engine, int rows);

/**
 * c = a b of `args` (nova_pair_args) for any number of rows and the vectors of a panel, block by
 * block of the kernel. c holds what the rows are rounded up to. `first`, `all`: these rows are
 * those from number `first` on of as many as the panel is multiplied with, while which the filters
 * `next` floats further on are asked for.
 */
void nova_pair_multiply(const nova_engine *engine, int rows, int vectors,
                        const nova_pair_args *args, int first, int all, ptrdiff_t next);

/** Bytes of second-level cache that a thread may count on. */
size_t nova_cache_bytes(void);

/** Bytes of last-level cache that a thread may find, which others use too. */
size_t nova_last_cache_bytes(void);

#endif
