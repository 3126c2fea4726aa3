/*
 * test_hip_blas.c - the HIP engine's products by hipBLASLt and rocBLAS: libraries of the tests' own
 * with the same functions (emulation/hip/blas.c) come first where libraries are looked for.
 * Results, which library is chosen, and what is said when one fails.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/hip_run.h"
#include "sample.h"

/* Which products plans made from now on have (null: the planner's choice), and which function of
   the libraries fails (null: none). */
static void set_up(const char *products, const char *fails) {
    use_kernels("stages");
    assert_int_equal(
        products ? setenv("NOVA_HIP_PRODUCTS", products, 1) : unsetenv("NOVA_HIP_PRODUCTS"), 0);
    assert_int_equal(fails ? setenv("NOVA_STANDIN_FAIL", fails, 1) : unsetenv("NOVA_STANDIN_FAIL"),
                     0);
}

static int products_of(const char *library) {
    void *loaded = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(loaded);
    void *symbol = dlsym(loaded, "nova_standin_products");
    assert_non_null(symbol);
    int (*products)(void);
    memcpy(&products, &symbol, sizeof products);
    const int count = products();
    dlclose(loaded);
    return count;
}

static nova_conv_desc small(void) {
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = 2, desc.c = 24, desc.k = 40, desc.h = 17, desc.w = 15;
    desc.dtype = NOVA_F16;
    desc.layout = NOVA_NHWC;
    return desc;
}

/* The kernels' name of a plan of `desc`; null if there is none. */
static const char *kernels_of(const nova_conv_desc *desc, nova_status expected) {
    const nova_plan_options options = options_for(desc, "best", 4, 4, true);
    nova_plan_info info = {.struct_size = sizeof info};
    nova_hip_plan *plan;
    assert_int_equal(nova_hip_plan_create(desc, &options, 0, &plan), expected);
    if (expected != NOVA_OK)
        return NULL;
    check_ok(nova_hip_plan_get_info(plan, &info), "info");
    nova_hip_plan_destroy(plan);
    return info.kernels;
}

/* Before anything else, since a handle is kept: what happens if there can be none. */
static void test_no_handle(void **state) {
    (void)state;
    const nova_conv_desc desc = small();
    set_up(NULL, "hipblasLtCreate");
    assert_string_equal(kernels_of(&desc, NOVA_OK), "rocblas");
    set_up("hipblaslt", "hipblasLtCreate");
    kernels_of(&desc, NOVA_NOT_ELIGIBLE);
    assert_non_null(strstr(nova_last_error(), "hipblaslt: making a handle: status 6"));
}

static void test_choice(void **state) {
    (void)state;
    const nova_conv_desc desc = small();
    set_up(NULL, NULL);
    assert_string_equal(kernels_of(&desc, NOVA_OK), "hipblaslt");
    set_up("rocblas", NULL);
    assert_string_equal(kernels_of(&desc, NOVA_OK), "rocblas");
    set_up("own", NULL);
    assert_string_equal(kernels_of(&desc, NOVA_OK), "mfma");
    set_up("cublas", NULL);
    kernels_of(&desc, NOVA_INVALID_ARGUMENT);
    assert_non_null(strstr(nova_last_error(), "own, hipblaslt or rocblas"));
    static const char *const failing[] = {"hipblasLtMatrixLayoutCreate", "no algorithm",
                                          "hipblasLtMatmulAlgoGetHeuristic"};
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
        set_up(NULL, failing[i]);
        assert_string_equal(kernels_of(&desc, NOVA_OK), "rocblas");
        set_up("hipblaslt", failing[i]);
        kernels_of(&desc, NOVA_NOT_ELIGIBLE);
    }
}

static const struct {
    const char *name, *library, *function;
} libraries[] = {{"hipblaslt", "libhipblaslt.so.1", "hipblasLtMatmul"},
                 {"rocblas", "librocblas.so.5", "rocblas_gemm_strided_batched_ex"}};

static void test_results(void **state) {
    (void)state;
    static const int tiles[][2] = {{4, 4}, {2, 2}, {6, 6}, {1, 4}};
    test_random random = {9};
    int failures = 0;
    for (int i = 0; i < 16; i++) {
        const nova_conv_desc desc = problem_half_desc(&random, 2, 100, 22, 26);
        const nova_plan_options options =
            options_for(&desc, "best", tiles[i % 4][0], tiles[i % 4][1], i / 4 % 2 == 1);
        if (!is_sampled(i))
            continue;
        set_up(libraries[i % 2].name, NULL);
        const int before = products_of(libraries[i % 2].library);
        failures += try_random(&random, &desc, &options);
        assert_true(products_of(libraries[i % 2].library) > before);
    }
    assert_int_equal(failures, 0);
}

/* Chunks, the last of them short, are told to the library when a plan is made. */
static void test_chunks(void **state) {
    (void)state;
    nova_conv_desc desc = small();
    desc.h = desc.w = 30;
    const nova_plan_options options = options_for(&desc, "best", 4, 4, false);
    test_random random = {10};
    problem p;
    problem_create(&p, &desc, true, false, &random);
    for (int i = 0; i < 2; i++) {
        execution e;
        set_up(libraries[i].name, NULL);
        prepare(&e, &p, &options);
        nova_gpu_engine *engine = &e.plan->plan.engine;
        engine->chunk_tiles = 40; /* smaller than what the workspace is made for */
        engine->chunks = 3;
        assert_int_equal(engine->tiles, 98);
        nova_hip_blas_destroy(e.plan->blas);
        check_ok(nova_hip_blas_create(engine, 0, &e.plan->blas), "products in chunks");
        const int before = products_of(libraries[i].library);
        check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
        assert_int_equal(products_of(libraries[i].library), before + 3);
        memcpy(p.y, e.y, e.y_bytes);
        assert_null(problem_compare(&p, &e.info));
        finish(&e);
    }
    problem_destroy(&p);
}

/* A product that fails is the execution's failure, with the library's status. */
static void test_failures(void **state) {
    (void)state;
    const nova_conv_desc desc = small();
    const nova_plan_options options = options_for(&desc, "best", 4, 4, true);
    test_random random = {11};
    problem p;
    problem_create(&p, &desc, false, false, &random);
    for (int i = 0; i < 2; i++) {
        execution e;
        set_up(libraries[i].name, NULL);
        prepare(&e, &p, &options);
        set_up(libraries[i].name, libraries[i].function);
        assert_int_equal(nova_hip_execute(e.plan, e.filter, &e.args, NULL), NOVA_INTERNAL);
        assert_non_null(strstr(nova_last_error(), "products: status 6"));
        set_up(libraries[i].name, NULL);
        check_ok(nova_hip_execute(e.plan, e.filter, &e.args, NULL), "execute");
        finish(&e);
    }
    set_up("rocblas", NULL);
    execution e;
    prepare(&e, &p, &options);
    set_up("rocblas", "rocblas_set_stream");
    assert_int_equal(nova_hip_execute(e.plan, e.filter, &e.args, NULL), NOVA_INTERNAL);
    finish(&e);
    problem_destroy(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_handle), cmocka_unit_test(test_choice),
        cmocka_unit_test(test_results), cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
