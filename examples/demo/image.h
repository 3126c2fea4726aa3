/*
 * image.h - RGB images as floats, PNG in, noise, and how close two images are.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_DEMO_IMAGE_H
#define NOVA_DEMO_IMAGE_H

#include "runtime/runtime.h"

enum { IMAGE_CHANNELS = 3 };

/** Interleaved RGB, [height][width][3]; 0 is black, 1 is full. Values may lie outside. */
typedef struct {
    int width, height;
    float *pixels;
} image;

/** An image of that size, not set. Errors: NOVA_SIZE_OVERFLOW, NOVA_OUT_OF_MEMORY. */
nova_status image_create(int width, int height, image *out);
void image_free(image *picture); /**< a zeroed structure is allowed */

/** Number of floats in an image. */
size_t image_values(const image *picture);

/**
 * Reads a PNG; grey becomes RGB, transparent parts black. Errors: NOVA_UNKNOWN_NAME or NOVA_IO
 * (cannot be read), NOVA_DAMAGED (no PNG), NOVA_SIZE_OVERFLOW, NOVA_OUT_OF_MEMORY.
 */
nova_status image_read_png(const char *path, image *out);

/**
 * noisy = original + normal noise of standard deviation `sigma`, not clipped. The same seed gives
 * the same noise (splitmix64 and the Box-Muller transform).
 */
void image_add_noise(const image *original, double sigma, uint64_t seed, image *noisy);

/** Number of values that are Inf or NaN. */
size_t image_nonfinite(const image *picture);

/**
 * Peak signal-to-noise ratio in dB of the estimate as a display shows it, clipped to [0, 1]. A
 * value that is not finite counts as the largest error there is, 1.
 */
double image_psnr(const image *estimate, const image *original);

/** |values - reference|_2 / |reference|_2; NaN if any value is not finite. */
double relative_rms(const float *values, const float *reference, size_t count);

#endif
