# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Tests of the Python package. They run on what is installed, or, without an installation, on
python/ with NOVA_TORCH_LIBRARY naming a build's libnova_torch.so."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if "NOVA_TORCH_LIBRARY" in os.environ:
    sys.path.insert(0, str(ROOT / "python"))

# Waiting threads that spin take the processor from those that work, where tests share it.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

torch = pytest.importorskip("torch")

import nova_winograd  # noqa: E402

DTYPES = [torch.float32, torch.float16, torch.bfloat16]
FORMATS = [torch.contiguous_format, torch.channels_last]
#: The budgets that nova keeps by default.
BUDGET = {torch.float32: 1e-5, torch.float16: 1e-2, torch.bfloat16: 5e-2}


@pytest.fixture(autouse=True)
def fixed_seed():
    torch.manual_seed(20161)


@pytest.fixture
def filters_made():
    """How many filters have been transformed since the fixture was made."""
    before = nova_winograd.statistics()["filters_made"]
    return lambda: nova_winograd.statistics()["filters_made"] - before


def exact(input, weight, bias=None, padding=0):
    """Direct convolution in float64."""
    return torch.nn.functional.conv2d(input.double(), weight.double(),
                                      None if bias is None else bias.double(), padding=padding)


def assert_close(output, reference, dtype, budget=None):
    """Within the budget as a whole, and no element off by more than 8 of its standard deviations."""
    error = (output.double() - reference).abs()
    rms = reference.square().mean().sqrt()
    budget = budget or BUDGET[dtype]
    assert torch.isfinite(output).all()
    assert error.square().mean().sqrt() <= budget * rms
    assert error.max() <= 8 * budget * rms


def environment():
    """For processes that the tests start: the same package."""
    env = dict(os.environ)
    if "NOVA_TORCH_LIBRARY" in os.environ:
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT / "python"), env.get("PYTHONPATH", "")])
    return env
