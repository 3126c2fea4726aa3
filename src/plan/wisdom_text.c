/*
 * wisdom_text.c - what wisdom knows, as text: the keys of the CPU's plans, and plans.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/plan.h"
#include "plan/wisdom.h"

/* ---------------------------------------------------------------- keys */

bool nova_wisdom_key(const nova_request *request, char key[NOVA_WISDOM_KEY]) {
    const nova_conv_desc *d = &request->desc;
    const nova_plan_options *o = &request->options;
    char schedule[NOVA_SCHEDULE_TEXT];
    const int length = snprintf(
        key, NOVA_WISDOM_KEY,
        "n%lld c%lld h%lld w%lld k%lld r%lld s%lld pad %lld,%lld,%lld,%lld %s %s rms %g,%g "
        "algorithm %s tile %dx%d set %s arith %s budget %g flags %u schedule %s "
        "blocks %lldx%lld threads %d kernels %s",
        (long long)d->n, (long long)d->c, (long long)d->h, (long long)d->w, (long long)d->k,
        (long long)d->r, (long long)d->s, (long long)d->pad_top, (long long)d->pad_bottom,
        (long long)d->pad_left, (long long)d->pad_right, nova_dtype_name(d->dtype),
        nova_layout_name(d->layout), d->input_rms, d->filter_rms, nova_algorithm_name(o->algorithm),
        o->tile_h, o->tile_w, o->set ? o->set : "-", nova_arith_name(o->arith), request->budget,
        o->flags & ~(unsigned)NOVA_PLAN_NO_WISDOM, nova_schedule_text(&o->schedule, schedule),
        (long long)o->block_tiles, (long long)o->block_filters, o->threads, request->kernels->name);
    return !o->custom_set && length > 0 && length < NOVA_WISDOM_KEY;
}

bool nova_wisdom_is_of_device(const char *key) {
    return strncmp(key, NOVA_WISDOM_DEVICE, strlen(NOVA_WISDOM_DEVICE)) == 0;
}

/* ---------------------------------------------------------------- plans */

void nova_wisdom_plan_write(FILE *stream, const nova_wisdom_plan *plan) {
    const bool direct = plan->algorithm == NOVA_ALGORITHM_DIRECT, device = plan->blocks[0] != '\0';
    char schedule[NOVA_SCHEDULE_TEXT];
    fputs(nova_algorithm_name(plan->algorithm), stream);
    if (!direct)
        fprintf(stream, " %d %d %s %s", plan->tile_h, plan->tile_w, plan->set,
                nova_arith_name(plan->arith));
    if (device)
        fprintf(stream, " %s", plan->blocks);
    else if (!direct)
        fprintf(stream, " %s %lld %lld", nova_schedule_text(&plan->blocking.schedule, schedule),
                (long long)plan->blocking.block_tiles, (long long)plan->blocking.block_filters);
    fprintf(stream, " %.9g", plan->seconds);
}

static bool parse_arith(const char *name, nova_arith *arith) {
    for (int i = NOVA_ARITH_F32; i <= NOVA_ARITH_BF16X6; i++)
        if (strcmp(name, nova_arith_name((nova_arith)i)) == 0) {
            *arith = (nova_arith)i;
            return true;
        }
    return false;
}

static bool parse_direct(const char *text, bool device, nova_wisdom_plan *plan) {
    char rest;
    plan->algorithm = NOVA_ALGORITHM_DIRECT;
    plan->tile_h = plan->tile_w = 1;
    plan->arith = NOVA_ARITH_F32;
    if (device)
        return sscanf(text, "direct %95s %lf %c", plan->blocks, &plan->seconds, &rest) == 2;
    return sscanf(text, "direct %lf %c", &plan->seconds, &rest) == 1;
}

static bool parse_winograd(const char *text, bool device, nova_wisdom_plan *plan) {
    char arith[16], schedule[NOVA_SCHEDULE_TEXT], rest;
    long long tiles = 0, filters = 0;
    bool whole;
    plan->algorithm = NOVA_ALGORITHM_WINOGRAD;
    if (device)
        whole = sscanf(text, "winograd %d %d %63s %15s %95s %lf %c", &plan->tile_h, &plan->tile_w,
                       plan->set, arith, plan->blocks, &plan->seconds, &rest) == 6;
    else
        whole = sscanf(text, "winograd %d %d %63s %15s %47s %lld %lld %lf %c", &plan->tile_h,
                       &plan->tile_w, plan->set, arith, schedule, &tiles, &filters, &plan->seconds,
                       &rest) == 8 &&
                nova_schedule_parse(schedule, &plan->blocking.schedule) == NOVA_OK;
    plan->blocking.block_tiles = tiles;
    plan->blocking.block_filters = filters;
    return whole && parse_arith(arith, &plan->arith) && tiles >= 0 && filters >= 0 &&
           plan->tile_h >= 1 && plan->tile_h <= NOVA_MAX_TILE && plan->tile_w >= 1 &&
           plan->tile_w <= NOVA_MAX_TILE;
}

bool nova_wisdom_plan_read(const char *text, bool device, nova_wisdom_plan *plan) {
    for (int i = 0; i < 2; i++) {
        memset(plan, 0, sizeof *plan);
        if ((i == 0 ? parse_direct : parse_winograd)(text, device, plan))
            return plan->seconds > 0 && isfinite(plan->seconds);
    }
    return false;
}
