/*
 * tiles.h - the codelets that have kernels, by their numbers in codelet_list.h: X(that of the
 * height, that of the width).
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef NOVA_HIP_TILES_H
#define NOVA_HIP_TILES_H

/* clang-format off */
#define NOVA_FOR_EACH_HIP_INPUT(X)                                    \
    X(12, 12) /* F(2,3) */                                            \
    X(21, 21) /* F(3,3), pairs */                                     \
    X(27, 27) /* F(4,3), 0 and pairs */                               \
    X(36, 36) /* F(5,3), pairs */                                     \
    X(42, 42) /* F(6,3), 0 and pairs */                               \
    X(51, 51) /* F(7,3), pairs */                                     \
    X(57, 57) /* F(8,3), 0 and pairs */                               \
    X(3, 12) X(3, 27) X(3, 42) /* F(2,3), F(4,3), F(6,3) along rows */ \
    X(12, 3) X(27, 3) X(42, 3) /* and along columns */

#define NOVA_FOR_EACH_HIP_OUTPUT(X)                                   \
    X(14, 14)                                                         \
    X(23, 23)                                                         \
    X(29, 29)                                                         \
    X(38, 38)                                                         \
    X(44, 44)                                                         \
    X(188, 188) /* F(6,3), closed under x -> 1/x */                   \
    X(53, 53)                                                         \
    X(59, 59)                                                         \
    X(5, 14) X(5, 29) X(5, 44) X(5, 188)                              \
    X(14, 5) X(29, 5) X(44, 5) X(188, 5)

/* Whole convolutions in a kernel, by both: X(input, output), square tiles. */
#define NOVA_FOR_EACH_HIP_FUSED(X)                                    \
    X(12, 14) X(27, 29) X(42, 44) X(42, 188)
/* clang-format on */

#endif
