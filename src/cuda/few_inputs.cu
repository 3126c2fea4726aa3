/*
 * few_inputs.cu - direct convolution with few input channels in one kernel: a warp gathers all that
 * its pixels are made of from x right into the fragments of a product (gpu/few.h) and multiplies it
 * by its block's output channels; for compute capability 8.0 and later.
 *
 * A product's 16 elements may lie in any order that is the same for x and U: lane t of a group of
 * four has elements 4 t to 4 t + 3 of them, which are one piece of U's row, and of x's row where
 * its channels come in fours. U's rows lie in shared memory in such an order that a lane's sums are
 * eight neighbouring channels of a pixel, which it stores in one piece.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/launch.h"

enum {
    TILE = NOVA_GPU_GATHER_TILE,
    WARPS = NOVA_GPU_GATHER_PIXELS / TILE,
    THREADS = 32 * WARPS,
    CHANNELS = 32, /* that a warp multiplies at a time */
    QUAD = 4,      /* elements of 8 bytes */
    PIECE = 8      /* of 16 */
};
static_assert(TILE == 4 * 8, "a lane has every eighth of four times eight pixels");

typedef struct __align__(16) four {
    int e[QUAD];
}
four;

/* Where the elements of a row are from the pixel's first tap: elements of x, rows, columns; and
   which there are: ones in their places in a fragment's words. */
typedef struct taps {
    four *offset, *u, *v;
    uint2 *mask;
} taps;

template <int UNIT>
static __device__ __forceinline__ void list_taps(const nova_gpu_few_inputs_args &args,
                                                 const taps &taps) {
#pragma unroll 1
    for (int at = threadIdx.x; at < args.depth; at += THREADS) {
        const int element = UNIT > 1 ? at : at / 16 * 16 + at % 4 * 4 + at / 4 % 4;
        const int number = element / args.c, channel = element - number * args.c;
        const int u = number / args.s, v = number - u * args.s;
        const bool exists = number < args.r * args.s;
        taps.u[at / QUAD].e[at % QUAD] = exists ? u : args.h + args.pad_top; /* outside x */
        taps.v[at / QUAD].e[at % QUAD] = v;
        taps.offset[at / QUAD].e[at % QUAD] =
            exists ? (int)((u * args.w + v) * args.x_pixel + channel * args.x_channel) : 0;
        ((uint16_t *)taps.mask)[at] = exists ? 0xffff : 0;
    }
}

/* Eight elements of a row of U to where lanes have every fourth: `to` is their half of a step. */
static __device__ __forceinline__ void spread_piece(uint32_t *to, const uint4 &piece) {
    to[0] = __byte_perm(piece.x, piece.z, 0x5410);
    to[2] = __byte_perm(piece.x, piece.z, 0x7632);
    to[4] = __byte_perm(piece.y, piece.w, 0x5410);
    to[6] = __byte_perm(piece.y, piece.w, 0x7632);
}

/* A block's part of U, its rows where the fragments want them. */
template <int UNIT>
static __device__ __forceinline__ void copy_filters(const nova_gpu_few_inputs_args &args,
                                                    int channel0, int pitch,
                                                    unsigned char *filters) {
    const int pieces = args.depth / PIECE, next = THREADS / pieces, more = THREADS % pieces;
    int row = threadIdx.x / pieces, piece = threadIdx.x % pieces;
    while (row < args.channels) {
        const int64_t k = channel0 + row;
        const bool exists = k < args.k_pitch && piece * PIECE < args.c_pitch;
        const uint16_t *from = exists ? (const uint16_t *)args.u + k * args.c_pitch + piece * PIECE
                                      : (const uint16_t *)args.u;
        unsigned char *to = filters + (int)nova_gpu_stored_channel(row) * pitch;
        if constexpr (UNIT > 1)
            copy_piece(to + piece * 16, from, exists);
        else
            spread_piece((uint32_t *)(to + piece / 2 * 32) + piece % 2,
                         exists ? *(const uint4 *)from : make_uint4(0, 0, 0, 0));
        row += next, piece += more;
        if (piece >= pieces)
            row++, piece -= pieces;
    }
    commit_pieces();
}

static __device__ __forceinline__ void copy_bias(const nova_gpu_few_inputs_args &args, int channel0,
                                                 float *bias) {
    const nova_gpu_epilogue *e = &args.epilogue;
    for (int c = threadIdx.x; c < args.channels; c += THREADS)
        bias[c] = e->bias && channel0 + c < e->k ? e->bias[channel0 + c] : 0.0f;
}

/* What a warp takes: pixels of a row of y. */
typedef struct tile {
    int part, line, image; /* of the row, of the image */
} tile;

