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

typedef packed_filter_of<nova_cuda_filter, nova_cuda_filter_destroy> cuda_filter;

class cuda_plan : public plan {
  public:
    cuda_plan(const nova_conv_desc &desc, const nova_plan_options &options, int device) {
        nova_cuda_plan *made = nullptr;
        check_nova(nova_cuda_plan_create(&desc, &options, device, &made));
        plan_.reset(made);
        nova_cuda_plan_get_info(made, &info_);
    }

    std::shared_ptr<filter> pack(const void *weights, nova_dtype dtype) const override {
        nova_cuda_filter *made = nullptr;
        check_nova(nova_cuda_filter_create(plan_.get(), weights, dtype, &made));
        return std::make_shared<cuda_filter>(made);
    }

    nova_status execute(const filter &packed, const operands &what) const override {
        nova_execute_args args = arguments(what);
        return stale_or_ok(
            nova_cuda_execute(plan_.get(), cuda_filter::of(packed), &args, what.stream));
    }

  private:
    owned<nova_cuda_plan, nova_cuda_plan_destroy> plan_;
};

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

std::shared_ptr<const float> device_copy(const float *values, int64_t count) {
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

std::shared_ptr<const float> device_copy(const float *, int64_t) {
    refuse();
}

#endif

} // namespace nova_bridge
