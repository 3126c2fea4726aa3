# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Winograd convolution in Tensor operations, for every backend of tinygrad.

    XHAT[p,q,c,t]  transformed input of tile t, positions p and q
    GHAT[p,q,k,c]  transformed filter
    MHAT[p,q,k,t] = sum_c GHAT[p,q,k,c] XHAT[p,q,c,t]

Each is stored (Tensor.contiguous(): a kernel and a buffer of its own, in the tensors' type) or
inlined: part of the expression that uses it, and made anew wherever that is evaluated. Transforms are
separable and in binary32.

What is inlined is written so that the scheduler has nothing to refuse. It stores every sum over
channels that more than one expression reads, so that an MHAT which is summed first and then
transformed exists as a buffer whether it is wanted or not; inlined, the products are transformed
channel by channel and summed last.
"""

from tinygrad import Device, Tensor, dtypes
from tinygrad.helpers import USE_TC

from . import _codelets, _native

#: The kernel optimiser unrolls an axis that selects among expressions up to this length.
UNROLLED = 7
#: Filters and channels of a block of GHAT on CPUs: as many filters as the optimiser multiplies at a time,
#: as many channels as are a cache line, which the transform writes as one vector.
BLOCK = (4, 16)
#: The fewest filters times channels that are stored in blocks: more of them than a first-level cache has
#: room for.
BLOCKED = 1 << 13


def is_cpu(device):
    """Whether kernels run on a CPU, for whose caches and optimiser some sizes are chosen."""
    return device.split(":")[0] == "CPU"


def conv2d(x, weight, problem, tile, points, places, core):
    """One convolution without bias, of whole tiles: outputs beyond the image's are at the right and at
    the bottom. `tile` is two numbers, `places` three of "stored", "inlined", `core` of tensor_core()."""
    xhat, ghat, mhat = (place == "stored" for place in places)
    scaled = x.dtype == dtypes.float16
    at_h, g_h, bt_h = _native.transform(points, tile[0], problem.r, scaled)
    at_w, g_w, bt_w = _native.transform(points, tile[1], problem.s, scaled)
    order = _Positions(len(bt_h), len(bt_w))

    v = order.store(_input(x, problem, tile, bt_h, bt_w, multiple(core)).cast(x.dtype), xhat)
    u = order.sort(_two_dimensions(g_h, g_w, weight.float().permute(2, 3, 0, 1)).cast(x.dtype))
    if ghat:
        u = _in_blocks(u) if xhat and mhat and is_cpu(x.device) else u.contiguous()
    if not core:
        u, v = u.float(), v.float()
    products = u.unsqueeze(-1) * v.unsqueeze(-3)
    if mhat:
        m = products.sum(-2, dtype=dtypes.float32).cast(x.dtype).contiguous().float()
        y = _two_dimensions(at_h, at_w, order.restore(m))
    else:
        y = _two_dimensions(at_h, at_w, order.restore(products.float())).sum(-2)
    return _assemble(y, problem, tile).cast(x.dtype)


def tensor_core(problem, dtype, places, device):
    """The kind of tensor core by which `device` multiplies stored XHAT and GHAT of this type with sums in
    binary32, or None. It takes products of halves exactly; without one they are multiplied in binary32,
    since a product of type half would be rounded to that type."""
    if dtype == dtypes.float32 or "inlined" in places or not USE_TC.value:
        return None
    return next((core for core in Device[device].renderer.tensor_cores
                 if core.dtype_in == dtype and core.dtype_out == dtypes.float32
                 and problem.k % core.dims[1] == 0 and problem.c % core.dims[2] == 0), None)


def multiple(core):
    """The number of tiles is rounded up to a multiple of this: products are then computed four tiles at a
    time, or as many as a tensor core takes, whatever their number."""
    return core.dims[0] if core else 4


class _Positions:
    """The order in which positions of a tile are stored: an axis for each dimension, or two where one
    would be too long to be unrolled. These two must not be neighbours, or they are merged again."""

    def __init__(self, height, width):
        self.lengths = height, width
        (outer_h, inner_h), (outer_w, inner_w) = parts = _divide(height), _divide(width)
        self.shape = (outer_h, inner_h, outer_w, inner_w)
        self.order = (0, 2, 1, 3) if parts[0][1] > 1 else (2, 0, 1, 3)

    def sort(self, tensor):
        """[p, q, ...] in that order, four axes."""
        rest = tensor.shape[2:]
        return tensor.reshape(*self.shape, *rest).permute(*self.order, *_after(4, rest))

    def store(self, tensor, stored):
        """The same, stored if asked for."""
        tensor = self.sort(tensor)
        return tensor.contiguous() if stored else tensor

    def restore(self, tensor):
        """The opposite: [p, q, ...]."""
        rest = tensor.shape[4:]
        back = [self.order.index(axis) for axis in range(4)]
        return tensor.permute(*back, *_after(4, rest)).reshape(*self.lengths, *rest)


def _in_blocks(u):
    """GHAT, [four axes of positions, k, c], stored in blocks if there is much of it: products for four
    filters then read it from its beginning to its end instead of in four places. Where something else
    is inlined, that would be unrolled for every channel of a block."""
    positions, (k, c), (filters, channels) = u.shape[:4], u.shape[4:], BLOCK
    if k * c <= BLOCKED or k % filters or c % channels:
        return u.contiguous()
    u = u.reshape(*positions, k // filters, filters, c // channels, channels)
    swap = (*range(5), 6, 5, 7)
    return u.permute(*swap).contiguous().permute(*swap).reshape(*positions, k, c)


def _after(first, rest):
    return range(first, first + len(rest))


def order_of_positions(height, width):
    """Lengths of the axes in which positions are stored."""
    order = _Positions(height, width)
    return [order.shape[axis] for axis in order.order]


def _divide(length):
    if length > UNROLLED:
        for part in range(2, UNROLLED + 1):
            if length % part == 0 and length // part <= UNROLLED:
                return length // part, part
    return length, 1


def _two_dimensions(matrix_h, matrix_w, tensor):
    """matrix_h along the first axis, matrix_w along the second."""
    for axis, matrix in enumerate((matrix_h, matrix_w)):
        terms = [tensor[(slice(None),) * axis + (i,)] for i in range(tensor.shape[axis])]
        tensor = Tensor.stack(*_codelets.apply(matrix, terms), dim=axis)
    return tensor


def padded(tiles, together, on_cpu):
    """The number of tiles that products are computed for: the next multiple of how many are multiplied
    `together`. On CPUs no multiple of three, by which the optimiser would group them instead, at half the
    speed; nor, where that costs little, of 16: positions of few channels would be powers of two apart,
    where a cache has few places for them."""
    tiles += -tiles % together
    while on_cpu and (tiles % 3 == 0 or tiles >= 64 and tiles % 16 == 0):
        tiles += together
    return tiles


def _input(x, problem, tile, bt_h, bt_w, together):
    """[p, q, c, t], with tiles of all images one after the other, padded()."""
    rows, columns = problem.tiles(tile)
    left, right, top, bottom = problem.pads
    right += columns * tile[1] - problem.out_w
    bottom += rows * tile[0] - problem.out_h
    tiles = x.float().pad((left, right, top, bottom))
    tiles = tiles.unfold(2, len(bt_h[0]), tile[0]).unfold(3, len(bt_w[0]), tile[1])
    v = _two_dimensions(bt_h, bt_w, tiles.permute(4, 5, 1, 0, 2, 3)).flatten(3)
    return v.pad((0, padded(v.shape[3], together, is_cpu(x.device)) - v.shape[3]))


def _assemble(y, problem, tile):
    """[i, j, k, t] to [n, k, height, width] of whole tiles."""
    rows, columns = problem.tiles(tile)
    y = y[..., :problem.n * rows * columns].reshape(*tile, problem.k, problem.n, rows, columns)
    return y.permute(3, 2, 4, 0, 5, 1).reshape(problem.n, problem.k, rows * tile[0],
                                               columns * tile[1])
