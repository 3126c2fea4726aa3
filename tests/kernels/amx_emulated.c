/*
 * amx_emulated.c - the kernels of the matrix unit once more, over an emulation of its operations.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "tile_emulation.h"

#include "amx_emulated.h"

#define NOVA_PAIRS_AMX amx_emulated
#include "cpu/x86/amx_template.h"
