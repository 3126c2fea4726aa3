/*
 * bench_gpu.c - timing one convolution on a GPU.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_gpu_machine.h"
#include "cpu/reference/reference.h"
#include "numerics/half.h"
#include "runner.h"
#include "runtime/runtime.h"

enum { CALLS = 20, LEAST_ROUNDS = 5, MOST_ROUNDS = 99, SAMPLES = 1024, MOST_SETS = 10 };

static const double rotated_bytes = 150e6; /* more than the second-level cache of any device yet */

/** A layer's operands, here and on the device. */
typedef struct operands {
    const bench_gpu_machine *machine;
    const nova_conv_desc *desc;
    void *x, *residual; /* the descriptor's type and layout */
    float *weights, *bias, *values;
    size_t x_bytes, outputs, y_bytes;
    void *device_x[MOST_SETS], *device_residual[MOST_SETS], *device_y[MOST_SETS], *device_bias;
    int sets;
} operands;

/** One plan, ready to run. */
typedef struct contender {
    const operands *data;
    bench_gpu_plan plan;
    void *filter, *workspace, *timer;
    double seconds[MOST_ROUNDS];
} contender;

/* ---- operands */

static void *filled(size_t count, double rms, nova_dtype dtype, uint64_t seed) {
    void *data = nova_alloc(count * nova_dtype_size(dtype));
    if (data != NULL) {
        cli_fill_normal(data, dtype, count, rms, seed);
    }
    return data;
}

static nova_status to_device(const bench_gpu_machine *machine, const void *data, size_t bytes,
                             void **copy) {
    const nova_status status = machine->allocate(copy, bytes, "allocating an operand");
    return status == NOVA_OK && data != NULL ? machine->write(*copy, data, bytes) : status;
}

static nova_status copy_sets(operands *it) {
    const double set = (double)(it->x_bytes + it->y_bytes);
    nova_status status = NOVA_OK;
    it->sets = (int)NOVA_MIN((double)MOST_SETS, 1 + ceil(rotated_bytes / set));
    for (int i = 0; i < it->sets && status == NOVA_OK; ++i) {
        status = to_device(it->machine, it->x, it->x_bytes, &it->device_x[i]);
        if (status == NOVA_OK) {
            status = to_device(it->machine, NULL, it->y_bytes, &it->device_y[i]);
        }
        if (status == NOVA_OK && it->residual != NULL) {
            status = to_device(it->machine, it->residual, it->y_bytes, &it->device_residual[i]);
        }
    }
    if (status == NOVA_OK && it->bias != NULL) {
        status =
            to_device(it->machine, it->bias, (size_t)it->desc->k * sizeof(float), &it->device_bias);
    }
    return status;
}

static nova_status operands_open(operands *it, const bench_gpu_machine *machine,
                                 const nova_conv_desc *desc, const bench_gpu_settings *settings) {
    const size_t element = nova_dtype_size(desc->dtype);
    nova_request request;
    size_t x_count, weight_count;
    *it = (operands){.machine = machine, .desc = desc};
    nova_status status = nova_request_init(&request, desc, NULL);
    if (status == NOVA_OK) {
        status = cli_count_operands(desc, &x_count, &weight_count);
    }
    if (status != NOVA_OK) {
        return status;
    }
    it->outputs = (size_t)(desc->n * desc->k * request.shape.out_h * request.shape.out_w);
    it->x_bytes = x_count * element;
    it->y_bytes = it->outputs * element;
    const double weight_rms = 1 / sqrt((double)(desc->c * desc->r * desc->s));
    it->x = filled(x_count, 1, desc->dtype, 1);
    it->weights = filled(weight_count, weight_rms, NOVA_F32, 2);
    it->bias = settings->bias ? filled((size_t)desc->k, 1, NOVA_F32, 3) : NULL;
    it->residual = settings->residual ? filled(it->outputs, 1, desc->dtype, 4) : NULL;
    it->values = nova_alloc(it->outputs * sizeof(float));
    if (it->x == NULL || it->weights == NULL || it->values == NULL ||
        (settings->bias && it->bias == NULL) || (settings->residual && it->residual == NULL)) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the layer's operands");
    }
    return copy_sets(it);
}

static void operands_close(operands *it) {
    for (int i = 0; i < it->sets; ++i) { /* a null pointer is allowed */
        it->machine->release(it->device_x[i]);
        it->machine->release(it->device_residual[i]);
        it->machine->release(it->device_y[i]);
    }
    it->machine->release(it->device_bias);
    nova_free(it->x);
    nova_free(it->residual);
    nova_free(it->weights);
    nova_free(it->bias);
    nova_free(it->values);
}

/* ---- plans */

