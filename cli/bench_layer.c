/*
 * bench_layer.c - timing one convolution.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cpu/reference/reference.h"
#include "numerics/half.h"
#include "runner.h"
#include "runtime/runtime.h"

enum { MIN_ROUNDS = 3, MAX_ROUNDS = 101, SAMPLES = 1024 };

/** One layer under test. Arrays in binary32 hold values that the tensors' type represents. */
typedef struct layer {
    const nova_conv_desc *desc;
    size_t x_count, outputs;
    float *plain_x;     /* [n][c][h][w] */
    float *weights;     /* [k][c][r][s] */
    void *x, *y;        /* the descriptor's type and layout */
    float *values;      /* y as binary32 */
    cli_runner nova[2]; /* BENCH_NOVA, BENCH_NOVA_DIRECT */
    peer_onednn_conv *onednn[2];
    double seconds[BENCH_CONTESTANTS][MAX_ROUNDS];
} layer;

/* ---- data */

/** The input in the descriptor's type and layout. */
static void pack_x(layer *it) {
    const nova_conv_desc *desc = it->desc;
    const size_t plane = (size_t)(desc->h * desc->w), channels = (size_t)desc->c;
    const size_t size = nova_dtype_size(desc->dtype);
    for (size_t i = 0; i < it->x_count; ++i) {
        size_t image = i / (plane * channels), channel = i / plane % channels, pixel = i % plane;
        size_t to = desc->layout == NOVA_NHWC ? (image * plane + pixel) * channels + channel : i;
        nova_convert_from_float((char *)it->x + to * size, &it->plain_x[i], desc->dtype, 1);
    }
}

static void fill(float *values, size_t count, double rms, nova_dtype dtype, uint64_t seed) {
    cli_fill_normal(values, NOVA_F32, count, rms, seed);
    for (size_t i = 0; i < count; ++i) {
        values[i] = nova_round_to(dtype, values[i]);
    }
}

static nova_status make_data(layer *it) {
    const nova_conv_desc *desc = it->desc;
    const size_t size = nova_dtype_size(desc->dtype);
    size_t weight_count;
    nova_status status = cli_count_operands(desc, &it->x_count, &weight_count);
    if (status != NOVA_OK) {
        return status;
    }
    it->plain_x = nova_alloc(it->x_count * sizeof *it->plain_x);
    it->weights = nova_alloc(weight_count * sizeof *it->weights);
    it->x = nova_alloc(it->x_count * size);
    if (it->plain_x == NULL || it->weights == NULL || it->x == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the layer's tensors");
    }
    double weight_rms = 1 / sqrt((double)desc->c * (double)desc->r * (double)desc->s);
    fill(it->plain_x, it->x_count, 1, desc->dtype, 1);
    fill(it->weights, weight_count, weight_rms, desc->dtype, 2);
    pack_x(it);
    return NOVA_OK;
}

/* ---- contestants */

static nova_status make_nova(layer *it, const nova_plan_options *options) {
    nova_plan_options direct;
    nova_status status =
        cli_runner_create(it->desc, options, it->weights, NOVA_F32, &it->nova[BENCH_NOVA]);
    if (status != NOVA_OK) {
        return status;
    }
    nova_plan_options_init(&direct);
    direct.algorithm = NOVA_ALGORITHM_DIRECT;
    direct.threads = options->threads;
    direct.max_error = 1; /* whatever it is: it is only a measure of time */
    status =
        cli_runner_create(it->desc, &direct, it->weights, NOVA_F32, &it->nova[BENCH_NOVA_DIRECT]);
    if (status != NOVA_OK) {
        return status;
    }
    it->outputs = cli_runner_outputs(&it->nova[BENCH_NOVA]);
    it->y = nova_alloc(it->outputs * nova_dtype_size(it->desc->dtype));
    it->values = nova_alloc(it->outputs * sizeof *it->values);
    return it->y != NULL && it->values != NULL
               ? NOVA_OK
               : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the layer's output");
}

/** oneDNN computes in bfloat16 if that is asked for and the processor has it, else in binary32. */
static nova_status make_onednn(layer *it, const peer_onednn *onednn, bench_result *result) {
    static const peer_onednn_algorithm algorithms[] = {PEER_ONEDNN_DIRECT, PEER_ONEDNN_WINOGRAD};
    const bool bf16 = it->desc->dtype == NOVA_BF16 && peer_onednn_has_bf16(onednn);
    for (int i = 0; i < NOVA_COUNT(algorithms); ++i) {
        bench_time *time = &result->times[BENCH_ONEDNN_DIRECT + i];
        time->dtype = bf16 ? NOVA_BF16 : NOVA_F32;
        nova_status status = peer_onednn_conv_create(onednn, it->desc, algorithms[i], time->dtype,
                                                     it->plain_x, it->weights, &it->onednn[i]);
        if (status != NOVA_OK && status != NOVA_NOT_ELIGIBLE) {
            return status;
        }
        time->ran = status == NOVA_OK;
        if (time->ran) {
            snprintf(time->kernel, sizeof time->kernel, "%s",
                     peer_onednn_conv_kernel(it->onednn[i]));
        }
    }
    return NOVA_OK;
}

static nova_status run_nova(const layer *it, int which) {
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = it->x;
    args.y = it->y;
    return cli_runner_run(&it->nova[which], &args);
}

static nova_status run(const layer *it, int contestant) {
    return contestant < BENCH_ONEDNN_DIRECT
               ? run_nova(it, contestant)
               : peer_onednn_conv_run(it->onednn[contestant - BENCH_ONEDNN_DIRECT]);
}

