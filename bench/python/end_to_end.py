#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Whole networks by PyTorch and by PyTorch with nova's convolutions.

    python3 bench/python/end_to_end.py --networks vgg16,denoiser --dtypes f32,f16 --threads 1,2
    python3 bench/python/end_to_end.py --device cuda --networks resnet50,sd15 --dtypes f16 --batches 1,32

The contestants run in turns and their least times count: PyTorch, nova with policy="all", nova with
policy="faster". networks.py says what the networks are. `--clock cpu` counts the processor time of
the process, for busy machines; with more than one thread it includes waiting. On a CUDA device cuDNN
chooses by timing (benchmark mode), and there are two lines: one by one calls, each waited for, and
replays of a CUDA graph of the whole network.
"""

import argparse
import copy
import itertools
import json
import os
import random
import time

import torch

from networks import build

from nova_winograd import release, replace_conv2d_with_nova

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
LAYOUTS = {"nhwc": torch.channels_last, "nchw": torch.contiguous_format}
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
HEAD = ["network", "batch", "type", "layout", "threads", "PyTorch ms", "nova ms", "faster ms", "nova",
        "faster", "layers by nova", "error PyTorch", "error nova", "error faster"]


def least_times(contestants, clock, seconds):
    """Least seconds of each function, in turns, in another order each time."""
    least = dict.fromkeys(contestants, float("inf"))
    for run in contestants.values():
        run()
    end, rounds = time.perf_counter() + seconds, 0
    order = list(contestants.items())
    while rounds < 3 or time.perf_counter() < end:
        random.shuffle(order)
        for name, run in order:
            start = clock()
            run()
            least[name] = min(least[name], clock() - start)
        rounds += 1
    return least


def waited_for(run):
    def call():
        run()
        torch.cuda.synchronize()
    return call


def captured(run):
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def ways(runs, options):
    """(what the column "threads" says, least seconds of each) per way to run the networks."""
    if options.device != "cuda":
        yield str(torch.get_num_threads()), least_times(runs, CLOCKS[options.clock], options.time)
        return
    # The first calls choose cuDNN's algorithms and transform filters.
    calls = {name: waited_for(run) for name, run in runs.items()}
    yield "calls", least_times(calls, time.perf_counter, options.time)
    graphs = {name: waited_for(captured(run)) for name, run in runs.items()}
    yield "graph", least_times(graphs, time.perf_counter, options.time)


def sharing_parameters(model):
    return copy.deepcopy(model, {id(p): p for p in model.parameters()})


def contest(name, batch, dtype, layout, options):
    """A dict per way."""
    picture = [int(side) for side in options.picture.split("x")]
    model, x = build(name, batch=batch, device=options.device, picture=picture)
    exact = model(x).double()
    model = model.to(DTYPES[dtype]).to(memory_format=LAYOUTS[layout])
    x = x.to(DTYPES[dtype]).contiguous(memory_format=LAYOUTS[layout])
    models = {"PyTorch": model, "all": sharing_parameters(model),
              "faster": sharing_parameters(model)}
    replace_conv2d_with_nova(models["all"], effort="measure")
    count = replace_conv2d_with_nova(models["faster"], policy="faster", example_inputs=x)
    outputs = {key: m(x).double() for key, m in models.items()}
    errors = {key: ((y - exact).norm() / exact.norm()).item() for key, y in outputs.items()}
    not_finite = sum(int((~y.isfinite()).sum()) for y in outputs.values())
    del exact, outputs
    rows = []
    for way, least in ways({key: lambda m=m: m(x) for key, m in models.items()}, options):
        rows.append({"network": name, "dtype": dtype, "layout": layout, "way": way,
                     "batch": batch, "layers": count, "not_finite": not_finite,
                     "ms": {key: 1e3 * seconds for key, seconds in least.items()},
                     "error": errors})
        print(line(rows[-1]), flush=True)
    if not_finite:
        print(f"{name}: {not_finite} values are NaN or Inf", flush=True)
    release()
    return rows


def line(row):
    ms, error = row["ms"], row["error"]
    digits = 1 if ms["PyTorch"] > 100 else 3
    cells = [row["network"], str(row["batch"]), row["dtype"], row["layout"], row["way"],
             *(f"{value:.{digits}f}" for value in ms.values()),
             *(f"{ms['PyTorch'] / ms[key]:.2f}x" for key in ("all", "faster")), str(row["layers"]),
             *(f"{value:.1e}" for value in error.values())]
    return f"| {' | '.join(cells)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", default="resnet50,vgg16,denoiser",
                        help="torchvision's names, denoiser, sd15, sdxl, vae, vae-xl")
    parser.add_argument("--dtypes", default="f32,f16")
    parser.add_argument("--layouts", default="nhwc,nchw")
    parser.add_argument("--threads", default=f"1,{os.cpu_count()}")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--batches", default="1")
    parser.add_argument("--picture", default="400x600", help="height and width for the denoiser")
    parser.add_argument("--time", type=float, default=5.0, help="seconds a contest")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--json", help="writes all rows to this file")
    options = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * 5}{'---:|' * 9}")
    rows = []
    with torch.inference_mode():
        for threads in options.threads.split(",") if options.device == "cpu" else [""]:
            if threads:
                torch.set_num_threads(int(threads))
            for name, batch, dtype, layout in itertools.product(
                    options.networks.split(","), map(int, options.batches.split(",")),
                    options.dtypes.split(","), options.layouts.split(",")):
                rows += contest(name, batch, dtype, layout, options)
                if options.json:
                    with open(options.json, "w", encoding="utf-8") as file:
                        json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
