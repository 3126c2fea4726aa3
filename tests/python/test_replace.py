# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""replace_conv2d_with_nova, its policies, and the report."""

import copy

import pytest
import torch
from torch import nn

import nova_winograd
from nova_winograd import (NovaWinogradConv2d, NovaWinogradConv2dTrainable, measure,
                           replace_conv2d_with_nova, report, restore_conv2d)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.down = nn.Conv2d(8, 8, 3, stride=2)
        self.point = nn.Conv2d(8, 8, 1)
        self.b = nn.Conv2d(8, 8, 3, padding=1)
        self.unused = nn.Conv2d(8, 8, 3)
        self.again = self.b

    def forward(self, x):
        return self.again(self.b(self.point(self.down(torch.relu(self.a(x))))))


def test_in_place():
    net = Net().eval()
    x = torch.randn(1, 3, 16, 16)
    expected, keys, first = net(x), list(net.state_dict()), net.a
    assert replace_conv2d_with_nova(net) == 3
    assert net.a is first and type(net.a) is NovaWinogradConv2d and net.again is net.b
    assert type(net.down) is nn.Conv2d and type(net.point) is nn.Conv2d
    assert list(net.state_dict()) == keys
    torch.testing.assert_close(net(x), expected, rtol=1e-4, atol=1e-5)
    assert replace_conv2d_with_nova(net, trainable=True, tile=2) == 3
    assert type(net.a) is NovaWinogradConv2dTrainable and net.a.options.tile == 2
    assert restore_conv2d(net) == 3
    assert type(net.a) is nn.Conv2d and torch.equal(net(x), expected)
    assert vars(net.a).keys() == vars(net.down).keys()


def test_model_may_be_a_convolution():
    conv = nn.Conv2d(3, 4, 3)
    assert replace_conv2d_with_nova(conv) == 1 and isinstance(conv, NovaWinogradConv2d)


def test_verbose(capsys):
    replace_conv2d_with_nova(Net(), verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["down: native, stride 2x2", "point: native, 1x1: nothing to save", "a: nova",
                     "b: nova", "unused: nova"]


def test_bad_arguments():
    with pytest.raises(ValueError, match="policy"):
        replace_conv2d_with_nova(Net(), policy="some")
    with pytest.raises(ValueError, match="data_gradient"):
        replace_conv2d_with_nova(Net(), data_gradient="none")
    with pytest.raises(TypeError, match="tiles"):
        replace_conv2d_with_nova(Net(), tiles=4)


def fake_times(monkeypatch, nova, native):
    """Seconds that every layer takes, inside a network and alone."""
    milliseconds = {"nova_ms": 1e3 * nova, "native_ms": 1e3 * native}
    monkeypatch.setattr(measure, "in_network",
                        lambda model, example_inputs, layers, kinds: dict.fromkeys(layers, milliseconds))
    monkeypatch.setattr(measure, "least_times", lambda contestants, input: {"nova": nova,
                                                                            "native": native})


def test_faster_with_examples(monkeypatch):
    net, x = Net().eval(), torch.randn(1, 3, 16, 16)
    expected = net(x)
    slow = copy.deepcopy(net)
    fake_times(monkeypatch, 1e-3, 2e-3)
    assert replace_conv2d_with_nova(net, policy="faster", example_inputs=x) == 2
    assert net.unused.native_reason == "not reached by example_inputs"
    assert net.a.measured["nova_error"] < 1e-5
    fake_times(monkeypatch, 2e-3, 1e-3)
    assert replace_conv2d_with_nova(slow, policy="faster", example_inputs=x) == 0
    assert "PyTorch is faster: 1 ms, nova 2 ms" == slow.a.native_reason
    even = copy.deepcopy(slow)
    fake_times(monkeypatch, 0.98e-3, 1e-3)  # as good as noise
    assert replace_conv2d_with_nova(even, policy="faster", example_inputs=x) == 0
    for model in (net, slow):
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-5)


def test_faster_decides_on_the_first_call(monkeypatch):
    fake_times(monkeypatch, 2e-3, 1e-3)
    net, x = Net().eval(), torch.randn(1, 3, 16, 16)
    assert replace_conv2d_with_nova(net, policy="faster") == 3
    assert {row.name: row.by for row in report(net).rows}["a"] == "undecided"
    net(x)
    assert net.a.native_reason.startswith("PyTorch is faster")
    assert net.unused.undecided
    statistics = nova_winograd.statistics()
    net(x)
    assert nova_winograd.statistics() == statistics


