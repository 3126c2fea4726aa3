# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova discover: what it prints, saves, refuses, and what it does when it is interrupted."""

import json
import signal
import subprocess
import time
from fractions import Fraction

import numpy
import pytest

from conftest import BINARY, SANITIZED, document, refused, run
from test_sets import check_transform

ABSENT = "without the search" in run("discover")[2]
pytestmark = pytest.mark.skipif(ABSENT, reason="built without NLopt")

KINDS = ("real", "rational", "dyadic")


def magnitudes(points):
    """The distinct magnitudes of a set's points, ascending."""
    return sorted({abs(Fraction(p)) for p in points.split(",") if "x" not in p and p != "inf"})


def fractions(*texts):
    return [Fraction(text) for text in texts]


@pytest.mark.parametrize("m, kappa, real, points", [
    (4, 14.55, 14.53, ("0", "5/6", "7/6")),
    (6, 76.64, 76.42, ("0", "3/5", "1", "7/6")),
    (8, 474.10, 418.0, ("0", "2/5", "5/6", "1", "7/6")),
])
def test_the_published_sets(m, kappa, real, points):
    for layout in ("--symmetric", "--free"):
        found = document("discover", m, 3, "--objective", "vandermonde", layout)
        assert found["rational"]["kappa_vandermonde"] == pytest.approx(kappa, abs=0.005)
        assert magnitudes(found["rational"]["points"]) == fractions(*points)
        assert found["real"]["kappa_vandermonde"] <= real
        assert found["real"]["value"] == pytest.approx(found["real"]["kappa_vandermonde"], rel=1e-6)


@pytest.mark.parametrize("m, r, alpha2", [(3, 3, 2.616), (8, 3, 112.65), (10, 3, 703.5),
                                          (2, 5, 5.324), (6, 5, 94.6), (2, 7, 24.6)])
def test_the_error_optima(m, r, alpha2):
    found = document("discover", m, r, "--seed", 11)
    assert found["real"]["alpha2"] == pytest.approx(alpha2, rel=1e-3)
    assert found["seconds"] < 10 or SANITIZED
    for kind in KINDS:
        assert found[kind]["exact"] is True
        assert found[kind]["value"] == pytest.approx(found[kind]["alpha2"], rel=1e-8)
        assert found[kind]["value"] >= found["real"]["value"] * (1 - 1e-9)
    assert max(p.denominator for p in magnitudes(found["rational"]["points"])) <= 6
    assert max(p.denominator for p in magnitudes(found["dyadic"]["points"])) <= 4


def test_the_document_says_what_was_asked():
    found = document("discover", 4, 3, "--objective", "int8", "--int8-scale", "tap", "--dyadic", 3,
                     "--restarts", 3, "--seed", 5, "--free")
    expected = {"m": 4, "r": 3, "objective": "int8", "int8_scale": "tap", "seed": 5, "restarts": 3,
                "symmetric": False, "dyadic_bits": 3, "max_denominator": 6, "cut_off": False,
                "quadratic": None, "covariance": None}
    assert {key: found[key] for key in expected} == expected
    assert found["evaluations"] > 300 and found["seconds"] > 0
    # a step for every tap of 8-bit U and V: the noise gain is alpha^2
    assert found["real"]["value"] == pytest.approx(4.742, abs=1e-3)


def answer(*arguments):
    found = document("discover", *arguments)
    del found["seconds"]
    return found


@pytest.mark.parametrize("objective", ["error", "vandermonde", "range", "int8"])
def test_the_same_seed_gives_the_same_answer(objective):
    base = (5, 3, "--objective", objective, "--free", "--restarts", 5)
    first = answer(*base, "--seed", 3)
    assert first == answer(*base, "--seed", 3)
    assert first == answer(*base, "--seed", 3, "--threads", 4)
    assert first == answer(*base, "--seed", 3, "--threads", 0)
    assert answer(*base, "--seed", 4)["evaluations"] != first["evaluations"]


def test_what_is_saved_is_read_back(tmp_path):
    target = tmp_path / "mine.json"
    found = document("discover", 6, 3, "--quadratic", "x2+1", "-o", target)
    shown = document("points", "show", 6, 3, "--set", target)
    check_transform(shown)
    assert shown["points"] == found["rational"]["points"]
    assert shown["alpha2"] == pytest.approx(found["rational"]["alpha2"], rel=1e-8)
    assert "nova discover 6 3" in shown["provenance"] and "x2+1" in shown["provenance"]
    found = document("discover", 6, 3, "--dyadic", 2, "-o", target)
    shown = document("points", "show", 6, 3, "--set", target)
    check_transform(shown)
    assert shown["points"] == found["dyadic"]["points"] == "0,1/2,-1/2,1,-1,2,-2,inf"
    verdict = document("verify", 6, 3, "--points", found["real"]["points"])
    assert verdict["proven"] is True
    assert verdict["alpha2"] == pytest.approx(found["real"]["alpha2"], rel=1e-8)
    measured = document("accuracy", "--tile", 6, "--set", target, "--arith", "f16", "--size", "24")
    assert measured["measured_error"] == pytest.approx(measured["predicted_error"], rel=0.1)


