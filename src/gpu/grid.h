/*
 * grid.h - how the products of a GPU plan are cut into blocks, and where their sums go. Included by
 * host and device code, so that the index arithmetic of the kernels is tested without a GPU.
 *
 * The products are D[channel][pixel] = sum over steps of U[slice][channel][c..] P[pixel][c..], one
 * form for both algorithms:
 *   - direct: a pixel is (w, h, n) of y, P is x at the pixel shifted by the tap, the slice of U is
 *     the tap; the steps are taps times blocks of 64 input channels;
 *   - Winograd: a pixel is (tile, position, 0), P is V, the slice of U is the position.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_GPU_GRID_H
#define NOVA_GPU_GRID_H

#include <stdint.h>

#ifdef __CUDACC__
#define NOVA_GPU_INLINE static __host__ __device__ __forceinline__
#elif defined(__HIP__)
#define NOVA_GPU_INLINE static inline __attribute__((host, device, always_inline))
#else
#define NOVA_GPU_INLINE static inline
#endif

enum {
    NOVA_GPU_STEP_CHANNELS = 64,        /* input channels of a step */
    NOVA_GPU_SLAB_CHANNELS = 64,        /* output channels of one product; a block has one or two */
    NOVA_GPU_MOST_CHANNELS = 128,       /* output channels of a block */
    NOVA_GPU_MOST_PIXELS = 256,         /* pixels of one */
    NOVA_GPU_MOST_SUMS = 128 * 128,     /* of a block that one group of threads has registers for */
    NOVA_GPU_MOST_CLUSTERED = 8,        /* blocks of a cluster that add their sums */
    NOVA_GPU_STRIP_PIXELS = 32,         /* pixels that a group of 128 threads stores at a time */
    NOVA_GPU_HOPPER_SHARED = 227 * 1024 /* bytes of shared memory that a block may have there */
};

/** Boxes of `box` that cover `extent`; of boxes so many what each has to cover. */
NOVA_GPU_INLINE int nova_gpu_blocks_of(int64_t extent, int64_t box) {
    return (int)((extent + box - 1) / box);
}

/** Two blocks on neighbouring multiprocessors that read one operand together. */
typedef enum nova_gpu_sharing {
    NOVA_GPU_SHARE_NOTHING = 0,
    NOVA_GPU_SHARE_PIXELS = 1, /* blocks of channels in pairs: P is read once for both */
    NOVA_GPU_SHARE_FILTER = 2  /* blocks of pixels in pairs: U is read once for both */
} nova_gpu_sharing;

/** Kernels that cut a layer in ways of their own (gpu/few.h): of the grid they use the extents and
    taps, and what is said there. */
typedef enum nova_gpu_kind {
    NOVA_GPU_BLOCKS = 0,
    NOVA_GPU_FEW_OUTPUTS = 1,
    NOVA_GPU_FEW_INPUTS = 2,
    NOVA_GPU_ROWS = 3,  /* Winograd along the rows (gpu/rows.h) */
    NOVA_GPU_NESTED = 4 /* or in both directions, in one kernel (gpu/nested.h) */
} nova_gpu_kind;

typedef struct nova_gpu_grid {
    int kind;           /* nova_gpu_kind */
    int channels;       /* all output channels */
    int block_channels; /* of a block: one slab or two */
    int channel_blocks;
    int extent_w, extent_h, extent_n; /* all pixels */
    int blocks_w, blocks_h, blocks_n;
    int box_w, box_h, box_n; /* pixels of a block, w fastest; their product is at most 256 */
    int origin_w, origin_h;  /* of P, seen from the first tap of pixel 0: minus the padding */
    int taps_h, taps_w;      /* 1, 1 for Winograd */
    int slice_is_row;        /* the slice of U is the pixel's h: Winograd */
    int channel_steps;       /* blocks of input channels */
    int splits;              /* parts of the steps that are summed apart */
    int turns;               /* a block belongs to one group of threads, which take turns (sm_90) */
    int clustered;           /* the splits of a block are a cluster, which adds their sums */
    int sharing;             /* nova_gpu_sharing; nothing if the splits are clustered */
    int whole_pieces; /* a pixel of y is whole pieces of 16 bytes: the copy engine can store */
    int halo;         /* 0, or columns of sums of blocks that keep x for all taps: halo.h */
} nova_gpu_grid;

/** One block of work. */
typedef struct nova_gpu_block {
    int channel;    /* first output channel */
    int slabs;      /* that have any channels */
    int w, h, n;    /* first pixel */
    int split;      /* which part of the steps: */
    int first, end; /* steps */
} nova_gpu_block;

