/*
 * export_text.h - what the writers of source text share.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EXPORT_TEXT_H
#define NOVA_EXPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "transforms/transform.h"

/** Four lines that say what the transform is, each after `prefix`. Text that comes from files
    cannot end the comment. */
void nova_export_heading(FILE *stream, const nova_transform *transform, const char *prefix);

/** Name of the set as the tail of an identifier. */
void nova_export_identifier(FILE *stream, const char *set, bool upper);

/** The transform as assembler macros; see NOVA_EXPORT_MIOPEN. */
nova_status nova_export_miopen(FILE *stream, const nova_transform *transform);

#endif
