#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""A network without branches as one nova_winograd.Chain: the demo's denoiser restores a photograph.

    denoise_chain.py [--device cuda] [--size 256] [--rounds 3] [--output restored.png]

On a CUDA device all 15 layers are one call, with bias and ReLU in their kernels; on the CPU the same
module runs them one by one."""

import argparse
import json
import struct
import time
from pathlib import Path

import torch
from torch import nn

import nova_winograd

MODELS = Path(__file__).resolve().parents[1] / "models"
SIGMA = 25 / 255  # of the noise that the network was trained for


def read_safetensors(path):
    """{name: tensor} of a file; the format is a length, a JSON header, and the data."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    types = {"F16": torch.float16, "F32": torch.float32}
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=types[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"])
    return tensors


def read_network():
    """The denoiser as an nn.Sequential of convolutions with ReLU between them."""
    tensors = read_safetensors(MODELS / "denoiser.safetensors")
    modules = []
    for i in range(len(tensors) // 2):
        weight = tensors[f"conv.{i}.weight"].float()
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
        conv.weight.data, conv.bias.data = weight, tensors[f"conv.{i}.bias"]
        modules += [conv, nn.ReLU()]
    return nn.Sequential(*modules[:-1]).requires_grad_(False).eval()


def read_photograph(size):
    from PIL import Image
    import numpy

    picture = Image.open(MODELS / "coffee.png").convert("RGB")
    if size:
        picture = picture.crop((0, 0, size, size))
    return torch.from_numpy(numpy.asarray(picture).copy()).permute(2, 0, 1)[None].float() / 255


def psnr(picture, original):
    return -10 * (picture.clamp(0, 1) - original).square().mean().log10().item()


def milliseconds(call, device, rounds):
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        if device == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - begin)
    return 1e3 * best


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--size", type=int, default=0, help="side of a square cut out; 0: all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", help="writes the restored picture to this file")
    options = parser.parse_args()
    torch.manual_seed(0)
    original = read_photograph(options.size)
    noisy = original + SIGMA * torch.randn_like(original)
    network = read_network().to(options.device)
    chain = nova_winograd.Chain.from_sequential(network)
    x = noisy.to(options.device).half().contiguous(memory_format=torch.channels_last)

    noise = chain(x)
    restored = noisy - noise.float().cpu()
    took = milliseconds(lambda: chain(x), options.device, options.rounds)
    print(f"{len(chain.links)} layers on {options.device}: {took:.2f} ms, noisy "
          f"{psnr(noisy, original):.1f} dB, restored {psnr(restored, original):.1f} dB")
    exact = network(noisy.to(options.device)).cpu()
    error = ((noise.float().cpu() - exact).norm() / exact.norm()).item()
    print(f"error against float32: {error:.1e}")
    if options.output:
        from PIL import Image
        pixels = (255 * restored[0].clamp(0, 1)).round().byte().permute(1, 2, 0)
        Image.fromarray(pixels.numpy()).save(options.output)


if __name__ == "__main__":
    main()
