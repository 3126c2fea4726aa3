/*
 * tune.c - the plan that is fastest on a device, by measuring: which plans are worth it, and which
 * one is taken. How they are timed is the device's business.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/plan.h"
#include "runtime/runtime.h"

static const double hopeless = 1.8; /* times the model's choice: not worth timing */
static const double tie = 1.01;     /* times the fastest: the model decides */
enum {
    DIRECT_KINDS = 12, /* of blocks */
    TILE_KINDS = 3,
    ENOUGH = 2 /* times as many as are timed are looked at */
};

/** A candidate cut into one kind of blocks. */
typedef struct option {
    nova_gpu_candidate candidate;
    char blocks[NOVA_GPU_BLOCKS_TEXT];
    double seconds; /* predicted */
} option;

typedef struct option_list {
    option *items;
    int count, capacity;
    int first; /* of the present candidate */
    const nova_gpu_candidate *candidate;
    bool full; /* memory is */
} option_list;

/* Of blocks that differ in their box only the model's favourite is kept. */
static void keep(void *context, const nova_gpu_engine *engine, double seconds) {
    option_list *list = context;
    option made = {.candidate = *list->candidate, .seconds = seconds};
    nova_gpu_engine_blocks(engine, made.blocks);
    for (int i = list->first; i < list->count; i++)
        if (nova_gpu_blocks_are_alike(list->items[i].blocks, made.blocks)) {
            if (seconds < list->items[i].seconds)
                list->items[i] = made;
            return;
        }
    if (list->count == list->capacity) {
        const int capacity = 2 * list->capacity + 64;
        option *grown = realloc(list->items, (size_t)capacity * sizeof *grown);
        list->full = list->full || !grown;
        if (!grown)
            return;
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = made;
}

/* By predicted time; what is equal there, by name, so that the order is the same in every run. */
static int by_seconds(const void *a, const void *b) {
    const option *x = a, *y = b;
    if (x->seconds != y->seconds)
        return x->seconds > y->seconds ? 1 : -1;
    if (x->candidate.tile_h != y->candidate.tile_h)
        return x->candidate.tile_h - y->candidate.tile_h;
    return strcmp(x->blocks, y->blocks);
}

/* Adds the likely kinds of blocks of a plan. */
static void add_kinds(option_list *list, const nova_gpu_candidate *candidate,
                      const nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const int most = candidate->algorithm == NOVA_ALGORITHM_DIRECT ? DIRECT_KINDS : TILE_KINDS;
    list->first = list->count;
    list->candidate = candidate;
    nova_gpu_engine_each(engine, machine, keep, list);
    if (list->count > list->first)
        qsort(list->items + list->first, (size_t)(list->count - list->first), sizeof *list->items,
              by_seconds);
    list->count = NOVA_MIN(list->count, list->first + most);
}

/* True unless the plan is not eligible or misses the budget, which is no failure. */
static bool realise(nova_gpu_plan *plan, const nova_request *request,
                    const nova_gpu_machine *machine, const option *it, nova_status *status) {
    nova_gpu_machine narrowed = *machine;
    narrowed.only_blocks = it->blocks[0] ? it->blocks : NULL;
    const nova_status made = nova_gpu_plan_realise(plan, request, &narrowed, &it->candidate);
    if (made != NOVA_OK && made != NOVA_NOT_ELIGIBLE && made != NOVA_BUDGET_UNREACHABLE)
        *status = made;
    return made == NOVA_OK;
}

/* The kinds of blocks of all candidates that are likely, and of direct convolution. */
static nova_status list_options(option_list *list, const nova_request *request,
                                const nova_gpu_machine *machine,
                                const nova_gpu_candidate *candidates, int count) {
    nova_status status = NOVA_OK;
    double least = 0;
    for (int i = 0; i < count && status == NOVA_OK; i++) {
        const bool direct = candidates[i].algorithm == NOVA_ALGORITHM_DIRECT;
        const bool likely = least == 0 || (candidates[i].seconds <= hopeless * least &&
                                           list->count < ENOUGH * NOVA_GPU_MOST_TRIALS);
        if (!likely && !direct)
            continue;
        const option whole = {.candidate = candidates[i]};
        nova_gpu_plan plan;
        if (!realise(&plan, request, machine, &whole, &status))
            continue;
        least = least > 0 ? least : candidates[i].seconds;
        add_kinds(list, &candidates[i], &plan.engine, machine);
        nova_gpu_plan_clear(&plan);
    }
    if (status == NOVA_OK && list->full)
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the planner");
    return status;
}

/* The first of them as plans, and the first of direct convolution. */
static nova_status open_trials(nova_gpu_trials *trials, const nova_request *request,
                               const nova_gpu_machine *machine, const option_list *list) {
    nova_status status = NOVA_OK;
    bool has_direct = false;
    for (int i = 0; i < list->count && status == NOVA_OK; i++) {
        const option *it = &list->items[i];
        const bool direct = it->candidate.algorithm == NOVA_ALGORITHM_DIRECT;
        const int room = NOVA_GPU_MOST_TRIALS - (has_direct || direct ? 0 : 1);
        const bool likely = it->seconds <= hopeless * list->items[0].seconds;
        if (trials->count >= room || !(likely || (direct && !has_direct)))
            continue;
        if (realise(&trials->items[trials->count].plan, request, machine, it, &status)) {
            trials->count++;
            has_direct = has_direct || direct;
        }
    }
    return status;
}

static int fastest(const nova_gpu_trials *trials) {
    double least = INFINITY;
    for (int i = 0; i < trials->count; i++)
        least = fmin(least, trials->items[i].seconds);
    int chosen = 0;
    while (!(trials->items[chosen].seconds <= tie * least))
        chosen++;
    return chosen;
}

nova_status nova_gpu_tune(const nova_conv_desc *desc, const nova_plan_options *options,
                          const nova_gpu_machine *machine, const nova_gpu_timer *timer,
                          nova_gpu_trials *trials) {
    nova_request request;
    nova_gpu_candidate *candidates = NULL;
    option_list list = {.items = NULL};
    int count = 0;
    *trials = (nova_gpu_trials){.count = 0};
    char reason[NOVA_REASON_BYTES];
    nova_reason_keep(reason);
    nova_status status = nova_gpu_request_init(&request, desc, options);
    if (status == NOVA_OK)
        status = nova_gpu_candidates_create(&request, machine, &candidates, &count);
    if (status == NOVA_OK)
        status = list_options(&list, &request, machine, candidates, count);
    if (status == NOVA_OK && list.count > 1)
        qsort(list.items, (size_t)list.count, sizeof *list.items, by_seconds);
    if (status == NOVA_OK)
        status = open_trials(trials, &request, machine, &list);
    if (status == NOVA_OK && trials->count == 0) { /* for the reason of it */
        nova_gpu_plan none;
        status = nova_gpu_plan_request(&none, &request, machine);
        nova_gpu_plan_clear(&none);
    }
    if (status == NOVA_OK)
        status = timer->time(timer->context, trials);
    if (status == NOVA_OK) {
        for (int i = 0; i < trials->count; i++)
            trials->items[i].plan.measured_seconds = trials->items[i].seconds;
        trials->chosen = fastest(trials);
        status = nova_gpu_wisdom_add(&request, machine, &trials->items[trials->chosen].plan);
    }
    if (status == NOVA_OK)
        nova_reason_bring_back(reason); /* candidates may have been passed over */
    free(list.items);
    free(candidates);
    return status;
}

void nova_gpu_trials_clear(nova_gpu_trials *trials) {
    for (int i = 0; i < trials->count; i++)
        nova_gpu_plan_clear(&trials->items[i].plan);
    trials->count = 0;
}
