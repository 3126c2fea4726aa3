/*
 * data_file.h - files that come with the command: shapes, scripts.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_DATA_FILE_H
#define NOVA_CLI_DATA_FILE_H

#include <limits.h>
#include <stdbool.h>

/**
 * Looks for `name` ("shapes/vgg16.txt"): installed, it is in share/nova_winograd beside the folder
 * of the running executable; in a build tree, it is `source`. False if neither can be read.
 */
bool cli_find_data(const char *name, const char *source, char path[PATH_MAX]);

#endif
