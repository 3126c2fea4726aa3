/*
 * options.cpp - the operators' options, a string, and the plans made with them.
 *
 * Options travel as one string because a string is a constant that torch.compile and torch.export
 * can carry, and because it is compared, not parsed, on every call.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <cstdlib>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "locks.h"
#include "plans.h"

namespace nova_bridge {

namespace {

/** Parsed options; `set` is what nova_options.set points to, so objects of this type stay put. */
struct parsed_options {
    nova_plan_options nova;
    std::string set;
    bool threads_given = false;
    bool keep = true;
};

[[noreturn]] void refuse(const std::string &name, const std::string &value) {
    throw std::runtime_error("nova_winograd: option " + name + "=" + value + " is not understood");
}

double number(const std::string &name, const std::string &value) {
    char *end = nullptr;
    double result = std::strtod(value.c_str(), &end);
    if (value.empty() || *end) {
        refuse(name, value);
    }
    return result;
}

int integer(const std::string &name, const std::string &value) {
    double result = number(name, value);
    if (!(result >= 0 && result <= 1e6) || result != static_cast<int>(result)) {
        refuse(name, value);
    }
    return static_cast<int>(result);
}

nova_arith arith(const std::string &value) {
    for (int i = NOVA_ARITH_AUTO; i <= NOVA_ARITH_BF16X6; ++i) {
        if (value == nova_arith_name(static_cast<nova_arith>(i))) {
            return static_cast<nova_arith>(i);
        }
    }
    refuse("arith", value);
}

nova_algorithm algorithm(const std::string &value) {
    for (int i = NOVA_ALGORITHM_AUTO; i <= NOVA_ALGORITHM_WINOGRAD; ++i) {
        if (value == nova_algorithm_name(static_cast<nova_algorithm>(i))) {
            return static_cast<nova_algorithm>(i);
        }
    }
    refuse("algorithm", value);
}

void set_flag(parsed_options *out, unsigned flag, const std::string &name,
              const std::string &value) {
    if (value == "0") {
        out->nova.flags |= flag;
    } else if (value != "1") {
        refuse(name, value);
    }
}

void parse_one(parsed_options *out, const std::string &name, const std::string &value) {
    if (name == "tile") {
        out->nova.tile_h = out->nova.tile_w = integer(name, value);
    } else if (name == "tile_h") {
        out->nova.tile_h = integer(name, value);
    } else if (name == "tile_w") {
        out->nova.tile_w = integer(name, value);
    } else if (name == "points") {
        out->set = value;
        out->nova.set = out->set.c_str();
    } else if (name == "arith") {
        out->nova.arith = arith(value);
    } else if (name == "algorithm") {
        out->nova.algorithm = algorithm(value);
    } else if (name == "max_error") {
        out->nova.max_error = number(name, value);
    } else if (name == "effort" && (value == "estimate" || value == "measure")) {
        out->nova.effort = value == "measure" ? NOVA_EFFORT_MEASURE : NOVA_EFFORT_ESTIMATE;
    } else if (name == "scaling") {
        set_flag(out, NOVA_PLAN_NO_TAP_SCALING, name, value);
    } else if (name == "compensation") {
        set_flag(out, NOVA_PLAN_NO_COMPENSATION, name, value);
    } else if (name == "threads") {
        out->nova.threads = integer(name, value);
        out->threads_given = true;
    } else if (name == "keep" && (value == "0" || value == "1")) {
        out->keep = value == "1";
    } else {
        refuse(name, value);
    }
}

void parse(const std::string &text, parsed_options *out) {
    nova_plan_options_init(&out->nova);
    for (size_t begin = 0; begin < text.size();) {
        size_t end = std::min(text.find(',', begin), text.size());
        std::string item = text.substr(begin, end - begin);
        size_t sign = item.find('=');
        if (sign == std::string::npos) {
            refuse(item, "");
        }
        parse_one(out, item.substr(0, sign), item.substr(sign + 1));
        begin = end + 1;
    }
}

struct key_hash {
    size_t operator()(const plan_key &key) const {
        uint64_t hash = 0x9e3779b97f4a7c15;
        for (int64_t value : key.value) {
            hash = (hash ^ static_cast<uint64_t>(value)) * 0xff51afd7ed558ccd;
            hash ^= hash >> 32;
        }
        return hash;
    }
};

