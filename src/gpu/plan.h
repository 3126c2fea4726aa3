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
    char blocks[NOVA_GPU_BLOCKS_TEXT]; /* nova_gpu_engine_blocks() */
    double measured_seconds;           /* that it took; 0 if the model chose it */
    double floor_seconds;              /* nova_gpu_engine_floor(), without a residual */
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

/* ---- rows.c */

/** True if the kernel of gpu/rows.h computes F(h->m x w->m): direct along the height, F(2,3) of
    points 0, 1, -1 along the width. */
bool nova_gpu_rows_computes(const nova_transform *h, const nova_transform *w);

/** True if it is F(2,3) of points 0, 1, -1 with the signs that kernels add with. */
bool nova_gpu_only_adds(const nova_transform *t);

/** What sums of a position are multiplied by, as V is not scaled there: the same for all positions
    of these transforms, whose rows have about the same gain. `m_scale`: of the core's filter, or
    null. */
float nova_gpu_rows_factor(const nova_scaling *h, const nova_scaling *w, const float *m_scale,
                           int position);

/* ---- nested.c */

/** True if the kernel of gpu/nested.h computes F(h->m x w->m): F(2x2,3x3) of points 0, 1, -1. */
bool nova_gpu_nested_computes(const nova_transform *h, const nova_transform *w);

/** The power of two that U is multiplied by there, which the core has brought to an rms of 1: sums
    in binary16 must not overflow before x does. With most weights it makes the factor of
    nova_gpu_rows_factor(), here `factor`, 1; that is divided by it. */
int nova_gpu_nested_exponent(float factor);

/** The predicted error of a plan of that kernel, whose sums are of binary16, from `stored`, that
    of a plan with binary32 sums that are stored in binary16 once; `channels` are summed. */
double nova_gpu_nested_error(double stored, int64_t channels);

/* ---- plan.c */

/** Checks descriptor and options, and what GPUs do not have. Errors: those of nova_plan_create().
 */
nova_status nova_gpu_request_init(nova_request *request, const nova_conv_desc *desc,
                                  const nova_plan_options *options);

/** The plan of one candidate. Errors: NOVA_BUDGET_UNREACHABLE, NOVA_NOT_ELIGIBLE (no kernels, no
    such blocks), those of nova_plan_create(); the plan needs no release then. */
nova_status nova_gpu_plan_realise(nova_gpu_plan *plan, const nova_request *request,
                                  const nova_gpu_machine *machine,
                                  const nova_gpu_candidate *candidate);

/** The plan that the model expects to be fastest; else as nova_gpu_plan_init(). */
nova_status nova_gpu_plan_request(nova_gpu_plan *plan, const nova_request *request,
                                  const nova_gpu_machine *machine);

/** The fastest plan that keeps the budget, by wisdom or by the engine's predicted time; `options`
    may be null. Errors: those of nova_plan_create(). Release with nova_gpu_plan_clear(). */
nova_status nova_gpu_plan_init(nova_gpu_plan *plan, const nova_conv_desc *desc,
                               const nova_plan_options *options, const nova_gpu_machine *machine);
void nova_gpu_plan_clear(nova_gpu_plan *plan);

/** As nova_plan_get_info(); `kernels` is a constant. */
nova_status nova_gpu_plan_info(const nova_gpu_plan *plan, const char *kernels,
                               nova_plan_info *info);

/* ---- wisdom.c */

/** A wisdom file's text: what was measured on devices that nova knows, compiled in. */
extern const char nova_gpu_wisdom_text[];

/** Makes the plan that is known to be fastest: true if there is one, of blocks that there are,
   which keeps the request's budget. */
bool nova_gpu_wisdom_recall(nova_gpu_plan *plan, const nova_request *request,
                            const nova_gpu_machine *machine);

/** Remembers that a plan was fastest, in plan->measured_seconds. Errors: NOVA_OUT_OF_MEMORY. */
nova_status nova_gpu_wisdom_add(const nova_request *request, const nova_gpu_machine *machine,
                                const nova_gpu_plan *plan);

/* ---- tune.c */

enum { NOVA_GPU_MOST_TRIALS = 32 };

/** A plan and what it took. */
typedef struct nova_gpu_trial {
    nova_gpu_plan plan;
    double seconds;
} nova_gpu_trial;

/** The likely plans of a convolution, the model's choice first. */
typedef struct nova_gpu_trials {
    nova_gpu_trial items[NOVA_GPU_MOST_TRIALS];
    int count, chosen;
} nova_gpu_trials;

/** Times all plans of `trials`: fills in `seconds` (infinity: not taken to the end). */
typedef struct nova_gpu_timer {
    nova_status (*time)(void *context, nova_gpu_trials *trials);
    void *context;
} nova_gpu_timer;

/**
 * Times the plans that the model expects to be fastest, in several kinds of blocks, and at least
 * one direct convolution; the fastest is remembered as wisdom, or the model's favourite of those
 * within 1 % of it. Release *trials with nova_gpu_trials_clear(), also after a failure. Errors:
 * those of nova_plan_create() and of the timer.
 */
nova_status nova_gpu_tune(const nova_conv_desc *desc, const nova_plan_options *options,
                          const nova_gpu_machine *machine, const nova_gpu_timer *timer,
                          nova_gpu_trials *trials);
void nova_gpu_trials_clear(nova_gpu_trials *trials);

/* ---- filter.c */

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
