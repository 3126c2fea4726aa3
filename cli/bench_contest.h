/*
 * bench_contest.h - one convolution and everybody who computes it, on the same data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_CONTEST_H
#define NOVA_CLI_BENCH_CONTEST_H

#include "bench_peers.h"
#include "runner.h"

/** Who is timed. From BENCH_ONEDNN_DIRECT on they are other libraries. */
typedef enum {
    BENCH_NOVA,            /**< the plan asked for */
    BENCH_NOVA_DIRECT,     /**< nova's direct convolution */
    BENCH_ONEDNN_DIRECT,   /**< oneDNN's direct convolution */
    BENCH_ONEDNN_WINOGRAD, /**< oneDNN's Winograd */
    BENCH_WHEELS,          /**< the libraries from BENCH_FIRST_WHEEL on */
    BENCH_CONTESTANTS = BENCH_WHEELS + BENCH_LIBRARIES - BENCH_FIRST_WHEEL
} bench_contestant;

/** One contestant of a layer. */
typedef struct bench_entry {
    bool runs;        /**< ready; false after a failure */
    char reason[256]; /**< why it does not run; "": it was not asked for */
    nova_dtype dtype; /**< type of its tensors */
    char kernel[64];  /**< another library's name of what it runs; "" for nova */
} bench_entry;

/** A layer under test. Arrays in binary32 hold values that the tensors' type represents. */
typedef struct bench_contest {
    const nova_conv_desc *desc;
    double budget; /**< relative rms error that nova's plan keeps; may be infinite */
    size_t x_count, outputs;
    peer_shared plain_x; /**< [n][c][h][w] */
    peer_shared weights; /**< [k][c][r][s] */
    peer_shared values;  /**< an output as binary32 */
    void *x, *y;         /**< nova's operands: the descriptor's type and layout */
    cli_runner nova[2];  /**< BENCH_NOVA, BENCH_NOVA_DIRECT */
    bench_peers *peers;
    peer_onednn_conv *onednn[2]; /**< direct, Winograd */
    bench_entry entries[BENCH_CONTESTANTS];
} bench_contest;

/**
 * Makes normally distributed data and prepares everybody. Another library that cannot take part
 * leaves its reason in its entry. Errors: those of nova_plan_create() and nova_filter_create(),
 * NOVA_OUT_OF_MEMORY. Release with bench_contest_close(), also after a failure.
 */
nova_status bench_contest_open(const nova_conv_desc *desc, const nova_plan_options *options,
                               bench_peers *peers, bench_contest *contest);
void bench_contest_close(bench_contest *contest);

/**
 * A contestant's turn: `warming` runs that are not timed, then `runs` that are. Errors: those of
 * nova_execute(); another library that fails only leaves the contest, with its reason.
 */
nova_status bench_contest_turn(bench_contest *contest, int contestant, int warming, int runs,
                               double *seconds);

/** Relative rms error of a contestant's last output, over a sample of it, against direct
    convolution in double; NaN if anything is not finite. Fails as a turn does. */
nova_status bench_contest_error(bench_contest *contest, int contestant, double *error);

#endif
