/*
 * rows.c - enqueuing the kernels for Winograd along the rows (gpu/rows.h) and in both directions
 * (gpu/nested.h).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "gpu/rows.h"
#include "gpu/nested.h"

#include "cuda/run.h"

enum { ELEMENT = 2 };

/* 64 channels of either kind. */
static nova_status encode_filter(const nova_cuda_run *run, CUtensorMap *map) {
    const nova_gpu_engine *engine = run->engine;
    const cuuint64_t row = (cuuint64_t)engine->c_pitch * ELEMENT;
    const cuuint64_t sizes[] = {(cuuint64_t)engine->c_pitch, (cuuint64_t)engine->k_pitch,
                                (cuuint64_t)engine->slices};
    const cuuint64_t strides[] = {row, row * sizes[1]};
    const cuuint32_t box[] = {NOVA_GPU_STEP_CHANNELS, NOVA_GPU_SLAB_CHANNELS, 1};
    return nova_cuda_encode(run, map, 3, run->operands.u, sizes, strides, box);
}

/* A channel-last tensor [n][h][w][channels], of which a box's pixels lie column by column. */
static nova_status encode_columns(const nova_cuda_run *run, CUtensorMap *map, const void *data,
                                  int64_t channels, int64_t h, int64_t w, int box_h, int box_w) {
    const cuuint64_t pixel = (cuuint64_t)channels * ELEMENT, line = pixel * (cuuint64_t)w;
    const cuuint64_t sizes[] = {(cuuint64_t)channels, (cuuint64_t)h, (cuuint64_t)w,
                                (cuuint64_t)run->engine->shape.n};
    const cuuint64_t strides[] = {line, pixel, line * (cuuint64_t)h};
    const cuuint32_t box[] = {NOVA_GPU_STEP_CHANNELS, (cuuint32_t)box_h, (cuuint32_t)box_w, 1};
    return nova_cuda_encode(run, map, 4, data, sizes, strides, box);
}

static nova_status encode_outputs(const nova_cuda_run *run, CUtensorMap *map, const void *data) {
    const nova_shape *shape = &run->engine->shape;
    return encode_columns(run, map, data, shape->k, shape->out_h, shape->out_w, NOVA_GPU_ROWS_HIGH,
                          NOVA_GPU_ROWS_WARP);
}

nova_status nova_cuda_rows(const nova_cuda_run *run) {
    const nova_gpu_engine *engine = run->engine;
    const nova_gpu_epilogue *epilogue = &run->operands.epilogue;
    const nova_gpu_rows rows = nova_gpu_rows_of(&engine->grid);
    const nova_gpu_rows_args args = {
        .grid = engine->grid, .factor = run->filter->factor, .epilogue = *epilogue};
    CUtensorMap map[NOVA_CUDA_MAPS];
    nova_status status = encode_filter(run, &map[NOVA_CUDA_MAP_U]);
    if (status == NOVA_OK)
        status = encode_columns(run, &map[NOVA_CUDA_MAP_P], run->operands.input, engine->x_pitch,
                                engine->shape.h, engine->shape.w, rows.in_h, rows.in_w);
    if (status == NOVA_OK)
        status = encode_outputs(run, &map[NOVA_CUDA_MAP_OUT], epilogue->y);
    map[NOVA_CUDA_MAP_RESIDUAL] = map[NOVA_CUDA_MAP_OUT]; /* not used, or: */
    if (status == NOVA_OK && epilogue->residual)
        status = encode_outputs(run, &map[NOVA_CUDA_MAP_RESIDUAL], epilogue->residual);
    if (status != NOVA_OK)
        return status;
    return nova_cuda_launched(nova_cuda_rows_sm90(&run->launch, &args, map),
                              "launching Winograd along the rows");
}

/* Every other row of a channel-last x, from row `first` on. */
static nova_status encode_plane(const nova_cuda_run *run, CUtensorMap *map, int first) {
    const nova_shape *shape = &run->engine->shape;
    const cuuint64_t pixel = (cuuint64_t)run->engine->x_pitch * ELEMENT;
    const cuuint64_t line = pixel * (cuuint64_t)shape->w;
    const cuuint64_t sizes[] = {(cuuint64_t)run->engine->x_pitch,
                                (cuuint64_t)(shape->h + 1 - first) / 2, (cuuint64_t)shape->w,
                                (cuuint64_t)shape->n};
    const cuuint64_t strides[] = {2 * line, pixel, line * (cuuint64_t)shape->h};
    const cuuint32_t box[] = {NOVA_GPU_STEP_CHANNELS, NOVA_GPU_NESTED_PLANE_H,
                              NOVA_GPU_NESTED_PLANE_W, 1};
    return nova_cuda_encode(run, map, 4, (const char *)run->operands.input + line * (size_t)first,
                            sizes, strides, box);
}

nova_status nova_cuda_nested(const nova_cuda_run *run) {
    const nova_gpu_rows_args args = {.grid = run->engine->grid,
                                     .factor = run->filter->factor,
                                     .epilogue = run->operands.epilogue};
    CUtensorMap u, planes[NOVA_GPU_NESTED_PLANES];
    nova_status status = encode_filter(run, &u);
    for (int i = 0; i < NOVA_GPU_NESTED_PLANES && status == NOVA_OK; i++)
        status = encode_plane(run, &planes[i], (args.grid.origin_h + i) & 1);
    if (status != NOVA_OK)
        return status;
    return nova_cuda_launched(nova_cuda_nested_sm90(&run->launch, &args, &u, planes),
                              "launching Winograd in one kernel");
}
