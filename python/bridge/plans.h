/*
 * plans.h - plans by what they depend on, and packed filters by the weights they were made of.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BRIDGE_PLANS_H
#define NOVA_BRIDGE_PLANS_H

#include <nova_winograd.h>

#include <array>
#include <memory>
#include <string>

#include "torch_api.h"

namespace nova_bridge {

/** Throws with nova's reason if `status` is not NOVA_OK. */
void check_nova(nova_status status);

/** Device of a plan: -1 is the CPU, 0 and above a CUDA or HIP device. */
enum { CPU_DEVICE = -1 };

/** All that a plan depends on, in a form that is quick to compare. */
struct plan_key {
    enum field {
        N,
        C,
        H,
        W,
        K,
        R,
        S,
        TOP,
        BOTTOM,
        LEFT,
        RIGHT,
        DTYPE,
        LAYOUT,
        THREADS,
        DEVICE,
        OPTIONS,
        FIELDS
    };
    std::array<int64_t, FIELDS> value;
    bool operator==(const plan_key &other) const {
        return value == other.value;
    }
};

/** A packed filter of either engine. */
class filter {
  public:
    virtual ~filter() = default;
};

/** Operands of one convolution; `bias` is [k] in binary32 or null, all on the plan's device. */
struct operands {
    const void *x;
    void *y;
    const float *bias;
    void *workspace;
    void *stream; /* devices only */
};

/** A plan of either engine. Immutable, shared by all threads. */
class plan {
  public:
    virtual ~plan() = default;
    const nova_plan_info &info() const {
        return info_;
    }
    int64_t serial() const {
        return serial_;
    } /* never used twice in a process */
    /** Transforms weights, [k][c][r][s] in host memory. */
    virtual std::shared_ptr<filter> pack(const void *weights, nova_dtype dtype) const = 0;
    /** NOVA_STALE if `packed` belongs to another kind of plan; throws on other failures. */
    virtual nova_status execute(const filter &packed, const operands &what) const = 0;

  protected:
    plan();
    /** What both engines are told of an execution. */
    nova_execute_args arguments(const operands &what) const;
    /** `status`, if execute() may return it; throws otherwise. */
    static nova_status stale_or_ok(nova_status status);
    nova_plan_info info_;

  private:
    int64_t serial_;
};

/**
 * A number for the options in `text`, "name=value" separated by commas, for plan_key; the same text
 * has the same number. Names: tile or tile_h and tile_w, points, arith, algorithm, max_error,
 * effort (estimate, measure), scaling, compensation (0, 1), threads; keep=0 for weights that are
 * used once, whose filter is not to be kept. Throws on anything else.
 */
int64_t options_number(const std::string &text);
/** Whether filters are kept with these options. */
bool options_keep(int64_t number);

/** The plan for `key`, made if it is not there yet. */
std::shared_ptr<const plan> find_plan(const plan_key &key);

/**
 * Calls `use` with a filter packed from `weights` for `plan`, until it does not return NOVA_STALE.
 * Filters are kept with the weights' storage (unless `keep` is false) and made anew when the
 * weights have changed; those of another plan are tried first.
 */
nova_status with_filter(const tensor &weights, const std::shared_ptr<const plan> &plan, bool keep,
                        nova_status (*use)(const filter &packed, void *context), void *context);

/** Forgets the filters of the weights at `address`, which null means all. */
void drop_filters(const void *address);
/** Forgets all plans. */
void drop_plans();

/** Counts since the process began. */
struct counts {
    int64_t plans_made, filters_made, plans_kept, weights_kept;
};
counts count();
/** The part of count() that concerns plans. */
void count_plans(counts *out);

/** A plan of libnova_winograd_cuda, or of libnova_winograd_hip where PyTorch is built for ROCm;
   throws where the bridge was built without it. */
std::shared_ptr<const plan> make_device_plan(const nova_conv_desc &desc,
                                             const nova_plan_options &options, int device);
std::shared_ptr<const plan> make_cuda_plan(const nova_conv_desc &desc,
                                           const nova_plan_options &options, int device);
/**
 * A copy of numbers in host memory on the current device, complete when the call returns. Not
 * of PyTorch's allocator, whose memory may belong to a graph that is being captured. Throws where
 * the bridge was built without the engine for such devices.
 */
std::shared_ptr<const float> device_copy(const float *values, int64_t count);
std::shared_ptr<const float> cuda_copy(const float *values, int64_t count);
std::shared_ptr<const plan> make_cpu_plan(const nova_conv_desc &desc,
                                          const nova_plan_options &options);

} // namespace nova_bridge

#endif
