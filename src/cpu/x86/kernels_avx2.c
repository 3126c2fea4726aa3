/* Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "vec_avx2.h"
#include "vec_exp.h"

#define FOR_ROWS FOR_ROWS_6
#define NOVA_KERNELS nova_kernels_avx2
#define NOVA_KERNELS_NAME "avx2"
#include "cpu/kernels_template.h"
