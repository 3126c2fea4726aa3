/*
 * winograd.c - blocked Winograd: for a block of tiles the input transform, then for every k_block
 * of output channels the products of all positions and the output transform with its epilogue.
 * V and M of a block stay in the cache; packed filters are streamed.
 *
 * V: [position][channel group][tile of the block][lane]
 * M: [position][output vector of the k_block][tile of the block][lane]
 *
 * Values of V and M are binary32 in memory; an arithmetic with narrower storage rounds them
 * through that type, since this engine has no narrower multiplier to feed. Packed filters are
 * stored in the narrow type.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "cpu/engine.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- set-up */

nova_status nova_binding_init(nova_binding *binding, const nova_transform *transform) {
    binding->transform = transform;
    if (!nova_codelet_bind(transform, NOVA_MAP_INPUT, &binding->input) ||
        !nova_codelet_bind(transform, NOVA_MAP_OUTPUT, &binding->output))
        return nova_fail(NOVA_NOT_ELIGIBLE, "no codelet computes F(%d,%d) with the points %s",
                         transform->m, transform->r, transform->points);
    return NOVA_OK;
}

static void init_stage(nova_stage *stage, const nova_cpu_kernels *kernels,
                       const nova_bound_codelet *bound) {
    stage->pass = kernels->pass[bound->codelet->index];
    stage->rows = bound->codelet->rows;
    stage->columns = bound->codelet->columns;
    stage->ops = bound->codelet->op_count;
    stage->identity = stage->ops == 0 && stage->rows == stage->columns;
    for (int i = 0; i < bound->codelet->coef_count; i++)
        stage->coefs[i] = (float)bound->coefs[i];
}

/* As many tiles as keep V in half of the cache, but at least one register block of them. A third
   more is better than a small block left over; then all blocks are made equally large, and as many
   for every thread. */
static int choose_block_tiles(const nova_engine *engine) {
    const int64_t rows = engine->kernels->max_rows, threads = engine->threads;
    const size_t per_tile = (size_t)engine->positions * (size_t)engine->groups *
                            (size_t)engine->kernels->lanes * sizeof(float);
    const int64_t cached = (int64_t)(nova_cache_bytes() / 2 / per_tile) / rows * rows;
    const int64_t usual = NOVA_MAX(NOVA_MIN(cached, 8 * rows), rows), most = usual + usual / 3;
    int64_t blocks = (engine->tiles + most - 1) / most;
    if (engine->tiles >= threads * rows)
        blocks = (blocks + threads - 1) / threads * threads;
    return (int)((engine->tiles + blocks - 1) / blocks);
}

/* As many output vectors as keep M in a quarter of the cache, in whole panels. */
static int64_t choose_k_block(const nova_engine *engine) {
    const int64_t panel = engine->kernels->panel_vectors;
    const size_t per_vector = (size_t)engine->positions * (size_t)engine->block_tiles *
                              (size_t)engine->kernels->lanes * sizeof(float);
    const int64_t vectors = (int64_t)(nova_cache_bytes() / 4 / per_vector) / panel * panel;
    return NOVA_MIN(NOVA_MAX(vectors, panel), engine->out_vectors);
}

/* Vectors from one position to the next. An odd number: the transforms write and read all positions
   of a tile together, and with a power of two they would fall into the same few sets of a cache. */
static ptrdiff_t position_stride(const nova_engine *engine, int64_t vectors) {
    return (ptrdiff_t)((vectors | 1) * engine->kernels->lanes);
}

static void choose_blocking(nova_engine *engine) {
    const int64_t lanes = engine->kernels->lanes;
    engine->run_tiles = (int)NOVA_MIN((int64_t)4, engine->tiles_w);
    engine->block_tiles = choose_block_tiles(engine);
    engine->blocks = (engine->tiles + engine->block_tiles - 1) / engine->block_tiles;
    engine->k_block = choose_k_block(engine);
    engine->v_position = position_stride(engine, engine->groups * engine->block_tiles);
    engine->m_position = position_stride(engine, engine->k_block * engine->block_tiles);
    const int cols = (engine->run_tiles - 1) * engine->tile_w + engine->inputs_w;
    const int scratch =
        NOVA_MAX(engine->inputs_h * engine->products_w, engine->products_h * engine->tile_w);
    engine->patch_size = (size_t)(engine->inputs_h * cols * lanes);
    engine->scratch_size = (size_t)((scratch + engine->positions) * lanes);
    engine->strip_size = (size_t)(engine->tile_h * engine->tile_w * engine->run_tiles * lanes);
    for (int q = 0; q < NOVA_MAX_SEGMENTS; q++)
        engine->segments[q] = (ptrdiff_t)q * engine->block_tiles * lanes;
}

