#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Errors of diffusion networks: one step, a chain of steps, and the picture.

    python3 bench/python/diffusion.py --json diffusion.json          # on a GPU

The UNets of Stable Diffusion 1.5 and XL and the decoder of their latents, of diffusers, with random
weights (networks.py says which: no trained ones are needed, and what they would change is not
measured). A chain is a DDIM sampler's: each step's output goes into the next step's input, so that
errors can pile up; its latents are then decoded. All in half precision, by PyTorch and by nova with
every layer that nova computes, against the same chain in float32.
"""

import argparse
import json
import time

import torch

from end_to_end import DTYPES, sharing_parameters
from networks import build

from nova_winograd import release, replace_conv2d_with_nova

#: What to do with every layer; "planned" is what the planner chooses within its default budget.
WAYS = {"planned": {}, "F(4,3) best": {"tile": 4, "points": "best", "arith": "f16"},
        "F(6,3) best": {"tile": 6, "points": "best", "arith": "f16"},
        "F(6,3) nova": {"tile": 6, "points": "nova", "arith": "f16"},
        "F(6,3) integer plain": {"tile": 6, "points": "integer", "arith": "f16",
                                  "scaling": False, "compensation": False},
        "F(8,3) best": {"tile": 8, "points": "best", "arith": "f16"}}


def alphas(count):
    """Shares of the signal at `count` steps from noise to picture, and after the last."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    products = torch.cumprod(1 - betas, 0)
    times = torch.arange(count - 1, -1, -1) * (1000 // count) + 1
    return times.tolist(), products[times].tolist() + [1.0]


def chain(model, latents, count):
    """Latents after each step; the sampler computes in float32 whatever the network does."""
    dtype = next(model.parameters()).dtype
    times, shares = alphas(count)
    x, states = latents.float(), []
    for step, time_step in enumerate(times):
        model.step.fill_(time_step)
        noise = model(x.to(dtype).contiguous(memory_format=torch.channels_last)).float()
        a, b = shares[step], shares[step + 1]
        picture = (x - (1 - a) ** 0.5 * noise) / a**0.5
        x = b**0.5 * picture + (1 - b) ** 0.5 * noise
        states.append(x)
    return states


def error(got, expected):
    return ((got.double() - expected.double()).norm() / expected.double().norm()).item()


def not_finite(tensors):
    return sum(int((~t.isfinite()).sum()) for t in tensors)


def contestants(half, names):
    """(name, layers by nova, network) one after the other."""
    yield "PyTorch", 0, half
    for name in names:
        replaced = sharing_parameters(half)
        yield name, replace_conv2d_with_nova(replaced, **WAYS[name]), replaced
        del replaced
        release()


def unet_rows(name, names, options):
    """Rows of a UNet, and the float32 latents at the end of the chain."""
    model, x = build(name, batch=options.batch, device=options.device)
    expected, states = model(x), chain(model, x, options.steps)
    dtype = DTYPES[options.dtype]
    model.step.fill_(500)
    half = model.to(dtype).to(memory_format=torch.channels_last)
    ours = x.to(dtype).contiguous(memory_format=torch.channels_last)
    rows = []
    for way, layers, network in contestants(half, names):
        start = time.perf_counter()
        network.step.fill_(500)
        y, path = network(ours), chain(network, x, options.steps)
        rows.append({"network": name, "way": way, "layers": layers, "error": error(y, expected),
                     "chain": [error(a, b) for a, b in zip(path, states)],
                     "not_finite": not_finite([y, *path]),
                     "seconds": time.perf_counter() - start})
        print(line(rows[-1]), flush=True)
    return rows, states[-1]


def decoder_rows(name, latents, names, options):
    model, x = build(name, batch=options.batch, device=options.device)
    x = x if latents is None else latents / latents.std()
    expected = model(x)
    dtype = DTYPES[options.dtype]
    half = model.to(dtype).to(memory_format=torch.channels_last)
    ours = x.to(dtype).contiguous(memory_format=torch.channels_last)
    rows = []
    for way, layers, network in contestants(half, names):
        start = time.perf_counter()
        y = network(ours)
        rows.append({"network": name, "way": way, "layers": layers, "error": error(y, expected),
                     "chain": [], "not_finite": not_finite([y]),
                     "seconds": time.perf_counter() - start})
        print(line(rows[-1]), flush=True)
    return rows


def line(row):
    last = f"{row['chain'][-1]:.2%}" if row["chain"] else ""
    return (f"| {row['network']} | {row['way']} | {row['layers']} | {row['error']:.3%} | {last} | "
            f"{row['not_finite']} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", default="sd15,vae,sdxl,vae-xl",
                        help="a decoder takes the latents of the UNet before it")
    parser.add_argument("--ways", default=";".join(WAYS), help="separated by semicolons")
    parser.add_argument("--dtype", choices=["f16", "bf16"], default="f16")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--json", help="writes all rows to this file")
    options = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    print(f"| network | every layer by | layers by nova | error | after {options.steps} steps | "
          "NaN or Inf |\n|---|---|---:|---:|---:|---:|")
    rows, latents, names = [], None, options.ways.split(";")
    with torch.inference_mode():
        for name in options.networks.split(","):
            if name.startswith("vae"):
                rows += decoder_rows(name, latents, names, options)
            else:
                more, latents = unet_rows(name, names, options)
                rows += more
            if options.json:
                with open(options.json, "w", encoding="utf-8") as file:
                    json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