/* Dynamic shapes make plans without end; those that were not used for longest go first. */
constexpr size_t MAX_PLANS = 2048;

typedef std::list<std::pair<plan_key, std::shared_ptr<const plan>>> plan_list;

struct store {
    std::mutex lock;
    std::unordered_map<std::string, int64_t> numbers;
    std::deque<parsed_options> options; /* by number; addresses stay */
    plan_list plans;                    /* latest used first */
    std::unordered_map<plan_key, plan_list::iterator, key_hash> by_key;
    int64_t made = 0;
};

/* Never destroyed: the interpreter's last calls may come after static destructors. */
store &the_store() {
    static store *const instance = new store;
    return *instance;
}

const fork_guard guard(the_store().lock);

nova_conv_desc descriptor(const plan_key &key) {
    const auto &v = key.value;
    nova_conv_desc desc;
    nova_conv_desc_init(&desc);
    desc.n = v[plan_key::N], desc.c = v[plan_key::C];
    desc.h = v[plan_key::H], desc.w = v[plan_key::W];
    desc.k = v[plan_key::K], desc.r = v[plan_key::R], desc.s = v[plan_key::S];
    desc.pad_top = v[plan_key::TOP], desc.pad_bottom = v[plan_key::BOTTOM];
    desc.pad_left = v[plan_key::LEFT], desc.pad_right = v[plan_key::RIGHT];
    desc.dtype = static_cast<nova_dtype>(v[plan_key::DTYPE]);
    desc.layout = static_cast<nova_layout>(v[plan_key::LAYOUT]);
    return desc;
}

std::shared_ptr<const plan> make_plan(const plan_key &key, const parsed_options &options) {
    nova_conv_desc desc = descriptor(key);
    nova_plan_options chosen = options.nova;
    if (!options.threads_given) {
        chosen.threads = static_cast<int>(key.value[plan_key::THREADS]);
    }
    // A tile is meant for the dimensions that have taps to save.
    if (desc.r == 1 && chosen.tile_h > 1) {
        chosen.tile_h = 1;
    }
    if (desc.s == 1 && chosen.tile_w > 1) {
        chosen.tile_w = 1;
    }
    int device = static_cast<int>(key.value[plan_key::DEVICE]);
    return device == CPU_DEVICE ? make_cpu_plan(desc, chosen)
                                : make_device_plan(desc, chosen, device);
}

} // namespace

int64_t options_number(const std::string &text) {
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    auto found = all.numbers.find(text);
    if (found != all.numbers.end()) {
        return found->second;
    }
    all.options.emplace_back();
    try {
        parse(text, &all.options.back());
    } catch (...) {
        all.options.pop_back();
        throw;
    }
    auto number = static_cast<int64_t>(all.options.size()) - 1;
    all.numbers.emplace(text, number);
    return number;
}

bool options_keep(int64_t number) {
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    return all.options.at(static_cast<size_t>(number)).keep;
}

std::shared_ptr<const plan> find_plan(const plan_key &key) {
    store &all = the_store();
    const parsed_options *options = nullptr;
    {
        std::lock_guard<std::mutex> hold(all.lock);
        auto found = all.by_key.find(key);
        if (found != all.by_key.end()) {
            if (found->second != all.plans.begin()) {
                all.plans.splice(all.plans.begin(), all.plans, found->second);
            }
            return found->second->second;
        }
        options = &all.options.at(static_cast<size_t>(key.value[plan_key::OPTIONS]));
    }
    // Planning may take a while and is done without the lock; of two threads the first one wins.
    std::shared_ptr<const plan> made = make_plan(key, *options);
    std::lock_guard<std::mutex> hold(all.lock);
    auto found = all.by_key.find(key);
    if (found != all.by_key.end()) {
        return found->second->second;
    }
    ++all.made;
    all.plans.emplace_front(key, made);
    all.by_key.emplace(key, all.plans.begin());
    if (all.plans.size() > MAX_PLANS) {
        all.by_key.erase(all.plans.back().first);
        all.plans.pop_back();
    }
    return made;
}

void drop_plans() {
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    all.by_key.clear();
    all.plans.clear();
}

void count_plans(counts *out) {
    store &all = the_store();
    std::lock_guard<std::mutex> hold(all.lock);
    out->plans_made = all.made;
    out->plans_kept = static_cast<int64_t>(all.plans.size());
}

} // namespace nova_bridge
