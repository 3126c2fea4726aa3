# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The examples run, and say what their texts promise."""

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


def test_denoiser_as_a_chain(tmp_path):
    pytest.importorskip("PIL")
    pytest.importorskip("numpy")
    picture = tmp_path / "restored.png"
    text = run("examples/denoise_chain.py", "--device", "cpu", "--size", "96", "--rounds", "1",
               "--output", str(picture))
    noisy, restored = (float(value) for value in re.findall(r"([\d.]+) dB", text))
    assert "15 layers" in text and restored > noisy + 6 and picture.stat().st_size > 0
    assert float(re.search(r"float32: ([\d.e-]+)", text)[1]) < 0.05
