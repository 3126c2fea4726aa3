# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The scripts of bench/gpu as far as they go without a device: what is asked for, in which order it
is replayed, and what is printed of rows that were measured elsewhere."""

import contextlib
import ctypes
import gc
import json
import sys
import weakref
from types import SimpleNamespace

import pytest
import torch
from conftest import ROOT
from torch.overrides import TorchFunctionMode


@pytest.fixture
def bench(monkeypatch):
    """Imports one of the scripts."""
    import importlib

    monkeypatch.syspath_prepend(str(ROOT / "bench" / "gpu"))
    return importlib.import_module


def run(bench, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["compare_cudnn.py", *map(str, arguments)])
    bench("compare_cudnn").main()


def row(network, layer, batch, us, nchw, nhwc, *, times=1, error=3e-4, floor=2.0):
    return {"network": network, "layer": layer, "batch": batch, "times": times, "plan": "direct",
            "us": us, "predicted us": us, "floor us": floor, "us / floor": us / floor,
            "TFLOP/s of direct": 2e4 / us, "error": error, "predicted": 3e-4, "cuDNN NCHW us": nchw,
            "NHWC us": nhwc, "best cuDNN / nova": min(nchw, nhwc) / us, "workspace MB": 2.5 * us,
            "filter MB": 0.5, "cuDNN NCHW MB": 0.0, "NHWC MB": 1.0, "its filter MB": 0.25,
            "chosen by": "model", "blocks": ""}


ROWS = [row("", "few 3-64@224", 1, 4.0, 8.0, 6.0),
        row("net", "net a", 2, 10.0, 40.0, 20.0, times=3), row("net", "net b", 2, 20.0, 15.0, 30.0),
        row("net", "net a", 32, 100.0, 400.0, 125.0, times=3, error=1.5e-2),
        {"network": "net", "layer": "net b", "batch": 32, "times": 1, "failure": "out of memory"}]


def test_totals_of_stored_rows(bench, monkeypatch, tmp_path, capsys):
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(ROWS))
    run(bench, monkeypatch, "--read", file)
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert [cell.strip() for cell in lines[0].split("|")[1:-1]] == list(bench("tables").TOTALS)
    assert lines[2:4] == [
        "| net | 2 | 4 | 0.050 | 0.008 | 0.075 | 0.135 | 0.090 | 1.50 | 0.75 | 3.0e-04 | 50.0 | 2.0 "
        "| 1.0 | 1.0 |",
        "| net | 32 | 3 | 0.300 | 0.006 | 0.375 | 1.200 | 0.375 | 1.25 | 1.25 | 1.5e-02 | 250.0 | 1.5 "
        "| 1.0 | 0.8 |"]
    assert lines[4] == "Left out: net b, batch 32: out of memory"
    text = "\n".join(lines[5:])
    assert "geometric mean of the 4 rows: 1.295" in text
    assert "Errors above 1 %: net a, batch 32 (1.5e-02)." in text
    assert "Below 0.95 of the best cuDNN: net b, batch 2 (0.75)." in text
    assert "of 4 rows above 10 GFLOP: few 3-64@224, batch 1 (2.00), net a, batch 2 (5.00)" in text


def test_figure(bench, tmp_path):
    pytest.importorskip("matplotlib")
    for name in ("rows.svg", "rows.png"):
        bench("tables").draw(ROWS, str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 1000


@pytest.mark.parametrize("arguments", [(), ("lib.so", "--read", "rows.json")])
def test_library_or_rows(bench, monkeypatch, capsys, arguments):
    with pytest.raises(SystemExit):
        run(bench, monkeypatch, *arguments)
    assert "either a library or --read FILE" in capsys.readouterr().err


def test_layers_that_are_asked_for(bench, monkeypatch):
    """Every eligible convolution of the networks at every batch, counted as the shape files say."""
    compare, asked = bench("compare_cudnn"), []
    monkeypatch.setattr(compare, "measure", lambda options: asked.extend(
        compare.wanted_layers(options)) or ROWS)
    run(bench, monkeypatch, "lib.so", "--networks", "all", "--batches", "1,2,32")
    counts = {}
    for network, _, times, (batch, *_) in asked:
        counts[network, batch] = counts.get((network, batch), 0) + times
    expected = {"sdxl": 38, "sd15": 49, "vae": 33, "vgg16": 13, "resnet50": 13, "densenet161": 78}
    assert counts == {(name, batch): expected[name] for name in expected for batch in (1, 2, 32)}
    asked.clear()
    run(bench, monkeypatch, "lib.so", "--layers", "resnet", "--networks", "sd15")
    assert asked[0] == ("", "resnet 64@56", 1, (1, 64, 64, 56, 56))
    assert {shape[0] for network, _, _, shape in asked if network} == {2}


def test_calls_of_a_graph(bench):
    calls_of = bench("compare_cudnn").calls_of
    assert calls_of((1, 64, 64, 56, 56)) == 20 and calls_of((32, 256, 256, 512, 512)) == 3
    assert 3 < calls_of((2, 640, 640, 128, 128)) < 20


class Device:
    """Stands for a CUDA device in torch.cuda: calls run at once on the CPU, and replaying one of
    their graphs takes as long as the test says."""

    OutOfMemoryError = torch.cuda.OutOfMemoryError

    def __init__(self, *milliseconds):
        self.now, self.order, self.milliseconds, self.graphs = 0.0, [], milliseconds, 0

    def CUDAGraph(self):
        number, self.graphs = self.graphs % len(self.milliseconds), self.graphs + 1
        return SimpleNamespace(replay=lambda: self.replay(number))

    def replay(self, number):
        times = self.milliseconds[number]
        self.now += times[self.order.count(number) % len(times)]
        self.order.append(number)

    def Event(self, enable_timing):
        event = SimpleNamespace(synchronize=lambda: None)
        event.record = lambda: setattr(event, "at", self.now)
        event.elapsed_time = lambda other: other.at - event.at
        return event

    def Stream(self):
        return SimpleNamespace(synchronize=lambda: None, cuda_stream=0)

    current_stream = Stream

    def stream(self, _):
        return contextlib.nullcontext()

    graph = stream

    def memory_allocated(self):
        return 0

    def max_memory_allocated(self):
        return 10**6

    def get_device_name(self):
        return "a stand-in"

    def synchronize(self):
        pass

    reset_peak_memory_stats = empty_cache = synchronize


class OnTheCpu(TorchFunctionMode):
    """Tensors for the device are the CPU's."""

    def __torch_function__(self, function, types, arguments=(), keywords=None):
        keywords = dict(keywords or {})
        if keywords.get("device") == "cuda":
            del keywords["device"]
        if function is torch.Tensor.cuda:
            return arguments[0]
        return function(*arguments, **keywords)