static nova_status size_buffers(nova_engine *engine) {
    const size_t width = engine->uv_type == NOVA_F32 ? 4 : 2;
    size_t weights;
    if (!nova_size_mul((size_t)engine->positions, (size_t)engine->v_position, &engine->v_size) ||
        !nova_size_mul((size_t)engine->positions, (size_t)engine->m_position, &engine->m_size) ||
        !nova_size_mul((size_t)engine->out_vectors * (size_t)engine->kernels->lanes,
                       (size_t)engine->shape.c, &weights) ||
        !nova_size_mul(weights, (size_t)engine->positions * width, &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    return NOVA_OK;
}

static void set_scaling(nova_engine *engine, const nova_scaling *h, const nova_scaling *w) {
    engine->scaled = h && w;
    for (int i = 0; engine->scaled && i < engine->products_h; i++)
        for (int j = 0; j < engine->products_w; j++)
            engine->v_scale[i * engine->products_w + j] =
                (float)ldexp(1.0, h->input[i] + w->input[j]);
}

nova_status nova_engine_init_winograd(nova_engine *engine, const nova_cpu_kernels *kernels,
                                      const nova_shape *shape, const nova_binding *binding_h,
                                      const nova_binding *binding_w, const nova_scaling *scaling_h,
                                      const nova_scaling *scaling_w, nova_arith arith,
                                      int threads) {
    memset(engine, 0, sizeof *engine);
    engine->algorithm = NOVA_ALGORITHM_WINOGRAD;
    engine->kernels = kernels;
    engine->shape = *shape;
    engine->threads = threads;
    engine->uv_type = nova_arith_uv_type(arith);
    engine->m_type = nova_arith_m_type(arith);
    const nova_transform *h = binding_h->transform, *w = binding_w->transform;
    init_stage(&engine->input_h, kernels, &binding_h->input);
    init_stage(&engine->input_w, kernels, &binding_w->input);
    init_stage(&engine->output_h, kernels, &binding_h->output);
    init_stage(&engine->output_w, kernels, &binding_w->output);
    engine->tile_h = h->m;
    engine->tile_w = w->m;
    engine->inputs_h = h->inputs;
    engine->inputs_w = w->inputs;
    engine->products_h = h->products;
    engine->products_w = w->products;
    engine->positions = h->products * w->products;
    set_scaling(engine, scaling_h, scaling_w);
    engine->groups = (shape->c + kernels->lanes - 1) / kernels->lanes;
    engine->out_vectors = (shape->k + kernels->lanes - 1) / kernels->lanes;
    engine->tiles_h = (shape->out_h + h->m - 1) / h->m;
    engine->tiles_w = (shape->out_w + w->m - 1) / w->m;
    engine->tiles = shape->n * engine->tiles_h * engine->tiles_w;
    choose_blocking(engine);
    const nova_status status = size_buffers(engine);
    return status == NOVA_OK ? nova_engine_finish(engine) : status;
}

/* ---------------------------------------------------------------- runs of tiles */

/* Consecutive tiles of one tile row: they share a gathered patch. */
typedef struct tile_run {
    int64_t image, row, col; /* image; top-left output pixel */
    int first, count;        /* tiles, counted within the block */
} tile_run;

static tile_run next_run(const nova_engine *engine, int64_t block_first, int done, int in_block) {
    const int64_t tile = block_first + done;
    const int64_t per_image = engine->tiles_h * engine->tiles_w;
    const int64_t in_image = tile % per_image, col = in_image % engine->tiles_w;
    const int64_t left = NOVA_MIN((int64_t)(in_block - done), engine->tiles_w - col);
    return (tile_run){.image = tile / per_image,
                      .row = in_image / engine->tiles_w * engine->tile_h,
                      .col = col * engine->tile_w,
                      .first = done,
                      .count = (int)NOVA_MIN(left, (int64_t)engine->run_tiles)};
}

static size_t image_bytes(const nova_engine *engine, int64_t channels, int64_t h, int64_t w) {
    return (size_t)(channels * h * w) * nova_dtype_size(engine->shape.dtype);
}

/* ---------------------------------------------------------------- input transform */

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

static void input_tile(const nova_engine *engine, const float *data, const tile_source *source,
                       const nova_buffers *buffers, float *v) {
    const nova_cpu_kernels *kernels = engine->kernels;
    if (engine->uv_type == NOVA_F32 && !engine->scaled) {
        transform_input(engine, data, source, buffers->scratch, v, engine->v_position);
        return;
    }
    float *exact = buffers->scratch + engine->scratch_size -
                   (size_t)engine->positions * (size_t)kernels->lanes;
    transform_input(engine, data, source, buffers->scratch, exact, kernels->lanes);
    kernels->round[engine->uv_type](exact, kernels->lanes, v, engine->v_position, engine->positions,
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
    engine->kernels->gather[shape->layout][shape->dtype](image, window, patch);
    return (tile_source){patch, window->cols * lanes, lanes};
}

static void input_block(const nova_engine *engine, const nova_tensors *tensors,
                        const nova_buffers *buffers, int64_t block_first, int in_block) {
    const nova_shape *shape = &engine->shape;
    const ptrdiff_t lanes = engine->kernels->lanes;
    tile_run run;
    for (int done = 0; done < in_block; done += run.count) {
        run = next_run(engine, block_first, done, in_block);
        const char *image = (const char *)tensors->x +
                            (size_t)run.image * image_bytes(engine, shape->c, shape->h, shape->w);
        nova_window window = {.channels = shape->c,
                              .height = shape->h,
                              .width = shape->w,
                              .row = run.row - shape->pad_top,
                              .col = run.col - shape->pad_left,
                              .rows = engine->inputs_h,
                              .cols = (run.count - 1) * engine->tile_w + engine->inputs_w};
        for (int64_t group = 0; group < engine->groups; group++) {
            window.channel = group * lanes;
            const tile_source source = open_source(engine, image, &window, buffers->patch);
            float *v = buffers->v + (group * engine->block_tiles + run.first) * lanes;
            for (int t = 0; t < run.count; t++)
                input_tile(engine, source.data + t * engine->tile_w * source.col, &source, buffers,
                           v + t * lanes);
        }
    }
}

/* ---------------------------------------------------------------- products */

/* One position, one panel: all channels in chunks, all rows of the block. */
static void multiply_panel(const nova_engine *engine, const float *v, const char *panel,
                           int vectors, float *m, int rows) {
    const nova_cpu_kernels *kernels = engine->kernels;
    const nova_gemm_fn gemm = kernels->gemm[engine->uv_type];
    const int lanes = kernels->lanes;
    const size_t width = (size_t)(vectors * lanes) * (engine->uv_type == NOVA_F32 ? 4 : 2);
    const int64_t channels = engine->shape.c;
    const int step = nova_engine_row_step(engine, rows);
    nova_gemm_args args = {.a_row = lanes,
                           .segments = engine->segments,
                           .c_vector = (ptrdiff_t)engine->block_tiles * lanes};
    for (int64_t c = 0; c < channels;) {
        const int64_t left = NOVA_MIN(channels - c, (int64_t)NOVA_CHUNK_CHANNELS);
        args.length = (int)NOVA_MIN(left, (int64_t)lanes);
        args.segment_count = (int)(left / args.length);
        args.b = panel + (size_t)c * width;
        args.accumulate = c > 0;
        for (int row = 0; row < rows; row += step) {
            args.a = v + (c * engine->block_tiles + row * lanes);
            args.c = m + row * lanes;
            gemm(NOVA_MIN(step, rows - row), vectors, &args);
        }
        c += (int64_t)args.length * args.segment_count;
    }
}

static void multiply_block(const nova_engine *engine, const nova_packed *packed,
                           const nova_buffers *buffers, int64_t k_first, int64_t k_last, int rows) {
    const int64_t lanes = engine->kernels->lanes, panel = engine->kernels->panel_vectors;
    const size_t size = engine->uv_type == NOVA_F32 ? 4 : 2;
    for (int position = 0; position < engine->positions; position++) {
        float *m = buffers->m + position * engine->m_position;
        for (int64_t k = k_first; k < k_last; k += panel) {
            const size_t at = nova_engine_packed_index(engine, position, 0, k * lanes);
            multiply_panel(engine, buffers->v + position * engine->v_position,
                           (const char *)packed->data + at * size,
                           (int)NOVA_MIN(panel, engine->out_vectors - k),
                           m + (k - k_first) * engine->block_tiles * lanes, rows);
        }
    }
}

/* ---------------------------------------------------------------- output transform */

static void transform_output(const nova_engine *engine, const float *m, ptrdiff_t m_position,
                             float *scratch, float *out, ptrdiff_t out_row) {
    const int lanes = engine->kernels->lanes;
    const nova_stage *h = &engine->output_h, *w = &engine->output_w;
    const ptrdiff_t m_row = engine->products_w * m_position;
    const ptrdiff_t row = (ptrdiff_t)w->rows * lanes;
    w->pass(m, m_position, m_row, scratch, lanes, row, h->columns, w->coefs);
    h->pass(scratch, row, lanes, out, out_row, lanes, w->rows, h->coefs);
}

static void output_tile(const nova_engine *engine, const nova_packed *packed, const float *m,
                        const nova_buffers *buffers, float *out, ptrdiff_t out_row) {
    const nova_cpu_kernels *kernels = engine->kernels;
    const ptrdiff_t m_position = engine->m_position;
    if (engine->m_type == NOVA_F32 && !packed->m_scale) {
        transform_output(engine, m, m_position, buffers->scratch, out, out_row);
        return;
    }
    float *stored = buffers->scratch + engine->scratch_size -
                    (size_t)engine->positions * (size_t)kernels->lanes;
    kernels->round[engine->m_type](m, m_position, stored, kernels->lanes, engine->positions, NULL,
                                   packed->m_scale);
    transform_output(engine, stored, kernels->lanes, buffers->scratch, out, out_row);
}

static void output_block(const nova_engine *engine, const nova_packed *packed,
                         const nova_tensors *tensors, const nova_buffers *buffers,
                         int64_t block_first, int in_block, int64_t k_first, int64_t k_last) {
    const nova_shape *shape = &engine->shape;
    const ptrdiff_t lanes = engine->kernels->lanes;
    const size_t image = image_bytes(engine, shape->k, shape->out_h, shape->out_w);
    const nova_scatter_fn scatter = engine->kernels->scatter[shape->layout][shape->dtype];
    nova_epilogue epilogue = {.bias = tensors->bias, .activation = shape->activation};
    tile_run run;
    for (int done = 0; done < in_block; done += run.count) {
        run = next_run(engine, block_first, done, in_block);
        const size_t offset = (size_t)run.image * image;
        if (tensors->residual)
            epilogue.residual = (const char *)tensors->residual + offset;
        nova_window window = {.channels = shape->k,
                              .height = shape->out_h,
                              .width = shape->out_w,
                              .row = run.row,
                              .col = run.col,
                              .rows = engine->tile_h,
                              .cols = run.count * engine->tile_w};
        for (int64_t k = k_first; k < k_last; k++) {
            const float *m = buffers->m + ((k - k_first) * engine->block_tiles + run.first) * lanes;
            for (int t = 0; t < run.count; t++)
                output_tile(engine, packed, m + t * lanes, buffers,
                            buffers->strip + (ptrdiff_t)t * engine->tile_w * lanes,
                            window.cols * lanes);
            window.channel = k * lanes;
            scatter(buffers->strip, window.cols, &window, &epilogue, (char *)tensors->y + offset);
        }
    }
}

void nova_winograd_task(const nova_engine *engine, const nova_packed *packed,
                        const nova_tensors *tensors, const nova_buffers *buffers, int64_t task) {
    const int64_t block_first = task / engine->k_splits * engine->block_tiles;
    const int in_block = (int)NOVA_MIN((int64_t)engine->block_tiles, engine->tiles - block_first);
    int64_t first, last;
    nova_engine_k_range(engine, task % engine->k_splits, &first, &last);
    input_block(engine, tensors, buffers, block_first, in_block);
    for (int64_t k = first; k < last; k += engine->k_block) {
        const int64_t k_end = NOVA_MIN(k + engine->k_block, last);
        multiply_block(engine, packed, buffers, k, k_end, in_block);
        output_block(engine, packed, tensors, buffers, block_first, in_block, k, k_end);
    }
}
