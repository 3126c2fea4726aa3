# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""nova plan and nova accuracy: what is chosen, predicted and measured."""

import itertools

import pytest

from conftest import document, needs_algebra, refused, run

LAYER = ("plan", "--input", "1x64x56x56", "--filters", 64)
LIMITS = {"f32": 1e-5, "f16": 1e-2, "bf16": 5e-2}


@pytest.mark.parametrize("dtype", LIMITS)
def test_default_budgets(dtype):
    plan = document(*LAYER, "--dtype", dtype)
    assert {"algorithm", "tile", "set", "arith", "predicted_error", "workspace_bytes",
            "packed_bytes"} <= set(plan)
    assert 0 < plan["predicted_error"] <= LIMITS[dtype]
    assert plan["algorithm"] == "winograd" and plan["saving"] > 1
    assert plan["packed_bytes"] >= 64 * 64 * 9 * 2 and plan["workspace_bytes"] >= 0
    assert plan["flops_direct"] == 2 * 64 * 64 * 9 * 56 * 56


@pytest.mark.parametrize("dtype", LIMITS)
def test_smaller_and_smaller_budgets(dtype):
    """Every plan keeps its budget, until there is none, which is said."""
    budget, plans = 0.5, 0
    while True:
        code, _, err = run(*LAYER, "--dtype", dtype, "--max-error", budget)
        if code != 0:
            break
        error = document(*LAYER, "--dtype", dtype, "--max-error", budget)["predicted_error"]
        assert error <= budget
        budget, plans = 0.7 * error, plans + 1
    assert code == 2 and "max_error" in err
    assert plans >= (3 if dtype == "f32" else 1)


def test_what_is_forced_is_what_is_planned():
    for tile, arith in itertools.product(("2", "4x6", "1x6", "8"), ("f32", "f16", "bf16m32")):
        plan = document(*LAYER, "--tile", tile, "--arith", arith, "--set", "dyadic")
        assert (plan["tile"], plan["arith"], plan["set"]) == (tile, arith, "dyadic")
    assert document(*LAYER, "--tile", "direct")["algorithm"] == "direct"


def test_switches():
    forced = (*LAYER, "--tile", 8, "--arith", "f16", "--set", "best")
    default = document(*forced)
    plain = document(*forced, "--no-compensation")
    raw = document(*forced, "--no-compensation", "--no-scaling")
    assert default["tap_scaling"] and default["compensation"]
    assert plain["tap_scaling"] and not plain["compensation"]
    assert not raw["tap_scaling"] and not raw["compensation"]
    assert default["predicted_error"] < plain["predicted_error"] < raw["predicted_error"]


@pytest.mark.parametrize("tile, alpha2", [(2, 1.6667), (4, 4.762), (6, 20.632), (8, 113.066)])
def test_alpha(tile, alpha2):
    plan = document(*LAYER, "--tile", tile, "--set", "best", "--arith", "f32")
    assert plan["alpha"] == pytest.approx(alpha2, rel=1e-4)


def test_padding_keeps_the_map_unless_it_is_given():
    for kernel in ("3x3", "1x3", "5x5", "7x7"):
        plan = document("plan", "--input", "1x8x20x30", "--filters", 8, "--kernel", kernel)
        assert (plan["out_h"], plan["out_w"]) == (20, 30)
    plan = document("plan", "--input", "1x8x20x30", "--filters", 8, "--pad", "0")
    assert (plan["out_h"], plan["out_w"]) == (18, 28)


def test_threads_of_a_plan():
    assert document(*LAYER, "--threads", 3)["threads"] == 3
    assert document(*LAYER, "--threads", 0)["threads"] >= 1


@pytest.mark.parametrize("shape", ["1x64x56", "1x64x56x56x1", "0x64x56x56", "1x0x56x56",
                                   "1x64x0x56", "1x64x56x-1", "", "x", "1x64x56x", "1x64x56x56 ",
                                   "1,64,56,56", "axbxcxd", f"1x1x1x{10 ** 20}",
                                   f"{2 ** 40}x{2 ** 40}x56x56", f"{2 ** 62}x1x1x1",
                                   f"1x1x{2 ** 62}x3", "1e3x1x8x8"])
def test_bad_shapes(shape):
    refused("plan", "--input", shape, "--filters", 8)


