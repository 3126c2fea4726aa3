/*
 * torch_api.h - the part of PyTorch's stable C interface that the bridge uses, looked up at run
 * time.
 *
 * PyTorch 2.10 and later promise that these functions keep their names, arguments and meaning
 * ("LibTorch Stable ABI"). Looking them up in the library that is loaded, instead of linking it,
 * means that the bridge is built without PyTorch and runs with every version that has them.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_BRIDGE_TORCH_API_H
#define NOVA_BRIDGE_TORCH_API_H

#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace nova_bridge {

typedef struct tensor_opaque *tensor_handle;
typedef struct library_opaque *library_handle;
typedef struct list_opaque *list_handle;
typedef struct string_opaque *string_handle;
typedef struct guard_opaque *guard_handle;
/** An argument or result: a number, or the handle of a tensor, list or string, as 64 bits. */
typedef uint64_t stable_value;
typedef void (*boxed_kernel)(stable_value *stack, uint64_t inputs, uint64_t outputs);
typedef void (*range_function)(int64_t begin, int64_t end, void *context);

/** Functions of libtorch. Those that return int32_t return 0 on success, unless they name a value.
 */
struct torch_functions {
    int32_t (*aoti_torch_library_init_def)(const char *, const char *, uint32_t, library_handle *);
    int32_t (*aoti_torch_library_init_impl)(const char *, const char *, const char *, uint32_t,
                                            library_handle *);
    int32_t (*aoti_torch_library_def)(library_handle, const char *);
    int32_t (*torch_library_impl)(library_handle, const char *, boxed_kernel, uint64_t);
    int32_t (*torch_call_dispatcher)(const char *, const char *, stable_value *, uint64_t);
    int32_t (*aoti_torch_delete_tensor_object)(tensor_handle);
    int32_t (*aoti_torch_new_tensor_handle)(tensor_handle, tensor_handle *);
    int32_t (*aoti_torch_get_data_ptr)(tensor_handle, void **);
    int32_t (*aoti_torch_get_dim)(tensor_handle, int64_t *);
    int32_t (*aoti_torch_get_sizes)(tensor_handle, int64_t **);
    int32_t (*aoti_torch_get_strides)(tensor_handle, int64_t **);
    int32_t (*aoti_torch_get_dtype)(tensor_handle, int32_t *);
    int32_t (*aoti_torch_get_device_type)(tensor_handle, int32_t *);
    int32_t (*aoti_torch_get_device_index)(tensor_handle, int32_t *);
    int32_t (*aoti_torch_empty_strided)(int64_t, const int64_t *, const int64_t *, int32_t, int32_t,
                                        int32_t, tensor_handle *);
    int32_t (*aoti_torch_copy_)(tensor_handle, tensor_handle, int32_t);
    int32_t (*aoti_torch_create_device_guard)(int32_t, guard_handle *);
    int32_t (*aoti_torch_delete_device_guard)(guard_handle);
    int32_t (*aoti_torch_dtype_float32)();
    int32_t (*aoti_torch_dtype_float16)();
    int32_t (*aoti_torch_dtype_bfloat16)();
    int32_t (*aoti_torch_dtype_uint8)();
    int32_t (*aoti_torch_device_type_cpu)();
    int32_t (*torch_list_size)(list_handle, size_t *);
    int32_t (*torch_list_get_item)(list_handle, size_t, stable_value *);
    int32_t (*torch_delete_list)(list_handle);
    int32_t (*torch_new_string_handle)(const char *, size_t, string_handle *);
    int32_t (*torch_string_length)(string_handle, size_t *);
    int32_t (*torch_string_c_str)(string_handle, const char **);
    int32_t (*torch_delete_string)(string_handle);
    int32_t (*torch_get_num_threads)(uint32_t *);
    int32_t (*torch_parallel_for)(int64_t, int64_t, int64_t, range_function, void *);
};

/** The functions of the PyTorch in this process; throws where it is older than 2.10. */
const torch_functions &torch();

/** True if the PyTorch that is loaded is built for ROCm: its "cuda" devices are AMD's. */
bool torch_is_rocm();
/** A function of libtorch_cuda, or null where PyTorch was built without CUDA. */
void *torch_cuda_function(const char *name);

/** Throws if `status`, which `what` returned, is not 0. */
void check(int32_t status, const char *what);

/** The version of the interface that this file describes: 2.10.0. */
constexpr uint64_t ABI_VERSION = (uint64_t{2} << 56) | (uint64_t{10} << 48);

template <typename T> T from_stable(stable_value value) {
    T result;
    static_assert(sizeof result <= sizeof value, "does not fit");
    __builtin_memcpy(&result, &value, sizeof result);
    return result;
}

template <typename T> stable_value to_stable(T value) {
    stable_value result = 0;
    static_assert(sizeof value <= sizeof result, "does not fit");
    __builtin_memcpy(&result, &value, sizeof value);
    return result;
}

/** Owns a reference to a tensor. */
class tensor {
  public:
    tensor() = default;
    explicit tensor(tensor_handle handle) : handle_(handle) {
    }
    tensor(tensor &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {
    }
    tensor &operator=(tensor &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    tensor(const tensor &) = delete;
    tensor &operator=(const tensor &) = delete;
    ~tensor() {
        if (handle_) {
            torch().aoti_torch_delete_tensor_object(handle_);
        }
    }

    /** Uninitialised memory of PyTorch's allocator. */
    static tensor empty(int64_t dim, const int64_t *sizes, const int64_t *strides, int32_t dtype,
                        int32_t device_type, int32_t device_index);

    explicit operator bool() const {
        return handle_ != nullptr;
    }
    tensor_handle get() const {
        return handle_;
    }
    tensor_handle release() {
        return std::exchange(handle_, nullptr);
    }
    void *data() const;
    int64_t dim() const;
    const int64_t *sizes() const;
    const int64_t *strides() const;
    int32_t dtype() const;
    int32_t device_type() const;
    int32_t device_index() const;
    /** The same elements, densely packed in the order given by `strides`, on the given device; a
     * new tensor. */
    tensor copy(const int64_t *strides, int32_t dtype, int32_t device_type,
                int32_t device_index) const;
    /** A tensor object of its own for the same storage, outside of autograd. */
    tensor detach() const;
    /** Counts changes in place; -1 for inference tensors, which do not count them. */
    int64_t version() const;

  private:
    tensor_handle handle_ = nullptr;
};

/** Takes over a string, or a list of integers, that the dispatcher passed. */
std::string take_string(stable_value value);
template <size_t N> std::array<int64_t, N> take_ints(stable_value value, const char *name);
extern template std::array<int64_t, 4> take_ints<4>(stable_value, const char *);
extern template std::array<int64_t, 7> take_ints<7>(stable_value, const char *);
/** Takes over an optional tensor; empty for None. */
tensor take_optional_tensor(stable_value value);
stable_value give_string(const std::string &text);

} // namespace nova_bridge

#endif
