/*
 * workspaces.cpp - working memory of executions on the CPU, kept between calls, because fresh
 * memory costs a page fault for every 4 KiB. As many pieces as there were calls at the same time.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "workspaces.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "locks.h"

namespace nova_bridge {

namespace {

struct store {
    std::mutex lock;
    std::vector<tensor> idle; /* by size, the largest last */
};

store &the_store() {
    static store *const instance = new store;
    return *instance;
}

const fork_guard guard(the_store().lock);

} // namespace

tensor take_workspace(int64_t bytes) {
    store &all = the_store();
    {
        std::lock_guard<std::mutex> hold(all.lock);
        // If even the largest is too small it is replaced, and does not come back.
        if (!all.idle.empty()) {
            tensor largest = std::move(all.idle.back());
            all.idle.pop_back();
            if (*largest.sizes() >= bytes) {
                return largest;
            }
        }
    }
    int64_t stride = 1;
    return tensor::empty(1, &bytes, &stride, torch().aoti_torch_dtype_uint8(),
                         torch().aoti_torch_device_type_cpu(), 0);
}

void give_back_workspace(tensor workspace) {
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    auto place =
        std::lower_bound(all.idle.begin(), all.idle.end(), *workspace.sizes(),
                         [](const tensor &other, int64_t bytes) { return *other.sizes() < bytes; });
    all.idle.insert(place, std::move(workspace));
}

void drop_workspaces() {
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    all.idle.clear();
}

} // namespace nova_bridge
