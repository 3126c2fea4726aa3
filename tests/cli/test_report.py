# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova report: the tables hold the known numbers, agree with the other commands and with NumPy."""

import json
import os
import subprocess
import time

import numpy
import pytest

from conftest import BINARY, HAVE_ALGEBRA, SANITIZED, document, needs_algebra, refused

FIGURES = ["kappa", "errors", "pareto", "scatter", "int8"]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """(summary, report.json, folder) of one --quick run into folders that are not there yet."""
    folder = tmp_path_factory.mktemp("report") / "new" / "folder"
    start = time.monotonic()
    summary = document("report", "--out", folder, "--quick")
    seconds = time.monotonic() - start
    assert SANITIZED or seconds < 60, f"--quick took {seconds:.0f} s"
    return summary, json.loads((folder / "report.json").read_text()), folder


def rows(report, table):
    return report["tables"][table]["rows"]


def row(report, table, **wanted):
    found = [entry for entry in rows(report, table)
             if all(entry[key] == value for key, value in wanted.items())]
    assert len(found) == 1, (wanted, found)
    return found[0]


def test_files_and_keys(quick):
    summary, report, folder = quick
    assert summary["out"] == str(folder) and summary["quick"] is True
    tables = ["conditioning", "prototype", "errors", "pareto", "front", "int8"]
    tables += ["scatter", "extremes", "ranking"] if HAVE_ALGEBRA else []
    assert set(report["tables"]) == set(tables)
    text = (folder / "report.md").read_text()
    for table in report["tables"].values():
        assert table["title"] and table["text"]
        if "rows" in table:
            assert "## " + table["title"] in text and table["rows"]
    assert not list(folder.glob(".*")) and not list(folder.glob("*.tmp*"))


