/*
 * layers.h - the error of every convolution of a network on its real input and weights, beside what
 * is predicted for normal, independent data.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_LAYERS_H
#define NOVA_LAYERS_H

#include "network.h"
#include "transforms/transform.h"

enum {
    LAYERS_MAX_METHODS = 48,
    LAYERS_MAX_SETS = 16,           /* of the user's own */
    LAYERS_LAGS = NOVA_MAX_TILE + 2 /* inputs of the largest tile for three taps */
};

/* ---------------------------------------------------------------- options.c */

typedef struct layers_options {
    const char *model, *photo; /**< files; null: the demo's own */
    const char *sets[LAYERS_MAX_SETS];
    int set_count;
    nova_arith arith;
    unsigned flags;   /**< NOVA_PLAN_... */
    bool own_moments; /**< compensated rounding for the layer's input, not for white data */
    double sigma;     /**< of 255 */
    int threads;
    const char *save; /**< .npy file for the input of layer `save_layer`, or null */
    int save_layer;
    bool json;
} layers_options;

/** Reads the command line. False: there is nothing more to do, *exit_code is the program's. */
bool layers_parse(int argc, char **argv, layers_options *options, int *exit_code);

/* ---------------------------------------------------------------- covariance.c */

/** Second moments at lags (dh, dw), dh >= 0, divided by that at (0, 0): at[dh][dw + LAYERS_LAGS -
   1]. Not centred, as rounding errors are relative to values, not to deviations. */
typedef struct layers_moments {
    double at[LAYERS_LAGS][2 * LAYERS_LAGS - 1];
} layers_moments;

/** Moments of x [height][width][channels], all channels together; every eighth row is the upper one
    of its pairs. */
void layers_input_moments(const float *x, int height, int width, int64_t channels, int threads,
                          layers_moments *moments);

/** Moments of weights [count][r][s]. */
void layers_weight_moments(const float *weights, int64_t count, int r, int s,
                           layers_moments *moments);

/** What nova_plan_options.input_moments takes: at every distance the mean of along a row and along
   a column, shrunk until positive definite. */
void layers_line_moments(const layers_moments *moments, double line[LAYERS_LAGS]);

/**
 * The noise gain alpha^2 of the square tile for data of these moments: the root of
 *   (1/(m r)^2) sum_st |A_s|^2 |A_t|^2 E[U_st^2] E[V_st^2],
 * where U_st and V_st are the taps of weights and input of unit power. Null: white;
 * layers_alpha2(t, NULL, NULL) is nova_transform_alpha2(t).
 */
double layers_alpha2(const nova_transform *transform, const layers_moments *input,
                     const layers_moments *weights);

/* ---------------------------------------------------------------- measure.c */

/** One way to compute a layer. */
typedef struct layers_method {
    int tile;
    const char *set;  /**< name or file */
    nova_set *custom; /**< the set of a file, else null; owned by the list */
    const nova_transform *transform;
} layers_method;

/** What was seen of one method in one layer; errors are relative rms errors, NaN: not finite. */
typedef struct layers_result {
    double measured;
    double predicted;  /**< for normal, independent data of the layer's rms */
    double covariance; /**< the same corrected for second moments and the output's power */
    double alpha2, alpha2_covariance;
} layers_result;

typedef struct layers_layer {
    int64_t c, k;
    double input_rms, weight_rms;
    double correlation_h, correlation_w; /**< input's second moment at lag 1 over that at lag 0 */
    double output_gain; /**< mean square of the output over that of independent data */
    layers_result results[LAYERS_MAX_METHODS];
} layers_layer;

/** Everything that is measured. */
typedef struct layers_run {
    layers_options options;
    model weights;
    image noisy;
    network net; /* binary32, direct */
    layers_method methods[LAYERS_MAX_METHODS];
    int method_count;
    layers_layer layers[MODEL_MAX_LAYERS];
    int layer_count; /* measured so far */
    nova_status status;
} layers_run;

/** Lists the built-in sets that are compared, and the user's. Errors: those of nova_set_load(),
    NOVA_INVALID_ARGUMENT (not for three taps). */
nova_status layers_list_methods(layers_run *run);
void layers_free_methods(layers_run *run);

/** Measures the layer that the network has just computed: its input is still there. */
nova_status layers_measure(layers_run *run, int index);

/** Writes the input of that layer, [1][c][h][w], as .npy. */
nova_status layers_save_input(const layers_run *run, int index, const char *path);

/* ---------------------------------------------------------------- table.c */

void layers_print_table(const layers_run *run);
void layers_print_json(const layers_run *run);

#endif