@pytest.mark.parametrize("arguments", [
    ("--filters", 0), ("--filters", -1), ("--filters", "many"), ("--filters", 2 ** 62),
    ("--filters", 8, "--kernel", "0x3"), ("--filters", 8, "--kernel", "3x"),
    ("--filters", 8, "--kernel", "99x99"), ("--filters", 8, "--kernel", "9x9", "--pad", "0"),
    ("--filters", 8, "--pad", "-1"), ("--filters", 8, "--pad", 2 ** 62),
    ("--filters", 8, "--pad", 2 ** 63 - 1), ("--filters", 8, "--dtype", "f8"),
    ("--filters", 8, "--set", "nonesuch"), ("--filters", 8, "--tile", "6", "--set", "ncnn",
                                            "--kernel", "5x5"),
    ("--filters", 8, "--max-error", "1e-9"), ("--filters", 8, "--max-error", "-0.1"),
    ("--filters", 8, "--tile", "6", "--arith", "f16", "--max-error", "1e-4"), (),
])
def test_bad_plans(arguments):
    refused("plan", "--input", "1x8x8x8", *arguments)


def test_numbers_that_do_not_fit_are_not_cut_down():
    assert "out of range" in refused("plan", "--input", "1x8x8x8", "--filters", 10 ** 20)
    assert "out of range" in refused("plan", "--input", f"1x8x8x{10 ** 20}", "--filters", 1)


def test_an_unreachable_budget_says_so():
    reason = refused(*LAYER, "--dtype", "f16", "--max-error", "1e-6")
    assert "1e-06" in reason or "1e-6" in reason


def test_human_plan():
    code, out, err = run(*LAYER, "--dtype", "f16")
    assert code == 0 and err == "" and "predicted error" in out and "workspace" in out


# ---- accuracy

def accuracy(*options):
    return document("accuracy", *options)


# Relative rms error with fp16 U, V and M and f32 transforms, of docs/numerics.md.
@pytest.mark.parametrize("tile, name, percent", [
    (2, "integer", 0.064), (4, "integer", 0.38), (4, "nova", 0.40), (4, "ncnn", 0.183),
    (4, "onednn", 0.173), (4, "best", 0.172), (6, "integer", 34.6), (6, "nova", 5.16),
    (6, "classic", 0.752), (8, "nova", 59), (8, "barabasz", 11.3), (8, "best", 4.06),
    (8, "dyadic", 4.63),
])
def test_the_table_of_numerics(tile, name, percent):
    found = accuracy("--tile", tile, "--set", name, "--arith", "f16", "--no-compensation")
    assert found["nonfinite"] == 0
    assert found["measured_error"] == pytest.approx(percent / 100, rel=0.1)
    assert found["predicted_error"] == pytest.approx(found["measured_error"], rel=0.1)


PLAIN = ("--no-compensation",)


# What the sets are for: per cent that 64 channels of normal data may lose at most.
@pytest.mark.parametrize("tile, name, arith, switches, percent", [
    (6, "best", "f16", (), 0.65), (6, "best", "f16m32", (), 0.50),
    (8, "best", "f16", PLAIN, 4.1), (8, "best", "f16m32", (), 2.6),
    (8, "best+x2+1", "f16", (), 0.35), (6, "best+x2+1", "f16", (), 0.12),
])
def test_targets(tile, name, arith, switches, percent):
    for seed in (1, 2):
        found = accuracy("--tile", tile, "--set", name, "--arith", arith, "--seed", seed, *switches)
        assert found["nonfinite"] == 0 and found["measured_error"] <= percent / 100


@needs_algebra
def test_sevenths_are_what_brings_f83_to_its_target(tmp_path):
    sixths = tmp_path / "sixths.json"
    run("emit", 8, 3, "--points", "0,2/5,-2/5,4/5,-4/5,5/4,-5/4,5/2,-5/2", "--format", "json", "-o",
        sixths)
    found = accuracy("--tile", 8, "--set", sixths, "--arith", "f16", *PLAIN)
    assert found["measured_error"] == pytest.approx(0.0415, abs=0.0005)


@pytest.mark.parametrize("arith, tile", itertools.product(("f32", "f16", "f16m32", "bf16",
                                                           "bf16m32", "bf16x3", "bf16x6"), ("2", "4", "6", "8", "4x6",
                                                                        "1x6", "3x1")))
def test_prediction_within_a_tenth(arith, tile):
    found = accuracy("--tile", tile, "--arith", arith, "--channels", 32)
    assert (found["arith"], found["tile"], found["set"]) == (arith, tile, "best")
    assert found["predicted_error"] == pytest.approx(found["measured_error"], rel=0.1)
    assert found["measured_max_error"] > found["measured_error"]


