/*
 * kernels.h - the kernel record: everything of the CPU engine that depends on the instruction set.
 *
 * Each architecture fills one record from the same template (kernels_template.h) over its own
 * vector vocabulary. The engine (engine.c) is written against the record alone.
 *
 * Terms: `lanes` floats make a vector; channels (of the input or the output) are processed in
 * groups of one vector. A patch is a zero-padded rectangle of an image, one channel group, in
 * binary32: [row][column][lane].
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CPU_KERNELS_H
#define NOVA_CPU_KERNELS_H

#include "cpu/pairs.h"
#include "cpu/rows.h"
#include "nova_winograd.h"

enum {
    NOVA_MAX_LANES = 16,
    NOVA_LAYOUTS = 2, /* nova_layout */
    NOVA_DTYPES = 3,  /* nova_dtype */
    NOVA_LINE_BYTES = 64,
    NOVA_AHEAD_BYTES = 1 << 13 /* how far ahead packed filters, which are far away, are asked for */
};

/**
 * One codelet applied to `lines` independent lines of vectors: element e of line l is the vector
 * at in[l * in_line + e * in_step]; results likewise. Strides count floats. `in` and `out` must not
 * overlap. `coefs` are the bound coefficients of the codelet.
 */
typedef void (*nova_pass_fn)(const float *in, ptrdiff_t in_step, ptrdiff_t in_line, float *out,
                             ptrdiff_t out_step, ptrdiff_t out_line, int lines, const float *coefs);

/** Operands of the product of a block of rows with a panel of packed filters. */
typedef struct nova_gemm_args {
    const float *a; /**< element (row, segment q, e): a[row * a_row + segments[q] + e] */
    ptrdiff_t a_row;
    const ptrdiff_t *segments;
    int segment_count;
    int length;    /**< elements per segment */
    const void *b; /**< [segment][element][vectors * lanes], of the packed type */
    float *c;      /**< vector v of row i: c[v * c_vector + i * lanes] */
    ptrdiff_t c_vector;
    int accumulate; /**< add to c instead of writing it */
    /** With byte i of b the byte ahead + (i >> ahead_shift) of it is asked for. */
    ptrdiff_t ahead;
    int ahead_shift;
} nova_gemm_args;

/** c (+)= a b for `rows` rows (1..max_rows) and `vectors` vectors (1..panel_vectors). */
typedef void (*nova_gemm_fn)(int rows, int vectors, const nova_gemm_args *args);

/** A rectangle of one image and one channel group; it may stick out of the image. */
typedef struct nova_window {
    int64_t channels, height, width; /**< of the image */
    int64_t channel;                 /**< first channel of the group */
    int64_t row, col;                /**< top left, may be negative */
    int rows, cols;
} nova_window;

/**
 * Reads a window of an image into a patch; what lies outside the image or the group is zero. Pixels
 * are `pitch` floats apart: lanes, or as few as the image has channels. Whole vectors are written
 * all the same, one pixel's over the end of the one before: the patch needs room for lanes - pitch
 * floats beyond its end.
 */
typedef void (*nova_gather_fn)(const void *image, const nova_window *window, int pitch,
                               float *patch);

typedef struct nova_epilogue {
    const float *bias;    /**< [channels] or null */
    const void *residual; /**< image like the output, or null */
    nova_activation activation;
    int stream; /**< write whole cache lines past the cache; nova_cpu_kernels.fence must follow */
} nova_epilogue;

/** Output pixels of neighbouring channel groups: patches, one after the other. */
typedef struct nova_strip {
    const float *data;
    ptrdiff_t row, vector; /**< floats from one row, one channel group to the next */
    int vectors;           /**< channel groups, from the window's `channel` on */
} nova_strip;

/** Applies the epilogue to a strip and writes what lies inside the image. */
typedef void (*nova_scatter_fn)(const nova_strip *strip, const nova_window *window,
                                const nova_epilogue *epilogue, void *image);

/**
 * Rounds `count` vectors through a storage type: out = round(in * before[p]) * after[p]; strides
 * count floats; null factors mean 1. The result stays binary32.
 */
typedef void (*nova_round_fn)(const float *in, ptrdiff_t in_stride, float *out,
                              ptrdiff_t out_stride, int count, const float *before,
                              const float *after);

typedef struct nova_cpu_kernels {
    const char *name;
    int lanes;
    int max_rows;                   /**< rows of the register block of gemm */
    int panel_vectors;              /**< vectors of the register block of gemm */
    int fused;                      /**< multiply-add rounds once */
    const nova_pass_fn *pass;       /**< by nova_codelet.index */
    nova_gemm_fn gemm[NOVA_DTYPES]; /**< by type of the packed filter */
    const nova_pair_kernels *pairs; /**< products of bfloat16 parts */
    nova_split_fn split;            /**< into bfloat16 parts */
    nova_pack_fn pack[NOVA_DTYPES]; /**< the same of channel-last images */
    nova_round_fn round[NOVA_DTYPES];
    nova_gather_fn gather[NOVA_LAYOUTS][NOVA_DTYPES];
    nova_scatter_fn scatter[NOVA_LAYOUTS][NOVA_DTYPES];
    const nova_row_kernel *rows; /**< by index of the output codelet */
    void (*fence)(void); /**< streamed stores become visible before any store that follows */
} nova_cpu_kernels;

extern const nova_cpu_kernels nova_kernels_portable;
extern const nova_cpu_kernels nova_kernels_avx2;
extern const nova_cpu_kernels nova_kernels_avx512;

/* What later instruction sets do better than nova_kernels_avx512. */
extern const nova_pair_kernels nova_pairs_avx512bf16;
extern const nova_pair_kernels nova_pairs_amx;
extern const nova_split_fn nova_split_avx512bf16;
extern const nova_pack_fn nova_pack_avx512bf16[NOVA_DTYPES];

/**
 * Asks the operating system to let this process use the registers of the matrix unit, which Linux
 * does not grant by itself (arch_prctl(2), ARCH_REQ_XCOMP_PERM). False: refused, or there are none.
 */
int nova_amx_permitted(void);

/** Kernels that this build has, best last; those that the machine cannot run are included. */
int nova_cpu_kernels_count(void);
const nova_cpu_kernels *nova_cpu_kernels_at(int index);
/** True if this machine can run them. */
int nova_cpu_kernels_supported(const nova_cpu_kernels *kernels);

/**
 * The best kernels that the machine can run. The environment variable NOVA_KERNELS limits the
 * choice to the named record and those before it, so that one machine can test all of them.
 */
const nova_cpu_kernels *nova_cpu_kernels_best(void);

#endif
