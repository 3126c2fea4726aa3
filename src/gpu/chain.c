/*
 * chain.c - planning layers that follow each other.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/chain.h"

#include <stdlib.h>

#include "gpu/transpose.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- layers */

/* The layers' plans; channel-last inside a chain of several. */
static nova_status plan_layers(nova_gpu_chain *chain, const nova_gpu_link *links,
                               const nova_gpu_machine *machine) {
    const nova_conv_desc *first = links[0].desc;
    chain->transposed = chain->count > 1 && first && first->layout == NOVA_NCHW;
    for (int i = 0; i < chain->count; i++) {
        nova_gpu_chain_layer *layer = &chain->layers[i];
        const nova_conv_desc *given = links[i].desc;
        nova_conv_desc desc;
        layer->residual = links[i].residual;
        if (given && first && given->layout != first->layout)
            return nova_fail(NOVA_INVALID_ARGUMENT, "layer %d is %s, but layer 0 is %s", i,
                             nova_layout_name(given->layout), nova_layout_name(first->layout));
        if (given && chain->transposed) {
            desc = *given;
            desc.layout = NOVA_NHWC;
            given = &desc;
        }
        const nova_status status =
            nova_gpu_plan_init(&layer->plan, given, links[i].options, machine);
        if (status != NOVA_OK) {
            char reason[NOVA_REASON_BYTES];
            nova_reason_keep(reason);
            return nova_fail(status, "layer %d: %s", i, reason);
        }
    }
    return NOVA_OK;
}

/* ---------------------------------------------------------------- is it a chain? */

static const nova_shape *shape_of(const nova_gpu_chain *chain, int layer) {
    return &chain->layers[layer].plan.engine.shape;
}

static nova_status check_input(const nova_gpu_chain *chain, int i) {
    const nova_shape *from = shape_of(chain, i - 1), *to = shape_of(chain, i);
    if (from->n == to->n && from->k == to->c && from->out_h == to->h && from->out_w == to->w &&
        from->dtype == to->dtype)
        return NOVA_OK;
    return nova_fail(NOVA_INVALID_ARGUMENT,
                     "layer %d reads %lldx%lldx%lldx%lld %s, but layer %d writes "
                     "%lldx%lldx%lldx%lld %s",
                     i, (long long)to->n, (long long)to->c, (long long)to->h, (long long)to->w,
                     nova_dtype_name(to->dtype), i - 1, (long long)from->n, (long long)from->k,
                     (long long)from->out_h, (long long)from->out_w, nova_dtype_name(from->dtype));
}

static nova_status check_residual(const nova_gpu_chain *chain, int i) {
    const int from = chain->layers[i].residual;
    if (from == NOVA_GPU_CHAIN_NONE)
        return NOVA_OK;
    if (from < NOVA_GPU_CHAIN_X || from >= i)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "layer %d: the residual is number %d, but must be an earlier layer's", i,
                         from);
    const nova_shape *y = shape_of(chain, i), *x = shape_of(chain, NOVA_MAX(from, 0));
    const bool fits = from == NOVA_GPU_CHAIN_X
                          ? x->c == y->k && x->h == y->out_h && x->w == y->out_w
                          : x->k == y->k && x->out_h == y->out_h && x->out_w == y->out_w;
    if (!fits)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "layer %d: the residual's shape is not that of the layer's output", i);
    return NOVA_OK;
}

static nova_status check_chain(const nova_gpu_chain *chain) {
    nova_status status = NOVA_OK;
    for (int i = 0; i < chain->count && status == NOVA_OK; i++) {
        if (i > 0)
            status = check_input(chain, i);
        if (status == NOVA_OK)
            status = check_residual(chain, i);
    }
    return status;
}

/* ---------------------------------------------------------------- memory */

enum { PIECES_OF_LAYER = 2 /* workspace, output */ };

/* Something in the chain's workspace, from the beginning of one layer to the end of another. */
typedef struct piece {
    int first, last;
    size_t bytes, at;
} piece;

typedef struct pieces {
    piece *items;
    int count;
    size_t end;
} pieces;

/* Puts `bytes` at the lowest place where nothing lies that lives when they do; in *at where that
   is. False if it does not fit. */
static bool place(pieces *all, int first, int last, size_t bytes, size_t *at) {
    const size_t room = nova_round_up(bytes, NOVA_GPU_WORKSPACE_ALIGNMENT);
    size_t found = 0, end;
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < all->count; i++) {
            const piece *other = &all->items[i];
            if (other->last < first || last < other->first || other->at >= found + room ||
                found >= other->at + other->bytes)
                continue;
            found = other->at + other->bytes;
            moved = true;
        }
    }
    if (!nova_size_add(found, room, &end) || end > (size_t)INT64_MAX / 4)
        return false;
    all->items[all->count++] = (piece){first, last, room, found};
    all->end = NOVA_MAX(all->end, end);
    *at = found;
    return true;
}

