# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Both forms against direct convolution in double, with the predicted error as tolerance."""

import itertools
import json
import re
import time

import numpy as np
import pytest
from conftest import assert_close, exact, operands, predicted, tensor
from tinygrad import Context, Device, Tensor, TinyJit, dtypes, nn
from tinygrad.helpers import Target
from tinygrad.renderer.ptx import PTXRenderer
from tinygrad.uop.ops import Ops, UOp

import nova_winograd.tinygrad as nova
from nova_winograd.tinygrad import (_formulas, _native, _schedule, _study_case, _study_kernels, engine,
                                    study, tensors)
from nova_winograd.tinygrad._problem import Problem

SMALL = Problem(1, 4, 8, 8, 8, 3, 3, (1, 1, 1, 1))
NARROW = Problem(1, 4, 3, 16, 8, 1, 3, (1, 1, 0, 0))
STRIP = Problem(1, 4, 3, 64, 8, 1, 3, (1, 1, 0, 0))
ODD = Problem(2, 3, 7, 5, 5, 3, 3, (0, 1, 2, 1))


cases = study.cases

#: Above the prediction: the maps are small, and tinygrad sums in another order.
ALLOWANCE = 1.1


def pads(problem):
    return dict(padding=problem.pads)


@pytest.mark.parametrize("places", _schedule.CHOICES, ids=_schedule.spell)
def test_all_schedules_exist_and_are_exact(random, places):
    x, weight = operands(random, STRIP)
    case = dict(dtype="f32", how="tensors", tile=(1, 4), places=places)
    program = _study_case.Program(case, STRIP, tensor(x), tensor(weight))
    program.run()
    counts = program.counts()
    kernels, size, operations = _formulas.expected(STRIP, (1, 4), "best", places, 4)
    # A kernel and a buffer for each intermediate result that is stored, and for the output.
    assert counts["kernels"] == counts["buffers"] == kernels == places.count("stored") + 1
    assert counts["bytes"] == size and counts["lines"] > 0
    assert 0.9 * operations <= counts["operations"] <= 1.2 * operations
    assert_close(program.y.numpy(), exact(x, weight, STRIP.pads),
                 ALLOWANCE * predicted(STRIP, tile=(1, 4), points="best", arith="f32"))


@pytest.mark.parametrize("problem, tile, places", [
    # GHAT inside of a loop over channels: once a tile.
    (Problem(1, 36, 3, 16, 4, 1, 3, (1, 1, 0, 0)), (1, 4), ("stored", "inlined", "stored")),
    # Tiles of a small image side by side, outputs in two passes: products twice, GHAT not for each tile.
    (Problem(1, 33, 8, 8, 4, 3, 3, (1,) * 4), (2, 2), ("inlined", "inlined", "inlined"))])
def test_operations_are_those_of_the_formula(random, problem, tile, places):
    x, weight = operands(random, problem)
    case = dict(dtype="f32", how="tensors", tile=tile, places=places)
    counts = _study_case.Program(case, problem, tensor(x), tensor(weight)).counts()
    _, size, operations = _formulas.expected(problem, tile, "best", places, 4)
    assert counts["bytes"] == size
    assert 0.9 * operations <= counts["operations"] <= 1.2 * operations


def test_filters_in_blocks_are_the_same_filters(random):
    problem = Problem(1, 16, 4, 4, 516, 3, 3, (1,) * 4)
    assert problem.k * problem.c > tensors.BLOCKED
    x, weight = operands(random, problem)
    y = nova.nova_conv2d(tensor(x), tensor(weight), padding=1, tile=2, form="tensors")
    assert_close(y.numpy(), exact(x, weight, problem.pads),
                 ALLOWANCE * predicted(problem, tile=(2, 2), points="best", arith="f32"))