def test_faster_keeps_the_budget(monkeypatch):
    """An impossible budget leaves the layer to PyTorch instead of failing."""
    fake_times(monkeypatch, 1e-3, 2e-3)
    net, x = Net().eval(), torch.randn(1, 3, 16, 16)
    assert replace_conv2d_with_nova(net, policy="faster", example_inputs=x, max_error=1e-12) == 0
    assert "budget" in net.a.native_reason
    net(x)


def test_faster_plans_for_less_error_where_data_need_it(monkeypatch):
    """A filter without mean on an input with one: its output is small, rounding errors are not."""
    layer = NovaWinogradConv2d(64, 64, 3, bias=False, dtype=torch.float16)
    with torch.no_grad():
        layer.weight.sub_(layer.weight.mean((1, 2, 3), keepdim=True))
    x = (torch.randn(1, 64, 48, 48) + 40).half()
    predicted = measure.errors(layer, x)
    assert predicted["plan"]["predicted_error"] < 1e-2 < predicted["nova_error"]
    fake_times(monkeypatch, 1e-3, 2e-3)
    for net, inputs in ((nn.Sequential(layer), x), (nn.Sequential(copy.deepcopy(layer)), None)):
        replace_conv2d_with_nova(net, policy="faster", example_inputs=inputs)
        net(x)
        assert net[0].native_reason is None and net[0].measured["nova_error"] < 1e-2
        assert measure.errors(net[0], x)["nova_error"] < 1e-2
    # A caller who states tile and arithmetic gets them; with a budget beside them, or PyTorch.
    replace_conv2d_with_nova(net, policy="faster", example_inputs=x, tile=6, arith="f16")
    assert net[0].native_reason is None and net[0].measured["nova_error"] > 1e-2
    replace_conv2d_with_nova(net, policy="faster", example_inputs=x, tile=6, arith="f16",
                             max_error=1e-2)
    assert "exceeds 0.01" in net[0].native_reason and net[0].options.max_error == 1e-2


def test_times_in_the_network(monkeypatch):
    """Each layer is run by both, and nothing of that is left behind."""
    net = Net()
    x = torch.randn(1, 3, 16, 16)
    ways = []
    monkeypatch.setattr(measure, "BUDGET", 0.0)
    replace_conv2d_with_nova(net)
    net.a.register_forward_hook(lambda layer, *_: ways.append(layer.native_reason))
    net.train()
    inputs, found = measure.measure(net, x, [net.a, net.b, net.unused])
    assert set(found) == {net.a, net.b} and net.down in inputs
    for facts in found.values():
        assert 0 < facts["nova_ms"] < 1e3 and 0 < facts["native_ms"] < 1e3
    assert ways.count(None) >= measure.ROUNDS and ways.count("being timed") >= measure.ROUNDS
    assert net.training and net.a.native_reason is None and not net.a.undecided
    assert len(net.a._forward_hooks) == 1 and not net.b._forward_hooks


def test_measured_times_are_times():
    layer = NovaWinogradConv2d(16, 16, 3, padding=1)
    measured = measure.compare(layer, torch.randn(1, 16, 32, 32))
    assert 0 < measured["nova_ms"] < 1e3 and 0 < measured["native_ms"] < 1e3
    assert 0 < measured["nova_error"] < 1e-5 and 0 < measured["native_error"] < 1e-5


def test_measured_error_finds_errors():
    """What integer points do to binary16 is seen."""
    layer = NovaWinogradConv2d(64, 64, 3, padding=1, tile=6, points="integer", arith="f16").half()
    measured = measure.compare(layer, torch.randn(1, 64, 24, 24).half())
    assert measured["nova_error"] > 0.1 > measured["native_error"] * 10
    assert measured["plan"]["set"] == "integer"


def test_report():
    net, x = Net().eval(), torch.randn(2, 3, 16, 16)
    replace_conv2d_with_nova(net, tile=4)
    rows = {row.name: row for row in report(net, example_inputs=x).rows}
    assert list(rows) == ["a", "down", "point", "b", "unused"]
    assert rows["a"].by == "nova" and rows["a"].input == "2x3x16x16"
    assert rows["a"].plan["tile"] == [4, 4] and rows["a"].measured["nova_error"] < 1e-5
    assert rows["down"].by == "native" and rows["down"].reason == "stride 2x2"
    assert rows["unused"].input == ""
    text = str(report(net, example_inputs=x))
    assert "F(4x4)" in text and "stride 2x2" in text
    assert text.splitlines()[-1] == "3 of 5 convolutions by nova"
    assert "not replaced" in str(report(Net()))
    assert not net.training and not any(m._forward_pre_hooks for m in net.modules())
