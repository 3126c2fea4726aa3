/*
 * pair_direct.c - direct convolution by products of pairs. As in direct.c a block of the input is
 * gathered once, and every tap of the filter is a segment of the product kernel, for each product
 * of parts that the arithmetic keeps.
 *
 * Matrix units want many rows: output pixels are numbered along the rows of the patch, and the few
 * that lie between the end of one output row and the start of the next are computed and not used.
 * Where a block is as wide as the image, the padding at the right of a row is the padding at the
 * left of the next one.
 *
 * The products of a strip, a few register blocks of pixels, are written as soon as they are
 * complete, out of a near cache. A matrix unit sums all channels and taps of a register block
 * before it stores it, unless the filters for them do not stay in the cache; vector units go
 * through a strip once for each pair group.
 *
 * Products: [vector of the panel][pixel][lane]; the patch is that of pair_patch.c.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/direct.h"
#include "runtime/runtime.h"

enum {
    MAX_SEGMENTS = NOVA_MAX_SEGMENTS * NOVA_MAX_PART_PRODUCTS,
    STRIP_BYTES = 1 << 14,      /* of products: less than half of a first-level cache */
    UNIT_STRIP_BYTES = 1 << 16, /* a unit waits while a strip is written: rarely */
    FEWEST_ROWS = 4,            /* of a block: with fewer the rows around it cost too much */
    ENOUGH_ROWS = 4,            /* for each of those around a block */
    MOST_PIXELS = 1 << 20       /* of a block and its surroundings */
};

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* ---------------------------------------------------------------- blocks */

/* Taps that are segments of the reduction. */
static int segment_taps(const nova_engine *engine) {
    return engine->folded ? 1 : (int)(engine->shape.r * engine->shape.s);
}

/* Pixels from one row of the patch to the next. */
static int64_t choose_pitch(const nova_engine *engine, int64_t block_cols) {
    const nova_shape *shape = &engine->shape;
    const int64_t all = block_cols + shape->s - 1;
    if (engine->folded)
        return block_cols;
    if (block_cols < shape->out_w)
        return all;
    const int64_t right = all - shape->w - shape->pad_left; /* padding there */
    const int64_t shared = shape->w + NOVA_MAX(shape->pad_left, right);
    return NOVA_MIN(all, NOVA_MAX(block_cols, shared));
}

/* Pixels that are computed for a block of that many rows and columns. */
static int block_outputs(const nova_engine *engine, int64_t rows, int64_t cols) {
    return (int)((rows - 1) * engine->patch_cols + cols);
}

/* Blocks of rows, for as many tasks on every thread. Where the filter is larger than the image it
   is the output channels that are to be split, so that each thread reads a part of the filter. */
static int64_t share_rows(const nova_engine *engine, int64_t across, int64_t rows,
                          int64_t pixel_bytes) {
    const nova_shape *shape = &engine->shape;
    const int64_t others = shape->n * across, threads = engine->threads;
    const int64_t filter = pixel_bytes * shape->r * shape->s * engine->out_vectors;
    const int64_t image =
        pixel_bytes * shape->n * shape->out_h * shape->out_w / (int64_t)engine->kernels->lanes;
    int64_t down = divide_up(shape->out_h, rows);
    const bool whole = others * down == 1 && filter > image;
    if (threads > 1 && !whole)
        down = divide_up(divide_up(others * down, threads) * threads, others);
    return divide_up(shape->out_h, NOVA_MIN(down, shape->out_h));
}

/* Output rows of the largest block of these columns whose patch keeps to `bytes`. */
static int64_t rows_in(const nova_engine *engine, int64_t bytes, int64_t pixel_bytes) {
    const int64_t pixels = NOVA_MIN(bytes / pixel_bytes, (int64_t)MOST_PIXELS);
    return pixels / engine->patch_cols - (engine->folded ? 0 : engine->shape.r - 1);
}