@pytest.mark.parametrize("channels, dtype", [(16, "f16"), (128, "bf16"), (512, "f32")])
def test_channels_and_types(channels, dtype):
    found = accuracy("--tile", 6, "--set", "classic", "--arith", "f16", "--channels", channels,
                     "--filters", 16, "--size", "24x36", "--dtype", dtype)
    assert found["predicted_error"] == pytest.approx(found["measured_error"], rel=0.1)
    assert found["outputs"] == 16 * 24 * 36


@pytest.mark.parametrize("tile, arith, gain", [(4, "f16", 0.95), (6, "f16m32", 0.9),
                                               (8, "f16m32", 0.9)])
def test_rounding_for_correlated_input(tile, arith, gain):
    """Worth something on such data, nothing on white ones; no moments are white ones."""
    error = lambda *options: accuracy("--tile", tile, "--arith", arith, *options)["measured_error"]
    data = ("--correlation", 0.9)
    assert error(*data, "--covariance", "ar1:0.9") < gain * error(*data)
    assert error(*data, "--covariance", "white") == error(*data) == error(*data, "--covariance",
                                                                          "ar1:0")
    assert error("--covariance", "ar1:0.9") > error()


def test_covariance_does_not_change_what_is_predicted():
    plain = accuracy("--tile", 6, "--arith", "f16", "--correlation", 0.9)
    told = accuracy("--tile", 6, "--arith", "f16", "--correlation", 0.9, "--covariance", "ar1:0.9")
    assert told["predicted_error"] == plain["predicted_error"]
    assert (told["correlation"], told["covariance"], plain["covariance"]) == (0.9, "ar1:0.9",
                                                                              "white")
    # smooth data leave little in the high-frequency taps, where most of the gain is
    assert plain["measured_error"] < plain["predicted_error"] / 3


@pytest.mark.parametrize("text, reason", [
    ("ar1:1", "between -1 and 1"), ("ar1:x", "followed by a number"), ("ar1:0.5x", "number"),
    ("nonesuch.npy", "nonesuch.npy"), ("", "empty")])
def test_covariances_that_are_none(text, reason):
    assert reason in refused("accuracy", "--tile", 6, "--arith", "f16", "--covariance", text)


@pytest.mark.parametrize("text", ["1", "1.5", "-0.5", "nan", "much"])
def test_correlations_that_are_none(text):
    refused("accuracy", "--tile", 6, "--correlation", text)


def test_direct_accuracy():
    found = accuracy("--tile", "direct", "--dtype", "f16", "--arith", "auto")
    assert found["algorithm"] == "direct"
    assert found["predicted_error"] == pytest.approx(found["measured_error"], rel=0.1)


def test_integer_points_without_scaling_break():
    found = accuracy("--tile", 8, "--set", "integer", "--arith", "f16", "--no-scaling")
    assert found["nonfinite"] > 0
    assert found["measured_error"] is None and found["predicted_error"] is None
    code, out, _ = run("accuracy", "--tile", 8, "--set", "integer", "--arith", "f16",
                       "--no-scaling")
    assert code == 0 and "none" in out


def test_seeds():
    run_once = lambda seed: accuracy("--tile", 4, "--arith", "f16", "--size", 12, "--seed", seed)
    assert run_once(5) == run_once(5)
    assert run_once(5)["measured_error"] != run_once(6)["measured_error"]


@pytest.mark.parametrize("arguments", [
    (), ("--tile", "6", "--set", "nonesuch"), ("--tile", "6", "--arith", "int8"),
    ("--tile", "6", "--channels", "0"), ("--tile", "6", "--channels", "-4"),
    ("--tile", "6", "--size", "0x4"), ("--tile", "6", "--size", str(2 ** 63 - 1)),
    ("--tile", "6", "--channels", str(2 ** 60)), ("--tile", "6", "--filters", str(2 ** 62)),
    ("--tile", "6", "--seed", "-1"), ("--tile", "seven"),
    ("--tile", "6", "--set", "integer", "--arith", "f16", "--max-error", "0.01"),
])
def test_bad_accuracy(arguments):
    refused("accuracy", *arguments)


