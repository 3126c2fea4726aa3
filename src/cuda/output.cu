/*
 * output.cu - y = A^T M A as a product with a tile's positions (tile_product.h), with the epilogue.
 * A lane has eight neighbouring channels of a pixel: it stores those of a channel-last y itself.
 * For a channel-first y (and where eight channels are not aligned) the outputs of all tiles of a
 * block meet in shared memory.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/tile_product.h"

enum { PIECE = 8 };

typedef mapped_args<nova_gpu_output_args> all_args;

/* Blocks that the registers leave room for on a multiprocessor. */
template <typename M> static constexpr int resident(int column_blocks) {
    return column_blocks <= (sizeof(M) == sizeof(float) ? 3 : 6) ? 2 : 1;
}

/* The outputs of a unit: where they begin and how many of the tile's lie in y. */
typedef struct place {
    int n, y, x, rows, columns; /* rows: 0 if there is no unit */
    int64_t k, at;              /* first channel; its index in a channel-last y */
} place;

static __device__ __forceinline__ place place_of(const nova_gpu_output_args &args,
                                                 const tile_units &unit) {
    const nova_gpu_tiles &tiles = args.tiles;
    place p = {unit.image,
               unit.line * tiles.tile_h,
               unit.column * tiles.tile_w,
               0,
               0,
               (int64_t)unit.group * NOVA_GPU_UNIT_CHANNELS,
               0};
    p.at =
        (((int64_t)p.n * args.epilogue.out_h + p.y) * args.epilogue.out_w + p.x) * args.epilogue.k +
        p.k;
    p.rows = unit.at < unit.end ? min(tiles.tile_h, (int)args.epilogue.out_h - p.y) : 0;
    p.columns = min(tiles.tile_w, (int)args.epilogue.out_w - p.x);
    return p;
}

/* Starts to copy the tile's products, a row of 64 channels per position. */
template <typename M>
static __device__ __forceinline__ void copy_products(const all_args &all, const tile_units &unit,
                                                     char *rows, uint64_t *barrier) {
    enum {
        ELEMENTS = 16 / sizeof(M), /* of a piece */
        PIECES = NOVA_GPU_UNIT_CHANNELS / ELEMENTS,
        POSITIONS = 32 / PIECES
    };
    const nova_gpu_output_args &args = all.args;
    const int lane = threadIdx.x % 32, count = args.matrix.columns;
    const int k0 = unit.group * NOVA_GPU_UNIT_CHANNELS;
#if __CUDA_ARCH__ >= 900
    if (all.mapped) {
        if (lane == 0) {
            barrier_expect(barrier, count * ROW_BYTES);
            copy_box_3(rows, &all.map, k0, unit.tile, 0, barrier, 0);
        }
        return;
    }
#endif
    const int piece = lane % PIECES, k = k0 + piece * ELEMENTS;
    const bool inside = k < args.pitch;
    const M *m = (const M *)args.m + lane / PIECES * args.position + unit.tile * args.pitch + k;
#pragma unroll 4
    for (int i = lane / PIECES; i < count; i += POSITIONS, m += POSITIONS * args.position)
        copy_piece(sizeof(M) == 2 ? rows + 16 * nova_gpu_piece_at(i, piece)
                                  : rows + i * FLOAT_ROW_BYTES + 16 * piece,
                   inside ? m : args.m, inside);
}

/* Residual and activation of eight channels of a pixel; `at`: the index of the first. The kinds of
   epilogue part ways once for all of them. */
template <typename T>
static __device__ __forceinline__ void finish_piece(const nova_gpu_epilogue &e, int64_t at,
                                                    float (&v)[PIECE]) {
    if (e.residual) {
        const uint4 piece = *(const uint4 *)((const T *)e.residual + at);
        const uint32_t words[] = {piece.x, piece.y, piece.z, piece.w};
#pragma unroll
        for (int i = 0; i < PIECE; i += 2) {
            const V pair = load_pair((const T *)&words[i / 2]);
            v[i] += pair.x, v[i + 1] += pair.y;
        }
    }
    if (e.activation == NOVA_ACTIVATION_RELU) {
#pragma unroll
        for (int i = 0; i < PIECE; i++)
            v[i] = activate(v[i], NOVA_ACTIVATION_RELU);
    } else if (e.activation == NOVA_ACTIVATION_SILU) {
#pragma unroll
        for (int i = 0; i < PIECE; i++)
            v[i] = activate(v[i], NOVA_ACTIVATION_SILU);
    }
}

