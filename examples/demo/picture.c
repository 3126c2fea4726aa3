/*
 * picture.c - see picture.h.
 *
 * A grid of panels, four across. A panel is two lines of text, the photograph, and under it either
 * one wide enlarged detail or, for the results in half precision, a detail and a map of the
 * difference from f32 direct.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "picture.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

/* Lengths in pixels of the picture. */
enum {
    COLUMNS = 4,
    PANEL = 480,      /* width of a panel */
    GAP = 24,         /* between panels, and around all */
    SPLIT = 8,        /* between the parts of a panel */
    CAPTION = 62,     /* height of a panel's text */
    HEADER = 84,      /* height of the picture's title */
    FOOTER = 86,      /* height of the legend */
    TALLEST = 640,    /* of a photograph; a higher one is made narrower */
    ENLARGEMENT = 3,  /* of details */
    SEARCH_STEPS = 24 /* positions tried for the detail in each direction */
};

static const double difference_gain = 16;

typedef struct {
    double red, green, blue;
} colour;

static const colour paper = {0.97, 0.97, 0.96}, ink = {0.10, 0.10, 0.12}, grey = {0.38, 0.38, 0.42},
                    nonfinite_colour = {1, 0, 1};

/** A rectangle in pixels. */
typedef struct {
    double x, y, width, height;
} box;

/** What all panels share. */
typedef struct {
    cairo_t *context;
    const report *facts;
    const image *original, *noisy;
    double photo_height; /* of a photograph in a panel */
    double strip_height; /* of what is under it */
    box detail;          /* in the photograph's pixels; as wide as a whole panel */
} canvas;

/* ---------------------------------------------------------------- pixels */

static uint32_t pack(double red, double green, double blue) {
    const double channels[] = {red, green, blue};
    uint32_t packed = 0;
    for (int i = 0; i < 3; ++i) {
        double clipped = fmin(fmax(channels[i], 0), 1);
        packed = packed << 8 | (uint32_t)(clipped * 255 + 0.5);
    }
    return packed;
}

/** One pixel as shown: clipped, or in the colour of what is not finite. */
static uint32_t shown_pixel(const float *pixel) {
    if (!isfinite(pixel[0]) || !isfinite(pixel[1]) || !isfinite(pixel[2])) {
        return pack(nonfinite_colour.red, nonfinite_colour.green, nonfinite_colour.blue);
    }
    return pack(pixel[0], pixel[1], pixel[2]);
}

/** The amplified difference of two pixels. */
static uint32_t difference_pixel(const float *pixel, const float *reference) {
    float difference[IMAGE_CHANNELS];
    for (int i = 0; i < IMAGE_CHANNELS; ++i) {
        difference[i] = (float)(difference_gain * fabs((double)pixel[i] - reference[i]));
        /* Inf - Inf and the like must stay visible. */
        difference[i] = isfinite(pixel[i]) ? difference[i] : NAN;
    }
    return shown_pixel(difference);
}

