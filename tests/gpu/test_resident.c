/*
 * test_resident.c - direct convolution of small maps in one launch, as far as it can be tested
 * without a GPU: every output once, taps that read the right pixels, partial sums in places of
 * their own, and what is planned so.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/engine.h"
#include "planning.h"
#include "random.h"

static nova_shape random_shape(test_random *random) {
    nova_shape shape = {.n = random_int(random, 1, 3),
                        .c = 8 * random_int(random, 1, 70),
                        .k = random_int(random, 1, 300),
                        .h = random_int(random, 5, 24),
                        .w = random_int(random, 5, 70),
                        .r = random_int(random, 1, 5),
                        .s = random_int(random, 1, 5),
                        .pad_top = random_int(random, 0, 2),
                        .pad_left = random_int(random, 0, 2),
                        .dtype = NOVA_F16,
                        .layout = NOVA_NHWC};
    shape.out_h = shape.h + shape.pad_top + 1 - shape.r;
    shape.out_w = shape.w + shape.pad_left + 1 - shape.s;
    return shape;
}

typedef struct visited {
    const nova_shape *shape;
    const nova_gpu_machine *machine;
    int count;
} visited;

/* Where pixel `number` of a block lies in its rectangle; false if it is beyond, as kernels see it.
 */
static bool find_pixel(const nova_gpu_resident *all, int number, int *w, int *h) {
    const int row = nova_gpu_resident_row(all);
    nova_gpu_resident_pixel(number, row, nova_gpu_resident_inverse(row), w, h);
    assert_int_equal(*h, number / row);
    assert_int_equal(*w, number % row);
    return *w < all->box_w && *h < all->box_h;
}

/* Every pixel of y and channel belongs to one block and one owner, which has room for its sums;
   every 64 input channels to one split. */
static void check_coverage(const nova_gpu_resident *all, const nova_shape *shape) {
    const int pixels = (int)(shape->n * shape->out_h * shape->out_w);
    const int share = nova_gpu_resident_share(all);
    unsigned char *taken = calloc((size_t)(pixels * all->channel_blocks), 1);
    assert_non_null(taken);
    const int across = all->channel_blocks, down = across * all->blocks_w;
    for (int unit = 0; unit < nova_gpu_resident_units(all); unit++) {
        const nova_gpu_resident_at at =
            nova_gpu_resident_unit(all, unit % across, unit / across % all->blocks_w, unit / down);
        assert_true(at.channel < shape->k && at.n < shape->n);
        for (int i = 0; i < all->groups * NOVA_GPU_RESIDENT_PIXELS; i++) {
            int w, h;
            assert_in_range(i / share, 0, all->splits - 1);
            if (!find_pixel(all, i, &w, &h))
                continue;
            w += at.w, h += at.h;
            if (w < shape->out_w && h < shape->out_h)
                taken[((at.n * (int)shape->out_h + h) * (int)shape->out_w + w) *
                          all->channel_blocks +
                      at.channel / all->channels]++;
        }
    }
    for (int i = 0; i < pixels * all->channel_blocks; i++)
        assert_int_equal(taken[i], 1);
    free(taken);
    const int64_t chunks = (shape->c + NOVA_GPU_RESIDENT_CHUNK - 1) / NOVA_GPU_RESIDENT_CHUNK;
    assert_true((int64_t)all->chunks * all->splits >= chunks);
    assert_true((int64_t)all->chunks * (all->splits - 1) < chunks); /* each has one */
    assert_true((int64_t)all->channels * all->channel_blocks >= shape->k);
    assert_true((int64_t)all->channels * (all->channel_blocks - 1) < shape->k);
}

/* A tap reads, for a pixel of the rectangle, the pixel of the box at the sum of both, as the kernel
   counts: u rows and v pixels further on. What all pixels read lies in the memory of x. */
static void check_taps(const nova_gpu_resident *all) {
    const int row = nova_gpu_resident_row(all), box = nova_gpu_resident_box(all);
    const int pixels = all->groups * NOVA_GPU_RESIDENT_PIXELS;
    const int last = (all->taps_h - 1) * row + all->taps_w - 1;
    assert_true((pixels - 1 + last + 1) * NOVA_GPU_RESIDENT_ROW_BYTES <=
                nova_gpu_resident_x_bytes(all));
    assert_true(box * NOVA_GPU_RESIDENT_ROW_BYTES <= nova_gpu_resident_x_bytes(all));
    assert_true(row <= NOVA_GPU_RESIDENT_LONGEST &&
                nova_gpu_resident_rows(all) <= NOVA_GPU_RESIDENT_LONGEST);
    int seen = 0;
    for (int i = 0; i < pixels; i++) {
        int w, h;
        if (!find_pixel(all, i, &w, &h))
            continue;
        seen++;
        for (int u = 0; u < all->taps_h; u++)
            for (int v = 0; v < all->taps_w; v++) {
                const int from = i + u * row + v;
                assert_true(from < box);
                assert_int_equal(from / row, h + u);
                assert_int_equal(from % row, w + v);
            }
    }
    assert_int_equal(seen, all->box_w * all->box_h);
}

