# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""libnova_tinygrad through ctypes: matrices of point sets, plans, and layers for the engine form."""

import ctypes
import functools
import os
from importlib import metadata
from pathlib import Path

from .._structures import Desc, PlanInfo, PlanOptions, Schedule, Work

LIBRARY = "libnova_tinygrad.so"
MAX_M, MAX_R, MAX_PRODUCTS = 16, 7, 24

DTYPES = {"f32": 0, "f16": 1, "bf16": 2}
ARITHS = ("auto", "f32", "f16", "f16m32", "bf16", "bf16m32", "bf16x3", "bf16x6")
PLACES = ("auto", "stored", "blocked", "inlined")
ALGORITHMS = ("auto", "direct", "winograd")
NO_COMPENSATION = 2


#: Statuses of what is well asked for, but not to be had.
NOT_ELIGIBLE, UNKNOWN_NAME, BUDGET_UNREACHABLE = 2, 4, 5


class NovaError(RuntimeError):
    """What nova refuses, with its reason; `status` is that of the C interface."""

    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


class Matrices(ctypes.Structure):
    """nova_tinygrad_matrices"""

    _fields_ = [("inputs", ctypes.c_int), ("products", ctypes.c_int),
                ("at", ctypes.c_double * (MAX_M * MAX_PRODUCTS)),
                ("g", ctypes.c_double * (MAX_PRODUCTS * MAX_R)),
                ("bt", ctypes.c_double * (MAX_PRODUCTS * (MAX_M + MAX_R - 1)))]


def _candidates():
    chosen = os.environ.get("NOVA_TINYGRAD_LIBRARY")
    if chosen:
        return [Path(chosen)]
    folders = [Path(__file__).resolve().parents[1]]
    try:  # an editable install has the library in another folder
        folders.append(Path(metadata.distribution("nova_winograd").locate_file("nova_winograd")))
    except metadata.PackageNotFoundError:
        pass
    return [folder / LIBRARY for folder in folders]


@functools.cache
def library():
    """The library, with the types of its functions; ImportError where it is missing or another."""
    found = [path for path in _candidates() if path.is_file()]
    if not found:
        raise ImportError(f"{LIBRARY} is not in any of {[str(path) for path in _candidates()]}; "
                          "build it with `pip install .` in nova's folder")
    lib = ctypes.CDLL(str(found[0]))
    pointer, number, status = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int
    for name, result, arguments in (
            ("nova_last_error", ctypes.c_char_p, []),
            ("nova_conv_desc_init", None, [pointer]),
            ("nova_plan_options_init", None, [pointer]),
            ("nova_set_load", status, [ctypes.c_char_p, pointer]),
            ("nova_plan_create", status, [pointer, pointer, pointer]),
            ("nova_plan_destroy", None, [pointer]),
            ("nova_plan_get_info", status, [pointer, pointer]),
            ("nova_tinygrad_transform", status,
             [ctypes.c_char_p, pointer, ctypes.c_int, ctypes.c_int, ctypes.c_int, pointer]),
            ("nova_tinygrad_layer_create", status,
             [pointer, pointer, ctypes.c_int, number, pointer]),
            ("nova_tinygrad_layer_plan", pointer, [pointer]),
            ("nova_tinygrad_layer_release", None, [pointer]),
            ("nova_tinygrad_layer_packed", number, [pointer]),
            ("nova_tinygrad_conv2d", ctypes.c_float, [pointer] * 5)):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    _check_structures(lib)
    return lib


def _check_structures(lib):
    """The library says how large it thinks its structures are."""
    for kind, init in ((Desc, lib.nova_conv_desc_init), (PlanOptions, lib.nova_plan_options_init)):
        memory = ctypes.create_string_buffer(4096)
        init(memory)
        size = ctypes.c_size_t.from_buffer(memory).value
        if size != ctypes.sizeof(kind):
            raise ImportError(f"{LIBRARY} is not of this version of the package ({kind.__doc__} has "
                              f"{size} bytes instead of {ctypes.sizeof(kind)}); install it again")


def check(status):
    """Raises NovaError with nova's reason unless `status` is that of success."""
    if status != 0:
        raise NovaError(library().nova_last_error().decode(), status)


@functools.cache
def load_set(path):
    """A point set of the user's own, a file of `nova emit --format json`; kept for the process."""
    custom = ctypes.c_void_p()
    check(library().nova_set_load(os.fsencode(path), ctypes.byref(custom)))
    return custom.value


def is_file(points):
    """Whether `points` names a file rather than a set."""
    return points is not None and str(points).endswith(".json")


@functools.cache
def transform(points, m, r, scaled):
    """(AT, G, BT) of F(m,r) as tuples of rows of floats, tap scaling multiplied in if `scaled`."""
    custom = load_set(points) if is_file(points) else None
    out = Matrices()
    check(library().nova_tinygrad_transform(os.fsencode(points), custom, m, r, int(scaled),
                                            ctypes.byref(out)))
    def rows(values, count, length):
        return tuple(tuple(values[i * length:(i + 1) * length]) for i in range(count))
    return (rows(out.at, m, out.products), rows(out.g, out.products, r),
            rows(out.bt, out.products, out.inputs))


def request(problem, dtype, *, tile=None, points=None, arith=None, schedule=None, max_error=None,
            threads=1, algorithm="auto", flags=0):
    """(Desc, PlanOptions) of a convolution; `schedule` is three places or None."""
    lib = library()
    desc, options = Desc(), PlanOptions()
    lib.nova_conv_desc_init(ctypes.byref(desc))
    lib.nova_plan_options_init(ctypes.byref(options))
    for name in ("n", "c", "h", "w", "k", "r", "s"):
        setattr(desc, name, getattr(problem, name))
    desc.pad_left, desc.pad_right, desc.pad_top, desc.pad_bottom = problem.pads
    desc.dtype = DTYPES[dtype]
    options.algorithm = ALGORITHMS.index(algorithm)
    if tile is not None:
        options.tile_h, options.tile_w = tile
    if is_file(points):
        options.custom_set = load_set(points)
    elif points is not None:
        options.set = os.fsencode(points)
    if arith is not None:
        options.arith = ARITHS.index(arith)
    if schedule is not None:
        options.schedule = Schedule(*(PLACES.index(place) for place in schedule))
    options.max_error = max_error or 0.0
    options.threads, options.flags = threads, flags
    return desc, options


def plan_info(plan):
    """What nova_plan_get_info() says of a plan, as a dictionary."""
    info = PlanInfo()
    info.struct_size = ctypes.sizeof(info)
    check(library().nova_plan_get_info(plan, ctypes.byref(info)))
    result = {name: getattr(info, name) for name, _ in PlanInfo._fields_}
    result.update((name, getattr(info, name).decode()) for name in ("set", "kernels", "blocks"))
    result["algorithm"], result["arith"] = ALGORITHMS[info.algorithm], ARITHS[info.arith]
    result["schedule"] = tuple(PLACES[getattr(info.schedule, name)]
                               for name, _ in Schedule._fields_)
    result["work"] = {name: getattr(info.work, name) for name, _ in Work._fields_}
    return result


def describe(problem, dtype, **options):
    """plan_info() of the plan that nova would make; NovaError if it makes none."""
    desc, chosen = request(problem, dtype, **options)
    plan = ctypes.c_void_p()
    check(library().nova_plan_create(ctypes.byref(desc), ctypes.byref(chosen), ctypes.byref(plan)))
    try:
        return plan_info(plan)
    finally:
        library().nova_plan_destroy(plan)
