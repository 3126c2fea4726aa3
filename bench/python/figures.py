#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Draws what the scripts of this folder measured, as PNG (and SVG with --svg).

    python3 bench/python/figures.py --layers layers.json --networks end_to_end.json \\
        --trained trained.json --diffusion diffusion.json --out docs/figures

Each argument is a file that the script of that name wrote with --json; those that are not given are
not drawn. `--layers` also takes the rows of a report: json.dumps([dataclasses.asdict(row) for row in
nova_winograd.report(model, example_inputs=x).rows]).
"""

import argparse
import json
import math
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

# Okabe and Ito's palette, told apart without colour vision.
NATIVE, NOVA, PLAIN = "#E69F00", "#0072B2", "#999999"
SETS = {"integer": "#D55E00", "nova": "#CC79A7", "classic": "#56B4E9", "best": "#0072B2"}
WAYS = ["#E69F00", "#0072B2", "#009E73", "#56B4E9", "#CC79A7", "#D55E00", "#999999"]


def save(figure, options, name):
    """Without dates and random ids, so that the same numbers make the same files."""
    matplotlib.rcParams.update({"svg.hashsalt": name, "svg.fonttype": "none"})
    figure.savefig(options.out / f"{name}.png", dpi=100, bbox_inches="tight",
                   metadata={"Software": None})
    if options.svg:
        figure.savefig(options.out / f"{name}.svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)


def as_layer(row):
    """A row of layers.py, also of a Report's row; None if nothing was measured."""
    if "measured" not in row:
        return row
    if not row["measured"].get("nova_ms"):
        return None
    return {"network": "", "layer": f"{row['name']} ({row['input']})", "number": 1,
            "plan": row["plan"], **row["measured"]}


def plan_of(plan):
    return "direct" if plan["algorithm"] == "direct" else f"F({plan['tile'][0]}x{plan['tile'][1]})"


def draw_layers(rows, options):
    """Times beside errors, a pair of bars per layer, a block per network."""
    rows = [row for row in map(as_layer, rows) if row]
    names = list(dict.fromkeys(row["network"] for row in rows))
    blocks = [[row for row in rows if row["network"] == name] for name in names]
    errors = [row[field] for row in rows for field in ("native_error", "nova_error") if row[field]]
    least, most = min(errors), max(errors)
    figure, axes = pyplot.subplots(
        len(blocks), 2, squeeze=False, figsize=(11, 0.27 * len(rows) + 0.7 * len(blocks)),
        gridspec_kw={"height_ratios": [len(block) + 0.5 for block in blocks],
                     "width_ratios": [2, 1]})
    for name, block, (left, right) in zip(names, blocks, axes):
        places = range(len(block))
        for side, fields in ((left, ("native_ms", "nova_ms")), (right, ("native_error", "nova_error"))):
            for field, shift, colour, label in zip(fields, (-0.2, 0.2), (NATIVE, NOVA),
                                                   ("PyTorch", "nova")):
                scale = 1e3 if field.endswith("ms") else 1
                side.barh([place + shift for place in places],
                          [scale * row[field] for row in block], 0.38, color=colour, label=label)
            side.set_ylim(len(block) - 0.5, -0.5)
            side.tick_params(axis="x", labelsize=7)
            side.grid(axis="x", alpha=0.3)
        right.set_xscale("log")
        right.tick_params(axis="x", which="minor", labelsize=7)  # named where no power of ten is
        right.set_xlim(least / 3, 2 * most)
        left.set_xlim(0, 1.25e3 * max(max(row["native_ms"], row["nova_ms"]) for row in block))
        for place, row in zip(places, block):
            left.text(1e3 * row["nova_ms"], place + 0.2, f" {plan_of(row['plan'])}, "
                      f"{row['native_ms'] / row['nova_ms']:.2f}x", va="center", fontsize=6)
        left.set_yticks(places)
        left.set_yticklabels([(f"{row['number']} * " if row["number"] > 1 else "") + row["layer"]
                              for row in block], fontsize=7)
        right.set_yticks([])
        left.set_title(name, fontsize=9, loc="left")
    axes[0][0].legend(fontsize=7, loc="lower right", bbox_to_anchor=(1, 1), ncol=2)
    axes[-1][0].set_xlabel("microseconds")
    axes[-1][1].set_xlabel("relative error")
    figure.tight_layout()
    save(figure, options, "pytorch-layers")


