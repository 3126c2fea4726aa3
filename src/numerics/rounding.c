/*
 * rounding.c - what rounding does to a normally distributed variable. Derivations are in
 * docs/numerics-model.md.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "numerics/rounding.h"

#include <math.h>
#include <stdbool.h>

#include "numerics/numerics.h"
#include "runtime/runtime.h"

/** A binary format: significand bits, exponents of the smallest and largest normal binade. */
typedef struct format {
    int precision, min_exponent, max_exponent;
} format;

static format format_of(nova_dtype dtype) {
    switch (dtype) {
    case NOVA_F16:
        return (format){11, -14, 15};
    case NOVA_BF16:
        return (format){8, -126, 127};
    default:
        return (format){24, -126, 127};
    }
}

/*
 * Overflow is expected where a value is beyond the range with more than this probability: a layer
 * has about a million values of each tap.
 */
static const double overflow_probability = 1e-7;

static const double pi = 3.14159265358979323846;
static const double root_half = 0.70710678118654752440;

/* P(|x| < limit) for x normal of unit variance. */
static double mass_below(double limit) {
    return erf(limit * root_half);
}

static bool overflows(format type, double rms) {
    const double limit = ldexp(2.0 - ldexp(1.0, -type.precision), type.max_exponent);
    return !(erfc(limit / rms * root_half) <= overflow_probability);
}

/* sum_{k>=1} (-1)^k f(k) exp(-2 pi^2 k^2 s^2), s = rms in steps of a uniform lattice, at least
   1/12; f is 1 or 1/k^2. */
static double lattice_sum(double s, bool inverse_square) {
    double sum = 0;
    for (int k = 1; k <= 24; k++) {
        const double term = exp(-2 * pi * pi * k * k * s * s) / (inverse_square ? k * k : 1);
        sum += k % 2 ? -term : term;
    }
    return sum;
}

/* Mean square of the error of rounding a normal variable to a lattice, in steps squared. */
static double lattice_error(double s) {
    if (s < 1.0 / 12) /* nothing reaches half a step */
        return s * s;
    return 1.0 / 12 + lattice_sum(s, true) / (pi * pi);
}

/* E[x round(x)] / E[x^2] for the same. */
static double lattice_gain(double s) {
    return s < 1.0 / 12 ? 0 : 1 + 2 * lattice_sum(s, false);
}

/*
 * Mean square error over E[x^2]: in each binade the error is uniform over one unit in the last
 * place. Binades far below the rms hold too little of the variance to count.
 */
static double relative_error(format type, double rms) {
    const int top = ilogb(rms) + 3;
    const int bottom = NOVA_MAX(type.min_exponent, top - 16);
    double below = mass_below(ldexp(1.0, bottom) / rms);
    double sum = 0;
    if (bottom == type.min_exponent) {
        const double step = ldexp(1.0, type.min_exponent + 1 - type.precision);
        sum += below * lattice_error(rms / step) * (step / rms) * (step / rms);
    }
    for (int exponent = bottom; exponent <= top; exponent++) {
        const double mass = mass_below(ldexp(2.0, exponent) / rms);
        const double step = ldexp(1.0, exponent + 1 - type.precision) / rms;
        sum += (mass - below) * step * step / 12;
        below = mass;
    }
    return sum;
}

nova_rounding nova_rounding_of(nova_dtype dtype, double rms) {
    const format type = format_of(dtype);
    if (!(rms > 0))
        return (nova_rounding){1, 0, 1};
    if (overflows(type, rms))
        return (nova_rounding){1, INFINITY, 1};
    const double step = ldexp(1.0, type.min_exponent + 1 - type.precision);
    const double error = relative_error(type, rms);
    const double gain = rms < 2 * step ? lattice_gain(rms / step) : 1;
    const double nonzero = 1 - mass_below(step / 2 / rms);
    return (nova_rounding){gain, NOVA_MAX(error - (1 - gain) * (1 - gain), 0), nonzero};
}

double nova_rounding_variance(nova_dtype dtype, double rms) {
    const nova_rounding rounding = nova_rounding_of(dtype, rms);
    const double loss = 1 - rounding.gain;
    return rms > 0 ? (rounding.noise + loss * loss) * rms * rms : 0;
}

double nova_split_residual(int parts, double rms) {
    /* The rounding error of a part is uniform up to half a unit, a power of two. For such a
       variable the mean over the binades is exactly 1/7 of 4^-8. */
    const double next = ldexp(1.0 / 7, -16);
    return nova_rounding_of(NOVA_BF16, rms).noise * pow(next, parts - 1);
}

double nova_rounding_f32(void) {
    /* u^2/3 times the mean of 4^-f over f uniform in [0,1), f the position in the binade */
    const double unit = 0x1p-24;
    return unit * unit / 3 * (1 - 0.25) / (2 * log(2.0));
}
