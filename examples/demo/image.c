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

/* cairo's surfaces end at MAX_EXTENT. More pixels would want tens of gigabytes for the network. */
enum { MAX_EXTENT = 32767, MAX_PIXELS = 1 << 25 };

size_t image_values(const image *picture) {
    return (size_t)picture->width * (size_t)picture->height * IMAGE_CHANNELS;
}

static bool fits(uint32_t width, uint32_t height) {
    return width <= MAX_EXTENT && height <= MAX_EXTENT && (uint64_t)width * height <= MAX_PIXELS;
}

static nova_status too_large(uint32_t width, uint32_t height) {
    return nova_fail(NOVA_SIZE_OVERFLOW, "an image of %lu x %lu pixels is too large",
                     (unsigned long)width, (unsigned long)height);
}

nova_status image_create(int width, int height, image *out) {
    memset(out, 0, sizeof *out);
    if (width < 1 || height < 1) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "an image of %d x %d pixels", width, height);
    }
    if (!fits((uint32_t)width, (uint32_t)height)) {
        return too_large((uint32_t)width, (uint32_t)height);
    }
    size_t bytes = (size_t)width * (size_t)height * IMAGE_CHANNELS * sizeof(float);
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

static uint32_t read_u32(const char *bytes) {
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/** Looks at signature and size before cairo allocates what a damaged header asks for. */
static nova_status check_header(const char *path, const char *data, size_t size) {
    static const char signature[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    enum { SIGNATURE = sizeof signature - 1 };
    if (size < SIGNATURE + 8 || memcmp(data, signature, SIGNATURE) != 0) {
        return nova_fail(NOVA_DAMAGED, "%s: not a PNG image", path);
    }
    uint32_t width = read_u32(data + SIGNATURE), height = read_u32(data + SIGNATURE + 4);
    return fits(width, height) ? NOVA_OK : too_large(width, height);
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
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        return nova_fail(NOVA_DAMAGED, "%s: damaged or truncated PNG image", path);
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

static nova_status decode(const char *path, memory_stream stream, image *out) {
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_memory, &stream);
    nova_status status = convert_surface(path, surface, out);
    cairo_surface_destroy(surface);
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
    status = check_header(path, data, size);
    if (status == NOVA_OK) {
        status = decode(path, (memory_stream){data, size, 0}, out);
    }
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
