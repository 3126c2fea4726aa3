/*
 * filter.c - transforming, rounding and packing weights, and packed filters in files.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- memory */

/* A filter of the plan's kind with its buffers. */
static nova_status filter_alloc(const nova_plan *plan, bool scaled, nova_filter **filter) {
    nova_filter *made = calloc(1, sizeof *made);
    if (made) {
        made->key = plan->key;
        made->packed_bytes = plan->engine.packed_bytes;
        made->packed.data = nova_alloc(made->packed_bytes);
        made->scale_count = scaled ? plan->engine.positions : 0;
        if (scaled)
            made->packed.m_scale = nova_alloc(sizeof(float) * (size_t)made->scale_count);
    }
    if (!made || !made->packed.data || (scaled && !made->packed.m_scale)) {
        nova_filter_destroy(made);
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for a packed filter of %zu bytes",
                         plan->engine.packed_bytes);
    }
    *filter = made;
    return NOVA_OK;
}

void nova_filter_destroy(nova_filter *filter) {
    if (!filter)
        return;
    nova_free(filter->packed.data);
    nova_free(filter->packed.m_scale);
    free(filter);
}

/* ---------------------------------------------------------------- packing */

typedef struct packing {
    const nova_plan *plan;
    const void *weights;
    nova_dtype dtype;
    double scale; /* power of two on top of the tap scaling */
    const nova_compensator *compensator;
    nova_filter *filter;
    atomic_bool out_of_memory;
} packing;

/*
 * The filters of a few input channels and all output channels of a panel, side by side in the
 * order in which the packed filter holds them: for each position they are one run of it.
 */
typedef struct filter_block {
    int64_t c, k;        /* first channels */
    int channels, panel; /* input channels; output channels, padding included */
    int count;           /* channels * panel */
    double *in, *u, *scratch;
} filter_block;

static double weight_at(const void *weights, nova_dtype dtype, size_t index) {
    if (dtype == NOVA_F32)
        return ((const float *)weights)[index];
    const uint16_t bits = ((const uint16_t *)weights)[index];
    return dtype == NOVA_F16 ? nova_f16_to_float(bits) : nova_bf16_to_float(bits);
}

/* in[tap][channel][output channel]; channels that pad the panel are zero. */
static void load_block(const packing *job, const filter_block *block) {
    const nova_shape *shape = &job->plan->engine.shape;
    const int taps = (int)(shape->r * shape->s);
    for (int c = 0; c < block->channels; c++)
        for (int k = 0; k < block->panel; k++) {
            double *to = block->in + c * block->panel + k;
            const bool padding = block->k + k >= shape->k;
            const size_t from = (size_t)(((block->k + k) * shape->c + block->c + c) * taps);
            for (int t = 0; t < taps; t++)
                to[(ptrdiff_t)t * block->count] =
                    padding ? 0 : weight_at(job->weights, job->dtype, from + (size_t)t);
        }
}

static void store_run(const packing *job, nova_dtype type, const double *values, int count,
                      size_t at) {
    void *data = job->filter->packed.data;
    if (type == NOVA_F32) {
        for (int i = 0; i < count; i++)
            ((float *)data)[at + (size_t)i] = (float)values[i];
        return;
    }
    for (int i = 0; i < count; i++) {
        const float rounded = nova_round_double_to(type, values[i]);
        ((uint16_t *)data)[at + (size_t)i] =
            type == NOVA_F16 ? nova_f16_from_float(rounded) : nova_bf16_from_float(rounded);
    }
}

/* Input channels that a panel has room for at a position, from the first one of it on: what is
   beyond the last one pads a pair group. */
static int64_t channels_with_padding(const nova_engine *engine, int position) {
    const int64_t room = engine->pair_groups * 2 * engine->kernels->lanes;
    if (!engine->folded)
        return room;
    const bool last = position + 1 == engine->shape.r * engine->shape.s;
    return last ? room - position * engine->shape.c : engine->shape.c;
}

