# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The package on a CUDA device; skipped where there is none, or no engine for it."""

import pytest
import torch
from conftest import FORMATS, assert_close, exact
from torch import nn

import nova_winograd
from nova_winograd import (NovaWinogradConv2d, NovaWinogradConv2dTrainable, nova_forward,
                           replace_conv2d_with_nova, report)

pytestmark = pytest.mark.skipif(
    not (nova_winograd.HAS_CUDA and torch.cuda.is_available()),
    reason="no CUDA device, or a library without the engine for it")

DTYPES = [torch.float16, torch.bfloat16]


def problem(dtype, memory_format=torch.channels_last, n=2, c=64, h=30, w=28, k=64):
    x = torch.randn(n, c, h, w, device="cuda").to(dtype).contiguous(memory_format=memory_format)
    return x, torch.randn(k, c, 3, 3, device="cuda") / (9 * c) ** 0.5


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("memory_format", FORMATS, ids=str)
def test_values(dtype, memory_format):
    for c, k, h in ((64, 64, 30), (17, 23, 13), (3, 8, 9)):
        x, weight = problem(dtype, memory_format, c=c, k=k, h=h)
        bias = torch.randn(k, device="cuda").to(dtype)
        y = nova_forward(x, weight, 1, bias=bias)
        assert_close(y, exact(x, weight, bias, 1), dtype)
        assert y.stride() == torch.conv2d(x, weight.to(dtype), bias, padding=1).stride()


def test_float32_is_computed_by_pytorch():
    x, weight = problem(torch.float32)
    assert torch.equal(nova_forward(x, weight, 1), torch.conv2d(x, weight, padding=1))


def test_changed_weights(filters_made):
    x, weight = problem(torch.float16)
    first = nova_forward(x, weight, 1)
    assert torch.equal(nova_forward(x, weight, 1), first)
    weight.mul_(2)
    torch.testing.assert_close(nova_forward(x, weight, 1), 2 * first)
    assert filters_made() == 2


def test_changed_bias():
    """Narrow biases are widened once; changes are noticed, also of what lies at the same address."""
    x, weight = problem(torch.float16)
    both = torch.randn(64, 2, device="cuda").half()
    for bias in (both[:, 0], both[:, 1].contiguous()):
        first = nova_forward(x, weight, 1, bias=bias)
        assert_close(first, exact(x, weight, bias, 1), torch.float16)
        assert torch.equal(nova_forward(x, weight, 1, bias=bias), first)
        bias.add_(3)
        assert_close(nova_forward(x, weight, 1, bias=bias), exact(x, weight, bias, 1),
                     torch.float16)
    other = both.flatten()[:64]  # begins where the first one does
    assert_close(nova_forward(x, weight, 1, bias=other), exact(x, weight, other, 1), torch.float16)
    layer = NovaWinogradConv2d(64, 64, 3, padding=1, device="cuda", dtype=torch.float16)
    layer(x)
    layer.double().half()
    with torch.no_grad():
        layer.bias.zero_()
        assert_close(layer(x), exact(x, layer.weight, None, 1), torch.float16)


def test_one_kernel_per_call():
    """Direct convolution of a channels-last input is one kernel, whatever the type of the bias."""
    layer = NovaWinogradConv2d(64, 64, 3, padding=1, tile=1, device="cuda", dtype=torch.float16)
    x, _ = problem(torch.float16, h=56, w=56)
    with torch.inference_mode():
        layer(x)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
            layer(x)
            torch.cuda.synchronize()
    kernels = [event.name for event in profile.events()
               if event.device_type == torch.autograd.DeviceType.CUDA]
    assert len(kernels) == 1, kernels


def test_streams():
    """Work goes to the current stream, after what is in it."""
    x, weight = problem(torch.float16, n=8)
    expected = nova_forward(x, weight, 1)
    stream = torch.cuda.Stream()
    torch.cuda.synchronize()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(50_000_000)
        late = x * 1
        y = nova_forward(late, weight, 1)
    stream.synchronize()
    assert torch.equal(y, expected)