@pytest.mark.parametrize("problem, tile", [(ODD, 2), (NARROW, 6), (ODD, (4, 1))])
def test_tensor_operations(random, problem, tile):
    x, weight = operands(random, problem)
    y = nova.nova_conv2d(tensor(x), tensor(weight), **pads(problem), tile=tile, form="tensors")
    size = (tile, tile) if isinstance(tile, int) else tile
    assert_close(y.numpy(), exact(x, weight, problem.pads),
                 ALLOWANCE * predicted(problem, tile=size, points="best", arith="f32"))


def test_half_is_as_predicted(random):
    problem = Problem(1, 16, 12, 12, 16, 3, 3, (1, 1, 1, 1))
    x, weight = operands(random, problem, np.float16)
    y = nova.nova_conv2d(tensor(x), tensor(weight), **pads(problem), tile=4, form="tensors")
    assert y.dtype == dtypes.float16
    budget = predicted(problem, "f16", tile=(4, 4), points="best", arith="f16")
    assert_close(y.numpy(), exact(x, weight, problem.pads), ALLOWANCE * budget)


@pytest.mark.parametrize("channels, instruction", [(16, "mma.sync"), (10, "fma.rn.f32")])
def test_half_is_multiplied_exactly_on_gpus(monkeypatch, random, channels, instruction):
    """In tensor cores, or in binary32 where they do not take so many channels, never in half."""
    monkeypatch.setattr(type(Device["NULL"]), "renderer", PTXRenderer(Target("CUDA", arch="sm_90")))
    problem = Problem(1, channels, 1, 8, 16, 1, 3, (1, 1, 0, 0))
    case = dict(layer="small", dtype="f16", how="tensors", tile=(1, 2), places=_schedule.CHOICES[0])
    x, weight = (Tensor(array, device="NULL").realize() for array in operands(random, problem, np.float16))
    program = _study_case.Program(case, problem, x, weight)
    core = tensors.tensor_core(problem, dtypes.float16, case["places"], "NULL")
    expected = _formulas.expected(problem, (1, 2), "best", case["places"], 2, tensors.multiple(core))
    assert program.counts()["bytes"] == expected[1]
    source = next(u.arg for u in program.calls[2].src[0].src if u.op is Ops.SOURCE)
    assert instruction in source and not re.search(r"(mul|fma)\.(rn\.)?f16", source)


def test_study_does_not_multiply_as_tf32(monkeypatch, random):
    renderer = PTXRenderer(Target("CUDA", arch="sm_90"))
    renderer.target = Target("NULL", renderer="CUDA", arch="sm_90")
    monkeypatch.setattr(type(Device["NULL"]), "renderer", renderer)
    problem = Problem(1, 16, 1, 16, 16, 1, 3, (1, 1, 0, 0))
    x, weight = (Tensor(array, device="NULL").realize() for array in operands(random, problem))
    sources = []
    for dtype in ("f32", "as it comes"):
        case = dict(layer="small", dtype=dtype, how="tensors", tile=(1, 2), places=_schedule.CHOICES[0])
        call = _study_case.Program(case, problem, x, weight).calls[2]
        sources.append(next(u.arg for u in call.src[0].src if u.op is Ops.SOURCE))
    assert ["mma.sync" in source for source in sources] == [False, True]


def test_kept_kernels_are_the_same(monkeypatch, random, tmp_path):
    problem = Problem(1, 4, 3, 16, 4, 1, 3, (1, 1, 0, 0))  # x and y are of the same size
    arrays, others = operands(random, problem), operands(random, problem)
    case = dict(layer="small", dtype="f32", how="tensors", tile=(1, 2), places=_schedule.CHOICES[-1],
                kernels=str(tmp_path))
    number = next(UOp.unique_num)
    made = _study_case.Program(case, problem, *map(tensor, arrays))
    counts, seconds = made.counts(), made.compile_seconds
    del made
    # Buffers are numbered as they are made: in another process others have the same numbers.
    monkeypatch.setattr(UOp, "unique_num", itertools.count(number))
    x, weight = map(tensor, others)
    again = []
    for _ in range(4):
        again.append(_study_case.Program(case, problem, x, weight))
        next(UOp.unique_num)
    timers = [program.timer() for program in again]
    _study_kernels.in_turns(timers, 0, rounds=1)
    for program, timer in zip(again, timers):
        assert program.counts() == counts and program.compile_seconds == seconds
        assert 0 < timer.seconds == sum(timer.each)
        assert_close(program.y.numpy(), exact(*others, problem.pads), 1e-5)


