/*
 * resident_sm90.cu - direct convolution of small maps in one launch (gpu/resident.h). What takes
 * time there is waiting. So U, which no kernel writes, is asked for before the kernel before this
 * one has finished, and blocks are small enough for those of two kernels to be on a multiprocessor
 * at a time; x comes in one box; a tap is an operand that begins some pixels further on in it; and
 * partial sums go straight from registers into the shared memory of the block that adds them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cuda/device.h"
#include "cuda/hopper.h"
#include "cuda/launch.h"
#include "cuda/wgmma.h"

enum { GROUP_THREADS = 128, QUAD = 4 /* channels that a thread stores at a time */ };

typedef struct maps {
    CUtensorMap u, x;
} maps;

/* What lies where in shared memory. */
typedef struct layout {
    unsigned char *u, *x; /* [chunk] */
    float *sums;
    uint64_t *u_full, *x_full; /* [chunk] */
    uint64_t *received;        /* all partial sums of the pixels that this block owns */
    int u_bytes, x_bytes;
} layout;

static __device__ __forceinline__ layout lay_out(unsigned char *memory,
                                                 const nova_gpu_resident &all) {
    layout l;
    l.u_bytes = nova_gpu_resident_u_bytes(&all);
    l.x_bytes = nova_gpu_resident_x_bytes(&all);
    l.u = memory;
    l.x = l.u + all.chunks * l.u_bytes;
    l.sums = (float *)(l.x + all.chunks * l.x_bytes);
    l.u_full = (uint64_t *)((unsigned char *)l.sums + nova_gpu_resident_sum_bytes(&all));
    l.x_full = l.u_full + NOVA_GPU_RESIDENT_CHUNKS;
    l.received = l.x_full + NOVA_GPU_RESIDENT_CHUNKS;
    return l;
}

/* Pixels that a block of a cluster owns. */
static __device__ __forceinline__ int owned(const nova_gpu_resident &all, int rank) {
    const int share = nova_gpu_resident_share(&all);
    return min(share, all.groups * NOVA_GPU_RESIDENT_PIXELS - rank * share);
}

/* ---------------------------------------------------------------- operands */

/* Barriers, and U, which is not waited for. One thread. */
static __device__ __forceinline__ void ask_filters(const nova_gpu_resident &all, const layout &l,
                                                   const CUtensorMap *u, int c, int channel,
                                                   int rank) {
    for (int i = 0; i < all.chunks; i++) {
        barrier_init(&l.u_full[i], 1);
        barrier_init(&l.x_full[i], 1);
    }
    barrier_init(l.received, 1);
    barrier_init_fence();
    for (int i = 0; i < all.chunks; i++) {
        barrier_expect(&l.u_full[i], l.u_bytes);
        copy_box_3(l.u + i * l.u_bytes, u, c + i * NOVA_GPU_RESIDENT_CHUNK, channel, 0,
                   &l.u_full[i], 0);
    }
    if (all.splits > 1)
        barrier_expect(l.received, all.splits * owned(all, rank) * all.channels * 4);
}

static __device__ __forceinline__ void ask_pixels(const nova_gpu_resident_args &args,
                                                  const layout &l, const CUtensorMap *x, int c,
                                                  const nova_gpu_resident_at &unit) {
    const nova_gpu_resident &all = args.grid;
    for (int i = 0; i < all.chunks; i++) {
        barrier_expect(&l.x_full[i], nova_gpu_resident_box(&all) * NOVA_GPU_RESIDENT_ROW_BYTES);
        copy_box_4(l.x + i * l.x_bytes, x, c + i * NOVA_GPU_RESIDENT_CHUNK, unit.w - args.pad_left,
                   unit.h - args.pad_top, unit.n, &l.x_full[i], 0);
    }
}

/* ---------------------------------------------------------------- products */

/* A group's pixels times the block's channels. The swizzle is a function of the address, so that an
   operand may begin at any pixel. */
