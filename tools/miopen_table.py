#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""tools/miopen_table.py [NOVA]: the table of docs/miopen.md about points, instructions, error and
range. NOVA is the command, by default build/bin/nova. Takes about a minute."""

import json
import math
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

# What MIOpen's macro computes with, and what it could: (tile, name, points or None for the name's).
ROWS = [(3, "MIOpen", "0,1,-1,2"), (3, "best", None), (3, "dyadic", None),
        (4, "MIOpen, classic", "0,1,-1,2,-2"), (4, "nova", None), (4, "dyadic", None),
        (4, "best", None),
        (5, "MIOpen", "0,1,-1,2,-2,1/2"), (5, "dyadic", None), (5, "best", None),
        (6, "MIOpen, classic, best, dyadic", "0,1,-1,2,-2,1/2,-1/2"), (6, "nova", None),
        (8, "nova", None), (8, "dyadic", None), (8, "best", None)]
SMALLEST_NORMAL, LARGEST = 2.0**-14, 65504.0


def nova(binary, *arguments):
    result = subprocess.run([binary, *map(str, arguments)], check=True, capture_output=True,
                            text=True)
    return result.stdout


def norms(matrix):
    return [math.sqrt(sum(float(Fraction(entry))**2 for entry in row)) for row in matrix]


def error(binary, tile, source, *options):
    """Measured relative rms error in per cent, direct convolution in double being right."""
    shown = json.loads(nova(binary, "accuracy", "--tile", tile, "--set", source, "--arith", "f16",
                            "--no-compensation", "--channels", 256, "--size", "24x24", "--json",
                            *options))
    return 100 * shown["measured_error"] if shown["nonfinite"] == 0 else math.nan


def describe(binary, tile, name, points, folder):
    source = ["--set", name] if points is None else ["--points", points]
    text = nova(binary, "emit", tile, 3, *source, "--format", "json")
    path = f"{folder}/set.json"
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    matrices = json.loads(text)
    code = nova(binary, "emit", tile, 3, *source, "--format", "miopen")
    counts = re.findall(r"// (\d+) instructions", code)
    scalars = re.findall(r"SGPR_ALLOC \w+, (\d+)", code)
    small, large = min(norms(matrices["G"]))**2, max(norms(matrices["BT"]))**2
    return [f"F({tile},3)", name, matrices["points"].replace(",inf", ""),
            "/".join(counts), max(map(int, scalars), default=0), f"{matrices['alpha2']:.3g}",
            f"{error(binary, tile, path):.3g}", f"{error(binary, tile, path, '--no-scaling'):.3g}",
            f"{SMALLEST_NORMAL / small:.2g}", f"{LARGEST / 6 / large:.3g}"]


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "build/bin/nova"
    titles = ["tile", "set", "points", "instructions", "scalars", "alpha²", "error %",
              "unbalanced %", "w rms, at least", "x rms, at most"]
    print("| " + " | ".join(titles) + " |")
    print("|---|---|---|" + "---:|" * (len(titles) - 3))
    with tempfile.TemporaryDirectory() as folder:
        for tile, name, points in ROWS:
            row = describe(binary, tile, name, points, folder)
            print("| " + " | ".join(map(str, row)) + " |", flush=True)


if __name__ == "__main__":
    main()
