# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What does not compile any kernel: the release, matrices, transforms, options, the heuristic."""

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from importlib import metadata

import numpy as np
import pytest
from conftest import ROOT
from tinygrad import Tensor, dtypes

import nova_winograd.tinygrad as nova
from nova_winograd.tinygrad import (_codelets, _expressions, _formulas, _native, _problem, _release,
                                    _schedule, _tables, study, tensors)
from nova_winograd.tinygrad.heuristic import MACHINES, advise

TILES = [("best", m, 3) for m in (1, 2, 3, 4, 6, 7, 8)] + [("integer", 4, 5), ("classic", 6, 3),
                                                          ("best", 2, 7), ("ncnn", 4, 3)]


def test_another_release_is_refused():
    _release.check(_release.RELEASE)
    with pytest.raises(ImportError, match=r"works with tinygrad 0\.14\.0, not with 0\.11\.0"):
        _release.check("0.11.0")


def test_the_release_is_pinned_where_it_is_installed_from():
    text = (ROOT / "pyproject.toml").read_text()
    assert f'"tinygrad=={_release.RELEASE}"' in text
    assert f"tinygrad=={_release.RELEASE}" in (ROOT / "python/requirements-test.txt").read_text()


def test_works_without_torch(tmp_path):
    package = os.path.dirname(os.path.dirname(nova.__file__))
    os.symlink(package, tmp_path / "nova_winograd")
    distribution = metadata.distribution("tinygrad")
    for name in ("tinygrad", f"tinygrad-{distribution.version}.dist-info"):
        os.symlink(distribution.locate_file(name), tmp_path / name)
    code = (f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import nova_winograd\n"
            "try: nova_winograd.nova_forward\n"
            "except ImportError as error: print(error)\n"
            "from nova_winograd import tinygrad; print('torch' in sys.modules)")
    output = subprocess.run([sys.executable, "-I", "-S", "-c", code], env=dict(os.environ),
                            capture_output=True, text=True, check=True).stdout.splitlines()
    assert output[0].startswith("nova_winograd.nova_forward is for PyTorch")
    assert output[1] == "False"


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("points, m, r", TILES)
def test_matrices_compute_a_convolution(points, m, r, scaled):
    at, g, bt = (np.array(matrix) for matrix in _native.transform(points, m, r, scaled))
    product = np.einsum("ji,ik,il->jkl", at, g, bt)
    expected = np.array([[[l == j + k for l in range(m + r - 1)] for k in range(r)] for j in range(m)])
    scale = np.einsum("ji,ik,il->jkl", abs(at), abs(g), abs(bt))
    assert (abs(product - expected) <= 1e-14 * scale + 1e-15).all()


def test_scaling_brings_taps_together():
    plain, scaled = (_native.transform("best", 6, 3, value)[2] for value in (False, True))
    def spread(matrix):
        norms = np.linalg.norm(np.array(matrix), axis=1)
        return norms.max() / norms.min()
    assert spread(scaled) <= 2 < spread(plain)


@pytest.mark.parametrize("points, m, r", TILES)
def test_codelets_are_their_matrices(random, points, m, r):
    for matrix in _native.transform(points, m, r, False):
        data = random.standard_normal(len(matrix[0]))
        rows = np.array(_codelets.apply(matrix, list(data)))
        assert np.allclose(rows, np.array(matrix) @ data, rtol=1e-12, atol=1e-12)


def test_codelets_share_what_mirrors():
    for matrix in _native.transform("best", 6, 3, False)[::2]:  # A^T and B^T
        entries = sum(value not in (0, 1, -1) for row in matrix for value in row)
        additions = sum(sum(v != 0 for v in row) - 1 for row in matrix)
        assert _expressions.operations(matrix, [[1]]) < 0.8 * (entries + additions)


def test_operations_are_counted_as_the_simplifier_leaves_them():
    pair = [[1, 1], [1, -1]]
    assert _expressions.operations(pair, [[1]]) == 2
    # Of [[a, b], [c, d]]: a + c, b + d, their sum; instead of their difference (a + c) + (-b - d), of
    # which one is negated; a - c, b - d, their sum; (a - c) + (d - b).
    assert _expressions.operations(pair, pair) == 3 + 3 + 3 + 2
    assert _expressions.operations([[2, 3]], [[1]]) == 3  # two products and a sum
    assert _expressions.operations([[2, 0]], [[3]]) == 1  # constants are merged