@pytest.mark.parametrize("problem, dtype, options", [
    (ODD, np.float32, {}), (ODD, np.float16, {}), (Problem(1, 20, 9, 11, 17, 5, 5, (2,) * 4), np.float32, {}),
    (SMALL, np.float32, dict(tile=(1, 6), points="classic")),
    (SMALL, np.float32, dict(tile=4, schedule="xhat=inlined,ghat=inlined,mhat=inlined"))])
def test_engine(random, problem, dtype, options):
    x, weight = operands(random, problem, dtype)
    bias = random.standard_normal(problem.k).astype(np.float32)
    y = nova.nova_conv2d(tensor(x), tensor(weight), tensor(bias), **pads(problem), form="engine",
                         **options)
    reference = exact(x, weight, problem.pads) + bias[:, None, None]
    assert_close(y.numpy(), reference, {np.float32: 1e-5, np.float16: 1e-2}[dtype])


def test_engine_takes_the_options():
    info = engine.layer(SMALL, dtypes.float32, dtypes.float32, tile=(4, 2), points="integer",
                        schedule=("stored", "inlined", "stored"), threads=2).info()
    assert (info["tile_h"], info["tile_w"], info["set"], info["threads"]) == (4, 2, "integer", 2)
    assert info["schedule"] == ("stored", "inlined", "stored") and info["work"]["products"] > 0
    with pytest.raises(nova.NovaError, match="1e-12"):
        engine.layer(SMALL, dtypes.float32, dtypes.float32, max_error=1e-12)


@pytest.mark.parametrize("check", ["all", "sample"])
def test_engine_under_jit_notices_new_weights(random, check):
    problem = Problem(1, 16, 8, 8, 16, 3, 3, (1, 1, 1, 1))
    x, weight = operands(random, problem)
    inputs = tensor(x), tensor(weight)
    layer = engine.layer(problem, dtypes.float32, dtypes.float32, check)
    run = TinyJit(lambda a, b: (nova.nova_conv2d(a + 1, b, **pads(problem), check=check) * 2).realize())
    before = layer.filters_packed()
    for _ in range(4):
        y = run(*inputs)
    assert layer.filters_packed() - before == 1
    assert_close(y.numpy(), 2 * exact(x + 1, weight, problem.pads), 1e-5)
    inputs[1].assign(inputs[1] * -3).realize()
    assert_close(run(*inputs).numpy(), -6 * exact(x + 1, weight, problem.pads), 1e-5)
    if check == "all":  # one weight of many
        changed = inputs[1].numpy()
        changed[5, 7, 1, 1] += 1
        inputs[1].assign(Tensor(changed)).realize()
        assert_close(run(*inputs).numpy(), 2 * exact(x + 1, changed, problem.pads), 1e-5)
    layer.release()
    run(*inputs)
    assert layer.filters_packed() - before == (4 if check == "all" else 3)


def test_engine_has_room_for_many_filters(random):
    """More weights of one shape than are kept."""
    problem = Problem(1, 1, 4, 4, 1, 3, 3, (1,) * 4)
    x, _ = operands(random, problem)
    weights = random.standard_normal((70, 1, 1, 3, 3)).astype(np.float32)
    filters, image = [tensor(weight) for weight in weights], tensor(x)
    for _ in range(2):
        for weight, filter_ in zip(weights, filters):
            y = nova.nova_conv2d(image, filter_, padding=1, form="engine")
            assert_close(y.numpy(), exact(x, weight, problem.pads), 1e-5)


