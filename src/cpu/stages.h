/*
 * stages.h - the three stages of Winograd convolution over buffers of any extent: input transform,
 * products, output transform. winograd.c decides which part of the work is done when, and where V
 * and M lie.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CPU_STAGES_H
#define NOVA_CPU_STAGES_H

#include "cpu/engine.h"

/** A half-open range. */
typedef struct nova_range {
    int64_t first, last;
} nova_range;

/**
 * Transformed input: the vector of position p, channel group g and tile t lies at
 * data[p * position + g * group + t * tile], g and t counted from the first of the buffer.
 *
 * For products of pairs (engine->parts > 0) g counts pair groups, the first of which starts at an
 * even channel group, and vector q of words at data[.. + q * part] holds part q of both channel
 * groups. There must be room for a multiple of the kernels' row_multiple tiles, in M too.
 */
typedef struct nova_v_view {
    float *data;
    ptrdiff_t position, group, part, tile;
} nova_v_view;

/** Transformed filters: the vector of position p, output vector k and channel c lies at element
    p * position + k / panel * panel * lanes * channels + (channel + c) * width + k % panel * lanes,
    where width is that of the panel in elements; k is counted from a whole panel. A packed filter
   and buffers of the workers are of this kind. Filters in bfloat16 parts have a panel of
   [pair group][part][word][output channel][even, odd] instead; `channels` counts all its parts. */
typedef struct nova_u_view {
    void *data;
    nova_dtype type;
    size_t position;
    int64_t channels; /* that a panel of the buffer has room for */
    int64_t channel;  /* of the buffer, that is the view's first */
} nova_u_view;

/** Products: the vector of position p, output vector k and tile t lies at
    data[p * position + k * vector + t * tile], k and t counted from the first of the buffer. */
typedef struct nova_m_view {
    float *data;
    ptrdiff_t position, vector, tile;
} nova_m_view;

/** Writes V of `tiles` (counted over the batch) and channel `groups`. */
void nova_stage_input(const nova_engine *engine, const nova_tensors *tensors, nova_range tiles,
                      nova_range groups, const nova_scratch *scratch, const nova_v_view *v);

/** Transforms the raw filters of input `channels` and output `vectors`, which start at a whole
    panel: writes U of them, in binary32, rounded as the arithmetic stores it. */
void nova_stage_filters(const nova_engine *engine, const nova_packed *packed, nova_range channels,
                        nova_range vectors, const nova_scratch *scratch, const nova_u_view *u);

/**
 * M = V U for `rows` tiles, `channels` input channels and `vectors` output vectors, the first of
 * each being the first of the views; all positions. `accumulate`: adds to M instead of writing it.
 */
void nova_stage_products(const nova_engine *engine, const nova_v_view *v, const nova_u_view *u,
                         int rows, int64_t channels, int64_t vectors, bool accumulate,
                         const nova_m_view *m);

/** The same for engine->parts > 0; called by the above. */
void nova_stage_pair_products(const nova_engine *engine, const nova_v_view *v, const nova_u_view *u,
                              int rows, int64_t channels, int64_t vectors, bool accumulate,
                              const nova_m_view *m);

/** Transforms M of `tiles` and output `vectors`, applies the epilogue and writes y. */
void nova_stage_output(const nova_engine *engine, const nova_packed *packed,
                       const nova_tensors *tensors, nova_range tiles, nova_range vectors,
                       const nova_scratch *scratch, const nova_m_view *m);

/** Consecutive tiles of one tile row: they share a gathered patch. */
typedef struct nova_tile_run {
    int64_t image, row, col; /* image; top-left output pixel */
    int first, count;        /* tiles, counted within the range */
} nova_tile_run;

/** The run that starts at tiles.first + done. */
nova_tile_run nova_next_run(const nova_engine *engine, nova_range tiles, int done);

#endif
