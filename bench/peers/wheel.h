/*
 * wheel.h - libraries that come as Python packages, to be timed beside nova: each in a process of
 * its own that runs peer.py, whose text has the protocol.
 *
 * Processes keep the libraries' threads, symbols and crashes apart; operands are shared memory, and
 * a process takes the time of its own runs, so that nothing of the conversation is in it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_PEER_WHEEL_H
#define NOVA_PEER_WHEEL_H

#include <stdbool.h>

#include "nova_winograd.h"

/** An array that other processes can open. */
typedef struct peer_shared {
    float *values; /**< zero at first */
    size_t bytes;
    int file;
} peer_shared;

/** Errors: NOVA_OUT_OF_MEMORY. Release with peer_shared_destroy(). */
nova_status peer_shared_create(size_t count, peer_shared *shared);
void peer_shared_destroy(peer_shared *shared); /**< also one that is all zero */

/** A convolution to prepare. x is [1][c][h][w], weights [k][c][3][3], y [1][k][h][w]; the values of
    the first two are representable in the descriptor's type. */
typedef struct peer_wheel_layer {
    const nova_conv_desc *desc;
    double max_error; /**< relative rms that a variant may have to be chosen for its speed */
    const peer_shared *x, *weights, *y;
} peer_wheel_layer;

typedef struct peer_wheel peer_wheel; /**< a library, and its process while there is one */

/**
 * Starts a library: `python` runs `script` (peer.py) with its name. Its times are wall times, or
 * processor times of its process. All strings must outlive it. Errors: NOVA_NOT_ELIGIBLE, with
 * the reason, if it is not installed or cannot be loaded; NOVA_OUT_OF_MEMORY.
 */
nova_status peer_wheel_open(const char *python, const char *script, const char *name, int threads,
                            bool processor_time, peer_wheel **result);
void peer_wheel_close(peer_wheel *wheel); /**< null is allowed */

/** What the library says of its version. */
const char *peer_wheel_version(const peer_wheel *wheel);

/**
 * Prepares a layer, in a new process if the last one has ended. *dtype is then the type that the
 * library computes in and `kernel` its way, in a few words. NOVA_NOT_ELIGIBLE, with the reason, if
 * it cannot.
 */
nova_status peer_wheel_prepare(peer_wheel *wheel, const peer_wheel_layer *layer, nova_dtype *dtype,
                               char kernel[64]);

/** Runs what is prepared `warming` times, and then `runs` times for their times. NOVA_NOT_ELIGIBLE,
    with the reason, if it fails. */
nova_status peer_wheel_turn(peer_wheel *wheel, int warming, int runs, double *seconds);

/** Puts the output of the last run into the layer's y. NOVA_NOT_ELIGIBLE if it fails. */
nova_status peer_wheel_read(peer_wheel *wheel);

#endif
