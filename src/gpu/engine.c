/*
 * engine.c - layouts and workspace of a convolution on a GPU, and the time that moving x and y
 * takes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/engine.h"

#include "gpu/engine_parts.h"
#include "gpu/fused.h"
#include "gpu/nested.h"
#include "gpu/transpose.h"
#include "numerics/half.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- sizes */

static int64_t round_up(int64_t value, int64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

/* Adds room for a product of counts to *bytes; false if that does not fit. */
static bool add_array(size_t *bytes, size_t *at, const int64_t *counts, int count, size_t element) {
    size_t size = element;
    for (int i = 0; i < count; i++)
        if (!nova_size_mul(size, (size_t)counts[i], &size))
            return false;
    *at = *bytes;
    size_t end;
    if (!nova_size_add(*bytes, size, &end) || end > (size_t)INT64_MAX / 4)
        return false;
    *bytes = nova_round_up(end, NOVA_GPU_WORKSPACE_ALIGNMENT);
    return true;
}

void nova_gpu_set_pitches(nova_gpu_engine *engine, const nova_shape *shape) {
    engine->shape = *shape;
    const int unit =
        engine->algorithm == NOVA_ALGORITHM_DIRECT ? NOVA_GPU_PITCH : NOVA_GPU_RUN_CHANNELS;
    const int64_t channels = shape->c * (engine->taps_are_channels ? shape->r * shape->s : 1);
    engine->x_pitch = round_up(channels, NOVA_GPU_PITCH);
    engine->c_pitch = round_up(channels, unit);
    engine->k_pitch = round_up(shape->k, unit);
    if (engine->taps_are_outputs)
        engine->k_pitch = round_up(shape->k * shape->r * shape->s, NOVA_GPU_FEW_ROUND);
    engine->arranged = shape->layout == NOVA_NCHW;
    if (engine->grid.kind == NOVA_GPU_FEW_INPUTS)
        engine->staging = NOVA_GPU_AS_IT_IS;
    else if (engine->taps_are_channels ||
             (shape->layout == NOVA_NHWC && shape->c != engine->x_pitch))
        engine->staging = NOVA_GPU_GATHERED;
    else
        engine->staging = shape->layout == NOVA_NCHW ? NOVA_GPU_TRANSPOSED : NOVA_GPU_AS_IT_IS;
}

nova_status nova_gpu_lay_out_filter(nova_gpu_engine *engine) {
    enum { ELEMENT = sizeof(uint16_t) };
    const int64_t u[] = {engine->slices, engine->k_pitch, engine->c_pitch};
    nova_gpu_matrix *matrices[] = {&engine->tile.input, &engine->tile.output};
    size_t bytes = 0, u_at;
    bool fits = add_array(&bytes, &u_at, u, NOVA_COUNT(u), ELEMENT);
    for (int i = 0; i < NOVA_COUNT(matrices) && engine->algorithm == NOVA_ALGORITHM_WINOGRAD; i++) {
        const int64_t elements[] = {(int64_t)nova_gpu_matrix_elements(matrices[i])};
        fits = fits && add_array(&bytes, &matrices[i]->at, elements, 1, ELEMENT);
    }
    if (!fits)
        return nova_fail(NOVA_SIZE_OVERFLOW, "the filter does not fit in memory");
    engine->filter_bytes = bytes;
    return NOVA_OK;
}

int64_t nova_gpu_staged_h(const nova_gpu_engine *engine) {
    return engine->taps_are_channels ? engine->shape.out_h : engine->shape.h;
}

int64_t nova_gpu_staged_w(const nova_gpu_engine *engine) {
    return engine->taps_are_channels ? engine->shape.out_w : engine->shape.w;
}

nova_shape nova_gpu_staged_shape(const nova_gpu_engine *engine) {
    nova_shape staged = engine->shape;
    staged.c = engine->x_pitch;
    if (engine->taps_are_channels)
        staged.r = staged.s = 1;
    return staged;
}

nova_status nova_gpu_lay_out_workspace(nova_gpu_engine *engine, const int64_t *v, const int64_t *m,
                                       size_t m_element) {
    const nova_shape *shape = &engine->shape;
    const int64_t x[] = {shape->n, nova_gpu_staged_h(engine), nova_gpu_staged_w(engine),
                         engine->x_pitch};
    const int64_t y[] = {shape->n, shape->out_h, shape->out_w, shape->k};
    const size_t element = sizeof(uint16_t);
    size_t bytes = 0;
    bool fits = true;
    if (engine->staging != NOVA_GPU_AS_IT_IS)
        fits = add_array(&bytes, &engine->x_at, x, 4, element);
    if (v)
        fits = fits && add_array(&bytes, &engine->v_at, v, 3, element);
    if (m)
        fits = fits && add_array(&bytes, &engine->m_at, m, 3, m_element);
    if (engine->arranged)
        fits = fits && add_array(&bytes, &engine->y_at, y, 4, element);
    if (engine->arranged) /* and x is transposed, or smaller */
        fits = fits && shape->n * nova_gpu_squares(
                                      NOVA_MAX(engine->x_pitch, shape->k),
                                      NOVA_MAX(shape->h * shape->w, shape->out_h * shape->out_w)) <=
                           INT32_MAX;
    if (!fits)
        return nova_fail(NOVA_SIZE_OVERFLOW, "the workspace does not fit in memory");
    engine->workspace_bytes = bytes > 0 ? bytes + NOVA_GPU_WORKSPACE_ALIGNMENT : 0;
    return NOVA_OK;
}

int nova_gpu_positions(const nova_gpu_engine *engine) {
    return engine->taps_are_channels || engine->taps_are_outputs
               ? (int)(engine->shape.r * engine->shape.s)
               : engine->slices;
}

size_t nova_gpu_filter_index(const nova_gpu_engine *engine, int position, int64_t k, int64_t c) {
    int slice = position;
    if (engine->fused && engine->grid.kind == NOVA_GPU_BLOCKS) {
        const nova_gpu_fused_place at =
            nova_gpu_fused_at((int)(k % NOVA_GPU_FUSED_SIDE), (int)(c % NOVA_GPU_FUSED_CHUNK));
        const int64_t u =
            nova_gpu_fused_u((int)(k / NOVA_GPU_FUSED_SIDE), (int)(c / NOVA_GPU_FUSED_CHUNK),
                             (int)(engine->c_pitch / NOVA_GPU_FUSED_CHUNK), engine->slices);
        return (size_t)(u + (int64_t)position * NOVA_GPU_FUSED_U + at.lane * NOVA_GPU_FUSED_OWN +
                        at.element);
    }
    if (engine->taps_are_channels) {
        c += position * engine->shape.c;
        slice = 0;
    } else if (engine->taps_are_outputs) {
        k += position * engine->shape.k;
        slice = 0;
    } else if (engine->grid.kind == NOVA_GPU_NESTED) {
        k = nova_gpu_nested_row((int)k);
    } else if (engine->algorithm == NOVA_ALGORITHM_WINOGRAD && !engine->fused) {
        k = nova_gpu_stored_channel(k);
        c = nova_gpu_stored_channel(c);
    }
    return ((size_t)slice * (size_t)engine->k_pitch + (size_t)k) * (size_t)engine->c_pitch +
           (size_t)c;
}

/* ---------------------------------------------------------------- time */

double nova_gpu_tensor_bytes(const nova_shape *shape, bool output) {
    const double x = (double)shape->n * (double)shape->c * (double)shape->h * (double)shape->w;
    const double y =
        (double)shape->n * (double)shape->k * (double)shape->out_h * (double)shape->out_w;
    return 2 * (output ? y : x);
}

/* Bytes of x as staged. */
double nova_gpu_staged_bytes_of(const nova_gpu_engine *engine) {
    return 2 * (double)engine->shape.n * (double)nova_gpu_staged_h(engine) *
           (double)nova_gpu_staged_w(engine) * (double)engine->x_pitch;
}

double nova_gpu_move_seconds(const nova_gpu_machine *machine, double bytes, double gathered) {
    static const double least = 2.1e-6, gather = 0.65e12; /* bytes per second, of 132 processors */
    return least + NOVA_MAX(bytes / machine->memory, gathered / gather * 132 / machine->processors);
}

void nova_gpu_time_moves(nova_gpu_engine *engine, const nova_gpu_machine *machine) {
    const double x = nova_gpu_tensor_bytes(&engine->shape, false),
                 y = nova_gpu_tensor_bytes(&engine->shape, true);
    const double staged = nova_gpu_staged_bytes_of(engine);
    if (engine->staging != NOVA_GPU_AS_IT_IS)
        engine->stage_seconds[0] = nova_gpu_move_seconds(
            machine, x + staged, engine->staging == NOVA_GPU_GATHERED ? staged : 0);
    if (engine->arranged)
        engine->stage_seconds[4] = nova_gpu_move_seconds(machine, 2 * y, 0);
}

void nova_gpu_add_seconds(nova_gpu_engine *engine) {
    engine->seconds = 0;
    for (int i = 0; i < NOVA_COUNT(engine->stage_seconds); i++)
        engine->seconds += engine->stage_seconds[i];
}

nova_gpu_grid nova_gpu_empty_grid(const nova_gpu_engine *engine) {
    const int step = NOVA_GPU_STEP_CHANNELS;
    return (nova_gpu_grid){.channels = (int)NOVA_MIN(engine->k_pitch, (int64_t)INT32_MAX / 2),
                           .taps_h = 1,
                           .taps_w = 1,
                           .channel_steps = (int)((engine->c_pitch + step - 1) / step),
                           .splits = 1};
}
