/*
 * cuda_runtime.h - what CUDA C++ has and C++ has not, for kernels that run on the CPU (../block.h).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_EMULATED_CUDA_RUNTIME_H
#define NOVA_EMULATED_CUDA_RUNTIME_H

#include <cmath>
#include <cstring>
#include <functional>

#include "../block.h"
#include "cuda_runtime_api.h"

#define __host__
#define __device__
#define __global__
#define __forceinline__ inline
#define __grid_constant__
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __shared__ thread_local

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {
    }
};
struct float2 {
    float x, y;
};
struct uint2 {
    unsigned x, y;
};
struct uint4 {
    unsigned x, y, z, w;
};
inline float2 make_float2(float x, float y) {
    return {x, y};
}
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) {
    return {x, y, z, w};
}
inline int min(int a, int b) {
    return a < b ? a : b;
}
/* Four bytes of the eight of a and b, by the four lowest digits of `select`. */
inline unsigned __byte_perm(unsigned a, unsigned b, unsigned select) {
    const unsigned char *bytes[] = {(const unsigned char *)&a, (const unsigned char *)&b};
    unsigned result = 0;
    for (int i = 0; i < 4; i++) {
        const unsigned digit = select >> 4 * i & 7;
        result |= (unsigned)bytes[digit / 4][digit % 4] << 8 * i;
    }
    return result;
}
inline float __expf(float v) {
    return std::exp(v);
}
/* 0 where the divisor is beyond 2^126, as CUDA's documentation says. */
inline float __fdividef(float a, float b) {
    return std::fabs(b) > 0x1p126f && !std::isinf(b) ? 0.0f : a / b;
}

inline void __syncthreads() {
    emulated::meet(0, 0);
}
inline void __syncwarp() {
    emulated::meet_wave();
}

/* ---- launching */

enum cudaLaunchAttributeID {
    cudaLaunchAttributeClusterDimension = 4,
    cudaLaunchAttributeProgrammaticStreamSerialization = 6
};
union cudaLaunchAttributeValue {
    int programmaticStreamSerializationAllowed;
    struct {
        unsigned x, y, z;
    } clusterDim;
};
struct cudaLaunchAttribute {
    cudaLaunchAttributeID id;
    cudaLaunchAttributeValue val;
};
struct cudaLaunchConfig_t {
    dim3 gridDim, blockDim;
    size_t dynamicSmemBytes;
    cudaStream_t stream;
    cudaLaunchAttribute *attrs;
    unsigned numAttrs;
};

/** Runs, or notes, a launch. */
cudaError_t emulated_launch(cudaStream_t stream, dim3 grid, dim3 threads, size_t shared,
                            const std::function<void()> &body);

template <typename... Parameters, typename... Args>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t *config, void (*kernel)(Parameters...),
                               const Args &...args) {
    return emulated_launch(config->stream, config->gridDim, config->blockDim,
                           config->dynamicSmemBytes, [=] { kernel(args...); });
}
template <typename Function> cudaError_t cudaFuncSetAttribute(Function, cudaFuncAttribute, int) {
    return cudaSuccess;
}

#endif
