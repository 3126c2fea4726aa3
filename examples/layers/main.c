/*
 * main.c - nova-layers: the error of every convolution of the demo's network, on real data. See
 * options.c for what it takes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <limits.h>
#include <unistd.h>

#include "layers.h"

enum { FAILURE = 2, NOISE_SEED = 20161 /* the demo's */ };

/** The file given, or the demo's own in the sources or where it is installed. */
static const char *find_file(const char *given, const char *own, char path[PATH_MAX]) {
    if (given != NULL) {
        return given;
    }
    snprintf(path, PATH_MAX, "%s/%s", NOVA_DEMO_SOURCE_MODELS, own);
    if (access(path, R_OK) != 0) {
        snprintf(path, PATH_MAX, "%s/%s", NOVA_DEMO_SHARE, own);
    }
    return path;
}

static nova_status load(layers_run *run) {
    char path[PATH_MAX];
    image photo = {.pixels = NULL};
    nova_status status =
        model_read(find_file(run->options.model, "denoiser.safetensors", path), &run->weights);
    if (status == NOVA_OK) {
        status = image_read_png(find_file(run->options.photo, "coffee.png", path), &photo);
    }
    if (status == NOVA_OK) {
        status = image_create(photo.width, photo.height, &run->noisy);
    }
    if (status == NOVA_OK) {
        image_add_noise(&photo, run->options.sigma / 255, NOISE_SEED, &run->noisy);
    }
    image_free(&photo);
    return status;
}

/** Called after each layer of the binary32 run. */
static void layer_done(void *context) {
    layers_run *run = context;
    const int index = run->layer_count;
    if (run->status != NOVA_OK) {
        return;
    }
    fprintf(stderr, "layer %d of %d\n", index + 1, run->weights.count);
    run->status = layers_measure(run, index);
    if (run->status == NOVA_OK && run->options.save != NULL && index == run->options.save_layer) {
        run->status = layers_save_input(run, index, run->options.save);
    }
    ++run->layer_count;
}

static nova_status run_network(layers_run *run) {
    static const method direct = {.name = "f32 direct",
                                  .dtype = NOVA_F32,
                                  .algorithm = NOVA_ALGORITHM_DIRECT,
                                  .arith = NOVA_ARITH_F32};
    image noise = {.pixels = NULL};
    double seconds;
    nova_status status = network_create(&run->weights, &direct, run->noisy.width, run->noisy.height,
                                        run->options.threads, NULL, &run->net);
    if (status == NOVA_OK) {
        status = image_create(run->noisy.width, run->noisy.height, &noise);
    }
    if (status == NOVA_OK) {
        network_listener listener = {layer_done, run};
        status = network_run(&run->net, &run->noisy, listener, &noise, &seconds, NULL);
    }
    image_free(&noise);
    return status == NOVA_OK ? run->status : status;
}

static nova_status show(const layers_run *run) {
    if (run->options.json) {
        layers_print_json(run);
    } else {
        layers_print_table(run);
    }
    return fflush(stdout) == 0 && !ferror(stdout)
               ? NOVA_OK
               : nova_fail(NOVA_IO, "cannot write to standard output");
}

int main(int argc, char **argv) {
    static layers_run run; /* zeroed, and too large for some stacks */
    int exit_code;
    if (!layers_parse(argc, argv, &run.options, &exit_code)) {
        return exit_code;
    }
    if (run.options.threads == 0) {
        run.options.threads = nova_processor_count();
    }
    nova_status status = layers_list_methods(&run);
    if (status == NOVA_OK) {
        status = load(&run);
    }
    if (status == NOVA_OK) {
        status = run_network(&run);
    }
    if (status == NOVA_OK) {
        status = show(&run);
    }
    if (status != NOVA_OK) {
        fprintf(stderr, "nova-layers: %s\n", nova_last_error());
    }
    network_free(&run.net);
    image_free(&run.noisy);
    model_free(&run.weights);
    layers_free_methods(&run);
    return status == NOVA_OK ? 0 : FAILURE;
}
