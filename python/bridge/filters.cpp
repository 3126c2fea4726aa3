/*
 * filters.cpp - packed filters, kept with the storage of the weights they were made of.
 *
 * The operators are functions of tensors, so that torch.compile and torch.export can treat them as
 * such; that a filter is transformed once is hidden in here. Weights are recognised by the address
 * of their data and the count of changes in place that PyTorch keeps. An entry holds a reference to
 * the storage, so that no other tensor can come to lie at the same address while it is known.
 * Changes through `.data`, and of inference tensors, are not counted, which is why some values of
 * weights in host memory are looked at on every call: all of small weights, a sample of others.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <algorithm>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "locks.h"
#include "plans.h"

namespace nova_bridge {

namespace {

/* Of weights that are new tensors in every call, this many stay in memory. */
constexpr int64_t MAX_IDLE = 256;
/* Weights whose plan differs in every call (dynamic shapes) remember this many. */
constexpr size_t MAX_REMEMBERED = 512;

/** The order of a device's filter that is not the usual one, by the name of the blocks: the taps
   are channels, or the kernel has an order of its own. */
std::string order_of(const std::string &blocks) {
    const std::string kind = blocks.substr(0, blocks.find(','));
    const bool own = kind == "gathered" || kind == "fused" || kind.rfind("few-", 0) == 0;
    return own ? kind : "";
}

/** What makes a packed filter usable for a plan, as far as the plan's description tells. */
struct filter_kind {
    nova_algorithm algorithm;
    int tile_h, tile_w;
    nova_arith arith;
    nova_place ghat;
    size_t packed_bytes;
    std::string order, set, kernels;

    explicit filter_kind(const nova_plan_info &info)
        : algorithm(info.algorithm), tile_h(info.tile_h), tile_w(info.tile_w), arith(info.arith),
          ghat(info.schedule.ghat), packed_bytes(info.packed_bytes), order(order_of(info.blocks)),
          set(info.set), kernels(info.kernels) {
    }
    bool operator==(const filter_kind &other) const {
        return algorithm == other.algorithm && tile_h == other.tile_h && tile_w == other.tile_w &&
               arith == other.arith && ghat == other.ghat && packed_bytes == other.packed_bytes &&
               order == other.order && set == other.set && kernels == other.kernels;
    }
};

struct packed_filter {
    filter_kind kind;
    std::shared_ptr<filter> packed;
};

/** Filters of one state of one weight tensor. */
struct weight_entry {
    std::mutex building; /* one thread transforms, the others wait for it */
    tensor storage;
    int64_t version = 0;
    uint64_t contents = 0; /* hash of a sample */
    int32_t dtype = 0;
    std::array<int64_t, 4> sizes{}, strides{};
    std::vector<packed_filter> filters;
    std::unordered_map<int64_t, std::shared_ptr<filter>> by_plan; /* by the plan's serial number */
    int64_t last_use = 0;
};

struct store {
    std::mutex lock;
    std::unordered_map<const void *, std::shared_ptr<weight_entry>> entries;
    int64_t made = 0;     /* filters */
    int64_t replaced = 0; /* entries that were added or renewed: the clock of last_use */
};

store &the_store() {
    static store *const instance = new store;
    return *instance;
}

const fork_guard guard(the_store().lock);

nova_dtype weight_type(int32_t dtype) {
    if (dtype == torch().aoti_torch_dtype_float32()) {
        return NOVA_F32;
    }
    if (dtype == torch().aoti_torch_dtype_float16()) {
        return NOVA_F16;
    }
    if (dtype == torch().aoti_torch_dtype_bfloat16()) {
        return NOVA_BF16;
    }
    throw std::runtime_error("nova_winograd: weight must be float32, float16 or bfloat16");
}

typedef std::array<int64_t, 4> dims;

dims dense(const int64_t *sizes) {
    return {sizes[1] * sizes[2] * sizes[3], sizes[2] * sizes[3], sizes[3], 1};
}

/** The weights as [k][c][r][s] in host memory. */
tensor host_copy(const tensor &weights) {
    return weights.detach().copy(dense(weights.sizes()).data(), weights.dtype(),
                                 torch().aoti_torch_device_type_cpu(), 0);
}

int64_t elements(const tensor &weights) {
    const int64_t *sizes = weights.sizes();
    return sizes[0] * sizes[1] * sizes[2] * sizes[3];
}

size_t element_size(nova_dtype dtype) {
    return dtype == NOVA_F32 ? 4 : 2;
}

bool is_on_host(const tensor &weights) {
    return weights.device_type() == torch().aoti_torch_device_type_cpu();
}

bool is_dense_on_host(const tensor &weights) {
    return is_on_host(weights) &&
           std::equal(weights.strides(), weights.strides() + 4, dense(weights.sizes()).begin());
}

uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    return hash ^ hash >> 29;
}

