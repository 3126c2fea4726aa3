#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""The search's promises, in full: `nova discover` for 20 seeds each, from random starts, with and
without symmetry. Prints a table; exit code 1 if any run misses its target.

  twenty_seeds.py [path of the nova command]
"""

import json
import pathlib
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = range(1, 21)

# (m, r): the real optimum of alpha^2 and the CPU seconds that a search may take.
ERROR = {
    (3, 3): (2.6165, 10), (4, 3): (4.7425, 10), (5, 3): (9.5223, 10), (6, 3): (20.6159, 10),
    (7, 3): (47.1892, 10), (8, 3): (112.6467, 10), (10, 3): (703.514, 10), (2, 5): (5.32441, 10),
    (4, 5): (19.0678, 10), (6, 5): (94.5664, 10), (2, 7): (24.6057, 10), (12, 3): (4785.72, 60),
    (16, 3): (261295, 60),
}
# m: the limit for the real optimum, kappa of the rational set, the set.
VANDERMONDE = {
    4: (14.53, 14.55, "0,5/6,-5/6,7/6,-7/6,inf"),
    6: (76.42, 76.64, "0,3/5,-3/5,1,-1,7/6,-7/6,inf"),
    8: (418.0, 474.10, "0,2/5,-2/5,5/6,-5/6,1,-1,7/6,-7/6,inf"),
}


def discover(binary, *arguments):
    """The command's document, and the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run([binary, "discover", *map(str, arguments), "--json"],
                            capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(result.stdout), seconds


def check(binary, name, arguments, is_right, figure, limit):
    """Runs all seeds; prints a line; true if every one is right and in time."""
    hits, slowest, values = 0, 0.0, []
    for seed in SEEDS:
        found, seconds = discover(binary, *arguments, "--seed", seed)
        values.append(figure(found))
        slowest = max(slowest, seconds)
        hits += is_right(found)
    print(f"{name:32} {hits:2}/{len(SEEDS)}  {min(values):.7g} to {max(values):.7g}  "
          f"slowest {slowest:.2f} s of {limit} s", flush=True)
    return hits == len(SEEDS) and slowest < limit


def main():
    """All of it."""
    binary = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build" / "bin" / "nova")
    fine = True
    for layout in ("--symmetric", "--free"):
        for (m, r), (alpha2, limit) in ERROR.items():
            fine &= check(binary, f"F({m},{r}) error {layout}", (m, r, layout),
                          lambda d, a=alpha2: abs(d["real"]["alpha2"] / a - 1) <= 1e-3,
                          lambda d: d["real"]["alpha2"], limit)
        for m, (real, kappa, points) in VANDERMONDE.items():
            fine &= check(binary, f"F({m},3) vandermonde {layout}",
                          (m, 3, "--objective", "vandermonde", layout),
                          lambda d, r=real, k=kappa, p=points:
                          d["real"]["kappa_vandermonde"] <= r and d["rational"]["points"] == p
                          and abs(d["rational"]["kappa_vandermonde"] - k) <= 0.005,
                          lambda d: d["real"]["kappa_vandermonde"], 10)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