/* True if a lane's channels of a pixel are 16 aligned bytes of y. */
static __host__ __device__ __forceinline__ bool stores_pieces(const nova_gpu_epilogue &e) {
    return e.k % PIECE == 0;
}

static __device__ __forceinline__ bool is_plain(const nova_gpu_epilogue &e) {
    return stores_pieces(e) && !e.residual && e.activation == NOVA_ACTIVATION_NONE;
}

/* What stays the same from one unit to the next. */
typedef struct output_constants {
    int reciprocal; /* of the tile's width */
    bool pieces;    /* stores_pieces() */
    bool plain;     /* pieces, without residual and activation */
    float *staged;  /* the warp's outputs in shared memory, unless pieces */
} output_constants;

/* The bias of a lane's eight channels, or zeros: in shared memory it is added later. */
static __device__ __forceinline__ void load_bias(const nova_gpu_epilogue &e, bool pieces,
                                                 int64_t channel, float (&bias)[PIECE]) {
#pragma unroll
    for (int i = 0; i < PIECE; i++)
        bias[i] = pieces && e.bias && channel < e.k ? e.bias[channel + i] : 0.0f;
}

/* Sums of 16 pixels and a run of 32 channels: to y, or to the block's outputs in shared memory.
   `within`: the lane's first channel among the unit's. */
template <typename T>
static __device__ __forceinline__ void store_run(const nova_gpu_output_args &args, const place &p,
                                                 const output_constants &fixed, int first_pixel,
                                                 int within, const float (&bias)[PIECE],
                                                 const float (&sums)[RUN_GROUPS][4]) {
    const nova_gpu_epilogue &e = args.epilogue;
    const int tile_w = args.tiles.tile_w;
#pragma unroll
    for (int side = 0; side < 2; side++) {
        const int pixel = first_pixel + 8 * side;
        const int row = nova_gpu_quotient(pixel, fixed.reciprocal), column = pixel - row * tile_w;
        if (row >= p.rows || column >= p.columns)
            continue;
        float v[PIECE];
#pragma unroll
        for (int i = 0; i < PIECE; i++)
            v[i] = fmaf(sums[i / 2][2 * side + i % 2], args.factor, bias[i]);
        const int64_t at = p.at + (int64_t)(row * (int)e.out_w + column) * (int)e.k + within;
        if (!fixed.pieces) {
            float *to = fixed.staged + pixel * NOVA_GPU_OUTPUT_PITCH + within;
#pragma unroll
            for (int i = 0; i < PIECE; i += 2)
                *(V *)(to + i) = make_float2(v[i], v[i + 1]);
            continue;
        }
        if (!fixed.plain)
            finish_piece<T>(e, at, v);
        uint32_t words[PIECE / 2];
#pragma unroll
        for (int i = 0; i < PIECE; i += 2)
            words[i / 2] = pack<T>(v[i], v[i + 1]);
        store_words((T *)e.y + at, words);
    }
}

/* Any other y: threads take the columns of all tiles of the block, and lines under each other; a
   line is a row of a tile of a channel. */
template <typename T>
static __device__ __forceinline__ void store_columns(const nova_gpu_output_args &args,
                                                     const place *places, const float *staged) {
    const nova_gpu_epilogue *e = &args.epilogue;
    const int tile_h = args.tiles.tile_h, tile_w = args.tiles.tile_w;
    const int columns = blockDim.x / 32 * tile_w, lines = NOVA_GPU_UNIT_CHANNELS * tile_h;
    const int step = blockDim.x / columns, first = threadIdx.x / columns;
    const int tile = threadIdx.x % columns / tile_w, column = threadIdx.x % columns % tile_w;
    const place p = places[tile];
    if (first >= step || column >= p.columns)
        return;
    const float *pixels = staged + (tile * args.matrix.rows + column) * NOVA_GPU_OUTPUT_PITCH;
    for (int line = first; line < lines; line += step) {
        const int channel = line / tile_h, row = line - channel * tile_h;
        if (p.k + channel < e->k && row < p.rows)
            store_output<T>(e, output_index(e, p.n, p.k + channel, p.y + row, p.x + column),
                            p.k + channel, pixels[row * tile_w * NOVA_GPU_OUTPUT_PITCH + channel]);
    }
}