template <typename T, int CHANNELS>
static __device__ __forceinline__ void multiply_chunks(const nova_gpu_resident &all,
                                                       const layout &l, int group, float *sums) {
    enum { UNIT = 16 /* bytes, of operands' addresses */ };
    const int pixel = NOVA_GPU_RESIDENT_ROW_BYTES / UNIT;
    const int row = nova_gpu_resident_row(&all) * pixel, taps = all.taps_h * all.taps_w;
    for (int i = 0; i < all.chunks; i++) {
        uint64_t a = wgmma_operand(shared_address(l.x + i * l.x_bytes)) +
                     group * NOVA_GPU_RESIDENT_PIXELS * pixel;
        uint64_t b = wgmma_operand(shared_address(l.u + i * l.u_bytes));
        barrier_wait(&l.u_full[i], 0);
        barrier_wait(&l.x_full[i], 0);
#pragma unroll 1
        for (int tap = 0, v = 0; tap < taps; tap++) {
            wgmma_arrive();
#pragma unroll
            for (int k = 0; k < 4; k++) /* 16 channels, 32 bytes */
                multiply<T, CHANNELS>(sums, a + 2 * k, b + 2 * k, i > 0 || tap > 0 || k > 0);
            wgmma_commit();
            const bool last = ++v == all.taps_w; /* of a row */
            a += last ? row - (v - 1) * pixel : pixel;
            b += CHANNELS * pixel;
            v = last ? 0 : v;
        }
    }
}

/* ---------------------------------------------------------------- sums */

/* A group's sums to the block itself. */
template <int CHANNELS>
static __device__ __forceinline__ void keep_sums(const layout &l, int pixel, const float *sums) {
    float *to = l.sums + pixel * nova_gpu_resident_pitch(CHANNELS) + 2 * (threadIdx.x % 4);
#pragma unroll
    for (int half = 0; half < 2; half++)
#pragma unroll
        for (int j = 0; j < CHANNELS / 8; j++)
            *(float2 *)(to + half * 8 * nova_gpu_resident_pitch(CHANNELS) + 8 * j) =
                make_float2(sums[4 * j + 2 * half], sums[4 * j + 2 * half + 1]);
}

/* The same, of each pixel to the block of the cluster that owns it. Of two times eight channels a
   lane of an even number takes four of the first, its neighbour four of the second: stores of 16
   bytes take half of the time that those of eight do. */
template <int CHANNELS>
static __device__ __forceinline__ void send_sums(const nova_gpu_resident &all, const layout &l,
                                                 int rank, int pixel, const float *sums) {
    const bool odd = threadIdx.x % 2 != 0;
    const int channel = (odd ? 8 : 0) + threadIdx.x % 4 / 2 * QUAD;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int own = pixel + 8 * half, owner = own / nova_gpu_resident_share(&all);
        const float *at = l.sums + nova_gpu_resident_sum_at(&all, rank, own) + channel;
        const uint32_t to = cluster_address(at, owner);
        const uint32_t received = cluster_address(l.received, owner);
#pragma unroll
        for (int j = 0; j < CHANNELS / 8; j += 2) {
            const float *first = sums + 4 * j + 2 * half, *second = first + 4;
            const float x = __shfl_xor_sync(0xffffffff, odd ? first[0] : second[0], 1);
            const float y = __shfl_xor_sync(0xffffffff, odd ? first[1] : second[1], 1);
            store_to_cluster(to + 8 * j * (uint32_t)sizeof(float),
                             odd ? make_float4(x, y, second[0], second[1])
                                 : make_float4(first[0], first[1], x, y),
                             received);
        }
    }
}

/* ---------------------------------------------------------------- y */

/* Of the pixels that a block owns every so many, four channels: what a thread stores. Code that is
   run once costs more than what it does until it has been fetched; so this is worked out step by
   step in a loop, without a division. */
typedef struct walk {
    int pixel, end, stride;    /* of the owned ones; w and h in the rectangle: */
    int w, h, step_w, step_h;  /* of the pixel, to the next one */
    int row, limit_w, limit_h; /* where pixels are y's */
    int channel;               /* of the block */
    int64_t begin;             /* index of y of pixel 0's channel */
} walk;

template <int CHANNELS>
static __device__ __forceinline__ walk start_walk(const nova_gpu_resident_args &args,
                                                  const nova_gpu_resident_at &unit, int rank) {
    enum { QUADS = CHANNELS / QUAD };
    const nova_gpu_resident &all = args.grid;
    const nova_gpu_epilogue &e = args.epilogue;
    walk at;
    at.channel = threadIdx.x % QUADS * QUAD;
    at.stride = blockDim.x / QUADS;
    at.pixel = threadIdx.x / QUADS;
    const bool idle = at.pixel >= at.stride || unit.channel + at.channel >= e.k;
    at.end = idle ? 0 : owned(all, rank);
    at.row = nova_gpu_resident_row(&all);
    const int first = rank * nova_gpu_resident_share(&all) + at.pixel;
    at.h = first / at.row;
    at.w = first - at.h * at.row;
    at.step_h = at.stride / at.row;
    at.step_w = at.stride - at.step_h * at.row;
    at.limit_w = min(all.box_w, (int)e.out_w - unit.w);
    at.limit_h = min(all.box_h, (int)e.out_h - unit.h);
    at.begin = output_index(&e, unit.n, unit.channel + at.channel, unit.h, unit.w);
    /* all of it now, while the kernel before runs */
    asm volatile(""
                 : "+r"(at.h), "+r"(at.w), "+r"(at.step_h), "+r"(at.step_w), "+r"(at.end),
                   "+r"(at.limit_h), "+r"(at.limit_w), "+l"(at.begin));
    return at;
}

