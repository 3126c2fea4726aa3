# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What became of each convolution of a model, as a table."""

from dataclasses import dataclass, field

from torch import nn

from .measure import measure
from .modules import NovaWinogradConv2d, why_not


@dataclass
class Row:
    """One convolution."""

    name: str
    shape: str
    by: str  #: "nova", "native" or "undecided"
    reason: str = ""
    input: str = ""
    plan: dict = field(default_factory=dict)  #: as nova_winograd.plan() describes it
    measured: dict = field(default_factory=dict)  #: nova_ms, native_ms, nova_error, native_error


@dataclass
class Report:
    """A row per convolution; str() is a table."""

    rows: list

    @property
    def replaced(self):
        """The number of layers that nova computes."""
        return sum(row.by == "nova" for row in self.rows)

    def __str__(self):
        head = ["layer", "shape", "input", "by", "algorithm", "set", "arith", "predicted",
                "measured", "native ms", "nova ms", "why not"]
        table = [head] + [_cells(row) for row in self.rows]
        widths = [max(len(line[i]) for line in table) for i in range(len(head))]
        used = [i for i in range(len(head)) if any(line[i] for line in table[1:])]
        lines = ["  ".join(line[i].ljust(widths[i]) for i in used).rstrip() for line in table]
        lines.append(f"{self.replaced} of {len(self.rows)} convolutions by nova")
        return "\n".join(lines)


def _cells(row):
    plan, measured = row.plan, row.measured
    algorithm = ""
    if plan:
        tile = plan["tile"]
        algorithm = "direct" if plan["algorithm"] == "direct" else f"F({tile[0]}x{tile[1]})"
    return [row.name, row.shape, row.input, row.by, algorithm, plan.get("set", ""),
            plan.get("arith", ""), _number(plan.get("predicted_error"), ".2g"),
            _number(measured.get("nova_error"), ".2g"), _number(measured.get("native_ms"), ".3f"),
            _number(measured.get("nova_ms"), ".3f"), row.reason]


def _number(value, style):
    return "" if value is None else format(value, style)


def report(model, example_inputs=None):
    """A Report of all nn.Conv2d of `model`: by whom each is computed, how, and why not by nova.

    With example_inputs (what the model is called with) every layer of nova is planned for its real
    input, timed beside PyTorch's and its error measured; without them the table shows what
    replace_conv2d_with_nova(policy="faster") measured, if anything.
    """
    inputs, found = {}, {}
    if example_inputs is not None:
        layers = [conv for conv in model.modules() if isinstance(conv, NovaWinogradConv2d)]
        inputs, found = measure(model, example_inputs, layers)
    return Report([_row(name, conv, inputs.get(conv), found.get(conv))
                   for name, conv in model.named_modules() if isinstance(conv, nn.Conv2d)])


def _row(name, conv, seen, found):
    r, s = conv.kernel_size
    row = Row(name, f"{conv.in_channels}->{conv.out_channels} {r}x{s}", "native")
    if seen is not None:
        row.input = "x".join(str(size) for size in seen.shape)
    if not isinstance(conv, NovaWinogradConv2d):
        row.reason = why_not(conv) or "not replaced"
        return row
    measured = found or conv.measured
    if measured:
        row.plan = measured.get("plan", {})
        row.measured = {key: value for key, value in measured.items() if key != "plan"}
    if conv.undecided:
        row.by, row.reason = "undecided", "its first call decides"
    elif conv.native_reason is not None:
        row.reason = conv.native_reason
    elif measured and "failure" in measured:
        row.reason = measured["failure"]
    else:
        row.by = "nova"
    return row
