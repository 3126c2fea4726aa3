# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova-layers: errors of the denoiser's layers on a small photograph, and the moments of real data
checked with NumPy."""

import json
import pathlib
import subprocess

import numpy
import pytest

from conftest import BINARY, ROOT, document

LAYERS = pathlib.Path(BINARY).with_name("nova-layers")
PHOTO = ROOT / "tests" / "examples" / "crop.png"

pytestmark = pytest.mark.skipif(not LAYERS.exists(), reason="nova-layers was not built")


def run(*arguments):
    return subprocess.run([str(LAYERS), "--photo", str(PHOTO), *map(str, arguments)],
                          capture_output=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """(document, input of layer 4) with a set of one's own beside the built-in ones."""
    folder = tmp_path_factory.mktemp("layers")
    document("emit", 6, 3, "--set", "nova", "--format", "json", "-o", folder / "mine.json")
    result = run("--json", "--layer", 4, "--save", folder / "x.npy", "--set", folder / "mine.json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout), numpy.load(folder / "x.npy"), str(folder / "mine.json")


def result_of(layer, tile, name):
    found = [entry for entry in layer["results"] if (entry["tile"], entry["set"]) == (tile, name)]
    assert len(found) == 1
    return found[0]


def test_every_layer_ranks_the_sets_alike(measured):
    report, _, mine = measured
    assert [layer["layer"] for layer in report["layers"]] == list(range(15))
    for layer in report["layers"]:
        errors = [result_of(layer, 6, name)["measured_error"] for name in ("best", "nova",
                                                                           "integer")]
        assert 0 < errors[0] < errors[1] / 2 < errors[2] / 4
        assert result_of(layer, 6, mine)["measured_error"] == errors[1]


def test_real_data_do_better_than_white_ones_and_moments_say_by_how_much(measured):
    report, _, _ = measured
    for layer in report["layers"]:
        for name in ("best", "nova"):
            entry = result_of(layer, 6, name)
            assert entry["measured_error"] < entry["predicted_error"]
            assert 0.5 < entry["measured_error"] / entry["predicted_with_covariance"] < 2


def test_alpha2_of_white_data_is_that_of_the_set(measured):
    report, _, _ = measured
    for entry in report["layers"][0]["results"][:5]:
        shown = document("points", "show", entry["tile"], 3, "--set", entry["set"])
        assert entry["alpha2"] == pytest.approx(shown["alpha2"], rel=1e-9)


def test_moments_of_the_saved_input(measured):
    report, x, _ = measured
    layer = report["layers"][4]
    assert x.dtype == numpy.float32 and x.shape == (1, 64, report["height"], report["width"])
    x = x[0].astype(float)
    assert layer["input_rms"] == pytest.approx(numpy.sqrt((x * x).mean()), rel=1e-5)
    rows = x[:, ::8]
    power = (rows * rows).mean()
    across = (rows[:, :, 1:] * rows[:, :, :-1]).mean()
    assert layer["correlation_w"] == pytest.approx(across / power, rel=1e-4)
    pairs = [i for i in range(0, x.shape[1], 8) if i + 1 < x.shape[1]]
    down = numpy.mean([(x[:, i] * x[:, i + 1]).mean() for i in pairs])
    assert layer["correlation_h"] == pytest.approx(down / power, rel=1e-4)


@pytest.mark.parametrize("arguments", [
    ("--arith", "f8"), ("--sigma", "-1"), ("--threads", "many"), ("--layer", "999"), ("more",),
    ("--set", "missing.json"), ("--model", "missing.safetensors"), ("--unknown",)])
def test_refusals(arguments):
    result = run(*arguments)
    assert result.returncode == 2 and result.stdout == b"" and b"nova-layers: " in result.stderr


def test_table_and_help():
    result = run("--arith", "f16m32", "--no-compensation")
    assert result.returncode == 0 and b"F(8,3) best" in result.stdout
    result = run("--help")
    assert result.returncode == 0 and b"--save" in result.stdout
