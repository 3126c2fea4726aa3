/*
 * bench_layer.c - timing one convolution.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_layer.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/runtime.h"

enum { MIN_ROUNDS = 3, MAX_ROUNDS = 101, MAX_RUNS = 20 };

/* A run of long_seconds needs no other to wake threads and to fill caches. */
static const double turn_seconds = 5e-3, long_seconds = 0.1;

/** The times of all runs of a layer. */
typedef struct record {
    int warming[BENCH_CONTESTANTS]; /**< runs in a turn that are not timed */
    int runs[BENCH_CONTESTANTS];    /**< that are */
    int count[BENCH_CONTESTANTS];   /**< so far */
    double seconds[BENCH_CONTESTANTS][MAX_ROUNDS * MAX_RUNS];
} record;

static int runs_in_a_turn(double seconds) {
    const double runs = turn_seconds / NOVA_MAX(seconds, 1e-9);
    return (int)NOVA_MIN(NOVA_MAX(runs, 1.0), (double)MAX_RUNS);
}

/** Runs everybody for the first time, and checks what is computed. */
static nova_status check_all(bench_contest *contest, record *times, bench_result *result) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < BENCH_CONTESTANTS && status == NOVA_OK; ++i) {
        double seconds;
        if (contest->entries[i].runs) {
            status = bench_contest_turn(contest, i, 1, 1, &seconds);
        }
        if (contest->entries[i].runs && status == NOVA_OK) {
            times->warming[i] = seconds < long_seconds;
            times->runs[i] = runs_in_a_turn(seconds);
            status = bench_contest_error(contest, i, &result->times[i].error);
        }
    }
    return status;
}

static nova_status time_round(bench_contest *contest, int round, record *times) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < BENCH_CONTESTANTS && status == NOVA_OK; ++i) {
        const int who = (i + round) % BENCH_CONTESTANTS;
        if (contest->entries[who].runs) {
            status = bench_contest_turn(contest, who, times->warming[who], times->runs[who],
                                        times->seconds[who] + times->count[who]);
            times->count[who] += times->runs[who];
        }
    }
    return status;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void evaluate(bench_time *time, double *seconds, int count) {
    qsort(seconds, (size_t)count, sizeof *seconds, compare_doubles);
    time->ms = 1e3 * seconds[0];
    time->median_ms = 1e3 * (seconds[(count - 1) / 2] + seconds[count / 2]) / 2;
}

static nova_status time_all(bench_contest *contest, double seconds, record *times,
                            bench_result *result) {
    int rounds = 0;
    for (double start = nova_now(); rounds < MAX_ROUNDS; ++rounds) {
        if (rounds >= MIN_ROUNDS && nova_now() - start > seconds) {
            break;
        }
        nova_status status = time_round(contest, rounds, times);
        if (status != NOVA_OK) {
            return status;
        }
    }
    result->rounds = rounds;
    for (int i = 0; i < BENCH_CONTESTANTS; ++i) {
        result->times[i].entry = contest->entries[i];
        if (contest->entries[i].runs) {
            evaluate(&result->times[i], times->seconds[i], times->count[i]);
        }
    }
    return NOVA_OK;
}

static void keep_info(const bench_contest *contest, bench_result *result) {
    result->info = contest->nova[BENCH_NOVA].info;
    result->budget = contest->budget;
    snprintf(result->set, sizeof result->set, "%s", result->info.set);
    snprintf(result->kernels, sizeof result->kernels, "%s", result->info.kernels);
    result->info.set = result->set;
    result->info.kernels = result->kernels;
    result->gflops = result->info.flops_direct / (1e6 * result->times[BENCH_NOVA].ms);
}

nova_status bench_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                        bench_peers *peers, double seconds, bench_result *result) {
    bench_contest contest;
    record *times = calloc(1, sizeof *times);
    *result = (bench_result){.rounds = 0};
    if (times == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the times");
    }
    nova_status status = bench_contest_open(desc, options, peers, &contest);
    if (status == NOVA_OK) {
        status = check_all(&contest, times, result);
    }
    if (status == NOVA_OK) {
        status = time_all(&contest, seconds, times, result);
    }
    if (status == NOVA_OK) {
        keep_info(&contest, result);
    }
    bench_contest_close(&contest);
    free(times);
    return status;
}
