/*
 * scaling.c - storage types of an arithmetic and power-of-two scaling.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "numerics/linear.h"
#include "numerics/numerics.h"

nova_dtype nova_arith_uv_type(nova_arith arith) {
    switch (arith) {
    case NOVA_ARITH_F16:
    case NOVA_ARITH_F16_M32:
        return NOVA_F16;
    case NOVA_ARITH_BF16:
    case NOVA_ARITH_BF16_M32:
    case NOVA_ARITH_BF16X3:
    case NOVA_ARITH_BF16X6:
        return NOVA_BF16;
    default:
        return NOVA_F32;
    }
}

nova_dtype nova_arith_m_type(nova_arith arith) {
    if (arith == NOVA_ARITH_F16)
        return NOVA_F16;
    return arith == NOVA_ARITH_BF16 ? NOVA_BF16 : NOVA_F32;
}

int nova_arith_parts(nova_arith arith) {
    return arith == NOVA_ARITH_BF16X3 ? 2 : arith == NOVA_ARITH_BF16X6 ? 3 : 1;
}

void nova_scaling_none(nova_scaling *scaling) {
    for (int i = 0; i < NOVA_MAX_PRODUCTS; i++)
        scaling->input[i] = scaling->filter[i] = 0;
}

/* Exponent of the power of two nearest (in ratio) to 1/rms. */
static int inverse_exponent(double rms) {
    return rms > 0 && isfinite(rms) ? -(int)lround(log2(rms)) : 0;
}

static double norm(const double *row, int count) {
    return sqrt(nova_dot(row, row, count, 1));
}

void nova_scaling_choose(const nova_transform *transform, nova_scaling *scaling) {
    nova_scaling_none(scaling);
    for (int i = 0; i < transform->products; i++) {
        scaling->input[i] =
            inverse_exponent(norm(transform->BT + i * transform->inputs, transform->inputs));
        scaling->filter[i] = inverse_exponent(norm(transform->G + i * transform->r, transform->r));
    }
}

double nova_filter_scale(nova_dtype uv_type, double rms) {
    return uv_type == NOVA_F16 ? ldexp(1.0, inverse_exponent(rms)) : 1.0;
}