/** Hash of the words of dense weights: of all of them up to ALL_WORDS, of SAMPLES of more. */
uint64_t hash_dense(const tensor &weights, size_t bytes) {
    constexpr size_t ALL_WORDS = 1024, SAMPLES = 128;
    const auto *data = static_cast<const unsigned char *>(weights.data());
    const size_t words = bytes / sizeof(uint64_t);
    const size_t step = words <= ALL_WORDS ? 1 : words / SAMPLES;
    uint64_t hash = 0, word = 0;
    for (size_t i = 0; i < words; i += step) {
        std::memcpy(&word, data + i * sizeof word, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    std::memcpy(&word, data + words * sizeof word, bytes % sizeof word);
    return mix(hash, word);
}

/** The same for weights that are not dense, by elements. */
uint64_t hash_strided(const tensor &weights, size_t size) {
    constexpr int64_t SAMPLES = 128;
    const int64_t *sizes = weights.sizes(), *strides = weights.strides();
    const auto *data = static_cast<const unsigned char *>(weights.data());
    const int64_t all = elements(weights);
    const int64_t step = std::max<int64_t>(1, all / SAMPLES);
    uint64_t hash = 0;
    for (int64_t i = 0; i < all; i += step) {
        int64_t rest = i, offset = 0;
        for (int d = 3; d >= 0; --d) {
            offset += rest % sizes[d] * strides[d];
            rest /= sizes[d];
        }
        uint64_t word = 0;
        std::memcpy(&word, data + static_cast<size_t>(offset) * size, size);
        hash = mix(hash, word);
    }
    return hash;
}

/** A hash of some of the values of weights in host memory; of a device's, nothing. */
uint64_t hash_sample(const tensor &weights) {
    if (!is_on_host(weights)) {
        return 0;
    }
    const size_t size = element_size(weight_type(weights.dtype()));
    const int64_t *sizes = weights.sizes(), *strides = weights.strides();
    dims last = {sizes[1] * sizes[2] * sizes[3], 1, sizes[1] * sizes[3], sizes[1]};
    if (is_dense_on_host(weights) || std::equal(last.begin(), last.end(), strides)) {
        return hash_dense(weights, static_cast<size_t>(elements(weights)) * size);
    }
    return hash_strided(weights, size);
}

bool is_current(const weight_entry &entry, const tensor &weights, int64_t version,
                uint64_t contents) {
    return entry.version == version && entry.contents == contents &&
           entry.dtype == weights.dtype() &&
           std::equal(entry.sizes.begin(), entry.sizes.end(), weights.sizes()) &&
           std::equal(entry.strides.begin(), entry.strides.end(), weights.strides());
}

void forget_idle(store *all) {
    for (auto i = all->entries.begin(); i != all->entries.end();) {
        bool idle = all->replaced - i->second->last_use > MAX_IDLE;
        i = idle ? all->entries.erase(i) : std::next(i);
    }
}

/** The entry of these weights as they are now; a new one if they are unknown or have changed. */
std::shared_ptr<weight_entry> find_entry(const tensor &weights) {
    store &all = the_store();
    const void *address = weights.data();
    int64_t version = weights.version();
    uint64_t contents = hash_sample(weights);
    std::lock_guard<std::mutex> hold(all.lock);
    auto found = all.entries.find(address);
    if (found != all.entries.end() && is_current(*found->second, weights, version, contents)) {
        found->second->last_use = all.replaced;
        return found->second;
    }
    auto entry = std::make_shared<weight_entry>();
    entry->storage = weights.detach();
    entry->version = version;
    entry->contents = contents;
    entry->dtype = weights.dtype();
    std::copy_n(weights.sizes(), 4, entry->sizes.begin());
    std::copy_n(weights.strides(), 4, entry->strides.begin());
    entry->last_use = ++all.replaced;
    all.entries[address] = entry;
    forget_idle(&all);
    return entry;
}

std::shared_ptr<filter> pack(const tensor &weights, const plan &plan) {
    store &all = the_store();
    nova_dtype dtype = weight_type(weights.dtype());
    std::shared_ptr<filter> packed;
    if (is_dense_on_host(weights)) {
        packed = plan.pack(weights.data(), dtype);
    } else {
        packed = plan.pack(host_copy(weights).data(), dtype);
    }
    std::lock_guard<std::mutex> hold(all.lock);
    ++all.made;
    return packed;
}

void remember(weight_entry *entry, int64_t serial, const std::shared_ptr<filter> &packed) {
    if (entry->by_plan.size() >= MAX_REMEMBERED) {
        entry->by_plan.clear();
    }
    entry->by_plan[serial] = packed;
}

} // namespace

nova_status with_filter(const tensor &weights, const std::shared_ptr<const plan> &plan, bool keep,
                        nova_status (*use)(const filter &packed, void *context), void *context) {
    if (!keep) {
        return use(*pack(weights, *plan), context);
    }
    std::shared_ptr<weight_entry> entry = find_entry(weights);
    std::unique_lock<std::mutex> building(entry->building);
    auto known = entry->by_plan.find(plan->serial());
    if (known != entry->by_plan.end()) {
        std::shared_ptr<filter> packed = known->second;
        building.unlock();
        return use(*packed, context);
    }
    filter_kind kind(plan->info());
    for (const packed_filter &candidate : entry->filters) {
        if (candidate.kind == kind && use(*candidate.packed, context) == NOVA_OK) {
            remember(entry.get(), plan->serial(), candidate.packed);
            return NOVA_OK;
        }
    }
    std::shared_ptr<filter> packed = pack(weights, *plan);
    entry->filters.push_back({kind, packed});
    remember(entry.get(), plan->serial(), packed);
    building.unlock();
    return use(*packed, context);
}

void drop_filters(const void *address) {
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    if (address) {
        all.entries.erase(address);
    } else {
        all.entries.clear();
    }
}

counts count() {
    counts result{};
    count_plans(&result);
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    result.filters_made = all.made;
    result.weights_kept = static_cast<int64_t>(all.entries.size());
    return result;
}

} // namespace nova_bridge
