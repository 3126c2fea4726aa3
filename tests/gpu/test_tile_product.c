/*
 * test_tile_product.c - a tile's transforms as products on matrix units, without a device: the
 * fragments hold the matrices, the instructions' layouts make them into V and y with the channels
 * where they belong, and shared memory is read without bank conflicts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/engine.h"
#include "gpu/transforms.h"
#include "numerics/half.h"
#include "random.h"

enum { LANES = 32, CHANNELS = 64, MOST = 144, PADDED = 144 };

static float widen(nova_dtype type, uint16_t bits) {
    return type == NOVA_F16 ? nova_f16_to_float(bits) : nova_bf16_to_float(bits);
}

/* ---------------------------------------------------------------- matrices */

typedef struct tile_case {
    const char *set;
    int h, w;
    nova_dtype type, m_type;
    int input_parts, output_parts;
} tile_case;

static const tile_case cases[] = {
    {"best", 4, 4, NOVA_F16, NOVA_F16, 2, 2},      {"best", 2, 2, NOVA_BF16, NOVA_BF16, 1, 1},
    {"best", 6, 6, NOVA_F16, NOVA_F16, 1, 1},      {"best", 6, 5, NOVA_BF16, NOVA_BF16, 2, 2},
    {"best", 1, 6, NOVA_F16, NOVA_F32, 1, 1},      {"best", 4, 4, NOVA_F16, NOVA_F32, 2, 2},
    {"best+x2+1", 8, 8, NOVA_F16, NOVA_F16, 2, 2},
};

static int exponents_h[NOVA_GPU_MAX_PRODUCTS], exponents_w[NOVA_GPU_MAX_PRODUCTS];

/* The sum of an entry's parts, read from the fragments as the instruction distributes them: a
   lane's elements 0, 1 are in row lane / 4, columns 2 (lane % 4) and the next; 2, 3 eight rows
   below; 4 to 7 the same eight columns to the right. */
static double entry_of(const nova_gpu_matrix *matrix, nova_dtype type, const uint16_t *fragments,
                       int row, int column) {
    const int blocks = (matrix->columns + 15) / 16;
    const int lane = row % 8 * 4 + column % 8 / 2;
    const int e = column % 2 + (row % 16 >= 8 ? 2 : 0) + (column % 16 >= 8 ? 4 : 0);
    double sum = 0;
    for (int part = 0; part < matrix->parts; part++) {
        const int block = (row / 16 * matrix->parts + part) * blocks + column / 16;
        sum += (double)widen(type, fragments[block * 256 + lane * 8 + e]);
    }
    return sum;
}

/* What two parts cannot hold of the largest entries: 22 or 16 bits, and binary16 ends at 2^-24. */
static double tolerance(const nova_gpu_matrix *matrix, nova_dtype type, double entry) {
    if (matrix->parts == 1)
        return 0;
    return type == NOVA_F16 ? fmax(fabs(entry) * 0x1p-22, 0x1p-25) : fabs(entry) * 0x1p-16;
}

static uint16_t *filled(const nova_gpu_matrix *matrix, nova_dtype type, const double *entries) {
    uint16_t *fragments = malloc(nova_gpu_matrix_elements(matrix) * sizeof *fragments);
    assert_non_null(fragments);
    nova_gpu_matrix_fill(matrix, type, entries, fragments);
    const int rows = (matrix->rows + 15) / 16 * 16, columns = (matrix->columns + 15) / 16 * 16;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            const double got = entry_of(matrix, type, fragments, i, j);
            const bool inside = i < matrix->rows && j < matrix->columns;
            const double exact = inside ? entries[i * matrix->columns + j] : 0;
            assert_true(fabs(got - exact) <= (inside ? tolerance(matrix, type, exact) : 0));
        }
    return fragments;
}

typedef struct made_case {
    const nova_transform *h, *w;
    nova_gpu_matrix input, output;
    double *input_entries, *output_entries;
    uint16_t *input_fragments, *output_fragments;
    nova_dtype output_type;
    float factor, m_scale[MOST];
} made_case;

