# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""What must hold in every document of nova bench."""

import math

import pytest


def check_layer(layer, budget):
    assert {"layer", "count", "c", "k", "h", "w", "algorithm", "tile", "set", "arith", "ms",
            "gflops", "error", "peers"} <= set(layer)
    assert 0 < layer["error"] < 1.3 * layer["predicted_error"]
    assert layer["predicted_error"] <= budget
    flops = 2 * 9 * layer["c"] * layer["k"] * layer["h"] * layer["w"]
    assert layer["gflops"] == pytest.approx(flops / layer["ms"] / 1e6, rel=1e-6)
    for peer in layer["peers"].values():
        assert peer["ms"] > 0 and peer["ratio"] == pytest.approx(peer["ms"] / layer["ms"], rel=1e-6)


def check_geomean(found):
    for peer, mean in found["geomean"].items():
        layers = [layer for layer in found["layers"] if peer in layer["peers"]]
        total = sum(layer["count"] * math.log(layer["peers"][peer]["ratio"]) for layer in layers)
        weight = sum(layer["count"] for layer in layers)
        assert mean == pytest.approx(math.exp(total / weight), rel=1e-9)
