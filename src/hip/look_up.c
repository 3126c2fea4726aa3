/*
 * look_up.c - see look_up.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hip/look_up.h"

#include <dlfcn.h>
#include <string.h>

bool nova_hip_look_up(const char *const *libraries, const nova_hip_symbol *symbols, int count) {
    void *library = NULL;
    for (; *libraries && !library; libraries++)
        library = dlopen(*libraries, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return false;
    for (int i = 0; i < count; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol) {
            dlclose(library);
            return false;
        }
        /* no cast from an object's to a function's pointer */
        memcpy(symbols[i].to, &symbol, sizeof symbol);
    }
    return true;
}