def draw_networks(rows, options):
    """Speed of whole networks relative to PyTorch's, calls and graphs."""
    rows = list(reversed(rows))
    figure, side = pyplot.subplots(figsize=(7, 0.36 * len(rows) + 0.8))
    for key, shift, colour in (("all", 0.2, NOVA), ("faster", -0.2, WAYS[2])):
        side.barh([i + shift for i in range(len(rows))],
                  [row["ms"]["PyTorch"] / row["ms"][key] for row in rows], 0.38, color=colour,
                  label=f'policy="{key}"')
    side.axvline(1, color="black", linewidth=1)
    side.set_yticks(range(len(rows)))
    side.set_yticklabels([f"{row['network']}, batch {row['batch']}, {row['layout']}, {row['way']}"
                          for row in rows], fontsize=8)
    side.set_xlabel("PyTorch's time / nova's")
    side.legend(fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2)
    save(figure, options, "pytorch-networks")


def draw_trained(rows, options):
    """Error of the outputs, and share of samples whose class is not float32's, by tile and set."""
    names = list(dict.fromkeys(row["network"] for row in rows))
    figure, axes = pyplot.subplots(2, len(names), sharex="col", sharey="row", squeeze=False,
                                   figsize=(3.7 * len(names), 5))
    for name, column in zip(names, axes.T):
        mine = [row for row in rows if row["network"] == name and row["by"] == "nova"]
        half = next(row for row in rows if row["network"] == name and row["by"] == "PyTorch f16")
        tiles = sorted({row["tile"] for row in mine})
        for side, value in zip(column, (lambda row: row["error"],
                                        lambda row: row["other_class"] / row["samples"])):
            least = 0.5 / half["samples"]
            for row in mine:
                place = tiles.index(row["tile"]) + 0.2 * (list(SETS).index(row["points"]) - 1.5)
                style = {"color": SETS[row["points"]]} if row["scaling"] else {
                    "facecolor": "none", "edgecolor": "black", "linewidth": 0.8}
                side.bar(place, max(value(row), least), 0.19, **style)
            side.axhline(max(value(half), least), color=NATIVE)
            side.set_yscale("log")
        column[1].set_xticks(range(len(tiles)))
        column[1].set_xticklabels([f"F({tile},3)" for tile in tiles])
        column[0].set_title(name, fontsize=9)
    axes[0][0].set_ylabel("relative error of the outputs")
    axes[1][0].set_ylabel("samples of another class than f32's\n(the lowest line: none)", fontsize=8)
    shown = [pyplot.Rectangle((0, 0), 1, 1, color=colour) for colour in SETS.values()]
    shown += [pyplot.Rectangle((0, 0), 1, 1, facecolor="none", edgecolor="black"),
              pyplot.Line2D([], [], color=NATIVE)]
    figure.legend(shown, [*SETS, "without scaling and compensation", "PyTorch f16"], fontsize=7,
                  ncol=6, loc="lower center", bbox_to_anchor=(0.5, -0.03))
    figure.tight_layout()
    save(figure, options, "pytorch-trained")


def draw_diffusion(rows, options):
    """Error of the latents after each step of the chain."""
    rows = [row for row in rows if row["chain"]]
    names = list(dict.fromkeys(row["network"] for row in rows))
    figure, axes = pyplot.subplots(1, len(names), squeeze=False, sharey=True,
                                   figsize=(4.2 * len(names), 3))
    for name, side in zip(names, axes[0]):
        for row, colour in zip([row for row in rows if row["network"] == name], WAYS):
            steps = [value if math.isfinite(value) else None for value in row["chain"]]
            if any(steps):
                side.plot(range(1, len(steps) + 1), steps, color=colour, label=row["way"])
        side.set_yscale("log")
        side.set_title(name, fontsize=9)
        side.set_xlabel("steps")
        side.legend(fontsize=6)
    axes[0][0].set_ylabel("relative error of the latents")
    save(figure, options, "pytorch-diffusion")


DRAWINGS = {"layers": draw_layers, "networks": draw_networks, "trained": draw_trained,
            "diffusion": draw_diffusion}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    for name in DRAWINGS:
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", nargs="+")
    parser.add_argument("--out", type=Path, default=Path("docs/figures"))
    parser.add_argument("--svg", action="store_true")
    options = parser.parse_args()
    for name, draw in DRAWINGS.items():
        files = getattr(options, name)
        if files:
            draw([row for file in files for row in json.loads(file.read_text())], options)


if __name__ == "__main__":
    main()
