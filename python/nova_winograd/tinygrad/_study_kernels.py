# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Compiled kernels of the study, kept in files, and how long they take.

A file has the kernels of one case and the buffers that they work on, without contents and without a
device: what DEV=NULL:CUDA:sm_90 compiled where there is no GPU runs with DEV=CUDA where there is one.
"""

import gzip
import itertools
import pickle
import time
from pathlib import Path

from tinygrad import Device, Tensor
from tinygrad.engine.realize import time_call
from tinygrad.uop.ops import Ops, UOp

#: Convolutions in one graph: what starting it and its events take is shared among them.
REPEATED = 20


def path_of(case):
    """The file of a case, or None: the engine's kernels have addresses of this process in them."""
    if not case.get("kernels") or case["how"] == "engine":
        return None
    tile = "x".join(map(str, case.get("tile") or ()))
    places = "".join("S" if place == "stored" else "i" for place in case.get("places") or ())
    beam = f"beam{case['beam']}" if case.get("beam") else ""
    parts = (case["layer"], case["dtype"], case["how"], tile, places, beam)
    return Path(case["kernels"]) / ("-".join(filter(None, parts)) + ".gz")


def _buffers(uops):
    return list(dict.fromkeys(u for uop in uops for u in uop.toposort() if u.op is Ops.BUFFER))


def _exchanged(calls, y, others):
    """The same calls of other buffers; programs are left alone."""
    calls = [call.replace(src=(call.src[0], *[argument.substitute(others) for argument in call.src[1:]]))
             for call in calls]
    return calls, y.substitute(others)


def _short(program):
    """A program without the operations that it was made of: what runs, is counted and printed."""
    sink, linear, *rest = program.src
    parameters = tuple(u for u in linear.src if u.op is Ops.PARAM)
    return program.replace(src=(sink.replace(src=()), linear.replace(src=parameters), *rest))


def save(path, calls, y, x, weight, **more):
    """Keeps calls of compiled programs; x, weight and y are Tensors, the last one's buffer is what the
    calls write."""
    calls = [call.replace(src=(_short(call.src[0]), *call.src[1:])) for call in calls]
    found = _buffers([*(argument for call in calls for argument in call.src[1:]), y.uop, x.uop, weight.uop])
    # Others: without contents, which would be written, too, and of no device, so that none of a process
    # that loads them, whose buffers have the same numbers, is taken for one of them.
    others = {u: UOp.new_buffer("NONE", u.max_numel(), u.dtype) for u in found}
    calls, result = _exchanged(calls, y.uop, others)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with gzip.open(part, "wb") as stream:
        pickle.dump(dict(calls=calls, y=result, operands=(others[x.uop.base], others[weight.uop.base]),
                         more=more), stream)
    part.replace(path)


def load(path, x, weight):
    """(calls, y, what else was kept), for x and weight and for their device."""
    with gzip.open(path, "rb") as stream:
        kept = pickle.load(stream)
    calls, y = kept["calls"], kept["y"]
    found = _buffers([*(argument for call in calls for argument in call.src[1:]), y])
    others = {u: UOp.new_buffer(x.device, u.max_numel(), u.dtype) for u in found}
    others.update(zip(kept["operands"], (x.uop.base, weight.uop.base)))
    calls, y = _exchanged(calls, y, others)
    return calls, Tensor(y), kept["more"]


def can_run(device):
    """Whether kernels run there: the null device compiles for others."""
    return device.split(":")[0] != "NULL"


class Timer:
    """Shortest times of calls: of each and, on a device with graphs, of all together. There each is REPEATED
    times in one graph, between two events; elsewhere a call is timed on its own."""

    def __init__(self, calls, device):
        def graph(calls):
            linear = UOp(Ops.LINEAR, src=tuple(calls) * REPEATED)
            run = Device[device].graph(UOp(Ops.CUSTOM_FUNCTION, src=(linear,), arg="graph"), ())
            return (run((), {}, wait=True) / REPEATED for _ in itertools.count())

        if Device[device].graph is None:
            self.whole, self.timers = None, [time_call(call) for call in calls]
        else:
            self.whole, self.timers = graph(calls), [graph([call]) for call in calls]
        self.seconds, self.each = float("inf"), [float("inf")] * len(calls)

    def run(self):
        """Once more."""
        self.each = [min(best, next(timer)) for best, timer in zip(self.each, self.timers)]
        self.seconds = min(self.seconds, next(self.whole)) if self.whole else sum(self.each)


def in_turns(timers, seconds, rounds=3):
    """Runs them in turns for a while, at least so often."""
    until, count = time.perf_counter() + seconds, 0
    while count < rounds or time.perf_counter() < until:
        for timer in timers:
            timer.run()
        count += 1
