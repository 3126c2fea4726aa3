/*
 * onednn.c - oneDNN 2.x by its C interface, loaded with dlopen().
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "onednn.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <oneapi/dnnl/dnnl.h>

#include "runtime/runtime.h"

#define STRING_OF(value) #value
#define STRING(value) STRING_OF(value)
#define LIBRARY_NAME "libdnnl.so." STRING(DNNL_VERSION_MAJOR)

/* Every function that is used, without its prefix. */
#define FUNCTIONS(X)                                                                               \
    X(version)                                                                                     \
    X(get_effective_cpu_isa)                                                                       \
    X(engine_create)                                                                               \
    X(engine_destroy)                                                                              \
    X(stream_create)                                                                               \
    X(stream_destroy)                                                                              \
    X(stream_wait)                                                                                 \
    X(memory_desc_init_by_tag)                                                                     \
    X(memory_create)                                                                               \
    X(memory_destroy)                                                                              \
    X(convolution_forward_desc_init)                                                               \
    X(reorder_primitive_desc_create)                                                               \
    X(primitive_desc_create)                                                                       \
    X(primitive_desc_destroy)                                                                      \
    X(primitive_desc_query)                                                                        \
    X(primitive_desc_query_md)                                                                     \
    X(primitive_create)                                                                            \
    X(primitive_destroy)                                                                           \
    X(primitive_execute)

typedef struct functions {
#define MEMBER(name) __typeof__(dnnl_##name) *name;
    FUNCTIONS(MEMBER)
#undef MEMBER
} functions;

struct peer_onednn {
    void *handle;
    functions call;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    char version[32];
};

enum { X, WEIGHTS, Y, MEMORIES };

struct peer_onednn_conv {
    const peer_onednn *library;
    dnnl_primitive_desc_t description;
    dnnl_primitive_t primitive;
    dnnl_memory_t memory[MEMORIES];
    const char *kernel;
    dnnl_dims_t y_dims;
};

/* ---- the library */

static nova_status load_functions(peer_onednn *library) {
    const struct {
        const char *name;
        void **slot;
    } table[] = {
#define ROW(name) {"dnnl_" #name, (void **)&library->call.name},
        FUNCTIONS(ROW)
#undef ROW
    };
    for (int i = 0; i < NOVA_COUNT(table); ++i) {
        *table[i].slot = dlsym(library->handle, table[i].name);
        if (*table[i].slot == NULL) {
            return nova_fail(NOVA_NOT_ELIGIBLE, "oneDNN: %s has no %s", LIBRARY_NAME,
                             table[i].name);
        }
    }
    return NOVA_OK;
}

/** oneDNN takes its threads from OpenMP, which is loaded with it. */
static nova_status set_threads(const peer_onednn *library, int threads) {
    void (*set_num_threads)(int);
    *(void **)&set_num_threads = dlsym(library->handle, "omp_set_num_threads");
    if (set_num_threads == NULL) {
        return nova_fail(NOVA_NOT_ELIGIBLE,
                         "oneDNN: built without OpenMP, its threads cannot be set");
    }
    set_num_threads(threads);
    return NOVA_OK;
}

static nova_status open_engine(peer_onednn *library) {
    const functions *call = &library->call;
    const dnnl_version_t *version = call->version();
    snprintf(library->version, sizeof library->version, "%d.%d.%d", version->major, version->minor,
             version->patch);
    if (call->engine_create(&library->engine, dnnl_cpu, 0) != dnnl_success ||
        call->stream_create(&library->stream, library->engine, dnnl_stream_default_flags) !=
            dnnl_success) {
        return nova_fail(NOVA_NOT_ELIGIBLE, "oneDNN: no engine for this processor");
    }
    return NOVA_OK;
}

nova_status peer_onednn_open(int threads, peer_onednn **result) {
    peer_onednn *library = *result = calloc(1, sizeof *library);
    if (library == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "oneDNN: no memory");
    }
    library->handle = dlopen(LIBRARY_NAME, RTLD_NOW | RTLD_LOCAL);
    nova_status status = library->handle != NULL
                             ? load_functions(library)
                             : nova_fail(NOVA_NOT_ELIGIBLE, "oneDNN: %s", dlerror());
    if (status == NOVA_OK) {
        status = set_threads(library, threads);
    }
    if (status == NOVA_OK) {
        status = open_engine(library);
    }
    if (status != NOVA_OK) {
        peer_onednn_close(library);
        *result = NULL;
    }
    return status;
}

