#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova and cuDNN side by side on one GPU: the same layers, the same inputs, one run.

Every time is that of a CUDA graph of up to 20 calls, the median of up to 30 replays (fewer where
they take long), which take turns: nova, cuDNN channel-first, cuDNN channel-last (through PyTorch,
benchmark mode). The calls of a graph rotate through inputs and outputs that together exceed the
second-level cache, the same for all. Errors are relative rms against binary32 convolution of the
same operands, of the first two images.

    compare_cudnn.py LIBRARY [--layers sdxl,vae] [--networks sdxl,vgg16] [--batches 1,2,32]
                     [--plans auto,direct,4,6,4x8] [--layout nchw] [--between] [--profile]
                     [--json FILE] [--figure FILE.svg]
    compare_cudnn.py LIBRARY --networks all --batches 1,2,32 --json FILE
    compare_cudnn.py --read FILE [--figure FILE.svg]

--layers are families of layers.txt; --networks are files of bench/shapes, all layers of them, at
the batches (1, but 2 for the UNets, if none are given), with totals that count each layer as often
as it occurs. Beside each time of nova stands the floor of its plan (nova_plan_info.floor_seconds).
Calls of nova that follow each other overlap at their ends; --between adds the times with a kernel
of PyTorch's between them, less that kernel's own. Memory: nova's workspace and packed filter; of
cuDNN what a call allocates beyond its output, and the filter as it is.

With libnova_winograd_hip and a ROCm build of PyTorch the same runs on AMD devices: what is called
cuDNN is MIOpen then.
"""
import argparse
import json
import math
import pathlib

import tables

try:
    import torch

    import nova_cuda
    from replays import FORMATS, capture, relative_error, replay, set_up
except ImportError:
    torch = None  # enough for --read

CALLS, REPLAYS, SECONDS, ROTATION_BYTES, MOST_SETS = 20, 30, 0.3, 150e6, 10
GRAPH_SECONDS, RATE = 4e-3, 5e14  # a graph of large layers has fewer calls; FLOP/s
EXACT_IMAGES = 2
BATCHES = {"sdxl": 2, "sd15": 2}  # classifier-free guidance; 1 for all others
NETWORKS = ("sdxl", "sd15", "vae", "vgg16", "resnet50", "densenet161")

HEADING = ("layer", "batch", "times", "plan", "us", "predicted us", "floor us", "us / floor",
           "TFLOP/s of direct", "error", "predicted", "cuDNN NCHW us", "NHWC us",
           "best cuDNN / nova", "workspace MB", "filter MB", "cuDNN NCHW MB", "NHWC MB",
           "its filter MB", "chosen by", "blocks")
BETWEEN = ("us between others", "cuDNN NHWC us between others", "cuDNN / nova between others")


def read_layers(path, families):
    """Of each family a list of ("", name, times, (n, c, k, h, w)); path: layers.txt."""
    found = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            family, name, n, c, k, h = line.split()
            shape = (int(n), int(c), int(k), int(h), int(h))
            found.setdefault(family, []).append(("", f"{family} {name}", 1, shape))
    return [layer for family in (found if families == "all" else families.split(","))
            for layer in found[family]]


def read_network(path, batch):
    """The same of a file of shapes, with the network's name; layers of one shape are one."""
    found = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, *sizes = line.split()
            times, *shape = map(int, sizes)
            first, before = found.get(tuple(shape), (name, 0))
            found[tuple(shape)] = (first, before + times)
    return [(path.stem, f"{path.stem} {name}", times, (batch, *shape))
            for shape, (name, times) in found.items()]


def wanted_layers(options):
    """All layers that the options ask for, those of networks batch by batch."""
    here, layers = pathlib.Path(__file__).parent, []
    if options.layers or not options.networks:
        layers += read_layers(here / "layers.txt", options.layers or "sdxl,vae")
    names = NETWORKS if options.networks == "all" else filter(None, options.networks.split(","))
    for network in names:
        for batch in options.batches.split(",") if options.batches else [BATCHES.get(network, 1)]:
            path = here.parent / "shapes" / f"{network}.txt"
            layers += read_network(path, int(batch))
    return layers


def calls_of(shape):
    """How many calls a graph of this layer has."""
    n, c, k, h, w = shape
    seconds = 18.0 * n * c * k * h * w / RATE
    return max(3, min(CALLS, math.ceil(GRAPH_SECONDS / seconds)))


def replay_between(calls, number, other):
    """The same as replay() of calls between others, less the time of the other."""
    def both(call):
        def run(i):
            call(i)
            other()
        return run

    graphs = [capture(both(call), number) for call in calls]
    *times, own = replay(graphs + [capture(lambda i: other(), number)], number, REPLAYS, SECONDS)
    return [time - own for time in times]


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


