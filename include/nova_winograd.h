/*
 * nova_winograd.h - 3x3 (and 1x3, 3x1, 5x5, 7x7, ...) stride-1 convolution by Winograd's algorithm
 * with large tiles, under an error budget that the caller states.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 *
 * How it is used
 * --------------
 *   nova_conv_desc desc;          what is computed: shapes, layout, types, epilogue
 *   nova_plan_options options;    how: tile, point set, arithmetic, error budget, threads
 *   nova_plan_create()            picks an algorithm whose predicted error fits the budget
 *   nova_filter_create()          transforms and packs the weights, once
 *   nova_execute()                runs; any number of times, from any number of threads
 *
 * Definitions
 * -----------
 * The operation is cross-correlation, as in every deep-learning framework:
 *   y[n,k,i,j] = act( sum_{c,u,v} w[k,c,u,v] * x[n,c,i+u-pad_top,j+v-pad_left]
 *                     + bias[k] + residual[n,k,i,j] )
 * with zeros outside x. Output height is h + pad_top + pad_bottom - r + 1, width
 * w + pad_left + pad_right - s + 1.
 *
 * A tile F(m,r) computes m outputs of an r-tap filter with n = m+r-1 products in one dimension; a
 * two-dimensional tile nests two of them and they may differ (m = 1 means direct in that
 * dimension). U is the transformed filter, V the transformed input, M their products summed over
 * the channels.
 *
 * Errors are relative rms errors: |y - y_exact|_2 / |y_exact|_2 over the whole output before the
 * activation. Predictions assume independent, zero-mean, normally distributed input and weights.
 *
 * What is not guaranteed: results of two plans, two machines or two versions may differ within
 * their predicted errors. The result of one plan on one machine with one instruction set does not
 * depend on the number of threads.
 *
 * Non-finite input: Inf and NaN spread to every output of the tiles that read them (a transform
 * mixes the elements of a tile), further than in direct convolution.
 */
#ifndef NOVA_WINOGRAD_H
#define NOVA_WINOGRAD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(NOVA_WINOGRAD_STATIC)
#define NOVA_API
#elif defined(_WIN32)
#define NOVA_API __declspec(dllimport)
#elif defined(__GNUC__)
#define NOVA_API __attribute__((visibility("default")))
#else
#define NOVA_API
#endif

#define NOVA_VERSION_MAJOR 0
#define NOVA_VERSION_MINOR 1
#define NOVA_VERSION_PATCH 0

/** Version of the library that is loaded, "major.minor.patch". */
NOVA_API const char *nova_version(void);

/* ---------------------------------------------------------------- status */

typedef enum nova_status {
    NOVA_OK = 0,
    NOVA_INVALID_ARGUMENT = 1, /**< a value that can never be right: null, negative, inconsistent */
    NOVA_NOT_ELIGIBLE = 2,     /**< well-formed, but not a convolution that nova computes */
    NOVA_SIZE_OVERFLOW = 3,    /**< a size or a product of sizes does not fit */
    NOVA_UNKNOWN_NAME = 4,     /**< no point set, tile or file of that name */
    NOVA_BUDGET_UNREACHABLE = 5, /**< no plan's predicted error is within max_error */
    NOVA_OUT_OF_MEMORY = 6,
    NOVA_DAMAGED = 7, /**< a file or blob is truncated, altered or not of the kind expected */
    NOVA_STALE = 8,   /**< a packed filter made for another plan or another machine */
    NOVA_IO = 9,      /**< the operating system refused to read or write */
    NOVA_INTERNAL = 10
} nova_status;

/** Short English name of a status; never null. */
NOVA_API const char *nova_status_string(nova_status status);

/** Why the last failing call on this thread failed; "" if none did. Calls that succeed leave it as
   it was. Valid until the next failure. */
NOVA_API const char *nova_last_error(void);

/* ---------------------------------------------------------------- types */

/** Element type of tensors. */
typedef enum nova_dtype { NOVA_F32 = 0, NOVA_F16 = 1, NOVA_BF16 = 2 } nova_dtype;

/** Order of a tensor's dimensions, densely packed, last one fastest. */
typedef enum nova_layout { NOVA_NCHW = 0, NOVA_NHWC = 1 } nova_layout;

