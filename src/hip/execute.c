/*
 * execute.c - enqueuing the kernels of a plan.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "gpu/fused.h"
#include "hip/hip.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

/** One execution. */
typedef struct run {
    const nova_hip_plan *plan;
    const nova_gpu_engine *engine;
    const nova_hip_filter *filter;
    const nova_execute_args *args;
    void *stream;
    nova_gpu_operands operands;
} run;

/* ---------------------------------------------------------------- launching */

static int64_t blocks_of(int64_t count, int64_t block) {
    return (count + block - 1) / block;
}

static nova_status launch(const run *r, void *kernel, int64_t x, int64_t y, int64_t z, void *args,
                          const char *what) {
    if (x > INT32_MAX || y > UINT16_MAX)
        return nova_fail(NOVA_SIZE_OVERFLOW, "%s: more blocks than a grid has", what);
    void *arguments[] = {args};
    const int error =
        r->plan->driver->ModuleLaunchKernel(kernel, (unsigned)x, (unsigned)y, (unsigned)z,
                                            NOVA_HIP_THREADS, 1, 1, 0, r->stream, arguments, NULL);
    return error == 0 ? NOVA_OK : nova_hip_fail(r->plan->driver, NOVA_INTERNAL, error, what);
}

static nova_status transpose(const run *r, const nova_gpu_transpose_args *matrix) {
    enum { RESIDENT = 4 }; /* blocks of a processor: two squares each in its shared memory */
    const unsigned most = (unsigned)r->plan->machine.processors * RESIDENT;
    nova_hip_transpose_args args = {*matrix, NOVA_MIN(matrix->squares, most)};
    return launch(r, r->plan->kernels.transpose, args.blocks, 1, 1, &args,
                  "launching a transposition");
}

static nova_status stage_x(const run *r) {
    if (r->engine->staging == NOVA_GPU_AS_IT_IS)
        return NOVA_OK;
    if (r->engine->staging == NOVA_GPU_TRANSPOSED) {
        const nova_gpu_transpose_args args = nova_gpu_transposed_x(r->engine, &r->operands);
        return transpose(r, &args);
    }
    nova_gpu_gather_args args = nova_gpu_gathered_x(r->engine, &r->operands);
    const int64_t pieces = (int64_t)args.out_w * (args.pitch / NOVA_GPU_PITCH);
    return launch(r, r->plan->kernels.gather, blocks_of(pieces, NOVA_HIP_THREADS),
                  NOVA_MIN(args.lines, NOVA_HIP_MOST_ROWS), 1, &args,
                  "launching the gathering of x");
}

static nova_status stage_residual(const run *r) {
    if (!r->engine->arranged || !r->args->residual)
        return NOVA_OK;
    const nova_gpu_transpose_args args =
        nova_gpu_transposed_residual(r->engine, &r->operands, r->args->residual);
    return transpose(r, &args);
}

static nova_status arrange_y(const run *r) {
    if (!r->engine->arranged)
        return NOVA_OK;
    const nova_gpu_transpose_args args = nova_gpu_arranged_y(r->engine, &r->operands, r->args->y);
    return transpose(r, &args);
}

static nova_status products(const run *r, nova_gpu_products_args *args) {
    return launch(r, r->plan->kernels.products, nova_gpu_units(&args->grid), 1, 1, args,
                  "launching products");
}

/* ---------------------------------------------------------------- the two algorithms */

static nova_status direct(const run *r) {
    nova_gpu_products_args args = nova_gpu_direct_products(r->engine, &r->operands);
    const nova_status status = products(r, &args);
    if (status != NOVA_OK || !nova_gpu_has_parts(&r->engine->grid))
        return status;
    nova_gpu_finish_args finish = nova_gpu_finish_of(r->engine, &r->operands);
    const int64_t pairs = finish.pixels * ((r->engine->shape.k + 1) / 2);
    return launch(r, r->plan->kernels.finish, blocks_of(pairs, NOVA_HIP_THREADS), 1, 1, &finish,
                  "launching the sum of the splits");
}

