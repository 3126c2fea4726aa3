#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The same network trained natively and with nova, from the same weights on the same batches.

    python3 examples/train.py                                  # the digits of scikit-learn, minutes
    python3 examples/train.py --data cifar10 --folder DIR --epochs 30 --width 64

`digits` are 1797 real handwritten digits, 8 x 8, that come with scikit-learn; `cifar10` reads the
python version of the data set from DIR/cifar-10-batches-py (nothing is downloaded). Prints both
curves and the accuracies on what was kept out of training.
"""

import argparse
import copy
import pickle
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from nova_winograd import replace_conv2d_with_nova

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


class Network(nn.Module):
    """Residual blocks of 3x3 convolutions with normalisation, halving the map twice."""

    def __init__(self, channels, classes, width):
        super().__init__()
        self.first = self.block(channels, width)
        self.stages = nn.ModuleList()
        for i in range(3):
            c = width * 2**i
            grow = self.block(c, 2 * c) if i < 2 else nn.Identity()
            self.stages.append(nn.ModuleList([self.block(c, c), self.block(c, c), grow]))
        self.head = nn.Linear(4 * width, classes)

    @staticmethod
    def block(c, k):
        return nn.Sequential(nn.Conv2d(c, k, 3, padding=1, bias=False), nn.BatchNorm2d(k), nn.ReLU())

    def forward(self, x):
        x = self.first(x)
        for i, (one, two, grow) in enumerate(self.stages):
            x = grow(x + two(one(x)))
            if i < 2:
                x = F.max_pool2d(x, 2)
        return self.head(x.mean((2, 3)))


def digits(_):
    """Training and test (images, labels); images in [-1, 1]."""
    from sklearn.datasets import load_digits

    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 8 - 1
    labels = torch.tensor(data.target)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, test = order[:1400], order[1400:]
    return (images[train], labels[train]), (images[test], labels[test])


def cifar10(folder):
    def read(names):
        images, labels = [], []
        for name in names:
            with open(Path(folder) / "cifar-10-batches-py" / name, "rb") as file:
                batch = pickle.load(file, encoding="bytes")
            images.append(torch.from_numpy(batch[b"data"]).view(-1, 3, 32, 32))
            labels += batch[b"labels"]
        pixels = torch.cat(images).float() / 255
        mean = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
        deviation = torch.tensor([0.247, 0.2435, 0.2616]).view(3, 1, 1)
        return (pixels - mean) / deviation, torch.tensor(labels)

    return read([f"data_batch_{i}" for i in range(1, 6)]), read(["test_batch"])


def augment(x, generator):
    """Flipped (colour images only) and moved by up to an eighth."""
    if x.shape[1] == 3 and torch.rand((), generator=generator) < 0.5:
        x = x.flip(3)
    reach = x.shape[2] // 8
    moves = torch.randint(-reach, reach + 1, (2,), generator=generator).tolist()
    return torch.roll(x, moves, (2, 3))


def train(net, data, arguments, dtype):
    """Mean loss of each epoch. Batches depend on the seed alone."""
    images, labels = data
    generator = torch.Generator().manual_seed(1)
    device = next(net.parameters()).device
    optimiser = torch.optim.SGD(net.parameters(), lr=arguments.rate, momentum=0.9,
                                weight_decay=5e-4, nesterov=True)
    steps = len(labels) // arguments.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, arguments.rate,
                                                   total_steps=arguments.epochs * steps)
    curve = []
    net.train()
    for _ in range(arguments.epochs):
        order, total = torch.randperm(len(labels), generator=generator), 0.0
        for step in range(steps):
            chosen = order[step * arguments.batch:(step + 1) * arguments.batch]
            x = augment(images[chosen], generator).to(device)
            with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
                loss = F.cross_entropy(net(x).float(), labels[chosen].to(device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        curve.append(total / steps)
    return curve


@torch.inference_mode()
def accuracy(net, data, dtype):
    net.eval()
    images, labels = data
    device, right = next(net.parameters()).device, 0
    for x, y in zip(images.split(250), labels.split(250)):
        with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
            right += (net(x.to(device)).argmax(1).cpu() == y).sum().item()
    return right / len(labels)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", choices=["digits", "cifar10"], default="digits")
    parser.add_argument("--folder", default=".", help="where cifar-10-batches-py lies")
    parser.add_argument("--dtype", choices=DTYPES, default="bf16", help="of the forward pass")
    parser.add_argument("--data-gradient", choices=["native", "nova"], default="native")
    parser.add_argument("--tile", type=int)
    parser.add_argument("--points")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--rate", type=float, default=0.1)
    arguments = parser.parse_args(argv)
    training, test = {"digits": digits, "cifar10": cifar10}[arguments.data](arguments.folder)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    native = Network(training[0].shape[1], 10, arguments.width).to(device)
    ours = copy.deepcopy(native)
    count = replace_conv2d_with_nova(ours, trainable=True, data_gradient=arguments.data_gradient,
                                     tile=arguments.tile, points=arguments.points)
    dtype = DTYPES[arguments.dtype]
    results = {}
    for name, net in (("PyTorch", native), (f"nova ({count} layers)", ours)):
        curve = train(net, training, arguments, dtype)
        results[name] = curve, accuracy(net, test, dtype)
        print(f"{name}: loss by epoch {' '.join(f'{loss:.4f}' for loss in curve)}, "
              f"accuracy {results[name][1]:.2%}", flush=True)
    return list(results.values())


if __name__ == "__main__":
    main()
