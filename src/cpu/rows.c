/*
 * rows.c - Winograd along the rows of a map, in registers (rows.h): for up to a vector of input
 * channels. Every row of the input is transformed once and kept for the rows of the filter; a
 * kernel makes outputs of the tiles of an output row, from the rows of V that it reads, and writes
 * them to y, or to a strip where the epilogue or the layout asks for more than it can do.
 *
 * V: [row of the input, modulo the filter's][tile][position][channel], in pairs of channels where
 * the arithmetic is one of pairs. Packed filters: [panel][row of the filter][channel or word]
 * [position][channel of the panel].
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/direct.h"
#include "cpu/stages.h"
#include "runtime/runtime.h"

enum { FIRST_CACHE = 1 << 15 }; /* bytes of a first-level cache */

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* The kernel for an engine's output codelet; null if there is none. */
static const nova_row_kernel *kernel_of(const nova_engine *engine) {
    const nova_row_kernel *kernels =
        engine->parts > 0 ? engine->kernels->pairs->rows : engine->kernels->rows;
    return kernels && kernels[engine->output_w.index].run[0] ? &kernels[engine->output_w.index]
                                                             : NULL;
}

bool nova_rows_fit(const nova_engine *engine, const nova_schedule *schedule) {
    return engine->tile_h == 1 && engine->groups == 1 && engine->parts <= 1 && !engine->scaled &&
           (engine->parts == 1 || engine->uv_type == NOVA_F32) && engine->m_type == NOVA_F32 &&
           schedule->xhat == NOVA_PLACE_BLOCKED && schedule->ghat == NOVA_PLACE_STORED &&
           schedule->mhat == NOVA_PLACE_INLINED && kernel_of(engine) != NULL;
}

int64_t nova_rows_channels(const nova_engine *engine) {
    return engine->parts > 0 ? (engine->shape.c + 1) / 2 * 2 : engine->shape.c;
}

int nova_rows_tiles(const nova_engine *engine) {
    return kernel_of(engine)->tiles;
}

int nova_rows_vectors(const nova_engine *engine) {
    return kernel_of(engine)->run[1] ? 2 : 1;
}

/* Elements of V (floats or words) that a row of the filter adds to a position's reduction. */
static int length_of(const nova_engine *engine) {
    return (int)nova_rows_channels(engine) / (engine->parts > 0 ? 2 : 1);
}

/* Output channels of the panel that channel k is in. */
static int64_t panel_width(const nova_engine *engine, int64_t k) {
    const int64_t lanes = engine->kernels->lanes, panel = nova_rows_vectors(engine) * lanes;
    return NOVA_MIN(panel, engine->out_vectors * lanes - k / panel * panel);
}

size_t nova_rows_packed_index(const nova_engine *engine, int position, int64_t c, int64_t k) {
    const int64_t panel = nova_rows_vectors(engine) * engine->kernels->lanes;
    const int64_t first = k / panel * panel, width = panel_width(engine, k);
    const int64_t u = position / engine->products_w, p = position % engine->products_w;
    const int64_t channels = nova_rows_channels(engine), pair = engine->parts > 0 ? 2 : 1;
    const int64_t element = u * (channels / pair) + c / pair;
    return (size_t)(first * channels * engine->positions +
                    ((element * engine->products_w + p) * width + k - first) * pair + c % pair);
}

/* ---------------------------------------------------------------- blocks */

/* Tiles of a row that V is made of at a time: what keeps V of the filter's rows in half of the
   first-level cache, in whole calls of the kernel. */
static int64_t choose_tiles(const nova_engine *engine, const nova_blocking *blocking) {
    const int64_t step = nova_rows_tiles(engine);
    const int64_t each =
        engine->positions * length_of(engine) * (int64_t)sizeof(float); /* of all filter rows */
    int64_t tiles = NOVA_MAX(FIRST_CACHE / 2 / each, step);
    if (blocking->block_tiles > 0)
        tiles = NOVA_MIN(blocking->block_tiles, (int64_t)NOVA_MAX_BLOCK_TILES);
    const int64_t blocks = divide_up(engine->tiles_w, NOVA_MIN(tiles, engine->tiles_w));
    return divide_up(divide_up(engine->tiles_w, blocks), step) * step;
}