static made_case make(const tile_case *c) {
    made_case made = {.h = nova_transform_find(c->set, c->h, 3),
                      .w = nova_transform_find(c->set, c->w, 3),
                      .output_type = c->m_type == NOVA_F32 ? NOVA_BF16 : c->type};
    assert_true(made.h && made.w);
    nova_gpu_matrices_init(&made.input, &made.output, made.h, made.w, c->type, c->m_type);
    made.input_entries = malloc(sizeof(double) * MOST * MOST);
    made.output_entries = malloc(sizeof(double) * MOST * MOST);
    assert_true(made.input_entries && made.output_entries);
    for (int i = 0; i < NOVA_GPU_MAX_PRODUCTS; i++) {
        exponents_h[i] = i % 3 - 1;
        exponents_w[i] = 1 - i % 2;
    }
    for (int i = 0; i < made.output.columns; i++)
        made.m_scale[i] = ldexpf(1, i % 4 - 9);
    nova_gpu_input_entries(made.h, made.w, exponents_h, exponents_w, made.input_entries);
    made.factor = nova_gpu_output_entries(made.h, made.w, made.m_scale, made.output_entries);
    made.input_fragments = filled(&made.input, c->type, made.input_entries);
    made.output_fragments = filled(&made.output, made.output_type, made.output_entries);
    return made;
}

static void destroy(made_case *made) {
    free(made->input_entries);
    free(made->output_entries);
    free(made->input_fragments);
    free(made->output_fragments);
}

/* Entries are those of B^T d B and A^T M A with the scaling, and one part is used where it is
   exact. */
static void test_matrices(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        made_case made = make(&cases[n]);
        const nova_transform *h = made.h, *w = made.w;
        assert_int_equal(made.input.parts, cases[n].input_parts);
        assert_int_equal(made.output.parts, cases[n].output_parts);
        double largest = 0;
        for (int i = 0; i < h->products; i++)
            for (int j = 0; j < w->products; j++) {
                const int position = i * w->products + j;
                for (int k = 0; k < h->inputs; k++)
                    for (int l = 0; l < w->inputs; l++) {
                        const double scale = ldexp(1, exponents_h[i] + exponents_w[j]);
                        const double exact =
                            h->BT[i * h->inputs + k] * w->BT[j * w->inputs + l] * scale;
                        assert_true(
                            made.input_entries[position * made.input.columns + k * w->inputs + l] ==
                            exact);
                    }
                for (int k = 0; k < h->m; k++)
                    for (int l = 0; l < w->m; l++) {
                        const double got =
                            made.output_entries[(k * w->m + l) * made.output.columns + position];
                        assert_true(got * (double)made.factor ==
                                    h->AT[k * h->products + i] * w->AT[l * w->products + j] *
                                        (double)made.m_scale[position]);
                        largest = fmax(largest, fabs(got));
                    }
            }
        assert_true(largest < 16384 && largest >= 8192);
        destroy(&made);
    }
}

/* ---------------------------------------------------------------- products */

/* A row of 64 channels of 16 bits, where copies put its pieces. */
static int element_at(int row, int channel) {
    return nova_gpu_piece_at(row, channel / 8) * 8 + channel % 8;
}

/*
 * A unit as a warp computes it, for integers in `shared`: matrices of 8 x 8 are loaded transposed
 * (lane l names row l % 8 of matrix l / 8 and receives column l / 4, rows 2 (l % 4) and the next),
 * two of them are the right factor of an instruction. sums[lane][group][element].
 */
static void emulate(const nova_gpu_matrix *matrix, nova_dtype type, const uint16_t *fragments,
                    const int *shared, int row_block, double sums[LANES][8][4]) {
    const int blocks = (matrix->columns + 15) / 16;
    memset(sums, 0, sizeof(double) * LANES * 8 * 4);
    for (int block = 0; block < blocks; block++)
        for (int group = 0; group < 8; group += 2) {
            int words[LANES][4][2];
            for (int m = 0; m < 4; m++)
                for (int lane = 0; lane < LANES; lane++)
                    for (int e = 0; e < 2; e++) {
                        const int source = m * 8 + lane % 4 * 2 + e; /* lane that names the row */
                        const int piece =
                            nova_gpu_piece_at(source % 16, group + source / 16) + block * 16 * 8;
                        words[lane][m][e] = shared[piece * 8 + lane / 4];
                    }
            for (int lane = 0; lane < LANES; lane++)
                for (int g = 0; g < 2; g++)
                    for (int e = 0; e < 4; e++)
                        for (int k = 0; k < 16; k++) {
                            const int row = row_block * 16 + lane / 4 + e / 2 * 8;
                            const int holder = (lane % 4 * 2 + e % 2) * 4 + k % 8 / 2;
                            sums[lane][group + g][e] +=
                                entry_of(matrix, type, fragments, row, block * 16 + k) *
                                words[holder][2 * g + k / 8][k % 2];
                        }
        }
}

