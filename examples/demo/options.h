/*
 * options.h - the demo's command line.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_OPTIONS_H
#define NOVA_DEMO_OPTIONS_H

#include <stdbool.h>

/** What the user asked for. Strings are the command line's, or the demo's own. */
typedef struct {
    const char *photo, *model, *out; /**< files; photo and model null: the demo's own */
    double sigma;                    /**< of 255 */
    int threads;                     /**< 0: one per processor */
    int runs;                        /**< timed runs of each method */
    bool json;
} demo_options;

typedef enum { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_BAD } options_outcome;

/**
 * Reads the command line. OPTIONS_HELP: the help was printed on standard output; OPTIONS_BAD: the
 * reason was printed on standard error.
 */
options_outcome options_parse(int argc, char **argv, demo_options *options);

#endif
