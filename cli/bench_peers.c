/*
 * bench_peers.c - opening the libraries that nova is compared with.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_peers.h"

#include <stdio.h>
#include <string.h>

#include "data_file.h"
#include "runtime/runtime.h"

enum { BENCH_NUMPY = BENCH_LIBRARIES - 1 };

const char *const bench_libraries[BENCH_LIBRARIES] = {"onednn",      "torch",    "ncnn",
                                                      "onnxruntime", "openvino", "numpy"};

/** Marks the library that is named by `length` characters. */
static nova_status ask_for(const char *name, size_t length, bench_peers *peers) {
    for (int i = 0; i < BENCH_LIBRARIES; ++i) {
        if (strlen(bench_libraries[i]) == length && memcmp(bench_libraries[i], name, length) == 0) {
            peers->asked[i] = true;
            return NOVA_OK;
        }
    }
    return nova_fail(NOVA_UNKNOWN_NAME,
                     "--peers: '%.*s' is none of onednn, torch, ncnn, onnxruntime, openvino, numpy "
                     "(or all, or none)",
                     (int)length, name);
}

static nova_status read_names(const char *names, bench_peers *peers) {
    if (names == NULL || strcmp(names, "none") == 0) {
        return NOVA_OK;
    }
    if (strcmp(names, "all") == 0) {
        for (int i = 0; i < BENCH_NUMPY; ++i) {
            peers->asked[i] = true;
        }
        return NOVA_OK;
    }
    for (;;) {
        const size_t length = strcspn(names, ",");
        nova_status status = ask_for(names, length, peers);
        if (status != NOVA_OK || names[length] == '\0') {
            return status;
        }
        names += length + 1;
    }
}

static nova_status open_library(int library, const char *python, const char *script, int threads,
                                bench_peers *peers) {
    return library == BENCH_ONEDNN
               ? peer_onednn_open(threads, &peers->onednn)
               : peer_wheel_open(python, script, bench_libraries[library], threads,
                                 peers->processor_time, &peers->wheels[library]);
}

nova_status bench_peers_open(const char *names, const char *python, int threads,
                             bench_peers *peers) {
    /* Static: the peers refer to it when they start a process anew. */
    static char script[PATH_MAX];
    nova_status status = read_names(names, peers);
    if (status != NOVA_OK) {
        return status;
    }
    if (!cli_find_data("peers/peer.py", NOVA_BENCH_FOLDER "/peers/peer.py", script)) {
        return nova_fail(NOVA_IO, "peer.py is not where nova was installed or built");
    }
    for (int i = 0; i < BENCH_LIBRARIES; ++i) {
        if (peers->asked[i] && open_library(i, python, script, threads, peers) != NOVA_OK) {
            snprintf(peers->reasons[i], sizeof peers->reasons[i], "%s", nova_last_error());
        }
    }
    return NOVA_OK;
}

void bench_peers_close(bench_peers *peers) {
    peer_onednn_close(peers->onednn);
    for (int i = BENCH_FIRST_WHEEL; i < BENCH_LIBRARIES; ++i) {
        peer_wheel_close(peers->wheels[i]);
    }
    *peers = (bench_peers){.onednn = NULL};
}

const char *bench_peers_version(const bench_peers *peers, int library) {
    if (library == BENCH_ONEDNN) {
        return peers->onednn != NULL ? peer_onednn_version(peers->onednn) : NULL;
    }
    return peers->wheels[library] != NULL ? peer_wheel_version(peers->wheels[library]) : NULL;
}