def test_figures(quick):
    summary, _, folder = quick
    if summary["no_figures"] is not None:
        assert "matplotlib" in summary["no_figures"] and summary["figures"] == []
        pytest.skip("no matplotlib")
    names = [name for name in FIGURES if HAVE_ALGEBRA or name != "scatter"]
    assert sorted(summary["figures"]) == sorted(f"{name}.{form}" for name in names
                                                for form in ("png", "svg"))
    for name in names:
        assert (folder / f"{name}.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert "<svg" in (folder / f"{name}.svg").read_text()
        assert f"({name}.png)" in (folder / "report.md").read_text()


@pytest.mark.parametrize("m, integer, nova", [
    (4, 42.47, 14.55), (6, 2074.5, 76.64), (8, 196899.7, 474.10)])
def test_condition_numbers(quick, m, integer, nova):
    _, report, _ = quick
    assert row(report, "conditioning", m=m, set="integer")["kappa"] == pytest.approx(integer,
                                                                                    rel=2e-4)
    entry = row(report, "conditioning", m=m, set="nova")
    assert entry["kappa"] == pytest.approx(nova, rel=4e-4)
    assert entry["kappa_2d"] == pytest.approx(entry["kappa"] ** 2)
    shown = document("points", "show", m, 3, "--set", "nova")
    assert entry["kappa"] == pytest.approx(shown["kappa_vandermonde"], rel=1e-6)
    assert entry["alpha2"] == pytest.approx(shown["alpha2"], rel=1e-9)


def test_ratios_of_two_dimensions(quick):
    _, report, _ = quick
    assert round(row(report, "conditioning", m=6, set="nova")["ratio_2d"]) == 733
    assert round(row(report, "conditioning", m=8, set="nova")["ratio_2d"]) == 172484


@pytest.mark.parametrize("m, kappa", [(4, 14.520), (6, 76.411), (8, 417.92)])
def test_kappa_optimum(quick, m, kappa):
    summary, report, _ = quick
    if not summary["search"]:
        pytest.skip("built without NLopt")
    assert row(report, "conditioning", m=m, set="kappa rational")["points"] == row(
        report, "conditioning", m=m, set="nova")["points"]
    entry = row(report, "conditioning", m=m, set="kappa optimum")
    assert entry["kappa"] == pytest.approx(kappa, rel=1e-4)
    points = [float(point) for point in entry["points"].split(",")]
    assert numpy.linalg.cond(numpy.vander(points)) == pytest.approx(entry["kappa"], rel=2e-3)


def test_figures_of_the_prototype(quick):
    _, report, _ = quick
    assert row(report, "prototype", m=8, set="nova")["kappa_full"] == pytest.approx(537.6, abs=0.05)
    assert row(report, "prototype", m=6, set="nova")["largest_b"] == pytest.approx(2.72, abs=0.005)
    vandermonde = numpy.vander([0, 1, -1, 2, -2, 3, -3], increasing=True).astype(float)
    vandermonde /= numpy.linalg.norm(vandermonde, axis=1, keepdims=True)
    assert row(report, "prototype", m=6, set="integer")["kappa_scaled"] == pytest.approx(
        numpy.linalg.cond(vandermonde))
    entry = row(report, "prototype", m=6, set="classic")
    assert entry["largest_a"] == 32
    matrix = document("points", "show", 6, 3, "--set", "classic")["BT"]
    values = [[numpy.longdouble(eval(x, {})) for x in line]  # pylint: disable=eval-used
              for line in matrix]
    assert entry["kappa_b"] == pytest.approx(numpy.linalg.cond(numpy.array(values, dtype=float)))


def test_errors_agree_with_the_prediction_and_rank_the_sets(quick):
    _, report, _ = quick
    finite = [entry for entry in rows(report, "errors") if entry["m"] <= 8 and entry["r"] == 3
              and entry["f16"] is not None]
    assert len(finite) >= 30
    for entry in finite:
        # a small sample: 8 filters, 24 x 24 outputs
        assert entry["f16"] == pytest.approx(entry["f16_predicted"], rel=0.35), entry
        assert entry["f16m32"] < entry["f16"] and entry["f16m32"] < entry["f16m32_plain"]
    by_set = {entry["set"]: entry for entry in finite if entry["m"] == 6}
    assert by_set["integer"]["f16_raw"] > 1  # the published failure
    assert by_set["integer"]["f16"] < 0.4
    assert by_set["best"]["f16"] < by_set["nova"]["f16"] / 5 < by_set["integer"]["f16"] / 20


def test_front_is_not_beaten(quick):
    _, report, _ = quick
    columns = report["tables"]["pareto"]["columns"]
    plans = list(zip(columns["saving"], columns["error"]))
    front = [(entry["saving"], entry["error"]) for entry in rows(report, "front")]
    assert len(front) > 8 and front == sorted(front)
    for saving, error in front:
        assert (saving, error) in plans
        assert not any(s >= saving and e < error or s > saving and e <= error for s, e in plans)
    assert {"bfloat16 parts", "rectangular", "one-dimensional", "square"} <= set(columns["kind"])


def spearman(x, y):
    ranks = [numpy.argsort(numpy.argsort(values)) for values in (x, y)]
    return numpy.corrcoef(*ranks)[0, 1]


@needs_algebra
def test_noise_gain_ranks_and_kappa_does_not(quick):
    _, report, _ = quick
    found = {entry["pair"]: entry["spearman"] for entry in rows(report, "ranking")}
    assert found["alpha² and measured error"] > 0.98
    assert found["alpha² and measured error"] > found["kappa(B) and measured error"]
    assert found["kappa(V) and measured error"] < 0.5
    columns = report["tables"]["scatter"]["columns"]
    chosen = [i for i, error in enumerate(columns["error"]) if error is not None]
    pick = lambda key: [columns[key][i] for i in chosen]
    for key, low, high in (("kappa_v", 70, 1e8), ("kappa_scaled", 10, 1e6), ("kappa_b", 20, 1e9)):
        assert all(low < value < high for value in columns[key]), key
    assert spearman(pick("alpha2"), pick("error")) == pytest.approx(
        found["alpha² and measured error"], abs=1e-6)
    assert spearman(columns["kappa_v"], columns["alpha2"]) == pytest.approx(
        found["kappa(V) and alpha²"], abs=0.02)  # kappa has ties, whose ranks differ here


def test_int8_wants_a_scale_per_tap(quick):
    _, report, _ = quick
    assert row(report, "int8", m=1, set="direct")["per_tap"] < 0.015
    classic = row(report, "int8", m=6, set="classic")
    assert 0.1 < classic["per_tap"] < 0.4 and classic["per_tensor"] > 10 * classic["per_tap"]


def test_the_same_numbers_twice(quick, tmp_path):
    _, report, _ = quick
    document("report", "--out", tmp_path, "--quick", "--threads", 1)
    assert json.loads((tmp_path / "report.json").read_text()) == report


def test_refusals(tmp_path):
    (tmp_path / "file").write_text("")
    refused("report")
    refused("report", "--out", "")
    assert "file" in refused("report", "--out", tmp_path / "file", "--quick")
    assert "file" in refused("report", "--out", tmp_path / "file" / "below", "--quick")
    refused("report", "--out", tmp_path / "x", "--quick", "extra")
    refused("report", "--out", tmp_path / ("n" * 300), "--quick")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]
    if os.geteuid() != 0:
        (tmp_path / "closed").mkdir(mode=0o500)
        refused("report", "--out", tmp_path / "closed", "--quick")


def test_without_matplotlib_there_are_tables(tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError\n")
    result = subprocess.run([BINARY, "report", "--out", tmp_path / "out", "--quick", "--json"],
                            capture_output=True, check=False,
                            env={**os.environ, "PYTHONPATH": str(tmp_path)})
    summary = json.loads(result.stdout)
    assert result.returncode == 0 and summary["figures"] == []
    assert "matplotlib" in summary["no_figures"]
    text = (tmp_path / "out" / "report.md").read_text()
    assert "## Condition number by tile" in text and ".png" not in text
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.json",
                                                                         "report.md"]


def test_help():
    result = subprocess.run([BINARY, "report", "--help"], capture_output=True, check=False)
    assert result.returncode == 0 and b"--quick" in result.stdout