static __device__ __forceinline__ tile find_tile(const nova_gpu_few_inputs_args &args,
                                                 unsigned number) {
    const unsigned across = (unsigned)args.across, out_h = (unsigned)args.epilogue.out_h;
    const unsigned line = number / across, image = line / out_h;
    return tile{(int)(number - line * across), (int)(line - image * out_h), (int)image};
}

/* The tile that is so many further. */
static __device__ __forceinline__ void advance(const nova_gpu_few_inputs_args &args,
                                               const tile &distance, tile *at) {
    at->part += distance.part, at->line += distance.line, at->image += distance.image;
    if (at->part >= args.across)
        at->part -= args.across, at->line++;
    if (at->line >= args.epilogue.out_h)
        at->line -= (int)args.epilogue.out_h, at->image++;
}

/* A lane's first pixel of a tile; it has every eighth. */
typedef struct place {
    const uint16_t *from; /* its first tap, */
    int i, j;             /* at this row and column of x */
    int64_t to;           /* its index in y, of pixels */
    int columns;          /* of y, from there to the end of the row */
    bool is_inside;       /* all taps of all the tile's pixels are in x */
} place;

static __device__ __forceinline__ place find_place(const nova_gpu_few_inputs_args &args,
                                                   const tile &tile) {
    const nova_gpu_epilogue *e = &args.epilogue;
    const int row = (int)threadIdx.x % 32 / 4, column = tile.part * TILE;
    const int i = tile.line - args.pad_top, j = column - args.pad_left;
    place p;
    p.from = (const uint16_t *)args.x + tile.image * args.x_image +
             ((int64_t)i * args.w + j + row) * args.x_pixel;
    p.i = i, p.j = j + row;
    p.to = ((int64_t)tile.image * e->out_h + tile.line) * e->out_w + column + row;
    p.columns = (int)e->out_w - column - row;
    p.is_inside = i >= 0 && i + args.r <= args.h && j >= 0 && j + TILE + args.s - 1 <= args.w;
    return p;
}

/* Four elements of a row for a pixel whose first tap is at `from`: `offset` from there, UNIT of
   them together, zeros unless they exist. */
template <int UNIT>
static __device__ __forceinline__ uint2 load_four(const uint16_t *from, const four &offset,
                                                  const bool (&exists)[QUAD]) {
    if constexpr (UNIT == 4) {
        return exists[0] ? *(const uint2 *)(from + offset.e[0]) : uint2{0, 0};
    } else if constexpr (UNIT == 2) {
        return uint2{exists[0] ? *(const uint32_t *)(from + offset.e[0]) : 0,
                     exists[2] ? *(const uint32_t *)(from + offset.e[2]) : 0};
    } else {
        uint32_t element[QUAD];
#pragma unroll
        for (int e = 0; e < QUAD; e++)
            element[e] = exists[e] ? from[offset.e[e]] : 0;
        return uint2{element[0] | element[1] << 16, element[2] | element[3] << 16};
    }
}

/* Fragments of a round of steps; `quad`: where the lane's elements of the first begin in the
   tables. */
template <int UNIT, int STEPS, bool INSIDE>
static __device__ __forceinline__ void gather(const nova_gpu_few_inputs_args &args,
                                              const taps &taps, const place &place, int quad,
                                              uint32_t (&a)[2][STEPS][4]) {
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        const int at = quad + 4 * step;
        const four offset = taps.offset[at];
        const uint2 mask = taps.mask[at];
        four u, v;
        if (!INSIDE)
            u = taps.u[at], v = taps.v[at];
#pragma unroll
        for (int p = 0; p < 4; p++) {
            bool exists[QUAD];
#pragma unroll
            for (int e = 0; e < QUAD; e++)
                exists[e] = INSIDE || ((unsigned)(place.i + u.e[e]) < (unsigned)args.h &
                                       (unsigned)(place.j + 8 * p + v.e[e]) < (unsigned)args.w);
            const uint2 words = load_four<UNIT>(place.from + 8 * p * args.x_pixel, offset, exists);
            a[p / 2][step][p % 2] = INSIDE ? words.x & mask.x : words.x;
            a[p / 2][step][p % 2 + 2] = INSIDE ? words.y & mask.y : words.y;
        }
    }
}

template <int UNIT, int STEPS>
static __device__ __forceinline__ void gather_round(const nova_gpu_few_inputs_args &args,
                                                    const taps &taps, const place &place, int quad,
                                                    uint32_t (&a)[2][STEPS][4]) {
    if (place.is_inside)
        gather<UNIT, STEPS, true>(args, taps, place, quad, a);
    else
        gather<UNIT, STEPS, false>(args, taps, place, quad, a);
}

