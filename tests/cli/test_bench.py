# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova bench, and the lists of layers it carries, rebuilt here from the networks' rules."""

import collections

import pytest

from bench_checks import check_geomean, check_layer
from conftest import ROOT, document, refused, run

SHAPES = ROOT / "bench" / "shapes"


# ---- the networks

def resnet50():
    """Bottleneck blocks; version 1.5 strides in the 3x3 convolution of a stage's first block."""
    for stage, (blocks, width, size) in enumerate(((3, 64, 56), (4, 128, 28), (6, 256, 14),
                                                   (3, 512, 7))):
        for block in range(blocks):
            if stage == 0 or block > 0:
                yield width, width, size


def vgg16():
    channels, size = 3, 224
    for width, layers in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(layers):
            yield channels, width, size
            channels = width
        size //= 2


def densenet161():
    for layers, size in ((6, 56), (12, 28), (36, 14), (24, 7)):
        for _ in range(layers):
            yield 4 * 48, 48, size


def resnet_block(c, k, size):
    yield c, k, size
    yield k, k, size


def unet(widths, size):
    """Two blocks per level on the way down, three on the way up, each of those on the
    concatenation with what the way down left behind."""
    yield 4, widths[0], size
    channels, left = widths[0], [widths[0]]
    for level, width in enumerate(widths):
        for _ in range(2):
            yield from resnet_block(channels, width, size)
            channels = width
            left.append(channels)
        if level + 1 < len(widths):  # the convolution that halves the map has stride 2
            size //= 2
            left.append(channels)
    for _ in range(2):
        yield from resnet_block(channels, channels, size)
    for level, width in reversed(list(enumerate(widths))):
        for _ in range(3):
            yield from resnet_block(channels + left.pop(), width, size)
            channels = width
        if level > 0:
            size *= 2
            yield channels, channels, size
    assert not left
    yield channels, 4, size


def vae(size=64):
    """Decoder: three blocks per level, the map doubled between levels."""
    channels = 512
    yield 4, channels, size
    for _ in range(2):
        yield from resnet_block(channels, channels, size)
    for level, width in enumerate((512, 512, 256, 128)):
        for _ in range(3):
            yield from resnet_block(channels, width, size)
            channels = width
        if level < 3:
            size *= 2
            yield channels, channels, size
    yield channels, 3, size


