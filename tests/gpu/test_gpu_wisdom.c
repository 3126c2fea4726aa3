/*
 * test_gpu_wisdom.c - measured plans of devices, without one: what is timed, what is taken, what is
 * remembered, and what a file can and cannot do.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gpu/plan.h"
#include "planning.h"
#include "runtime/runtime.h"

/* A device that comes with no wisdom. */
static nova_gpu_machine device(void) {
    nova_gpu_machine machine = h200();
    nova_gpu_machine_set_name(&machine, "cuda", "NVIDIA Test 1");
    return machine;
}

static nova_conv_desc wide_layer(void) {
    return layer(2, 320, 640, 64);
}

/* ---------------------------------------------------------------- measuring */

/* Times that the test decides on. */
typedef struct stopwatch {
    int fastest; /* this trial takes half of what the model says, the others what it says */
    int equal;   /* and so does this one, up to half a per cent */
    int calls;
} stopwatch;

static nova_status time_trials(void *context, nova_gpu_trials *trials) {
    stopwatch *watch = context;
    watch->calls++;
    for (int i = 0; i < trials->count; i++) {
        const double predicted = trials->items[i].plan.engine.seconds;
        trials->items[i].seconds = i == watch->fastest || i == watch->equal ? 1e-6 : predicted;
        if (i == watch->equal)
            trials->items[i].seconds *= 1.005;
    }
    return NOVA_OK;
}

static void tune(stopwatch *watch, const nova_conv_desc *desc, const nova_plan_options *options,
                 nova_gpu_trials *trials) {
    const nova_gpu_machine machine = device();
    const nova_gpu_timer timer = {time_trials, watch};
    check_ok(nova_gpu_tune(desc, options, &machine, &timer, trials));
    assert_int_equal(watch->calls, 1);
}

static nova_gpu_plan plan_of(const nova_conv_desc *desc, const nova_plan_options *options) {
    const nova_gpu_machine machine = device();
    nova_gpu_plan plan;
    check_ok(nova_gpu_plan_init(&plan, desc, options, &machine));
    return plan;
}

static bool are_same(const nova_gpu_plan *a, const nova_gpu_plan *b) {
    return a->engine.algorithm == b->engine.algorithm && a->arith == b->arith &&
           a->base->choice.tile_h == b->base->choice.tile_h &&
           a->base->choice.tile_w == b->base->choice.tile_w &&
           strcmp(nova_plan_set_name(a->base), nova_plan_set_name(b->base)) == 0 &&
           strcmp(a->blocks, b->blocks) == 0 && a->key == b->key &&
           memcmp(&a->engine.grid, &b->engine.grid, sizeof a->engine.grid) == 0;
}

/* The model's choice is the first of what is timed, all trials differ, keep the budget, and one at
   least is direct. */
static void test_trials(void **state) {
    (void)state;
    const nova_conv_desc desc = wide_layer();
    stopwatch watch = {.fastest = 3, .equal = -1};
    nova_gpu_trials trials;
    nova_gpu_plan model = plan_of(&desc, NULL);
    tune(&watch, &desc, NULL, &trials);
    assert_true(trials.count >= 12);
    assert_true(are_same(&model, &trials.items[0].plan));
    int direct = 0;
    for (int i = 0; i < trials.count; i++) {
        const nova_gpu_plan *plan = &trials.items[i].plan;
        direct += plan->engine.algorithm == NOVA_ALGORITHM_DIRECT;
        assert_true(plan->predicted_error <= 1e-2);
        for (int j = 0; j < i; j++)
            assert_false(are_same(plan, &trials.items[j].plan));
    }
    assert_true(direct >= 1);
    assert_int_equal(trials.chosen, 3);
    nova_gpu_trials_clear(&trials);
    nova_gpu_plan_clear(&model);
    nova_wisdom_forget();
}

/* Within one per cent the model decides, in every run the same way. */
static void test_ties(void **state) {
    (void)state;
    const nova_conv_desc desc = wide_layer();
    for (int run = 0; run < 2; run++) {
        stopwatch watch = {.fastest = 7, .equal = 4};
        nova_gpu_trials trials;
        tune(&watch, &desc, NULL, &trials);
        assert_int_equal(trials.chosen, 4);
        nova_gpu_trials_clear(&trials);
    }
    nova_wisdom_forget();
}

/* ---------------------------------------------------------------- remembering */

static void scratch_path(char path[64]) {
    snprintf(path, 64, "/tmp/nova_gpu_wisdom_%ld", (long)getpid());
}