/* Sums of all splits of the pixels that a block owns have places of their own. */
static void check_sums(const nova_gpu_resident *all) {
    const int pixels = all->groups * NOVA_GPU_RESIDENT_PIXELS;
    const int floats = nova_gpu_resident_sum_bytes(all) / 4;
    const int share = nova_gpu_resident_share(all);
    unsigned char *taken = malloc((size_t)floats);
    assert_non_null(taken);
    /* in place of the operands, or behind them where others of the cluster may still multiply */
    const int begin = all->splits > 1 ? nova_gpu_resident_operand_bytes(all) : 0;
    assert_true(begin + floats * 4 <= nova_gpu_resident_barriers_at(all));
    assert_true(nova_gpu_resident_operand_bytes(all) <= nova_gpu_resident_barriers_at(all));
    for (int owner = 0; owner < all->splits; owner++) {
        memset(taken, 0, (size_t)floats);
        for (int split = 0; split < all->splits; split++)
            for (int pixel = owner * share; pixel < (owner + 1) * share && pixel < pixels; pixel++)
                for (int c = 0; c < all->channels; c++) {
                    const int at = nova_gpu_resident_sum_at(all, split, pixel) + c;
                    assert_true(at < floats);
                    assert_false(taken[at]++);
                }
    }
    free(taken);
}

static void check_one(void *context, const nova_gpu_resident *all, double seconds) {
    visited *it = context;
    it->count++;
    assert_true(seconds > 0 && seconds < 1);
    assert_true(nova_gpu_resident_bytes(all) <= (int)it->machine->shared_bytes);
    assert_true(all->chunks <= NOVA_GPU_RESIDENT_CHUNKS && all->splits <= NOVA_GPU_MOST_CLUSTERED);
    check_coverage(all, it->shape);
    check_taps(all);
    check_sums(all);
}

static void test_blocks(void **state) {
    (void)state;
    const nova_gpu_machine machine = h200();
    test_random random = {1};
    int planned = 0;
    for (int i = 0; i < 40; i++) {
        const nova_shape shape = random_shape(&random);
        visited it = {&shape, &machine, 0};
        nova_gpu_resident_each(&shape, &machine, check_one, &it);
        planned += it.count;
    }
    assert_true(planned > 100);
}

/* Half a warp writes sums to different banks. */
static void test_banks(void **state) {
    (void)state;
    for (int channels = 16; channels <= 64; channels += 16) {
        const nova_gpu_resident all = {.channels = channels, .groups = 1, .splits = 1};
        uint32_t banks = 0;
        for (int pixel = 0; pixel < 4; pixel++)
            for (int c = 0; c < 8; c++)
                banks |= 1U << (nova_gpu_resident_sum_at(&all, 0, pixel) + c) % 32;
        assert_int_equal(banks, 0xffffffff);
    }
}

static nova_shape square(int n, int c, int k, int h) {
    return (nova_shape){.n = n,
                        .c = c,
                        .k = k,
                        .h = h,
                        .w = h,
                        .r = 3,
                        .s = 3,
                        .pad_top = 1,
                        .pad_left = 1,
                        .out_h = h,
                        .out_w = h,
                        .dtype = NOVA_F16,
                        .layout = NOVA_NHWC};
}

/* Small maps, and no others; nor other devices. */
static void test_choice(void **state) {
    (void)state;
    nova_gpu_machine machine = h200();
    static const struct {
        int n, c, k, h;
        bool small;
    } cases[] = {{1, 64, 64, 56, true},   {1, 128, 128, 28, true},  {1, 256, 256, 14, true},
                 {1, 512, 512, 7, true},  {1, 192, 48, 14, true},   {1, 128, 128, 512, false},
                 {32, 64, 64, 56, false}, {2, 640, 640, 64, false}, {1, 512, 512, 128, false}};
    for (int hopper = 1; hopper >= 0; hopper--) {
        nova_gpu_machine_init(&machine, 132, hopper, 60 << 20);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            const nova_shape shape = square(cases[i].n, cases[i].c, cases[i].k, cases[i].h);
            nova_gpu_engine engine;
            assert_int_equal(nova_gpu_engine_init_direct(&engine, &machine, &shape), NOVA_OK);
            assert_int_equal(engine.small, cases[i].small && hopper);
            assert_true(!engine.small || engine.workspace_bytes == 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_banks),
        cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
