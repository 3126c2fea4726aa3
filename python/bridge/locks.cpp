/*
 * locks.cpp - mutexes that survive a fork.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "locks.h"

#include <pthread.h>

#include <cstdlib>

namespace nova_bridge {

namespace {

enum { MAX_LOCKS = 8 };
/* Constant initialisation: other files' static objects register themselves at any time. */
std::mutex *locks[MAX_LOCKS];
int lock_count;

void hold_all() {
    for (int i = 0; i < lock_count; ++i) {
        locks[i]->lock();
    }
}

void release_all() {
    for (int i = lock_count; i-- > 0;) {
        locks[i]->unlock();
    }
}

} // namespace

fork_guard::fork_guard(std::mutex &lock) {
    if (lock_count == MAX_LOCKS) {
        std::abort(); // a mistake in this library, seen when it is first loaded
    }
    if (lock_count == 0) {
        pthread_atfork(hold_all, release_all, release_all);
    }
    locks[lock_count++] = &lock;
}

} // namespace nova_bridge
