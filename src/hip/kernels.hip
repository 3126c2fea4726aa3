/*
 * kernels.hip - all kernels of an element type: NOVA_HIP_TYPE is f16 or bf16.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hip/fused.h"
#include "hip/products.h"
#include "hip/stage.h"
#include "hip/tiles.h"
#include "hip/transforms.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

NOVA_KERNEL JOIN(nova_transpose, NOVA_HIP_TYPE)(const nova_hip_transpose_args args) {
    NOVA_SHARED __attribute__((aligned(16))) uint32_t squares[2][MOVE_SQUARE];
    transpose_squares(args.matrix, thread_number(), (unsigned)block_number_x(), args.blocks,
                      squares);
}

NOVA_KERNEL JOIN(nova_gather, NOVA_HIP_TYPE)(const nova_gpu_gather_args args) {
    gather_piece(args);
}

NOVA_KERNEL JOIN(nova_finish, NOVA_HIP_TYPE)(const nova_gpu_finish_args args) {
    finish_block<NOVA_HIP_TYPE>(args);
}

NOVA_KERNEL JOIN(nova_products, NOVA_HIP_TYPE)(const nova_gpu_products_args args) {
    NOVA_SHARED __attribute__((aligned(16))) uint16_t u[NOVA_HIP_BLOCK * ROW];
    NOVA_SHARED __attribute__((aligned(16))) uint16_t p[NOVA_HIP_BLOCK * ROW];
    products_block<NOVA_HIP_TYPE>(args, u, p);
}

#define NOVA_HIP_INPUT(h, w)                                                                       \
    NOVA_KERNEL JOIN(nova_input_##h##_##w, NOVA_HIP_TYPE)(const nova_hip_input_args args) {        \
        input_tile<NOVA_HIP_TYPE, h, w>(args);                                                     \
    }
#define NOVA_HIP_OUTPUT(h, w)                                                                      \
    NOVA_KERNEL JOIN(nova_output_##h##_##w, NOVA_HIP_TYPE)(const nova_hip_output_args args) {      \
        output_tile<NOVA_HIP_TYPE, NOVA_HIP_TYPE, h, w>(args);                                     \
    }                                                                                              \
    NOVA_KERNEL JOIN(nova_output32_##h##_##w, NOVA_HIP_TYPE)(const nova_hip_output_args args) {    \
        output_tile<NOVA_HIP_TYPE, float, h, w>(args);                                             \
    }
#define NOVA_HIP_FUSED(in, out)                                                                    \
    NOVA_WAVES(fused_waves(codelet<in>::ROWS))                                                     \
    NOVA_KERNEL JOIN(nova_fused_##in##_##out, NOVA_HIP_TYPE)(const nova_hip_fused_args args) {     \
        NOVA_SHARED __attribute__((aligned(16)))                                                   \
        uint32_t memory[fused_memory<in, in, out>::WORDS];                                         \
        fused_block<NOVA_HIP_TYPE, in, in, out, out>(args, memory);                                \
    }
NOVA_FOR_EACH_HIP_INPUT(NOVA_HIP_INPUT)
NOVA_FOR_EACH_HIP_OUTPUT(NOVA_HIP_OUTPUT)
NOVA_FOR_EACH_HIP_FUSED(NOVA_HIP_FUSED)