@pytest.fixture
def device(monkeypatch):
    made = Device([2.0], [4.0, 4.0, 400.0], [3.0])
    monkeypatch.setattr(torch, "cuda", made)
    with OnTheCpu():
        yield made


class Library:
    """The engine for CUDA devices in the words of the CPU engine, which plans and refuses."""

    def __init__(self, native):
        self.native = native
        self.nova_cuda_plan_create = lambda desc, options, _, plan: native.nova_plan_create(
            desc, options, plan)
        self.nova_cuda_filter_create = self.nova_cuda_filter_destroy = lambda *_: 0
        self.nova_execute_args_init = lambda _: None

    def __getattr__(self, name):
        return getattr(self.native, name.replace("nova_cuda_", "nova_"))

    def nova_cuda_plan_get_info(self, plan, info):
        status = self.native.nova_plan_get_info(plan, info)
        info._obj.floor_seconds = 1e-6
        return status


def native_library():
    native = pytest.importorskip("nova_winograd.tinygrad._native", exc_type=ImportError)
    try:
        return native.library()
    except ImportError as reason:
        pytest.skip(str(reason))


def test_measuring(bench, monkeypatch, device, tmp_path, capsys):
    """From layers to rows and totals: the planner refuses a tile, memory does not suffice for a
    layer, and the outputs of the others are off by a thousandth."""
    compare, native, weights = bench("compare_cudnn"), native_library(), {}
    alive = weakref.WeakSet()

    class Peers(compare.Peers):
        def __init__(self, shape):
            alive.add(self)
            if shape[1] == 24:
                raise torch.cuda.OutOfMemoryError("no room\nfor 24 channels")
            super().__init__(shape)
            weights[shape[1]] = self.weights

    def execute(_, x, y):
        y.copy_(torch.conv2d(x.float(), weights[x.shape[1]], padding=1) * 1.001)

    monkeypatch.setattr(compare, "Peers", Peers)
    monkeypatch.setattr(bench("nova_cuda").Nova, "run", execute)
    monkeypatch.setattr(compare, "set_up", lambda *_: Library(native))
    monkeypatch.setattr(compare, "wanted_layers", lambda _: [
        ("net", "net a", 3, (3, 8, 16, 12, 12)), ("net", "net b", 1, (3, 24, 8, 9, 9))])
    file = tmp_path / "rows.json"
    gc.disable()
    try:
        run(bench, monkeypatch, "lib.so", "--networks", "net", "--json", file, "--plans",
            "direct,9x99")
        assert not alive  # memory of the device must not wait for the collector
    finally:
        gc.enable()
    good, tile, memory = json.loads(file.read_text())
    assert (good["us"], good["cuDNN NCHW us"], good["NHWC us"]) == (150, 100, 200)
    assert good["plan"] == "direct" and good["best cuDNN / nova"] == pytest.approx(100 / 150)
    assert good["error"] == pytest.approx(1e-3, rel=0.1) and good["us / floor"] == 150
    assert (good["batch"], good["times"], good["chosen by"]) == (3, 3, "model")
    assert "9x99: tile 9x99: both sides must be" in tile["failure"]
    assert memory["failure"] == "no room" and memory["layer"] == "net b"
    text = capsys.readouterr().out
    assert "| net a | 3 | 3 | direct | 150.0 |" in text and "| net b, batch 3: no room |" in text
    assert "Left out" not in text  # totals are of one plan for each layer
    file.write_text(json.dumps([good, memory]))
    run(bench, monkeypatch, "--read", file)
    assert "| net | 3 | 3 | 0.450 | 0.003 | 0.300 |" in capsys.readouterr().out


