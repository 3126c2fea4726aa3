#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What tiles and point sets do to trained networks of full depth.

    python3 bench/python/trained.py --json trained.json             # minutes on a GPU
    python3 bench/python/trained.py --networks resnet18 --epochs 1  # on a CPU

Trains VGG-16 with batch normalisation, ResNet-18 and DenseNet-121 (torchvision's, without their first
halving of the picture) on the handwritten digits of scikit-learn, enlarged to 64 x 64 and distorted at random.
Then every layer that nova computes is replaced, with each tile and set, in half precision with U, V
and M in half precision, once with tap scaling and compensated rounding (nova's default) and once
without (as large tiles are published). The held-out set is 397 digits that no training step has
seen, each as it is and distorted nine times. Of every one of these samples the class is compared
with that of the network in float32.
"""

import argparse
import copy
import json
import math
import time

import torch
import torch.nn.functional as F
from torch import nn

from nova_winograd import networks, plan, release, replace_conv2d_with_nova

DTYPES = {"f16": torch.float16, "bf16": torch.bfloat16}
SIDE, CLASSES, DISTORTIONS = 64, 10, 9


def digits(device):
    """((images, labels) to train with, (images, labels) held out); images [n, 1, 64, 64]."""
    from sklearn.datasets import load_digits

    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 8 - 1
    images = F.interpolate(images, (SIDE, SIDE), mode="bicubic").clamp(-1, 1)
    labels = torch.tensor(data.target)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, test = order[:1400], order[1400:]
    images, labels = images.to(device), labels.to(device)
    return (images[train], labels[train]), (images[test], labels[test])


def distort(images, generator):
    """Turned, scaled, sheared, moved, with other contrast and noise, each on its own."""
    n, device = len(images), images.device

    def uniform(low, high):
        return (low + (high - low) * torch.rand(n, generator=generator)).to(device)

    angle, scale, shear = uniform(-0.35, 0.35), uniform(0.8, 1.25), uniform(-0.2, 0.2)
    rows = [scale * angle.cos(), shear - scale * angle.sin(), uniform(-0.2, 0.2),
            scale * angle.sin(), scale * angle.cos(), uniform(-0.2, 0.2)]
    grid = F.affine_grid(torch.stack(rows, 1).view(n, 2, 3), images.shape, align_corners=False)
    moved = F.grid_sample(images + 1, grid, align_corners=False) - 1
    noise = torch.randn(images.shape, generator=generator).to(device)
    return moved * uniform(0.6, 1).view(n, 1, 1, 1) + 0.15 * noise


def build(name):
    """The architecture for pictures of 64 x 64 in one channel and ten classes."""
    networks.import_torchvision()
    from torchvision import models

    if name == "vgg16_bn":
        model = models.vgg16_bn(num_classes=CLASSES)
        model.features[0] = nn.Conv2d(1, 64, 3, padding=1)
        model.avgpool = nn.AdaptiveAvgPool2d(1)
        model.classifier = nn.Linear(512, CLASSES)
    elif name == "resnet18":
        model = models.resnet18(num_classes=CLASSES)
        model.conv1 = nn.Conv2d(1, 64, 3, padding=1, bias=False)
    elif name == "densenet121":
        model = models.densenet121(num_classes=CLASSES)
        model.features.conv0 = nn.Conv2d(1, 64, 3, padding=1, bias=False)
    else:
        raise ValueError(f"{name!r}: vgg16_bn, resnet18 or densenet121")
    return model


def train(model, data, options, device):
    """Mean loss of the last epoch."""
    images, labels = data
    generator = torch.Generator().manual_seed(1)
    steps = len(labels) // options.batch
    optimiser = torch.optim.SGD(model.parameters(), lr=options.rate, momentum=0.9,
                                weight_decay=5e-4, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate,
                                                   total_steps=options.epochs * steps)
    model.train()
    total = 0.0
    for epoch in range(options.epochs):
        order, total = torch.randperm(len(labels), generator=generator).to(device), 0.0
        for step in range(steps):
            chosen = order[step * options.batch:(step + 1) * options.batch]
            x = distort(images[chosen], generator).contiguous(memory_format=torch.channels_last)
            with torch.autocast(device.type, dtype=torch.bfloat16):
                loss = F.cross_entropy(model(x).float(), labels[chosen], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.detach()
        if options.verbose:
            print(f"  epoch {epoch + 1}: loss {total.item() / steps:.4f}", flush=True)
    return total.item() / steps


def held_out(data, count):
    """The images as they are, then each distorted `count` times; labels; always the same."""
    images, labels = data
    generator = torch.Generator().manual_seed(2)
    all_images = torch.cat([images] + [distort(images, generator) for _ in range(count)])
    return all_images, labels.repeat(count + 1)


def outputs(model, images, dtype, batch):
    parts = [model(x.to(dtype).contiguous(memory_format=torch.channels_last)).double()
             for x in images.split(batch)]
    return torch.cat(parts)


def score(got, expected, labels):
    """Shares of right classes and of float32's classes; samples with NaN or Inf; relative error."""
    finite = got.isfinite().all(1)
    # An output with NaN or Inf decides for no class.
    classes = torch.where(finite, got.nan_to_num().argmax(1), -1)
    difference = torch.where(finite.unsqueeze(1), got - expected, expected)
    return {"samples": len(labels), "not_finite": int((~finite).sum()),
            "accuracy": (classes == labels).double().mean().item(),
            "other_class": int((classes != expected.argmax(1)).sum()),
            "error": (difference.norm() / expected.norm()).item()}


def exists(tile, points):
    """Whether the set has been published for F(tile, 3)."""
    try:
        plan([1, 1, 16, 16, 1, 3, 3], [1] * 4, torch.float16, True, -1,
             f"tile={tile},points={points},arith=f16")
    except RuntimeError as error:
        if "has no F(" in str(error):
            return False
        raise
    return True


def variants(options):
    for tile in map(int, options.tiles.split(",")):
        for points in options.points.split(","):
            if not exists(tile, points):
                continue
            for plain in (False, True):
                yield {"tile": tile, "points": points, "scaling": not plain,
                       "compensation": not plain}


def evaluate(name, model, data, options):
    """A dict per way to compute the network."""
    dtype = DTYPES[options.dtype]
    images, labels = held_out(data, options.distortions)
    model.eval()
    expected = outputs(model, images, torch.float32, options.chunk)
    half = copy.deepcopy(model).to(dtype)
    rows = [{"by": "PyTorch f32", **score(expected, expected, labels)},
            {"by": f"PyTorch {options.dtype}",
             **score(outputs(half, images, dtype, options.chunk), expected, labels)}]
    for variant in variants(options):
        replaced = copy.deepcopy(half)
        row = {"by": "nova", **variant}
        row["layers"] = replace_conv2d_with_nova(replaced, arith=options.dtype, **variant)
        row.update(score(outputs(replaced, images, dtype, options.chunk), expected, labels))
        release()
        rows.append(row)
    for row in rows:
        row["network"] = name
        print(line(row), flush=True)
    return rows


def line(row):
    how = row["by"]
    if how == "nova":
        how = f"F({row['tile']},3) {row['points']}{'' if row['scaling'] else ', plain'}"
    error = f"{row['error']:.2%}" if math.isfinite(row["error"]) else "-"
    return (f"| {row['network']} | {how} | {row.get('layers', 0)} | {row['accuracy']:.2%} | "
            f"{row['other_class']} | {row['not_finite']} | {error} |")


def summary(rows):
    """A line per tile and set; in brackets without scaling and compensation."""
    names = list(dict.fromkeys(row["network"] for row in rows))
    table = {}
    for row in rows:
        way = row["by"] if row["by"] != "nova" else f"F({row['tile']},3) {row['points']}"
        table.setdefault(way, {}).setdefault(row["network"], []).append(row)
    lines = ["| every layer by | " + " | ".join(f"{name}: error | other class | NaN or Inf"
                                                for name in names) + " |",
             "|---|" + "---:|---:|---:|" * len(names)]
    for way, networks_ in table.items():
        cells = [way]
        for name in names:
            pair = networks_.get(name, [])
            for key, style in (("error", ".2%"), ("other_class", "d"), ("not_finite", "d")):
                values = [format(row[key], style) for row in pair]
                cells.append(values[0] + "".join(f" ({value})" for value in values[1:])
                             if values else "")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def read(files):
    rows = []
    for file in files:
        with open(file, encoding="utf-8") as opened:
            rows += json.load(opened)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", default="vgg16_bn,resnet18,densenet121")
    parser.add_argument("--tiles", default="4,6,8")
    parser.add_argument("--points", default="integer,nova,classic,best")
    parser.add_argument("--dtype", choices=DTYPES, default="f16")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--chunk", type=int, default=1000, help="samples evaluated together")
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--distortions", type=int, default=DISTORTIONS)
    parser.add_argument("--json", help="writes all rows to this file")
    parser.add_argument("--show", nargs="+", metavar="FILE", help="only the summary of such files")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.show:
        print(summary(read(options.show)))
        return
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # The yardstick is float32, not its 19-bit relative.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    training, test = digits(device)
    rows = []
    for name in options.networks.split(","):
        torch.manual_seed(0)
        model = build(name).to(device).to(memory_format=torch.channels_last)
        start = time.perf_counter()
        loss = train(model, training, options, device)
        seconds = time.perf_counter() - start
        print(f"\n{name}: {options.epochs} epochs in {seconds:.0f} s, loss {loss:.4f}\n\n"
              "| network | computed by | layers by nova | accuracy | other class than f32 | "
              "NaN or Inf | error |\n|---|---|---:|---:|---:|---:|---:|")
        with torch.inference_mode():
            rows += evaluate(name, model, test, options)
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump(rows, file, indent=1)
    print(f"\n{summary(rows)}")


if __name__ == "__main__":
    main()
