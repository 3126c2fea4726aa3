/*
 * hip_run.c - see hip_run.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/hip_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void check_ok(nova_status status, const char *what) {
    if (status != NOVA_OK)
        print_error("%s: %s\n", what, nova_last_error());
    assert_int_equal(status, NOVA_OK);
}

static void *aligned(const void *data, size_t bytes) {
    enum { ALIGNMENT = 256 };
    void *made = NULL;
    assert_int_equal(posix_memalign(&made, ALIGNMENT, bytes > 0 ? bytes : 1), 0);
    if (data)
        memcpy(made, data, bytes);
    else
        memset(made, 0xff, bytes); /* NaN */
    return made;
}

void prepare(execution *e, const problem *p, const nova_plan_options *options) {
    const size_t element = nova_dtype_size(p->desc.dtype);
    e->info = (nova_plan_info){.struct_size = sizeof e->info};
    check_ok(nova_hip_plan_create(&p->desc, options, 0, &e->plan), "plan");
    check_ok(nova_hip_plan_get_info(e->plan, &e->info), "info");
    check_ok(nova_hip_filter_create(e->plan, p->weights, NOVA_F32, &e->filter), "filter");
    e->y_bytes = p->y_count * element;
    e->x = aligned(p->x, p->x_count * element);
    e->y = aligned(NULL, e->y_bytes);
    e->residual = p->residual ? aligned(p->residual, e->y_bytes) : NULL;
    e->workspace = aligned(NULL, e->info.workspace_bytes);
    nova_execute_args_init(&e->args);
    e->args.x = e->x;
    e->args.y = e->y;
    e->args.bias = p->bias;
    e->args.residual = e->residual;
    e->args.workspace = e->workspace;
    e->args.workspace_bytes = e->info.workspace_bytes;
}

void finish(execution *e) {
    free(e->x);
    free(e->y);
    free(e->residual);
    free(e->workspace);
    nova_hip_filter_destroy(e->filter);
    nova_hip_plan_destroy(e->plan);
}

/* Plans, packs, runs and compares; returns the number of failures, described. */
static int try_problem(problem *p, const nova_plan_options *options) {
    execution e;
    prepare(&e, p, options);
    check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
    memcpy(p->y, e.y, e.y_bytes);
    const char *wrong = problem_compare(p, &e.info);
    if (wrong)
        print_error("%lldx%lldx%lldx%lld to %lld, %s %s; %s F(%dx%d) %s %s: %s\n",
                    (long long)p->desc.n, (long long)p->desc.c, (long long)p->desc.h,
                    (long long)p->desc.w, (long long)p->desc.k, nova_dtype_name(p->desc.dtype),
                    nova_layout_name(p->desc.layout), nova_algorithm_name(e.info.algorithm),
                    e.info.tile_h, e.info.tile_w, e.info.set, nova_arith_name(e.info.arith), wrong);
    finish(&e);
    return wrong != NULL;
}

int try_random(test_random *random, const nova_conv_desc *desc, const nova_plan_options *options) {
    problem p;
    problem_create(&p, desc, random_int(random, 0, 1) == 1, random_int(random, 0, 1) == 1, random);
    const int failures = try_problem(&p, options);
    problem_destroy(&p);
    return failures;
}

nova_plan_options options_for(const nova_conv_desc *desc, const char *set, int h, int w,
                              bool wide) {
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_WINOGRAD;
    options.set = set;
    options.tile_h = h;
    options.tile_w = w;
    options.arith = desc->dtype == NOVA_F16 ? (wide ? NOVA_ARITH_F16_M32 : NOVA_ARITH_F16)
                                            : (wide ? NOVA_ARITH_BF16_M32 : NOVA_ARITH_BF16);
    return options;
}

/* What this machine has of AMD's libraries knows nothing of an emulated device. */
static void __attribute__((constructor)) use_own_products(void) {
    (void)setenv("NOVA_HIP_PRODUCTS", "own", 0);
}

void use_kernels(const char *which) {
    assert_int_equal(which ? setenv("NOVA_HIP_KERNELS", which, 1) : unsetenv("NOVA_HIP_KERNELS"),
                     0);
}
