/*
 * bench_contest.c - preparing and running one convolution by everybody.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_contest.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "bench_rounds.h"
#include "cpu/reference/reference.h"
#include "numerics/half.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

enum { SAMPLES = 1024 };

/* ---- data */

/** The input in the descriptor's type and layout. */
static void pack_x(bench_contest *it) {
    const nova_conv_desc *desc = it->desc;
    const size_t plane = (size_t)(desc->h * desc->w), channels = (size_t)desc->c;
    const size_t size = nova_dtype_size(desc->dtype);
    for (size_t i = 0; i < it->x_count; ++i) {
        size_t image = i / (plane * channels), channel = i / plane % channels, pixel = i % plane;
        size_t to = desc->layout == NOVA_NHWC ? (image * plane + pixel) * channels + channel : i;
        nova_convert_from_float((char *)it->x + to * size, &it->plain_x.values[i], desc->dtype, 1);
    }
}

static void fill(float *values, size_t count, double rms, nova_dtype dtype, uint64_t seed) {
    cli_fill_normal(values, NOVA_F32, count, rms, seed);
    for (size_t i = 0; i < count; ++i) {
        values[i] = nova_round_to(dtype, values[i]);
    }
}

static nova_status make_data(bench_contest *it) {
    const nova_conv_desc *desc = it->desc;
    size_t weight_count;
    nova_status status = cli_count_operands(desc, &it->x_count, &weight_count);
    if (status == NOVA_OK) {
        status = peer_shared_create(it->x_count, &it->plain_x);
    }
    if (status == NOVA_OK) {
        status = peer_shared_create(weight_count, &it->weights);
    }
    if (status != NOVA_OK) {
        return status;
    }
    it->x = nova_alloc(it->x_count * nova_dtype_size(desc->dtype));
    if (it->x == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the layer's input");
    }
    double weight_rms = 1 / sqrt((double)desc->c * (double)desc->r * (double)desc->s);
    fill(it->plain_x.values, it->x_count, 1, desc->dtype, 1);
    fill(it->weights.values, weight_count, weight_rms, desc->dtype, 2);
    pack_x(it);
    return NOVA_OK;
}

static nova_status make_output(bench_contest *it) {
    it->outputs = cli_runner_outputs(&it->nova[BENCH_NOVA]);
    it->y = nova_alloc(it->outputs * nova_dtype_size(it->desc->dtype));
    return it->y != NULL ? peer_shared_create(it->outputs, &it->values)
                         : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the layer's output");
}

/* ---- entries */

/** Sets a contestant that cannot go on aside. */
static void drop(bench_entry *entry) {
    entry->runs = false;
    snprintf(entry->reason, sizeof entry->reason, "%s", nova_last_error());
}

static nova_status enter_plan(bench_contest *it, int contestant, const nova_plan_options *options) {
    it->entries[contestant] = (bench_entry){.runs = true, .dtype = it->desc->dtype};
    return cli_runner_create(it->desc, options, it->weights.values, NOVA_F32,
                             &it->nova[contestant]);
}

/** nova's plan, and direct convolution under the same budget; in binary32 if it is too tight even
    for that. */
static nova_status enter_nova(bench_contest *it, const nova_plan_options *options) {
    nova_plan_options direct;
    nova_plan_options_init(&direct);
    direct.algorithm = NOVA_ALGORITHM_DIRECT;
    direct.threads = options->threads;
    direct.max_error = isfinite(it->budget) ? it->budget : 1;
    nova_status status = enter_plan(it, BENCH_NOVA, options);
    if (status == NOVA_OK) {
        status = enter_plan(it, BENCH_NOVA_DIRECT, &direct);
    }
    if (status == NOVA_BUDGET_UNREACHABLE && it->entries[BENCH_NOVA_DIRECT].runs) {
        direct.arith = NOVA_ARITH_F32;
        direct.max_error = 1;
        status = enter_plan(it, BENCH_NOVA_DIRECT, &direct);
    }
    return status;
}

