/*
 * engine.h - all that is known of a convolution on a GPU before weights and tensors are: layouts,
 * blocking, workspace and predicted time. Host code without any GPU interface, so that it is tested
 * everywhere.
 *
 * The stages of Winograd, each a kernel; V and M hold `chunk_tiles` tiles and are used again by the
 * next chunk:
 *   stage     x to channel-last with a pitch of 8 channels, where it is not so already; of few
 *             channels all that an output is made of, so that direct convolution has one tap
 *   input     V[position][tile][c_pitch]
 *   products  M[position][tile][k_pitch]
 *   output    y, with the epilogue
 *   arrange   y to channel-first
 * Where a device has a kernel for it, few channels take one kernel from x as staged to y instead of
 * input, products and output (gpu/fused.h, gpu/rows.h, gpu/nested.h).
 * Direct convolution is products that store y. Where there are too few blocks the steps are split,
 * and partial sums are added in order: by the blocks of a cluster, or through the workspace, in
 * binary32, by a last kernel.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_ENGINE_H
#define NOVA_GPU_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "gpu/few.h"
#include "gpu/fragments.h"
#include "gpu/grid.h"
#include "gpu/resident.h"
#include "nova_winograd.h"
#include "runtime/shape.h"

enum {
    NOVA_GPU_MAX_INPUTS = 10,   /* of a tile in one dimension */
    NOVA_GPU_MAX_PRODUCTS = 12, /* likewise */
    NOVA_GPU_PITCH = 8,         /* channels are padded to a multiple of this: 16 bytes */
    NOVA_GPU_WORKSPACE_ALIGNMENT = 256
};

enum { NOVA_GPU_MACHINE_NAME = 80, NOVA_GPU_BLOCKS_TEXT = 96 };

/** A tile and the matrices that transform it. */
typedef struct nova_gpu_tile {
    int tile_h, tile_w, inputs_h, inputs_w, products_h, products_w;
    nova_gpu_matrix input, output;
    nova_dtype m_type; /* the tensors' type or NOVA_F32 */
    bool in_rows;      /* the transforms are those of gpu/rows.h, */
    bool nested;       /* or of gpu/nested.h */
} nova_gpu_tile;

/** What the planner knows of a device; rates in bytes, products or flops per second. */
typedef struct nova_gpu_machine {
    char name[NOVA_GPU_MACHINE_NAME]; /* "cuda:h200/132/sm_90a", what wisdom knows it by; or "" */
    int processors;
    size_t shared_bytes; /* of shared memory that a block can have */
    int hopper;          /* warpgroup products and tensor copies (compute capability 9.0) */
    int clusters[NOVA_GPU_MOST_CLUSTERED + 1]; /* of 1, 2, 4, 8 blocks that run at a time; or 0 */
    double flops;                              /* of dense 16-bit products, all processors */
    double cache_size;                         /* of the second-level cache */
    double cache_bytes;      /* of it, that intermediates can count on from kernel to kernel */
    double cache_read;       /* bytes per second out of it that operands of products arrive at */
    double cache_write;      /* and into it */
    double memory;           /* bytes per second of device memory */
    double transform;        /* bytes per second that the transforms' kernels move in the cache, */
    double transform_memory; /* and where V or M exceed it */
    double copy;             /* bytes per second, read and written, of a kernel that copies in */
    double copy_memory;      /* the cache, and beyond it: no transform can be faster */
    double launch_seconds;   /* what a dependent kernel adds to a chain */
    double fused; /* elements of V and M per second that a kernel of the whole convolution makes */
    /** True if there is such a kernel for a tile; null: for none. */
    bool (*fuses)(const nova_gpu_tile *tile);
    bool always_fuses; /* whatever the predicted time */
    bool few;          /* there are kernels for few output and few input channels */
    /** True if there are kernels for these codelets, by their numbers; null: for all. */
    bool (*has_tile)(int input_h, int input_w, int output_h, int output_w);
    const char *only_blocks; /* null, or the name of the only blocks to consider */
} nova_gpu_machine;

/* ---- machine.c */

/** The H200's rates as bench/gpu/floors.cu measures them (docs/performance.md), scaled by the
    number of multiprocessors; `hopper` false: a device of compute capability 8. */
void nova_gpu_machine_init(nova_gpu_machine *machine, int processors, bool hopper,
                           size_t cache_bytes);

/** Names a machine that is set up by what its interface ("cuda") and its driver call it
    ("NVIDIA H200"). */
void nova_gpu_machine_set_name(nova_gpu_machine *machine, const char *interface,
                               const char *device);

/** "sm_90a" or "sm_80": which kernels run on a CUDA device. */
const char *nova_gpu_kernels_name(const nova_gpu_machine *machine);

/** Sets up a machine that need not be there, by the name that nova_gpu_machine_set_name() makes of
    the driver's ("h200"). Errors: NOVA_UNKNOWN_NAME, with all that are known. */
nova_status nova_gpu_machine_find(const char *device, nova_gpu_machine *machine);

