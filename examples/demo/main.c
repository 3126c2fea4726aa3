/*
 * main.c - nova-demo: a noisy photograph restored by a trained network, once per way to compute
 * its convolutions. See options.c for what it prints.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "network.h"
#include "options.h"
#include "picture.h"
#include "progress.h"
#include "report.h"

enum { EXIT_OTHER = 1, EXIT_BAD_INPUT = 2, NOISE_SEED = 20161 };

static const char photo_name[] = "coffee.png", model_name[] = "denoiser.safetensors";
static const char photo_credit[] =
    "Photograph: coffee, by Rachel Michetti, CC0, from scikit-image; not used in training.";

/** Integer points the way they failed in print: U rounded as it comes. */
enum { AS_PUBLISHED = NOVA_PLAN_NO_TAP_SCALING | NOVA_PLAN_NO_COMPENSATION };

#define WINOGRAD_F16(name, tile, set, flags)                                                       \
    { name, NOVA_F16, NOVA_ALGORITHM_WINOGRAD, tile, set, NOVA_ARITH_F16, flags }

/** The first is what the others are compared with. */
static const method methods[] = {
    {"f32 direct", NOVA_F32, NOVA_ALGORITHM_DIRECT, 0, NULL, NOVA_ARITH_F32, 0},
    WINOGRAD_F16("F(6,3) integer, as published", 6, "integer", AS_PUBLISHED),
    WINOGRAD_F16("F(6,3) integer, scaled", 6, "integer", 0),
    WINOGRAD_F16("F(6,3) nova", 6, "nova", 0),
    WINOGRAD_F16("F(6,3) classic", 6, "classic", 0),
    WINOGRAD_F16("F(8,3) best", 8, "best", 0),
};
enum { METHODS = NOVA_COUNT(methods) };

/** All that one run of the demo owns. */
typedef struct {
    demo_options options;
    char *photo_path, *model_path;
    model weights;
    image original, noisy;
    double input_rms[MODEL_MAX_LAYERS]; /**< of each layer, seen in the run of f32 direct */
    int threads;
    char kernels[32];
    progress bar;
    result results[METHODS];
} demo;

/* ---------------------------------------------------------------- files */

/** A file of the demo's own: in the source tree it was built from, else where it was installed. */
static nova_status find_own_file(const char *name, char **path) {
    static const char *const folders[] = {NOVA_DEMO_SOURCE_MODELS, NOVA_DEMO_SHARE};
    for (int i = 0; i < NOVA_COUNT(folders); ++i) {
        if (asprintf(path, "%s/%s", folders[i], name) < 0) {
            *path = NULL;
            return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a file's name");
        }
        if (access(*path, R_OK) == 0) {
            return NOVA_OK;
        }
        free(*path);
        *path = NULL;
    }
    return nova_fail(NOVA_IO, "%s is neither in %s nor in %s", name, folders[0], folders[1]);
}

static nova_status choose_file(const char *given, const char *own, char **path) {
    if (!given) {
        return find_own_file(own, path);
    }
    *path = strdup(given);
    return *path ? NOVA_OK : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a file's name");
}

/** Creates the folders that lead to `path`. */
static nova_status make_parents(const char *path) {
    char *copy = strdup(path);
    nova_status status = NOVA_OK;
    if (!copy) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a file's name");
    }
    for (char *slash = copy; (slash = strchr(slash + 1, '/')) && status == NOVA_OK;) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            status = nova_fail(NOVA_IO, "cannot create %s: %s", copy, strerror(errno));
        }
        *slash = '/';
    }
    free(copy);
    return status;
}

/** Finds out before the work, not after it, that the picture cannot be written. */
static nova_status check_output(const char *path) {
    nova_writer writer;
    nova_status status = *path ? make_parents(path) : NOVA_OK;
    if (status == NOVA_OK) {
        status = nova_writer_open(&writer, path);
    }
    if (status == NOVA_OK) {
        nova_writer_abort(&writer);
    }
    return status;
}

static nova_status load(demo *run) {
    nova_status status = choose_file(run->options.model, model_name, &run->model_path);
    if (status == NOVA_OK) {
        status = choose_file(run->options.photo, photo_name, &run->photo_path);
    }
    if (status == NOVA_OK) {
        status = model_read(run->model_path, &run->weights);
    }
    if (status == NOVA_OK) {
        status = image_read_png(run->photo_path, &run->original);
    }
    if (status == NOVA_OK) {
        status = image_create(run->original.width, run->original.height, &run->noisy);
    }
    return status == NOVA_OK ? check_output(run->options.out) : status;
}

/* ---------------------------------------------------------------- runs */

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/** restored = noisy - noise. */
static void subtract_noise(const demo *run, result *out) {
    for (size_t i = 0; i < image_values(&run->noisy); ++i) {
        out->restored.pixels[i] = run->noisy.pixels[i] - out->noise.pixels[i];
    }
}