/** oneDNN computes in bfloat16 if that is asked for and the processor has it, else in binary32. */
static void enter_onednn(bench_contest *it) {
    static const peer_onednn_algorithm algorithms[] = {PEER_ONEDNN_DIRECT, PEER_ONEDNN_WINOGRAD};
    const peer_onednn *onednn = it->peers->onednn;
    const bool bf16 = it->desc->dtype == NOVA_BF16 && peer_onednn_has_bf16(onednn);
    for (int i = 0; i < NOVA_COUNT(algorithms); ++i) {
        bench_entry *entry = &it->entries[BENCH_ONEDNN_DIRECT + i];
        entry->dtype = bf16 ? NOVA_BF16 : NOVA_F32;
        entry->runs = peer_onednn_conv_create(onednn, it->desc, algorithms[i], entry->dtype,
                                              it->plain_x.values, it->weights.values,
                                              &it->onednn[i]) == NOVA_OK;
        if (entry->runs) {
            snprintf(entry->kernel, sizeof entry->kernel, "%s",
                     peer_onednn_conv_kernel(it->onednn[i]));
        } else {
            drop(entry);
        }
    }
}

/** The process of a contestant that is no library of this one; null for the others. */
static peer_wheel *wheel_of(const bench_contest *it, int contestant) {
    return contestant < BENCH_WHEELS
               ? NULL
               : it->peers->wheels[contestant - BENCH_WHEELS + BENCH_FIRST_WHEEL];
}

static void enter_wheels(bench_contest *it) {
    const peer_wheel_layer layer = {.desc = it->desc,
                                    .max_error = it->budget,
                                    .x = &it->plain_x,
                                    .weights = &it->weights,
                                    .y = &it->values};
    for (int i = BENCH_WHEELS; i < BENCH_CONTESTANTS; ++i) {
        peer_wheel *wheel = wheel_of(it, i);
        bench_entry *entry = &it->entries[i];
        if (wheel != NULL) {
            entry->runs =
                peer_wheel_prepare(wheel, &layer, &entry->dtype, entry->kernel) == NOVA_OK;
            if (!entry->runs) {
                drop(entry);
            }
        }
    }
}

nova_status bench_contest_open(const nova_conv_desc *desc, const nova_plan_options *options,
                               bench_peers *peers, bench_contest *contest) {
    nova_request request;
    *contest = (bench_contest){.desc = desc, .peers = peers};
    nova_status status = nova_request_init(&request, desc, options);
    if (status == NOVA_OK) {
        contest->budget = request.budget;
        status = make_data(contest);
    }
    if (status == NOVA_OK) {
        status = enter_nova(contest, options);
    }
    if (status == NOVA_OK) {
        status = make_output(contest);
    }
    if (status == NOVA_OK && peers->onednn != NULL) {
        enter_onednn(contest);
    }
    if (status == NOVA_OK) {
        enter_wheels(contest);
    }
    return status;
}

void bench_contest_close(bench_contest *contest) {
    for (int i = 0; i < 2; ++i) {
        cli_runner_destroy(&contest->nova[i]);
        peer_onednn_conv_destroy(contest->onednn[i]);
    }
    nova_free(contest->y);
    nova_free(contest->x);
    peer_shared_destroy(&contest->values);
    peer_shared_destroy(&contest->weights);
    peer_shared_destroy(&contest->plain_x);
}

/* ---- running */

static nova_status run_nova(const bench_contest *it, int which) {
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = it->x;
    args.y = it->y;
    return cli_runner_run(&it->nova[which], &args);
}

static nova_status run_once(const bench_contest *it, int contestant) {
    return contestant < BENCH_ONEDNN_DIRECT
               ? run_nova(it, contestant)
               : peer_onednn_conv_run(it->onednn[contestant - BENCH_ONEDNN_DIRECT]);
}