/* Whole rows of output pixels, or as much of them that a few rows fit into the cache. Where filters
   come from afar the patch takes half of the cache, so that they come rarely; else an eighth, which
   leaves room for x and y to stay there, unless the rows around a block would be too many. */
static void choose_block(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t pixel_bytes =
        engine->parts * engine->pair_groups * engine->kernels->lanes * (int64_t)sizeof(float);
    const int64_t cache = (int64_t)nova_cache_bytes(), most = cache / 2;
    const int64_t narrow = engine->kernels->pairs->max_rows;
    int64_t across = divide_up(shape->out_w, MOST_PIXELS / (2 * NOVA_MAX_TAPS)), rows;
    for (;; across++) {
        engine->block_cols = divide_up(shape->out_w, across);
        engine->patch_cols = choose_pitch(engine, engine->block_cols);
        rows = rows_in(engine, most, pixel_bytes);
        if (rows >= NOVA_MIN(shape->out_h, (int64_t)FEWEST_ROWS) || engine->block_cols <= narrow)
            break;
    }
    if ((int64_t)engine->packed_bytes <= cache / 4)
        rows = NOVA_MIN(
            rows, NOVA_MAX(rows_in(engine, cache / 8, pixel_bytes), ENOUGH_ROWS * (shape->r - 1)));
    rows = NOVA_MIN(NOVA_MAX(rows, (int64_t)1), shape->out_h);
    engine->block_rows =
        share_rows(engine, divide_up(shape->out_w, engine->block_cols), rows, pixel_bytes);
}

/* Pair groups that a strip is multiplied with on end. A matrix unit takes all of them, so that it
   stores its sums once, unless a panel of filters does not stay in the cache beside the patch: then
   as many as do, so that filters come from afar once for a strip and not for every register block
   of it. */
static int64_t choose_groups(const nova_engine *engine) {
    const int64_t lanes = engine->kernels->lanes, cache = (int64_t)nova_cache_bytes();
    const int64_t group = segment_taps(engine) * engine->parts * engine->kernels->panel_vectors *
                          lanes * lanes * (int64_t)sizeof(float);
    if (engine->kernels->pairs->unit == 0)
        return 1;
    if (engine->pair_groups * group <= cache / 4)
        return engine->pair_groups;
    const int64_t most = NOVA_MAX(cache / 8 / group, (int64_t)1);
    return divide_up(engine->pair_groups, divide_up(engine->pair_groups, most));
}

/* Whole register blocks. */
static void choose_strip(nova_engine *engine) {
    const int64_t rows = engine->kernels->pairs->max_rows;
    const int64_t bytes = engine->k_block * engine->kernels->lanes * (int64_t)sizeof(float);
    const int64_t held = engine->kernels->pairs->unit > 0 ? UNIT_STRIP_BYTES : STRIP_BYTES;
    const int64_t most = held / bytes / rows;
    const int64_t all =
        divide_up(block_outputs(engine, engine->block_rows, engine->block_cols), rows);
    engine->strip_groups = choose_groups(engine);
    engine->strip_pixels = (int)(NOVA_MAX(NOVA_MIN(most, all), (int64_t)1) * rows);
}

