#!/usr/bin/env python3
# Trains the demo's denoiser and writes its weights as denoiser.safetensors.
#
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Train the residual denoiser that nova-demo runs.

The network is DnCNN (Zhang, Zuo, Chen, Meng, Zhang, "Beyond a Gaussian denoiser", 2017): 3x3
stride-1 convolutions with ReLU between them that predict the noise. The inner layers are trained
with batch normalisation, which is folded into the convolutions before the weights are saved, so
the file holds nothing but convolutions with a bias.

It learns from the photographs that the scikit-image and scikit-learn packages carry; `coffee` and
`china` are held out and only measured. Nothing is downloaded. Seeds are fixed; the order of a GPU's
additions is not, so two runs agree to a few hundredths of a dB.
"""
import argparse
import json
import math
import struct
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

SIGMA = 25.0 / 255.0
SEED = 20170117
# Name -> weight in the sampling. Left out: the stereo pair (a benchmark's), drawings, masks.
TRAINING = {
    "astronaut": 2.0, "chelsea": 2.0, "rocket": 2.0, "flower": 2.0, "camera": 1.0,
    "immunohistochemistry": 1.0, "retina": 0.5, "hubble_deep_field": 0.5, "brick": 0.5,
    "grass": 0.5, "gravel": 0.5, "coins": 0.5, "moon": 0.25, "clock": 0.25, "page": 0.25,
    "text": 0.25,
}
HELD_OUT = ("coffee", "china")


def load_photograph(name):
    """One photograph as a uint8 array [h, w, 3]; grey ones are repeated."""
    if name in ("china", "flower"):
        from sklearn.datasets import load_sample_image

        pixels = load_sample_image(name + ".jpg")
    else:
        from skimage import data

        pixels = getattr(data, name)()
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[:, :, None], 3, axis=2)
    return np.array(pixels[:, :, :3])


def pyramid(pixels, smallest):
    """The photograph and smaller copies of it: more scales of texture from few photographs."""
    height, width = pixels.shape[:2]
    levels = [pixels]
    for factor in (0.75, 0.5):
        size = (round(width * factor), round(height * factor))
        if min(size) >= smallest:
            levels.append(np.asarray(Image.fromarray(pixels).resize(size, Image.LANCZOS)))
    return levels


class Patches:
    """Random crops of all training photographs, which stay on the device as one flat array."""

    def __init__(self, patch, device):
        flat, offsets, widths, heights, weights = [], [], [], [], []
        offset = 0
        for name, weight in TRAINING.items():
            levels = pyramid(load_photograph(name), patch)
            for level, pixels in enumerate(levels):
                height, width = pixels.shape[:2]
                flat.append(pixels.reshape(-1, 3))
                offsets.append(offset)
                widths.append(width)
                heights.append(height)
                weights.append(weight * 0.5**level)
                offset += height * width
        self.flat = torch.from_numpy(np.concatenate(flat)).to(device)
        self.offsets = torch.tensor(offsets, device=device)
        self.widths = torch.tensor(widths, device=device)
        self.heights = torch.tensor(heights, device=device)
        self.weights = torch.tensor(weights, device=device)
        self.patch = patch
        self.device = device

    def draw(self, count):
        """[count, 3, patch, patch] in [0, 1], channels last, flipped and turned at random."""
        size, device = self.patch, self.device
        chosen = torch.multinomial(self.weights, count, replacement=True)
        top = (torch.rand(count, device=device) * (self.heights[chosen] - size + 1)).long()
        left = (torch.rand(count, device=device) * (self.widths[chosen] - size + 1)).long()
        line = torch.arange(size, device=device)
        row = line.view(1, size, 1).expand(count, size, size)
        column = line.view(1, 1, size).expand(count, size, size)

        def where_random(a, b):
            return torch.where(torch.rand(count, 1, 1, device=device) < 0.5, a, b)

        row, column = where_random(row, size - 1 - row), where_random(column, size - 1 - column)
        turned = torch.rand(count, 1, 1, device=device) < 0.5
        row, column = torch.where(turned, column, row), torch.where(turned, row, column)
        index = (self.offsets[chosen].view(-1, 1, 1)
                 + (top.view(-1, 1, 1) + row) * self.widths[chosen].view(-1, 1, 1)
                 + left.view(-1, 1, 1) + column)
        return (self.flat[index].float() / 255.0).permute(0, 3, 1, 2)


class Denoiser(nn.Module):
    """depth convolutions, 3x3, zero padding 1; predicts the noise in an RGB image in [0, 1]."""

    def __init__(self, depth, channels, normalise):
        super().__init__()
        widths = [3] + [channels] * (depth - 1) + [3]
        self.convs = nn.ModuleList(
            nn.Conv2d(widths[i], widths[i + 1], 3, padding=1) for i in range(depth))
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(channels) if normalise and 0 < i < depth - 1 else nn.Identity()
            for i in range(depth))
        for conv in self.convs:
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            nn.init.zeros_(conv.bias)
        with torch.no_grad():
            self.convs[-1].weight *= 0.1

    def forward(self, x):
        last = len(self.convs) - 1
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms)):
            x = norm(conv(x))
            if i < last:
                x = F.relu(x)
        return x


def fold(model, depth, channels):
    """The same function without batch normalisation: w' = w g/s, b' = (b - mean) g/s + beta."""
    folded = Denoiser(depth, channels, normalise=False)
    with torch.no_grad():
        for source, norm, target in zip(model.convs, model.norms, folded.convs):
            weight, bias = source.weight.double().cpu(), source.bias.double().cpu()
            if isinstance(norm, nn.BatchNorm2d):
                gain = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
                gain = gain.cpu()
                weight = weight * gain.view(-1, 1, 1, 1)
                bias = (bias - norm.running_mean.double().cpu()) * gain + norm.bias.double().cpu()
            target.weight.copy_(weight)
            target.bias.copy_(bias)
    return folded.eval()


def psnr(estimate, truth):
    """Peak signal-to-noise ratio in dB; the estimate is clipped to [0, 1] as a display would."""
    error = torch.mean((estimate.clamp(0, 1) - truth).double() ** 2).item()
    return -10.0 * math.log10(error)


@torch.no_grad()
def measure(model, device):
    """PSNR of the noisy (not clipped) and the restored held-out photographs, in binary32."""
    result = {}
    for name in HELD_OUT:
        pixels = torch.from_numpy(load_photograph(name)).permute(2, 0, 1)[None]
        truth = pixels.to(device).float() / 255.0
        generator = torch.Generator().manual_seed(SEED)
        noisy = truth + SIGMA * torch.randn(truth.shape, generator=generator).to(device)
        noise_psnr = -10.0 * math.log10(torch.mean((noisy - truth).double() ** 2).item())
        result[name] = {"noisy": round(noise_psnr, 3), "noisy_clipped": round(psnr(noisy, truth), 3),
                        "restored": round(psnr(noisy - model(noisy), truth), 3)}
    return result


def train(arguments, device):
    """Trains for `steps` steps, or fewer if max_seconds passes first; returns model and facts."""
    torch.manual_seed(SEED)
    patches = Patches(arguments.patch, device)
    model = Denoiser(arguments.depth, arguments.channels, normalise=True).to(device)
    model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=arguments.rate, weight_decay=1e-4)
    autocast = torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")
    start, step, progress, running = time.time(), 0, 0.0, 0.0
    while progress < 1.0:
        # The rate falls along a cosine over the steps, or over the time if that runs out first.
        warm = min(1.0, (step + 1) / 200)
        for group in optimizer.param_groups:
            group["lr"] = arguments.rate * warm * 0.5 * (1 + math.cos(math.pi * progress))
        clean = patches.draw(arguments.batch)
        noise = SIGMA * torch.randn_like(clean)
        with autocast:
            predicted = model(clean + noise)
        loss = F.mse_loss(predicted.float(), noise)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            seconds = time.time() - start
            progress = max(step / arguments.steps, seconds / arguments.max_seconds)
            running = loss.item()
        if step % 1000 == 0:
            print(f"step {step} {time.time() - start:.0f} s, patches restored to "
                  f"{-10 * math.log10(running):.2f} dB", flush=True)
    facts = {"steps": step, "seconds": round(time.time() - start, 1),
             "steps_asked": arguments.steps, "batch": arguments.batch, "patch": arguments.patch,
             "rate": arguments.rate, "torch": torch.__version__,
             "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu"}
    return model.eval(), facts


def write_safetensors(path, tensors, metadata):
    """8-byte little-endian length, JSON header padded with spaces to 8 bytes, raw data."""
    names = {"float32": "F32", "float16": "F16"}
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, array in tensors.items():
        blob = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": names[str(array.dtype)], "shape": list(array.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def named_tensors(model, dtype):
    """conv.<layer>.weight [k][c][3][3] and conv.<layer>.bias [k], as NumPy arrays."""
    tensors = {}
    for i, conv in enumerate(model.convs):
        tensors[f"conv.{i}.weight"] = conv.weight.detach().cpu().numpy().astype(dtype)
        tensors[f"conv.{i}.bias"] = conv.bias.detach().cpu().numpy().astype(np.float32)
    return tensors


def rounded(model, depth, channels):
    """The network as a reader of an f16 file sees it (biases stay binary32)."""
    copy = Denoiser(depth, channels, normalise=False)
    copy.load_state_dict(model.state_dict())
    with torch.no_grad():
        for conv in copy.convs:
            conv.weight.copy_(conv.weight.half().float())
    return copy.eval()


def save(model, facts, arguments, device, out):
    """Measures both precisions of the weights and writes the smallest that loses nothing."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    folded = fold(model, arguments.depth, arguments.channels).to(device)
    half = rounded(folded.cpu(), arguments.depth, arguments.channels).to(device)
    full_psnr, half_psnr = measure(folded.to(device), device), measure(half, device)
    loss = max(abs(full_psnr[n]["restored"] - half_psnr[n]["restored"]) for n in HELD_OUT)
    use_half = loss <= 0.01
    reached = half_psnr if use_half else full_psnr
    metadata = {"architecture": "residual denoiser: 3x3 convolutions, zero padding 1, ReLU between;"
                                " output is the noise; RGB in [0,1]",
                "layers": str(arguments.depth), "channels": str(arguments.channels),
                "sigma": "25/255", "licence": "Apache-2.0", "training": "models/train_denoiser.py"}
    for name in HELD_OUT:
        metadata[f"psnr_{name}"] = f"{reached[name]['noisy']} -> {reached[name]['restored']} dB"
    write_safetensors(out / "denoiser.safetensors",
                      named_tensors(folded, np.float16 if use_half else np.float32), metadata)
    Image.fromarray(load_photograph("coffee")).save(out / "coffee.png", optimize=True)
    metrics = {"training": facts, "sigma": SIGMA, "psnr_f32_weights": full_psnr,
               "psnr_f16_weights": half_psnr, "weights": "f16" if use_half else "f32",
               "photographs": TRAINING, "held_out": list(HELD_OUT)}
    (out / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    print(json.dumps(metrics, indent=2), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="directory for the results")
    parser.add_argument("--steps", type=int, default=30000)
    parser.add_argument("--max-seconds", type=float, default=340.0)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--patch", type=int, default=64)
    parser.add_argument("--depth", type=int, default=15)
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    model, facts = train(arguments, device)
    save(model, facts, arguments, device, arguments.out)


if __name__ == "__main__":
    main()
