/*
 * cuda_engine.cpp - plans and filters of libnova_winograd_cuda, where the bridge is built with it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdexcept>

#include "plans.h"

#ifdef NOVA_BRIDGE_CUDA
#include <nova_winograd_gpu.h>
#endif

namespace nova_bridge {

#ifdef NOVA_BRIDGE_CUDA

namespace {

class cuda_filter : public filter {
  public:
    cuda_filter(const nova_cuda_plan *plan, const void *weights, nova_dtype dtype) {
        check_nova(nova_cuda_filter_create(plan, weights, dtype, &filter_));
    }
    cuda_filter(const cuda_filter &) = delete;
    cuda_filter &operator=(const cuda_filter &) = delete;
    ~cuda_filter() override {
        nova_cuda_filter_destroy(filter_);
    }
    const nova_cuda_filter *get() const {
        return filter_;
    }

  private:
    nova_cuda_filter *filter_ = nullptr;
};

class cuda_plan : public plan {
  public:
    cuda_plan(const nova_conv_desc &desc, const nova_plan_options &options, int device) {
        check_nova(nova_cuda_plan_create(&desc, &options, device, &plan_));
        nova_cuda_plan_get_info(plan_, &info_);
    }
    cuda_plan(const cuda_plan &) = delete;
    cuda_plan &operator=(const cuda_plan &) = delete;
    ~cuda_plan() override {
        nova_cuda_plan_destroy(plan_);
    }

    std::shared_ptr<filter> pack(const void *weights, nova_dtype dtype) const override {
        return std::make_shared<cuda_filter>(plan_, weights, dtype);
    }

    nova_status execute(const filter &packed, const operands &what) const override {
        nova_execute_args args;
        nova_execute_args_init(&args);
        args.x = what.x;
        args.y = what.y;
        args.bias = what.bias;
        args.workspace = what.workspace;
        args.workspace_bytes = info_.workspace_bytes;
        nova_status status = nova_cuda_execute(
            plan_, static_cast<const cuda_filter &>(packed).get(), &args, what.stream);
        if (status != NOVA_STALE) {
            check_nova(status);
        }
        return status;
    }

  private:
    nova_cuda_plan *plan_ = nullptr;
};

} // namespace

std::shared_ptr<const plan> make_cuda_plan(const nova_conv_desc &desc,
                                           const nova_plan_options &options, int device) {
    return std::make_shared<cuda_plan>(desc, options, device);
}

#else

std::shared_ptr<const plan> make_cuda_plan(const nova_conv_desc &, const nova_plan_options &, int) {
    throw std::runtime_error("nova_winograd: this build has no engine for CUDA devices");
}

#endif

} // namespace nova_bridge
