#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Every layer of a network that nova computes, by PyTorch and by nova, on the input that it gets there.

    python3 bench/python/layers.py --device cuda --networks resnet50,sd15,vae --plain 2

Layers of one shape stand in one line: plan and error of the first, the mean of their times. Times
are those of policy="faster": least ones of interleaved runs, on a CUDA device of the layers in a
graph of the whole network. Errors are relative rms against float64. `--plain N` puts F(6,3) in
PyTorch's own operators, compiled by torch.compile, beside the N layers of a network that take
longest; the three times of such a layer alone, outside the network, come last.
"""

import argparse
import json

import torch
from torch import nn

from end_to_end import DTYPES
from networks import build
from plain import PlainWinograd

from nova_winograd import NovaWinogradConv2d, release, replace_conv2d_with_nova
from nova_winograd.measure import least_times, measure, times

HEAD = ["network", "layer", "number", "plan", "PyTorch us", "nova us", "", "error PyTorch",
        "error nova", "predicted", "error plain", "alone: plain us", "PyTorch us", "nova us"]


def shape(layer, x):
    k, _, r, s = layer.weight.shape
    return (*x.shape, k, r, s, *layer.padding)


def name_of(shape_):
    n, c, h, w, k, r, s = shape_[:7]
    taps = "" if (r, s) == (3, 3) else f", {r}x{s}"
    return f"{n} x {c}->{k} at {h}x{w}{taps}"


def plan_of(plan):
    if plan["algorithm"] == "direct":
        return f"direct {plan['arith']}"
    return f"F({plan['tile'][0]}x{plan['tile'][1]}) {plan['set']} {plan['arith']}"


def rows_of(name, options):
    """A dict per shape, those that take longest in the network first."""
    model, x = build(name, batch=options.batch, device=options.device)
    dtype = DTYPES[options.dtype]
    model = model.to(dtype).to(memory_format=torch.channels_last)
    x = x.to(dtype).contiguous(memory_format=torch.channels_last)
    replace_conv2d_with_nova(model, effort="measure")
    layers = [layer for layer in model.modules() if isinstance(layer, NovaWinogradConv2d)]
    inputs, found = measure(model, x, layers)
    groups = {}
    for layer in found:
        groups.setdefault(shape(layer, inputs[layer]), []).append(layer)
    rows = []
    for key, members in groups.items():
        row = {"network": name, "layer": name_of(key), "number": len(members), "key": key,
               **found[members[0]]}
        if "failure" in row:
            raise RuntimeError(f"{name}, {row['layer']}: {row['failure']}")
        for way in ("nova_ms", "native_ms"):
            row[way] = sum(found[layer][way] for layer in members) / len(members)
        rows.append(row)
    rows.sort(key=lambda row: -row["number"] * row["native_ms"])
    if options.plain:
        add_plain([row for row in rows if row["key"][5:] == (3, 3, 1, 1)][:options.plain],
                  {key: (members[0], inputs[members[0]]) for key, members in groups.items()})
    release()
    return rows


def add_plain(rows, examples):
    """Times of the layer alone, of this and of the others again."""
    for row in rows:
        layer, x = examples[row["key"]]
        x = x.clone()
        plain = torch.compile(PlainWinograd(layer.weight), dynamic=False)
        y = plain(x)
        row["plain_ms"] = 1e3 * least_times({"plain": lambda: plain(x)}, x)["plain"]
        row["alone"] = times(layer, x)
        exact = nn.functional.conv2d(x[:1].double(), layer.weight.double(), padding=1)
        row["plain_error"] = ((y[:1].double() - exact).norm() / exact.norm()).item()


def line(row):
    plain = [""] * 4
    if "plain_ms" in row:
        alone = row["plain_ms"], row["alone"]["native_ms"], row["alone"]["nova_ms"]
        plain = [f"{row['plain_error']:.1e}", *(f"{1e3 * ms:.1f}" for ms in alone)]
    cells = [row["network"], row["layer"], row["number"], plan_of(row["plan"]),
             f"{1e3 * row['native_ms']:.1f}", f"{1e3 * row['nova_ms']:.1f}",
             f"{row['native_ms'] / row['nova_ms']:.2f}x", f"{row['native_error']:.1e}",
             f"{row['nova_error']:.1e}", f"{row['plan']['predicted_error']:.1e}", *plain]
    return f"| {' | '.join(map(str, cells))} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", default="resnet50,vgg16", help="see end_to_end.py")
    parser.add_argument("--dtype", choices=DTYPES, default="f16")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--plain", type=int, default=0, help="layers of each network to compile for")
    parser.add_argument("--json", help="writes all rows to this file")
    options = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    print(f"| {' | '.join(HEAD)} |\n|---|---|---:|---|{'---:|' * 10}")
    rows = []
    with torch.inference_mode():
        for name in options.networks.split(","):
            for row in rows_of(name, options):
                print(line(row), flush=True)
                rows.append(row)
            if options.json:
                with open(options.json, "w", encoding="utf-8") as file:
                    json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
