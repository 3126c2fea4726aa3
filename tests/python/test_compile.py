# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""torch.compile without graph breaks, dynamic batch, torch.export."""

import io

import pytest
import torch
from conftest import FORMATS
from torch import nn

from nova_winograd import (NovaWinogradConv2d, NovaWinogradConv2dCompilable,
                           NovaWinogradConv2dTrainable, nova_forward, replace_conv2d_with_nova)

KINDS = [NovaWinogradConv2d, NovaWinogradConv2dTrainable, NovaWinogradConv2dCompilable]


class Net(nn.Module):
    def __init__(self, kind=NovaWinogradConv2d, **options):
        super().__init__()
        self.first = kind(3, 8, 3, padding=1, **options)
        self.norm = nn.BatchNorm2d(8)
        self.second = kind(8, 4, 3, padding=1, padding_mode="reflect", **options)

    def forward(self, x):
        return self.second(torch.relu(self.norm(self.first(x))))


@pytest.fixture(autouse=True)
def fresh_compiler():
    torch._dynamo.reset()


@pytest.mark.parametrize("kind", KINDS)
def test_fullgraph(kind):
    """Same as eager, in inference; the batch is dynamic after the second size."""
    net = Net(kind).eval()
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    with torch.inference_mode():
        for batch in (1, 2, 5, 3):
            for memory_format in FORMATS:
                x = torch.randn(batch, 3, 12, 10).contiguous(memory_format=memory_format)
                y, expected = compiled(x), net(x)
                torch.testing.assert_close(y, expected)
                assert y.stride() == expected.stride()


def test_dynamic_shapes_compile_once():
    """One graph for all sizes."""
    counter = torch._dynamo.testing.CompileCounterWithBackend("aot_eager")
    layer = NovaWinogradConv2d(3, 4, 3, padding=1)
    compiled = torch.compile(layer, fullgraph=True, dynamic=True, backend=counter)
    with torch.no_grad():
        for n, h, w in ((2, 8, 9), (3, 11, 7), (7, 20, 30)):
            x = torch.randn(n, 3, h, w)
            torch.testing.assert_close(compiled(x), layer(x))
    assert counter.frame_count == 1


@pytest.mark.parametrize("data_gradient", ["native", "nova"])
def test_training_step(data_gradient):
    """Gradients of the compiled network are those of the eager one."""
    net = Net(NovaWinogradConv2dTrainable, data_gradient=data_gradient)
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    x = torch.randn(4, 3, 8, 8)
    gradients = []
    for function in (net, compiled):
        net.zero_grad()
        function(x).square().mean().backward()
        gradients.append([p.grad.clone() for p in net.parameters()])
    for eager, traced in zip(*gradients):
        torch.testing.assert_close(eager, traced, rtol=1e-4, atol=1e-5)


def test_compiled_network_sees_new_weights(filters_made):
    net = Net().eval()
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    x = torch.randn(2, 3, 9, 9)
    with torch.no_grad():
        compiled(x)
        before = filters_made()
        compiled(x)
        assert filters_made() == before
        net.first.weight.mul_(-1)
        torch.testing.assert_close(compiled(x), net(x))
        assert filters_made() == before + 1


def test_autocast_and_functional():
    weight = torch.randn(4, 3, 3, 3)

    @torch.compile(fullgraph=True, backend="aot_eager")
    def run(x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return nova_forward(x, weight, "same", tile=4)

    assert run(torch.randn(1, 3, 8, 8)).dtype == torch.bfloat16


def test_inductor():
    """The default compiler, where there is a C++ compiler."""
    net = Net().eval()
    x = torch.randn(2, 3, 10, 10)
    with torch.inference_mode():
        expected = net(x)
        try:
            y = torch.compile(net, fullgraph=True)(x)
        except Exception as error:
            if "compiler" in str(error).lower() and "C++" in str(error):
                pytest.skip("inductor has no C++ compiler")
            raise
    torch.testing.assert_close(y, expected)


def test_export(tmp_path):
    """An exported program with a dynamic batch, saved and loaded."""
    net = Net(tile=4).eval()
    batch = torch.export.Dim("batch", min=1, max=64)
    program = torch.export.export(net, (torch.randn(2, 3, 8, 8),), dynamic_shapes=({0: batch},))
    calls = [node for node in program.graph.nodes if "nova_winograd" in str(node.target)]
    assert len(calls) == 2
    stream = io.BytesIO()
    torch.export.save(program, stream)
    stream.seek(0)
    loaded = torch.export.load(stream).module()
    x = torch.randn(5, 3, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(loaded(x), net(x))


def test_replaced_network_compiles():
    plain = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, stride=2),
                          nn.Conv2d(8, 2, 3)).eval()
    x = torch.randn(1, 3, 16, 16)
    with torch.inference_mode():
        expected = plain(x)
        assert replace_conv2d_with_nova(plain) == 2
        y = torch.compile(plain, fullgraph=True, backend="aot_eager")(x)
    torch.testing.assert_close(y, expected, rtol=1e-4, atol=1e-5)