/* One position's run in bfloat16 parts. The last block also clears the padding. */
static void store_parts(const packing *job, const filter_block *block, const double *values,
                        int position) {
    const nova_engine *engine = &job->plan->engine;
    const size_t part = nova_engine_packed_part(engine, block->k);
    const size_t vector = nova_engine_packed_vector(engine);
    const int lanes = engine->kernels->lanes;
    const bool last = block->c + block->channels == engine->shape.c;
    const int64_t padded = channels_with_padding(engine, position) - block->c;
    uint16_t *data = job->filter->packed.data;
    for (int c = 0; c < (last ? (int)padded : block->channels); c++) {
        uint16_t *to = data + nova_engine_packed_index(engine, position, block->c + c, block->k);
        for (int k = 0; k < block->panel; k++) {
            float parts[NOVA_MAX_PARTS];
            const double value = c < block->channels ? values[c * block->panel + k] : 0;
            nova_split_bf16(value, engine->parts, parts);
            for (int q = 0; q < engine->parts; q++)
                to[(size_t)q * part + (size_t)(k / lanes) * vector + 2 * (size_t)(k % lanes)] =
                    nova_bf16_from_float(parts[q]);
        }
    }
}

/* For the kernels of rows.h, weight by weight: there are few. What pads a pair of channels is zero.
 */
static void store_rows(const packing *job, const filter_block *block, const double *values) {
    const nova_engine *engine = &job->plan->engine;
    const int padded = (int)nova_rows_channels(engine);
    for (int p = 0; p < engine->positions; p++)
        for (int c = 0; c < padded; c++)
            for (int k = 0; k < block->panel; k++) {
                const double value =
                    c < block->channels ? values[(ptrdiff_t)p * block->count + c * block->panel + k]
                                        : 0;
                store_run(job, engine->uv_type, &value, 1,
                          nova_engine_packed_index(engine, p, c, block->k + k));
            }
}

static void store_block(const packing *job, const filter_block *block, const double *values,
                        int positions) {
    const nova_engine *engine = &job->plan->engine;
    if (engine->rows) {
        store_rows(job, block, values);
        return;
    }
    if (engine->parts > 0) {
        for (int p = 0; p < positions; p++)
            store_parts(job, block, values + (ptrdiff_t)p * block->count, p);
        return;
    }
    for (int p = 0; p < positions; p++)
        store_run(job, engine->uv_type, values + (ptrdiff_t)p * block->count, block->count,
                  nova_engine_packed_index(engine, p, block->c, block->k));
}

/* Raw filters, for a transform during the execution: [channel][tap][output channel]. What is
   rounded then has the same power of two on top of the tap scaling as what is rounded here. */
static void store_raw(const packing *job, const filter_block *block, int taps) {
    for (int i = 0; i < taps * block->count; i++)
        block->in[i] *= job->scale;
    for (int t = 0; t < taps; t++)
        for (int c = 0; c < block->channels; c++)
            store_run(job, NOVA_F32, block->in + (ptrdiff_t)t * block->count + c * block->panel,
                      block->panel,
                      nova_engine_packed_index(&job->plan->engine, t, block->c + c, block->k));
}

static void pack_block(const packing *job, const filter_block *block) {
    const nova_plan *plan = job->plan;
    const nova_shape *shape = &plan->engine.shape;
    load_block(job, block);
    if (nova_engine_raw_filter(&plan->engine)) {
        store_raw(job, block, (int)(shape->r * shape->s));
        return;
    }
    if (plan->engine.algorithm == NOVA_ALGORITHM_DIRECT) {
        store_block(job, block, block->in, (int)(shape->r * shape->s));
        return;
    }
    nova_transform_filters(&plan->h.transform, &plan->w.transform, &plan->scaling_h,
                           &plan->scaling_w, job->scale, block->in, block->count, block->u);
    if (job->compensator)
        nova_compensator_round(job->compensator, plan->engine.uv_type, block->u, block->count,
                               block->scratch);
    store_block(job, block, block->u, plan->engine.positions);
}

static int64_t panel_channels(const nova_engine *engine) {
    return (int64_t)engine->kernels->panel_vectors * engine->kernels->lanes;
}

static int pack_tasks(const nova_engine *engine) {
    const int64_t panel = panel_channels(engine);
    return (int)((engine->shape.k + panel - 1) / panel);
}

/* Packs one panel of output channels. */
static void pack_panel(void *argument, int index) {
    packing *job = argument;
    const nova_engine *engine = &job->plan->engine;
    const int lanes = engine->kernels->lanes;
    filter_block block = {.k = index * panel_channels(engine)};
    block.panel = (int)NOVA_MIN(panel_channels(engine), engine->out_vectors * lanes - block.k);
    const size_t taps = (size_t)(engine->shape.r * engine->shape.s);
    const size_t most = (size_t)(lanes * block.panel), positions = (size_t)engine->positions;
    double *memory = nova_alloc((taps + 2 * positions) * most * sizeof *memory);
    if (!memory) {
        atomic_store(&job->out_of_memory, true);
        return;
    }
    block.in = memory;
    block.u = block.in + taps * most;
    block.scratch = block.u + positions * most;
    for (; block.c < engine->shape.c; block.c += lanes) {
        block.channels = (int)NOVA_MIN((int64_t)lanes, engine->shape.c - block.c);
        block.count = block.channels * block.panel;
        pack_block(job, &block);
    }
    nova_free(memory);
}

