/*
 * progress.c - see progress.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "progress.h"

#include <unistd.h>

enum { BAR_WIDTH = 32, NOT_DRAWN = -1 };

static void draw(progress *bar) {
    static const char full[] = "################################";
    int thousandths = bar->total > 0 ? (int)(1000LL * bar->done / bar->total) : 1000;
    if (thousandths == bar->drawn) {
        return;
    }
    int filled = BAR_WIDTH * thousandths / 1000;
    bar->drawn = thousandths;
    fprintf(bar->stream, "\r[%-*.*s] %3d %%  %s\033[K", BAR_WIDTH, filled, full, thousandths / 10,
            bar->stage);
    fflush(bar->stream);
}

void progress_start(progress *bar, FILE *stream, int total_steps) {
    *bar = (progress){stream, isatty(fileno(stream)) == 1, total_steps, 0, NOT_DRAWN, ""};
}

void progress_stage(progress *bar, const char *stage) {
    bar->stage = stage;
    bar->drawn = NOT_DRAWN;
    if (bar->terminal) {
        draw(bar);
    } else {
        fprintf(bar->stream, "%s\n", stage);
        fflush(bar->stream);
    }
}

void progress_step(void *context) {
    progress *bar = context;
    ++bar->done;
    if (bar->terminal) {
        draw(bar);
    }
}

void progress_end(progress *bar) {
    if (bar->terminal) {
        fprintf(bar->stream, "\r\033[K");
        fflush(bar->stream);
    }
}