/**
 * How U, V and M are stored and multiplied. Sums over channels and the transforms themselves are
 * always binary32, whatever the arithmetic. The split arithmetics hold every value of U and V as a
 * sum of bfloat16 parts, of which products of the lowest orders are summed: three products keep
 * about 16 bits, six about 24. M is binary32 then. They need matrix hardware to be fast; values
 * below 2^-110 lose their lower parts, Inf becomes NaN.
 */
typedef enum nova_arith {
    NOVA_ARITH_AUTO = 0,
    NOVA_ARITH_F32 = 1,
    NOVA_ARITH_F16 = 2,      /**< U, V and M rounded to binary16 */
    NOVA_ARITH_F16_M32 = 3,  /**< U and V binary16, M binary32 */
    NOVA_ARITH_BF16 = 4,     /**< U, V and M rounded to bfloat16 */
    NOVA_ARITH_BF16_M32 = 5, /**< U and V bfloat16, M binary32 */
    NOVA_ARITH_BF16X3 = 6,   /**< U and V in two bfloat16 parts, 3 products */
    NOVA_ARITH_BF16X6 = 7    /**< U and V in three bfloat16 parts, 6 products */
} nova_arith;

typedef enum nova_activation {
    NOVA_ACTIVATION_NONE = 0,
    NOVA_ACTIVATION_RELU = 1, /**< max(v, 0) */
    NOVA_ACTIVATION_SILU = 2  /**< v / (1 + exp(-v)) */
} nova_activation;

typedef enum nova_algorithm {
    NOVA_ALGORITHM_AUTO = 0,
    NOVA_ALGORITHM_DIRECT = 1,
    NOVA_ALGORITHM_WINOGRAD = 2
} nova_algorithm;

/**
 * Where an intermediate result of Winograd convolution lives between the step that makes it and the
 * one that uses it. Exact definitions, formulas and what excludes what: docs/design.md, Schedules.
 */
typedef enum nova_place {
    NOVA_PLACE_AUTO = 0,    /**< the planner chooses */
    NOVA_PLACE_STORED = 1,  /**< all of it in memory; made by a pass of its own */
    NOVA_PLACE_BLOCKED = 2, /**< the part that one block of the work needs, in a worker's cache */
    NOVA_PLACE_INLINED = 3  /**< made from a small piece of its source where it is used, and used at
                                 once; made anew for the next use */
} nova_place;

/** A place for the transformed input, the transformed filter and the products. */
typedef struct nova_schedule {
    nova_place xhat, ghat, mhat;
} nova_schedule;

/** Names as the command line spells them ("f16", "nhwc", "f16m32", "relu", "winograd"). */
NOVA_API const char *nova_dtype_name(nova_dtype dtype);
NOVA_API const char *nova_layout_name(nova_layout layout);
NOVA_API const char *nova_arith_name(nova_arith arith);
NOVA_API const char *nova_activation_name(nova_activation activation);
NOVA_API const char *nova_algorithm_name(nova_algorithm algorithm);
NOVA_API const char *nova_place_name(nova_place place); /**< "auto", "stored", .. */

/* ---------------------------------------------------------------- descriptor and options */

/**
 * What is computed. Call nova_conv_desc_init() first: it sets struct_size, so that the structure
 * can grow without breaking callers, and the defaults given here.
 */
typedef struct nova_conv_desc {
    size_t struct_size;
    int64_t n, c, h, w; /**< input batch, channels, height, width; at least 1 */
    int64_t k;          /**< output channels; at least 1 */
    int64_t r, s;       /**< filter height and width; default 3, 3 */
    int64_t pad_top, pad_bottom, pad_left, pad_right; /**< zeros around x; default 0 */
    int64_t stride_h, stride_w;                       /**< default 1; others are not eligible */
    int64_t dilation_h, dilation_w;                   /**< default 1; others are not eligible */
    int64_t groups;                                   /**< default 1; others are not eligible */
    nova_dtype dtype;           /**< type of x, y and residual; default NOVA_F32 */
    nova_layout layout;         /**< of x, y and residual; default NOVA_NCHW */
    nova_activation activation; /**< applied after bias and residual; default none */
    double input_rms;           /**< rms of x, used to predict binary16 range effects; default 1 */
    double filter_rms;          /**< rms of w; default 0, which means 1/sqrt(c*r*s) */
} nova_conv_desc;

/** Sets every member of *desc to its default. */
NOVA_API void nova_conv_desc_init(nova_conv_desc *desc);

/** A point set of the caller's own, see nova_set_load(). */
typedef struct nova_set nova_set;

