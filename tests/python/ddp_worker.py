# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""One process of test_distributed.py: trains a small network on its half of every batch."""

import sys

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn

from nova_winograd import replace_conv2d_with_nova


def network():
    torch.manual_seed(7)
    return nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1),
                         nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))


def batches():
    generator = torch.Generator().manual_seed(11)
    for _ in range(4):
        yield (torch.randn(8, 1, 10, 10, generator=generator),
               torch.randint(3, (8,), generator=generator))


def train(net, part):
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, labels in batches():
        optimiser.zero_grad()
        F.cross_entropy(net(x[part]), labels[part]).backward()
        optimiser.step()


def main(folder):
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    rank = dist.get_rank()
    net = network()
    assert replace_conv2d_with_nova(net, trainable=True) == 2
    train(nn.parallel.DistributedDataParallel(net), slice(4 * rank, 4 * rank + 4))
    torch.save(net.state_dict(), f"{folder}/{rank}.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1])
