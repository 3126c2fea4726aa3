/*
 * driver.cpp - an emulated device in place of src/hip/driver.c: kernels are functions of this
 * program, found by their names.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unordered_map>

#include "../block.h"
extern "C" {
#include "hip/args.h"
#include "hip/driver.h"
}
#include "hip/tiles.h"

/* ---- kernels, whose arguments are passed by value */

#define STAGE(type)                                                                                \
    extern "C" void nova_transpose_##type(nova_hip_transpose_args);                                \
    extern "C" void nova_gather_##type(nova_gpu_gather_args);                                      \
    extern "C" void nova_finish_##type(nova_gpu_finish_args);                                      \
    extern "C" void nova_products_##type(nova_gpu_products_args);
#define INPUT(h, w)                                                                                \
    extern "C" void nova_input_##h##_##w##_f16(nova_hip_input_args);                               \
    extern "C" void nova_input_##h##_##w##_bf16(nova_hip_input_args);
#define OUTPUT(h, w)                                                                               \
    extern "C" void nova_output_##h##_##w##_f16(nova_hip_output_args);                             \
    extern "C" void nova_output_##h##_##w##_bf16(nova_hip_output_args);                            \
    extern "C" void nova_output32_##h##_##w##_f16(nova_hip_output_args);                           \
    extern "C" void nova_output32_##h##_##w##_bf16(nova_hip_output_args);
#define FUSED(in, out)                                                                             \
    extern "C" void nova_fused_##in##_##out##_f16(nova_hip_fused_args);                            \
    extern "C" void nova_fused_##in##_##out##_bf16(nova_hip_fused_args);
STAGE(f16)
STAGE(bf16)
NOVA_FOR_EACH_HIP_INPUT(INPUT)
NOVA_FOR_EACH_HIP_OUTPUT(OUTPUT)
NOVA_FOR_EACH_HIP_FUSED(FUSED)
#undef FUSED
#undef STAGE
#undef INPUT
#undef OUTPUT

namespace {

typedef std::function<void(const void *)> kernel;

template <typename Args> kernel with_args(void (*function)(Args)) {
    return [function](const void *args) { function(*static_cast<const Args *>(args)); };
}

std::unordered_map<std::string, kernel> make_kernels() {
    std::unordered_map<std::string, kernel> made;
#define ADD(name) made[#name] = with_args(name);
#define STAGE(type)                                                                                \
    ADD(nova_transpose_##type)                                                                     \
    ADD(nova_gather_##type) ADD(nova_finish_##type) ADD(nova_products_##type)
#define INPUT(h, w) ADD(nova_input_##h##_##w##_f16) ADD(nova_input_##h##_##w##_bf16)
#define OUTPUT(h, w)                                                                               \
    ADD(nova_output_##h##_##w##_f16)                                                               \
    ADD(nova_output_##h##_##w##_bf16)                                                              \
    ADD(nova_output32_##h##_##w##_f16)                                                             \
    ADD(nova_output32_##h##_##w##_bf16)
    STAGE(f16)
    STAGE(bf16)
    NOVA_FOR_EACH_HIP_INPUT(INPUT)
    NOVA_FOR_EACH_HIP_OUTPUT(OUTPUT)
#define FUSED(in, out) ADD(nova_fused_##in##_##out##_f16) ADD(nova_fused_##in##_##out##_bf16)
    NOVA_FOR_EACH_HIP_FUSED(FUSED)
    return made;
}

enum { INVALID = 1, NOT_FOUND = 500, PROCESSORS = 4, LANES = 64 };

int get_device_count(int *count) {
    *count = 1;
    return 0;
}
int get_device(int *device) {
    *device = 0;
    return 0;
}
int set_device(int device) {
    return device == 0 ? 0 : INVALID;
}
const char *error_string(int error) {
    return error == NOT_FOUND ? "not found" : error == INVALID ? "invalid argument" : "error";
}
int attribute(int *value, int number, int device) {
    *value = PROCESSORS;
    return number == NOVA_HIP_PROCESSORS && device == 0 ? 0 : INVALID;
}
int device_name(char *name, int bytes, int device) {
    std::snprintf(name, (size_t)bytes, "emulated");
    return device == 0 ? 0 : INVALID;
}
int allocate(void **memory, size_t bytes) {
    enum { ALIGNMENT = 256 };
    return posix_memalign(memory, ALIGNMENT, bytes > 0 ? bytes : 1) == 0 ? 0
                                                                         : NOVA_HIP_OUT_OF_MEMORY;
}
int release(void *memory) {
    std::free(memory);
    return 0;
}
int copy(void *to, const void *from, size_t bytes, int) {
    std::memcpy(to, from, bytes);
    return 0;
}
int load_module(void **module, const void *image) {
    static std::unordered_map<std::string, kernel> kernels = make_kernels();
    *module = &kernels;
    return image ? 0 : INVALID;
}
int get_function(void **function, void *module, const char *name) {
    auto &kernels = *static_cast<std::unordered_map<std::string, kernel> *>(module);
    const auto found = kernels.find(name);
    if (found == kernels.end())
        return NOT_FOUND;
    *function = &found->second;
    return 0;
}
int launch(void *function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned, unsigned,
           unsigned, void *, void **arguments, void **) {
    if (x == 0 || y == 0 || z == 0)
        return INVALID;
    const kernel &body = *static_cast<const kernel *>(function);
    const void *args = arguments[0];
    emulated::run_grid({x, y, z}, threads, LANES, [&] { body(args); });
    return 0;
}

/* Launches are done when they return: an event is the time at which it was recorded. */
typedef std::chrono::steady_clock::time_point event;

int create_event(void **made) {
    *made = new event;
    return 0;
}
int destroy_event(void *it) {
    delete static_cast<event *>(it);
    return 0;
}
int record_event(void *it, void *) {
    *static_cast<event *>(it) = std::chrono::steady_clock::now();
    return 0;
}
int synchronize_event(void *) {
    return 0;
}
int elapsed_time(float *milliseconds, void *start, void *stop) {
    const std::chrono::duration<float, std::milli> passed =
        *static_cast<event *>(stop) - *static_cast<event *>(start);
    *milliseconds = passed.count();
    return 0;
}

const nova_hip_driver emulated_driver = {
    get_device_count, get_device,    set_device,   error_string,      attribute,    device_name,
    allocate,         release,       copy,         load_module,       get_function, launch,
    create_event,     destroy_event, record_event, synchronize_event, elapsed_time};

} // namespace

extern "C" nova_status nova_hip_driver_find(const nova_hip_driver **driver) {
    *driver = &emulated_driver;
    return NOVA_OK;
}

extern "C" const void *nova_hip_image(nova_dtype) {
    return &emulated_driver; /* not looked at */
}
