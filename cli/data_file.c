/*
 * data_file.c - where the files are that come with the command.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "data_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** The folder of the running executable, or "." where that cannot be told. */
static void executable_folder(char folder[PATH_MAX]) {
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
    } else {
        memcpy(folder, ".", sizeof ".");
    }
}

bool cli_find_data(const char *name, const char *source, char path[PATH_MAX]) {
    char folder[PATH_MAX];
    executable_folder(folder);
    if (snprintf(path, PATH_MAX, "%s/../share/nova_winograd/%s", folder, name) < PATH_MAX &&
        access(path, R_OK) == 0) {
        return true;
    }
    return snprintf(path, PATH_MAX, "%s", source) < PATH_MAX && access(path, R_OK) == 0;
}