static nova_status enqueue(void *context, int call, void *stream) {
    const contender *it = context;
    const int set = call % it->data->sets;
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = it->data->device_x[set];
    args.y = it->data->device_y[set];
    args.residual = it->data->device_residual[set];
    args.bias = it->data->device_bias;
    args.workspace = it->workspace;
    args.workspace_bytes = it->plan.gpu->engine.workspace_bytes;
    return it->data->machine->execute(it->plan.handle, it->filter, &args, stream);
}

/* A plan is made first, and asked whether it is wanted, before weights are transformed. */
static nova_status contender_prepare(contender *it) {
    const operands *data = it->data;
    const bench_gpu_machine *machine = data->machine;
    const size_t bytes = NOVA_MAX(it->plan.gpu->engine.workspace_bytes, (size_t)1);
    nova_status status = machine->filter_create(it->plan.handle, data->weights, &it->filter);
    if (status == NOVA_OK) {
        status = machine->allocate(&it->workspace, bytes, "allocating a workspace");
    }
    return status == NOVA_OK ? machine->timer_open(&it->timer, enqueue, it, CALLS) : status;
}

static void contender_close(contender *it) {
    const bench_gpu_machine *machine = it->data->machine;
    machine->timer_close(it->timer);
    machine->release(it->workspace);
    machine->filter_destroy(it->filter);
    machine->plan_destroy(it->plan.handle);
}

static int count_launches(const nova_gpu_engine *engine) {
    const int moves = (engine->staging != NOVA_GPU_AS_IT_IS) + engine->arranged;
    if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD) {
        return engine->fused ? moves + 1 : moves + 3 * (int)engine->chunks;
    }
    return moves + (nova_gpu_has_parts(&engine->grid) ? 2 : 1);
}

static nova_status describe(const contender *it, bench_gpu_entry *entry) {
    *entry = (bench_gpu_entry){.info = {.struct_size = sizeof entry->info}};
    const nova_status status = it->data->machine->info(it->plan.handle, &entry->info);
    if (status != NOVA_OK) {
        return status;
    }
    snprintf(entry->set, sizeof entry->set, "%s", entry->info.set);
    snprintf(entry->kernels, sizeof entry->kernels, "%s", entry->info.kernels);
    entry->info.set = NULL; /* pointed to when the result lies where it stays */
    entry->info.kernels = NULL;
    entry->launches = count_launches(&it->plan.gpu->engine);
    entry->floor =
        nova_gpu_engine_floor(&it->plan.gpu->engine, it->plan.machine, it->data->residual != NULL);
    return NOVA_OK;
}

/* ---- which plans */

/** The plans of a layer. */
typedef struct field {
    operands data;
    contender *items;
    int count;
} field;

/* One more plan; one that is not eligible or misses the budget is no failure. */
static nova_status enter(field *it, const nova_plan_options *options) {
    contender *next = &it->items[it->count];
    *next = (contender){.data = &it->data};
    nova_status status = it->data.machine->plan_create(it->data.desc, options, &next->plan);
    if (it->count > 0 && (status == NOVA_BUDGET_UNREACHABLE || status == NOVA_NOT_ELIGIBLE)) {
        return NOVA_OK;
    }
    ++it->count;
    return status == NOVA_OK ? contender_prepare(next) : status;
}

static bool is_chosen(const nova_gpu_plan *plan, const nova_gpu_candidate *candidate) {
    const nova_gpu_tile *tile = &plan->engine.tile;
    if (candidate->algorithm != plan->engine.algorithm) {
        return false;
    }
    return candidate->algorithm == NOVA_ALGORITHM_DIRECT ||
           (candidate->tile_h == tile->tile_h && candidate->tile_w == tile->tile_w &&
            candidate->arith == plan->arith &&
            strcmp(candidate->set, nova_plan_set_name(plan->base)) == 0);
}

/* The plans that the model puts first, and direct convolution whatever it is thought to take. */
static nova_status enter_candidates(field *it, const nova_plan_options *options, int wanted) {
    const nova_gpu_plan *chosen = it->items[0].plan.gpu;
    nova_request request;
    nova_gpu_candidate *list = NULL;
    int count = 0;
    nova_status status = nova_request_init(&request, it->data.desc, options);
    if (status == NOVA_OK) {
        request.options.algorithm = NOVA_ALGORITHM_AUTO;
        status = nova_gpu_candidates_create(&request, it->items[0].plan.machine, &list, &count);
    }
    for (int i = 0; i < count && status == NOVA_OK; ++i) {
        const bool direct = list[i].algorithm == NOVA_ALGORITHM_DIRECT;
        if ((direct || it->count < wanted) && !is_chosen(chosen, &list[i])) {
            nova_plan_options own = *options;
            own.algorithm = list[i].algorithm;
            own.tile_h = direct ? 0 : list[i].tile_h;
            own.tile_w = direct ? 0 : list[i].tile_w;
            own.set = direct ? NULL : list[i].set;
            own.arith = list[i].arith;
            own.max_error = isfinite(request.budget) ? request.budget : 1;
            status = enter(it, &own);
        }
    }
    free(list);
    return status;
}

