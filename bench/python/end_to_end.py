#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Whole networks by PyTorch and by PyTorch with nova's convolutions, at batch 1, and what a call costs.

    python3 bench/python/end_to_end.py --networks vgg16,denoiser --dtypes f32,f16 --threads 1,2
    python3 bench/python/end_to_end.py --overhead

The contestants run in turns and their least times count. Networks are torchvision's with random
weights, and the demo's denoiser with its trained ones. `--clock cpu` counts
the processor time of the process, for busy machines; with more than one thread it includes waiting.
The columns: PyTorch, nova with policy="all", nova with policy="faster", and the ratios to PyTorch.
"""

import argparse
import copy
import os
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import nova_winograd
from nova_winograd import networks, replace_conv2d_with_nova

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
LAYOUTS = {"nhwc": torch.channels_last, "nchw": torch.contiguous_format}
WEIGHTS = Path(__file__).parents[2] / "models" / "denoiser.safetensors"
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def denoiser(picture):
    from safetensors.torch import load_file

    weights, layers = load_file(WEIGHTS), []
    for i in range(15):
        weight, bias = weights[f"conv.{i}.weight"], weights[f"conv.{i}.bias"]
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
        conv.load_state_dict({"weight": weight.float(), "bias": bias.float()})
        layers += [conv, nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1]).eval(), (1, 3, *picture)


def network(name, options):
    if name == "denoiser":
        return denoiser([int(side) for side in options.picture.split("x")])
    model, _ = networks.load(f"torchvision:{name}", "none")
    return model, (1, 3, 224, 224)


def least_times(contestants, clock, seconds):
    least = dict.fromkeys(contestants, float("inf"))
    for run in contestants.values():
        run()
    end, rounds = time.perf_counter() + seconds, 0
    while rounds < 3 or time.perf_counter() < end:
        for name, run in contestants.items():
            start = clock()
            run()
            least[name] = min(least[name], clock() - start)
        rounds += 1
    return least


def contest(name, dtype, layout, options):
    model, shape = network(name, options)
    x = torch.rand(shape)
    exact = model(x).double()
    model = model.to(DTYPES[dtype]).to(memory_format=LAYOUTS[layout])
    x = x.to(DTYPES[dtype]).contiguous(memory_format=LAYOUTS[layout])
    models = {"PyTorch": model, "all": copy.deepcopy(model), "faster": copy.deepcopy(model)}
    replace_conv2d_with_nova(models["all"], effort="measure")
    count = replace_conv2d_with_nova(models["faster"], policy="faster", example_inputs=x)
    least = least_times({key: lambda m=m: m(x) for key, m in models.items()},
                        CLOCKS[options.clock], options.time)
    errors = {key: ((m(x).double() - exact).norm() / exact.norm()).item() for key, m in models.items()}
    times = [1e3 * least[key] for key in models]
    print(f"| {name} | {dtype} | {layout} | {torch.get_num_threads()} | {times[0]:.1f} | "
          f"{times[1]:.1f} | {times[2]:.1f} | {times[0] / times[1]:.2f}x | "
          f"{times[0] / times[2]:.2f}x | {count} | {errors['PyTorch']:.1e} | {errors['all']:.1e} |",
          flush=True)


def overhead(seconds):
    """Microseconds of a call of the smallest layer, where computing takes next to nothing."""
    torch.set_num_threads(1)
    x, conv = torch.randn(1, 1, 4, 4), nn.Conv2d(1, 1, 3, padding=1)
    layer = nova_winograd.NovaWinogradConv2d.from_conv2d(conv)
    direct = nova_winograd.NovaWinogradConv2d.from_conv2d(conv, tile=1)
    weight, bias = conv.weight, conv.bias
    calls = 200

    def repeat(function):
        def run():
            for _ in range(calls):
                function()
        return run

    contestants = {
        "F.conv2d": repeat(lambda: F.conv2d(x, weight, bias, padding=1)),
        "nova_forward": repeat(lambda: nova_winograd.nova_forward(x, weight, 1, bias=bias)),
        "nn.Conv2d": repeat(lambda: conv(x)),
        "NovaWinogradConv2d": repeat(lambda: layer(x)),
        "NovaWinogradConv2d, direct": repeat(lambda: direct(x)),
    }
    for mode, enter in (("inference_mode", torch.inference_mode), ("with gradient", torch.enable_grad)):
        with enter():
            least = least_times(contestants, time.perf_counter, seconds)
        for name, value in least.items():
            print(f"| {name} | {mode} | {1e6 * value / calls:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", default="resnet50,vgg16,denoiser")
    parser.add_argument("--dtypes", default="f32,f16")
    parser.add_argument("--layouts", default="nhwc,nchw")
    parser.add_argument("--threads", default=f"1,{os.cpu_count()}")
    parser.add_argument("--picture", default="400x600", help="height and width for the denoiser")
    parser.add_argument("--time", type=float, default=5.0, help="seconds a contest")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--overhead", action="store_true", help="the cost of a call instead")
    options = parser.parse_args()
    if options.overhead:
        print("| call | mode | us |\n|---|---|---:|")
        overhead(options.time)
        return
    print("| network | type | layout | threads | PyTorch ms | nova ms | faster ms | nova | faster | "
          "layers by nova | error PyTorch | error nova |")
    print("|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    with torch.inference_mode():
        for threads in options.threads.split(","):
            torch.set_num_threads(int(threads))
            for name in options.networks.split(","):
                for dtype in options.dtypes.split(","):
                    for layout in options.layouts.split(","):
                        contest(name, dtype, layout, options)


if __name__ == "__main__":
    main()
