# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The scripts of bench/python on problems that take seconds."""

import json
import re
import sys

import pytest
import torch
from conftest import ROOT
from test_examples import run
from torch import nn

SMALL_UNET = {"sample_size": 16, "block_out_channels": (32, 64), "layers_per_block": 1,
              "cross_attention_dim": 32, "attention_head_dim": 8, "norm_num_groups": 8,
              "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
              "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D")}


@pytest.fixture
def bench(monkeypatch):
    """Imports one of the scripts."""
    import importlib

    monkeypatch.syspath_prepend(str(ROOT / "bench" / "python"))
    return importlib.import_module


def test_overhead_of_a_call():
    """Not more than 10 us above PyTorch's; twice that here, where other tests run beside."""
    text = run("bench/python/overhead.py", "--time", "0.5")
    times = {(name, mode): float(value)
             for name, mode, value in re.findall(r"\| ([^|]+) \| ([^|]+) \| ([\d.]+) \|", text)}
    for mode in ("inference_mode", "with gradient"):
        assert times["nova_forward", mode] - times["F.conv2d", mode] < 20
        assert times["NovaWinogradConv2d", mode] - times["nn.Conv2d", mode] < 20


def test_end_to_end():
    pytest.importorskip("safetensors")
    text = run("bench/python/end_to_end.py", "--networks", "denoiser", "--dtypes", "f32",
               "--layouts", "nhwc", "--threads", "2", "--time", "0.1", "--picture", "40x60")
    row = [cell.strip() for cell in text.splitlines()[-1].split("|")]
    assert row[1:6] == ["denoiser", "1", "f32", "nhwc", "2"]
    assert all(0 < float(error) < 1e-4 for error in row[-4:-1])


def test_layers(bench, monkeypatch, tmp_path, capsys):
    layers = bench("layers")
    net = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1),
                        nn.Conv2d(8, 16, 3), nn.Conv2d(16, 4, 1)).eval()
    monkeypatch.setattr(layers, "build", lambda *_, **__: (net, torch.randn(1, 8, 24, 24)))
    file = tmp_path / "layers.json"
    monkeypatch.setattr(sys, "argv", ["layers.py", "--networks", "net", "--dtype", "f32", "--json",
                                      str(file)])
    layers.main()
    rows = {row["layer"]: row for row in json.loads(file.read_text())}
    assert {name: row["number"] for name, row in rows.items()} == {"1 x 8->8 at 24x24": 2,
                                                                   "1 x 8->16 at 24x24": 1}
    assert all(0 < row["nova_error"] < 1e-5 for row in rows.values())
    assert "| net | 1 x 8->8 at 24x24 | 2 |" in capsys.readouterr().out


@pytest.mark.parametrize("m, points", [(4, (0, 1, -1, 2, -2)), (6, (0, 0.5, -0.5, 1, -1, 2, -2))])
def test_plain_winograd(bench, m, points):
    x, weight = torch.randn(2, 5, 13, 20), torch.randn(7, 5, 3, 3)
    y = bench("plain").PlainWinograd(weight, m, points)(x)
    torch.testing.assert_close(y, torch.conv2d(x, weight, padding=1), rtol=1e-3, atol=1e-3)


def test_trained_networks(bench, monkeypatch, tmp_path, capsys):
    """A small network learns, and what nova must not change, it does not."""
    pytest.importorskip("sklearn")
    trained = bench("trained")

    def small(_):
        def block(c, k):
            return nn.Sequential(nn.Conv2d(c, k, 3, padding=1), nn.BatchNorm2d(k), nn.ReLU(),
                                 nn.MaxPool2d(2))
        return nn.Sequential(nn.AvgPool2d(4), block(1, 16), block(16, 32), nn.Flatten(),
                             nn.Linear(512, 10))

    file = tmp_path / "rows.json"
    monkeypatch.setattr(trained, "build", small)
    monkeypatch.setattr(sys, "argv", ["trained.py", "--networks", "small", "--tiles", "6,8",
                                      "--points", "integer,classic,best", "--epochs", "8",
                                      "--distortions", "0", "--json", str(file)])
    trained.main()
    rows = json.loads(file.read_text())
    exact, half, *others = rows
    assert exact["accuracy"] > 0.8 and exact["other_class"] == exact["error"] == 0
    assert half["error"] < 0.01 and half["samples"] == 397
    by = {(row["tile"], row["points"], row["scaling"]): row for row in others}
    assert len(by) == 10 and (8, "classic", True) not in by  # there is no such set
    assert by[6, "best", True]["error"] < 0.02 and by[6, "best", True]["other_class"] < 8
    assert by[8, "integer", False]["error"] > 5 * by[8, "best", True]["error"]
    last = capsys.readouterr().out.splitlines()[-1]
    scaled, plain = (by[8, "best", scaling] for scaling in (True, False))
    assert last.startswith(f"| F(8,3) best | {scaled['error']:.2%} ({plain['error']:.2%}) |")