/* What was fastest is planned from then on, also from a file; without wisdom the model's choice. */
static void test_round_trip(void **state) {
    (void)state;
    const nova_conv_desc desc = wide_layer();
    nova_plan_options options;
    nova_plan_options_init(&options);
    char path[64];
    scratch_path(path);
    for (int fastest = 1; fastest < 24; fastest += 5) {
        stopwatch watch = {.fastest = fastest, .equal = -1};
        nova_gpu_trials trials;
        options.flags = 0;
        tune(&watch, &desc, &options, &trials);
        check_ok(nova_wisdom_export(path));
        for (int from_file = 0; from_file < 2; from_file++) {
            nova_gpu_plan known = plan_of(&desc, &options);
            assert_true(are_same(&known, &trials.items[fastest].plan));
            assert_true(fabs(known.measured_seconds / 1e-6 - 1) < 1e-6);
            nova_gpu_plan_clear(&known);
            nova_wisdom_forget();
            check_ok(nova_wisdom_import(path));
        }
        options.flags = NOVA_PLAN_NO_WISDOM;
        nova_gpu_plan model = plan_of(&desc, &options);
        assert_true(are_same(&model, &trials.items[0].plan) && model.measured_seconds == 0);
        nova_gpu_plan_clear(&model);
        nova_gpu_trials_clear(&trials);
        nova_wisdom_forget();
    }
    remove(path);
}

/* Budgets from the plan's own error to the one that it was measured under are served by it, others
   are not; and neither are other layouts, types, sizes, options and devices. */
static void test_what_is_known(void **state) {
    (void)state;
    const nova_conv_desc desc = wide_layer();
    stopwatch watch = {.fastest = 1, .equal = -1};
    nova_gpu_trials trials;
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.max_error = 5e-3;
    tune(&watch, &desc, &options, &trials);
    const double error = trials.items[1].plan.predicted_error;
    nova_gpu_trials_clear(&trials);
    const double budgets[] = {5e-3, 0.5 * (error + 5e-3), 1.001 * error, 0.999 * error, 6e-3, 0};
    for (int i = 0; i < NOVA_COUNT(budgets); i++) {
        options.max_error = budgets[i];
        nova_gpu_plan plan = plan_of(&desc, &options);
        assert_int_equal(plan.measured_seconds > 0, i < 3);
        assert_true(plan.predicted_error <= (budgets[i] > 0 ? budgets[i] : 1e-2));
        nova_gpu_plan_clear(&plan);
    }
    options.max_error = 5e-3;
    for (int i = 0; i < 4; i++) {
        nova_conv_desc other = desc;
        nova_plan_options asked = options;
        nova_gpu_machine machine = device();
        if (i == 0)
            other.layout = NOVA_NCHW;
        else if (i == 1)
            other.n = 1;
        else if (i == 2)
            asked.algorithm = NOVA_ALGORITHM_WINOGRAD;
        else
            nova_gpu_machine_set_name(&machine, "cuda", "NVIDIA Test 2");
        nova_gpu_plan plan;
        check_ok(nova_gpu_plan_init(&plan, &other, &asked, &machine));
        assert_true(plan.measured_seconds == 0);
        nova_gpu_plan_clear(&plan);
    }
    nova_wisdom_forget();
}

/* ---------------------------------------------------------------- files */

static const char key[] = "gpu cuda:test-1/132/sm_90a n2 c320 h64 w64 k640 r3 s3 pad 1,1,1,1 f16 "
                          "nhwc rms 1,0 budget 0.01";

static nova_status import_lines(const char *lines) {
    char path[64];
    scratch_path(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "nova-wisdom 2\n%s\n", lines);
    fclose(file);
    const nova_status status = nova_wisdom_import(path);
    remove(path);
    return status;
}

/* Lines that are whole but name what there is not, or what breaks the budget, leave the choice to
   the model; others are damage. */
