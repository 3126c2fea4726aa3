/*
 * engine.h - what the engines' plans and filters have in common: handles with an owner.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BRIDGE_ENGINE_H
#define NOVA_BRIDGE_ENGINE_H

#include <memory>

#include "plans.h"

namespace nova_bridge {

template <auto destroy> struct destroyer {
    template <typename T> void operator()(T *handle) const {
        destroy(handle);
    }
};

/** A handle of one of nova's libraries that is destroyed with its owner. */
template <typename T, auto destroy> using owned = std::unique_ptr<T, destroyer<destroy>>;

/** A packed filter of the engine whose handles are of type T. */
template <typename T, auto destroy> class packed_filter_of : public filter {
  public:
    explicit packed_filter_of(T *handle) : handle_(handle) {
    }
    /** The handle in `packed`, which must be of this engine. */
    static const T *of(const filter &packed) {
        return static_cast<const packed_filter_of &>(packed).handle_.get();
    }

  private:
    owned<T, destroy> handle_;
};

} // namespace nova_bridge

#endif