/* Adds the products of a round; `filters`: what the lane has of its first. */
template <typename T, int STEPS>
static __device__ __forceinline__ void multiply_steps(const unsigned char *filters, int pitch,
                                                      const uint32_t (&a)[2][STEPS][4],
                                                      float (&sums)[2][4][4]) {
#pragma unroll
    for (int step = 0; step < STEPS; step++)
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const uint2 both = *(const uint2 *)(filters + 8 * j * pitch + step * 32);
            const uint32_t b[2] = {both.x, both.y};
            multiply(T(), sums[0][j], a[0][step], b);
            multiply(T(), sums[1][j], a[1][step], b);
        }
}

/* Eight neighbouring channels of a pixel, where pieces are not aligned or the last is not
   complete. */
template <typename T>
static __device__ __forceinline__ void store_channels(const nova_gpu_epilogue *e, int64_t at,
                                                      int64_t channel, const float (&v)[PIECE]) {
#pragma unroll
    for (int i = 0; i < PIECE; i++)
        if (channel + i < e->k) {
            const float other = e->residual ? to_float(((const T *)e->residual)[at + i]) : 0.0f;
            from_float((T *)e->y + at + i, activate(v[i] + other, e->activation));
        }
}

template <typename T>
static __device__ __forceinline__ void add_piece(const T *residual, float (&v)[PIECE]) {
    const uint4 piece = *(const uint4 *)residual;
    const uint32_t words[] = {piece.x, piece.y, piece.z, piece.w};
#pragma unroll
    for (int i = 0; i < PIECE / 2; i++) {
        const V pair = unpack(T(), words[i]);
        v[2 * i] += pair.x, v[2 * i + 1] += pair.y;
    }
}

/* The same in one piece. */
template <typename T, nova_activation ACTIVATION>
static __device__ __forceinline__ void store_piece(T *to, const float (&v)[PIECE]) {
    uint32_t words[PIECE / 2];
#pragma unroll
    for (int i = 0; i < PIECE / 2; i++)
        words[i] = ACTIVATION == NOVA_ACTIVATION_RELU ? pack_positive(T(), v[2 * i], v[2 * i + 1])
                                                      : pack<T>(activate(v[2 * i], ACTIVATION),
                                                                activate(v[2 * i + 1], ACTIVATION));
    store_words(to, words);
}

/* A warp's sums: of each of four pixels a lane has eight channels, the first of them element `at`
   of y, whose bias is at `bias`. */
template <typename T, bool PIECES, bool RESIDUAL, nova_activation ACTIVATION>
static __device__ __forceinline__ void store_sums(const nova_gpu_epilogue *e, int columns,
                                                  int64_t at, int64_t channel, const float *bias,
                                                  const float (&sums)[2][4][4]) {
    float own_bias[PIECE];
#pragma unroll
    for (int i = 0; i < PIECE; i++)
        own_bias[i] = bias[i];
    T *to = (T *)e->y + at;
#pragma unroll
    for (int p = 0; p < 4; p++, to += 8 * e->k) {
        if (8 * p >= columns)
            continue;
        float v[PIECE];
#pragma unroll
        for (int i = 0; i < PIECE; i++)
            v[i] = sums[p / 2][i / 2][p % 2 * 2 + i % 2] + own_bias[i];
        if constexpr (RESIDUAL)
            add_piece((const T *)e->residual + (to - (T *)e->y), v);
        if constexpr (PIECES)
            store_piece<T, ACTIVATION>(to, v);
        else
            store_channels<T>(e, to - (T *)e->y, channel, v);
    }
}

template <typename T, bool RESIDUAL>
static __device__ __forceinline__ void store_pieces(const nova_gpu_epilogue *e, int columns,
                                                    int64_t at, const float *bias,
                                                    const float (&sums)[2][4][4]) {
    if (e->activation == NOVA_ACTIVATION_RELU)
        store_sums<T, true, RESIDUAL, NOVA_ACTIVATION_RELU>(e, columns, at, 0, bias, sums);
    else if (e->activation == NOVA_ACTIVATION_SILU)
        store_sums<T, true, RESIDUAL, NOVA_ACTIVATION_SILU>(e, columns, at, 0, bias, sums);
    else
        store_sums<T, true, RESIDUAL, NOVA_ACTIVATION_NONE>(e, columns, at, 0, bias, sums);
}

