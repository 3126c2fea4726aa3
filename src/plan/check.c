/*
 * check.c - is this a convolution that nova computes, and what exactly was asked for?
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

void nova_conv_desc_init(nova_conv_desc *desc) {
    if (!desc)
        return;
    memset(desc, 0, sizeof *desc);
    desc->struct_size = sizeof *desc;
    desc->r = desc->s = 3;
    desc->stride_h = desc->stride_w = 1;
    desc->dilation_h = desc->dilation_w = 1;
    desc->groups = 1;
    desc->input_rms = 1.0;
}

void nova_plan_options_init(nova_plan_options *options) {
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    options->threads = 1;
}

static nova_status check_positive(const nova_conv_desc *desc) {
    const struct {
        const char *name;
        int64_t value;
    } sizes[] = {{"n", desc->n}, {"c", desc->c}, {"h", desc->h}, {"w", desc->w},
                 {"k", desc->k}, {"r", desc->r}, {"s", desc->s}};
    for (int i = 0; i < NOVA_COUNT(sizes); i++)
        if (sizes[i].value < 1)
            return nova_fail(NOVA_INVALID_ARGUMENT, "%s is %lld, but must be at least 1",
                             sizes[i].name, (long long)sizes[i].value);
    const int64_t pads[] = {desc->pad_top, desc->pad_bottom, desc->pad_left, desc->pad_right};
    for (int i = 0; i < NOVA_COUNT(pads); i++)
        if (pads[i] < 0)
            return nova_fail(NOVA_INVALID_ARGUMENT, "a padding is %lld, but must not be negative",
                             (long long)pads[i]);
    return NOVA_OK;
}

static nova_status check_enums(const nova_conv_desc *desc) {
    if ((unsigned)desc->dtype > NOVA_BF16)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown tensor type %d", (int)desc->dtype);
    if ((unsigned)desc->layout > NOVA_NHWC)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown layout %d", (int)desc->layout);
    if ((unsigned)desc->activation > NOVA_ACTIVATION_SILU)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown activation %d", (int)desc->activation);
    if (!(desc->input_rms > 0 && isfinite(desc->input_rms)))
        return nova_fail(NOVA_INVALID_ARGUMENT, "input_rms must be positive and finite");
    if (!(desc->filter_rms >= 0 && isfinite(desc->filter_rms)))
        return nova_fail(NOVA_INVALID_ARGUMENT, "filter_rms must be finite and not negative");
    return NOVA_OK;
}

static bool taps_eligible(int64_t taps) {
    return taps % 2 == 1 && taps <= NOVA_MAX_TAPS;
}

static nova_status check_eligible(const nova_conv_desc *desc) {
    if (desc->stride_h != 1 || desc->stride_w != 1)
        return nova_fail(NOVA_NOT_ELIGIBLE, "stride %lldx%lld: only stride 1 is computed",
                         (long long)desc->stride_h, (long long)desc->stride_w);
    if (desc->dilation_h != 1 || desc->dilation_w != 1)
        return nova_fail(NOVA_NOT_ELIGIBLE, "dilation %lldx%lld: only dilation 1 is computed",
                         (long long)desc->dilation_h, (long long)desc->dilation_w);
    if (desc->groups != 1)
        return nova_fail(NOVA_NOT_ELIGIBLE, "%lld groups: only one group is computed",
                         (long long)desc->groups);
    if (!taps_eligible(desc->r) || !taps_eligible(desc->s))
        return nova_fail(NOVA_NOT_ELIGIBLE, "a %lldx%lld filter: each side must be 1, 3, 5 or 7",
                         (long long)desc->r, (long long)desc->s);
    if (desc->r == 1 && desc->s == 1)
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "a 1x1 filter is a matrix product; nova has nothing to add to it");
    return NOVA_OK;
}

/* The extent of the output in one dimension; fails if it is empty or does not fit. */
static nova_status out_extent(int64_t in, int64_t before, int64_t after, int64_t taps,
                              int64_t *out) {
    const int64_t limit = INT32_MAX;
    if (in > limit || before > limit || after > limit)
        return nova_fail(NOVA_SIZE_OVERFLOW, "an extent or padding of more than %lld",
                         (long long)limit);
    *out = in + before + after - taps + 1;
    if (*out < 1)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "the output is empty: a filter of %lld on a padded extent of %lld",
                         (long long)taps, (long long)(in + before + after));
    if (*out > limit)
        return nova_fail(NOVA_SIZE_OVERFLOW, "an output extent of %lld", (long long)*out);
    return NOVA_OK;
}

/* Byte sizes of all tensors must fit; 16 spare bits keep the engine's own sums safe. */
static nova_status check_bytes(const nova_shape *shape) {
    const int64_t tensors[][4] = {{shape->n, shape->c, shape->h, shape->w},
                                  {shape->n, shape->k, shape->out_h, shape->out_w},
                                  {shape->k, shape->c, shape->r, shape->s}};
    static const char *const names[] = {"x", "y", "w"};
    for (int t = 0; t < NOVA_COUNT(tensors); t++) {
        size_t bytes = sizeof(float);
        for (int i = 0; i < 4; i++)
            if (!nova_size_mul(bytes, (size_t)tensors[t][i], &bytes) ||
                bytes > (size_t)PTRDIFF_MAX >> 16)
                return nova_fail(NOVA_SIZE_OVERFLOW, "%s does not fit in memory", names[t]);
    }
    return NOVA_OK;
}