class Peers:
    """cuDNN in both layouts on one layer, with the operands that nova gets too."""

    def __init__(self, shape):
        n, c, k, h, w = shape
        self.weights = torch.randn(k, c, 3, 3) / math.sqrt(9 * c)
        self.filters = self.weights.half().cuda()
        filters_last = self.filters.to(memory_format=torch.channels_last)
        moved = 2 * n * (c + k) * h * w
        self.sets = sets = 1 if moved > 2 * ROTATION_BYTES else min(
            MOST_SETS, 1 + math.ceil(ROTATION_BYTES / moved))
        first = [torch.randn(n, c, h, w, device="cuda", dtype=torch.half) for _ in range(sets)]
        last = [x.to(memory_format=torch.channels_last) for x in first]
        self.inputs = {"nchw": first, "nhwc": last}
        conv = torch.nn.functional.conv2d
        with torch.backends.cudnn.flags(benchmark=False, allow_tf32=False):
            self.exact = conv(first[0][:EXACT_IMAGES].float(), self.weights.cuda(), padding=1)
        # a graph does not keep what it reads and writes
        self.kept = [{}, {}, filters_last]

        def calls(inputs, filters, outputs):
            def call(i):  # knows nothing of self, so that memory is free when the layer is done
                outputs[i % sets] = conv(inputs[i % sets], filters, padding=1)
            return call

        self.calls = {"nchw": calls(first, self.filters, self.kept[0]),
                      "nhwc": calls(last, filters_last, self.kept[1])}
        self.graphs = [capture(call, calls_of(shape)) for call in self.calls.values()]
        self.bytes = [allocated(lambda: conv(first[0], self.filters, padding=1)),
                      allocated(lambda: conv(last[0], filters_last, padding=1))]


def measure_layer(library, layer, options):
    """One dictionary per plan, keys as in HEADING, and in BETWEEN, and "network"."""
    network, name, times, shape = layer
    n, c, k, h, w = shape
    number, peers = calls_of(shape), Peers(shape)
    inputs = peers.inputs[options.layout]
    outputs = [torch.empty(n, k, h, w, device="cuda", dtype=torch.half,
                           memory_format=FORMATS[options.layout]) for _ in range(peers.sets)]
    rows = []
    for plan in options.plans.split(","):
        try:
            nova = nova_cuda.Nova(library, shape, peers.weights, plan, options.layout)
        except RuntimeError as reason:
            rows.append(left_out(layer, f"{plan}: {reason}"))
            continue
        for output in outputs:
            output.fill_(math.nan)

        def run(i):
            nova.run(inputs[i % peers.sets], outputs[i % peers.sets])

        graph = capture(run, number)
        ours, nchw, nhwc = replay([graph] + peers.graphs, number, REPLAYS, SECONDS)
        if not all(torch.isfinite(output).all() for output in outputs):
            raise RuntimeError(f"{name}: an output of nova is not finite")
        floor, info = 1e6 * nova.info.floor_seconds, nova.info
        rows.append(dict(zip(HEADING, (
            name, n, times, nova_cuda.name_of(info), ours, 1e6 * info.cost_seconds, floor,
            ours / floor, info.flops_direct / ours * 1e-6,
            relative_error(outputs[0][:EXACT_IMAGES], peers.exact), info.predicted_error, nchw,
            nhwc, (nchw if options.layout == "nchw" else min(nchw, nhwc)) / ours,
            info.workspace_bytes * 1e-6, info.packed_bytes * 1e-6, peers.bytes[0] * 1e-6,
            peers.bytes[1] * 1e-6, 18e-6 * c * k,
            "wisdom" if info.measured_seconds > 0 else "model", info.blocks.decode()))))
        if options.between:
            other = torch.zeros_like(outputs[0])
            own, peer = replay_between([run, peers.calls[options.layout]], number, other.relu_)
            rows[-1].update(zip(BETWEEN, (own, peer, peer / own)))
        print(tables.line(rows[-1], rows[-1]), flush=True)
        rows[-1]["network"] = network
        if options.profile:
            profile(nova, inputs, outputs)
        nova.close()
        del graph
    return rows


def left_out(layer, reason):
    """The row of a layer that cannot be measured."""
    network, name, times, shape = layer
    row = {"network": network, "layer": name, "batch": shape[0], "times": times,
           "failure": str(reason).splitlines()[0].split(". ")[0]}
    print(f"| {name}, batch {shape[0]}: {row['failure']} |", flush=True)
    return row


def measure(options):
    """Rows of all layers; of one that cannot be measured the reason."""
    library, rows = set_up(options.library, options.wisdom), []
    print("\n" + tables.heading(HEADING + (BETWEEN if options.between else ())))
    for layer in wanted_layers(options):
        try:
            rows += measure_layer(library, layer, options)
        except torch.cuda.OutOfMemoryError as reason:
            rows.append(left_out(layer, reason))
        torch.cuda.empty_cache()
        if options.json:  # all so far: a run may be ended by a limit of time
            pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("library", nargs="?")
    parser.add_argument("--layers", default="", help="families of layers.txt, or all")
    parser.add_argument("--networks", default="", help="files of bench/shapes, without .txt, or all")
    parser.add_argument("--batches", default="", help="of the networks")
    parser.add_argument("--plans", default="auto")
    parser.add_argument("--layout", choices=("nhwc", "nchw"), default="nhwc",
                        help="of nova's tensors; with nchw the ratio is to cuDNN's NCHW")
    parser.add_argument("--wisdom", metavar="FILE",
                        help="measured plans, of nova bench --tune or tools/tune_cuda")
    parser.add_argument("--between", action="store_true",
                        help="also with another kernel between the calls")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", help="writes the rows to this file")
    parser.add_argument("--figure", help="draws the rows into this file, PNG or SVG")
    parser.add_argument("--read", metavar="FILE", help="rows of --json, instead of measuring")
    options = parser.parse_args()
    if bool(options.library) == bool(options.read):
        parser.error("either a library or --read FILE")
    if options.library and not torch:
        parser.error("measuring needs PyTorch")
    rows = json.loads(pathlib.Path(options.read).read_text()) if options.read else measure(options)
    if options.plans == "auto" and any(row["network"] for row in rows):
        print("\n" + tables.totals(rows))
    print("\n" + tables.summary(rows))
    if options.figure:
        tables.draw(rows, options.figure)


if __name__ == "__main__":
    main()
