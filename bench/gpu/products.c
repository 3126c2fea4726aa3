/*
 * products.c - the blocks that the products of a layer can be cut into, timed one by one, with what
 * the model predicts: how good its choice is, and what its rates should be.
 *
 *   nova-gpu-products LAYERS [FAMILIES [ALGORITHMS]]
 *
 * LAYERS is a file like layers.txt; FAMILIES selects from it ("vae,sdxl", or "all"); ALGORITHMS are
 * "direct" and tiles ("direct,4x4"). Of Winograd only the products are timed. Of all boxes of one
 * kind of block the one that the model likes best is taken; kinds that it puts beyond 2.2 times its
 * first choice are left out. One line for each: block, sharing or
 * splits, box, units of work, predicted and measured microseconds, rms difference of y from the
 * first. A last line per layer says how far the model's choice is from the best.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuda/cuda.h"
#include "cuda/replay.h"
#include "gpu/halo.h"
#include "numerics/half.h"
#include "runtime/runtime.h"

enum { CALLS = 20, REPLAYS = 15, MOST_SETS = 10, MOST_KINDS = 128, ROTATED = 150000000 };

static void check(nova_status status) {
    if (status != NOVA_OK) {
        fprintf(stderr, "nova-gpu-products: %s\n", nova_last_error());
        exit(1);
    }
}
#define CUDA(call) check(replay_check(call, #call))

/* ---- kinds of blocks */

typedef struct kind {
    bool small; /* all operands in shared memory: its blocks are `resident`, else those of `grid` */
    nova_gpu_resident resident;
    nova_gpu_grid grid;
    double predicted, measured;
    replay graph;
    double times[REPLAYS];
} kind;

typedef struct kinds {
    kind items[MOST_KINDS];
    int count;
    double launch; /* seconds that predictions of grids leave out */
} kinds;

static bool is_same_kind(const kind *one, const kind *other) {
    const nova_gpu_grid *a = &one->grid, *b = &other->grid;
    const nova_gpu_resident *c = &one->resident, *d = &other->resident;
    if (one->small || other->small) {
        return one->small && other->small && c->channels == d->channels && c->groups == d->groups &&
               c->chunks == d->chunks;
    }
    return a->turns == b->turns && a->block_channels == b->block_channels &&
           nova_gpu_block_pixels(a) == nova_gpu_block_pixels(b) && a->sharing == b->sharing &&
           a->splits == b->splits && a->halo == b->halo &&
           (a->halo == 0 || (a->box_w == NOVA_GPU_HALO_STRIP) == (b->box_w == NOVA_GPU_HALO_STRIP));
}

/* Of one kind the one that is predicted to be fastest. */
static void keep(kinds *list, const kind *one) {
    int i = 0;
    while (i < list->count && !is_same_kind(&list->items[i], one)) {
        ++i;
    }
    if (i == MOST_KINDS) {
        return;
    }
    if (i == list->count) {
        list->items[list->count++] = *one;
    } else if (one->predicted < list->items[i].predicted) {
        list->items[i] = *one;
    }
}

static void keep_grid(void *context, const nova_gpu_grid *grid, double seconds) {
    kinds *list = context;
    const kind one = {.grid = *grid, .predicted = seconds + list->launch};
    if (!nova_gpu_has_parts(grid)) { /* partial sums may not fit into this plan's workspace */
        keep(list, &one);
    }
}

static void keep_resident(void *context, const nova_gpu_resident *resident, double seconds) {
    const kind one = {.small = true, .resident = *resident, .predicted = seconds};
    keep(context, &one);
}

