# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Puts nova in the place of Tensor.conv2d, which nn.Conv2d calls, and takes it out again."""

import threading

from tinygrad import Tensor

from . import _native, engine
from ._problem import NAMES, problem_of, why_not
from .convolution import accepts, nova_conv2d
from .gradients import direct
from .heuristic import advise

_lock = threading.Lock()
_state = {"patched": False, "replaced": None, "nova": 0, "tinygrad": 0}


def patch(*, policy="faster", **options):
    """From now on Tensor.conv2d, and so nn.Conv2d, is computed by nova where it can be.

    policy   "faster": where that is expected to be faster (advise(); the engine always is);
             "all": every convolution that is eligible
    options  those of nova_conv2d()

    What is not eligible, and what nova refuses, is computed by tinygrad as before. Graphs that were
    captured by TinyJit before stay as they are. A second patch() changes the options.
    """
    if policy not in ("faster", "all"):
        raise ValueError(f"policy={policy!r}: must be 'faster' or 'all'")
    unknown = set(options) - {"tile", "points", "schedule", "form", "max_error", "threads", "check"}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: not an option of nova_conv2d()")

    if not _any_tile(options.get("points", "best")):
        raise ValueError(f"points={options['points']!r}: there is no such set")

    def conv2d(self, weight, bias=None, groups=1, stride=1, dilation=1, padding=0, dtype=None):
        if dtype is None and _by_nova(self, weight, bias, groups, stride, dilation, padding, policy,
                                      options):
            _state["nova"] += 1
            return nova_conv2d(self, weight, bias, padding, **options)
        _state["tinygrad"] += 1
        return direct(self, weight, bias, groups, stride, dilation, padding, dtype)

    with _lock:
        if not _state["patched"]:
            # tinygrad defines it in a class that Tensor inherits from, or another package in Tensor.
            _state["replaced"] = Tensor.__dict__.get("conv2d")
            _state["nova"] = _state["tinygrad"] = 0
        Tensor.conv2d = conv2d
        _state["patched"] = True


def unpatch():
    """Undoes patch(). Returns how many convolutions nova and tinygrad were asked for since, as two
    numbers."""
    with _lock:
        if _state["patched"]:
            if _state["replaced"] is None:
                del Tensor.conv2d
            else:
                Tensor.conv2d = _state["replaced"]
            _state["patched"] = False
        return _state["nova"], _state["tinygrad"]


def _by_nova(x, weight, bias, groups, stride, dilation, padding, policy, options):
    if why_not(x, weight, bias, groups, stride, dilation, padding):
        return False
    by_engine = options.get("form") != "tensors" and engine.why_not(x.device) is None
    if not by_engine and policy == "faster":
        if advise(problem_of(x, weight, padding), NAMES[x.dtype], x.device).tile is None:
            return False
    return accepts(x, weight, padding, **options)


def _any_tile(points):
    """Whether there is a set of this name for any tile; files are read when they are needed."""
    if _native.is_file(points):
        return True
    for m in range(2, _native.MAX_M + 1):
        try:
            return bool(_native.transform(points, m, 3, False))
        except _native.NovaError:
            continue
    return False
