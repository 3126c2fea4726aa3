/*
 * shapes.h - lists of convolutions: the eligible layers of a network.
 *
 * A shape file is text. A line is `name count c k h w`: `count` convolutions (3x3, stride 1,
 * dilation 1, groups 1, padding 1) of c to k channels on maps of h x w; '#' starts a comment.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_CLI_SHAPES_H
#define NOVA_CLI_SHAPES_H

#include "nova_winograd.h"

typedef struct cli_shape {
    char name[64];
    int64_t count, c, k, h, w;
} cli_shape;

typedef struct cli_shapes {
    cli_shape *items; /**< owned */
    int count;
} cli_shapes;

/**
 * Reads the shapes of networks by name ("resnet50", "sdxl,vae"), or a file by its path. Errors:
 * NOVA_UNKNOWN_NAME, NOVA_IO, NOVA_DAMAGED (a malformed line, its number is in the reason; no
 * layer at all), NOVA_OUT_OF_MEMORY. Release with cli_shapes_free().
 */
nova_status cli_shapes_load(const char *names_or_path, cli_shapes *shapes);
void cli_shapes_free(cli_shapes *shapes);

#endif
