/*
 * request.c - tiles, paddings, sets and plans as the command line spells them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "request.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "covariance.h"
#include "cpu/engine.h"
#include "runtime/runtime.h"

const char *const cli_dtype_names[] = {"f32", "f16", "bf16", NULL};
const char *const cli_layout_names[] = {"nchw", "nhwc", NULL};
const char *const cli_arith_names[] = {"auto",    "f32",    "f16",    "f16m32", "bf16",
                                       "bf16m32", "bf16x3", "bf16x6", NULL};
const char *const cli_activation_names[] = {"none", "relu", "silu", NULL};

/** "A" (twice the same) or "AxB", each from min to max. */
static nova_status read_pair(const char *text, int64_t min, int64_t max, int64_t pair[2]) {
    int count;
    nova_status status = cli_read_list(text, 'x', min, max, pair, 2, &count);
    if (status == NOVA_OK && count == 1) {
        pair[1] = pair[0];
    }
    return status;
}

nova_status cli_read_tile(const cli_option *option, const char *text) {
    cli_tile *tile = option->target;
    int64_t pair[2];
    *tile = (cli_tile){.direct = strcmp(text, "direct") == 0};
    if (tile->direct || strcmp(text, "auto") == 0) {
        return NOVA_OK;
    }
    nova_status status = read_pair(text, 1, NOVA_MAX_TILE, pair);
    if (status != NOVA_OK) {
        return status;
    }
    if (pair[0] == 1 && pair[1] == 1) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "a tile of one output is direct convolution; use "
                                                "'direct'");
    }
    tile->h = (int)pair[0];
    tile->w = (int)pair[1];
    return NOVA_OK;
}

nova_status cli_read_extent(const cli_option *option, const char *text) {
    int64_t pair[2];
    nova_status status = read_pair(text, 1, INT64_MAX, pair);
    if (status == NOVA_OK) {
        *(cli_extent *)option->target = (cli_extent){pair[0], pair[1]};
    }
    return status;
}

nova_status cli_read_budget(const cli_option *option, const char *text) {
    nova_status status = cli_real(option, text);
    if (status == NOVA_OK && *(double *)option->target == 0) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "no plan is without error");
    }
    return status;
}

nova_status cli_read_padding(const cli_option *option, const char *text) {
    int64_t list[4];
    int count;
    if (strchr(text, ',') == NULL) {
        nova_status status = read_pair(text, 0, INT64_MAX, list);
        if (status == NOVA_OK) {
            *(cli_padding *)option->target =
                (cli_padding){true, list[0], list[0], list[1], list[1]};
        }
        return status;
    }
    nova_status status = cli_read_list(text, ',', 0, INT64_MAX, list, 4, &count);
    if (status == NOVA_OK && count != 4) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "top, bottom, left, right: 4 integers, not %d",
                         count);
    }
    if (status == NOVA_OK) {
        *(cli_padding *)option->target = (cli_padding){true, list[0], list[1], list[2], list[3]};
    }
    return status;
}

nova_status cli_read_schedule(const cli_option *option, const char *text) {
    return nova_schedule_parse(text, option->target);
}

static nova_status unknown_set(const char *set) {
    return nova_fail(NOVA_UNKNOWN_NAME,
                     "no point set is named '%s', and there is no such file; see nova points", set);
}

bool cli_set_is_file(const char *set) {
    size_t length = strlen(set);
    if (nova_set_exists(set)) {
        return false;
    }
    return strchr(set, '/') != NULL || access(set, F_OK) == 0 ||
           (length > 5 && strcmp(set + length - 5, ".json") == 0);
}

/** Takes the custom set's tile in every dimension whose filter it fits. */
static nova_status tile_from_set(const cli_request *request, int64_t r, int64_t s,
                                 nova_plan_options *options) {
    const nova_transform *transform = nova_set_transform(request->custom);
    if (transform->r != r && transform->r != s) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s holds a set for filters of %d taps",
                         request->set, transform->r);
    }
    options->algorithm = NOVA_ALGORITHM_WINOGRAD;
    options->tile_h = transform->r == r ? transform->m : 0;
    options->tile_w = transform->r == s ? transform->m : 0;
    return NOVA_OK;
}

static nova_status use_set_file(cli_request *request, int64_t r, int64_t s,
                                nova_plan_options *options) {
    nova_status status = nova_set_load(request->set, &request->custom);
    if (status != NOVA_OK) {
        return status;
    }
    options->custom_set = request->custom;
    bool automatic = !request->tile.direct && request->tile.h == 0;
    return automatic ? tile_from_set(request, r, s, options) : NOVA_OK;
}