/* ---- engine.c, direct.c, winograd.c */

/** How x becomes channel-last with a pitch. */
typedef enum nova_gpu_staging {
    NOVA_GPU_AS_IT_IS,
    NOVA_GPU_TRANSPOSED, /* from channel-first */
    NOVA_GPU_GATHERED    /* channels are padded, or taps taken up */
} nova_gpu_staging;

typedef struct nova_gpu_engine {
    nova_algorithm algorithm;
    nova_shape shape;   /* its type is NOVA_F16 or NOVA_BF16 */
    nova_gpu_tile tile; /* Winograd only */
    nova_gpu_staging staging;
    bool taps_are_channels;   /* what is multiplied has them: the products have one tap */
    bool taps_are_outputs;    /* their sums are apart until they are added up: likewise */
    bool fused;               /* Winograd in one kernel, without V and M */
    bool arranged;            /* y is made channel-last in the workspace, then transposed */
    int64_t x_pitch;          /* of x as staged, a multiple of NOVA_GPU_PITCH */
    int64_t c_pitch, k_pitch; /* of U and sums; Winograd: to NOVA_GPU_RUN_CHANNELS */
    int slices;               /* of U: positions or taps */
    int64_t tiles_h, tiles_w, tiles, chunk_tiles, chunks;
    nova_gpu_grid grid;         /* of a whole chunk */
    bool small;                 /* direct convolution with all operands in shared memory: */
    nova_gpu_resident resident; /* its blocks, instead of the grid's */
    /* in the workspace, aligned to 256: x as staged, V, M or partial sums, y to be arranged */
    size_t x_at, v_at, m_at, y_at;
    size_t workspace_bytes;  /* with room to align it */
    size_t filter_bytes;     /* U, and the tile's matrices behind it */
    double seconds;          /* predicted */
    double stage_seconds[5]; /* of it: stage, input, products, output (all chunks), arrange */
} nova_gpu_engine;

/** Prepares direct convolution. Errors: NOVA_SIZE_OVERFLOW. */
nova_status nova_gpu_engine_init_direct(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                                        const nova_shape *shape);

/** Prepares direct convolution by a kernel for few channels; the one above does so itself where it
    is predicted to be faster. Errors: NOVA_SIZE_OVERFLOW, NOVA_NOT_ELIGIBLE (too many channels, or
    no such kernels). */
nova_status nova_gpu_engine_init_few(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                                     const nova_shape *shape, nova_gpu_kind kind);

/** Prepares Winograd. Errors: NOVA_SIZE_OVERFLOW, NOVA_NOT_ELIGIBLE (shared memory). */
nova_status nova_gpu_engine_init_winograd(nova_gpu_engine *engine, const nova_gpu_machine *machine,
                                          const nova_shape *shape, const nova_gpu_tile *tile);

/** Bytes of x or y, and of x as staged. */
double nova_gpu_tensor_bytes(const nova_shape *shape, bool output);
double nova_gpu_staged_bytes_of(const nova_gpu_engine *engine);

/** Seconds of a kernel that moves elements from one order to another, fitted to 14 layers: its
    bytes, or those that it gathers element by element. */
double nova_gpu_move_seconds(const nova_gpu_machine *machine, double bytes, double gathered);

/** The grid of one chunk of a Winograd engine, `tiles` of them. */
nova_gpu_grid nova_gpu_chunk_grid(const nova_gpu_engine *engine, int64_t tiles);

/** Rows and columns of x as staged: those that the products see. */
int64_t nova_gpu_staged_h(const nova_gpu_engine *engine);
int64_t nova_gpu_staged_w(const nova_gpu_engine *engine);

/** The convolution that the products of a direct engine see: with the channels of x as staged, and
    of one tap if the others are gathered among them. */
nova_shape nova_gpu_staged_shape(const nova_gpu_engine *engine);

/** Number of products of a weight's slices: positions, or taps. */
int nova_gpu_positions(const nova_gpu_engine *engine);

/** Index, in elements, in U[slice][k_pitch][c_pitch] of a weight of a position or tap; Winograd:
   the channels in V's and M's order (nova_gpu_stored_channel()). */
size_t nova_gpu_filter_index(const nova_gpu_engine *engine, int position, int64_t k, int64_t c);

typedef void (*nova_gpu_grid_fn)(void *context, const nova_gpu_grid *candidate, double seconds);
typedef void (*nova_gpu_engine_fn)(void *context, const nova_gpu_engine *candidate, double seconds);

/* ---- enumerate.c */

/** Calls visit(context, candidate, predicted seconds of the whole plan) for every way to cut the
   products of a prepared engine into blocks; of direct convolution with and without taps taken up.
   Of the candidates only the blocks are meant: the workspace is not theirs. */
void nova_gpu_engine_each(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                          nova_gpu_engine_fn visit, void *context);

/* ---- blocks_text.c */

