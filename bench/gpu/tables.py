# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What the scripts of this folder print and draw of their rows, dictionaries; needs no PyTorch."""
import math
import statistics

TOTALS = ("network", "batch", "layers", "nova ms", "floor ms", "cuDNN, best of each ms", "NCHW ms",
          "NHWC ms", "best cuDNN / nova", "least of a layer", "largest error",
          "nova workspace MB", "filters MB", "cuDNN NHWC workspace MB", "its filters MB")


def heading(names):
    return "| " + " | ".join(names) + " |\n|" + "---|" + "---:|" * (len(names) - 1)


def cell(name, value):
    """Errors and ratios are told by the names of their columns."""
    if not isinstance(value, float):
        return str(value)
    if "error" in name or name == "predicted":
        return f"{value:.1e}"
    if "/ " in name or name == "least of a layer":
        return f"{value:.2f}"
    return f"{value:.3f}" if name.endswith(" ms") else f"{value:.1f}"


def line(row, names):
    return "| " + " | ".join(cell(name, row[name]) for name in names) + " |"


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def total(rows):
    """All layers of a network one after the other, as often as each occurs; each of cuDNN's in its
    best layout, or all in one. Workspaces are shared by the layers, filters are not."""
    def times(value):
        return sum(row["times"] * value(row) for row in rows)

    def milliseconds(name):
        return 1e-3 * times(lambda row: row[name])

    nova = milliseconds("us")
    best = 1e-3 * times(lambda row: row["us"] * row["best cuDNN / nova"])
    return dict(zip(TOTALS, (
        rows[0]["network"], rows[0]["batch"], times(lambda row: 1), nova, milliseconds("floor us"),
        best, milliseconds("cuDNN NCHW us"), milliseconds("NHWC us"), best / nova,
        min(row["best cuDNN / nova"] for row in rows), max(row["error"] for row in rows),
        max(row["workspace MB"] for row in rows), times(lambda row: row["filter MB"]),
        max(row["NHWC MB"] for row in rows), times(lambda row: row["its filter MB"]))))


def totals(rows):
    """A table with a line for each network and batch, and what had to be left out of it; rows of
    families, which are no networks, do not count."""
    networks = {}
    for row in rows:
        if row["network"]:
            networks.setdefault((row["network"], row["batch"]), []).append(row)
    lines = [heading(TOTALS)]
    for found in networks.values():
        measured = [row for row in found if "failure" not in row]
        if measured:
            lines.append(line(total(measured), TOTALS))
    left_out = [f"{row['layer']}, batch {row['batch']}: {row['failure']}"
                for row in rows if "failure" in row]
    return "\n".join(lines + [f"\nLeft out: {reason}" for reason in left_out])


def summary(rows, budget=1e-2):
    """Sentences: how the rows compare, and which of them are not what is wanted."""
    rows = [row for row in rows if "failure" not in row]

    def those(wanted, name, digits):
        found = [f"{row['layer']}, batch {row['batch']} ({row[name]:{digits}})"
                 for row in rows if wanted(row)]
        return (", ".join(found) or "none") + "."

    mean = geometric_mean([row["best cuDNN / nova"] for row in rows])
    worst = max(abs(row["error"] / row["predicted"] - 1) for row in rows)
    large = [row for row in rows if row["us"] * row["TFLOP/s of direct"] > 1e4]  # 10 GFLOP
    count = len(large)
    return "\n".join((
        f"Best cuDNN over nova, geometric mean of the {len(rows)} rows: {mean:.3f}. No output of "
        f"nova was NaN or Inf. Errors are within {100 * worst:.0f} % of the predicted ones.",
        f"Errors above {100 * budget:g} %: " + those(lambda row: row["error"] > budget, "error", ".1e"),
        "Below 0.95 of the best cuDNN: " + those(lambda row: row["best cuDNN / nova"] < 0.95,
                                                 "best cuDNN / nova", ".2f"),
        f"Beyond 1.6 times the floor, of {count} rows above 10 GFLOP: "
        + those(lambda row: row in large and row["us / floor"] > 1.6, "us / floor", ".2f")))


def draw(rows, path):
    """A row per layer: cuDNN's time and nova's floor over nova's time."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    rows = [row for row in rows if "failure" not in row]
    figure, axes = pyplot.subplots(figsize=(8, 0.26 * len(rows) + 1.2))
    marks = (("NHWC us", "cuDNN, channel-last", "#0072B2", "v"),
             ("cuDNN NCHW us", "cuDNN, channel-first", "#E69F00", "s"),
             ("floor us", "floor of nova's plan", "#999999", "*"))
    for key, label, shade, mark in marks:
        axes.plot([row[key] / row["us"] for row in rows], range(len(rows)), mark, color=shade,
                  label=label, markersize=6, alpha=0.85)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels([f"{row['layer']}: {row['plan']}, {row['us']:.1f} us" for row in rows],
                         fontsize=7)
    axes.invert_yaxis()
    axes.set_xscale("log")
    ticks = [0.25, 0.5, 1, 2, 4]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("time over nova's (right of 1: nova is faster)")
    axes.legend(fontsize=8)
    figure.savefig(path, bbox_inches="tight", dpi=100,
                   metadata={"Date": None} if path.endswith(".svg") else {"Software": None})
