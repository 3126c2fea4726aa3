/*
 * input.c - the input transform: tiles are read where they lie or gathered into a zero-padded
 * patch, brought through two passes of codelets, and stored position by position.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/stages.h"
#include "runtime/runtime.h"

nova_tile_run nova_next_run(const nova_engine *engine, nova_range tiles, int done) {
    const int64_t tile = tiles.first + done;
    const int64_t per_image = engine->tiles_h * engine->tiles_w;
    const int64_t in_image = tile % per_image, col = in_image % engine->tiles_w;
    const int64_t left = NOVA_MIN(tiles.last - tile, engine->tiles_w - col);
    return (nova_tile_run){.image = tile / per_image,
                           .row = in_image / engine->tiles_w * engine->tile_h,
                           .col = col * engine->tile_w,
                           .first = done,
                           .count = (int)NOVA_MIN(left, (int64_t)engine->run_tiles)};
}

/* Where the input of tiles lies: a gathered patch, or the image itself. Strides count floats. */
typedef struct tile_source {
    const float *data; /* top left of the first tile, first channel of the group */
    ptrdiff_t row, col;
} tile_source;

/* Two passes over one tile; one if the other dimension copies. Writes one vector per position. */
static void transform_input(const nova_engine *engine, const float *data, const tile_source *source,
                            float *scratch, float *out, ptrdiff_t out_position) {
    const int lanes = engine->kernels->lanes;
    const nova_stage *h = &engine->input_h, *w = &engine->input_w;
    const ptrdiff_t out_row = engine->products_w * out_position;
    if (h->identity) {
        w->pass(data, source->col, source->row, out, out_position, out_row, h->columns, w->coefs);
        return;
    }
    if (w->identity) {
        h->pass(data, source->row, source->col, out, out_row, out_position, w->columns, h->coefs);
        return;
    }
    const ptrdiff_t row = (ptrdiff_t)w->rows * lanes;
    w->pass(data, source->col, source->row, scratch, lanes, row, h->columns, w->coefs);
    h->pass(scratch, row, lanes, out, out_row, out_position, w->rows, h->coefs);
}

/* `pad`: the pair group ends with this channel group. */
static void input_tile(const nova_engine *engine, const float *data, const tile_source *source,
                       float *scratch, const nova_v_view *view, float *v, bool pad) {
    const nova_cpu_kernels *kernels = engine->kernels;
    if (engine->parts == 0 && engine->uv_type == NOVA_F32 && !engine->scaled) {
        transform_input(engine, data, source, scratch, v, view->position);
        return;
    }
    float *exact =
        scratch + engine->scratch_size - (size_t)engine->positions * (size_t)kernels->lanes;
    transform_input(engine, data, source, scratch, exact, kernels->lanes);
    if (engine->parts > 0) {
        kernels->split(exact, kernels->lanes, v, view->position, view->part, engine->parts,
                       engine->positions, pad);
        return;
    }
    kernels->round[engine->uv_type](exact, kernels->lanes, v, view->position, engine->positions,
                                    engine->scaled ? engine->v_scale : NULL, NULL);
}

static bool inside_image(const nova_window *window) {
    return window->row >= 0 && window->col >= 0 && window->row + window->rows <= window->height &&
           window->col + window->cols <= window->width;
}

/* Channel-last binary32 is read where it is, away from the edges; all else is gathered. */
static tile_source open_source(const nova_engine *engine, const void *image,
                               const nova_window *window, float *patch) {
    const nova_shape *shape = &engine->shape;
    const ptrdiff_t lanes = engine->kernels->lanes;
    if (shape->layout == NOVA_NHWC && shape->dtype == NOVA_F32 && inside_image(window) &&
        window->channel + lanes <= window->channels) {
        const int64_t pixel = window->row * window->width + window->col;
        return (tile_source){(const float *)image + pixel * window->channels + window->channel,
                             (ptrdiff_t)(window->width * window->channels),
                             (ptrdiff_t)window->channels};
    }
    engine->kernels->gather[shape->layout][shape->dtype](image, window, (int)lanes, patch);
    return (tile_source){patch, window->cols * lanes, lanes};
}

/* Where the first tile's vector of a channel group goes: half a vector of words to a group. */
static float *group_start(const nova_engine *engine, const nova_v_view *v, int64_t group) {
    if (engine->parts == 0)
        return v->data + group * v->group;
    return v->data + group / 2 * v->group + group % 2 * (engine->kernels->lanes / 2);
}

static nova_window window_of(const nova_engine *engine, const nova_tile_run *run) {
    const nova_shape *shape = &engine->shape;
    return (nova_window){.channels = shape->c,
                         .height = shape->h,
                         .width = shape->w,
                         .row = run->row - shape->pad_top,
                         .col = run->col - shape->pad_left,
                         .rows = engine->inputs_h,
                         .cols = (run->count - 1) * engine->tile_w + engine->inputs_w};
}