static void test_files(void **state) {
    (void)state;
    static const struct {
        const char *plan;
        nova_status status;
        bool taken;
    } lines[] = {{"winograd 4 4 best f16 together,128x256,box=256x1x1 4e-05", NOVA_OK, true},
                 {"direct together,128x256,box=64x4x1 4e-05", NOVA_OK, true},
                 {"winograd 4 4 best f16 newfangled,128x512 4e-05", NOVA_OK, false},
                 {"direct newfangled 4e-05", NOVA_OK, false},
                 {"winograd 4 4 nosuchset f16 together,128x256,box=256x1x1 4e-05", NOVA_OK, false},
                 {"winograd 8 8 integer f16 together,128x256,box=128x1x1 4e-05", NOVA_OK, false},
                 {"winograd 16 16 best f16 together,128x256,box=32x1x1 4e-05", NOVA_OK, false},
                 {"winograd 4 4 best f32 together,128x256,box=256x1x1 4e-05", NOVA_OK, false},
                 {"winograd 4 4 best bf16 together,128x256,box=256x1x1 4e-05", NOVA_OK, false},
                 {"winograd 4 4 best f16 together,128x256,box=256x1x1 0", NOVA_DAMAGED, false},
                 {"winograd 4 4 best f16 together,128x256,box=256x1x1 inf", NOVA_DAMAGED, false},
                 {"winograd 4 4 best f16 together,128x256,box=256x1x1", NOVA_DAMAGED, false},
                 {"winograd 4 4 best f16 4e-05", NOVA_DAMAGED, false},
                 {"winograd 4 best f16 together,128x256,box=256x1x1 4e-05", NOVA_DAMAGED, false},
                 {"winograd 4 99 best f16 together,128x256,box=256x1x1 4e-05", NOVA_DAMAGED, false},
                 {"winograd 4 4 best f17 together,128x256,box=256x1x1 4e-05", NOVA_DAMAGED, false},
                 {"direct 4e-05", NOVA_DAMAGED, false},
                 {"direct together,128x256,box=64x4x1 4e-05 1", NOVA_DAMAGED, false},
                 {"fft together,128x256,box=64x4x1 4e-05", NOVA_DAMAGED, false},
                 {"", NOVA_DAMAGED, false}};
    const nova_conv_desc desc = wide_layer();
    nova_gpu_plan model = plan_of(&desc, NULL);
    for (int i = 0; i < NOVA_COUNT(lines); i++) {
        char text[512];
        snprintf(text, sizeof text, "%s => %s", key, lines[i].plan);
        const nova_status status = import_lines(text);
        if (status != lines[i].status)
            print_error("%s: %s\n", lines[i].plan, nova_status_string(status));
        assert_int_equal(status, lines[i].status);
        nova_gpu_plan plan = plan_of(&desc, NULL);
        if ((plan.measured_seconds > 0) != lines[i].taken)
            print_error("%s\n", lines[i].plan);
        assert_int_equal(plan.measured_seconds > 0, lines[i].taken);
        assert_true(lines[i].taken || are_same(&plan, &model));
        nova_gpu_plan_clear(&plan);
        nova_wisdom_forget();
    }
    nova_gpu_plan_clear(&model);
}

/* A key says what was asked for: a plan that is something else is not taken. */
static void test_foreign_plan(void **state) {
    (void)state;
    const nova_conv_desc desc = wide_layer();
    nova_plan_options options;
    nova_plan_options_init(&options);
    options.algorithm = NOVA_ALGORITHM_DIRECT;
    check_ok(import_lines(
        "gpu cuda:test-1/132/sm_90a n2 c320 h64 w64 k640 r3 s3 pad 1,1,1,1 f16 nhwc rms 1,0 "
        "algorithm direct tile 0x0 set - arith auto flags 0 budget 0.01 => winograd 4 4 best f16 "
        "together,128x256,box=256x1x1 4e-05"));
    nova_gpu_plan plan = plan_of(&desc, &options);
    assert_int_equal(plan.engine.algorithm, NOVA_ALGORITHM_DIRECT);
    assert_true(plan.measured_seconds == 0);
    nova_gpu_plan_clear(&plan);
    nova_wisdom_forget();
}

/* ---------------------------------------------------------------- names */

typedef struct names {
    char seen[4096][NOVA_GPU_BLOCKS_TEXT];
    struct {
        nova_gpu_grid grid;
        nova_gpu_resident resident;
    } cuts[4096];
    int count;
} names;

static void note(void *context, const nova_gpu_engine *engine, double seconds) {
    names *all = context;
    (void)seconds;
    assert_true(all->count < NOVA_COUNT(all->seen));
    memset(&all->cuts[all->count], 0, sizeof *all->cuts);
    if (engine->small)
        all->cuts[all->count].resident = engine->resident;
    else
        all->cuts[all->count].grid = engine->grid;
    nova_gpu_engine_blocks(engine, all->seen[all->count]);
    assert_null(strpbrk(all->seen[all->count], " \t\n"));
    all->count++;
}

