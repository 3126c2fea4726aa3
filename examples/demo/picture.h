/*
 * picture.h - original, noisy and every result in one labelled picture.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_PICTURE_H
#define NOVA_DEMO_PICTURE_H

#include "report.h"

/**
 * Draws the picture and writes it as PNG, complete or not at all. Errors: NOVA_IO,
 * NOVA_OUT_OF_MEMORY.
 */
nova_status picture_write(const report *facts, const image *original, const image *noisy,
                          const char *path);

#endif
