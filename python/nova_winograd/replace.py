# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Replaces the convolutions of a model, in place."""

from torch import nn

from ._options import Options
from .measure import errors_within_budget, measure, verdict
from .modules import (NovaWinogradConv2d, NovaWinogradConv2dTrainable, why_not)


def replace_conv2d_with_nova(model, *, policy="all", trainable=False, data_gradient="native",
                             example_inputs=None, verbose=False, **options):
    """Turns the nn.Conv2d of `model` that nova computes into nova layers; returns how many.

    policy          "all": every layer that nova computes. "faster": those that are faster than
                    PyTorch's on their real input and whose measured error keeps max_error, decided
                    now if example_inputs are given, else on each layer's first call (the count
                    then is of candidates). Plans are measured, not estimated.
    trainable       the layers are NovaWinogradConv2dTrainable
    data_gradient   "nova": gradients of inputs are computed by nova as well
    example_inputs  what `model` is called with: a tensor, a tuple of arguments or a dict
    verbose         prints a line per convolution
    options         tile, points, arith, max_error, ...: see Options

    The objects stay the same and only change their class, so that everything that refers to them
    (optimisers, hooks, lists of layers, tied weights) remains right, and the model itself may be a
    convolution. Layers of nova in the model are given the new options. restore_conv2d() undoes it.
    """
    if policy not in ("all", "faster"):
        raise ValueError(f"policy {policy!r}: must be 'all' or 'faster'")
    if policy == "faster":
        options.setdefault("effort", "measure")
    chosen = Options(**options)
    kind = NovaWinogradConv2dTrainable if trainable else NovaWinogradConv2d
    candidates = {}
    for name, conv in model.named_modules():
        if not isinstance(conv, nn.Conv2d):
            continue
        reason = why_not(conv)
        if reason is None:
            candidates[conv] = name
        elif verbose:
            print(f"{name or type(conv).__name__}: native, {reason}")
    for conv in candidates:
        conv.__class__ = kind
        conv._adopt(chosen, data_gradient)
        conv.undecided = policy == "faster"
    if policy == "faster" and example_inputs is not None:
        _decide_now(model, candidates, example_inputs)
    if verbose:
        for conv, name in candidates.items():
            print(f"{name}: {conv.native_reason or ('nova' if not conv.undecided else 'undecided')}")
    return sum(conv.native_reason is None for conv in candidates)


def _decide_now(model, candidates, example_inputs):
    for conv in candidates:
        conv.undecided = False
        conv.native_reason = "not reached by example_inputs"
    _, found = measure(model, example_inputs, candidates, errors_within_budget)
    for conv, measured in found.items():
        conv.measured = measured
        conv.native_reason = verdict(measured)


def restore_conv2d(model):
    """Turns every layer of nova in `model` back into nn.Conv2d; returns how many."""
    count = 0
    for conv in model.modules():
        if isinstance(conv, NovaWinogradConv2d):
            conv._forget_filters()
            for name in ("options", "data_gradient", "native_reason", "measured", "undecided"):
                conv.__dict__.pop(name, None)
            conv.__class__ = nn.Conv2d
            count += 1
    return count
