/*
 * hopper.h - barriers in shared memory, tensor copies and clusters (compute capability 9.0).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CUDA_HOPPER_H
#define NOVA_CUDA_HOPPER_H

#include <cuda.h>

#include "cuda/instructions.h"

#ifdef __CUDACC__ /* not where portable kernels run on a CPU */

#define NOVA_DEVICE static __device__ __forceinline__

/* ---- barriers that count arrivals and bytes */

NOVA_DEVICE void barrier_init(uint64_t *barrier, uint32_t arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)),
                 "r"(arrivals));
}
/** Makes initialised barriers visible to the copy engine and the cluster. */
NOVA_DEVICE void barrier_init_fence(void) {
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
/** Arrives, and announces bytes that will arrive by copy. */
NOVA_DEVICE void barrier_expect(uint64_t *barrier, uint32_t bytes) {
    asm volatile(
        "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)),
        "r"(bytes)
        : "memory");
}
/** Arrives at the barrier of block `rank` of the cluster. Orders nothing beyond the block: a wider
    release would be a fence of all memory, several hundred cycles in every step. */
NOVA_DEVICE void barrier_arrive(uint64_t *barrier, uint32_t rank) {
    asm volatile(
        "{\n.reg .b32 remote;\n"
        "mapa.shared::cluster.u32 remote, %0, %1;\n"
        "mbarrier.arrive.shared::cluster.b64 _, [remote];\n}" ::"r"(shared_address(barrier)),
        "r"(rank)
        : "memory");
}
/** Waits for the end of the phase with the given parity. */
NOVA_DEVICE void barrier_wait(uint64_t *barrier, uint32_t parity) {
    asm volatile("{\n.reg .pred done;\n"
                 "again:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@!done bra again;\n}" ::"r"(shared_address(barrier)),
                 "r"(parity)
                 : "memory");
}

/** Arrives at a barrier where others meet (meet_threads()), without waiting; whole warps. */
NOVA_DEVICE void arrive_threads(int barrier, int threads) {
    asm volatile("bar.arrive %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

/* ---- tensor copies */

NOVA_DEVICE void prefetch_map(const CUtensorMap *map) {
    asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}
/** A box of a map into shared memory; out of bounds reads zero. `mask`: blocks of the cluster that
    all receive it, at the same address, or 0 for the own block alone. */
NOVA_DEVICE void copy_box_3(void *to, const CUtensorMap *map, int c0, int c1, int c2,
                            uint64_t *barrier, uint16_t mask) {
    if (mask)
        asm volatile(
            "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes"
            ".multicast::cluster [%0], [%1, {%2, %3, %4}], [%5], %6;" ::"r"(shared_address(to)),
            "l"(map), "r"(c0), "r"(c1), "r"(c2), "r"(shared_address(barrier)), "h"(mask)
            : "memory");
    else
        asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes"
                     " [%0], [%1, {%2, %3, %4}], [%5];" ::"r"(shared_address(to)),
                     "l"(map), "r"(c0), "r"(c1), "r"(c2), "r"(shared_address(barrier))
                     : "memory");
}
NOVA_DEVICE void copy_box_4(void *to, const CUtensorMap *map, int c0, int c1, int c2, int c3,
                            uint64_t *barrier, uint16_t mask) {
    if (mask)
        asm volatile(
            "cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes"
            ".multicast::cluster [%0], [%1, {%2, %3, %4, %5}], [%6], %7;" ::"r"(shared_address(to)),
            "l"(map), "r"(c0), "r"(c1), "r"(c2), "r"(c3), "r"(shared_address(barrier)), "h"(mask)
            : "memory");
    else
        asm volatile("cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes"
                     " [%0], [%1, {%2, %3, %4, %5}], [%6];" ::"r"(shared_address(to)),
                     "l"(map), "r"(c0), "r"(c1), "r"(c2), "r"(c3), "r"(shared_address(barrier))
                     : "memory");
}

/** Announces a box as barrier_expect() does, and copies it as copy_box_4(), if `wanted`; without a
    branch, behind which the compiler would wait for all products under way. */
NOVA_DEVICE void copy_box_if(bool wanted, void *to, const CUtensorMap *map, int c0, int c1, int c2,
                             int c3, uint32_t bytes, uint64_t *barrier) {
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %8, 0;\n"
                 "@p mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;\n"
                 "@p cp.async.bulk.tensor.4d.shared::cluster.global.tile"
                 ".mbarrier::complete_tx::bytes [%2], [%3, {%4, %5, %6, %7}], [%0];\n}" ::"r"(
                     shared_address(barrier)),
                 "r"(bytes), "r"(shared_address(to)), "l"(map), "r"(c0), "r"(c1), "r"(c2), "r"(c3),
                 "r"((int)wanted)
                 : "memory");
}
/** Asks for a box to come to the second-level cache. */
NOVA_DEVICE void prefetch_box_4(const CUtensorMap *map, int c0, int c1, int c2, int c3) {
    asm volatile(
        "cp.async.bulk.prefetch.tensor.4d.L2.global.tile [%0, {%1, %2, %3, %4}];" ::"l"(map),
        "r"(c0), "r"(c1), "r"(c2), "r"(c3)
        : "memory");
}

/** A box from shared memory to where a map says; out of bounds nothing is written. */
NOVA_DEVICE void store_box_3(const CUtensorMap *map, int c0, int c1, int c2, const void *from) {
    asm volatile(
        "cp.async.bulk.tensor.3d.global.shared::cta.bulk_group [%0, {%1, %2, %3}], [%4];" ::"l"(
            map),
        "r"(c0), "r"(c1), "r"(c2), "r"(shared_address(from))
        : "memory");
}
NOVA_DEVICE void store_box_4(const CUtensorMap *map, int c0, int c1, int c2, int c3,
                             const void *from) {
    asm volatile(
        "cp.async.bulk.tensor.4d.global.shared::cta.bulk_group [%0, {%1, %2, %3, %4}], [%5];" ::"l"(
            map),
        "r"(c0), "r"(c1), "r"(c2), "r"(c3), "r"(shared_address(from))
        : "memory");
}

/* ---- groups of threads */

/** A value that is the same in all lanes of a warp, in a form from which the compiler knows that.
   What is computed from such values alone, and from arguments, is in the warp's own registers,
   which descriptors of operands are read from: otherwise each is moved there between two products,
   and the matrix units wait for it. */
NOVA_DEVICE int same_in_warp(int value) {
    return __shfl_sync(0xffffffff, value, 0);
}

/* ---- clusters */

NOVA_DEVICE uint32_t cluster_rank(void) {
    uint32_t rank;
    asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}
/** The cluster's number along the grid's x. */
NOVA_DEVICE uint32_t cluster_number(void) {
    uint32_t number;
    asm volatile("mov.u32 %0, %%clusterid.x;" : "=r"(number));
    return number;
}
NOVA_DEVICE void cluster_sync(void) {
    asm volatile("barrier.cluster.arrive.release.aligned;\n"
                 "barrier.cluster.wait.acquire.aligned;" ::
                     : "memory");
}
/** The two halves of a barrier before which nothing is written but barriers of shared memory
    (barrier_init_fence()): a release would be a fence of all memory. */
NOVA_DEVICE void cluster_arrive(void) {
    asm volatile("barrier.cluster.arrive.relaxed.aligned;" ::: "memory");
}
NOVA_DEVICE void cluster_wait(void) {
    asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
}
/** Address of what `pointer` points to, in block `rank` of the cluster. */
NOVA_DEVICE uint32_t cluster_address(const void *pointer, int rank) {
    uint32_t there;
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;"
                 : "=r"(there)
                 : "r"(shared_address(pointer)), "r"(rank));
    return there;
}
/** Stores four floats in a block of the cluster, and counts their bytes at its barrier. */
NOVA_DEVICE void store_to_cluster(uint32_t address, const float4 &values, uint32_t barrier) {
    asm volatile("st.async.shared::cluster.mbarrier::complete_tx::bytes.v4.f32"
                 " [%0], {%1, %2, %3, %4}, [%5];" ::"r"(address),
                 "f"(values.x), "f"(values.y), "f"(values.z), "f"(values.w), "r"(barrier)
                 : "memory");
}
/** Copies `bytes` (a multiple of 16) of this block's shared memory to where `to` points in that of
    block `rank`, and counts them at that block's barrier. The source must not change, nor this
   block end, before they have arrived. */
NOVA_DEVICE void copy_to_cluster(const void *to, uint32_t rank, const void *from, uint32_t bytes,
                                 const uint64_t *barrier) {
    asm volatile("{\n.reg .b32 there, arrival;\n"
                 "mapa.shared::cluster.u32 there, %0, %4;\n"
                 "mapa.shared::cluster.u32 arrival, %3, %4;\n"
                 "cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes"
                 " [there], [%1], %2, [arrival];\n}" ::"r"(shared_address(to)),
                 "r"(shared_address(from)), "r"(bytes), "r"(shared_address(barrier)), "r"(rank)
                 : "memory");
}

#endif

#endif
