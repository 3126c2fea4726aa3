/*
 * image.c - see image.h.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "image.h"

#include <cairo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cairo's surfaces end here, and PSNR of a larger picture would take hours. */
enum { MAX_EXTENT = 32767 };

size_t image_values(const image *picture) {
    return (size_t)picture->width * (size_t)picture->height * IMAGE_CHANNELS;
}

nova_status image_create(int width, int height, image *out) {
    size_t bytes = 0;
    memset(out, 0, sizeof *out);
    if (width < 1 || height < 1) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "an image of %d x %d pixels", width, height);
    }
    if (width > MAX_EXTENT || height > MAX_EXTENT ||
        !nova_size_mul((size_t)width * IMAGE_CHANNELS * sizeof(float), (size_t)height, &bytes)) {
        return nova_fail(NOVA_SIZE_OVERFLOW, "an image of %d x %d pixels is too large", width,
                         height);
    }
    out->pixels = nova_alloc(bytes);
    if (!out->pixels) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory for an image of %d x %d pixels", width,
                         height);
    }
    out->width = width;
    out->height = height;
    return NOVA_OK;
}

void image_free(image *picture) {
    nova_free(picture->pixels);
    memset(picture, 0, sizeof *picture);
}

/* ---------------------------------------------------------------- PNG */

/** A file in memory that cairo reads from. */
typedef struct {
    const char *data;
    size_t size, position;
} memory_stream;

static cairo_status_t read_memory(void *closure, unsigned char *out, unsigned int length) {
    memory_stream *stream = closure;
    if (length > stream->size - stream->position) {
        return CAIRO_STATUS_READ_ERROR;
    }
    memcpy(out, stream->data + stream->position, length);
    stream->position += length;
    return CAIRO_STATUS_SUCCESS;
}

/** The surface drawn over black, so that every pixel format and transparency become RGB. */
static cairo_surface_t *flatten(cairo_surface_t *source) {
    cairo_surface_t *flat =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, cairo_image_surface_get_width(source),
                                   cairo_image_surface_get_height(source));
    cairo_t *context = cairo_create(flat);
    cairo_set_source_surface(context, source, 0, 0);
    cairo_paint(context);
    cairo_destroy(context);
    cairo_surface_flush(flat);
    return flat;
}

static void copy_pixels(cairo_surface_t *flat, image *out) {
    const unsigned char *data = cairo_image_surface_get_data(flat);
    size_t stride = (size_t)cairo_image_surface_get_stride(flat);
    for (int i = 0; i < out->height; ++i) {
        for (int j = 0; j < out->width; ++j) {
            float *pixel = out->pixels + ((size_t)i * (size_t)out->width + (size_t)j) * 3;
            uint32_t packed;
            memcpy(&packed, data + (size_t)i * stride + (size_t)j * 4, sizeof packed);
            pixel[0] = (float)(packed >> 16 & 255) / 255.0f;
            pixel[1] = (float)(packed >> 8 & 255) / 255.0f;
            pixel[2] = (float)(packed & 255) / 255.0f;
        }
    }
}

static nova_status convert_surface(const char *path, cairo_surface_t *surface, image *out) {
    cairo_status_t found = cairo_surface_status(surface);
    if (found == CAIRO_STATUS_NO_MEMORY) {
        /* libpng's complaints about damaged data arrive as this too. */
        return nova_fail(NOVA_DAMAGED, "%s: not a PNG image, or too large", path);
    }
    if (found != CAIRO_STATUS_SUCCESS) {
        return nova_fail(NOVA_DAMAGED, "%s: not a PNG image, or truncated", path);
    }
    nova_status status = image_create(cairo_image_surface_get_width(surface),
                                      cairo_image_surface_get_height(surface), out);
    if (status != NOVA_OK) {
        return status;
    }
    cairo_surface_t *flat = flatten(surface);
    if (cairo_surface_status(flat) == CAIRO_STATUS_SUCCESS) {
        copy_pixels(flat, out);
    } else {
        image_free(out);
        status = nova_fail(NOVA_OUT_OF_MEMORY, "no memory for %s", path);
    }
    cairo_surface_destroy(flat);
    return status;
}

nova_status image_read_png(const char *path, image *out) {
    char *data = NULL;
    size_t size = 0;
    memset(out, 0, sizeof *out);
    nova_status status = nova_read_file(path, &data, &size);
    if (status != NOVA_OK) {
        return status;
    }
    memory_stream stream = {data, size, 0};
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_memory, &stream);
    status = convert_surface(path, surface, out);
    cairo_surface_destroy(surface);
    free(data);
    return status;
}

/* ---------------------------------------------------------------- noise */

/** splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/** Uniform in (0, 1). */
static double next_uniform(uint64_t *state) {
    return ((double)(next_random(state) >> 11) + 0.5) / 9007199254740992.0;
}

static double next_normal(uint64_t *state) {
    const double two_pi = 6.283185307179586;
    double radius = sqrt(-2 * log(next_uniform(state)));
    return radius * cos(two_pi * next_uniform(state));
}

void image_add_noise(const image *original, double sigma, uint64_t seed, image *noisy) {
    uint64_t state = seed;
    for (size_t i = 0; i < image_values(original); ++i) {
        noisy->pixels[i] = (float)(original->pixels[i] + sigma * next_normal(&state));
    }
}

/* ---------------------------------------------------------------- measures */

size_t image_nonfinite(const image *picture) {
    size_t count = 0;
    for (size_t i = 0; i < image_values(picture); ++i) {
        count += !isfinite(picture->pixels[i]);
    }
    return count;
}

double image_psnr(const image *estimate, const image *original) {
    double sum = 0;
    for (size_t i = 0; i < image_values(original); ++i) {
        double value = estimate->pixels[i];
        double shown = value < 0 ? 0 : value > 1 ? 1 : value;
        double error = isfinite(value) ? shown - original->pixels[i] : 1;
        sum += error * error;
    }
    return -10 * log10(sum / (double)image_values(original));
}

double relative_rms(const float *values, const float *reference, size_t count) {
    double error = 0, total = 0;
    for (size_t i = 0; i < count; ++i) {
        double difference = (double)values[i] - reference[i];
        error += difference * difference;
        total += (double)reference[i] * reference[i];
    }
    return isfinite(error) ? sqrt(error / total) : NAN;
}
