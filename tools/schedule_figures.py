#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Draws what `python3 -m nova_winograd.tinygrad.study --out FILE` has found: schedule_figures.py OUTPUT
FILE... writes OUTPUT.png, time and lines of generated source of each schedule in Tensor operations, a row
for each layer. Exit status 3: no matplotlib."""

import json
import sys
from pathlib import Path

try:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    sys.exit(3)

SHADES = {2: "#E69F00", 4: "#0072B2", 6: "#009E73"}
WIDTH = 0.8 / len(SHADES)


def name_of(places):
    """ "Sii": XHAT stored, GHAT and MHAT inlined."""
    return "".join("S" if place == "stored" else "i" for place in places)


def draw(answers, side, key, factor, label):
    """A group of bars for each schedule, a bar for each tile; lines for what has no schedule."""
    schedules = sorted({name_of(a["places"]) for a in answers if a["how"] == "tensors"})
    for answer in answers:
        if "result" not in answer:
            continue
        value = answer["result"].get(key, 0) * factor
        if answer["how"] == "tensors":
            tile = answer["tile"][0]
            place = schedules.index(name_of(answer["places"])) + WIDTH * (tile / 2 - 2)
            side.bar(place, value, WIDTH, color=SHADES[tile])
        elif answer["how"] in ("direct", "wino"):
            side.axhline(value, color="black", linewidth=1,
                         linestyle="-" if answer["how"] == "direct" else ":")
    side.set_yscale("log")
    side.set_ylim(bottom=side.get_ylim()[0] / 2)  # the shortest bar is still one
    side.set_xticks(range(len(schedules)), schedules, fontsize=7)
    side.set_title(f"{answers[0]['layer']}: {label}", fontsize=8)
    side.tick_params(axis="y", which="both", labelsize=7)


def main():
    answers = [answer for path in sys.argv[2:] for answer in json.loads(Path(path).read_text())]
    layers = list(dict.fromkeys(answer["layer"] for answer in answers))
    figure, axes = pyplot.subplots(len(layers), 2, squeeze=False, figsize=(8, 1.9 * len(layers)))
    for (left, right), layer in zip(axes, layers):
        chosen = [answer for answer in answers if answer["layer"] == layer]
        draw(chosen, left, "seconds", 1e6, "us")
        draw(chosen, right, "lines", 1, "lines of source")
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=shade) for shade in SHADES.values()]
    handles += [pyplot.Line2D([], [], color="black", linestyle=style) for style in ("-", ":")]
    figure.legend(handles, [f"F({tile},3)" for tile in SHADES] + ["direct", "WINO=1"], ncols=5,
                  loc="upper center", fontsize=8, bbox_to_anchor=(0.5, 0.0))
    figure.tight_layout()
    figure.savefig(sys.argv[1] + ".png", dpi=100, bbox_inches="tight", metadata={"Software": None})


if __name__ == "__main__":
    main()
