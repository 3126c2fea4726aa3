/*
 * memory.c - sizes that cannot overflow silently, and aligned memory.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <stdlib.h>

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

void *nova_alloc(size_t bytes) {
    size_t padded;
    if (!nova_size_add(bytes, NOVA_ALIGNMENT - 1, &padded)) {
        return NULL;
    }
    /* aligned_alloc() wants a multiple of the alignment; no bytes still give an address. */
    size_t size = NOVA_MAX(padded / NOVA_ALIGNMENT, 1) * NOVA_ALIGNMENT;
    return aligned_alloc(NOVA_ALIGNMENT, size);
}

void nova_free(void *memory) {
    free(memory);
}