static nova_status run_here(const bench_contest *it, int contestant, int warming, int runs,
                            double *seconds) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < warming && status == NOVA_OK; ++i) {
        status = run_once(it, contestant);
    }
    for (int i = 0; i < runs && status == NOVA_OK; ++i) {
        double start = bench_now(it->peers->processor_time);
        status = run_once(it, contestant);
        seconds[i] = bench_now(it->peers->processor_time) - start;
    }
    return status;
}

/** A pool of threads spins for a while after its work, and would take the processors from the next
    contestant's: lets it fall asleep. */
static void let_threads_sleep(const bench_contest *it) {
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    if (it->nova[BENCH_NOVA].info.threads > 1) {
        nanosleep(&pause, NULL);
    }
}

/** What a failure means: nova's own ends the contest, another library's only its part in it. */
static nova_status settle(bench_contest *it, int contestant, nova_status status) {
    if (status != NOVA_OK && contestant >= BENCH_ONEDNN_DIRECT) {
        drop(&it->entries[contestant]);
        return NOVA_OK;
    }
    return status;
}

nova_status bench_contest_turn(bench_contest *contest, int contestant, int warming, int runs,
                               double *seconds) {
    peer_wheel *wheel = wheel_of(contest, contestant);
    let_threads_sleep(contest);
    return settle(contest, contestant,
                  wheel != NULL ? peer_wheel_turn(wheel, warming, runs, seconds)
                                : run_here(contest, contestant, warming, runs, seconds));
}

/* ---- errors */

/** Of contest->values, in the given layout, over a pseudo-random sample. */
static double sampled_error(const bench_contest *it, nova_layout layout) {
    const nova_conv_desc *desc = it->desc;
    const nova_plan_info *info = &it->nova[BENCH_NOVA].info;
    const nova_reference_operands operands = {
        .x = it->x, .weights = it->weights.values, .weights_dtype = NOVA_F32};
    float values[SAMPLES];
    double exact[SAMPLES];
    uint64_t index = 0;
    for (int sample = 0; sample < SAMPLES; ++sample) {
        /* A step that shares no factor with any size met in practice visits all parts of y. */
        index = (index + 2654435761u) % it->outputs;
        int64_t j = (int64_t)index % info->out_w, rest = (int64_t)index / info->out_w;
        int64_t i = rest % info->out_h, k = rest / info->out_h % desc->k;
        int64_t n = rest / info->out_h / desc->k;
        int64_t at = layout == NOVA_NHWC ? ((n * info->out_h + i) * info->out_w + j) * desc->k + k
                                         : (int64_t)index;
        values[sample] = it->values.values[at];
        exact[sample] = nova_reference_direct_sample(desc, &operands, false, n, k, i, j);
    }
    return cli_compare(values, exact, SAMPLES).rms;
}

/** The contestant's output in contest->values; nova's keeps its layout. */
static nova_status read_values(bench_contest *it, int contestant) {
    peer_wheel *wheel = wheel_of(it, contestant);
    if (wheel != NULL) { /* which must not get away with what was there before */
        for (size_t i = 0; i < it->outputs; ++i) {
            it->values.values[i] = NAN;
        }
        return peer_wheel_read(wheel);
    }
    if (contestant < BENCH_ONEDNN_DIRECT) {
        nova_convert_to_float(it->values.values, it->y, it->desc->dtype, it->outputs);
        return NOVA_OK;
    }
    return peer_onednn_conv_read(it->onednn[contestant - BENCH_ONEDNN_DIRECT], it->values.values);
}

nova_status bench_contest_error(bench_contest *contest, int contestant, double *error) {
    nova_status status = read_values(contest, contestant);
    *error = status != NOVA_OK
                 ? NAN
                 : sampled_error(contest, contestant < BENCH_ONEDNN_DIRECT ? contest->desc->layout
                                                                           : NOVA_NCHW);
    return settle(contest, contestant, status);
}
