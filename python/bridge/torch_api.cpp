/*
 * torch_api.cpp - looks up PyTorch's stable C interface and wraps what the bridge needs of it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "torch_api.h"

#include <dlfcn.h>

#include <stdexcept>

namespace nova_bridge {

namespace {

/** A library that is loaded already, or null. */
void *loaded(const char *name) {
    return dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
}

template <typename F> void find(void *library, const char *name, F *function) {
    void *address = dlsym(library, name);
    if (!address) {
        throw std::runtime_error(std::string("this PyTorch has no ") + name +
                                 "; nova_winograd needs version 2.10 or later");
    }
    *function = reinterpret_cast<F>(address);
}

torch_functions look_up() {
    void *library = loaded("libtorch_cpu.so");
    if (!library) {
        throw std::runtime_error("libtorch_cpu.so is not loaded; import torch first");
    }
    torch_functions f{};
#define FIND(name) find(library, #name, &f.name)
    FIND(aoti_torch_library_init_def);
    FIND(aoti_torch_library_init_impl);
    FIND(aoti_torch_library_def);
    FIND(torch_library_impl);
    FIND(torch_call_dispatcher);
    FIND(aoti_torch_delete_tensor_object);
    FIND(aoti_torch_new_tensor_handle);
    FIND(aoti_torch_get_data_ptr);
    FIND(aoti_torch_get_dim);
    FIND(aoti_torch_get_sizes);
    FIND(aoti_torch_get_strides);
    FIND(aoti_torch_get_dtype);
    FIND(aoti_torch_get_device_type);
    FIND(aoti_torch_get_device_index);
    FIND(aoti_torch_empty_strided);
    FIND(aoti_torch_copy_);
    FIND(aoti_torch_create_device_guard);
    FIND(aoti_torch_delete_device_guard);
    FIND(aoti_torch_dtype_float32);
    FIND(aoti_torch_dtype_float16);
    FIND(aoti_torch_dtype_bfloat16);
    FIND(aoti_torch_dtype_uint8);
    FIND(aoti_torch_device_type_cpu);
    FIND(torch_list_size);
    FIND(torch_list_get_item);
    FIND(torch_delete_list);
    FIND(torch_new_string_handle);
    FIND(torch_string_length);
    FIND(torch_string_c_str);
    FIND(torch_delete_string);
    FIND(torch_get_num_threads);
    FIND(torch_parallel_for);
#undef FIND
    return f;
}

} // namespace

const torch_functions &torch() {
    static const torch_functions functions = look_up();
    return functions;
}

bool torch_is_rocm() {
    static const bool is = loaded("libtorch_hip.so") != nullptr;
    return is;
}

void *torch_cuda_function(const char *name) {
    static void *const library = loaded(torch_is_rocm() ? "libtorch_hip.so" : "libtorch_cuda.so");
    return library ? dlsym(library, name) : nullptr;
}

void check(int32_t status, const char *what) {
    if (status != 0) {
        throw std::runtime_error(std::string("nova_winograd: ") + what + " failed");
    }
}

tensor tensor::empty(int64_t dim, const int64_t *sizes, const int64_t *strides, int32_t dtype,
                     int32_t device_type, int32_t device_index) {
    tensor_handle handle = nullptr;
    check(torch().aoti_torch_empty_strided(dim, sizes, strides, dtype, device_type, device_index,
                                           &handle),
          "allocating a tensor");
    return tensor(handle);
}

void *tensor::data() const {
    void *data = nullptr;
    check(torch().aoti_torch_get_data_ptr(handle_, &data), "reading a tensor's address");
    return data;
}

int64_t tensor::dim() const {
    int64_t dim = 0;
    check(torch().aoti_torch_get_dim(handle_, &dim), "reading a tensor's dimension");
    return dim;
}

const int64_t *tensor::sizes() const {
    int64_t *sizes = nullptr;
    check(torch().aoti_torch_get_sizes(handle_, &sizes), "reading a tensor's sizes");
    return sizes;
}

const int64_t *tensor::strides() const {
    int64_t *strides = nullptr;
    check(torch().aoti_torch_get_strides(handle_, &strides), "reading a tensor's strides");
    return strides;
}

int32_t tensor::dtype() const {
    int32_t dtype = 0;
    check(torch().aoti_torch_get_dtype(handle_, &dtype), "reading a tensor's type");
    return dtype;
}

int32_t tensor::device_type() const {
    int32_t type = 0;
    check(torch().aoti_torch_get_device_type(handle_, &type), "reading a tensor's device");
    return type;
}

int32_t tensor::device_index() const {
    int32_t index = 0;
    check(torch().aoti_torch_get_device_index(handle_, &index), "reading a tensor's device");
    return index;
}

tensor tensor::copy(const int64_t *strides, int32_t dtype, int32_t device_type,
                    int32_t device_index) const {
    tensor result = empty(dim(), sizes(), strides, dtype, device_type, device_index);
    check(torch().aoti_torch_copy_(result.handle_, handle_, 0), "copying a tensor");
    return result;
}

namespace {

stable_value call_with_tensor(const char *operation, tensor_handle argument) {
    tensor_handle handle = nullptr;
    check(torch().aoti_torch_new_tensor_handle(argument, &handle), "referring to a tensor");
    stable_value stack[1] = {to_stable(handle)};
    check(torch().torch_call_dispatcher(operation, "", stack, ABI_VERSION), operation);
    return stack[0];
}

} // namespace

tensor tensor::detach() const {
    return tensor(from_stable<tensor_handle>(call_with_tensor("aten::detach", handle_)));
}

int64_t tensor::version() const {
    if (from_stable<bool>(call_with_tensor("aten::is_inference", handle_))) {
        return -1;
    }
    return from_stable<int64_t>(call_with_tensor("aten::_version", handle_));
}

std::string take_string(stable_value value) {
    auto handle = from_stable<string_handle>(value);
    size_t length = 0;
    const char *text = "";
    torch().torch_string_length(handle, &length);
    torch().torch_string_c_str(handle, &text);
    std::string result(text, length);
    torch().torch_delete_string(handle);
    return result;
}

stable_value give_string(const std::string &text) {
    string_handle handle = nullptr;
    check(torch().torch_new_string_handle(text.data(), text.size(), &handle), "making a string");
    return to_stable(handle);
}

template <size_t N> std::array<int64_t, N> take_ints(stable_value value, const char *name) {
    auto handle = from_stable<list_handle>(value);
    std::array<int64_t, N> result{};
    size_t size = 0;
    torch().torch_list_size(handle, &size);
    for (size_t i = 0; i < N && size == N; ++i) {
        stable_value item = 0;
        torch().torch_list_get_item(handle, i, &item);
        result[i] = from_stable<int64_t>(item);
    }
    torch().torch_delete_list(handle);
    if (size != N) {
        throw std::runtime_error(std::string("nova_winograd: ") + name + " must have " +
                                 std::to_string(N) + " entries, not " + std::to_string(size));
    }
    return result;
}

template std::array<int64_t, 4> take_ints<4>(stable_value, const char *);
template std::array<int64_t, 7> take_ints<7>(stable_value, const char *);

tensor take_optional_tensor(stable_value value) {
    auto pointer = from_stable<stable_value *>(value);
    if (!pointer) {
        return tensor();
    }
    tensor result(from_stable<tensor_handle>(*pointer));
    // Allocated by libtorch with new, as the interface of 2.10 says.
    delete pointer;
    return result;
}

} // namespace nova_bridge
