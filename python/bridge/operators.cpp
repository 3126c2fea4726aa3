/*
 * operators.cpp - the operators torch.ops.nova_winograd.*.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "biases.h"
#include "plans.h"
#include "workspaces.h"

namespace nova_bridge {

namespace {

typedef std::array<int64_t, 4> dims;

/* ---------------------------------------------------------------- tensors */

/** Strides of a dense tensor, [n][c][h][w] in order of its dimensions. */
dims dense_strides(const dims &size, nova_layout layout) {
    if (layout == NOVA_NHWC) {
        return {size[1] * size[2] * size[3], 1, size[1] * size[3], size[1]};
    }
    return {size[1] * size[2] * size[3], size[2] * size[3], size[3], 1};
}

/** True if PyTorch would call the tensor channels-last: its strides say so, and say nothing else.
 */
bool suggests_channels_last(const int64_t *sizes, const int64_t *strides) {
    int64_t least = 0;
    if (strides[1] == 0) {
        return false;
    }
    for (int d : {1, 3, 2, 0}) {
        if (sizes[d] == 0 || strides[d] < least) {
            return false;
        }
        // All sizes but the batch's are 1: either layout, and contiguous is the usual one.
        if (d == 0 && least == strides[1]) {
            return false;
        }
        least = strides[d] * std::max<int64_t>(sizes[d], 1);
    }
    return true;
}

/** True if elements lie as in a dense tensor; strides of dimensions of size 1 do not matter. */
bool is_dense(const dims &size, const int64_t *strides, nova_layout layout) {
    dims wanted = dense_strides(size, layout);
    for (size_t d = 0; d < 4; ++d) {
        if (size[d] > 1 && strides[d] != wanted[d]) {
            return false;
        }
    }
    return true;
}

bool tensor_type(int32_t dtype, nova_dtype *type) {
    if (dtype == torch().aoti_torch_dtype_float32()) {
        *type = NOVA_F32;
    } else if (dtype == torch().aoti_torch_dtype_float16()) {
        *type = NOVA_F16;
    } else if (dtype == torch().aoti_torch_dtype_bfloat16()) {
        *type = NOVA_BF16;
    } else {
        return false;
    }
    return true;
}

/* ---------------------------------------------------------------- convolution */

/** One call: its arguments, and what follows from them. */
struct convolution {
    tensor x, weight, bias;
    std::array<int64_t, 4> padding; /* top, bottom, left, right */
    int64_t options;
    dims in, filter, out;
    nova_dtype type;
    nova_layout layout;

    convolution(stable_value *stack)
        : x(from_stable<tensor_handle>(stack[0])), weight(from_stable<tensor_handle>(stack[1])),
          bias(take_optional_tensor(stack[2])), padding(take_ints<4>(stack[3], "padding")),
          options(options_number(take_string(stack[4]))) {
        check_shapes();
        bool last = suggests_channels_last(x.sizes(), x.strides()) ||
                    suggests_channels_last(weight.sizes(), weight.strides());
        layout = last ? NOVA_NHWC : NOVA_NCHW;
        if (!is_dense(in, x.strides(), layout)) {
            x = x.detach().copy(dense_strides(in, layout).data(), x.dtype(), x.device_type(),
                                x.device_index());
        }
    }

    void check_shapes() {
        if (x.dim() != 4 || weight.dim() != 4) {
            throw std::runtime_error("nova_winograd: input and weight must have 4 dimensions");
        }
        std::copy_n(x.sizes(), 4, in.begin());
        std::copy_n(weight.sizes(), 4, filter.begin());
        if (!tensor_type(x.dtype(), &type)) {
            throw std::runtime_error("nova_winograd: input must be float32, float16 or bfloat16");
        }
        if (in[1] != filter[1]) {
            throw std::runtime_error("nova_winograd: input has " + std::to_string(in[1]) +
                                     " channels, weight is for " + std::to_string(filter[1]));
        }
        if (weight.device_type() != x.device_type() || weight.device_index() != x.device_index()) {
            throw std::runtime_error("nova_winograd: input and weight are on different devices");
        }
        out = {in[0], filter[0], in[2] + padding[0] + padding[1] - filter[2] + 1,
               in[3] + padding[2] + padding[3] - filter[3] + 1};
        if (bias &&
            (bias.dim() != 1 || *bias.sizes() != out[1] || bias.device_type() != x.device_type())) {
            throw std::runtime_error(
                "nova_winograd: bias must have an entry for each output channel, on x's device");
        }
        if (out[2] < 1 || out[3] < 1) {
            throw std::runtime_error("nova_winograd: the filter is larger than the padded input");
        }
    }

    tensor make_output() const {
        return tensor::empty(4, out.data(), dense_strides(out, layout).data(), x.dtype(),
                             x.device_type(), x.device_index());
    }

