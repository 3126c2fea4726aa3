/*
 * amx_template.h - products of pairs on the matrix unit.
 *
 * The file that includes it has included what declares the tile operations (_tile_loadconfig,
 * _tile_loadd, ...; for tests an emulation of them) and defined NOVA_PAIRS_AMX, the name of the
 * record.
 *
 * A block is two tiles of 16 rows by two tiles of 16 output channels, in tile registers 0 to 3; 4
 * and 5 hold rows of a, 6 and 7 filters. An operand stays where it is if the next segment uses it
 * again, so that a split arithmetic, whose products of a pair group come in such an order, loads 8
 * tiles for its 12 products and 14 for its 24. With one tile of output channels it is up to four
 * tiles of rows, so that filters from afar are read once for all of them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdint.h>

#include "cpu/blocks.h"
#include "cpu/kernels.h"

enum { TILE_ROWS = 16, TILE_LANES = 16, TILE_BYTES = 64 };

/* All tiles are whole: 16 rows of 64 bytes. */
static const struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} __attribute__((aligned(64)))
whole_tiles = {.palette = 1,
               .row_bytes = {TILE_BYTES, TILE_BYTES, TILE_BYTES, TILE_BYTES, TILE_BYTES, TILE_BYTES,
                             TILE_BYTES, TILE_BYTES},
               .rows = {TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS,
                        TILE_ROWS}};

static void enter(void) {
    _tile_loadconfig(&whole_tiles);
}

static void leave(void) {
    _tile_release();
}

/* Filters come from the shared cache, which serves a thread at a tenth of what the second-level
   cache does: what is used next is fetched there while this is computed. */
ALWAYS_INLINE void ask_ahead(const float *b, const nova_pair_args *args) {
    const float *ahead = b + args->ahead;
    for (int line = args->ahead_first; line < args->ahead_last; line++)
        if (args->ahead_soon)
            __builtin_prefetch(ahead + (ptrdiff_t)line * TILE_LANES, 0, 3);
        else
            __builtin_prefetch(ahead + (ptrdiff_t)line * TILE_LANES, 0, 2);
}

ALWAYS_INLINE void ask_ahead_rows(const float *a, const nova_pair_args *args) {
    for (int row = args->a_ahead_first; row < args->a_ahead_last; row++)
        __builtin_prefetch(a + args->a_ahead + row * args->a_row, 0, 2);
}

/* A share of the lines of c that pair group `group` of all stands for. */
ALWAYS_INLINE void ask_for_sums(int tall, int wide, int group, const nova_pair_args *args) {
    const int rows = tall ? 2 * TILE_ROWS : TILE_ROWS, lines = rows * (wide ? 2 : 1);
    for (int line = lines * group / args->groups; line < lines * (group + 1) / args->groups; line++)
        __builtin_prefetch(args->c + line / rows * args->c_vector + line % rows * args->c_row, 1,
                           3);
}

/* `tall`: two tiles of rows; `wide`: two tiles of output channels. */
ALWAYS_INLINE void load_sums(int tall, int wide, const nova_pair_args *args) {
    const size_t row = (size_t)args->c_row * sizeof(float);
    const float *c = args->c, *below = c + TILE_ROWS * args->c_row;
    _tile_loadd(0, c, row);
    if (wide)
        _tile_loadd(1, c + args->c_vector, row);
    if (tall)
        _tile_loadd(2, below, row);
    if (tall && wide)
        _tile_loadd(3, below + args->c_vector, row);
}

ALWAYS_INLINE void store_sums(int tall, int wide, const nova_pair_args *args) {
    const size_t row = (size_t)args->c_row * sizeof(float);
    float *c = args->c, *below = c + TILE_ROWS * args->c_row;
    _tile_stored(0, c, row);
    if (wide)
        _tile_stored(1, c + args->c_vector, row);
    if (tall)
        _tile_stored(2, below, row);
    if (tall && wide)
        _tile_stored(3, below + args->c_vector, row);
}

ALWAYS_INLINE void clear_sums(void) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
}

