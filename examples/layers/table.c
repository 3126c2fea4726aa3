/*
 * table.c - what was measured, as a table and as JSON.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "json_out.h"
#include "layers.h"

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** One number per layer, in order of magnitude; NaN becomes infinity. */
static void sort(double *values, int count) {
    for (int i = 0; i < count; ++i) {
        values[i] = isnan(values[i]) ? INFINITY : values[i];
    }
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
}

/** Six characters and a per cent sign, "overflow" for what is not finite. */
static void print_percent(double value) {
    if (isfinite(value)) {
        printf(" %8.3g %%", 100 * value);
    } else {
        printf("  overflow");
    }
}

static void print_method(const layers_run *run, int index) {
    double measured[MODEL_MAX_LAYERS], predicted[MODEL_MAX_LAYERS], ratio[MODEL_MAX_LAYERS],
        corrected[MODEL_MAX_LAYERS];
    const int count = run->layer_count;
    for (int i = 0; i < count; ++i) {
        const layers_result *result = &run->layers[i].results[index];
        measured[i] = result->measured;
        predicted[i] = result->predicted;
        ratio[i] = result->measured / result->predicted;
        corrected[i] = result->measured / result->covariance;
    }
    sort(measured, count);
    sort(predicted, count);
    sort(ratio, count);
    sort(corrected, count);
    printf("F(%d,3) %-14s", run->methods[index].tile, run->methods[index].set);
    print_percent(predicted[count / 2]);
    print_percent(measured[0]);
    print_percent(measured[count / 2]);
    print_percent(measured[count - 1]);
    printf("  %5.2f %5.2f  %5.2f %5.2f\n", ratio[0], ratio[count - 1], corrected[0],
           corrected[count - 1]);
}

void layers_print_table(const layers_run *run) {
    printf("%d layers, %s%s, relative rms error against f32 direct; white: predicted for normal, "
           "independent data;\nmeasured / white and measured / covariance: the range over the "
           "layers.\n\n",
           run->layer_count, nova_arith_name(run->options.arith),
           run->options.own_moments ? ", filters rounded for each layer's input" : "");
    printf("%-21s %10s %10s %10s %10s  %-11s  %s\n", "", "white", "smallest", "median", "largest",
           "/ white", "/ covariance");
    for (int i = 0; i < run->method_count; ++i) {
        print_method(run, i);
    }
}

static void json_result(cli_json *json, const layers_method *how, const layers_result *result) {
    cli_json_object(json, NULL);
    cli_json_integer(json, "tile", how->tile);
    cli_json_string(json, "set", how->set);
    cli_json_number(json, "measured_error", result->measured);
    cli_json_number(json, "predicted_error", result->predicted);
    cli_json_number(json, "predicted_with_covariance", result->covariance);
    cli_json_number(json, "alpha2", result->alpha2);
    cli_json_number(json, "alpha2_with_covariance", result->alpha2_covariance);
    cli_json_end_object(json);
}

static void json_layer(cli_json *json, const layers_run *run, int index) {
    const layers_layer *layer = &run->layers[index];
    cli_json_object(json, NULL);
    cli_json_integer(json, "layer", index);
    cli_json_integer(json, "channels", layer->c);
    cli_json_integer(json, "filters", layer->k);
    cli_json_number(json, "input_rms", layer->input_rms);
    cli_json_number(json, "filter_rms", layer->weight_rms);
    cli_json_number(json, "correlation_h", layer->correlation_h);
    cli_json_number(json, "correlation_w", layer->correlation_w);
    cli_json_number(json, "output_gain", layer->output_gain);
    cli_json_array(json, "results");
    for (int i = 0; i < run->method_count; ++i) {
        json_result(json, &run->methods[i], &layer->results[i]);
    }
    cli_json_end_array(json);
    cli_json_end_object(json);
}

void layers_print_json(const layers_run *run) {
    cli_json json = {.stream = stdout};
    cli_json_object(&json, NULL);
    cli_json_string(&json, "arith", nova_arith_name(run->options.arith));
    cli_json_bool(&json, "input_moments", run->options.own_moments);
    cli_json_number(&json, "sigma", run->options.sigma);
    cli_json_integer(&json, "width", run->net.width);
    cli_json_integer(&json, "height", run->net.height);
    cli_json_array(&json, "layers");
    for (int i = 0; i < run->layer_count; ++i) {
        json_layer(&json, run, i);
    }
    cli_json_end_array(&json);
    cli_json_end_object(&json);
}
