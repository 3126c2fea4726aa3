/*
 * pair_patch.c - the input of direct convolution by products of pairs: a block of the image with
 * what surrounds it, zero-padded, in bfloat16 parts.
 *
 * Patch: [part][pair group][row][column][word]. Where a few channels would leave most of a pair
 * group empty the taps are folded into it: a pixel of the patch is then an output pixel, with the
 * channels of all its taps, [part][row][column][pair group][word].
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cpu/direct.h"
#include "runtime/runtime.h"

enum { COPY_BYTES = 16 /* what is copied at a time; a part of every pair group */ };

/* A row of the patch of a channel-first image: gathered in binary32 a vector of channels at a time,
   and split while it is in the first-level cache. */
static void split_row(const nova_engine *engine, const void *image, nova_window window,
                      float *patch, float *words) {
    const nova_cpu_kernels *kernels = engine->kernels;
    const nova_shape *shape = &engine->shape;
    const int lanes = kernels->lanes;
    for (int64_t group = 0; group < engine->groups; group++) {
        window.channel = group * lanes;
        kernels->gather[shape->layout][shape->dtype](image, &window, lanes, patch);
        kernels->split(patch, lanes, words + group / 2 * engine->v_position + group % 2 * lanes / 2,
                       lanes, engine->v_part, engine->parts, window.cols,
                       group % 2 == 0 && group + 1 == engine->groups);
    }
}

/* `bytes`, a multiple of COPY_BYTES; inlined, unlike memcpy() of a size that varies. */
static inline void copy_blocks(void *to, const void *from, int bytes) {
    for (int i = 0; i < bytes; i += COPY_BYTES)
        memcpy((char *)to + i, (const char *)from + i, COPY_BYTES);
}

/* A pair group; the usual one without a loop. */
static inline void copy_group(float *to, const uint16_t *from, int lanes) {
    if (lanes == NOVA_MAX_LANES)
        memcpy(to, from, NOVA_MAX_LANES * sizeof *to);
    else
        copy_blocks(to, from, lanes * (int)sizeof *to);
}

/* The first and the last `n` of `bytes`. */
static inline void copy_ends(char *to, const char *from, size_t bytes, size_t n) {
    memcpy(to, from, n);
    memcpy(to + bytes - n, from + bytes - n, n);
}

/* The channels that are left of a pixel, then zeros to the end of the pair group. Without calls of
   memcpy() and memset(), which take longer than the products of a few channels. */
static inline void copy_rest(float *to, const uint16_t *from, size_t bytes, int lanes) {
    char *last = (char *)to;
    const char *rest = (const char *)from;
    if (lanes == NOVA_MAX_LANES)
        memset(last, 0, NOVA_MAX_LANES * sizeof *to);
    else
        memset(last, 0, (size_t)lanes * sizeof *to);
    if (bytes >= 32)
        copy_ends(last, rest, bytes, 32);
    else if (bytes >= 16)
        copy_ends(last, rest, bytes, 16);
    else if (bytes >= 8)
        copy_ends(last, rest, bytes, 8);
    else if (bytes >= 4)
        copy_ends(last, rest, bytes, 4);
    else
        copy_ends(last, rest, bytes, sizeof *from);
}

/* Channel-last bfloat16 in one part is there already. */
static void copy_pixels(const nova_engine *engine, const uint16_t *image, int pixels,
                        float *words) {
    const int lanes = engine->kernels->lanes, width = 2 * lanes;
    const int channels = (int)engine->shape.c, whole = channels / width;
    const size_t rest = (size_t)(channels - whole * width) * sizeof *image;
    for (int j = 0; j < pixels; j++, words += lanes, image += channels) {
        for (int g = 0; g < whole; g++)
            copy_group(words + g * engine->v_position, image + g * width, lanes);
        if (rest > 0)
            copy_rest(words + whole * engine->v_position, image + whole * width, rest, lanes);
    }
}

