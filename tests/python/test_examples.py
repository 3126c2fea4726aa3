# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The examples and the benchmark run, and say what their texts promise."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT, environment
from test_networks import torchvision_models


def run(script, *arguments):
    done = subprocess.run([sys.executable, str(ROOT / script), *arguments], env=environment(),
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_quickstart():
    text = run("examples/quickstart.py")
    assert "model: 2 layers by nova" in text and "2 of 2 convolutions by nova" in text
    errors = [float(value) for value in re.findall(r"points: error ([\d.]+)%", text)]
    assert len(errors) == 3 and errors == sorted(errors, reverse=True) and errors[2] < 1


def test_resnet50():
    torchvision_models()
    text = run("examples/resnet50_inference.py", "--size", "64", "--rounds", "1")
    assert "13 of 53 convolutions by nova" in text
    errors = [float(value) for value in re.findall(r"ms, error ([\d.e-]+)", text)]
    assert len(errors) == 2 and max(errors) < 1e-4


def test_training():
    """Real data: both networks learn the digits, and equally well."""
    pytest.importorskip("sklearn")
    text = run("examples/train.py", "--epochs", "2", "--width", "8", "--dtype", "f32")
    accuracies = [float(value) for value in re.findall(r"accuracy ([\d.]+)%", text)]
    assert len(accuracies) == 2 and min(accuracies) > 85
    assert abs(accuracies[0] - accuracies[1]) < 6


def test_overhead_of_a_call():
    """Not more than 10 us above F.conv2d; twice that here, where other tests run beside."""
    text = run("bench/python/end_to_end.py", "--overhead", "--time", "0.5")
    times = {(name, mode): float(value)
             for name, mode, value in re.findall(r"\| ([^|]+) \| ([^|]+) \| ([\d.]+) \|", text)}
    extra = times["nova_forward", "inference_mode"] - times["F.conv2d", "inference_mode"]
    assert extra < 20
    assert times["NovaWinogradConv2d", "inference_mode"] - times["nn.Conv2d", "inference_mode"] < 20


def test_end_to_end():
    pytest.importorskip("safetensors")
    text = run("bench/python/end_to_end.py", "--networks", "denoiser", "--dtypes", "f32",
               "--layouts", "nhwc", "--threads", "2", "--time", "0.1", "--picture", "40x60")
    row = [cell.strip() for cell in text.splitlines()[-1].split("|")]
    assert row[1:5] == ["denoiser", "f32", "nhwc", "2"] and float(row[-2]) < 1e-4