/* ---- errors */

/** Relative rms error of it->values, in the given layout, over a pseudo-random sample. */
static double sampled_error(const layer *it, nova_layout layout) {
    const nova_conv_desc *desc = it->desc;
    const nova_plan_info *info = &it->nova[BENCH_NOVA].info;
    const nova_reference_operands operands = {
        .x = it->x, .weights = it->weights, .weights_dtype = NOVA_F32};
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
        values[sample] = it->values[at];
        exact[sample] = nova_reference_direct_sample(desc, &operands, false, n, k, i, j);
    }
    return cli_compare(values, exact, SAMPLES).rms;
}

static nova_status read_values(layer *it, int contestant) {
    if (contestant < BENCH_ONEDNN_DIRECT) {
        nova_convert_to_float(it->values, it->y, it->desc->dtype, it->outputs);
        return NOVA_OK;
    }
    return peer_onednn_conv_read(it->onednn[contestant - BENCH_ONEDNN_DIRECT], it->values);
}

/** Runs everybody once: the warm-up, and what is computed is checked. */
static nova_status check_all(layer *it, bench_result *result) {
    for (int i = 0; i < BENCH_CONTESTANTS; ++i) {
        if (!result->times[i].ran) {
            continue;
        }
        nova_status status = run(it, i);
        if (status == NOVA_OK) {
            status = read_values(it, i);
        }
        if (status != NOVA_OK) {
            return status;
        }
        result->times[i].error =
            sampled_error(it, i < BENCH_ONEDNN_DIRECT ? it->desc->layout : NOVA_NCHW);
    }
    return NOVA_OK;
}

/* ---- times */

/**
 * A pool of threads spins for a while after its work, and would take the processors from the next
 * contestant's: lets it fall asleep, then wakes the contestant's own by a run that is not timed.
 */
static nova_status settle_threads(const layer *it, int contestant) {
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    if (it->nova[BENCH_NOVA].info.threads == 1) {
        return NOVA_OK;
    }
    nanosleep(&pause, NULL);
    return run(it, contestant);
}

static nova_status time_run(layer *it, int contestant, int round) {
    nova_status status = settle_threads(it, contestant);
    if (status == NOVA_OK) {
        double start = nova_now();
        status = run(it, contestant);
        it->seconds[contestant][round] = nova_now() - start;
    }
    return status;
}

/** Everybody once, another one first in every round: what ran before leaves the caches its way. */
static nova_status time_round(layer *it, const bench_result *result, int round) {
    for (int i = 0; i < BENCH_CONTESTANTS; ++i) {
        int contestant = (i + round) % BENCH_CONTESTANTS;
        nova_status status =
            result->times[contestant].ran ? time_run(it, contestant, round) : NOVA_OK;
        if (status != NOVA_OK) {
            return status;
        }
    }
    return NOVA_OK;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static nova_status time_all(layer *it, double seconds, bench_result *result) {
    int rounds = 0;
    for (double start = nova_now(); rounds < MAX_ROUNDS; ++rounds) {
        if (rounds >= MIN_ROUNDS && nova_now() - start > seconds) {
            break;
        }
        nova_status status = time_round(it, result, rounds);
        if (status != NOVA_OK) {
            return status;
        }
    }
    result->rounds = rounds;
    for (int i = 0; i < BENCH_CONTESTANTS; ++i) {
        if (result->times[i].ran) {
            result->times[i].ms = 1e3 * median(it->seconds[i], rounds);
        }
    }
    return NOVA_OK;
}

static void keep_info(const layer *it, bench_result *result) {
    result->info = it->nova[BENCH_NOVA].info;
    snprintf(result->set, sizeof result->set, "%s", result->info.set);
    snprintf(result->kernels, sizeof result->kernels, "%s", result->info.kernels);
    result->info.set = result->set;
    result->info.kernels = result->kernels;
    result->gflops = result->info.flops_direct / (1e6 * result->times[BENCH_NOVA].ms);
}

static nova_status run_layer(layer *it, const nova_plan_options *options, const peer_onednn *onednn,
                             double seconds, bench_result *result) {
    nova_status status = make_data(it);
    if (status == NOVA_OK) {
        status = make_nova(it, options);
    }
    if (status == NOVA_OK && onednn != NULL) {
        status = make_onednn(it, onednn, result);
    }
    if (status == NOVA_OK) {
        status = check_all(it, result);
    }
    if (status == NOVA_OK) {
        status = time_all(it, seconds, result);
    }
    if (status == NOVA_OK) {
        keep_info(it, result);
    }
    return status;
}

static void free_layer(layer *it) {
    for (int i = 0; i < 2; ++i) {
        cli_runner_destroy(&it->nova[i]);
        peer_onednn_conv_destroy(it->onednn[i]);
    }
    nova_free(it->values);
    nova_free(it->y);
    nova_free(it->x);
    nova_free(it->weights);
    nova_free(it->plain_x);
    free(it);
}

nova_status bench_layer(const nova_conv_desc *desc, const nova_plan_options *options,
                        const peer_onednn *onednn, double seconds, bench_result *result) {
    layer *it = calloc(1, sizeof *it);
    if (it == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory");
    }
    it->desc = desc;
    *result = (bench_result){.rounds = 0};
    for (int i = BENCH_NOVA; i <= BENCH_NOVA_DIRECT; ++i) {
        result->times[i].ran = true;
        result->times[i].dtype = desc->dtype;
    }
    nova_status status = run_layer(it, options, onednn, seconds, result);
    free_layer(it);
    return status;
}
