/*
 * locks.h - mutexes that survive a fork.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BRIDGE_LOCKS_H
#define NOVA_BRIDGE_LOCKS_H

#include <mutex>

namespace nova_bridge {

/**
 * Holds `lock` while the process forks, so that no other thread holds it in the child. For mutexes
 * that are never destroyed; at most 8 in all.
 */
class fork_guard {
  public:
    explicit fork_guard(std::mutex &lock);
};

} // namespace nova_bridge

#endif
