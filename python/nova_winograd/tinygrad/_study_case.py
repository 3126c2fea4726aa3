# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""One case of the study, in a process of its own: reads a request as JSON from the command line, writes
lines of JSON, the last of which is the result. A process, because a kernel can take longer to compile
than anybody wants to wait, and only a process can be stopped."""

import json
import sys
import time

import numpy as np
from tinygrad import Context, Device, Tensor, dtypes
from tinygrad.engine.realize import compile_linear, run_linear
from tinygrad.helpers import ALLOW_TF32, USE_TC
from tinygrad.uop.ops import Ops, UOp

from . import _formulas, _native, _schedule, _study_kernels, engine, nova_conv2d, tensors
from ._problem import Problem
from .gradients import direct

TYPES = {"f32": (dtypes.float32, np.float32), "f16": (dtypes.float16, np.float16)}


def say(**what):
    print(json.dumps(what), flush=True)


def operands(problem, dtype):
    """x and weights, normal, such that outputs are of about 1."""
    random = np.random.default_rng(20161)
    x = random.standard_normal((problem.n, problem.c, problem.h, problem.w))
    scale = (problem.c * problem.r * problem.s) ** -0.5
    weight = random.standard_normal((problem.k, problem.c, problem.r, problem.s)) * scale
    kind = TYPES[dtype][1]
    return x.astype(kind), weight.astype(kind)


def exact(x, weight, pads):
    """Direct convolution in double, a tap at a time."""
    x = np.pad(x.astype(np.float64), ((0, 0), (0, 0), pads[2:], pads[:2]))
    r, s = weight.shape[2:]
    height, width = x.shape[2] - r + 1, x.shape[3] - s + 1
    return sum(np.einsum("nchw,kc->nkhw", x[:, :, i:i + height, j:j + width],
                         weight[:, :, i, j].astype(np.float64), optimize=True)
               for i in range(r) for j in range(s))


def expression(case, problem):
    """A function of x and weights: the convolution in the way that is asked for."""
    how = case["how"]
    if how == "direct":
        return lambda x, weight: direct(x, weight, padding=problem.pads)
    if how == "wino":
        def wino(x, weight):
            with Context(WINO=1):
                return direct(x, weight, padding=problem.pads)
        return wino
    options = dict(form=how)
    if case.get("tile"):
        options |= dict(tile=tuple(case["tile"]), points=case.get("points", "best"))
    if case.get("places"):
        options["schedule"] = _schedule.spell(case["places"])
    return lambda x, weight: nova_conv2d(x, weight, padding=problem.pads, **options)


def announce_sources(device):
    """Says how long a source is before it is compiled, which may never end."""
    compiler = Device[device].renderer.compiler
    compile_source = compiler.compile

    def compile_and_say(source):
        say(compiling=len(source.splitlines()))
        return compile_source(source)

    compiler.compile = compile_and_say


class Program:
    """A convolution, scheduled and compiled: the kernels that really run. They are taken from a file
    where the case names a folder that has one, and left in it where it has none."""

    def __init__(self, case, problem, x, weight):
        path = _study_kernels.path_of(case)
        if path and path.exists():
            self.calls, self.y, kept = _study_kernels.load(path, x, weight)
            self.compile_seconds = kept["compile_seconds"]
            return
        start = time.perf_counter()
        self.y = expression(case, problem)(x, weight)
        linear = self.y.schedule_linear()
        say(kernels=len(linear.src))
        # For the null device tinygrad would multiply binary32 as TF32, which it does elsewhere if asked to.
        exact = case["dtype"] == "f32" and not ALLOW_TF32.value
        with Context(TC=0 if exact else USE_TC.value):
            self.calls = compile_linear(linear, beam=case.get("beam", 0)).src
        self.compile_seconds = time.perf_counter() - start
        if path:
            _study_kernels.save(path, self.calls, self.y, x, weight, compile_seconds=self.compile_seconds)

    def run(self):
        run_linear(UOp(Ops.LINEAR, src=tuple(self.calls)), jit=True)

    def timer(self):
        return _study_kernels.Timer(self.calls, self.y.device)

    def counts(self):
        """Kernels, the buffers that they write, bytes of their operands, operations, source lines."""
        written = size = operations = lines = 0
        for call in self.calls:
            program = call.src[0]
            written += len(program.arg.outs)
            size += sum(call.src[1 + i].nbytes() for i in program.arg.globals)
            operations += program.src[0].arg.estimates.ops
            source = next(u.arg for u in program.src if u.op is Ops.SOURCE)
            lines += len(source.splitlines())
        return dict(kernels=len(self.calls), buffers=written, bytes=size, operations=operations,
                    lines=lines)


def engine_counts(case, problem):
    """The same of nova's engine, which counts for itself."""
    options = {name: tuple(case[key]) for name, key in (("tile", "tile"), ("schedule", "places"))
               if case.get(key)}
    info = engine.layer(problem, TYPES[case["dtype"]][0], TYPES[case["dtype"]][0], **options).info()
    moved = sum(value for name, value in info["work"].items()
                if name.endswith(("_read", "_written")))
    return dict(kernels=info["passes"], buffers=info["buffers"], bytes=moved,
                operations=int(info["flops"]), tile=[info["tile_h"], info["tile_w"]],
                places=info["schedule"], predicted=info["predicted_error"])