static void drop_slow(kinds *list) {
    static const double most = 2.2;
    double least = INFINITY;
    int kept = 0;
    for (int i = 0; i < list->count; ++i) {
        least = NOVA_MIN(least, list->items[i].predicted);
    }
    for (int i = 0; i < list->count; ++i) {
        if (list->items[i].predicted < most * least) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

/* ---- one layer */

typedef struct layer {
    nova_cuda_plan *plan;
    nova_cuda_filter *filter;
    void *x[MOST_SETS], *y[MOST_SETS], *workspace;
    int sets;
    size_t outputs;
} layer;

static nova_status enqueue(void *context, int call, cudaStream_t stream) {
    const layer *it = context;
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = it->x[call % it->sets];
    args.y = it->y[call % it->sets];
    args.workspace = it->workspace;
    args.workspace_bytes = it->plan->plan.engine.workspace_bytes;
    return it->plan->plan.engine.algorithm == NOVA_ALGORITHM_DIRECT
               ? nova_cuda_execute(it->plan, it->filter, &args, stream)
               : nova_cuda_execute_products(it->plan, it->filter, &args, stream);
}

/* Uniform values; normal ones would look the same to a multiplier. */
static void *random_halves(size_t bytes) {
    uint16_t *host = malloc(bytes);
    void *made = NULL;
    uint32_t state = 12345;
    if (host == NULL) {
        check(nova_fail(NOVA_OUT_OF_MEMORY, "no memory for operands"));
        return NULL;
    }
    for (size_t i = 0; i < bytes / 2; ++i) {
        state = state * 1664525U + 1013904223U;
        host[i] = nova_f16_from_float((float)(state >> 8) / (1 << 23) - 1.0F);
    }
    CUDA(cudaMalloc(&made, bytes));
    CUDA(cudaMemcpy(made, host, bytes, cudaMemcpyHostToDevice));
    free(host);
    return made;
}

static void *copy_of(const void *data, size_t bytes) {
    void *made = NULL;
    CUDA(cudaMalloc(&made, bytes));
    CUDA(cudaMemcpy(made, data, bytes, cudaMemcpyDeviceToDevice));
    return made;
}

static void open_layer(layer *it, const nova_conv_desc *desc, const nova_plan_options *options) {
    const size_t x = (size_t)(desc->n * desc->c * desc->h * desc->w) * 2;
    const size_t count = (size_t)(desc->k * desc->c * desc->r * desc->s);
    float *weights = malloc(count * sizeof *weights);
    *it = (layer){.outputs = (size_t)(desc->n * desc->k * desc->h * desc->w)};
    if (weights == NULL) {
        check(nova_fail(NOVA_OUT_OF_MEMORY, "no memory for weights"));
        return;
    }
    for (size_t i = 0; i < count; ++i) {
        weights[i] = (float)((int)(i * 2654435761U % 2001) - 1000) / 32000;
    }
    check(nova_cuda_plan_create(desc, options, 0, &it->plan));
    check(nova_cuda_filter_create(it->plan, weights, NOVA_F32, &it->filter));
    free(weights);
    it->sets = (int)NOVA_MIN((size_t)MOST_SETS, 1 + ROTATED / (x + 2 * it->outputs));
    for (int i = 0; i < it->sets; ++i) {
        it->x[i] = i == 0 ? random_halves(x) : copy_of(it->x[0], x);
        CUDA(cudaMalloc(&it->y[i], 2 * it->outputs));
    }
    it->workspace = random_halves(NOVA_MAX(it->plan->plan.engine.workspace_bytes, (size_t)256));
}

static void close_layer(layer *it) {
    for (int i = 0; i < it->sets; ++i) {
        CUDA(cudaFree(it->x[i]));
        CUDA(cudaFree(it->y[i]));
    }
    CUDA(cudaFree(it->workspace));
    nova_cuda_filter_destroy(it->filter);
    nova_cuda_plan_destroy(it->plan);
}

/* The output, as binary32; null of large ones and of Winograd's products. */
static float *read_output(const layer *it) {
    enum { LARGEST = 2000000 };
    if (it->outputs > LARGEST || it->plan->plan.engine.algorithm != NOVA_ALGORITHM_DIRECT) {
        return NULL;
    }
    uint16_t *halves = malloc(2 * it->outputs);
    float *values = malloc(it->outputs * sizeof *values);
    if (halves == NULL || values == NULL) {
        free(halves);
        free(values);
        check(nova_fail(NOVA_OUT_OF_MEMORY, "no memory for an output"));
        return NULL;
    }
    CUDA(cudaMemset(it->y[0], 0xff, 2 * it->outputs)); /* NaN */
    check(enqueue((void *)it, 0, NULL));
    CUDA(cudaMemcpy(halves, it->y[0], 2 * it->outputs, cudaMemcpyDeviceToHost));
    nova_convert_to_float(values, halves, NOVA_F16, it->outputs);
    free(halves);
    return values;
}

static double difference(const float *a, const float *b, size_t count) {
    double sum = 0, total = 0;
    for (size_t i = 0; a != NULL && b != NULL && i < count; ++i) {
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        total += (double)b[i] * (double)b[i];
    }
    return total > 0 ? sqrt(sum / total) : 0;
}

static void take_kind(layer *it, const kind *one) {
    nova_gpu_engine *engine = &it->plan->plan.engine;
    engine->small = one->small;
    engine->resident = one->resident;
    engine->grid = one->grid;
}

/* All kinds take turns: a device that was busy with another runs at other clocks. */
static void time_kinds(layer *it, kinds *list) {
    for (int i = 0; i < list->count; ++i) {
        take_kind(it, &list->items[i]);
        check(replay_open(&list->items[i].graph, enqueue, it, CALLS));
    }
    for (int round = -2; round < REPLAYS; ++round) {
        for (int i = 0; i < list->count; ++i) {
            kind *one = &list->items[i];
            check(replay_once(&one->graph, &one->times[round < 0 ? 0 : round]));
        }
    }
    for (int i = 0; i < list->count; ++i) {
        kind *one = &list->items[i];
        one->measured = replay_median_of(one->times, REPLAYS);
        replay_close(&one->graph);
    }
}

static void print_kind(layer *it, const kind *one, float **first) {
    static const char *const sharing[] = {"", " pixels shared", " filter shared"};
    const nova_gpu_grid *grid = &one->grid;
    const nova_gpu_resident *resident = &one->resident;
    take_kind(it, one);
    float *values = read_output(it);
    const double off = difference(values, *first, it->outputs);
    if (one->small) {
        printf("    resident %3d x %3d, splits %d, box %dx%d, units %d", resident->channels,
               resident->groups * NOVA_GPU_RESIDENT_PIXELS, resident->splits, resident->box_w,
               resident->box_h, nova_gpu_resident_units(resident));
    } else {
        printf("    %s %3d x %3d%s, splits %d, box %dx%dx%d, units %d",
               grid->halo    ? "halo    "
               : grid->turns ? "in turn "
                             : "together",
               grid->block_channels, nova_gpu_block_pixels(grid), sharing[grid->sharing],
               grid->splits, grid->box_w, grid->box_h, grid->box_n, nova_gpu_units(grid));
    }
    printf(": predicted %.1f, %.1f us, difference %.1e\n", 1e6 * one->predicted,
           1e6 * one->measured, off);
    if (*first == NULL) {
        *first = values;
    } else {
        free(values);
    }
}

static void time_layer(const char *name, const nova_conv_desc *desc,
                       const nova_plan_options *options) {
    layer it;
    kinds list = {.count = 0};
    open_layer(&it, desc, options);
    const nova_gpu_engine *engine = &it.plan->plan.engine;
    const nova_gpu_machine *machine = &it.plan->machine;
    const bool direct = engine->algorithm == NOVA_ALGORITHM_DIRECT;
    if (engine->grid.kind != NOVA_GPU_BLOCKS) {
        printf("%s: few channels, which have a kernel of their own\n", name);
        close_layer(&it);
        return;
    }
    list.launch = machine->launch_seconds;
    nova_gpu_grid_each(&engine->grid, machine, direct, false, keep_grid, &list);
    if (direct) {
        const nova_shape staged = nova_gpu_staged_shape(engine);
        nova_gpu_resident_each(&staged, machine, keep_resident, &list);
    }
    printf("%s %s %dx%d, %d steps; clusters of 2, 4, 8: %d %d %d\n", name,
           direct ? "direct" : "products of", engine->tile.tile_h, engine->tile.tile_w,
           nova_gpu_steps(&engine->grid), machine->clusters[2], machine->clusters[4],
           machine->clusters[8]);
    drop_slow(&list);
    time_kinds(&it, &list);
    float *first = NULL;
    int best = 0, chosen = 0;
    for (int i = 0; i < list.count; ++i) {
        print_kind(&it, &list.items[i], &first);
        best = list.items[i].measured < list.items[best].measured ? i : best;
        chosen = list.items[i].predicted < list.items[chosen].predicted ? i : chosen;
    }
    int rank = 1;
    for (int i = 0; i < list.count; ++i) {
        rank += list.items[i].measured < list.items[chosen].measured;
    }
    printf("%s: the model's choice takes %.1f us (predicted %.1f) and is number %d of %d; the best "
           "takes %.1f\n",
           name, 1e6 * list.items[chosen].measured, 1e6 * list.items[chosen].predicted, rank,
           list.count, 1e6 * list.items[best].measured);
    free(first);
    close_layer(&it);
}

/* ---- all */

static bool is_in_list(const char *list, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length) {
        const bool starts = at == list || at[-1] == ',';
        if (starts && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static void time_algorithms(const char *name, const nova_conv_desc *desc, const char *algorithms) {
    char copy[256], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", algorithms);
    for (char *word = strtok_r(copy, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.max_error = 0.5;
        options.algorithm = NOVA_ALGORITHM_DIRECT;
        if (strcmp(word, "direct") != 0) {
            char *end;
            options.algorithm = NOVA_ALGORITHM_WINOGRAD;
            options.arith = NOVA_ARITH_F16;
            options.tile_h = (int)strtol(word, &end, 10);
            options.tile_w = *end == 'x' ? (int)strtol(end + 1, NULL, 10) : options.tile_h;
        }
        time_layer(name, desc, &options);
    }
}

int main(int argc, char **argv) {
    const char *families = argc > 2 ? argv[2] : "all", *algorithms = argc > 3 ? argv[3] : "direct";
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    char line[256], family[32], name[32], full[80];
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was done before a failure is seen */
    if (file == NULL) {
        fprintf(stderr, "usage: nova-gpu-products LAYERS [FAMILIES [ALGORITHMS]]\n");
        return 2;
    }
    while (fgets(line, sizeof line, file)) {
        nova_conv_desc desc;
        long long n, c, k, h;
        if (line[0] == '#' ||
            sscanf(line, "%31s %31s %lld %lld %lld %lld", family, name, &n, &c, &k, &h) != 6 ||
            (strcmp(families, "all") != 0 && !is_in_list(families, family))) {
            continue;
        }
        nova_conv_desc_init(&desc);
        desc.n = n, desc.c = c, desc.k = k, desc.h = desc.w = h;
        desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1;
        desc.dtype = NOVA_F16;
        desc.layout = NOVA_NHWC;
        snprintf(full, sizeof full, "%s %s", family, name);
        time_algorithms(full, &desc, algorithms);
    }
    fclose(file);
    return 0;
}
