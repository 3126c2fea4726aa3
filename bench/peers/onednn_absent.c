/*
 * onednn_absent.c - stands in for onednn.c in a build without oneDNN's headers: says so.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "onednn.h"

#include "runtime/runtime.h"

static nova_status absent(void) {
    return nova_fail(NOVA_NOT_ELIGIBLE, "oneDNN: this nova was built without the headers of oneDNN "
                                        "2; install libdnnl-dev and build again");
}

nova_status peer_onednn_open(int threads, peer_onednn **result) {
    (void)threads;
    *result = NULL;
    return absent();
}

void peer_onednn_close(peer_onednn *library) {
    (void)library;
}

const char *peer_onednn_version(const peer_onednn *library) {
    (void)library;
    return "";
}

bool peer_onednn_has_bf16(const peer_onednn *library) {
    (void)library;
    return false;
}

nova_status peer_onednn_conv_create(const peer_onednn *library, const nova_conv_desc *desc,
                                    peer_onednn_algorithm algorithm, nova_dtype dtype,
                                    const float *x, const float *weights,
                                    peer_onednn_conv **result) {
    (void)library, (void)desc, (void)algorithm, (void)dtype, (void)x, (void)weights;
    *result = NULL;
    return absent();
}

void peer_onednn_conv_destroy(peer_onednn_conv *conv) {
    (void)conv;
}

const char *peer_onednn_conv_kernel(const peer_onednn_conv *conv) {
    (void)conv;
    return "";
}

nova_status peer_onednn_conv_run(const peer_onednn_conv *conv) {
    (void)conv;
    return absent();
}

nova_status peer_onednn_conv_read(const peer_onednn_conv *conv, float *y) {
    (void)conv, (void)y;
    return absent();
}
