/*
 * plan.h - what a plan and a filter are inside.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_PLAN_H
#define NOVA_PLAN_H

#include <stdio.h>

#include "cpu/engine.h"
#include "numerics/numerics.h"
#include "plan/wisdom.h"
#include "transforms/transform.h"

enum { NOVA_RATE_SIZES = 6 };

/** What the cost model knows of a machine and its kernels. */
typedef struct nova_rates {
    double product;       /* vector multiply-adds a second in a full register block */
    double pairs;         /* words times vectors a second, see cpu/pairs.h */
    double input, output; /* steps of the transforms a second, see cost.c */
    /* bytes of filter that the products read a second, by size of the buffer (see rates.c): by one
       thread, and by all processors together */
    double one[NOVA_RATE_SIZES], all[NOVA_RATE_SIZES];
} nova_rates;

/** A transform with room for its own matrices and strings. */
typedef struct nova_own_transform {
    nova_transform transform;
    double matrices[NOVA_MAX_PRODUCTS *
                    (NOVA_MAX_TILE + NOVA_MAX_TAPS + NOVA_MAX_TILE + NOVA_MAX_TAPS)];
    char set[64], points[512];
    nova_binding binding; /* of this transform */
} nova_own_transform;

/** Codelets that have been found for the transforms of a request's candidates. */
typedef struct nova_binding_cache {
    nova_binding *items; /* their transforms are the tables' or the caller's */
    int count, capacity;
} nova_binding_cache;

/** One way to compute a convolution, before it is made into a plan. */
typedef struct nova_candidate {
    nova_algorithm algorithm;
    int tile_h, tile_w;
    nova_arith arith;
    const char *set;        /* the caller's, or a built-in name */
    nova_blocking blocking; /* Winograd only: its schedule is complete */
    double cost;            /* seconds by the cost model */
} nova_candidate;

struct nova_plan {
    nova_conv_desc desc;
    nova_candidate choice;
    nova_own_transform h, w; /* Winograd only */
    nova_scaling scaling_h, scaling_w;
    bool tap_scaling, compensation;
    double moments[NOVA_MAX_INPUTS]; /* of x, by distance; used if moment_count > 0 */
    int moment_count;
    double predicted_error;
    nova_engine engine;
    uint64_t key;            /* tells packed filters of different kinds apart */
    double measured_seconds; /* 0 unless it is wisdom's */
};

struct nova_filter {
    uint64_t key;
    size_t packed_bytes;
    int scale_count; /* elements of packed.m_scale, 0 if it is null */
    nova_packed packed;
};

/** The options with all defaults filled in and the budget decided. */
typedef struct nova_request {
    nova_conv_desc desc;
    nova_plan_options options; /* set is a name or null (automatic), threads at least 1 */
    nova_shape shape;
    const nova_cpu_kernels *kernels;
    nova_rates rates;
    double budget; /* infinity: none */
    nova_binding_cache *bindings;
} nova_request;

/* ---- check.c */

/** Checks descriptor and options and fills the request, all but rates and bindings. Every failure
    has its reason. */
nova_status nova_request_init(nova_request *request, const nova_conv_desc *desc,
                              const nova_plan_options *options);

/* ---- enumerate.c */

/** All candidates that the request allows, cheapest first; release with free(). Fails if there are
    none, with the reason of the first that failed. */
nova_status nova_candidates_create(const nova_request *request, nova_candidate **candidates,
                                   int *count);

/* ---- candidate.c */

/** The tile of a dimension: a one-tap filter has nothing to transform, whatever was asked for. */
int nova_tile_for(int tile, int64_t taps);

/** F(m, taps) of a set, or of the caller's own where it is that; null if there is none. */
const nova_transform *nova_request_transform(const nova_request *request, const char *set, int m,
                                             int64_t taps);

/** Releases what the cache holds. */
void nova_binding_cache_clear(nova_binding_cache *cache);

/** Makes a plan of a candidate: transforms, scaling and engine, but not its predicted error. */
nova_status nova_candidate_realise(const nova_request *request, const nova_candidate *candidate,
                                   nova_plan *plan);

/** Predicted relative rms error of a realised plan. */
double nova_candidate_predict(const nova_plan *plan);

/* ---- measure.c */

/** Seconds that one execution of a plan takes: the fastest of a few, on normally distributed data.
    Errors: NOVA_OUT_OF_MEMORY. */
nova_status nova_plan_measure(const nova_plan *plan, double *seconds);

/* ---- wisdom_text.c */

/** Everything that decides which plan is fastest, as text. A set of the caller's own has no
    wisdom: false is returned then. */
bool nova_wisdom_key(const nova_request *request, char key[NOVA_WISDOM_KEY]);

/* ---- plan.c */

/** The set's name as nova_plan_info gives it. */
const char *nova_plan_set_name(const nova_plan *plan);

/* ---- cost.c */

/** Seconds that one execution should take on a machine of these rates. */
double nova_engine_cost(const nova_engine *engine, const nova_rates *rates);

/** Steps of the two transforms of one vector of channels of one tile, as the model counts them. */
double nova_engine_input_steps(const nova_engine *engine);
double nova_engine_output_steps(const nova_engine *engine);

/* ---- rates.c */

/** Bytes a second that each of `workers` threads gets from a buffer of `size` bytes in all. */
double nova_rates_stream(const nova_rates *rates, double size, int workers);

/** Size of the buffer that one[index] and all[index] are of. */
double nova_rates_size(int index);

/** Rates of an ordinary machine, for kernels of this kind. */
nova_rates nova_rates_usual(const nova_cpu_kernels *kernels);

/** What is known of this machine's kernels, or what is usual. */
nova_rates nova_rates_known(const nova_cpu_kernels *kernels);

/** True if rates of these kernels on this machine are known. */
bool nova_rates_are_known(const nova_cpu_kernels *kernels);

/** Remembers measured rates of kernels of this machine. */
void nova_rates_remember(const nova_cpu_kernels *kernels, const nova_rates *rates);

/** Forgets all rates. */
void nova_rates_forget(void);

/** Writes what is known as lines of a wisdom file, and reads such a line: *taken tells whether it
   is one, and NOVA_DAMAGED that it is not whole. `keep` takes it over, if it is of this machine. */
void nova_rates_write(FILE *stream);
nova_status nova_rates_read(const char *line, bool keep, bool *taken);

/* ---- calibrate.c */

/** Measures the rates of these kernels on this machine, in less than a second. Errors:
    NOVA_OUT_OF_MEMORY and those of nova_plan_create(). */
nova_status nova_rates_measure(const nova_cpu_kernels *kernels, nova_rates *rates);

/* ---- execute.c */

/** What every engine asks of an execution: plan, filter, x and y are there, and args is set up. */
nova_status nova_check_operands(const void *plan, const void *filter,
                                const nova_execute_args *args);

/* ---- filter.c */

/** Rms of the transformed, tap-scaled weights over the rms of the weights. */
double nova_filter_gain(const nova_plan *plan);

#endif
