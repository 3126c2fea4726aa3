/*
 * process.h - a helper process that answers lines with lines.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_PEER_PROCESS_H
#define NOVA_PEER_PROCESS_H

#include "nova_winograd.h"

enum { PEER_LINE = 4096 }; /**< longest line, its end included */

typedef struct peer_process peer_process;

/**
 * Starts `argv` (ended by null; argv[0] is looked for in PATH) with its standard input and output
 * connected to the caller; what it writes to standard error is lost. Errors: NOVA_IO with the
 * system's reason, NOVA_OUT_OF_MEMORY.
 */
nova_status peer_process_start(char *const argv[], peer_process **result);

/** Ends it, by force if it does not go when its input ends; null is allowed. */
void peer_process_stop(peer_process *process);

/** Sends a line, which ends in '\n'. NOVA_IO if the process is gone. */
nova_status peer_process_send(peer_process *process, const char *line);

/**
 * Receives a line, without its end. NOVA_IO if the process ends, falls silent for `seconds`, or
 * says more than fits; it is of no use then and should be stopped.
 */
nova_status peer_process_receive(peer_process *process, double seconds, char line[PEER_LINE]);

#endif
