/*
 * fused.h - Winograd convolution of up to 64 channels in one kernel; gpu/fused.h says how. V is a
 * part of shared memory at a time, sums are registers of the matrix instruction, U comes out of the
 * cache, in order.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_FUSED_H
#define NOVA_HIP_FUSED_H

#include "gpu/fused.h"
#include "hip/transforms.h"

enum {
    FUSED_PAIRS = NOVA_GPU_FUSED_CHUNK / 2,                      /* threads of a tile */
    FUSED_WORDS = NOVA_GPU_FUSED_LANES * NOVA_GPU_FUSED_OWN / 2, /* of V of a position */
    /* offsets that no x has, however they are added up: rows and columns outside */
    NO_ROW = 1 << 31,
    NO_COLUMN = 1 << 30
};
static_assert(FUSED_PAIRS * NOVA_GPU_FUSED_TILES == NOVA_HIP_THREADS, "a pair of a tile a thread");

/** Words of shared memory: V of some columns of positions, a KiB a position and at most 32, so that
   a processor has room for a second block; or outputs of a column of the tiles. */
template <int H, int W, int OUT> struct fused_memory {
    enum {
        MOST = 32 / codelet<H>::ROWS,
        PARTS = (codelet<W>::ROWS + MOST - 1) / MOST,
        COLUMNS = (codelet<W>::ROWS + PARTS - 1) / PARTS,
        V_WORDS = COLUMNS * codelet<H>::ROWS * FUSED_WORDS,
        Y_WORDS = codelet<OUT>::ROWS * NOVA_GPU_FUSED_TILES * NOVA_GPU_FUSED_PITCH,
        WORDS = (int)V_WORDS > (int)Y_WORDS ? (int)V_WORDS : (int)Y_WORDS
    };
};

/** Waves of a SIMD that its registers are to have room for, by positions of a side: the sums take
   four for each position. */
constexpr int fused_waves(int side) {
    return side <= 4 ? 4 : side <= 6 ? 2 : 1;
}

/* The arguments, loaded where they are used rather than kept in registers. */
NOVA_DEVICE const nova_hip_fused_args &again(const nova_hip_fused_args &args) {
    return (&args)[anew_for_all(0)];
}

/* The first pass, over rows of the patch; what lies outside x is zero by the offsets. */
template <typename T, int H, int W>
NOVA_DEVICE void fused_rows(const nova_hip_fused_args &args, const readable &x, const tile_place &p,
                            int channel, V (*t)[codelet<W>::ROWS]) {
    typedef codelet<H> high;
    typedef codelet<W> wide;
    enum { ELEMENT = 2 };
    const int h0 = p.line * args.tiles.tile_h - args.pad_top,
              w0 = p.column * args.tiles.tile_w - args.pad_left;
    const bool exists = p.exists && channel < args.x_pitch;
    uint32_t columns[wide::COLUMNS];
#pragma unroll
    for (int j = 0; j < wide::COLUMNS; j++)
        columns[j] = exists && (unsigned)(w0 + j) < (unsigned)args.w
                         ? (uint32_t)((w0 + j) * args.x_pitch + channel) * ELEMENT
                         : (uint32_t)NO_COLUMN;
#pragma unroll
    for (int i = 0; i < high::COLUMNS; i++) {
        const uint32_t line = (unsigned)(h0 + i) < (unsigned)args.h
                                  ? (uint32_t)((p.image * args.h + h0 + i) * args.w) *
                                        (uint32_t)(args.x_pitch * ELEMENT)
                                  : (uint32_t)NO_ROW;
        V row[wide::COLUMNS];
#pragma unroll
        for (int j = 0; j < wide::COLUMNS; j++)
            row[j] = unpack<T>(load_word(x, line + columns[j]));
        wide::run(row, t[i], args.input.w);
        keep_order();
    }
}

/* The second pass over one column of positions; `v`: of the column's first position, where this
   thread's channels go. */
