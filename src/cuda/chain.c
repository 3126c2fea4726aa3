/*
 * chain.c - layers that follow each other: planned together, and enqueued together.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "cuda/cuda.h"
#include "cuda/launch.h"
#include "nova_winograd_gpu.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- planning */

void nova_cuda_chain_layer_init(nova_cuda_chain_layer *layer) {
    if (!layer)
        return;
    memset(layer, 0, sizeof *layer);
    layer->struct_size = sizeof *layer;
    layer->residual = NOVA_CUDA_CHAIN_NONE;
}

static nova_status read_links(const nova_cuda_chain_layer *layers, int count,
                              nova_gpu_link *links) {
    for (int i = 0; i < count; i++) {
        if (layers[i].struct_size < sizeof layers[i])
            return nova_fail(NOVA_INVALID_ARGUMENT,
                             "layer %d: struct_size is not set: call nova_cuda_chain_layer_init() "
                             "first",
                             i);
        links[i] = (nova_gpu_link){layers[i].desc, layers[i].options, layers[i].residual};
    }
    return NOVA_OK;
}

/* Plans on the device that `device` describes. */
static nova_status plan_chain(nova_cuda_chain *made, const nova_cuda_chain_layer *layers, int count,
                              const nova_cuda_plan *device) {
    nova_gpu_link *links = calloc((size_t)count, sizeof *links);
    made->plans = calloc((size_t)count, sizeof *made->plans);
    nova_status status = NOVA_OK;
    if (!links || !made->plans)
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a chain of %d layers", count);
    if (status == NOVA_OK)
        status = read_links(layers, count, links);
    if (status == NOVA_OK)
        status = nova_gpu_chain_init(&made->chain, links, count, &device->machine);
    free(links);
    for (int i = 0; i < count && status == NOVA_OK; i++) {
        made->plans[i] = *device;
        made->plans[i].plan = made->chain.layers[i].plan;
    }
    return status;
}

nova_status nova_cuda_chain_create(const nova_cuda_chain_layer *layers, int count, int device,
                                   nova_cuda_chain **chain) {
    if (!chain)
        return nova_fail(NOVA_INVALID_ARGUMENT, "chain is null");
    *chain = NULL;
    if (!layers || count < 1)
        return nova_fail(NOVA_INVALID_ARGUMENT, "a chain needs at least one layer");
    nova_cuda_chain *made = calloc(1, sizeof *made);
    if (!made)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a chain");
    nova_cuda_plan described;
    nova_status status = nova_cuda_describe(device, &described);
    if (status == NOVA_OK)
        status = plan_chain(made, layers, count, &described);
    if (status != NOVA_OK) {
        nova_cuda_chain_destroy(made);
        return status;
    }
    *chain = made;
    return NOVA_OK;
}

void nova_cuda_chain_destroy(nova_cuda_chain *chain) {
    if (!chain)
        return;
    nova_gpu_chain_clear(&chain->chain);
    free(chain->plans);
    free(chain);
}

/* ---------------------------------------------------------------- questions */

nova_status nova_cuda_chain_get_info(const nova_cuda_chain *chain, nova_cuda_chain_info *info) {
    if (!chain || !info)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", chain ? "info" : "chain");
    const size_t size = info->struct_size;
    if (size <= sizeof(size_t))
        return nova_fail(NOVA_INVALID_ARGUMENT, "info->struct_size is not set");
    nova_cuda_chain_info full = {.struct_size = size,
                                 .layers = chain->chain.count,
                                 .workspace_bytes = chain->chain.workspace_bytes,
                                 .cost_seconds = chain->chain.seconds};
    memcpy(info, &full, NOVA_MIN(size, sizeof full));
    return NOVA_OK;
}

static bool has_layer(const nova_cuda_chain *chain, int layer) {
    return chain && layer >= 0 && layer < chain->chain.count;
}

const nova_cuda_plan *nova_cuda_chain_plan(const nova_cuda_chain *chain, int layer) {
    if (has_layer(chain, layer))
        return &chain->plans[layer];
    (void)nova_fail(NOVA_INVALID_ARGUMENT, "the chain has no layer %d", layer);
    return NULL;
}

/* ---------------------------------------------------------------- execution */

void nova_cuda_chain_args_init(nova_cuda_chain_args *args) {
    if (!args)
        return;
    memset(args, 0, sizeof *args);
    args->struct_size = sizeof *args;
}

enum { TENSOR_ALIGNMENT = 16 };

static nova_status check_args(const nova_cuda_chain *chain, const nova_cuda_chain_args *args) {
    if (!chain || !args)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", chain ? "args" : "chain");
    if (args->struct_size < sizeof *args)
        return nova_fail(NOVA_INVALID_ARGUMENT, "args->struct_size is not set: call "
                                                "nova_cuda_chain_args_init() first");
    if ((uintptr_t)args->x % TENSOR_ALIGNMENT != 0 || (uintptr_t)args->y % TENSOR_ALIGNMENT != 0)
        return nova_fail(NOVA_INVALID_ARGUMENT, "x and y must be aligned to %d bytes",
                         TENSOR_ALIGNMENT);
    if (!args->x || !args->y || !args->filters)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null",
                         !args->x   ? "x"
                         : !args->y ? "y"
                                    : "filters");
    const size_t needed = chain->chain.workspace_bytes;
    if (needed > 0 && (!args->workspace || args->workspace_bytes < needed))
        return nova_fail(NOVA_INVALID_ARGUMENT, "a workspace of %zu bytes is needed, given are %zu",
                         needed, args->workspace ? args->workspace_bytes : 0);
    return NOVA_OK;
}

