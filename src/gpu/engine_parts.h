/*
 * engine_parts.h - what direct convolution (direct.c) and Winograd (winograd.c) have in common when
 * an engine is prepared (engine.c), and what enumerate.c asks of either. Used by these four only.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_ENGINE_PARTS_H
#define NOVA_GPU_ENGINE_PARTS_H

#include "gpu/engine.h"

/** Sets the shape, and what follows from it and the algorithm: pitches, how x becomes channel-last.
 */
void nova_gpu_set_pitches(nova_gpu_engine *engine, const nova_shape *shape);

/** Lays out U, and the tile's matrices behind it. Errors: NOVA_SIZE_OVERFLOW. */
nova_status nova_gpu_lay_out_filter(nova_gpu_engine *engine);

/** Lays out x as staged at the workspace's begin, V and M or partial sums (three counts each, or
   null) and y behind it. Errors: NOVA_SIZE_OVERFLOW. */
nova_status nova_gpu_lay_out_workspace(nova_gpu_engine *engine, const int64_t *v, const int64_t *m,
                                       size_t m_element);

/** Predicts the stages that move x and y; the sum of all stages. */
void nova_gpu_time_moves(nova_gpu_engine *engine, const nova_gpu_machine *machine);
void nova_gpu_add_seconds(nova_gpu_engine *engine);

/** A grid with the engine's channels, of one tap, without extents. */
nova_gpu_grid nova_gpu_empty_grid(const nova_gpu_engine *engine);

/** nova_gpu_engine_each() for either algorithm. */
void nova_gpu_direct_each(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                          nova_gpu_engine_fn visit, void *context);
void nova_gpu_winograd_each(const nova_gpu_engine *engine, const nova_gpu_machine *machine,
                            nova_gpu_engine_fn visit, void *context);

#endif
