# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Tests of nova_winograd.tinygrad. They run on what is installed, or, without an installation, on
python/ with NOVA_TINYGRAD_LIBRARY naming a build's libnova_tinygrad.so. They do not need PyTorch."""

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if "NOVA_TINYGRAD_LIBRARY" in os.environ:
    sys.path.insert(0, str(ROOT / "python"))

# tinygrad compiles for the CPU with clang, of which Debian's name has the version in it.
clang = next((name for name in ("clang", "clang-19") if shutil.which(name)), None)
os.environ.setdefault("CC", clang or "clang")
os.environ.setdefault("DEV", "CPU")
os.environ.setdefault("NUM_CPU_THREADS", "1")
os.environ.setdefault("PARALLEL", "0")  # no processes for compiling

np = pytest.importorskip("numpy")
pytest.importorskip("tinygrad")
if clang is None:
    pytest.skip("there is no clang, which tinygrad's CPU backend needs", allow_module_level=True)

import nova_winograd.tinygrad as nova  # noqa: E402
from nova_winograd.tinygrad import _native  # noqa: E402
from tinygrad import Tensor  # noqa: E402


@pytest.fixture
def random():
    return np.random.default_rng(20161)


@pytest.fixture(autouse=True)
def never_patched():
    yield
    nova.unpatch()


def operands(random, problem, dtype=np.float32):
    """x and weights as arrays: normal, and such that outputs are of about 1."""
    x = random.standard_normal((problem.n, problem.c, problem.h, problem.w))
    scale = (problem.c * problem.r * problem.s) ** -0.5
    weight = random.standard_normal((problem.k, problem.c, problem.r, problem.s)) * scale
    return x.astype(dtype), weight.astype(dtype)


def exact(x, weight, pads):
    """Direct convolution in double; pads are left, right, top, bottom."""
    x = np.pad(x.astype(np.float64), ((0, 0), (0, 0), pads[2:], pads[:2]))
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    return np.einsum("nchwrs,kcrs->nkhw", windows, weight.astype(np.float64), optimize=True)


def tensor(array):
    return Tensor(array).realize()


def predicted(problem, dtype="f32", **options):
    """nova's prediction for filters that are transformed in binary32, in every execution, as Tensor
    operations do it."""
    return _native.describe(problem, dtype, schedule=("blocked", "inlined", "blocked"),
                            **options)["predicted_error"]


def assert_close(y, reference, budget):
    """Within the budget as a whole, and no element off by more than 8 of its standard deviations."""
    assert y.shape == reference.shape
    error = np.abs(y.astype(np.float64) - reference)
    rms = np.sqrt(np.mean(reference ** 2))
    assert np.isfinite(y).all()
    assert np.sqrt(np.mean(error ** 2)) <= budget * rms
    assert error.max() <= 8 * budget * rms
