/*
 * move.h - device code of the kernels that bring tensors into the order in which others read and
 * write them: matrices of 16-bit elements transposed, and what an output is made of gathered. The
 * same on all machines, but for the words that a machine's file defines before it includes this:
 *
 *     MOVE_DEVICE                  what device functions begin with
 *     move_piece                   a type of 16 bytes, aligned, with words x, y, z and w
 *     MOVE_PIECE(x, y, z, w)       one of them
 *     MOVE_LOW, MOVE_HIGH(a, b)    the low or high halves of two words in one, that of a first
 *     MOVE_WAIT()                  waits for kernels that come before
 *     MOVE_MEET()                  all threads of a block meet
 *     MOVE_INDEX()                 a thread's number in a row of blocks
 *     MOVE_LINE(), MOVE_LINES(a)   number of that row of blocks; how many rows there are
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_MOVE_H
#define NOVA_GPU_MOVE_H

#include "gpu/kernels.h"

/* ---------------------------------------------------------------- transposing */

enum {
    MOVE_SIDE = NOVA_GPU_TRANSPOSE_SIDE, /* rows and columns of a square */
    MOVE_SQUARE = MOVE_SIDE * MOVE_SIDE / 2,
    MOVE_ELEMENTS = 8, /* of a piece */
    ROW_PIECES = MOVE_SIDE / MOVE_ELEMENTS
};
static_assert(MOVE_SIDE / 2 * ROW_PIECES == NOVA_GPU_TRANSPOSE_THREADS, "two pieces a thread");

/* Eight elements of a row, or of what there is of them, zeros behind. */
MOVE_DEVICE move_piece load_piece(const uint16_t *row, int64_t column, int64_t columns,
                                  bool aligned) {
    if (aligned && column + MOVE_ELEMENTS <= columns)
        return *(const move_piece *)(row + column);
    uint32_t word[MOVE_ELEMENTS / 2];
#pragma unroll
    for (int i = 0; i < MOVE_ELEMENTS / 2; i++) {
        const uint32_t low = column + 2 * i < columns ? row[column + 2 * i] : 0;
        const uint32_t high = column + 2 * i + 1 < columns ? row[column + 2 * i + 1] : 0;
        word[i] = low | high << 16;
    }
    return MOVE_PIECE(word[0], word[1], word[2], word[3]);
}

MOVE_DEVICE void store_piece(uint16_t *row, int64_t column, int64_t columns, bool aligned,
                             move_piece piece) {
    if (aligned && column + MOVE_ELEMENTS <= columns) {
        *(move_piece *)(row + column) = piece;
        return;
    }
    const uint32_t word[] = {piece.x, piece.y, piece.z, piece.w};
#pragma unroll
    for (int i = 0; i < MOVE_ELEMENTS; i++)
        if (column + i < columns)
            row[column + i] = (uint16_t)(word[i / 2] >> i % 2 * 16);
}

/* A square of a matrix: where it begins. */
typedef struct square_place {
    int64_t image, row, column;
} square_place;

MOVE_DEVICE square_place square_at(const nova_gpu_transpose_args &args, unsigned square) {
    const unsigned column = square % args.squares_across, line = square / args.squares_across;
    square_place p;
    p.image = line / args.squares_down;
    p.row = (int64_t)(line % args.squares_down) * MOVE_SIDE;
    p.column = (int64_t)column * MOVE_SIDE;
    return p;
}

/* A thread's pieces of a square: eight columns of two neighbouring rows. */
MOVE_DEVICE void load_pieces(const nova_gpu_transpose_args &args, const square_place &p, int thread,
                             bool aligned, move_piece (&piece)[2]) {
    const nova_gpu_transpose_part part = nova_gpu_transpose_part_of(thread);
    const int64_t row = p.row + 2 * part.pair, column = p.column + MOVE_ELEMENTS * part.piece;
    const uint16_t *from =
        (const uint16_t *)args.from + p.image * args.from_image + row * args.from_pitch;
#pragma unroll
    for (int i = 0; i < 2; i++, from += args.from_pitch) {
        piece[i] = MOVE_PIECE(0, 0, 0, 0);
        if (row + i < args.rows)
            piece[i] = load_piece(from, column, args.columns, aligned);
    }
}

