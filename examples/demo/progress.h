/*
 * progress.h - how far the demo is, on standard error.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_PROGRESS_H
#define NOVA_DEMO_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

/** A bar where the stream is a terminal, else one line per stage. */
typedef struct {
    FILE *stream;
    bool terminal;
    int total, done; /**< steps */
    int drawn;       /**< thousandths of the bar that is shown */
    const char *stage;
} progress;

void progress_start(progress *bar, FILE *stream, int total_steps);
/** Names what comes next; the string must live until the next stage. */
void progress_stage(progress *bar, const char *stage);
/** One step is done. The context is a progress, as network_listener wants it. */
void progress_step(void *context);
/** Removes the bar. */
void progress_end(progress *bar);

#endif
