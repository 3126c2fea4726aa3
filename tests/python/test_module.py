# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The modules as drop-in replacements of nn.Conv2d."""

import copy
import gc
import io
import os
import pickle

import pytest
import torch
from conftest import BUDGET, DTYPES, FORMATS, assert_close
from torch import nn

import nova_winograd
from nova_winograd import (NovaWinogradConv2d, NovaWinogradConv2dCompilable,
                           NovaWinogradConv2dTrainable)

KINDS = [NovaWinogradConv2d, NovaWinogradConv2dTrainable, NovaWinogradConv2dCompilable]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_same_as_native(kind, dtype):
    for memory_format in FORMATS:
        conv = nn.Conv2d(12, 20, 3, padding=1).to(dtype)
        layer = kind.from_conv2d(conv)
        x = torch.randn(2, 12, 15, 14).to(dtype).contiguous(memory_format=memory_format)
        assert_close(layer(x), conv.double()(x.double()).detach(), dtype)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [1, (2, 1), "same", "valid"], ids=str)
def test_padding(mode, padding):
    conv = nn.Conv2d(3, 5, 3, padding=padding, padding_mode=mode)
    x = torch.randn(2, 3, 9, 10)
    torch.testing.assert_close(NovaWinogradConv2d.from_conv2d(conv)(x), conv(x), rtol=1e-4, atol=1e-4)


def test_state_dict_is_that_of_conv2d():
    conv, layer = nn.Conv2d(4, 6, 3, padding=1), NovaWinogradConv2d(4, 6, 3, padding=1, tile=4)
    assert list(layer.state_dict()) == list(conv.state_dict())
    x = torch.randn(1, 4, 8, 8)
    layer(x)
    layer.load_state_dict(conv.state_dict(), strict=True)
    torch.testing.assert_close(layer(x), conv(x), rtol=1e-4, atol=1e-4)
    conv.load_state_dict(layer.state_dict(), strict=True)


def test_from_conv2d_shares_everything():
    conv = nn.Conv2d(4, 6, 3, bias=False).eval()
    calls = []
    conv.register_forward_hook(lambda module, arguments, output: calls.append(type(module)))
    layer = NovaWinogradConv2d.from_conv2d(conv, max_error=1e-4)
    layer(torch.randn(1, 4, 8, 8))
    assert layer.weight is conv.weight and layer.bias is None and not layer.training
    assert calls == [NovaWinogradConv2d]
    assert type(conv) is nn.Conv2d and not hasattr(conv, "options")


@pytest.mark.parametrize("arguments, reason", [
    ({"stride": 2}, "stride 2x2"), ({"dilation": 2}, "dilation"), ({"groups": 2}, "2 groups"),
    ({"kernel_size": 1}, "1x1"), ({"kernel_size": 9}, "9x9"), ({"kernel_size": (2, 3)}, "2x3"), ({"dtype": torch.float64}, "float64"),
], ids=str)
def test_refusals(arguments, reason):
    arguments = {"kernel_size": 3, **arguments}
    with pytest.raises(ValueError, match=reason):
        NovaWinogradConv2d(4, 4, **arguments)
    with pytest.raises(ValueError, match=reason):
        NovaWinogradConv2d.from_conv2d(nn.Conv2d(4, 4, **arguments))


def test_subclasses_are_refused():
    class Scaled(nn.Conv2d):
        def forward(self, x):
            return 2 * super().forward(x)

    with pytest.raises(ValueError, match="Scaled"):
        NovaWinogradConv2d.from_conv2d(Scaled(3, 3, 3))


class Changes:
    """Ways to change the weights of a layer."""

    @staticmethod
    def in_place(layer):
        with torch.no_grad():
            layer.weight.add_(0.5)

    @staticmethod
    def optimiser(layer):
        layer.weight.grad = torch.ones_like(layer.weight)
        torch.optim.SGD([layer.weight], lr=0.5).step()

    @staticmethod
    def load_state_dict(layer):
        layer.load_state_dict({name: value + 0.25 for name, value in layer.state_dict().items()})

    @staticmethod
    def assign(layer):
        layer.weight = nn.Parameter(layer.weight.detach() - 0.5)

    @staticmethod
    def data(layer):
        layer.weight.data = layer.weight.data * 2

    @staticmethod
    def in_place_through_data(layer):
        layer.weight.data.mul_(2)

    @staticmethod
    def half_and_back(layer):
        layer.half().float()