static void clear_pixels(const nova_engine *engine, float *words, int64_t from, int64_t to) {
    const int64_t lanes = engine->kernels->lanes;
    for (int q = 0; q < engine->parts; q++)
        for (int64_t g = 0; g < engine->pair_groups && from < to; g++)
            memset(words + q * engine->v_part + g * engine->v_position + from * lanes, 0,
                   (size_t)((to - from) * lanes) * sizeof *words);
}

/* A row of the patch of a channel-last image, pixel by pixel as they lie. */
static void pack_row(const nova_engine *engine, const void *image, const nova_window *window,
                     float *words) {
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, cols = window->cols;
    const bool inside = window->row >= 0 && window->row < window->height;
    int64_t first = NOVA_MIN(NOVA_MAX(-window->col, (int64_t)0), cols);
    int64_t last = NOVA_MAX(NOVA_MIN(window->width - window->col, cols), first);
    if (!inside)
        first = last = cols;
    clear_pixels(engine, words, 0, first);
    clear_pixels(engine, words, last, cols);
    if (first == last)
        return;
    const int64_t pixel = window->row * window->width + window->col + first;
    const char *from =
        (const char *)image + (size_t)(pixel * shape->c) * nova_dtype_size(shape->dtype);
    if (shape->dtype == NOVA_BF16 && engine->parts == 1)
        copy_pixels(engine, (const uint16_t *)(const void *)from, (int)(last - first),
                    words + first * lanes);
    else
        engine->kernels->pack[shape->dtype](from, shape->c, (int)(last - first), engine->parts,
                                            words + first * lanes, lanes, engine->v_position,
                                            engine->v_part);
}

static void plain_patch(const nova_engine *engine, const void *image, nova_window window,
                        const nova_scratch *scratch, float *words) {
    const int64_t lanes = engine->kernels->lanes, pitch = engine->patch_cols;
    const int rows = window.rows;
    window.rows = 1;
    window.cols = (int)pitch;
    for (int i = 0; i < rows; i++, window.row++, words += pitch * lanes) {
        if (engine->shape.layout == NOVA_NHWC)
            pack_row(engine, image, &window, words);
        else
            split_row(engine, image, window, scratch->patch, words);
    }
    clear_pixels(engine, words, 0, nova_pair_patch_tail(engine));
}

/* ---------------------------------------------------------------- folded taps */

/* Floats of a row of the input in one part, pixels without gaps, in whole vectors of the kernels
   and with room to read beyond its end. */
static int64_t row_floats(const nova_engine *engine) {
    const int64_t lanes = engine->kernels->lanes;
    const int64_t values = (engine->block_cols + engine->shape.s - 1) * engine->shape.c;
    return ((values + lanes - 1) / lanes + 1) * lanes / 2 + COPY_BYTES / (int64_t)sizeof(float);
}

/* One row of output pixels of one part. `rows`: the rows of the input that its taps read. What is
   copied beyond a row of taps is written over by the next one, and by the zeros that end a pixel.
 */
static inline void fold_row(const char *const *rows, int taps_h, int tap_bytes, int pixel_bytes,
                            int step_bytes, int cols, char *to) {
    const int blocks = (tap_bytes + COPY_BYTES - 1) / COPY_BYTES * COPY_BYTES;
    for (int j = 0; j < cols; j++, to += pixel_bytes) {
        for (int u = 0; u < taps_h; u++)
            copy_blocks(to + u * tap_bytes, rows[u] + j * step_bytes, blocks);
        for (int i = taps_h * tap_bytes; i < pixel_bytes; i += COPY_BYTES)
            memset(to + i, 0, COPY_BYTES);
    }
}

