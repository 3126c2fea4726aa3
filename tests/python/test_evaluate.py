# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""python -m nova_winograd.evaluate, on pictures made here."""

import json
import os
import subprocess
import sys

import pytest
import torch
from conftest import environment
from torch import nn

from nova_winograd import evaluate

Image = pytest.importorskip("PIL.Image")
numpy = pytest.importorskip("numpy")


class Colours(nn.Module):
    """Tells red, green and blue pictures apart, through convolutions that do real work."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(5)
        self.body = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(),
                                  nn.Conv2d(32, 32, 3, padding=1))
        self.mix = nn.Conv2d(32, 3, 3, padding=1)

    def forward(self, x):
        # The network's part is small, so that only errors that swamp it change a class.
        return (x + 0.5 * self.mix(self.body(x))).mean((2, 3))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    random = numpy.random.default_rng(1)
    for channel, name in enumerate(("blue", "green", "red")):
        (folder / name).mkdir()
        for i in range(3):
            pixels = random.integers(0, 120, (40, 52, 3), dtype=numpy.uint8)
            pixels[:, :, 2 - channel] += 100
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    return folder


def run(pictures, tmp_path, *more, launcher=(), model="test_evaluate:Colours"):
    target = tmp_path / "result.json"
    env = environment()
    env["PYTHONPATH"] = os.pathsep.join([os.path.dirname(__file__), env.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, *launcher, "-m", "nova_winograd.evaluate", "--model",
                           model, "--data", str(pictures), "--size", "32", "--device", "cpu",
                           "--batch", "2", "--json", str(target), *more], env=env,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(target.read_text()), done.stdout


CLASSES = "red\ngreen\nblue\n"
OPTIONS = ("--points", "classic,integer", "--tile", "6", "--arith", "f16")


@pytest.fixture(scope="module")
def alone(pictures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    (folder / "classes").write_text(CLASSES)
    return run(pictures, folder, *OPTIONS, "--classes", str(folder / "classes"))


def test_figures(alone):
    result, text = alone
    variants = result["variants"]
    assert list(variants) == ["native", "classic", "integer"]
    for name, facts in variants.items():
        assert facts["images"] == 9 and facts["nonfinite_images"] == 0
        assert facts["top1"] == 1 and facts["top5"] == 1 and facts["agreement"] == 1
        assert facts["layers"] == (0 if name == "native" else 3)
        assert facts["batch_ms"] > 0
    assert 0 < variants["native"]["output_error"] < 0.001
    assert 0 < variants["classic"]["output_error"] < 0.01
    assert variants["classic"]["output_error"] * 5 < variants["integer"]["output_error"]
    layers = result["layers"]
    assert list(layers["classic"]) == ["body.0", "body.2", "mix"]
    assert layers["classic"]["body.2"]["error"] * 5 < layers["integer"]["body.2"]["error"]
    assert "same class" in text and "body.2" in text


def test_torchrun_gives_the_same_numbers(pictures, tmp_path, alone):
    (tmp_path / "classes").write_text(CLASSES)
    result, _ = run(pictures, tmp_path, *OPTIONS, "--classes", str(tmp_path / "classes"),
                    launcher=("-m", "torch.distributed.run", "--nproc-per-node", "2",
                              "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"))
    for name, facts in alone[0]["variants"].items():
        for key, value in facts.items():
            if key != "batch_ms":
                assert result["variants"][name][key] == pytest.approx(value, rel=1e-12), key
    assert result["layers"] == alone[0]["layers"]


def test_flat_folder_and_limit(pictures, tmp_path):
    result, text = run(pictures / "red", tmp_path, "--limit", "2", "--points", "auto",
                       "--dtype", "bf16")
    facts = result["variants"]["auto"]
    assert facts["images"] == 2 and "top1" not in facts and "agreement" in facts
    assert "%" in text


def test_nonfinite_outputs_are_counted():
    output = torch.tensor([[1.0, 2, 0], [float("nan"), 3, 1], [float("inf"), 0, 0]]).double()
    expected = torch.tensor([[1.0, 2, 0], [0, 3, 1], [1, 0, 0]]).double()
    sums = evaluate.score(output, expected, torch.tensor([1, 1, 0]))
    assert sums[:2] == [3, 2] and sums[4:] == [1, 3, 1, 1]
    # What is not finite counts as if it were 0.
    assert sums[2] == 1 + 0


@pytest.mark.parametrize("arguments, reason", [
    (("--model", "resnet50", "--data", "."), "torchvision:NAME"),
    (("--model", "test_evaluate:Colours", "--data", "/does/not/exist"), "/does/not/exist"),
    (("--model", "no_such_module:f", "--data", "."), "no_such_module"),
])
def test_refusals(arguments, reason, capsys):
    assert evaluate.main([*arguments, "--device", "cpu"]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize("model", ["torchvision:resnet18", "timm:resnet10t"])
def test_packages(model, tmp_path):
    from test_networks import torchvision_models

    torchvision_models()
    result, _ = run("noise:2", tmp_path, "--weights", "none", "--points", "auto", "--repeat", "1",
                    "--size", "64", model=model)
    assert result["variants"]["auto"]["layers"] > 5
    assert result["variants"]["auto"]["output_error"] < 0.02


@pytest.mark.parametrize("part", ["", ":vae"])
def test_diffusers(part, tmp_path):
    """A small UNet and a small VAE, from their configurations in a folder."""
    from test_networks import torchvision_models

    torchvision_models()
    diffusers = pytest.importorskip("diffusers")
    blocks = {"block_out_channels": (32, 64), "layers_per_block": 1, "norm_num_groups": 8}
    if part:
        model = diffusers.AutoencoderKL(down_block_types=("DownEncoderBlock2D",) * 2,
                                        up_block_types=("UpDecoderBlock2D",) * 2, **blocks)
    else:
        model = diffusers.UNet2DConditionModel(
            sample_size=16, cross_attention_dim=32, attention_head_dim=8,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), **blocks)
    model.save_config(tmp_path / (part[1:] or "unet"))
    result, _ = run("noise:2", tmp_path, "--weights", "none", "--points", "auto", "--repeat", "1",
                    "--dtype", "bf16", model=f"diffusers:{tmp_path}{part}")
    facts = result["variants"]["auto"]
    assert facts["layers"] > 5 and facts["nonfinite_images"] == 0
    assert 0 < facts["output_error"] < 0.2
