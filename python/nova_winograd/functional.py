# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Convolution by nova as a function."""

import torch
import torch.nn.functional as F

from ._library import ENGINES, differentiable, ops
from ._options import Options


def four_sides(padding, kernel_size):
    """[top, bottom, left, right] of what torch.nn.Conv2d and F.conv2d call padding."""
    if isinstance(padding, str):
        if padding == "valid":
            return [0, 0, 0, 0]
        if padding != "same":
            raise ValueError(f"padding {padding!r}: must be 'same', 'valid' or numbers")
        (r, s) = kernel_size
        return [(r - 1) // 2, r - 1 - (r - 1) // 2, (s - 1) // 2, s - 1 - (s - 1) // 2]
    if isinstance(padding, int):
        return [padding] * 4
    if len(padding) == 1:
        return [padding[0]] * 4
    height, width = padding
    return [height, height, width, width]


def convolve(input, weight, bias, padding, options, nova_gradient=False):
    """One convolution; padding is [top, bottom, left, right], options a string.

    Autocast applies as it does to F.conv2d, except that weights need no conversion: their
    transform is rounded once, from the type they have. What no engine computes (float64, devices
    without an engine) is computed by PyTorch.
    """
    kind = input.device.type
    if torch.is_autocast_enabled(kind) and input.dtype != torch.float64:
        input = input.to(torch.get_autocast_dtype(kind))
    if input.dtype not in ENGINES.get(kind, ()):
        return native(input, weight, bias, padding)
    if input.dim() == 3:
        return convolve(input.unsqueeze(0), weight, bias, padding, options, nova_gradient).squeeze(0)
    if torch.is_grad_enabled() and (input.requires_grad or weight.requires_grad
                                    or (bias is not None and bias.requires_grad)):
        return differentiable(input, weight, bias, padding, options, nova_gradient)
    return ops.conv2d_inference.default(input, weight, bias, padding, options)


def native(input, weight, bias, padding):
    """The same convolution by PyTorch."""
    top, bottom, left, right = padding
    weight = weight.to(input.dtype)
    bias = None if bias is None else bias.to(input.dtype)
    if top == bottom and left == right:
        return F.conv2d(input, weight, bias, padding=(top, left))
    return F.conv2d(F.pad(input, (left, right, top, bottom)), weight, bias)


def nova_forward(input, weight, padding=0, *, bias=None, data_gradient="native", **options):
    """F.conv2d(input, weight, bias, padding=padding) with stride 1, computed by nova.

    input   [n, c, h, w] or [c, h, w], float32, float16 or bfloat16, contiguous or channels_last
    weight  [k, c, r, s] of any of the three types: binary32 weights are rounded once, after their
            transform
    padding an integer, a pair, "same" or "valid"
    options tile, points, arith, max_error, ... : see Options

    Differentiable; data_gradient="nova" computes the gradient of `input` with nova too.
    """
    sides = four_sides(padding, weight.shape[2:])
    text = Options(**options).text if options else ""
    return convolve(input, weight, bias, sides, text, data_gradient == "nova")
