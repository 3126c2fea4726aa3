/*
 * blocks_text.c - names of the ways to cut a grid into blocks: what wisdom knows them by, and what
 * `nova plan` prints.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "gpu/engine.h"

/* Of direct convolution: all taps of a pixel are channels, there is one step for all. */
static bool is_gathered(const nova_gpu_grid *grid) {
    return !grid->slice_is_row && grid->taps_h * grid->taps_w == 1;
}

const char *nova_gpu_blocks_text(const nova_gpu_grid *grid, char text[NOVA_GPU_BLOCKS_TEXT]) {
    static const char *const sharing[] = {"", ",share=pixels", ",share=filter"};
    char splits[32] = "";
    if (grid->kind == NOVA_GPU_FEW_OUTPUTS) {
        if (nova_gpu_is_strip(grid))
            snprintf(text, NOVA_GPU_BLOCKS_TEXT, "few-outputs,strips,box=%dx%dx1", grid->box_w,
                     grid->box_h);
        else
            snprintf(text, NOVA_GPU_BLOCKS_TEXT, "few-outputs,%d,box=%dx%dx1",
                     nova_gpu_patch_pixels(grid), grid->box_w, grid->box_h);
        return text;
    }
    if (grid->kind == NOVA_GPU_FEW_INPUTS) {
        snprintf(text, NOVA_GPU_BLOCKS_TEXT, "few-inputs,%dx%d", grid->block_channels,
                 (int)NOVA_GPU_GATHER_PIXELS);
        return text;
    }
    if (nova_gpu_has_units(grid)) {
        snprintf(text, NOVA_GPU_BLOCKS_TEXT, "%s,%dx%d,box=%dx%dx1",
                 grid->kind == NOVA_GPU_ROWS ? "rows" : "nested", grid->block_channels,
                 nova_gpu_block_pixels(grid), grid->box_w, grid->box_h);
        return text;
    }
    if (grid->splits > 1)
        snprintf(splits, sizeof splits, ",%s=%d", grid->clustered ? "cluster" : "splits",
                 grid->splits);
    snprintf(text, NOVA_GPU_BLOCKS_TEXT, "%s%s,%dx%d,box=%dx%dx%d%s%s",
             is_gathered(grid) ? "gathered," : "",
             grid->halo    ? "halo"
             : grid->turns ? "turns"
                           : "together",
             grid->block_channels, nova_gpu_block_pixels(grid), grid->box_w, grid->box_h,
             grid->box_n, sharing[grid->sharing], splits);
    return text;
}

const char *nova_gpu_resident_text(const nova_gpu_resident *all, char text[NOVA_GPU_BLOCKS_TEXT]) {
    snprintf(text, NOVA_GPU_BLOCKS_TEXT, "%sresident,%dx%d,box=%dx%d,chunks=%d",
             all->taps_h * all->taps_w == 1 ? "gathered," : "", all->channels,
             all->groups * NOVA_GPU_RESIDENT_PIXELS, all->box_w, all->box_h, all->chunks);
    return text;
}

const char *nova_gpu_engine_blocks(const nova_gpu_engine *engine, char text[NOVA_GPU_BLOCKS_TEXT]) {
    if (engine->fused && engine->grid.kind == NOVA_GPU_BLOCKS) {
        snprintf(text, NOVA_GPU_BLOCKS_TEXT, "fused");
        return text;
    }
    return engine->small ? nova_gpu_resident_text(&engine->resident, text)
                         : nova_gpu_blocks_text(&engine->grid, text);
}

bool nova_gpu_blocks_are_alike(const char *a, const char *b) {
    static const char box[] = ",box=";
    const char *in_a = strstr(a, box), *in_b = strstr(b, box);
    if (!in_a || !in_b || in_a - a != in_b - b || memcmp(a, b, (size_t)(in_a - a)) != 0)
        return in_a == in_b && strcmp(a, b) == 0;
    in_a += strlen(box), in_b += strlen(box);
    return strcmp(in_a + strcspn(in_a, ","), in_b + strcspn(in_b, ",")) == 0;
}