static nova_status chunk_input(const run *r, const nova_gpu_tiles *tiles) {
    const nova_gpu_engine *engine = r->engine;
    const nova_shape *shape = &engine->shape;
    nova_hip_input_args args = {.x = r->operands.input,
                                .v = r->operands.workspace + engine->v_at,
                                .tiles = *tiles,
                                .h = (int)shape->h,
                                .w = (int)shape->w,
                                .pad_top = (int)shape->pad_top,
                                .pad_left = (int)shape->pad_left,
                                .x_pitch = (int)engine->x_pitch,
                                .pairs = (int)(engine->c_pitch / 2),
                                .pitch = engine->c_pitch,
                                .position = engine->chunk_tiles * engine->c_pitch,
                                .transform = r->plan->input};
    return launch(r, r->plan->kernels.input, blocks_of(tiles->count * args.pairs, NOVA_HIP_THREADS),
                  1, 1, &args, "launching the input transform");
}

static nova_status chunk_products(const run *r, const nova_gpu_tiles *tiles) {
    nova_gpu_products_args args = nova_gpu_chunk_products(r->engine, &r->operands, tiles);
    if (r->plan->blas)
        return nova_hip_blas_multiply(r->plan->blas, &args, tiles->count, r->stream);
    return products(r, &args);
}

static nova_status chunk_output(const run *r, const nova_gpu_tiles *tiles) {
    const nova_gpu_engine *engine = r->engine;
    nova_hip_output_args args = {.m = r->operands.workspace + engine->m_at,
                                 .tiles = *tiles,
                                 .pairs = (int)(engine->k_pitch / 2),
                                 .pitch = engine->k_pitch,
                                 .position = engine->chunk_tiles * engine->k_pitch,
                                 .epilogue = r->operands.epilogue,
                                 .transform = r->plan->output};
    memcpy(args.transform.scale, r->filter->scale, sizeof args.transform.scale);
    return launch(r, r->plan->kernels.output,
                  blocks_of(tiles->count * args.pairs, NOVA_HIP_THREADS), 1, 1, &args,
                  "launching the output transform");
}

static nova_status fused(const run *r) {
    const nova_gpu_engine *engine = r->engine;
    const nova_shape *shape = &engine->shape;
    nova_hip_fused_args args = {.x = r->operands.input,
                                .u = r->operands.u,
                                .tiles = nova_gpu_first_chunk(engine),
                                .h = (int)shape->h,
                                .w = (int)shape->w,
                                .pad_top = (int)shape->pad_top,
                                .pad_left = (int)shape->pad_left,
                                .x_pitch = (int)engine->x_pitch,
                                .x_bytes = (uint32_t)nova_gpu_staged_bytes_of(engine),
                                .chunks = (int)(engine->c_pitch / NOVA_GPU_FUSED_CHUNK),
                                .channel_blocks = (int)blocks_of(shape->k, NOVA_GPU_FUSED_SIDE),
                                .epilogue = r->operands.epilogue,
                                .input = r->plan->input,
                                .output = r->plan->output};
    memcpy(args.output.scale, r->filter->scale, sizeof args.output.scale);
    return launch(r, r->plan->kernels.fused, blocks_of(engine->tiles, NOVA_GPU_FUSED_TILES), 1, 1,
                  &args, "launching the convolution");
}

static nova_status winograd(const run *r) {
    if (r->engine->fused)
        return fused(r);
    nova_status status = NOVA_OK;
    for (nova_gpu_tiles tiles = nova_gpu_first_chunk(r->engine);
         tiles.count > 0 && status == NOVA_OK; nova_gpu_next_chunk(r->engine, &tiles)) {
        status = chunk_input(r, &tiles);
        if (status == NOVA_OK)
            status = chunk_products(r, &tiles);
        if (status == NOVA_OK)
            status = chunk_output(r, &tiles);
    }
    return status;
}

nova_status nova_hip_execute(const nova_hip_plan *plan, const nova_hip_filter *filter,
                             const nova_execute_args *args, void *stream) {
    nova_status status = nova_check_operands(plan, filter, args);
    if (status == NOVA_OK)
        status = nova_gpu_check(&plan->plan, plan->device, &filter->kind, args);
    if (status != NOVA_OK)
        return status;
    run r = {.plan = plan,
             .engine = &plan->plan.engine,
             .filter = filter,
             .args = args,
             .stream = stream,
             .operands = nova_gpu_operands_of(&plan->plan.engine, filter->packed, args)};
    status = stage_x(&r);
    if (status == NOVA_OK)
        status = stage_residual(&r);
    if (status == NOVA_OK)
        status = r.engine->algorithm == NOVA_ALGORITHM_DIRECT ? direct(&r) : winograd(&r);
    return status == NOVA_OK ? arrange_y(&r) : status;
}
