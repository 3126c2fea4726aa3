/*
 * move_template.h - how data enters and leaves the engine: gather from tensors, scatter with the
 * epilogue. Part of kernels_template.h, which includes it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */

/* ---------------------------------------------------------------- gather */

ALWAYS_INLINE int lanes_in(const nova_window *window) {
    return (int)NOVA_MIN((int64_t)VL, window->channels - window->channel);
}

/* Columns of the window that lie inside the image: [*first, *last). */
ALWAYS_INLINE void columns_inside(const nova_window *window, int *first, int *last) {
    int64_t low = NOVA_MIN(NOVA_MAX(-window->col, (int64_t)0), (int64_t)window->cols);
    int64_t high = NOVA_MAX(NOVA_MIN(window->width - window->col, (int64_t)window->cols), low);
    *first = (int)low;
    *last = (int)high;
}

ALWAYS_INLINE void clear(float *patch, int pitch, int from, int to) {
    for (int j = from; j < to; j++)
        V_STORE(patch + (ptrdiff_t)j * pitch, V_SET1(0.0f));
}

#define DEFINE_GATHER(type)                                                                        \
    static void gather_row_nhwc_##type(packed image, const nova_window *window, int64_t row,       \
                                       int first, int last, int pitch, float *patch) {             \
        const int lanes = lanes_in(window);                                                        \
        const ptrdiff_t at =                                                                       \
            (row * window->width + window->col) * window->channels + window->channel;              \
        if (pitch == window->channels) { /* pixels without gaps, there as here */                  \
            const int end = last * pitch;                                                          \
            for (int e = first * pitch; e < end; e += VL) {                                        \
                const int count = NOVA_MIN(VL, end - e);                                           \
                STORE_SOME(f32, patch, e, LOAD_SOME(type, image, at + e, count), count);           \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        for (int j = first; j < last; j++)                                                         \
            V_STORE(patch + (ptrdiff_t)j * pitch,                                                  \
                    LOAD_SOME(type, image, at + j * window->channels, lanes));                     \
    }                                                                                              \
    /* Chunks start where a cache line does (the first may not), so that no line is read twice:    \
       the lines of one chunk may all fall into the same set of the cache. */                      \
    static void gather_row_nchw_##type(packed image, const nova_window *window, int64_t row,       \
                                       int first, int last, int pitch, float *patch) {             \
        const int lanes = lanes_in(window);                                                        \
        const ptrdiff_t plane = (ptrdiff_t)(window->height * window->width);                       \
        const ptrdiff_t at = window->channel * plane + row * window->width + window->col;          \
        const size_t start = (uintptr_t)image / sizeof(element_##type) + (size_t)(at + first);     \
        int count = sizeof(element_##type) == 4 ? VL - (int)(start % VL) : VL;                     \
        for (int j = first; j < last; j += count, count = VL) {                                    \
            V v[VL];                                                                               \
            count = NOVA_MIN(count, last - j);                                                     \
            if (lanes == VL && count == VL) {                                                      \
                _Pragma("GCC unroll 16") for (int c = 0; c < VL; c++) v[c] =                       \
                    load_##type(image, at + c * plane + j);                                        \
            } else {                                                                               \
                _Pragma("GCC unroll 16") for (int c = 0; c < VL; c++) v[c] =                       \
                    c < lanes ? LOAD_SOME(type, image, at + c * plane + j, count) : V_SET1(0.0f);  \
            }                                                                                      \
            V_TRANSPOSE(v);                                                                        \
            float *to = patch + (ptrdiff_t)j * pitch;                                              \
            if (count == VL) {                                                                     \
                _Pragma("GCC unroll 16") for (int i = 0; i < VL; i++)                              \
                    V_STORE(to + (ptrdiff_t)i * pitch, v[i]);                                      \
            } else {                                                                               \
                for (int i = 0; i < count; i++)                                                    \
                    V_STORE(to + (ptrdiff_t)i * pitch, v[i]);                                      \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    DEFINE_GATHER_LAYOUT(nhwc, type)                                                               \
    DEFINE_GATHER_LAYOUT(nchw, type)

#define DEFINE_GATHER_LAYOUT(layout, type)                                                         \
    static void gather_##layout##_##type(const void *image, const nova_window *window, int pitch,  \
                                         float *patch) {                                           \
        int first, last;                                                                           \
        columns_inside(window, &first, &last);                                                     \
        for (int i = 0; i < window->rows; i++, patch += (ptrdiff_t)window->cols * pitch) {         \
            const int64_t row = window->row + i;                                                   \
            const bool inside = row >= 0 && row < window->height && first < last;                  \
            clear(patch, pitch, 0, inside ? first : window->cols);                                 \
            if (!inside)                                                                           \
                continue;                                                                          \
            gather_row_##layout##_##type(image, window, row, first, last, pitch, patch);           \
            clear(patch, pitch, last, window->cols);                                               \
        }                                                                                          \
    }
DEFINE_GATHER(f32)
DEFINE_GATHER(f16)
DEFINE_GATHER(bf16)

/* ---------------------------------------------------------------- scatter */

ALWAYS_INLINE V activate(V v, nova_activation activation) {
    if (activation == NOVA_ACTIVATION_RELU)
        return V_MAX(V_SET1(0.0f), v);
    if (activation == NOVA_ACTIVATION_SILU)
        return V_DIV(v, V_ADD(V_SET1(1.0f), V_EXP(V_SUB(V_SET1(0.0f), v))));
    return v;
}

/* Streaming pays only if a cache line is written as a whole, by this many stores in a row. */
#define LINE_VECTORS(type) (NOVA_LINE_BYTES / (VL * (int)sizeof(element_##type)))

#define STARTS_LINE(type, image, at)                                                               \
    (((uintptr_t)(image) + (size_t)(at) * sizeof(element_##type)) % NOVA_LINE_BYTES == 0)

#define PUT(type, image, at, v, count, stream)                                                     \
    ((stream) ? stream_##type(image, at, v) : STORE_SOME(type, image, at, v, count))

/* The part of a window that lies inside the image, whose top left pixel does. */
typedef struct part {
    int64_t pixel; /* the first, counted over the image */
    int rows, cols;
} part;

ALWAYS_INLINE part part_inside(const nova_window *window) {
    return (part){.pixel = window->row * window->width + window->col,
                  .rows = (int)NOVA_MIN((int64_t)window->rows, window->height - window->row),
                  .cols = (int)NOVA_MIN((int64_t)window->cols, window->width - window->col)};
}

#define DEFINE_SCATTER(type)                                                                       \
    ALWAYS_INLINE V finish_##type(V v, const nova_epilogue *epilogue, ptrdiff_t at, int count) {   \
        if (epilogue->residual)                                                                    \
            v = V_ADD(v, LOAD_SOME(type, epilogue->residual, at, count));                          \
        return activate(v, epilogue->activation);                                                  \
    }                                                                                              \
    ALWAYS_INLINE V bias_##type(const nova_epilogue *epilogue, int64_t channel, int lanes) {       \
        return epilogue->bias ? LOAD_SOME(f32, epilogue->bias, channel, lanes) : V_SET1(0.0f);     \
    }                                                                                              \
    /* `vectors` channel groups of every pixel together; only whole ones if there are several. */  \
    ALWAYS_INLINE void put_nhwc_##type(const nova_strip *strip, int first, int vectors,            \
                                       bool stream, const nova_window *window,                     \
                                       const nova_epilogue *epilogue, void *image) {               \
        const part inside = part_inside(window);                                                   \
        const int64_t channels = window->channels, channel = window->channel + first * VL;         \
        const int lanes = stream ? VL : (int)NOVA_MIN((int64_t)VL, channels - channel);            \
        V bias[LINE_VECTORS(type)];                                                                \
        for (int v = 0; v < vectors; v++)                                                          \
            bias[v] = bias_##type(epilogue, channel + v * VL, lanes);                              \
        for (int i = 0; i < inside.rows; i++) {                                                    \
            const float *from = strip->data + first * strip->vector + i * strip->row;              \
            ptrdiff_t at = (inside.pixel + i * window->width) * channels + channel;                \
            for (int j = 0; j < inside.cols; j++, at += channels, from += VL)                      \
                for (int v = 0; v < vectors; v++) {                                                \
                    const ptrdiff_t to = at + v * VL;                                              \
                    V sum = V_ADD(V_LOAD(from + v * strip->vector), bias[v]);                      \
                    sum = finish_##type(sum, epilogue, to, lanes);                                 \
                    PUT(type, image, to, sum, lanes, stream);                                      \
                }                                                                                  \
        }                                                                                          \
    }                                                                                              \
    static void scatter_nhwc_##type(const nova_strip *strip, const nova_window *window,            \
                                    const nova_epilogue *epilogue, void *image) {                  \
        const int64_t groups = (window->channels - window->channel) / VL; /* whole ones */         \
        const bool stream = epilogue->stream && STARTS_LINE(type, image, window->channel) &&       \
                            STARTS_LINE(type, NULL, window->channels);                             \
        int v = 0;                                                                                 \
        const int line = LINE_VECTORS(type);                                                       \
        for (; stream && v + line <= NOVA_MIN((int64_t)strip->vectors, groups); v += line)         \
            put_nhwc_##type(strip, v, line, true, window, epilogue, image);                        \
        for (; v < strip->vectors; v++)                                                            \
            put_nhwc_##type(strip, v, 1, false, window, epilogue, image);                          \
    }                                                                                              \
    /* Transposes pixels by channels. */                                                           \
    static void put_row_nchw_##type(const float *from, ptrdiff_t at, int cols, V bias, int lanes,  \
                                    ptrdiff_t plane, const nova_epilogue *epilogue, void *image) { \
        const bool stream = epilogue->stream && LINE_VECTORS(type) == 1;                           \
        for (int j = 0; j < cols; j += VL) {                                                       \
            V v[VL];                                                                               \
            const int count = NOVA_MIN(VL, cols - j);                                              \
            for (int i = 0; i < VL; i++)                                                           \
                v[i] = i < count ? V_ADD(V_LOAD(from + (ptrdiff_t)(j + i) * VL), bias)             \
                                 : V_SET1(0.0f);                                                   \
            V_TRANSPOSE(v);                                                                        \
            ptrdiff_t to = at + j;                                                                 \
            for (int c = 0; c < lanes; c++, to += plane)                                           \
                PUT(type, image, to, finish_##type(v[c], epilogue, to, count), count,              \
                    stream &&count == VL && STARTS_LINE(type, image, to));                         \
        }                                                                                          \
    }                                                                                              \
    static void scatter_nchw_##type(const nova_strip *strip, const nova_window *window,            \
                                    const nova_epilogue *epilogue, void *image) {                  \
        const part inside = part_inside(window);                                                   \
        const ptrdiff_t plane = (ptrdiff_t)(window->height * window->width);                       \
        for (int v = 0; v < strip->vectors; v++) {                                                 \
            const int64_t channel = window->channel + v * VL;                                      \
            const int lanes = (int)NOVA_MIN((int64_t)VL, window->channels - channel);              \
            const V bias = bias_##type(epilogue, channel, lanes);                                  \
            for (int i = 0; i < inside.rows; i++)                                                  \
                put_row_nchw_##type(strip->data + v * strip->vector + i * strip->row,              \
                                    channel * plane + inside.pixel + i * window->width,            \
                                    inside.cols, bias, lanes, plane, epilogue, image);             \
        }                                                                                          \
    }
DEFINE_SCATTER(f32)
DEFINE_SCATTER(f16)
DEFINE_SCATTER(bf16)
