# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Gradients of a convolution, as convolutions.

Differentiated operation by operation, the forms of this package would give kernels that gather
overlapping tiles one pixel at a time; the gradient of the input by nova is one more convolution, of
the gradient with the filter turned by 180 degrees and its channels swapped, and that of the weights
is tinygrad's own.
"""

from dataclasses import replace

from tinygrad import Tensor, dtypes

#: tinygrad's own convolution, whatever patch() has put in its place since.
direct = Tensor.conv2d


def gradients(grad, x, weight, problem, convolve):
    """(of x, of weight); convolve(x, weight, problem) is the convolution that was differentiated."""
    left, right, top, bottom = problem.pads
    turned = weight.flip(2, 3).transpose(0, 1)
    pads = (problem.s - 1 - left, problem.s - 1 - right,
            problem.r - 1 - top, problem.r - 1 - bottom)
    if min(pads) >= 0:
        n, k, out_h, out_w = grad.shape
        swapped = replace(problem, n=n, c=k, h=out_h, w=out_w, k=problem.c, pads=pads)
        grad_x = convolve(grad, turned, swapped)
    else:
        grad_x = direct(grad, turned, padding=pads)
    grad_weight = direct(x.transpose(0, 1), grad.transpose(0, 1), padding=problem.pads,
                         dtype=dtypes.float32)
    return grad_x.cast(x.dtype), grad_weight.transpose(0, 1).cast(weight.dtype)