/* Floats of a row of V, and of one that is still to be split into pairs. */
static size_t v_row(const nova_engine *engine, bool words) {
    const int64_t lanes = engine->kernels->lanes;
    const int64_t elements = engine->block_tiles * engine->products_w *
                             (words ? length_of(engine) : nova_rows_channels(engine));
    return (size_t)(divide_up(elements, lanes) + 1) * (size_t)lanes;
}

nova_status nova_rows_block(nova_engine *engine, const nova_blocking *blocking) {
    const nova_shape *shape = &engine->shape;
    const size_t lanes = (size_t)engine->kernels->lanes;
    nova_engine_choose_moves(engine);
    engine->pitch = (int)nova_rows_channels(engine);
    engine->block_tiles = (int)choose_tiles(engine, blocking);
    engine->block_cols = (int64_t)engine->block_tiles * engine->tile_w;
    engine->block_rows = NOVA_MIN(
        NOVA_MIN(shape->out_h, divide_up(shape->out_h * shape->n, engine->threads)), (int64_t)64);
    engine->k_block = NOVA_MIN((int64_t)nova_rows_vectors(engine), engine->out_vectors);
    nova_direct_share(engine, nova_rows_task);
    engine->v_position = (ptrdiff_t)v_row(engine, engine->parts > 0); /* from row to row */
    engine->v_size = (size_t)engine->v_position * (size_t)shape->r;
    engine->scratch_size = engine->parts > 0 ? v_row(engine, false) : 0;
    engine->patch_size =
        (size_t)(engine->block_cols + shape->s - 1) * (size_t)engine->pitch + lanes;
    engine->strip_size = (size_t)(engine->block_cols * engine->k_block) * lanes;
    size_t weights;
    if (!nova_size_mul((size_t)engine->out_vectors * lanes, (size_t)nova_rows_channels(engine),
                       &weights) ||
        !nova_size_mul(weights, (size_t)engine->positions * nova_dtype_size(engine->uv_type),
                       &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    return NOVA_OK;
}

/* ---------------------------------------------------------------- input */

/* Where row `row` of V is, counted from the first of the block. */
static ptrdiff_t row_of(const nova_engine *engine, int64_t row) {
    return row % engine->shape.r * engine->v_position;
}

/* One row of V. The pixels of the patch follow each other without gaps, and so do the positions of
   V: whole vectors are written, each over the end of the one before. */
static void make_row(const nova_job *job, nova_buffers *buffers, const nova_pixel_block *block,
                     int row) {
    const nova_engine *engine = job->engine;
    const nova_cpu_kernels *kernels = engine->kernels;
    const nova_shape *shape = &engine->shape;
    const nova_stage *w = &engine->input_w;
    const size_t image = (size_t)(shape->c * shape->h * shape->w) * nova_dtype_size(shape->dtype);
    const ptrdiff_t pitch = engine->pitch;
    nova_window window = nova_direct_source(engine, block);
    window.row += row;
    window.rows = 1;
    kernels->gather[shape->layout][shape->dtype]((const char *)job->tensors->x +
                                                     (size_t)block->image * image,
                                                 &window, engine->pitch, buffers->scratch.patch);
    float *words = buffers->v + row_of(engine, row);
    float *v = engine->parts > 0 ? buffers->scratch.scratch : words;
    const int tiles = engine->block_tiles;
    w->pass(buffers->scratch.patch, pitch, engine->tile_w * pitch, v, pitch,
            engine->products_w * pitch, tiles, w->coefs);
    if (engine->parts > 0)
        kernels->split(v, kernels->lanes, words, kernels->lanes / 2, 0, 1,
                       (int)divide_up(tiles * engine->products_w * pitch, kernels->lanes), 0);
}

/* ---------------------------------------------------------------- output */

/** What the kernel's calls of one output row and panel have in common. */
typedef struct panel_row {
    const nova_row_kernel *kernel;
    nova_row_args args;
    const float *v; /* of the block's first tile */
    int vectors;
    ptrdiff_t pixel_bytes;
} panel_row;

/* Tiles [first, last), whole calls of the kernel, from `y` on. */
static void multiply_tiles(panel_row *p, const nova_engine *engine, int first, int last, char *y) {
    const int step = p->kernel->tiles;
    for (int t = first; t < last; t += step, y += step * engine->tile_w * p->pixel_bytes) {
        p->args.v = p->v + t * p->args.tile;
        p->args.y = y;
        p->kernel->run[p->vectors - 1](&p->args);
    }
}

/* Whole calls whose pixels and channels all exist, if the kernel can finish them by itself. */
static int finished_tiles(const nova_engine *engine, const nova_pixel_block *block,
                          const nova_destination *to, int vectors) {
    const int64_t channels = NOVA_MIN(to->window.channels - to->window.channel,
                                      (int64_t)vectors * engine->kernels->lanes);
    const int step = nova_rows_tiles(engine);
    const bool plain = engine->shape.layout == NOVA_NHWC && !to->epilogue.residual &&
                       to->epilogue.activation != NOVA_ACTIVATION_SILU &&
                       channels == (int64_t)vectors * engine->kernels->lanes;
    return plain ? block->cols / (step * engine->tile_w) * step : 0;
}

/* Writes tiles to y. */
static void multiply_to_image(const nova_engine *engine, panel_row *p, const nova_destination *to,
                              int tiles) {
    const int64_t size = (int64_t)nova_dtype_size(engine->shape.dtype);
    const int64_t pixel = to->window.row * to->window.width + to->window.col;
    char *y = to->image + (pixel * to->window.channels + to->window.channel) * size;
    const int64_t width = p->vectors * engine->kernels->lanes * size;
    p->pixel_bytes = (ptrdiff_t)(to->window.channels * size);
    p->args.dtype = engine->shape.dtype;
    p->args.pixel = (ptrdiff_t)to->window.channels;
    p->args.vector = engine->kernels->lanes;
    p->args.bias = to->epilogue.bias ? to->epilogue.bias + to->window.channel : NULL;
    p->args.relu = to->epilogue.activation == NOVA_ACTIVATION_RELU;
    p->args.stream = to->epilogue.stream && (uintptr_t)y % NOVA_LINE_BYTES == 0 &&
                     p->pixel_bytes % NOVA_LINE_BYTES == 0 && width % NOVA_LINE_BYTES == 0;
    multiply_tiles(p, engine, 0, tiles, y);
}

/* The other tiles of the block's row, by way of a strip. */
static void multiply_to_strip(const nova_engine *engine, panel_row *p, nova_destination to,
                              int first, const nova_pixel_block *block, float *data) {
    const nova_shape *shape = &engine->shape;
    const int lanes = engine->kernels->lanes, done = first * engine->tile_w;
    const nova_strip strip = {data, 0, engine->block_cols * lanes, p->vectors};
    p->pixel_bytes = (ptrdiff_t)lanes * (ptrdiff_t)sizeof(float);
    p->args.dtype = NOVA_F32;
    p->args.pixel = lanes;
    p->args.vector = strip.vector;
    p->args.bias = NULL;
    p->args.relu = p->args.stream = 0;
    const int tiles = (int)divide_up(block->cols, engine->tile_w), step = p->kernel->tiles;
    multiply_tiles(p, engine, first, (int)divide_up(tiles - first, step) * step + first,
                   (char *)data);
    to.window.col += done;
    to.window.cols = block->cols - done;
    engine->kernels->scatter[shape->layout][shape->dtype](&strip, &to.window, &to.epilogue,
                                                          to.image);
}

/* All panels of output vectors [first, last) for one row of the block. */
static void multiply_row(const nova_job *job, nova_buffers *buffers, const nova_pixel_block *block,
                         int row, int64_t first, int64_t last) {
    const nova_engine *engine = job->engine;
    const int64_t lanes = engine->kernels->lanes, panel = nova_rows_vectors(engine);
    ptrdiff_t rows[NOVA_MAX_TAPS];
    for (int u = 0; u < (int)engine->shape.r; u++)
        rows[u] = row_of(engine, row + u);
    panel_row p = {.kernel = kernel_of(engine),
                   .v = buffers->v,
                   .args = {.rows = rows,
                            .row_count = (int)engine->shape.r,
                            .length = length_of(engine),
                            .tile = (ptrdiff_t)engine->products_w * length_of(engine),
                            .coefs = engine->output_w.coefs}};
    nova_destination to = nova_direct_destination(engine, job->tensors, block);
    to.window.row = block->row + row;
    to.window.rows = 1;
    for (int64_t k = first; k < last; k += panel) {
        const size_t at = nova_engine_packed_index(engine, 0, 0, k * lanes);
        p.vectors = (int)NOVA_MIN(panel, engine->out_vectors - k);
        p.args.u = (const float *)(const void *)((const char *)job->packed->data +
                                                 at * nova_dtype_size(engine->uv_type));
        to.window.channel = k * lanes;
        const int finished = finished_tiles(engine, block, &to, p.vectors);
        multiply_to_image(engine, &p, &to, finished);
        if (finished * engine->tile_w < block->cols)
            multiply_to_strip(engine, &p, to, finished, block, buffers->scratch.strip);
    }
}

/* ---------------------------------------------------------------- tasks */

/* What a task has done, see work.c. */
static void count(const nova_engine *engine, const nova_pixel_block *block, int64_t first,
                  int64_t last, nova_work *work) {
    const int64_t vectors = last - first;
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes, tiles = divide_up(block->cols, engine->tile_w);
    const int64_t size = (int64_t)nova_dtype_size(shape->dtype);
    const int64_t lines = tiles * (block->rows + shape->r - 1);
    const int64_t weights = shape->c * vectors * lanes * engine->positions;
    const nova_window window = nova_direct_source(engine, block);
    const int64_t high = NOVA_MIN(window.row + window.rows, window.height);
    const int64_t wide = NOVA_MIN(window.col + window.cols, window.width);
    work->input_tiles += lines * lanes;
    work->x.read += NOVA_MAX(high - NOVA_MAX(window.row, (int64_t)0), (int64_t)0) *
                    NOVA_MAX(wide - NOVA_MAX(window.col, (int64_t)0), (int64_t)0) * shape->c * size;
    work->xhat.written += lines * engine->products_w * shape->c * nova_engine_v_bytes(engine);
    work->xhat.read += tiles * block->rows * engine->positions * shape->c *
                       nova_engine_v_bytes(engine) * divide_up(vectors, nova_rows_vectors(engine));
    work->filter.read += block->rows * weights * (int64_t)nova_dtype_size(engine->uv_type);
    work->products += tiles * block->rows * weights;
    work->output_tiles += tiles * block->rows * vectors * lanes;
    work->y.written += (int64_t)block->rows * block->cols *
                       (NOVA_MIN(last * lanes, shape->k) - first * lanes) * size;
}

void nova_rows_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const nova_pixel_block block = nova_direct_block(engine, task / engine->k_splits);
    const int below = (int)engine->shape.r - 1;
    int64_t first, last;
    nova_engine_k_range(engine, task % engine->k_splits, engine->k_splits, &first, &last);
    for (int row = 0; row < below; row++)
        make_row(job, buffers, &block, row);
    for (int row = 0; row < block.rows; row++) {
        make_row(job, buffers, &block, row + below);
        multiply_row(job, buffers, &block, row, first, last);
    }
    if (buffers->work)
        count(engine, &block, first, last, buffers->work);
}