/** Flags of nova_plan_options. */
enum {
    /** No power-of-two tap scaling: reproduces published failures of binary16. */
    NOVA_PLAN_NO_TAP_SCALING = 1,
    /** Round each transformed weight to nearest, without error compensation. */
    NOVA_PLAN_NO_COMPENSATION = 2,
    /** The cost model decides, or with NOVA_EFFORT_MEASURE times measured anew, whatever wisdom
        says. */
    NOVA_PLAN_NO_WISDOM = 4
};

/** How much trouble the planner takes. */
typedef enum nova_effort {
    NOVA_EFFORT_ESTIMATE = 0, /**< the cost model decides; well under a second */
    NOVA_EFFORT_MEASURE = 1   /**< the cheapest candidates of the model are timed, with data and
                                   filters of their own; the result is kept as wisdom */
} nova_effort;

/** How it is computed. Call nova_plan_options_init() first. */
typedef struct nova_plan_options {
    size_t struct_size;
    nova_algorithm algorithm; /**< default auto */
    /** Outputs per tile; 0 (default): the planner chooses; 1: direct in that dimension. */
    int tile_h, tile_w;
    const char *set; /**< named set for both dimensions; null (default): the planner chooses from
                          "best" and the sets "best+..." with quadratic moduli */
    const nova_set *custom_set; /**< overrides `set` in every dimension whose tile matches it */
    nova_arith arith;           /**< default auto: the planner chooses under max_error */
    /** Relative rms; 0 (default): 1e-5 for f32, 1e-2 for f16, 5e-2 for bf16 tensors, or no limit at
        all if both tile and arith are given. */
    double max_error;
    unsigned flags;     /**< NOVA_PLAN_... */
    int threads;        /**< 1 (default) or more; 0: one per processor */
    nova_effort effort; /**< default NOVA_EFFORT_ESTIMATE; wisdom is used either way */
    /** Second moments of x along a row or column, for compensated rounding of the filter:
        E[x(i) x(i+lag)] / E[x(i)^2], lag 0 (which is 1) to input_moment_count-1; beyond that the
        moments are taken for 0. If a tile's are not those of any signal (their Toeplitz matrix is
        not positive definite), lags above 0 are shrunk until they are. Null (default): white.
        Predicted errors are for white data. */
    const double *input_moments;
    int input_moment_count;
    /** Default: all automatic. A place that is given excludes direct convolution; with all three
        given, a combination that makes no sense is NOVA_INVALID_ARGUMENT, with the reason. */
    nova_schedule schedule;
    /** Tiles of a block, and output channels whose products are held at a time, which is rounded up
        to what the product kernel takes; 0 (default): the planner chooses. Winograd only. */
    int64_t block_tiles, block_filters;
} nova_plan_options;

/** Sets every member of *options to its default. */
NOVA_API void nova_plan_options_init(nova_plan_options *options);

/* ---------------------------------------------------------------- point sets */

/** What is known of a named set at one F(m,r). Strings belong to the library. */
typedef struct nova_set_info {
    size_t struct_size;
    const char *name;
    int m, r;
    int products;           /**< products per dimension; m+r-1 for linear moduli */
    const char *points;     /**< "0,1/2,-1/2,inf" */
    const char *provenance; /**< where the set comes from */
    int exact;              /**< 1: proven over the rationals; 0: irrational, correct to rounding */
    double alpha2;          /**< 2-D noise gain of the square tile, alpha_1D squared */
    double kappa_vandermonde; /**< 2-norm condition number of the Vandermonde of finite points;
                                   NaN where it does not apply */
} nova_set_info;

/** Number of (set, m, r) combinations that are built in. */
NOVA_API int nova_set_count(void);
/** Describes combination `index`, 0 <= index < nova_set_count(); info->struct_size must be set. */
NOVA_API nova_status nova_set_info_at(int index, nova_set_info *info);

/**
 * Reads a set written by `nova emit --format json`. The file's matrices are checked against the
 * bilinear identity to rounding; NOVA_DAMAGED tells of a file that fails.
 */
NOVA_API nova_status nova_set_load(const char *path, nova_set **set);
NOVA_API void nova_set_destroy(nova_set *set); /**< null is allowed */

/* ---------------------------------------------------------------- plan */

typedef struct nova_plan nova_plan;