/** The library stays loaded: OpenMP's threads do not survive being unloaded. */
void peer_onednn_close(peer_onednn *library) {
    if (library != NULL && library->stream != NULL) {
        library->call.stream_destroy(library->stream);
    }
    if (library != NULL && library->engine != NULL) {
        library->call.engine_destroy(library->engine);
    }
    free(library);
}

const char *peer_onednn_version(const peer_onednn *library) {
    return library->version;
}

bool peer_onednn_has_bf16(const peer_onednn *library) {
    dnnl_cpu_isa_t isa = library->call.get_effective_cpu_isa();
    return (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
}

/* ---- a convolution */

static nova_status check(dnnl_status_t status, const char *what) {
    return status == dnnl_success         ? NOVA_OK
           : status == dnnl_out_of_memory ? nova_fail(NOVA_OUT_OF_MEMORY, "oneDNN: no memory")
           : status == dnnl_unimplemented
               ? nova_fail(NOVA_NOT_ELIGIBLE, "oneDNN: no kernel for %s", what)
               : nova_fail(NOVA_INTERNAL, "oneDNN: %s fails with status %d", what, (int)status);
}

/** Copies between two memories of any layouts and types. */
static nova_status reorder(const peer_onednn *library, dnnl_memory_t from,
                           const dnnl_memory_desc_t *from_desc, dnnl_memory_t to,
                           const dnnl_memory_desc_t *to_desc) {
    const functions *call = &library->call;
    dnnl_primitive_desc_t description = NULL;
    dnnl_primitive_t primitive = NULL;
    const dnnl_exec_arg_t operands[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    nova_status status =
        check(call->reorder_primitive_desc_create(&description, from_desc, library->engine, to_desc,
                                                  library->engine, NULL),
              "a reorder");
    if (status == NOVA_OK) {
        status = check(call->primitive_create(&primitive, description), "a reorder");
    }
    if (status == NOVA_OK) {
        status =
            check(call->primitive_execute(primitive, library->stream, 2, operands), "a reorder");
    }
    if (status == NOVA_OK) {
        status = check(call->stream_wait(library->stream), "a reorder");
    }
    if (primitive != NULL) {
        call->primitive_destroy(primitive);
    }
    if (description != NULL) {
        call->primitive_desc_destroy(description);
    }
    return status;
}

static const dnnl_memory_desc_t *operand_desc(const peer_onednn_conv *conv, int operand) {
    static const dnnl_query_t queries[] = {dnnl_query_src_md, dnnl_query_weights_md,
                                           dnnl_query_dst_md};
    return conv->library->call.primitive_desc_query_md(conv->description, queries[operand], 0);
}

/** Copies a plain binary32 tensor into an operand, or (to_plain) out of it. */
static nova_status exchange(const peer_onednn_conv *conv, int operand, const dnnl_dims_t dims,
                            float *plain, bool to_plain) {
    const peer_onednn *library = conv->library;
    dnnl_memory_desc_t desc;
    dnnl_memory_t memory = NULL;
    nova_status status =
        check(library->call.memory_desc_init_by_tag(&desc, 4, dims, dnnl_f32, dnnl_abcd),
              "a plain layout");
    if (status == NOVA_OK) {
        status = check(library->call.memory_create(&memory, &desc, library->engine, plain),
                       "a plain tensor");
    }
    if (status == NOVA_OK) {
        status = to_plain ? reorder(library, conv->memory[operand], operand_desc(conv, operand),
                                    memory, &desc)
                          : reorder(library, memory, &desc, conv->memory[operand],
                                    operand_desc(conv, operand));
    }
    if (memory != NULL) {
        library->call.memory_destroy(memory);
    }
    return status;
}

/** Lets oneDNN choose layouts and kernel. */
static nova_status describe(peer_onednn_conv *conv, const nova_conv_desc *desc,
                            dnnl_alg_kind_t algorithm, dnnl_data_type_t type,
                            const dnnl_dims_t x_dims, const dnnl_dims_t weight_dims) {
    const functions *call = &conv->library->call;
    dnnl_memory_desc_t x, weights, y;
    dnnl_convolution_desc_t convolution;
    const dnnl_dims_t strides = {1, 1}, before = {desc->pad_top, desc->pad_left},
                      after = {desc->pad_bottom, desc->pad_right};
    if (call->memory_desc_init_by_tag(&x, 4, x_dims, type, dnnl_format_tag_any) != dnnl_success ||
        call->memory_desc_init_by_tag(&weights, 4, weight_dims, type, dnnl_format_tag_any) !=
            dnnl_success ||
        call->memory_desc_init_by_tag(&y, 4, conv->y_dims, type, dnnl_format_tag_any) !=
            dnnl_success) {
        return nova_fail(NOVA_NOT_ELIGIBLE, "oneDNN: these shapes are refused");
    }
    nova_status status =
        check(call->convolution_forward_desc_init(&convolution, dnnl_forward_inference, algorithm,
                                                  &x, &weights, NULL, &y, strides, before, after),
              "this convolution");
    return status == NOVA_OK ? check(call->primitive_desc_create(&conv->description, &convolution,
                                                                 NULL, conv->library->engine, NULL),
                                     "this convolution")
                             : status;
}

static nova_status allocate(peer_onednn_conv *conv) {
    const functions *call = &conv->library->call;
    nova_status status =
        check(call->primitive_create(&conv->primitive, conv->description), "this convolution");
    for (int i = 0; status == NOVA_OK && i < MEMORIES; ++i) {
        status = check(call->memory_create(&conv->memory[i], operand_desc(conv, i),
                                           conv->library->engine, DNNL_MEMORY_ALLOCATE),
                       "an operand");
    }
    if (status == NOVA_OK) {
        status = check(call->primitive_desc_query(conv->description, dnnl_query_impl_info_str, 0,
                                                  (void *)&conv->kernel),
                       "the kernel's name");
    }
    return status;
}

nova_status peer_onednn_conv_create(const peer_onednn *library, const nova_conv_desc *desc,
                                    peer_onednn_algorithm algorithm, nova_dtype dtype,
                                    const float *x, const float *weights,
                                    peer_onednn_conv **result) {
    const dnnl_dims_t x_dims = {desc->n, desc->c, desc->h, desc->w};
    const dnnl_dims_t weight_dims = {desc->k, desc->c, desc->r, desc->s};
    peer_onednn_conv *conv = *result = calloc(1, sizeof *conv);
    if (conv == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "oneDNN: no memory");
    }
    conv->library = library;
    conv->y_dims[0] = desc->n;
    conv->y_dims[1] = desc->k;
    conv->y_dims[2] = desc->h + desc->pad_top + desc->pad_bottom - desc->r + 1;
    conv->y_dims[3] = desc->w + desc->pad_left + desc->pad_right - desc->s + 1;
    nova_status status = describe(conv, desc,
                                  algorithm == PEER_ONEDNN_DIRECT ? dnnl_convolution_direct
                                                                  : dnnl_convolution_winograd,
                                  dtype == NOVA_BF16 ? dnnl_bf16 : dnnl_f32, x_dims, weight_dims);
    if (status == NOVA_OK) {
        status = allocate(conv);
    }
    if (status == NOVA_OK) { /* oneDNN takes no const memory, but only reads these */
        status = exchange(conv, X, x_dims, (float *)x, false);
    }
    if (status == NOVA_OK) {
        status = exchange(conv, WEIGHTS, weight_dims, (float *)weights, false);
    }
    if (status != NOVA_OK) {
        peer_onednn_conv_destroy(conv);
        *result = NULL;
    }
    return status;
}

void peer_onednn_conv_destroy(peer_onednn_conv *conv) {
    if (conv == NULL) {
        return;
    }
    for (int i = 0; i < MEMORIES; ++i) {
        if (conv->memory[i] != NULL) {
            conv->library->call.memory_destroy(conv->memory[i]);
        }
    }
    if (conv->primitive != NULL) {
        conv->library->call.primitive_destroy(conv->primitive);
    }
    if (conv->description != NULL) {
        conv->library->call.primitive_desc_destroy(conv->description);
    }
    free(conv);
}

const char *peer_onednn_conv_kernel(const peer_onednn_conv *conv) {
    return conv->kernel;
}

nova_status peer_onednn_conv_run(const peer_onednn_conv *conv) {
    const functions *call = &conv->library->call;
    const dnnl_exec_arg_t operands[] = {{DNNL_ARG_SRC, conv->memory[X]},
                                        {DNNL_ARG_WEIGHTS, conv->memory[WEIGHTS]},
                                        {DNNL_ARG_DST, conv->memory[Y]}};
    nova_status status =
        check(call->primitive_execute(conv->primitive, conv->library->stream, MEMORIES, operands),
              "a convolution");
    return status == NOVA_OK ? check(call->stream_wait(conv->library->stream), "a convolution")
                             : status;
}

nova_status peer_onednn_conv_read(const peer_onednn_conv *conv, float *y) {
    return exchange(conv, Y, conv->y_dims, y, true);
}
