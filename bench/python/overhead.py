#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What a call costs beside the convolution itself, by PyTorch and by nova.

    python3 bench/python/overhead.py
    python3 bench/python/overhead.py --device cuda

Microseconds of a call of the smallest layer, where computing takes next to nothing: the least of
many loops, which take turns, on one thread. On a CUDA device it is what the host takes to enqueue a
call: loops are waited for outside the time.
"""

import argparse
import time

import torch
import torch.nn.functional as F
from torch import nn

import nova_winograd

CALLS = 200
MODES = {"inference_mode": torch.inference_mode, "with gradient": torch.enable_grad}


def contestants(device):
    """Functions by name; on a CUDA device the layer is in float16, which its engine computes."""
    dtype = torch.float16 if device == "cuda" else torch.float32
    channels = 64 if device == "cuda" else 1
    x = torch.randn(1, channels, 4, 4, device=device).to(dtype)
    x = x.contiguous(memory_format=torch.channels_last)
    conv = nn.Conv2d(channels, channels, 3, padding=1, device=device, dtype=dtype)
    conv = conv.to(memory_format=torch.channels_last)
    layer = nova_winograd.NovaWinogradConv2d.from_conv2d(conv)
    direct = nova_winograd.NovaWinogradConv2d.from_conv2d(conv, tile=1)
    weight, bias = conv.weight, conv.bias
    return {"F.conv2d": lambda: F.conv2d(x, weight, bias, padding=1),
            "nova_forward": lambda: nova_winograd.nova_forward(x, weight, 1, bias=bias),
            "nn.Conv2d": lambda: conv(x),
            "NovaWinogradConv2d": lambda: layer(x),
            "NovaWinogradConv2d, direct": lambda: direct(x)}


def least_times(functions, seconds, synchronize):
    least = dict.fromkeys(functions, float("inf"))
    for run in functions.values():
        run()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, run in functions.items():
            synchronize()
            start = time.perf_counter()
            for _ in range(CALLS):
                run()
            least[name] = min(least[name], (time.perf_counter() - start) / CALLS)
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--time", type=float, default=5.0, help="seconds a mode")
    options = parser.parse_args()
    torch.set_num_threads(1)
    synchronize = torch.cuda.synchronize if options.device == "cuda" else lambda: None
    print("| call | mode | us |\n|---|---|---:|")
    for mode, enter in MODES.items():
        with enter():
            least = least_times(contestants(options.device), options.time, synchronize)
        for name, seconds in least.items():
            print(f"| {name} | {mode} | {1e6 * seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