/**
 * Chooses an algorithm. Of all plans that the options allow and whose predicted error is at most
 * max_error, the fastest by the cost model. `options` may be null. The plan copies what it needs.
 * Errors: NOVA_INVALID_ARGUMENT, NOVA_NOT_ELIGIBLE, NOVA_SIZE_OVERFLOW, NOVA_UNKNOWN_NAME,
 * NOVA_BUDGET_UNREACHABLE, NOVA_OUT_OF_MEMORY; *plan is then null.
 */
NOVA_API nova_status nova_plan_create(const nova_conv_desc *desc, const nova_plan_options *options,
                                      nova_plan **plan);
NOVA_API void nova_plan_destroy(nova_plan *plan); /**< null is allowed */

/** Bytes that steps read from and write to one operand or intermediate result. */
typedef struct nova_traffic {
    int64_t read, written;
} nova_traffic;

/**
 * What one execution of a Winograd plan does, recomputation included. A step reads each operand and
 * writes each result once a call, however often it reads them from the first-level cache within
 * the call. Channels of V, M and U count in whole vectors, as they are stored and computed.
 */
typedef struct nova_work {
    int64_t input_tiles;  /**< tiles of one input channel transformed; lines of tiles where only
                               rows are (docs/design.md) */
    int64_t filters;      /**< filters (of one input and one output channel) transformed */
    int64_t products;     /**< multiply-adds of the products */
    int64_t output_tiles; /**< tiles of one output channel transformed */
    nova_traffic x;       /**< pixels inside the image, of every tile */
    nova_traffic xhat;    /**< V */
    nova_traffic filter;  /**< the filter as it is kept: transformed if ghat is stored */
    nova_traffic ghat;    /**< U where it is made during the execution */
    nova_traffic mhat;    /**< M */
    nova_traffic y;       /**< without bias and residual */
} nova_work;

/** What a plan is. Strings live as long as the plan. */
typedef struct nova_plan_info {
    size_t struct_size;
    nova_algorithm algorithm;
    int tile_h, tile_w; /**< 1, 1 for direct */
    const char *set;    /**< "" for direct */
    nova_arith arith;
    int tap_scaling, compensation; /**< 1 if they are in use */
    double predicted_error; /**< relative rms; infinity if the arithmetic is expected to overflow */
    double alpha;           /**< alpha_h * alpha_w, the noise gain of one rounding source */
    double saving;          /**< direct products over Winograd products, ragged tiles counted */
    int64_t out_h, out_w;
    size_t workspace_bytes; /**< what nova_execute() needs */
    size_t packed_bytes;    /**< size of a packed filter in memory */
    int threads;
    const char *kernels; /**< "portable", "avx2", "avx512" */
    double flops_direct; /**< 2*n*k*c*r*s*out_h*out_w */
    double cost_seconds; /**< the cost model's estimate; only ratios between plans mean anything */
    /* Winograd only, 0 for direct: */
    nova_schedule schedule;             /**< no place is automatic */
    int passes;                         /**< parallel loops with all threads meeting in between */
    int buffers;                        /**< intermediate results stored as a whole, and y */
    int64_t block_tiles, block_filters; /**< see nova_plan_options */
    int64_t split_tiles, split_filters; /**< tasks of the products: parts of tiles, of filters */
    nova_work work;                     /**< by the formulas of docs/design.md */
    double flops; /**< of the transforms and products, recomputation included */
    /* all plans again: */
    double measured_seconds; /**< what the plan took when it was measured, if that is why it was
                                  chosen (wisdom); 0 if the cost model chose it */
    double floor_seconds;    /**< devices: what its kernels take at the device's rates, without bias
                                and    residual, docs/gpu.md; CPU: 0 */
    const char *blocks;      /**< devices: how the products are cut into blocks; CPU: "" */
} nova_plan_info;

/** Fills *info; info->struct_size must be set by the caller to sizeof(nova_plan_info). */
NOVA_API nova_status nova_plan_get_info(const nova_plan *plan, nova_plan_info *info);

/* ---------------------------------------------------------------- wisdom */

/**
 * Measures what the cost model needs to know of this machine and its kernels (the rates of products
 * and transforms, and of reading filters from each level of memory, by one thread and by all), in
 * less than a second. Planning uses it from then on; it is part of wisdom, and counts on the
 * processor that it was measured on only. Without it the rates of an ordinary machine are assumed.
 * The first planning with NOVA_EFFORT_MEASURE calls it. Thread-safe. Errors: NOVA_OUT_OF_MEMORY.
 */
