# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Gradients, and that a network learns with nova what it learns without."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from nova_winograd import (NovaWinogradConv2dTrainable, nova_forward, replace_conv2d_with_nova)


@pytest.mark.parametrize("data_gradient", ["native", "nova"])
@pytest.mark.parametrize("padding", [0, 1, (2, 0), "same"], ids=str)
def test_gradcheck(data_gradient, padding):
    """Convolution is linear in each argument, so that large steps make binary32 exact enough."""
    x = torch.randn(1, 2, 5, 4, requires_grad=True)
    weight = torch.randn(2, 2, 3, 3, requires_grad=True)
    bias = torch.randn(2, requires_grad=True)

    def run(*operands):
        return nova_forward(operands[0], operands[1], padding, bias=operands[2],
                            data_gradient=data_gradient)

    with pytest.warns(UserWarning, match="double precision"):
        assert torch.autograd.gradcheck(run, (x, weight, bias), eps=0.5, atol=2e-4, rtol=1e-3)


def test_asymmetric_padding():
    """As the operator takes it; modules get there with padding='same'."""
    x, weight = torch.randn(2, 3, 6, 7), torch.randn(4, 3, 3, 3)
    gradients = []
    for convolve in (
            lambda x, w: torch.ops.nova_winograd.conv2d(x, w, None, [0, 2, 1, 0], "", False),
            lambda x, w: torch.ops.nova_winograd.conv2d(x, w, None, [0, 2, 1, 0], "", True),
            lambda x, w: F.conv2d(F.pad(x, (1, 0, 0, 2)), w)):
        operands = [x.clone().requires_grad_(), weight.clone().requires_grad_()]
        convolve(*operands).square().sum().backward()
        gradients.append([operand.grad for operand in operands])
    for gradient in gradients[:2]:
        for ours, native in zip(gradient, gradients[2]):
            torch.testing.assert_close(ours, native, rtol=1e-4, atol=1e-3)


def test_second_derivative():
    x = torch.randn(1, 2, 5, 5, requires_grad=True)
    weight = torch.randn(3, 2, 3, 3, requires_grad=True)
    results = []
    for convolve in (lambda: nova_forward(x, weight, 1), lambda: F.conv2d(x, weight, padding=1)):
        (first,) = torch.autograd.grad(convolve().pow(3).sum(), x, create_graph=True)
        results.append(torch.autograd.grad(first.square().sum(), weight)[0])
    torch.testing.assert_close(*results, rtol=1e-3, atol=1e-2)


def test_function_transforms():
    """torch.func.grad goes through a layer."""
    x, weight = torch.randn(1, 2, 5, 5), torch.randn(3, 2, 3, 3)
    ours, native = (torch.func.grad(lambda w, f=f: f(w).square().sum())(weight)
                    for f in (lambda w: nova_forward(x, w, 1), lambda w: F.conv2d(x, w, padding=1)))
    torch.testing.assert_close(ours, native, rtol=1e-4, atol=1e-3)


def test_frozen_operands():
    """Only what is asked for is computed."""
    x, weight = torch.randn(1, 3, 6, 6), torch.randn(4, 3, 3, 3)
    for needs in ((True, False), (False, True)):
        operands = [t.clone().requires_grad_(need) for t, need in zip((x, weight), needs)]
        nova_forward(*operands, 1).sum().backward()
        assert [operand.grad is not None for operand in operands] == list(needs)


class Small(nn.Module):
    """Six convolutions with normalisation and a classifier."""

    def __init__(self, width=16, classes=10, channels=1):
        super().__init__()
        layers = []
        for i, (c, k) in enumerate([(channels, width), (width, width), (width, 2 * width),
                                    (2 * width, 2 * width), (2 * width, 2 * width),
                                    (2 * width, 2 * width)]):
            layers += [nn.Conv2d(c, k, 3, padding=1, bias=False), nn.BatchNorm2d(k), nn.ReLU()]
            if i in (1, 3):
                layers.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


def weight_gradients(net, x, labels, dtype):
    net.zero_grad()
    with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
        loss = F.cross_entropy(net(x).float(), labels)
    loss.backward()
    return {name: p.grad.double() for name, p in net.named_parameters() if p.dim() == 4}


