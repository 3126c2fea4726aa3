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

/** The functions of a library for devices that differ in nothing but their types. */
template <typename Plan, typename Filter, auto create, auto destroy, auto get_info,
          auto filter_create, auto filter_destroy, auto run>
class device_plan : public plan {
  public:
    device_plan(const nova_conv_desc &desc, const nova_plan_options &options, int device) {
        Plan *made = nullptr;
        check_nova(create(&desc, &options, device, &made));
        plan_.reset(made);
        get_info(made, &info_);
    }

    std::shared_ptr<filter> pack(const void *weights, nova_dtype dtype) const override {
        Filter *made = nullptr;
        check_nova(filter_create(plan_.get(), weights, dtype, &made));
        return std::make_shared<packed_filter>(made);
    }

    nova_status execute(const filter &packed, const operands &what) const override {
        nova_execute_args args = arguments(what);
        return stale_or_ok(run(plan_.get(), packed_filter::of(packed), &args, what.stream));
    }

  private:
    typedef packed_filter_of<Filter, filter_destroy> packed_filter;
    owned<Plan, destroy> plan_;
};

} // namespace nova_bridge

#endif
