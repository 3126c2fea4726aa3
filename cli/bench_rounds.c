/*
 * bench_rounds.c - timing in turns.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_rounds.h"

#include <stdlib.h>
#include <time.h>

#include "runtime/runtime.h"

enum { MIN_ROUNDS = 3, MAX_ROUNDS = 101, MAX_RUNS = 20, MAX_TIMES = MAX_ROUNDS * MAX_RUNS };

/* A run of long_seconds needs no other to wake threads and to fill caches. */
static const double turn_seconds = 5e-3, long_seconds = 0.1;

double bench_now(bool processor_time) {
    struct timespec time;
    if (!processor_time) {
        return nova_now();
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/** The times of all runs of one of the field. */
typedef struct record {
    int count;
    double seconds[MAX_TIMES];
} record;

static bool takes_part(const bench_field *field, int who) {
    return field->takes_part == NULL || field->takes_part(field->context, who);
}

static int runs_in_a_turn(double seconds) {
    const double runs = turn_seconds / NOVA_MAX(seconds, 1e-9);
    return (int)NOVA_MIN(NOVA_MAX(runs, 1.0), (double)MAX_RUNS);
}

static nova_status time_round(const bench_field *field, const double *first, int round,
                              record *records) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < field->count && status == NOVA_OK; ++i) {
        const int who = (i + round) % field->count;
        if (takes_part(field, who)) {
            record *own = &records[who];
            const int runs = runs_in_a_turn(first[who]);
            status = field->turn(field->context, who, first[who] < long_seconds, runs,
                                 own->seconds + own->count);
            own->count += runs;
        }
    }
    return status;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bench_timing evaluate(record *times) {
    const int count = times->count;
    double *seconds = times->seconds;
    qsort(seconds, (size_t)count, sizeof *seconds, compare_doubles);
    return (bench_timing){1e3 * seconds[0],
                          1e3 * (seconds[(count - 1) / 2] + seconds[count / 2]) / 2};
}

nova_status bench_time_rounds(const bench_field *field, const double *first, double seconds,
                              bench_timing *timings, int *rounds) {
    record *records = calloc((size_t)field->count, sizeof *records);
    nova_status status = NOVA_OK;
    if (records == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the times");
    }
    const double start = nova_now();
    for (*rounds = 0; *rounds < MAX_ROUNDS && status == NOVA_OK; ++*rounds) {
        if (*rounds >= MIN_ROUNDS && nova_now() - start > seconds) {
            break;
        }
        status = time_round(field, first, *rounds, records);
    }
    for (int i = 0; i < field->count && status == NOVA_OK; ++i) {
        if (takes_part(field, i)) {
            timings[i] = evaluate(&records[i]);
        }
    }
    free(records);
    return status;
}
