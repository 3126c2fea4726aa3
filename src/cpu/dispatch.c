/*
 * dispatch.c - which kernel records this build has, and which of them this machine can run.
 *
 * An instruction set that improves only some kernels takes the others from the one before it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#if defined(NOVA_X86)
#include <cpuid.h>
#endif

#include "cpu/kernels.h"
#include "runtime/runtime.h"

/* ---------------------------------------------------------------- what the machine has */

#if defined(NOVA_X86)
/* Asked of the processor itself where clang 14 does not know the name in
   __builtin_cpu_supports(). */
static bool has_f16c(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static bool has_avx512bf16(void) {
    const unsigned bf16 = 1u << 5;
    unsigned a, b, c, d;
    return has_avx512() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bf16);
}

static bool has_amx(void) {
    const unsigned both = 1u << 22 | 1u << 24; /* AMX-BF16, AMX-TILE */
    unsigned a, b, c, d;
    return has_avx512bf16() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & both) == both &&
           nova_amx_permitted();
}
#endif

/* ---------------------------------------------------------------- records */

static nova_cpu_kernels records[5];
static bool supported[NOVA_COUNT(records)];
static int record_count;

static void add_record(const nova_cpu_kernels *kernels, bool runs) {
    records[record_count] = *kernels;
    supported[record_count++] = runs;
}

#if defined(NOVA_X86)
/* AVX-512 with other products of pairs. */
static void add_pairs(const char *name, const nova_pair_kernels *pairs, bool runs) {
    nova_cpu_kernels kernels = nova_kernels_avx512;
    kernels.name = name;
    kernels.pairs = pairs;
    kernels.split = nova_split_avx512bf16;
    memcpy(kernels.pack, nova_pack_avx512bf16, sizeof kernels.pack);
    add_record(&kernels, runs);
}
#endif

static void make_records(void) {
    add_record(&nova_kernels_portable, true);
#if defined(NOVA_X86)
    add_record(&nova_kernels_avx2, has_avx2());
    add_record(&nova_kernels_avx512, has_avx512());
    add_pairs("avx512bf16", &nova_pairs_avx512bf16, has_avx512bf16());
    add_pairs("amx", &nova_pairs_amx, has_amx());
#endif
}

static void need_records(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_records);
}

int nova_cpu_kernels_count(void) {
    need_records();
    return record_count;
}

const nova_cpu_kernels *nova_cpu_kernels_at(int index) {
    need_records();
    return index >= 0 && index < record_count ? &records[index] : NULL;
}

int nova_cpu_kernels_supported(const nova_cpu_kernels *kernels) {
    need_records();
    for (int i = 0; i < record_count; i++)
        if (kernels == &records[i])
            return supported[i];
    return 0;
}

const nova_cpu_kernels *nova_cpu_kernels_best(void) {
    const char *limit = getenv("NOVA_KERNELS");
    need_records();
    const nova_cpu_kernels *best = &records[0];
    for (int i = 0; i < record_count; i++) {
        if (supported[i])
            best = &records[i];
        if (limit && strcmp(limit, records[i].name) == 0)
            break;
    }
    return best;
}
