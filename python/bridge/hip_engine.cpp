/*
 * hip_engine.cpp - plans and filters of libnova_winograd_hip, where the bridge is built with it;
 * and which of the engines for devices serves the PyTorch that is loaded, whose ROCm builds call
 * AMD's devices "cuda", too.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdexcept>

#include "engine.h"

#ifdef NOVA_BRIDGE_HIP
#include <nova_winograd_hip.h>
extern "C" {
#include "hip/driver.h"
}
#endif

namespace nova_bridge {

namespace {

#ifdef NOVA_BRIDGE_HIP

typedef device_plan<nova_hip_plan, nova_hip_filter, nova_hip_plan_create, nova_hip_plan_destroy,
                    nova_hip_plan_get_info, nova_hip_filter_create, nova_hip_filter_destroy,
                    nova_hip_execute>
    hip_plan;

std::shared_ptr<const plan> make_hip_plan(const nova_conv_desc &desc,
                                          const nova_plan_options &options, int device) {
    return std::make_shared<hip_plan>(desc, options, device);
}

std::shared_ptr<const float> hip_copy(const float *values, int64_t count) {
    const nova_hip_driver *driver = nullptr;
    check_nova(nova_hip_driver_find(&driver));
    const size_t bytes = static_cast<size_t>(count) * sizeof *values;
    void *memory = nullptr;
    int error = driver->Malloc(&memory, bytes);
    std::shared_ptr<float> copy(static_cast<float *>(memory),
                                [driver](float *it) { (void)driver->Free(it); });
    if (error == 0) {
        error = driver->Memcpy(memory, values, bytes, NOVA_HIP_TO_DEVICE);
    }
    if (error != 0) {
        throw std::runtime_error(std::string("nova_winograd: HIP: ") +
                                 driver->GetErrorString(error));
    }
    return copy;
}

#else

[[noreturn]] void refuse() {
    throw std::runtime_error("nova_winograd: this build has no engine for AMD devices");
}

std::shared_ptr<const plan> make_hip_plan(const nova_conv_desc &, const nova_plan_options &, int) {
    refuse();
}

std::shared_ptr<const float> hip_copy(const float *, int64_t) {
    refuse();
}

#endif

} // namespace

std::shared_ptr<const plan> make_device_plan(const nova_conv_desc &desc,
                                             const nova_plan_options &options, int device) {
    return torch_is_rocm() ? make_hip_plan(desc, options, device)
                           : make_cuda_plan(desc, options, device);
}

std::shared_ptr<const float> device_copy(const float *values, int64_t count) {
    return torch_is_rocm() ? hip_copy(values, count) : cuda_copy(values, count);
}

} // namespace nova_bridge