/* Elements of both rows in one column are a word of the transposed square. */
MOVE_DEVICE void write_words(const move_piece (&piece)[2], int thread, uint32_t *square) {
    const nova_gpu_transpose_part part = nova_gpu_transpose_part_of(thread);
    const uint32_t upper[] = {piece[0].x, piece[0].y, piece[0].z, piece[0].w};
    const uint32_t lower[] = {piece[1].x, piece[1].y, piece[1].z, piece[1].w};
#pragma unroll
    for (int i = 0; i < MOVE_ELEMENTS; i++)
        square[nova_gpu_transposed_at(MOVE_ELEMENTS * part.piece + i, part.pair)] =
            i % 2 ? MOVE_HIGH(upper[i / 2], lower[i / 2]) : MOVE_LOW(upper[i / 2], lower[i / 2]);
}

MOVE_DEVICE void store_lines(const nova_gpu_transpose_args &args, const square_place &p, int thread,
                             bool aligned, const uint32_t *square) {
    uint16_t *to = (uint16_t *)args.to + p.image * args.to_image + p.column * args.to_pitch;
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const int at = thread + i * NOVA_GPU_TRANSPOSE_THREADS;
        const int line = at / ROW_PIECES, first = at % ROW_PIECES * MOVE_ELEMENTS;
        if (p.column + line < args.columns)
            store_piece(to + line * args.to_pitch, p.row + first, args.to_rows, aligned,
                        *(const move_piece *)&square[nova_gpu_transposed_at(line, first / 2)]);
    }
}

/** A thread of NOVA_GPU_TRANSPOSE_THREADS. Blocks take every `blocks`-th square, and read the next
    while they write one. Words of shared memory, two squares aligned to 16 bytes, lie where
    nova_gpu_transposed_at() says, without bank conflicts. */
MOVE_DEVICE void transpose_squares(const nova_gpu_transpose_args &args, int thread, unsigned block,
                                   unsigned blocks, uint32_t (*squares)[MOVE_SQUARE]) {
    const bool from_aligned =
        args.from_pitch % MOVE_ELEMENTS == 0 && args.from_image % MOVE_ELEMENTS == 0;
    const bool to_aligned =
        args.to_pitch % MOVE_ELEMENTS == 0 && args.to_image % MOVE_ELEMENTS == 0;
    const unsigned count = args.squares;
    square_place here = square_at(args, block);
    move_piece piece[2];
    MOVE_WAIT();
    load_pieces(args, here, thread, from_aligned, piece);
    int turn = 0;
    for (unsigned square = block; square < count; turn ^= 1) {
        write_words(piece, thread, squares[turn]);
        MOVE_MEET();
        square += blocks;
        const square_place next = square_at(args, square);
        if (square < count)
            load_pieces(args, next, thread, from_aligned, piece);
        store_lines(args, here, thread, to_aligned, squares[turn]);
        here = next;
    }
}

/* ---------------------------------------------------------------- gathering */

/** A thread takes eight elements of a row of the result, of every so-manieth line. */
MOVE_DEVICE void gather_piece(const nova_gpu_gather_args &args) {
    const int pieces = args.pitch / MOVE_ELEMENTS;
    const int64_t at = MOVE_INDEX();
    const int j = (int)(at / pieces), first = (int)(at % pieces) * MOVE_ELEMENTS;
    if (j >= args.out_w)
        return;
    const int elements = args.r * args.s * args.c;
    for (int64_t line = MOVE_LINE(); line < args.lines; line += MOVE_LINES(args)) {
        const int64_t image = line / args.out_h;
        const int i = (int)(line % args.out_h);
        const uint16_t *x = (const uint16_t *)args.x + image * args.x_image;
        int tap = first / args.c, channel = first % args.c;
        uint32_t word[MOVE_ELEMENTS / 2] = {0, 0, 0, 0};
#pragma unroll
        for (int e = 0; e < MOVE_ELEMENTS; e++) {
            const int row = i + tap / args.s - args.pad_top,
                      column = j + tap % args.s - args.pad_left;
            if (first + e < elements && row >= 0 && row < args.h && column >= 0 && column < args.w)
                word[e / 2] |= (uint32_t)x[((int64_t)row * args.w + column) * args.x_pixel +
                                           channel * args.x_channel]
                               << e % 2 * 16;
            if (++channel == args.c) {
                channel = 0;
                tap++;
            }
        }
        *(move_piece *)((uint16_t *)args.to + (line * args.out_w + j) * args.pitch + first) =
            MOVE_PIECE(word[0], word[1], word[2], word[3]);
    }
}

#endif