/* Loads stand between products, so that neither waits for all of the other. */
ALWAYS_INLINE void multiply(int tall, int wide, const nova_pair_args *args) {
    const float *a = NULL, *b = NULL;
    const size_t a_stride = (size_t)args->a_row * sizeof *a;
    const ptrdiff_t below = TILE_ROWS * args->a_row;
    if (args->accumulate)
        load_sums(tall, wide, args);
    else
        clear_sums();
    for (int group = 0; group < args->groups; group++) {
        const float *group_a = (const float *)args->a + group * args->a_group;
        const float *group_b = (const float *)args->b + group * args->b_group;
        for (int q = 0; q < args->segment_count; q++) {
            const float *next_a = group_a + args->a_segments[q];
            const float *next_b = group_b + args->b_segments[q];
            const bool new_a = next_a != a, new_b = next_b != b;
            a = next_a;
            b = next_b;
            if (new_b)
                _tile_loadd(6, b, TILE_BYTES);
            if (new_a)
                _tile_loadd(4, a, a_stride);
            _tile_dpbf16ps(0, 4, 6);
            if (tall && new_a)
                _tile_loadd(5, a + below, a_stride);
            if (tall)
                _tile_dpbf16ps(2, 5, 6);
            if (wide && new_b)
                _tile_loadd(7, b + TILE_ROWS * TILE_LANES, TILE_BYTES);
            if (wide)
                _tile_dpbf16ps(1, 4, 7);
            if (new_b)
                ask_ahead(b, args);
            if (new_a)
                ask_ahead_rows(a, args);
            if (tall && wide)
                _tile_dpbf16ps(3, 5, 7);
        }
        if (args->c_far)
            ask_for_sums(tall, wide, group, args);
    }
    store_sums(tall, wide, args);
}

/* Three or four tiles of rows by one of output channels. */
ALWAYS_INLINE void multiply_column(int four, const nova_pair_args *args) {
    const float *b = NULL;
    const size_t a_stride = (size_t)args->a_row * sizeof *b;
    const size_t c_stride = (size_t)args->c_row * sizeof *b;
    const ptrdiff_t below = TILE_ROWS * args->a_row, c_below = TILE_ROWS * args->c_row;
    float *c = args->c;
    clear_sums();
    if (args->accumulate) {
        _tile_loadd(0, c, c_stride);
        _tile_loadd(1, c + c_below, c_stride);
        _tile_loadd(2, c + 2 * c_below, c_stride);
        if (four)
            _tile_loadd(3, c + 3 * c_below, c_stride);
    }
    for (int group = 0; group < args->groups; group++) {
        const float *group_a = (const float *)args->a + group * args->a_group;
        const float *group_b = (const float *)args->b + group * args->b_group;
        for (int q = 0; q < args->segment_count; q++) {
            const float *a = group_a + args->a_segments[q];
            if (group_b + args->b_segments[q] != b) {
                b = group_b + args->b_segments[q];
                _tile_loadd(7, b, TILE_BYTES);
                ask_ahead(b, args);
            }
            _tile_loadd(4, a, a_stride);
            _tile_dpbf16ps(0, 4, 7);
            _tile_loadd(5, a + below, a_stride);
            _tile_dpbf16ps(1, 5, 7);
            _tile_loadd(6, a + 2 * below, a_stride);
            _tile_dpbf16ps(2, 6, 7);
            if (four) {
                _tile_loadd(4, a + 3 * below, a_stride);
                _tile_dpbf16ps(3, 4, 7);
            }
        }
    }
    _tile_stored(0, c, c_stride);
    _tile_stored(1, c + c_below, c_stride);
    _tile_stored(2, c + 2 * c_below, c_stride);
    if (four)
        _tile_stored(3, c + 3 * c_below, c_stride);
}

static void gemm_tiles(int rows, int vectors, const nova_pair_args *args) {
    if (rows > 3 * TILE_ROWS)
        multiply_column(1, args);
    else if (rows > 2 * TILE_ROWS)
        multiply_column(0, args);
    else if (rows > TILE_ROWS && vectors > 1)
        multiply(1, 1, args);
    else if (rows > TILE_ROWS)
        multiply(1, 0, args);
    else if (vectors > 1)
        multiply(0, 1, args);
    else
        multiply(0, 0, args);
}

/* A tile product takes 16 cycles for 16 x 16 words and a vector. */
const nova_pair_kernels NOVA_PAIRS_AMX = {.rate = 16.0,
                                          .max_rows = 2 * TILE_ROWS,
                                          .single_rows = 4 * TILE_ROWS,
                                          .row_multiple = TILE_ROWS,
                                          .unit = 2 * TILE_LANES,
                                          .gemm = gemm_tiles,
                                          .enter = enter,
                                          .leave = leave};
