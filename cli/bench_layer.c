/*
 * bench_layer.c - timing one convolution.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_layer.h"

#include <stdio.h>

static nova_status turn(void *context, int who, int warming, int runs, double *seconds) {
    return bench_contest_turn(context, who, warming, runs, seconds);
}

static bool takes_part(void *context, int who) {
    return ((bench_contest *)context)->entries[who].runs;
}

/** Runs everybody for the first time, and checks what is computed. */
static nova_status check_all(bench_contest *contest, double first[BENCH_CONTESTANTS],
                             bench_result *result) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < BENCH_CONTESTANTS && status == NOVA_OK; ++i) {
        if (contest->entries[i].runs) {
            status = bench_contest_turn(contest, i, 1, 1, &first[i]);
        }
        if (contest->entries[i].runs && status == NOVA_OK) {
            status = bench_contest_error(contest, i, &result->times[i].error);
        }
    }
    return status;
}

static nova_status time_all(bench_contest *contest, double seconds, bench_result *result) {
    const bench_field field = {BENCH_CONTESTANTS, contest, turn, takes_part};
    double first[BENCH_CONTESTANTS] = {0};
    bench_timing timings[BENCH_CONTESTANTS] = {{0}};
    nova_status status = check_all(contest, first, result);
    if (status == NOVA_OK) {
        status = bench_time_rounds(&field, first, seconds, timings, &result->rounds);
    }
    for (int i = 0; i < BENCH_CONTESTANTS; ++i) {
        result->times[i].entry = contest->entries[i];
        result->times[i].timing = timings[i];
    }
    return status;
}

static void keep_info(const bench_contest *contest, bench_result *result) {
    result->info = contest->nova[BENCH_NOVA].info;
    result->budget = contest->budget;
    snprintf(result->set, sizeof result->set, "%s", result->info.set);
    snprintf(result->kernels, sizeof result->kernels, "%s", result->info.kernels);
    result->info.set = result->set;
    result->info.kernels = result->kernels;
    result->gflops = result->info.flops_direct / (1e6 * result->times[BENCH_NOVA].timing.ms);
}

nova_status bench_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                        bench_peers *peers, double seconds, bench_result *result) {
    bench_contest contest;
    *result = (bench_result){.rounds = 0};
    nova_status status = bench_contest_open(desc, options, peers, &contest);
    if (status == NOVA_OK) {
        status = time_all(&contest, seconds, result);
    }
    if (status == NOVA_OK) {
        keep_info(&contest, result);
    }
    bench_contest_close(&contest);
    return status;
}
