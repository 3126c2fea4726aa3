# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""A convolution as nova sees it: sizes and padding, and what is not eligible and why."""

from dataclasses import dataclass

from tinygrad import dtypes

#: Element types by nova's names.
NAMES = {dtypes.float32: "f32", dtypes.float16: "f16", dtypes.bfloat16: "bf16"}
SIDES = (1, 3, 5, 7)


@dataclass(frozen=True)
class Problem:
    """n images of c channels, h x w; k filters of r x s; pads are left, right, top, bottom."""

    n: int
    c: int
    h: int
    w: int
    k: int
    r: int
    s: int
    pads: "tuple[int, int, int, int]"

    @property
    def out_h(self):
        return self.h + self.pads[2] + self.pads[3] - self.r + 1

    @property
    def out_w(self):
        return self.w + self.pads[0] + self.pads[1] - self.s + 1

    @property
    def direct_flops(self):
        return 2 * self.n * self.k * self.c * self.r * self.s * self.out_h * self.out_w

    def tiles(self, tile):
        """Tiles along the height and along the width."""
        return -(-self.out_h // tile[0]), -(-self.out_w // tile[1])


def four_pads(padding):
    """(left, right, top, bottom) of what tinygrad calls padding: a number, (height, width), or these
    four already."""
    if isinstance(padding, int):
        return (padding,) * 4
    padding = tuple(padding)
    if len(padding) == 2:
        return padding[1], padding[1], padding[0], padding[0]
    if len(padding) == 4:
        return padding
    raise ValueError(f"padding {padding}: must be a number, two or four of them")


def why_not(x, weight, bias=None, groups=1, stride=1, dilation=1, padding=0):
    """Why nova does not compute x.conv2d(weight, bias, ...): a sentence, or None if it does."""
    if x.ndim != 4 or weight.ndim != 4:
        return f"tensors of {x.ndim} and {weight.ndim} dimensions; it takes 4 and 4"
    if not all(isinstance(size, int) for size in (*x.shape, *weight.shape)):
        return "a size is symbolic"
    if groups != 1:
        return f"{groups} groups"
    for name, value in (("stride", stride), ("dilation", dilation)):
        if value not in (1, (1, 1), [1, 1]):
            return f"{name} {value}"
    if x.shape[1] != weight.shape[1]:
        return f"x has {x.shape[1]} channels, the filters {weight.shape[1]}"
    if x.dtype not in NAMES or weight.dtype not in NAMES:
        return f"types {x.dtype.name} and {weight.dtype.name}"
    sides = tuple(weight.shape[2:])
    if sides == (1, 1) or not all(side in SIDES for side in sides):
        return f"filters of {sides[0]}x{sides[1]}"
    if isinstance(x.device, tuple):
        return "x is on several devices"
    if bias is not None and tuple(bias.shape) != (weight.shape[0],):
        return f"bias of shape {tuple(bias.shape)}"
    problem = problem_of(x, weight, padding)
    if min(problem.pads) < 0:
        return "negative padding"
    if min(*x.shape, *weight.shape, problem.out_h, problem.out_w) < 1:
        return "a size is zero"
    return None


def problem_of(x, weight, padding):
    """The Problem; shapes are of 4 dimensions."""
    return Problem(*x.shape, weight.shape[0], *weight.shape[2:], four_pads(padding))
