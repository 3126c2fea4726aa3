/*
 * cuda_engine.cpp - plans and filters of libnova_winograd_cuda, where the bridge is built with it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdexcept>

#include "engine.h"

#ifdef NOVA_BRIDGE_CUDA
#include <cuda_runtime_api.h>
#include <nova_winograd_gpu.h>
#endif

namespace nova_bridge {

#ifdef NOVA_BRIDGE_CUDA

namespace {

typedef device_plan<nova_cuda_plan, nova_cuda_filter, nova_cuda_plan_create, nova_cuda_plan_destroy,
                    nova_cuda_plan_get_info, nova_cuda_filter_create, nova_cuda_filter_destroy,
                    nova_cuda_execute>
    cuda_plan;

void check_cuda(cudaError_t error) {
    if (error != cudaSuccess) {
        throw std::runtime_error(std::string("nova_winograd: CUDA: ") + cudaGetErrorString(error));
    }
}

} // namespace

std::shared_ptr<const plan> make_cuda_plan(const nova_conv_desc &desc,
                                           const nova_plan_options &options, int device) {
    return std::make_shared<cuda_plan>(desc, options, device);
}

std::shared_ptr<const float> cuda_copy(const float *values, int64_t count) {
    const size_t bytes = static_cast<size_t>(count) * sizeof *values;
    void *memory = nullptr;
    check_cuda(cudaMalloc(&memory, bytes));
    std::shared_ptr<float> copy(static_cast<float *>(memory), cudaFree);
    check_cuda(cudaMemcpy(memory, values, bytes, cudaMemcpyHostToDevice));
    // A copy from pageable memory may still be on its way.
    check_cuda(cudaStreamSynchronize(nullptr));
    return copy;
}

#else

namespace {

[[noreturn]] void refuse() {
    throw std::runtime_error("nova_winograd: this build has no engine for CUDA devices");
}

} // namespace

std::shared_ptr<const plan> make_cuda_plan(const nova_conv_desc &, const nova_plan_options &, int) {
    refuse();
}

std::shared_ptr<const float> cuda_copy(const float *, int64_t) {
    refuse();
}

#endif

} // namespace nova_bridge