def test_wisdom_is_kept_and_used(tmp_path):
    """What is measured once is planned from the file afterwards, whatever the cost model says."""
    file = tmp_path / "wisdom.txt"
    layer = ("plan", "--input", "1x16x20x20", "--filters", 16, "--wisdom", file)
    measured = document(*layer, "--measure")
    lines = file.read_text().splitlines()
    assert lines[0] == "nova-wisdom 2" and len(lines) == 3 and lines[1].startswith("rates ")
    assert document(*layer) == measured
    key, plan = lines[2].split(" => ")
    assert plan.split()[0] == measured["algorithm"]
    schedule = "xhat=inlined,ghat=stored,mhat=inlined"
    file.write_text(f"{lines[0]}\n{key} => winograd 3 2 best f32 {schedule} 5 16 0.001\n")
    known = document(*layer)
    assert known["tile"] == "3x2" and known["block_tiles"] == 5
    assert known["schedule"] == {"xhat": "inlined", "ghat": "stored", "mhat": "inlined"}
    # what a file says does not override the budget: a plan that does not keep it is not taken
    file.write_text(f"{lines[0]}\n{key} => winograd 6 6 integer f32 {schedule} 0 0 0.001\n")
    assert document(*layer)["set"] != "integer"


@pytest.mark.parametrize("text", [
    "", "rubbish\n", "nova-wisdom 1\n", "nova-wisdom 2\nno arrow\n",
    "nova-wisdom 2\nkey => winograd 3 2 best f32 0.1\n",
    "nova-wisdom 2\nkey => winograd 3 99 best f32 xhat=stored,ghat=stored,mhat=stored 0 0 0.1\n",
    "nova-wisdom 2\nkey => winograd 3 2 best f32 xhat=blocked,ghat=blocked 0 0 0.1\n",
    "nova-wisdom 2\nkey => winograd 3 2 best f32 xhat=stored -1 0 0.1\n",
    "nova-wisdom 2\nkey => direct -1\n", "nova-wisdom 2\nkey => direct 1",
])
def test_damaged_wisdom_is_refused(tmp_path, text):
    file = tmp_path / "wisdom.txt"
    file.write_text(text)
    refused(*LAYER, "--wisdom", file)


def test_calibration_is_kept_and_used(tmp_path):
    """The rates in the file are those that plans are priced with, on the same processor only."""
    file = tmp_path / "wisdom.txt"
    calibrated = document(*LAYER, "--calibrate", "--wisdom", file)
    first, rates = file.read_text().splitlines()
    assert document(*LAYER, "--wisdom", file) == calibrated
    word, kernels, processor, *numbers = rates.split()
    assert kernels == calibrated["kernels"] and len(numbers) == 16
    assert all(1e6 < float(number) < 1e15 for number in numbers)
    slow = " ".join(str(float(number) / 1000) for number in numbers)
    file.write_text(f"{first}\n{word} {kernels} {processor} {slow}\n")
    ratio = document(*LAYER, "--wisdom", file)["cost_seconds"] / calibrated["cost_seconds"]
    assert 900 < ratio < 1100
    file.write_text(f"{first}\n{word} {kernels} another/3 {slow}\n")
    assert document(*LAYER, "--wisdom", file) == document(*LAYER)
    for damaged in (rates + " 1", rates.rsplit(" ", 1)[0], rates.replace(numbers[0], "-1"),
                    rates.replace(numbers[1], "inf"), rates + "x", "rates avx512"):
        file.write_text(f"{first}\n{damaged}\n")
        refused(*LAYER, "--wisdom", file)


def test_schedules_are_kept_and_printed():
    """What is asked for is planned; what is left out is the planner's; text and JSON agree."""
    plan = document(*LAYER, "--schedule", "xhat=stored,mhat=inlined", "--tile", "4")
    assert plan["schedule"]["xhat"] == "stored" and plan["schedule"]["mhat"] == "inlined"
    assert plan["schedule"]["ghat"] in ("stored", "blocked", "inlined")
    assert plan["passes"] == 2 and plan["work"]["products"] > 0
    ghat = plan["schedule"]["ghat"]
    _, text, _ = run(*LAYER, "--schedule", "xhat=stored,mhat=inlined", "--tile", "4")
    assert f"schedule         xhat=stored,ghat={ghat},mhat=inlined" in text


@pytest.mark.parametrize("arguments", [
    ("--schedule", "xhat=blocked,ghat=blocked"), ("--schedule", "xhat=sideways"),
    ("--schedule", ""), ("--schedule", "xhat=stored,"), ("--schedule", "v=stored"),
    ("--schedule", "xhat=stored", "--tile", "direct"), ("--block-tiles", "-1"),
])
def test_bad_schedules(arguments):
    refused(*LAYER, *arguments)


def test_missing_wisdom_is_refused(tmp_path):
    refused(*LAYER, "--wisdom", tmp_path / "none.txt")


# ---- devices

DEVICE = ("plan", "--device", "cuda:h200", "--input", "2x320x64x64", "--filters", 640)
MACHINE = "cuda:h200/132/sm_90a"
KEY = (f"gpu {MACHINE} n2 c320 h64 w64 k640 r3 s3 pad 1,1,1,1 f16 nchw rms 1,0 budget 0.004")


