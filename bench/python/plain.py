# Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
"""Winograd convolution in PyTorch's own operators, as one would write it without nova: a yardstick
for layers.py, which compiles it with torch.compile."""

import numpy as np
import torch
import torch.nn.functional as F


def matrices(points, m, r):
    """A^T [m, n], G [n, r] and B^T [n, n] of F(m, r) with these n - 1 points and infinity.

    Linear convolution by evaluation and interpolation, s = V_n^-1 ((V_m a) * (V_r b)), transposed:
    y = V_m^T ((V_r g) * (V_n^-T d)), where V_k has the powers 0 ... k - 1 of each point in its rows
    and, for infinity, a one in the last place.
    """
    n = m + r - 1

    def powers(count):
        rows = [[point**i for i in range(count)] for point in points]
        return np.array(rows + [[0] * (count - 1) + [1]], dtype=np.float64)

    return powers(m).T, powers(r), np.linalg.inv(powers(n)).T


class PlainWinograd:
    """3x3 convolution with padding 1 by F(m,3): transforms in binary32, products by torch.bmm in the
    tensors' type; weights are transformed once."""

    def __init__(self, weight, m=6, points=(0, 0.5, -0.5, 1, -1, 2, -2)):
        a, g, b = (torch.tensor(matrix, dtype=torch.float32, device=weight.device)
                   for matrix in matrices(points, m, 3))
        self.m, self.a, self.b = m, a, b
        u = torch.einsum("ij,kcjl,ml->imck", g, weight.float(), g)
        self.u = u.flatten(0, 1).to(weight.dtype).contiguous()

    def __call__(self, x):
        m, n = self.m, self.m + 2
        batch, channels, height, width = x.shape
        rows, columns = -(-height // m), -(-width // m)
        padded = F.pad(x, (1, columns * m - width + 1, 1, rows * m - height + 1))
        tiles = padded.permute(0, 2, 3, 1).unfold(1, n, m).unfold(2, n, m).float()
        v = torch.einsum("ij,ntuclj->ntucli", self.b, tiles)
        v = torch.einsum("il,ntuclj->ijntuc", self.b, v)
        v = v.reshape(n * n, -1, channels).to(x.dtype)
        products = torch.bmm(v, self.u).float().view(n, n, batch, rows, columns, -1)
        y = torch.einsum("ij,jlntuk->ilntuk", self.a, products)
        y = torch.einsum("il,jlntuk->ntjuik", self.a, y)
        y = y.reshape(batch, rows * m, columns * m, -1)[:, :height, :width].to(x.dtype)
        return y.permute(0, 3, 1, 2)