/* Bytes of [n][h][w][c] in 16 bits; false if they do not fit. */
static bool tensor_bytes(int64_t n, int64_t h, int64_t w, int64_t c, size_t *bytes) {
    *bytes = sizeof(uint16_t);
    return nova_size_mul(*bytes, (size_t)n, bytes) && nova_size_mul(*bytes, (size_t)h, bytes) &&
           nova_size_mul(*bytes, (size_t)w, bytes) && nova_size_mul(*bytes, (size_t)c, bytes) &&
           *bytes <= (size_t)INT64_MAX / 4;
}

/* The last layer that reads the output of a layer, or x (layer -1); `next`: by itself. */
static int last_reader(const nova_gpu_chain *chain, int layer, int next) {
    int last = next;
    for (int i = layer + 1; i < chain->count; i++)
        if (chain->layers[i].residual == layer)
            last = NOVA_MAX(last, i);
    return last;
}

/* Transposing numbers its squares with 31 bits. */
static bool can_transpose(int64_t n, int64_t channels, int64_t h, int64_t w) {
    return n * nova_gpu_squares(channels, h * w) <= INT32_MAX &&
           n * nova_gpu_squares(h * w, channels) <= INT32_MAX;
}

static bool lay_out_x(nova_gpu_chain *chain, pieces *all) {
    const nova_shape *x = shape_of(chain, 0);
    size_t bytes;
    return tensor_bytes(x->n, x->h, x->w, x->c, &bytes) && can_transpose(x->n, x->c, x->h, x->w) &&
           place(all, 0, last_reader(chain, NOVA_GPU_CHAIN_X, 0), bytes, &chain->x_at);
}

static bool lay_out_layer(nova_gpu_chain *chain, int i, pieces *all) {
    nova_gpu_chain_layer *layer = &chain->layers[i];
    const nova_shape *y = shape_of(chain, i);
    const bool is_last = i == chain->count - 1;
    size_t bytes;
    if (!place(all, i, i, layer->plan.engine.workspace_bytes, &layer->workspace_at))
        return false;
    if (is_last && !chain->transposed)
        return true; /* its output is the chain's */
    return tensor_bytes(y->n, y->out_h, y->out_w, y->k, &bytes) &&
           (!is_last || can_transpose(y->n, y->k, y->out_h, y->out_w)) &&
           place(all, i, last_reader(chain, i, i + 1), bytes, &layer->y_at);
}

static nova_status lay_out(nova_gpu_chain *chain) {
    pieces all = {calloc((size_t)chain->count * PIECES_OF_LAYER + 1, sizeof *all.items), 0, 0};
    if (!all.items)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a chain of %d layers", chain->count);
    bool fits = !chain->transposed || lay_out_x(chain, &all);
    for (int i = 0; i < chain->count && fits; i++)
        fits = lay_out_layer(chain, i, &all);
    free(all.items);
    if (!fits)
        return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace of the chain does not fit in memory");
    chain->workspace_bytes = all.end > 0 ? all.end + NOVA_GPU_WORKSPACE_ALIGNMENT : 0;
    return NOVA_OK;
}

/* ---------------------------------------------------------------- chains */

static double predict(const nova_gpu_chain *chain, const nova_gpu_machine *machine) {
    enum { MOVED = 2 * sizeof(uint16_t) /* bytes of an element that is read and written */ };
    const nova_shape *x = shape_of(chain, 0), *y = shape_of(chain, chain->count - 1);
    double seconds = 0;
    for (int i = 0; i < chain->count; i++)
        seconds += chain->layers[i].plan.engine.seconds;
    if (!chain->transposed)
        return seconds;
    const double x_count = (double)x->n * (double)x->c * (double)x->h * (double)x->w;
    const double y_count = (double)y->n * (double)y->k * (double)y->out_h * (double)y->out_w;
    return seconds + nova_gpu_move_seconds(machine, MOVED * x_count, 0) +
           nova_gpu_move_seconds(machine, MOVED * y_count, 0);
}

nova_status nova_gpu_chain_init(nova_gpu_chain *chain, const nova_gpu_link *links, int count,
                                const nova_gpu_machine *machine) {
    *chain = (nova_gpu_chain){.count = 0};
    if (!links || count < 1)
        return nova_fail(NOVA_INVALID_ARGUMENT, "a chain needs at least one layer");
    chain->layers = calloc((size_t)count, sizeof *chain->layers);
    if (!chain->layers)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a chain of %d layers", count);
    chain->count = count;
    nova_status status = plan_layers(chain, links, machine);
    if (status == NOVA_OK)
        status = check_chain(chain);
    if (status == NOVA_OK)
        status = lay_out(chain);
    if (status == NOVA_OK)
        chain->seconds = predict(chain, machine);
    else
        nova_gpu_chain_clear(chain);
    return status;
}

void nova_gpu_chain_clear(nova_gpu_chain *chain) {
    for (int i = 0; i < chain->count; i++)
        nova_gpu_plan_clear(&chain->layers[i].plan);
    free(chain->layers);
    *chain = (nova_gpu_chain){.count = 0};
}
