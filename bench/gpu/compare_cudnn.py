#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova and cuDNN side by side on one GPU: the same layers, the same inputs, one run.

Every time is that of a CUDA graph of 20 calls, the median of 30 replays, which take turns: nova,
cuDNN channel-first, cuDNN channel-last (through PyTorch, benchmark mode). The calls of a graph
rotate through inputs and outputs that together exceed the second-level cache, the same for all.
Errors are relative rms against binary32 convolution of the same operands.

    compare_cudnn.py LIBRARY [--layers sdxl,vae] [--networks sdxl,vgg16]
                     [--plans auto,direct,4,6,4x8] [--layout nchw] [--between] [--profile]
                     [--json FILE] [--figure FILE.svg]

With libnova_winograd_hip and a ROCm build of PyTorch the same runs on AMD devices: what is called
cuDNN is MIOpen then, and the floors are still those of an H200.

--layers are families of layers.txt; --networks are files of bench/shapes, all layers of them, at
batch 1 (2 for the UNets), with a total that counts each as often as it occurs. Beside each time of
nova stands a floor (nova_cuda.py). Calls of nova that follow each other overlap at their ends;
--between adds the times with a kernel of PyTorch's between them, less that kernel's own. Memory: nova's workspace and packed filter; of cuDNN what a call
allocates beyond its output, and the filter as it is.
"""
import argparse
import ctypes
import json
import math
import pathlib
import statistics

import nova_cuda

try:
    import torch
except ImportError:
    torch = None  # enough for --redraw

FORMATS = {"nchw": torch.contiguous_format, "nhwc": torch.channels_last} if torch else {}
CALLS, REPLAYS, ROTATION_BYTES, MOST_SETS = 20, 30, 150e6, 10
BATCHES = {"sdxl": 2, "sd15": 2}  # classifier-free guidance; 1 for all others

HEADING = ("layer", "times", "plan", "us", "predicted us", "floor us", "us / floor",
           "TFLOP/s of direct", "error", "predicted", "cuDNN NCHW us", "NHWC us",
           "best cuDNN / nova", "workspace MB", "filter MB", "cuDNN NCHW MB", "NHWC MB",
           "its filter MB")
BETWEEN = ("us between others", "cuDNN NHWC us between others", "cuDNN / nova between others")


def read_layers(path, families):
    """Of each family a list of (name, times, (n, c, k, h, w)); path: layers.txt."""
    found = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            family, name, n, c, k, h = line.split()
            shape = (int(n), int(c), int(k), int(h), int(h))
            found.setdefault(family, []).append((f"{family} {name}", 1, shape))
    return [layer for family in (found if families == "all" else families.split(","))
            for layer in found[family]]


def read_network(path, batch):
    """The same of a file of shapes; layers of one shape are one."""
    found = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, *sizes = line.split()
            times, *shape = map(int, sizes)
            first, before = found.get(tuple(shape), (name, 0))
            found[tuple(shape)] = (first, before + times)
    return [(f"{path.stem} {name}", times, (batch, *shape))
            for shape, (name, times) in found.items()]


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


def replay_between(calls, other):
    """The same of calls between others, less the time of the other; calls: of one index."""
    def both(call):
        def run(i):
            call(i)
            other()
        return run

    *times, own = replay([capture(both(call)) for call in calls] + [capture(lambda i: other())])
    return [time - own for time in times]


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


class Peers:
    """cuDNN in both layouts on one layer, with the operands that nova gets too."""

    def __init__(self, shape):
        n, c, k, h, w = shape
        self.weights = torch.randn(k, c, 3, 3) / math.sqrt(9 * c)
        self.filters = self.weights.half().cuda()
        filters_last = self.filters.to(memory_format=torch.channels_last)
        self.sets = min(MOST_SETS, 1 + math.ceil(ROTATION_BYTES / (2 * n * (c + k) * h * w)))
        first = [torch.randn(n, c, h, w, device="cuda").half() for _ in range(self.sets)]
        last = [x.to(memory_format=torch.channels_last) for x in first]
        self.inputs = {"nchw": first, "nhwc": last}
        conv = torch.nn.functional.conv2d
        with torch.backends.cudnn.flags(benchmark=False, allow_tf32=False):
            self.exact = conv(first[0].float(), self.weights.cuda(), padding=1)
        # a graph does not keep what it reads and writes
        self.kept = [{}, {}, filters_last]

        def calls(inputs, filters, outputs):
            def call(i):
                outputs[i % self.sets] = conv(inputs[i % self.sets], filters, padding=1)
            return call

        self.calls = {"nchw": calls(first, self.filters, self.kept[0]),
                      "nhwc": calls(last, filters_last, self.kept[1])}
        self.graphs = [capture(call) for call in self.calls.values()]
        self.bytes = [allocated(lambda: conv(first[0], self.filters, padding=1)),
                      allocated(lambda: conv(last[0], filters_last, padding=1))]


def measure_layer(library, layer, options):
    """One dictionary per plan, keys as in HEADING, and in BETWEEN."""
    name, times, shape = layer
    n, c, k, h, w = shape
    peers = Peers(shape)
    inputs = peers.inputs[options.layout]
    outputs = [torch.empty(n, k, h, w, device="cuda", dtype=torch.half).to(
        memory_format=FORMATS[options.layout]) for _ in range(peers.sets)]
    rows = []
    for plan in options.plans.split(","):
        try:
            nova = nova_cuda.Nova(library, shape, peers.weights, plan, options.layout)
        except RuntimeError as reason:
            print(f"| {name} | {plan}: {reason} |")
            continue
        for output in outputs:
            output.fill_(math.nan)

        def run(i):
            nova.run(inputs[i % peers.sets], outputs[i % peers.sets])

        graph = capture(run)
        ours, nchw, nhwc = replay([graph] + peers.graphs)
        if not all(torch.isfinite(output).all() for output in outputs):
            raise RuntimeError(f"{name}: an output of nova is not finite")
        floor = nova.floor(shape)
        rows.append(dict(zip(HEADING, (
            name, times, nova.name(), ours, 1e6 * nova.info.cost_seconds, floor, ours / floor,
            nova.info.flops_direct / ours * 1e-6, relative_error(outputs[0], peers.exact),
            nova.info.predicted_error, nchw, nhwc,
            (nchw if options.layout == "nchw" else min(nchw, nhwc)) / ours,
            nova.info.workspace_bytes * 1e-6, nova.info.packed_bytes * 1e-6,
            peers.bytes[0] * 1e-6, peers.bytes[1] * 1e-6, 18e-6 * c * k))))
        if options.between:
            other = torch.zeros_like(outputs[0])
            own, peer = replay_between([run, peers.calls[options.layout]], other.relu_)
            rows[-1].update(zip(BETWEEN, (own, peer, peer / own)))
        print_row(rows[-1])
        if options.profile:
            profile(nova, inputs, outputs)
        nova.close()
        del graph
    return rows


def print_row(row):
    texts = [f"{value:.1e}" if key in ("error", "predicted") else
             f"{value:.2f}" if "/ " in key else
             f"{value:.1f}" if isinstance(value, float) else str(value)
             for key, value in row.items()]
    print("| " + " | ".join(texts) + " |", flush=True)


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def print_heading(names):
    print("\n| " + " | ".join(names) + " |\n|" + "---|" + "---:|" * (len(names) - 1))


def print_totals(networks):
    """All layers of a network one after the other; each of cuDNN's in its best layout, or all in
    one. Workspaces are shared by the layers, filters are not."""
    print_heading(("network", "layers", "nova ms", "floor ms", "cuDNN, best of each ms", "NCHW ms",
                   "NHWC ms", "best cuDNN / nova", "nova workspace MB", "filters MB",
                   "cuDNN NHWC workspace MB", "its filters MB"))
    for network, rows in networks.items():
        def total(value):
            return sum(row["times"] * value(row) for row in rows)

        def milliseconds(key):
            return 1e-3 * total(lambda row: row[key])

        nova, best = milliseconds("us"), 1e-3 * total(
            lambda row: min(row["cuDNN NCHW us"], row["NHWC us"]))
        print(f"| {network} | {total(lambda row: 1)} | {nova:.3f} | {milliseconds('floor us'):.3f} "
              f"| {best:.3f} | {milliseconds('cuDNN NCHW us'):.3f} | {milliseconds('NHWC us'):.3f} "
              f"| {best / nova:.2f} | {max(row['workspace MB'] for row in rows):.1f} "
              f"| {total(lambda row: row['filter MB']):.1f} "
              f"| {max(row['NHWC MB'] for row in rows):.1f} "
              f"| {total(lambda row: row['its filter MB']):.1f} |")


def print_summary(rows):
    mean = geometric_mean([row["best cuDNN / nova"] for row in rows])
    worst = max(abs(row["error"] / row["predicted"] - 1) for row in rows)
    print(f"\nBest cuDNN over nova, geometric mean of the rows: {mean:.3f}. No output of nova was "
          f"NaN or Inf. Errors are within {100 * worst:.0f} % of the predicted ones.")
    print("Below 0.95 of the best cuDNN: " + (", ".join(
        f"{row['layer']} ({row['best cuDNN / nova']:.2f})" for row in rows
        if row["best cuDNN / nova"] < 0.95) or "none") + ".")
    large = [row for row in rows if row["us"] * row["TFLOP/s of direct"] > 1e4]  # 10 GFLOP
    print(f"Beyond 1.6 times the floor, of {len(large)} rows above 10 GFLOP: " + (", ".join(
        f"{row['layer']} ({row['us / floor']:.2f})" for row in large
        if row["us / floor"] > 1.6) or "none") + ".")


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
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("library")
    parser.add_argument("--layers", default="", help="families of layers.txt, or all")
    parser.add_argument("--networks", default="", help="files of bench/shapes, without .txt")
    parser.add_argument("--plans", default="auto")
    parser.add_argument("--layout", choices=("nhwc", "nchw"), default="nhwc",
                        help="of nova's tensors; with nchw the ratio is to cuDNN's NCHW")
    parser.add_argument("--between", action="store_true",
                        help="also with another kernel between the calls")
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
    networks = options.networks.split(",") if options.networks else []
    print(f"{torch.cuda.get_device_name()}, cuDNN {torch.backends.cudnn.version()}")
    print_heading(HEADING + (BETWEEN if options.between else ()))

    def measure(layers):
        return [row for layer in layers for row in
                measure_layer(library, layer, options)]

    rows, by_network = [], {}
    if options.layers or not networks:
        rows += measure(read_layers(here / "layers.txt", options.layers or "sdxl,vae"))
    for network in networks:
        path = here.parent / "shapes" / f"{network}.txt"
        by_network[network] = measure(read_network(path, BATCHES.get(network, 1)))
        rows += by_network[network]
    if networks and options.plans == "auto":
        print_totals(by_network)
    print_summary(rows)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")
    if options.figure:
        draw(rows, options.figure)


if __name__ == "__main__":
    main()
