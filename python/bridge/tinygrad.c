/*
 * tinygrad.c - nova for compiled graphs, see tinygrad.h.
 *
 * A kernel that tinygrad compiles knows nothing but addresses. So filters are kept by the address
 * of their weights, and since other weights may come to lie there, by their values.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "tinygrad.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/numerics.h"
#include "runtime/runtime.h"

/* Layers of one network that share a shape; more, and the one not used for longest is packed anew.
 */
enum { MAX_FILTERS = 64 };

typedef struct kept_filter {
    const void *address;
    void *values; /* of the weights, those that are compared */
    nova_filter *packed;
    uint64_t used;
} kept_filter;

struct nova_tinygrad_layer {
    nova_plan *plan;
    size_t workspace_bytes, y_bytes;
    nova_dtype dtype, weights_dtype;
    size_t count, item; /* weights, bytes of one */
    size_t samples;     /* weights that are compared */
    pthread_mutex_t lock;
    void *workspace;
    kept_filter filters[MAX_FILTERS];
    uint64_t clock;
    int64_t packed;
};

_Static_assert((int)NOVA_TINYGRAD_MAX_M == (int)NOVA_MAX_TILE &&
                   (int)NOVA_TINYGRAD_MAX_R == (int)NOVA_MAX_TAPS &&
                   (int)NOVA_TINYGRAD_MAX_PRODUCTS == (int)NOVA_MAX_PRODUCTS,
               "room for every set");

nova_status nova_tinygrad_transform(const char *set, const nova_set *custom, int m, int r,
                                    int scaled, nova_tinygrad_matrices *matrices) {
    const nova_transform *transform = NULL;
    if (custom != NULL && m > 1) {
        transform = nova_set_transform(custom);
        if (transform->m != m || transform->r != r) {
            return nova_fail(NOVA_INVALID_ARGUMENT, "the set is for F(%d,%d), not F(%d,%d)",
                             transform->m, transform->r, m, r);
        }
    } else {
        transform = nova_transform_find(set, m, r);
    }
    if (transform == NULL) {
        return nova_fail(NOVA_UNKNOWN_NAME, "there is no set \"%s\" for F(%d,%d)", set, m, r);
    }
    nova_scaling scaling;
    nova_scaling_none(&scaling);
    if (scaled) {
        nova_scaling_choose(transform, &scaling);
    }
    matrices->inputs = transform->inputs;
    matrices->products = transform->products;
    int rows, columns;
    const double *at = nova_transform_matrix(transform, NOVA_MAP_OUTPUT, &rows, &columns);
    for (int i = 0; i < rows * columns; i++) {
        int product = i % columns;
        matrices->at[i] = ldexp(at[i], -scaling.input[product] - scaling.filter[product]);
    }
    const double *g = nova_transform_matrix(transform, NOVA_MAP_FILTER, &rows, &columns);
    for (int i = 0; i < rows * columns; i++) {
        matrices->g[i] = ldexp(g[i], scaling.filter[i / columns]);
    }
    const double *bt = nova_transform_matrix(transform, NOVA_MAP_INPUT, &rows, &columns);
    for (int i = 0; i < rows * columns; i++) {
        matrices->bt[i] = ldexp(bt[i], scaling.input[i / columns]);
    }
    return NOVA_OK;
}

/* ---------------------------------------------------------------- layers */

nova_status nova_tinygrad_layer_create(const nova_conv_desc *desc, const nova_plan_options *options,
                                       nova_dtype weights_dtype, int64_t samples,
                                       nova_tinygrad_layer **layer) {
    *layer = NULL;
    nova_plan *plan;
    nova_status status = nova_plan_create(desc, options, &plan);
    if (status != NOVA_OK) {
        return status;
    }
    nova_tinygrad_layer *made = calloc(1, sizeof *made);
    if (made == NULL || pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        nova_plan_destroy(plan);
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a layer");
    }
    nova_plan_info info = {.struct_size = sizeof info};
    nova_plan_get_info(plan, &info);
    made->plan = plan;
    made->workspace_bytes = info.workspace_bytes;
    made->dtype = desc->dtype;
    made->weights_dtype = weights_dtype;
    made->item = nova_dtype_size(weights_dtype);
    /* The plan has checked that these products fit. */
    made->count = (size_t)desc->k * (size_t)desc->c * (size_t)desc->r * (size_t)desc->s;
    made->y_bytes = (size_t)desc->n * (size_t)desc->k * (size_t)info.out_h * (size_t)info.out_w *
                    nova_dtype_size(desc->dtype);
    made->samples = samples > 1 && (size_t)samples < made->count ? (size_t)samples : made->count;
    *layer = made;
    return NOVA_OK;
}

static void forget(kept_filter *kept) {
    nova_filter_destroy(kept->packed);
    free(kept->values);
    *kept = (kept_filter){0};
}