NETWORKS = {
    "resnet50": (resnet50(), 13),
    "vgg16": (vgg16(), 13),
    "densenet161": (densenet161(), 78),
    "sd15": (unet((320, 640, 1280, 1280), 64), 49),
    "sdxl": (unet((320, 640, 1280), 128), 38),
    "vae": (vae(), 33),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_shape_files_list_every_eligible_layer(name):
    rule, total = NETWORKS[name]
    expected = collections.Counter((c, k, size, size) for c, k, size in rule)
    listed, names = collections.Counter(), []
    for line in (SHAPES / f"{name}.txt").read_text().splitlines():
        fields = line.split("#")[0].split()
        if fields:
            names.append(fields[0])
            count, *shape = map(int, fields[1:])
            listed[tuple(shape)] += count
    assert listed == expected
    assert sum(listed.values()) == total
    assert len(set(names)) == len(names)
    assert {path.stem for path in SHAPES.iterdir()} - {"small"} == set(NETWORKS)


# ---- the command

@pytest.mark.parametrize("dtype, layout, budget", [("f32", "nhwc", 1e-5), ("f16", "nchw", 1e-2),
                                                   ("bf16", "nhwc", 5e-2)])
def test_bench(small, dtype, layout, budget):
    found = document("bench", "--shapes", small, "--dtype", dtype, "--layout", layout, "--time",
                     0.01)
    assert [layer["layer"] for layer in found["layers"]] == ["first", "second"]
    assert found["layers"][1]["count"] == 1 and found["layers"][1]["w"] == 7
    for layer in found["layers"]:
        check_layer(layer, budget)
        # direct convolution is held to the same budget; the prediction is within a tenth
        assert layer["peers"]["nova_direct"]["error"] < 1.1 * budget
    assert set(found["geomean"]) == {"nova_direct"}
    check_geomean(found)


def test_direct_is_binary32_where_the_budget_is_too_tight(small):
    found = document("bench", "--shapes", small, "--tile", "2", "--arith", "bf16x6", "--max-error",
                     1.5e-7, "--time", 0.01)
    assert all(layer["peers"]["nova_direct"]["error"] < 1e-6 for layer in found["layers"])


def test_forced_plan_and_budget(small):
    found = document("bench", "--shapes", small, "--tile", "4x6", "--set", "best", "--arith",
                     "f16", "--time", 0.001, "--max-error", 0.01)
    assert all((layer["tile"], layer["arith"]) == ("4x6", "f16") for layer in found["layers"])
    assert "first" in refused("bench", "--shapes", small, "--max-error", "1e-9", "--json")


def test_layers_of_the_same_sizes_share_their_times(tmp_path):
    path = tmp_path / "same.txt"
    path.write_text("a 3 16 32 14 14\nb 1 32 16 14 14\nc 2 16 32 14 14\nd 1 16 32 14 13\n")
    first, second, third, last = document("bench", "--shapes", path, "--time", 0.01)["layers"]
    assert (third["layer"], third["count"]) == ("c", 2)
    assert third["ms"] == first["ms"] and third["peers"] == first["peers"]
    assert first["peers"] != second["peers"] and first["peers"] != last["peers"]


def test_network_by_name():
    found = document("bench", "--shapes", "resnet50", "--time", 0)
    assert [layer["count"] for layer in found["layers"]] == [3, 3, 5, 2]


def test_human_table(small):
    code, out, err = run("bench", "--shapes", small, "--time", 0.001)
    assert code == 0 and err == ""
    lines = out.splitlines()
    assert lines[0].split()[0] == "layer" and lines[1].split()[0] == "first"
    assert "nova_direct" in lines[-1]


@pytest.mark.parametrize("content, word", [
    ("", "no layer"), ("# nothing\n", "no layer"), ("first 1 16 32 14\n", ":1:"),
    ("ok 1 8 8 8 8\nfirst 1 16 32 14 14 7\n", ":2:"), ("first one 16 32 14 14\n", ":1:"),
    ("first 1 0 32 14 14\n", ":1:"), ("first 1 16 -32 14 14\n", ":1:"),
    ("first 1 16 32 14 99999999999999999999999\n", ":1:"), ("first 1 16 32 14 1.5\n", ":1:"),
    ("first\0 1 16 32 14 14\n", "text"), ("x" * 100 + " 1 16 32 14 14\n", ":1:"),
    ("first 1 1000000 1000000 1000000 1000000\n", ""),
])
def test_bad_shape_files(tmp_path, content, word):
    path = tmp_path / "bad.txt"
    path.write_text(content)
    assert word in refused("bench", "--shapes", path, "--json")


def test_bad_options(small, tmp_path):
    assert "alexnet" in refused("bench", "--shapes", "alexnet")
    assert "nonesuch" in refused("bench", "--shapes", "resnet50,nonesuch")
    refused("bench", "--shapes", "resnet50,")
    refused("bench", "--shapes", tmp_path / "missing.txt")
    refused("bench", "--shapes", tmp_path)
    refused("bench", "--shapes", small, "--time", "-1")
    refused("bench", "--shapes", small, "--threads", "x")
    refused("bench", "--shapes", small, "--set", "nonesuch")
    refused("bench", small)


def test_devices(small):
    assert "--device cuda" in refused("bench", "--shapes", small, "--bias")
    assert "--device cuda" in refused("bench", "--shapes", small, "--activation", "relu")
    assert "--device cuda" in refused("bench", "--shapes", small, "--tune")
    assert "--bias" in refused("bench", "--shapes", small, "--device", "cuda", "--tune", "--bias")
    assert "--device cpu" in refused("bench", "--shapes", small, "--device", "cuda", "--peers",
                                     "onednn")
    assert "--device hip" in refused("bench", "--shapes", small, "--device", "hip", "--tune")
    assert "--device hip" in refused("bench", "--shapes", small, "--device", "hip", "--measure")
    # no engine in this build, no device in this machine, or no f32 in the engine
    reason = refused("bench", "--shapes", small, "--device", "hip", "--dtype", "f32")
    assert "HIP" in reason or "f32" in reason
    assert "CUDA" in refused("bench", "--shapes", small, "--device", "cuda", "--dtype", "f32")


def test_several_networks():
    layers = document("bench", "--shapes", "resnet50,densenet161", "--time", 0.001)["layers"]
    assert [layer["layer"] for layer in layers][3:5] == ["layer4.conv2", "denseblock1.conv2"]


def test_batch(small):
    one, two = (document("bench", "--shapes", small, "--time", 0.001, "--batch", n)
                for n in (1, 2))
    for a, b in zip(one["layers"], two["layers"]):
        assert b["gflops"] * b["ms"] == pytest.approx(2 * a["gflops"] * a["ms"])


def test_schedules(tmp_path):
    """Every schedule that makes sense; what is counted is what the formulas say."""
    shapes = tmp_path / "shapes.txt"
    shapes.write_text("one 1 16 16 32 32\ntwo 1 70 40 9 9\n")
    layers = document("bench", "--shapes", shapes, "--schedules", "--tile", "4", "--time", "0.01",
                      "--threads", 2)["layers"]
    assert [layer["layer"] for layer in layers] == ["one", "two"]
    for layer in layers:
        schedules = layer["schedules"]
        assert len({tuple(s["schedule"].values()) for s in schedules}) == len(schedules) == 24
        for s in schedules:
            assert s["counted"] == s["work"] and s["counted_flops"] == s["flops"] > 0
            assert s["ms"] > 0 and s["error"] < 2e-4
            assert 0 < s["stored_bytes"] <= s["all_bytes"]
    by_place = {tuple(s["schedule"].values()): s for s in layers[0]["schedules"]}
    four = by_place["stored", "stored", "stored"]
    two = by_place["inlined", "inlined", "stored"]
    one = by_place["inlined", "inlined", "inlined"]
    assert [(s["passes"], s["buffers"]) for s in (four, two, one)] == [(3, 4), (2, 2), (1, 1)]
    # 64 tiles of 36 positions, 16 channels each way, in vectors of at most 16 lanes
    assert four["work"]["products"] == 64 * 36 * 16 * 16
    assert four["work"]["xhat"]["written"] == four["work"]["mhat"]["written"] == 64 * 36 * 16 * 4
    assert four["work"]["filters"] == 0 and two["work"]["filters"] >= 256
    only = document("bench", "--shapes", shapes, "--schedules", "--schedule",
                    "xhat=stored,ghat=stored,mhat=stored", "--time", "0.01")["layers"]
    assert [len(layer["schedules"]) for layer in only] == [1, 1]


def test_candidates(tmp_path):
    """The model's first choices in its order; rank and ratio are those of the times."""
    shapes = tmp_path / "shapes.txt"
    shapes.write_text("one 1 16 24 32 30\ntwo 1 3 40 20 20\n")
    found = document("bench", "--shapes", shapes, "--candidates", 5, "--time", "0.01", "--threads", 1,
                     "--clock", "cpu")
    assert [layer["layer"] for layer in found["layers"]] == ["one", "two"]
    ratios = []
    for layer, (c, k, h, w) in zip(found["layers"], ((16, 24, 32, 30), (3, 40, 20, 20))):
        candidates = layer["candidates"]
        assert len(candidates) == 5
        costs = [candidate["cost_seconds"] for candidate in candidates]
        assert costs == sorted(costs) and costs[0] > 0
        assert all(candidate["error"] < 1.3 * candidate["predicted_error"] < 1.3e-5
                   for candidate in candidates)
        chosen = document("plan", "--input", f"1x{c}x{h}x{w}", "--filters", k, "--pad", 1,
                          "--layout", "nhwc", "--threads", 1)
        same = "algorithm", "tile", "set", "arith", "schedule", "block_tiles", "block_filters"
        assert all(candidates[0][key] == chosen[key] for key in same)
        times = [candidate["ms"] for candidate in candidates]
        assert layer["rank"] == 1 + sum(ms < times[0] for ms in times)
        assert layer["over_best"] == pytest.approx(times[0] / min(times), rel=1e-9)
        ratios.append(layer["over_best"])
    assert found["within_5_percent"] == sum(ratio <= 1.05 for ratio in ratios)
    assert found["worst"] == pytest.approx(max(ratios), rel=1e-9)
    assert found["geomean"] == pytest.approx((ratios[0] * ratios[1]) ** 0.5, rel=1e-9)


def test_candidates_keep_what_is_asked_for(small):
    found = document("bench", "--shapes", small, "--candidates", 3, "--tile", "4", "--arith", "f32",
                     "--time", "0.01", "--max-error", "1e-5")
    for layer in found["layers"]:
        assert all((candidate["tile"], candidate["arith"]) == ("4", "f32")
                   for candidate in layer["candidates"])
    direct = document("bench", "--shapes", small, "--candidates", 60, "--time", "0.001",
                      "--max-error", "3e-7")["layers"]
    assert any(candidate["algorithm"] == "direct" for candidate in direct[1]["candidates"])
    assert "3e-09" in refused("bench", "--shapes", small, "--candidates", 3, "--max-error", "3e-9")
    refused("bench", "--shapes", small, "--candidates", 1)
    refused("bench", "--shapes", small, "--candidates", 3, "--schedules")
