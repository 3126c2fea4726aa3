# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova points, verify and emit: what they say about point sets, checked from outside with exact
fractions."""

import json
import math
import shutil
import subprocess
from fractions import Fraction

import numpy
import pytest

from conftest import BINARY, HAVE_ALGEBRA, document, needs_algebra, refused, run

# (set, m, r): alpha squared and kappa of docs/numerics.md; None where it gives none.
FIGURES = {
    ("integer", 2, 3): (1.67, None),
    ("integer", 4, 3): (10.77, 42.47),
    ("nova", 4, 3): (11.24, 14.55),
    ("ncnn", 4, 3): (5.02, 23.04),
    ("onednn", 4, 3): (4.78, 32.69),
    ("best", 4, 3): (4.762, None),
    ("integer", 6, 3): (964.5, 2074.5),
    ("nova", 6, 3): (146.9, 76.64),
    ("classic", 6, 3): (20.63, 936.8),
    ("integer", 8, 3): (501086, 196899.7),
    ("nova", 8, 3): (1669, 474.1),
    ("barabasz", 8, 3): (320, 3.8e6),
    ("best", 8, 3): (113.07, 33929),
    ("dyadic", 8, 3): (133.2, None),
}
SETS = {"integer", "classic", "nova", "onednn", "ncnn", "barabasz", "best", "dyadic"}


def digits(value):
    """Half a unit in the last digit that the table gives."""
    text = repr(value)
    if "." in text and not text.endswith(".0"):
        return 0.5 * 10.0 ** -len(text.split(".")[1])
    return 0.5 if value < 1e6 else 0.5 * 10.0 ** (math.floor(math.log10(value)) - 1)


def fractions(rows):
    return [[Fraction(entry) for entry in row] for row in rows]


def identity_defect(m, r, a, g, b):
    """Largest |sum_i A[j,i] G[i,k] B[i,l] - [l == j+k]|, exactly."""
    return max(abs(sum(a[j][i] * g[i][k] * b[i][col] for i in range(len(g))) - (col == j + k))
               for j in range(m) for k in range(r) for col in range(m + r - 1))


def check_transform(shown):
    m, r = shown["m"], shown["r"]
    a, g, b = (fractions(shown[key]) for key in ("AT", "G", "BT"))
    n = len(g)
    assert (len(a), len(a[0]), len(g[0]), len(b), len(b[0])) == (m, n, r, n, m + r - 1)
    defect = identity_defect(m, r, a, g, b)
    assert defect == 0 if shown["exact"] else 0 < defect < 1e-13
    square = lambda row: sum(x * x for x in row)
    alpha2 = sum(a[j][i] ** 2 * square(g[i]) * square(b[i])
                 for j in range(m) for i in range(n)) / Fraction(m * r)
    assert shown["alpha2"] == pytest.approx(float(alpha2), rel=1e-8)
    assert shown["saving"] == pytest.approx((m * r / n) ** 2, rel=1e-9)


def test_list_has_every_set_and_size():
    sets = document("points")["sets"]
    names = {(entry["set"], entry["m"], entry["r"]) for entry in sets}
    assert SETS <= {name for name, _, _ in names}
    for name in ("integer", "best", "dyadic"):
        for size in [(m, 3) for m in range(2, 9)] + [(2, 5), (4, 5), (2, 7)]:
            assert (name, *size) in names
    assert len(names) == len(sets)
    assert all(entry["provenance"] and entry["points"] for entry in sets)


def test_every_set_is_exact_and_its_figures_are_right():
    for entry in document("points")["sets"]:
        shown = document("points", "show", entry["m"], entry["r"], "--set", entry["set"])
        assert {"m", "r", "set", "points", "kappa_vandermonde", "alpha2", "saving", "exact",
                "AT", "G", "BT"} <= set(shown)
        check_transform(shown)
        for key in ("set", "points", "exact", "alpha2", "kappa_vandermonde", "saving"):
            assert shown[key] == (pytest.approx(entry[key], rel=1e-8)
                                  if isinstance(entry[key], float) else entry[key])
        assert shown["exact"] == ("sqrt" not in shown["points"])


@pytest.mark.parametrize("key", FIGURES)
def test_published_figures(key):
    name, m, r = key
    alpha2, kappa = FIGURES[key]
    shown = document("points", "show", m, r, "--set", name)
    assert abs(shown["alpha2"] - alpha2) <= digits(alpha2)
    if kappa is not None:
        assert abs(shown["kappa_vandermonde"] - kappa) <= digits(kappa)


@needs_algebra
def test_figures_of_points_without_a_name():
    """F(8,3) with denominators up to 6, which `best` was before it was let have sevenths."""
    found = document("verify", 8, 3, "--points", "0,2/5,-2/5,4/5,-4/5,5/4,-5/4,5/2,-5/2")
    assert found["proven"] and found["exact"]
    assert found["alpha2"] == pytest.approx(114.6, abs=0.05)
    assert found["kappa_vandermonde"] == pytest.approx(62798, abs=0.5)
    assert document("points", "show", 8, 3, "--set", "best")["alpha2"] < 0.99 * found["alpha2"]


def test_condition_number_is_that_of_the_finite_points():
    for name, m in (("nova", 6), ("classic", 6), ("best", 8), ("onednn", 4)):
        shown = document("points", "show", m, 3, "--set", name)
        points = [float(Fraction(p)) for p in shown["points"].split(",") if p != "inf"]
        kappa = numpy.linalg.cond(numpy.vander(points))
        assert shown["kappa_vandermonde"] == pytest.approx(kappa, rel=1e-6)


def test_human_output():
    code, out, _ = run("points")
    assert code == 0 and "classic" in out
    code, out, _ = run("points", "show", 6, 3, "--set", "classic")
    assert code == 0 and "-21/4" in out and "proven exact" in out


@pytest.mark.parametrize("arguments", [
    ("points", "show", 6, 3, "--set", "nonesuch"),
    ("points", "show", 5, 3, "--set", "ncnn"),
    ("points", "show", 6, 3, "--set", "nonesuch.json"),
    ("points", "show", 0, 3),
    ("points", "show", 6, -3),
    ("points", "show", "six", 3),
    ("points", "show", 6),
    ("points", "show", 6, 3, 9),
    ("points", "show", 6, 99999999999999999999),
    ("points", "--set", "best"),
    ("emit", 6, 3, "--set", "nonesuch"),
    ("emit", 6, 3),
    ("emit", 6, 3, "--set", "best", "--points", "0,1,-1,2,-2,3,-3"),
    ("emit", 6, 3, "--set", "best", "--format", "fortran"),
    ("verify", 6, 3),
])
def test_refusals(arguments):
    refused(*arguments)


# ---- verify

@needs_algebra
@pytest.mark.parametrize("m, r, points", [
    (6, 3, "0,1/2,-1/2,1,-1,2,-2"),
    (6, 3, "0,1/2,-1/2,1,-1,2,-2,inf"),
    (4, 3, "0,0.625,-0.625,1.5,-1.5"),
    (2, 7, "0,1/2,-1/2,1,-1,2,-2"),
    (6, 3, "0,3/4,-3/4,4/3,-4/3,x2+1"),
    (8, 3, "0,1/2,-1/2,1,-1,2,-2,x^2+1"),
])
def test_verify_proves(m, r, points):
    verdict = document("verify", m, r, "--points", points)
    assert verdict["proven"] is True and verdict["exact"] is True and verdict["reason"] is None
    check_transform(document("emit", m, r, "--points", points, "--format", "json"))


@needs_algebra
def test_quadratic_moduli_figures():
    for m, points, alpha2 in ((6, "0,3/4,-3/4,4/3,-4/3,x2+1", 2.92),
                              (8, "0,1/2,-1/2,1,-1,2,-2,x2+1", 9.06)):
        assert abs(document("verify", m, 3, "--points", points)["alpha2"] - alpha2) <= 0.005


@needs_algebra
@pytest.mark.parametrize("m, r, points, word", [
    (6, 3, "0,1/2,1/2,1,-1,2,-2", "repeated"),
    (6, 3, "0,1/2,2/4,1,-1,2,-2", "repeated"),
    (6, 3, "0,1/2,-1/2", ""),
    (6, 3, "0,1/2,-1/2,1,-1,2,-2,3,-3", ""),
    (6, 3, "0,1/2,-1/2,1,x2-1,2", ""),
    (6, 3, "0,1/0,-1/2,1,-1,2,-2", ""),
    (6, 3, "zero,one", ""),
    (6, 3, "0,,1", ""),
    (6, 3, "nan,1,2,3,4,5,6", ""),
    (1000000, 3, "0,1", ""),
    (6, 0, "0,1", ""),
    (4, 3, "0,sqrt(2),-sqrt(2),1,-1", "irrational"),
])
def test_verify_refuses(m, r, points, word):
    assert word in refused("verify", m, r, "--points", points)
    if r > 0:
        code, out, err = run("verify", m, r, "--points", points, "--json")
        verdict = json.loads(out)
        assert code == 2 and verdict["proven"] is False and verdict["reason"] in err


@pytest.mark.skipif(HAVE_ALGEBRA, reason="built with FLINT")
def test_without_flint_it_is_said(tmp_path):
    target = tmp_path / "out.json"
    assert "FLINT" in refused("verify", 6, 3, "--points", "0,1/2,-1/2,1,-1,2,-2")
    assert "FLINT" in refused("emit", 6, 3, "--points", "0,1/2,-1/2,1,-1,2,-2", "-o", target)
    assert not target.exists()


# ---- emit

def emit(tmp_path, form, name="classic", m=6):
    target = tmp_path / f"out.{form}"
    report = document("emit", m, 3, "--set", name, "--format", form, "-o", target)
    assert report["output"] == str(target) and report["format"] == form
    code, out, _ = run("emit", m, 3, "--set", name, "--format", form)
    assert code == 0 and out == target.read_text()
    return target


def test_emit_numpy(tmp_path):
    target = emit(tmp_path, "numpy")
    scope = {}
    exec(target.read_text(), scope)  # pylint: disable=exec-used
    shown = document("points", "show", 6, 3, "--set", "classic")
    arrays = [value for value in scope.values() if isinstance(value, numpy.ndarray)]
    for key in ("AT", "G", "BT"):
        expected = numpy.array([[float(x) for x in row] for row in fractions(shown[key])])
        assert any(array.dtype == numpy.float64 and array.shape == expected.shape
                   and (array == expected).all() for array in arrays), key


@pytest.mark.parametrize("compiler, option", [("cc", "-std=c11"), ("c++", "-std=c++11")])
def test_emit_c_compiles(tmp_path, compiler, option):
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler}")
    target = emit(tmp_path, "c")
    source = tmp_path / "use.c"
    source.write_text(f'#include "{target}"\n#include "{target}"\nint main(void) {{ return 0; }}\n')
    language = "c" if compiler == "cc" else "c++"
    subprocess.run([compiler, option, "-x", language, "-fsyntax-only", "-pedantic-errors",
                    str(source)], check=True)


def test_emit_latex(tmp_path):
    text = emit(tmp_path, "latex").read_text()
    assert text.count(r"\begin{pmatrix}") == text.count(r"\end{pmatrix}") == 3
    assert r"\frac{21}{4}" in text


def test_emit_json_is_what_points_show_prints(tmp_path):
    target = emit(tmp_path, "json", "best", 8)
    assert json.loads(target.read_text()) == document("points", "show", 8, 3, "--set", "best")
    report = document("emit", 6, 3, "--set", "classic", "--format", "latex")
    assert "pmatrix" in report["text"]


@needs_algebra
def test_a_set_of_ones_own_makes_the_whole_way(tmp_path):
    mine = tmp_path / "mine.json"
    document("emit", 6, 3, "--points", "0,2/3,-2/3,3/2,-3/2,1,-1", "--format", "json", "-o", mine)
    check_transform(document("points", "show", 6, 3, "--set", mine))
    plan = document("plan", "--input", "1x64x56x56", "--filters", 64, "--dtype", "f16", "--set",
                    mine, "--arith", "f16", "--max-error", 1)
    assert (plan["algorithm"], plan["tile"], plan["set"]) == ("winograd", "6", "custom")
    measured = document("accuracy", "--tile", 6, "--set", mine, "--arith", "f16", "--size", "24")
    assert measured["measured_error"] == pytest.approx(measured["predicted_error"], rel=0.1)
    assert "3 taps" in refused("plan", "--input", "1x8x9x9", "--filters", 8, "--kernel", "5x5",
                               "--set", mine)


def test_damaged_set_files_are_refused(tmp_path):
    good = tmp_path / "good.json"
    document("emit", 4, 3, "--set", "best", "--format", "json", "-o", good)
    text = good.read_text()
    plan = ("plan", "--input", "1x8x9x9", "--filters", 8, "--max-error", 1, "--set")
    document(*plan, good)
    wrong = json.loads(text)
    wrong["G"][1][1] = "1/7"
    short = json.loads(text)
    del short["BT"][2]
    for damage in (text[: len(text) // 2], "", "[]", "{}", text + "x", json.dumps(wrong),
                   json.dumps(short), text.replace('"m": 4', '"m": -4'), "\0" * 100):
        bad = tmp_path / "bad.json"
        bad.write_text(damage)
        assert "bad.json" in refused(*plan, bad)
        refused("points", "show", 4, 3, "--set", bad)
    refused(*plan, tmp_path)
    refused(*plan, tmp_path / "missing.json")


def test_no_partial_output(tmp_path):
    assert "missing" in refused("emit", 6, 3, "--set", "best", "-o", tmp_path / "missing" / "x.h")
    (tmp_path / "folder").mkdir()
    refused("emit", 6, 3, "--set", "best", "-o", tmp_path / "folder")
    refused("emit", 9, 5, "--set", "best", "-o", tmp_path / "x.h")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_full_disk_is_a_failure():
    with open("/dev/full", "wb") as full:
        result = subprocess.run([BINARY, "points", "--json"], stdout=full, stderr=subprocess.PIPE,
                                check=False)
    assert result.returncode == 2 and b"standard output" in result.stderr