/** A name for the way in which an engine's products are cut: one of those below. */
const char *nova_gpu_engine_blocks(const nova_gpu_engine *engine, char text[NOVA_GPU_BLOCKS_TEXT]);

/** A name for the way in which a grid is cut, one word: "together,128x256,box=242x1x1" (the kind
    of block, output channels and pixels of one, its pixels in w, h, n), and where that is so
    ",share=pixels|filter", ",cluster=SPLITS" or ",splits=SPLITS", and "gathered," before it. */
const char *nova_gpu_blocks_text(const nova_gpu_grid *grid, char text[NOVA_GPU_BLOCKS_TEXT]);

/** A name for blocks that have all of their operands in shared memory: "resident,32x64,box=56x1"
    (output channels, pixels multiplied, pixels of y in w and h), ",chunks=" and the number of 64
    input channels that a block has, and "gathered," before it where that is so. */
const char *nova_gpu_resident_text(const nova_gpu_resident *all, char text[NOVA_GPU_BLOCKS_TEXT]);

/** True if the names differ in nothing but the box. */
bool nova_gpu_blocks_are_alike(const char *a, const char *b);

/* ---- floor.c */

/** Seconds that the kernels of an engine take at the device's rates, however well they are written:
    of each the larger of its bytes and its products, and one launch each. `residual`: one is added.
 */
double nova_gpu_engine_floor(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                             bool residual);

/* ---- few.c */

/** Calls visit(context, candidate, predicted seconds of the kernel) for every way to cut a layer
   with few channels for the kernel of grid->kind; for none if that has no use for the layer. */
void nova_gpu_few_each(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                       const nova_shape *shape, nova_gpu_grid_fn visit, void *context);

/* ---- rows.c */

/** Cuts a layer for the kernel of gpu/rows.h; returns the predicted seconds of it, or infinity if
    that cannot compute the layer or the machine's `only_blocks` are others. */
double nova_gpu_rows_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine,
                            const nova_shape *shape);

/** True if sizes fit into the integers of a grid. */
bool nova_gpu_can_number(const nova_shape *shape);

/** Fills a grid of units of `box_w` by `box_h` outputs and 64 channels, for a kernel of all of a
    convolution; what is not set before is its channels and steps. */
void nova_gpu_cut_units(nova_gpu_grid *grid, const nova_shape *shape, int kind, int box_w,
                        int box_h);

/** True if there are no more units than kernels can number, and the machine's `only_blocks` are not
    others. */
bool nova_gpu_units_exist(const nova_gpu_grid *grid, const nova_gpu_machine *machine);

/* ---- nested.c */

/** Cuts a layer for the kernel of gpu/nested.h; returns the predicted seconds of it, or infinity if
    that cannot compute the layer or the machine's `only_blocks` are others. */
double nova_gpu_nested_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine,
                              const nova_shape *shape);

/* ---- blocking.c */

/** Calls visit(context, candidate, predicted seconds) for every way to cut a grid whose channels,
    extents, taps and steps are set into blocks. */
void nova_gpu_grid_each(const nova_gpu_grid *grid, const nova_gpu_machine *machine, bool splittable,
                        bool binary32, nova_gpu_grid_fn visit, void *context);

/** Chooses blocks, sharing and splits of a grid whose channels, extents, taps and steps are set, of
    those that the machine's `only_blocks` allows; returns the predicted seconds, or infinity if
    there are none. `splittable`: the steps may be split; `binary32`: sums are stored so. */
double nova_gpu_grid_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine, bool splittable,
                            bool binary32);

/** The same of a layer with few channels, of which grid->kind is set. */
double nova_gpu_few_choose(nova_gpu_grid *grid, const nova_gpu_machine *machine,
                           const nova_shape *shape);

/** Predicted seconds of a grid's products. */
double nova_gpu_grid_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                             bool binary32);

/* ---- halo.c */

/** The same as nova_gpu_grid_each() for blocks that keep x with its halo for all taps, and
    nova_gpu_grid_seconds() for one of them. */
void nova_gpu_halo_each(const nova_gpu_grid *grid, const nova_gpu_machine *machine,
                        nova_gpu_grid_fn visit, void *context);
double nova_gpu_halo_seconds(const nova_gpu_grid *grid, const nova_gpu_machine *machine);

/* ---- resident.c */

/** Calls visit(context, candidate, predicted seconds) for every way to cut a direct convolution
   into blocks that have all of their operands in shared memory; none of a large one. `shape` is
   that of x as staged: taps that were gathered are channels. */
typedef void (*nova_gpu_resident_fn)(void *context, const nova_gpu_resident *candidate,
                                     double seconds);
void nova_gpu_resident_each(const nova_shape *shape, const nova_gpu_machine *machine,
                            nova_gpu_resident_fn visit, void *context);

/** The fastest of those that the machine's `only_blocks` allows, and its predicted seconds;
   infinity if there are none. */
double nova_gpu_resident_choose(nova_gpu_resident *best, const nova_gpu_machine *machine,
                                const nova_shape *shape);

#endif