static __device__ __forceinline__ void step(walk *at) {
    at->pixel += at->stride;
    at->w += at->step_w;
    at->h += at->step_h;
    if (at->w >= at->row) {
        at->w -= at->row;
        at->h++;
    }
}

static __device__ __forceinline__ bool is_output(const walk &at) {
    return at.pixel < at.end && at.w < at.limit_w && at.h < at.limit_h;
}

static __device__ __forceinline__ int64_t index_of(const walk &at, const nova_gpu_epilogue &e) {
    return at.begin + (int64_t)(at.h * (int)e.out_w + at.w) * e.k;
}

static __device__ __forceinline__ V pair_of(__half, uint32_t pair) {
    return __half22float2(*(const __half2 *)&pair);
}
static __device__ __forceinline__ V pair_of(__nv_bfloat16, uint32_t pair) {
    return __bfloat1622float2(*(const __nv_bfloat162 *)&pair);
}

static __device__ __forceinline__ void add(float4 *sum, const float4 &more) {
    sum->x += more.x, sum->y += more.y, sum->z += more.z, sum->w += more.w;
}

/* The epilogue of four channels, of which `from` is the first split's sum. */
template <typename T>
static __device__ __forceinline__ void store_quad(const nova_gpu_resident_args &args,
                                                  const float *from, int next, const float4 &more,
                                                  int64_t at) {
    const nova_gpu_epilogue &e = args.epilogue;
    float4 sum = *(const float4 *)from;
    for (int split = 1; split < args.grid.splits; split++)
        add(&sum, *(const float4 *)(from + split * next));
    add(&sum, more);
    const nova_activation a = e.activation;
    *(uint2 *)((T *)e.y + at) = make_uint2(pack<T>(activate(sum.x, a), activate(sum.y, a)),
                                           pack<T>(activate(sum.z, a), activate(sum.w, a)));
}

/* The same where four channels are not aligned, or not all there are. */
template <typename T>
static __device__ __forceinline__ void store_ragged(const nova_gpu_resident_args &args,
                                                    const float *from, int next, int channel,
                                                    int64_t at) {
    for (int k = 0; k < QUAD && channel + k < args.epilogue.k; k++) {
        float sum = from[k];
        for (int split = 1; split < args.grid.splits; split++)
            sum += from[split * next + k];
        store_output<T>(&args.epilogue, at + k, channel + k, sum);
    }
}

/* Adds the splits' sums in order, and stores. PIECES: so many residuals have been read, or 0. */
template <typename T, int CHANNELS, int PIECES>
static __device__ __forceinline__ void store(const nova_gpu_resident_args &args, const layout &l,
                                             walk at, int channel, const float4 &bias,
                                             const uint2 *residual) {
    const int pitch = nova_gpu_resident_pitch(CHANNELS);
    const int next = nova_gpu_resident_share(&args.grid) * pitch;
    const bool quads = args.epilogue.k % QUAD == 0;
    if constexpr (PIECES > 0) {
#pragma unroll
        for (int i = 0; i < PIECES; i++, step(&at)) {
            if (!is_output(at))
                continue;
            const V first = pair_of(T(), residual[i].x), second = pair_of(T(), residual[i].y);
            float4 more = make_float4(first.x, first.y, second.x, second.y);
            add(&more, bias);
            store_quad<T>(args, l.sums + at.pixel * pitch + at.channel, next, more,
                          index_of(at, args.epilogue));
        }
    } else {
#pragma unroll 1
        for (; at.pixel < at.end; step(&at)) {
            const float *from = l.sums + at.pixel * pitch + at.channel;
            if (is_output(at) && quads)
                store_quad<T>(args, from, next, bias, index_of(at, args.epilogue));
            else if (is_output(at))
                store_ragged<T>(args, from, next, channel, index_of(at, args.epilogue));
        }
    }
}

/* ---------------------------------------------------------------- the kernel */

