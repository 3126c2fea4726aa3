# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""A layer by nova and by PyTorch: which is faster, and how far apart are they?"""

import contextlib
import dataclasses
import time

import torch
import torch.nn.functional as F
from torch import nn

from . import _graphs
from ._library import ENGINES, _memory_format, plan
from .functional import convolve, four_sides, native

#: Seconds that the comparison of a layer takes, unless the least number of rounds needs more.
BUDGET, ROUNDS = 0.2, 5
#: nova must take less than this part of PyTorch's time: differences below it are noise.
MARGIN = 0.97
#: What nova keeps if no max_error is given (nova_winograd.h).
DEFAULT_BUDGETS = {torch.float32: 1e-5, torch.float16: 1e-2, torch.bfloat16: 5e-2}
#: How often a layer whose measured error exceeds its budget is planned anew.
TRIES = 3
#: Multiply-adds of the float64 reference of one layer: part of the output is enough.
REFERENCE_PRODUCTS = 3e8


@contextlib.contextmanager
def recorded_inputs(model, example_inputs):
    """Runs the model and yields {module: input} of all its nn.Conv2d, as they get them."""
    inputs = {}

    def record(module, arguments):
        inputs.setdefault(module, arguments[0].detach())

    hooks = [module.register_forward_pre_hook(record) for module in model.modules()
             if isinstance(module, nn.Conv2d)]
    was_training = {module: module.training for module in model.modules()}
    try:
        model.eval()
        with torch.inference_mode():
            _call(model, example_inputs)
        yield inputs
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in was_training.items():
            module.training = training


def _call(model, example_inputs):
    if isinstance(example_inputs, dict):
        return model(**example_inputs)
    if isinstance(example_inputs, (tuple, list)):
        return model(*example_inputs)
    return model(example_inputs)


def measure(model, example_inputs, layers, examine=None):
    """({module: input} of all nn.Conv2d, {layer: what compare() gives} of the given ones).

    examine(layer, input) gives the part that is not times: errors(), unless told otherwise.

    Times are those of the layers inside the network: with what the caches hold there. On a CUDA
    device they are those in a CUDA graph, or of each layer alone where the network cannot be captured.
    """
    with recorded_inputs(model, example_inputs) as inputs:
        pass
    examine = examine or errors
    found = {layer: examine(layer, inputs[layer]) for layer in layers if layer in inputs}
    able = [layer for layer, facts in found.items() if "failure" not in facts]
    together = in_network(model, example_inputs, able, {inputs[layer].device.type for layer in able})
    for layer in able:
        found[layer].update(together.get(layer) or times(layer, inputs[layer]))
    return inputs, found


def compare(layer, input):
    """Times and errors of a nova layer on an input.

    A dict: `plan`; `nova_ms` and `native_ms`, least times of interleaved runs; `nova_error` and
    `native_error`, relative rms against float64 on a part of the output; or `failure`, the reason
    why nova refused.
    """
    found = errors(layer, input)
    return found if "failure" in found else {**found, **times(layer, input)}


def errors(layer, input):
    """The part of compare() that is not times."""
    with torch.inference_mode():
        input, sides, contestants = _contestants(layer, input)
        if input.dtype not in ENGINES.get(input.device.type, ()):
            return {"failure": f"nova has no engine for {input.dtype} on {input.device.type}"}
        try:
            outputs = {name: run() for name, run in contestants.items()}
        except RuntimeError as error:
            return {"failure": str(error).splitlines()[0]}
        result = {"plan": _plan(layer, input, sides)}
        reference = _reference(input, layer.weight, layer.bias, sides)
        for name, output in outputs.items():
            result[f"{name}_error"] = _error(output, reference)
        return result


def errors_within_budget(layer, input):
    """errors() of a layer, which is planned for less error until the measured one keeps the budget.

    The prediction is of normally distributed data that does not depend on its neighbours; that of a
    network may do worse. Where no plan does, the layer keeps its options.
    """
    asked = layer.options
    kind = _as_computed(layer, input).dtype
    budget = asked.max_error
    if budget is None and (asked.tile is None or asked.arith is None):
        budget = DEFAULT_BUDGETS.get(kind)
    first = found = errors(layer, input)
    for _ in range(TRIES):
        if "failure" in found or _keeps(budget, found):
            break
        part = found["plan"]["predicted_error"] / found["nova_error"]
        layer.options = dataclasses.replace(asked, max_error=0.9 * budget * part)
        found = errors(layer, input)
    if "failure" in found or not _keeps(budget, found):
        layer.options, found = asked, first
    return {**found, "budget": budget}


def _keeps(budget, found):
    return budget is None or found["nova_error"] <= max(budget, found["native_error"])


def times(layer, input):
    """The times of compare(), of the layer alone."""
    with torch.inference_mode():
        input, _, contestants = _contestants(layer, input)
        return {f"{name}_ms": seconds * 1e3
                for name, seconds in least_times(contestants, input).items()}


def _contestants(layer, input):
    """(the input as the kernels get it, its padding, {"nova", "native"}: functions)."""
    input = _as_computed(layer, input)
    weight = layer.weight.to(input.dtype)
    bias = None if layer.bias is None else layer.bias.to(input.dtype)
    sides = four_sides(layer.padding, layer.kernel_size)
    if layer.padding_mode != "zeros":
        input = F.pad(input, layer._reversed_padding_repeated_twice, mode=layer.padding_mode)
        sides = [0, 0, 0, 0]
    return input, sides, {
        "nova": lambda: convolve(input, layer.weight, layer.bias, sides, layer.options.text),
        "native": lambda: native(input, weight, bias, sides)}