/* One run of 32 channels: words of its rows, of M in 16 bits. */
template <typename T, int BLOCKS> struct run_of_halves {
    uint32_t words[BLOCKS][2 * RUN_GROUPS];

    __device__ __forceinline__ void load(const char *rows, int run) {
        load_rows<BLOCKS, RUN_GROUPS>(rows, run * RUN_GROUPS, words);
    }
    __device__ __forceinline__ void multiply(float (&sums)[RUN_GROUPS][4], const char *matrix,
                                             int parts) const {
        multiply_rows<T, BLOCKS>(sums, matrix, parts, words);
    }
};

/* And of M in binary32: two parts of each factor, without the product of the small parts. */
template <int BLOCKS> struct run_of_floats {
    uint32_t high[BLOCKS][2 * RUN_GROUPS], low[BLOCKS][2 * RUN_GROUPS];

    __device__ __forceinline__ void load(const char *rows, int run) {
        load_float_rows<BLOCKS>(rows, run, high, low);
    }
    __device__ __forceinline__ void multiply(float (&sums)[RUN_GROUPS][4], const char *matrix,
                                             int parts) const {
        multiply_rows<__nv_bfloat16, BLOCKS>(sums, matrix, parts, high);
        add_products<__nv_bfloat16, BLOCKS>(sums, matrix, low);
    }
};

template <typename T, typename M, int BLOCKS> struct run_of {
    typedef run_of_halves<T, BLOCKS> type;
};
template <typename T, int BLOCKS> struct run_of<T, float, BLOCKS> {
    typedef run_of_floats<BLOCKS> type;
};

/* The outputs of a unit; after next() its rows may be overwritten. */
template <typename T, typename M, int BLOCKS, typename Next>
static __device__ __forceinline__ void transform(const nova_gpu_output_args &args,
                                                 const char *matrix, const char *rows,
                                                 const place &p, const output_constants &fixed,
                                                 Next next) {
    const int lane = threadIdx.x % 32;
    const int row_bytes = args.matrix.parts * BLOCKS * MATRIX_BLOCK_BYTES;
#pragma unroll 1
    for (int run = 0; run < RUNS; run++) {
        const int within = run * NOVA_GPU_RUN_CHANNELS + lane % 4 * PIECE;
        typename run_of<T, M, BLOCKS>::type words;
        float bias[PIECE];
        words.load(rows, run);
        load_bias(args.epilogue, fixed.pieces, p.k + within, bias);
        __syncwarp();
        if (run == RUNS - 1)
            next();
        place valid = p;
        valid.rows = p.k + within < args.epilogue.k ? p.rows : 0;
        const char *from = matrix;
#pragma unroll 1
        for (int pixel = 0; pixel < args.matrix.rows; pixel += NOVA_GPU_SIDE, from += row_bytes) {
            float sums[RUN_GROUPS][4];
            words.multiply(sums, from, args.matrix.parts);
            store_run<T>(args, valid, fixed, pixel + lane / 4, within, bias, sums);
        }
    }
}

