# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""libnova_winograd_cuda, or _hip, through ctypes, as the scripts of this folder need it: float16,
3x3. The structures are those of the Python package, which need not be installed."""
import ctypes
import importlib.util
import pathlib

import torch

ROOT = pathlib.Path(__file__).parents[2]


def _structures():
    path = ROOT / "python" / "nova_winograd" / "_structures.py"
    spec = importlib.util.spec_from_file_location("nova_structures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


structures = _structures()
DIRECT, WINOGRAD, F32, F16 = 1, 2, 0, 1
LAYOUTS = {"nchw": 0, "nhwc": 1}
ARITHS = ("auto", "f32", "f16", "f16m32", "bf16", "bf16m32", "bf16x3", "bf16x6")


def check(library, status):
    if status != 0:
        raise RuntimeError(library.nova_last_error().decode())


def describe(library, shape, layout):
    """The descriptor of one layer, (n, c, k, h, w)."""
    desc = structures.Desc()
    library.nova_conv_desc_init(ctypes.byref(desc))
    desc.n, desc.c, desc.k, desc.h, desc.w = shape
    desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1
    desc.dtype, desc.layout = F16, LAYOUTS[layout]
    return desc


def options_of(library, plan):
    """Of "auto", "direct", a tile like "6" or "4x8", or a tile and set like "6+x2+1"."""
    options = structures.PlanOptions()
    library.nova_plan_options_init(ctypes.byref(options))
    options.threads = 0  # all processors transform weights
    if plan == "direct":
        options.algorithm = DIRECT
    elif plan != "auto":
        tile, _, options_set = plan.partition("+")
        sides = [int(side) for side in tile.split("x")]
        options.algorithm = WINOGRAD
        options.tile_h, options.tile_w = sides[0], sides[-1]
        if options_set:
            options.set = ("best+" + options_set).encode()
    return options


def name_of(info):
    """Of a plan, by its nova_plan_info."""
    if info.algorithm == DIRECT:
        return "direct"
    return f"F({info.tile_h}x{info.tile_w}) {info.set.decode()} {ARITHS[info.arith]}"


class Nova:
    """A plan and a filter of the library for one layer."""

    def __init__(self, library, shape, weights, plan, layout="nhwc"):
        self.library = library
        self.engine = "hip" if hasattr(library, "nova_hip_plan_create") else "cuda"
        desc, options = describe(library, shape, layout), options_of(library, plan)
        self.plan, self.filter = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(self.function("plan_create")(ctypes.byref(desc), ctypes.byref(options), 0,
                                                ctypes.byref(self.plan)))
        self.info = structures.PlanInfo(struct_size=ctypes.sizeof(structures.PlanInfo))
        self.check(self.function("plan_get_info")(self.plan, ctypes.byref(self.info)))
        self.check(self.function("filter_create")(self.plan, ctypes.c_void_p(weights.data_ptr()),
                                                  F32, ctypes.byref(self.filter)))
        self.workspace = torch.empty(max(self.info.workspace_bytes, 1), dtype=torch.uint8,
                                     device="cuda")

    def function(self, name):
        return getattr(self.library, f"nova_{self.engine}_{name}")

    def check(self, status):
        check(self.library, status)

    def run(self, x, y):
        args = structures.ExecuteArgs()
        self.library.nova_execute_args_init(ctypes.byref(args))
        args.x, args.y = x.data_ptr(), y.data_ptr()
        args.workspace = self.workspace.data_ptr()
        args.workspace_bytes = self.info.workspace_bytes
        stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
        self.check(self.function("execute")(self.plan, self.filter, ctypes.byref(args), stream))

    def close(self):
        self.function("filter_destroy")(self.filter)
        self.function("plan_destroy")(self.plan)