def relative(y, reference):
    """Relative rms error."""
    return float(np.linalg.norm(y.astype(np.float64) - reference) / np.linalg.norm(reference))


def study(case):
    problem = Problem(*case["problem"][:7], tuple(case["problem"][7]))
    arrays = operands(problem, case["dtype"])
    x, weight = (Tensor(array).realize() for array in arrays)
    announce_sources(x.device)
    program = Program(case, problem, x, weight)
    result = dict(program.counts(), compile_seconds=program.compile_seconds)
    if case["how"] == "engine":
        result |= engine_counts(case, problem)
        result.pop("lines")
    if case["how"] == "tensors":
        places, kind = case["places"], TYPES[case["dtype"]][0]
        together = tensors.multiple(tensors.tensor_core(problem, kind, places, x.device))
        kernels, moved, operations = _formulas.expected(problem, case["tile"], "best", places,
                                                        kind.itemsize, together, tensors.is_cpu(x.device))
        result |= dict(expected=dict(kernels=kernels, bytes=moved, operations=operations))
        result["predicted"] = _native.describe(
            problem, case["dtype"], tile=tuple(case["tile"]), points="best",
            arith={"f32": "f32", "f16": "f16"}[case["dtype"]],
            schedule=("blocked", "inlined", "blocked"))["predicted_error"]
    if _study_kernels.can_run(x.device):
        timer = program.timer()
        _study_kernels.in_turns([timer], case.get("time", 0.2))
        result |= times(timer, program, exact(*arrays, problem.pads))
    return result


def times(timer, program, reference):
    """Seconds of all kernels and of each, and the error of what they have written."""
    return dict(seconds=timer.seconds, each=timer.each, error=relative(program.y.numpy(), reference))


def contest(cases, seconds):
    """Times of several ways for one layer, in turns, shortest of all rounds."""
    problem = Problem(*cases[0]["problem"][:7], tuple(cases[0]["problem"][7]))
    arrays = operands(problem, cases[0]["dtype"])
    x, weight = (Tensor(array).realize() for array in arrays)
    timers, answers = [], [None] * len(cases)
    for i, case in enumerate(cases):
        try:
            program = Program(case, problem, x, weight)
            timers.append((i, program, program.timer()))
        except RuntimeError as error:  # of the device, which cannot run the one and can the others
            answers[i] = dict(failure=str(error))
    _study_kernels.in_turns([timer for _, _, timer in timers], seconds)
    reference = exact(*arrays, problem.pads)
    for i, program, timer in timers:
        answers[i] = dict(times(timer, program, reference), kernels=len(program.calls))
    return answers


if __name__ == "__main__":
    request = json.loads(sys.argv[1])
    if "contest" in request:
        say(contest=contest(request["contest"], request["time"]))
    else:
        say(result=study(request))
