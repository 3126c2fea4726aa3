#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Three ways to use nova from PyTorch: a model, a layer, a function."""

import torch
from torch import nn

import nova_winograd


def relative_error(output, exact):
    return ((output.double() - exact.double()).norm() / exact.double().norm()).item()


def main():
    torch.manual_seed(0)
    x = torch.randn(1, 64, 56, 56).bfloat16()

    # 1. A model, in place. The parameters, their names and everything that refers to them stay.
    model = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
                          nn.Conv2d(64, 64, 3, padding=1)).eval()
    exact = model(x.float()).detach()
    model.bfloat16()
    count = nova_winograd.replace_conv2d_with_nova(model)
    with torch.inference_mode():
        print(f"model: {count} layers by nova, error {relative_error(model(x), exact):.2%}")
        print(nova_winograd.report(model, example_inputs=x))

    # 2. A layer: nn.Conv2d's arguments and nova's options, or an nn.Conv2d to share parameters with.
    conv = nn.Conv2d(64, 64, 3, padding=1)
    layer = nova_winograd.NovaWinogradConv2d.from_conv2d(conv, tile=4)
    with torch.inference_mode():
        print(f"layer: error {relative_error(layer(x.float()), conv(x.float())):.2e} in float32")

    # 3. A function: the weights may be float32, whatever the input is.
    weight = torch.randn(64, 64, 3, 3) / 24
    exact = nn.functional.conv2d(x.double(), weight.double(), padding=1)
    for points in ("integer", "nova", "classic"):
        y = nova_winograd.nova_forward(x.half(), weight, padding=1, tile=6, points=points, arith="f16")
        print(f"function: F(6,3), f16, {points} points: error {relative_error(y, exact):.2%}")


if __name__ == "__main__":
    main()
