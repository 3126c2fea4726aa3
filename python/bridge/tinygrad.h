/*
 * tinygrad.h - nova for compiled graphs: what the Python package binds through ctypes, and the
 * function that tinygrad's kernels call.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BRIDGE_TINYGRAD_H
#define NOVA_BRIDGE_TINYGRAD_H

#include <nova_winograd.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NOVA_TINYGRAD_MAX_M = 16, NOVA_TINYGRAD_MAX_R = 7, NOVA_TINYGRAD_MAX_PRODUCTS = 24 };

/** F(m,r): y = AT ((G g) .* (BT d)), row-major without gaps; N products of n = m+r-1 inputs. */
typedef struct nova_tinygrad_matrices {
    int inputs, products;
    double at[NOVA_TINYGRAD_MAX_M * NOVA_TINYGRAD_MAX_PRODUCTS];
    double g[NOVA_TINYGRAD_MAX_PRODUCTS * NOVA_TINYGRAD_MAX_R];
    double bt[NOVA_TINYGRAD_MAX_PRODUCTS * (NOVA_TINYGRAD_MAX_M + NOVA_TINYGRAD_MAX_R - 1)];
} nova_tinygrad_matrices;

/**
 * The matrices of a named set, or of `custom` unless that is null; m = 1 is direct in that
 * dimension, whatever the set. With `scaled` nova's power-of-two tap scaling is multiplied into
 * them, which changes no result but the range of the intermediate ones. Errors: NOVA_UNKNOWN_NAME;
 * NOVA_INVALID_ARGUMENT if `custom` is for another tile.
 */
NOVA_API nova_status nova_tinygrad_transform(const char *set, const nova_set *custom, int m, int r,
                                             int scaled, nova_tinygrad_matrices *matrices);

/** A plan, its workspace, and filters packed from the weights that it was called with. */
typedef struct nova_tinygrad_layer nova_tinygrad_layer;

/**
 * `weights_dtype` is the type of the weights in memory; `samples`: how many of the weights are
 * compared with those that a filter was packed from, at even distances, whenever it is to be used,
 * 2 or more; 0: all of them, of which a copy is kept. Errors: those of nova_plan_create().
 */
NOVA_API nova_status nova_tinygrad_layer_create(const nova_conv_desc *desc,
                                                const nova_plan_options *options,
                                                nova_dtype weights_dtype, int64_t samples,
                                                nova_tinygrad_layer **layer);
NOVA_API void nova_tinygrad_layer_destroy(nova_tinygrad_layer *layer); /**< null is allowed */
/** The layer's plan, which the layer owns. */
NOVA_API const nova_plan *nova_tinygrad_layer_plan(const nova_tinygrad_layer *layer);
/** Frees packed filters and the workspace, which are made again when they are needed. */
NOVA_API void nova_tinygrad_layer_release(nova_tinygrad_layer *layer);
/** Filters packed since the layer was made. */
NOVA_API int64_t nova_tinygrad_layer_packed(nova_tinygrad_layer *layer);

/**
 * y = convolution of x by `weights`, [k][c][r][s], plus bias, [k] in binary32
 * or null; returns y[0]. For kernels, which have no way to report a failure: where there is one, y
 * is all NaN. Calls with one layer take turns.
 */
NOVA_API float nova_tinygrad_conv2d(nova_tinygrad_layer *layer, void *y, const void *x,
                                    const void *weights, const float *bias);

#ifdef __cplusplus
}
#endif
#endif