    bool bias_is_wide() const {
        return !bias || (bias.dtype() == torch().aoti_torch_dtype_float32() &&
                         (*bias.strides() == 1 || *bias.sizes() <= 1));
    }

    std::shared_ptr<const plan> find(int device, int64_t threads) const {
        plan_key key;
        key.value = {in[0],     in[1],      in[2],      in[3],      filter[0],  filter[2],
                     filter[3], padding[0], padding[1], padding[2], padding[3], type,
                     layout,    threads,    device,     options};
        return find_plan(key);
    }
};

struct execution {
    const plan *how;
    operands what;
};

nova_status run(const filter &packed, void *context) {
    auto *call = static_cast<execution *>(context);
    return call->how->execute(packed, call->what);
}

/** `wide` is the call's bias in binary32, null if that is what it has. */
void convolve(const convolution &call, const std::shared_ptr<const plan> &how, const tensor &y,
              const float *wide, const tensor &workspace, void *stream) {
    const void *bias = wide || !call.bias ? wide : call.bias.data();
    execution work{how.get(),
                   {call.x.data(), y.data(), static_cast<const float *>(bias),
                    workspace ? workspace.data() : nullptr, stream}};
    check_nova(with_filter(call.weight, how, options_keep(call.options), run, &work));
}

void conv2d_cpu(stable_value *stack, uint64_t, uint64_t) {
    convolution call(stack);
    tensor y = call.make_output();
    if (call.in[0] > 0) {
        uint32_t threads = 1;
        torch().torch_get_num_threads(&threads);
        auto how = call.find(CPU_DEVICE, threads);
        if (!call.bias_is_wide()) {
            const int64_t one = 1;
            call.bias = call.bias.detach().copy(&one, torch().aoti_torch_dtype_float32(),
                                                torch().aoti_torch_device_type_cpu(), 0);
        }
        tensor workspace = take_workspace(static_cast<int64_t>(how->info().workspace_bytes));
        convolve(call, how, y, nullptr, workspace, nullptr);
        give_back_workspace(std::move(workspace));
    }
    stack[0] = to_stable(y.release());
}

/** Makes a device current for as long as it lives. */
class device_guard {
  public:
    explicit device_guard(int32_t index) {
        check(torch().aoti_torch_create_device_guard(index, &guard_), "choosing a device");
    }
    device_guard(const device_guard &) = delete;
    device_guard &operator=(const device_guard &) = delete;
    ~device_guard() {
        torch().aoti_torch_delete_device_guard(guard_);
    }

  private:
    guard_handle guard_ = nullptr;
};

void *current_stream(int32_t device) {
    typedef int32_t (*get_stream)(int32_t, void **);
    static const auto get =
        reinterpret_cast<get_stream>(torch_cuda_function("aoti_torch_get_current_cuda_stream"));
    if (!get) {
        throw std::runtime_error("nova_winograd: this PyTorch was built without CUDA and ROCm");
    }
    void *stream = nullptr;
    check(get(device, &stream), "asking for the current stream");
    return stream;
}

void conv2d_cuda(stable_value *stack, uint64_t, uint64_t) {
    convolution call(stack);
    int32_t device = call.x.device_index();
    device_guard current(device);
    tensor y = call.make_output();
    if (call.in[0] > 0) {
        auto how = call.find(device, 0);
        std::shared_ptr<const float> wide;
        if (!call.bias_is_wide()) {
            wide = wide_bias(call.bias);
        }
        // From the caching allocator, which a CUDA graph that is captured knows of.
        int64_t stride = 1;
        auto bytes = static_cast<int64_t>(how->info().workspace_bytes);
        tensor workspace = tensor::empty(1, &bytes, &stride, torch().aoti_torch_dtype_uint8(),
                                         call.x.device_type(), device);
        convolve(call, how, y, wide.get(), workspace, current_stream(device));
    }
    stack[0] = to_stable(y.release());
}

/* ---------------------------------------------------------------- questions */

std::string json_number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return std::isfinite(value) ? text : "null";
}

