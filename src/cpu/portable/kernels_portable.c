/* Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0 */
#include "vec_portable.h"

#define FOR_ROWS FOR_ROWS_4
#define NOVA_KERNELS nova_kernels_portable
#define NOVA_KERNELS_NAME "portable"
#include "cpu/kernels_template.h"
