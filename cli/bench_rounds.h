/*
 * bench_rounds.h - how anything is timed against anything: in turns.
 *
 * All that `nova bench` says of times is decided here. In every round everybody has a turn: one run
 * that is not timed, which wakes threads and brings data into the caches (none if a run takes
 * long), then as many timed runs as fill a few milliseconds. Who begins changes from round to
 * round. What others do on the machine only ever adds time, so a time is the shortest of all runs;
 * the median is kept beside it, and tells how quiet the machine was. On a busy machine processor
 * time can be taken instead of wall time: with one thread they are the same but for what others
 * take.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_ROUNDS_H
#define NOVA_CLI_BENCH_ROUNDS_H

#include <stdbool.h>

#include "nova_winograd.h"

/** Seconds, of this process's processor time or of wall time. */
double bench_now(bool processor_time);

/** Everybody who is timed. */
typedef struct bench_field {
    int count;
    void *context;
    /** `warming` runs that are not timed, then `runs` that are: seconds[runs]. */
    nova_status (*turn)(void *context, int who, int warming, int runs, double *seconds);
    bool (*takes_part)(void *context, int who); /**< null: everybody does to the end */
} bench_field;

typedef struct bench_timing {
    double ms; /**< shortest run */
    double median_ms;
} bench_timing;

/**
 * Times everybody for about `seconds`, at least three rounds. `first`, [count]: about how long a
 * run takes. timings[count] of those who took part to the end are written; *rounds: how many were
 * made. Errors: those of a turn, NOVA_OUT_OF_MEMORY.
 */
nova_status bench_time_rounds(const bench_field *field, const double *first, double seconds,
                              bench_timing *timings, int *rounds);

#endif
