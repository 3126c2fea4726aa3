/* Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "vec_avx512.h"
#include "vec_exp.h"

#define FOR_ROWS FOR_ROWS_14
#define NOVA_KERNELS nova_kernels_avx512
#define NOVA_KERNELS_NAME "avx512"
#include "cpu/kernels_template.h"
