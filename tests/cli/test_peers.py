# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova bench beside other libraries: those that are there, those that are not, and those that
misbehave. NOVA_PEERS_PYTHON is a Python that has them; without it, this one is asked."""

import json
import os
import subprocess
import sys

import pytest

from bench_checks import check_geomean, check_layer
from conftest import BINARY, ROOT, document, refused, run

PYTHON = os.environ.get("NOVA_PEERS_PYTHON", sys.executable)
LIMITS = {"f32": 1e-5, "f16": 3e-4, "bf16": 1e-2}


def bench(shapes, peers, python=PYTHON, dtype="f32", **options):
    extra = [word for name, value in options.items() for word in (f"--{name}", value)]
    found = document("bench", "--shapes", shapes, "--peers", peers, "--python", python, "--time",
                     0.01, "--dtype", dtype, "--max-error", LIMITS[dtype], *extra)
    for layer in found["layers"]:
        check_layer(layer, LIMITS[dtype])
    check_geomean(found)
    return found


def skip_if_absent(found):
    for library in found["libraries"]:
        if library["skipped"] is not None:
            assert library["version"] is None
            pytest.skip(library["skipped"])


@pytest.mark.parametrize("dtype", LIMITS)
@pytest.mark.parametrize("peer", ["onednn", "torch", "ncnn", "onnxruntime", "openvino", "numpy"])
def test_library(tmp_path, peer, dtype):
    shapes = tmp_path / "shapes.txt"
    shapes.write_text("even 3 32 48 14 14\nodd 1 5 37 9 7\n")
    found = bench(shapes, peer, dtype=dtype)
    assert [library["name"] for library in found["libraries"]] == [peer]
    skip_if_absent(found)
    assert found["libraries"][0]["version"][0].isdigit()
    for layer in found["layers"]:
        result = layer["peers"][peer]
        assert result["dtype"] in ("f32", dtype) and result["kernel"]
        assert 0 < result["error"] <= LIMITS[dtype]
        assert result["ms"] <= result["median_ms"]
        # onednn is the better of its two; best_peer the best of all.
        variants = [time["ms"] for name, time in layer["peers"].items() if name.startswith(peer)]
        assert result["ms"] == min(variants) == layer["peers"]["best_peer"]["ms"]
    assert {"nova_direct", peer, "best_peer"} <= set(found["geomean"])


def test_numpy_is_always_compared(small):
    """So that the conversation is tested wherever these tests run at all."""
    found = bench(small, "numpy", sys.executable, threads=2)
    assert found["libraries"][0]["skipped"] is None
    assert found["threads"] == 2
    assert all("numpy" in layer["peers"] for layer in found["layers"])


# ---- libraries that are not there or misbehave

def script(tmp_path, text):
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def test_absent(small, tmp_path):
    found = bench(small, "onednn,torch,ncnn", script(tmp_path, "echo absent not today\n"))
    missing = {library["name"]: library["skipped"] for library in found["libraries"]}
    assert missing["torch"] == "torch: not today" and missing["ncnn"] == "ncnn: not today"
    assert all("torch" not in layer["peers"] for layer in found["layers"])
    for text, word in (("", "ended"), ("echo hello\n", "hello")):
        found = bench(small, "torch", script(tmp_path, text))
        assert word in found["libraries"][0]["skipped"]
        assert set(found["geomean"]) == {"nova_direct"}
    found = bench(small, "torch", tmp_path / "nothing")
    assert "nothing" in found["libraries"][0]["skipped"]


# What a process answers after its version, and a word of why it is then left out.
@pytest.mark.parametrize("answers, word", [
    ("read line; kill -SEGV $$", "ended"),
    ("while read line; do echo skip too large for me; done", "too large for me"),
    ("read line; echo ready f64 x; cat >/dev/null", "type"),
    ("read line; echo; cat >/dev/null", "not 'ready'"),
    ("read line; echo ready f32 x; read line; echo 0.001 0.001; cat >/dev/null", "too many"),
    ("read line; echo ready f32 x; read line; echo -1; cat >/dev/null", "no time"),
    ("read line; echo ready f32 x; read line; echo 0.001; read line; exit", "ended"),
    ("read line; head -c 9999 /dev/zero; cat >/dev/null", "too much"),
])
def test_failures_are_named(small, tmp_path, answers, word):
    found = bench(small, "torch", script(tmp_path, f"echo version 1\n{answers}\n"))
    assert found["libraries"][0]["version"] == "1"
    for layer in found["layers"]:  # the second too: a new process is asked
        assert word in layer["skipped"]["torch"], layer["skipped"]
        assert "torch" not in layer["peers"]
    code, out, err = run("bench", "--shapes", small, "--peers", "torch", "--python",
                         tmp_path / "python", "--time", 0.001)
    assert (code, err) == (0, "") and out.count("torch skipped: ") == len(found["layers"])


LIAR = """echo version 1
while read -r word rest; do
    case $word in
    layer) echo ready f32 nothing ;;
    turn) set -- $(yes 1e-9 | head -n ${rest#* }); echo "$@" ;;
    read) echo done ;;
    esac
done
"""


def test_wrong_results_do_not_count(small, tmp_path):
    found = bench(small, "torch", script(tmp_path, LIAR))
    for layer in found["layers"]:
        assert layer["peers"]["torch"]["error"] is None  # it has written nothing
        assert layer["peers"]["torch"]["ms"] == pytest.approx(1e-6)
        assert "best_peer" not in layer["peers"]


def test_processor_time(small, tmp_path):
    """A library that sleeps takes no processor time."""
    sleeper = tmp_path / "peer.py"
    sleeper.write_text((ROOT / "bench" / "peers" / "peer.py").read_text())
    (tmp_path / "peer_numpy.py").write_text("""
import time, numpy
from peer import Variant
VERSION = "0"
def variants(layer):
    yield lambda: Variant("sleep", "f32", lambda: time.sleep(0.01),
                          lambda: numpy.zeros((layer.k, layer.h, layer.w), numpy.float32))
""")
    python = script(tmp_path, f"""shift; shift; exec {sys.executable} -B {sleeper} "$@"\n""")
    for clock, least, most in (("wall", 10, 1000), ("cpu", 0, 5)):
        found = bench(small, "numpy", python, clock=clock)
        assert found["clock"] == clock
        for layer in found["layers"]:
            assert least < layer["peers"]["numpy"]["ms"] < most
    assert "--clock" in refused("bench", "--shapes", small, "--clock", "cpu", "--threads", 2)


def test_bad_options(small):
    for names in ("cudnn", "onednn,cudnn", "onednn,", "all,torch"):
        assert "--peers" in refused("bench", "--shapes", small, "--peers", names)


# ---- tables and figures

def tool(build, *arguments):
    command = [sys.executable, "-B", ROOT / "tools" / "bench", build, *arguments]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                            timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "build"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "nova").symlink_to(BINARY)
    return folder


def rows(table):
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in table.splitlines() if line.startswith("|")]


def test_tables(build, small, tmp_path):
    sizes = tmp_path / "sizes.txt"
    sizes.write_text("8@8 1 8 8 8 8\n8@16 1 8 8 16 16\n")
    out = tool(build, "--shapes", small, "--classes", "f32 f16", "--time", 0.01, "--sizes", sizes,
               "--peers", "numpy,torch", "--python", script(tmp_path, f"""case $3 in
torch) echo absent no torch ;;
*) exec {sys.executable} "$@" ;;
esac
"""))
    folder = build / "bench"
    assert {path.stem for path in folder.glob("*.json")} == {"small-f32", "small-f16", "sizes-f32"}
    found = json.loads((folder / "small-f16.json").read_text())
    assert (found["dtype"], found["class"], found["machine"]["count"]) == ("f16", "f16",
                                                                           os.cpu_count())
    summary = (folder / "summary.md").read_text()
    assert "numpy skipped" not in summary
    assert "torch skipped in all layers: torch: no torch" in out
    cells = rows(summary.split("### small-f16")[1].split("Geometric")[0])
    count = len(found["layers"])
    for layer, row, error in zip(found["layers"], cells[2:], cells[4 + count:]):
        ratio = layer["peers"]["numpy"]["ms"] / layer["ms"]
        assert row[0] == layer["layer"] == error[0]
        assert float(row[6]) == pytest.approx(ratio, abs=0.006)
        assert error[2].endswith("(f32)") and float(error[2].split()[0]) < 1e-5
    pixels = rows(summary.split("### Nanoseconds per output pixel")[1])[2:]
    sized = json.loads((folder / "sizes-f32.json").read_text())["layers"]
    assert [row[0] for row in pixels] == ["8@8", "8@16"]
    for layer, row in zip(sized, pixels):
        assert float(row[4]) == pytest.approx(1e6 * layer["ms"] / layer["h"] ** 2, abs=0.06)
    if "; figures" in out:
        for name in ("peers-f32", "peers-f16", "sizes"):
            assert (folder / f"{name}.png").read_bytes()[:4] == b"\x89PNG"
            assert "<svg" in (folder / f"{name}.svg").read_text()
    else:
        assert "no figures: " in out


def test_behind(build, small, tmp_path):
    """A layer in which somebody is faster and right is listed; the liar's is not."""
    tool(build, "--shapes", small, "--classes", "f32", "--time", 0.01, "--sizes", "none", "--peers",
         "torch", "--python", script(tmp_path, LIAR))
    assert "In no layer is another library faster" in (build / "bench" / "summary.md").read_text()
    path = build / "bench" / "small-f32.json"
    found = json.loads(path.read_text())
    time = found["layers"][0]["peers"]["torch"]
    time.update(error=1e-7, ratio=0.5, ms=found["layers"][0]["ms"] / 2)
    found["layers"][0]["peers"]["best_peer"] = time
    path.write_text(json.dumps(found))
    tool(build, "--draw")
    behind = rows((build / "bench" / "summary.md").read_text().split("behind")[1].split("## f32")[0])
    assert [row[1] for row in behind[2:]] == ["first"] and behind[2][-1] == "0.50"