/* Sums of a unit against the matrix times rows; channel `c` of the rows is to be found as channel
   `c` of what is stored in V's order, or of y if the rows are M's. */
static void check_products(const nova_gpu_matrix *matrix, nova_dtype type,
                           const uint16_t *fragments, bool is_input) {
    static int rows[PADDED][CHANNELS], shared[PADDED * CHANNELS];
    static double sums[LANES][8][4];
    test_random random = {11};
    memset(shared, 0, sizeof shared);
    for (int i = 0; i < matrix->columns; i++)
        for (int c = 0; c < CHANNELS; c++) {
            rows[i][c] = random_int(&random, -9, 9);
            const int at = is_input ? c : (int)nova_gpu_stored_channel(c);
            shared[element_at(i, at)] = rows[i][c];
        }
    for (int block = 0; block < (matrix->rows + 15) / 16; block++) {
        emulate(matrix, type, fragments, shared, block, sums);
        for (int lane = 0; lane < LANES; lane++)
            for (int i = 0; i < 32; i++) { /* a lane's pieces: 2 rows, 2 runs, 8 channels */
                const int side = i / 16, run = i / 8 % 2, e = i % 8;
                const int row = block * 16 + lane / 4 + 8 * side;
                const double got = sums[lane][run * 4 + e / 2][2 * side + e % 2];
                const int stored = run * 32 + lane % 4 * 8 + e;
                const int c = is_input ? (int)nova_gpu_stored_channel(stored) : stored;
                double exact = 0;
                for (int k = 0; k < matrix->columns && row < matrix->rows; k++)
                    exact += entry_of(matrix, type, fragments, row, k) * rows[k][c];
                assert_true(fabs(got - exact) <= 1e-9 * (1 + fabs(exact)));
            }
    }
}

static void test_products(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        made_case made = make(&cases[n]);
        if (made.input.rows <= 64) {
            check_products(&made.input, cases[n].type, made.input_fragments, true);
            check_products(&made.output, made.output_type, made.output_fragments, false);
        }
        destroy(&made);
    }
}

static void test_channel_order(void **state) {
    (void)state;
    for (int64_t c = 0; c < 320; c++) {
        assert_int_equal(nova_gpu_stored_channel(nova_gpu_stored_channel(c)), c);
        assert_int_equal(nova_gpu_stored_channel(c) / 32, c / 32);
    }
}

static void test_quotients(void **state) {
    (void)state;
    for (int divisor = 1; divisor <= 64; divisor++)
        for (int number = 0; number < 256; number++)
            assert_int_equal(nova_gpu_quotient(number, nova_gpu_reciprocal(divisor)),
                             number / divisor);
}

/* ---------------------------------------------------------------- shared memory */

enum { BANKS = 32, PHASE = 8 };

/* Eight lanes that access 16 bytes each, at these pieces, meet in no bank. */
static bool meet(const int *pieces) {
    int seen = 0;
    for (int i = 0; i < PHASE; i++)
        seen |= 1 << pieces[i] % PHASE;
    return seen != (1 << PHASE) - 1;
}

static void test_no_bank_conflicts(void **state) {
    (void)state;
    int pieces[PHASE];
    bool found = false;
    for (int row = 0; row < MOST; row++) {
        for (int piece = 0; piece < PHASE; piece++) {
            pieces[piece] = nova_gpu_piece_at(row, piece); /* a row is copied */
            assert_int_equal(pieces[piece] / PHASE, row);
        }
        assert_false(meet(pieces));
        for (int piece = 0; piece < PHASE && row % PHASE == 0; piece++) {
            for (int i = 0; i < PHASE; i++)
                pieces[i] = nova_gpu_piece_at(row + i, piece); /* rows are loaded */
            assert_false(meet(pieces));
            for (int i = 0; i < PHASE; i++)
                pieces[i] = (row + i) * PHASE + piece; /* what they would do unswapped */
            found |= meet(pieces);
        }
    }
    assert_true(found);
    int used[BANKS] = {0};
    for (int lane = 0; lane < LANES; lane++) /* binary32: pairs of rows, eight channels */
        used[(lane % 4 * 2 * NOVA_GPU_FLOAT_PITCH + lane / 4) % BANKS]++;
    for (int bank = 0; bank < BANKS; bank++)
        assert_int_equal(used[bank], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrices),          cmocka_unit_test(test_products),
        cmocka_unit_test(test_channel_order),     cmocka_unit_test(test_quotients),
        cmocka_unit_test(test_no_bank_conflicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