static nova_status size_filter(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t taps = engine->folded ? 1 : shape->r * shape->s;
    size_t weights;
    if (!nova_size_mul((size_t)(engine->out_vectors * engine->kernels->lanes),
                       (size_t)nova_engine_packed_channels(engine), &weights) ||
        !nova_size_mul(weights, (size_t)taps * sizeof(uint16_t), &engine->packed_bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "the packed filter does not fit in memory");
    return NOVA_OK;
}

/* ---------------------------------------------------------------- products */

/** The reduction over the taps and parts of one pair group. */
typedef struct reduction {
    ptrdiff_t a[MAX_SEGMENTS], b[MAX_SEGMENTS];
    int count;
} reduction;

static void add_segment(const nova_engine *engine, reduction *sum, nova_part_pair parts, int tap,
                        int vectors) {
    const int lanes = engine->kernels->lanes, s = (int)engine->shape.s;
    const ptrdiff_t pixel = tap / s * (ptrdiff_t)engine->patch_cols + tap % s;
    sum->a[sum->count] = parts.v * engine->v_part + pixel * engine->pitch;
    sum->b[sum->count] = ((ptrdiff_t)tap * engine->parts + parts.u) * lanes * vectors * lanes;
    sum->count++;
}

/* A matrix unit takes the products of a tap together, which share operands; others the smallest
   products first. */
static void plan_reduction(const nova_engine *engine, int vectors, reduction *sum) {
    const int taps = segment_taps(engine), products = engine->parts * (engine->parts + 1) / 2;
    const nova_part_pair *pairs = nova_part_pairs(engine);
    sum->count = 0;
    if (engine->kernels->pairs->unit > 0) {
        for (int t = 0; t < taps; t++)
            for (int i = 0; i < products; i++)
                add_segment(engine, sum, pairs[i], t, vectors);
    } else {
        for (int i = 0; i < products; i++)
            for (int t = 0; t < taps; t++)
                add_segment(engine, sum, pairs[i], t, vectors);
    }
}

/** All that the products of a panel with the pixels of a block need. */
typedef struct panel_product {
    const nova_engine *engine;
    const float *v;
    float *m;
    reduction sum;
    nova_pair_args args; /* but for a */
    ptrdiff_t next;      /* floats to the panel that is multiplied after this one */
    int vectors, outputs;
} panel_product;

/* `next`: the panel that is multiplied after this one, which is asked for meanwhile. */
static void open_panel(const nova_engine *engine, const nova_buffers *buffers, const float *panel,
                       const float *next, int vectors, int outputs, panel_product *p) {
    const int lanes = engine->kernels->lanes;
    *p = (panel_product){.engine = engine,
                         .v = buffers->v,
                         .m = buffers->m,
                         .next = next - panel,
                         .vectors = vectors,
                         .outputs = outputs};
    plan_reduction(engine, vectors, &p->sum);
    p->args = (nova_pair_args){.a_row = engine->pitch,
                               .b = panel,
                               .a_segments = p->sum.a,
                               .b_segments = p->sum.b,
                               .segment_count = p->sum.count,
                               .a_group = engine->v_position,
                               .b_group = (ptrdiff_t)segment_taps(engine) * engine->parts * lanes *
                                          vectors * lanes,
                               .c = buffers->m,
                               .c_vector = engine->m_position,
                               .c_row = lanes};
}

/* Pixels [first, first + count) of the block, into the strip. What is asked for meanwhile: the next
   panel, a share in each strip; or, if a panel is taken in parts, the next part. */
static void multiply_strip(const panel_product *p, int first, int count) {
    const nova_engine *engine = p->engine;
    const nova_pair_kernels *pairs = engine->kernels->pairs;
    const int lanes = engine->kernels->lanes;
    const int64_t groups = engine->pair_groups, step = engine->strip_groups;
    const bool again = first + count < p->outputs; /* the panel, for the next strip */
    nova_pair_args args = p->args;
    for (int64_t group = 0; group < groups; group += step) {
        const int64_t channels = engine->shape.c - group * 2 * lanes;
        const bool whole = pairs->unit > 0 || channels >= 2 * lanes;
        const ptrdiff_t part = (ptrdiff_t)group * args.b_group;
        args.groups = (int)NOVA_MIN(step, groups - group);
        args.length = whole ? lanes : (int)(channels + 1) / 2;
        args.a = p->v + group * engine->v_position + (ptrdiff_t)first * engine->pitch;
        args.b = (const float *)p->args.b + part;
        args.accumulate = group > 0;
        if (pairs->unit == 0 || step >= groups)
            nova_pair_multiply(engine, count, p->vectors, &args, first, p->outputs, p->next);
        else if (group + step < groups)
            nova_pair_multiply(engine, count, p->vectors, &args, 0, count, step * args.b_group);
        else
            nova_pair_multiply(engine, count, p->vectors, &args, 0, count,
                               (again ? 0 : p->next) - part);
    }
}

/* Writes the part of every row of the block that lies in the strip of pixels [first, first +
 * count).
 */
static void write_strip(const panel_product *p, const nova_pixel_block *block, int first, int count,
                        const nova_destination *to) {
    const nova_engine *engine = p->engine;
    const nova_shape *shape = &engine->shape;
    const int pitch = (int)engine->patch_cols, lanes = engine->kernels->lanes;
    nova_window window = to->window;
    window.rows = 1;
    for (int i = first / pitch; i < block->rows && i * pitch < first + count; i++) {
        const int begin = NOVA_MAX(i * pitch, first);
        const int end = NOVA_MIN(i * pitch + block->cols, first + count);
        if (begin >= end)
            continue;
        const nova_strip strip = {p->m + (ptrdiff_t)(begin - first) * lanes, 0, engine->m_position,
                                  p->vectors};
        window.row = block->row + i;
        window.col = block->col + begin - i * pitch;
        window.cols = end - begin;
        engine->kernels->scatter[shape->layout][shape->dtype](&strip, &window, &to->epilogue,
                                                              to->image);
    }
}

static const float *panel_of(const nova_job *job, int64_t k) {
    const size_t at =
        nova_engine_packed_index(job->engine, 0, 0, k * (int64_t)job->engine->kernels->lanes);
    return (const float *)job->packed->data + at / 2;
}

static void pair_direct_task(const nova_job *job, nova_buffers *buffers, int64_t task) {
    const nova_engine *engine = job->engine;
    const int64_t panel = engine->kernels->panel_vectors;
    const nova_pixel_block block = nova_direct_block(engine, task / engine->k_splits);
    const int outputs = block_outputs(engine, block.rows, block.cols);
    nova_destination to = nova_direct_destination(engine, job->tensors, &block);
    int64_t first, last;
    nova_engine_k_range(engine, task % engine->k_splits, engine->k_splits, &first, &last);
    nova_pair_patch(job, &block, buffers);
    for (int64_t k = first; k < last; k += panel) {
        const int64_t next = k + panel < last ? k + panel : first; /* of the next block */
        panel_product p;
        open_panel(engine, buffers, panel_of(job, k), panel_of(job, next),
                   (int)NOVA_MIN(panel, last - k), outputs, &p);
        to.window.channel = k * engine->kernels->lanes;
        for (int pixel = 0; pixel < outputs; pixel += engine->strip_pixels) {
            const int count = NOVA_MIN(engine->strip_pixels, outputs - pixel);
            multiply_strip(&p, pixel, count);
            write_strip(&p, &block, pixel, count, &to);
        }
    }
}

nova_status nova_pair_direct_init(nova_engine *engine) {
    const nova_shape *shape = &engine->shape;
    const int64_t lanes = engine->kernels->lanes;
    engine->folded = nova_pair_patch_folds(engine);
    engine->pair_groups =
        divide_up(shape->c * (engine->folded ? shape->r * shape->s : 1), 2 * lanes);
    engine->pitch = (int)(lanes * (engine->folded ? engine->pair_groups : 1));
    nova_status status = size_filter(engine);
    if (status != NOVA_OK)
        return status;
    choose_block(engine);
    choose_strip(engine);
    nova_direct_share(engine, pair_direct_task);
    engine->m_position = engine->strip_pixels * (ptrdiff_t)lanes; /* from vector to vector */
    engine->m_size = (size_t)(engine->m_position * engine->k_block);
    status = nova_pair_patch_size(engine);
    return status == NOVA_OK ? nova_engine_finish(engine) : status;
}
