/*
 * bench_output.h - what `nova bench` prints.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_BENCH_OUTPUT_H
#define NOVA_CLI_BENCH_OUTPUT_H

#include "bench_layer.h"
#include "shapes.h"

/** A run over all layers of a list. */
typedef struct bench_run {
    const char *network; /**< as the user named it */
    nova_dtype dtype;
    nova_layout layout;
    cli_shapes shapes;
    bench_result *results; /**< one for each shape; owned */
    bench_peers peers;
} bench_run;

/** For people: the heading, a row as soon as a layer is done, the means at the end. */
void bench_print_heading(const bench_run *run);
void bench_print_layer(const bench_run *run, int index);
void bench_print_summary(const bench_run *run);

/** The whole run as one JSON document. */
void bench_print_json(const bench_run *run);

#endif
