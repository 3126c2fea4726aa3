/*
 * hip_run.h - what the tests of the HIP engine on an emulated device (emulation/) share.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_HIP_RUN_H
#define NOVA_TEST_HIP_RUN_H

#include "conv/problem.h"
#include "hip/hip.h"

/** Prints the library's reason before the assertion fails. */
void check_ok(nova_status status, const char *what);

/** A plan with its filter and a problem's operands as a device wants them. */
typedef struct execution {
    nova_hip_plan *plan;
    nova_hip_filter *filter;
    nova_plan_info info;
    nova_execute_args args;
    void *x, *y, *residual, *workspace; /* y and the workspace are not a number */
    size_t y_bytes;
} execution;

void prepare(execution *e, const problem *p, const nova_plan_options *options);
void finish(execution *e);

/** Makes a problem for a descriptor, with or without bias and residual, plans, packs, runs and
    compares; returns the number of failures, described. */
int try_random(test_random *random, const nova_conv_desc *desc, const nova_plan_options *options);

/** Winograd with a tile of a set and the descriptor's arithmetic; `wide`: M in binary32. */
nova_plan_options options_for(const nova_conv_desc *desc, const char *set, int h, int w, bool wide);

/** Plans made from now on have "stages", "fused" kernels wherever there are any, or (null) what the
    planner chooses. */
void use_kernels(const char *which);

#endif
