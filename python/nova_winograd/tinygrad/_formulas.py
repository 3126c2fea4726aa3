# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What a schedule in Tensor operations should cost: docs/schedules.md has these as formulas."""

import math

from . import _expressions, _native
from .tensors import UNROLLED, order_of_positions, padded

#: The optimiser makes as many positions together as axes of at most UNROLLED give within this product.
TOGETHER = 49
#: It unrolls a sum of at most so many channels, in a kernel that makes fewer than WIDE results together.
CHANNELS, WIDE = 32, 64
#: It makes results of several tiles or filters together as long as they are fewer than this.
ENOUGH = 32


def expected(problem, tile, points, places, size, multiple=4, on_cpu=True):
    """(kernels, bytes, operations): kernels that run, bytes of the buffers that each of them reads or
    writes, counted once a kernel, and operations, recomputation included; `size` of an element, the
    `multiple` that tiles are rounded up to, and whether kernels are those of a CPU."""
    xhat, ghat, mhat = (place == "stored" for place in places)
    at, g, bt = zip(_native.transform(points, tile[0], problem.r, size == 2),
                    _native.transform(points, tile[1], problem.s, size == 2))
    rows, columns = problem.tiles(tile)
    tiles = problem.n * rows * columns
    made = padded(tiles, multiple, on_cpu)
    positions = len(bt[0]) * len(bt[1])
    x = problem.n * problem.c * problem.h * problem.w
    weights = problem.k * problem.c * problem.r * problem.s
    y = problem.k * tiles * tile[0] * tile[1]
    v, u, m = (positions * count for count in (problem.c * made, problem.k * problem.c,
                                               problem.k * made))
    made_of = (v if xhat else x) + (u if ghat else weights)
    elements = ((x + v) * xhat + (weights + u) * ghat + made_of
                + ((m + m + y) if mhat else y))

    input_, filter_, output = (_expressions.operations(*pair) for pair in (bt, g, at))
    filters, side_by_side = problem.k * problem.c, 1
    order = order_of_positions(len(bt[0]), len(bt[1]))
    together = math.prod(_unrolled(order))
    stored_passes = positions // together
    if mhat:
        passes, wide = stored_passes, together * (4 if xhat != ghat and together < ENOUGH else 1)
        inner = filters * made
        operations = 2 * positions * inner + output * problem.k * tiles
    else:
        # One kernel for the outputs of a tile; where it pads x, few tiles are like positions.
        unrolled = _unrolled(tile if xhat else (rows, tile[0], columns, tile[1]))
        wide, of_tile = math.prod(unrolled), math.prod(unrolled if xhat else unrolled[1::2])
        passes, side_by_side = tile[0] * tile[1] // of_tile, wide // of_tile
        inner = filters * tiles
        operations = inner * (passes * positions + output + tile[0] * tile[1])
    # What is inlined is made for every product that it is part of, and again in every pass; but what no
    # loop over channels is around is made before the loop over tiles, which GPUs do not have.
    before = on_cpu and problem.c <= CHANNELS and wide < WIDE
    operations += input_ * (stored_passes * problem.c * made if xhat else passes * inner)
    operations += filter_ * (stored_passes * filters if ghat else
                             passes * (filters if before else inner // side_by_side))
    return 1 + xhat + ghat + mhat, elements * size, operations


def _unrolled(lengths):
    """How much of each axis a kernel makes together that selects among expressions by axes of these
    lengths: all or one. Those that are one are loops, in each pass of which everything is made."""
    unrolled = []
    for length in lengths:
        fits = length <= UNROLLED and math.prod(unrolled) * length <= TOGETHER
        unrolled.append(length if fits else 1)
    return unrolled
