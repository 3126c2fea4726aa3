/*
 * execute.c - enqueuing the kernels of a plan.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cuda/run.h"
#include "gpu/halo.h"
#include "nova_winograd_gpu.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

typedef nova_cuda_run run;

/* ---------------------------------------------------------------- stages */

nova_status nova_cuda_launched(cudaError_t error, const char *what) {
    return error == cudaSuccess ? NOVA_OK : nova_cuda_fail(NOVA_INTERNAL, error, what);
}

static nova_status transpose(const run *r, const nova_gpu_transpose_args *args) {
    return nova_cuda_launched(nova_cuda_transpose(&r->launch, args), "launching a transposition");
}

static nova_status stage_x(run *r) {
    if (r->engine->staging == NOVA_GPU_AS_IT_IS)
        return NOVA_OK;
    if (r->engine->staging == NOVA_GPU_TRANSPOSED) {
        const nova_gpu_transpose_args args = nova_gpu_transposed_x(r->engine, &r->operands);
        return transpose(r, &args);
    }
    const nova_gpu_gather_args args = nova_gpu_gathered_x(r->engine, &r->operands);
    return nova_cuda_launched(nova_cuda_gather(&r->launch, &args), "launching the gathering of x");
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

/* ---------------------------------------------------------------- products */

nova_status nova_cuda_encode(const run *r, CUtensorMap *map, int rank, const void *data,
                             const cuuint64_t *sizes, const cuuint64_t *strides,
                             const cuuint32_t *box) {
    static const cuuint32_t one[] = {1, 1, 1, 1};
    const CUtensorMapDataType type = r->launch.type == NOVA_F16 ? CU_TENSOR_MAP_DATA_TYPE_FLOAT16
                                                                : CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
    void *address;
    memcpy(&address, &data, sizeof address); /* the driver only reads, but does not say so */
    const CUresult result =
        r->plan->encode(map, type, (cuuint32_t)rank, address, sizes, strides, box, one,
                        CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (result != CUDA_SUCCESS)
        return nova_fail(NOVA_INTERNAL, "cuTensorMapEncodeTiled: error %d", (int)result);
    return NOVA_OK;
}

static nova_status encode_m(const run *r, CUtensorMap *map, const nova_gpu_products_args *args) {
    enum { ELEMENT = 2, PIXELS = 64 }; /* as products_sm90.cu stores them */
    const cuuint64_t row = (cuuint64_t)args->k_pitch * ELEMENT;
    const cuuint64_t sizes[] = {(cuuint64_t)args->k_pitch, (cuuint64_t)args->grid.extent_w,
                                (cuuint64_t)args->grid.extent_h};
    const cuuint64_t strides[] = {row, row * (cuuint64_t)args->sums_row};
    const cuuint32_t box[] = {NOVA_GPU_SLAB_CHANNELS, PIXELS, 1};
    return nova_cuda_encode(r, map, 3, args->sums, sizes, strides, box);
}

/* Pixels of a box of the copy engine's. */
typedef struct pixel_box {
    int w, h, n;
} pixel_box;

static pixel_box box_of_p(const nova_gpu_grid *grid, int processors) {
    const nova_gpu_part part =
        nova_gpu_part_at(grid, grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1, 0);
    const nova_gpu_halo halo = nova_gpu_halo_of(grid, processors);
    return grid->halo ? (pixel_box){halo.in_w, halo.in_h, halo.in_n}
                      : (pixel_box){part.box_w, part.box_h, part.box_n};
}

static pixel_box box_of_y(const nova_gpu_grid *grid, int processors) {
    const nova_gpu_halo halo = nova_gpu_halo_of(grid, processors);
    return grid->halo ? (pixel_box){halo.out_w, halo.out_h, halo.out_n}
                      : (pixel_box){grid->box_w, grid->box_h, grid->box_n};
}

/* y or the residual, of which turns_sm90.cu and halo_sm90.cu store or read a slab of channels at a
   time. */
static nova_status encode_y(const run *r, CUtensorMap *map, const nova_gpu_products_args *args,
                            const void *data) {
    enum { ELEMENT = 2 };
    const nova_gpu_grid *grid = &args->grid;
    const cuuint64_t row = (cuuint64_t)args->epilogue.k * ELEMENT;
    const cuuint64_t line = row * (cuuint64_t)grid->extent_w;
    const cuuint64_t sizes[] = {(cuuint64_t)args->epilogue.k, (cuuint64_t)grid->extent_w,
                                (cuuint64_t)grid->extent_h, (cuuint64_t)grid->extent_n};
    const cuuint64_t strides[] = {row, line, line * (cuuint64_t)grid->extent_h};
    const pixel_box pixels = box_of_y(grid, r->launch.processors);
    const cuuint32_t box[] = {NOVA_GPU_SLAB_CHANNELS, (cuuint32_t)pixels.w, (cuuint32_t)pixels.h,
                              (cuuint32_t)pixels.n};
    return nova_cuda_encode(r, map, 4, data, sizes, strides, box);
}

static nova_status encode_operands(const run *r, CUtensorMap *map,
                                   const nova_gpu_products_args *args) {
    enum { ELEMENT = 2 };
    const cuuint64_t row = (cuuint64_t)args->c_pitch * ELEMENT;
    const cuuint64_t u_sizes[] = {(cuuint64_t)args->c_pitch, (cuuint64_t)args->k_pitch,
                                  (cuuint64_t)args->slices};
    const cuuint64_t u_strides[] = {row, row * (cuuint64_t)args->k_pitch};
    const bool halved = args->grid.sharing == NOVA_GPU_SHARE_FILTER; /* as the kernels do */
    const cuuint32_t u_rows = (cuuint32_t)(args->grid.block_channels / (halved ? 2 : 1));
    const cuuint32_t u_box[] = {NOVA_GPU_STEP_CHANNELS, u_rows, 1};
    const cuuint32_t slab_box[] = {NOVA_GPU_STEP_CHANNELS, NOVA_GPU_SLAB_CHANNELS, 1};
    const cuuint64_t p_sizes[] = {(cuuint64_t)args->c_pitch, (cuuint64_t)args->p_w,
                                  (cuuint64_t)args->p_h, (cuuint64_t)args->p_n};
    const cuuint64_t p_strides[] = {row, row * (cuuint64_t)args->p_row,
                                    row * (cuuint64_t)args->p_row * (cuuint64_t)args->p_h};
    const pixel_box pixels = box_of_p(&args->grid, r->launch.processors);
    const cuuint32_t p_box[] = {NOVA_GPU_STEP_CHANNELS, (cuuint32_t)pixels.w, (cuuint32_t)pixels.h,
                                (cuuint32_t)pixels.n};
    nova_status status =
        nova_cuda_encode(r, &map[NOVA_CUDA_MAP_U], 3, args->u, u_sizes, u_strides, u_box);
    if (status == NOVA_OK)
        status =
            nova_cuda_encode(r, &map[NOVA_CUDA_MAP_SLAB], 3, args->u, u_sizes, u_strides, slab_box);
    if (status == NOVA_OK)
        status = nova_cuda_encode(r, &map[NOVA_CUDA_MAP_P], 4, args->p, p_sizes, p_strides, p_box);
    return status;
}

/* Blocks that groups of threads take in turn. */
static nova_status turns(run *r, nova_gpu_products_args *args, CUtensorMap *map) {
    nova_status status = NOVA_OK;
    args->boxes = args->grid.splits == 1 && args->epilogue.k % NOVA_GPU_PITCH == 0;
    map[NOVA_CUDA_MAP_RESIDUAL] = map[NOVA_CUDA_MAP_OUT] = map[NOVA_CUDA_MAP_U]; /* not used, or: */
    if (args->boxes)
        status = encode_y(r, &map[NOVA_CUDA_MAP_OUT], args, args->epilogue.y);
    if (status == NOVA_OK && args->boxes && args->epilogue.residual)
        status = encode_y(r, &map[NOVA_CUDA_MAP_RESIDUAL], args, args->epilogue.residual);
    if (status != NOVA_OK)
        return status;
    return nova_cuda_launched(args->grid.halo ? nova_cuda_halo_sm90(&r->launch, args, map)
                                              : nova_cuda_turns_sm90(&r->launch, args, map),
                              "launching products");
}

static nova_status hopper_products(run *r, nova_gpu_products_args *args) {
    CUtensorMap map[NOVA_CUDA_MAPS];
    nova_status status = encode_operands(r, map, args);
    if (status == NOVA_OK && args->grid.turns)
        return turns(r, args, map);
    CUtensorMap m = map[NOVA_CUDA_MAP_U]; /* not used unless M is stored in the tensors' type */
    if (status == NOVA_OK && args->target == NOVA_GPU_TO_HALF)
        status = encode_m(r, &m, args);
    if (status != NOVA_OK)
        return status;
    return nova_cuda_launched(
        nova_cuda_products_sm90(&r->launch, args, &map[NOVA_CUDA_MAP_U], &map[NOVA_CUDA_MAP_P], &m),
        "launching products");
}

static nova_status products(run *r, nova_gpu_products_args *args) {
    if (r->plan->machine.hopper)
        return hopper_products(r, args);
    return nova_cuda_launched(nova_cuda_products_sm80(&r->launch, args), "launching products");
}

/* A small map: U in boxes of all taps, x in boxes with their halo. */
static nova_status resident(const run *r) {
    enum { ELEMENT = 2 };
    const nova_gpu_engine *engine = r->engine;
    const nova_gpu_resident *all = &engine->resident;
    const nova_gpu_resident_args args = nova_gpu_resident_products(engine, &r->operands);
    const cuuint64_t row = (cuuint64_t)engine->c_pitch * ELEMENT;
    const cuuint64_t u_sizes[] = {(cuuint64_t)engine->c_pitch, (cuuint64_t)engine->k_pitch,
                                  (cuuint64_t)engine->slices};
    const cuuint64_t u_strides[] = {row, row * u_sizes[1]};
    const cuuint32_t u_box[] = {NOVA_GPU_RESIDENT_CHUNK, (cuuint32_t)all->channels,
                                (cuuint32_t)engine->slices};
    const cuuint64_t x_sizes[] = {(cuuint64_t)engine->c_pitch,
                                  (cuuint64_t)nova_gpu_staged_w(engine),
                                  (cuuint64_t)nova_gpu_staged_h(engine), (cuuint64_t)all->images};
    const cuuint64_t x_strides[] = {row, row * x_sizes[1], row * x_sizes[1] * x_sizes[2]};
    const cuuint32_t x_box[] = {NOVA_GPU_RESIDENT_CHUNK, (cuuint32_t)nova_gpu_resident_row(all),
                                (cuuint32_t)nova_gpu_resident_rows(all), 1};
    CUtensorMap u, x;
    nova_status status = nova_cuda_encode(r, &u, 3, r->operands.u, u_sizes, u_strides, u_box);
    if (status == NOVA_OK)
        status = nova_cuda_encode(r, &x, 4, r->operands.input, x_sizes, x_strides, x_box);
    if (status != NOVA_OK)
        return status;
    return nova_cuda_launched(nova_cuda_resident_sm90(&r->launch, &args, &u, &x),
                              "launching products");
}

/* ---------------------------------------------------------------- the two algorithms */

static nova_status by_blocks(run *r) {
    if (r->engine->small)
        return resident(r);
    nova_gpu_products_args args = nova_gpu_direct_products(r->engine, &r->operands);
    const nova_status status = products(r, &args);
    if (status != NOVA_OK || !nova_gpu_has_parts(&r->engine->grid))
        return status;
    const nova_gpu_finish_args finish = nova_gpu_finish_of(r->engine, &r->operands);
    return nova_cuda_launched(nova_cuda_finish(&r->launch, &finish),
                              "launching the sum of the splits");
}

static nova_status direct(run *r) {
    if (r->engine->grid.kind == NOVA_GPU_FEW_OUTPUTS) {
        const nova_gpu_few_outputs_args args = nova_gpu_few_outputs_of(r->engine, &r->operands);
        return nova_cuda_launched(nova_gpu_is_strip(&r->engine->grid)
                                      ? nova_cuda_few_strips(&r->launch, &args)
                                      : nova_cuda_few_outputs(&r->launch, &args),
                                  "launching few outputs");
    }
    if (r->engine->grid.kind == NOVA_GPU_FEW_INPUTS) {
        const nova_gpu_few_inputs_args args = nova_gpu_few_inputs_of(r->engine, &r->operands);
        return nova_cuda_launched(nova_cuda_few_inputs(&r->launch, &args), "launching few inputs");
    }
    return by_blocks(r);
}

static const void *fragments(const run *r, const nova_gpu_matrix *matrix) {
    return (const char *)r->filter->packed + matrix->at;
}

/* Patches of x. */
static nova_status encode_patch(const run *r, CUtensorMap *map) {
    enum { ELEMENT = 2 };
    const nova_gpu_engine *engine = r->engine;
    const nova_shape *shape = &engine->shape;
    const cuuint64_t pixel = (cuuint64_t)engine->x_pitch * ELEMENT;
    const cuuint64_t sizes[] = {(cuuint64_t)engine->x_pitch, (cuuint64_t)shape->w,
                                (cuuint64_t)shape->h, (cuuint64_t)shape->n};
    const cuuint64_t strides[] = {pixel, pixel * sizes[1], pixel * sizes[1] * sizes[2]};
    const cuuint32_t box[] = {NOVA_GPU_UNIT_CHANNELS, (cuuint32_t)engine->tile.inputs_w,
                              (cuuint32_t)engine->tile.inputs_h, 1};
    return nova_cuda_encode(r, map, 4, r->operands.input, sizes, strides, box);
}

/* A tile's products in M. */
static nova_status encode_positions(const run *r, CUtensorMap *map, int64_t tiles) {
    enum { ELEMENT = 2 };
    const nova_gpu_engine *engine = r->engine;
    const cuuint64_t row = (cuuint64_t)engine->k_pitch * ELEMENT;
    const cuuint64_t sizes[] = {(cuuint64_t)engine->k_pitch, (cuuint64_t)tiles,
                                (cuuint64_t)engine->slices};
    const cuuint64_t strides[] = {row, row * (cuuint64_t)engine->chunk_tiles};
    const cuuint32_t box[] = {NOVA_GPU_UNIT_CHANNELS, 1, (cuuint32_t)engine->slices};
    return nova_cuda_encode(r, map, 3, r->operands.workspace + engine->m_at, sizes, strides, box);
}

static nova_status chunk_input(run *r, const nova_gpu_tiles *tiles) {
    const nova_gpu_engine *engine = r->engine;
    const nova_shape *shape = &engine->shape;
    const nova_gpu_input_args args = {.x = r->operands.input,
                                      .v = r->operands.workspace + engine->v_at,
                                      .tiles = *tiles,
                                      .h = (int)shape->h,
                                      .w = (int)shape->w,
                                      .pad_top = (int)shape->pad_top,
                                      .pad_left = (int)shape->pad_left,
                                      .inputs_h = engine->tile.inputs_h,
                                      .inputs_w = engine->tile.inputs_w,
                                      .x_pitch = engine->x_pitch,
                                      .pitch = engine->c_pitch,
                                      .position = engine->chunk_tiles * engine->c_pitch,
                                      .matrix = engine->tile.input,
                                      .fragments = fragments(r, &engine->tile.input)};
    CUtensorMap x;
    if (r->plan->machine.hopper) {
        const nova_status status = encode_patch(r, &x);
        if (status != NOVA_OK)
            return status;
    }
    return nova_cuda_launched(
        nova_cuda_input(&r->launch, &args, r->plan->machine.hopper ? &x : NULL),
        "launching the input transform");
}

static nova_status chunk_products(run *r, const nova_gpu_tiles *tiles) {
    nova_gpu_products_args args = nova_gpu_chunk_products(r->engine, &r->operands, tiles);
    return products(r, &args);
}

static nova_status chunk_output(run *r, const nova_gpu_tiles *tiles) {
    const nova_gpu_engine *engine = r->engine;
    const nova_gpu_output_args args = {.m = r->operands.workspace + engine->m_at,
                                       .tiles = *tiles,
                                       .pitch = engine->k_pitch,
                                       .position = engine->chunk_tiles * engine->k_pitch,
                                       .m_is_float = engine->tile.m_type == NOVA_F32,
                                       .matrix = engine->tile.output,
                                       .fragments = fragments(r, &engine->tile.output),
                                       .factor = r->filter->factor,
                                       .epilogue = r->operands.epilogue};
    CUtensorMap m;
    const bool mapped = r->plan->machine.hopper && !args.m_is_float;
    if (mapped) {
        const nova_status status = encode_positions(r, &m, tiles->count);
        if (status != NOVA_OK)
            return status;
    }
    return nova_cuda_launched(nova_cuda_output(&r->launch, &args, mapped ? &m : NULL),
                              "launching the output transform");
}

static nova_status winograd(run *r) {
    if (r->engine->fused)
        return r->engine->grid.kind == NOVA_GPU_NESTED ? nova_cuda_nested(r) : nova_cuda_rows(r);
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

/* Checks, and prepares a run. */
static nova_status start(run *r, const nova_cuda_plan *plan, const nova_cuda_filter *filter,
                         const nova_execute_args *args, void *stream) {
    nova_status status = nova_check_operands(plan, filter, args);
    if (status == NOVA_OK)
        status = nova_gpu_check(&plan->plan, plan->device, &filter->kind, args);
    if (status != NOVA_OK)
        return status;
    *r = (run){.plan = plan,
               .engine = &plan->plan.engine,
               .filter = filter,
               .args = args,
               .operands = nova_gpu_operands_of(&plan->plan.engine, filter->packed, args),
               .launch = {.stream = stream,
                          .type = plan->plan.engine.shape.dtype,
                          .hopper = plan->machine.hopper,
                          .processors = plan->machine.processors,
                          .shared_bytes = plan->machine.shared_bytes}};
    return NOVA_OK;
}

nova_status nova_cuda_execute(const nova_cuda_plan *plan, const nova_cuda_filter *filter,
                              const nova_execute_args *args, void *stream) {
    run r;
    nova_status status = start(&r, plan, filter, args, stream);
    if (status == NOVA_OK)
        status = stage_x(&r);
    if (status == NOVA_OK)
        status = stage_residual(&r);
    if (status == NOVA_OK)
        status = r.engine->algorithm == NOVA_ALGORITHM_DIRECT ? direct(&r) : winograd(&r);
    return status == NOVA_OK ? arrange_y(&r) : status;
}

nova_status nova_cuda_execute_products(const nova_cuda_plan *plan, const nova_cuda_filter *filter,
                                       const nova_execute_args *args, void *stream) {
    run r;
    const nova_status status = start(&r, plan, filter, args, stream);
    if (status != NOVA_OK)
        return status;
    if (r.engine->fused)
        return nova_fail(NOVA_NOT_ELIGIBLE, "the plan's products have no kernel of their own");
    const nova_gpu_tiles tiles = {.count = r.engine->chunk_tiles};
    return chunk_products(&r, &tiles);
}
