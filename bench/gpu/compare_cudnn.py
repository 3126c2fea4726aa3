#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova and cuDNN side by side on one GPU: the same layers, the same inputs, one run.

Every time is that of a CUDA graph of 20 calls, the median of 30 replays, which take turns: nova,
cuDNN channel-first, cuDNN channel-last (through PyTorch, benchmark mode). The calls of a graph
rotate through inputs and outputs that together exceed the second-level cache, the same for all.
Errors are relative rms against binary32 convolution of the same operands.

    compare_cudnn.py LIBRARY [--layers sdxl,vae] [--plans auto,direct,4,6,4x8] [--profile]
                     [--json FILE] [--figure FILE.svg]

With libnova_winograd_hip and a ROCm build of PyTorch the same runs on AMD devices: what is called
cuDNN is MIOpen then, and the floors are still those of an H200.

Beside each time of nova stands a floor: the larger of what reading operands and writing y once
takes at the memory's rate and what the plan's products take at the matrix units' rate, and the
launches of its kernels. Memory: nova's workspace and packed filter; of cuDNN what a call allocates
beyond its output (the filter is what the caller has).
"""
import argparse
import ctypes
import json
import math
import pathlib
import statistics

try:
    import torch
except ImportError:
    torch = None  # enough for --redraw

CALLS, REPLAYS, ROTATION_BYTES, MOST_SETS = 20, 30, 150e6, 10

# Rates of the device for the floors, as nova-gpu-floors measures them on one H200.
TENSOR_FLOPS, MEMORY_BYTES, LAUNCH_US = 775e12, 4.2e12, 1.0

HEADING = ("layer", "plan", "us", "predicted us", "floor us", "TFLOP/s of direct", "error",
           "predicted", "cuDNN NCHW us", "NHWC us", "best cuDNN / nova", "workspace MB",
           "filter MB", "cuDNN NCHW MB", "NHWC MB")


def read_layers(path):
    """Lists of (name, n, c, k, h) by family."""
    families = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            family, name, *sizes = line.split()
            families.setdefault(family, []).append((name, *map(int, sizes)))
    return families


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


DIRECT, WINOGRAD, F32, F16, NHWC = 1, 2, 0, 1, 1


class Nova:
    """A plan and a filter of the library for one layer, f16 and channel-last."""

    def __init__(self, library, shape, weights, plan):
        self.library = library
        self.engine = "hip" if hasattr(library, "nova_hip_plan_create") else "cuda"
        n, c, k, h = shape
        desc, options = Desc(), Options()
        library.nova_conv_desc_init(ctypes.byref(desc))
        full = ctypes.create_string_buffer(256)  # the structure may have grown
        library.nova_plan_options_init(full)
        ctypes.memmove(ctypes.byref(options), full, ctypes.sizeof(Options))
        options.struct_size = ctypes.sizeof(Options)
        desc.n, desc.c, desc.k, desc.h, desc.w = n, c, k, h, h
        desc.pad_top = desc.pad_bottom = desc.pad_left = desc.pad_right = 1
        desc.dtype, desc.layout = F16, NHWC
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
        """Microseconds that no plan of this algorithm stays below."""
        n, c, k, h = shape
        moved = 2 * n * h * h * (c + k) + self.info.packed_bytes
        products = self.info.flops_direct / max(self.info.saving, 1)
        launches = 1 if self.info.algorithm == DIRECT else 3
        return 1e6 * max(moved / MEMORY_BYTES, products / TENSOR_FLOPS) + launches * LAUNCH_US

    def name(self):
        if self.info.algorithm == DIRECT:
            return "direct"
        arith = {2: "f16", 3: "f16m32"}[self.info.arith]
        name = self.info.set.decode()
        return f"F({self.info.tile_h}x{self.info.tile_w}) {name} {arith}"

    def close(self):
        self.function("filter_destroy")(self.filter)
        self.function("plan_destroy")(self.plan)


def capture(call):
    """A graph of CALLS calls; call(i) enqueues the i-th."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for i in range(3):
            call(i)
    stream.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for i in range(CALLS):
            call(i)
    return graph


def replay(graphs):
    """Median microseconds of one call of each graph; replays take turns."""
    times = [[] for _ in graphs]
    start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    for round_ in range(-2, REPLAYS):
        for own, graph in zip(times, graphs):
            start.record()
            graph.replay()
            stop.record()
            stop.synchronize()
            if round_ >= 0:
                own.append(1e3 * start.elapsed_time(stop) / CALLS)
    return [statistics.median(own) for own in times]


def relative_error(y, exact):
    return ((y.float() - exact).norm() / exact.norm()).item()


def profile(nova, x, y):
    """Microseconds of each kernel of one call."""
    activity = torch.profiler.ProfilerActivity.CUDA
    with torch.profiler.profile(activities=[activity]) as result:
        for i in range(CALLS):
            nova.run(x[i % len(x)], y[i % len(y)])
        torch.cuda.synchronize()
    for event in result.key_averages():
        print(f"    {event.self_device_time_total / CALLS:8.1f} us {event.count // CALLS} x "
              f"{event.key[:70]}")


def allocated(call):
    """Bytes that a call allocates beyond its result."""
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    result = call()
    torch.cuda.synchronize()
    return max(torch.cuda.max_memory_allocated() - before - result.numel() * 2, 0)