def test_a_device_is_planned_for_without_one():
    """f16 by default; the error keeps the budget; text and JSON agree."""
    plan = document(*DEVICE)
    assert plan["kernels"] == "sm_90a" and plan["predicted_error"] <= 1e-2
    assert plan["algorithm"] == "winograd" and plan["blocks"] != ""
    assert 0 < plan["floor_seconds"] < plan["cost_seconds"] < 1e-3
    _, text, _ = run(*DEVICE)
    assert f"blocks           {plan['blocks']}\n" in text and "predicted time" in text
    assert f"chosen by        {plan['chosen_by']}\n" in text
    model = document(*DEVICE, "--no-wisdom")
    assert model["chosen_by"] == "model" and model["measured_seconds"] == 0


def test_options_of_device_plans():
    tight = document(*DEVICE, "--max-error", "1e-3")
    assert tight["predicted_error"] <= 1e-3
    last = document(*DEVICE, "--layout", "nhwc", "--dtype", "bf16", "--tile", "4")
    assert last["tile"] == "4" and last["arith"].startswith("bf16")
    first = document(*DEVICE, "--dtype", "bf16", "--tile", "4")
    assert first["workspace_bytes"] > last["workspace_bytes"]
    assert document(*DEVICE, "--tile", "direct")["algorithm"] == "direct"
    batch = document("plan", "--device", "cuda:h200", "--input", "8x320x64x64", "--filters", 640)
    assert batch["cost_seconds"] > 2 * document(*DEVICE)["cost_seconds"]


def test_wisdom_of_devices(tmp_path):
    """A measured plan is taken if there are such blocks and it keeps the budget."""
    file = tmp_path / "wisdom.txt"
    blocks = "together,128x256,box=242x1x1"

    def planned(plan, *options):
        file.write_text(f"nova-wisdom 2\n{KEY} => {plan}\n")
        return document(*DEVICE, "--max-error", "0.004", "--wisdom", file, *options)

    known = planned(f"winograd 4 3 best f16 {blocks} 3e-05")
    assert (known["chosen_by"], known["tile"]) == ("model", "4"), "a box that does not fit"
    blocks = "together,128x256,box=256x1x1"
    known = planned(f"winograd 4 3 best f16 {blocks} 3e-05")
    assert (known["chosen_by"], known["tile"], known["blocks"]) == ("wisdom", "4x3", blocks)
    assert known["measured_seconds"] == 3e-05 and known["cost_seconds"] != 3e-05
    assert planned(f"winograd 4 3 best f16 {blocks} 3e-05", "--no-wisdom")["chosen_by"] == "model"
    assert planned("winograd 4 3 best f16 imagined,1x1 3e-05")["chosen_by"] == "model"
    assert planned(f"winograd 6 6 integer f16 {blocks} 3e-05")["chosen_by"] == "model"
    file.write_text(f"nova-wisdom 2\n{KEY} => winograd 4 3 best f16 {blocks}\n")
    assert "line 2" in refused(*DEVICE, "--wisdom", file)


def test_amd_devices(monkeypatch):
    """Few channels are one kernel's, which needs no workspace; asked for others there is one."""
    layer = ("plan", "--device", "hip:mi300x", "--input", "32x64x56x56", "--filters", 64, "--layout",
             "nhwc", "--tile", "4", "--arith", "f16m32")
    monkeypatch.setenv("NOVA_HIP_KERNELS", "fused")
    fused = document(*layer)
    monkeypatch.setenv("NOVA_HIP_KERNELS", "stages")
    stages = document(*layer)
    assert (fused["kernels"], fused["workspace_bytes"]) == ("mfma fused", 0)
    assert stages["kernels"] == "mfma" and stages["workspace_bytes"] > 0


@pytest.mark.parametrize("arguments, reason", [
    (("--device", "cuda:abacus"), "h200"), (("--device", "tpu"), "--device"),
    (("--device", "hip:mi200"), "mi300x"),
    (("--device", "cuda:h200", "--measure"), "--tune"),
    (("--device", "cuda:h200", "--dtype", "f32"), "f32"),
    (("--device", "cuda:h200", "--schedule", "xhat=stored"), "schedule"),
    (("--device", "cuda:h200", "--max-error", "1e-6"), "1e-06"),
])
def test_bad_device_plans(arguments, reason):
    assert reason in refused("plan", "--input", "1x8x8x8", "--filters", 8, *arguments)