template <typename T, int H, int W>
NOVA_DEVICE void fused_column(const nova_hip_fused_args &args, V (*t)[codelet<W>::ROWS], int j,
                              uint32_t *v) {
    typedef codelet<H> high;
    const float *scale = args.input.scale + j;
    V column[high::COLUMNS], result[high::ROWS];
#pragma unroll
    for (int i = 0; i < high::COLUMNS; i++)
        column[i] = t[i][j];
    high::run(column, result, args.input.h);
#pragma unroll
    for (int i = 0; i < high::ROWS; i++) {
        const V scaled = result[i] * both(scale[i * codelet<W>::ROWS]);
        v[i * FUSED_WORDS] = pack<T>(scaled[0], scaled[1]);
    }
    keep_order();
}

/* Products of a column of positions; `u`, `v`: this lane's elements of the first. */
template <typename T, int ROWS, int COLUMNS>
NOVA_DEVICE void fused_products(f32x4 *sums, int j, const uint16_t *u, const uint32_t *v) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        const int position = i * COLUMNS + j;
        const u32x4 a = load<u32x4>(u + position * NOVA_GPU_FUSED_U);
        const u32x4 b = load<u32x4>(v + i * FUSED_WORDS);
        multiply((const T *)nullptr, &sums[position], u32x2{a[0], a[1]}, u32x2{b[0], b[1]});
        multiply((const T *)nullptr, &sums[position], u32x2{a[2], a[3]}, u32x2{b[2], b[3]});
        if (i % 4 == 3)
            keep_order();
    }
}

/* Outputs of a lane's four channels, in two pairs: the first pass, over rows of positions. */
template <int H, int W>
NOVA_DEVICE void fused_output_rows(const nova_hip_fused_args &args, const f32x4 *sums,
                                   V (*t)[codelet<H>::COLUMNS][codelet<W>::ROWS]) {
    typedef codelet<W> wide;
#pragma unroll
    for (int i = 0; i < codelet<H>::COLUMNS; i++) {
        const float *scale = args.output.scale + i * wide::COLUMNS;
#pragma unroll
        for (int pair = 0; pair < 2; pair++) {
            V row[wide::COLUMNS];
#pragma unroll
            for (int j = 0; j < wide::COLUMNS; j++) {
                const int position = i * wide::COLUMNS + j;
                row[j] = V{sums[position][2 * pair], sums[position][2 * pair + 1]} * both(scale[j]);
            }
            wide::run(row, t[pair][i], args.output.w);
            keep_order();
        }
    }
}

/* And the second, over a column, to shared memory: [row of the tile][tile][channel]. */
template <int H, int W>
NOVA_DEVICE void fused_output_column(const nova_hip_fused_args &args,
                                     V (*t)[codelet<H>::COLUMNS][codelet<W>::ROWS], int j,
                                     float *y) {
    typedef codelet<H> high;
    V result[2][high::ROWS];
#pragma unroll
    for (int pair = 0; pair < 2; pair++) {
        V column[high::COLUMNS];
#pragma unroll
        for (int i = 0; i < high::COLUMNS; i++)
            column[i] = t[pair][i][j];
        high::run(column, result[pair], args.output.h);
    }
#pragma unroll
    for (int i = 0; i < high::ROWS; i++)
        store(y + i * NOVA_GPU_FUSED_TILES * NOVA_GPU_FUSED_PITCH,
              f32x4{result[0][i][0], result[0][i][1], result[1][i][0], result[1][i][1]});
}

/** `IH`, `IW`, `OH`, `OW`: numbers of the codelets; `memory`: fused_memory's words, aligned to 16
    bytes. */
