/*
 * memory.c - sizes that cannot overflow silently, and aligned memory.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

bool nova_size_mul(size_t a, size_t b, size_t *result) {
    return !__builtin_mul_overflow(a, b, result);
}

bool nova_size_add(size_t a, size_t b, size_t *result) {
    return !__builtin_add_overflow(a, b, result);
}

size_t nova_round_up(size_t value, size_t multiple) {
    size_t rest = value % multiple;
    return rest ? value + (multiple - rest) : value;
}

/* Large buffers (packed filters) are streamed: with large pages, where the system gives them, the
   hardware's prefetch does not stop every 4 KiB. */
enum { LARGE_PAGE = 1 << 21 };

void *nova_alloc(size_t bytes) {
    const size_t alignment = bytes >= LARGE_PAGE ? LARGE_PAGE : NOVA_ALIGNMENT;
    size_t padded;
    if (!nova_size_add(bytes, alignment - 1, &padded))
        return NULL;
    /* aligned_alloc() wants a multiple of the alignment; no bytes still give an address. */
    const size_t size = NOVA_MAX(padded / alignment, 1) * alignment;
    void *memory = aligned_alloc(alignment, size);
#if defined(MADV_HUGEPAGE)
    if (memory && alignment == LARGE_PAGE)
        (void)madvise(memory, size, MADV_HUGEPAGE); /* a hint: failure changes nothing */
#endif
    return memory;
}

void nova_free(void *memory) {
    free(memory);
}