/** plan(int[7] sizes, int[4] padding, str dtype, bool channels_last, int device, str options) */
void describe_plan(stable_value *stack, uint64_t, uint64_t) {
    auto sizes = take_ints<7>(stack[0], "sizes");
    auto padding = take_ints<4>(stack[1], "padding");
    std::string dtype = take_string(stack[2]);
    auto last = from_stable<bool>(stack[3]);
    auto device = from_stable<int64_t>(stack[4]);
    std::string options = take_string(stack[5]);
    int type = NOVA_F32;
    while (type <= NOVA_BF16 && dtype != nova_dtype_name(static_cast<nova_dtype>(type))) {
        ++type;
    }
    uint32_t threads = 0;
    if (device == CPU_DEVICE) {
        torch().torch_get_num_threads(&threads);
    }
    plan_key key;
    std::copy(sizes.begin(), sizes.end(), key.value.begin() + plan_key::N);
    std::copy(padding.begin(), padding.end(), key.value.begin() + plan_key::TOP);
    key.value[plan_key::DTYPE] = type;
    key.value[plan_key::LAYOUT] = last ? NOVA_NHWC : NOVA_NCHW;
    key.value[plan_key::THREADS] = threads;
    key.value[plan_key::DEVICE] = device;
    key.value[plan_key::OPTIONS] = options_number(options);
    auto found = find_plan(key);
    const nova_plan_info &info = found->info();
    std::string text = "{\"algorithm\": \"" + std::string(nova_algorithm_name(info.algorithm)) +
                       "\", \"tile\": [" + std::to_string(info.tile_h) + ", " +
                       std::to_string(info.tile_w) + "], \"set\": \"" + info.set +
                       "\", \"arith\": \"" + nova_arith_name(info.arith) + "\", \"kernels\": \"" +
                       info.kernels +
                       "\", \"predicted_error\": " + json_number(info.predicted_error) +
                       ", \"workspace_bytes\": " + std::to_string(info.workspace_bytes) +
                       ", \"packed_bytes\": " + std::to_string(info.packed_bytes) +
                       ", \"saving\": " + json_number(info.saving) + ", \"chosen_by\": \"" +
                       (info.measured_seconds > 0 ? "wisdom" : "model") + "\"}";
    stack[0] = give_string(text);
}

/** counts() -> str */
void describe_counts(stable_value *stack, uint64_t, uint64_t) {
    counts now = count();
    stack[0] = give_string("{\"plans_made\": " + std::to_string(now.plans_made) +
                           ", \"filters_made\": " + std::to_string(now.filters_made) +
                           ", \"plans_kept\": " + std::to_string(now.plans_kept) +
                           ", \"weights_kept\": " + std::to_string(now.weights_kept) + "}");
}

/** drop(int address) -> (): what is kept of the parameter at an address, or with 0 everything. */
void drop(stable_value *stack, uint64_t, uint64_t) {
    auto address = from_stable<int64_t>(stack[0]);
    drop_filters(reinterpret_cast<const void *>(address));
    drop_biases(reinterpret_cast<const void *>(address));
    if (address == 0) {
        drop_plans();
        drop_workspaces();
    }
}

/** version() -> str, and which engines for devices there are: cuda, hip */
void describe_version(stable_value *stack, uint64_t, uint64_t) {
    std::string text = nova_version();
#ifdef NOVA_BRIDGE_CUDA
    text += " cuda";
#endif
#ifdef NOVA_BRIDGE_HIP
    text += " hip";
#endif
    stack[0] = give_string(text);
}

/* ---------------------------------------------------------------- registration */

library_handle begin_implementations(const char *dispatch_key) {
    library_handle library = nullptr;
    check(torch().aoti_torch_library_init_impl("nova_winograd", dispatch_key, __FILE__, __LINE__,
                                               &library),
          "registering operators");
    return library;
}

void implement(library_handle library, const char *name, boxed_kernel kernel) {
    check(torch().torch_library_impl(library, name, kernel, ABI_VERSION), name);
}

/** Registers everything; the registrations last as long as the process. */
struct registration {
    registration() {
        library_handle library = nullptr;
        check(torch().aoti_torch_library_init_def("nova_winograd", __FILE__, __LINE__, &library),
              "defining operators");
        // Two names for one kernel: conv2d is given a derivative in Python, whose dispatch costs
        // more than a small layer takes; conv2d_inference is for calls that need none.
        for (const char *schema :
             {"conv2d(Tensor input, Tensor weight, Tensor? bias, int[] padding, str options,"
              " bool nova_gradient=False) -> Tensor",
              "conv2d_inference(Tensor input, Tensor weight, Tensor? bias, int[] padding,"
              " str options) -> Tensor",
              "plan(int[] sizes, int[] padding, str dtype, bool channels_last, int device,"
              " str options) -> str",
              "counts() -> str", "drop(int address) -> ()", "version() -> str"}) {
            check(torch().aoti_torch_library_def(library, schema), schema);
        }
        library_handle cpu = begin_implementations("CPU");
        implement(cpu, "conv2d", conv2d_cpu);
        implement(cpu, "conv2d_inference", conv2d_cpu);
        library_handle cuda = begin_implementations("CUDA");
        implement(cuda, "conv2d", conv2d_cuda);
        implement(cuda, "conv2d_inference", conv2d_cuda);
        library_handle any = begin_implementations("CompositeExplicitAutograd");
        implement(any, "plan", describe_plan);
        implement(any, "counts", describe_counts);
        implement(any, "drop", drop);
        implement(any, "version", describe_version);
    }
};

const registration registered;

} // namespace

} // namespace nova_bridge