/* What to do is asked once, not of every sum. */
template <typename T>
static __device__ __forceinline__ void finish(const nova_gpu_epilogue *e, int columns, int64_t at,
                                              int64_t channel, const float *bias,
                                              const float (&sums)[2][4][4]) {
    if (e->k % PIECE != 0)
        store_sums<T, false, false, NOVA_ACTIVATION_NONE>(e, columns, at, channel, bias, sums);
    else if (channel >= e->k)
        return;
    else if (e->residual)
        store_pieces<T, true>(e, columns, at, bias, sums);
    else
        store_pieces<T, false>(e, columns, at, bias, sums);
}

/* UNIT: elements of a row that lie together in x, aligned; STEPS: gathered at a time, all of them
   unless DEEP. */
template <typename T, int UNIT, int STEPS, bool DEEP>
static __global__ void __launch_bounds__(THREADS, NOVA_GPU_GATHER_RESIDENT)
    few_inputs_kernel(const __grid_constant__ nova_gpu_few_inputs_args args) {
    extern __shared__ __align__(128) unsigned char memory[];
    const int depth = DEEP ? args.depth : 16 * STEPS, quads = depth / QUAD;
    const int pitch = nova_gpu_gather_pitch(depth), channel0 = (int)blockIdx.y * args.channels;
    four *const table = (four *)memory;
    const taps taps = {table, table + quads, table + 2 * quads, (uint2 *)(table + 3 * quads)};
    float *const bias = (float *)(taps.mask + quads);
    unsigned char *const filters = (unsigned char *)(bias + args.channels);
    copy_filters<UNIT>(args, channel0, pitch, filters);
    list_taps<UNIT>(args, taps);
    let_successor_start(); /* all blocks have their place already */
    wait_for_predecessor();
    copy_bias(args, channel0, bias);
    wait_for_groups<0>();
    __syncthreads();
    const int lane = (int)threadIdx.x % 32, own = lane % 4 * PIECE;
    const unsigned char *const own_filters = filters + lane / 4 * pitch + lane % 4 * 8;
    const int channels = min(args.channels, (int)args.epilogue.k - channel0);
    const unsigned stride = gridDim.x * WARPS;
    const tile distance = find_tile(args, stride);
    unsigned number = blockIdx.x * WARPS + threadIdx.x / 32;
    tile tile = find_tile(args, number);
    for (; number < args.tiles; number += stride, advance(args, distance, &tile)) {
        const place place = find_place(args, tile);
        const int64_t at = place.to * args.epilogue.k + channel0 + own;
        uint32_t a[2][STEPS][4];
        if (!DEEP)
            gather_round<UNIT>(args, taps, place, lane % 4, a);
        for (int c = 0; c < channels; c += CHANNELS) {
            float sums[2][4][4] = {};
            for (int quad = 0; quad < quads; quad += 4 * STEPS) {
                if (DEEP)
                    gather_round<UNIT>(args, taps, place, quad + lane % 4, a);
                multiply_steps<T>(own_filters + c * pitch + quad * 8, pitch, a, sums);
            }
            finish<T>(&args.epilogue, place.columns, at + c, channel0 + c + own, bias + c + own,
                      sums);
        }
    }
}

typedef void (*kernel_fn)(const nova_gpu_few_inputs_args args);

template <typename T, int UNIT>
static kernel_fn kernel_of_steps(const nova_gpu_few_inputs_args *args) {
    if (args->steps == 4)
        return few_inputs_kernel<T, UNIT, 4, false>;
    if (args->steps == 3)
        return few_inputs_kernel<T, UNIT, 3, false>;
    return args->depth > 32 ? few_inputs_kernel<T, UNIT, 2, true>
                            : few_inputs_kernel<T, UNIT, 2, false>;
}

template <typename T> static kernel_fn kernel_of(const nova_gpu_few_inputs_args *args) {
    if (args->x_channel > 1 || args->c % 2 != 0) /* channels lie together if x is channel-last */
        return kernel_of_steps<T, 1>(args);
    return args->c % 4 != 0 ? kernel_of_steps<T, 2>(args) : kernel_of_steps<T, 4>(args);
}

cudaError_t nova_cuda_few_inputs(const nova_cuda_launch *launch,
                                 const nova_gpu_few_inputs_args *args) {
    const nova_gpu_gathering all =
        nova_gpu_gather_blocks(args->tiles, args->epilogue.k, args->depth, args->channels,
                               launch->processors, (int64_t)launch->shared_bytes);
    return nova_cuda_start(
        launch, launch->type == NOVA_F16 ? kernel_of<__half>(args) : kernel_of<__nv_bfloat16>(args),
        args, dim3((unsigned)all.blocks, (unsigned)all.parts), THREADS,
        (size_t)nova_gpu_gather_bytes(args->depth, args->channels));
}