static nova_status fill_shape(const nova_conv_desc *desc, nova_shape *shape) {
    *shape = (nova_shape){.n = desc->n,
                          .c = desc->c,
                          .h = desc->h,
                          .w = desc->w,
                          .k = desc->k,
                          .r = desc->r,
                          .s = desc->s,
                          .pad_top = desc->pad_top,
                          .pad_left = desc->pad_left,
                          .dtype = desc->dtype,
                          .layout = desc->layout,
                          .activation = desc->activation};
    nova_status status =
        out_extent(desc->h, desc->pad_top, desc->pad_bottom, desc->r, &shape->out_h);
    if (status == NOVA_OK)
        status = out_extent(desc->w, desc->pad_left, desc->pad_right, desc->s, &shape->out_w);
    return status == NOVA_OK ? check_bytes(shape) : status;
}

/* By Cauchy and Schwarz no moment exceeds the one at distance 0. */
static nova_status check_moments(const nova_plan_options *options) {
    const double *moments = options->input_moments;
    if (options->input_moment_count < 0 || (moments != NULL) != (options->input_moment_count > 0))
        return nova_fail(NOVA_INVALID_ARGUMENT, "input_moments and their number do not agree");
    for (int i = 0; i < options->input_moment_count; i++)
        if (!(fabs(moments[i]) <= 1) || (i == 0 && moments[i] != 1))
            return nova_fail(NOVA_INVALID_ARGUMENT,
                             "input_moments: the first must be 1, the others between -1 and 1");
    return NOVA_OK;
}

static bool schedule_given(const nova_plan_options *options) {
    const nova_schedule *schedule = &options->schedule;
    return schedule->xhat != NOVA_PLACE_AUTO || schedule->ghat != NOVA_PLACE_AUTO ||
           schedule->mhat != NOVA_PLACE_AUTO;
}

static nova_status check_blocking(const nova_plan_options *options) {
    const bool sizes = options->block_tiles != 0 || options->block_filters != 0;
    if (options->block_tiles < 0 || options->block_filters < 0)
        return nova_fail(NOVA_INVALID_ARGUMENT, "block_tiles and block_filters must not be "
                                                "negative");
    if (options->algorithm == NOVA_ALGORITHM_DIRECT && (sizes || schedule_given(options)))
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "direct convolution has no schedule and no blocks to choose");
    return nova_schedule_check(&options->schedule);
}

static nova_status check_options(const nova_plan_options *options) {
    if ((unsigned)options->algorithm > NOVA_ALGORITHM_WINOGRAD)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown algorithm %d", (int)options->algorithm);
    if ((unsigned)options->arith > NOVA_ARITH_BF16X6)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown arithmetic %d", (int)options->arith);
    if (options->tile_h < 0 || options->tile_w < 0 || options->tile_h > NOVA_MAX_TILE ||
        options->tile_w > NOVA_MAX_TILE || (options->tile_h == 0) != (options->tile_w == 0))
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "tile %dx%d: both sides must be 1 to %d, or both 0 (automatic)",
                         options->tile_h, options->tile_w, NOVA_MAX_TILE);
    if (!(options->max_error >= 0))
        return nova_fail(NOVA_INVALID_ARGUMENT, "max_error must not be negative or NaN");
    if ((unsigned)options->effort > NOVA_EFFORT_MEASURE)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown effort %d", (int)options->effort);
    if (options->threads < 0 || options->threads > 4096)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%d threads", options->threads);
    const unsigned flags =
        NOVA_PLAN_NO_TAP_SCALING | NOVA_PLAN_NO_COMPENSATION | NOVA_PLAN_NO_WISDOM;
    if (options->flags & ~flags)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown flags 0x%x", options->flags);
    if (options->set && !options->custom_set && !nova_set_exists(options->set))
        return nova_fail(NOVA_UNKNOWN_NAME, "no point set is named '%s'", options->set);
    const nova_status status = check_blocking(options);
    return status == NOVA_OK ? check_moments(options) : status;
}

static double choose_budget(const nova_plan_options *options, nova_dtype dtype) {
    static const double usual[] = {[NOVA_F32] = 1e-5, [NOVA_F16] = 1e-2, [NOVA_BF16] = 5e-2};
    if (options->max_error > 0)
        return options->max_error;
    const bool forced = options->tile_h > 0 && options->arith != NOVA_ARITH_AUTO;
    return forced ? INFINITY : usual[dtype];
}

/* Copies a structure of an older or newer caller: what it does not have keeps its default. */
static nova_status adopt(void *own, size_t own_size, const void *caller, size_t caller_size) {
    if (caller_size < 2 * sizeof(size_t) || caller_size > 16 * own_size)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "struct_size is not set: call the structure's _init function first");
    memcpy(own, caller, NOVA_MIN(own_size, caller_size));
    return NOVA_OK;
}

nova_status nova_request_init(nova_request *request, const nova_conv_desc *desc,
                              const nova_plan_options *options) {
    nova_conv_desc_init(&request->desc);
    nova_plan_options_init(&request->options);
    nova_status status = adopt(&request->desc, sizeof request->desc, desc, desc->struct_size);
    if (status == NOVA_OK && options)
        status = adopt(&request->options, sizeof request->options, options, options->struct_size);
    if (status == NOVA_OK)
        status = check_positive(&request->desc);
    if (status == NOVA_OK)
        status = check_enums(&request->desc);
    if (status == NOVA_OK)
        status = check_eligible(&request->desc);
    if (status == NOVA_OK)
        status = fill_shape(&request->desc, &request->shape);
    if (status == NOVA_OK)
        status = check_options(&request->options);
    if (status != NOVA_OK)
        return status;
    if (!request->options.set && request->options.custom_set)
        request->options.set = "best";     /* for a dimension that the caller's set does not fit */
    if (schedule_given(&request->options)) /* which direct convolution does not have */
        request->options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    if (request->options.threads == 0)
        request->options.threads = nova_processor_count();
    request->kernels = nova_cpu_kernels_best();
    request->budget = choose_budget(&request->options, request->desc.dtype);
    return NOVA_OK;
}
