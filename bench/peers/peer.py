#!/usr/bin/env python3
# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""peer.py NAME THREADS CLOCK

One library of the comparison in a process of its own, started and asked by `nova bench`, which
decides whose turn it is and what is made of the times. NAME is one of the modules peer_NAME.py
beside this file. Requests and answers are lines on standard input and output:

    (start)                                       version TEXT | absent REASON
    layer C H W K DTYPE MAX_ERROR X WEIGHTS Y     ready DTYPE KERNEL | skip REASON
    turn WARMING N                                N seconds, one for each run after WARMING others
    read                                          done

One that ends without an answer has failed.

X, WEIGHTS and Y are files of binary32: [c][h][w], [k][c][3][3] and [k][h][w]; the first two hold
values that DTYPE represents. The convolution is 3x3 with one zero around x, batch 1. A library
that has no tensors of DTYPE computes in f32 and says so in its answer.

CLOCK says what seconds are: wall, or cpu, processor time of the whole process.

A module has VERSION and

    variants(layer)    yields functions, each of which prepares one way of computing the layer
                       (layouts, algorithms) and returns a Variant, or raises with the reason why
                       the library cannot

All that can be done ahead, packing weights above all, belongs into the preparation. The variant
that is fastest in a short trial, among those within MAX_ERROR, is the one that is asked to run.
"""

import dataclasses
import gc
import importlib
import math
import os
import sys
import time
from typing import Callable

# Before any library that starts threads is loaded.
NAME, THREADS = sys.argv[1], int(sys.argv[2])
now = {"wall": time.perf_counter, "cpu": time.process_time}[sys.argv[3]]
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)
os.environ["MKL_NUM_THREADS"] = str(THREADS)

import numpy as np  # noqa: E402

TRIAL_SECONDS = 0.15
SAMPLES = 256


@dataclasses.dataclass
class Layer:
    """A convolution; x is [c][h][w], weights [k][c][3][3], both binary32."""
    c: int
    h: int
    w: int
    k: int
    dtype: str
    max_error: float
    x: np.ndarray
    weights: np.ndarray
    y_path: str
    threads: int


@dataclasses.dataclass
class Variant:
    """One way to compute a layer, ready to run."""
    kernel: str  # what it is, in a few words
    dtype: str   # of its tensors: f32, f16 or bf16
    run: Callable[[], None]
    read: Callable[[], np.ndarray]  # of the last run, [k][h][w] in binary32


def read_layer(fields):
    c, h, w, k = map(int, fields[:4])
    x = np.memmap(fields[6], np.float32, "r", shape=(c, h, w))
    weights = np.memmap(fields[7], np.float32, "r", shape=(k, c, 3, 3))
    return Layer(c, h, w, k, fields[4], float(fields[5]), x, weights, fields[8], THREADS)


def check_memory(layer):
    """Input and output in the library's layout and once more on the way there; as much may be
    needed for Winograd's intermediate results, and others are not to be pushed out."""
    needed = 4 * 2 * layer.h * layer.w * (layer.c + layer.k) + 4 * 4 * layer.weights.size
    with open("/proc/meminfo", encoding="ascii") as file:
        free = next(1024 * int(line.split()[1]) for line in file if "MemAvailable" in line)
    if needed > 0.4 * free:
        raise MemoryError(f"needs about {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free")


def exact_sample(layer):
    """Indices and values in double of some outputs, spread over all of y."""
    step = 2654435761
    places = [step * i % (layer.k * layer.h * layer.w) for i in range(1, SAMPLES + 1)]
    index = np.unravel_index(places, (layer.k, layer.h, layer.w))
    exact = np.zeros(SAMPLES)
    for sample, (k, i, j) in enumerate(zip(*index)):
        top, left = max(i - 1, 0), max(j - 1, 0)
        patch = layer.x[:, top:i + 2, left:j + 2].astype(np.float64)
        u, v = top - (i - 1), left - (j - 1)
        taps = layer.weights[k, :, u:u + patch.shape[1], v:v + patch.shape[2]]
        exact[sample] = (patch * taps).sum()
    return index, exact


def relative_error(values, exact):
    if not np.isfinite(values).all():
        return math.inf
    return float(np.sqrt(((values - exact) ** 2).sum() / (exact ** 2).sum()))


def timed(run):
    start = now()
    run()
    return now() - start


def trial(variant):
    """Seconds of its fastest run in a short trial; the first run counts only if it is long."""
    end = time.perf_counter() + TRIAL_SECONDS
    first, best = timed(variant.run), math.inf
    while time.perf_counter() < end or (best == math.inf and first < TRIAL_SECONDS):
        best = min(best, timed(variant.run))
    return min(best, first) if first >= TRIAL_SECONDS else best


def prepare(module, layer):
    """The fastest variant within the error, or else the most accurate one."""
    check_memory(layer)
    index, exact = exact_sample(layer)
    best, best_rank, reasons = None, None, []
    for make in module.variants(layer):
        try:
            variant = make()
            seconds = trial(variant)
            error = relative_error(variant.read()[index], exact)
        except Exception as problem:  # whatever a library raises is its reason
            reasons.append(one_line(problem))
            continue
        rank = (0, seconds) if error <= layer.max_error else (1, error)
        if best is None or rank < best_rank:
            best, best_rank = variant, rank
        del variant
        gc.collect()
    if best is None:
        raise RuntimeError("; ".join(dict.fromkeys(reasons)) or "no kernel")
    return best


def one_line(problem):
    text = " ".join(str(problem).split()) or type(problem).__name__
    return text if len(text) <= 200 else text[:197] + "..."


def serve(module, ask, answer):
    variant = layer = None
    for line in ask:
        request, *fields = line.split()
        if request == "layer":
            variant = layer = None
            gc.collect()
            try:
                layer = read_layer(fields)
                variant = prepare(module, layer)
                answer(f"ready {variant.dtype} {variant.kernel}")
            except Exception as problem:
                answer(f"skip {one_line(problem)}")
        elif request == "turn":
            seconds = [timed(variant.run) for _ in range(sum(map(int, fields)))]
            answer(" ".join(f"{value:.9f}" for value in seconds[int(fields[0]):]))
        elif request == "read":
            y = np.memmap(layer.y_path, np.float32, "r+", shape=(layer.k, layer.h, layer.w))
            y[:] = variant.read()
            answer("done")


def main():
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(text):
        print(text, file=answers, flush=True)

    try:
        module = importlib.import_module(f"peer_{NAME}")
    except Exception as problem:  # a library may fail at being loaded in any way
        answer(f"absent {one_line(problem)}")
        return
    answer(f"version {module.VERSION}")
    serve(module, sys.stdin, answer)


if __name__ == "__main__":
    sys.modules["peer"] = sys.modules["__main__"]  # what the modules import
    main()