template <typename T, int IH, int IW, int OH, int OW>
NOVA_DEVICE void fused_block(const nova_hip_fused_args &args, uint32_t *memory) {
    enum {
        POSITIONS_H = codelet<IH>::ROWS,
        POSITIONS_W = codelet<IW>::ROWS,
        POSITIONS = POSITIONS_H * POSITIONS_W,
        COLUMNS = fused_memory<IH, IW, OH>::COLUMNS,
        SIDE = NOVA_GPU_FUSED_SIDE
    };
    const int wave = wave_number();
    /* waves that have no output channels go along with the last that has */
    const int block = wave < args.channel_blocks ? wave : args.channel_blocks - 1;
    const readable x = readable_from(args.x, args.x_bytes);
    f32x4 sums[POSITIONS];
#pragma unroll
    for (int i = 0; i < POSITIONS; i++)
        sums[i] = f32x4{0, 0, 0, 0};
    for (int chunk = 0; chunk < args.chunks; chunk++) {
        const int lane = lane_number(), thread = wave * NOVA_HIP_WAVE + lane;
        const int number = thread / FUSED_PAIRS, pair = thread % FUSED_PAIRS; /* tile, channels */
        const nova_gpu_fused_place at = nova_gpu_fused_at(number, 2 * pair);
        uint32_t *const own_v =
            memory + (nova_gpu_fused_slot(at.lane) * NOVA_GPU_FUSED_OWN + at.element) / 2;
        const uint32_t *const wave_v =
            memory + nova_gpu_fused_slot(lane) * (NOVA_GPU_FUSED_OWN / 2);
        const uint16_t *const u = (const uint16_t *)args.u +
                                  nova_gpu_fused_u(block, chunk, args.chunks, POSITIONS) +
                                  lane * NOVA_GPU_FUSED_OWN;
        V t[codelet<IH>::COLUMNS][POSITIONS_W];
        fused_rows<T, IH, IW>(
            again(args), x,
            tile_at(again(args).tiles, block_number_x() * NOVA_GPU_FUSED_TILES + number),
            chunk * NOVA_GPU_FUSED_CHUNK + 2 * pair, t);
#pragma unroll
        for (int first = 0; first < POSITIONS_W; first += COLUMNS) {
            meet_block(); /* nobody reads the columns before any more */
#pragma unroll
            for (int j = first; j < first + COLUMNS && j < POSITIONS_W; j++)
                fused_column<T, IH, IW>(again(args), t, j,
                                        own_v + (j - first) * POSITIONS_H * FUSED_WORDS);
            meet_block();
#pragma unroll
            for (int j = first; j < first + COLUMNS && j < POSITIONS_W; j++)
                fused_products<T, POSITIONS_H, POSITIONS_W>(
                    sums, j, u, wave_v + (j - first) * POSITIONS_H * FUSED_WORDS);
        }
    }

    V t[2][codelet<OH>::COLUMNS][codelet<OW>::ROWS];
    fused_output_rows<OH, OW>(again(args), sums, t);
    const int lane = lane_number(), thread = wave * NOVA_HIP_WAVE + lane;
    const int number = thread / FUSED_PAIRS, four = thread % FUSED_PAIRS; /* tile, channels */
    const tile_place p =
        tile_at(again(args).tiles, block_number_x() * NOVA_GPU_FUSED_TILES + number);
    float *const y = (float *)memory;
    float *const own_y = y + lane % SIDE * NOVA_GPU_FUSED_PITCH + wave * SIDE + lane / SIDE * 4;
    const float *const from = y + number * NOVA_GPU_FUSED_PITCH + 4 * four;
    const int y0 = p.line * args.tiles.tile_h, x0 = p.column * args.tiles.tile_w;
#pragma unroll
    for (int j = 0; j < codelet<OW>::ROWS; j++) {
        meet_block();
        if (wave < args.channel_blocks)
            fused_output_column<OH, OW>(again(args), t, j, own_y);
        meet_block();
        if (!p.exists || x0 + j >= args.epilogue.out_w)
            continue;
#pragma unroll 1
        for (int i = 0; i < codelet<OH>::ROWS && y0 + i < args.epilogue.out_h; i++) {
            const f32x4 sum = load<f32x4>(from + i * NOVA_GPU_FUSED_TILES * NOVA_GPU_FUSED_PITCH);
            const float v[] = {sum[0], sum[1], sum[2], sum[3]};
            if (4 * four < args.epilogue.k)
                store_outputs<T, 4>(args.epilogue,
                                    output_index(args.epilogue, p.image, 4 * four, y0 + i, x0 + j),
                                    4 * four, v);
        }
    }
}

#endif