/** As many as the largest tile has inputs: which tile it will be is not known yet. */
static nova_status use_covariance(cli_request *request, nova_plan_options *options) {
    if (request->covariance == NULL) {
        return NOVA_OK;
    }
    options->input_moments = request->moments;
    options->input_moment_count = NOVA_MAX_INPUTS;
    return cli_read_covariance(request->covariance, 2, NOVA_MAX_INPUTS, request->moments);
}

static bool adds_wisdom(const cli_request *request) {
    return request->measure || request->calibrate;
}

/** A wisdom file that is about to be written need not exist yet. */
static nova_status import_wisdom(const cli_request *request) {
    if (request->wisdom == NULL || (adds_wisdom(request) && access(request->wisdom, F_OK) != 0)) {
        return NOVA_OK;
    }
    return nova_wisdom_import(request->wisdom);
}

nova_status cli_request_remember(const cli_request *request) {
    if (request->wisdom == NULL || !adds_wisdom(request)) {
        return NOVA_OK;
    }
    return nova_wisdom_export(request->wisdom);
}

nova_status cli_request_options(cli_request *request, int64_t r, int64_t s,
                                nova_plan_options *options) {
    nova_plan_options_init(options);
    options->effort = request->measure ? NOVA_EFFORT_MEASURE : NOVA_EFFORT_ESTIMATE;
    nova_status status = import_wisdom(request);
    if (status == NOVA_OK && request->calibrate) {
        status = nova_calibrate();
    }
    if (status == NOVA_OK) {
        status = use_covariance(request, options);
    }
    if (status != NOVA_OK) {
        return status;
    }
    options->algorithm = request->tile.direct ? NOVA_ALGORITHM_DIRECT
                         : request->tile.h    ? NOVA_ALGORITHM_WINOGRAD
                                              : NOVA_ALGORITHM_AUTO;
    options->tile_h = request->tile.h;
    options->tile_w = request->tile.w;
    options->arith = (nova_arith)request->arith;
    options->max_error = request->max_error;
    options->threads = (int)request->threads;
    options->schedule = request->schedule;
    options->block_tiles = request->block_tiles;
    options->block_filters = request->block_filters;
    options->flags = (request->no_scaling ? NOVA_PLAN_NO_TAP_SCALING : 0) |
                     (request->no_compensation ? NOVA_PLAN_NO_COMPENSATION : 0) |
                     (request->no_wisdom ? NOVA_PLAN_NO_WISDOM : 0);
    if (request->set == NULL) {
        return NOVA_OK;
    }
    if (cli_set_is_file(request->set)) {
        return use_set_file(request, r, s, options);
    }
    if (!nova_set_exists(request->set)) {
        return unknown_set(request->set);
    }
    options->set = request->set;
    return NOVA_OK;
}

void cli_request_free(cli_request *request) {
    nova_set_destroy(request->custom);
    request->custom = NULL;
}

/** F(m,r) of the file that request names, if that is what it holds. */
static nova_status find_in_file(const char *path, int64_t m, int64_t r, nova_set **custom,
                                const nova_transform **transform) {
    nova_status status = nova_set_load(path, custom);
    if (status != NOVA_OK) {
        return status;
    }
    *transform = nova_set_transform(*custom);
    if ((*transform)->m != m || (*transform)->r != r) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s holds F(%d,%d), not F(%d,%d)", path,
                         (*transform)->m, (*transform)->r, (int)m, (int)r);
    }
    return NOVA_OK;
}

nova_status cli_find_transform(const char *set, int64_t m, int64_t r, nova_set **custom,
                               const nova_transform **transform) {
    *custom = NULL;
    if (cli_set_is_file(set)) {
        return find_in_file(set, m, r, custom, transform);
    }
    *transform = nova_transform_find(set, (int)m, (int)r);
    if (*transform != NULL) {
        return NOVA_OK;
    }
    if (nova_set_exists(set)) {
        return nova_fail(NOVA_UNKNOWN_NAME, "the set '%s' has no F(%d,%d); see nova points", set,
                         (int)m, (int)r);
    }
    return unknown_set(set);
}

const char *cli_number_text(double value, char buffer[32]) {
    snprintf(buffer, 32, isfinite(value) ? "%.6g" : "-", value);
    return buffer;
}

const char *cli_tile_text(const nova_plan_info *info, char buffer[32]) {
    if (info->algorithm == NOVA_ALGORITHM_DIRECT) {
        return "direct";
    }
    if (info->tile_h == info->tile_w) {
        snprintf(buffer, 32, "%d", info->tile_h);
    } else {
        snprintf(buffer, 32, "%dx%d", info->tile_h, info->tile_w);
    }
    return buffer;
}

static char place_letter(nova_place place) {
    return (char)toupper((unsigned char)nova_place_name(place)[0]);
}

