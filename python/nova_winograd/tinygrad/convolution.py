# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The function that users call: a convolution by nova, in one of two forms."""

from tinygrad import Tensor, function

from . import _native, _schedule, engine, tensors
from ._problem import NAMES, problem_of, why_not
from .gradients import gradients
from .heuristic import advise

FORMS = ("tensors", "engine")


def nova_conv2d(x, weight, bias=None, padding=0, *, tile=None, points="best", schedule=None, form=None,
                max_error=None, threads=None, check="all"):
    """x.conv2d(weight, bias, padding=padding) with stride 1, computed by nova. Differentiable.

    x         [n, c, h, w], float32, float16 or bfloat16
    weight    [k, c, r, s], sides of 1, 3, 5, 7 (not 1x1), of any of these types
    padding   as tinygrad has it: a number, (height, width) or (left, right, top, bottom)
    tile      outputs per tile: 6, or (6, 4) for height and width; 1 is direct in that dimension. None:
              of the engine, nova's planner chooses; of Tensor operations, the heuristic
    points    a named point set ("best", "nova", "classic", "integer", ...), or the path of a file of
              `nova emit --format json`
    schedule  where the transformed input, the transformed filter and the products live:
              "xhat=stored,ghat=inlined,mhat=stored". Tensor operations know stored (the default) and
              inlined; the engine blocked, too, and chooses what is not mentioned
    form      "engine": nova's engine, on the CPU; "tensors": Tensor operations, everywhere. None: the
              engine where it can be called
    max_error, threads, check: of the engine only. The largest predicted error, relative rms (default
              1e-5, 1e-2, 5e-2 by type); threads (default: as many as tinygrad uses on the CPU); how
              weights are compared with those that a filter was packed from, before it is used again:
              "all" of them, or a "sample" of 1024, which may miss a change of a few

    Raises ValueError for what is not eligible, NovaError for what nova refuses.
    """
    reason = why_not(x, weight, bias, padding=padding)
    if reason:
        raise ValueError(f"not a convolution that nova computes: {reason}")
    if form is None:
        form = "engine" if engine.why_not(x.device) is None else "tensors"
    problem = problem_of(x, weight, padding)
    tile = None if tile is None else _two(tile, problem)
    if form == "engine":
        reason = engine.why_not(x.device)
        if reason:
            raise ValueError(reason)
        options = _engine_options(schedule, points, tile=tile, max_error=max_error, threads=threads)
        return engine.conv2d(x, weight, bias, problem, check, **options)
    if form != "tensors":
        raise ValueError(f"form={form!r}: must be one of {', '.join(FORMS)}")
    if max_error is not None or threads is not None:
        raise ValueError("max_error and threads are options of the engine")
    y = _in_tensors(x, weight, problem, tile, points, _schedule.parse(schedule, "stored"))
    return y if bias is None else y + bias.cast(y.dtype).reshape(1, -1, 1, 1)


def accepts(x, weight, padding, *, tile=None, points="best", schedule=None, form=None, **options):
    """Whether nova_conv2d() computes what is eligible with these options, too: not every tile has
    every set, nor every budget a plan."""
    problem = problem_of(x, weight, padding)
    tile = None if tile is None else _two(tile, problem)
    try:
        if form != "tensors" and engine.why_not(x.device) is None:
            options = _engine_options(schedule, tile=tile, points=points, **options)
            engine.layer(problem, x.dtype, weight.dtype, **options)
        elif form == "engine":
            return False
        else:
            for m, r in zip(tile or _two(2, problem), (problem.r, problem.s)):
                _native.transform(points, m, r, False)
    except _native.NovaError as error:
        if error.status not in (_native.NOT_ELIGIBLE, _native.UNKNOWN_NAME,
                                _native.BUDGET_UNREACHABLE):
            raise
        return False
    return True


def _two(tile, problem):
    """Height and width of a tile; a dimension without taps is direct."""
    height, width = (tile, tile) if isinstance(tile, int) else tile
    return (height if problem.r > 1 else 1), (width if problem.s > 1 else 1)


def _engine_options(schedule, points, **options):
    """What is not automatic of the options, as the engine takes them."""
    if schedule:
        options["schedule"] = _schedule.parse(schedule, "auto")
    if points != "best":  # the planner's own choice includes it
        options["points"] = points
    return {name: value for name, value in options.items() if value is not None}


def _in_tensors(x, weight, problem, tile, points, places):
    if "blocked" in places:
        raise ValueError("Tensor operations have no blocks: stored or inlined")
    if tile is None:
        tile = advise(problem, NAMES[x.dtype], x.device).tile or _two(2, problem)

    core = tensors.tensor_core(problem, x.dtype, places, x.device)

    def forward(a, b):
        return tensors.conv2d(a, b, problem, tile, points, places, core)

    def gradient(grad, call):
        a, b = Tensor(call.src[1]), Tensor(call.src[-1])
        both = gradients(_inside(Tensor(grad), problem), a, b, problem,
                         lambda g, f, swapped: _in_tensors(g, f, swapped, tile, points, places))
        # An operand that occurs twice is one argument.
        if len(call.src) == 2:
            return ((both[0] + both[1]).uop,)
        return tuple(of.uop for of in both)

    _native.library()  # missing, it is missed here and not inside of tinygrad
    return _inside(function(forward, grad_fxn=gradient)(x, weight).contiguous(), problem)


def _inside(y, problem):
    """y without the outputs of whole tiles that the image does not have."""
    return y[:, :, :problem.out_h, :problem.out_w]