def test_sets_are_read_from_files(tmp_path):
    at, g, bt = _native.transform("best", 4, 3, False)
    text = {name: [[str(Fraction(v)) for v in row] for row in matrix]
            for name, matrix in (("AT", at), ("G", g), ("BT", bt))}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"m": 4, "r": 3, "set": "mine", "points": "0,2/3,-2/3,3/2,-3/2,inf",
                                "provenance": "a test", "products": 6, "exact": False,
                                "kappa_vandermonde": None, "alpha2": 4.76, "saving": 4, **text}))
    assert np.allclose(_native.transform(str(path), 4, 3, False)[0], at)
    with pytest.raises(nova.NovaError, match=r"F\(4,3\), not F\(6,3\)"):
        _native.transform(str(path), 6, 3, False)


def test_unknown_sets_have_a_reason():
    with pytest.raises(nova.NovaError, match="nobody"):
        _native.transform("nobody", 4, 3, False)
    with pytest.raises(ValueError, match="no such set"):
        nova.patch(points="nobody")


def test_padding_is_tinygrads():
    assert _problem.four_pads(2) == (2, 2, 2, 2)
    assert _problem.four_pads((1, 3)) == (3, 3, 1, 1)
    assert _problem.four_pads((1, 2, 3, 4)) == (1, 2, 3, 4)


@pytest.mark.parametrize("reason, change", [
    ("2 groups", dict(groups=2)), ("stride", dict(stride=2)), ("stride", dict(stride=(1, 2))),
    ("dilation", dict(dilation=2)), ("negative", dict(padding=-1)), ("3 channels", dict(c=3)),
    ("1x1", dict(side=1)), ("4x4", dict(side=4)), ("double", dict(dtype=dtypes.float64)),
    ("tensors of 3", dict(x=(4, 8, 8))), ("zero", dict(x=(1, 4, 1, 1), padding=0)), (None, {}),
    (None, dict(stride=(1, 1)))])
def test_what_is_not_eligible_has_a_reason(reason, change):
    x = Tensor.empty(*change.get("x", (1, change.get("c", 4), 8, 8)),
                     dtype=change.get("dtype", dtypes.float32))
    weight = Tensor.empty(5, 4, *[change.get("side", 3)] * 2)
    arguments = {name: change[name] for name in ("groups", "stride", "dilation") if name in change}
    found = nova.why_not(x, weight, padding=change.get("padding", 1), **arguments)
    assert (found is None) if reason is None else reason in found


def test_schedules_are_spelled():
    assert _schedule.parse("xhat=inlined, mhat=stored", "stored") == ("inlined", "stored", "stored")
    assert len(set(_schedule.CHOICES)) == 8 and _schedule.CHOICES[0] == ("stored",) * 3
    for choice in _schedule.CHOICES:
        assert _schedule.parse(_schedule.spell(choice)) == choice
    for text in ("xhat", "xhat=here", "vhat=stored"):
        with pytest.raises(ValueError, match="schedule"):
            _schedule.parse(text)


@pytest.mark.parametrize("tiles, on_cpu, expected", [
    (1, True, 4), (4, True, 4), (9, True, 16), (9, False, 12), (16, True, 16), (64, True, 68),
    (64, False, 64), (144, True, 148), (784, True, 788), (196, True, 196)])
def test_tiles_are_padded_to_what_kernels_are_good_at(tiles, on_cpu, expected):
    assert tensors.padded(tiles, 4, on_cpu) == expected
    assert tensors.padded(tiles, 8, False) % 8 == 0


def test_formulas_for_gpus_hoist_nothing():
    problem = _problem.Problem(1, 16, 32, 32, 16, 3, 3, (1,) * 4)
    places = ("stored", "inlined", "stored")
    on_cpu, on_gpu = (_formulas.expected(problem, (4, 4), "best", places, 4, on_cpu=cpu)[2]
                      for cpu in (True, False))
    assert on_gpu > 1.8 * on_cpu


def layer(n, channels, size):
    return _problem.Problem(n, channels, size, size, channels, 3, 3, (1, 1, 1, 1))