/** Runs a network options.runs times; the first run is also looked through. */
static nova_status time_network(demo *run, network *net, network_inspection *seen, result *out) {
    network_listener listener = {progress_step, &run->bar};
    double *seconds = calloc((size_t)run->options.runs, sizeof *seconds);
    nova_status status = seconds ? NOVA_OK : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for times");
    for (int i = 0; i < run->options.runs && status == NOVA_OK; ++i) {
        status =
            network_run(net, &run->noisy, listener, &out->noise, &seconds[i], i == 0 ? seen : NULL);
    }
    if (status == NOVA_OK) {
        out->milliseconds = 1e3 * median(seconds, run->options.runs);
    }
    free(seconds);
    return status;
}

static void measure(demo *run, const network *net, const network_inspection *seen, result *out) {
    const result *direct = &run->results[0];
    subtract_noise(run, out);
    out->speedup = direct->milliseconds / out->milliseconds;
    out->predicted_error = network_predicted_error(net);
    out->error = relative_rms(out->noise.pixels, direct->noise.pixels, image_values(&out->noise));
    out->psnr = image_psnr(&out->restored, &run->original);
    out->nonfinite = seen->nonfinite;
    out->workspace_bytes = net->workspace_bytes;
    out->packed_bytes = net->packed_bytes;
}

static nova_status run_network(demo *run, int index, network *net, result *out) {
    network_inspection seen = {0};
    int width = run->original.width, height = run->original.height;
    nova_status status = image_create(width, height, &out->noise);
    if (status == NOVA_OK) {
        status = image_create(width, height, &out->restored);
    }
    if (status == NOVA_OK) {
        status = time_network(run, net, &seen, out);
    }
    if (status != NOVA_OK) {
        return status;
    }
    if (index == 0) {
        memcpy(run->input_rms, seen.input_rms, sizeof run->input_rms);
    }
    run->threads = net->layers[0].info.threads;
    snprintf(run->kernels, sizeof run->kernels, "%s", net->layers[0].info.kernels);
    measure(run, net, &seen, out);
    return NOVA_OK;
}

static nova_status run_method(demo *run, int index) {
    network net;
    result *out = &run->results[index];
    out->how = &methods[index];
    progress_stage(&run->bar, methods[index].name);
    nova_status status =
        network_create(&run->weights, out->how, run->original.width, run->original.height,
                       run->options.threads, index > 0 ? run->input_rms : NULL, &net);
    if (status == NOVA_OK) {
        status = run_network(run, index, &net, out);
        network_free(&net);
    }
    return status;
}

static nova_status run_methods(demo *run) {
    nova_status status = NOVA_OK;
    image_add_noise(&run->original, run->options.sigma / 255, NOISE_SEED, &run->noisy);
    progress_start(&run->bar, stderr, METHODS * run->options.runs * run->weights.count);
    for (int i = 0; i < METHODS && status == NOVA_OK; ++i) {
        status = run_method(run, i);
    }
    progress_end(&run->bar);
    return status;
}

/* ---------------------------------------------------------------- all */

static nova_status show(const demo *run) {
    report facts = {.photo = run->photo_path,
                    .credit = run->options.photo ? "" : photo_credit,
                    .out = run->options.out,
                    .width = run->original.width,
                    .height = run->original.height,
                    .layers = run->weights.count,
                    .threads = run->threads,
                    .sigma = run->options.sigma,
                    .noisy_psnr = image_psnr(&run->noisy, &run->original),
                    .kernels = run->kernels,
                    .count = METHODS,
                    .results = run->results};
    nova_status status = picture_write(&facts, &run->original, &run->noisy, run->options.out);
    if (status != NOVA_OK) {
        return status;
    }
    if (run->options.json) {
        report_print_json(&facts);
    } else {
        report_print_table(&facts);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return nova_fail(NOVA_IO, "cannot write to standard output");
    }
    return NOVA_OK;
}

static void release(demo *run) {
    for (int i = 0; i < METHODS; ++i) {
        image_free(&run->results[i].noise);
        image_free(&run->results[i].restored);
    }
    image_free(&run->original);
    image_free(&run->noisy);
    model_free(&run->weights);
    free(run->photo_path);
    free(run->model_path);
}

static int exit_code(nova_status status) {
    switch (status) {
    case NOVA_OK:
        return EXIT_SUCCESS;
    case NOVA_INTERNAL:
    case NOVA_OUT_OF_MEMORY:
        return EXIT_OTHER;
    default:
        return EXIT_BAD_INPUT;
    }
}

int main(int argc, char **argv) {
    static demo run; /* zeroed, and too large for some stacks */
    switch (options_parse(argc, argv, &run.options)) {
    case OPTIONS_HELP:
        return EXIT_SUCCESS;
    case OPTIONS_BAD:
        return EXIT_BAD_INPUT;
    default:
        break;
    }
    nova_status status = load(&run);
    if (status == NOVA_OK) {
        status = run_methods(&run);
    }
    if (status == NOVA_OK) {
        status = show(&run);
    }
    if (status != NOVA_OK) {
        fprintf(stderr, "nova-demo: %s\n", nova_last_error());
    }
    release(&run);
    return exit_code(status);
}
