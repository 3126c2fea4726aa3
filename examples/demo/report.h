/*
 * report.h - what each method did to the photograph, as a table and as JSON.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_REPORT_H
#define NOVA_DEMO_REPORT_H

#include "network.h"

/** Outcome of one method. */
typedef struct {
    const method *how;
    image noise;            /**< the network's output */
    image restored;         /**< noisy image less noise */
    double milliseconds;    /**< median time in nova_execute() of one pass */
    double speedup;         /**< time of f32 direct over this one's */
    double predicted_error; /**< the largest predicted for one layer, relative rms */
    double error;           /**< of `noise` against f32 direct's, relative rms; NaN: not finite */
    double psnr;            /**< of `restored`, dB */
    size_t nonfinite;       /**< Inf or NaN in the outputs of all layers */
    size_t workspace_bytes, packed_bytes;
} result;

/** One run of the demo. */
typedef struct {
    const char *photo, *credit, *out; /**< credit: "" where it is not known */
    int width, height, layers, threads;
    double sigma; /**< of 255 */
    double noisy_psnr;
    const char *kernels;
    int count;
    const result *results; /**< the first is f32 direct */
} report;

/** How a result compares with f32 direct, for colours and words. */
typedef enum { VERDICT_INTACT, VERDICT_WORSE, VERDICT_BROKEN } verdict;

/** Intact: PSNR within 0.1 dB of direct's; worse: within 1 dB; broken: beyond, or not finite. */
verdict report_verdict(const report *facts, int index);
const char *report_verdict_name(verdict found);

/** Standard output: a table for people. */
void report_print_table(const report *facts);
/** Standard output: one JSON document; what is not finite is null. */
void report_print_json(const report *facts);

/** The error in percent with three digits, "not finite" for NaN; `text` has 32 bytes. */
void report_format_error(double error, char *text);

#endif