/* ---- errors */

static double sampled_error(const operands *it) {
    const nova_conv_desc *desc = it->desc;
    const int64_t out_h = nova_reference_out_h(desc), out_w = nova_reference_out_w(desc);
    const nova_reference_operands exact_operands = {.x = it->x,
                                                    .weights = it->weights,
                                                    .weights_dtype = NOVA_F32,
                                                    .bias = it->bias,
                                                    .residual = it->residual};
    float values[SAMPLES];
    double exact[SAMPLES];
    uint64_t index = 0;
    for (int sample = 0; sample < SAMPLES; ++sample) {
        index = (index + 2654435761U) % it->outputs; /* visits all parts of y */
        const int64_t j = (int64_t)index % out_w, rest = (int64_t)index / out_w;
        const int64_t i = rest % out_h, k = rest / out_h % desc->k, n = rest / out_h / desc->k;
        const int64_t at = desc->layout == NOVA_NHWC ? ((n * out_h + i) * out_w + j) * desc->k + k
                                                     : (int64_t)index;
        values[sample] = it->values[at];
        exact[sample] = nova_reference_direct_sample(desc, &exact_operands, true, n, k, i, j);
    }
    return cli_compare(values, exact, SAMPLES).rms;
}

static nova_status measure_error(contender *it, double *error) {
    const operands *data = it->data;
    void *y = nova_alloc(data->y_bytes);
    if (y == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for an output");
    }
    nova_status status = /* NaN, which no kernel may leave behind */
        data->machine->poison(data->device_y[0], data->y_bytes);
    if (status == NOVA_OK) {
        status = enqueue(it, 0, NULL);
    }
    if (status == NOVA_OK) {
        status = data->machine->read(y, data->device_y[0], data->y_bytes);
    }
    if (status == NOVA_OK) {
        nova_convert_to_float(data->values, y, data->desc->dtype, data->outputs);
        *error = sampled_error(data);
    }
    nova_free(y);
    return status;
}

/* ---- timing */

static nova_status time_all(field *it, double seconds, int *rounds) {
    const double start = nova_now();
    int round = -1; /* the first does not count */
    nova_status status = NOVA_OK;
    for (; round < MOST_ROUNDS && status == NOVA_OK; ++round) {
        if (round >= LEAST_ROUNDS && nova_now() - start > seconds) {
            break;
        }
        for (int i = 0; i < it->count && status == NOVA_OK; ++i) {
            status = it->data.machine->time(it->items[i].timer,
                                            &it->items[i].seconds[NOVA_MAX(round, 0)]);
        }
    }
    *rounds = round;
    return status;
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(double *times, int count) {
    qsort(times, (size_t)count, sizeof *times, by_value);
    return (times[(count - 1) / 2] + times[count / 2]) / 2;
}

static nova_status evaluate(field *it, bench_gpu_result *result) {
    nova_status status = it->data.machine->name(result->device, sizeof result->device);
    for (int i = 0; i < it->count && status == NOVA_OK; ++i) {
        bench_gpu_entry *entry = &result->plans[i];
        const int rounds = result->rounds;
        status = describe(&it->items[i], entry);
        entry->seconds = median_of(it->items[i].seconds, rounds);
        if (status == NOVA_OK) {
            status = measure_error(&it->items[i], &entry->error);
        }
        entry->info.set = entry->set;
        entry->info.kernels = entry->kernels;
    }
    result->count = it->count;
    return status;
}

nova_status bench_gpu_layer(const bench_gpu_machine *machine, const nova_conv_desc *desc,
                            const nova_plan_options *options, const bench_gpu_settings *settings,
                            bench_gpu_result *result) {
    field it = {.items = calloc(BENCH_GPU_MOST_PLANS + 1, sizeof *it.items)};
    *result = (bench_gpu_result){.count = 0};
    if (it.items == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the plans");
    }
    nova_status status = operands_open(&it.data, machine, desc, settings);
    if (status == NOVA_OK) {
        status = enter(&it, options);
    }
    if (status == NOVA_OK) {
        status = enter_candidates(&it, options, settings->candidates);
    }
    if (status == NOVA_OK) {
        status = time_all(&it, settings->seconds, &result->rounds);
    }
    if (status == NOVA_OK) {
        status = evaluate(&it, result);
    }
    for (int i = 0; i < it.count; ++i) {
        contender_close(&it.items[i]);
    }
    operands_close(&it.data);
    free(it.items);
    return status;
}