@pytest.mark.parametrize("name", [name for name in vars(Changes) if not name.startswith("_")])
def test_changed_weights(name, filters_made):
    """Every change is noticed, and costs one transform."""
    layer = NovaWinogradConv2d(6, 7, 3, padding=1)
    x = torch.randn(1, 6, 9, 9)
    layer(x)
    for _ in range(3):
        made = filters_made()
        getattr(Changes, name)(layer)
        outputs = [layer(x) for _ in range(3)]
        expected = nn.functional.conv2d(x, layer.weight, layer.bias, padding=1)
        for output in outputs:
            torch.testing.assert_close(output, expected, rtol=1e-4, atol=1e-4)
        assert filters_made() == made + 1


def test_one_filter_for_many_sizes(filters_made):
    """Plans of the same kind share a filter."""
    layer = NovaWinogradConv2d(8, 8, 3, padding=1, tile=4, points="best", arith="f32")
    for size in (16, 17, 20, 33):
        layer(torch.randn(1, 8, size, size))
    assert filters_made() == 1


def test_copies(tmp_path):
    layer = NovaWinogradConv2d(6, 7, 3, padding=1, max_error=1e-4)
    x = torch.randn(1, 6, 9, 9)
    y = layer(x)
    stream = io.BytesIO()
    torch.save(layer, stream)
    stream.seek(0)
    copies = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)),
              torch.load(stream, weights_only=False), copy.copy(layer)]
    for other in copies:
        assert torch.equal(other(x), y)
        assert other.options == layer.options
    with torch.no_grad():
        layer.weight.zero_()
    assert torch.equal(copies[0](x), y)


def test_dead_layers_free_their_filters():
    nova_winograd.release()
    layers = [NovaWinogradConv2d(4, 4, 3) for _ in range(20)]
    for layer in layers:
        layer(torch.randn(1, 4, 6, 6))
    assert nova_winograd.statistics()["weights_kept"] == 20
    del layers, layer
    gc.collect()
    assert nova_winograd.statistics()["weights_kept"] == 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_autocast(dtype):
    conv = nn.Conv2d(16, 16, 3, padding=1)
    layer = NovaWinogradConv2dTrainable.from_conv2d(conv)
    x = torch.randn(2, 16, 10, 10, requires_grad=True)
    with torch.autocast("cpu", dtype=dtype):
        y = layer(x)
        assert y.dtype == dtype
        y.float().square().sum().backward()
    assert_close(y.detach(), copy.deepcopy(conv).double()(x.double()).detach(), dtype)
    assert x.grad.dtype == torch.float32 and layer.weight.grad.dtype == torch.float32


def test_inference_mode_and_double():
    layer = NovaWinogradConv2d(4, 5, 3)
    x = torch.randn(1, 4, 8, 8)
    y = layer(x)
    with torch.inference_mode():
        assert torch.equal(layer(x), y)
    torch.testing.assert_close(layer.double()(x.double()), y.double(), rtol=1e-4, atol=1e-4)


def test_fork():
    """A forked child computes, as the workers of a DataLoader do."""
    layer = NovaWinogradConv2d(8, 8, 3, tile=4, points="best", arith="f32")
    x = torch.randn(1, 8, 20, 20)
    y = layer(x)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            torch.set_num_threads(1)  # as the workers of a DataLoader do
            os.write(writer, b"same" if torch.equal(layer(x), y) else b"different")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 16) == b"same"


def test_budget_is_kept():
    torch.manual_seed(1)
    for dtype, budget in ((torch.float32, 1e-6), (torch.float16, 1e-3), (torch.bfloat16, 1e-2)):
        assert budget < BUDGET[dtype]
        conv = nn.Conv2d(64, 64, 3, padding=1, bias=False).to(dtype)
        nn.init.normal_(conv.weight, std=1 / 24)
        layer = NovaWinogradConv2d.from_conv2d(conv, max_error=budget)
        x = torch.randn(1, 64, 32, 32).to(dtype)
        assert_close(layer(x), conv.double()(x.double()).detach(), dtype, 1.1 * budget)