template <typename T, typename M, int BLOCKS>
static __global__ void __launch_bounds__(32 * TILE_WARPS, resident<M>(BLOCKS))
    output_kernel(const __grid_constant__ all_args all) {
    extern __shared__ char dynamic[];
    __shared__ uint64_t barriers[TILE_WARPS];
    __shared__ place places[TILE_WARPS];
    let_successor_start();
    const nova_gpu_output_args &args = all.args;
    const nova_gpu_matrix &matrix = args.matrix;
    const int warp = threadIdx.x / 32, warps = blockDim.x / 32;
    const bool binary32 = sizeof(M) == sizeof(float);
    const int rows_bytes = (int)nova_gpu_rows_bytes(BLOCKS, binary32);
    char *memory = tile_memory(dynamic), *rows = memory + warp * rows_bytes;
    char *fragments = memory + warps * rows_bytes;
    float *staged = (float *)(fragments + nova_gpu_matrix_bytes(&matrix));
    uint64_t *barrier = &barriers[warp];
    const output_constants fixed = {nova_gpu_reciprocal(args.tiles.tile_w),
                                    stores_pieces(args.epilogue), is_plain(args.epilogue),
                                    staged + warp * matrix.rows * NOVA_GPU_OUTPUT_PITCH};
    copy_matrix(matrix, args.fragments, fragments);
    clear_padding(rows, matrix.columns, BLOCKS * NOVA_GPU_SIDE,
                  binary32 ? FLOAT_ROW_BYTES : ROW_BYTES);
    prepare_barrier(all.mapped, barrier);
    tile_units unit = first_unit(args.tiles, args.pitch);
    wait_for_pieces();
    __syncthreads();
    wait_for_predecessor();
    if (unit.at < unit.end)
        copy_products<M>(all, unit, rows, barrier);
    for (int parity = 0; unit.at - warp < unit.end; parity ^= 1) { /* as often in all warps */
        const place p = place_of(args, unit);
        const bool mine = unit.at < unit.end;
        skip_units(&unit, warps, args.tiles);
        if (mine) {
            wait_for_rows(all.mapped, barrier, parity);
            transform<T, M, BLOCKS>(args, fragments, rows, p, fixed, [&] {
                if (unit.at < unit.end)
                    copy_products<M>(all, unit, rows, barrier);
            });
        }
        if (!fixed.pieces) {
            places[warp] = p;
            __syncthreads();
            store_columns<T>(args, places, staged);
            __syncthreads();
        }
    }
}

template <typename T, typename M, int BLOCKS>
static cudaError_t start(const nova_cuda_launch *launch, const nova_gpu_output_args *args,
                         const CUtensorMap *m) {
    const size_t rows = nova_gpu_rows_bytes(BLOCKS, sizeof(M) == sizeof(float));
    const bool staged = !stores_pieces(args->epilogue);
    return start_tile_product(launch, output_kernel<T, M, BLOCKS>, args, m,
                              rows + (staged ? nova_gpu_staged_bytes(&args->matrix) : 0),
                              resident<M>(BLOCKS));
}

template <typename T, typename M>
static cudaError_t start_any(const nova_cuda_launch *launch, const nova_gpu_output_args *args,
                             const CUtensorMap *m) {
    switch (nova_gpu_sides(args->matrix.columns)) {
    case 1:
        return start<T, M, 1>(launch, args, m);
    case 2:
        return start<T, M, 2>(launch, args, m);
    case 3:
        return start<T, M, 3>(launch, args, m);
    case 4:
        return start<T, M, 4>(launch, args, m);
    case 5:
        return start<T, M, 5>(launch, args, m);
    case 6:
        return start<T, M, 6>(launch, args, m);
    case 7:
        return start<T, M, 7>(launch, args, m);
    case 8:
        return start<T, M, 8>(launch, args, m);
    default:
        return start<T, M, 9>(launch, args, m);
    }
}

cudaError_t nova_cuda_output(const nova_cuda_launch *launch, const nova_gpu_output_args *args,
                             const CUtensorMap *m) {
    static_assert(NOVA_GPU_MAX_PRODUCTS * NOVA_GPU_MAX_PRODUCTS <= 9 * NOVA_GPU_SIDE, "blocks");
    const bool half = launch->type == NOVA_F16;
    if (args->m_is_float)
        return half ? start_any<__half, float>(launch, args, nullptr)
                    : start_any<__nv_bfloat16, float>(launch, args, nullptr);
    return half ? start_any<__half, __half>(launch, args, m)
                : start_any<__nv_bfloat16, __nv_bfloat16>(launch, args, m);
}