/** Operands of one step: U at [slice][channel][c], P at [n][h][w][c]; w and h may lie outside x. */
typedef struct nova_gpu_step {
    int slice, c, w, h;
} nova_gpu_step;

/** Is all of Winograd one kernel, which cuts x into units instead of blocks? */
NOVA_GPU_INLINE int nova_gpu_has_units(const nova_gpu_grid *grid) {
    return grid->kind == NOVA_GPU_ROWS || grid->kind == NOVA_GPU_NESTED;
}

NOVA_GPU_INLINE int nova_gpu_cluster_size(const nova_gpu_grid *grid) {
    if (grid->clustered)
        return grid->splits;
    return grid->sharing == NOVA_GPU_SHARE_NOTHING ? 1 : 2;
}

NOVA_GPU_INLINE int nova_gpu_steps(const nova_gpu_grid *grid) {
    return grid->taps_h * grid->taps_w * grid->channel_steps;
}

NOVA_GPU_INLINE int nova_gpu_pixel_blocks(const nova_gpu_grid *grid) {
    return grid->blocks_w * grid->blocks_h * grid->blocks_n;
}

/** Columns of the matrix units' instruction that hold a block's pixels. */
NOVA_GPU_INLINE int nova_gpu_block_pixels(const nova_gpu_grid *grid) {
    const int pixels = grid->box_w * grid->box_h * grid->box_n;
    if (grid->halo)
        return grid->halo;
    return pixels <= 64 ? 64 : pixels <= 128 ? 128 : NOVA_GPU_MOST_PIXELS;
}

/** Units of work: blocks, or clusters of blocks. An engine makes sure that their number fits in 31
    bits. */
NOVA_GPU_INLINE int nova_gpu_units(const nova_gpu_grid *grid) {
    return nova_gpu_pixel_blocks(grid) * grid->channel_blocks * grid->splits /
           nova_gpu_cluster_size(grid);
}

/** True if the last block of channels fills one slab at most, and its work can be put behind that
    of all others: it takes half of their time. */
NOVA_GPU_INLINE int nova_gpu_last_is_short(const nova_gpu_grid *grid) {
    const int last = grid->channels - (grid->channel_blocks - 1) * grid->block_channels;
    return grid->turns && grid->block_channels > NOVA_GPU_SLAB_CHANNELS &&
           last <= NOVA_GPU_SLAB_CHANNELS && grid->sharing != NOVA_GPU_SHARE_PIXELS;
}

/** True if sums of the splits go through the workspace, and another kernel adds them. */
NOVA_GPU_INLINE int nova_gpu_has_parts(const nova_gpu_grid *grid) {
    return grid->splits > 1 && !grid->clustered;
}

/** Block number `rank` of a unit (0 unless the unit is a cluster). Units that follow each other
    read the same pixels, but for the short ones at the end. */
NOVA_GPU_INLINE nova_gpu_block nova_gpu_block_at(const nova_gpu_grid *grid, int unit, int rank) {
    const int by_channel = grid->sharing == NOVA_GPU_SHARE_PIXELS ? 2 : 1;
    const int by_pixel = grid->sharing == NOVA_GPU_SHARE_FILTER ? 2 : 1;
    const int whole = grid->channel_blocks / by_channel - nova_gpu_last_is_short(grid);
    const int pixel_units = nova_gpu_pixel_blocks(grid) / by_pixel;
    const int wholes = whole * pixel_units * (grid->clustered ? 1 : grid->splits);
    const int rest = unit < wholes ? unit / whole : unit - wholes;
    const int channel = unit < wholes ? unit - rest * whole : whole;
    const int pixel = rest % pixel_units * by_pixel + (by_pixel > 1 ? rank : 0);
    const int rows = pixel / grid->blocks_w;
    const int steps = nova_gpu_steps(grid);
    nova_gpu_block block;
    block.channel = (channel * by_channel + (by_channel > 1 ? rank : 0)) * grid->block_channels;
    const int slabs =
        (grid->channels - block.channel + NOVA_GPU_SLAB_CHANNELS - 1) / NOVA_GPU_SLAB_CHANNELS;
    const int most = grid->block_channels / NOVA_GPU_SLAB_CHANNELS;
    block.slabs = slabs < most ? slabs : most;
    block.w = (pixel - rows * grid->blocks_w) * grid->box_w;
    block.h = (rows % grid->blocks_h) * grid->box_h;
    block.n = (rows / grid->blocks_h) * grid->box_n;
    block.split = grid->clustered ? rank : rest / pixel_units;
    block.first = steps * block.split / grid->splits;
    block.end = steps * (block.split + 1) / grid->splits;
    return block;
}