def test_measured_plans_of_a_file(bench, monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a device")
    path, file = native_library()._name, tmp_path / "wisdom"
    file.write_text("nova-wisdom 2\n")
    assert bench("replays").set_up(path, file).nova_last_error
    with pytest.raises(RuntimeError, match="absent"):
        bench("replays").set_up(path, tmp_path / "absent")


def test_replays_take_turns(bench, device):
    replays = bench("replays")
    graphs = [device.CUDAGraph(), device.CUDAGraph()]  # of the second every third is slow
    assert replays.replay(graphs, 20, 9) == [100.0, 200.0]
    assert device.order == [0, 1] * (9 + replays.WARM_UPS)
    device.order.clear()
    replays.replay(graphs, 20, 30, seconds=0)
    assert device.order == [0, 1] * (replays.LEAST + replays.WARM_UPS)


def test_chains_that_are_known(bench, monkeypatch, capsys):
    chains = bench("compare_chains")
    assert [len(layers) for _, _, layers in chains.vgg16(1)] == [2, 2, 3, 3, 3]
    assert chains.basic(32)[0][1] == (32, 64, 56, 56) and len(chains.edsr()[0][2]) == 16
    monkeypatch.setattr(sys, "argv", ["compare_chains.py", "lib.so", "--chains", "vgg16,none"])
    with pytest.raises(SystemExit):
        chains.main()
    assert "there is no chain 'none'" in capsys.readouterr().err


def test_plans_that_are_asked_for(bench):
    """The structures are those of the library, and options are what they are called."""
    library, cuda = native_library(), bench("nova_cuda")
    plan = ctypes.c_void_p()
    info = cuda.structures.PlanInfo(struct_size=ctypes.sizeof(cuda.structures.PlanInfo))
    for name, expected in (("direct", "direct"), ("4x6", "F(4x6) best f16"), ("2", "F(2x2) best f16")):
        desc = cuda.describe(library, (2, 16, 24, 20, 20), "nhwc")
        options = cuda.options_of(library, name)
        assert (desc.struct_size, options.struct_size) == (ctypes.sizeof(desc), ctypes.sizeof(options))
        if name != "direct":
            options.arith = 2  # the CPU engine would choose another
        cuda.check(library, library.nova_plan_create(ctypes.byref(desc), ctypes.byref(options),
                                                     ctypes.byref(plan)))
        cuda.check(library, library.nova_plan_get_info(plan, ctypes.byref(info)))
        assert cuda.name_of(info) == expected
        assert info.flops_direct == 18.0 * 2 * 16 * 24 * 20 * 20
        assert info.floor_seconds == 0 and info.blocks == b""
        library.nova_plan_destroy(plan)