NOVA_API nova_status nova_calibrate(void);

/**
 * Wisdom is what planning with NOVA_EFFORT_MEASURE has found: for a convolution, its options,
 * kernels and thread count, the plan that was fastest; and what nova_calibrate() has measured. The
 * process keeps it, and nova_plan_create() looks there first. All three functions are thread-safe.
 *
 * The file is text, a line per plan; export replaces the file, import adds to what is known and
 * prefers what the file says. Errors: NOVA_IO, NOVA_OUT_OF_MEMORY, NOVA_DAMAGED (nothing of the
 * file is then taken over).
 */
NOVA_API nova_status nova_wisdom_export(const char *path);
NOVA_API nova_status nova_wisdom_import(const char *path);
NOVA_API void nova_wisdom_forget(void);

/* ---------------------------------------------------------------- filter */

typedef struct nova_filter nova_filter;

/**
 * Transforms and packs weights for `plan`. `weights` is [k][c][r][s] of `dtype`, and may be freed
 * afterwards. Deterministic. The filter does not refer to the plan, which may be destroyed first.
 */
NOVA_API nova_status nova_filter_create(const nova_plan *plan, const void *weights,
                                        nova_dtype dtype, nova_filter **filter);
NOVA_API void nova_filter_destroy(nova_filter *filter); /**< null is allowed */

/**
 * Saves a packed filter to a file (written under a temporary name, then renamed) and loads it
 * back. Loading refuses a damaged file (NOVA_DAMAGED) and one made for another kind of plan or for
 * other kernels (NOVA_STALE).
 */
NOVA_API nova_status nova_filter_save(const nova_filter *filter, const char *path);
NOVA_API nova_status nova_filter_load(const nova_plan *plan, const char *path,
                                      nova_filter **filter);

/* ---------------------------------------------------------------- execute */

/**
 * The caller's threads. `parallel_for` runs task(argument, i) for every i in [0, tasks), in any
 * order, on any threads, and returns when all have finished. It is called from nova_execute().
 */
typedef struct nova_threads {
    size_t struct_size;
    void *context;
    void (*parallel_for)(void *context, void (*task)(void *argument, int index), void *argument,
                         int tasks);
} nova_threads;

/** What to check after an execution, and what was found. */
typedef struct nova_verification {
    size_t struct_size;
    const void *weights;      /**< in: [k][c][r][s], as given to nova_filter_create() */
    nova_dtype weights_dtype; /**< in */
    int64_t samples;          /**< in: outputs to check, 0: 1024; all of them if fewer exist */
    uint64_t seed;            /**< in: which outputs are sampled */
    int64_t checked;          /**< out */
    int64_t nonfinite; /**< out: sampled outputs that are Inf or NaN where direct is finite */
    double rms_error;  /**< out: relative rms against direct convolution in double */
    double max_error;  /**< out: largest absolute error over the rms of the exact outputs */
} nova_verification;

/** Operands of one execution. Call nova_execute_args_init() first. */
typedef struct nova_execute_args {
    size_t struct_size;
    const void *x;        /**< input, the descriptor's type and layout */
    void *y;              /**< output; must not overlap any other operand */
    const float *bias;    /**< [k], or null */
    const void *residual; /**< like y, added before the activation, or null */
    void *workspace;      /**< workspace_bytes of any alignment; null: allocated and freed inside */
    size_t workspace_bytes;
    const nova_threads *threads;     /**< null: nova's own threads */
    nova_verification *verification; /**< null: no check */
    nova_work *work; /**< null: nothing is counted; else what was done is written to it (direct
                          convolution counts nothing) */
} nova_execute_args;

NOVA_API void nova_execute_args_init(nova_execute_args *args);

/**
 * Runs the convolution. Thread-safe: plan and filter are only read; concurrent calls need distinct
 * outputs and workspaces. Allocates nothing if a workspace is given and no verification is asked
 * for. Errors: NOVA_INVALID_ARGUMENT (null operands, workspace too small), NOVA_STALE (the filter
 * belongs to another kind of plan), NOVA_OUT_OF_MEMORY.
 */
NOVA_API nova_status nova_execute(const nova_plan *plan, const nova_filter *filter,
                                  const nova_execute_args *args);

#ifdef __cplusplus
}
#endif
#endif /* NOVA_WINOGRAD_H */