@pytest.mark.parametrize("kind", MACHINES, ids=str)
def test_no_winograd_where_it_does_not_pay(kind):
    machine, (device, searched) = MACHINES[kind], kind
    def tile(*sizes):
        advice = advise(layer(*sizes), "f32", "CPU", machine)
        fastest = min(advice.winograd, key=advice.winograd.get)
        assert advice.tile in (None, fastest) and (advice.tile is None or advice.winograd[fastest] < advice.direct)
        return advice.tile

    assert tile(1, 2, 4) is None  # few channels
    if device == "CPU" or searched:  # else direct kernels are slow on GPUs, too
        assert tile(1, 512, 4 if device == "CPU" else 1) is None  # late layers at batch 1
    if kind == ("GPU", True):  # binary32 is multiplied as fast by a good direct kernel
        assert tile(256, 512, 7) is None
    else:
        assert tile(1, 64, 224) == (4, 4)
        assert tile(256, 512, 4) is not None  # enough images make up for a late layer's filters


def test_advice_is_what_was_measured_on_a_cpu():
    """docs/schedules.md, Times in turns: with no search, one thread."""
    machine = MACHINES["CPU", False]
    milliseconds = {(16, 32): 0.0854, (64, 56): 2.43, (128, 28): 2.76, (256, 14): 3.93, (512, 7): 6.55}
    for key, measured in milliseconds.items():
        advice = advise(layer(1, *key), "f32", "CPU", machine)
        assert advice.tile == (4, 4)
        ratio = advice.winograd[4, 4] * 1e3 / measured
        assert 0.8 < ratio < (1.45 if key == (16, 32) else 1.2)


#: docs/schedules.md, One H200: microseconds of F(4,3), everything stored, with no search.
ON_A_GPU = {"f32": {(16, 32): 8.6, (64, 56): 29.1, (128, 28): 31.5, (256, 14): 40.2, (512, 7): 74.7},
            "f16": {(16, 32): 6.6, (64, 56): 14.4, (128, 28): 13.5, (256, 14): 15.3, (512, 7): 21.0}}


@pytest.mark.parametrize("dtype", ON_A_GPU)
def test_advice_is_what_was_measured_on_a_gpu(dtype):
    for key, measured in ON_A_GPU[dtype].items():
        found = advise(layer(1, *key), dtype, "CUDA")
        assert found.tile == (4, 4)
        assert found.winograd[4, 4] == pytest.approx(1e-6 * measured, rel=0.15)
    # Tensor cores take 16 channels: 24 are multiplied as binary32 is.
    assert advise(layer(1, 24, 32), dtype, "CUDA").winograd[4, 4] > 5.5e-6


def test_library_path_that_is_wrong_is_named():
    code = "from nova_winograd.tinygrad import _native; _native.library()"
    env = {**os.environ, "NOVA_TINYGRAD_LIBRARY": "/nowhere/libnova_tinygrad.so",
           "PYTHONPATH": os.path.dirname(os.path.dirname(os.path.dirname(nova.__file__)))}
    found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert found.returncode != 0 and "/nowhere/libnova_tinygrad.so" in found.stderr
    assert shutil.which(env["CC"])


def test_tables_of_the_study():
    common = dict(layer="64@56", problem=list(study.LAYERS["64@56"]), dtype="f32")
    result = dict(kernels=4, bytes=12_345_678, operations=3e9, lines=1234, compile_seconds=5.4,
                  seconds=0.00123, error=1e-6, expected=dict(bytes=12_345_678, operations=2e9))
    stored, other = ["stored"] * 3, ["stored", "inlined", "stored"]
    direct = {name: value for name, value in result.items() if name != "expected"}
    answers = [dict(common, how="direct", result=direct),
               dict(common, how="tensors", tile=[4, 4], places=stored, result=result),
               dict(common, how="engine", tile=[4, 4], places=stored, result=result),
               dict(common, how="tensors", tile=[4, 4], places=other, failure="not in 60 s",
                    compiling=[1500])]
    text = "\n".join(_tables.of_layer("64@56", answers))
    assert "| SSS | 12.3, 3,000 (1.50), 1,234, 5, 1.23 | 1.23 |" in text
    assert "| SiS | not in 60 s; lines written: 1,500 |  |" in text
    assert "direct 12.3, 3,000, 1,234, 5, 1.23; WINO=1 \n" in text
    assert "1.000 to 1.000" in text
    assert _tables.contest("64@56", [result, result]) == "| 64 @ 56 | 1.23 | 1.23 |"
