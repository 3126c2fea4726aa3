# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What a schedule in Tensor operations should cost: docs/schedules.md has these as formulas."""

from . import _codelets, _native


def _transform(matrix_h, matrix_w):
    """Operations of a separable transform of one tile of one channel."""
    along_h = sum(_codelets.operations(matrix_h)) * len(matrix_w[0])
    return along_h + sum(_codelets.operations(matrix_w)) * len(matrix_h)


def expected(problem, tile, points, places, size, multiple=4):
    """(kernels, bytes, operations): kernels that run, bytes of the buffers that each of them reads or
    writes, counted once a kernel, and operations, recomputation included; `size` of an element, and the
    `multiple` that tiles are rounded up to."""
    xhat, ghat, mhat = (place == "stored" for place in places)
    at, g, bt = zip(_native.transform(points, tile[0], problem.r, size == 2),
                    _native.transform(points, tile[1], problem.s, size == 2))
    rows, columns = problem.tiles(tile)
    tiles = problem.n * rows * columns
    padded = tiles + -tiles % multiple
    positions = len(bt[0]) * len(bt[1])
    x = problem.n * problem.c * problem.h * problem.w
    weights = problem.k * problem.c * problem.r * problem.s
    y = problem.k * tiles * tile[0] * tile[1]
    v, u, m = (positions * count for count in (problem.c * padded, problem.k * problem.c,
                                               problem.k * padded))
    made_of = (v if xhat else x) + (u if ghat else weights)
    elements = ((x + v) * xhat + (weights + u) * ghat + made_of
                + ((m + m + y) if mhat else y))
    # What is inlined is made once for every product that it is part of.
    products = positions * problem.k * problem.c * padded
    inner = problem.k * problem.c * padded
    outputs = problem.k * (tiles if mhat else problem.c * padded)
    operations = (2 * products + _transform(*bt) * (problem.c * padded if xhat else inner)
                  + _transform(*g) * (problem.k * problem.c if ghat else inner)
                  + _transform(*at) * outputs)
    if not mhat:  # products are summed after their transform
        operations += (tile[0] * tile[1] - positions) * inner
    return 1 + xhat + ghat + mhat, elements * size, operations
