/*
 * dispatch.c - which kernel records this build has, and which of them this machine can run.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#if defined(NOVA_X86)
#include <cpuid.h>
#endif

#include "cpu/kernels.h"
#include "runtime/runtime.h"

static const nova_cpu_kernels *const records[] = {
    &nova_kernels_portable,
#if defined(NOVA_X86)
    &nova_kernels_avx2,
    &nova_kernels_avx512,
#endif
};

int nova_cpu_kernels_count(void) {
    return NOVA_COUNT(records);
}

const nova_cpu_kernels *nova_cpu_kernels_at(int index) {
    return index >= 0 && index < NOVA_COUNT(records) ? records[index] : NULL;
}

#if defined(NOVA_X86)
/* Asked of the processor itself: clang 14 does not know the name in __builtin_cpu_supports(). */
static bool has_f16c(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}
#endif

int nova_cpu_kernels_supported(const nova_cpu_kernels *kernels) {
    if (kernels == &nova_kernels_portable)
        return 1;
#if defined(NOVA_X86)
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
    if (kernels == &nova_kernels_avx2)
        return avx2;
    if (kernels == &nova_kernels_avx512)
        return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
    return 0;
}

const nova_cpu_kernels *nova_cpu_kernels_best(void) {
    const char *limit = getenv("NOVA_KERNELS");
    const nova_cpu_kernels *best = records[0];
    for (int i = 0; i < NOVA_COUNT(records); i++) {
        if (nova_cpu_kernels_supported(records[i]))
            best = records[i];
        if (limit && strcmp(limit, records[i]->name) == 0)
            break;
    }
    return best;
}