static void fold_part(const nova_engine *engine, const float *compact, int first_row, int rows,
                      int cols, float *words) {
    const nova_shape *shape = &engine->shape;
    const int r = (int)shape->r, size = (int)sizeof(uint16_t);
    const int step = (int)shape->c * size, taps = (int)shape->s * step;
    const int pixel = engine->pitch * (int)sizeof(float);
    const char *from[NOVA_MAX_TAPS];
    for (int u = 0; u < r; u++)
        from[u] = (const char *)(compact + (first_row + u) % r * row_floats(engine));
    char *to = (char *)(words + (ptrdiff_t)rows * engine->patch_cols * engine->pitch);
    if (r == 3 && taps == 18) /* colour images: the loops over taps disappear */
        fold_row(from, 3, 18, pixel, step, cols, to);
    else
        fold_row(from, r, taps, pixel, step, cols, to);
}

/* The rows of the input go around in a buffer of as many as the filter has. */
static void folded_patch(const nova_engine *engine, const void *image, nova_window window,
                         const nova_scratch *scratch, float *words) {
    const nova_cpu_kernels *kernels = engine->kernels;
    const nova_shape *shape = &engine->shape;
    const int lanes = kernels->lanes, r = (int)shape->r, rows = window.rows;
    const int values = window.cols * (int)shape->c;
    const ptrdiff_t part = (ptrdiff_t)(r * row_floats(engine));
    window.rows = 1;
    for (int i = 0; i < rows; i++, window.row++) {
        kernels->gather[shape->layout][shape->dtype](image, &window, (int)shape->c, scratch->patch);
        kernels->split(scratch->patch, lanes, scratch->scratch + i % r * row_floats(engine),
                       lanes / 2, part, engine->parts, (values + lanes - 1) / lanes, 0);
        for (int q = 0; q < engine->parts && i + 1 >= r; q++)
            fold_part(engine, scratch->scratch + q * part, i + 1 - r, i + 1 - r,
                      (int)engine->block_cols, words + q * engine->v_part);
    }
}

/* ---------------------------------------------------------------- both */

bool nova_pair_patch_folds(const nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    return engine->kernels->pairs->unit > 0 && shape->c <= engine->kernels->lanes &&
           shape->r * shape->s > 1;
}

int64_t nova_pair_patch_tail(const nova_engine *engine) {
    return engine->folded ? 0 : engine->block_cols + engine->shape.s - 1 - engine->patch_cols;
}

nova_status nova_pair_patch_size(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes;
    const int64_t spare = engine->kernels->pairs->row_multiple; /* read, and not used */
    const int64_t rows = engine->block_rows + (engine->folded ? 0 : shape->r - 1);
    const int64_t pixels = rows * engine->patch_cols + nova_pair_patch_tail(engine) + spare;
    const int64_t gathered = NOVA_MAX(engine->patch_cols, engine->block_cols + shape->s - 1);
    engine->v_position = (ptrdiff_t)(engine->folded ? lanes : pixels * lanes);
    engine->v_part = (ptrdiff_t)(pixels * engine->pair_groups * lanes);
    engine->patch_size = (size_t)((gathered + 1) * lanes);
    engine->scratch_size =
        engine->folded ? (size_t)(engine->parts * shape->r * row_floats(engine)) : 0;
    if (!nova_size_mul((size_t)engine->v_part, (size_t)engine->parts, &engine->v_size))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace does not fit in memory");
    return NOVA_OK;
}

void nova_pair_patch(const nova_job *job, const nova_pixel_block *block, nova_buffers *buffers) {
    const nova_engine *engine = job->engine;
    const nova_shape *shape = &engine->shape;
    const size_t size = (size_t)(shape->c * shape->h * shape->w) * nova_dtype_size(shape->dtype);
    const char *image = (const char *)job->tensors->x + (size_t)block->image * size;
    nova_window window = nova_direct_source(engine, block);
    window.channel = 0;
    if (engine->folded)
        folded_patch(engine, image, window, &buffers->scratch, buffers->v);
    else
        plain_patch(engine, image, window, &buffers->scratch, buffers->v);
}