static double row_gain(const nova_transform *transform, const nova_scaling *scaling) {
    double sum = 0;
    for (int i = 0; i < transform->products; i++)
        for (int t = 0; t < transform->r; t++)
            sum += pow(ldexp(transform->G[i * transform->r + t], scaling->filter[i]), 2);
    return sum / transform->products;
}

double nova_filter_gain(const nova_plan *plan) {
    return sqrt(row_gain(&plan->h.transform, &plan->scaling_h) *
                row_gain(&plan->w.transform, &plan->scaling_w));
}

static double weights_rms(const packing *job) {
    const nova_shape *shape = &job->plan->engine.shape;
    const size_t count = (size_t)(shape->k * shape->c * shape->r * shape->s);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += pow(weight_at(job->weights, job->dtype, i), 2);
    return sqrt(sum / (double)count);
}

static void set_m_scale(const nova_plan *plan, double scale, float *m_scale) {
    const nova_engine *engine = &plan->engine;
    for (int i = 0; i < engine->products_h; i++)
        for (int j = 0; j < engine->products_w; j++)
            m_scale[i * engine->products_w + j] =
                (float)(ldexp(1.0, -plan->scaling_h.input[i] - plan->scaling_h.filter[i] -
                                       plan->scaling_w.input[j] - plan->scaling_w.filter[j]) /
                        scale);
}

static nova_status pack(packing *job) {
    const nova_plan *plan = job->plan;
    nova_compensator *compensator = NULL;
    if (plan->compensation) {
        const nova_status status = nova_compensator_create(
            &plan->h.transform, &plan->w.transform, &plan->scaling_h, &plan->scaling_w,
            plan->moment_count > 0 ? plan->moments : NULL, &compensator);
        if (status != NOVA_OK)
            return status;
    }
    job->compensator = compensator;
    nova_parallel_for(plan->engine.threads, pack_panel, job, pack_tasks(&plan->engine));
    nova_compensator_destroy(compensator);
    if (atomic_load(&job->out_of_memory))
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to transform weights");
    return NOVA_OK;
}

nova_status nova_filter_create(const nova_plan *plan, const void *weights, nova_dtype dtype,
                               nova_filter **filter) {
    if (!filter)
        return nova_fail(NOVA_INVALID_ARGUMENT, "filter is null");
    *filter = NULL;
    if (!plan || !weights)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", plan ? "weights" : "plan");
    if ((unsigned)dtype > NOVA_BF16)
        return nova_fail(NOVA_INVALID_ARGUMENT, "unknown type %d of weights", (int)dtype);
    packing job = {.plan = plan, .weights = weights, .dtype = dtype, .scale = 1.0};
    if (plan->tap_scaling)
        job.scale =
            nova_filter_scale(plan->engine.uv_type, weights_rms(&job) * nova_filter_gain(plan));
    nova_status status = filter_alloc(plan, plan->tap_scaling, &job.filter);
    if (status != NOVA_OK)
        return status;
    if (plan->tap_scaling)
        set_m_scale(plan, job.scale, job.filter->packed.m_scale);
    status = pack(&job);
    if (status != NOVA_OK) {
        nova_filter_destroy(job.filter);
        return status;
    }
    *filter = job.filter;
    return NOVA_OK;
}

/* ---------------------------------------------------------------- files */

/* All members are 8 bytes wide, so that there is no padding. The checksum covers the header (with
   a checksum of zero) and all that follows it. */
typedef struct file_header {
    char magic[8];
    uint64_t byte_order, version, key, scale_count, packed_bytes, checksum;
} file_header;

static const file_header file_start = {
    .magic = "NOVAFLT", .byte_order = UINT64_C(0x0102030405060708), .version = 2};

/* Four interleaved FNV-1a sums over 8-byte words, so that a large filter is checked at the speed
   of memory; a tail of less than a word is padded with zeros. */