@pytest.mark.parametrize("form, tile", [("engine", None), ("tensors", 2)])
def test_gradients(random, form, tile):
    x, weight = (tensor(array) for array in operands(random, ODD))
    bias = tensor(random.standard_normal(ODD.k).astype(np.float32))
    grad = tensor(random.standard_normal((ODD.n, ODD.k, ODD.out_h, ODD.out_w)).astype(np.float32))
    budget = 1e-5
    by_nova = nova.nova_conv2d(x, weight, bias, **pads(ODD), form=form, tile=tile)
    by_tinygrad = x.conv2d(weight, bias, **pads(ODD))
    for ours, theirs in zip((by_nova * grad).sum().gradient(x, weight, bias),
                            (by_tinygrad * grad).sum().gradient(x, weight, bias)):
        assert_close(ours.numpy(), theirs.numpy().astype(np.float64), budget)


def test_wrong_arguments_are_refused():
    x, weight = Tensor.empty(1, 4, 8, 8), Tensor.empty(8, 4, 3, 3)
    for match, options in (("form", dict(form="magic")), ("options of the engine",
                                                           dict(form="tensors", threads=2)),
                           ("no blocks", dict(form="tensors", schedule="xhat=blocked")),
                           ("check", dict(check="never")), ("padding", dict(padding=(1, 2, 3)))):
        with pytest.raises(ValueError, match=match):
            nova.nova_conv2d(x, weight, **{"padding": 1, **options})
    with pytest.raises(ValueError, match="CPU, not on CUDA"):
        nova.nova_conv2d(Tensor.empty(1, 4, 8, 8, device="CUDA"),
                         Tensor.empty(8, 4, 3, 3, device="CUDA"), form="engine")


class Network:
    """Two convolutions that nova computes and one that it does not."""

    def __init__(self, random):
        self.first, self.second = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 8, 3, stride=2)
        self.third, self.last = nn.Conv2d(8, 16, 3, padding=1), nn.Linear(16, 10)
        for value in nn.state.get_parameters(self):
            value.assign(Tensor((random.standard_normal(value.shape) * 0.2).astype(np.float32))).realize()

    def __call__(self, x):
        return self.last(self.third(self.second(self.first(x).relu()).relu()).relu().mean((2, 3)))


def train(steps=4):
    random = np.random.default_rng(7)
    network = Network(random)
    optimizer = nn.optim.SGD(nn.state.get_parameters(network), lr=0.05)

    @TinyJit
    @Context(TRAINING=1)
    def step(x, labels):
        optimizer.zero_grad()
        loss = network(x).sparse_categorical_crossentropy(labels).backward()
        return loss.realize(*optimizer.schedule_step())

    return [step(tensor(random.standard_normal((2, 1, 9, 9)).astype(np.float32)),
                 tensor(random.integers(0, 10, 2).astype(np.int32))).item() for _ in range(steps)]


def test_training_with_patch_has_the_same_losses():
    original = Tensor.conv2d
    expected = train()
    nova.patch(policy="all", max_error=1e-6)
    losses = train()
    # Forward and, for the layers' inputs, backward, in the two runs before the graph is captured.
    by_nova, by_tinygrad = nova.unpatch()
    assert by_nova == 4 and by_tinygrad == 2
    assert Tensor.conv2d is original
    assert len(set(losses)) == len(losses)
    assert np.allclose(losses, expected, rtol=1e-5, atol=0)


def test_patch_leaves_what_is_not_eligible():
    nova.patch(tile=2)
    x = Tensor.empty(1, 4, 8, 8)
    assert x.conv2d(Tensor.empty(8, 4, 3, 3), padding=1).shape == (1, 8, 8, 8)
    for weight, options in ((Tensor.empty(8, 4, 1, 1), {}), (Tensor.empty(8, 2, 3, 3), dict(groups=2)),
                            (Tensor.empty(8, 4, 3, 3), dict(stride=2)),
                            (Tensor.empty(8, 4, 3, 3), dict(dtype=dtypes.float64))):
        x.conv2d(weight, padding=1, **options)
    nova.patch(max_error=1e-12)  # no plan has that
    x.conv2d(Tensor.empty(8, 4, 3, 3), padding=1)
    assert nova.unpatch() == (1, 5)
    assert _native.library()


