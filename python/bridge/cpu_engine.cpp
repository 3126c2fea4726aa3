/*
 * cpu_engine.cpp - plans and filters of libnova_winograd, run on PyTorch's threads.
 *
 * PyTorch's threads and not nova's own: both kinds spin for a while after a parallel loop, so two
 * pools on the same processors take the time from each other.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "engine.h"

namespace nova_bridge {

void check_nova(nova_status status) {
    if (status != NOVA_OK) {
        throw std::runtime_error(std::string("nova_winograd: ") + nova_status_string(status) +
                                 ": " + nova_last_error());
    }
}

plan::plan() : info_{} {
    static std::atomic<int64_t> next{1};
    info_.struct_size = sizeof info_;
    serial_ = next.fetch_add(1);
}

nova_execute_args plan::arguments(const operands &what) const {
    nova_execute_args args;
    nova_execute_args_init(&args);
    args.x = what.x;
    args.y = what.y;
    args.bias = what.bias;
    args.workspace = what.workspace;
    args.workspace_bytes = info_.workspace_bytes;
    return args;
}

nova_status plan::stale_or_ok(nova_status status) {
    if (status != NOVA_STALE) {
        check_nova(status);
    }
    return status;
}

namespace {

/** Tasks that are drawn one by one, as nova's own threads draw them. */
struct job {
    void (*task)(void *argument, int index);
    void *argument;
    int tasks;
    std::atomic<int> next{0};
};

void draw(int64_t, int64_t, void *context) {
    auto *work = static_cast<job *>(context);
    for (int i = work->next.fetch_add(1); i < work->tasks; i = work->next.fetch_add(1)) {
        work->task(work->argument, i);
    }
}

void parallel_for(void *context, void (*task)(void *argument, int index), void *argument,
                  int tasks) {
    int threads = std::min(*static_cast<int *>(context), tasks);
    job work{task, argument, tasks};
    // Where libtorch refuses to start a parallel loop, the tasks that are left run here.
    if (threads > 1) {
        torch().torch_parallel_for(0, threads, 1, draw, &work);
    }
    draw(0, 0, &work);
}

typedef packed_filter_of<nova_filter, nova_filter_destroy> cpu_filter;

class cpu_plan : public plan {
  public:
    cpu_plan(const nova_conv_desc &desc, const nova_plan_options &options) {
        nova_plan *made = nullptr;
        check_nova(nova_plan_create(&desc, &options, &made));
        plan_.reset(made);
        nova_plan_get_info(made, &info_);
    }

    std::shared_ptr<filter> pack(const void *weights, nova_dtype dtype) const override {
        nova_filter *made = nullptr;
        check_nova(nova_filter_create(plan_.get(), weights, dtype, &made));
        return std::make_shared<cpu_filter>(made);
    }

    nova_status execute(const filter &packed, const operands &what) const override {
        int threads = info_.threads;
        nova_threads pool{sizeof pool, &threads, parallel_for};
        nova_execute_args args = arguments(what);
        args.threads = &pool;
        return stale_or_ok(nova_execute(plan_.get(), cpu_filter::of(packed), &args));
    }

  private:
    owned<nova_plan, nova_plan_destroy> plan_;
};

} // namespace

std::shared_ptr<const plan> make_cpu_plan(const nova_conv_desc &desc,
                                          const nova_plan_options &options) {
    return std::make_shared<cpu_plan>(desc, options);
}

} // namespace nova_bridge
