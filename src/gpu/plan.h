/*
 * plan.h - a GPU plan: what the core's planner knows of a convolution (transforms, tap scaling,
 * predicted error) with a GPU engine and its time. No GPU interface in here.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_PLAN_H
#define NOVA_GPU_PLAN_H

#include "gpu/engine.h"
#include "plan/plan.h"

typedef struct nova_gpu_plan {
    nova_plan
        *base; /* the same tile, set and arithmetic on the CPU: transforms weights, predicts */
    nova_gpu_engine engine;
    nova_arith arith;
    double predicted_error;
    uint64_t
        key; /* tells filters of different kinds apart; those of gathered taps are of their own */
} nova_gpu_plan;

/* ---- enumerate.c */

typedef struct nova_gpu_candidate {
    nova_algorithm algorithm;
    int tile_h, tile_w;
    nova_arith arith;
    const char *set; /* a constant, or the request's */
    double seconds;  /* predicted */
} nova_gpu_candidate;

/** All that the request allows, cheapest first; whether they keep the budget is not looked at.
    Release with free(). Errors: NOVA_SIZE_OVERFLOW, NOVA_OUT_OF_MEMORY. */
nova_status nova_gpu_candidates_create(const nova_request *request, const nova_gpu_machine *machine,
                                       nova_gpu_candidate **candidates, int *count);

/** Arithmetics of tensors of a type: M of that type, M in binary32. */
nova_arith nova_gpu_narrow_arith(nova_dtype dtype);
nova_arith nova_gpu_wide_arith(nova_dtype dtype);

/** A tile: its sizes and those of its matrices, all that its time depends on. */
nova_gpu_tile nova_gpu_tile_of(const nova_transform *h, const nova_transform *w, nova_dtype tensors,
                               nova_dtype m_type);

/* ---- plan.c */

/** The fastest plan by the engine's predicted time that keeps the budget; `options` may be null.
    Errors: those of nova_plan_create(). Release with nova_gpu_plan_clear(). */
nova_status nova_gpu_plan_init(nova_gpu_plan *plan, const nova_conv_desc *desc,
                               const nova_plan_options *options, const nova_gpu_machine *machine);
void nova_gpu_plan_clear(nova_gpu_plan *plan);

/** As nova_plan_get_info(); `kernels` is a constant. */
nova_status nova_gpu_plan_info(const nova_gpu_plan *plan, const char *kernels,
                               nova_plan_info *info);

/** Transforms, rounds and arranges weights, and the tile's matrices with them: `packed` has
    engine.filter_bytes, U[slices][k_pitch][c_pitch] with zeros as padding, and what
    nova_gpu_matrix.at says. *factor: what outputs are multiplied by (1 for direct convolution).
    Errors: those of nova_filter_create(), NOVA_OUT_OF_MEMORY. */
nova_status nova_gpu_filter_pack(const nova_gpu_plan *plan, const void *weights, nova_dtype dtype,
                                 uint16_t *packed, float *factor);

/** The same without matrices: U alone, and the power of two that each position of M is multiplied
    by in scale[slices] (Winograd only). */
nova_status nova_gpu_filter_pack_slices(const nova_gpu_plan *plan, const void *weights,
                                        nova_dtype dtype, uint16_t *packed, float *scale);

#endif