const char *cli_plan_text(const nova_plan_info *info, char buffer[128]) {
    static const nova_schedule usual = {NOVA_PLACE_BLOCKED, NOVA_PLACE_STORED, NOVA_PLACE_BLOCKED};
    char tile[32], schedule[8] = "";
    if (info->algorithm == NOVA_ALGORITHM_DIRECT) {
        snprintf(buffer, 128, "direct %s", nova_arith_name(info->arith));
    } else {
        const bool has_schedule = info->schedule.xhat != NOVA_PLACE_AUTO; /* devices have none */
        if (has_schedule && !nova_schedule_matches(&info->schedule, &usual)) {
            snprintf(schedule, sizeof schedule, " %c%c%c", place_letter(info->schedule.xhat),
                     place_letter(info->schedule.ghat), place_letter(info->schedule.mhat));
        }
        snprintf(buffer, 128, "F(%s) %s %s%s", cli_tile_text(info, tile), info->set,
                 nova_arith_name(info->arith), schedule);
    }
    return buffer;
}

static void json_traffic(cli_json *json, const char *name, const nova_traffic *traffic) {
    cli_json_object(json, name);
    cli_json_integer(json, "read", traffic->read);
    cli_json_integer(json, "written", traffic->written);
    cli_json_end_object(json);
}

void cli_json_work(cli_json *json, const char *name, const nova_work *work) {
    cli_json_object(json, name);
    cli_json_integer(json, "input_tiles", work->input_tiles);
    cli_json_integer(json, "filters", work->filters);
    cli_json_integer(json, "products", work->products);
    cli_json_integer(json, "output_tiles", work->output_tiles);
    json_traffic(json, "x", &work->x);
    json_traffic(json, "xhat", &work->xhat);
    json_traffic(json, "filter", &work->filter);
    json_traffic(json, "ghat", &work->ghat);
    json_traffic(json, "mhat", &work->mhat);
    json_traffic(json, "y", &work->y);
    cli_json_end_object(json);
}

/* Direct convolution has no schedule. */
static void json_schedule(cli_json *json, const nova_plan_info *info) {
    cli_json_object(json, "schedule");
    cli_json_string(json, "xhat", nova_place_name(info->schedule.xhat));
    cli_json_string(json, "ghat", nova_place_name(info->schedule.ghat));
    cli_json_string(json, "mhat", nova_place_name(info->schedule.mhat));
    cli_json_end_object(json);
    cli_json_integer(json, "passes", info->passes);
    cli_json_integer(json, "buffers", info->buffers);
    cli_json_integer(json, "block_tiles", info->block_tiles);
    cli_json_integer(json, "block_filters", info->block_filters);
    cli_json_integer(json, "split_tiles", info->split_tiles);
    cli_json_integer(json, "split_filters", info->split_filters);
    cli_json_number(json, "flops", info->flops);
    cli_json_work(json, "work", &info->work);
}

const char *cli_chosen_by(const nova_plan_info *info) {
    return info->measured_seconds > 0 ? "wisdom" : "model";
}

void cli_json_plan(cli_json *json, const nova_plan_info *info) {
    char tile[32];
    cli_json_string(json, "algorithm", nova_algorithm_name(info->algorithm));
    cli_json_string(json, "tile", cli_tile_text(info, tile));
    cli_json_string(json, "set", info->set);
    cli_json_string(json, "arith", nova_arith_name(info->arith));
    cli_json_number(json, "predicted_error", info->predicted_error);
    cli_json_integer(json, "workspace_bytes", (int64_t)info->workspace_bytes);
    cli_json_integer(json, "packed_bytes", (int64_t)info->packed_bytes);
    cli_json_integer(json, "tile_h", info->tile_h);
    cli_json_integer(json, "tile_w", info->tile_w);
    cli_json_bool(json, "tap_scaling", info->tap_scaling != 0);
    cli_json_bool(json, "compensation", info->compensation != 0);
    cli_json_number(json, "alpha", info->alpha);
    cli_json_number(json, "saving", info->saving);
    cli_json_integer(json, "out_h", info->out_h);
    cli_json_integer(json, "out_w", info->out_w);
    cli_json_integer(json, "threads", info->threads);
    cli_json_string(json, "kernels", info->kernels);
    cli_json_number(json, "flops_direct", info->flops_direct);
    cli_json_number(json, "cost_seconds", info->cost_seconds);
    cli_json_string(json, "chosen_by", cli_chosen_by(info));
    if (info->blocks[0] != '\0') {
        cli_json_string(json, "blocks", info->blocks);
        cli_json_number(json, "floor_seconds", info->floor_seconds);
        cli_json_number(json, "measured_seconds", info->measured_seconds);
    } else if (info->algorithm == NOVA_ALGORITHM_WINOGRAD) {
        json_schedule(json, info);
    }
}