NOVA_GPU_INLINE nova_gpu_step nova_gpu_step_at(const nova_gpu_grid *grid,
                                               const nova_gpu_block *block, int step) {
    const int tap = step / grid->channel_steps, v = tap % grid->taps_w, u = tap / grid->taps_w;
    nova_gpu_step at;
    at.slice = grid->slice_is_row ? block->h : tap;
    at.c = (step - tap * grid->channel_steps) * NOVA_GPU_STEP_CHANNELS;
    at.w = block->w + grid->origin_w + v;
    at.h = block->h + grid->origin_h + u;
    return at;
}

/** From one step to the next, without the divisions of nova_gpu_step_at(). */
NOVA_GPU_INLINE void nova_gpu_step_next(const nova_gpu_grid *grid, const nova_gpu_block *block,
                                        nova_gpu_step *at) {
    at->c += NOVA_GPU_STEP_CHANNELS;
    if (at->c < grid->channel_steps * NOVA_GPU_STEP_CHANNELS)
        return;
    at->c = 0;
    at->slice += !grid->slice_is_row;
    at->w++;
    if (at->w < block->w + grid->origin_w + grid->taps_w)
        return;
    at->w -= grid->taps_w;
    at->h++;
}

/** Where pixel number `index` of a block lies; false if it is beyond the block or the extent. */
NOVA_GPU_INLINE int nova_gpu_pixel_at(const nova_gpu_grid *grid, const nova_gpu_block *block,
                                      int index, int *w, int *h, int *n) {
    const int row = index / grid->box_w, image = row / grid->box_h;
    *w = block->w + index - row * grid->box_w;
    *h = block->h + row - image * grid->box_h;
    *n = block->n + image;
    return image < grid->box_n && *w < grid->extent_w && *h < grid->extent_h && *n < grid->extent_n;
}

/** A part of a block's box: the box is cut along its outermost dimension of more than one pixel. */
typedef struct nova_gpu_part {
    int w, h, n; /* first pixel, from that of the block */
    int box_w, box_h, box_n;
} nova_gpu_part;

/** True if the box can be cut into `parts` of the same size. */
NOVA_GPU_INLINE int nova_gpu_can_part(const nova_gpu_grid *grid, int parts) {
    const int outer = grid->box_n > 1 ? grid->box_n : grid->box_h > 1 ? grid->box_h : grid->box_w;
    return outer % parts == 0;
}

NOVA_GPU_INLINE nova_gpu_part nova_gpu_part_at(const nova_gpu_grid *grid, int parts, int index) {
    nova_gpu_part part = {0, 0, 0, grid->box_w, grid->box_h, grid->box_n};
    if (grid->box_n > 1)
        part.box_n /= parts, part.n = index * part.box_n;
    else if (grid->box_h > 1)
        part.box_h /= parts, part.h = index * part.box_h;
    else
        part.box_w /= parts, part.w = index * part.box_w;
    return part;
}

/*
 * Sums of a cluster: each of its blocks lays the sums of its split into shared memory, a row of
 * floats per pixel, sends every block its share of the pixels, and adds what it receives in the
 * order of the splits. The pitch makes both the fragments' stores and the reading of rows free of
 * bank conflicts.
 */
NOVA_GPU_INLINE int nova_gpu_partial_pitch(int block_channels) {
    return block_channels + 4;
}

/** First pixel of the share of block `rank`; that of rank + 1 is where it ends. */
NOVA_GPU_INLINE int nova_gpu_share_at(int block_pixels, int splits, int rank) {
    return block_pixels * rank / splits;
}

/*
 * The strip of shared memory through which sums reach global memory: 32 pixels of 64 channels, a
 * row of floats per pixel. A warp writes fragments (lane: row lane / 4, columns 2 (lane % 4)) and
 * reads rows (channels across the lanes); the pitch keeps both free of bank conflicts.
 */
enum { NOVA_GPU_STRIP_PITCH = 68 };

NOVA_GPU_INLINE int nova_gpu_strip_at(int pitch, int pixel, int channel) {
    return pixel * pitch + channel;
}

/** Element `e` of fragment `j` (8 pixels) of a lane: its pixel in the block and its channel among
    the 16 of the warp's fragment. */
NOVA_GPU_INLINE int nova_gpu_fragment_pixel(int lane, int j, int e) {
    return 8 * j + 2 * (lane % 4) + e % 2;
}
NOVA_GPU_INLINE int nova_gpu_fragment_channel(int lane, int e) {
    return lane / 4 + 8 * (e / 2);
}

#endif