void nova_tinygrad_layer_release(nova_tinygrad_layer *layer) {
    pthread_mutex_lock(&layer->lock);
    for (int i = 0; i < MAX_FILTERS; i++) {
        forget(&layer->filters[i]);
    }
    free(layer->workspace);
    layer->workspace = NULL;
    pthread_mutex_unlock(&layer->lock);
}

void nova_tinygrad_layer_destroy(nova_tinygrad_layer *layer) {
    if (layer == NULL) {
        return;
    }
    nova_tinygrad_layer_release(layer);
    pthread_mutex_destroy(&layer->lock);
    nova_plan_destroy(layer->plan);
    free(layer);
}

const nova_plan *nova_tinygrad_layer_plan(const nova_tinygrad_layer *layer) {
    return layer->plan;
}

int64_t nova_tinygrad_layer_packed(nova_tinygrad_layer *layer) {
    pthread_mutex_lock(&layer->lock);
    int64_t packed = layer->packed;
    pthread_mutex_unlock(&layer->lock);
    return packed;
}

/* ---------------------------------------------------------------- filters */

/** Where sample `i` lies among the weights: the first and the last are always compared. */
static size_t sample_offset(const nova_tinygrad_layer *layer, size_t i) {
    return i * (layer->count - 1) / (layer->samples - 1) * layer->item;
}

static bool same_values(const nova_tinygrad_layer *layer, const kept_filter *kept,
                        const void *weights) {
    if (layer->samples == layer->count) {
        return memcmp(kept->values, weights, layer->count * layer->item) == 0;
    }
    for (size_t i = 0; i < layer->samples; i++) {
        if (memcmp((const char *)kept->values + i * layer->item,
                   (const char *)weights + sample_offset(layer, i), layer->item) != 0) {
            return false;
        }
    }
    return true;
}

static void copy_values(const nova_tinygrad_layer *layer, void *values, const void *weights) {
    if (layer->samples == layer->count) {
        memcpy(values, weights, layer->count * layer->item);
        return;
    }
    for (size_t i = 0; i < layer->samples; i++) {
        memcpy((char *)values + i * layer->item, (const char *)weights + sample_offset(layer, i),
               layer->item);
    }
}

/** The place for the filter of weights at `address`: its own, an empty one, or the one that was
    not used for longest. */
static kept_filter *place_for(nova_tinygrad_layer *layer, const void *address) {
    kept_filter *oldest = &layer->filters[0];
    for (int i = 0; i < MAX_FILTERS; i++) {
        kept_filter *kept = &layer->filters[i];
        if (kept->packed != NULL && kept->address == address) {
            return kept;
        }
        if (kept->used < oldest->used) {
            oldest = kept;
        }
    }
    return oldest;
}

static nova_status filter_of(nova_tinygrad_layer *layer, const void *weights,
                             const nova_filter **filter) {
    kept_filter *kept = place_for(layer, weights);
    if (kept->packed == NULL || kept->address != weights || !same_values(layer, kept, weights)) {
        forget(kept);
        kept->values = malloc(layer->samples * layer->item);
        if (kept->values == NULL) {
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a copy of the weights");
        }
        nova_status status =
            nova_filter_create(layer->plan, weights, layer->weights_dtype, &kept->packed);
        if (status != NOVA_OK) {
            forget(kept);
            return status;
        }
        copy_values(layer, kept->values, weights);
        kept->address = weights;
        layer->packed++;
    }
    kept->used = ++layer->clock;
    *filter = kept->packed;
    return NOVA_OK;
}

static nova_status run(nova_tinygrad_layer *layer, void *y, const void *x, const void *weights,
                       const float *bias) {
    const nova_filter *filter = NULL;
    nova_status status = filter_of(layer, weights, &filter);
    if (status != NOVA_OK) {
        return status;
    }
    if (layer->workspace == NULL && layer->workspace_bytes > 0) {
        layer->workspace = malloc(layer->workspace_bytes);
        if (layer->workspace == NULL) {
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the workspace");
        }
    }
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = x;
    args.y = y;
    args.bias = bias;
    args.workspace = layer->workspace;
    args.workspace_bytes = layer->workspace_bytes;
    return nova_execute(layer->plan, filter, &args);
}

float nova_tinygrad_conv2d(nova_tinygrad_layer *layer, void *y, const void *x, const void *weights,
                           const float *bias) {
    pthread_mutex_lock(&layer->lock);
    nova_status status = run(layer, y, x, weights, bias);
    pthread_mutex_unlock(&layer->lock);
    if (status != NOVA_OK) {
        memset(y, 0xff, layer->y_bytes); /* a NaN in every type */
    }
    float first;
    nova_convert_to_float(&first, y, layer->dtype, 1);
    return first;
}
