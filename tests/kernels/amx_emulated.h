/*
 * amx_emulated.h - kernels of the matrix unit for machines that have none. They need 16 lanes.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_TEST_AMX_EMULATED_H
#define NOVA_TEST_AMX_EMULATED_H

#include "cpu/pairs.h"

extern const nova_pair_kernels amx_emulated;

#endif