def test_study_reports_what_does_not_end():
    case = next(study.cases(["16@32"], [4], "f32", True, 0.01))
    answer = study.run(case, limit=0.2)
    assert "0 s" in answer["failure"] and answer["compiling"] == [] and answer["kernels"] is None
    assert "0 s" in study.line(case, answer)
    assert len(list(study.cases(["16@32", "64@56"], [2, 4], "f32", True, 0.01))) == 2 * (2 + 2 * 16)


CASE = dict(layer="16@32", problem=(1, 2, 4, 4, 3, 3, 3, (1, 1, 1, 1)), dtype="f32", how="engine",
            tile=(2, 2), places=("stored", "stored", "stored"), time=0.01)


def test_study_runs_a_case():
    answer = study.run(CASE, limit=100)
    assert answer["result"]["error"] < 1e-5 and answer["result"]["kernels"] == 3
    assert "F(2,3)" in study.line(CASE, answer)


def test_study_only_counts_where_nothing_runs(monkeypatch):
    monkeypatch.setenv("DEV", "NULL")
    case = dict(problem=(1, 2, 4, 4, 3, 3, 3, (1, 1, 1, 1)), dtype="f32", how="direct")
    result = study.run(case, 100)["result"]
    assert result["kernels"] == 1 and "seconds" not in result


def test_study_takes_times_again(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(study.LAYERS, "small", (1, 2, 4, 4, 3, 3, 3, (1, 1, 1, 1)))
    arguments = ["study", "--layers", "small", "--tiles", "2", "--schedules", "SSS", "--time", "0.01",
                 "--kernels", str(tmp_path / "kernels"), "--out", str(tmp_path / "out.json")]
    monkeypatch.setattr("sys.argv", arguments)
    monkeypatch.setattr(study, "cases", lambda *rest, **more: [
        case for case in cases(*rest, **more) if case["how"] in ("direct", "tensors")])
    assert study.main() == 0
    out = tmp_path / "out.json"
    answers = json.loads(out.read_text())
    for answer in answers:
        answer["result"] |= dict(seconds=1e9, error=1)
    out.write_text(json.dumps(answers))
    monkeypatch.setattr("sys.argv", [*arguments, "--again"])
    assert study.main() == 0
    results = [answer["result"] for answer in json.loads(out.read_text())]
    assert [result["kernels"] for result in results] == [1, 4]
    assert all(result["seconds"] < 1 and result["error"] < 1e-5 for result in results)
    with pytest.raises(SystemExit):
        monkeypatch.setattr("sys.argv", ["study", "--schedules", "SSX"])
        study.main()
    assert "SSX" in capsys.readouterr().err


def test_study_ends_what_a_case_has_started(monkeypatch, tmp_path):
    """A compiler that goes on would hold the pipe that the study reads."""
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(slow))
    start = time.monotonic()
    assert "failure" in study.run(CASE, limit=0.1)
    assert time.monotonic() - start < 30


def test_study_goes_on_where_it_ended(tmp_path):
    path = tmp_path / "study.json"
    slow = dict(CASE, how="direct")
    study.save([dict(CASE, result=dict(kernels=3)), dict(slow, failure="so", limit=60)], str(path))
    # JSON has lists for tuples; how long it was timed does not matter.
    assert set(study.known(str(path), 60)) == {study.identity(CASE), study.identity(dict(slow, time=9))}
    assert set(study.known(str(path), 61)) == {study.identity(CASE)}
    assert study.known(str(tmp_path / "none"), 60) == {}
    assert study.identity(CASE) != study.identity(dict(CASE, tile=(4, 4)))
