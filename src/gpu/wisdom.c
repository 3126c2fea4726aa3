/*
 * wisdom.c - plans of devices that were found to be fastest: those that the process knows, and
 * behind them those that come with the library.
 *
 * A plan that was fastest under an error budget B, of predicted error E, is so under every budget
 * from E to B: it is among what such a budget leaves over. So what is looked for is a budget from
 * the request's on, the smallest first, whose plan keeps the request's.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "gpu/plan.h"
#include "runtime/runtime.h"

/* Budgets have six digits in a key. */
static const double printed = 1 - 1e-5;

/* ---------------------------------------------------------------- keys */

/* What the options ask for, or "" if they leave all open. */
static void options_text(const nova_plan_options *o, char text[128]) {
    const unsigned flags = o->flags & ~(unsigned)NOVA_PLAN_NO_WISDOM;
    text[0] = '\0';
    if (o->algorithm != NOVA_ALGORITHM_AUTO || o->tile_h != 0 || o->tile_w != 0 || o->set ||
        o->arith != NOVA_ARITH_AUTO || flags != 0)
        snprintf(text, 128, "algorithm %s tile %dx%d set %s arith %s flags %u ",
                 nova_algorithm_name(o->algorithm), o->tile_h, o->tile_w, o->set ? o->set : "-",
                 nova_arith_name(o->arith), flags);
}

/* All of a key but the budget; false if there can be none. */
static bool key_start(const nova_request *request, const nova_gpu_machine *machine,
                      char key[NOVA_WISDOM_KEY]) {
    const nova_conv_desc *d = &request->desc;
    char options[128];
    options_text(&request->options, options);
    const int length = snprintf(
        key, NOVA_WISDOM_KEY,
        NOVA_WISDOM_DEVICE "%s n%lld c%lld h%lld w%lld k%lld r%lld s%lld pad %lld,%lld,%lld,%lld "
                           "%s %s rms %g,%g %sbudget ",
        machine->name, (long long)d->n, (long long)d->c, (long long)d->h, (long long)d->w,
        (long long)d->k, (long long)d->r, (long long)d->s, (long long)d->pad_top,
        (long long)d->pad_bottom, (long long)d->pad_left, (long long)d->pad_right,
        nova_dtype_name(d->dtype), nova_layout_name(d->layout), d->input_rms, d->filter_rms,
        options);
    enum { BUDGET = 24 };
    return machine->name[0] && !request->options.custom_set && length > 0 &&
           length < NOVA_WISDOM_KEY - BUDGET;
}

/* ---------------------------------------------------------------- what comes with the library */

static nova_wisdom_table shipped;
static pthread_once_t shipped_once = PTHREAD_ONCE_INIT;

static void read_shipped(void) {
    /* a damaged text, which a test would have found, leaves the table empty */
    (void)nova_wisdom_parse("wisdom", nova_gpu_wisdom_text, strlen(nova_gpu_wisdom_text), false,
                            &shipped);
}

/* ---------------------------------------------------------------- looking up */

static bool may_take(const nova_plan_options *asked, const nova_wisdom_plan *found) {
    const bool winograd = found->algorithm == NOVA_ALGORITHM_WINOGRAD;
    if (asked->algorithm != NOVA_ALGORITHM_AUTO && asked->algorithm != found->algorithm)
        return false;
    return !winograd || ((asked->tile_h == 0 ||
                          (asked->tile_h == found->tile_h && asked->tile_w == found->tile_w)) &&
                         (!asked->set || strcmp(asked->set, found->set) == 0) &&
                         (asked->arith == NOVA_ARITH_AUTO || asked->arith == found->arith));
}

/* What is remembered is checked like what is asked for: it may come from a file. */
static bool realise(nova_gpu_plan *plan, const nova_request *request,
                    const nova_gpu_machine *machine, const nova_wisdom_plan *found) {
    const bool winograd = found->algorithm == NOVA_ALGORITHM_WINOGRAD;
    nova_request known = *request;
    nova_gpu_machine narrowed = *machine;
    narrowed.only_blocks = found->blocks;
    known.options.algorithm = found->algorithm;
    if (winograd) {
        known.options.tile_h = found->tile_h;
        known.options.tile_w = found->tile_w;
        known.options.set = found->set;
        known.options.arith = found->arith;
    }
    if (!may_take(&request->options, found) ||
        nova_gpu_plan_request(plan, &known, &narrowed) != NOVA_OK)
        return false;
    plan->measured_seconds = found->seconds;
    return true;
}

static bool recall_from(const nova_wisdom_table *table, const char *key, nova_gpu_plan *plan,
                        const nova_request *request, const nova_gpu_machine *machine) {
    double budget;
    nova_wisdom_plan found;
    for (double least = request->budget * printed;
         nova_wisdom_find_from(table, key, least, &budget, &found);
         least = nextafter(budget, INFINITY)) {
        if (realise(plan, request, machine, &found))
            return true;
        if (isinf(budget))
            return false;
    }
    return false;
}

bool nova_gpu_wisdom_recall(nova_gpu_plan *plan, const nova_request *request,
                            const nova_gpu_machine *machine) {
    char key[NOVA_WISDOM_KEY];
    if ((request->options.flags & NOVA_PLAN_NO_WISDOM) || !key_start(request, machine, key))
        return false;
    pthread_once(&shipped_once, read_shipped);
    return recall_from(NULL, key, plan, request, machine) ||
           recall_from(&shipped, key, plan, request, machine);
}

nova_status nova_gpu_wisdom_add(const nova_request *request, const nova_gpu_machine *machine,
                                const nova_gpu_plan *plan) {
    char key[NOVA_WISDOM_KEY];
    if (!key_start(request, machine, key))
        return NOVA_OK; /* a set of the caller's own, a device without a name */
    const size_t length = strlen(key);
    snprintf(key + length, sizeof key - length, "%g", request->budget);
    nova_wisdom_plan known = {.algorithm = plan->engine.algorithm,
                              .tile_h = plan->base->choice.tile_h,
                              .tile_w = plan->base->choice.tile_w,
                              .arith = plan->arith,
                              .seconds = plan->measured_seconds};
    snprintf(known.set, sizeof known.set, "%s", nova_plan_set_name(plan->base));
    snprintf(known.blocks, sizeof known.blocks, "%s", plan->blocks);
    return nova_wisdom_add(key, &known);
}