/* The run that is transformed after the present one, so that it is on its way by then. */
typedef struct preview {
    const char *image; /* null: there is none, or it is not asked for */
    nova_window window;
} preview;

static preview preview_of(const nova_engine *engine, const nova_tensors *tensors, size_t image,
                          nova_range tiles, int done) {
    if (!engine->preview || done >= tiles.last - tiles.first)
        return (preview){.image = NULL};
    const nova_tile_run run = nova_next_run(engine, tiles, done);
    return (preview){(const char *)tensors->x + (size_t)run.image * image, window_of(engine, &run)};
}

/* Asks for part `part` of `parts` of the rows of a preview: one line of every pixel, channel-last.
 */
static void ask_for(const nova_engine *engine, const preview *next, int part, int parts) {
    if (!next->image)
        return;
    const nova_window *w = &next->window;
    const int64_t size = (int64_t)nova_dtype_size(engine->shape.dtype);
    const int64_t first_col = NOVA_MAX(w->col, (int64_t)0);
    const int64_t last_col = NOVA_MIN(w->col + w->cols, w->width);
    const int64_t first_row = NOVA_MAX(w->row + w->rows * part / parts, (int64_t)0);
    const int64_t last_row = NOVA_MIN(w->row + w->rows * (part + 1) / parts, w->height);
    for (int64_t i = first_row; i < last_row; i++)
        for (int64_t j = first_col; j < last_col; j++)
            __builtin_prefetch(next->image + ((i * w->width + j) * w->channels + w->channel) * size,
                               0, 2);
}

/* V of a tile that is written next, or after the next run: a line for each position, and part. */
static void ask_for_v(const nova_engine *engine, const nova_v_view *v, const float *tile) {
    for (int q = 0; q < NOVA_MAX(engine->parts, 1); q++)
        for (int p = 0; p < engine->positions; p++)
            __builtin_prefetch(tile + q * v->part + p * v->position, 1, 3);
}

/* Channel groups that are transformed together: the two of a pair group, which share the lines of
 * V.
 */
static int groups_together(const nova_engine *engine) {
    return engine->parts > 0 ? 2 : 1;
}

/* Channel groups [group, group + count) of a run. */
static void input_run(const nova_engine *engine, const char *image, const nova_tile_run *run,
                      preview *next, int64_t group, int count, const nova_scratch *scratch,
                      const nova_v_view *v, float *to[2]) {
    const ptrdiff_t lanes = engine->kernels->lanes;
    const ptrdiff_t patch = (ptrdiff_t)engine->patch_size / groups_together(engine);
    nova_window window = window_of(engine, run);
    tile_source source[2];
    for (int i = 0; i < count; i++) {
        window.channel = (group + i) * lanes;
        source[i] = open_source(engine, image, &window, scratch->patch + i * patch);
    }
    for (int t = 0; t < run->count; t++) {
        if (engine->far_block || engine->far_operands)
            ask_for_v(engine, v, to[0] + (t + 1) * v->tile);
        for (int i = 0; i < count; i++) {
            const bool pad = (group + i) % 2 == 0 && group + i + 1 == engine->groups;
            next->window.channel = (group + i) * lanes;
            ask_for(engine, next, t, run->count);
            input_tile(engine, source[i].data + t * engine->tile_w * source[i].col, &source[i],
                       scratch->scratch, v, to[i] + t * v->tile, pad);
        }
    }
}

void nova_stage_input(const nova_engine *engine, const nova_tensors *tensors, nova_range tiles,
                      nova_range groups, const nova_scratch *scratch, const nova_v_view *v) {
    const nova_shape *shape = &engine->shape;
    const size_t image = (size_t)(shape->c * shape->h * shape->w) * nova_dtype_size(shape->dtype);
    const int count = (int)(tiles.last - tiles.first), together = groups_together(engine);
    nova_tile_run run;
    for (int done = 0; done < count; done += run.count) {
        run = nova_next_run(engine, tiles, done);
        preview next = preview_of(engine, tensors, image, tiles, done + run.count);
        for (int64_t group = groups.first; group < groups.last; group += together) {
            const int width = (int)NOVA_MIN((int64_t)together, groups.last - group);
            float *to[2];
            for (int i = 0; i < width; i++)
                to[i] = group_start(engine, v, group + i - groups.first) + run.first * v->tile;
            input_run(engine, (const char *)tensors->x + (size_t)run.image * image, &run, &next,
                      group, width, scratch, v, to);
        }
    }
}
