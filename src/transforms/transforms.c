/*
 * transforms.c - the named sets.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "runtime/runtime.h"
#include "transforms/transform.h"

const nova_transform *nova_transform_find(const char *set, int m, int r) {
    const char *name = m == 1 ? "direct" : set;
    for (int i = 0; i < nova_transform_count; i++) {
        const nova_transform *transform = &nova_transforms[i];
        if (transform->m == m && transform->r == r && strcmp(transform->set, name) == 0) {
            return transform;
        }
    }
    return NULL;
}

int nova_set_exists(const char *set) {
    for (int i = 0; i < nova_transform_count; i++) {
        if (strcmp(nova_transforms[i].set, set) == 0) {
            return 1;
        }
    }
    return 0;
}

int nova_set_count(void) {
    return nova_transform_count;
}

nova_status nova_set_info_at(int index, nova_set_info *info) {
    if (!info || info->struct_size < sizeof info->struct_size) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "info is null or its struct_size is not set");
    }
    if (index < 0 || index >= nova_transform_count) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "set number %d: must be 0 to %d", index,
                         nova_transform_count - 1);
    }
    const nova_transform *transform = &nova_transforms[index];
    nova_set_info full = {
        .struct_size = info->struct_size,
        .name = transform->set,
        .m = transform->m,
        .r = transform->r,
        .products = transform->products,
        .points = transform->points,
        .provenance = transform->provenance,
        .exact = transform->exact,
        .alpha2 = nova_transform_alpha2(transform),
        .kappa_vandermonde = transform->kappa_vandermonde,
    };
    /* a caller built against another version has another size: it gets what it has room for */
    memcpy(info, &full, NOVA_MIN(info->struct_size, sizeof full));
    return NOVA_OK;
}