def distance(one, other):
    """Relative, over all weight gradients together."""
    difference = sum((one[name] - other[name]).square().sum() for name in one)
    return (difference / sum(g.square().sum() for g in other.values())).sqrt().item()


def test_weight_gradients_in_binary32():
    """Of a whole network: within 0.03 % of PyTorch's."""
    net = Small()
    x, labels = torch.randn(8, 1, 16, 16), torch.randint(10, (8,))
    native = weight_gradients(net, x, labels, torch.float32)
    replace_conv2d_with_nova(net, trainable=True)
    assert distance(weight_gradients(net, x, labels, torch.float32), native) < 3e-4


def test_weight_gradients_in_binary16():
    """With binary16 forward, gradients differ by what the forward pass does. The best-rounded
    forward pass has the error of rounding its output, as PyTorch's own has: both are compared with
    binary32, and nova may not be further from it than PyTorch by more than its budget allows."""
    net = Small()
    x, labels = torch.randn(8, 1, 16, 16), torch.randint(10, (8,))
    exact = weight_gradients(net, x, labels, torch.float32)
    native = weight_gradients(net, x, labels, torch.float16)
    replace_conv2d_with_nova(net, trainable=True, max_error=4e-4)
    ours = weight_gradients(net, x, labels, torch.float16)
    print(f"nova to PyTorch {distance(ours, native):.3%}, PyTorch to binary32 "
          f"{distance(native, exact):.3%}, nova to binary32 {distance(ours, exact):.3%}")
    assert distance(ours, exact) < 1.5 * distance(native, exact)


def test_weight_gradient_of_one_layer():
    """The gradient of a layer's weights depends on its input and output gradient only, which the
    forward error does not touch: computed in binary32, it is PyTorch's to 0.03 %."""
    layer = NovaWinogradConv2dTrainable(16, 16, 3, padding=1, tile=6, points="nova", arith="f16")
    x, grad = torch.randn(2, 16, 14, 14).half(), torch.randn(2, 16, 14, 14).half()
    layer(x).backward(grad)
    weight = layer.weight.detach().clone().requires_grad_()
    F.conv2d(x.float(), weight, padding=1).backward(grad.float())
    error = (layer.weight.grad - weight.grad).norm() / weight.grad.norm()
    assert error < 3e-4


def stripes(count, generator):
    """Noisy images whose class is the direction and width of their stripes."""
    labels = torch.randint(4, (count,), generator=generator)
    line = torch.arange(12.0)
    phase = torch.rand(count, 1, 1, generator=generator) * 6
    frequency = torch.where(labels % 2 == 0, 0.8, 1.7).view(-1, 1, 1)
    along = torch.where((labels < 2).view(-1, 1, 1), line.view(1, 1, -1), line.view(1, -1, 1))
    waves = torch.sin(along.expand(-1, 12, 12) * frequency + phase)
    return (waves + torch.randn(count, 12, 12, generator=generator)).unsqueeze(1), labels


def curve(net, autocast, steps=40):
    generator = torch.Generator().manual_seed(3)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(steps):
        x, labels = stripes(32, generator)
        optimiser.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            loss = F.cross_entropy(net(x).float(), labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return torch.tensor(losses)


@pytest.mark.parametrize("autocast", [False, True], ids=["binary32", "bfloat16"])
@pytest.mark.parametrize("data_gradient", ["native", "nova"])
def test_same_curve(autocast, data_gradient):
    """Trained natively and with nova from the same weights, on the same batches."""
    native = Small(width=8, classes=4)
    ours = copy.deepcopy(native)
    assert replace_conv2d_with_nova(ours, trainable=True, data_gradient=data_gradient) == 6
    one, other = curve(native, autocast), curve(ours, autocast)
    assert other[:5].mean() > 0.8 and other[-10:].mean() < 0.35
    torch.testing.assert_close(one[:5], other[:5], rtol=0.02, atol=0.02)
    assert (one[-20:].mean() - other[-20:].mean()).abs() < 0.12
