# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Chains of layers: the values of the layers one by one, wherever they run."""

import copy
import pickle

import pytest
import torch
from conftest import FORMATS, assert_close
from torch import nn

import nova_winograd
from nova_winograd import Chain, ChainLayer

NEEDS_CUDA = pytest.mark.skipif(
    not (nova_winograd.HAS_CUDA and torch.cuda.is_available()),
    reason="no CUDA device, or a library without the engine for it")
DEVICES = ["cpu", pytest.param("cuda", marks=NEEDS_CUDA)]


def conv(c, k, **keywords):
    return nn.Conv2d(c, k, 3, **{"padding": 1, **keywords})


def residual_block(device, channels=64):
    layers = [ChainLayer(conv(channels, channels), "relu"),
              ChainLayer(conv(channels, channels), "silu", residual="x"),
              ChainLayer(conv(channels, 24, padding=0)),
              ChainLayer(conv(24, 24), "relu", residual=2)]
    return Chain(layers).to(device).requires_grad_(False)


def reference(chain, x):
    """The same in float64."""
    outputs = {-1: x.double()}
    for number, link in enumerate(chain.links):
        y = copy.deepcopy(link.conv).double()(outputs[number - 1])
        if link.residual != -2:
            y = y + outputs[link.residual]
        outputs[number] = {None: lambda v: v, "relu": torch.relu,
                           "silu": nn.functional.silu}[link.activation](y)
    return outputs[len(chain.links) - 1]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_values(device, dtype):
    chain = residual_block(device)
    x = torch.randn(2, 64, 30, 27, device=device).to(dtype)
    y = chain(x)
    assert y.dtype == dtype and y.shape == (2, 24, 28, 25)
    budget = 2e-2 if dtype == torch.float16 else 1e-1  # of four layers
    assert_close(y, reference(chain, x), dtype, budget)


@pytest.mark.parametrize("device", DEVICES)
def test_changed_weights(device):
    """Filters are transformed anew when parameters have changed."""
    chain = residual_block(device)
    x = torch.randn(1, 64, 16, 16, device=device).half()
    first = chain(x)
    assert torch.equal(chain(x), first)
    chain.links[3].conv.weight.mul_(-3)
    assert_close(chain(x), reference(chain, x), torch.float16, 2e-2)
    chain.links[3].conv.bias.add_(5)
    assert_close(chain(x), reference(chain, x), torch.float16, 2e-2)


@pytest.mark.parametrize("device", DEVICES)
def test_gradients(device):
    chain = residual_block(device).requires_grad_(True)
    x = torch.randn(1, 64, 12, 12, device=device).half().requires_grad_(True)
    chain(x).float().square().sum().backward()
    assert x.grad.abs().sum() > 0
    assert all(p.grad is not None for p in chain.parameters())


def test_from_sequential():
    modules = nn.Sequential(conv(3, 16), nn.ReLU(), conv(16, 16), conv(16, 5), nn.SiLU())
    chain = Chain.from_sequential(modules).requires_grad_(False)
    assert [link.activation for link in chain.links] == ["relu", None, "silu"]
    x = torch.randn(1, 3, 20, 20)
    assert_close(chain(x), modules.double()(x.double()), torch.float32)


def test_copies():
    """What is kept of a plan is no part of a chain's state."""
    chain = residual_block("cpu")
    x = torch.randn(1, 64, 14, 14).half()
    for other in (copy.deepcopy(chain), pickle.loads(pickle.dumps(chain))):
        assert torch.equal(other(x), chain(x))
        assert other.links[0].conv is other.convs[0]


def test_refused():
    with pytest.raises(ValueError, match="stride"):
        ChainLayer(conv(8, 8, stride=2))
    with pytest.raises(ValueError, match="padding mode"):
        ChainLayer(conv(8, 8, padding_mode="reflect"))
    with pytest.raises(ValueError, match="activation"):
        ChainLayer(conv(8, 8), "gelu")
    with pytest.raises(ValueError, match="residual"):
        ChainLayer(conv(8, 8), residual="y")
    with pytest.raises(ValueError, match="earlier"):
        Chain([ChainLayer(conv(8, 8), residual=0)])
    with pytest.raises(ValueError, match="follow"):
        Chain.from_sequential(nn.Sequential(nn.ReLU(), conv(8, 8)))
    with pytest.raises(ValueError, match="CUDA"):
        residual_block("cpu").plan(torch.randn(1, 64, 8, 8))


@NEEDS_CUDA
@pytest.mark.parametrize("memory_format", FORMATS, ids=str)
def test_graph(memory_format):
    """A captured chain gives the same bits again, in the input's memory format."""
    chain = Chain([ChainLayer(conv(128, 128), "relu") for _ in range(3)], max_error=0.02)
    chain = chain.cuda().requires_grad_(False)
    x = torch.randn(1, 128, 40, 40, device="cuda").half().contiguous(memory_format=memory_format)
    assert chain.plan(x)["workspace_bytes"] > 0
    first = chain(x)
    assert first.is_contiguous(memory_format=memory_format)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        again = chain(x)
    graph.replay()
    assert torch.equal(first, again)
    assert_close(first, reference(chain, x), torch.float16, 4e-2)
