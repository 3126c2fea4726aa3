# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""When Winograd convolution in Tensor operations is worth it, and with which tile.

A kernel takes the longer of its operations and its bytes, and a launch. Direct convolution is one
kernel, Winograd's are four: fewer operations, but everything between them goes through memory, and the
transformed filter, of n^2/r^2 times the size, is made in every call. So it does not pay where there
are few pixels for many channels (late layers at batch 1), or few channels altogether.
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
    two) a second; transforms, bytes of stored results read and written a second; a launch, seconds.
    docs/tinygrad.md says where those below are from."""

    direct: float
    products: float
    transforms: float
    launch: float

    def threads(self, count):
        """The same kernels on several processors."""
        return replace(self, direct=self.direct * count, products=self.products * count,
                       transforms=self.transforms * count)


#: One thread of a CPU, and a GPU: as the kernels are, and as a search (BEAM) makes them.
MACHINES = {("CPU", False): Machine(20e9, 30e9, 7e9, 35e-6),
            ("CPU", True): Machine(25e9, 30e9, 7e9, 35e-6),
            ("GPU", False): Machine(1e12, 5e12, 950e9, 6e-6),
            ("GPU", True): Machine(8e12, 8e12, 1e12, 5e-6)}


@dataclass(frozen=True)
class Advice:
    """What is expected to be fastest: a tile, or None for tinygrad's direct convolution; expected
    seconds of direct convolution and of each tile that was considered."""

    tile: "tuple[int, int] | None"
    direct: float
    winograd: "dict[tuple[int, int], float]"


def machine_of(device):
    """The rates that are assumed for a device of tinygrad."""
    kind = "CPU" if device.split(":")[0] in ("CPU", "PYTHON") else "GPU"
    machine = MACHINES[kind, BEAM.value > 0]
    return machine.threads(NUM_CPU_THREADS.value) if kind == "CPU" else machine


def advise(problem, dtype, device, machine=None):
    """Advice for a Problem with tensors of type "f32", "f16" or "bf16" on a device."""
    machine = machine or machine_of(device)
    direct = machine.launch + max(problem.direct_flops / machine.direct,
                                  _direct_bytes(problem, dtype) / machine.transforms)
    expected = {tile: winograd_seconds(problem, dtype, tile, machine) for tile in _tiles(problem)}
    best = min(expected, key=expected.get)
    return Advice(best if expected[best] * MARGIN < direct else None, direct, expected)


def _tiles(problem):
    return [(m if problem.r > 1 else 1, m if problem.s > 1 else 1) for m in TILES]


def _direct_bytes(problem, dtype):
    return BYTES[dtype] * (problem.n * problem.c * problem.h * problem.w
                           + problem.k * problem.c * problem.r * problem.s
                           + problem.n * problem.k * problem.out_h * problem.out_w)


def winograd_seconds(problem, dtype, tile, machine):
    """Expected time with everything stored."""
    rows, columns = problem.tiles(tile)
    tiles = problem.n * rows * columns
    positions = (tile[0] + problem.r - 1) * (tile[1] + problem.s - 1)
    v, u, m = (positions * size for size in (problem.c * tiles, problem.k * problem.c,
                                             problem.k * tiles))
    size = BYTES[dtype]
    products = max(2 * u * tiles / machine.products, size * (u + v + m) / machine.transforms)
    transforms = (size * (v + u + m) + _direct_bytes(problem, dtype)) / machine.transforms
    return 4 * machine.launch + products + transforms
