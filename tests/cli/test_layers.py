# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova-layers: errors of the denoiser's layers on a small photograph, and the moments of real data
checked with NumPy."""

import json
import pathlib
import subprocess
from fractions import Fraction

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


def weights_of(layer):
    """conv.<layer>.weight of the demo's model: safetensors, binary16."""
    raw = (ROOT / "models" / "denoiser.safetensors").read_bytes()
    size = int.from_bytes(raw[:8], "little")
    entry = json.loads(raw[8:8 + size])[f"conv.{layer}.weight"]
    assert entry["dtype"] == "F16"
    first, last = entry["data_offsets"]
    data = numpy.frombuffer(raw[8 + size + first:8 + size + last], dtype="<f2")
    return data.reshape(entry["shape"]).astype(float)


def second_moments(planes, side, step):
    """E[vec(patch) vec(patch)^T] of side x side patches of unit power, Toeplitz in both dimensions;
    the upper row of every pair is a multiple of `step`."""
    height, width = planes.shape[-2:]

    def moment(dh, dw):
        left = max(-dw, 0)
        upper = planes[..., 0:height - dh:step, left:width - max(dw, 0)]
        lower = planes[..., dh::step, left + dw:][..., :upper.shape[-2], :upper.shape[-1]]
        return (upper * lower).mean()

    at = {(dh, dw): moment(dh, dw) for dh in range(side) for dw in range(1 - side, side)}
    at.update({(-dh, -dw): value for (dh, dw), value in list(at.items())})
    places = [(i, j) for i in range(side) for j in range(side)]
    return numpy.array([[at[k - i, n - j] for k, n in places] for i, j in places]) / at[0, 0]


@pytest.mark.parametrize("tile, name", [(4, "best"), (6, "nova"), (6, "best+x2+1")])
def test_noise_gain_for_real_data_from_its_definition(measured, tile, name):
    report, x, _ = measured
    shown = document("points", "show", tile, 3, "--set", name)
    a, g, b = (numpy.array([[float(Fraction(entry)) for entry in line] for line in shown[key]])
               for key in ("AT", "G", "BT"))
    power = lambda rows, moments: numpy.einsum("ij,jk,ik->i", rows, moments, rows)
    u = power(numpy.kron(g, g), second_moments(weights_of(4), 3, 1))
    v = power(numpy.kron(b, b), second_moments(x[0].astype(float), tile + 2, 8))
    columns = (a * a).sum(axis=0)
    alpha2 = numpy.sqrt((numpy.kron(columns, columns) * u * v).sum()) / (3 * tile)
    entry = result_of(report["layers"][4], tile, name)
    assert entry["alpha2_with_covariance"] == pytest.approx(alpha2, rel=1e-4)
    assert entry["predicted_with_covariance"] == pytest.approx(
        entry["predicted_error"] * alpha2 / entry["alpha2"]
        / report["layers"][4]["output_gain"] ** 0.5, rel=1e-4)


def test_rounding_for_the_moments_of_each_input(measured):
    report, _, _ = measured
    result = run("--json", "--input-moments")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["input_moments"] is True and report["input_moments"] is False
    ratios = sorted(result_of(with_moments, 6, "best")["measured_error"] /
                    result_of(without, 6, "best")["measured_error"]
                    for with_moments, without in zip(told["layers"], report["layers"]))
    assert ratios[7] < 0.96 and ratios[-1] < 1.02


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
