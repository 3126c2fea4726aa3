/*
 * halo.h - blocks of a direct convolution that keep x with its halo in shared memory for all taps:
 * what a block copies, multiplies and stores. Included by host and device code, like grid.h.
 *
 * A box of x, one row of 64 channels a pixel, is an operand of the matrix units for every tap: the
 * operand's rows come in groups of eight, which may begin at any pixel and lie any number of pixels
 * apart, and the swizzle of their 16-byte pieces follows the address, so that a tap is the same box
 * read from a pixel further on. Two shapes of a block make all its pixels such groups:
 *   - strips: 8 columns of y and any rows; the groups are rows of the strip, a box row apart;
 *   - rows:   whole rows of y, or whole images; the groups follow each other through the box, also
 *             across the ends of its rows, and the sums between rows are multiplied for nothing.
 * What is multiplied for nothing lies outside y where the box is stored with the halo's pitch, so
 * that the copy engine leaves it out.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_HALO_H
#define NOVA_GPU_HALO_H

#include "gpu/grid.h"

enum {
    NOVA_GPU_HALO_STRIP = 8,        /* columns of y in a strip */
    NOVA_GPU_HALO_COLUMNS = 16,     /* sums of a block come in multiples of so many pixels, */
    NOVA_GPU_HALO_LEAST = 64,       /* from so many on */
    NOVA_GPU_HALO_SIDE = 256,       /* of a box of the copy engine's */
    NOVA_GPU_HALO_GROUPS = 2,       /* groups of threads that take blocks in turn */
    NOVA_GPU_HALO_BARRIERS = 1024,  /* bytes of shared memory for barriers: two of each */
    NOVA_GPU_HALO_MOST_BOXES = 4,   /* box */
    NOVA_GPU_HALO_MOST_FILTERS = 48 /* and stage of U, and one of each group */
};

/** Boxes and shared memory of a grid whose blocks keep x with its halo. */
typedef struct nova_gpu_halo {
    int in_w, in_h, in_n;    /* pixels of the box of x */
    int out_w, out_h, out_n; /* of the box of y, of which the block's pixels are a part */
    int group;               /* pixels of the box of x from one group of eight to the next */
    int box_bytes;           /* of shared memory for a box of x, */
    int filter_bytes;        /* for U of a tap and 64 channels, */
    int staging_bytes;       /* and for a box of y; all are multiples of 1024 */
    int boxes, filters;      /* that there is room for: boxes of x, stages of U */
    int resident; /* U of all steps fits: a block of threads keeps it, and its output channels */
} nova_gpu_halo;

NOVA_GPU_INLINE int nova_gpu_halo_kilobytes(int pixels) {
    return (pixels * 2 * NOVA_GPU_STEP_CHANNELS + 1023) / 1024 * 1024;
}

/** `grid`: one with box and taps set; `processors`: that take its blocks. Without room for two
   boxes and a stage `filters` is 0. */
NOVA_GPU_INLINE nova_gpu_halo nova_gpu_halo_of(const nova_gpu_grid *grid, int processors) {
    const int strip = grid->box_w == NOVA_GPU_HALO_STRIP && grid->box_n == 1;
    const int steps = nova_gpu_steps(grid);
    nova_gpu_halo halo;
    halo.in_w = grid->box_w + grid->taps_w - 1;
    halo.in_h = grid->box_h + grid->taps_h - 1;
    halo.in_n = grid->box_n;
    halo.out_w = strip ? grid->box_w : halo.in_w;
    halo.out_h = grid->box_n > 1 ? halo.in_h : grid->box_h;
    halo.out_n = grid->box_n;
    halo.group = strip ? halo.in_w : 8;
    halo.box_bytes = nova_gpu_halo_kilobytes(halo.in_w * halo.in_h * halo.in_n);
    halo.filter_bytes = nova_gpu_halo_kilobytes(NOVA_GPU_SLAB_CHANNELS);
    const int out = halo.out_w * halo.out_h * halo.out_n;
    halo.staging_bytes = nova_gpu_halo_kilobytes(out > grid->halo ? out : grid->halo);
    const int room =
        NOVA_GPU_HOPPER_SHARED - NOVA_GPU_HALO_BARRIERS - NOVA_GPU_HALO_GROUPS * halo.staging_bytes;
    const int left = room - 2 * halo.box_bytes;
    const int most = steps < NOVA_GPU_HALO_MOST_FILTERS ? steps : NOVA_GPU_HALO_MOST_FILTERS;
    halo.filters = left < 0 ? 0 : left / halo.filter_bytes;
    if (halo.filters > most)
        halo.filters = most;
    halo.boxes = (room - halo.filters * halo.filter_bytes) / halo.box_bytes;
    if (halo.boxes > NOVA_GPU_HALO_MOST_BOXES)
        halo.boxes = NOVA_GPU_HALO_MOST_BOXES;
    halo.resident = steps == halo.filters && grid->channel_blocks <= processors;
    return halo;
}

/** Bytes of shared memory that a block wants. */
NOVA_GPU_INLINE int nova_gpu_halo_bytes(const nova_gpu_halo *halo) {
    return halo->filters * halo->filter_bytes + halo->boxes * halo->box_bytes +
           NOVA_GPU_HALO_GROUPS * halo->staging_bytes + NOVA_GPU_HALO_BARRIERS;
}

/** Pixel of the box of x that column `column` of the sums is made of at the first tap. In the box
   of y it is number `column`. */
NOVA_GPU_INLINE int nova_gpu_halo_pixel(const nova_gpu_halo *halo, int column) {
    return column / 8 * halo->group + column % 8;
}

/** Pixels from the first tap's operand to that of tap (u, v). */
NOVA_GPU_INLINE int nova_gpu_halo_tap(const nova_gpu_halo *halo, int u, int v) {
    return u * halo->in_w + v;
}

/** Blocks of threads that work on a grid: a block that keeps U meets its own output channels only
    if their number divides that of the blocks. */
NOVA_GPU_INLINE int nova_gpu_halo_slots(const nova_gpu_grid *grid, const nova_gpu_halo *halo,
                                        int processors) {
    return halo->resident ? processors / grid->channel_blocks * grid->channel_blocks : processors;
}

#endif
