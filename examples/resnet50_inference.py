#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""ResNet-50 with nova beside the original: layers, errors, times.

    python3 examples/resnet50_inference.py [--dtype f16] [--policy faster] [--image FILE]

Without --image the input is noise, and without --pretrained the weights are random: times do not
depend on them.
"""

import argparse
import copy
import time

import torch

from nova_winograd import networks, replace_conv2d_with_nova, report

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


def least_times(models, x, rounds):
    """Least milliseconds of each model, in turns."""
    least = dict.fromkeys(models, float("inf"))
    for _ in range(rounds):
        for name, model in models.items():
            start = time.perf_counter()
            model(x)
            if x.is_cuda:
                torch.cuda.synchronize()
            least[name] = min(least[name], 1e3 * (time.perf_counter() - start))
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dtype", choices=DTYPES, default="f32")
    parser.add_argument("--policy", choices=["all", "faster"], default="all")
    parser.add_argument("--pretrained", action="store_true", help="downloads the weights")
    parser.add_argument("--image", help="a photograph")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"

    weights = "default" if arguments.pretrained else "none"
    reference, preprocess = networks.load("torchvision:resnet50", weights, device)
    x = torch.randn(1, 3, arguments.size, arguments.size)
    if arguments.image:
        from PIL import Image

        x = preprocess(Image.open(arguments.image).convert("RGB")).unsqueeze(0)
    dtype = DTYPES[arguments.dtype]
    with torch.inference_mode():
        exact = reference(x.to(device))
        native = copy.deepcopy(reference).to(dtype).to(memory_format=torch.channels_last)
        x = x.to(device, dtype).contiguous(memory_format=torch.channels_last)
        ours = copy.deepcopy(native)
        count = replace_conv2d_with_nova(ours, policy=arguments.policy, example_inputs=x)
        print(report(ours, example_inputs=x))
        models = {"PyTorch": native, "nova": ours}
        times = least_times(models, x, arguments.rounds)
        for name, model in models.items():
            y = model(x).float()
            error = ((y - exact).norm() / exact.norm()).item()
            print(f"{name}: {times[name]:.2f} ms, error {error:.2e}, class {y.argmax().item()}")
        print(f"{count} layers by nova; class in float32: {exact.argmax().item()}")


if __name__ == "__main__":
    main()