/* One execution of a chain. */
typedef struct chain_run {
    const nova_cuda_chain *chain;
    const nova_cuda_chain_args *args;
    char *workspace; /* aligned */
    void *stream;
} chain_run;

/* The chain's input, or the output of a layer, as the layers see it. */
static const void *tensor_of(const chain_run *r, int layer) {
    const nova_gpu_chain *chain = &r->chain->chain;
    if (layer == NOVA_CUDA_CHAIN_X)
        return chain->transposed ? r->workspace + chain->x_at : r->args->x;
    return r->workspace + chain->layers[layer].y_at;
}

static void *output_of(const chain_run *r, int layer) {
    const nova_gpu_chain *chain = &r->chain->chain;
    const bool is_last = layer == chain->count - 1;
    return is_last && !chain->transposed ? r->args->y : r->workspace + chain->layers[layer].y_at;
}

static nova_execute_args layer_args(const chain_run *r, int layer) {
    const nova_gpu_chain_layer *l = &r->chain->chain.layers[layer];
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = tensor_of(r, layer - 1);
    args.y = output_of(r, layer);
    args.bias = r->args->biases ? r->args->biases[layer] : NULL;
    if (l->residual != NOVA_CUDA_CHAIN_NONE)
        args.residual = tensor_of(r, l->residual);
    args.workspace_bytes = l->plan.engine.workspace_bytes;
    args.workspace = args.workspace_bytes > 0 ? r->workspace + l->workspace_at : NULL;
    return args;
}

/* A status with the layer's number in its reason. */
static nova_status at_layer(int layer, nova_status status) {
    if (status == NOVA_OK)
        return NOVA_OK;
    char reason[NOVA_REASON_BYTES];
    nova_reason_keep(reason);
    return nova_fail(status, "layer %d: %s", layer, reason);
}

/* All operands, before anything is enqueued. */
static nova_status check_layers(const chain_run *r) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < r->chain->chain.count && status == NOVA_OK; i++) {
        const nova_cuda_filter *filter = r->args->filters[i];
        if (!filter)
            return nova_fail(NOVA_INVALID_ARGUMENT, "filter %d is null", i);
        const nova_cuda_plan *plan = &r->chain->plans[i];
        const nova_execute_args args = layer_args(r, i);
        status = at_layer(i, nova_gpu_check(&plan->plan, plan->device, &filter->kind, &args));
    }
    return status;
}

/* x to channel-last, or back to y: of each image a matrix of `rows` rows. */
static nova_status transpose(const chain_run *r, const void *from, void *to, int64_t rows,
                             int64_t columns) {
    const nova_cuda_plan *plan = &r->chain->plans[0];
    const nova_cuda_launch launch = {.stream = r->stream,
                                     .type = plan->plan.engine.shape.dtype,
                                     .hopper = plan->machine.hopper,
                                     .processors = plan->machine.processors,
                                     .shared_bytes = plan->machine.shared_bytes};
    const nova_gpu_transpose_args args =
        nova_gpu_transpose_of(plan->plan.engine.shape.n, from, to, rows, columns, rows);
    const cudaError_t error = nova_cuda_transpose(&launch, &args);
    if (error != cudaSuccess)
        return nova_cuda_fail(NOVA_INTERNAL, error, "launching a transposition");
    return NOVA_OK;
}

static nova_status stage_x(const chain_run *r) {
    const nova_gpu_chain *chain = &r->chain->chain;
    const nova_shape *shape = &chain->layers[0].plan.engine.shape;
    if (!chain->transposed)
        return NOVA_OK;
    return transpose(r, r->args->x, r->workspace + chain->x_at, shape->c, shape->h * shape->w);
}

static nova_status arrange_y(const chain_run *r) {
    const nova_gpu_chain *chain = &r->chain->chain;
    const int last = chain->count - 1;
    const nova_shape *shape = &chain->layers[last].plan.engine.shape;
    if (!chain->transposed)
        return NOVA_OK;
    return transpose(r, tensor_of(r, last), r->args->y, shape->out_h * shape->out_w, shape->k);
}

static nova_status run_layer(const chain_run *r, int layer) {
    const nova_execute_args args = layer_args(r, layer);
    return at_layer(layer, nova_cuda_execute(&r->chain->plans[layer], r->args->filters[layer],
                                             &args, r->stream));
}

nova_status nova_cuda_chain_execute(const nova_cuda_chain *chain, const nova_cuda_chain_args *args,
                                    void *stream) {
    nova_status status = check_args(chain, args);
    if (status != NOVA_OK)
        return status;
    const nova_execute_args memory = {.workspace = args->workspace};
    const chain_run r = {chain, args, nova_gpu_workspace(&memory), stream};
    status = check_layers(&r);
    if (status == NOVA_OK)
        status = stage_x(&r);
    for (int i = 0; i < chain->chain.count && status == NOVA_OK; i++)
        status = run_layer(&r, i);
    return status == NOVA_OK ? arrange_y(&r) : status;
}
