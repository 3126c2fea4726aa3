# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Nine matrix products by NumPy's BLAS: what a few lines without a convolution library reach."""

import numpy as np

from peer import Variant

VERSION = np.__version__


def prepare(layer):
    c, h, w, k = layer.c, layer.h, layer.w, layer.k
    padded = np.zeros((c, h + 2, w + 2), np.float32)
    padded[:, 1:-1, 1:-1] = layer.x
    taps = np.ascontiguousarray(layer.weights.transpose(2, 3, 0, 1))
    columns = np.empty((c, h * w), np.float32)
    y = np.empty((k, h * w), np.float32)
    product = np.empty_like(y)

    def run():
        y[:] = 0
        for u in range(3):
            for v in range(3):
                columns.reshape(c, h, w)[:] = padded[:, u:u + h, v:v + w]
                np.matmul(taps[u, v], columns, out=product)
                np.add(y, product, out=y)

    return Variant("nine products", "f32", run, lambda: y.reshape(k, h, w))


def variants(layer):
    yield lambda: prepare(layer)