def test_score(bench):
    expected = torch.tensor([[1.0, 0], [0, 1], [0, 2], [3, 0]])
    got = torch.tensor([[1.0, 0], [1, 0], [0, 2], [float("nan"), 0]])
    score = bench("trained").score(got, expected, torch.tensor([0, 1, 0, 0]))
    assert (score["accuracy"], score["other_class"], score["not_finite"]) == (0.25, 2, 1)
    assert score["error"] == pytest.approx((11 / 15) ** 0.5)


def test_diffusion(bench, monkeypatch, tmp_path):
    from test_networks import unet

    unet(**SMALL_UNET)  # skips where there is no diffusers
    networks, diffusion = bench("networks"), bench("diffusion")
    monkeypatch.setattr(networks, "SD15", SMALL_UNET)
    monkeypatch.setattr(networks, "VAE", networks.VAE | {"block_out_channels": (32,) * 4})
    monkeypatch.setattr(networks, "DIFFUSION", {"sd15": 16, "vae": 16})
    file = tmp_path / "rows.json"
    monkeypatch.setattr(sys, "argv", ["diffusion.py", "--networks", "sd15,vae", "--device", "cpu",
                                      "--dtype", "bf16", "--steps", "3", "--ways",
                                      "planned;F(4,3) best;F(6,3) integer plain",
                                      "--json", str(file)])
    diffusion.main()
    rows = {(row["network"], row["way"]): row for row in json.loads(file.read_text())}
    for network, layers in (("sd15", 19), ("vae", 33)):
        native, good = rows[network, "PyTorch"], rows[network, "F(4,3) best"]
        assert good["layers"] == layers and good["not_finite"] == native["not_finite"] == 0
        assert 0 < good["error"] < 2 * native["error"]
        assert rows[network, "F(6,3) integer plain"]["not_finite"] > 0
    assert len(rows["sd15", "PyTorch"]["chain"]) == 3


def test_figures(bench, monkeypatch, tmp_path):
    """Of measured layers and of a report, whose rows nova has left alone are not drawn."""
    pytest.importorskip("matplotlib")
    layers = [{"network": "net", "layer": "1 x 8->8 at 24x24", "number": 2, "native_ms": 0.2,
               "nova_ms": 0.1, "native_error": 1e-7, "nova_error": 1e-6,
               "plan": {"algorithm": "winograd", "tile": [6, 6]}}]
    row = {"name": "conv", "input": "1x8x24x24", "plan": layers[0]["plan"], "measured": {}}
    measured = {key: layers[0][key] for key in ("native_ms", "nova_ms", "native_error", "nova_error")}
    by = {"network": "net", "samples": 10, "other_class": 1, "error": 0.1}
    trained = [{**by, "by": "PyTorch f16"},
               {**by, "by": "nova", "tile": 6, "points": "best", "scaling": False}]
    ends = [{"network": "net", "batch": 1, "layout": "nhwc", "way": "graph",
             "ms": {"PyTorch": 2.0, "all": 1.0, "faster": 1.0}}]
    chains = [{"network": "net", "way": "PyTorch", "chain": [0.1, float("nan")]}]
    arguments = ["figures.py", "--svg", "--out", str(tmp_path)]
    for name, rows in (("layers", layers), ("trained", trained), ("networks", ends),
                       ("diffusion", chains)):
        (tmp_path / name).write_text(json.dumps(rows))
        arguments += [f"--{name}", str(tmp_path / name)]
    (tmp_path / "report").write_text(json.dumps([row, {**row, "measured": measured}]))
    monkeypatch.setattr(sys, "argv", arguments)
    bench("figures").main()
    assert "F(6x6), 2.00x" in (tmp_path / "pytorch-layers.svg").read_text()
    for name in ("layers", "trained", "networks", "diffusion"):
        assert (tmp_path / f"pytorch-{name}.png").stat().st_size > 1000
    monkeypatch.setattr(sys, "argv", ["figures.py", "--svg", "--out", str(tmp_path), "--layers",
                                      str(tmp_path / "report")])
    bench("figures").main()
    text = (tmp_path / "pytorch-layers.svg").read_text()
    assert text.count("F(6x6), 2.00x") == 1 and "conv (1x8x24x24)" in text
