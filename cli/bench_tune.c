/*
 * bench_tune.c - `nova bench --device cuda --tune`: all layers, and what is printed of them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "bench_tune.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/runtime.h"

/** How far the model's choices are from the fastest plans. */
typedef struct distance {
    int layers, close; /* close: within 5 % */
    double logarithms, worst;
    const char *worst_layer;
} distance;

static double us(double seconds) {
    return 1e6 * seconds;
}

static const nova_gpu_trial *fastest(const nova_gpu_trials *trials) {
    const nova_gpu_trial *best = &trials->items[0];
    for (int i = 1; i < trials->count; ++i) {
        if (trials->items[i].seconds < best->seconds) {
            best = &trials->items[i];
        }
    }
    return best;
}

static double ratio_of(const nova_gpu_trials *trials) {
    return trials->items[0].seconds / fastest(trials)->seconds;
}

static void add_layer(distance *all, const cli_shape *shape, const nova_gpu_trials *trials) {
    static const double near = 1.05;
    const double ratio = ratio_of(trials);
    ++all->layers;
    all->close += ratio <= near;
    all->logarithms += log(ratio);
    if (ratio > all->worst) {
        all->worst = ratio;
        all->worst_layer = shape->name;
    }
}

static const char *plan_text(const nova_gpu_plan *plan, char text[192]) {
    char tile[32] = "direct";
    if (plan->engine.algorithm == NOVA_ALGORITHM_WINOGRAD) {
        snprintf(tile, sizeof tile, "F(%dx%d) %s %s", plan->engine.tile.tile_h,
                 plan->engine.tile.tile_w, nova_plan_set_name(plan->base),
                 nova_arith_name(plan->arith));
    }
    snprintf(text, 192, "%s %s", tile, plan->blocks);
    return text;
}

static void print_layer(const cli_shape *shape, const nova_gpu_trials *trials) {
    const nova_gpu_trial *model = &trials->items[0], *chosen = &trials->items[trials->chosen];
    char text[192];
    printf("%-22s %5" PRId64 " %5" PRId64 " %4" PRId64 "x%-4" PRId64
           " %2d plans; model's %8.1f us (predicted %.1f), chosen %8.1f us, model's takes %.2f of "
           "the fastest\n",
           shape->name, shape->c, shape->k, shape->h, shape->w, trials->count, us(model->seconds),
           us(model->plan.engine.seconds), us(chosen->seconds), ratio_of(trials));
    printf("    model   %s\n", plan_text(&model->plan, text));
    if (chosen != model) {
        printf("    chosen  %s\n", plan_text(&chosen->plan, text));
    }
    fflush(stdout);
}

static void json_trial(cli_json *json, const nova_gpu_trial *trial) {
    const nova_gpu_engine *engine = &trial->plan.engine;
    const bool winograd = engine->algorithm == NOVA_ALGORITHM_WINOGRAD;
    cli_json_object(json, NULL);
    cli_json_string(json, "algorithm", nova_algorithm_name(engine->algorithm));
    cli_json_integer(json, "tile_h", winograd ? engine->tile.tile_h : 1);
    cli_json_integer(json, "tile_w", winograd ? engine->tile.tile_w : 1);
    cli_json_string(json, "set", nova_plan_set_name(trial->plan.base));
    cli_json_string(json, "arith", nova_arith_name(trial->plan.arith));
    cli_json_string(json, "blocks", trial->plan.blocks);
    cli_json_number(json, "predicted_error", trial->plan.predicted_error);
    cli_json_number(json, "us", us(trial->seconds));
    cli_json_number(json, "predicted_us", us(engine->seconds));
    cli_json_number(json, "floor_us", us(trial->plan.floor_seconds));
    cli_json_array(json, "stages_us");
    for (int i = 0; i < NOVA_COUNT(engine->stage_seconds); ++i) {
        cli_json_number(json, NULL, us(engine->stage_seconds[i]));
    }
    cli_json_end_array(json);
    cli_json_end_object(json);
}

static void json_layer(cli_json *json, const cli_shape *shape, const nova_gpu_trials *trials) {
    cli_json_object(json, NULL);
    cli_json_string(json, "layer", shape->name);
    cli_json_integer(json, "c", shape->c);
    cli_json_integer(json, "k", shape->k);
    cli_json_integer(json, "h", shape->h);
    cli_json_integer(json, "w", shape->w);
    cli_json_integer(json, "chosen", trials->chosen);
    cli_json_number(json, "model_over_fastest", ratio_of(trials));
    cli_json_array(json, "plans");
    for (int i = 0; i < trials->count; ++i) {
        json_trial(json, &trials->items[i]);
    }
    cli_json_end_array(json);
    cli_json_end_object(json);
}

static bool is_repeated(const cli_shapes *shapes, int index) {
    const cli_shape *shape = &shapes->items[index];
    for (int i = 0; i < index; ++i) {
        const cli_shape *other = &shapes->items[i];
        if (other->c == shape->c && other->k == shape->k && other->h == shape->h &&
            other->w == shape->w) {
            return true;
        }
    }
    return false;
}

static nova_status tune_layer(const cli_shape *shape, const nova_conv_desc *common,
                              const nova_plan_options *options, const cli_request *request,
                              nova_gpu_trials *trials) {
    nova_conv_desc desc = *common;
    desc.c = shape->c;
    desc.k = shape->k;
    desc.h = shape->h;
    desc.w = shape->w;
    const nova_status status = bench_tune_layer(&desc, options, trials);
    return status == NOVA_OK ? cli_request_remember(request) : status;
}

static void print_end(cli_json *json, const distance *all) {
    const double mean = exp(all->logarithms / all->layers);
    if (json != NULL) {
        cli_json_end_array(json);
        cli_json_number(json, "model_over_fastest", mean);
        cli_json_number(json, "worst", all->worst);
        cli_json_integer(json, "within_5_percent", all->close);
        cli_json_end_object(json);
    } else {
        printf("%d layers: the model's choice takes %.3f times the fastest plan's time (geometric "
               "mean), at most %.2f (%s); within 5 %% of it in %d\n",
               all->layers, mean, all->worst, all->worst_layer, all->close);
    }
}

int bench_tune_run(const cli_command *command, const cli_shapes *shapes,
                   const nova_conv_desc *common, const nova_plan_options *options,
                   const cli_request *request, bool json) {
    cli_json writer = {.stream = stdout};
    distance all = {.worst_layer = ""};
    nova_gpu_trials *trials = calloc(1, sizeof *trials);
    if (trials == NULL) {
        return cli_error(command, "no memory for the plans");
    }
    for (int i = 0; i < shapes->count; ++i) {
        if (is_repeated(shapes, i)) {
            continue;
        }
        const cli_shape *shape = &shapes->items[i];
        if (tune_layer(shape, common, options, request, trials) != NOVA_OK) {
            nova_gpu_trials_clear(trials);
            free(trials);
            return cli_error(command, "%s: %s", shape->name, nova_last_error());
        }
        if (json && i == 0) {
            cli_json_object(&writer, NULL);
            cli_json_array(&writer, "layers");
        }
        add_layer(&all, shape, trials);
        if (json) {
            json_layer(&writer, shape, trials);
        } else {
            print_layer(shape, trials);
        }
        nova_gpu_trials_clear(trials);
    }
    print_end(json ? &writer : NULL, &all);
    free(trials);
    return cli_finish_output(command);
}
