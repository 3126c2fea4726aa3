#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova and cuDNN side by side on one GPU: the same layers, the same inputs, one run.

Every time is that of a CUDA graph of 20 calls, the median of 30 replays, which take turns: nova,
cuDNN channel-first, cuDNN channel-last (through PyTorch, benchmark mode). The calls of a graph
rotate through inputs and outputs that together exceed the second-level cache, the same for all.
Errors are relative rms against binary32 convolution of the same operands.

    compare_cudnn.py LIBRARY [--layers sdxl,vae] [--plans auto,direct,4,6,4x8] [--profile]
"""
import argparse
import ctypes
import math
import statistics

import torch

CALLS, REPLAYS, ROTATION_BYTES, MOST_SETS = 20, 30, 150e6, 10

# name: n, c, k, h (maps are square, filters 3x3, padding 1)
LAYERS = {
    "sdxl": [("320@128", 2, 320, 320, 128), ("640@64", 2, 640, 640, 64),
             ("1280@32", 2, 1280, 1280, 32)],
    "vae": [("512@64", 1, 512, 512, 64), ("512@128", 1, 512, 512, 128),
            ("512@256", 1, 512, 512, 256), ("256@512", 1, 256, 256, 512),
            ("128@512", 1, 128, 128, 512)],
    "sd15": [("320@64", 2, 320, 320, 64), ("640@32", 2, 640, 640, 32),
             ("1280@16", 2, 1280, 1280, 16), ("1280@8", 1, 1280, 1280, 8)],
    "vgg": [("64@224", 1, 64, 64, 224), ("128@112", 1, 128, 128, 112), ("256@56", 1, 256, 256, 56),
            ("512@28", 1, 512, 512, 28), ("512@14", 1, 512, 512, 14)],
    "resnet": [("64@56", 1, 64, 64, 56), ("128@28", 1, 128, 128, 28), ("256@14", 1, 256, 256, 14),
               ("512@7", 1, 512, 512, 7)],
    "resnet32": [("64@56", 32, 64, 64, 56), ("128@28", 32, 128, 128, 28),
                 ("256@14", 32, 256, 256, 14), ("512@7", 32, 512, 512, 7)],
}


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
        self.check(library.nova_cuda_plan_create(ctypes.byref(desc), ctypes.byref(options), 0,
                                                 ctypes.byref(self.plan)))
        self.info = Info()
        self.info.struct_size = ctypes.sizeof(Info)
        self.check(library.nova_cuda_plan_get_info(self.plan, ctypes.byref(self.info)))
        self.check(library.nova_cuda_filter_create(self.plan, ctypes.c_void_p(weights.data_ptr()),
                                                   F32, ctypes.byref(self.filter)))
        self.workspace = torch.empty(max(self.info.workspace_bytes, 1), dtype=torch.uint8,
                                     device="cuda")

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
        self.check(self.library.nova_cuda_execute(self.plan, self.filter, ctypes.byref(args),
                                                  stream))

    def name(self):
        if self.info.algorithm == DIRECT:
            return "direct"
        arith = {2: "f16", 3: "f16m32"}[self.info.arith]
        name = self.info.set.decode()
        return f"F({self.info.tile_h}x{self.info.tile_w}) {name} {arith}"

    def close(self):
        self.library.nova_cuda_filter_destroy(self.filter)
        self.library.nova_cuda_plan_destroy(self.plan)


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


def measure_layer(library, family, layer, plans, profiled):
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
    outputs = [torch.empty(n, k, h, h, device="cuda", dtype=torch.half).to(
        memory_format=torch.channels_last) for _ in range(sets)]
    for plan in plans:
        try:
            nova = Nova(library, (n, c, k, h), weights, plan)
        except RuntimeError as reason:
            print(f"| {family} {name} | {plan}: {reason} |")
            continue
        graph = capture(lambda i: nova.run(last[i % sets], outputs[i % sets]))
        ours, nchw, nhwc = replay([graph] + peers)
        error = relative_error(outputs[0], exact)
        best = min(nchw, nhwc)
        predicted = 1e6 * nova.info.cost_seconds
        tflops = nova.info.flops_direct / ours * 1e-6
        print(f"| {family} {name} | {nova.name()} | {ours:.1f} | {predicted:.1f} | {tflops:.0f} "
              f"| {error:.1e} | {nova.info.predicted_error:.1e} | {nchw:.1f} | {nhwc:.1f} "
              f"| {best / ours:.2f} |", flush=True)
        if profiled:
            profile(nova, last, outputs)
        nova.close()
        del graph
    return


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("library")
    parser.add_argument("--layers", default="sdxl,vae")
    parser.add_argument("--plans", default="auto")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(1)
    library = ctypes.CDLL(options.library)
    library.nova_last_error.restype = ctypes.c_char_p
    print(f"{torch.cuda.get_device_name()}, cuDNN {torch.backends.cudnn.version()}\n")
    print("| layer | plan | us | predicted us | TFLOP/s of direct | error | predicted "
          "| cuDNN NCHW us | NHWC us | best cuDNN / nova |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for family in options.layers.split(","):
        for layer in LAYERS[family]:
            measure_layer(library, family, layer, options.plans.split(","), options.profile)


if __name__ == "__main__":
    main()
