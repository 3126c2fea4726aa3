#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Draws the figures of `nova report`: report_figures.py FOLDER reads FOLDER/report.json and writes
kappa, errors, pareto, scatter and int8 there, each as PNG and SVG. Exit status 3: no matplotlib."""

import json
import pathlib
import sys

try:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    sys.exit(3)

# One colour per set in every figure (Okabe and Ito's palette, told apart without colour vision).
COLOURS = {
    "integer": "#000000",
    "nova": "#D55E00",
    "best": "#0072B2",
    "classic": "#56B4E9",
    "dyadic": "#009E73",
    "barabasz": "#CC79A7",
    "ncnn": "#999999",
    "onednn": "#E69F00",
    "kappa optimum": "#882255",
    "best+x2+1": "#44AA99",
    "best+x2+x+1": "#117733",
    "best+x2+1+x2+x+1": "#999933",
}
MARKERS = {"integer": "s", "nova": "X", "kappa optimum": "*"}


def colour(name):
    return COLOURS.get(name, "#777777")


def save(figure, folder, name):
    """Without dates and random ids, so that the same numbers make the same files."""
    figure.tight_layout()
    figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    pyplot.close(figure)


def by_set(rows, value):
    """{set: ([m], [value])} of rows whose value is there."""
    lines = {}
    for row in rows:
        if row[value] is not None:
            xs, ys = lines.setdefault(row["set"], ([], []))
            xs.append(row["m"])
            ys.append(row[value])
    return lines


def draw_lines(axes, lines, scale=1.0):
    """Sets that share points with another one, drawn before it, show as rings around it."""
    for depth, (name, (xs, ys)) in enumerate(lines.items()):
        axes.plot(xs, [scale * y for y in ys], MARKERS.get(name, "o") + "-", label=name,
                  color=colour(name), markersize=max(9 - depth, 4), linewidth=1.2)
    axes.set_yscale("log")
    axes.set_xlabel("outputs per tile and dimension, m")
    axes.grid(True, which="major", alpha=0.3)


def draw_kappa(tables, folder):
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 4))
    # The rational optimum has the points of `nova` at m = 4, 6, 8.
    rows = [row for row in tables["conditioning"]["rows"] if row["set"] != "kappa rational"]
    draw_lines(axes[0], by_set(rows, "kappa"))
    axes[0].set_ylabel("kappa of the Vandermonde, 1-D")
    axes[0].set_title("Conditioning")
    draw_lines(axes[1], by_set(rows, "alpha2"))
    axes[1].set_ylabel("noise gain alpha², 2-D")
    axes[1].set_title("Error")
    axes[0].legend(fontsize=8)
    save(figure, folder, "kappa")


def draw_errors(tables, folder):
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4.5), sharey=True)
    rows = [row for row in tables["errors"]["rows"] if row["r"] == 3]
    for side, key, title in ((axes[0], "f16", "U, V and M in binary16"),
                             (axes[1], "f16m32", "M in binary32")):
        lines = by_set(rows, key)
        draw_lines(side, lines, 100)
        predicted = by_set(rows, key + "_predicted")
        xs = [x for line in predicted.values() for x in line[0]]
        ys = [100 * y for line in predicted.values() for y in line[1]]
        side.plot(xs, ys, "_", color="black", markersize=11, alpha=0.5)
        side.set_title(title)
    axes[0].set_ylabel("relative rms error, % (bars: predicted)")
    axes[1].legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1))
    save(figure, folder, "errors")


KINDS = {
    "direct": ("P", "#000000"),
    "square": ("o", "#0072B2"),
    "rectangular": ("d", "#56B4E9"),
    "one-dimensional": ("^", "#E69F00"),
    "quadratic moduli": ("*", "#009E73"),
    "bfloat16 parts": ("x", "#CC79A7"),
}


def draw_pareto(tables, folder):
    figure, axes = pyplot.subplots(figsize=(7.5, 5))
    columns = tables["pareto"]["columns"]
    for kind, (marker, shade) in KINDS.items():
        chosen = [i for i, other in enumerate(columns["kind"])
                  if other == kind and columns["error"][i] is not None]
        axes.plot([columns["saving"][i] for i in chosen],
                  [100 * columns["error"][i] for i in chosen], marker, color=shade,
                  label=kind,
                  markersize=6, alpha=0.8)
    front = tables["front"]["rows"]
    axes.step([row["saving"] for row in front], [100 * row["error"] for row in front],
              where="pre", color="#D55E00", linewidth=1, label="front")
    axes.set_yscale("log")
    axes.set_xlabel("arithmetic saving over direct convolution (split: per matrix product)")
    axes.set_ylabel("relative rms error, %")
    axes.set_title("Error against saving, 3x3 filters, 64 channels")
    axes.grid(True, alpha=0.3)
    axes.legend(fontsize=8)
    save(figure, folder, "pareto")


def draw_scatter(tables, folder):
    if "scatter" not in tables:
        return
    columns = tables["scatter"]["columns"]
    ranking = {row["pair"]: row["spearman"] for row in tables["ranking"]["rows"]}
    chosen = [i for i, error in enumerate(columns["error"]) if error is not None]
    figure, axes = pyplot.subplots(1, 3, figsize=(11, 4), sharey=True)
    for side, key, name in ((axes[0], "kappa_v", "kappa(V)"), (axes[1], "kappa_b", "kappa(B)"),
                            (axes[2], "alpha2", "alpha²")):
        side.plot([columns[key][i] for i in chosen],
                  [100 * columns["error"][i] for i in chosen], ".", markersize=4,
                  color=COLOURS["best"], alpha=0.4)
        for row, shade in zip(tables["extremes"]["rows"], ("#D55E00", "#999999", "#009E73")):
            if row["error"] is not None:
                side.plot([row[key]], [100 * row["error"]], "o", color=shade,
                          markeredgecolor="black", label="lowest " + row["figure"])
        side.set_xscale("log")
        side.set_yscale("log")
        side.set_xlabel(name)
        side.set_title(f"Spearman {ranking[name + ' and measured error']:.4f}")
        side.grid(True, alpha=0.3)
    axes[0].set_ylabel("relative rms error of f16, %")
    axes[1].legend(fontsize=8, loc="upper left")
    save(figure, folder, "scatter")


def draw_int8(tables, folder):
    rows = tables["int8"]["rows"]
    figure, axes = pyplot.subplots(figsize=(7.5, 0.24 * len(rows) + 1.2))
    labels = ["direct" if row["m"] == 1 else f"F({row['m']},3) {row['set']}" for row in rows]
    places = range(len(rows))
    for key, offset, name, shade in (("per_tap", -0.2, "one scale per tap", "#0072B2"),
                                     ("per_tensor", 0.2, "one scale per operand", "#E69F00")):
        axes.barh([place + offset for place in places], [100 * row[key] for row in rows],
                  height=0.4, label=name, color=shade)
    axes.set_yticks(list(places))
    axes.set_yticklabels(labels, fontsize=8)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlabel("relative rms error of 8-bit operands, % (simulated)")
    axes.legend(fontsize=8)
    axes.grid(True, axis="x", alpha=0.3)
    save(figure, folder, "int8")


def main():
    matplotlib.rcParams["svg.hashsalt"] = "nova"
    folder = pathlib.Path(sys.argv[1])
    with open(folder / "report.json", encoding="utf-8") as file:
        tables = json.load(file)["tables"]
    for draw in (draw_kappa, draw_errors, draw_pareto, draw_scatter, draw_int8):
        draw(tables, folder)


if __name__ == "__main__":
    main()
