/*
 * tile_emulation.h - the tile operations of AMX-TILE and AMX-BF16 in C, for tests on machines that
 * do not have them. What the processor would fault on, an unconfigured tile or operands that do not
 * fit each other, ends the program.
 *
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2 (LDTILECFG,
 * TILELOADD, TILESTORED, TILEZERO, TDPBF16PS): the products of the even and of the odd elements are
 * summed apart, from zero, with denormals taken for zero, and then added to the destination.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TILE_EMULATION_H
#define NOVA_TILE_EMULATION_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EMULATED_TILES = 8, EMULATED_ROWS = 16, EMULATED_BYTES = 64 };

static _Thread_local struct {
    int configured;
    uint16_t row_bytes[EMULATED_TILES];
    uint8_t rows[EMULATED_TILES];
    uint8_t data[EMULATED_TILES][EMULATED_ROWS][EMULATED_BYTES];
} tiles;

static void emulated_fault_unless(int condition) {
    if (!condition)
        abort();
}

static void check_tile(int tile) {
    emulated_fault_unless(tile >= 0 && tile < EMULATED_TILES && tiles.configured &&
                          tiles.rows[tile] > 0);
}

static void _tile_loadconfig(const void *memory) {
    const uint8_t *config = memory;
    emulated_fault_unless(config[0] == 1);
    for (int i = 1; i < 16; i++)
        emulated_fault_unless(config[i] == 0);
    memset(&tiles, 0, sizeof tiles);
    memcpy(tiles.row_bytes, config + 16, sizeof tiles.row_bytes);
    memcpy(tiles.rows, config + 48, sizeof tiles.rows);
    for (int i = 0; i < 8; i++) { /* eight tiles, but room for sixteen */
        emulated_fault_unless(config[32 + 2 * i] == 0 && config[33 + 2 * i] == 0);
        emulated_fault_unless(config[56 + i] == 0);
        emulated_fault_unless(tiles.row_bytes[i] <= EMULATED_BYTES);
        emulated_fault_unless(tiles.rows[i] <= EMULATED_ROWS);
    }
    tiles.configured = 1;
}

static void _tile_release(void) {
    memset(&tiles, 0, sizeof tiles);
}

static void _tile_zero(int tile) {
    check_tile(tile);
    memset(tiles.data[tile], 0, sizeof tiles.data[tile]);
}

static void _tile_loadd(int tile, const void *base, size_t stride) {
    check_tile(tile);
    _tile_zero(tile);
    for (int i = 0; i < tiles.rows[tile]; i++)
        memcpy(tiles.data[tile][i], (const char *)base + (size_t)i * stride, tiles.row_bytes[tile]);
}

static void _tile_stored(int tile, void *base, size_t stride) {
    check_tile(tile);
    for (int i = 0; i < tiles.rows[tile]; i++)
        memcpy((char *)base + (size_t)i * stride, tiles.data[tile][i], tiles.row_bytes[tile]);
}

static float emulated_flush(float value) {
    return fpclassify(value) == FP_SUBNORMAL ? copysignf(0, value) : value;
}

static float emulated_element(int tile, int row, int index) {
    uint16_t half;
    memcpy(&half, tiles.data[tile][row] + 2 * index, sizeof half);
    const uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return emulated_flush(value);
}

static void _tile_dpbf16ps(int c, int a, int b) {
    check_tile(c);
    check_tile(a);
    check_tile(b);
    emulated_fault_unless(tiles.rows[c] == tiles.rows[a] &&
                          tiles.row_bytes[c] == tiles.row_bytes[b] &&
                          tiles.row_bytes[a] == 4 * tiles.rows[b]);
    for (int m = 0; m < tiles.rows[c]; m++)
        for (int n = 0; n < tiles.row_bytes[c] / 4; n++) {
            float sum[2] = {0, 0}, total;
            for (int k = 0; k < tiles.rows[b]; k++)
                for (int i = 0; i < 2; i++)
                    sum[i] = emulated_flush(fmaf(emulated_element(a, m, 2 * k + i),
                                                 emulated_element(b, k, 2 * n + i), sum[i]));
            memcpy(&total, tiles.data[c][m] + 4 * n, sizeof total);
            total = emulated_flush(total + emulated_flush(sum[0] + sum[1]));
            memcpy(tiles.data[c][m] + 4 * n, &total, sizeof total);
        }
}

#endif