/** A surface that shows `picture`, or its difference from `reference` if that is not null. */
static cairo_surface_t *to_surface(const image *picture, const image *reference) {
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture->width, picture->height);
    unsigned char *data = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    if (!data) {
        return surface;
    }
    for (size_t i = 0; i < (size_t)picture->height; ++i) {
        for (size_t j = 0; j < (size_t)picture->width; ++j) {
            size_t at = (i * (size_t)picture->width + j) * IMAGE_CHANNELS;
            uint32_t packed = reference
                                  ? difference_pixel(picture->pixels + at, reference->pixels + at)
                                  : shown_pixel(picture->pixels + at);
            memcpy(data + i * stride + j * sizeof packed, &packed, sizeof packed);
        }
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

/* ---------------------------------------------------------------- detail */

static double luminance(const image *picture, int row, int column) {
    const float *pixel =
        picture->pixels + ((size_t)row * (size_t)picture->width + (size_t)column) * IMAGE_CHANNELS;
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
}

/** Variance of the luminance inside a rectangle. */
static double contrast(const image *picture, int top, int left, int height, int width) {
    double sum = 0, squares = 0, count = (double)height * width;
    for (int i = top; i < top + height; ++i) {
        for (int j = left; j < left + width; ++j) {
            double here = luminance(picture, i, j);
            sum += here;
            squares += here * here;
        }
    }
    return squares / count - (sum / count) * (sum / count);
}

/** 1 in the middle of `extent`, 0.5 at its ends. */
static double centrality(int start, int length, int extent) {
    double offset = (start + length / 2.0) / extent - 0.5;
    return 1 - 2 * offset * offset;
}

/**
 * The rectangle of that size with the most contrast, the middle preferred: flat parts beside
 * edges, which show damage best, of what the photograph is about.
 */
static box find_detail(const image *picture, int width, int height) {
    box best = {0, 0, width, height};
    double most = -1;
    for (int i = 0; i <= SEARCH_STEPS; ++i) {
        for (int j = 0; j <= SEARCH_STEPS; ++j) {
            int top = (picture->height - height) * i / SEARCH_STEPS;
            int left = (picture->width - width) * j / SEARCH_STEPS;
            double found = contrast(picture, top, left, height, width) *
                           centrality(top, height, picture->height) *
                           centrality(left, width, picture->width);
            if (found > most) {
                most = found;
                best.x = left;
                best.y = top;
            }
        }
    }
    return best;
}

/* ---------------------------------------------------------------- drawing */

static void set_colour(cairo_t *context, colour c) {
    cairo_set_source_rgb(context, c.red, c.green, c.blue);
}

/** Makes the width of text proportional to its size, as draw_text() expects. */
static void scale_text_freely(cairo_t *context) {
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(context, options);
    cairo_font_options_destroy(options);
}

/** Text with its baseline at y, in a smaller size if it is wider than `room`; returns its width. */
static double draw_text(cairo_t *context, double x, double y, double room, double size, bool bold,
                        const char *text) {
    cairo_text_extents_t extents;
    cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context, size);
    cairo_text_extents(context, text, &extents);
    if (extents.x_advance > room) {
        cairo_set_font_size(context, size * room / extents.x_advance);
        cairo_text_extents(context, text, &extents);
    }
    cairo_move_to(context, x, y);
    cairo_show_text(context, text);
    return extents.x_advance;
}

/** Part `from` of a surface, scaled into `to`; enlarged pixels keep their edges. */
static void draw_part(cairo_t *context, cairo_surface_t *surface, box from, box to) {
    double scale_x = to.width / from.width, scale_y = to.height / from.height;
    cairo_save(context);
    cairo_rectangle(context, to.x, to.y, to.width, to.height);
    cairo_clip(context);
    cairo_translate(context, to.x, to.y);
    cairo_scale(context, scale_x, scale_y);
    cairo_set_source_surface(context, surface, -from.x, -from.y);
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD);
    cairo_pattern_set_filter(cairo_get_source(context),
                             scale_x >= 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    cairo_paint(context);
    cairo_restore(context);
}

static void draw_frame(cairo_t *context, box around, colour c, double width) {
    set_colour(context, c);
    cairo_set_line_width(context, width);
    cairo_rectangle(context, around.x, around.y, around.width, around.height);
    cairo_stroke(context);
}

/** The rectangle of the detail, marked on the original. */
static void mark_detail(const canvas *on, box photo) {
    double scale = photo.width / on->original->width;
    box marked = {photo.x + on->detail.x * scale, photo.y + on->detail.y * scale,
                  on->detail.width * scale, on->detail.height * scale};
    draw_frame(on->context, marked, (colour){0, 0, 0}, 4);
    draw_frame(on->context, marked, (colour){1, 1, 1}, 2);
}

/** The middle part of the detail, as narrow as its place. */
static box narrow_detail(box detail, double share) {
    double width = detail.width * share;
    return (box){detail.x + (detail.width - width) / 2, detail.y, width, detail.height};
}

/** What is under a photograph: its detail and, if `reference` is not null, the difference. */
static void draw_strip(const canvas *on, box strip, cairo_surface_t *surface, const image *picture,
                       const image *reference) {
    if (!reference) {
        draw_part(on->context, surface, on->detail, strip);
        return;
    }
    double half = (strip.width - SPLIT) / 2;
    box left = {strip.x, strip.y, half, strip.height};
    box right = {strip.x + half + SPLIT, strip.y, half, strip.height};
    box whole = {0, 0, picture->width, picture->height};
    cairo_surface_t *difference = to_surface(picture, reference);
    draw_part(on->context, surface, narrow_detail(on->detail, half / strip.width), left);
    draw_part(on->context, difference, whole, right);
    cairo_surface_destroy(difference);
}