def _as_computed(layer, input):
    """A copy of the input as the layer's kernel gets it: batched, converted by autocast."""
    if input.dim() == 3:
        input = input.unsqueeze(0)
    kind = input.device.type
    if torch.is_autocast_enabled(kind) and input.dtype != torch.float64:
        input = input.to(torch.get_autocast_dtype(kind))
    return input.clone()


def _plan(layer, input, sides):
    n, c, h, w = input.shape
    channels_last = torch.channels_last in (_memory_format(input), _memory_format(layer.weight))
    device = -1 if input.device.type == "cpu" else input.device.index
    return plan([n, c, h, w, layer.out_channels, *layer.kernel_size], sides, input.dtype,
                channels_last, device, layer.options.text)


def _reference(input, weight, bias, sides):
    """The upper left part of the first image's output in float64, as much as is quick."""
    k, c, r, s = weight.shape
    height = input.shape[2] + sides[0] + sides[1] - r + 1
    width = input.shape[3] + sides[2] + sides[3] - s + 1
    rows = max(1, min(height, int(REFERENCE_PRODUCTS / (k * c * r * s * width))))
    top = F.pad(input[:1], (sides[2], sides[3], sides[0], sides[1]))[:, :, :rows + r - 1]
    return F.conv2d(top.double(), weight.double(), None if bias is None else bias.double())


def _error(output, reference):
    difference = output[:1, :, :reference.shape[2]].double() - reference
    return (difference.norm() / reference.norm()).item()


def least_times(contestants, input):
    """Least seconds of each function, in turns, so that what else the machine does hits all.

    input   what the functions read; on a CUDA device it is written, with the same values
    """
    if input.device.type == "cuda":
        return _graphs.least_times(contestants, input)
    least = dict.fromkeys(contestants, float("inf"))
    end, rounds = time.perf_counter() + BUDGET, 0
    while rounds < ROUNDS or time.perf_counter() < end:
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            least[name] = min(least[name], time.perf_counter() - start)
        rounds += 1
    return least


def in_network(model, example_inputs, layers, kinds):
    """{layer: {"nova_ms", "native_ms"}} in runs of the whole network; {} where that cannot be had.

    kinds   the kinds of devices that the layers' inputs lie on
    """
    timer = {"cpu": _times_of_calls, "cuda": _graphs.layer_times}
    if len(kinds) != 1 or not kinds <= timer.keys():
        return {}
    state = {layer: (layer.native_reason, layer.undecided) for layer in layers}
    was_training = {module: module.training for module in model.modules()}

    def choose(reason):
        for layer in layers:
            layer.native_reason, layer.undecided = reason, False

    try:
        model.eval()
        with torch.inference_mode():
            return timer[kinds.pop()](lambda: _call(model, example_inputs), layers,
                                      {"nova_ms": lambda: choose(None),
                                       "native_ms": lambda: choose("being timed")})
    finally:
        for layer, (reason, undecided) in state.items():
            layer.native_reason, layer.undecided = reason, undecided
        for module, training in was_training.items():
            module.training = training


def _times_of_calls(call, layers, ways):
    """{layer: {way: least milliseconds}} of modules while `call` runs the network, ways in turns.

    A layer that is called several times counts as a whole. The first run of a way, which transforms
    filters, does not count.
    """
    least = {layer: dict.fromkeys(ways, float("inf")) for layer in layers}
    spent, started = {}, {}

    def before(layer, _):
        started[layer] = time.perf_counter()

    def after(layer, *_):
        spent[layer] = spent.get(layer, 0.0) + time.perf_counter() - started[layer]

    hooks = [hook for layer in layers for hook in (layer.register_forward_pre_hook(before),
                                                   layer.register_forward_hook(after))]
    end, rounds = float("inf"), 0
    try:
        while rounds <= ROUNDS or time.perf_counter() < end:
            for name, choose in ways.items():
                choose()
                spent.clear()
                call()
                for layer, seconds in spent.items() if rounds else ():
                    least[layer][name] = min(least[layer][name], 1e3 * seconds)
            if rounds == 0:
                end = time.perf_counter() + BUDGET * len(layers)
            rounds += 1
    finally:
        for hook in hooks:
            hook.remove()
    return least


def verdict(measured):
    """Why the layer should be left to PyTorch; None if nova is faster and keeps the budget."""
    if "failure" in measured:
        return measured["failure"]
    if not _keeps(measured["budget"], measured):
        return f"measured error {measured['nova_error']:.2g} exceeds {measured['budget']:.2g}"
    if measured["nova_ms"] > MARGIN * measured["native_ms"]:
        return f"PyTorch is faster: {measured['native_ms']:.3g} ms, nova {measured['nova_ms']:.3g} ms"
    return None


def decide(layer, input):
    """Settles policy="faster" for a layer on the first input that it gets.

    Not while a CUDA graph is captured, in which nothing can be timed: the call is nova's then.
    """
    if input.device.type == "cuda" and torch.cuda.is_current_stream_capturing():
        return
    layer.undecided = False
    found = errors_within_budget(layer, input.detach())
    if "failure" not in found:
        found.update(times(layer, input.detach()))
    layer.measured, layer.native_reason = found, verdict(found)
