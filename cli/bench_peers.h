/*
 * bench_peers.h - the other libraries of a comparison: which were asked for, which are there.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_PEERS_H
#define NOVA_CLI_BENCH_PEERS_H

#include "../bench/peers/onednn.h"
#include "../bench/peers/wheel.h"

/** oneDNN, by its C interface, and the libraries that bench/peers/peer.py runs. */
enum { BENCH_ONEDNN, BENCH_FIRST_WHEEL, BENCH_LIBRARIES = BENCH_FIRST_WHEEL + 5 };

/** Their names. */
extern const char *const bench_libraries[BENCH_LIBRARIES];

/** Start with all else zero. */
typedef struct bench_peers {
    bool processor_time;                 /**< what times are, everybody's; false: wall time */
    peer_onednn *onednn;                 /**< null: not asked for, or not there */
    peer_wheel *wheels[BENCH_LIBRARIES]; /**< likewise; from BENCH_FIRST_WHEEL on */
    bool asked[BENCH_LIBRARIES];
    char reasons[BENCH_LIBRARIES][256]; /**< why a library that was asked for is not there */
} bench_peers;

/**
 * Opens the libraries of a list, "onednn,torch"; "all" stands for all but numpy, "none" and null
 * for none. peers->processor_time has been set. One that is not there leaves its reason. `python`
 * runs peer.py and must outlive the peers. Errors: NOVA_UNKNOWN_NAME, NOVA_IO if peer.py is gone.
 * Release with bench_peers_close(), also after a failure.
 */
nova_status bench_peers_open(const char *names, const char *python, int threads,
                             bench_peers *peers);
void bench_peers_close(bench_peers *peers);

/** Version of a library; null if it is not there. */
const char *bench_peers_version(const bench_peers *peers, int library);

#endif