static uint64_t checksum(uint64_t seed, const void *data, size_t size) {
    uint64_t sums[4] = {seed, seed + 1, seed + 2, seed + 3};
    const char *bytes = data;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, NOVA_MIN(size - i, (size_t)8));
        uint64_t *sum = &sums[i / 8 % 4];
        *sum = (*sum ^ word) * UINT64_C(0x100000001b3);
        *sum ^= *sum >> 29;
    }
    uint64_t all = size;
    for (int i = 0; i < 4; i++)
        all = (all ^ sums[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return all ^ all >> 32;
}

static uint64_t file_checksum(file_header header, const void *scales, const void *data) {
    header.checksum = 0;
    uint64_t sum = checksum(UINT64_C(0xcbf29ce484222325), &header, sizeof header);
    sum = checksum(sum, scales, sizeof(float) * header.scale_count);
    return checksum(sum, data, header.packed_bytes);
}

nova_status nova_filter_save(const nova_filter *filter, const char *path) {
    if (!filter || !path)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", filter ? "path" : "filter");
    file_header header = file_start;
    header.key = filter->key;
    header.scale_count = (uint64_t)filter->scale_count;
    header.packed_bytes = filter->packed_bytes;
    header.checksum = file_checksum(header, filter->packed.m_scale, filter->packed.data);
    nova_writer writer;
    const nova_status status = nova_writer_open(&writer, path);
    if (status != NOVA_OK)
        return status;
    fwrite(&header, sizeof header, 1, writer.stream);
    if (filter->scale_count > 0)
        fwrite(filter->packed.m_scale, sizeof(float), (size_t)filter->scale_count, writer.stream);
    fwrite(filter->packed.data, 1, filter->packed_bytes, writer.stream);
    return nova_writer_commit(&writer);
}

static nova_status check_header(const nova_plan *plan, const file_header *header, size_t size,
                                const char *path) {
    if (memcmp(header->magic, file_start.magic, sizeof header->magic) != 0)
        return nova_fail(NOVA_DAMAGED, "%s is not a packed filter", path);
    if (header->byte_order != file_start.byte_order || header->version != file_start.version)
        return nova_fail(NOVA_STALE, "%s was written by another version or kind of machine", path);
    const uint64_t rest = size - sizeof *header;
    if (header->scale_count > NOVA_MAX_POSITIONS || header->packed_bytes > rest ||
        header->scale_count * sizeof(float) + header->packed_bytes != rest)
        return nova_fail(NOVA_DAMAGED, "%s is truncated or has rubbish at its end", path);
    const uint64_t scales = plan->tap_scaling ? (uint64_t)plan->engine.positions : 0;
    if (header->key != plan->key || header->packed_bytes != plan->engine.packed_bytes ||
        header->scale_count != scales)
        return nova_fail(NOVA_STALE, "%s was packed for another kind of plan or other kernels",
                         path);
    return NOVA_OK;
}

static nova_status load_bytes(const nova_plan *plan, const char *path, const char *bytes,
                              size_t size, nova_filter **filter) {
    file_header header;
    if (size < sizeof header)
        return nova_fail(NOVA_DAMAGED, "%s is too short for a packed filter", path);
    memcpy(&header, bytes, sizeof header);
    nova_status status = check_header(plan, &header, size, path);
    if (status != NOVA_OK)
        return status;
    const char *scales = bytes + sizeof header;
    const char *data = scales + header.scale_count * sizeof(float);
    if (file_checksum(header, scales, data) != header.checksum)
        return nova_fail(NOVA_DAMAGED, "%s is damaged: its checksum does not match", path);
    status = filter_alloc(plan, header.scale_count > 0, filter);
    if (status != NOVA_OK)
        return status;
    if (header.scale_count > 0)
        memcpy((*filter)->packed.m_scale, scales, header.scale_count * sizeof(float));
    memcpy((*filter)->packed.data, data, header.packed_bytes);
    return NOVA_OK;
}

nova_status nova_filter_load(const nova_plan *plan, const char *path, nova_filter **filter) {
    if (!filter)
        return nova_fail(NOVA_INVALID_ARGUMENT, "filter is null");
    *filter = NULL;
    if (!plan || !path)
        return nova_fail(NOVA_INVALID_ARGUMENT, "%s is null", plan ? "path" : "plan");
    char *bytes;
    size_t size;
    nova_status status = nova_read_file(path, &bytes, &size);
    if (status != NOVA_OK)
        return status;
    status = load_bytes(plan, path, bytes, size, filter);
    free(bytes);
    return status;
}
