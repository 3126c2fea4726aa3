/*
 * look_up.h - functions of libraries that are looked for at run time.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_LOOK_UP_H
#define NOVA_HIP_LOOK_UP_H

#include <stdbool.h>

/** A function's name, and the pointer to it that is to be filled. */
typedef struct nova_hip_symbol {
    const char *name;
    void *to;
} nova_hip_symbol;

/** Loads the first of `libraries` (up to a null) that is there, and fills all pointers; false if
    there is none, or a function is missing. */
bool nova_hip_look_up(const char *const *libraries, const nova_hip_symbol *symbols, int count);

#endif
