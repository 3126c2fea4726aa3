# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""libnova_winograd_cuda, or _hip, through ctypes, as compare_cudnn.py needs it: f16, channel-last, 3x3."""
import ctypes

try:
    import torch
except ImportError:
    torch = None  # enough to read results

# Rates of the device for the floors, as nova-gpu-floors measures them on one H200: dense products,
# the memory, a kernel that copies within the cache or beyond it, a launch.
TENSOR_FLOPS, MEMORY_BYTES = 775e12, 4.2e12
CACHED_BYTES, CACHED_RATE, LARGE_RATE = 37e6, 5.9e12, 3.9e12
LAUNCH_US = 1.0


class Desc(ctypes.Structure):
    _fields_ = ([("struct_size", ctypes.c_size_t)]
                + [(name, ctypes.c_int64) for name in
                   ("n", "c", "h", "w", "k", "r", "s", "pad_top", "pad_bottom", "pad_left",
                    "pad_right", "stride_h", "stride_w", "dilation_h", "dilation_w", "groups")]
                + [(name, ctypes.c_int) for name in ("dtype", "layout", "activation")]
                + [("input_rms", ctypes.c_double), ("filter_rms", ctypes.c_double)])


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("algorithm", ctypes.c_int),
                ("tile_h", ctypes.c_int), ("tile_w", ctypes.c_int), ("set", ctypes.c_char_p),
                ("custom_set", ctypes.c_void_p), ("arith", ctypes.c_int),
                ("max_error", ctypes.c_double), ("flags", ctypes.c_uint),
                ("threads", ctypes.c_int)]


class Info(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("algorithm", ctypes.c_int),
                ("tile_h", ctypes.c_int), ("tile_w", ctypes.c_int), ("set", ctypes.c_char_p),
                ("arith", ctypes.c_int), ("tap_scaling", ctypes.c_int),
                ("compensation", ctypes.c_int), ("predicted_error", ctypes.c_double),
                ("alpha", ctypes.c_double), ("saving", ctypes.c_double),
                ("out_h", ctypes.c_int64), ("out_w", ctypes.c_int64),
                ("workspace_bytes", ctypes.c_size_t), ("packed_bytes", ctypes.c_size_t),
                ("threads", ctypes.c_int), ("kernels", ctypes.c_char_p),
                ("flops_direct", ctypes.c_double), ("cost_seconds", ctypes.c_double)]


class Args(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("x", ctypes.c_void_p), ("y", ctypes.c_void_p),
                ("bias", ctypes.c_void_p), ("residual", ctypes.c_void_p),
                ("workspace", ctypes.c_void_p), ("workspace_bytes", ctypes.c_size_t),
                ("threads", ctypes.c_void_p), ("verification", ctypes.c_void_p)]


DIRECT, WINOGRAD, F32, F16 = 1, 2, 0, 1
LAYOUTS = {"nchw": 0, "nhwc": 1}


class Nova:
    """A plan and a filter of the library for one layer, (n, c, k, h, w)."""

    def __init__(self, library, shape, weights, plan, layout="nhwc"):
        self.library, self.layout = library, layout
        self.engine = "hip" if hasattr(library, "nova_hip_plan_create") else "cuda"
        desc, options = Desc(), Options()
        library.nova_conv_desc_init(ctypes.byref(desc))
        full = ctypes.create_string_buffer(256)  # the structure may have grown
        library.nova_plan_options_init(full)
        ctypes.memmove(ctypes.byref(options), full, ctypes.sizeof(Options))
        options.struct_size = ctypes.sizeof(Options)
        desc.n, desc.c, desc.k, desc.h, desc.w = shape
        desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1
        desc.dtype, desc.layout = F16, LAYOUTS[layout]
        options.threads = 0
        if plan == "direct":
            options.algorithm = DIRECT
        elif plan != "auto":
            tile, _, options_set = plan.partition("+")
            sides = [int(side) for side in tile.split("x")]
            options.algorithm = WINOGRAD
            options.tile_h, options.tile_w = sides[0], sides[-1]
            if options_set:
                options.set = ("best+" + options_set).encode()
        self.plan, self.filter = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(self.function("plan_create")(ctypes.byref(desc), ctypes.byref(options), 0,
                                                ctypes.byref(self.plan)))
        self.info = Info()
        self.info.struct_size = ctypes.sizeof(Info)
        self.check(self.function("plan_get_info")(self.plan, ctypes.byref(self.info)))
        self.check(self.function("filter_create")(self.plan, ctypes.c_void_p(weights.data_ptr()),
                                                  F32, ctypes.byref(self.filter)))
        self.workspace = torch.empty(max(self.info.workspace_bytes, 1), dtype=torch.uint8,
                                     device="cuda")

    def function(self, name):
        return getattr(self.library, f"nova_{self.engine}_{name}")

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.library.nova_last_error().decode())

    def run(self, x, y):
        args = Args()
        self.library.nova_execute_args_init(ctypes.byref(args))
        args.x, args.y = x.data_ptr(), y.data_ptr()
        args.workspace = self.workspace.data_ptr()
        args.workspace_bytes = self.info.workspace_bytes
        stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
        self.check(self.function("execute")(self.plan, self.filter, ctypes.byref(args), stream))

    def floor(self, shape):
        """Microseconds that the kernels of a plan of this kind take at the rates above: of each the
        larger of its bytes and its products, and a launch (nova_gpu_engine_floor())."""
        n, c, k, h, w = shape
        x, y = 2 * n * h * w * c, 2 * n * h * w * k
        products = self.info.flops_direct / max(self.info.saving, 1)
        filters = self.info.packed_bytes / MEMORY_BYTES
        moves = 0 if self.layout == "nhwc" else 2e6 * (x + y) / LARGE_RATE + 2 * LAUNCH_US
        if self.info.algorithm == DIRECT:
            moved = (x + y) / MEMORY_BYTES + filters
            return 1e6 * max(moved, products / TENSOR_FLOPS) + LAUNCH_US + moves
        v, m = products / k, products / c  # bytes of V and M: 2 per tile, position and channel
        seconds = max(filters, products / TENSOR_FLOPS)
        for moved, intermediate in ((x + v, v), (m + y, m)):
            seconds += moved / (CACHED_RATE if intermediate <= CACHED_BYTES else LARGE_RATE)
        return 1e6 * seconds + 3 * LAUNCH_US + moves

    def name(self):
        if self.info.algorithm == DIRECT:
            return "direct"
        arith = {2: "f16", 3: "f16m32"}[self.info.arith]
        name = self.info.set.decode()
        return f"F({self.info.tile_h}x{self.info.tile_w}) {name} {arith}"

    def close(self):
        self.function("filter_destroy")(self.filter)
        self.function("plan_destroy")(self.plan)