def measure_layer(library, family, layer, plans, profiled):
    """One dictionary per plan, keys as in HEADING."""
    name, n, c, k, h = layer
    weights = torch.randn(k, c, 3, 3) / math.sqrt(9 * c)
    half = weights.half().cuda()
    sets = min(MOST_SETS, 1 + math.ceil(ROTATION_BYTES / (2 * n * (c + k) * h * h)))
    first = [torch.randn(n, c, h, h, device="cuda").half() for _ in range(sets)]
    last = [x.to(memory_format=torch.channels_last) for x in first]
    half_last = half.to(memory_format=torch.channels_last)
    exact = torch.nn.functional.conv2d(first[0].float(), weights.cuda(), padding=1)
    conv = torch.nn.functional.conv2d
    out_first, out_last = [None] * sets, [None] * sets

    def cudnn_first(i):
        out_first[i % sets] = conv(first[i % sets], half, padding=1)

    def cudnn_last(i):
        out_last[i % sets] = conv(last[i % sets], half_last, padding=1)

    peers = [capture(cudnn_first), capture(cudnn_last)]
    peer_bytes = [allocated(lambda: conv(first[0], half, padding=1)),
                  allocated(lambda: conv(last[0], half_last, padding=1))]
    outputs = [torch.empty(n, k, h, h, device="cuda", dtype=torch.half).to(
        memory_format=torch.channels_last) for _ in range(sets)]
    rows = []
    for plan in plans:
        try:
            nova = Nova(library, (n, c, k, h), weights, plan)
        except RuntimeError as reason:
            print(f"| {family} {name} | {plan}: {reason} |")
            continue
        graph = capture(lambda i: nova.run(last[i % sets], outputs[i % sets]))
        ours, nchw, nhwc = replay([graph] + peers)
        rows.append(dict(zip(HEADING, (
            f"{family} {name}", nova.name(), ours, 1e6 * nova.info.cost_seconds,
            nova.floor((n, c, k, h)), nova.info.flops_direct / ours * 1e-6,
            relative_error(outputs[0], exact), nova.info.predicted_error, nchw, nhwc,
            min(nchw, nhwc) / ours, nova.info.workspace_bytes * 1e-6, nova.info.packed_bytes * 1e-6,
            peer_bytes[0] * 1e-6, peer_bytes[1] * 1e-6))))
        print_row(rows[-1])
        if profiled:
            profile(nova, last, outputs)
        nova.close()
        del graph
    return rows


def print_row(row):
    texts = [f"{value:.1e}" if key in ("error", "predicted") else
             f"{value:.2f}" if key.startswith("best") else
             value if isinstance(value, str) else f"{value:.1f}" for key, value in row.items()]
    print("| " + " | ".join(texts) + " |", flush=True)


def draw(rows, path):
    """A row per layer: cuDNN's time and nova's floor over nova's time."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(8, 0.26 * len(rows) + 1.2))
    marks = (("NHWC us", "cuDNN, channel-last", "#0072B2", "v"),
             ("cuDNN NCHW us", "cuDNN, channel-first", "#E69F00", "s"),
             ("floor us", "floor of nova's plan", "#999999", "*"))
    for key, label, shade, mark in marks:
        axes.plot([row[key] / row["us"] for row in rows], range(len(rows)), mark, color=shade,
                  label=label, markersize=6, alpha=0.85)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels([f"{row['layer']}: {row['plan']}, {row['us']:.1f} us" for row in rows],
                         fontsize=7)
    axes.invert_yaxis()
    axes.set_xscale("log")
    ticks = [0.25, 0.5, 1, 2, 4]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("time over nova's (right of 1: nova is faster)")
    axes.legend(fontsize=8)
    figure.savefig(path, bbox_inches="tight", dpi=100,
                   metadata={"Date": None} if path.endswith(".svg") else {"Software": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("library")
    parser.add_argument("--layers", default="sdxl,vae", help="families of layers.txt, or all")
    parser.add_argument("--plans", default="auto")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", help="writes the rows to this file")
    parser.add_argument("--figure", help="draws the rows into this file, PNG or SVG")
    parser.add_argument("--redraw", action="store_true",
                        help="reads the rows from --json instead of measuring")
    options = parser.parse_args()
    if options.redraw:
        draw(json.loads(pathlib.Path(options.json).read_text()), options.figure)
        return
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(1)
    library = ctypes.CDLL(options.library)
    library.nova_last_error.restype = ctypes.c_char_p
    families = read_layers(pathlib.Path(__file__).with_name("layers.txt"))
    chosen = families if options.layers == "all" else options.layers.split(",")
    print(f"{torch.cuda.get_device_name()}, cuDNN {torch.backends.cudnn.version()}\n")
    print("| " + " | ".join(HEADING) + " |")
    print("|---|---|" + "---:|" * (len(HEADING) - 2))
    rows = []
    for family in chosen:
        for layer in families[family]:
            rows += measure_layer(library, family, layer, options.plans.split(","),
                                  options.profile)
    mean = math.exp(statistics.fmean(math.log(row["best cuDNN / nova"]) for row in rows))
    print(f"\nBest cuDNN over nova, geometric mean: {mean:.3f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")
    if options.figure:
        draw(rows, options.figure)


if __name__ == "__main__":
    main()