/* Every way to cut a plan into blocks has a name of its own, by which it can be asked for. */
static void test_names(void **state) {
    (void)state;
    static names all;
    static const int sizes[][4] = {{1, 64, 64, 56}, {32, 512, 512, 7}, {2, 8, 320, 64}};
    nova_plan_options options;
    nova_plan_options_init(&options);
    for (int i = 0; i < 2 * NOVA_COUNT(sizes); i++) {
        const int *size = sizes[i / 2];
        nova_conv_desc desc = wide_layer();
        desc.n = size[0], desc.c = size[1], desc.k = size[2], desc.h = desc.w = size[3];
        options.algorithm = i % 2 ? NOVA_ALGORITHM_WINOGRAD : NOVA_ALGORITHM_DIRECT;
        nova_gpu_machine machine = device();
        nova_gpu_plan plan = plan_of(&desc, &options);
        all.count = 0;
        nova_gpu_engine_each(&plan.engine, &machine, note, &all);
        assert_true(all.count >= (plan.engine.fused ? 1 : 4)); /* one kernel has one way */
        nova_gpu_plan_clear(&plan);
        for (int a = 0; a < all.count; a++) {
            for (int b = 0; b < a; b++)
                assert_int_equal(strcmp(all.seen[a], all.seen[b]) == 0, /* some come up twice */
                                 memcmp(&all.cuts[a], &all.cuts[b], sizeof *all.cuts) == 0);
            if (a % 7 != 0)
                continue;
            machine.only_blocks = all.seen[a];
            check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
            assert_string_equal(plan.blocks, all.seen[a]);
            nova_gpu_plan_clear(&plan);
        }
    }
    assert_true(nova_gpu_blocks_are_alike("turns,64x64,box=8x8x1,cluster=4",
                                          "turns,64x64,box=7x9x1,cluster=4"));
    assert_false(nova_gpu_blocks_are_alike("turns,64x64,box=8x8x1,cluster=4",
                                           "turns,64x64,box=8x8x1,cluster=2"));
    assert_false(nova_gpu_blocks_are_alike("turns,64x64,box=8x8x1", "together,64x64,box=8x8x1"));
    assert_false(nova_gpu_blocks_are_alike("turns,64x64,box=8x8x1", "turns,64x64"));
}

/* ---------------------------------------------------------------- what comes with the library */

static void test_machines(void **state) {
    (void)state;
    nova_gpu_machine machine;
    check_ok(nova_gpu_machine_find("h200", &machine));
    assert_string_equal(machine.name, "cuda:h200/132/sm_90a");
    nova_gpu_machine_set_name(&machine, "cuda", "NVIDIA H200");
    assert_string_equal(machine.name, "cuda:h200/132/sm_90a");
    assert_int_equal(nova_gpu_machine_find("", &machine), NOVA_UNKNOWN_NAME);
}

/* Every line is whole, and its plan is one that this planner takes. */
static void test_shipped(void **state) {
    (void)state;
    nova_wisdom_table table = {NULL, 0, 0};
    check_ok(nova_wisdom_parse("shipped", nova_gpu_wisdom_text, strlen(nova_gpu_wisdom_text), false,
                               &table));
    nova_gpu_machine machine;
    check_ok(nova_gpu_machine_find("h200", &machine));
    for (int i = 0; i < table.count; i++) {
        const char *text = table.entries[i].key;
        char dtype[8], layout[8];
        long long n, c, h, w, k;
        double budget;
        assert_int_equal(sscanf(text,
                                "gpu cuda:h200/132/sm_90a n%lld c%lld h%lld w%lld k%lld r3 s3 pad "
                                "1,1,1,1 %7s %7s rms 1,0 budget %lf",
                                &n, &c, &h, &w, &k, dtype, layout, &budget),
                         8);
        nova_conv_desc desc = wide_layer();
        desc.n = n, desc.c = c, desc.k = k, desc.h = h, desc.w = w;
        desc.dtype = strcmp(dtype, "f16") == 0 ? NOVA_F16 : NOVA_BF16;
        desc.layout = strcmp(layout, "nhwc") == 0 ? NOVA_NHWC : NOVA_NCHW;
        nova_plan_options options;
        nova_plan_options_init(&options);
        options.max_error = budget;
        nova_gpu_plan plan;
        check_ok(nova_gpu_plan_init(&plan, &desc, &options, &machine));
        if (strcmp(plan.blocks, table.entries[i].plan.blocks) != 0)
            print_error("%s: %s\n", text, plan.blocks);
        assert_string_equal(plan.blocks, table.entries[i].plan.blocks);
        assert_true(plan.measured_seconds == table.entries[i].plan.seconds);
        nova_gpu_plan_clear(&plan);
    }
    free(table.entries);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trials),     cmocka_unit_test(test_ties),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_what_is_known),
        cmocka_unit_test(test_files),      cmocka_unit_test(test_foreign_plan),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_machines),
        cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