template <typename T, int CHANNELS, int GROUPS>
static __global__ void __launch_bounds__(GROUPS *GROUP_THREADS)
    resident_kernel(const __grid_constant__ maps map,
                    const __grid_constant__ nova_gpu_resident_args args) {
    enum {
        THREADS = GROUPS * GROUP_THREADS,
        STRIDE = THREADS / (CHANNELS / QUAD),
        PIECES = (GROUPS * NOVA_GPU_RESIDENT_PIXELS + STRIDE - 1) / STRIDE
    };
    extern __shared__ __align__(1024) unsigned char memory[];
    const nova_gpu_resident &all = args.grid;
    const nova_gpu_epilogue &e = args.epilogue;
    const layout l = lay_out(memory, all);
    const bool clustered = all.splits > 1;
    const int rank = clustered ? (int)cluster_rank() : 0;
    const nova_gpu_resident_at unit = nova_gpu_resident_unit(&all, blockIdx.x / all.splits);
    const int c = rank * all.chunks * NOVA_GPU_RESIDENT_CHUNK;
    if (threadIdx.x == 0) {
        prefetch_map(&map.x);
        ask_filters(all, l, &map.u, c, unit.channel, rank);
    }
    __syncwarp();
    if (clustered)
        cluster_arrive();
    else
        __syncthreads();
    const walk at = start_walk<CHANNELS>(args, unit, rank);
    const int channel = unit.channel + at.channel;
    const bool added = e.residual && e.k % QUAD == 0; /* else element by element, or not at all */
    wait_for_predecessor();
    if (threadIdx.x == 0)
        ask_pixels(args, l, &map.x, c, unit);
    let_successor_start(); /* earlier, more than the next kernel would be in the way of this one */
    float4 bias = make_float4(0, 0, 0, 0);
    uint2 residual[PIECES];
    if (e.bias && at.end > 0 && e.k % QUAD == 0) /* given as floats: any alignment */
        bias = make_float4(e.bias[channel], e.bias[channel + 1], e.bias[channel + 2],
                           e.bias[channel + 3]);
    if (added) {
        walk ahead = at;
#pragma unroll
        for (int i = 0; i < PIECES; i++, step(&ahead))
            residual[i] = is_output(ahead)
                              ? *(const uint2 *)((const T *)e.residual + index_of(ahead, e))
                              : make_uint2(0, 0);
    }
    __syncwarp();
    if (clustered) /* the others' barriers are initialised */
        cluster_wait();
    const int group = threadIdx.x / GROUP_THREADS, lane = threadIdx.x % 32;
    const int pixel = threadIdx.x / 32 * 16 + lane / 4;
    float sums[CHANNELS / 2];
    multiply_chunks<T, CHANNELS>(all, l, group, sums);
    wgmma_wait_all();
    if (clustered) {
        send_sums<CHANNELS>(all, l, rank, pixel, sums);
        barrier_wait(l.received, 0);
    } else {
        keep_sums<CHANNELS>(l, pixel, sums);
        __syncthreads();
    }
    if (added)
        store<T, CHANNELS, PIECES>(args, l, at, channel, bias, residual);
    else
        store<T, CHANNELS, 0>(args, l, at, channel, bias, residual);
}

/* ---------------------------------------------------------------- launching */

typedef void (*resident_fn)(maps, nova_gpu_resident_args);

template <typename T, int GROUPS> static resident_fn choose(int channels) {
    return channels == 16   ? resident_kernel<T, 16, GROUPS>
           : channels == 32 ? resident_kernel<T, 32, GROUPS>
           : channels == 48 ? resident_kernel<T, 48, GROUPS>
                            : resident_kernel<T, 64, GROUPS>;
}

template <typename T> static resident_fn choose(const nova_gpu_resident &all) {
    return all.groups == 1 ? choose<T, 1>(all.channels) : choose<T, 2>(all.channels);
}

cudaError_t nova_cuda_resident_sm90(const nova_cuda_launch *launch,
                                    const nova_gpu_resident_args *args, const CUtensorMap *u,
                                    const CUtensorMap *x) {
    const nova_gpu_resident &all = args->grid;
    const resident_fn kernel =
        launch->type == NOVA_F16 ? choose<__half>(all) : choose<__nv_bfloat16>(all);
    const maps both = {*u, *x};
    return nova_cuda_start_clusters(launch, kernel, nova_gpu_resident_units(&all), all.splits,
                                    (unsigned)all.groups * GROUP_THREADS,
                                    nova_gpu_resident_bytes(&all), both, *args);
}
