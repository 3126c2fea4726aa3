/*
 * transforms.h - both transforms of a tile in registers, by the codelets that the CPU runs and in
 * its order of passes: binary32, two channels a lane, so that a wave reads and writes 256 bytes in
 * a row and every operation is a packed one. No shared memory, no exchange between lanes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_TRANSFORMS_H
#define NOVA_HIP_TRANSFORMS_H

#include "hip/args.h"
#include "hip/types.h"
#include "transforms/generated/codelet_list.h"

NOVA_DEVICE V both(float v) {
    return V{v, v};
}
NOVA_DEVICE V fused_pair(V a, V b, V c) {
    return V{fused(a[0], b[0], c[0]), fused(a[1], b[1], c[1])};
}

#define V_COEF float
#define V_COEF_GET(c, k) both((c)[k])
#define V_ADD(a, b) ((a) + (b))
#define V_SUB(a, b) ((a) - (b))
#define V_MUL(a, b) ((a) * (b))
#define V_FMA(a, b, c) fused_pair(a, b, c)
#define V_FNMA(a, b, c) fused_pair(-(a), b, c)
#define NOVA_CODELET(name) nova_hip_codelet_##name
#define NOVA_CODELET_ATTR NOVA_CODELET_DEVICE
#include "transforms/generated/codelets.h"

/** Codelets by their number. */
template <int INDEX> struct codelet;
#define NOVA_HIP_CODELET(index, name, rows, columns)                                               \
    template <> struct codelet<index> {                                                            \
        enum { ROWS = rows, COLUMNS = columns };                                                   \
        NOVA_DEVICE void run(const V *x, V *y, const float *c) {                                   \
            nova_hip_codelet_##name(x, y, c);                                                      \
        }                                                                                          \
    };
NOVA_FOR_EACH_INPUT_CODELET(NOVA_HIP_CODELET)
NOVA_FOR_EACH_OUTPUT_CODELET(NOVA_HIP_CODELET)
#undef NOVA_HIP_CODELET

/* Where a tile is. */
struct tile_place {
    int tile, image, line, column;
    bool exists;
};

NOVA_DEVICE tile_place tile_at(const nova_gpu_tiles &tiles, int tile) {
    tile_place p;
    p.tile = tile;
    p.exists = tile < tiles.count;
    const int number = (int)tiles.first + tile, line = number / tiles.across;
    p.column = number - line * tiles.across;
    p.image = line / tiles.down;
    p.line = line - p.image * tiles.down;
    return p;
}

/* Which a thread of the transforms' kernels has, one of `pairs` of its tile. */
NOVA_DEVICE tile_place place_of(const nova_gpu_tiles &tiles, int pairs, int *pair) {
    const int64_t at = (int64_t)block_number_x() * NOVA_HIP_THREADS + thread_number();
    const int tile = (int)(at / pairs);
    *pair = (int)(at - (int64_t)tile * pairs);
    return tile_at(tiles, tile);
}

/** `H`, `W`: numbers of the input codelets. */
template <typename T, int H, int W> NOVA_DEVICE void input_tile(const nova_hip_input_args &args) {
    typedef codelet<H> high;
    typedef codelet<W> wide;
    int pair;
    const tile_place p = place_of(args.tiles, args.pairs, &pair);
    if (!p.exists)
        return;
    const int c = 2 * pair, h0 = p.line * args.tiles.tile_h - args.pad_top,
              w0 = p.column * args.tiles.tile_w - args.pad_left;
    const bool in_channels = c < args.x_pitch;
    const uint16_t *corner = (const uint16_t *)args.x +
                             (((int64_t)p.image * args.h + h0) * args.w + w0) * args.x_pitch + c;
    V t[high::COLUMNS][wide::ROWS];
#pragma unroll
    for (int i = 0; i < high::COLUMNS; i++) {
        V row[wide::COLUMNS];
        const bool in_row = in_channels && (unsigned)(h0 + i) < (unsigned)args.h;
#pragma unroll
        for (int j = 0; j < wide::COLUMNS; j++) {
            row[j] = both(0);
            if (in_row && (unsigned)(w0 + j) < (unsigned)args.w)
                row[j] =
                    unpack<T>(load<uint32_t>(corner + (int64_t)(i * args.w + j) * args.x_pitch));
        }
        wide::run(row, t[i], args.transform.w);
    }
    uint16_t *v = (uint16_t *)args.v + p.tile * args.pitch + nova_gpu_stored_channel(c);
#pragma unroll
    for (int j = 0; j < wide::ROWS; j++) {
        V column[high::COLUMNS], result[high::ROWS];
#pragma unroll
        for (int i = 0; i < high::COLUMNS; i++)
            column[i] = t[i][j];
        high::run(column, result, args.transform.h);
#pragma unroll
        for (int i = 0; i < high::ROWS; i++) {
            const int position = i * wide::ROWS + j;
            const V scaled = result[i] * both(args.transform.scale[position]);
            store(v + position * args.position, pack<T>(scaled[0], scaled[1]));
        }
    }
}

template <typename M> NOVA_DEVICE V load_products(const void *m, int64_t at) {
    return unpack<M>(load<uint32_t>((const uint16_t *)m + at));
}
template <> NOVA_DEVICE_SPECIAL V load_products<float>(const void *m, int64_t at) {
    return load<V>((const float *)m + at);
}

/** `M`: T or float; `H`, `W`: numbers of the output codelets. */
template <typename T, typename M, int H, int W>
NOVA_DEVICE void output_tile(const nova_hip_output_args &args) {
    typedef codelet<H> high;
    typedef codelet<W> wide;
    const nova_gpu_epilogue &e = args.epilogue;
    int pair;
    const tile_place p = place_of(args.tiles, args.pairs, &pair);
    const int64_t k = nova_gpu_stored_channel(2 * pair);
    if (!p.exists || k >= e.k)
        return;
    const int64_t from = p.tile * args.pitch + 2 * pair;
    V t[high::COLUMNS][wide::ROWS];
#pragma unroll
    for (int i = 0; i < high::COLUMNS; i++) {
        V row[wide::COLUMNS];
#pragma unroll
        for (int j = 0; j < wide::COLUMNS; j++) {
            const int position = i * wide::COLUMNS + j;
            row[j] = load_products<M>(args.m, from + position * args.position) *
                     both(args.transform.scale[position]);
        }
        wide::run(row, t[i], args.transform.w);
    }
    const int y0 = p.line * args.tiles.tile_h, x0 = p.column * args.tiles.tile_w;
    const V bias = bias_of(e, k);
#pragma unroll
    for (int j = 0; j < wide::ROWS; j++) {
        V column[high::COLUMNS], result[high::ROWS];
#pragma unroll
        for (int i = 0; i < high::COLUMNS; i++)
            column[i] = t[i][j];
        high::run(column, result, args.transform.h);
        if (x0 + j >= e.out_w)
            continue;
#pragma unroll
        for (int i = 0; i < high::ROWS; i++) {
            if (y0 + i < e.out_h)
                store_pair<T>(e, output_index(e, p.image, k, y0 + i, x0 + j), k, result[i] + bias);
        }
    }
}

#endif