static void draw_images(const canvas *on, double x, double y, const image *picture,
                        const image *reference) {
    cairo_surface_t *surface = to_surface(picture, NULL);
    box whole = {0, 0, picture->width, picture->height};
    double width = on->photo_height * picture->width / picture->height;
    box photo = {x + (PANEL - width) / 2, y, width, on->photo_height};
    box strip = {x, y + on->photo_height + SPLIT, PANEL, on->strip_height};
    draw_part(on->context, surface, whole, photo);
    if (picture == on->original) {
        mark_detail(on, photo);
    }
    draw_strip(on, strip, surface, picture, reference);
    cairo_surface_destroy(surface);
}

/* ---------------------------------------------------------------- panels */

static colour verdict_colour(verdict found) {
    static const colour colours[] = {{0.10, 0.50, 0.20}, {0.75, 0.45, 0.00}, {0.78, 0.08, 0.12}};
    return colours[found];
}

/** A word on a coloured ground, flush right. */
static void draw_badge(cairo_t *context, double right, double top, verdict found) {
    const double width = 84, height = 26;
    const char *word = report_verdict_name(found);
    cairo_text_extents_t extents;
    set_colour(context, verdict_colour(found));
    cairo_rectangle(context, right - width, top, width, height);
    cairo_fill(context);
    cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(context, 16);
    cairo_text_extents(context, word, &extents);
    set_colour(context, (colour){1, 1, 1});
    cairo_move_to(context, right - width / 2 - extents.x_advance / 2, top + 19);
    cairo_show_text(context, word);
}

static void draw_caption(const canvas *on, double x, double y, double room, const char *title,
                         const char *line) {
    set_colour(on->context, ink);
    draw_text(on->context, x, y + 23, room, 21, true, title);
    set_colour(on->context, grey);
    draw_text(on->context, x, y + 50, PANEL, 17, false, line);
}

static void draw_result(const canvas *on, double x, double y, int index) {
    const result *found = &on->facts->results[index];
    const image *reference = index == 0 ? NULL : &on->facts->results[0].restored;
    char line[160], error[32];
    report_format_error(found->error, error);
    if (index == 0) {
        snprintf(line, sizeof line, "%.2f dB  ·  reference  ·  %.0f ms", found->psnr,
                 found->milliseconds);
    } else if (found->nonfinite > 0) {
        snprintf(line, sizeof line, "%.2f dB  ·  %zu non-finite  ·  %.0f ms, %.1fx", found->psnr,
                 found->nonfinite, found->milliseconds, found->speedup);
    } else {
        snprintf(line, sizeof line, "%.2f dB  ·  error %s  ·  %.0f ms, %.1fx direct", found->psnr,
                 error, found->milliseconds, found->speedup);
    }
    draw_caption(on, x, y, PANEL - 96, found->how->name, line);
    draw_badge(on->context, x + PANEL, y + 4, report_verdict(on->facts, index));
    draw_images(on, x, y + CAPTION, &found->restored, reference);
}

static void draw_panel(const canvas *on, int index) {
    double panel_height = CAPTION + on->photo_height + SPLIT + on->strip_height;
    double x = GAP + (double)(index % COLUMNS) * (PANEL + GAP);
    double y = GAP + HEADER + floor((double)index / COLUMNS) * (panel_height + GAP);
    char line[96];
    if (index == 0) {
        snprintf(line, sizeof line, "%d x %d pixels; the frame is enlarged below",
                 on->original->width, on->original->height);
        draw_caption(on, x, y, PANEL, "original", line);
        draw_images(on, x, y + CAPTION, on->original, NULL);
    } else if (index == 1) {
        snprintf(line, sizeof line, "%.2f dB  ·  Gaussian noise, sigma %g of 255",
                 on->facts->noisy_psnr, on->facts->sigma);
        draw_caption(on, x, y, PANEL, "noisy", line);
        draw_images(on, x, y + CAPTION, on->noisy, NULL);
    } else {
        draw_result(on, x, y, index - 2);
    }
}

static void draw_header(const canvas *on, double width) {
    char line[256];
    double room = width - 2 * GAP;
    set_colour(on->context, ink);
    draw_text(on->context, GAP, GAP + 34, room, 34, true,
              "nova: the same network on the same photograph, convolved with different points");
    snprintf(
        line, sizeof line,
        "%d layers of 3x3 convolution, trained to remove noise. All but the reference: tensors "
        "and U, V, M in binary16, every layer at the tile named. %d thread%s, %s kernels.",
        on->facts->layers, on->facts->threads, on->facts->threads == 1 ? "" : "s",
        on->facts->kernels);
    set_colour(on->context, grey);
    draw_text(on->context, GAP, GAP + 66, room, 18, false, line);
}

