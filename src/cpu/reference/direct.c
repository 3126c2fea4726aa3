/*
 * direct.c - direct convolution in double.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "cpu/reference/tensor.h"
#include "runtime/runtime.h"

/* Rows (or columns) of the filter that meet the input: first..end, of `taps`. */
typedef struct tap_range {
    int64_t first, end;
} tap_range;

static tap_range taps_inside(int64_t start, int64_t taps, int64_t size) {
    return (tap_range){NOVA_MAX(0, -start), NOVA_MIN(taps, size - start)};
}

double nova_reference_direct_sample(const nova_conv_desc *desc,
                                    const nova_reference_operands *operands, bool activate,
                                    int64_t n, int64_t k, int64_t i, int64_t j) {
    const int64_t top = i - desc->pad_top, left = j - desc->pad_left;
    const tap_range rows = taps_inside(top, desc->r, desc->h);
    const tap_range columns = taps_inside(left, desc->s, desc->w);
    double sum = 0;
    for (int64_t c = 0; c < desc->c; c++)
        for (int64_t u = rows.first; u < rows.end; u++)
            for (int64_t v = columns.first; v < columns.end; v++)
                sum += nova_reference_weight(desc, operands, k, c, u, v) *
                       nova_reference_input(desc, operands->x, n, c, top + u, left + v);
    return nova_reference_epilogue(desc, operands, activate, false, sum, n, k, i, j);
}

/* One image as double, [c][h][w]. */
static void load_image(const nova_conv_desc *desc, const void *x, int64_t n, double *image) {
    for (int64_t c = 0; c < desc->c; c++)
        for (int64_t i = 0; i < desc->h; i++)
            for (int64_t j = 0; j < desc->w; j++)
                *image++ = nova_reference_input(desc, x, n, c, i, j);
}

/* Adds weight times the map, shifted by (u, v), to the outputs [out_h][out_w]. */
static void add_tap(const nova_conv_desc *desc, const double *map, double weight, int64_t u,
                    int64_t v, double *y) {
    const int64_t out_h = nova_reference_out_h(desc), out_w = nova_reference_out_w(desc);
    const tap_range columns = taps_inside(v - desc->pad_left, out_w, desc->w);
    for (int64_t i = 0; i < out_h; i++) {
        const int64_t row = i + u - desc->pad_top;
        if (row < 0 || row >= desc->h)
            continue;
        const double *x = map + row * desc->w + v - desc->pad_left;
        for (int64_t j = columns.first; j < columns.end; j++)
            y[i * out_w + j] += weight * x[j];
    }
}

static void convolve_map(const nova_conv_desc *desc, const nova_reference_operands *operands,
                         const double *image, bool activate, int64_t n, int64_t k, double *y) {
    const int64_t out_h = nova_reference_out_h(desc), out_w = nova_reference_out_w(desc);
    for (int64_t i = 0; i < out_h * out_w; i++)
        y[i] = 0;
    for (int64_t c = 0; c < desc->c; c++)
        for (int64_t u = 0; u < desc->r; u++)
            for (int64_t v = 0; v < desc->s; v++)
                add_tap(desc, image + c * desc->h * desc->w,
                        nova_reference_weight(desc, operands, k, c, u, v), u, v, y);
    for (int64_t i = 0; i < out_h; i++)
        for (int64_t j = 0; j < out_w; j++)
            y[i * out_w + j] = nova_reference_epilogue(desc, operands, activate, false,
                                                       y[i * out_w + j], n, k, i, j);
}

nova_status nova_reference_direct(const nova_conv_desc *desc,
                                  const nova_reference_operands *operands, bool activate,
                                  double *y) {
    size_t elements, bytes;
    if (!nova_size_mul((size_t)desc->c, (size_t)desc->h, &elements) ||
        !nova_size_mul(elements, (size_t)desc->w, &elements) ||
        !nova_size_mul(elements, sizeof(double), &bytes))
        return nova_fail(NOVA_SIZE_OVERFLOW, "one image in double does not fit in memory");
    double *image = nova_alloc(bytes);
    if (!image)
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for one image in double");
    const int64_t map = nova_reference_out_h(desc) * nova_reference_out_w(desc);
    for (int64_t n = 0; n < desc->n; n++) {
        load_image(desc, operands->x, n, image);
        for (int64_t k = 0; k < desc->k; k++)
            convolve_map(desc, operands, image, activate, n, k, y + (n * desc->k + k) * map);
    }
    nova_free(image);
    return NOVA_OK;
}
