# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""When Winograd convolution in Tensor operations is worth it, and with which tile.

A kernel takes the longer of its operations and its bytes, and a launch. Direct convolution is one
kernel, Winograd's are four: fewer operations, but everything between them goes through memory, and the
transformed filter, of n^2/r^2 times the size, is made in every call. So it does not pay where there
are few pixels for many channels (late layers at batch 1), or few channels altogether. Without a search
direct convolution on a GPU is slower than that: every thread sums over all channels and taps by itself.
"""

from dataclasses import dataclass, replace

from tinygrad.helpers import BEAM, NUM_CPU_THREADS

BYTES = {"f32": 4, "f16": 2, "bf16": 2}
#: Tiles that are considered: larger ones are slower in Tensor operations, and less accurate.
TILES = (2, 4)
#: How much faster it has to be by these figures, which are rough.
MARGIN = 1.15


@dataclass(frozen=True)
class Machine:
    """Rates of tinygrad's kernels: direct convolution and products, operations (a multiply-add is
    two) a second; bytes a second that products read, and that the transforms of filters and of images
    read and write; a launch, seconds; a step of the sum that a thread makes in direct convolution,
    seconds. docs/tinygrad.md says where those below are from."""

    direct: float
    products: float
    loads: float
    filters: float
    transforms: float
    launch: float
    step: float = 0.0

    def threads(self, count):
        """The same kernels on several processors."""
        return replace(self, direct=self.direct * count, products=self.products * count,
                       loads=self.loads * count, filters=self.filters * count,
                       transforms=self.transforms * count)


#: One thread of a CPU, a GPU, and a GPU whose tensor cores multiply halves: as the kernels are, and as
#: a search (BEAM) makes them.
MACHINES = {("CPU", False): Machine(24e9, 30e9, 15e9, 12e9, 6e9, 2e-6),
            ("CPU", True): Machine(25e9, 30e9, 15e9, 12e9, 6e9, 2e-6),
            ("GPU", False): Machine(5e12, 3e12, *[1.4e12] * 3, 1.75e-6, 0.17e-6),
            ("GPU", True): Machine(11e12, 4e12, *[1.4e12] * 3, 1.75e-6),
            ("GPU half", False): Machine(5e12, 9.3e12, *[3.7e12] * 3, 1.5e-6, 0.17e-6),
            ("GPU half", True): Machine(18e12, 9.3e12, *[3.7e12] * 3, 1.5e-6)}


@dataclass(frozen=True)
class Advice:
    """What is expected to be fastest: a tile, or None for tinygrad's direct convolution; expected
    seconds of direct convolution and of each tile that was considered."""

    tile: "tuple[int, int] | None"
    direct: float
    winograd: "dict[tuple[int, int], float]"


def machine_of(device, problem, dtype):
    """The rates that are assumed for a device of tinygrad."""
    searched = BEAM.value > 0
    if device.split(":")[0] in ("CPU", "PYTHON"):
        return MACHINES["CPU", searched].threads(NUM_CPU_THREADS.value)
    halves = dtype != "f32" and problem.c % 16 == 0 and problem.k % 16 == 0
    return MACHINES["GPU half" if halves else "GPU", searched]


def advise(problem, dtype, device, machine=None):
    """Advice for a Problem with tensors of type "f32", "f16" or "bf16" on a device."""
    machine = machine or machine_of(device, problem, dtype)
    direct = machine.launch + max(problem.direct_flops / machine.direct,
                                  problem.c * problem.r * problem.s * machine.step,
                                  BYTES[dtype] * sum(_elements(problem)) / machine.transforms)
    expected = {tile: winograd_seconds(problem, dtype, tile, machine) for tile in _tiles(problem)}
    best = min(expected, key=expected.get)
    return Advice(best if expected[best] * MARGIN < direct else None, direct, expected)


def _tiles(problem):
    return [(m if problem.r > 1 else 1, m if problem.s > 1 else 1) for m in TILES]


def _elements(problem):
    """Of x, of the weights and of y."""
    return (problem.n * problem.c * problem.h * problem.w,
            problem.k * problem.c * problem.r * problem.s,
            problem.n * problem.k * problem.out_h * problem.out_w)


def winograd_seconds(problem, dtype, tile, machine):
    """Expected time with everything stored."""
    rows, columns = problem.tiles(tile)
    tiles = problem.n * rows * columns
    positions = (tile[0] + problem.r - 1) * (tile[1] + problem.s - 1)
    v, u, m = (positions * count for count in (problem.c * tiles, problem.k * problem.c,
                                               problem.k * tiles))
    size, (x, weights, y) = BYTES[dtype], _elements(problem)
    products = max(2 * u * tiles / machine.products, size * (u + v + m) / machine.loads)
    return (4 * machine.launch + products + size * (weights + u) / machine.filters
            + size * (x + v + m + y) / machine.transforms)
