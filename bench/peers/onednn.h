/*
 * onednn.h - oneDNN's convolutions, to be timed beside nova's.
 *
 * The library is loaded at run time. Each convolution runs in the blocked layouts that oneDNN
 * itself prefers, with everything that can be done ahead (reordering x and w, creating the
 * primitive) outside the timed part: the most favourable use of it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_PEER_ONEDNN_H
#define NOVA_PEER_ONEDNN_H

#include <stdbool.h>

#include "nova_winograd.h"

typedef struct peer_onednn peer_onednn;           /**< the library, an engine and a stream */
typedef struct peer_onednn_conv peer_onednn_conv; /**< a convolution that is ready to run */

typedef enum { PEER_ONEDNN_DIRECT, PEER_ONEDNN_WINOGRAD } peer_onednn_algorithm;

/**
 * Loads oneDNN and sets its number of threads. Errors: NOVA_NOT_ELIGIBLE, with the reason, if it
 * is not installed, was not there when nova was built, or cannot be used.
 */
nova_status peer_onednn_open(int threads, peer_onednn **result);
void peer_onednn_close(peer_onednn *library); /**< null is allowed */

/** Version of the library that is loaded, "2.6.3". */
const char *peer_onednn_version(const peer_onednn *library);

/** True if this processor multiplies bfloat16 in oneDNN's kernels. */
bool peer_onednn_has_bf16(const peer_onednn *library);

/**
 * Prepares a convolution; `x` is [n][c][h][w] and `weights` [k][c][r][s], both binary32; `dtype`
 * is what it computes in, NOVA_F32 or NOVA_BF16. Errors: NOVA_NOT_ELIGIBLE if oneDNN has no such
 * kernel, NOVA_OUT_OF_MEMORY.
 */
nova_status peer_onednn_conv_create(const peer_onednn *library, const nova_conv_desc *desc,
                                    peer_onednn_algorithm algorithm, nova_dtype dtype,
                                    const float *x, const float *weights,
                                    peer_onednn_conv **result);
void peer_onednn_conv_destroy(peer_onednn_conv *conv); /**< null is allowed */

/** Name of the kernel that oneDNN chose. */
const char *peer_onednn_conv_kernel(const peer_onednn_conv *conv);

/** Runs it and waits. NOVA_INTERNAL if oneDNN fails. */
nova_status peer_onednn_conv_run(const peer_onednn_conv *conv);

/** The output of the last run, as [n][k][out_h][out_w] in binary32. */
nova_status peer_onednn_conv_read(const peer_onednn_conv *conv, float *y);

#endif