def test_cuda_graph():
    layer = NovaWinogradConv2d(64, 64, 3, padding=1, device="cuda", dtype=torch.float16).eval()
    x, _ = problem(torch.float16)
    with torch.inference_mode():
        layer(x)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            y = layer(x)
        x.copy_(torch.randn_like(x))
        graph.replay()
        torch.cuda.synchronize()
        assert torch.equal(y, layer(x))


@pytest.mark.parametrize("data_gradient", ["native", "nova"])
def test_gradients(data_gradient):
    layer = NovaWinogradConv2dTrainable(64, 32, 3, padding=1, device="cuda",
                                        data_gradient=data_gradient)
    x = torch.randn(2, 64, 16, 16, device="cuda", requires_grad=True)
    with torch.autocast("cuda", dtype=torch.float16):
        y = layer(x)
    assert y.dtype == torch.float16
    grad = torch.randn_like(y)
    y.backward(grad)
    reference = [t.detach().double().requires_grad_() for t in (x, layer.weight, layer.bias)]
    torch.conv2d(*reference, padding=1).backward(grad.double())
    for ours, theirs in zip((x, layer.weight, layer.bias), reference):
        assert (ours.grad - theirs.grad).norm() < 0.01 * theirs.grad.norm()


def test_opcheck():
    x, weight = problem(torch.float16)
    torch.library.opcheck(torch.ops.nova_winograd.conv2d.default,
                          (x, weight.requires_grad_(), None, [1] * 4, "", False))


def test_compile():
    net = nn.Sequential(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 16, 3)).eval()
    net = net.cuda().half().to(memory_format=torch.channels_last)
    replace_conv2d_with_nova(net)
    x = torch.randn(2, 16, 24, 24, device="cuda").half()
    with torch.inference_mode():
        compiled = torch.compile(net, fullgraph=True, mode="reduce-overhead")
        for _ in range(3):
            y = compiled(x).clone()
        torch.testing.assert_close(y, net(x))


class Asking(nn.Module):
    """Asks the device for a value, which a graph cannot."""

    def forward(self, x):
        return x * (2.0 if x.sum().item() > 0 else 1.0)


@pytest.mark.parametrize("between", [nn.ReLU, Asking])
@pytest.mark.parametrize("training", [True, False])
def test_faster(between, training):
    """Layers are timed in a graph of the network, or alone where there is none."""
    net = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), between(), nn.Conv2d(64, 64, 3))
    net = net.cuda().half().train(training)
    x, _ = problem(torch.float16)
    expected = net(x)
    count = replace_conv2d_with_nova(net, policy="faster", example_inputs=x)
    assert count == sum(layer.native_reason is None for layer in (net[0], net[2]))
    for layer in (net[0], net[2]):
        assert 0 < layer.measured["nova_ms"] < 10 and 0 < layer.measured["native_ms"] < 10
        assert layer.training == training and not layer.undecided
        assert not layer._forward_hooks and not layer._forward_pre_hooks
    assert (net(x) - expected).norm() < 0.02 * expected.norm()
    assert report(net, example_inputs=x).replaced == count


def test_undecided_while_a_graph_is_captured():
    """Nothing can be timed then: the call is nova's, and the next one decides."""
    net = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1)).cuda().half().eval()
    x, _ = problem(torch.float16)
    with torch.inference_mode():
        replace_conv2d_with_nova(net)
        net(x)  # a filter must not be transformed in a graph
        replace_conv2d_with_nova(net, policy="faster", effort="estimate")
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            net(x)
        assert net[0].undecided
        net(x)
        assert not net[0].undecided


def test_network_and_report(capsys):
    from test_networks import torchvision_models

    model = torchvision_models().resnet50().eval().cuda().half()
    model = model.to(memory_format=torch.channels_last)
    x = torch.randn(1, 3, 224, 224, device="cuda").half()
    with torch.inference_mode():
        expected = model(x).float()
        assert replace_conv2d_with_nova(model) == 13
        y = model(x).float()
    assert (y - expected).norm() < 0.02 * expected.norm()
    table = report(model, example_inputs=x)
    assert table.replaced == 13
    with capsys.disabled():
        print(f"\n{table}")
    replace_conv2d_with_nova(model, policy="faster", example_inputs=x)
    with torch.inference_mode():
        assert (model(x).float() - expected).norm() < 0.02 * expected.norm()