def correlated(shape, rho):
    """First-order autoregressive rows."""
    noise = numpy.random.default_rng(1).standard_normal(shape)
    data = noise.copy()
    for i in range(1, shape[-1]):
        data[..., i] = rho * data[..., i - 1] + numpy.sqrt(1 - rho * rho) * noise[..., i]
    return data


@pytest.mark.parametrize("dtype", ["f4", "f2"])
def test_covariance_from_a_file_is_that_of_the_model(tmp_path, dtype):
    numpy.save(tmp_path / "x.npy", correlated((4, 16, 32, 40), 0.9).astype(dtype))
    model = document("discover", 6, 3, "--covariance", "ar1:0.9")
    data = document("discover", 6, 3, "--covariance", tmp_path / "x.npy")
    white = document("discover", 6, 3, "--covariance", "white")
    assert data["real"]["value"] == pytest.approx(model["real"]["value"], rel=0.05)
    assert model["real"]["value"] < 0.7 * white["real"]["value"]
    weights = document("discover", 6, 3, "--weight-covariance", "ar1:0.5")
    assert weights["real"]["value"] != pytest.approx(white["real"]["value"], rel=0.01)


def test_covariance_of_data_with_nothing_in_them(tmp_path):
    numpy.save(tmp_path / "zeros.npy", numpy.zeros((4, 40), "f4"))
    assert "zero" in refused("discover", 6, 3, "--covariance", tmp_path / "zeros.npy")
    numpy.save(tmp_path / "short.npy", numpy.ones((4, 7), "f4"))
    assert "at least 8" in refused("discover", 6, 3, "--covariance", tmp_path / "short.npy")
    numpy.save(tmp_path / "nan.npy", numpy.full((4, 40), numpy.nan, "f4"))
    assert "finite" in refused("discover", 6, 3, "--covariance", tmp_path / "nan.npy")
    numpy.save(tmp_path / "empty.npy", numpy.zeros((0, 40), "f4"))
    refused("discover", 6, 3, "--covariance", tmp_path / "empty.npy")
    numpy.save(tmp_path / "scalar.npy", numpy.float32(3))
    refused("discover", 6, 3, "--covariance", tmp_path / "scalar.npy")


@pytest.mark.parametrize("arguments", [
    (6,),
    (1, 3),
    (17, 3),
    (6, 8),
    (6, 3, "--objective", "luck"),
    (6, 3, "--max-denominator", 0),
    (6, 3, "--max-denominator", 65),
    (6, 3, "--dyadic", -1),
    (6, 3, "--dyadic", 3, "--max-denominator", 6),
    (6, 3, "--symmetric", "--free"),
    (6, 3, "--quadratic", "x2-1"),
    (6, 3, "--quadratic", "1/2"),
    (6, 3, "--quadratic", ""),
    (4, 3, "--quadratic", "x2+1,x2+x+1,x2-x+1"),
    (6, 3, "--quadratic", "x2+1", "--objective", "vandermonde"),
    (6, 3, "--covariance", "ar1:1"),
    (6, 3, "--covariance", "ar1:"),
    (6, 3, "--covariance", "ar1:0.5x"),
    (6, 3, "--covariance", "nonesuch.npy"),
    (6, 3, "--restarts", 0),
    (6, 3, "--seed", -1),
    (6, 3, "--time", -1),
    (6, 3, "-o", "/nonesuch/set.json"),
])
def test_refusals(arguments):
    refused("discover", *arguments)


def test_time_limit():
    started = time.monotonic()
    found = document("discover", 8, 3, "--restarts", 10000000, "--time", 0.5)
    assert found["cut_off"] is True and found["restarts"] < 10000000
    assert found["real"]["alpha2"] == pytest.approx(112.65, rel=1e-3)
    assert time.monotonic() - started < 60


def test_interrupt_prints_the_best_so_far():
    with subprocess.Popen([BINARY, "discover", "8", "3", "--restarts", "10000000", "--threads", "2",
                           "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(3 if SANITIZED else 1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130 and err == b""
    found = json.loads(out)
    assert found["cut_off"] is True and 0 < found["restarts"] < 10000000
    assert found["real"]["alpha2"] == pytest.approx(112.65, rel=1e-3)
    assert all(found[kind]["exact"] is True for kind in KINDS)


def test_human_output():
    code, out, err = run("discover", 4, 3)
    assert code == 0 and err == ""
    assert "0,2/3,-2/3,3/2,-3/2,inf" in out and "proven exact" in out
    code, out, _ = run("discover", "--help")
    assert code == 0 and "vandermonde" in out and "130" in out
