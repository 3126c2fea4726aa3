#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Draws the figures of `make bench`: bench_figures.py FOLDER reads the JSON documents there and
writes peers-CLASS and sizes, each as PNG and SVG. Exit status 3: no matplotlib."""

import json
import pathlib
import sys

try:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    sys.exit(3)

# Okabe and Ito's palette, told apart without colour vision; and a marker for each.
STYLES = {
    "nova": ("#000000", "o"),
    "onednn_direct": ("#E69F00", "s"),
    "onednn_winograd": ("#D55E00", "D"),
    "torch": ("#CC79A7", "^"),
    "ncnn": ("#0072B2", "v"),
    "onnxruntime": ("#009E73", "P"),
    "openvino": ("#56B4E9", "X"),
    "numpy": ("#999999", "*"),
}


def save(figure, folder, name):
    """Without dates and random ids, so that the same numbers make the same files."""
    figure.savefig(folder / f"{name}.png", dpi=100, bbox_inches="tight",
                   metadata={"Software": None})
    figure.savefig(folder / f"{name}.svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)


def shown(documents):
    return [peer for peer in STYLES if peer == "nova" or
            any(peer in layer["peers"] for document in documents for layer in document["layers"])]


def draw_class(kind, documents, folder):
    """A row per layer: every library's time over nova's."""
    heights = [len(document["layers"]) for document in documents]
    figure, axes = pyplot.subplots(len(documents), 1, squeeze=False, sharex=True,
                                   figsize=(8, 0.24 * sum(heights) + 0.7 * len(documents) + 0.8),
                                   gridspec_kw={"height_ratios": heights})
    for side, document in zip(axes[:, 0], documents):
        layers = document["layers"]
        for peer in shown(documents)[1:]:
            shade, marker = STYLES[peer]
            places = [i for i, layer in enumerate(layers) if peer in layer["peers"]]
            side.plot([layers[i]["peers"][peer]["ratio"] for i in places], places, marker,
                      color=shade, label=peer, markersize=6, alpha=0.85)
        side.axvline(1, color="black", linewidth=1)
        side.set_yticks(range(len(layers)))
        side.set_yticklabels([f"{layer['layer']} ({layer['c']}, {layer['k']}, {layer['h']})"
                              for layer in layers], fontsize=7)
        side.set_ylim(len(layers) - 0.4, -0.6)
        side.set_xscale("log")
        side.set_title(document["network"], fontsize=9)
        side.grid(True, axis="x", which="both", alpha=0.25)
    ticks = (0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50)
    lowest, highest = axes[-1, 0].get_xlim()
    axes[-1, 0].set_xticks([tick for tick in ticks if lowest <= tick <= highest])
    axes[-1, 0].get_xaxis().set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
    axes[-1, 0].get_xaxis().set_minor_formatter(matplotlib.ticker.NullFormatter())
    axes[-1, 0].set_xlabel(f"time over nova's, class {kind} (right of 1: nova is faster)")
    handles = {}
    for side in axes[:, 0]:
        for handle, label in zip(*side.get_legend_handles_labels()):
            handles.setdefault(label, handle)
    axes[0, 0].legend(handles.values(), handles.keys(), fontsize=7, loc="upper left",
                      bbox_to_anchor=(1.01, 1))
    figure.tight_layout()
    save(figure, folder, f"peers-{kind}")


def draw_sizes(document, folder):
    """Nanoseconds per output pixel against the map's size, a panel per width; nova's workspace."""
    widths = sorted({layer["c"] for layer in document["layers"]})
    figure, axes = pyplot.subplots(1, len(widths) + 1, squeeze=False,
                                   figsize=(3.6 * (len(widths) + 1), 3.6))
    for side, width in zip(axes[0], widths):
        layers = [layer for layer in document["layers"] if layer["c"] == width]
        for peer in shown([document]):
            times = [(layer, layer["ms"] if peer == "nova" else
                      layer["peers"].get(peer, {}).get("ms")) for layer in layers]
            times = [(layer["h"], 1e6 * ms / (layer["h"] * layer["w"])) for layer, ms in times
                     if ms is not None]
            shade, marker = STYLES[peer]
            if times:
                side.plot(*zip(*times), marker + "-", color=shade, label=peer, markersize=5,
                          linewidth=2 if peer == "nova" else 1)
        side.set_title(f"{width} channels", fontsize=9)
        side.set_ylabel("ns per output pixel")
        side.set_ylim(bottom=0)
        axes[0, -1].plot([layer["h"] for layer in layers],
                         [layer["workspace_bytes"] / 2**20 for layer in layers], "o-",
                         label=f"{width} channels", color="black" if width == widths[0] else "gray")
    axes[0, -1].set_title("nova's workspace", fontsize=9)
    axes[0, -1].set_ylabel("MiB")
    axes[0, -1].set_ylim(bottom=0)
    axes[0, -1].legend(fontsize=7)
    axes[0, 0].legend(fontsize=6)
    for side in axes[0]:
        side.set_xscale("log", base=2)
        side.set_xlabel("height and width")
        side.get_xaxis().set_major_formatter(matplotlib.ticker.FormatStrFormatter("%d"))
        side.grid(True, alpha=0.25)
    figure.tight_layout()
    save(figure, folder, "sizes")


def main():
    matplotlib.rcParams["svg.hashsalt"] = "nova"
    folder = pathlib.Path(sys.argv[1])
    documents = [json.loads(path.read_text(encoding="utf-8"))
                 for path in sorted(folder.glob("*-*.json"))]
    for kind in dict.fromkeys(document["class"] for document in documents):
        chosen = [document for document in documents
                  if document["class"] == kind and not document["is_sizes"] and
                  any(layer["peers"] for layer in document["layers"])]
        if chosen:
            draw_class(kind, chosen, folder)
    for document in documents:
        if document["is_sizes"]:
            draw_sizes(document, folder)


if __name__ == "__main__":
    main()