static bool any_nonfinite(const report *facts) {
    for (int i = 0; i < facts->count; ++i) {
        if (image_nonfinite(&facts->results[i].restored) > 0) {
            return true;
        }
    }
    return false;
}

static void draw_footer(const canvas *on, double width, double height) {
    char legend[256];
    const char *const lines[] = {
        legend,
        "As published: neither tap scaling nor compensated rounding of U; the others have both.  "
        "intact: PSNR within 0.1 dB of f32 direct; worse: within 1 dB; broken: beyond, or Inf or "
        "NaN in any layer.",
        on->facts->credit};
    snprintf(legend, sizeof legend,
             "Inf or NaN%s.  Below a result, left: detail; right: its difference from f32 direct, "
             "amplified 16 times (black: none).  error: relative rms of the network's output "
             "against f32 direct.",
             any_nonfinite(on->facts) ? "" : " (here: none)");
    double y = height - GAP - FOOTER + 26, room = width - 2 * GAP;
    set_colour(on->context, nonfinite_colour);
    cairo_rectangle(on->context, GAP, y - 14, 16, 16);
    cairo_fill(on->context);
    set_colour(on->context, ink);
    draw_text(on->context, GAP + 26, y, room - 26, 17, false, lines[0]);
    set_colour(on->context, grey);
    draw_text(on->context, GAP, y + 28, room, 17, false, lines[1]);
    draw_text(on->context, GAP, y + 56, room, 17, false, lines[2]);
}

/* ---------------------------------------------------------------- layout and file */

/** Sizes that follow from the shape of the photograph. */
static void lay_out(canvas *on) {
    const image *photo = on->original;
    on->photo_height = fmin(TALLEST, floor((double)PANEL * photo->height / photo->width));
    on->photo_height = fmax(on->photo_height, 1);
    on->strip_height = fmin(fmax(floor(on->photo_height / 2), 80), PANEL / 2.0);
    double width = (double)PANEL / ENLARGEMENT, height = on->strip_height / ENLARGEMENT;
    double shrink = fmin(1, fmin(photo->width / width, photo->height / height));
    on->detail = find_detail(photo, (int)fmax(1, floor(width * shrink)),
                             (int)fmax(1, floor(height * shrink)));
}

static void draw_all(const canvas *on, double width, double height) {
    set_colour(on->context, paper);
    cairo_paint(on->context);
    draw_header(on, width);
    for (int i = 0; i < on->facts->count + 2; ++i) {
        draw_panel(on, i);
    }
    draw_footer(on, width, height);
}

static cairo_status_t write_to_stream(void *closure, const unsigned char *data,
                                      unsigned int length) {
    FILE *stream = closure;
    return fwrite(data, 1, length, stream) == length ? CAIRO_STATUS_SUCCESS
                                                     : CAIRO_STATUS_WRITE_ERROR;
}

static nova_status save(cairo_surface_t *surface, const char *path) {
    nova_writer writer;
    nova_status status = nova_writer_open(&writer, path);
    if (status != NOVA_OK) {
        return status;
    }
    cairo_status_t written =
        cairo_surface_write_to_png_stream(surface, write_to_stream, writer.stream);
    if (written != CAIRO_STATUS_SUCCESS) {
        nova_writer_abort(&writer);
        return nova_fail(written == CAIRO_STATUS_NO_MEMORY ? NOVA_OUT_OF_MEMORY : NOVA_IO,
                         "cannot write %s: %s", path, cairo_status_to_string(written));
    }
    return nova_writer_commit(&writer);
}

nova_status picture_write(const report *facts, const image *original, const image *noisy,
                          const char *path) {
    canvas on = {.facts = facts, .original = original, .noisy = noisy};
    lay_out(&on);
    int rows = (facts->count + 2 + COLUMNS - 1) / COLUMNS;
    double panel_height = CAPTION + on.photo_height + SPLIT + on.strip_height;
    double width = COLUMNS * (PANEL + GAP) + GAP;
    double height = HEADER + FOOTER + rows * (panel_height + GAP) + 2 * GAP;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    on.context = cairo_create(surface);
    scale_text_freely(on.context);
    draw_all(&on, width, height);
    nova_status status = cairo_status(on.context) == CAIRO_STATUS_SUCCESS
                             ? save(surface, path)
                             : nova_fail(NOVA_OUT_OF_MEMORY, "no memory for the picture");
    cairo_destroy(on.context);
    cairo_surface_destroy(surface);
    return status;
}
